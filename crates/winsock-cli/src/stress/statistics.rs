//! What came of a load: each worker counts for itself, and the counts are added at the end. [`Live`] is the little
//! that is visible meanwhile, beside the latencies of each second.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use winsock::Error;

use crate::error::Failure;

/// The longest latency that is told from longer ones, in nanoseconds: ten minutes.
const LONGEST: u64 = 600_000_000_000;

/// A place for latencies in nanoseconds.
pub(super) fn latencies() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST, 3).expect("the bounds are in order")
}

#[derive(Default)]
pub(super) struct Statistics {
    /// Connections that were tried.
    pub(super) tried: u64,
    /// Connections that came about.
    pub(super) connected: u64,
    /// Connections that did not, or that broke.
    pub(super) failed: u64,
    /// Of those that came about, the ones whose sending side ended early on purpose.
    pub(super) half_closes: u64,
    /// Of those that came about, the ones that were reset on purpose.
    pub(super) resets: u64,
    /// Silent connections that answered at the end.
    pub(super) idle_answered: u64,
    pub(super) round_trips: u64,
    /// Bytes that went out and came back right.
    pub(super) bytes: u64,
    pub(super) wrong_bytes: u64,
    /// Where the first wrong byte was, in words.
    pub(super) first_wrong: Option<String>,
    pub(super) lost: u64,
    /// Datagrams that came after they were given up.
    pub(super) late: u64,
    /// Messages that a rate wanted and that never were sent.
    pub(super) unsent: u64,
    pub(super) errors: BTreeMap<(&'static str, Error), u64>,
    /// From the start of the load to its last round trip.
    pub(super) elapsed: Duration,
    /// Processor time of the worker.
    pub(super) processor: Duration,
    /// The part of its time, 0 to 1, that the busiest worker used a processor.
    pub(super) busiest: f64,
}

impl Statistics {
    pub(super) fn add(&mut self, other: Statistics) {
        self.tried += other.tried;
        self.connected += other.connected;
        self.failed += other.failed;
        self.half_closes += other.half_closes;
        self.resets += other.resets;
        self.idle_answered += other.idle_answered;
        self.round_trips += other.round_trips;
        self.bytes += other.bytes;
        self.wrong_bytes += other.wrong_bytes;
        self.first_wrong = self.first_wrong.take().or(other.first_wrong);
        self.lost += other.lost;
        self.late += other.late;
        self.unsent += other.unsent;
        for (error, count) in other.errors {
            *self.errors.entry(error).or_default() += count;
        }
        self.elapsed = self.elapsed.max(other.elapsed);
        self.processor += other.processor;
        self.busiest = self.busiest.max(other.busiest);
    }

    /// A count, for each second of the load.
    pub(super) fn per_second(&self, count: u64) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
    }

    /// Whether the load went well: every byte right, no connection failed, and something came back at all.
    pub(super) fn verdict(&self, target: SocketAddr) -> Result<(), Failure> {
        if self.wrong_bytes > 0 {
            let first = self.first_wrong.as_deref().unwrap_or_default();
            return Err(Failure::Job(format!("{} wrong bytes from {target}: {first}", self.wrong_bytes)));
        }
        if let Some((call, error)) = self.errors.keys().next() {
            return Err(Failure::Job(format!(
                "{} of {} connections failed: {call} {target}: {error}",
                self.failed, self.tried
            )));
        }
        if self.round_trips == 0 && self.resets == 0 {
            return Err(Failure::Job(format!("nothing came back from {target}")));
        }
        Ok(())
    }
}

/// Counts that the progress shows while the workers count on.
#[derive(Default)]
pub(super) struct Live {
    started: OnceLock<Instant>,
    round_trips: AtomicU64,
    bytes: AtomicU64,
    open: AtomicUsize,
    failed: AtomicU64,
}

impl Live {
    /// When the load began: the first call says so.
    pub(super) fn start(&self) -> Instant {
        *self.started.get_or_init(Instant::now)
    }

    /// How long the load lasts by now.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.get().map_or(Duration::ZERO, Instant::elapsed)
    }

    pub(super) fn opened(&self) {
        self.open.fetch_add(1, Relaxed);
    }

    pub(super) fn closed(&self) {
        self.open.fetch_sub(1, Relaxed);
    }

    pub(super) fn failed(&self) {
        self.failed.fetch_add(1, Relaxed);
    }

    pub(super) fn came_back(&self, round_trips: u64, bytes: u64) {
        self.round_trips.fetch_add(round_trips, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
    }

    pub(super) fn round_trips(&self) -> u64 {
        self.round_trips.load(Relaxed)
    }

    /// One line: how far the load is.
    pub(super) fn line(&self) -> String {
        let seconds = self.elapsed().as_secs_f64().max(0.001);
        format!(
            "{:.0}/s, {:.1} MB/s, {} open, {} failed",
            self.round_trips() as f64 / seconds,
            self.bytes.load(Relaxed) as f64 / seconds / 1e6,
            self.open.load(Relaxed),
            self.failed.load(Relaxed),
        )
    }
}
