//! Datagrams: their size, their source, what becomes of one that nobody takes, addresses that come by themselves.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

#[path = "common/call.rs"]
mod call;
mod common;

use call::*;
use common::*;
use std::time::Duration;
use winsock::win32::*;

const LOOPBACK: [u8; 4] = [127, 0, 0, 1];
const ANY: [u8; 4] = [0; 4];

/// A bound datagram socket and its address.
fn bound() -> (SOCKET, SOCKADDR_IN) {
    let s = new(SOCK_DGRAM);
    (s, bind_loopback(s))
}

/// An address whose port was free a moment ago.
fn nobody() -> SOCKADDR_IN {
    let (s, address) = bound();
    close(s);
    address
}

#[test]
fn a_datagram_too_long_for_the_buffer_fills_it_and_fails() {
    start();
    let (s, address) = bound();
    let port = u16::from_be(address.sin_port);
    tx_to(s, b"longer than that", &address).unwrap();
    let mut room = [0; 6];
    assert_eq!(rx(s, &mut room, MSG_PEEK), Err(WSAEMSGSIZE));
    assert_eq!(&room, b"longer");
    assert_eq!(rx_from(s, &mut [0; 64], MSG_PEEK), Ok((16, (port, LOOPBACK))), "it is still there");
    room.fill(0);
    assert_eq!(rx(s, &mut room, 0), Err(WSAEMSGSIZE));
    assert_eq!(&room, b"longer");
    nonblocking(s, true);
    assert_eq!(rx_some(s, 0), Err(WSAEWOULDBLOCK), "the rest is lost");
    tx_to(s, b"exact!", &address).unwrap();
    until_readable(s);
    assert_eq!(rx(s, &mut room, 0), Ok(6));
    close(s);
}

#[test]
fn the_source_of_a_datagram_too_long_is_told() {
    start();
    let (s, address) = bound();
    tx_to(s, b"two", &address).unwrap();
    let (mut room, mut from, mut len) = ([0u8; 2], SOCKADDR_IN::default(), size_of::<SOCKADDR_IN>() as i32);
    // SAFETY: room and address are writable.
    let result = unsafe { recvfrom(s, room.as_mut_ptr(), 2, 0, (&raw mut from).cast(), &mut len) };
    assert_eq!((result, last_error()), (SOCKET_ERROR, WSAEMSGSIZE));
    assert_eq!((from.sin_port, len), (address.sin_port, 16));
    close(s);
}

#[test]
fn an_empty_datagram_is_a_datagram() {
    start();
    let (s, address) = bound();
    assert_eq!(tx_to(s, b"", &address), Ok(0));
    assert_eq!(rx_from(s, &mut [0; 8], 0).unwrap().0, 0);
    connect_to(s, &address).unwrap();
    assert_eq!(tx(s, b"", 0), Ok(0));
    assert_eq!(rx(s, &mut [0; 8], 0), Ok(0));
    assert_eq!(tx(s, b"x", 0), Ok(1));
    assert_eq!(rx(s, &mut [], 0), Err(WSAEMSGSIZE));
    close(s);
}

#[test]
fn one_that_no_datagram_holds_is_refused_and_leaves_no_trace() {
    start();
    let (s, address) = bound();
    nonblocking(s, true);
    let long = vec![0; 65_535];
    for len in [65_508, 65_520, 65_535] {
        assert_eq!(tx_to(s, &long[..len], &address), Err(WSAEMSGSIZE), "{len}");
        let none = Ok([vec![], vec![], vec![]]);
        assert_eq!(select_of([&[s], &[], &[s]], Some(Duration::ZERO)), none, "{len}");
        assert_eq!(rx_some(s, 0), Err(WSAEWOULDBLOCK), "{len}");
        assert_eq!(option(s, SOL_SOCKET, SO_ERROR), 0, "{len}");
    }
    assert_eq!(tx_to(s, &long[..65_507], &address), Ok(65_507));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a closed port reaches the next receive")]
fn a_closed_port_is_told_to_the_next_receive_and_to_no_send() {
    start();
    let (server, address) = bound();
    for connected in [false, true] {
        let nobody = nobody();
        let (s, _) = bound();
        nonblocking(s, true);
        if connected {
            connect_to(s, &nobody).unwrap();
        }
        for _ in 0..4 {
            assert_eq!(tx_to(s, b"x", &nobody), Ok(1));
            until_readable(s);
        }
        assert_eq!(tx_to(s, b"to somebody", &address), Ok(11), "goes out all the same");
        assert_eq!(rx_from(s, &mut [0; 8], 0), Err(WSAECONNRESET));
        assert_eq!(rx_from(s, &mut [0; 8], 0), Err(WSAEWOULDBLOCK), "told once");
        assert_eq!(rx(server, &mut [0; 64], 0), Ok(11));
        close(s);
    }
    close(server);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a closed port reaches the next receive")]
fn a_blocked_receive_is_told_of_a_closed_port() {
    start();
    let (s, _) = bound();
    tx_to(s, b"x", &nobody()).unwrap();
    assert_eq!(rx_some(s, 0), Err(WSAECONNRESET));
    close(s);
}

#[test]
fn a_send_that_is_not_allowed_fails_and_is_no_report() {
    start();
    let (s, address) = bound();
    let mut everybody = address;
    everybody.sin_addr.S_un.S_addr = u32::from_ne_bytes([127, 255, 255, 255]);
    assert_eq!(tx_to(s, b"x", &everybody), Err(WSAEACCES));
    nonblocking(s, true);
    assert_eq!(rx_some(s, 0), Err(WSAEWOULDBLOCK));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: receiving on a datagram socket without an address")]
fn a_first_send_binds_and_a_first_receive_does_not() {
    start();
    let (server, address) = bound();
    let s = new(SOCK_DGRAM);
    assert_eq!(rx_some(s, 0), Err(WSAEINVAL));
    assert_eq!(rx_from(s, &mut [0; 8], 0), Err(WSAEINVAL));
    assert_eq!(local(s), Err(WSAEINVAL));
    assert_eq!(tx(s, b"x", 0), Err(WSAENOTCONN));
    tx_to(s, b"x", &address).unwrap();
    let (port, ip) = local(s).unwrap();
    assert!(port != 0 && ip == ANY, "{port} {ip:?}");
    assert_eq!(rx_from(server, &mut [0; 8], 0), Ok((1, (port, LOOPBACK))));
    assert_eq!(bind_to(s, &loopback(0)), Err(WSAEINVAL), "bound already");
    assert_eq!(peer(s), Err(WSAENOTCONN));
    close_all(&[server, s]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: what came before a connect is still heard after it")]
fn a_connected_one_hears_its_peer_alone_and_forgets_it_for_an_address_of_zeros() {
    start();
    let (peer_socket, peer_address) = bound();
    let (stranger, _) = bound();
    let (other, other_address) = bound();
    let (s, address) = bound();
    connect_to(s, &peer_address).unwrap();
    assert_eq!(peer(s), Ok((u16::from_be(peer_address.sin_port), LOOPBACK)));
    tx_to(stranger, b"not for you", &address).unwrap();
    tx_to(peer_socket, b"for you", &address).unwrap();
    assert_eq!(rx_some(s, 0), Ok(b"for you".to_vec()));
    // An address that is given counts more than the peer.
    tx_to(s, b"hello", &other_address).unwrap();
    assert_eq!(rx_some(other, 0), Ok(b"hello".to_vec()));
    // A new peer: what came from the old one is gone.
    tx_to(peer_socket, b"late", &address).unwrap();
    until_readable(s);
    connect_to(s, &other_address).unwrap();
    nonblocking(s, true);
    assert_eq!(rx_some(s, 0), Err(WSAEWOULDBLOCK));

    let mut zeros = loopback(0);
    zeros.sin_addr.S_un.S_addr = 0;
    connect_to(s, &zeros).unwrap();
    assert_eq!(peer(s), Err(WSAENOTCONN));
    assert_eq!(tx(s, b"x", 0), Err(WSAENOTCONN));
    assert_eq!(local(s), Ok((u16::from_be(address.sin_port), LOOPBACK)), "the local address stays");
    assert_eq!(connect_to(s, &zeros), Err(WSAEADDRNOTAVAIL), "there is no peer to forget");
    close_all(&[peer_socket, stranger, other, s]);
}

#[test]
fn no_receive_or_send_after_its_shutdown() {
    start();
    let (s, address) = bound();
    shut(s, SD_RECEIVE).unwrap();
    assert_eq!(rx_some(s, 0), Err(WSAESHUTDOWN));
    assert_eq!(tx_to(s, b"x", &address), Ok(1));
    shut(s, SD_SEND).unwrap();
    assert_eq!(tx_to(s, b"x", &address), Err(WSAESHUTDOWN));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: flags that a call does not know")]
fn flags_that_datagrams_do_not_have() {
    start();
    let (s, address) = bound();
    connect_to(s, &address).unwrap();
    assert_eq!(tx(s, b"x", MSG_OOB), Err(WSAEOPNOTSUPP));
    assert_eq!(rx_some(s, MSG_OOB), Err(WSAEOPNOTSUPP));
    assert_eq!(rx_some(s, MSG_WAITALL), Err(WSAEOPNOTSUPP));
    close(s);
}
