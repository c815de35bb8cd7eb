//! What a process has around it: variables, directories, names of the machine.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::memory::{self, Character};
use super::{
    BOOL, COMPUTER_NAME_FORMAT, ComputerNameDnsDomain, ComputerNameDnsFullyQualified,
    ComputerNameDnsHostname, ComputerNameNetBIOS, ComputerNamePhysicalDnsDomain,
    ComputerNamePhysicalDnsFullyQualified, ComputerNamePhysicalDnsHostname, ComputerNamePhysicalNetBIOS,
    FALSE, PCSTR, PCWSTR, PSTR, PWSTR, TRUE, boundary,
};
use crate::error::Error;
use crate::linux::{environment, names};

/// `GetEnvironmentVariableA`: the value of a variable of the environment. Answers its characters, or, if the buffer is too
/// small, how many it needs with the NUL.
///
/// Microsoft's page: `processenv/nf-processenv-getenvironmentvariablea`.
///
/// *On Linux*: the case of a name matters.
///
/// # Errors
/// `ERROR_ENVVAR_NOT_FOUND`; the answer is 0.
///
/// # Safety
/// `lpname` is NULL or ends with a zero; `lpbuffer` is NULL or valid for writing `nsize` characters.
pub unsafe extern "system" fn GetEnvironmentVariableA(lpname: PCSTR, lpbuffer: PSTR, nsize: u32) -> u32 {
    // SAFETY: the caller makes the same promises.
    unsafe { get_variable(lpname, lpbuffer, nsize) }
}

/// `GetEnvironmentVariableW`: the same in UTF-16.
///
/// Microsoft's page: `processenv/nf-processenv-getenvironmentvariablew`.
///
/// *On Linux*: as [`GetEnvironmentVariableA`].
///
/// # Errors
/// As [`GetEnvironmentVariableA`].
///
/// # Safety
/// As [`GetEnvironmentVariableA`].
pub unsafe extern "system" fn GetEnvironmentVariableW(lpname: PCWSTR, lpbuffer: PWSTR, nsize: u32) -> u32 {
    // SAFETY: the caller makes the same promises.
    unsafe { get_variable(lpname, lpbuffer, nsize) }
}

/// # Safety
/// As [`GetEnvironmentVariableA`].
unsafe fn get_variable<C: Character>(name: *const C, buffer: *mut C, size: u32) -> u32 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        let name = unsafe { memory::text_bytes(name) }.ok_or(Error::ERROR_ENVVAR_NOT_FOUND)?;
        // SAFETY: the caller's promise.
        Ok(unsafe { memory::write_all(buffer, size, &environment::variable(&name)?) })
    })
}

/// `SetEnvironmentVariableA`: sets a variable of the environment; a value of NULL removes it.
///
/// Microsoft's page: `processenv/nf-processenv-setenvironmentvariablea`.
///
/// *On Linux*: the case of a name matters. The C library's `getenv` sees the change.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for a name that is NULL, empty or has a `=`, `ERROR_ENVVAR_NOT_FOUND` for removing what is
/// not there.
///
/// # Safety
/// Both are NULL or end with a zero. No other thread calls `getenv` or `setenv` meanwhile.
pub unsafe extern "system" fn SetEnvironmentVariableA(lpname: PCSTR, lpvalue: PCSTR) -> BOOL {
    // SAFETY: the caller makes the same promises.
    unsafe { set_variable(lpname, lpvalue) }
}

/// `SetEnvironmentVariableW`: the same in UTF-16.
///
/// Microsoft's page: `processenv/nf-processenv-setenvironmentvariablew`.
///
/// *On Linux*: as [`SetEnvironmentVariableA`].
///
/// # Errors
/// As [`SetEnvironmentVariableA`].
///
/// # Safety
/// As [`SetEnvironmentVariableA`].
pub unsafe extern "system" fn SetEnvironmentVariableW(lpname: PCWSTR, lpvalue: PCWSTR) -> BOOL {
    // SAFETY: the caller makes the same promises.
    unsafe { set_variable(lpname, lpvalue) }
}

/// # Safety
/// As [`SetEnvironmentVariableA`].
unsafe fn set_variable<C: Character>(name: *const C, value: *const C) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let name = unsafe { memory::text_bytes(name) }.ok_or(Error::WSA_INVALID_PARAMETER)?;
        // SAFETY: the caller's promise.
        let value = unsafe { memory::text_bytes(value) };
        // SAFETY: the caller's promise.
        unsafe { environment::set_variable(&name, value.as_deref()) }?;
        Ok(TRUE)
    })
}

/// `GetCurrentDirectoryA`: the current directory. Answers its characters, or, if the buffer is too small, how many it needs with
/// the NUL.
///
/// Microsoft's page: `winbase/nf-winbase-getcurrentdirectorya`.
///
/// *On Linux*: a path of this system.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` if the directory is gone; the answer is 0.
///
/// # Safety
/// `lpbuffer` is NULL or valid for writing `nbufferlength` characters.
pub unsafe extern "system" fn GetCurrentDirectoryA(nbufferlength: u32, lpbuffer: PSTR) -> u32 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        Ok(unsafe { memory::write_all(lpbuffer, nbufferlength, &environment::directory()?) })
    })
}

/// `GetCurrentDirectoryW`: the same in UTF-16.
///
/// Microsoft's page: `winbase/nf-winbase-getcurrentdirectoryw`.
///
/// *On Linux*: as [`GetCurrentDirectoryA`].
///
/// # Errors
/// As [`GetCurrentDirectoryA`].
///
/// # Safety
/// As [`GetCurrentDirectoryA`].
pub unsafe extern "system" fn GetCurrentDirectoryW(nbufferlength: u32, lpbuffer: PWSTR) -> u32 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        Ok(unsafe { memory::write_all(lpbuffer, nbufferlength, &environment::directory()?) })
    })
}

/// `SetCurrentDirectoryA`: sets the current directory.
///
/// Microsoft's page: `winbase/nf-winbase-setcurrentdirectorya`.
///
/// *On Linux*: a path of this system, in which a backslash separates directories as a slash does.
///
/// # Errors
/// `ERROR_PATH_NOT_FOUND` for NULL and an empty name, `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`,
/// `ERROR_DIRECTORY` for what is none, `ERROR_ACCESS_DENIED`, `ERROR_FILENAME_EXCED_RANGE`.
///
/// # Safety
/// The name is NULL or ends with a zero.
pub unsafe extern "system" fn SetCurrentDirectoryA(lppathname: PCSTR) -> BOOL {
    // SAFETY: the caller makes the same promise.
    unsafe { set_directory(lppathname) }
}

/// `SetCurrentDirectoryW`: the same in UTF-16.
///
/// Microsoft's page: `winbase/nf-winbase-setcurrentdirectoryw`.
///
/// *On Linux*: as [`SetCurrentDirectoryA`].
///
/// # Errors
/// As [`SetCurrentDirectoryA`].
///
/// # Safety
/// As [`SetCurrentDirectoryA`].
pub unsafe extern "system" fn SetCurrentDirectoryW(lppathname: PCWSTR) -> BOOL {
    // SAFETY: the caller makes the same promise.
    unsafe { set_directory(lppathname) }
}

/// # Safety
/// As [`SetCurrentDirectoryA`].
unsafe fn set_directory<C: Character>(name: *const C) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let name = unsafe { memory::text_bytes(name) }.unwrap_or_default();
        environment::set_directory(&name)?;
        Ok(TRUE)
    })
}

/// `GetTempPathA`: where temporary files go, with a slash at the end. Answers its characters, or, if the buffer is too small,
/// how many it needs with the NUL.
///
/// Microsoft's page: `fileapi/nf-fileapi-gettemppatha`.
///
/// *On Linux*: what `TMP`, `TEMP` or `TMPDIR` says, else `/tmp/`. Whether it is there is not looked at.
///
/// # Safety
/// `lpbuffer` is NULL or valid for writing `nbufferlength` characters.
pub unsafe extern "system" fn GetTempPathA(nbufferlength: u32, lpbuffer: PSTR) -> u32 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        Ok(unsafe { memory::write_all(lpbuffer, nbufferlength, &environment::temporary()) })
    })
}

/// `GetTempPathW`: the same in UTF-16.
///
/// Microsoft's page: `fileapi/nf-fileapi-gettemppathw`.
///
/// *On Linux*: as [`GetTempPathA`].
///
/// # Safety
/// As [`GetTempPathA`].
pub unsafe extern "system" fn GetTempPathW(nbufferlength: u32, lpbuffer: PWSTR) -> u32 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        Ok(unsafe { memory::write_all(lpbuffer, nbufferlength, &environment::temporary()) })
    })
}

/// `GetComputerNameA`: the machine's name in capitals, 15 characters of it at most. Puts its length into `*nsize`.
///
/// Microsoft's page: `winbase/nf-winbase-getcomputernamea`.
///
/// *On Linux*: made of the host name up to its first dot.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL in place of the size, `ERROR_BUFFER_OVERFLOW` if the buffer is NULL or too small; `*nsize` is
/// what it needs, with the NUL.
///
/// # Safety
/// `nsize` is NULL or valid; `lpbuffer` is NULL or valid for writing `*nsize` characters.
pub unsafe extern "system" fn GetComputerNameA(lpbuffer: PSTR, nsize: *mut u32) -> BOOL {
    // SAFETY: the caller makes the same promises.
    unsafe { computer_name(ComputerNameNetBIOS, lpbuffer, nsize, Error::ERROR_BUFFER_OVERFLOW) }
}

/// `GetComputerNameW`: the same in UTF-16.
///
/// Microsoft's page: `winbase/nf-winbase-getcomputernamew`.
///
/// *On Linux*: as [`GetComputerNameA`].
///
/// # Errors
/// As [`GetComputerNameA`].
///
/// # Safety
/// As [`GetComputerNameA`].
pub unsafe extern "system" fn GetComputerNameW(lpbuffer: PWSTR, nsize: *mut u32) -> BOOL {
    // SAFETY: the caller makes the same promises.
    unsafe { computer_name(ComputerNameNetBIOS, lpbuffer, nsize, Error::ERROR_BUFFER_OVERFLOW) }
}

/// `GetComputerNameExA`: a name of the machine. Puts its length into `*nsize`.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-getcomputernameexa`.
///
/// *On Linux*: made of the host name: up to its first dot it is the host, behind it the domain.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for another kind of name, `ERROR_NOACCESS` for NULL in place of the size, `ERROR_MORE_DATA` if
/// the buffer is NULL or too small; `*nsize` is what it needs, with the NUL.
///
/// # Safety
/// As [`GetComputerNameA`].
pub unsafe extern "system" fn GetComputerNameExA(
    nametype: COMPUTER_NAME_FORMAT,
    lpbuffer: PSTR,
    nsize: *mut u32,
) -> BOOL {
    // SAFETY: the caller makes the same promises.
    unsafe { computer_name(nametype, lpbuffer, nsize, Error::ERROR_MORE_DATA) }
}

/// `GetComputerNameExW`: the same in UTF-16.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-getcomputernameexw`.
///
/// *On Linux*: as [`GetComputerNameExA`].
///
/// # Errors
/// As [`GetComputerNameExA`].
///
/// # Safety
/// As [`GetComputerNameExA`].
pub unsafe extern "system" fn GetComputerNameExW(
    nametype: COMPUTER_NAME_FORMAT,
    lpbuffer: PWSTR,
    nsize: *mut u32,
) -> BOOL {
    // SAFETY: the caller makes the same promises.
    unsafe { computer_name(nametype, lpbuffer, nsize, Error::ERROR_MORE_DATA) }
}

/// # Safety
/// As [`GetComputerNameA`].
unsafe fn computer_name<C: Character>(
    kind: COMPUTER_NAME_FORMAT,
    buffer: *mut C,
    size: *mut u32,
    too_small: Error,
) -> BOOL {
    #[allow(non_upper_case_globals, reason = "they are Win32's")]
    boundary::call_any_time(FALSE, || {
        let whole = names::local_name()?;
        let (host, domain) = whole.split_once('.').unwrap_or((&whole, ""));
        let name = match kind {
            ComputerNameNetBIOS | ComputerNamePhysicalNetBIOS => {
                host.to_uppercase().chars().take(NET_BIOS_MAX).collect()
            }
            ComputerNameDnsHostname | ComputerNamePhysicalDnsHostname => host.to_owned(),
            ComputerNameDnsDomain | ComputerNamePhysicalDnsDomain => domain.to_owned(),
            ComputerNameDnsFullyQualified | ComputerNamePhysicalDnsFullyQualified => whole.clone(),
            _ => return Err(Error::WSA_INVALID_PARAMETER),
        };
        // SAFETY: the caller's promise.
        let room = unsafe { memory::read(size) }.map_err(|_| Error::ERROR_NOACCESS)?;
        // SAFETY: the caller's promise.
        let written = unsafe { memory::write_text(buffer, room as usize, &name) };
        let (answer, len) = match written {
            Ok(len) => (Ok(TRUE), len - 1),
            Err(needed) => (Err(too_small), needed),
        };
        // SAFETY: it has been read, and the caller promises that it is writable.
        unsafe { size.write_unaligned(len as u32) };
        answer
    })
}

/// The characters of a NetBIOS name.
const NET_BIOS_MAX: usize = 15;
