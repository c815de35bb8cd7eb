//! Strings, and what the formatted output of the headers is made of.

use crate::export;
use core::ffi::c_void;
use winsock::win32::*;

export! {
    "GetACP" fn GetACP() -> u32;
    "IsValidCodePage" fn IsValidCodePage(codepage: u32) -> BOOL;
    "MultiByteToWideChar" fn MultiByteToWideChar(codepage: u32, dwflags: u32, lpmultibytestr: PCSTR, cbmultibyte: i32, lpwidecharstr: PWSTR, cchwidechar: i32) -> i32;
    "WideCharToMultiByte" fn WideCharToMultiByte(codepage: u32, dwflags: u32, lpwidecharstr: PCWSTR, cchwidechar: i32, lpmultibytestr: PSTR, cbmultibyte: i32, lpdefaultchar: PCSTR, lpuseddefaultchar: *mut BOOL) -> i32;
    "FormatMessageA" fn FormatMessageA(dwflags: FORMAT_MESSAGE_OPTIONS, lpsource: *const c_void, dwmessageid: u32, dwlanguageid: u32, lpbuffer: PSTR, nsize: u32, arguments: *const *const i8) -> u32;
    "lstrcatA" fn lstrcatA(lpstring1: PSTR, lpstring2: PCSTR) -> PSTR;
    "lstrcmpA" fn lstrcmpA(lpstring1: PCSTR, lpstring2: PCSTR) -> i32;
    "lstrcmpiA" fn lstrcmpiA(lpstring1: PCSTR, lpstring2: PCSTR) -> i32;
    "lstrcpyA" fn lstrcpyA(lpstring1: PSTR, lpstring2: PCSTR) -> PSTR;
    "lstrcpynA" fn lstrcpynA(lpstring1: PSTR, lpstring2: PCSTR, imaxlength: i32) -> PSTR;
    "FormatMessageW" fn FormatMessageW(dwflags: FORMAT_MESSAGE_OPTIONS, lpsource: *const c_void, dwmessageid: u32, dwlanguageid: u32, lpbuffer: PWSTR, nsize: u32, arguments: *const *const i8) -> u32;
    "lstrcatW" fn lstrcatW(lpstring1: PWSTR, lpstring2: PCWSTR) -> PWSTR;
    "lstrcmpW" fn lstrcmpW(lpstring1: PCWSTR, lpstring2: PCWSTR) -> i32;
    "lstrcmpiW" fn lstrcmpiW(lpstring1: PCWSTR, lpstring2: PCWSTR) -> i32;
    "lstrcpyW" fn lstrcpyW(lpstring1: PWSTR, lpstring2: PCWSTR) -> PWSTR;
    "lstrcpynW" fn lstrcpynW(lpstring1: PWSTR, lpstring2: PCWSTR, imaxlength: i32) -> PWSTR;
    "lstrlenA" fn lstrlenA(lpstring: PCSTR) -> i32;
    "lstrlenW" fn lstrlenW(lpstring: PCWSTR) -> i32;
}

export! {
    "_ws2_format_arguments" fn format_arguments(format: *const c_void, width: i32, kinds: *mut u8, room: u32) -> i32;
    "_ws2_format_text" fn format_text(to: *mut c_void, room: usize, format: *const c_void, width: i32, arguments: *const u64, count: u32) -> i32;
    "_ws2_message_arguments" fn message_arguments(flags: FORMAT_MESSAGE_OPTIONS, source: *const c_void, code: u32, language: u32, width: i32) -> i32;
}

export! {
    "CharLowerA" fn CharLowerA(lpsz: PSTR) -> PSTR;
    "CharLowerW" fn CharLowerW(lpsz: PWSTR) -> PWSTR;
    "CharLowerBuffA" fn CharLowerBuffA(lpsz: PSTR, cchlength: u32) -> u32;
    "CharLowerBuffW" fn CharLowerBuffW(lpsz: PWSTR, cchlength: u32) -> u32;
    "CharUpperA" fn CharUpperA(lpsz: PSTR) -> PSTR;
    "CharUpperW" fn CharUpperW(lpsz: PWSTR) -> PWSTR;
    "CharUpperBuffA" fn CharUpperBuffA(lpsz: PSTR, cchlength: u32) -> u32;
    "CharUpperBuffW" fn CharUpperBuffW(lpsz: PWSTR, cchlength: u32) -> u32;
}
