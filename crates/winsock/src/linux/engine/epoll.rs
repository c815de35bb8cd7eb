//! The epoll backend: readiness, edge-triggered, each socket registered once.

use super::BATCH;
use crate::error::Error;
use crate::linux::operation::Direction;
use crate::linux::overlapped;
use crate::linux::socket::Socket;
use crate::linux::sys::epoll::{
    self, Bell, EPOLLERR, EPOLLET, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDHUP, epoll_event,
};
use crate::linux::sys::{AsFd, BorrowedFd, Errno, OwnedFd};
use crate::linux::table::{MAX_CHUNKS, Reference, Table};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

/// Events whose sockets are fetched from memory at the same time.
const TOGETHER: usize = 4;

/// What the bell's events carry: no number of the table is 0.
const BELL: u64 = 0;

/// The sockets that are watched, by the number that their events carry. News of one that is forgotten meanwhile find
/// nothing here, or a number of another generation.
static WATCHED: Table<Arc<Socket>, MAX_CHUNKS> = Table::new();

/// The lock of the table, for a fork.
pub(super) fn hold() -> impl Any {
    WATCHED.hold()
}

pub(super) struct Epoll {
    epoll: OwnedFd,
    bell: Bell,
}

impl Epoll {
    pub(super) fn new() -> Result<Epoll, Errno> {
        let epoll = epoll::create()?;
        let bell = Bell::new()?;
        epoll::add(epoll.as_fd(), bell.as_fd(), EPOLLIN | EPOLLET, BELL)?;
        Ok(Epoll { epoll, bell })
    }

    /// Watches a socket from now on. Answers the number of the registration.
    pub(super) fn register(&self, socket: &Arc<Socket>) -> Result<usize, Error> {
        let number = WATCHED.insert(Arc::clone(socket)).ok_or(Error::WSAENOBUFS)?;
        self.watch(socket, number).inspect_err(|_| self.forget(number))?;
        Ok(number)
    }

    /// Watches the file that the descriptor of a registered socket names now.
    pub(super) fn watch(&self, socket: &Socket, number: usize) -> Result<(), Error> {
        let events = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLOUT | EPOLLET;
        epoll::add(self.epoll.as_fd(), socket.fd(), events, number as u64).map_err(|errno| match errno {
            Errno::ENOSPC => Error::WSAENOBUFS,
            errno => errno.into(),
        })
    }

    /// Tells of a socket no more. The kernel forgets it when its descriptor is closed.
    pub(super) fn forget(&self, number: usize) {
        drop(WATCHED.remove(number));
    }

    pub(super) fn drive(&self, timeout: Option<Duration>) {
        let mut room = [epoll_event { events: 0, u64: 0 }; BATCH];
        // A signal is no news; the caller looks at its clock and comes back.
        let Ok(events) = epoll::wait(self.epoll.as_fd(), &mut room, milliseconds(timeout)) else { return };
        // While some are told, the next are on their way from memory.
        let mut chunks = events.chunks(TOGETHER);
        let mut next = chunks.next().map(fetched);
        while let Some(now) = next {
            next = chunks.next().map(fetched);
            for (socket, _) in now.iter().flatten() {
                overlapped::prefetch_overlapped(socket, Direction::Receive);
            }
            for (socket, event) in now.iter().flatten() {
                tell(socket, event.events as i32);
            }
        }
    }

    pub(super) fn wake(&self) {
        self.bell.ring();
    }
}

impl AsFd for Epoll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}

/// The sockets of some events, which begin to be fetched from memory.
fn fetched(events: &[epoll_event]) -> [Option<(Reference<'static, Arc<Socket>>, epoll_event)>; TOGETHER] {
    std::array::from_fn(|place| {
        let event = *events.get(place)?;
        // A socket that was closed meanwhile has no number any more, and the bell has never had one.
        let socket = WATCHED.get(event.u64 as usize)?;
        overlapped::prefetch(Arc::as_ptr(&socket));
        Some((socket, event))
    })
}

fn tell(socket: &Arc<Socket>, events: i32) {
    if events & (EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR) != 0 {
        // First: an ordinary receive that comes to urgent data passes over it, and it is lost.
        overlapped::on_ready(socket, Direction::Urgent, false);
    }
    if events & (EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR) != 0 {
        // At urgent data a receive stops short, and no event tells of what is behind it.
        let short_says_nothing = events & (EPOLLRDHUP | EPOLLHUP | EPOLLPRI) != 0;
        overlapped::on_ready(socket, Direction::Receive, short_says_nothing);
    }
    if events & (EPOLLOUT | EPOLLHUP | EPOLLERR) != 0 {
        overlapped::on_room(socket);
    }
}

/// A time-out for `epoll_wait`, which counts in milliseconds: rounded up, so that nothing ends too early.
fn milliseconds(timeout: Option<Duration>) -> i32 {
    match timeout {
        None => -1,
        Some(timeout) => timeout.as_nanos().div_ceil(1_000_000).try_into().unwrap_or(i32::MAX),
    }
}
