//! Waits through the raw API: what they answer and take, alone and between threads, and their errors in order.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

mod common;
#[path = "common/waiting.rs"]
mod waiting;

use common::{new, start};
use proptest::collection::vec;
use proptest::prelude::*;
use std::ptr::null;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread::{scope, spawn};
use std::time::{Duration, Instant};
use waiting::*;
use winsock::win32::*;

#[test]
fn a_wait_for_any_takes_the_first_that_is_signalled_and_no_other() {
    let events: Vec<Handle> = (0..64).map(|_| auto_event()).collect();
    assert_eq!(wait_for(&events, false, 0, false), WAIT_TIMEOUT);
    events[63].set();
    events[40].set();
    assert_eq!(wait_for(&events, false, LIMIT_MS, false), WAIT_OBJECT_0 + 40);
    assert_eq!(wait_for(&events, false, LIMIT_MS, false), WAIT_OBJECT_0 + 63);
    assert_eq!(wait_for(&events, false, 0, false), WAIT_TIMEOUT);
    events.into_iter().for_each(Handle::close);
}

#[test]
fn a_wait_for_all_takes_nothing_before_it_takes_everything() {
    let events: Vec<Handle> = (0..64).map(|_| auto_event()).collect();
    events[1..].iter().for_each(|event| event.set());
    assert_eq!(wait_for(&events, true, 0, false), WAIT_TIMEOUT);
    assert_eq!(wait_for(&events, true, 1, false), WAIT_TIMEOUT);
    events[0].set();
    assert_eq!(wait_for(&events, true, 0, false), WAIT_OBJECT_0);
    assert!(events.iter().all(|event| !event.look()));
    events.into_iter().for_each(Handle::close);
}

#[test]
fn a_sleeping_wait_for_all_of_64_ends_with_the_last() {
    let events: Vec<Handle> =
        (0..64).map(|index| if index % 2 == 0 { auto_event() } else { manual_event() }).collect();
    scope(|scope| {
        let waits = scope.spawn(|| wait_for(&events, true, LIMIT_MS, false));
        for &event in events.iter().rev() {
            assert!(!waits.is_finished());
            event.set();
        }
        assert_eq!(waits.join().unwrap(), WAIT_OBJECT_0);
    });
    for (index, event) in events.into_iter().enumerate() {
        assert_eq!(event.look(), index % 2 == 1);
        event.close();
    }
}

#[test]
fn time_outs_are_kept_and_zero_looks() {
    let event = auto_event();
    for milliseconds in [0, 1, 20] {
        let begin = Instant::now();
        // SAFETY: no memory is passed.
        let answer = unsafe { WaitForSingleObject(event.raw(), milliseconds) };
        assert_eq!(answer, WAIT_TIMEOUT);
        assert!(begin.elapsed() >= Duration::from_millis(milliseconds.into()));
        let begin = Instant::now();
        // SAFETY: no memory is passed.
        unsafe { Sleep(milliseconds) };
        assert!(begin.elapsed() >= Duration::from_millis(milliseconds.into()));
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { SleepEx(milliseconds, FALSE) }, 0);
    }
    event.close();
}

#[test]
fn infinite_waits_until_somebody_signals() {
    let event = auto_event();
    // SAFETY: no memory is passed.
    let waits = spawn(move || unsafe { WaitForSingleObject(event.raw(), INFINITE) });
    settle();
    event.set();
    assert_eq!(waits.join().unwrap(), WAIT_OBJECT_0);
    event.close();
}

#[test]
fn a_manual_event_releases_all_and_an_auto_event_one_for_each_set() {
    const THREADS: u32 = 8;
    for manual in [true, false] {
        let event = if manual { manual_event() } else { auto_event() };
        let released = AtomicU32::new(0);
        scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    assert_eq!(event.wait(), WAIT_OBJECT_0);
                    released.fetch_add(1, SeqCst);
                });
            }
            settle();
            if manual {
                event.set();
                until(&released, THREADS);
            } else {
                for round in 1..=THREADS {
                    event.set();
                    until(&released, round);
                }
            }
        });
        assert_eq!(event.look(), manual);
        event.close();
    }
}

#[test]
fn every_set_of_an_auto_event_is_one_token() {
    const ROUNDS: u32 = 20_000;
    let (go, done) = (auto_event(), auto_event());
    let count = AtomicU32::new(0);
    scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    assert_eq!(go.wait(), WAIT_OBJECT_0);
                    let before = count.fetch_add(1, SeqCst);
                    done.set();
                    if before + 3 >= ROUNDS {
                        break;
                    }
                }
            });
        }
        for _ in 0..ROUNDS {
            go.set();
            assert_eq!(done.wait(), WAIT_OBJECT_0);
        }
    });
    assert_eq!(count.load(SeqCst), ROUNDS);
    assert!(!go.look() && !done.look());
    go.close();
    done.close();
}

/// Philosophers: each takes two of five forks, both or none. Nobody starves on a half, nobody shares one.
#[test]
fn waits_for_all_from_several_threads_never_take_a_part() {
    const SEATS: usize = 5;
    const MEALS: u32 = 2000;
    let forks: Vec<Handle> = (0..SEATS).map(|_| auto_event()).collect();
    let users: Vec<AtomicU32> = (0..SEATS).map(|_| AtomicU32::new(0)).collect();
    forks.iter().for_each(|fork| fork.set());
    let barrier = Barrier::new(SEATS);
    scope(|scope| {
        for seat in 0..SEATS {
            let (forks, users, barrier) = (&forks, &users, &barrier);
            scope.spawn(move || {
                let mine = [seat, (seat + 1) % SEATS];
                barrier.wait();
                for meal in 0..MEALS {
                    let wanted = if meal % 2 == 0 { mine } else { [mine[1], mine[0]] };
                    assert_eq!(wait_for(&wanted.map(|fork| forks[fork]), true, LIMIT_MS, meal % 3 == 0), 0);
                    for fork in mine {
                        assert_eq!(users[fork].fetch_add(1, SeqCst), 0, "one user at a time");
                    }
                    for fork in mine {
                        users[fork].store(0, SeqCst);
                        forks[fork].set();
                    }
                }
            });
        }
    });
    for fork in forks {
        assert!(fork.look(), "every fork is back");
        fork.close();
    }
}

#[test]
fn a_pulse_releases_who_waits_and_is_over() {
    let (event, ready) = (manual_event(), auto_event());
    let released = AtomicU32::new(0);
    scope(|scope| {
        scope.spawn(|| {
            // SAFETY: no memory is passed.
            let answer = unsafe { SignalObjectAndWait(ready.raw(), event.raw(), LIMIT_MS, FALSE) };
            assert_eq!(answer, WAIT_OBJECT_0);
            released.store(1, SeqCst);
        });
        assert_eq!(ready.wait(), WAIT_OBJECT_0);
        let begin = Instant::now();
        while released.load(SeqCst) == 0 {
            assert!(begin.elapsed() < LIMIT);
            event.pulse();
            std::thread::yield_now();
        }
    });
    assert!(!event.look());
    event.close();
    ready.close();
}

#[test]
fn signal_and_wait_signals_even_if_the_wait_times_out() {
    let (signalled, never) = (auto_event(), auto_event());
    // SAFETY: no memory is passed.
    let answer = unsafe { SignalObjectAndWait(signalled.raw(), never.raw(), 0, FALSE) };
    assert_eq!(answer, WAIT_TIMEOUT);
    assert!(signalled.look());
    for (first, second) in [(0, never.0), (signalled.0, 0), (usize::MAX - 1, never.0)] {
        forget_error();
        // SAFETY: no memory is passed.
        let answer = unsafe { SignalObjectAndWait(Handle(first).raw(), Handle(second).raw(), 0, FALSE) };
        assert_eq!((answer, error()), (WAIT_FAILED, ERROR_INVALID_HANDLE));
        assert!(!signalled.look(), "a call that fails signals nothing");
    }
    signalled.close();
    never.close();
}

#[test]
fn a_handle_that_is_closed_meanwhile_does_not_end_the_wait_of_another() {
    let event = auto_event();
    let other = duplicate(event);
    let waits = spawn(move || event.wait());
    settle();
    event.close();
    other.set();
    let answer = waits.join().unwrap();
    assert!(answer == WAIT_OBJECT_0 || answer == WAIT_FAILED, "the close may come before the wait");
    other.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: the handle of a socket that is not connected is signalled")]
fn sockets_and_processes_can_be_waited_for() {
    start();
    let s = new(SOCK_STREAM);
    assert!(!Handle(s).look());
    assert!(!Handle(usize::MAX).look(), "this process runs");
    assert!(!Handle(usize::MAX - 1).look(), "this thread too");
    common::close(s);
}

#[test]
fn switch_to_thread_tells_whether_somebody_ran() {
    // SAFETY: no memory is passed.
    let switch = || unsafe { SwitchToThread() };
    let answers: Vec<BOOL> = (0..100).map(|_| switch()).collect();
    assert!(answers.iter().all(|&answer| answer == TRUE || answer == FALSE));
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn waits_have_their_errors_in_order() {
    start();
    let (event, stale) = (auto_event(), auto_event());
    let again = duplicate(event);
    stale.close();
    let bad = stale.0;
    let many = vec![event.0; 65];
    let (same, alias) = ([event.0, event.0], [event.0, again.0]);
    let table: &[(&[usize], bool, u32)] = &[
        (&[], false, ERROR_INVALID_PARAMETER),
        (&[], true, ERROR_INVALID_PARAMETER),
        (&many, false, ERROR_INVALID_PARAMETER),
        (&[0], false, ERROR_INVALID_HANDLE),
        (&[event.0, bad], false, ERROR_INVALID_HANDLE),
        (&[bad, event.0, event.0], true, ERROR_INVALID_HANDLE),
        (&same, true, ERROR_INVALID_PARAMETER),
        (&alias, true, ERROR_INVALID_PARAMETER),
    ];
    event.set();
    for (row, &(handles, all, code)) in table.iter().enumerate() {
        let handles: Vec<HANDLE> = handles.iter().map(|&handle| Handle(handle).raw()).collect();
        let (count, first, all) = (handles.len() as u32, handles.as_ptr(), i32::from(all));
        forget_error();
        // SAFETY: as many handles are readable.
        assert_eq!(unsafe { WaitForMultipleObjectsEx(count, first, all, 0, FALSE) }, WAIT_FAILED, "{row}");
        assert_eq!(error(), code, "{row}");
        forget_error();
        // SAFETY: as many handles are readable.
        assert_eq!(unsafe { WaitForMultipleObjects(count, first, all, 0) }, WAIT_FAILED, "{row}");
        assert_eq!(error(), code, "{row}");
        forget_error();
        // SAFETY: as many handles are readable.
        assert_eq!(unsafe { WSAWaitForMultipleEvents(count, first, all, 0, FALSE) }, WAIT_FAILED, "{row}");
        assert_eq!(error(), code, "{row}");
    }
    // SAFETY: NULL is refused.
    unsafe {
        forget_error();
        assert_eq!(WaitForMultipleObjects(1, null(), FALSE, 0), WAIT_FAILED);
        assert_eq!(error(), ERROR_INVALID_PARAMETER);
        forget_error();
        assert_eq!(WSAWaitForMultipleEvents(1, null(), FALSE, 0, FALSE), WAIT_FAILED);
        assert_eq!(error(), ERROR_INVALID_PARAMETER);
        forget_error();
        assert_eq!((WaitForSingleObject(stale.raw(), 0), error()), (WAIT_FAILED, ERROR_INVALID_HANDLE));
    }
    assert_eq!(
        wait_for(&[event, event], false, 0, false),
        0,
        "a wait for any takes copies; the event was set"
    );
    event.close();
    again.close();
}

/// What one thread can do with its events.
#[derive(Clone, Debug)]
enum Step {
    Set(usize),
    Reset(usize),
    Pulse(usize),
    Queue(usize),
    Wait { events: Vec<usize>, all: bool, alertable: bool },
}

const EVENTS: usize = 6;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wait = (vec(0..EVENTS, 1..5), any::<bool>(), any::<bool>())
        .prop_map(|(events, all, alertable)| Step::Wait { events, all, alertable });
    let step = prop_oneof![
        3 => (0..EVENTS).prop_map(Step::Set),
        1 => (0..EVENTS).prop_map(Step::Reset),
        1 => (0..EVENTS).prop_map(Step::Pulse),
        1 => (0..EVENTS).prop_map(Step::Queue),
        4 => wait,
    ];
    vec(step, 1..80)
}

std::thread_local! {
    static RAN: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

unsafe extern "system" fn count(by: usize) {
    RAN.set(RAN.get() + by);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    #[cfg_attr(windows, ignore = "Wine 8: waiting for all of several, one of them twice")]
    fn looks_answer_as_the_plain_model(steps in steps(), manual in any::<[bool; EVENTS]>()) {
        let events = manual.map(|manual| if manual { manual_event() } else { auto_event() });
        let (mut set, mut queued) = ([false; EVENTS], 0);
        RAN.set(0);
        for step in steps {
            match step {
                Step::Set(event) => { events[event].set(); set[event] = true; }
                Step::Reset(event) => { events[event].reset(); set[event] = false; }
                Step::Pulse(event) => { events[event].pulse(); set[event] = false; }
                Step::Queue(by) => { queue(Handle(usize::MAX - 1), count, by + 1); queued += by + 1; }
                Step::Wait { events: chosen, all, alertable } => {
                    let handles: Vec<Handle> = chosen.iter().map(|&event| events[event]).collect();
                    let answer = wait_for(&handles, all, 0, alertable);
                    let twice = (1..chosen.len()).any(|place| chosen[..place].contains(&chosen[place]));
                    let first = chosen.iter().position(|&event| set[event]);
                    let satisfied = if all { chosen.iter().all(|&event| set[event]).then_some(0) } else { first };
                    let expected = match satisfied {
                        _ if all && twice => WAIT_FAILED,
                        Some(place) => {
                            let taken = if all { &chosen[..] } else { &chosen[place..=place] };
                            taken.iter().for_each(|&event| set[event] &= manual[event]);
                            WAIT_OBJECT_0 + place as u32
                        }
                        None if alertable && queued != 0 => {
                            prop_assert_eq!(RAN.replace(0), std::mem::take(&mut queued));
                            WAIT_IO_COMPLETION
                        }
                        None => WAIT_TIMEOUT,
                    };
                    prop_assert_eq!(answer, expected);
                }
            }
        }
        sleep_alertably(0);
        events.into_iter().for_each(Handle::close);
    }
}
