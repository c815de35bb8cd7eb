//! What `winsock stress` leaves behind for other programs: JSON, and the log that HdrHistogram's tools read.

mod common;

use std::fs;
use std::time::Duration;

use common::*;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
use serde_json::Value;

/// The histograms of a log, with the beginning of each.
fn read(log: &[u8]) -> Vec<(Duration, Histogram<u64>)> {
    let mut deserializer = Deserializer::new();
    let mut intervals = Vec::new();
    for entry in IntervalLogIterator::new(log) {
        if let LogEntry::Interval(interval) = entry.expect("every line is well-formed") {
            let bytes = base64(interval.encoded_histogram());
            let histogram: Histogram<u64> =
                deserializer.deserialize(&mut &bytes[..]).expect("it is a compressed V2 histogram");
            assert!(
                (interval.max() - histogram.max() as f64 / 1e6).abs() < 0.01,
                "maxima are in milliseconds"
            );
            assert_eq!(interval.duration(), Duration::from_secs(1));
            intervals.push((interval.start_timestamp(), histogram));
        }
    }
    intervals
}

/// Decodes RFC 4648.
fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let value = DIGITS.iter().position(|&one| one == digit).expect("a digit");
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

#[test]
fn the_log_has_every_latency_once_second_by_second_and_logs_can_be_merged() {
    let folder = tempfile::tempdir().unwrap();
    let mut merged = Histogram::<u64>::new(3).unwrap();
    let mut round_trips = 0;
    for name in ["one.hlog", "two.hlog"] {
        let path = folder.path().join(name);
        let load = ["stress", "--connections", "4", "--threads", "2", "--duration", "2500ms", "--json"];
        let rate = ["--rate", "1000", "--hdr", path.to_str().unwrap()];
        let output = winsock(&[&load[..], &rate].concat()).assert().code(0).get_output().clone();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let log = fs::read(&path).unwrap();
        let head = String::from_utf8_lossy(&log[..log.len().min(400)]).into_owned();
        assert!(head.contains("#[StartTime: ") && head.contains("#[BaseTime: "), "{head}");
        assert!(head.contains(",HISTFAAA"), "the histograms are compressed V2 ones: {head}");

        let intervals = read(&log);
        let starts: Vec<u64> = intervals.iter().map(|(start, _)| start.as_secs()).collect();
        assert!(starts.starts_with(&[0, 1, 2]), "{starts:?}");
        assert!(starts.is_sorted_by(|one, next| one < next), "{starts:?}");
        let mut total = Histogram::<u64>::new(3).unwrap();
        for (_, histogram) in &intervals {
            total += histogram;
        }
        assert_eq!(total.len(), report["round_trips"].as_u64().unwrap());
        assert_eq!(total.max(), report["latency"]["max"].as_u64().unwrap());
        assert_eq!(total.value_at_quantile(0.99), percentile(&report, "p99"));
        merged += &total;
        round_trips += total.len();
    }
    assert_eq!(merged.len(), round_trips);
}

fn percentile(report: &Value, name: &str) -> u64 {
    let percentiles = report["latency"]["percentiles"].as_array().unwrap();
    percentiles.iter().find(|one| one["name"] == name).unwrap()["nanoseconds"].as_u64().unwrap()
}

#[test]
fn a_log_that_cannot_be_written_is_named_before_the_load() {
    let output = winsock(&["stress", "--hdr", "/no/such/folder/log"]).assert().code(1).get_output().clone();
    let message = text(&output.stderr);
    assert!(message.starts_with("winsock: /no/such/folder/log: "), "{message}");
}

#[test]
fn the_object_counts_what_the_table_counts() {
    let load = ["stress", "--connections", "6", "--count", "10", "--churn", "5", "--size", "100", "--json"];
    let output = winsock(&load).assert().code(0).get_output().clone();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["connections"]["connected"], 12);
    assert_eq!(report["connections"]["failed"], 0);
    assert_eq!(report["round_trips"], 60);
    assert_eq!(report["bytes"], 6000);
    assert_eq!(report["wrong_bytes"], 0);
    let latency = &report["latency"];
    let classes = latency["histogram"].as_array().unwrap();
    assert_eq!(classes.iter().map(|class| class["count"].as_u64().unwrap()).sum::<u64>(), 60);
    assert!(latency["min"].as_u64() <= latency["max"].as_u64());
    assert!(report["processor"]["generator"].as_f64().unwrap() > 0.0);
    assert!(report["processor"]["server"].as_f64().unwrap() > 0.0);
    assert_eq!(report["errors"], Value::Array(Vec::new()));
}

#[test]
fn a_failure_is_in_the_object_with_its_code() {
    let holder = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let output = stress(holder.local_addr().unwrap(), &["--connections", "2", "--json"]).assert().code(1);
    let report: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(report["connections"]["failed"], 2);
    let error = &report["errors"][0];
    assert_eq!(
        (&error["call"], &error["code"], &error["count"]),
        (&"connect".into(), &10061.into(), &2.into())
    );
    assert_eq!(report["latency"], Value::Null);
}

#[test]
fn a_load_of_another_process_does_not_guess_its_processor_time() {
    let address = serve(|mut stream| drop(echo(&mut stream)));
    let load = ["--connections", "2", "--count", "5", "--json"];
    let output = stress(address, &load).assert().code(0).get_output().clone();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["processor"]["server"], Value::Null);
}
