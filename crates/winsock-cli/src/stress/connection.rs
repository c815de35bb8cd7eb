//! One connection of a load: it connects, sends a message, checks what comes back, and begins again, until the end.
//!
//! Never blocks: each [`turn`](Connection::turn) does what can be done now. Streams end in both directions before they
//! are closed, so that a byte too many is seen.

use std::collections::VecDeque;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use winsock::{Error, PollEvents, Shutdown, Socket};

use super::payload::{Messages, difference};
use super::plan::{End, Plan};
use super::statistics::{Live, Statistics};

/// A datagram that has not come back by then is lost.
const LOST_AFTER: Duration = Duration::from_millis(200);
/// Lost messages that are remembered, so that late ones are known when they come after all.
const REMEMBERED: usize = 64;

enum State<'a> {
    Connecting,
    Echoing(Round<'a>),
    /// This side has ended; the server's end is awaited.
    Ending,
    Over,
}

/// One message on its way there and back.
struct Round<'a> {
    message: &'a [u8],
    sent: usize,
    received: usize,
    since: Instant,
}

/// What went wrong with a connection. It does not go on.
enum Trouble {
    Call(&'static str, Error),
    /// Wrong bytes came back: how many, and the first one in words.
    Wrong(u64, String),
}

/// What the connections of one worker share.
pub(super) struct Context<'a> {
    pub(super) plan: &'a Plan,
    pub(super) live: &'a Live,
    pub(super) statistics: Statistics,
    /// No new round begins.
    pub(super) ending: bool,
    /// Where everything that comes is received.
    pub(super) scratch: Vec<u8>,
}

pub(super) struct Connection<'a> {
    socket: &'a Socket,
    number: usize,
    messages: Messages<'a>,
    state: State<'a>,
    /// Rounds that were begun.
    rounds: u64,
    /// When something moved last: a connection without any movement has failed.
    moved: Instant,
    lost: VecDeque<&'a [u8]>,
}

impl<'a> Connection<'a> {
    /// A connection whose non-blocking connect is under way (or, for datagrams, done).
    pub(super) fn new(
        socket: &'a Socket,
        number: usize,
        messages: Messages<'a>,
        now: Instant,
    ) -> Connection<'a> {
        let state = State::Connecting;
        Connection { socket, number, messages, state, rounds: 0, moved: now, lost: VecDeque::new() }
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// What the socket is to be watched for.
    pub(super) fn interest(&self) -> PollEvents {
        match &self.state {
            State::Connecting => PollEvents::WRITABLE,
            State::Echoing(round) if round.sent < round.message.len() => {
                PollEvents::READABLE | PollEvents::WRITABLE
            }
            State::Echoing(_) | State::Ending | State::Over => PollEvents::READABLE,
        }
    }

    /// Does what a ready socket allows.
    pub(super) fn turn(&mut self, context: &mut Context<'_>) {
        self.moved = Instant::now();
        let result = match self.state {
            State::Connecting => self.connected(context),
            State::Echoing(_) if context.plan.transport.udp => self.receive_datagram(context),
            State::Echoing(_) => self.receive(context).and_then(|()| self.send()),
            State::Ending => self.end(context),
            State::Over => Ok(()),
        };
        self.settle(result, context);
    }

    /// Looks whether the connection waits in vain. Called now and then.
    pub(super) fn tick(&mut self, now: Instant, context: &mut Context<'_>) {
        let stalled = now.saturating_duration_since(self.moved) > context.plan.timeout;
        let result = match &self.state {
            State::Over => Ok(()),
            State::Connecting if stalled => Err(Trouble::Call("connect", Error::WSAETIMEDOUT)),
            State::Echoing(_) | State::Ending if stalled => Err(Trouble::Call("recv", Error::WSAETIMEDOUT)),
            State::Echoing(round)
                if context.plan.transport.udp && now.saturating_duration_since(round.since) > LOST_AFTER =>
            {
                if self.lost.len() == REMEMBERED {
                    self.lost.pop_front();
                }
                self.lost.push_back(round.message);
                context.statistics.lost += 1;
                self.next_round(now, context)
            }
            State::Connecting | State::Echoing(_) | State::Ending => Ok(()),
        };
        self.settle(result, context);
    }

    fn connected(&mut self, context: &mut Context<'_>) -> Result<(), Trouble> {
        if let Some(error) = self.socket.take_error().map_err(|error| Trouble::Call("getsockopt", error))? {
            return Err(Trouble::Call("connect", error));
        }
        if !context.plan.transport.udp {
            self.socket.set_nodelay(true).map_err(|error| Trouble::Call("setsockopt", error))?;
        }
        context.statistics.connected += 1;
        context.live.open.fetch_add(1, Relaxed);
        self.next_round(self.moved, context)
    }

    /// Begins the next message, or the end.
    fn next_round(&mut self, now: Instant, context: &Context<'_>) -> Result<(), Trouble> {
        let enough = match context.plan.end {
            End::After(_) => false,
            End::Count(count) => self.rounds >= count,
        };
        // Each connection shows once that it works, however late it came.
        if enough || (context.ending && self.rounds > 0) {
            return self.finish(context);
        }
        self.rounds += 1;
        self.state =
            State::Echoing(Round { message: self.messages.next(), sent: 0, received: 0, since: now });
        self.send()
    }

    fn finish(&mut self, context: &Context<'_>) -> Result<(), Trouble> {
        if context.plan.transport.udp {
            self.state = State::Over;
            context.live.open.fetch_sub(1, Relaxed);
            return Ok(());
        }
        self.state = State::Ending;
        self.socket.shutdown(Shutdown::Send).map_err(|error| Trouble::Call("shutdown", error))
    }

    /// Sends what is taken now of the current message.
    fn send(&mut self) -> Result<(), Trouble> {
        let State::Echoing(round) = &mut self.state else { return Ok(()) };
        while round.sent < round.message.len() {
            match self.socket.send(&round.message[round.sent..]) {
                Ok(sent) => round.sent += sent,
                Err(Error::WSAEWOULDBLOCK) => break,
                Err(error) => return Err(Trouble::Call("send", error)),
            }
        }
        Ok(())
    }

    /// Receives once, and checks what came.
    fn receive(&mut self, context: &mut Context<'_>) -> Result<(), Trouble> {
        let State::Echoing(round) = &mut self.state else { return Ok(()) };
        let got = match self.socket.recv(&mut context.scratch) {
            Ok(0) => return Err(Trouble::Call("recv", Error::WSAEDISCON)),
            Ok(len) => &context.scratch[..len],
            Err(Error::WSAEWOULDBLOCK) => return Ok(()),
            Err(error) => return Err(Trouble::Call("recv", error)),
        };
        let expected = &round.message[round.received..round.sent];
        let common = got.len().min(expected.len());
        if let Some((first, count)) = difference(&expected[..common], &got[..common]) {
            let (at, expected, got) = (round.received + first, expected[first], got[first]);
            return Err(self.wrong(count, format!("byte {at} is {got:#04x} instead of {expected:#04x}")));
        }
        if got.len() > common {
            let more = got.len() - common;
            return Err(self.wrong(more as u64, format!("{more} more than were sent")));
        }
        round.received += common;
        if round.received == round.message.len() {
            self.complete(context)?;
        }
        Ok(())
    }

    fn receive_datagram(&mut self, context: &mut Context<'_>) -> Result<(), Trouble> {
        let State::Echoing(round) = &self.state else { return Ok(()) };
        let got = match self.socket.recv(&mut context.scratch) {
            Ok(len) => &context.scratch[..len],
            Err(Error::WSAEWOULDBLOCK) => return self.send(),
            Err(error) => return Err(Trouble::Call("recv", error)),
        };
        if got == round.message {
            return self.complete(context);
        }
        if let Some(at) = self.lost.iter().position(|message| *message == got) {
            self.lost.remove(at);
            context.statistics.late += 1;
            return Ok(());
        }
        if got.len() != round.message.len() {
            let text = format!("a datagram of {} bytes instead of {}", got.len(), round.message.len());
            return Err(self.wrong(got.len() as u64, text));
        }
        match difference(round.message, got) {
            Some((at, count)) => {
                let (expected, got) = (round.message[at], got[at]);
                Err(self.wrong(count, format!("byte {at} is {got:#04x} instead of {expected:#04x}")))
            }
            None => Ok(()),
        }
    }

    fn complete(&mut self, context: &mut Context<'_>) -> Result<(), Trouble> {
        let State::Echoing(round) = &self.state else { return Ok(()) };
        let now = Instant::now();
        let elapsed = now.saturating_duration_since(context.live.started());
        context.statistics.round_trip(
            round.message.len(),
            now.saturating_duration_since(round.since),
            elapsed,
        );
        context.live.round_trips.fetch_add(1, Relaxed);
        self.next_round(now, context)
    }

    /// Waits for the server's end: nothing may come before it.
    fn end(&mut self, context: &mut Context<'_>) -> Result<(), Trouble> {
        match self.socket.recv(&mut context.scratch) {
            Ok(0) => {
                self.state = State::Over;
                context.live.open.fetch_sub(1, Relaxed);
                Ok(())
            }
            Ok(len) => Err(self.wrong(len as u64, format!("{len} more than were sent"))),
            Err(Error::WSAEWOULDBLOCK) => Ok(()),
            Err(error) => Err(Trouble::Call("recv", error)),
        }
    }

    fn wrong(&self, count: u64, what: String) -> Trouble {
        Trouble::Wrong(count, format!("connection {}, round trip {}: {what}", self.number, self.rounds))
    }

    /// Counts trouble, and ends the connection for it.
    fn settle(&mut self, result: Result<(), Trouble>, context: &mut Context<'_>) {
        let Err(trouble) = result else { return };
        match self.state {
            State::Connecting | State::Over => {}
            State::Echoing(_) | State::Ending => {
                context.live.open.fetch_sub(1, Relaxed);
            }
        }
        self.state = State::Over;
        match trouble {
            Trouble::Call(call, error) => context.failed(call, error),
            Trouble::Wrong(count, what) => {
                context.statistics.wrong_bytes += count;
                context.statistics.first_wrong.get_or_insert(what);
                context.statistics.failed += 1;
                context.live.failed.fetch_add(1, Relaxed);
            }
        }
    }
}

impl Context<'_> {
    /// Counts a connection that a call has failed for.
    pub(super) fn failed(&mut self, call: &'static str, error: Error) {
        *self.statistics.errors.entry((call, error)).or_default() += 1;
        self.statistics.failed += 1;
        self.live.failed.fetch_add(1, Relaxed);
    }
}
