//! Which engine runs: by `WINSOCK_ENGINE`, and by what the kernel allows. A filter in a child process refuses io_uring
//! there, as containers do.
#![allow(unsafe_code, reason = "the raw API is unsafe; a child installs a filter")]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::*;
use ports::*;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};
use winsock::win32::*;

/// Makes `io_uring_setup` fail with EPERM from now on, in this process and its children.
fn refuse_io_uring() -> std::io::Result<()> {
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let filter = [
        // The number of the call is the first word of what a filter sees.
        libc::sock_filter { code: LOAD, jt: 0, jf: 0, k: 0 },
        libc::sock_filter { code: EQUAL, jt: 0, jf: 1, k: libc::SYS_io_uring_setup as u32 },
        libc::sock_filter { code: RETURN, jt: 0, jf: 0, k: libc::SECCOMP_RET_ERRNO | libc::EPERM as u32 },
        libc::sock_filter { code: RETURN, jt: 0, jf: 0, k: libc::SECCOMP_RET_ALLOW },
    ];
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
    // SAFETY: no memory is passed.
    if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } != 0 {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: the program and its filter outlive the call, which copies them.
    match unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

/// Runs one of the tests below that are marked as children.
fn child(test: &str, engine: Option<&str>, refused: bool) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    match engine {
        Some(engine) => command.env("WINSOCK_ENGINE", engine),
        None => command.env_remove("WINSOCK_ENGINE"),
    };
    if refused {
        // SAFETY: the closure makes two system calls, and asks for no memory.
        unsafe { command.pre_exec(refuse_io_uring) };
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
    for engine in [None, Some("auto"), Some("")] {
        let output = child("child_on_epoll", engine, true);
        assert!(passes(&output), "{engine:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("winsock:"), "quietly");
    }
}

#[test]
fn an_explicit_io_uring_fails_where_the_kernel_refuses_it_and_says_so() {
    let output = child("child_is_not_ready", Some("io_uring"), true);
    assert!(passes(&output));
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("winsock:")).collect();
    let line =
        "winsock: WINSOCK_ENGINE=io_uring: the kernel refuses it: Operation not permitted (os error 1)";
    assert_eq!(lines, [line]);
}

#[test]
fn epoll_is_had_by_name_with_and_without_io_uring() {
    for refused in [false, true] {
        assert!(passes(&child("child_on_epoll", Some("epoll"), refused)));
    }
}

#[test]
fn io_uring_is_had_by_name_unless_the_kernel_refuses_it() {
    let output = child("child_on_io_uring", Some("io_uring"), false);
    if !output.status.success() {
        // This kernel may be one that refuses: then it says so.
        assert!(passes(&child("child_is_not_ready", Some("io_uring"), false)));
    }
    assert!(passes(&child("child_on_any", None, false)));
}

#[test]
fn a_name_that_is_no_engine_is_refused() {
    let table = [
        ("kqueue", "not one of auto, epoll, io_uring, script:SEED"),
        ("script", "not one of auto, epoll, io_uring, script:SEED"),
        ("script:x", "the seed is a number from 0 to 2^64 - 1"),
    ];
    for (engine, reason) in table {
        let output = child("child_is_not_ready", Some(engine), false);
        assert!(passes(&output));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(&format!("winsock: WINSOCK_ENGINE={engine}: {reason}")), "{said}");
    }
}
