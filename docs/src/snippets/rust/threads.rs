//! A thread for each client, and blocking calls.
mod lesson;

use lesson::{CLIENTS, Lesson};
use std::{io, thread};
use winsock::Socket;

// ANCHOR: serve
fn serve(client: &Socket) -> usize {
    let (mut buffer, mut bytes) = ([0; 4096], 0);
    while let Ok(received @ 1..) = client.recv(&mut buffer) {
        match client.send(&buffer[..received]) {
            Ok(sent) => bytes += sent,
            Err(_) => break,
        }
    }
    bytes
}
// ANCHOR_END: serve

// ANCHOR: accept
fn main() -> io::Result<()> {
    let lesson = Lesson::begin()?;
    let mut threads = Vec::new();
    for _ in 0..CLIENTS {
        let (client, _) = lesson.listener.accept()?;
        threads.push(thread::spawn(move || serve(&client)));
    }
    let bytes = threads.into_iter().map(|thread| thread.join().expect("no panic")).sum();
    lesson.finish(bytes)
}
// ANCHOR_END: accept
