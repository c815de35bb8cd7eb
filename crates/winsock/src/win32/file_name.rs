//! Files by their names: `DeleteFile`, `GetFileAttributes`.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::memory::{self, Character};
use super::{
    BOOL, FALSE, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_NORMAL, FILE_ATTRIBUTE_READONLY,
    INVALID_FILE_ATTRIBUTES, PCSTR, PCWSTR, TRUE, boundary,
};
use crate::linux::file;

/// `DeleteFileA`: removes a file.
///
/// Microsoft's page: `fileapi/nf-fileapi-deletefilea`.
///
/// *On Linux*: the name is as for `CreateFile`. An open file goes on being there for those who have it, and a file that may not be
/// written can be removed.
///
/// # Errors
/// `ERROR_PATH_NOT_FOUND` for a NULL or empty name, `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`,
/// `ERROR_ACCESS_DENIED` (for a directory too), `ERROR_FILENAME_EXCED_RANGE`.
///
/// # Safety
/// The name is NULL or ends with a zero.
pub unsafe extern "system" fn DeleteFileA(lpfilename: PCSTR) -> BOOL {
    // SAFETY: the caller's promise.
    boundary::call_any_time(FALSE, || file::delete(&unsafe { name(lpfilename) }).map(|()| TRUE))
}

/// `DeleteFileW`: the same in UTF-16.
///
/// Microsoft's page: `fileapi/nf-fileapi-deletefilew`.
///
/// *On Linux*: as [`DeleteFileA`].
///
/// # Errors
/// As [`DeleteFileA`].
///
/// # Safety
/// As [`DeleteFileA`].
pub unsafe extern "system" fn DeleteFileW(lpfilename: PCWSTR) -> BOOL {
    // SAFETY: the caller's promise.
    boundary::call_any_time(FALSE, || file::delete(&unsafe { name(lpfilename) }).map(|()| TRUE))
}

/// `GetFileAttributesA`: whether a name is that of a directory, and whether it may be written.
///
/// Microsoft's page: `fileapi/nf-fileapi-getfileattributesa`.
///
/// *On Linux*: the name is as for `CreateFile`. Read-only is what nobody may write; there are no other attributes.
///
/// # Errors
/// `ERROR_PATH_NOT_FOUND` for a NULL or empty name, `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`,
/// `ERROR_ACCESS_DENIED`, `ERROR_FILENAME_EXCED_RANGE`; the answer is `INVALID_FILE_ATTRIBUTES`.
///
/// # Safety
/// The name is NULL or ends with a zero.
pub unsafe extern "system" fn GetFileAttributesA(lpfilename: PCSTR) -> u32 {
    boundary::call_any_time(INVALID_FILE_ATTRIBUTES, || {
        // SAFETY: the caller's promise.
        let name = unsafe { name(lpfilename) };
        file::attributes(&name).map(attributes)
    })
}

/// `GetFileAttributesW`: the same in UTF-16.
///
/// Microsoft's page: `fileapi/nf-fileapi-getfileattributesw`.
///
/// *On Linux*: as [`GetFileAttributesA`].
///
/// # Errors
/// As [`GetFileAttributesA`].
///
/// # Safety
/// As [`GetFileAttributesA`].
pub unsafe extern "system" fn GetFileAttributesW(lpfilename: PCWSTR) -> u32 {
    boundary::call_any_time(INVALID_FILE_ATTRIBUTES, || {
        // SAFETY: the caller's promise.
        let name = unsafe { name(lpfilename) };
        file::attributes(&name).map(attributes)
    })
}

/// # Safety
/// The name is NULL or ends with a zero.
unsafe fn name<C: Character>(name: *const C) -> Vec<u8> {
    // SAFETY: the caller's promise.
    unsafe { memory::text_bytes(name) }.unwrap_or_default()
}

fn attributes(found: file::Attributes) -> u32 {
    match (found.is_directory, found.is_read_only) {
        (true, false) => FILE_ATTRIBUTE_DIRECTORY,
        (true, true) => FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_READONLY,
        (false, true) => FILE_ATTRIBUTE_READONLY,
        (false, false) => FILE_ATTRIBUTE_NORMAL,
    }
}
