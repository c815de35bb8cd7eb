//! `WSAConnectByName` and `WSAConnectByList`: the first address that answers, the time-out, the addresses given back, the
//! errors in their order.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;

use common::*;
use std::ffi::{CStr, CString};
use std::ptr::{null, null_mut};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use winsock::win32::*;

const LIMIT: Duration = Duration::from_secs(20);
const LEN: i32 = size_of::<SOCKADDR_IN>() as i32;

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn port(address: &SOCKADDR_IN) -> u16 {
    u16::from_be(address.sin_port)
}

/// An address that refuses: bound, so that nobody else listens there, but not listening.
fn refusing() -> (SOCKET, SOCKADDR_IN) {
    let s = new(SOCK_STREAM);
    let address = bind_loopback(s);
    (s, address)
}

/// An address that does not answer: a listener whose queue is full.
struct Silent {
    listener: SOCKET,
    address: SOCKADDR_IN,
    waiting: Vec<SOCKET>,
}

impl Silent {
    fn new() -> Silent {
        let listener = new(SOCK_STREAM);
        let address = bind_loopback(listener);
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { listen(listener, 1) }, 0);
        let mut silent = Silent { listener, address, waiting: Vec::new() };
        // The queue takes a few more than it is told.
        for _ in 0..16 {
            let s = new(SOCK_STREAM);
            silent.waiting.push(s);
            if by_list(s, &[address], Some(Duration::from_millis(300))) == Err(WSAETIMEDOUT) {
                return silent;
            }
        }
        panic!("the queue never fills up");
    }

    fn close(self) {
        self.waiting.into_iter().for_each(close);
        close(self.listener);
    }
}

fn timeval(timeout: Option<Duration>) -> Option<TIMEVAL> {
    timeout
        .map(|timeout| TIMEVAL { tv_sec: timeout.as_secs() as i32, tv_usec: timeout.subsec_micros() as i32 })
}

fn pointer<T>(value: &Option<T>) -> *const T {
    value.as_ref().map_or(null(), |value| value)
}

fn answer(result: BOOL) -> Result<(), i32> {
    match result {
        TRUE => Ok(()),
        FALSE => Err(last_error()),
        other => panic!("{other}"),
    }
}

/// A list with room for four addresses: as `SOCKET_ADDRESS_LIST`, which has one.
#[repr(C)]
struct List {
    count: i32,
    addresses: [SOCKET_ADDRESS; 4],
}

fn list(addresses: &[SOCKADDR_IN]) -> List {
    let mut list = List { count: addresses.len() as i32, addresses: [SOCKET_ADDRESS::default(); 4] };
    for (entry, address) in list.addresses.iter_mut().zip(addresses) {
        *entry = SOCKET_ADDRESS { lpSockaddr: (&raw const *address).cast_mut().cast(), iSockaddrLength: LEN };
    }
    list
}

fn by_list(s: SOCKET, addresses: &[SOCKADDR_IN], timeout: Option<Duration>) -> Result<(), i32> {
    let list = list(addresses);
    let timeout = timeval(timeout);
    let list = (&raw const list).cast();
    // SAFETY: the list and the time-out are whole, and no address is asked for.
    answer(unsafe {
        WSAConnectByList(s, list, null_mut(), null_mut(), null_mut(), null_mut(), pointer(&timeout), null())
    })
}

fn by_name(s: SOCKET, node: &str, service: u16) -> Result<(), i32> {
    let (node, service) = (CString::new(node).unwrap(), CString::new(service.to_string()).unwrap());
    let (node, service) = (node.as_ptr().cast(), service.as_ptr().cast());
    let no = null_mut();
    // SAFETY: C strings, and no address is asked for.
    answer(unsafe { WSAConnectByNameA(s, node, service, null_mut(), no, null_mut(), no, null(), null()) })
}

/// Takes a connection and sends a byte over it each way.
fn echo(listener: SOCKET, client: SOCKET) {
    // SAFETY: no address is asked for.
    let server = unsafe { accept(listener, null_mut(), null_mut()) };
    assert_ne!(server, INVALID_SOCKET);
    for (from, to) in [(client, server), (server, client)] {
        let mut byte = 0;
        // SAFETY: one byte.
        assert_eq!(unsafe { send(from, &7, 1, 0) }, 1, "{}", last_error());
        // SAFETY: one byte of room.
        assert_eq!(unsafe { recv(to, &mut byte, 1, 0) }, 1, "{}", last_error());
        assert_eq!(byte, 7);
    }
    close(server);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: WSAConnectByName gives no local port")]
fn a_name_connects_and_gives_both_addresses() {
    start();
    let (listener, address) = listener();
    let service = CString::new(port(&address).to_string()).unwrap();
    let wide_service = wide(&port(&address).to_string());
    for wide_call in [false, true] {
        let client = new(SOCK_STREAM);
        let (mut local, mut remote) = (loopback(0), loopback(0));
        let (mut local_len, mut remote_len) = (16u32, 16u32);
        let (l, r) = ((&raw mut local).cast(), (&raw mut remote).cast());
        let (ll, rl) = (&raw mut local_len, &raw mut remote_len);
        let result = if wide_call {
            let node = wide("localhost");
            let (node, service) = (node.as_ptr(), wide_service.as_ptr());
            // SAFETY: wide strings, and the room that the lengths tell.
            unsafe { WSAConnectByNameW(client, node, service, ll, l, rl, r, null(), null()) }
        } else {
            let (node, service) = (c"localhost".as_ptr().cast(), service.as_ptr().cast());
            // SAFETY: C strings, and the room that the lengths tell.
            unsafe { WSAConnectByNameA(client, node, service, ll, l, rl, r, null(), null()) }
        };
        assert_eq!(answer(result), Ok(()));
        assert_eq!((local_len, remote_len), (16, 16));
        assert_eq!(remote.sin_port, address.sin_port);
        let mut own = loopback(0);
        let mut len = LEN;
        // SAFETY: the room that the length tells.
        assert_eq!(unsafe { getsockname(client, (&raw mut own).cast(), &mut len) }, 0);
        assert_eq!(own.sin_port, local.sin_port);
        // SAFETY: as above.
        assert_eq!(unsafe { getpeername(client, (&raw mut own).cast(), &mut len) }, 0);
        assert_eq!(own.sin_port, address.sin_port);
        echo(listener, client);
        close(client);
    }
    close(listener);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no WSAConnectByList")]
fn the_first_address_that_answers_is_taken() {
    start();
    let (listener, address) = listener();
    let (refuser, refused) = refusing();
    let client = new(SOCK_STREAM);
    assert_eq!(by_list(client, &[refused, loopback(0), refused, address], None), Ok(()));
    echo(listener, client);
    [client, refuser, listener].into_iter().for_each(close);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no WSAConnectByList")]
fn the_error_is_that_of_the_last_address_and_the_socket_stays_usable() {
    start();
    let (listener, address) = listener();
    let (refuser, refused) = refusing();
    let client = new(SOCK_STREAM);
    assert_eq!(by_list(client, &[refused], None), Err(WSAECONNREFUSED));
    assert_eq!(by_list(client, &[loopback(0), refused], None), Err(WSAECONNREFUSED));
    assert_eq!(by_list(client, &[refused, loopback(0)], None), Err(WSAEADDRNOTAVAIL));
    assert_eq!(by_name(client, "127.0.0.1", port(&refused)), Err(WSAECONNREFUSED));
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(client, (&raw const refused).cast(), LEN) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAECONNREFUSED);
    assert_eq!(by_name(client, "127.0.0.1", port(&address)), Ok(()));
    echo(listener, client);
    [client, refuser, listener].into_iter().for_each(close);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no WSAConnectByList")]
fn the_time_out_ends_an_attempt_and_leaves_the_socket_usable() {
    start();
    let silent = Silent::new();
    let (listener, address) = listener();
    let client = new(SOCK_STREAM);
    let begun = Instant::now();
    let timeout = Duration::from_millis(50);
    assert_eq!(by_list(client, &[silent.address, address], Some(timeout)), Err(WSAETIMEDOUT));
    assert!(begun.elapsed() >= timeout && begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    assert_eq!(by_list(client, &[address], Some(LIMIT)), Ok(()));
    echo(listener, client);
    [client, listener].into_iter().for_each(close);
    silent.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no WSAConnectByList")]
fn closesocket_wakes_the_call() {
    start();
    let silent = Silent::new();
    let address = silent.address;
    let client = new(SOCK_STREAM);
    let (done, woken) = mpsc::channel();
    let (started, ready) = mpsc::channel();
    let blocked = thread::spawn(move || {
        started.send(()).unwrap();
        done.send(by_list(client, &[address], None)).unwrap();
    });
    ready.recv_timeout(LIMIT).unwrap();
    // The promise holds whether the call has begun to block or not; give most runs the harder case.
    let soon = Instant::now() + Duration::from_millis(20);
    while Instant::now() < soon {
        thread::yield_now();
    }
    close(client);
    let result = woken.recv_timeout(LIMIT).expect("the blocked call wakes up");
    assert!(result == Err(WSAEINTR) || result == Err(WSAENOTSOCK), "{result:?}");
    blocked.join().unwrap();
    silent.close();
}

/// `::1` with a free port, listening; `None` on a machine without IPv6.
fn listener_v6() -> Option<(SOCKET, u16)> {
    // SAFETY: no memory is passed.
    let s = unsafe { socket(AF_INET6.into(), SOCK_STREAM, 0) };
    if s == INVALID_SOCKET {
        return None;
    }
    let mut address = SOCKADDR_IN6 { sin6_family: AF_INET6, ..SOCKADDR_IN6::default() };
    address.sin6_addr.u.Byte = std::net::Ipv6Addr::LOCALHOST.octets();
    let mut len = size_of::<SOCKADDR_IN6>() as i32;
    // SAFETY: the address is whole.
    if unsafe { bind(s, (&raw const address).cast(), len) } != 0 {
        close(s);
        return None;
    }
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { listen(s, 1) }, 0);
    // SAFETY: the room that the length tells.
    assert_eq!(unsafe { getsockname(s, (&raw mut address).cast(), &mut len) }, 0);
    Some((s, u16::from_be(address.sin6_port)))
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: localhost is IPv4 alone")]
fn a_socket_of_ipv6_reaches_localhost_by_ipv6() {
    start();
    let Some((listener, port)) = listener_v6() else {
        eprintln!("skipped: the machine has no ::1");
        return;
    };
    // SAFETY: no memory is passed.
    let client = unsafe { socket(AF_INET6.into(), SOCK_STREAM, 0) };
    assert_eq!(by_name(client, "127.0.0.1", port), Err(WSAHOST_NOT_FOUND), "IPv6 alone");
    assert_eq!(by_name(client, "localhost", port), Ok(()));
    echo(listener, client);
    [client, listener].into_iter().for_each(close);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: localhost is IPv4 alone")]
fn a_socket_of_ipv6_that_admits_ipv4_reaches_both() {
    start();
    let Some((v6_listener, v6_port)) = listener_v6() else {
        eprintln!("skipped: the machine has no ::1");
        return;
    };
    let (v4_listener, v4_address) = listener();
    let v4_port = port(&v4_address);
    for (listener, node, port) in [
        (v6_listener, "localhost", v6_port),
        (v4_listener, "localhost", v4_port),
        (v4_listener, "127.0.0.1", v4_port),
    ] {
        // SAFETY: no memory is passed.
        let client = unsafe { socket(AF_INET6.into(), SOCK_STREAM, 0) };
        let no = 0i32;
        // SAFETY: the value is an int.
        let set = unsafe { setsockopt(client, IPPROTO_IPV6, IPV6_V6ONLY, (&raw const no).cast(), 4) };
        assert_eq!(set, 0, "{}", last_error());
        assert_eq!(by_name(client, node, port), Ok(()), "{node}");
        echo(listener, client);
        close(client);
    }
    [v6_listener, v4_listener].into_iter().for_each(close);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no WSAConnectByList")]
fn a_non_blocking_socket_blocks_all_the_same() {
    start();
    let (listener, address) = listener();
    let (refuser, refused) = refusing();
    let client = new(SOCK_STREAM);
    let mut yes = 1;
    // SAFETY: the value is an unsigned int.
    assert_eq!(unsafe { ioctlsocket(client, FIONBIO, &mut yes) }, 0);
    assert_eq!(by_list(client, &[refused], None), Err(WSAECONNREFUSED));
    assert_eq!(by_list(client, &[refused, address], None), Ok(()));
    let mut byte = 0;
    // SAFETY: one byte of room.
    assert_eq!(unsafe { recv(client, &mut byte, 1, 0) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEWOULDBLOCK, "the mode is as it was");
    [client, refuser, listener].into_iter().for_each(close);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn faults_of_wsaconnectbyname_are_told_in_order() {
    start();
    let client = new(SOCK_STREAM);
    let (connected, other) = pair();
    let (listening, _) = listener();
    let datagram = new(SOCK_DGRAM);
    let reserved = OVERLAPPED::default();
    let mut room = loopback(0);
    let out: *mut SOCKADDR = (&raw mut room).cast();
    let call = |s, node: Option<&CStr>, service: Option<&CStr>, len: Option<u32>, usec, reserved| {
        let text = |text: Option<&CStr>| text.map_or(null(), |text| text.as_ptr().cast());
        let timeout = TIMEVAL { tv_sec: 0, tv_usec: usec };
        let mut value = len.unwrap_or_default();
        let len = if len.is_some() { &raw mut value } else { null_mut() };
        // SAFETY: every pointer is NULL or valid, and every length that admits a write is true.
        let result = unsafe {
            WSAConnectByNameA(
                s,
                text(node),
                text(service),
                len,
                out,
                null_mut(),
                null_mut(),
                &timeout,
                reserved,
            )
        };
        answer(result)
    };
    let (node, service) = (Some(c"x.invalid"), Some(c"1"));
    let (no, some) = (null(), &raw const reserved);
    assert_eq!(call(INVALID_SOCKET, None, None, None, -1, some), Err(WSAENOTSOCK));
    assert_eq!(call(client, None, service, Some(0), -1, no), Err(WSAEINVAL));
    assert_eq!(call(client, node, None, Some(0), -1, no), Err(WSAEINVAL));
    assert_eq!(call(client, node, service, Some(0), -1, some), Err(WSAEINVAL));
    assert_eq!(call(client, node, service, None, -1, no), Err(WSAEFAULT));
    assert_eq!(call(client, node, service, Some(15), -1, no), Err(WSAEFAULT));
    assert_eq!(call(connected, node, service, Some(16), -1, no), Err(WSAEINVAL), "the time-out comes first");
    assert_eq!(call(connected, node, service, Some(16), 0, no), Err(WSAEISCONN));
    assert_eq!(call(listening, node, service, Some(16), 0, no), Err(WSAEINVAL));
    assert_eq!(call(datagram, node, service, Some(16), 0, no), Err(WSAEINVAL));
    assert_eq!(call(client, node, Some(c"no-such-service"), Some(16), 0, no), Err(WSATYPE_NOT_FOUND));
    assert_eq!(call(client, node, service, Some(16), 0, no), Err(WSAHOST_NOT_FOUND));
    assert_eq!(call(client, Some(c"::1"), service, Some(16), 0, no), Err(WSAHOST_NOT_FOUND));
    assert_eq!(port(&room), 0, "nothing is written on failure");
    [client, connected, other, listening, datagram].into_iter().for_each(close);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no WSAConnectByList")]
fn faults_of_wsaconnectbylist_are_told_in_order() {
    start();
    let client = new(SOCK_STREAM);
    let bound = new(SOCK_STREAM);
    bind_loopback(bound);
    let (connected, other) = pair();
    let reserved = OVERLAPPED::default();
    let mut room = loopback(0);
    let out: *mut SOCKADDR = (&raw mut room).cast();
    let call = |s, list: *const List, mut len: u32, reserved| {
        let no = null_mut();
        // SAFETY: every pointer is NULL or valid, and every length that admits a write is true.
        answer(unsafe { WSAConnectByList(s, list.cast(), null_mut(), no, &mut len, out, null(), reserved) })
    };
    let addresses = [loopback(1)];
    let good = list(&addresses);
    let empty = list(&[]);
    let negative = List { count: -1, ..list(&[]) };
    let mut short = list(&addresses);
    short.addresses[0].iSockaddrLength = 15;
    let mut nothing = list(&addresses);
    nothing.addresses[0].lpSockaddr = null_mut();
    let v6 = SOCKADDR_IN6 { sin6_family: AF_INET6, sin6_port: 1, ..SOCKADDR_IN6::default() };
    let mut other_family = list(&addresses);
    other_family.addresses[0] =
        SOCKET_ADDRESS { lpSockaddr: (&raw const v6).cast_mut().cast(), iSockaddrLength: 28 };
    assert_eq!(call(INVALID_SOCKET, null(), 0, &reserved), Err(WSAENOTSOCK));
    assert_eq!(call(client, null(), 0, &reserved), Err(WSAEINVAL));
    assert_eq!(call(bound, null(), 0, null()), Err(WSAEINVAL));
    assert_eq!(call(client, null(), 0, null()), Err(WSAEFAULT));
    assert_eq!(call(client, &short, 0, null()), Err(WSAEFAULT));
    assert_eq!(call(client, &nothing, 16, null()), Err(WSAEFAULT));
    assert_eq!(call(client, &good, 15, null()), Err(WSAEFAULT));
    assert_eq!(call(client, &negative, 16, null()), Err(WSAEINVAL));
    assert_eq!(call(connected, &empty, 16, null()), Err(WSAEISCONN));
    assert_eq!(call(client, &empty, 16, null()), Err(WSAEINVAL));
    assert_eq!(call(client, &other_family, 16, null()), Err(WSAEAFNOSUPPORT));
    assert_eq!(port(&room), 0, "nothing is written on failure");
    [client, bound, connected, other].into_iter().for_each(close);
}
