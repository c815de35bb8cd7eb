//! The console: standard handles, text, and the handlers of its control events.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, CTRL_BREAK_EVENT, CTRL_C_EVENT, FALSE, HANDLE, INVALID_HANDLE_VALUE, PCSTR, PCWSTR,
    PHANDLER_ROUTINE, STD_ERROR_HANDLE, STD_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, TRUE, boundary,
    memory,
};
use crate::error::Error;
use crate::linux::console::{self, Standard};
use crate::linux::console_control::{self, Control};
use crate::linux::handles;
use std::ffi::c_void;
use std::ptr::without_provenance_mut;

/// `SetConsoleCtrlHandler`: adds a handler for control events, or takes one back. The one added last is called first,
/// in a thread of its own, and the next only if it answers FALSE; an event that no handler takes ends the process. With
/// NULL it sets whether Ctrl-C is ignored.
///
/// Microsoft's page: `console/setconsolectrlhandler`.
///
/// *On Linux*: an event is a signal: SIGINT is `CTRL_C_EVENT`, SIGQUIT and SIGHUP are `CTRL_BREAK_EVENT`, SIGTERM is
/// `CTRL_CLOSE_EVENT`. They are caught from the first handler on; until then, and when no handler takes the event, they
/// do what they do by default. A close has all the time that its handlers take, and then ends the process by SIGTERM.
/// That Ctrl-C is ignored is passed on to programs that this one starts, until they add a handler.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for taking back a handler that is not set, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// The handler may be called in another thread, until it has been taken back and its last call has returned.
pub unsafe extern "system" fn SetConsoleCtrlHandler(handlerroutine: PHANDLER_ROUTINE, add: BOOL) -> BOOL {
    boundary::call_any_time(FALSE, || {
        match (handlerroutine, add != FALSE) {
            (None, ignores) => console_control::ignore_interrupt(ignores),
            (Some(handler), true) => console_control::add(handler)?,
            (Some(handler), false) => console_control::remove(handler)?,
        }
        Ok(TRUE)
    })
}

/// `GenerateConsoleCtrlEvent`: sends an event to a process group; 0 is this process and those that share its console. A
/// Ctrl-C for a particular group reaches nobody, as documented.
///
/// Microsoft's page: `console/generateconsolectrlevent`.
///
/// *On Linux*: 0 is this process, and its process group if it leads it, as a command of an interactive shell does: a
/// program that a script has started does not end the script.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for other events, and for a group that is not there, `ERROR_ACCESS_DENIED`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GenerateConsoleCtrlEvent(dwctrlevent: u32, dwprocessgroupid: u32) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let group = (dwprocessgroupid != 0).then_some(dwprocessgroupid);
        match (dwctrlevent, group) {
            (CTRL_C_EVENT, None) => console_control::send(Control::Interrupt, None)?,
            (CTRL_C_EVENT, Some(_)) => {}
            (CTRL_BREAK_EVENT, group) => console_control::send(Control::Break, group)?,
            _ => return Err(Error::WSA_INVALID_PARAMETER),
        }
        Ok(TRUE)
    })
}

fn standard(handle: STD_HANDLE) -> Result<Standard, Error> {
    match handle {
        STD_INPUT_HANDLE => Ok(Standard::Input),
        STD_OUTPUT_HANDLE => Ok(Standard::Output),
        STD_ERROR_HANDLE => Ok(Standard::Error),
        _ => Err(Error::WSA_INVALID_HANDLE),
    }
}

/// `GetStdHandle`: the handle of standard input, output or error, the same one each time. NULL if the process has none.
///
/// Microsoft's page: `console/getstdhandle`.
///
/// *On Linux*: a file over a copy of descriptor 0, 1 or 2, made by the first call: what the program redirects later by
/// descriptor does not move it.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for another number, `ERROR_TOO_MANY_OPEN_FILES`; the answer is `INVALID_HANDLE_VALUE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetStdHandle(nstdhandle: STD_HANDLE) -> HANDLE {
    boundary::call_any_time(INVALID_HANDLE_VALUE, || {
        Ok(without_provenance_mut(console::standard(standard(nstdhandle)?)?))
    })
}

/// `SetStdHandle`: sets what [`GetStdHandle`] gives from now on.
///
/// Microsoft's page: `console/setstdhandle`.
///
/// *On Linux*: the descriptors, and so the C library's streams, stay as they are.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for another number. The handle is not looked at.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetStdHandle(nstdhandle: STD_HANDLE, hhandle: HANDLE) -> BOOL {
    boundary::call_any_time(FALSE, || {
        console::set_standard(standard(nstdhandle)?, hhandle.addr());
        Ok(TRUE)
    })
}

/// `WriteConsoleA`: writes text.
///
/// Microsoft's page: `console/writeconsole`.
///
/// *On Linux*: a pipe or a file will do as well as a terminal.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_NOACCESS` for NULL with a length, `ERROR_ACCESS_DENIED` for what cannot be written,
/// `ERROR_NO_DATA` for a pipe that nobody reads, `ERROR_DISK_FULL`.
///
/// # Safety
/// `lpbuffer` is NULL or has as many characters; `lpnumberofcharswritten` is NULL or valid for writing.
pub unsafe extern "system" fn WriteConsoleA(
    hconsoleoutput: HANDLE,
    lpbuffer: PCSTR,
    nnumberofcharstowrite: u32,
    lpnumberofcharswritten: *mut u32,
    lpreserved: *const c_void,
) -> BOOL {
    let _ = lpreserved;
    // SAFETY: the caller makes the same promises.
    unsafe {
        write_console(hconsoleoutput, lpbuffer, nnumberofcharstowrite, lpnumberofcharswritten, <[u8]>::to_vec)
    }
}

/// `WriteConsoleW`: the same of UTF-16, which is written as UTF-8.
///
/// Microsoft's page: `console/writeconsole`.
///
/// *On Linux*: as [`WriteConsoleA`].
///
/// # Errors
/// As [`WriteConsoleA`].
///
/// # Safety
/// As [`WriteConsoleA`].
pub unsafe extern "system" fn WriteConsoleW(
    hconsoleoutput: HANDLE,
    lpbuffer: PCWSTR,
    nnumberofcharstowrite: u32,
    lpnumberofcharswritten: *mut u32,
    lpreserved: *const c_void,
) -> BOOL {
    let _ = lpreserved;
    let encode = |text: &[u16]| String::from_utf16_lossy(text).into_bytes();
    // SAFETY: the caller makes the same promises.
    unsafe { write_console(hconsoleoutput, lpbuffer, nnumberofcharstowrite, lpnumberofcharswritten, encode) }
}

/// # Safety
/// As [`WriteConsoleA`].
unsafe fn write_console<C: Copy + Default>(
    handle: HANDLE,
    text: *const C,
    len: u32,
    written: *mut u32,
    encode: impl FnOnce(&[C]) -> Vec<u8>,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let file = handles::file(handle.addr())?;
        file.require_write()?;
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(written, 0) };
        // SAFETY: the caller's promise.
        let text = unsafe { memory::counted(text, len as usize) }.ok_or(Error::ERROR_NOACCESS)?;
        console::write(&file, &encode(&text))?;
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(written, len) };
        Ok(TRUE)
    })
}
