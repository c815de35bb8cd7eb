//! Echoing datagrams: each goes back to where it came from, whole or not at all.

use tracing::debug;
use winsock::{Error, Socket};

use super::Server;
use super::counters::Counters;

/// The longest datagram there is.
pub(super) const LONGEST: usize = 65_535;

/// Datagrams echoed in one turn, so that one busy socket does not starve the others.
const TURN: usize = 64;

/// Whether the error of a receive is news of an echo that did not arrive: it found its client's port closed, or was
/// too long on the way. That is its client's affair.
pub(super) fn is_news(error: Error) -> bool {
    matches!(error, Error::WSAECONNRESET | Error::WSAENETRESET)
}

/// Counts an echo that could not be sent.
pub(super) fn dropped(counters: &Counters, error: Error) {
    counters.datagram_dropped();
    match error {
        // The end has come before the network took it.
        Error::WSA_OPERATION_ABORTED => {}
        error => counters.failed("sendto", error),
    }
}

/// Echoes what has come to a non-blocking socket, for at most one turn.
pub(super) fn echo(server: &Server, socket: &Socket, buffer: &mut [u8]) {
    let counters = &server.counters;
    for _ in 0..TURN {
        let (len, from) = match socket.recv_from(buffer) {
            Ok(received) => received,
            Err(Error::WSAEWOULDBLOCK) => return,
            Err(error) if is_news(error) => continue,
            Err(error) => {
                debug!("recvfrom: {error}");
                counters.failed("recvfrom", error);
                return;
            }
        };
        counters.datagram(len);
        match socket.send_to(&buffer[..len], from) {
            Ok(sent) => counters.datagram_echoed(sent),
            // Datagrams are not kept for a network that is busy.
            Err(Error::WSAEWOULDBLOCK) => counters.datagram_dropped(),
            Err(error) => {
                debug!(client = %from, "sendto: {error}");
                dropped(counters, error);
            }
        }
    }
}
