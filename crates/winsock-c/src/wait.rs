//! Waiting.

use crate::export;
use winsock::win32::*;

export! {
    "SignalObjectAndWait" fn SignalObjectAndWait(hobjecttosignal: HANDLE, hobjecttowaiton: HANDLE, dwmilliseconds: u32, balertable: BOOL) -> WAIT_EVENT;
    "Sleep" fn Sleep(dwmilliseconds: u32);
    "SleepEx" fn SleepEx(dwmilliseconds: u32, balertable: BOOL) -> u32;
    "SwitchToThread" fn SwitchToThread() -> BOOL;
    "WaitForMultipleObjects" fn WaitForMultipleObjects(ncount: u32, lphandles: *const HANDLE, bwaitall: BOOL, dwmilliseconds: u32) -> WAIT_EVENT;
    "WaitForMultipleObjectsEx" fn WaitForMultipleObjectsEx(ncount: u32, lphandles: *const HANDLE, bwaitall: BOOL, dwmilliseconds: u32, balertable: BOOL) -> WAIT_EVENT;
    "WaitForSingleObject" fn WaitForSingleObject(hhandle: HANDLE, dwmilliseconds: u32) -> WAIT_EVENT;
    "WaitForSingleObjectEx" fn WaitForSingleObjectEx(hhandle: HANDLE, dwmilliseconds: u32, balertable: BOOL) -> WAIT_EVENT;
    "WSAWaitForMultipleEvents" fn WSAWaitForMultipleEvents(cevents: u32, lphevents: *const HANDLE, fwaitall: BOOL, dwtimeout: u32, falertable: BOOL) -> WAIT_EVENT;
}
