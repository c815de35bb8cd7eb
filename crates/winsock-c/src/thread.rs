//! Threads, and procedure calls to them.

use crate::export;
use std::ffi::c_void;
use winsock::win32::*;

export! {
    "CreateThread" fn CreateThread(lpthreadattributes: *const SECURITY_ATTRIBUTES, dwstacksize: usize, lpstartaddress: LPTHREAD_START_ROUTINE, lpparameter: *const c_void, dwcreationflags: THREAD_CREATION_FLAGS, lpthreadid: *mut u32) -> HANDLE;
    "GetCurrentProcess" fn GetCurrentProcess() -> HANDLE;
    "GetCurrentProcessId" fn GetCurrentProcessId() -> u32;
    "GetCurrentThread" fn GetCurrentThread() -> HANDLE;
    "GetCurrentThreadId" fn GetCurrentThreadId() -> u32;
    "GetExitCodeThread" fn GetExitCodeThread(hthread: HANDLE, lpexitcode: *mut u32) -> BOOL;
    "GetThreadId" fn GetThreadId(thread: HANDLE) -> u32;
    "OpenThread" fn OpenThread(dwdesiredaccess: THREAD_ACCESS_RIGHTS, binherithandle: BOOL, dwthreadid: u32) -> HANDLE;
    "QueueUserAPC" fn QueueUserAPC(pfnapc: PAPCFUNC, hthread: HANDLE, dwdata: usize) -> u32;
    "ResumeThread" fn ResumeThread(hthread: HANDLE) -> u32;
}

/// `ExitThread`: see `winsock::win32`. Alone among the exports it leaves by unwinding where a thread of the C library's ends.
#[unsafe(export_name = "ExitThread")]
pub unsafe extern "C-unwind" fn ExitThread(dwexitcode: u32) -> ! {
    // SAFETY: the caller makes the same promises to the same function.
    unsafe { winsock::win32::ExitThread(dwexitcode) }
}
