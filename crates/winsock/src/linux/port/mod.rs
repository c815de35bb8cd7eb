//! Completion ports: packets in, packets out, and which threads may run.
//!
//! Owns the waiting: `queue.rs` decides, this file sleeps and wakes. A port has its own engine, which the threads
//! that wait on the port drive themselves: a completion reaches its thread with no other thread in between.

mod by_handle;
#[cfg(all(test, not(loom)))]
mod closing;
mod gate;
mod member;
mod queue;
mod waiter;

pub(crate) use by_handle::{Untaken, post_to, take_from, take_one_from};
pub(crate) use member::{Paused, leave_inherited, pause, runs_on};
pub(crate) use queue::Packet;

use super::apc;
use super::engine::{self, Engine};
use super::fork;
use super::sys::{BorrowedFd, Errno};
use super::thread::{self, ThreadControl};
use super::wait;
use crate::error::Error;
use gate::{Gate, Inside};
use member::Member;
use queue::{Next, Queue, Wake};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use waiter::Waiter;

/// A completion port.
pub(crate) struct Port {
    queue: Gate<Queue>,
    /// The process that made it: no other can use it.
    generation: u32,
    engine: OnceLock<Arc<Engine>>,
}

/// Why a wait ended without a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ended {
    /// The time-out: `WAIT_TIMEOUT`.
    TimedOut,
    /// The port was closed: `ERROR_ABANDONED_WAIT_0`.
    Closed,
    /// Procedure calls came, and have been run: `WAIT_IO_COMPLETION`.
    Alerted,
}

/// A thread that keeps taking packets looks at its engine this often all the same: completions that come at once
/// would otherwise keep the queue full and the engine unseen.
const TAKES_PER_LOOK: u32 = 64;

thread_local! {
    static WAITER: Arc<Waiter> = Arc::new(Waiter::new());
}

impl Port {
    /// A port on which `limit` threads may run; 0 means as many as there are processors.
    pub(crate) fn new(limit: u32) -> Port {
        let processors = || std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
        let limit = if limit == 0 { processors() } else { limit };
        fork::prepare();
        Port { queue: Gate::new(Queue::new(limit)), generation: fork::generation(), engine: OnceLock::new() }
    }

    /// Whether the port was made before a fork: then it is the parent's, and nothing may be asked of it.
    pub(crate) fn is_inherited(&self) -> bool {
        self.generation != fork::generation()
    }

    #[inline]
    fn lock(&self) -> Inside<'_, Queue> {
        self.queue.enter()
    }

    /// `None` when the port is closed.
    #[inline]
    fn lock_unless_closed(&self) -> Option<Inside<'_, Queue>> {
        let queue = self.lock();
        if queue.is_closed() { None } else { Some(queue) }
    }

    /// The engine of the sockets that are associated with this port.
    ///
    /// # Errors
    /// What the kernel has against a new one: `WSAEMFILE`, `WSAENOBUFS`.
    pub(crate) fn engine(self: &Arc<Port>) -> Result<&Arc<Engine>, Error> {
        if self.engine.get().is_none() {
            let engine = Engine::new(Arc::downgrade(self))?;
            if self.engine.set(Arc::clone(&engine)).is_ok() {
                engine::watch(&engine);
                // Threads that wait already do so without it: let them look again.
                let wake = self.lock().call_driver();
                self.wake(wake);
            }
        }
        Ok(self.engine.get().expect("set above, by this thread or another"))
    }

    /// Queues a packet.
    pub(crate) fn post(&self, packet: Packet) {
        if member::me(|member| member.harvests(self, packet)).unwrap_or(false) {
            return;
        }
        let wake = self.lock().push(packet);
        self.wake(wake);
    }

    /// Queues the packet of an operation that ended in the call which started it. A thread that runs on this port asks next
    /// and takes it: nobody else is woken for that.
    pub(crate) fn post_own(&self, packet: Packet) {
        if !member::me(|member| member.runs_on(self)).unwrap_or(false) {
            return self.post(packet);
        }
        let wake = self.lock().push_own(packet);
        self.wake(wake);
        engine::stay_awake_for_what_waits();
    }

    /// Sees to it that packets are taken which wait for a thread that has gone on to compute. `takes` is what the look before
    /// has left there, for the next. Answers whether somebody was woken.
    pub(crate) fn look_after(&self, takes: &mut u64) -> bool {
        let mut queue = self.lock();
        let before = std::mem::replace(takes, queue.takes());
        let wake = queue.wake_if_neglected(before);
        drop(queue);
        let wakes = !matches!(wake, Wake::Nobody);
        self.wake(wake);
        wakes
    }

    #[inline]
    fn wake(&self, wake: Wake) {
        if !matches!(wake, Wake::Nobody) {
            self.wake_somebody(wake);
        }
    }

    #[cold]
    fn wake_somebody(&self, wake: Wake) {
        match wake {
            Wake::Nobody => {}
            Wake::Parked(waiter) => waiter.release(),
            Wake::Kernel => self.engine.get().expect("somebody waits in it").wake(),
        }
    }

    /// As [`Port::take`], alertably: if there is no packet and procedure calls are queued to the thread, they run.
    ///
    /// # Errors
    /// See [`Ended`].
    pub(crate) fn take_alertably(
        self: &Arc<Port>,
        packets: &mut impl Extend<Packet>,
        max: usize,
        timeout: Option<Duration>,
    ) -> Result<(), Ended> {
        let thread = thread::current();
        let taken = self.take_by(packets, max, timeout, Some(&thread));
        if taken == Err(Ended::Alerted) {
            apc::run(&thread);
        }
        taken
    }

    /// Takes up to `max` packets, waiting until there is one.
    ///
    /// # Errors
    /// See [`Ended`].
    pub(crate) fn take(
        self: &Arc<Port>,
        packets: &mut impl Extend<Packet>,
        max: usize,
        timeout: Option<Duration>,
    ) -> Result<(), Ended> {
        self.take_by(packets, max, timeout, None)
    }

    fn take_by(
        self: &Arc<Port>,
        packets: &mut impl Extend<Packet>,
        max: usize,
        timeout: Option<Duration>,
        alertable: Option<&Arc<ThreadControl>>,
    ) -> Result<(), Ended> {
        let take = |member: &Member| {
            member.join(self);
            self.look_now_and_then(member);
            self.take_locked(member, self.lock(), packets, max, timeout, alertable)
        };
        // A thread that is ending belongs to no port any more.
        member::me(take).unwrap_or(Err(Ended::Closed))
    }

    /// `alertable`: the calling thread, if the wait ends when procedure calls are queued to it.
    fn take_locked<'p>(
        &'p self,
        member: &Member,
        mut queue: Inside<'p, Queue>,
        packets: &mut impl Extend<Packet>,
        max: usize,
        timeout: Option<Duration>,
        alertable: Option<&Arc<ThreadControl>>,
    ) -> Result<(), Ended> {
        if member.stops() {
            queue.asks_again();
        }
        let mut deadline = None;
        let mut looked = false;
        let mut turn = None;
        let ended = loop {
            let engine = self.engine.get();
            let next = queue.ask(packets, max, engine.map_or(0, |engine| engine.max_drivers()), turn);
            match next {
                Next::Taken => {
                    let wake = member.wake_for_rest(&mut queue);
                    drop(queue);
                    self.wake(wake);
                    member.runs();
                    return Ok(());
                }
                Next::Closed => {
                    // One after another those in the kernel wake up and find out.
                    let others = queue.is_attended();
                    drop(queue);
                    if let (Some(engine), true) = (engine, others) {
                        engine.wake();
                    }
                    member.leave();
                    return Err(Ended::Closed);
                }
                Next::Kernel(given) | Next::Park(given) => turn = Some(given),
            }
            if alertable.is_some_and(|thread| thread.has_apcs_queued()) {
                if let Next::Kernel(turn) = next {
                    queue.left_kernel(turn);
                }
                break Ended::Alerted;
            }
            // Only a thread that has to wait needs the time.
            if deadline.is_none() {
                deadline = timeout.map(|timeout| Instant::now().checked_add(timeout));
            }
            let deadline = deadline.flatten();
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            // A time-out of 0 looks once: into the queue and into the engine.
            let out_of_time = left == Some(Duration::ZERO) && (looked || matches!(next, Next::Park(_)));
            match next {
                Next::Kernel(turn) => {
                    if out_of_time {
                        queue.left_kernel(turn);
                        break Ended::TimedOut;
                    }
                    drop(queue);
                    let engine = engine.expect("it has drivers");
                    match alertable {
                        Some(thread) if left != Some(Duration::ZERO) => {
                            self.drive_alertably(member, engine, thread, deadline);
                        }
                        Some(_) | None => self.drive(member, engine, left),
                    }
                    queue = self.lock();
                    member.bring_in(&mut queue);
                    queue.left_kernel(turn);
                }
                Next::Park(turn) => {
                    if out_of_time {
                        break Ended::TimedOut;
                    }
                    let waiter = match alertable {
                        Some(thread) => Arc::new(Waiter::alertable(thread)),
                        None => WAITER.with(Arc::clone),
                    };
                    queue.park(turn, &waiter);
                    drop(queue);
                    self.flush();
                    waiter.sleep(deadline);
                    queue = self.lock();
                    queue.unparked(&waiter);
                }
                Next::Taken | Next::Closed => unreachable!("both have returned"),
            }
            looked = true;
        };
        queue.start_running();
        drop(queue);
        member.runs();
        Err(ended)
    }

    #[inline]
    fn look_now_and_then(&self, member: &Member) {
        if member.count_take().is_multiple_of(TAKES_PER_LOOK) {
            self.look(member);
        }
    }

    #[cold]
    fn look(&self, member: &Member) {
        if let Some(engine) = self.engine.get() {
            let was_running = member.stops();
            self.drive(member, engine, Some(Duration::ZERO));
            let mut queue = self.lock();
            queue.looked_into();
            member.bring_in(&mut queue);
            drop(queue);
            if was_running {
                member.runs();
            }
        }
    }

    fn flush(&self) {
        if let Some(engine) = self.engine.get() {
            engine.flush();
        }
    }

    /// Lets the engine make progress; what completes is this thread's to take.
    fn drive(&self, member: &Member, engine: &Engine, timeout: Option<Duration>) {
        member.while_driving(self, || engine.drive(timeout));
    }

    /// The same, but a procedure call for the thread ends the wait too, and stays queued.
    fn drive_alertably(
        &self,
        member: &Member,
        engine: &Engine,
        thread: &Arc<ThreadControl>,
        deadline: Option<Instant>,
    ) {
        engine.flush();
        let wait = |descriptor: BorrowedFd<'_>| {
            match wait::poll_alertably(thread, descriptor, deadline) {
                Ok(()) | Err(Errno::EINTR) => {}
                // No descriptor is left to be woken by: the caller looks again soon.
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            }
        };
        member.while_driving(self, || engine.drive_after(wait));
    }

    /// Sees to it that the engine makes progress though none of the port's threads drives it: a parked one is called,
    /// or else the calling thread, which takes no packets, looks for a moment.
    pub(crate) fn attend(&self, engine: &Engine) {
        let mut queue = self.lock();
        if queue.is_attended() {
            return;
        }
        match queue.call_driver() {
            Wake::Nobody => drop(queue),
            wake @ (Wake::Parked(_) | Wake::Kernel) => {
                drop(queue);
                return self.wake(wake);
            }
        }
        engine.drive(Some(Duration::ZERO));
        engine.flush();
        let wake = self.lock().wake_again();
        self.wake(wake);
    }

    /// Closes the port: every wait on it ends with [`Ended::Closed`].
    pub(crate) fn close(&self) {
        if self.is_inherited() {
            return;
        }
        let mut queue = self.lock();
        let parked = queue.close();
        let attended = queue.is_attended();
        drop(queue);
        for waiter in parked {
            waiter.release();
        }
        if let (Some(engine), true) = (self.engine.get(), attended) {
            engine.wake();
        }
    }
}
