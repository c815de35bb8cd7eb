//! The place of one connection in a load: which messages it sends when, how it ends, and what comes after it.
//!
//! With `--churn` connections follow each other here; a silent connection is a place that waits for the end of the
//! others. A place is over when no connection is to follow, or when one has failed.

use std::collections::VecDeque;
use std::time::Instant;

use winsock::{Error, Family, Operation, PollEvents, Socket};

use super::connection::{Connection, Step, Trouble};
use super::link::{Ended, Link};
use super::payload::Messages;
use super::worker::Context;

/// How a connection ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Manner {
    /// In good order: everything is back.
    Orderly,
    /// The sending side ends while the last message is on its way. Everything has to come back all the same.
    HalfClose,
    /// By a reset, in the middle of a message.
    Reset,
}

/// What a place does with its connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Busy,
    /// Silent until the busy ones are over; then one message shows that the connection has lived on.
    Idle,
}

enum State<'a> {
    Unopened,
    Open(Connection<'a>),
    Over,
}

/// What a connection that talks does next.
enum Next {
    Message(Option<Instant>),
    /// The last message, after which a connection ends that does not end in good order.
    Farewell(Option<Instant>),
    End,
    Nothing,
}

pub(super) struct Place<'a> {
    number: usize,
    /// Which of its worker's places it is.
    key: usize,
    pub(super) kind: Kind,
    messages: Messages<'a>,
    state: State<'a>,
    /// Messages that may still begin here.
    left: u64,
    /// Messages that the present connection may still begin.
    budget: u64,
    /// Messages that the present connection has begun.
    begun: u64,
    manner: Manner,
    /// When messages were to be sent that are not sent yet; only with a rate.
    due: VecDeque<Instant>,
}

impl<'a> Place<'a> {
    pub(super) fn new(
        kind: Kind,
        (number, key): (usize, usize),
        messages: Messages<'a>,
        quota: u64,
    ) -> Place<'a> {
        Place {
            number,
            key,
            kind,
            messages,
            state: State::Unopened,
            left: if kind == Kind::Idle { 1 } else { quota },
            budget: 0,
            begun: 0,
            manner: Manner::Orderly,
            due: VecDeque::new(),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    pub(super) fn is_connecting(&self) -> bool {
        matches!(&self.state, State::Open(connection) if connection.is_connecting())
    }

    /// Whether messages can be sent.
    pub(super) fn is_talking(&self) -> bool {
        matches!(&self.state, State::Open(connection) if connection.is_talking())
    }

    /// The socket, and what it is to be watched for.
    pub(super) fn interest(&self) -> Option<(&Socket, PollEvents)> {
        match &self.state {
            State::Open(connection) => Some((connection.link.socket(), connection.interest()?)),
            State::Unopened | State::Over => None,
        }
    }

    /// The socket of a connection on which nothing is expected to happen, and of which no port tells.
    pub(super) fn quiet(&self) -> Option<&Socket> {
        match &self.state {
            State::Open(Connection { link: Link::Ported { .. }, .. }) => None,
            State::Open(connection) if connection.interest().is_none() => Some(connection.link.socket()),
            State::Unopened | State::Open(_) | State::Over => None,
        }
    }

    /// Takes one more message that is to be sent at a given time, if one may begin here.
    pub(super) fn give_due(&mut self, intended: Instant) -> bool {
        let takes = self.is_talking() && (self.due.len() as u64) < self.left;
        if takes {
            self.due.push_back(intended);
        }
        takes
    }

    /// Gives up what was to be sent and is not: how many messages.
    pub(super) fn drop_due(&mut self) -> usize {
        std::mem::take(&mut self.due).len()
    }

    /// Opens a connection.
    pub(super) fn open(&mut self, context: &mut Context<'_>) {
        context.statistics.tried += 1;
        match start(self.key, context) {
            Ok(link) => self.state = State::Open(Connection::new(link, context.now)),
            Err(trouble) => self.fail(trouble, context),
        }
        self.begun = 0;
        self.budget = if self.kind == Kind::Idle { 1 } else { context.plan.churn };
        let (manners, chance) = (context.plan.manners, self.messages.chance());
        self.manner = if self.kind == Kind::Idle || chance >= manners.half_close + manners.reset {
            Manner::Orderly
        } else if chance < manners.reset {
            Manner::Reset
        } else {
            Manner::HalfClose
        };
    }

    /// Does what a ready socket allows. What follows from it is [`Place::feed`]'s.
    pub(super) fn turn(&mut self, context: &mut Context<'_>) {
        let State::Open(connection) = &mut self.state else { return };
        context.idle = self.kind == Kind::Idle;
        let connecting = connection.is_connecting();
        let result = connection.turn(context);
        if connecting && result.is_ok() {
            context.statistics.connected += 1;
            context.live.opened();
        }
        self.go_on(result, context);
    }

    /// Does what follows from an operation that has ended. Answers whether [`Place::feed`] may find something to do.
    pub(super) fn ended(&mut self, ended: &mut Ended, context: &mut Context<'_>) -> bool {
        let State::Open(connection) = &mut self.state else { return false };
        if !connection.link.has_started(ended) {
            return false;
        }
        context.idle = self.kind == Kind::Idle;
        let (sent, was_full) = (ended.operation == Operation::Send, connection.is_full());
        let result = connection.ended(ended, context);
        // A message that has left makes room only where there was none, or for the end that follows it.
        let feeds = !sent || was_full || self.budget == 0;
        self.go_on(result, context);
        feeds
    }

    fn go_on(&mut self, result: Result<Step, Trouble>, context: &mut Context<'_>) {
        match result {
            Ok(Step::Stay) => {}
            Ok(Step::Done) => self.done(context),
            Err(trouble) => self.fail(trouble, context),
        }
    }

    /// Looks whether the connection waits in vain, or has something to do that no socket tells of.
    pub(super) fn tick(&mut self, context: &mut Context<'_>) {
        let State::Open(connection) = &mut self.state else { return };
        match connection.tick(context) {
            Ok(()) => self.feed(context),
            Err(trouble) => self.fail(trouble, context),
        }
    }

    /// Begins what is to begin now.
    pub(super) fn feed(&mut self, context: &mut Context<'_>) {
        if let Err(trouble) = self.try_feed(context) {
            self.fail(trouble, context);
        }
    }

    fn try_feed(&mut self, context: &mut Context<'_>) -> Result<(), Trouble> {
        loop {
            let next = self.next(context);
            let State::Open(connection) = &mut self.state else { return Ok(()) };
            match (next, self.manner) {
                (Next::Nothing, _) => return Ok(()),
                (Next::Message(intended), _) | (Next::Farewell(intended), Manner::Orderly) => {
                    connection.begin(self.messages.next(), intended, context)?;
                    self.count_begun();
                }
                (Next::Farewell(intended), Manner::HalfClose) => {
                    connection.begin(self.messages.next(), intended, context)?;
                    self.count_begun();
                    // Ended as soon as all of it is sent.
                    self.budget = 0;
                }
                (Next::Farewell(_), Manner::Reset) => {
                    self.count_begun();
                    let State::Open(connection) = std::mem::replace(&mut self.state, State::Over) else {
                        return Ok(());
                    };
                    context.live.closed();
                    connection.tear(self.messages.next())?;
                    context.statistics.resets += 1;
                    self.follow(context);
                    return Ok(());
                }
                (Next::End, _) if context.plan.transport.udp => {
                    self.done(context);
                    return Ok(());
                }
                (Next::End, manner) => {
                    connection.end()?;
                    context.statistics.half_closes += u64::from(manner == Manner::HalfClose);
                    return Ok(());
                }
            }
        }
    }

    fn count_begun(&mut self) {
        self.begun += 1;
        self.left -= 1;
        self.budget = self.budget.saturating_sub(1);
    }

    fn next(&mut self, context: &Context<'_>) -> Next {
        let State::Open(connection) = &self.state else { return Next::Nothing };
        if !connection.is_talking() || connection.is_full() {
            return Next::Nothing;
        }
        let quota = self.left.min(self.budget);
        // Each connection shows once that it works, however late it came.
        let over = context.ending && self.begun > 0 && self.due.is_empty();
        let all_back = connection.flights() == 0;
        let room = connection.flights() < context.plan.pipeline;
        match (quota, self.manner) {
            (0, Manner::HalfClose) if connection.is_sending() => Next::Nothing,
            (0, Manner::HalfClose) => Next::End,
            (0, Manner::Orderly | Manner::Reset) if all_back => Next::End,
            (0, Manner::Orderly | Manner::Reset) => Next::Nothing,
            (_, Manner::Orderly) if over && all_back => Next::End,
            (_, Manner::Orderly) if over => Next::Nothing,
            (_, Manner::HalfClose | Manner::Reset) if over && all_back => Next::Farewell(None),
            (_, Manner::HalfClose | Manner::Reset) if (over || quota == 1) && !all_back => Next::Nothing,
            (1, Manner::HalfClose | Manner::Reset) => {
                self.timed(context).map_or(Next::Nothing, Next::Farewell)
            }
            (_, Manner::Orderly | Manner::HalfClose | Manner::Reset) if room => {
                self.timed(context).map_or(Next::Nothing, Next::Message)
            }
            (_, Manner::Orderly | Manner::HalfClose | Manner::Reset) => Next::Nothing,
        }
    }

    /// Whether a message may begin now, and when it was to begin if there is a rate.
    fn timed(&mut self, context: &Context<'_>) -> Option<Option<Instant>> {
        match self.kind {
            Kind::Idle => context.idle_ending.then_some(None),
            Kind::Busy if context.plan.rate.is_none() => Some(None),
            // One that came when the rate had ended shows all the same that it works.
            Kind::Busy if context.ending && self.due.is_empty() => Some(None),
            Kind::Busy => self.due.pop_front().map(Some),
        }
    }

    /// The connection has ended in good order.
    fn done(&mut self, context: &mut Context<'_>) {
        self.state = State::Over;
        context.live.closed();
        self.follow(context);
    }

    /// Opens the connection that follows, if one is to.
    fn follow(&mut self, context: &mut Context<'_>) {
        let more = self.kind == Kind::Busy && self.left > 0 && !context.ending;
        if more {
            self.open(context);
        }
    }

    /// Counts trouble, and ends the place for it.
    fn fail(&mut self, trouble: Trouble, context: &mut Context<'_>) {
        let was_open = matches!(&self.state, State::Open(connection) if !connection.is_connecting());
        if was_open {
            context.live.closed();
        }
        self.state = State::Over;
        context.failed(self.number, trouble);
    }
}

/// A non-blocking socket on its way to the server.
fn start(key: usize, context: &Context<'_>) -> Result<Link, Trouble> {
    let family = Family::of(context.target);
    let socket = if context.plan.transport.udp { Socket::datagram(family) } else { Socket::stream(family) };
    let socket = socket.map_err(|error| Trouble::Call("socket", error))?;
    socket.set_nonblocking(true).map_err(|error| Trouble::Call("ioctlsocket", error))?;
    match socket.connect(context.target) {
        Ok(()) | Err(Error::WSAEWOULDBLOCK) => {}
        Err(error) => return Err(Trouble::Call("connect", error)),
    }
    let link = Link::new(socket, context.port, key, context.statistics.tried);
    link.map_err(|error| Trouble::Call("CreateIoCompletionPort", error))
}
