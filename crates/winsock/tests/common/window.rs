//! What the tests of windows and messages share: classes, windows, and what their procedures have been told.
#![allow(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    dead_code,
    unreachable_pub,
    reason = "the raw API is unsafe; each test file uses its own part of this one"
)]

use std::cell::RefCell;
use std::ptr::{null, null_mut, without_provenance_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use winsock::win32::*;

/// A text that ends with 0.
pub fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// The calling thread's last error.
pub fn error() -> u32 {
    // SAFETY: no memory is passed.
    unsafe { GetLastError() }
}

/// Asserts that a call fails with this code.
#[track_caller]
pub fn fails<T: PartialEq + std::fmt::Debug>(call: impl FnOnce() -> T, failure: T, code: u32) {
    // SAFETY: no memory is passed.
    unsafe { SetLastError(0) };
    assert_eq!(call(), failure);
    assert_eq!(error(), code);
}

/// A class of this procedure under a new name, which it gives.
pub fn class(procedure: WNDPROC) -> Vec<u16> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = wide(&format!("class {}", COUNT.fetch_add(1, SeqCst)));
    let class = WNDCLASSW {
        lpfnWndProc: procedure,
        lpszClassName: name.as_ptr(),
        cbWndExtra: 24,
        cbClsExtra: 16,
        ..WNDCLASSW::default()
    };
    // SAFETY: the class is whole.
    assert_ne!(unsafe { RegisterClassW(&class) }, 0, "{}", error());
    name
}

/// A window that may be told to other threads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Win(pub usize);

impl Win {
    pub fn raw(self) -> HWND {
        without_provenance_mut(self.0)
    }

    /// A message-only window of a class of this procedure.
    pub fn new(procedure: WNDPROC) -> Win {
        Win::with(&class(procedure), 0, HWND_MESSAGE)
    }

    /// A window of a class.
    pub fn with(class: &[u16], style: WINDOW_STYLE, parent: HWND) -> Win {
        let (class, title) = (class.as_ptr(), null());
        // SAFETY: the name ends with 0.
        let window = unsafe {
            CreateWindowExW(0, class, title, style, 0, 0, 0, 0, parent, null_mut(), null_mut(), null())
        };
        assert!(!window.is_null(), "{}", error());
        Win(window.addr())
    }

    pub fn post(self, message: u32, wparam: usize) {
        // SAFETY: the tests' procedures take numbers.
        assert_eq!(unsafe { PostMessageW(self.raw(), message, wparam, 0) }, TRUE, "{}", error());
    }

    pub fn send(self, message: u32, wparam: usize) -> isize {
        // SAFETY: the tests' procedures take numbers.
        unsafe { SendMessageW(self.raw(), message, wparam, 0) }
    }

    pub fn destroy(self) {
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { DestroyWindow(self.raw()) }, TRUE, "{}", error());
    }

    pub fn is_there(self) -> bool {
        // SAFETY: no memory is passed.
        unsafe { IsWindow(self.raw()) != 0 }
    }
}

/// A message that is there, taken if `remove` says so.
pub fn look(window: HWND, first: u32, last: u32, flags: u32) -> Option<MSG> {
    let mut msg = MSG::default();
    // SAFETY: the message is writable.
    (unsafe { PeekMessageW(&mut msg, window, first, last, flags) } != 0).then_some(msg)
}

/// The next message, whatever it is.
pub fn take() -> Option<MSG> {
    look(null_mut(), 0, 0, PM_REMOVE)
}

/// Number and first parameter of all messages that are there.
pub fn drain() -> Vec<(u32, usize)> {
    std::iter::from_fn(take).map(|msg| (msg.message, msg.wParam)).collect()
}

/// The next message; waits for it.
pub fn get() -> MSG {
    let mut msg = MSG::default();
    // SAFETY: the message is writable.
    assert_ne!(unsafe { GetMessageW(&mut msg, null_mut(), 0, 0) }, -1, "{}", error());
    msg
}

pub fn dispatch(msg: &MSG) -> isize {
    // SAFETY: the message is the tests' own.
    unsafe { DispatchMessageW(msg) }
}

thread_local! {
    static TOLD: RefCell<Vec<(usize, u32)>> = const { RefCell::new(Vec::new()) };
}

/// Writes down which window was told what, and leaves the rest to the default.
pub unsafe extern "system" fn recording(hwnd: HWND, message: u32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    TOLD.with_borrow_mut(|told| told.push((hwnd.addr(), message)));
    // SAFETY: the caller's promise.
    unsafe { DefWindowProcW(hwnd, message, wparam, lparam) }
}

/// The same for a class whose texts are UTF-8.
pub unsafe extern "system" fn recording_a(
    hwnd: HWND,
    message: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> LRESULT {
    TOLD.with_borrow_mut(|told| told.push((hwnd.addr(), message)));
    // SAFETY: the caller's promise.
    unsafe { DefWindowProcA(hwnd, message, wparam, lparam) }
}

/// What the calling thread's windows of [`recording`] have been told since the last question.
pub fn told() -> Vec<(usize, u32)> {
    TOLD.take()
}
