//! What a handle leads to, the modes of terminals, and their code pages.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, CONSOLE_MODE, CP_UTF8, ENABLE_ECHO_INPUT, ENABLE_LINE_INPUT, ENABLE_PROCESSED_INPUT,
    ENABLE_PROCESSED_OUTPUT, ENABLE_VIRTUAL_TERMINAL_PROCESSING, ENABLE_WRAP_AT_EOL_OUTPUT, FALSE, FILE_TYPE,
    FILE_TYPE_CHAR, FILE_TYPE_DISK, FILE_TYPE_PIPE, FILE_TYPE_UNKNOWN, HANDLE, TRUE, boundary, memory,
};
use crate::error::Error;
use crate::linux::console::{self, Input};
use crate::linux::file::Kind;
use crate::linux::handles::{self, Object};

/// `GetFileType`: whether a handle leads to a disk, to a device of characters or to a pipe; a socket is a pipe.
///
/// Microsoft's page: `fileapi/nf-fileapi-getfiletype`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is neither a file nor a socket; the answer is `FILE_TYPE_UNKNOWN`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetFileType(hfile: HANDLE) -> FILE_TYPE {
    boundary::call_any_time(FILE_TYPE_UNKNOWN, || {
        if let Some(Object::Socket(_)) = handles::get(hfile.addr()).as_deref() {
            return Ok(FILE_TYPE_PIPE);
        }
        Ok(match handles::file(hfile.addr())?.kind() {
            Kind::Disk => FILE_TYPE_DISK,
            Kind::Characters => FILE_TYPE_CHAR,
            Kind::Pipe => FILE_TYPE_PIPE,
        })
    })
}

/// `GetConsoleMode`: what a terminal does with what is typed, or, of a handle that is only written, with what is printed.
///
/// Microsoft's page: `console/getconsolemode`.
///
/// *On Linux*: of output the answer is always processed, wrapped, and with the terminal's own sequences.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no terminal, `ERROR_NOACCESS` for NULL.
///
/// # Safety
/// `lpmode` is NULL or valid for writing.
pub unsafe extern "system" fn GetConsoleMode(hconsolehandle: HANDLE, lpmode: *mut CONSOLE_MODE) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let file = handles::file(hconsolehandle.addr())?;
        let input = console::input(&file)?;
        let mode = if file.require_read().is_ok() {
            INPUT.iter().filter(|row| row.1(&input)).fold(0, |mode, row| mode | row.0)
        } else {
            OUTPUT
        };
        // SAFETY: the caller's promise.
        unsafe { memory::write(lpmode, mode) }.map_err(|_| Error::ERROR_NOACCESS)?;
        Ok(TRUE)
    })
}

/// `SetConsoleMode`: sets it. Modes of windows and mice are taken, and mean nothing.
///
/// Microsoft's page: `console/setconsolemode`.
///
/// *On Linux*: output stays as it is. The terminal keeps its mode when the program ends.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no terminal, `ERROR_INVALID_PARAMETER` for echo without lines.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetConsoleMode(hconsolehandle: HANDLE, dwmode: CONSOLE_MODE) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let file = handles::file(hconsolehandle.addr())?;
        console::input(&file)?;
        if file.require_read().is_err() {
            return Ok(TRUE);
        }
        let has = |flag| dwmode & flag != 0;
        if has(ENABLE_ECHO_INPUT) && !has(ENABLE_LINE_INPUT) {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let input = Input {
            lines: has(ENABLE_LINE_INPUT),
            echo: has(ENABLE_ECHO_INPUT),
            signals: has(ENABLE_PROCESSED_INPUT),
        };
        console::set_input(&file, input)?;
        Ok(TRUE)
    })
}

const OUTPUT: CONSOLE_MODE =
    ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING;

/// A mode of input, and whether it holds.
type Row = (CONSOLE_MODE, fn(&Input) -> bool);

const INPUT: [Row; 3] = [
    (ENABLE_PROCESSED_INPUT, |input| input.signals),
    (ENABLE_LINE_INPUT, |input| input.lines),
    (ENABLE_ECHO_INPUT, |input| input.echo),
];

/// `GetConsoleCP`: the code page of what is read: UTF-8.
///
/// Microsoft's page: `console/getconsolecp`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetConsoleCP() -> u32 {
    CP_UTF8
}

/// `SetConsoleCP`: chooses the code page of what is read.
///
/// Microsoft's page: `console/setconsolecp`.
///
/// *On Linux*: terminals take UTF-8 alone.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for another page.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetConsoleCP(wcodepageid: u32) -> BOOL {
    boundary::call_any_time(FALSE, || match wcodepageid {
        CP_UTF8 => Ok(TRUE),
        _ => Err(Error::WSA_INVALID_PARAMETER),
    })
}

/// `GetConsoleOutputCP`: the code page of what is written: UTF-8.
///
/// Microsoft's page: `console/getconsoleoutputcp`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetConsoleOutputCP() -> u32 {
    CP_UTF8
}

/// `SetConsoleOutputCP`: chooses the code page of what is written.
///
/// Microsoft's page: `console/setconsoleoutputcp`.
///
/// *On Linux*: terminals take UTF-8 alone.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for another page.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetConsoleOutputCP(wcodepageid: u32) -> BOOL {
    boundary::call_any_time(FALSE, || match wcodepageid {
        CP_UTF8 => Ok(TRUE),
        _ => Err(Error::WSA_INVALID_PARAMETER),
    })
}
