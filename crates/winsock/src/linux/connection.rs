//! From a new socket to a connected one and back: bind, listen, accept, connect, shutdown, names.

use super::bind;
use super::blocking::{self, Ready};
use super::option;
use super::socket::{Phase, Socket};
use super::sys::socket::{self as linux, SOL_SOCKET};
use super::sys::{self, Errno, OwnedFd};
use super::transfer;
use super::translate::{Address, Kind};
use crate::error::Error;

/// Gives the socket its local address.
///
/// # Errors
/// `WSAEFAULT` for an address of another family, `WSAEINVAL` for a socket that has an address already,
/// `WSAEADDRNOTAVAIL`, `WSAEADDRINUSE`, `WSAEACCES`.
pub(crate) fn bind(socket: &Socket, address: &Address) -> Result<(), Error> {
    if address.family() != socket.family {
        return Err(Error::WSAEFAULT);
    }
    let _transition = socket.transition.lock();
    match socket.phase() {
        Phase::Unbound => {}
        Phase::Bound | Phase::Listening | Phase::Connecting | Phase::Connected => {
            return Err(Error::WSAEINVAL);
        }
    }
    bind::bind(socket, address)?;
    socket.set_phase(Phase::Bound);
    Ok(())
}

/// Lets peers connect. A second call succeeds and changes nothing, the backlog included.
///
/// A negative backlog is the form of `SOMAXCONN_HINT`: its amount counts.
///
/// # Errors
/// `WSAEOPNOTSUPP` for a socket without connections, `WSAEINVAL` for one without an address, `WSAEISCONN` for one
/// that is connected, `WSAEADDRINUSE` when another socket listens there.
pub(crate) fn listen(socket: &Socket, backlog: i32) -> Result<(), Error> {
    match socket.kind {
        Kind::Stream => {}
        Kind::Datagram | Kind::Raw => return Err(Error::WSAEOPNOTSUPP),
    }
    let _transition = socket.transition.lock();
    match socket.phase() {
        Phase::Unbound => return Err(Error::WSAEINVAL),
        Phase::Bound => {}
        Phase::Listening => return Ok(()),
        Phase::Connecting | Phase::Connected => return Err(Error::WSAEISCONN),
    }
    bind::listen(socket, backlog.saturating_abs().max(1))?;
    linux::set_nonblocking(socket.fd(), socket.is_nonblocking())?;
    socket.set_phase(Phase::Listening);
    Ok(())
}

/// Takes the next connection, with its peer's address. The new socket inherits the mode and the options of the
/// listener.
///
/// # Errors
/// `WSAEOPNOTSUPP` for a socket without connections, `WSAEINVAL` for one that does not listen, `WSAEWOULDBLOCK`,
/// `WSAETIMEDOUT` after `SO_RCVTIMEO`, `WSAEINTR` when `closesocket` woke the call, `WSAEMFILE`, `WSAENOBUFS`.
pub(crate) fn accept(listener: &Socket) -> Result<(Socket, Address), Error> {
    accept_if(listener, |_, _| Verdict::Accept)
}

/// What a condition function says of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// `CF_ACCEPT`.
    Accept,
    /// `CF_REJECT`.
    Reject,
    /// `CF_DEFER`: the next call asks again.
    Defer,
    /// Nothing that a condition function may say.
    Invalid,
}

/// The same, after asking whether the connection is wanted: the peer's address and the local one.
///
/// # Errors
/// As [`accept`]; `WSAECONNREFUSED` after a rejection, which resets the connection, `WSATRY_AGAIN` after a
/// deferment, `WSAEINVAL` for another verdict, which defers as well.
pub(crate) fn accept_if(
    listener: &Socket,
    condition: impl FnOnce(&Address, &Address) -> Verdict,
) -> Result<(Socket, Address), Error> {
    match (listener.kind, listener.phase()) {
        (Kind::Datagram | Kind::Raw, _) => return Err(Error::WSAEOPNOTSUPP),
        (Kind::Stream, Phase::Listening) => {}
        (Kind::Stream, Phase::Unbound | Phase::Bound | Phase::Connecting | Phase::Connected) => {
            return Err(Error::WSAEINVAL);
        }
    }
    let (fd, from) = match listener.take_deferred() {
        Some(connection) => connection,
        None => next_connection(listener)?,
    };
    let unknown = || Address::unspecified(listener.family);
    let peer = Address::from_linux(&from).unwrap_or_else(unknown);
    let local = linux::local_address(sys::AsFd::as_fd(&fd)).ok();
    let local = local.and_then(|local| Address::from_linux(&local)).unwrap_or_else(unknown);
    match condition(&peer, &local) {
        Verdict::Accept => {}
        Verdict::Reject => {
            linux::set_linger(sys::AsFd::as_fd(&fd), true, 0)?;
            return Err(Error::WSAECONNREFUSED);
        }
        Verdict::Defer => {
            listener.defer((fd, from));
            return Err(Error::WSATRY_AGAIN);
        }
        Verdict::Invalid => {
            listener.defer((fd, from));
            return Err(Error::WSAEINVAL);
        }
    }
    let accepted = Socket::from_fd(fd, listener.family, listener.kind, listener.protocol, Phase::Connected);
    accepted.set_nonblocking(listener.is_nonblocking())?;
    option::inherit(&accepted, listener)?;
    Ok((accepted, peer))
}

fn next_connection(listener: &Socket) -> Result<(OwnedFd, linux::SockAddr), Error> {
    loop {
        match blocking::call(listener, Ready::ToReceive, |_| linux::accept(listener.fd())) {
            Ok(accepted) => return Ok(accepted),
            Err(_) if listener.is_closing() => return Err(Error::WSAEINTR),
            // The peer gave up before it was accepted, or its network did: the next one counts.
            Err(
                Errno::ECONNABORTED
                | Errno::EPROTO
                | Errno::ENETDOWN
                | Errno::ENOPROTOOPT
                | Errno::EHOSTDOWN
                | Errno::ENONET
                | Errno::EHOSTUNREACH
                | Errno::ENETUNREACH,
            ) => {}
            Err(Errno::EAGAIN) if !listener.is_nonblocking() => return Err(Error::WSAETIMEDOUT),
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// Connects to a peer; a datagram socket only remembers it, and forgets it again for an address of zeros.
///
/// # Errors
/// `WSAEAFNOSUPPORT` for an address of another family, `WSAEINVAL` for a listener, `WSAEALREADY` while a connect is
/// under way, `WSAEISCONN`, `WSAEADDRNOTAVAIL` for an address or port that nobody can have, `WSAEWOULDBLOCK` when a
/// non-blocking socket starts to connect, `WSAECONNREFUSED`, `WSAETIMEDOUT`, `WSAENETUNREACH`, `WSAEHOSTUNREACH`,
/// `WSAEINTR` when `closesocket` woke the call.
pub(crate) fn connect(socket: &Socket, address: &Address) -> Result<(), Error> {
    if address.family() != socket.family {
        return Err(Error::WSAEAFNOSUPPORT);
    }
    {
        let _transition = socket.transition.lock();
        match (socket.settle(), socket.kind) {
            (Phase::Listening, _) => return Err(Error::WSAEINVAL),
            (Phase::Connecting, _) => return Err(Error::WSAEALREADY),
            (Phase::Connected, Kind::Stream) => return Err(Error::WSAEISCONN),
            (Phase::Connected, Kind::Datagram | Kind::Raw) | (Phase::Unbound | Phase::Bound, _) => {}
        }
        match socket.kind {
            Kind::Stream => {}
            Kind::Datagram | Kind::Raw => return connect_datagram(socket, address),
        }
        if !address.can_be_a_peer() {
            return Err(Error::WSAEADDRNOTAVAIL);
        }
        bind::before_connect(socket)?;
        socket.set_phase(Phase::Connecting);
        if socket.is_nonblocking() {
            return start_connecting(socket, address);
        }
    }
    finish_connecting(socket, blocking_connect(socket, address))
}

fn connect_datagram(socket: &Socket, address: &Address) -> Result<(), Error> {
    if address.as_bytes()[2..].iter().all(|&byte| byte == 0) {
        let mut nobody = linux::SockAddr::empty();
        nobody.bytes[..2].copy_from_slice(&(linux::AF_UNSPEC as u16).to_ne_bytes());
        linux::connect(socket.fd(), &nobody)?;
        // Linux takes the implicit local address back with the peer.
        let bound = linux::local_address(socket.fd()).ok().and_then(|local| Address::from_linux(&local));
        let phase = if bound.is_some_and(|local| local.port() != 0) { Phase::Bound } else { Phase::Unbound };
        socket.set_phase(phase);
        return Ok(());
    }
    linux::connect(socket.fd(), &address.to_linux())?;
    socket.set_phase(Phase::Connected);
    Ok(())
}

/// The non-blocking way: asks Linux not to wait for this one call.
fn start_connecting(socket: &Socket, address: &Address) -> Result<(), Error> {
    linux::set_nonblocking(socket.fd(), true)?;
    let result = linux::connect(socket.fd(), &address.to_linux());
    linux::set_nonblocking(socket.fd(), false)?;
    match result {
        // Windows never connects at once: the success is seen by select, WSAPoll or an event.
        Ok(()) | Err(Errno::EINPROGRESS) => Err(Error::WSAEWOULDBLOCK),
        Err(errno) => finish_connecting(socket, Err(errno)),
    }
}

fn blocking_connect(socket: &Socket, address: &Address) -> Result<(), Errno> {
    match linux::connect(socket.fd(), &address.to_linux()) {
        // A signal does not stop it: it goes on by itself.
        Err(Errno::EINTR) if !socket.is_closing() => {
            let mut entry = [sys::poll::pollfd {
                fd: sys::AsRawFd::as_raw_fd(&socket.fd()),
                events: sys::poll::POLLOUT,
                revents: 0,
            }];
            blocking::call(socket, Ready::ToSend, |_| sys::poll::poll(&mut entry, -1))?;
            match linux::option_i32(socket.fd(), SOL_SOCKET, linux::SO_ERROR)? {
                0 => Ok(()),
                errno => Err(Errno(errno)),
            }
        }
        result => result,
    }
}

fn finish_connecting(socket: &Socket, result: Result<(), Errno>) -> Result<(), Error> {
    match result {
        Ok(()) => {
            socket.set_phase(Phase::Connected);
            Ok(())
        }
        Err(_) if socket.is_closing() => Err(Error::WSAEINTR),
        Err(errno) => {
            socket.set_phase(Phase::Bound);
            Err(match errno {
                // SO_SNDTIMEO ran out.
                Errno::EINPROGRESS | Errno::EAGAIN => Error::WSAETIMEDOUT,
                // A port that was reset while connecting refuses.
                Errno::ECONNRESET => Error::WSAECONNREFUSED,
                errno => errno.into(),
            })
        }
    }
}

impl Socket {
    /// The phase, after asking how a non-blocking connect has ended. Costs a call only while one is under way.
    pub(crate) fn settle(&self) -> Phase {
        let phase = self.phase();
        match phase {
            Phase::Connecting if self.is_nonblocking() => {}
            Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting | Phase::Connected => {
                return phase;
            }
        }
        let fd = sys::AsRawFd::as_raw_fd(&self.fd());
        let mut entry = [sys::poll::pollfd { fd, events: sys::poll::POLLOUT, revents: 0 }];
        if !matches!(sys::poll::poll(&mut entry, 0), Ok(1)) {
            return phase;
        }
        let settled = match linux::option_i32(self.fd(), SOL_SOCKET, linux::SO_ERROR) {
            Ok(0) => Phase::Connected,
            Ok(errno) => {
                self.set_pending_error(Errno(errno).into());
                Phase::Bound
            }
            Err(_) => Phase::Bound,
        };
        self.set_phase(settled);
        settled
    }
}

/// The error that Linux holds for the socket, taken from it. One that ended the connection stays with the socket.
///
/// # Errors
/// Those of Linux, which there is no reason to expect.
pub(super) fn take_linux_error(socket: &Socket) -> Result<Option<Error>, Error> {
    let errno = match linux::option_i32(socket.fd(), SOL_SOCKET, linux::SO_ERROR)? {
        0 => return Ok(None),
        errno => Errno(errno),
    };
    match socket.kind {
        Kind::Stream => {
            let error = errno.into();
            if socket.phase() == Phase::Connected {
                socket.set_broken(error);
            }
            Ok(Some(error))
        }
        Kind::Datagram | Kind::Raw => {
            transfer::take_report(socket, errno);
            Ok(socket.take_report())
        }
    }
}

/// Which directions `shutdown` ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Direction {
    /// `SD_RECEIVE`.
    Receive,
    /// `SD_SEND`.
    Send,
    /// `SD_BOTH`.
    Both,
}

/// Ends one direction or both.
///
/// # Errors
/// `WSAENOTCONN` for a stream socket without a peer.
pub(crate) fn shutdown(socket: &Socket, direction: Direction) -> Result<(), Error> {
    let how = match direction {
        Direction::Receive => linux::SHUT_RD,
        Direction::Send => linux::SHUT_WR,
        Direction::Both => linux::SHUT_RDWR,
    };
    match (socket.kind, socket.settle()) {
        (Kind::Stream, Phase::Connected) => {}
        (Kind::Stream, Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting) => {
            return Err(Error::WSAENOTCONN);
        }
        (Kind::Datagram | Kind::Raw, _) => {}
    }
    bind::before_close(socket);
    match (linux::shutdown(socket.fd(), how), socket.kind) {
        // Linux has nothing to end without a peer; the flags below end it here.
        (Ok(()), _) | (Err(Errno::ENOTCONN), Kind::Datagram | Kind::Raw) => {}
        // The peer's reset came first: there is nothing left to end.
        (Err(Errno::ENOTCONN), Kind::Stream) => {}
        (Err(errno), _) => return Err(errno.into()),
    }
    let receive = direction != Direction::Send;
    let send = direction != Direction::Receive;
    socket.set_shut(receive, send);
    Ok(())
}

/// The local address.
///
/// # Errors
/// `WSAEINVAL` for a socket without one.
pub(crate) fn local_address(socket: &Socket) -> Result<Address, Error> {
    match socket.phase() {
        Phase::Unbound => return Err(Error::WSAEINVAL),
        Phase::Bound | Phase::Listening | Phase::Connecting | Phase::Connected => {}
    }
    let address = linux::local_address(socket.fd())?;
    Address::from_linux(&address).ok_or(Error::WSAEINVAL)
}

/// The peer's address.
///
/// # Errors
/// `WSAENOTCONN` for a socket without a peer.
pub(crate) fn peer_address(socket: &Socket) -> Result<Address, Error> {
    match socket.settle() {
        Phase::Connected => {}
        Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting => {
            return Err(Error::WSAENOTCONN);
        }
    }
    let address = linux::peer_address(socket.fd())?;
    Address::from_linux(&address).ok_or(Error::WSAENOTCONN)
}
