//! What a load is to do: the options of `winsock stress`, checked and with their defaults filled in.

use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use crate::address::{Endpoint, Transport};
use crate::engine;
use crate::error::Failure;
use crate::server::{Model, Workers};

pub(crate) const HELP: &str = "\
Examples:
  winsock stress                                     a server in this process, 64 connections, 10 seconds
  winsock stress --model poll --connections 1000     the same for another model
  winsock stress --workers 2 --engine io_uring       two threads on its port, on one of the two engines
  winsock stress --connect server:27015 --size 65536 --duration 1m
  winsock stress --udp --count 10000                 datagrams; lost ones are counted, and no failure

Ctrl-C ends the load early, with its table.
Exit codes: 0 every byte came back right, 1 a byte was wrong or a connection failed, 2 wrong usage.";

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The echo server to load [default: one in this process, on a free port of the loopback address]
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "workers")]
    connect: Option<Endpoint>,

    /// How the server in this process waits for its clients
    #[arg(long, value_enum, default_value_t = Model::DEFAULT, conflicts_with = "connect")]
    model: Model,

    #[command(flatten)]
    workers: Workers,

    #[command(flatten)]
    engine: engine::Choice,

    #[command(flatten)]
    transport: Transport,

    /// Connections (for --udp: sockets) at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    connections: u32,

    /// Threads that share the connections [default: half of the processors, at most 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// Bytes of a message
    #[arg(long, value_name = "BYTES", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=64 * 1024 * 1024))]
    size: u32,

    /// How long the load lasts
    #[arg(long, value_name = "TIME", default_value = "10s", conflicts_with = "count")]
    duration: humantime::Duration,

    /// Round trips of each connection, however long they last
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,

    /// A connection on which nothing comes back for so long has failed
    #[arg(long, value_name = "TIME", default_value = "10s")]
    timeout: humantime::Duration,

    /// Start of the pseudo-random messages
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// When a connection has done its part.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    After(Duration),
    Count(u64),
}

pub(super) struct Plan {
    /// The server to load; `None` for one in this process.
    pub(super) connect: Option<Endpoint>,
    pub(super) model: Model,
    /// Threads of the server in this process.
    pub(super) workers: usize,
    pub(super) transport: Transport,
    pub(super) connections: usize,
    pub(super) threads: usize,
    pub(super) size: usize,
    pub(super) end: End,
    pub(super) timeout: Duration,
    pub(super) seed: u64,
}

impl Arguments {
    /// The engine, for the server in this process.
    pub(super) fn engine(&self) -> engine::Choice {
        self.engine
    }
}

impl Plan {
    /// The longest datagram that IPv4 carries.
    const LONGEST_DATAGRAM: usize = 65_507;

    pub(super) fn new(arguments: &Arguments) -> Result<Plan, Failure> {
        let connections = arguments.connections as usize;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = arguments.threads.map_or((processors / 2).clamp(1, 4), usize::from);
        let plan = Plan {
            connect: arguments.connect.clone(),
            model: arguments.model,
            workers: arguments.workers.count(arguments.model)?,
            transport: arguments.transport,
            connections,
            threads: threads.min(connections),
            size: arguments.size as usize,
            end: arguments.count.map_or(End::After(arguments.duration.into()), End::Count),
            timeout: arguments.timeout.into(),
            seed: arguments.seed,
        };
        if plan.connect.is_none() && plan.model == Model::Basic {
            return Err(Failure::Usage(
                "the model basic serves one connection and ends: take another one".to_owned(),
            ));
        }
        if plan.transport.udp && plan.size > Plan::LONGEST_DATAGRAM {
            return Err(Failure::Usage(format!("a datagram has at most {} bytes", Plan::LONGEST_DATAGRAM)));
        }
        Ok(plan)
    }

    /// The connections of worker `index`.
    pub(super) fn share(&self, index: usize) -> Range<usize> {
        share(self.connections, self.threads, index)
    }

    /// Where the server in this process listens: a free port.
    pub(super) fn own_endpoint(&self) -> Endpoint {
        let host = if self.transport.ipv6 { "::1" } else { "127.0.0.1" };
        Endpoint { host: host.to_owned(), port: 0 }
    }

    /// The load in words, for its beginning and its table.
    pub(super) fn describe(&self, target: SocketAddr) -> String {
        let own = match self.connect {
            Some(_) => String::new(),
            None => format!(" (this process, model {})", self.model.name()),
        };
        let end = match self.end {
            End::After(duration) => humantime::format_duration(duration).to_string(),
            End::Count(count) => format!("{count} round trips each"),
        };
        format!(
            "{} {} {} to {target}{own}, {} bytes a message, {end}, {} {}",
            self.connections,
            self.transport.name(),
            if self.transport.udp { "sockets" } else { "connections" },
            self.size,
            self.threads,
            if self.threads == 1 { "thread" } else { "threads" },
        )
    }
}

/// The part of `0..count` that worker `index` of `workers` has.
fn share(count: usize, workers: usize, index: usize) -> Range<usize> {
    count * index / workers..count * (index + 1) / workers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_even_and_leave_nobody_out() {
        for (count, workers) in [(64, 2), (7, 3), (3, 3), (1000, 7)] {
            let shares: Vec<_> = (0..workers).map(|index| share(count, workers, index)).collect();
            assert_eq!(shares.iter().cloned().flatten().collect::<Vec<_>>(), (0..count).collect::<Vec<_>>());
            let (least, most) =
                (shares.iter().map(Range::len).min().unwrap(), shares.iter().map(Range::len).max().unwrap());
            assert!(most - least <= 1);
        }
    }
}
