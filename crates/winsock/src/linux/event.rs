//! Event objects, and the names that some of them have.

use super::dispatcher::{self, Signal, State, wake};
use crate::error::Error;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// An event.
pub(crate) struct Event {
    pub(crate) signal: Signal,
    name: Option<Name>,
}

/// How an event ends being signalled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reset {
    /// By [`Event::reset`] alone.
    Manual,
    /// By the one wait that it satisfies, too.
    Automatic,
}

impl Event {
    /// An event without a name.
    pub(crate) fn new(reset: Reset, set: bool) -> Arc<Event> {
        Arc::new(Event::with_name(reset, set, None))
    }

    fn with_name(reset: Reset, set: bool, name: Option<Name>) -> Event {
        let state = match reset {
            Reset::Manual => State::Stays(set),
            Reset::Automatic => State::Taken(set),
        };
        Event { signal: Signal::new(state), name }
    }

    /// `SetEvent`.
    pub(crate) fn set(&self) {
        let key = dispatcher::lock();
        let woken = self.signal.set(&key);
        drop(key);
        wake(woken);
    }

    /// `ResetEvent`.
    pub(crate) fn reset(&self) {
        self.signal.reset(&dispatcher::lock());
    }

    /// `PulseEvent`: signals the event for the threads that wait now.
    pub(crate) fn pulse(&self) {
        let key = dispatcher::lock();
        let woken = self.signal.set(&key);
        self.signal.reset(&key);
        drop(key);
        wake(woken);
    }
}

/// Names are at most this long (`MAX_PATH`).
const MAX_NAME: usize = 260;

/// The name of an object in this process: UTF-16, without the prefix of the session's own names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Name(Box<[u16]>);

impl Name {
    /// `Local\` says what holds anyway, `Global\` begins a namespace of its own, and no other `\` may follow.
    ///
    /// # Errors
    /// `ERROR_FILENAME_EXCED_RANGE` for more than 260 characters, `ERROR_PATH_NOT_FOUND` for another namespace.
    pub(crate) fn new(name: &[u16]) -> Result<Name, Error> {
        if name.len() > MAX_NAME {
            return Err(Error::ERROR_FILENAME_EXCED_RANGE);
        }
        let after = |prefix: &str| {
            let prefix: Vec<u16> = prefix.encode_utf16().collect();
            name.strip_prefix(prefix.as_slice())
        };
        let local = after("Local\\").unwrap_or(name);
        if after("Global\\").unwrap_or(local).contains(&u16::from(b'\\')) {
            return Err(Error::ERROR_PATH_NOT_FOUND);
        }
        Ok(Name(local.into()))
    }
}

static NAMED: Mutex<BTreeMap<Name, Weak<Event>>> = Mutex::new(BTreeMap::new());

fn named() -> MutexGuard<'static, BTreeMap<Name, Weak<Event>>> {
    NAMED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock of the names, for a fork.
pub(super) fn hold() -> impl Any {
    named()
}

/// The event of that name, made if there is none; and whether there was one.
pub(crate) fn create_named(name: Name, reset: Reset, set: bool) -> (Arc<Event>, bool) {
    let mut named = named();
    if let Some(event) = named.get(&name).and_then(Weak::upgrade) {
        return (event, true);
    }
    let event = Arc::new(Event::with_name(reset, set, Some(name.clone())));
    named.insert(name, Arc::downgrade(&event));
    (event, false)
}

/// The event of that name.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`.
pub(crate) fn open_named(name: &Name) -> Result<Arc<Event>, Error> {
    named().get(name).and_then(Weak::upgrade).ok_or(Error::ERROR_FILE_NOT_FOUND)
}

impl Drop for Event {
    fn drop(&mut self) {
        let Some(name) = &self.name else { return };
        let mut named = named();
        // A new event may have the name already.
        if named.get(name).is_some_and(|event| std::ptr::eq(event.as_ptr(), self)) {
            named.remove(name);
        }
    }
}
