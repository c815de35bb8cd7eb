//! After `fork` in a process that uses ports and overlapped operations: the child can use sockets, new ports and new
//! operations, closes what it inherited without a trace at the parent's, and ends; the parent goes on.
#![cfg(target_os = "linux")] // fork is Linux's
#![allow(unsafe_code, reason = "the raw API is unsafe; the tests fork")]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::{close, last_error, pair, start};
use ports::*;
use std::process::Command;
use std::time::{Duration, Instant};
use winsock::win32::*;

/// Runs one of the tests below that are marked as children, in a process of its own.
fn passes(test: &str) {
    passes_with(test, "");
}

/// The same, while it meets faults.
fn passes_with(test: &str, faults: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env("WINSOCK_FAULTS", faults);
    command.args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(output.status.success(), "{}\n{}", said[0], said[1]);
}

/// Forks; the body runs in the child, which ends as a program that returns from `main`. It must end in time, and well.
fn in_child(body: impl FnOnce()) {
    // SAFETY: the child calls the library, which is what is tested, and the allocator, which survives a fork.
    match unsafe { libc::fork() } {
        -1 => panic!("{}", std::io::Error::last_os_error()),
        0 => {
            let good = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).is_ok();
            // SAFETY: no memory is passed. Destructors and handlers run.
            unsafe { libc::exit(i32::from(!good)) }
        }
        child => {
            let end = Instant::now() + Duration::from_secs(20);
            let mut status = 0;
            // SAFETY: the status is writable.
            while unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) } == 0 {
                if Instant::now() > end {
                    // SAFETY: the child is ours.
                    unsafe { libc::kill(child, libc::SIGKILL) };
                    panic!("the child hangs");
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            assert_eq!(status, 0, "the child ends well");
        }
    }
}

fn result(op: &Op) -> (i32, u32) {
    let (mut bytes, mut flags) = (0, 0);
    // SAFETY: each pointer is to a variable of its type.
    let ok = unsafe { WSAGetOverlappedResult(op.socket, &op.overlapped, &mut bytes, TRUE, &mut flags) };
    (if ok == TRUE { 0 } else { last_error() }, bytes)
}

/// Sockets, a port and operations with and without it, all new.
fn use_everything() {
    let (client, server) = pair();
    let port = Port::new(1);
    port.associate(server, 1);
    let mut bound = Op::new(server, vec![0; 8]);
    // SAFETY: the boxes outlive the operations.
    assert_eq!(unsafe { bound.receive() }, Start::Pending);
    let mut other = Op::new(client, vec![0; 8]);
    // SAFETY: as above.
    assert_eq!(unsafe { other.receive() }, Start::Pending);
    send_plain(client, b"hello");
    let got = port.take();
    assert_eq!((got.bytes, got.overlapped), (5, bound.address()));
    let mut reply = Op::new(server, b"reply!".to_vec());
    // SAFETY: as above.
    assert!(!matches!(unsafe { reply.send() }, Start::Failed(_)));
    assert_eq!(port.take().overlapped, reply.address());
    assert_eq!(result(&other), (0, 6));
    // Nobody waits on the port: the monitor's thread is there too.
    // SAFETY: as above.
    assert_eq!(unsafe { bound.receive() }, Start::Pending);
    send_plain(client, b"hello");
    assert_eq!(result(&bound), (0, 5));
    assert_eq!(port.take().overlapped, bound.address());
    close(client);
    close(server);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { CloseHandle(port.handle()) }, TRUE);
}

#[test]
#[ignore = "runs in a process of its own, of other tests"]
fn forks_with_everything_in_use() {
    start();
    use_everything();
    let port = Port::new(4);
    let (client, server) = pair();
    let (plain_client, plain_server) = pair();
    port.associate(server, 3);
    let mut bound = Op::new(server, vec![0; 8]);
    // SAFETY: the boxes outlive the operations.
    assert_eq!(unsafe { bound.receive() }, Start::Pending);
    let mut other = Op::new(client, vec![0; 8]);
    // SAFETY: as above.
    assert_eq!(unsafe { other.receive() }, Start::Pending);
    // This thread is one of the port's, and runs.
    port.post(0, 9, 0);
    assert_eq!(port.take().key, 9);
    // A thread waits on it, and one blocks in a plain receive: a close in the child must not wake that here.
    let waiter = std::thread::spawn(move || port.take());
    let blocked = std::thread::spawn(move || receive_plain(plain_server, 5));
    for _ in 0..3 {
        in_child(|| {
            // What is inherited is refused, and left alone.
            assert_eq!(port.get(0).error, 6);
            // SAFETY: the box stays.
            assert_eq!(unsafe { Op::new(server, vec![0; 8]).receive() }, Start::Failed(6));
            // SAFETY: as above.
            assert_eq!(unsafe { Op::new(client, vec![0; 8]).receive() }, Start::Failed(6));
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { CancelIoEx(server as HANDLE, std::ptr::null()) }, FALSE);
            use_everything();
            // A child of the child.
            in_child(use_everything);
            for s in [server, client, plain_server, plain_client] {
                close(s);
            }
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { CloseHandle(port.handle()) }, TRUE);
            use_everything();
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { WSACleanup() }, 0);
        });
    }
    // A child that does nothing.
    in_child(|| {});
    send_plain(plain_client, b"plain");
    assert_eq!(blocked.join().unwrap(), b"plain");
    send_plain(client, b"alive");
    let got = waiter.join().unwrap();
    assert_eq!((got.ok, got.bytes, got.key, got.overlapped), (true, 5, 3, bound.address()));
    send_plain(server, b"too");
    assert_eq!(result(&other), (0, 3));
    use_everything();
}

#[test]
fn a_child_works_and_ends_and_the_parent_goes_on() {
    passes("forks_with_everything_in_use");
}

#[test]
#[ignore = "runs in a process of its own, of other tests"]
fn forks_under_load() {
    start();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    use_everything();
                }
            });
        }
        let forks = std::panic::catch_unwind(|| (0..30).for_each(|_| in_child(use_everything)));
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        forks.unwrap();
    });
}

#[test]
fn no_lock_of_another_thread_is_held_in_the_child() {
    passes("forks_under_load");
}

#[test]
#[ignore = "runs in a process of its own, of other tests"]
fn forks_and_goes_on_beside_the_child() {
    start();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let rounds = std::sync::atomic::AtomicUsize::new(0);
    let (reader, writer) = std::io::pipe().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    use_everything();
                    rounds.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            });
        }
        until("it runs", || rounds.load(std::sync::atomic::Ordering::Relaxed) > 20);
        // SAFETY: the child makes system calls only.
        let child = unsafe { libc::fork() };
        if child == 0 {
            drop(writer);
            let _ = std::io::Read::read(&mut &reader, &mut [0]);
            // SAFETY: no memory is passed.
            unsafe { libc::_exit(0) };
        }
        let before = rounds.load(std::sync::atomic::Ordering::Relaxed);
        let end = Instant::now() + Duration::from_secs(10);
        while rounds.load(std::sync::atomic::Ordering::Relaxed) < before + 200 && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(1));
        }
        let after = rounds.load(std::sync::atomic::Ordering::Relaxed);
        drop(writer);
        let mut status = 0;
        // SAFETY: the status is writable.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(after >= before + 200, "{before} {after}");
    });
}

#[test]
fn the_parent_goes_on_while_a_child_keeps_all_that_it_inherited() {
    passes("forks_and_goes_on_beside_the_child");
}

/// What a fault holds back in the parent is told there, and not in the child, whose memory may be another by then.
#[test]
fn a_child_tells_nothing_that_a_fault_holds_back() {
    for seed in 0..5 {
        passes_with("forks_under_load", &format!("delay=0.5;seed={seed}"));
    }
}
