//! One overlapped operation: what was asked, how it makes progress, and what its outcome is.
//!
//! A closed set. Each kind has its arm in [`Request::attempt`], which asks the kernel directly; a backend that hands
//! requests to the kernel to work on has one match for what it hands over and gives the results to
//! [`Operation::answered`]. Kinds that do more than that have a file of their own in `operation/`.
//! Where outcomes go is `overlapped.rs`'s.

pub(crate) mod accept;
pub(crate) mod connect;
pub(crate) mod disconnect;
pub(crate) mod message;
pub(crate) mod synchronous;
pub(crate) mod transmit;

use super::change;
use super::event::Event;
use super::faults;
use super::lent::{AddressRoom, Overlapped};
use super::overlapped::this_thread;
use super::socket::Socket;
use super::status::Status;
use super::sys::Errno;
use super::sys::poll::{self, POLLRDHUP};
use super::sys::socket::{
    self as linux, Buffer, MAX_BUFFERS, MSG_DONTWAIT, MSG_NOSIGNAL, MSG_OOB, MSG_PEEK, MSG_TRUNC,
    MSG_WAITALL, Received,
};
use super::sys::uring::Message;
use super::thread::ThreadControl;
use super::transfer;
use super::translate::{self, Address, Kind};
use crate::error::Error;
use crate::win32::OVERLAPPED;
use accept::Accept;
use connect::Connect;
use std::sync::Arc;
use std::time::Duration;
use transmit::Transmit;

/// An operation, from the call that starts it until it has its outcome.
pub(crate) struct Operation {
    pub(crate) request: Request,
    pub(crate) overlapped: Overlapped,
    pub(crate) indication: Indication,
    /// Bytes of a send that have been taken so far, or that a receive which waits for all has.
    pub(crate) done: usize,
    /// The thread that started it, for `CancelIo` and for the end of that thread.
    pub(crate) thread: u32,
    /// Its end was asked for while the kernel has it.
    pub(crate) cancelled: bool,
    /// The kernel has it for a connection that is over; the socket has another descriptor now.
    pub(crate) outdated: bool,
    /// The kernel was asked to tell when an attempt may find something, not to work on it.
    pub(crate) polled: bool,
    /// What the kernel works on besides the caller's memory.
    pub(crate) message: Option<Box<Message>>,
}

/// What the program is told by, besides its `OVERLAPPED`.
pub(crate) enum Indication {
    /// A packet, if the socket is associated with a port; else the socket's own handle is signalled.
    Packet,
    /// This event; and a packet, unless the low bit of `hEvent` was set.
    Event { event: Arc<Event>, and_packet: bool },
    /// The low bit of `hEvent` was set, and nothing else: the program looks itself.
    Nothing,
    /// This routine, in the thread that started the operation.
    Routine { thread: Arc<ThreadControl>, routine: Routine },
}

/// A completion routine: error, bytes, `OVERLAPPED`, flags.
pub(crate) type Routine = unsafe extern "system" fn(u32, u32, *mut OVERLAPPED, u32);

/// What was asked.
pub(crate) enum Request {
    /// `WSARecv`, `WSARecvFrom`, `ReadFile`.
    Receive { buffers: Buffers, flags: i32, from: Option<AddressRoom> },
    /// `WSASend`, `WSASendTo`, `WriteFile`.
    Send { buffers: Buffers, flags: i32, to: Option<Box<Address>> },
    /// `WSARecvMsg`.
    ReceiveMessage(Box<message::Message>),
    /// `WSASendMsg`.
    SendMessage(Box<message::Message>),
    /// `AcceptEx`, in the listener's lane.
    Accept(Box<Accept>),
    /// `AcceptEx` that has its connection, in the connection's lane: it waits for the first data.
    FirstData(Box<Accept>),
    /// `ConnectEx`.
    Connect(Box<Connect>),
    /// `TransmitFile`, `TransmitPackets`.
    Transmit(Box<Transmit>),
    /// `SIO_ADDRESS_LIST_CHANGE`, `SIO_ROUTING_INTERFACE_CHANGE`, in the lane of a socket around the news.
    Change { owner: Arc<Socket> },
    /// `DisconnectEx`.
    Disconnect { reuse: bool },
    /// A disconnect for reuse that has ended the sending: it waits for the peer's end.
    Drain { bytes: usize },
}

/// The directions of a socket, each with a queue of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Direction {
    Receive,
    /// Out-of-band data: who waits for it stands in nobody's way.
    Urgent,
    Send,
}

impl Direction {
    pub(crate) const ALL: [Direction; 3] = [Direction::Receive, Direction::Urgent, Direction::Send];
}

/// The caller's buffers, captured when the call was made. One needs no memory of its own.
pub(crate) enum Buffers {
    One(Buffer),
    Many(Box<[Buffer]>),
}

impl Buffers {
    pub(crate) fn as_slice(&self) -> &[Buffer] {
        match self {
            Buffers::One(buffer) => std::slice::from_ref(buffer),
            Buffers::Many(buffers) => buffers,
        }
    }

    pub(crate) fn total(&self) -> usize {
        self.as_slice().iter().map(Buffer::len).sum()
    }
}

/// What became of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Outcome {
    pub(crate) status: Status,
    pub(crate) bytes: usize,
}

impl Outcome {
    pub(crate) const CANCELLED: Outcome = Outcome { status: Status::CANCELLED, bytes: 0 };

    /// What a Winsock call that has this outcome answers: the bytes, or the code of a warning or an error.
    pub(crate) fn answer(self) -> Result<usize, Error> {
        if self.status.is_warning_or_error() { Err(self.status.wsa()) } else { Ok(self.bytes) }
    }
}

impl Operation {
    /// One that the calling thread starts.
    pub(crate) fn new(request: Request, overlapped: Overlapped, indication: Indication) -> Operation {
        Operation {
            request,
            overlapped,
            indication,
            done: 0,
            thread: this_thread(),
            cancelled: false,
            outdated: false,
            polled: false,
            message: None,
        }
    }

    /// What the kernel's answer to the request that it was handed means.
    pub(crate) fn answered(&mut self, socket: &Socket, result: Result<usize, Errno>) -> Attempt {
        if self.outdated {
            // What the old connection met is not to be remembered of the new one.
            return Attempt::Done { outcome: Outcome { bytes: self.done, ..Outcome::CANCELLED }, more: true };
        }
        match self.meaning(socket, result) {
            // The kernel has ended its work on a part of it, and would begin anew.
            Attempt::Again | Attempt::Blocked if self.cancelled => {
                Attempt::Done { outcome: Outcome { bytes: self.done, ..Outcome::CANCELLED }, more: true }
            }
            attempt => attempt,
        }
    }

    /// Whether its end is the delivery of its outcome, and nothing else.
    pub(crate) fn is_plain(&self) -> bool {
        let plain = matches!(self.request, Request::Receive { .. } | Request::Send { .. });
        plain && matches!(self.indication, Indication::Packet) && !faults::are_on()
    }

    fn meaning(&mut self, socket: &Socket, result: Result<usize, Errno>) -> Attempt {
        match (result, &self.request) {
            // A request ends when asked to, and with the thread that handed it over: then the operation goes on.
            (Err(Errno::ECANCELED), request) => request.reported(socket).unwrap_or(Attempt::Again),
            _ if self.polled => Attempt::Again,
            (result, request @ Request::Receive { .. }) => match &self.message {
                None => request.received(socket, &mut self.done, result, None),
                Some(message) => {
                    let result = result.map(|len| message.received(len));
                    request.received_message(socket, &mut self.done, result)
                }
            },
            (result, request @ Request::Send { .. }) => request.sent(socket, &mut self.done, result),
            (
                _,
                Request::ReceiveMessage(_)
                | Request::SendMessage(_)
                | Request::Accept(_)
                | Request::FirstData(_)
                | Request::Connect(_)
                | Request::Transmit(_)
                | Request::Change { .. }
                | Request::Disconnect { .. }
                | Request::Drain { .. },
            ) => unreachable!("the kernel was asked for readiness only"),
        }
    }
}

/// How an attempt went.
pub(crate) enum Attempt {
    /// It has its outcome. `more`: another attempt in this direction may find something at once.
    Done { outcome: Outcome, more: bool },
    /// A signal came, or only a part was taken: try again at once.
    Again,
    /// The kernel has nothing to give or no room to take.
    Blocked,
    /// It can go on only after another operation or call has received.
    Parked,
    /// It goes on as another request, in a lane of that socket.
    Moves { to: Arc<Socket>, request: Request },
}

impl Request {
    /// The direction whose queue it stands in.
    pub(crate) fn direction(&self) -> Direction {
        match self {
            Request::Receive { .. } if self.is_urgent() => Direction::Urgent,
            Request::Receive { .. }
            | Request::ReceiveMessage(_)
            | Request::Accept(_)
            | Request::FirstData(_)
            | Request::Change { .. }
            | Request::Drain { .. } => Direction::Receive,
            Request::Send { .. }
            | Request::SendMessage(_)
            | Request::Connect(_)
            | Request::Transmit(_)
            | Request::Disconnect { .. } => Direction::Send,
        }
    }

    /// The socket that it was started on, when it may have gone on to another one: the outcome is that socket's.
    pub(crate) fn owner(&self) -> Option<&Arc<Socket>> {
        match self {
            Request::Accept(accept) | Request::FirstData(accept) => Some(&accept.listener),
            Request::Change { owner } => Some(owner),
            Request::Receive { .. }
            | Request::Send { .. }
            | Request::ReceiveMessage(_)
            | Request::SendMessage(_)
            | Request::Connect(_)
            | Request::Transmit(_)
            | Request::Disconnect { .. }
            | Request::Drain { .. } => None,
        }
    }

    /// Whether a backend that works on operations only tells when an attempt may find something: for kinds that it does
    /// not know, for what Linux does not wait for, and on a descriptor on which it would not wait.
    pub(crate) fn waits_for_readiness(&self, socket: &Socket) -> bool {
        match self {
            Request::Receive { .. } => {
                self.is_urgent() || self.waits_for_data_only(socket) || socket.is_descriptor_nonblocking()
            }
            Request::Send { .. } => socket.is_descriptor_nonblocking(),
            Request::ReceiveMessage(_)
            | Request::SendMessage(_)
            | Request::Accept(_)
            | Request::FirstData(_)
            | Request::Connect(_)
            | Request::Transmit(_)
            | Request::Change { .. }
            | Request::Disconnect { .. }
            | Request::Drain { .. } => true,
        }
    }

    /// Whether it lets others of its lane go first, whenever they come: it ends when all has been received.
    pub(crate) fn gives_way(&self) -> bool {
        matches!(self, Request::Drain { .. })
    }

    /// Whether it is an `AcceptEx` that waits for a connection for this socket.
    pub(crate) fn accepts_for(&self, accepted: &Arc<Socket>) -> bool {
        matches!(self, Request::Accept(accept) if Arc::ptr_eq(&accept.accepted, accepted))
    }

    /// Leaves its sockets in the state that belongs to the outcome, before anybody sees that. No lane is locked.
    pub(crate) fn conclude(&mut self, socket: &Arc<Socket>, outcome: Outcome) -> Outcome {
        match self {
            Request::Receive { .. }
            | Request::Send { .. }
            | Request::ReceiveMessage(_)
            | Request::SendMessage(_)
            | Request::Transmit(_)
            | Request::Disconnect { .. } => outcome,
            Request::Accept(accept) => accept.conclude_accept(outcome),
            Request::FirstData(accept) => accept.conclude_first_data(outcome),
            Request::Connect(connect) => connect.conclude(socket, outcome),
            Request::Change { owner } => change::conclude(owner, socket, outcome),
            Request::Drain { .. } => disconnect::conclude_drain(socket, outcome),
        }
    }

    /// A receive into no buffer of a stream ends when there is something to receive, and takes none of it: programs
    /// wait so for data of many connections without a buffer for each.
    pub(crate) fn waits_for_data_only(&self, socket: &Socket) -> bool {
        match self {
            Request::Receive { buffers, .. } => socket.kind == Kind::Stream && buffers.total() == 0,
            Request::Send { .. }
            | Request::ReceiveMessage(_)
            | Request::SendMessage(_)
            | Request::Accept(_)
            | Request::FirstData(_)
            | Request::Connect(_)
            | Request::Transmit(_)
            | Request::Change { .. }
            | Request::Disconnect { .. }
            | Request::Drain { .. } => false,
        }
    }

    /// Whether it is for out-of-band data, for which Linux does not wait.
    pub(crate) fn is_urgent(&self) -> bool {
        match self {
            Request::Receive { flags, .. } => flags & MSG_OOB != 0,
            Request::Send { .. }
            | Request::ReceiveMessage(_)
            | Request::SendMessage(_)
            | Request::Accept(_)
            | Request::FirstData(_)
            | Request::Connect(_)
            | Request::Transmit(_)
            | Request::Change { .. }
            | Request::Disconnect { .. }
            | Request::Drain { .. } => false,
        }
    }

    /// The outcome of a receive for which the fate of an earlier datagram is kept.
    pub(crate) fn reported(&self, socket: &Socket) -> Option<Attempt> {
        match self {
            Request::Receive { .. } | Request::ReceiveMessage(_) => {
                socket.take_report().map(|_| ends(Status::PORT_UNREACHABLE, 0, true))
            }
            Request::Send { .. }
            | Request::SendMessage(_)
            | Request::Accept(_)
            | Request::FirstData(_)
            | Request::Connect(_)
            | Request::Transmit(_)
            | Request::Change { .. }
            | Request::Disconnect { .. }
            | Request::Drain { .. } => None,
        }
    }

    /// Tries to make progress now, without blocking. `done` counts what earlier attempts have moved.
    pub(crate) fn attempt(&mut self, socket: &Arc<Socket>, done: &mut usize) -> Attempt {
        if let Some(outcome) = self.reported(socket) {
            return outcome;
        }
        match self {
            Request::ReceiveMessage(message) => message.receive(socket),
            Request::SendMessage(message) => message.send(socket),
            Request::Accept(accept) => accept.attempt_accept(),
            Request::FirstData(accept) => accept.attempt_first_data(),
            Request::Connect(connect) => connect.attempt(socket, done),
            Request::Transmit(transmit) => transmit.attempt(socket, done),
            Request::Change { .. } if change::has_come(socket.fd()) => ends(Status::SUCCESS, 0, true),
            Request::Change { .. } => Attempt::Blocked,
            Request::Disconnect { reuse } => disconnect::attempt(socket, *reuse, 0),
            Request::Drain { bytes } => disconnect::attempt_drain(socket, *bytes),
            Request::Receive { .. } if self.waits_for_data_only(socket) => {
                let mut byte = 0u8;
                let room = Buffer::new(&raw mut byte, 1);
                match linux::recv(socket.fd(), room, MSG_PEEK | MSG_DONTWAIT) {
                    Ok(_) => ends(Status::SUCCESS, 0, true),
                    Err(Errno::EAGAIN) => Attempt::Blocked,
                    Err(Errno::EINTR) => Attempt::Again,
                    Err(errno) => failed(socket, errno),
                }
            }
            Request::Receive { buffers, flags, .. } if *flags & MSG_WAITALL != 0 => {
                let rest = transfer::skip(buffers.as_slice(), *done);
                let result = linux::recv_message(socket.fd(), first(&rest), *flags | MSG_DONTWAIT);
                self.received_message(socket, done, result)
            }
            Request::Receive { buffers, flags, .. } => {
                let flags = *flags | MSG_DONTWAIT;
                let result = match (socket.kind, buffers) {
                    (Kind::Stream, Buffers::One(buffer)) => {
                        let result = linux::recv(socket.fd(), *buffer, flags);
                        return self.received(socket, done, result, None);
                    }
                    (Kind::Stream, Buffers::Many(buffers)) => {
                        linux::recv_message(socket.fd(), first(buffers), flags)
                    }
                    (Kind::Datagram | Kind::Raw, buffers) => {
                        linux::recv_message(socket.fd(), buffers.as_slice(), flags | MSG_TRUNC)
                    }
                };
                self.received_message(socket, done, result)
            }
            Request::Send { buffers, flags, to } => {
                let flags = *flags | MSG_DONTWAIT | MSG_NOSIGNAL;
                let result = match (buffers, to, *done) {
                    (Buffers::One(buffer), None, 0) => linux::send(socket.fd(), *buffer, flags),
                    (buffers, to, done) => {
                        let rest = transfer::skip(buffers.as_slice(), done);
                        let to = to.as_deref().map(|to| to.to_linux());
                        linux::send_message(socket.fd(), first(&rest), to.as_ref(), flags)
                    }
                };
                self.sent(socket, done, result)
            }
        }
    }

    /// [`Request::received`], of a call that tells whose the message is.
    fn received_message(
        &self,
        socket: &Socket,
        done: &mut usize,
        result: Result<Received, Errno>,
    ) -> Attempt {
        match result {
            Ok(message) => self.received(socket, done, Ok(message.len), Some(&message.from)),
            Err(errno) => self.received(socket, done, Err(errno), None),
        }
    }

    /// What the kernel's answer to a receive means. One that waits for all is done when its buffers are full, or when
    /// nothing more can come. `sender`: whose datagram it is, if the call has told.
    fn received(
        &self,
        socket: &Socket,
        done: &mut usize,
        result: Result<usize, Errno>,
        sender: Option<&linux::SockAddr>,
    ) -> Attempt {
        let Request::Receive { buffers, flags, from } = self else {
            unreachable!("only receives are received")
        };
        let room = buffers.total();
        match (result, socket.kind) {
            (Ok(len), Kind::Stream) if flags & MSG_WAITALL != 0 => {
                *done += len;
                if 0 < len && *done < room {
                    return Attempt::Again;
                }
                ends(Status::SUCCESS, *done, true)
            }
            // Linux has told of a reset, once, while the operation was pending.
            (Ok(0), Kind::Stream) if room > 0 && socket.broken() == Some(Error::WSAECONNRESET) => {
                failed(socket, Errno::ECONNRESET)
            }
            // A full buffer may leave more behind, and a look leaves all; a short receive has emptied the socket, unless
            // it was cut.
            (Ok(len), Kind::Stream) => {
                let more = len == room || flags & (MSG_PEEK | MSG_OOB) != 0 || faults::are_on();
                ends(Status::SUCCESS, len, more)
            }
            (Ok(len), Kind::Datagram | Kind::Raw) => {
                if let (Some(room), Some(address)) = (from, sender.and_then(Address::from_linux)) {
                    room.write(&address);
                }
                let whole = len <= room;
                let status = if whole { Status::SUCCESS } else { Status::BUFFER_OVERFLOW };
                ends(status, len.min(room), true)
            }
            (Err(Errno::EAGAIN), _) => Attempt::Blocked,
            (Err(Errno::EINVAL), _) if self.is_urgent() => no_urgent_data(socket),
            (Err(Errno::EINTR), _) => Attempt::Again,
            (Err(errno), _) if transfer::take_report(socket, errno) => {
                self.reported(socket).unwrap_or(Attempt::Again)
            }
            // What came counts; the end of the connection stays for the next.
            (Err(errno), _) if *done > 0 => {
                transfer::note_failure(socket, errno);
                ends(Status::SUCCESS, *done, true)
            }
            (Err(errno), _) => failed(socket, errno),
        }
    }

    /// What the kernel's answer to a send means. A stream's is done when all bytes are taken.
    fn sent(&self, socket: &Socket, done_bytes: &mut usize, result: Result<usize, Errno>) -> Attempt {
        let Request::Send { buffers, .. } = self else { unreachable!("only sends are sent") };
        match (result, socket.kind) {
            (Ok(len), Kind::Stream) => {
                *done_bytes += len;
                if *done_bytes < buffers.total() {
                    return Attempt::Again;
                }
                ends(Status::SUCCESS, *done_bytes, true)
            }
            (Ok(len), Kind::Datagram | Kind::Raw) => ends(Status::SUCCESS, len, true),
            (Err(Errno::EAGAIN), _) => Attempt::Blocked,
            (Err(Errno::EINTR), _) => Attempt::Again,
            // An earlier datagram's fate, kept for the next receive: this one is not sent yet.
            (Err(errno), _) if transfer::take_report(socket, errno) => Attempt::Again,
            (Err(errno), _) => failed(socket, errno),
        }
    }
}

/// As many buffers as one call takes.
fn first(buffers: &[Buffer]) -> &[Buffer] {
    &buffers[..buffers.len().min(MAX_BUFFERS)]
}

/// A receive of out-of-band data waits for it, until the connection has ended.
fn no_urgent_data(socket: &Socket) -> Attempt {
    let mut entry = [poll::entry(socket.fd(), POLLRDHUP)];
    match poll::poll(&mut entry, Some(Duration::ZERO)) {
        Ok(0) => return Attempt::Blocked,
        Ok(_) => {}
        Err(_) => return Attempt::Again,
    }
    let mut byte = 0u8;
    let room = Buffer::new(&raw mut byte, 1);
    match linux::recv(socket.fd(), room, MSG_PEEK | MSG_DONTWAIT) {
        Ok(_) => ends(Status::SUCCESS, 0, true),
        Err(Errno::EAGAIN | Errno::EINTR) => Attempt::Again,
        Err(errno) => failed(socket, errno),
    }
}

fn ends(status: Status, bytes: usize, more: bool) -> Attempt {
    Attempt::Done { outcome: Outcome { status, bytes }, more }
}

fn failed(socket: &Socket, errno: Errno) -> Attempt {
    ends(failure(socket, errno), 0, true)
}

/// What a failure of the kernel's means; the socket remembers it.
pub(crate) fn failure(socket: &Socket, errno: Errno) -> Status {
    transfer::note_failure(socket, errno);
    match errno {
        Errno::EPIPE if !socket.is_send_shut() => Status::CONNECTION_RESET,
        errno => translate::status(errno),
    }
}
