//! `winsock stress`: many connections to an echo server, and a check of every byte that comes back.
//!
//! A plan says what to do; some workers do it, each with its share of the connections in one thread; their statistics
//! become one report. A wrong byte or a failed connection makes the command fail.

mod collect;
mod connection;
mod json;
mod link;
mod options;
mod pace;
mod payload;
mod place;
mod plan;
mod report;
mod sizes;
mod statistics;
mod worker;

use std::net::SocketAddr;
use std::sync::{Barrier, mpsc};
use std::thread;

use tracing::level_filters::LevelFilter;

use crate::error::Failure;
use crate::faults;
use crate::server::{Limits, Server, listen, local_address};
use crate::stop::Stop;
use crate::system::{cpu, limits};

use self::collect::LogFile;
pub(crate) use self::options::{Arguments, HELP};
use self::plan::Plan;
pub(crate) use self::report::QUANTILES;
use self::report::Results;
pub(crate) use self::sizes::Sizes;
use self::statistics::{Live, Statistics};
use self::worker::Load;

/// The command.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let plan = Plan::new(arguments)?;
    arguments.engine.apply()?;
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(LevelFilter::WARN).init();
    plan.check_descriptors(limits::raise_descriptors())?;
    let stop = Stop::new()?;
    stop.on_signals()?;
    faults::announce()?;
    match &plan.connect {
        Some(endpoint) => load(&plan, endpoint.resolve(plan.transport)?[0], &stop),
        None => serve_and_load(&plan, &stop),
    }
}

/// Loads a server of this process.
fn serve_and_load(plan: &Plan, stop: &Stop) -> Result<(), Failure> {
    // Bound before the server runs: a connection that comes before its first wait is kept by the system.
    let sockets = listen(&[plan.own_endpoint()], plan.transport)?;
    let target = local_address(&sockets[0])?;
    let limits = Limits { connections: usize::MAX, idle: None, ..Limits::default() };
    let server = Server::new(sockets, plan.transport, plan.workers, limits, Stop::new()?);
    thread::scope(|scope| {
        let serving = scope.spawn(|| server.serve(plan.model));
        let loaded = load(plan, target, stop);
        server.stop.ask();
        match serving.join() {
            Ok(served) => served.and(loaded),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Loads a server, and tells the results.
fn load(plan: &Plan, target: SocketAddr, stop: &Stop) -> Result<(), Failure> {
    let file = LogFile::create(plan)?;
    eprintln!("{}", plan.describe(target));
    let results = run_workers(plan, target, stop, file)?;
    if plan.json {
        println!("{}", json::object(plan, &results));
    } else {
        print!("{}", report::table(&results));
    }
    results.statistics.verdict(target)
}

/// Runs the workers to their end, and shows the progress meanwhile.
fn run_workers(
    plan: &Plan,
    target: SocketAddr,
    stop: &Stop,
    file: Option<LogFile>,
) -> Result<Results, Failure> {
    let live = Live::default();
    let load = Load { plan, target, live: &live, stop, ready: Barrier::new(plan.threads) };
    let ports: Vec<_> =
        (0..plan.threads).map(|index| link::port(plan.share(index).len())).collect::<Result<_, _>>()?;
    let (process, own) = (cpu::process(), cpu::thread());
    thread::scope(|scope| {
        let (seconds, intervals) = mpsc::channel();
        let workers: Vec<_> = ports
            .iter()
            .enumerate()
            .map(|(index, port)| {
                let (load, seconds) = (&load, seconds.clone());
                scope.spawn(move || worker::run(load, index, port.as_ref(), &seconds))
            })
            .collect();
        drop(seconds);
        let latency = collect::collect(plan, &live, &intervals, file);
        let mut statistics = Statistics::default();
        for worker in workers {
            match worker.join() {
                Ok(worked) => statistics.add(worked?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        // What neither the generator nor this thread has used is the server's.
        let others = (cpu::process() - process).saturating_sub(cpu::thread() - own);
        let server = plan.connect.is_none().then(|| others.saturating_sub(statistics.processor));
        Ok(Results {
            statistics,
            latency: latency?,
            target,
            udp: plan.transport.udp,
            idle: plan.idle,
            server,
        })
    })
}
