//! The table that a load ends with, and its picture of the latencies.

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

use hdrhistogram::Histogram;

use super::statistics::Statistics;
use crate::units::{grouped, time};

/// The quantiles of the table.
pub(crate) const QUANTILES: [(&str, f64); 5] =
    [("p50", 0.50), ("p90", 0.90), ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999)];
/// The longest bar of the picture.
const BAR: usize = 40;
/// A worker that uses this part of a processor may be what limits the load.
const BUSY: f64 = 0.9;

/// All that came of a load.
pub(super) struct Results {
    pub(super) statistics: Statistics,
    /// Of whole round trips, in nanoseconds.
    pub(super) latency: Histogram<u64>,
    pub(super) target: SocketAddr,
    pub(super) udp: bool,
    /// Silent connections that there were to be.
    pub(super) idle: usize,
    /// Processor time of the server, if it is in this process.
    pub(super) server: Option<Duration>,
}

impl Results {
    /// Processor time for each round trip, in microseconds.
    pub(super) fn per_round_trip(&self, used: Duration) -> f64 {
        match self.statistics.round_trips {
            0 => 0.0,
            round_trips => used.as_secs_f64() * 1e6 / round_trips as f64,
        }
    }

    /// Whether the generator may be what limits the load.
    pub(super) fn is_bottleneck(&self) -> bool {
        self.statistics.round_trips > 0 && self.statistics.busiest >= BUSY
    }
}

/// The results, one line each, and the picture.
pub(super) fn table(results: &Results) -> String {
    let Results { statistics, latency, target, udp, .. } = results;
    let mut table = Table(String::new());
    let failed = match statistics.failed {
        0 => String::new(),
        failed => format!(" ({failed} failed)"),
    };
    let name = if *udp { "sockets" } else { "connections" };
    table.row(name, format!("{}{failed}", grouped(statistics.connected)));
    if results.idle > 0 {
        table.row("silent ones", format!("{} answered at the end", grouped(statistics.idle_answered)));
    }
    if statistics.half_closes > 0 {
        table.row("half-closed", format!("{} on purpose", grouped(statistics.half_closes)));
    }
    if statistics.resets > 0 {
        table.row("reset", format!("{} on purpose", grouped(statistics.resets)));
    }
    table.row("round trips", grouped(statistics.round_trips));
    table.row("time", format!("{:.2} s", statistics.elapsed.as_secs_f64()));
    let rate = statistics.per_second(statistics.round_trips);
    table.row("rate", format!("{} round trips/s", grouped(rate as u64)));
    let throughput = statistics.per_second(statistics.bytes) / 1e6;
    table.row("throughput", format!("{throughput:.2} MB/s each way"));
    if latency.is_empty() {
        table.row("latency", "nothing came back".to_owned());
    } else {
        table.row("latency min", time(latency.min()));
        for (name, quantile) in QUANTILES {
            table.row(&format!("latency {name}"), time(latency.value_at_quantile(quantile)));
        }
        table.row("latency max", time(latency.max()));
    }
    if statistics.unsent > 0 {
        table.row("never sent", format!("{}: the rate was not reached", grouped(statistics.unsent)));
    }
    table.processor(results);
    table.row("wrong bytes", grouped(statistics.wrong_bytes));
    if *udp {
        table.row("lost datagrams", format!("{} ({} came late)", grouped(statistics.lost), statistics.late));
    }
    if statistics.errors.is_empty() {
        table.row("errors", "none".to_owned());
    }
    for ((call, error), count) in &statistics.errors {
        table.row("errors", format!("{} x {call} {target}: {error}", grouped(*count)));
    }
    table.picture(latency);
    table.0
}

/// The latencies so far, for a line; nothing where there are none.
pub(super) fn percentiles(latency: &Histogram<u64>) -> String {
    if latency.is_empty() {
        return String::new();
    }
    let mut line = String::new();
    for (name, quantile) in &QUANTILES[..3] {
        // Writing to a string cannot fail.
        let _ = write!(line, ", {name} {}", time(latency.value_at_quantile(*quantile)));
    }
    line
}

/// How many latencies lie between the bounds 1, 2 and 5 of each power of ten, from the shortest to the longest: the
/// upper bound and the count.
pub(super) fn classes(latency: &Histogram<u64>) -> Vec<(u64, u64)> {
    let mut classes = Vec::new();
    let mut below = 0;
    for bound in (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power))) {
        let up_to = latency.count_between(0, bound);
        if up_to > 0 {
            classes.push((bound, up_to - below));
        }
        below = up_to;
        if up_to >= latency.len() {
            break;
        }
    }
    classes
}

struct Table(String);

impl Table {
    fn row(&mut self, name: &str, value: String) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "  {name:<16}{value}");
    }

    /// What the load has cost, and whether it was the load that limited the rate.
    fn processor(&mut self, results: &Results) {
        if results.statistics.round_trips == 0 {
            return;
        }
        let generator = results.per_round_trip(results.statistics.processor);
        let server = results
            .server
            .map_or(String::new(), |used| format!(", the server {:.2} µs", results.per_round_trip(used)));
        self.row("processor", format!("the generator {generator:.2} µs a round trip{server}"));
        if results.is_bottleneck() {
            let percent = results.statistics.busiest * 100.0;
            let note = format!("a thread of the generator used {percent:.0} % of a processor:");
            self.row("note", format!("{note} it may be the limit, not the server (--threads)"));
        }
    }

    fn picture(&mut self, latency: &Histogram<u64>) {
        let classes = classes(latency);
        let most = classes.iter().map(|&(_, count)| count).max().unwrap_or(0);
        for (bound, count) in classes {
            let bar = "#".repeat((count as f64 / most as f64 * BAR as f64).ceil() as usize);
            let percent = count as f64 / latency.len() as f64 * 100.0;
            // Writing to a string cannot fail.
            let _ = writeln!(self.0, "  {:>9} |{bar:<BAR$} {percent:6.2} %", format!("<= {}", short(bound)));
        }
    }
}

/// A bound of the picture.
fn short(nanoseconds: u64) -> String {
    let (value, unit) = match nanoseconds {
        0..1_000 => (nanoseconds, "ns"),
        1_000..1_000_000 => (nanoseconds / 1_000, "µs"),
        1_000_000..1_000_000_000 => (nanoseconds / 1_000_000, "ms"),
        _ => (nanoseconds / 1_000_000_000, "s"),
    };
    format!("{value} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    use winsock::Error;

    use crate::stress::statistics::latencies;

    #[test]
    fn the_table_says_what_was_counted() {
        let mut latency = latencies();
        for milliseconds in 1..=1000 {
            latency.saturating_record(milliseconds * 1_000_000);
        }
        let mut statistics = Statistics {
            tried: 3,
            connected: 2,
            failed: 1,
            round_trips: 1000,
            bytes: 1_000_000,
            resets: 1,
            unsent: 7,
            elapsed: Duration::from_secs(2),
            processor: Duration::from_millis(8),
            busiest: 0.95,
            ..Statistics::default()
        };
        statistics.errors.insert(("recv", Error::WSAECONNRESET), 1);
        let target = "127.0.0.1:5000".parse().unwrap();
        let server = Some(Duration::from_millis(9));
        let results = Results { statistics, latency, target, udp: false, idle: 0, server };
        let table = table(&results);
        for line in [
            "  connections     2 (1 failed)",
            "  reset           1 on purpose",
            "  round trips     1,000",
            "  rate            500 round trips/s",
            "  throughput      0.50 MB/s each way",
            "  latency min     1.00 ms",
            "  latency p50     500 ms",
            "  latency p99     990 ms",
            "  latency max     1.00 s",
            "  never sent      7: the rate was not reached",
            "  processor       the generator 8.00 µs a round trip, the server 9.00 µs",
            "  note            a thread of the generator used 95 % of a processor: it may be the limit, not the server (--threads)",
            "  wrong bytes     0",
            "  errors          1 x recv 127.0.0.1:5000: WSAECONNRESET (10054): the peer reset the connection",
            "    <= 2 ms |#                                          0.10 %",
            "     <= 1 s |########################################  50.00 %",
        ] {
            assert!(table.lines().any(|found| found == line), "{line:?} is missing in:\n{table}");
        }
        assert_eq!(
            results.statistics.verdict(target).unwrap_err().to_string(),
            "1 of 3 connections failed: recv 127.0.0.1:5000: WSAECONNRESET (10054): the peer reset the connection"
        );
    }
}
