//! `winsock soak`: connections that come and go at every model of the server for a time, and the proof that nothing is
//! wrong, lost or left over.
//!
//! Each server is a process; its clients are a thread of this one. What a process holds is sampled all the time, and
//! compared when all is over. With `--faults` the servers meet faults: then connections may break, and those that do not
//! have to be right.

mod options;
mod samples;
mod server;
mod visits;

use std::fmt::Write;
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use indicatif::{ProgressBar, ProgressStyle};

use crate::compare::{candidates, engines};
use crate::error::Failure;
use crate::server::Model;
use crate::stop::Stop;
use crate::system::limits;
use crate::units::grouped;

pub(crate) use self::options::{Arguments, HELP};
use self::samples::{Sample, Samples};
use self::server::{End, Server};
use self::visits::{BATCH, Pace, Visits};

/// The samples of a soak, about.
const SAMPLES: u32 = 400;

/// What came of one model.
struct Soaked {
    name: String,
    visits: Visits,
    samples: Samples,
    /// Descriptors without a client, when it was new and at the end. `None`: there is no such moment.
    descriptors: Option<(usize, usize)>,
    lines: usize,
    struck: Option<String>,
    /// What was not as it has to be.
    findings: Vec<String>,
}

/// The command.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    limits::raise_descriptors();
    let engines = engines(&arguments.engines)?;
    let mut candidates = candidates(&arguments.models, &engines);
    if arguments.udp {
        candidates.retain(|candidate| candidate.model != Model::Basic);
    }
    let servers = candidates.iter().map(|&candidate| Server::start(arguments, candidate, 0));
    let servers = servers.collect::<Result<Vec<_>, Failure>>()?;
    let stop = Stop::new()?;
    stop.on_signals()?;
    let duration = humantime::format_duration(arguments.duration.into());
    let faults = arguments.faults.as_ref().map_or(String::new(), |plan| format!(", which meet {plan}"));
    eprintln!("{} servers{faults}, {} visits a second each, {duration}", servers.len(), arguments.rate);

    let (soaked, own) = soak(arguments, servers, &stop)?;
    print!("{}", table(arguments, &soaked, &own));
    let mut findings: Vec<_> = soaked
        .iter()
        .flat_map(|soaked| soaked.findings.iter().map(move |finding| format!("{}: {finding}", soaked.name)))
        .collect();
    if !own.are_flat() {
        findings.push("the memory of the clients grows".to_owned());
    }
    match findings.as_slice() {
        [] => Ok(()),
        findings => Err(Failure::Job(findings.join("\n         "))),
    }
}

/// Visits all servers until the time is over; samples this process meanwhile.
fn soak(arguments: &Arguments, servers: Vec<Server>, stop: &Stop) -> Result<(Vec<Soaked>, Samples), Failure> {
    let duration = Duration::from(arguments.duration);
    let step = (duration / SAMPLES).clamp(Duration::from_millis(20), Duration::from_secs(5));
    let until = Instant::now() + duration;
    let is_over = || Instant::now() >= until || stop.is_asked();
    let style = ProgressStyle::with_template("{wide_bar} {eta}").expect("the template is well-formed");
    let progress = ProgressBar::new(u64::from(SAMPLES)).with_style(style);
    thread::scope(|scope| {
        let is_over = &is_over;
        let soaking: Vec<_> = servers
            .into_iter()
            .enumerate()
            .map(|(index, server)| {
                let random = Rng::with_seed(arguments.seed ^ (index as u64) << 32);
                scope.spawn(move || match server.candidate.model {
                    Model::Basic => soak_basic(arguments, server, random, is_over),
                    _ => soak_one(arguments, server, random, step, is_over),
                })
            })
            .collect();
        let mut own = Samples::default();
        while !is_over() {
            own.extend(Sample::of(std::process::id()));
            progress.inc(1);
            thread::sleep(step);
        }
        progress.finish_and_clear();
        let mut soaked = Vec::new();
        for soaking in soaking {
            match soaking.join() {
                Ok(result) => soaked.push(result?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok((soaked, own))
    })
}

/// A server of many clients.
fn soak_one(
    arguments: &Arguments,
    mut server: Server,
    mut random: Rng,
    step: Duration,
    is_over: impl Fn() -> bool,
) -> Result<Soaked, Failure> {
    let target = server.address;
    let mut soaked = Soaked::new(&server);
    let visit = |visits: &mut Visits, random: &mut Rng| {
        if arguments.udp { visits.datagrams(target, random) } else { visits.batch(target, random) }
    };
    // What it makes for its first clients it keeps; but a fault that meets one of them may have it keep fewer accepts
    // posted than it began with, until later clients have come.
    let new = server.settle(0);
    visit(&mut soaked.visits, &mut random);
    let before = new.max(server.settle(0));
    let mut pace = Pace::new(BATCH, arguments.rate.into());
    let mut look_at = Instant::now();
    while !is_over() {
        visit(&mut soaked.visits, &mut random);
        if Instant::now() >= look_at {
            look_at = Instant::now() + step;
            soaked.samples.extend(server.sample());
        }
        thread::sleep(pace.next());
    }
    let after = before.and_then(|before| server.settle(before));
    soaked.descriptors = before.zip(after);
    let end = server.end()?;
    if !end.status.success() {
        soaked.find(format!("ended with {}", end.status));
    }
    soaked.judge(arguments, &server, end);
    Ok(soaked)
}

/// The model that serves one client: each gets a server.
fn soak_basic(
    arguments: &Arguments,
    mut server: Server,
    mut random: Rng,
    is_over: impl Fn() -> bool,
) -> Result<Soaked, Failure> {
    /// What the log may tell of one client.
    const LINES: usize = 3;
    const CLIENTS: usize = 100;
    const PATIENCE: Duration = Duration::from_millis(200);
    let mut soaked = Soaked::new(&server);
    let mut pace = Pace::new(1, f64::from(arguments.rate) / 10.0);
    let mut number = 0;
    loop {
        // A client that was given up before it was accepted was none: another one comes.
        for _ in 0..CLIENTS {
            soaked.visits.one(server.address, &mut random);
            if server.ends_within(PATIENCE)? {
                break;
            }
        }
        let end = server.end()?;
        let lines = server.log().lines;
        soaked.lines += lines;
        soaked.struck = end.struck.or(soaked.struck);
        if arguments.faults.is_none() && !end.status.success() || lines > LINES {
            soaked.find(format!("ended with {} and {lines} lines", end.status));
        }
        if is_over() {
            soaked.judge_visits(arguments);
            return Ok(soaked);
        }
        thread::sleep(pace.next());
        number += 1;
        server = Server::start(arguments, server.candidate, number)?;
    }
}

impl Soaked {
    fn new(server: &Server) -> Soaked {
        Soaked {
            name: server.candidate.name(),
            visits: Visits::default(),
            samples: Samples::default(),
            descriptors: None,
            lines: 0,
            struck: None,
            findings: Vec::new(),
        }
    }

    fn find(&mut self, finding: String) {
        if self.findings.len() < 5 {
            self.findings.push(finding);
        }
    }

    /// What has to hold of a server that has ended.
    fn judge(&mut self, arguments: &Arguments, server: &Server, end: End) {
        self.lines = server.log().lines;
        self.struck = end.struck;
        let trouble = server.log().trouble.take();
        // Clients that do not end in good order are told of.
        if let Some(trouble) = trouble {
            self.find(format!("its log says: {trouble}"));
        }
        match self.descriptors {
            Some((before, after)) if after > before => {
                self.find(format!("{after} descriptors instead of {before}"));
            }
            Some(_) => {}
            None => self.find("it did not last".to_owned()),
        }
        if !self.samples.are_flat() {
            self.find("its memory grows".to_owned());
        }
        self.judge_visits(arguments);
    }

    fn judge_visits(&mut self, arguments: &Arguments) {
        let Visits { whole, broken, wrong, first, .. } = &self.visits;
        let (whole, broken, first) = (*whole, *broken, first.clone().unwrap_or_default());
        if let Some(wrong) = wrong.clone() {
            self.find(wrong);
        }
        if whole == 0 {
            self.find("no visit went well".to_owned());
        }
        // A datagram may be lost.
        if broken > 0 && arguments.faults.is_none() && !arguments.udp {
            self.find(format!("{broken} visits failed: {first}"));
        }
    }
}

fn table(arguments: &Arguments, soaked: &[Soaked], own: &Samples) -> String {
    let mut table = String::new();
    let memory = |samples: &Samples| {
        let kib = |(before, after)| format!("{} -> {}", grouped(before), grouped(after));
        samples.memory().map_or_else(|| "-".to_owned(), kib)
    };
    let mut row = |cells: [&str; 7]| {
        let [name, whole, broken, bytes, memory, descriptors, log] = cells;
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "{name:<26}{whole:>10}{broken:>9}{bytes:>10}  {memory:>16}  {descriptors:>12}  {log:>5}"
        );
    };
    row(["model", "whole", "broken", "MB", "memory, KiB", "descriptors", "log"]);
    for one in soaked {
        let descriptors = one.descriptors.map(|(before, after)| format!("{before} -> {after}"));
        row([
            &one.name,
            &grouped(one.visits.whole),
            &grouped(one.visits.broken),
            &format!("{:.1}", one.visits.bytes as f64 / 1e6),
            &memory(&one.samples),
            &descriptors.unwrap_or_else(|| "-".to_owned()),
            &one.lines.to_string(),
        ]);
    }
    row(["the clients", "", "", "", &memory(own), "", ""]);
    if arguments.faults.is_some() {
        for one in soaked {
            let struck = one.struck.as_deref().unwrap_or("-");
            // Writing to a string cannot fail.
            let _ = writeln!(table, "faults, {}: {struck}", one.name);
        }
    }
    table
}
