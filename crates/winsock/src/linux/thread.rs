//! Threads: what each has of its own, how it begins, and what happens when it ends.
//!
//! A thread gets its control when it first needs one, whoever made it. As long as others hold it too, through a
//! handle or a pending call, they may queue procedure calls to the thread ([`current_if_shared`]).
#![allow(unsafe_code, reason = "calls and leaves functions of the program")]

use super::apc::{self, Queue};
use super::dispatcher::{self, Guarded, Key, Signal, State, Waiting};
use super::mutex;
use super::parker::Parker;
use super::sys::escape::{self, End};
use super::window;
use super::window::queue::Queue as MessageQueue;
use crate::error::Error;
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

/// Is told that the wait of a control has ended.
pub(super) type Watcher = dyn Fn(&Arc<ThreadControl>) + Send + Sync;

/// What a thread has of its own.
pub(crate) struct ThreadControl {
    /// The number that [`GetCurrentThreadId`](crate::win32::GetCurrentThreadId) tells.
    pub(crate) id: u32,
    /// Signalled when the thread has ended.
    pub(crate) signal: Signal,
    pub(crate) parker: Parker,
    pub(crate) waiting: Guarded<RefCell<Waiting>>,
    pub(crate) apcs: Guarded<RefCell<Queue>>,
    /// Whether `apcs` holds any, for a look without the lock.
    pub(super) has_apcs: AtomicBool,
    /// Made when the thread first has to do with messages.
    pub(super) messages: OnceLock<Arc<MessageQueue>>,
    /// The mutexes that the thread owns.
    pub(super) owned: Guarded<RefCell<Vec<Weak<mutex::Mutex>>>>,
    /// What is called instead of waking the thread, if there is none: this is a [`super::watch::Watch`]'s.
    pub(super) watch: Option<Box<Watcher>>,
    exit_code: AtomicU32,
    /// `CREATE_SUSPENDED`, and nobody has called `ResumeThread` yet.
    suspended: AtomicBool,
}

impl ThreadControl {
    /// The control of a thread that begins at once, or after [`ThreadControl::resume`].
    pub(crate) fn new(suspended: bool) -> Arc<ThreadControl> {
        ThreadControl::with_id(new_id(), suspended)
    }

    fn with_id(id: u32, suspended: bool) -> Arc<ThreadControl> {
        let control = Arc::new(ThreadControl::make(id, suspended, None));
        threads().insert(control.id, Arc::downgrade(&control));
        control
    }

    /// What waits in the place of a thread.
    pub(super) fn of_watch(watch: Box<Watcher>) -> Arc<ThreadControl> {
        Arc::new(ThreadControl::make(new_id(), false, Some(watch)))
    }

    fn make(id: u32, suspended: bool, watch: Option<Box<Watcher>>) -> ThreadControl {
        ThreadControl {
            id,
            signal: Signal::new(State::Stays(false)),
            parker: Parker::new(),
            waiting: Guarded::new(RefCell::new(Waiting::new())),
            apcs: Guarded::new(RefCell::new(Queue::Open(VecDeque::new()))),
            has_apcs: AtomicBool::new(false),
            messages: OnceLock::new(),
            owned: Guarded::new(RefCell::new(Vec::new())),
            watch,
            exit_code: AtomicU32::new(0),
            suspended: AtomicBool::new(suspended),
        }
    }

    pub(crate) fn has_apcs(&self, key: &Key) -> bool {
        match &*self.apcs.get(key).borrow() {
            Queue::Open(queue) => !queue.is_empty(),
            Queue::Closed => false,
        }
    }

    /// Whether procedure calls are queued, for the thread itself, without the lock.
    pub(crate) fn has_apcs_queued(&self) -> bool {
        self.has_apcs.load(Acquire)
    }

    /// How the thread has ended; `None` as long as it runs.
    pub(crate) fn exit_code(&self) -> Option<u32> {
        match &*self.apcs.get(&dispatcher::lock()).borrow() {
            Queue::Open(_) => None,
            Queue::Closed => Some(self.exit_code.load(Acquire)),
        }
    }

    /// `ResumeThread`: lets a thread begin that was made suspended. Answers whether it was this call that did.
    pub(crate) fn resume(&self) -> bool {
        let was_suspended = self.suspended.swap(false, AcqRel);
        if was_suspended {
            self.parker.unpark();
        }
        was_suspended
    }
}

impl Drop for ThreadControl {
    fn drop(&mut self) {
        threads().remove(&self.id);
    }
}

static THREADS: Mutex<BTreeMap<u32, Weak<ThreadControl>>> = Mutex::new(BTreeMap::new());

fn threads() -> MutexGuard<'static, BTreeMap<u32, Weak<ThreadControl>>> {
    THREADS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock of the threads, for a fork.
pub(super) fn hold() -> impl Any {
    threads()
}

/// The thread of an id: one that has called us before, and runs or is held by a handle.
pub(crate) fn find(id: u32) -> Option<Arc<ThreadControl>> {
    threads().get(&id).and_then(Weak::upgrade)
}

/// The calling thread's control, which ends with the thread.
struct Current(OnceCell<Arc<ThreadControl>>);

impl Drop for Current {
    fn drop(&mut self) {
        if let Some(control) = self.0.take() {
            end(&control);
        }
    }
}

thread_local! {
    static CURRENT: Current = const { Current(OnceCell::new()) };
    static PLAIN: Cell<bool> = const { Cell::new(true) };
    static ID: Cell<u32> = const { Cell::new(0) };
}

/// Whether the calling thread has never had to do with procedure calls, waits or completion ports: that it blocks is
/// nobody's concern.
#[inline]
pub(crate) fn is_plain() -> bool {
    PLAIN.get()
}

/// The calling thread gets to do with one of them.
pub(crate) fn leave_plain() {
    PLAIN.set(false);
}

fn new_id() -> u32 {
    /// Windows' are multiples of 4 too.
    const STEP: u32 = 4;
    static LAST_ID: AtomicU32 = AtomicU32::new(0);
    LAST_ID.fetch_add(STEP, Relaxed).wrapping_add(STEP)
}

/// The calling thread's number, without the rest of its control.
#[inline]
pub(crate) fn id() -> u32 {
    match ID.get() {
        0 => {
            ID.set(new_id());
            ID.get()
        }
        id => id,
    }
}

fn new_control() -> Arc<ThreadControl> {
    leave_plain();
    ThreadControl::with_id(id(), false)
}

/// The calling thread's control. A thread whose locals are being destroyed has ended: it gets one that nobody else
/// knows, so that it can still wait.
pub(crate) fn current() -> Arc<ThreadControl> {
    CURRENT
        .try_with(|current| current.0.get_or_init(new_control).clone())
        .unwrap_or_else(|_ended| ThreadControl::new(false))
}

/// The calling thread's control if procedure calls can reach the thread: somebody else holds the control too, or
/// some are queued already.
pub(crate) fn current_if_shared() -> Option<Arc<ThreadControl>> {
    CURRENT
        .try_with(|current| {
            let control = current.0.get()?;
            let shared = Arc::strong_count(control) > 1 || control.has_apcs.load(Acquire);
            shared.then(|| control.clone())
        })
        .ok()
        .flatten()
}

/// The end of a thread, seen from the thread itself, after its own locals are gone: whatever must not outlive the
/// thread ends here, and then the world is told.
fn end(control: &Arc<ThreadControl>) {
    apc::close(control);
    if let Some(messages) = control.messages.get() {
        window::end_thread(messages);
    }
    let key = dispatcher::lock();
    let mut woken = mutex::abandon_all(&key, control);
    woken.extend(control.signal.set(&key));
    drop(key);
    dispatcher::wake(woken);
}

/// What a new thread runs.
pub(crate) struct Start {
    pub(crate) function: unsafe extern "system" fn(*mut c_void) -> u32,
    pub(crate) parameter: *mut c_void,
}

// SAFETY: the parameter is the program's word: it is handed over, never followed.
unsafe impl Send for Start {}

/// Makes the thread of a control.
///
/// # Errors
/// `WSA_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// The function may be called with the parameter, in another thread.
pub(crate) unsafe fn spawn(
    control: Arc<ThreadControl>,
    start: Start,
    stack_size: usize,
) -> Result<(), Error> {
    /// More than a process has.
    const TOO_MUCH: usize = 1 << 46;
    if stack_size >= TOO_MUCH {
        return Err(Error::WSA_NOT_ENOUGH_MEMORY);
    }
    let body = move || {
        ID.set(control.id);
        // Before any local of the program's: the last to be destroyed.
        CURRENT.with(|current| current.0.set(control).ok());
        leave_plain();
        // What is caught is `call_program`'s, from a procedure call that came before the start.
        let _ = catch_unwind(AssertUnwindSafe(|| main(start)));
    };
    let spawned = std::thread::Builder::new().stack_size(stack_size).spawn(body);
    spawned.map(drop).map_err(|_| Error::WSA_NOT_ENOUGH_MEMORY)
}

fn main(start: Start) {
    {
        let control = current();
        while control.suspended.load(Acquire) {
            control.parker.park(None);
        }
        apc::run(&control);
    }
    let mut start = start;
    // SAFETY: `call` takes a start. Its frame owns nothing, and the program's frames are the program's to leave: it
    // called `ExitThread` there.
    unsafe { escape::run(call, (&raw mut start).cast()) };
}

unsafe extern "C" fn call(start: *mut c_void) {
    // SAFETY: `main` passes one, and waits for the return.
    let Start { function, parameter } = unsafe { &*start.cast::<Start>() };
    // SAFETY: who made the thread promised that the function may be called with this parameter.
    let code = unsafe { function(*parameter) };
    set_exit_code(code);
}

fn set_exit_code(code: u32) {
    // A thread whose locals are being destroyed has told its code.
    let _ = CURRENT.try_with(|current| {
        current.0.get_or_init(new_control).exit_code.store(code, Release);
    });
}

/// Ends the calling thread.
///
/// One that [`spawn`] made leaves its frames as they are and returns to where it began: C++ destructors do not run, as
/// on Windows. One that somebody else made is unwound by `pthread_exit`, for only its maker can clean up after it.
///
/// # Safety
/// Nothing that the frames of the thread own has to be given back.
pub(crate) unsafe fn exit(code: u32) -> ! {
    set_exit_code(code);
    // SAFETY: the caller's promise.
    unsafe { leave() }
}

/// The payload of the unwinding that [`call_program`] starts.
struct Leaving;

/// Calls code of the program from within a call of ours. If it ends the thread, what that call of ours holds is given
/// back first, by unwinding our own frames up to the boundary.
///
/// # Safety
/// `function` accepts `data`, and does not unwind. Its own frame owns nothing that has to be given back.
pub(crate) unsafe fn call_program(function: unsafe extern "C" fn(*mut c_void), data: *mut c_void) {
    // SAFETY: the caller's promise; the frames of the program are the program's to leave.
    match unsafe { escape::run(function, data) } {
        End::Returned => {}
        End::Escaped => resume_unwind(Box::new(Leaving)),
    }
}

/// Goes on ending the thread behind a boundary that caught `payload`. Gives the payload back if it is a panic.
pub(crate) fn go_on_leaving(payload: Box<dyn std::any::Any + Send>) -> Box<dyn std::any::Any + Send> {
    if !payload.is::<Leaving>() {
        return payload;
    }
    drop(payload);
    // SAFETY: who called `ExitThread` in the procedure call promised it.
    unsafe { leave() }
}

unsafe fn leave() -> ! {
    if escape::is_inside() {
        // SAFETY: asked above; the caller promises the rest.
        unsafe { escape::escape() }
    }
    // SAFETY: the caller's promise.
    unsafe { super::sys::thread::exit() }
}
