//! What the choice of an engine promises: `--engine`, `WINSOCK_ENGINE`, and the models that run on it, on each engine
//! and with few and many threads and connections. And `winsock doctor`, which tells of it.

mod common;

use common::*;
use serde_json::Value;

/// The program with `WINSOCK_ENGINE`.
fn with_engine(engine: &str, arguments: &[&str]) -> assert_cmd::Command {
    let mut command = winsock(arguments);
    command.env("WINSOCK_ENGINE", engine);
    command
}

fn doctor(engine: &str) -> Value {
    let output = with_engine(engine, &["doctor", "--json"]).output().unwrap();
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// A load on a server of the same process, of which every byte has to come back.
fn load(engine: &str, arguments: &[&str]) {
    let all = [&["stress", "--timeout", "30s"], arguments].concat();
    let output = with_engine(engine, &all).output().unwrap();
    let (table, errors) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{arguments:?} on {engine}:\n{table}{errors}");
    let wrong = table.lines().find(|line| line.contains("wrong bytes")).expect("a table");
    assert!(wrong.ends_with(" 0"), "{table}");
}

/// Connections, and round trips of each.
const LOADS: [(&str, &str); 3] = [("1", "200"), ("64", "20"), ("500", "4")];

#[test]
fn a_port_serves_with_any_number_of_workers() {
    for engine in engines() {
        for model in ["iocp", "iocp-acceptex"] {
            for workers in ["1", "2", "8"] {
                let model = ["--model", model, "--workers", workers];
                for (connections, count) in LOADS {
                    load(engine, &[&model[..], &["--connections", connections, "--count", count]].concat());
                }
                load(engine, &[&model[..], &["--udp", "--count", "20"]].concat());
            }
        }
    }
}

#[test]
fn every_model_serves_few_and_many_on_each_engine() {
    for engine in engines() {
        for model in MODELS {
            for (connections, count) in LOADS {
                load(engine, &["--model", model, "--connections", connections, "--count", count]);
            }
            load(engine, &["--model", model, "--udp", "--count", "20"]);
        }
    }
}

#[test]
fn messages_longer_than_every_buffer_come_back() {
    for engine in engines() {
        for model in ["iocp", "iocp-acceptex", "overlapped", "routine"] {
            load(engine, &["--model", model, "--connections", "8", "--count", "3", "--size", "5000000"]);
        }
    }
}

#[test]
fn the_doctor_names_the_engine_that_was_asked_for() {
    for engine in engines() {
        let report = doctor(engine);
        assert_eq!(report["engine"]["name"], engine);
        assert_eq!(report["engine"]["asked"], engine);
    }
    let automatic = doctor("auto");
    assert_eq!(automatic["engine"]["name"], *engines().last().unwrap(), "io_uring where it can be had");
    assert_eq!(doctor("")["engine"]["name"], automatic["engine"]["name"]);
}

#[test]
fn the_doctor_tells_the_limits_of_the_machine() {
    let report = doctor("epoll");
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    assert_eq!(report["kernel"], kernel.trim());
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    assert_eq!(report["descriptors"]["soft"].as_u64(), limit.current);
    assert_eq!(report["descriptors"]["hard"].as_u64(), limit.maximum);
    let output = winsock(&["doctor"]).assert().code(0).get_output().clone();
    let lines = text(&output.stdout);
    for name in
        ["kernel", "engine", "io_uring", "descriptors", "locked memory", "accept queue", "ephemeral ports"]
    {
        assert!(lines.lines().any(|line| line.starts_with(name)), "{name} is missing in:\n{lines}");
    }
}

#[test]
fn a_wrong_engine_is_named_and_nothing_runs() {
    let reason = "WINSOCK_ENGINE=fast: not one of auto, epoll, io_uring";
    for arguments in [&["doctor"][..], &["server"], &["stress"], &["client", "127.0.0.1"]] {
        let output = with_engine("fast", arguments).assert().code(1).get_output().clone();
        let message = text(&output.stderr);
        assert!(message.contains(reason), "{arguments:?}: {message}");
    }
    assert!(doctor("fast")["engine"]["name"].is_null());
}

#[test]
fn the_option_wins_over_the_variable() {
    for (variable, option) in [("io_uring", "epoll"), ("fast", "epoll"), ("epoll", "auto")] {
        let arguments = ["doctor", "--json", "--engine", option];
        let output = with_engine(variable, &arguments).assert().code(0).get_output().clone();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["engine"]["asked"], option);
    }
}
