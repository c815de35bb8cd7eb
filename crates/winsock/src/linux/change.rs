//! Changes of the machine's addresses and routes: `SIO_ADDRESS_LIST_CHANGE` and `SIO_ROUTING_INTERFACE_CHANGE`.
//!
//! Whoever asks to be told gets news of its own: a netlink socket, made for it, that becomes readable with the first
//! change from then on. A call that waits, and an overlapped one, is an operation in the lane of a socket around it. What
//! a non-blocking socket has asked for is kept until a network event tells of it.
//!
//! Does not know what has changed: that is for the program to find out.

use super::operation::synchronous;
use super::operation::{Outcome, Request};
use super::overlapped;
use super::socket::{Phase, Socket};
use super::status::Status;
use super::sys::netlink::{
    self, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE, RTMGRP_LINK,
};
use super::sys::poll::{self, POLLIN};
use super::sys::{AsFd, BorrowedFd, OwnedFd};
use super::translate::{Family, Kind};
use crate::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What may change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    /// The addresses that a socket of the family can be bound to.
    Addresses,
    /// The ways out of this machine.
    Routes,
}

impl Change {
    pub(crate) const ALL: [Change; 2] = [Change::Addresses, Change::Routes];

    /// News of the first change from now on.
    ///
    /// # Errors
    /// `WSAEOPNOTSUPP` for a family without interfaces, `WSAEMFILE`, `WSAENOBUFS`.
    fn news(self, family: Family) -> Result<OwnedFd, Error> {
        let (addresses, routes) = match family {
            Family::V4 => (RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE),
            Family::V6 => (RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE),
            Family::Unix => return Err(Error::WSAEOPNOTSUPP),
        };
        Ok(netlink::listen(match self {
            Change::Addresses => addresses,
            // Routes go with their address or interface, and nothing is said of them.
            Change::Routes => addresses | routes | RTMGRP_LINK,
        })?)
    }
}

/// Whether there is news.
pub(super) fn has_come(news: BorrowedFd<'_>) -> bool {
    let mut entry = [poll::entry(news, POLLIN)];
    // News that were too many to keep are an error of the netlink socket, and news.
    poll::poll(&mut entry, Some(Duration::ZERO)).is_ok_and(|ready| ready > 0)
}

/// What a socket has asked to be told of.
pub(crate) struct Changes {
    /// For network events, by [`Change`].
    asked: Mutex<[Option<OwnedFd>; 2]>,
    /// The sockets in whose lanes its operations are.
    awaited: Mutex<Vec<Arc<Socket>>>,
}

impl Changes {
    pub(crate) const fn new() -> Changes {
        Changes { asked: Mutex::new([None, None]), awaited: Mutex::new(Vec::new()) }
    }

    fn asked(&self) -> MutexGuard<'_, [Option<OwnedFd>; 2]> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn awaited_list(&self) -> MutexGuard<'_, Vec<Arc<Socket>>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sockets in whose lanes its operations are.
    pub(super) fn awaited(&self) -> Vec<Arc<Socket>> {
        self.awaited_list().clone()
    }

    /// A network event is to tell of a change from now on, and of none before.
    ///
    /// # Errors
    /// `WSAEOPNOTSUPP` for a family without interfaces, `WSAEMFILE`, `WSAENOBUFS`.
    pub(super) fn ask(&self, change: Change, family: Family) -> Result<(), Error> {
        self.asked()[change as usize] = Some(change.news(family)?);
        Ok(())
    }

    /// Whether a change has come that was asked for, and not been told.
    pub(super) fn has_come(&self, change: Change) -> bool {
        self.asked()[change as usize].as_ref().is_some_and(|news| has_come(news.as_fd()))
    }

    /// It has been told.
    pub(super) fn told(&self, change: Change) {
        self.asked()[change as usize] = None;
    }

    /// Shows all news that were asked for.
    ///
    /// # Errors
    /// Those of `see`.
    pub(super) fn each(&self, see: impl Fn(BorrowedFd<'_>) -> Result<(), Error>) -> Result<(), Error> {
        self.asked().iter().flatten().try_for_each(|news| see(news.as_fd()))
    }
}

/// The operation that ends with the next change, and the socket in whose lane it is to be started.
///
/// # Errors
/// `WSAEOPNOTSUPP` for a family without interfaces, `WSAEMFILE`, `WSAENOBUFS`.
pub(crate) fn operation(owner: &Arc<Socket>, change: Change) -> Result<(Arc<Socket>, Request), Error> {
    let news = change.news(owner.family)?;
    let lane = Arc::new(Socket::from_fd(news, owner.family, Kind::Datagram, 0, Phase::Bound));
    owner.changes.awaited_list().push(Arc::clone(&lane));
    Ok((lane, Request::Change { owner: Arc::clone(owner) }))
}

/// Waits for the next change.
///
/// # Errors
/// As [`operation`], and `WSAEINTR` when `closesocket` has ended the wait.
pub(crate) fn wait(owner: &Arc<Socket>, change: Change) -> Result<(), Error> {
    let (lane, request) = operation(owner, change)?;
    let outcome = synchronous::in_lane(&lane, request)?;
    if outcome.status == Status::CANCELLED && owner.is_closing() {
        return Err(Error::WSAEINTR);
    }
    outcome.answer().map(drop)
}

/// The operation has ended: nobody needs its lane.
pub(super) fn conclude(owner: &Socket, lane: &Arc<Socket>, outcome: Outcome) -> Outcome {
    owner.changes.awaited_list().retain(|other| !Arc::ptr_eq(other, lane));
    overlapped::close(lane);
    outcome
}
