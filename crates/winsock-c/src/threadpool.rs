//! Thread pools.

use crate::export;
use std::ffi::c_void;
use winsock::win32::*;

export! {
    "CreateThreadpoolWork" fn CreateThreadpoolWork(pfnwk: PTP_WORK_CALLBACK, pv: *mut c_void, pcbe: *const TP_CALLBACK_ENVIRON_V3) -> PTP_WORK;
    "CreateThreadpoolTimer" fn CreateThreadpoolTimer(pfnti: PTP_TIMER_CALLBACK, pv: *mut c_void, pcbe: *const TP_CALLBACK_ENVIRON_V3) -> PTP_TIMER;
    "CreateThreadpoolWait" fn CreateThreadpoolWait(pfnwa: PTP_WAIT_CALLBACK, pv: *mut c_void, pcbe: *const TP_CALLBACK_ENVIRON_V3) -> PTP_WAIT;
    "CreateThreadpoolIo" fn CreateThreadpoolIo(fl: HANDLE, pfnio: PTP_WIN32_IO_CALLBACK, pv: *mut c_void, pcbe: *const TP_CALLBACK_ENVIRON_V3) -> PTP_IO;
    "BindIoCompletionCallback" fn BindIoCompletionCallback(filehandle: HANDLE, function: LPOVERLAPPED_COMPLETION_ROUTINE, flags: u32) -> BOOL;
    "TrySubmitThreadpoolCallback" fn TrySubmitThreadpoolCallback(pfns: PTP_SIMPLE_CALLBACK, pv: *mut c_void, pcbe: *const TP_CALLBACK_ENVIRON_V3) -> BOOL;
    "QueueUserWorkItem" fn QueueUserWorkItem(function: LPTHREAD_START_ROUTINE, context: *const c_void, flags: WORKER_THREAD_FLAGS) -> BOOL;
    "SubmitThreadpoolWork" fn SubmitThreadpoolWork(pwk: PTP_WORK);
    "StartThreadpoolIo" fn StartThreadpoolIo(pio: PTP_IO);
    "CancelThreadpoolIo" fn CancelThreadpoolIo(pio: PTP_IO);
    "CloseThreadpoolWork" fn CloseThreadpoolWork(pwk: PTP_WORK);
    "WaitForThreadpoolWorkCallbacks" fn WaitForThreadpoolWorkCallbacks(pwk: PTP_WORK, fcancelpendingcallbacks: BOOL);
    "CloseThreadpoolTimer" fn CloseThreadpoolTimer(pti: PTP_TIMER);
    "WaitForThreadpoolTimerCallbacks" fn WaitForThreadpoolTimerCallbacks(pti: PTP_TIMER, fcancelpendingcallbacks: BOOL);
    "CloseThreadpoolWait" fn CloseThreadpoolWait(pwa: PTP_WAIT);
    "WaitForThreadpoolWaitCallbacks" fn WaitForThreadpoolWaitCallbacks(pwa: PTP_WAIT, fcancelpendingcallbacks: BOOL);
    "CloseThreadpoolIo" fn CloseThreadpoolIo(pio: PTP_IO);
    "WaitForThreadpoolIoCallbacks" fn WaitForThreadpoolIoCallbacks(pio: PTP_IO, fcancelpendingcallbacks: BOOL);
    "SetThreadpoolTimer" fn SetThreadpoolTimer(pti: PTP_TIMER, pftduetime: *const FILETIME, msperiod: u32, mswindowlength: u32);
    "SetThreadpoolTimerEx" fn SetThreadpoolTimerEx(pti: PTP_TIMER, pftduetime: *const FILETIME, msperiod: u32, mswindowlength: u32) -> BOOL;
    "IsThreadpoolTimerSet" fn IsThreadpoolTimerSet(pti: PTP_TIMER) -> BOOL;
    "SetThreadpoolWait" fn SetThreadpoolWait(pwa: PTP_WAIT, h: HANDLE, pfttimeout: *const FILETIME);
    "SetThreadpoolWaitEx" fn SetThreadpoolWaitEx(pwa: PTP_WAIT, h: HANDLE, pfttimeout: *const FILETIME, reserved: *const c_void) -> BOOL;
    "CreateThreadpool" fn CreateThreadpool(reserved: *const c_void) -> PTP_POOL;
    "CloseThreadpool" fn CloseThreadpool(ptpp: PTP_POOL);
    "SetThreadpoolThreadMaximum" fn SetThreadpoolThreadMaximum(ptpp: PTP_POOL, cthrdmost: u32);
    "SetThreadpoolThreadMinimum" fn SetThreadpoolThreadMinimum(ptpp: PTP_POOL, cthrdmic: u32) -> BOOL;
    "CreateThreadpoolCleanupGroup" fn CreateThreadpoolCleanupGroup() -> PTP_CLEANUP_GROUP;
    "CloseThreadpoolCleanupGroup" fn CloseThreadpoolCleanupGroup(ptpcg: PTP_CLEANUP_GROUP);
    "CloseThreadpoolCleanupGroupMembers" fn CloseThreadpoolCleanupGroupMembers(ptpcg: PTP_CLEANUP_GROUP, fcancelpendingcallbacks: BOOL, pvcleanupcontext: *mut c_void);
    "SetEventWhenCallbackReturns" fn SetEventWhenCallbackReturns(pci: PTP_CALLBACK_INSTANCE, evt: HANDLE);
    "ReleaseSemaphoreWhenCallbackReturns" fn ReleaseSemaphoreWhenCallbackReturns(pci: PTP_CALLBACK_INSTANCE, sem: HANDLE, crel: u32);
    "ReleaseMutexWhenCallbackReturns" fn ReleaseMutexWhenCallbackReturns(pci: PTP_CALLBACK_INSTANCE, r#mut: HANDLE);
    "LeaveCriticalSectionWhenCallbackReturns" fn LeaveCriticalSectionWhenCallbackReturns(pci: PTP_CALLBACK_INSTANCE, pcs: *mut CRITICAL_SECTION);
    "DisassociateCurrentThreadFromCallback" fn DisassociateCurrentThreadFromCallback(pci: PTP_CALLBACK_INSTANCE);
    "CallbackMayRunLong" fn CallbackMayRunLong(pci: PTP_CALLBACK_INSTANCE) -> BOOL;
}
