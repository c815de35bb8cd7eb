//! Event objects.

use super::dispatcher::{self, Signal, State, wake};
use super::named::Title;
use std::sync::Arc;

/// An event.
pub(crate) struct Event {
    pub(crate) signal: Signal,
    _title: Option<Title>,
}

/// How an event or a timer ends being signalled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reset {
    /// By a call for it alone.
    Manual,
    /// By the one wait that it satisfies, too.
    Automatic,
}

impl Reset {
    /// The state of an event or a timer of this kind.
    pub(crate) fn state(self, set: bool) -> State {
        match self {
            Reset::Manual => State::Stays(set),
            Reset::Automatic => State::Taken(set),
        }
    }
}

impl Event {
    /// An event without a name.
    pub(crate) fn new(reset: Reset, set: bool) -> Arc<Event> {
        Arc::new(Event::with_title(reset, set, None))
    }

    /// An event of a name, or of none.
    pub(crate) fn with_title(reset: Reset, set: bool, title: Option<Title>) -> Event {
        Event { signal: Signal::new(reset.state(set)), _title: title }
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
