//! `WSAConnectByNameA`, `WSAConnectByNameW`, `WSAConnectByList`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::memory::{self, AddressOut, Character};
use super::{
    BOOL, FALSE, OVERLAPPED, PCSTR, PCWSTR, SOCKADDR, SOCKET, SOCKET_ADDRESS, SOCKET_ADDRESS_LIST, TIMEVAL,
    TRUE, boundary,
};
use crate::error::Error;
use crate::linux::socket::{Phase, Socket};
use crate::linux::translate::Address;
use crate::linux::{connect_by as model, connection, handles};
use std::time::Duration;

/// Where the two addresses of the connection go; a NULL address is not wanted, whatever its length.
#[derive(Clone, Copy)]
struct Outs {
    local: (*mut SOCKADDR, *mut u32),
    remote: (*mut SOCKADDR, *mut u32),
}

/// # Safety
/// As [`AddressOut::new`].
unsafe fn room(
    (address, len): (*mut SOCKADDR, *mut u32),
    socket: &Socket,
) -> Result<Option<AddressOut>, Error> {
    if address.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { AddressOut::new(address, len.cast(), socket.family.address_len()) }.map(Some)
}

/// # Safety
/// `timeout` is NULL or readable.
unsafe fn duration(timeout: *const TIMEVAL) -> Result<Option<Duration>, Error> {
    if timeout.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL, and the caller promises that it is readable.
    let TIMEVAL { tv_sec, tv_usec } = unsafe { memory::read(timeout) }?;
    let seconds = u64::try_from(tv_sec).map_err(|_| Error::WSAEINVAL)?;
    let microseconds = u64::try_from(tv_usec).map_err(|_| Error::WSAEINVAL)?;
    Ok(Some(Duration::from_secs(seconds) + Duration::from_micros(microseconds)))
}

/// The part that both ways share: room, time-out and state are checked, addresses found, one of them connected to.
///
/// # Safety
/// As [`WSAConnectByNameA`].
unsafe fn connect(
    socket: &Socket,
    outs: Outs,
    timeout: *const TIMEVAL,
    addresses: impl FnOnce() -> Result<Vec<Address>, Error>,
) -> Result<BOOL, Error> {
    // SAFETY: the caller's promise.
    let local = unsafe { room(outs.local, socket) }?;
    // SAFETY: the caller's promise.
    let remote = unsafe { room(outs.remote, socket) }?;
    // SAFETY: the caller's promise.
    let deadline = model::deadline(unsafe { duration(timeout) }?);
    model::check(socket)?;
    model::connect(socket, &addresses()?, deadline)?;
    if let Some(local) = local {
        local.write(&connection::local_address(socket)?);
    }
    if let Some(remote) = remote {
        remote.write(&connection::peer_address(socket)?);
    }
    Ok(TRUE)
}

/// # Safety
/// As [`WSAConnectByNameA`].
unsafe fn connect_by_name<C: Character>(
    s: SOCKET,
    names: (*const C, *const C),
    outs: Outs,
    timeout: *const TIMEVAL,
    reserved: *const OVERLAPPED,
) -> BOOL {
    boundary::call(FALSE, || {
        let socket = handles::socket(s)?;
        // SAFETY: the caller's promise.
        let node = unsafe { memory::text(names.0) }.ok_or(Error::WSAEINVAL)?;
        // SAFETY: the caller's promise.
        let service = unsafe { memory::text(names.1) }.ok_or(Error::WSAEINVAL)?;
        if !reserved.is_null() {
            return Err(Error::WSAEINVAL);
        }
        // SAFETY: the caller's promise.
        unsafe { connect(&socket, outs, timeout, || model::candidates(&socket, &node, &service)) }
    })
}

/// `WSAConnectByNameA`: resolves a host and a service, and connects a stream socket to the first of their addresses that
/// answers. Blocks, whatever the socket's mode. A socket of IPv6 reaches hosts of IPv4 too once `IPV6_V6ONLY` is off. The
/// buffers, where given, receive what [`getsockname`](super::getsockname) and [`getpeername`](super::getpeername) give.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaconnectbynamea`.
///
/// *On Linux*: the socket has all its options at once; `SO_UPDATE_CONNECT_CONTEXT` has nothing to do. The time-out bounds
/// each attempt too, but not the look-up of the name.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEINVAL` for a NULL name and a reserved pointer that is not, `WSAEFAULT` for a
/// buffer that is too small, `WSAEINVAL` for a negative time-out, for a socket without connections and for a listener,
/// `WSAEALREADY`, `WSAEISCONN`; those of the names ([`getaddrinfo`](super::getaddrinfo)); of the last address tried:
/// `WSAETIMEDOUT`, `WSAECONNREFUSED`, `WSAENETUNREACH`, `WSAEHOSTUNREACH`, `WSAEADDRNOTAVAIL`; `WSAEINTR` when
/// `closesocket` woke the call.
///
/// # Safety
/// Each pointer is NULL or valid: the names are C strings, `timeout` is readable, each address has the room that the
/// length beside it tells.
#[allow(clippy::too_many_arguments, reason = "the signature is Winsock's")]
pub unsafe extern "system" fn WSAConnectByNameA(
    s: SOCKET,
    nodename: PCSTR,
    servicename: PCSTR,
    localaddresslength: *mut u32,
    localaddress: *mut SOCKADDR,
    remoteaddresslength: *mut u32,
    remoteaddress: *mut SOCKADDR,
    timeout: *const TIMEVAL,
    reserved: *const OVERLAPPED,
) -> BOOL {
    let outs =
        Outs { local: (localaddress, localaddresslength), remote: (remoteaddress, remoteaddresslength) };
    // SAFETY: the caller's promise is the same.
    unsafe { connect_by_name(s, (nodename, servicename), outs, timeout, reserved) }
}

/// `WSAConnectByNameW`: [`WSAConnectByNameA`] in UTF-16.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaconnectbynamew`.
///
/// # Errors
/// As [`WSAConnectByNameA`].
///
/// # Safety
/// As [`WSAConnectByNameA`].
#[allow(clippy::too_many_arguments, reason = "the signature is Winsock's")]
pub unsafe extern "system" fn WSAConnectByNameW(
    s: SOCKET,
    nodename: PCWSTR,
    servicename: PCWSTR,
    localaddresslength: *mut u32,
    localaddress: *mut SOCKADDR,
    remoteaddresslength: *mut u32,
    remoteaddress: *mut SOCKADDR,
    timeout: *const TIMEVAL,
    reserved: *const OVERLAPPED,
) -> BOOL {
    let outs =
        Outs { local: (localaddress, localaddresslength), remote: (remoteaddress, remoteaddresslength) };
    // SAFETY: the caller's promise is the same.
    unsafe { connect_by_name(s, (nodename, servicename), outs, timeout, reserved) }
}

/// `WSAConnectByList`: connects an unbound stream socket to the first address of a list that answers. Blocks, whatever the
/// socket's mode. On a socket of IPv6, addresses of IPv4 stand in the list in their mapped form.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaconnectbylist`.
///
/// *On Linux*: as [`WSAConnectByNameA`]. The addresses are tried in the order of the list; the system chooses the local
/// address.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEINVAL` for a reserved pointer that is not NULL and for a bound socket,
/// `WSAEFAULT` for a list that is NULL, for an address in it that is NULL or too short, and for a buffer that is too
/// small, `WSAEINVAL` for a negative time-out, for a socket without connections, for a listener and for an empty list,
/// `WSAEALREADY`, `WSAEISCONN`; of the last address tried those of [`WSAConnectByNameA`], and `WSAEAFNOSUPPORT` for one of
/// another family.
///
/// # Safety
/// Each pointer is NULL or valid: the list has as many entries as it says, each of an address with its length of
/// readable bytes; the rest as in [`WSAConnectByNameA`].
#[allow(clippy::too_many_arguments, reason = "the signature is Winsock's")]
pub unsafe extern "system" fn WSAConnectByList(
    s: SOCKET,
    socketaddress: *const SOCKET_ADDRESS_LIST,
    localaddresslength: *mut u32,
    localaddress: *mut SOCKADDR,
    remoteaddresslength: *mut u32,
    remoteaddress: *mut SOCKADDR,
    timeout: *const TIMEVAL,
    reserved: *const OVERLAPPED,
) -> BOOL {
    let outs =
        Outs { local: (localaddress, localaddresslength), remote: (remoteaddress, remoteaddresslength) };
    boundary::call(FALSE, || {
        let socket = handles::socket(s)?;
        if !reserved.is_null() || socket.phase() == Phase::Bound {
            return Err(Error::WSAEINVAL);
        }
        // SAFETY: the caller's promise.
        let addresses = unsafe { listed(socketaddress) }?;
        // SAFETY: the caller's promise.
        unsafe { connect(&socket, outs, timeout, || Ok(addresses)) }
    })
}

/// # Safety
/// As [`WSAConnectByList`].
unsafe fn listed(list: *const SOCKET_ADDRESS_LIST) -> Result<Vec<Address>, Error> {
    // SAFETY: the caller's promise.
    let count = unsafe { memory::read(list.cast::<i32>()) }?;
    let first = list.cast::<u8>().wrapping_add(std::mem::offset_of!(SOCKET_ADDRESS_LIST, Address));
    let mut addresses = Vec::new();
    for index in 0..usize::try_from(count).map_err(|_| Error::WSAEINVAL)? {
        // SAFETY: the list is not NULL, and the caller promises `count` entries.
        let entry = unsafe { memory::read(first.cast::<SOCKET_ADDRESS>().wrapping_add(index)) }?;
        // SAFETY: the caller's promise.
        let address =
            unsafe { memory::address(entry.lpSockaddr, entry.iSockaddrLength, Error::WSAEAFNOSUPPORT) };
        addresses.push(address?);
    }
    Ok(addresses)
}
