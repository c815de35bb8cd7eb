//! The raw call of each operation, what has to be there before it, and what follows a connection after it.
//!
//! Owns the memory that each task hands over: which bytes of the buffer, the room for addresses behind them, the socket
//! that an accept connects. Does not know when an operation has ended.
#![allow(unsafe_code, reason = "lends memory to the kernel")]

use std::ptr::null_mut;

use super::{Bytes, Guest, Record, Request, Task};
use crate::outcome::Accepted;
use crate::raw::{self, extension};
use crate::win32::{self, SOCKADDR_STORAGE, SOCKET, WSABUF};
use crate::{Error, SockAddr, Socket};

/// What `AcceptEx` wants for an address: its structure, and 16 bytes.
const ADDRESS: usize = size_of::<SOCKADDR_STORAGE>() + 16;
/// The most first data: with both addresses behind it, it is still a length.
const MAX_FIRST: usize = u32::MAX as usize - 2 * ADDRESS;

/// The bytes that a receive may append to a buffer: as many as one call can.
pub(super) fn room(buffer: &Vec<u8>) -> usize {
    (buffer.capacity() - buffer.len()).min(u32::MAX as usize)
}

/// What a task's call gets beside the record.
pub(super) struct Prepared {
    pub(super) memory: WSABUF,
    pub(super) guest: Option<Guest>,
}

/// Makes ready what a task needs.
///
/// # Errors
/// `WSAEMSGSIZE` for more than a call can send, `WSAENOBUFS` without memory; what refuses the accepted socket, or the
/// address that a socket needs to connect.
pub(super) fn prepare(request: &Request<'_>, bytes: &mut Bytes) -> Result<Prepared, Error> {
    let alone = |memory| Ok(Prepared { memory, guest: None });
    match (request.task, bytes) {
        (Task::Receive | Task::ReceiveFrom, Bytes::Own(buffer)) => {
            let len = room(buffer) as u32;
            alone(behind(buffer, len))
        }
        (Task::Send | Task::SendTo(_), Bytes::Own(buffer)) => alone(whole(buffer)?),
        (Task::SendPart { from, len }, Bytes::Shared(all)) => {
            let part = &all[from..][..len];
            // A send reads only.
            alone(WSABUF { len: length(part)?, buf: part.as_ptr().cast_mut() })
        }
        (Task::Connect(to), Bytes::Own(buffer)) => {
            let memory = whole(buffer)?;
            bind_to_connect(request.socket, to)?;
            alone(memory)
        }
        (Task::Accept { first }, Bytes::Own(buffer)) => {
            let first = first.min(MAX_FIRST);
            buffer.try_reserve_exact(first + 2 * ADDRESS).map_err(|_| Error::WSAENOBUFS)?;
            let socket = like(request.socket)?;
            Ok(Prepared {
                memory: behind(buffer, first as u32),
                guest: Some(Guest { socket, first: first as u32 }),
            })
        }
        (Task::Post, _) => unreachable!("what is posted is not started"),
        (_, Bytes::Shared(_)) => unreachable!("only sends share their bytes"),
        (Task::SendPart { .. }, Bytes::Own(_)) => unreachable!("a part is of shared bytes"),
    }
}

/// The room behind what a buffer holds.
fn behind(buffer: &mut Vec<u8>, len: u32) -> WSABUF {
    WSABUF { len, buf: buffer.spare_capacity_mut().as_mut_ptr().cast() }
}

fn whole(buffer: &mut Vec<u8>) -> Result<WSABUF, Error> {
    Ok(WSABUF { len: length(buffer)?, buf: buffer.as_mut_ptr() })
}

fn length(bytes: &[u8]) -> Result<u32, Error> {
    u32::try_from(bytes.len()).map_err(|_| Error::WSAEMSGSIZE)
}

/// A new socket of the same kind.
fn like(listener: SOCKET) -> Result<Socket, Error> {
    let info = raw::protocol_info(listener)?;
    raw::socket(info.iAddressFamily, info.iSocketType, info.iProtocol).map(Socket::owning)
}

/// `ConnectEx` takes bound sockets only: gives a stream socket any address that it can connect from.
fn bind_to_connect(socket: SOCKET, to: &SockAddr) -> Result<(), Error> {
    let info = raw::protocol_info(socket)?;
    if info.iAddressFamily != i32::from(to.family()) {
        return Err(Error::WSAEAFNOSUPPORT);
    }
    if info.iSocketType != win32::SOCK_STREAM {
        // The call says what is wrong.
        return Ok(());
    }
    let wildcard = SockAddr::from(SOCKADDR_STORAGE { ss_family: to.family(), ..SOCKADDR_STORAGE::default() });
    match raw::bind(socket, &wildcard) {
        // It has an address.
        Ok(()) | Err(Error::WSAEINVAL) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The raw call. Its own results are on this stack: the record may be taken back before it returns.
///
/// # Safety
/// The record and the memory stay valid and untouched until the status is final; behind the memory of an accept is the
/// room for two addresses.
pub(super) unsafe fn call<X>(
    record: &Record<X>,
    request: &Request<'_>,
    memory: &WSABUF,
) -> Result<(), Error> {
    let (socket, overlapped, routine) = (request.socket, record.overlapped(), request.routine);
    let mut flags = 0;
    let flags = &raw mut flags;
    let failed = match request.task {
        Task::Receive => {
            // SAFETY: the caller's promise.
            let result = unsafe { win32::WSARecv(socket, memory, 1, null_mut(), flags, overlapped, routine) };
            result != 0
        }
        Task::ReceiveFrom => {
            // SAFETY: nobody else has the address: the operation begins below.
            let address = unsafe { &mut *record.address.get() };
            let (name, len) = address.as_deref_mut().expect("its task has one").as_out();
            // SAFETY: the caller's promise.
            let result = unsafe {
                win32::WSARecvFrom(socket, memory, 1, null_mut(), flags, name, len, overlapped, routine)
            };
            result != 0
        }
        Task::Send | Task::SendPart { .. } => {
            // SAFETY: the caller's promise.
            let result = unsafe { win32::WSASend(socket, memory, 1, null_mut(), 0, overlapped, routine) };
            result != 0
        }
        Task::SendTo(_) => {
            // SAFETY: nobody else has the address: the operation begins below.
            let address = unsafe { &*record.address.get() };
            let address = address.as_deref().expect("its task has one");
            let (name, len) = (address.as_ptr(), address.len());
            // SAFETY: the caller's promise, and the record's.
            let result =
                unsafe { win32::WSASendTo(socket, memory, 1, null_mut(), 0, name, len, overlapped, routine) };
            result != 0
        }
        Task::Accept { .. } => {
            let accept = extension::functions(socket)?.accept;
            let (guest, mut bytes) = (record.guest, 0);
            let (data, len, bytes) = (memory.buf.cast(), memory.len, &raw mut bytes);
            const ROOM: u32 = ADDRESS as u32;
            // SAFETY: the caller's promise.
            let result = unsafe { accept(socket, guest, data, len, ROOM, ROOM, bytes, overlapped) };
            result == win32::FALSE
        }
        Task::Connect(to) => {
            let connect = extension::functions(socket)?.connect;
            let mut bytes = 0;
            let (name, len) = (to.as_ptr(), to.len());
            let data = if memory.len == 0 { null_mut() } else { memory.buf.cast() };
            // SAFETY: the caller's promise; the address is captured by the call.
            let result = unsafe { connect(socket, name, len, data, memory.len, &raw mut bytes, overlapped) };
            result == win32::FALSE
        }
        Task::Post => unreachable!("what is posted is not started"),
    };
    if !failed {
        return Ok(());
    }
    match raw::last_error() {
        Error::WSA_IO_PENDING => Ok(()),
        error => Err(error),
    }
}

/// Makes the socket of an accept that has succeeded a whole one, and finds the addresses behind what the buffer holds.
///
/// # Errors
/// `WSAENOTSOCK` if the listener is closed by now; `WSAEAFNOSUPPORT` if it is not of the internet.
pub(super) fn admit(listener: SOCKET, guest: Guest, buffer: &[u8]) -> Result<Accepted, Error> {
    const LISTENER: i32 = win32::SO_UPDATE_ACCEPT_CONTEXT;
    let Guest { socket, first } = guest;
    raw::set_option(socket.as_raw(), win32::SOL_SOCKET, LISTENER, listener)?;
    let behind = buffer.as_ptr_range().end;
    // SAFETY: the accept has succeeded, and its call was given the memory there, with the same lengths.
    let [local, peer] = unsafe { extension::accept_addresses(listener, behind, first, ADDRESS as u32) }?;
    Ok(Accepted { local: local.try_into()?, peer: peer.try_into()?, socket })
}

/// Makes a socket that has been connected a whole one.
pub(super) fn update_connect_context(socket: SOCKET) {
    const NOTHING: [u8; 0] = [];
    // Refused only for a socket that is closed by now.
    let _ = raw::set_option(socket, win32::SOL_SOCKET, win32::SO_UPDATE_CONNECT_CONTEXT, NOTHING);
}
