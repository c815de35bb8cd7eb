//! From a new socket to a connected one and back: bind, listen, accept, connect, shutdown, names.

use super::bind;
use super::blocking::{self, Ready};
use super::extension::Context;
use super::faults;
use super::network_events::{self, Events};
use super::option;
use super::overlapped;
use super::socket::{Phase, Socket};
use super::sys::socket::{self as linux, SOL_SOCKET};
use super::sys::{self, Errno, OwnedFd, poll};
use super::transfer;
use super::translate::{Address, Kind};
use crate::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    socket.extension.set_any_port(address.port() == 0);
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
    // `accept` has no flag that asks not to wait, and an overlapped one must not.
    socket.make_descriptor_nonblocking()?;
    socket.set_phase(Phase::Listening);
    Ok(())
}

/// Takes the next connection, with its peer's address. The new socket inherits the mode and the options of the
/// listener.
///
/// # Errors
/// `WSAEOPNOTSUPP` for a socket without connections, `WSAEINVAL` for one that does not listen, `WSAEWOULDBLOCK`,
/// `WSAETIMEDOUT` after `SO_RCVTIMEO`, `WSAEINTR` when `closesocket` woke the call, `WSAEMFILE`, `WSAENOBUFS`.
pub(crate) fn accept(listener: &Arc<Socket>) -> Result<(Socket, Address), Error> {
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
    listener: &Arc<Socket>,
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
            overlapped::have_deferred(listener);
            return Err(Error::WSATRY_AGAIN);
        }
        Verdict::Invalid => {
            listener.defer((fd, from));
            overlapped::have_deferred(listener);
            return Err(Error::WSAEINVAL);
        }
    }
    let accepted = Socket::from_fd(fd, listener.family, listener.kind, listener.protocol, Phase::Connected);
    accepted.set_nonblocking(listener.is_nonblocking());
    option::inherit(&accepted, listener)?;
    Ok((accepted, peer))
}

fn next_connection(listener: &Socket) -> Result<(OwnedFd, linux::SockAddr), Error> {
    loop {
        match blocking::call(listener, Ready::ToReceive, |_| accept_one(listener)) {
            Ok(accepted) => return Ok(accepted),
            Err(_) if listener.is_closing() => return Err(Error::WSAEINTR),
            // The peer gave up before it was accepted, or its network did: the next one counts.
            Err(errno) if gave_up(errno) => {}
            Err(Errno::EAGAIN) if !listener.is_nonblocking() => return Err(Error::WSAETIMEDOUT),
            Err(errno) => return Err(errno.into()),
        }
    }
}

fn accept_one(listener: &Socket) -> Result<(OwnedFd, linux::SockAddr), Errno> {
    if faults::are_on() {
        faults::before_accept(listener)?;
    }
    linux::accept(listener.fd())
}

/// Whether a connection was lost before it was accepted.
pub(super) fn gave_up(errno: Errno) -> bool {
    matches!(
        errno,
        Errno::ECONNABORTED
            | Errno::EPROTO
            | Errno::ENETDOWN
            | Errno::ENOPROTOOPT
            | Errno::EHOSTDOWN
            | Errno::ENONET
            | Errno::EHOSTUNREACH
            | Errno::ENETUNREACH
    )
}

/// Connects to a peer; a datagram socket only remembers it, and forgets it again for an address of zeros.
///
/// # Errors
/// `WSAEAFNOSUPPORT` for an address of another family, `WSAEINVAL` for a listener, `WSAEALREADY` while a connect is
/// under way, `WSAEISCONN`, `WSAEADDRNOTAVAIL` for an address or port that nobody can have, `WSAEWOULDBLOCK` when a
/// non-blocking socket starts to connect, `WSAECONNREFUSED`, `WSAETIMEDOUT`, `WSAENETUNREACH`, `WSAEHOSTUNREACH`,
/// `WSAEACCES` for a broadcast address without `SO_BROADCAST`, `WSAEINTR` when `closesocket` woke the call.
pub(crate) fn connect(socket: &Socket, address: &Address) -> Result<(), Error> {
    if address.family() != socket.family {
        return Err(Error::WSAEAFNOSUPPORT);
    }
    match socket.kind {
        Kind::Stream => connect_stream(socket, address),
        Kind::Datagram | Kind::Raw => connect_datagram(socket, address),
    }
}

fn connect_datagram(socket: &Socket, address: &Address) -> Result<(), Error> {
    network_events::connecting(socket, || associate(socket, address))
}

fn associate(socket: &Socket, address: &Address) -> Result<(), Error> {
    let _transition = socket.transition.lock();
    match (socket.phase(), address.is_wildcard()) {
        (Phase::Connected, true) => return disconnect_datagram(socket),
        // What came from the peer before is not for the new conversation.
        (Phase::Connected, false) => discard_received(socket),
        (Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting, true) => {
            return Err(Error::WSAEADDRNOTAVAIL);
        }
        (Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting, false) => {}
    }
    linux::connect(socket.fd(), &address.to_linux())?;
    socket.set_phase(Phase::Connected);
    Ok(())
}

fn disconnect_datagram(socket: &Socket) -> Result<(), Error> {
    let before = local_address(socket)?;
    linux::disconnect(socket.fd())?;
    // Linux takes a port that it chose itself back with the peer; Windows leaves the socket bound.
    let after = linux::local_address(socket.fd())?;
    if let Some(after) = Address::from_linux(&after).filter(|after| !after.is_bound()) {
        linux::bind(socket.fd(), &after.with_port(before.port()).to_linux())?;
    }
    socket.set_phase(Phase::Bound);
    Ok(())
}

fn discard_received(socket: &Socket) {
    /// More than a queue holds: a peer that never stops cannot keep the call.
    const AT_MOST: usize = 1 << 16;
    let nothing = linux::Buffer::new(std::ptr::null_mut(), 0);
    let receive = || linux::recv(socket.fd(), nothing, linux::MSG_DONTWAIT);
    let _discarded = (0..AT_MOST).take_while(|_| receive().is_ok()).count();
}

/// One way for both modes: the connect is started, and then the call waits for the end of it or does not.
fn connect_stream(socket: &Socket, address: &Address) -> Result<(), Error> {
    begin(socket, address)?;
    if socket.is_nonblocking() {
        // Windows never connects at once: the success is seen by select, WSAPoll or an event.
        return Err(Error::WSAEWOULDBLOCK);
    }
    finish(socket, None)
}

/// Starts to connect a stream socket.
///
/// # Errors
/// As [`connect`], but for what the end of it tells.
pub(super) fn begin(socket: &Socket, address: &Address) -> Result<(), Error> {
    network_events::connecting(socket, || begin_stream(socket, address))
}

fn begin_stream(socket: &Socket, address: &Address) -> Result<(), Error> {
    let _transition = socket.transition.lock();
    match socket.settle_locked() {
        Phase::Unbound | Phase::Bound => {}
        Phase::Listening => return Err(Error::WSAEINVAL),
        Phase::Connecting => return Err(Error::WSAEALREADY),
        Phase::Connected => return Err(Error::WSAEISCONN),
    }
    if !address.can_be_a_peer() {
        return Err(Error::WSAEADDRNOTAVAIL);
    }
    bind::before_connect(socket)?;
    start_connecting(socket, address)
}

/// Waits for the end of a connect that was started, and gives it up at the deadline.
///
/// # Errors
/// Why it failed; `WSAETIMEDOUT` at the deadline, `WSAEINTR` when `closesocket` woke the call.
pub(super) fn finish(socket: &Socket, deadline: Option<Instant>) -> Result<(), Error> {
    let mut entries = poll::Entries::from_elem(poll::entry(socket.fd(), poll::POLLOUT), 1);
    // Before the wait and after it: what closing does to the descriptor looks like a success.
    while !socket.is_closing() {
        let ready = blocking::wait(&mut entries, deadline)?;
        if socket.is_closing() {
            break;
        }
        match if ready { socket.settle() } else { give_up(socket)? } {
            // Woken by something else.
            Phase::Connecting => {}
            Phase::Connected => return Ok(()),
            Phase::Unbound | Phase::Bound | Phase::Listening => {
                return Err(socket.take_pending_error().unwrap_or(Error::WSAECONNREFUSED));
            }
        }
    }
    Err(Error::WSAEINTR)
}

/// Takes back a connect that has not ended; one that has ended meanwhile counts.
fn give_up(socket: &Socket) -> Result<Phase, Error> {
    let _transition = socket.transition.lock();
    match socket.settle_locked() {
        Phase::Connecting => {
            linux::disconnect(socket.fd())?;
            socket.set_pending_error(Error::WSAETIMEDOUT);
            socket.set_phase(phase_without_peer(socket));
            Ok(socket.phase())
        }
        phase @ (Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connected) => Ok(phase),
    }
}

/// The caller holds `transition`: whoever asks how it went waits until it has begun. The phase comes first, so that a
/// thread that is woken by the connection finds it.
fn start_connecting(socket: &Socket, address: &Address) -> Result<(), Error> {
    socket.take_pending_error();
    let before = socket.phase();
    socket.set_phase(Phase::Connecting);
    let result = try_connecting(socket, address);
    if result.is_err() {
        socket.set_phase(before);
    }
    result
}

fn try_connecting(socket: &Socket, address: &Address) -> Result<(), Error> {
    let mut reminded = false;
    loop {
        linux::set_nonblocking(socket.fd(), true)?;
        let result = linux::connect(socket.fd(), &address.to_linux());
        linux::set_nonblocking(socket.fd(), false)?;
        match result {
            Ok(()) | Err(Errno::EINPROGRESS) => return Ok(()),
            // Linux reminds of an attempt that failed before it begins the next.
            Err(Errno::ECONNABORTED) if !reminded => reminded = true,
            // The queue of a local listener is full, and Linux does not tell when it has room again.
            Err(Errno::EAGAIN) if !socket.is_nonblocking() && !socket.is_closing() => {
                const NEXT_TRY: Duration = Duration::from_millis(2);
                poll::poll(&mut [], Some(NEXT_TRY)).ok();
            }
            Err(_) if socket.is_closing() => return Err(Error::WSAEINTR),
            Err(errno) => return Err(connect_error(errno)),
        }
    }
}

fn connect_error(errno: Errno) -> Error {
    match errno {
        // Nobody listens at a path that does not exist, and nobody answers behind a full queue.
        Errno::ENOENT | Errno::ENOTDIR | Errno::EAGAIN => Error::WSAECONNREFUSED,
        errno => errno.into(),
    }
}

/// A connect that failed takes an implicit local address back, not one that the program has chosen.
fn phase_without_peer(socket: &Socket) -> Phase {
    if socket.is_bound_by_program() { Phase::Bound } else { Phase::Unbound }
}

impl Socket {
    /// The phase, after asking how a connect has ended. Costs a call only while one is under way.
    #[inline]
    pub(crate) fn settle(&self) -> Phase {
        match self.phase() {
            Phase::Connecting => self.settle_connecting(),
            phase @ (Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connected) => phase,
        }
    }

    /// The same after a call of another thread that is changing the phase.
    #[cold]
    pub(super) fn settle_connecting(&self) -> Phase {
        let _transition = self.transition.lock();
        self.settle_locked()
    }

    /// The same for a caller that holds `transition`.
    pub(super) fn settle_locked(&self) -> Phase {
        match self.phase() {
            Phase::Connecting if self.extension.context() == Context::Own => {}
            // An operation settles it.
            phase @ (Phase::Connecting
            | Phase::Unbound
            | Phase::Bound
            | Phase::Listening
            | Phase::Connected) => return phase,
        }
        let mut entry = [poll::entry(self.fd(), poll::POLLOUT)];
        if !matches!(poll::poll(&mut entry, Some(Duration::ZERO)), Ok(1)) {
            return Phase::Connecting;
        }
        let settled = match linux::option_i32(self.fd(), SOL_SOCKET, linux::SO_ERROR).map(Errno) {
            Ok(Errno(0)) => Phase::Connected,
            // It was connected for a moment: the next transfer tells.
            Ok(Errno::ECONNRESET | Errno::EPIPE) => {
                self.set_broken(Error::WSAECONNRESET);
                Phase::Connected
            }
            Ok(errno) | Err(errno) => {
                self.set_pending_error(connect_error(errno));
                phase_without_peer(self)
            }
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
    match socket.kind {
        Kind::Stream => match linux::option_i32(socket.fd(), SOL_SOCKET, linux::SO_ERROR).map(Errno)? {
            Errno(0) => Ok(None),
            errno => Ok(Some(transfer::failed(socket, errno))),
        },
        Kind::Datagram | Kind::Raw => {
            socket.collect_report();
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
/// `WSAENOTCONN` for a stream socket without a peer, and for one that waits for `SO_UPDATE_ACCEPT_CONTEXT` or
/// `SO_UPDATE_CONNECT_CONTEXT`; `WSAECONNRESET` and what else broke the connection before.
pub(crate) fn shutdown(socket: &Socket, direction: Direction) -> Result<(), Error> {
    match (socket.kind, socket.settle()) {
        (Kind::Stream, Phase::Connected) => {}
        (Kind::Stream, Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting) => {
            return Err(Error::WSAENOTCONN);
        }
        (Kind::Datagram | Kind::Raw, _) => {}
    }
    socket.extension.require_context()?;
    if let Some(error) = socket.broken() {
        return Err(error);
    }
    bind::before_close(socket);
    network_events::unseen(socket, Events::NONE, || end(socket, direction))
}

fn end(socket: &Socket, direction: Direction) -> Result<(), Error> {
    let how = match direction {
        Direction::Receive => linux::SHUT_RD,
        Direction::Send => linux::SHUT_WR,
        Direction::Both => linux::SHUT_RDWR,
    };
    match (linux::shutdown(socket.fd(), how), socket.kind) {
        // Linux has nothing to end without a peer; the flags below end it here.
        (Ok(()), _) | (Err(Errno::ENOTCONN), Kind::Datagram | Kind::Raw) => {}
        // The connection is gone: ended on both sides, which is what was asked for, or broken.
        (Err(Errno::ENOTCONN), Kind::Stream) => {
            match linux::option_i32(socket.fd(), SOL_SOCKET, linux::SO_ERROR).map(Errno) {
                Ok(Errno(0)) => {}
                // How Linux calls a reset that comes after the peer's end.
                Ok(Errno::EPIPE) => return Err(transfer::failed(socket, Errno::ECONNRESET)),
                Ok(errno) | Err(errno) => return Err(transfer::failed(socket, errno)),
            }
        }
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
/// `WSAEINVAL` for a socket without one, and for one that waits for `SO_UPDATE_ACCEPT_CONTEXT`.
pub(crate) fn local_address(socket: &Socket) -> Result<Address, Error> {
    match socket.phase() {
        Phase::Unbound => return Err(Error::WSAEINVAL),
        Phase::Bound | Phase::Listening | Phase::Connecting | Phase::Connected => {}
    }
    match socket.extension.context() {
        Context::Accepting | Context::Accepted => return Err(Error::WSAEINVAL),
        Context::Own | Context::Connecting | Context::Connected => {}
    }
    let address = linux::local_address(socket.fd())?;
    Address::from_linux(&address).ok_or(Error::WSAEINVAL)
}

/// The peer's address.
///
/// # Errors
/// `WSAENOTCONN` for a socket without a peer, and for one that waits for `SO_UPDATE_ACCEPT_CONTEXT` or
/// `SO_UPDATE_CONNECT_CONTEXT`.
pub(crate) fn peer_address(socket: &Socket) -> Result<Address, Error> {
    match socket.settle() {
        Phase::Connected => {}
        Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting => {
            return Err(Error::WSAENOTCONN);
        }
    }
    socket.extension.require_context()?;
    let address = linux::peer_address(socket.fd())?;
    Address::from_linux(&address).ok_or(Error::WSAENOTCONN)
}
