//! Strings, and what the formatted output of the headers is made of.

use crate::export;
use core::ffi::c_void;
use winsock::win32::*;

export! {
    "lstrlenA" fn lstrlenA(lpstring: PCSTR) -> i32;
    "lstrlenW" fn lstrlenW(lpstring: PCWSTR) -> i32;
}

export! {
    "_ws2_format_arguments" fn format_arguments(format: *const c_void, width: i32, kinds: *mut u8, room: u32) -> i32;
    "_ws2_format_text" fn format_text(to: *mut c_void, room: usize, format: *const c_void, width: i32, arguments: *const u64, count: u32) -> i32;
}
