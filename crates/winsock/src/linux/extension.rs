//! What a socket remembers for the extension functions: AcceptEx, ConnectEx, DisconnectEx and the reuse of a handle.
//!
//! Owns the state between such a function and the option that ends it (`SO_UPDATE_ACCEPT_CONTEXT`,
//! `SO_UPDATE_CONNECT_CONTEXT`), the links between a listener and the sockets whose first data it awaits, and the
//! change of the descriptor under a handle. How the operations progress is `operation/`'s.

use super::socket::{Phase, Socket};
use super::sys::option::SO_REUSEADDR;
use super::sys::socket::{self as linux, SOL_SOCKET};
use super::sys::{self, OwnedFd};
use super::translate::{Address, Kind};
use super::{handles, network_events, option, overlapped};
use crate::error::Error;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Where a socket stands with the extension functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Context {
    /// Nowhere: it is what its phase says.
    Own,
    /// An `AcceptEx` waits for its connection.
    Accepting,
    /// A `ConnectEx` is under way.
    Connecting,
    /// Connected by `AcceptEx`, and not updated yet.
    Accepted,
    /// Connected by `ConnectEx`, and not updated yet.
    Connected,
}

impl Context {
    const ALL: [Context; 5] =
        [Context::Own, Context::Accepting, Context::Connecting, Context::Accepted, Context::Connected];
}

/// How far a disconnect has come whose handle is to be used again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Reuse {
    /// There is none.
    No,
    /// It waits until everything has been received.
    Draining,
    /// The connection is over: nothing starts on what is left of it.
    Renewing,
}

impl Reuse {
    pub(super) const ALL: [Reuse; 3] = [Reuse::No, Reuse::Draining, Reuse::Renewing];
}

/// The links of a socket to others.
enum Links {
    None,
    /// It is to take over a connection of this listener.
    Listener(Weak<Socket>),
    /// A listener, and those of its connections that wait for their first data, by address.
    Awaited(HashMap<usize, Weak<Socket>>),
}

/// What a socket remembers.
pub(crate) struct Extension {
    context: AtomicU8,
    /// `bind` was called with port 0.
    any_port: AtomicBool,
    links: Mutex<Links>,
}

impl Extension {
    pub(crate) const fn new() -> Extension {
        Extension {
            context: AtomicU8::new(Context::Own as u8),
            any_port: AtomicBool::new(false),
            links: Mutex::new(Links::None),
        }
    }

    pub(crate) fn context(&self) -> Context {
        Context::ALL[usize::from(self.context.load(Acquire))]
    }

    pub(crate) fn set_context(&self, context: Context) {
        self.context.store(context as u8, Release);
    }

    /// Functions that Microsoft reserves for sockets whose context is updated.
    ///
    /// # Errors
    /// `WSAENOTCONN`.
    pub(crate) fn require_context(&self) -> Result<(), Error> {
        match self.context() {
            Context::Own => Ok(()),
            Context::Accepting | Context::Connecting | Context::Accepted | Context::Connected => {
                Err(Error::WSAENOTCONN)
            }
        }
    }

    /// Whether `bind` left the choice of the port to the system: a handle that is reused gets another one.
    pub(crate) fn set_any_port(&self, any: bool) {
        self.any_port.store(any, Relaxed);
    }

    fn links(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The listener whose `AcceptEx` this socket is for, while that waits for its connection.
    pub(crate) fn listener(&self) -> Option<Arc<Socket>> {
        match &*self.links() {
            Links::Listener(listener) => listener.upgrade(),
            Links::None | Links::Awaited(_) => None,
        }
    }

    fn set_listener(&self, listener: Option<&Arc<Socket>>) {
        *self.links() = listener.map_or(Links::None, |listener| Links::Listener(Arc::downgrade(listener)));
    }

    /// A listener begins to await the first data of one of its connections.
    pub(crate) fn await_data(&self, accepted: &Arc<Socket>) {
        let mut links = self.links();
        let (key, link) = (Arc::as_ptr(accepted) as usize, Arc::downgrade(accepted));
        match &mut *links {
            Links::Awaited(awaited) => drop(awaited.insert(key, link)),
            Links::None | Links::Listener(_) => *links = Links::Awaited(HashMap::from([(key, link)])),
        }
    }

    /// A listener has the first data of a connection, or will not have it.
    pub(crate) fn await_no_more(&self, accepted: &Arc<Socket>) {
        match &mut *self.links() {
            Links::Awaited(awaited) => drop(awaited.remove(&(Arc::as_ptr(accepted) as usize))),
            Links::None | Links::Listener(_) => {}
        }
    }

    /// The connections of a listener that wait for their first data.
    pub(crate) fn awaited(&self) -> Vec<Arc<Socket>> {
        match &*self.links() {
            Links::Awaited(awaited) => awaited.values().filter_map(Weak::upgrade).collect(),
            Links::None | Links::Listener(_) => Vec::new(),
        }
    }
}

/// Claims a socket for an `AcceptEx`.
///
/// # Errors
/// `WSAEINVAL` for a socket of another kind than the listener, and for one that is bound, connected or claimed.
pub(crate) fn claim(accepted: &Socket, listener: &Arc<Socket>) -> Result<(), Error> {
    if (accepted.family, accepted.kind, accepted.protocol)
        != (listener.family, listener.kind, listener.protocol)
    {
        return Err(Error::WSAEINVAL);
    }
    let _transition = accepted.transition.lock();
    match (accepted.phase(), accepted.extension.context()) {
        (Phase::Unbound, Context::Own) => {}
        (Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting | Phase::Connected, _) => {
            return Err(Error::WSAEINVAL);
        }
    }
    accepted.extension.set_listener(Some(listener));
    accepted.extension.set_context(Context::Accepting);
    accepted.set_phase(Phase::Connecting);
    Ok(())
}

/// Gives a claimed socket back: it is new again.
pub(crate) fn unclaim(accepted: &Socket) {
    let _transition = accepted.transition.lock();
    accepted.extension.set_listener(None);
    accepted.extension.set_context(Context::Own);
    accepted.set_phase(Phase::Unbound);
}

/// Lets a claimed socket take over the descriptor of its connection.
///
/// # Errors
/// What the kernel or the engine has against it.
pub(crate) fn take_over(accepted: &Arc<Socket>, fd: OwnedFd) -> Result<(), Error> {
    let _transition = accepted.transition.lock();
    change_descriptor(accepted, fd)?;
    accepted.extension.set_listener(None);
    accepted.extension.set_context(Context::Accepted);
    accepted.set_phase(Phase::Connected);
    Ok(())
}

/// Ends what is left of a connection and makes its handle good for another one: bound as the program bound it, with
/// the options of a new socket.
///
/// # Errors
/// `WSAEMFILE`, `WSAENOBUFS`; `WSAEADDRINUSE` when the address was taken meanwhile: the socket has none then.
pub(crate) fn renew(socket: &Arc<Socket>) -> Result<(), Error> {
    let _transition = socket.transition.lock();
    let local = linux::local_address(socket.fd());
    let fd = linux::socket(socket.family.linux(), socket.kind.linux(), socket.protocol)?;
    socket.do_not_linger()?;
    let bound = socket.is_bound_by_program();
    if let (true, Ok(local)) = (bound, local) {
        // What is left of the connection has the same address, and lets another have it too.
        for fd in [socket.fd(), sys::AsFd::as_fd(&fd)] {
            linux::set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1)?;
        }
        let address = Address::from_linux(&local).unwrap_or_else(|| Address::unspecified(socket.family));
        let any_port = socket.extension.any_port.load(Relaxed);
        let address = if any_port { address.with_port(0) } else { address };
        linux::bind(sys::AsFd::as_fd(&fd), &address.to_linux())?;
    }
    change_descriptor(socket, fd)?;
    socket.options.forget();
    socket.set_windows_defaults()?;
    socket.extension.set_context(Context::Own);
    socket.set_phase(if bound { Phase::Bound } else { Phase::Unbound });
    Ok(())
}

/// The descriptor's number stays: a call of another thread that has it in hand never meets a stranger's file.
fn change_descriptor(socket: &Arc<Socket>, fd: OwnedFd) -> Result<(), Error> {
    linux::replace(socket.fd(), fd)?;
    socket.begin_anew();
    network_events::begin_anew(socket)?;
    overlapped::begin_anew(socket)
}

/// `SO_UPDATE_ACCEPT_CONTEXT`: a socket that `AcceptEx` connected becomes like one that `accept` gave. It takes the
/// mode of its listener; Linux has given it the listener's options already.
///
/// # Errors
/// `WSAENOTSOCK` for a listener's handle that is none, `WSAEINVAL` for a socket that does not listen, `WSAENOTCONN`
/// for a socket that `AcceptEx` has not connected.
pub(crate) fn update_accept_context(accepted: &Socket, listener: usize) -> Result<(), Error> {
    let listener = handles::socket(listener)?;
    match listener.phase() {
        Phase::Listening => {}
        Phase::Unbound | Phase::Bound | Phase::Connecting | Phase::Connected => return Err(Error::WSAEINVAL),
    }
    match accepted.extension.context() {
        Context::Accepted => {}
        // A second time changes nothing.
        Context::Own if accepted.kind == Kind::Stream && accepted.phase() == Phase::Connected => {}
        Context::Own | Context::Accepting | Context::Connecting | Context::Connected => {
            return Err(Error::WSAENOTCONN);
        }
    }
    // A selection of its own keeps it non-blocking.
    let _ = network_events::set_mode(accepted, listener.is_nonblocking());
    option::inherit(accepted, &listener)?;
    accepted.extension.set_context(Context::Own);
    network_events::inherit(accepted, &listener)
}

/// `SO_UPDATE_CONNECT_CONTEXT`: a socket that `ConnectEx` connected becomes like one that `connect` did.
///
/// # Errors
/// `WSAENOTCONN` for a socket that is not connected.
pub(crate) fn update_connect_context(socket: &Socket) -> Result<(), Error> {
    match (socket.extension.context(), socket.settle()) {
        (Context::Connected, _) => socket.extension.set_context(Context::Own),
        (Context::Own, Phase::Connected) => {}
        (Context::Own | Context::Accepting | Context::Connecting | Context::Accepted, _) => {
            return Err(Error::WSAENOTCONN);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::connection;
    use crate::linux::sys::AsFd;
    use crate::win32;
    use std::time::Duration;

    fn new() -> Arc<Socket> {
        let socket = Socket::new(win32::AF_INET.into(), win32::SOCK_STREAM, 0).expect("a socket");
        Arc::new(socket)
    }

    fn listener() -> (Arc<Socket>, usize, Address) {
        let listener = Socket::new(win32::AF_INET.into(), win32::SOCK_STREAM, 0).expect("a socket");
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&win32::AF_INET.to_ne_bytes());
        bytes[4..8].copy_from_slice(&[127, 0, 0, 1]);
        connection::bind(&listener, &Address::from_winsock(&bytes).expect("an address"))
            .expect("a free port");
        connection::listen(&listener, 5).expect("it listens");
        let address = connection::local_address(&listener).expect("it is bound");
        let handle = listener.publish().expect("a handle");
        (Arc::clone(&handles::socket(handle).expect("it is open")), handle, address)
    }

    /// A socket that has taken over a connection of the listener, and the peer.
    fn accepted(listener: &Arc<Socket>, address: &Address) -> (Arc<Socket>, Arc<Socket>) {
        let (accepted, peer) = (new(), new());
        claim(&accepted, listener).expect("it is new");
        connection::connect(&peer, address).expect("the listener is there");
        // The connection may come a moment after the peer sees it.
        let fd = loop {
            match linux::accept(listener.fd()) {
                Ok((fd, _)) => break fd,
                Err(errno) => assert_eq!(errno, crate::linux::sys::Errno::EAGAIN),
            }
        };
        take_over(&accepted, fd).expect("the descriptor is good");
        (accepted, peer)
    }

    #[test]
    fn an_accepted_socket_is_whole_after_the_update() {
        let (listener, handle, address) = listener();
        let (accepted, peer) = accepted(&listener, &address);
        assert!(connection::peer_address(&accepted).is_err());
        listener.set_nonblocking(true);
        update_accept_context(&accepted, handle).expect("it was accepted");
        assert!(accepted.is_nonblocking(), "the mode is the listener's");
        let local = connection::local_address(&peer).expect("it is connected");
        let remote = connection::peer_address(&accepted).expect("it is updated");
        assert_eq!(remote.as_bytes(), local.as_bytes());
        assert_eq!(connection::local_address(&accepted).expect("it is updated").port(), address.port());
        connection::shutdown(&accepted, connection::Direction::Send).expect("it is updated");
        update_accept_context(&accepted, handle).expect("a second time changes nothing");
        crate::linux::socket::close(handle).expect("it is open");
    }

    #[test]
    fn an_update_needs_a_listener_and_a_connection() {
        let (listener, handle, address) = listener();
        let (accepted, peer) = accepted(&listener, &address);
        assert_eq!(update_accept_context(&accepted, 12345), Err(Error::WSAENOTSOCK));
        let unbound = Socket::new(win32::AF_INET.into(), win32::SOCK_STREAM, 0).expect("a socket");
        let unbound = unbound.publish().expect("a handle");
        assert_eq!(update_accept_context(&accepted, unbound), Err(Error::WSAEINVAL));
        assert_eq!(update_accept_context(&new(), handle), Err(Error::WSAENOTCONN));
        assert_eq!(update_connect_context(&new()), Err(Error::WSAENOTCONN));
        assert_eq!(update_connect_context(&accepted), Err(Error::WSAENOTCONN));
        assert_eq!(update_connect_context(&peer), Ok(()), "connected by a plain call: nothing to do");
        for handle in [handle, unbound] {
            crate::linux::socket::close(handle).expect("it is open");
        }
    }

    #[test]
    fn the_time_counts_from_the_connection() {
        let (listener, handle, address) = listener();
        assert_eq!(new().connected_for(), None);
        assert_eq!(listener.connected_for(), None);
        let (accepted, peer) = accepted(&listener, &address);
        for socket in [&accepted, &peer] {
            assert!(socket.connected_for().expect("it is connected") < Duration::from_secs(60));
        }
        renew(&accepted).expect("descriptors are left");
        assert_eq!(accepted.connected_for(), None);
        crate::linux::socket::close(handle).expect("it is open");
    }

    #[test]
    fn a_new_descriptor_has_the_number_of_the_old_one() {
        use crate::linux::sys::AsRawFd;
        let socket = new();
        let number = socket.fd().as_raw_fd();
        socket.make_descriptor_nonblocking().expect("it is open");
        socket.set_shut(true, true);
        renew(&socket).expect("descriptors are left");
        assert_eq!(socket.fd().as_fd().as_raw_fd(), number);
        assert!(!socket.is_descriptor_nonblocking() && !socket.is_send_shut() && !socket.is_receive_shut());
        assert_eq!(socket.phase(), Phase::Unbound);
    }
}
