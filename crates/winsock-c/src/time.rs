//! The calls whose C form differs from the raw one by its `struct timeval`.
//!
//! The C headers keep glibc's, with two 64-bit fields; Windows' has two of 32 bits.

use std::ptr;
use winsock::win32::{
    self, BOOL, FD_SET, OVERLAPPED, PCSTR, PCWSTR, SOCKADDR, SOCKET, SOCKET_ADDRESS_LIST, TIMEVAL,
};

/// glibc's `struct timeval`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TimeVal {
    tv_sec: i64,
    tv_usec: i64,
}

impl TimeVal {
    /// The same time for Winsock; longer than it can say is as long as it can say, negative stays negative.
    fn to_winsock(self) -> TIMEVAL {
        let clamp = |value: i64| value.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
        TIMEVAL { tv_sec: clamp(self.tv_sec), tv_usec: clamp(self.tv_usec) }
    }
}

/// Calls with a caller's time in Winsock's form.
///
/// # Safety
/// `time` is NULL or readable.
unsafe fn with_time<T>(time: *const TimeVal, call: impl FnOnce(*const TIMEVAL) -> T) -> T {
    // SAFETY: the caller's promise.
    match unsafe { time.as_ref() } {
        Some(time) => {
            let time = time.to_winsock();
            call(&raw const time)
        }
        None => call(ptr::null()),
    }
}

/// `select`: see `winsock::win32`.
#[unsafe(export_name = "ws2_select")]
pub unsafe extern "C" fn select(
    nfds: i32,
    readfds: *mut FD_SET,
    writefds: *mut FD_SET,
    exceptfds: *mut FD_SET,
    timeout: *const TimeVal,
) -> i32 {
    // SAFETY: the caller makes the same promises of the sets; the time is ours.
    let call = |timeout| unsafe { win32::select(nfds, readfds, writefds, exceptfds, timeout) };
    // SAFETY: the caller passes NULL or a readable time.
    unsafe { with_time(timeout, call) }
}

/// `WSAConnectByList`: see `winsock::win32`.
#[unsafe(export_name = "WSAConnectByList")]
pub unsafe extern "C" fn WSAConnectByList(
    s: SOCKET,
    addresses: *const SOCKET_ADDRESS_LIST,
    local_len: *mut u32,
    local: *mut SOCKADDR,
    remote_len: *mut u32,
    remote: *mut SOCKADDR,
    timeout: *const TimeVal,
    reserved: *const OVERLAPPED,
) -> BOOL {
    let call = |timeout| {
        // SAFETY: the caller makes the same promises; the time is ours.
        unsafe {
            win32::WSAConnectByList(s, addresses, local_len, local, remote_len, remote, timeout, reserved)
        }
    };
    // SAFETY: the caller passes NULL or a readable time.
    unsafe { with_time(timeout, call) }
}

/// `WSAConnectByNameA`: see `winsock::win32`.
#[unsafe(export_name = "WSAConnectByNameA")]
pub unsafe extern "C" fn WSAConnectByNameA(
    s: SOCKET,
    node: PCSTR,
    service: PCSTR,
    local_len: *mut u32,
    local: *mut SOCKADDR,
    remote_len: *mut u32,
    remote: *mut SOCKADDR,
    timeout: *const TimeVal,
    reserved: *const OVERLAPPED,
) -> BOOL {
    let call = |timeout| {
        // SAFETY: the caller makes the same promises; the time is ours.
        unsafe {
            win32::WSAConnectByNameA(
                s, node, service, local_len, local, remote_len, remote, timeout, reserved,
            )
        }
    };
    // SAFETY: the caller passes NULL or a readable time.
    unsafe { with_time(timeout, call) }
}

/// `WSAConnectByNameW`: see `winsock::win32`.
#[unsafe(export_name = "WSAConnectByNameW")]
pub unsafe extern "C" fn WSAConnectByNameW(
    s: SOCKET,
    node: PCWSTR,
    service: PCWSTR,
    local_len: *mut u32,
    local: *mut SOCKADDR,
    remote_len: *mut u32,
    remote: *mut SOCKADDR,
    timeout: *const TimeVal,
    reserved: *const OVERLAPPED,
) -> BOOL {
    let call = |timeout| {
        // SAFETY: the caller makes the same promises; the time is ours.
        unsafe {
            win32::WSAConnectByNameW(
                s, node, service, local_len, local, remote_len, remote, timeout, reserved,
            )
        }
    };
    // SAFETY: the caller passes NULL or a readable time.
    unsafe { with_time(timeout, call) }
}
