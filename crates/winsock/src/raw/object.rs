//! The raw calls on events, ports and whatever else is a `HANDLE`, and waiting, one safe function for each.
//!
//! As in `raw.rs` nothing is decided here. Every handle is checked by the calls themselves, and every address of an
//! `OVERLAPPED` is only passed on or compared, so the functions are safe for any value.
#![allow(unsafe_code, reason = "the raw API is unsafe; this is the module that calls it")]

use std::ptr::{null, null_mut};
use std::time::Duration;

use super::last_error;
use crate::win32::{self, HANDLE, SOCKET, WSAEVENT};
use crate::{Error, Event, Waitable};

/// An open handle of this program, which it closes when dropped. Kept as a number: threads share it.
#[derive(Debug)]
pub(crate) struct Handle(usize);

impl Handle {
    fn new(handle: HANDLE) -> Result<Handle, Error> {
        if handle.is_null() { Err(last_error()) } else { Ok(Handle(handle.expose_provenance())) }
    }

    pub(crate) fn get(&self) -> HANDLE {
        std::ptr::with_exposed_provenance_mut(self.0)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: no memory is passed.
        unsafe { win32::CloseHandle(self.get()) };
    }
}

/// The result of a call that answers FALSE on failure.
fn check_bool(result: win32::BOOL) -> Result<(), Error> {
    if result == win32::FALSE { Err(last_error()) } else { Ok(()) }
}

/// A time-out in milliseconds, rounded up so that nobody wakes too early and spins.
pub(crate) fn milliseconds(timeout: Option<Duration>) -> u32 {
    timeout.map_or(win32::INFINITE, |time| {
        let rounded = time.as_nanos().div_ceil(1_000_000);
        u32::try_from(rounded).unwrap_or(win32::INFINITE).min(win32::INFINITE - 1)
    })
}

/// `CreateEventW`, without a name.
pub(crate) fn create_event(manual: bool, signalled: bool) -> Result<Handle, Error> {
    // SAFETY: neither attributes nor a name are passed.
    Handle::new(unsafe { win32::CreateEventW(null(), manual.into(), signalled.into(), null()) })
}

/// An event as Winsock takes it; none is NULL.
pub(crate) fn wsa_event(event: Option<&Event>) -> WSAEVENT {
    event.map_or(0, |event| event.as_raw().expose_provenance() as WSAEVENT)
}

/// `SetEvent`.
pub(crate) fn set_event(event: &Handle) -> Result<(), Error> {
    // SAFETY: no memory is passed.
    check_bool(unsafe { win32::SetEvent(event.get()) })
}

/// `ResetEvent`.
pub(crate) fn reset_event(event: &Handle) -> Result<(), Error> {
    // SAFETY: no memory is passed.
    check_bool(unsafe { win32::ResetEvent(event.get()) })
}

/// `WaitForMultipleObjects`: the place of the object that ended the wait.
pub(crate) fn wait(objects: &[HANDLE], all: bool, timeout: Option<Duration>) -> Result<Option<usize>, Error> {
    let count = u32::try_from(objects.len()).unwrap_or(u32::MAX);
    let milliseconds = milliseconds(timeout);
    // SAFETY: the slice has as many readable handles.
    match unsafe { win32::WaitForMultipleObjects(count, objects.as_ptr(), all.into(), milliseconds) } {
        win32::WAIT_FAILED => Err(last_error()),
        win32::WAIT_TIMEOUT => Ok(None),
        place => Ok(Some((place - win32::WAIT_OBJECT_0) as usize)),
    }
}

/// `SleepEx`, alertable: whether procedure calls ended it.
pub(crate) fn sleep_alertable(timeout: Option<Duration>) -> bool {
    // SAFETY: no memory is passed.
    unsafe { win32::SleepEx(milliseconds(timeout), win32::TRUE) == win32::WAIT_IO_COMPLETION }
}

/// `CreateIoCompletionPort`, which makes a port.
pub(crate) fn create_port(concurrency: u32) -> Result<Handle, Error> {
    const NO_FILE: HANDLE = win32::INVALID_HANDLE_VALUE;
    // SAFETY: no memory is passed.
    Handle::new(unsafe { win32::CreateIoCompletionPort(NO_FILE, null_mut(), 0, concurrency) })
}

/// `CreateIoCompletionPort`, which associates a socket.
pub(crate) fn associate(port: &Handle, s: SOCKET, key: usize) -> Result<(), Error> {
    let file = std::ptr::with_exposed_provenance_mut(s);
    // SAFETY: no memory is passed.
    let associated = unsafe { win32::CreateIoCompletionPort(file, port.get(), key, 0) };
    if associated.is_null() { Err(last_error()) } else { Ok(()) }
}

/// `PostQueuedCompletionStatus`. The address is passed on, never followed.
pub(crate) fn post(port: &Handle, key: usize, address: usize) -> Result<(), Error> {
    // SAFETY: no memory is passed.
    check_bool(unsafe {
        win32::PostQueuedCompletionStatus(port.get(), 0, key, std::ptr::without_provenance(address))
    })
}

/// The key of a packet, and the address of its `OVERLAPPED`.
pub(crate) type Packet = (usize, usize);

/// `GetQueuedCompletionStatus`: a packet, whether its operation failed or not.
pub(crate) fn take_packet(port: &Handle, timeout: Option<Duration>) -> Result<Packet, Error> {
    let (mut bytes, mut key, mut overlapped) = (0, 0, null_mut());
    let (port, milliseconds) = (port.get(), milliseconds(timeout));
    let results = (&raw mut bytes, &raw mut key, &raw mut overlapped);
    // SAFETY: the three results are ours.
    let taken = check_bool(unsafe {
        win32::GetQueuedCompletionStatus(port, results.0, results.1, results.2, milliseconds)
    });
    match taken {
        Err(error) if overlapped.is_null() => Err(error),
        Ok(()) | Err(_) => Ok((key, overlapped.addr())),
    }
}

/// `GetQueuedCompletionStatusEx`: passes on as many packets as there are, up to `max`, of which it takes no more than 64.
pub(crate) fn take_packets(
    port: &Handle,
    max: usize,
    timeout: Option<Duration>,
    take: impl FnMut(Packet),
) -> Result<(), Error> {
    const ROOM: usize = 64;
    let mut entries = [win32::OVERLAPPED_ENTRY::default(); ROOM];
    let mut taken = 0;
    let (first, max, count) = (entries.as_mut_ptr(), max.min(ROOM) as u32, &raw mut taken);
    let (port, milliseconds) = (port.get(), milliseconds(timeout));
    // SAFETY: there is room for `max` entries, and the count is ours.
    check_bool(unsafe {
        win32::GetQueuedCompletionStatusEx(port, first, max, count, milliseconds, win32::FALSE)
    })?;
    let packet = |entry: &win32::OVERLAPPED_ENTRY| (entry.lpCompletionKey, entry.lpOverlapped.addr());
    entries[..taken as usize].iter().map(packet).for_each(take);
    Ok(())
}

/// `CancelIoEx` for the operation of one `OVERLAPPED`, or for all. The address is compared, never followed.
pub(crate) fn cancel(s: SOCKET, address: Option<usize>) -> Result<(), Error> {
    let file = std::ptr::with_exposed_provenance_mut(s);
    let overlapped = std::ptr::without_provenance(address.unwrap_or(0));
    // SAFETY: no memory is passed.
    check_bool(unsafe { win32::CancelIoEx(file, overlapped) })
}
