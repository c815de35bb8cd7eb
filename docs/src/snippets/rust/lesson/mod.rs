//! What the lessons share: a listening socket on a free port of this machine, clients that keep it busy and check every
//! byte that comes back, a connection of a server that never blocks, and the last line of the program.

#![allow(dead_code, reason = "each lesson uses its own part of this one")]

use std::io;
use std::net::SocketAddr;
use std::thread::{self, JoinHandle};
use winsock::{Error, Family, Shutdown, Socket};

pub(crate) const CLIENTS: usize = 3;
const MESSAGE: usize = 10_000;

/// A listening socket, and the clients that come to it.
pub(crate) struct Lesson {
    pub(crate) listener: Socket,
    clients: Vec<JoinHandle<Result<(), Error>>>,
}

// ANCHOR: client
/// One client: sends, ends its side, and reads what comes back to its end.
fn run_client(server: SocketAddr) -> Result<(), Error> {
    let message: Vec<u8> = (0..MESSAGE).map(|i| (i % 251) as u8).collect();
    let socket = Socket::stream(Family::of(server))?;
    socket.connect(server)?;
    assert_eq!(socket.send(&message)?, MESSAGE);
    socket.shutdown(Shutdown::Send)?;

    let (mut back, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match socket.recv(&mut buffer)? {
            0 => break,
            received => back.extend_from_slice(&buffer[..received]),
        }
    }
    assert!(back == message, "an echo that is not what was sent");
    Ok(())
}
// ANCHOR_END: client

impl Lesson {
    // ANCHOR: begin
    /// Listens on a free port, and lets the clients run.
    pub(crate) fn begin() -> Result<Lesson, Error> {
        let listener = Socket::stream(Family::IPV4)?;
        listener.bind(([127, 0, 0, 1], 0))?;
        listener.listen(i32::MAX)?;
        let address = listener.local_addr()?;
        let clients = (0..CLIENTS).map(|_| thread::spawn(move || run_client(address))).collect();
        Ok(Lesson { listener, clients })
    }
    // ANCHOR_END: begin

    // ANCHOR: finish
    /// Waits for the clients, and says what was done.
    pub(crate) fn finish(self, bytes: usize) -> io::Result<()> {
        for client in self.clients {
            client.join().expect("a client that does not panic")?;
        }
        println!("{CLIENTS} clients, {bytes} bytes echoed");
        Ok(())
    }
    // ANCHOR_END: finish
}

// ANCHOR: turn
/// A connection of a server that never blocks.
pub(crate) struct Connection {
    pub(crate) socket: Socket,
    buffer: [u8; 4096],
    /// Bytes that were received ...
    length: usize,
    /// ... and how many of them have been sent back.
    sent: usize,
}

impl Connection {
    pub(crate) fn new(socket: Socket) -> Connection {
        Connection { socket, buffer: [0; 4096], length: 0, sent: 0 }
    }

    /// Echoes until a call would block, and counts the bytes. Receives nothing while something is still to be sent: so
    /// a client that does not read holds one buffer, and no more. False when the connection has ended.
    pub(crate) fn turn(&mut self, bytes: &mut usize) -> bool {
        loop {
            if self.sent == self.length {
                self.length = match self.socket.recv(&mut self.buffer) {
                    Ok(0) => return false,
                    Ok(received) => received,
                    Err(error) => return error == Error::WSAEWOULDBLOCK,
                };
                self.sent = 0;
            }
            match self.socket.send(&self.buffer[self.sent..self.length]) {
                Ok(sent) => {
                    self.sent += sent;
                    *bytes += sent;
                }
                Err(error) => return error == Error::WSAEWOULDBLOCK,
            }
        }
    }

    /// Whether the connection waits for room to send, not for something to receive.
    pub(crate) fn is_sending(&self) -> bool {
        self.sent < self.length
    }
}

/// The next connection of a listener that does not block; none if the client has left already.
pub(crate) fn accept(listener: &Socket) -> Result<Option<Connection>, Error> {
    match listener.accept() {
        Ok((socket, _)) => Ok(Some(Connection::new(socket))),
        Err(Error::WSAEWOULDBLOCK) => Ok(None),
        Err(error) => Err(error),
    }
}
// ANCHOR_END: turn
