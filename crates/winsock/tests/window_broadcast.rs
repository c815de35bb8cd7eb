//! Messages to all windows: alone in its process, for they reach the windows of other tests too.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

#[path = "common/window.rs"]
mod window;

use std::ptr::null_mut;
use window::*;
use winsock::win32::*;

#[test]
#[cfg_attr(windows, ignore = "Wine 8: threads have a window of the system's too")]
fn a_message_to_all_reaches_the_windows_without_a_parent() {
    let class = class(Some(recording));
    let top = Win::with(&class, WS_OVERLAPPEDWINDOW, null_mut());
    Win::with(&class, WS_CHILD, top.raw());
    let hidden = Win::with(&class, 0, HWND_MESSAGE);
    let owned = Win::with(&class, WS_POPUP, top.raw());
    // SAFETY: the name ends with 0.
    let number = unsafe { RegisterWindowMessageW(wide("a broadcast").as_ptr()) };

    // SAFETY: the windows take numbers.
    assert_eq!(unsafe { PostMessageW(HWND_BROADCAST, number, 1, 0) }, TRUE);
    let reached: Vec<_> = std::iter::from_fn(take).map(|msg| (msg.hwnd.addr(), msg.message)).collect();
    assert_eq!(reached, [(top.0, number), (owned.0, number)]);

    told();
    // SAFETY: the windows take numbers.
    assert_ne!(unsafe { SendMessageW(HWND_BROADCAST, number, 1, 0) }, 0);
    assert_eq!(told(), [(top.0, number), (owned.0, number)]);
    // SAFETY: the windows take numbers.
    assert_eq!(unsafe { SendNotifyMessageW(HWND_BROADCAST, number, 1, 0) }, TRUE);
    assert_eq!(told(), [(top.0, number), (owned.0, number)]);
    let mut result = 5;
    // SAFETY: the windows take numbers, and the result is writable.
    let sent = unsafe { SendMessageTimeoutW(HWND_BROADCAST, number, 1, 0, SMTO_NORMAL, 1000, &mut result) };
    assert_ne!(sent, 0);
    assert_eq!(told(), [(top.0, number), (owned.0, number)]);
    top.destroy();
    hidden.destroy();
}
