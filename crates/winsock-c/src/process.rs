//! The process: its command line, its end, its debugger.

use crate::export;
use winsock::win32::*;

export! {
    "ExitProcess" fn ExitProcess(uexitcode: u32) -> !;
    "GetCommandLineA" fn GetCommandLineA() -> PCSTR;
    "GetCommandLineW" fn GetCommandLineW() -> PCWSTR;
    "IsDebuggerPresent" fn IsDebuggerPresent() -> BOOL;
    "OutputDebugStringA" fn OutputDebugStringA(lpoutputstring: PCSTR);
    "OutputDebugStringW" fn OutputDebugStringW(lpoutputstring: PCWSTR);
}
