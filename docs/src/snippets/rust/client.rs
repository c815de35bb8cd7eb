//! The client of the first lessons. Usage: `lesson_client HOST [PORT]`
// ANCHOR: headers
use std::env;
use winsock::{Error, Family, Shutdown, Socket, resolve};

const DEFAULT_PORT: u16 = 27015;
// ANCHOR_END: headers

// ANCHOR: connect
/// A name can have several addresses: the first that answers is taken.
fn connect(server: &str, port: u16) -> Result<Socket, Error> {
    let mut failure = Error::WSAHOST_NOT_FOUND;
    for address in resolve(server, port)? {
        let socket = Socket::stream(Family::of(address))?;
        match socket.connect(address) {
            Ok(()) => return Ok(socket),
            Err(error) => failure = error, // and the socket is closed here
        }
    }
    Err(failure)
}
// ANCHOR_END: connect

fn main() -> Result<(), Error> {
    let mut arguments = env::args().skip(1);
    let server = arguments.next().expect("usage: lesson_client HOST [PORT]");
    let port = arguments.next().map_or(DEFAULT_PORT, |port| port.parse().expect("a port"));
    let socket = connect(&server, port)?;

    // ANCHOR: send
    let sent = socket.send(b"this is a test")?;
    println!("Bytes sent: {sent}");
    // ANCHOR_END: send

    // ANCHOR: shutdown
    socket.shutdown(Shutdown::Send)?;
    // ANCHOR_END: shutdown

    // ANCHOR: receive
    let mut buffer = [0; 512];
    loop {
        match socket.recv(&mut buffer)? {
            0 => break,
            received => println!("Bytes received: {received}"),
        }
    }
    println!("Connection closed");
    // ANCHOR_END: receive
    Ok(())
}
