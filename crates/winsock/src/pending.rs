//! [`Pending`]: one overlapped operation without a port, to be waited for, cancelled, or looked at.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::loan::{self, Bytes, Loan, Place, Request, Returned, Task};
use crate::outcome::{Accepted, NotStarted, Outcome};
use crate::raw::object;
use crate::win32::HANDLE;
use crate::{Event, Reset, SockAddr, Socket, Waitable};

/// An overlapped operation under way. It owns its buffer, and is signalled when it has ended.
///
/// `S` is the socket: `&Socket`, `Arc<Socket>`, or a `Socket` that belongs to the operation until its end. Dropping a
/// pending operation cancels it and waits until it has ended.
///
/// The operation is cancelled if the thread that started it ends. It works also on a socket that is associated with a
/// port, and leaves no packet there.
///
/// ```
/// use std::time::Duration;
/// use winsock::{Error, Family, Pending, Socket};
///
/// let socket = Socket::datagram(Family::IPV4)?;
/// socket.bind(([127, 0, 0, 1], 0))?;
///
/// let receive = Pending::receive_from(&socket, Vec::with_capacity(100))?;
/// assert!(!receive.has_ended());
/// let send = Pending::send_to(&socket, b"to myself".to_vec(), socket.local_addr()?)?;
/// assert_eq!(send.finish().outcome.result(), Ok(9));
/// let received = receive.finish();
/// assert_eq!(received.buffer, b"to myself");
/// assert_eq!(received.from, Some(socket.local_addr()?));
///
/// // What does not come can be cancelled, and says so.
/// let receive = Pending::receive_from(&socket, received.buffer)?;
/// let receive = receive.finish_within(Duration::ZERO).unwrap_err();
/// assert!(receive.cancel());
/// let received = receive.finish();
/// assert_eq!(received.outcome.error, Some(Error::WSA_OPERATION_ABORTED));
/// assert_eq!(received.buffer, b"to myself", "nothing was appended");
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "WSAOVERLAPPED")]
#[doc(alias = "OVERLAPPED")]
#[must_use = "dropping it cancels the operation"]
pub struct Pending<S: Borrow<Socket>> {
    /// There until it is taken back.
    loan: Option<Loan<S>>,
    ended: Event,
}

/// An operation that has ended, with all that it kept.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finished<S> {
    /// The socket.
    pub socket: S,
    /// The buffer: a receive has appended what came, a send left it as it was.
    pub buffer: Vec<u8>,
    /// Where a receive got its data from, if it asked.
    pub from: Option<SocketAddr>,
    /// The connection of an accept that has succeeded.
    pub accepted: Option<Accepted>,
    /// How it ended.
    pub outcome: Outcome,
}

impl<S> From<Returned<S>> for Finished<S> {
    fn from(returned: Returned<S>) -> Finished<S> {
        let Returned { operation: _, outcome, from, accepted, buffer, data } = returned;
        Finished { socket: data, buffer, from, accepted, outcome }
    }
}

/// Room for the loan of an operation that is being started.
struct Slot<S>(RefCell<Option<Loan<S>>>);

impl<S> Place<S> for Slot<S> {
    fn put(&self, loan: Loan<S>) {
        self.0.replace(Some(loan));
    }

    fn take(&self, _address: usize) -> Option<Loan<S>> {
        self.0.take()
    }
}

/// Starting operations. Each fails with what Winsock refuses it for, as the call of [`Socket`] of the same name does, and
/// `WSA_NOT_ENOUGH_MEMORY` or `WSAENOBUFS` without room for it.
impl<S: Borrow<Socket>> Pending<S> {
    /// `WSARecv`: appends what comes to the buffer, as much as there is spare capacity. Without any, on a stream, it ends
    /// when there is something to receive.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsarecv`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "WSARecv")]
    pub fn receive(socket: S, buffer: Vec<u8>) -> Result<Pending<S>, NotStarted<S>> {
        Pending::start(Task::Receive, socket, buffer)
    }

    /// `WSARecvFrom`: the same, and tells where it came from.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsarecvfrom`.
    ///
    /// # Errors
    /// Those of this group. `WSAECONNRESET`: an earlier datagram reached a closed port; the next call receives again.
    #[doc(alias = "WSARecvFrom")]
    pub fn receive_from(socket: S, buffer: Vec<u8>) -> Result<Pending<S>, NotStarted<S>> {
        Pending::start(Task::ReceiveFrom, socket, buffer)
    }

    /// `WSASend`: sends the buffer; on a stream it ends when all of it has been taken.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsasend`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "WSASend")]
    pub fn send(socket: S, buffer: Vec<u8>) -> Result<Pending<S>, NotStarted<S>> {
        Pending::start(Task::Send, socket, buffer)
    }

    /// `WSASendTo`: sends the buffer as a datagram to an address.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsasendto`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "WSASendTo")]
    pub fn send_to(
        socket: S,
        buffer: Vec<u8>,
        to: impl Into<SocketAddr>,
    ) -> Result<Pending<S>, NotStarted<S>> {
        Pending::start(Task::SendTo(&SockAddr::from(to.into())), socket, buffer)
    }

    /// `AcceptEx`: accepts the next connection of a listening socket, and appends the first data that comes on it, `first`
    /// bytes at most; the buffer grows where it has no room for them. With 0 it ends as soon as there is a connection.
    /// Any number may be pending on a listener: each takes one connection.
    ///
    /// [`Finished::accepted`] has the connection. If the peer ends its side before it has sent anything, there is one, and
    /// no data. A peer that sends nothing at all keeps the accept for itself: [`Pending::connect_time`] tells of it.
    ///
    /// Microsoft's page: `mswsock/nf-mswsock-acceptex`.
    ///
    /// # Errors
    /// `WSAENOBUFS` without memory, `WSAEMFILE` without room for another socket, `WSAEINVAL` for a socket that does not
    /// listen. Later it may meet `WSAEMFILE`, and `WSAECONNRESET` from a peer that resets before it has sent.
    #[doc(alias = "AcceptEx")]
    #[doc(alias = "GetAcceptExSockaddrs")]
    #[doc(alias = "SO_UPDATE_ACCEPT_CONTEXT")]
    pub fn accept(listener: S, buffer: Vec<u8>, first: usize) -> Result<Pending<S>, NotStarted<S>> {
        Pending::start(Task::Accept { first }, listener, buffer)
    }

    /// `ConnectEx`: connects a stream socket to a peer, and sends the buffer, all of it, before the operation ends. A
    /// socket without an address is bound to any first.
    ///
    /// After a failure the socket may be connected again.
    ///
    /// Microsoft's page: `mswsock/nc-mswsock-lpfn_connectex`.
    ///
    /// # Errors
    /// `WSAEMSGSIZE` for more than a call can send, `WSAEAFNOSUPPORT` for an address of another family, `WSAEOPNOTSUPP`
    /// for a socket without connections, `WSAEINVAL` for one that listens, `WSAEALREADY`, `WSAEISCONN`,
    /// `WSAEADDRNOTAVAIL` for an address that nobody can have. At once or later it may meet `WSAECONNREFUSED`,
    /// `WSAETIMEDOUT`, `WSAENETUNREACH` and `WSAEHOSTUNREACH`.
    #[doc(alias = "ConnectEx")]
    #[doc(alias = "SO_UPDATE_CONNECT_CONTEXT")]
    pub fn connect(
        socket: S,
        buffer: Vec<u8>,
        to: impl Into<SocketAddr>,
    ) -> Result<Pending<S>, NotStarted<S>> {
        Pending::start(Task::Connect(&SockAddr::from(to.into())), socket, buffer)
    }

    fn start(task: Task<'_>, socket: S, buffer: Vec<u8>) -> Result<Pending<S>, NotStarted<S>> {
        let ended = match Event::new(Reset::Manual, false) {
            Ok(ended) => ended,
            Err(error) => return Err(NotStarted { error, buffer, data: socket }),
        };
        /// In `hEvent`: no packet, if the socket is associated with a port.
        const NO_PACKET: usize = 1;
        let request = Request {
            socket: socket.borrow().as_raw(),
            task,
            event: ended.as_raw().addr() | NO_PACKET,
            routine: None,
        };
        let slot = Slot(RefCell::new(None));
        loan::start(&slot, request, Bytes::Own(buffer), socket)?;
        Ok(Pending { loan: slot.0.into_inner(), ended })
    }
}

/// Its end.
impl<S: Borrow<Socket>> Pending<S> {
    /// `HasOverlappedIoCompleted`: whether the operation has ended.
    #[doc(alias = "HasOverlappedIoCompleted")]
    pub fn has_ended(&self) -> bool {
        self.loan.as_ref().is_none_or(Loan::has_ended)
    }

    /// `getsockopt(SO_CONNECT_TIME)`: how long the connection is there whose first data a pending accept waits for, in
    /// whole seconds; `None` if none is there, and for other operations.
    ///
    /// Microsoft's page: `mswsock/nf-mswsock-acceptex`.
    #[doc(alias = "SO_CONNECT_TIME")]
    pub fn connect_time(&self) -> Option<Duration> {
        self.loan.as_ref().and_then(Loan::connect_time)
    }

    /// `CancelIoEx`: asks the operation to end with [`Error::WSA_OPERATION_ABORTED`]. It may have its outcome all the
    /// same. Answers false if it has ended already.
    ///
    /// Microsoft's page: `fileio/cancelioex-func`.
    #[doc(alias = "CancelIoEx")]
    pub fn cancel(&self) -> bool {
        self.loan.as_ref().is_some_and(Loan::cancel)
    }

    /// `WSAGetOverlappedResult`: waits for the end.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsagetoverlappedresult`.
    #[doc(alias = "WSAGetOverlappedResult")]
    #[doc(alias = "GetOverlappedResult")]
    pub fn finish(mut self) -> Finished<S> {
        self.take_back(None).expect("a wait without limit ends when the operation does")
    }

    /// `GetOverlappedResultEx`: waits for the end, no longer than the time-out.
    ///
    /// # Errors
    /// The operation itself, if it has not ended by then.
    #[doc(alias = "GetOverlappedResultEx")]
    pub fn finish_within(mut self, timeout: Duration) -> Result<Finished<S>, Pending<S>> {
        self.take_back(Some(timeout)).ok_or(self)
    }

    fn take_back(&mut self, timeout: Option<Duration>) -> Option<Finished<S>> {
        let loan = self.loan.take()?;
        if !loan.has_ended() {
            // The status is final before the event is set.
            let _ = object::wait(&[self.as_raw()], false, timeout);
        }
        match loan.take_back() {
            Ok(returned) => Some(returned.into()),
            Err(loan) => {
                self.loan = Some(loan);
                None
            }
        }
    }
}

impl<S: Borrow<Socket>> Drop for Pending<S> {
    fn drop(&mut self) {
        // Without a loan there is nothing to wait for; one that is not to be had back stays lent for ever.
        self.cancel();
        self.take_back(None);
    }
}

/// Signalled when the operation has ended.
impl<S: Borrow<Socket>> Waitable for Pending<S> {
    fn as_raw(&self) -> HANDLE {
        self.ended.as_raw()
    }
}

impl<S: Borrow<Socket>> fmt::Debug for Pending<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("has_ended", &self.has_ended()).finish_non_exhaustive()
    }
}
