//! What a thread knows of the port that it takes its packets from: one variable of the thread, found once a call.

use super::queue::{Queue, Wake};
use super::{Packet, Port};
use crate::linux::engine;
use crate::linux::thread;
use std::cell::{Cell, RefCell};
use std::ptr::null;
use std::sync::{Arc, Weak};
use std::time::Instant;

pub(super) struct Member {
    /// The port that the thread takes its packets from. Empty while the thread asks it by its handle.
    port: Cell<Option<Arc<Port>>>,
    /// Where that port is.
    place: Cell<*const Port>,
    /// The handle by which the thread asked it the last time; 0 for none.
    handle: Cell<usize>,
    /// Whether the thread counts as running there.
    running: Cell<bool>,
    /// The port whose engine the thread is driving: what completes there is taken by this thread next.
    driving: Cell<*const Port>,
    /// What has completed there; it goes into the queue all together.
    harvest: RefCell<Vec<Packet>>,
    takes: Cell<u32>,
    /// When it took a packet and left others to it, the last time; only if others might have been woken.
    went: Cell<Option<Instant>>,
}

thread_local! {
    static MEMBER: Member = const {
        Member {
            port: Cell::new(None),
            place: Cell::new(null()),
            handle: Cell::new(0),
            running: Cell::new(false),
            driving: Cell::new(null()),
            harvest: RefCell::new(Vec::new()),
            takes: Cell::new(0),
            went: Cell::new(None),
        }
    };
}

/// What the calling thread knows; nothing when it is ending.
#[inline]
pub(super) fn me<T>(look: impl FnOnce(&Member) -> T) -> Option<T> {
    MEMBER.try_with(look).ok()
}

impl Drop for Member {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Member {
    /// Makes the thread one of a port's.
    pub(super) fn join(&self, port: &Arc<Port>) {
        if !std::ptr::eq(self.place.get(), Arc::as_ptr(port)) {
            thread::leave_plain();
            self.leave();
            self.port.set(Some(Arc::clone(port)));
            self.place.set(Arc::as_ptr(port));
        }
    }

    /// Whether the thread counts as running on its port.
    pub(super) fn is_running(&self) -> bool {
        self.running.get()
    }

    /// The thread counts as running no more. Answers whether it did.
    pub(super) fn stops(&self) -> bool {
        self.running.take()
    }

    /// The thread asks no more from its port.
    pub(super) fn leave(&self) {
        self.handle.set(0);
        self.place.set(null());
        if let Some(port) = self.port.take()
            && self.running.take()
        {
            port.flush();
            let wake = port.lock().stop_running(port.engine.get().is_some());
            port.wake(wake);
        }
    }

    /// The port that the thread asked by this handle the last time: to be given back.
    #[inline]
    pub(super) fn lend(&self, handle: usize) -> Option<Arc<Port>> {
        if handle != 0 && self.handle.get() == handle { self.port.take() } else { None }
    }

    /// The thread may have left the port meanwhile.
    #[inline]
    pub(super) fn give_back(&self, port: Arc<Port>) {
        if std::ptr::eq(self.place.get(), Arc::as_ptr(&port)) {
            self.port.set(Some(port));
        }
    }

    /// The thread has asked its port by this handle.
    pub(super) fn remember(&self, handle: usize) {
        self.handle.set(handle);
    }

    pub(super) fn runs(&self) {
        self.running.set(true);
    }

    pub(super) fn runs_on(&self, port: *const Port) -> bool {
        self.running.get() && std::ptr::eq(self.place.get(), port)
    }

    /// Counts how often the thread has asked.
    pub(super) fn count_take(&self) -> u32 {
        let takes = self.takes.get().wrapping_add(1);
        self.takes.set(takes);
        takes
    }

    /// After it took packets: who is to be woken for the rest. Looks at the clock only where somebody could be.
    #[inline]
    pub(super) fn wake_for_rest(&self, queue: &mut Queue) -> Wake {
        if !queue.has_rest() {
            self.went.set(None);
            return Wake::Nobody;
        }
        let now = Instant::now();
        let away = self.went.replace(Some(now)).map(|went| now - went);
        queue.wake_for_rest(away)
    }

    /// Whatever completes on the port meanwhile is harvested.
    pub(super) fn while_driving(&self, port: &Port, drive: impl FnOnce()) {
        let before = self.driving.replace(port);
        drive();
        self.driving.set(before);
    }

    /// Keeps a packet for [`Member::bring_in`] if the thread drives its port's engine.
    #[inline]
    pub(super) fn harvests(&self, port: &Port, packet: Packet) -> bool {
        let harvests = std::ptr::eq(self.driving.get(), port);
        if harvests {
            self.harvest.borrow_mut().push(packet);
        }
        harvests
    }

    /// What was harvested.
    #[inline]
    pub(super) fn bring_in(&self, queue: &mut Queue) {
        let mut harvest = self.harvest.borrow_mut();
        if !harvest.is_empty() {
            queue.push_quietly(&mut harvest, engine::BATCH);
        }
    }
}

/// After a fork: the one thread of the child belongs to no port any more.
pub(crate) fn leave_inherited() {
    let forget = |member: &Member| {
        member.driving.set(null());
        member.running.set(false);
        member.harvest.borrow_mut().clear();
        member.leave();
    };
    let _ = me(forget);
}

/// Whether the calling thread took its last packet from this port and runs: it will ask again.
pub(crate) fn runs_on(port: &Weak<Port>) -> bool {
    me(|member| member.runs_on(port.as_ptr())).unwrap_or(false)
}

/// A thread of a port that blocks in a call of ours: it does not count as running until this goes.
pub(crate) struct Paused(Arc<Port>);

/// The calling thread is about to block. `None`, for a look at a variable of the thread, if it runs on no port.
pub(crate) fn pause() -> Option<Paused> {
    let mine = |member: &Member| {
        if !member.running.take() {
            return None;
        }
        let port = member.port.take();
        member.port.set(port.clone());
        port
    };
    let port = me(mine).flatten()?;
    port.flush();
    let wake = port.lock().stop_running(port.engine.get().is_some());
    port.wake(wake);
    Some(Paused(port))
}

impl Drop for Paused {
    fn drop(&mut self) {
        // A routine that ran in the wait may have asked this port or another: then that call counts.
        let _ = me(|member| {
            let still = std::ptr::eq(member.place.get(), Arc::as_ptr(&self.0));
            if still && !member.running.replace(true) {
                self.0.lock().start_running();
            }
        });
    }
}
