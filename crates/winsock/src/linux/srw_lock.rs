//! Slim reader/writer locks and condition variables. All of each lies in the program's own pointer-sized structure,
//! which is all zero when nobody holds it or waits.

use super::blocking::Pause;
use super::lock;
use super::sync::Word;
use crate::win32::{CONDITION_VARIABLE, SRWLOCK};
use std::mem::{align_of, size_of};
use std::sync::atomic::Ordering::*;
use std::time::{Duration, Instant};

/// An `SRWLOCK`.
#[repr(C, align(8))]
pub(crate) struct SrwLock {
    word: Word,
    unused: u32,
}

#[cfg(not(loom))]
const _: () =
    assert!(size_of::<SrwLock>() == size_of::<SRWLOCK>() && align_of::<SrwLock>() == align_of::<SRWLOCK>());

impl SrwLock {
    pub(crate) fn new() -> SrwLock {
        SrwLock { word: Word::new(0), unused: 0 }
    }

    pub(crate) fn try_exclusive(&self) -> bool {
        lock::try_exclusive(&self.word)
    }

    pub(crate) fn try_shared(&self) -> bool {
        lock::try_shared(&self.word)
    }

    pub(crate) fn exclusive(&self) {
        if !self.try_exclusive() {
            let _pause = Pause::begin();
            lock::exclusive(&self.word);
        }
    }

    pub(crate) fn shared(&self) {
        if !self.try_shared() {
            let _pause = Pause::begin();
            lock::shared(&self.word);
        }
    }

    /// Who does not hold it so changes nothing.
    pub(crate) fn release_exclusive(&self) {
        lock::release_exclusive(&self.word);
    }

    /// Who does not hold it so changes nothing.
    pub(crate) fn release_shared(&self) {
        lock::release_shared(&self.word);
    }
}

/// A `CONDITION_VARIABLE`.
#[repr(C, align(8))]
pub(crate) struct ConditionVariable {
    /// How often it was signalled.
    signals: Word,
    /// Threads that sleep, or are about to.
    sleepers: Word,
}

#[cfg(not(loom))]
const _: () = assert!(
    size_of::<ConditionVariable>() == size_of::<CONDITION_VARIABLE>()
        && align_of::<ConditionVariable>() == align_of::<CONDITION_VARIABLE>()
);

impl ConditionVariable {
    pub(crate) fn new() -> ConditionVariable {
        ConditionVariable { signals: Word::new(0), sleepers: Word::new(0) }
    }

    /// Releases a lock, sleeps until a signal, and takes the lock again. Answers whether there was a signal before the
    /// time ran out.
    pub(crate) fn sleep(
        &self,
        timeout: Option<Duration>,
        release: impl FnOnce(),
        take: impl FnOnce(),
    ) -> bool {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        self.sleepers.add(1, SeqCst);
        let before = self.signals.load(SeqCst);
        release();
        let signalled = self.wait(before, deadline);
        self.sleepers.add(1u32.wrapping_neg(), Relaxed);
        take();
        signalled
    }

    fn wait(&self, before: u32, deadline: Option<Instant>) -> bool {
        let _pause = Pause::begin();
        loop {
            if self.signals.load(Acquire) != before {
                return true;
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return false;
            }
            self.signals.wait(before, left);
        }
    }

    /// Wakes one thread. Without one it costs no system call, and is lost.
    pub(crate) fn wake_one(&self) {
        if self.sleepers.load(SeqCst) != 0 {
            self.signals.add(1, SeqCst);
            self.signals.wake_one();
        }
    }

    /// Wakes every thread.
    pub(crate) fn wake_all(&self) {
        if self.sleepers.load(SeqCst) != 0 {
            self.signals.add(1, SeqCst);
            self.signals.wake_all();
        }
    }
}
