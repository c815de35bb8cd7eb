//! The server of a first lesson in Winsock: it serves one client, and ends.
//!
//! It teaches the five steps of every server: find the address to bind to, make a socket and bind it, listen, accept,
//! and then receive and send until the client has ended its side. Run it, and `guide_client` beside it:
//!
//! ```text
//! $ cargo run --example guide_server
//! Bytes received: 14
//! Bytes sent: 14
//! Connection closing...
//! ```

use winsock::{Error, Family, Resolver, Shutdown, Socket};

const PORT: u16 = 27015;

fn main() -> Result<(), Error> {
    // Every address of this machine.
    let address = Resolver::new().family(Family::IPV4).passive().resolve_local(PORT)?[0];

    let listener = Socket::stream(Family::of(address))?;
    listener.bind(address)?;
    listener.listen(i32::MAX)?;

    let (client, _) = listener.accept()?;
    drop(listener); // one client is enough

    let mut buffer = [0; 512];
    loop {
        let received = client.recv(&mut buffer)?;
        if received == 0 {
            println!("Connection closing...");
            break;
        }
        println!("Bytes received: {received}");
        let sent = client.send(&buffer[..received])?;
        println!("Bytes sent: {sent}");
    }

    // Nothing more will be sent; dropping the socket closes it.
    client.shutdown(Shutdown::Send)
}
