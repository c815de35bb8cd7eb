//! One thread, blocking sockets, select.
mod lesson;

use lesson::{CLIENTS, Lesson};
use std::io;
use winsock::{Error, Socket, SocketSet, select};

// ANCHOR: echo
/// One receive, which does not block since select has said so, and one send, which may. `None`: the client has ended.
fn echo(client: &Socket) -> Option<usize> {
    let mut buffer = [0; 4096];
    match client.recv(&mut buffer) {
        Ok(0) | Err(_) => None,
        Ok(received) => client.send(&buffer[..received]).ok(),
    }
}
// ANCHOR_END: echo

// ANCHOR: loop
fn main() -> io::Result<()> {
    let lesson = Lesson::begin()?;
    let mut clients: Vec<Socket> = Vec::new();
    let (mut accepted, mut bytes) = (0, 0);

    while accepted < CLIENTS || !clients.is_empty() {
        let ready = readable(&lesson.listener, &clients)?;
        let mut ready = ready.into_iter();
        let is_connected_to = ready.next() == Some(true);
        clients.retain(|client| {
            if ready.next() != Some(true) {
                return true;
            }
            let echoed = echo(client);
            bytes += echoed.unwrap_or(0);
            echoed.is_some()
        });
        if is_connected_to && accepted < CLIENTS {
            clients.push(lesson.listener.accept()?.0);
            accepted += 1;
        }
    }
    lesson.finish(bytes)
}

/// Waits until the listener or one of the clients can be read from, and tells of each whether it can.
fn readable(listener: &Socket, clients: &[Socket]) -> Result<Vec<bool>, Error> {
    let all = || std::iter::once(listener).chain(clients);
    let mut set = SocketSet::from_iter(all());
    select(&mut set, &mut SocketSet::new(), &mut SocketSet::new(), None)?;
    Ok(all().map(|socket| set.contains(socket)).collect())
}
// ANCHOR_END: loop
