//! The errors of the plain calls, in the order in which they are checked: each row has the fault of its own and those
//! that come later.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

#[path = "common/call.rs"]
mod call;
mod common;

use call::*;
use common::*;
use std::ptr::{null, null_mut};
use winsock::win32::*;

const LEN: i32 = size_of::<SOCKADDR_IN>() as i32;

/// Handles that name nothing: closed, of no generation, unaligned, never given.
fn no_sockets() -> Vec<SOCKET> {
    let stale = new(SOCK_STREAM);
    close(stale);
    vec![stale, 0, 1, stale + 1, stale | 1 << 40, INVALID_SOCKET, INVALID_SOCKET - 3]
}

/// A call with everything wrong, and its answer.
type Call = Box<dyn FnOnce() -> i64>;

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn a_handle_that_names_nothing_comes_before_everything_else() {
    start();
    let mut byte = 0u8;
    for s in no_sockets() {
        let p: *mut u8 = &mut byte;
        let answers: [(&str, Call); 12] = [
            // SAFETY: NULL and bad lengths are answered.
            ("bind", Box::new(move || unsafe { bind(s, null(), -1) }.into())),
            // SAFETY: no memory is passed.
            ("listen", Box::new(move || unsafe { listen(s, -1) }.into())),
            // SAFETY: NULL is answered.
            ("accept", Box::new(move || unsafe { accept(s, p.cast(), null_mut()) } as i64)),
            // SAFETY: NULL is answered.
            ("connect", Box::new(move || unsafe { connect(s, null(), -1) }.into())),
            // SAFETY: no memory is passed.
            ("shutdown", Box::new(move || unsafe { shutdown(s, 99) }.into())),
            // SAFETY: NULL is answered.
            ("getsockname", Box::new(move || unsafe { getsockname(s, null_mut(), null_mut()) }.into())),
            // SAFETY: NULL is answered.
            ("getpeername", Box::new(move || unsafe { getpeername(s, null_mut(), null_mut()) }.into())),
            // SAFETY: NULL and bad lengths are answered.
            ("send", Box::new(move || unsafe { send(s, null(), -1, -1) }.into())),
            // SAFETY: NULL and bad lengths are answered.
            ("recv", Box::new(move || unsafe { recv(s, null_mut(), -1, -1) }.into())),
            // SAFETY: NULL and bad lengths are answered.
            ("sendto", Box::new(move || unsafe { sendto(s, null(), -1, -1, null(), -1) }.into())),
            (
                "recvfrom",
                // SAFETY: NULL and bad lengths are answered.
                Box::new(move || unsafe { recvfrom(s, null_mut(), -1, -1, null_mut(), null_mut()) }.into()),
            ),
            // SAFETY: no memory is passed.
            ("closesocket", Box::new(move || unsafe { closesocket(s) }.into())),
        ];
        for (name, call) in answers {
            assert_eq!((call(), last_error()), (-1, WSAENOTSOCK), "{name} of {s:#x}");
        }
    }
}

/// What is wrong with an address, apart from the state of the socket.
fn bad_addresses() -> Vec<(&'static str, Option<SOCKADDR_IN>, i32, i32)> {
    let good = loopback(9);
    let of = |sin_family| SOCKADDR_IN { sin_family, ..good };
    vec![
        ("NULL", None, LEN, WSAEFAULT),
        ("NULL, no length", None, 0, WSAEFAULT),
        ("no length", Some(good), 0, WSAEFAULT),
        ("negative length", Some(good), -1, WSAEFAULT),
        ("half a family", Some(good), 1, WSAEFAULT),
        ("short", Some(good), LEN - 1, WSAEFAULT),
        ("short, of an unknown family", Some(of(77)), 8, WSAEAFNOSUPPORT),
        ("short for its family", Some(of(AF_INET6)), LEN, WSAEFAULT),
        ("of no family", Some(of(AF_UNSPEC)), LEN, WSAEAFNOSUPPORT),
    ]
}

#[test]
#[cfg_attr(windows, ignore = "Linux: NULL is refused, where Windows follows the pointer")]
fn addresses_are_checked_before_the_state_of_the_socket() {
    start();
    let (listener, _) = listener();
    let (client, server) = pair();
    let (fresh, datagram) = (new(SOCK_STREAM), new(SOCK_DGRAM));
    let data = [0u8; 1];
    for (case, address, len, code) in bad_addresses() {
        let pointer: *const SOCKADDR =
            address.as_ref().map_or(null(), |address| std::ptr::from_ref(address).cast());
        for s in [fresh, listener, client] {
            // SAFETY: what is wrong is answered.
            assert_eq!((unsafe { connect(s, pointer, len) }, last_error()), (-1, code), "connect: {case}");
            // SAFETY: what is wrong is answered.
            let bound = unsafe { bind(s, pointer, len) };
            assert_eq!((bound, last_error()), (-1, WSAEFAULT), "bind: {case}");
        }
        if !pointer.is_null() {
            // SAFETY: what is wrong is answered.
            let sent = unsafe { sendto(datagram, data.as_ptr(), 1, 0, pointer, len) };
            assert_eq!((sent, last_error()), (-1, code), "sendto: {case}");
            // SAFETY: what is wrong is answered.
            let sent = unsafe { sendto(datagram, data.as_ptr(), 1, 0x40, pointer, len) };
            assert_eq!((sent, last_error()), (-1, WSAEINVAL), "sendto, unknown flag: {case}");
        }
    }
    assert_eq!(local(datagram), Err(WSAEINVAL), "nothing was bound");
    close_all(&[fresh, listener, client, server, datagram]);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: NULL is refused, where Windows follows the pointer")]
fn room_for_a_name_is_checked_before_the_state() {
    start();
    let unbound = new(SOCK_STREAM);
    let mut name = SOCKADDR_IN::default();
    let mut len = LEN - 1;
    let rooms: [(*mut SOCKADDR, *mut i32); 4] = [
        (null_mut(), null_mut()),
        ((&raw mut name).cast(), null_mut()),
        (null_mut(), &mut len),
        ((&raw mut name).cast(), &mut len),
    ];
    for (name, len) in rooms {
        // SAFETY: what is wrong is answered.
        assert_eq!((unsafe { getsockname(unbound, name, len) }, last_error()), (-1, WSAEFAULT));
        // SAFETY: what is wrong is answered.
        assert_eq!((unsafe { getpeername(unbound, name, len) }, last_error()), (-1, WSAEFAULT));
    }
    assert_eq!(len, LEN - 1, "a failure changes nothing");
    close(unbound);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn transfers_check_lengths_then_flags_then_the_state_then_memory() {
    start();
    let (client, server) = pair();
    let (stream, datagram) = (new(SOCK_STREAM), new(SOCK_DGRAM));
    let shut_down = pair();
    shut(shut_down.0, SD_BOTH).unwrap();
    let mut byte = 0u8;
    let p: *mut u8 = &mut byte;
    // socket, memory, length, flags, code of send, code of recv
    let table: [(&str, SOCKET, *mut u8, i32, i32, i32, i32); 9] = [
        ("length, flag, state", stream, null_mut(), -1, 0x40, WSAEFAULT, WSAEINVAL),
        ("length of a datagram", datagram, null_mut(), i32::MIN, 0x40, WSAEFAULT, WSAEFAULT),
        ("flag, state", stream, null_mut(), 1, 0x40, WSAEINVAL, WSAEINVAL),
        ("flag of another kind, state", datagram, null_mut(), 1, MSG_OOB, WSAEOPNOTSUPP, WSAEOPNOTSUPP),
        ("no peer", stream, null_mut(), 1, 0, WSAENOTCONN, WSAENOTCONN),
        ("no peer, urgent", stream, p, 1, MSG_OOB, WSAENOTCONN, WSAENOTCONN),
        ("no address", datagram, null_mut(), 1, 0, WSAENOTCONN, WSAEINVAL),
        ("shut down", shut_down.0, null_mut(), 1, 0, WSAESHUTDOWN, WSAESHUTDOWN),
        ("memory", client, null_mut(), 1, 0, WSAEFAULT, WSAEFAULT),
    ];
    tx(server, b"x", 0).unwrap();
    until_readable(client);
    for (case, s, data, len, flags, send_code, recv_code) in table {
        // SAFETY: what is wrong is answered.
        assert_eq!((unsafe { send(s, data, len, flags) }, last_error()), (-1, send_code), "send: {case}");
        // SAFETY: what is wrong is answered.
        assert_eq!((unsafe { recv(s, data, len, flags) }, last_error()), (-1, recv_code), "recv: {case}");
    }
    assert_eq!(rx_some(client, 0), Ok(b"x".to_vec()), "what could not be written is still there");
    // SAFETY: NULL asks for no address.
    let sent = unsafe { sendto(datagram, p, 1, 0, null(), 0) };
    assert_eq!((sent, last_error()), (-1, WSAEDESTADDRREQ));
    // SAFETY: what is wrong is answered.
    let received = unsafe { recvfrom(datagram, p, 1, 0x40, p.cast(), null_mut()) };
    assert_eq!((received, last_error()), (-1, WSAEFAULT), "the room for the address before the flag");
    close_all(&[client, server, stream, datagram, shut_down.0, shut_down.1]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a success does not touch the last error")]
fn a_success_leaves_the_last_error_alone() {
    start();
    // SAFETY: no memory is passed.
    unsafe { WSASetLastError(4711) };
    let (client, server) = pair();
    tx(client, b"x", 0).unwrap();
    assert_eq!(rx_some(server, 0), Ok(b"x".to_vec()));
    close_all(&[client, server]);
    assert_eq!(last_error(), 4711);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { GetLastError() }, 4711);
}
