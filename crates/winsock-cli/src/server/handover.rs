//! The way of connections from a thread that accepts to the one thread that serves them all.

use std::sync::{Mutex, PoisonError};
use std::thread;

use winsock::Socket;

use super::counters::Seat;
use super::{Server, door};
use crate::error::{Context, Failure};
use crate::stop;

pub(super) struct Handover<'a> {
    accepted: Mutex<Vec<(Socket, Seat<'a>)>>,
    /// Connected to itself. What the serving thread always receives from: that ends its wait.
    pub(super) bell: Socket,
}

impl<'a> Handover<'a> {
    pub(super) fn new() -> Result<Handover<'a>, Failure> {
        Ok(Handover { accepted: Mutex::default(), bell: stop::self_connected()? })
    }

    fn ring(&self) {
        // A datagram to ourselves can only fail where others are queued already.
        let _ = self.bell.send(&[0]);
    }

    /// Accepts in another thread while this one serves. Both are to end when the end is asked for, of which the bell tells.
    pub(super) fn run(
        &self,
        server: &'a Server,
        serve: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        thread::scope(|scope| {
            let accept = || {
                // After a failure, too, the other thread is to end.
                let accepted = self.accept(server).inspect_err(|_| server.stop.ask());
                self.ring();
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
            self.ring();
        };
        door::accept_all(server, pass, || None)
    }

    /// What has been accepted since the last time.
    pub(super) fn take(&self) -> Vec<(Socket, Seat<'a>)> {
        std::mem::take(&mut self.accepted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
