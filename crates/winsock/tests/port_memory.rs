//! What a connection costs that waits for data: at most 1 KiB of the library's own.
#![cfg(target_os = "linux")] // counts what the implementation on Linux costs
#![allow(unsafe_code, reason = "the raw API is unsafe")]

#[path = "common/allocations.rs"]
mod allocations;
mod common;
#[path = "common/ports.rs"]
mod ports;

use common::{close, last_error, listener, start};
use ports::*;
use std::net::{Ipv4Addr, TcpStream};
use std::ptr::null_mut;
use winsock::win32::*;

const CONNECTIONS: usize = 5_000;
const AT_MOST: usize = 1024;

/// Asks Linux for as many descriptors as it gives.
fn allow_descriptors(wanted: u64) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a variable of its type.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    assert!(limit.rlim_max >= wanted, "this test needs a limit of {wanted} descriptors (ulimit -Hn)");
    limit.rlim_cur = limit.rlim_cur.max(wanted);
    // SAFETY: the pointer is to a variable of its type.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
}

#[test]
fn an_idle_connection_costs_less_than_a_kibibyte() {
    allow_descriptors(2 * CONNECTIONS as u64 + 100);
    start();
    let port = Port::new(1);
    let (listening, address) = listener();
    let to = (Ipv4Addr::LOCALHOST, u16::from_be(address.sin_port));
    let mut clients = Vec::with_capacity(CONNECTIONS);
    let mut servers = Vec::with_capacity(CONNECTIONS);
    // What the program lends is its own.
    let mut receives: Vec<Box<Op>> = (0..CONNECTIONS).map(|_| Op::new(0, vec![0; 64])).collect();
    let before = allocations::live();
    for (index, receive) in receives.iter_mut().enumerate() {
        clients.push(TcpStream::connect(to).unwrap());
        // SAFETY: no address is asked for.
        let server = unsafe { accept(listening, null_mut(), null_mut()) };
        assert_ne!(server, INVALID_SOCKET, "{}", last_error());
        port.associate(server, index);
        receive.socket = server;
        // SAFETY: the box stays until the operation has ended.
        assert_eq!(unsafe { receive.receive() }, Start::Pending);
        servers.push(server);
    }
    // Everything has reached its resting state once the port was asked.
    assert_eq!(port.get(0).error, WAIT_TIMEOUT);
    let each = (allocations::live() - before) as usize / CONNECTIONS;
    println!("{each} bytes for each of {CONNECTIONS} connections");
    assert!(each <= AT_MOST, "{each} bytes each");
    for server in servers {
        close(server);
    }
    for _ in 0..CONNECTIONS {
        let got = port.take();
        assert_eq!((got.ok, got.error), (false, 995), "each ends once");
    }
    close(listening);
}
