//! A thread that accepts, and a completion port with some workers.
//!
//! *When*: thousands of clients and more, with code that knows accept already. *Cost*: a buffer per client and one switch
//! of threads per connection, from the one that accepts to the worker of its first bytes; the number of threads does
//! not grow with that of the clients, and a worker that blocks is replaced by another.

use std::time::{Duration, Instant};

use super::Server;
use super::listen::Door;
use super::ports::Ports;
use crate::error::{Context, Failure};
use crate::stop::Woken;

/// How soon a closed door is tried again.
const RETRY: Duration = Duration::from_millis(20);

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    let ports = Ports::new(server)?;
    if server.transport.udp {
        for socket in &server.sockets {
            ports.begin_datagrams(socket)?;
        }
        ports.run(|| server.stop.wait([], None).map(drop).calling("WSAPoll", ""))
    } else {
        ports.run(|| accept_all(server, &ports))
    }
}

/// Takes every connection of every listener, until the end is asked for.
fn accept_all<'a>(server: &'a Server, ports: &Ports<'a>) -> Result<(), Failure> {
    let mut door = Door::new(server);
    let mut search_at = ports.search_idle();
    loop {
        let now = Instant::now();
        if search_at.is_some_and(|at| at <= now) {
            search_at = ports.search_idle();
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
            while let Some((socket, seat)) = door.accept(listener, Instant::now())? {
                ports.begin(socket, seat);
            }
        }
    }
}
