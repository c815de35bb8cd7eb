//! `WSASend`, `WSASendTo`, `WSARecv`, `WSARecvFrom`: several buffers, and flags in and out.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::memory::{self, Joined};
use super::overlapped;
use super::transfer::{self as plain, Destination};
use super::{
    LPWSAOVERLAPPED_COMPLETION_ROUTINE, OVERLAPPED, SOCKADDR, SOCKET, SOCKET_ERROR, WSABUF, boundary,
};
use crate::error::Error;
use crate::linux::handles;
use crate::linux::network_events::Call;
use crate::linux::socket::Socket;
use crate::linux::status::Status;
use crate::linux::sys::socket::{Buffer, MAX_BUFFERS};
use crate::linux::translate::{self, Kind};

/// `WSASend`: sends the buffers, in order, as one piece: on a blocking stream all of it.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsasend`.
///
/// With an `OVERLAPPED` the call only starts the operation: it answers 0 if it has ended already, and fails with
/// `WSA_IO_PENDING` if it will end later. Either way its outcome is delivered.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a NULL
/// `lpnumberofbytessent`, `WSAEINVAL` without buffers or for more bytes than a DWORD counts, `WSAEFAULT` for a NULL
/// array, and then as [`send`](super::send) from the flags on.
///
/// # Safety
/// Each pointer is NULL or valid: `lpbuffers` for reading `dwbuffercount` entries, each buffer for reading its length.
pub unsafe extern "system" fn WSASend(
    s: SOCKET,
    lpbuffers: *const WSABUF,
    dwbuffercount: u32,
    lpnumberofbytessent: *mut u32,
    dwflags: u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    let to = Destination::Peer;
    // SAFETY: the caller's promise.
    unsafe {
        send(s, lpbuffers, dwbuffercount, lpnumberofbytessent, dwflags, to, lpoverlapped, lpcompletionroutine)
    }
}

/// `WSASendTo`: sends the buffers, in order, as one datagram to an address; on a stream socket it is [`WSASend`].
///
/// Microsoft's page: `winsock2/nf-winsock2-wsasendto`.
///
/// With an `OVERLAPPED` the call only starts the operation: it answers 0 if it has ended already, and fails with
/// `WSA_IO_PENDING` if it will end later. Either way its outcome is delivered.
///
/// # Errors
/// As [`WSASend`] to the buffers, and then as [`sendto`](super::sendto) from the flags on.
///
/// # Safety
/// As [`WSASend`]; `lpto` is NULL or names `itolen` readable bytes.
pub unsafe extern "system" fn WSASendTo(
    s: SOCKET,
    lpbuffers: *const WSABUF,
    dwbuffercount: u32,
    lpnumberofbytessent: *mut u32,
    dwflags: u32,
    lpto: *const SOCKADDR,
    itolen: i32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    let to = Destination::Given(lpto, itolen);
    // SAFETY: the caller's promise.
    unsafe {
        send(s, lpbuffers, dwbuffercount, lpnumberofbytessent, dwflags, to, lpoverlapped, lpcompletionroutine)
    }
}

/// # Safety
/// As [`WSASendTo`].
#[expect(clippy::too_many_arguments, reason = "they are Winsock's")]
unsafe fn send(
    s: SOCKET,
    buffers: *const WSABUF,
    count: u32,
    bytes: *mut u32,
    flags: u32,
    to: Destination,
    overlapped: *mut OVERLAPPED,
    routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let flags = flags as i32;
        if !overlapped.is_null() {
            // SAFETY: the caller's promise.
            let captured = unsafe { overlapped::capture(buffers, count) }?;
            // SAFETY: the caller's promise.
            let to = unsafe { plain::destination(&socket, to) }?;
            let flags = translate::send_flags(flags)?;
            // SAFETY: the caller's promise.
            let sent = unsafe { overlapped::start_send(&socket, captured, flags, to, overlapped, routine) }?;
            // SAFETY: the caller's promise.
            unsafe { memory::write_optional(bytes, sent.bytes as u32) };
            sent.answer()?;
            return Ok(0);
        }
        require(bytes)?;
        // SAFETY: the caller's promise.
        let buffers = unsafe { memory::buffers(buffers, count) }?;
        let sent = if must_be_joined(&socket, &buffers) {
            // SAFETY: the caller's promise.
            let mut joined = unsafe { Joined::copy(&buffers) }?;
            // SAFETY: the caller's promise, and our own buffer.
            unsafe { plain::send_to(&socket, &[joined.buffer()], flags, to) }?
        } else {
            // SAFETY: the caller's promise.
            unsafe { plain::send_to(&socket, &buffers, flags, to) }?
        };
        // SAFETY: not NULL, and the caller promises that it is writable.
        unsafe { memory::write(bytes, sent as u32) }?;
        Ok(0)
    })
}

/// `WSARecv`: receives what has come into the buffers, in order.
///
/// `lpflags` goes in with the flags of [`recv`](super::recv) and comes back with `MSG_PARTIAL` if a datagram was longer
/// than the buffers: the call fails with `WSAEMSGSIZE`, and the buffers and `lpnumberofbytesrecvd` are filled in.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsarecv`.
///
/// With an `OVERLAPPED` the call only starts the operation: it answers 0 if it has ended already, and fails with
/// `WSA_IO_PENDING` if it will end later. Either way its outcome is delivered; that of a datagram too long is too, though
/// the call fails. Count and flags are filled in if it has ended already. Receives with `MSG_OOB` have an order of their
/// own.
///
/// *On Linux*: out-of-band data that nobody has taken yet is lost when an ordinary receive passes over its place in the
/// stream. The first operation of a process, or of a port, needs descriptors: without any left it fails with `WSAEMFILE`,
/// and a later one may work.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a NULL
/// `lpnumberofbytesrecvd` or `lpflags`, `WSAEINVAL` without buffers or for more bytes than a DWORD counts, `WSAEFAULT`
/// for a NULL array, and then as [`recv`](super::recv) from the flags on.
///
/// # Safety
/// Each pointer is NULL or valid: `lpbuffers` for reading `dwbuffercount` entries, each buffer for writing its length.
pub unsafe extern "system" fn WSARecv(
    s: SOCKET,
    lpbuffers: *const WSABUF,
    dwbuffercount: u32,
    lpnumberofbytesrecvd: *mut u32,
    lpflags: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    // SAFETY: the caller's promise.
    unsafe {
        WSARecvFrom(
            s,
            lpbuffers,
            dwbuffercount,
            lpnumberofbytesrecvd,
            lpflags,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            lpoverlapped,
            lpcompletionroutine,
        )
    }
}

/// `WSARecvFrom`: receives a datagram into the buffers, in order, and where it came from; on a stream socket it is
/// [`WSARecv`].
///
/// Microsoft's page: `winsock2/nf-winsock2-wsarecvfrom`.
///
/// With an `OVERLAPPED` the call only starts the operation: it answers 0 if it has ended already, and fails with
/// `WSA_IO_PENDING` if it will end later. Either way its outcome is delivered.
///
/// # Errors
/// As [`WSARecv`], and after the buffers: `WSAEFAULT` if there is no room for the address.
///
/// # Safety
/// As [`WSARecv`]; `lpfrom` is NULL or valid for writing `*lpfromlen` bytes.
pub unsafe extern "system" fn WSARecvFrom(
    s: SOCKET,
    lpbuffers: *const WSABUF,
    dwbuffercount: u32,
    lpnumberofbytesrecvd: *mut u32,
    lpflags: *mut u32,
    lpfrom: *mut SOCKADDR,
    lpfromlen: *mut i32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let _call = Call::receiving(&socket);
        // SAFETY: the caller's promise.
        let flags = unsafe { memory::read(lpflags) }? as i32;
        if !lpoverlapped.is_null() {
            // SAFETY: the caller's promise.
            let captured = unsafe { overlapped::capture(lpbuffers, dwbuffercount) }?;
            // SAFETY: the caller's promise.
            let from = unsafe { plain::source_out(&socket, lpfrom, lpfromlen) }?;
            let asked = translate::receive_flags(flags)?;
            // SAFETY: the caller's promise.
            let received = unsafe {
                overlapped::start_receive(&socket, captured, asked, from, lpoverlapped, lpcompletionroutine)
            }?;
            // SAFETY: the caller's promise. What came of a datagram too long is counted too.
            unsafe { memory::write_optional(lpnumberofbytesrecvd, received.bytes as u32) };
            let flags_out = translate::received_flags(flags, received.status == Status::BUFFER_OVERFLOW);
            // SAFETY: the caller's promise.
            unsafe { memory::write(lpflags, flags_out) }?;
            received.answer()?;
            return Ok(0);
        }
        require(lpnumberofbytesrecvd)?;
        // SAFETY: the caller's promise.
        let buffers = unsafe { memory::buffers(lpbuffers, dwbuffercount) }?;
        // SAFETY: the caller's promise.
        let out = unsafe { plain::source_out(&socket, lpfrom, lpfromlen) }?;
        let received = if must_be_joined(&socket, &buffers) {
            let mut joined = Joined::room(&buffers);
            let received = plain::receive(&socket, &[joined.buffer()], flags)?;
            // SAFETY: the caller's promise.
            unsafe { joined.spread(received.len, &buffers) }?;
            received
        } else {
            plain::receive(&socket, &buffers, flags)?
        };
        // SAFETY: the caller's promise.
        unsafe { memory::write(lpnumberofbytesrecvd, received.len as u32) }?;
        let flags_out = translate::received_flags(flags, received.truncated);
        // SAFETY: the caller's promise.
        unsafe { memory::write(lpflags, flags_out) }?;
        plain::write_source(out, &received);
        if received.truncated { Err(Error::WSAEMSGSIZE) } else { Ok(0) }
    })
}

/// A synchronous call has no other way to tell how many bytes there were.
fn require(bytes: *mut u32) -> Result<(), Error> {
    if bytes.is_null() { Err(Error::WSAEFAULT) } else { Ok(()) }
}

/// A stream can go in several calls, a datagram cannot.
fn must_be_joined(socket: &Socket, buffers: &[Buffer]) -> bool {
    match socket.kind {
        Kind::Stream => false,
        Kind::Datagram | Kind::Raw => buffers.len() > MAX_BUFFERS,
    }
}
