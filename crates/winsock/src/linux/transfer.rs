//! Sending and receiving at once: one call, one outcome.

use super::blocking::{self, Ready};
use super::socket::{Phase, Socket};
use super::sys::Errno;
use super::sys::socket::{
    self as linux, Buffer, MSG_DONTWAIT, MSG_NOSIGNAL, MSG_OOB, MSG_TRUNC, MSG_WAITALL, SockAddr, iovec,
};
use super::translate::{Address, Kind};
use crate::error::Error;

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
/// # Errors
/// `WSAENOTCONN`, `WSAESHUTDOWN` after `shutdown`, `WSAEWOULDBLOCK`, `WSAETIMEDOUT` after `SO_SNDTIMEO`,
/// `WSAECONNRESET` and every other way in which a connection breaks, `WSAEMSGSIZE` for a datagram too long,
/// `WSAEFAULT`, `WSAEINTR` when `closesocket` woke the call.
pub(crate) fn send(socket: &Socket, buffers: &[Buffer], flags: i32) -> Result<usize, Error> {
    require_connected(socket)?;
    send_with(socket, buffers, None, flags)
}

/// Sends one datagram to an address; a stream socket ignores the address.
///
/// # Errors
/// As [`send`], and `WSAEAFNOSUPPORT` for an address of another family, `WSAEADDRNOTAVAIL` for one that nobody can
/// have, `WSAEACCES` for a broadcast without `SO_BROADCAST`.
pub(crate) fn send_to(socket: &Socket, buffers: &[Buffer], flags: i32, to: &Address) -> Result<usize, Error> {
    match socket.kind {
        Kind::Stream => return send(socket, buffers, flags),
        Kind::Datagram | Kind::Raw => {}
    }
    if to.family() != socket.family {
        return Err(Error::WSAEAFNOSUPPORT);
    }
    if socket.kind == Kind::Datagram && !to.can_be_a_peer() {
        return Err(Error::WSAEADDRNOTAVAIL);
    }
    let sent = send_with(socket, buffers, Some(&to.to_linux()), flags)?;
    socket.bound_implicitly();
    Ok(sent)
}

fn send_with(socket: &Socket, buffers: &[Buffer], to: Option<&SockAddr>, flags: i32) -> Result<usize, Error> {
    if socket.is_send_shut() {
        return Err(Error::WSAESHUTDOWN);
    }
    if let Some(error) = socket.broken() {
        return Err(error);
    }
    let flags = flags | MSG_NOSIGNAL | dont_wait(socket);
    let mut sent = send_some(socket, buffers, to, flags)?;
    match socket.kind {
        Kind::Stream if !socket.is_nonblocking() => {}
        Kind::Stream | Kind::Datagram | Kind::Raw => return Ok(sent),
    }
    let total: usize = buffers.iter().map(|buffer| buffer.len).sum();
    while sent < total {
        match send_some(socket, &skip(buffers, sent), to, flags) {
            Ok(more) => sent += more,
            // What was taken counts; the next call shows why there was not more.
            Err(_) => break,
        }
    }
    Ok(sent)
}

fn send_some(socket: &Socket, buffers: &[Buffer], to: Option<&SockAddr>, flags: i32) -> Result<usize, Error> {
    loop {
        let result = match (buffers, to) {
            ([buffer], None) => blocking::call(socket, Ready::ToSend, |extra| {
                linux::send(socket.fd(), *buffer, flags | extra)
            }),
            _ => with_vector(buffers, |vector| {
                blocking::call(socket, Ready::ToSend, |extra| {
                    linux::send_message(socket.fd(), vector, to, flags | extra)
                })
            }),
        };
        match (result, socket.kind) {
            (Ok(sent), _) => return Ok(sent),
            (Err(errno), Kind::Datagram) if is_report(errno) => {
                // An earlier datagram's fate, kept for the next receive: this one is not sent yet.
                take_report(socket, errno);
            }
            (Err(errno), _) => return Err(failed(socket, errno)),
        }
    }
}

/// Receives what is there into the buffers, in order; 0 bytes of a stream mean that the peer has ended its side.
///
/// # Errors
/// `WSAENOTCONN` for a stream without a peer, `WSAEINVAL` for a datagram socket without an address,
/// `WSAEOPNOTSUPP` for out-of-band data of datagrams, `WSAESHUTDOWN` after `shutdown`, `WSAEWOULDBLOCK`,
/// `WSAETIMEDOUT` after `SO_RCVTIMEO`, `WSAECONNRESET` and every other way in which a connection breaks (or, for
/// datagrams, the news that an earlier one reached a closed port), `WSAEFAULT`, `WSAEINTR` when `closesocket` woke
/// the call.
pub(crate) fn receive(socket: &Socket, buffers: &[Buffer], flags: i32) -> Result<Received, Error> {
    match socket.kind {
        Kind::Stream => receive_stream(socket, buffers, flags),
        Kind::Datagram | Kind::Raw => receive_datagram(socket, buffers, flags),
    }
}

fn receive_stream(socket: &Socket, buffers: &[Buffer], flags: i32) -> Result<Received, Error> {
    require_connected(socket)?;
    if socket.is_receive_shut() {
        return Err(Error::WSAESHUTDOWN);
    }
    if let Some(error) = socket.broken() {
        return Err(error);
    }
    let flags = flags | dont_wait(socket);
    let ready = match flags & (MSG_OOB | MSG_WAITALL) {
        0 => Ready::ToReceive,
        MSG_WAITALL => Ready::ToReceiveAll,
        _out_of_band => Ready::Now,
    };
    let result = match buffers {
        [buffer] => blocking::call(socket, ready, |extra| linux::recv(socket.fd(), *buffer, flags | extra)),
        _ => with_vector(buffers, |vector| {
            blocking::call(socket, ready, |extra| linux::recv_message(socket.fd(), vector, flags | extra))
                .map(|message| message.len)
        }),
    };
    match result {
        Ok(0) if socket.is_closing() => Err(Error::WSAEINTR),
        Ok(len) => Ok(Received { len, truncated: false, from: None }),
        // No urgent data has come, or it was read already.
        Err(Errno::EINVAL) if flags & MSG_OOB != 0 && !socket.is_closing() => Err(Error::WSAEWOULDBLOCK),
        Err(errno) => Err(failed(socket, errno)),
    }
}

fn receive_datagram(socket: &Socket, buffers: &[Buffer], flags: i32) -> Result<Received, Error> {
    if flags & MSG_OOB != 0 {
        return Err(Error::WSAEOPNOTSUPP);
    }
    match socket.phase() {
        Phase::Unbound => return Err(Error::WSAEINVAL),
        Phase::Bound | Phase::Listening | Phase::Connecting | Phase::Connected => {}
    }
    if socket.is_receive_shut() {
        return Err(Error::WSAESHUTDOWN);
    }
    let room: usize = buffers.iter().map(|buffer| buffer.len).sum();
    let flags = flags | MSG_TRUNC | dont_wait(socket);
    loop {
        if let Some(report) = socket.take_report() {
            return Err(report);
        }
        let result = with_vector(buffers, |vector| {
            blocking::call(socket, Ready::ToReceive, |extra| {
                linux::recv_message(socket.fd(), vector, flags | extra)
            })
        });
        match result {
            Ok(_) if socket.is_closing() => return Err(Error::WSAEINTR),
            Ok(message) => {
                let from = Address::from_linux(&message.from);
                return Ok(Received { len: message.len.min(room), truncated: message.len > room, from });
            }
            Err(errno) if is_report(errno) && socket.kind == Kind::Datagram => take_report(socket, errno),
            Err(errno) => return Err(failed(socket, errno)),
        }
    }
}

/// Whether Linux speaks of an earlier datagram, by what came back for it over ICMP.
fn is_report(errno: Errno) -> bool {
    matches!(
        errno,
        Errno::ECONNREFUSED
            | Errno::EHOSTUNREACH
            | Errno::ENETUNREACH
            | Errno::EHOSTDOWN
            | Errno::ENONET
            | Errno::EPROTO
            | Errno::ENOPROTOOPT
    )
}

/// Keeps the report for the next receive if Windows makes one of it: of a closed port it does.
pub(super) fn take_report(socket: &Socket, errno: Errno) {
    linux::drain_error_queue(socket.fd());
    if errno == Errno::ECONNREFUSED {
        socket.set_report(Error::WSAECONNRESET);
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
fn failed(socket: &Socket, errno: Errno) -> Error {
    if socket.is_closing() {
        return Error::WSAEINTR;
    }
    let error = match errno {
        Errno::EAGAIN if socket.is_nonblocking() => Error::WSAEWOULDBLOCK,
        Errno::EAGAIN => Error::WSAETIMEDOUT,
        Errno::EPIPE if socket.is_send_shut() => Error::WSAESHUTDOWN,
        Errno::EPIPE => Error::WSAECONNRESET,
        errno => errno.into(),
    };
    match (socket.kind, errno) {
        (Kind::Stream, Errno::ECONNRESET | Errno::EPIPE | Errno::ETIMEDOUT | Errno::ECONNABORTED)
            if error != Error::WSAESHUTDOWN =>
        {
            socket.set_broken(error);
        }
        (Kind::Stream | Kind::Datagram | Kind::Raw, _) => {}
    }
    error
}

/// The buffers as Linux takes them, on the stack while there are few.
fn with_vector<T>(buffers: &[Buffer], call: impl FnOnce(&[iovec]) -> T) -> T {
    const FEW: usize = 16;
    let entry = |buffer: &Buffer| iovec { iov_base: buffer.data.cast(), iov_len: buffer.len };
    if buffers.len() <= FEW {
        let mut few = [iovec { iov_base: std::ptr::null_mut(), iov_len: 0 }; FEW];
        for (to, from) in few.iter_mut().zip(buffers) {
            *to = entry(from);
        }
        call(&few[..buffers.len()])
    } else {
        call(&buffers.iter().map(entry).collect::<Vec<_>>())
    }
}

/// What is left of the buffers after the first `done` bytes.
fn skip(buffers: &[Buffer], mut done: usize) -> Vec<Buffer> {
    let mut rest = Vec::with_capacity(buffers.len());
    for buffer in buffers {
        let gone = done.min(buffer.len);
        done -= gone;
        if gone < buffer.len {
            rest.push(Buffer { data: buffer.data.wrapping_add(gone), len: buffer.len - gone });
        }
    }
    rest
}
