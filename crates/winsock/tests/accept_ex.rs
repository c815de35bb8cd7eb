//! `AcceptEx` gives connections to sockets that exist, in order, with their addresses and their first data.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/port.rs"]
mod port;

use common::*;
use port::*;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::ptr::null_mut;
use std::sync::mpsc;
use std::time::Duration;
use winsock::win32::*;

/// Room for an address of IPv4 in the buffer.
const ROOM: u32 = 32;

/// An `AcceptEx` and all that belongs to it.
struct Accept {
    /// The first to be dropped, which waits for the end of it.
    operation: Operation,
    socket: SOCKET,
    buffer: Box<[u8; 256]>,
    data: u32,
}

impl Accept {
    fn new(data: u32) -> Accept {
        let operation = Operation::new();
        Accept { operation, socket: new(SOCK_STREAM), buffer: Box::new([0; 256]), data }
    }

    fn start(&mut self, listener: SOCKET) -> i32 {
        let mut bytes = 0;
        let buffer = self.buffer.as_mut_ptr().cast();
        // SAFETY: buffer and OVERLAPPED live in boxes until the operation has ended.
        code(unsafe {
            AcceptEx(
                listener,
                self.socket,
                buffer,
                self.data,
                ROOM,
                ROOM,
                &mut bytes,
                self.operation.pointer(),
            )
        })
    }

    fn posted(listener: SOCKET, data: u32) -> Accept {
        let mut accept = Accept::new(data);
        assert_eq!(accept.start(listener), WSA_IO_PENDING);
        accept
    }

    /// The ports of both sides, as the buffer has them.
    fn ports(&self) -> (u16, u16) {
        let (mut local, mut local_len, mut remote, mut remote_len) = (null_mut(), 0, null_mut(), 0);
        // SAFETY: the buffer was filled in by an AcceptEx with the same lengths.
        unsafe {
            GetAcceptExSockaddrs(
                self.buffer.as_ptr().cast(),
                self.data,
                ROOM,
                ROOM,
                &mut local,
                &mut local_len,
                &mut remote,
                &mut remote_len,
            )
        };
        assert_eq!((local_len, remote_len), (16, 16));
        let port = |name: *mut SOCKADDR| {
            // SAFETY: the address is in the buffer, and has the length of an IPv4 address.
            let address = unsafe { name.cast::<SOCKADDR_IN>().read_unaligned() };
            assert_eq!(address.sin_family, AF_INET);
            // SAFETY: every field of the union is a view of the same bytes.
            assert_eq!(unsafe { address.sin_addr.S_un.S_addr }, u32::from_ne_bytes([127, 0, 0, 1]));
            u16::from_be(address.sin_port)
        };
        (port(local), port(remote))
    }
}

fn connect_to(address: &SOCKADDR_IN) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", u16::from_be(address.sin_port))).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(LIMIT_MS.into()))).unwrap();
    stream
}

fn receive(s: SOCKET, room: &mut [u8]) -> i32 {
    // SAFETY: the slice is writable.
    unsafe { recv(s, room.as_mut_ptr(), room.len() as i32, 0) }
}

/// Sends on the accepted socket and expects it at the peer.
fn carries(s: SOCKET, peer: &mut TcpStream) {
    // SAFETY: the bytes are readable.
    assert_eq!(unsafe { send(s, b"hello".as_ptr(), 5, 0) }, 5, "{}", last_error());
    let mut got = [0; 5];
    peer.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"hello");
}

#[test]
#[cfg_attr(windows, ignore = "Linux: whether an operation ends in its call is left to the system")]
fn a_connection_that_waits_is_accepted_at_once_and_still_gives_a_packet() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let mut peer = connect_to(&address);
    let mut accept = Accept::new(0);
    assert_eq!(accept.start(listener), 0);
    assert_eq!(port.take_of(listener, &accept.operation), (0, 0));
    assert_eq!(accept.ports(), (u16::from_be(address.sin_port), peer.local_addr().unwrap().port()));
    carries(accept.socket, &mut peer);
    close(accept.socket);
    close(listener);
}

#[test]
fn a_connection_that_comes_later_is_accepted_then() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let accept = Accept::posted(listener, 0);
    port.is_empty();
    let mut peer = connect_to(&address);
    assert_eq!(port.take_of(listener, &accept.operation), (0, 0));
    carries(accept.socket, &mut peer);
    close(accept.socket);
    close(listener);
}

#[test]
fn the_operation_waits_for_the_first_data_if_there_is_room_for_any() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let accept = Accept::posted(listener, 100);
    let mut peer = connect_to(&address);
    port.is_empty();
    peer.write_all(b"first").unwrap();
    assert_eq!(port.take_of(listener, &accept.operation), (5, 0));
    assert_eq!(&accept.buffer[..5], b"first");
    assert_eq!(accept.ports().1, peer.local_addr().unwrap().port());
    // What is longer than the room stays for the next receive.
    let short = Accept::posted(listener, 4);
    let mut other = connect_to(&address);
    other.write_all(b"longer").unwrap();
    assert_eq!(port.take_of(listener, &short.operation).1, 0);
    let mut rest = [0; 10];
    let len = receive(short.socket, &mut rest);
    assert_eq!([&short.buffer[..4], &rest[..len as usize]].concat(), b"longer");
    carries(accept.socket, &mut peer);
    carries(short.socket, &mut other);
    close(accept.socket);
    close(short.socket);
    close(listener);
}

#[test]
fn data_that_waits_with_its_connection_comes_with_the_accept() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let mut peer = connect_to(&address);
    peer.write_all(b"early").unwrap();
    let mut accept = Accept::new(100);
    assert!(matches!(accept.start(listener), 0 | WSA_IO_PENDING));
    assert_eq!(port.take_of(listener, &accept.operation), (5, 0));
    port.is_empty();
    close(accept.socket);
    close(listener);
}

#[test]
fn a_silent_peer_keeps_nobody_from_being_accepted() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let accepts: Vec<Accept> = (0..3).map(|_| Accept::posted(listener, 10)).collect();
    let silent = connect_to(&address);
    let mut talks = connect_to(&address);
    talks.write_all(b"x").unwrap();
    assert_eq!(port.take_of(listener, &accepts[1].operation), (1, 0));
    // The silent one ends without a word: no data, and no failure.
    silent.shutdown(Shutdown::Both).unwrap();
    assert_eq!(port.take_of(listener, &accepts[0].operation), (0, 0));
    assert!(!accepts[2].operation.is_final());
    close(listener);
    assert_eq!(port.take_of(listener, &accepts[2].operation), (0, WSA_OPERATION_ABORTED));
    for accept in &accepts {
        close(accept.socket);
    }
}

#[test]
fn several_take_connections_in_the_order_of_their_calls() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let accepts: Vec<Accept> = (0..20).map(|_| Accept::posted(listener, 0)).collect();
    for accept in &accepts {
        let peer = connect_to(&address);
        assert_eq!(port.take_of(listener, &accept.operation), (0, 0));
        assert_eq!(accept.ports().1, peer.local_addr().unwrap().port());
    }
    for accept in accepts {
        close(accept.socket);
    }
    close(listener);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a failed AcceptEx leaves its socket unusable")]
fn a_reset_before_the_first_data_fails_and_gives_the_socket_back() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let mut accept = Accept::posted(listener, 10);
    let peer = connect_to(&address);
    await_connection(&accept);
    // Closing without having read what came resets the connection.
    assert_eq!(peer.peek(&mut [0]).unwrap(), 1);
    drop(peer);
    let (bytes, error) = port.take_of(listener, &accept.operation);
    assert_eq!((bytes, error), (0, 64), "ERROR_NETNAME_DELETED");
    // The same socket may be used for the next one.
    assert_eq!(accept.start(listener), WSA_IO_PENDING);
    let mut peer = connect_to(&address);
    peer.write_all(b"second").unwrap();
    assert_eq!(port.take_of(listener, &accept.operation), (6, 0));
    carries(accept.socket, &mut peer);
    close(accept.socket);
    close(listener);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a closed listener leaves the connections of its accepts open")]
fn closing_the_listener_ends_what_waits_for_a_connection_and_for_data() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let mut has_connection = Accept::posted(listener, 10);
    let has_none = Accept::posted(listener, 10);
    let mut peer = connect_to(&address);
    await_connection(&has_connection);
    close(listener);
    let mut ended = [port.take(), port.take()];
    ended.sort_by_key(|taken| taken.overlapped != has_connection.operation.address());
    for (taken, accept) in ended.iter().zip([&has_connection, &has_none]) {
        assert_eq!((taken.key, taken.overlapped), (listener, accept.operation.address()));
        assert_eq!((taken.bytes, taken.error), (0, WSA_OPERATION_ABORTED));
    }
    // Its connection is gone, and the socket is new.
    let mut got = Vec::new();
    let _ = peer.read_to_end(&mut got);
    assert_eq!(got, b"!");
    let (listener, address) = common::listener();
    port.add(listener);
    assert_eq!(has_connection.start(listener), WSA_IO_PENDING);
    let mut peer = connect_to(&address);
    peer.write_all(b"again").unwrap();
    assert_eq!(port.take_of(listener, &has_connection.operation), (5, 0));
    close(has_connection.socket);
    close(has_none.socket);
    close(listener);
}

/// Waits until the operation has a connection: its socket can send then.
fn await_connection(accept: &Accept) {
    let deadline = std::time::Instant::now() + Duration::from_millis(LIMIT_MS.into());
    // SAFETY: one readable byte.
    while unsafe { send(accept.socket, b"!".as_ptr(), 1, 0) } != 1 {
        assert_eq!(last_error(), WSAENOTCONN);
        assert!(std::time::Instant::now() < deadline, "it is accepted");
        std::thread::yield_now();
    }
}

#[test]
fn closing_the_accept_socket_ends_the_operation_wherever_it_is() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let before = Accept::posted(listener, 10);
    close(before.socket);
    assert_eq!(port.take_of(listener, &before.operation), (0, WSA_OPERATION_ABORTED));
    let waits = Accept::posted(listener, 10);
    let mut peer = connect_to(&address);
    await_connection(&waits);
    close(waits.socket);
    assert_eq!(port.take_of(listener, &waits.operation), (0, WSA_OPERATION_ABORTED));
    let mut got = Vec::new();
    let _ = peer.read_to_end(&mut got);
    assert_eq!(got, b"!");
    close(listener);
    port.is_empty();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: AcceptEx: faults are found during the call")]
fn faults_are_found_in_order_and_change_nothing() {
    start();
    let (listener, address) = listener();
    let unbound = new(SOCK_STREAM);
    let bound = new(SOCK_STREAM);
    bind_loopback(bound);
    let datagram = new(SOCK_DGRAM);
    let (client, server) = pair();
    // SAFETY: no memory is passed.
    let other_family = unsafe { socket(AF_INET6.into(), SOCK_STREAM, 0) };
    let stale = new(SOCK_STREAM);
    close(stale);
    let mut buffer = [0u8; 256];
    let mut operation = Operation::new();
    let buffer = buffer.as_mut_ptr();
    let overlapped = operation.pointer();
    let null = null_mut();
    type Case = (SOCKET, SOCKET, *mut u8, u32, u32, *mut OVERLAPPED, i32);
    let cases: [Case; 16] = [
        (stale, stale, null_mut(), 0, 0, null, WSAENOTSOCK),
        (0, unbound, buffer, 32, 32, overlapped, WSAENOTSOCK),
        (listener, stale, null_mut(), 0, 0, null, WSAENOTSOCK),
        (listener, INVALID_SOCKET, buffer, 32, 32, overlapped, WSAENOTSOCK),
        (bound, unbound, null_mut(), 0, 0, null, WSA_INVALID_PARAMETER),
        (listener, unbound, null_mut(), 32, 32, overlapped, WSAEFAULT),
        (listener, unbound, buffer, 31, 32, overlapped, WSAEFAULT),
        (listener, unbound, buffer, 32, 31, overlapped, WSAEFAULT),
        (bound, unbound, buffer, 32, 0, overlapped, WSAEFAULT),
        (bound, unbound, buffer, 32, 32, overlapped, WSAEINVAL),
        (datagram, unbound, buffer, 32, 32, overlapped, WSAEINVAL),
        (listener, bound, buffer, 32, 32, overlapped, WSAEINVAL),
        (listener, server, buffer, 32, 32, overlapped, WSAEINVAL),
        (listener, listener, buffer, 32, 32, overlapped, WSAEINVAL),
        (listener, datagram, buffer, 32, 32, overlapped, WSAEINVAL),
        (listener, other_family, buffer, 32, 32, overlapped, WSAEINVAL),
    ];
    for (index, (listens, accepts, buffer, local, remote, overlapped, expected)) in
        cases.into_iter().enumerate()
    {
        let mut bytes = 77;
        // SAFETY: each pointer is NULL or to memory that outlives the operation, which does not begin.
        let ok =
            unsafe { AcceptEx(listens, accepts, buffer.cast(), 0, local, remote, &mut bytes, overlapped) };
        assert_eq!((code(ok), bytes), (expected, 77), "case {index}");
    }
    // A socket that one accept waits for is nobody else's.
    let mut accept = Accept::posted(listener, 0);
    assert_eq!(accept.start(listener), WSAEINVAL);
    let len = size_of::<SOCKADDR_IN>() as i32;
    // SAFETY: the address is whole.
    assert_eq!(unsafe { bind(accept.socket, (&raw const address).cast(), len) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEINVAL);
    for s in [listener, unbound, bound, datagram, client, server, other_family, accept.socket] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: AcceptEx: faults are found during the call")]
fn no_null_result_is_written_and_a_null_buffer_has_no_addresses() {
    let (mut name, mut len) = (std::ptr::dangling_mut::<SOCKADDR>(), 7);
    // SAFETY: NULL pointers are allowed, the others are to variables of ours.
    unsafe {
        GetAcceptExSockaddrs(std::ptr::null(), 0, 32, 32, &mut name, &mut len, null_mut(), null_mut());
    }
    assert_eq!((name, len), (null_mut(), 0));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: before the context is updated")]
fn names_and_shutdown_wait_for_the_context() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let accept = Accept::posted(listener, 0);
    let mut peer = connect_to(&address);
    port.take_of(listener, &accept.operation);
    let mut name = loopback(0);
    let mut len = size_of::<SOCKADDR_IN>() as i32;
    // SAFETY: the address has `len` bytes of room.
    assert_eq!(unsafe { getpeername(accept.socket, (&raw mut name).cast(), &mut len) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAENOTCONN);
    // SAFETY: as above.
    assert_eq!(unsafe { getsockname(accept.socket, (&raw mut name).cast(), &mut len) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEINVAL);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { shutdown(accept.socket, SD_SEND) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAENOTCONN);
    carries(accept.socket, &mut peer);
    close(accept.socket);
    close(listener);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket wakes the calls of other threads")]
fn a_plain_accept_waits_on_the_same_listener_and_wakes_for_close() {
    start();
    let (listener, address) = listener();
    let (sender, accepted) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        loop {
            // SAFETY: no address is asked for.
            let s = unsafe { accept(listener, null_mut(), null_mut()) };
            sender.send((s, last_error())).unwrap();
            if s == INVALID_SOCKET {
                return;
            }
        }
    });
    let limit = Duration::from_millis(LIMIT_MS.into());
    let mut peer = connect_to(&address);
    let (s, _) = accepted.recv_timeout(limit).unwrap();
    carries(s, &mut peer);
    close(s);
    close(listener);
    let (s, error) = accepted.recv_timeout(limit).unwrap();
    assert_eq!(s, INVALID_SOCKET);
    assert!(matches!(error, WSAEINTR | WSAENOTSOCK), "{error}");
    thread.join().unwrap();
}
