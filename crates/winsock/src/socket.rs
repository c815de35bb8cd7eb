//! [`Socket`]: from creation to closing, and what goes through it.
//!
//! Owns the handle. Its options are methods of their own file, `option.rs`; unsafe code is in `raw.rs` alone.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::SocketAddr;
use std::{fmt, mem};

use crate::win32::{self, SOCKET};
use crate::{Error, Family, Protocol, Type, raw, startup};

/// A socket; dropping it closes it.
///
/// Methods take `&self`, and any number of threads may use one socket at the same time. [`Read`] and [`Write`] are
/// there for `Socket` and for `&Socket`.
///
/// ```
/// use std::io::{Read, Write};
/// use winsock::{Error, Family, Shutdown, Socket};
///
/// let listener = Socket::stream(Family::IPV4)?;
/// listener.bind(([127, 0, 0, 1], 0))?;
/// listener.listen(5)?;
///
/// let mut client = Socket::stream(Family::IPV4)?;
/// client.connect(listener.local_addr()?)?;
/// let (mut server, from) = listener.accept()?;
/// assert_eq!(from, client.local_addr()?);
///
/// client.write_all(b"good morning")?;
/// client.shutdown(Shutdown::Send)?;
/// let mut text = String::new();
/// server.read_to_string(&mut text)?;
/// assert_eq!(text, "good morning");
///
/// // Each failure is the documented code.
/// assert_eq!(client.send(b"more"), Err(Error::WSAESHUTDOWN));
/// assert_eq!(listener.bind(([127, 0, 0, 1], 0)), Err(Error::WSAEINVAL));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Each method names its codes in the order in which they are checked. `WSAENOTSOCK` and `WSANOTINITIALISED` are not
/// among them: a `Socket` is open, and Winsock was started when it was made.
#[doc(alias = "SOCKET")]
#[doc(alias = "closesocket")]
pub struct Socket(SOCKET);

/// What [`Socket::shutdown`] ends.
#[doc(alias = "SD_SEND")]
#[doc(alias = "SD_RECEIVE")]
#[doc(alias = "SD_BOTH")]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shutdown {
    /// `SD_RECEIVE`: this side receives no more.
    Receive,
    /// `SD_SEND`: this side sends no more; the peer reads to the end of what was sent.
    Send,
    /// `SD_BOTH`.
    Both,
}

/// Making sockets, and handing them over.
impl Socket {
    /// `WSASocketW`: creates a socket. It blocks, has no address, and is not inherited by child processes.
    ///
    /// ```
    /// use winsock::{Error, Family, Protocol, Socket, Type};
    /// let socket = Socket::new(Family::IPV6, Type::DATAGRAM, Protocol::UDP)?;
    /// assert_eq!(socket.kind()?, Type::DATAGRAM);
    ///
    /// let wrong = Socket::new(Family::IPV4, Type::STREAM, Protocol::UDP);
    /// assert_eq!(wrong.unwrap_err(), Error::WSAEPROTOTYPE);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsasocketw`.
    ///
    /// # Errors
    /// What `WSAStartup` answers if Winsock cannot start; `WSAEINVAL` if all three leave the choice open,
    /// `WSAEAFNOSUPPORT`, `WSAESOCKTNOSUPPORT`, `WSAEPROTONOSUPPORT`, `WSAEPROTOTYPE`, `WSAEACCES` for a raw socket
    /// without the right to it, `WSAEMFILE`, `WSAENOBUFS`.
    #[doc(alias = "socket")]
    #[doc(alias = "WSASocket")]
    #[doc(alias = "WSASocketW")]
    #[doc(alias = "WSAStartup")]
    pub fn new(family: Family, kind: Type, protocol: Protocol) -> Result<Socket, Error> {
        startup::ensure()?;
        raw::socket(family.into(), kind.into(), protocol.into()).map(Socket)
    }

    /// A stream socket: TCP.
    ///
    /// # Errors
    /// As [`Socket::new`].
    pub fn stream(family: Family) -> Result<Socket, Error> {
        Socket::new(family, Type::STREAM, Protocol::DEFAULT)
    }

    /// A datagram socket: UDP.
    ///
    /// # Errors
    /// As [`Socket::new`].
    pub fn datagram(family: Family) -> Result<Socket, Error> {
        Socket::new(family, Type::DATAGRAM, Protocol::DEFAULT)
    }

    /// `WSADuplicateSocketW`: a second handle for the same socket. Options, the blocking mode and the data are shared;
    /// the connection ends when both are dropped.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsaduplicatesocketw`.
    ///
    /// # Errors
    /// `WSAEMFILE`, `WSAENOBUFS`.
    #[doc(alias = "WSADuplicateSocket")]
    #[doc(alias = "WSADuplicateSocketW")]
    pub fn try_clone(&self) -> Result<Socket, Error> {
        raw::duplicate(self.0).map(Socket)
    }

    /// The handle, for calls of [`win32`](crate::win32). It stays the socket's own.
    pub fn as_raw(&self) -> SOCKET {
        self.0
    }

    /// Gives the handle away: the caller closes it. [`Socket::from_raw`] is the way back.
    #[must_use = "nobody else closes the handle"]
    pub fn into_raw(self) -> SOCKET {
        mem::ManuallyDrop::new(self).0
    }

    /// The owner of an open handle.
    pub(crate) fn owning(socket: SOCKET) -> Socket {
        Socket(socket)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A non-blocking socket that has to linger refuses to close; a blocking one does linger. Network events keep it
        // non-blocking.
        if raw::close(self.0) == Err(Error::WSAEWOULDBLOCK)
            && self.deselect_events().is_ok()
            && self.set_nonblocking(false).is_ok()
        {
            let _ = raw::close(self.0);
        }
    }
}

/// Connecting.
impl Socket {
    /// `bind`: gives the socket its local address. Port 0 takes a free port, which [`Socket::local_addr`] tells.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-bind`.
    ///
    /// # Errors
    /// `WSAEFAULT` for an address of another family, `WSAEINVAL` for a socket that has an address,
    /// `WSAEADDRNOTAVAIL`, `WSAEADDRINUSE`, `WSAEACCES`.
    pub fn bind(&self, address: impl Into<SocketAddr>) -> Result<(), Error> {
        raw::bind(self.0, &address.into().into())
    }

    /// `listen`: lets peers connect. At most about `backlog` of them wait to be accepted; `i32::MAX` takes as many as
    /// the system allows.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-listen`.
    ///
    /// # Errors
    /// `WSAEOPNOTSUPP` for a socket without connections, `WSAEINVAL` for one without an address, `WSAEISCONN`,
    /// `WSAEADDRINUSE`.
    #[doc(alias = "SOMAXCONN")]
    pub fn listen(&self, backlog: i32) -> Result<(), Error> {
        raw::listen(self.0, backlog)
    }

    /// `accept`: takes the next connection, with its peer's address. The new socket inherits the mode of this one.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-accept`.
    ///
    /// # Errors
    /// `WSAEOPNOTSUPP` for a socket without connections, `WSAEINVAL` for one that does not listen, `WSAEWOULDBLOCK`,
    /// `WSAETIMEDOUT`, `WSAEMFILE`, `WSAENOBUFS`.
    pub fn accept(&self) -> Result<(Socket, SocketAddr), Error> {
        let (socket, from) = raw::accept(self.0)?;
        let socket = Socket(socket);
        Ok((socket, from.try_into()?))
    }

    /// `connect`: connects a stream socket to a peer. A datagram socket only remembers it, for [`Socket::send`], and
    /// receives from nobody else.
    ///
    /// On a non-blocking stream socket this is `WSAEWOULDBLOCK`, and [`poll`](crate::poll()) or
    /// [`select`](crate::select()) tell the outcome.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-connect`.
    ///
    /// # Errors
    /// `WSAEAFNOSUPPORT` for an address of another family, `WSAEINVAL` for a listening socket, `WSAEALREADY`,
    /// `WSAEISCONN`, `WSAEADDRNOTAVAIL` for an address or port that nobody can have, `WSAEWOULDBLOCK`,
    /// `WSAECONNREFUSED`, `WSAETIMEDOUT`, `WSAENETUNREACH`, `WSAEHOSTUNREACH`.
    pub fn connect(&self, address: impl Into<SocketAddr>) -> Result<(), Error> {
        raw::connect(self.0, &address.into().into())
    }

    /// `shutdown`: ends sending, receiving or both. The socket stays open.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-shutdown`.
    ///
    /// # Errors
    /// `WSAENOTCONN` for a stream socket without a peer.
    pub fn shutdown(&self, what: Shutdown) -> Result<(), Error> {
        let how = match what {
            Shutdown::Receive => win32::SD_RECEIVE,
            Shutdown::Send => win32::SD_SEND,
            Shutdown::Both => win32::SD_BOTH,
        };
        raw::shutdown(self.0, how)
    }

    /// `getsockname`: the local address.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-getsockname`.
    ///
    /// # Errors
    /// `WSAEINVAL` for a socket without one, `WSAEAFNOSUPPORT` if it is not an address of the internet.
    #[doc(alias = "getsockname")]
    pub fn local_addr(&self) -> Result<SocketAddr, Error> {
        raw::local_address(self.0)?.try_into()
    }

    /// `getpeername`: the peer's address.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-getpeername`.
    ///
    /// # Errors
    /// `WSAENOTCONN`, `WSAEAFNOSUPPORT` if it is not an address of the internet.
    #[doc(alias = "getpeername")]
    pub fn peer_addr(&self) -> Result<SocketAddr, Error> {
        raw::peer_address(self.0)?.try_into()
    }
}

/// Sending and receiving.
///
/// The codes of all of these: `WSAENOTCONN` (stream), `WSAEINVAL` (receiving on a datagram socket without an address),
/// `WSAESHUTDOWN` after [`Socket::shutdown`], `WSAECONNRESET` and every other way in which a connection breaks,
/// `WSAEWOULDBLOCK` on a non-blocking socket, `WSAETIMEDOUT` after [`Socket::set_read_timeout`] or
/// [`Socket::set_write_timeout`], `WSAEMSGSIZE` for a datagram that is too long to send, or longer than the buffer it
/// came into (which is filled; the rest is lost).
impl Socket {
    /// `send`: sends data to the peer, and gives how much was taken: all of it, unless the socket is non-blocking or
    /// the connection breaks midway.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-send`.
    ///
    /// # Errors
    /// Those of this group.
    pub fn send(&self, data: &[u8]) -> Result<usize, Error> {
        raw::send(self.0, data, 0)
    }

    /// `WSASend`: sends several buffers as one piece.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsasend`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "WSASend")]
    pub fn send_vectored(&self, data: &[IoSlice<'_>]) -> Result<usize, Error> {
        raw::send_vectored(self.0, data)
    }

    /// `sendto`: sends a datagram to an address. On a stream socket the address is ignored.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-sendto`.
    ///
    /// # Errors
    /// `WSAEAFNOSUPPORT` for an address of another family, `WSAEADDRNOTAVAIL` for one that nobody can have, `WSAEACCES`
    /// for a broadcast without [`Socket::set_broadcast`], and those of this group.
    #[doc(alias = "sendto")]
    pub fn send_to(&self, data: &[u8], to: impl Into<SocketAddr>) -> Result<usize, Error> {
        raw::send_to(self.0, data, 0, &to.into().into())
    }

    /// `send` with `MSG_OOB`: the last byte is urgent.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-send`.
    ///
    /// # Errors
    /// `WSAEOPNOTSUPP` on a datagram socket, and those of this group.
    #[doc(alias = "MSG_OOB")]
    pub fn send_out_of_band(&self, data: &[u8]) -> Result<usize, Error> {
        raw::send(self.0, data, win32::MSG_OOB)
    }

    /// `recv`: receives what has come, and gives how much; 0 means that the peer of a stream has ended its side.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-recv`.
    ///
    /// # Errors
    /// Those of this group.
    pub fn recv(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        raw::recv(self.0, buffer, 0)
    }

    /// `WSARecv`: receives into several buffers, one after the other.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsarecv`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "WSARecv")]
    pub fn recv_vectored(&self, buffers: &mut [IoSliceMut<'_>]) -> Result<usize, Error> {
        raw::recv_vectored(self.0, buffers)
    }

    /// `recvfrom`: receives a datagram, and where it came from. On a stream socket that is the peer.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-recvfrom`.
    ///
    /// # Errors
    /// Those of this group. `WSAECONNRESET` on a datagram socket: an earlier datagram reached a closed port.
    #[doc(alias = "recvfrom")]
    pub fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        self.recv_from_with(buffer, 0)
    }

    /// `recv` with `MSG_PEEK`: as [`Socket::recv`], but the data stays for the next call.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-recv`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "MSG_PEEK")]
    pub fn peek(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        raw::recv(self.0, buffer, win32::MSG_PEEK)
    }

    /// `recvfrom` with `MSG_PEEK`: as [`Socket::recv_from`], but the datagram stays for the next call.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-recvfrom`.
    ///
    /// # Errors
    /// Those of this group.
    pub fn peek_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        self.recv_from_with(buffer, win32::MSG_PEEK)
    }

    /// `recv` with `MSG_OOB`: receives the urgent byte, and waits for it if the socket is one that waits.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-recv`.
    ///
    /// # Errors
    /// `WSAEOPNOTSUPP` on a datagram socket, and those of this group.
    pub fn recv_out_of_band(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        raw::recv(self.0, buffer, win32::MSG_OOB)
    }

    /// `ioctlsocket(FIONREAD)`: how many bytes one receive can have at once; for datagrams, the first one's.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-ioctlsocket`.
    ///
    /// # Errors
    /// None that an open socket gives.
    #[doc(alias = "ioctlsocket")]
    #[doc(alias = "FIONREAD")]
    pub fn available(&self) -> Result<usize, Error> {
        raw::ioctl(self.0, win32::FIONREAD, 0).map(|bytes| bytes as usize)
    }

    /// `ioctlsocket(SIOCATMARK)`: whether all out-of-band data has been read, on a stream that has it inline
    /// ([`Socket::set_out_of_band_inline`]).
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-ioctlsocket`.
    ///
    /// # Errors
    /// `WSAEINVAL` on a socket that is not a stream.
    #[doc(alias = "SIOCATMARK")]
    pub fn at_mark(&self) -> Result<bool, Error> {
        raw::ioctl(self.0, win32::SIOCATMARK, 0).map(|at_mark| at_mark != 0)
    }

    fn recv_from_with(&self, buffer: &mut [u8], flags: i32) -> Result<(usize, SocketAddr), Error> {
        let (len, from) = raw::recv_from(self.0, buffer, flags)?;
        let from = SocketAddr::try_from(from).or_else(|_| self.peer_addr())?;
        Ok((len, from))
    }
}

impl Read for &Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.recv(buffer)?)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        Ok(self.recv_vectored(buffers)?)
    }
}

impl Write for &Socket {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(self.send(data)?)
    }

    fn write_vectored(&mut self, data: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(self.send_vectored(data)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        (&*self).read_vectored(buffers)
    }
}

impl Write for Socket {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        (&*self).write(data)
    }

    fn write_vectored(&mut self, data: &[IoSlice<'_>]) -> io::Result<usize> {
        (&*self).write_vectored(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Socket");
        text.field("handle", &self.0);
        if let Ok(local) = self.local_addr() {
            text.field("local", &local);
        }
        if let Ok(peer) = self.peer_addr() {
            text.field("peer", &peer);
        }
        text.finish()
    }
}
