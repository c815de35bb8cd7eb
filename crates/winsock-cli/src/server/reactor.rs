//! The loop of the models that serve all clients in one thread: wait, accept, give every ready connection one turn.
//!
//! Owns the connections, their idle times and the drain at the end. Does not know how the waiting is done: that is
//! the model, a [`Wait`].

use std::time::{Duration, Instant};

use tracing::debug;
use winsock::{Error, Socket};

use super::connection::{Calls, Connection, Interest, Step};
use super::door::Door;
use super::{DRAIN, Server, datagrams};
use crate::error::{Context, Failure};

/// Connections taken from one listener before the others have their turn.
const ACCEPTS: usize = 64;

/// A way to wait for many sockets.
pub(super) trait Wait {
    /// The Winsock call behind it.
    const CALL: &'static str;

    /// How the sockets of connections are used between the waits.
    fn calls(&self) -> Calls;

    /// Waits until one of `sockets` is ready or `limit` has passed; writes for each whether it is ready.
    fn wait(
        &mut self,
        sockets: &[(&Socket, Interest)],
        limit: Option<Duration>,
        ready: &mut Vec<bool>,
    ) -> Result<(), Error>;
}

/// Serves until the end is asked for.
pub(super) fn serve<W: Wait>(server: &Server, mut model: W) -> Result<(), Failure> {
    if server.transport.udp {
        serve_datagrams(server, &mut model)
    } else {
        serve_connections(server, &mut model)
    }
}

fn serve_datagrams<W: Wait>(server: &Server, model: &mut W) -> Result<(), Failure> {
    let mut buffer = vec![0; datagrams::LONGEST];
    let mut ready = Vec::new();
    let watched: Vec<_> = server
        .sockets
        .iter()
        .chain([server.stop.socket()])
        .map(|socket| (socket, Interest::Receive))
        .collect();
    while !server.stop.is_asked() {
        model.wait(&watched, None, &mut ready).calling(W::CALL, "")?;
        for (socket, ready) in server.sockets.iter().zip(&ready) {
            if *ready {
                datagrams::echo(server, socket, &mut buffer);
            }
        }
    }
    Ok(())
}

fn serve_connections<W: Wait>(server: &Server, model: &mut W) -> Result<(), Failure> {
    let mut connections: Vec<Connection<'_>> = Vec::new();
    let mut door = Door::new(server);
    let mut scratch = vec![0; server.limits.buffer];
    let mut ready = Vec::new();
    while !server.stop.is_asked() {
        let now = Instant::now();
        let listeners = if door.is_open(now) { &server.sockets[..] } else { &[] };
        let watched: Vec<_> = listeners
            .iter()
            .chain([server.stop.socket()])
            .map(|socket| (socket, Interest::Receive))
            .chain(connections.iter().map(Connection::watched))
            .collect();
        let first_idle = server
            .limits
            .idle
            .and_then(|limit| connections.iter().map(|connection| connection.idle_at(limit)).min());
        let wake_at = door.rest_until(now).into_iter().chain(first_idle).min();
        let limit = wake_at.map(|at| at.saturating_duration_since(now));
        model.wait(&watched, limit, &mut ready).calling(W::CALL, "")?;

        let (listeners_ready, connections_ready) = ready.split_at(listeners.len() + 1);
        serve_ready(server, &mut connections, connections_ready, &mut scratch);
        for (listener, ready) in listeners.iter().zip(listeners_ready) {
            if *ready {
                accept(server, &mut door, listener, model.calls(), &mut connections)?;
            }
        }
    }
    drain(server, connections, model, &mut scratch)
}

/// After the end was asked for: nothing is received any more, what was received is delivered within [`DRAIN`].
fn drain<W: Wait>(
    server: &Server,
    mut connections: Vec<Connection<'_>>,
    model: &mut W,
    scratch: &mut [u8],
) -> Result<(), Failure> {
    let until = Instant::now() + DRAIN;
    let mut ready = Vec::new();
    loop {
        connections.retain(Connection::owes);
        let left = until.saturating_duration_since(Instant::now());
        if connections.is_empty() || left.is_zero() {
            return Ok(());
        }
        let watched: Vec<_> = connections.iter().map(Connection::watched).collect();
        model.wait(&watched, Some(left), &mut ready).calling(W::CALL, "")?;
        serve_ready(server, &mut connections, &ready, scratch);
    }
}

/// Gives every ready connection one turn, and ends those that are done, broken or idle for too long.
fn serve_ready(server: &Server, connections: &mut Vec<Connection<'_>>, ready: &[bool], scratch: &mut [u8]) {
    let now = Instant::now();
    let mut ready = ready.iter();
    connections.retain_mut(|connection| {
        let is_ready = ready.next().is_some_and(|ready| *ready);
        if is_ready {
            match connection.turn(scratch, now) {
                Ok(Step::Stay) => true,
                Ok(Step::Done) => false,
                Err(error) => {
                    debug!("closed: {error}");
                    server.counters.failed("client", error);
                    false
                }
            }
        } else if server.limits.idle.is_some_and(|limit| connection.idle_at(limit) <= now) {
            debug!("closed: idle");
            server.counters.idled();
            false
        } else {
            true
        }
    });
}

/// Takes the connections that wait at a listener, for at most one turn.
fn accept<'a>(
    server: &Server,
    door: &mut Door<'a>,
    listener: &Socket,
    calls: Calls,
    connections: &mut Vec<Connection<'a>>,
) -> Result<(), Failure> {
    for _ in 0..ACCEPTS {
        let now = Instant::now();
        let Some((socket, seat)) = door.accept(listener, now)? else { break };
        match Connection::new(socket, calls, seat, now) {
            Ok(connection) => connections.push(connection),
            // It broke before it began.
            Err(error) => server.counters.failed("client", error),
        }
    }
    Ok(())
}
