//! One run of a callback, as the callback itself sees it: what is to be done when it returns.
#![allow(unsafe_code, reason = "a critical section is left on the program's word")]

use super::member::Member;
use crate::linux::critical_section::CriticalSection;
use crate::linux::objects;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, Ordering::Relaxed};

/// Something to be done after the callback.
pub(crate) enum After {
    /// `SetEventWhenCallbackReturns`.
    SetEvent(usize),
    /// `ReleaseSemaphoreWhenCallbackReturns`.
    ReleaseSemaphore(usize, u32),
    /// `ReleaseMutexWhenCallbackReturns`.
    ReleaseMutex(usize),
    /// `LeaveCriticalSectionWhenCallbackReturns`: its address.
    Leave(usize),
}

struct Instance {
    number: isize,
    member: Arc<Member>,
    counts: bool,
    after: Vec<After>,
}

thread_local! {
    static RUNNING: RefCell<Vec<Instance>> = const { RefCell::new(Vec::new()) };
}

/// A callback of the member runs until this goes.
pub(super) struct Run(isize);

impl Run {
    pub(super) fn begin(member: Arc<Member>) -> Run {
        static LAST: AtomicIsize = AtomicIsize::new(0);
        let number = LAST.fetch_add(1, Relaxed) + 1;
        let instance = Instance { number, member, counts: true, after: Vec::new() };
        RUNNING.with_borrow_mut(|running| running.push(instance));
        Run(number)
    }

    /// The `PTP_CALLBACK_INSTANCE`.
    pub(super) fn number(&self) -> isize {
        self.0
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let Some(instance) = RUNNING.with_borrow_mut(Vec::pop) else { return };
        instance.after.into_iter().for_each(act);
        if instance.counts {
            instance.member.has_run();
        }
    }
}

fn act(after: After) {
    // What was named wrongly cannot be told any more.
    let _ = match after {
        After::SetEvent(handle) => objects::event(handle).map(|event| event.set()),
        After::ReleaseSemaphore(handle, by) => {
            objects::semaphore(handle).and_then(|semaphore| semaphore.release(by)).map(drop)
        }
        After::ReleaseMutex(handle) => objects::mutex(handle).and_then(|mutex| mutex.release()),
        After::Leave(address) => {
            let section = std::ptr::with_exposed_provenance::<CriticalSection>(address);
            // SAFETY: who named it promised that it is a critical section until it is left.
            if let Some(section) = unsafe { section.as_ref() } {
                section.leave();
            }
            Ok(())
        }
    };
}

/// Adds something to be done after a callback. A number that is not that of the running callback changes nothing.
pub(crate) fn after(number: isize, after: After) {
    with(number, |instance| instance.after.push(after));
}

/// `DisassociateCurrentThreadFromCallback`: nobody waits for this run any more.
pub(crate) fn disassociate(number: isize) {
    let member = with(number, |instance| {
        std::mem::replace(&mut instance.counts, false).then(|| instance.member.clone())
    });
    if let Some(member) = member.flatten() {
        member.has_run();
    }
}

/// The object of the callback of this number, if it runs in the calling thread.
pub(crate) fn member(number: isize) -> Option<Arc<Member>> {
    with(number, |instance| instance.member.clone())
}

fn with<T>(number: isize, act: impl FnOnce(&mut Instance) -> T) -> Option<T> {
    RUNNING
        .with_borrow_mut(|running| running.last_mut().filter(|instance| instance.number == number).map(act))
}
