//! One client of a server in one thread: what it sent and has not taken back yet, and what it waits for.
//!
//! Back-pressure is the whole trick: while something waits to be taken back nothing more is received, so a client
//! that does not read holds at most one turn's bytes here, and stops by itself when the buffers between are full.

use std::time::{Duration, Instant};

use winsock::{Error, Shutdown, Socket};

use super::counters::Seat;

/// The most that is sent at once by blocking calls: a socket that can be written to has room for so much.
const PIECE: usize = 4 * 1024;

/// What a socket is watched for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Interest {
    Receive,
    Send,
}

/// How the calls of a turn are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Calls {
    /// Blocking: each waits until the socket is said to be ready, and is the only one of its turn.
    Blocking,
    /// Non-blocking: whatever may go is tried, until Winsock says that it would block.
    NonBlocking,
}

/// Whether a connection goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    Stay,
    /// The client has ended its side and has everything back.
    Done,
}

enum State {
    /// Everything is sent back: more may come.
    Receiving,
    /// `rest[done..]` is still to be sent back.
    Sending { rest: Vec<u8>, done: usize },
}

pub(super) struct Connection<'a> {
    socket: Socket,
    calls: Calls,
    seat: Seat<'a>,
    state: State,
    moved: Instant,
}

impl<'a> Connection<'a> {
    pub(super) fn new(
        socket: Socket,
        calls: Calls,
        seat: Seat<'a>,
        now: Instant,
    ) -> Result<Connection<'a>, Error> {
        socket.set_nonblocking(calls == Calls::NonBlocking)?;
        socket.set_nodelay(true)?;
        Ok(Connection { socket, calls, seat, state: State::Receiving, moved: now })
    }

    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The socket, and what it is to be watched for.
    pub(super) fn watched(&self) -> (&Socket, Interest) {
        let interest = match self.state {
            State::Receiving => Interest::Receive,
            State::Sending { .. } => Interest::Send,
        };
        (&self.socket, interest)
    }

    /// Whether something that was received is still to be sent back.
    pub(super) fn owes(&self) -> bool {
        match self.state {
            State::Receiving => false,
            State::Sending { .. } => true,
        }
    }

    /// When the connection has been idle for too long, if nothing moves until then.
    pub(super) fn idle_at(&self, limit: Duration) -> Instant {
        self.moved + limit
    }

    /// One turn of a connection that is ready: at most one receive of `scratch`'s length, and sending.
    pub(super) fn turn(&mut self, scratch: &mut [u8], now: Instant) -> Result<Step, Error> {
        self.moved = now;
        match &mut self.state {
            State::Receiving => {
                let len = match self.socket.recv(scratch) {
                    Ok(0) => {
                        self.socket.shutdown(Shutdown::Send)?;
                        return Ok(Step::Done);
                    }
                    Ok(len) => len,
                    Err(Error::WSAEWOULDBLOCK) => return Ok(Step::Stay),
                    Err(error) => return Err(error),
                };
                self.seat.received(len);
                let done = match self.calls {
                    Calls::Blocking => 0,
                    Calls::NonBlocking => send(&self.socket, &scratch[..len], &self.seat)?,
                };
                if done < len {
                    self.state = State::Sending { rest: scratch[done..len].to_vec(), done: 0 };
                }
            }
            State::Sending { rest, done } => {
                let left = match self.calls {
                    Calls::Blocking => &rest[*done..rest.len().min(*done + PIECE)],
                    Calls::NonBlocking => &rest[*done..],
                };
                *done += match self.calls {
                    Calls::Blocking => self.socket.send(left).inspect(|sent| self.seat.sent(*sent))?,
                    Calls::NonBlocking => send(&self.socket, left, &self.seat)?,
                };
                if *done < rest.len() {
                    return Ok(Step::Stay);
                }
                self.state = State::Receiving;
            }
        }
        if !self.owes() {
            self.seat.echoed();
        }
        Ok(Step::Stay)
    }

    /// The turn of a connection that is told of events once each: a receive that was put off is not told of again, so
    /// it is tried as soon as everything is sent.
    pub(super) fn turn_when_told(&mut self, scratch: &mut [u8], now: Instant) -> Result<Step, Error> {
        let owed = self.owes();
        match self.turn(scratch, now)? {
            Step::Stay if owed && !self.owes() => self.turn(scratch, now),
            step @ (Step::Stay | Step::Done) => Ok(step),
        }
    }
}

/// Sends as much as is taken now.
fn send(socket: &Socket, data: &[u8], seat: &Seat<'_>) -> Result<usize, Error> {
    let mut done = 0;
    while done < data.len() {
        match socket.send(&data[done..]) {
            Ok(sent) => done += sent,
            Err(Error::WSAEWOULDBLOCK) => break,
            Err(error) => return Err(error),
        }
    }
    seat.sent(done);
    Ok(done)
}
