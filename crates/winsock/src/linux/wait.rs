//! Waiting for objects, for time, and for descriptors, with procedure calls in between.
//!
//! The rules are NT's. A wait that is satisfied when it begins takes its objects and looks at nothing else. If it is
//! not, but is alertable and procedure calls are queued, it runs them. If they are not, and its time is not 0, the
//! thread sleeps.

#[cfg(all(test, loom))]
mod interleavings;

use super::apc;
use super::blocking::Pause;
use super::dispatcher::{self, Mode, Outcome, Waitable};
use super::sys::poll::{Entries, POLLIN, entry};
use super::sys::wake::Polled;
use super::sys::{self, BorrowedFd, Errno};
use super::thread::{self, ThreadControl};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Waits for one of the objects or for all; no time-out waits for ever. An alertable wait that answers
/// [`Outcome::Alerted`] has run the procedure calls.
pub(crate) fn wait(objects: &[Waitable], mode: Mode, timeout: Option<Duration>, alertable: bool) -> Outcome {
    let thread = thread::current();
    let outcome = wait_once(&thread, objects, mode, timeout, alertable);
    match outcome {
        Outcome::Alerted => apc::run(&thread),
        Outcome::Object(_) | Outcome::Abandoned(_) | Outcome::TimedOut => {}
    }
    outcome
}

fn wait_once(
    thread: &Arc<ThreadControl>,
    objects: &[Waitable],
    mode: Mode,
    timeout: Option<Duration>,
    alertable: bool,
) -> Outcome {
    {
        let key = dispatcher::lock();
        if let Some(outcome) = dispatcher::try_to_take(&key, thread, objects, mode) {
            return outcome;
        }
        if alertable && thread.has_apcs(&key) {
            return Outcome::Alerted;
        }
        if timeout == Some(Duration::ZERO) {
            return Outcome::TimedOut;
        }
        dispatcher::begin(&key, thread, objects, mode, alertable);
    }
    let deadline = timeout.map(|timeout| Instant::now() + timeout);
    let _pause = Pause::begin();
    loop {
        thread.parker.park(deadline);
        let late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
        let key = dispatcher::lock();
        if late || dispatcher::has_ended(&key, thread) {
            return dispatcher::end(&key, thread).unwrap_or(Outcome::TimedOut);
        }
    }
}

/// Waits alertably, running every procedure call that comes, until one of the descriptors has an event, or the
/// deadline passes: then the answer is `false`.
///
/// # Errors
/// As [`super::parker::Parker::poll`].
pub(crate) fn wait_for_descriptors(
    thread: &Arc<ThreadControl>,
    entries: &mut Entries,
    deadline: Option<Instant>,
) -> Result<bool, Errno> {
    loop {
        if !alertable_poll_begins(thread) {
            apc::run(thread);
            continue;
        }
        let polled = {
            let _pause = Pause::begin();
            thread.parker.poll(entries, deadline)
        };
        let outcome = dispatcher::end(&dispatcher::lock(), thread);
        match (outcome, polled) {
            (Some(_alerted), _) => apc::run(thread),
            (None, Ok(Polled::Ready)) => return Ok(true),
            (None, Ok(Polled::Woken)) => {}
            (None, Ok(Polled::TimedOut)) => return Ok(false),
            (None, Err(errno)) => return Err(errno),
        }
    }
}

/// Sleeps alertably until `is_over`, which whoever makes it so tells by the thread's parker, or until the deadline.
/// Answers whether a procedure call is queued; it is the caller's to run.
pub(crate) fn sleep_alertably(
    thread: &Arc<ThreadControl>,
    deadline: Option<Instant>,
    is_over: impl Fn() -> bool,
) -> bool {
    if !alertable_poll_begins(thread) {
        return true;
    }
    loop {
        let late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if is_over() || late || dispatcher::has_ended(&dispatcher::lock(), thread) {
            return dispatcher::end(&dispatcher::lock(), thread).is_some();
        }
        thread.parker.park(deadline);
    }
}

/// Sleeps alertably until a descriptor is readable, or until the deadline; procedure calls stay queued.
///
/// # Errors
/// As [`super::parker::Parker::poll`].
pub(crate) fn poll_alertably(
    thread: &Arc<ThreadControl>,
    descriptor: BorrowedFd<'_>,
    deadline: Option<Instant>,
) -> Result<(), Errno> {
    if !alertable_poll_begins(thread) {
        return Ok(());
    }
    let mut entries = Entries::from_elem(entry(descriptor, POLLIN), 1);
    let polled = thread.parker.poll(&mut entries, deadline);
    dispatcher::end(&dispatcher::lock(), thread);
    polled.map(drop)
}

fn alertable_poll_begins(thread: &Arc<ThreadControl>) -> bool {
    let key = dispatcher::lock();
    let begins = !thread.has_apcs(&key);
    if begins {
        dispatcher::begin(&key, thread, &[], Mode::Any, true);
    }
    begins
}

/// Gives the processor to another thread. Answers whether one took it.
pub(crate) fn switch() -> bool {
    let before = sys::thread::switches();
    std::thread::yield_now();
    sys::thread::switches() != before
}
