//! Where the outcome of an operation goes: a packet, an event, the socket's own signal, a routine, or its `OVERLAPPED` alone.
//!
//! Whoever has taken an operation out of its lane brings it here, once. Does not know lanes or engines.

use super::{SKIP_SET_EVENT_ON_HANDLE, Started};
use crate::error::Error;
use crate::linux::apc::{self, Apc};
use crate::linux::clock;
use crate::linux::dispatcher::{self, Signal};
use crate::linux::faults;
use crate::linux::fork;
use crate::linux::lent::Overlapped;
use crate::linux::network_events;
use crate::linux::operation::{Indication, Operation, Outcome};
use crate::linux::socket::Socket;
use std::sync::Arc;
use std::time::Instant;

/// Whether an outcome comes with the call that started the operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    AtOnce,
    Later,
}

/// An outcome that a fault holds back: it is delivered when this is dropped. What came with a fork is the parent's.
struct Late {
    socket: Arc<Socket>,
    ended: Option<(Operation, Outcome)>,
    generation: u32,
}

impl Late {
    /// Drops it at a time, or now if there is no clock to be had.
    fn until(due: Instant, socket: &Arc<Socket>, operation: Operation, outcome: Outcome) {
        let ended = Some((operation, outcome));
        let late = Late { socket: Arc::clone(socket), ended, generation: fork::generation() };
        let _ = clock::at(due, move || drop(late));
    }
}

impl Drop for Late {
    fn drop(&mut self) {
        let Some((operation, outcome)) = self.ended.take() else { return };
        if self.generation == fork::generation() {
            deliver_now(&self.socket, operation, outcome, When::Later);
        } else {
            std::mem::forget(operation);
        }
    }
}

/// An operation has ended in the call that started it, and is not in any lane. An error is the call's own, and nothing is delivered.
///
/// # Errors
/// What ended it.
pub(super) fn ended_at_once(
    socket: &Arc<Socket>,
    mut operation: Operation,
    outcome: Outcome,
) -> Result<Started, Error> {
    if outcome.status.is_error() {
        operation.request.conclude(socket, outcome);
        operation.overlapped.finish(outcome.status, outcome.bytes);
        return Err(outcome.status.wsa());
    }
    if faults::are_on()
        && let Some(due) = faults::delivery(socket, operation.request.direction())
    {
        Late::until(due, socket, operation, outcome);
        return Ok(Started::Pending);
    }
    deliver_now(socket, operation, outcome, When::AtOnce);
    Ok(Started::Ended(outcome))
}

/// Delivers an outcome that does not come with its call.
pub(super) fn deliver(socket: &Arc<Socket>, operation: Operation, outcome: Outcome) {
    if faults::are_on()
        && let Some(due) = faults::delivery(socket, operation.request.direction())
    {
        return Late::until(due, socket, operation, outcome);
    }
    deliver_now(socket, operation, outcome, When::Later);
}

/// Gives an outcome to its one place. No lock is held; the caller's memory is the caller's again.
fn deliver_now(socket: &Arc<Socket>, mut operation: Operation, outcome: Outcome, when: When) {
    let outcome = operation.request.conclude(socket, outcome);
    let Operation { request, overlapped, indication, .. } = operation;
    let socket = request.owner().unwrap_or(socket);
    let finish = || overlapped.finish(outcome.status, outcome.bytes);
    match indication {
        Indication::Packet => return deliver_packet(socket, overlapped, outcome, when),
        Indication::Event { event, and_packet } => {
            signal_with(&event.signal, finish);
            if let (Some(binding), true) = (socket.io.binding.get(), and_packet) {
                socket.io.post(binding, overlapped, outcome, when);
            }
        }
        Indication::Nothing => finish(),
        Indication::Routine { thread, routine } => {
            finish();
            // A thread that has ended runs nothing any more.
            let _ = apc::queue(&thread, Apc::Completion { routine, overlapped, outcome });
        }
    }
    // What it left behind is there for others.
    network_events::look_again(socket);
}

/// The same for [`Indication::Packet`]: to the port, or to the socket's own signal.
pub(super) fn deliver_packet(socket: &Socket, overlapped: Overlapped, outcome: Outcome, when: When) {
    let finish = || overlapped.finish(outcome.status, outcome.bytes);
    match socket.io.binding.get() {
        Some(binding) => {
            finish();
            socket.io.post(binding, overlapped, outcome, when);
        }
        None if socket.io.has_mode(SKIP_SET_EVENT_ON_HANDLE) => finish(),
        None => signal_with(&socket.signal, finish),
    }
    network_events::look_again(socket);
}

/// Ends an operation and signals its object in one step: a program that sees the end may begin another operation
/// with the same event at once, which resets it after this and not before.
fn signal_with(signal: &Signal, finish: impl FnOnce()) {
    let key = dispatcher::lock();
    finish();
    let woken = signal.set(&key);
    drop(key);
    dispatcher::wake(woken);
}

/// The same for several, in order.
pub(super) fn deliver_all(socket: &Arc<Socket>, ended: Vec<(Operation, Outcome)>) {
    for (operation, outcome) in ended {
        deliver(socket, operation, outcome);
    }
}
