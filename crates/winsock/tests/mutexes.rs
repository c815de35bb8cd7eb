//! Mutexes and semaphores: creating, naming, owning, counting, abandoning, and the errors of each function in order.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

#[path = "common/waiting.rs"]
mod waiting;

use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread::{scope, spawn};
use waiting::*;
use winsock::win32::*;

fn wide(name: &str) -> Vec<u16> {
    name.encode_utf16().chain([0]).collect()
}

fn mutex(owned: bool) -> Handle {
    // SAFETY: no name is passed.
    Handle::of(unsafe { CreateMutexW(null(), owned.into(), null()) })
}

fn semaphore(count: i32, maximum: i32) -> Handle {
    // SAFETY: no name is passed.
    Handle::of(unsafe { CreateSemaphoreW(null(), count, maximum, null()) })
}

/// 0, or the error.
fn release(mutex: Handle) -> u32 {
    // SAFETY: no memory is passed.
    if unsafe { ReleaseMutex(mutex.raw()) } == TRUE { 0 } else { error() }
}

/// What the count was, or the error.
fn post(semaphore: Handle, by: i32) -> Result<i32, u32> {
    let mut before = -7;
    // SAFETY: the count is writable.
    let done = unsafe { ReleaseSemaphore(semaphore.raw(), by, &mut before) };
    if done == TRUE {
        return Ok(before);
    }
    assert_eq!(before, -7, "nothing is told");
    Err(error())
}

/// What another thread finds in a look.
fn look_elsewhere(handle: Handle) -> bool {
    spawn(move || {
        let got = handle.look();
        if got {
            release(handle);
        }
        got
    })
    .join()
    .unwrap()
}

#[test]
fn an_owner_waits_again_and_releases_as_often() {
    let mutex = mutex(false);
    assert!(mutex.look() && mutex.look() && mutex.wait() == WAIT_OBJECT_0);
    for _ in 0..3 {
        assert!(!look_elsewhere(mutex));
        assert_eq!(spawn(move || release(mutex)).join().unwrap(), ERROR_NOT_OWNER);
        assert_eq!(release(mutex), 0);
    }
    assert_eq!(release(mutex), ERROR_NOT_OWNER);
    assert!(look_elsewhere(mutex));
    mutex.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: flags of mutexes are not checked")]
fn the_maker_may_be_the_owner() {
    let make = |narrow: bool, flags: u32| {
        forget_error();
        // SAFETY: no name is passed.
        unsafe {
            if narrow {
                CreateMutexExA(null(), null(), flags, MUTEX_ALL_ACCESS)
            } else {
                CreateMutexExW(null(), null(), flags, MUTEX_ALL_ACCESS)
            }
        }
    };
    for narrow in [false, true] {
        for flags in [0, CREATE_MUTEX_INITIAL_OWNER] {
            let mutex = Handle::of(make(narrow, flags));
            assert_eq!(look_elsewhere(mutex), flags == 0);
            assert_eq!(release(mutex), if flags == 0 { ERROR_NOT_OWNER } else { 0 });
            mutex.close();
        }
        assert!(make(narrow, 2).is_null());
        assert_eq!(error(), ERROR_INVALID_PARAMETER);
    }
    // SAFETY: no name is passed.
    let mutex = Handle::of(unsafe { CreateMutexA(null(), TRUE, null()) });
    assert!(!look_elsewhere(mutex));
    mutex.close();
}

#[test]
fn a_mutex_whose_owner_ends_is_abandoned_once() {
    let (first, second) = (mutex(false), mutex(false));
    let event = auto_event();
    spawn(move || assert!(first.look() && second.look() && second.look())).join().unwrap();
    assert_eq!(wait_for(&[event, second], false, LIMIT_MS, false), WAIT_ABANDONED_0 + 1);
    assert_eq!(wait_for(&[event, second], false, LIMIT_MS, false), WAIT_OBJECT_0 + 1);
    event.set();
    assert_eq!(wait_for(&[event, first, second], true, LIMIT_MS, false), WAIT_ABANDONED_0);
    assert_eq!(first.wait(), WAIT_OBJECT_0, "it is told once");
    assert_eq!([release(second), release(second), release(second)], [0, 0, 0]);
    [first, second, event].into_iter().for_each(Handle::close);
}

unsafe extern "system" fn take_and_end(mutex: *mut std::ffi::c_void) -> u32 {
    let mutex = Handle(mutex.addr());
    assert_eq!(mutex.wait(), WAIT_OBJECT_0);
    assert!(mutex.look());
    settle();
    // SAFETY: the frames own nothing.
    unsafe { ExitThread(5) }
}

#[test]
fn a_thread_that_waits_for_an_abandoned_mutex_gets_it() {
    let mutex = mutex(true);
    let thread = thread(take_and_end, mutex.0);
    settle();
    assert_eq!(release(mutex), 0);
    let answer = match mutex.wait() {
        // This thread was quicker than the one that was called.
        WAIT_OBJECT_0 => {
            assert_eq!(release(mutex), 0);
            assert_eq!(thread.wait(), WAIT_OBJECT_0);
            mutex.wait()
        }
        answer => answer,
    };
    assert_eq!(answer, WAIT_ABANDONED);
    assert_eq!(thread.wait(), WAIT_OBJECT_0);
    assert_eq!(release(mutex), 0);
    mutex.close();
    thread.close();
}

#[test]
fn one_thread_at_a_time_owns_a_mutex() {
    let mutex = mutex(false);
    let inside = AtomicU32::new(0);
    scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..3000 {
                    assert_eq!(mutex.wait(), WAIT_OBJECT_0);
                    assert_eq!(inside.fetch_add(1, SeqCst), 0);
                    inside.fetch_sub(1, SeqCst);
                    assert_eq!(release(mutex), 0);
                }
            });
        }
    });
    mutex.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: releasing nothing")]
fn a_semaphore_counts() {
    let semaphore = semaphore(2, 3);
    assert!(semaphore.look() && semaphore.look() && !semaphore.look());
    assert_eq!(post(semaphore, 2), Ok(0));
    assert_eq!(post(semaphore, 2), Err(ERROR_TOO_MANY_POSTS));
    assert_eq!(post(semaphore, i32::MAX), Err(ERROR_TOO_MANY_POSTS));
    assert_eq!(post(semaphore, 1), Ok(2));
    // SAFETY: no count is asked for.
    assert_eq!(unsafe { ReleaseSemaphore(semaphore.raw(), 1, null_mut()) }, FALSE);
    assert!((0..3).all(|_| semaphore.look()) && !semaphore.look());
    for by in [0, -1, i32::MIN] {
        assert_eq!(post(semaphore, by), Err(ERROR_INVALID_PARAMETER));
        assert_eq!(post(Handle(0), by), Err(ERROR_INVALID_PARAMETER), "the number is looked at first");
    }
    semaphore.close();
}

#[test]
fn a_release_lets_as_many_threads_go_on() {
    let semaphore = semaphore(0, 10);
    let released = AtomicU32::new(0);
    scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| {
                assert_eq!(semaphore.wait(), WAIT_OBJECT_0);
                released.fetch_add(1, SeqCst);
            });
        }
        settle();
        assert!(post(semaphore, 3).is_ok());
        until(&released, 3);
        settle();
        assert_eq!(released.load(SeqCst), 3);
        assert!(post(semaphore, 3).is_ok());
    });
    assert_eq!(post(semaphore, 1), Ok(1));
    semaphore.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: flags of semaphores are not checked")]
fn the_counts_of_a_semaphore_are_checked() {
    for (count, maximum, flags) in
        [(0, 0, 0), (0, -1, 0), (-1, 1, 0), (2, 1, 0), (i32::MIN, i32::MAX, 0), (0, 1, 1), (1, 1, u32::MAX)]
    {
        forget_error();
        // SAFETY: no name is passed.
        assert!(unsafe { CreateSemaphoreExW(null(), count, maximum, null(), flags, 0) }.is_null());
        assert_eq!(error(), ERROR_INVALID_PARAMETER, "{count} {maximum}");
        // SAFETY: no name is passed.
        assert!(unsafe { CreateSemaphoreExA(null(), count, maximum, null(), flags, 0) }.is_null());
    }
    // SAFETY: no name is passed.
    let semaphore = Handle::of(unsafe {
        CreateSemaphoreExA(null(), i32::MAX, i32::MAX, null(), 0, SEMAPHORE_ALL_ACCESS)
    });
    assert_eq!(post(semaphore, i32::MAX), Err(ERROR_TOO_MANY_POSTS));
    semaphore.close();
}

/// Makes or opens an object of each kind by name: event, mutex, semaphore, timer.
fn of_kind(kind: usize, name: &str, open: bool, narrow: bool) -> Result<Handle, u32> {
    let (wide, text) = (wide(name), format!("{name}\0"));
    let (w, a) = (wide.as_ptr(), text.as_ptr());
    // SAFETY: the names end with 0.
    let handle = unsafe {
        match (kind, open, narrow) {
            (0, false, false) => CreateEventW(null(), TRUE, TRUE, w),
            (0, false, true) => CreateEventA(null(), TRUE, TRUE, a),
            (0, true, false) => OpenEventW(EVENT_ALL_ACCESS, FALSE, w),
            (0, true, true) => OpenEventA(EVENT_ALL_ACCESS, FALSE, a),
            (1, false, false) => CreateMutexW(null(), FALSE, w),
            (1, false, true) => CreateMutexA(null(), FALSE, a),
            (1, true, false) => OpenMutexW(MUTEX_ALL_ACCESS, FALSE, w),
            (1, true, true) => OpenMutexA(MUTEX_ALL_ACCESS, FALSE, a),
            (2, false, false) => CreateSemaphoreW(null(), 1, 1, w),
            (2, false, true) => CreateSemaphoreA(null(), 1, 1, a),
            (2, true, false) => OpenSemaphoreW(SEMAPHORE_ALL_ACCESS, FALSE, w),
            (2, true, true) => OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, a),
            (_, false, false) => CreateWaitableTimerW(null(), TRUE, w),
            (_, false, true) => CreateWaitableTimerA(null(), TRUE, a),
            (_, true, false) => OpenWaitableTimerW(TIMER_ALL_ACCESS, FALSE, w),
            (_, true, true) => OpenWaitableTimerA(TIMER_ALL_ACCESS, FALSE, a),
        }
    };
    if handle.is_null() { Err(error()) } else { Ok(Handle(handle.addr())) }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: names longer than MAX_PATH are taken")]
fn objects_of_all_kinds_share_one_space_of_names() {
    for kind in 0..4 {
        for narrow in [false, true] {
            let name = format!("shared by all kinds {kind} {narrow}");
            assert_eq!(of_kind(kind, &name, true, narrow), Err(ERROR_FILE_NOT_FOUND));
            let first = of_kind(kind, &name, false, narrow).unwrap();
            assert_eq!(error(), ERROR_SUCCESS);
            for other in 0..4 {
                for open in [false, true] {
                    forget_error();
                    let second = of_kind(other, &name, open, !narrow);
                    if other == kind {
                        assert_eq!(error(), if open { 0 } else { ERROR_ALREADY_EXISTS });
                        second.unwrap().close();
                    } else {
                        assert_eq!(second, Err(ERROR_INVALID_HANDLE), "{kind} {other} {open}");
                    }
                }
            }
            first.close();
            assert_eq!(of_kind(kind, &name, true, narrow), Err(ERROR_FILE_NOT_FOUND));
        }
        for (name, code) in [("a\\b", ERROR_PATH_NOT_FOUND), (&"x".repeat(261), ERROR_FILENAME_EXCED_RANGE)] {
            assert_eq!(of_kind(kind, name, false, false), Err(code));
            assert_eq!(of_kind(kind, name, true, false), Err(code));
        }
        assert_eq!(of_kind(kind, "", true, false), Err(ERROR_INVALID_HANDLE));
    }
    // SAFETY: NULL is no name.
    let opened = unsafe {
        [
            OpenMutexW(0, FALSE, null()),
            OpenMutexA(0, FALSE, null()),
            OpenSemaphoreW(0, FALSE, null()),
            OpenSemaphoreA(0, FALSE, null()),
        ]
    };
    assert_eq!(opened, [null_mut(); 4]);
    assert_eq!(error(), ERROR_INVALID_PARAMETER);
}

#[test]
fn a_named_mutex_that_exists_is_not_its_second_makers() {
    let name = wide("owned by nobody");
    // SAFETY: the name ends with 0.
    let make = || Handle::of(unsafe { CreateMutexW(null(), TRUE, name.as_ptr()) });
    let first = make();
    assert_eq!(release(first), 0);
    let second = make();
    assert_eq!(error(), ERROR_ALREADY_EXISTS);
    assert_eq!(release(second), ERROR_NOT_OWNER);
    first.close();
    second.close();
}

#[test]
fn signal_and_wait_releases_each_kind() {
    let (event, taken) = (auto_event(), mutex(true));
    let counted = semaphore(0, 1);
    // SAFETY: no memory is passed.
    let then =
        |signal: Handle, wait: Handle| unsafe { SignalObjectAndWait(signal.raw(), wait.raw(), 0, FALSE) };
    assert_eq!(then(event, event), WAIT_OBJECT_0);
    assert_eq!(then(taken, event), WAIT_TIMEOUT);
    assert!(look_elsewhere(taken));
    assert_eq!(then(counted, counted), WAIT_OBJECT_0);
    assert_eq!(then(counted, event), WAIT_TIMEOUT);
    for (signal, code) in [(taken, ERROR_NOT_OWNER), (counted, ERROR_TOO_MANY_POSTS)] {
        assert_eq!(then(signal, event), WAIT_FAILED);
        assert_eq!(error(), code);
    }
    // SAFETY: no name is passed.
    let timer = Handle::of(unsafe { CreateWaitableTimerW(null(), FALSE, null()) });
    let thread = this_thread();
    for bad in [timer, thread, Handle(0)] {
        assert_eq!(then(bad, event), WAIT_FAILED);
        assert_eq!(error(), ERROR_INVALID_HANDLE);
    }
    assert!(counted.look());
    assert_eq!(then(counted, Handle(3)), WAIT_FAILED);
    assert!(!counted.look(), "nothing was signalled");
    [event, taken, counted, timer, thread].into_iter().for_each(Handle::close);
}

#[test]
fn each_function_refuses_other_objects() {
    let (event, mutex, semaphore) = (auto_event(), mutex(false), semaphore(1, 1));
    let copies = [duplicate(mutex), duplicate(semaphore)];
    assert!(copies[0].look() && copies[1].look());
    assert_eq!((release(mutex), post(semaphore, 1)), (0, Ok(0)), "they are the same objects");
    for bad in [event, semaphore, Handle(0), Handle(usize::MAX), Handle(3)] {
        assert_eq!(release(bad), ERROR_INVALID_HANDLE);
    }
    for bad in [event, mutex, Handle(0), Handle(usize::MAX), Handle(3)] {
        assert_eq!(post(bad, 1), Err(ERROR_INVALID_HANDLE));
    }
    copies.into_iter().for_each(Handle::close);
    [event, mutex, semaphore].into_iter().for_each(Handle::close);
    assert_eq!((release(mutex), post(semaphore, 1)), (ERROR_INVALID_HANDLE, Err(ERROR_INVALID_HANDLE)));
}
