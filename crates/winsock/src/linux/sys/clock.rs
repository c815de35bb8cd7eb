//! The clocks of Linux.
#![allow(unsafe_code, reason = "calls into libc")]

use std::mem::MaybeUninit;
use std::time::Duration;

/// `CLOCK_BOOTTIME`, which counts while the machine sleeps.
pub(crate) fn since_boot() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure is writable. The call cannot fail: the clock exists since Linux 2.6.39.
    let _ = unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut time) };
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// `CLOCK_MONOTONIC`, which stands still while the machine sleeps.
pub(crate) fn awake() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure is writable, and the clock is always there.
    let _ = unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// How many seconds local time is ahead of UTC at a time in seconds since 1970.
pub(crate) fn local_offset(seconds: i64) -> i64 {
    let mut local = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: the time is readable and the structure writable.
    unsafe { libc::localtime_r(&raw const seconds, local.as_mut_ptr()) };
    // SAFETY: all zero is valid, and the call wrote a valid one over it or nothing.
    unsafe { local.assume_init() }.tm_gmtoff
}

/// The processor time of this process in its own code, and in the kernel.
pub(crate) fn process_times() -> (Duration, Duration) {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the structure is writable.
    let _ = unsafe { libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) };
    // SAFETY: all zero is a valid rusage, and the call wrote a valid one over it or nothing.
    let usage = unsafe { usage.assume_init() };
    let duration = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    (duration(usage.ru_utime), duration(usage.ru_stime))
}
