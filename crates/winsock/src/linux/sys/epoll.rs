//! epoll and the event descriptor that wakes it.
#![allow(unsafe_code, reason = "calls into libc")]

use super::errno::check;
use super::{AsFd, AsRawFd, BorrowedFd, Errno, FromRawFd, OwnedFd};

pub(crate) use libc::{EPOLLERR, EPOLLET, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDHUP, epoll_event};

/// `epoll_create1`.
pub(crate) fn create() -> Result<OwnedFd, Errno> {
    // SAFETY: no memory is passed.
    let fd = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
    // SAFETY: the descriptor is new, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `epoll_ctl` with `EPOLL_CTL_ADD`.
pub(crate) fn add(epoll: BorrowedFd<'_>, fd: BorrowedFd<'_>, events: i32, data: u64) -> Result<(), Errno> {
    let mut event = epoll_event { events: events as u32, u64: data };
    // SAFETY: the event is readable.
    check(unsafe { libc::epoll_ctl(epoll.as_raw_fd(), libc::EPOLL_CTL_ADD, fd.as_raw_fd(), &raw mut event) })
        .map(drop)
}

/// `epoll_ctl` with `EPOLL_CTL_DEL`.
pub(crate) fn delete(epoll: BorrowedFd<'_>, fd: BorrowedFd<'_>) -> Result<(), Errno> {
    let nothing = std::ptr::null_mut();
    // SAFETY: no memory is passed.
    check(unsafe { libc::epoll_ctl(epoll.as_raw_fd(), libc::EPOLL_CTL_DEL, fd.as_raw_fd(), nothing) })
        .map(drop)
}

/// `epoll_wait`; a negative time-out waits for ever. Answers the events that came.
pub(crate) fn wait<'a>(
    epoll: BorrowedFd<'_>,
    room: &'a mut [epoll_event],
    timeout_ms: i32,
) -> Result<&'a [epoll_event], Errno> {
    // SAFETY: the slice is writable, and its length goes with it.
    let count = check(unsafe {
        libc::epoll_wait(epoll.as_raw_fd(), room.as_mut_ptr(), room.len() as i32, timeout_ms)
    })?;
    Ok(&room[..count as usize])
}

/// A descriptor that becomes readable when [`Bell::ring`] is called. It is watched edge-triggered and never read:
/// each ring is an event of its own.
pub(crate) struct Bell(OwnedFd);

impl Bell {
    pub(crate) fn new() -> Result<Bell, Errno> {
        // SAFETY: no memory is passed.
        let fd = check(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?;
        // SAFETY: the descriptor is new, and nobody else knows it.
        Ok(Bell(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    pub(crate) fn ring(&self) {
        let one = 1u64;
        // SAFETY: eight readable bytes. It can fail only when the count is about to overflow: after 2^64 rings.
        let _ = unsafe { libc::write(self.0.as_raw_fd(), (&raw const one).cast(), 8) };
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
