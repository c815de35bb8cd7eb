//! The operations of one direction of a socket, in the order of their calls. Only the first is worked on.

use super::MAX_OUTSTANDING;
use crate::linux::engine::Engine;
use crate::linux::lent::Overlapped;
use crate::linux::operation::{Attempt, Direction, Operation, Outcome, Request};
use crate::linux::socket::Socket;
use std::collections::VecDeque;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};

/// The operations of one direction. What is asked of a lane without any is at its beginning.
#[repr(C)]
pub(crate) struct Lane {
    /// An attempt may find something. Set by the engine's events and by attempts that left something behind.
    pub(super) ready: bool,
    /// An attempt may find something even after one that left nothing: the direction has ended, or urgent data parts
    /// what comes.
    pub(super) insists: bool,
    /// The last receive of the kernel's emptied the socket. A guess at what the next one finds, no more.
    pub(super) empty: bool,
    /// The first operation is with the kernel: it stays where it is until the kernel has answered.
    pub(super) with_kernel: bool,
    pub(super) first: Option<Operation>,
    pub(super) rest: VecDeque<Operation>,
}

/// What became of operations that were worked on under a lane's lock.
#[derive(Default)]
pub(super) struct Progress {
    /// The first that has ended, if all that is left of it is its packet.
    pub(super) packet: Option<(Overlapped, Outcome)>,
    /// The first that has ended and is more than that: rarely are there others, and one takes no memory of its own.
    pub(super) ended: Option<(Operation, Outcome)>,
    pub(super) more: Option<Box<More>>,
}

#[derive(Default)]
pub(super) struct More {
    pub(super) ended: Vec<(Operation, Outcome)>,
    /// Lanes that operations went on to.
    pub(super) moved: Vec<(Arc<Socket>, Direction)>,
}

impl Progress {
    fn is_empty(&self) -> bool {
        self.packet.is_none() && self.ended.is_none()
    }

    #[inline]
    fn end(&mut self, operation: Operation, outcome: Outcome) {
        match self.ended {
            None => self.ended = Some((operation, outcome)),
            Some(_) => self.more().ended.push((operation, outcome)),
        }
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }
}

/// Puts an operation into the lane where it goes on, while its old lane is locked: whoever looks for it, there first,
/// finds it in one of them. Locks are taken in the order listener, connection and send, receive.
pub(super) fn go_on(mut operation: Operation, to: Arc<Socket>, request: Request) -> (Arc<Socket>, Direction) {
    operation.request = request;
    let direction = operation.request.direction();
    to.io.lane(direction).push(operation);
    (to, direction)
}

/// Attempts the first operation of a lane. Once it has met nothing, whatever comes from then on is told.
pub(super) fn attempt(socket: &Arc<Socket>, operation: &mut Operation) -> Attempt {
    let awaits_room = &socket.io.awaits_room;
    let sends = matches!(operation.request, Request::Send { .. } | Request::SendMessage(_));
    if !sends && operation.request.direction() == Direction::Send {
        // To ask a second time whether it is connected would be to tell at once what comes later.
        awaits_room.store(true, SeqCst);
    }
    match operation.request.attempt(socket, &mut operation.done) {
        // News of room may have come that nobody looked at: another attempt finds out.
        Attempt::Blocked if sends && !awaits_room.swap(true, SeqCst) => Attempt::Again,
        attempt => attempt,
    }
}

impl Lane {
    /// An empty one, of a direction of which nothing is known.
    pub(super) fn new() -> Mutex<Lane> {
        let rest = VecDeque::new();
        Mutex::new(Lane { ready: true, insists: true, empty: false, with_kernel: false, first: None, rest })
    }

    pub(super) fn is_full(&self) -> bool {
        self.rest.len() + usize::from(self.first.is_some()) >= MAX_OUTSTANDING
    }

    /// Whether an operation that comes now is the first to be worked on: a disconnect gives way to receives.
    pub(super) fn is_next(&self) -> bool {
        !self.with_kernel && self.first.as_ref().is_none_or(|first| first.request.gives_way())
    }

    pub(super) fn push(&mut self, operation: Operation) {
        match &mut self.first {
            None => self.first = Some(operation),
            Some(_) if operation.request.gives_way() => self.rest.push_back(operation),
            Some(first) if first.request.gives_way() && !self.with_kernel => {
                let gives_way = std::mem::replace(first, operation);
                self.rest.push_back(gives_way);
            }
            Some(_) => {
                let others = self.rest.iter().take_while(|other| !other.request.gives_way()).count();
                self.rest.insert(others, operation);
            }
        }
    }

    /// Takes the first operation out; the next one moves up.
    pub(super) fn take_first(&mut self) -> Option<Operation> {
        let next = self.rest.pop_front();
        std::mem::replace(&mut self.first, next)
    }

    /// Drops the first operation where it is; the next one moves up, if there is one.
    fn drop_first(&mut self) {
        if self.rest.is_empty() {
            self.first = None;
        } else {
            self.first = self.rest.pop_front();
        }
    }

    /// The first operation has its outcome.
    pub(super) fn end_first(&mut self, outcome: Outcome, more: bool, progress: &mut Progress) {
        match &self.first {
            Some(first) if progress.is_empty() && first.is_plain() => {
                progress.packet = Some((first.overlapped, outcome));
                self.drop_first();
            }
            Some(_) | None => progress.end(self.take_first().expect("it was there"), outcome),
        }
        // What took the last of it lets a disconnect go on.
        self.ready = more || self.first.as_ref().is_some_and(|next| next.request.gives_way());
    }

    /// Works on the operations, in order, until one is left that has to wait or is with the kernel.
    pub(super) fn advance(&mut self, socket: &Arc<Socket>, engine: &Engine, progress: &mut Progress) {
        while !self.with_kernel {
            if self.first.as_ref().is_some_and(|first| first.request.gives_way())
                && let Some(gives_way) = self.take_first()
            {
                self.push(gives_way);
            }
            let others = !self.rest.is_empty();
            let Some(operation) = &mut self.first else { return };
            if !engine.attempts(socket, operation, others) || !(self.ready || self.insists) {
                self.with_kernel = engine.hand_over(socket, operation, self.empty);
                return;
            }
            match attempt(socket, operation) {
                Attempt::Done { outcome, more } => self.end_first(outcome, more, progress),
                Attempt::Again => {}
                Attempt::Moves { to, request } => {
                    let operation = self.take_first().expect("it was there");
                    progress.more().moved.push(go_on(operation, to, request));
                }
                // What has ended and has nothing to say yet will say it by an event of its own.
                Attempt::Blocked => self.wait_for_news(),
                Attempt::Parked => return self.wait_for_news(),
            }
        }
    }

    pub(super) fn wait_for_news(&mut self) {
        self.ready = false;
        self.insists = false;
    }

    /// Takes out every operation that `wanted` says. Answers whether the kernel has one of them.
    pub(super) fn remove(
        &mut self,
        wanted: impl Fn(&Operation) -> bool,
        removed: &mut Vec<(Operation, Outcome)>,
    ) -> bool {
        let mut kernel_has_one = false;
        let all: Vec<Operation> = match (&mut self.first, self.with_kernel) {
            (Some(first), true) => {
                if wanted(first) {
                    first.cancelled = true;
                    kernel_has_one = true;
                }
                self.rest.drain(..).collect()
            }
            (first, _) => first.take().into_iter().chain(self.rest.drain(..)).collect(),
        };
        for operation in all {
            if wanted(&operation) {
                let sent = operation.done;
                removed.push((operation, Outcome { bytes: sent, ..Outcome::CANCELLED }));
            } else {
                self.push(operation);
            }
        }
        kernel_has_one
    }
}
