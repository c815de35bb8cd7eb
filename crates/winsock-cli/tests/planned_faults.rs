//! `WINSOCK_FAULTS` and `winsock soak`: every model of the server meets every kind of fault on each engine, and survives it:
//! connections that live are right, each cause has one line of the log, nothing is left over, and the end is clean. All
//! that is `winsock soak`'s to see; it fails if one of them does not hold.
//!
//! `WINSOCK_TEST_SOAK=1h` lets the two tests at the end last so long instead of some seconds.

mod common;

use std::time::Duration;

use common::*;
use serde_json::Value;

/// Models that make no plain call which does not wait.
const NEVER_PUT_OFF: [&str; 2] = ["overlapped", "iocp-acceptex"];

/// Runs a soak that has to go well, and gives its table.
#[track_caller]
fn soak(duration: &str, more: &[&str]) -> String {
    let lasts: Duration = humantime::parse_duration(duration).expect("a duration");
    let mut command = winsock(&[&["soak", "--duration", duration], more].concat());
    let output = command.timeout(2 * LIMIT + lasts).output().expect("the program starts");
    let (table, errors) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{more:?}:\n{table}{errors}");
    table
}

/// How long the long tests last.
fn long() -> String {
    std::env::var("WINSOCK_TEST_SOAK").unwrap_or_else(|_| "8s".to_owned())
}

/// The servers of a soak, and how often a kind has struck each.
fn struck(table: &str, kind: &str) -> Vec<(String, u64)> {
    let lines = table.lines().filter_map(|line| line.strip_prefix("faults, "));
    let of = |line: &str| {
        let (server, counts) = line.split_once(": ").expect("a server and its counts");
        let mut counts = counts.split(", ").filter_map(|count| count.split_once(' '));
        let count = counts.find(|(name, _)| *name == kind)?.1;
        Some((server.to_owned(), count.parse().expect("a count")))
    };
    lines.filter_map(of).collect()
}

#[track_caller]
fn every_model_meets(kind: &str, rate: &str, more: &[&str], spared: &[&str]) {
    let plan = format!("{kind}={rate};seed=1");
    let table = soak("2s", &[&["--faults", &plan], more].concat());
    let struck = struck(&table, kind);
    // The model for one client says nothing of it.
    assert_eq!(struck.len(), 6 + 4 * engines().len(), "{table}");
    for (server, count) in struck {
        let model = server.split(' ').next().unwrap_or_default();
        assert_eq!(count > 0, !spared.contains(&model), "{server}:\n{table}");
    }
}

#[test]
fn short_transfers_lose_nothing() {
    every_model_meets("short", "0.5", &[], &[]);
}

#[test]
fn resets_harm_nobody_else() {
    every_model_meets("reset", "0.1", &[], &[]);
}

#[test]
fn delays_lose_nothing() {
    every_model_meets("delay", "0.3", &[], &[]);
    every_model_meets("delay", "0.3", &["--udp"], &[]);
}

#[test]
fn calls_that_are_put_off_are_made_again() {
    every_model_meets("wouldblock", "0.5", &[], &NEVER_PUT_OFF);
    // Only the models without overlapped operations receive datagrams by plain calls.
    every_model_meets("wouldblock", "0.5", &["--udp"], &["overlapped", "routine", "iocp", "iocp-acceptex"]);
}

#[test]
fn connections_that_are_given_up_early_keep_nobody_waiting() {
    every_model_meets("abort", "0.3", &[], &[]);
}

#[test]
fn descriptors_that_run_out_keep_clients_waiting_for_a_while() {
    every_model_meets("emfile", "0.3", &[], &[]);
}

#[test]
fn sends_that_find_no_memory_end_their_connection_alone() {
    every_model_meets("nobufs", "0.1", &[], &[]);
    every_model_meets("nobufs", "0.1", &["--udp"], &[]);
}

#[test]
fn lost_datagrams_are_missed_by_their_clients_alone() {
    every_model_meets("loss", "0.3", &["--udp"], &[]);
}

/// A server connects to nobody: this kind is met by clients.
#[test]
fn a_refused_connect_is_what_a_client_says() {
    let (_server, address) = server("poll", "127.0.0.1:0", &[]);
    let mut client = winsock(&["client", &address.to_string()]);
    let output = client.env("WINSOCK_FAULTS", "refuse=1").assert().code(1).get_output().clone();
    assert!(text(&output.stderr).contains("WSAECONNREFUSED (10061)"), "{output:?}");
    let mut load = stress(address, &["--count", "3"]);
    let output = load.env("WINSOCK_FAULTS", "refuse=0.5").assert().code(1).get_output().clone();
    assert!(text(&output.stderr).contains("WSAECONNREFUSED (10061)"), "{output:?}");
    assert_eq!(row(&text(&output.stdout), "wrong bytes"), "0");
}

#[test]
fn a_command_tells_in_one_line_that_faults_are_on() {
    let line = "faults are on (WINSOCK_FAULTS): short=0.25,reset=0.5;seed=7";
    let plan = "short,reset=0.5;seed=7";
    let mut load = winsock(&["stress", "--count", "1", "--connections", "1", "--seed", "1"]);
    let said = text(&load.env("WINSOCK_FAULTS", plan).output().unwrap().stderr);
    assert_eq!(said.lines().filter(|told| told.contains(line)).count(), 1, "{said}");

    let mut doctor = winsock(&["doctor", "--json"]);
    let output = doctor.env("WINSOCK_FAULTS", plan).assert().code(0).get_output().clone();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["faults"], "short=0.25,reset=0.5;seed=7");
    let output = winsock(&["doctor", "--json"]).env_remove("WINSOCK_FAULTS").output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["faults"].is_null());
}

#[test]
fn a_wrong_plan_is_named_and_nothing_runs() {
    let reason = "WINSOCK_FAULTS=slow: slow is not one of short, reset";
    for arguments in [&["doctor"][..], &["server"], &["stress"], &["client", "127.0.0.1"]] {
        let mut command = winsock(arguments);
        let output = command.env("WINSOCK_FAULTS", "slow").assert().code(1).get_output().clone();
        assert!(text(&output.stderr).contains(reason), "{arguments:?}: {output:?}");
    }
    let mut soak = winsock(&["soak", "--faults", "slow", "--duration", "1s"]);
    let output = soak.assert().code(1).get_output().clone();
    assert!(text(&output.stderr).contains(reason), "{output:?}");
}

#[test]
fn servers_survive_all_faults_at_once() {
    let plan = format!("all;seed={}", std::process::id());
    println!("{plan}");
    soak(&long(), &["--faults", &plan]);
    soak(&long(), &["--udp", "--faults", &plan]);
}

#[test]
fn servers_do_not_grow_while_clients_come_and_go() {
    soak(&long(), &[]);
}
