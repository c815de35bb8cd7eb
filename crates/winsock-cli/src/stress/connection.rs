//! One connection of a load: it connects, sends messages, checks what comes back, and ends.
//!
//! Never blocks: each [`turn`](Connection::turn) does what can be done now, and [`ended`](Connection::ended) goes on where
//! an operation of its [`Link`] has ended. What to send, and when to end, is its place's to say. Streams end in both directions before they are closed, so that a byte too many is seen.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use winsock::{Error, Operation, PollEvents, Shutdown};

use super::link::{Ended, Link};
use super::payload::difference;
use super::worker::Context;

/// A datagram that has not come back by then is lost.
const LOST_AFTER: Duration = Duration::from_millis(200);
/// Lost messages that are remembered, so that late ones are known when they come after all.
const REMEMBERED: usize = 64;

/// What went wrong with a connection. It does not go on.
pub(super) enum Trouble {
    Call(&'static str, Error),
    /// Wrong bytes came back: how many, and the first one in words.
    Wrong(u64, String),
}

/// Whether a connection goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    Stay,
    /// Both sides have ended.
    Done,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Connecting,
    Talking,
    /// This side has ended; the server's end is awaited.
    Ended,
}

/// A message on its way there and back.
struct Flight<'a> {
    message: &'a [u8],
    /// When it was to be sent.
    intended: Instant,
    begun: Instant,
}

pub(super) struct Connection<'a> {
    pub(super) link: Link,
    phase: Phase,
    /// The oldest first.
    flights: VecDeque<Flight<'a>>,
    /// Bytes of the newest that are not sent yet.
    unsent: usize,
    /// Bytes of the oldest that are back.
    received: usize,
    /// Messages that are back.
    returned: u64,
    /// When something moved last: where nothing does, nobody waits in vain for ever.
    moved: Instant,
    /// The last message was lost.
    unanswered: bool,
    lost: VecDeque<&'a [u8]>,
}

impl<'a> Connection<'a> {
    /// A connection whose non-blocking connect is under way (or, for datagrams, done).
    pub(super) fn new(link: Link, now: Instant) -> Connection<'a> {
        Connection {
            link,
            phase: Phase::Connecting,
            flights: VecDeque::new(),
            unsent: 0,
            received: 0,
            returned: 0,
            moved: now,
            unanswered: false,
            lost: VecDeque::new(),
        }
    }

    pub(super) fn is_connecting(&self) -> bool {
        self.phase == Phase::Connecting
    }

    pub(super) fn is_talking(&self) -> bool {
        self.phase == Phase::Talking
    }

    /// Messages that are on their way.
    pub(super) fn flights(&self) -> usize {
        self.flights.len()
    }

    /// Whether the socket takes no more at the moment.
    pub(super) fn is_full(&self) -> bool {
        self.unsent > 0
    }

    /// Whether something has been sent that the socket has not taken yet: its side cannot be ended.
    pub(super) fn is_sending(&self) -> bool {
        self.link.is_sending()
    }

    /// What the socket is to be watched for; `None` while nothing is expected to happen, or a port tells of it.
    pub(super) fn interest(&self) -> Option<PollEvents> {
        match self.phase {
            Phase::Connecting => Some(PollEvents::WRITABLE),
            Phase::Talking | Phase::Ended if !self.link.is_plain() => None,
            Phase::Talking if self.unsent > 0 => Some(PollEvents::READABLE | PollEvents::WRITABLE),
            Phase::Talking if self.flights.is_empty() => None,
            Phase::Talking | Phase::Ended => Some(PollEvents::READABLE),
        }
    }

    /// Does what a ready socket allows.
    pub(super) fn turn(&mut self, context: &mut Context<'_>) -> Result<Step, Trouble> {
        self.moved = context.now;
        match self.phase {
            Phase::Connecting => self.connected(context).map(|()| Step::Stay),
            Phase::Talking | Phase::Ended if context.plan.transport.udp => {
                self.receive_datagram(context)?;
                self.send(context).map(|()| Step::Stay)
            }
            Phase::Talking | Phase::Ended => {
                let step = self.receive(context)?;
                self.send(context).map(|()| step)
            }
        }
    }

    /// Goes on where an operation has ended.
    pub(super) fn ended(&mut self, ended: &mut Ended, context: &mut Context<'_>) -> Result<Step, Trouble> {
        let (operation, outcome) = (ended.operation, ended.outcome);
        if operation == Operation::Send {
            let sent = outcome.result().map_err(|error| Trouble::Call("send", error))?;
            self.link.sent(sent);
            if self.unsent > 0 {
                self.moved = context.now;
                self.send(context)?;
            }
            return Ok(Step::Stay);
        }
        self.moved = context.now;
        let mut buffer = std::mem::take(&mut ended.buffer);
        let result = outcome.result().map(|_| &buffer[..]);
        let step = if context.plan.transport.udp {
            self.check_datagram(result.map_err(|error| Trouble::Call("recv", error))?, context)?;
            Step::Stay
        } else {
            self.received(result, context)?
        };
        if step == Step::Stay {
            buffer.clear();
            self.link.receive(buffer).map_err(|error| Trouble::Call("recv", error))?;
        }
        Ok(step)
    }

    /// Looks whether the connection waits in vain. Called now and then.
    pub(super) fn tick(&mut self, context: &mut Context<'_>) -> Result<(), Trouble> {
        let stalled = context.now.saturating_duration_since(self.moved) > context.plan.timeout;
        match self.phase {
            Phase::Connecting if stalled => return Err(Trouble::Call("connect", Error::WSAETIMEDOUT)),
            Phase::Talking if stalled && !self.flights.is_empty() => {
                return Err(Trouble::Call("recv", Error::WSAETIMEDOUT));
            }
            Phase::Ended if stalled => return Err(Trouble::Call("recv", Error::WSAETIMEDOUT)),
            Phase::Connecting | Phase::Talking | Phase::Ended => {}
        }
        if context.plan.transport.udp {
            self.give_up_lost(context);
        }
        Ok(())
    }

    fn connected(&mut self, context: &mut Context<'_>) -> Result<(), Trouble> {
        if let Some(error) =
            self.link.socket().take_error().map_err(|error| Trouble::Call("getsockopt", error))?
        {
            return Err(Trouble::Call("connect", error));
        }
        if !context.plan.transport.udp {
            self.link.socket().set_nodelay(true).map_err(|error| Trouble::Call("setsockopt", error))?;
        }
        self.phase = Phase::Talking;
        self.link.receive(Vec::with_capacity(context.room)).map_err(|error| Trouble::Call("recv", error))
    }

    /// Begins a message.
    pub(super) fn begin(
        &mut self,
        message: &'a [u8],
        intended: Option<Instant>,
        context: &mut Context<'_>,
    ) -> Result<(), Trouble> {
        // Plain calls take their time, each for itself; operations leave together.
        let begun = if self.link.is_plain() { Instant::now() } else { context.feeding };
        // Sending is no movement for those who never get an answer.
        if self.flights.is_empty() && !self.unanswered {
            self.moved = begun;
        }
        self.flights.push_back(Flight { message, intended: intended.unwrap_or(begun), begun });
        self.unsent = message.len();
        self.send(context)
    }

    /// Sends what is taken now of the newest message.
    fn send(&mut self, context: &mut Context<'_>) -> Result<(), Trouble> {
        let Some(flight) = self.flights.back() else { return Ok(()) };
        while self.unsent > 0 {
            let rest = &flight.message[flight.message.len() - self.unsent..];
            match self.link.send(rest, context.payload) {
                Ok(sent) => self.unsent -= sent,
                Err(Error::WSAEWOULDBLOCK) => break,
                Err(error) => return Err(Trouble::Call("send", error)),
            }
        }
        Ok(())
    }

    /// Ends this side.
    pub(super) fn end(&mut self) -> Result<(), Trouble> {
        self.phase = Phase::Ended;
        self.link.socket().shutdown(Shutdown::Send).map_err(|error| Trouble::Call("shutdown", error))
    }

    /// Sends a part of a message, and resets the connection.
    pub(super) fn tear(self, message: &[u8]) -> Result<(), Trouble> {
        let socket = self.link.socket();
        match socket.send(&message[..message.len().div_ceil(2)]) {
            Ok(_) | Err(Error::WSAEWOULDBLOCK) => {}
            Err(error) => return Err(Trouble::Call("send", error)),
        }
        socket.set_linger(Some(Duration::ZERO)).map_err(|error| Trouble::Call("setsockopt", error))
    }

    /// Receives once, and checks what came.
    fn receive(&mut self, context: &mut Context<'_>) -> Result<Step, Trouble> {
        let mut scratch = std::mem::take(&mut context.scratch);
        let result = match self.link.socket().recv(&mut scratch) {
            Err(Error::WSAEWOULDBLOCK) => Ok(Step::Stay),
            result => self.received(result.map(|len| &scratch[..len]), context),
        };
        context.scratch = scratch;
        result
    }

    fn received(&mut self, result: Result<&[u8], Error>, context: &mut Context<'_>) -> Result<Step, Trouble> {
        match result {
            Ok([]) if self.phase == Phase::Ended && self.flights.is_empty() => Ok(Step::Done),
            Ok([]) => Err(Trouble::Call("recv", Error::WSAEDISCON)),
            Ok(got) => self.check(got, context).map(|()| Step::Stay),
            Err(error) => Err(Trouble::Call("recv", error)),
        }
    }

    /// Compares what came with the messages on their way, in their order.
    fn check(&mut self, mut got: &[u8], context: &mut Context<'_>) -> Result<(), Trouble> {
        while !got.is_empty() {
            let unsent = if self.flights.len() == 1 { self.unsent } else { 0 };
            let message = self.flights.front().map_or(&[][..], |flight| flight.message);
            let expected = &message[self.received..message.len() - unsent];
            let common = got.len().min(expected.len());
            if common == 0 {
                let text = format!("{} more than were sent", got.len());
                return Err(self.wrong(got.len() as u64, text));
            }
            if let Some((first, count)) = difference(&expected[..common], &got[..common]) {
                let (at, expected, got) = (self.received + first, expected[first], got[first]);
                return Err(self.wrong(count, format!("byte {at} is {got:#04x} instead of {expected:#04x}")));
            }
            self.received += common;
            got = &got[common..];
            if self.received == message.len() {
                self.received = 0;
                self.complete(0, context);
            }
        }
        Ok(())
    }

    fn receive_datagram(&mut self, context: &mut Context<'_>) -> Result<(), Trouble> {
        let mut scratch = std::mem::take(&mut context.scratch);
        let result = match self.link.socket().recv(&mut scratch) {
            Ok(len) => self.check_datagram(&scratch[..len], context),
            Err(Error::WSAEWOULDBLOCK) => Ok(()),
            Err(error) => Err(Trouble::Call("recv", error)),
        };
        context.scratch = scratch;
        result
    }

    fn check_datagram(&mut self, got: &[u8], context: &mut Context<'_>) -> Result<(), Trouble> {
        if let Some(index) = self.flights.iter().position(|flight| flight.message == got) {
            self.complete(index, context);
            return Ok(());
        }
        if let Some(at) = self.lost.iter().position(|message| *message == got) {
            self.lost.remove(at);
            context.statistics.late += 1;
            return Ok(());
        }
        let Some(message) = self.flights.front().map(|flight| flight.message) else {
            return Err(self.wrong(got.len() as u64, "a datagram that was not sent".to_owned()));
        };
        if got.len() != message.len() {
            let text = format!("a datagram of {} bytes instead of {}", got.len(), message.len());
            return Err(self.wrong(got.len() as u64, text));
        }
        match difference(message, got) {
            Some((at, count)) => {
                let (expected, got) = (message[at], got[at]);
                Err(self.wrong(count, format!("byte {at} is {got:#04x} instead of {expected:#04x}")))
            }
            None => Ok(()),
        }
    }

    /// Takes datagrams for lost that are long on their way.
    fn give_up_lost(&mut self, context: &mut Context<'_>) {
        while let Some(flight) = self.flights.front()
            && context.now.saturating_duration_since(flight.begun) > LOST_AFTER
        {
            if self.lost.len() == REMEMBERED {
                self.lost.pop_front();
            }
            self.lost.push_back(flight.message);
            self.unanswered = true;
            self.flights.pop_front();
            self.unsent = if self.flights.is_empty() { 0 } else { self.unsent };
            context.statistics.lost += 1;
        }
    }

    /// The message at `index` is back.
    fn complete(&mut self, index: usize, context: &mut Context<'_>) {
        if let Some(flight) = self.flights.remove(index) {
            self.returned += 1;
            self.unanswered = false;
            context.round_trip(flight.message.len(), flight.intended);
        }
    }

    fn wrong(&self, count: u64, what: String) -> Trouble {
        Trouble::Wrong(count, format!("round trip {}: {what}", self.returned + 1))
    }
}
