//! Some threads on a completion port, where connections come too, with their first data.
mod lesson;
mod port;

use lesson::{CLIENTS, Lesson};
use port::{Server, WORKERS};
use std::{io, thread};

// ANCHOR: main
fn main() -> io::Result<()> {
    let lesson = Lesson::begin()?;
    let server = Server::new()?;
    let listener = server.associate(lesson.listener.try_clone()?)?;

    for _ in 0..CLIENTS {
        Server::start_accept(&listener)?;
    }
    thread::scope(|scope| -> io::Result<()> {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(|| server.work())).collect();
        for worker in workers {
            worker.join().expect("no panic")?;
        }
        Ok(())
    })?;
    lesson.finish(server.bytes())
}
// ANCHOR_END: main
