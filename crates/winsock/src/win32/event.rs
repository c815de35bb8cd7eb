//! Events: Win32's, and the same objects under Winsock's names.
//!
//! `WSACreateEvent`, `CreateEvent` and the rest make and take the same handles.
#![allow(unsafe_code, reason = "the signatures are Win32's and Winsock's")]

use super::named::Text;
use super::{
    BOOL, CREATE_EVENT, CREATE_EVENT_INITIAL_SET, CREATE_EVENT_MANUAL_RESET, FALSE, HANDLE, PCSTR, PCWSTR,
    SECURITY_ATTRIBUTES, SYNCHRONIZATION_ACCESS_RIGHTS, TRUE, WSA_INVALID_EVENT, WSAEVENT, boundary, named,
};
use crate::error::Error;
use crate::linux::event::{Event, Reset};
use crate::linux::handles::Object;
use crate::linux::objects;
use std::ptr::null_mut;

/// `CreateEventW`: makes an event, or opens the one of this name; then the last error is `ERROR_ALREADY_EXISTS`, and
/// the other arguments count for nothing. A new event leaves `ERROR_SUCCESS`.
///
/// A manual-reset event stays signalled until [`ResetEvent`]; any other until one wait takes it.
///
/// Microsoft's page: `synchapi/nf-synchapi-createeventw`.
///
/// *On Linux*: names are this process's own, in the namespaces `Local\` (as without a prefix) and `Global\`. Security
/// attributes count for nothing.
///
/// # Errors
/// `ERROR_FILENAME_EXCED_RANGE` for a name of more than 260 characters, `ERROR_PATH_NOT_FOUND` for another `\` in it,
/// `ERROR_INVALID_HANDLE` if an object of another kind has the name, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// `lpname` is NULL or names UTF-16 that ends with 0.
pub unsafe extern "system" fn CreateEventW(
    _lpeventattributes: *const SECURITY_ATTRIBUTES,
    bmanualreset: BOOL,
    binitialstate: BOOL,
    lpname: PCWSTR,
) -> HANDLE {
    boundary::create(null_mut(), || {
        // SAFETY: the caller's promise.
        let name = unsafe { named::wide(lpname) };
        create(name, bmanualreset != FALSE, binitialstate != FALSE)
    })
}

/// `CreateEventA`: [`CreateEventW`] with a name in UTF-8.
///
/// Microsoft's page: `synchapi/nf-synchapi-createeventa`.
///
/// # Errors
/// As [`CreateEventW`].
///
/// # Safety
/// `lpname` is NULL or names a text that ends with 0.
pub unsafe extern "system" fn CreateEventA(
    _lpeventattributes: *const SECURITY_ATTRIBUTES,
    bmanualreset: BOOL,
    binitialstate: BOOL,
    lpname: PCSTR,
) -> HANDLE {
    boundary::create(null_mut(), || {
        // SAFETY: the caller's promise.
        let name = unsafe { named::narrow(lpname) };
        create(name, bmanualreset != FALSE, binitialstate != FALSE)
    })
}

/// `CreateEventExW`: [`CreateEventW`] with `CREATE_EVENT_MANUAL_RESET` and `CREATE_EVENT_INITIAL_SET`.
///
/// Microsoft's page: `synchapi/nf-synchapi-createeventexw`.
///
/// *On Linux*: as [`CreateEventW`]; every handle has all access rights.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for unknown flags; then as [`CreateEventW`].
///
/// # Safety
/// As [`CreateEventW`].
pub unsafe extern "system" fn CreateEventExW(
    _lpeventattributes: *const SECURITY_ATTRIBUTES,
    lpname: PCWSTR,
    dwflags: CREATE_EVENT,
    _dwdesiredaccess: u32,
) -> HANDLE {
    boundary::create(null_mut(), || {
        let (manual, set) = flags(dwflags)?;
        // SAFETY: the caller's promise.
        create(unsafe { named::wide(lpname) }, manual, set)
    })
}

/// `CreateEventExA`: [`CreateEventExW`] with a name in UTF-8.
///
/// Microsoft's page: `synchapi/nf-synchapi-createeventexa`.
///
/// # Errors
/// As [`CreateEventExW`].
///
/// # Safety
/// As [`CreateEventA`].
pub unsafe extern "system" fn CreateEventExA(
    _lpeventattributes: *const SECURITY_ATTRIBUTES,
    lpname: PCSTR,
    dwflags: CREATE_EVENT,
    _dwdesiredaccess: u32,
) -> HANDLE {
    boundary::create(null_mut(), || {
        let (manual, set) = flags(dwflags)?;
        // SAFETY: the caller's promise.
        create(unsafe { named::narrow(lpname) }, manual, set)
    })
}

/// `OpenEventW`: opens the event of a name.
///
/// Microsoft's page: `synchapi/nf-synchapi-openeventw`.
///
/// *On Linux*: as [`CreateEventW`]; every handle has all access rights.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL, `ERROR_INVALID_HANDLE` for an empty name, `ERROR_FILENAME_EXCED_RANGE`,
/// `ERROR_PATH_NOT_FOUND`, `ERROR_FILE_NOT_FOUND`, `ERROR_INVALID_HANDLE` if an object of another kind has the name,
/// `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// As [`CreateEventW`].
pub unsafe extern "system" fn OpenEventW(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: PCWSTR,
) -> HANDLE {
    boundary::call_any_time(null_mut(), || {
        // SAFETY: the caller's promise.
        named::open(unsafe { named::wide(lpname) }, Object::Event)
    })
}

/// `OpenEventA`: [`OpenEventW`] with a name in UTF-8.
///
/// Microsoft's page: `winbase/nf-winbase-openeventa`.
///
/// # Errors
/// As [`OpenEventW`].
///
/// # Safety
/// As [`CreateEventA`].
pub unsafe extern "system" fn OpenEventA(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: PCSTR,
) -> HANDLE {
    boundary::call_any_time(null_mut(), || {
        // SAFETY: the caller's promise.
        named::open(unsafe { named::narrow(lpname) }, Object::Event)
    })
}

fn flags(flags: CREATE_EVENT) -> Result<(bool, bool), Error> {
    if flags & !(CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET) != 0 {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    Ok((flags & CREATE_EVENT_MANUAL_RESET != 0, flags & CREATE_EVENT_INITIAL_SET != 0))
}

fn create(name: Text, manual: bool, set: bool) -> Result<(HANDLE, bool), Error> {
    let reset = if manual { Reset::Manual } else { Reset::Automatic };
    let make = |title| Event::with_title(reset, set, title);
    let (handle, _event, existed) = named::create(name, Object::Event, make)?;
    Ok((handle, existed))
}

/// `SetEvent`: signals an event. A manual-reset event releases all threads that wait for it, any other event one.
///
/// Microsoft's page: `synchapi/nf-synchapi-setevent`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetEvent(hevent: HANDLE) -> BOOL {
    boundary::call_any_time(FALSE, || with(hevent.addr(), Event::set))
}

/// `ResetEvent`: takes the signal of an event back.
///
/// Microsoft's page: `synchapi/nf-synchapi-resetevent`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn ResetEvent(hevent: HANDLE) -> BOOL {
    boundary::call_any_time(FALSE, || with(hevent.addr(), Event::reset))
}

/// `PulseEvent`: signals an event for the threads that wait for it now, or for one of them, and takes the signal back.
///
/// Microsoft's page: `winbase/nf-winbase-pulseevent`, which advises against it: a thread that runs a procedure call
/// at this moment does not wait.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn PulseEvent(hevent: HANDLE) -> BOOL {
    boundary::call_any_time(FALSE, || with(hevent.addr(), Event::pulse))
}

/// `WSACreateEvent`: makes a manual-reset event that is not signalled.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsacreateevent`.
///
/// *On Linux*: needs no `WSAStartup`, and neither do the other functions on events. The page wants one, but there are
/// programs, Microsoft's own among them, that make their event first.
///
/// # Errors
/// `WSA_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WSACreateEvent() -> WSAEVENT {
    boundary::call_any_time(WSA_INVALID_EVENT, || {
        Ok(objects::publish(Object::Event(Event::new(Reset::Manual, false)))? as WSAEVENT)
    })
}

/// `WSACloseEvent`: makes the handle of an event stale.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsacloseevent`.
///
/// # Errors
/// `WSA_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WSACloseEvent(hevent: WSAEVENT) -> BOOL {
    boundary::call_any_time(FALSE, || {
        objects::close_event(hevent as usize)?;
        Ok(TRUE)
    })
}

/// `WSASetEvent`: [`SetEvent`].
///
/// Microsoft's page: `winsock2/nf-winsock2-wsasetevent`.
///
/// # Errors
/// `WSA_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WSASetEvent(hevent: WSAEVENT) -> BOOL {
    boundary::call_any_time(FALSE, || with(hevent as usize, Event::set))
}

/// `WSAResetEvent`: [`ResetEvent`].
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaresetevent`.
///
/// # Errors
/// `WSA_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WSAResetEvent(hevent: WSAEVENT) -> BOOL {
    boundary::call_any_time(FALSE, || with(hevent as usize, Event::reset))
}

fn with(handle: usize, act: impl FnOnce(&Event)) -> Result<BOOL, Error> {
    act(&*objects::event(handle)?);
    Ok(TRUE)
}
