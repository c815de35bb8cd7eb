//! One thread, sockets that never block, select for reading and for writing.
mod lesson;

use lesson::{CLIENTS, Connection, Lesson, accept};
use std::io;
use winsock::{SocketSet, select};

// ANCHOR: loop
fn main() -> io::Result<()> {
    let lesson = Lesson::begin()?;
    let mut clients: Vec<Connection> = Vec::new();
    let (mut accepted, mut bytes) = (0, 0);

    lesson.listener.set_nonblocking(true)?;
    while accepted < CLIENTS || !clients.is_empty() {
        let mut readable = SocketSet::from_iter([&lesson.listener]);
        let mut writable = SocketSet::new();
        for client in &clients {
            let set = if client.is_sending() { &mut writable } else { &mut readable };
            set.insert(&client.socket);
        }

        select(&mut readable, &mut writable, &mut SocketSet::new(), None)?;

        let is_ready =
            |client: &Connection| readable.contains(&client.socket) || writable.contains(&client.socket);
        let ready: Vec<bool> = clients.iter().map(is_ready).collect();
        let is_connected_to = readable.contains(&lesson.listener);
        let mut ready = ready.into_iter();
        clients.retain_mut(|client| ready.next() != Some(true) || client.turn(&mut bytes));
        if is_connected_to
            && accepted < CLIENTS
            && let Some(client) = accept(&lesson.listener)?
        {
            clients.push(client);
            accepted += 1;
        }
    }
    lesson.finish(bytes)
}
// ANCHOR_END: loop
