//! An echo server of TCP with `select` and non-blocking sockets, in one thread.
//!
//! It teaches the states of such a server: what it waits for next follows from what has just happened. It waits for a
//! client, then until there is something to read, then until there is room to write all of it back. Choose `select` for
//! a few sockets in one thread, and where a program must also run on what came before Winsock 2; this server has one
//! client at a time, `accept_server` has many.
//!
//! ```text
//! $ cargo run --example simples_ioctl -- -e 5104 -i 127.0.0.1 -4
//! Server socket 0x4 listening on 127.0.0.1 and port 5104
//! Accepted client connection from 127.0.0.1 and port 39142
//! read 40 bytes
//! sent 40 bytes
//! ```
//!
//! Its client: `simplec`.

#![forbid(unsafe_code)]

mod common;

use common::{Arguments, Calling, Failed};
use std::process::ExitCode;
use winsock::{Error, Family, Shutdown, Socket, SocketSet, Type, select};

struct Options {
    family: Family,
    interface: Option<String>,
    port: String,
}

fn options(arguments: &mut Arguments) -> Option<Options> {
    let mut options = Options { family: Family::UNSPECIFIED, interface: None, port: "5001".into() };
    while let Some(option) = arguments.option() {
        match option {
            '4' => options.family = Family::IPV4,
            '6' => options.family = Family::IPV6,
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
        eprintln!("Usage\n{} -e [endpoint] -i [interface] [-4] [-6]", arguments.program);
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

/// What the server waits for.
enum State {
    /// A client.
    Listening,
    /// Something to read.
    Reading(Socket),
    /// Room to write what was read.
    Writing(Socket, Vec<u8>),
}

fn run(options: &Options) -> Result<(), Failed> {
    let listeners = listeners(options)?;
    let mut state = State::Listening;
    loop {
        let ready = wait(&listeners, &state)?;
        state = match state {
            State::Listening => accept(&listeners[ready])?,
            State::Reading(client) => read(client),
            State::Writing(client, data) => write(client, data),
        };
    }
}

/// A socket that does not block for each address.
fn listeners(options: &Options) -> Result<Vec<Socket>, Failed> {
    let Options { family, ref interface, ref port } = *options;
    let mut listeners = Vec::new();
    for address in common::addresses_to_bind(interface.as_deref(), port, family, Type::STREAM)? {
        let socket = Socket::stream(Family::of(address)).calling("socket")?;
        socket.bind(address).calling("bind")?;
        socket.listen(7).calling("listen")?;
        socket.set_nonblocking(true).calling("ioctlsocket")?;
        let (host, port) = (address.ip(), address.port());
        println!("Server socket {:#x} listening on {host} and port {port}", socket.as_raw());
        listeners.push(socket);
    }
    Ok(listeners)
}

/// Waits for what the state calls for. Gives the place of the listener that has a client, if it is that.
fn wait(listeners: &[Socket], state: &State) -> Result<usize, Failed> {
    let (mut readable, mut writable) = (SocketSet::new(), SocketSet::new());
    match state {
        State::Listening => readable.extend(listeners),
        State::Reading(client) => readable.insert(client),
        State::Writing(client, _) => writable.insert(client),
    }
    select(&mut readable, &mut writable, &mut SocketSet::new(), None).calling("select")?;
    Ok(listeners.iter().position(|listener| readable.contains(listener)).unwrap_or(0))
}

fn accept(listener: &Socket) -> Result<State, Failed> {
    let (client, from) = match listener.accept() {
        // The client has gone in the meantime.
        Err(Error::WSAEWOULDBLOCK) => return Ok(State::Listening),
        accepted => accepted.calling("accept")?,
    };
    println!("Accepted client connection from {} and port {}", from.ip(), from.port());
    // It does not block either: the mode is inherited.
    Ok(State::Reading(client))
}

fn read(client: Socket) -> State {
    let mut buffer = vec![0; 4096];
    match client.recv(&mut buffer) {
        Ok(0) => {
            if let Err(failed) = client.shutdown(Shutdown::Send).calling("FreeSocket: shutdown") {
                eprintln!("{failed}");
            }
            State::Listening
        }
        Ok(received) => {
            println!("read {received} bytes");
            buffer.truncate(received);
            State::Writing(client, buffer)
        }
        // Nothing there after all: `select` is asked again.
        Err(Error::WSAEWOULDBLOCK) => State::Reading(client),
        Err(_) => State::Listening,
    }
}

fn write(client: Socket, mut data: Vec<u8>) -> State {
    match client.send(&data) {
        Ok(sent) => {
            println!("sent {sent} bytes");
            data.drain(..sent);
            if data.is_empty() { State::Reading(client) } else { State::Writing(client, data) }
        }
        Err(Error::WSAEWOULDBLOCK) => State::Writing(client, data),
        Err(error) => {
            eprintln!("send failed: {}", error.code());
            State::Listening
        }
    }
}
