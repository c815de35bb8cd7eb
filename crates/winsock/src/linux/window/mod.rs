//! Windows and messages without a display: what of user32 a program needs to be told things by messages.
//!
//! A thread gets a [`Queue`] when it first calls one of these functions. A [`Window`] belongs to the thread that made
//! it: its messages wait in that thread's queue, and its procedure runs in that thread alone. Nothing is ever drawn,
//! and no message comes from a keyboard or a mouse.
//!
//! All state changes under the dispatcher's lock, so that waiting for messages and for objects is one wait.

pub(crate) mod class;
pub(crate) mod procedure;
pub(crate) mod queue;
pub(crate) mod send;
pub(crate) mod timer;
#[allow(clippy::module_inception, reason = "a window is what the module is about")]
pub(crate) mod window;

use self::queue::{Message, Queue};
use super::{dispatcher, thread};
use crate::error::Error;
use std::sync::Arc;

pub(crate) use self::window::{Window, exists, find_all, get, hold};

/// The calling thread's queue, made now if this is its first call.
pub(crate) fn own_queue() -> Arc<Queue> {
    let thread = thread::current();
    thread.messages.get_or_init(|| Arc::new(Queue::new(thread.id))).clone()
}

/// Puts a message into the queue of a window's thread, from any thread.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`; `ERROR_NOT_ENOUGH_QUOTA` if the queue holds 10,000.
pub(crate) fn post(window: usize, number: u32, wparam: usize, lparam: isize) -> Result<(), Error> {
    let queue = get(window)?.queue.clone();
    queue
        .post(Message::new(window, number, wparam, lparam))
        .map_err(|error| if error == Error::ERROR_INVALID_THREAD_ID { INVALID_WINDOW } else { error })
}

/// Puts a message that belongs to no window into the queue of a thread.
///
/// # Errors
/// `ERROR_INVALID_THREAD_ID` for a thread that does not exist or has no queue; `ERROR_NOT_ENOUGH_QUOTA`.
pub(crate) fn post_to_thread(id: u32, number: u32, wparam: usize, lparam: isize) -> Result<(), Error> {
    let thread = thread::find(id).ok_or(Error::ERROR_INVALID_THREAD_ID)?;
    let queue = thread.messages.get().ok_or(Error::ERROR_INVALID_THREAD_ID)?;
    queue.post(Message::new(NO_WINDOW, number, wparam, lparam))
}

/// A thread ends: its windows go without a message, and whoever waits for an answer of theirs waits no longer.
pub(crate) fn end_thread(queue: &Arc<Queue>) {
    for window in find_all(|window| Arc::ptr_eq(&window.queue, queue)) {
        window.forget();
    }
    queue.close();
}

/// What stands for no window.
pub(crate) const NO_WINDOW: usize = 0;

const INVALID_WINDOW: Error = Error::ERROR_INVALID_WINDOW_HANDLE;

/// The lock of every window, class and queue.
fn lock() -> impl std::ops::Deref<Target = dispatcher::Key> {
    dispatcher::lock()
}
