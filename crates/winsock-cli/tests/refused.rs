//! The program where the kernel refuses io_uring, as in a container: it says so, and works.
#![allow(unsafe_code, reason = "a child installs a filter")]

mod common;
#[path = "../../winsock/tests/common/refusal.rs"]
mod refusal;

use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

use common::text;
use refusal::refuse_io_uring;
use serde_json::Value;

/// How a kernel refuses: a container's filter, and a kernel without it.
const REFUSALS: [i32; 2] = [libc::EPERM, libc::ENOSYS];

/// The program under the filter.
fn refused(errno: i32, arguments: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("winsock"));
    command.args(arguments).env_remove("WINSOCK_ENGINE");
    // SAFETY: the closure makes two system calls, and asks for no memory.
    unsafe { command.pre_exec(move || refuse_io_uring(errno)) };
    command.output().unwrap()
}

#[test]
fn the_doctor_says_epoll_and_why() {
    for errno in REFUSALS {
        let reason = format!("the kernel refuses io_uring: {}", std::io::Error::from_raw_os_error(errno));
        for arguments in [&["doctor"][..], &["doctor", "--engine", "auto"]] {
            let output = refused(errno, arguments);
            assert_eq!(output.status.code(), Some(0));
            let lines = text(&output.stdout);
            let engine = lines.lines().find(|line| line.starts_with("engine")).expect("a line of it");
            assert_eq!(engine, format!("{:<17}epoll ({reason})", "engine"));
            assert!(lines.contains("seccomp filter(s) may refuse it"), "{lines}");
        }
        let report: Value = serde_json::from_slice(&refused(errno, &["doctor", "--json"]).stdout).unwrap();
        assert_eq!(
            (&report["engine"]["name"], &report["engine"]["reason"]),
            (&"epoll".into(), &reason.into())
        );
        assert_ne!(report["io_uring"]["seccomp_filters"], 0);
    }
}

#[test]
fn an_explicit_choice_of_io_uring_fails_and_says_why() {
    for errno in REFUSALS {
        let reason = std::io::Error::from_raw_os_error(errno).to_string();
        for command in [&["doctor"][..], &["stress", "--count", "1"]] {
            let output = refused(errno, &[command, &["--engine", "io_uring"]].concat());
            assert_eq!(output.status.code(), Some(1), "{command:?}");
            let said = text(&output.stderr);
            let line = format!("WINSOCK_ENGINE=io_uring: the kernel refuses it: {reason}");
            assert!(said.contains(&line), "{command:?}: {said}");
        }
    }
}

#[test]
fn every_model_serves_all_the_same() {
    for model in ["iocp", "overlapped", "routine"] {
        let load = ["--connections", "20", "--count", "20", "--timeout", "30s"];
        let output = refused(libc::EPERM, &[&["stress", "--model", model], &load[..]].concat());
        let (table, errors) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{model}:\n{table}{errors}");
        let wrong = table.lines().find(|line| line.contains("wrong bytes")).expect("a table");
        assert!(wrong.ends_with(" 0"), "{table}");
    }
}
