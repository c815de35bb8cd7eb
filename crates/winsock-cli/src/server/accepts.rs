//! The accepts that are posted on the listeners of a completion port, and the connections that they bring.
//!
//! Some accepts wait for a connection at each listener, and the worker that takes one starts the next. They want the
//! first data too, so a client is served with one completion less; the price is that a client which connects and says
//! nothing keeps its accept. Two things keep such clients from shutting others out: accepts that have a silent
//! connection are not counted among those that wait (`SO_CONNECT_TIME` tells which they are; they are looked for when
//! connections wait at a listener that nobody takes), and they are cancelled when they have been idle for too long.

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

/// Accepts that wait for a connection at each listener.
const POSTED: usize = 32;

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
    waiting: VecDeque<(Accepted, Vec<u8>)>,
    /// What ends the server.
    broken: Option<Error>,
}

/// The accepts of one listener.
struct Posted {
    all: usize,
    /// Those of them that had a silent connection when that was looked at last.
    silent: usize,
    /// How many others are to be there: fewer than [`POSTED`] after the system had no descriptors for so many.
    target: usize,
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
        let of_listeners = listeners.iter().map(|_| Posted { all: 0, silent: 0, target: POSTED }).collect();
        let state = State { door: Door::new(server), of_listeners, waiting: VecDeque::new(), broken: None };
        let (wants_room, all_ended) = (AtomicBool::new(false), Condvar::new());
        Ok(Accepts { listeners, state: Mutex::new(state), wants_room, all_ended })
    }

    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks which accepts have a silent connection. Those that have been silent for too long end.
    fn look_for_silent(&self, server: &Server) {
        let mut state = self.lock();
        for (listener, posted) in self.listeners.iter().zip(&mut state.of_listeners) {
            let ended = server.limits.idle.map_or(0, |limit| listener.cancel_silent(limit));
            for _ in 0..ended {
                debug!("closed: idle");
                drop(server.counters.seat());
                server.counters.idled();
            }
            posted.silent = listener.connect_times().len();
        }
    }

    /// Whether each listener has an accept that waits for a connection.
    fn wait_everywhere(&self) -> bool {
        self.lock().wait_everywhere()
    }

    /// Ends all accepts, and waits until it is known what became of them. Gives what has ended the server, if one did.
    fn end_all(&self) -> Result<(), Error> {
        let state = self.lock();
        for listener in &self.listeners {
            listener.cancel();
        }
        let some_left = |state: &mut State<'_>| state.of_listeners.iter().any(|posted| posted.all > 0);
        let ended = self.all_ended.wait_timeout_while(state, DRAIN, some_left);
        let (state, _) = ended.unwrap_or_else(PoisonError::into_inner);
        state.broken.map_or(Ok(()), Err)
    }
}

impl State<'_> {
    /// How many more connections may be there.
    fn room(&self) -> usize {
        let silent: usize = self.of_listeners.iter().map(|posted| posted.silent).sum();
        self.door.room().saturating_sub(self.waiting.len() + silent)
    }

    /// Whether each listener has an accept that waits for a connection.
    fn wait_everywhere(&self) -> bool {
        self.of_listeners.iter().all(|posted| posted.all > posted.silent)
    }

    /// An accept of a listener has failed, or was refused.
    fn failed(&mut self, server: &Server, place: usize, error: Error, now: Instant) {
        if !self.door.failed(error, now) {
            self.broken = Some(error);
            server.stop.ask();
        } else if self.door.rest_until(now).is_some() {
            // Each has a socket, and to take a connection needs one more for a moment.
            let posted = &mut self.of_listeners[place];
            posted.target = (posted.target.min(posted.all) / 2).max(1);
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
                self.accepts.look_for_silent(server);
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
                    self.accepts.look_for_silent(server);
                    // An accept that waits takes the connection in this moment.
                    if self.accepts.wait_everywhere()
                        && server.stop.wait([], Some(RETRY)).calling("WSAPoll", "")? == Woken::Stop
                    {
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
            && let Some((accepted, buffer)) = state.waiting.pop_front()
        {
            let seat = state.door.passed(accepted.peer);
            self.serve(accepted.socket, seat, buffer);
        }
        for place in 0..self.accepts.listeners.len() {
            self.post(&mut state, place, now);
        }
        self.want_room(&state);
        state.waiting.is_empty() && state.door.is_open(now) && state.wait_everywhere()
    }

    /// Tends the listeners if that has waited for room and there is some. Comes after every end of a connection.
    pub(super) fn use_room(&self) {
        let server = self.server;
        if self.accepts.wants_room.load(SeqCst) && server.counters.open() < server.limits.connections {
            self.tend(Instant::now());
        }
    }

    fn want_room(&self, state: &State<'a>) {
        let wants = state.door.room() == 0 || !state.waiting.is_empty();
        if self.accepts.wants_room.load(Relaxed) != wants {
            self.accepts.wants_room.store(wants, SeqCst);
        }
    }

    /// Starts the accepts that a listener misses.
    fn post(&self, state: &mut State<'a>, place: usize, now: Instant) {
        while state.door.is_open(now) && !self.server.stop.is_asked() {
            let wanted = state.room().min(state.of_listeners[place].target);
            let posted = &mut state.of_listeners[place];
            if posted.all >= wanted + posted.silent {
                return;
            }
            let (listener, job) = (&self.accepts.listeners[place], Job::Accept(place));
            match listener.start_accept(Vec::new(), self.server.limits.buffer, job) {
                Ok(()) => posted.all += 1,
                Err(refused) => return state.failed(self.server, place, refused.error, now),
            }
        }
    }

    /// An accept has ended: its connection is served, and another one is started.
    pub(super) fn accepted(
        &self,
        place: usize,
        result: Result<usize, Error>,
        accepted: Option<Accepted>,
        buffer: Vec<u8>,
    ) {
        let now = Instant::now();
        let mut state = self.accepts.lock();
        let posted = &mut state.of_listeners[place];
        posted.all -= 1;
        // It may have been silent until now. If not, the next look counts again; were it counted still, its place would be
        // filled for nothing.
        posted.silent = posted.silent.saturating_sub(1);
        let mut served = None;
        match (result, accepted) {
            (Ok(_), Some(accepted)) => {
                posted.target = POSTED.min(posted.target + 1);
                if state.door.room() > 0 && state.waiting.is_empty() {
                    let seat = state.door.passed(accepted.peer);
                    served = Some((accepted.socket, seat, buffer));
                } else {
                    state.waiting.push_back((accepted, buffer));
                }
            }
            // The server's own doing: silent, or the end.
            (Err(Error::WSA_OPERATION_ABORTED), _) => {}
            (Err(error), _) => state.failed(self.server, place, error, now),
            (Ok(_), None) => unreachable!("an accept that has succeeded has its connection"),
        }
        self.post(&mut state, place, now);
        self.want_room(&state);
        if state.of_listeners.iter().all(|posted| posted.all == 0) {
            self.accepts.all_ended.notify_all();
        }
        drop(state);
        if let Some((socket, seat, buffer)) = served {
            self.serve(socket, seat, buffer);
        }
    }

    fn serve(&self, socket: Socket, seat: Seat<'a>, buffer: Vec<u8>) {
        if let Some(client) = self.begin(socket, seat) {
            self.received(client, buffer.len(), buffer);
        }
    }
}
