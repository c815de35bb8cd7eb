//! Waiting for messages: alone, and with objects as one wait; what is new, and what is there.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

#[path = "common/waiting.rs"]
mod waiting;
#[path = "common/window.rs"]
mod window;

use proptest::collection::vec;
use proptest::prelude::*;
use std::ptr::{null, null_mut};
use std::thread::scope;
use std::time::{Duration, Instant};
use waiting::{Handle, LIMIT, LIMIT_MS, auto_event, manual_event, queue, settle, this_thread};
use window::*;
use winsock::win32::*;

const FIRST: u32 = WM_APP;

fn wait(handles: &[Handle], milliseconds: u32, mask: u32, flags: u32) -> u32 {
    let handles: Vec<HANDLE> = handles.iter().map(|handle| handle.raw()).collect();
    let count = handles.len() as u32;
    // SAFETY: as many handles are readable.
    unsafe { MsgWaitForMultipleObjectsEx(count, handles.as_ptr(), milliseconds, mask, flags) }
}

fn status(kinds: u32) -> (u32, u32) {
    // SAFETY: no memory is passed.
    let status = unsafe { GetQueueStatus(kinds) };
    (status & 0xFFFF, status >> 16)
}

#[test]
fn the_queue_stands_behind_the_objects() {
    let (one, two) = (auto_event(), auto_event());
    let window = Win::new(Some(recording));
    assert_eq!(wait(&[one, two], 0, QS_ALLINPUT, 0), WAIT_TIMEOUT);
    window.post(FIRST, 0);
    two.set();
    assert_eq!(wait(&[one, two], LIMIT_MS, QS_ALLINPUT, 0), WAIT_OBJECT_0 + 1);
    assert_eq!(wait(&[one, two], LIMIT_MS, QS_ALLINPUT, 0), WAIT_OBJECT_0 + 2);
    let handles = [one.raw(), two.raw()];
    // SAFETY: two handles are readable.
    let answer = unsafe { MsgWaitForMultipleObjects(2, handles.as_ptr(), FALSE, 0, QS_ALLINPUT) };
    assert_eq!(answer, WAIT_OBJECT_0 + 2, "waiting is not looking");
    assert_eq!(drain().len(), 1);
    assert_eq!(wait(&[], 0, QS_ALLINPUT, 0), WAIT_TIMEOUT);
    window.destroy();
    one.close();
    two.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: what has been looked at stays new")]
fn what_has_been_looked_at_is_not_new() {
    let window = Win::new(Some(recording));
    let (new, there) = (0, MWMO_INPUTAVAILABLE);
    for look_at_it in [
        || assert!(look(null_mut(), 0, 0, PM_NOREMOVE).is_some()),
        || assert_ne!(status(QS_ALLINPUT).1, 0),
        // SAFETY: no memory is passed.
        || assert_eq!(unsafe { WaitMessage() }, TRUE),
    ] {
        window.post(FIRST, 0);
        assert_eq!(wait(&[], 0, QS_ALLINPUT, new), WAIT_OBJECT_0);
        look_at_it();
        assert_eq!(wait(&[], 0, QS_ALLINPUT, new), WAIT_TIMEOUT);
        assert_eq!(wait(&[], 0, QS_ALLINPUT, there), WAIT_OBJECT_0);
        assert_eq!(wait(&[], 0, QS_SENDMESSAGE | QS_TIMER, there), WAIT_TIMEOUT, "other kinds");
        window.post(FIRST, 0);
        assert_eq!(wait(&[], 0, QS_POSTMESSAGE, new), WAIT_OBJECT_0, "another one is new");
        assert_eq!(drain().len(), 2);
        assert_eq!(wait(&[], 0, QS_ALLINPUT, there), WAIT_TIMEOUT);
    }
    window.destroy();
}

#[test]
fn a_look_with_a_filter_leaves_allpostmessage_new() {
    let window = Win::new(Some(recording));
    window.post(FIRST, 0);
    assert!(look(null_mut(), FIRST + 1, FIRST + 1, PM_NOREMOVE).is_none());
    assert_eq!(wait(&[], 0, QS_POSTMESSAGE, 0), WAIT_TIMEOUT);
    assert_eq!(wait(&[], 0, QS_ALLPOSTMESSAGE, 0), WAIT_OBJECT_0);
    assert!(look(null_mut(), 0, 0, PM_NOREMOVE).is_some());
    assert_eq!(wait(&[], 0, QS_ALLPOSTMESSAGE, 0), WAIT_TIMEOUT);
    drain();
    window.destroy();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: GetQueueStatus takes flags that do not exist")]
fn the_status_tells_what_is_new_and_what_is_there() {
    let window = Win::new(Some(recording));
    assert_eq!(status(QS_ALLINPUT | QS_ALLPOSTMESSAGE), (0, 0));
    window.post(FIRST, 0);
    assert_eq!(status(QS_TIMER | QS_SENDMESSAGE), (0, 0));
    assert_eq!(status(QS_POSTMESSAGE), (QS_POSTMESSAGE, QS_POSTMESSAGE));
    assert_eq!(status(QS_ALLINPUT), (0, QS_POSTMESSAGE));
    assert_eq!(status(QS_ALLPOSTMESSAGE), (QS_ALLPOSTMESSAGE, QS_ALLPOSTMESSAGE));
    drain();
    // SAFETY: the timer has no function.
    unsafe { SetTimer(window.raw(), 1, 10, None) };
    assert_eq!(wait(&[], LIMIT_MS, QS_TIMER, 0), WAIT_OBJECT_0);
    assert_eq!(status(QS_ALLINPUT), (QS_TIMER, QS_TIMER));
    // SAFETY: no memory is passed.
    unsafe { PostQuitMessage(0) };
    assert_eq!(status(QS_ALLINPUT), (QS_POSTMESSAGE, QS_POSTMESSAGE | QS_TIMER));
    // SAFETY: no memory is passed.
    fails(|| unsafe { GetQueueStatus(0x8000) }, 0, ERROR_INVALID_PARAMETER);
    window.destroy();
    drain();
}

#[test]
fn a_wait_for_all_needs_the_objects_and_a_message_at_one_time() {
    let (one, two) = (auto_event(), manual_event());
    let window = Win::new(Some(recording));
    let all = [one, two];
    window.post(FIRST, 0);
    one.set();
    assert_eq!(wait(&all, 0, QS_ALLINPUT, MWMO_WAITALL), WAIT_TIMEOUT);
    scope(|scope| {
        scope.spawn(|| {
            settle();
            two.set();
        });
        assert_eq!(wait(&all, LIMIT_MS, QS_ALLINPUT, MWMO_WAITALL), WAIT_OBJECT_0);
    });
    assert!(!one.look(), "it was taken");
    drain();
    one.set();
    scope(|scope| {
        scope.spawn(|| {
            settle();
            window.post(FIRST, 1);
        });
        assert_eq!(wait(&all, LIMIT_MS, QS_ALLINPUT, MWMO_WAITALL), WAIT_OBJECT_0);
    });
    assert!(!one.look());
    // A timer that falls due during the wait counts too.
    drain();
    one.set();
    // SAFETY: the timer has no function.
    unsafe { SetTimer(window.raw(), 1, 20, None) };
    assert_eq!(wait(&all, LIMIT_MS, QS_TIMER, MWMO_WAITALL), WAIT_OBJECT_0);
    window.destroy();
    one.close();
    two.close();
}

#[test]
fn a_wait_ends_by_its_time_a_timer_a_message_and_a_procedure_call() {
    unsafe extern "system" fn nothing(_: usize) {}
    let window = Win::new(Some(recording));
    let event = auto_event();
    let begin = Instant::now();
    assert_eq!(wait(&[event], 20, QS_ALLINPUT, 0), WAIT_TIMEOUT);
    assert!(begin.elapsed() >= Duration::from_millis(20));

    // SAFETY: the timer has no function.
    unsafe { SetTimer(window.raw(), 1, 20, None) };
    assert_eq!(wait(&[event], 40, QS_ALLINPUT & !QS_TIMER, 0), WAIT_TIMEOUT, "a kind that is not wanted");
    assert_eq!(wait(&[event], LIMIT_MS, QS_TIMER, 0), WAIT_OBJECT_0 + 1);
    // SAFETY: no memory is passed.
    unsafe { KillTimer(window.raw(), 1) };
    drain();

    let thread = this_thread();
    assert!(queue(thread, nothing, 0));
    assert_eq!(wait(&[event], 0, QS_ALLINPUT, 0), WAIT_TIMEOUT);
    assert_eq!(wait(&[event], LIMIT_MS, QS_ALLINPUT, MWMO_ALERTABLE), WAIT_IO_COMPLETION);
    scope(|scope| {
        scope.spawn(|| {
            settle();
            assert!(queue(thread, nothing, 0));
        });
        assert_eq!(wait(&[event], LIMIT_MS, QS_ALLINPUT, MWMO_ALERTABLE), WAIT_IO_COMPLETION);
    });
    scope(|scope| {
        scope.spawn(|| {
            settle();
            window.post(FIRST, 1);
        });
        assert_eq!(wait(&[event], LIMIT_MS, QS_ALLINPUT, MWMO_ALERTABLE), WAIT_OBJECT_0 + 1);
    });
    assert!(begin.elapsed() < LIMIT);
    drain();
    window.destroy();
    thread.close();
    event.close();
}

#[test]
fn a_sent_message_ends_the_wait_and_is_delivered_by_a_look() {
    let window = Win::new(Some(recording));
    told();
    scope(|scope| {
        let sender = scope.spawn(|| window.send(FIRST, 1));
        assert_eq!(wait(&[], LIMIT_MS, QS_SENDMESSAGE, 0), WAIT_OBJECT_0);
        assert_eq!(told(), [], "waiting does not deliver");
        assert_eq!(status(QS_SENDMESSAGE), (QS_SENDMESSAGE, QS_SENDMESSAGE));
        assert!(take().is_none());
        assert_eq!(told(), [(window.0, FIRST)]);
        assert_eq!(sender.join().unwrap(), 0);
    });
    window.destroy();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: WaitMessage sleeps on behind a sent message")]
fn waitmessage_delivers_what_is_sent_and_ends_by_what_is_queued() {
    let window = Win::new(Some(recording));
    told();
    scope(|scope| {
        scope.spawn(|| {
            window.send(FIRST, 1);
            window.post(FIRST + 1, 2);
        });
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { WaitMessage() }, TRUE);
    });
    assert_eq!(told(), [(window.0, FIRST)]);
    assert_eq!(drain(), [(FIRST + 1, 2)]);
    window.destroy();
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn errors_come_in_their_order() {
    let event = auto_event();
    let stale = auto_event();
    stale.close();
    let many = [event; 64];
    fails(|| wait(&many, 0, QS_ALLINPUT, 0), WAIT_FAILED, ERROR_INVALID_PARAMETER);
    fails(|| wait(&[stale], 0, QS_ALLINPUT, 8), WAIT_FAILED, ERROR_INVALID_PARAMETER);
    fails(|| wait(&[stale], 0, 0x8000, 0), WAIT_FAILED, ERROR_INVALID_PARAMETER);
    fails(|| wait(&[stale], 0, QS_ALLINPUT, 0), WAIT_FAILED, ERROR_INVALID_HANDLE);
    fails(|| wait(&[event, event], 0, QS_ALLINPUT, MWMO_WAITALL), WAIT_FAILED, ERROR_INVALID_PARAMETER);
    // SAFETY: no handles are named.
    let nothing = || unsafe { MsgWaitForMultipleObjectsEx(1, null(), 0, QS_ALLINPUT, 0) };
    fails(nothing, WAIT_FAILED, ERROR_INVALID_PARAMETER);
    // SAFETY: no handles are needed.
    let none = unsafe { MsgWaitForMultipleObjects(0, null(), FALSE, 0, QS_ALLINPUT) };
    assert_eq!(none, WAIT_TIMEOUT);
    event.close();
}

/// What happens to a queue and two events, as a program sees it.
#[derive(Clone, Debug)]
enum Step {
    Post,
    Look { remove: bool, filtered: bool },
    Status(u32),
    Set(usize),
    Wait { mask: u32, flags: u32 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let mask = prop_oneof![Just(QS_ALLINPUT), Just(QS_POSTMESSAGE), Just(QS_ALLPOSTMESSAGE), Just(QS_TIMER)];
    let step = prop_oneof![
        3 => Just(Step::Post),
        2 => (any::<bool>(), any::<bool>()).prop_map(|(remove, filtered)| Step::Look { remove, filtered }),
        1 => mask.clone().prop_map(Step::Status),
        2 => (0..2usize).prop_map(Step::Set),
        4 => (mask, prop_oneof![Just(0), Just(MWMO_WAITALL), Just(MWMO_INPUTAVAILABLE), Just(MWMO_WAITALL | MWMO_INPUTAVAILABLE)])
            .prop_map(|(mask, flags)| Step::Wait { mask, flags }),
    ];
    vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// The rules of the documentation in plain words: a kind is new from a message's coming until a look.
    #[test]
    #[cfg_attr(windows, ignore = "Wine 8: what has been looked at stays new")]
    fn waits_end_as_in_the_plain_model(steps in steps()) {
        const KINDS: u32 = QS_POSTMESSAGE | QS_ALLPOSTMESSAGE;
        let events = [auto_event(), auto_event()];
        let window = Win::new(Some(recording));
        let (mut posted, mut new, mut set) = (0, 0, [false; 2]);
        for step in steps {
            match step {
                Step::Post => {
                    window.post(FIRST, 0);
                    posted += 1;
                    new = KINDS;
                }
                Step::Look { remove, filtered } => {
                    let numbers = if filtered { (FIRST, FIRST) } else { (0, 0) };
                    let found = look(null_mut(), numbers.0, numbers.1, remove.into());
                    prop_assert_eq!(found.is_some(), posted != 0);
                    posted -= u32::from(remove && posted != 0);
                    new = if filtered { new & QS_ALLPOSTMESSAGE } else { 0 };
                }
                Step::Status(mask) => {
                    let there = if posted == 0 { 0 } else { KINDS };
                    prop_assert_eq!(status(mask), (new & mask, there & mask));
                    new &= !mask;
                }
                Step::Set(event) => {
                    events[event].set();
                    set[event] = true;
                }
                Step::Wait { mask, flags } => {
                    let there = if posted == 0 { 0 } else { KINDS };
                    let input = mask & if flags & MWMO_INPUTAVAILABLE == 0 { new } else { there } != 0;
                    let expected = if flags & MWMO_WAITALL != 0 {
                        if set == [true; 2] && input {
                            set = [false; 2];
                            WAIT_OBJECT_0
                        } else {
                            WAIT_TIMEOUT
                        }
                    } else if let Some(place) = set.iter().position(|&set| set) {
                        set[place] = false;
                        WAIT_OBJECT_0 + place as u32
                    } else if input {
                        WAIT_OBJECT_0 + 2
                    } else {
                        WAIT_TIMEOUT
                    };
                    prop_assert_eq!(wait(&events, 0, mask, flags), expected);
                }
            }
        }
        drain();
        window.destroy();
        events.into_iter().for_each(Handle::close);
    }
}
