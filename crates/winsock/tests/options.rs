//! Every socket option: its default, what a program sets and reads back, which sockets do not have it, and in which
//! order the errors of `getsockopt` and `setsockopt` come.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/option.rs"]
mod option;

use common::*;
use option::*;
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};
use winsock::win32::*;

const TCP: i32 = IPPROTO_TCP;
const UDP: i32 = IPPROTO_UDP;
const IP: i32 = IPPROTO_IP;
const V6: i32 = IPPROTO_IPV6;

/// The sockets that a row of the table is tried on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Tcp,
    Udp,
    Tcp6,
    Udp6,
}

use Kind::{Tcp, Tcp6, Udp, Udp6};

fn open(kind: Kind) -> SOCKET {
    let (family, r#type) = match kind {
        Tcp => (AF_INET, SOCK_STREAM),
        Udp => (AF_INET, SOCK_DGRAM),
        Tcp6 => (AF_INET6, SOCK_STREAM),
        Udp6 => (AF_INET6, SOCK_DGRAM),
    };
    // SAFETY: no memory is passed.
    let s = unsafe { socket(family.into(), r#type, 0) };
    assert_ne!(s, INVALID_SOCKET, "{kind:?}: {}", last_error());
    s
}

/// A row: option, the sockets that have it, its default, and values that can be set.
struct Row(i32, i32, &'static [Kind], u32, &'static [u32]);

const STREAM: &[Kind] = &[Tcp, Tcp6];
const DATAGRAM: &[Kind] = &[Udp, Udp6];
const ALL: &[Kind] = &[Tcp, Udp, Tcp6, Udp6];

#[rustfmt::skip]
const FLAGS: &[Row] = &[
    Row(SOL_SOCKET, SO_DEBUG, ALL, 0, &[1, 0]),
    Row(SOL_SOCKET, SO_REUSEADDR, ALL, 0, &[1, 0]),
    Row(SOL_SOCKET, SO_EXCLUSIVEADDRUSE, ALL, 0, &[1, 0]),
    Row(SOL_SOCKET, SO_KEEPALIVE, STREAM, 0, &[1, 0]),
    Row(SOL_SOCKET, SO_DONTROUTE, &[Tcp, Udp], 0, &[1, 0]),
    Row(SOL_SOCKET, SO_BROADCAST, &[Udp], 0, &[1, 0]),
    Row(SOL_SOCKET, SO_DONTLINGER, STREAM, 1, &[0, 1]),
    Row(SOL_SOCKET, SO_OOBINLINE, STREAM, 0, &[1, 0]),
    Row(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, STREAM, 0, &[1, 0]),
    Row(SOL_SOCKET, SO_RANDOMIZE_PORT, ALL, 0, &[1, 0]),
    Row(SOL_SOCKET, SO_PORT_SCALABILITY, STREAM, 0, &[1, 0]),
    Row(SOL_SOCKET, SO_REUSE_UNICASTPORT, STREAM, 0, &[1, 0]),
    Row(TCP, TCP_NODELAY, STREAM, 0, &[1, 0]),
    Row(TCP, TCP_FASTOPEN, STREAM, 0, &[1, 0]),
    Row(TCP, TCP_BSDURGENT, STREAM, 1, &[1]),
    Row(TCP, TCP_EXPEDITED_1122, STREAM, 0, &[0]),
    Row(UDP, UDP_NOCHECKSUM, &[Udp], 0, &[1, 0]),
    Row(UDP, UDP_CHECKSUM_COVERAGE, &[Udp], 1, &[0, 1]),
    Row(IP, IP_MULTICAST_LOOP, &[Udp], 1, &[0, 1]),
    Row(IP, IP_DONTFRAGMENT, &[Udp], 0, &[1, 0]),
    Row(IP, IP_PKTINFO, &[Udp], 0, &[1, 0]),
    Row(IP, IP_RECVIF, &[Udp], 0, &[1, 0]),
    Row(IP, IP_RECVTTL, &[Udp], 0, &[1, 0]),
    Row(IP, IP_RECVTOS, &[Udp], 0, &[1, 0]),
    Row(IP, IP_RECVECN, &[Udp], 0, &[1, 0]),
    Row(IP, IP_RECEIVE_BROADCAST, &[Udp], 1, &[1]),
    Row(V6, IPV6_MULTICAST_LOOP, &[Udp6], 1, &[0, 1]),
    Row(V6, IPV6_DONTFRAG, &[Udp6], 0, &[1, 0]),
    Row(V6, IPV6_PKTINFO, &[Udp6], 0, &[1, 0]),
    Row(V6, IPV6_RECVIF, &[Udp6], 0, &[1, 0]),
    Row(V6, IPV6_HOPLIMIT, &[Udp6], 0, &[1, 0]),
    Row(V6, IPV6_RECVTCLASS, &[Udp6], 0, &[1, 0]),
    Row(V6, IPV6_RECVECN, &[Udp6], 0, &[1, 0]),
    Row(V6, IPV6_V6ONLY, &[Tcp6, Udp6], 1, &[0, 1]),
];

#[rustfmt::skip]
const NUMBERS: &[Row] = &[
    Row(SOL_SOCKET, SO_SNDBUF, ALL, 65536, &[0, 1, 8192, 100_000]),
    Row(SOL_SOCKET, SO_RCVBUF, ALL, 65536, &[0, 1, 8192, 100_000]),
    Row(SOL_SOCKET, SO_SNDTIMEO, ALL, 0, &[1, 250, 86_400_000, 0]),
    Row(SOL_SOCKET, SO_RCVTIMEO, ALL, 0, &[1, 250, u32::MAX, 0]),
    Row(TCP, TCP_KEEPIDLE, STREAM, 7200, &[1, 60, 40_000]),
    Row(TCP, TCP_KEEPINTVL, STREAM, 1, &[1, 60, 40_000]),
    Row(TCP, TCP_KEEPCNT, STREAM, 10, &[1, 5, 255]),
    Row(TCP, TCP_MAXRT, STREAM, 0, &[1, 30, u32::MAX]),
    Row(UDP, UDP_SEND_MSG_SIZE, DATAGRAM, 0, &[1000, 0]),
    Row(IP, IP_TOS, &[Tcp, Udp], 0, &[0x10, 0]),
    Row(IP, IP_TTL, &[Tcp, Udp], 64, &[1, 128, 255]),
    Row(IP, IP_MULTICAST_TTL, &[Udp], 1, &[0, 1, 32, 255]),
    Row(IP, IP_MTU_DISCOVER, &[Tcp, Udp], 0, &[1, 2, 3, 0]),
    Row(V6, IPV6_UNICAST_HOPS, &[Tcp6, Udp6], 64, &[1, 128, 255]),
    Row(V6, IPV6_MULTICAST_HOPS, &[Udp6], 1, &[1, 32, 255]),
    Row(V6, IPV6_MULTICAST_IF, &[Udp6], 0, &[1]),
    Row(V6, IPV6_MTU_DISCOVER, &[Tcp6, Udp6], 0, &[1, 2, 3, 0]),
    Row(V6, IPV6_TCLASS, &[Tcp6, Udp6], 0, &[0x20, 0]),
    Row(V6, IPV6_UNICAST_IF, &[Tcp6, Udp6], 0, &[1, 0]),
    Row(V6, IPV6_PROTECTION_LEVEL, &[Tcp6, Udp6], 20, &[10, 20]),
];

/// What is read and never set.
#[rustfmt::skip]
const READ_ONLY: &[Row] = &[
    Row(SOL_SOCKET, SO_ACCEPTCONN, STREAM, 0, &[]),
    Row(SOL_SOCKET, SO_ERROR, ALL, 0, &[]),
    Row(SOL_SOCKET, SO_TYPE, STREAM, 1, &[]),
    Row(SOL_SOCKET, SO_CONNECT_TIME, STREAM, u32::MAX, &[]),
    Row(SOL_SOCKET, SO_MAX_MSG_SIZE, &[Udp], 65507, &[]),
    Row(SOL_SOCKET, SO_MAXDG, &[Udp], 65507, &[]),
    Row(SOL_SOCKET, SO_MAXPATHDG, &[Udp], 65507, &[]),
    Row(TCP, TCP_MAXSEG, STREAM, 536, &[]),
];

fn rows() -> impl Iterator<Item = &'static Row> {
    FLAGS.iter().chain(NUMBERS).chain(READ_ONLY)
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options that Wine does not have")]
fn every_option_has_its_default_and_gives_back_what_was_set() {
    start();
    for Row(level, name, kinds, default, values) in rows() {
        for &kind in *kinds {
            let s = open(kind);
            assert_eq!(get(s, *level, *name), Ok(*default), "default of {level}/{name} on {kind:?}");
            for value in *values {
                assert_eq!(set(s, *level, *name, *value), Ok(()), "{level}/{name} = {value} on {kind:?}");
                assert_eq!(get(s, *level, *name), Ok(*value), "{level}/{name} on {kind:?}");
            }
            close(s);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options have the length of their type")]
fn a_socket_does_not_have_the_options_of_others() {
    start();
    for Row(level, name, kinds, ..) in rows().filter(|row| row.1 != SO_TYPE) {
        for kind in [Tcp, Udp, Tcp6, Udp6] {
            let is_close_kin = |&other: &Kind| (other == Tcp || other == Udp) == (kind == Tcp || kind == Udp);
            if kinds.contains(&kind) || *level == IP && !kinds.iter().any(is_close_kin) {
                // Options of IP may serve a socket of IPv6 that takes IPv4 too.
                continue;
            }
            if [SO_MAX_MSG_SIZE, SO_MAXDG, SO_MAXPATHDG].contains(name) && kind == Udp6 {
                continue;
            }
            let s = open(kind);
            assert_eq!(get(s, *level, *name), Err(WSAENOPROTOOPT), "get {level}/{name} on {kind:?}");
            assert_eq!(set(s, *level, *name, 1), Err(WSAENOPROTOOPT), "set {level}/{name} on {kind:?}");
            close(s);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options of another protocol, and options that cannot be set")]
fn what_can_only_be_read_is_not_set() {
    start();
    for Row(level, name, kinds, ..) in READ_ONLY {
        let s = open(kinds[0]);
        assert_eq!(set(s, *level, *name, 1), Err(WSAENOPROTOOPT), "{level}/{name}");
        close(s);
    }
    let s = open(Udp);
    assert_eq!(get(s, IP, IP_ADD_MEMBERSHIP), Err(WSAEFAULT));
    assert_eq!(get_bytes(s, IP, IP_ADD_MEMBERSHIP, 8), Err(WSAENOPROTOOPT));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options have the length of their type")]
fn a_bool_is_one_byte_or_four_and_becomes_0_or_1() {
    start();
    for Row(level, name, kinds, _, values) in FLAGS {
        for &kind in *kinds {
            let s = open(kind);
            if values.contains(&1) {
                assert_eq!(set_bytes(s, *level, *name, &[7]), Ok(()), "{level}/{name} from one byte");
                assert_eq!(get(s, *level, *name), Ok(1), "{level}/{name}");
                assert_eq!(set(s, *level, *name, 0xFF00), Ok(()), "{level}/{name}");
                assert_eq!(get_bytes(s, *level, *name, 1), Ok(vec![1]), "{level}/{name} into one byte");
                assert_eq!(get_bytes(s, *level, *name, 64), Ok(vec![1, 0, 0, 0]), "{level}/{name}");
            }
            assert_eq!(set_bytes(s, *level, *name, &[]), Err(WSAEFAULT), "{level}/{name} from nothing");
            assert_eq!(get_bytes(s, *level, *name, 0), Err(WSAEFAULT), "{level}/{name} into nothing");
            close(s);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options have the length of their type")]
fn a_number_needs_its_length() {
    start();
    for Row(level, name, kinds, default, values) in NUMBERS {
        let s = open(kinds[0]);
        let small = *level == IP && [IP_TOS, IP_TTL, IP_MULTICAST_TTL].contains(name);
        for len in 0..4 {
            let expected = if small && len > 0 { Ok(()) } else { Err(WSAEFAULT) };
            let got = set_bytes(s, *level, *name, &values[0].to_ne_bytes()[..len]);
            assert_eq!(got, expected, "{level}/{name} from {len} bytes");
            let got = get_bytes(s, *level, *name, len).map(|_| ());
            assert_eq!(got, expected, "{level}/{name} into {len} bytes");
        }
        if !small {
            assert_eq!(get(s, *level, *name), Ok(*default), "a short length changes nothing");
        }
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options that Wine does not have")]
fn values_out_of_range_are_refused_and_change_nothing() {
    start();
    #[rustfmt::skip]
    let table: &[(Kind, i32, i32, u32, i32)] = &[
        (Tcp, TCP, TCP_KEEPIDLE, 0, WSAEINVAL),
        (Tcp, TCP, TCP_KEEPINTVL, 0, WSAEINVAL),
        (Tcp, TCP, TCP_KEEPCNT, 0, WSAEINVAL),
        (Tcp, TCP, TCP_KEEPCNT, 256, WSAEINVAL),
        (Tcp, TCP, TCP_MAXRT, -2i32 as u32, WSAEINVAL),
        (Tcp, TCP, TCP_BSDURGENT, 0, WSAENOPROTOOPT),
        (Tcp, TCP, TCP_EXPEDITED_1122, 1, WSAENOPROTOOPT),
        (Tcp, SOL_SOCKET, SO_RCVBUF, u32::MAX, WSAEINVAL),
        (Udp, IP, IP_TTL, 0, WSAEINVAL),
        (Udp, IP, IP_TTL, 256, WSAEINVAL),
        (Udp, IP, IP_MULTICAST_TTL, 256, WSAEINVAL),
        (Udp, IP, IP_MTU_DISCOVER, 4, WSAEINVAL),
        (Udp, IP, IP_RECEIVE_BROADCAST, 0, WSAENOPROTOOPT),
        (Udp, UDP, UDP_SEND_MSG_SIZE, 65536, WSAEINVAL),
        (Udp6, V6, IPV6_UNICAST_HOPS, 256, WSAEINVAL),
        (Udp6, V6, IPV6_MULTICAST_HOPS, 256, WSAEINVAL),
        (Udp6, V6, IPV6_PROTECTION_LEVEL, 30, WSAENOPROTOOPT),
        (Udp6, V6, IPV6_PROTECTION_LEVEL, 11, WSAEINVAL),
    ];
    for &(kind, level, name, value, code) in table {
        let s = open(kind);
        let before = get(s, level, name);
        assert_eq!(set(s, level, name, value), Err(code), "{level}/{name} = {value}");
        assert_eq!(get(s, level, name), before, "{level}/{name}");
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn the_errors_come_in_order() {
    start();
    let s = open(Tcp);
    let stale = open(Tcp);
    close(stale);
    const NO_LEVEL: i32 = 4711;
    const NO_OPTION: i32 = 0x7FFF;
    // Each row has the fault of its code, and every one that comes later.
    for handle in [stale, 0, 3, INVALID_SOCKET, 0x7FFF_FFF0] {
        // SAFETY: NULL is allowed to be passed.
        assert_eq!(unsafe { getsockopt(handle, NO_LEVEL, NO_OPTION, null_mut(), null_mut()) }, SOCKET_ERROR);
        assert_eq!(last_error(), WSAENOTSOCK);
        // SAFETY: as above.
        assert_eq!(unsafe { setsockopt(handle, NO_LEVEL, NO_OPTION, null(), 0) }, SOCKET_ERROR);
        assert_eq!(last_error(), WSAENOTSOCK);
    }
    let mut value = [0u8; 4];
    let mut len = 4;
    // SAFETY: each pointer is NULL or valid.
    assert_eq!(unsafe { getsockopt(s, NO_LEVEL, NO_OPTION, null_mut(), &mut len) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEFAULT);
    // SAFETY: as above.
    assert_eq!(unsafe { getsockopt(s, NO_LEVEL, NO_OPTION, value.as_mut_ptr(), null_mut()) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEFAULT);
    len = -1;
    // SAFETY: as above.
    assert_eq!(unsafe { getsockopt(s, NO_LEVEL, NO_OPTION, value.as_mut_ptr(), &mut len) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEFAULT);
    // SAFETY: as above.
    assert_eq!(unsafe { setsockopt(s, NO_LEVEL, NO_OPTION, null(), 4) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEFAULT);
    // SAFETY: as above.
    assert_eq!(unsafe { setsockopt(s, NO_LEVEL, NO_OPTION, value.as_ptr(), -1) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEFAULT);
    assert_eq!(get_bytes(s, NO_LEVEL, NO_OPTION, 0), Err(WSAEINVAL));
    assert_eq!(set_bytes(s, NO_LEVEL, NO_OPTION, &[]), Err(WSAEINVAL));
    for level in [SOL_SOCKET, TCP, UDP, IP, V6] {
        assert_eq!(get_bytes(s, level, NO_OPTION, 0), Err(WSAENOPROTOOPT), "{level}");
        assert_eq!(set_bytes(s, level, NO_OPTION, &[]), Err(WSAENOPROTOOPT), "{level}");
    }
    assert_eq!(get_bytes(s, SOL_SOCKET, SO_TYPE, 3), Err(WSAEFAULT));
    assert_eq!(set_bytes(s, SOL_SOCKET, SO_TYPE, &[1]), Err(WSAEFAULT), "short before read-only");
    for name in [SO_RCVLOWAT, SO_SNDLOWAT, SO_USELOOPBACK] {
        assert_eq!(get(s, SOL_SOCKET, name), Err(WSAEINVAL), "{name}");
        assert_eq!(set(s, SOL_SOCKET, name, 1), Err(WSAEINVAL), "{name}");
    }
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: lingering is read as it was set")]
fn linger_is_a_structure_with_an_inverse() {
    start();
    let s = open(Tcp);
    let linger = |on: u16, seconds: u16| [on.to_ne_bytes(), seconds.to_ne_bytes()].concat();
    assert_eq!(get_bytes(s, SOL_SOCKET, SO_LINGER, 4), Ok(linger(0, 0)));
    assert_eq!(set_bytes(s, SOL_SOCKET, SO_LINGER, &linger(3, 17)), Ok(()));
    assert_eq!(get_bytes(s, SOL_SOCKET, SO_LINGER, 64), Ok(linger(1, 17)));
    assert_eq!(get(s, SOL_SOCKET, SO_DONTLINGER), Ok(0));
    assert_eq!(set(s, SOL_SOCKET, SO_DONTLINGER, 1), Ok(()));
    assert_eq!(get_bytes(s, SOL_SOCKET, SO_LINGER, 4).map(|value| value[0]), Ok(0));
    assert_eq!(get_bytes(s, SOL_SOCKET, SO_LINGER, 3), Err(WSAEFAULT));
    assert_eq!(set_bytes(s, SOL_SOCKET, SO_LINGER, &[1, 0, 0]), Err(WSAEFAULT));
    close(s);
    let datagrams = open(Udp);
    assert_eq!(get_bytes(datagrams, SOL_SOCKET, SO_LINGER, 4), Err(WSAENOPROTOOPT));
    close(datagrams);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a reset stays visible")]
fn a_linger_of_zero_resets_the_connection() {
    start();
    let (client, server) = pair();
    assert_eq!(set_bytes(server, SOL_SOCKET, SO_LINGER, &[1, 0, 0, 0]), Ok(()));
    close(server);
    let mut byte = 0u8;
    // SAFETY: one byte of room.
    assert_eq!(unsafe { recv(client, &mut byte, 1, 0) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAECONNRESET);
    close(client);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: an accepted socket inherits no time out")]
fn a_receive_time_out_is_10060_and_is_inherited() {
    start();
    let (listener, address) = listener();
    assert_eq!(set(listener, SOL_SOCKET, SO_RCVTIMEO, 30), Ok(()));
    // SAFETY: no address is asked for.
    assert_eq!(unsafe { accept(listener, null_mut(), null_mut()) }, INVALID_SOCKET);
    assert_eq!(last_error(), WSAETIMEDOUT);
    let client = new(SOCK_STREAM);
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(client, (&raw const address).cast(), 16) }, 0, "{}", last_error());
    // SAFETY: no address is asked for.
    let server = unsafe { accept(listener, null_mut(), null_mut()) };
    assert_ne!(server, INVALID_SOCKET, "{}", last_error());
    assert_eq!(get(server, SOL_SOCKET, SO_RCVTIMEO), Ok(30));
    let began = Instant::now();
    let mut byte = 0u8;
    // SAFETY: one byte of room.
    assert_eq!(unsafe { recv(server, &mut byte, 1, 0) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAETIMEDOUT);
    assert!(began.elapsed() >= Duration::from_millis(29), "{:?}", began.elapsed());
    for s in [listener, client, server] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options that Wine does not have")]
fn an_accepted_socket_inherits_the_options() {
    start();
    let (listener, address) = listener();
    let options = [
        (SOL_SOCKET, SO_KEEPALIVE, 1),
        (SOL_SOCKET, SO_OOBINLINE, 1),
        (SOL_SOCKET, SO_SNDBUF, 12_345),
        (SOL_SOCKET, SO_RCVBUF, 23_456),
        (SOL_SOCKET, SO_SNDTIMEO, 700),
        (TCP, TCP_NODELAY, 1),
        (TCP, TCP_KEEPIDLE, 77),
        (TCP, TCP_KEEPINTVL, 7),
        (IP, IP_TTL, 9),
    ];
    for (level, name, value) in options {
        assert_eq!(set(listener, level, name, value), Ok(()), "{level}/{name}");
    }
    assert_eq!(set_bytes(listener, SOL_SOCKET, SO_LINGER, &[1, 0, 5, 0]), Ok(()));
    let client = new(SOCK_STREAM);
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(client, (&raw const address).cast(), 16) }, 0, "{}", last_error());
    // SAFETY: no address is asked for.
    let server = unsafe { accept(listener, null_mut(), null_mut()) };
    assert_ne!(server, INVALID_SOCKET, "{}", last_error());
    for (level, name, value) in options {
        assert_eq!(get(server, level, name), Ok(value), "{level}/{name}");
    }
    assert_eq!(get_bytes(server, SOL_SOCKET, SO_LINGER, 4), Ok(vec![1, 0, 5, 0]));
    assert_eq!(get(listener, SOL_SOCKET, SO_ACCEPTCONN), Ok(1));
    assert_eq!(get(server, SOL_SOCKET, SO_ACCEPTCONN), Ok(0));
    for s in [listener, client, server] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options of another protocol, and options that cannot be set")]
fn reuse_and_exclusive_use_exclude_each_other() {
    start();
    let s = open(Tcp);
    assert_eq!(set(s, SOL_SOCKET, SO_REUSEADDR, 1), Ok(()));
    assert_eq!(set(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1), Err(WSAEINVAL));
    assert_eq!(set(s, SOL_SOCKET, SO_REUSEADDR, 0), Ok(()));
    assert_eq!(set(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1), Ok(()));
    assert_eq!(set(s, SOL_SOCKET, SO_REUSEADDR, 1), Err(WSAEINVAL));
    bind_loopback(s);
    assert_eq!(set(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 0), Err(WSAEINVAL), "too late");
    assert_eq!(get(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE), Ok(1));
    assert_eq!(set(s, SOL_SOCKET, SO_RANDOMIZE_PORT, 1), Err(WSAEINVAL), "too late");
    close(s);
    let s = open(Tcp);
    assert_eq!(set(s, SOL_SOCKET, SO_REUSE_UNICASTPORT, 1), Ok(()));
    assert_eq!(set(s, SOL_SOCKET, SO_RANDOMIZE_PORT, 1), Err(WSAEINVAL));
    close(s);
    let (listener, _) = listener();
    assert_eq!(set(listener, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1), Err(WSAEINVAL));
    close(listener);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: SO_ERROR is cleared when it is read")]
fn so_error_gives_a_winsock_code_once() {
    start();
    let closed = {
        let (s, address) = listener();
        close(s);
        address
    };
    let s = new(SOCK_STREAM);
    let mut on = 1;
    // SAFETY: the argument is writable.
    assert_eq!(unsafe { ioctlsocket(s, FIONBIO, &mut on) }, 0);
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(s, (&raw const closed).cast(), 16) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEWOULDBLOCK);
    let limit = Instant::now() + Duration::from_secs(20);
    let error = loop {
        assert_eq!(get_bytes(s, SOL_SOCKET, SO_ERROR, 3), Err(WSAEFAULT), "and the error stays");
        match get(s, SOL_SOCKET, SO_ERROR).unwrap() {
            0 => assert!(Instant::now() < limit, "the connect fails"),
            error => break error,
        }
        std::thread::yield_now();
    };
    assert_eq!(error as i32, WSAECONNREFUSED);
    assert_eq!(get(s, SOL_SOCKET, SO_ERROR), Ok(0));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a reset stays visible")]
fn so_error_of_a_reset_connection_leaves_it_broken() {
    start();
    let (client, server) = pair();
    assert_eq!(set_bytes(server, SOL_SOCKET, SO_LINGER, &[1, 0, 0, 0]), Ok(()));
    close(server);
    let limit = Instant::now() + Duration::from_secs(20);
    while get(client, SOL_SOCKET, SO_ERROR) != Ok(WSAECONNRESET as u32) {
        assert!(Instant::now() < limit, "the reset arrives");
        std::thread::yield_now();
    }
    let mut byte = 0u8;
    // SAFETY: one byte of room.
    assert_eq!(unsafe { recv(client, &mut byte, 1, 0) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAECONNRESET);
    close(client);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options that Wine does not have")]
fn a_connection_tells_its_age_its_mtu_and_its_segment_size() {
    start();
    let (client, server) = pair();
    for s in [client, server] {
        assert!(get(s, SOL_SOCKET, SO_CONNECT_TIME).unwrap() < 60);
        assert!(get(s, IP, IP_MTU).unwrap() >= 576);
        assert!(get(s, TCP, TCP_MAXSEG).unwrap() > 536);
    }
    let alone = open(Tcp);
    assert_eq!(get(alone, IP, IP_MTU), Err(WSAENOTCONN));
    let alone6 = open(Tcp6);
    assert_eq!(get(alone6, V6, IPV6_MTU), Err(WSAENOTCONN));
    for s in [client, server, alone, alone6] {
        close(s);
    }
}

#[test]
fn the_longest_datagram_is_what_is_said() {
    start();
    let receiver = new(SOCK_DGRAM);
    let address = bind_loopback(receiver);
    let sender = new(SOCK_DGRAM);
    let max = get(sender, SOL_SOCKET, SO_MAX_MSG_SIZE).unwrap() as usize;
    let data = vec![0u8; max + 1];
    let send_it = |len: usize| {
        // SAFETY: the data and the address are readable.
        unsafe { sendto(sender, data.as_ptr(), len as i32, 0, (&raw const address).cast(), 16) }
    };
    assert_eq!(send_it(max), max as i32, "{}", last_error());
    assert_eq!(send_it(max + 1), SOCKET_ERROR);
    assert_eq!(last_error(), WSAEMSGSIZE);
    close(sender);
    close(receiver);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options have the length of their type")]
fn the_state_of_a_socket_has_its_addresses() {
    start();
    const HEADER: usize = size_of::<CSADDR_INFO>();
    let read = |s: SOCKET| {
        let mut room = [0u64; 32];
        let mut len = size_of_val(&room) as i32;
        // SAFETY: the room is writable for its length.
        let result = unsafe { getsockopt(s, SOL_SOCKET, SO_BSP_STATE, room.as_mut_ptr().cast(), &mut len) };
        assert_eq!(result, 0, "{}", last_error());
        // SAFETY: a CSADDR_INFO was written there, and the room is aligned for it.
        let info = unsafe { room.as_ptr().cast::<CSADDR_INFO>().read() };
        let port = |address: SOCKET_ADDRESS| {
            // SAFETY: the pointer is NULL or into the room, which still lives.
            unsafe { address.lpSockaddr.cast::<SOCKADDR_IN>().as_ref() }.map(|it| u16::from_be(it.sin_port))
        };
        ((port(info.LocalAddr), port(info.RemoteAddr)), (info.iSocketType, info.iProtocol), len)
    };
    let alone = open(Udp);
    assert_eq!(read(alone), ((None, None), (SOCK_DGRAM, UDP), HEADER as i32));
    let address = bind_loopback(alone);
    assert_eq!(read(alone).0, (Some(u16::from_be(address.sin_port)), None));
    let (client, server) = pair();
    let (client_ports, server_ports) = (read(client).0, read(server).0);
    assert_eq!((client_ports.0, client_ports.1), (server_ports.1, server_ports.0));
    assert!(client_ports.0.is_some() && client_ports.1.is_some());
    assert_eq!(read(client).1, (SOCK_STREAM, TCP));
    assert_eq!(get_bytes(client, SOL_SOCKET, SO_BSP_STATE, HEADER), Err(WSAEFAULT));
    assert_eq!(set(client, SOL_SOCKET, SO_BSP_STATE, 0), Err(WSAENOPROTOOPT));
    for s in [alone, client, server] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options have the length of their type")]
fn ip_options_are_bytes() {
    start();
    let s = open(Udp);
    assert_eq!(get_bytes(s, IP, IP_OPTIONS, 40), Ok(vec![]));
    // Four no-operations.
    assert_eq!(set_bytes(s, IP, IP_OPTIONS, &[1, 1, 1, 1]), Ok(()));
    assert_eq!(get_bytes(s, IP, IP_OPTIONS, 40), Ok(vec![1, 1, 1, 1]));
    assert_eq!(get_bytes(s, IP, IP_OPTIONS, 3), Err(WSAEFAULT));
    assert_eq!(set_bytes(s, IP, IP_OPTIONS, &[]), Ok(()));
    assert_eq!(get_bytes(s, IP, IP_OPTIONS, 40), Ok(vec![]));
    assert_eq!(set_bytes(s, IP, IP_OPTIONS, &[0xFF; 44]), Err(WSAEINVAL));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no AF_UNIX")]
fn unix_sockets_have_the_options_of_sockets_and_no_others() {
    start();
    // SAFETY: no memory is passed.
    let s = unsafe { socket(AF_UNIX.into(), SOCK_STREAM, 0) };
    assert_ne!(s, INVALID_SOCKET);
    assert_eq!(get(s, SOL_SOCKET, SO_TYPE), Ok(SOCK_STREAM as u32));
    assert_eq!(set(s, SOL_SOCKET, SO_RCVTIMEO, 5), Ok(()));
    assert_eq!(set(s, SOL_SOCKET, SO_KEEPALIVE, 1), Ok(()));
    assert_eq!(get(s, TCP, TCP_NODELAY), Err(WSAENOPROTOOPT));
    assert_eq!(get(s, IP, IP_TTL), Err(WSAENOPROTOOPT));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: raw sockets that are not allowed have another code")]
fn raw_sockets_take_their_headers_from_the_program() {
    start();
    for (family, level, name) in [(AF_INET, IP, IP_HDRINCL), (AF_INET6, V6, IPV6_HDRINCL)] {
        // SAFETY: no memory is passed.
        let s = unsafe { socket(family.into(), SOCK_RAW, 253) };
        if s == INVALID_SOCKET {
            assert_eq!(last_error(), WSAEACCES, "raw sockets need a right, and nothing else");
            continue;
        }
        assert_eq!(get(s, level, name), Ok(0));
        assert_eq!(set(s, level, name, 1), Ok(()));
        assert_eq!(get(s, level, name), Ok(1));
        assert_eq!(get(s, SOL_SOCKET, SO_TYPE), Ok(SOCK_RAW as u32));
        assert_eq!(get(s, IPPROTO_TCP, TCP_NODELAY), Err(WSAENOPROTOOPT));
        close(s);
    }
    for (kind, level, name) in [(Udp, IP, IP_HDRINCL), (Udp6, V6, IPV6_HDRINCL)] {
        let s = open(kind);
        assert_eq!(get(s, level, name), Err(WSAENOPROTOOPT));
        close(s);
    }
}
