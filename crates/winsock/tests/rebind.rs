//! An address is free again when `closesocket` has returned, whatever was under way at the socket.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::*;
use ports::*;
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use winsock::win32::*;

/// Sockets of one address, one after the other.
const TIMES: usize = 100;

/// The key of the packet that ends a worker.
const END: usize = 7;

/// Who waits on the port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Drivers {
    /// Nobody, until the end.
    Nobody,
    /// The thread that closes, before each socket.
    Closer,
    /// Two others, all the time.
    Workers,
}

const DRIVERS: [Drivers; 3] = [Drivers::Nobody, Drivers::Closer, Drivers::Workers];

/// Runs rounds, each of which starts operations on the port, until the packets of all have been taken.
fn with_drivers(drivers: Drivers, port: Port, round: impl Fn() -> Vec<Box<Op>>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let work = |taken: Arc<AtomicUsize>| {
        move || {
            while port.take().key != END {
                taken.fetch_add(1, SeqCst);
            }
        }
    };
    let workers = if drivers == Drivers::Workers { 2 } else { 0 };
    let workers: Vec<_> = (0..workers).map(|_| thread::spawn(work(taken.clone()))).collect();
    let mut started = Vec::new();
    for _ in 0..TIMES {
        if drivers == Drivers::Closer && port.get(0).overlapped != 0 {
            taken.fetch_add(1, SeqCst);
        }
        started.extend(round());
    }
    if drivers != Drivers::Workers {
        while taken.load(SeqCst) < started.len() {
            port.take();
            taken.fetch_add(1, SeqCst);
        }
    }
    until("each operation has its packet", || taken.load(SeqCst) == started.len());
    workers.iter().for_each(|_| port.post(0, END, 0));
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    assert_eq!((taken.load(SeqCst), port.get(0).error), (started.len(), WAIT_TIMEOUT), "and no other");
}

/// An address that no other test, and no system, gives to anybody: only this process, and by name.
fn own_address(port: u16) -> SOCKADDR_IN {
    let process = std::process::id() as u16;
    let mut address = loopback(port);
    address.sin_addr.S_un.S_addr = u32::from_ne_bytes([127, 77, (process >> 8) as u8, process as u8]);
    address
}

/// A socket at an address, which has been another one's a moment ago.
fn bound(kind: i32, address: &SOCKADDR_IN) -> SOCKET {
    let s = new(kind);
    let len = size_of::<SOCKADDR_IN>() as i32;
    // SAFETY: the address is whole.
    assert_eq!(unsafe { bind(s, std::ptr::from_ref(address).cast(), len) }, 0, "{}", last_error());
    s
}

fn to_std(address: &SOCKADDR_IN) -> SocketAddr {
    // SAFETY: each form of the address is four bytes.
    let ip = unsafe { address.sin_addr.S_un.S_addr }.to_ne_bytes();
    (ip, u16::from_be(address.sin_port)).into()
}

#[test]
fn a_datagram_socket_leaves_its_address_with_receives_under_way() {
    const RECEIVES: usize = 3;
    let address = own_address(20_001);
    start();
    for drivers in DRIVERS {
        for traffic in [false, true] {
            let port = Port::new(2);
            with_drivers(drivers, port, || {
                let s = bound(SOCK_DGRAM, &address);
                port.associate(s, 1);
                let receives = (0..RECEIVES).map(|_| {
                    let mut receive = Op::new(s, vec![0; 64]);
                    // SAFETY: the box outlives the operation.
                    assert_eq!(unsafe { receive.receive() }, Start::Pending);
                    receive
                });
                let receives = receives.collect();
                if traffic {
                    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
                    peer.send_to(b"late", to_std(&address)).unwrap();
                }
                close(s);
                receives
            });
        }
    }
}

#[test]
fn a_listener_leaves_its_address_with_accepts_under_way() {
    let address = own_address(20_002);
    start();
    for drivers in DRIVERS {
        for traffic in [false, true] {
            let port = Port::new(2);
            with_drivers(drivers, port, || {
                let s = bound(SOCK_STREAM, &address);
                // SAFETY: no memory is passed.
                assert_eq!(unsafe { listen(s, 5) }, 0, "{}", last_error());
                port.associate(s, 1);
                let mut accepts = Vec::new();
                let mut guests = Vec::new();
                for _ in 0..2 {
                    let guest = new(SOCK_STREAM);
                    let mut accept = Op::new(s, vec![0; 64]);
                    let (buffer, overlapped) = (accept.buffer.as_mut_ptr(), &raw mut accept.overlapped);
                    let mut count = 0;
                    // SAFETY: the box outlives the operation, and its buffer has room for two addresses.
                    let done =
                        unsafe { AcceptEx(s, guest, buffer.cast(), 0, 32, 32, &mut count, overlapped) };
                    assert_eq!((done, last_error()), (FALSE, WSA_IO_PENDING));
                    guests.push(guest);
                    accepts.push(accept);
                }
                let peer = traffic.then(|| TcpStream::connect(to_std(&address)).unwrap());
                close(s);
                guests.into_iter().for_each(close);
                drop(peer);
                accepts
            });
        }
    }
}
