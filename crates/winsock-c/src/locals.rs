//! Thread-local and fiber-local values.

use crate::export;
use std::ffi::c_void;
use winsock::win32::*;

export! {
    "FlsAlloc" fn FlsAlloc(lpcallback: PFLS_CALLBACK_FUNCTION) -> u32;
    "FlsFree" fn FlsFree(dwflsindex: u32) -> BOOL;
    "FlsGetValue" fn FlsGetValue(dwflsindex: u32) -> *mut c_void;
    "FlsSetValue" fn FlsSetValue(dwflsindex: u32, lpflsdata: *const c_void) -> BOOL;
    "TlsAlloc" fn TlsAlloc() -> u32;
    "TlsFree" fn TlsFree(dwtlsindex: u32) -> BOOL;
    "TlsGetValue" fn TlsGetValue(dwtlsindex: u32) -> *mut c_void;
    "TlsSetValue" fn TlsSetValue(dwtlsindex: u32, lptlsvalue: *const c_void) -> BOOL;
}
