//! Signals: SIGPIPE, which Winsock does not have, and those that are caught for the console's events.
#![allow(unsafe_code, reason = "calls into libc")]

use super::errno::check;
use super::{AsRawFd, Errno, FromRawFd, OwnedFd};
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicI32, Ordering::*};

pub(crate) use libc::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

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

/// The descriptor that [`caught`] writes to, and the process that reads it.
static WRITE_END: AtomicI32 = AtomicI32::new(-1);
static READER: AtomicI32 = AtomicI32::new(0);

/// The signals that [`catch`] catches, one after the other.
pub(crate) struct Caught {
    read_end: OwnedFd,
}

impl Caught {
    /// From now on signals that are caught come here. The one before, an ancestor's of before a fork, gets no more.
    pub(crate) fn new() -> Result<Caught, Errno> {
        let mut ends = [0; 2];
        // SAFETY: room for two descriptors.
        check(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
        // SAFETY: the descriptor is new, and nobody else knows it.
        let read_end = unsafe { OwnedFd::from_raw_fd(ends[0]) };
        // A handler must not block; a pipe full of signals holds enough of them.
        // SAFETY: no memory is passed.
        check(unsafe { libc::fcntl(ends[1], libc::F_SETFL, libc::O_NONBLOCK) })?;
        // SAFETY: no memory is passed.
        READER.store(unsafe { libc::getpid() }, Release);
        WRITE_END.store(ends[1], Release);
        Ok(Caught { read_end })
    }

    /// Waits for the next signal. `None` when there will be none.
    pub(crate) fn next(&self) -> Option<i32> {
        let mut signal = 0u8;
        loop {
            // SAFETY: one writable byte.
            match check(unsafe { libc::read(self.read_end.as_raw_fd(), (&raw mut signal).cast(), 1) } as i32)
            {
                Err(Errno::EINTR) => {}
                Ok(1) => return Some(signal.into()),
                Ok(_) | Err(_) => return None,
            }
        }
    }
}

/// Passes a signal on. In a forked child nobody waits for it: there it does what it does by default.
extern "C" fn caught(signal: i32) {
    // SAFETY: the location is the thread's own.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: it is readable.
    let before = unsafe { *errno };
    // SAFETY: no memory is passed.
    if READER.load(Acquire) == unsafe { libc::getpid() } {
        let byte = signal as u8;
        // SAFETY: one readable byte.
        unsafe { libc::write(WRITE_END.load(Acquire), (&raw const byte).cast(), 1) };
    } else {
        set(signal, libc::SIG_DFL);
        // SAFETY: no memory is passed.
        unsafe { libc::raise(signal) };
    }
    // SAFETY: as above.
    unsafe { *errno = before };
}

fn set(signal: i32, action: libc::sighandler_t) {
    let mut description = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: all zero is a valid description: the default action, no flags, an empty mask.
    let description = unsafe { description.assume_init_mut() };
    description.sa_sigaction = action;
    description.sa_flags = libc::SA_RESTART;
    // SAFETY: the description is readable; it fails for unknown signals alone.
    unsafe { libc::sigaction(signal, description, std::ptr::null_mut()) };
}

/// Lets a signal come to [`Caught`]. System calls that it interrupts go on, as far as the kernel can do that.
pub(crate) fn catch(signal: i32) {
    set(signal, caught as *const () as libc::sighandler_t);
}

/// A signal does nothing, here and in the programs that this process starts.
pub(crate) fn ignore(signal: i32) {
    set(signal, libc::SIG_IGN);
}

/// A signal does again what it does by default.
pub(crate) fn restore(signal: i32) {
    set(signal, libc::SIG_DFL);
}

/// Ends the process by a signal, as if nobody had caught it.
pub(crate) fn die_of(signal: i32) {
    restore(signal);
    // SAFETY: no memory is passed.
    let process = unsafe { libc::getpid() };
    // SAFETY: no memory is passed.
    unsafe { libc::kill(process, signal) };
}

/// `kill` of a process group.
pub(crate) fn send_to_group(group: u32, signal: i32) -> Result<(), Errno> {
    let group = i32::try_from(group).ok().filter(|&group| group > 1).ok_or(Errno::EINVAL)?;
    // SAFETY: no memory is passed.
    check(unsafe { libc::kill(-group, signal) }).map(drop)
}

/// `kill` of this process, and of its group if it leads it.
pub(crate) fn send_to_own(signal: i32) -> Result<(), Errno> {
    // SAFETY: no memory is passed.
    let process = unsafe { libc::getpid() };
    // SAFETY: no memory is passed.
    let leads = unsafe { libc::getpgrp() } == process;
    // SAFETY: no memory is passed.
    check(unsafe { libc::kill(if leads { -process } else { process }, signal) }).map(drop)
}
