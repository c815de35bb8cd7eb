//! What a process has around it: arguments, variables, a current directory, a debugger.
#![allow(unsafe_code, reason = "the environment is the C library's, which has no lock for it")]

use super::file;
use super::sys::Errno;
use super::translate::file_error;
use crate::error::Error;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::{env, fs, io};

/// The arguments as a program for Windows finds them in its command line.
pub(crate) fn command_line() -> Vec<u8> {
    let arguments: Vec<_> = env::args_os().map(|argument| quoted(argument.as_bytes())).collect();
    arguments.join(&b' ')
}

/// Quotation marks where they are needed; a backslash is doubled before one.
fn quoted(argument: &[u8]) -> Vec<u8> {
    if !argument.is_empty() && !argument.iter().any(|byte| b" \t\n\x0b\"".contains(byte)) {
        return argument.to_vec();
    }
    let mut text = vec![b'"'];
    let mut slashes = 0;
    for &byte in argument {
        if byte == b'"' {
            text.resize(text.len() + slashes + 1, b'\\');
        }
        slashes = if byte == b'\\' { slashes + 1 } else { 0 };
        text.push(byte);
    }
    text.resize(text.len() + slashes, b'\\');
    text.push(b'"');
    text
}

fn checked(name: &[u8]) -> Result<&OsStr, Error> {
    if name.is_empty() || name.iter().any(|byte| b"=\0".contains(byte)) {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    Ok(OsStr::from_bytes(name))
}

/// The value of a variable.
///
/// # Errors
/// `ERROR_ENVVAR_NOT_FOUND`.
pub(crate) fn variable(name: &[u8]) -> Result<Vec<u8>, Error> {
    let name = checked(name).map_err(|_| Error::ERROR_ENVVAR_NOT_FOUND)?;
    env::var_os(name).map(OsString::into_vec).ok_or(Error::ERROR_ENVVAR_NOT_FOUND)
}

/// Sets a variable, or removes it.
///
/// # Errors
/// `WSA_INVALID_PARAMETER` for what is no name, `ERROR_ENVVAR_NOT_FOUND` for removing what is not there.
///
/// # Safety
/// No other thread reads the environment in the C library's way meanwhile.
pub(crate) unsafe fn set_variable(name: &[u8], value: Option<&[u8]>) -> Result<(), Error> {
    let name = checked(name)?;
    match value {
        // SAFETY: the caller's promise.
        Some(value) => unsafe { env::set_var(name, OsStr::from_bytes(value)) },
        None if env::var_os(name).is_none() => return Err(Error::ERROR_ENVVAR_NOT_FOUND),
        // SAFETY: the caller's promise.
        None => unsafe { env::remove_var(name) },
    }
    Ok(())
}

/// The current directory.
///
/// # Errors
/// Those of a file.
pub(crate) fn directory() -> Result<Vec<u8>, Error> {
    env::current_dir().map(|path| path.into_os_string().into_vec()).map_err(failed)
}

/// Sets it.
///
/// # Errors
/// `ERROR_PATH_NOT_FOUND` for an empty name, `ERROR_FILE_NOT_FOUND`, `ERROR_ACCESS_DENIED`, and what else a path can
/// have; `ERROR_DIRECTORY` for what is none.
pub(crate) fn set_directory(name: &[u8]) -> Result<(), Error> {
    if name.is_empty() {
        return Err(Error::ERROR_PATH_NOT_FOUND);
    }
    let path = file::path(name);
    match fs::metadata(&path) {
        Ok(data) if !data.is_dir() => Err(Error::ERROR_DIRECTORY),
        Ok(_) => env::set_current_dir(&path).map_err(failed),
        Err(error) => Err(failed(error)),
    }
}

/// Where temporary files go, with a slash at the end: what `TMP`, `TEMP` or `TMPDIR` says, else `/tmp/`.
pub(crate) fn temporary() -> Vec<u8> {
    let named = ["TMP", "TEMP", "TMPDIR"].into_iter().filter_map(env::var_os).find(|path| !path.is_empty());
    let mut path = named.map_or_else(|| b"/tmp".to_vec(), OsString::into_vec);
    if path.last() != Some(&b'/') {
        path.push(b'/');
    }
    path
}

/// Whether a debugger has hold of this process.
pub(crate) fn is_traced() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|number| number.trim() != "0")
}

fn failed(error: io::Error) -> Error {
    error.raw_os_error().map_or(Error::ERROR_INVALID_NAME, |number| file_error(Errno(number)))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn an_argument_is_quoted_as_microsofts_start_up_code_reads_it() {
        for (argument, expected) in [
            ("plain", "plain"),
            (r"a\b", r"a\b"),
            ("", r#""""#),
            ("two words", r#""two words""#),
            (r"ends here\ ", r#""ends here\ ""#),
            (r"two words\", r#""two words\\""#),
            (r#"say "it""#, r#""say \"it\"""#),
            (r#"a\"b"#, r#""a\\\"b""#),
        ] {
            assert_eq!(quoted(argument.as_bytes()), expected.as_bytes(), "{argument}");
        }
    }
}
