//! `winsock client`: the client of Microsoft's guide. It connects, sends, shuts its sending side down, and receives
//! until the server closes.
//!
//! Sending and receiving go on at the same time, so that a message of any length passes through an echo server
//! without either side waiting for the other.

mod files;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use winsock::{Shutdown, Socket};

use crate::address::{Endpoint, Transport};
use crate::error::{Context, Failure};

use self::files::{Input, Output};

pub(crate) const HELP: &str = "\
Examples:
  winsock client 127.0.0.1                              the guide's message to the guide's port
  winsock client server:5000 --message hello
  winsock client server --file image.iso --output copy.iso
  generate | winsock client server --file - --output - | use
  winsock client ::1 --udp --message ping               a datagram, and its echo

Exit codes: 0 sent and closed in good order, 1 failed, 2 wrong usage.";

/// Bytes of one receive, and of what is read from a file for one send.
const BUFFER: usize = 64 * 1024;
/// Bytes of a datagram: what passes through most networks in one piece.
const DATAGRAM: usize = 1200;

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The server, by name or by number: HOST, HOST:PORT, [V6]:PORT
    #[arg(value_name = "HOST")]
    server: Endpoint,

    /// The server's port, instead of HOST's [default: 27015]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,

    /// What to send
    #[arg(long, value_name = "TEXT", default_value = "this is a test", conflicts_with = "file")]
    message: String,

    /// Send a file instead; - is standard input
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,

    /// Where to write what is received; - is standard output, and the report then goes to standard error
    #[arg(long, value_name = "PATH")]
    output: Option<PathBuf>,

    #[command(flatten)]
    transport: Transport,

    /// Give up when nothing moves for so long; 0s never does [default: 0s, for --udp 5s]
    #[arg(long, value_name = "TIME")]
    timeout: Option<humantime::Duration>,
}

/// The command.
pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let Endpoint { host, port } = arguments.server;
    let endpoint = Endpoint { host, port: arguments.port.unwrap_or(port) };
    let input = Input::open(arguments.file.as_deref(), arguments.message)?;
    let output = Output::open(arguments.output.as_deref())?;
    let transport = arguments.transport;
    let default = if transport.udp { Duration::from_secs(5) } else { Duration::ZERO };
    let timeout = arguments.timeout.map_or(default, Duration::from);
    let timeout = (!timeout.is_zero()).then_some(timeout);

    let (socket, server) = connect(&endpoint, transport, timeout)?;
    if transport.udp {
        exchange(&socket, server, input, output)
    } else {
        converse(socket, server, input, output)
    }
}

/// Tries the addresses of the server one after the other; the last failure is the one that is told.
fn connect(
    endpoint: &Endpoint,
    transport: Transport,
    timeout: Option<Duration>,
) -> Result<(Socket, SocketAddr), Failure> {
    let mut result = Err(Failure::Job(format!("{endpoint} has no address")));
    for address in endpoint.resolve(transport)? {
        result = open(address, transport, timeout);
        if result.is_ok() {
            break;
        }
    }
    result
}

fn open(
    address: SocketAddr,
    transport: Transport,
    timeout: Option<Duration>,
) -> Result<(Socket, SocketAddr), Failure> {
    let socket = transport.socket(address)?;
    socket.set_read_timeout(timeout).calling("setsockopt", address)?;
    socket.set_write_timeout(timeout).calling("setsockopt", address)?;
    socket.connect(address).calling("connect", address)?;
    Ok((socket, address))
}

/// A connection, and how far it has come.
struct Conversation {
    socket: Socket,
    server: SocketAddr,
    sent: AtomicU64,
    received: AtomicU64,
    /// The whole message is sent: set before the server can know it.
    complete: AtomicBool,
}

/// One half of a conversation has ended.
enum Ended {
    Sending(Result<(), Failure>),
    Receiving(Result<(), Failure>),
}

/// A connection: both directions at once, a thread for each.
fn converse(socket: Socket, server: SocketAddr, input: Input, output: Output) -> Result<(), Failure> {
    let report = output.report();
    let conversation = Arc::new(Conversation {
        socket,
        server,
        sent: AtomicU64::new(0),
        received: AtomicU64::new(0),
        complete: AtomicBool::new(false),
    });
    // Nobody hears the second half when the first has failed: the process is about to end.
    let (ended, halves) = mpsc::channel();
    let (sender, tell) = (Arc::clone(&conversation), ended.clone());
    start("sending", move || tell.send(Ended::Sending(sender.send_all(input))))?;
    let receiver = Arc::clone(&conversation);
    start("receiving", move || ended.send(Ended::Receiving(receiver.receive_all(output))))?;

    let result = conversation.finish(&halves);
    report.line(format_args!("Bytes Sent: {}", conversation.sent.load(SeqCst)));
    match conversation.received.load(SeqCst) {
        0 => {}
        received => report.line(format_args!("Bytes received: {received}")),
    }
    if result.is_ok() {
        report.line(format_args!("Connection closed"));
    }
    result
}

fn start<T>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<(), Failure> {
    let builder = thread::Builder::new().name(name.to_owned());
    match builder.spawn(|| drop(work())) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::system("thread", error)),
    }
}

impl Conversation {
    /// Waits until the server has closed, or for the first failure. Closing before it can have the whole message is
    /// one: a sender that waits for more input is not waited for.
    fn finish(&self, halves: &Receiver<Ended>) -> Result<(), Failure> {
        for ended in halves {
            match ended {
                Ended::Sending(result) => result?,
                Ended::Receiving(result) => {
                    result?;
                    break;
                }
            }
        }
        if self.complete.load(SeqCst) {
            Ok(())
        } else {
            Err(Failure::Job("the server closed before the whole message was sent".to_owned()))
        }
    }

    fn send_all(&self, mut input: Input) -> Result<(), Failure> {
        let mut buffer = vec![0; BUFFER];
        loop {
            let data = match input.read(&mut buffer)? {
                0 => break,
                len => &buffer[..len],
            };
            let mut done = 0;
            while done < data.len() {
                let sent = self.socket.send(&data[done..]).calling("send", self.server)?;
                self.sent.fetch_add(sent as u64, SeqCst);
                done += sent;
            }
        }
        self.complete.store(true, SeqCst);
        self.socket.shutdown(Shutdown::Send).calling("shutdown", self.server)
    }

    fn receive_all(&self, mut output: Output) -> Result<(), Failure> {
        let mut buffer = vec![0; BUFFER];
        loop {
            match self.socket.recv(&mut buffer).calling("recv", self.server)? {
                0 => return Ok(()),
                len => {
                    self.received.fetch_add(len as u64, SeqCst);
                    output.write(&buffer[..len])?;
                }
            }
        }
    }
}

/// Datagrams: one after the other, each of which waits for its echo.
fn exchange(
    socket: &Socket,
    server: SocketAddr,
    mut input: Input,
    mut output: Output,
) -> Result<(), Failure> {
    let report = output.report();
    let mut data = [0; DATAGRAM];
    let mut echo = vec![0; BUFFER];
    let (mut sent, mut received) = (0, 0);
    loop {
        let len = input.fill(&mut data)?;
        if len == 0 {
            break;
        }
        sent += socket.send(&data[..len]).calling("send", server)?;
        let len = socket.recv(&mut echo).calling("recv", server)?;
        received += len;
        output.write(&echo[..len])?;
    }
    report.line(format_args!("Bytes Sent: {sent}"));
    report.line(format_args!("Bytes received: {received}"));
    Ok(())
}
