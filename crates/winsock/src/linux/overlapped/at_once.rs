//! The shortest way of the commonest operations: a send or a receive of one buffer on a stream, of which nothing is left
//! in the end but its packet.
//!
//! They do what [`begin`](super::begin) would do, with fewer questions: a send that the kernel takes at once is never an
//! [`Operation`], and the others are made where they stay. All else is left to that, before anything has happened.

use super::deliver::{When, deliver_packet};
use super::lane::Lane;
use super::{Started, queue};
use crate::error::Error;
use crate::linux::engine::{Engine, Way};
use crate::linux::extension::Reuse;
use crate::linux::faults;
use crate::linux::lent::Overlapped;
use crate::linux::operation::{self, Buffers, Direction, Indication, Operation, Outcome, Request};
use crate::linux::socket::Socket;
use crate::linux::status::Status;
use crate::linux::sys::Errno;
use crate::linux::sys::socket::{self as linux, Buffer, MSG_DONTWAIT, MSG_NOSIGNAL};
use crate::linux::translate::Kind;
use std::sync::{Arc, MutexGuard};

/// Starts a send whose `OVERLAPPED` names no event. `None` if it is not of that kind.
///
/// # Errors
/// What ended it.
pub(crate) fn send(
    socket: &Arc<Socket>,
    buffer: Buffer,
    flags: i32,
    overlapped: Overlapped,
) -> Option<Result<Started, Error>> {
    let (engine, way) = usual_way(socket)?;
    let request = || Request::Send { buffers: Buffers::One(buffer), flags, to: None };
    overlapped.begin();
    let lane = only_one(socket, Direction::Send)?;
    match way {
        Way::HandOver => return Some(Ok(hand_over(socket, engine, lane, request(), overlapped))),
        Way::Attempt if !lane.ready => return None,
        Way::Attempt => {}
    }
    match linux::send(socket.fd(), buffer, flags | MSG_DONTWAIT | MSG_NOSIGNAL) {
        Ok(bytes) if bytes == buffer.len() => {
            drop(lane);
            let outcome = Outcome { status: Status::SUCCESS, bytes };
            deliver_packet(socket, overlapped, outcome, When::AtOnce);
            Some(Ok(Started::Ended(outcome)))
        }
        Ok(done) => {
            let rest = Operation { done, ..Operation::new(request(), overlapped, Indication::Packet) };
            Some(queue(socket, engine, lane, rest))
        }
        Err(Errno::EAGAIN | Errno::EINTR) => None,
        Err(errno) => {
            let status = operation::failure(socket, errno);
            drop(lane);
            overlapped.finish(status, 0);
            Some(Err(status.wsa()))
        }
    }
}

/// Starts a receive without flags whose `OVERLAPPED` names no event. `None` if it is not of that kind, or may find
/// something at once.
pub(crate) fn receive(socket: &Arc<Socket>, buffer: Buffer, overlapped: Overlapped) -> Option<Started> {
    let (engine, way) = usual_way(socket)?;
    if buffer.len() == 0 {
        return None;
    }
    overlapped.begin();
    let mut lane = only_one(socket, Direction::Receive)?;
    let request = Request::Receive { buffers: Buffers::One(buffer), flags: 0, from: None };
    match way {
        Way::HandOver => Some(hand_over(socket, engine, lane, request, overlapped)),
        Way::Attempt if lane.ready || lane.insists => None,
        Way::Attempt => {
            socket.io.guesses.note(Direction::Receive, overlapped);
            lane.first = Some(Operation::new(request, overlapped, Indication::Packet));
            Some(Started::Pending)
        }
    }
}

/// The engine of a stream whose operations end in packets, and how it goes about them.
fn usual_way(socket: &Socket) -> Option<(&Engine, Way)> {
    let (engine, _) = socket.io.engine.get()?;
    let usual = socket.kind == Kind::Stream && socket.io.is_bound() && !socket.is_descriptor_nonblocking();
    if !usual || faults::are_on() || socket.io.is_inherited() {
        return None;
    }
    Some((engine, engine.usual_way()?))
}

/// A lane that is empty, of a socket to which nothing happens.
fn only_one(socket: &Socket, direction: Direction) -> Option<MutexGuard<'_, Lane>> {
    let lane = socket.io.lane(direction);
    let quiet = !socket.is_closing() && socket.io.reuse() != Reuse::Renewing;
    (lane.first.is_none() && quiet).then_some(lane)
}

fn hand_over(
    socket: &Arc<Socket>,
    engine: &Engine,
    mut lane: MutexGuard<'_, Lane>,
    request: Request,
    overlapped: Overlapped,
) -> Started {
    socket.io.guesses.note(request.direction(), overlapped);
    let lane_now = &mut *lane;
    let operation = lane_now.first.insert(Operation::new(request, overlapped, Indication::Packet));
    lane_now.with_kernel = engine.hand_over(socket, operation, lane_now.empty);
    drop(lane);
    engine.flush_unless_driving();
    Started::Pending
}
