//! The accepts that are posted on the listeners of a completion port, and the connections that they bring.
//!
//! Some accepts wait for a connection at each listener, and the worker that takes one starts the next. Most of them
//! want the first data too, so that a client is served with one completion less; the price is that a client which
//! connects and says nothing keeps its accept, until it is cancelled for having been idle for too long. The others end as
//! soon as there is a connection: so silent clients, however many, cannot shut others out, and nobody has to look which
//! accepts they keep.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering::*};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tracing::debug;
use winsock::{Accepted, CompletionPort, Error, PortSocket, Socket};

use super::counters::Seat;
use super::door::{Door, RETRY};
use super::ports::{Job, Ports};
use super::{DRAIN, Server};
use crate::error::{Context, Failure};
use crate::stop::Woken;

/// Accepts at each listener that want a connection alone.
const BARE: usize = 8;
/// Those that want first data too.
const FIRST: usize = 24;

/// The listeners of a port.
pub(super) struct Accepts<'a> {
    listeners: Vec<PortSocket<Job<'a>>>,
    state: Mutex<State<'a>>,
    /// The limit has kept a connection waiting, or an accept from being posted.
    wants_room: AtomicBool,
    /// None is left.
    all_ended: Condvar,
}

struct State<'a> {
    door: Door<'a>,
    of_listeners: Vec<Posted>,
    /// Connections beyond the limit, which came to accepts that were posted before it was reached; and what they sent.
    waiting: VecDeque<(Accepted, First)>,
    /// What ends the server.
    broken: Option<Error>,
}

/// What an accept brings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    Connection,
    FirstData,
}

/// What came with a connection.
enum First {
    /// It was not asked for.
    Unknown,
    /// Nothing at all is the client's end.
    Data(Vec<u8>),
}

/// The accepts of one listener.
struct Posted {
    bare: usize,
    /// Those that want first data: a silent client may have any of them.
    first: usize,
    /// How many there are to be: fewer than all after the system had no descriptors for so many.
    target: usize,
}

impl Posted {
    const TARGET: usize = BARE + FIRST;

    fn all(&self) -> usize {
        self.bare + self.first
    }

    fn of(&mut self, wanted: Wanted) -> &mut usize {
        match wanted {
            Wanted::Connection => &mut self.bare,
            Wanted::FirstData => &mut self.first,
        }
    }

    /// What the next accept is to want, if `room` connections may come and one is missing.
    fn missing(&self, room: usize) -> Option<Wanted> {
        if self.all() >= room {
            None
        } else if self.bare < BARE.min(self.target) {
            Some(Wanted::Connection)
        } else if self.first < self.target.saturating_sub(BARE) {
            Some(Wanted::FirstData)
        } else {
            None
        }
    }
}

impl<'a> Accepts<'a> {
    pub(super) fn new(
        server: &'a Server,
        port: &CompletionPort<Job<'a>>,
        listeners: &[Socket],
    ) -> Result<Accepts<'a>, Failure> {
        let associate = |listener: &Socket| {
            let listener = listener.try_clone().calling("WSADuplicateSocket", "")?;
            port.associate(listener, 0).calling("CreateIoCompletionPort", "")
        };
        let listeners = listeners.iter().map(associate).collect::<Result<Vec<_>, Failure>>()?;
        let of_listeners =
            listeners.iter().map(|_| Posted { bare: 0, first: 0, target: Posted::TARGET }).collect();
        let state = State { door: Door::new(server), of_listeners, waiting: VecDeque::new(), broken: None };
        let (wants_room, all_ended) = (AtomicBool::new(false), Condvar::new());
        Ok(Accepts { listeners, state: Mutex::new(state), wants_room, all_ended })
    }

    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the accepts whose clients have been silent for too long.
    fn end_silent(&self, server: &Server) {
        let Some(limit) = server.limits.idle else { return };
        for _ in 0..self.listeners.iter().map(|listener| listener.cancel_silent(limit)).sum() {
            debug!("closed: idle");
            drop(server.counters.seat());
            server.counters.idled();
        }
    }

    /// Ends all accepts, and waits until it is known what became of them. Gives what has ended the server, if one did.
    fn end_all(&self) -> Result<(), Error> {
        let state = self.lock();
        for listener in &self.listeners {
            listener.cancel();
        }
        let some_left = |state: &mut State<'_>| state.of_listeners.iter().any(|posted| posted.all() > 0);
        let ended = self.all_ended.wait_timeout_while(state, DRAIN, some_left);
        let (state, _) = ended.unwrap_or_else(PoisonError::into_inner);
        state.broken.map_or(Ok(()), Err)
    }
}

impl State<'_> {
    /// How many more connections may be there.
    fn room(&self) -> usize {
        self.door.room().saturating_sub(self.waiting.len())
    }

    /// Whether all connections that have come are served, and each listener has an accept that waits for one.
    fn is_settled(&self) -> bool {
        self.waiting.is_empty() && self.of_listeners.iter().all(|posted| posted.bare > 0)
    }

    /// An accept of a listener has failed, or was refused.
    fn failed(&mut self, server: &Server, place: usize, error: Error, now: Instant) {
        if !self.door.failed(error, now) {
            self.broken = Some(error);
            server.stop.ask();
        } else if self.door.rest_until(now).is_some() {
            // Each has a socket, and to take a connection needs one more for a moment.
            let posted = &mut self.of_listeners[place];
            posted.target = (posted.target.min(posted.all()) / 2).max(1);
        }
    }
}

impl<'a> Ports<'a> {
    /// Keeps the accepts posted until the end is asked for.
    pub(super) fn accept_all(&self) -> Result<(), Failure> {
        let tended = self.tend_all();
        tended.and(self.accepts.end_all().calling("AcceptEx", ""))
    }

    fn tend_all(&self) -> Result<(), Failure> {
        let server = self.server;
        let mut search_at = None;
        loop {
            let now = Instant::now();
            if search_at.is_none_or(|at| at <= now) {
                self.accepts.end_silent(server);
                search_at = self.search_idle();
            }
            let settled = self.tend(now);
            let listeners = if settled { &server.sockets[..] } else { &[] };
            let retry_at = (!settled).then(|| now + RETRY);
            let wake_at = search_at.into_iter().chain(retry_at).min();
            let limit = wake_at.map(|at| at.saturating_duration_since(now));
            match server.stop.wait(listeners, limit).calling("WSAPoll", "")? {
                Woken::Stop => return Ok(()),
                Woken::TimedOut => {}
                Woken::Ready => {
                    // An accept takes the connection in this moment, unless the last ones have just failed.
                    if server.stop.wait([], Some(RETRY)).calling("WSAPoll", "")? == Woken::Stop {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Serves who has waited if there is room now, and starts the accepts that are missing. Answers whether
    /// connections can come.
    fn tend(&self, now: Instant) -> bool {
        let mut state = self.accepts.lock();
        while state.door.is_open(now)
            && let Some((accepted, first)) = state.waiting.pop_front()
        {
            let seat = state.door.passed(accepted.peer);
            self.serve(accepted.socket, seat, first);
        }
        for place in 0..self.accepts.listeners.len() {
            self.post(&mut state, place, now);
        }
        self.want_room(&state);
        state.is_settled() && state.door.is_open(now)
    }

    /// Tends the listeners if that has waited for room and there is some. Comes after every end of a connection.
    pub(super) fn use_room(&self) {
        let server = self.server;
        if self.accepts.wants_room.load(SeqCst) && server.counters.open() < server.limits.connections {
            self.tend(Instant::now());
        }
    }

    fn want_room(&self, state: &State<'a>) {
        let wants = !state.is_settled();
        if self.accepts.wants_room.load(Relaxed) != wants {
            self.accepts.wants_room.store(wants, SeqCst);
        }
    }

    /// Starts the accepts that a listener misses.
    fn post(&self, state: &mut State<'a>, place: usize, now: Instant) {
        while state.door.is_open(now) && !self.server.stop.is_asked() {
            let Some(wanted) = state.of_listeners[place].missing(state.room()) else { return };
            let len = match wanted {
                Wanted::Connection => 0,
                Wanted::FirstData => self.server.limits.buffer,
            };
            match self.accepts.listeners[place].start_accept(Vec::new(), len, Job::Accept(place, wanted)) {
                Ok(()) => *state.of_listeners[place].of(wanted) += 1,
                Err(refused) => return state.failed(self.server, place, refused.error, now),
            }
        }
    }

    /// An accept has ended: its connection is served, and another one is started.
    pub(super) fn accepted(
        &self,
        place: usize,
        wanted: Wanted,
        result: Result<usize, Error>,
        accepted: Option<Accepted>,
        buffer: Vec<u8>,
    ) {
        let now = Instant::now();
        let mut state = self.accepts.lock();
        let posted = &mut state.of_listeners[place];
        *posted.of(wanted) -= 1;
        let mut served = None;
        match (result, accepted) {
            (Ok(_), Some(accepted)) => {
                posted.target = Posted::TARGET.min(posted.target + 1);
                let first = match wanted {
                    Wanted::Connection => First::Unknown,
                    Wanted::FirstData => First::Data(buffer),
                };
                if state.door.room() > 0 && state.waiting.is_empty() {
                    let seat = state.door.passed(accepted.peer);
                    served = Some((accepted.socket, seat, first));
                } else {
                    state.waiting.push_back((accepted, first));
                }
            }
            // The server's own doing: silent, or the end.
            (Err(Error::WSA_OPERATION_ABORTED), _) => {}
            (Err(error), _) => state.failed(self.server, place, error, now),
            (Ok(_), None) => unreachable!("an accept that has succeeded has its connection"),
        }
        self.post(&mut state, place, now);
        self.want_room(&state);
        if state.of_listeners.iter().all(|posted| posted.all() == 0) {
            self.accepts.all_ended.notify_all();
        }
        drop(state);
        if let Some((socket, seat, first)) = served {
            self.serve(socket, seat, first);
        }
    }

    fn serve(&self, socket: Socket, seat: Seat<'a>, first: First) {
        match first {
            First::Unknown => self.welcome(socket, seat),
            First::Data(buffer) => {
                if let Some(client) = self.begin(socket, seat) {
                    self.received(client, buffer.len(), buffer);
                }
            }
        }
    }
}
