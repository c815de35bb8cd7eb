//! What the models on a completion port share: echoing by the completions of many connections, in some threads.
//!
//! Every connection has one operation under way: a receive, or the send of what it has brought. So a client that does
//! not read holds one buffer here, and nothing of a connection needs a lock. How connections come is the model's.

mod datagrams;

use std::borrow::Borrow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use tracing::debug;
use winsock::{Completion, CompletionPort, Error, NotStarted, Operation, PortSocket, Shutdown, Socket};

use self::datagrams::Turns;
use super::Server;
use super::accepts::{Accepts, Wanted};
use super::counters::Seat;
use super::open::Open;
use crate::error::{Context, Failure};

/// At least so long between two searches for idle connections.
const SEARCH: Duration = Duration::from_millis(20);

/// What comes back with a completion.
pub(super) enum Job<'a> {
    Echo(Arc<Client<'a>>),
    Datagram(Arc<PortSocket<Job<'a>>>),
    /// On the listener of that place.
    Accept(usize, Wanted),
    /// The end of one worker.
    End,
}

/// A connection.
pub(super) struct Client<'a> {
    socket: PortSocket<Job<'a>>,
    number: u64,
    /// When something moved last, in milliseconds since the server began.
    moved: AtomicU64,
    seat: Seat<'a>,
}

impl Borrow<Socket> for Client<'_> {
    fn borrow(&self) -> &Socket {
        &self.socket
    }
}

/// The port, and what is served on it.
pub(super) struct Ports<'a> {
    pub(super) server: &'a Server,
    port: CompletionPort<Job<'a>>,
    pub(super) accepts: Accepts<'a>,
    open: Open<Client<'a>>,
    turns: Turns,
    began: Instant,
}

impl<'a> Ports<'a> {
    /// A port on which connections of some listeners come too.
    pub(super) fn new(server: &'a Server, listeners: &[Socket]) -> Result<Ports<'a>, Failure> {
        let port = CompletionPort::new(server.workers).calling("CreateIoCompletionPort", "")?;
        let accepts = Accepts::new(server, &port, listeners)?;
        Ok(Ports { server, port, accepts, open: Open::new(), turns: Turns::new(), began: Instant::now() })
    }

    /// Runs the workers as long as `come`, which brings the connections, and then until all are served to their end.
    pub(super) fn run(&self, come: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        thread::scope(|scope| {
            let mut workers = Vec::new();
            let mut result = Ok(());
            for number in 0..self.server.workers {
                let work = move || self.work().inspect_err(|_| self.server.stop.ask());
                match thread::Builder::new().name(format!("worker {number}")).spawn_scoped(scope, work) {
                    Ok(worker) => workers.push(worker),
                    Err(error) => result = Err(Failure::system("thread", error)),
                }
            }
            let mut result = result.and_then(|()| come());
            self.open.end_all(|client| {
                client.socket.cancel();
            });
            for _ in &workers {
                let posted = self.port.post(0, Job::End).calling("PostQueuedCompletionStatus", "");
                result = result.and(posted);
            }
            for worker in workers {
                match worker.join() {
                    Ok(worked) => result = worked.and(result),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            result
        })
    }

    /// A connection has come: its first receive is started.
    pub(super) fn welcome(&self, socket: Socket, seat: Seat<'a>) {
        if let Some(client) = self.begin(socket, seat) {
            self.receive(client, Vec::with_capacity(self.server.limits.buffer));
        }
    }

    /// Makes a connection known to the port.
    pub(super) fn begin(&self, socket: Socket, seat: Seat<'a>) -> Option<Arc<Client<'a>>> {
        let prepared = socket
            .set_nonblocking(false)
            .and_then(|()| socket.set_nodelay(true))
            .and_then(|()| self.port.associate(socket, 0));
        let socket = match prepared {
            Ok(socket) => socket,
            // It broke before it began.
            Err(error) => {
                self.server.counters.failed("client", error);
                return None;
            }
        };
        let moved = AtomicU64::new(self.now());
        let (_, client) = self.open.begin(|number| Client { socket, number, moved, seat });
        Some(client)
    }

    /// Cancels what has been idle for too long; gives when that has to be looked for again.
    pub(super) fn search_idle(&self) -> Option<Instant> {
        let limit = self.server.limits.idle?;
        let now = self.now();
        let mut next = limit;
        for client in self.open.all() {
            let idle = Duration::from_millis(now.saturating_sub(client.moved.load(Relaxed)));
            if idle < limit {
                next = next.min(limit - idle);
            } else if client.socket.cancel() {
                debug!("closed: idle");
                self.server.counters.idled();
            }
        }
        Some(Instant::now() + next.max(SEARCH))
    }

    /// Milliseconds since the beginning.
    fn now(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    /// One worker: takes completions and starts what follows from them.
    fn work(&self) -> Result<(), Failure> {
        loop {
            let completion = self.port.take(None).calling("GetQueuedCompletionStatus", "")?;
            let Completion { operation, outcome, from, accepted, mut buffer, data, .. } = completion;
            self.server.counters.completed();
            match data {
                Job::End => return Ok(()),
                Job::Echo(client) => match (outcome.result(), operation) {
                    (Err(error), _) => self.failed(&client, error),
                    (Ok(bytes), Operation::Send) => {
                        client.seat.sent(bytes);
                        client.seat.echoed();
                        buffer.clear();
                        self.receive(client, buffer);
                    }
                    (Ok(bytes), _) => self.received(client, bytes, buffer),
                },
                Job::Accept(place, wanted) => {
                    self.accepted(place, wanted, outcome.result(), accepted, buffer);
                }
                Job::Datagram(socket) => self.datagram(socket, operation, outcome.result(), from, buffer),
            }
            self.use_room();
        }
    }

    /// What a client has sent goes back; nothing at all is its end.
    pub(super) fn received(&self, client: Arc<Client<'a>>, bytes: usize, buffer: Vec<u8>) {
        if bytes == 0 {
            return self.ended(&client, client.socket.shutdown(Shutdown::Send));
        }
        client.seat.received(bytes);
        self.send(client, buffer);
    }

    fn receive(&self, client: Arc<Client<'a>>, buffer: Vec<u8>) {
        if self.server.stop.is_asked() {
            return self.ended(&client, client.socket.shutdown(Shutdown::Send));
        }
        client.moved.store(self.now(), Relaxed);
        let job = Job::Echo(Arc::clone(&client));
        self.settle(&client, client.socket.start_receive(buffer, job));
    }

    fn send(&self, client: Arc<Client<'a>>, buffer: Vec<u8>) {
        client.moved.store(self.now(), Relaxed);
        let job = Job::Echo(Arc::clone(&client));
        self.settle(&client, client.socket.start_send(buffer, job));
    }

    /// Ends a connection whose next operation was refused.
    fn settle(&self, client: &Client<'a>, started: Result<(), NotStarted<Job<'a>>>) {
        if let Err(refused) = started {
            self.failed(client, refused.error);
        }
    }

    fn failed(&self, client: &Client<'a>, error: Error) {
        match error {
            // The server's own doing: idle, or the end.
            Error::WSA_OPERATION_ABORTED => self.ended(client, Ok(())),
            error => self.ended(client, Err(error)),
        }
    }

    fn ended(&self, client: &Client<'a>, result: Result<(), Error>) {
        match result {
            Ok(()) => debug!("closed"),
            Err(_) if self.server.stop.is_asked() => debug!("cut"),
            Err(error) => {
                debug!("closed: {error}");
                self.server.counters.failed("client", error);
            }
        }
        self.open.end(client.number);
    }
}
