//! The server of a first lesson in Winsock: it serves one client, and ends.
//!
//! It teaches the five steps of every server: find the address to bind to, make a socket and bind it, listen, accept,
//! and then receive and send until the client has ended its side. The place to begin; for more than one client, go on
//! with `simples`. Run it, and `guide_client` beside it:
//!
//! ```text
//! $ cargo run --example guide_server
//! Bytes received: 14
//! Bytes sent: 14
//! Connection closing...
//! ```

#![forbid(unsafe_code)]

mod common;

use common::{Calling, Failed};
use std::process::ExitCode;
use winsock::{Family, Shutdown, Socket, Type};

const PORT: &str = "27015";

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed { call, error }) => {
            println!("{call} failed with error: {}", error.code());
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), Failed> {
    // Every address of this machine.
    let address = common::addresses_to_bind(None, PORT, Family::IPV4, Type::STREAM)?[0];

    let listener = Socket::stream(Family::of(address)).calling("socket")?;
    listener.bind(address).calling("bind")?;
    listener.listen(i32::MAX).calling("listen")?;

    let (client, _) = listener.accept().calling("accept")?;
    drop(listener); // one client is enough

    let mut buffer = [0; 512];
    loop {
        let received = client.recv(&mut buffer).calling("recv")?;
        if received == 0 {
            println!("Connection closing...");
            break;
        }
        println!("Bytes received: {received}");
        let sent = client.send(&buffer[..received]).calling("send")?;
        println!("Bytes sent: {sent}");
    }

    // Nothing more will be sent; dropping the socket closes it.
    client.shutdown(Shutdown::Send).calling("shutdown")
}
