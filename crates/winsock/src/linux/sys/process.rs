//! Descriptors of other processes.
#![allow(unsafe_code, reason = "calls into libc")]

use super::errno::check;
use super::{AsRawFd, Errno, FromRawFd, OwnedFd};

/// `pidfd_open`.
pub(crate) fn open(process: u32) -> Result<OwnedFd, Errno> {
    // SAFETY: no memory is passed.
    let fd = check(unsafe { libc::syscall(libc::SYS_pidfd_open, process, 0) } as i32)?;
    // SAFETY: the descriptor is new, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `pidfd_getfd`: a descriptor of our own for what `number` is in the other process, close-on-exec.
pub(crate) fn descriptor(process: &OwnedFd, number: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: no memory is passed.
    let fd = check(unsafe { libc::syscall(libc::SYS_pidfd_getfd, process.as_raw_fd(), number, 0) } as i32)?;
    // SAFETY: the descriptor is new, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
