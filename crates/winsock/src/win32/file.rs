//! Open files: `CreateFile`, position, size, end.
#![allow(unsafe_code, reason = "the signatures are Windows'")]

use super::{
    BOOL, CREATE_ALWAYS, CREATE_NEW, ERROR_SUCCESS, FALSE, FILE_APPEND_DATA, FILE_ATTRIBUTE_READONLY,
    FILE_BEGIN, FILE_CREATION_DISPOSITION, FILE_CURRENT, FILE_END, FILE_FLAG_DELETE_ON_CLOSE,
    FILE_FLAG_OVERLAPPED, FILE_FLAG_WRITE_THROUGH, FILE_FLAGS_AND_ATTRIBUTES, FILE_READ_DATA,
    FILE_SHARE_MODE, FILE_WRITE_DATA, GENERIC_ALL, GENERIC_READ, GENERIC_WRITE, HANDLE, INVALID_FILE_SIZE,
    INVALID_HANDLE_VALUE, INVALID_SET_FILE_POINTER, OPEN_ALWAYS, OPEN_EXISTING, PCSTR, PCWSTR,
    SECURITY_ATTRIBUTES, SET_FILE_POINTER_MOVE_METHOD, TRUE, TRUNCATE_EXISTING, boundary, memory,
};
use crate::error::Error;
use crate::linux::file::{Access, Disposition, File, From};
use crate::linux::handles::{self, Object};
use std::sync::Arc;

/// `CreateFile` of a name in bytes: opens a file, or creates one. The last error tells afterwards whether
/// `CREATE_ALWAYS` or `OPEN_ALWAYS` found one: `ERROR_ALREADY_EXISTS`, else 0.
///
/// Microsoft's page: `fileapi/nf-fileapi-createfilea`.
///
/// *On Linux*: the name is a path of this system, in which a backslash separates directories as a slash does. Share
/// modes, security attributes and the template are not looked at, hints neither; there are no drives and devices.
/// Files are synchronous.
///
/// # Errors
/// `ERROR_PATH_NOT_FOUND` for a NULL or empty name, `ERROR_INVALID_PARAMETER` for an unknown disposition, and for
/// `TRUNCATE_EXISTING` without the right to write, `ERROR_NOT_SUPPORTED` for `FILE_FLAG_OVERLAPPED` and
/// `FILE_FLAG_DELETE_ON_CLOSE`, `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`, `ERROR_FILE_EXISTS`,
/// `ERROR_ACCESS_DENIED` (for a directory too), `ERROR_FILENAME_EXCED_RANGE`, `ERROR_TOO_MANY_OPEN_FILES`.
///
/// # Safety
/// The name is NULL or ends with a zero.
pub unsafe extern "system" fn CreateFileA(
    lpfilename: PCSTR,
    dwdesiredaccess: u32,
    dwsharemode: FILE_SHARE_MODE,
    lpsecurityattributes: *const SECURITY_ATTRIBUTES,
    dwcreationdisposition: FILE_CREATION_DISPOSITION,
    dwflagsandattributes: FILE_FLAGS_AND_ATTRIBUTES,
    htemplatefile: HANDLE,
) -> HANDLE {
    let _ = (dwsharemode, lpsecurityattributes, htemplatefile);
    boundary::create(INVALID_HANDLE_VALUE, || {
        // SAFETY: the caller's promise.
        let name = unsafe { memory::bytes_to_nul(lpfilename) };
        create(name, dwdesiredaccess, dwcreationdisposition, dwflagsandattributes)
    })
}

/// The same with a name in UTF-16.
///
/// Microsoft's page: `fileapi/nf-fileapi-createfilew`.
///
/// *On Linux*: as [`CreateFileA`].
///
/// # Errors
/// As [`CreateFileA`]; `ERROR_INVALID_NAME` for a name that is no UTF-16.
///
/// # Safety
/// As [`CreateFileA`].
pub unsafe extern "system" fn CreateFileW(
    lpfilename: PCWSTR,
    dwdesiredaccess: u32,
    dwsharemode: FILE_SHARE_MODE,
    lpsecurityattributes: *const SECURITY_ATTRIBUTES,
    dwcreationdisposition: FILE_CREATION_DISPOSITION,
    dwflagsandattributes: FILE_FLAGS_AND_ATTRIBUTES,
    htemplatefile: HANDLE,
) -> HANDLE {
    let _ = (dwsharemode, lpsecurityattributes, htemplatefile);
    boundary::create(INVALID_HANDLE_VALUE, || {
        // SAFETY: the caller's promise.
        let name = unsafe { memory::wide_text(lpfilename, usize::MAX) }.unwrap_or_default();
        let name = String::from_utf16(&name).map_err(|_| Error::ERROR_INVALID_NAME)?;
        create(name.as_bytes(), dwdesiredaccess, dwcreationdisposition, dwflagsandattributes)
    })
}

/// Answers the handle, and whether a file was found that might have been created.
fn create(name: &[u8], access: u32, disposition: u32, flags: u32) -> Result<(HANDLE, bool), Error> {
    if name.is_empty() {
        return Err(Error::ERROR_PATH_NOT_FOUND);
    }
    let disposition = match disposition {
        CREATE_NEW => Disposition::CreateNew,
        CREATE_ALWAYS => Disposition::CreateAlways,
        OPEN_EXISTING => Disposition::OpenExisting,
        OPEN_ALWAYS => Disposition::OpenAlways,
        TRUNCATE_EXISTING => Disposition::TruncateExisting,
        _ => return Err(Error::WSA_INVALID_PARAMETER),
    };
    let writes = access & (GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA) != 0;
    let appends = access & FILE_APPEND_DATA != 0;
    let access = Access {
        read: access & (GENERIC_READ | GENERIC_ALL | FILE_READ_DATA) != 0,
        write: writes || appends,
        append_only: appends && !writes,
        write_through: flags & FILE_FLAG_WRITE_THROUGH != 0,
    };
    if disposition == Disposition::TruncateExisting && !access.write {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    if flags & (FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE) != 0 {
        return Err(Error::ERROR_NOT_SUPPORTED);
    }
    let read_only = flags & FILE_ATTRIBUTE_READONLY != 0;
    let (file, existed) = File::open(name, access, disposition, read_only)?;
    let handle = handles::insert(Object::File(Arc::new(file))).ok_or(Error::ERROR_TOO_MANY_OPEN_FILES)?;
    let tells = match disposition {
        Disposition::CreateAlways | Disposition::OpenAlways => existed,
        Disposition::CreateNew | Disposition::OpenExisting | Disposition::TruncateExisting => false,
    };
    Ok((handle as HANDLE, tells))
}

/// `SetFilePointerEx`: moves the position of a file.
///
/// Microsoft's page: `fileapi/nf-fileapi-setfilepointerex`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for an unknown method, `ERROR_NEGATIVE_SEEK`.
///
/// # Safety
/// `lpnewfilepointer` is NULL or valid for writing.
pub unsafe extern "system" fn SetFilePointerEx(
    hfile: HANDLE,
    lidistancetomove: i64,
    lpnewfilepointer: *mut i64,
    dwmovemethod: SET_FILE_POINTER_MOVE_METHOD,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let file = handles::file(hfile as usize)?;
        let position = file.seek(lidistancetomove, origin(dwmovemethod)?)?;
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(lpnewfilepointer, position as i64) };
        Ok(TRUE)
    })
}

/// `GetFileSizeEx`: the size of a file.
///
/// Microsoft's page: `fileapi/nf-fileapi-getfilesizeex`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for NULL.
///
/// # Safety
/// `lpfilesize` is NULL or valid for writing.
pub unsafe extern "system" fn GetFileSizeEx(hfile: HANDLE, lpfilesize: *mut i64) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let size = handles::file(hfile as usize)?.size()?;
        // SAFETY: the caller's promise.
        unsafe { memory::write(lpfilesize, size as i64) }.map_err(|_| Error::WSA_INVALID_PARAMETER)?;
        Ok(TRUE)
    })
}

fn origin(method: SET_FILE_POINTER_MOVE_METHOD) -> Result<From, Error> {
    match method {
        FILE_BEGIN => Ok(From::Begin),
        FILE_CURRENT => Ok(From::Current),
        FILE_END => Ok(From::End),
        _ => Err(Error::WSA_INVALID_PARAMETER),
    }
}

/// `SetFilePointer`: moves the position of a file, and answers its low half. Without a place for the high half the distance
/// is signed, and the position must fit into 32 bits. Success sets the last error to 0, as the answer may be all ones.
///
/// Microsoft's page: `fileapi/nf-fileapi-setfilepointer`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for an unknown method, `ERROR_NEGATIVE_SEEK`,
/// `ERROR_INVALID_PARAMETER` for a position that does not fit; the answer is `INVALID_SET_FILE_POINTER`, and the position
/// stays.
///
/// # Safety
/// `lpdistancetomovehigh` is NULL or valid.
pub unsafe extern "system" fn SetFilePointer(
    hfile: HANDLE,
    ldistancetomove: i32,
    lpdistancetomovehigh: *mut i32,
    dwmovemethod: SET_FILE_POINTER_MOVE_METHOD,
) -> u32 {
    boundary::call_telling(INVALID_SET_FILE_POINTER, || {
        let file = handles::file(hfile as usize)?;
        let origin = origin(dwmovemethod)?;
        // SAFETY: the caller's promise.
        let high = unsafe { memory::read(lpdistancetomovehigh) }.ok();
        let distance = match high {
            Some(high) => i64::from(high) << 32 | i64::from(ldistancetomove as u32),
            None => ldistancetomove.into(),
        };
        let before = file.position()?;
        let position = file.seek(distance, origin)?;
        if high.is_none() && position > u64::from(u32::MAX) {
            file.seek(before as i64, From::Begin)?;
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(lpdistancetomovehigh, (position >> 32) as i32) };
        Ok((position as u32, ERROR_SUCCESS))
    })
}

/// `GetFileSize`: the low half of a file's size. Success sets the last error to 0, as the answer may be all ones.
///
/// Microsoft's page: `fileapi/nf-fileapi-getfilesize`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`; the answer is `INVALID_FILE_SIZE`.
///
/// # Safety
/// `lpfilesizehigh` is NULL or valid for writing.
pub unsafe extern "system" fn GetFileSize(hfile: HANDLE, lpfilesizehigh: *mut u32) -> u32 {
    boundary::call_telling(INVALID_FILE_SIZE, || {
        let size = handles::file(hfile as usize)?.size()?;
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(lpfilesizehigh, (size >> 32) as u32) };
        Ok((size as u32, ERROR_SUCCESS))
    })
}

/// `SetEndOfFile`: makes the file end at its position. What is new in it is zero.
///
/// Microsoft's page: `fileapi/nf-fileapi-setendoffile`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED` for a file that may not be written, `ERROR_INVALID_HANDLE` for what is on
/// no disk, `ERROR_DISK_FULL`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetEndOfFile(hfile: HANDLE) -> BOOL {
    boundary::call_any_time(FALSE, || handles::file(hfile as usize)?.truncate().map(|()| TRUE))
}

/// `FlushFileBuffers`: waits until what was written to a file is on its disk.
///
/// Microsoft's page: `fileapi/nf-fileapi-flushfilebuffers`.
///
/// *On Linux*: of files of a disk alone: nothing tells when the reader of a pipe has read.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED` for a file that may not be written, `ERROR_INVALID_HANDLE` for what is on
/// no disk, `ERROR_DISK_FULL`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn FlushFileBuffers(hfile: HANDLE) -> BOOL {
    boundary::call_any_time(FALSE, || handles::file(hfile as usize)?.flush().map(|()| TRUE))
}
