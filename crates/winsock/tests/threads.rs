//! Threads: how they begin, what they are called, and how they end.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

mod common;
#[path = "common/waiting.rs"]
mod waiting;

use common::{new, start};
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc;
use std::time::Instant;
use waiting::*;
use winsock::win32::*;

fn exit_code(thread: Handle) -> u32 {
    let mut code = 1;
    // SAFETY: the code is writable.
    assert_eq!(unsafe { GetExitCodeThread(thread.raw(), &mut code) }, TRUE, "{}", error());
    code
}

unsafe extern "system" fn returns(parameter: *mut c_void) -> u32 {
    parameter.addr() as u32
}

#[test]
fn a_thread_returns_its_exit_code() {
    for code in [0, 1, 259, u32::MAX] {
        let thread = thread(returns, code as usize);
        assert_eq!(thread.wait(), WAIT_OBJECT_0);
        assert_eq!(exit_code(thread), code);
        assert!(thread.look(), "it stays signalled");
        thread.close();
    }
}

unsafe extern "system" fn waits_for_event(event: *mut c_void) -> u32 {
    assert_eq!(Handle(event.addr()).wait(), WAIT_OBJECT_0);
    7
}

#[test]
fn a_running_thread_is_not_signalled_and_still_active() {
    let event = auto_event();
    let thread = thread(waits_for_event, event.0);
    assert!(!thread.look());
    assert_eq!(exit_code(thread), STILL_ACTIVE as u32);
    event.set();
    assert_eq!(thread.wait(), WAIT_OBJECT_0);
    assert_eq!(exit_code(thread), 7);
    thread.close();
    event.close();
}

/// As C code would: exits at a depth, in frames that own nothing.
#[inline(never)]
fn exits_below(depth: u32, code: u32) -> u32 {
    if depth == 0 {
        // SAFETY: these frames own nothing.
        unsafe { ExitThread(code) }
    }
    std::hint::black_box(exits_below(depth - 1, code)) + 1
}

unsafe extern "system" fn exits(code: *mut c_void) -> u32 {
    exits_below(50, code.addr() as u32)
}

#[test]
fn exit_thread_ends_a_thread_at_any_depth() {
    for code in 0..200 {
        let thread = thread(exits, code);
        assert_eq!(thread.wait(), WAIT_OBJECT_0);
        assert_eq!(exit_code(thread), code as u32);
        thread.close();
    }
}

struct Local;

static DESTROYED: AtomicU32 = AtomicU32::new(0);

impl Drop for Local {
    fn drop(&mut self) {
        DESTROYED.fetch_add(1, SeqCst);
    }
}

thread_local! {
    static LOCAL: Local = const { Local };
}

unsafe extern "system" fn exits_with_local(_: *mut c_void) -> u32 {
    LOCAL.with(|_| {});
    exits_below(3, 1)
}

#[test]
fn a_thread_is_signalled_after_its_locals_are_gone() {
    for round in 1..=50 {
        let thread = thread(exits_with_local, 0);
        assert_eq!(thread.wait(), WAIT_OBJECT_0);
        assert_eq!(DESTROYED.load(SeqCst), round);
        thread.close();
    }
}

#[test]
fn a_suspended_thread_begins_when_it_is_resumed() {
    let event = manual_event();
    let mut id = 0;
    // SAFETY: the function takes a handle's value, and the id is writable.
    let thread = Handle::of(unsafe {
        CreateThread(null(), 0, Some(waits_for_event), value(event.0), CREATE_SUSPENDED, &mut id)
    });
    event.set();
    settle();
    assert!(!thread.look());
    // SAFETY: no memory is passed.
    let resume = || unsafe { ResumeThread(thread.raw()) };
    assert_eq!(resume(), 1);
    assert_eq!(thread.wait(), WAIT_OBJECT_0);
    assert_eq!(resume(), 0);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { GetThreadId(thread.raw()) }, id);
    thread.close();
    event.close();
}

#[test]
fn ids_name_threads() {
    // SAFETY: no memory is passed.
    let (mine, again) = unsafe { (GetCurrentThreadId(), GetThreadId(GetCurrentThread())) };
    assert_eq!(mine, again);
    assert_ne!(mine, 0);
    // SAFETY: no memory is passed.
    let other = std::thread::spawn(|| unsafe { GetCurrentThreadId() }).join().unwrap();
    assert_ne!(mine, other);
    // SAFETY: no memory is passed.
    let opened = Handle::of(unsafe { OpenThread(THREAD_ALL_ACCESS, FALSE, mine) });
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { GetThreadId(opened.raw()) }, mine);
    opened.close();
    for unknown in [0, other, u32::MAX] {
        // SAFETY: no memory is passed.
        assert!(unsafe { OpenThread(THREAD_ALL_ACCESS, FALSE, unknown) }.is_null(), "{unknown}");
        assert_eq!(error(), ERROR_INVALID_PARAMETER);
    }
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { GetCurrentProcessId() }, std::process::id());
}

#[test]
fn an_ended_thread_keeps_its_id_while_a_handle_is_open() {
    let thread = thread(returns, 5);
    // SAFETY: no memory is passed.
    let id = unsafe { GetThreadId(thread.raw()) };
    assert_eq!(thread.wait(), WAIT_OBJECT_0);
    // SAFETY: no memory is passed.
    let opened = Handle::of(unsafe { OpenThread(THREAD_ALL_ACCESS, FALSE, id) });
    assert_eq!(exit_code(opened), 5);
    thread.close();
    opened.close();
    let begin = Instant::now();
    // The thread itself may hold it for a moment after it has said that it ended.
    // SAFETY: no memory is passed.
    while let found = unsafe { OpenThread(THREAD_ALL_ACCESS, FALSE, id) }
        && !found.is_null()
    {
        assert!(begin.elapsed() < LIMIT);
        Handle::of(found).close();
    }
}

#[test]
fn a_thread_that_somebody_else_made_is_signalled_too() {
    let (send, receive) = mpsc::channel();
    let (go, gone) = mpsc::channel::<()>();
    let other = std::thread::spawn(move || {
        send.send(this_thread()).unwrap();
        gone.recv().unwrap();
    });
    let handle = receive.recv_timeout(LIMIT).unwrap();
    assert!(!handle.look());
    assert_eq!(exit_code(handle), STILL_ACTIVE as u32);
    go.send(()).unwrap();
    assert_eq!(handle.wait(), WAIT_OBJECT_0);
    assert_eq!(exit_code(handle), 0);
    other.join().unwrap();
    handle.close();
}

unsafe extern "system" fn uses_stack(size: *mut c_void) -> u32 {
    #[inline(never)]
    fn deep(left: usize) -> u32 {
        let page = std::hint::black_box([1u8; 4096]);
        if left < 8192 { page[7].into() } else { deep(left - 8192) + u32::from(page[left % 4096]) }
    }
    deep(size.addr()).min(1)
}

#[test]
fn a_stack_is_as_large_as_it_was_asked_for() {
    for (size, flags) in [(0, 0), (64 << 10, 0), (32 << 20, 0), (32 << 20, STACK_SIZE_PARAM_IS_A_RESERVATION)]
    {
        let used = (size / 2).max(1 << 20);
        // SAFETY: the function takes a value.
        let thread = Handle::of(unsafe {
            CreateThread(null(), size, Some(uses_stack), value(used), flags, null_mut())
        });
        assert_eq!(thread.wait(), WAIT_OBJECT_0);
        assert_eq!(exit_code(thread), 1);
        thread.close();
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: flags of threads are not checked")]
fn create_thread_has_its_errors_in_order() {
    let known = CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION;
    for (function, stack, flags, code) in [
        (None, usize::MAX, !known, ERROR_INVALID_PARAMETER),
        (Some(returns as _), usize::MAX, 1, ERROR_INVALID_PARAMETER),
        (Some(returns as _), usize::MAX, 0, ERROR_NOT_ENOUGH_MEMORY),
        (Some(returns as _), 1 << 50, STACK_SIZE_PARAM_IS_A_RESERVATION, ERROR_NOT_ENOUGH_MEMORY),
    ] {
        forget_error();
        // SAFETY: the function takes a value.
        assert!(unsafe { CreateThread(null(), stack, function, null(), flags, null_mut()) }.is_null());
        assert_eq!(error(), code);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: -1 is the process, and taken for a handle")]
fn every_function_refuses_what_is_no_thread() {
    start();
    let stale = this_thread();
    stale.close();
    let event = auto_event();
    let s = new(SOCK_STREAM);
    for bad in [0, 2, usize::MAX, stale.0, event.0, s] {
        let handle = Handle(bad).raw();
        let mut code = 4711;
        // SAFETY: NULL and a writable code.
        unsafe {
            forget_error();
            assert_eq!((GetExitCodeThread(handle, null_mut()), error()), (FALSE, ERROR_INVALID_HANDLE));
            assert_eq!((GetExitCodeThread(handle, &mut code), code), (FALSE, 4711));
            forget_error();
            assert_eq!((GetThreadId(handle), error()), (0, ERROR_INVALID_HANDLE));
            forget_error();
            assert_eq!((ResumeThread(handle), error()), (u32::MAX, ERROR_INVALID_HANDLE));
        }
    }
    // SAFETY: NULL is refused.
    assert_eq!(unsafe { GetExitCodeThread(GetCurrentThread(), null_mut()) }, FALSE);
    assert_eq!(error(), ERROR_INVALID_PARAMETER);
    event.close();
    common::close(s);
}

#[test]
fn ten_thousand_threads_leave_nothing() {
    let make = || {
        let threads: Vec<Handle> = (0..20).map(|code| thread(exits, code)).collect();
        for thread in &threads {
            assert_eq!(thread.wait(), WAIT_OBJECT_0);
        }
        threads.into_iter().for_each(Handle::close);
    };
    (0..100).for_each(|_| make());
    let (descriptors_before, memory_before) = (descriptors(), resident_kib());
    (0..500).for_each(|_| make());
    assert!(descriptors() <= descriptors_before + 20, "other tests of this file hold a few");
    assert!(resident_kib() < memory_before + 8192, "{} KiB more", resident_kib() - memory_before);
}
