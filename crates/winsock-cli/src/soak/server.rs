//! A server under the soak: a process, its log, and what it holds.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Arguments;
use super::samples::Sample;
use crate::child::{self, Running, program};
use crate::compare::Candidate;
use crate::error::Failure;
use crate::faults;
use crate::system::engine;

/// A cause has one line of the log in this time.
const QUIET: Duration = Duration::from_secs(59);
/// How long descriptors may take to be closed after the last client.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(50);

/// What a server has written to its log.
#[derive(Default)]
pub(super) struct Log {
    pub(super) lines: usize,
    /// When each cause was told last.
    causes: HashMap<String, Instant>,
    /// What it should not have written.
    pub(super) trouble: Option<String>,
}

impl Log {
    fn add(&mut self, line: &str, now: Instant) {
        self.lines += 1;
        match cause(line) {
            Some(cause) => {
                let told = self.causes.insert(cause, now);
                if told.is_some_and(|told| now - told < QUIET) {
                    self.trouble.get_or_insert(format!("the same cause twice in a minute: {line}"));
                }
            }
            None => {
                self.trouble.get_or_insert(line.to_owned());
            }
        }
    }
}

/// What a line of the log speaks of, without time and counts. `None`: it is none.
fn cause(line: &str) -> Option<String> {
    let (_, rest) = line.split_once(" WARN ")?;
    let words = rest.split(' ').take_while(|word| !word.contains('='));
    Some(words.collect::<Vec<_>>().join(" "))
}

pub(super) struct Server {
    pub(super) candidate: Candidate,
    pub(super) address: SocketAddr,
    running: Running,
    log: Arc<Mutex<Log>>,
    reader: Option<thread::JoinHandle<()>>,
}

/// How a server has ended.
pub(super) struct End {
    pub(super) status: ExitStatus,
    /// How often the faults have struck, in words.
    pub(super) struck: Option<String>,
}

impl Server {
    /// The server that is the `number`th of its kind.
    pub(super) fn start(arguments: &Arguments, candidate: Candidate, number: u64) -> Result<Server, Failure> {
        let mut command = command(arguments, candidate)?;
        if let (Some(plan), 1..) = (&arguments.faults, number) {
            // It meets others than those before.
            command.env(faults::VARIABLE, format!("{plan};seed={}", arguments.seed.wrapping_add(number)));
        }
        let (mut running, address) = Running::server(&mut command, &candidate.name())?;
        let address = address.parse().map_err(|_| Failure::Job(format!("no address: {address}")))?;
        let log = Arc::new(Mutex::new(Log::default()));
        let lines = read_log(running.take_stderr(), Arc::clone(&log));
        Ok(Server { candidate, address, running, log, reader: Some(lines) })
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it holds now. `None`: it has ended.
    pub(super) fn sample(&self) -> Option<Sample> {
        Sample::of(self.running.id())
    }

    /// Its descriptors when they have not become fewer for a while, or are no more than `enough`.
    pub(super) fn settle(&self, enough: usize) -> Option<usize> {
        let deadline = Instant::now() + PATIENCE;
        let mut least = (self.sample()?.descriptors, Instant::now());
        loop {
            let now = Instant::now();
            let descriptors = self.sample()?.descriptors;
            if descriptors < least.0 {
                least = (descriptors, now);
            }
            let still = enough == 0 && now - least.1 > 6 * LOOK;
            if descriptors <= enough || still || now > deadline {
                return Some(descriptors);
            }
            thread::sleep(LOOK);
        }
    }

    /// Whether it ends itself in this time.
    pub(super) fn ends_within(&mut self, limit: Duration) -> Result<bool, Failure> {
        let deadline = Instant::now() + limit;
        while self.running.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Ok(false);
            }
            thread::sleep(child::LOOK);
        }
        Ok(true)
    }

    /// Ends it in good order, if it has not ended itself.
    pub(super) fn end(&mut self) -> Result<End, Failure> {
        let named = |failure| Failure::Job(format!("{}: {failure}", self.candidate.name()));
        let status = self.running.end().map_err(named)?;
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        let mut summary = String::new();
        if let Some(mut stdout) = self.running.take_stdout() {
            stdout.read_to_string(&mut summary).map_err(|error| Failure::system("server", error))?;
        }
        let struck = summary.lines().find_map(|line| line.strip_prefix("Faults"));
        Ok(End { status, struck: struck.map(|struck| struck.trim().to_owned()) })
    }
}

fn command(arguments: &Arguments, candidate: Candidate) -> Result<Command, Failure> {
    let mut command = program()?;
    command.args(["server", "--listen", "127.0.0.1:0", "--log", "warn", "--model", candidate.model.name()]);
    if arguments.udp {
        command.arg("--udp");
    }
    match candidate.engine {
        Some(engine) => command.env(engine::VARIABLE, engine.name()),
        None => command.env_remove(engine::VARIABLE),
    };
    match &arguments.faults {
        Some(plan) => command.env(faults::VARIABLE, plan),
        None => command.env_remove(faults::VARIABLE),
    };
    command.stdout(Stdio::piped());
    Ok(command)
}

fn read_log(stderr: BufReader<ChildStderr>, log: Arc<Mutex<Log>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            log.lock().unwrap_or_else(PoisonError::into_inner).add(&line, Instant::now());
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str =
        "2026-01-01T00:00:00Z  WARN winsock::server: client: WSAECONNRESET (10054): reset code=10054";

    #[test]
    fn a_cause_has_one_line_in_a_minute() {
        let start = Instant::now();
        let mut log = Log::default();
        log.add(&format!("{TOLD} times=1"), start);
        log.add(&TOLD.replace("client", "accept"), start);
        log.add(&format!("{TOLD} times=70"), start + Duration::from_secs(60));
        assert_eq!((log.lines, &log.trouble), (3, &None));
        log.add(&format!("{TOLD} times=2"), start + Duration::from_secs(61));
        assert!(log.trouble.is_some());
    }

    #[test]
    fn what_is_no_line_of_the_log_is_trouble() {
        let mut log = Log::default();
        log.add("thread 'main' panicked at src/server/mod.rs:1:1:", Instant::now());
        assert!(log.trouble.is_some());
    }
}
