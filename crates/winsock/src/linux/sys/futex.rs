//! Sleeping on a word of memory.
#![allow(unsafe_code, reason = "calls into libc")]

use std::sync::atomic::{AtomicU32, AtomicU64};
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

/// As [`wait`] without a time-out, as one of a set of sleepers (a bit mask) that [`wake_among`] wakes.
pub(crate) fn wait_among(word: &AtomicU32, set: u32, expected: u32) {
    let wait = libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG;
    let none = std::ptr::null::<libc::timespec>();
    // SAFETY: the word outlives the call.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), wait, expected, none, 0usize, set) };
}

/// Wakes one of the sleepers of a set, or all; answers how many there were. Nothing is read at the word's address.
pub(crate) fn wake_among(word: &AtomicU32, set: u32, all: bool) -> usize {
    let wake = libc::FUTEX_WAKE_BITSET | libc::FUTEX_PRIVATE_FLAG;
    let count = if all { i32::MAX } else { 1 };
    // SAFETY: the kernel only uses the address, as a name.
    let woken = unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), wake, count, 0usize, 0usize, set) };
    usize::try_from(woken).unwrap_or(0)
}

/// Sleeps while the low half of the number is that of `expected`, until [`wake_all`] or a signal.
pub(crate) fn wait_low_half(number: &AtomicU64, expected: u64) {
    let low = if cfg!(target_endian = "little") { 0 } else { 4 };
    // SAFETY: four bytes of eight, aligned as an `AtomicU32`; and only the kernel reads them as such.
    let word = unsafe { AtomicU32::from_ptr(number.as_ptr().wrapping_byte_add(low).cast()) };
    wait(word, expected as u32, None);
}
