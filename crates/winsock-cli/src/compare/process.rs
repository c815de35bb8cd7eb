//! The processes of a comparison: this program again, as a server and as its load.
//!
//! A server's processor time is what the system accounts to its whole process when it has ended.

use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde::Deserialize;

use super::options::{Arguments, Engine};
use super::plan::Case;
use super::results::Sample;
use crate::child::{LOOK, Running, program, said};
use crate::error::Failure;
use crate::stop::Stop;
use crate::system::engine::VARIABLE;

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
    let used = end(&mut server)?;
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
    Running::server(command.stdout(Stdio::null()), &case.name())
}

/// Loads a server, and gives the results as text.
fn load(arguments: &Arguments, case: Case, address: &str, stop: &Stop) -> Result<String, Failure> {
    let mut command = program()?;
    command.env_remove(VARIABLE).args(["stress", "--json", "--connect", address]);
    command.args(["--connections", &case.connections.to_string(), "--size", &arguments.size]);
    if arguments.idle > 0 {
        command.args(["--idle", &arguments.idle.to_string()]);
    }
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
    let read = match load.take_stdout() {
        Some(mut stdout) => stdout.read_to_string(&mut text),
        None => Ok(0),
    };
    read.and_then(|_| load.take_stderr().read_to_end(&mut errors))
        .map_err(|error| Failure::system("winsock stress", error))?;
    match status.success() {
        true => Ok(text),
        false => Err(Failure::Job(format!("{}: {}", case.name(), said(&errors)))),
    }
}

/// Ends a server in good order, and gives its processor time.
fn end(server: &mut Running) -> Result<Duration, Failure> {
    let before = children()?;
    server.end()?;
    Ok(children()?.saturating_sub(before))
}

/// The processor time of all processes that were waited for.
fn children() -> Result<Duration, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN);
    let usage = usage.map_err(|error| Failure::system("getrusage", error.into()))?;
    let time = |value: TimeVal| Duration::new(value.tv_sec().cast_unsigned(), value.tv_usec() as u32 * 1000);
    Ok(time(usage.user_time()) + time(usage.system_time()))
}
