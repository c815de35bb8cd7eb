//! Timers: when they tell, that they tell once, behind everything else, and to whom.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

#[path = "common/window.rs"]
mod window;

use std::cell::RefCell;
use std::ptr::null_mut;
use std::thread::spawn;
use std::time::{Duration, Instant};
use window::*;
use winsock::win32::*;

fn set(window: HWND, id: usize, milliseconds: u32, function: TIMERPROC) -> usize {
    // SAFETY: the tests' functions take numbers.
    unsafe { SetTimer(window, id, milliseconds, function) }
}

fn kill(window: HWND, id: usize) -> BOOL {
    // SAFETY: no memory is passed.
    unsafe { KillTimer(window, id) }
}

fn sleep(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

#[test]
fn a_timer_tells_again_and_again_not_before_its_time() {
    let window = Win::new(Some(recording));
    let begin = Instant::now();
    assert_eq!(set(window.raw(), 7, 20, None), 7);
    for round in 1..=5 {
        let msg = get();
        assert_eq!((msg.hwnd, msg.message, msg.wParam, msg.lParam), (window.raw(), WM_TIMER, 7, 0));
        assert!(begin.elapsed() >= round * Duration::from_millis(20));
    }
    assert_eq!(kill(window.raw(), 7), TRUE);
    window.destroy();
}

#[test]
fn what_was_missed_is_one_message() {
    let window = Win::new(Some(recording));
    set(window.raw(), 1, 10, None);
    sleep(100);
    assert_eq!(take().unwrap().message, WM_TIMER);
    // The next one is due in its own time, or at once if that has come meanwhile.
    let more = std::iter::from_fn(take).count();
    assert!(more <= 1, "{more}");
    kill(window.raw(), 1);
    window.destroy();
}

#[test]
fn a_timer_comes_after_everything_else() {
    let window = Win::new(Some(recording));
    set(window.raw(), 1, 10, None);
    sleep(30);
    window.post(WM_APP, 1);
    // SAFETY: no memory is passed.
    unsafe { PostQuitMessage(2) };
    let order: Vec<u32> = (0..3).map(|_| take().unwrap().message).collect();
    assert_eq!(order, [WM_APP, WM_QUIT, WM_TIMER]);
    kill(window.raw(), 1);
    window.destroy();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: windows that are gone have another code")]
fn a_timer_is_killed_with_its_message_and_started_anew() {
    let window = Win::new(Some(recording));
    set(window.raw(), 1, 10, None);
    sleep(30);
    assert_eq!(look(null_mut(), 0, 0, PM_NOREMOVE).unwrap().message, WM_TIMER);
    assert_eq!(kill(window.raw(), 1), TRUE);
    assert!(take().is_none());

    set(window.raw(), 1, 10, None);
    sleep(30);
    assert_eq!(set(window.raw(), 1, 0x7fff_ffff, None), 1);
    assert!(take().is_none(), "it begins again");
    window.destroy();
    fails(|| kill(window.raw(), 1), FALSE, ERROR_INVALID_WINDOW_HANDLE);
}

thread_local! {
    static CALLS: RefCell<Vec<(usize, u32, usize)>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "system" fn function(hwnd: HWND, message: u32, id: usize, _time: u32) {
    CALLS.with_borrow_mut(|calls| calls.push((hwnd.addr(), message, id)));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: the answer to a timer's function is not 0")]
fn a_timer_s_function_is_called_in_place_of_the_procedure() {
    let window = Win::new(Some(recording));
    set(window.raw(), 5, 10, Some(function));
    let msg = get();
    assert_ne!(msg.lParam, 0);
    told();
    assert_eq!(dispatch(&msg), 0);
    assert_eq!(CALLS.take(), [(window.0, WM_TIMER, 5)]);
    assert!(told().is_empty());

    // A number that is no timer's function is not called.
    let invented = MSG { lParam: msg.lParam + 1, ..msg };
    assert_eq!(dispatch(&invented), 0);
    kill(window.raw(), 5);
    assert_eq!(dispatch(&msg), 0);
    assert!(CALLS.take().is_empty());

    // Without a function it is the procedure's.
    set(window.raw(), 6, 10, None);
    dispatch(&get());
    assert_eq!(told(), [(window.0, WM_TIMER)]);
    window.destroy();
}

#[test]
fn a_timer_without_a_window_has_a_number_of_its_own() {
    let (one, two) = (set(null_mut(), 0, 10, Some(function)), set(null_mut(), 0, 10, None));
    assert!(one != 0 && two != 0 && one != two);
    let mut told = [get(), get()].map(|msg| (msg.hwnd.addr(), msg.wParam));
    told.sort_unstable();
    let mut expected = [(0, one), (0, two)];
    expected.sort_unstable();
    assert_eq!(told, expected);
    assert_eq!(set(null_mut(), one, 10, Some(function)), one);
    assert_eq!(kill(null_mut(), one), TRUE);
    assert_eq!(kill(null_mut(), two), TRUE);
    fails(|| kill(null_mut(), two), FALSE, ERROR_INVALID_PARAMETER);
}

#[test]
fn filters_choose_among_timers() {
    let class = class(Some(recording));
    let (one, two) = (Win::with(&class, 0, HWND_MESSAGE), Win::with(&class, 0, HWND_MESSAGE));
    set(one.raw(), 1, 10, None);
    set(two.raw(), 2, 10, None);
    sleep(30);
    assert!(look(null_mut(), WM_APP, WM_APP, PM_REMOVE).is_none());
    assert_eq!(look(two.raw(), WM_TIMER, WM_TIMER, PM_REMOVE).unwrap().wParam, 2);
    assert!(look(null_mut(), 0, 0, PM_REMOVE | PM_QS_SENDMESSAGE).is_none());
    assert_eq!(look(null_mut(), 0, 0, PM_REMOVE | PM_QS_POSTMESSAGE).unwrap().message, WM_TIMER);
    one.destroy();
    two.destroy();
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn errors_come_in_their_order() {
    let stale = Win::new(Some(recording));
    stale.destroy();
    let window = Win::new(Some(recording));
    fails(|| set(stale.raw(), 1, 10, None), 0, ERROR_INVALID_WINDOW_HANDLE);
    fails(|| kill(stale.raw(), 1), FALSE, ERROR_INVALID_WINDOW_HANDLE);
    fails(|| kill(window.raw(), 1), FALSE, ERROR_INVALID_PARAMETER);
    let elsewhere = move || {
        fails(|| set(window.raw(), 1, 10, None), 0, ERROR_ACCESS_DENIED);
        fails(|| kill(window.raw(), 1), FALSE, ERROR_ACCESS_DENIED);
    };
    spawn(elsewhere).join().unwrap();
    window.destroy();
}
