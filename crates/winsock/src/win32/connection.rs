//! `bind`, `listen`, `accept`, `connect`, `shutdown`, `getsockname`, `getpeername`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::memory::{self, AddressOut};
use super::{
    INVALID_SOCKET, SD_BOTH, SD_RECEIVE, SD_SEND, SOCKADDR, SOCKET, SOCKET_ERROR, WINSOCK_SHUTDOWN_HOW,
    boundary,
};
use crate::error::Error;
use crate::linux::connection::{self, Direction};
use crate::linux::handles;
use crate::linux::network_events::{self, Call};

/// `bind`: gives a socket its local address. Port 0 takes a free port, which [`getsockname`] tells.
///
/// Microsoft's page: `winsock2/nf-winsock2-bind`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` (NULL, a short length, an address of another family),
/// `WSAEINVAL` for a socket that has an address, `WSAEADDRNOTAVAIL`, `WSAEADDRINUSE`, `WSAEACCES`.
///
/// # Safety
/// `name` is NULL or names `namelen` readable bytes.
pub unsafe extern "system" fn bind(s: SOCKET, name: *const SOCKADDR, namelen: i32) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        // SAFETY: the caller's promise.
        let address = unsafe { memory::address(name, namelen, Error::WSAEFAULT) }?;
        connection::bind(&socket, &address)?;
        Ok(0)
    })
}

/// `listen`: lets peers connect to a bound stream socket. A second call succeeds and changes nothing.
///
/// Microsoft's page: `winsock2/nf-winsock2-listen`.
///
/// *On Linux*: `SOMAXCONN` and longer backlogs become the system's own limit (`net.core.somaxconn`).
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEOPNOTSUPP` for a socket without connections, `WSAEINVAL` for one
/// without an address, `WSAEISCONN`, `WSAEADDRINUSE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn listen(s: SOCKET, backlog: i32) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        connection::listen(&*handles::socket(s)?, backlog)?;
        Ok(0)
    })
}

/// `accept`: takes the next connection of a listening socket, and its peer's address if the caller wants it. The new
/// socket inherits the mode of the listener.
///
/// Microsoft's page: `winsock2/nf-winsock2-accept`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` if there is no room for the address (nothing is accepted),
/// `WSAEOPNOTSUPP`, `WSAEINVAL` for a socket that does not listen, `WSAEWOULDBLOCK`, `WSAETIMEDOUT`, `WSAEINTR`,
/// `WSAEMFILE`, `WSAENOBUFS`.
///
/// # Safety
/// Each pointer is NULL or valid: `addrlen` for reading and writing, `addr` for writing `*addrlen` bytes.
pub unsafe extern "system" fn accept(s: SOCKET, addr: *mut SOCKADDR, addrlen: *mut i32) -> SOCKET {
    boundary::call(INVALID_SOCKET, || {
        let listener = handles::socket(s)?;
        let _call = Call::accepting(&listener);
        // One NULL is enough to ask for no address.
        let addr = if addrlen.is_null() { std::ptr::null_mut() } else { addr };
        // SAFETY: the caller's promise.
        let out = unsafe { AddressOut::optional(addr, addrlen, listener.family.address_len()) }?;
        let (socket, from) = connection::accept(&listener)?;
        let handle = network_events::publish_accepted(&listener, socket)?;
        if let Some(out) = out {
            out.write(&from);
        }
        Ok(handle)
    })
}

/// `connect`: connects a stream socket to a peer, or makes a datagram socket remember one.
///
/// Microsoft's page: `winsock2/nf-winsock2-connect`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT`, `WSAEAFNOSUPPORT`, `WSAEINVAL` for a listening socket,
/// `WSAEALREADY`, `WSAEISCONN`, `WSAEADDRNOTAVAIL`, `WSAEACCES` for a broadcast address without `SO_BROADCAST`,
/// `WSAEWOULDBLOCK` when a non-blocking socket starts to connect,
/// `WSAECONNREFUSED`, `WSAETIMEDOUT`, `WSAENETUNREACH`, `WSAEHOSTUNREACH`, `WSAEINTR`.
///
/// # Safety
/// `name` is NULL or names `namelen` readable bytes.
pub unsafe extern "system" fn connect(s: SOCKET, name: *const SOCKADDR, namelen: i32) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        // SAFETY: the caller's promise.
        let address = unsafe { memory::address(name, namelen, Error::WSAEAFNOSUPPORT) }?;
        connection::connect(&socket, &address)?;
        Ok(0)
    })
}

/// `shutdown`: ends sending (`SD_SEND`: the peer reads to the end of what was sent), receiving (`SD_RECEIVE`) or both.
///
/// Microsoft's page: `winsock2/nf-winsock2-shutdown`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEINVAL` for an unknown `how`, `WSAENOTCONN` for a stream socket without a
/// peer, `WSAECONNRESET` and what else broke the connection.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn shutdown(s: SOCKET, how: WINSOCK_SHUTDOWN_HOW) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let direction = match how {
            SD_RECEIVE => Direction::Receive,
            SD_SEND => Direction::Send,
            SD_BOTH => Direction::Both,
            _ => return Err(Error::WSAEINVAL),
        };
        connection::shutdown(&socket, direction)?;
        Ok(0)
    })
}

/// `getsockname`: the local address of a socket.
///
/// Microsoft's page: `winsock2/nf-winsock2-getsockname`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` if there is no room for it, `WSAEINVAL` for a socket without one.
///
/// # Safety
/// Each pointer is NULL or valid: `namelen` for reading and writing, `name` for writing `*namelen` bytes.
pub unsafe extern "system" fn getsockname(s: SOCKET, name: *mut SOCKADDR, namelen: *mut i32) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        // SAFETY: the caller's promise.
        let out = unsafe { AddressOut::new(name, namelen, socket.family.address_len()) }?;
        out.write(&connection::local_address(&socket)?);
        Ok(0)
    })
}

/// `getpeername`: the address of a socket's peer.
///
/// Microsoft's page: `winsock2/nf-winsock2-getpeername`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` if there is no room for it, `WSAENOTCONN`.
///
/// # Safety
/// Each pointer is NULL or valid: `namelen` for reading and writing, `name` for writing `*namelen` bytes.
pub unsafe extern "system" fn getpeername(s: SOCKET, name: *mut SOCKADDR, namelen: *mut i32) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        // SAFETY: the caller's promise.
        let out = unsafe { AddressOut::new(name, namelen, socket.family.address_len()) }?;
        out.write(&connection::peer_address(&socket)?);
        Ok(0)
    })
}
