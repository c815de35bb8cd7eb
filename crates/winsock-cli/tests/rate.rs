//! `winsock stress --rate`: an open loop, whose percentiles are those that arithmetic predicts.

mod common;

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::{OnceLock, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use common::*;

/// A server that sleeps 100 ms once a second, all connections at once. Its second begins with its first client.
fn stalling() -> SocketAddr {
    static GATE: RwLock<()> = RwLock::new(());
    static STALLING: OnceLock<()> = OnceLock::new();
    serve(|mut stream| {
        STALLING.get_or_init(|| {
            thread::spawn(|| {
                let began = Instant::now();
                for second in 0.. {
                    // In the middle of each second.
                    let at = Duration::from_millis(second * 1000 + 500);
                    thread::sleep(at.saturating_sub(began.elapsed()));
                    let stalled = GATE.write().unwrap();
                    thread::sleep((at + Duration::from_millis(100)).saturating_sub(began.elapsed()));
                    drop(stalled);
                }
            });
        });
        let mut buffer = [0; 4096];
        while let Ok(len @ 1..) = stream.read(&mut buffer) {
            let _serving = GATE.read().unwrap();
            if stream.write_all(&buffer[..len]).is_err() {
                break;
            }
        }
    })
}

/// The percentile of that name in a report, in milliseconds.
fn milliseconds(report: &serde_json::Value, name: &str) -> f64 {
    let percentiles = report["latency"]["percentiles"].as_array().expect("something came back");
    let found = percentiles.iter().find(|one| one["name"] == name).expect("it is reported");
    found["nanoseconds"].as_f64().expect("a number") / 1e6
}

fn load(address: SocketAddr, more: &[&str]) -> serde_json::Value {
    let load = ["--connections", "8", "--size", "64", "--duration", "4s", "--json"];
    let output = stress(address, &[&load[..], more].concat()).assert().code(0).get_output().clone();
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

/// Messages are due evenly, and one in ten falls into a stall, at any time of it: those wait from 100 ms down to nothing.
/// So one in a hundred waits longer than 90 ms, one in twenty longer than 50 ms.
#[test]
fn a_stalled_server_cannot_hide() {
    let address = stalling();
    let report = load(address, &["--rate", "500"]);
    assert_eq!(report["round_trips"], 2000);
    let (p90, p99) = (milliseconds(&report, "p90"), milliseconds(&report, "p99"));
    let longest = report["latency"]["max"].as_f64().unwrap() / 1e6;
    // A busy machine adds some; nothing can take some away.
    assert!((88.0..=115.0).contains(&p99), "p99 is {p99} ms");
    assert!(p90 < 40.0, "p90 is {p90} ms");
    assert!((98.0..=150.0).contains(&longest), "the longest is {longest} ms");

    // A closed loop asks a server that stalls for nothing: it meets the stall once for each connection.
    let report = load(address, &[]);
    let p99 = milliseconds(&report, "p99");
    assert!(p99 < 50.0, "p99 is {p99} ms");
}

#[test]
fn the_rate_is_the_rate() {
    for (more, round_trips) in [(&["--rate", "300"][..], 600), (&["--rate", "300", "--udp"], 600)] {
        let load = ["stress", "--connections", "7", "--threads", "2", "--duration", "2s", "--json"];
        let output = winsock(&[&load[..], more].concat()).assert().code(0).get_output().clone();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = report["round_trips"].as_u64().unwrap() + report["lost_datagrams"].as_u64().unwrap();
        // Each thread has its part of the rate, rounded, and each connection one message at least.
        assert!(found.abs_diff(round_trips) <= 10, "{more:?}: {found}");
        assert_eq!(report["never_sent"], 0);
    }
}

#[test]
fn what_the_server_is_too_slow_for_is_told() {
    // Ten messages a second on each of two connections.
    let address = serve(|mut stream| {
        let mut message = [0; 64];
        while stream.read_exact(&mut message).is_ok() {
            thread::sleep(Duration::from_millis(100));
            if stream.write_all(&message).is_err() {
                break;
            }
        }
    });
    let load = ["--connections", "2", "--size", "64", "--rate", "200", "--duration", "1s", "--timeout", "1s"];
    let output = stress(address, &load).assert().code(0).get_output().clone();
    let table = text(&output.stdout);
    let unsent = row(&table, "never sent");
    let count: u64 = unsent.split(':').next().unwrap().parse().unwrap();
    assert!((150..=200).contains(&count), "{table}");
    // The last that was sent had waited since the first second.
    assert!(row(&table, "latency max").ends_with(" s"), "{table}");
}
