//! A table of objects that programs hold by value: generation-tagged slots, looked up without a lock.
//!
//! Owns the values: multiples of 4, never 0, at most 31 bits (Windows' handles fit into 32 too, and programs store
//! them in an `int`). A value is slot number and generation; a closed value is never taken for a stranger's object
//! until its slot has been used [`GENERATIONS`] times over, and while the table is not full a slot rests behind
//! [`RESTING`] others before it is used again: two million new values later. Does not know what the objects are.
//!
//! A look-up counts a reference in the slot, and the object stays until the last reference is dropped. Removing makes
//! the value stale at once, whoever still works with the object.
#![allow(unsafe_code, reason = "the object of a slot is guarded by the slot's own counter")]

#[cfg(all(test, loom))]
mod interleavings;

use super::sync::{AtomicU64, Lock, Place};
use std::any::Any;
use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::OnceLock;
use std::sync::atomic::Ordering::*;

/// Values that a slot can give before one comes again.
const GENERATIONS: u64 = 1 << 9;
/// Freed slots that wait before the first of them is used again; in models, none.
const RESTING: usize = if cfg!(loom) { 0 } else { 4096 };
/// Slots that are made at a time.
const CHUNK: usize = if cfg!(loom) { 4 } else { 1024 };
/// Chunks that a value has room to count.
pub(crate) const MAX_CHUNKS: usize = (1 << INDEX_BITS) / CHUNK;

const INDEX_BITS: u32 = 20;

/// The state of a slot in one word: generation (high half), whether it is live, and how many references are out.
const LIVE: u64 = 1 << 31;
const REFERENCES: u64 = LIVE - 1;
const GENERATION_SHIFT: u32 = 32;

/// A table with room for `CHUNKS` times [`CHUNK`] objects, less one: slot 0 stays empty, as 0 is no value.
pub(crate) struct Table<T, const CHUNKS: usize> {
    chunks: [OnceLock<Box<[Slot<T>]>>; CHUNKS],
    free: Lock<Free>,
}

struct Slot<T> {
    state: AtomicU64,
    /// Its own place, so that a look-up, which every call makes, is two words and stays in registers.
    index: usize,
    object: Place<Option<T>>,
}

// SAFETY: `object` is written only by the thread that owns a slot which is not live and has no references (it came
// from the free list, or the last reference was dropped), and read only while a reference is counted. Threads share
// the object by reference, and the last of them drops it.
unsafe impl<T: Send + Sync> Sync for Slot<T> {}

/// The slots that are free, oldest first, and how many have ever been used.
struct Free {
    queue: VecDeque<usize>,
    used: usize,
}

fn value(index: usize, generation: u64) -> usize {
    (index << 2) | (((generation % GENERATIONS) as usize) << (INDEX_BITS + 2))
}

impl<T, const CHUNKS: usize> Table<T, CHUNKS> {
    const SLOTS: usize = {
        assert!(CHUNKS <= MAX_CHUNKS);
        CHUNKS * CHUNK
    };

    pub(crate) const fn new() -> Table<T, CHUNKS> {
        Table {
            chunks: [const { OnceLock::new() }; CHUNKS],
            free: Lock::new(Free { queue: VecDeque::new(), used: 1 }),
        }
    }

    fn slot(&self, index: usize) -> Option<&Slot<T>> {
        self.chunks.get(index / CHUNK)?.get().map(|chunk| &chunk[index % CHUNK])
    }

    /// Gives an object its value. `None` when the table is full.
    pub(crate) fn insert(&self, object: T) -> Option<usize> {
        let slot = {
            let mut free = self.free.lock();
            let index = if free.queue.len() > RESTING || free.used == Self::SLOTS {
                free.queue.pop_front()?
            } else {
                free.used += 1;
                free.used - 1
            };
            let first = index - index % CHUNK;
            let new_slot = |index| Slot { state: AtomicU64::new(0), index, object: Place::new(None) };
            let new_chunk = || (first..first + CHUNK).map(new_slot).collect();
            // With the lock held, so that a fork never finds a chunk half made.
            &self.chunks[index / CHUNK].get_or_init(new_chunk)[index % CHUNK]
        };
        // SAFETY: the slot came from the free list: it is not live, has no references, and is ours alone.
        unsafe { *slot.object.get_mut() = Some(object) };
        let state = slot.state.fetch_or(LIVE, AcqRel);
        Some(value(slot.index, state >> GENERATION_SHIFT))
    }

    /// The object of a value. `None` for a stale or invented one.
    pub(crate) fn get(&self, value: usize) -> Option<Reference<'_, T>> {
        self.take(value, |state| state + 1)
    }

    /// Makes a value stale and gives its object for closing. Exactly one of several concurrent callers gets it.
    pub(crate) fn remove(&self, value: usize) -> Option<Reference<'_, T>> {
        self.take(value, |state| (state & !LIVE) + 1)
    }

    fn index(value: usize) -> usize {
        (value >> 2) & ((1 << INDEX_BITS) - 1)
    }

    /// Takes a reference on the slot of a live value; `next` is the state that follows.
    #[inline]
    fn take(&self, wanted: usize, next: impl Fn(u64) -> u64) -> Option<Reference<'_, T>> {
        let index = Self::index(wanted);
        let slot = self.slot(index)?;
        let mut state = slot.state.load(Acquire);
        loop {
            if state & LIVE == 0 || value(index, state >> GENERATION_SHIFT) != wanted {
                return None;
            }
            match slot.state.compare_exchange_weak(state, next(state), AcqRel, Acquire) {
                Ok(_) => return Some(Reference { slot, free: &self.free }),
                Err(now) => state = now,
            }
        }
    }

    /// Nothing is inserted and no slot is freed until the answer is dropped.
    pub(crate) fn hold(&'static self) -> impl Any {
        self.free.lock()
    }

    /// Every value that is live now.
    pub(crate) fn live(&self) -> Vec<usize> {
        let used = self.free.lock().used;
        let of = |index| {
            let state = self.slot(index)?.state.load(Acquire);
            (state & LIVE != 0).then(|| value(index, state >> GENERATION_SHIFT))
        };
        (1..used).filter_map(of).collect()
    }
}

/// A counted look-up: the object cannot go away while it lives.
pub(crate) struct Reference<'t, T> {
    slot: &'t Slot<T>,
    free: &'t Lock<Free>,
}

impl<T> Reference<'_, T> {
    /// Whether there are other references: a call of another thread is under way.
    pub(crate) fn is_shared(&self) -> bool {
        self.slot.state.load(Acquire) & REFERENCES > 1
    }
}

impl<T> Deref for Reference<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: a reference is counted, so the slot's object is set and nobody writes it.
        let object = unsafe { &*self.slot.object.get() };
        object.as_ref().expect("a slot with a reference has an object")
    }
}

impl<T> Drop for Reference<'_, T> {
    #[inline]
    fn drop(&mut self) {
        let before = self.slot.state.fetch_sub(1, AcqRel);
        if before & (LIVE | REFERENCES) == 1 {
            self.vacate();
        }
    }
}

impl<T> Reference<'_, T> {
    /// Drops the object and frees its slot, after the last reference has been given back.
    #[cold]
    fn vacate(&self) {
        // SAFETY: the slot is not live, so no look-up can begin, and the last reference is ours: nobody else reads
        // or writes the object.
        let object = unsafe { (*self.slot.object.get_mut()).take() };
        self.slot.state.fetch_add(1 << GENERATION_SHIFT, AcqRel);
        self.free.lock().queue.push_back(self.slot.index);
        drop(object);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize};
    use std::thread;

    #[test]
    fn values_are_multiples_of_four_never_zero_and_positive_as_an_int() {
        let table = Table::<usize, 1>::new();
        let values: Vec<usize> = (0..CHUNK - 1).map(|n| table.insert(n).unwrap()).collect();
        for (n, &value) in values.iter().enumerate() {
            assert!(value != 0 && value % 4 == 0 && i32::try_from(value).is_ok(), "{value:#x}");
            assert_eq!(*table.get(value).unwrap(), n);
        }
        assert_eq!(values.iter().collect::<HashSet<_>>().len(), values.len());
        let last = value((1 << INDEX_BITS) - 1, GENERATIONS - 1);
        assert!(i32::try_from(last).is_ok(), "{last:#x}");
    }

    #[test]
    fn a_full_table_refuses_and_has_room_again_after_one_is_removed() {
        let table = Table::<u8, 1>::new();
        let values: Vec<usize> = std::iter::from_fn(|| table.insert(0)).collect();
        assert_eq!(values.len(), CHUNK - 1);
        assert_eq!(table.insert(0), None);
        assert_eq!(table.live().len(), values.len());
        drop(table.remove(values[7]));
        assert!(table.insert(0).is_some());
        assert_eq!(table.insert(0), None);
    }

    #[test]
    fn a_stale_value_names_nothing_until_its_slot_has_been_used_as_often_as_promised() {
        let table = Table::<u8, 1>::new();
        let stale = std::iter::from_fn(|| table.insert(0)).last().unwrap();
        drop(table.remove(stale));
        // The table is full, so that the slot is used again at once: the worst case.
        for _ in 1..GENERATIONS {
            let value = table.insert(0).unwrap();
            assert_ne!(value, stale);
            assert!(table.get(stale).is_none());
            assert!(table.remove(stale).is_none());
            drop(table.remove(value));
        }
        assert_eq!(table.insert(0), Some(stale));
    }

    #[test]
    fn a_slot_rests_while_the_table_is_not_full() {
        let table = Table::<u8, 8>::new();
        let slot_of = |value: usize| (value >> 2) & ((1 << INDEX_BITS) - 1);
        let first = table.insert(0).unwrap();
        drop(table.remove(first));
        for _ in 0..RESTING {
            let value = table.insert(0).unwrap();
            assert_ne!(slot_of(value), slot_of(first));
            drop(table.remove(value));
        }
        assert_eq!(slot_of(table.insert(0).unwrap()), slot_of(first));
    }

    #[test]
    fn invented_values_name_nothing() {
        let table = Table::<u8, 2>::new();
        let value = table.insert(0).unwrap();
        for wild in
            [0, 1, value + 1, value + 2, value + 3, value | 1 << 32, value | 1 << 62, usize::MAX, 4 * CHUNK]
        {
            assert!(table.get(wild).is_none(), "{wild:#x}");
            assert!(table.remove(wild).is_none(), "{wild:#x}");
        }
    }

    #[test]
    fn an_object_stays_until_its_last_reference_is_gone() {
        let table = Table::<Arc<()>, 1>::new();
        let object = Arc::new(());
        let value = table.insert(object.clone()).unwrap();
        let user = table.get(value).unwrap();
        let closer = table.remove(value).unwrap();
        assert!(closer.is_shared());
        assert!(table.get(value).is_none(), "stale at once");
        drop(closer);
        assert_eq!(Arc::strong_count(&object), 2);
        assert!(!user.is_shared());
        drop(user);
        assert_eq!(Arc::strong_count(&object), 1);
    }

    #[test]
    fn threads_that_look_up_and_close_see_the_right_object_and_drop_each_once() {
        struct Counted(usize, Arc<AtomicUsize>);
        impl Drop for Counted {
            fn drop(&mut self) {
                self.1.fetch_add(1, Relaxed);
            }
        }
        const ROUNDS: usize = 10_000;
        // Room for all of them, so that nothing here can wait for ever.
        let table = Table::<Counted, 16>::new();
        let dropped = Arc::new(AtomicUsize::new(0));
        let newest = AtomicUsize::new(0);
        let done = AtomicBool::new(false);
        let removed = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while !done.load(Acquire) {
                        let value = newest.load(Acquire);
                        if let Some(object) = table.get(value) {
                            assert_ne!(object.0, usize::MAX);
                        }
                        if let Some(object) = table.remove(value) {
                            assert!(object.0 < ROUNDS);
                            removed.fetch_add(1, Relaxed);
                        }
                    }
                });
            }
            for round in 0..ROUNDS {
                let value = table.insert(Counted(round, dropped.clone())).expect("there is room");
                newest.store(value, Release);
                if round % 2 == 0 && table.remove(value).is_some() {
                    removed.fetch_add(1, Relaxed);
                }
            }
            done.store(true, Release);
        });
        let left = table.live();
        assert_eq!(left.len() + removed.load(Relaxed), ROUNDS, "each value is removed by one thread");
        for value in left {
            drop(table.remove(value));
        }
        assert_eq!(dropped.load(Relaxed), ROUNDS);
    }
}
