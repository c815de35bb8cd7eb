//! What a load is to do: the options, checked and with their defaults filled in.

use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use crate::address::{Endpoint, Transport};
use crate::error::Failure;
use crate::server::Model;

use super::options::Arguments;
use super::sizes::Sizes;

/// When a connection has done its part.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    After(Duration),
    Count(u64),
}

/// Which part of the connections ends how. The rest ends in good order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manners {
    pub(super) half_close: f64,
    pub(super) reset: f64,
}

pub(super) struct Plan {
    /// The server to load; `None` for one in this process.
    pub(super) connect: Option<Endpoint>,
    pub(super) model: Model,
    /// Threads of the server in this process.
    pub(super) workers: usize,
    pub(super) transport: Transport,
    pub(super) connections: usize,
    /// Connections beside those, which are silent.
    pub(super) idle: usize,
    pub(super) ramp_up: Duration,
    /// Messages of one connection.
    pub(super) churn: u64,
    pub(super) manners: Manners,
    pub(super) timeout: Duration,
    pub(super) sizes: Sizes,
    /// Messages of one connection on their way at once.
    pub(super) pipeline: usize,
    /// Messages a second.
    pub(super) rate: Option<u32>,
    pub(super) end: End,
    pub(super) threads: usize,
    pub(super) seed: u64,
    pub(super) json: bool,
    pub(super) hdr: Option<PathBuf>,
}

impl Plan {
    /// The longest datagram that IPv4 carries.
    const LONGEST_DATAGRAM: usize = 65_507;
    /// What the program opens beside connections.
    const OTHER_DESCRIPTORS: usize = 64;

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
            idle: arguments.idle as usize,
            ramp_up: arguments.ramp_up.into(),
            churn: arguments.churn.unwrap_or(u64::MAX),
            manners: Manners { half_close: arguments.half_close, reset: arguments.reset },
            timeout: arguments.timeout.into(),
            sizes: arguments.size,
            pipeline: arguments.pipeline.into(),
            rate: arguments.rate,
            end: arguments.count.map_or(End::After(arguments.duration.into()), End::Count),
            threads: threads.min(connections),
            seed: arguments.seed,
            json: arguments.json,
            hdr: arguments.hdr.clone(),
        };
        if plan.connect.is_none() && plan.model == Model::Basic {
            return Err(Failure::Usage(
                "the model basic serves one connection and ends: take another one".to_owned(),
            ));
        }
        if plan.transport.udp && plan.sizes.longest() > Plan::LONGEST_DATAGRAM {
            return Err(Failure::Usage(format!("a datagram has at most {} bytes", Plan::LONGEST_DATAGRAM)));
        }
        if plan.manners.half_close + plan.manners.reset > 1.0 {
            return Err(Failure::Usage("--half-close and --reset are more than 1 together".to_owned()));
        }
        Ok(plan)
    }

    /// Whether that many descriptors are enough: both ends of a connection take one if the server is in this process.
    pub(super) fn check_descriptors(&self, limit: u64) -> Result<(), Failure> {
        let ends = if self.connect.is_none() && !self.transport.udp { 2 } else { 1 };
        let needed = ((self.connections + self.idle) * ends + Plan::OTHER_DESCRIPTORS) as u64;
        if needed > limit {
            return Err(Failure::Job(format!(
                "this load needs {needed} descriptors and the limit is {limit}: raise it, or let the server be another process (--connect)"
            )));
        }
        Ok(())
    }

    /// The connections of worker `index`.
    pub(super) fn share(&self, index: usize) -> Range<usize> {
        share(self.connections, self.threads, index)
    }

    /// The silent connections of worker `index`. Their numbers follow those of the others.
    pub(super) fn idle_share(&self, index: usize) -> Range<usize> {
        let share = share(self.idle, self.threads, index);
        self.connections + share.start..self.connections + share.end
    }

    /// The messages that each connection is to send, with those that follow it.
    pub(super) fn quota(&self) -> u64 {
        match self.end {
            End::After(_) => u64::MAX,
            End::Count(count) => count,
        }
    }

    /// The most bytes that one connection may have on their way.
    pub(super) fn in_flight(&self) -> usize {
        self.sizes.longest().saturating_mul(self.pipeline)
    }

    /// Whether the load is over after so long.
    pub(super) fn is_after(&self, elapsed: Duration) -> bool {
        match self.end {
            End::After(duration) => elapsed >= duration,
            End::Count(_) => false,
        }
    }

    /// Where the server in this process listens: a free port.
    pub(super) fn own_endpoint(&self) -> Endpoint {
        let host = if self.transport.ipv6 { "::1" } else { "127.0.0.1" };
        Endpoint { host: host.to_owned(), port: 0 }
    }

    /// The load in words, for its beginning.
    pub(super) fn describe(&self, target: SocketAddr) -> String {
        let own = match self.connect {
            Some(_) => String::new(),
            None => format!(" (this process, model {})", self.model.name()),
        };
        let rate = self.rate.map_or(String::new(), |rate| format!("{rate} messages/s, "));
        let end = match self.end {
            End::After(duration) => humantime::format_duration(duration).to_string(),
            End::Count(count) => format!("{count} round trips each"),
        };
        let idle = if self.idle > 0 { format!(", {} idle ones", self.idle) } else { String::new() };
        format!(
            "{} {} {} to {target}{own}{idle}, {} bytes a message, {rate}{end}, {} {}",
            self.connections,
            self.transport.name(),
            if self.transport.udp { "sockets" } else { "connections" },
            self.sizes,
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
        for (count, workers) in [(64, 2), (7, 3), (3, 3), (1000, 7), (0, 2)] {
            let shares: Vec<_> = (0..workers).map(|index| share(count, workers, index)).collect();
            assert_eq!(shares.iter().cloned().flatten().collect::<Vec<_>>(), (0..count).collect::<Vec<_>>());
            let (least, most) =
                (shares.iter().map(Range::len).min().unwrap(), shares.iter().map(Range::len).max().unwrap());
            assert!(most - least <= 1);
        }
    }
}
