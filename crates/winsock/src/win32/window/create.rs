//! How windows come, are shown, and go.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::class;
use super::text::{Letter, class_name, number, with_nul};
use crate::error::Error;
use crate::linux::window::class::Text;
use crate::linux::window::send;
use crate::linux::window::window::{self, Family, New};
use crate::linux::window::{Window, exists, get};
use crate::win32::{
    BOOL, CREATESTRUCTW, CW_USEDEFAULT, FALSE, HINSTANCE, HMENU, HWND, PCSTR, PCWSTR, RECT, SHOW_WINDOW_CMD,
    SW_HIDE, SW_SHOW, TRUE, WINDOW_EX_STYLE, WINDOW_STYLE, WM_CREATE, WM_DESTROY, WM_NCCALCSIZE, WM_NCCREATE,
    WM_NCDESTROY, WM_PARENTNOTIFY, WM_SHOWWINDOW, WS_EX_NOPARENTNOTIFY, WS_VISIBLE, boundary,
};
use std::ffi::c_void;
use std::ptr::{null, null_mut, without_provenance, without_provenance_mut};

/// `CreateWindowExA`: as [`CreateWindowExW`] with texts in UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-createwindowexa`.
///
/// # Errors
/// As [`CreateWindowExW`].
///
/// # Safety
/// As [`CreateWindowExW`].
#[allow(clippy::too_many_arguments, reason = "the signature is Win32's")]
pub unsafe extern "system" fn CreateWindowExA(
    dwexstyle: WINDOW_EX_STYLE,
    lpclassname: PCSTR,
    lpwindowname: PCSTR,
    dwstyle: WINDOW_STYLE,
    x: i32,
    y: i32,
    nwidth: i32,
    nheight: i32,
    hwndparent: HWND,
    hmenu: HMENU,
    hinstance: HINSTANCE,
    lpparam: *const c_void,
) -> HWND {
    let wish = CREATESTRUCTW {
        lpCreateParams: lpparam.cast_mut(),
        hInstance: hinstance,
        hMenu: hmenu,
        hwndParent: hwndparent,
        cy: nheight,
        cx: nwidth,
        y,
        x,
        style: dwstyle as i32,
        lpszName: null(),
        lpszClass: null(),
        dwExStyle: dwexstyle,
    };
    // SAFETY: the caller's promise.
    unsafe { create(lpclassname, lpwindowname, wish) }
}

/// `CreateWindowExW`: makes a window of a class. Its procedure gets `WM_NCCREATE`, `WM_NCCALCSIZE` and `WM_CREATE`,
/// the first and the last with a `CREATESTRUCT` whose texts are of the class's kind. It may refuse: by 0 for the
/// first, by -1 for the last; then the answer is NULL, and the last error what the procedure left.
///
/// Microsoft's page: `winuser/nf-winuser-createwindowexw`.
///
/// *On Linux*: no window is ever seen. Of the system's classes there is `STATIC` alone. A parent or owner belongs to
/// the calling thread. `CW_USEDEFAULT` is 0.
///
/// # Errors
/// `ERROR_CANNOT_FIND_WND_CLASS`, `ERROR_INVALID_WINDOW_HANDLE` for the parent, `ERROR_TLW_WITH_WSCHILD` for a child
/// without one, `ERROR_ACCESS_DENIED` for one of another thread's, `ERROR_NO_MORE_USER_HANDLES` beyond 10,239 windows.
///
/// # Safety
/// `lpclassname` is NULL, an atom, or a text that ends with 0; `lpwindowname` NULL or such a text. The class's procedure
/// may be called with `lpparam` in the messages.
#[allow(clippy::too_many_arguments, reason = "the signature is Win32's")]
pub unsafe extern "system" fn CreateWindowExW(
    dwexstyle: WINDOW_EX_STYLE,
    lpclassname: PCWSTR,
    lpwindowname: PCWSTR,
    dwstyle: WINDOW_STYLE,
    x: i32,
    y: i32,
    nwidth: i32,
    nheight: i32,
    hwndparent: HWND,
    hmenu: HMENU,
    hinstance: HINSTANCE,
    lpparam: *const c_void,
) -> HWND {
    let wish = CREATESTRUCTW {
        lpCreateParams: lpparam.cast_mut(),
        hInstance: hinstance,
        hMenu: hmenu,
        hwndParent: hwndparent,
        cy: nheight,
        cx: nwidth,
        y,
        x,
        style: dwstyle as i32,
        lpszName: null(),
        lpszClass: null(),
        dwExStyle: dwexstyle,
    };
    // SAFETY: the caller's promise.
    unsafe { create(lpclassname, lpwindowname, wish) }
}

/// # Safety
/// As [`CreateWindowExW`].
unsafe fn create<C: Letter>(class: *const C, title: *const C, mut wish: CREATESTRUCTW) -> HWND {
    boundary::call_any_time(null_mut(), || {
        // SAFETY: the caller's promise.
        let name = unsafe { class_name(class) }.ok_or(Error::ERROR_CANNOT_FIND_WND_CLASS)?;
        let known = class::find(&name)?;
        // SAFETY: the caller's promise.
        let title = unsafe { C::read(title) };
        for place in [&mut wish.x, &mut wish.y, &mut wish.cx, &mut wish.cy] {
            if *place == CW_USEDEFAULT {
                *place = 0;
            }
        }
        let new = New {
            title: title.clone().unwrap_or_default(),
            style: wish.style as u32 & !WS_VISIBLE,
            ex_style: wish.dwExStyle,
            parent: wish.hwndParent.addr(),
            id: wish.hMenu.addr(),
            instance: wish.hInstance.addr(),
        };
        let window = window::create(known, new)?;
        let texts = Texts { class: (number(class), window.class.name.clone()), title };
        let is_there = match window.class.text {
            // SAFETY: the caller's promise.
            Text::Narrow => unsafe { tell::<u8>(&window, wish, &texts) },
            // SAFETY: the caller's promise.
            Text::Wide => unsafe { tell::<u16>(&window, wish, &texts) },
        };
        Ok(if is_there { without_provenance_mut(window.handle()) } else { null_mut() })
    })
}

/// What the messages name a new window and its class.
struct Texts {
    class: (Option<u16>, Vec<u16>),
    title: Option<Vec<u16>>,
}

/// Tells the procedure of its new window. Answers whether the window is there afterwards.
///
/// # Safety
/// As [`CreateWindowExW`].
unsafe fn tell<C: Letter>(window: &Window, mut wish: CREATESTRUCTW, texts: &Texts) -> bool {
    let title: Option<Vec<C>> = texts.title.as_deref().map(with_nul);
    let class: Vec<C> = with_nul(&texts.class.1);
    wish.lpszName = title.as_ref().map_or(null(), |title| title.as_ptr().cast());
    wish.lpszClass =
        texts.class.0.map_or(class.as_ptr().cast(), |atom| without_provenance(usize::from(atom)));
    let call = |number, wparam, lparam: *mut c_void| {
        // SAFETY: the caller's promise, for messages with the structures that belong to them.
        unsafe { send::call(window, number, wparam, lparam.expose_provenance() as isize) }
    };
    let handle = window.handle();
    if call(WM_NCCREATE, 0, (&raw mut wish).cast()) == 0 {
        if exists(handle) && window.begin_to_end() {
            call(WM_NCDESTROY, 0, null_mut());
            window.forget();
        }
        return false;
    }
    let mut place = RECT { left: wish.x, top: wish.y, right: wish.x + wish.cx, bottom: wish.y + wish.cy };
    call(WM_NCCALCSIZE, 0, (&raw mut place).cast());
    if exists(handle) && call(WM_CREATE, 0, (&raw mut wish).cast()) == -1 {
        // SAFETY: the caller's promise.
        unsafe { destroy(window) };
    }
    // SAFETY: the caller's promise.
    unsafe { notify_parent(window, WM_CREATE) };
    if exists(handle) && wish.style as u32 & WS_VISIBLE != 0 {
        // SAFETY: the caller's promise.
        unsafe { show(window, SW_SHOW) };
    }
    exists(handle)
}

/// A child tells its parent that it comes or goes.
///
/// # Safety
/// The parent's procedure may be called.
unsafe fn notify_parent(window: &Window, number: u32) {
    let (ex_style, id) = window.with(|words| (words.ex_style, words.id));
    let handle = window.handle();
    let parent = match window.family() {
        Family::Child { parent } if exists(handle) && ex_style & WS_EX_NOPARENTNOTIFY == 0 => get(parent),
        Family::Child { .. } | Family::Top { .. } | Family::MessageOnly => return,
    };
    let Ok(parent) = parent else { return };
    let wparam = number as usize | (id & 0xFFFF) << 16;
    // SAFETY: the caller's promise.
    unsafe { send::call(&parent, WM_PARENTNOTIFY, wparam, handle as isize) };
}

/// `DestroyWindow`: ends a window of the calling thread's, and with it those that it owns, its children, its timers
/// and what is queued for it. The owned ones go first; then the procedure gets `WM_DESTROY`, the children go, and at
/// last it gets `WM_NCDESTROY`.
///
/// Microsoft's page: `winuser/nf-winuser-destroywindow`.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`, `ERROR_ACCESS_DENIED` for a window of another thread's.
///
/// # Safety
/// The procedures of these windows may be called.
pub unsafe extern "system" fn DestroyWindow(hwnd: HWND) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let window = get(hwnd.addr())?;
        if !window.is_own() {
            return Err(Error::ERROR_ACCESS_DENIED);
        }
        // SAFETY: the caller's promise.
        unsafe { destroy(&window) };
        Ok(TRUE)
    })
}

/// # Safety
/// As [`DestroyWindow`].
pub(super) unsafe fn destroy(window: &Window) {
    if !window.begin_to_end() {
        return;
    }
    for owned in window.owned() {
        // SAFETY: the caller's promise.
        unsafe { destroy(&owned) };
    }
    // SAFETY: the caller's promise.
    unsafe { notify_parent(window, WM_DESTROY) };
    // SAFETY: the caller's promise.
    unsafe { send::call(window, WM_DESTROY, 0, 0) };
    for child in window.children() {
        // SAFETY: the caller's promise.
        unsafe { destroy(&child) };
    }
    // SAFETY: the caller's promise.
    unsafe { send::call(window, WM_NCDESTROY, 0, 0) };
    window.forget();
}

/// `ShowWindow`: says that a window is to be seen, or not. Answers whether it was before. Where that changes, its
/// procedure gets `WM_SHOWWINDOW` first.
///
/// Microsoft's page: `winuser/nf-winuser-showwindow`.
///
/// *On Linux*: there is no display: what is said is remembered ([`IsWindowVisible`]), in whichever way it is to be seen.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`.
///
/// # Safety
/// The window's procedure may be called.
pub unsafe extern "system" fn ShowWindow(hwnd: HWND, ncmdshow: SHOW_WINDOW_CMD) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let window = get(hwnd.addr())?;
        // SAFETY: the caller's promise.
        Ok(unsafe { show(&window, ncmdshow) }.into())
    })
}

/// # Safety
/// As [`ShowWindow`].
unsafe fn show(window: &Window, command: SHOW_WINDOW_CMD) -> bool {
    let shows = command != SW_HIDE;
    let was_visible = window.with(|words| words.style & WS_VISIBLE != 0);
    if was_visible != shows {
        // SAFETY: the caller's promise. What the window answers counts for nothing; it may be gone.
        let _ = unsafe { send::send(window.handle(), WM_SHOWWINDOW, shows.into(), 0, send::ENDLESS) };
        window.with(|words| {
            words.style = if shows { words.style | WS_VISIBLE } else { words.style & !WS_VISIBLE };
        });
    }
    was_visible
}

/// `IsWindowVisible`: whether a window is to be seen: [`ShowWindow`] said so, of it and of all above it.
///
/// Microsoft's page: `winuser/nf-winuser-iswindowvisible`.
///
/// *On Linux*: nobody sees it.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn IsWindowVisible(hwnd: HWND) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let mut window = get(hwnd.addr())?;
        loop {
            if window.with(|words| words.style & WS_VISIBLE == 0) {
                return Ok(FALSE);
            }
            match window.family() {
                Family::Child { parent } => window = get(parent)?,
                Family::MessageOnly => return Ok(FALSE),
                Family::Top { .. } => return Ok(TRUE),
            }
        }
    })
}

/// `UpdateWindow`: has what is out of date of a window drawn: nothing ever is, so no `WM_PAINT` is sent.
///
/// Microsoft's page: `winuser/nf-winuser-updatewindow`.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn UpdateWindow(hwnd: HWND) -> BOOL {
    boundary::call_any_time(FALSE, || get(hwnd.addr()).map(|_| TRUE))
}
