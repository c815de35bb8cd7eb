//! Sending and receiving at once: one call, one outcome.

use super::blocking::{self, Ready};
use super::network_events;
use super::overlapped;
use super::socket::{Phase, Socket};
use super::sys::socket::{
    self as linux, Buffer, MAX_BUFFERS, MSG_DONTWAIT, MSG_NOSIGNAL, MSG_OOB, MSG_TRUNC, MSG_WAITALL, SockAddr,
};
use super::sys::{Errno, poll};
use super::translate::{Address, Family, Kind};
use crate::error::Error;
use std::sync::Arc;
use std::time::Instant;

/// What a receive brought.
pub(crate) struct Received {
    /// Bytes placed in the buffers.
    pub(crate) len: usize,
    /// The datagram was longer than the buffers: `WSAEMSGSIZE`, and the rest is lost.
    pub(crate) truncated: bool,
    /// Where a datagram came from.
    pub(crate) from: Option<Address>,
}

/// Sends the buffers, in order, as one piece. On a blocking stream all of it is taken before the call returns.
///
/// A datagram goes out in one call, so it has [`MAX_BUFFERS`] buffers at most.
///
/// # Errors
/// `WSAEOPNOTSUPP` or `WSAEINVAL` for out-of-band data that cannot be, `WSAENOTCONN`, `WSAESHUTDOWN` after
/// `shutdown`, `WSAEWOULDBLOCK`, `WSAETIMEDOUT` after `SO_SNDTIMEO`, `WSAECONNRESET` and every other way in which a
/// connection breaks, `WSAEMSGSIZE` for a datagram too long, `WSAEFAULT`, `WSAEINTR` when `closesocket` woke the call.
pub(crate) fn send(socket: &Arc<Socket>, buffers: &[Buffer], flags: i32) -> Result<usize, Error> {
    check_send(socket, flags)?;
    send_with(socket, buffers, None, flags)
}

/// Whether a send to the peer can begin.
///
/// # Errors
/// `WSAEOPNOTSUPP` or `WSAEINVAL` for out-of-band data that cannot be, `WSAENOTCONN`, `WSAESHUTDOWN` after
/// `shutdown`, and what broke the connection.
pub(crate) fn check_send(socket: &Socket, flags: i32) -> Result<(), Error> {
    check_out_of_band(socket, flags)?;
    require_connected(socket)?;
    check_open_for_sending(socket)
}

/// Whether a datagram can go to an address.
///
/// # Errors
/// As [`check_send`] but for the peer, and before the state: `WSAEAFNOSUPPORT` for an address of another family,
/// `WSAEADDRNOTAVAIL` for one that nobody can have.
pub(crate) fn check_send_to(socket: &Socket, flags: i32, to: &Address) -> Result<(), Error> {
    check_out_of_band(socket, flags)?;
    if to.family() != socket.family {
        return Err(Error::WSAEAFNOSUPPORT);
    }
    if socket.kind == Kind::Datagram && !to.can_be_a_peer() {
        return Err(Error::WSAEADDRNOTAVAIL);
    }
    check_open_for_sending(socket)
}

fn check_open_for_sending(socket: &Socket) -> Result<(), Error> {
    if socket.is_send_shut() {
        return Err(Error::WSAESHUTDOWN);
    }
    socket.broken().map_or(Ok(()), Err)
}

/// Sends one datagram to an address; a stream socket ignores the address.
///
/// # Errors
/// As [`send`], and `WSAEAFNOSUPPORT` for an address of another family, `WSAEADDRNOTAVAIL` for one that nobody can
/// have, `WSAEACCES` for a broadcast without `SO_BROADCAST`, `WSAENETUNREACH`, `WSAEHOSTUNREACH`.
pub(crate) fn send_to(
    socket: &Arc<Socket>,
    buffers: &[Buffer],
    flags: i32,
    to: &Address,
) -> Result<usize, Error> {
    match socket.kind {
        Kind::Stream => return send(socket, buffers, flags),
        Kind::Datagram | Kind::Raw => {}
    }
    check_send_to(socket, flags, to)?;
    let sent = send_with(socket, buffers, Some(&to.to_linux()), flags)?;
    socket.bound_implicitly();
    Ok(sent)
}

fn send_with(
    socket: &Arc<Socket>,
    buffers: &[Buffer],
    to: Option<&SockAddr>,
    flags: i32,
) -> Result<usize, Error> {
    let _call = network_events::Call::other(socket);
    let flags = flags | MSG_NOSIGNAL | dont_wait(socket);
    let sent = match socket.kind {
        Kind::Stream => send_stream(socket, buffers, flags),
        Kind::Datagram | Kind::Raw => send_datagram(socket, buffers, to, flags),
    };
    if sent == Err(Error::WSAEWOULDBLOCK) {
        network_events::lack_room(socket);
    }
    sent
}

fn send_stream(socket: &Socket, buffers: &[Buffer], flags: i32) -> Result<usize, Error> {
    let sent = match buffers {
        [buffer] => {
            blocking::call(socket, Ready::ToSend, |extra| linux::send(socket.fd(), *buffer, flags | extra))
        }
        _ => send_several(socket, buffers, flags),
    };
    match sent {
        Ok(sent) if sent == total(buffers) => Ok(sent),
        Ok(sent) if socket.is_nonblocking() => {
            network_events::lack_room(socket);
            Ok(sent)
        }
        Ok(sent) => Ok(send_rest(socket, buffers, flags, sent)),
        Err(errno) => Err(failed(socket, errno)),
    }
}

#[cold]
fn send_several(socket: &Socket, buffers: &[Buffer], flags: i32) -> Result<usize, Errno> {
    let first = &buffers[..buffers.len().min(MAX_BUFFERS)];
    blocking::call(socket, Ready::ToSend, |extra| {
        linux::send_message(socket.fd(), first, None, flags | extra)
    })
}

/// Sends what one call did not take, and gives how much was taken in all.
#[cold]
fn send_rest(socket: &Socket, buffers: &[Buffer], flags: i32, mut sent: usize) -> usize {
    let total = total(buffers);
    while sent < total {
        match send_several(socket, &skip(buffers, sent), flags) {
            Ok(more) => sent += more,
            // What was taken counts; the next call shows why there was not more.
            Err(_) => break,
        }
    }
    sent
}

fn send_datagram(
    socket: &Arc<Socket>,
    buffers: &[Buffer],
    to: Option<&SockAddr>,
    flags: i32,
) -> Result<usize, Error> {
    /// Reports that one send meets at most; more than come in between.
    const REPORTS: usize = 64;
    let mut reports = 0;
    loop {
        let result = match (buffers, to) {
            ([buffer], None) => blocking::call(socket, Ready::ToSend, |extra| {
                linux::send(socket.fd(), *buffer, flags | extra)
            }),
            _ => blocking::call(socket, Ready::ToSend, |extra| {
                linux::send_message(socket.fd(), buffers, to, flags | extra)
            }),
        };
        match result {
            Ok(sent) => return Ok(sent),
            // An earlier datagram's fate, kept for the next receive: this one is not sent yet.
            Err(errno) if reports < REPORTS && take_report(socket, errno) => {
                overlapped::pass_report_on(socket);
                reports += 1;
            }
            Err(errno) => return Err(failed(socket, errno)),
        }
    }
}

/// Receives what is there into the buffers, in order; 0 bytes of a stream mean that the peer has ended its side.
///
/// A datagram comes in one call, so it has [`MAX_BUFFERS`] buffers at most.
///
/// # Errors
/// `WSAEOPNOTSUPP` for `MSG_WAITALL` where it cannot be, `WSAEOPNOTSUPP` or `WSAEINVAL` for out-of-band data that
/// cannot be, `WSAENOTCONN` for a stream without a peer, `WSAEINVAL` for a datagram socket without an address,
/// `WSAESHUTDOWN` after `shutdown`, `WSAEWOULDBLOCK`, `WSAETIMEDOUT` after `SO_RCVTIMEO`, `WSAECONNRESET` and every
/// other way in which a connection breaks (or, for datagrams, the news that an earlier one reached a closed port),
/// `WSAEFAULT`, `WSAEINTR` when `closesocket` woke the call.
pub(crate) fn receive(socket: &Arc<Socket>, buffers: &[Buffer], flags: i32) -> Result<Received, Error> {
    match socket.kind {
        Kind::Stream => {
            let received = receive_stream(socket, buffers, flags);
            overlapped::have_received(socket);
            received
        }
        Kind::Datagram | Kind::Raw => receive_datagram(socket, buffers, flags),
    }
}

/// Whether a receive can begin.
///
/// # Errors
/// `WSAEOPNOTSUPP` for `MSG_WAITALL` of datagrams, `WSAEOPNOTSUPP` or `WSAEINVAL` for out-of-band data that cannot be,
/// `WSAENOTCONN` for a stream without a peer, `WSAEINVAL` for a datagram socket without an address, `WSAESHUTDOWN`
/// after `shutdown`, and what broke the connection.
#[inline]
pub(crate) fn check_receive(socket: &Socket, buffers: &[Buffer], flags: i32) -> Result<(), Error> {
    let datagrams = socket.kind != Kind::Stream;
    if datagrams && flags & MSG_WAITALL != 0 {
        return Err(Error::WSAEOPNOTSUPP);
    }
    check_out_of_band(socket, flags)?;
    if flags & MSG_OOB != 0 && total(buffers) == 0 {
        return Err(Error::WSAEINVAL);
    }
    match (datagrams, socket.phase()) {
        (true, Phase::Unbound) => return Err(Error::WSAEINVAL),
        (true, Phase::Bound | Phase::Listening | Phase::Connecting | Phase::Connected) => {}
        (false, _) => require_connected(socket)?,
    }
    if socket.is_receive_shut() {
        return Err(Error::WSAESHUTDOWN);
    }
    socket.broken().map_or(Ok(()), Err)
}

fn receive_stream(socket: &Arc<Socket>, buffers: &[Buffer], flags: i32) -> Result<Received, Error> {
    if flags & MSG_WAITALL != 0 && socket.is_nonblocking() {
        return Err(Error::WSAEOPNOTSUPP);
    }
    check_receive(socket, buffers, flags)?;
    let flags = flags | dont_wait(socket);
    let result = match buffers {
        _ if flags & MSG_OOB != 0 => {
            receive_urgent(socket, || receive_several(socket, Ready::Now, buffers, flags))
        }
        [buffer] => {
            blocking::call(socket, Ready::ToReceive, |extra| linux::recv(socket.fd(), *buffer, flags | extra))
        }
        _ => receive_several(socket, Ready::ToReceive, buffers, flags),
    };
    let len = match result {
        Ok(0) if socket.is_closing() => return Err(Error::WSAEINTR),
        // Linux has told of it, once, while the call was under way.
        Ok(0) => socket.broken().map_or(Ok(0), Err)?,
        Ok(len) if flags & MSG_WAITALL != 0 => receive_rest(socket, buffers, flags, len),
        Ok(len) => len,
        Err(errno) => return Err(failed(socket, errno)),
    };
    Ok(Received { len, truncated: false, from: None })
}

#[cold]
fn receive_several(socket: &Socket, ready: Ready, buffers: &[Buffer], flags: i32) -> Result<usize, Errno> {
    let first = &buffers[..buffers.len().min(MAX_BUFFERS)];
    blocking::call(socket, ready, |extra| linux::recv_message(socket.fd(), first, flags | extra))
        .map(|message| message.len)
}

/// Receives until the buffers are full, after `len` bytes have come, and gives how much came in all: a signal, more
/// buffers than one call takes, and waiting elsewhere end a call of Linux's early.
#[cold]
fn receive_rest(socket: &Socket, buffers: &[Buffer], flags: i32, mut len: usize) -> usize {
    let total = total(buffers);
    while 0 < len && len < total {
        match receive_several(socket, Ready::ToReceive, &skip(buffers, len), flags) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(errno) => {
                // What came counts; an end of the connection stays for the next call.
                failed(socket, errno);
                break;
            }
        }
    }
    len
}

/// Urgent data: Linux never waits for it, so that a blocking call has to.
#[cold]
fn receive_urgent(socket: &Socket, receive: impl Fn() -> Result<usize, Errno>) -> Result<usize, Errno> {
    let timeout = linux::timeout(socket.fd(), linux::SO_RCVTIMEO)?;
    let deadline = timeout.map(|timeout| Instant::now() + timeout);
    loop {
        match receive() {
            // None has come, it was read already, or its byte is still on the way.
            Err(Errno::EINVAL | Errno::EAGAIN) if !socket.is_closing() => {}
            result => return result,
        }
        if socket.is_nonblocking() {
            return Err(Errno::EAGAIN);
        }
        let events = poll::POLLPRI | poll::POLLRDHUP;
        let mut entries = poll::Entries::from_elem(poll::entry(socket.fd(), events), 1);
        if !blocking::wait(&mut entries, deadline)? {
            return Err(Errno::EAGAIN);
        }
        if entries[0].revents & poll::POLLPRI == 0 {
            // The peer has ended its side, or the connection broke: the plain receive tells which.
            return linux::recv(
                socket.fd(),
                Buffer::new(std::ptr::null_mut(), 0),
                linux::MSG_PEEK | MSG_DONTWAIT,
            );
        }
    }
}

/// Whether out-of-band data is possible at all, if the call is about it.
///
/// # Errors
/// `WSAEOPNOTSUPP` for a socket that is no TCP stream, `WSAEINVAL` under `SO_OOBINLINE`.
#[inline]
fn check_out_of_band(socket: &Socket, flags: i32) -> Result<(), Error> {
    if flags & MSG_OOB == 0 { Ok(()) } else { can_be_out_of_band(socket) }
}

#[cold]
fn can_be_out_of_band(socket: &Socket) -> Result<(), Error> {
    match (socket.kind, socket.family) {
        (Kind::Stream, Family::V4 | Family::V6) => {}
        (Kind::Stream, Family::Unix) | (Kind::Datagram | Kind::Raw, _) => return Err(Error::WSAEOPNOTSUPP),
    }
    match linux::option_i32(socket.fd(), linux::SOL_SOCKET, linux::SO_OOBINLINE)? {
        0 => Ok(()),
        _ => Err(Error::WSAEINVAL),
    }
}

fn receive_datagram(socket: &Socket, buffers: &[Buffer], flags: i32) -> Result<Received, Error> {
    check_receive(socket, buffers, flags)?;
    let room = total(buffers);
    let flags = flags | MSG_TRUNC | dont_wait(socket);
    loop {
        if let Some(report) = socket.take_report() {
            return Err(report);
        }
        let result = blocking::call(socket, Ready::ToReceive, |extra| {
            linux::recv_message(socket.fd(), buffers, flags | extra)
        });
        match result {
            Ok(_) if socket.is_closing() => return Err(Error::WSAEINTR),
            Ok(_) | Err(Errno::EAGAIN) if socket.is_receive_shut() => return Err(Error::WSAESHUTDOWN),
            Ok(message) => {
                let from = Address::from_linux(&message.from);
                return Ok(Received { len: message.len.min(room), truncated: message.len > room, from });
            }
            Err(errno) if take_report(socket, errno) => {}
            Err(errno) => return Err(failed(socket, errno)),
        }
    }
}

/// Whether an error speaks of an earlier datagram, by what came back for it over ICMP. If Windows makes a report of
/// it, which it does of a closed port, the next receive gives that.
pub(super) fn take_report(socket: &Socket, errno: Errno) -> bool {
    match socket.kind {
        Kind::Datagram => {}
        Kind::Stream | Kind::Raw => return false,
    }
    match errno {
        Errno::ECONNREFUSED => {
            linux::drain_error_queue(socket.fd());
            socket.set_report(Error::WSAECONNRESET);
            true
        }
        // The same numbers say that this call cannot be served: then there is nothing in the queue.
        Errno::EHOSTUNREACH
        | Errno::ENETUNREACH
        | Errno::EHOSTDOWN
        | Errno::ENONET
        | Errno::EPROTO
        | Errno::ENOPROTOOPT
        | Errno::EACCES
        | Errno::EOPNOTSUPP
        | Errno::EMSGSIZE => linux::drain_error_queue(socket.fd()),
        _ => false,
    }
}

impl Socket {
    /// Takes what came back for earlier datagrams, of which Linux shows the last as its error of the socket.
    pub(crate) fn collect_report(&self) {
        if let Ok(errno) = linux::option_i32(self.fd(), linux::SOL_SOCKET, linux::SO_ERROR) {
            take_report(self, Errno(errno));
        }
        linux::drain_error_queue(self.fd());
    }
}

fn require_connected(socket: &Socket) -> Result<(), Error> {
    match socket.settle() {
        Phase::Connected => Ok(()),
        Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting => Err(Error::WSAENOTCONN),
    }
}

fn dont_wait(socket: &Socket) -> i32 {
    if socket.is_nonblocking() { MSG_DONTWAIT } else { 0 }
}

/// The code of a failed transfer. One that ends a connection stays with it.
#[cold]
pub(super) fn failed(socket: &Socket, errno: Errno) -> Error {
    if socket.is_closing() {
        return Error::WSAEINTR;
    }
    let error = match errno {
        Errno::EAGAIN if socket.is_nonblocking() => Error::WSAEWOULDBLOCK,
        Errno::EAGAIN => Error::WSAETIMEDOUT,
        Errno::EPIPE if socket.is_send_shut() => return Error::WSAESHUTDOWN,
        Errno::EPIPE => Error::WSAECONNRESET,
        errno => errno.into(),
    };
    note_failure(socket, errno);
    error
}

/// Remembers a failure that ends a connection: every later transfer gives it again.
pub(super) fn note_failure(socket: &Socket, errno: Errno) {
    let error = match errno {
        Errno::EPIPE if socket.is_send_shut() => return,
        Errno::EPIPE => Error::WSAECONNRESET,
        errno => errno.into(),
    };
    match (socket.kind, errno) {
        (
            Kind::Stream,
            Errno::ECONNRESET
            | Errno::EPIPE
            | Errno::ETIMEDOUT
            | Errno::ECONNABORTED
            | Errno::EHOSTUNREACH
            | Errno::EHOSTDOWN
            | Errno::ENETUNREACH
            | Errno::ENETDOWN,
        ) => socket.set_broken(error),
        (Kind::Stream | Kind::Datagram | Kind::Raw, _) => {}
    }
}

fn total(buffers: &[Buffer]) -> usize {
    buffers.iter().map(Buffer::len).sum()
}

/// What is left of the buffers after the first `done` bytes.
pub(super) fn skip(buffers: &[Buffer], mut done: usize) -> Vec<Buffer> {
    let mut rest = Vec::with_capacity(buffers.len());
    for buffer in buffers {
        let gone = done.min(buffer.len());
        done -= gone;
        if gone < buffer.len() {
            rest.push(buffer.skip(gone));
        }
    }
    rest
}
