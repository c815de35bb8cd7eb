//! Sending between threads: who runs the procedure, when, what the sender learns, and that nobody waits for ever.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

#[path = "common/waiting.rs"]
mod waiting;
#[path = "common/window.rs"]
mod window;

use std::ptr::{null, null_mut, without_provenance_mut};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::thread::{JoinHandle, spawn};
use std::time::{Duration, Instant};
use waiting::{auto_event, until};
use window::*;
use winsock::win32::*;

const DOUBLE: u32 = WM_APP;
const WHO: u32 = WM_APP + 1;
const BOUNCE: u32 = WM_APP + 2;
const STATE: u32 = WM_APP + 3;
const REPLY: u32 = WM_APP + 4;
const DIE: u32 = WM_APP + 5;
const LEAVE: u32 = WM_APP + 6;
const WAIT: u32 = WM_APP + 7;
const NEST: u32 = WM_APP + 8;
const STOP: u32 = WM_APP + 9;

fn this_thread() -> u32 {
    // SAFETY: no memory is passed.
    unsafe { GetCurrentThreadId() }
}

/// Answers questions about the thread that it runs in.
unsafe extern "system" fn answering(hwnd: HWND, message: u32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    // SAFETY: no memory is passed; handles and windows are the tests' own.
    unsafe {
        match message {
            DOUBLE => 2 * wparam as isize,
            WHO => this_thread() as isize,
            // Sends to the window of the parameter, which sends back, so many times as the message says.
            BOUNCE if lparam == 0 => 0,
            BOUNCE => 1 + SendMessageW(without_provenance_mut(wparam), BOUNCE, hwnd.addr(), lparam - 1),
            STATE => (InSendMessageEx(null()) | (InSendMessage() as u32) << 8) as isize,
            REPLY => {
                assert_eq!(ReplyMessage(5), TRUE);
                assert_eq!(ReplyMessage(6), FALSE, "one message, one answer");
                assert_eq!(InSendMessageEx(null()), ISMEX_SEND | ISMEX_REPLIED);
                WaitForSingleObject(without_provenance_mut(wparam), INFINITE);
                7
            }
            DIE => {
                assert_eq!(DestroyWindow(without_provenance_mut(wparam)), TRUE);
                9
            }
            LEAVE => ExitThread(3),
            WAIT => WaitForSingleObject(without_provenance_mut(wparam), INFINITE) as isize,
            // Takes a message inside a procedure that runs for another thread.
            NEST => get().wParam as isize,
            STOP => {
                PostQuitMessage(0);
                0
            }
            _ => DefWindowProcW(hwnd, message, wparam, lparam),
        }
    }
}

/// A thread with a window, which takes its messages until it is told to stop.
fn serving() -> (Win, JoinHandle<()>) {
    let (tell, told) = channel();
    let thread = spawn(move || {
        tell.send(Win::new(Some(answering))).unwrap();
        loop {
            let msg = get();
            if msg.message == WM_QUIT {
                return;
            }
            dispatch(&msg);
        }
    });
    (told.recv().unwrap(), thread)
}

fn stop((window, thread): (Win, JoinHandle<()>)) {
    window.send(STOP, 0);
    thread.join().unwrap();
}

fn send_with(window: Win, message: u32, wparam: usize, flags: u32, milliseconds: u32) -> Option<usize> {
    let mut result = usize::MAX;
    // SAFETY: the result is writable.
    let done =
        unsafe { SendMessageTimeoutW(window.raw(), message, wparam, 0, flags, milliseconds, &mut result) };
    (done != 0).then_some(result)
}

#[test]
fn the_procedure_runs_in_the_window_s_thread_and_the_sender_has_its_answer() {
    let other = serving();
    let own = Win::new(Some(answering));
    assert_eq!(own.send(DOUBLE, 21), 42);
    assert_eq!(other.0.send(DOUBLE, 21), 42);
    assert_eq!(own.send(WHO, 0), this_thread() as isize);
    let mut process = 0;
    // SAFETY: the number is writable.
    let thread = unsafe { GetWindowThreadProcessId(other.0.raw(), &mut process) };
    assert_eq!(other.0.send(WHO, 0), thread as isize);
    assert_ne!(thread, this_thread());
    assert_eq!(process, std::process::id());
    assert_eq!(send_with(other.0, DOUBLE, 4, SMTO_NORMAL, 20_000), Some(8));
    assert_eq!(send_with(own, DOUBLE, 4, SMTO_NORMAL, 0), Some(8), "the own thread takes its time");
    stop(other);
    own.destroy();
}

#[test]
fn threads_that_send_to_each_other_do_not_block_each_other() {
    let (one, two) = (serving(), serving());
    let own = Win::new(Some(answering));
    // SAFETY: the windows take numbers.
    let bounces = |from: Win, to: Win| unsafe { SendMessageW(from.raw(), BOUNCE, to.0, 20) };
    assert_eq!(bounces(one.0, two.0), 20);
    assert_eq!(bounces(own, one.0), 20);
    assert_eq!(bounces(one.0, own), 20, "this thread runs its part while it waits");
    stop(one);
    stop(two);
    own.destroy();
}

#[test]
fn many_senders_have_each_its_answer() {
    let other = serving();
    std::thread::scope(|scope| {
        for sender in 0..4 {
            scope.spawn(move || {
                for number in 0..500 {
                    let number = sender * 1000 + number;
                    assert_eq!(other.0.send(DOUBLE, number), 2 * number as isize);
                }
            });
        }
    });
    stop(other);
}

#[test]
fn a_procedure_knows_for_whom_it_runs() {
    let other = serving();
    let own = Win::new(Some(answering));
    assert_eq!(own.send(STATE, 0), ISMEX_NOSEND as isize);
    assert_eq!(other.0.send(STATE, 0), (ISMEX_SEND | 1 << 8) as isize);
    // SAFETY: no memory is passed.
    unsafe {
        assert_eq!(ReplyMessage(1), FALSE);
        assert_eq!(InSendMessage(), FALSE);
    }
    stop(other);
    own.destroy();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a second ReplyMessage succeeds")]
fn an_early_reply_lets_the_sender_go_on() {
    let other = serving();
    let go = auto_event();
    assert_eq!(other.0.send(REPLY, go.0), 5);
    go.set();
    stop(other);
    go.close();
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn time_runs_out_and_the_message_comes_all_the_same() {
    static RUN: AtomicU32 = AtomicU32::new(0);
    unsafe extern "system" fn counting(_: HWND, message: u32, _: WPARAM, _: LPARAM) -> LRESULT {
        RUN.fetch_add(u32::from(message == DOUBLE), SeqCst);
        1
    }
    let go = auto_event();
    let (tell, told) = channel();
    let thread = spawn(move || {
        tell.send(Win::new(Some(counting))).unwrap();
        assert_eq!(go.wait(), WAIT_OBJECT_0);
        assert!(take().is_none());
    });
    let window = told.recv().unwrap();
    for flags in [SMTO_NORMAL, SMTO_BLOCK, SMTO_ABORTIFHUNG] {
        let begin = Instant::now();
        fails(|| send_with(window, DOUBLE, 0, flags, 20), None, ERROR_TIMEOUT);
        assert!(begin.elapsed() >= Duration::from_millis(20));
    }
    fails(|| send_with(window, DOUBLE, 0, 0x40, 20), None, ERROR_INVALID_PARAMETER);
    assert_eq!(RUN.load(SeqCst), 0);
    go.set();
    thread.join().unwrap();
    assert_eq!(RUN.load(SeqCst), 3);
    fails(|| send_with(window, DOUBLE, 0, SMTO_NORMAL, 20), None, ERROR_INVALID_WINDOW_HANDLE);
    go.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: SMTO_NOTIMEOUTIFNOTHUNG is not heeded")]
fn a_thread_that_has_not_looked_for_five_seconds_hangs() {
    let go = auto_event();
    let (tell, told) = channel();
    let thread = spawn(move || {
        tell.send(Win::new(Some(answering))).unwrap();
        assert_eq!(go.wait(), WAIT_OBJECT_0);
        while get().message != WM_QUIT {}
    });
    let window = told.recv().unwrap();
    let begin = Instant::now();
    // As long as it does not hang, the time does not count.
    fails(|| send_with(window, DOUBLE, 0, SMTO_NOTIMEOUTIFNOTHUNG, 1000), None, ERROR_TIMEOUT);
    assert!(begin.elapsed() >= Duration::from_secs(5));
    let begin = Instant::now();
    fails(|| send_with(window, DOUBLE, 0, SMTO_ABORTIFHUNG, 20_000), None, ERROR_TIMEOUT);
    assert!(begin.elapsed() < Duration::from_secs(10));
    go.set();
    assert_eq!(send_with(window, DOUBLE, 4, SMTO_NOTIMEOUTIFNOTHUNG, 20_000), Some(8));
    stop((window, thread));
    go.close();
}

#[test]
fn a_notice_does_not_wait_and_comes_before_what_is_posted() {
    static ORDER: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "system" fn ordered(_: HWND, message: u32, wparam: WPARAM, _: LPARAM) -> LRESULT {
        if message == DOUBLE {
            ORDER.store(ORDER.load(SeqCst) * 10 + wparam, SeqCst);
        }
        1
    }
    let (tell, told) = channel();
    let (go, ready) = (auto_event(), auto_event());
    let thread = spawn(move || {
        tell.send(Win::new(Some(ordered))).unwrap();
        assert_eq!(go.wait(), WAIT_OBJECT_0);
        let msg = get();
        assert_eq!(ORDER.load(SeqCst), 23, "what was sent is delivered before anything is taken");
        dispatch(&msg);
        ready.set();
    });
    let window = told.recv().unwrap();
    window.post(DOUBLE, 1);
    for number in [2, 3] {
        // SAFETY: the window takes numbers.
        assert_eq!(unsafe { SendNotifyMessageW(window.raw(), DOUBLE, number, 0) }, TRUE);
    }
    go.set();
    assert_eq!(ready.wait(), WAIT_OBJECT_0);
    assert_eq!(ORDER.load(SeqCst), 231);
    thread.join().unwrap();
    go.close();
    ready.close();
}

#[test]
fn a_window_that_goes_releases_its_senders() {
    let other = serving();
    let thread = other.0.send(WHO, 0) as u32;
    // The window goes in its own procedure: what that answers counts.
    assert_eq!(other.0.send(DIE, other.0.0), 9);
    fails(|| other.0.send(DOUBLE, 1), 0, ERROR_INVALID_WINDOW_HANDLE);
    // SAFETY: the thread takes numbers.
    assert_eq!(unsafe { PostThreadMessageW(thread, WM_QUIT, 0, 0) }, TRUE);
    other.1.join().unwrap();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a send to a thread that ends has another code")]
fn a_thread_that_ends_releases_its_senders() {
    static READY: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "system" fn body(_: *mut core::ffi::c_void) -> u32 {
        READY.store(Win::new(Some(answering)).0, SeqCst);
        loop {
            let msg = get();
            dispatch(&msg);
        }
    }
    let thread = waiting::thread(body, 0);
    while READY.load(SeqCst) == 0 {
        std::thread::yield_now();
    }
    let window = Win(READY.load(SeqCst));
    fails(|| window.send(LEAVE, 0), 0, ERROR_INVALID_WINDOW_HANDLE);
    assert_eq!(thread.wait(), WAIT_OBJECT_0);
    assert!(!window.is_there());
    thread.close();
}

#[test]
fn a_procedure_that_runs_for_another_may_take_messages() {
    let other = serving();
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| other.0.send(NEST, 0));
        // Until the procedure runs, its thread takes and dispatches these itself.
        while !sender.is_finished() {
            other.0.post(DOUBLE, 77);
            std::thread::yield_now();
        }
        assert_eq!(sender.join().unwrap(), 77);
    });
    stop(other);
}

#[test]
fn a_sender_runs_what_others_send_it_but_not_with_block() {
    static INSIDE: AtomicU32 = AtomicU32::new(0);
    unsafe extern "system" fn inside(_: HWND, message: u32, _: WPARAM, _: LPARAM) -> LRESULT {
        INSIDE.fetch_add(u32::from(message == DOUBLE), SeqCst);
        1
    }
    let other = serving();
    let go = auto_event();
    let own = Win::new(Some(inside));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // SAFETY: the window takes numbers.
            unsafe { SendNotifyMessageW(own.raw(), DOUBLE, 0, 0) };
            until(&INSIDE, 1);
            go.set();
        });
        assert_eq!(other.0.send(WAIT, go.0), WAIT_OBJECT_0 as isize);
        assert_eq!(INSIDE.load(SeqCst), 1);
    });
    std::thread::scope(|scope| {
        let notified = scope.spawn(|| {
            // SAFETY: the window takes numbers.
            unsafe { SendNotifyMessageW(own.raw(), DOUBLE, 0, 0) };
            waiting::settle();
            go.set();
        });
        assert_eq!(send_with(other.0, WAIT, go.0, SMTO_BLOCK, 20_000), Some(WAIT_OBJECT_0 as usize));
        assert_eq!(INSIDE.load(SeqCst), 1, "nothing ran meanwhile");
        notified.join().unwrap();
    });
    assert!(look(null_mut(), 0, 0, PM_REMOVE).is_none());
    assert_eq!(INSIDE.load(SeqCst), 2);
    stop(other);
    own.destroy();
    go.close();
}
