//! Mutex objects: what a thread owns after a wait, until it has released it as often as it has waited, or ends.

use super::dispatcher::{self, Key, Signal, State, wake};
use super::named::Title;
use super::thread::{self, ThreadControl};
use crate::error::Error;
use std::sync::{Arc, Weak};

/// A mutex.
pub(crate) struct Mutex {
    pub(crate) signal: Signal,
    _title: Option<Title>,
}

impl Mutex {
    /// A mutex that nobody owns, or that the thread of [`note_owner`] does.
    pub(crate) fn new(owner: Option<&ThreadControl>, title: Option<Title>) -> Mutex {
        let free = State::Free { abandoned: false };
        let state = owner.map_or(free, |thread| State::Owned { by: thread.id, times: 1 });
        Mutex { signal: Signal::new(state), _title: title }
    }

    /// `ReleaseMutex`, by the calling thread.
    ///
    /// # Errors
    /// `ERROR_NOT_OWNER`.
    pub(crate) fn release(&self) -> Result<(), Error> {
        self.release_by(&thread::current())
    }

    /// The same, by a thread.
    pub(super) fn release_by(&self, thread: &ThreadControl) -> Result<(), Error> {
        let key = dispatcher::lock();
        let woken = match self.signal.state(&key) {
            State::Owned { by, times: 1 } if by == thread.id => {
                thread.owned.get(&key).borrow_mut().retain(|owned| owned.as_ptr() != self);
                self.signal.change(&key, State::Free { abandoned: false })
            }
            State::Owned { by, times } if by == thread.id => {
                self.signal.put(&key, State::Owned { by, times: times - 1 });
                Vec::new()
            }
            State::Owned { .. }
            | State::Free { .. }
            | State::Stays(_)
            | State::Taken(_)
            | State::Counted(_) => return Err(Error::ERROR_NOT_OWNER),
        };
        drop(key);
        wake(woken);
        Ok(())
    }
}

/// After the thread got a mutex: if it is the first time, the thread has one more.
pub(crate) fn note_owner(mutex: &Arc<Mutex>, key: &Key, thread: &ThreadControl) {
    if let State::Owned { times: 1, .. } = mutex.signal.state(key) {
        thread.owned.get(key).borrow_mut().push(Arc::downgrade(mutex));
    }
}

/// The thread ends: what it owns is free for others, who are told that it was abandoned.
#[must_use]
pub(super) fn abandon_all(key: &Key, thread: &ThreadControl) -> Vec<Arc<ThreadControl>> {
    let owned = thread.owned.get(key).take();
    let living: Vec<Arc<Mutex>> = owned.iter().filter_map(Weak::upgrade).collect();
    let mut woken = Vec::new();
    for mutex in &living {
        woken.extend(mutex.signal.change(key, State::Free { abandoned: true }));
    }
    woken
}
