//! What a server has done so far: counted by any thread, read by any thread.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::*};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::warn;
use winsock::Error;

use super::cause::Cause;
use crate::address::Transport;

pub(crate) struct Counters {
    started: Instant,
    restarts: AtomicU64,
    accepted: AtomicU64,
    open: AtomicUsize,
    most_open: AtomicUsize,
    idle: AtomicU64,
    datagrams: AtomicU64,
    datagrams_dropped: AtomicU64,
    bytes_received: AtomicU64,
    bytes_sent: AtomicU64,
    round_trips: AtomicU64,
    completions: AtomicU64,
    /// Connections that have something to get back.
    owed: AtomicUsize,
    /// By what they say of which call.
    errors: Mutex<BTreeMap<(Error, &'static str), Cause>>,
}

/// All of one moment.
pub(super) struct Counts {
    pub(super) time: Duration,
    pub(super) restarts: u64,
    pub(super) accepted: u64,
    pub(super) open: u64,
    pub(super) most_open: u64,
    pub(super) idle: u64,
    pub(super) datagrams: u64,
    pub(super) datagrams_dropped: u64,
    pub(super) bytes_received: u64,
    pub(super) bytes_sent: u64,
    pub(super) round_trips: u64,
    pub(super) completions: u64,
    pub(super) owed: u64,
    pub(super) errors: BTreeMap<Error, u64>,
}

/// A connection's place among those that are open, where its transfers are counted.
pub(super) struct Seat<'a> {
    counters: &'a Counters,
    /// Something is to go back. One thread at a time works on a connection.
    owes: AtomicBool,
}

impl Seat<'_> {
    /// Something was received, and is to go back.
    pub(super) fn received(&self, bytes: usize) {
        self.counters.bytes_received.fetch_add(bytes as u64, Relaxed);
        if !self.owes.load(Relaxed) {
            self.owes.store(true, Relaxed);
            self.counters.owed.fetch_add(1, Relaxed);
        }
    }

    /// A part of it went back.
    pub(super) fn sent(&self, bytes: usize) {
        self.counters.bytes_sent.fetch_add(bytes as u64, Relaxed);
    }

    /// All of it went back.
    pub(super) fn echoed(&self) {
        self.counters.round_trips.fetch_add(1, Relaxed);
        self.settle();
    }

    fn settle(&self) {
        if self.owes.load(Relaxed) {
            self.owes.store(false, Relaxed);
            self.counters.owed.fetch_sub(1, Relaxed);
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.settle();
        self.counters.open.fetch_sub(1, SeqCst);
    }
}

impl Counters {
    pub(super) fn new() -> Counters {
        Counters {
            started: Instant::now(),
            restarts: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
            idle: AtomicU64::new(0),
            datagrams: AtomicU64::new(0),
            datagrams_dropped: AtomicU64::new(0),
            bytes_received: AtomicU64::new(0),
            bytes_sent: AtomicU64::new(0),
            round_trips: AtomicU64::new(0),
            completions: AtomicU64::new(0),
            owed: AtomicUsize::new(0),
            errors: Mutex::new(BTreeMap::new()),
        }
    }

    pub(super) fn restarted(&self) {
        self.restarts.fetch_add(1, Relaxed);
    }

    /// One more connection is open, until the seat is dropped.
    pub(super) fn seat(&self) -> Seat<'_> {
        self.accepted.fetch_add(1, Relaxed);
        let open = self.open.fetch_add(1, SeqCst) + 1;
        self.most_open.fetch_max(open, Relaxed);
        Seat { counters: self, owes: AtomicBool::new(false) }
    }

    /// Connections that are open now. In one order with what waits for their ends.
    pub(super) fn open(&self) -> usize {
        self.open.load(SeqCst)
    }

    pub(super) fn idled(&self) {
        self.idle.fetch_add(1, Relaxed);
    }

    /// An overlapped operation has ended.
    pub(super) fn completed(&self) {
        self.completions.fetch_add(1, Relaxed);
    }

    /// A datagram was received.
    pub(super) fn datagram(&self, bytes: usize) {
        self.datagrams.fetch_add(1, Relaxed);
        self.bytes_received.fetch_add(bytes as u64, Relaxed);
    }

    /// A datagram went back.
    pub(super) fn datagram_echoed(&self, bytes: usize) {
        self.bytes_sent.fetch_add(bytes as u64, Relaxed);
        self.round_trips.fetch_add(1, Relaxed);
    }

    pub(super) fn datagram_dropped(&self) {
        self.datagrams_dropped.fetch_add(1, Relaxed);
    }

    /// Something went wrong that the server survives; `what` says where. The log has one line of it for each cause.
    pub(super) fn failed(&self, what: &'static str, error: Error) {
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = errors.entry((error, what)).or_default().happen(Instant::now()) {
            warn!(code = error.code(), times, "{what}: {error}");
        }
    }

    pub(super) fn read(&self) -> Counts {
        let get = |counter: &AtomicU64| counter.load(Relaxed);
        let gauge = |counter: &AtomicUsize| counter.load(Relaxed) as u64;
        let mut errors = BTreeMap::new();
        for ((error, _), cause) in self.errors.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            *errors.entry(*error).or_default() += cause.events();
        }
        Counts {
            time: self.started.elapsed(),
            restarts: get(&self.restarts),
            accepted: get(&self.accepted),
            open: gauge(&self.open),
            most_open: gauge(&self.most_open),
            idle: get(&self.idle),
            datagrams: get(&self.datagrams),
            datagrams_dropped: get(&self.datagrams_dropped),
            bytes_received: get(&self.bytes_received),
            bytes_sent: get(&self.bytes_sent),
            round_trips: get(&self.round_trips),
            completions: get(&self.completions),
            owed: gauge(&self.owed),
            errors,
        }
    }

    /// The lines that a server ends with.
    pub(super) fn summary(&self, transport: Transport) -> String {
        let counts = self.read();
        let mut text = String::new();
        // Writing to a string cannot fail.
        let mut line = |name: &str, value: String| {
            let _ = writeln!(text, "{name:<16}{value}");
        };
        line("Served for", format!("{:.1} s", counts.time.as_secs_f64()));
        if counts.restarts > 0 {
            line("Restarts", counts.restarts.to_string());
        }
        if transport.udp {
            line("Datagrams", format!("{} ({} dropped)", counts.datagrams, counts.datagrams_dropped));
        } else {
            let Counts { accepted, most_open, idle, .. } = counts;
            line("Connections", format!("{accepted} (at most {most_open} at once, {idle} idle)"));
        }
        line("Bytes received", counts.bytes_received.to_string());
        line("Bytes sent", counts.bytes_sent.to_string());
        if counts.errors.is_empty() {
            line("Errors", "none".to_owned());
        }
        for (error, count) in &counts.errors {
            line("Errors", format!("{count} x {error}"));
        }
        text.truncate(text.trim_end().len());
        text
    }
}
