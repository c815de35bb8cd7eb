//! Events: creating, naming, setting, and the errors of each function in order.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

mod common;
#[path = "common/waiting.rs"]
mod waiting;

use common::{new, start};
use std::ptr::{null, null_mut};
use waiting::*;
use winsock::win32::*;

fn wide(name: &str) -> Vec<u16> {
    name.encode_utf16().chain([0]).collect()
}

fn create_named(name: &str) -> HANDLE {
    // SAFETY: the name ends with 0.
    unsafe { CreateEventW(null(), TRUE, FALSE, wide(name).as_ptr()) }
}

fn open_named(name: &str) -> HANDLE {
    // SAFETY: the name ends with 0.
    unsafe { OpenEventW(EVENT_ALL_ACCESS, FALSE, wide(name).as_ptr()) }
}

#[test]
fn an_auto_reset_event_satisfies_one_wait_and_a_manual_one_all() {
    let auto = auto_event();
    let manual = manual_event();
    assert!(!auto.look() && !manual.look());
    auto.set();
    auto.set();
    manual.set();
    assert!(auto.look() && manual.look());
    assert!(!auto.look() && manual.look());
    auto.set();
    auto.reset();
    manual.reset();
    assert!(!auto.look() && !manual.look());
    auto.pulse();
    manual.pulse();
    assert!(!auto.look() && !manual.look(), "a pulse that nobody waits for is lost");
    auto.close();
    manual.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: flags of events are not checked")]
fn the_initial_state_and_the_flags_count() {
    for flags in 0..4 {
        // SAFETY: no name is passed.
        let event = Handle::of(unsafe { CreateEventExW(null(), null(), flags, EVENT_ALL_ACCESS) });
        let (manual, set) = (flags & CREATE_EVENT_MANUAL_RESET != 0, flags & CREATE_EVENT_INITIAL_SET != 0);
        assert_eq!(event.look(), set, "{flags}");
        assert_eq!(event.look(), set && manual, "{flags}");
        event.close();
        // SAFETY: no name is passed.
        let event = Handle::of(unsafe { CreateEventA(null(), manual.into(), set.into(), null()) });
        assert_eq!((event.look(), event.look()), (set, set && manual), "{flags}");
        event.close();
    }
    // SAFETY: no name is passed.
    assert!(unsafe { CreateEventExW(null(), null(), 4, 0) }.is_null());
    assert_eq!(error(), ERROR_INVALID_PARAMETER);
    // SAFETY: no name is passed.
    assert!(unsafe { CreateEventExA(null(), null(), 8, 0) }.is_null());
    assert_eq!(error(), ERROR_INVALID_PARAMETER);
}

#[test]
fn two_handles_of_one_name_are_one_event() {
    let first = Handle::of(create_named("two handles"));
    assert_eq!(error(), ERROR_SUCCESS, "a new event says so");
    // SAFETY: the name ends with 0.
    let second = Handle::of(unsafe { CreateEventA(null(), FALSE, TRUE, c"two handles".as_ptr().cast()) });
    assert_eq!(error(), ERROR_ALREADY_EXISTS);
    assert!(!second.look(), "what exists keeps its state");
    let third = Handle::of(open_named("Local\\two handles"));
    third.set();
    assert!(first.look() && second.look() && first.look(), "what exists stays a manual-reset event");
    first.close();
    second.close();
    assert!(third.look(), "the event lives as long as one handle does");
    third.close();
    assert!(open_named("two handles").is_null());
    assert_eq!(error(), ERROR_FILE_NOT_FOUND, "and its name no longer");
}

#[test]
fn namespaces_and_case_are_told_apart() {
    let local = Handle::of(create_named("apart"));
    let global = Handle::of(create_named("Global\\apart"));
    assert_eq!(error(), ERROR_SUCCESS);
    let case = Handle::of(create_named("Apart"));
    assert_eq!(error(), ERROR_SUCCESS);
    global.set();
    assert!(!local.look() && !case.look() && global.look());
    [local, global, case].into_iter().for_each(Handle::close);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: names longer than MAX_PATH are taken")]
fn names_have_their_errors() {
    let long = "x".repeat(260);
    Handle::of(create_named(&long)).close();
    let too_long = "x".repeat(261);
    for (name, code) in [
        (too_long.as_str(), ERROR_FILENAME_EXCED_RANGE),
        ("a\\b", ERROR_PATH_NOT_FOUND),
        ("Local\\a\\b", ERROR_PATH_NOT_FOUND),
        ("Global\\a\\b", ERROR_PATH_NOT_FOUND),
        ("Session\\a", ERROR_PATH_NOT_FOUND),
    ] {
        forget_error();
        assert!(create_named(name).is_null(), "{name}");
        assert_eq!(error(), code, "{name}");
        forget_error();
        assert!(open_named(name).is_null(), "{name}");
        assert_eq!(error(), code, "{name}");
    }
    // SAFETY: NULL is no name.
    assert!(unsafe { OpenEventW(0, FALSE, null()) }.is_null());
    assert_eq!(error(), ERROR_INVALID_PARAMETER);
    // SAFETY: NULL is no name.
    assert!(unsafe { OpenEventA(0, FALSE, null()) }.is_null());
    assert_eq!(error(), ERROR_INVALID_PARAMETER);
    assert!(open_named("").is_null());
    assert_eq!(error(), ERROR_INVALID_HANDLE);
    // SAFETY: the name ends with 0.
    assert!(unsafe { OpenEventA(0, FALSE, c"nobody has this name".as_ptr().cast()) }.is_null());
    assert_eq!(error(), ERROR_FILE_NOT_FOUND);
    let unnamed = [create_named(""), create_named("")].map(Handle::of);
    assert_eq!(error(), ERROR_SUCCESS, "an empty name is none");
    unnamed.into_iter().for_each(Handle::close);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: -1 is the process, and taken for an event")]
fn every_function_refuses_what_is_no_event() {
    start();
    let stale = auto_event();
    stale.close();
    let s = new(SOCK_STREAM);
    let thread = this_thread();
    for bad in [0, 3, 0x7FFF_FFFC, usize::MAX, usize::MAX - 1, stale.0, s, thread.0] {
        let handle = Handle(bad).raw();
        let win32 = [SetEvent, ResetEvent, PulseEvent];
        for (index, function) in win32.into_iter().enumerate() {
            forget_error();
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { function(handle) }, FALSE, "{bad:#x} {index}");
            assert_eq!(error(), ERROR_INVALID_HANDLE, "{bad:#x} {index}");
        }
        let winsock = [WSASetEvent, WSAResetEvent, WSACloseEvent];
        for (index, function) in winsock.into_iter().enumerate() {
            forget_error();
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { function(bad as WSAEVENT) }, FALSE, "{bad:#x} {index}");
            assert_eq!(error(), WSA_INVALID_HANDLE as u32, "{bad:#x} {index}");
        }
    }
    thread.close();
    common::close(s);
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Linux: a closed handle stays stale; on Windows the next object may have its value"
)]
fn winsock_events_are_manual_and_the_same_objects() {
    start();
    // SAFETY: no memory is passed.
    let event = unsafe { WSACreateEvent() };
    assert_ne!(event, WSA_INVALID_EVENT);
    let handle = Handle(event as usize);
    assert!(!handle.look());
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { WSASetEvent(event) }, TRUE);
    assert!(handle.look() && handle.look());
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { WSAResetEvent(event) }, TRUE);
    assert!(!handle.look());
    handle.set();
    // SAFETY: one handle is readable.
    assert_eq!(unsafe { WSAWaitForMultipleEvents(1, &handle.raw(), TRUE, 0, FALSE) }, 0);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { WSACloseEvent(event) }, TRUE);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { CloseHandle(handle.raw()) }, FALSE);
    assert_eq!(error(), ERROR_INVALID_HANDLE);
}

#[test]
fn a_success_leaves_the_last_error_alone() {
    let event = auto_event();
    // SAFETY: no memory is passed.
    unsafe { SetLastError(4711) };
    event.set();
    event.reset();
    event.pulse();
    assert!(!event.look());
    event.close();
    assert_eq!(error(), 4711);
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Linux: a closed handle stays stale; on Windows the next object may have its value"
)]
fn ten_thousand_events_leave_nothing() {
    let make = || {
        let events: Vec<Handle> = (0..1000).map(|_| auto_event()).collect();
        for event in events {
            event.set();
            assert!(event.look());
            event.close();
        }
        let named = Handle::of(create_named("leaves nothing"));
        named.close();
    };
    // Slots rest before they are used again: the table grows to its working size first.
    (0..8).for_each(|_| make());
    let (descriptors_before, memory_before) = (descriptors(), resident_kib());
    (0..10).for_each(|_| make());
    assert!(descriptors() <= descriptors_before + 20, "other tests of this file hold a few");
    assert!(resident_kib() < memory_before + 4096, "{} KiB", resident_kib() - memory_before);
    let mut none = null_mut();
    // SAFETY: the target is writable.
    let done = unsafe {
        DuplicateHandle(GetCurrentProcess(), null_mut(), GetCurrentProcess(), &mut none, 0, FALSE, 0)
    };
    assert_eq!((done, error(), none.is_null()), (FALSE, ERROR_INVALID_HANDLE, true));
}
