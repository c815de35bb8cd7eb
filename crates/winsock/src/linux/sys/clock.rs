//! The time since the machine was started.
#![allow(unsafe_code, reason = "calls into libc")]

use std::time::Duration;

/// `CLOCK_BOOTTIME`, which counts while the machine sleeps.
pub(crate) fn since_boot() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure is writable. The call cannot fail: the clock exists since Linux 2.6.39.
    let _ = unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut time) };
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}
