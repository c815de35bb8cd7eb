//! `WSAIoctl` gives the extension functions by their GUIDs, and two options end what `AcceptEx` and `ConnectEx` began.
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
use std::net::{TcpListener, TcpStream};
use std::ptr::{null, null_mut};
use winsock::win32::*;

const LEN: i32 = size_of::<SOCKADDR_IN>() as i32;

/// What the command writes, or its code.
fn pointer(s: SOCKET, id: &GUID, id_len: u32, room: u32) -> Result<usize, i32> {
    let (mut found, mut returned) = (0usize, 0);
    // SAFETY: a GUID and a pointer, or less of either.
    let result = unsafe {
        WSAIoctl(
            s,
            SIO_GET_EXTENSION_FUNCTION_POINTER,
            std::ptr::from_ref(id).cast(),
            id_len,
            (&raw mut found).cast(),
            room,
            &mut returned,
            null_mut(),
            None,
        )
    };
    if result == 0 {
        assert_eq!(returned, 8);
        Ok(found)
    } else {
        Err(last_error())
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: the pointers are those of the functions by name")]
fn the_functions_are_found_on_every_socket() {
    start();
    for kind in [SOCK_STREAM, SOCK_DGRAM] {
        let s = new(kind);
        assert_eq!(pointer(s, &WSAID_ACCEPTEX, 16, 8), Ok(AcceptEx as *const () as usize));
        assert_eq!(pointer(s, &WSAID_CONNECTEX, 16, 8), Ok(ConnectEx as *const () as usize));
        assert_eq!(pointer(s, &WSAID_WSARECVMSG, 16, 8), Ok(WSARecvMsg as *const () as usize));
        assert_eq!(pointer(s, &WSAID_WSAPOLL, 16, 8), Ok(WSAPoll as *const () as usize));
        let unknown = GUID { data1: 0x1234, ..WSAID_ACCEPTEX };
        assert_eq!(pointer(s, &unknown, 16, 8), Err(WSAEINVAL));
        assert_eq!(pointer(s, &WSAID_ACCEPTEX, 15, 8), Err(WSAEFAULT));
        assert_eq!(pointer(s, &WSAID_ACCEPTEX, 16, 7), Err(WSAEFAULT));
        close(s);
    }
}

fn peer_name(s: SOCKET) -> i32 {
    let (mut name, mut len) = (loopback(0), LEN);
    // SAFETY: the pointers are to variables of ours.
    match unsafe { getpeername(s, (&raw mut name).cast(), &mut len) } {
        0 => 0,
        _ => last_error(),
    }
}

fn update(s: SOCKET, name: i32, value: &[u8]) -> i32 {
    let data = if value.is_empty() { null() } else { value.as_ptr() };
    // SAFETY: the value is readable.
    match unsafe { setsockopt(s, SOL_SOCKET, name, data, value.len() as i32) } {
        0 => 0,
        _ => last_error(),
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: before the context is updated")]
fn an_accepted_socket_has_a_peer_after_the_update() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let s = new(SOCK_STREAM);
    let value = listener.to_ne_bytes();
    assert_eq!(update(s, SO_UPDATE_ACCEPT_CONTEXT, &value), WSAENOTCONN);
    let (mut buffer, mut count, mut operation) = ([0u8; 64], 0, Operation::new());
    // SAFETY: buffer and OVERLAPPED outlive the operation.
    let ok = unsafe {
        AcceptEx(listener, s, buffer.as_mut_ptr().cast(), 0, 32, 32, &mut count, operation.pointer())
    };
    assert_eq!(code(ok), WSA_IO_PENDING);
    let _peer = TcpStream::connect(("127.0.0.1", u16::from_be(address.sin_port))).unwrap();
    assert_eq!(port.take_of(listener, &operation), (0, 0));
    assert_eq!(peer_name(s), WSAENOTCONN);
    assert_eq!(update(s, SO_UPDATE_ACCEPT_CONTEXT, &value[..7]), WSAEFAULT);
    assert_eq!(update(s, SO_UPDATE_ACCEPT_CONTEXT, &s.to_ne_bytes()), WSAEINVAL);
    assert_eq!(update(s, SO_UPDATE_ACCEPT_CONTEXT, &12345usize.to_ne_bytes()), WSAENOTSOCK);
    assert_eq!(update(s, SO_UPDATE_ACCEPT_CONTEXT, &value), 0);
    assert_eq!(peer_name(s), 0);
    close(s);
    close(listener);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: before the context is updated")]
fn a_connected_socket_has_a_peer_after_the_update() {
    start();
    let port = Port::new();
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = loopback(peer.local_addr().unwrap().port());
    let s = new(SOCK_STREAM);
    bind_loopback(s);
    port.add(s);
    assert_eq!(update(s, SO_UPDATE_CONNECT_CONTEXT, &[]), WSAENOTCONN);
    let (mut count, mut operation) = (0, Operation::new());
    // SAFETY: the OVERLAPPED outlives the operation.
    let ok =
        unsafe { ConnectEx(s, (&raw const address).cast(), LEN, null(), 0, &mut count, operation.pointer()) };
    assert!(has_started(ok));
    assert_eq!(port.take_of(s, &operation), (0, 0));
    assert_eq!(peer_name(s), WSAENOTCONN);
    assert_eq!(update(s, SO_UPDATE_CONNECT_CONTEXT, &[]), 0);
    assert_eq!(peer_name(s), 0);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: AcceptEx does not take what a condition has deferred")]
fn an_accept_takes_the_connection_that_a_condition_function_deferred() {
    unsafe extern "system" fn defers(
        _: *mut WSABUF,
        _: *mut WSABUF,
        _: *mut QOS,
        _: *mut QOS,
        _: *mut WSABUF,
        _: *mut WSABUF,
        _: *mut u32,
        _: usize,
    ) -> i32 {
        CF_DEFER as i32
    }
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let s = new(SOCK_STREAM);
    let (mut buffer, mut count) = ([0u8; 64], 0);
    let (mut first, mut second) = (Operation::new(), Operation::new());
    let mut accept = |s, operation: &mut Operation| {
        // SAFETY: buffer and OVERLAPPED outlive the operation.
        has_started(unsafe {
            AcceptEx(listener, s, buffer.as_mut_ptr().cast(), 0, 32, 32, &mut count, operation.pointer())
        })
    };
    let connect = || TcpStream::connect(("127.0.0.1", u16::from_be(address.sin_port))).unwrap();
    let defer = || {
        // SAFETY: no address is asked for, and the function only answers.
        let accepted = unsafe { WSAAccept(listener, null_mut(), null_mut(), Some(defers), 0) };
        assert_eq!((accepted, last_error()), (INVALID_SOCKET, WSATRY_AGAIN));
    };
    let _one = connect();
    defer();
    assert!(accept(s, &mut first));
    assert_eq!(port.take_of(listener, &first), (0, 0));
    // And nothing is left of it.
    let other = new(SOCK_STREAM);
    assert!(accept(other, &mut second));
    port.is_empty();
    let _two = connect();
    assert_eq!(port.take_of(listener, &second), (0, 0));
    for s in [s, other, listener] {
        close(s);
    }
}
