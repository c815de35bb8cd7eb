//! Asynchronous procedure calls: what others ask a thread to run, in that thread, while it waits alertably.
//!
//! First in, first out. A wait that they end runs all of them, those included that come while it does: NT delivers
//! the next one when one returns, until the queue is empty. The delivery does not nest by itself; a call that waits
//! alertably runs further ones inside.
#![allow(unsafe_code, reason = "calls functions of the program")]

use super::lent::Overlapped;
use super::operation::{Outcome, Routine};
use super::thread::{self, ThreadControl};
use super::{blocking, dispatcher};
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
    match &mut *thread.apcs.get(&key).borrow_mut() {
        Queue::Open(queue) => queue.push_back(apc),
        Queue::Closed => return Err(Ended),
    }
    thread.has_apcs.store(true, Release);
    let alerted = thread.waiting.get(&key).borrow_mut().alert();
    drop(key);
    if alerted {
        thread.parker.unpark();
    }
    Ok(())
}

fn take(thread: &ThreadControl) -> Option<Apc> {
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
        Apc::Completion { routine, overlapped, outcome } => {
            let error = if outcome.status.is_warning_or_error() { outcome.status.wsa().code() } else { 0 };
            let flags = outcome.status.received_flags();
            // SAFETY: who started the operation promised that the routine may be called with its outcome.
            unsafe { routine(error as u32, outcome.bytes as u32, overlapped.as_ptr(), flags) }
        }
    }
}
