//! One thread whose operations end in completion routines, which run while it waits alertably, and one that accepts.
//!
//! *When*: a program that has one thread for all its work, and wants each step to begin where the one before has ended,
//! without a loop that finds out whose turn it is. *Cost*: the routines are the thread that started the operations or
//! nobody, so it is as fast as one processor, and a routine that computes holds up all clients; a buffer per client.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tracing::debug;
use winsock::{Error, Finished, NotStarted, Routines, Shutdown, Socket};

use super::counters::Seat;
use super::handover::Handover;
use super::{DATAGRAMS, DRAIN, Server, datagrams};
use crate::error::{Context, Failure};

/// At least so long between two searches for idle connections.
const SEARCH: Duration = Duration::from_millis(20);

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    let door = Handover::new()?;
    let state = State {
        server,
        begun: Cell::new(0),
        open: RefCell::default(),
        echoes: Cell::new(0),
        broken: Cell::new(None),
    };
    winsock::routines(|scope| {
        // Before any connection can have taken the last descriptor: this needs some.
        listen_to_bell(scope, &door.bell).calling("WSARecv", "")?;
        door.run(server, || {
            echo(scope, &state, &door);
            state.broken.get().map_or(Ok(()), Err).calling("WSARecvFrom", "")
        })
    })
}

struct Client<'a> {
    socket: Rc<Socket>,
    number: u64,
    moved: Cell<Instant>,
    /// It is being ended for having been idle.
    idle: Cell<bool>,
    seat: Seat<'a>,
}

/// What the routines work on.
struct State<'a> {
    server: &'a Server,
    begun: Cell<u64>,
    open: RefCell<HashMap<u64, Rc<Client<'a>>>>,
    /// Datagrams that are on their way back.
    echoes: Cell<usize>,
    /// What ends the server.
    broken: Cell<Option<Error>>,
}

/// Runs the routines until the end is asked for, and then until all is delivered.
fn echo<'s, 'a: 's>(scope: Routines<'s, '_>, state: &'s State<'a>, door: &Handover<'a>) {
    let server = state.server;
    if server.transport.udp {
        for socket in &server.sockets {
            for _ in 0..DATAGRAMS {
                receive_datagram(scope, state, socket, Vec::with_capacity(datagrams::LONGEST));
            }
        }
    }
    let mut search_at = state.search_idle();
    while !server.stop.is_asked() {
        let now = Instant::now();
        if search_at.is_some_and(|at| at <= now) {
            search_at = state.search_idle();
        }
        scope.sleep(search_at.map(|at| at.saturating_duration_since(now)));
        for (socket, seat) in door.take() {
            begin(scope, state, socket, seat);
        }
    }
    // Nothing is received any more; what was received is delivered. What cannot be ends with the scope.
    for client in state.open.borrow().values() {
        let _ = client.socket.shutdown(Shutdown::Receive);
    }
    let until = Instant::now() + DRAIN;
    while state.owes() && Instant::now() < until {
        scope.sleep(Some(until.saturating_duration_since(Instant::now())));
    }
}

/// Receives from the bell, for ever: the routine has nothing to do but to end the wait.
fn listen_to_bell<'s>(scope: Routines<'s, '_>, bell: &'s Socket) -> Result<(), Error> {
    let rung = move |_: Finished<&Socket>| {
        // Refused only at the end of the scope, when nobody waits for it.
        let _ = listen_to_bell(scope, bell);
    };
    Ok(scope.receive(bell, Vec::with_capacity(1), rung)?)
}

impl<'a> State<'a> {
    /// Ends what has been idle for too long; gives when that has to be looked for again.
    fn search_idle(&self) -> Option<Instant> {
        let limit = self.server.limits.idle?;
        let now = Instant::now();
        let mut next = now + limit;
        for client in self.open.borrow().values() {
            let idle_at = client.moved.get() + limit;
            if idle_at > now {
                next = next.min(idle_at);
            } else if !client.idle.replace(true) {
                // Its operation ends by that.
                let _ = client.socket.shutdown(Shutdown::Both);
            }
        }
        Some(next.max(now + SEARCH))
    }

    /// Whether something is still to be delivered.
    fn owes(&self) -> bool {
        !self.open.borrow().is_empty() || self.echoes.get() > 0
    }

    fn end(&self, client: &Client<'_>, result: Result<(), Error>) {
        match result {
            _ if client.idle.get() => {
                debug!("closed: idle");
                self.server.counters.idled();
            }
            Ok(()) => debug!("closed"),
            Err(_) if self.server.stop.is_asked() => debug!("cut"),
            Err(error) => {
                debug!("closed: {error}");
                self.server.counters.failed("client", error);
            }
        }
        self.open.borrow_mut().remove(&client.number);
    }

    fn settle(&self, client: &Client<'_>, started: Result<(), NotStarted<()>>) {
        if let Err(refused) = started {
            self.end(client, Err(refused.error));
        }
    }
}

fn begin<'s, 'a: 's>(scope: Routines<'s, '_>, state: &'s State<'a>, socket: Socket, seat: Seat<'a>) {
    if let Err(error) = socket.set_nonblocking(false).and_then(|()| socket.set_nodelay(true)) {
        // It broke before it began.
        return state.server.counters.failed("client", error);
    }
    let number = state.begun.get() + 1;
    state.begun.set(number);
    let client = Rc::new(Client {
        socket: Rc::new(socket),
        number,
        moved: Cell::new(Instant::now()),
        idle: Cell::new(false),
        seat,
    });
    state.open.borrow_mut().insert(number, Rc::clone(&client));
    receive(scope, state, client, Vec::with_capacity(state.server.limits.buffer));
}

fn receive<'s, 'a: 's>(
    scope: Routines<'s, '_>,
    state: &'s State<'a>,
    client: Rc<Client<'a>>,
    buffer: Vec<u8>,
) {
    if state.server.stop.is_asked() {
        return state.end(&client, client.socket.shutdown(Shutdown::Send));
    }
    client.moved.set(Instant::now());
    let of = Rc::clone(&client);
    let received = move |done: Finished<Rc<Socket>>| {
        state.server.counters.completed();
        match done.outcome.result() {
            Err(error) => state.end(&of, Err(error)),
            Ok(0) => state.end(&of, of.socket.shutdown(Shutdown::Send)),
            Ok(bytes) => {
                of.seat.received(bytes);
                send(scope, state, of, done.buffer);
            }
        }
    };
    state.settle(&client, scope.receive(Rc::clone(&client.socket), buffer, received));
}

fn send<'s, 'a: 's>(scope: Routines<'s, '_>, state: &'s State<'a>, client: Rc<Client<'a>>, buffer: Vec<u8>) {
    client.moved.set(Instant::now());
    let of = Rc::clone(&client);
    let sent = move |mut done: Finished<Rc<Socket>>| {
        state.server.counters.completed();
        match done.outcome.result() {
            Err(error) => state.end(&of, Err(error)),
            Ok(bytes) => {
                of.seat.sent(bytes);
                of.seat.echoed();
                done.buffer.clear();
                receive(scope, state, of, done.buffer);
            }
        }
    };
    state.settle(&client, scope.send(Rc::clone(&client.socket), buffer, sent));
}

/// Receives one datagram, and the next when its echo is sent.
fn receive_datagram<'s>(
    scope: Routines<'s, '_>,
    state: &'s State<'_>,
    socket: &'s Socket,
    mut buffer: Vec<u8>,
) {
    let State { server, broken, .. } = state;
    while !server.stop.is_asked() {
        let received = move |done: Finished<&'s Socket>| {
            server.counters.completed();
            match (done.outcome.result(), done.from) {
                (Ok(bytes), Some(from)) => {
                    return echo_datagram(scope, state, socket, done.buffer, bytes, from);
                }
                (Ok(_), None) => {}
                // The end, which the next receive finds.
                (Err(Error::WSA_OPERATION_ABORTED), _) => {}
                (Err(error), _) if datagrams::is_news(error) => {}
                (Err(error), _) => server.counters.failed("recvfrom", error),
            }
            receive_datagram(scope, state, socket, done.buffer);
        };
        buffer.clear();
        match scope.receive_from(socket, buffer, received) {
            Ok(()) => return,
            Err(refused) if datagrams::is_news(refused.error) => buffer = refused.buffer,
            Err(refused) => {
                broken.set(broken.get().or(Some(refused.error)));
                return server.stop.ask();
            }
        }
    }
}

fn echo_datagram<'s>(
    scope: Routines<'s, '_>,
    state: &'s State<'_>,
    socket: &'s Socket,
    buffer: Vec<u8>,
    bytes: usize,
    from: SocketAddr,
) {
    let counters = &state.server.counters;
    counters.datagram(bytes);
    let echoed = move |done: Finished<&'s Socket>| {
        counters.completed();
        state.echoes.update(|echoes| echoes - 1);
        match done.outcome.result() {
            Ok(bytes) => counters.datagram_echoed(bytes),
            Err(error) => datagrams::dropped(counters, error),
        }
        receive_datagram(scope, state, socket, done.buffer);
    };
    match scope.send_to(socket, buffer, from, echoed) {
        Ok(()) => state.echoes.update(|echoes| echoes + 1),
        Err(refused) => {
            datagrams::dropped(counters, refused.error);
            receive_datagram(scope, state, socket, refused.buffer);
        }
    }
}
