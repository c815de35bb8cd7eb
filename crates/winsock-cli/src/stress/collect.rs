//! What is made of a load while it runs: the latencies of each second, a line of progress on a terminal, and a log for
//! HdrHistogram's tools.
//!
//! The log is an interval log with compressed V2 histograms of nanoseconds; its column of maxima is in milliseconds, as
//! those tools expect. Logs of several machines are merged by them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, SystemTime};

use hdrhistogram::Histogram;
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, IntervalLogWriterError};
use indicatif::{ProgressBar, ProgressStyle};

use super::plan::{End, Plan};
use super::report;
use super::statistics::{Live, latencies};
use super::worker::Interval;
use crate::error::Failure;

/// How often the progress is drawn.
const DRAW: Duration = Duration::from_millis(200);
/// Nanoseconds of a millisecond.
const MAX_DIVISOR: f64 = 1e6;

/// The file of `--hdr`, opened before the load begins.
pub(super) struct LogFile {
    name: String,
    file: BufWriter<File>,
}

impl LogFile {
    pub(super) fn create(plan: &Plan) -> Result<Option<LogFile>, Failure> {
        let Some(path) = &plan.hdr else { return Ok(None) };
        let name = path.display().to_string();
        let file = File::create(path).map_err(|error| Failure::system(&name, error))?;
        Ok(Some(LogFile { name, file: BufWriter::new(file) }))
    }
}

/// Collects until the last worker has ended; gives all latencies.
pub(super) fn collect(
    plan: &Plan,
    live: &Live,
    intervals: &Receiver<Interval>,
    file: Option<LogFile>,
) -> Result<Histogram<u64>, Failure> {
    let Some(LogFile { name, mut file }) = file else {
        let mut seconds = Seconds::new(|_, _| Ok(()));
        follow(plan, live, intervals, &mut seconds);
        return Ok(seconds.total);
    };
    let mut serializer = V2DeflateSerializer::new();
    let now = SystemTime::now();
    let log = IntervalLogWriterBuilder::new()
        .add_comment("[Latencies in nanoseconds, by winsock stress]")
        .with_start_time(now)
        .with_base_time(now)
        .with_max_value_divisor(MAX_DIVISOR)
        .begin_log_with(&mut file, &mut serializer);
    let written = log.and_then(|mut log| {
        let mut seconds = Seconds::new(|second, latency: &Histogram<u64>| {
            let start = Duration::from_secs(second);
            log.write_histogram(latency, start, Duration::from_secs(1), None).map_err(|error| match error {
                IntervalLogWriterError::IoError(error) => error,
                IntervalLogWriterError::SerializeError(error) => io::Error::other(error),
            })
        });
        follow(plan, live, intervals, &mut seconds);
        seconds.written.map(|()| seconds.total)
    });
    let total = written.and_then(|total| file.flush().map(|()| total));
    total.map_err(|error| Failure::system(name, error))
}

/// Collects, and draws the progress on standard error, if that is a terminal.
fn follow<W>(plan: &Plan, live: &Live, intervals: &Receiver<Interval>, seconds: &mut Seconds<W>)
where
    W: FnMut(u64, &Histogram<u64>) -> io::Result<()>,
{
    let length = match plan.end {
        End::After(duration) => duration.as_millis() as u64,
        End::Count(count) => count.saturating_mul(plan.connections as u64),
    };
    let style = ProgressStyle::with_template("[{bar:24}] {msg}").expect("the template is well-formed");
    let bar = ProgressBar::new(length).with_style(style.progress_chars("=> "));
    loop {
        match intervals.recv_timeout(DRAW) {
            Ok(interval) => seconds.add(interval),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        seconds.write_before(live.elapsed().as_secs().saturating_sub(1));
        bar.set_position(match plan.end {
            End::After(_) => live.elapsed().as_millis() as u64,
            End::Count(_) => live.round_trips(),
        });
        bar.set_message(format!("{}{}", live.line(), report::percentiles(&seconds.total)));
    }
    seconds.write_before(u64::MAX);
    bar.finish_and_clear();
}

/// The latencies of the seconds, written in their order.
struct Seconds<W> {
    total: Histogram<u64>,
    waiting: BTreeMap<u64, Histogram<u64>>,
    /// The first second that is not written.
    next: u64,
    write: W,
    written: io::Result<()>,
}

impl<W: FnMut(u64, &Histogram<u64>) -> io::Result<()>> Seconds<W> {
    fn new(write: W) -> Seconds<W> {
        Seconds { total: latencies(), waiting: BTreeMap::new(), next: 0, write, written: Ok(()) }
    }

    /// Adds one worker's latencies. Those that come late belong to the first second that is not written.
    fn add(&mut self, interval: Interval) {
        let second = interval.second.max(self.next);
        self.total += &interval.latency;
        match self.waiting.entry(second) {
            Entry::Vacant(entry) => {
                entry.insert(interval.latency);
            }
            Entry::Occupied(entry) => *entry.into_mut() += interval.latency,
        }
    }

    /// Writes the seconds before `end`: all workers have told of them.
    fn write_before(&mut self, end: u64) {
        let later = self.waiting.split_off(&end);
        for (second, latency) in std::mem::replace(&mut self.waiting, later) {
            if self.written.is_ok() {
                self.written = (self.write)(second, &latency);
            }
            self.next = second + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(second: u64, value: u64) -> Interval {
        let mut latency = latencies();
        latency.record(value).expect("it is within the bounds");
        Interval { second, latency }
    }

    #[test]
    fn seconds_are_written_once_in_their_order_and_late_ones_are_not_lost() {
        let mut found = Vec::new();
        let mut seconds = Seconds::new(|second, latency: &Histogram<u64>| {
            found.push((second, latency.len(), latency.min()));
            Ok(())
        });
        seconds.add(interval(1, 30));
        seconds.add(interval(0, 10));
        seconds.add(interval(0, 20));
        seconds.write_before(1);
        seconds.add(interval(0, 5));
        seconds.write_before(u64::MAX);
        assert_eq!(seconds.total.len(), 4);
        assert_eq!(found, [(0, 2, 10), (1, 2, 5)]);
    }
}
