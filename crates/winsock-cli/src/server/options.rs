//! The options of `winsock server`, and the limits that they set.

use std::time::Duration;

use tracing::level_filters::LevelFilter;

use super::model::{Model, Workers};
use crate::address::{Endpoint, Transport};
use crate::system::engine;

pub(crate) const HELP: &str = "\
Examples:
  winsock server                                 every address of this machine, port 27015
  winsock server --model basic                   Microsoft's guide: one client, then the end
  winsock server --listen 127.0.0.1:0 --udp      datagrams, a free port (which the first line tells)
  winsock server --model poll --listen localhost:5000 --listen '[::]:6000'
  winsock server --workers 4 --engine epoll      four threads on the completion port, on one of Linux's two engines
  winsock server --metrics localhost:9090 --log-format json

Datagrams name whatever sender they like, and the echo goes there: keep --udp to networks you trust.
Ctrl-C ends the server with a summary, when its clients have what they are owed (2 seconds at most); a second one ends it
at once. On Linux SIGTERM does too, SIGHUP restarts it in the same way (it opens its addresses again and goes on counting),
and sockets that systemd has opened (LISTEN_FDS) are served beside those of --listen, or alone without it.
Exit codes: 0 ended as asked, 1 failed, 2 wrong usage.";

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// How the server waits for its clients
    #[arg(long, value_enum, default_value_t = Model::DEFAULT)]
    pub(super) model: Model,

    #[command(flatten)]
    pub(super) workers: Workers,

    #[command(flatten)]
    pub(super) engine: engine::Choice,

    /// Where to listen; may be given several times [default: every address, port 27015]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(super) listen: Vec<Endpoint>,

    #[command(flatten)]
    pub(super) transport: Transport,

    /// Clients served at once; more wait in the queue of the system
    #[arg(long, value_name = "N", default_value_t = Limits::CONNECTIONS, value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: u32,

    /// Ends a connection on which nothing moved for so long; 0s never does
    #[arg(long, value_name = "TIME", default_value = "5m")]
    idle_timeout: humantime::Duration,

    /// The most that is held of one connection's bytes
    #[arg(long, value_name = "BYTES", default_value_t = Limits::BUFFER, value_parser = clap::value_parser!(u32).range(1..=16 * 1024 * 1024))]
    buffer: u32,

    /// Connections that the system keeps until they are accepted; it may have a lower limit
    #[arg(long, value_name = "N", default_value_t = Limits::BACKLOG, value_parser = clap::value_parser!(i32).range(1..))]
    pub(super) backlog: i32,

    /// Where to tell the counters by HTTP, in Prometheus's text format
    #[arg(long, value_name = "ADDR:PORT")]
    pub(super) metrics: Option<Endpoint>,

    /// What standard error tells: off, error, warn, info, debug
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    pub(super) log: LevelFilter,

    /// How standard error tells it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = LogFormat::Text)]
    pub(super) log_format: LogFormat,
}

impl Arguments {
    pub(super) fn limits(&self) -> Limits {
        let idle = Duration::from(self.idle_timeout);
        Limits {
            connections: self.max_connections as usize,
            idle: (!idle.is_zero()).then_some(idle),
            buffer: self.buffer as usize,
        }
    }
}

/// How the log is written.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

/// What a server never exceeds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections at once.
    pub(crate) connections: usize,
    /// Time in which nothing moves on a connection.
    pub(crate) idle: Option<Duration>,
    /// The most that is held of one connection's bytes.
    pub(crate) buffer: usize,
}

impl Limits {
    const CONNECTIONS: u32 = 10_000;
    const BUFFER: u32 = 64 * 1024;
    /// Connections that wait to be accepted.
    pub(super) const BACKLOG: i32 = 4096;
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: Limits::CONNECTIONS as usize,
            idle: Some(Duration::from_secs(300)),
            buffer: Limits::BUFFER as usize,
        }
    }
}
