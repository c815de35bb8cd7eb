//! The socket of one connection, and the two ways in which it sends and receives.
//!
//! *Plain*: non-blocking calls, when WSAPoll says that the socket is ready. *On a port*: a receive is always under way,
//! sends join it, and the worker takes what has ended. The system then gets the calls of many connections at once, which
//! is cheaper where it works on operations itself (io_uring) and dearer where each becomes a call again (epoll).
//! Connections are opened by plain calls in both. What is sent, and what should come back, is the connection's to say.

use std::ops::RangeInclusive;

use winsock::{Completion, CompletionPort, Engine, Error, PortSocket, Socket};

use super::payload::Payload;
use crate::error::{Context as _, Failure};

/// The port of a worker. An operation carries the number of its connection: its key, the place, outlives it.
pub(super) type Port = CompletionPort<u64>;
/// An operation that has ended.
pub(super) type Ended = Completion<u64>;

/// The numbers of connections of a worker for which a port is the cheaper way on io_uring: one alone has nobody to share
/// a call with, and of many the first are out of the cache when the last has been received from.
const ON_A_PORT: RangeInclusive<usize> = 2..=1024;
/// Bytes of one connection that are being sent at a time. No datagram is longer.
const AT_A_TIME: usize = 64 * 1024;

pub(super) enum Link {
    Plain(Socket),
    Ported {
        socket: PortSocket<u64>,
        number: u64,
        /// Bytes that are being sent.
        sending: usize,
    },
}

/// A port for a worker with so many connections, where that is the cheaper way.
pub(super) fn port(connections: usize) -> Result<Option<Port>, Failure> {
    match winsock::engine().calling("WSAStartup", "")?.engine {
        Engine::IoUring if ON_A_PORT.contains(&connections) => {
            Port::new(1).map(Some).calling("CreateIoCompletionPort", "")
        }
        Engine::IoUring | Engine::Epoll | Engine::Script | Engine::Windows => Ok(None),
    }
}

impl Link {
    pub(super) fn new(socket: Socket, port: Option<&Port>, key: usize, number: u64) -> Result<Link, Error> {
        match port {
            None => Ok(Link::Plain(socket)),
            Some(port) => Ok(Link::Ported { socket: port.associate(socket, key)?, number, sending: 0 }),
        }
    }

    pub(super) fn socket(&self) -> &Socket {
        match self {
            Link::Plain(socket) => socket,
            Link::Ported { socket, .. } => socket,
        }
    }

    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Link::Plain(_))
    }

    /// Whether an operation is one of this connection, and not of one that was at its place before.
    pub(super) fn has_started(&self, ended: &Ended) -> bool {
        matches!(self, Link::Ported { number, .. } if *number == ended.data)
    }

    /// Whether something is being sent: then its side cannot be ended yet.
    pub(super) fn is_sending(&self) -> bool {
        matches!(self, Link::Ported { sending: 1.., .. })
    }

    /// Has the next bytes received into a buffer, where that takes an operation.
    pub(super) fn receive(&self, buffer: Vec<u8>) -> Result<(), Error> {
        match self {
            Link::Plain(_) => Ok(()),
            Link::Ported { socket, number, .. } => Ok(socket.start_receive(buffer, *number)?),
        }
    }

    /// Sends what can be sent now of a part of a message, at least one byte.
    ///
    /// # Errors
    /// `WSAEWOULDBLOCK`, and what else there is.
    pub(super) fn send(&mut self, bytes: &[u8], payload: &Payload) -> Result<usize, Error> {
        match self {
            Link::Plain(socket) => socket.send(bytes),
            Link::Ported { sending, .. } if *sending > 0 && *sending + bytes.len() > AT_A_TIME => {
                Err(Error::WSAEWOULDBLOCK)
            }
            Link::Ported { socket, number, sending } => {
                let bytes = &bytes[..bytes.len().min(AT_A_TIME)];
                socket.start_send_shared(payload.table().clone(), payload.place(bytes), *number)?;
                *sending += bytes.len();
                Ok(bytes.len())
            }
        }
    }

    /// Takes the end of a send.
    pub(super) fn sent(&mut self, bytes: usize) {
        if let Link::Ported { sending, .. } = self {
            *sending -= bytes;
        }
    }
}
