//! The calling thread's last error: one value behind both pairs of functions.
#![allow(unsafe_code, reason = "the signatures are Winsock's, which are unsafe; the bodies are not")]

use super::{WIN32_ERROR, WSA_ERROR};
use std::cell::Cell;

thread_local! {
    static LAST_ERROR: Cell<u32> = const { Cell::new(0) };
}

pub(super) fn set(code: u32) {
    LAST_ERROR.set(code);
}

/// `WSAGetLastError`: the code of the calling thread's last Winsock call that failed. A call that succeeds does not
/// clear it.
///
/// Microsoft's page: `winsock/nf-winsock-wsagetlasterror`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WSAGetLastError() -> WSA_ERROR {
    LAST_ERROR.get() as i32
}

/// `WSASetLastError`: sets what [`WSAGetLastError`] and [`GetLastError`] give in this thread.
///
/// Microsoft's page: `winsock/nf-winsock-wsasetlasterror`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WSASetLastError(ierror: i32) {
    LAST_ERROR.set(ierror as u32);
}

/// `GetLastError`: the same value as [`WSAGetLastError`].
///
/// Microsoft's page: `errhandlingapi/nf-errhandlingapi-getlasterror`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetLastError() -> WIN32_ERROR {
    LAST_ERROR.get()
}

/// `SetLastError`: the same value as [`WSASetLastError`] sets.
///
/// Microsoft's page: `errhandlingapi/nf-errhandlingapi-setlasterror`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetLastError(dwerrcode: WIN32_ERROR) {
    LAST_ERROR.set(dwerrcode);
}
