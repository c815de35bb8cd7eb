//! `winsock doctor`: what this machine offers to Winsock, for people and for scripts.
//!
//! Reads only: the kernel's version, the engine that runs and who chose it, whether the kernel has io_uring switched
//! off, and the limits that a server of many connections meets first. What the system does not tell is said so.

use std::fmt::Write;

use serde::Serialize;
use winsock::Engine;

use crate::error::Failure;
use crate::faults;
use crate::system::engine;
use crate::system::facts::{self, Facts};

pub(crate) const HELP: &str = "\
Examples:
  winsock doctor
  winsock doctor --json | jq -r .engine.name
  winsock doctor --engine io_uring          can it be had, and if not, why

Exit codes: 0 overlapped operations can run, 1 they cannot, 2 wrong usage.";

#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// One JSON object instead of lines
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    engine: engine::Choice,
}

#[derive(Serialize)]
struct Report {
    version: &'static str,
    kernel: String,
    processors: usize,
    engine: EngineReport,
    /// What WINSOCK_FAULTS has planned; `None`: no faults.
    faults: Option<&'static str>,
    #[serde(flatten)]
    facts: Facts,
}

#[derive(Serialize)]
struct EngineReport {
    /// `None`: none runs.
    name: Option<&'static str>,
    reason: String,
    /// What WINSOCK_ENGINE says.
    asked: Option<String>,
}

/// The command.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    arguments.engine.apply()?;
    let report = Report::new();
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report).expect("the report is plain data"));
    } else {
        print!("{}", report.text());
    }
    match report.engine.name {
        Some(_) => Ok(()),
        None => Err(Failure::Job(format!("no engine runs: {}", report.engine.reason))),
    }
}

impl Report {
    fn new() -> Report {
        Report {
            version: env!("CARGO_PKG_VERSION"),
            kernel: facts::kernel().unwrap_or_else(|| "unknown".to_owned()),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            engine: EngineReport::new(),
            faults: winsock::faults().ok().flatten().map(|faults| faults.plan),
            facts: Facts::read(),
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let mut line = |name: &str, value: String| {
            let _ = writeln!(text, "{name:<17}{value}");
        };
        line("winsock", self.version.to_owned());
        line("kernel", format!("{} {}, {} processors", facts::SYSTEM, self.kernel, self.processors));
        line("engine", format!("{} ({})", self.engine.name.unwrap_or("none"), self.engine.reason));
        if let Some(faults) = self.faults {
            line("faults", format!("{faults} ({})", faults::VARIABLE));
        }
        for (name, value) in self.facts.lines() {
            line(name, value);
        }
        text
    }
}

impl EngineReport {
    fn new() -> EngineReport {
        let asked = engine::asked();
        match winsock::engine() {
            Ok(choice) => {
                let name = match choice.engine {
                    Engine::Epoll => "epoll",
                    Engine::IoUring => "io_uring",
                    Engine::Script => "script",
                    Engine::Windows => "windows",
                };
                EngineReport { name: Some(name), reason: choice.reason.to_owned(), asked }
            }
            Err(error) => EngineReport { name: None, reason: error.to_string(), asked },
        }
    }
}
