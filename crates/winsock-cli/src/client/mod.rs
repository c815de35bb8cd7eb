//! `winsock client`: the client of Microsoft's guide. It connects, sends, shuts its sending side down, and receives
//! until the server closes.
//!
//! With `--count` it sends the message again and again, each time when the last one is back, and tells how long that took.

mod conversation;
mod datagrams;
mod files;
mod trips;
mod verify;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use winsock::Socket;

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
  winsock client server --count 10 --interval 1s        ten times, a second apart, with the time of each
  winsock client server --file image.iso --verify --stats
                                                        fails unless all comes back as it was; tells the rate

Exit codes: 0 sent and closed in good order, 1 failed, 2 wrong usage.";

/// Bytes of one receive, and of what is read from a file for one send.
const BUFFER: usize = 64 * 1024;

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

    /// Fail unless everything comes back, and nothing else
    #[arg(long)]
    verify: bool,

    /// Send the message so many times, each when the one before is back [default: once, without waiting]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,

    /// Wait so long between two times, and tell about each
    #[arg(long, value_name = "TIME", requires = "count")]
    interval: Option<humantime::Duration>,

    /// Tell the time and the rate at the end
    #[arg(long)]
    stats: bool,

    #[command(flatten)]
    transport: Transport,

    /// Give up when nothing moves for so long; 0s never does [default: 0s, for --udp 5s]
    #[arg(long, value_name = "TIME")]
    timeout: Option<humantime::Duration>,
}

/// The command.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Endpoint { host, port } = arguments.server.clone();
    let endpoint = Endpoint { host, port: arguments.port.unwrap_or(port) };
    let input = Input::open(arguments.file.as_deref(), &arguments.message)?;
    let output = Output::open(arguments.output.as_deref())?;
    let transport = arguments.transport;
    let default = if transport.udp { Duration::from_secs(5) } else { Duration::ZERO };
    let timeout = arguments.timeout.map_or(default, Duration::from);
    let timeout = (!timeout.is_zero()).then_some(timeout);

    let task = Task {
        script: Script::new(input, arguments)?,
        output,
        verify: arguments.verify,
        stats: arguments.stats,
    };

    let (socket, server) = connect(&endpoint, transport, timeout)?;
    if transport.udp {
        datagrams::exchange(&socket, server, task)
    } else {
        conversation::converse(socket, server, task)
    }
}

/// What is to be done with a connection.
struct Task {
    script: Script,
    output: Output,
    verify: bool,
    stats: bool,
}

/// What is sent, and when.
enum Script {
    /// All of the input, as it comes.
    Once(Input),
    /// The input again and again, each time when it has come back.
    Again { message: Vec<u8>, count: u64, interval: Option<Duration> },
}

impl Script {
    fn new(mut input: Input, arguments: &Arguments) -> Result<Script, Failure> {
        let Some(count) = arguments.count else { return Ok(Script::Once(input)) };
        let message = input.read_all()?;
        if message.is_empty() {
            return Err(Failure::Usage("--count needs a message that is not empty".to_owned()));
        }
        Ok(Script::Again { message, count, interval: arguments.interval.map(Duration::from) })
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
