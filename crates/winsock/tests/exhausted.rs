//! The first operation makes the engine of sockets without a port. Without descriptors left it fails, and harms nothing.
//! One test, for the limit is the whole process's.
#![cfg(target_os = "linux")] // the limit on descriptors is Linux's
#![allow(unsafe_code, reason = "the raw API is unsafe; sets a limit of the process")]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::*;
use ports::*;
use winsock::win32::*;

/// The limit on descriptors from now on; answers the one before.
fn limit_descriptors(to: u64) -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the limit is writable.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    let before = std::mem::replace(&mut limit.rlim_cur, to);
    // SAFETY: the limit is readable.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    before
}

#[test]
fn an_operation_without_an_engine_fails_and_the_next_one_works() {
    start();
    let (peer, s) = pair();
    let mut op = Op::new(s, vec![0; 8]);
    // SAFETY: no name and no attributes are passed.
    let event = unsafe { CreateEventW(std::ptr::null(), TRUE, FALSE, std::ptr::null()) };
    op.overlapped.hEvent = event;
    // Every descriptor that is open stays.
    let before = limit_descriptors(0);
    // SAFETY: the box outlives the operation.
    let started = unsafe { op.receive() };
    limit_descriptors(before);
    assert_eq!(started, Start::Failed(WSAEMFILE));
    send_plain(peer, b"hello");
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { WaitForSingleObject(event, 0) }, WAIT_TIMEOUT, "nothing was started");
    // SAFETY: as above.
    assert!(!matches!(unsafe { op.receive() }, Start::Failed(_)));
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { WaitForSingleObject(event, LIMIT_MS) }, WAIT_OBJECT_0);
    assert_eq!(&op.buffer[..5], b"hello");
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { CloseHandle(event) }, TRUE);
    close(s);
    close(peer);
}
