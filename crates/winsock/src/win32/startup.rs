//! `WSAStartup` and `WSACleanup`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::{WSADATA, boundary, memory};
use crate::error::Error;
use crate::linux::startup::{self, HIGHEST, Version};

/// `WSAStartup`: lets the program use Winsock, and says which version it gets: the highest that is not above
/// `wversionrequested` (low byte major, high byte minor), 2.2 at most.
///
/// *On Linux*: `WINSOCK_ENGINE` in the environment names the engine of overlapped operations: `epoll`, `io_uring`, or
/// `auto` (the default: io_uring where the kernel allows it); `script:SEED`, for tests, does in an order that the seed
/// decides whatever an engine may do: short counts, delays, failures, cancels that come too late. One that cannot be had, or is none, fails with
/// `WSASYSNOTREADY` and a line on standard error. So does a `WINSOCK_FAULTS` that cannot be read; one that can has the
/// program meet faults, for tests.
///
/// Each successful call needs a [`WSACleanup`] of its own. The error is the result: `WSAGetLastError` does not give
/// it.
///
/// Microsoft's page: `winsock/nf-winsock-wsastartup`.
///
/// # Errors
/// `WSAEFAULT` for a NULL pointer, `WSAVERNOTSUPPORTED` for a version below 1.0 (the structure is filled in all the
/// same, and nothing has been started), `WSASYSNOTREADY`.
///
/// # Safety
/// `lpwsadata` is NULL or valid for writing a `WSADATA`.
pub unsafe extern "system" fn WSAStartup(wversionrequested: u16, lpwsadata: *mut WSADATA) -> i32 {
    boundary::code(|| {
        let [major, minor] = wversionrequested.to_le_bytes();
        let version = startup::negotiate(Version { major, minor });
        // SAFETY: the caller promises a NULL or writable pointer.
        unsafe { memory::write(lpwsadata, describe(version.unwrap_or(HIGHEST))) }?;
        version?;
        startup::start()
    })
}

fn describe(version: Version) -> WSADATA {
    let word = |version: Version| u16::from_le_bytes([version.major, version.minor]);
    let mut data = WSADATA { wVersion: word(version), wHighVersion: word(HIGHEST), ..WSADATA::default() };
    copy(&mut data.szDescription, "WinSock 2.0");
    copy(&mut data.szSystemStatus, "Running");
    // Version 2 says: ignore these. Programs of version 1.1 read them.
    if version.major < 2 {
        data.iMaxSockets = 32767;
        data.iMaxUdpDg = 65467;
    }
    data
}

fn copy(to: &mut [i8], text: &str) {
    for (to, from) in to.iter_mut().zip(text.bytes()) {
        *to = from as i8;
    }
}

/// `WSACleanup`: takes one [`WSAStartup`] back. The last one closes every socket that is still open, and wakes the
/// calls that block on them.
///
/// Microsoft's page: `winsock/nf-winsock-wsacleanup`.
///
/// # Errors
/// `WSANOTINITIALISED` if there is no `WSAStartup` to take back.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WSACleanup() -> i32 {
    boundary::call_any_time(super::SOCKET_ERROR, || -> Result<i32, Error> {
        startup::stop()?;
        Ok(0)
    })
}
