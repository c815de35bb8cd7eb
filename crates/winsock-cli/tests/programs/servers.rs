//! Overlapped echo servers, each built once and run on both engines under a load: every byte comes back, every connection is
//! served to its end, and the server ends when told to.
//!
//! A server prints its port, serves until its input ends, waits for what pends, and says how much it served.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::build::{self, Way};

const ENGINES: [&str; 2] = ["epoll", "io_uring"];

/// Connections, and the bytes that each sends and gets back.
pub(crate) type Load = (usize, usize);

const ONE: Load = (1, 300_000);
pub(crate) const FIFTY: Load = (50, 40_000);
const TWO_THOUSAND: Load = (2000, 5_000);

/// Starts a server and reads its port; none if the kernel refuses the engine.
fn begin(mut server: Command, engine: &str, arguments: &[String]) -> Option<(Child, String)> {
    let mut child = server
        .args(arguments)
        .env("WINSOCK_ENGINE", engine)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let mut line = Vec::new();
    // One byte at a time: what follows the line stays in the pipe.
    let mut output = BufReader::with_capacity(1, child.stdout.as_mut().expect("a pipe"));
    output.read_until(b'\n', &mut line).expect("the first line");
    let line = String::from_utf8(line).expect("UTF-8");
    if let Some(port) = line.trim().strip_prefix("Port: ") {
        return Some((child, port.to_owned()));
    }
    let mut errors = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut errors).expect("UTF-8");
    assert!(errors.contains("the kernel refuses it"), "{engine}: {line}{errors}");
    child.wait().expect("the server ends");
    eprintln!("skipped: {errors}");
    None
}

/// One run: the server under a load, then the end of its input.
#[track_caller]
pub(crate) fn serves(
    server: Command,
    load: &Path,
    engine: &str,
    arguments: &[String],
    (connections, bytes): Load,
) {
    let program = format!("{server:?}");
    let Some((mut child, port)) = begin(server, engine, arguments) else { return };
    let client = build::limited(load)
        .args([port, connections.to_string(), bytes.to_string()])
        .output()
        .expect("the client starts");
    let run = format!("{program}, {engine}, {arguments:?}, {connections} connections");
    assert_eq!(String::from_utf8_lossy(&client.stderr), "", "{run}");
    assert_eq!(String::from_utf8_lossy(&client.stdout), format!("{} bytes\n", connections * bytes), "{run}");
    drop(child.stdin.take());
    let output = child.wait_with_output().expect("the server ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{run}");
    let served = format!("{connections} connections, {} bytes\n", connections * bytes);
    assert_eq!(String::from_utf8_lossy(&output.stdout), served, "{run}");
    assert_eq!(output.status.code(), Some(0), "{run}");
}

/// Every engine, with each of these numbers of workers and loads.
#[track_caller]
fn on_both_engines(source: &str, workers: &[usize], loads: &[Load]) {
    let server = Way::Wrapper.build("server", &[source]);
    let load = build::on_libc("load.c");
    for engine in ENGINES {
        for &workers in workers {
            for &connections in loads {
                serves(build::limited(&server), &load, engine, &[workers.to_string()], connections);
            }
        }
    }
}

#[test]
fn a_completion_port_and_accept() {
    on_both_engines("port_accept.cpp", &[1, 2, 8], &[ONE, FIFTY, TWO_THOUSAND]);
}

#[test]
fn a_completion_port_and_several_acceptex() {
    on_both_engines("port_acceptex.cpp", &[1, 2, 8], &[ONE, FIFTY, TWO_THOUSAND]);
}

/// An event for each connection: 64 is all that a wait takes.
#[test]
fn events_in_one_thread() {
    on_both_engines("events.c", &[1], &[ONE, FIFTY]);
}

#[test]
fn completion_routines_in_one_thread() {
    on_both_engines("routines.c", &[1], &[ONE, FIFTY, TWO_THOUSAND]);
}
