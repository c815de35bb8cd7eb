//! `WSASendMsg` and `WSARecvMsg`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::{
    LPWSAOVERLAPPED_COMPLETION_ROUTINE, MSG_PEEK, OVERLAPPED, SOCKET, SOCKET_ERROR, WSAMSG, boundary, memory,
    overlapped,
};
use crate::error::Error;
use crate::linux::control;
use crate::linux::handles;
use crate::linux::lent::MessageRoom;
use crate::linux::network_events::Call;
use crate::linux::operation::Request;
use crate::linux::operation::message::{Message, Rest, own_class};
use crate::linux::operation::synchronous::Patience;
use crate::linux::socket::{Phase, Socket};
use crate::linux::translate::{self, Kind};

/// `WSASendMsg`: sends a datagram with control data: the local address and interface that it leaves from
/// (`IP_PKTINFO`, `IPV6_PKTINFO`), its hops (`IP_TTL`, `IPV6_HOPLIMIT`), its class of traffic (`IP_TOS`, `IPV6_TCLASS`)
/// or its ECN codepoint (`IP_ECN`, `IPV6_ECN`). Without a name it goes to the socket's peer. `dwFlags` of the message
/// is not looked at.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsasendmsg`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a NULL message, and for a NULL count without an `OVERLAPPED`,
/// `WSAEOPNOTSUPP` for an unknown flag and a stream socket, `WSAEFAULT` for a name or control data
/// that is NULL and has a length, and for a name too short, `WSAEINVAL` or `WSAEFAULT` for NULL buffers,
/// `WSAEAFNOSUPPORT` and `WSAEADDRNOTAVAIL` for the name, `WSAEINVAL` for a socket without an address, `WSAENOTCONN`
/// without name and peer, `WSAESHUTDOWN`, `WSAEINVAL` for what is no control data and for what it must not say.
/// `WSA_IO_PENDING` when it ends later; at once or later it may meet `WSAEMSGSIZE`, `WSAEACCES`, `WSAENETUNREACH`,
/// `WSAEFAULT` and `WSA_OPERATION_ABORTED`. Without `OVERLAPPED`: `WSAEWOULDBLOCK`, `WSAETIMEDOUT`, `WSAEINTR`.
///
/// # Safety
/// Each pointer is NULL or valid, those in the message too; the memory of the buffers and the `OVERLAPPED` stay so
/// until the operation has ended.
pub unsafe extern "system" fn WSASendMsg(
    handle: SOCKET,
    lpmsg: *const WSAMSG,
    dwflags: u32,
    lpnumberofbytessent: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(handle)?;
        if lpoverlapped.is_null() && lpnumberofbytessent.is_null() {
            return Err(Error::WSAEFAULT);
        }
        // SAFETY: the caller's promise.
        let message = unsafe { memory::read(lpmsg) }?;
        let flags = translate::send_flags(dwflags as i32).map_err(|_| Error::WSAEOPNOTSUPP)?;
        check_kind(&socket)?;
        check_pointers(&message)?;
        // SAFETY: the caller's promise.
        let buffers = unsafe { overlapped::capture(message.lpBuffers, message.dwBufferCount) }?;
        let to = if message.name.is_null() {
            None
        } else {
            // SAFETY: not NULL, and the caller promises the bytes.
            Some(unsafe { memory::address(message.name, message.namelen, Error::WSAEAFNOSUPPORT) }?)
        };
        match &to {
            Some(to) if to.family() != socket.family => return Err(Error::WSAEAFNOSUPPORT),
            Some(to) if socket.kind == Kind::Datagram && !to.can_be_a_peer() => {
                return Err(Error::WSAEADDRNOTAVAIL);
            }
            Some(_) | None => {}
        }
        match (socket.phase(), &to) {
            (Phase::Unbound, _) => return Err(Error::WSAEINVAL),
            (Phase::Bound | Phase::Listening | Phase::Connecting, None) => return Err(Error::WSAENOTCONN),
            (Phase::Bound | Phase::Listening | Phase::Connecting | Phase::Connected, _) => {}
        }
        if socket.is_send_shut() {
            return Err(Error::WSAESHUTDOWN);
        }
        // SAFETY: checked above, and the caller promises the bytes.
        let asked = unsafe { memory::bytes(message.Control.buf, message.Control.len) };
        let control = control::to_linux(asked, own_class(&socket))?;
        let rest = Rest::Send { to, control: Box::new(control) };
        let request = Request::SendMessage(Box::new(Message { buffers, flags, rest }));
        // SAFETY: the caller's promise.
        let outcome = unsafe {
            overlapped::start_or_run(&socket, request, lpoverlapped, lpcompletionroutine, Patience::Mode)
        };
        let bytes = outcome?.answer()?;
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(lpnumberofbytessent, bytes as u32) };
        Ok(0)
    })
}

/// `WSARecvMsg`: receives a datagram, its sender's address and the control data that options asked for: `IP_PKTINFO`,
/// `IPV6_PKTINFO`, `IP_TTL`, `IPV6_HOPLIMIT`, `IP_TOS`, `IPV6_TCLASS`, `IP_ECN`, `IPV6_ECN`. `dwFlags` of the message asks
/// for `MSG_PEEK`, and tells of a datagram (`MSG_TRUNC`) or control data (`MSG_CTRUNC`) that had more than its room: either
/// is `WSAEMSGSIZE`.
///
/// Microsoft's page: `mswsock/nc-mswsock-lpfn_wsarecvmsg`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a NULL message, and for a NULL count without an `OVERLAPPED`,
/// `WSAEOPNOTSUPP` for a flag other than `MSG_PEEK` and a stream socket, `WSAEFAULT` for a name or
/// control data that is NULL and has a length, and for a name too short, `WSAEINVAL` or `WSAEFAULT` for NULL buffers,
/// `WSAEINVAL` for a socket without an address, `WSAESHUTDOWN`. `WSA_IO_PENDING` when it ends later; at once or later it
/// may meet `WSAEMSGSIZE`, `WSAECONNRESET` for an earlier datagram that reached a closed port, `WSAEFAULT` and
/// `WSA_OPERATION_ABORTED`. Without `OVERLAPPED`: `WSAEWOULDBLOCK`, `WSAETIMEDOUT`, `WSAEINTR`.
///
/// # Safety
/// Each pointer is NULL or valid, those in the message too; message, name, control data, the memory of the buffers and
/// the `OVERLAPPED` stay so, and untouched, until the operation has ended.
pub unsafe extern "system" fn WSARecvMsg(
    s: SOCKET,
    lpmsg: *mut WSAMSG,
    lpdwnumberofbytesrecvd: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let _call = Call::receiving(&socket);
        if lpoverlapped.is_null() && lpdwnumberofbytesrecvd.is_null() {
            return Err(Error::WSAEFAULT);
        }
        // SAFETY: the caller's promise.
        let message = unsafe { memory::read(lpmsg) }?;
        if message.dwFlags & !(MSG_PEEK as u32) != 0 {
            return Err(Error::WSAEOPNOTSUPP);
        }
        let flags = translate::receive_flags(message.dwFlags as i32).map_err(|_| Error::WSAEOPNOTSUPP)?;
        check_kind(&socket)?;
        check_pointers(&message)?;
        if !message.name.is_null() && (message.namelen as usize) < socket.family.address_len() {
            return Err(Error::WSAEFAULT);
        }
        // SAFETY: the caller's promise.
        let buffers = unsafe { overlapped::capture(message.lpBuffers, message.dwBufferCount) }?;
        match socket.phase() {
            Phase::Unbound => return Err(Error::WSAEINVAL),
            Phase::Bound | Phase::Listening | Phase::Connecting | Phase::Connected => {}
        }
        if socket.is_receive_shut() {
            return Err(Error::WSAESHUTDOWN);
        }
        // SAFETY: checked above, and the caller promises that all of it stays valid.
        let room = unsafe {
            MessageRoom::new(lpmsg, message.name.cast(), message.Control.buf, message.Control.len as usize)
        };
        let request =
            Request::ReceiveMessage(Box::new(Message { buffers, flags, rest: Rest::Receive { room } }));
        // SAFETY: the caller's promise.
        let outcome = unsafe {
            overlapped::start_or_run(&socket, request, lpoverlapped, lpcompletionroutine, Patience::Mode)
        }?;
        // SAFETY: the caller's promise. What came of a datagram too long is counted too.
        unsafe { memory::write_optional(lpdwnumberofbytesrecvd, outcome.bytes as u32) };
        outcome.answer()?;
        Ok(0)
    })
}

fn check_kind(socket: &Socket) -> Result<(), Error> {
    match socket.kind {
        Kind::Datagram | Kind::Raw => Ok(()),
        Kind::Stream => Err(Error::WSAEOPNOTSUPP),
    }
}

fn check_pointers(message: &WSAMSG) -> Result<(), Error> {
    let name = message.name.is_null() && message.namelen != 0;
    let control = message.Control.buf.is_null() && message.Control.len != 0;
    if name || control || message.namelen < 0 { Err(Error::WSAEFAULT) } else { Ok(()) }
}
