//! `ConnectEx` connects a bound socket and sends the first data; every failure leaves it ready for another try.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/extension.rs"]
mod extension;
#[path = "common/port.rs"]
mod port;

use common::*;
#[cfg(windows)]
use extension::*;
use port::*;
use std::io::Read;
use std::net::TcpListener;
use std::ptr::{null, null_mut};
use winsock::win32::*;

const LEN: i32 = size_of::<SOCKADDR_IN>() as i32;

fn connect_ex(s: SOCKET, to: &SOCKADDR_IN, data: &[u8], operation: &mut Operation) -> i32 {
    let mut sent = 0;
    let data_pointer = if data.is_empty() { null() } else { data.as_ptr().cast() };
    // SAFETY: the address is whole; data and OVERLAPPED outlive the operation.
    code(unsafe {
        ConnectEx(
            s,
            std::ptr::from_ref(to).cast(),
            LEN,
            data_pointer,
            data.len() as u32,
            &mut sent,
            operation.pointer(),
        )
    })
}

fn bound() -> SOCKET {
    let s = new(SOCK_STREAM);
    bind_loopback(s);
    s
}

/// A listener of the standard library and its address.
fn peer() -> (TcpListener, SOCKADDR_IN) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = loopback(listener.local_addr().unwrap().port());
    (listener, address)
}

/// Starts, and takes the packet.
fn outcome(port: &Port, s: SOCKET, to: &SOCKADDR_IN, data: &[u8]) -> (u32, i32) {
    let mut operation = Operation::new();
    let started = connect_ex(s, to, data, &mut operation);
    assert!(matches!(started, 0 | WSA_IO_PENDING), "{started}");
    port.take_of(s, &operation)
}

#[test]
fn it_connects_and_the_socket_carries_data_both_ways() {
    start();
    let port = Port::new();
    let (listener, address) = peer();
    let s = bound();
    port.add(s);
    assert_eq!(outcome(&port, s, &address, &[]), (0, 0));
    let (mut stream, _) = listener.accept().unwrap();
    // SAFETY: five readable bytes.
    assert_eq!(unsafe { send(s, b"hello".as_ptr(), 5, 0) }, 5);
    let mut got = [0; 5];
    stream.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"hello");
    drop(stream);
    // SAFETY: five bytes of room.
    assert_eq!(unsafe { recv(s, got.as_mut_ptr(), 5, 0) }, 0);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: ConnectEx stops when the first data does not fit at once")]
fn the_first_data_goes_out_whole_and_is_counted() {
    start();
    let port = Port::new();
    let (listener, address) = peer();
    let data: Vec<u8> = (0..4_000_000u32).map(|i| (i % 251) as u8).collect();
    let reader = std::thread::spawn(move || {
        let mut got = Vec::new();
        listener.accept().unwrap().0.read_to_end(&mut got).unwrap();
        got
    });
    let s = bound();
    port.add(s);
    assert_eq!(outcome(&port, s, &address, &data), (data.len() as u32, 0));
    close(s);
    assert!(reader.join().unwrap() == data, "every byte in its place");
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a socket that is not connected")]
fn a_refusal_is_1225_through_the_port_and_leaves_the_socket_bound() {
    start();
    let port = Port::new();
    let nobody = {
        let (listener, address) = peer();
        drop(listener);
        address
    };
    let s = bound();
    port.add(s);
    let mut operation = Operation::new();
    match connect_ex(s, &nobody, b"data", &mut operation) {
        WSAECONNREFUSED => port.is_empty(),
        WSA_IO_PENDING => assert_eq!(port.take_of(s, &operation), (0, 1225)),
        other => panic!("{other}"),
    }
    // SAFETY: one readable byte.
    assert_eq!(unsafe { send(s, b"x".as_ptr(), 1, 0) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAENOTCONN);
    let (listener, address) = peer();
    assert_eq!(outcome(&port, s, &address, b"again"), (5, 0));
    let mut got = [0; 5];
    listener.accept().unwrap().0.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"again");
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: connects to a full listener hang, where Windows refuses them")]
fn a_connect_under_way_ends_when_the_socket_is_closed() {
    start();
    let port = Port::new();
    let full = Full::new();
    let s = bound();
    port.add(s);
    let mut operation = Operation::new();
    assert_eq!(connect_ex(s, &full.address, &[], &mut operation), WSA_IO_PENDING);
    // Meanwhile the socket is neither connected nor free.
    let mut second = Operation::new();
    assert_eq!(connect_ex(s, &full.address, &[], &mut second), WSAEALREADY);
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(s, (&raw const full.address).cast(), LEN) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEALREADY);
    port.is_empty();
    close(s);
    assert_eq!(port.take_of(s, &operation), (0, WSA_OPERATION_ABORTED));
}

#[test]
fn a_connect_that_waits_goes_on_when_the_peer_has_room() {
    start();
    let port = Port::new();
    let full = Full::new();
    let s = bound();
    port.add(s);
    let mut operation = Operation::new();
    assert_eq!(connect_ex(s, &full.address, b"first", &mut operation), WSA_IO_PENDING);
    // Room for one more: the handshake is repeated, and ends.
    let taken = full.make_room();
    assert_eq!(port.take_of(s, &operation), (5, 0));
    drop(taken);
    close(s);
}

/// A listener whose queue is full: a connect to it stays under way.
struct Full {
    listener: SOCKET,
    address: SOCKADDR_IN,
    waiting: Vec<SOCKET>,
}

impl Full {
    fn new() -> Full {
        let listener = new(SOCK_STREAM);
        let address = bind_loopback(listener);
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { listen(listener, 1) }, 0);
        let mut waiting = Vec::new();
        for _ in 0..2 {
            let s = new(SOCK_STREAM);
            // SAFETY: the address is whole.
            assert_eq!(unsafe { connect(s, (&raw const address).cast(), LEN) }, 0, "{}", last_error());
            waiting.push(s);
        }
        Full { listener, address, waiting }
    }

    fn make_room(&self) -> Vec<Closes> {
        let accept_one = || {
            // SAFETY: no address is asked for.
            let s = unsafe { accept(self.listener, null_mut(), null_mut()) };
            assert_ne!(s, INVALID_SOCKET, "{}", last_error());
            Closes(s)
        };
        vec![accept_one(), accept_one()]
    }
}

impl Drop for Full {
    fn drop(&mut self) {
        for &s in self.waiting.iter().chain([&self.listener]) {
            close(s);
        }
    }
}

struct Closes(SOCKET);

impl Drop for Closes {
    fn drop(&mut self) {
        close(self.0);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: ConnectEx: faults")]
fn faults_are_found_in_order_and_change_nothing() {
    start();
    let (_listener, address) = peer();
    let unbound = new(SOCK_STREAM);
    let free = bound();
    let datagram = new(SOCK_DGRAM);
    bind_loopback(datagram);
    let (listening, _) = common::listener();
    let (client, server) = pair();
    let stale = new(SOCK_STREAM);
    close(stale);
    let v6 = SOCKADDR_IN6 { sin6_family: AF_INET6, sin6_port: 1u16.to_be(), ..Default::default() };
    let any = SOCKADDR_IN { sin_addr: Default::default(), ..address };
    let no_port = loopback(0);
    let mut operation = Operation::new();
    let overlapped = operation.pointer();
    let name: *const SOCKADDR = (&raw const address).cast();
    let (v6, any, no_port) = ((&raw const v6).cast(), (&raw const any).cast(), (&raw const no_port).cast());
    type Case = (SOCKET, *const SOCKADDR, i32, *mut OVERLAPPED, i32);
    let cases: [Case; 15] = [
        (stale, null(), 0, null_mut(), WSAENOTSOCK),
        (unbound, name, LEN, null_mut(), WSAEFAULT),
        (unbound, null(), LEN, overlapped, WSAEFAULT),
        (unbound, name, LEN - 1, overlapped, WSAEFAULT),
        (unbound, name, -1, overlapped, WSAEFAULT),
        (unbound, v6, 28, overlapped, WSAEAFNOSUPPORT),
        (datagram, v6, 28, overlapped, WSAEAFNOSUPPORT),
        (datagram, name, LEN, overlapped, WSAEOPNOTSUPP),
        (unbound, name, LEN, overlapped, WSAEINVAL),
        (unbound, any, LEN, overlapped, WSAEINVAL),
        (listening, name, LEN, overlapped, WSAEINVAL),
        (client, name, LEN, overlapped, WSAEISCONN),
        (server, any, LEN, overlapped, WSAEISCONN),
        (free, any, LEN, overlapped, WSAEADDRNOTAVAIL),
        (free, no_port, LEN, overlapped, WSAEADDRNOTAVAIL),
    ];
    for (index, (s, name, len, overlapped, expected)) in cases.into_iter().enumerate() {
        let mut sent = 77;
        // SAFETY: each pointer is NULL or to memory that outlives the operation, which does not begin.
        let ok = unsafe { ConnectEx(s, name, len, null(), 5, &mut sent, overlapped) };
        assert_eq!((code(ok), sent), (expected, 77), "case {index}");
    }
    for s in [unbound, free, datagram, listening, client, server] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: before the context is updated")]
fn names_and_shutdown_wait_for_the_context() {
    start();
    let port = Port::new();
    let (listener, address) = peer();
    let s = bound();
    port.add(s);
    assert_eq!(outcome(&port, s, &address, &[]), (0, 0));
    let _stream = listener.accept().unwrap();
    let mut name = loopback(0);
    let mut len = LEN;
    // SAFETY: the address has `len` bytes of room.
    assert_eq!(unsafe { getpeername(s, (&raw mut name).cast(), &mut len) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAENOTCONN);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { shutdown(s, SD_SEND) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAENOTCONN);
    close(s);
}

/// A listener that takes no more connections for now, one connection that fills it, and its address. Windows refuses what
/// finds a listener full: nothing hangs there.
#[cfg(target_os = "linux")]
fn full() -> (TcpListener, std::net::TcpStream, SOCKADDR_IN) {
    let (listener, address) = peer();
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { libc::listen(std::os::fd::AsRawFd::as_raw_fd(&listener), 0) }, 0);
    let only = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (listener, only, address)
}

#[test]
#[cfg(target_os = "linux")]
fn a_connection_that_does_not_come_about_can_be_stopped() {
    start();
    let port = Port::new();
    let (_listener, _only, address) = full();
    for closes in [false, true] {
        let s = bound();
        port.add(s);
        let mut operation = Operation::new();
        assert_eq!(connect_ex(s, &address, b"data", &mut operation), WSA_IO_PENDING);
        port.is_empty();
        if closes {
            close(s);
        } else {
            // SAFETY: the pointer is compared only.
            assert_eq!(unsafe { CancelIoEx(s as HANDLE, operation.pointer()) }, TRUE);
        }
        assert_eq!(port.take_of(s, &operation), (0, WSA_OPERATION_ABORTED));
        if !closes {
            let (_other, free) = peer();
            assert_eq!(outcome(&port, s, &free, &[]), (0, 0), "it may be connected again");
            close(s);
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_connection_that_has_to_wait_comes_about_later() {
    start();
    let port = Port::new();
    let (listener, only, address) = full();
    let s = bound();
    port.add(s);
    let mut operation = Operation::new();
    assert_eq!(connect_ex(s, &address, b"data", &mut operation), WSA_IO_PENDING);
    port.is_empty();
    drop((listener.accept().unwrap(), only));
    assert_eq!(port.take_of(s, &operation), (4, 0));
    let mut got = [0; 4];
    listener.accept().unwrap().0.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"data");
    close(s);
}
