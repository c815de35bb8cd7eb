//! Windows: a [`Socket`] from one of std's, and back.
#![allow(unsafe_code, reason = "lends the handle out for as long as the socket is borrowed")]

use std::os::windows::io::{
    AsRawSocket, AsSocket, BorrowedSocket, FromRawSocket, IntoRawSocket, OwnedSocket, RawSocket,
};

use crate::{Socket, startup};

impl From<OwnedSocket> for Socket {
    fn from(socket: OwnedSocket) -> Socket {
        // Whoever made the socket has started Winsock; this keeps it started.
        let _ = startup::ensure();
        Socket::owning(socket.into_raw_socket() as usize)
    }
}

impl From<Socket> for OwnedSocket {
    fn from(socket: Socket) -> OwnedSocket {
        // SAFETY: the handle is open, and nobody else closes it.
        unsafe { OwnedSocket::from_raw_socket(socket.into_raw() as RawSocket) }
    }
}

impl AsSocket for Socket {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        // SAFETY: the handle is the socket's, which stays open while it is borrowed.
        unsafe { BorrowedSocket::borrow_raw(self.as_raw_socket()) }
    }
}

impl AsRawSocket for Socket {
    fn as_raw_socket(&self) -> RawSocket {
        self.as_raw() as RawSocket
    }
}
