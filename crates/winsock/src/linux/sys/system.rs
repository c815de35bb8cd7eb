//! What the kernel tells of the machine.
#![allow(unsafe_code, reason = "calls into libc")]

use std::mem::{MaybeUninit, size_of};

/// The size of a page of memory.
pub(crate) fn page_size() -> usize {
    // SAFETY: no memory is passed.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

/// The first 64 processors that this process may run on, one bit each.
pub(crate) fn processors() -> u64 {
    let mut set = MaybeUninit::<libc::cpu_set_t>::zeroed();
    // SAFETY: the set is writable, and its size goes with it.
    unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), set.as_mut_ptr()) };
    // SAFETY: all zero is a valid set, and the call wrote a valid one over it or nothing.
    let set = unsafe { set.assume_init() };
    // SAFETY: the numbers are below the size of the set.
    let mask = (0..64).filter(|&number| unsafe { libc::CPU_ISSET(number, &set) }).fold(0, |m, n| m | 1 << n);
    if mask == 0 { 1 } else { mask }
}
