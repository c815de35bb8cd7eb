//! The words of a window and of its class: what `GetWindowLongPtr` and its kin read and change.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::text::Letter;
use crate::error::Error;
use crate::linux::window::procedure::Procedure;
use crate::linux::window::window::Family;
use crate::linux::window::{Window, get};
use crate::win32::{
    GCL_CBCLSEXTRA, GCL_CBWNDEXTRA, GCL_STYLE, GCLP_HBRBACKGROUND, GCLP_HCURSOR, GCLP_HICON, GCLP_HICONSM,
    GCLP_HMODULE, GCLP_WNDPROC, GCW_ATOM, GET_CLASS_LONG_INDEX, GWL_EXSTYLE, GWL_STYLE, GWLP_HINSTANCE,
    GWLP_HWNDPARENT, GWLP_ID, GWLP_USERDATA, GWLP_WNDPROC, HWND, WINDOW_LONG_PTR_INDEX, boundary,
};

/// How many bytes a function reads or changes: those without `Ptr` in their names 4.
const LONG: usize = 4;
const POINTER: usize = 8;

/// `GetWindowLongA`: as [`GetWindowLongW`].
///
/// Microsoft's page: `winuser/nf-winuser-getwindowlonga`.
///
/// # Errors
/// As [`GetWindowLongW`].
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetWindowLongA(hwnd: HWND, nindex: WINDOW_LONG_PTR_INDEX) -> i32 {
    boundary::call_any_time(0, || read(hwnd, nindex, LONG).map(|value| value as i32))
}

/// `GetWindowLongW`: a word of a window with 32 bits. Those that hold a pointer or a handle are
/// [`GetWindowLongPtrW`]'s.
///
/// Microsoft's page: `winuser/nf-winuser-getwindowlongw`.
///
/// # Errors
/// As [`GetWindowLongPtrW`]; `ERROR_INVALID_INDEX` also for the procedure, the module and the parent.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetWindowLongW(hwnd: HWND, nindex: WINDOW_LONG_PTR_INDEX) -> i32 {
    boundary::call_any_time(0, || read(hwnd, nindex, LONG).map(|value| value as i32))
}

/// `GetWindowLongPtrA`: as [`GetWindowLongPtrW`].
///
/// Microsoft's page: `winuser/nf-winuser-getwindowlongptra`.
///
/// # Errors
/// As [`GetWindowLongPtrW`].
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetWindowLongPtrA(hwnd: HWND, nindex: WINDOW_LONG_PTR_INDEX) -> isize {
    boundary::call_any_time(0, || read(hwnd, nindex, POINTER))
}

/// `GetWindowLongPtrW`: a word of a window: its procedure, module, parent or owner, number, style, extended style, the word
/// for the program, or the program's bytes from an offset on.
///
/// Microsoft's page: `winuser/nf-winuser-getwindowlongptrw`.
///
/// *On Linux*: the procedure is its address, whatever texts are for it.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`, `ERROR_INVALID_INDEX`; the answer is 0.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetWindowLongPtrW(hwnd: HWND, nindex: WINDOW_LONG_PTR_INDEX) -> isize {
    boundary::call_any_time(0, || read(hwnd, nindex, POINTER))
}

/// `SetWindowLongA`: as [`SetWindowLongW`].
///
/// Microsoft's page: `winuser/nf-winuser-setwindowlonga`.
///
/// # Errors
/// As [`SetWindowLongW`].
///
/// # Safety
/// As [`SetWindowLongPtrW`].
pub unsafe extern "system" fn SetWindowLongA(
    hwnd: HWND,
    nindex: WINDOW_LONG_PTR_INDEX,
    dwnewlong: i32,
) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { change_long::<u8>(hwnd, nindex, dwnewlong) }
}

/// `SetWindowLongW`: changes a word of a window with 32 bits, and answers what it was.
///
/// Microsoft's page: `winuser/nf-winuser-setwindowlongw`.
///
/// # Errors
/// As [`GetWindowLongW`].
///
/// # Safety
/// As [`SetWindowLongPtrW`].
pub unsafe extern "system" fn SetWindowLongW(
    hwnd: HWND,
    nindex: WINDOW_LONG_PTR_INDEX,
    dwnewlong: i32,
) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { change_long::<u16>(hwnd, nindex, dwnewlong) }
}

unsafe fn change_long<C: Letter>(hwnd: HWND, index: i32, value: i32) -> i32 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        unsafe { change::<C>(hwnd, index, LONG, value as isize) }.map(|value| value as i32)
    })
}

/// `SetWindowLongPtrA`: as [`SetWindowLongPtrW`]; for a new procedure texts are UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-setwindowlongptra`.
///
/// # Errors
/// As [`SetWindowLongPtrW`].
///
/// # Safety
/// As [`SetWindowLongPtrW`].
pub unsafe extern "system" fn SetWindowLongPtrA(
    hwnd: HWND,
    nindex: WINDOW_LONG_PTR_INDEX,
    dwnewlong: isize,
) -> isize {
    // SAFETY: the caller's promise.
    boundary::call_any_time(0, || unsafe { change::<u8>(hwnd, nindex, POINTER, dwnewlong) })
}

/// `SetWindowLongPtrW`: changes a word of a window, and answers what it was. A success does not clear the last error. For a
/// new procedure texts are UTF-16.
///
/// Microsoft's page: `winuser/nf-winuser-setwindowlongptrw`.
///
/// *On Linux*: no message tells of a new style. A child keeps its parent.
///
/// # Errors
/// As [`GetWindowLongPtrW`]; `ERROR_INVALID_PARAMETER` for no procedure, `ERROR_INVALID_WINDOW_HANDLE` for an owner that is
/// none, and for the parent of a child.
///
/// # Safety
/// A procedure may be called with every message that comes to the window.
pub unsafe extern "system" fn SetWindowLongPtrW(
    hwnd: HWND,
    nindex: WINDOW_LONG_PTR_INDEX,
    dwnewlong: isize,
) -> isize {
    // SAFETY: the caller's promise.
    boundary::call_any_time(0, || unsafe { change::<u16>(hwnd, nindex, POINTER, dwnewlong) })
}

fn read(hwnd: HWND, index: i32, len: usize) -> Result<isize, Error> {
    word(&*get(hwnd.addr())?, index, len)
}

/// A word of a window. Pointers and handles do not fit into 32 bits.
fn word(window: &Window, index: i32, len: usize) -> Result<isize, Error> {
    Ok(match index {
        GWLP_WNDPROC | GWLP_HINSTANCE | GWLP_HWNDPARENT if len < POINTER => {
            return Err(Error::ERROR_INVALID_INDEX);
        }
        GWLP_WNDPROC => window.procedure() as usize as isize,
        GWLP_HINSTANCE => window.with(|words| words.instance as isize),
        GWLP_HWNDPARENT => match window.family() {
            Family::Top { owner } => owner as isize,
            Family::Child { parent } => parent as isize,
            Family::MessageOnly => 0,
        },
        GWLP_ID => window.with(|words| words.id as isize),
        GWL_STYLE => window.with(|words| words.style as isize),
        GWL_EXSTYLE => window.with(|words| words.ex_style as isize),
        GWLP_USERDATA => window.with(|words| words.user_data),
        offset => window.with(|words| bytes(&mut words.extra, offset, len).map(|bytes| value(bytes)))?,
    })
}

/// # Safety
/// As [`SetWindowLongPtrW`].
unsafe fn change<C: Letter>(hwnd: HWND, index: i32, len: usize, new: isize) -> Result<isize, Error> {
    let window = get(hwnd.addr())?;
    let old = word(&window, index, len)?;
    match index {
        GWLP_WNDPROC => {
            // SAFETY: the caller's promise.
            let procedure = unsafe { as_procedure(new) }?;
            window.with(|words| (words.procedure, words.text) = (procedure, C::TEXT));
        }
        GWLP_HINSTANCE => window.with(|words| words.instance = new as usize),
        GWLP_HWNDPARENT => window.change_owner(new as usize)?,
        GWLP_ID => window.with(|words| words.id = new as usize),
        GWL_STYLE => window.with(|words| words.style = new as u32),
        GWL_EXSTYLE => window.with(|words| words.ex_style = new as u32),
        GWLP_USERDATA => window.with(|words| words.user_data = new),
        offset => window.with(|words| {
            bytes(&mut words.extra, offset, len).map(|bytes| bytes.copy_from_slice(&new.to_le_bytes()[..len]))
        })?,
    }
    Ok(old)
}

/// # Safety
/// The value is 0 or the address of a window procedure.
unsafe fn as_procedure(value: isize) -> Result<Procedure, Error> {
    let address: *const () = std::ptr::with_exposed_provenance(value as usize);
    // SAFETY: `None` is all zero, and the caller promises the address otherwise.
    let procedure = unsafe { std::mem::transmute::<*const (), Option<Procedure>>(address) };
    procedure.ok_or(Error::WSA_INVALID_PARAMETER)
}

/// The program's bytes from an offset on.
fn bytes(extra: &mut [u8], offset: i32, len: usize) -> Result<&mut [u8], Error> {
    let begin = usize::try_from(offset).map_err(|_| Error::ERROR_INVALID_INDEX)?;
    extra.get_mut(begin..begin + len).ok_or(Error::ERROR_INVALID_INDEX)
}

/// Bytes as a number with its sign.
fn value(bytes: &[u8]) -> isize {
    match <[u8; POINTER]>::try_from(bytes) {
        Ok(pointer) => isize::from_le_bytes(pointer),
        Err(_long) => bytes.try_into().map_or(0, |long| i32::from_le_bytes(long) as isize),
    }
}

/// `GetClassLongA`: as [`GetClassLongW`].
///
/// Microsoft's page: `winuser/nf-winuser-getclasslonga`.
///
/// # Errors
/// As [`GetClassLongW`].
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetClassLongA(hwnd: HWND, nindex: GET_CLASS_LONG_INDEX) -> u32 {
    boundary::call_any_time(0, || class_word(hwnd, nindex, LONG).map(|value| value as u32))
}

/// `GetClassLongW`: a word of a window's class with 32 bits.
///
/// Microsoft's page: `winuser/nf-winuser-getclasslongw`.
///
/// # Errors
/// As [`GetClassLongPtrW`]; `ERROR_INVALID_INDEX` also for the procedure, the module and what a class would draw with.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetClassLongW(hwnd: HWND, nindex: GET_CLASS_LONG_INDEX) -> u32 {
    boundary::call_any_time(0, || class_word(hwnd, nindex, LONG).map(|value| value as u32))
}

/// `GetClassLongPtrA`: as [`GetClassLongPtrW`].
///
/// Microsoft's page: `winuser/nf-winuser-getclasslongptra`.
///
/// # Errors
/// As [`GetClassLongPtrW`].
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetClassLongPtrA(hwnd: HWND, nindex: GET_CLASS_LONG_INDEX) -> usize {
    boundary::call_any_time(0, || class_word(hwnd, nindex, POINTER).map(|value| value as usize))
}

/// `GetClassLongPtrW`: a word of a window's class: its atom, procedure, style, module, icons, cursor, brush, how many bytes
/// the program has in the class and in each window, or the bytes of the class from an offset on.
///
/// Microsoft's page: `winuser/nf-winuser-getclasslongptrw`.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`, `ERROR_INVALID_INDEX`; the answer is 0.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetClassLongPtrW(hwnd: HWND, nindex: GET_CLASS_LONG_INDEX) -> usize {
    boundary::call_any_time(0, || class_word(hwnd, nindex, POINTER).map(|value| value as usize))
}

fn class_word(hwnd: HWND, index: i32, len: usize) -> Result<isize, Error> {
    let class = get(hwnd.addr())?.class.clone();
    let look = &class.look;
    let handle =
        |handle: usize| if len < POINTER { Err(Error::ERROR_INVALID_INDEX) } else { Ok(handle as isize) };
    match index {
        GCW_ATOM => Ok(class.atom as isize),
        GCL_STYLE => Ok(class.style as isize),
        GCL_CBCLSEXTRA => Ok(class.with_extra(|extra| extra.len()) as isize),
        GCL_CBWNDEXTRA => Ok(class.window_extra as isize),
        GCLP_WNDPROC => handle(class.procedure as usize),
        GCLP_HMODULE => handle(look.instance),
        GCLP_HICON => handle(look.icon),
        GCLP_HICONSM => handle(look.small_icon),
        GCLP_HCURSOR => handle(look.cursor),
        GCLP_HBRBACKGROUND => handle(look.background),
        offset => class.with_extra(|extra| bytes(extra, offset, len).map(|bytes| value(bytes))),
    }
}

/// `SetClassLongA`: as [`SetClassLongW`].
///
/// Microsoft's page: `winuser/nf-winuser-setclasslonga`.
///
/// # Errors
/// As [`SetClassLongPtrW`].
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetClassLongA(hwnd: HWND, nindex: GET_CLASS_LONG_INDEX, dwnewlong: i32) -> u32 {
    boundary::call_any_time(0, || change_class(hwnd, nindex, LONG, dwnewlong as isize).map(|old| old as u32))
}

/// `SetClassLongW`: [`SetClassLongPtrW`] for 4 bytes.
///
/// Microsoft's page: `winuser/nf-winuser-setclasslongw`.
///
/// # Errors
/// As [`SetClassLongPtrW`].
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetClassLongW(hwnd: HWND, nindex: GET_CLASS_LONG_INDEX, dwnewlong: i32) -> u32 {
    boundary::call_any_time(0, || change_class(hwnd, nindex, LONG, dwnewlong as isize).map(|old| old as u32))
}

/// `SetClassLongPtrA`: as [`SetClassLongPtrW`].
///
/// Microsoft's page: `winuser/nf-winuser-setclasslongptra`.
///
/// # Errors
/// As [`SetClassLongPtrW`].
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetClassLongPtrA(
    hwnd: HWND,
    nindex: GET_CLASS_LONG_INDEX,
    dwnewlong: isize,
) -> usize {
    boundary::call_any_time(0, || change_class(hwnd, nindex, POINTER, dwnewlong).map(|old| old as usize))
}

/// `SetClassLongPtrW`: changes the program's bytes of a window's class from an offset on, and answers what they were.
///
/// Microsoft's page: `winuser/nf-winuser-setclasslongptrw`.
///
/// *On Linux*: what a class was registered with stays as it is: `ERROR_INVALID_INDEX`.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`, `ERROR_INVALID_INDEX`; the answer is 0.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetClassLongPtrW(
    hwnd: HWND,
    nindex: GET_CLASS_LONG_INDEX,
    dwnewlong: isize,
) -> usize {
    boundary::call_any_time(0, || change_class(hwnd, nindex, POINTER, dwnewlong).map(|old| old as usize))
}

fn change_class(hwnd: HWND, offset: i32, len: usize, new: isize) -> Result<isize, Error> {
    get(hwnd.addr())?.class.with_extra(|extra| {
        let bytes = bytes(extra, offset, len)?;
        let old = value(bytes);
        bytes.copy_from_slice(&new.to_le_bytes()[..len]);
        Ok(old)
    })
}
