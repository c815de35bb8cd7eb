//! `SO_LINGER` with a time: `closesocket` waits, in its own thread, and no engine waits with it.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::*;
use ports::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};
use winsock::win32::*;

/// Longer than what is to happen meanwhile, shorter than the limit of a test.
const SECONDS: u16 = 10;

/// A socket that lingers, with data that its peer has not received, and the peer.
fn unsent(seconds: u16) -> (SOCKET, SOCKET, usize) {
    let (peer, s) = pair();
    let linger = LINGER { l_onoff: 1, l_linger: seconds };
    // SAFETY: the structure is readable.
    assert_eq!(unsafe { setsockopt(s, SOL_SOCKET, SO_LINGER, (&raw const linger).cast(), 4) }, 0);
    let mut on = 1u32;
    // SAFETY: the value is readable and writable.
    assert_eq!(unsafe { ioctlsocket(s, FIONBIO, &mut on) }, 0);
    let data = vec![7u8; 1 << 20];
    let mut sent = 0;
    loop {
        // SAFETY: the data is readable.
        match unsafe { send(s, data.as_ptr(), data.len() as i32, 0) } {
            SOCKET_ERROR => break,
            len => sent += len as usize,
        }
    }
    assert_eq!(last_error(), WSAEWOULDBLOCK);
    (s, peer, sent)
}

fn until_ended(op: &Op) {
    let status = (&raw const op.overlapped.Internal).cast_mut();
    // SAFETY: an aligned word of ours, which the library writes atomically.
    let status = unsafe { AtomicUsize::from_ptr(status) };
    until("it ends", || status.load(SeqCst) != 0x103);
}

/// A receive and what it receives, while others linger.
fn echo(port: Option<Port>) {
    let (peer, s) = pair();
    if let Some(port) = port {
        port.associate(s, 1);
    }
    let mut op = Op::new(s, vec![0; 8]);
    // SAFETY: the box outlives the operation.
    assert_eq!(unsafe { op.receive() }, Start::Pending);
    send_plain(peer, b"hello");
    match port {
        Some(port) => assert_eq!(port.take().overlapped, op.address()),
        None => until_ended(&op),
    }
    close(s);
    close(peer);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a close stops lingering early")]
fn a_close_that_lingers_keeps_no_engine() {
    start();
    for with_port in [false, true] {
        let (s, peer, sent) = unsent(SECONDS);
        let port = with_port.then(|| Port::new(2));
        if let Some(port) = port {
            port.associate(s, 1);
        }
        let mut op = Op::new(s, vec![0; 8]);
        // SAFETY: the box outlives the operation.
        assert_eq!(unsafe { op.receive() }, Start::Pending);
        let closed = Arc::new(AtomicBool::new(false));
        let (tell, told) = std::sync::mpsc::channel();
        let closes = {
            let closed = Arc::clone(&closed);
            std::thread::spawn(move || {
                tell.send(thread_number()).unwrap();
                close(s);
                closed.store(true, SeqCst);
            })
        };
        let number = told.recv().unwrap();
        until("it lingers", || sleeps(number) || closed.load(SeqCst));
        if let Some(port) = port {
            let got = port.take();
            assert_eq!((got.error, got.overlapped), (WSA_OPERATION_ABORTED as u32, op.address()));
        }
        let begin = Instant::now();
        for _ in 0..5 {
            echo(port);
        }
        assert!(begin.elapsed() < Duration::from_secs(u64::from(SECONDS) / 2), "nobody waits with it");
        assert!(!closed.load(SeqCst), "the peer has not received yet");
        assert!(receive_plain(peer, sent).iter().all(|&byte| byte == 7), "every byte comes");
        closes.join().unwrap();
        assert!(begin.elapsed() < Duration::from_secs(u64::from(SECONDS)), "it waits for the peer alone");
        assert_eq!(receive_end(peer), 0);
        close(peer);
    }
}

fn receive_end(s: SOCKET) -> i32 {
    let mut byte = 0;
    // SAFETY: one byte of room.
    unsafe { recv(s, &mut byte, 1, 0) }
}

#[test]
fn a_close_lingers_no_longer_than_its_time_and_not_after_a_reset() {
    start();
    for resets in [false, true] {
        let (s, peer, _) = unsent(1);
        let mut op = Op::new(s, vec![0; 8]);
        // SAFETY: the box outlives the operation.
        assert_eq!(unsafe { op.receive() }, Start::Pending);
        if resets {
            // Closed with data that it has not received, it resets.
            close(peer);
        }
        let begin = Instant::now();
        close(s);
        let took = begin.elapsed();
        if resets {
            assert!(took < Duration::from_secs(1), "there is nobody to wait for: {took:?}");
        } else {
            assert!(Duration::from_secs(1) <= took && took < Duration::from_secs(5), "{took:?}");
            close(peer);
        }
        until_ended(&op);
    }
}
