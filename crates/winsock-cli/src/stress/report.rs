//! The table that a load ends with.

use std::fmt::Write;
use std::net::SocketAddr;

use super::statistics::Statistics;

/// The quantiles of the table.
const QUANTILES: [(&str, f64); 4] = [("p50", 0.50), ("p90", 0.90), ("p99", 0.99), ("p99.9", 0.999)];

/// The results, one line each.
pub(super) fn table(statistics: &Statistics, target: SocketAddr, udp: bool) -> String {
    let mut table = Table(String::new());
    let seconds = statistics.elapsed.as_secs_f64();
    let per_second = |count: u64| if seconds > 0.0 { count as f64 / seconds } else { 0.0 };
    let failed = match statistics.failed {
        0 => String::new(),
        failed => format!(" ({failed} failed)"),
    };
    table.row(
        if udp { "sockets" } else { "connections" },
        format!("{}{failed}", grouped(statistics.connected as u64)),
    );
    table.row("round trips", grouped(statistics.round_trips));
    table.row("time", format!("{seconds:.2} s"));
    table.row("rate", format!("{} round trips/s", grouped(per_second(statistics.round_trips) as u64)));
    table.row("throughput", format!("{:.2} MB/s each way", per_second(statistics.bytes) / 1e6));
    if statistics.latency.is_empty() {
        table.row("latency", "nothing came back".to_owned());
    } else {
        table.row("latency min", time(statistics.latency.min()));
        for (name, quantile) in QUANTILES {
            table.row(&format!("latency {name}"), time(statistics.latency.value_at_quantile(quantile)));
        }
        table.row("latency max", time(statistics.latency.max()));
    }
    table.row("wrong bytes", grouped(statistics.wrong_bytes));
    if udp {
        table.row("lost datagrams", format!("{} ({} came late)", grouped(statistics.lost), statistics.late));
    }
    if statistics.errors.is_empty() {
        table.row("errors", "none".to_owned());
    }
    for ((call, error), count) in &statistics.errors {
        table.row("errors", format!("{} x {call} {target}: {error}", grouped(*count)));
    }
    table.0
}

struct Table(String);

impl Table {
    fn row(&mut self, name: &str, value: String) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "  {name:<16}{value}");
    }
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time in nanoseconds, with three significant digits and the unit that fits.
fn time(nanoseconds: u64) -> String {
    let mut value = nanoseconds as f64;
    let mut unit = "ns";
    for larger in ["µs", "ms", "s"] {
        // What would be rounded to 1000 belongs to the next unit.
        if value < 999.5 {
            break;
        }
        value /= 1e3;
        unit = larger;
    }
    let digits = match value {
        _ if unit == "ns" => 0,
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use winsock::Error;

    #[test]
    fn numbers_and_times_are_easy_to_read() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0, 999, 1_000, 12_345, 99_960, 123_456, 999_999, 1_500_000, 70_000_000_000].map(time),
            ["0 ns", "999 ns", "1.00 µs", "12.3 µs", "100 µs", "123 µs", "1.00 ms", "1.50 ms", "70.0 s"]
        );
    }

    #[test]
    fn the_table_says_what_was_counted() {
        let mut statistics = Statistics::new();
        statistics.tried = 3;
        statistics.connected = 2;
        statistics.failed = 1;
        for milliseconds in 1..=1000 {
            let took = Duration::from_millis(milliseconds);
            statistics.round_trip(1000, took, Duration::from_secs(2));
        }
        statistics.errors.insert(("recv", Error::WSAECONNRESET), 1);
        let target = "127.0.0.1:5000".parse().unwrap();
        let table = table(&statistics, target, false);
        for line in [
            "  connections     2 (1 failed)",
            "  round trips     1,000",
            "  rate            500 round trips/s",
            "  throughput      0.50 MB/s each way",
            "  latency min     1.00 ms",
            "  latency p50     500 ms",
            "  latency p99     990 ms",
            "  latency max     1.00 s",
            "  wrong bytes     0",
            "  errors          1 x recv 127.0.0.1:5000: WSAECONNRESET (10054): the peer reset the connection",
        ] {
            assert!(table.lines().any(|found| found == line), "{line:?} is missing in:\n{table}");
        }
        assert_eq!(
            statistics.verdict(target).unwrap_err().to_string(),
            "1 of 3 connections failed: recv 127.0.0.1:5000: WSAECONNRESET (10054): the peer reset the connection"
        );
    }
}
