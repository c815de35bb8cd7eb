//! The one lock behind every wait, and the objects that can be waited for.
//!
//! Whether an object is signalled, who waits for it, what a thread waits for and which procedure calls are queued to
//! it: all of this changes under one lock, held for a few instructions and never while a thread sleeps or code of
//! the program runs. So a wait for all objects takes all of them in one step, and a wait ends for one reason.
#![allow(unsafe_code, reason = "the key of the one lock guards data that lies elsewhere")]

#[cfg(all(test, not(loom)))]
mod model;

use super::event::Event;
use super::mutex;
use super::semaphore::Semaphore;
use super::socket::Socket;
use super::sync::{Lock, LockGuard};
use super::thread::ThreadControl;
use super::timer::Timer;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::marker::PhantomData;
use std::sync::Arc;

/// Proof that the calling thread holds the lock. There is one, inside the lock; it cannot be shared.
pub(crate) struct Key(PhantomData<Cell<()>>);

#[cfg(not(loom))]
static LOCK: Lock<Key> = Lock::new(Key(PhantomData));
#[cfg(loom)]
loom::lazy_static! {
    static ref LOCK: Lock<Key> = Lock::new(Key(PhantomData));
}

pub(crate) fn lock() -> LockGuard<'static, Key> {
    LOCK.lock()
}

/// Data that only the holder of the lock reaches.
pub(crate) struct Guarded<T>(UnsafeCell<T>);

// SAFETY: `get` needs the key, of which there is one, and which is not `Sync`: as with a `Mutex<T>`, one thread at a
// time has references to the data, and the lock lies between two threads that have.
unsafe impl<T: Send> Sync for Guarded<T> {}

impl<T> Guarded<T> {
    pub(crate) const fn new(value: T) -> Guarded<T> {
        Guarded(UnsafeCell::new(value))
    }

    /// The data, as long as the lock is held.
    pub(crate) fn get<'a>(&'a self, _key: &'a Key) -> &'a T {
        // SAFETY: nobody has a `&mut` to it, and no other thread a reference, for both need the key.
        unsafe { &*self.0.get() }
    }
}

/// Whether an object is signalled, and what a wait that it satisfies does to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Stays as it is: manual-reset events and timers, threads, sockets.
    Stays(bool),
    /// One wait takes it: auto-reset events and timers.
    Taken(bool),
    /// So many waits take it: semaphores.
    Counted(u32),
    /// A mutex that nobody owns; its last owner may have ended without releasing it.
    Free {
        /// It has.
        abandoned: bool,
    },
    /// A mutex whose owner may wait for it again.
    Owned {
        /// The number of the thread.
        by: u32,
        /// How many waits of that thread it has satisfied and not been released from.
        times: u32,
    },
}

/// The part of an object that waits see.
pub(crate) struct Signal {
    state: Guarded<Cell<State>>,
    /// The threads that wait, the longest first. One whose wait has ended stays until it wakes up.
    waiters: Guarded<RefCell<Vec<Arc<ThreadControl>>>>,
}

impl Signal {
    pub(crate) const fn new(state: State) -> Signal {
        Signal { state: Guarded::new(Cell::new(state)), waiters: Guarded::new(RefCell::new(Vec::new())) }
    }

    pub(crate) fn state(&self, key: &Key) -> State {
        self.state.get(key).get()
    }

    /// Changes the state where that satisfies no wait.
    pub(crate) fn put(&self, key: &Key, state: State) {
        self.state.get(key).set(state);
    }

    fn is_set(&self, key: &Key, thread: &ThreadControl) -> bool {
        match self.state(key) {
            State::Stays(set) | State::Taken(set) => set,
            State::Counted(count) => count != 0,
            State::Free { .. } => true,
            State::Owned { by, .. } => by == thread.id,
        }
    }

    /// What a satisfied wait does. Answers whether it took a mutex that was abandoned.
    fn take(&self, key: &Key, thread: &ThreadControl) -> bool {
        let (next, abandoned) = match self.state(key) {
            State::Stays(set) => (State::Stays(set), false),
            State::Taken(_) => (State::Taken(false), false),
            State::Counted(count) => (State::Counted(count - 1), false),
            State::Free { abandoned } => (State::Owned { by: thread.id, times: 1 }, abandoned),
            State::Owned { by, times } => (State::Owned { by, times: times + 1 }, false),
        };
        self.put(key, next);
        abandoned
    }

    /// Changes the state, and ends the waits that it satisfies, the longest first, as long as the object is signalled.
    /// The caller [`wake`]s the threads after it has released the lock.
    #[must_use]
    pub(crate) fn change(&self, key: &Key, state: State) -> Vec<Arc<ThreadControl>> {
        self.put(key, state);
        let mut woken = Vec::new();
        for thread in self.waiters.get(key).borrow().iter() {
            if !self.is_set(key, thread) {
                break;
            }
            if thread.waiting.get(key).borrow_mut().try_to_end(key, thread) {
                woken.push(thread.clone());
            }
        }
        woken
    }

    /// Signals an object that is signalled or not.
    #[must_use]
    pub(crate) fn set(&self, key: &Key) -> Vec<Arc<ThreadControl>> {
        self.change(key, self.state(key).with(true))
    }

    /// Takes the signal back.
    pub(crate) fn reset(&self, key: &Key) {
        self.put(key, self.state(key).with(false));
    }
}

impl State {
    /// Signalled, or not. What is counted or owned is neither set nor reset.
    fn with(self, set: bool) -> State {
        match self {
            State::Stays(_) => State::Stays(set),
            State::Taken(_) => State::Taken(set),
            State::Counted(_) | State::Free { .. } | State::Owned { .. } => self,
        }
    }
}

/// Wakes threads whose waits have ended, after the lock is released.
pub(crate) fn wake(woken: Vec<Arc<ThreadControl>>) {
    for thread in woken {
        match &thread.watch {
            None => thread.parker.unpark(),
            Some(watch) => watch(&thread),
        }
    }
}

/// An object that can be waited for.
#[derive(Clone)]
pub(crate) enum Waitable {
    /// An event.
    Event(Arc<Event>),
    /// A thread: signalled when it has ended.
    Thread(Arc<ThreadControl>),
    /// A socket: signalled by overlapped operations that have neither event nor port nor routine.
    Socket(Arc<Socket>),
    /// This process: never signalled as long as somebody can ask.
    Process,
    /// A mutex: signalled for its owner, and for all while it has none.
    Mutex(Arc<mutex::Mutex>),
    /// A semaphore: signalled while its count is not 0.
    Semaphore(Arc<Semaphore>),
    /// A timer: signalled when its time has come.
    Timer(Arc<Timer>),
}

impl Waitable {
    fn signal(&self) -> &Signal {
        static PROCESS: Signal = Signal::new(State::Stays(false));
        match self {
            Waitable::Event(event) => &event.signal,
            Waitable::Thread(thread) => &thread.signal,
            Waitable::Socket(socket) => &socket.signal,
            Waitable::Process => &PROCESS,
            Waitable::Mutex(mutex) => &mutex.signal,
            Waitable::Semaphore(semaphore) => &semaphore.signal,
            Waitable::Timer(timer) => &timer.signal,
        }
    }

    /// As [`Signal::take`]; a thread that gets a mutex is told.
    fn take(&self, key: &Key, thread: &ThreadControl) -> bool {
        let abandoned = self.signal().take(key, thread);
        match self {
            Waitable::Mutex(mutex) => mutex::note_owner(mutex, key, thread),
            Waitable::Event(_)
            | Waitable::Thread(_)
            | Waitable::Socket(_)
            | Waitable::Process
            | Waitable::Semaphore(_)
            | Waitable::Timer(_) => {}
        }
        abandoned
    }

    /// Whether both are one object.
    pub(crate) fn is(&self, other: &Waitable) -> bool {
        std::ptr::eq(self.signal(), other.signal())
    }
}

/// How many of the objects a wait needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// One: the first that is signalled.
    Any,
    /// All at the same time.
    All,
}

/// Why a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// The object at this place was taken; 0 if all were.
    Object(usize),
    /// The same, and a mutex among them was abandoned.
    Abandoned(usize),
    /// A procedure call is queued to the thread.
    Alerted,
    /// The time ran out.
    TimedOut,
}

/// Takes the objects for the thread if the wait is satisfied now.
pub(crate) fn try_to_take(
    key: &Key,
    thread: &ThreadControl,
    objects: &[Waitable],
    mode: Mode,
) -> Option<Outcome> {
    let is_set = |object: &Waitable| object.signal().is_set(key, thread);
    let (place, taken) = match mode {
        Mode::Any => {
            let place = objects.iter().position(is_set)?;
            (place, &objects[place..=place])
        }
        Mode::All if objects.iter().all(is_set) => (0, objects),
        Mode::All => return None,
    };
    let mut abandoned = false;
    for object in taken {
        abandoned |= object.take(key, thread);
    }
    Some(if abandoned { Outcome::Abandoned(place) } else { Outcome::Object(place) })
}

/// What a thread waits for.
pub(crate) struct Waiting {
    phase: Phase,
    objects: Vec<Waitable>,
    mode: Mode,
    alertable: bool,
}

/// How far a thread's wait is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// The thread does not wait.
    None,
    /// It waits.
    Waits,
    /// Its wait has ended, and it is being woken.
    Ended(Outcome),
}

impl Waiting {
    pub(crate) const fn new() -> Waiting {
        Waiting { phase: Phase::None, objects: Vec::new(), mode: Mode::Any, alertable: false }
    }

    /// Ends the wait if the objects satisfy it. Answers whether it did.
    fn try_to_end(&mut self, key: &Key, thread: &ThreadControl) -> bool {
        match self.phase {
            Phase::Waits => {}
            Phase::None | Phase::Ended(_) => return false,
        }
        let Some(outcome) = try_to_take(key, thread, &self.objects, self.mode) else { return false };
        self.phase = Phase::Ended(outcome);
        true
    }

    /// Ends the wait if it is alertable. Answers whether it did.
    pub(crate) fn alert(&mut self) -> bool {
        let alerted = self.phase == Phase::Waits && self.alertable;
        if alerted {
            self.phase = Phase::Ended(Outcome::Alerted);
        }
        alerted
    }
}

/// The calling thread begins to wait: whoever signals an object from now on may end its wait.
pub(crate) fn begin(
    key: &Key,
    thread: &Arc<ThreadControl>,
    objects: &[Waitable],
    mode: Mode,
    alertable: bool,
) {
    for object in objects {
        object.signal().waiters.get(key).borrow_mut().push(thread.clone());
    }
    let mut waiting = thread.waiting.get(key).borrow_mut();
    waiting.objects.extend_from_slice(objects);
    waiting.phase = Phase::Waits;
    waiting.mode = mode;
    waiting.alertable = alertable;
}

/// A wait that has just begun has ended already.
pub(crate) fn end_with(key: &Key, thread: &ThreadControl, outcome: Outcome) {
    thread.waiting.get(key).borrow_mut().phase = Phase::Ended(outcome);
}

/// Whether the calling thread's wait has ended.
pub(crate) fn has_ended(key: &Key, thread: &ThreadControl) -> bool {
    match thread.waiting.get(key).borrow().phase {
        Phase::Ended(_) => true,
        Phase::None | Phase::Waits => false,
    }
}

/// The calling thread waits no longer. Answers why its wait ended, if it did. The caller still holds the objects.
pub(crate) fn end(key: &Key, thread: &Arc<ThreadControl>) -> Option<Outcome> {
    let mut waiting = thread.waiting.get(key).borrow_mut();
    for object in &waiting.objects {
        object.signal().waiters.get(key).borrow_mut().retain(|waiter| !Arc::ptr_eq(waiter, thread));
    }
    waiting.objects.clear();
    match std::mem::replace(&mut waiting.phase, Phase::None) {
        Phase::Ended(outcome) => Some(outcome),
        Phase::None | Phase::Waits => None,
    }
}
