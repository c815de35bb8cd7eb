//! Sleeping on a word of memory.
#![allow(unsafe_code, reason = "calls into libc")]

use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Sleeps while the word is `expected`, until [`wake_one`], a signal or the time-out. The caller looks at the word
/// again: nothing is promised about why this returned.
pub(crate) fn wait(word: &AtomicU32, expected: u32, timeout: Option<Duration>) {
    let time = timeout.map(|timeout| libc::timespec {
        tv_sec: timeout.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    });
    let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the word and the time outlive the call.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
            expected,
            time,
        )
    };
}

/// Wakes one thread that sleeps on the word.
pub(crate) fn wake_one(word: &AtomicU32) {
    // SAFETY: the word is valid; the kernel only uses its address.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, 1) };
}

/// Wakes every thread that sleeps on the word at an address. Nothing is read there: it may be gone already.
pub(crate) fn wake_all(address: usize) {
    let wake = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the kernel only uses the address, as a name.
    unsafe { libc::syscall(libc::SYS_futex, address, wake, i32::MAX) };
}
