//! Waitable timers: times, periods, routines, cancelling, and the errors of each function in order.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

#[path = "common/waiting.rs"]
mod waiting;

use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr::{null, without_provenance};
use std::time::{Duration, Instant, SystemTime};
use waiting::*;
use winsock::win32::*;

/// In units of 100 nanoseconds.
const MILLISECOND: i64 = 10_000;
/// A time that does not come.
const FAR: i64 = -3_600_000 * MILLISECOND;

fn timer(manual: bool) -> Handle {
    // SAFETY: no name is passed.
    Handle::of(unsafe { CreateWaitableTimerW(null(), manual.into(), null()) })
}

fn set_with(timer: Handle, due: i64, period: i32, routine: PTIMERAPCROUTINE, argument: usize) {
    let argument = without_provenance(argument);
    // SAFETY: the due time is readable, and the tests' routines take values.
    assert_eq!(unsafe { SetWaitableTimer(timer.raw(), &due, period, routine, argument, FALSE) }, TRUE);
}

fn set(timer: Handle, due: i64, period: i32) {
    set_with(timer, due, period, None, 0);
}

fn cancel(timer: Handle) {
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { CancelWaitableTimer(timer.raw()) }, TRUE);
}

/// Now, as a `FILETIME`.
fn file_time() -> i64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    116_444_736_000_000_000 + (since_1970.as_nanos() / 100) as i64
}

#[test]
fn a_timer_is_signalled_when_its_time_has_come_and_not_before() {
    for manual in [false, true] {
        let timer = timer(manual);
        assert!(!timer.look());
        for absolute in [false, true] {
            let begin = Instant::now();
            let due = if absolute { file_time() + 20 * MILLISECOND } else { -20 * MILLISECOND };
            set(timer, due, 0);
            assert!(!timer.look(), "setting it takes the signal back");
            assert_eq!(timer.wait(), WAIT_OBJECT_0);
            assert!(begin.elapsed() >= Duration::from_millis(19), "{:?}", begin.elapsed());
            assert_eq!(timer.look(), manual);
        }
        timer.close();
    }
}

#[test]
fn times_that_have_passed_come_at_once() {
    let timer = timer(false);
    for due in [0, 1, file_time() - MILLISECOND] {
        set(timer, due, 0);
        assert_eq!(timer.wait(), WAIT_OBJECT_0);
    }
    timer.close();
}

#[test]
fn a_period_repeats_until_the_timer_is_cancelled() {
    let timer = timer(false);
    let begin = Instant::now();
    set(timer, 0, 5);
    for _ in 0..4 {
        assert_eq!(timer.wait(), WAIT_OBJECT_0);
    }
    assert!(begin.elapsed() >= Duration::from_millis(15));
    cancel(timer);
    timer.look();
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { WaitForSingleObject(timer.raw(), 30) }, WAIT_TIMEOUT);
    timer.close();
}

#[test]
fn cancelling_leaves_the_signal_and_setting_takes_it_back() {
    let timer = timer(true);
    set(timer, 0, 0);
    assert_eq!(timer.wait(), WAIT_OBJECT_0);
    cancel(timer);
    assert!(timer.look());
    set(timer, FAR, 0);
    assert!(!timer.look());
    set(timer, 0, 0);
    assert_eq!(timer.wait(), WAIT_OBJECT_0);
    cancel(timer);
    cancel(timer);
    timer.close();
}

#[test]
fn threads_wait_for_timers_with_other_objects() {
    let (first, second, event) = (timer(false), timer(true), auto_event());
    set(first, -10 * MILLISECOND, 0);
    set(second, -20 * MILLISECOND, 0);
    assert_eq!(wait_for(&[event, second, first], false, LIMIT_MS, false), WAIT_OBJECT_0 + 2);
    event.set();
    assert_eq!(wait_for(&[event, second], true, LIMIT_MS, false), WAIT_OBJECT_0);
    assert!(!event.look() && second.look());
    let copy = duplicate(second);
    second.close();
    assert!(copy.look());
    [first, copy, event].into_iter().for_each(Handle::close);
}

thread_local! {
    static CALLS: RefCell<Vec<(usize, i64)>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "system" fn note(argument: *const c_void, low: u32, high: u32) {
    let time = i64::from(high) << 32 | i64::from(low);
    CALLS.with_borrow_mut(|calls| calls.push((argument.addr(), time)));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a timer's routine is told another time")]
fn a_routine_runs_in_an_alertable_wait_of_the_thread_that_set_the_timer() {
    let timer = timer(true);
    let before = file_time();
    set_with(timer, -5 * MILLISECOND, 0, Some(note), 77);
    assert_eq!(timer.wait(), WAIT_OBJECT_0, "a wait that is not alertable does not run it");
    assert!(CALLS.with_borrow(Vec::is_empty));
    assert_eq!(sleep_alertably(LIMIT_MS), WAIT_IO_COMPLETION);
    let calls = CALLS.take();
    assert!(matches!(calls[..], [(77, time)] if time >= before && time <= file_time()), "{calls:?}");
    assert_eq!(sleep_alertably(0), 0);

    set_with(timer, 0, 3, Some(note), 78);
    for _ in 0..3 {
        assert_eq!(sleep_alertably(LIMIT_MS), WAIT_IO_COMPLETION);
    }
    cancel(timer);
    assert!(CALLS.take().iter().all(|(argument, _)| *argument == 78));
    timer.close();
}

#[test]
fn one_call_of_a_timer_is_queued_and_cancelling_takes_it_back() {
    let timer = timer(false);
    set_with(timer, 0, 1, Some(note), 1);
    for _ in 0..5 {
        assert_eq!(timer.wait(), WAIT_OBJECT_0);
    }
    set(timer, FAR, 0);
    assert_eq!(sleep_alertably(0), 0, "setting it anew has taken the call back");
    set_with(timer, 0, 0, Some(note), 2);
    assert_eq!(timer.wait(), WAIT_OBJECT_0);
    cancel(timer);
    assert_eq!((sleep_alertably(0), CALLS.take()), (0, vec![]));
    set_with(timer, 0, 2, Some(note), 3);
    for _ in 0..5 {
        assert_eq!(timer.wait(), WAIT_OBJECT_0);
    }
    sleep_alertably(LIMIT_MS);
    assert!(CALLS.take().len() < 5, "calls do not pile up");
    timer.close();
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn arguments_are_checked_in_order() {
    let (timer, event) = (timer(false), auto_event());
    let due = FAR;
    // SAFETY: the due time is readable, or NULL.
    let set = |handle: Handle, due: *const i64, period| unsafe {
        forget_error();
        let plain = SetWaitableTimer(handle.raw(), due, period, None, null(), FALSE);
        let code = error();
        forget_error();
        assert_eq!(SetWaitableTimerEx(handle.raw(), due, period, None, null(), null(), 0), plain);
        assert_eq!(error(), code);
        code
    };
    assert_eq!(set(event, null(), 0), ERROR_INVALID_PARAMETER);
    assert_eq!(set(event, &due, -1), ERROR_INVALID_PARAMETER);
    for bad in [event, Handle(0), Handle(3), Handle(usize::MAX)] {
        assert_eq!(set(bad, &due, 0), ERROR_INVALID_HANDLE);
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { CancelWaitableTimer(bad.raw()) }, FALSE);
        assert_eq!(error(), ERROR_INVALID_HANDLE);
    }
    assert_eq!(set(timer, &due, i32::MAX), 0);
    // SAFETY: the due time is readable.
    unsafe {
        SetLastError(4711);
        assert_eq!(SetWaitableTimer(timer.raw(), &due, 0, None, null(), FALSE), TRUE);
        assert_eq!(error(), 4711);
        assert_eq!(SetWaitableTimer(timer.raw(), &due, 0, None, null(), TRUE), TRUE);
        assert_eq!(error(), ERROR_NOT_SUPPORTED);
    }
    for (flags, refused) in [(0, false), (3, false), (4, true), (u32::MAX, true)] {
        // SAFETY: no name is passed.
        unsafe {
            let made = CreateWaitableTimerExW(null(), null(), flags, TIMER_ALL_ACCESS);
            assert_eq!((made.is_null(), error() == ERROR_INVALID_PARAMETER), (refused, refused));
            let narrow = CreateWaitableTimerExA(null(), null(), flags, TIMER_ALL_ACCESS);
            assert_eq!(narrow.is_null(), refused);
            if !refused {
                Handle::of(made).close();
                Handle::of(narrow).close();
            }
        }
    }
    timer.close();
    event.close();
}

#[test]
fn a_closed_timer_does_nothing_any_more() {
    let timer = timer(false);
    set_with(timer, -5 * MILLISECOND, 5, Some(note), 9);
    timer.close();
    assert_eq!(sleep_alertably(40), 0);
    assert_eq!(CALLS.take(), []);
}
