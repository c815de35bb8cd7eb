//! What a process has around it: variables, directories, names of the machine.

use crate::export;
use winsock::win32::*;

export! {
    "GetComputerNameA" fn GetComputerNameA(lpbuffer: PSTR, nsize: *mut u32) -> BOOL;
    "GetComputerNameExA" fn GetComputerNameExA(nametype: COMPUTER_NAME_FORMAT, lpbuffer: PSTR, nsize: *mut u32) -> BOOL;
    "GetComputerNameExW" fn GetComputerNameExW(nametype: COMPUTER_NAME_FORMAT, lpbuffer: PWSTR, nsize: *mut u32) -> BOOL;
    "GetComputerNameW" fn GetComputerNameW(lpbuffer: PWSTR, nsize: *mut u32) -> BOOL;
    "GetCurrentDirectoryA" fn GetCurrentDirectoryA(nbufferlength: u32, lpbuffer: PSTR) -> u32;
    "GetCurrentDirectoryW" fn GetCurrentDirectoryW(nbufferlength: u32, lpbuffer: PWSTR) -> u32;
    "GetEnvironmentVariableA" fn GetEnvironmentVariableA(lpname: PCSTR, lpbuffer: PSTR, nsize: u32) -> u32;
    "GetEnvironmentVariableW" fn GetEnvironmentVariableW(lpname: PCWSTR, lpbuffer: PWSTR, nsize: u32) -> u32;
    "GetTempPathA" fn GetTempPathA(nbufferlength: u32, lpbuffer: PSTR) -> u32;
    "GetTempPathW" fn GetTempPathW(nbufferlength: u32, lpbuffer: PWSTR) -> u32;
    "SetCurrentDirectoryA" fn SetCurrentDirectoryA(lppathname: PCSTR) -> BOOL;
    "SetCurrentDirectoryW" fn SetCurrentDirectoryW(lppathname: PCWSTR) -> BOOL;
    "SetEnvironmentVariableA" fn SetEnvironmentVariableA(lpname: PCSTR, lpvalue: PCSTR) -> BOOL;
    "SetEnvironmentVariableW" fn SetEnvironmentVariableW(lpname: PCWSTR, lpvalue: PCWSTR) -> BOOL;
}
