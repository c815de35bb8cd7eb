//! One thread of a load: its share of the connections, all waited for by one WSAPoll.
//!
//! Cheap on purpose: one list, which changes only where a connection does, and two calls for every round trip.

use std::net::SocketAddr;
use std::ops::Range;
use std::time::{Duration, Instant};

use winsock::{Error, PollEntry, Socket};

use super::connection::{Connection, Context};
use super::payload::Payload;
use super::plan::{End, Plan};
use super::statistics::{Live, Statistics};
use crate::error::{Context as _, Failure};
use crate::stop::Stop;

/// How often connections are looked at on which nothing happens.
const TICK: Duration = Duration::from_millis(20);
/// The most that one receive brings.
const SCRATCH: usize = 64 * 1024;

/// Runs the connections `share` to their end.
pub(super) fn run(
    plan: &Plan,
    target: SocketAddr,
    share: Range<usize>,
    payload: &Payload,
    live: &Live,
    stop: &Stop,
) -> Result<Statistics, Failure> {
    let mut context =
        Context { plan, live, statistics: Statistics::new(), ending: false, scratch: vec![0; SCRATCH] };
    context.statistics.tried = share.len();
    let started: Vec<_> = share
        .filter_map(|number| match start(plan, target) {
            Ok(socket) => Some((number, socket)),
            Err((call, error)) => {
                context.failed(call, error);
                None
            }
        })
        .collect();
    let now = Instant::now();
    let mut connections: Vec<_> = started
        .iter()
        .map(|(number, socket)| Connection::new(socket, *number, payload.messages(plan.seed, *number), now))
        .collect();
    let mut entries: Vec<_> = started
        .iter()
        .zip(&connections)
        .map(|((_, socket), connection)| PollEntry::new(socket, connection.interest()))
        .collect();

    let mut ticked = now;
    while !connections.is_empty() {
        winsock::poll(&mut entries, Some(TICK)).calling("WSAPoll", "")?;
        let now = Instant::now();
        let over = match plan.end {
            End::After(duration) => now.saturating_duration_since(live.started()) >= duration,
            End::Count(_) => false,
        };
        context.ending = over || stop.is_asked();
        let tick = now.saturating_duration_since(ticked) >= TICK;
        if tick {
            ticked = now;
        }
        // Backwards, so that the last one can take the place of one that is over.
        for index in (0..connections.len()).rev() {
            let connection = &mut connections[index];
            if !entries[index].events().is_empty() {
                connection.turn(&mut context);
            } else if tick {
                connection.tick(now, &mut context);
            } else {
                continue;
            }
            if connection.is_over() {
                connections.swap_remove(index);
                entries.swap_remove(index);
            } else {
                entries[index].ask(connection.interest());
            }
        }
    }
    Ok(context.statistics)
}

/// A non-blocking socket on its way to the server.
fn start(plan: &Plan, target: SocketAddr) -> Result<Socket, (&'static str, Error)> {
    let family = winsock::Family::of(target);
    let socket = if plan.transport.udp { Socket::datagram(family) } else { Socket::stream(family) };
    let socket = socket.map_err(|error| ("socket", error))?;
    socket.set_nonblocking(true).map_err(|error| ("ioctlsocket", error))?;
    match socket.connect(target) {
        Ok(()) | Err(Error::WSAEWOULDBLOCK) => Ok(socket),
        Err(error) => Err(("connect", error)),
    }
}
