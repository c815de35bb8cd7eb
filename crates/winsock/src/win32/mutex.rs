//! Mutex objects.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::named::{self, Text};
use super::{
    BOOL, CREATE_MUTEX_INITIAL_OWNER, FALSE, HANDLE, PCSTR, PCWSTR, SECURITY_ATTRIBUTES,
    SYNCHRONIZATION_ACCESS_RIGHTS, TRUE, boundary,
};
use crate::error::Error;
use crate::linux::handles::Object;
use crate::linux::mutex::{self, Mutex};
use crate::linux::{dispatcher, objects, thread};
use std::ptr::null_mut;

/// `CreateMutexW`: makes a mutex, or opens the one of this name; then the last error is `ERROR_ALREADY_EXISTS`, and
/// `binitialowner` counts for nothing. A new mutex leaves `ERROR_SUCCESS`.
///
/// A wait that a mutex satisfies makes the thread its owner; waits of the owner end at once, and each is to be followed by
/// [`ReleaseMutex`]. If the owner ends before, the next wait is told so (`WAIT_ABANDONED_0` and the place).
///
/// Microsoft's page: `synchapi/nf-synchapi-createmutexw`.
///
/// *On Linux*: names are as with [`CreateEventW`](super::CreateEventW). Security attributes count for nothing.
///
/// # Errors
/// As [`CreateEventW`](super::CreateEventW).
///
/// # Safety
/// `lpname` is NULL or names UTF-16 that ends with 0.
pub unsafe extern "system" fn CreateMutexW(
    _lpmutexattributes: *const SECURITY_ATTRIBUTES,
    binitialowner: BOOL,
    lpname: PCWSTR,
) -> HANDLE {
    // SAFETY: the caller's promise.
    boundary::create(null_mut(), || create(unsafe { named::wide(lpname) }, binitialowner != FALSE))
}

/// `CreateMutexA`: [`CreateMutexW`] with a name in UTF-8.
///
/// Microsoft's page: `synchapi/nf-synchapi-createmutexa`.
///
/// # Errors
/// As [`CreateMutexW`].
///
/// # Safety
/// `lpname` is NULL or names a text that ends with 0.
pub unsafe extern "system" fn CreateMutexA(
    _lpmutexattributes: *const SECURITY_ATTRIBUTES,
    binitialowner: BOOL,
    lpname: PCSTR,
) -> HANDLE {
    // SAFETY: the caller's promise.
    boundary::create(null_mut(), || create(unsafe { named::narrow(lpname) }, binitialowner != FALSE))
}

/// `CreateMutexExW`: [`CreateMutexW`] with `CREATE_MUTEX_INITIAL_OWNER`.
///
/// Microsoft's page: `synchapi/nf-synchapi-createmutexexw`.
///
/// *On Linux*: as [`CreateMutexW`]; every handle has all access rights.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for unknown flags; then as [`CreateMutexW`].
///
/// # Safety
/// As [`CreateMutexW`].
pub unsafe extern "system" fn CreateMutexExW(
    _lpmutexattributes: *const SECURITY_ATTRIBUTES,
    lpname: PCWSTR,
    dwflags: u32,
    _dwdesiredaccess: u32,
) -> HANDLE {
    boundary::create(null_mut(), || {
        let owner = is_initial_owner(dwflags)?;
        // SAFETY: the caller's promise.
        create(unsafe { named::wide(lpname) }, owner)
    })
}

/// `CreateMutexExA`: [`CreateMutexExW`] with a name in UTF-8.
///
/// Microsoft's page: `synchapi/nf-synchapi-createmutexexa`.
///
/// # Errors
/// As [`CreateMutexExW`].
///
/// # Safety
/// As [`CreateMutexA`].
pub unsafe extern "system" fn CreateMutexExA(
    _lpmutexattributes: *const SECURITY_ATTRIBUTES,
    lpname: PCSTR,
    dwflags: u32,
    _dwdesiredaccess: u32,
) -> HANDLE {
    boundary::create(null_mut(), || {
        let owner = is_initial_owner(dwflags)?;
        // SAFETY: the caller's promise.
        create(unsafe { named::narrow(lpname) }, owner)
    })
}

fn is_initial_owner(flags: u32) -> Result<bool, Error> {
    match flags {
        0 => Ok(false),
        CREATE_MUTEX_INITIAL_OWNER => Ok(true),
        _unknown => Err(Error::WSA_INVALID_PARAMETER),
    }
}

fn create(name: Text, owned: bool) -> Result<(HANDLE, bool), Error> {
    let thread = owned.then(thread::current);
    let make = |title| Mutex::new(thread.as_deref(), title);
    let (handle, mutex, existed) = named::create(name, Object::Mutex, make)?;
    if let (Some(thread), false) = (thread, existed) {
        mutex::note_owner(&mutex, &dispatcher::lock(), &thread);
    }
    Ok((handle, existed))
}

/// `OpenMutexW`: opens the mutex of a name.
///
/// Microsoft's page: `synchapi/nf-synchapi-openmutexw`.
///
/// *On Linux*: every handle has all access rights.
///
/// # Errors
/// As [`OpenEventW`](super::OpenEventW).
///
/// # Safety
/// As [`CreateMutexW`].
pub unsafe extern "system" fn OpenMutexW(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: PCWSTR,
) -> HANDLE {
    // SAFETY: the caller's promise.
    boundary::call_any_time(null_mut(), || named::open(unsafe { named::wide(lpname) }, Object::Mutex))
}

/// `OpenMutexA`: [`OpenMutexW`] with a name in UTF-8.
///
/// Microsoft's page: `synchapi/nf-synchapi-openmutexw`.
///
/// # Errors
/// As [`OpenMutexW`].
///
/// # Safety
/// As [`CreateMutexA`].
pub unsafe extern "system" fn OpenMutexA(
    _dwdesiredaccess: u32,
    _binherithandle: BOOL,
    lpname: PCSTR,
) -> HANDLE {
    // SAFETY: the caller's promise.
    boundary::call_any_time(null_mut(), || named::open(unsafe { named::narrow(lpname) }, Object::Mutex))
}

/// `ReleaseMutex`: undoes one wait of the calling thread, which owns the mutex. The last one makes it free, and one thread
/// that waits gets it.
///
/// Microsoft's page: `synchapi/nf-synchapi-releasemutex`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_NOT_OWNER`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn ReleaseMutex(hmutex: HANDLE) -> BOOL {
    boundary::call_any_time(FALSE, || {
        objects::mutex(hmutex.addr())?.release()?;
        Ok(TRUE)
    })
}
