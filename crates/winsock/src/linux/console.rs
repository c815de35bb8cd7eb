//! The standard handles, and text on what they lead to.
//!
//! A standard handle is a file over a copy of descriptor 0, 1 or 2, made when it is first asked for.

use super::file::File;
use super::handles::{self, Object};
use super::sys::socket::Buffer;
use super::sys::terminal;
use crate::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One of the three.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standard {
    /// `STD_INPUT_HANDLE`.
    Input,
    /// `STD_OUTPUT_HANDLE`.
    Output,
    /// `STD_ERROR_HANDLE`.
    Error,
}

/// `None` as long as nobody has asked.
static STANDARD: Mutex<[Option<usize>; 3]> = Mutex::new([None; 3]);

fn locked() -> MutexGuard<'static, [Option<usize>; 3]> {
    STANDARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A standard handle; 0 if the process has none.
///
/// # Errors
/// `ERROR_TOO_MANY_OPEN_FILES`.
pub(crate) fn standard(which: Standard) -> Result<usize, Error> {
    let mut handles = locked();
    if let Some(handle) = handles[which as usize] {
        return Ok(handle);
    }
    let handle = match File::of_descriptor(which as i32) {
        Ok(file) => handles::insert(Object::File(Arc::new(file))).ok_or(Error::ERROR_TOO_MANY_OPEN_FILES)?,
        Err(Error::WSA_INVALID_HANDLE) => 0,
        Err(error) => return Err(error),
    };
    handles[which as usize] = Some(handle);
    Ok(handle)
}

/// Puts another handle in the place of a standard one.
pub(crate) fn set_standard(which: Standard, handle: usize) {
    locked()[which as usize] = Some(handle);
}

/// Writes text, all of it.
///
/// # Errors
/// Those of [`File::write`].
pub(crate) fn write(file: &File, text: &[u8]) -> Result<(), Error> {
    match file.write(Buffer::new(text.as_ptr().cast_mut(), text.len()), None)? {
        written if written == text.len() => Ok(()),
        _ => Err(Error::ERROR_DISK_FULL),
    }
}

pub(crate) use terminal::Input;

/// What the terminal that a file leads to does with what is typed.
///
/// # Errors
/// `WSA_INVALID_HANDLE` for what is no terminal.
pub(crate) fn input(file: &File) -> Result<Input, Error> {
    terminal::input(file.fd()).map_err(|_| Error::WSA_INVALID_HANDLE)
}

/// Sets it.
///
/// # Errors
/// As [`input`].
pub(crate) fn set_input(file: &File, input: Input) -> Result<(), Error> {
    terminal::set_input(file.fd(), input).map_err(|_| Error::WSA_INVALID_HANDLE)
}
