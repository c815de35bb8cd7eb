//! Posted messages: their order, filters, limits, the quit message, and what becomes of them when windows go.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

#[path = "common/waiting.rs"]
mod waiting;
#[path = "common/window.rs"]
mod window;

use std::ptr::{null, null_mut, without_provenance_mut};
use std::sync::mpsc::channel;
use std::thread::{scope, spawn};
use waiting::{Handle, auto_event, settle};
use window::*;
use winsock::win32::*;

const FIRST: u32 = WM_APP;

fn quit(code: i32) {
    // SAFETY: no memory is passed.
    unsafe { PostQuitMessage(code) };
}

fn this_thread() -> u32 {
    // SAFETY: no memory is passed.
    unsafe { GetCurrentThreadId() }
}

#[test]
fn posted_messages_come_in_their_order_with_window_and_parameters() {
    let window = Win::new(Some(recording));
    for number in 0..5 {
        // SAFETY: the procedure takes numbers.
        unsafe { PostMessageA(window.raw(), FIRST + number, 10 + number as usize, -1) };
    }
    for number in 0..5 {
        let msg = get();
        assert_eq!((msg.hwnd, msg.message), (window.raw(), FIRST + number));
        assert_eq!((msg.wParam, msg.lParam), (10 + number as usize, -1));
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { GetMessageTime() }, msg.time as i32);
    }
    assert!(take().is_none());
    window.destroy();
}

#[test]
fn a_look_leaves_the_message_where_it_is() {
    let window = Win::new(Some(recording));
    window.post(FIRST, 1);
    assert_eq!(look(null_mut(), 0, 0, PM_NOREMOVE).unwrap().wParam, 1);
    assert_eq!(look(null_mut(), 0, 0, PM_NOREMOVE | PM_NOYIELD).unwrap().wParam, 1);
    assert_eq!(drain(), [(FIRST, 1)]);
    window.destroy();
}

#[test]
fn filters_choose_by_number_and_by_window() {
    let class = class(Some(recording));
    let (one, two) = (Win::with(&class, 0, HWND_MESSAGE), Win::with(&class, 0, HWND_MESSAGE));
    let only_the_thread: HWND = without_provenance_mut(-1isize as usize);
    one.post(FIRST + 5, 1);
    // SAFETY: the thread takes numbers.
    unsafe { PostThreadMessageA(this_thread(), FIRST, 2, 0) };
    two.post(FIRST + 1, 3);
    // SAFETY: the thread takes numbers.
    unsafe { PostMessageW(null_mut(), FIRST + 2, 4, 0) };

    assert_eq!(look(null_mut(), FIRST + 1, FIRST + 2, PM_NOREMOVE).unwrap().wParam, 3);
    assert!(look(null_mut(), FIRST + 3, FIRST + 4, PM_REMOVE).is_none());
    assert!(look(one.raw(), FIRST, FIRST + 4, PM_REMOVE).is_none());
    assert_eq!(look(two.raw(), 0, 0, PM_REMOVE).unwrap().wParam, 3);
    let taken = look(only_the_thread, 0, 0, PM_REMOVE).unwrap();
    assert_eq!((taken.wParam, taken.hwnd), (2, null_mut()));
    assert_eq!(look(only_the_thread, FIRST + 2, FIRST + 2, PM_REMOVE).unwrap().wParam, 4);
    assert!(look(only_the_thread, 0, 0, PM_REMOVE).is_none());
    assert_eq!(drain(), [(FIRST + 5, 1)]);
    one.destroy();
    two.destroy();
}

#[test]
fn a_window_s_filter_takes_its_children_s_messages_too() {
    let class = class(Some(recording));
    let parent = Win::with(&class, WS_OVERLAPPEDWINDOW, null_mut());
    let child = Win::with(&class, WS_CHILD, parent.raw());
    let owned = Win::with(&class, WS_POPUP, parent.raw());
    child.post(FIRST, 1);
    owned.post(FIRST, 2);
    assert_eq!(look(parent.raw(), 0, 0, PM_REMOVE).unwrap().wParam, 1);
    assert!(look(parent.raw(), 0, 0, PM_REMOVE).is_none(), "an owned window is no child");
    assert_eq!(drain(), [(FIRST, 2)]);
    parent.destroy();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a posted WM_QUIT does not pass a filter")]
fn the_quit_message_comes_after_what_is_posted_and_whatever_is_asked_for() {
    let window = Win::new(Some(recording));
    quit(7);
    window.post(FIRST, 1);
    window.post(FIRST, 2);
    assert_eq!(drain(), [(FIRST, 1), (FIRST, 2), (WM_QUIT, 7)]);
    assert!(take().is_none(), "one quit is one message");

    quit(8);
    assert_eq!(look(null_mut(), FIRST, FIRST, PM_NOREMOVE).unwrap().message, WM_QUIT);
    let mut msg = MSG::default();
    // SAFETY: the message is writable.
    assert_eq!(unsafe { GetMessageW(&mut msg, window.raw(), FIRST, FIRST) }, FALSE);
    assert_eq!((msg.message, msg.wParam, msg.hwnd), (WM_QUIT, 8, null_mut()));

    // One that is posted takes its place among the others.
    // SAFETY: the thread takes numbers.
    unsafe { PostThreadMessageW(this_thread(), WM_QUIT, 9, 0) };
    window.post(FIRST, 3);
    // SAFETY: the message is writable.
    assert_eq!(unsafe { GetMessageA(&mut msg, null_mut(), FIRST, FIRST) }, FALSE);
    assert_eq!(msg.wParam, 9);
    assert_eq!(drain(), [(FIRST, 3)]);
    window.destroy();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a queue has no limit")]
fn a_queue_holds_ten_thousand() {
    let window = Win::new(Some(recording));
    (0..10_000).for_each(|number| window.post(FIRST, number));
    // SAFETY: the procedure takes numbers.
    fails(|| unsafe { PostMessageW(window.raw(), FIRST, 0, 0) }, FALSE, ERROR_NOT_ENOUGH_QUOTA);
    // SAFETY: the thread takes numbers.
    let to_thread = || unsafe { PostThreadMessageW(this_thread(), FIRST, 0, 0) };
    fails(to_thread, FALSE, ERROR_NOT_ENOUGH_QUOTA);
    quit(1);
    let taken = drain();
    assert_eq!(taken.len(), 10_001, "the quit message is none of them");
    assert!(taken.iter().take(10_000).enumerate().all(|(place, message)| *message == (FIRST, place)));
    window.destroy();
}

#[test]
fn a_post_from_another_thread_ends_the_wait_for_it() {
    let window = Win::new(Some(recording));
    scope(|scope| {
        scope.spawn(|| {
            for number in 0..1000 {
                window.post(FIRST, number);
                if number % 100 == 0 {
                    settle();
                }
            }
        });
        for number in 0..1000 {
            assert_eq!(get().wParam, number);
        }
    });
    window.destroy();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: PostThreadMessage has another code for a thread without a queue")]
fn a_thread_takes_messages_from_its_first_call_on() {
    let (tell, told) = channel();
    let go = auto_event();
    let thread = spawn(move || {
        // SAFETY: no memory is passed.
        let id = unsafe { GetCurrentThreadId() };
        tell.send(id).unwrap();
        assert_eq!(go.wait(), WAIT_OBJECT_0);
        assert!(take().is_none());
        tell.send(id).unwrap();
        let msg = get();
        assert_eq!((msg.hwnd, msg.message, msg.wParam), (null_mut(), FIRST, 5));
    });
    let id = told.recv().unwrap();
    // SAFETY: the thread takes numbers.
    let post = || unsafe { PostThreadMessageW(id, FIRST, 5, 0) };
    fails(post, FALSE, ERROR_INVALID_THREAD_ID);
    go.set();
    told.recv().unwrap();
    assert_eq!(post(), TRUE);
    thread.join().unwrap();
    fails(post, FALSE, ERROR_INVALID_THREAD_ID);
    Handle::close(go);
}

#[test]
fn a_window_takes_its_messages_with_it() {
    let class = class(Some(recording));
    let (one, two) = (Win::with(&class, 0, HWND_MESSAGE), Win::with(&class, 0, HWND_MESSAGE));
    one.post(FIRST, 1);
    two.post(FIRST, 2);
    one.post(FIRST, 3);
    one.destroy();
    // SAFETY: the procedure takes numbers.
    fails(|| unsafe { PostMessageW(one.raw(), FIRST, 0, 0) }, FALSE, ERROR_INVALID_WINDOW_HANDLE);
    assert_eq!(drain(), [(FIRST, 2)]);
    two.destroy();
}

#[test]
fn the_windows_of_a_thread_go_with_it_untold() {
    let window = spawn(|| {
        let window = Win::new(Some(recording));
        window.post(FIRST, 1);
        window
    });
    let window = window.join().unwrap();
    assert!(!window.is_there());
    // SAFETY: the procedure takes numbers.
    fails(|| unsafe { PostMessageW(window.raw(), FIRST, 0, 0) }, FALSE, ERROR_INVALID_WINDOW_HANDLE);
    fails(|| window.send(FIRST, 0), 0, ERROR_INVALID_WINDOW_HANDLE);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn errors_come_in_their_order() {
    let window = Win::new(Some(recording));
    let stale = Win::new(Some(recording));
    stale.destroy();
    let lost = MSG { hwnd: stale.raw(), ..MSG::default() };
    // SAFETY: in each call the message is writable or NULL, and the procedure takes numbers.
    unsafe {
        fails(|| GetMessageW(null_mut(), stale.raw(), 0, 0), -1, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| GetMessageA(null_mut(), null_mut(), 0, 0), -1, ERROR_NOACCESS);
        fails(|| PeekMessageW(null_mut(), stale.raw(), 0, 0, 0x8000), FALSE, ERROR_INVALID_PARAMETER);
        fails(|| PeekMessageW(null_mut(), stale.raw(), 0, 0, 0x2000_0000), FALSE, ERROR_INVALID_PARAMETER);
        fails(|| PeekMessageA(null_mut(), stale.raw(), 0, 0, 0), FALSE, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| PeekMessageA(null_mut(), null_mut(), 0, 0, 0), FALSE, ERROR_NOACCESS);
        fails(|| DispatchMessageA(null()), 0, ERROR_NOACCESS);
        fails(|| TranslateMessage(null()), FALSE, ERROR_NOACCESS);
        for number in [WM_CREATE, WM_NCCREATE, WM_SETTEXT, WM_GETTEXT, WM_COPYDATA] {
            fails(|| PostMessageW(stale.raw(), number, 0, 0), FALSE, ERROR_MESSAGE_SYNC_ONLY);
            fails(|| PostThreadMessageW(0, number, 0, 0), FALSE, ERROR_MESSAGE_SYNC_ONLY);
            fails(|| SendNotifyMessageW(stale.raw(), number, 0, 0), FALSE, ERROR_MESSAGE_SYNC_ONLY);
        }
        fails(|| PostMessageA(stale.raw(), FIRST, 0, 0), FALSE, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| SendNotifyMessageA(stale.raw(), FIRST, 0, 0), FALSE, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| PostThreadMessageA(0, FIRST, 0, 0), FALSE, ERROR_INVALID_THREAD_ID);
        fails(|| RegisterWindowMessageW(null()), 0, ERROR_INVALID_PARAMETER);
        fails(|| RegisterWindowMessageA(null()), 0, ERROR_INVALID_PARAMETER);
        fails(|| RegisterWindowMessageA(c"".as_ptr().cast()), 0, ERROR_INVALID_NAME);
        fails(|| RegisterWindowMessageW(wide(&"x".repeat(256)).as_ptr()), 0, ERROR_INVALID_NAME);

        fails(|| DispatchMessageW(&lost), 0, ERROR_INVALID_WINDOW_HANDLE);
        let elsewhere = move || {
            let mut taken = MSG { hwnd: window.raw(), message: FIRST, ..MSG::default() };
            fails(|| DispatchMessageW(&taken), 0, ERROR_WINDOW_OF_OTHER_THREAD);
            fails(|| GetMessageW(&mut taken, window.raw(), 0, 0), -1, ERROR_INVALID_WINDOW_HANDLE);
        };
        spawn(elsewhere).join().unwrap();
    }
    window.destroy();
}

#[test]
fn names_of_messages_have_one_number_each() {
    // SAFETY: the names end with 0.
    let (a, b, c) = unsafe {
        (
            RegisterWindowMessageW(wide("one name").as_ptr()),
            RegisterWindowMessageA(c"One NAME".as_ptr().cast()),
            RegisterWindowMessageA(c"another".as_ptr().cast()),
        )
    };
    assert_eq!(a, b);
    assert_ne!(a, c);
    assert!((0xC000..=0xFFFF).contains(&a) && (0xC000..=0xFFFF).contains(&c));
}
