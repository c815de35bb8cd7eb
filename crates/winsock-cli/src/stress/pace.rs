//! A given number of messages a second: when each is to be sent, and the waking of a worker for it.
//!
//! Waits count milliseconds, which is much longer than a round trip. So a thread sleeps until the next message is due, and
//! wakes the worker: by a datagram where it asks sockets, else by a packet on its port.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use winsock::Socket;

use super::link::Port;
use crate::error::Failure;
use crate::stop::self_connected;
use crate::system::cpu;

/// The longest sleep: how soon the end is seen.
const NAP: Duration = Duration::from_millis(50);

/// The times at which messages are due, evenly apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    next: Instant,
    interval: Duration,
}

impl Schedule {
    pub(super) fn new(first: Instant, per_second: f64) -> Schedule {
        Schedule { next: first, interval: Duration::from_secs_f64(1.0 / per_second) }
    }

    /// The next time, if it has come.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        (self.next <= now).then_some(self.next)
    }

    /// Goes on to the one after it.
    pub(super) fn advance(&mut self) {
        self.next += self.interval;
    }
}

/// What wakes a worker.
pub(super) struct Pacer<'a> {
    wakes: Wakes<'a>,
    /// The worker knows, or is about to.
    told: AtomicBool,
    over: AtomicBool,
}

enum Wakes<'a> {
    Socket(Socket),
    Port(&'a Port),
}

impl<'a> Pacer<'a> {
    /// The key of its packets on a port: no place has it.
    const KEY: usize = usize::MAX;

    pub(super) fn new(port: Option<&'a Port>) -> Result<Pacer<'a>, Failure> {
        let wakes = match port {
            Some(port) => Wakes::Port(port),
            None => Wakes::Socket(self_connected()?),
        };
        Ok(Pacer { wakes, told: AtomicBool::new(false), over: AtomicBool::new(false) })
    }

    /// The socket that can be read when messages are due.
    pub(super) fn socket(&self) -> Option<&Socket> {
        match &self.wakes {
            Wakes::Socket(socket) => Some(socket),
            Wakes::Port(_) => None,
        }
    }

    /// The worker is awake: what is due from now on is told again.
    pub(super) fn heard(&self) {
        if let Wakes::Socket(socket) = &self.wakes {
            // The one datagram there is.
            let _ = socket.recv(&mut [0]);
        }
        self.told.store(false, SeqCst);
    }

    /// Wakes the worker whenever a message is due, until the end. Gives the processor time that it took.
    pub(super) fn run(&self, mut schedule: Schedule) -> Duration {
        while !self.over.load(SeqCst) {
            let now = Instant::now();
            if schedule.due(now).is_some() {
                while schedule.due(now).is_some() {
                    schedule.advance();
                }
                if !self.told.swap(true, SeqCst) {
                    // Nothing but memory can be missing: then the next one wakes.
                    let _ = match &self.wakes {
                        Wakes::Socket(socket) => socket.send(&[0]).map(drop),
                        Wakes::Port(port) => port.post(Pacer::KEY, 0),
                    };
                }
            }
            std::thread::sleep(schedule.next.saturating_duration_since(now).min(NAP));
        }
        cpu::thread()
    }

    /// Ends [`Pacer::run`].
    pub(super) fn end(&self) {
        self.over.store(true, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_due_evenly_and_none_is_left_out() {
        let first = Instant::now();
        let mut schedule = Schedule::new(first, 1000.0);
        assert_eq!(schedule.due(first - Duration::from_nanos(1)), None);
        // A worker that comes late finds all that were due meanwhile, with the times at which they were.
        let late = first + Duration::from_millis(100);
        let mut found = Vec::new();
        while let Some(intended) = schedule.due(late) {
            found.push(intended - first);
            schedule.advance();
        }
        assert_eq!(found, (0..=100).map(Duration::from_millis).collect::<Vec<_>>());
    }
}
