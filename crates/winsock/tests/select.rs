//! `select`: what makes a socket ready, in which set, and what the sets and the result say.
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

const NOW: Option<Duration> = Some(Duration::ZERO);

fn nothing() -> Ready {
    [vec![], vec![], vec![]]
}

/// A loopback address where nobody listens: its port was free a moment ago.
fn closed_port() -> SOCKADDR_IN {
    let s = new(SOCK_STREAM);
    let address = bind_loopback(s);
    close(s);
    address
}

#[test]
fn a_connected_socket_is_writable_and_readable_once_there_is_data() {
    start();
    let (client, server) = pair();
    let all = [client, server];
    assert_eq!(select_of([&all, &all, &all], NOW), Ok([vec![], all.to_vec(), vec![]]));
    tx(client, b"x", 0).unwrap();
    until_readable(server);
    assert_eq!(select_of([&all, &[], &all], NOW), Ok([vec![server], vec![], vec![]]));
    assert_eq!(rx_some(server, 0), Ok(b"x".to_vec()));
    assert_eq!(select_of([&all, &[], &[]], NOW), Ok(nothing()));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a reset stays visible")]
fn the_end_of_a_stream_and_a_reset_are_readable() {
    start();
    let (client, server) = pair();
    shut(client, SD_SEND).unwrap();
    until_readable(server);
    assert_eq!(rx_some(server, 0), Ok(vec![]));
    assert_eq!(select_of([&[server], &[], &[server]], NOW), Ok([vec![server], vec![], vec![]]), "still");
    reset(server);
    until_readable(client);
    assert_eq!(rx_some(client, 0), Err(WSAECONNRESET));
    let both = Ok([vec![client], vec![client], vec![]]);
    assert_eq!(select_of([&[client], &[client], &[client]], NOW), both, "the next calls fail at once");
    close(client);
}

#[test]
fn a_listener_is_readable_while_a_connection_waits() {
    start();
    let (listener, address) = listener();
    assert_eq!(select_of([&[listener], &[listener], &[listener]], NOW), Ok(nothing()));
    let client = new(SOCK_STREAM);
    connect_to(client, &address).unwrap();
    until_readable(listener);
    let server = accept_on(listener).unwrap();
    assert_eq!(select_of([&[listener], &[], &[]], NOW), Ok(nothing()));
    close_all(&[listener, client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: SO_ERROR is cleared when it is read")]
fn a_connect_that_succeeds_shows_in_writefds_and_one_that_fails_only_in_exceptfds() {
    start();
    let (listener, address) = listener();
    let good = new(SOCK_STREAM);
    nonblocking(good, true);
    assert_eq!(connect_to(good, &address), Err(WSAEWOULDBLOCK));
    assert_eq!(select_of([&[good], &[good], &[good]], None), Ok([vec![], vec![good], vec![]]));
    assert_eq!(option(good, SOL_SOCKET, SO_ERROR), 0);

    let bad = new(SOCK_STREAM);
    nonblocking(bad, true);
    assert_eq!(connect_to(bad, &closed_port()), Err(WSAEWOULDBLOCK));
    for _ in 0..2 {
        assert_eq!(select_of([&[bad], &[bad], &[bad]], None), Ok([vec![], vec![], vec![bad]]));
    }
    assert_eq!(option(bad, SOL_SOCKET, SO_ERROR), WSAECONNREFUSED);
    assert_eq!(option(bad, SOL_SOCKET, SO_ERROR), 0, "asking takes it");
    close_all(&[listener, good, bad]);
}

#[test]
fn out_of_band_data_shows_in_exceptfds_unless_it_is_in_line() {
    start();
    let (client, server) = pair();
    tx(client, b"!", MSG_OOB).unwrap();
    assert_eq!(select_of([&[server], &[], &[server]], None), Ok([vec![], vec![], vec![server]]));
    assert_eq!(rx_some(server, MSG_OOB), Ok(b"!".to_vec()));
    assert_eq!(select_of([&[server], &[], &[server]], NOW), Ok(nothing()));
    set_option(server, SOL_SOCKET, SO_OOBINLINE, 1);
    tx(client, b"?", MSG_OOB).unwrap();
    assert_eq!(select_of([&[server], &[], &[server]], None), Ok([vec![server], vec![], vec![]]));
    close_all(&[client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a closed port reaches the next receive")]
fn a_datagram_socket_is_readable_for_a_datagram_and_for_a_report() {
    start();
    let s = new(SOCK_DGRAM);
    let address = bind_loopback(s);
    assert_eq!(select_of([&[s], &[s], &[s]], NOW), Ok([vec![], vec![s], vec![]]));
    tx_to(s, b"", &address).unwrap();
    until_readable(s);
    assert_eq!(rx_some(s, 0), Ok(vec![]));
    let other = new(SOCK_DGRAM);
    let nobody = bind_loopback(other);
    close(other);
    tx_to(s, b"x", &nobody).unwrap();
    until_readable(s);
    assert_eq!(rx_some(s, 0), Err(WSAECONNRESET));
    assert_eq!(select_of([&[s], &[], &[s]], NOW), Ok(nothing()));
    close(s);
}

#[test]
fn a_socket_without_a_peer_is_ready_for_nothing_until_another_thread_connects_it() {
    start();
    let (listener, address) = listener();
    let s = new(SOCK_STREAM);
    assert_eq!(select_of([&[s], &[s], &[s]], NOW), Ok(nothing()));
    let waiter = thread::spawn(move || select_of([&[s], &[s], &[s]], None));
    connect_to(s, &address).unwrap();
    assert_eq!(waiter.join().unwrap(), Ok([vec![], vec![s], vec![]]));
    close_all(&[listener, s]);
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Wine 8: select: a negative time, a socket twice, a socket that is shut down here"
)]
fn the_sets_keep_their_order_and_a_member_named_twice_counts_twice() {
    start();
    let (a, b) = pair();
    let (c, d) = pair();
    for s in [a, d] {
        tx(s, b"x", 0).unwrap();
    }
    for s in [b, c] {
        until_readable(s);
    }
    assert_eq!(select_of([&[c, a, b, c], &[d], &[]], NOW), Ok([vec![c, b, c], vec![d], vec![]]));
    close_all(&[a, b, c, d]);
}

#[test]
fn a_wait_ends_when_its_time_is_over_and_not_before() {
    start();
    let (client, server) = pair();
    let wait = Duration::from_millis(30);
    // A socket that Linux shows as hung up must not cut the wait short, nor make it spin.
    let idle = new(SOCK_STREAM);
    let begin = Instant::now();
    assert_eq!(select_of([&[client, idle], &[], &[client, idle]], Some(wait)), Ok(nothing()));
    assert!(begin.elapsed() >= wait);
    close_all(&[client, server, idle]);
}

#[test]
fn a_wait_without_a_time_ends_with_the_data() {
    start();
    let (client, server) = pair();
    let waiter = thread::spawn(move || {
        let mut set = set_of(&[server]);
        let none = std::ptr::null_mut();
        // SAFETY: the set is whole.
        let ready = unsafe { select(0, &mut set, none, none, std::ptr::null()) };
        (ready, set.fd_count)
    });
    tx(client, b"x", 0).unwrap();
    assert_eq!(waiter.join().unwrap(), (1, 1));
    close_all(&[client, server]);
}

#[test]
fn signals_do_not_end_a_wait() {
    start();
    let (client, server) = pair();
    let (started, waiting) = mpsc::channel();
    let waiter = thread::spawn(move || {
        started.send(Thread::current()).unwrap();
        select_of([&[server], &[], &[]], None)
    });
    waiting.recv_timeout(LIMIT).unwrap().interrupt();
    tx(client, b"x", 0).unwrap();
    assert_eq!(waiter.join().unwrap(), Ok([vec![server], vec![], vec![]]));
    close_all(&[client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket wakes the calls of other threads")]
fn a_socket_closed_meanwhile_ends_the_wait_whatever_it_is() {
    start();
    let connected = pair();
    let datagram = new(SOCK_DGRAM);
    bind_loopback(datagram);
    let (listening, _) = listener();
    for s in [connected.0, datagram, new(SOCK_DGRAM), listening, new(SOCK_STREAM)] {
        let (client, server) = pair();
        let (started, waiting) = mpsc::channel();
        let waiter = thread::spawn(move || {
            started.send(()).unwrap();
            select_of([&[client, s], &[], &[s]], None)
        });
        waiting.recv_timeout(LIMIT).unwrap();
        let soon = Instant::now() + Duration::from_millis(10);
        while Instant::now() < soon {
            thread::yield_now();
        }
        let begin = Instant::now();
        close(s);
        assert_eq!(waiter.join().unwrap(), Err(WSAENOTSOCK));
        assert!(begin.elapsed() < LIMIT / 2, "promptly");
        close_all(&[client, server]);
    }
    close(connected.1);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn errors_come_in_their_order_and_change_nothing() {
    start();
    let (client, server) = pair();
    let stale = new(SOCK_STREAM);
    close(stale);
    let none = std::ptr::null_mut();
    let time = |tv_sec, tv_usec| TIMEVAL { tv_sec, tv_usec };
    let table: [(&str, Option<&[SOCKET]>, TIMEVAL, i32); 7] = [
        ("all NULL", None, time(0, 0), WSAEINVAL),
        ("all NULL, bad time", None, time(-1, 0), WSAEINVAL),
        ("empty", Some(&[]), time(0, 0), WSAEINVAL),
        ("negative seconds", Some(&[client]), time(-1, 0), WSAEINVAL),
        ("negative microseconds, stale", Some(&[stale]), time(0, -1), WSAEINVAL),
        ("stale", Some(&[client, stale]), time(0, 0), WSAENOTSOCK),
        ("wild", Some(&[INVALID_SOCKET, client]), time(0, 0), WSAENOTSOCK),
    ];
    for (case, members, time, expected) in table {
        let mut set = members.map(set_of);
        let pointer = set.as_mut().map_or(none, |set| set as *mut FD_SET);
        // SAFETY: set and time are whole.
        let result = unsafe { select(0, pointer, none, pointer, &time) };
        assert_eq!((result, last_error()), (SOCKET_ERROR, expected), "{case}");
        if let (Some(set), Some(members)) = (set, members) {
            assert_eq!(&set.fd_array[..set.fd_count as usize], members, "{case}");
        }
    }
    close_all(&[client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: NULL is refused, where Windows follows the pointer")]
fn fd_isset_finds_members_only() {
    let mut set = set_of(&[8, 16]);
    // SAFETY: the set is whole.
    let mut is_set = |s| unsafe { __WSAFDIsSet(s, &mut set) } != 0;
    assert!(is_set(8) && is_set(16));
    assert!(!is_set(0) && !is_set(4));
    // SAFETY: NULL is allowed.
    assert_eq!(unsafe { __WSAFDIsSet(8, std::ptr::null_mut()) }, 0);
}
