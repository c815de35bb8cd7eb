//! The boundary between a caller's world and ours: start-up checked, panics stopped, the last error set.

use super::{ERROR_ALREADY_EXISTS, ERROR_SUCCESS, last_error};
use crate::error::Error;
use crate::linux::{startup, thread};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the body of a raw function that needs `WSAStartup`. Failure answers `failure` and sets the last error;
/// success leaves the last error alone.
///
/// # Errors
/// `WSANOTINITIALISED` before anything else.
pub(super) fn call<T>(failure: T, body: impl FnOnce() -> Result<T, Error>) -> T {
    call_any_time(failure, || {
        startup::check()?;
        body()
    })
}

/// The same for the few functions that work without `WSAStartup`.
pub(super) fn call_any_time<T>(failure: T, body: impl FnOnce() -> Result<T, Error>) -> T {
    guarded(body).unwrap_or_else(|error| {
        last_error::set(error.code() as u32);
        failure
    })
}

/// The same for the functions that create an object or open it, and tell which by the last error.
pub(super) fn create<T>(failure: T, body: impl FnOnce() -> Result<(T, bool), Error>) -> T {
    call_telling(failure, || {
        let (handle, existed) = body()?;
        Ok((handle, if existed { ERROR_ALREADY_EXISTS } else { ERROR_SUCCESS }))
    })
}

/// The same for the functions that set the last error when they succeed, too.
pub(super) fn call_telling<T>(failure: T, body: impl FnOnce() -> Result<(T, u32), Error>) -> T {
    call_any_time(failure, || {
        let (answer, code) = body()?;
        last_error::set(code);
        Ok(answer)
    })
}

/// The same for functions that answer their error code instead of setting it.
pub(super) fn code(body: impl FnOnce() -> Result<(), Error>) -> i32 {
    match guarded(body) {
        Ok(()) => 0,
        Err(error) => error.code(),
    }
}

/// The same for functions that do both: they need `WSAStartup`, and answer the error code that they also set.
pub(super) fn call_code(body: impl FnOnce() -> Result<(), Error>) -> i32 {
    let code = code(|| {
        startup::check()?;
        body()
    });
    if code != 0 {
        last_error::set(code as u32);
    }
    code
}

/// The same for functions that leave the last error alone.
pub(super) fn quiet<T>(failure: T, body: impl FnOnce() -> Result<T, Error>) -> T {
    guarded(body).unwrap_or(failure)
}

fn guarded<T>(body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        // A panic is a defect of ours; it has been printed, and the caller sees a failed system call.
        drop(thread::go_on_leaving(payload));
        Err(Error::WSASYSCALLFAILURE)
    })
}
