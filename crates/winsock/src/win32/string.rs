//! The strings of kernel32: `lstrlen` and its kin. What is wrong with a pointer is NULL's answer, never a crash.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{PCSTR, PCWSTR, memory};

/// `lstrlenA`: how many bytes a string has before its zero; 0 for NULL.
///
/// Microsoft's page: `winbase/nf-winbase-lstrlena`.
///
/// # Safety
/// The string is NULL or ends with a zero.
pub unsafe extern "system" fn lstrlenA(lpstring: PCSTR) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { memory::length(lpstring) }.unwrap_or(0) as i32
}

/// `lstrlenW`: how many 16-bit characters a string has before its zero; 0 for NULL.
///
/// Microsoft's page: `winbase/nf-winbase-lstrlenw`.
///
/// # Safety
/// As [`lstrlenA`].
pub unsafe extern "system" fn lstrlenW(lpstring: PCWSTR) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { memory::length(lpstring) }.unwrap_or(0) as i32
}
