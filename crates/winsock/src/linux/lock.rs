//! Two locks, each in one word of memory: one that a thread holds alone, and one that several may share.
//!
//! The word may be the program's; its address is all that the kernel keeps, and only while a thread sleeps. Neither
//! lock is fair: who comes by when it is free has it. This file knows no thread, no owner and no port.

use super::sync::{Sort, Word};
use std::sync::atomic::Ordering::*;

#[cfg(all(test, loom))]
mod interleavings;

/// What a critical section's word is when nobody is inside: Windows' -1.
pub(crate) const FREE: u32 = -1i32 as u32;
const HELD: u32 = -2i32 as u32;
/// Held, and others may sleep.
const CONTENDED: u32 = -6i32 as u32;

/// Takes the lock if it is free.
#[inline]
pub(crate) fn try_lock(word: &Word) -> bool {
    word.replace(FREE, HELD, Acquire).is_ok()
}

/// Takes the lock after [`try_lock`] did not, sleeping until it is free.
pub(crate) fn lock(word: &Word) {
    // Who has slept does not know whether others sleep still.
    while word.swap(CONTENDED, Acquire) != FREE {
        word.wait(CONTENDED, None);
    }
}

/// Gives the lock back.
#[inline]
pub(crate) fn unlock(word: &Word) {
    if word.swap(FREE, Release) == CONTENDED {
        word.wake_one();
    }
}

/// Who holds a shared lock: nobody (0), so many share it, or one thread has it alone.
const HOLDERS: u32 = (1 << 30) - 1;
const ALONE: u32 = HOLDERS;
/// Others may sleep that would share it.
const SHARED_WAIT: u32 = 1 << 30;
/// Others may sleep that would have it alone: nobody joins those who share it now.
const EXCLUSIVE_WAIT: u32 = 1 << 31;

/// Takes the lock alone if nobody holds it.
#[inline]
pub(crate) fn try_exclusive(word: &Word) -> bool {
    let mut now = word.load(Relaxed);
    while now & HOLDERS == 0 {
        match word.replace(now, now | ALONE, Acquire) {
            Ok(_) => return true,
            Err(other) => now = other,
        }
    }
    false
}

/// Takes the lock alone after [`try_exclusive`] did not, sleeping until nobody holds it.
pub(crate) fn exclusive(word: &Word) {
    // Who has slept does not know whether others sleep still: it wakes the next one when it is done.
    let mut mark = 0;
    let mut now = word.load(Relaxed);
    loop {
        let free = now & HOLDERS == 0;
        let next = if free { now | ALONE | mark } else { now | EXCLUSIVE_WAIT };
        if let Err(other) = word.replace(now, next, Acquire) {
            now = other;
        } else if free {
            return;
        } else {
            word.wait_among(Sort::Exclusive, next);
            mark = EXCLUSIVE_WAIT;
            now = word.load(Relaxed);
        }
    }
}

/// Joins those who share the lock, if one may.
#[inline]
pub(crate) fn try_shared(word: &Word) -> bool {
    let mut now = word.load(Relaxed);
    while may_join(now) {
        match word.replace(now, now + 1, Acquire) {
            Ok(_) => return true,
            Err(other) => now = other,
        }
    }
    false
}

fn may_join(now: u32) -> bool {
    now & EXCLUSIVE_WAIT == 0 && now & HOLDERS < ALONE - 1
}

/// Joins those who share the lock after [`try_shared`] did not, sleeping until one may.
pub(crate) fn shared(word: &Word) {
    while !try_shared(word) {
        let now = word.load(Relaxed);
        if may_join(now) {
            continue;
        }
        let sleeping = now | SHARED_WAIT;
        if now == sleeping || word.replace(now, sleeping, Relaxed).is_ok() {
            word.wait_among(Sort::Shared, sleeping);
        }
    }
}

/// Gives back a lock that the thread has alone. A lock that nobody has so is left as it is.
#[inline]
pub(crate) fn release_exclusive(word: &Word) {
    release(word, |holders| (holders == ALONE).then_some(0));
}

/// Gives back one share of the lock. A lock that nobody shares is left as it is.
#[inline]
pub(crate) fn release_shared(word: &Word) {
    release(word, |holders| (holders != ALONE && holders != 0).then(|| holders - 1));
}

#[inline]
fn release(word: &Word, rest: impl Fn(u32) -> Option<u32>) {
    let mut now = word.load(Relaxed);
    loop {
        let Some(holders) = rest(now & HOLDERS) else { return };
        // The last one calls a thread that would have it alone. Those who would share it stay asleep until there is none.
        let waits = now & (SHARED_WAIT | EXCLUSIVE_WAIT);
        let left = match (holders, waits & EXCLUSIVE_WAIT != 0) {
            (0, true) => waits & SHARED_WAIT,
            (0, false) => 0,
            (_, _) => waits,
        };
        match word.replace(now, holders | left, Release) {
            Ok(_) if holders == 0 && waits != 0 => return wake(word, waits),
            Ok(_) => return,
            Err(other) => now = other,
        }
    }
}

#[cold]
fn wake(word: &Word, waits: u32) {
    if waits & EXCLUSIVE_WAIT != 0 {
        // Who wakes up holds the lock once more, and calls those who would share it when it is done.
        if word.wake_among(Sort::Exclusive, false) || waits & SHARED_WAIT == 0 {
            return;
        }
        // Nobody slept for it: the mark was of one who was on the way. The others are called now.
        let mut now = word.load(Relaxed);
        while let Err(other) = word.replace(now, now & !SHARED_WAIT, Relaxed) {
            now = other;
        }
    }
    word.wake_among(Sort::Shared, true);
}
