//! What a server has done so far: counted by any thread, read by any thread.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::*};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use winsock::Error;

use crate::address::Transport;

pub(crate) struct Counters {
    started: Instant,
    accepted: AtomicU64,
    open: AtomicUsize,
    most_open: AtomicUsize,
    idle: AtomicU64,
    datagrams: AtomicU64,
    datagrams_dropped: AtomicU64,
    bytes_received: AtomicU64,
    bytes_sent: AtomicU64,
    errors: Mutex<BTreeMap<Error, u64>>,
}

/// A connection's place among those that are open.
pub(super) struct Seat<'a>(&'a Counters);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, SeqCst);
    }
}

impl Counters {
    pub(super) fn new() -> Counters {
        Counters {
            started: Instant::now(),
            accepted: AtomicU64::new(0),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
            idle: AtomicU64::new(0),
            datagrams: AtomicU64::new(0),
            datagrams_dropped: AtomicU64::new(0),
            bytes_received: AtomicU64::new(0),
            bytes_sent: AtomicU64::new(0),
            errors: Mutex::new(BTreeMap::new()),
        }
    }

    /// One more connection is open, until the seat is dropped.
    pub(super) fn seat(&self) -> Seat<'_> {
        self.accepted.fetch_add(1, Relaxed);
        let open = self.open.fetch_add(1, SeqCst) + 1;
        self.most_open.fetch_max(open, Relaxed);
        Seat(self)
    }

    /// Connections that are open now. In one order with what waits for their ends.
    pub(super) fn open(&self) -> usize {
        self.open.load(SeqCst)
    }

    pub(super) fn idled(&self) {
        self.idle.fetch_add(1, Relaxed);
    }

    pub(super) fn received(&self, bytes: usize) {
        self.bytes_received.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn sent(&self, bytes: usize) {
        self.bytes_sent.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn datagram(&self) {
        self.datagrams.fetch_add(1, Relaxed);
    }

    pub(super) fn datagram_dropped(&self) {
        self.datagrams_dropped.fetch_add(1, Relaxed);
    }

    pub(super) fn failed(&self, error: Error) {
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        *errors.entry(error).or_default() += 1;
    }

    /// The lines that a server ends with.
    pub(super) fn summary(&self, transport: Transport) -> String {
        let get = |counter: &AtomicU64| counter.load(Relaxed);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let mut line = |name: &str, value: String| {
            let _ = writeln!(text, "{name:<16}{value}");
        };
        line("Served for", format!("{:.1} s", self.started.elapsed().as_secs_f64()));
        if transport.udp {
            let dropped = get(&self.datagrams_dropped);
            line("Datagrams", format!("{} ({dropped} dropped)", get(&self.datagrams)));
        } else {
            let (most, idle) = (self.most_open.load(Relaxed), get(&self.idle));
            line("Connections", format!("{} (at most {most} at once, {idle} idle)", get(&self.accepted)));
        }
        line("Bytes received", get(&self.bytes_received).to_string());
        line("Bytes sent", get(&self.bytes_sent).to_string());
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        if errors.is_empty() {
            line("Errors", "none".to_owned());
        }
        for (error, count) in errors.iter() {
            line("Errors", format!("{count} x {error}"));
        }
        text.truncate(text.trim_end().len());
        text
    }
}
