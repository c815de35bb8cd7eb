//! Completion ports.

use crate::export;
use winsock::win32::*;

export! {
    "CreateIoCompletionPort" fn CreateIoCompletionPort(filehandle: HANDLE, existingcompletionport: HANDLE, completionkey: usize, numberofconcurrentthreads: u32) -> HANDLE;
    "GetQueuedCompletionStatus" fn GetQueuedCompletionStatus(completionport: HANDLE, lpnumberofbytestransferred: *mut u32, lpcompletionkey: *mut usize, lpoverlapped: *mut *mut OVERLAPPED, dwmilliseconds: u32) -> BOOL;
    "GetQueuedCompletionStatusEx" fn GetQueuedCompletionStatusEx(completionport: HANDLE, lpcompletionportentries: *mut OVERLAPPED_ENTRY, ulcount: u32, ulnumentriesremoved: *mut u32, dwmilliseconds: u32, falertable: BOOL) -> BOOL;
    "PostQueuedCompletionStatus" fn PostQueuedCompletionStatus(completionport: HANDLE, dwnumberofbytestransferred: u32, dwcompletionkey: usize, lpoverlapped: *const OVERLAPPED) -> BOOL;
}
