//! A server and a client in one process, which wait with `WSAPoll` before each call.
//!
//! It teaches non-blocking sockets: a connect that is under way, its end told by writability; a receive once there is
//! something to receive; a send once there is room. The client is a thread, so that both sides can be read in one file.
//! Choose `WSAPoll` for any number of sockets in one thread, where a completion port would be too much.
//!
//! ```text
//! $ cargo run --example poll
//! Main: Connection established.
//! ConnectThread: Established connection
//! ConnectThread: sent 38 bytes
//! Main: recvd 38 bytes
//! Main: sent 38 bytes
//! ConnectThread: recvd 38 bytes
//! ```
//!
//! The lines of the two sides may come in another order. Needs IPv6, and port 12345.

#![forbid(unsafe_code)]

mod common;

use common::{Calling, Failed};
use std::net::Ipv6Addr;
use std::thread;
use std::time::Duration;
use winsock::{Error, Event, Family, PollEntry, PollEvents, Reset, Socket, Waitable, poll};

const PORT: u16 = 12345;
const LIMIT: Option<Duration> = Some(Duration::from_secs(30));
/// Letters and digits, and two zeros.
const MESSAGE: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz\0\0";

fn main() {
    // As in the sample, the exit code is 0 either way.
    if let Err(failed) = run() {
        println!("Main:{failed}");
    }
}

fn run() -> Result<(), Failed> {
    let listener = Socket::stream(Family::IPV6).calling("socket")?;
    listener.set_nonblocking(true).calling("FIONBIO")?;
    listener.bind((Ipv6Addr::UNSPECIFIED, PORT)).calling("bind")?;
    listener.listen(1).calling("listen")?;

    let done = Event::new(Reset::Manual, false).calling("CreateEvent")?;
    // The client begins when there is a server, and ends when it is told to.
    thread::scope(|scope| {
        scope.spawn(|| {
            if let Err(failed) = connect(&done) {
                println!("ConnectThread:{failed}");
            }
        });
        let served = serve(&listener);
        done.set().calling("SetEvent")?;
        served
    })
}

fn serve(listener: &Socket) -> Result<(), Failed> {
    if !wait(listener, PollEvents::READABLE)? {
        return Ok(());
    }
    println!("Main: Connection established.");
    let (client, _) = listener.accept().calling("accept")?;
    // The connection is there, which does not mean that the message is: the new socket does not block either.
    if wait(&client, PollEvents::READABLE)? {
        println!("Main: recvd {} bytes", client.recv(&mut [0; 260]).calling("recv")?);
    }
    if wait(&client, PollEvents::WRITABLE)? {
        println!("Main: sent {} bytes", client.send(MESSAGE).calling("send")?);
    }
    Ok(())
}

fn connect(done: &Event) -> Result<(), Failed> {
    let socket = Socket::stream(Family::IPV6).calling("socket")?;
    socket.set_nonblocking(true).calling("FIONBIO")?;
    match socket.connect((Ipv6Addr::LOCALHOST, PORT)) {
        // It goes on by itself.
        Ok(()) | Err(Error::WSAEWOULDBLOCK) => {}
        Err(error) => Err(error).calling("connect")?,
    }
    if wait(&socket, PollEvents::WRITABLE)? {
        println!("ConnectThread: Established connection");
        println!("ConnectThread: sent {} bytes", socket.send(MESSAGE).calling("send")?);
    }
    if wait(&socket, PollEvents::READABLE)? {
        println!("ConnectThread: recvd {} bytes", socket.recv(&mut [0; 260]).calling("recv")?);
    }
    done.wait(LIMIT).calling("WaitForSingleObject")?;
    Ok(())
}

/// Whether the socket has the event within the limit.
fn wait(socket: &Socket, event: PollEvents) -> Result<bool, Failed> {
    let mut entries = [PollEntry::new(socket, event)];
    poll(&mut entries, LIMIT).calling("WSAPoll")?;
    Ok(entries[0].events().contains(event))
}
