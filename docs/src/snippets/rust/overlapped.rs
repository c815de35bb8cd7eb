//! One thread, overlapped operations, an event for each.
mod lesson;

use lesson::{CLIENTS, Lesson};
use std::io;
use winsock::{Error, Pending, Socket, Waitable, wait_any};

// ANCHOR: connection
/// The operation that is under way on a connection. It owns the socket and the buffer until its end.
enum Step {
    Receive(Pending<Socket>),
    Send(Pending<Socket>),
}

impl Step {
    fn first(socket: Socket) -> Result<Step, Error> {
        Ok(Step::Receive(Pending::receive(socket, Vec::with_capacity(4096))?))
    }

    /// What follows the end of an operation; nothing if the connection has ended.
    fn go_on(self, bytes: &mut usize) -> Option<Step> {
        let sent = matches!(self, Step::Send(_));
        let mut done = self.into_operation().finish();
        match done.outcome.result() {
            Err(_) | Ok(0) => None,
            Ok(count) if sent => {
                *bytes += count;
                done.buffer.clear();
                Pending::receive(done.socket, done.buffer).ok().map(Step::Receive)
            }
            Ok(_) => Pending::send(done.socket, done.buffer).ok().map(Step::Send),
        }
    }

    fn operation(&self) -> &Pending<Socket> {
        match self {
            Step::Receive(operation) | Step::Send(operation) => operation,
        }
    }

    fn into_operation(self) -> Pending<Socket> {
        match self {
            Step::Receive(operation) | Step::Send(operation) => operation,
        }
    }
}
// ANCHOR_END: connection

// ANCHOR: loop
fn main() -> io::Result<()> {
    let lesson = Lesson::begin()?;
    let mut clients: Vec<Step> = Vec::new();
    let (mut accepted, mut bytes) = (0, 0);

    let mut accept = Some(Pending::accept(&lesson.listener, Vec::new(), 0)?);
    while accept.is_some() || !clients.is_empty() {
        let operations = clients.iter().map(|client| client.operation() as &dyn Waitable);
        let events: Vec<&dyn Waitable> =
            operations.chain(accept.iter().map(|accept| accept as &dyn Waitable)).collect();

        let Some(place) = wait_any(&events, None)? else { continue };

        if place < clients.len() {
            let client = clients.swap_remove(place);
            clients.extend(client.go_on(&mut bytes));
        } else if let Some(ended) = accept.take() {
            if let Some(connection) = ended.finish().accepted {
                clients.push(Step::first(connection.socket)?);
                accepted += 1;
            }
            if accepted < CLIENTS {
                accept = Some(Pending::accept(&lesson.listener, Vec::new(), 0)?);
            }
        }
    }
    drop(accept);
    lesson.finish(bytes)
}
// ANCHOR_END: loop
