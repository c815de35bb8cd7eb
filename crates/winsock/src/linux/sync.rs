//! A word of memory that threads sleep on, and the fence between two of them.
//!
//! The real ones, or, in a build with `--cfg loom`, ones that loom can follow through every order of events. What is
//! written with these is checked by the models beside it.

#[cfg(loom)]
pub(crate) use followed::{Word, fence};
#[cfg(not(loom))]
pub(crate) use real::{Word, fence};

#[cfg(not(loom))]
mod real {
    use crate::linux::sys::futex;
    pub(crate) use std::sync::atomic::fence;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    /// An atomic number that threads can sleep on.
    pub(crate) struct Word(AtomicU32);

    impl Word {
        pub(crate) const fn new(value: u32) -> Word {
            Word(AtomicU32::new(value))
        }

        pub(crate) fn load(&self, order: Ordering) -> u32 {
            self.0.load(order)
        }

        pub(crate) fn store(&self, value: u32, order: Ordering) {
            self.0.store(value, order);
        }

        pub(crate) fn swap(&self, value: u32, order: Ordering) -> u32 {
            self.0.swap(value, order)
        }

        /// Sleeps while the word is `expected`; the caller looks again, for nothing is promised about why this
        /// returned.
        pub(crate) fn wait(&self, expected: u32, timeout: Option<Duration>) {
            futex::wait(&self.0, expected, timeout);
        }

        pub(crate) fn wake_one(&self) {
            futex::wake_one(&self.0);
        }
    }
}

#[cfg(loom)]
mod followed {
    pub(crate) use loom::sync::atomic::fence;
    use loom::sync::atomic::{AtomicU32, Ordering};
    use loom::sync::{Condvar, Mutex};
    use std::time::Duration;

    /// As the real one. The lock is the kernel's: it looks at the word and goes to sleep in one step.
    pub(crate) struct Word {
        value: AtomicU32,
        kernel: Mutex<()>,
        sleepers: Condvar,
    }

    impl Word {
        pub(crate) fn new(value: u32) -> Word {
            Word { value: AtomicU32::new(value), kernel: Mutex::new(()), sleepers: Condvar::new() }
        }

        pub(crate) fn load(&self, order: Ordering) -> u32 {
            self.value.load(order)
        }

        pub(crate) fn store(&self, value: u32, order: Ordering) {
            self.value.store(value, order);
        }

        pub(crate) fn swap(&self, value: u32, order: Ordering) -> u32 {
            self.value.swap(value, order)
        }

        pub(crate) fn wait(&self, expected: u32, timeout: Option<Duration>) {
            assert!(timeout.is_none(), "the models have no clock");
            let kernel = self.kernel.lock().unwrap();
            if self.value.load(Ordering::Acquire) == expected {
                drop(self.sleepers.wait(kernel).unwrap());
            }
        }

        pub(crate) fn wake_one(&self) {
            let _kernel = self.kernel.lock().unwrap();
            self.sleepers.notify_one();
        }
    }
}
