//! Echoing datagrams by the completions of a port.
//!
//! Each socket has some turns under way. A turn receives a datagram, sends it back, and receives the next, until the end
//! is asked for: then it ends when it has nothing to send back.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use winsock::{Error, Operation, PortSocket, Socket};

use super::{Job, Ports};
use crate::error::{Context, Failure};
use crate::server::{DATAGRAMS, DRAIN, datagrams};

/// The turns of all sockets.
pub(super) struct Turns {
    state: Mutex<State>,
    all_ended: Condvar,
}

struct State {
    under_way: usize,
    /// What ends the server.
    broken: Option<Error>,
}

impl Turns {
    pub(super) fn new() -> Turns {
        Turns { state: Mutex::new(State { under_way: 0, broken: None }), all_ended: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) {
        self.lock().under_way += 1;
    }

    fn end(&self, broken: Option<Error>) {
        let mut state = self.lock();
        state.under_way -= 1;
        state.broken = state.broken.or(broken);
        if state.under_way == 0 {
            self.all_ended.notify_all();
        }
    }

    /// Waits until all have ended, no longer than [`DRAIN`]. Gives what has ended the server, if one of them did.
    fn wait(&self) -> Result<(), Error> {
        let ended = self.all_ended.wait_timeout_while(self.lock(), DRAIN, |state| state.under_way > 0);
        let (state, _) = ended.unwrap_or_else(PoisonError::into_inner);
        state.broken.map_or(Ok(()), Err)
    }
}

impl<'a> Ports<'a> {
    /// Serves datagrams alone, until the end is asked for.
    pub(in crate::server) fn serve_datagrams(&self) -> Result<(), Failure> {
        let associate = |socket: &Socket| {
            let socket = socket.try_clone().calling("WSADuplicateSocket", "")?;
            self.port.associate(socket, 0).map(Arc::new).calling("CreateIoCompletionPort", "")
        };
        let sockets = self.server.sockets.iter().map(associate).collect::<Result<Vec<_>, Failure>>()?;
        for socket in &sockets {
            for _ in 0..DATAGRAMS {
                self.turns.begin();
                self.receive_datagram(socket, Vec::with_capacity(datagrams::LONGEST));
            }
        }
        self.run(|| {
            let woken = self.server.stop.wait([], None).map(drop).calling("WSAPoll", "");
            for socket in &sockets {
                socket.cancel();
            }
            self.turns.wait().calling("WSARecvFrom", "").and(woken)
        })
    }

    /// What follows from a completion: the echo, or the next receive.
    pub(super) fn datagram(
        &self,
        socket: Arc<PortSocket<Job<'a>>>,
        operation: Operation,
        result: Result<usize, Error>,
        from: Option<SocketAddr>,
        mut buffer: Vec<u8>,
    ) {
        let counters = &self.server.counters;
        match (operation, result, from) {
            (Operation::SendTo, Ok(bytes), _) => counters.datagram_echoed(bytes),
            (Operation::SendTo, Err(error), _) => datagrams::dropped(counters, error),
            (_, Ok(bytes), Some(from)) => {
                counters.datagram(bytes);
                let job = Job::Datagram(Arc::clone(&socket));
                let Err(refused) = socket.start_send_to(buffer, from, job) else { return };
                datagrams::dropped(counters, refused.error);
                buffer = refused.buffer;
            }
            (_, Ok(_), None) => {}
            // The end, which the next receive finds.
            (_, Err(Error::WSA_OPERATION_ABORTED), _) => {}
            (_, Err(error), _) if datagrams::is_news(error) => {}
            (_, Err(error), _) => counters.failed("recvfrom", error),
        }
        self.receive_datagram(&socket, buffer);
    }

    /// Starts the receive of a turn, or ends the turn.
    fn receive_datagram(&self, socket: &Arc<PortSocket<Job<'a>>>, mut buffer: Vec<u8>) {
        let stop = &self.server.stop;
        while !stop.is_asked() {
            buffer.clear();
            match socket.start_receive_from(buffer, Job::Datagram(Arc::clone(socket))) {
                Ok(()) => {
                    // Who asked meanwhile may have cancelled before there was anything to cancel.
                    if stop.is_asked() {
                        socket.cancel();
                    }
                    return;
                }
                Err(refused) if datagrams::is_news(refused.error) => buffer = refused.buffer,
                Err(refused) => {
                    stop.ask();
                    return self.turns.end(Some(refused.error));
                }
            }
        }
        self.turns.end(None);
    }
}
