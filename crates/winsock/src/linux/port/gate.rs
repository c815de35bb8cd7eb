//! The lock of a port's queue: taken by every call, held for some dozen instructions, met by all threads of the port.
//!
//! The standard library's would do, but for what it costs to tell others of a panic, a tenth of a packet's way. This one
//! tells nobody: the queue is never left half changed.
#![allow(unsafe_code, reason = "what is behind the gate is reached by whoever is inside, and by nobody else")]

use crate::linux::lock;
use crate::linux::sync::{Place, Word};
use std::ops::{Deref, DerefMut, Range};

/// How long a thread steps back that finds the gate shut, in powers of two of pauses, one after another before it sleeps.
///
/// The first is long already, about a microsecond. Threads that post and take without a pause would else take the gate, and
/// the memory behind it, from each other with every packet, and two of them do half as much as one. So one goes on
/// undisturbed for some dozens of packets.
const STEPS_BACK: Range<u32> = 5..9;

/// A value that one thread at a time reaches.
pub(super) struct Gate<T> {
    word: Word,
    value: Place<T>,
}

// SAFETY: only who holds the lock reaches the value, and the lock hands on what was written to it, as if the value were sent.
// An `Inside` that threads share gives them the value to read, which it allows.
unsafe impl<T: Send + Sync> Sync for Gate<T> {}

impl<T> Gate<T> {
    pub(super) fn new(value: T) -> Gate<T> {
        Gate { word: Word::new(lock::FREE), value: Place::new(value) }
    }

    #[inline]
    pub(super) fn enter(&self) -> Inside<'_, T> {
        if !lock::try_lock(&self.word) {
            self.queue_up();
        }
        Inside(self)
    }

    /// Whoever is inside leaves within some dozen instructions, and to sleep for that would cost a hundred times as much.
    #[cold]
    fn queue_up(&self) {
        for step in STEPS_BACK {
            for _ in 0..1 << step {
                std::hint::spin_loop();
            }
            if lock::try_lock(&self.word) {
                return;
            }
        }
        lock::lock(&self.word);
    }
}

/// The way to the value; the gate opens when it is dropped.
pub(super) struct Inside<'g, T>(&'g Gate<T>);

impl<T> Deref for Inside<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: this thread holds the lock as long as `self` lives, and changes nothing while `self` is borrowed.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for Inside<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this thread holds the lock as long as `self` lives, which is borrowed alone.
        unsafe { &mut *self.0.value.get_mut() }
    }
}

impl<T> Drop for Inside<'_, T> {
    #[inline]
    fn drop(&mut self) {
        lock::unlock(&self.0.word);
    }
}

#[cfg(all(test, loom))]
mod interleavings {
    use super::*;
    use loom::sync::Arc;
    use loom::thread;

    #[test]
    fn loom_one_thread_at_a_time_is_inside() {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = Some(3);
        builder.check(|| {
            let gate = Arc::new(Gate::new(0));
            let others = [(); 2].map(|()| {
                let gate = Arc::clone(&gate);
                thread::spawn(move || *gate.enter() += 1)
            });
            *gate.enter() += 1;
            for other in others {
                other.join().unwrap();
            }
            assert_eq!(*gate.enter(), 3);
        });
    }
}
