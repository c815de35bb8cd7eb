//! The console: standard handles, text, control events.

use crate::export;
use core::ffi::c_void;
use winsock::win32::*;

export! {
    "GenerateConsoleCtrlEvent" fn GenerateConsoleCtrlEvent(dwctrlevent: u32, dwprocessgroupid: u32) -> BOOL;
    "GetConsoleMode" fn GetConsoleMode(hconsolehandle: HANDLE, lpmode: *mut CONSOLE_MODE) -> BOOL;
    "GetFileType" fn GetFileType(hfile: HANDLE) -> FILE_TYPE;
    "SetConsoleMode" fn SetConsoleMode(hconsolehandle: HANDLE, dwmode: CONSOLE_MODE) -> BOOL;
    "GetStdHandle" fn GetStdHandle(nstdhandle: STD_HANDLE) -> HANDLE;
    "SetConsoleCtrlHandler" fn SetConsoleCtrlHandler(handlerroutine: PHANDLER_ROUTINE, add: BOOL) -> BOOL;
    "SetStdHandle" fn SetStdHandle(nstdhandle: STD_HANDLE, hhandle: HANDLE) -> BOOL;
    "WriteConsoleA" fn WriteConsoleA(hconsoleoutput: HANDLE, lpbuffer: PCSTR, nnumberofcharstowrite: u32, lpnumberofcharswritten: *mut u32, lpreserved: *const c_void) -> BOOL;
    "WriteConsoleW" fn WriteConsoleW(hconsoleoutput: HANDLE, lpbuffer: PCWSTR, nnumberofcharstowrite: u32, lpnumberofcharswritten: *mut u32, lpreserved: *const c_void) -> BOOL;
}

export! {
    "GetConsoleCP" fn GetConsoleCP() -> u32;
    "GetConsoleOutputCP" fn GetConsoleOutputCP() -> u32;
    "SetConsoleCP" fn SetConsoleCP(wcodepageid: u32) -> BOOL;
    "SetConsoleOutputCP" fn SetConsoleOutputCP(wcodepageid: u32) -> BOOL;
}
