//! The thread that looks after engines which nobody drives.
//!
//! Threads that wait on a port drive its engine. When all of them compute, or there is none, somebody still has to
//! move data and fill the queue: within [`TICK`] this thread does, or calls a thread that is parked. It sleeps while
//! every engine is attended and still, and coming out of an engine wakes it: once for each spell of activity, not
//! once for each packet.

use super::Engine;
use super::nap::Nap;
use crate::linux::fork;
use smallvec::SmallVec;
use std::any::Any;
use std::sync::atomic::{AtomicU32, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// How long an engine may go without a driver.
const TICK: Duration = Duration::from_millis(1);
/// Engines that a look attends to without asking for memory.
const FEW: usize = 4;
/// Ticks without anything new after which the thread sleeps.
const STILL_TICKS: u32 = 20;

#[cfg(not(loom))]
static NAP: Nap = Nap::new();
#[cfg(loom)]
static NAP: std::sync::LazyLock<Nap> = std::sync::LazyLock::new(Nap::new);
static WATCHED: Mutex<Vec<Watched>> = Mutex::new(Vec::new());

struct Watched {
    engine: Weak<Engine>,
    drives: u32,
}

fn watched() -> MutexGuard<'static, Vec<Watched>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock of the list, for a fork.
pub(super) fn hold() -> impl Any {
    watched()
}

/// Looks after an engine from now on, until it is gone.
pub(crate) fn watch(engine: &Arc<Engine>) {
    /// The process in which the thread runs, plus 1.
    static RUNS_IN: AtomicU32 = AtomicU32::new(0);
    watched().push(Watched { engine: Arc::downgrade(engine), drives: 0 });
    let here = fork::generation() + 1;
    if RUNS_IN.swap(here, AcqRel) != here {
        // Without it only engines that are driven make progress: no worse than the error that it would be.
        let _ = std::thread::Builder::new().name("winsock-monitor".into()).spawn(run);
    }
    stay_awake();
}

/// Something moves: the thread is to look.
pub(super) fn stay_awake() {
    NAP.end();
}

/// The same for what the calling thread has left in a ring or in the queue of a port until it asks: the last look takes the
/// same lock.
pub(crate) fn stay_awake_for_what_waits() {
    NAP.end_after_lock();
}

fn run() {
    let mut still = 0;
    loop {
        std::thread::sleep(TICK);
        still = if look() { 0 } else { still + 1 };
        if still >= STILL_TICKS {
            NAP.sleep_unless(look);
            still = 0;
        }
    }
}

/// Attends to the engines that nobody has driven since the last look. Answers whether anything moves.
fn look() -> bool {
    let mut moves = false;
    let mut alone = SmallVec::<[Arc<Engine>; FEW]>::new();
    watched().retain_mut(|watched| {
        let engine = watched.engine.upgrade().filter(|engine| !engine.is_inherited());
        let Some(engine) = engine else { return false };
        let drives = engine.drives.load(Relaxed);
        let attended = engine.drivers.load(Relaxed) > 0;
        // A thread that computes has left requests or a packet lying.
        engine.flush();
        moves |= engine.port.upgrade().is_some_and(|port| port.look_after());
        if drives != watched.drives {
            watched.drives = drives;
            moves = true;
        } else if !attended {
            alone.push(engine);
            moves = true;
        }
        true
    });
    for engine in alone {
        match engine.port.upgrade() {
            Some(port) => port.attend(&engine),
            None => engine.drive(Some(Duration::ZERO)),
        }
    }
    moves
}
