//! How the monitor's thread falls asleep without missing what happens meanwhile.

use crate::linux::sync::{Word, fence};
use std::sync::atomic::Ordering::*;

const AWAKE: u32 = 0;
const ASLEEP: u32 = 1;

/// Sleep of one thread, from which any other wakes it.
pub(super) struct Nap(Word);

impl Nap {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Nap {
        Nap(Word::new(AWAKE))
    }

    #[cfg(loom)]
    pub(super) fn new() -> Nap {
        Nap(Word::new(AWAKE))
    }

    /// Wakes the thread if it sleeps. Whatever the caller wrote before, the thread sees. Costs a fence and a load while
    /// the thread is awake.
    pub(super) fn end(&self) {
        // Either this sees the thread asleep, or the thread sees what was written before this.
        fence(SeqCst);
        self.end_after_lock();
    }

    /// The same for what the caller wrote under a lock that the thread's last look takes too: whoever has it later sees
    /// what the other did before. Costs a load while the thread is awake.
    pub(super) fn end_after_lock(&self) {
        if self.0.load(Relaxed) == ASLEEP && self.0.swap(AWAKE, AcqRel) == ASLEEP {
            self.0.wake_one();
        }
    }

    /// Sleeps until [`Nap::end`], unless there is something to do at a last look.
    pub(super) fn sleep_unless(&self, something_to_do: impl FnOnce() -> bool) {
        self.0.store(ASLEEP, Relaxed);
        fence(SeqCst);
        if something_to_do() {
            self.0.store(AWAKE, Relaxed);
        }
        while self.0.load(Acquire) == ASLEEP {
            self.0.wait(ASLEEP, None);
        }
    }
}

#[cfg(all(test, loom))]
mod tests {
    use super::*;
    use loom::sync::Arc;
    use loom::sync::atomic::AtomicU32;
    use loom::thread;

    #[test]
    fn loom_nothing_that_happens_while_falling_asleep_is_missed() {
        loom::model(|| {
            let nap = Arc::new(Nap::new());
            let drives = Arc::new(AtomicU32::new(0));
            let driver = {
                let (nap, drives) = (Arc::clone(&nap), Arc::clone(&drives));
                thread::spawn(move || {
                    drives.fetch_add(1, Relaxed);
                    nap.end();
                })
            };
            // Loom finds an order in which this never returns, if there is one.
            nap.sleep_unless(|| drives.load(Relaxed) == 1);
            assert_eq!(drives.load(Relaxed), 1, "it woke up because of the driver");
            driver.join().unwrap();
        });
    }

    #[test]
    fn loom_a_lock_that_both_take_is_enough() {
        loom::model(|| {
            let nap = Arc::new(Nap::new());
            let requests = Arc::new(loom::sync::Mutex::new(0));
            let driver = {
                let (nap, requests) = (Arc::clone(&nap), Arc::clone(&requests));
                thread::spawn(move || {
                    *requests.lock().unwrap() = 1;
                    nap.end_after_lock();
                })
            };
            nap.sleep_unless(|| *requests.lock().unwrap() == 1);
            assert_eq!(*requests.lock().unwrap(), 1, "it woke up because of the driver");
            driver.join().unwrap();
        });
    }

    #[test]
    fn loom_two_that_wake_do_not_undo_each_other() {
        loom::model(|| {
            let nap = Arc::new(Nap::new());
            let wakes = || {
                let nap = Arc::clone(&nap);
                thread::spawn(move || nap.end())
            };
            let others = [wakes(), wakes()];
            for other in others {
                other.join().unwrap();
            }
            nap.sleep_unless(|| true);
            let late = wakes();
            nap.sleep_unless(|| true);
            late.join().unwrap();
        });
    }
}
