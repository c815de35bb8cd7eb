//! `AcceptEx` and `GetAcceptExSockaddrs`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::{BOOL, FALSE, OVERLAPPED, SOCKADDR, SOCKET, TRUE, boundary, memory, overlapped};
use crate::error::Error;
use crate::linux::extension;
use crate::linux::handles;
use crate::linux::lent::AcceptRoom;
use crate::linux::network_events::Call;
use crate::linux::operation::Request;
use crate::linux::operation::accept::Accept;
use crate::linux::overlapped::withdraw_accept;
use crate::linux::socket::Phase;
use crate::linux::sys::socket::Buffer;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;

/// `AcceptEx`: accepts the next connection of a listening socket on a socket that exists already, with the addresses of
/// both sides and, if `dwreceivedatalength` is not 0, the first data. Any number may be posted on a listener; they take
/// connections in the order of their calls. One that waits for data keeps no other from its connection.
///
/// The accepted socket sends and receives at once; [`getpeername`](super::getpeername),
/// [`getsockname`](super::getsockname) and [`shutdown`](super::shutdown) work after `SO_UPDATE_ACCEPT_CONTEXT`. Closing
/// it meanwhile ends the operation; so does closing the listener, and then the accepted socket is new again.
///
/// Microsoft's page: `mswsock/nf-mswsock-acceptex`.
///
/// *On Linux*: the connection has the options of the listener from the beginning. A connection that the peer resets
/// before it is accepted fails at the first data, or, where none is wanted, at the first receive.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK` (listener, accept socket), `WSA_INVALID_PARAMETER` for a NULL `OVERLAPPED`,
/// `WSAEFAULT` for a NULL buffer or less room for an address than its length and 16, `WSAEINVAL` for a socket that does
/// not listen, and for an accept socket that is of another kind, bound, connected or in use by another call.
/// `WSA_IO_PENDING` when it ends later; later it may meet `WSAECONNRESET`, `WSAEMFILE` and `WSA_OPERATION_ABORTED`.
///
/// # Safety
/// Each pointer is NULL or valid; buffer and `OVERLAPPED` stay so, and untouched, until the operation has ended. The
/// buffer has room for the three lengths.
pub unsafe extern "system" fn AcceptEx(
    slistensocket: SOCKET,
    sacceptsocket: SOCKET,
    lpoutputbuffer: *mut c_void,
    dwreceivedatalength: u32,
    dwlocaladdresslength: u32,
    dwremoteaddresslength: u32,
    lpdwbytesreceived: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
) -> BOOL {
    boundary::call(FALSE, || {
        let listener = handles::socket(slistensocket)?;
        let _call = Call::accepting(&listener);
        let accepted = handles::socket(sacceptsocket)?;
        if lpoverlapped.is_null() {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let needed = listener.family.address_len() + AcceptRoom::HEADER;
        let rooms = [dwlocaladdresslength, dwremoteaddresslength];
        if lpoutputbuffer.is_null() || rooms.iter().any(|&room| (room as usize) < needed) {
            return Err(Error::WSAEFAULT);
        }
        match listener.phase() {
            Phase::Listening => {}
            Phase::Unbound | Phase::Bound | Phase::Connecting | Phase::Connected => {
                return Err(Error::WSAEINVAL);
            }
        }
        extension::claim(&accepted, &listener)?;
        let data = Buffer::new(lpoutputbuffer.cast(), dwreceivedatalength as usize);
        let local = data.data().wrapping_add(data.len());
        let remote = local.wrapping_add(dwlocaladdresslength as usize);
        // SAFETY: the caller promises a buffer of the three lengths, which were checked.
        let addresses = unsafe { AcceptRoom::new(local, remote) };
        let request = Request::Accept(Box::new(Accept {
            listener: Arc::clone(&listener),
            accepted: Arc::clone(&accepted),
            data,
            addresses,
        }));
        // SAFETY: the caller's promise.
        let started = unsafe { overlapped::start(&listener, request, lpoverlapped, None) };
        if accepted.is_closing() {
            // It may have been closed before there was an operation to end.
            withdraw_accept(&accepted);
        }
        let bytes = started?.answer()?;
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(lpdwbytesreceived, bytes as u32) };
        Ok(TRUE)
    })
}

/// `GetAcceptExSockaddrs`: finds the two addresses in the buffer of an [`AcceptEx`] that has ended. The three lengths
/// are those that were given to it. The addresses stay in the buffer.
///
/// Microsoft's page: `mswsock/nf-mswsock-getacceptexsockaddrs`.
///
/// # Errors
/// None: with a NULL buffer the addresses are NULL and their lengths 0, and a NULL result is left out.
///
/// # Safety
/// Each pointer is NULL or valid; the buffer is one that an `AcceptEx` with the same lengths has filled in.
pub unsafe extern "system" fn GetAcceptExSockaddrs(
    lpoutputbuffer: *const c_void,
    dwreceivedatalength: u32,
    dwlocaladdresslength: u32,
    dwremoteaddresslength: u32,
    localsockaddr: *mut *mut SOCKADDR,
    localsockaddrlength: *mut i32,
    remotesockaddr: *mut *mut SOCKADDR,
    remotesockaddrlength: *mut i32,
) {
    boundary::call_any_time((), || {
        let local = lpoutputbuffer.cast::<u8>().wrapping_add(dwreceivedatalength as usize);
        let remote = local.wrapping_add(dwlocaladdresslength as usize);
        let results = [
            (local, dwlocaladdresslength, localsockaddr, localsockaddrlength),
            (remote, dwremoteaddresslength, remotesockaddr, remotesockaddrlength),
        ];
        for (room, room_len, name, len) in results {
            let found = if lpoutputbuffer.is_null() {
                None
            } else {
                // SAFETY: the caller promises the rooms.
                unsafe { address_in(room, room_len as usize) }
            };
            let (found, found_len) = found.unwrap_or((null_mut(), 0));
            // SAFETY: the caller's promise.
            unsafe { memory::write_optional(name, found) };
            // SAFETY: the caller's promise.
            unsafe { memory::write_optional(len, found_len) };
        }
        Ok(())
    });
}

/// The address in a room that [`AcceptRoom::write`] has filled in. `None` for a length that cannot be.
///
/// # Safety
/// The room is readable.
unsafe fn address_in(room: *const u8, room_len: usize) -> Option<(*mut SOCKADDR, i32)> {
    let space = room_len.checked_sub(AcceptRoom::HEADER)?;
    // SAFETY: the room is longer than its header, which begins with the length.
    let len = unsafe { room.cast::<u32>().read_unaligned() };
    (len as usize <= space).then(|| (room.wrapping_add(AcceptRoom::HEADER).cast_mut().cast(), len as i32))
}
