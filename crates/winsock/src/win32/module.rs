//! Modules: the program and this library.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::memory::{self, Character};
use super::{BOOL, ERROR_SUCCESS, FALSE, FARPROC, HMODULE, PCSTR, PCWSTR, PSTR, PWSTR, TRUE, boundary};
use crate::error::Error;
use crate::linux::module;
use std::ffi::c_void;
use std::ptr::{null_mut, with_exposed_provenance, with_exposed_provenance_mut};

/// `GetModuleHandleA`: the handle of a module; NULL names the program.
///
/// Microsoft's page: `libloaderapi/nf-libloaderapi-getmodulehandlea`.
///
/// *On Linux*: `kernel32`, `mswsock`, `ntdll`, `user32`, `winmm`, `ws2_32` and `wsock32` are all this library, and
/// nothing else is a library of Windows'. Folders, case and an ending `.dll` make no difference.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND`.
///
/// # Safety
/// The name is NULL or ends with a zero.
pub unsafe extern "system" fn GetModuleHandleA(lpmodulename: PCSTR) -> HMODULE {
    // SAFETY: the caller makes the same promise.
    unsafe { handle(lpmodulename, Ok(module::program())) }
}

/// `GetModuleHandleW`: the same in UTF-16.
///
/// Microsoft's page: `libloaderapi/nf-libloaderapi-getmodulehandlew`.
///
/// *On Linux*: as [`GetModuleHandleA`].
///
/// # Errors
/// As [`GetModuleHandleA`].
///
/// # Safety
/// As [`GetModuleHandleA`].
pub unsafe extern "system" fn GetModuleHandleW(lpmodulename: PCWSTR) -> HMODULE {
    // SAFETY: the caller makes the same promise.
    unsafe { handle(lpmodulename, Ok(module::program())) }
}

/// `LoadLibraryA`: the handle of a library. It is there already, and stays.
///
/// Microsoft's page: `libloaderapi/nf-libloaderapi-loadlibrarya`.
///
/// *On Linux*: as [`GetModuleHandleA`].
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL, `ERROR_MOD_NOT_FOUND`.
///
/// # Safety
/// The name is NULL or ends with a zero.
pub unsafe extern "system" fn LoadLibraryA(lplibfilename: PCSTR) -> HMODULE {
    // SAFETY: the caller makes the same promise.
    unsafe { handle(lplibfilename, Err(Error::WSA_INVALID_PARAMETER)) }
}

/// `LoadLibraryW`: the same in UTF-16.
///
/// Microsoft's page: `libloaderapi/nf-libloaderapi-loadlibraryw`.
///
/// *On Linux*: as [`LoadLibraryA`].
///
/// # Errors
/// As [`LoadLibraryA`].
///
/// # Safety
/// As [`LoadLibraryA`].
pub unsafe extern "system" fn LoadLibraryW(lplibfilename: PCWSTR) -> HMODULE {
    // SAFETY: the caller makes the same promise.
    unsafe { handle(lplibfilename, Err(Error::WSA_INVALID_PARAMETER)) }
}

/// # Safety
/// The name is NULL or ends with a zero.
unsafe fn handle<C: Character>(name: *const C, without: Result<usize, Error>) -> HMODULE {
    boundary::call_any_time(null_mut(), || {
        // SAFETY: the caller's promise.
        let found = match unsafe { memory::text(name) } {
            Some(name) => module::named(&name)?,
            None => without?,
        };
        Ok(with_exposed_provenance_mut(found))
    })
}

/// `FreeLibrary`: says that a library is not needed any more. It stays.
///
/// Microsoft's page: `libloaderapi/nf-libloaderapi-freelibrary`.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND` for what is no module.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn FreeLibrary(hlibmodule: HMODULE) -> BOOL {
    boundary::call_any_time(FALSE, || module::check(hlibmodule.addr()).map(|()| TRUE))
}

/// `GetProcAddress`: where a module exports a function. NULL is the program.
///
/// Microsoft's page: `libloaderapi/nf-libloaderapi-getprocaddress`.
///
/// *On Linux*: the functions of the shared library `libws2_32`, by their names alone. A program that holds the static
/// library, or the crate, exports nothing of it.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND` for what is no module, `ERROR_PROC_NOT_FOUND`, for NULL and a number in place of the name, too.
///
/// # Safety
/// The name is NULL, a number below 65536, or ends with a zero.
pub unsafe extern "system" fn GetProcAddress(hmodule: HMODULE, lpprocname: PCSTR) -> FARPROC {
    const ORDINALS: usize = 1 << 16;
    let found = boundary::call_any_time(0, || {
        let module = if hmodule.is_null() { module::program() } else { hmodule.addr() };
        module::check(module)?;
        if lpprocname.addr() < ORDINALS {
            return Err(Error::ERROR_PROC_NOT_FOUND);
        }
        // SAFETY: a text: the caller's promise.
        module::procedure(module, unsafe { memory::bytes_to_nul(lpprocname) })
    });
    if found == 0 {
        return None;
    }
    // SAFETY: it is the address of a function, and what that takes is the caller's to know.
    Some(unsafe {
        std::mem::transmute::<*const c_void, unsafe extern "system" fn() -> isize>(with_exposed_provenance(
            found,
        ))
    })
}

/// `GetModuleFileNameA`: the file of a module; NULL names the program. Answers its characters. What does not fit is
/// cut, the last error is then `ERROR_INSUFFICIENT_BUFFER`, else 0.
///
/// Microsoft's page: `libloaderapi/nf-libloaderapi-getmodulefilenamea`.
///
/// *On Linux*: a path of this system.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND` for what is no module, `ERROR_INSUFFICIENT_BUFFER` for no room at all; the answer is 0.
///
/// # Safety
/// `lpfilename` is NULL or valid for writing `nsize` characters.
pub unsafe extern "system" fn GetModuleFileNameA(hmodule: HMODULE, lpfilename: PSTR, nsize: u32) -> u32 {
    // SAFETY: the caller makes the same promise.
    unsafe { file_name(hmodule, lpfilename, nsize) }
}

/// `GetModuleFileNameW`: the same in UTF-16.
///
/// Microsoft's page: `libloaderapi/nf-libloaderapi-getmodulefilenamew`.
///
/// *On Linux*: as [`GetModuleFileNameA`].
///
/// # Errors
/// As [`GetModuleFileNameA`].
///
/// # Safety
/// As [`GetModuleFileNameA`].
pub unsafe extern "system" fn GetModuleFileNameW(hmodule: HMODULE, lpfilename: PWSTR, nsize: u32) -> u32 {
    // SAFETY: the caller makes the same promise.
    unsafe { file_name(hmodule, lpfilename, nsize) }
}

/// # Safety
/// As [`GetModuleFileNameA`].
unsafe fn file_name<C: Character>(module: HMODULE, out: *mut C, size: u32) -> u32 {
    boundary::call_telling(0, || {
        let module = if module.is_null() { module::program() } else { module.addr() };
        let mut file = memory::with_nul::<C>(&module::file(module)?);
        let room = size as usize;
        if out.is_null() || room == 0 {
            return Err(Error::ERROR_INSUFFICIENT_BUFFER);
        }
        let outcome = if file.len() <= room {
            (file.len() as u32 - 1, ERROR_SUCCESS)
        } else {
            file.truncate(room);
            file[room - 1] = C::default();
            (size, Error::ERROR_INSUFFICIENT_BUFFER.code() as u32)
        };
        // SAFETY: not NULL, and the caller promises the room.
        unsafe { memory::write_characters(out, &file) };
        Ok(outcome)
    })
}
