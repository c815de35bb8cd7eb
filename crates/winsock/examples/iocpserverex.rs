//! An echo server on a completion port that also accepts on it: no thread waits for clients alone.
//!
//! It teaches overlapped accepts: several are pending on the listener, each takes one connection together with the first
//! data that comes on it, and its completion is a worker's work like any other. The rest is as in `iocpserver`.
//!
//! Choose it where connections come and go quickly: an accept, the first receive and the addresses cost one call. A peer
//! that connects and stays silent keeps its accept, so there have to be enough of them; against peers that mean harm,
//! see `PortSocket::cancel_silent`.
//!
//! ```text
//! $ cargo run --example iocpserverex -- -e:6001 -v
//! UpdateCompletionPort: Socket(8) added to IOCP
//! UpdateCompletionPort: Socket(20) added to IOCP
//! WorkerThread 0: Socket(20) AcceptEx completed (4096 bytes), Send posted
//! WorkerThread 1: Socket(20) Send completed (4096 bytes), Recv posted
//! ```
//!
//! Its client: `iocpclient`. On Linux Ctrl-Break is Ctrl-\, SIGQUIT.

#![forbid(unsafe_code)]

mod common;

use common::frame::{self, Control, Options};
use common::{Calling, Failed};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use winsock::{
    Completion, CompletionPort, Event, Family, Operation, PortSocket, Reset, Shutdown, Socket, Type, Waitable,
};

/// As much as one receive takes.
const ROOM: usize = 8192;
/// As many connections may have come and not have sent anything yet.
const ACCEPTS: usize = 32;

fn main() {
    let Some(options) = frame::options("iocpserverex") else { return };
    // As in the sample, the exit code is 0 in any case.
    if let Err(failed) = run(&options) {
        println!("{failed}");
    }
}

fn run(options: &Options) -> Result<(), Failed> {
    let address = common::addresses_to_bind(None, &options.port, Family::IPV4, Type::STREAM)?[0];
    let wished = Arc::new(Event::new(Reset::Automatic, false).calling("WSACreateEvent()")?);
    let wake = Arc::clone(&wished);
    let control = Control::new(options.verbose, move || wake.set().expect("the event is open"))?;
    control.run("iocpserverex", || serve(address, options.verbose, &control, &wished));
    Ok(())
}

/// What comes with a completion.
enum Work {
    Accept,
    Client(Arc<Client>),
    /// The worker's end.
    End,
}

struct Server {
    port: CompletionPort<Work>,
    listener: PortSocket<Work>,
    verbose: bool,
}

/// Serves until the user wants something else.
fn serve(address: SocketAddr, verbose: bool, control: &Control, wished: &Event) -> Result<(), Failed> {
    let port = CompletionPort::new(0).calling("CreateIoCompletionPort()")?;
    let listener = Socket::stream(Family::of(address)).calling("WSASocket(sdSocket)")?;
    listener.bind(address).calling("bind()")?;
    listener.listen(5).calling("listen()")?;
    let listener = associate(&port, listener, verbose)?;
    let server = Server { port, listener, verbose };

    let workers = 2 * thread::available_parallelism().map_or(1, |processors| processors.get());
    thread::scope(|scope| {
        for number in 0..workers {
            let server = &server;
            scope.spawn(move || server.work(number));
        }
        for _ in 0..ACCEPTS {
            server.accept(Vec::new());
        }
        while control.serves() {
            wished.wait(None).calling("WSAWaitForMultipleEvents()")?;
        }
        for _ in 0..workers {
            server.port.post(0, Work::End).calling("PostQueuedCompletionStatus()")?;
        }
        Ok(())
    })
}

fn associate(port: &CompletionPort<Work>, socket: Socket, verbose: bool) -> Result<PortSocket<Work>, Failed> {
    let socket = port.associate(socket, 0).calling("CreateIoCompletionPort()")?;
    if verbose {
        println!("UpdateCompletionPort: Socket({}) added to IOCP", socket.as_raw());
    }
    Ok(socket)
}

impl Server {
    /// Starts an accept, which also receives.
    fn accept(&self, buffer: Vec<u8>) {
        let started = self.listener.start_accept(buffer, ROOM, Work::Accept).calling("AcceptEx()");
        started.unwrap_or_else(|failed| println!("{failed}"));
    }

    /// A worker: takes completions until one says that it is enough.
    fn work(&self, number: usize) {
        loop {
            let completion = match self.port.take(None) {
                Ok(completion) => completion,
                Err(error) => return println!("GetQueuedCompletionStatus() failed: {}", error.code()),
            };
            match completion.data {
                Work::End => return,
                Work::Accept => self.welcome(completion, number),
                Work::Client(ref client) => {
                    let client = Arc::clone(client);
                    client.go_on(completion, number);
                }
            }
        }
    }

    /// Sends back what came with a connection, or waits for more; and is ready for the next.
    fn welcome(&self, completion: Completion<Work>, worker: usize) {
        self.accept(Vec::new());
        // A peer that resets before it has sent anything leaves no connection.
        let Some(accepted) = completion.accepted else { return };
        match associate(&self.port, accepted.socket, self.verbose) {
            Ok(socket) => {
                let verbose = self.verbose;
                let client = Arc::new(Client { socket, is_done: AtomicBool::new(false), verbose });
                client.received("AcceptEx", completion.buffer, worker);
            }
            Err(failed) => println!("{failed}"),
        }
    }
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
