//! Waiting for readiness: `ppoll`, and an epoll that tells of changes.
#![allow(unsafe_code, reason = "calls into libc")]

use super::errno::check;
use super::{AsRawFd, BorrowedFd, Errno, FromRawFd, OwnedFd};
use smallvec::SmallVec;
use std::time::Duration;

pub(crate) use libc::{POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDBAND, POLLRDHUP, pollfd};

/// What one wait is about: few descriptors need no memory.
pub(crate) type Entries = SmallVec<[pollfd; 64]>;

/// An entry that asks for `events` of a descriptor.
pub(crate) fn entry(fd: BorrowedFd<'_>, events: i16) -> pollfd {
    pollfd { fd: fd.as_raw_fd(), events, revents: 0 }
}

/// `ppoll` with the signal mask as it is; no time-out waits for ever. Answers how many entries have events.
pub(crate) fn poll(entries: &mut [pollfd], timeout: Option<Duration>) -> Result<usize, Errno> {
    let timeout = timeout.map(|timeout| libc::timespec {
        tv_sec: timeout.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    });
    let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the slice is writable, and its length goes with it; the time-out is NULL or lives until the end.
    let ready = check(unsafe {
        libc::ppoll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, timeout, std::ptr::null())
    })?;
    Ok(ready as usize)
}

/// Tells when something happens to descriptors, whatever holds of them already: an edge-triggered epoll.
pub(crate) struct Changes(OwnedFd);

impl Changes {
    pub(crate) fn new() -> Result<Changes, Errno> {
        // SAFETY: no memory is passed.
        let fd = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: the descriptor is new, and nobody else knows it.
        Ok(Changes(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Tells of this descriptor too. What holds of it now counts as the first change.
    pub(crate) fn add(&self, fd: BorrowedFd<'_>) -> Result<(), Errno> {
        const ANY: i32 = libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLPRI | libc::EPOLLRDHUP | libc::EPOLLET;
        let mut event = libc::epoll_event { events: ANY as u32, u64: 0 };
        // SAFETY: the event is readable.
        let added = check(unsafe {
            libc::epoll_ctl(self.0.as_raw_fd(), libc::EPOLL_CTL_ADD, fd.as_raw_fd(), &raw mut event)
        });
        match added {
            Ok(_) | Err(Errno::EEXIST) => Ok(()),
            Err(errno) => Err(errno),
        }
    }

    /// The entry that is readable while there are changes.
    pub(crate) fn entry(&self) -> pollfd {
        entry(super::AsFd::as_fd(&self.0), POLLIN)
    }

    /// Takes the changes of until now.
    pub(crate) fn take(&self) {
        const SOME: usize = 64;
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; SOME];
        loop {
            // SAFETY: the array has room for as many events.
            let taken = unsafe { libc::epoll_wait(self.0.as_raw_fd(), events.as_mut_ptr(), SOME as i32, 0) };
            if taken < SOME as i32 {
                return;
            }
        }
    }
}
