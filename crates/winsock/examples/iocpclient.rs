//! A client that keeps an echo server busy: threads that send a buffer, receive it again and compare, until Ctrl-C.
//!
//! It teaches a thread for each connection, and how one thread ends the calls that others are blocked in: a shutdown of
//! both directions. Choose it for a handful of connections; `winsock stress` is the tool for thousands.
//!
//! ```text
//! $ cargo run --example iocpclient -- -n:127.0.0.1 -e:6001 -t:4 -b:4 -v
//! connected(thread 0)
//! Starting thread 0
//! ack(0)
//! ...
//! Closing handles and sockets
//! ```
//!
//! Its servers: `iocpserver`, `iocpserverex`.

#![forbid(unsafe_code)]

mod common;

use common::{Arguments, Calling, Failed};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use winsock::{Error, Family, Resolver, Shutdown, Socket, on_control};

const MAX_THREADS: usize = 64;

struct Options {
    host: String,
    port: String,
    threads: usize,
    bytes: usize,
    verbose: bool,
}

fn options(arguments: &mut Arguments) -> Option<Options> {
    let mut options =
        Options { host: "localhost".into(), port: "5001".into(), threads: 1, bytes: 4096, verbose: false };
    while let Some(option) = arguments.option() {
        match option {
            'b' => options.bytes = 1024 * arguments.number().filter(|&kilobytes: &usize| kilobytes > 0)?,
            'e' => options.port = arguments.value()?,
            'n' => options.host = arguments.value()?,
            't' => options.threads = MAX_THREADS.min(arguments.number()?),
            'v' => options.verbose = true,
            _ => return None,
        }
    }
    Some(options)
}

fn main() -> ExitCode {
    let mut arguments = Arguments::new();
    let Some(options) = options(&mut arguments) else {
        println!("usage:\n{} [-b:#] [-e:#] [-n:host] [-t:#] [-v]", arguments.program);
        println!("  -b:bufsize\thow much to send at a time, in units of 1024 bytes (4)");
        println!("  -e:port\tthe server's port (5001)");
        println!("  -n:host\tthe server (localhost)");
        println!("  -t:#\t\thow many threads, up to {MAX_THREADS} (1)");
        println!("  -v\t\tprint an ack for each echo");
        return ExitCode::from(1);
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            println!("{failed}");
            ExitCode::from(1)
        }
    }
}

fn run(options: &Options) -> Result<(), Failed> {
    let connections = Arc::new(Connections::default());
    let wished = Arc::clone(&connections);
    let handler = on_control(move |_| {
        wished.close();
        true
    });
    let _handler = handler.calling("SetConsoleCtrlHandler()")?;
    thread::scope(|scope| {
        for number in 0..options.threads {
            if let Some(socket) = connections.open(number, options) {
                scope.spawn(move || echo(number, &socket, options));
            }
        }
    });
    // None is left, by themselves or because the user wanted it.
    connections.close();
    Ok(())
}

/// The sockets of the threads, to be ended at once.
#[derive(Default)]
struct Connections(Mutex<List>);

#[derive(Default)]
struct List {
    sockets: Vec<Arc<Socket>>,
    are_closed: bool,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, List> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects a thread's socket, unless the end has come.
    fn open(&self, number: usize, options: &Options) -> Option<Arc<Socket>> {
        if self.lock().are_closed {
            return None;
        }
        match connect(options) {
            Ok(socket) => {
                println!("connected(thread {number})");
                let socket = Arc::new(socket);
                let mut list = self.lock();
                list.sockets.push(Arc::clone(&socket));
                (!list.are_closed).then_some(socket)
            }
            Err(Failed { call: "connect", error }) => {
                println!("connect(thread {number}) failed: {}", error.code());
                None
            }
            Err(Failed { call, error }) => {
                println!("{call}() failed with error {}", error.code());
                None
            }
        }
    }

    /// Ends what the threads wait for; closing the sockets will reset the connections.
    fn close(&self) {
        let mut list = self.lock();
        if !list.are_closed {
            println!("Closing handles and sockets");
            list.are_closed = true;
        }
        for socket in list.sockets.drain(..) {
            let _ = socket.set_linger(Some(Duration::ZERO));
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

fn connect(options: &Options) -> Result<Socket, Failed> {
    let addresses = Resolver::new().family(Family::IPV4).resolve(&options.host, options.port.as_str());
    let address =
        *addresses.calling("getaddrinfo")?.first().ok_or(Error::WSAHOST_NOT_FOUND).calling("getaddrinfo")?;
    let socket = Socket::stream(Family::IPV4).calling("socket")?;
    socket.connect(address).calling("connect")?;
    Ok(socket)
}

/// Sends and receives until the connection ends, or gives back something else than it got.
fn echo(number: usize, socket: &Socket, options: &Options) {
    println!("Starting thread {number}");
    let data = vec![number as u8; options.bytes];
    let mut echo = vec![0; options.bytes];
    while send_all(number, socket, &data) && receive_all(number, socket, &mut echo) {
        if let Some(at) = (0..data.len()).find(|&at| echo[at] != data[at]) {
            println!("nak({number}) in[{at}]={}, out[{at}]={}", echo[at], data[at]);
            break;
        }
        if options.verbose {
            println!("ack({number})");
        }
    }
}

fn send_all(number: usize, socket: &Socket, data: &[u8]) -> bool {
    let mut sent = 0;
    while sent < data.len() {
        match socket.send(&data[sent..]) {
            Ok(more) => sent += more,
            Err(error) => {
                println!("send(thread={number}) failed: {}", error.code());
                return false;
            }
        }
    }
    true
}

fn receive_all(number: usize, socket: &Socket, echo: &mut [u8]) -> bool {
    let mut received = 0;
    while received < echo.len() {
        match socket.recv(&mut echo[received..]) {
            Ok(0) => {
                println!("connection closed");
                return false;
            }
            Ok(more) => received += more,
            Err(error) => {
                println!("recv(thread={number}) failed: {}", error.code());
                return false;
            }
        }
    }
    true
}
