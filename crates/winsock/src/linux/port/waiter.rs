//! A thread that sleeps until a port releases it.

use crate::linux::sync::Word;
use std::sync::atomic::Ordering::*;
use std::time::{Duration, Instant};

const ASLEEP: u32 = 0;
const RELEASED: u32 = 1;

/// One per thread: what it sleeps on.
///
/// A release may come late, when the thread has gone on by its time-out and waits anew: then it wakes for nothing, and
/// looks again.
pub(crate) struct Waiter(Word);

impl Waiter {
    pub(crate) fn new() -> Waiter {
        Waiter(Word::new(RELEASED))
    }

    /// Before the thread can be found by others.
    pub(crate) fn prepare(&self) {
        self.0.store(ASLEEP, Relaxed);
    }

    /// Sleeps until it is released or the time has come.
    pub(crate) fn sleep(&self, deadline: Option<Instant>) {
        while self.0.load(Acquire) == ASLEEP {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return;
            }
            self.0.wait(ASLEEP, left);
        }
    }

    /// Releases it.
    pub(crate) fn release(&self) {
        self.0.store(RELEASED, Release);
        self.0.wake_one();
    }
}
