//! What is to happen at a time: one thread of the library, begun when it is first needed, that makes it happen.
//!
//! It runs no code of the program and never blocks for long: it signals, queues and posts.

use super::fork;
use super::parker::Parker;
use crate::error::Error;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// One appointment, to be cancelled by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Ticket(Instant, u64);

struct Appointments {
    calls: BTreeMap<Ticket, Box<dyn FnOnce() + Send>>,
    made: u64,
    /// The process in which the thread runs.
    runs_in: Option<u32>,
}

static APPOINTMENTS: Mutex<Appointments> =
    Mutex::new(Appointments { calls: BTreeMap::new(), made: 0, runs_in: None });
#[cfg(not(loom))]
static BELL: Parker = Parker::new();
#[cfg(loom)]
static BELL: std::sync::LazyLock<Parker> = std::sync::LazyLock::new(Parker::new);

fn appointments() -> MutexGuard<'static, Appointments> {
    APPOINTMENTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock of the appointments, for a fork.
pub(super) fn hold() -> impl Any {
    appointments()
}

/// Has something called at a time, from the clock's thread, with no lock held.
///
/// # Errors
/// `WSA_NOT_ENOUGH_MEMORY` if the thread cannot be made.
pub(crate) fn at(due: Instant, call: impl FnOnce() + Send + 'static) -> Result<Ticket, Error> {
    fork::prepare();
    let mut appointments = appointments();
    if appointments.runs_in != Some(fork::generation()) {
        let spawned = std::thread::Builder::new().name("winsock-clock".into()).spawn(run);
        spawned.map_err(|_| Error::WSA_NOT_ENOUGH_MEMORY)?;
        appointments.runs_in = Some(fork::generation());
    }
    appointments.made += 1;
    let ticket = Ticket(due, appointments.made);
    appointments.calls.insert(ticket, Box::new(call));
    let is_next = appointments.calls.first_key_value().is_some_and(|(first, _)| *first == ticket);
    drop(appointments);
    if is_next {
        BELL.unpark();
    }
    Ok(ticket)
}

/// Cancels an appointment. One whose time has come may be kept all the same.
pub(crate) fn cancel(ticket: Ticket) {
    let call = appointments().calls.remove(&ticket);
    drop(call);
}

fn run() {
    loop {
        let now = Instant::now();
        let mut appointments = appointments();
        match appointments.calls.first_entry() {
            Some(first) if first.key().0 <= now => {
                let call = first.remove();
                drop(appointments);
                call();
            }
            later => {
                let next = later.map(|first| first.key().0);
                drop(appointments);
                BELL.park(next);
            }
        }
    }
}

/// From the year 1601, where a `FILETIME` begins, to that of the system's clock.
const EPOCH: Duration = Duration::from_secs(11_644_473_600);

/// The time now, as a `FILETIME`: so many times 100 nanoseconds.
pub(crate) fn file_time() -> u64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    ((since_1970 + EPOCH).as_nanos() / 100) as u64
}

/// The moment that a due time names: a `FILETIME`, or, if it is negative, so many times 100 nanoseconds from now.
pub(crate) fn moment(due: i64) -> Instant {
    let from_now = if due < 0 { due.unsigned_abs() } else { (due as u64).saturating_sub(file_time()) };
    Instant::now() + Duration::from_micros(from_now / 10) + Duration::from_nanos(from_now % 10 * 100)
}
