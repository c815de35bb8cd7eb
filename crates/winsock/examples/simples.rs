//! An echo server of TCP or UDP: one thread per address that it listens at.
//!
//! It teaches a server of both families and both protocols: without `-4` or `-6` the machine has two addresses to bind to,
//! each with a socket of its own, and a thread for each waits in blocking calls. A stream is accepted and served until its
//! client ends; datagrams go back to whoever sent them. Choose it for the simplest server there is: one client at a time.
//!
//! ```text
//! $ cargo run --example simples -- -p TCP -e 5102 -i 127.0.0.1 -4
//! socket 0x4 bound to address 127.0.0.1 and port 5102
//! Accepted connection from host 127.0.0.1 and port 39142
//! read 40 bytes
//! wrote 40 bytes
//! ```
//!
//! Its client: `simplec`.

#![forbid(unsafe_code)]

mod common;

use common::{Arguments, Calling, Failed};
use std::process::ExitCode;
use std::thread;
use winsock::{Error, Family, Protocol, Shutdown, Socket, Type};

struct Options {
    family: Family,
    kind: Type,
    interface: Option<String>,
    port: String,
}

fn options(arguments: &mut Arguments) -> Option<Options> {
    let mut options =
        Options { family: Family::UNSPECIFIED, kind: Type::STREAM, interface: None, port: "5001".into() };
    while let Some(option) = arguments.option() {
        match option {
            '4' => options.family = Family::IPV4,
            '6' => options.family = Family::IPV6,
            'p' => options.kind = common::protocol(&arguments.value()?)?,
            'i' => options.interface = Some(arguments.value()?),
            'e' => options.port = arguments.value()?,
            _ => return None,
        }
    }
    // A free port would be nobody's to find.
    (!options.port.starts_with('0')).then_some(options)
}

fn main() -> ExitCode {
    let mut arguments = Arguments::new();
    let Some(options) = options(&mut arguments) else {
        eprintln!("Usage\n{} -p [protocol] -e [endpoint] -i [interface] [-4] [-6]", arguments.program);
        eprintln!("\t-p protocol: TCP or UDP (TCP)");
        eprintln!("\t-e endpoint: the port (5001)");
        eprintln!("\t-i interface: the address (all of this machine)");
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
    let sockets = sockets(options)?;
    thread::scope(|scope| {
        for socket in &sockets {
            scope.spawn(move || {
                let served = match options.kind {
                    Type::STREAM => serve_streams(socket),
                    _ => serve_datagrams(socket),
                };
                if let Err(failed) = served {
                    eprintln!("{failed}");
                }
            });
        }
    });
    Ok(())
}

/// A socket for each address.
fn sockets(options: &Options) -> Result<Vec<Socket>, Failed> {
    let Options { family, kind, ref interface, ref port } = *options;
    let mut sockets = Vec::new();
    for address in common::addresses_to_bind(interface.as_deref(), port, family, kind)? {
        let socket = Socket::new(Family::of(address), kind, Protocol::DEFAULT).calling("socket")?;
        socket.bind(address).calling("bind")?;
        if kind == Type::STREAM {
            socket.listen(7).calling("listen")?;
        }
        let (host, port) = (address.ip(), address.port());
        println!("socket {:#x} bound to address {host} and port {port}", socket.as_raw());
        sockets.push(socket);
    }
    Ok(sockets)
}

/// Serves one client after the other.
fn serve_streams(listener: &Socket) -> Result<(), Failed> {
    loop {
        let (client, from) = listener.accept().calling("accept")?;
        println!("Accepted connection from host {} and port {}", from.ip(), from.port());
        if let Err(failed) = echo(&client) {
            eprintln!("{failed}");
        }
    }
}

/// Sends back what comes until the client has ended its side, then ends this one.
fn echo(client: &Socket) -> Result<(), Failed> {
    let mut buffer = [0; 4096];
    loop {
        match client.recv(&mut buffer).calling("recv")? {
            0 => return client.shutdown(Shutdown::Send).calling("shutdown"),
            received => {
                println!("read {received} bytes");
                let sent = client.send(&buffer[..received]).calling("send")?;
                println!("wrote {sent} bytes");
            }
        }
    }
}

/// Sends every datagram back to where it came from.
fn serve_datagrams(socket: &Socket) -> Result<(), Failed> {
    let mut buffer = [0; 4096];
    loop {
        let (received, from) = match socket.recv_from(&mut buffer) {
            // An answer that we sent found its client gone.
            Err(Error::WSAECONNRESET) => continue,
            received => received.calling("recvfrom")?,
        };
        let (host, port) = (from.ip(), from.port());
        println!("read {received} bytes from host {host} and port {port}");
        let sent = socket.send_to(&buffer[..received], from).calling("sendto")?;
        println!("sent {sent} bytes to host {host} and port {port}");
    }
}
