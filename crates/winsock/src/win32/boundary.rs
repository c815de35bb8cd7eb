//! The boundary between a caller's world and ours: start-up checked, panics stopped, the last error set.

use super::last_error;
use crate::error::Error;
use crate::linux::startup;
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
    // A panic is a defect of ours; it has been printed, and the caller sees a failed system call.
    let result = catch_unwind(AssertUnwindSafe(body)).unwrap_or(Err(Error::WSASYSCALLFAILURE));
    result.unwrap_or_else(|error| {
        last_error::set(error.code() as u32);
        failure
    })
}

/// The same for functions that answer their error code instead of setting it.
pub(super) fn code(body: impl FnOnce() -> Result<(), Error>) -> i32 {
    match catch_unwind(AssertUnwindSafe(body)).unwrap_or(Err(Error::WSASYSCALLFAILURE)) {
        Ok(()) => 0,
        Err(error) => error.code(),
    }
}
