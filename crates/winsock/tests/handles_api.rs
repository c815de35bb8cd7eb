//! Handles: closing, duplicating, and what a stale or strange value gives.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

mod common;
#[path = "common/waiting.rs"]
mod waiting;

use common::{new, start};
use std::ptr::null_mut;
use waiting::*;
use winsock::win32::*;

const PROCESS: usize = -1isize as usize;
const THREAD: usize = -2isize as usize;

fn duplicate_with(
    source_process: usize,
    source: usize,
    target_process: usize,
    options: u32,
) -> (BOOL, HANDLE) {
    let mut target = null_mut();
    let (from, to) = (Handle(source_process).raw(), Handle(target_process).raw());
    // SAFETY: the target is writable.
    let done = unsafe { DuplicateHandle(from, Handle(source).raw(), to, &mut target, 0, FALSE, options) };
    (done, target)
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Linux: a closed handle stays stale; on Windows the next object may have its value"
)]
fn closing_makes_a_handle_stale_once() {
    let event = auto_event();
    event.close();
    for _ in 0..2 {
        forget_error();
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { CloseHandle(event.raw()) }, FALSE);
        assert_eq!(error(), ERROR_INVALID_HANDLE);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: -1 is the process, and taken for a handle")]
fn strange_values_are_refused() {
    for value in [0, 1, 2, 3, 0x4000_0000, 0x7FFF_FFFC, usize::MAX / 2, usize::MAX - 2, usize::MAX - 7] {
        forget_error();
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { CloseHandle(Handle(value).raw()) }, FALSE, "{value:#x}");
        assert_eq!(error(), ERROR_INVALID_HANDLE, "{value:#x}");
        forget_error();
        assert_eq!(duplicate_with(PROCESS, value, PROCESS, 0), (FALSE, null_mut()), "{value:#x}");
        assert_eq!(error(), ERROR_INVALID_HANDLE, "{value:#x}");
    }
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Linux: a closed handle stays stale; on Windows the next object may have its value"
)]
fn close_handle_closes_a_socket() {
    start();
    let (client, server) = common::pair();
    Handle(client).close();
    let mut byte = 0;
    // SAFETY: one byte of room.
    unsafe {
        assert_eq!(recv(server, &mut byte, 1, 0), 0, "the peer sees the end");
        assert_eq!(closesocket(client), SOCKET_ERROR);
    }
    assert_eq!(common::last_error(), WSAENOTSOCK);
    common::close(server);
}

#[test]
fn socket_calls_refuse_other_handles() {
    start();
    let event = auto_event();
    let thread = this_thread();
    for handle in [event, thread] {
        let mut byte = 0;
        // SAFETY: one byte of room.
        unsafe {
            assert_eq!(recv(handle.0, &mut byte, 1, 0), SOCKET_ERROR);
            assert_eq!(common::last_error(), WSAENOTSOCK);
            assert_eq!(closesocket(handle.0), SOCKET_ERROR);
        }
        assert_eq!(common::last_error(), WSAENOTSOCK);
    }
    event.set();
    assert!(event.look(), "closesocket left it alone");
    event.close();
    thread.close();
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Linux: a closed handle stays stale; on Windows the next object may have its value"
)]
fn duplicates_name_one_object_until_the_last_is_closed() {
    let first = auto_event();
    let second = duplicate(first);
    assert_ne!(first, second);
    first.set();
    assert!(second.look() && !first.look());
    first.close();
    second.set();
    assert!(second.look());
    second.close();
}

#[test]
fn pseudo_handles_become_real_ones_and_are_not_closed() {
    let me = duplicate(Handle(THREAD));
    // SAFETY: no memory is passed.
    unsafe {
        assert_eq!(GetThreadId(me.raw()), GetCurrentThreadId());
        assert_eq!(GetCurrentThread().addr(), THREAD);
        assert_eq!(GetCurrentProcess().addr(), PROCESS);
    }
    Handle(THREAD).close();
    Handle(PROCESS).close();
    let other = std::thread::spawn(move || {
        // SAFETY: no memory is passed.
        unsafe { GetThreadId(me.raw()) != GetThreadId(GetCurrentThread()) }
    });
    assert!(other.join().unwrap(), "a real handle means the same thread everywhere");
    let process = duplicate(Handle(PROCESS));
    assert!(!process.look());
    let event = auto_event();
    let (done, target) = duplicate_with(process.0, event.0, process.0, DUPLICATE_SAME_ACCESS);
    assert_eq!(done, TRUE);
    [me, process, event, Handle::of(target)].into_iter().for_each(Handle::close);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DUPLICATE_CLOSE_SOURCE: the value of the source can be closed again")]
fn close_source_closes_whatever_else_fails() {
    let source = auto_event();
    source.set();
    let (done, target) = duplicate_with(PROCESS, source.0, PROCESS, DUPLICATE_CLOSE_SOURCE);
    assert_eq!(done, TRUE);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { CloseHandle(source.raw()) }, FALSE);
    let moved = Handle::of(target);
    assert!(moved.look());
    let (done, _) = duplicate_with(PROCESS, moved.0, 0, DUPLICATE_CLOSE_SOURCE);
    assert_eq!((done, error()), (FALSE, ERROR_INVALID_HANDLE));
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { CloseHandle(moved.raw()) }, FALSE, "closed all the same");
}

#[test]
fn without_a_target_close_source_is_a_close() {
    let source = auto_event();
    let none = null_mut();
    // SAFETY: NULL asks for no target.
    unsafe {
        let process = GetCurrentProcess();
        assert_eq!(DuplicateHandle(process, source.raw(), process, none, 0, FALSE, 0), TRUE);
        source.set();
        assert_eq!(
            DuplicateHandle(process, source.raw(), null_mut(), none, 0, FALSE, DUPLICATE_CLOSE_SOURCE),
            FALSE
        );
        assert_eq!(
            DuplicateHandle(process, source.raw(), process, none, 0, FALSE, DUPLICATE_CLOSE_SOURCE),
            FALSE
        );
    }
    assert_eq!(error(), ERROR_INVALID_HANDLE);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn duplicating_has_its_errors_in_order() {
    start();
    let (event, s) = (auto_event(), new(SOCK_STREAM));
    let table = [
        (0, 0, 0, 4, ERROR_INVALID_PARAMETER),
        (0, event.0, PROCESS, 0, ERROR_INVALID_HANDLE),
        (event.0, event.0, PROCESS, 0, ERROR_INVALID_HANDLE),
        (THREAD, event.0, PROCESS, 0, ERROR_INVALID_HANDLE),
        (PROCESS, event.0, THREAD, 0, ERROR_INVALID_HANDLE),
        (PROCESS, s, 0, 0, ERROR_INVALID_HANDLE),
        (PROCESS, 0, PROCESS, 0, ERROR_INVALID_HANDLE),
        (PROCESS, s, PROCESS, 0, ERROR_NOT_SUPPORTED),
    ];
    for (row, (from, source, to, options, code)) in table.into_iter().enumerate() {
        forget_error();
        assert_eq!(duplicate_with(from, source, to, options), (FALSE, null_mut()), "{row}");
        assert_eq!(error(), code, "{row}");
    }
    event.set();
    assert!(event.look(), "nothing was closed");
    event.close();
    common::close(s);
}
