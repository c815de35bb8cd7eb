//! Semaphores.

use super::dispatcher::{self, Signal, State, wake};
use super::named::Title;
use crate::error::Error;

/// A semaphore. Its count is what waits see of it.
pub(crate) struct Semaphore {
    pub(crate) signal: Signal,
    maximum: u32,
    _title: Option<Title>,
}

impl Semaphore {
    /// The count does not exceed the maximum.
    pub(crate) fn new(count: u32, maximum: u32, title: Option<Title>) -> Semaphore {
        Semaphore { signal: Signal::new(State::Counted(count)), maximum, _title: title }
    }

    /// `ReleaseSemaphore`: adds to the count, and answers what it was.
    ///
    /// # Errors
    /// `ERROR_TOO_MANY_POSTS` if it would exceed its maximum; then it stays.
    pub(crate) fn release(&self, by: u32) -> Result<u32, Error> {
        let key = dispatcher::lock();
        let count = match self.signal.state(&key) {
            State::Counted(count) => count,
            State::Stays(_) | State::Taken(_) | State::Free { .. } | State::Owned { .. } => {
                unreachable!("a semaphore counts")
            }
        };
        let next = count.checked_add(by).filter(|next| *next <= self.maximum);
        let woken = self.signal.change(&key, State::Counted(next.ok_or(Error::ERROR_TOO_MANY_POSTS)?));
        drop(key);
        wake(woken);
        Ok(count)
    }
}
