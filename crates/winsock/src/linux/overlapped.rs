//! The life of an overlapped operation on a socket: started, queued, ended, delivered.
//!
//! Each direction of a socket has a [`Lane`]: operations in the order of their calls, of which only the first is
//! worked on. An operation is tried at once where something may be there and nobody stands before it; else it waits
//! for the engine. Whoever takes an operation out of its lane delivers its outcome, after the lane's lock is released:
//! that makes it exactly one.

mod ahead;
pub(crate) mod at_once;
mod deliver;
mod lane;

use super::engine::{Engine, Registration};
use super::extension::Reuse;
use super::handles;
use super::lent::Overlapped;
use super::operation::{Attempt, Direction, Indication, Operation, Outcome, Request};
use super::port::{Packet, Port};
use super::socket::Socket;
use super::status::Status;
use super::sys::Errno;
use crate::error::Error;
use ahead::Guesses;
pub(crate) use ahead::{prefetch, prefetch_overlapped};
use deliver::{When, deliver, deliver_all, deliver_packet, ended_at_once};
use lane::{Lane, Progress, attempt, go_on};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering::*, fence};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Operations that may be outstanding in one direction of a socket.
pub(crate) const MAX_OUTSTANDING: usize = 65_536;

/// What a socket has for overlapped operations. What every operation asks comes first, and a lane without any is looked at
/// in one line of the cache: with a thousand busy connections that is what they cost.
#[repr(C)]
pub(crate) struct Io {
    engine: OnceLock<(Arc<Engine>, Registration)>,
    binding: OnceLock<Binding>,
    /// Held by who registers the socket with its engine.
    registering: Mutex<()>,
    modes: AtomicU8,
    /// How far a disconnect has come whose handle is to be used again.
    reuse: AtomicU8,
    /// The engine's news of the sending direction are wanted: an attempt has found no room. Before that they are not
    /// looked at, for they come with those of every receive.
    awaits_room: AtomicBool,
    guesses: Guesses,
    receive: Mutex<Lane>,
    send: Mutex<Lane>,
    /// Few sockets ever have one.
    urgent: OnceLock<Box<Mutex<Lane>>>,
}

/// The completion port of a socket, and the key that its packets carry.
struct Binding {
    port: Arc<Port>,
    key: usize,
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
        Io {
            engine: OnceLock::new(),
            binding: OnceLock::new(),
            registering: Mutex::new(()),
            modes: AtomicU8::new(0),
            reuse: AtomicU8::new(Reuse::No as u8),
            awaits_room: AtomicBool::new(false),
            guesses: Guesses::default(),
            receive: Lane::new(),
            send: Lane::new(),
            urgent: OnceLock::new(),
        }
    }

    pub(crate) fn reuse(&self) -> Reuse {
        Reuse::ALL[usize::from(self.reuse.load(Relaxed))]
    }

    pub(crate) fn set_reuse(&self, reuse: Reuse) {
        self.reuse.store(reuse as u8, Relaxed);
    }

    fn lane(&self, direction: Direction) -> MutexGuard<'_, Lane> {
        match direction {
            Direction::Receive => &self.receive,
            Direction::Send => &self.send,
            Direction::Urgent => {
                let lane = &**self.urgent.get_or_init(|| Box::new(Lane::new()));
                // Either this thread sees that the socket is being closed, or who closes it sees the lane.
                fence(SeqCst);
                lane
            }
        }
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
    }

    /// The lane, if any operation has ever been in it.
    fn used_lane(&self, direction: Direction) -> Option<MutexGuard<'_, Lane>> {
        if direction == Direction::Urgent {
            fence(SeqCst);
            self.urgent.get()?;
        }
        Some(self.lane(direction))
    }
}

/// Starts an operation.
///
/// # Errors
/// What ended it at once: then nothing is delivered, now or later. `WSA_INVALID_HANDLE` if the operations of the socket
/// are those of a process that forked this one, `WSAENOTSOCK` if the socket is being closed, `WSAENOTCONN` if it is
/// being made good for another connection, `WSAENOBUFS` when [`MAX_OUTSTANDING`] are queued.
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
    let owner = operation.request.owner().unwrap_or(socket);
    operation.overlapped.begin();
    match &operation.indication {
        Indication::Event { event, .. } => event.reset(),
        Indication::Packet if !owner.io.is_bound() => owner.unsignal(),
        Indication::Packet | Indication::Nothing | Indication::Routine { .. } => {}
    }
    if owner.io.is_inherited() {
        return refuse(socket, operation, Error::WSA_INVALID_HANDLE);
    }
    ends_with_thread(owner);
    let direction = operation.request.direction();
    let mut lane = socket.io.lane(direction);
    if owner.is_closing() {
        drop(lane);
        return refuse(socket, operation, Error::WSAENOTSOCK);
    }
    if socket.io.reuse() == Reuse::Renewing {
        drop(lane);
        return refuse(socket, operation, Error::WSAENOTCONN);
    }
    // Registering tells the present state as an event: nothing that came meanwhile is lost.
    let engine = match socket.io.engine(socket, Some(owner).filter(|owner| !Arc::ptr_eq(owner, socket))) {
        Ok(engine) => engine,
        Err(error) => {
            drop(lane);
            return refuse(socket, operation, error);
        }
    };
    if lane.is_next()
        && let Some(Attempt::Done { outcome, .. }) = operation.request.reported(socket)
    {
        drop(lane);
        return ended_at_once(socket, operation, outcome);
    }
    if lane.is_next() && engine.attempts(socket, &operation, false) {
        // What a disconnect waits for may be there: data that nobody has received. And no event tells of a connection
        // that was deferred.
        lane.ready |= lane.first.is_some() || socket.has_deferred();
        while lane.ready || lane.insists {
            match attempt(socket, &mut operation) {
                Attempt::Done { outcome, more } => {
                    lane.ready = more;
                    let disconnects = lane.first.is_some();
                    drop(lane);
                    if direction == Direction::Send {
                        pass_report_on(socket);
                    }
                    let started = ended_at_once(socket, operation, outcome);
                    if disconnects {
                        // What took the last of it lets a disconnect go on.
                        on_ready(socket, direction, false);
                    }
                    return started;
                }
                Attempt::Again => {}
                Attempt::Moves { to, request } => {
                    let (to, direction) = go_on(operation, to, request);
                    drop(lane);
                    carry_on(&to, direction);
                    return Ok(Started::Pending);
                }
                Attempt::Blocked | Attempt::Parked => lane.wait_for_news(),
            }
        }
    }
    queue(socket, engine, lane, operation)
}

/// Puts an operation into its lane, where it waits or goes to the kernel.
fn queue(
    socket: &Arc<Socket>,
    engine: &Engine,
    mut lane: MutexGuard<'_, Lane>,
    operation: Operation,
) -> Result<Started, Error> {
    if lane.is_full() {
        drop(lane);
        return refuse(socket, operation, Error::WSAENOBUFS);
    }
    lane.push(operation);
    // With nothing to be found at once this only gives the first operation to the kernel, where that takes some.
    let mut progress = Progress::default();
    lane.advance(socket, engine, &mut progress);
    drop(lane);
    pass_on(socket, &mut progress);
    engine.flush_unless_driving();
    Ok(Started::Pending)
}

fn refuse(socket: &Arc<Socket>, mut operation: Operation, error: Error) -> Result<Started, Error> {
    operation.request.was_not_started(socket);
    Err(error)
}

/// What a request that was not started is told.
const NOT_STARTED: Outcome = Outcome { status: Status::INSUFFICIENT_RESOURCES, bytes: 0 };

impl Request {
    /// Gives back what it has claimed.
    pub(crate) fn was_not_started(&mut self, socket: &Arc<Socket>) {
        self.conclude(socket, NOT_STARTED);
    }
}

/// Delivers what has ended, and works on the lanes that operations went on to.
#[inline]
fn pass_on(socket: &Arc<Socket>, progress: &mut Progress) {
    if let Some((overlapped, outcome)) = progress.packet {
        deliver_packet(socket, overlapped, outcome, When::Later);
    }
    if progress.ended.is_some() || progress.more.is_some() {
        pass_on_rest(socket, progress);
    }
}

#[inline(never)]
fn pass_on_rest(socket: &Arc<Socket>, progress: &mut Progress) {
    if let Some((operation, outcome)) = progress.ended.take() {
        deliver(socket, operation, outcome);
    }
    if let Some(more) = progress.more.take() {
        deliver_all(socket, more.ended);
        for (to, direction) in more.moved {
            carry_on(&to, direction);
        }
    }
}

/// The engine's news: there is room to send.
pub(crate) fn on_room(socket: &Arc<Socket>) {
    if socket.io.awaits_room.load(SeqCst) {
        on_ready(socket, Direction::Send, false);
    } else {
        pass_report_on(socket);
    }
}

/// The engine's news: a direction of the socket is ready.
/// `insists`: a receive that leaves nothing behind is no sign that there is nothing.
pub(crate) fn on_ready(socket: &Arc<Socket>, direction: Direction, insists: bool) {
    let mut progress = Progress::default();
    {
        let Some(mut lane) = socket.io.used_lane(direction) else { return };
        lane.ready = true;
        lane.insists |= insists;
        if direction == Direction::Send {
            socket.io.awaits_room.store(false, SeqCst);
        }
        let Some((engine, _)) = socket.io.engine.get() else { return };
        lane.advance(socket, engine, &mut progress);
    }
    pass_on(socket, &mut progress);
    if direction == Direction::Send {
        pass_report_on(socket);
    }
}

/// The engine's news: the kernel has answered to the first operation of a direction.
/// `more`: it has left something behind.
pub(crate) fn on_completion(
    socket: &Arc<Socket>,
    direction: Direction,
    result: Result<usize, Errno>,
    more: bool,
) {
    let mut progress = Progress::default();
    {
        let mut lane = socket.io.lane(direction);
        lane.with_kernel = false;
        let operation = lane.first.as_mut().expect("what the kernel has stays in its lane");
        let empty = !more && !operation.polled;
        match operation.answered(socket, result) {
            Attempt::Done { outcome, more } => lane.end_first(outcome, more, &mut progress),
            Attempt::Again => lane.ready = true,
            Attempt::Blocked => lane.wait_for_news(),
            Attempt::Parked | Attempt::Moves { .. } => unreachable!("answers lead to neither"),
        }
        lane.empty = empty;
        let (engine, _) = socket.io.engine.get().expect("it has answered");
        lane.advance(socket, engine, &mut progress);
    }
    pass_on(socket, &mut progress);
    if direction == Direction::Send {
        pass_report_on(socket);
    }
}

/// Works on a lane that an operation has gone on to, and has it watched.
fn carry_on(socket: &Arc<Socket>, direction: Direction) {
    if socket.is_closing() {
        // It was closed while the operation was on its way here.
        withdraw_all(socket);
        return;
    }
    let owner = socket.io.lane(direction).first.as_ref().and_then(|first| first.request.owner().cloned());
    match socket.io.engine(socket, owner.as_ref()) {
        Ok(engine) => {
            on_ready(socket, direction, false);
            engine.flush_unless_driving();
        }
        Err(_) => {
            let mut failed = Vec::new();
            // Without an engine the kernel has none of them.
            socket.io.lane(direction).remove(|_| true, &mut failed);
            for (operation, _) in failed {
                deliver(socket, operation, NOT_STARTED);
            }
        }
    }
}

/// A plain call has received, or met the end of receiving: a disconnect that waits until all is received may go on.
pub(crate) fn have_received(socket: &Arc<Socket>) {
    if socket.io.reuse() == Reuse::Draining && !socket.io.is_inherited() {
        on_ready(socket, Direction::Receive, false);
    }
}

/// A connection was deferred: an `AcceptEx` may take it, though Linux knows nothing of it.
pub(crate) fn have_deferred(listener: &Arc<Socket>) {
    if listener.io.is_inherited() {
        return;
    }
    let Some((engine, _)) = listener.io.engine.get() else { return };
    {
        let lane = listener.io.lane(Direction::Receive);
        if lane.with_kernel {
            // What the kernel gives up goes on with an attempt.
            engine.cancel(listener, Direction::Receive);
            return;
        }
    }
    on_ready(listener, Direction::Receive, false);
}

/// The socket's descriptor is a new one: its lanes begin anew, and an engine that watched the old one watches it.
///
/// # Errors
/// `WSA_INVALID_HANDLE` if that engine is one of a process that forked this one, `WSAENOBUFS` when the system watches
/// too many already.
pub(crate) fn begin_anew(socket: &Arc<Socket>) -> Result<(), Error> {
    if socket.io.is_inherited() {
        return Err(Error::WSA_INVALID_HANDLE);
    }
    for direction in Direction::ALL {
        let Some(mut lane) = socket.io.used_lane(direction) else { continue };
        lane.ready = true;
        lane.insists = true;
        if let (true, Some(first)) = (lane.with_kernel, &mut lane.first) {
            first.outdated = true;
        }
    }
    match socket.io.engine.get() {
        Some((engine, registration)) => engine.register_again(socket, *registration),
        None => Ok(()),
    }
}

/// A send may have been told of an earlier datagram's fate: a receive that is under way ends with it.
pub(crate) fn pass_report_on(socket: &Arc<Socket>) {
    if !socket.has_report() || socket.io.is_inherited() {
        return;
    }
    let Some((engine, _)) = socket.io.engine.get() else { return };
    let mut progress = Progress::default();
    {
        let mut lane = socket.io.lane(Direction::Receive);
        if lane.with_kernel {
            // It is asked to end, and finds the report then.
            engine.cancel(socket, Direction::Receive);
        } else {
            lane.ready = true;
            lane.advance(socket, engine, &mut progress);
        }
    }
    pass_on(socket, &mut progress);
}

/// The socket is being closed: every operation is asked to end, and no other will start.
pub(crate) fn close(socket: &Arc<Socket>) {
    withdraw_accept(socket);
    withdraw_all(socket);
    if let Some((engine, registration)) = socket.io.engine.get() {
        engine.forget(*registration);
    }
}

/// The number of the calling thread, by which operations know who started them: its own among four billion.
pub(crate) fn this_thread() -> u32 {
    thread_local! {
        static THIS: u32 = {
            static NEXT: AtomicU32 = AtomicU32::new(1);
            NEXT.fetch_add(1, Relaxed)
        };
    }
    THIS.try_with(|this| *this).unwrap_or(0)
}

/// Operations without a port end with the thread that started them: the first of them makes sure of it.
fn ends_with_thread(socket: &Socket) {
    struct AtTheEnd(u32);
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            for handle in handles::live() {
                if let Ok(socket) = handles::socket(handle) {
                    let ends = |operation: &Operation| {
                        let owner = operation.request.owner().unwrap_or(&socket);
                        operation.thread == self.0 && !owner.io.is_bound()
                    };
                    withdraw(&socket, ends);
                    for lane in socket.changes.awaited() {
                        withdraw(&lane, ends);
                    }
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

/// Asks operations of the socket to end: those of one `OVERLAPPED`, of one thread, or all. Answers whether there was
/// one.
pub(crate) fn cancel(socket: &Arc<Socket>, overlapped: Option<usize>, thread: Option<u32>) -> bool {
    if is_idle_or_inherited(socket) {
        return false;
    }
    let wanted = |operation: &Operation| {
        operation.request.owner().is_none_or(|owner| Arc::ptr_eq(owner, socket))
            && overlapped.is_none_or(|one| operation.overlapped.address() == one)
            && thread.is_none_or(|thread| operation.thread == thread)
    };
    let mut any = withdraw(socket, wanted);
    for other in others(socket) {
        let is_own = |operation: &Operation| operation.request.owner().is_some() && wanted(operation);
        any |= withdraw_from(&other, Direction::Receive, is_own);
    }
    any
}

/// The sockets in whose lanes operations of this one may be: an accept that waits for its first data stands with the
/// connection, a wait for a change with its news.
fn others(socket: &Socket) -> Vec<Arc<Socket>> {
    let mut others = socket.extension.awaited();
    others.extend(socket.changes.awaited());
    others
}

/// The same for every operation that the socket has anything to do with.
fn withdraw_all(socket: &Arc<Socket>) {
    cancel(socket, None, None);
    withdraw(socket, |_| true);
}

/// Ends the `AcceptEx` that a socket was to take the connection of: it is being closed.
pub(crate) fn withdraw_accept(accepted: &Arc<Socket>) {
    if let Some(listener) = accepted.extension.listener() {
        withdraw_from(&listener, Direction::Receive, |operation| operation.request.accepts_for(accepted));
    }
}

fn withdraw(socket: &Arc<Socket>, wanted: impl Fn(&Operation) -> bool) -> bool {
    Direction::ALL.map(|direction| withdraw_from(socket, direction, &wanted)).contains(&true)
}

/// Takes operations out of a lane; the one that the kernel has is asked to end. Answers whether there was one.
fn withdraw_from(socket: &Arc<Socket>, direction: Direction, wanted: impl Fn(&Operation) -> bool) -> bool {
    if is_idle_or_inherited(socket) {
        return false;
    }
    let mut removed = Vec::new();
    let Some(mut lane) = socket.io.used_lane(direction) else { return false };
    let asked = lane.remove(wanted, &mut removed);
    if asked {
        let (engine, _) = socket.io.engine.get().expect("the kernel has an operation of it");
        engine.cancel(socket, direction);
    }
    drop(lane);
    let any = asked || !removed.is_empty();
    deliver_all(socket, removed);
    any
}

/// Asks the first operation of a direction, if there is one.
pub(crate) fn ask_first<T>(
    socket: &Socket,
    direction: Direction,
    ask: impl FnOnce(&Request) -> T,
) -> Option<T> {
    if is_idle_or_inherited(socket) {
        return None;
    }
    socket.io.lane(direction).first.as_ref().map(|first| ask(&first.request))
}

/// Whether no operation of this process is on a socket that came with a fork: it knows no engine, or one of the process
/// that forked. Its locks may be held by a thread that did not come along.
fn is_idle_or_inherited(socket: &Socket) -> bool {
    socket.io.is_inherited() || socket.is_inherited() && socket.io.engine.get().is_none()
}

impl Io {
    /// The engine that watches the socket: its port's, that of a socket it belongs to, or the process's own.
    fn engine(&self, socket: &Arc<Socket>, owner: Option<&Arc<Socket>>) -> Result<&Arc<Engine>, Error> {
        if let Some((engine, _)) = self.engine.get() {
            return Ok(engine);
        }
        // The first operation of the other direction may be doing the same at this moment.
        let _registering = self.registering.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((engine, _)) = self.engine.get() {
            return Ok(engine);
        }
        let engine = match (self.binding.get(), owner) {
            (Some(binding), _) => Arc::clone(binding.port.engine()?),
            (None, Some(owner)) if !Arc::ptr_eq(owner, socket) => Arc::clone(owner.io.engine(owner, None)?),
            (None, Some(_) | None) => Engine::global()?,
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

    /// Whether an engine may hold the socket's descriptor.
    pub(crate) fn is_in_use(&self) -> bool {
        self.engine.get().is_some()
    }

    /// Whether a port gets the outcomes.
    pub(crate) fn is_bound(&self) -> bool {
        self.binding.get().is_some()
    }

    fn post(&self, binding: &Binding, overlapped: Overlapped, outcome: Outcome, when: When) {
        if when == When::AtOnce && outcome.status == Status::SUCCESS && self.has_mode(SKIP_PORT_ON_SUCCESS) {
            return;
        }
        let packet = Packet {
            key: binding.key,
            overlapped: overlapped.address(),
            bytes: outcome.bytes as u32,
            status: outcome.status.0,
        };
        match when {
            When::AtOnce => binding.port.post_own(packet),
            When::Later => binding.port.post(packet),
        }
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
