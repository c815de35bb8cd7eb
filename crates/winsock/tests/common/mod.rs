//! What the tests of the raw API share: start-up, addresses, a connected pair.
#![allow(
    unsafe_code,
    dead_code,
    unreachable_pub,
    reason = "the raw API is unsafe; each test file uses its own part of this one"
)]

use winsock::win32::*;

/// Starts Winsock for the rest of the test process.
pub fn start() {
    // SAFETY: a WSADATA may hold any bytes.
    let mut data: WSADATA = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to `data`.
    assert_eq!(unsafe { WSAStartup(0x0202, &mut data) }, 0);
}

/// The calling thread's last error.
pub fn last_error() -> i32 {
    // SAFETY: no memory is passed.
    unsafe { WSAGetLastError() }
}

/// 127.0.0.1 with a port.
pub fn loopback(port: u16) -> SOCKADDR_IN {
    SOCKADDR_IN {
        sin_family: AF_INET,
        sin_port: port.to_be(),
        sin_addr: IN_ADDR { S_un: IN_ADDR_0 { S_addr: u32::from_be_bytes([127, 0, 0, 1]).to_be() } },
        sin_zero: [0; 8],
    }
}

/// A new socket of IPv4.
pub fn new(kind: i32) -> SOCKET {
    // SAFETY: no memory is passed.
    let socket = unsafe { socket(AF_INET.into(), kind, 0) };
    assert_ne!(socket, INVALID_SOCKET, "{}", last_error());
    socket
}

/// Binds to 127.0.0.1 and a free port, and gives the address.
pub fn bind_loopback(s: SOCKET) -> SOCKADDR_IN {
    let mut address = loopback(0);
    let mut len = size_of::<SOCKADDR_IN>() as i32;
    // SAFETY: the address is whole.
    assert_eq!(unsafe { bind(s, (&raw const address).cast(), len) }, 0, "{}", last_error());
    // SAFETY: the address has `len` bytes of room.
    assert_eq!(unsafe { getsockname(s, (&raw mut address).cast(), &mut len) }, 0, "{}", last_error());
    address
}

/// A listening TCP socket and its address.
pub fn listener() -> (SOCKET, SOCKADDR_IN) {
    let s = new(SOCK_STREAM);
    let address = bind_loopback(s);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { listen(s, SOMAXCONN as i32) }, 0, "{}", last_error());
    (s, address)
}

/// Two TCP sockets connected with each other: the client's and the server's.
pub fn pair() -> (SOCKET, SOCKET) {
    let (listener, address) = listener();
    let client = new(SOCK_STREAM);
    let len = size_of::<SOCKADDR_IN>() as i32;
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(client, (&raw const address).cast(), len) }, 0, "{}", last_error());
    // SAFETY: no address is asked for.
    let server = unsafe { accept(listener, std::ptr::null_mut(), std::ptr::null_mut()) };
    assert_ne!(server, INVALID_SOCKET, "{}", last_error());
    close(listener);
    (client, server)
}

/// Closes a socket that is open.
pub fn close(s: SOCKET) {
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { closesocket(s) }, 0, "{}", last_error());
}
