//! A client of the two servers on a completion port: what follows on the end of each of its operations, and its own end.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use winsock::{Completion, CompletionPort, Operation, PortSocket, Shutdown, Socket};

use super::{Calling, Failed};

/// As much as one receive takes.
pub(crate) const ROOM: usize = 8192;

/// Has the completions of a socket come to the port.
pub(crate) fn associate<W: Send>(
    port: &CompletionPort<W>,
    socket: Socket,
    verbose: bool,
) -> Result<PortSocket<W>, Failed> {
    let socket = port.associate(socket, 0).calling("CreateIoCompletionPort()")?;
    if verbose {
        println!("UpdateCompletionPort: Socket({}) added to IOCP", socket.as_raw());
    }
    Ok(socket)
}

/// A client, alive as long as an operation of it is under way. `W` is what comes with the completions of the server's port.
pub(crate) struct Client<W> {
    socket: PortSocket<W>,
    /// Whether it has ended its side, and has all that it sent.
    is_done: AtomicBool,
    verbose: bool,
}

impl<W: From<Arc<Client<W>>> + Send> Client<W> {
    pub(crate) fn new(socket: PortSocket<W>, verbose: bool) -> Arc<Client<W>> {
        Arc::new(Client { socket, is_done: AtomicBool::new(false), verbose })
    }

    /// Starts what follows on the end of an operation.
    pub(crate) fn go_on(self: Arc<Self>, completion: Completion<W>, worker: usize) {
        let Completion { operation, outcome, buffer, .. } = completion;
        match (operation, outcome.result()) {
            // The connection is broken: nothing follows, and the client goes.
            (_, Err(_)) => {}
            (Operation::Receive, Ok(_)) => self.received("Recv", buffer, worker),
            (_, Ok(bytes)) => {
                self.says(format_args!("Send completed ({bytes} bytes), Recv posted"), worker);
                self.receive(buffer);
            }
        }
    }

    /// Starts a receive. If it is refused, the client goes.
    pub(crate) fn receive(self: Arc<Self>, mut buffer: Vec<u8>) {
        buffer.clear();
        let client = Arc::clone(&self);
        let started = client.socket.start_receive(buffer, self.into()).calling("WSARecv()");
        started.unwrap_or_else(|failed| println!("{failed}"));
    }

    /// Sends back what came; nothing at all is the end of the client's side.
    pub(crate) fn received(self: Arc<Self>, call: &str, buffer: Vec<u8>, worker: usize) {
        let client = Arc::clone(&self);
        if buffer.is_empty() {
            let _ = client.socket.shutdown(Shutdown::Send);
            client.is_done.store(true, Ordering::Relaxed);
            return;
        }
        self.says(format_args!("{call} completed ({} bytes), Send posted", buffer.len()), worker);
        let started = client.socket.start_send(buffer, self.into()).calling("WSASend()");
        started.unwrap_or_else(|failed| println!("{failed}"));
    }

    fn says(&self, what: fmt::Arguments<'_>, worker: usize) {
        if self.verbose {
            println!("WorkerThread {worker}: Socket({}) {what}", self.socket.as_raw());
        }
    }
}

impl<W> Drop for Client<W> {
    fn drop(&mut self) {
        let graceful = self.is_done.load(Ordering::Relaxed);
        if self.verbose {
            let (handle, graceful) = (self.socket.as_raw(), if graceful { "TRUE" } else { "FALSE" });
            println!("CloseClient: Socket({handle}) connection closing (graceful={graceful})");
        }
        if !graceful {
            // Closing will reset the connection.
            let _ = self.socket.set_linger(Some(Duration::ZERO));
        }
    }
}
