//! Mutexes, semaphores and waitable timers.

use crate::export;
use std::ffi::c_void;
use winsock::win32::*;

export! {
    "CancelWaitableTimer" fn CancelWaitableTimer(htimer: HANDLE) -> BOOL;
    "CreateMutexA" fn CreateMutexA(lpmutexattributes: *const SECURITY_ATTRIBUTES, binitialowner: BOOL, lpname: PCSTR) -> HANDLE;
    "CreateMutexExA" fn CreateMutexExA(lpmutexattributes: *const SECURITY_ATTRIBUTES, lpname: PCSTR, dwflags: u32, dwdesiredaccess: u32) -> HANDLE;
    "CreateMutexExW" fn CreateMutexExW(lpmutexattributes: *const SECURITY_ATTRIBUTES, lpname: PCWSTR, dwflags: u32, dwdesiredaccess: u32) -> HANDLE;
    "CreateMutexW" fn CreateMutexW(lpmutexattributes: *const SECURITY_ATTRIBUTES, binitialowner: BOOL, lpname: PCWSTR) -> HANDLE;
    "CreateSemaphoreA" fn CreateSemaphoreA(lpsemaphoreattributes: *const SECURITY_ATTRIBUTES, linitialcount: i32, lmaximumcount: i32, lpname: PCSTR) -> HANDLE;
    "CreateSemaphoreExA" fn CreateSemaphoreExA(lpsemaphoreattributes: *const SECURITY_ATTRIBUTES, linitialcount: i32, lmaximumcount: i32, lpname: PCSTR, dwflags: u32, dwdesiredaccess: u32) -> HANDLE;
    "CreateSemaphoreExW" fn CreateSemaphoreExW(lpsemaphoreattributes: *const SECURITY_ATTRIBUTES, linitialcount: i32, lmaximumcount: i32, lpname: PCWSTR, dwflags: u32, dwdesiredaccess: u32) -> HANDLE;
    "CreateSemaphoreW" fn CreateSemaphoreW(lpsemaphoreattributes: *const SECURITY_ATTRIBUTES, linitialcount: i32, lmaximumcount: i32, lpname: PCWSTR) -> HANDLE;
    "CreateWaitableTimerA" fn CreateWaitableTimerA(lptimerattributes: *const SECURITY_ATTRIBUTES, bmanualreset: BOOL, lptimername: PCSTR) -> HANDLE;
    "CreateWaitableTimerExA" fn CreateWaitableTimerExA(lptimerattributes: *const SECURITY_ATTRIBUTES, lptimername: PCSTR, dwflags: u32, dwdesiredaccess: u32) -> HANDLE;
    "CreateWaitableTimerExW" fn CreateWaitableTimerExW(lptimerattributes: *const SECURITY_ATTRIBUTES, lptimername: PCWSTR, dwflags: u32, dwdesiredaccess: u32) -> HANDLE;
    "CreateWaitableTimerW" fn CreateWaitableTimerW(lptimerattributes: *const SECURITY_ATTRIBUTES, bmanualreset: BOOL, lptimername: PCWSTR) -> HANDLE;
    "OpenMutexA" fn OpenMutexA(dwdesiredaccess: u32, binherithandle: BOOL, lpname: PCSTR) -> HANDLE;
    "OpenMutexW" fn OpenMutexW(dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS, binherithandle: BOOL, lpname: PCWSTR) -> HANDLE;
    "OpenSemaphoreA" fn OpenSemaphoreA(dwdesiredaccess: u32, binherithandle: BOOL, lpname: PCSTR) -> HANDLE;
    "OpenSemaphoreW" fn OpenSemaphoreW(dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS, binherithandle: BOOL, lpname: PCWSTR) -> HANDLE;
    "OpenWaitableTimerA" fn OpenWaitableTimerA(dwdesiredaccess: u32, binherithandle: BOOL, lptimername: PCSTR) -> HANDLE;
    "OpenWaitableTimerW" fn OpenWaitableTimerW(dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS, binherithandle: BOOL, lptimername: PCWSTR) -> HANDLE;
    "ReleaseMutex" fn ReleaseMutex(hmutex: HANDLE) -> BOOL;
    "ReleaseSemaphore" fn ReleaseSemaphore(hsemaphore: HANDLE, lreleasecount: i32, lppreviouscount: *mut i32) -> BOOL;
    "SetWaitableTimer" fn SetWaitableTimer(htimer: HANDLE, lpduetime: *const i64, lperiod: i32, pfncompletionroutine: PTIMERAPCROUTINE, lpargtocompletionroutine: *const c_void, fresume: BOOL) -> BOOL;
    "SetWaitableTimerEx" fn SetWaitableTimerEx(htimer: HANDLE, lpduetime: *const i64, lperiod: i32, pfncompletionroutine: PTIMERAPCROUTINE, lpargtocompletionroutine: *const c_void, wakecontext: *const REASON_CONTEXT, tolerabledelay: u32) -> BOOL;
}
