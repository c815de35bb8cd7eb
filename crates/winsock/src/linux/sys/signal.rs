//! SIGPIPE, which Winsock does not have.
#![allow(unsafe_code, reason = "calls into libc")]

use super::Errno;
use std::mem::MaybeUninit;

/// Runs a call that cannot be asked not to raise SIGPIPE, and takes the signal away if it does.
pub(crate) fn without_sigpipe<T>(call: impl FnOnce() -> Result<T, Errno>) -> Result<T, Errno> {
    let pipe = only_sigpipe();
    let mut before = MaybeUninit::uninit();
    // SAFETY: the sets are readable and writable; it fails for an unknown first argument alone.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const pipe, before.as_mut_ptr()) };
    // SAFETY: the call has filled it in.
    let before = unsafe { before.assume_init() };
    // A program that blocks the signal itself may have one waiting: that one stays.
    let was_pending = contains_sigpipe(&before) && is_pending();
    let result = call();
    if matches!(result, Err(Errno::EPIPE)) && !was_pending {
        let no_time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: set and time are readable; no information is asked for.
        unsafe { libc::sigtimedwait(&raw const pipe, std::ptr::null_mut(), &raw const no_time) };
    }
    // SAFETY: the set is readable.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, std::ptr::null_mut()) };
    result
}

fn only_sigpipe() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: the set is writable.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: the set was made above, and the signal exists.
    unsafe { libc::sigaddset(set.as_mut_ptr(), libc::SIGPIPE) };
    // SAFETY: as above.
    unsafe { set.assume_init() }
}

fn contains_sigpipe(set: &libc::sigset_t) -> bool {
    // SAFETY: the set is readable, and the signal exists.
    unsafe { libc::sigismember(set, libc::SIGPIPE) == 1 }
}

fn is_pending() -> bool {
    let mut pending = MaybeUninit::uninit();
    // SAFETY: the set is writable.
    unsafe { libc::sigpending(pending.as_mut_ptr()) };
    // SAFETY: the call has filled it in; it fails for bad memory alone.
    contains_sigpipe(&unsafe { pending.assume_init() })
}
