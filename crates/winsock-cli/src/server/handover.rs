//! The way of connections from a thread that accepts to the one thread that serves them all.

use std::sync::{Mutex, PoisonError};
use std::thread;

use winsock::{Event, Socket};

use super::counters::Seat;
use super::{Server, listen};
use crate::error::{Context, Failure};

/// What ends a wait of the serving thread.
pub(super) trait Bell: Sync {
    fn ring(&self);
}

/// A socket that is connected to itself, and always being received from.
impl Bell for Socket {
    fn ring(&self) {
        // A datagram to ourselves can only fail where others are queued already.
        let _ = self.send(&[0]);
    }
}

impl Bell for Event {
    fn ring(&self) {
        let _ = self.set();
    }
}

pub(super) struct Handover<'a, B> {
    accepted: Mutex<Vec<(Socket, Seat<'a>)>>,
    pub(super) bell: B,
}

impl<'a, B: Bell> Handover<'a, B> {
    pub(super) fn new(bell: B) -> Handover<'a, B> {
        Handover { accepted: Mutex::default(), bell }
    }

    /// Accepts in another thread while this one serves. Both are to end when the end is asked for, of which the bell tells.
    pub(super) fn run(
        &self,
        server: &'a Server,
        serve: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        thread::scope(|scope| {
            let accept = || {
                let accepted = self.accept(server);
                // Also after a failure: the other thread is to end.
                server.stop.ask();
                self.bell.ring();
                accepted
            };
            let accepting = thread::Builder::new()
                .name("accept".to_owned())
                .spawn_scoped(scope, accept)
                .map_err(|error| Failure::system("thread", error))?;
            let served = serve().inspect_err(|_| server.stop.ask());
            match accepting.join() {
                Ok(accepted) => accepted.and(served),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    fn accept(&self, server: &'a Server) -> Result<(), Failure> {
        if server.transport.udp {
            return server.stop.wait([], None).map(drop).calling("WSAPoll", "");
        }
        let pass = |socket, seat| {
            self.accepted.lock().unwrap_or_else(PoisonError::into_inner).push((socket, seat));
            self.bell.ring();
        };
        listen::accept_all(server, pass, || None)
    }

    /// What has been accepted since the last time.
    pub(super) fn take(&self) -> Vec<(Socket, Seat<'a>)> {
        std::mem::take(&mut self.accepted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
