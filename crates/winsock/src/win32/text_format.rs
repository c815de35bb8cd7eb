//! What the formatted output of the C headers is made of: which arguments a format takes, and its text.
//!
//! For `libws2_32` alone. Rust cannot take a C function's variable arguments: the headers fetch them, by the kinds that
//! [`format_arguments`] answers, and hand them over to [`format_text`] as a list of 64-bit words.
#![allow(unsafe_code, reason = "called from C with pointers")]

use super::{boundary, memory};
use crate::error::Error;
use crate::linux::printf::{Format, Passed, Width};
use std::ffi::c_void;

/// A string of the caller's, in units, up to its zero and no further than `limit`.
///
/// # Safety
/// `text` names characters of that width: a zero, or as many as the limit.
pub(super) unsafe fn string_units(text: *const c_void, width: Width, limit: usize) -> Vec<u32> {
    match width {
        Width::Narrow => {
            // SAFETY: everything before this character is not 0, so that the caller promises it too.
            let at = |index| unsafe { text.cast::<u8>().wrapping_add(index).read() };
            (0..limit).map(at).take_while(|&unit| unit != 0).map(u32::from).collect()
        }
        Width::Wide => {
            // SAFETY: as above.
            let at = |index| unsafe { text.cast::<u16>().wrapping_add(index).read_unaligned() };
            (0..limit).map(at).take_while(|&unit| unit != 0).map(u32::from).collect()
        }
    }
}

/// The width of characters of so many bytes.
///
/// # Errors
/// `WSA_INVALID_PARAMETER` for others than 1 and 2.
pub(super) fn narrow_or_wide(bytes: i32) -> Result<Width, Error> {
    match bytes {
        1 => Ok(Width::Narrow),
        2 => Ok(Width::Wide),
        _ => Err(Error::WSA_INVALID_PARAMETER),
    }
}

/// # Safety
/// `format` is NULL or a string of the width, which is 1 or 2.
unsafe fn parse(format: *const c_void, width: i32) -> Result<(Format, Width), Error> {
    let width = narrow_or_wide(width)?;
    if format.is_null() {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    // SAFETY: not NULL, and the caller promises a zero at its end.
    let units = unsafe { string_units(format, width, usize::MAX) };
    Ok((Format::parse(&units, width).ok_or(Error::WSA_INVALID_PARAMETER)?, width))
}

/// The kinds of the arguments that a format takes: 0 an `int`, 1 a 64-bit integer, 2 a `double`, 3 a `long double`, 4 a
/// pointer. Answers how many, or -1 for what is no format and for more than `room`.
///
/// # Safety
/// `format` is NULL or a string of characters of `width` bytes; `kinds` has `room` bytes.
#[doc(hidden)]
pub unsafe extern "system" fn format_arguments(
    format: *const c_void,
    width: i32,
    kinds: *mut u8,
    room: u32,
) -> i32 {
    let answer = || {
        // SAFETY: the caller's promise.
        let (format, _) = unsafe { parse(format, width) }?;
        let arguments = format.arguments();
        if arguments.len() > room as usize || (kinds.is_null() && !arguments.is_empty()) {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        for (index, argument) in arguments.iter().enumerate() {
            let kind = match argument {
                Passed::Int => 0,
                Passed::Long => 1,
                Passed::Double => 2,
                Passed::LongDouble => 3,
                Passed::Pointer => 4,
            };
            // SAFETY: the caller promises the room, which is enough.
            unsafe { kinds.wrapping_add(index).write(kind) };
        }
        Ok(arguments.len() as i32)
    };
    boundary::quiet(-1, answer)
}

/// Writes a formatted text, as much of it as fits, and a zero behind it if there is room for anything. Answers how long
/// the whole text is, or -1 for what is no format.
///
/// # Safety
/// `to` has room for `room` characters of `width` bytes, or is NULL; `format` is NULL or a string; `arguments` has `count`
/// words, which are what the format says.
#[doc(hidden)]
pub unsafe extern "system" fn format_text(
    to: *mut c_void,
    room: usize,
    format: *const c_void,
    width: i32,
    arguments: *const u64,
    count: u32,
) -> i32 {
    let answer = || {
        // SAFETY: the caller's promise.
        let (format, width) = unsafe { parse(format, width) }?;
        // SAFETY: the caller's promise.
        let arguments = unsafe { memory::counted(arguments, count as usize) };
        let arguments = arguments.ok_or(Error::WSA_INVALID_PARAMETER)?;
        let read = |pointer: usize, width, limit| {
            // SAFETY: the caller promises that it is a string if the format says so.
            unsafe { string_units(std::ptr::with_exposed_provenance(pointer), width, limit) }
        };
        let text = format.write(&arguments, &read).ok_or(Error::WSA_INVALID_PARAMETER)?;
        let len = i32::try_from(text.len()).map_err(|_| Error::WSA_INVALID_PARAMETER)?;
        if room > 0 && !to.is_null() {
            let fitting = text.iter().take(room - 1).copied().chain([0]);
            match width {
                Width::Narrow => {
                    let units: Vec<u8> = fitting.map(|unit| unit as u8).collect();
                    // SAFETY: the caller promises the room, which is enough.
                    unsafe { to.cast::<u8>().copy_from_nonoverlapping(units.as_ptr(), units.len()) };
                }
                Width::Wide => {
                    let units: Vec<u16> = fitting.map(|unit| unit as u16).collect();
                    let bytes = units.len() * size_of::<u16>();
                    // SAFETY: as above; bytes need no alignment.
                    unsafe { to.cast::<u8>().copy_from_nonoverlapping(units.as_ptr().cast(), bytes) };
                }
            }
        }
        Ok(len)
    };
    boundary::quiet(-1, answer)
}
