//! `closesocket` wakes the calls that other threads have blocked in, and makes the handle stale at once.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;

use common::*;
use std::ptr::null_mut;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use winsock::win32::*;

const LIMIT: Duration = Duration::from_secs(20);

/// Blocks a thread in `call`, closes the socket, and expects the call to end with `WSAEINTR`.
fn wakes(s: SOCKET, call: impl FnOnce(SOCKET) -> bool + Send + 'static) {
    let (done, woken) = mpsc::channel();
    let (started, ready) = mpsc::channel();
    let blocked = thread::spawn(move || {
        started.send(std::process::id()).unwrap();
        let failed = call(s);
        done.send((failed, last_error())).unwrap();
    });
    ready.recv_timeout(LIMIT).unwrap();
    // The promise holds whether the call has begun to block or not; give most runs the harder case.
    let soon = Instant::now() + Duration::from_millis(20);
    while Instant::now() < soon {
        thread::yield_now();
    }
    close(s);
    let (failed, code) = woken.recv_timeout(LIMIT).expect("the blocked call wakes up");
    assert!(failed, "the blocked call fails");
    assert!(code == WSAEINTR || code == WSAENOTSOCK, "{code}");
    blocked.join().unwrap();
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { closesocket(s) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAENOTSOCK);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket wakes the calls of other threads")]
fn a_blocked_recv_wakes() {
    start();
    let (client, server) = pair();
    wakes(client, |s| {
        let mut byte = 0u8;
        // SAFETY: one byte of room.
        unsafe { recv(s, &mut byte, 1, 0) == SOCKET_ERROR }
    });
    close(server);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket wakes the calls of other threads")]
fn a_blocked_accept_wakes() {
    start();
    let (listener, _) = listener();
    // SAFETY: no address is asked for.
    wakes(listener, |s| unsafe { accept(s, null_mut(), null_mut()) == INVALID_SOCKET });
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket wakes the calls of other threads")]
fn a_blocked_recvfrom_of_an_unconnected_datagram_socket_wakes() {
    start();
    let s = new(SOCK_DGRAM);
    bind_loopback(s);
    wakes(s, |s| {
        let mut byte = 0u8;
        // SAFETY: one byte of room.
        unsafe { recvfrom(s, &mut byte, 1, 0, null_mut(), null_mut()) == SOCKET_ERROR }
    });
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket wakes the calls of other threads")]
fn a_blocked_send_wakes() {
    start();
    let (client, server) = pair();
    wakes(client, |s| {
        let data = vec![7u8; 1 << 20];
        loop {
            // SAFETY: the data is readable.
            if unsafe { send(s, data.as_ptr(), data.len() as i32, 0) } != data.len() as i32 {
                // What was taken before counts as sent; the next call tells why there was not more.
                // SAFETY: as above.
                return unsafe { send(s, data.as_ptr(), 1, 0) } == SOCKET_ERROR;
            }
        }
    });
    close(server);
}

#[test]
fn closing_twice_from_two_threads_closes_once() {
    start();
    for _ in 0..200 {
        let s = new(SOCK_STREAM);
        // SAFETY: no memory is passed.
        let other = thread::spawn(move || unsafe { closesocket(s) });
        // SAFETY: no memory is passed.
        let mine = unsafe { closesocket(s) };
        assert_eq!(mine + other.join().unwrap(), SOCKET_ERROR, "one succeeds, one fails");
    }
}
