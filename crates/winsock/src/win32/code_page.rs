//! Conversion between UTF-16 and code pages. The page of the A functions, `CP_ACP`, is UTF-8.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, CP_UTF8, MB_COMPOSITE, MB_ERR_INVALID_CHARS, MB_PRECOMPOSED, MB_USEGLYPHCHARS, PCSTR, PCWSTR, PSTR,
    PWSTR, WC_ERR_INVALID_CHARS, boundary, memory,
};
use crate::error::Error;
use crate::linux::code_page::CodePage;

/// `MultiByteToWideChar`: bytes of a code page as UTF-16. A length of -1 goes up to the zero, and includes it. Answers how
/// many characters it wrote, or, for no room at all, how many it would.
///
/// Microsoft's page: `stringapiset/nf-stringapiset-multibytetowidechar`.
///
/// *On Linux*: the pages are UTF-8, which `CP_ACP`, `CP_OEMCP` and `CP_THREAD_ACP` mean too, 1252, 28591 and 20127.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an unknown page, no source, no length, a negative room, room without memory, and one
/// buffer for both; `ERROR_INVALID_FLAGS`; `ERROR_NO_UNICODE_TRANSLATION` for what is no text, with
/// `MB_ERR_INVALID_CHARS`; `ERROR_INSUFFICIENT_BUFFER`, which writes nothing.
///
/// # Safety
/// The source has so many bytes, or ends with a zero; the other buffer has room for so many characters.
pub unsafe extern "system" fn MultiByteToWideChar(
    codepage: u32,
    dwflags: u32,
    lpmultibytestr: PCSTR,
    cbmultibyte: i32,
    lpwidecharstr: PWSTR,
    cchwidechar: i32,
) -> i32 {
    const PLACES: u32 = MB_PRECOMPOSED | MB_COMPOSITE | MB_USEGLYPHCHARS;
    boundary::call_any_time(0, || {
        let page = CodePage::from_number(codepage).ok_or(Error::WSA_INVALID_PARAMETER)?;
        // SAFETY: the caller's promise.
        let bytes = unsafe { source(lpmultibytestr, cbmultibyte) }?;
        if lpmultibytestr.addr() == lpwidecharstr.addr() {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let known = MB_ERR_INVALID_CHARS | if codepage == CP_UTF8 { 0 } else { PLACES };
        if dwflags & !known != 0 {
            return Err(Error::ERROR_INVALID_FLAGS);
        }
        let (units, is_text) = page.decode(&bytes);
        if !is_text && dwflags & MB_ERR_INVALID_CHARS != 0 {
            return Err(Error::ERROR_NO_UNICODE_TRANSLATION);
        }
        // SAFETY: the caller's promise.
        unsafe { put(lpwidecharstr, cchwidechar, &units) }
    })
}

/// `WideCharToMultiByte`: UTF-16 as bytes of a code page, the other way round. What the page lacks becomes the default
/// character, a question mark unless another is given.
///
/// Microsoft's page: `stringapiset/nf-stringapiset-widechartomultibyte`.
///
/// *On Linux*: as [`MultiByteToWideChar`].
///
/// # Errors
/// As [`MultiByteToWideChar`], with `WC_ERR_INVALID_CHARS`; `ERROR_INVALID_PARAMETER` too for a default character, or for
/// where to tell that it was used, with `CP_UTF8`.
///
/// # Safety
/// As [`MultiByteToWideChar`]; the last two pointers are NULL or valid.
pub unsafe extern "system" fn WideCharToMultiByte(
    codepage: u32,
    dwflags: u32,
    lpwidecharstr: PCWSTR,
    cchwidechar: i32,
    lpmultibytestr: PSTR,
    cbmultibyte: i32,
    lpdefaultchar: PCSTR,
    lpuseddefaultchar: *mut BOOL,
) -> i32 {
    /// `WC_COMPOSITECHECK`, `WC_NO_BEST_FIT_CHARS` and what may go with them: nothing is composed or fitted.
    const PLACES: u32 = 0x0670;
    boundary::call_any_time(0, || {
        let page = CodePage::from_number(codepage).ok_or(Error::WSA_INVALID_PARAMETER)?;
        // SAFETY: the caller's promise.
        let units = unsafe { source(lpwidecharstr, cchwidechar) }?;
        if lpmultibytestr.addr() == lpwidecharstr.addr() {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        if codepage == CP_UTF8 && !(lpdefaultchar.is_null() && lpuseddefaultchar.is_null()) {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let known = match page {
            CodePage::Utf8 if codepage == CP_UTF8 => WC_ERR_INVALID_CHARS,
            CodePage::Utf8 => WC_ERR_INVALID_CHARS | PLACES,
            CodePage::Western | CodePage::Latin1 | CodePage::Ascii => PLACES,
        };
        if dwflags & !known != 0 {
            return Err(Error::ERROR_INVALID_FLAGS);
        }
        // SAFETY: the caller's promise.
        let default = unsafe { memory::read(lpdefaultchar) }.unwrap_or(b'?');
        let (bytes, is_whole) = page.encode(&units, default);
        if !is_whole && dwflags & WC_ERR_INVALID_CHARS != 0 {
            return Err(Error::ERROR_NO_UNICODE_TRANSLATION);
        }
        // SAFETY: the caller's promise.
        let len = unsafe { put(lpmultibytestr, cbmultibyte, &bytes) }?;
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(lpuseddefaultchar, (!is_whole).into()) };
        Ok(len)
    })
}

/// # Safety
/// As [`MultiByteToWideChar`].
unsafe fn source<C: Copy + Default + PartialEq>(text: *const C, len: i32) -> Result<Vec<C>, Error> {
    if text.is_null() || len == 0 || len < -1 {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    let len = match usize::try_from(len) {
        Ok(len) => len,
        // SAFETY: not NULL, and the caller promises a zero.
        Err(_) => unsafe { memory::length(text) }.unwrap_or(0) + 1,
    };
    // SAFETY: the caller promises as many.
    unsafe { memory::counted(text, len) }.ok_or(Error::WSA_INVALID_PARAMETER)
}

/// # Safety
/// `to` has room for `room` characters.
unsafe fn put<C: Copy>(to: *mut C, room: i32, text: &[C]) -> Result<i32, Error> {
    let room = usize::try_from(room).map_err(|_| Error::WSA_INVALID_PARAMETER)?;
    let len = i32::try_from(text.len()).map_err(|_| Error::WSA_INVALID_PARAMETER)?;
    if room == 0 {
        return Ok(len);
    }
    if to.is_null() {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    if room < text.len() {
        return Err(Error::ERROR_INSUFFICIENT_BUFFER);
    }
    // SAFETY: not NULL, and the caller promises the room; bytes need no alignment.
    unsafe { to.cast::<u8>().copy_from_nonoverlapping(text.as_ptr().cast(), size_of_val(text)) };
    Ok(len)
}

/// `GetACP`: the page of the A functions: 65001, UTF-8.
///
/// Microsoft's page: `winnls/nf-winnls-getacp`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetACP() -> u32 {
    CP_UTF8
}

/// `IsValidCodePage`: whether there is a page of a number; the names for default pages are none.
///
/// Microsoft's page: `winnls/nf-winnls-isvalidcodepage`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn IsValidCodePage(codepage: u32) -> BOOL {
    const NAMES_END: u32 = 4;
    (codepage >= NAMES_END && CodePage::from_number(codepage).is_some()).into()
}
