//! `FormatMessageA` and `FormatMessageW`: the texts of error codes, and messages of the program's own.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::memory::Character;
use super::text_format::{narrow_or_wide, string_units};
use super::{
    FORMAT_MESSAGE_ALLOCATE_BUFFER, FORMAT_MESSAGE_FROM_HMODULE, FORMAT_MESSAGE_FROM_STRING,
    FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS, FORMAT_MESSAGE_OPTIONS, PSTR, PWSTR, boundary,
    memory,
};
use crate::error::Error;
use crate::linux::heap;
use crate::linux::message_text::{self, Lines, Message};
use crate::linux::printf::Width;
use std::ffi::c_void;

/// `FormatMessageA`: the text of an error code, or of a message of the program's, with its inserts filled in. Answers how
/// many characters it wrote, without the zero. The text of a code ends with a period and a line break.
///
/// The arguments are 64 bits each, with or without `FORMAT_MESSAGE_ARGUMENT_ARRAY`. A buffer that
/// `FORMAT_MESSAGE_ALLOCATE_BUFFER` asks for is freed by `LocalFree`.
///
/// Microsoft's page: `winbase/nf-winbase-formatmessagea`.
///
/// *On Linux*: the texts are this library's, in English, for every code that it returns. No module has messages.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no buffer, no source, a message that is none, and inserts without arguments,
/// `ERROR_RESOURCE_LANG_NOT_FOUND` for another language than English, `ERROR_MR_MID_NOT_FOUND` for a code without a text,
/// `ERROR_INSUFFICIENT_BUFFER`, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// `lpsource` ends with a zero if it is a message; `lpbuffer` has room for `nsize` characters, or is the address of a
/// pointer; `arguments` is NULL or has what the inserts ask for.
pub unsafe extern "system" fn FormatMessageA(
    dwflags: FORMAT_MESSAGE_OPTIONS,
    lpsource: *const c_void,
    dwmessageid: u32,
    dwlanguageid: u32,
    lpbuffer: PSTR,
    nsize: u32,
    arguments: *const *const i8,
) -> u32 {
    let request = Request { flags: dwflags, source: lpsource, code: dwmessageid, language: dwlanguageid };
    // SAFETY: the caller makes the same promises.
    unsafe { request.write(Width::Narrow, lpbuffer, nsize, arguments.cast()) }
}

/// `FormatMessageW`: the same in UTF-16.
///
/// Microsoft's page: `winbase/nf-winbase-formatmessagew`.
///
/// *On Linux*: as [`FormatMessageA`].
///
/// # Errors
/// As [`FormatMessageA`].
///
/// # Safety
/// As [`FormatMessageA`].
pub unsafe extern "system" fn FormatMessageW(
    dwflags: FORMAT_MESSAGE_OPTIONS,
    lpsource: *const c_void,
    dwmessageid: u32,
    dwlanguageid: u32,
    lpbuffer: PWSTR,
    nsize: u32,
    arguments: *const *const i8,
) -> u32 {
    let request = Request { flags: dwflags, source: lpsource, code: dwmessageid, language: dwlanguageid };
    // SAFETY: the caller makes the same promises.
    unsafe { request.write(Width::Wide, lpbuffer, nsize, arguments.cast()) }
}

/// How many arguments the inserts of a message reach for, in characters of `width` bytes: for the C headers, which hand
/// them over as a list. -1 where [`FormatMessageA`] fails.
///
/// # Safety
/// As [`FormatMessageA`].
#[doc(hidden)]
pub unsafe extern "system" fn message_arguments(
    flags: FORMAT_MESSAGE_OPTIONS,
    source: *const c_void,
    code: u32,
    language: u32,
    width: i32,
) -> i32 {
    let request = Request { flags, source, code, language };
    boundary::quiet(-1, || {
        // SAFETY: the caller's promise.
        let message = unsafe { request.message(narrow_or_wide(width)?) }?;
        Ok(message.arguments() as i32)
    })
}

/// Which message is asked for.
struct Request {
    flags: FORMAT_MESSAGE_OPTIONS,
    source: *const c_void,
    code: u32,
    language: u32,
}

impl Request {
    fn has(&self, flag: FORMAT_MESSAGE_OPTIONS) -> bool {
        self.flags & flag != 0
    }

    /// # Safety
    /// As [`FormatMessageA`].
    unsafe fn message(&self, width: Width) -> Result<Message, Error> {
        /// The low bits of a language, without the country.
        const PRIMARY: u32 = 0x3FF;
        const NEUTRAL: u32 = 0;
        const ENGLISH: u32 = 9;
        let units = if self.has(FORMAT_MESSAGE_FROM_STRING) {
            if self.source.is_null() {
                return Err(Error::WSA_INVALID_PARAMETER);
            }
            // SAFETY: not NULL, and the caller promises a zero at its end.
            unsafe { string_units(self.source, width, usize::MAX) }
        } else if self.has(FORMAT_MESSAGE_FROM_SYSTEM) {
            if !matches!(self.language & PRIMARY, NEUTRAL | ENGLISH) {
                return Err(Error::ERROR_RESOURCE_LANG_NOT_FOUND);
            }
            width.encode(&message_text::of_code(self.code).ok_or(Error::ERROR_MR_MID_NOT_FOUND)?)
        } else if self.has(FORMAT_MESSAGE_FROM_HMODULE) {
            return Err(Error::ERROR_MR_MID_NOT_FOUND);
        } else {
            return Err(Error::WSA_INVALID_PARAMETER);
        };
        let inserts = !self.has(FORMAT_MESSAGE_IGNORE_INSERTS);
        Message::parse(&units, width, inserts).ok_or(Error::WSA_INVALID_PARAMETER)
    }

    fn lines(&self) -> Lines {
        const WIDTH: u32 = 0xFF;
        match self.flags & WIDTH {
            0 => Lines::Kept,
            WIDTH => Lines::Joined,
            width => Lines::Wrapped(width as usize),
        }
    }

    /// # Safety
    /// As [`FormatMessageA`].
    unsafe fn write<C: Character>(
        &self,
        width: Width,
        buffer: *mut C,
        size: u32,
        arguments: *const u64,
    ) -> u32 {
        boundary::call_any_time(0, || {
            if buffer.is_null() {
                return Err(Error::WSA_INVALID_PARAMETER);
            }
            // SAFETY: the caller's promise.
            let message = unsafe { self.message(width) }?;
            // SAFETY: the caller promises as many as the inserts reach for.
            let arguments = unsafe { memory::counted(arguments, message.arguments()) };
            let arguments = arguments.ok_or(Error::WSA_INVALID_PARAMETER)?;
            let read = |pointer: usize, width, limit| {
                // SAFETY: the caller promises that an insert which is a string is one.
                unsafe { string_units(std::ptr::with_exposed_provenance(pointer), width, limit) }
            };
            let text = message.write(&arguments, self.lines(), &read).ok_or(Error::WSA_INVALID_PARAMETER)?;
            let text = width.decode(&text);
            let needed = C::encode(&text).len();
            let (to, room) = if self.has(FORMAT_MESSAGE_ALLOCATE_BUFFER) {
                let room = (needed + 1).max(size as usize);
                let block = heap::allocate(heap::PROCESS_HEAP, room * size_of::<C>(), false);
                let block = block.ok_or(Error::WSA_NOT_ENOUGH_MEMORY)?.cast::<C>();
                // SAFETY: the caller promises that the buffer is the address of a pointer.
                unsafe { buffer.cast::<*mut C>().write_unaligned(block) };
                (block, room)
            } else {
                (buffer, size as usize)
            };
            // SAFETY: there is that much room, ours or as the caller promises.
            unsafe { memory::write_text(to, room, &text) }.map_err(|_| Error::ERROR_INSUFFICIENT_BUFFER)?;
            Ok(needed as u32)
        })
    }
}
