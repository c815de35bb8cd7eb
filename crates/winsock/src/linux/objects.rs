//! What a HANDLE names: the objects behind the calls that take any handle, pseudo handles included.

use super::dispatcher::Waitable;
use super::event::Event;
use super::handles::{self, Object, Reference};
use super::mutex::Mutex;
use super::semaphore::Semaphore;
use super::socket;
use super::thread::{self, ThreadControl};
use super::timer::Timer;
use crate::error::Error;
use std::sync::Arc;

/// `GetCurrentProcess`.
pub(crate) const CURRENT_PROCESS: usize = -1isize as usize;
/// `GetCurrentThread`.
pub(crate) const CURRENT_THREAD: usize = -2isize as usize;

fn get(handle: usize) -> Result<Reference, Error> {
    handles::get(handle).ok_or(Error::WSA_INVALID_HANDLE)
}

/// Gives an object its handle.
///
/// # Errors
/// `WSA_NOT_ENOUGH_MEMORY` when the table of handles is full.
pub(crate) fn publish(object: Object) -> Result<usize, Error> {
    handles::insert(object).ok_or(Error::WSA_NOT_ENOUGH_MEMORY)
}

/// The object to wait for.
///
/// # Errors
/// `WSA_INVALID_HANDLE`.
pub(crate) fn waitable(handle: usize) -> Result<Waitable, Error> {
    match handle {
        CURRENT_PROCESS => return Ok(Waitable::Process),
        CURRENT_THREAD => return Ok(Waitable::Thread(thread::current())),
        _ => {}
    }
    Ok(match &*get(handle)? {
        Object::Socket(socket) => Waitable::Socket(socket.clone()),
        Object::Event(event) => Waitable::Event(event.clone()),
        Object::Thread(thread) => Waitable::Thread(thread.clone()),
        Object::Process => Waitable::Process,
        Object::Mutex(mutex) => Waitable::Mutex(mutex.clone()),
        Object::Semaphore(semaphore) => Waitable::Semaphore(semaphore.clone()),
        Object::Timer(timer) => Waitable::Timer(timer.clone()),
        // Nothing ever signals a port: who wants its packets takes them.
        Object::Port(_) => return Err(Error::WSA_INVALID_HANDLE),
        // A file's operations have ended when their calls return: there is nothing to wait for.
        Object::File(_) => return Err(Error::WSA_INVALID_HANDLE),
    })
}

/// What waits see of a handle, narrowed down to one kind.
fn of_kind<T>(handle: usize, kind: impl FnOnce(Waitable) -> Option<T>) -> Result<T, Error> {
    kind(waitable(handle)?).ok_or(Error::WSA_INVALID_HANDLE)
}

/// The event of a handle.
///
/// # Errors
/// `WSA_INVALID_HANDLE`, for other objects too.
pub(crate) fn event(handle: usize) -> Result<Arc<Event>, Error> {
    of_kind(handle, |object| if let Waitable::Event(event) = object { Some(event) } else { None })
}

/// The mutex of a handle.
///
/// # Errors
/// `WSA_INVALID_HANDLE`, for other objects too.
pub(crate) fn mutex(handle: usize) -> Result<Arc<Mutex>, Error> {
    of_kind(handle, |object| if let Waitable::Mutex(mutex) = object { Some(mutex) } else { None })
}

/// The semaphore of a handle.
///
/// # Errors
/// `WSA_INVALID_HANDLE`, for other objects too.
pub(crate) fn semaphore(handle: usize) -> Result<Arc<Semaphore>, Error> {
    of_kind(handle, |object| if let Waitable::Semaphore(semaphore) = object { Some(semaphore) } else { None })
}

/// The timer of a handle.
///
/// # Errors
/// `WSA_INVALID_HANDLE`, for other objects too.
pub(crate) fn timer(handle: usize) -> Result<Arc<Timer>, Error> {
    of_kind(handle, |object| if let Waitable::Timer(timer) = object { Some(timer) } else { None })
}

/// Signals the event, mutex or semaphore of a handle.
///
/// # Errors
/// `WSA_INVALID_HANDLE`, for other objects too; `ERROR_NOT_OWNER`, `ERROR_TOO_MANY_POSTS`.
pub(crate) fn signal(handle: usize) -> Result<(), Error> {
    match waitable(handle)? {
        Waitable::Event(event) => event.set(),
        Waitable::Mutex(mutex) => mutex.release()?,
        Waitable::Semaphore(semaphore) => drop(semaphore.release(1)?),
        Waitable::Thread(_) | Waitable::Socket(_) | Waitable::Process | Waitable::Timer(_) => {
            return Err(Error::WSA_INVALID_HANDLE);
        }
    }
    Ok(())
}

/// The thread of a handle.
///
/// # Errors
/// `WSA_INVALID_HANDLE`, for other objects too.
pub(crate) fn thread(handle: usize) -> Result<Arc<ThreadControl>, Error> {
    if handle == CURRENT_THREAD {
        return Ok(thread::current());
    }
    match &*get(handle)? {
        Object::Thread(thread) => Ok(thread.clone()),
        Object::Socket(_)
        | Object::Event(_)
        | Object::Process
        | Object::Port(_)
        | Object::File(_)
        | Object::Mutex(_)
        | Object::Semaphore(_)
        | Object::Timer(_) => Err(Error::WSA_INVALID_HANDLE),
    }
}

/// Makes sure that a handle names this process.
///
/// # Errors
/// `WSA_INVALID_HANDLE`, for other objects too.
pub(crate) fn process(handle: usize) -> Result<(), Error> {
    if handle == CURRENT_PROCESS {
        return Ok(());
    }
    match &*get(handle)? {
        Object::Process => Ok(()),
        Object::Socket(_)
        | Object::Event(_)
        | Object::Thread(_)
        | Object::Port(_)
        | Object::File(_)
        | Object::Mutex(_)
        | Object::Semaphore(_)
        | Object::Timer(_) => Err(Error::WSA_INVALID_HANDLE),
    }
}

/// `CloseHandle`: the handle is stale from now on; the object ends with its last handle and last user.
///
/// # Errors
/// `WSA_INVALID_HANDLE`.
pub(crate) fn close(handle: usize) -> Result<(), Error> {
    if matches!(handle, CURRENT_PROCESS | CURRENT_THREAD) {
        return Ok(());
    }
    let is_socket = match &*get(handle)? {
        Object::Socket(_) => true,
        Object::Event(_)
        | Object::Thread(_)
        | Object::Process
        | Object::Port(_)
        | Object::File(_)
        | Object::Mutex(_)
        | Object::Semaphore(_)
        | Object::Timer(_) => false,
    };
    if is_socket {
        return socket::close(handle).map_err(|_| Error::WSA_INVALID_HANDLE);
    }
    match &*handles::remove(handle).ok_or(Error::WSA_INVALID_HANDLE)? {
        Object::Port(port) => port.close(),
        Object::Socket(_)
        | Object::Event(_)
        | Object::Thread(_)
        | Object::Process
        | Object::File(_)
        | Object::Mutex(_)
        | Object::Semaphore(_)
        | Object::Timer(_) => {}
    }
    Ok(())
}

/// `WSACloseEvent`: the same for events alone.
///
/// # Errors
/// `WSA_INVALID_HANDLE`, for other objects too.
pub(crate) fn close_event(handle: usize) -> Result<(), Error> {
    event(handle)?;
    close(handle)
}

/// `DuplicateHandle`: another handle of the same object; a pseudo handle becomes a real one.
///
/// # Errors
/// `WSA_INVALID_HANDLE`, `ERROR_NOT_SUPPORTED` for a socket, `WSA_NOT_ENOUGH_MEMORY`.
pub(crate) fn duplicate(handle: usize) -> Result<usize, Error> {
    publish(match waitable(handle)? {
        // A socket ends with `closesocket`, not with its last handle.
        Waitable::Socket(_) => return Err(Error::ERROR_NOT_SUPPORTED),
        Waitable::Event(event) => Object::Event(event),
        Waitable::Thread(thread) => Object::Thread(thread),
        Waitable::Process => Object::Process,
        Waitable::Mutex(mutex) => Object::Mutex(mutex),
        Waitable::Semaphore(semaphore) => Object::Semaphore(semaphore),
        Waitable::Timer(timer) => Object::Timer(timer),
    })
}
