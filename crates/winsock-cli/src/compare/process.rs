//! The processes of a comparison: this program again, as a server and as its load.
//!
//! A server's processor time is what the system accounts to its whole process when it has ended. No process is left
//! behind, whatever goes wrong.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;

use super::options::{Arguments, Engine};
use super::plan::Case;
use super::results::Sample;
use crate::engine::VARIABLE;
use crate::error::Failure;
use crate::stop::Stop;

/// How often a process is asked whether it has ended.
const LOOK: Duration = Duration::from_millis(5);
/// How long a server may take to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// What `winsock stress --json` says, as far as it is told here.
#[derive(Deserialize)]
struct Load {
    round_trips: u64,
    round_trips_per_second: f64,
    latency: Latency,
    processor: Processor,
}

#[derive(Deserialize)]
struct Latency {
    percentiles: Vec<Percentile>,
}

#[derive(Deserialize)]
struct Percentile {
    nanoseconds: u64,
}

#[derive(Deserialize)]
struct Processor {
    generator: f64,
    generator_may_be_the_limit: bool,
}

/// Measures one case once.
pub(super) fn measure(arguments: &Arguments, case: Case, stop: &Stop) -> Result<Sample, Failure> {
    let (mut server, address) = start_server(case)?;
    let text = load(arguments, case, &address, stop)?;
    let used = server.end()?;
    let load: Load = serde_json::from_str(&text)
        .map_err(|error| Failure::Job(format!("the load of {} tells nothing: {error}", case.name())))?;
    Ok(Sample {
        server: used.as_secs_f64() * 1e6 / load.round_trips as f64,
        generator: load.processor.generator,
        rate: load.round_trips_per_second,
        latency: load.latency.percentiles.iter().map(|one| one.nanoseconds).collect(),
        generator_may_be_the_limit: load.processor.generator_may_be_the_limit,
    })
}

/// Whether overlapped operations can run by this engine, or why not.
pub(super) fn check(engine: Engine) -> Result<Result<(), String>, Failure> {
    let mut doctor = program()?;
    let output = doctor.arg("doctor").env(VARIABLE, engine.name()).output();
    let output = output.map_err(|error| Failure::system("winsock doctor", error))?;
    Ok(match output.status.success() {
        true => Ok(()),
        false => Err(said(&output.stderr)),
    })
}

/// A server that listens, and its address.
fn start_server(case: Case) -> Result<(Running, String), Failure> {
    let mut command = program()?;
    command.args(["server", "--listen", "127.0.0.1:0", "--log", "error", "--model"]);
    command.arg(case.candidate.model.name());
    match case.candidate.engine {
        Some(engine) => command.env(VARIABLE, engine.name()),
        None => command.env_remove(VARIABLE),
    };
    let mut server = Running::start(command.stdout(Stdio::null()))?;
    let mut line = String::new();
    let mut stderr = server.stderr();
    stderr.read_line(&mut line).map_err(|error| Failure::system("server", error))?;
    let address = line.strip_prefix("Listening on ").and_then(|rest| rest.split(' ').next());
    match address {
        Some(address) => Ok((server, address.to_owned())),
        None => Err(Failure::Job(format!("the server {} does not run: {}", case.name(), line.trim()))),
    }
}

/// Loads a server, and gives the results as text.
fn load(arguments: &Arguments, case: Case, address: &str, stop: &Stop) -> Result<String, Failure> {
    let mut command = program()?;
    command.env_remove(VARIABLE).args(["stress", "--json", "--connect", address]);
    command.args(["--connections", &case.connections.to_string(), "--size", &arguments.size]);
    command.args(["--duration", &humantime::format_duration(arguments.duration()).to_string()]);
    let mut load = Running::start(command.stdout(Stdio::piped()))?;
    let status = loop {
        if let Some(status) = load.try_wait()? {
            break status;
        }
        stop.wait([], Some(LOOK)).map_err(|error| Failure::Job(format!("WSAPoll: {error}")))?;
        if stop.is_asked() {
            return Err(Failure::Job("ended before all was measured: there is no report".to_owned()));
        }
    };
    let (mut text, mut errors) = (String::new(), Vec::new());
    let read = match load.0.stdout.take() {
        Some(mut stdout) => stdout.read_to_string(&mut text),
        None => Ok(0),
    };
    read.and_then(|_| load.stderr().read_to_end(&mut errors))
        .map_err(|error| Failure::system("winsock stress", error))?;
    match status.success() {
        true => Ok(text),
        false => Err(Failure::Job(format!("{}: {}", case.name(), said(&errors)))),
    }
}

/// This program, with nothing to read.
fn program() -> Result<Command, Failure> {
    let path = std::env::current_exe().map_err(|error| Failure::system("the program's path", error))?;
    let mut command = Command::new(path);
    command.stdin(Stdio::null());
    Ok(command)
}

/// The last line that a failed program has said.
fn said(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().last().unwrap_or("it says nothing");
    line.strip_prefix("winsock: ").unwrap_or(line).to_owned()
}

/// A process that ends with this value at the latest.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Running, Failure> {
        let child = command.stderr(Stdio::piped()).spawn();
        child.map(Running).map_err(|error| Failure::system("winsock", error))
    }

    fn stderr(&mut self) -> BufReader<&mut ChildStderr> {
        BufReader::new(self.0.stderr.as_mut().expect("standard error is piped"))
    }

    fn try_wait(&mut self) -> Result<Option<ExitStatus>, Failure> {
        self.0.try_wait().map_err(|error| Failure::system("winsock", error))
    }

    /// Ends a server in good order, and gives its processor time.
    fn end(&mut self) -> Result<Duration, Failure> {
        let deadline = Instant::now() + PATIENCE;
        let before = children()?;
        // The model for one client may have ended already.
        if let (None, Some(pid)) = (self.try_wait()?, Pid::from_raw(self.0.id().cast_signed())) {
            kill_process(pid, Signal::TERM).map_err(|error| Failure::system("server", error.into()))?;
        }
        while self.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Err(Failure::Job("a server does not end".to_owned()));
            }
            std::thread::sleep(LOOK);
        }
        Ok(children()?.saturating_sub(before))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // What has ended already cannot be ended, and need not be.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The processor time of all processes that were waited for.
fn children() -> Result<Duration, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN);
    let usage = usage.map_err(|error| Failure::system("getrusage", error.into()))?;
    let time = |value: TimeVal| Duration::new(value.tv_sec().cast_unsigned(), value.tv_usec() as u32 * 1000);
    Ok(time(usage.user_time()) + time(usage.system_time()))
}
