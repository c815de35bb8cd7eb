//! Network events: what happens to sockets, recorded and told as `WSAEventSelect` and `WSAAsyncSelect` promise.
//!
//! A socket has one selection or none. Whatever may make a selected event happen leads to a look at the socket: the
//! selection itself, the calls that enable events again, the ends of overlapped operations, and the news of a thread
//! that watches all sockets with a selection. What the look finds is recorded and told under the lock of the
//! selection, so that a program that takes the record and resets the event does both in one step.
//!
//! A socket without a selection costs its calls one load of a flag, and a program without one has no such thread.
//! Locks: a selection's comes before those of its socket. It is not held across a call that may wait.

mod condition;
mod record;
mod watcher;

use super::change::Change;
use super::event::Event;
use super::handles;
use super::socket::{self, Socket};
use super::window;
use crate::error::Error;
use record::Record;
use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use watcher::Watcher;

pub(crate) use record::{Events, Recorded};

/// The locks of the whole process, for a fork.
pub(super) fn hold() -> impl Any {
    watcher::hold()
}

/// What a socket has for network events.
pub(crate) struct NetworkEvents {
    /// Whether there is a selection: what calls ask first.
    selected: AtomicBool,
    selection: OnceLock<Arc<Selection>>,
    /// Calls under way that may meet the end of the connection.
    calls: AtomicU32,
    /// A look has left the end of the connection to the end of such a call.
    put_off: AtomicBool,
    /// The socket's first handle.
    handle: AtomicUsize,
}

impl NetworkEvents {
    pub(crate) const fn new() -> NetworkEvents {
        NetworkEvents {
            selected: AtomicBool::new(false),
            selection: OnceLock::new(),
            calls: AtomicU32::new(0),
            put_off: AtomicBool::new(false),
            handle: AtomicUsize::new(0),
        }
    }

    /// The socket has been given a handle. The first counts.
    pub(super) fn set_handle(&self, handle: usize) {
        let _ = self.handle.compare_exchange(0, handle, Relaxed, Relaxed);
    }

    /// Whether a call is under way. If so there is a look at the end of it.
    fn is_in_call(&self) -> bool {
        // Either this sees the end of the call, or the call sees that a look was put off.
        self.put_off.store(true, SeqCst);
        let in_call = self.calls.load(SeqCst) > 0;
        if !in_call {
            self.put_off.store(false, SeqCst);
        }
        in_call
    }

    /// The selection, if there is one and it is not that of a process that forked this one.
    fn get(&self) -> Option<&Arc<Selection>> {
        if !self.selected.load(Relaxed) {
            return None;
        }
        self.selection.get().filter(|selection| !selection.is_inherited())
    }

    fn get_or_make(&self) -> Result<&Arc<Selection>, Error> {
        if let Some(selection) = self.selection.get() {
            return Ok(selection);
        }
        let watcher = Watcher::get()?;
        Ok(self.selection.get_or_init(|| {
            Arc::new(Selection { watcher, number: AtomicUsize::new(0), state: Mutex::new(State::None) })
        }))
    }
}

/// Who is told.
#[derive(Clone)]
pub(crate) enum Sink {
    /// The event is set, and the record kept until somebody takes it.
    Event(Arc<Event>),
    /// Each event is a message to the window; there is no record.
    Window { window: usize, message: u32 },
}

/// What a socket is selected for.
enum State {
    None,
    Selected(Selected),
}

struct Selected {
    socket: Weak<Socket>,
    /// What messages call it.
    handle: usize,
    sink: Sink,
    record: Record,
}

/// The selection of one socket, past and present: once made it stays.
struct Selection {
    watcher: Arc<Watcher>,
    /// What the watcher knows it by; 0 before the first time.
    number: AtomicUsize,
    state: Mutex<State>,
}

impl Selection {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is that of a process that forked this one: its lock may be held by a thread that is not here.
    fn is_inherited(&self) -> bool {
        self.watcher.is_inherited()
    }

    /// The watcher's news. When the lock is released nothing here holds the socket any more.
    fn look(&self) {
        if let State::Selected(selected) = &mut *self.lock()
            && let Some(socket) = selected.socket.upgrade()
        {
            selected.look(&socket);
        }
    }

    /// Has the socket watched. The state is locked.
    fn watch(self: &Arc<Selection>, socket: &Socket) -> Result<(), Error> {
        let number = match self.number.load(Relaxed) {
            0 => {
                let number = watcher::enter(self).ok_or(Error::WSAENOBUFS)?;
                self.number.store(number, Release);
                number
            }
            number => number,
        };
        self.watcher.watch(socket, number)
    }

    /// Has the changes watched that the socket has asked for. The state is locked.
    fn watch_changes(&self, socket: &Socket) -> Result<(), Error> {
        let number = self.number.load(Relaxed);
        socket.changes.each(|news| self.watcher.watch_news(news, number))
    }
}

impl Selected {
    /// Records and tells what holds now, of what is awaited.
    fn look(&mut self, socket: &Socket) {
        /// A connection comes before what can be done with it, and its end last.
        const ORDER: [Events; 6] = [
            Events::CONNECT,
            Events::ACCEPT,
            Events::OUT_OF_BAND,
            Events::READ,
            Events::WRITE,
            Events::CLOSE,
        ];
        if self.record.awaited().is_empty() || socket.is_closing() {
            return;
        }
        for change in Change::ALL {
            if socket.changes.has_come(change) && self.happen(Events::of_change(change), 0) {
                socket.changes.told(change);
            }
        }
        let condition = condition::of(socket);
        for event in ORDER {
            if condition.events.contains(event) {
                self.happen(event, condition.error(event));
            }
        }
    }

    /// One event happens. Answers whether that was told.
    fn happen(&mut self, event: Events, error: i32) -> bool {
        if !self.record.happen(event, error) {
            return false;
        }
        match &self.sink {
            Sink::Event(event) => event.set(),
            Sink::Window { window, message } => {
                self.record.clear();
                let lparam = (error << 16 | event.to_winsock()) as isize;
                if window::post(*window, *message, self.handle, lparam).is_err() {
                    // The queue is full, or the window gone: the next look tries again.
                    self.record.enable(event);
                    return false;
                }
            }
        }
        true
    }
}

/// `WSAEventSelect` and `WSAAsyncSelect` with events: replaces the selection before it, and tells what holds already.
/// The socket is non-blocking from now on. Messages name it by the handle.
///
/// # Errors
/// `WSA_INVALID_HANDLE` for a socket with a selection of the process that forked this one, `WSAEMFILE`, `WSAENOBUFS`,
/// `WSAENOTSOCK` for a socket that is being closed.
pub(crate) fn select(socket: &Arc<Socket>, handle: usize, events: Events, sink: Sink) -> Result<(), Error> {
    begin(socket, handle, Record::new(events, Events::NONE), sink)
}

fn begin(socket: &Arc<Socket>, handle: usize, record: Record, sink: Sink) -> Result<(), Error> {
    let selection = socket.network_events.get_or_make()?;
    if selection.is_inherited() {
        return Err(Error::WSA_INVALID_HANDLE);
    }
    let mut state = selection.lock();
    if socket.is_closing() {
        return Err(Error::WSAENOTSOCK);
    }
    selection.watch(socket)?;
    socket.set_nonblocking(true);
    let mut selected = Selected { socket: Arc::downgrade(socket), handle, sink, record };
    socket.network_events.selected.store(true, Release);
    // What is asked for from here on finds the selection.
    selection.watch_changes(socket)?;
    selected.look(socket);
    *state = State::Selected(selected);
    Ok(())
}

/// The same without events: nothing is recorded or told any more. The socket is non-blocking from now on.
pub(crate) fn deselect(socket: &Socket) {
    socket.set_nonblocking(true);
    match socket.network_events.get() {
        Some(selection) => {
            let mut state = selection.lock();
            *state = State::None;
            socket.network_events.selected.store(false, Release);
            selection.watcher.leave(socket);
        }
        None => socket.network_events.selected.store(false, Release),
    }
}

/// `closesocket`: no news of the socket is under way any more when this returns.
pub(super) fn close(socket: &Socket) {
    let Some(selection) = socket.network_events.selection.get().filter(|one| !one.is_inherited()) else {
        return;
    };
    let mut state = selection.lock();
    *state = State::None;
    selection.watcher.leave(socket);
    let number = selection.number.swap(0, AcqRel);
    drop(state);
    watcher::forget(number);
}

/// `WSAEnumNetworkEvents`: takes what was recorded, and resets the event in the same step.
///
/// # Errors
/// Those of `write`, which takes what was recorded to the program: then nothing is cleared or reset.
pub(crate) fn take(
    socket: &Socket,
    event: Option<&Event>,
    write: impl FnOnce(&Recorded) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut state = socket.network_events.get().map(|selection| selection.lock());
    let record = match state.as_deref_mut() {
        Some(State::Selected(selected)) => Some(&mut selected.record),
        Some(State::None) | None => None,
    };
    write(record.as_ref().map_or(&Recorded::NOTHING, |record| record.recorded()))?;
    if let Some(record) = record {
        record.clear();
    }
    if let Some(event) = event {
        event.reset();
    }
    Ok(())
}

/// `FIONBIO`.
///
/// # Errors
/// `WSAEINVAL` for the blocking mode while the socket has a selection.
pub(crate) fn set_mode(socket: &Socket, nonblocking: bool) -> Result<(), Error> {
    if !nonblocking && socket.network_events.get().is_some() {
        return Err(Error::WSAEINVAL);
    }
    socket.set_nonblocking(nonblocking);
    Ok(())
}

/// A call that enables events again, or may meet the end of the connection. Its events are enabled when this is
/// dropped, however the call has ended.
pub(crate) struct Call<'a> {
    /// Only if it has a selection: else the call costs one load.
    socket: Option<&'a Socket>,
    enables: Events,
}

impl<'a> Call<'a> {
    #[inline]
    fn new(socket: &'a Socket, enables: Events) -> Call<'a> {
        let selected = socket.network_events.selected.load(Relaxed);
        if selected {
            socket.network_events.calls.fetch_add(1, SeqCst);
        }
        Call { socket: selected.then_some(socket), enables }
    }

    /// A call that receives.
    #[inline]
    pub(crate) fn receiving(socket: &Socket) -> Call<'_> {
        Call::new(socket, Events::OF_RECEIVING)
    }

    /// A call that accepts.
    #[inline]
    pub(crate) fn accepting(listener: &Socket) -> Call<'_> {
        Call::new(listener, Events::ACCEPT)
    }

    /// A call that enables nothing.
    #[inline]
    pub(crate) fn other(socket: &Socket) -> Call<'_> {
        Call::new(socket, Events::NONE)
    }

    /// It enables nothing after all.
    pub(crate) fn enables_nothing(&mut self) {
        self.enables = Events::NONE;
    }
}

impl Drop for Call<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(socket) = self.socket {
            socket.network_events.calls.fetch_sub(1, SeqCst);
            if socket.network_events.put_off.swap(false, SeqCst) || !self.enables.is_empty() {
                enable_selected(socket, self.enables);
            }
        }
    }
}

/// A send has found no room, or none for all of its data.
pub(super) fn lack_room(socket: &Socket) {
    enable(socket, Events::WRITE);
}

/// Something has changed that no call of the program shows.
#[inline]
pub(super) fn look_again(socket: &Socket) {
    enable(socket, Events::NONE);
}

/// The socket has been given a connection.
pub(super) fn accepted(socket: &Socket) {
    enable(socket, Events::OF_CONNECTING.without(Events::CONNECT));
}

#[inline]
fn enable(socket: &Socket, events: Events) {
    if socket.network_events.selected.load(Relaxed) {
        enable_selected(socket, events);
    }
}

#[cold]
fn enable_selected(socket: &Socket, events: Events) {
    let Some(selection) = socket.network_events.get() else { return };
    match &mut *selection.lock() {
        State::Selected(selected) => {
            selected.record.enable(events);
            selected.look(socket);
        }
        State::None => {}
    }
}

/// A change of the machine's is asked for: it may happen from now on, once.
///
/// # Errors
/// `WSAEOPNOTSUPP` for a family without interfaces, `WSAEMFILE`, `WSAENOBUFS`.
pub(crate) fn ask_for_change(socket: &Socket, change: Change) -> Result<(), Error> {
    socket.changes.ask(change, socket.family)?;
    let Some(selection) = socket.network_events.get() else { return Ok(()) };
    match &mut *selection.lock() {
        State::Selected(selected) => {
            selected.record.enable(Events::of_change(change));
            selection.watch_changes(socket)?;
            selected.look(socket);
        }
        State::None => {}
    }
    Ok(())
}

/// Begins a connection; once it has begun, its events may happen.
///
/// # Errors
/// Those of `begin`: then nothing has changed.
pub(crate) fn connecting<T>(socket: &Socket, begin: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    unseen(socket, Events::OF_CONNECTING, begin)
}

/// Changes a socket in more than one step, with no look in between. After a success the events are enabled.
///
/// # Errors
/// Those of `change`.
pub(super) fn unseen<T>(
    socket: &Socket,
    events: Events,
    change: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let Some(selection) = socket.network_events.get() else { return change() };
    let mut state = selection.lock();
    let changed = change()?;
    match &mut *state {
        State::Selected(selected) => {
            selected.record.enable(events);
            selected.look(socket);
        }
        State::None => {}
    }
    Ok(changed)
}

/// The descriptor names another file now, which is to be watched. Locks of the socket may be held.
///
/// # Errors
/// `WSAENOBUFS` when the system watches too many already.
pub(super) fn begin_anew(socket: &Socket) -> Result<(), Error> {
    let Some(selection) = socket.network_events.get() else { return Ok(()) };
    match selection.number.load(Acquire) {
        // It is being closed.
        0 => Ok(()),
        number => selection.watcher.watch(socket, number),
    }
}

/// Gives an accepted socket its handle, and the selection of its listener.
///
/// # Errors
/// `WSAEMFILE`, `WSAENOBUFS`: then the connection is closed.
pub(crate) fn publish_accepted(listener: &Socket, accepted: Socket) -> Result<usize, Error> {
    let accepted = Arc::new(accepted);
    let handle = socket::publish(Arc::clone(&accepted))?;
    inherit(&accepted, listener).inspect_err(|_| {
        let _ = socket::close(handle);
    })?;
    Ok(handle)
}

/// A socket that was accepted has the selection of its listener, unless it has one of its own. Nobody has connected it.
///
/// # Errors
/// As [`select`].
pub(super) fn inherit(accepted: &Socket, listener: &Socket) -> Result<(), Error> {
    if accepted.network_events.get().is_some() {
        return Ok(());
    }
    let Some(selection) = listener.network_events.get() else { return Ok(()) };
    let (events, sink) = match &*selection.lock() {
        State::Selected(selected) => (selected.record.selected(), selected.sink.clone()),
        State::None => return Ok(()),
    };
    let handle = accepted.network_events.handle.load(Relaxed);
    begin(&*handles::socket(handle)?, handle, Record::new(events, Events::CONNECT), sink)
}
