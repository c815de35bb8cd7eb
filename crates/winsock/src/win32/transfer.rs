//! `send`, `recv`, `sendto`, `recvfrom`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::memory::{self, AddressOut};
use super::{SEND_RECV_FLAGS, SOCKADDR, SOCKET, SOCKET_ERROR, boundary};
use crate::error::Error;
use crate::linux::handles;
use crate::linux::transfer::{self, Received};
use crate::linux::translate::{self, Address};

/// `send`: sends data to the peer. On a blocking stream socket all of it has been taken when the call returns.
///
/// Microsoft's page: `winsock2/nf-winsock2-send`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a negative length, `WSAEOPNOTSUPP` for an unknown flag,
/// `WSAENOTCONN`, `WSAESHUTDOWN`, `WSAECONNRESET` and what else broke the connection, `WSAEWOULDBLOCK`,
/// `WSAETIMEDOUT`, `WSAEMSGSIZE`, `WSAEFAULT` for memory that is not the caller's, `WSAEINTR`.
///
/// # Safety
/// `buf` names `len` readable bytes; a pointer that does not is answered with `WSAEFAULT`.
pub unsafe extern "system" fn send(s: SOCKET, buf: *const u8, len: i32, flags: SEND_RECV_FLAGS) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let buffer = memory::buffer(buf.cast_mut(), len)?;
        let flags = translate::send_flags(flags).ok_or(Error::WSAEOPNOTSUPP)?;
        transfer::send(&socket, &[buffer], flags).map(count)
    })
}

/// `sendto`: sends a datagram to an address. On a stream socket the address is ignored; without one it is [`send`].
///
/// Microsoft's page: `winsock2/nf-winsock2-sendto`.
///
/// # Errors
/// As [`send`], and after the flags: `WSAEFAULT` for a short address, `WSAEAFNOSUPPORT` for one of another family,
/// `WSAEADDRNOTAVAIL` for one that nobody can have, `WSAEACCES` for a broadcast without `SO_BROADCAST`.
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
        let flags = translate::send_flags(flags).ok_or(Error::WSAEOPNOTSUPP)?;
        if to.is_null() || socket.kind == translate::Kind::Stream {
            return transfer::send(&socket, &[buffer], flags).map(count);
        }
        // SAFETY: the caller's promise.
        let to = unsafe { memory::address(to, tolen, Error::WSAEAFNOSUPPORT) }?;
        transfer::send_to(&socket, &[buffer], flags, &to).map(count)
    })
}

/// `recv`: receives what has come; 0 means that the peer of a stream has ended its side.
///
/// Microsoft's page: `winsock2/nf-winsock2-recv`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a negative length, `WSAEOPNOTSUPP` for an unknown flag,
/// `WSAENOTCONN` (stream) or `WSAEINVAL` (datagram socket without an address), `WSAESHUTDOWN`, `WSAECONNRESET` and
/// what else broke the connection, `WSAEWOULDBLOCK`, `WSAETIMEDOUT`, `WSAEMSGSIZE` for a datagram longer than the
/// buffer (which is filled), `WSAEFAULT` for memory that is not the caller's, `WSAEINTR`.
///
/// # Safety
/// `buf` names `len` writable bytes; a pointer that does not is answered with `WSAEFAULT`.
pub unsafe extern "system" fn recv(s: SOCKET, buf: *mut u8, len: i32, flags: SEND_RECV_FLAGS) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let buffer = memory::buffer(buf, len)?;
        let flags = translate::receive_flags(flags).ok_or(Error::WSAEOPNOTSUPP)?;
        whole(&transfer::receive(&socket, &[buffer], flags)?)
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
        let buffer = memory::buffer(buf, len)?;
        // SAFETY: the caller's promise.
        let out = unsafe { AddressOut::optional(from, fromlen, socket.family.address_len()) }?;
        let flags = translate::receive_flags(flags).ok_or(Error::WSAEOPNOTSUPP)?;
        let received = transfer::receive(&socket, &[buffer], flags)?;
        write_source(out, received.from.as_ref());
        whole(&received)
    })
}

fn write_source(out: Option<AddressOut>, from: Option<&Address>) {
    if let (Some(out), Some(from)) = (out, from) {
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
