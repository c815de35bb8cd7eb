//! In one process and at once: the exports for C, the C library's own sockets, and `std::net`. None captures another's.
#![allow(unsafe_code, reason = "calls the exports and the C library")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::FromRawFd;
use std::thread;

use windows_sys::Win32::Networking::WinSock::{
    AF_INET, IN_ADDR, IN_ADDR_0, INVALID_SOCKET, SOCK_STREAM, SOCKADDR_IN, SOCKET, WSADATA, WSANOTINITIALISED,
};

const ROUNDS: u32 = 2_000;

unsafe extern "C" {
    fn socket(domain: i32, kind: i32, protocol: i32) -> i32;
}

fn ours() -> SOCKET {
    // SAFETY: no memory is passed.
    unsafe { ws2_32::socket(AF_INET.into(), SOCK_STREAM, 0) }
}

/// Sends numbers to a port of 127.0.0.1 and reads them back, by the exports.
fn client_of_ours(port: u16) {
    let s = ours();
    assert_ne!(s, INVALID_SOCKET);
    let loopback = IN_ADDR { S_un: IN_ADDR_0 { S_addr: u32::from(Ipv4Addr::LOCALHOST).to_be() } };
    let to =
        SOCKADDR_IN { sin_family: AF_INET, sin_port: port.to_be(), sin_addr: loopback, sin_zero: [0; 8] };
    // SAFETY: the address is whole.
    assert_eq!(unsafe { ws2_32::connect(s, (&raw const to).cast(), size_of_val(&to) as i32) }, 0);
    for number in 0..ROUNDS {
        let (sent, mut got) = (number.to_ne_bytes(), [0; 4]);
        // SAFETY: four bytes are there.
        assert_eq!(unsafe { ws2_32::send(s, sent.as_ptr(), 4, 0) }, 4);
        // SAFETY: there is room for four bytes.
        assert_eq!(unsafe { ws2_32::recv(s, got.as_mut_ptr(), 4, 0) }, 4);
        assert_eq!(got, sent);
    }
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { ws2_32::closesocket(s) }, 0);
}

fn client_of_std(port: u16) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    for number in 0..ROUNDS {
        let (sent, mut got) = (number.to_ne_bytes(), [0; 4]);
        stream.write_all(&sent).unwrap();
        stream.read_exact(&mut got).unwrap();
        assert_eq!(got, sent);
    }
}

/// Echoes for two connections, each in a thread.
fn serve(listener: &TcpListener) {
    thread::scope(|scope| {
        for _ in 0..2 {
            let mut stream = listener.accept().unwrap().0;
            stream.set_nodelay(true).unwrap();
            scope.spawn(move || {
                let mut number = [0; 4];
                while stream.read_exact(&mut number).is_ok() {
                    stream.write_all(&number).unwrap();
                }
            });
        }
    });
}

#[test]
fn each_has_its_own_sockets() {
    let libcs = || {
        // SAFETY: no memory is passed.
        let descriptor = unsafe { socket(AF_INET.into(), SOCK_STREAM, 0) };
        assert!(descriptor >= 0);
        // SAFETY: the descriptor is new and nobody else's.
        unsafe { TcpStream::from_raw_fd(descriptor) }
    };
    // Only ours asks for WSAStartup.
    assert_eq!(ours(), INVALID_SOCKET);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { ws2_32::WSAGetLastError() }, WSANOTINITIALISED);
    let descriptor = libcs();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();

    // SAFETY: a WSADATA may hold any bytes.
    let mut data: WSADATA = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to `data`.
    assert_eq!(unsafe { ws2_32::WSAStartup(0x0202, &mut data) }, 0);
    thread::scope(|scope| {
        scope.spawn(|| serve(&listener));
        scope.spawn(|| client_of_ours(port));
        client_of_std(port);
    });
    drop(libcs());
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { ws2_32::WSACleanup() }, 0);
    // The last clean-up closes what is ours, and nothing else.
    assert!(descriptor.nodelay().is_ok() && listener.local_addr().is_ok());
}
