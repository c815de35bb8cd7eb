//! `WSAPoll`: which `revents` show what.
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

const FOREVER: i32 = -1;
const BOTH: i16 = POLLIN | POLLOUT;

#[test]
fn what_is_asked_for_is_shown_when_it_holds() {
    start();
    let (client, server) = pair();
    assert_eq!(poll_of(&[(client, BOTH), (server, POLLIN), (server, 0)], 0), Ok(vec![POLLWRNORM, 0, 0]));
    tx(client, b"x", 0).unwrap();
    assert_eq!(poll_of(&[(server, POLLIN)], FOREVER), Ok(vec![POLLRDNORM]));
    assert_eq!(poll_of(&[(server, BOTH)], 0), Ok(vec![POLLRDNORM | POLLWRNORM]));
    assert_eq!(poll_of(&[(server, POLLRDBAND)], 0), Ok(vec![0]), "only what is asked for");
    close_all(&[client, server]);
}

#[test]
fn a_connection_that_waits_is_normal_data() {
    start();
    let (listener, address) = listener();
    assert_eq!(poll_of(&[(listener, BOTH)], 0), Ok(vec![0]));
    let client = new(SOCK_STREAM);
    connect_to(client, &address).unwrap();
    assert_eq!(poll_of(&[(listener, BOTH)], FOREVER), Ok(vec![POLLRDNORM]));
    close_all(&[listener, client]);
}

#[test]
fn out_of_band_data_is_of_the_band_unless_it_is_in_line() {
    start();
    let (client, server) = pair();
    tx(client, b"!", MSG_OOB).unwrap();
    assert_eq!(poll_of(&[(server, POLLIN)], FOREVER), Ok(vec![POLLRDBAND]));
    set_option(server, SOL_SOCKET, SO_OOBINLINE, 1);
    assert_eq!(poll_of(&[(server, POLLIN)], FOREVER), Ok(vec![POLLRDNORM]));
    close_all(&[client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: WSAPoll: ends and failures")]
fn a_peer_that_ends_its_side_hangs_up_asked_for_or_not() {
    start();
    let (client, server) = pair();
    shut(client, SD_SEND).unwrap();
    assert_eq!(poll_of(&[(server, 0)], FOREVER), Ok(vec![POLLHUP]));
    assert_eq!(poll_of(&[(server, BOTH)], 0), Ok(vec![POLLHUP | POLLRDNORM | POLLWRNORM]));
    assert_eq!(poll_of(&[(client, POLLIN)], 0), Ok(vec![0]), "the other side goes on");
    close_all(&[client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: WSAPoll: ends and failures")]
fn a_reset_is_an_error_and_stays_one() {
    start();
    let (client, server) = pair();
    reset(server);
    assert_eq!(poll_of(&[(client, 0)], FOREVER), Ok(vec![POLLHUP | POLLERR]));
    let all = Ok(vec![POLLHUP | POLLERR | POLLRDNORM | POLLWRNORM]);
    assert_eq!(poll_of(&[(client, BOTH)], 0), all);
    assert_eq!(rx_some(client, 0), Err(WSAECONNRESET));
    assert_eq!(poll_of(&[(client, BOTH)], 0), all);
    close(client);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: WSAPoll: ends and failures")]
fn a_connect_that_fails_shows_all_three() {
    start();
    let closed = new(SOCK_STREAM);
    let address = bind_loopback(closed);
    close(closed);
    let s = new(SOCK_STREAM);
    nonblocking(s, true);
    assert_eq!(connect_to(s, &address), Err(WSAEWOULDBLOCK));
    assert_eq!(poll_of(&[(s, POLLOUT)], FOREVER), Ok(vec![POLLHUP | POLLERR | POLLWRNORM]));
    assert_eq!(option(s, SOL_SOCKET, SO_ERROR), WSAECONNREFUSED);
    close(s);
}

#[test]
fn a_connect_that_succeeds_is_writable() {
    start();
    let (listener, address) = listener();
    let s = new(SOCK_STREAM);
    assert_eq!(poll_of(&[(s, BOTH)], 0), Ok(vec![0]), "not before it");
    nonblocking(s, true);
    assert_eq!(connect_to(s, &address), Err(WSAEWOULDBLOCK));
    assert_eq!(poll_of(&[(s, BOTH)], FOREVER), Ok(vec![POLLWRNORM]));
    close_all(&[listener, s]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: WSAPoll: what can be asked for")]
fn negative_entries_are_ignored_and_stale_ones_answered_at_once() {
    start();
    let (client, server) = pair();
    let stale = new(SOCK_STREAM);
    close(stale);
    let entries = [(INVALID_SOCKET, POLLPRI), (server, POLLIN), (stale, POLLIN), (7, 0)];
    assert_eq!(poll_of(&entries, FOREVER), Ok(vec![0, 0, POLLNVAL, POLLNVAL]));
    close_all(&[client, server]);
}

#[test]
fn a_socket_closed_meanwhile_ends_the_wait() {
    start();
    let (client, server) = pair();
    let (started, waiting) = mpsc::channel();
    let waiter = thread::spawn(move || {
        started.send(()).unwrap();
        poll_of(&[(client, POLLIN), (server, POLLIN)], FOREVER)
    });
    waiting.recv_timeout(LIMIT).unwrap();
    let soon = Instant::now() + Duration::from_millis(10);
    while Instant::now() < soon {
        thread::yield_now();
    }
    close(server);
    let revents = waiter.join().unwrap().unwrap();
    assert_ne!(revents[1] & POLLNVAL, 0, "{revents:?}");
    close(client);
}

#[test]
fn the_time_is_in_milliseconds() {
    start();
    let (client, server) = pair();
    let begin = Instant::now();
    assert_eq!(poll_of(&[(server, POLLIN)], 30), Ok(vec![0]));
    assert!(begin.elapsed() >= Duration::from_millis(30));
    close_all(&[client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: WSAPoll: what can be asked for")]
fn errors_come_in_their_order_and_change_nothing() {
    start();
    let (client, server) = pair();
    let none = std::ptr::null_mut();
    // SAFETY: NULL is answered.
    assert_eq!((unsafe { WSAPoll(none, 0, 0) }, last_error()), (SOCKET_ERROR, WSAEINVAL));
    // SAFETY: NULL is answered.
    assert_eq!((unsafe { WSAPoll(none, 1, 0) }, last_error()), (SOCKET_ERROR, WSAEFAULT));
    for bad in [POLLPRI, POLLERR, POLLHUP, POLLNVAL, POLLWRBAND, 0x800, i16::MIN, POLLIN | POLLPRI] {
        assert_eq!(poll_of(&[(client, POLLIN), (server, bad)], 0), Err(WSAEINVAL), "{bad:#x}");
        assert_eq!(poll_of(&[(7, bad)], 0), Err(WSAEINVAL), "{bad:#x} of no socket");
    }
    assert_eq!(poll_of(&[(INVALID_SOCKET, 0)], FOREVER), Err(WSAEINVAL), "no socket at all");
    assert_eq!(poll_of(&[(INVALID_SOCKET, 0), (7, POLLIN)], FOREVER), Err(WSAEINVAL), "none that is open");
    close_all(&[client, server]);
}
