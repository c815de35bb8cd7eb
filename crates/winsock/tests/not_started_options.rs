//! Before `WSAStartup` every function of options, ioctls and descriptions fails with `WSANOTINITIALISED`, whatever else
//! is wrong. Alone in its process: start-up is counted per process.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

use std::ptr::{null, null_mut};
use winsock::win32::*;

#[test]
fn nothing_works_before_wsastartup() {
    type Call = (&'static str, fn() -> bool);
    // SAFETY of all: NULL and bad handles are allowed to be passed.
    let calls: [Call; 15] = [
        ("getsockopt", || unsafe { getsockopt(0, -1, -1, null_mut(), null_mut()) == SOCKET_ERROR }),
        ("setsockopt", || unsafe { setsockopt(0, -1, -1, null(), -1) == SOCKET_ERROR }),
        ("ioctlsocket", || unsafe { ioctlsocket(0, -1, null_mut()) == SOCKET_ERROR }),
        ("WSAIoctl", || unsafe {
            WSAIoctl(0, 0, null(), 0, null_mut(), 0, null_mut(), null_mut(), None) == SOCKET_ERROR
        }),
        ("WSASocketA", || unsafe { WSASocketA(-1, -1, -1, null(), 9, !0) == INVALID_SOCKET }),
        ("WSASocketW", || unsafe { WSASocketW(-1, -1, -1, null(), 9, !0) == INVALID_SOCKET }),
        ("WSADuplicateSocketA", || unsafe { WSADuplicateSocketA(0, 0, null_mut()) == SOCKET_ERROR }),
        ("WSADuplicateSocketW", || unsafe { WSADuplicateSocketW(0, 0, null_mut()) == SOCKET_ERROR }),
        ("WSAEnumProtocolsA", || unsafe {
            WSAEnumProtocolsA(null(), null_mut(), null_mut()) == SOCKET_ERROR
        }),
        ("WSAEnumProtocolsW", || unsafe {
            WSAEnumProtocolsW(null(), null_mut(), null_mut()) == SOCKET_ERROR
        }),
        ("WSAAccept", || unsafe { WSAAccept(0, null_mut(), null_mut(), None, 0) == INVALID_SOCKET }),
        ("WSAConnect", || unsafe {
            WSAConnect(0, null(), 0, null(), null_mut(), null(), null()) == SOCKET_ERROR
        }),
        ("WSASendDisconnect", || unsafe { WSASendDisconnect(0, null()) == SOCKET_ERROR }),
        ("WSARecvDisconnect", || unsafe { WSARecvDisconnect(0, null()) == SOCKET_ERROR }),
        ("WSARecvEx", || unsafe { WSARecvEx(0, null_mut(), -1, null_mut()) == SOCKET_ERROR }),
    ];
    for (name, call) in calls {
        // SAFETY: no memory is passed.
        unsafe { WSASetLastError(0) };
        assert!(call(), "{name} fails");
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { WSAGetLastError() }, WSANOTINITIALISED, "{name}");
    }
}
