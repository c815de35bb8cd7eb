//! The server of Microsoft's guide: one client, blocking calls, the end.
//!
//! *When*: to learn the calls in their order, or to serve exactly one peer. *Cost*: one thread and one buffer, and
//! nobody else is served. Says on standard output what the guide's program says.
//!
//! One thing is not the guide's: each piece of an echo goes at once (`TCP_NODELAY`). The guide's buffer is one of 512 bytes,
//! and so a longer message goes back in pieces: the second would wait until the first is acknowledged, which a client
//! that waits for the whole puts off, for 40 ms here and 200 ms on Windows.

use winsock::{Shutdown, Socket};

use super::counters::Seat;
use super::{Server, listen};
use crate::error::{Context, Failure};
use crate::stop::Woken;

/// The buffer of the guide's program.
const BUFFER: usize = 512;

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    let Some(listener) = server.sockets.first() else {
        return Ok(());
    };
    let client = loop {
        match server.stop.wait([listener], None).calling("WSAPoll", "")? {
            Woken::Stop => return Ok(()),
            Woken::Ready | Woken::TimedOut => {}
        }
        match listener.accept() {
            Ok((client, _)) => break client,
            // The client gave up again before it was accepted.
            Err(winsock::Error::WSAEWOULDBLOCK | winsock::Error::WSAECONNRESET) => {}
            Err(error) => return Err(error).calling("accept", listen::local_address(listener)?),
        }
    };
    echo(server, &client, &server.counters.seat())
}

/// Sends everything back until the client shuts its side down.
fn echo(server: &Server, client: &Socket, seat: &Seat<'_>) -> Result<(), Failure> {
    let peer = client.peer_addr().calling("getpeername", "")?;
    client.set_nonblocking(false).calling("ioctlsocket", peer)?;
    client.set_nodelay(true).calling("setsockopt", peer)?;
    client.set_write_timeout(server.limits.idle).calling("setsockopt", peer)?;
    let mut buffer = [0; BUFFER];
    loop {
        match server.stop.wait([client], server.limits.idle).calling("WSAPoll", peer)? {
            Woken::Stop => return Ok(()),
            Woken::TimedOut => return Err(winsock::Error::WSAETIMEDOUT).calling("recv", peer),
            Woken::Ready => {}
        }
        let received = client.recv(&mut buffer).calling("recv", peer)?;
        if received == 0 {
            println!("Connection closing...");
            return client.shutdown(Shutdown::Send).calling("shutdown", peer);
        }
        seat.received(received);
        println!("Bytes received: {received}");
        let sent = client.send(&buffer[..received]).calling("send", peer)?;
        seat.sent(sent);
        seat.echoed();
        println!("Bytes sent: {sent}");
    }
}
