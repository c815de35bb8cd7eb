//! Sockets come and go: `socket` and `closesocket`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::{INVALID_SOCKET, SOCKET, SOCKET_ERROR, WINSOCK_SOCKET_TYPE, boundary};
use crate::linux::socket::{self, Socket};

/// `socket`: creates a socket of a family (`AF_INET`, `AF_INET6`, `AF_UNIX`), type and protocol; 0 as type or
/// protocol takes what fits the rest.
///
/// Microsoft's page: `winsock2/nf-winsock2-socket`.
///
/// *On Linux*: `AF_UNIX` serves `SOCK_STREAM`, as on Windows. `SOCK_RAW` needs the right to it (`CAP_NET_RAW`).
/// `SOCK_RDM` and `SOCK_SEQPACKET` have no provider.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEINVAL` if all three are 0, `WSAEAFNOSUPPORT`, `WSAESOCKTNOSUPPORT`,
/// `WSAEPROTONOSUPPORT` for a protocol that is unknown, `WSAEPROTOTYPE` for one of another type, `WSAEACCES` for a
/// raw socket without the right, `WSAEMFILE`, `WSAENOBUFS`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn socket(af: i32, r#type: WINSOCK_SOCKET_TYPE, protocol: i32) -> SOCKET {
    boundary::call(INVALID_SOCKET, || Socket::new(af, r#type, protocol)?.publish())
}

/// `closesocket`: ends the socket. The handle is stale from now on; a call of another thread that blocks on it wakes
/// up with `WSAEINTR`. What was sent is still delivered, unless `SO_LINGER` says otherwise.
///
/// Microsoft's page: `winsock2/nf-winsock2-closesocket`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn closesocket(s: SOCKET) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        socket::close(s)?;
        Ok(0)
    })
}
