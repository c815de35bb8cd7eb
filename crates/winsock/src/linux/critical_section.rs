//! Critical sections: a lock that its owner may take again. All of it lies in the program's own structure.

use super::blocking::Pause;
use super::lock::{self, FREE};
use super::sync::Word;
use super::thread;
use crate::win32::{CRITICAL_SECTION, RTL_CRITICAL_SECTION_ALL_FLAG_BITS};
use std::mem::{align_of, offset_of, size_of};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

/// A `CRITICAL_SECTION`.
#[repr(C)]
pub(crate) struct CriticalSection {
    debug_info: AtomicUsize,
    word: Word,
    recursion: AtomicU32,
    /// The number of the thread inside; 0 for nobody. A thread that reads its own has written it.
    owner: AtomicUsize,
    semaphore: AtomicUsize,
    spins: AtomicUsize,
}

#[cfg(not(loom))]
const _: () = assert!(
    size_of::<CriticalSection>() == size_of::<CRITICAL_SECTION>()
        && align_of::<CriticalSection>() == align_of::<CRITICAL_SECTION>()
        && offset_of!(CriticalSection, word) == offset_of!(CRITICAL_SECTION, LockCount)
        && offset_of!(CriticalSection, recursion) == offset_of!(CRITICAL_SECTION, RecursionCount)
        && offset_of!(CriticalSection, owner) == offset_of!(CRITICAL_SECTION, OwningThread)
        && offset_of!(CriticalSection, spins) == offset_of!(CRITICAL_SECTION, SpinCount)
);

impl CriticalSection {
    /// One that nobody is inside.
    pub(crate) fn new(spins: u32) -> CriticalSection {
        CriticalSection {
            debug_info: AtomicUsize::new(0),
            word: Word::new(FREE),
            recursion: AtomicU32::new(0),
            owner: AtomicUsize::new(0),
            semaphore: AtomicUsize::new(0),
            spins: AtomicUsize::new(spin_count(spins)),
        }
    }

    /// Goes in if nobody else is inside.
    pub(crate) fn try_enter(&self) -> bool {
        let me = thread::id() as usize;
        if lock::try_lock(&self.word) {
            self.take(me);
            return true;
        }
        let again = self.owner.load(Relaxed) == me;
        if again {
            self.recursion.store(self.recursion.load(Relaxed) + 1, Relaxed);
        }
        again
    }

    /// Goes in as soon as nobody else is inside.
    pub(crate) fn enter(&self) {
        if self.try_enter() {
            return;
        }
        for _ in 0..self.spins.load(Relaxed) {
            std::hint::spin_loop();
            if self.word.load(Relaxed) == FREE && lock::try_lock(&self.word) {
                return self.take(thread::id() as usize);
            }
        }
        let pause = Pause::begin();
        lock::lock(&self.word);
        drop(pause);
        self.take(thread::id() as usize);
    }

    fn take(&self, me: usize) {
        self.owner.store(me, Relaxed);
        self.recursion.store(1, Relaxed);
    }

    /// Goes out as often as the thread went in. Who is not inside changes nothing.
    pub(crate) fn leave(&self) {
        if self.owner.load(Relaxed) != thread::id() as usize {
            return;
        }
        let left = self.recursion.load(Relaxed) - 1;
        self.recursion.store(left, Relaxed);
        if left == 0 {
            self.owner.store(0, Relaxed);
            lock::unlock(&self.word);
        }
    }

    /// Sets how often a thread looks before it sleeps; answers what it was.
    pub(crate) fn set_spins(&self, spins: u32) -> u32 {
        self.spins.swap(spin_count(spins), Relaxed) as u32
    }
}

/// The high bits are flags. With one processor there is nobody to spin for.
fn spin_count(spins: u32) -> usize {
    let alone = std::thread::available_parallelism().is_ok_and(|count| count.get() == 1);
    if alone { 0 } else { (spins & !RTL_CRITICAL_SECTION_ALL_FLAG_BITS) as usize }
}
