//! What came of a load: each worker counts for itself, and the counts are added at the end. [`Live`] is the little
//! that is visible meanwhile.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use winsock::Error;

use crate::error::Failure;

/// The longest latency that is told from longer ones, in nanoseconds: ten minutes.
const LONGEST: u64 = 600_000_000_000;

pub(super) struct Statistics {
    /// Connections that were tried.
    pub(super) tried: usize,
    /// Connections that came about.
    pub(super) connected: usize,
    /// Connections that did not, or that broke.
    pub(super) failed: usize,
    pub(super) round_trips: u64,
    /// Bytes that went out and came back right.
    pub(super) bytes: u64,
    /// Of whole round trips, in nanoseconds.
    pub(super) latency: Histogram<u64>,
    pub(super) wrong_bytes: u64,
    /// Where the first wrong byte was, in words.
    pub(super) first_wrong: Option<String>,
    pub(super) lost: u64,
    /// Datagrams that came after they were given up.
    pub(super) late: u64,
    pub(super) errors: BTreeMap<(&'static str, Error), u64>,
    /// From the start of the load to its last round trip.
    pub(super) elapsed: Duration,
}

impl Statistics {
    pub(super) fn new() -> Statistics {
        Statistics {
            tried: 0,
            connected: 0,
            failed: 0,
            round_trips: 0,
            bytes: 0,
            latency: Histogram::new_with_bounds(1, LONGEST, 3).expect("the bounds are in order"),
            wrong_bytes: 0,
            first_wrong: None,
            lost: 0,
            late: 0,
            errors: BTreeMap::new(),
            elapsed: Duration::ZERO,
        }
    }

    pub(super) fn round_trip(&mut self, bytes: usize, took: Duration, elapsed: Duration) {
        self.round_trips += 1;
        self.bytes += bytes as u64;
        self.latency.saturating_record(u64::try_from(took.as_nanos()).unwrap_or(LONGEST));
        self.elapsed = elapsed;
    }

    pub(super) fn add(&mut self, other: Statistics) {
        self.tried += other.tried;
        self.connected += other.connected;
        self.failed += other.failed;
        self.round_trips += other.round_trips;
        self.bytes += other.bytes;
        self.latency.add(&other.latency).expect("both have the same bounds");
        self.wrong_bytes += other.wrong_bytes;
        self.first_wrong = self.first_wrong.take().or(other.first_wrong);
        self.lost += other.lost;
        self.late += other.late;
        for (error, count) in other.errors {
            *self.errors.entry(error).or_default() += count;
        }
        self.elapsed = self.elapsed.max(other.elapsed);
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
        if self.round_trips == 0 {
            return Err(Failure::Job(format!("nothing came back from {target}")));
        }
        Ok(())
    }
}

/// Counts that the progress shows while the workers count on.
pub(super) struct Live {
    started: Instant,
    pub(super) round_trips: AtomicU64,
    pub(super) open: AtomicUsize,
    pub(super) failed: AtomicUsize,
}

impl Live {
    pub(super) fn new() -> Live {
        Live {
            started: Instant::now(),
            round_trips: AtomicU64::new(0),
            open: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
        }
    }

    pub(super) fn started(&self) -> Instant {
        self.started
    }

    /// One line: how far the load is.
    pub(super) fn line(&self, size: usize) -> String {
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        let round_trips = self.round_trips.load(Relaxed);
        let rate = round_trips as f64 / seconds;
        format!(
            "{round_trips} round trips, {rate:.0}/s, {:.1} MB/s, {} open, {} failed",
            rate * size as f64 / 1e6,
            self.open.load(Relaxed),
            self.failed.load(Relaxed),
        )
    }
}
