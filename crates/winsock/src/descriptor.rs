//! Linux: a [`Socket`] from a descriptor, and a descriptor from a `Socket`.
//!
//! The one part of the safe API that goes past `win32`: on Windows a handle is already what the system knows.
#![allow(unsafe_code, reason = "lends the descriptor out for as long as the socket is borrowed")]

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use crate::linux::descriptor;
use crate::{Error, Socket, startup};

/// Any socket of Linux, in any state, with its options and its blocking mode.
///
/// ```
/// use std::net::UdpSocket;
/// use std::os::fd::OwnedFd;
/// use winsock::{Error, Socket};
///
/// let plain = UdpSocket::bind("127.0.0.1:0").unwrap();
/// let address = plain.local_addr().unwrap();
/// let socket = Socket::try_from(OwnedFd::from(plain))?;
/// assert_eq!(socket.local_addr()?, address);
///
/// let plain = UdpSocket::from(OwnedFd::try_from(socket)?);
/// assert_eq!(plain.local_addr().unwrap(), address);
///
/// let file = std::fs::File::open("/dev/null").unwrap();
/// assert_eq!(Socket::try_from(OwnedFd::from(file)).unwrap_err(), Error::WSAENOTSOCK);
/// # Ok::<(), Error>(())
/// ```
impl TryFrom<OwnedFd> for Socket {
    type Error = Error;

    /// # Errors
    /// `WSAENOTSOCK` for a descriptor of something else, `WSAEAFNOSUPPORT` or `WSAESOCKTNOSUPPORT` for a socket that
    /// Winsock does not know, `WSAEMFILE`. The descriptor is then closed.
    fn try_from(fd: OwnedFd) -> Result<Socket, Error> {
        startup::ensure()?;
        descriptor::adopt(fd).map(Socket::owning)
    }
}

/// A plain descriptor, in the blocking mode that the socket had. Its other options stay as they are.
impl TryFrom<Socket> for OwnedFd {
    type Error = Error;

    /// # Errors
    /// `WSAEMFILE` without a free descriptor. The socket is then closed.
    fn try_from(socket: Socket) -> Result<OwnedFd, Error> {
        let handle = socket.into_raw();
        descriptor::release(handle).inspect_err(|_| drop(Socket::owning(handle)))
    }
}

/// For calls that look at the descriptor, or wait for it (epoll).
///
/// It is in blocking mode, whatever [`Socket::set_nonblocking`] says, unless the socket listens: the mode is the
/// socket's own. Who changes it, connects, or shuts down behind the socket's back confuses it.
impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: the descriptor is the socket's, which stays open while it is borrowed.
        unsafe { BorrowedFd::borrow_raw(self.as_raw_fd()) }
    }
}

impl AsRawFd for Socket {
    fn as_raw_fd(&self) -> RawFd {
        descriptor::number(self.as_raw()).expect("a `Socket` is open")
    }
}
