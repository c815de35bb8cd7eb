//! Waiting for readiness.
#![allow(unsafe_code, reason = "calls into libc")]

use super::Errno;
use super::errno::check;

pub(crate) use libc::{
    POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI, POLLRDBAND, POLLRDHUP, POLLRDNORM, POLLWRBAND,
    POLLWRNORM, pollfd,
};

/// `poll`; a negative time-out waits for ever. Answers how many entries have events.
pub(crate) fn poll(entries: &mut [pollfd], timeout_ms: i32) -> Result<usize, Errno> {
    // SAFETY: the slice is writable, and its length goes with it.
    let ready =
        check(unsafe { libc::poll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, timeout_ms) })?;
    Ok(ready as usize)
}
