//! A client of TCP or UDP that sends small messages and prints what comes back.
//!
//! It teaches that one program serves both protocols and both families: a name has several addresses, the socket is made
//! for the address, and a datagram socket that is *connected* to its peer sends and receives with the same calls as a
//! stream. Choose blocking calls like these when there is one peer and nothing else to do meanwhile.
//!
//! ```text
//! $ cargo run --example simplec -- -p TCP -n 127.0.0.1 -e 5102 -l 3 -4
//! Client attempting connection to: 127.0.0.1 port: 5102
//! Connection established...
//! wrote 40 bytes
//! read 40 bytes, data [This is a small test message [number 0]] from server
//! ...
//! ```
//!
//! Its servers: `simples`, `simples_ioctl`, `overlap`.

#![forbid(unsafe_code)]

mod common;

use common::{Arguments, Calling, Failed};
use std::process::ExitCode;
use winsock::{Family, Protocol, Resolver, Shutdown, Socket, Type};

struct Options {
    family: Family,
    kind: Type,
    server: String,
    port: String,
    /// None: without end.
    messages: Option<u32>,
}

fn options(arguments: &mut Arguments) -> Option<Options> {
    let mut options = Options {
        family: Family::UNSPECIFIED,
        kind: Type::STREAM,
        server: "localhost".into(),
        port: "5001".into(),
        messages: Some(1),
    };
    while let Some(option) = arguments.option() {
        match option {
            '4' => options.family = Family::IPV4,
            '6' => options.family = Family::IPV6,
            'p' => options.kind = common::protocol(&arguments.value()?)?,
            'n' => options.server = arguments.value()?,
            'e' => options.port = arguments.value()?,
            'l' => options.messages = arguments.number().filter(|&messages| messages > 0),
            _ => return None,
        }
    }
    // Port 0 is nobody's.
    (!options.port.starts_with('0')).then_some(options)
}

fn main() -> ExitCode {
    let mut arguments = Arguments::new();
    let Some(options) = options(&mut arguments) else {
        eprintln!(
            "Usage\n{} -p [protocol] -n [server] -e [endpoint] -l [iterations] [-4] [-6]",
            arguments.program
        );
        eprintln!("\t-p protocol: TCP or UDP (TCP)");
        eprintln!("\t-n server: its name or address (localhost)");
        eprintln!("\t-e endpoint: its port (5001)");
        eprintln!("\t-l iterations: how many messages (1); without a number, until Ctrl-C");
        eprintln!("\t-4, -6: one family only");
        return ExitCode::from(1);
    };
    // As in the sample, the exit code tells wrong options only.
    if let Err(failed) = run(&options) {
        eprintln!("{failed}");
    }
    ExitCode::SUCCESS
}

fn run(options: &Options) -> Result<(), Failed> {
    let Some(socket) = connect(options)? else {
        println!("Unable to establish connection...");
        return Ok(());
    };
    println!("Connection established...");
    talk(&socket, options.messages)?;
    socket.shutdown(Shutdown::Send).calling("shutdown")
}

/// Connects to the first address of the server that answers.
fn connect(options: &Options) -> Result<Option<Socket>, Failed> {
    let addresses = Resolver::new().family(options.family).kind(options.kind);
    for address in addresses.resolve(&options.server, options.port.as_str()).calling("getaddrinfo")? {
        let socket = Socket::new(Family::of(address), options.kind, Protocol::DEFAULT).calling("socket")?;
        println!("Client attempting connection to: {} port: {}", address.ip(), address.port());
        if socket.connect(address).is_ok() {
            return Ok(Some(socket));
        }
    }
    Ok(None)
}

fn talk(socket: &Socket, messages: Option<u32>) -> Result<(), Failed> {
    let mut buffer = [0; 4096];
    for number in 0..messages.unwrap_or(u32::MAX) {
        // With the zero that ends a string of C: the servers print it.
        let message = format!("This is a small test message [number {number}]\0");
        let sent = socket.send(message.as_bytes()).calling("send")?;
        println!("wrote {sent} bytes");
        match socket.recv(&mut buffer).calling("recv")? {
            // Only a stream has an end.
            0 => {
                println!("Server closed connection");
                break;
            }
            received => {
                let data = common::text(&buffer[..received]);
                println!("read {received} bytes, data [{data}] from server");
            }
        }
    }
    Ok(())
}
