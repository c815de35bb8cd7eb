//! `AcceptEx`: a connection for a socket that exists already, and its first data.
//!
//! The operation stands in the listener's lane until there is a connection. If it wants data it goes on in the lane
//! of the connection, so that one silent peer keeps no other from being accepted; its outcome stays the listener's.

use super::{Attempt, Outcome, ends};
use crate::linux::connection;
use crate::linux::extension;
use crate::linux::faults;
use crate::linux::lent::AcceptRoom;
use crate::linux::network_events;
use crate::linux::operation::Request;
use crate::linux::socket::Socket;
use crate::linux::status::Status;
use crate::linux::sys::socket::{self as linux, Buffer, MSG_DONTWAIT};
use crate::linux::sys::{AsFd, Errno};
use crate::linux::translate::{self, Address};
use std::sync::Arc;

/// An `AcceptEx`.
#[derive(Clone)]
pub(crate) struct Accept {
    pub(crate) listener: Arc<Socket>,
    pub(crate) accepted: Arc<Socket>,
    /// Where the first data goes; empty if none is wanted.
    pub(crate) data: Buffer,
    pub(crate) addresses: AcceptRoom,
}

impl Accept {
    /// Takes a connection, if there is one.
    pub(super) fn attempt_accept(&mut self) -> Attempt {
        if self.accepted.is_closing() {
            return Attempt::Done { outcome: Outcome::CANCELLED, more: true };
        }
        let deferred = self.listener.take_deferred();
        let (fd, peer) = match deferred.map_or_else(|| linux::accept(self.listener.fd()), Ok) {
            Ok(connection) => connection,
            Err(Errno::EAGAIN) => return Attempt::Blocked,
            Err(Errno::EINTR) => return Attempt::Again,
            Err(errno) if connection::gave_up(errno) => return Attempt::Again,
            Err(errno) => return ends(translate::status(errno), 0, true),
        };
        let family = self.listener.family;
        let local = linux::local_address(fd.as_fd()).ok().and_then(|local| Address::from_linux(&local));
        let peer = Address::from_linux(&peer);
        if let Err(error) = extension::take_over(&self.accepted, fd) {
            return ends(Status::from_wsa(error), 0, true);
        }
        self.addresses.write(
            &local.unwrap_or_else(|| Address::unspecified(family)),
            &peer.unwrap_or_else(|| Address::unspecified(family)),
        );
        if self.data.len() == 0 {
            return ends(Status::SUCCESS, 0, true);
        }
        self.listener.extension.await_data(&self.accepted);
        Attempt::Moves { to: Arc::clone(&self.accepted), request: Request::FirstData(Box::new(self.clone())) }
    }

    /// Takes the first data, if it is there; the peer's end counts as no data.
    pub(super) fn attempt_first_data(&mut self) -> Attempt {
        match linux::recv(self.accepted.fd(), self.data, MSG_DONTWAIT) {
            Ok(len) => ends(Status::SUCCESS, len, len == self.data.len() || faults::are_on()),
            Err(Errno::EAGAIN) => Attempt::Blocked,
            Err(Errno::EINTR) => Attempt::Again,
            Err(errno) => super::failed(&self.accepted, errno),
        }
    }

    pub(super) fn conclude_accept(&mut self, outcome: Outcome) -> Outcome {
        if outcome.status.is_error() {
            extension::unclaim(&self.accepted);
        } else {
            network_events::accepted(&self.accepted);
        }
        outcome
    }

    /// A connection whose first data does not come is given up, and its socket is new again.
    pub(super) fn conclude_first_data(&mut self, outcome: Outcome) -> Outcome {
        self.listener.extension.await_no_more(&self.accepted);
        if outcome.status.is_error() && !self.accepted.is_closing() {
            // Without a new descriptor the socket stays connected: the program sees the outcome, and closes it.
            let _ = extension::renew(&self.accepted);
        } else {
            network_events::accepted(&self.accepted);
        }
        outcome
    }
}
