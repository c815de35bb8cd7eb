//! The thread that hears of changes to sockets with a selection: one epoll for all of them, edge-triggered.
//!
//! It begins with the first selection of the process. What an edge means is found out by looking at the socket.

use super::Selection;
use crate::error::Error;
use crate::linux::fork;
use crate::linux::socket::Socket;
use crate::linux::sys::epoll::{self, EPOLLET, EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDHUP, epoll_event};
use crate::linux::sys::{AsFd, BorrowedFd, Errno, OwnedFd};
use crate::linux::table::{MAX_CHUNKS, Table};
use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Events that one look brings at most.
const BATCH: usize = 64;

static WATCHER: Mutex<Option<Arc<Watcher>>> = Mutex::new(None);

/// The selections, by the number that their events carry. News for one that is gone find nothing here.
static SELECTIONS: Table<Arc<Selection>, MAX_CHUNKS> = Table::new();

fn current() -> MutexGuard<'static, Option<Arc<Watcher>>> {
    WATCHER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The locks, for a fork.
pub(super) fn hold() -> impl Any {
    (current(), SELECTIONS.hold())
}

/// What hears of changes.
pub(super) struct Watcher {
    epoll: OwnedFd,
    /// The process that made it: a child of a fork has no such thread.
    generation: u32,
}

impl Watcher {
    /// The one of this process, made when it is needed first.
    ///
    /// # Errors
    /// `WSAEMFILE`, `WSAENOBUFS`.
    pub(super) fn get() -> Result<Arc<Watcher>, Error> {
        let mut current = current();
        if let Some(watcher) = current.as_ref().filter(|watcher| !watcher.is_inherited()) {
            return Ok(Arc::clone(watcher));
        }
        let watcher = Arc::new(Watcher { epoll: epoll::create()?, generation: fork::generation() });
        let listening = Arc::clone(&watcher);
        let forever = move || loop {
            listening.listen();
        };
        std::thread::Builder::new()
            .name("winsock-events".into())
            .spawn(forever)
            .map_err(|_| Error::WSAENOBUFS)?;
        *current = Some(Arc::clone(&watcher));
        Ok(watcher)
    }

    /// Whether it is the thread of a process that forked this one.
    pub(super) fn is_inherited(&self) -> bool {
        self.generation != fork::generation()
    }

    /// Hears of the file that a socket's descriptor names now. Its present state counts as the first change.
    ///
    /// # Errors
    /// `WSAENOBUFS` when the system watches too many already.
    pub(super) fn watch(&self, socket: &Socket, number: usize) -> Result<(), Error> {
        self.add(socket.fd(), EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLOUT, number)
    }

    /// Hears of news that a socket has asked for, until they are closed.
    ///
    /// # Errors
    /// `WSAENOBUFS` when the system watches too many already.
    pub(super) fn watch_news(&self, news: BorrowedFd<'_>, number: usize) -> Result<(), Error> {
        self.add(news, EPOLLIN, number)
    }

    fn add(&self, fd: BorrowedFd<'_>, events: i32, number: usize) -> Result<(), Error> {
        match epoll::add(self.epoll.as_fd(), fd, events | EPOLLET, number as u64) {
            Ok(()) | Err(Errno::EEXIST) => Ok(()),
            Err(Errno::ENOSPC) => Err(Error::WSAENOBUFS),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Hears of a socket no more.
    pub(super) fn leave(&self, socket: &Socket) {
        // It fails only for a descriptor that is not watched.
        let _ = epoll::delete(self.epoll.as_fd(), socket.fd());
    }

    fn listen(&self) {
        const FOR_EVER: i32 = -1;
        let mut room = [epoll_event { events: 0, u64: 0 }; BATCH];
        let Ok(events) = epoll::wait(self.epoll.as_fd(), &mut room, FOR_EVER) else { return };
        for event in events {
            if let Some(selection) = SELECTIONS.get(event.u64 as usize) {
                selection.look();
            }
        }
    }
}

/// Gives a selection its number. `None` when there are too many.
pub(super) fn enter(selection: &Arc<Selection>) -> Option<usize> {
    SELECTIONS.insert(Arc::clone(selection))
}

/// The number names nothing from now on.
pub(super) fn forget(number: usize) {
    drop(SELECTIONS.remove(number));
}
