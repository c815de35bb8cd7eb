//! `DisconnectEx`, and the end of `TransmitFile` with `TF_DISCONNECT`: the last bytes out, the end said, and, for a
//! handle that is to be used again, the peer's end awaited.

use super::{Attempt, Outcome, Request, ends};
use crate::linux::extension::{self, Reuse};
use crate::linux::overlapped;
use crate::linux::socket::Socket;
use crate::linux::status::Status;
use crate::linux::sys::Errno;
use crate::linux::sys::socket::{self as linux, Buffer, MSG_DONTWAIT, MSG_PEEK};
use std::sync::Arc;

/// Ends the sending. Every send that was started before has been taken: it stood before this one in the lane. `bytes`
/// is what the operation has sent.
pub(super) fn attempt(socket: &Arc<Socket>, reuse: bool, bytes: usize) -> Attempt {
    match linux::shutdown(socket.fd(), linux::SHUT_WR) {
        // A connection that was reset has no end to say.
        Ok(()) | Err(Errno::ENOTCONN) => {}
        Err(errno) => return super::failed(socket, errno),
    }
    socket.set_shut(false, true);
    if !reuse {
        return ends(Status::SUCCESS, bytes, true);
    }
    socket.io.set_reuse(Reuse::Draining);
    Attempt::Moves { to: Arc::clone(socket), request: Request::Drain { bytes } }
}

/// Looks whether the peer has ended its side, and everything that it sent has been received.
pub(super) fn attempt_drain(socket: &Socket, bytes: usize) -> Attempt {
    let mut byte = 0u8;
    let room = Buffer::new(&raw mut byte, 1);
    match linux::recv(socket.fd(), room, MSG_DONTWAIT | MSG_PEEK) {
        Ok(1..) => return Attempt::Parked,
        Err(Errno::EAGAIN) => return Attempt::Blocked,
        Err(Errno::EINTR) => return Attempt::Again,
        // However it ended, it has.
        Ok(0) | Err(_) => {}
    }
    // Under the lane's lock: from here on nothing starts until the handle is good for another connection.
    socket.io.set_reuse(Reuse::Renewing);
    ends(Status::SUCCESS, bytes, true)
}

/// Gives the handle a new descriptor. What is still posted on the old one ends.
pub(super) fn conclude_drain(socket: &Arc<Socket>, outcome: Outcome) -> Outcome {
    let outcome = if outcome.status.is_error() || socket.is_closing() {
        outcome
    } else {
        // The kernel keeps the old file for what it has, and is told of the end of it before the number names another.
        overlapped::cancel(socket, None, None);
        match extension::renew(socket) {
            Ok(()) => outcome,
            Err(error) => Outcome { status: Status::from_wsa(error), ..outcome },
        }
    };
    socket.io.set_reuse(Reuse::No);
    outcome
}
