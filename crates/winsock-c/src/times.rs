//! Time: counters, the time of day, and its forms.

use crate::export;
use winsock::win32::*;

export! {
    "CompareFileTime" fn CompareFileTime(lpfiletime1: *const FILETIME, lpfiletime2: *const FILETIME) -> i32;
    "FileTimeToLocalFileTime" fn FileTimeToLocalFileTime(lpfiletime: *const FILETIME, lplocalfiletime: *mut FILETIME) -> BOOL;
    "FileTimeToSystemTime" fn FileTimeToSystemTime(lpfiletime: *const FILETIME, lpsystemtime: *mut SYSTEMTIME) -> BOOL;
    "GetLocalTime" fn GetLocalTime(lpsystemtime: *mut SYSTEMTIME);
    "GetProcessTimes" fn GetProcessTimes(hprocess: HANDLE, lpcreationtime: *mut FILETIME, lpexittime: *mut FILETIME, lpkerneltime: *mut FILETIME, lpusertime: *mut FILETIME) -> BOOL;
    "GetSystemTime" fn GetSystemTime(lpsystemtime: *mut SYSTEMTIME);
    "GetSystemTimeAsFileTime" fn GetSystemTimeAsFileTime(lpsystemtimeasfiletime: *mut FILETIME);
    "GetSystemTimePreciseAsFileTime" fn GetSystemTimePreciseAsFileTime(lpsystemtimeasfiletime: *mut FILETIME);
    "GetTickCount" fn GetTickCount() -> u32;
    "GetTickCount64" fn GetTickCount64() -> u64;
    "QueryPerformanceCounter" fn QueryPerformanceCounter(lpperformancecount: *mut i64) -> BOOL;
    "QueryPerformanceFrequency" fn QueryPerformanceFrequency(lpfrequency: *mut i64) -> BOOL;
    "QueryUnbiasedInterruptTime" fn QueryUnbiasedInterruptTime(unbiasedtime: *mut u64) -> BOOL;
    "SystemTimeToFileTime" fn SystemTimeToFileTime(lpsystemtime: *const SYSTEMTIME, lpfiletime: *mut FILETIME) -> BOOL;
    "timeBeginPeriod" fn timeBeginPeriod(uperiod: u32) -> u32;
    "timeEndPeriod" fn timeEndPeriod(uperiod: u32) -> u32;
    "timeGetTime" fn timeGetTime() -> u32;
}
