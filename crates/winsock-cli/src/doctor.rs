//! `winsock doctor`: what this machine offers to Winsock, for people and for scripts.
//!
//! Reads only: the kernel's version, the engine that runs and who chose it, whether the kernel has io_uring switched
//! off, and the limits that a server of many connections meets first. What the system does not tell is said so.

use std::fmt::Write;
use std::fs;

use rustix::process::{Resource, Rlimit, getrlimit};
use serde::Serialize;
use winsock::Engine;

use crate::engine::{self, VARIABLE};
use crate::error::Failure;
use crate::faults;

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
    io_uring: IoUring,
    descriptors: Limit,
    locked_memory: Limit,
    /// The longest queue of connections that wait for accept.
    somaxconn: Option<u64>,
    ephemeral_ports: Option<Ports>,
}

#[derive(Serialize)]
struct EngineReport {
    /// `None`: none runs.
    name: Option<&'static str>,
    reason: String,
    /// What WINSOCK_ENGINE says.
    asked: Option<String>,
}

#[derive(Serialize)]
struct IoUring {
    /// `/proc/sys/kernel/io_uring_disabled`: 0 nobody, 1 all but a group, 2 all.
    disabled: Option<u64>,
    /// Filters of system calls that this process is under, as containers have them.
    seccomp_filters: Option<u64>,
}

/// Of a resource; `None` is no limit.
#[derive(Serialize)]
struct Limit {
    soft: Option<u64>,
    hard: Option<u64>,
}

#[derive(Serialize)]
struct Ports {
    first: u64,
    last: u64,
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
            kernel: first_line("/proc/sys/kernel/osrelease").unwrap_or_else(|| "unknown".to_owned()),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            engine: EngineReport::new(),
            faults: winsock::faults().ok().flatten().map(|faults| faults.plan),
            io_uring: IoUring {
                disabled: number("/proc/sys/kernel/io_uring_disabled"),
                seccomp_filters: seccomp_filters(),
            },
            descriptors: getrlimit(Resource::Nofile).into(),
            locked_memory: getrlimit(Resource::Memlock).into(),
            somaxconn: number("/proc/sys/net/core/somaxconn"),
            ephemeral_ports: Ports::read(),
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let mut line = |name: &str, value: String| {
            let _ = writeln!(text, "{name:<17}{value}");
        };
        line("winsock", self.version.to_owned());
        line("kernel", format!("Linux {}, {} processors", self.kernel, self.processors));
        line("engine", format!("{} ({})", self.engine.name.unwrap_or("none"), self.engine.reason));
        if let Some(faults) = self.faults {
            line("faults", format!("{faults} ({})", faults::VARIABLE));
        }
        line("io_uring", self.io_uring.text());
        line("descriptors", self.descriptors.text(|number| number.to_string()));
        line("locked memory", self.locked_memory.text(|bytes| format!("{} KiB", bytes / 1024)));
        line("accept queue", known(self.somaxconn.map(|longest| format!("at most {longest} (somaxconn)"))));
        let ports = self.ephemeral_ports.as_ref();
        line(
            "ephemeral ports",
            known(ports.map(|Ports { first, last }| {
                format!("{first} to {last}: {} connections to one address", (last + 1).saturating_sub(*first))
            })),
        );
        text
    }
}

impl EngineReport {
    fn new() -> EngineReport {
        let asked = std::env::var_os(VARIABLE).map(|value| value.to_string_lossy().into_owned());
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

impl IoUring {
    fn text(&self) -> String {
        let kernel = match self.disabled {
            None => "the kernel does not say whether it is allowed",
            Some(0) => "allowed by the kernel",
            Some(1) => "switched off by the kernel but for a group (io_uring_disabled is 1)",
            Some(_) => "switched off by the kernel (io_uring_disabled is 2)",
        };
        match self.seccomp_filters {
            None | Some(0) => kernel.to_owned(),
            Some(filters) => {
                format!("{kernel}; {filters} seccomp filter(s) may refuse it, as those of containers do")
            }
        }
    }
}

impl From<Rlimit> for Limit {
    fn from(limit: Rlimit) -> Limit {
        Limit { soft: limit.current, hard: limit.maximum }
    }
}

impl Limit {
    fn text(&self, number: impl Fn(u64) -> String) -> String {
        let one = |limit: Option<u64>| limit.map_or_else(|| "unlimited".to_owned(), &number);
        format!("{} (hard limit {})", one(self.soft), one(self.hard))
    }
}

impl Ports {
    fn read() -> Option<Ports> {
        let line = first_line("/proc/sys/net/ipv4/ip_local_port_range")?;
        let (first, last) = line.split_once(char::is_whitespace)?;
        Some(Ports { first: first.parse().ok()?, last: last.trim().parse().ok()? })
    }
}

fn seccomp_filters() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("Seccomp_filters:"))?.trim().parse().ok()
}

/// The first line of a file of the system, if there is one.
pub(crate) fn first_line(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.lines().next()?.to_owned())
}

fn number(path: &str) -> Option<u64> {
    first_line(path)?.trim().parse().ok()
}

fn known(value: Option<String>) -> String {
    value.unwrap_or_else(|| "the system does not say".to_owned())
}
