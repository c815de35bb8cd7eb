//! A first program: one datagram, to itself.
// ANCHOR: all
use winsock::{Error, Family, Socket};

fn main() -> Result<(), Error> {
    let socket = Socket::datagram(Family::IPV4)?;
    socket.bind(([127, 0, 0, 1], 0))?;
    socket.send_to(b"hello, Winsock", socket.local_addr()?)?;

    let mut buffer = [0; 100];
    let (length, _from) = socket.recv_from(&mut buffer)?;
    println!("received: {}", String::from_utf8_lossy(&buffer[..length]));
    Ok(())
}
// ANCHOR_END: all
