//! The life of an overlapped operation on a socket: started, queued, ended, delivered.
//!
//! Each direction of a socket has a [`Lane`]: operations in the order of their calls, of which only the first is
//! worked on. An operation is tried at once where something may be there and nobody stands before it; else it waits
//! for the engine. Whoever takes an operation out of its lane delivers its outcome, after the lane's lock is released:
//! that makes it exactly one.

use super::apc::{self, Apc};
use super::dispatcher::{self, Signal};
use super::engine::{Engine, Registration};
use super::handles;
use super::lent::Overlapped;
use super::operation::{Attempt, Direction, Indication, Operation, Outcome};
use super::port::{Packet, Port};
use super::socket::Socket;
use super::status::Status;
use super::sys::Errno;
use crate::error::Error;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Operations that may be outstanding in one direction of a socket.
pub(crate) const MAX_OUTSTANDING: usize = 65_536;

/// What a socket has for overlapped operations.
pub(crate) struct Io {
    receive: Mutex<Lane>,
    send: Mutex<Lane>,
    engine: OnceLock<(Arc<Engine>, Registration)>,
    /// Held by who registers the socket with its engine.
    registering: Mutex<()>,
    binding: OnceLock<Binding>,
    modes: AtomicU8,
}

/// The completion port of a socket, and the key that its packets carry.
struct Binding {
    port: Arc<Port>,
    key: usize,
}

/// The operations of one direction.
pub(crate) struct Lane {
    /// An attempt may find something. Set by the engine's events and by attempts that left something behind.
    ready: bool,
    /// An attempt may find something even after one that left nothing: the direction has ended, or urgent data parts
    /// what comes.
    insists: bool,
    /// The first operation is with the kernel: it stays where it is until the kernel has answered.
    with_kernel: bool,
    first: Option<Operation>,
    rest: VecDeque<Operation>,
}

/// How a start went, apart from errors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Started {
    /// It has ended, and its outcome has been delivered.
    Ended(Outcome),
    /// It will end later.
    Pending,
}

impl Io {
    pub(crate) fn new() -> Io {
        let lane = || {
            Mutex::new(Lane {
                ready: true,
                insists: true,
                with_kernel: false,
                first: None,
                rest: VecDeque::new(),
            })
        };
        Io {
            receive: lane(),
            send: lane(),
            engine: OnceLock::new(),
            registering: Mutex::new(()),
            binding: OnceLock::new(),
            modes: AtomicU8::new(0),
        }
    }

    fn lane(&self, direction: Direction) -> MutexGuard<'_, Lane> {
        match direction {
            Direction::Receive => &self.receive,
            Direction::Send => &self.send,
        }
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane {
    fn is_full(&self) -> bool {
        self.rest.len() + usize::from(self.first.is_some()) >= MAX_OUTSTANDING
    }

    fn push(&mut self, operation: Operation) {
        match self.first {
            None => self.first = Some(operation),
            Some(_) => self.rest.push_back(operation),
        }
    }

    /// Takes the first operation out; the next one moves up.
    fn take_first(&mut self) -> Option<Operation> {
        let next = self.rest.pop_front();
        std::mem::replace(&mut self.first, next)
    }

    /// Works on the operations, in order, until one is left that has to wait.
    fn advance(&mut self, socket: &Socket, ended: &mut Vec<(Operation, Outcome)>) {
        while self.ready || self.insists {
            let Some(operation) = &mut self.first else { return };
            match operation.request.attempt(socket, &mut operation.done) {
                Attempt::Done { outcome, more } => {
                    self.ready = more;
                    let operation = self.take_first().expect("it was there");
                    ended.push((operation, outcome));
                }
                Attempt::Again => {}
                // What has ended and has nothing to say yet will say it by an event of its own.
                Attempt::Blocked => {
                    self.ready = false;
                    self.insists = false;
                }
            }
        }
    }

    /// Gives the first operation to an engine that works on operations itself.
    fn hand_over(&mut self, socket: &Arc<Socket>, engine: &Engine) {
        if let (Some(operation), false) = (&mut self.first, self.with_kernel) {
            self.with_kernel = engine.hand_over(socket, operation);
        }
    }

    /// Takes out every operation that `wanted` says. Answers whether the kernel has one of them.
    fn remove(
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

/// Starts an operation.
///
/// # Errors
/// What ended it at once: then nothing is delivered, now or later. `WSA_INVALID_HANDLE` if the operations of the socket
/// are those of a process that forked this one, `WSAENOTSOCK` if the socket is being closed, `WSAENOBUFS` when [`MAX_OUTSTANDING`] are queued.
pub(crate) fn start(socket: &Arc<Socket>, operation: Operation) -> Result<Started, Error> {
    let overlapped = operation.overlapped;
    begin(socket, operation).inspect_err(|error| {
        // Whoever polls it does not wait for ever.
        if overlapped.outcome().0 == Status::PENDING {
            overlapped.finish(Status::from_wsa(*error), 0);
        }
    })
}

fn begin(socket: &Arc<Socket>, mut operation: Operation) -> Result<Started, Error> {
    operation.overlapped.begin();
    match &operation.indication {
        Indication::Event { event, .. } => event.reset(),
        Indication::Packet if !socket.io.is_bound() => socket.unsignal(),
        Indication::Packet | Indication::Nothing | Indication::Routine { .. } => {}
    }
    if socket.io.is_inherited() {
        return Err(Error::WSA_INVALID_HANDLE);
    }
    ends_with_thread(socket);
    let direction = operation.request.direction();
    let mut lane = socket.io.lane(direction);
    if socket.is_closing() {
        return Err(Error::WSAENOTSOCK);
    }
    // Registering tells the present state as an event: nothing that came meanwhile is lost.
    let engine = socket.io.engine(socket)?;
    if lane.first.is_none()
        && let Some(Attempt::Done { outcome, .. }) = operation.request.reported(socket)
    {
        drop(lane);
        return ended_at_once(socket, operation, outcome);
    }
    if lane.first.is_none() && engine.tries_first(&operation) {
        while lane.ready || lane.insists {
            match operation.request.attempt(socket, &mut operation.done) {
                Attempt::Done { outcome, more } => {
                    lane.ready = more;
                    drop(lane);
                    if direction == Direction::Send {
                        pass_report_on(socket);
                    }
                    return ended_at_once(socket, operation, outcome);
                }
                Attempt::Again => {}
                Attempt::Blocked => {
                    lane.ready = false;
                    lane.insists = false;
                }
            }
        }
    }
    if lane.is_full() {
        return Err(Error::WSAENOBUFS);
    }
    lane.push(operation);
    lane.hand_over(socket, engine);
    drop(lane);
    engine.flush_unless_driving();
    Ok(Started::Pending)
}

fn ended_at_once(socket: &Socket, operation: Operation, outcome: Outcome) -> Result<Started, Error> {
    if outcome.status.is_error() {
        operation.overlapped.finish(outcome.status, outcome.bytes);
        return Err(outcome.status.wsa());
    }
    deliver(socket, operation, outcome, When::AtOnce);
    Ok(Started::Ended(outcome))
}

/// Whether an outcome comes with the call that started the operation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    AtOnce,
    Later,
}

/// Gives an outcome to its one place. No lock is held; the caller's memory is the caller's again.
fn deliver(socket: &Socket, operation: Operation, outcome: Outcome, when: When) {
    let Operation { overlapped, indication, .. } = operation;
    let finish = || overlapped.finish(outcome.status, outcome.bytes);
    match indication {
        Indication::Packet => match socket.io.binding.get() {
            Some(binding) => {
                finish();
                socket.io.post(binding, overlapped, outcome, when);
            }
            None if socket.io.has_mode(SKIP_SET_EVENT_ON_HANDLE) => finish(),
            None => signal_with(&socket.signal, finish),
        },
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

fn deliver_all(socket: &Socket, ended: Vec<(Operation, Outcome)>) {
    for (operation, outcome) in ended {
        deliver(socket, operation, outcome, When::Later);
    }
}

/// The engine's news: a direction of the socket is ready.
/// `insists`: a receive that leaves nothing behind is no sign that there is nothing.
pub(crate) fn on_ready(socket: &Socket, direction: Direction, insists: bool) {
    let mut ended = Vec::new();
    {
        let mut lane = socket.io.lane(direction);
        lane.ready = true;
        lane.insists |= insists;
        lane.advance(socket, &mut ended);
    }
    deliver_all(socket, ended);
    if direction == Direction::Send {
        pass_report_on(socket);
    }
}

/// The engine's news: the kernel has answered to the first operation of a direction.
pub(crate) fn on_completion(socket: &Arc<Socket>, direction: Direction, result: Result<usize, Errno>) {
    let mut ended = None;
    {
        let mut lane = socket.io.lane(direction);
        lane.with_kernel = false;
        let operation = lane.first.as_mut().expect("what the kernel has stays in its lane");
        match operation.answered(socket, result) {
            Attempt::Done { outcome, .. } => {
                let operation = lane.take_first().expect("it was there");
                ended = Some((operation, outcome));
            }
            Attempt::Again | Attempt::Blocked => {}
        }
        if let Some((engine, _)) = socket.io.engine.get() {
            lane.hand_over(socket, engine);
        }
    }
    if let Some((operation, outcome)) = ended {
        deliver(socket, operation, outcome, When::Later);
    }
    if direction == Direction::Send {
        pass_report_on(socket);
    }
}

/// A send may have been told of an earlier datagram's fate: a receive that is under way ends with it.
pub(crate) fn pass_report_on(socket: &Socket) {
    if !socket.has_report() || socket.io.is_inherited() {
        return;
    }
    let mut ended = Vec::new();
    {
        let mut lane = socket.io.lane(Direction::Receive);
        match socket.io.engine.get() {
            // It is asked to end, and finds the report then.
            Some((engine, _)) if lane.with_kernel => engine.cancel(socket, Direction::Receive),
            Some(_) | None => {
                lane.ready = true;
                lane.advance(socket, &mut ended);
            }
        }
    }
    deliver_all(socket, ended);
}

/// The socket is being closed: every operation is asked to end, and no other will start.
pub(crate) fn close(socket: &Arc<Socket>) {
    cancel(socket, None, None);
    if let Some((engine, registration)) = socket.io.engine.get() {
        engine.forget(*registration);
    }
}

/// The number of the calling thread, by which operations know who started them.
pub(crate) fn this_thread() -> u64 {
    thread_local! {
        static THIS: u64 = {
            static NEXT: AtomicU64 = AtomicU64::new(1);
            NEXT.fetch_add(1, Relaxed)
        };
    }
    THIS.try_with(|this| *this).unwrap_or(0)
}

/// Operations without a port end with the thread that started them: the first of them makes sure of it.
fn ends_with_thread(socket: &Socket) {
    struct AtTheEnd(u64);
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            for handle in handles::live() {
                if let Ok(socket) = handles::socket(handle)
                    && !socket.io.is_bound()
                {
                    cancel(&socket, None, Some(self.0));
                }
            }
        }
    }
    thread_local! {
        static AT_THE_END: AtTheEnd = AtTheEnd(this_thread());
    }
    if !socket.io.is_bound() {
        // A thread that is ending already starts nothing that outlives it for long: closing its sockets ends that.
        let _ = AT_THE_END.try_with(|_| ());
    }
}

/// Asks operations to end: those of one `OVERLAPPED`, of one thread, or all. Answers whether there was one.
pub(crate) fn cancel(socket: &Arc<Socket>, overlapped: Option<usize>, thread: Option<u64>) -> bool {
    // No operation of this process is on a socket that came with a fork and knows no engine; its locks may be held by
    // a thread that did not come along.
    let idle = socket.is_inherited() && socket.io.engine.get().is_none();
    if idle || socket.io.is_inherited() {
        return false;
    }
    let mut removed = Vec::new();
    let mut asked = false;
    for direction in Direction::BOTH {
        let wanted = |operation: &Operation| {
            overlapped.is_none_or(|one| operation.overlapped.address() == one)
                && thread.is_none_or(|thread| operation.thread == thread)
        };
        let mut lane = socket.io.lane(direction);
        if lane.remove(wanted, &mut removed) {
            asked = true;
            let (engine, _) = socket.io.engine.get().expect("the kernel has an operation of it");
            engine.cancel(socket, direction);
        }
    }
    let any = asked || !removed.is_empty();
    deliver_all(socket, removed);
    any
}

impl Io {
    /// The engine that watches the socket: its port's, or the process's own.
    fn engine(&self, socket: &Arc<Socket>) -> Result<&Arc<Engine>, Error> {
        if let Some((engine, _)) = self.engine.get() {
            return Ok(engine);
        }
        // The first operation of the other direction may be doing the same at this moment.
        let _registering = self.registering.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((engine, _)) = self.engine.get() {
            return Ok(engine);
        }
        let engine = match self.binding.get() {
            Some(binding) => Arc::clone(binding.port.engine()?),
            None => Engine::global()?,
        };
        let registration = engine.register(socket)?;
        Ok(&self.engine.get_or_init(|| (engine, registration)).0)
    }

    /// Associates the socket with a port, once.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` if it is associated with one already.
    pub(crate) fn bind(&self, port: Arc<Port>, key: usize) -> Result<(), Error> {
        self.binding.set(Binding { port, key }).map_err(|_| Error::WSA_INVALID_PARAMETER)
    }

    /// Whether operations are those of the process that forked this one: they, and their locks, are not to be touched.
    fn is_inherited(&self) -> bool {
        self.engine.get().is_some_and(|(engine, _)| engine.is_inherited())
            || self.binding.get().is_some_and(|binding| binding.port.is_inherited())
    }

    /// Whether a port gets the outcomes.
    pub(crate) fn is_bound(&self) -> bool {
        self.binding.get().is_some()
    }

    fn post(&self, binding: &Binding, overlapped: Overlapped, outcome: Outcome, when: When) {
        if when == When::AtOnce && outcome.status == Status::SUCCESS && self.has_mode(SKIP_PORT_ON_SUCCESS) {
            return;
        }
        binding.port.post(Packet {
            key: binding.key,
            overlapped: overlapped.address(),
            bytes: outcome.bytes as u32,
            status: outcome.status.0,
        });
    }

    fn has_mode(&self, mode: u8) -> bool {
        self.modes.load(Relaxed) & mode != 0
    }

    /// `SetFileCompletionNotificationModes`: what is set stays set.
    pub(crate) fn set_modes(&self, modes: u8) {
        self.modes.fetch_or(modes, Relaxed);
    }
}

/// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`.
pub(crate) const SKIP_PORT_ON_SUCCESS: u8 = 1;
/// `FILE_SKIP_SET_EVENT_ON_HANDLE`.
pub(crate) const SKIP_SET_EVENT_ON_HANDLE: u8 = 2;
