//! A word of memory that threads sleep on, the fence between two of them, and what a table is made of.
//!
//! The real ones, or, in a build with `--cfg loom`, ones that loom can follow through every order of events. What is
//! written with these is checked by the models beside it.

#[cfg(loom)]
pub(crate) use followed::{AtomicU64, Lock, LockGuard, Place, Word, fence};
#[cfg(not(loom))]
pub(crate) use real::{AtomicU64, Lock, LockGuard, Place, Word, fence};

/// Sleepers on one word that are woken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub(crate) enum Sort {
    /// Those that would share a lock.
    Shared = 1,
    /// Those that would have it alone.
    Exclusive = 2,
}

#[cfg(not(loom))]
mod real {
    use crate::linux::sys::futex;
    use std::cell::UnsafeCell;
    pub(crate) use std::sync::MutexGuard as LockGuard;
    use std::sync::atomic::{AtomicU32, Ordering};
    pub(crate) use std::sync::atomic::{AtomicU64, fence};
    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    use super::Sort;

    /// A lock that a panic does not poison.
    pub(crate) struct Lock<T>(Mutex<T>);

    impl<T> Lock<T> {
        pub(crate) const fn new(value: T) -> Lock<T> {
            Lock(Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> LockGuard<'_, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    /// A place whose readers and writers agree by other means.
    pub(crate) struct Place<T>(UnsafeCell<T>);

    impl<T> Place<T> {
        pub(crate) const fn new(value: T) -> Place<T> {
            Place(UnsafeCell::new(value))
        }

        /// For reading.
        pub(crate) fn get(&self) -> *const T {
            self.0.get()
        }

        /// For writing.
        pub(crate) fn get_mut(&self) -> *mut T {
            self.0.get()
        }
    }

    /// An atomic number that threads can sleep on. It may be a number of the program's.
    #[repr(transparent)]
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

        /// Replaces `current` by `new`; else answers what is there.
        pub(crate) fn replace(&self, current: u32, new: u32, success: Ordering) -> Result<u32, u32> {
            self.0.compare_exchange(current, new, success, Ordering::Relaxed)
        }

        /// Adds, and answers what was there.
        pub(crate) fn add(&self, value: u32, order: Ordering) -> u32 {
            self.0.fetch_add(value, order)
        }

        /// Sleeps while the word is `expected`; the caller looks again, for nothing is promised about why this
        /// returned.
        pub(crate) fn wait(&self, expected: u32, timeout: Option<Duration>) {
            futex::wait(&self.0, expected, timeout);
        }

        pub(crate) fn wake_one(&self) {
            futex::wake_one(&self.0);
        }

        pub(crate) fn wake_all(&self) {
            futex::wake_all(self.0.as_ptr().addr());
        }

        /// As [`Word::wait`], for those that only [`Word::wake_among`] with the same sort wakes.
        pub(crate) fn wait_among(&self, sort: Sort, expected: u32) {
            futex::wait_among(&self.0, sort as u32, expected);
        }

        /// Wakes one of the sleepers of a sort, or all. Answers whether there was any.
        pub(crate) fn wake_among(&self, sort: Sort, all: bool) -> bool {
            futex::wake_among(&self.0, sort as u32, all) != 0
        }
    }
}

#[cfg(loom)]
mod followed {
    use super::Sort;
    use loom::cell::UnsafeCell;
    pub(crate) use loom::sync::MutexGuard as LockGuard;
    use loom::sync::atomic::{AtomicU32, Ordering};
    pub(crate) use loom::sync::atomic::{AtomicU64, fence};
    use loom::sync::{Condvar, Mutex};
    use std::sync::OnceLock;
    use std::time::Duration;

    /// As the real one. Loom's is made when it is first locked, for it belongs to one run of a model.
    pub(crate) struct Lock<T> {
        value: std::sync::Mutex<Option<T>>,
        lock: OnceLock<Mutex<T>>,
    }

    impl<T> Lock<T> {
        pub(crate) const fn new(value: T) -> Lock<T> {
            Lock { value: std::sync::Mutex::new(Some(value)), lock: OnceLock::new() }
        }

        pub(crate) fn lock(&self) -> LockGuard<'_, T> {
            let new = || Mutex::new(self.value.lock().unwrap().take().unwrap());
            self.lock.get_or_init(new).lock().unwrap()
        }
    }

    /// As the real one; loom sees a reader and a writer that do not agree.
    pub(crate) struct Place<T>(UnsafeCell<T>);

    impl<T> Place<T> {
        pub(crate) fn new(value: T) -> Place<T> {
            Place(UnsafeCell::new(value))
        }

        pub(crate) fn get(&self) -> *const T {
            self.0.with(|place| place)
        }

        pub(crate) fn get_mut(&self) -> *mut T {
            self.0.with_mut(|place| place)
        }
    }

    /// As the real one. The lock is the kernel's: it looks at the word and goes to sleep in one step. Those who sleep are
    /// counted by sort; those of none are the first.
    pub(crate) struct Word {
        value: AtomicU32,
        kernel: Mutex<[u32; 3]>,
        sleepers: [Condvar; 3],
    }

    impl Word {
        pub(crate) fn new(value: u32) -> Word {
            let sleepers = [Condvar::new(), Condvar::new(), Condvar::new()];
            Word { value: AtomicU32::new(value), kernel: Mutex::new([0; 3]), sleepers }
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

        pub(crate) fn replace(&self, current: u32, new: u32, success: Ordering) -> Result<u32, u32> {
            self.value.compare_exchange(current, new, success, Ordering::Relaxed)
        }

        pub(crate) fn add(&self, value: u32, order: Ordering) -> u32 {
            self.value.fetch_add(value, order)
        }

        pub(crate) fn wait(&self, expected: u32, timeout: Option<Duration>) {
            assert!(timeout.is_none(), "the models have no clock");
            self.sleep(0, expected);
        }

        pub(crate) fn wake_one(&self) {
            self.wake(0, false);
        }

        pub(crate) fn wake_all(&self) {
            self.wake(0, true);
        }

        pub(crate) fn wait_among(&self, sort: Sort, expected: u32) {
            self.sleep(sort as usize, expected);
        }

        pub(crate) fn wake_among(&self, sort: Sort, all: bool) -> bool {
            self.wake(sort as usize, all)
        }

        fn sleep(&self, sort: usize, expected: u32) {
            let mut kernel = self.kernel.lock().unwrap();
            if self.value.load(Ordering::Acquire) == expected {
                kernel[sort] += 1;
                drop(self.sleepers[sort].wait(kernel).unwrap());
            }
        }

        fn wake(&self, sort: usize, all: bool) -> bool {
            let mut kernel = self.kernel.lock().unwrap();
            let woken = if all { kernel[sort] } else { kernel[sort].min(1) };
            kernel[sort] -= woken;
            for _ in 0..woken {
                self.sleepers[sort].notify_one();
            }
            woken != 0
        }
    }
}
