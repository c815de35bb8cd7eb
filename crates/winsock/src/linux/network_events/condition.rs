//! Which network events hold of a socket at this moment.
//!
//! Owns the meaning: what counts as readable, closed, connected, and with which error. What a pending operation will
//! take is not there for anybody else.

use super::record::Events;
use crate::error::Error;
use crate::linux::connection;
use crate::linux::ioctl;
use crate::linux::operation::{Direction, Request};
use crate::linux::overlapped;
use crate::linux::readiness::{self, Readiness};
use crate::linux::socket::{Phase, Socket};
use crate::linux::sys::Errno;
use crate::linux::sys::socket::{self as linux, Buffer, MSG_DONTWAIT, MSG_PEEK};
use crate::linux::transfer;
use crate::linux::translate::{Family, Kind};
use crate::win32::{TCPSTATE_CLOSED, TCPSTATE_ESTABLISHED, TCPSTATE_FIN_WAIT_1, TCPSTATE_FIN_WAIT_2};

/// The events that hold, and the errors of the two that have one.
pub(super) struct Condition {
    pub(super) events: Events,
    connect: i32,
    close: i32,
}

impl Condition {
    const NOTHING: Condition = Condition { events: Events::NONE, connect: 0, close: 0 };

    fn of(events: Events) -> Condition {
        Condition { events, ..Condition::NOTHING }
    }

    /// The error of one event.
    pub(super) fn error(&self, event: Events) -> i32 {
        match event {
            Events::CONNECT => self.connect,
            Events::CLOSE => self.close,
            _ => 0,
        }
    }
}

/// The events if the condition holds.
fn when(holds: bool, events: Events) -> Events {
    if holds { events } else { Events::NONE }
}

/// Looks at a socket.
pub(super) fn of(socket: &Socket) -> Condition {
    // First: what an operation takes meanwhile is not there, and after its end there is another look.
    let taken = overlapped::ask_first(socket, Direction::Receive, Taken::by).unwrap_or(Taken::Nothing);
    let found = readiness::now(socket);
    match (socket.kind, socket.phase()) {
        (Kind::Stream, Phase::Unbound | Phase::Bound) => match socket.pending_error() {
            Some(error) => Condition { connect: error.code(), ..Condition::of(Events::CONNECT) },
            None => Condition::NOTHING,
        },
        (Kind::Stream, Phase::Connecting) => Condition::NOTHING,
        (Kind::Stream, Phase::Listening) => {
            let connection = found.contains(Readiness::READABLE) && taken == Taken::Nothing;
            Condition::of(when(connection, Events::ACCEPT))
        }
        (Kind::Stream, Phase::Connected) => of_connection(socket, taken, found),
        (Kind::Datagram | Kind::Raw, phase) => {
            let data = found.contains(Readiness::READABLE) && !socket.is_receive_shut();
            let data = data && taken == Taken::Nothing;
            let room = found.contains(Readiness::WRITABLE) && !socket.is_send_shut();
            Condition::of(
                when(phase == Phase::Connected, Events::CONNECT)
                    | when(data, Events::READ)
                    | when(room, Events::WRITE),
            )
        }
    }
}

fn of_connection(socket: &Socket, taken: Taken, found: Readiness) -> Condition {
    let broken = found.contains(Readiness::BROKEN);
    let next = match socket.is_receive_shut() {
        _ if broken => Next::End,
        true if has_peer_ended(socket, found) => Next::End,
        true => Next::Nothing,
        false if found.intersects(Readiness::READABLE | Readiness::HUNG_UP) => next(socket),
        false => Next::Nothing,
    };
    let end = match next {
        Next::End => end(socket),
        Next::Data | Next::Nothing => None,
    };
    let intact = !broken && end.unwrap_or(0) == 0;
    let urgent = found.contains(Readiness::OUT_OF_BAND) && taken != Taken::Urgent;
    let data = next == Next::Data && taken != Taken::Data;
    let room = found.contains(Readiness::WRITABLE) && !socket.is_send_shut();
    Condition {
        close: end.unwrap_or(0),
        ..Condition::of(
            Events::CONNECT
                | when(intact && urgent, Events::OUT_OF_BAND)
                | when(intact && data, Events::READ)
                | when(intact && room, Events::WRITE)
                | when(end.is_some(), Events::CLOSE),
        )
    }
}

/// What the first operation of those that receive takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    Nothing,
    /// Data, or a connection.
    Data,
    Urgent,
}

impl Taken {
    fn by(request: &Request) -> Taken {
        match (request.gives_way(), request.is_urgent()) {
            (true, _) => Taken::Nothing,
            (false, true) => Taken::Urgent,
            (false, false) => Taken::Data,
        }
    }
}

/// The error that the end of a connection is told with, 0 for none. `None` as long as a call or an operation is under
/// way that may be the one to meet it: Linux tells of an error once.
fn end(socket: &Socket) -> Option<i32> {
    let is_gone = || ioctl::tcp_info(socket).is_ok_and(|info| info.State == TCPSTATE_CLOSED);
    let pending = |direction| overlapped::ask_first(socket, direction, |_| ()).is_some();
    if pending(Direction::Receive)
        || pending(Direction::Send) && is_gone()
        || socket.network_events.is_in_call()
    {
        return None;
    }
    let error = socket.broken().or_else(|| connection::take_linux_error(socket).ok().flatten());
    Some(match error {
        None => 0,
        Some(Error::WSAECONNRESET) => Error::WSAECONNRESET.code(),
        Some(_) => Error::WSAECONNABORTED.code(),
    })
}

/// Whether the peer has ended its side, for a socket that receives no more: what this side has ended looks the same to
/// `poll`.
fn has_peer_ended(socket: &Socket, found: Readiness) -> bool {
    match socket.family {
        Family::V4 | Family::V6 => ioctl::tcp_info(socket).is_ok_and(|info| {
            !matches!(info.State, TCPSTATE_ESTABLISHED | TCPSTATE_FIN_WAIT_1 | TCPSTATE_FIN_WAIT_2)
        }),
        Family::Unix => found.contains(Readiness::HUNG_UP) && !socket.is_send_shut(),
    }
}

/// What a receive would find. (`poll` may show an end that is coming in as data.)
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Data,
    End,
    Nothing,
}

fn next(socket: &Socket) -> Next {
    let mut byte = 0u8;
    loop {
        match linux::recv(socket.fd(), Buffer::new(&raw mut byte, 1), MSG_PEEK | MSG_DONTWAIT) {
            Ok(0) => return Next::End,
            Ok(_) => return Next::Data,
            Err(Errno::EINTR) => {}
            Err(Errno::EAGAIN) => return Next::Nothing,
            Err(errno) => {
                transfer::note_failure(socket, errno);
                return Next::End;
            }
        }
    }
}
