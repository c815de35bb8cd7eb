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
use common::peer::{Client, ROOM, associate};
use common::{Calling, Failed};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use winsock::{CompletionPort, Family, Socket, Type};

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
    Client(Arc<Client<Work>>),
    /// The worker's end.
    End,
}

impl From<Arc<Client<Work>>> for Work {
    fn from(client: Arc<Client<Work>>) -> Work {
        Work::Client(client)
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
        let client = Client::new(associate(port, socket, verbose)?, verbose);
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
