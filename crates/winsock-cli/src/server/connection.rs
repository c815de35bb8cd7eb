//! One client of a server that never blocks: what it sent and has not taken back yet, and what it waits for.
//!
//! Back-pressure is the whole trick: while something waits to be taken back nothing more is received, so a client
//! that does not read holds at most one turn's bytes here, and stops by itself when the buffers between are full.

use std::time::{Duration, Instant};

use winsock::{Error, Shutdown, Socket};

use super::counters::{Counters, Seat};

/// What a socket is watched for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Interest {
    Receive,
    Send,
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
    _seat: Seat<'a>,
    state: State,
    moved: Instant,
}

impl<'a> Connection<'a> {
    pub(super) fn new(socket: Socket, seat: Seat<'a>, now: Instant) -> Result<Connection<'a>, Error> {
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        Ok(Connection { socket, _seat: seat, state: State::Receiving, moved: now })
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
    pub(super) fn turn(
        &mut self,
        scratch: &mut [u8],
        counters: &Counters,
        now: Instant,
    ) -> Result<Step, Error> {
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
                counters.received(len);
                let done = send(&self.socket, &scratch[..len], counters)?;
                if done < len {
                    self.state = State::Sending { rest: scratch[done..len].to_vec(), done: 0 };
                }
            }
            State::Sending { rest, done } => {
                *done += send(&self.socket, &rest[*done..], counters)?;
                if *done == rest.len() {
                    self.state = State::Receiving;
                }
            }
        }
        Ok(Step::Stay)
    }
}

/// Sends as much as is taken now.
fn send(socket: &Socket, data: &[u8], counters: &Counters) -> Result<usize, Error> {
    let mut done = 0;
    while done < data.len() {
        match socket.send(&data[done..]) {
            Ok(sent) => done += sent,
            Err(Error::WSAEWOULDBLOCK) => break,
            Err(error) => return Err(error),
        }
    }
    counters.sent(done);
    Ok(done)
}
