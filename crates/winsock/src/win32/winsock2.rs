//! The longer forms of `accept`, `connect`, `shutdown` and `recv`: `WSAAccept`, `WSAConnect`, `WSASendDisconnect`,
//! `WSARecvDisconnect`, `WSARecvEx`.
#![allow(unsafe_code, reason = "the signatures are Winsock's, and a condition function is the caller's")]

use super::memory::{self, AddressOut};
use super::{
    CF_ACCEPT, CF_DEFER, CF_REJECT, INVALID_SOCKET, LPCONDITIONPROC, MSG_PARTIAL, PSTR, QOS, SOCKADDR,
    SOCKET, SOCKET_ERROR, WSABUF, boundary,
};
use crate::error::Error;
use crate::linux::connection::{self, Direction, Verdict};
use crate::linux::network_events::{self, Call};
use crate::linux::translate::{self, Address};
use crate::linux::{handles, transfer};
use std::ptr::null_mut;

/// `WSAAccept`: takes the next connection of a listening socket, as [`accept`](super::accept) does, if the condition
/// function wants it. The function is given the addresses of both ends, and `CF_ACCEPT`, `CF_REJECT` (the connection
/// is reset) or `CF_DEFER` (the next call asks again) is its answer.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaaccept`.
///
/// *On Linux*: the connection is up before the function is asked, `SO_CONDITIONAL_ACCEPT` or not. There are no caller
/// data, no callee data, no quality of service and no groups.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` if there is no room for the address (nothing is accepted),
/// `WSAEOPNOTSUPP`, `WSAEINVAL` for a socket that does not listen, `WSAEWOULDBLOCK`, `WSAETIMEDOUT`, `WSAEINTR`,
/// `WSAECONNREFUSED` after `CF_REJECT`, `WSATRY_AGAIN` after `CF_DEFER`, `WSAEINVAL` after another answer (the
/// connection stays), `WSAEMFILE`, `WSAENOBUFS`.
///
/// # Safety
/// Each pointer is NULL or valid: `addrlen` for reading and writing, `addr` for writing `*addrlen` bytes. The condition
/// function is one, and does not unwind.
pub unsafe extern "system" fn WSAAccept(
    s: SOCKET,
    addr: *mut SOCKADDR,
    addrlen: *mut i32,
    lpfncondition: LPCONDITIONPROC,
    dwcallbackdata: usize,
) -> SOCKET {
    boundary::call(INVALID_SOCKET, || {
        let listener = handles::socket(s)?;
        let mut call = Call::accepting(&listener);
        // SAFETY: the caller's promise.
        let out = unsafe { AddressOut::optional(addr, addrlen, listener.family.address_len()) }?;
        let (socket, from) = connection::accept_if(&listener, |peer, local| {
            // SAFETY: the caller's promise.
            unsafe { ask(lpfncondition, peer, local, dwcallbackdata) }
        })
        .inspect_err(|error| {
            if *error == Error::WSATRY_AGAIN {
                call.enables_nothing();
            }
        })?;
        let handle = network_events::publish_accepted(&listener, socket)?;
        if let Some(out) = out {
            out.write(&from);
        }
        Ok(handle)
    })
}

/// Calls a condition function; without one every connection is wanted.
///
/// # Safety
/// The function is NULL or a condition function.
unsafe fn ask(condition: LPCONDITIONPROC, peer: &Address, local: &Address, data: usize) -> Verdict {
    const ACCEPT: i32 = CF_ACCEPT as i32;
    const REJECT: i32 = CF_REJECT as i32;
    const DEFER: i32 = CF_DEFER as i32;
    let Some(condition) = condition else { return Verdict::Accept };
    let mut peer = peer.as_bytes().to_vec();
    let mut local = local.as_bytes().to_vec();
    let mut caller = WSABUF { len: peer.len() as u32, buf: peer.as_mut_ptr() };
    let mut callee = WSABUF { len: local.len() as u32, buf: local.as_mut_ptr() };
    let mut callee_data = WSABUF { len: 0, buf: null_mut() };
    let mut group = 0;
    // SAFETY: the caller's promise; the buffers live as long as the call, NULL says that there is none.
    let answer = unsafe {
        condition(
            &raw mut caller,
            null_mut(),
            null_mut(),
            null_mut(),
            &raw mut callee,
            &raw mut callee_data,
            &raw mut group,
            data,
        )
    };
    match answer {
        ACCEPT => Verdict::Accept,
        REJECT => Verdict::Reject,
        DEFER => Verdict::Defer,
        _ => Verdict::Invalid,
    }
}

/// `WSAConnect`: connects as [`connect`](super::connect) does. No protocol here carries data with a connect, or knows
/// quality of service.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaconnect`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a bad address, `WSAEAFNOSUPPORT`, `WSAEINVAL` for `lpgqos`,
/// `WSAEPROTONOSUPPORT` for caller data, `WSAEOPNOTSUPP` for `lpsqos`; then as [`connect`](super::connect). The length
/// of the callee data becomes 0.
///
/// # Safety
/// `name` is NULL or names `namelen` readable bytes; each other pointer is NULL or valid.
pub unsafe extern "system" fn WSAConnect(
    s: SOCKET,
    name: *const SOCKADDR,
    namelen: i32,
    lpcallerdata: *const WSABUF,
    lpcalleedata: *mut WSABUF,
    lpsqos: *const QOS,
    lpgqos: *const QOS,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        // SAFETY: the caller's promise.
        let address = unsafe { memory::address(name, namelen, Error::WSAEAFNOSUPPORT) }?;
        if !lpgqos.is_null() {
            return Err(Error::WSAEINVAL);
        }
        // SAFETY: the caller's promise.
        if !lpcallerdata.is_null() && unsafe { memory::read(lpcallerdata) }?.len != 0 {
            return Err(Error::WSAEPROTONOSUPPORT);
        }
        if !lpsqos.is_null() {
            return Err(Error::WSAEOPNOTSUPP);
        }
        connection::connect(&socket, &address)?;
        if !lpcalleedata.is_null() {
            // SAFETY: the caller's promise.
            let buffer = unsafe { memory::read(lpcalleedata) }?;
            // SAFETY: the caller's promise.
            unsafe { memory::write(lpcalleedata, WSABUF { len: 0, buf: buffer.buf }) }?;
        }
        Ok(0)
    })
}

/// `WSASendDisconnect`: `shutdown(SD_SEND)` for sockets with connections. No protocol here carries data with it.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsasenddisconnect`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAENOPROTOOPT` for disconnect data, `WSAENOTCONN`.
///
/// # Safety
/// None is needed: the data is not read.
pub unsafe extern "system" fn WSASendDisconnect(s: SOCKET, lpoutbounddisconnectdata: *const WSABUF) -> i32 {
    boundary::call(SOCKET_ERROR, || disconnect(s, lpoutbounddisconnectdata, Direction::Send))
}

/// `WSARecvDisconnect`: `shutdown(SD_RECEIVE)` for sockets with connections. No protocol here carries data with it.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsarecvdisconnect`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAENOPROTOOPT` for disconnect data, `WSAENOTCONN`.
///
/// # Safety
/// None is needed: the data is not written.
pub unsafe extern "system" fn WSARecvDisconnect(s: SOCKET, lpinbounddisconnectdata: *const WSABUF) -> i32 {
    boundary::call(SOCKET_ERROR, || disconnect(s, lpinbounddisconnectdata, Direction::Receive))
}

fn disconnect(s: SOCKET, data: *const WSABUF, direction: Direction) -> Result<i32, Error> {
    let socket = handles::socket(s)?;
    if !data.is_null() {
        return Err(Error::WSAENOPROTOOPT);
    }
    connection::shutdown(&socket, direction)?;
    Ok(0)
}

/// `WSARecvEx`: [`recv`](super::recv) with flags that go both ways: of a datagram longer than the buffer the first
/// part is given, and `*flags` becomes `MSG_PARTIAL`; otherwise it becomes 0.
///
/// Microsoft's page: `mswsock/nf-mswsock-wsarecvex`.
///
/// # Errors
/// As [`recv`](super::recv), and `WSAEFAULT` for NULL as `flags` after the length.
///
/// # Safety
/// As [`recv`](super::recv); `flags` is NULL or valid for reading and writing.
pub unsafe extern "system" fn WSARecvEx(s: SOCKET, buf: PSTR, len: i32, flags: *mut i32) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let _call = Call::receiving(&socket);
        let buffer = memory::buffer(buf, len)?;
        // SAFETY: the caller's promise.
        let wanted = unsafe { memory::read(flags) }?;
        let wanted = translate::receive_flags(wanted)?;
        let received = transfer::receive(&socket, &[buffer], wanted)?;
        let partial = if received.truncated { MSG_PARTIAL as i32 } else { 0 };
        // SAFETY: the caller's promise.
        unsafe { memory::write(flags, partial) }?;
        Ok(received.len as i32)
    })
}
