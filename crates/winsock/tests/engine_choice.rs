//! Which engine runs: by `WINSOCK_ENGINE`, and by what the kernel allows. A filter in a child process refuses io_uring
//! there, as containers do.
#![cfg(target_os = "linux")] // the engines and the filter of system calls are Linux's
#![allow(unsafe_code, reason = "the raw API is unsafe; a child installs a filter")]

mod common;
#[path = "common/ports.rs"]
mod ports;
#[path = "common/refusal.rs"]
mod refusal;

use common::*;
use ports::*;
use refusal::refuse_io_uring;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};
use winsock::win32::*;

/// How a kernel refuses: a container's filter, and a kernel without it.
const REFUSALS: [i32; 2] = [libc::EPERM, libc::ENOSYS];

/// Runs one of the tests below that are marked as children.
fn child(test: &str, engine: Option<&str>, refused: Option<i32>) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    match engine {
        Some(engine) => command.env("WINSOCK_ENGINE", engine),
        None => command.env_remove("WINSOCK_ENGINE"),
    };
    if let Some(errno) = refused {
        // SAFETY: the closure makes two system calls, and asks for no memory.
        unsafe { command.pre_exec(move || refuse_io_uring(errno)) };
    }
    command.output().unwrap()
}

fn passes(output: &Output) -> bool {
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stdout));
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}

fn open_files_named(name: &str) -> usize {
    let files = std::fs::read_dir("/proc/self/fd").unwrap();
    let links = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    links.filter(|link| link.to_str().is_some_and(|link| link.contains(name))).count()
}

/// A receive that pends and a send, through a port.
fn echo() {
    start();
    let (client, server) = pair();
    let port = Port::new(1);
    port.associate(server, 7);
    let mut receive = Op::new(server, vec![0; 16]);
    // SAFETY: the box outlives the operation.
    assert_eq!(unsafe { receive.receive() }, Start::Pending);
    send_plain(client, b"hello");
    let got = port.take();
    assert_eq!((got.ok, got.bytes, got.key, got.overlapped), (true, 5, 7, receive.address()));
    let mut reply = Op::new(server, receive.buffer[..5].to_vec());
    // SAFETY: as above.
    assert!(!matches!(unsafe { reply.send() }, Start::Failed(_)));
    assert_eq!(port.take().overlapped, reply.address());
    assert_eq!(receive_plain(client, 5), b"hello");
    close(client);
    close(server);
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_on_epoll() {
    echo();
    assert_eq!(open_files_named("[io_uring]"), 0);
    assert_eq!(open_files_named("[eventpoll]"), 1);
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_on_io_uring() {
    echo();
    assert_eq!(open_files_named("[io_uring]"), 1);
    assert_eq!(open_files_named("[eventpoll]"), 0);
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_on_any() {
    echo();
}

/// As where the memory is used up that the user may lock: a ring for the first port, and none for the second.
fn echo_without_another_ring(second: impl FnOnce()) -> [usize; 2] {
    echo();
    refuse_io_uring(libc::ENOMEM).unwrap();
    second();
    ["[io_uring]", "[eventpoll]"].map(open_files_named)
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_on_both() {
    assert_eq!(echo_without_another_ring(echo), [1, 1]);
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_without_another_ring() {
    let opened = echo_without_another_ring(|| {
        let s = new(SOCK_DGRAM);
        bind_loopback(s);
        let port = Port::new(1);
        port.associate(s, 1);
        let mut receive = Op::new(s, vec![0; 16]);
        // SAFETY: nothing is started.
        assert_eq!(unsafe { receive.receive() }, Start::Failed(WSAENOBUFS));
        assert_eq!(port.get(0).error, WAIT_TIMEOUT, "and no packet comes");
        close(s);
    });
    assert_eq!(opened, [1, 0]);
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_is_not_ready() {
    // SAFETY: a WSADATA may hold any bytes.
    let mut data: WSADATA = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to `data`.
    assert_eq!(unsafe { WSAStartup(0x0202, &mut data) }, WSASYSNOTREADY);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { socket(AF_INET.into(), SOCK_STREAM, 0) }, INVALID_SOCKET);
    assert_eq!(last_error(), WSANOTINITIALISED, "nothing has been started");
}

#[test]
fn auto_falls_back_to_epoll_where_the_kernel_refuses_io_uring() {
    for errno in REFUSALS {
        for engine in [None, Some("auto"), Some("")] {
            let output = child("child_on_epoll", engine, Some(errno));
            assert!(passes(&output), "{engine:?}");
            assert!(!String::from_utf8_lossy(&output.stderr).contains("winsock:"), "quietly");
        }
    }
}

#[test]
fn a_port_for_which_the_kernel_has_no_ring_left_gets_epoll_unless_io_uring_was_asked_for() {
    if !child("child_on_io_uring", Some("io_uring"), None).status.success() {
        return println!("this kernel refuses io_uring from the first");
    }
    for engine in [None, Some("auto")] {
        assert!(passes(&child("child_on_both", engine, None)), "{engine:?}");
    }
    assert!(passes(&child("child_without_another_ring", Some("io_uring"), None)));
}

#[test]
fn an_explicit_io_uring_fails_where_the_kernel_refuses_it_and_says_so() {
    for errno in REFUSALS {
        let output = child("child_is_not_ready", Some("io_uring"), Some(errno));
        assert!(passes(&output));
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("winsock:")).collect();
        let reason = std::io::Error::from_raw_os_error(errno);
        assert_eq!(lines, [format!("winsock: WINSOCK_ENGINE=io_uring: the kernel refuses it: {reason}")]);
    }
}

#[test]
fn epoll_is_had_by_name_with_and_without_io_uring() {
    for refused in [None, Some(libc::EPERM), Some(libc::ENOSYS)] {
        assert!(passes(&child("child_on_epoll", Some("epoll"), refused)));
    }
}

#[test]
fn io_uring_is_had_by_name_unless_the_kernel_refuses_it() {
    let output = child("child_on_io_uring", Some("io_uring"), None);
    if !output.status.success() {
        // This kernel may be one that refuses: then it says so.
        assert!(passes(&child("child_is_not_ready", Some("io_uring"), None)));
    }
    assert!(passes(&child("child_on_any", None, None)));
}

#[test]
fn a_name_that_is_no_engine_is_refused() {
    let table = [
        ("kqueue", "not one of auto, epoll, io_uring, script:SEED"),
        ("script", "not one of auto, epoll, io_uring, script:SEED"),
        ("script:x", "the seed is a number from 0 to 2^64 - 1"),
    ];
    for (engine, reason) in table {
        let output = child("child_is_not_ready", Some(engine), None);
        assert!(passes(&output));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(&format!("winsock: WINSOCK_ENGINE={engine}: {reason}")), "{said}");
    }
}
