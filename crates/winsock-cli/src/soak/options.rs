//! The options of `winsock soak`, as users write them.

use crate::compare::Engine;
use crate::server::Model;

pub(crate) const HELP: &str = "\
Examples:
  winsock soak                                    every model on both engines, ten minutes
  winsock soak --models iocp-acceptex,poll --rate 500 --duration 1h
  winsock soak --faults 'all;seed=7' --duration 1h
                                                  the same, while the servers meet faults (WINSOCK_FAULTS)
  winsock soak --udp --duration 1m                datagrams

Every server is a process of its own, and all run at once. Connections come to each at a rate: some end in good order,
some by ending their sending side first, some by a reset, some without a word. Every byte that comes back is checked,
memory (RssAnon) and descriptors of every process are sampled. The model basic serves one connection and ends: it is
started for each. What a server has at the end, with no connection open, it must have had when it was new.
Exit codes: 0 all was right and nothing grew, 1 not, 2 wrong usage.";

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The models [default: all]
    #[arg(long, value_enum, value_name = "MODEL,...", value_delimiter = ',')]
    pub(super) models: Vec<Model>,

    /// The engines for models with overlapped operations [default: those that this machine has]
    #[arg(long, value_enum, value_name = "ENGINE,...", value_delimiter = ',')]
    pub(super) engines: Vec<Engine>,

    /// How long
    #[arg(long, value_name = "TIME", default_value = "10m")]
    pub(super) duration: humantime::Duration,

    /// Connections (for --udp: datagrams) a second to each server, and of basic a tenth
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) rate: u32,

    /// Datagrams (UDP) instead of connections (TCP)
    #[arg(long)]
    pub(super) udp: bool,

    /// What the servers are to meet, as WINSOCK_FAULTS has it: then connections may break, and the others are to be right
    #[arg(long, value_name = "PLAN")]
    pub(super) faults: Option<String>,

    /// Start of the pseudo-random connections
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,
}
