//! How long messages took to come back, and what that makes as a rate.

use std::time::{Duration, Instant};

use super::files::Report;
use crate::units::{grouped, time};

pub(super) struct Trips {
    began: Instant,
    /// Each one is told, too.
    tell: bool,
    count: u64,
    total: Duration,
    least: Duration,
    most: Duration,
}

impl Trips {
    pub(super) fn new(tell: bool) -> Trips {
        Trips {
            began: Instant::now(),
            tell,
            count: 0,
            total: Duration::ZERO,
            least: Duration::MAX,
            most: Duration::ZERO,
        }
    }

    pub(super) fn add(&mut self, bytes: usize, took: Duration, report: Report) {
        self.count += 1;
        self.total += took;
        self.least = self.least.min(took);
        self.most = self.most.max(took);
        if self.tell {
            report.line(format_args!("{}: {bytes} bytes back after {}", self.count, duration(took)));
        }
    }

    pub(super) fn summary(&self, report: Report) {
        let Some(mean) = self.total.checked_div(u32::try_from(self.count).unwrap_or(u32::MAX)) else {
            return;
        };
        let seconds = self.began.elapsed().as_secs_f64();
        report.line(format_args!(
            "Round trips: {} in {seconds:.2} s, {:.1}/s: least {}, mean {}, most {}",
            grouped(self.count),
            self.count as f64 / seconds.max(1e-9),
            duration(self.least),
            duration(mean),
            duration(self.most),
        ));
    }
}

/// The line of `--stats`.
pub(super) fn rates(report: Report, took: Duration, sent: u64, received: u64) {
    let seconds = took.as_secs_f64();
    let rate = |bytes: u64| bytes as f64 / seconds.max(1e-9) / 1e6;
    report.line(format_args!(
        "Time: {seconds:.3} s, {:.2} MB/s out, {:.2} MB/s back",
        rate(sent),
        rate(received)
    ));
}

fn duration(duration: Duration) -> String {
    time(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
}
