//! What overlapped operations tell of themselves: which they were, how they ended, why they did not start.

use std::net::SocketAddr;
use std::{fmt, io};

use crate::{Error, Socket};

/// Which operation it was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operation {
    /// `WSARecv`: data was appended to the buffer.
    Receive,
    /// `WSARecvFrom`: as `Receive`, with the sender's address.
    ReceiveFrom,
    /// `WSASend`.
    Send,
    /// `WSASendTo`.
    SendTo,
    /// `AcceptEx`: a connection was accepted, and its first data was appended to the buffer.
    Accept,
    /// `ConnectEx`: the socket was connected, and the buffer was sent.
    Connect,
    /// `PostQueuedCompletionStatus`: the program's own value.
    Post,
}

/// How an operation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The bytes that were transferred; a receive of 0 into a buffer with room is the end of the stream.
    pub bytes: usize,
    /// Why it failed: the code that `WSAGetOverlappedResult` tells, [`Error::WSAECONNRESET`] after the peer's reset,
    /// [`Error::WSA_OPERATION_ABORTED`] after a cancel. `WSAEMSGSIZE` comes with the part of the datagram that had
    /// room. Of a socket that is closed by now it is `port_error`: Winsock tells no more.
    pub error: Option<Error>,
    /// The same in the code that `GetQueuedCompletionStatus` tells: [`Error::ERROR_NETNAME_DELETED`] (64) after the
    /// peer's reset.
    #[doc(alias = "GetQueuedCompletionStatus")]
    pub port_error: Option<Error>,
}

/// A connection that an accept has brought.
#[derive(Debug)]
#[non_exhaustive]
pub struct Accepted {
    /// Its socket, as [`Socket::accept`] gives one: it has the mode and the options of the listener.
    pub socket: Socket,
    /// The local address.
    pub local: SocketAddr,
    /// The peer's address.
    pub peer: SocketAddr,
}

impl Outcome {
    /// The failure of what has to follow the operation.
    pub(crate) fn failed(error: Error) -> Outcome {
        Outcome { bytes: 0, error: Some(error), port_error: Some(error) }
    }

    /// The bytes, or why there are none.
    ///
    /// # Errors
    /// That of the operation.
    pub fn result(self) -> Result<usize, Error> {
        self.error.map_or(Ok(self.bytes), Err)
    }
}

/// An operation that was refused at its start: the reason, and what it would have kept. Nothing else will tell of it.
pub struct NotStarted<T> {
    /// Why.
    pub error: Error,
    /// The buffer, as it was.
    pub buffer: Vec<u8>,
    /// What was to come back with the outcome.
    pub data: T,
}

impl<T> NotStarted<T> {
    /// The refusal of an operation whose port or scope is ending: as if it had been cancelled at once.
    pub(crate) fn too_late(buffer: Vec<u8>, data: T) -> NotStarted<T> {
        NotStarted { error: Error::WSA_OPERATION_ABORTED, buffer, data }
    }
}

impl<T> fmt::Debug for NotStarted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotStarted").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<T> fmt::Display for NotStarted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not started: {}", self.error)
    }
}

impl<T> std::error::Error for NotStarted<T> {}

impl<T> From<NotStarted<T>> for Error {
    fn from(refused: NotStarted<T>) -> Error {
        refused.error
    }
}

impl<T> From<NotStarted<T>> for io::Error {
    fn from(refused: NotStarted<T>) -> io::Error {
        refused.error.into()
    }
}
