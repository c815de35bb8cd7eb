//! Programs in C and C++ that use the library as programs on Windows do, built with `winsock cc` and `winsock c++`, and
//! with the plain compiler, linked with the shared library and with the static one.
//!
//! Each program checks what it can itself, and says so in one line. Every run has a time limit.

mod build;
mod console;
mod memcheck;
mod servers;
mod system_calls;
mod trace;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::build::{Way, library, source};

/// Builds the source files in each of the ways and runs the program: it prints these words and ends with exit code 0.
#[track_caller]
fn prints(name: &str, ways: &[Way], sources: &[&str], expected: &str) {
    for way in ways {
        let program = way.build(name, sources);
        let output =
            build::limited(&program).stdin(Stdio::null()).output().expect("timeout, of coreutils, starts");
        let printed = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!((&*printed, &*errors), (&*format!("{expected}\n"), ""), "{name}, {way:?}");
        assert_eq!(output.status.code(), Some(0), "{name}, {way:?}");
    }
}

/// A server and a client of the same kind talk to each other and print what they did.
#[track_caller]
fn talk(way: Way, server: &str, client: &str) {
    let server = way.build("server", &[server]);
    let client = way.build("client", &[client]);
    let mut serving =
        build::limited(&server).arg("0").stdout(Stdio::piped()).spawn().expect("the server starts");
    let mut lines = BufReader::new(serving.stdout.take().expect("a pipe"));
    let mut port = String::new();
    lines.read_line(&mut port).expect("a line with the port");
    let port = port.trim().strip_prefix("Port: ").unwrap_or_else(|| panic!("{way:?}: {port}"));

    let output = build::limited(&client).args(["127.0.0.1", port]).output().expect("the client starts");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "Bytes Sent: 14\nBytes received: 14\nConnection closed\n",
        "{way:?}"
    );
    assert_eq!(output.status.code(), Some(0), "{way:?}");
    let mut printed = String::new();
    lines.read_to_string(&mut printed).expect("the server prints UTF-8");
    assert_eq!(printed, "Bytes received: 14\nBytes sent: 14\nConnection closing...\n", "{way:?}");
    assert_eq!(serving.wait().expect("the server ends").code(), Some(0), "{way:?}");
}

#[test]
fn a_server_and_a_client_in_c() {
    for way in [Way::Wrapper, Way::WrapperStatic, Way::Plain] {
        talk(way, "server.c", "client.c");
    }
}

/// The same text under another name is a C++ program.
#[test]
fn a_server_and_a_client_in_cxx() {
    for way in [Way::Wrapper, Way::WrapperStatic, Way::Plain] {
        talk(way, &build::as_cxx("server.c"), &build::as_cxx("client.c"));
    }
}

#[test]
fn select_with_a_larger_set_and_more_than_1024_descriptors() {
    prints("many", &[Way::Wrapper, Way::Plain], &["many.c"], "600 clients served");
}

#[test]
fn wsapoll() {
    prints("poll", &[Way::Wrapper, Way::Plain], &["poll.c"], "polled");
}

#[test]
fn datagrams() {
    prints("udp", &[Way::Wrapper, Way::Plain], &["udp.c"], "datagrams");
}

#[test]
fn wide_characters() {
    prints("wide", &[Way::Wrapper, Way::Plain], &["wide.c"], "wide");
    prints("wide_cxx", &[Way::Wrapper], &[&build::as_cxx("wide.c")], "wide");
}

#[test]
fn names() {
    prints("names", &[Way::Wrapper, Way::Plain], &["names.c"], "names");
}

#[test]
fn no_null_pointer_crashes() {
    prints("null", &[Way::Wrapper, Way::Plain], &["null.c"], "no crash");
    prints("null_handles", &[Way::Wrapper, Way::Plain], &["null_handles.c"], "no crash");
    prints("null_sync", &[Way::Wrapper, Way::Plain], &["null_sync.c"], "no crash");
    prints("null_system", &[Way::Wrapper, Way::Plain], &["null_system.c"], "no crash");
    prints("null_windows", &[Way::Wrapper, Way::Plain], &["null_windows.c"], "no crash");
}

/// The programs above are about every function: those that the library exports.
#[test]
fn every_function_is_called_with_null_pointers() {
    let library = library("libws2_32.so");
    let output =
        Command::new("nm").args(["--dynamic", "--defined-only", "--format=posix"]).arg(library).output();
    let text = String::from_utf8(output.expect("nm, of binutils, starts").stdout).expect("nm prints UTF-8");
    let exported: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(|name| name.trim_start_matches("ws2_"))
        .collect();
    assert!(exported.contains("socket") && exported.contains("WSAStartup"), "{exported:?}");

    let programs = ["null.c", "null_handles.c", "null_sync.c", "null_system.c", "null_windows.c", "check.h"];
    let text: String = programs.map(|name| std::fs::read_to_string(source(name)).unwrap()).concat();
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    let called: BTreeSet<&str> = words.collect();
    let missing: Vec<_> = exported.difference(&called).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn beside_libcs_sockets_and_the_standard_library_of_cxx() {
    prints(
        "together",
        &[Way::Wrapper, Way::WrapperStatic, Way::Plain],
        &["together.cpp", "libc.c"],
        "1 and 2",
    );
}

#[test]
fn events_waits_procedure_calls_and_threads() {
    prints("objects", &[Way::Wrapper, Way::WrapperStatic, Way::Plain], &["objects.c"], "objects");
    prints("objects_cxx", &[Way::Wrapper], &[&build::as_cxx("objects.c")], "objects");
}

/// The last of it: a message loop, two sockets and a timer, below 1 % of a processor.
#[test]
fn windows_and_messages() {
    let ways = [Way::Wrapper, Way::WrapperStatic, Way::Plain];
    prints("messages", &ways, &["messages.c"], "messages: 3 hellos, 15 ticks");
    prints("messages_cxx", &[Way::Wrapper], &[&build::as_cxx("messages.c")], "messages: 3 hellos, 15 ticks");
}

#[test]
fn interlocked_functions_and_locks() {
    prints("interlocked", &[Way::Wrapper, Way::WrapperStatic, Way::Plain], &["interlocked.c"], "interlocked");
    prints("interlocked_cxx", &[Way::Wrapper], &[&build::as_cxx("interlocked.c")], "interlocked");
}

#[test]
fn heaps() {
    prints("heaps", &[Way::Wrapper, Way::WrapperStatic, Way::Plain], &["heaps.c"], "heaps");
    prints("heaps_cxx", &[Way::Wrapper], &[&build::as_cxx("heaps.c")], "heaps");
}

#[test]
fn address_space() {
    prints("memory", &[Way::Wrapper, Way::WrapperStatic, Way::Plain], &["memory.c"], "memory");
    prints("memory_cxx", &[Way::Wrapper], &[&build::as_cxx("memory.c")], "memory");
}

#[test]
fn modules_environment_and_files() {
    let ways = [Way::Wrapper, Way::WrapperStatic, Way::Plain];
    prints("environment", &ways, &["environment.c"], "environment");
    prints("environment_cxx", &[Way::Wrapper], &[&build::as_cxx("environment.c")], "environment");
}

#[test]
fn the_other_width_of_functions() {
    prints("twins", &[Way::Wrapper, Way::WrapperStatic, Way::Plain], &["twins.c"], "twins");
    prints("twins_cxx", &[Way::Wrapper], &[&build::as_cxx("twins.c")], "twins");
}

#[test]
fn strings_conversion_and_messages() {
    prints("text", &[Way::Wrapper, Way::Plain], &["text.c"], "text");
    prints("text_cxx", &[Way::Wrapper], &[&build::as_cxx("text.c")], "text");
}

#[test]
fn microsofts_additions_to_the_c_library() {
    prints("crt", &[Way::Wrapper, Way::Plain], &["crt.c"], "crt");
    prints("crt_cxx", &[Way::Wrapper], &[&build::as_cxx("crt.c")], "crt");
}

#[test]
fn machine_version_and_clocks() {
    prints("system", &[Way::Wrapper, Way::Plain], &["system.c"], "system");
}

#[test]
fn bounded_and_formatted_strings() {
    prints("strsafe", &[Way::Wrapper, Way::Plain], &["strsafe.c"], "strsafe");
    prints("strsafe_cxx", &[Way::Wrapper], &[&build::as_cxx("strsafe.c")], "strsafe");
}

#[test]
fn network_events() {
    let said = "5 clients, 100000 bytes each";
    prints("event_select", &[Way::Wrapper, Way::Plain], &["event_select.c"], said);
    prints("event_select_cxx", &[Way::Wrapper], &[&build::as_cxx("event_select.c")], said);
}

#[test]
fn calls_that_wait_outlast_ctrl_c() {
    prints("interrupted", &[Way::Wrapper, Way::Plain], &["interrupted.c"], "100 interruptions");
}

#[test]
fn exit_thread_in_cxx() {
    prints("exit", &[Way::Wrapper, Way::WrapperStatic, Way::Plain], &["exit_thread.cpp"], "ended");
}

#[test]
fn structured_exception_handling() {
    prints("seh", &[Way::Wrapper, Way::WrapperStatic, Way::Plain], &["seh.c"], "left");
    prints("seh_cxx", &[Way::Wrapper, Way::Plain], &[&build::as_cxx("seh.c")], "left");
    prints("exceptions", &[Way::Wrapper, Way::WrapperStatic, Way::Plain], &["exceptions.cpp"], "handled");
}

#[test]
fn what_only_compilers_of_windows_take() {
    prints("odd", &[Way::Wrapper], &["odd.cpp"], "odd");
}

#[test]
fn a_statically_linked_program_needs_no_library_of_ours() {
    let program = Way::WrapperStatic.build("alone", &["udp.c"]);
    let output = Command::new("nm").args(["--undefined-only", "--format=posix"]).arg(&program).output();
    let text = String::from_utf8(output.expect("nm, of binutils, starts").stdout).expect("nm prints UTF-8");
    assert!(text.contains("socket@GLIBC"), "{text}");
    assert!(!text.contains("WSA") && !text.contains("ws2_"), "{text}");
}
