//! What a pool runs: the objects that callbacks belong to, and how they wait, are cancelled and end.
//!
//! A program names an object by a number that is stale when the object is gone. The object stays until its last callback
//! has returned, whenever it was closed.
#![allow(unsafe_code, reason = "calls functions of the program")]

use super::Pool;
use super::instance::Run;
use crate::error::Error;
use crate::linux::blocking::Pause;
use crate::linux::clock::{self, Ticket};
use crate::linux::dispatcher::{Outcome, Waitable};
use crate::linux::port::Packet;
use crate::linux::status::Status;
use crate::linux::table::{MAX_CHUNKS, Table};
use crate::linux::thread;
use crate::linux::watch::Watch;
use crate::win32::{OVERLAPPED, WAIT_ABANDONED_0, WAIT_OBJECT_0, WAIT_TIMEOUT};
use std::ffi::c_void;
use std::ptr::{with_exposed_provenance_mut, without_provenance_mut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

/// A function of the program's.
#[derive(Clone, Copy)]
pub(crate) enum Callback {
    /// Of `TrySubmitThreadpoolCallback`.
    Simple(unsafe extern "system" fn(isize, *mut c_void)),
    /// Of `CreateThreadpoolWork`.
    Work(unsafe extern "system" fn(isize, *mut c_void, isize)),
    /// Of `CreateThreadpoolTimer`.
    Timer(unsafe extern "system" fn(isize, *mut c_void, isize)),
    /// Of `CreateThreadpoolWait`.
    Wait(unsafe extern "system" fn(isize, *mut c_void, isize, u32)),
    /// Of `CreateThreadpoolIo`.
    Io(unsafe extern "system" fn(isize, *mut c_void, *mut c_void, u32, usize, isize)),
    /// Of `BindIoCompletionCallback`.
    Bound(unsafe extern "system" fn(u32, u32, *mut OVERLAPPED)),
    /// Of `QueueUserWorkItem`.
    Start(unsafe extern "system" fn(*mut c_void) -> u32),
}

/// Where an object belongs.
pub(crate) struct Place {
    pub(crate) pool: Arc<Pool>,
    pub(crate) group: Option<Arc<Group>>,
    /// Is called when the object's last callback has returned and it is closed.
    pub(crate) finalization: Option<unsafe extern "system" fn(isize, *mut c_void)>,
}

/// An object of a pool.
pub(crate) struct Member {
    callback: Callback,
    context: usize,
    place: Place,
    number: OnceLock<usize>,
    state: Mutex<State>,
    quiet: Condvar,
}

#[derive(Default)]
struct State {
    /// Callbacks that are to run.
    pending: u32,
    running: u32,
    /// Outcomes to come whose callbacks were cancelled.
    dropped: u32,
    closed: bool,
    /// How often it was set: what was arranged before counts for nothing.
    settings: u64,
    timer: Option<Ticket>,
    watch: Option<Watch>,
}

impl State {
    fn is_quiet(&self) -> bool {
        self.pending == 0 && self.running == 0
    }
}

static MEMBERS: Table<Arc<Member>, MAX_CHUNKS> = Table::new();

/// Makes an object.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY` when there are too many.
pub(crate) fn create(callback: Callback, context: usize, place: Place) -> Result<Arc<Member>, Error> {
    let group = place.group.clone();
    let member = Arc::new(Member {
        callback,
        context,
        place,
        number: OnceLock::new(),
        state: Mutex::default(),
        quiet: Condvar::new(),
    });
    let number = MEMBERS.insert(member.clone()).ok_or(Error::WSA_NOT_ENOUGH_MEMORY)?;
    member.number.get_or_init(|| number);
    if member.is_io() {
        member.place.pool.count_io(true);
    }
    if let Some(group) = group {
        group.lock().push(Arc::downgrade(&member));
    }
    Ok(member)
}

/// The object of a number, unless it is closed.
pub(crate) fn find(number: isize) -> Option<Arc<Member>> {
    let member = MEMBERS.get(number as usize).map(|member| Arc::clone(&member))?;
    let closed = member.lock().closed;
    (!closed).then_some(member)
}

/// A thread of a pool has taken a packet.
pub(super) fn run(packet: Packet) {
    // Operations may end after their object has.
    let Some(member) = MEMBERS.get(packet.key).map(|member| Arc::clone(&member)) else { return };
    {
        let mut state = member.lock();
        if member.is_io() && state.dropped != 0 {
            state.dropped -= 1;
            return;
        }
        match member.callback {
            // Nobody announces its operations.
            Callback::Bound(_) => {}
            Callback::Simple(_)
            | Callback::Work(_)
            | Callback::Timer(_)
            | Callback::Wait(_)
            | Callback::Io(_)
            | Callback::Start(_) => {
                if state.pending == 0 {
                    return;
                }
                state.pending -= 1;
            }
        }
        state.running += 1;
    }
    let run = Run::begin(member.clone());
    let mut call = Call { member: &member, packet, instance: run.number() };
    // SAFETY: `call` takes a call. Its frame owns nothing.
    unsafe { thread::call_program(self::call, (&raw mut call).cast()) };
}

struct Call<'m> {
    member: &'m Member,
    packet: Packet,
    instance: isize,
}

unsafe extern "C" fn call(call: *mut c_void) {
    // SAFETY: `run` passes one, and waits for the return.
    let Call { member, packet, instance } = unsafe { &*call.cast::<Call<'_>>() };
    let (number, instance) = (member.number(), *instance);
    let context = with_exposed_provenance_mut::<c_void>(member.context);
    let overlapped = with_exposed_provenance_mut::<c_void>(packet.overlapped);
    let status = Status(packet.status);
    let error = if status.is_warning_or_error() { status.win32() } else { 0 };
    match member.callback {
        // SAFETY: who made the object promised that the function may be called with its context.
        Callback::Simple(function) => unsafe { function(instance, context) },
        // SAFETY: as above.
        Callback::Work(function) => unsafe { function(instance, context, number) },
        // SAFETY: as above.
        Callback::Timer(function) => unsafe { function(instance, context, number) },
        // SAFETY: as above.
        Callback::Wait(function) => unsafe { function(instance, context, number, packet.bytes) },
        // SAFETY: as above; the operation has ended, and its memory is the program's again.
        Callback::Io(function) => unsafe {
            function(instance, context, overlapped, error, packet.bytes as usize, number);
        },
        // SAFETY: as above.
        Callback::Bound(function) => unsafe { function(error, packet.bytes, overlapped.cast()) },
        // SAFETY: as above.
        Callback::Start(function) => unsafe {
            function(context);
        },
    }
}

impl Member {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the program calls the object by.
    pub(crate) fn number(&self) -> isize {
        self.number.get().map_or(0, |number| *number as isize)
    }

    pub(crate) fn pool(&self) -> &Arc<Pool> {
        &self.place.pool
    }

    fn is_io(&self) -> bool {
        matches!(self.callback, Callback::Io(_) | Callback::Bound(_))
    }

    /// The callback is to run once more.
    pub(crate) fn submit(&self) {
        self.submit_with(0);
    }

    fn submit_with(&self, result: u32) {
        self.lock().pending += 1;
        let key = self.number() as usize;
        self.place.pool.post(Packet { key, overlapped: 0, bytes: result, status: 0 });
    }

    /// `StartThreadpoolIo`: an operation begins, whose callback is to run.
    pub(crate) fn expect(&self) {
        self.lock().pending += 1;
    }

    /// `CancelThreadpoolIo`: it did not begin.
    pub(crate) fn expect_not(&self) {
        let mut state = self.lock();
        state.pending = state.pending.saturating_sub(1);
        self.settle(state);
    }

    /// A callback has returned.
    pub(super) fn has_run(&self) {
        let mut state = self.lock();
        state.running -= 1;
        self.settle(state);
    }

    /// The object may be quiet now: who waits for that goes on, and if it is closed it ends.
    fn settle(&self, state: MutexGuard<'_, State>) {
        if !state.is_quiet() {
            return;
        }
        let ends = state.closed;
        drop(state);
        self.quiet.notify_all();
        // Exactly one of several that see it gets the object from the table.
        if ends && MEMBERS.remove(self.number() as usize).is_some() {
            if self.is_io() {
                self.place.pool.count_io(false);
            }
            if let Some(finalization) = self.place.finalization {
                let context = with_exposed_provenance_mut(self.context);
                // SAFETY: who made the object promised that the function may be called with its context.
                unsafe { finalization(0, context) };
            }
        }
    }

    /// Callbacks that have not begun do not run. Answers whether there were any.
    pub(crate) fn cancel_pending(&self) -> bool {
        let mut state = self.lock();
        let pending = std::mem::take(&mut state.pending);
        if self.is_io() {
            state.dropped += pending;
        }
        self.settle(state);
        pending != 0
    }

    /// Sleeps until no callback runs or is to run.
    pub(crate) fn wait(&self) {
        let _pause = Pause::begin();
        let mut state = self.lock();
        while !state.is_quiet() {
            state = self.quiet.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Closes the object: it ends when it is quiet.
    pub(crate) fn close(&self) {
        self.unset();
        let mut state = self.lock();
        state.closed = true;
        self.settle(state);
    }

    /// Takes back what a timer or a wait was set to. Answers whether it was set; a wait that has just ended counts.
    pub(crate) fn unset(&self) -> bool {
        let (timer, watch) = {
            let mut state = self.lock();
            state.settings += 1;
            (state.timer.take(), state.watch.take())
        };
        let was_set = timer.is_some() || watch.is_some();
        if let Some(timer) = timer {
            clock::cancel(timer);
        }
        // What it has taken is the program's: the callback tells.
        if let Some(outcome) = watch.and_then(Watch::cancel) {
            self.submit_with(code(outcome));
        }
        was_set
    }

    /// Whether a timer is set.
    pub(crate) fn is_set(&self) -> bool {
        self.lock().timer.is_some()
    }

    /// `SetThreadpoolTimer`: the callback runs at a time, and again after each period. Answers whether it was set.
    ///
    /// # Errors
    /// `ERROR_NOT_ENOUGH_MEMORY`.
    pub(crate) fn set_timer(
        self: &Arc<Member>,
        due: Instant,
        period: Option<Duration>,
    ) -> Result<bool, Error> {
        let was_set = self.unset();
        let setting = self.lock().settings;
        self.appoint(due, period, setting)?;
        Ok(was_set)
    }

    fn appoint(
        self: &Arc<Member>,
        due: Instant,
        period: Option<Duration>,
        setting: u64,
    ) -> Result<(), Error> {
        let mut state = self.lock();
        if state.settings == setting {
            state.timer = Some(self.alarm(due, period, setting)?);
        }
        Ok(())
    }

    /// What happens at the time. With a period the next is set before the callback can run, so that the timer is never found
    /// unset between two.
    fn alarm(
        self: &Arc<Member>,
        due: Instant,
        period: Option<Duration>,
        setting: u64,
    ) -> Result<Ticket, Error> {
        let member = Arc::downgrade(self);
        let ring = move || {
            let Some(member) = member.upgrade() else { return };
            {
                let mut state = member.lock();
                if state.settings != setting {
                    return;
                }
                // The clock has its thread: it is running this.
                state.timer = period.and_then(|after| member.alarm(due + after, period, setting).ok());
            }
            member.submit();
        };
        clock::at(due, ring)
    }

    /// `SetThreadpoolWait`: the callback runs when the object is signalled, or the time has come. Answers whether it was
    /// set.
    ///
    /// # Errors
    /// `ERROR_NOT_ENOUGH_MEMORY`.
    pub(crate) fn set_wait(
        self: &Arc<Member>,
        object: Waitable,
        due: Option<Instant>,
    ) -> Result<bool, Error> {
        let was_set = self.unset();
        let setting = self.lock().settings;
        let member = Arc::downgrade(self);
        let tell = move |outcome| end_wait(&member, setting, Some(outcome));
        let watch = Watch::begin(object, tell);
        let mut state = self.lock();
        // Told already, or set anew by another thread: then that counts.
        if state.settings != setting {
            drop(state);
            if let Some(outcome) = watch.and_then(Watch::cancel) {
                self.submit_with(code(outcome));
            }
            return Ok(was_set);
        }
        state.watch = watch;
        if let Some(due) = due {
            let member = Arc::downgrade(self);
            state.timer = Some(clock::at(due, move || end_wait(&member, setting, None))?);
        }
        Ok(was_set)
    }
}

/// A wait has ended by its object, or else its time has come.
fn end_wait(member: &Weak<Member>, setting: u64, outcome: Option<Outcome>) {
    let Some(member) = member.upgrade() else { return };
    let (timer, watch) = {
        let mut state = member.lock();
        if state.settings != setting {
            return;
        }
        state.settings += 1;
        (state.timer.take(), state.watch.take())
    };
    if let Some(timer) = timer {
        clock::cancel(timer);
    }
    let taken = watch.and_then(Watch::cancel);
    member.submit_with(outcome.or(taken).map_or(WAIT_TIMEOUT, code));
}

fn code(outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Object(_) => WAIT_OBJECT_0,
        Outcome::Abandoned(_) => WAIT_ABANDONED_0,
        Outcome::TimedOut | Outcome::Alerted => WAIT_TIMEOUT,
    }
}

/// A cleanup group: objects that are closed together.
pub(crate) struct Group {
    members: Mutex<Vec<Weak<Member>>>,
    /// Is called for each object whose callbacks are cancelled.
    pub(crate) on_cancel: Mutex<Option<OnCancel>>,
}

/// The function of a cleanup group for objects whose callbacks are cancelled.
pub(crate) type OnCancel = unsafe extern "system" fn(*mut c_void, *mut c_void);

impl Group {
    pub(crate) fn new() -> Group {
        Group { members: Mutex::default(), on_cancel: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Member>>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes every object, after its callbacks have run; those that have not begun may be cancelled.
    pub(crate) fn close_members(&self, cancel: bool, context: usize) {
        let members: Vec<_> = self.lock().drain(..).filter_map(|member| member.upgrade()).collect();
        let on_cancel = *self.on_cancel.lock().unwrap_or_else(PoisonError::into_inner);
        for member in members {
            member.unset();
            if cancel
                && member.cancel_pending()
                && let Some(on_cancel) = on_cancel
            {
                let objects_own = with_exposed_provenance_mut(member.context);
                // SAFETY: who made the group promised that the function may be called with the contexts.
                unsafe { on_cancel(objects_own, without_provenance_mut(context)) };
            }
            member.wait();
            member.close();
        }
    }
}
