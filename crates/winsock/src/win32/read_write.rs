//! `ReadFile` and `WriteFile`, on sockets and on files. Their codes are Win32's.
#![allow(unsafe_code, reason = "the signatures are Windows'")]

use super::{BOOL, FALSE, HANDLE, OVERLAPPED, TRUE, boundary, memory, overlapped};
use crate::error::Error;
use crate::linux::file::File;
use crate::linux::handles::{self, Object};
use crate::linux::lent::Overlapped;
use crate::linux::network_events::Call;
use crate::linux::objects;
use crate::linux::operation::synchronous::{self, Patience};
use crate::linux::operation::{Buffers, Outcome, Request};
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
    unsafe { transfer(Way::Read, hfile, buffer, lpnumberofbytesread, lpoverlapped) }
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
    unsafe { transfer(Way::Write, hfile, buffer, lpnumberofbyteswritten, lpoverlapped) }
}

#[derive(Clone, Copy)]
enum Way {
    Read,
    Write,
}

/// # Safety
/// As [`ReadFile`].
unsafe fn transfer(
    way: Way,
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
        let outcome = match &*reference {
            // SAFETY: the caller's promise.
            Object::Socket(socket) => unsafe { with_socket(way, socket, buffer, overlapped) }?,
            // SAFETY: the caller's promise.
            Object::File(file) => unsafe { with_file(way, file, buffer, overlapped) }
                .map(|bytes| Outcome { status: Status::SUCCESS, bytes })?,
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
        // SAFETY: the caller's promise. What came of a datagram too long is counted too.
        unsafe { memory::write_optional(count, outcome.bytes as u32) };
        if outcome.status.is_warning_or_error() { Err(win32(outcome.status)) } else { Ok(TRUE) }
    })
}

/// # Safety
/// As [`ReadFile`].
unsafe fn with_socket(
    way: Way,
    socket: &Arc<Socket>,
    buffer: Buffer,
    overlapped: *mut OVERLAPPED,
) -> Result<Outcome, Error> {
    let mut call = Call::receiving(socket);
    match way {
        Way::Read => {}
        Way::Write => call.enables_nothing(),
    }
    usable(socket, way).map_err(win32)?;
    let buffers = Buffers::One(buffer);
    let request = match way {
        Way::Read => Request::Receive { buffers, flags: 0, from: None },
        Way::Write => Request::Send { buffers, flags: 0, to: None },
    };
    if overlapped.is_null() {
        return synchronous::run(socket, request, Patience::Mode).map_err(|error| win32(failed(error)));
    }
    // SAFETY: not NULL, and the caller promises that it is valid.
    let own = unsafe { Overlapped::new(overlapped) };
    // So that a failure whose status is not told there is seen.
    own.begin();
    // SAFETY: the caller's promise.
    unsafe { overlapped::start(socket, request, overlapped, None) }.map_err(|error| {
        if error == Error::WSA_IO_PENDING {
            // It may have ended meanwhile, and its memory be gone.
            return error;
        }
        match own.outcome().0 {
            Status::PENDING => {
                own.finish(failed(error), 0);
                win32(failed(error))
            }
            status => win32(status),
        }
    })
}

fn win32(status: Status) -> Error {
    /// What a status without a Win32 code carries is a WSA code.
    const FIRST_WSA: u32 = 10_000;
    match status.win32() {
        code @ ..FIRST_WSA => Error::from_code(code as i32),
        _ => Error::from_code(failed(status.wsa()).win32() as i32),
    }
}

/// The status of a failure that has none of its own.
fn failed(error: Error) -> Status {
    match error {
        Error::WSAENOTSOCK => Status::INVALID_HANDLE,
        Error::WSAENOTCONN => Status::INVALID_CONNECTION,
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
fn usable(socket: &Socket, way: Way) -> Result<(), Status> {
    match (socket.kind, way, socket.settle()) {
        (Kind::Stream, _, Phase::Connected) | (Kind::Datagram | Kind::Raw, Way::Write, Phase::Connected) => {}
        (Kind::Stream, _, Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting)
        | (
            Kind::Datagram | Kind::Raw,
            Way::Write,
            Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting,
        ) => return Err(Status::INVALID_CONNECTION),
        (Kind::Datagram | Kind::Raw, Way::Read, Phase::Unbound) => {
            return Err(Status::INVALID_PARAMETER);
        }
        (
            Kind::Datagram | Kind::Raw,
            Way::Read,
            Phase::Bound | Phase::Listening | Phase::Connecting | Phase::Connected,
        ) => {}
    }
    let is_shut = match way {
        Way::Read => socket.is_receive_shut(),
        Way::Write => socket.is_send_shut(),
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
    way: Way,
    file: &File,
    buffer: Buffer,
    overlapped: *mut OVERLAPPED,
) -> Result<usize, Error> {
    /// In `hEvent`; a file has no port that packets would go to.
    const NO_PACKET: usize = 1;
    let call = |offset| match way {
        Way::Read => file.read(buffer, offset),
        Way::Write => file.write(buffer, offset),
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
    let result = match (call(Some(offset)), way) {
        (Ok(0), Way::Read) if buffer.len() > 0 => Err(Error::ERROR_HANDLE_EOF),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_without_a_win32_code_shows_that_of_its_kin() {
        for (error, code) in [(Error::WSAENOTCONN, 1229), (Error::WSAENOTSOCK, 6), (Error::WSAENOBUFS, 1450)]
        {
            assert_eq!(win32(Status::from_wsa(error)).code(), code, "{error:?}");
        }
        assert_eq!(win32(Status::CONNECTION_RESET).code(), 64);
        assert_eq!(win32(Status::from_wsa(Error::WSA_INVALID_HANDLE)).code(), 6);
    }
}
