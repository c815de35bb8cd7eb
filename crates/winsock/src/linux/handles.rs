//! One generation-tagged table for every SOCKET and HANDLE.
//!
//! Owns the values that programs hold: multiples of 4, never 0, at most 31 bits (Windows' handles fit into 32 too,
//! and programs store them in an `int`). A value is slot number and generation; a closed value is never taken for
//! a stranger's object until its slot has been used [`GENERATIONS`] times over, and a slot rests behind at least
//! [`RESTING`] others before it is used again: two million new handles later.
//!
//! A look-up takes no lock: it counts a reference in the slot, and the object stays until the last reference is
//! dropped. Closing makes the value stale at once, whoever still works with the object.
#![allow(unsafe_code, reason = "the object of a slot is guarded by the slot's own counter")]

use super::event::Event;
use super::socket::Socket;
use super::thread::ThreadControl;
use crate::error::Error;
use std::cell::UnsafeCell;
use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering::*};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What a handle can name.
pub(crate) enum Object {
    /// A `SOCKET`.
    Socket(Arc<Socket>),
    /// An event.
    Event(Arc<Event>),
    /// A thread, running or ended.
    Thread(Arc<ThreadControl>),
    /// This process.
    Process,
}

/// Slots, and so open handles, at most. Slot 0 stays empty: 0 is no handle.
pub(crate) const MAX_SLOTS: usize = 1 << INDEX_BITS;
/// Values that a slot can give before one comes again.
const GENERATIONS: u64 = 1 << 9;
/// Freed slots that wait before the first of them is used again.
const RESTING: usize = 4096;

const INDEX_BITS: u32 = 20;
const CHUNK: usize = 1024;

/// The state of a slot in one word: generation (high half), whether it is live, and how many references are out.
const LIVE: u64 = 1 << 31;
const REFERENCES: u64 = LIVE - 1;
const GENERATION_SHIFT: u32 = 32;

struct Slot {
    state: AtomicU64,
    object: UnsafeCell<Option<Object>>,
}

// SAFETY: `object` is written only by the thread that owns a slot which is not live and has no references (it came
// from the free list, or the last reference was dropped), and read only while a reference is counted.
unsafe impl Sync for Slot {}

static CHUNKS: [OnceLock<Box<[Slot]>>; MAX_SLOTS / CHUNK] = [const { OnceLock::new() }; MAX_SLOTS / CHUNK];

/// The slots that are free, oldest first, and how many have ever been used.
struct Free {
    queue: VecDeque<usize>,
    used: usize,
}

static FREE: Mutex<Free> = Mutex::new(Free { queue: VecDeque::new(), used: 1 });

fn free() -> std::sync::MutexGuard<'static, Free> {
    FREE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn slot(index: usize) -> Option<&'static Slot> {
    CHUNKS[index / CHUNK].get().map(|chunk| &chunk[index % CHUNK])
}

fn value(index: usize, generation: u64) -> usize {
    (index << 2) | (((generation % GENERATIONS) as usize) << (INDEX_BITS + 2))
}

/// Gives an object its handle. `None` when the table is full.
pub(crate) fn insert(object: Object) -> Option<usize> {
    let index = {
        let mut free = free();
        if free.queue.len() > RESTING || free.used == MAX_SLOTS {
            free.queue.pop_front()?
        } else {
            free.used += 1;
            free.used - 1
        }
    };
    let new_chunk =
        || (0..CHUNK).map(|_| Slot { state: AtomicU64::new(0), object: UnsafeCell::new(None) }).collect();
    let slot = &CHUNKS[index / CHUNK].get_or_init(new_chunk)[index % CHUNK];
    // SAFETY: the slot came from the free list: it is not live, has no references, and is ours alone.
    unsafe { *slot.object.get() = Some(object) };
    let state = slot.state.fetch_or(LIVE, AcqRel);
    Some(value(index, state >> GENERATION_SHIFT))
}

/// A counted look-up: the object cannot go away while it lives.
pub(crate) struct Reference {
    slot: &'static Slot,
    index: usize,
}

/// The object of a handle. `None` for a stale or invented value.
pub(crate) fn get(handle: usize) -> Option<Reference> {
    take(handle, |state| state + 1)
}

/// Makes a handle stale and gives its object for closing. Exactly one of several concurrent callers gets it.
pub(crate) fn remove(handle: usize) -> Option<Reference> {
    take(handle, |state| (state & !LIVE) + 1)
}

/// Takes a reference on the slot of a live handle; `next` is the state that follows.
fn take(handle: usize, next: impl Fn(u64) -> u64) -> Option<Reference> {
    let index = (handle >> 2) & (MAX_SLOTS - 1);
    let slot = slot(index)?;
    let mut state = slot.state.load(Acquire);
    loop {
        if state & LIVE == 0 || value(index, state >> GENERATION_SHIFT) != handle {
            return None;
        }
        match slot.state.compare_exchange_weak(state, next(state), AcqRel, Acquire) {
            Ok(_) => return Some(Reference { slot, index }),
            Err(now) => state = now,
        }
    }
}

impl Reference {
    /// Whether other threads hold references too: a call of theirs is under way.
    pub(crate) fn is_shared(&self) -> bool {
        self.slot.state.load(Acquire) & REFERENCES > 1
    }
}

impl Deref for Reference {
    type Target = Object;

    fn deref(&self) -> &Object {
        // SAFETY: a reference is counted, so the slot's object is set and nobody writes it.
        let object = unsafe { &*self.slot.object.get() };
        object.as_ref().expect("a live slot has an object")
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let before = self.slot.state.fetch_sub(1, AcqRel);
        if before & (LIVE | REFERENCES) != 1 {
            return;
        }
        // SAFETY: the slot is not live, so no look-up can begin, and the last reference is ours: nobody else reads
        // or writes the object.
        let object = unsafe { (*self.slot.object.get()).take() };
        self.slot.state.fetch_add(1 << GENERATION_SHIFT, AcqRel);
        free().queue.push_back(self.index);
        drop(object);
    }
}

/// A look-up that found a socket.
pub(crate) struct SocketReference(Reference);

/// The socket of a handle.
///
/// # Errors
/// `WSAENOTSOCK` for a stale or invented value, and for a handle of another kind.
pub(crate) fn socket(handle: usize) -> Result<SocketReference, Error> {
    match get(handle) {
        Some(reference) => match *reference {
            Object::Socket(_) => Ok(SocketReference(reference)),
            Object::Event(_) | Object::Thread(_) | Object::Process => Err(Error::WSAENOTSOCK),
        },
        None => Err(Error::WSAENOTSOCK),
    }
}

impl Deref for SocketReference {
    type Target = Arc<Socket>;

    fn deref(&self) -> &Arc<Socket> {
        match &*self.0 {
            Object::Socket(socket) => socket,
            Object::Event(_) | Object::Thread(_) | Object::Process => {
                unreachable!("the look-up saw a socket")
            }
        }
    }
}

/// Every handle that is live now, for `WSACleanup`.
pub(crate) fn live() -> Vec<usize> {
    let used = free().used;
    let of = |index| {
        let state = slot(index)?.state.load(Acquire);
        (state & LIVE != 0).then(|| value(index, state >> GENERATION_SHIFT))
    };
    (1..used).filter_map(of).collect()
}
