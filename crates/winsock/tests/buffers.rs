//! `WSASend`, `WSASendTo`, `WSARecv`, `WSARecvFrom`: several buffers as one, flags in and out.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

#[path = "common/call.rs"]
mod call;
mod common;

use call::*;
use common::*;
use std::ptr::null_mut;
use std::thread;
use winsock::win32::*;

fn rooms<const N: usize>(lens: [usize; N]) -> [Vec<u8>; N] {
    lens.map(|len| vec![0; len])
}

#[test]
fn a_stream_takes_the_pieces_in_order_and_fills_them_in_order() {
    start();
    let (client, server) = pair();
    assert_eq!(wsa_send(client, &[b"one", b"", b"two", b"three"], 0), Ok(11));
    let mut pieces = rooms([4, 0, 3, 64]);
    let got = wsa_recv_from(server, &mut pieces, 0);
    assert_eq!((got.result, got.bytes, got.flags), (Ok(()), 11, 0));
    assert_eq!(pieces[0], b"onet");
    assert_eq!(pieces[2], b"wot");
    assert_eq!(&pieces[3][..4], b"hree");
    close_all(&[client, server]);
}

#[test]
fn a_datagram_goes_and_comes_in_pieces() {
    start();
    let s = new(SOCK_DGRAM);
    let address = bind_loopback(s);
    let name = (u16::from_be(address.sin_port), [127, 0, 0, 1]);
    assert_eq!(wsa_send_to(s, &[b"one", b"two"], &address), Ok(6));
    let mut pieces = rooms([2, 9]);
    let got = wsa_recv_from(s, &mut pieces, 0);
    assert_eq!(got, Scattered { result: Ok(()), bytes: 6, flags: 0, from: name });
    assert_eq!((&pieces[0][..], &pieces[1][..4]), (&b"on"[..], &b"etwo"[..]));
    connect_to(s, &address).unwrap();
    assert_eq!(wsa_send(s, &[b"", b""], 0), Ok(0), "an empty datagram");
    assert_eq!(wsa_recv_from(s, &mut pieces, 0).bytes, 0);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: part of a datagram")]
fn a_datagram_too_long_fills_the_pieces_and_is_marked_partial() {
    start();
    let s = new(SOCK_DGRAM);
    let address = bind_loopback(s);
    let name = (u16::from_be(address.sin_port), [127, 0, 0, 1]);
    tx_to(s, b"longer", &address).unwrap();
    for flags in [MSG_PEEK as u32, 0] {
        let mut pieces = rooms([2, 1]);
        let got = wsa_recv_from(s, &mut pieces, flags);
        assert_eq!(got, Scattered { result: Err(WSAEMSGSIZE), bytes: 3, flags: MSG_PARTIAL, from: name });
        assert_eq!(pieces.concat(), b"lon");
    }
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: takes 1,024 pieces at most")]
fn more_pieces_than_linux_takes_at_once() {
    start();
    const MANY: usize = 2500;
    let data: Vec<[u8; 3]> = (0..MANY as u32).map(|n| [n as u8, (n >> 8) as u8, 7]).collect();
    let pieces: Vec<&[u8]> = data.iter().map(|piece| &piece[..]).collect();
    let all = data.concat();

    let (client, server) = pair();
    assert_eq!(wsa_send(client, &pieces, 0), Ok(all.len() as u32));
    let mut room = vec![vec![0; 3]; MANY];
    let got = wsa_recv_from(server, &mut room, MSG_WAITALL as u32);
    assert_eq!((got.result, got.bytes as usize), (Ok(()), all.len()));
    assert_eq!(room.concat(), all);
    close_all(&[client, server]);

    let s = new(SOCK_DGRAM);
    let address = bind_loopback(s);
    assert_eq!(wsa_send_to(s, &pieces, &address), Ok(all.len() as u32));
    let mut room = vec![vec![0; 3]; MANY];
    let got = wsa_recv_from(s, &mut room, 0);
    assert_eq!((got.result, got.bytes as usize), (Ok(()), all.len()), "one datagram");
    assert_eq!(room.concat(), all);
    assert_eq!(wsa_send_to(s, &vec![&[0u8; 40][..]; MANY], &address), Err(WSAEMSGSIZE));
    close(s);
}

#[test]
fn a_blocking_send_of_pieces_sends_all_of_them() {
    start();
    let (client, server) = pair();
    const PIECE: usize = 3 << 20;
    let sender = thread::spawn(move || {
        let data = vec![7; PIECE];
        (wsa_send(client, &[&data, &data, &data], 0), close(client)).0
    });
    let (mut room, mut received) = (vec![0; 1 << 16], 0);
    loop {
        match rx(server, &mut room, 0).unwrap() {
            0 => break,
            some => received += some,
        }
    }
    assert_eq!((sender.join().unwrap(), received), (Ok(3 * PIECE as u32), 3 * PIECE));
    close(server);
}

#[test]
fn urgent_data_is_marked() {
    start();
    let (client, server) = pair();
    assert_eq!(wsa_send(client, &[b"!"], MSG_OOB as u32), Ok(1));
    let got = wsa_recv_from(server, &mut rooms([1]), MSG_OOB as u32);
    assert_eq!((got.result, got.bytes, got.flags), (Ok(()), 1, MSG_OOB as u32));
    close_all(&[client, server]);
}

unsafe extern "system" fn routine(_: u32, _: u32, _: *mut OVERLAPPED, _: u32) {}

#[test]
fn without_an_overlapped_structure_the_routine_is_ignored() {
    start();
    let (client, server) = pair();
    let mut byte = b'x';
    let buffer = WSABUF { len: 1, buf: &mut byte };
    let (mut bytes, mut flags) = (0, 0);
    // SAFETY: the buffer is readable.
    assert_eq!(unsafe { WSASend(client, &buffer, 1, &mut bytes, 0, null_mut(), Some(routine)) }, 0);
    // SAFETY: the buffer is writable.
    let got = unsafe { WSARecv(server, &buffer, 1, &mut bytes, &mut flags, null_mut(), Some(routine)) };
    assert_eq!((got, bytes), (0, 1));
    close_all(&[client, server]);
}

/// One fault more per row: the earlier one decides.
#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn errors_come_in_their_order_and_change_nothing() {
    start();
    let (client, server) = pair();
    let new_socket = new(SOCK_STREAM);
    let stale = new(SOCK_STREAM);
    close(stale);
    let mut byte = 0u8;
    let one = WSABUF { len: 1, buf: &mut byte };
    let huge = [WSABUF { len: u32::MAX, buf: &mut byte }, WSABUF { len: 1, buf: &mut byte }];
    let null = std::ptr::null();
    type Buffers = (*const WSABUF, u32);
    let good: Buffers = (&one, 1);
    // socket, buffers, whether there is room for the count, flags, code of WSASend, code of WSARecv
    let table: [(&str, SOCKET, Buffers, bool, u32, i32, i32); 11] = [
        ("stale, everything else bad too", stale, (null, 0), false, 0x40, WSAENOTSOCK, WSAENOTSOCK),
        ("no count, no buffers", client, (null, 0), false, 0x40, WSAEFAULT, WSAEFAULT),
        ("NULL and 0", client, (null, 0), true, 0x40, WSAEINVAL, WSAEINVAL),
        ("0 buffers", client, (&one, 0), true, 0x40, WSAEINVAL, WSAEINVAL),
        ("NULL and 1", client, (null, 1), true, 0x40, WSAEFAULT, WSAEFAULT),
        ("more than a DWORD", client, (huge.as_ptr(), 2), true, 0x40, WSAEINVAL, WSAEINVAL),
        ("flags before state", new_socket, good, true, 0x40, WSAEINVAL, WSAEINVAL),
        ("MSG_PARTIAL", new_socket, good, true, MSG_PARTIAL, WSAEOPNOTSUPP, WSAENOTCONN),
        ("MSG_WAITALL and MSG_OOB", new_socket, good, true, 9, WSAEINVAL, WSAEOPNOTSUPP),
        ("no peer", new_socket, good, true, 0, WSAENOTCONN, WSAENOTCONN),
        ("NULL buffer", client, (&WSABUF { len: 1, buf: null_mut() }, 1), true, 0, WSAEFAULT, 0),
    ];
    for (case, s, (buffers, count), room, flags, send_code, recv_code) in table {
        let mut bytes = 77u32;
        let pointer = if room { &raw mut bytes } else { null_mut() };
        // SAFETY: what is wrong is answered.
        let result = unsafe { WSASend(s, buffers, count, pointer, flags, null_mut(), None) };
        assert_eq!((result, last_error(), bytes), (SOCKET_ERROR, send_code, 77), "WSASend: {case}");
        if recv_code != 0 {
            let mut in_out = flags;
            // SAFETY: what is wrong is answered.
            let result = unsafe { WSARecv(s, buffers, count, pointer, &mut in_out, null_mut(), None) };
            let left = (result, last_error(), bytes, in_out);
            assert_eq!(left, (SOCKET_ERROR, recv_code, 77, flags), "WSARecv: {case}");
        }
    }
    let mut bytes = 0;
    // SAFETY: NULL flags are answered.
    let result = unsafe { WSARecv(client, null, 0, &mut bytes, null_mut(), null_mut(), None) };
    assert_eq!((result, last_error()), (SOCKET_ERROR, WSAEFAULT), "NULL flags before no buffers");
    close_all(&[client, server, new_socket]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: recvfrom with little room for the address")]
fn the_address_of_a_datagram_needs_room() {
    start();
    let s = new(SOCK_DGRAM);
    let address = bind_loopback(s);
    tx_to(s, b"x", &address).unwrap();
    let mut byte = 0u8;
    let one = WSABUF { len: 1, buf: &mut byte };
    let mut from = SOCKADDR_IN::default();
    let (mut bytes, mut flags, mut short) = (0, 0, 15);
    for len in [&raw mut short, null_mut()] {
        // SAFETY: what is wrong is answered.
        let result = unsafe {
            let from = (&raw mut from).cast();
            WSARecvFrom(s, &one, 1, &mut bytes, &mut flags, from, len, null_mut(), None)
        };
        assert_eq!((result, last_error()), (SOCKET_ERROR, WSAEFAULT));
    }
    assert_eq!(rx_some(s, 0), Ok(b"x".to_vec()), "the datagram is still there");
    close(s);
}
