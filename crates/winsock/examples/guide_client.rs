//! The client of a first lesson in Winsock: it sends one line of text, and prints how much comes back.
//!
//! It teaches the steps of every client: look the server up, try its addresses until one connects, send, say that
//! nothing more will come, and receive until the server has ended its side too. With `guide_server` running:
//!
//! ```text
//! $ cargo run --example guide_client 127.0.0.1
//! Bytes Sent: 14
//! Bytes received: 14
//! Connection closed
//! ```

use std::process::ExitCode;
use winsock::{Error, Family, Shutdown, Socket, resolve};

const PORT: u16 = 27015;

fn main() -> ExitCode {
    let Some(server) = std::env::args().nth(1) else {
        eprintln!("usage: guide_client SERVER");
        return ExitCode::FAILURE;
    };
    match talk_to(&server) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{server}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn talk_to(server: &str) -> Result<(), Error> {
    let socket = connect(server)?;

    let sent = socket.send(b"this is a test")?;
    println!("Bytes Sent: {sent}");

    // The server reads to here, and no further.
    socket.shutdown(Shutdown::Send)?;

    let mut buffer = [0; 512];
    loop {
        match socket.recv(&mut buffer)? {
            0 => break println!("Connection closed"),
            received => println!("Bytes received: {received}"),
        }
    }
    Ok(())
}

/// A name can have several addresses: the first that answers is taken.
fn connect(server: &str) -> Result<Socket, Error> {
    let mut failure = Error::WSAHOST_NOT_FOUND;
    for address in resolve(server, PORT)? {
        let socket = Socket::stream(Family::of(address))?;
        match socket.connect(address) {
            Ok(()) => return Ok(socket),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}
