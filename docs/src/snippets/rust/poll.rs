//! One thread, sockets that never block, WSAPoll.
mod lesson;

use lesson::{CLIENTS, Connection, Lesson, accept};
use std::io;
use winsock::{PollEntry, PollEvents, poll};

// ANCHOR: loop
fn main() -> io::Result<()> {
    let lesson = Lesson::begin()?;
    let mut clients: Vec<Connection> = Vec::new();
    let (mut accepted, mut bytes) = (0, 0);

    lesson.listener.set_nonblocking(true)?;
    while accepted < CLIENTS || !clients.is_empty() {
        let mut entries = vec![PollEntry::new(&lesson.listener, PollEvents::READABLE)];
        for client in &clients {
            let wanted = if client.is_sending() { PollEvents::WRITABLE } else { PollEvents::READABLE };
            entries.push(PollEntry::new(&client.socket, wanted));
        }

        poll(&mut entries, None)?;

        let ready: Vec<bool> = entries.iter().map(|entry| !entry.events().is_empty()).collect();
        let mut ready_clients = ready[1..].iter();
        clients.retain_mut(|client| ready_clients.next() != Some(&true) || client.turn(&mut bytes));
        if ready[0]
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
