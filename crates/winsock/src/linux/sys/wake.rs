//! An event counter: what wakes a thread that waits in the kernel for something else.
#![allow(unsafe_code, reason = "calls into libc")]

use super::errno::{check, check_len};
use super::poll::pollfd;
use super::{AsRawFd, BorrowedFd, Errno, FromRawFd, OwnedFd};
use std::time::Duration;

/// An `eventfd`.
pub(crate) struct Wake(OwnedFd);

/// How [`Wake::poll`] ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Polled {
    /// The descriptor has one of the events, or an error.
    Ready,
    /// [`Wake::wake`] was called.
    Woken,
    /// The time ran out.
    TimedOut,
}

impl Wake {
    /// `eventfd`, close-on-exec; reads and writes do not block.
    pub(crate) fn new() -> Result<Wake, Errno> {
        // SAFETY: no memory is passed.
        let fd = check(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?;
        // SAFETY: the descriptor is new, and nobody else knows it.
        Ok(Wake(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Ends the [`Wake::poll`] that is in progress or comes next.
    pub(crate) fn wake(&self) {
        let one = 1u64;
        // SAFETY: eight readable bytes. A counter that is full wakes too.
        let _ = unsafe { libc::write(self.0.as_raw_fd(), (&raw const one).cast(), size_of::<u64>()) };
    }

    /// `poll` for `events` of a descriptor, or for [`Wake::wake`]; no time-out waits for ever.
    pub(crate) fn poll(
        &self,
        fd: BorrowedFd<'_>,
        events: i16,
        timeout: Option<Duration>,
    ) -> Result<Polled, Errno> {
        let entry = |fd, events| pollfd { fd, events, revents: 0 };
        let mut entries = [entry(self.0.as_raw_fd(), libc::POLLIN), entry(fd.as_raw_fd(), events)];
        let timeout = timeout.map(|timeout| libc::timespec {
            tv_sec: timeout.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: the entries are writable, their number goes with them, and the time-out lives until the end.
        check(unsafe { libc::ppoll(entries.as_mut_ptr(), 2, timeout, std::ptr::null()) })?;
        if entries[0].revents != 0 {
            self.drain();
        }
        Ok(match entries {
            [_, fd] if fd.revents != 0 => Polled::Ready,
            [wake, _] if wake.revents != 0 => Polled::Woken,
            _ => Polled::TimedOut,
        })
    }

    fn drain(&self) {
        let mut count = 0u64;
        // SAFETY: eight writable bytes. A counter that somebody else has read is as good.
        let _ =
            check_len(unsafe { libc::read(self.0.as_raw_fd(), (&raw mut count).cast(), size_of::<u64>()) });
    }
}
