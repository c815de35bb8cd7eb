//! The server of the first lessons: one client, then the end. Usage: `lesson_server [PORT]`; port 0 takes one that is free.
use std::env;
use winsock::{Error, Family, Shutdown, Socket};

const DEFAULT_PORT: u16 = 27015;

fn main() -> Result<(), Error> {
    let port: u16 = env::args().nth(1).map_or(DEFAULT_PORT, |port| port.parse().expect("a port"));

    // ANCHOR: socket
    let listener = Socket::stream(Family::IPV4)?;
    // ANCHOR_END: socket

    // ANCHOR: bind
    listener.bind(([0, 0, 0, 0], port))?; // every address of this machine
    // ANCHOR_END: bind

    // ANCHOR: listen
    listener.listen(i32::MAX)?;
    // ANCHOR_END: listen

    // ANCHOR: name
    println!("Listening on port {}", listener.local_addr()?.port());
    // ANCHOR_END: name

    // ANCHOR: accept
    let (client, _address) = listener.accept()?;
    drop(listener); // one client is enough
    // ANCHOR_END: accept

    // ANCHOR: echo
    let mut buffer = [0; 512];
    loop {
        let received = client.recv(&mut buffer)?;
        if received == 0 {
            break;
        }
        println!("Bytes received: {received}");
        let sent = client.send(&buffer[..received])?;
        println!("Bytes sent: {sent}");
    }
    println!("Connection closing...");
    // ANCHOR_END: echo

    // ANCHOR: close
    client.shutdown(Shutdown::Send)?;
    drop(client); // closes it, as the end of its scope would
    // ANCHOR_END: close
    Ok(())
}
