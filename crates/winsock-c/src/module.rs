//! Modules: the program and this library.

use crate::export;
use winsock::win32::*;

export! {
    "FreeLibrary" fn FreeLibrary(hlibmodule: HMODULE) -> BOOL;
    "GetModuleFileNameA" fn GetModuleFileNameA(hmodule: HMODULE, lpfilename: PSTR, nsize: u32) -> u32;
    "GetModuleFileNameW" fn GetModuleFileNameW(hmodule: HMODULE, lpfilename: PWSTR, nsize: u32) -> u32;
    "GetModuleHandleA" fn GetModuleHandleA(lpmodulename: PCSTR) -> HMODULE;
    "GetModuleHandleW" fn GetModuleHandleW(lpmodulename: PCWSTR) -> HMODULE;
    "GetProcAddress" fn GetProcAddress(hmodule: HMODULE, lpprocname: PCSTR) -> FARPROC;
    "LoadLibraryA" fn LoadLibraryA(lplibfilename: PCSTR) -> HMODULE;
    "LoadLibraryW" fn LoadLibraryW(lplibfilename: PCWSTR) -> HMODULE;
}
