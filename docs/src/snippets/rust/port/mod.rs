//! What the two lessons on completion ports share: connections with one operation under way each, and the workers.

#![allow(dead_code, reason = "each lesson uses its own part of this one")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use winsock::{Accepted, Completion, CompletionPort, Error, NotStarted, Operation, PortSocket, Socket};

use crate::lesson::CLIENTS;

pub(crate) const WORKERS: usize = 2;
const ROOM: usize = 4096;

// ANCHOR: connection
/// What comes back with a completion.
pub(crate) enum Job {
    /// A connection, which lives as long as an operation of it is under way.
    Echo(Arc<PortSocket<Job>>),
    Accept,
    /// The end of a worker.
    End,
}

pub(crate) struct Server {
    port: CompletionPort<Job>,
    ended: AtomicUsize,
    bytes: AtomicUsize,
}

/// Starts what follows on the end of an operation.
fn go_on(
    client: Arc<PortSocket<Job>>,
    operation: Operation,
    mut buffer: Vec<u8>,
) -> Result<(), NotStarted<Job>> {
    match operation {
        Operation::Send => {
            buffer.clear();
            client.clone().start_receive(buffer, Job::Echo(client))
        }
        _ => client.clone().start_send(buffer, Job::Echo(client)),
    }
}
// ANCHOR_END: connection

impl Server {
    pub(crate) fn new() -> Result<Server, Error> {
        let port = CompletionPort::new(WORKERS)?;
        Ok(Server { port, ended: AtomicUsize::new(0), bytes: AtomicUsize::new(0) })
    }

    /// Makes a socket known to the port.
    pub(crate) fn associate(&self, socket: Socket) -> Result<PortSocket<Job>, Error> {
        self.port.associate(socket, 0)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    // ANCHOR: worker
    /// Takes completions, whoever's they are, and starts what follows.
    pub(crate) fn work(&self) -> Result<(), Error> {
        loop {
            let Completion { operation, outcome, accepted, buffer, data, .. } = self.port.take(None)?;
            let client = match (data, accepted) {
                (Job::End, _) => return Ok(()),
                (Job::Echo(client), _) => Some(client),
                (Job::Accept, Some(Accepted { socket, .. })) => Some(Arc::new(self.associate(socket)?)),
                (Job::Accept, None) => None,
            };
            if operation == Operation::Send {
                self.bytes.fetch_add(outcome.bytes, Relaxed);
            }
            let goes_on = match (client, outcome.result()) {
                (Some(client), Ok(1..)) => go_on(client, operation, buffer).is_ok(),
                _ => false,
            };
            if !goes_on {
                self.end_of_connection()?;
            }
        }
    }

    /// After the last one, a packet ends each worker.
    fn end_of_connection(&self) -> Result<(), Error> {
        if self.ended.fetch_add(1, Relaxed) + 1 == CLIENTS {
            for _ in 0..WORKERS {
                self.port.post(0, Job::End)?;
            }
        }
        Ok(())
    }
    // ANCHOR_END: worker

    /// Begins to serve a connection that was accepted elsewhere.
    pub(crate) fn serve(&self, client: Socket) -> Result<(), Error> {
        let client = Arc::new(self.associate(client)?);
        Ok(client.clone().start_receive(Vec::with_capacity(ROOM), Job::Echo(client))?)
    }

    /// Accepts the next connection on the port, with its first data.
    pub(crate) fn start_accept(listener: &PortSocket<Job>) -> Result<(), Error> {
        Ok(listener.start_accept(Vec::new(), ROOM, Job::Accept)?)
    }
}
