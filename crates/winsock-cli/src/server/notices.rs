//! The loop of the models that are told of events instead of asking for them: wait, accept, give every connection that
//! was told of its turn.
//!
//! Owns the connections, their idle times and the drain at the end. Does not know who tells: that is the model, a
//! [`Notices`]. Each event is told once, until a call enables it again, so what cannot be done at once is kept in mind:
//! that connections wait at a listener. The end of a connection is told when nothing else is left to receive.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tracing::debug;
use winsock::win32::SOCKET;
use winsock::{Error, Event, NetworkEvents, Socket};

use super::connection::{Calls, Connection, Step};
use super::door::Door;
use super::{DRAIN, Server, datagrams};
use crate::error::{Context, Failure};

/// Connections taken from one listener before the others have their turn.
const ACCEPTS: usize = 64;
/// At least so long between two searches for idle connections.
const SEARCH: Duration = Duration::from_millis(20);

/// Finds a socket that is open.
pub(super) type Find<'f, 's> = &'f dyn Fn(SOCKET) -> Option<&'s Socket>;

/// A way to be told of the events of many sockets.
pub(super) trait Notices {
    /// The Winsock call that waits.
    const CALL: &'static str;
    /// Connections that can be served at once.
    const MOST: usize;

    /// Has events of a socket told from now on.
    fn select(&mut self, socket: &Socket, events: NetworkEvents) -> Result<(), Error>;

    /// Forgets a socket, which is about to be closed.
    fn forget(&mut self, socket: &Socket);

    /// Waits until something is told, `stop` is set, or `limit` has passed; adds the sockets that it was about, some of
    /// which may be closed by now.
    fn wait(
        &mut self,
        stop: Option<&Event>,
        limit: Option<Duration>,
        find: Find<'_, '_>,
        told: &mut Vec<SOCKET>,
    ) -> Result<(), Error>;
}

/// Serves until the end is asked for.
pub(super) fn serve<N: Notices>(server: &Server, mut notices: N) -> Result<(), Failure> {
    let events = if server.transport.udp { NetworkEvents::READ } else { NetworkEvents::ACCEPT };
    for socket in &server.sockets {
        notices.select(socket, events).calling("WSAEventSelect", "")?;
    }
    if server.transport.udp {
        return serve_datagrams(server, notices);
    }
    let listeners = server.sockets.iter().map(|socket| (socket, false)).collect();
    let serving = Loop {
        server,
        notices,
        door: Door::with_limit(server, N::MOST),
        listeners,
        clients: HashMap::new(),
        scratch: vec![0; server.limits.buffer],
    };
    serving.run()
}

fn serve_datagrams<N: Notices>(server: &Server, mut notices: N) -> Result<(), Failure> {
    let mut buffer = vec![0; datagrams::LONGEST];
    let mut told = Vec::new();
    let find = |handle| server.sockets.iter().find(|socket| socket.as_raw() == handle);
    while !server.stop.is_asked() {
        notices.wait(Some(server.stop.event()), None, &find, &mut told).calling(N::CALL, "")?;
        for socket in told.drain(..).filter_map(find) {
            datagrams::echo(server, socket, &mut buffer);
        }
    }
    Ok(())
}

struct Loop<'a, N> {
    server: &'a Server,
    notices: N,
    door: Door<'a>,
    /// With whether connections may wait there.
    listeners: Vec<(&'a Socket, bool)>,
    clients: HashMap<SOCKET, Connection<'a>>,
    scratch: Vec<u8>,
}

impl<'a, N: Notices> Loop<'a, N> {
    fn run(mut self) -> Result<(), Failure> {
        let stop = &self.server.stop;
        let mut search_at = self.search_idle(Instant::now());
        while !stop.is_asked() {
            let now = Instant::now();
            if search_at.is_some_and(|at| at <= now) {
                search_at = self.search_idle(now);
            }
            self.accept_all(now)?;
            let callers_wait = self.listeners.iter().any(|(_, callers)| *callers);
            let rest_until = self.door.rest_until(now);
            let wake_at = if callers_wait && self.door.is_open(now) {
                Some(now)
            } else {
                search_at.into_iter().chain(rest_until).min()
            };
            self.wait(Some(stop.event()), wake_at)?;
        }
        // Nothing is received any more, what was received is delivered.
        let until = Instant::now() + DRAIN;
        loop {
            self.clients.retain(|_, client| client.owes());
            if self.clients.is_empty() || Instant::now() >= until {
                return Ok(());
            }
            self.wait(None, Some(until))?;
        }
    }

    /// Waits, and gives who was told of a turn.
    fn wait(&mut self, stop: Option<&Event>, until: Option<Instant>) -> Result<(), Failure> {
        let mut told = Vec::new();
        let limit = until.map(|at| at.saturating_duration_since(Instant::now()));
        let clients = &self.clients;
        let find = |handle| -> Option<&Socket> {
            let listener = || self.listeners.iter().find(|(listener, _)| listener.as_raw() == handle);
            match clients.get(&handle) {
                Some(client) => Some(client.socket()),
                None => listener().map(|(listener, _)| *listener),
            }
        };
        self.notices.wait(stop, limit, &find, &mut told).calling(N::CALL, "")?;
        let now = Instant::now();
        for socket in told {
            self.turn(socket, now);
        }
        Ok(())
    }

    fn turn(&mut self, socket: SOCKET, now: Instant) {
        let Some(client) = self.clients.get_mut(&socket) else {
            // Else it is a connection that has gone.
            if let Some((_, callers)) = self.listeners.iter_mut().find(|(l, _)| l.as_raw() == socket) {
                *callers = true;
            }
            return;
        };
        let step = if self.server.stop.is_asked() && !client.owes() {
            Ok(Step::Done)
        } else {
            client.turn_when_told(&mut self.scratch, now)
        };
        match step {
            Ok(Step::Stay) => return,
            Ok(Step::Done) => debug!("closed"),
            Err(error) => {
                debug!("closed: {error}");
                self.server.counters.failed("client", error);
            }
        }
        self.end(socket);
    }

    fn end(&mut self, socket: SOCKET) {
        if let Some(client) = self.clients.remove(&socket) {
            self.notices.forget(client.socket());
        }
    }

    /// Takes the connections that wait, for at most one turn of each listener.
    fn accept_all(&mut self, now: Instant) -> Result<(), Failure> {
        for place in 0..self.listeners.len() {
            for _ in 0..ACCEPTS {
                let (listener, callers) = self.listeners[place];
                if !callers || !self.door.is_open(now) {
                    break;
                }
                match self.door.accept(listener, now)? {
                    Some((socket, seat)) => {
                        let begun = Connection::new(socket, Calls::NonBlocking, seat, now);
                        self.begin(begun);
                    }
                    // None waits, or the system has run out of something.
                    None => self.listeners[place].1 = self.door.rest_until(now).is_some(),
                }
            }
        }
        Ok(())
    }

    fn begin(&mut self, begun: Result<Connection<'a>, Error>) {
        let events = NetworkEvents::READ | NetworkEvents::WRITE | NetworkEvents::CLOSE;
        let selected = begun.and_then(|connection| {
            self.notices.select(connection.socket(), events)?;
            Ok(connection)
        });
        match selected {
            Ok(connection) => {
                self.clients.insert(connection.socket().as_raw(), connection);
            }
            // It broke before it began.
            Err(error) => self.server.counters.failed("client", error),
        }
    }

    /// Ends what has been idle for too long; gives when that has to be looked for again.
    fn search_idle(&mut self, now: Instant) -> Option<Instant> {
        let limit = self.server.limits.idle?;
        let mut next = now + limit;
        let mut idle = Vec::new();
        for (handle, client) in &self.clients {
            let idle_at = client.idle_at(limit);
            if idle_at <= now {
                idle.push(*handle);
            } else {
                next = next.min(idle_at);
            }
        }
        for handle in idle {
            debug!("closed: idle");
            self.server.counters.idled();
            self.end(handle);
        }
        Some(next.max(now + SEARCH))
    }
}
