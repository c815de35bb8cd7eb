//! An echo server on a completion port: a few worker threads accept and serve any number of clients.
//!
//! It teaches the shape of every such server:
//! - the listener is associated with the port, and has some accepts under way. Each brings a client with its first data,
//!   and the worker that takes it starts the next accept: no thread is there for that. What is missing, because an accept
//!   has failed or its client is silent, is made up once a second;
//! - each client's socket is associated with the port, and always has one operation under way: a receive, or the send
//!   of what was received;
//! - workers take completions, whoever's they are, and start what follows. What they need to know comes with the
//!   completion: `Job`, which keeps a client alive as long as an operation of it is under way;
//! - the buffer goes with the operation, and comes back with it. No unsafe code has to promise that it stays.
//!
//! ```text
//! $ cargo run --example echo_iocp -- 127.0.0.1:7007 4
//! IoUring (the kernel allows io_uring), 4 workers, 127.0.0.1:7007
//! ```

#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use std::{env, io, thread};
use winsock::{
    Accepted, Completion, CompletionPort, Error, Family, NotStarted, Operation, PortSocket, Shutdown, Socket,
};

/// As much as one receive takes.
const ROOM: usize = 4096;
/// Accepts under way.
const ACCEPTS: usize = 64;
/// A client that has sent nothing for so long after it came makes room for another.
const SILENT: Duration = Duration::from_secs(10);

/// What comes back with a completion.
enum Job {
    Accept,
    Echo(Arc<Client>),
}

struct Client {
    socket: PortSocket<Job>,
    peer: SocketAddr,
}

/// The listener, and how many accepts are under way on it.
struct Door {
    listener: PortSocket<Job>,
    accepts: AtomicUsize,
}

impl Door {
    fn start_accept(&self) -> Result<(), Error> {
        self.accepts.fetch_add(1, Relaxed);
        self.listener.start_accept(Vec::new(), ROOM, Job::Accept).map_err(|refused| {
            self.accepts.fetch_sub(1, Relaxed);
            refused.error
        })
    }

    /// Ends the accepts of silent clients, and starts those that are missing.
    fn keep_open(&self) -> Result<(), Error> {
        self.listener.cancel_silent(SILENT);
        (self.accepts.load(Relaxed)..ACCEPTS).try_for_each(|_| self.start_accept())
    }
}

type Port = CompletionPort<Job>;
type Started = Result<(), NotStarted<Job>>;

/// What follows on the end of a client's operation.
fn next(client: Arc<Client>, operation: Operation, received: usize, mut buffer: Vec<u8>) -> Started {
    match (operation, received) {
        // The client has ended its side, and has all that it sent: there is nothing to start, and it goes.
        (Operation::Accept | Operation::Receive, 0) => {
            let _ = client.socket.shutdown(Shutdown::Send);
            Ok(())
        }
        (Operation::Accept | Operation::Receive, _) => {
            client.clone().socket.start_send(buffer, Job::Echo(client))
        }
        (_, _) => {
            buffer.clear();
            client.clone().socket.start_receive(buffer, Job::Echo(client))
        }
    }
}

/// Makes a client that has come known to the port.
fn welcome(port: &Port, Accepted { socket, peer, .. }: Accepted) -> Result<Arc<Client>, Error> {
    socket.set_nodelay(true)?;
    Ok(Arc::new(Client { socket: port.associate(socket, 0)?, peer }))
}

/// Starts what follows on a completion.
fn serve(port: &Port, door: &Door, completion: Completion<Job>) -> Result<(), Error> {
    let Completion { operation, outcome, accepted, buffer, data, .. } = completion;
    let client = match data {
        Job::Echo(client) => client,
        Job::Accept => {
            door.accepts.fetch_sub(1, Relaxed);
            let Some(accepted) = accepted else { return outcome.result().map(drop) };
            if let Err(error) = door.start_accept() {
                eprintln!("no further accept: {error}");
            }
            welcome(port, accepted)?
        }
    };
    match outcome.result() {
        Ok(bytes) => Ok(next(client, operation, bytes, buffer)?),
        Err(error) => {
            eprintln!("{}: {error}", client.peer);
            Ok(())
        }
    }
}

/// A worker: takes completions until the port fails.
fn work(port: &Port, door: &Door) -> Error {
    loop {
        let completion = match port.take(None) {
            Ok(completion) => completion,
            Err(error) => return error,
        };
        if let Err(error) = serve(port, door, completion) {
            eprintln!("{error}");
        }
    }
}

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let address: SocketAddr =
        arguments.next().unwrap_or("127.0.0.1:7007".into()).parse().expect("an address");
    let workers: usize = arguments.next().unwrap_or("2".into()).parse().expect("a number of workers");

    let port = Port::new(workers)?;
    let listener = Socket::stream(Family::of(address))?;
    listener.bind(address)?;
    listener.listen(i32::MAX)?;
    let engine = winsock::engine()?;
    println!("{:?} ({}), {workers} workers, {}", engine.engine, engine.reason, listener.local_addr()?);

    let door = Door { listener: port.associate(listener, 0)?, accepts: AtomicUsize::new(0) };
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| eprintln!("a worker ends: {}", work(&port, &door)));
        }
        loop {
            if let Err(error) = door.keep_open() {
                eprintln!("no further accept: {error}");
            }
            thread::sleep(Duration::from_secs(1));
        }
    })
}
