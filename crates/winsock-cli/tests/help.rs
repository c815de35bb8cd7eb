//! Every command explains itself, and refuses what it does not understand.

mod common;

use common::{text, winsock};
use std::process::Command;

const COMMANDS: [(&str, &[&str]); 6] = [
    (
        "compare",
        &[
            "--models",
            "--engines",
            "--connections",
            "--size",
            "--duration",
            "--rounds",
            "--quick",
            "--output",
            "--json",
        ],
    ),
    ("doctor", &["--json", "--engine"]),
    ("soak", &["--models", "--engines", "--duration", "--rate", "--udp", "--faults", "--seed"]),
    (
        "server",
        &[
            "--model",
            "--workers",
            "--engine",
            "--listen",
            "--udp",
            "-4",
            "-6",
            "--max-connections",
            "--idle-timeout",
            "--buffer",
            "--backlog",
            "--metrics",
            "--log",
            "--log-format",
        ],
    ),
    (
        "client",
        &[
            "<HOST>",
            "--port",
            "--message",
            "--file",
            "--output",
            "--udp",
            "-4",
            "-6",
            "--timeout",
            "--verify",
            "--count",
            "--interval",
            "--stats",
        ],
    ),
    (
        "stress",
        &[
            "--idle",
            "--ramp-up",
            "--churn",
            "--half-close",
            "--reset",
            "--pipeline",
            "--rate",
            "--json",
            "--hdr",
            "--connect",
            "--model",
            "--workers",
            "--engine",
            "--udp",
            "-4",
            "-6",
            "--connections",
            "--threads",
            "--size",
            "--duration",
            "--count",
            "--timeout",
            "--seed",
        ],
    ),
];

#[test]
fn the_program_lists_its_commands() {
    let output = winsock(&["--help"]).assert().code(0).get_output().clone();
    let help = text(&output.stdout);
    for (command, _) in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is missing in:\n{help}");
    }
}

#[test]
fn each_command_explains_its_options_with_defaults_and_examples() {
    for (command, options) in COMMANDS {
        let output = winsock(&[command, "--help"]).assert().code(0).get_output().clone();
        let help = text(&output.stdout);
        for option in options {
            assert!(help.contains(option), "{option} is missing in:\n{help}");
        }
        for part in ["default: ", "Examples:", "Exit codes:", &format!("winsock {command} ")] {
            assert!(help.contains(part), "{part:?} is missing in:\n{help}");
        }
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn what_is_not_understood_is_wrong_usage() {
    for (arguments, about) in [
        (&["serve"][..], "serve"),
        (&["server", "--model", "fast"], "fast"),
        (&["server", "--listen", "127.0.0.1:port"], "port"),
        (&["server", "-4", "-6"], "--ipv6"),
        (&["server", "--udp", "--model", "basic"], "basic"),
        (&["server", "--max-connections", "0"], "0"),
        (&["server", "--idle-timeout", "soon"], "soon"),
        (&["server", "--buffer", "0"], "0"),
        (&["server", "--backlog", "0"], "0"),
        (&["server", "--metrics", "localhost:http"], "http"),
        (&["server", "--log-format", "xml"], "xml"),
        (&["server", "--model", "event-select", "--workers", "2"], "--workers"),
        (&["compare", "--models", "poll,fast"], "fast"),
        (&["compare", "--engines", "auto"], "auto"),
        (&["compare", "--connections", "0"], "0"),
        (&["compare", "--duration", "0s"], "measures nothing"),
        (&["compare", "--models", "basic", "--connections", "2"], "so many connections"),
        (&["compare", "--models", "overlapped", "--connections", "2", "--idle", "61"], "so many connections"),
        (&["completions", "dosh"], "dosh"),
        (&["man", "serve"], "serve"),
        (&["server", "--engine", "kqueue"], "kqueue"),
        (&["server", "--model", "iocp", "--workers", "0"], "0"),
        (&["server", "--model", "poll", "--workers", "2"], "--workers"),
        (&["stress", "--connect", "localhost:1", "--workers", "2"], "--workers"),
        (&["client"], "HOST"),
        (&["client", "::1", "--interval", "1s"], "--count"),
        (&["client", "::1", "--count", "2", "--message", ""], "--count"),
        (&["client", "::1", "--port", "0"], "0"),
        (&["client", "::1", "--message", "a", "--file", "b"], "--file"),
        (&["stress", "--model", "basic"], "basic"),
        (&["stress", "--udp", "--size", "65508"], "65507"),
        (&["stress", "--udp", "--size", "exp:5000"], "65507"),
        (&["stress", "--size", "20..10"], "20 is more than 10"),
        (&["stress", "--size", "0"], "1 to 67108864"),
        (&["stress", "--reset", "1.5"], "0 to 1"),
        (&["stress", "--reset", "0.6", "--half-close", "0.6"], "--half-close"),
        (&["stress", "--udp", "--reset", "0.5"], "--udp"),
        (&["stress", "--rate", "0"], "0"),
        (&["stress", "--count", "1", "--duration", "1s"], "--duration"),
        (&["stress", "--connect", "localhost:1", "--model", "poll"], "--model"),
    ] {
        let output = winsock(arguments).assert().code(2).get_output().clone();
        let message = text(&output.stderr);
        assert!(message.contains(about), "{arguments:?}: {about:?} is missing in:\n{message}");
        assert!(message.contains("try '--help'"), "{arguments:?}: no way to help in:\n{message}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

/// The workspace has other programs, for fuzzing.
#[test]
fn cargo_run_is_this_program() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo answers");
    let members = metadata["workspace_default_members"].as_array().unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let is_program = |target: &&serde_json::Value| target["kind"][0] == "bin";
    let programs: Vec<&str> = packages
        .iter()
        .filter(|package| members.contains(&package["id"]))
        .flat_map(|package| package["targets"].as_array().unwrap().iter().filter(is_program))
        .map(|target| target["name"].as_str().unwrap())
        .collect();
    assert_eq!(programs, ["winsock"]);
}
