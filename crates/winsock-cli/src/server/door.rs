//! Taking connections from listeners: with a limit, and with a rest when the system has run out of something.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tracing::{debug, warn};
use winsock::{Error, Socket};

use super::Server;
use super::cause::Cause;
use super::counters::Seat;
use super::listen::local_address;
use crate::error::{Context, Failure};
use crate::stop::Woken;

/// How long accepting rests after the system had no descriptor or memory for one more connection.
const REST: Duration = Duration::from_millis(100);
/// How soon a closed door is tried again.
pub(super) const RETRY: Duration = Duration::from_millis(20);

/// Accepting, with its two brakes: the limit of connections, and a rest when the system has run out of something.
pub(super) struct Door<'a> {
    server: &'a Server,
    /// Connections at once.
    limit: usize,
    rest_until: Option<Instant>,
    full: bool,
    filled: Cause,
}

impl<'a> Door<'a> {
    pub(super) fn new(server: &'a Server) -> Door<'a> {
        Door::with_limit(server, server.limits.connections)
    }

    /// The door of a model that can serve no more than `most` connections at once.
    pub(super) fn with_limit(server: &'a Server, most: usize) -> Door<'a> {
        Door {
            server,
            limit: most.min(server.limits.connections),
            rest_until: None,
            full: false,
            filled: Cause::default(),
        }
    }

    /// How many connections may come beside those that are open.
    pub(super) fn room(&self) -> usize {
        self.limit.saturating_sub(self.server.counters.open())
    }

    /// Whether connections are to be accepted now.
    pub(super) fn is_open(&mut self, now: Instant) -> bool {
        let full = self.room() == 0;
        if full
            && !self.full
            && let Some(times) = self.filled.happen(now)
        {
            warn!(connections = self.limit, times, "the limit is reached: further clients wait");
        }
        self.full = full;
        !full && self.rest_until(now).is_none()
    }

    /// When the rest that lasts at `now` ends.
    pub(super) fn rest_until(&self, now: Instant) -> Option<Instant> {
        self.rest_until.filter(|until| *until > now)
    }

    /// The next connection of a listener, if the door is open and one is there.
    pub(super) fn accept(
        &mut self,
        listener: &Socket,
        now: Instant,
    ) -> Result<Option<(Socket, Seat<'a>)>, Failure> {
        if !self.is_open(now) {
            return Ok(None);
        }
        match listener.accept() {
            Ok((socket, from)) => Ok(Some((socket, self.passed(from)))),
            Err(Error::WSAEWOULDBLOCK) => Ok(None),
            Err(error) if self.failed(error, now) => Ok(None),
            Err(error) => Err(error).calling("accept", local_address(listener)?),
        }
    }

    /// A connection has come through, and gets its seat.
    pub(super) fn passed(&mut self, from: SocketAddr) -> Seat<'a> {
        self.rest_until = None;
        debug!(client = %from, "accepted");
        self.server.counters.seat()
    }

    /// Counts what has kept a connection from coming, and rests if that was the system. Answers whether others may come
    /// after it.
    pub(super) fn failed(&mut self, error: Error, now: Instant) -> bool {
        match error {
            // The client was gone before it was accepted.
            Error::WSAECONNRESET => {}
            Error::WSAEMFILE | Error::WSAENOBUFS => self.rest_until = Some(now + REST),
            _ => return false,
        }
        self.server.counters.failed("accept", error);
        true
    }
}

/// The accepting thread of a model: takes every connection of every listener, until the end is asked for. `search`, for
/// idle connections, is called whenever the time has come that it gave before.
pub(super) fn accept_all<'a>(
    server: &'a Server,
    begin: impl Fn(Socket, Seat<'a>),
    search: impl Fn() -> Option<Instant>,
) -> Result<(), Failure> {
    let mut door = Door::new(server);
    let mut search_at = search();
    loop {
        let now = Instant::now();
        if search_at.is_some_and(|at| at <= now) {
            search_at = search();
        }
        let open = door.is_open(now);
        let listeners = if open { &server.sockets[..] } else { &[] };
        let retry_at = (!open).then(|| now + RETRY);
        let wake_at = search_at.into_iter().chain(retry_at).min();
        let limit = wake_at.map(|at| at.saturating_duration_since(now));
        match server.stop.wait(listeners, limit).calling("WSAPoll", "")? {
            Woken::Stop => return Ok(()),
            Woken::Ready | Woken::TimedOut => {}
        }
        for listener in listeners {
            if let Some((socket, seat)) = door.accept(listener, Instant::now())? {
                begin(socket, seat);
            }
        }
    }
}
