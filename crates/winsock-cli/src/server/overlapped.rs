//! One thread that waits for the events of all operations at once, accepts among them.
//!
//! *When*: a few dozen clients, in a program that waits for other events too: its own, or those of timers and threads.
//! *Cost*: an event and a buffer per client, and each wait hands over the whole list. One wait takes 64 events
//! (`WSA_MAXIMUM_WAIT_EVENTS`), of which one is for the end of the server and one for each listener's accept. The other
//! clients wait, in the queue of the system, until one of the 62 leaves: who needs more takes a port, which has no such
//! limit, and not more threads with 64 events each.
//!
//! The accepts want no first data (a length of 0): so one that is posted is never held by a client that is silent.

use std::borrow::Borrow;
use std::iter;
use std::time::{Duration, Instant};

use tracing::debug;
use winsock::{Accepted, Error, Finished, Pending, Shutdown, Socket, Waitable, wait_any};

use super::counters::Seat;
use super::door::Door;
use super::listen::local_address;
use super::{DRAIN, Server, datagrams};
use crate::error::{Context, Failure};

/// The events that one wait takes.
const EVENTS: usize = 64;

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
    if server.sockets.len() >= EVENTS - 1 {
        let most = EVENTS - 2;
        return Err(Failure::Usage(format!("the model overlapped serves at most {most} addresses")));
    }
    if server.transport.udp { echo_datagrams(server) } else { echo(server) }
}

/// Waits until one of the operations has ended.
fn wait<'a>(
    operations: impl Iterator<Item = &'a dyn Waitable>,
    limit: Option<Duration>,
) -> Result<(), Failure> {
    let events: Vec<&dyn Waitable> = operations.collect();
    wait_any(&events, limit).map(drop).calling("WSAWaitForMultipleEvents", "")
}

fn echo<'a>(server: &'a Server) -> Result<(), Failure> {
    let stop: &dyn Waitable = server.stop.event();
    let mut clients: Vec<Client<'a>> = Vec::new();
    let mut entrance = Entrance::new(server);
    while !server.stop.is_asked() {
        let now = Instant::now();
        let open = entrance.tend(&mut clients, now)?;
        let first_idle = server
            .limits
            .idle
            .and_then(|limit| clients.iter().filter(|c| !c.idle).map(|c| c.moved + limit).min());
        let wake_at = entrance.door.rest_until(now).into_iter().chain(first_idle).min();
        let limit = wake_at.map(|at| at.saturating_duration_since(now));
        let accepts =
            entrance.accepts.iter().flatten().filter(|_| open).map(|accept| accept as &dyn Waitable);
        wait(iter::once(stop).chain(accepts).chain(clients.iter().map(Client::waited)), limit)?;
        turn_all(server, &mut clients);
    }
    drop(entrance);
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
        wait(clients.iter().map(Client::waited), Some(left))?;
        turn_all(server, &mut clients);
    }
}

/// Where clients come from: each listener has an accept, as long as the door is open. One that ends while it is closed
/// keeps its client until it opens.
struct Entrance<'a> {
    server: &'a Server,
    door: Door<'a>,
    accepts: Vec<Option<Pending<&'a Socket>>>,
}

impl<'a> Entrance<'a> {
    fn new(server: &'a Server) -> Entrance<'a> {
        let accepts: Vec<_> = server.sockets.iter().map(|_| None).collect();
        let door = Door::with_limit(server, EVENTS - 1 - accepts.len());
        Entrance { server, door, accepts }
    }

    /// Lets in who has come, and starts what accepts are missing. Answers whether the door is open.
    fn tend(&mut self, clients: &mut Vec<Client<'a>>, now: Instant) -> Result<bool, Failure> {
        for (index, listener) in self.server.sockets.iter().enumerate() {
            if !self.door.is_open(now) {
                break;
            }
            if let Some(ended) = self.accepts[index].take_if(|accept| accept.has_ended()) {
                let done = ended.finish();
                self.server.counters.completed();
                match done.outcome.result() {
                    Ok(_) => clients.extend(done.accepted.and_then(|Accepted { socket, peer, .. }| {
                        let seat = self.door.passed(peer);
                        Client::begin(self.server, socket, seat)
                    })),
                    Err(error) => self.failed(listener, error, now)?,
                }
            }
            // Nothing but the end of an accept would wake for the clients that wait.
            while self.accepts[index].is_none() && self.door.rest_until(now).is_none() {
                match Pending::accept(listener, Vec::new(), 0) {
                    Ok(pending) => self.accepts[index] = Some(pending),
                    Err(refused) => self.failed(listener, refused.error, now)?,
                }
            }
        }
        Ok(self.door.is_open(now))
    }

    /// Counts a failure of an accept that others may follow.
    fn failed(&mut self, listener: &Socket, error: Error, now: Instant) -> Result<(), Failure> {
        if self.door.failed(error, now) {
            return Ok(());
        }
        Err(error).calling("AcceptEx", local_address(listener)?)
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
            .and_then(|()| Ok(Pending::receive(socket, Vec::with_capacity(server.limits.buffer))?));
        match started {
            Ok(pending) => Some(Client {
                operation: Operation::Receive(pending),
                moved: Instant::now(),
                idle: false,
                seat,
            }),
            // It broke before it began.
            Err(error) => {
                server.counters.failed("client", error);
                None
            }
        }
    }

    fn waited(&self) -> &dyn Waitable {
        self.operation.pending()
    }

    /// What follows from the end of its operation: the next one, if the connection goes on.
    fn turn(self, server: &Server) -> Option<Client<'a>> {
        server.counters.completed();
        let next = match self.operation {
            Operation::Receive(pending) => received(&self.seat, pending.finish()),
            Operation::Send(pending) => sent(server, &self.seat, pending.finish()),
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
                server.counters.failed("client", error);
            }
        }
        None
    }
}

type Next = Result<Option<Operation<Socket>>, Error>;

fn received(seat: &Seat<'_>, done: Finished<Socket>) -> Next {
    let bytes = done.outcome.result()?;
    if bytes == 0 {
        return done.socket.shutdown(Shutdown::Send).map(|()| None);
    }
    seat.received(bytes);
    Ok(Some(Operation::Send(Pending::send(done.socket, done.buffer)?)))
}

fn sent(server: &Server, seat: &Seat<'_>, mut done: Finished<Socket>) -> Next {
    seat.sent(done.outcome.result()?);
    seat.echoed();
    if server.stop.is_asked() {
        return done.socket.shutdown(Shutdown::Send).map(|()| None);
    }
    done.buffer.clear();
    Ok(Some(Operation::Receive(Pending::receive(done.socket, done.buffer)?)))
}

/// Datagrams: each socket has one operation, a receive or the send of what it has brought.
fn echo_datagrams(server: &Server) -> Result<(), Failure> {
    let mut operations = Vec::new();
    for socket in &server.sockets {
        operations.push(receive_datagram(socket, Vec::with_capacity(datagrams::LONGEST))?);
    }
    let stop: &dyn Waitable = server.stop.event();
    while !server.stop.is_asked() {
        let pending = operations.iter().map(|operation| operation.pending() as &dyn Waitable);
        wait(iter::once(stop).chain(pending), None)?;
        turn_datagrams(server, &mut operations)?;
    }
    // Nothing is received any more; what was received goes back.
    let until = Instant::now() + DRAIN;
    for operation in &operations {
        match operation {
            Operation::Receive(pending) => {
                pending.cancel();
            }
            Operation::Send(_) => {}
        }
    }
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if operations.is_empty() || left.is_zero() {
            return Ok(());
        }
        wait(operations.iter().map(|operation| operation.pending() as &dyn Waitable), Some(left))?;
        turn_datagrams(server, &mut operations)?;
    }
}

fn receive_datagram(socket: &Socket, mut buffer: Vec<u8>) -> Result<Operation<&Socket>, Failure> {
    loop {
        buffer.clear();
        match Pending::receive_from(socket, buffer) {
            Ok(pending) => return Ok(Operation::Receive(pending)),
            Err(refused) if datagrams::is_news(refused.error) => buffer = refused.buffer,
            Err(refused) => return Err(refused.error).calling("WSARecvFrom", local_address(socket)?),
        }
    }
}

/// Starts what follows from the operations that have ended.
fn turn_datagrams(server: &Server, operations: &mut Vec<Operation<&Socket>>) -> Result<(), Failure> {
    for index in (0..operations.len()).rev() {
        if !operations[index].pending().has_ended() {
            continue;
        }
        server.counters.completed();
        let next = match operations.swap_remove(index) {
            Operation::Receive(pending) => echo_datagram(server, pending.finish()),
            Operation::Send(pending) => {
                let Finished { socket, buffer, outcome, .. } = pending.finish();
                match outcome.result() {
                    Ok(bytes) => server.counters.datagram_echoed(bytes),
                    Err(error) => datagrams::dropped(&server.counters, error),
                }
                Err((socket, buffer))
            }
        };
        match next {
            Ok(send) => operations.push(send),
            Err(_) if server.stop.is_asked() => {}
            Err((socket, buffer)) => operations.push(receive_datagram(socket, buffer)?),
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
            counters.datagram(bytes);
            return Pending::send_to(socket, buffer, from).map(Operation::Send).map_err(|refused| {
                datagrams::dropped(counters, refused.error);
                (socket, refused.buffer)
            });
        }
        (Ok(_), None) => {}
        // The end of the server.
        (Err(Error::WSA_OPERATION_ABORTED), _) => {}
        (Err(error), _) if datagrams::is_news(error) => {}
        (Err(error), _) => counters.failed("recvfrom", error),
    }
    Err((socket, buffer))
}
