//! The options of `winsock stress`, as users write them.

use std::path::PathBuf;

use crate::address::{Endpoint, Transport};
use crate::server::{Model, Workers};
use crate::system::engine;

use super::sizes::Sizes;

pub(crate) const HELP: &str = "\
Examples:
  winsock stress                                     a server in this process, 64 connections, 10 seconds
  winsock stress --model poll --connections 1000     the same for another model
  winsock stress --workers 2 --engine io_uring       two threads on its port, on one of Linux's engines
  winsock stress --connect server:27015 --size 65536 --duration 1m
  winsock stress --rate 5000 --size exp:2000 --pipeline 4
                                                     5,000 messages a second, whatever the server does
  winsock stress --churn 10 --half-close 0.2 --reset 0.1
                                                     short connections, some of which end badly on purpose
  winsock stress --idle 10000 --connections 10       what many silent connections cost the others
  winsock stress --udp --count 10000                 datagrams; lost ones are counted, and no failure
  winsock stress --connect server --hdr load.hlog    latencies of each second; logs of several machines can be merged

Latency is the time from the moment a message is sent until its last byte is back. With --rate it begins when the
message was to be sent, even if the connection was still waiting for an earlier one: a server that stalls cannot hide it.
The generator uses a completion port too on io_uring, for 2 to 1,024 connections a thread, and else WSAPoll.
Ctrl-C ends the load early, with its table.
Exit codes: 0 every byte came back right, 1 a byte was wrong or a connection failed, 2 wrong usage.";

const LOAD: &str = "The load";
const CONNECTIONS: &str = "Connections";
const OWN_SERVER: &str = "The server in this process";
const RESULTS: &str = "Results";

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The echo server to load [default: one in this process, on a free port of the loopback address]
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["model", "workers"])]
    pub(super) connect: Option<Endpoint>,

    #[command(flatten)]
    pub(super) transport: Transport,

    #[command(flatten)]
    pub(super) engine: engine::Choice,

    /// How it waits for its clients
    #[arg(long, value_enum, default_value_t = Model::DEFAULT, help_heading = OWN_SERVER)]
    pub(super) model: Model,

    #[command(flatten, next_help_heading = OWN_SERVER)]
    pub(super) workers: Workers,

    /// Connections (for --udp: sockets) at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=60_000), help_heading = CONNECTIONS)]
    pub(super) connections: u32,

    /// More connections, which send nothing until the end and then one message
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=60_000), help_heading = CONNECTIONS)]
    pub(super) idle: u32,

    /// Spread the opening of the connections over so long
    #[arg(long, value_name = "TIME", default_value = "0s", help_heading = CONNECTIONS)]
    pub(super) ramp_up: humantime::Duration,

    /// Close each connection after so many messages and open another one [default: they stay]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = CONNECTIONS)]
    pub(super) churn: Option<u64>,

    /// End this part of the connections, 0 to 1, by ending their sending side before the last message is back
    #[arg(long, value_name = "FRACTION", default_value_t = 0.0, value_parser = fraction, conflicts_with = "udp", help_heading = CONNECTIONS)]
    pub(super) half_close: f64,

    /// End this part of the connections, 0 to 1, by a reset in the middle of their last message
    #[arg(long, value_name = "FRACTION", default_value_t = 0.0, value_parser = fraction, conflicts_with = "udp", help_heading = CONNECTIONS)]
    pub(super) reset: f64,

    /// A connection on which nothing comes back for so long has failed
    #[arg(long, value_name = "TIME", default_value = "10s", help_heading = CONNECTIONS)]
    pub(super) timeout: humantime::Duration,

    /// Bytes of a message: N, MIN..MAX (each as often) or exp:MEAN (exponentially distributed)
    #[arg(long, value_name = "BYTES", default_value = "1024", help_heading = LOAD)]
    pub(super) size: Sizes,

    /// Messages of a connection that are on their way at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=4096), help_heading = LOAD)]
    pub(super) pipeline: u16,

    /// Messages a second, of all connections together [default: as fast as they come back]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = LOAD)]
    pub(super) rate: Option<u32>,

    /// How long the load lasts
    #[arg(long, value_name = "TIME", default_value = "10s", conflicts_with = "count", help_heading = LOAD)]
    pub(super) duration: humantime::Duration,

    /// Messages of each connection (and those that follow it with --churn), however long they last
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = LOAD)]
    pub(super) count: Option<u64>,

    /// Threads that share the connections [default: half of the processors, at most 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = LOAD)]
    pub(super) threads: Option<u16>,

    /// Start of the pseudo-random messages
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = LOAD)]
    pub(super) seed: u64,

    /// One JSON object instead of the table
    #[arg(long, help_heading = RESULTS)]
    pub(super) json: bool,

    /// Write the latencies of each second to a file, as an interval log of HdrHistogram
    #[arg(long, value_name = "FILE", help_heading = RESULTS)]
    pub(super) hdr: Option<PathBuf>,
}

fn fraction(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        Ok(_) | Err(_) => Err("a fraction is a number from 0 to 1".to_owned()),
    }
}
