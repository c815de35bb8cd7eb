//! `getsockopt` and `setsockopt`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::memory::Room;
use super::protocol::protocol_info;
use super::{
    CSADDR_INFO, PCSTR, PSTR, SO_BSP_STATE, SO_PROTOCOL_INFOA, SO_PROTOCOL_INFOW, SO_UPDATE_ACCEPT_CONTEXT,
    SO_UPDATE_CONNECT_CONTEXT, SOCKET, SOCKET_ADDRESS, SOCKET_ERROR, SOL_SOCKET, WSAPROTOCOL_INFOA,
    WSAPROTOCOL_INFOW, boundary, memory,
};
use crate::error::Error;
use crate::linux::option::{self, Shape, Value};
use crate::linux::socket::Socket;
use crate::linux::translate::Address;
use crate::linux::{connection, extension, handles};

/// `getsockopt`: reads an option of a socket. A BOOL is 0 or 1, and `*optlen` becomes 4, or 1 if there was no room
/// for 4.
///
/// `SO_ERROR` gives a Winsock code and takes it from the socket.
///
/// Microsoft's pages: `winsock/nf-winsock-getsockopt`, and one for each level.
///
/// *On Linux*: `SO_SNDBUF` and `SO_RCVBUF` give what was set. `TCP_BSDURGENT` is always on. `SO_RCVLOWAT`,
/// `SO_SNDLOWAT` and `SO_USELOOPBACK` fail with `WSAEINVAL`, as on Windows.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a NULL pointer, `WSAEINVAL` for an unknown level,
/// `WSAENOPROTOOPT` for an option that this socket does not have, `WSAEFAULT` for a length too short for it,
/// `WSAENOPROTOOPT` for one that can only be set, `WSAENOTCONN` for one of a connection.
///
/// # Safety
/// Each pointer is NULL or valid: `optlen` for reading and writing, `optval` for writing `*optlen` bytes.
pub unsafe extern "system" fn getsockopt(
    s: SOCKET,
    level: i32,
    optname: i32,
    optval: PSTR,
    optlen: *mut i32,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        // SAFETY: the caller's promise.
        let len = unsafe { memory::read(optlen) }?;
        let len = usize::try_from(len).map_err(|_| Error::WSAEFAULT)?;
        if optval.is_null() {
            return Err(Error::WSAEFAULT);
        }
        // SAFETY: the caller's promise.
        let room = unsafe { Room::new(optval, len) };
        let written = match (level, optname) {
            (SOL_SOCKET, SO_BSP_STATE) => state(&socket, &room),
            (SOL_SOCKET, SO_PROTOCOL_INFOA) => room.put(0, protocol_info::<WSAPROTOCOL_INFOA>(&socket)),
            (SOL_SOCKET, SO_PROTOCOL_INFOW) => room.put(0, protocol_info::<WSAPROTOCOL_INFOW>(&socket)),
            _ => plain(&socket, level, optname, &room),
        }?;
        // SAFETY: the caller's promise.
        unsafe { memory::write(optlen, written as i32) }?;
        Ok(0)
    })
}

fn plain(socket: &Socket, level: i32, name: i32, room: &Room) -> Result<usize, Error> {
    let row = option::find(socket, level, name)?;
    // Before it is read: reading `SO_ERROR` takes it.
    room.require(row.shape.min_len())?;
    match row.get(socket)? {
        Value::Number(number) => {
            let len = match row.shape {
                Shape::Flag | Shape::Small if room.len() < 4 => 1,
                Shape::Flag | Shape::Small | Shape::Number | Shape::Bytes(_) | Shape::Any => 4,
            };
            room.put_bytes(0, &number.to_ne_bytes()[..len])
        }
        Value::Bytes(bytes) => room.put_bytes(0, &bytes),
    }
}

/// `SO_BSP_STATE`: a `CSADDR_INFO`, and behind it the addresses that it points to.
fn state(socket: &Socket, room: &Room) -> Result<usize, Error> {
    const ALIGNMENT: usize = 8;
    let bytes = |address: Result<Address, Error>| address.map_or(Vec::new(), |it| it.as_bytes().to_vec());
    let local = bytes(connection::local_address(socket));
    let remote = bytes(connection::peer_address(socket));
    let first = size_of::<CSADDR_INFO>();
    let second = first + local.len().next_multiple_of(ALIGNMENT);
    room.require(second + remote.len())?;
    let place = |address: &[u8], offset: usize| SOCKET_ADDRESS {
        lpSockaddr: if address.is_empty() { std::ptr::null_mut() } else { room.at(offset).cast() },
        iSockaddrLength: address.len() as i32,
    };
    let header = CSADDR_INFO {
        LocalAddr: place(&local, first),
        RemoteAddr: place(&remote, second),
        iSocketType: socket.kind.winsock(),
        iProtocol: socket.protocol,
    };
    room.put(0, header)?;
    room.put_bytes(first, &local)?;
    room.put_bytes(second, &remote)
}

/// `setsockopt`: sets an option of a socket. A BOOL may be one byte long or four, and anything but 0 is TRUE.
///
/// Microsoft's pages: `winsock/nf-winsock-setsockopt`, and one for each level.
///
/// *On Linux*: an `SO_SNDBUF` of 0 is remembered, and data is copied all the same. `SO_CONDITIONAL_ACCEPT` is
/// remembered; a connection that `WSAAccept` rejects has been up for a moment. Keep-alive times go up to 32,767 s and
/// 127 probes. `IPV6_PROTECTION_LEVEL` cannot be `PROTECTION_LEVEL_RESTRICTED`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a NULL pointer (but for `SO_UPDATE_CONNECT_CONTEXT`, which has no
/// value), `WSAEINVAL` for an unknown level, `WSAENOPROTOOPT` for an option that this socket does not have, `WSAEFAULT`
/// for a length too short for it, `WSAENOPROTOOPT` for one that can only be read, `WSAEINVAL` for a value out of range
/// or a socket in the wrong state, `WSAEADDRNOTAVAIL` for an interface that does not exist or a group that was not joined,
/// `WSAEADDRINUSE` for one that was, `WSAENOBUFS` for more groups than Linux allows. `SO_UPDATE_ACCEPT_CONTEXT`: `WSAENOTSOCK` for a listener's handle that is none,
/// `WSAEINVAL` for a socket that does not listen, `WSAENOTCONN` for a socket that `AcceptEx` has not connected;
/// `SO_UPDATE_CONNECT_CONTEXT`: `WSAENOTCONN`.
///
/// # Safety
/// `optval` is NULL or names `optlen` readable bytes.
pub unsafe extern "system" fn setsockopt(
    s: SOCKET,
    level: i32,
    optname: i32,
    optval: PCSTR,
    optlen: i32,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        if (level, optname) == (SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT) {
            // It has no value.
            extension::update_connect_context(&socket)?;
            return Ok(0);
        }
        // SAFETY: the caller's promise.
        let value = unsafe { memory::slice(optval, optlen) }?;
        if matches!((level, optname), (SOL_SOCKET, SO_BSP_STATE | SO_PROTOCOL_INFOA | SO_PROTOCOL_INFOW)) {
            return Err(Error::WSAENOPROTOOPT);
        }
        if (level, optname) == (SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT) {
            let listener = value.first_chunk().ok_or(Error::WSAEFAULT)?;
            extension::update_accept_context(&socket, SOCKET::from_ne_bytes(*listener))?;
            return Ok(0);
        }
        let row = option::find(&socket, level, optname)?;
        if value.len() < row.shape.min_len() {
            return Err(Error::WSAEFAULT);
        }
        row.set(&socket, value)?;
        Ok(0)
    })
}
