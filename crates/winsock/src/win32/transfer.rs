//! `send`, `recv`, `sendto`, `recvfrom`; and what they share with the calls that take several buffers.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::memory::{self, AddressOut};
use super::{SEND_RECV_FLAGS, SOCKADDR, SOCKET, SOCKET_ERROR, boundary};
use crate::error::Error;
use crate::linux::handles;
use crate::linux::network_events::Call;
use crate::linux::socket::Socket;
use crate::linux::sys::socket::Buffer;
use crate::linux::transfer::{self, Received};
use crate::linux::translate::{self, Address, Kind};
use std::sync::Arc;

/// `send`: sends data to the peer. On a blocking stream socket all of it has been taken when the call returns.
///
/// Microsoft's page: `winsock2/nf-winsock2-send`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a negative length, `WSAEINVAL` for an unknown flag,
/// `WSAEOPNOTSUPP` for `MSG_PARTIAL`, and for `MSG_OOB` on what is no TCP stream, `WSAEINVAL` for `MSG_OOB` under
/// `SO_OOBINLINE`, `WSAENOTCONN`, `WSAESHUTDOWN`, `WSAECONNRESET` and what else broke the connection, `WSAEWOULDBLOCK`,
/// `WSAETIMEDOUT`, `WSAEMSGSIZE`, `WSAEFAULT` for memory that is not the caller's, `WSAEINTR`.
///
/// # Safety
/// `buf` names `len` readable bytes; a pointer that does not is answered with `WSAEFAULT`.
pub unsafe extern "system" fn send(s: SOCKET, buf: *const u8, len: i32, flags: SEND_RECV_FLAGS) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let buffer = memory::buffer(buf.cast_mut(), len)?;
        transfer::send(&socket, &[buffer], translate::send_flags(flags)?).map(count)
    })
}

/// `sendto`: sends a datagram to an address. On a stream socket the address is ignored; without one it is [`send`].
///
/// Microsoft's page: `winsock2/nf-winsock2-sendto`.
///
/// # Errors
/// As [`send`], and after the unknown flags: `WSAEFAULT` for a short address, `WSAEAFNOSUPPORT` for one of another
/// family, `WSAEADDRNOTAVAIL` for one that nobody can have; `WSAEDESTADDRREQ` instead of `WSAENOTCONN` without one;
/// `WSAEACCES` for a broadcast without `SO_BROADCAST`, `WSAENETUNREACH`, `WSAEHOSTUNREACH`.
///
/// # Safety
/// As [`send`]; `to` is NULL or names `tolen` readable bytes.
pub unsafe extern "system" fn sendto(
    s: SOCKET,
    buf: *const u8,
    len: i32,
    flags: i32,
    to: *const SOCKADDR,
    tolen: i32,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let buffer = memory::buffer(buf.cast_mut(), len)?;
        // SAFETY: the caller's promise.
        unsafe { send_to(&socket, &[buffer], flags, Destination::Given(to, tolen)) }.map(count)
    })
}

/// Where to send to.
pub(super) enum Destination {
    /// The call takes no address.
    Peer,
    /// An address that may be NULL, and its length.
    Given(*const SOCKADDR, i32),
}

/// Sends; the flags are Winsock's.
///
/// # Safety
/// An address that is given is NULL or readable.
pub(super) unsafe fn send_to(
    socket: &Arc<Socket>,
    buffers: &[Buffer],
    flags: i32,
    to: Destination,
) -> Result<usize, Error> {
    let flags = translate::send_flags(flags)?;
    let addressed = matches!(to, Destination::Given(..));
    // SAFETY: the caller's promise.
    match unsafe { destination(socket, to) }? {
        Some(to) => transfer::send_to(socket, buffers, flags, &to),
        None => transfer::send(socket, buffers, flags).map_err(|error| match error {
            Error::WSAENOTCONN if addressed && socket.kind != Kind::Stream => Error::WSAEDESTADDRREQ,
            error => error,
        }),
    }
}

/// The address that a send goes to; none for a stream, which has its peer.
///
/// # Safety
/// An address that is given is NULL or readable.
pub(super) unsafe fn destination(socket: &Socket, to: Destination) -> Result<Option<Address>, Error> {
    match (to, socket.kind) {
        (Destination::Peer, _) | (Destination::Given(..), Kind::Stream) => Ok(None),
        (Destination::Given(to, _), Kind::Datagram | Kind::Raw) if to.is_null() => Ok(None),
        (Destination::Given(to, len), Kind::Datagram | Kind::Raw) => {
            // SAFETY: the caller's promise.
            unsafe { memory::address(to, len, Error::WSAEAFNOSUPPORT) }.map(Some)
        }
    }
}

/// `recv`: receives what has come; 0 means that the peer of a stream has ended its side.
///
/// Microsoft's page: `winsock2/nf-winsock2-recv`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEINVAL` (stream) or `WSAEFAULT` for a negative length, `WSAEINVAL` for an
/// unknown flag, `WSAEOPNOTSUPP` for `MSG_WAITALL` with another flag, on a non-blocking socket or for datagrams,
/// `WSAEOPNOTSUPP` for `MSG_OOB` on what is no TCP stream, `WSAEINVAL` for `MSG_OOB` under `SO_OOBINLINE` or without
/// room, `WSAENOTCONN` (stream) or `WSAEINVAL` (datagram socket without an address), `WSAESHUTDOWN`, `WSAECONNRESET` and
/// what else broke the connection, `WSAEWOULDBLOCK`, `WSAETIMEDOUT`, `WSAEMSGSIZE` for a datagram longer than the
/// buffer (which is filled), `WSAEFAULT` for memory that is not the caller's, `WSAEINTR`.
///
/// # Safety
/// `buf` names `len` writable bytes; a pointer that does not is answered with `WSAEFAULT`.
pub unsafe extern "system" fn recv(s: SOCKET, buf: *mut u8, len: i32, flags: SEND_RECV_FLAGS) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let _call = Call::receiving(&socket);
        let buffer = room(&socket, buf, len)?;
        whole(&receive(&socket, &[buffer], flags)?)
    })
}

/// `recvfrom`: receives a datagram and where it came from. On a stream socket the address is left alone.
///
/// Microsoft's page: `winsock2/nf-winsock2-recvfrom`.
///
/// # Errors
/// As [`recv`], and after the length: `WSAEFAULT` if there is no room for the address. `WSAECONNRESET` on a datagram
/// socket: an earlier datagram reached a closed port.
///
/// # Safety
/// As [`recv`]; each other pointer is NULL or valid: `fromlen` for reading and writing, `from` for writing `*fromlen`
/// bytes.
pub unsafe extern "system" fn recvfrom(
    s: SOCKET,
    buf: *mut u8,
    len: i32,
    flags: i32,
    from: *mut SOCKADDR,
    fromlen: *mut i32,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let _call = Call::receiving(&socket);
        let buffer = room(&socket, buf, len)?;
        // SAFETY: the caller's promise.
        let out = unsafe { source_out(&socket, from, fromlen) }?;
        let received = receive(&socket, &[buffer], flags)?;
        write_source(out, &received);
        whole(&received)
    })
}

/// The one buffer of a receive.
fn room(socket: &Socket, data: *mut u8, len: i32) -> Result<Buffer, Error> {
    match socket.kind {
        Kind::Stream if len < 0 => Err(Error::WSAEINVAL),
        Kind::Stream | Kind::Datagram | Kind::Raw => memory::buffer(data, len),
    }
}

/// Receives; the flags are Winsock's.
pub(super) fn receive(socket: &Arc<Socket>, buffers: &[Buffer], flags: i32) -> Result<Received, Error> {
    transfer::receive(socket, buffers, translate::receive_flags(flags)?)
}

/// Where the source of a datagram goes: a stream has none, and ignores the pointers.
///
/// # Safety
/// Each pointer is NULL or valid: `len` for reading and writing, `from` for writing `*len` bytes.
pub(super) unsafe fn source_out(
    socket: &Socket,
    from: *mut SOCKADDR,
    len: *mut i32,
) -> Result<Option<AddressOut>, Error> {
    match socket.kind {
        Kind::Stream => Ok(None),
        // SAFETY: the caller's promise is the same.
        Kind::Datagram | Kind::Raw => unsafe { AddressOut::optional(from, len, socket.family.address_len()) },
    }
}

pub(super) fn write_source(out: Option<AddressOut>, received: &Received) {
    if let (Some(out), Some(from)) = (out, &received.from) {
        out.write(from);
    }
}

/// The result of a plain receive: of a datagram too long for the buffer the caller has the first part and an error.
fn whole(received: &Received) -> Result<i32, Error> {
    if received.truncated { Err(Error::WSAEMSGSIZE) } else { Ok(count(received.len)) }
}

/// A length that came from an `int`, and so fits into one.
fn count(len: usize) -> i32 {
    len as i32
}
