//! Window procedures: the default one, calling another, and the texts of messages.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::create::destroy;
use super::send::send_to;
use super::text::{Letter, copy_text, with_nul};
use crate::error::Error;
use crate::linux::window::class::Text;
use crate::linux::window::send::{self, ENDLESS};
use crate::linux::window::window::Family;
use crate::linux::window::{Window, get, procedure};
use crate::win32::{
    BOOL, FALSE, HWND, LPARAM, LRESULT, PCSTR, PCWSTR, PSTR, PWSTR, SC_CLOSE, TRUE, WM_CLOSE, WM_GETTEXT,
    WM_GETTEXTLENGTH, WM_NCCREATE, WM_PARENTNOTIFY, WM_QUERYENDSESSION, WM_QUERYOPEN, WM_SETTEXT,
    WM_SYSCOMMAND, WNDPROC, WPARAM, boundary,
};
use std::ptr::{with_exposed_provenance, with_exposed_provenance_mut};

/// `DefWindowProcA`: as [`DefWindowProcW`]; texts are UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-defwindowproca`.
///
/// # Errors
/// As [`DefWindowProcW`].
///
/// # Safety
/// As [`DefWindowProcW`].
pub unsafe extern "system" fn DefWindowProcA(
    hwnd: HWND,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> LRESULT {
    // SAFETY: the caller's promise.
    boundary::call_any_time(0, || unsafe { by_default::<u8>(hwnd, msg, wparam, lparam) })
}

/// `DefWindowProcW`: what a window does with messages that its own procedure leaves to it. `WM_CLOSE` destroys the
/// window; `WM_SETTEXT`, `WM_GETTEXT` and `WM_GETTEXTLENGTH` change and tell its title; `WM_NCCREATE`, `WM_QUERYOPEN`
/// and `WM_QUERYENDSESSION` are answered by TRUE; `WM_SYSCOMMAND` with `SC_CLOSE` becomes `WM_CLOSE`; a child passes
/// `WM_PARENTNOTIFY` on to its parent. All others are answered by 0.
///
/// Microsoft's page: `winuser/nf-winuser-defwindowprocw`.
///
/// *On Linux*: nothing is drawn, and nothing comes from keyboard and mouse.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`; the answer is 0.
///
/// # Safety
/// The message is one that the window's procedure may be called with.
pub unsafe extern "system" fn DefWindowProcW(
    hwnd: HWND,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> LRESULT {
    // SAFETY: the caller's promise.
    boundary::call_any_time(0, || unsafe { by_default::<u16>(hwnd, msg, wparam, lparam) })
}

/// # Safety
/// As [`DefWindowProcW`]; texts are made of `C`.
unsafe fn by_default<C: Letter>(
    hwnd: HWND,
    message: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> Result<LRESULT, Error> {
    let window = get(hwnd.addr())?;
    Ok(match message {
        WM_NCCREATE | WM_QUERYOPEN | WM_QUERYENDSESSION => 1,
        WM_CLOSE => {
            if window.is_own() {
                // SAFETY: the caller's promise.
                unsafe { destroy(&window) };
            }
            0
        }
        WM_SYSCOMMAND if wparam & 0xFFF0 == SC_CLOSE as usize => {
            // SAFETY: the caller's promise.
            unsafe { send::send(window.handle(), WM_CLOSE, 0, 0, ENDLESS) }?
        }
        WM_SETTEXT => {
            // SAFETY: the caller's promise: a text, or NULL.
            let title = unsafe { C::read(with_exposed_provenance(lparam as usize)) };
            window.with(|words| words.title = title.unwrap_or_default());
            1
        }
        WM_GETTEXT => {
            let title = window.with(|words| words.title.clone());
            // SAFETY: the caller's promise: room for so many characters, or NULL.
            unsafe { copy_text::<C>(with_exposed_provenance_mut(lparam as usize), wparam, &title) as isize }
        }
        WM_GETTEXTLENGTH => window.with(|words| C::from_wide(&words.title).len()) as isize,
        WM_PARENTNOTIFY => {
            // SAFETY: the caller's promise.
            unsafe { pass_on(&window, wparam, lparam) };
            0
        }
        _ignored => 0,
    })
}

/// # Safety
/// The parent's procedure may be called.
unsafe fn pass_on(window: &Window, wparam: WPARAM, lparam: LPARAM) {
    match window.family() {
        Family::Child { parent } => {
            // SAFETY: the caller's promise. What the parent answers counts for nothing.
            let _ = unsafe { send::send(parent, WM_PARENTNOTIFY, wparam, lparam, ENDLESS) };
        }
        Family::Top { .. } | Family::MessageOnly => {}
    }
}

/// Delivers a message whose texts are made of `C` to a procedure whose texts are `theirs`, the other kind.
///
/// # Safety
/// The texts of the message are made of `C`. `deliver` may be called with texts of the other kind.
pub(super) unsafe fn translate_text<C: Letter>(
    theirs: Text,
    message: u32,
    wparam: WPARAM,
    lparam: LPARAM,
    deliver: impl Fn(WPARAM, LPARAM) -> Result<LRESULT, Error>,
) -> Result<LRESULT, Error> {
    match theirs {
        // SAFETY: the caller's promise.
        Text::Narrow => unsafe { translate::<C, u8>(message, wparam, lparam, deliver) },
        // SAFETY: the caller's promise.
        Text::Wide => unsafe { translate::<C, u16>(message, wparam, lparam, deliver) },
    }
}

unsafe fn translate<C: Letter, Theirs: Letter>(
    message: u32,
    wparam: WPARAM,
    lparam: LPARAM,
    deliver: impl Fn(WPARAM, LPARAM) -> Result<LRESULT, Error>,
) -> Result<LRESULT, Error> {
    /// Bytes that one UTF-16 character may need.
    const MOST: usize = 3;
    match message {
        WM_SETTEXT if lparam != 0 => {
            // SAFETY: the caller's promise.
            let text = unsafe { C::read(with_exposed_provenance(lparam as usize)) }.unwrap_or_default();
            let text = with_nul::<Theirs>(&text);
            deliver(wparam, text.as_ptr().expose_provenance() as isize)
        }
        WM_GETTEXT => {
            let room = wparam.saturating_mul(MOST).min(1 << 20);
            let mut text = vec![Theirs::default(); room + 1];
            deliver(room, text.as_mut_ptr().expose_provenance() as isize)?;
            // SAFETY: the last character is 0, which nobody had room to change.
            let text = unsafe { Theirs::read(text.as_ptr()) }.unwrap_or_default();
            // SAFETY: the caller's promise: room for so many characters, or NULL.
            Ok(unsafe {
                copy_text::<C>(with_exposed_provenance_mut(lparam as usize), wparam, &text) as isize
            })
        }
        // As Microsoft's, that may be more than the text has, never less.
        WM_GETTEXTLENGTH => deliver(wparam, lparam).map(|len| len * MOST as isize),
        _without_text => deliver(wparam, lparam),
    }
}

/// `CallWindowProcA`: as [`CallWindowProcW`].
///
/// Microsoft's page: `winuser/nf-winuser-callwindowproca`.
///
/// # Errors
/// As [`CallWindowProcW`].
///
/// # Safety
/// As [`CallWindowProcW`].
pub unsafe extern "system" fn CallWindowProcA(
    lpprevwndfunc: WNDPROC,
    hwnd: HWND,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> LRESULT {
    // SAFETY: the caller's promise is the same.
    unsafe { CallWindowProcW(lpprevwndfunc, hwnd, msg, wparam, lparam) }
}

/// `CallWindowProcW`: calls a window procedure, as a rule the one that another has taken the place of.
///
/// Microsoft's page: `winuser/nf-winuser-callwindowprocw`.
///
/// *On Linux*: texts are passed on as they are.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no procedure; the answer is 0.
///
/// # Safety
/// The procedure may be called with this message.
pub unsafe extern "system" fn CallWindowProcW(
    lpprevwndfunc: WNDPROC,
    hwnd: HWND,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> LRESULT {
    boundary::call_any_time(0, || {
        let function = lpprevwndfunc.ok_or(Error::WSA_INVALID_PARAMETER)?;
        // SAFETY: the caller's promise.
        Ok(unsafe { procedure::call(function, hwnd.addr(), msg, wparam, lparam) })
    })
}

/// `SetWindowTextA`: as [`SetWindowTextW`] with a title in UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-setwindowtexta`.
///
/// # Errors
/// As [`SetWindowTextW`].
///
/// # Safety
/// As [`SetWindowTextW`].
pub unsafe extern "system" fn SetWindowTextA(hwnd: HWND, lpstring: PCSTR) -> BOOL {
    // SAFETY: the caller's promise.
    unsafe { set_text(hwnd, lpstring) }
}

/// `SetWindowTextW`: gives a window a title, by `WM_SETTEXT` to its procedure.
///
/// Microsoft's page: `winuser/nf-winuser-setwindowtextw`.
///
/// # Errors
/// As [`SendMessageW`](super::SendMessageW).
///
/// # Safety
/// `lpstring` is NULL or names a text that ends with 0. The window's procedure may be called.
pub unsafe extern "system" fn SetWindowTextW(hwnd: HWND, lpstring: PCWSTR) -> BOOL {
    // SAFETY: the caller's promise.
    unsafe { set_text(hwnd, lpstring) }
}

unsafe fn set_text<C: Letter>(hwnd: HWND, text: *const C) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let text = text.expose_provenance() as isize;
        // SAFETY: the caller's promise.
        unsafe { send_to::<C>(hwnd.addr(), WM_SETTEXT, 0, text, ENDLESS) }?;
        Ok(TRUE)
    })
}

/// `GetWindowTextA`: as [`GetWindowTextW`] with the title in UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-getwindowtexta`.
///
/// # Errors
/// As [`GetWindowTextW`].
///
/// # Safety
/// As [`GetWindowTextW`].
pub unsafe extern "system" fn GetWindowTextA(hwnd: HWND, lpstring: PSTR, nmaxcount: i32) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { get_text(hwnd, lpstring, nmaxcount) }
}

/// `GetWindowTextW`: the title of a window, cut if there is too little room, by `WM_GETTEXT` to its procedure. Answers
/// how many characters were written before the NUL.
///
/// Microsoft's page: `winuser/nf-winuser-getwindowtextw`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no room; then as [`SendMessageW`](super::SendMessageW).
///
/// # Safety
/// `lpstring` is NULL or has room for `nmaxcount` characters. The window's procedure may be called.
pub unsafe extern "system" fn GetWindowTextW(hwnd: HWND, lpstring: PWSTR, nmaxcount: i32) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { get_text(hwnd, lpstring, nmaxcount) }
}

unsafe fn get_text<C: Letter>(hwnd: HWND, out: *mut C, room: i32) -> i32 {
    boundary::call_any_time(0, || {
        let room = usize::try_from(room).ok().filter(|&room| room != 0 && !out.is_null());
        let room = room.ok_or(Error::WSA_INVALID_PARAMETER)?;
        let out = out.expose_provenance() as isize;
        // SAFETY: the caller's promise.
        let len = unsafe { send_to::<C>(hwnd.addr(), WM_GETTEXT, room, out, ENDLESS) }?;
        Ok(len as i32)
    })
}

/// `GetWindowTextLengthA`: as [`GetWindowTextLengthW`], for UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-getwindowtextlengtha`.
///
/// # Errors
/// As [`GetWindowTextLengthW`].
///
/// # Safety
/// As [`GetWindowTextLengthW`].
pub unsafe extern "system" fn GetWindowTextLengthA(hwnd: HWND) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { text_length::<u8>(hwnd) }
}

/// `GetWindowTextLengthW`: how many characters the title of a window has, by `WM_GETTEXTLENGTH` to its procedure. Where
/// texts are of another kind for the procedure, it may tell more than there are.
///
/// Microsoft's page: `winuser/nf-winuser-getwindowtextlengthw`.
///
/// # Errors
/// As [`SendMessageW`](super::SendMessageW).
///
/// # Safety
/// The window's procedure may be called.
pub unsafe extern "system" fn GetWindowTextLengthW(hwnd: HWND) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { text_length::<u16>(hwnd) }
}

unsafe fn text_length<C: Letter>(hwnd: HWND) -> i32 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        let len = unsafe { send_to::<C>(hwnd.addr(), WM_GETTEXTLENGTH, 0, 0, ENDLESS) }?;
        Ok(len as i32)
    })
}
