//! `WSAAccept`, `WSAConnect`, `WSASendDisconnect`, `WSARecvDisconnect`, `WSARecvEx`: what they do beyond their shorter
//! forms, and the order of their errors.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/option.rs"]
mod option;

use common::*;
use option::*;
use std::ptr::{null, null_mut};
use winsock::win32::*;

/// What a condition function answers, and what it saw.
struct Condition {
    answer: i32,
    asked: u32,
    peer: SOCKADDR_IN,
    local: SOCKADDR_IN,
}

impl Condition {
    fn new(answer: i32) -> Condition {
        Condition { answer, asked: 0, peer: loopback(0), local: loopback(0) }
    }

    fn accept(&mut self, listener: SOCKET) -> Result<SOCKET, i32> {
        // SAFETY: no address is asked for, and the data is this condition.
        match unsafe { WSAAccept(listener, null_mut(), null_mut(), Some(condition), &raw mut *self as usize) }
        {
            INVALID_SOCKET => Err(last_error()),
            s => Ok(s),
        }
    }
}

unsafe extern "system" fn condition(
    caller: *mut WSABUF,
    caller_data: *mut WSABUF,
    sqos: *mut QOS,
    gqos: *mut QOS,
    callee: *mut WSABUF,
    callee_data: *mut WSABUF,
    _group: *mut u32,
    data: usize,
) -> i32 {
    assert!(caller_data.is_null() && sqos.is_null() && gqos.is_null());
    // SAFETY: the data is a condition of the calling test.
    let condition = unsafe { &mut *(data as *mut Condition) };
    // SAFETY: the buffer is valid for this call.
    let caller = unsafe { caller.read() };
    // SAFETY: as above.
    let callee = unsafe { callee.read() };
    // SAFETY: as above.
    let callee_data = unsafe { callee_data.read() };
    assert_eq!((caller.len, callee.len, callee_data.len), (16, 16, 0));
    // SAFETY: each holds a whole address.
    condition.peer = unsafe { caller.buf.cast::<SOCKADDR_IN>().read_unaligned() };
    // SAFETY: as above.
    condition.local = unsafe { callee.buf.cast::<SOCKADDR_IN>().read_unaligned() };
    condition.asked += 1;
    condition.answer
}

fn connect_to(address: &SOCKADDR_IN) -> SOCKET {
    let client = new(SOCK_STREAM);
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(client, (&raw const *address).cast(), 16) }, 0, "{}", last_error());
    client
}

fn local_port(s: SOCKET) -> u16 {
    let mut address = loopback(0);
    let mut len = 16;
    // SAFETY: the address has room.
    assert_eq!(unsafe { getsockname(s, (&raw mut address).cast(), &mut len) }, 0);
    address.sin_port
}

fn receive(s: SOCKET) -> Result<i32, i32> {
    let mut byte = 0u8;
    // SAFETY: one byte of room.
    match unsafe { recv(s, &mut byte, 1, 0) } {
        SOCKET_ERROR => Err(last_error()),
        len => Ok(len),
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: a condition is given NULL for what a protocol does not have")]
fn a_condition_sees_both_addresses_and_accepts() {
    start();
    let (listener, address) = listener();
    let client = connect_to(&address);
    let mut accepting = Condition::new(CF_ACCEPT as i32);
    let server = accepting.accept(listener).unwrap();
    assert_eq!(accepting.asked, 1);
    assert_eq!(accepting.peer.sin_port, local_port(client));
    assert_eq!(accepting.local.sin_port, address.sin_port);
    assert_eq!((accepting.peer.sin_family, accepting.local.sin_family), (AF_INET, AF_INET));
    for s in [listener, client, server] {
        close(s);
    }
}

#[test]
fn without_a_condition_it_is_accept() {
    start();
    let (listener, address) = listener();
    let client = connect_to(&address);
    let mut from = loopback(0);
    let mut len = 16;
    // SAFETY: the address has room.
    let server = unsafe { WSAAccept(listener, (&raw mut from).cast(), &mut len, None, 0) };
    assert_ne!(server, INVALID_SOCKET, "{}", last_error());
    assert_eq!((from.sin_port, len), (local_port(client), 16));
    for s in [listener, client, server] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: a condition is given NULL for what a protocol does not have")]
fn a_rejected_peer_is_reset() {
    start();
    let (listener, address) = listener();
    let client = connect_to(&address);
    assert_eq!(Condition::new(CF_REJECT as i32).accept(listener), Err(WSAECONNREFUSED));
    assert_eq!(receive(client), Err(WSAECONNRESET));
    set(listener, SOL_SOCKET, SO_RCVTIMEO, 30).unwrap();
    assert_eq!(Condition::new(CF_ACCEPT as i32).accept(listener), Err(WSAETIMEDOUT), "it is gone");
    close(listener);
    close(client);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: a condition is given NULL for what a protocol does not have")]
fn a_deferred_connection_is_the_next_one_again() {
    start();
    let (listener, address) = listener();
    let first = connect_to(&address);
    let second = connect_to(&address);
    for (answer, code) in [(CF_DEFER as i32, WSATRY_AGAIN), (99, WSAEINVAL), (CF_DEFER as i32, WSATRY_AGAIN)]
    {
        let mut condition = Condition::new(answer);
        assert_eq!(condition.accept(listener), Err(code));
        assert_eq!(condition.peer.sin_port, local_port(first), "the same again");
    }
    let mut from = loopback(0);
    let mut len = 16;
    // SAFETY: the address has room.
    let server = unsafe { accept(listener, (&raw mut from).cast(), &mut len) };
    assert_eq!(from.sin_port, local_port(first));
    let mut accepting = Condition::new(CF_ACCEPT as i32);
    let other = accepting.accept(listener).unwrap();
    assert_eq!(accepting.peer.sin_port, local_port(second));
    for s in [listener, first, second, server, other] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn the_errors_of_wsaaccept_come_in_order() {
    start();
    let stale = new(SOCK_STREAM);
    close(stale);
    let mut never = Condition::new(CF_ACCEPT as i32);
    let mut address = loopback(0);
    let mut short = 15;
    let mut try_short = |s: SOCKET| {
        let data = &raw mut never as usize;
        // SAFETY: the address has more room than it says.
        let result = unsafe { WSAAccept(s, (&raw mut address).cast(), &mut short, Some(condition), data) };
        assert_eq!(result, INVALID_SOCKET);
        last_error()
    };
    for handle in [stale, 0, 3, INVALID_SOCKET] {
        assert_eq!(try_short(handle), WSAENOTSOCK);
    }
    let datagrams = new(SOCK_DGRAM);
    let unbound = new(SOCK_STREAM);
    let (listener, _) = listener();
    for s in [datagrams, unbound, listener] {
        assert_eq!(try_short(s), WSAEFAULT);
    }
    assert_eq!(never.accept(datagrams), Err(WSAEOPNOTSUPP));
    assert_eq!(never.accept(unbound), Err(WSAEINVAL));
    let mut on = 1;
    // SAFETY: the argument is writable.
    assert_eq!(unsafe { ioctlsocket(listener, FIONBIO, &mut on) }, 0);
    assert_eq!(never.accept(listener), Err(WSAEWOULDBLOCK));
    assert_eq!(never.asked, 0);
    for s in [datagrams, unbound, listener] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: NULL is refused, where Windows follows the pointer")]
fn wsaconnect_connects_and_knows_no_data() {
    start();
    let (listener, address) = listener();
    let client = new(SOCK_STREAM);
    let mut byte = 7u8;
    let data = WSABUF { len: 1, buf: &mut byte };
    let mut callee = WSABUF { len: 1, buf: &mut byte };
    // SAFETY: numbers of zero are a valid structure.
    let qos: QOS = unsafe { std::mem::zeroed() };
    let target = (&raw const address).cast::<SOCKADDR>();
    let no_address = null::<SOCKADDR>();
    let mut go =
        |s: SOCKET, name: *const SOCKADDR, data: *const WSABUF, sqos: *const QOS, gqos: *const QOS| {
            // SAFETY: each pointer is NULL or valid.
            match unsafe { WSAConnect(s, name, 16, data, &mut callee, sqos, gqos) } {
                0 => Ok(()),
                _ => Err(last_error()),
            }
        };
    assert_eq!(go(0, no_address, &data, &qos, &qos), Err(WSAENOTSOCK));
    assert_eq!(go(client, no_address, &data, &qos, &qos), Err(WSAEFAULT));
    assert_eq!(go(client, target, &data, &qos, &qos), Err(WSAEINVAL));
    assert_eq!(go(client, target, &data, &qos, null()), Err(WSAEPROTONOSUPPORT));
    assert_eq!(go(client, target, null(), &qos, null()), Err(WSAEOPNOTSUPP));
    assert_eq!(go(listener, target, null(), null(), null()), Err(WSAEINVAL));
    assert_eq!(go(client, target, null(), null(), null()), Ok(()));
    assert_eq!(go(client, target, null(), null(), null()), Err(WSAEISCONN));
    assert_eq!(callee.len, 0);
    close(listener);
    close(client);
}

#[test]
fn disconnecting_is_shutting_down() {
    start();
    let (client, server) = pair();
    // SAFETY: no data is passed.
    assert_eq!(unsafe { WSASendDisconnect(client, null()) }, 0);
    assert_eq!(receive(server), Ok(0));
    // SAFETY: one byte.
    assert_eq!(unsafe { send(client, b"x".as_ptr(), 1, 0) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAESHUTDOWN);
    // SAFETY: no data is passed.
    assert_eq!(unsafe { WSARecvDisconnect(client, null()) }, 0);
    assert_eq!(receive(client), Err(WSAESHUTDOWN));
    close(client);
    close(server);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn the_errors_of_disconnecting_come_in_order() {
    start();
    let alone = new(SOCK_STREAM);
    let data = WSABUF { len: 0, buf: null_mut() };
    type Disconnect = unsafe extern "system" fn(SOCKET, *const WSABUF) -> i32;
    for function in [WSASendDisconnect as Disconnect, WSARecvDisconnect as Disconnect] {
        for (s, data, code) in [
            (0, &raw const data, WSAENOTSOCK),
            (alone, &raw const data, WSAENOPROTOOPT),
            (alone, null(), WSAENOTCONN),
        ] {
            // SAFETY: the data is NULL or valid.
            assert_eq!(unsafe { function(s, data) }, SOCKET_ERROR);
            assert_eq!(last_error(), code);
        }
    }
    close(alone);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: part of a datagram")]
fn wsarecvex_tells_of_a_part_instead_of_failing() {
    start();
    let s = new(SOCK_DGRAM);
    let address = bind_loopback(s);
    for _ in 0..2 {
        // SAFETY: data and address are readable.
        assert_eq!(unsafe { sendto(s, b"hello".as_ptr(), 5, 0, (&raw const address).cast(), 16) }, 5);
    }
    let mut room = [0u8; 16];
    let mut flags = MSG_PEEK;
    // SAFETY: three bytes of room.
    assert_eq!(unsafe { WSARecvEx(s, room.as_mut_ptr(), 3, &mut flags) }, 3);
    assert_eq!((&room[..3], flags), (&b"hel"[..], MSG_PARTIAL as i32));
    flags = 0;
    // SAFETY: as above.
    assert_eq!(unsafe { WSARecvEx(s, room.as_mut_ptr(), 3, &mut flags) }, 3, "it was only peeked at");
    assert_eq!(flags, MSG_PARTIAL as i32);
    // SAFETY: 16 bytes of room.
    let len = unsafe { WSARecvEx(s, room.as_mut_ptr(), 16, &mut flags) };
    assert_eq!(len, 5, "the rest of the first is lost");
    assert_eq!(flags, 0);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn the_errors_of_wsarecvex_come_in_order() {
    start();
    let alone = new(SOCK_STREAM);
    let mut room = 0u8;
    let mut good = 0;
    let table: [(SOCKET, i32, *mut i32, i32); 4] = [
        (0, -1, null_mut(), WSAENOTSOCK),
        (alone, -1, null_mut(), WSAEFAULT),
        (alone, 1, null_mut(), WSAEFAULT),
        (alone, 1, &mut good, WSAENOTCONN),
    ];
    for (s, len, flags, code) in table {
        // SAFETY: the room and the flags are writable.
        assert_eq!(unsafe { WSARecvEx(s, &mut room, len, flags) }, SOCKET_ERROR);
        assert_eq!(last_error(), code);
    }
    close(alone);
}
