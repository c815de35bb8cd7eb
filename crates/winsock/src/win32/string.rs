//! The strings of kernel32: `lstrlen` and its kin. What is wrong with a pointer is NULL's answer, never a crash.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{PCSTR, PCWSTR, PSTR, PWSTR, memory};
use std::ptr::null_mut;

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

/// `lstrcpyA`: copies a string. NULL for a NULL pointer.
///
/// Microsoft's page: `winbase/nf-winbase-lstrcpya`.
///
/// # Safety
/// The source is NULL or ends with a zero; the other has room for it, and they do not overlap.
pub unsafe extern "system" fn lstrcpyA(lpstring1: PSTR, lpstring2: PCSTR) -> PSTR {
    // SAFETY: the caller's promise.
    unsafe { copy(lpstring1, lpstring1, lpstring2, usize::MAX) }
}

/// `lstrcpynA`: copies a string, as much of it as fits with its zero into so many characters. NULL for a NULL pointer.
///
/// Microsoft's page: `winbase/nf-winbase-lstrcpyna`.
///
/// # Safety
/// As [`lstrcpyA`], with room for so many characters.
pub unsafe extern "system" fn lstrcpynA(lpstring1: PSTR, lpstring2: PCSTR, imaxlength: i32) -> PSTR {
    match usize::try_from(imaxlength) {
        // SAFETY: the caller's promise.
        Ok(room) if room > 0 => unsafe { copy(lpstring1, lpstring1, lpstring2, room - 1) },
        _ => null_mut(),
    }
}

/// `lstrcatA`: appends a string to another. NULL for a NULL pointer.
///
/// Microsoft's page: `winbase/nf-winbase-lstrcata`.
///
/// # Safety
/// Both are NULL or end with a zero, and the first has room for both.
pub unsafe extern "system" fn lstrcatA(lpstring1: PSTR, lpstring2: PCSTR) -> PSTR {
    // SAFETY: the caller's promise.
    let len = unsafe { memory::length(lpstring1.cast_const()) }.unwrap_or(0);
    // SAFETY: the caller's promise.
    unsafe { copy(lpstring1, lpstring1.wrapping_add(len), lpstring2, usize::MAX) }
}

/// `lstrcmpA`: negative, 0 or positive, as the first string comes before the other. NULL comes first.
///
/// Microsoft's page: `winbase/nf-winbase-lstrcmpa`.
///
/// *On Linux*: characters are compared by their numbers, not by a language's rules.
///
/// # Safety
/// Both are NULL or end with a zero.
pub unsafe extern "system" fn lstrcmpA(lpstring1: PCSTR, lpstring2: PCSTR) -> i32 {
    // SAFETY: the caller's promise.
    let first = unsafe { memory::text(lpstring1) };
    // SAFETY: the caller's promise.
    let second = unsafe { memory::text(lpstring2) };
    first.cmp(&second) as i32
}

/// `lstrcmpiA`: the same without regard to upper and lower case.
///
/// Microsoft's page: `winbase/nf-winbase-lstrcmpia`.
///
/// *On Linux*: as [`lstrcmpA`].
///
/// # Safety
/// As [`lstrcmpA`].
pub unsafe extern "system" fn lstrcmpiA(lpstring1: PCSTR, lpstring2: PCSTR) -> i32 {
    // SAFETY: the caller's promise.
    let first = unsafe { memory::text(lpstring1) }.map(|text| text.to_lowercase());
    // SAFETY: the caller's promise.
    let second = unsafe { memory::text(lpstring2) }.map(|text| text.to_lowercase());
    first.cmp(&second) as i32
}

/// `lstrcpyW`: copies a string. NULL for a NULL pointer.
///
/// Microsoft's page: `winbase/nf-winbase-lstrcpyw`.
///
/// # Safety
/// The source is NULL or ends with a zero; the other has room for it, and they do not overlap.
pub unsafe extern "system" fn lstrcpyW(lpstring1: PWSTR, lpstring2: PCWSTR) -> PWSTR {
    // SAFETY: the caller's promise.
    unsafe { copy(lpstring1, lpstring1, lpstring2, usize::MAX) }
}

/// `lstrcpynW`: copies a string, as much of it as fits with its zero into so many characters. NULL for a NULL pointer.
///
/// Microsoft's page: `winbase/nf-winbase-lstrcpynw`.
///
/// # Safety
/// As [`lstrcpyW`], with room for so many characters.
pub unsafe extern "system" fn lstrcpynW(lpstring1: PWSTR, lpstring2: PCWSTR, imaxlength: i32) -> PWSTR {
    match usize::try_from(imaxlength) {
        // SAFETY: the caller's promise.
        Ok(room) if room > 0 => unsafe { copy(lpstring1, lpstring1, lpstring2, room - 1) },
        _ => null_mut(),
    }
}

/// `lstrcatW`: appends a string to another. NULL for a NULL pointer.
///
/// Microsoft's page: `winbase/nf-winbase-lstrcatw`.
///
/// # Safety
/// Both are NULL or end with a zero, and the first has room for both.
pub unsafe extern "system" fn lstrcatW(lpstring1: PWSTR, lpstring2: PCWSTR) -> PWSTR {
    // SAFETY: the caller's promise.
    let len = unsafe { memory::length(lpstring1.cast_const()) }.unwrap_or(0);
    // SAFETY: the caller's promise.
    unsafe { copy(lpstring1, lpstring1.wrapping_add(len), lpstring2, usize::MAX) }
}

/// `lstrcmpW`: negative, 0 or positive, as the first string comes before the other. NULL comes first.
///
/// Microsoft's page: `winbase/nf-winbase-lstrcmpw`.
///
/// *On Linux*: characters are compared by their numbers, not by a language's rules.
///
/// # Safety
/// Both are NULL or end with a zero.
pub unsafe extern "system" fn lstrcmpW(lpstring1: PCWSTR, lpstring2: PCWSTR) -> i32 {
    // SAFETY: the caller's promise.
    let first = unsafe { memory::text(lpstring1) };
    // SAFETY: the caller's promise.
    let second = unsafe { memory::text(lpstring2) };
    first.cmp(&second) as i32
}

/// `lstrcmpiW`: the same without regard to upper and lower case.
///
/// Microsoft's page: `winbase/nf-winbase-lstrcmpiw`.
///
/// *On Linux*: as [`lstrcmpW`].
///
/// # Safety
/// As [`lstrcmpW`].
pub unsafe extern "system" fn lstrcmpiW(lpstring1: PCWSTR, lpstring2: PCWSTR) -> i32 {
    // SAFETY: the caller's promise.
    let first = unsafe { memory::text(lpstring1) }.map(|text| text.to_lowercase());
    // SAFETY: the caller's promise.
    let second = unsafe { memory::text(lpstring2) }.map(|text| text.to_lowercase());
    first.cmp(&second) as i32
}

/// Copies as many characters as the limit allows to `to`, with a zero behind them, and answers `result`.
///
/// # Safety
/// `from` is NULL or ends with a zero, `to` is NULL or has the room, and they do not overlap.
unsafe fn copy<C: Copy + Default + PartialEq>(
    result: *mut C,
    to: *mut C,
    from: *const C,
    limit: usize,
) -> *mut C {
    if result.is_null() {
        return null_mut();
    }
    // SAFETY: the caller's promise.
    let Some(len) = (unsafe { memory::length(from) }) else { return null_mut() };
    let len = len.min(limit);
    // SAFETY: the caller promises both; bytes need no alignment.
    unsafe { to.cast::<u8>().copy_from_nonoverlapping(from.cast(), len * size_of::<C>()) };
    // SAFETY: the caller promises room for the zero.
    unsafe { to.wrapping_add(len).write_unaligned(C::default()) };
    result
}
