//! A thread that sleeps until a port releases it.

use crate::linux::sync::Word;
use crate::linux::thread::ThreadControl;
use crate::linux::wait;
use std::sync::Arc;
use std::sync::atomic::Ordering::*;
use std::time::{Duration, Instant};

const ASLEEP: u32 = 0;
const RELEASED: u32 = 1;

/// One per thread: what it sleeps on.
///
/// A release may come late, when the thread has gone on by its time-out and waits anew: then it wakes for nothing, and
/// looks again.
pub(crate) struct Waiter {
    word: Word,
    /// The thread, if it sleeps alertably: then it does so on its parker.
    alertable: Option<Arc<ThreadControl>>,
}

impl Waiter {
    pub(crate) fn new() -> Waiter {
        Waiter { word: Word::new(RELEASED), alertable: None }
    }

    /// One for a single alertable wait.
    pub(crate) fn alertable(thread: &Arc<ThreadControl>) -> Waiter {
        Waiter { word: Word::new(RELEASED), alertable: Some(Arc::clone(thread)) }
    }

    /// Before the thread can be found by others.
    pub(crate) fn prepare(&self) {
        self.word.store(ASLEEP, Relaxed);
    }

    /// Sleeps until it is released, the time has come or, if it is alertable, a procedure call is queued.
    pub(crate) fn sleep(&self, deadline: Option<Instant>) {
        if let Some(thread) = &self.alertable {
            // A procedure call that ends it stays queued.
            wait::sleep_alertably(thread, deadline, || self.word.load(Acquire) != ASLEEP);
            return;
        }
        while self.word.load(Acquire) == ASLEEP {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return;
            }
            self.word.wait(ASLEEP, left);
        }
    }

    /// Releases it.
    pub(crate) fn release(&self) {
        self.word.store(RELEASED, Release);
        match &self.alertable {
            Some(thread) => thread.parker.unpark(),
            None => self.word.wake_one(),
        }
    }
}
