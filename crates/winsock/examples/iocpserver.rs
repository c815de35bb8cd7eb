//! An echo server on a completion port: one thread accepts, a few workers serve any number of clients.
//!
//! It teaches the shape of every such server, and its end:
//! - each client's socket is associated with the port, and always has one operation under way: a receive, or the send of
//!   what was received. What a worker needs to know of the client comes with the completion;
//! - a worker ends when it takes a completion that says so: the main thread posts one for each;
//! - dropping the port ends the operations that are left, and with them the clients. So Ctrl-Break can start the server
//!   anew in the same process, and Ctrl-C ends it with nothing left behind.
//!
//! Choose it for many connections. `iocpserverex` also accepts on the port.
//!
//! ```text
//! $ cargo run --example iocpserver -- -e:6001 -v
//! UpdateCompletionPort: Socket(12) added to IOCP
//! WorkerThread 0: Socket(12) Recv completed (4096 bytes), Send posted
//! WorkerThread 0: Socket(12) Send completed (4096 bytes), Recv posted
//! ```
//!
//! Its client: `iocpclient`. On Linux Ctrl-Break is Ctrl-\, SIGQUIT.

#![forbid(unsafe_code)]

mod common;

use common::frame::{self, Control, Options};
use common::{Calling, Failed};
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use winsock::{Completion, CompletionPort, Family, Operation, PortSocket, Shutdown, Socket, Type};

/// As much as one receive takes.
const ROOM: usize = 8192;

fn main() {
    let Some(options) = frame::options("iocpserver") else { return };
    // As in the sample, the exit code is 0 in any case.
    if let Err(failed) = run(&options) {
        println!("{failed}");
    }
}

fn run(options: &Options) -> Result<(), Failed> {
    let address = common::addresses_to_bind(None, &options.port, Family::IPV4, Type::STREAM)?[0];
    let verbose = options.verbose;
    let control = Control::new(verbose, move || {
        // The main thread waits for the next client: here it is.
        let client = Socket::stream(Family::IPV4);
        let _ = client.and_then(|client| client.connect((Ipv4Addr::LOCALHOST, address.port())));
    })?;
    control.run("iocpserver", || serve(address, verbose, &control));
    Ok(())
}

type Port = CompletionPort<Work>;

/// What comes with a completion.
enum Work {
    Client(Arc<Client>),
    /// The worker's end.
    End,
}

/// A client, alive as long as an operation of it is under way.
struct Client {
    socket: PortSocket<Work>,
    /// Whether it has ended its side, and has all that it sent.
    is_done: AtomicBool,
    verbose: bool,
}

impl Client {
    /// Starts what follows on the end of an operation.
    fn go_on(self: Arc<Client>, completion: Completion<Work>, worker: usize) {
        let Completion { operation, outcome, buffer, .. } = completion;
        match (operation, outcome.result()) {
            // The connection is broken: nothing follows, and the client goes.
            (_, Err(_)) => {}
            (Operation::Receive, Ok(_)) => self.received("Recv", buffer, worker),
            (_, Ok(bytes)) => {
                self.says(format_args!("Send completed ({bytes} bytes), Recv posted"), worker);
                self.receive(buffer);
            }
        }
    }

    /// Starts a receive. If it is refused, the client goes.
    fn receive(self: Arc<Client>, mut buffer: Vec<u8>) {
        buffer.clear();
        let client = Arc::clone(&self);
        let started = client.socket.start_receive(buffer, Work::Client(self)).calling("WSARecv()");
        started.unwrap_or_else(|failed| println!("{failed}"));
    }

    /// Sends back what came; nothing at all is the end of the client's side.
    fn received(self: Arc<Client>, call: &str, buffer: Vec<u8>, worker: usize) {
        let client = Arc::clone(&self);
        if buffer.is_empty() {
            let _ = client.socket.shutdown(Shutdown::Send);
            client.is_done.store(true, Ordering::Relaxed);
            return;
        }
        self.says(format_args!("{call} completed ({} bytes), Send posted", buffer.len()), worker);
        let started = client.socket.start_send(buffer, Work::Client(self)).calling("WSASend()");
        started.unwrap_or_else(|failed| println!("{failed}"));
    }

    fn says(&self, what: fmt::Arguments<'_>, worker: usize) {
        if self.verbose {
            println!("WorkerThread {worker}: Socket({}) {what}", self.socket.as_raw());
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let graceful = self.is_done.load(Ordering::Relaxed);
        if self.verbose {
            let (handle, graceful) = (self.socket.as_raw(), if graceful { "TRUE" } else { "FALSE" });
            println!("CloseClient: Socket({handle}) connection closing (graceful={graceful})");
        }
        if !graceful {
            // Closing will reset the connection.
            let _ = self.socket.set_linger(Some(Duration::ZERO));
        }
    }
}

/// Serves until the user wants something else.
fn serve(address: SocketAddr, verbose: bool, control: &Control) -> Result<(), Failed> {
    let port = Port::new(0).calling("CreateIoCompletionPort()")?;
    let workers = 2 * thread::available_parallelism().map_or(1, |processors| processors.get());
    thread::scope(|scope| {
        for number in 0..workers {
            let port = &port;
            scope.spawn(move || work(port, number));
        }
        let served = accept_all(&port, address, verbose, control);
        for _ in 0..workers {
            port.post(0, Work::End).calling("PostQueuedCompletionStatus()")?;
        }
        served
    })
}

/// Accepts clients, and starts the first receive of each.
fn accept_all(port: &Port, address: SocketAddr, verbose: bool, control: &Control) -> Result<(), Failed> {
    let listener = Socket::stream(Family::of(address)).calling("WSASocket(g_sdListen)")?;
    listener.bind(address).calling("bind()")?;
    listener.listen(5).calling("listen()")?;
    while control.serves() {
        let (socket, _) = listener.accept().calling("WSAAccept()")?;
        let socket = port.associate(socket, 0).calling("CreateIoCompletionPort()")?;
        if verbose {
            println!("UpdateCompletionPort: Socket({}) added to IOCP", socket.as_raw());
        }
        let client = Arc::new(Client { socket, is_done: AtomicBool::new(false), verbose });
        client.receive(Vec::with_capacity(ROOM));
    }
    Ok(())
}

/// A worker: takes completions until one says that it is enough.
fn work(port: &Port, number: usize) {
    loop {
        let completion = match port.take(None) {
            Ok(completion) => completion,
            Err(error) => return println!("GetQueuedCompletionStatus() failed: {}", error.code()),
        };
        match completion.data {
            Work::End => return,
            Work::Client(ref client) => {
                let client = Arc::clone(client);
                client.go_on(completion, number);
            }
        }
    }
}
