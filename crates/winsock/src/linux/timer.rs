//! Waitable timers.

use super::apc::{self, Apc};
use super::clock::{self, Ticket};
use super::dispatcher::{self, Guarded, Key, Signal, wake};
use super::event::Reset;
use super::named::Title;
use super::thread::ThreadControl;
use crate::error::Error;
use std::cell::RefCell;
use std::ffi::c_void;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A timer.
pub(crate) struct Timer {
    pub(crate) signal: Signal,
    setting: Guarded<RefCell<Option<Setting>>>,
    _title: Option<Title>,
}

/// How a timer is set.
struct Setting {
    ticket: Ticket,
    due: Instant,
    period: Option<Duration>,
    routine: Option<Routine>,
}

/// What a thread is to run when the timer's time has come.
#[derive(Clone)]
pub(crate) struct Routine {
    pub(crate) thread: Arc<ThreadControl>,
    pub(crate) function: unsafe extern "system" fn(*const c_void, u32, u32),
    pub(crate) argument: usize,
}

impl Timer {
    /// A timer that is not set.
    pub(crate) fn new(reset: Reset, title: Option<Title>) -> Timer {
        Timer {
            signal: Signal::new(reset.state(false)),
            setting: Guarded::new(RefCell::new(None)),
            _title: title,
        }
    }

    /// `SetWaitableTimer`: takes the signal back, and signals the timer when its time has come, and again after each
    /// period.
    ///
    /// # Errors
    /// `WSA_NOT_ENOUGH_MEMORY`.
    pub(crate) fn set(
        self: &Arc<Timer>,
        due: Instant,
        period: Option<Duration>,
        routine: Option<Routine>,
    ) -> Result<(), Error> {
        let key = dispatcher::lock();
        let before = self.stop(&key);
        self.signal.reset(&key);
        let ticket = self.appoint(due)?;
        self.setting.get(&key).replace(Some(Setting { ticket, due, period, routine }));
        // The thread of the routine before may end with it, which asks for other locks.
        drop(key);
        drop(before);
        Ok(())
    }

    /// `CancelWaitableTimer`: the signal stays as it is.
    pub(crate) fn cancel(&self) {
        let before = self.stop(&dispatcher::lock());
        drop(before);
    }

    fn stop(&self, key: &Key) -> Option<Setting> {
        let setting = self.setting.get(key).take()?;
        clock::cancel(setting.ticket);
        if let Some(routine) = &setting.routine {
            apc::withdraw(key, &routine.thread, self.address());
        }
        Some(setting)
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn appoint(self: &Arc<Timer>, due: Instant) -> Result<Ticket, Error> {
        let timer = Arc::downgrade(self);
        clock::at(due, move || {
            if let Some(timer) = timer.upgrade() {
                timer.ring(due);
            }
        })
    }

    /// The time has come, unless the timer was set anew meanwhile.
    fn ring(self: &Arc<Timer>, due: Instant) {
        let key = dispatcher::lock();
        let mut setting = self.setting.get(&key).borrow_mut();
        let Some(now) = setting.as_mut().filter(|setting| setting.due == due) else { return };
        if let Some(period) = now.period {
            now.due += period;
            // The clock has its thread: it is running this.
            if let Ok(ticket) = self.appoint(now.due) {
                now.ticket = ticket;
            }
        }
        let routine = now.routine.clone();
        drop(setting);
        let mut woken = self.signal.set(&key);
        if let Some(Routine { thread, function, argument }) = routine {
            let timer = self.address();
            let call = Apc::Timer { timer, routine: function, argument, time: clock::file_time() };
            // One call of a timer is queued at a time.
            apc::withdraw(&key, &thread, timer);
            if let Ok(true) = apc::queue_locked(&key, &thread, call) {
                woken.push(thread);
            }
        }
        drop(key);
        wake(woken);
    }
}
