//! `TransmitFile` and `TransmitPackets`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::{
    BOOL, FALSE, HANDLE, OVERLAPPED, SOCKET, TF_DISCONNECT, TF_REUSE_SOCKET, TF_USE_DEFAULT_WORKER,
    TF_USE_KERNEL_APC, TF_USE_SYSTEM_THREAD, TF_WRITE_BEHIND, TP_ELEMENT_EOP, TP_ELEMENT_FILE,
    TP_ELEMENT_MEMORY, TRANSMIT_FILE_BUFFERS, TRANSMIT_PACKETS_ELEMENT, TRUE, boundary, memory, overlapped,
};
use crate::error::Error;
use crate::linux::handles;
use crate::linux::operation::Request;
use crate::linux::operation::synchronous::Patience;
use crate::linux::operation::transmit::{Finish, Part, Source, Transmit};
use crate::linux::socket::{Phase, Socket};
use crate::linux::sys::socket::Buffer;
use crate::linux::translate::Kind;
use std::ffi::c_void;

/// The most that one call transmits: all that an `int` can count but one.
const MAX_TOTAL: usize = 2_147_483_646;

/// `TransmitFile`: sends a file, or part of it, over a stream, with bytes from memory before and behind it. The part
/// begins at the offset in the `OVERLAPPED`, or, without one, at the position of the file, and is
/// `nnumberofbytestowrite` long; 0 means all that follows.
///
/// With `TF_DISCONNECT` the sending is ended behind the last byte; with `TF_REUSE_SOCKET` too the operation goes on as
/// [`DisconnectEx`](super::DisconnectEx) does, and the handle is good for another connection.
///
/// Microsoft's page: `mswsock/nf-mswsock-transmitfile`.
///
/// *On Linux*: the file goes from the page cache to the socket (`sendfile`); the flags that choose a kind of thread ask
/// for nothing. The position of the file stays. Any number of calls work at a time.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEINVAL` for a socket without connections, unknown flags, `TF_REUSE_SOCKET`
/// without `TF_DISCONNECT` and more than 2,147,483,646 bytes, `WSAEFAULT` for a NULL head or tail that has a length,
/// `WSAENOTCONN`, `WSAESHUTDOWN`, `WSAECONNRESET` and what else broke the connection, `ERROR_INVALID_HANDLE` and
/// `ERROR_ACCESS_DENIED` for the file, `WSAEINVAL` for an offset behind its end. `WSA_IO_PENDING` when it ends later;
/// at once or later it may meet `WSAECONNRESET`, `WSAEFAULT`, `ERROR_HANDLE_EOF` for a file that is shorter than what
/// was asked for, and `WSA_OPERATION_ABORTED`. Without `OVERLAPPED` it waits for the end: `WSAETIMEDOUT` after
/// `SO_SNDTIMEO`, `WSAEINTR` when `closesocket` woke it.
///
/// # Safety
/// Each pointer is NULL or valid; head, tail and `OVERLAPPED` stay so, and untouched, until the operation has ended.
pub unsafe extern "system" fn TransmitFile(
    hsocket: SOCKET,
    hfile: HANDLE,
    nnumberofbytestowrite: u32,
    nnumberofbytespersend: u32,
    lpoverlapped: *mut OVERLAPPED,
    lptransmitbuffers: *const TRANSMIT_FILE_BUFFERS,
    dwreserved: u32,
) -> BOOL {
    boundary::call(FALSE, || {
        let socket = handles::socket(hsocket)?;
        let finish = finish(&socket, dwreserved)?;
        if socket.kind != Kind::Stream || nnumberofbytestowrite as usize > MAX_TOTAL {
            return Err(Error::WSAEINVAL);
        }
        let around = if lptransmitbuffers.is_null() {
            TRANSMIT_FILE_BUFFERS::default()
        } else {
            // SAFETY: not NULL, and the caller promises that it is readable.
            unsafe { memory::read(lptransmitbuffers) }?
        };
        let head = memory_part(around.Head, around.HeadLength)?;
        let tail = memory_part(around.Tail, around.TailLength)?;
        require_sending(&socket)?;
        let mut parts = vec![head];
        if !hfile.is_null() {
            let offset = if lpoverlapped.is_null() {
                None
            } else {
                // SAFETY: not NULL, and the caller promises that it is readable.
                Some(unsafe { memory::offset(lpoverlapped) })
            };
            parts.push(file_part(hfile, offset, nnumberofbytestowrite)?);
        }
        parts.push(tail);
        let request = transmission(parts, nnumberofbytespersend, finish)?;
        // SAFETY: the caller's promise.
        unsafe { overlapped::start_or_run(&socket, request, lpoverlapped, None, Patience::Always) }?
            .answer()?;
        Ok(TRUE)
    })
}

/// `TransmitPackets`: sends memory and parts of files, in order. On a stream they follow each other; on a datagram
/// socket with a peer, elements up to one with `TP_ELEMENT_EOP` make one datagram, of `nsendsize` bytes at most.
/// `dwflags` are those of [`TransmitFile`].
///
/// Microsoft's page: `mswsock/nc-mswsock-lpfn_transmitpackets`.
///
/// *On Linux*: as [`TransmitFile`].
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEINVAL` for unknown flags, `TF_REUSE_SOCKET` without `TF_DISCONNECT` and
/// either of them for a socket without connections, `WSAEFAULT` for a NULL array, `WSAENOTCONN`, `WSAESHUTDOWN`,
/// `WSAECONNRESET` and what else broke the connection; for the first element that has a fault `WSAEINVAL` (both kinds,
/// unknown flags, an offset behind the end of the file), `WSAEFAULT` for NULL memory with a length,
/// `ERROR_INVALID_HANDLE` and `ERROR_ACCESS_DENIED` for its file; `WSAEINVAL` for more than 2,147,483,646 bytes.
/// Afterwards as [`TransmitFile`], and `WSAEMSGSIZE` for a datagram too long.
///
/// # Safety
/// Each pointer is NULL or valid; the memory of the elements and the `OVERLAPPED` stay so, and untouched, until the
/// operation has ended.
pub unsafe extern "system" fn TransmitPackets(
    hsocket: SOCKET,
    lppacketarray: *const TRANSMIT_PACKETS_ELEMENT,
    nelementcount: u32,
    nsendsize: u32,
    lpoverlapped: *mut OVERLAPPED,
    dwflags: u32,
) -> BOOL {
    boundary::call(FALSE, || {
        let socket = handles::socket(hsocket)?;
        let finish = finish(&socket, dwflags)?;
        if lppacketarray.is_null() && nelementcount > 0 {
            return Err(Error::WSAEFAULT);
        }
        require_sending(&socket)?;
        let mut parts = Vec::with_capacity(nelementcount as usize);
        for index in 0..nelementcount as usize {
            // SAFETY: not NULL, and the caller promises the entries.
            let element = unsafe { memory::read(lppacketarray.wrapping_add(index)) }?;
            // SAFETY: the element's flags say which of its halves counts.
            parts.push(unsafe { element_part(&element) }?);
        }
        let request = transmission(parts, nsendsize, finish)?;
        // SAFETY: the caller's promise.
        unsafe { overlapped::start_or_run(&socket, request, lpoverlapped, None, Patience::Always) }?
            .answer()?;
        Ok(TRUE)
    })
}

/// What the flags ask for behind the last byte.
fn finish(socket: &Socket, flags: u32) -> Result<Finish, Error> {
    const KNOWN: u32 = TF_DISCONNECT
        | TF_REUSE_SOCKET
        | TF_WRITE_BEHIND
        | TF_USE_DEFAULT_WORKER
        | TF_USE_SYSTEM_THREAD
        | TF_USE_KERNEL_APC;
    if flags & !KNOWN != 0 {
        return Err(Error::WSAEINVAL);
    }
    match (flags & TF_DISCONNECT != 0, flags & TF_REUSE_SOCKET != 0) {
        (false, false) => Ok(Finish::Nothing),
        (false, true) => Err(Error::WSAEINVAL),
        (true, _) if socket.kind != Kind::Stream => Err(Error::WSAEINVAL),
        (true, false) => Ok(Finish::Disconnect),
        (true, true) => Ok(Finish::Reuse),
    }
}

fn require_sending(socket: &Socket) -> Result<(), Error> {
    match socket.settle() {
        Phase::Connected => {}
        Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting => {
            return Err(Error::WSAENOTCONN);
        }
    }
    if socket.is_send_shut() {
        return Err(Error::WSAESHUTDOWN);
    }
    socket.broken().map_or(Ok(()), Err)
}

fn transmission(parts: Vec<Part>, per_send: u32, finish: Finish) -> Result<Request, Error> {
    let per_send = match per_send {
        0 | u32::MAX => None,
        bytes => Some(bytes as usize),
    };
    let parts = parts.into_iter().filter(|part| part.len > 0).collect();
    let transmit = Transmit { parts, per_send, finish };
    if transmit.total() > MAX_TOTAL {
        return Err(Error::WSAEINVAL);
    }
    Ok(Request::Transmit(Box::new(transmit)))
}

fn memory_part(data: *mut c_void, len: u32) -> Result<Part, Error> {
    if data.is_null() && len > 0 {
        return Err(Error::WSAEFAULT);
    }
    let buffer = Buffer::new(data.cast(), len as usize);
    Ok(Part { source: Source::Memory(buffer), len: len as usize, ends_packet: false })
}

fn file_part(handle: HANDLE, offset: Option<u64>, len: u32) -> Result<Part, Error> {
    let file = handles::file(handle as usize)?;
    file.require_read()?;
    let offset = match offset {
        Some(offset) => offset,
        None => file.position()?,
    };
    let rest = file.size()?.checked_sub(offset).ok_or(Error::WSAEINVAL)?;
    let len = match len {
        0 => usize::try_from(rest).map_err(|_| Error::WSAEINVAL)?,
        len => len as usize,
    };
    Ok(Part { source: Source::File { file, offset }, len, ends_packet: false })
}

/// # Safety
/// The half of the element that its flags name is filled in.
unsafe fn element_part(element: &TRANSMIT_PACKETS_ELEMENT) -> Result<Part, Error> {
    const KINDS: u32 = TP_ELEMENT_MEMORY | TP_ELEMENT_FILE;
    if element.dwElFlags & !(KINDS | TP_ELEMENT_EOP) != 0 {
        return Err(Error::WSAEINVAL);
    }
    let part = match element.dwElFlags & KINDS {
        TP_ELEMENT_MEMORY => {
            // SAFETY: the flags name this half.
            let data = unsafe { element.Anonymous.pBuffer };
            memory_part(data, element.cLength)?
        }
        KINDS => return Err(Error::WSAEINVAL),
        _ => {
            // SAFETY: the flags name this half, or none, which means the same.
            let place = unsafe { element.Anonymous.Anonymous };
            let offset = match place.nFileOffset {
                -1 => None,
                offset => Some(u64::try_from(offset).map_err(|_| Error::WSAEINVAL)?),
            };
            file_part(place.hFile, offset, element.cLength)?
        }
    };
    Ok(Part { ends_packet: element.dwElFlags & TP_ELEMENT_EOP != 0, ..part })
}
