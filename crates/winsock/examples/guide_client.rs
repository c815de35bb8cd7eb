//! The client of a first lesson in Winsock: it sends one line of text, and prints how much comes back.
//!
//! It teaches the steps of every client: look the server up, try its addresses until one connects, send, say that
//! nothing more will come, and receive until the server has ended its side too. The place to
//! begin; `simplec` goes on from here. With `guide_server` running:
//!
//! ```text
//! $ cargo run --example guide_client 127.0.0.1
//! Bytes Sent: 14
//! Bytes received: 14
//! Connection closed
//! ```

#![forbid(unsafe_code)]

mod common;

use common::{Calling, Failed};
use std::process::ExitCode;
use winsock::{Family, Shutdown, Socket, resolve};

const PORT: u16 = 27015;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, server] = &arguments[..] else {
        println!("usage: {} server-name", arguments[0]);
        return ExitCode::FAILURE;
    };
    match connect(server).and_then(|socket| socket.map(talk).transpose()) {
        Ok(Some(())) => return ExitCode::SUCCESS,
        Ok(None) => println!("Unable to connect to server!"),
        Err(Failed { call, error }) => println!("{call} failed with error: {}", error.code()),
    }
    ExitCode::FAILURE
}

/// A name can have several addresses: the first that answers is taken.
fn connect(server: &str) -> Result<Option<Socket>, Failed> {
    for address in resolve(server, PORT).calling("getaddrinfo")? {
        let socket = Socket::stream(Family::of(address)).calling("socket")?;
        if socket.connect(address).is_ok() {
            return Ok(Some(socket));
        }
    }
    Ok(None)
}

fn talk(socket: Socket) -> Result<(), Failed> {
    let sent = socket.send(b"this is a test").calling("send")?;
    println!("Bytes Sent: {sent}");

    // The server reads to here, and no further.
    socket.shutdown(Shutdown::Send).calling("shutdown")?;

    let mut buffer = [0; 512];
    loop {
        match socket.recv(&mut buffer).calling("recv")? {
            0 => break println!("Connection closed"),
            received => println!("Bytes received: {received}"),
        }
    }
    Ok(())
}
