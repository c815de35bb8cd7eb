//! Window classes.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::DefWindowProcW;
use super::text::{self, Letter, class_name, with_nul};
use crate::error::Error;
use crate::linux::dispatcher::Guarded;
use crate::linux::window::class::{self, Class, ClassName, Look, MAX_NAME, Menu, Text};
use crate::linux::window::get;
use crate::win32::{
    BOOL, FALSE, HINSTANCE, HWND, PCSTR, PCWSTR, PSTR, PWSTR, TRUE, WNDCLASSA, WNDCLASSEXA, WNDCLASSEXW,
    WNDCLASSW, boundary, memory,
};
use std::cell::RefCell;
use std::ptr::{null_mut, without_provenance, without_provenance_mut};
use std::sync::Arc;

/// `RegisterClassA`: as [`RegisterClassW`]; texts are UTF-8, for the procedure too.
///
/// Microsoft's page: `winuser/nf-winuser-registerclassa`.
///
/// # Errors
/// As [`RegisterClassW`].
///
/// # Safety
/// As [`RegisterClassW`].
pub unsafe extern "system" fn RegisterClassA(lpwndclass: *const WNDCLASSA) -> u16 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        let class = unsafe { read(lpwndclass) }?;
        // SAFETY: the caller's promise.
        unsafe { register::<u8>(extended_a(class)) }
    })
}

/// `RegisterClassW`: registers a class of windows, and answers its atom.
///
/// Microsoft's page: `winuser/nf-winuser-registerclassw`.
///
/// *On Linux*: a program is one module: whichever `hInstance` a class is registered with, it is found with any.
/// Icons, cursors, brushes and menus are remembered, and nothing is drawn with them.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL, for a class without a procedure or with a negative number of bytes, and for a
/// name that is NULL, empty, an atom, or longer than 255 characters; `ERROR_CLASS_ALREADY_EXISTS`;
/// `ERROR_NOT_ENOUGH_MEMORY`. The answer is 0.
///
/// # Safety
/// `lpwndclass` is NULL or readable. Its texts are NULL, numbers, or end with 0. Its procedure may be called with
/// every message that comes to a window of the class.
pub unsafe extern "system" fn RegisterClassW(lpwndclass: *const WNDCLASSW) -> u16 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        let class = unsafe { read(lpwndclass) }?;
        // SAFETY: the caller's promise.
        unsafe { register::<u16>(extended_w(class)) }
    })
}

/// `RegisterClassExA`: as [`RegisterClassExW`]; texts are UTF-8, for the procedure too.
///
/// Microsoft's page: `winuser/nf-winuser-registerclassexa`.
///
/// # Errors
/// As [`RegisterClassExW`].
///
/// # Safety
/// As [`RegisterClassW`].
pub unsafe extern "system" fn RegisterClassExA(param0: *const WNDCLASSEXA) -> u16 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        let class = unsafe { read(param0) }?;
        if class.cbSize as usize != size_of::<WNDCLASSEXA>() {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        unsafe { register::<u8>(as_wide(class)) }
    })
}

/// `RegisterClassExW`: [`RegisterClassW`] with a small icon.
///
/// Microsoft's page: `winuser/nf-winuser-registerclassexw`.
///
/// *On Linux*: as [`RegisterClassW`].
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL and for a wrong `cbSize`; then as [`RegisterClassW`].
///
/// # Safety
/// As [`RegisterClassW`].
pub unsafe extern "system" fn RegisterClassExW(param0: *const WNDCLASSEXW) -> u16 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        let class = unsafe { read(param0) }?;
        if class.cbSize as usize != size_of::<WNDCLASSEXW>() {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        unsafe { register::<u16>(class) }
    })
}

/// # Safety
/// The pointer is NULL or readable.
unsafe fn read<T: Copy>(class: *const T) -> Result<T, Error> {
    // SAFETY: the caller's promise.
    unsafe { memory::read(class) }.map_err(|_| Error::WSA_INVALID_PARAMETER)
}

/// Both structures have one layout; what their texts are made of goes another way.
fn as_wide(class: WNDCLASSEXA) -> WNDCLASSEXW {
    WNDCLASSEXW {
        cbSize: class.cbSize,
        style: class.style,
        lpfnWndProc: class.lpfnWndProc,
        cbClsExtra: class.cbClsExtra,
        cbWndExtra: class.cbWndExtra,
        hInstance: class.hInstance,
        hIcon: class.hIcon,
        hCursor: class.hCursor,
        hbrBackground: class.hbrBackground,
        lpszMenuName: class.lpszMenuName.cast(),
        lpszClassName: class.lpszClassName.cast(),
        hIconSm: class.hIconSm,
    }
}

fn extended_w(class: WNDCLASSW) -> WNDCLASSEXW {
    WNDCLASSEXW {
        cbSize: size_of::<WNDCLASSEXW>() as u32,
        style: class.style,
        lpfnWndProc: class.lpfnWndProc,
        cbClsExtra: class.cbClsExtra,
        cbWndExtra: class.cbWndExtra,
        hInstance: class.hInstance,
        hIcon: class.hIcon,
        hCursor: class.hCursor,
        hbrBackground: class.hbrBackground,
        lpszMenuName: class.lpszMenuName,
        lpszClassName: class.lpszClassName,
        hIconSm: null_mut(),
    }
}

fn extended_a(class: WNDCLASSA) -> WNDCLASSEXW {
    extended_w(WNDCLASSW {
        style: class.style,
        lpfnWndProc: class.lpfnWndProc,
        cbClsExtra: class.cbClsExtra,
        cbWndExtra: class.cbWndExtra,
        hInstance: class.hInstance,
        hIcon: class.hIcon,
        hCursor: class.hCursor,
        hbrBackground: class.hbrBackground,
        lpszMenuName: class.lpszMenuName.cast(),
        lpszClassName: class.lpszClassName.cast(),
    })
}

/// # Safety
/// The texts are NULL, numbers, or end with 0. They are made of `C`.
unsafe fn register<C: Letter>(class: WNDCLASSEXW) -> Result<u16, Error> {
    const INVALID: Error = Error::WSA_INVALID_PARAMETER;
    let procedure = class.lpfnWndProc.ok_or(INVALID)?;
    let extra = usize::try_from(class.cbClsExtra).map_err(|_| INVALID)?;
    let window_extra = usize::try_from(class.cbWndExtra).map_err(|_| INVALID)?;
    // SAFETY: the caller's promise.
    let name = match unsafe { class_name(class.lpszClassName.cast::<C>()) } {
        Some(ClassName::Name(name)) if (1..MAX_NAME).contains(&name.len()) => name,
        Some(ClassName::Name(_) | ClassName::Atom(_)) | None => return Err(INVALID),
    };
    if is_system_class(&name) {
        return Err(Error::ERROR_CLASS_ALREADY_EXISTS);
    }
    let look = Look {
        instance: class.hInstance.addr(),
        icon: class.hIcon.addr(),
        small_icon: class.hIconSm.addr(),
        cursor: class.hCursor.addr(),
        background: class.hbrBackground.addr(),
        // SAFETY: the caller's promise.
        menu: unsafe { menu(class.lpszMenuName.cast::<C>()) },
    };
    class::register(Class {
        atom: 0,
        name,
        procedure,
        text: C::TEXT,
        style: class.style,
        window_extra,
        extra: Guarded::new(RefCell::new(vec![0; extra].into())),
        look,
    })
}

/// # Safety
/// `name` is NULL, a number, or ends with 0.
unsafe fn menu<C: Letter>(name: *const C) -> Menu {
    if let Some(number) = text::number(name) {
        return Menu::Number(number);
    }
    // SAFETY: the caller's promise.
    unsafe { C::read(name) }.map_or(Menu::None, |name| Menu::Name {
        narrow: with_nul(&name).into(),
        wide: with_nul(&name).into(),
    })
}

/// The one class that every program finds: a window of it shows its title, which nobody sees.
const STATIC: &str = "static";

fn is_system_class(name: &[u16]) -> bool {
    String::from_utf16_lossy(name).eq_ignore_ascii_case(STATIC)
}

/// The class of a name.
///
/// # Errors
/// `ERROR_CANNOT_FIND_WND_CLASS`.
pub(super) fn find(name: &ClassName) -> Result<Arc<Class>, Error> {
    match name {
        ClassName::Name(name) if is_system_class(name) => {
            let class = Class {
                atom: 0,
                name: STATIC.encode_utf16().collect(),
                procedure: DefWindowProcW,
                text: Text::Wide,
                style: 0,
                window_extra: 0,
                extra: Guarded::new(RefCell::default()),
                look: Look::default(),
            };
            // All but the first time it is there.
            let _ = class::register(class);
        }
        ClassName::Name(_) | ClassName::Atom(_) => {}
    }
    class::find(name).ok_or(Error::ERROR_CANNOT_FIND_WND_CLASS)
}

/// `UnregisterClassA`: as [`UnregisterClassW`] with a name in UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-unregisterclassa`.
///
/// # Errors
/// As [`UnregisterClassW`].
///
/// # Safety
/// As [`UnregisterClassW`].
pub unsafe extern "system" fn UnregisterClassA(lpclassname: PCSTR, _hinstance: HINSTANCE) -> BOOL {
    // SAFETY: the caller's promise.
    unsafe { unregister(lpclassname) }
}

/// `UnregisterClassW`: a class is no more; its name and number may be used again. The class has no windows.
///
/// Microsoft's page: `winuser/nf-winuser-unregisterclassw`.
///
/// # Errors
/// `ERROR_CLASS_DOES_NOT_EXIST`, also for NULL; `ERROR_CLASS_HAS_WINDOWS`.
///
/// # Safety
/// `lpclassname` is NULL, an atom, or names a text that ends with 0.
pub unsafe extern "system" fn UnregisterClassW(lpclassname: PCWSTR, _hinstance: HINSTANCE) -> BOOL {
    // SAFETY: the caller's promise.
    unsafe { unregister(lpclassname) }
}

unsafe fn unregister<C: Letter>(name: *const C) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let name = unsafe { class_name(name) }.ok_or(Error::ERROR_CLASS_DOES_NOT_EXIST)?;
        class::unregister(&name)?;
        Ok(TRUE)
    })
}

/// `GetClassInfoA`: as [`GetClassInfoW`] with texts in UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-getclassinfoa`.
///
/// # Errors
/// As [`GetClassInfoW`].
///
/// # Safety
/// As [`GetClassInfoW`].
pub unsafe extern "system" fn GetClassInfoA(
    _hinstance: HINSTANCE,
    lpclassname: PCSTR,
    lpwndclass: *mut WNDCLASSA,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let (_, class) = unsafe { info(lpclassname) }?;
        let class = WNDCLASSA {
            style: class.style,
            lpfnWndProc: class.lpfnWndProc,
            cbClsExtra: class.cbClsExtra,
            cbWndExtra: class.cbWndExtra,
            hInstance: class.hInstance,
            hIcon: class.hIcon,
            hCursor: class.hCursor,
            hbrBackground: class.hbrBackground,
            lpszMenuName: class.lpszMenuName.cast(),
            lpszClassName: class.lpszClassName.cast(),
        };
        // SAFETY: the caller's promise.
        unsafe { write(lpwndclass, class) }
    })
}

/// `GetClassInfoW`: what a class was registered with. The name in the answer is the caller's pointer; the menu's name
/// is the class's and stays as long as the class.
///
/// Microsoft's page: `winuser/nf-winuser-getclassinfow`.
///
/// # Errors
/// `ERROR_CLASS_DOES_NOT_EXIST`, also for a name that is NULL; `ERROR_NOACCESS` for nowhere to write.
///
/// # Safety
/// `lpclassname` is NULL, an atom, or names a text that ends with 0; `lpwndclass` is NULL or writable.
pub unsafe extern "system" fn GetClassInfoW(
    _hinstance: HINSTANCE,
    lpclassname: PCWSTR,
    lpwndclass: *mut WNDCLASSW,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let (_, class) = unsafe { info(lpclassname) }?;
        let class = WNDCLASSW {
            style: class.style,
            lpfnWndProc: class.lpfnWndProc,
            cbClsExtra: class.cbClsExtra,
            cbWndExtra: class.cbWndExtra,
            hInstance: class.hInstance,
            hIcon: class.hIcon,
            hCursor: class.hCursor,
            hbrBackground: class.hbrBackground,
            lpszMenuName: class.lpszMenuName,
            lpszClassName: class.lpszClassName,
        };
        // SAFETY: the caller's promise.
        unsafe { write(lpwndclass, class) }
    })
}

/// `GetClassInfoExA`: as [`GetClassInfoExW`] with texts in UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-getclassinfoexa`.
///
/// # Errors
/// As [`GetClassInfoW`].
///
/// # Safety
/// As [`GetClassInfoW`].
pub unsafe extern "system" fn GetClassInfoExA(
    _hinstance: HINSTANCE,
    lpszclass: PCSTR,
    lpwcx: *mut WNDCLASSEXA,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let (atom, class) = unsafe { info(lpszclass) }?;
        // SAFETY: the caller's promise; both structures have one layout.
        unsafe { write(lpwcx.cast(), class) }?;
        Ok(atom)
    })
}

/// `GetClassInfoExW`: [`GetClassInfoW`] with the small icon. Answers the atom of the class.
///
/// Microsoft's page: `winuser/nf-winuser-getclassinfoexw`.
///
/// # Errors
/// As [`GetClassInfoW`].
///
/// # Safety
/// As [`GetClassInfoW`].
pub unsafe extern "system" fn GetClassInfoExW(
    _hinstance: HINSTANCE,
    lpszclass: PCWSTR,
    lpwcx: *mut WNDCLASSEXW,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let (atom, class) = unsafe { info(lpszclass) }?;
        // SAFETY: the caller's promise.
        unsafe { write(lpwcx, class) }?;
        Ok(atom)
    })
}

/// # Safety
/// `out` is NULL or writable.
unsafe fn write<T>(out: *mut T, value: T) -> Result<BOOL, Error> {
    // SAFETY: the caller's promise.
    unsafe { memory::write(out, value) }.map_err(|_| Error::ERROR_NOACCESS)?;
    Ok(TRUE)
}

/// The atom of a class, and what it was registered with.
///
/// # Safety
/// `name` is NULL, an atom, or ends with 0.
unsafe fn info<C: Letter>(name: *const C) -> Result<(BOOL, WNDCLASSEXW), Error> {
    // SAFETY: the caller's promise.
    let known = unsafe { class_name(name) }.ok_or(Error::ERROR_CLASS_DOES_NOT_EXIST)?;
    let class = find(&known).map_err(|_| Error::ERROR_CLASS_DOES_NOT_EXIST)?;
    let menu = match (&class.look.menu, C::TEXT) {
        (Menu::None, _) => std::ptr::null(),
        (Menu::Number(number), _) => without_provenance(usize::from(*number)),
        (Menu::Name { narrow, .. }, Text::Narrow) => narrow.as_ptr().cast(),
        (Menu::Name { wide, .. }, Text::Wide) => wide.as_ptr(),
    };
    let info = WNDCLASSEXW {
        cbSize: size_of::<WNDCLASSEXW>() as u32,
        style: class.style,
        lpfnWndProc: Some(class.procedure),
        cbClsExtra: class.with_extra(|extra| extra.len()) as i32,
        cbWndExtra: class.window_extra as i32,
        hInstance: without_provenance_mut(class.look.instance),
        hIcon: without_provenance_mut(class.look.icon),
        hCursor: without_provenance_mut(class.look.cursor),
        hbrBackground: without_provenance_mut(class.look.background),
        lpszMenuName: menu,
        lpszClassName: name.cast(),
        hIconSm: without_provenance_mut(class.look.small_icon),
    };
    Ok((class.atom.into(), info))
}

/// `GetClassNameA`: as [`GetClassNameW`] in UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-getclassnamea`.
///
/// # Errors
/// As [`GetClassNameW`].
///
/// # Safety
/// As [`GetClassNameW`].
pub unsafe extern "system" fn GetClassNameA(hwnd: HWND, lpclassname: PSTR, nmaxcount: i32) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { name_of_class(hwnd, lpclassname, nmaxcount) }
}

/// `GetClassNameW`: the name of a window's class, cut if there is too little room. Answers how many characters were
/// written before the NUL.
///
/// Microsoft's page: `winuser/nf-winuser-getclassnamew`.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`, `ERROR_INVALID_PARAMETER` for no room; the answer is 0.
///
/// # Safety
/// `lpclassname` is NULL or has room for `nmaxcount` characters.
pub unsafe extern "system" fn GetClassNameW(hwnd: HWND, lpclassname: PWSTR, nmaxcount: i32) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { name_of_class(hwnd, lpclassname, nmaxcount) }
}

unsafe fn name_of_class<C: Letter>(hwnd: HWND, out: *mut C, room: i32) -> i32 {
    boundary::call_any_time(0, || {
        let window = get(hwnd.addr())?;
        let room = usize::try_from(room).ok().filter(|&room| room != 0 && !out.is_null());
        let room = room.ok_or(Error::WSA_INVALID_PARAMETER)?;
        // SAFETY: the caller's promise.
        Ok(unsafe { text::copy_text(out, room, &window.class.name) } as i32)
    })
}
