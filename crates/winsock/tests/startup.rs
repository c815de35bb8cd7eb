//! `WSAStartup` and `WSACleanup`: nothing works before, calls are counted, the last one closes everything.
//!
//! One test, because the count belongs to the process.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

#[path = "common/call.rs"]
mod call;
mod common;

use call::*;
use common::*;
use std::ptr::{null, null_mut};
use std::sync::mpsc;
use std::thread;
use winsock::win32::*;

fn cleanup() -> i32 {
    // SAFETY: no memory is passed.
    unsafe { WSACleanup() }
}

/// A call with everything wrong, and its answer.
type Call = fn() -> i64;

/// A call that blocks, and the code that it ends with.
type Wait = Box<dyn FnOnce() -> i32 + Send>;

/// Whatever else is wrong with a call: that Winsock was not started comes first.
fn nothing_works(when: &str) {
    // SAFETY: what is wrong is answered; nothing is read or written.
    let calls: [(&str, Call); 21] = unsafe {
        [
            ("socket", || socket(99, 99, 99) as i64),
            ("bind", || bind(4, null(), 0).into()),
            ("listen", || listen(4, 0).into()),
            ("accept", || accept(4, null_mut(), null_mut()) as i64),
            ("connect", || connect(4, null(), 0).into()),
            ("shutdown", || shutdown(4, 9).into()),
            ("closesocket", || closesocket(4).into()),
            ("getsockname", || getsockname(4, null_mut(), null_mut()).into()),
            ("getpeername", || getpeername(4, null_mut(), null_mut()).into()),
            ("send", || send(4, null(), -1, 0).into()),
            ("recv", || recv(4, null_mut(), -1, 0).into()),
            ("sendto", || sendto(4, null(), -1, 0, null(), 0).into()),
            ("recvfrom", || recvfrom(4, null_mut(), -1, 0, null_mut(), null_mut()).into()),
            ("WSASend", || WSASend(4, null(), 0, null_mut(), 0, null_mut(), None).into()),
            ("WSARecv", || WSARecv(4, null(), 0, null_mut(), null_mut(), null_mut(), None).into()),
            ("WSASendTo", || WSASendTo(4, null(), 0, null_mut(), 0, null(), 0, null_mut(), None).into()),
            ("WSARecvFrom", || {
                let none = null_mut();
                WSARecvFrom(4, null(), 0, null_mut(), null_mut(), none, null_mut(), null_mut(), None).into()
            }),
            ("select", || select(0, null_mut(), null_mut(), null_mut(), null()).into()),
            ("WSAPoll", || WSAPoll(null_mut(), 0, 0).into()),
            ("ioctlsocket", || ioctlsocket(4, 0, null_mut()).into()),
            ("WSACleanup", || WSACleanup().into()),
        ]
    };
    for (name, call) in calls {
        // SAFETY: no memory is passed.
        unsafe { WSASetLastError(0) };
        assert_eq!((call(), last_error()), (-1, WSANOTINITIALISED), "{name} {when}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: before WSAStartup, every call fails")]
fn the_life_of_the_library() {
    nothing_works("before WSAStartup");

    let mut data = WSADATA::default();
    // SAFETY: NULL is answered; the result is the error.
    assert_eq!(unsafe { WSAStartup(0x0202, null_mut()) }, WSAEFAULT);
    // SAFETY: the pointer is to `data`.
    assert_eq!(unsafe { WSAStartup(0x0000, &mut data) }, WSAVERNOTSUPPORTED);
    assert_eq!(data.wHighVersion, 0x0202, "what there would be");
    nothing_works("after a WSAStartup that failed");

    start();
    start();
    let s = new(SOCK_STREAM);
    assert_eq!(cleanup(), 0);
    assert_eq!(local(s), Err(WSAEINVAL), "one WSAStartup is left");

    // The last WSACleanup closes what is open and wakes who waits.
    let (client, _server) = pair();
    let (listener, _) = listener();
    let datagram = new(SOCK_DGRAM);
    bind_loopback(datagram);
    let (started, ready) = mpsc::channel();
    let waits: [(&str, Wait); 3] = [
        ("recv", Box::new(move || rx_some(client, 0).unwrap_err())),
        ("accept", Box::new(move || accept_on(listener).unwrap_err())),
        ("select", Box::new(move || select_of([&[datagram], &[], &[]], None).unwrap_err())),
    ];
    let waiters = waits.map(|(name, wait)| {
        let started = started.clone();
        let waiter = thread::spawn(move || {
            started.send(()).unwrap();
            wait()
        });
        ready.recv_timeout(LIMIT).unwrap();
        (name, waiter)
    });
    assert_eq!(cleanup(), 0);
    for (name, waiter) in waiters {
        let code = waiter.join().unwrap();
        assert!([WSAEINTR, WSAENOTSOCK, WSANOTINITIALISED].contains(&code), "{name}: {code}");
    }
    nothing_works("after the last WSACleanup");

    start();
    assert_eq!(local(s), Err(WSAENOTSOCK), "it was closed");
    let (client, server) = pair();
    tx(client, b"again", 0).unwrap();
    assert_eq!(rx_some(server, 0), Ok(b"again".to_vec()));
    assert_eq!(cleanup(), 0);
}
