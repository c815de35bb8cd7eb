//! `winsock stress`: many connections to an echo server, and a check of every byte that comes back.
//!
//! A plan says what to do; some workers do it, each with its share of the connections in one thread; their statistics
//! become one report. A wrong byte or a failed connection makes the command fail.

mod connection;
mod payload;
mod plan;
mod report;
mod statistics;
mod worker;

use std::net::SocketAddr;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tracing::level_filters::LevelFilter;

use crate::error::Failure;
use crate::limits;
use crate::server::{Limits, Server, listen, local_address};
use crate::stop::Stop;

use self::payload::Payload;
pub(crate) use self::plan::{Arguments, HELP};
use self::plan::{End, Plan};
use self::statistics::{Live, Statistics};

/// How often the progress is drawn.
const DRAW: Duration = Duration::from_millis(200);

/// The command.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let plan = Plan::new(arguments)?;
    arguments.engine().apply()?;
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(LevelFilter::WARN).init();
    limits::raise_descriptors();
    let stop = Stop::new()?;
    stop.on_signals()?;
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
    let limits = Limits { connections: usize::MAX, ..Limits::default() };
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
    eprintln!("{}", plan.describe(target));
    let statistics = run_workers(plan, target, stop)?;
    print!("{}", report::table(&statistics, target, plan.transport.udp));
    statistics.verdict(target)
}

/// Runs the workers to their end, and draws the progress meanwhile.
fn run_workers(plan: &Plan, target: SocketAddr, stop: &Stop) -> Result<Statistics, Failure> {
    let payload = Payload::new(plan.seed, plan.size);
    let live = Live::new();
    thread::scope(|scope| {
        // Nothing is ever sent: the channel closes when the last worker ends.
        let (working, workers_end) = mpsc::channel::<()>();
        let workers: Vec<_> = (0..plan.threads)
            .map(|index| {
                let (live, payload, working) = (&live, &payload, working.clone());
                let share = plan.share(index);
                scope.spawn(move || {
                    let _working = working;
                    worker::run(plan, target, share, payload, live, stop)
                })
            })
            .collect();
        drop(working);
        draw(plan, &live, &workers_end);
        let mut total = Statistics::new();
        for worker in workers {
            match worker.join() {
                Ok(statistics) => total.add(statistics?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(total)
    })
}

/// Draws the progress on standard error, if that is a terminal, until the workers end.
fn draw(plan: &Plan, live: &Live, workers_end: &mpsc::Receiver<()>) {
    let length = match plan.end {
        End::After(duration) => duration.as_millis() as u64,
        End::Count(count) => count.saturating_mul(plan.connections as u64),
    };
    let style = ProgressStyle::with_template("[{bar:24}] {msg}").expect("the template is well-formed");
    let bar = ProgressBar::new(length).with_style(style.progress_chars("=> "));
    while let Err(RecvTimeoutError::Timeout) = workers_end.recv_timeout(DRAW) {
        bar.set_position(match plan.end {
            End::After(_) => live.started().elapsed().as_millis() as u64,
            End::Count(_) => live.round_trips.load(std::sync::atomic::Ordering::Relaxed),
        });
        bar.set_message(live.line(plan.size));
    }
    bar.finish_and_clear();
}
