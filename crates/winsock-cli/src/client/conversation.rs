//! A connection of the client: both directions at once, a thread for each, so that a message of any length passes
//! through an echo server without either side waiting for the other.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use winsock::{Error, Shutdown, Socket};

use super::files::{Input, Output, Report};
use super::trips::{self, Trips};
use super::verify::{Expect, Verifier};
use super::{BUFFER, Script, Task};
use crate::error::{Context, Failure};

/// A connection, and how far it has come.
struct Conversation {
    socket: Socket,
    server: SocketAddr,
    report: Report,
    sent: AtomicU64,
    received: Mutex<u64>,
    /// More was received.
    more: Condvar,
    /// The whole message is sent: set before the server can know it.
    complete: AtomicBool,
}

/// One half of a conversation has ended.
enum Ended {
    Sending(Result<(), Failure>),
    Receiving(Result<(), Failure>),
}

/// Does the task with a connection, to its end.
pub(super) fn converse(socket: Socket, server: SocketAddr, task: Task) -> Result<(), Failure> {
    let report = task.output.report();
    let conversation = Arc::new(Conversation {
        socket,
        server,
        report,
        sent: AtomicU64::new(0),
        received: Mutex::new(0),
        more: Condvar::new(),
        complete: AtomicBool::new(false),
    });
    let (expect, verifier) = if task.verify {
        let (expect, verifier) = Verifier::new();
        (expect, Some(verifier))
    } else {
        (None, None)
    };
    let began = Instant::now();
    // Nobody hears the second half when the first has failed: the process is about to end.
    let (ended, halves) = mpsc::channel();
    let (sender, tell) = (Arc::clone(&conversation), ended.clone());
    let (script, output) = (task.script, task.output);
    let again = matches!(script, Script::Again { .. });
    start("sending", move || tell.send(Ended::Sending(sender.send_all(script, expect))))?;
    let receiver = Arc::clone(&conversation);
    start("receiving", move || ended.send(Ended::Receiving(receiver.receive_all(output, verifier, again))))?;

    let result = conversation.finish(&halves);
    let (sent, received) = (conversation.sent.load(SeqCst), conversation.received());
    report.line(format_args!("Bytes Sent: {sent}"));
    if received > 0 {
        report.line(format_args!("Bytes received: {received}"));
    }
    if task.stats {
        trips::rates(report, began.elapsed(), sent, received);
    }
    if result.is_ok() {
        report.line(format_args!("Connection closed"));
    }
    result
}

fn start<T>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<(), Failure> {
    let builder = thread::Builder::new().name(name.to_owned());
    match builder.spawn(|| drop(work())) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::system("thread", error)),
    }
}

impl Conversation {
    fn received(&self) -> u64 {
        *self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the server has closed, or for the first failure. Closing before it can have the whole message is
    /// one: a sender that waits for more input is not waited for.
    fn finish(&self, halves: &Receiver<Ended>) -> Result<(), Failure> {
        for ended in halves {
            match ended {
                Ended::Sending(result) => result?,
                Ended::Receiving(result) => {
                    result?;
                    break;
                }
            }
        }
        if self.complete.load(SeqCst) {
            Ok(())
        } else {
            Err(Failure::Job("the server closed before the whole message was sent".to_owned()))
        }
    }

    fn send_all(&self, script: Script, expect: Expect) -> Result<(), Failure> {
        match script {
            Script::Once(input) => self.send_input(input, &expect)?,
            Script::Again { message, count, interval } => {
                let mut trips = Trips::new(interval.is_some());
                for number in 1..=count {
                    let began = Instant::now();
                    self.send(&message, &expect)?;
                    self.wait_for(number * message.len() as u64);
                    trips.add(message.len(), began.elapsed(), self.report);
                    if let Some(interval) = interval
                        && number < count
                    {
                        thread::sleep(interval);
                    }
                }
                trips.summary(self.report);
            }
        }
        self.complete.store(true, SeqCst);
        self.socket.shutdown(Shutdown::Send).calling("shutdown", self.server)
    }

    fn send_input(&self, mut input: Input, expect: &Expect) -> Result<(), Failure> {
        let mut buffer = vec![0; BUFFER];
        loop {
            match input.read(&mut buffer)? {
                0 => return Ok(()),
                len => self.send(&buffer[..len], expect)?,
            }
        }
    }

    fn send(&self, data: &[u8], expect: &Expect) -> Result<(), Failure> {
        if let Some(expect) = expect {
            // If nobody compares any more, the other half has failed and the process is about to end.
            let _ = expect.send(data.to_vec());
        }
        let mut done = 0;
        while done < data.len() {
            let sent = self.socket.send(&data[done..]).calling("send", self.server)?;
            self.sent.fetch_add(sent as u64, SeqCst);
            done += sent;
        }
        Ok(())
    }

    /// Waits until so many bytes are back.
    fn wait_for(&self, bytes: u64) {
        let received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.more.wait_while(received, |received| *received < bytes));
    }

    fn receive_all(
        &self,
        mut output: Output,
        verifier: Option<Verifier>,
        again: bool,
    ) -> Result<(), Failure> {
        let mut verifier = verifier;
        let mut buffer = vec![0; BUFFER];
        loop {
            let len = match self.socket.recv(&mut buffer) {
                Ok(0) => break,
                Ok(len) => len,
                // Nothing is awaited between two times.
                Err(Error::WSAETIMEDOUT) if again && self.is_resting() => continue,
                Err(error) => return Err(error).calling("recv", self.server),
            };
            let data = &buffer[..len];
            if let Some(verifier) = &mut verifier {
                verifier.check(data)?;
            }
            output.write(data)?;
            *self.received.lock().unwrap_or_else(PoisonError::into_inner) += len as u64;
            self.more.notify_all();
        }
        match verifier {
            Some(verifier) => verifier.finish(self.sent.load(SeqCst)),
            None => Ok(()),
        }
    }

    /// Whether all that was sent is back, and more is to be sent.
    fn is_resting(&self) -> bool {
        !self.complete.load(SeqCst) && self.received() >= self.sent.load(SeqCst)
    }
}
