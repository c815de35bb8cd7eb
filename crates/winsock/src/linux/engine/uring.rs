//! The io_uring backend: the first operation of each direction is with the kernel, sends and receives of many
//! sockets go there with one call, and the same call waits.
//!
//! Requests of a thread that is about to ask its port again are only queued: they leave when it asks. Any other
//! thread's leave at once, and the monitor sends what a thread has left lying that went on to compute.
#![allow(unsafe_code, reason = "the kernel works on memory that operations hold")]

use super::{BATCH, token};
use crate::linux::faults;
use crate::linux::operation::{Buffers, Direction, Operation, Request};
use crate::linux::overlapped;
use crate::linux::socket::Socket;
use crate::linux::sys::socket::{MSG_NOSIGNAL, MSG_TRUNC, MSG_WAITALL};
use crate::linux::sys::uring::{Completed, Message, Ring, Submission};
use crate::linux::sys::{AsFd, BorrowedFd, Errno};
use crate::linux::transfer::skip;
use crate::linux::translate::Kind;
use std::sync::Arc;
use std::time::Duration;

/// How far ahead the sockets of completions are fetched from memory, and then what they lead to.
const AHEAD: [usize; 2] = [6, 3];

/// The data of requests whose completion tells nothing: no socket's address is 0.
const NOBODY: u64 = 0;

pub(super) struct Uring {
    ring: Ring,
}

impl Uring {
    pub(super) fn new() -> Result<Uring, Errno> {
        Ok(Uring { ring: Ring::new()? })
    }

    /// Gives a lane's first operation to the kernel. The lane is locked.
    pub(super) fn hand_over(&self, socket: &Arc<Socket>, operation: &mut Operation, empty: bool) {
        let direction = operation.request.direction();
        let submission = prepare(socket, operation, empty).known_by(token::issue(socket, direction));
        // SAFETY: the operation stays in its lane until the completion is taken, and with it the memory that callers
        // lend to it; the lane lives as long as the socket, of which the request holds a reference.
        unsafe { self.ring.push(&submission) };
    }

    /// Asks the kernel to end the operation that it has of a direction.
    pub(super) fn cancel(&self, socket: &Socket, direction: Direction) {
        let cancel = Submission::cancel(token::number(socket, direction)).known_by(NOBODY);
        // SAFETY: the request names no memory.
        unsafe { self.ring.push(&cancel) };
    }

    pub(super) fn submit(&self) {
        self.ring.submit();
    }

    pub(super) fn has_unsubmitted(&self) -> bool {
        self.ring.has_unsubmitted()
    }

    pub(super) fn drive(&self, timeout: Option<Duration>) {
        self.ring.wait(timeout);
        let mut room = [Completed { data: NOBODY, result: Ok(0), more: false }; BATCH];
        let count = self.ring.take(&mut room);
        for (place, completed) in room[..count].iter().enumerate() {
            if let Some(later) = room[..count].get(place + AHEAD[0]) {
                token::prefetch(later.data);
            }
            if let Some(soon) = room[..count].get(place + AHEAD[1])
                && soon.data != NOBODY
            {
                // SAFETY: every other request was issued a number of its own, which is redeemed below.
                unsafe { token::prefetch_overlapped(soon.data) };
            }
            tell(completed);
        }
    }

    pub(super) fn wake(&self) {
        // SAFETY: the request names no memory.
        unsafe { self.ring.push(&Submission::nothing().known_by(NOBODY)) };
        self.ring.submit();
    }
}

impl AsFd for Uring {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ring.as_fd()
    }
}

fn tell(completed: &Completed) {
    if completed.data != NOBODY {
        // SAFETY: every other request was issued a number of its own, and completes once.
        let (socket, direction) = unsafe { token::redeem(completed.data) };
        let result = faults::completed(&socket, direction, completed.result);
        overlapped::on_completion(&socket, direction, result, completed.more);
    }
}

/// What a request is for the kernel.
fn prepare(socket: &Socket, operation: &mut Operation, empty: bool) -> Submission {
    let fd = socket.fd();
    match &operation.request {
        request if operation.polled => Submission::poll(fd, super::events(request)),
        Request::Receive { buffers: Buffers::One(buffer), flags, .. }
            if socket.kind == Kind::Stream && operation.done == 0 =>
        {
            Submission::recv(fd, *buffer, *flags, empty)
        }
        Request::Receive { buffers, flags, .. } => {
            let flags = match socket.kind {
                Kind::Stream => *flags,
                Kind::Datagram | Kind::Raw => flags | MSG_TRUNC,
            };
            let rest = skip(buffers.as_slice(), operation.done);
            let message = operation.message.insert(Message::new(&rest, None));
            Submission::recv_message(fd, message, flags)
        }
        Request::Send { buffers: Buffers::One(buffer), flags, to: None } if operation.done == 0 => {
            Submission::send(fd, *buffer, flags | MSG_NOSIGNAL | MSG_WAITALL)
        }
        Request::Send { buffers, flags, to } => {
            let rest = skip(buffers.as_slice(), operation.done);
            let to = to.as_deref().map(|to| to.to_linux());
            let message = operation.message.insert(Message::new(&rest, to));
            Submission::send_message(fd, message, flags | MSG_NOSIGNAL | MSG_WAITALL)
        }
        Request::ReceiveMessage(_)
        | Request::SendMessage(_)
        | Request::Accept(_)
        | Request::FirstData(_)
        | Request::Connect(_)
        | Request::Transmit(_)
        | Request::Change { .. }
        | Request::Disconnect { .. }
        | Request::Drain { .. } => unreachable!("attempted"),
    }
}
