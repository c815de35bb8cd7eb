//! [`CompletionPort`]: packets of the operations of many sockets, taken by a few threads.
//!
//! Owns the list of the operations that are under way on a port, by the address of their `OVERLAPPED`. A packet is
//! one of ours if its address is on the list *and* the status behind it is final. So packets that raw calls put there
//! are passed over, whatever their address is: even that of an operation which is still pending.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::net::SocketAddr;
use std::ops::{Deref, Range};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::loan::{self, Bytes, Loan, Place, Request, Returned, Task};
use crate::outcome::{Accepted, NotStarted, Operation, Outcome};
use crate::raw::object::{self, Handle, Packet};
use crate::{Error, SockAddr, Socket, startup};

/// A completion port. `T` is what the program adds to each operation, to come back with its completion.
///
/// A socket that is [associated](CompletionPort::associate) with the port starts operations, which own their buffers;
/// any number of threads [take](CompletionPort::take) the completions, each of which comes once, with the buffer. Of the
/// threads that wait, the last to come is the first to go on, and no more than the port's concurrency run at a time: a
/// thread that blocks in another call of this crate does not count meanwhile.
///
/// ```
/// use std::thread;
/// use winsock::{CompletionPort, Error, Family, Operation, Socket};
///
/// let listener = Socket::stream(Family::IPV4)?;
/// listener.bind(([127, 0, 0, 1], 0))?;
/// listener.listen(5)?;
/// let client = Socket::stream(Family::IPV4)?;
/// client.connect(listener.local_addr()?)?;
///
/// let port = CompletionPort::new(0)?;
/// let server = port.associate(listener.accept()?.0, 7)?;
/// server.start_receive(Vec::with_capacity(100), "the first")?;
/// client.send(b"good morning")?;
///
/// let completion = thread::scope(|scope| scope.spawn(|| port.take(None)).join().unwrap())?;
/// assert_eq!((completion.key, completion.data), (7, "the first"));
/// assert_eq!(completion.operation, Operation::Receive);
/// assert_eq!(completion.outcome.result(), Ok(12));
/// assert_eq!(completion.buffer, b"good morning");
///
/// // The peer's reset has one code for Winsock and another for ports.
/// server.start_receive(completion.buffer, "the second")?;
/// client.set_linger(Some(std::time::Duration::ZERO))?;
/// drop(client);
/// let outcome = port.take(None)?.outcome;
/// assert_eq!(outcome.error, Some(Error::WSAECONNRESET));
/// assert_eq!(outcome.port_error, Some(Error::ERROR_NETNAME_DELETED));
/// # Ok::<(), Error>(())
/// ```
///
/// Dropping the port cancels the operations of its sockets and waits until all have ended; what they kept is dropped.
/// Its sockets remain, and start no more operations.
#[doc(alias = "CreateIoCompletionPort")]
#[doc(alias = "CloseHandle")]
pub struct CompletionPort<T> {
    shared: Arc<Shared<T>>,
}

/// What a port and its sockets share.
struct Shared<T> {
    handle: Handle,
    /// Whether operations may be started. Held for reading while one is being started.
    open: RwLock<bool>,
    under_way: UnderWay<T>,
}

/// Lists of operations under way, chosen by the address so that threads seldom meet.
struct UnderWay<T>([Mutex<List<T>>; 16]);

type List<T> = HashMap<usize, Loan<T>, BuildHasherDefault<ByAddress>>;

/// A hash of addresses, which are this process's own: nobody can choose them to meet.
#[derive(Default)]
struct ByAddress(u64);

impl Hasher for ByAddress {
    fn write_usize(&mut self, address: usize) {
        // Spreads what differs over the bits that a table looks at: the highest and the lowest.
        let product = (address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = product ^ product >> 32;
    }

    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("an address is one number")
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl<T> UnderWay<T> {
    fn list(&self, address: usize) -> MutexGuard<'_, List<T>> {
        // The low bits of addresses of large objects say little.
        let list = &self.0[(address >> 8) % self.0.len()];
        list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Place<T> for UnderWay<T> {
    fn put(&self, loan: Loan<T>) {
        self.list(loan.address()).insert(loan.address(), loan);
    }

    fn take(&self, address: usize) -> Option<Loan<T>> {
        self.list(address).remove(&address)
    }
}

/// An operation that has ended, or a value that was posted.
#[derive(Debug)]
#[non_exhaustive]
pub struct Completion<T> {
    /// The key that the socket was associated with, or that was posted.
    pub key: usize,
    /// Which operation it was.
    pub operation: Operation,
    /// How it ended.
    pub outcome: Outcome,
    /// Where a receive got its data from, if it asked.
    pub from: Option<SocketAddr>,
    /// The connection of an accept that has succeeded.
    pub accepted: Option<Accepted>,
    /// The buffer: a receive has appended what came, a send left it as it was.
    pub buffer: Vec<u8>,
    /// What the program added to the operation.
    pub data: T,
}

impl<T: Send> CompletionPort<T> {
    /// `CreateIoCompletionPort`: makes a port on which that many threads run at a time; 0 means as many as there are
    /// processors.
    ///
    /// Microsoft's page: `ioapiset/nf-ioapiset-createiocompletionport`.
    ///
    /// # Errors
    /// What `WSAStartup` answers if Winsock cannot start; `WSAEMFILE`.
    pub fn new(concurrency: usize) -> Result<CompletionPort<T>, Error> {
        startup::ensure()?;
        let handle = object::create_port(u32::try_from(concurrency).unwrap_or(u32::MAX))?;
        let under_way = UnderWay(std::array::from_fn(|_| Mutex::default()));
        Ok(CompletionPort { shared: Arc::new(Shared { handle, open: RwLock::new(true), under_way }) })
    }

    /// `CreateIoCompletionPort`: associates a socket with the port. `key` comes with each of its completions.
    ///
    /// Microsoft's page: `ioapiset/nf-ioapiset-createiocompletionport`.
    ///
    /// # Errors
    /// `WSA_INVALID_PARAMETER` for a socket of which another handle is associated with a port. The socket is then
    /// closed.
    pub fn associate(&self, socket: Socket, key: usize) -> Result<PortSocket<T>, Error> {
        object::associate(&self.shared.handle, socket.as_raw(), key)?;
        Ok(PortSocket { socket, shared: Arc::clone(&self.shared) })
    }

    /// `PostQueuedCompletionStatus`: queues a value of the program's own.
    ///
    /// Microsoft's page: `ioapiset/nf-ioapiset-postqueuedcompletionstatus`.
    ///
    /// # Errors
    /// None that a port which is open gives.
    #[doc(alias = "PostQueuedCompletionStatus")]
    pub fn post(&self, key: usize, data: T) -> Result<(), Error> {
        let loan = Loan::posted(data);
        let address = loan.address();
        self.shared.under_way.put(loan);
        object::post(&self.shared.handle, key, address).inspect_err(|_| {
            self.shared.under_way.take(address).map(Loan::take_back);
        })
    }

    /// `GetQueuedCompletionStatus`: takes the next completion, waiting until there is one; `None` waits without limit.
    ///
    /// An operation that failed is a completion like any other: its [`Outcome`] says so.
    ///
    /// Microsoft's page: `ioapiset/nf-ioapiset-getqueuedcompletionstatus`.
    ///
    /// # Errors
    /// `WSA_WAIT_TIMEOUT` when the time has run out.
    #[doc(alias = "GetQueuedCompletionStatus")]
    pub fn take(&self, timeout: Option<Duration>) -> Result<Completion<T>, Error> {
        let deadline = Deadline::new(timeout);
        loop {
            let packet = object::take_packet(&self.shared.handle, deadline.left())?;
            if let Some(completion) = self.completion(packet) {
                return Ok(completion);
            }
        }
    }

    /// `GetQueuedCompletionStatusEx`: takes all completions that there are, but no more than `max`, waiting until there
    /// is one, and appends them. Gives how many.
    ///
    /// Microsoft's page: `ioapiset/nf-ioapiset-getqueuedcompletionstatusex`.
    ///
    /// # Errors
    /// `WSA_INVALID_PARAMETER` for a `max` of 0, `WSA_WAIT_TIMEOUT` when the time has run out.
    #[doc(alias = "GetQueuedCompletionStatusEx")]
    pub fn take_many(
        &self,
        completions: &mut Vec<Completion<T>>,
        max: usize,
        timeout: Option<Duration>,
    ) -> Result<usize, Error> {
        let deadline = Deadline::new(timeout);
        let before = completions.len();
        loop {
            object::take_packets(&self.shared.handle, max, deadline.left(), |packet| {
                if let Some(completion) = self.completion(packet) {
                    completions.push(completion);
                }
            })?;
            if completions.len() > before {
                return Ok(completions.len() - before);
            }
        }
    }

    /// The completion that a packet tells of, if it is one of ours.
    fn completion(&self, (key, address): Packet) -> Option<Completion<T>> {
        let loan = {
            match self.shared.under_way.list(address).entry(address) {
                Entry::Occupied(loan) if loan.get().has_ended() => loan.remove(),
                Entry::Occupied(_) | Entry::Vacant(_) => return None,
            }
        };
        let Returned { operation, outcome, from, accepted, buffer, data } = loan.take_back().ok()?;
        Some(Completion { key, operation, outcome, from, accepted, buffer, data })
    }
}

/// When a wait ends that goes on in several calls.
struct Deadline(Option<Instant>);

impl Deadline {
    fn new(timeout: Option<Duration>) -> Deadline {
        Deadline(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    fn left(&self) -> Option<Duration> {
        self.0.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

impl<T> Drop for CompletionPort<T> {
    fn drop(&mut self) {
        // From here on none is being started, and none will be.
        *self.shared.open.write().unwrap_or_else(PoisonError::into_inner) = false;
        for list in &self.shared.under_way.0 {
            for loan in list.lock().unwrap_or_else(PoisonError::into_inner).values() {
                loan.cancel();
            }
        }
        while self.drop_ended() {
            // The engine makes progress while somebody waits. The packets tell nothing that the statuses do not.
            let rest = Some(Duration::from_millis(1));
            let _ = object::take_packets(&self.shared.handle, usize::MAX, rest, |_| {});
        }
    }
}

impl<T> CompletionPort<T> {
    /// Drops what operations kept that have ended. Answers whether there are others.
    fn drop_ended(&self) -> bool {
        let mut pending = false;
        for list in &self.shared.under_way.0 {
            let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
            let ended: Vec<Loan<T>> =
                list.extract_if(|_, loan| loan.has_ended()).map(|(_, loan)| loan).collect();
            pending |= !list.is_empty();
            drop(list);
            // What the program added may own sockets of the port, and end more: the list is free by now.
            ended.into_iter().for_each(|loan| drop(loan.take_back()));
        }
        pending
    }
}

impl<T> fmt::Debug for CompletionPort<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletionPort").field("handle", &self.shared.handle).finish()
    }
}

/// A [`Socket`] that is associated with a [`CompletionPort`]: it starts operations whose completions the port gives out.
///
/// Dropping it closes the socket. Its operations then end, most with [`Error::WSA_OPERATION_ABORTED`], and their
/// completions come; so do those that were started through another handle of the same socket.
pub struct PortSocket<T> {
    socket: Socket,
    shared: Arc<Shared<T>>,
}

/// Starting operations. Any number may be under way at a time; those of one direction are done in the order of their calls.
///
/// Each fails with what Winsock refuses it for, as the call of [`Socket`] of the same name does, with `WSAENOBUFS` or
/// `WSAEMFILE` without room for it, and with `WSA_OPERATION_ABORTED` when the port is gone. Then no completion comes.
impl<T: Send> PortSocket<T> {
    /// `WSARecv`: appends what comes to the buffer, as much as there is spare capacity. Without any, on a stream, it ends
    /// when there is something to receive.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsarecv`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "WSARecv")]
    pub fn start_receive(&self, buffer: Vec<u8>, data: T) -> Result<(), NotStarted<T>> {
        self.start(Task::Receive, Bytes::Own(buffer), data)
    }

    /// `WSARecvFrom`: the same, and tells where it came from.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsarecvfrom`.
    ///
    /// # Errors
    /// Those of this group. `WSAECONNRESET`: an earlier datagram reached a closed port; the next call receives again.
    #[doc(alias = "WSARecvFrom")]
    pub fn start_receive_from(&self, buffer: Vec<u8>, data: T) -> Result<(), NotStarted<T>> {
        self.start(Task::ReceiveFrom, Bytes::Own(buffer), data)
    }

    /// `WSASend`: sends the buffer; on a stream it ends when all of it has been taken.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsasend`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "WSASend")]
    pub fn start_send(&self, buffer: Vec<u8>, data: T) -> Result<(), NotStarted<T>> {
        self.start(Task::Send, Bytes::Own(buffer), data)
    }

    /// `WSASend`: sends a part of bytes that others may be sending or reading at the same time: one message to many
    /// peers, without a copy for each. The completion's buffer is empty, and what it held of the bytes is given up.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use winsock::{CompletionPort, Family, Socket};
    /// # let listener = Socket::stream(Family::IPV4)?;
    /// # listener.bind(([127, 0, 0, 1], 0))?;
    /// # listener.listen(5)?;
    /// # let connect = || {
    /// #     let client = Socket::stream(Family::IPV4)?;
    /// #     client.connect(listener.local_addr()?)?;
    /// #     Ok::<_, winsock::Error>(client)
    /// # };
    /// let clients = [connect()?, connect()?, connect()?];
    /// let port = CompletionPort::new(0)?;
    /// let news: Arc<[u8]> = Arc::from(*b"42: sold");
    /// let mut servers = Vec::new();
    /// for number in 0..clients.len() {
    ///     let server = port.associate(listener.accept()?.0, number)?;
    ///     server.start_send_shared(news.clone(), 4..news.len(), ())?;
    ///     servers.push(server);
    /// }
    /// for client in &clients {
    ///     let mut buffer = [0; 100];
    ///     assert_eq!(client.recv(&mut buffer)?, 4);
    ///     assert_eq!(buffer[..4], *b"sold");
    /// }
    /// # for _ in &clients {
    /// #     assert_eq!(port.take(None)?.outcome.result(), Ok(4));
    /// # }
    /// # assert_eq!(Arc::strong_count(&news), 1);
    /// # Ok::<(), winsock::Error>(())
    /// ```
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsasend`.
    ///
    /// # Errors
    /// Those of this group.
    ///
    /// # Panics
    /// If the range is not one of the bytes.
    #[doc(alias = "WSASend")]
    pub fn start_send_shared(
        &self,
        bytes: Arc<[u8]>,
        part: Range<usize>,
        data: T,
    ) -> Result<(), NotStarted<T>> {
        let (from, len) = (part.start, bytes[part].len());
        self.start(Task::SendPart { from, len }, Bytes::Shared(bytes), data)
    }

    /// `WSASendTo`: sends the buffer as a datagram to an address.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsasendto`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "WSASendTo")]
    pub fn start_send_to(
        &self,
        buffer: Vec<u8>,
        to: impl Into<SocketAddr>,
        data: T,
    ) -> Result<(), NotStarted<T>> {
        self.start(Task::SendTo(&SockAddr::from(to.into())), Bytes::Own(buffer), data)
    }

    /// `AcceptEx`: accepts the next connection of a listening socket, and appends the first data that comes on it, `first`
    /// bytes at most; the buffer grows where it has no room for them. With 0 it ends as soon as there is a connection.
    /// Any number may be under way: each takes one connection.
    ///
    /// [`Completion::accepted`] has the connection, whose socket is not associated with a port yet. If the peer ends its side
    /// before it has sent anything, there is one, and no data. Peers that send nothing at all keep their accepts for
    /// themselves: [`PortSocket::connect_times`] and [`PortSocket::cancel_silent`] deal with those.
    ///
    /// The connection of a listener that is closed before its completion is taken fails with `WSAENOTSOCK`.
    ///
    /// Microsoft's page: `mswsock/nf-mswsock-acceptex`.
    ///
    /// # Errors
    /// Those of this group; `WSAEMFILE` without room for another socket, `WSAEINVAL` for a socket that does not listen.
    /// Later it may meet `WSAEMFILE`, and `WSAECONNRESET` from a peer that resets before it has sent.
    #[doc(alias = "AcceptEx")]
    #[doc(alias = "GetAcceptExSockaddrs")]
    #[doc(alias = "SO_UPDATE_ACCEPT_CONTEXT")]
    pub fn start_accept(&self, buffer: Vec<u8>, first: usize, data: T) -> Result<(), NotStarted<T>> {
        self.start(Task::Accept { first }, Bytes::Own(buffer), data)
    }

    /// `ConnectEx`: connects a stream socket to a peer, and sends the buffer, all of it, before the operation ends. A
    /// socket without an address is bound to any first.
    ///
    /// Microsoft's page: `mswsock/nc-mswsock-lpfn_connectex`.
    ///
    /// # Errors
    /// Those of this group, with the codes of [`Socket::connect`]; `WSAEOPNOTSUPP` for a socket without connections.
    #[doc(alias = "ConnectEx")]
    #[doc(alias = "SO_UPDATE_CONNECT_CONTEXT")]
    pub fn start_connect(
        &self,
        buffer: Vec<u8>,
        to: impl Into<SocketAddr>,
        data: T,
    ) -> Result<(), NotStarted<T>> {
        self.start(Task::Connect(&SockAddr::from(to.into())), Bytes::Own(buffer), data)
    }

    /// `getsockopt(SO_CONNECT_TIME)` of each connection that has come to an accept of this socket and has not sent
    /// anything yet: how long it is there, in whole seconds. The other accepts under way still wait for a connection.
    ///
    /// Microsoft's page: `mswsock/nf-mswsock-acceptex`.
    #[doc(alias = "SO_CONNECT_TIME")]
    pub fn connect_times(&self) -> Vec<Duration> {
        self.silent().into_iter().map(|(_, time)| time).collect()
    }

    /// `CancelIoEx` for the accepts of this socket whose connections have been there for that long without sending
    /// anything. They are closed, and the accepts end with [`Error::WSA_OPERATION_ABORTED`]. Gives how many.
    ///
    /// Microsoft's page: `mswsock/nf-mswsock-acceptex`.
    #[doc(alias = "CancelIoEx")]
    pub fn cancel_silent(&self, time: Duration) -> usize {
        let silent = self.silent().into_iter().filter(|(_, connected)| *connected >= time);
        silent.filter(|(address, _)| object::cancel(self.socket.as_raw(), Some(*address)).is_ok()).count()
    }

    /// The accepts that wait for first data: their addresses, and how long.
    fn silent(&self) -> Vec<(usize, Duration)> {
        let mut silent = Vec::new();
        for list in &self.shared.under_way.0 {
            let list = list.lock().unwrap_or_else(PoisonError::into_inner);
            let mine = list.values().filter(|loan| loan.socket() == self.socket.as_raw());
            silent.extend(mine.filter_map(|loan| Some((loan.address(), loan.connect_time()?))));
        }
        silent
    }

    /// `CancelIoEx`: asks all operations of the socket to end with [`Error::WSA_OPERATION_ABORTED`]. Some may have
    /// their outcome all the same. Answers false if there was none.
    ///
    /// Microsoft's page: `fileio/cancelioex-func`.
    #[doc(alias = "CancelIoEx")]
    pub fn cancel(&self) -> bool {
        object::cancel(self.socket.as_raw(), None).is_ok()
    }

    fn start(&self, task: Task<'_>, bytes: Bytes, data: T) -> Result<(), NotStarted<T>> {
        let open = self.shared.open.read().unwrap_or_else(PoisonError::into_inner);
        if !*open {
            return Err(NotStarted::too_late(bytes.into_buffer(), data));
        }
        let request = Request { socket: self.socket.as_raw(), task, event: 0, routine: None };
        loan::start(&self.shared.under_way, request, bytes, data)
    }
}

/// All that goes without a port goes on the socket as before.
impl<T> Deref for PortSocket<T> {
    type Target = Socket;

    fn deref(&self) -> &Socket {
        &self.socket
    }
}

impl<T> Drop for PortSocket<T> {
    fn drop(&mut self) {
        // Closing ends them only if there is no other handle.
        let _ = object::cancel(self.socket.as_raw(), None);
    }
}

impl<T> fmt::Debug for PortSocket<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.socket.fmt(f)
    }
}
