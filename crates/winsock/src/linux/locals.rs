//! Thread-local and fiber-local values: what a program keeps for each thread under an index of its own.
//!
//! A value belongs to one use of its index: when an index is freed and given out again, what threads had under it is
//! gone. Fiber-local values come with a function that is told of each one when its thread ends or the index is freed;
//! a thread is its only fiber.
#![allow(unsafe_code, reason = "calls functions of the program")]

use super::thread;
use std::any::Any;
use std::cell::RefCell;
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::ptr::without_provenance;
use std::sync::atomic::{AtomicU32, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Thread-local indexes, as many as Windows has.
pub(crate) const THREAD_INDEXES: usize = 1088;
/// Fiber-local indexes, as many as Windows has.
pub(crate) const FIBER_INDEXES: usize = 4080;

/// For each index the number of its use: odd while it is given out.
static USES: [AtomicU32; THREAD_INDEXES] = [const { AtomicU32::new(0) }; THREAD_INDEXES];

/// A value, and the use of the index that it was stored in.
#[derive(Clone, Copy, Default)]
struct Value {
    used: u32,
    value: usize,
}

thread_local! {
    /// Never dropped by itself: functions that run when the thread ends use it still.
    static VALUES: ManuallyDrop<RefCell<Vec<Value>>> = const { ManuallyDrop::new(RefCell::new(Vec::new())) };
    static FIBER: ManuallyDrop<RefCell<Option<Arc<Fiber>>>> = const { ManuallyDrop::new(RefCell::new(None)) };
    static END: End = const { End };
}

/// The end of the thread: the functions of its fiber-local values are told, and the memory is given back.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        end_fiber();
        VALUES.with(|values| drop(values.take()));
    }
}

/// `TlsAlloc`: an index under which every thread has 0.
pub(crate) fn allocate() -> Option<usize> {
    USES.iter().position(|used| {
        let before = used.load(Relaxed);
        before % 2 == 0 && used.compare_exchange(before, before + 1, AcqRel, Relaxed).is_ok()
    })
}

/// The use of an index that is given out.
fn used(index: usize) -> Option<u32> {
    USES.get(index).map(|used| used.load(Acquire)).filter(|used| used % 2 == 1)
}

/// `TlsFree`. Answers whether the index was given out.
pub(crate) fn free(index: usize) -> bool {
    used(index).is_some_and(|used| USES[index].compare_exchange(used, used + 1, AcqRel, Relaxed).is_ok())
}

/// The calling thread's value; `None` for an index that is not given out.
pub(crate) fn get(index: usize) -> Option<usize> {
    let used = used(index)?;
    let stored = VALUES.with(|values| values.borrow().get(index).copied());
    Some(stored.filter(|stored| stored.used == used).map_or(0, |stored| stored.value))
}

/// Stores the calling thread's value. Answers whether the index is given out.
pub(crate) fn set(index: usize, value: usize) -> bool {
    let Some(used) = used(index) else { return false };
    // From now on the memory is given back; but for a thread that ends already.
    let _ = END.try_with(|_| ());
    VALUES.with(|values| {
        let mut values = values.borrow_mut();
        if values.len() <= index {
            values.resize(index + 1, Value::default());
        }
        values[index] = Value { used, value };
    });
    true
}

/// What is told of a value that is not 0.
pub(crate) type Callback = Option<unsafe extern "system" fn(*const c_void)>;

/// The fiber-local values of one thread.
type Fiber = Mutex<Vec<usize>>;

/// What is known of fiber-local indexes.
struct Fibers {
    /// Of each index that is given out, its function.
    callbacks: Vec<Option<Callback>>,
    threads: Vec<Weak<Fiber>>,
}

static FIBERS: Mutex<Fibers> = Mutex::new(Fibers { callbacks: Vec::new(), threads: Vec::new() });

fn fibers() -> MutexGuard<'static, Fibers> {
    FIBERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock of the fiber-local indexes, for a fork.
pub(super) fn hold() -> impl Any {
    fibers()
}

fn lock(fiber: &Fiber) -> MutexGuard<'_, Vec<usize>> {
    fiber.lock().unwrap_or_else(PoisonError::into_inner)
}

fn end_fiber() {
    let Some(fiber) = FIBER.with(|fiber| fiber.borrow().clone()) else { return };
    let mut index = 0;
    // A function may store further values.
    while index < lock(&fiber).len() {
        let value = std::mem::take(&mut lock(&fiber)[index]);
        let callback = fibers().callbacks.get(index).copied().flatten().flatten();
        tell(callback, value);
        index += 1;
    }
    FIBER.with(|fiber| drop(fiber.take()));
}

/// What [`tell`] passes on.
struct Told {
    callback: unsafe extern "system" fn(*const c_void),
    value: usize,
}

fn tell(callback: Callback, value: usize) {
    let (Some(callback), true) = (callback, value != 0) else { return };
    let mut told = Told { callback, value };
    // SAFETY: `call` takes what is told; its frame owns nothing.
    unsafe { thread::call_program(call, (&raw mut told).cast()) };
}

unsafe extern "C" fn call(told: *mut c_void) {
    // SAFETY: `tell` passes one, and waits for the return.
    let Told { callback, value } = unsafe { &*told.cast::<Told>() };
    // SAFETY: who gave the function promised that it may be called with the values of its index.
    unsafe { callback(without_provenance(*value)) };
}

/// `FlsAlloc`: an index under which every thread has 0. As on Windows, 0 is none.
pub(crate) fn allocate_fiber(callback: Callback) -> Option<usize> {
    let mut fibers = fibers();
    if fibers.callbacks.is_empty() {
        fibers.callbacks.push(None);
    }
    let free = fibers.callbacks.iter().skip(1).position(Option::is_none).map(|place| place + 1);
    let index = free.unwrap_or(fibers.callbacks.len());
    if index >= FIBER_INDEXES {
        return None;
    }
    if index == fibers.callbacks.len() {
        fibers.callbacks.push(None);
    }
    fibers.callbacks[index] = Some(callback);
    Some(index)
}

fn is_given_out(index: usize) -> bool {
    fibers().callbacks.get(index).is_some_and(Option::is_some)
}

/// `FlsFree`: the function is told of every thread's value. Answers whether the index was given out.
pub(crate) fn free_fiber(index: usize) -> bool {
    let (callback, threads) = {
        let mut fibers = fibers();
        fibers.threads.retain(|thread| thread.strong_count() != 0);
        let taken = fibers.callbacks.get_mut(index).and_then(Option::take);
        let Some(callback) = taken else { return false };
        (callback, fibers.threads.clone())
    };
    for fiber in threads.iter().filter_map(Weak::upgrade) {
        let value = lock(&fiber).get_mut(index).map_or(0, std::mem::take);
        tell(callback, value);
    }
    true
}

/// The calling thread's value; `None` for an index that is not given out.
pub(crate) fn get_fiber(index: usize) -> Option<usize> {
    let value = || {
        let fiber = FIBER.with(|fiber| fiber.borrow().clone());
        fiber.and_then(|fiber| lock(&fiber).get(index).copied()).unwrap_or(0)
    };
    is_given_out(index).then(value)
}

/// Stores the calling thread's value. Answers whether the index is given out.
pub(crate) fn set_fiber(index: usize, value: usize) -> bool {
    if !is_given_out(index) {
        return false;
    }
    // From now on the end of the thread is noticed; but for one that ends already.
    let _ = END.try_with(|_| ());
    let fiber = FIBER.with(|fiber| {
        let make = || {
            let fiber = Arc::new(Fiber::default());
            fibers().threads.push(Arc::downgrade(&fiber));
            fiber
        };
        fiber.borrow_mut().get_or_insert_with(make).clone()
    });
    let mut values = lock(&fiber);
    if values.len() <= index {
        values.resize(index + 1, 0);
    }
    values[index] = value;
    true
}
