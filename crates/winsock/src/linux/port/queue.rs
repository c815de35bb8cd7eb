//! The state of a completion port, and every decision about it: who gets a packet, who wakes, who waits where.
//!
//! Packets are taken first in, first out; threads that wait are released last in, first out. The number of threads
//! that run is held below the limit: a thread that asks again stops counting and counts anew with its next packet.
//!
//! A thread waits in one of two places. In the *kernel* it waits for I/O and for packets, and drives the engine;
//! only as many threads as could run do so. All others *park*. This file knows neither kernel nor clock: it is told
//! what happened and says whom to wake, so that it can be tested against a model.

#[cfg(all(test, loom))]
mod interleavings;
#[cfg(all(test, not(loom)))]
mod model;
mod patience;

use super::waiter::Waiter;
use patience::Patience;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// One entry of the queue: what `GetQueuedCompletionStatus` gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Packet {
    pub(crate) key: usize,
    /// The address of the caller's `OVERLAPPED`; never read here.
    pub(crate) overlapped: usize,
    pub(crate) bytes: u32,
    pub(crate) status: u32,
}

/// The state of one port.
pub(crate) struct Queue {
    packets: VecDeque<Packet>,
    /// Threads that may run at the same time.
    limit: u32,
    /// Threads that took a packet and neither asked again nor block in a call of ours.
    running: u32,
    /// The turns of the threads that wait in the kernel, in no order.
    kernel: Vec<Turn>,
    /// One of those in the kernel was called, and none has come out since: it sees to what comes meanwhile, too.
    called: bool,
    /// Threads that are parked, the latest turn last.
    parked: Vec<(Turn, Arc<Waiter>)>,
    turns: u64,
    closed: bool,
    patience: Patience,
    /// How often packets were taken.
    takes: u64,
}

/// When a thread began to wait: the latest is released first. A thread that was woken and got nothing waits on with
/// the turn that it had.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Turn(u64);

/// Whom a change of the state wakes.
#[must_use]
pub(crate) enum Wake {
    /// Nobody.
    Nobody,
    /// This parked thread; it counts as running already.
    Parked(Arc<Waiter>),
    /// The latest of those that wait in the kernel.
    Kernel,
}

/// What a thread that asks for packets is to do.
pub(crate) enum Next {
    /// It has been given packets, and counts as running.
    Taken,
    /// The port is closed.
    Closed,
    /// Wait in the kernel and drive the engine; then [`Queue::left_kernel`].
    Kernel(Turn),
    /// [`Queue::park`], sleep on the waiter; then [`Queue::unparked`].
    Park(Turn),
}

impl Queue {
    pub(crate) fn new(limit: u32) -> Queue {
        Queue {
            packets: VecDeque::new(),
            limit,
            running: 0,
            kernel: Vec::new(),
            called: false,
            parked: Vec::new(),
            turns: 0,
            closed: false,
            patience: Patience::new(),
            takes: 0,
        }
    }

    /// A packet comes in.
    #[inline]
    pub(crate) fn push(&mut self, packet: Packet) -> Wake {
        self.packets.push_back(packet);
        if self.running < self.limit { self.wake_latest() } else { Wake::Nobody }
    }

    /// Packets come in from the thread that drives the engine and will ask for packets next. `full`: how many come at
    /// once where there are more.
    pub(crate) fn push_quietly(&mut self, packets: &mut Vec<Packet>, full: usize) {
        self.patience.brought_in(packets.len(), full);
        self.packets.extend(packets.drain(..));
    }

    /// A packet comes in from a thread that runs here and will ask next: alone in the queue it waits for that thread. Who
    /// computes instead is found out by the monitor, as for [`Queue::wake_for_rest`].
    pub(crate) fn push_own(&mut self, packet: Packet) -> Wake {
        let alone = self.packets.is_empty();
        self.packets.push_back(packet);
        if alone { Wake::Nobody } else { self.wake_for_rest(None) }
    }

    /// The calling thread, not counted as running, asks for up to `max` packets. `drivers` is how many threads
    /// may wait in the kernel, and `turn` the one that the thread has if it has waited in this call.
    pub(crate) fn ask(
        &mut self,
        room: &mut impl Extend<Packet>,
        max: usize,
        drivers: u32,
        turn: Option<Turn>,
    ) -> Next {
        if self.closed {
            return Next::Closed;
        }
        if !self.packets.is_empty() && self.running < self.limit {
            for _ in 0..max.min(self.packets.len()) {
                room.extend(self.packets.pop_front());
            }
            self.running += 1;
            self.takes += 1;
            return Next::Taken;
        }
        let turn = turn.unwrap_or_else(|| {
            self.turns += 1;
            Turn(self.turns)
        });
        // Where packets are passed on at once, one who comes back soon sees all that happens: others would be woken for it.
        let drivers = if self.patience.needs_one() { drivers.min(1) } else { drivers };
        let in_kernel = self.kernel.len() as u32;
        if in_kernel < drivers && in_kernel + self.running < self.limit {
            self.kernel.push(turn);
            return Next::Kernel(turn);
        }
        Next::Park(turn)
    }

    /// The short way of a thread that counts as running and asks for one packet: if it may go on and there is one, it
    /// stops counting and counts anew in one step. [`Queue::wake_for_rest`] is to follow.
    #[inline]
    pub(crate) fn next_for_running(&mut self) -> Option<Packet> {
        if self.closed || self.running > self.limit {
            return None;
        }
        let packet = self.packets.pop_front()?;
        self.takes += 1;
        Some(packet)
    }

    /// Whether another thread could be woken for packets that wait.
    #[inline]
    pub(crate) fn has_rest(&self) -> bool {
        let waits = !self.kernel.is_empty() || !self.parked.is_empty();
        !self.packets.is_empty() && self.running < self.limit && waits
    }

    /// After a thread took packets and left others, and [`Queue::has_rest`]; `away`: how long it was away with the one
    /// before. Others are not woken for what this thread will probably have passed on before they come; if it does not come
    /// back for it, the monitor finds out ([`Queue::wake_if_neglected`]).
    pub(crate) fn wake_for_rest(&mut self, away: Option<Duration>) -> Wake {
        if let Some(time) = away {
            self.patience.was_away(time);
        }
        if self.patience.lasts_for(self.packets.len()) { Wake::Nobody } else { self.wake_for_work() }
    }

    /// Wakes somebody for packets that wait if none has been taken since a look before; `takes`: what [`Queue::takes`] was
    /// then.
    pub(crate) fn wake_if_neglected(&mut self, takes: u64) -> Wake {
        if takes == self.takes { self.wake_for_work() } else { Wake::Nobody }
    }

    /// How often packets were taken.
    pub(crate) fn takes(&self) -> u64 {
        self.takes
    }

    /// The packets that wait may be another's.
    #[inline]
    pub(crate) fn wake_for_work(&mut self) -> Wake {
        if self.packets.is_empty() || self.running >= self.limit { Wake::Nobody } else { self.wake_latest() }
    }

    fn wake_latest(&mut self) -> Wake {
        let latest_parked = self.parked.last().map(|(turn, _)| *turn);
        match self.kernel.iter().copied().max() {
            // `None`, nobody, is below every turn.
            in_kernel if latest_parked > in_kernel => self.unpark(),
            Some(_) if self.called => Wake::Nobody,
            Some(_) => {
                self.called = true;
                Wake::Kernel
            }
            None => Wake::Nobody,
        }
    }

    /// A thread that takes no packets has driven the engine, and may have found there the wake-up of another that was
    /// on its way into the kernel: it is repeated.
    pub(crate) fn wake_again(&mut self) -> Wake {
        self.looked_into();
        match (self.closed, self.is_attended()) {
            (false, _) => self.wake_for_work(),
            (true, true) => Wake::Kernel,
            (true, false) => Wake::Nobody,
        }
    }

    /// A thread that ran stops running without asking: it blocks, belongs to another port now, or ends. If there is an
    /// engine and nobody drives it then, another thread is to.
    pub(crate) fn stop_running(&mut self, has_engine: bool) -> Wake {
        self.running -= 1;
        if !self.packets.is_empty() {
            return self.wake_for_work();
        }
        if has_engine { self.call_driver() } else { Wake::Nobody }
    }

    /// A thread runs again after it blocked, or runs on without a packet. The limit may be exceeded for a while.
    pub(crate) fn start_running(&mut self) {
        self.running += 1;
    }

    /// A thread asks again: it stops running, and nobody need be woken, for it looks at the queue next.
    pub(crate) fn asks_again(&mut self) {
        self.running -= 1;
    }

    /// The calling thread parks.
    pub(crate) fn park(&mut self, turn: Turn, waiter: &Arc<Waiter>) {
        waiter.prepare();
        let later = self.parked.iter().rev().take_while(|(parked, _)| *parked > turn).count();
        self.parked.insert(self.parked.len() - later, (turn, Arc::clone(waiter)));
    }

    /// The calling thread woke up. If it was released it counts as running, which is taken back: it asks again.
    pub(crate) fn unparked(&mut self, waiter: &Arc<Waiter>) {
        match self.parked.iter().rposition(|(_, parked)| Arc::ptr_eq(parked, waiter)) {
            Some(index) => drop(self.parked.remove(index)),
            None => self.running -= 1,
        }
    }

    /// A thread that does not wait has looked into the engine: it may have taken away there what was to wake another.
    pub(crate) fn looked_into(&mut self) {
        self.called = false;
    }

    /// The calling thread came back from the kernel.
    pub(crate) fn left_kernel(&mut self, turn: Turn) {
        self.called = false;
        let index = self.kernel.iter().position(|waiting| *waiting == turn).expect("it waited there");
        self.kernel.swap_remove(index);
    }

    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether a thread waits in the kernel.
    pub(crate) fn is_attended(&self) -> bool {
        !self.kernel.is_empty()
    }

    /// Releases a parked thread so that it drives the engine, if one may.
    pub(crate) fn call_driver(&mut self) -> Wake {
        if !self.is_attended() && self.running < self.limit { self.unpark() } else { Wake::Nobody }
    }

    /// The port is closed: every parked thread is released. Those in the kernel are to be woken until none is left.
    pub(crate) fn close(&mut self) -> Vec<Arc<Waiter>> {
        self.closed = true;
        self.running += self.parked.len() as u32;
        self.parked.drain(..).map(|(_, waiter)| waiter).collect()
    }

    /// How many threads wait, in either place.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn waiting(&self) -> usize {
        self.kernel.len() + self.parked.len()
    }

    fn unpark(&mut self) -> Wake {
        match self.parked.pop() {
            Some((_, waiter)) => {
                self.running += 1;
                Wake::Parked(waiter)
            }
            None => Wake::Nobody,
        }
    }
}
