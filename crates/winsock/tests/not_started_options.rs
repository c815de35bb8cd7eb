//! Before `WSAStartup` every function of options, ioctls and descriptions fails with `WSANOTINITIALISED`, whatever else
//! is wrong. Alone in its process: start-up is counted per process.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

use std::ptr::{null, null_mut};
use winsock::win32::*;

/// Asserts that a call fails, and with which code.
macro_rules! fails {
    ($failure:expr, $function:ident($($argument:expr),*)) => {
        // SAFETY: no memory is passed.
        unsafe { WSASetLastError(0) };
        // SAFETY: NULL and bad handles are allowed to be passed.
        let result = unsafe { $function($($argument),*) };
        assert_eq!(result, $failure, stringify!($function));
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { WSAGetLastError() }, WSANOTINITIALISED, stringify!($function));
    };
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: before WSAStartup, every call fails")]
fn nothing_works_before_wsastartup() {
    fails!(SOCKET_ERROR, getsockopt(0, -1, -1, null_mut(), null_mut()));
    fails!(SOCKET_ERROR, setsockopt(0, -1, -1, null(), -1));
    fails!(SOCKET_ERROR, ioctlsocket(0, -1, null_mut()));
    fails!(SOCKET_ERROR, WSAIoctl(0, 0, null(), 0, null_mut(), 0, null_mut(), null_mut(), None));
    fails!(INVALID_SOCKET, WSASocketA(-1, -1, -1, null(), 9, !0));
    fails!(INVALID_SOCKET, WSASocketW(-1, -1, -1, null(), 9, !0));
    fails!(SOCKET_ERROR, WSADuplicateSocketA(0, 0, null_mut()));
    fails!(SOCKET_ERROR, WSADuplicateSocketW(0, 0, null_mut()));
    fails!(SOCKET_ERROR, WSAEnumProtocolsA(null(), null_mut(), null_mut()));
    fails!(SOCKET_ERROR, WSAEnumProtocolsW(null(), null_mut(), null_mut()));
    fails!(INVALID_SOCKET, WSAAccept(0, null_mut(), null_mut(), None, 0));
    fails!(SOCKET_ERROR, WSAConnect(0, null(), 0, null(), null_mut(), null(), null()));
    fails!(SOCKET_ERROR, WSASendDisconnect(0, null()));
    fails!(SOCKET_ERROR, WSARecvDisconnect(0, null()));
    fails!(SOCKET_ERROR, WSARecvEx(0, null_mut(), -1, null_mut()));
}
