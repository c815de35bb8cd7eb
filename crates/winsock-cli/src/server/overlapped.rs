//! One thread that waits for the events of all operations at once, and one that accepts.
//!
//! *When*: a few dozen clients, in a program that waits for other events too: its own, or those of timers and threads.
//! *Cost*: one wait takes 64 events, so no more than 63 clients are served at a time; an event and a buffer per client, and
//! each wait hands over the whole list.

use std::borrow::Borrow;
use std::time::{Duration, Instant};

use tracing::debug;
use winsock::{Error, Finished, NotStarted, Pending, Shutdown, Socket, Waitable, wait_any};

use super::counters::Seat;
use super::handover::Handover;
use super::{DRAIN, Limits, Server, datagrams};
use crate::error::{Context, Failure};

/// The clients beside whose operations there is room for the bell.
pub(super) const MOST: usize = 63;

/// A socket, and what its one operation does.
enum Operation<S: Borrow<Socket>> {
    Receive(Pending<S>),
    Send(Pending<S>),
}

impl<S: Borrow<Socket>> Operation<S> {
    fn pending(&self) -> &Pending<S> {
        match self {
            Operation::Receive(pending) | Operation::Send(pending) => pending,
        }
    }
}

struct Client<'a> {
    operation: Operation<Socket>,
    moved: Instant,
    /// Its operation is cancelled for having been idle.
    idle: bool,
    seat: Seat<'a>,
}

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    let door = Handover::new()?;
    // Before any connection can have taken the last descriptor: the first operation needs some.
    let bell = Bell::new(&door.bell)?;
    door.run(server, || {
        if server.transport.udp { echo_datagrams(server, bell) } else { echo(server, &door, bell) }
    })
}

/// A receive that is always under way, from the socket that the accepting thread sends to.
struct Bell<'s> {
    socket: &'s Socket,
    rung: Pending<&'s Socket>,
}

impl<'s> Bell<'s> {
    fn new(socket: &'s Socket) -> Result<Bell<'s>, Failure> {
        let rung = Pending::receive(socket, Vec::with_capacity(1));
        Ok(Bell { socket, rung: rung.map_err(Error::from).calling("WSARecv", "")? })
    }

    /// Waits until one of the operations has ended, or for the bell.
    fn wait<'a>(
        &mut self,
        operations: impl Iterator<Item = &'a dyn Waitable>,
        limit: Option<Duration>,
    ) -> Result<(), Failure> {
        let mut objects: Vec<&dyn Waitable> = vec![&self.rung];
        for operation in operations {
            objects.push(operation);
        }
        wait_any(&objects, limit).calling("WaitForMultipleObjects", "")?;
        if self.rung.has_ended() {
            *self = Bell::new(self.socket)?;
        }
        Ok(())
    }
}

fn echo<'a>(server: &'a Server, door: &Handover<'a>, mut bell: Bell<'_>) -> Result<(), Failure> {
    let mut clients: Vec<Client<'a>> = Vec::new();
    while !server.stop.is_asked() {
        let now = Instant::now();
        let first_idle = server
            .limits
            .idle
            .and_then(|limit| clients.iter().filter(|c| !c.idle).map(|c| c.moved + limit).min());
        let limit = first_idle.map(|at| at.saturating_duration_since(now));
        bell.wait(clients.iter().map(Client::waited), limit)?;
        turn_all(server, &mut clients);
        let started =
            door.take().into_iter().filter_map(|(socket, seat)| Client::begin(server, socket, seat));
        clients.extend(started);
    }
    // Nothing is received any more; what was received is delivered. What cannot be ends when it is dropped.
    let until = Instant::now() + DRAIN;
    for client in &clients {
        match &client.operation {
            Operation::Receive(pending) => {
                pending.cancel();
            }
            Operation::Send(_) => {}
        }
    }
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if clients.is_empty() || left.is_zero() {
            return Ok(());
        }
        bell.wait(clients.iter().map(Client::waited), Some(left))?;
        turn_all(server, &mut clients);
    }
}

/// Gives every client whose operation has ended its turn, so that none waits for those before it in the list.
fn turn_all<'a>(server: &'a Server, clients: &mut Vec<Client<'a>>) {
    let now = Instant::now();
    for index in (0..clients.len()).rev() {
        let client = &mut clients[index];
        if client.operation.pending().has_ended() {
            let client = clients.swap_remove(index);
            clients.extend(client.turn(server));
        } else if server.limits.idle.is_some_and(|limit| client.moved + limit <= now) && !client.idle {
            client.idle = client.operation.pending().cancel();
        }
    }
}

impl<'a> Client<'a> {
    fn begin(server: &Server, socket: Socket, seat: Seat<'a>) -> Option<Client<'a>> {
        let started = socket
            .set_nonblocking(false)
            .and_then(|()| socket.set_nodelay(true))
            .and_then(|()| Ok(Pending::receive(socket, Vec::with_capacity(Limits::BUFFER))?));
        match started {
            Ok(pending) => Some(Client {
                operation: Operation::Receive(pending),
                moved: Instant::now(),
                idle: false,
                seat,
            }),
            // It broke before it began.
            Err(error) => {
                server.counters.failed(error);
                None
            }
        }
    }

    fn waited(&self) -> &dyn Waitable {
        self.operation.pending()
    }

    /// What follows from the end of its operation: the next one, if the connection goes on.
    fn turn(self, server: &Server) -> Option<Client<'a>> {
        let next = match self.operation {
            Operation::Receive(pending) => received(server, pending.finish()),
            Operation::Send(pending) => sent(server, pending.finish()),
        };
        match next {
            Ok(Some(operation)) => {
                return Some(Client { operation, moved: Instant::now(), idle: self.idle, seat: self.seat });
            }
            Err(Error::WSA_OPERATION_ABORTED) if self.idle => {
                debug!("closed: idle");
                server.counters.idled();
            }
            Ok(None) => debug!("closed"),
            Err(_) if server.stop.is_asked() => debug!("cut"),
            Err(error) => {
                debug!("closed: {error}");
                server.counters.failed(error);
            }
        }
        None
    }
}

type Next = Result<Option<Operation<Socket>>, Error>;

fn received(server: &Server, done: Finished<Socket>) -> Next {
    let bytes = done.outcome.result()?;
    if bytes == 0 {
        return done.socket.shutdown(Shutdown::Send).map(|()| None);
    }
    server.counters.received(bytes);
    Ok(Some(Operation::Send(Pending::send(done.socket, done.buffer)?)))
}

fn sent(server: &Server, mut done: Finished<Socket>) -> Next {
    server.counters.sent(done.outcome.result()?);
    if server.stop.is_asked() {
        return done.socket.shutdown(Shutdown::Send).map(|()| None);
    }
    done.buffer.clear();
    Ok(Some(Operation::Receive(Pending::receive(done.socket, done.buffer)?)))
}

/// Datagrams: each socket has one operation, a receive or the send of what it has brought.
fn echo_datagrams(server: &Server, mut bell: Bell<'_>) -> Result<(), Failure> {
    let receive = |socket, buffer| {
        Pending::receive_from(socket, buffer).map(Operation::Receive).map_err(NotStarted::into)
    };
    let room = || Vec::with_capacity(datagrams::LONGEST);
    let mut operations = Vec::new();
    for socket in &server.sockets {
        operations.push(receive(socket, room()).calling("WSARecvFrom", "")?);
    }
    while !server.stop.is_asked() {
        bell.wait(operations.iter().map(|operation| operation.pending() as &dyn Waitable), None)?;
        for index in 0..operations.len() {
            if !operations[index].pending().has_ended() {
                continue;
            }
            let next = match operations.remove(index) {
                Operation::Receive(pending) => echo_datagram(server, pending.finish()),
                Operation::Send(pending) => {
                    let done = pending.finish();
                    match done.outcome.result() {
                        Ok(bytes) => server.counters.sent(bytes),
                        Err(error) => datagrams::dropped(&server.counters, error),
                    }
                    Err((done.socket, done.buffer))
                }
            };
            let next = next.or_else(|(socket, mut buffer)| {
                buffer.clear();
                receive(socket, buffer).calling("WSARecvFrom", "")
            })?;
            operations.insert(index, next);
        }
    }
    Ok(())
}

/// Starts the echo of a datagram; without one, the socket and its buffer come back.
fn echo_datagram<'s>(
    server: &Server,
    done: Finished<&'s Socket>,
) -> Result<Operation<&'s Socket>, (&'s Socket, Vec<u8>)> {
    let counters = &server.counters;
    let Finished { socket, buffer, .. } = done;
    match (done.outcome.result(), done.from) {
        (Ok(bytes), Some(from)) => {
            counters.datagram();
            counters.received(bytes);
            Pending::send_to(socket, buffer, from).map(Operation::Send).map_err(|refused| {
                datagrams::dropped(counters, refused.error);
                (socket, refused.buffer)
            })
        }
        // News of an echo that found its client's port closed: that client's affair.
        (Ok(_) | Err(Error::WSAECONNRESET), _) => Err((socket, buffer)),
        (Err(error), _) => {
            counters.failed(error);
            Err((socket, buffer))
        }
    }
}
