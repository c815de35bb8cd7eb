//! `fork`: what runs around it, and how often this process is the child of one.
#![allow(unsafe_code, reason = "calls into libc")]

use super::Errno;
use std::sync::atomic::{AtomicU32, Ordering::*};

/// How many forks lie between the process that the library was loaded in and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// The number of this process in its line of forks: what was made under another one belongs to an ancestor.
pub(crate) fn generation() -> u32 {
    GENERATION.load(Relaxed)
}

/// Runs `before` ahead of every fork, and `in_parent` or `in_child` after it, all in the thread that forks. Called once.
pub(crate) fn on_fork(before: Handler, in_parent: Handler, in_child: Handler) -> Result<(), Errno> {
    let no_error = |result: i32| if result == 0 { Ok(()) } else { Err(Errno(result)) };
    // SAFETY: the function lives as long as the process.
    no_error(unsafe { libc::pthread_atfork(None, None, Some(count)) })?;
    // SAFETY: the caller's functions do too.
    no_error(unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) })
}

/// What [`on_fork`] runs.
pub(crate) type Handler = unsafe extern "C" fn();

unsafe extern "C" fn count() {
    GENERATION.fetch_add(1, Relaxed);
}
