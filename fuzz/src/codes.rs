//! The codes that each function is documented to fail with: another one is a finding.
//!
//! Where a family of calls shares its checks, one row serves it. A code that only a fault of this library makes
//! (`WSASYSCALLFAILURE`, which a stopped panic leaves) is in no row.

use crate::process::last_error;
use winsock::win32::*;

const INVALID_HANDLE: i32 = ERROR_INVALID_HANDLE as i32;
const INVALID_PARAMETER: i32 = ERROR_INVALID_PARAMETER as i32;
const NOT_OWNER: i32 = 288;
const TOO_MANY_POSTS: i32 = 298;
const ABORTED: i32 = WSA_OPERATION_ABORTED;
const TIMED_OUT: i32 = WAIT_TIMEOUT as i32;
const ABANDONED: i32 = 735;
const IO_COMPLETION: i32 = WAIT_IO_COMPLETION as i32;

/// What ends an operation that was accepted, and what a call that sends or receives meets on the way.
const MET: &[i32] = &[
    ABORTED,
    WSAEFAULT,
    WSAEMSGSIZE,
    WSAECONNRESET,
    WSAECONNABORTED,
    WSAECONNREFUSED,
    WSAENETUNREACH,
    WSAEHOSTUNREACH,
    WSAENETRESET,
    WSAETIMEDOUT,
    WSAEACCES,
    WSAENOBUFS,
    WSAEMFILE,
    WSAEDISCON,
    WSAENOTCONN,
    WSAESHUTDOWN,
    WSAEADDRNOTAVAIL,
    WSAEADDRINUSE,
    WSAENOTSOCK,
    WSAEINVAL,
];

/// As `GetQueuedCompletionStatus`, `ReadFile` and `WriteFile` say the same.
const MET_WIN32: &[i32] =
    &[64, 38, 234, 995, 1225, 1229, 1231, 1232, 1234, 1236, 121, 998, 1784, 233, 5, 8, 1450, 6, 87];

const TRANSFER: &[i32] = &[
    WSAENOTSOCK,
    WSAEINVAL,
    WSAEFAULT,
    WSAEOPNOTSUPP,
    WSAENOTCONN,
    WSAEDESTADDRREQ,
    WSAEAFNOSUPPORT,
    WSAEWOULDBLOCK,
    WSA_IO_PENDING,
    INVALID_HANDLE,
];

/// What each function may fail with, besides what it meets.
const DOCUMENTED: &[(&str, &[i32], &[i32])] = &[
    (
        "AcceptEx",
        &[WSAENOTSOCK, INVALID_PARAMETER, WSAEFAULT, WSAEINVAL, WSA_IO_PENDING, INVALID_HANDLE],
        MET,
    ),
    ("CancelIo", &[INVALID_HANDLE], &[]),
    ("CancelIoEx", &[INVALID_HANDLE, 1168], &[]),
    ("CloseHandle", &[INVALID_HANDLE], &[]),
    (
        "ConnectEx",
        &[
            WSAENOTSOCK,
            WSAEFAULT,
            WSAEAFNOSUPPORT,
            WSAEOPNOTSUPP,
            WSAEINVAL,
            WSAEALREADY,
            WSAEISCONN,
            WSA_IO_PENDING,
            INVALID_HANDLE,
        ],
        MET,
    ),
    ("CreateIoCompletionPort", &[INVALID_PARAMETER, INVALID_HANDLE], &[]),
    (
        "DisconnectEx",
        &[WSAENOTSOCK, WSAEINVAL, WSAEOPNOTSUPP, WSAENOTCONN, WSA_IO_PENDING, INVALID_HANDLE],
        MET,
    ),
    ("DuplicateHandle", &[INVALID_PARAMETER, INVALID_HANDLE, ERROR_NOT_SUPPORTED as i32], &[]),
    ("FormatMessage", &[INVALID_PARAMETER, 1815, 317, 122, 8], &[]),
    ("GetOverlappedResult", &[INVALID_HANDLE, INVALID_PARAMETER, 996, TIMED_OUT, IO_COMPLETION], MET_WIN32),
    (
        "GetQueuedCompletionStatus",
        &[INVALID_HANDLE, INVALID_PARAMETER, TIMED_OUT, ABANDONED, IO_COMPLETION],
        MET_WIN32,
    ),
    ("MultiByteToWideChar", &[INVALID_PARAMETER, 1004, 1113, 122], &[]),
    ("PostQueuedCompletionStatus", &[INVALID_HANDLE], &[]),
    ("QueueUserAPC", &[INVALID_HANDLE, INVALID_PARAMETER, 31], &[]),
    ("ReadFile", &[INVALID_HANDLE, INVALID_PARAMETER, WSA_IO_PENDING, 2250, 233, 5, 38, 112], MET_WIN32),
    ("ReleaseMutex", &[INVALID_HANDLE, NOT_OWNER], &[]),
    ("ReleaseSemaphore", &[INVALID_PARAMETER, INVALID_HANDLE, TOO_MANY_POSTS], &[]),
    ("SetEvent", &[INVALID_HANDLE], &[]),
    ("SetFileCompletionNotificationModes", &[INVALID_HANDLE, INVALID_PARAMETER], &[]),
    ("SetWaitableTimer", &[INVALID_HANDLE, INVALID_PARAMETER], &[]),
    ("SignalObjectAndWait", &[INVALID_HANDLE, NOT_OWNER, TOO_MANY_POSTS], &[]),
    (
        "TransmitFile",
        &[
            WSAENOTSOCK,
            WSAEINVAL,
            WSAEFAULT,
            WSAENOTCONN,
            WSAESHUTDOWN,
            WSA_IO_PENDING,
            INVALID_HANDLE,
            5,
            38,
        ],
        MET,
    ),
    ("WSAAsyncSelect", &[WSAENOTSOCK, WSAEINVAL], &[]),
    ("WSADuplicateSocket", &[WSAENOTSOCK, WSAEFAULT, WSAEINVAL], &[]),
    ("WSAEnumNetworkEvents", &[WSAENOTSOCK, WSAEINVAL, WSAEFAULT], &[]),
    ("WSAEventSelect", &[WSAENOTSOCK, WSAEINVAL], &[]),
    ("WSAGetOverlappedResult", &[WSAENOTSOCK, WSAEFAULT, WSA_IO_INCOMPLETE], MET),
    (
        "WSAIoctl",
        &[
            WSAENOTSOCK,
            WSAEOPNOTSUPP,
            WSAEFAULT,
            WSAEINVAL,
            WSAENOPROTOOPT,
            WSA_IO_PENDING,
            WSAEWOULDBLOCK,
            WSAEAFNOSUPPORT,
            WSAENETUNREACH,
            WSAEHOSTUNREACH,
            WSAENOTCONN,
            INVALID_HANDLE,
        ],
        &[],
    ),
    ("WSAPoll", &[WSAEINVAL, WSAEFAULT], &[]),
    ("WSARecv", TRANSFER, MET),
    ("WSARecvMsg", TRANSFER, MET),
    ("WSASend", TRANSFER, MET),
    ("WSASendMsg", TRANSFER, MET),
    (
        "WSASocket",
        &[
            WSAEINVAL,
            WSAEFAULT,
            WSAEACCES,
            WSAEAFNOSUPPORT,
            WSAESOCKTNOSUPPORT,
            WSAEPROTONOSUPPORT,
            WSAEPROTOTYPE,
        ],
        &[],
    ),
    ("WSAStringToAddress", &[WSAEINVAL, WSAEFAULT], &[]),
    ("WaitForMultipleObjects", &[INVALID_HANDLE, INVALID_PARAMETER], &[]),
    (
        "accept",
        &[WSAENOTSOCK, WSAEFAULT, WSAEOPNOTSUPP, WSAEINVAL, WSAEWOULDBLOCK, WSAECONNREFUSED, WSATRY_AGAIN],
        &[],
    ),
    ("bind", &[WSAENOTSOCK, WSAEFAULT, WSAEINVAL, WSAEADDRNOTAVAIL, WSAEADDRINUSE, WSAEACCES], &[]),
    ("closesocket", &[WSAENOTSOCK], &[]),
    (
        "connect",
        &[
            WSAENOTSOCK,
            WSAEFAULT,
            WSAEAFNOSUPPORT,
            WSAEINVAL,
            WSAEALREADY,
            WSAEISCONN,
            WSAEADDRNOTAVAIL,
            WSAEWOULDBLOCK,
            WSAECONNREFUSED,
            WSAENETUNREACH,
            WSAEACCES,
            WSAEHOSTUNREACH,
        ],
        &[],
    ),
    (
        "getaddrinfo",
        &[
            WSAHOST_NOT_FOUND,
            WSANO_RECOVERY,
            WSAEINVAL,
            WSAEAFNOSUPPORT,
            WSAESOCKTNOSUPPORT,
            WSATYPE_NOT_FOUND,
            WSANO_DATA,
        ],
        &[],
    ),
    ("getnameinfo", &[WSAEFAULT, WSAEAFNOSUPPORT, WSAEINVAL, WSAHOST_NOT_FOUND], &[]),
    ("getpeername", &[WSAENOTSOCK, WSAEFAULT, WSAENOTCONN], &[]),
    ("getsockname", &[WSAENOTSOCK, WSAEFAULT, WSAEINVAL], &[]),
    ("getsockopt", &[WSAENOTSOCK, WSAEFAULT, WSAEINVAL, WSAENOPROTOOPT, WSAENOTCONN], &[]),
    ("ioctlsocket", &[WSAENOTSOCK, WSAEFAULT, WSAEINVAL], &[]),
    ("listen", &[WSAENOTSOCK, WSAEOPNOTSUPP, WSAEINVAL, WSAEISCONN, WSAEADDRINUSE], &[]),
    ("select", &[WSAEINVAL, WSAENOTSOCK], &[]),
    (
        "setsockopt",
        &[
            WSAENOTSOCK,
            WSAEFAULT,
            WSAEINVAL,
            WSAENOPROTOOPT,
            WSAENOTCONN,
            WSAEADDRNOTAVAIL,
            WSAEADDRINUSE,
            WSAENOBUFS,
        ],
        &[],
    ),
    ("shutdown", &[WSAENOTSOCK, WSAEINVAL, WSAENOTCONN], &[WSAECONNRESET, WSAECONNABORTED, WSAETIMEDOUT]),
    (
        "socket",
        &[WSAEINVAL, WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT, WSAEPROTONOSUPPORT, WSAEPROTOTYPE, WSAEACCES],
        &[],
    ),
];

/// After a call: if it has failed, with a documented code.
///
/// # Panics
/// If not.
#[track_caller]
pub(crate) fn check(function: &str, succeeded: bool) {
    if !succeeded {
        check_code(function, last_error());
    }
}

/// The same for a function that answers its code, 0 for a success.
///
/// # Panics
/// If it is not documented.
#[track_caller]
pub(crate) fn check_code(function: &str, code: i32) {
    let row = DOCUMENTED.iter().find(|row| row.0 == function);
    let (_, own, met) = row.unwrap_or_else(|| panic!("a row for {function}"));
    assert!(code == 0 || own.contains(&code) || met.contains(&code), "{function} fails with {code}");
}
