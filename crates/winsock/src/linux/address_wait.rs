//! `WaitOnAddress`: threads that sleep until a value of the program's changes and somebody says so.
//!
//! Owns the list of those who sleep. The value is compared under the lock of the list, and who changes it calls
//! afterwards: so no call is missed.

use super::blocking::Pause;
use super::parker::Parker;
use std::any::Any;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

struct Sleeper {
    address: usize,
    called: AtomicBool,
    parker: Parker,
}

static SLEEPERS: Mutex<VecDeque<Arc<Sleeper>>> = Mutex::new(VecDeque::new());
/// How many there are or are about to be, for a look without the lock.
static COUNT: AtomicUsize = AtomicUsize::new(0);

fn sleepers() -> MutexGuard<'static, VecDeque<Arc<Sleeper>>> {
    SLEEPERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock of the list, for a fork.
pub(super) fn hold() -> impl Any {
    sleepers()
}

/// Sleeps until a call for the address, unless `is_same` says that the value there is another already. Answers `false`
/// if the time ran out.
pub(crate) fn wait(address: usize, timeout: Option<Duration>, is_same: impl Fn() -> bool) -> bool {
    let deadline = timeout.map(|timeout| Instant::now() + timeout);
    COUNT.fetch_add(1, SeqCst);
    fence(SeqCst);
    let called = sleep(address, deadline, is_same);
    COUNT.fetch_sub(1, Relaxed);
    called
}

fn sleep(address: usize, deadline: Option<Instant>, is_same: impl Fn() -> bool) -> bool {
    let me = {
        let mut sleepers = sleepers();
        if !is_same() {
            return true;
        }
        let me = Arc::new(Sleeper { address, called: AtomicBool::new(false), parker: Parker::new() });
        sleepers.push_back(me.clone());
        me
    };
    let _pause = Pause::begin();
    while !me.called.load(Acquire) {
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            sleepers().retain(|sleeper| !Arc::ptr_eq(sleeper, &me));
            return me.called.load(Acquire);
        }
        me.parker.park(deadline);
    }
    true
}

/// Calls the one that has slept longest for the address, or all of them.
pub(crate) fn wake(address: usize, all: bool) {
    // Either the sleeper is seen here, or it sees the new value.
    fence(SeqCst);
    if COUNT.load(SeqCst) == 0 {
        return;
    }
    let mut called = Vec::new();
    sleepers().retain(|sleeper| {
        let calls = sleeper.address == address && (all || called.is_empty());
        if calls {
            sleeper.called.store(true, Release);
            called.push(sleeper.clone());
        }
        !calls
    });
    for sleeper in called {
        sleeper.parker.unpark();
    }
}
