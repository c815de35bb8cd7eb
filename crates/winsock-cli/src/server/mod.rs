//! `winsock server`: an echo server, by the model of the user's choice.
//!
//! A model is one function in one file, [`Serve`]: it gets bound sockets, limits, counters and the wish to end, and
//! serves until that wish comes. Every model but `basic` keeps the same promises: what a client sends comes back
//! unchanged and in order; a client that is slow, silent or never reads costs the others nothing, since no more is
//! received from it than it takes back; at the end, what was received is still delivered for a moment
//! ([`DRAIN`]). A restart is such an end, after which the same model serves the same addresses again.

mod accepts;
mod async_select;
mod basic;
mod cause;
mod connection;
mod counters;
mod datagrams;
mod door;
mod event_select;
mod handover;
mod iocp;
mod iocp_acceptex;
mod listen;
mod metrics;
mod model;
mod notices;
mod open;
mod options;
mod overlapped;
mod poll;
mod ports;
mod reactor;
mod routine;
mod select;
mod select_nonblocking;
mod threads;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;
use tracing::info;
use tracing::level_filters::LevelFilter;
use winsock::Socket;

use crate::address::Transport;
use crate::error::Failure;
use crate::faults;
use crate::stop::Stop;
use crate::system::limits;

use self::counters::Counters;
use self::listen::Entrances;
pub(crate) use self::listen::{listen, local_address};
pub(crate) use self::model::{Model, Workers};
use self::options::LogFormat;
pub(crate) use self::options::{Arguments, HELP, Limits};

/// How long clients may still take back what they sent when the server ends.
const DRAIN: Duration = Duration::from_secs(2);

/// Receives under way on each socket for datagrams, in the models with overlapped operations.
const DATAGRAMS: usize = 16;

/// The signature of a model: serves until the end is asked for, or an error that concerns all clients.
type Serve = fn(&Server) -> Result<(), Failure>;

/// What a model gets.
pub(crate) struct Server {
    /// Listening sockets or, for datagrams, bound ones. All are non-blocking.
    pub(crate) sockets: Vec<Socket>,
    pub(crate) transport: Transport,
    /// Threads of the models that have some.
    pub(crate) workers: usize,
    pub(crate) limits: Limits,
    pub(crate) stop: Arc<Stop>,
    pub(crate) counters: Arc<Counters>,
}

impl Server {
    pub(crate) fn new(
        sockets: Vec<Socket>,
        transport: Transport,
        workers: usize,
        limits: Limits,
        stop: Arc<Stop>,
    ) -> Server {
        Server { sockets, transport, workers, limits, stop, counters: Arc::new(Counters::new()) }
    }

    /// Runs the model until the end is asked for.
    pub(crate) fn serve(&self, model: Model) -> Result<(), Failure> {
        model.serve()(self)
    }
}

/// The command.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { model, transport, .. } = *arguments;
    if model == Model::Basic && transport.udp {
        return Err(Failure::Usage("the model basic serves one connection: it has no --udp".to_owned()));
    }
    let workers = arguments.workers.count(model)?;
    arguments.engine.apply()?;
    log_to_standard_error(arguments.log, arguments.log_format);
    limits::raise_descriptors();

    let stop = Stop::new()?;
    stop.on_signals_and_hangup()?;
    let (mut entrances, mut sockets) = Entrances::open(&arguments.listen, transport, arguments.backlog)?;
    if model == Model::Basic {
        sockets.truncate(1);
    }
    let mut server = Server::new(sockets, transport, workers, arguments.limits(), stop);
    announce(&server.sockets, arguments)?;
    faults::announce()?;
    if let Some(endpoint) = &arguments.metrics {
        for address in metrics::start(endpoint, &server.counters)? {
            tell(arguments.log_format, &format!("Metrics at http://{address}/metrics"));
        }
    }
    loop {
        server.serve(model)?;
        if !server.stop.restarts() {
            break;
        }
        server.sockets.clear();
        server.sockets = entrances.reopen()?;
        server.counters.restarted();
        info!("restarted");
        announce(&server.sockets, arguments)?;
    }
    if server.stop.is_asked() {
        println!("{}", server.counters.summary(transport));
        if let Some(struck) = faults::struck()? {
            println!("{:<16}{struck}", "Faults");
        }
    }
    Ok(())
}

fn log_to_standard_error(level: LevelFilter, format: LogFormat) {
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// Tells where clients can come, whatever the level of the log.
fn announce(sockets: &[Socket], arguments: &Arguments) -> Result<(), Failure> {
    for socket in sockets {
        let address = listen::local_address(socket)?;
        let (transport, model) = (arguments.transport.name(), arguments.model.name());
        tell(arguments.log_format, &format!("Listening on {address} ({transport}, {model})"));
    }
    Ok(())
}

/// A line on standard error that belongs to no level.
fn tell(format: LogFormat, message: &str) {
    match format {
        LogFormat::Text => eprintln!("{message}"),
        LogFormat::Json => {
            let timestamp = humantime::format_rfc3339_micros(SystemTime::now()).to_string();
            eprintln!("{}", json!({ "timestamp": timestamp, "level": "INFO", "message": message }));
        }
    }
}
