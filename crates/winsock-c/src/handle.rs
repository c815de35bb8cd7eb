//! Handles as such.

use crate::export;
use winsock::win32::*;

export! {
    "CloseHandle" fn CloseHandle(hobject: HANDLE) -> BOOL;
    "DuplicateHandle" fn DuplicateHandle(hsourceprocesshandle: HANDLE, hsourcehandle: HANDLE, htargetprocesshandle: HANDLE, lptargethandle: *mut HANDLE, dwdesiredaccess: u32, binherithandle: BOOL, dwoptions: DUPLICATE_HANDLE_OPTIONS) -> BOOL;
}
