//! The calls that concern the calling thread.
#![allow(unsafe_code, reason = "calls into libc")]

use std::mem::MaybeUninit;

unsafe extern "C-unwind" {
    fn pthread_exit(value: *mut libc::c_void) -> !;
}

/// `pthread_exit`: ends a thread that somebody else has made, by unwinding it.
///
/// # Safety
/// The frames of the thread can be unwound: they are C's, C++'s, or Rust's without a `catch_unwind`.
pub(crate) unsafe fn exit() -> ! {
    // SAFETY: the caller's promise.
    unsafe { pthread_exit(std::ptr::null_mut()) }
}

/// How often the processor has been taken from the calling thread, or given up by it.
pub(crate) fn switches() -> i64 {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the structure is writable.
    let _ = unsafe { libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr()) };
    // SAFETY: all zero is a valid rusage, and the call wrote a valid one over it or nothing.
    let usage = unsafe { usage.assume_init() };
    usage.ru_nvcsw + usage.ru_nivcsw
}
