//! The C boundary under valgrind's memcheck: no program makes the library read or write what it must not, or lose memory.
//!
//! On epoll: valgrind does not know what io_uring's kernel writes. `memcheck.supp` names what is left out, each with its
//! reason. Left out as a whole: `memory.c`, which reserves more address space than valgrind leaves to a program, and
//! `console.c`, which needs a terminal.
//!
//! Only where valgrind is installed; else each test says that it was skipped.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::build::{self, Way, source};
use crate::servers;

/// What valgrind ends a program with that has made it complain.
const COMPLAINS: &str = "--error-exitcode=99";

/// Programs that run to their end by themselves.
const ALONE: [&[&str]; 26] = [
    &["poll.c"],
    &["udp.c"],
    &["many.c"],
    &["names.c"],
    &["wide.c"],
    &["null.c"],
    &["null_handles.c"],
    &["null_sync.c"],
    &["null_system.c"],
    &["null_windows.c"],
    &["objects.c"],
    &["messages.c"],
    &["interlocked.c"],
    &["heaps.c"],
    &["environment.c"],
    &["text.c"],
    &["crt.c"],
    &["system.c"],
    &["strsafe.c"],
    &["event_select.c"],
    &["interrupted.c"],
    &["seh.c"],
    &["exceptions.cpp"],
    &["exit_thread.cpp"],
    &["together.cpp", "libc.c"],
    &["../../../winsock-c/tests/headers/helpers_program.c"],
];

/// Servers, with the number of their workers.
const SERVERS: [(&str, usize); 4] =
    [("events.c", 1), ("routines.c", 1), ("port_accept.cpp", 2), ("port_acceptex.cpp", 2)];

/// Whether there is a valgrind.
fn is_installed() -> bool {
    let found = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    if found.is_err() {
        eprintln!("SKIPPED: valgrind is not installed, so nobody looks at the memory of C programs");
    }
    found.is_ok()
}

/// A program under memcheck, which says nothing if all is well.
fn watched(program: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", r#"ulimit -n 4096 && exec timeout 240 valgrind "$@""#, "valgrind", "--quiet"]);
    // A thread that waits in a loop is not to keep the others from running.
    command.args([COMPLAINS, "--leak-check=full", "--fair-sched=yes", "--num-callers=25"]);
    command.args(["--show-leak-kinds=definite", "--errors-for-leak-kinds=definite"]);
    command.arg(format!("--suppressions={}", source("memcheck.supp").display()));
    command.arg(program).env("WINSOCK_ENGINE", "epoll").env_remove("LD_LIBRARY_PATH");
    command
}

#[test]
fn programs_touch_and_lose_no_memory_that_they_should_not() {
    if !is_installed() {
        return;
    }
    for sources in ALONE {
        let program = Way::Wrapper.build("watched", sources);
        let output = watched(&program).stdin(Stdio::null()).output().expect("sh starts");
        let said = String::from_utf8_lossy(&output.stderr);
        // With two dashes valgrind speaks of itself: of a call of Linux that it does not know, and answers with ENOSYS.
        let said: Vec<&str> = said.lines().filter(|line| !line.starts_with("--")).collect();
        assert!(said.is_empty(), "{sources:?}: {said:#?}");
        assert_eq!(output.status.code(), Some(0), "{sources:?}");
    }
}

#[test]
fn servers_under_load_touch_and_lose_none() {
    if !is_installed() {
        return;
    }
    let load = build::on_libc("load.c");
    for (source, workers) in SERVERS {
        let server = Way::Wrapper.build("watched", &[source]);
        servers::serves(watched(&server), &load, "epoll", &[workers.to_string()], servers::FIFTY);
    }
}

/// What this file stands on: a program that reads freed memory and one that loses some are not let through.
#[test]
fn what_is_wrong_is_seen() {
    if !is_installed() {
        return;
    }
    for (fault, complaint) in [("read", "Invalid read of size 1"), ("lose", "are definitely lost")] {
        let program = Way::Wrapper.build("faulty", &["faulty.c"]);
        let output = watched(&program).arg(fault).output().expect("sh starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(complaint), "{fault}: {said}");
        assert_eq!(output.status.code(), Some(99), "{fault}");
    }
}
