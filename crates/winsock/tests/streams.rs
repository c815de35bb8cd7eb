//! Streams: their end, their breaking, urgent data, and receives that wait for all of it.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

#[path = "common/call.rs"]
mod call;
mod common;

use call::*;
use common::*;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use winsock::win32::*;

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a reset stays visible")]
fn after_a_reset_every_receive_and_send_says_so() {
    start();
    let (client, server) = pair();
    reset(server);
    until_readable(client);
    for _ in 0..3 {
        assert_eq!(rx_some(client, 0), Err(WSAECONNRESET));
        assert_eq!(tx(client, b"x", 0), Err(WSAECONNRESET), "and no signal");
        assert_eq!(shut(client, SD_BOTH), Err(WSAECONNRESET));
    }
    close(client);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a reset stays visible")]
fn a_reset_that_so_error_has_told_is_not_taken_for_the_end() {
    start();
    let (client, server) = pair();
    reset(server);
    until_readable(client);
    assert_eq!(option(client, SOL_SOCKET, SO_ERROR), WSAECONNRESET);
    assert_eq!(rx_some(client, 0), Err(WSAECONNRESET));
    close(client);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a reset stays visible")]
fn a_send_to_a_peer_that_has_closed_ends_in_a_reset_not_in_a_signal() {
    start();
    let (client, server) = pair();
    close(server);
    until(Err(WSAECONNRESET), || tx(client, b"x", 0));
    assert_eq!(rx_some(client, 0), Err(WSAECONNRESET));
    close(client);
}

#[test]
fn a_shutdown_ends_its_direction_alone() {
    start();
    let (client, server) = pair();
    shut(client, SD_SEND).unwrap();
    assert_eq!(tx(client, b"x", 0), Err(WSAESHUTDOWN));
    assert_eq!(rx_some(server, 0), Ok(vec![]));
    tx(server, b"back", 0).unwrap();
    assert_eq!(rx_some(client, 0), Ok(b"back".to_vec()));
    shut(client, SD_RECEIVE).unwrap();
    assert_eq!(rx_some(client, 0), Err(WSAESHUTDOWN));
    shut(client, SD_BOTH).unwrap();
    close_all(&[client, server]);
}

#[test]
fn a_shutdown_needs_a_peer_and_a_direction() {
    start();
    let (listener, _) = listener();
    let s = new(SOCK_STREAM);
    assert_eq!(shut(s, 3), Err(WSAEINVAL), "before the state");
    for how in [SD_RECEIVE, SD_SEND, SD_BOTH] {
        assert_eq!(shut(s, how), Err(WSAENOTCONN));
        assert_eq!(shut(listener, how), Err(WSAENOTCONN));
    }
    bind_loopback(s);
    assert_eq!(shut(s, SD_SEND), Err(WSAENOTCONN));
    close_all(&[listener, s]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a socket that is not connected")]
fn nothing_is_transferred_without_a_peer() {
    start();
    let (listener, _) = listener();
    for s in [new(SOCK_STREAM), listener] {
        assert_eq!(tx(s, b"x", 0), Err(WSAENOTCONN));
        assert_eq!(rx_some(s, 0), Err(WSAENOTCONN));
        close(s);
    }
}

#[test]
fn empty_transfers() {
    start();
    let (client, server) = pair();
    assert_eq!(tx(client, b"", 0), Ok(0));
    nonblocking(server, true);
    assert_eq!(rx(server, &mut [], 0), Err(WSAEWOULDBLOCK), "nothing has come");
    tx(client, b"x", 0).unwrap();
    until_readable(server);
    assert_eq!(rx(server, &mut [], 0), Ok(0));
    assert_eq!(rx_some(server, 0), Ok(b"x".to_vec()));
    close_all(&[client, server]);
}

#[test]
fn a_non_blocking_stream_sends_what_fits_and_then_would_block() {
    start();
    let (client, server) = pair();
    nonblocking(client, true);
    assert_eq!(rx_some(client, 0), Err(WSAEWOULDBLOCK));
    let data = vec![7; 1 << 20];
    let mut sent = 0;
    let last = loop {
        match tx(client, &data, 0) {
            Ok(some) => sent += some,
            Err(code) => break code,
        }
        assert!(sent < 1 << 30, "the peer reads nothing");
    };
    assert_eq!(last, WSAEWOULDBLOCK);
    nonblocking(client, false);
    shut(client, SD_SEND).unwrap();
    let mut room = vec![0; 1 << 16];
    let received: usize = std::iter::from_fn(|| match rx(server, &mut room, 0).unwrap() {
        0 => None,
        some => Some(some),
    })
    .sum();
    assert_eq!(received, sent);
    close_all(&[client, server]);
}

#[test]
fn a_receive_time_out_is_a_code_of_its_own_and_leaves_the_stream_whole() {
    start();
    let (client, server) = pair();
    set_option(server, SOL_SOCKET, SO_RCVTIMEO, 30);
    assert_eq!(rx_some(server, 0), Err(WSAETIMEDOUT));
    assert_eq!(rx_some(server, MSG_OOB), Err(WSAETIMEDOUT));
    tx(client, b"x", 0).unwrap();
    assert_eq!(rx_some(server, 0), Ok(b"x".to_vec()));
    close_all(&[client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a receive of all ends with the first part")]
fn waitall_waits_for_all_of_it_whatever_the_signals_say() {
    start();
    let (client, server) = pair();
    let (started, waiting) = mpsc::channel();
    let waiter = thread::spawn(move || {
        started.send(Thread::current()).unwrap();
        let mut room = [0; 8];
        rx(server, &mut room, MSG_WAITALL).map(|len| (len, room))
    });
    let waiting = waiting.recv_timeout(LIMIT).unwrap();
    for part in [&b"ab"[..], b"cde"] {
        tx(client, part, 0).unwrap();
        waiting.interrupt();
    }
    tx(client, b"fgh", 0).unwrap();
    assert_eq!(waiter.join().unwrap(), Ok((8, *b"abcdefgh")));
    close_all(&[client, server]);
}

#[test]
fn waitall_gives_what_there_was_when_the_peer_ends() {
    start();
    let (client, server) = pair();
    tx(client, b"part", 0).unwrap();
    close(client);
    let mut room = [0; 8];
    assert_eq!(rx(server, &mut room, MSG_WAITALL), Ok(4));
    assert_eq!(rx(server, &mut room, MSG_WAITALL), Ok(0));
    close(server);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: flags that a call does not know")]
fn waitall_is_refused_where_it_cannot_be() {
    start();
    let (client, server) = pair();
    for with in [MSG_OOB, MSG_PEEK, MSG_PARTIAL as i32] {
        assert_eq!(rx_some(client, MSG_WAITALL | with), Err(WSAEOPNOTSUPP), "{with:#x}");
    }
    nonblocking(client, true);
    assert_eq!(rx_some(client, MSG_WAITALL), Err(WSAEOPNOTSUPP));
    close_all(&[client, server]);
}

#[test]
fn urgent_data_goes_past_the_rest() {
    start();
    let (client, server) = pair();
    nonblocking(server, true);
    assert_eq!(rx_some(server, MSG_OOB), Err(WSAEWOULDBLOCK), "none has come");
    tx(client, b"normal", 0).unwrap();
    tx(client, b"!", MSG_OOB).unwrap();
    tx(client, b"after", 0).unwrap();
    until(Ok(b"!".to_vec()), || rx_some(server, MSG_OOB | MSG_PEEK));
    assert_eq!(rx_some(server, MSG_OOB), Ok(b"!".to_vec()));
    assert_eq!(rx_some(server, MSG_OOB), Err(WSAEWOULDBLOCK), "it was read");
    assert_eq!(rx_some(server, 0), Ok(b"normal".to_vec()), "a receive ends at the mark");
    until(Ok(b"after".to_vec()), || rx_some(server, 0));
    close_all(&[client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: urgent data is waited for by a blocking receive, or not refused")]
fn a_blocking_receive_waits_for_urgent_data_or_the_end() {
    start();
    let (client, server) = pair();
    let waiter = thread::spawn(move || (rx_some(server, MSG_OOB), rx_some(server, MSG_OOB)));
    tx(client, b"normal", 0).unwrap();
    tx(client, b"!", MSG_OOB).unwrap();
    shut(client, SD_SEND).unwrap();
    assert_eq!(waiter.join().unwrap(), (Ok(b"!".to_vec()), Ok(vec![])));
    close_all(&[client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: urgent data is waited for by a blocking receive, or not refused")]
fn urgent_data_is_refused_where_it_cannot_be() {
    start();
    let (client, server) = pair();
    assert_eq!(rx(server, &mut [], MSG_OOB), Err(WSAEINVAL), "no room");
    set_option(server, SOL_SOCKET, SO_OOBINLINE, 1);
    assert_eq!(rx_some(server, MSG_OOB), Err(WSAEINVAL), "in line");
    assert_eq!(tx(server, b"x", MSG_OOB), Err(WSAEINVAL), "in line");
    tx(client, b"!", MSG_OOB).unwrap();
    assert_eq!(rx_some(server, 0), Ok(b"!".to_vec()));
    close_all(&[client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: flags that a call does not know")]
fn unknown_flags_are_refused() {
    start();
    let (client, server) = pair();
    for flags in [0x40, 0x1000, i32::MIN, MSG_WAITALL, MSG_PEEK] {
        assert_eq!(tx(client, b"x", flags), Err(WSAEINVAL), "{flags:#x}");
    }
    for flags in [0x40, 0x1000, i32::MIN, MSG_DONTROUTE] {
        assert_eq!(rx_some(client, flags), Err(WSAEINVAL), "{flags:#x}");
    }
    assert_eq!(tx(client, b"x", MSG_PARTIAL as i32), Err(WSAEOPNOTSUPP));
    close_all(&[client, server]);
}

#[test]
fn a_stream_ignores_the_addresses_of_sendto_and_recvfrom() {
    start();
    let (client, server) = pair();
    assert_eq!(tx_to(client, b"x", &loopback(0)), Ok(1));
    let (mut byte, mut from, mut len) = (0u8, [0x55u8; 2], 1i32);
    // SAFETY: the byte is writable; the address is left alone.
    let received = unsafe { recvfrom(server, &mut byte, 1, 0, from.as_mut_ptr().cast(), &mut len) };
    assert_eq!((received, byte, from, len), (1, b'x', [0x55; 2], 1));
    close_all(&[client, server]);
}

#[test]
fn a_blocked_transfer_goes_on_after_signals() {
    start();
    let (client, server) = pair();
    let (started, waiting) = mpsc::channel();
    let waiter = thread::spawn(move || {
        started.send(Thread::current()).unwrap();
        rx_some(server, 0)
    });
    let waiting = waiting.recv_timeout(LIMIT).unwrap();
    waiting.interrupt();
    tx(client, b"x", 0).unwrap();
    assert_eq!(waiter.join().unwrap(), Ok(b"x".to_vec()));

    let data = vec![7; 16 << 20];
    let (started, waiting) = mpsc::channel();
    let sender = thread::spawn(move || {
        started.send(Thread::current()).unwrap();
        tx(client, &data, 0)
    });
    waiting.recv_timeout(LIMIT).unwrap().interrupt();
    let end = Instant::now() + LIMIT;
    let (mut room, mut received) = (vec![0; 1 << 16], 0);
    while received < 16 << 20 {
        received += rx(server, &mut room, 0).unwrap();
        assert!(Instant::now() < end);
    }
    assert_eq!(sender.join().unwrap(), Ok(16 << 20), "all of it was taken");
    assert!(select_of([&[server], &[], &[]], Some(Duration::ZERO)).unwrap()[0].is_empty());
    close_all(&[client, server]);
}
