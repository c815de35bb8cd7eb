//! Finding windows, and what they are to each other and to threads.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::text::{Letter, class_name};
use crate::error::Error;
use crate::linux::window::class::Text;
use crate::linux::window::window::Family;
use crate::linux::window::{self, NO_WINDOW, exists, find_all, get};
use crate::win32::{BOOL, FALSE, HWND, HWND_MESSAGE, PCSTR, PCWSTR, WS_POPUP, boundary, memory};
use std::ptr::{null_mut, without_provenance_mut};
use std::sync::Arc;

/// `IsWindow`: whether a handle names a window.
///
/// Microsoft's page: `winuser/nf-winuser-iswindow`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn IsWindow(hwnd: HWND) -> BOOL {
    boundary::call_any_time(FALSE, || Ok(exists(hwnd.addr()).into()))
}

/// `IsWindowUnicode`: whether texts are UTF-16 for a window's procedure: the last that gave it one ended in W.
///
/// Microsoft's page: `winuser/nf-winuser-iswindowunicode`.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn IsWindowUnicode(hwnd: HWND) -> BOOL {
    boundary::call_any_time(FALSE, || Ok((get(hwnd.addr())?.with(|words| words.text) == Text::Wide).into()))
}

/// `IsChild`: whether one window lies below another.
///
/// Microsoft's page: `winuser/nf-winuser-ischild`.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn IsChild(hwndparent: HWND, hwnd: HWND) -> BOOL {
    boundary::call_any_time(FALSE, || {
        get(hwndparent.addr())?;
        Ok(get(hwnd.addr())?.is_below(hwndparent.addr()).into())
    })
}

/// `GetParent`: the parent of a child, the owner of a pop-up window; NULL for others.
///
/// Microsoft's page: `winuser/nf-winuser-getparent`.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetParent(hwnd: HWND) -> HWND {
    boundary::call_any_time(null_mut(), || {
        let window = get(hwnd.addr())?;
        let is_pop_up = window.with(|words| words.style & WS_POPUP != 0);
        Ok(match window.family() {
            Family::Child { parent } => without_provenance_mut(parent),
            Family::Top { owner } if is_pop_up => without_provenance_mut(owner),
            Family::Top { .. } | Family::MessageOnly => null_mut(),
        })
    })
}

/// `GetWindowThreadProcessId`: the number of the thread that a window belongs to, and that of the process.
///
/// Microsoft's page: `winuser/nf-winuser-getwindowthreadprocessid`.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`; the answer is 0.
///
/// # Safety
/// `lpdwprocessid` is NULL or writable.
pub unsafe extern "system" fn GetWindowThreadProcessId(hwnd: HWND, lpdwprocessid: *mut u32) -> u32 {
    boundary::call_any_time(0, || {
        let window = get(hwnd.addr())?;
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(lpdwprocessid, std::process::id()) };
        Ok(window.queue.thread)
    })
}

/// `FindWindowA`: as [`FindWindowW`] with texts in UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-findwindowa`.
///
/// # Errors
/// As [`FindWindowW`].
///
/// # Safety
/// As [`FindWindowW`].
pub unsafe extern "system" fn FindWindowA(lpclassname: PCSTR, lpwindowname: PCSTR) -> HWND {
    // SAFETY: the caller's promise.
    unsafe { find(null_mut(), null_mut(), lpclassname, lpwindowname) }
}

/// `FindWindowW`: a window without a parent, of this class and with this title; NULL stands for any. Answers NULL if there
/// is none.
///
/// Microsoft's page: `winuser/nf-winuser-findwindoww`.
///
/// *On Linux*: windows of this process, in no order that means anything.
///
/// # Errors
/// `ERROR_CANNOT_FIND_WND_CLASS` for a class that is not registered.
///
/// # Safety
/// `lpclassname` is NULL, an atom, or a text that ends with 0; `lpwindowname` is NULL or such a text.
pub unsafe extern "system" fn FindWindowW(lpclassname: PCWSTR, lpwindowname: PCWSTR) -> HWND {
    // SAFETY: the caller's promise.
    unsafe { find(null_mut(), null_mut(), lpclassname, lpwindowname) }
}

/// `FindWindowExA`: as [`FindWindowExW`] with texts in UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-findwindowexa`.
///
/// # Errors
/// As [`FindWindowExW`].
///
/// # Safety
/// As [`FindWindowW`].
pub unsafe extern "system" fn FindWindowExA(
    hwndparent: HWND,
    hwndchildafter: HWND,
    lpszclass: PCSTR,
    lpszwindow: PCSTR,
) -> HWND {
    // SAFETY: the caller's promise.
    unsafe { find(hwndparent, hwndchildafter, lpszclass, lpszwindow) }
}

/// `FindWindowExW`: [`FindWindowW`] among the children of a window, or, with `HWND_MESSAGE`, among the message-only windows;
/// behind one that was found before.
///
/// Microsoft's page: `winuser/nf-winuser-findwindowexw`.
///
/// *On Linux*: as [`FindWindowW`].
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE` for the parent, and for a window that is not among those searched;
/// `ERROR_CANNOT_FIND_WND_CLASS`.
///
/// # Safety
/// As [`FindWindowW`].
pub unsafe extern "system" fn FindWindowExW(
    hwndparent: HWND,
    hwndchildafter: HWND,
    lpszclass: PCWSTR,
    lpszwindow: PCWSTR,
) -> HWND {
    // SAFETY: the caller's promise.
    unsafe { find(hwndparent, hwndchildafter, lpszclass, lpszwindow) }
}

/// # Safety
/// As [`FindWindowW`].
unsafe fn find<C: Letter>(parent: HWND, after: HWND, class: *const C, title: *const C) -> HWND {
    boundary::call_any_time(null_mut(), || {
        let mut searched = among(parent)?;
        if !after.is_null() {
            let place = searched.iter().position(|window| window.handle() == after.addr());
            searched.drain(..=place.ok_or(Error::ERROR_INVALID_WINDOW_HANDLE)?);
        }
        // SAFETY: the caller's promise.
        let class = match unsafe { class_name(class) } {
            Some(name) => Some(super::class::find(&name)?),
            None => None,
        };
        // SAFETY: the caller's promise.
        let title = unsafe { C::read(title) };
        let found = searched.into_iter().find(|window| {
            class.as_ref().is_none_or(|class| Arc::ptr_eq(class, &window.class))
                && title.as_ref().is_none_or(|title| window.with(|words| words.title == *title))
        });
        Ok(found.map_or(null_mut(), |window| without_provenance_mut(window.handle())))
    })
}

/// The windows that a search goes through.
fn among(parent: HWND) -> Result<Vec<Arc<window::Window>>, Error> {
    match parent.addr() {
        NO_WINDOW => Ok(find_all(|window| matches!(window.family(), Family::Top { .. }))),
        handle if handle == HWND_MESSAGE.addr() => {
            Ok(find_all(|window| window.family() == Family::MessageOnly))
        }
        handle => Ok(get(handle)?.children()),
    }
}
