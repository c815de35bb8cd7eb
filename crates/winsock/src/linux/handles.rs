//! Every SOCKET and HANDLE of the process, in one table.
//!
//! Owns what a handle can name. How values are made and objects kept is the table's.

use super::event::Event;
use super::file::File;
use super::mutex::Mutex;
use super::port::Port;
use super::semaphore::Semaphore;
use super::socket::Socket;
use super::table::{self, MAX_CHUNKS, Table};
use super::thread::ThreadControl;
use super::timer::Timer;
use crate::error::Error;
use std::any::Any;
use std::ops::Deref;
use std::sync::Arc;

/// What a handle can name.
pub(crate) enum Object {
    /// A `SOCKET`.
    Socket(Arc<Socket>),
    /// An event.
    Event(Arc<Event>),
    /// A thread, running or ended.
    Thread(Arc<ThreadControl>),
    /// This process.
    Process,
    /// A completion port.
    Port(Arc<Port>),
    /// An open file.
    File(Arc<File>),
    /// A mutex.
    Mutex(Arc<Mutex>),
    /// A semaphore.
    Semaphore(Arc<Semaphore>),
    /// A waitable timer.
    Timer(Arc<Timer>),
}

static TABLE: Table<Object, MAX_CHUNKS> = Table::new();

/// A look-up that found an object.
pub(crate) type Reference = table::Reference<'static, Object>;

/// Gives an object its handle. `None` when the table is full.
pub(crate) fn insert(object: Object) -> Option<usize> {
    TABLE.insert(object)
}

/// The object of a handle. `None` for a stale or invented value.
pub(crate) fn get(handle: usize) -> Option<Reference> {
    TABLE.get(handle)
}

/// Makes a handle stale and gives its object for closing. Exactly one of several concurrent callers gets it.
pub(crate) fn remove(handle: usize) -> Option<Reference> {
    TABLE.remove(handle)
}

/// Every handle that is live now, for `WSACleanup`.
pub(crate) fn live() -> Vec<usize> {
    TABLE.live()
}

/// The lock of new and freed handles, for a fork.
pub(super) fn hold() -> impl Any {
    TABLE.hold()
}

/// A look-up that found a socket.
pub(crate) struct SocketReference(Reference);

/// The socket of a handle.
///
/// # Errors
/// `WSAENOTSOCK` for a stale or invented value, and for a handle of another kind.
#[inline]
pub(crate) fn socket(handle: usize) -> Result<SocketReference, Error> {
    match get(handle) {
        Some(reference) => match *reference {
            Object::Socket(_) => Ok(SocketReference(reference)),
            Object::Event(_)
            | Object::Thread(_)
            | Object::Process
            | Object::Port(_)
            | Object::File(_)
            | Object::Mutex(_)
            | Object::Semaphore(_)
            | Object::Timer(_) => Err(Error::WSAENOTSOCK),
        },
        None => Err(Error::WSAENOTSOCK),
    }
}

impl Deref for SocketReference {
    type Target = Arc<Socket>;

    fn deref(&self) -> &Arc<Socket> {
        match &*self.0 {
            Object::Socket(socket) => socket,
            Object::Event(_)
            | Object::Thread(_)
            | Object::Process
            | Object::Port(_)
            | Object::File(_)
            | Object::Mutex(_)
            | Object::Semaphore(_)
            | Object::Timer(_) => {
                unreachable!("the look-up saw a socket")
            }
        }
    }
}

/// The port of a handle.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for a stale or invented value, for a handle of another kind, and for a port that was made
/// before a fork.
#[inline]
pub(crate) fn port(handle: usize) -> Result<PortReference, Error> {
    let reference = get(handle).ok_or(Error::WSA_INVALID_HANDLE)?;
    match &*reference {
        Object::Port(port) if !port.is_inherited() => Ok(PortReference(reference)),
        Object::Port(_)
        | Object::Socket(_)
        | Object::Event(_)
        | Object::Thread(_)
        | Object::Process
        | Object::File(_)
        | Object::Mutex(_)
        | Object::Semaphore(_)
        | Object::Timer(_) => Err(Error::WSA_INVALID_HANDLE),
    }
}

/// A look-up that found a port.
pub(crate) struct PortReference(Reference);

impl Deref for PortReference {
    type Target = Arc<Port>;

    fn deref(&self) -> &Arc<Port> {
        match &*self.0 {
            Object::Port(port) => port,
            Object::Socket(_)
            | Object::Event(_)
            | Object::Thread(_)
            | Object::Process
            | Object::File(_)
            | Object::Mutex(_)
            | Object::Semaphore(_)
            | Object::Timer(_) => unreachable!("the look-up saw a port"),
        }
    }
}

/// The file of a handle.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for a stale or invented value, and for a handle of another kind.
pub(crate) fn file(handle: usize) -> Result<Arc<File>, Error> {
    match get(handle).as_deref() {
        Some(Object::File(file)) => Ok(Arc::clone(file)),
        Some(
            Object::Socket(_)
            | Object::Event(_)
            | Object::Thread(_)
            | Object::Process
            | Object::Port(_)
            | Object::Mutex(_)
            | Object::Semaphore(_)
            | Object::Timer(_),
        )
        | None => Err(Error::WSA_INVALID_HANDLE),
    }
}
