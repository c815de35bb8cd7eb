//! Some threads on a completion port, and one that accepts.
mod lesson;
mod port;

use lesson::{CLIENTS, Lesson};
use port::{Server, WORKERS};
use std::{io, thread};

// ANCHOR: accept
fn main() -> io::Result<()> {
    let lesson = Lesson::begin()?;
    let server = Server::new()?;

    thread::scope(|scope| -> io::Result<()> {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(|| server.work())).collect();
        for _ in 0..CLIENTS {
            let (client, _) = lesson.listener.accept()?;
            server.serve(client)?;
        }
        for worker in workers {
            worker.join().expect("no panic")?;
        }
        Ok(())
    })?;
    lesson.finish(server.bytes())
}
// ANCHOR_END: accept
