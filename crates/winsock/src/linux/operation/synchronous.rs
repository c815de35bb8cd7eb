//! The synchronous form of the operations that have no plain call of their own: attempts, and waiting in between.

#![allow(unsafe_code, reason = "lends an OVERLAPPED of its own")]

use super::{Attempt, Direction, Indication, Operation, Outcome, Request};
use crate::error::Error;
use crate::linux::blocking::{self, Pause};
use crate::linux::lent::Overlapped;
use crate::linux::network_events;
use crate::linux::overlapped::{self, Started};
use crate::linux::socket::Socket;
use crate::linux::status::Status;
use crate::linux::sys::poll::{self, POLLIN, POLLOUT};
use crate::linux::sys::socket::{SO_RCVTIMEO, SO_SNDTIMEO, timeout};
use crate::win32::OVERLAPPED;
use std::sync::Arc;
use std::time::Instant;

/// Whether a socket in non-blocking mode waits all the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Patience {
    /// As the socket's mode says.
    Mode,
    /// Until it has its outcome.
    Always,
}

/// Runs an operation to its end on the calling thread.
///
/// # Errors
/// `WSAEWOULDBLOCK`, `WSAETIMEDOUT` after `SO_RCVTIMEO` or `SO_SNDTIMEO`, `WSAEINTR` when `closesocket` woke the call.
pub(crate) fn run(socket: &Arc<Socket>, mut request: Request, patience: Patience) -> Result<Outcome, Error> {
    let mut socket = Arc::clone(socket);
    let mut done = 0;
    let mut deadline = None;
    loop {
        let attempt = request.attempt(&socket, &mut done);
        if socket.is_closing() {
            request.conclude(&socket, Outcome::CANCELLED);
            return Err(Error::WSAEINTR);
        }
        match attempt {
            Attempt::Done { outcome, .. } => {
                if request.direction() == Direction::Send {
                    overlapped::pass_report_on(&socket);
                }
                return Ok(request.conclude(&socket, outcome));
            }
            Attempt::Again => {}
            Attempt::Moves { to, request } if request.gives_way() => return in_lane(&to, request),
            Attempt::Moves { to, request: next } => {
                socket = to;
                request = next;
            }
            Attempt::Blocked if patience == Patience::Mode && socket.is_nonblocking() => {
                request.conclude(&socket, Outcome::CANCELLED);
                match request.direction() {
                    Direction::Receive | Direction::Urgent => {}
                    Direction::Send => network_events::lack_room(&socket),
                }
                return Err(Error::WSAEWOULDBLOCK);
            }
            Attempt::Blocked | Attempt::Parked => {
                if let Err(error) = wait(&socket, request.direction(), &mut deadline) {
                    request.conclude(&socket, Outcome::CANCELLED);
                    return Err(error);
                }
            }
        }
    }
}

/// Waits until an attempt may find something. The deadline is that of the whole call, found out by its first wait.
fn wait(socket: &Socket, direction: Direction, deadline: &mut Option<Option<Instant>>) -> Result<(), Error> {
    let (events, name) = match direction {
        Direction::Receive | Direction::Urgent => (POLLIN, SO_RCVTIMEO),
        Direction::Send => (POLLOUT, SO_SNDTIMEO),
    };
    let deadline = match *deadline {
        Some(deadline) => deadline,
        None => *deadline.insert(timeout(socket.fd(), name)?.map(|timeout| Instant::now() + timeout)),
    };
    let mut entries = poll::Entries::from_elem(poll::entry(socket.fd(), events), 1);
    if blocking::wait(&mut entries, deadline)? { Ok(()) } else { Err(Error::WSAETIMEDOUT) }
}

/// Lets an operation end in its lane, where other calls and operations go before it.
pub(crate) fn in_lane(socket: &Arc<Socket>, request: Request) -> Result<Outcome, Error> {
    let mut own = OVERLAPPED::default();
    // SAFETY: it lives until the operation has ended, which is awaited below.
    let overlapped = unsafe { Overlapped::new(&raw mut own) };
    let operation = Operation {
        request,
        overlapped,
        indication: Indication::Nothing,
        done: 0,
        thread: overlapped::this_thread(),
        cancelled: false,
        outdated: false,
        polled: false,
        message: None,
    };
    match overlapped::start(socket, operation)? {
        Started::Ended(outcome) => Ok(outcome),
        Started::Pending => {
            let _pause = Pause::begin();
            overlapped.sleep_until_ended(None);
            let (status, bytes) = overlapped.outcome();
            if status == Status::CANCELLED && socket.is_closing() {
                return Err(Error::WSAEINTR);
            }
            Ok(Outcome { status, bytes })
        }
    }
}
