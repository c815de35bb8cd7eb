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
use common::peer::{Client, ROOM, associate};
use common::{Calling, Failed};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use winsock::{Completion, CompletionPort, Event, Family, PortSocket, Reset, Socket, Type, Waitable};

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
    Client(Arc<Client<Work>>),
    /// The worker's end.
    End,
}

impl From<Arc<Client<Work>>> for Work {
    fn from(client: Arc<Client<Work>>) -> Work {
        Work::Client(client)
    }
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
                Client::new(socket, self.verbose).received("AcceptEx", completion.buffer, worker);
            }
            Err(failed) => println!("{failed}"),
        }
    }
}
