//! `ConnectEx`: a connection, and the first data sent over it.

use super::{Attempt, Outcome, ends};
use crate::error::Error;
use crate::linux::bind;
use crate::linux::extension::Context;
use crate::linux::socket::{Phase, Socket};
use crate::linux::status::Status;
use crate::linux::sys::Errno;
use crate::linux::sys::socket::{self as linux, Buffer, MSG_DONTWAIT, MSG_NOSIGNAL};
use crate::linux::translate::{self, Address};
use std::sync::Arc;

/// A `ConnectEx`.
pub(crate) struct Connect {
    to: Address,
    data: Buffer,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// Nothing has happened.
    New,
    /// The descriptor does not wait, and connects.
    Connecting,
    /// The data is being sent.
    Sending,
}

impl Connect {
    /// Claims a bound socket for a connection to a peer of its family.
    ///
    /// # Errors
    /// `WSAEINVAL` for a socket without connections, without an address or that listens, `WSAEALREADY`, `WSAEISCONN`,
    /// `WSAEADDRNOTAVAIL` for an address that nobody can have.
    pub(crate) fn new(socket: &Socket, to: Address, data: Buffer) -> Result<Connect, Error> {
        let _transition = socket.transition.lock();
        match socket.settle_locked() {
            Phase::Unbound | Phase::Listening => return Err(Error::WSAEINVAL),
            Phase::Bound => {}
            Phase::Connecting => return Err(Error::WSAEALREADY),
            Phase::Connected => return Err(Error::WSAEISCONN),
        }
        if !to.can_be_a_peer() {
            return Err(Error::WSAEADDRNOTAVAIL);
        }
        bind::before_connect(socket)?;
        socket.extension.set_context(Context::Connecting);
        socket.set_phase(Phase::Connecting);
        Ok(Connect { to, data, stage: Stage::New })
    }

    pub(super) fn attempt(&mut self, socket: &Socket, sent: &mut usize) -> Attempt {
        match self.stage {
            Stage::New => {
                if let Err(errno) = linux::set_nonblocking(socket.fd(), true) {
                    return ends(translate::status(errno), 0, true);
                }
                self.stage = Stage::Connecting;
                Attempt::Again
            }
            // Asking again is how Linux tells what became of it.
            Stage::Connecting => match linux::connect(socket.fd(), &self.to.to_linux()) {
                Ok(()) | Err(Errno::EISCONN) => match linux::set_nonblocking(socket.fd(), false) {
                    Ok(()) => {
                        self.stage = Stage::Sending;
                        Attempt::Again
                    }
                    Err(errno) => ends(translate::status(errno), 0, true),
                },
                Err(Errno::EINPROGRESS | Errno::EALREADY) => Attempt::Blocked,
                Err(Errno::EINTR) => Attempt::Again,
                // A port that was reset while connecting refuses.
                Err(Errno::ECONNRESET) => ends(Status::CONNECTION_REFUSED, 0, true),
                Err(errno) => ends(translate::status(errno), 0, true),
            },
            Stage::Sending => self.send(socket, sent),
        }
    }

    fn send(&self, socket: &Socket, sent: &mut usize) -> Attempt {
        if *sent == self.data.len() {
            return ends(Status::SUCCESS, *sent, true);
        }
        match linux::send(socket.fd(), self.data.skip(*sent), MSG_DONTWAIT | MSG_NOSIGNAL) {
            Ok(len) => {
                *sent += len;
                Attempt::Again
            }
            Err(Errno::EAGAIN) => Attempt::Blocked,
            Err(Errno::EINTR) => Attempt::Again,
            Err(errno) => super::failed(socket, errno),
        }
    }

    /// Connected, or free for another try.
    pub(super) fn conclude(&mut self, socket: &Arc<Socket>, outcome: Outcome) -> Outcome {
        let _transition = socket.transition.lock();
        if !outcome.status.is_error() {
            socket.extension.set_context(Context::Connected);
            socket.set_phase(Phase::Connected);
            return outcome;
        }
        match self.stage {
            Stage::New => {}
            Stage::Connecting | Stage::Sending if socket.is_closing() => {}
            Stage::Connecting | Stage::Sending => {
                // Both fail only where there is nothing to take back.
                let _ = linux::disconnect(socket.fd());
                let _ = linux::set_nonblocking(socket.fd(), false);
            }
        }
        socket.extension.set_context(Context::Own);
        socket.set_phase(Phase::Bound);
        outcome
    }
}
