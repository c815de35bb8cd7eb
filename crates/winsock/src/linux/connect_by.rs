//! Connecting to whichever of several addresses answers first: `WSAConnectByName` and `WSAConnectByList`.
//!
//! The addresses are tried one after another on the one socket. The call blocks whatever the socket's mode is.

use super::connection;
use super::names::{self, Query};
use super::socket::{Phase, Socket};
use super::sys::socket::{self as linux, IPPROTO_IPV6, IPV6_V6ONLY};
use super::translate::{Address, Family, Kind};
use crate::error::Error;
use crate::win32::{AI_ALL, AI_V4MAPPED};
use std::time::{Duration, Instant};

/// When to give up; `None` is never.
pub(crate) type Deadline = Option<Instant>;

/// The deadline of a time-out that begins now. One beyond what the clock can tell is none.
pub(crate) fn deadline(timeout: Option<Duration>) -> Deadline {
    timeout.and_then(|timeout| Instant::now().checked_add(timeout))
}

/// The addresses of a node that a socket can connect to. One of IPv6 that admits IPv4 takes both.
///
/// # Errors
/// `WSAEAFNOSUPPORT` for a socket of paths, and those of [`names::resolve`].
pub(crate) fn candidates(socket: &Socket, node: &str, service: &str) -> Result<Vec<Address>, Error> {
    let flags = match socket.family {
        Family::V4 => 0,
        Family::V6 if linux::option_i32(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY)? == 0 => AI_V4MAPPED | AI_ALL,
        Family::V6 => 0,
        Family::Unix => return Err(Error::WSAEAFNOSUPPORT),
    };
    let answers = names::resolve(&Query {
        node: Some(node),
        service: Some(service),
        flags,
        family: socket.family.winsock().into(),
        kind: socket.kind.winsock(),
        protocol: 0,
    })?;
    Ok(answers.list.iter().map(|answer| Address::from_ip(&answer.address)).collect())
}

/// Whether a socket may be connected this way.
///
/// # Errors
/// `WSAEINVAL` for one without connections and for a listener, `WSAEALREADY` while a connect is under way,
/// `WSAEISCONN`.
pub(crate) fn check(socket: &Socket) -> Result<(), Error> {
    match (socket.kind, socket.settle()) {
        (Kind::Datagram | Kind::Raw, _) | (Kind::Stream, Phase::Listening) => Err(Error::WSAEINVAL),
        (Kind::Stream, Phase::Connecting) => Err(Error::WSAEALREADY),
        (Kind::Stream, Phase::Connected) => Err(Error::WSAEISCONN),
        (Kind::Stream, Phase::Unbound | Phase::Bound) => Ok(()),
    }
}

/// Connects to the first address that answers. The error is that of the last one tried.
///
/// # Errors
/// Those of [`check`], `WSAEINVAL` for no address at all, `WSAETIMEDOUT` after the deadline, and those of a connect.
pub(crate) fn connect(socket: &Socket, addresses: &[Address], deadline: Deadline) -> Result<(), Error> {
    let mut result = Err(Error::WSAEINVAL);
    for address in addresses {
        result = connect_one(socket, address, deadline);
        match result {
            Ok(()) | Err(Error::WSAEINTR | Error::WSAEISCONN | Error::WSAEALREADY) => return result,
            Err(_) if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                return Err(Error::WSAETIMEDOUT);
            }
            Err(_) => {}
        }
    }
    result
}

fn connect_one(socket: &Socket, address: &Address, deadline: Deadline) -> Result<(), Error> {
    if address.family() != socket.family {
        return Err(Error::WSAEAFNOSUPPORT);
    }
    check(socket)?;
    connection::connect_until(socket, address, deadline)
}
