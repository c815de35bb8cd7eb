//! `winsock server`: an echo server, by the model of the user's choice.
//!
//! A model is one function in one file, [`Serve`]: it gets bound sockets, limits, counters and the wish to end, and
//! serves until that wish comes. Every model but `basic` keeps the same promises: what a client sends comes back
//! unchanged and in order; a client that is slow, silent or never reads costs the others nothing, since no more is
//! received from it than it takes back; at the end, what was received is still delivered for a moment
//! ([`DRAIN`]).

mod accepts;
mod basic;
mod connection;
mod counters;
mod datagrams;
mod handover;
mod iocp;
mod iocp_acceptex;
mod listen;
mod open;
mod overlapped;
mod poll;
mod ports;
mod reactor;
mod routine;
mod select;
mod threads;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use winsock::Socket;

use crate::address::{Endpoint, Transport};
use crate::engine;
use crate::error::Failure;
use crate::limits;
use crate::stop::Stop;

use self::counters::Counters;
pub(crate) use self::listen::{listen, local_address};

pub(crate) const HELP: &str = "\
Examples:
  winsock server                                 every address of this machine, port 27015
  winsock server --model basic                   Microsoft's guide: one client, then the end
  winsock server --listen 127.0.0.1:0 --udp      datagrams, a free port (which the first line tells)
  winsock server --model poll --listen localhost:5000 --listen '[::]:6000'
  winsock server --workers 4 --engine epoll      four threads on the completion port, on one of the two engines

Datagrams name whatever sender they like, and the echo goes there: keep --udp to networks you trust.
Ctrl-C or SIGTERM ends the server with a summary; a second one ends it at once.
Exit codes: 0 ended as asked, 1 failed, 2 wrong usage.";

/// How long clients may still take back what they sent when the server ends.
const DRAIN: Duration = Duration::from_secs(2);

/// Receives under way on each socket for datagrams, in the models with overlapped operations.
const DATAGRAMS: usize = 16;

/// How a server waits for its clients.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Model {
    /// One client, then the end: the server of Microsoft's guide
    Basic,
    /// A thread per client, blocking calls
    Threads,
    /// One thread, select
    Select,
    /// One thread, WSAPoll
    Poll,
    /// Some threads on a completion port, and one that accepts
    Iocp,
    /// Some threads on a completion port, where connections come too, with their first data (AcceptEx)
    IocpAcceptex,
    /// One thread, events of overlapped operations, AcceptEx among them; at most 62 clients at once
    Overlapped,
    /// One thread, completion routines in alertable waits, and one that accepts
    Routine,
}

/// The threads of the models that have some.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct Workers {
    /// Threads on the completion port [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,
}

impl Workers {
    /// How many the model is to have.
    pub(crate) fn count(self, model: Model) -> Result<usize, Failure> {
        match (self.workers, model) {
            (
                Some(_),
                Model::Basic
                | Model::Threads
                | Model::Select
                | Model::Poll
                | Model::Overlapped
                | Model::Routine,
            ) => Err(Failure::Usage(format!("the model {} has no --workers", model.name()))),
            (Some(workers), Model::Iocp | Model::IocpAcceptex) => Ok(workers.into()),
            (None, _) => Ok(thread::available_parallelism().map_or(1, usize::from)),
        }
    }
}

/// The signature of a model: serves until the end is asked for, or an error that concerns all clients.
type Serve = fn(&Server) -> Result<(), Failure>;

impl Model {
    /// What servers for Windows that are to serve many clients look like.
    pub(crate) const DEFAULT: Model = Model::IocpAcceptex;

    fn serve(self) -> Serve {
        match self {
            Model::Basic => basic::serve,
            Model::Threads => threads::serve,
            Model::Select => select::serve,
            Model::Poll => poll::serve,
            Model::Iocp => iocp::serve,
            Model::IocpAcceptex => iocp_acceptex::serve,
            Model::Overlapped => overlapped::serve,
            Model::Routine => routine::serve,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Model::Basic => "basic",
            Model::Threads => "threads",
            Model::Select => "select",
            Model::Poll => "poll",
            Model::Iocp => "iocp",
            Model::IocpAcceptex => "iocp-acceptex",
            Model::Overlapped => "overlapped",
            Model::Routine => "routine",
        }
    }
}

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// How the server waits for its clients
    #[arg(long, value_enum, default_value_t = Model::DEFAULT)]
    model: Model,

    #[command(flatten)]
    workers: Workers,

    #[command(flatten)]
    engine: engine::Choice,

    /// Where to listen; may be given several times [default: every address, port 27015]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Vec<Endpoint>,

    #[command(flatten)]
    transport: Transport,

    /// Clients served at once; more wait in the queue of the system
    #[arg(long, value_name = "N", default_value_t = Limits::CONNECTIONS, value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: u32,

    /// Ends a connection on which nothing moved for so long; 0s never does
    #[arg(long, value_name = "TIME", default_value = "5m")]
    idle_timeout: humantime::Duration,

    /// What standard error tells: off, error, warn, info, debug
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log: LevelFilter,
}

/// What a server never exceeds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections at once.
    pub(crate) connections: usize,
    /// Time in which nothing moves on a connection.
    pub(crate) idle: Option<Duration>,
}

impl Limits {
    const CONNECTIONS: u32 = 10_000;
    /// The most that is held of one connection's bytes.
    const BUFFER: usize = 64 * 1024;
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { connections: Limits::CONNECTIONS as usize, idle: Some(Duration::from_secs(300)) }
    }
}

/// What a model gets.
pub(crate) struct Server {
    /// Listening sockets or, for datagrams, bound ones. All are non-blocking.
    pub(crate) sockets: Vec<Socket>,
    pub(crate) transport: Transport,
    /// Threads of the models that have some.
    pub(crate) workers: usize,
    pub(crate) limits: Limits,
    pub(crate) stop: Arc<Stop>,
    pub(crate) counters: Counters,
}

impl Server {
    pub(crate) fn new(
        sockets: Vec<Socket>,
        transport: Transport,
        workers: usize,
        limits: Limits,
        stop: Arc<Stop>,
    ) -> Server {
        Server { sockets, transport, workers, limits, stop, counters: Counters::new() }
    }

    /// Runs the model until the end is asked for.
    pub(crate) fn serve(&self, model: Model) -> Result<(), Failure> {
        model.serve()(self)
    }
}

/// The command.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { model, transport, .. } = *arguments;
    if model == Model::Basic && transport.udp {
        return Err(Failure::Usage("the model basic serves one connection: it has no --udp".to_owned()));
    }
    let workers = arguments.workers.count(model)?;
    arguments.engine.apply()?;
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(arguments.log).init();
    limits::raise_descriptors();

    let stop = Stop::new()?;
    stop.on_signals()?;
    let mut sockets = listen(&arguments.listen, transport)?;
    if model == Model::Basic {
        sockets.truncate(1);
    }
    for socket in &sockets {
        let address = listen::local_address(socket)?;
        eprintln!("Listening on {address} ({}, {})", transport.name(), model.name());
    }
    let idle = Duration::from(arguments.idle_timeout);
    let limits =
        Limits { connections: arguments.max_connections as usize, idle: (!idle.is_zero()).then_some(idle) };
    let server = Server::new(sockets, transport, workers, limits, stop);
    server.serve(model)?;
    if server.stop.is_asked() {
        println!("{}", server.counters.summary(transport));
    }
    Ok(())
}
