//! A given number of messages a second: when each is to be sent, and the waking of a worker for it.
//!
//! WSAPoll counts milliseconds, which is much longer than a round trip. So a thread sleeps until the next message is
//! due, and sends the worker a datagram.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use winsock::Socket;

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
pub(super) struct Pacer {
    socket: Socket,
    /// The worker knows, or is about to.
    told: AtomicBool,
    over: AtomicBool,
}

impl Pacer {
    pub(super) fn new() -> Result<Pacer, Failure> {
        let socket = self_connected()?;
        Ok(Pacer { socket, told: AtomicBool::new(false), over: AtomicBool::new(false) })
    }

    /// The socket that can be read when messages are due.
    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The worker is awake: what is due from now on is told again.
    pub(super) fn heard(&self) {
        // The one datagram there is.
        let _ = self.socket.recv(&mut [0]);
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
                    let _ = self.socket.send(&[0]);
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
