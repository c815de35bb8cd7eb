//! `CloseHandle` and `DuplicateHandle`.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, DUPLICATE_CLOSE_SOURCE, DUPLICATE_HANDLE_OPTIONS, DUPLICATE_SAME_ACCESS, FALSE, HANDLE, TRUE,
    boundary, memory,
};
use crate::error::Error;
use crate::linux::objects;

/// `CloseHandle`: makes a handle stale. The object ends with its last handle, and when nobody waits for it; a thread
/// runs on. A SOCKET is closed as by [`closesocket`](super::closesocket); a pseudo handle is left alone.
///
/// Microsoft's page: `handleapi/nf-handleapi-closehandle`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CloseHandle(hobject: HANDLE) -> BOOL {
    boundary::call_any_time(FALSE, || {
        objects::close(hobject.addr())?;
        Ok(TRUE)
    })
}

/// `DuplicateHandle`: another handle of the same object in this process. The pseudo handles of
/// [`GetCurrentThread`](super::GetCurrentThread) and [`GetCurrentProcess`](super::GetCurrentProcess) become real ones.
/// With `DUPLICATE_CLOSE_SOURCE` the source is closed, whatever else fails; without `lptargethandle` that is all.
///
/// Microsoft's page: `handleapi/nf-handleapi-duplicatehandle`.
///
/// *On Linux*: both processes are this one. Every handle has all access rights, and no child inherits it. A SOCKET
/// is not duplicated: Microsoft says to use `WSADuplicateSocket`, for Winsock may not know the duplicate.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for unknown options, `ERROR_INVALID_HANDLE` (source process, target process, source),
/// `ERROR_NOT_SUPPORTED` for a SOCKET, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// `lptargethandle` is NULL or valid for writing.
pub unsafe extern "system" fn DuplicateHandle(
    hsourceprocesshandle: HANDLE,
    hsourcehandle: HANDLE,
    htargetprocesshandle: HANDLE,
    lptargethandle: *mut HANDLE,
    _dwdesiredaccess: u32,
    _binherithandle: BOOL,
    dwoptions: DUPLICATE_HANDLE_OPTIONS,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        if dwoptions & !(DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS) != 0 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        objects::process(hsourceprocesshandle.addr())?;
        let source = hsourcehandle.addr();
        let duplicated = objects::process(htargetprocesshandle.addr()).and_then(|()| {
            if lptargethandle.is_null() {
                return objects::waitable(source).map(drop);
            }
            let target = objects::duplicate(source)?;
            // SAFETY: the caller's promise.
            unsafe { memory::write(lptargethandle, std::ptr::without_provenance_mut(target)) }
        });
        if dwoptions & DUPLICATE_CLOSE_SOURCE != 0 {
            let closed = objects::close(source);
            duplicated.and(closed)?;
        } else {
            duplicated?;
        }
        Ok(TRUE)
    })
}
