//! `DisconnectEx` ends a connection behind all that was sent, and makes its handle good for another one.
#![allow(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the raw API is unsafe; one block for the one call of a match"
)]

mod common;
#[path = "common/extension.rs"]
mod extension;
#[path = "common/port.rs"]
mod port;

use common::*;
#[cfg(windows)]
use extension::*;
use port::*;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::ptr::{null, null_mut};
use std::time::Duration;
use winsock::win32::*;

const ERROR_CONNECTION_INVALID: i32 = 1229;

const ERROR_NO_SYSTEM_RESOURCES: i32 = 1450;

fn disconnect(s: SOCKET, flags: u32, operation: &mut Operation) -> i32 {
    // SAFETY: the OVERLAPPED outlives the operation.
    code(unsafe { DisconnectEx(s, operation.pointer(), flags, 0) })
}

#[derive(Clone, Copy)]
enum Way {
    Receive,
    Send,
}

/// Moves all the bytes by operations, as many as it takes: a scripted engine moves few at a time, and is short of memory
/// now and then, as a kernel may be.
fn transfer(s: SOCKET, port: &Port, way: Way, data: &mut [u8]) {
    let all = data.len();
    transfer_part(s, port, way, data, all);
}

/// The same, of the first bytes only, though there is room for more.
fn transfer_part(s: SOCKET, port: &Port, way: Way, data: &mut [u8], len: usize) {
    let mut done = 0;
    while done < len {
        let rest = &mut data[done..];
        let (mut operation, mut count) = (Operation::new(), 0);
        let (handle, len) = (s as HANDLE, rest.len() as u32);
        // SAFETY: data and OVERLAPPED outlive the operation.
        let ok = unsafe {
            match way {
                Way::Receive => ReadFile(handle, rest.as_mut_ptr(), len, &mut count, operation.pointer()),
                Way::Send => WriteFile(handle, rest.as_ptr(), len, &mut count, operation.pointer()),
            }
        };
        assert!(has_started(ok), "{}", last_error());
        match port.take_of(s, &operation) {
            (0, ERROR_NO_SYSTEM_RESOURCES) => {}
            (moved, 0) => done += moved as usize,
            other => panic!("{other:?}"),
        }
    }
}

/// A socket of ours, in the port, connected with one of the standard library.
fn connected(port: &Port) -> (SOCKET, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = loopback(listener.local_addr().unwrap().port());
    let s = new(SOCK_STREAM);
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(s, (&raw const address).cast(), size_of_val(&address) as i32) }, 0);
    port.add(s);
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(LIMIT_MS.into()))).unwrap();
    (s, stream)
}

#[test]
#[cfg_attr(windows, ignore = "Linux: whether an operation ends in its call is left to the system")]
fn without_reuse_it_says_the_end_and_still_receives() {
    start();
    let port = Port::new();
    let (s, mut stream) = connected(&port);
    let mut operation = Operation::new();
    assert_eq!(disconnect(s, 0, &mut operation), 0);
    assert_eq!(port.take_of(s, &operation), (0, 0));
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    stream.write_all(b"still here").unwrap();
    let mut got = [0; 10];
    // SAFETY: ten bytes of room.
    assert_eq!(unsafe { recv(s, got.as_mut_ptr(), 10, MSG_WAITALL) }, 10);
    assert_eq!(&got, b"still here");
    // A second time there is nothing to end.
    assert_eq!(disconnect(s, 0, &mut operation), WSAENOTCONN);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx does not wait for receives and the peer")]
fn it_comes_behind_the_sends_that_were_started_before() {
    start();
    let port = Port::new();
    let (s, mut stream) = connected(&port);
    let data: Vec<u8> = (0..8_000_000u32).map(|i| (i % 253) as u8).collect();
    let mut sending = Operation::new();
    let mut count = 0;
    // SAFETY: data and OVERLAPPED outlive the operation.
    let ok =
        unsafe { WriteFile(s as HANDLE, data.as_ptr(), data.len() as u32, &mut count, sending.pointer()) };
    assert_eq!(code(ok), WSA_IO_PENDING);
    let mut operation = Operation::new();
    assert_eq!(disconnect(s, 0, &mut operation), WSA_IO_PENDING);
    let reader = std::thread::spawn(move || {
        let mut got = Vec::new();
        stream.read_to_end(&mut got).unwrap();
        got
    });
    assert_eq!(port.take_of(s, &sending), (data.len() as u32, 0));
    assert_eq!(port.take_of(s, &operation), (0, 0));
    assert!(reader.join().unwrap() == data, "every byte in its place");
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx does not wait for receives and the peer")]
fn with_reuse_it_waits_for_the_peers_end() {
    start();
    let port = Port::new();
    let (s, mut stream) = connected(&port);
    let mut operation = Operation::new();
    assert_eq!(disconnect(s, TF_REUSE_SOCKET, &mut operation), WSA_IO_PENDING);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    port.is_empty();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(port.take_of(s, &operation), (0, 0));
    // It is as new: it has no peer, and may be bound.
    // SAFETY: one readable byte.
    assert_eq!(unsafe { send(s, b"x".as_ptr(), 1, 0) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAENOTCONN);
    bind_loopback(s);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx does not wait for receives and the peer")]
fn with_reuse_it_waits_until_what_the_peer_sent_has_been_received() {
    start();
    let port = Port::new();
    let (s, mut stream) = connected(&port);
    stream.write_all(b"unread").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut operation = Operation::new();
    assert_eq!(disconnect(s, TF_REUSE_SOCKET, &mut operation), WSA_IO_PENDING);
    port.is_empty();
    let mut got = [0; 6];
    // One part by an operation, which goes first though it comes later, the rest by a plain call.
    transfer(s, &port, Way::Receive, &mut got[..2]);
    port.is_empty();
    // SAFETY: four bytes of room.
    assert_eq!(unsafe { recv(s, got[2..].as_mut_ptr(), 4, MSG_WAITALL) }, 4);
    assert_eq!(&got, b"unread");
    assert_eq!(port.take_of(s, &operation), (0, 0));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx does not wait for receives and the peer")]
fn with_reuse_it_ends_with_the_receive_that_takes_the_rest() {
    start();
    let port = Port::new();
    let (s, mut stream) = connected(&port);
    stream.write_all(b"unread").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut operation = Operation::new();
    assert_eq!(disconnect(s, TF_REUSE_SOCKET, &mut operation), WSA_IO_PENDING);
    port.is_empty();
    let mut got = [0; 100];
    transfer_part(s, &port, Way::Receive, &mut got, 6);
    assert_eq!(&got[..6], b"unread");
    assert_eq!(port.take_of(s, &operation), (0, 0));
    bind_loopback(s);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx does not wait for receives and the peer")]
fn receives_that_wait_end_first() {
    start();
    let port = Port::new();
    let (s, stream) = connected(&port);
    let mut byte = 0u8;
    let (mut receiving, mut operation) = (Operation::new(), Operation::new());
    let mut count = 0;
    // SAFETY: buffer and OVERLAPPED outlive the operation.
    let ok = unsafe { ReadFile(s as HANDLE, &mut byte, 1, &mut count, receiving.pointer()) };
    assert_eq!(code(ok), WSA_IO_PENDING);
    assert_eq!(disconnect(s, TF_REUSE_SOCKET, &mut operation), WSA_IO_PENDING);
    drop(stream);
    assert_eq!(port.take_of(s, &receiving), (0, 0));
    assert_eq!(port.take_of(s, &operation), (0, 0));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx: flags, and a socket that is used again")]
fn a_reset_is_an_end_too() {
    start();
    let port = Port::new();
    let (s, stream) = connected(&port);
    // SAFETY: one readable byte.
    assert_eq!(unsafe { send(s, b"x".as_ptr(), 1, 0) }, 1);
    // Closing without having read what came resets the connection.
    assert_eq!(stream.peek(&mut [0]).unwrap(), 1);
    let mut operation = Operation::new();
    assert_eq!(disconnect(s, TF_REUSE_SOCKET, &mut operation), WSA_IO_PENDING);
    drop(stream);
    assert_eq!(port.take_of(s, &operation), (0, 0));
    bind_loopback(s);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx: flags, and a socket that is used again")]
fn without_overlapped_the_call_waits() {
    start();
    let port = Port::new();
    let (s, mut stream) = connected(&port);
    stream.write_all(b"data").unwrap();
    let peer = std::thread::spawn(move || {
        assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    });
    let reads = std::thread::spawn(move || {
        let mut got = [0; 4];
        // SAFETY: four bytes of room.
        assert_eq!(unsafe { recv(s, got.as_mut_ptr(), 4, MSG_WAITALL) }, 4);
    });
    // SAFETY: no memory is passed.
    assert_eq!(code(unsafe { DisconnectEx(s, null_mut(), TF_REUSE_SOCKET, 0) }), 0);
    peer.join().unwrap();
    reads.join().unwrap();
    port.is_empty();
    bind_loopback(s);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx does not wait for receives and the peer")]
fn closing_the_socket_ends_the_wait() {
    start();
    let port = Port::new();
    let (s, _stream) = connected(&port);
    let mut operation = Operation::new();
    assert_eq!(disconnect(s, TF_REUSE_SOCKET, &mut operation), WSA_IO_PENDING);
    close(s);
    assert_eq!(port.take_of(s, &operation), (0, WSA_OPERATION_ABORTED));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx: flags, and a socket that is used again")]
fn faults_are_found_in_order() {
    start();
    let unconnected = new(SOCK_STREAM);
    let datagram = new(SOCK_DGRAM);
    let stale = new(SOCK_STREAM);
    close(stale);
    let cases = [
        (stale, 4, 1, WSAENOTSOCK),
        (unconnected, 0, 1, WSAEINVAL),
        (datagram, TF_REUSE_SOCKET | TF_DISCONNECT, 0, WSAEINVAL),
        (datagram, 0, 0, WSAEOPNOTSUPP),
        (unconnected, 0, 0, WSAENOTCONN),
        (unconnected, TF_REUSE_SOCKET, 0, WSAENOTCONN),
    ];
    for (s, flags, reserved, expected) in cases {
        // SAFETY: no memory is passed.
        assert_eq!(code(unsafe { DisconnectEx(s, null_mut(), flags, reserved) }), expected);
    }
    close(unconnected);
    close(datagram);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx: flags, and a socket that is used again")]
fn one_handle_accepts_again_and_again() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let s = new(SOCK_STREAM);
    port.add(s);
    for round in 0..50u8 {
        let mut buffer = [0u8; 128];
        let (mut accepting, mut ending) = (Operation::new(), Operation::new());
        let mut count = 0;
        // SAFETY: buffer and OVERLAPPED outlive the operation.
        let ok = unsafe {
            AcceptEx(listener, s, buffer.as_mut_ptr().cast(), 1, 32, 32, &mut count, accepting.pointer())
        };
        assert_eq!(code(ok), WSA_IO_PENDING);
        let mut peer = TcpStream::connect(("127.0.0.1", u16::from_be(address.sin_port))).unwrap();
        peer.write_all(&[round]).unwrap();
        assert_eq!(port.take_of(listener, &accepting), (1, 0));
        // What goes through the new connection goes through operations too.
        transfer(s, &port, Way::Send, &mut buffer[..1]);
        let mut got = [0];
        peer.read_exact(&mut got).unwrap();
        let (writing, answer) = (peer.try_clone().unwrap(), got);
        let answers = std::thread::spawn(move || (&writing).write_all(&answer).unwrap());
        let mut back = [0];
        transfer(s, &port, Way::Receive, &mut back);
        answers.join().unwrap();
        let back = back[0];
        assert_eq!((got[0], back), (round, round));
        peer.shutdown(Shutdown::Write).unwrap();
        assert!(matches!(disconnect(s, TF_REUSE_SOCKET, &mut ending), 0 | WSA_IO_PENDING));
        assert_eq!(port.take_of(s, &ending), (0, 0));
    }
    close(s);
    close(listener);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx: flags, and a socket that is used again")]
fn one_handle_connects_again_and_again() {
    start();
    let port = Port::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = loopback(listener.local_addr().unwrap().port());
    let s = new(SOCK_STREAM);
    bind_loopback(s);
    port.add(s);
    for round in 0..50u8 {
        let (mut connecting, mut ending) = (Operation::new(), Operation::new());
        let mut sent = 0;
        // SAFETY: address, data and OVERLAPPED outlive the operation.
        let ok = unsafe {
            ConnectEx(
                s,
                (&raw const address).cast(),
                size_of_val(&address) as i32,
                (&raw const round).cast(),
                1,
                &mut sent,
                connecting.pointer(),
            )
        };
        assert!(matches!(code(ok), 0 | WSA_IO_PENDING), "round {round}: {}", last_error());
        assert_eq!(port.take_of(s, &connecting), (1, 0), "round {round}");
        let (mut peer, _) = listener.accept().unwrap();
        let mut got = [0];
        peer.read_exact(&mut got).unwrap();
        assert_eq!(got[0], round);
        assert_eq!(disconnect(s, TF_REUSE_SOCKET, &mut ending), WSA_IO_PENDING);
        assert_eq!(peer.read(&mut got).unwrap(), 0);
        drop(peer);
        assert_eq!(port.take_of(s, &ending), (0, 0));
    }
    // It is still bound: a second bind fails, a connect does not.
    let other = loopback(0);
    // SAFETY: the address is whole.
    assert_eq!(unsafe { bind(s, (&raw const other).cast(), size_of_val(&other) as i32) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEINVAL);
    // SAFETY: the address is whole, and no data is passed.
    let ok = unsafe { ConnectEx(s, null(), 0, null(), 0, null_mut(), Operation::new().pointer()) };
    assert_eq!(code(ok), WSAEFAULT);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx: flags, and a socket that is used again")]
fn receives_that_race_with_the_end_take_nothing_of_the_next_connection() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    let receives = Port::new();
    receives.add(listener);
    let s = new(SOCK_STREAM);
    port.add(s);
    for round in 0..200u8 {
        let mut buffer = [0u8; 128];
        let (mut accepting, mut ending) = (Operation::new(), Operation::new());
        let mut count = 0;
        // SAFETY: buffer and OVERLAPPED outlive the operation.
        let ok = unsafe {
            AcceptEx(listener, s, buffer.as_mut_ptr().cast(), 0, 32, 32, &mut count, accepting.pointer())
        };
        assert!(has_started(ok));
        let mut peer = TcpStream::connect(("127.0.0.1", u16::from_be(address.sin_port))).unwrap();
        assert_eq!(receives.take_of(listener, &accepting), (0, 0));
        peer.write_all(&[round]).unwrap();
        let mut got = [0];
        transfer(s, &port, Way::Receive, &mut got);
        assert_eq!(got, [round], "the first byte is this connection's");
        assert_eq!(disconnect(s, TF_REUSE_SOCKET, &mut ending), WSA_IO_PENDING);
        // One thread posts receives, while this one lets the connection end.
        let posts = std::thread::spawn(move || {
            let mut posted: Vec<(Operation, Box<[u8; 4]>)> = Vec::new();
            for _ in 0..16 {
                let (mut operation, mut room, mut count) = (Operation::new(), Box::new([0; 4]), 0);
                // SAFETY: room and OVERLAPPED outlive the operation.
                let ok =
                    unsafe { ReadFile(s as HANDLE, room.as_mut_ptr(), 4, &mut count, operation.pointer()) };
                let refusal = code(ok);
                if has_started(ok) {
                    posted.push((operation, room));
                } else {
                    assert_eq!(refusal, ERROR_CONNECTION_INVALID);
                }
            }
            posted
        });
        peer.shutdown(Shutdown::Write).unwrap();
        let posted = posts.join().unwrap();
        let mut expected: Vec<usize> = posted.iter().map(|(operation, _)| operation.address()).collect();
        expected.push(ending.address());
        while !expected.is_empty() {
            let taken = port.take_next_of(s);
            let place = expected.iter().position(|&address| address == taken.overlapped);
            expected.swap_remove(place.expect("one packet for each"));
            assert_eq!(taken.bytes, 0, "nothing came but the end");
        }
        assert_eq!(port.take_within(0), None);
    }
    close(s);
    close(listener);
}
