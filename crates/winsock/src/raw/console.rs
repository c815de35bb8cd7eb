//! The raw calls on the console's control events, and the closures that are called for them.
//!
//! Winsock's systems call a plain function; the closures are kept here, and that function calls them.
#![allow(unsafe_code, reason = "the raw API is unsafe; this is the module that calls it")]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::last_error;
use crate::Error;
use crate::win32;

/// What is called with the number of an event, and answers whether it has taken it.
pub(crate) type Handler = Arc<dyn Fn(u32) -> bool + Send + Sync>;

struct Handlers {
    next: u64,
    /// The last one is called first.
    set: Vec<(u64, Handler)>,
}

static HANDLERS: Mutex<Handlers> = Mutex::new(Handlers { next: 0, set: Vec::new() });

fn handlers() -> MutexGuard<'static, Handlers> {
    HANDLERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `SetConsoleCtrlHandler`: adds a handler, and gives the number to remove it by.
pub(crate) fn add(handler: Handler) -> Result<u64, Error> {
    let mut handlers = handlers();
    if handlers.set.is_empty() {
        // SAFETY: the function may be called in any thread, for as long as the process lives.
        if unsafe { win32::SetConsoleCtrlHandler(Some(call), win32::TRUE) } == win32::FALSE {
            return Err(last_error());
        }
    }
    let number = handlers.next;
    handlers.next += 1;
    handlers.set.push((number, handler));
    Ok(number)
}

/// Takes a handler back. A call of it that is under way goes on.
pub(crate) fn remove(number: u64) {
    let mut handlers = handlers();
    handlers.set.retain(|(other, _)| *other != number);
    if handlers.set.is_empty() {
        // SAFETY: the function was set when the first one was added.
        unsafe { win32::SetConsoleCtrlHandler(Some(call), win32::FALSE) };
    }
}

unsafe extern "system" fn call(event: u32) -> win32::BOOL {
    let handlers: Vec<Handler> = handlers().set.iter().map(|(_, handler)| Arc::clone(handler)).collect();
    handlers.iter().rev().any(|handler| handler(event)).into()
}

/// `GenerateConsoleCtrlEvent`.
pub(crate) fn generate(event: u32, group: u32) -> Result<(), Error> {
    // SAFETY: no memory is passed.
    if unsafe { win32::GenerateConsoleCtrlEvent(event, group) } == win32::FALSE {
        return Err(last_error());
    }
    Ok(())
}
