//! An event counter: what wakes a thread that waits in the kernel for something else.
#![allow(unsafe_code, reason = "calls into libc")]

use super::errno::{check, check_len};
use super::poll::{Entries, POLLIN, entry, poll};
use super::{AsFd, AsRawFd, Errno, FromRawFd, OwnedFd};
use std::time::Duration;

/// An `eventfd`.
pub(crate) struct Wake(OwnedFd);

/// How [`Wake::poll`] ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Polled {
    /// One of the descriptors has an event.
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

    /// `poll` of the entries, and for [`Wake::wake`]; no time-out waits for ever.
    pub(crate) fn poll(&self, entries: &mut Entries, timeout: Option<Duration>) -> Result<Polled, Errno> {
        entries.push(entry(self.0.as_fd(), POLLIN));
        let polled = poll(entries, timeout);
        let woken = entries.pop().is_some_and(|wake| wake.revents != 0);
        let ready = polled?;
        if woken {
            self.drain();
        }
        Ok(match (ready - usize::from(woken), woken) {
            (0, false) => Polled::TimedOut,
            (0, true) => Polled::Woken,
            _ => Polled::Ready,
        })
    }

    fn drain(&self) {
        let mut count = 0u64;
        // SAFETY: eight writable bytes. A counter that somebody else has read is as good.
        let _ =
            check_len(unsafe { libc::read(self.0.as_raw_fd(), (&raw mut count).cast(), size_of::<u64>()) });
    }
}
