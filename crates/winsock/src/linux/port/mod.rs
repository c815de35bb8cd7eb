//! Completion ports: packets in, packets out, and which threads may run.
//!
//! Owns the waiting: `queue.rs` decides, this file sleeps and wakes. A port has its own engine, which the threads
//! that wait on the port drive themselves: a completion reaches its thread with no other thread in between.

#[cfg(all(test, not(loom)))]
mod closing;
mod queue;
mod waiter;

pub(crate) use queue::Packet;

use super::apc;
use super::engine::{self, Engine};
use super::fork;
use super::sys::Errno;
use super::thread::{self, ThreadControl};
use super::wait;
use crate::error::Error;
use queue::{Next, Queue, Wake};
use std::cell::{Cell, RefCell};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};
use waiter::Waiter;

/// A completion port.
pub(crate) struct Port {
    queue: Mutex<Queue>,
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

/// The port that the thread takes its packets from, and whether it counts as running there.
struct Membership {
    port: Option<Arc<Port>>,
    running: bool,
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Membership {
    /// The thread asks no more from its port.
    fn leave(&mut self) {
        if let Some(port) = self.port.take()
            && std::mem::take(&mut self.running)
        {
            port.flush();
            let wake = port.lock().stop_running(port.engine.get().is_some());
            port.wake(wake);
        }
    }
}

thread_local! {
    static MEMBERSHIP: RefCell<Membership> = const { RefCell::new(Membership { port: None, running: false }) };
    static WAITER: Arc<Waiter> = Arc::new(Waiter::new());
    /// The port whose engine this thread is driving: what completes there is taken by this thread next.
    static DRIVING: Cell<*const Port> = const { Cell::new(std::ptr::null()) };
    static TAKES: Cell<u32> = const { Cell::new(0) };
}

impl Port {
    /// A port on which `limit` threads may run; 0 means as many as there are processors.
    pub(crate) fn new(limit: u32) -> Port {
        let processors = || std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
        let limit = if limit == 0 { processors() } else { limit };
        fork::prepare();
        Port { queue: Mutex::new(Queue::new(limit)), generation: fork::generation(), engine: OnceLock::new() }
    }

    /// Whether the port was made before a fork: then it is the parent's, and nothing may be asked of it.
    pub(crate) fn is_inherited(&self) -> bool {
        self.generation != fork::generation()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
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
        let mut queue = self.lock();
        if DRIVING.get() == std::ptr::from_ref(self) {
            queue.push_quietly(packet);
            return;
        }
        let wake = queue.push(packet);
        drop(queue);
        self.wake(wake);
    }

    fn wake(&self, wake: Wake) {
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
        let taken = self.take_as(packets, max, timeout, Some(&thread));
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
        self.take_as(packets, max, timeout, None)
    }

    /// `alertable`: the calling thread, if the wait ends when procedure calls are queued to it.
    fn take_as(
        self: &Arc<Port>,
        packets: &mut impl Extend<Packet>,
        max: usize,
        timeout: Option<Duration>,
        alertable: Option<&Arc<ThreadControl>>,
    ) -> Result<(), Ended> {
        self.look_now_and_then();
        let was_running = self.join();
        let mut deadline = None;
        let mut queue = self.lock();
        if was_running {
            queue.asks_again();
        }
        let mut looked = false;
        let mut turn = None;
        let ended = loop {
            let engine = self.engine.get();
            let next = queue.ask(packets, max, engine.map_or(0, |engine| engine.max_drivers()), turn);
            match next {
                Next::Taken => {
                    let wake = queue.wake_for_work();
                    drop(queue);
                    self.wake(wake);
                    self.set_running();
                    return Ok(());
                }
                Next::Closed => {
                    // One after another those in the kernel wake up and find out.
                    let others = queue.is_attended();
                    drop(queue);
                    if let (Some(engine), true) = (engine, others) {
                        engine.wake();
                    }
                    MEMBERSHIP.with_borrow_mut(|membership| membership.port = None);
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
                            self.drive_alertably(engine, thread, deadline);
                        }
                        Some(_) | None => self.drive(engine, left),
                    }
                    queue = self.lock();
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
        self.set_running();
        Err(ended)
    }

    fn set_running(&self) {
        MEMBERSHIP.with_borrow_mut(|membership| membership.running = true);
    }

    /// Makes the calling thread one of this port's. Answers whether it counts as running here.
    fn join(self: &Arc<Port>) -> bool {
        thread::leave_plain();
        MEMBERSHIP.with_borrow_mut(|membership| {
            match &membership.port {
                Some(port) if Arc::ptr_eq(port, self) => {}
                Some(_) | None => {
                    membership.leave();
                    membership.port = Some(Arc::clone(self));
                }
            }
            std::mem::take(&mut membership.running)
        })
    }

    fn look_now_and_then(&self) {
        let takes = TAKES.get().wrapping_add(1);
        TAKES.set(takes);
        if takes.is_multiple_of(TAKES_PER_LOOK)
            && let Some(engine) = self.engine.get()
        {
            self.drive(engine, Some(Duration::ZERO));
        }
    }

    fn flush(&self) {
        if let Some(engine) = self.engine.get() {
            engine.flush();
        }
    }

    /// Lets the engine make progress; what completes is this thread's to take.
    fn drive(&self, engine: &Engine, timeout: Option<Duration>) {
        let before = DRIVING.replace(std::ptr::from_ref(self));
        engine.drive(timeout);
        DRIVING.set(before);
    }

    /// The same, but a procedure call for the thread ends the wait too, and stays queued.
    fn drive_alertably(&self, engine: &Engine, thread: &Arc<ThreadControl>, deadline: Option<Instant>) {
        engine.flush();
        let before = DRIVING.replace(std::ptr::from_ref(self));
        engine.drive_after(|descriptor| {
            match wait::poll_alertably(thread, descriptor, deadline) {
                Ok(()) | Err(Errno::EINTR) => {}
                // No descriptor is left to be woken by: the caller looks again soon.
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            }
        });
        DRIVING.set(before);
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

/// After a fork: the one thread of the child belongs to no port any more.
pub(crate) fn leave_inherited() {
    DRIVING.set(std::ptr::null());
    let take = |membership: &RefCell<Membership>| {
        let mut membership = membership.try_borrow_mut().ok()?;
        membership.running = false;
        membership.port.take()
    };
    drop(MEMBERSHIP.try_with(take));
}

/// Whether the calling thread took its last packet from this port and runs: it will ask again.
pub(crate) fn runs_on(port: &Weak<Port>) -> bool {
    MEMBERSHIP
        .try_with(|membership| {
            let membership = membership.borrow();
            let same = membership.port.as_ref().is_some_and(|mine| Arc::as_ptr(mine) == port.as_ptr());
            same && membership.running
        })
        .unwrap_or(false)
}

/// A thread of a port that blocks in a call of ours: it does not count as running until this goes.
pub(crate) struct Paused(Arc<Port>);

/// The calling thread is about to block. `None`, for a look at a variable of the thread, if it runs on no port.
pub(crate) fn pause() -> Option<Paused> {
    let mine = |membership: &RefCell<Membership>| {
        let mut membership = membership.try_borrow_mut().ok()?;
        if std::mem::take(&mut membership.running) { membership.port.clone() } else { None }
    };
    let port = MEMBERSHIP.try_with(mine).ok().flatten()?;
    port.flush();
    let wake = port.lock().stop_running(port.engine.get().is_some());
    port.wake(wake);
    Some(Paused(port))
}

impl Drop for Paused {
    fn drop(&mut self) {
        // A routine that ran in the wait may have asked this port or another: then that call counts.
        let _ = MEMBERSHIP.try_with(|membership| {
            let Ok(mut membership) = membership.try_borrow_mut() else { return };
            let still = membership.port.as_ref().is_some_and(|mine| Arc::ptr_eq(mine, &self.0));
            if still && !membership.running {
                membership.running = true;
                self.0.lock().start_running();
            }
        });
    }
}
