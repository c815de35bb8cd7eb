//! A thread per client, and blocking calls.
//!
//! *When*: up to some hundreds of clients, or where the work for each is long: the code reads as if there were only
//! one. *Cost*: a thread's stack and a buffer per client, and a switch of threads for every message; the system does
//! the waiting, so one slow client cannot hold up another.

use std::thread;

use tracing::{debug, warn};
use winsock::{Error, Shutdown, Socket};

use super::counters::Seat;
use super::open::Open;
use super::{Server, datagrams, door};
use crate::error::{Context, Failure};
use crate::stop::Woken;

/// Enough for the calls of one conversation; its buffer is on the heap.
const STACK: usize = 128 * 1024;

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    if server.transport.udp { serve_datagrams(server) } else { serve_connections(server) }
}

fn serve_connections<'a>(server: &'a Server) -> Result<(), Failure> {
    let conversations = &Open::new();
    thread::scope(|scope| {
        let begin = |socket: Socket, seat: Seat<'a>| {
            let (number, socket) = conversations.begin(|_| socket);
            let converse = move || {
                converse(server, &socket, &seat);
                conversations.end(number);
                drop((socket, seat));
            };
            let builder = thread::Builder::new().name(format!("client {number}")).stack_size(STACK);
            if let Err(error) = builder.spawn_scoped(scope, converse) {
                warn!("no thread for another client: {error}");
                conversations.end(number);
            }
        };
        let result = door::accept_all(server, begin, || None);
        conversations.end_all(|socket: &Socket| {
            let _ = socket.shutdown(Shutdown::Both);
        });
        result
    })
}

/// One client, from its first byte to its last.
fn converse(server: &Server, socket: &Socket, seat: &Seat<'_>) {
    match echo(server, socket, seat) {
        Ok(()) => debug!("closed"),
        Err(_) if server.stop.is_asked() => debug!("cut"),
        Err(Error::WSAETIMEDOUT) => {
            debug!("closed: idle");
            server.counters.idled();
        }
        Err(error) => {
            debug!("closed: {error}");
            server.counters.failed("client", error);
        }
    }
}

fn echo(server: &Server, socket: &Socket, seat: &Seat<'_>) -> Result<(), Error> {
    socket.set_nonblocking(false)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(server.limits.idle)?;
    socket.set_write_timeout(server.limits.idle)?;
    let mut buffer = vec![0; server.limits.buffer];
    loop {
        let received = match socket.recv(&mut buffer)? {
            0 => return socket.shutdown(Shutdown::Send),
            received => received,
        };
        seat.received(received);
        let mut sent = 0;
        while sent < received {
            let taken = socket.send(&buffer[sent..received])?;
            seat.sent(taken);
            sent += taken;
        }
        seat.echoed();
    }
}

/// Datagrams have no conversations: some threads share each socket.
fn serve_datagrams(server: &Server) -> Result<(), Failure> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = server
            .sockets
            .iter()
            .flat_map(|socket| std::iter::repeat_n(socket, threads))
            .map(|socket| {
                scope.spawn(move || -> Result<(), Failure> {
                    let mut buffer = vec![0; datagrams::LONGEST];
                    while server.stop.wait([socket], None).calling("WSAPoll", "")? != Woken::Stop {
                        datagrams::echo(server, socket, &mut buffer);
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}
