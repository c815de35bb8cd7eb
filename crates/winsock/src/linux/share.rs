//! One socket under several handles: what `WSADuplicateSocket` hands out and `WSASocket` takes.
//!
//! Within a process the handles name one [`Socket`]. Another process gets a descriptor of its own for the same socket
//! of Linux (`pidfd_getfd`, Linux 5.6), which needs the right to trace this process: the same user, and a `ptrace`
//! scope that allows it. What Winsock knows of the socket and Linux does not, such as time-outs as they were set and
//! the mode of `FIONBIO`, is not shared then.

use super::descriptor;
use super::handles;
use super::socket::{self, Socket};
use super::sys::descriptor::{SO_DOMAIN, SO_TYPE};
use super::sys::{AsFd, AsRawFd, option as names, process, socket as linux};
use super::translate::{Family, Kind};
use crate::error::Error;
use std::sync::Arc;

/// Where the socket is, in four numbers that a process can send to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ticket {
    pub(crate) process: u32,
    pub(crate) handle: u32,
    pub(crate) descriptor: u32,
    /// What tells the socket from a later one under the same numbers.
    pub(crate) cookie: u32,
}

/// A ticket for a process.
///
/// # Errors
/// `WSAENOTSOCK`, `WSAEINVAL` for a process that does not exist.
pub(crate) fn offer(handle: usize, process: u32) -> Result<Ticket, Error> {
    let socket = handles::socket(handle)?;
    let here = std::process::id();
    if process != here {
        process::open(process).map_err(|_| Error::WSAEINVAL)?;
    }
    Ok(Ticket {
        process: here,
        // A handle has 31 bits, a descriptor is not negative.
        handle: handle as u32,
        descriptor: socket.fd().as_raw_fd() as u32,
        cookie: cookie(socket.fd())?,
    })
}

/// A handle for the socket of a ticket.
///
/// # Errors
/// `WSAEINVAL` for a ticket whose process is gone, and for a socket that is gone or another one than is said; `WSAEACCES`
/// without the right to take it, `WSAEMFILE`.
pub(crate) fn redeem(ticket: Ticket, family: Family, kind: Kind, protocol: i32) -> Result<usize, Error> {
    if ticket.process == std::process::id() {
        let socket = handles::socket(ticket.handle as usize).map_err(|_| Error::WSAEINVAL)?;
        if cookie(socket.fd())? != ticket.cookie {
            return Err(Error::WSAEINVAL);
        }
        return socket::publish(Arc::clone(&socket));
    }
    let process = process::open(ticket.process).map_err(|_| Error::WSAEINVAL)?;
    let fd = process::descriptor(&process, ticket.descriptor as i32).map_err(|errno| match errno.into() {
        refused @ (Error::WSAEACCES | Error::WSAEMFILE) => refused,
        _ => Error::WSAEINVAL,
    })?;
    if cookie(fd.as_fd()) != Ok(ticket.cookie) {
        return Err(Error::WSAEINVAL);
    }
    // What the other process says of it is not believed: the room for addresses goes by the family.
    let number = |name| linux::option_i32(fd.as_fd(), linux::SOL_SOCKET, name);
    let is_meant = Family::from_linux(number(SO_DOMAIN)?) == Some(family)
        && Kind::from_linux(number(SO_TYPE)?) == Some(kind);
    if !is_meant {
        return Err(Error::WSAEINVAL);
    }
    let phase = descriptor::phase(fd.as_fd(), kind)?;
    Socket::from_fd(fd, family, kind, protocol, phase).publish()
}

fn cookie(fd: super::sys::BorrowedFd<'_>) -> Result<u32, Error> {
    let mut value = [0; 8];
    names::bytes(fd, linux::SOL_SOCKET, names::SO_COOKIE, &mut value)?;
    Ok(u64::from_ne_bytes(value) as u32)
}
