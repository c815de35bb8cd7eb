//! One thread, overlapped operations, a routine that runs at the end of each.
mod lesson;

use lesson::{CLIENTS, Lesson};
use std::cell::Cell;
use std::io;
use winsock::{Error, Finished, NotStarted, Routines, Socket, routines};

// ANCHOR: routines
type Scope<'scope, 'env> = Routines<'scope, 'env>;

/// Starts a receive, whose routine starts a send, whose routine starts a receive. Where nothing is started the connection
/// ends: the socket is dropped.
fn receive<'scope>(
    scope: Scope<'scope, '_>,
    bytes: &'scope Cell<usize>,
    socket: Socket,
    buffer: Vec<u8>,
) -> Result<(), NotStarted<()>> {
    scope.receive(socket, buffer, move |done| {
        if let Ok(1..) = done.outcome.result() {
            let _ = send(scope, bytes, done);
        }
    })
}

fn send<'scope>(
    scope: Scope<'scope, '_>,
    bytes: &'scope Cell<usize>,
    received: Finished<Socket>,
) -> Result<(), NotStarted<()>> {
    scope.send(received.socket, received.buffer, move |mut done| {
        if let Ok(sent) = done.outcome.result() {
            bytes.set(bytes.get() + sent);
            done.buffer.clear();
            let _ = receive(scope, bytes, done.socket, done.buffer);
        }
    })
}
// ANCHOR_END: routines

// ANCHOR: loop
fn main() -> io::Result<()> {
    let lesson = Lesson::begin()?;
    let bytes = Cell::new(0);

    routines(|scope| {
        for _ in 0..CLIENTS {
            let (client, _) = lesson.listener.accept()?;
            receive(scope, &bytes, client, Vec::with_capacity(4096))?;
        }
        while scope.under_way() > 0 {
            scope.sleep(None); // alertable: this is where the routines run
        }
        Ok::<(), Error>(())
    })?;
    lesson.finish(bytes.get())
}
// ANCHOR_END: loop
