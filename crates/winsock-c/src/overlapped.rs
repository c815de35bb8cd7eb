//! The outcome and the end of overlapped operations.

use crate::export;
use winsock::win32::*;

export! {
    "CancelIo" fn CancelIo(hfile: HANDLE) -> BOOL;
    "CancelIoEx" fn CancelIoEx(hfile: HANDLE, lpoverlapped: *const OVERLAPPED) -> BOOL;
    "GetOverlappedResult" fn GetOverlappedResult(hfile: HANDLE, lpoverlapped: *const OVERLAPPED, lpnumberofbytestransferred: *mut u32, bwait: BOOL) -> BOOL;
    "GetOverlappedResultEx" fn GetOverlappedResultEx(hfile: HANDLE, lpoverlapped: *const OVERLAPPED, lpnumberofbytestransferred: *mut u32, dwmilliseconds: u32, balertable: BOOL) -> BOOL;
    "SetFileCompletionNotificationModes" fn SetFileCompletionNotificationModes(filehandle: HANDLE, flags: u8) -> BOOL;
    "WSAGetOverlappedResult" fn WSAGetOverlappedResult(s: SOCKET, lpoverlapped: *const OVERLAPPED, lpcbtransfer: *mut u32, fwait: BOOL, lpdwflags: *mut u32) -> BOOL;
}
