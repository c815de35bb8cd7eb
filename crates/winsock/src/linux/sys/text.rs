//! Numbers as text, by the C library.
#![allow(unsafe_code, reason = "calls into libc")]

use std::ffi::CStr;

/// A floating-point number as `printf` writes it. The format has a width and a precision, both `*`; a negative precision is none.
pub(crate) fn double(format: &CStr, width: i32, precision: i32, value: f64) -> Vec<u8> {
    let mut text = vec![0u8; 64];
    loop {
        // SAFETY: the buffer has as many bytes, and the format takes two ints and a double.
        let len = unsafe {
            libc::snprintf(text.as_mut_ptr().cast(), text.len(), format.as_ptr(), width, precision, value)
        };
        let len = usize::try_from(len).unwrap_or(0);
        if len < text.len() {
            text.truncate(len);
            return text;
        }
        text.resize(len + 1, 0);
    }
}
