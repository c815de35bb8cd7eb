//! No operation leaves a descriptor behind, however it ends. One test, for it counts those of the whole process.
#![cfg(target_os = "linux")] // descriptors are Linux's
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/port.rs"]
mod port;
#[path = "common/ports.rs"]
mod ports;

use common::*;
use port::*;
use ports::until;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::ptr::null;
use winsock::win32::*;

const LEN: i32 = size_of::<SOCKADDR_IN>() as i32;

/// Accepts a connection on a socket by an operation, which waits for one byte.
fn accept_ex(listener: SOCKET, s: SOCKET, buffer: &mut [u8; 128], operation: &mut Operation) {
    let mut count = 0;
    // SAFETY: buffer and OVERLAPPED outlive the operation.
    let ok = unsafe {
        AcceptEx(listener, s, buffer.as_mut_ptr().cast(), 1, 32, 32, &mut count, operation.pointer())
    };
    assert_eq!(code(ok), WSA_IO_PENDING);
}

fn connect_ex(s: SOCKET, to: &SOCKADDR_IN, operation: &mut Operation) -> i32 {
    let mut count = 0;
    let name = std::ptr::from_ref(to).cast();
    // SAFETY: the OVERLAPPED outlives the operation.
    code(unsafe { ConnectEx(s, name, LEN, null(), 0, &mut count, operation.pointer()) })
}

fn round(port: &Port, listener: SOCKET, address: &SOCKADDR_IN) {
    let peer = || TcpStream::connect(("127.0.0.1", u16::from_be(address.sin_port))).unwrap();
    let s = new(SOCK_STREAM);
    port.add(s);
    let mut buffer = [0; 128];
    // Accepted, disconnected, accepted again.
    for _ in 0..2 {
        let (mut accepting, mut ending) = (Operation::new(), Operation::new());
        accept_ex(listener, s, &mut buffer, &mut accepting);
        let mut stream = peer();
        stream.write_all(b"x").unwrap();
        assert_eq!(port.take_of(listener, &accepting), (1, 0));
        stream.shutdown(Shutdown::Write).unwrap();
        // SAFETY: the OVERLAPPED outlives the operation.
        let ok = unsafe { DisconnectEx(s, ending.pointer(), TF_REUSE_SOCKET, 0) };
        assert!(matches!(code(ok), 0 | WSA_IO_PENDING));
        assert_eq!(port.take_of(s, &ending), (0, 0));
    }
    // Closed while it waits for a connection, and while it waits for data.
    let mut accepting = Operation::new();
    accept_ex(listener, s, &mut buffer, &mut accepting);
    close(s);
    assert_eq!(port.take_of(listener, &accepting).1, WSA_OPERATION_ABORTED);
    let s = new(SOCK_STREAM);
    let mut accepting = Operation::new();
    accept_ex(listener, s, &mut buffer, &mut accepting);
    let stream = peer();
    drop(stream);
    assert_eq!(port.take_of(listener, &accepting), (0, 0));
    close(s);
    // Refused, and connected.
    let (refuses, nobody) = common::listener();
    close(refuses);
    let s = new(SOCK_STREAM);
    bind_loopback(s);
    port.add(s);
    let mut connecting = Operation::new();
    if connect_ex(s, &nobody, &mut connecting) == WSA_IO_PENDING {
        assert_eq!(port.take_of(s, &connecting).1, 1225);
    }
    let other = new(SOCK_STREAM);
    let (mut accepting, mut connecting) = (Operation::new(), Operation::new());
    accept_ex(listener, other, &mut buffer, &mut accepting);
    assert!(matches!(connect_ex(s, address, &mut connecting), 0 | WSA_IO_PENDING));
    assert_eq!(port.take_of(s, &connecting), (0, 0));
    close(s);
    assert_eq!(port.take_of(listener, &accepting), (0, 0));
    close(other);
}

#[test]
fn every_descriptor_is_closed() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    round(&port, listener, &address);
    let before = descriptors();
    for _ in 0..20 {
        round(&port, listener, &address);
    }
    // A thread that drives the engine may still be looking at a socket that is closed.
    until("every descriptor is closed", || descriptors() <= before);
    close(listener);
}
