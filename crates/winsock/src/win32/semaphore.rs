//! Semaphores.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::named::{self, Text};
use super::{
    BOOL, FALSE, HANDLE, PCSTR, PCWSTR, SECURITY_ATTRIBUTES, SYNCHRONIZATION_ACCESS_RIGHTS, TRUE, boundary,
    memory,
};
use crate::error::Error;
use crate::linux::handles::Object;
use crate::linux::objects;
use crate::linux::semaphore::Semaphore;
use std::ptr::null_mut;

/// `CreateSemaphoreW`: makes a semaphore, or opens the one of this name; then the last error is `ERROR_ALREADY_EXISTS`, and
/// the counts say nothing. A new semaphore leaves `ERROR_SUCCESS`. Each wait that it satisfies takes 1 from its count.
///
/// Microsoft's page: `winbase/nf-winbase-createsemaphorew`.
///
/// *On Linux*: names are as with [`CreateEventW`](super::CreateEventW). Security attributes count for nothing.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for a maximum below 1 and for a count below 0 or above the maximum; then as
/// [`CreateEventW`](super::CreateEventW).
///
/// # Safety
/// `lpname` is NULL or names UTF-16 that ends with 0.
pub unsafe extern "system" fn CreateSemaphoreW(
    _lpsemaphoreattributes: *const SECURITY_ATTRIBUTES,
    linitialcount: i32,
    lmaximumcount: i32,
    lpname: PCWSTR,
) -> HANDLE {
    boundary::create(null_mut(), || {
        // SAFETY: the caller's promise.
        create(unsafe { named::wide(lpname) }, linitialcount, lmaximumcount, 0)
    })
}

/// `CreateSemaphoreA`: [`CreateSemaphoreW`] with a name in UTF-8.
///
/// Microsoft's page: `winbase/nf-winbase-createsemaphorea`.
///
/// # Errors
/// As [`CreateSemaphoreW`].
///
/// # Safety
/// `lpname` is NULL or names a text that ends with 0.
pub unsafe extern "system" fn CreateSemaphoreA(
    _lpsemaphoreattributes: *const SECURITY_ATTRIBUTES,
    linitialcount: i32,
    lmaximumcount: i32,
    lpname: PCSTR,
) -> HANDLE {
    boundary::create(null_mut(), || {
        // SAFETY: the caller's promise.
        create(unsafe { named::narrow(lpname) }, linitialcount, lmaximumcount, 0)
    })
}

/// `CreateSemaphoreExW`: [`CreateSemaphoreW`]; no flags are defined.
///
/// Microsoft's page: `winbase/nf-winbase-createsemaphoreexw`.
///
/// *On Linux*: as [`CreateSemaphoreW`]; every handle has all access rights.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for flags; then as [`CreateSemaphoreW`].
///
/// # Safety
/// As [`CreateSemaphoreW`].
pub unsafe extern "system" fn CreateSemaphoreExW(
    _lpsemaphoreattributes: *const SECURITY_ATTRIBUTES,
    linitialcount: i32,
    lmaximumcount: i32,
    lpname: PCWSTR,
    dwflags: u32,
    _dwdesiredaccess: u32,
) -> HANDLE {
    boundary::create(null_mut(), || {
        // SAFETY: the caller's promise.
        create(unsafe { named::wide(lpname) }, linitialcount, lmaximumcount, dwflags)
    })
}

/// `CreateSemaphoreExA`: [`CreateSemaphoreExW`] with a name in UTF-8.
///
/// Microsoft's page: `winbase/nf-winbase-createsemaphoreexa`.
///
/// # Errors
/// As [`CreateSemaphoreExW`].
///
/// # Safety
/// As [`CreateSemaphoreA`].
pub unsafe extern "system" fn CreateSemaphoreExA(
    _lpsemaphoreattributes: *const SECURITY_ATTRIBUTES,
    linitialcount: i32,
    lmaximumcount: i32,
    lpname: PCSTR,
    dwflags: u32,
    _dwdesiredaccess: u32,
) -> HANDLE {
    boundary::create(null_mut(), || {
        // SAFETY: the caller's promise.
        create(unsafe { named::narrow(lpname) }, linitialcount, lmaximumcount, dwflags)
    })
}

fn create(name: Text, count: i32, maximum: i32, flags: u32) -> Result<(HANDLE, bool), Error> {
    if flags != 0 || maximum < 1 || !(0..=maximum).contains(&count) {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    let make = |title| Semaphore::new(count as u32, maximum as u32, title);
    let (handle, _semaphore, existed) = named::create(name, Object::Semaphore, make)?;
    Ok((handle, existed))
}

/// `OpenSemaphoreW`: opens the semaphore of a name.
///
/// Microsoft's page: `synchapi/nf-synchapi-opensemaphorew`.
///
/// *On Linux*: every handle has all access rights.
///
/// # Errors
/// As [`OpenEventW`](super::OpenEventW).
///
/// # Safety
/// As [`CreateSemaphoreW`].
pub unsafe extern "system" fn OpenSemaphoreW(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: PCWSTR,
) -> HANDLE {
    // SAFETY: the caller's promise.
    boundary::call_any_time(null_mut(), || named::open(unsafe { named::wide(lpname) }, Object::Semaphore))
}

/// `OpenSemaphoreA`: [`OpenSemaphoreW`] with a name in UTF-8.
///
/// Microsoft's page: `winbase/nf-winbase-opensemaphorea`.
///
/// # Errors
/// As [`OpenSemaphoreW`].
///
/// # Safety
/// As [`CreateSemaphoreA`].
pub unsafe extern "system" fn OpenSemaphoreA(
    _dwdesiredaccess: u32,
    _binherithandle: BOOL,
    lpname: PCSTR,
) -> HANDLE {
    // SAFETY: the caller's promise.
    boundary::call_any_time(null_mut(), || named::open(unsafe { named::narrow(lpname) }, Object::Semaphore))
}

/// `ReleaseSemaphore`: adds to the count of a semaphore, and tells what it was if asked. As many threads that wait go on.
///
/// Microsoft's page: `synchapi/nf-synchapi-releasesemaphore`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for a number below 1, `ERROR_INVALID_HANDLE`, `ERROR_TOO_MANY_POSTS` if the count would exceed
/// its maximum; then nothing is told and nothing has changed.
///
/// # Safety
/// `lppreviouscount` is NULL or valid for writing.
pub unsafe extern "system" fn ReleaseSemaphore(
    hsemaphore: HANDLE,
    lreleasecount: i32,
    lppreviouscount: *mut i32,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let by = u32::try_from(lreleasecount).ok().filter(|by| *by != 0);
        let by = by.ok_or(Error::WSA_INVALID_PARAMETER)?;
        let before = objects::semaphore(hsemaphore.addr())?.release(by)?;
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(lppreviouscount, before as i32) };
        Ok(TRUE)
    })
}
