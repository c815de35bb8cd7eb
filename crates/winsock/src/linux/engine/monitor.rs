//! The thread that looks after engines which nobody drives.
//!
//! Threads that wait on a port drive its engine. When all of them compute, or there is none, somebody still has to
//! move data and fill the queue: within a tick this thread does, or calls a thread that is parked. A tick is a
//! millisecond where that has happened lately, and [`LONGEST`] where threads always come back in time, for each look is paid by
//! those who work. It sleeps while every engine is attended and still, and coming out of an engine wakes it: once for each
//! spell of activity, not once for each packet.

use super::Engine;
use super::nap::Nap;
use crate::linux::fork;
use smallvec::SmallVec;
use std::any::Any;
use std::sync::atomic::{AtomicU32, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// How long an engine may go without a driver where threads have lately gone on to compute.
const SHORTEST: Duration = Duration::from_millis(1);
/// The same where they have not.
const LONGEST: Duration = Duration::from_millis(4);
/// Looks that find nobody gone on to compute before ticks become twice as long.
const CALM_LOOKS: u32 = 32;
/// Engines that a look attends to without asking for memory.
const FEW: usize = 4;
/// The time without anything new after which the thread sleeps.
const STILL: Duration = Duration::from_millis(20);

#[cfg(not(loom))]
static NAP: Nap = Nap::new();
#[cfg(loom)]
static NAP: std::sync::LazyLock<Nap> = std::sync::LazyLock::new(Nap::new);
static WATCHED: Mutex<Vec<Watched>> = Mutex::new(Vec::new());

struct Watched {
    engine: Weak<Engine>,
    /// What the last look found.
    drives: u32,
    takes: u64,
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
    watched().push(Watched { engine: Arc::downgrade(engine), drives: 0, takes: 0 });
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

/// What a look has found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Found {
    /// Every engine is attended and still.
    Stillness,
    /// Threads drive.
    Movement,
    /// Something lay that a thread has left which went on to compute, or an engine had no driver.
    Neglect,
}

/// How long the next tick is.
struct Pace {
    tick: Duration,
    calm: u32,
}

impl Pace {
    fn new() -> Pace {
        Pace { tick: SHORTEST, calm: 0 }
    }

    fn learn(&mut self, found: Found) {
        match found {
            Found::Neglect => *self = Pace::new(),
            Found::Movement => {
                self.calm += 1;
                if self.calm == CALM_LOOKS {
                    *self = Pace { tick: LONGEST.min(self.tick * 2), calm: 0 };
                }
            }
            Found::Stillness => {}
        }
    }
}

fn run() {
    let mut pace = Pace::new();
    let mut still = Duration::ZERO;
    loop {
        std::thread::sleep(pace.tick);
        let found = look();
        pace.learn(found);
        still = if found == Found::Stillness { still + pace.tick } else { Duration::ZERO };
        if still >= STILL {
            NAP.sleep_unless(|| look() != Found::Stillness);
            still = Duration::ZERO;
        }
    }
}

/// Attends to the engines that nobody has driven since the last look.
fn look() -> Found {
    let mut found = Found::Stillness;
    let mut alone = SmallVec::<[Arc<Engine>; FEW]>::new();
    watched().retain_mut(|watched| {
        let engine = watched.engine.upgrade().filter(|engine| !engine.is_inherited());
        let Some(engine) = engine else { return false };
        let drives = engine.drives.load(Relaxed);
        let attended = engine.drivers.load(Relaxed) > 0;
        let moved = std::mem::replace(&mut watched.drives, drives) != drives;
        // A thread that computes has left a packet or requests lying.
        let woken = engine.port.upgrade().is_some_and(|port| port.look_after(&mut watched.takes));
        let sent = engine.flush();
        found = found.max(match (moved, attended) {
            _ if woken => Found::Neglect,
            (true, _) => Found::Movement,
            (false, true) if !sent => Found::Stillness,
            (false, _) => Found::Neglect,
        });
        if !moved && !attended {
            alone.push(engine);
        }
        true
    });
    for engine in alone {
        match engine.port.upgrade() {
            Some(port) => port.attend(&engine),
            None => engine.drive(Some(Duration::ZERO)),
        }
    }
    found
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn ticks_grow_while_threads_come_back_and_are_short_again_after_one_that_did_not() {
        let mut pace = Pace::new();
        for _ in 0..CALM_LOOKS - 1 {
            pace.learn(Found::Movement);
        }
        assert_eq!(pace.tick, SHORTEST);
        pace.learn(Found::Movement);
        assert_eq!(pace.tick, SHORTEST * 2);
        pace.learn(Found::Neglect);
        assert_eq!(pace.tick, SHORTEST);
        for _ in 0..10 * CALM_LOOKS {
            pace.learn(Found::Movement);
            pace.learn(Found::Stillness);
        }
        assert_eq!(pace.tick, LONGEST);
    }
}
