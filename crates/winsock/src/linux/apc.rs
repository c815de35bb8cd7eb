//! Asynchronous procedure calls: what others ask a thread to run, in that thread, while it waits alertably.
//!
//! First in, first out. A wait that they end runs all of them, those included that come while it does: NT delivers
//! the next one when one returns, until the queue is empty. The delivery does not nest by itself; a call that waits
//! alertably runs further ones inside.
#![allow(unsafe_code, reason = "calls functions of the program")]

use super::blocking;
use super::dispatcher::{self, Key};
use super::lent::Overlapped;
use super::operation::{Outcome, Routine};
use super::thread::{self, ThreadControl};
use std::collections::VecDeque;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::Ordering::*;

/// Something for a thread to run.
pub(crate) enum Apc {
    /// `QueueUserAPC`.
    User {
        /// The program's function.
        function: unsafe extern "system" fn(usize),
        /// What it is called with.
        parameter: usize,
    },
    /// The routine of a waitable timer.
    Timer {
        /// Which timer: its address. It queues one call at a time.
        timer: usize,
        /// The program's function.
        routine: unsafe extern "system" fn(*const c_void, u32, u32),
        /// What it is called with.
        argument: usize,
        /// When the timer was signalled, as a `FILETIME`.
        time: u64,
    },
    /// A completion routine.
    Completion {
        /// The program's function.
        routine: Routine,
        /// The operation's, which is the program's again.
        overlapped: Overlapped,
        /// What became of the operation.
        outcome: Outcome,
    },
}

/// The thread runs nothing any more.
#[derive(Debug)]
pub(crate) struct Ended;

/// The procedure calls of a thread.
pub(crate) enum Queue {
    /// It takes them.
    Open(VecDeque<Apc>),
    /// It has ended.
    Closed,
}

/// Queues a procedure call, and ends the thread's wait if it waits alertably.
pub(crate) fn queue(thread: &ThreadControl, apc: Apc) -> Result<(), Ended> {
    let key = dispatcher::lock();
    let alerted = queue_locked(&key, thread, apc)?;
    drop(key);
    if alerted {
        thread.parker.unpark();
    }
    Ok(())
}

/// The same; answers whether the caller is to wake the thread after it has released the lock.
pub(super) fn queue_locked(key: &Key, thread: &ThreadControl, apc: Apc) -> Result<bool, Ended> {
    match &mut *thread.apcs.get(key).borrow_mut() {
        Queue::Open(queue) => queue.push_back(apc),
        Queue::Closed => return Err(Ended),
    }
    thread.has_apcs.store(true, Release);
    Ok(thread.waiting.get(key).borrow_mut().alert())
}

/// Takes back what the timer at an address has queued to the thread.
pub(super) fn withdraw(key: &Key, thread: &ThreadControl, address: usize) {
    match &mut *thread.apcs.get(key).borrow_mut() {
        Queue::Open(queue) => {
            queue.retain(|apc| match apc {
                Apc::Timer { timer, .. } => *timer != address,
                Apc::User { .. } | Apc::Completion { .. } => true,
            });
            thread.has_apcs.store(!queue.is_empty(), Release);
        }
        Queue::Closed => {}
    }
}

/// The next one.
pub(super) fn take(thread: &ThreadControl) -> Option<Apc> {
    let key = dispatcher::lock();
    match &mut *thread.apcs.get(&key).borrow_mut() {
        Queue::Open(queue) => {
            let apc = queue.pop_front();
            thread.has_apcs.store(!queue.is_empty(), Release);
            apc
        }
        Queue::Closed => None,
    }
}

/// The thread takes no more procedure calls; those it has not run are lost.
pub(crate) fn close(thread: &ThreadControl) {
    let queue = {
        let key = dispatcher::lock();
        thread.has_apcs.store(false, Release);
        thread.apcs.get(&key).replace(Queue::Closed)
    };
    drop(queue);
}

/// Runs the calling thread's procedure calls until there are none. One that ends the thread ends this too.
pub(crate) fn run(thread: &Arc<ThreadControl>) {
    while let Some(apc) = take(thread) {
        debug_assert!(!blocking::is_paused(), "code of the program runs: the thread is not blocked");
        // SAFETY: `call` takes a procedure call. Its frame owns nothing, and the program's frames are the program's
        // to leave: it called `ExitThread` there.
        unsafe { thread::call_program(call, (&raw const apc).cast_mut().cast()) };
    }
}

unsafe extern "C" fn call(apc: *mut c_void) {
    // SAFETY: `run` passes one, and waits for the return.
    match unsafe { &*apc.cast::<Apc>() } {
        Apc::User { function, parameter } => {
            // SAFETY: who queued it promised that it may be called with this parameter.
            unsafe { function(*parameter) }
        }
        Apc::Timer { timer: _, routine, argument, time } => {
            let argument = std::ptr::without_provenance(*argument);
            // SAFETY: who set the timer promised that the routine may be called with this argument.
            unsafe { routine(argument, *time as u32, (time >> 32) as u32) }
        }
        Apc::Completion { routine, overlapped, outcome } => {
            let error = if outcome.status.is_warning_or_error() { outcome.status.wsa().code() } else { 0 };
            let flags = outcome.status.received_flags();
            // SAFETY: who started the operation promised that the routine may be called with its outcome.
            unsafe { routine(error as u32, outcome.bytes as u32, overlapped.as_ptr(), flags) }
        }
    }
}
