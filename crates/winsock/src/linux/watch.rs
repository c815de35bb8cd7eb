//! Waits without a thread: somebody is told when an object is signalled.

use super::dispatcher::{self, Mode, Outcome, Waitable};
use super::thread::ThreadControl;
use std::sync::Arc;

/// A wait that goes on by itself. It takes its object as a thread's does.
pub(crate) struct Watch(Arc<ThreadControl>);

impl Watch {
    /// Begins to wait. `tell` is called once, by whoever signals the object, unless the wait is cancelled before; at once
    /// if the object is signalled, and then there is no wait.
    pub(crate) fn begin(object: Waitable, tell: impl Fn(Outcome) + Send + Sync + 'static) -> Option<Watch> {
        let ended = move |control: &Arc<ThreadControl>| {
            let outcome = dispatcher::end(&dispatcher::lock(), control);
            if let Some(outcome) = outcome {
                tell(outcome);
            }
        };
        let control = ThreadControl::of_watch(Box::new(ended));
        let objects = [object];
        let key = dispatcher::lock();
        let taken = dispatcher::try_to_take(&key, &control, &objects, Mode::Any);
        dispatcher::begin(&key, &control, &objects, Mode::Any, false);
        match taken {
            None => Some(Watch(control.clone())),
            Some(outcome) => {
                dispatcher::end_with(&key, &control, outcome);
                drop(key);
                dispatcher::wake(vec![control]);
                None
            }
        }
    }

    /// Ends the wait. Answers how it had ended, if it had, and nobody has been told.
    pub(crate) fn cancel(self) -> Option<Outcome> {
        dispatcher::end(&dispatcher::lock(), &self.0)
    }
}
