//! The options of `winsock compare`, as users write them, and what they leave to be chosen.

use std::path::PathBuf;
use std::time::Duration;

use crate::server::Model;
use crate::stress::Sizes;

pub(crate) const HELP: &str = "\
Examples:
  winsock compare                                all models, both engines: some minutes, then report.html
  winsock compare --quick                        the same, roughly, in less than a minute
  winsock compare --models poll,iocp --connections 10,100,1000 --duration 5s
  winsock compare --connections 16 --idle 2000   16 that talk, among 2,000 that say nothing
  winsock compare --engines io_uring --size 16384 --json costs.json --output costs.html

Each server is a process of its own, and so is each load (winsock stress): the processor time of a server is all that its
process has used from start to end, divided by the round trips. The runs of one round follow each other, and each round
begins with another model, so that what disturbs the machine for a while does not disturb one model alone. What is told
is the median of the rounds. Models are left out where there are more connections than they serve.
Exit codes: 0 all was measured, 1 a byte was wrong, a connection failed or a server did not run, 2 wrong usage.";

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The models to compare [default: all]
    #[arg(long, value_enum, value_name = "MODEL,...", value_delimiter = ',')]
    pub(super) models: Vec<Model>,

    /// The engines for models with overlapped operations [default: those that this machine has]
    #[arg(long, value_enum, value_name = "ENGINE,...", value_delimiter = ',')]
    pub(super) engines: Vec<Engine>,

    /// Numbers of connections at once [default: 1,16,60,500, with --quick 1,16]
    #[arg(long, value_name = "N,...", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=60_000))]
    connections: Vec<u32>,

    /// Silent connections at each server, beside those that are loaded
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=60_000))]
    pub(super) idle: u32,

    /// Bytes of a message: N, MIN..MAX (each as often) or exp:MEAN (exponentially distributed)
    #[arg(long, value_name = "BYTES", default_value = "1024", value_parser = size)]
    pub(super) size: String,

    /// How long each load lasts [default: 1s, with --quick 200ms]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    duration: Option<Duration>,

    /// How often each is measured [default: 3, with --quick 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: Option<u16>,

    /// Fewer and shorter runs: an impression, not a measurement
    #[arg(long)]
    quick: bool,

    /// Where to write the report, a page for browsers
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    pub(super) output: PathBuf,

    /// Write the results to a file as one JSON object, too
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,
}

impl Arguments {
    /// The numbers of connections, in order, each once.
    pub(super) fn connections(&self) -> Vec<usize> {
        let mut numbers = match (self.connections.as_slice(), self.quick) {
            ([], true) => vec![1, 16],
            // The last but one is about what the model with the fewest clients serves.
            ([], false) => vec![1, 16, 60, 500],
            (numbers, _) => numbers.iter().map(|&number| number as usize).collect(),
        };
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    pub(super) fn duration(&self) -> Duration {
        self.duration.unwrap_or(Duration::from_millis(if self.quick { 200 } else { 1000 }))
    }

    pub(super) fn rounds(&self) -> usize {
        self.rounds.map_or(if self.quick { 1 } else { 3 }, usize::from)
    }
}

/// Sizes as `winsock stress` takes them.
fn size(text: &str) -> Result<String, String> {
    text.parse::<Sizes>().map(|_| text.to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("a load that lasts no time measures nothing".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(error.to_string()),
    }
}

/// What runs overlapped operations.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Engine {
    /// Readiness
    Epoll,
    /// Completions
    #[value(name = "io_uring")]
    IoUring,
}

impl Engine {
    pub(super) const ALL: [Engine; 2] = [Engine::Epoll, Engine::IoUring];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Engine::Epoll => "epoll",
            Engine::IoUring => "io_uring",
        }
    }
}
