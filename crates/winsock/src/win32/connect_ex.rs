//! `ConnectEx` and `DisconnectEx`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::{BOOL, FALSE, OVERLAPPED, SOCKADDR, SOCKET, TF_REUSE_SOCKET, TRUE, boundary, memory, overlapped};
use crate::error::Error;
use crate::linux::handles;
use crate::linux::network_events;
use crate::linux::operation::Request;
use crate::linux::operation::connect::Connect;
use crate::linux::operation::synchronous::Patience;
use crate::linux::socket::Phase;
use crate::linux::sys::socket::Buffer;
use crate::linux::translate::Kind;
use std::ffi::c_void;

/// `ConnectEx`: connects a bound stream socket to a peer and, if there is a buffer, sends it: all of it, before the
/// operation ends.
///
/// The socket sends and receives at once; [`getpeername`](super::getpeername) and [`shutdown`](super::shutdown) work
/// after `SO_UPDATE_CONNECT_CONTEXT`. After a failure it is bound as before, and may be connected again.
///
/// Microsoft's page: `mswsock/nc-mswsock-lpfn_connectex`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a NULL name or `OVERLAPPED` and a name too short,
/// `WSAEAFNOSUPPORT` for an address of another family, `WSAEOPNOTSUPP` for a socket without connections, `WSAEINVAL` for
/// one that is not bound or listens, `WSAEALREADY`, `WSAEISCONN`, `WSAEADDRNOTAVAIL` for an address or port that nobody
/// can have. `WSA_IO_PENDING` when it ends later; at once or later it may meet `WSAECONNREFUSED`, `WSAETIMEDOUT`,
/// `WSAENETUNREACH`, `WSAEHOSTUNREACH`, `WSAECONNRESET`, `WSAEFAULT` and `WSA_OPERATION_ABORTED`.
///
/// # Safety
/// Each pointer is NULL or valid; buffer and `OVERLAPPED` stay so, and untouched, until the operation has ended.
pub unsafe extern "system" fn ConnectEx(
    s: SOCKET,
    name: *const SOCKADDR,
    namelen: i32,
    lpsendbuffer: *const c_void,
    dwsenddatalength: u32,
    lpdwbytessent: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
) -> BOOL {
    boundary::call(FALSE, || {
        let socket = handles::socket(s)?;
        if lpoverlapped.is_null() {
            return Err(Error::WSAEFAULT);
        }
        // SAFETY: the caller's promise.
        let to = unsafe { memory::address(name, namelen, Error::WSAEAFNOSUPPORT) }?;
        if to.family() != socket.family {
            return Err(Error::WSAEAFNOSUPPORT);
        }
        match socket.kind {
            Kind::Stream => {}
            Kind::Datagram | Kind::Raw => return Err(Error::WSAEOPNOTSUPP),
        }
        let len = if lpsendbuffer.is_null() { 0 } else { dwsenddatalength as usize };
        let data = Buffer::new(lpsendbuffer.cast_mut().cast(), len);
        let connect = network_events::connecting(&socket, || Connect::new(&socket, to, data))?;
        let request = Request::Connect(Box::new(connect));
        // SAFETY: the caller's promise.
        let bytes = unsafe { overlapped::start(&socket, request, lpoverlapped, None) }?.answer()?;
        if !lpsendbuffer.is_null() {
            // SAFETY: the caller's promise.
            unsafe { memory::write_optional(lpdwbytessent, bytes as u32) };
        }
        Ok(TRUE)
    })
}

/// `DisconnectEx`: ends the sending after every send that was started before. With `TF_REUSE_SOCKET` it then waits
/// until the peer has ended its side too and all that it sent has been received; after that the handle is good for
/// another connection. A socket that was connected is still bound, one that was accepted is not.
///
/// Microsoft's page: `mswsock/nc-mswsock-lpfn_disconnectex`.
///
/// *On Linux*: a handle that is used again has the options of a new socket. If the program left the choice of its port
/// to the system, it gets another port, and does not wait for the end of TIME_WAIT.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEINVAL` for `dwreserved` that is not 0 and for unknown flags,
/// `WSAEOPNOTSUPP` for a socket without connections, `WSAENOTCONN` for one without a peer, and for one that has ended
/// its sending unless it is to be used again. `WSA_IO_PENDING` when it ends later; then it may meet
/// `WSA_OPERATION_ABORTED`. Without `OVERLAPPED` it waits for the end, and `WSAEINTR` tells of `closesocket`.
///
/// # Safety
/// `lpoverlapped` is NULL, or valid and untouched until the operation has ended.
pub unsafe extern "system" fn DisconnectEx(
    s: SOCKET,
    lpoverlapped: *mut OVERLAPPED,
    dwflags: u32,
    dwreserved: u32,
) -> BOOL {
    boundary::call(FALSE, || {
        let socket = handles::socket(s)?;
        if dwreserved != 0 || dwflags & !TF_REUSE_SOCKET != 0 {
            return Err(Error::WSAEINVAL);
        }
        let reuse = dwflags & TF_REUSE_SOCKET != 0;
        match (socket.kind, socket.settle()) {
            (Kind::Datagram | Kind::Raw, _) => return Err(Error::WSAEOPNOTSUPP),
            (Kind::Stream, Phase::Connected) if reuse || !socket.is_send_shut() => {}
            (
                Kind::Stream,
                Phase::Connected | Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting,
            ) => return Err(Error::WSAENOTCONN),
        }
        let request = Request::Disconnect { reuse };
        // SAFETY: the caller's promise.
        unsafe { overlapped::start_or_run(&socket, request, lpoverlapped, None, Patience::Always) }?
            .answer()?;
        Ok(TRUE)
    })
}
