//! Descriptors become sockets, and sockets descriptors.
//!
//! Owns what has to change on the way: the blocking mode, which a socket keeps for itself, and what Windows does with
//! datagrams and Linux does only when asked.

use super::handles;
use super::socket::{self, Phase, Socket};
use super::sys::descriptor::{self, SO_DOMAIN, SO_PROTOCOL, SO_TYPE};
use super::sys::option::SO_ACCEPTCONN;
use super::sys::poll::{POLLOUT, poll, pollfd};
use super::sys::socket::{self as linux, SOL_SOCKET, option_i32, set_nonblocking};
use super::sys::{AsFd, AsRawFd, BorrowedFd, Errno, OwnedFd};
use super::translate::{Address, Family, Kind};
use crate::error::Error;
use std::time::Duration;

/// Makes a descriptor of any state a socket in the same state, and gives its handle.
///
/// # Errors
/// `WSAENOTSOCK` for a descriptor of something else, `WSAEAFNOSUPPORT` or `WSAESOCKTNOSUPPORT` for a socket that Winsock
/// does not know, `WSAEMFILE` when the table of handles is full. The descriptor is then closed.
pub(crate) fn adopt(fd: OwnedFd) -> Result<usize, Error> {
    let number = |name| option_i32(fd.as_fd(), SOL_SOCKET, name);
    let family = Family::from_linux(number(SO_DOMAIN)?).ok_or(Error::WSAEAFNOSUPPORT)?;
    let kind = Kind::from_linux(number(SO_TYPE)?).ok_or(Error::WSAESOCKTNOSUPPORT)?;
    let protocol = number(SO_PROTOCOL)?;
    let nonblocking = descriptor::is_nonblocking(fd.as_fd())?;
    let phase = phase(fd.as_fd(), kind)?;
    set_nonblocking(fd.as_fd(), false)?;
    let socket = Socket::from_fd(fd, family, kind, protocol, phase);
    match phase {
        Phase::Listening => socket.make_descriptor_nonblocking()?,
        Phase::Unbound | Phase::Bound | Phase::Connecting | Phase::Connected => {}
    }
    socket.set_nonblocking(nonblocking);
    socket.treat_datagrams_as_windows(true)?;
    socket.publish()
}

/// How far the socket of a descriptor has come.
pub(crate) fn phase(fd: BorrowedFd<'_>, kind: Kind) -> Result<Phase, Errno> {
    if option_i32(fd, SOL_SOCKET, SO_ACCEPTCONN)? != 0 {
        return Ok(Phase::Listening);
    }
    match linux::peer_address(fd) {
        Ok(_) => return Ok(Phase::Connected),
        Err(Errno::ENOTCONN) => {}
        Err(errno) => return Err(errno),
    }
    let local = linux::local_address(fd)?;
    let bound = Address::from_linux(&local).is_some_and(|local| match local.family() {
        Family::V4 | Family::V6 => local.port() != 0,
        Family::Unix => local.as_bytes()[2..].iter().any(|&byte| byte != 0),
    });
    Ok(match (kind, bound) {
        (_, false) => Phase::Unbound,
        (Kind::Datagram | Kind::Raw, true) => Phase::Bound,
        (Kind::Stream, true) => {
            // Of all unconnected stream sockets only one that is connecting has nothing to say.
            let mut entry = [pollfd { fd: fd.as_raw_fd(), events: POLLOUT, revents: 0 }];
            if poll(&mut entry, Some(Duration::ZERO))? == 0 { Phase::Connecting } else { Phase::Bound }
        }
    })
}

/// The descriptor of a socket, which stays the socket's own.
///
/// # Errors
/// `WSAENOTSOCK`.
pub(crate) fn number(handle: usize) -> Result<i32, Error> {
    Ok(handles::socket(handle)?.fd().as_raw_fd())
}

/// Makes a socket a plain descriptor, in the blocking mode that the socket had; the handle is closed.
///
/// # Errors
/// `WSAENOTSOCK`, `WSAEMFILE` without a free descriptor: the socket then stays as it is.
pub(crate) fn release(handle: usize) -> Result<OwnedFd, Error> {
    let fd = {
        let socket = handles::socket(handle)?;
        let fd = descriptor::duplicate(socket.fd())?;
        socket.treat_datagrams_as_windows(false)?;
        set_nonblocking(fd.as_fd(), socket.is_nonblocking())?;
        fd
    };
    socket::close(handle)?;
    Ok(fd)
}
