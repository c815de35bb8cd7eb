//! `ReadFile` and `WriteFile`, on sockets and on files. Their codes are Win32's.
#![allow(unsafe_code, reason = "the signatures are Windows'")]

use super::{BOOL, FALSE, HANDLE, OVERLAPPED, TRUE, boundary, memory, overlapped};
use crate::error::Error;
use crate::linux::file::File;
use crate::linux::handles::{self, Object};
use crate::linux::lent::Overlapped;
use crate::linux::objects;
use crate::linux::operation::synchronous::{self, Patience};
use crate::linux::operation::{Buffers, Direction, Request};
use crate::linux::socket::{Phase, Socket};
use crate::linux::status::Status;
use crate::linux::sys::socket::Buffer;
use crate::linux::translate::Kind;
use std::sync::Arc;

/// `ReadFile`: receives from a socket, or reads from a file. On a socket it is a `WSARecv` of one buffer, whose failures
/// have Win32 codes: a peer's reset is 64, `ERROR_NETNAME_DELETED`. From a file it reads at the offset in the
/// `OVERLAPPED`, or, without one, at its position, which then stands behind what was read.
///
/// Microsoft's page: `fileapi/nf-fileapi-readfile`.
///
/// *On Linux*: without `OVERLAPPED` a socket blocks, or does not, as its mode says, whatever `WSASocket` was told.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for a NULL count without an `OVERLAPPED`. Of a socket:
/// `ERROR_CONNECTION_INVALID` without a peer, `ERROR_PIPE_NOT_CONNECTED` after `shutdown`, `ERROR_IO_PENDING` when it
/// ends later, and what `GetQueuedCompletionStatus` shows of a receive. Of a file: `ERROR_ACCESS_DENIED`,
/// `ERROR_HANDLE_EOF` at its end with an `OVERLAPPED`, `ERROR_NOACCESS`. `ERROR_INVALID_HANDLE` for an `hEvent` that is no
/// event.
///
/// # Safety
/// Each pointer is NULL or valid; buffer and `OVERLAPPED` stay so, and untouched, until the operation has ended.
pub unsafe extern "system" fn ReadFile(
    hfile: HANDLE,
    lpbuffer: *mut u8,
    nnumberofbytestoread: u32,
    lpnumberofbytesread: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
) -> BOOL {
    let buffer = Buffer::new(lpbuffer, nnumberofbytestoread as usize);
    // SAFETY: the caller makes the same promises.
    unsafe { transfer(Direction::Receive, hfile, buffer, lpnumberofbytesread, lpoverlapped) }
}

/// `WriteFile`: sends to a socket, or writes to a file. On a socket it is a `WSASend` of one buffer, whose failures have
/// Win32 codes. To a file it writes at the offset in the `OVERLAPPED` (all ones: at its end), or, without one, at its
/// position, which then stands behind what was written.
///
/// Microsoft's page: `fileapi/nf-fileapi-writefile`.
///
/// *On Linux*: as [`ReadFile`].
///
/// # Errors
/// As [`ReadFile`], and `ERROR_DISK_FULL`.
///
/// # Safety
/// As [`ReadFile`].
pub unsafe extern "system" fn WriteFile(
    hfile: HANDLE,
    lpbuffer: *const u8,
    nnumberofbytestowrite: u32,
    lpnumberofbyteswritten: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
) -> BOOL {
    let buffer = Buffer::new(lpbuffer.cast_mut(), nnumberofbytestowrite as usize);
    // SAFETY: the caller makes the same promises.
    unsafe { transfer(Direction::Send, hfile, buffer, lpnumberofbyteswritten, lpoverlapped) }
}

/// # Safety
/// As [`ReadFile`].
unsafe fn transfer(
    direction: Direction,
    handle: HANDLE,
    buffer: Buffer,
    count: *mut u32,
    overlapped: *mut OVERLAPPED,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let reference = handles::get(handle as usize).ok_or(Error::WSA_INVALID_HANDLE)?;
        if count.is_null() && overlapped.is_null() {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(count, 0) };
        let bytes = match &*reference {
            // SAFETY: the caller's promise.
            Object::Socket(socket) => unsafe { with_socket(direction, socket, buffer, overlapped) }?,
            // SAFETY: the caller's promise.
            Object::File(file) => unsafe { with_file(direction, file, buffer, overlapped) }?,
            Object::Event(_)
            | Object::Thread(_)
            | Object::Process
            | Object::Port(_)
            | Object::Mutex(_)
            | Object::Semaphore(_)
            | Object::Timer(_) => {
                return Err(Error::WSA_INVALID_HANDLE);
            }
        };
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(count, bytes as u32) };
        Ok(TRUE)
    })
}

/// # Safety
/// As [`ReadFile`].
unsafe fn with_socket(
    direction: Direction,
    socket: &Arc<Socket>,
    buffer: Buffer,
    overlapped: *mut OVERLAPPED,
) -> Result<usize, Error> {
    let win32 = |status: Status| Error::from_code(status.win32() as i32);
    usable(socket, direction).map_err(win32)?;
    let buffers = Buffers::One(buffer);
    let request = match direction {
        Direction::Receive => Request::Receive { buffers, flags: 0, from: None },
        Direction::Send => Request::Send { buffers, flags: 0, to: None },
    };
    if overlapped.is_null() {
        let outcome =
            synchronous::run(socket, request, Patience::Mode).map_err(|error| win32(failed(error)))?;
        return if outcome.status.is_warning_or_error() {
            Err(win32(outcome.status))
        } else {
            Ok(outcome.bytes)
        };
    }
    // SAFETY: the caller's promise.
    unsafe { overlapped::start(socket, request, overlapped, None) }.map_err(|error| {
        // SAFETY: the caller's promise.
        match (error, unsafe { Overlapped::new(overlapped) }.outcome().0) {
            (Error::WSA_IO_PENDING, _) => error,
            (error, Status::PENDING) => win32(failed(error)),
            (_, status) => win32(status),
        }
    })
}

/// The status of a failure that has none of its own.
fn failed(error: Error) -> Status {
    match error {
        Error::WSAENOTSOCK => Status::INVALID_HANDLE,
        Error::WSAENOBUFS => Status::INSUFFICIENT_RESOURCES,
        Error::WSAEWOULDBLOCK => Status::DEVICE_NOT_READY,
        Error::WSAETIMEDOUT => Status::IO_TIMEOUT,
        Error::WSAEINTR => Status::CANCELLED,
        Error::WSAECONNRESET => Status::CONNECTION_RESET,
        Error::WSAECONNABORTED => Status::CONNECTION_ABORTED,
        error => Status::from_wsa(error),
    }
}

/// Whether the socket can be received from or sent to.
fn usable(socket: &Socket, direction: Direction) -> Result<(), Status> {
    match (socket.kind, direction, socket.settle()) {
        (Kind::Stream, _, Phase::Connected)
        | (Kind::Datagram | Kind::Raw, Direction::Send, Phase::Connected) => {}
        (Kind::Stream, _, Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting)
        | (
            Kind::Datagram | Kind::Raw,
            Direction::Send,
            Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting,
        ) => return Err(Status::INVALID_CONNECTION),
        (Kind::Datagram | Kind::Raw, Direction::Receive, Phase::Unbound) => {
            return Err(Status::INVALID_PARAMETER);
        }
        (
            Kind::Datagram | Kind::Raw,
            Direction::Receive,
            Phase::Bound | Phase::Listening | Phase::Connecting | Phase::Connected,
        ) => {}
    }
    let is_shut = match direction {
        Direction::Receive => socket.is_receive_shut(),
        Direction::Send => socket.is_send_shut(),
    };
    match (is_shut, socket.broken()) {
        (true, _) => Err(Status::PIPE_DISCONNECTED),
        (false, Some(error)) => Err(failed(error)),
        (false, None) => Ok(()),
    }
}

/// # Safety
/// As [`ReadFile`].
unsafe fn with_file(
    direction: Direction,
    file: &File,
    buffer: Buffer,
    overlapped: *mut OVERLAPPED,
) -> Result<usize, Error> {
    /// In `hEvent`; a file has no port that packets would go to.
    const NO_PACKET: usize = 1;
    let call = |offset| match direction {
        Direction::Receive => file.read(buffer, offset),
        Direction::Send => file.write(buffer, offset),
    };
    if overlapped.is_null() {
        return call(None);
    }
    // SAFETY: not NULL, and the caller promises that it is valid.
    let offset = unsafe { memory::offset(overlapped) };
    // SAFETY: as above.
    let overlapped = unsafe { Overlapped::new(overlapped) };
    let event = match overlapped.event() & !NO_PACKET {
        0 => None,
        handle => Some(objects::event(handle)?),
    };
    overlapped.begin();
    if let Some(event) = &event {
        event.reset();
    }
    let result = match (call(Some(offset)), direction) {
        (Ok(0), Direction::Receive) if buffer.len() > 0 => Err(Error::ERROR_HANDLE_EOF),
        (result, _) => result,
    };
    match &result {
        Ok(bytes) => overlapped.finish(Status::SUCCESS, *bytes),
        Err(error) => overlapped.finish(Status::from_wsa(*error), 0),
    }
    if let Some(event) = &event {
        event.set();
    }
    result
}
