//! Procedure calls: who runs them, when, in which order, and what they do to a wait.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

mod common;
#[path = "common/waiting.rs"]
mod waiting;

use common::{bind_loopback, listener, loopback, new, pair, start};
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::{scope, spawn};
use waiting::*;
use winsock::win32::*;

std::thread_local! {
    static RAN: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// This thread, wherever it is used.
const ME: Handle = Handle(-2isize as usize);

unsafe extern "system" fn note(value: usize) {
    RAN.with(|ran| ran.borrow_mut().push(value));
}

fn ran() -> Vec<usize> {
    RAN.take()
}

#[test]
fn all_that_are_queued_run_in_order_and_only_in_an_alertable_wait() {
    let event = auto_event();
    for value in 0..100 {
        assert!(queue(ME, note, value));
    }
    assert!(!event.look());
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { SleepEx(1, FALSE) }, 0);
    assert_eq!(wait_for(&[event], false, 1, false), WAIT_TIMEOUT);
    assert_eq!(ran(), []);
    assert_eq!(sleep_alertably(INFINITE), WAIT_IO_COMPLETION);
    assert_eq!(ran(), (0..100).collect::<Vec<_>>());
    assert_eq!(sleep_alertably(0), 0);
    event.close();
}

#[test]
fn every_alertable_wait_runs_them() {
    start();
    let event = auto_event();
    type Wait = fn(Handle) -> u32;
    // SAFETY: one handle is readable, and no other memory is passed.
    let waits: [Wait; 5] = [
        |_| sleep_alertably(INFINITE),
        |event| unsafe { WaitForSingleObjectEx(event.raw(), INFINITE, TRUE) },
        |event| unsafe { WaitForMultipleObjectsEx(1, &event.raw(), TRUE, INFINITE, TRUE) },
        |event| unsafe { WSAWaitForMultipleEvents(1, &event.raw(), FALSE, WSA_INFINITE, TRUE) },
        |event| unsafe { SignalObjectAndWait(event.raw(), ME.raw(), INFINITE, TRUE) },
    ];
    for (index, wait) in waits.into_iter().enumerate() {
        assert!(queue(ME, note, index));
        assert_eq!(wait(event), WAIT_IO_COMPLETION, "{index}");
        assert_eq!(ran(), [index]);
    }
    event.close();
}

#[test]
fn a_signalled_object_comes_first_and_a_queued_call_before_the_time_out() {
    let event = auto_event();
    assert!(queue(ME, note, 1));
    event.set();
    assert_eq!(wait_for(&[event], false, 0, true), WAIT_OBJECT_0);
    assert_eq!(ran(), []);
    assert_eq!(wait_for(&[event], false, 0, true), WAIT_IO_COMPLETION);
    assert_eq!(ran(), [1]);
    assert_eq!(wait_for(&[event], false, 0, true), WAIT_TIMEOUT);
    event.close();
}

#[test]
fn a_wait_that_runs_calls_takes_no_object() {
    let event = auto_event();
    unsafe extern "system" fn sets(event: usize) {
        Handle(event).set();
    }
    assert!(queue(ME, sets, event.0));
    assert_eq!(wait_for(&[event], false, LIMIT_MS, true), WAIT_IO_COMPLETION);
    assert!(event.look(), "what the call signalled is there for the next wait");
    event.close();
}

unsafe extern "system" fn queues_itself(left: usize) {
    // SAFETY: this is a procedure call of the tests.
    unsafe { note(left) };
    if left > 0 {
        assert!(queue(ME, queues_itself, left - 1));
    }
}

#[test]
fn what_a_call_queues_runs_in_the_same_wait() {
    assert!(queue(ME, queues_itself, 10));
    assert!(queue(ME, note, 99));
    assert_eq!(sleep_alertably(0), WAIT_IO_COMPLETION);
    assert_eq!(ran(), [10, 99, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
}

unsafe extern "system" fn waits_inside(value: usize) {
    // SAFETY: these are procedure calls of the tests.
    unsafe { note(value) };
    assert_eq!(sleep_alertably(0), WAIT_IO_COMPLETION);
    // SAFETY: as above.
    unsafe { note(value) };
}

#[test]
fn a_call_that_waits_alertably_runs_the_next_ones_inside() {
    assert!(queue(ME, waits_inside, 1));
    assert!(queue(ME, note, 2));
    assert!(queue(ME, note, 3));
    assert_eq!(sleep_alertably(0), WAIT_IO_COMPLETION);
    assert_eq!(ran(), [1, 2, 3, 1]);
}

#[test]
fn a_call_from_another_thread_ends_a_sleeping_wait() {
    let (send, receive) = mpsc::channel();
    let event = auto_event();
    let sleeper = spawn(move || {
        send.send(this_thread()).unwrap();
        let first = sleep_alertably(LIMIT_MS);
        let second = wait_for(&[event], true, LIMIT_MS, true);
        (first, second, ran())
    });
    let thread = receive.recv_timeout(LIMIT).unwrap();
    settle();
    assert!(queue(thread, note, 1));
    // The first wait may be over only now; the second call is the second wait's or the first's.
    settle();
    assert!(queue(thread, note, 2));
    event.set();
    let (first, second, ran) = sleeper.join().unwrap();
    assert_eq!(first, WAIT_IO_COMPLETION);
    assert!(second == WAIT_IO_COMPLETION || second == WAIT_OBJECT_0);
    assert!(ran.starts_with(&[1]), "{ran:?}");
    thread.close();
    event.close();
}

#[test]
fn storms_from_several_threads_lose_nothing() {
    const SENDERS: usize = 4;
    const EACH: usize = 2000;
    let (send, receive) = mpsc::channel();
    let receiver = spawn(move || {
        send.send(this_thread()).unwrap();
        let mut all = Vec::new();
        while all.len() < SENDERS * EACH {
            assert_eq!(sleep_alertably(LIMIT_MS), WAIT_IO_COMPLETION);
            let now = ran();
            assert!(!now.is_empty());
            all.extend(now);
        }
        all
    });
    let thread = receive.recv_timeout(LIMIT).unwrap();
    scope(|scope| {
        for sender in 0..SENDERS {
            scope.spawn(move || {
                (0..EACH).for_each(|value| assert!(queue(thread, note, value * SENDERS + sender)))
            });
        }
    });
    let all = receiver.join().unwrap();
    for sender in 0..SENDERS {
        let mine: Vec<usize> =
            all.iter().filter(|value| *value % SENDERS == sender).map(|value| value / SENDERS).collect();
        assert_eq!(mine, (0..EACH).collect::<Vec<_>>(), "one sender's calls stay in order");
    }
    thread.close();
}

unsafe extern "system" fn reports(list: *mut c_void) -> u32 {
    // SAFETY: this is a procedure call of the tests.
    unsafe { note(100) };
    let order = ran();
    // SAFETY: the test passes a list and waits for the thread.
    unsafe { *list.cast::<Vec<usize>>() = order };
    0
}

#[test]
fn a_thread_begins_with_the_calls_that_came_before() {
    let mut list: Vec<usize> = Vec::new();
    let flags = CREATE_SUSPENDED;
    // SAFETY: the list lives until the thread has ended.
    let thread = Handle::of(unsafe {
        CreateThread(null(), 0, Some(reports), (&raw mut list).cast(), flags, null_mut())
    });
    assert!(queue(thread, note, 1));
    assert!(queue(thread, note, 2));
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { ResumeThread(thread.raw()) }, 1);
    assert_eq!(thread.wait(), WAIT_OBJECT_0);
    assert_eq!(list, [1, 2, 100]);
    thread.close();
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn queueing_has_its_errors_in_order() {
    start();
    let event = auto_event();
    let ended = {
        let thread = thread(exits_at_once, 0);
        assert_eq!(thread.wait(), WAIT_OBJECT_0);
        thread
    };
    let s = new(SOCK_STREAM);
    let table = [
        (None, 0, ERROR_INVALID_PARAMETER),
        (None, ended.0, ERROR_INVALID_PARAMETER),
        (Some(note as _), 0, ERROR_INVALID_HANDLE),
        (Some(note as _), usize::MAX, ERROR_INVALID_HANDLE),
        (Some(note as _), event.0, ERROR_INVALID_HANDLE),
        (Some(note as _), s, ERROR_INVALID_HANDLE),
        (Some(note as _), ended.0, ERROR_GEN_FAILURE),
    ];
    for (row, (function, handle, code)) in table.into_iter().enumerate() {
        forget_error();
        // SAFETY: the function takes a value.
        assert_eq!(unsafe { QueueUserAPC(function, Handle(handle).raw(), 0) }, 0, "{row}");
        assert_eq!(error(), code, "{row}");
    }
    ended.close();
    event.close();
    common::close(s);
}

unsafe extern "system" fn exits_at_once(_: *mut c_void) -> u32 {
    0
}

unsafe extern "system" fn exits_thread(code: usize) {
    // SAFETY: this frame owns nothing, and those below are the library's.
    unsafe { ExitThread(code as u32) }
}

unsafe extern "system" fn sleeps_until_it_exits(_: *mut c_void) -> u32 {
    sleep_alertably(LIMIT_MS);
    1
}

unsafe extern "system" fn receives_until_it_exits(s: *mut c_void) -> u32 {
    let mut byte = 0;
    // SAFETY: one byte of room.
    unsafe { recv(s.addr(), &mut byte, 1, 0) };
    1
}

fn code_of(thread: Handle) -> u32 {
    let mut code = 0;
    // SAFETY: the code is writable.
    assert_eq!(unsafe { GetExitCodeThread(thread.raw(), &mut code) }, TRUE);
    code
}

#[test]
fn a_call_may_end_its_thread_and_the_calls_behind_it_are_lost() {
    for round in 0..50 {
        let thread = thread(sleeps_until_it_exits, 0);
        if round % 2 == 0 {
            settle();
        }
        assert!(queue(thread, exits_thread, 42));
        queue(thread, note, 1);
        assert_eq!(thread.wait(), WAIT_OBJECT_0);
        assert_eq!(code_of(thread), 42);
        thread.close();
    }
}

#[test]
fn a_call_may_end_a_thread_before_it_begins() {
    // SAFETY: the function takes no parameter.
    let thread = Handle::of(unsafe {
        CreateThread(null(), 0, Some(sleeps_until_it_exits), null(), CREATE_SUSPENDED, null_mut())
    });
    assert!(queue(thread, exits_thread, 43));
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { ResumeThread(thread.raw()) }, 1);
    assert_eq!(thread.wait(), WAIT_OBJECT_0);
    assert_eq!(code_of(thread), 43);
    thread.close();
}

#[test]
fn a_call_that_ends_a_thread_in_recv_gives_the_socket_back() {
    start();
    let (client, server) = pair();
    let thread = thread(receives_until_it_exits, client);
    settle();
    assert!(queue(thread, exits_thread, 44));
    assert_eq!(thread.wait(), WAIT_OBJECT_0);
    assert_eq!(code_of(thread), 44);
    thread.close();
    common::close(client);
    let mut byte = 0;
    // SAFETY: one byte of room.
    let got = unsafe { recv(server, &mut byte, 1, 0) };
    assert_eq!(got, 0, "the descriptor is closed: the peer sees the end");
    common::close(server);
}

static RAN_IN_BLOCKED: AtomicU32 = AtomicU32::new(0);
/// Whose calls the counter counts.
static COUNTING: Mutex<()> = Mutex::new(());

unsafe extern "system" fn count_blocked(_: usize) {
    RAN_IN_BLOCKED.fetch_add(1, SeqCst);
}

/// Blocks a thread in `call`, lets it run procedure calls there, then ends the call with `finish`.
fn runs_calls_and_goes_on<T: Send + 'static>(
    call: impl FnOnce() -> T + Send + 'static,
    finish: impl FnOnce(),
) -> T {
    let _counting = COUNTING.lock().unwrap_or_else(PoisonError::into_inner);
    let (send, receive) = mpsc::channel();
    let blocked = spawn(move || {
        send.send(this_thread()).unwrap();
        call()
    });
    let thread = receive.recv_timeout(LIMIT).unwrap();
    let before = RAN_IN_BLOCKED.load(SeqCst);
    for round in 1..=3 {
        settle();
        assert!(queue(thread, count_blocked, 0));
        until(&RAN_IN_BLOCKED, before + round);
        assert!(!blocked.is_finished(), "the call goes on");
    }
    finish();
    let result = blocked.join().unwrap();
    thread.close();
    result
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket wakes the calls of other threads")]
fn blocking_winsock_calls_are_alertable_waits() {
    start();
    let receive = |s| {
        move || {
            let mut byte = 0u8;
            // SAFETY: one byte of room.
            (unsafe { recv(s, &mut byte, 1, 0) }, byte)
        }
    };
    let send_one = |s, value: u8| {
        // SAFETY: one byte is readable.
        assert_eq!(unsafe { send(s, &value, 1, 0) }, 1);
    };

    let (client, server) = pair();
    assert_eq!(runs_calls_and_goes_on(receive(client), || send_one(server, 9)), (1, 9));
    assert_eq!(runs_calls_and_goes_on(receive(client), || common::close(server)), (0, 0));
    common::close(client);

    let (client, server) = pair();
    let closed = runs_calls_and_goes_on(
        move || {
            let mut byte = 0u8;
            // SAFETY: one byte of room.
            (unsafe { recv(client, &mut byte, 1, 0) }, common::last_error())
        },
        || common::close(client),
    );
    assert_eq!(closed, (SOCKET_ERROR, WSAEINTR));
    common::close(server);

    let datagrams = new(SOCK_DGRAM);
    let address = bind_loopback(datagrams);
    let sender = new(SOCK_DGRAM);
    let from_anybody = runs_calls_and_goes_on(
        move || {
            let mut bytes = [0u8; 8];
            // SAFETY: eight bytes of room.
            unsafe { recvfrom(datagrams, bytes.as_mut_ptr(), 8, 0, null_mut(), null_mut()) }
        },
        || {
            let len = size_of::<SOCKADDR_IN>() as i32;
            // SAFETY: three bytes and the address are readable.
            let sent =
                unsafe { sendto(sender, c"abc".as_ptr().cast(), 3, 0, (&raw const address).cast(), len) };
            assert_eq!(sent, 3);
        },
    );
    assert_eq!(from_anybody, 3);
    common::close(datagrams);
    common::close(sender);

    let (listens, address) = listener();
    let client = new(SOCK_STREAM);
    let accepted = runs_calls_and_goes_on(
        // SAFETY: no address is asked for.
        move || unsafe { accept(listens, null_mut(), null_mut()) },
        || {
            let address = loopback(u16::from_be(address.sin_port));
            let len = size_of::<SOCKADDR_IN>() as i32;
            // SAFETY: the address is readable.
            assert_eq!(unsafe { connect(client, (&raw const address).cast(), len) }, 0);
        },
    );
    assert_ne!(accepted, INVALID_SOCKET);
    common::close(accepted);
    common::close(client);
    common::close(listens);

    let (client, server) = pair();
    let drained = AtomicU32::new(0);
    let sent = runs_calls_and_goes_on(
        move || {
            let data = vec![7u8; 32 << 20];
            // SAFETY: the data is readable.
            unsafe { send(client, data.as_ptr(), data.len() as i32, 0) }
        },
        || {
            let mut buffer = vec![0u8; 1 << 20];
            while drained.load(SeqCst) < 32 << 20 {
                // SAFETY: as many bytes of room.
                let got = unsafe { recv(server, buffer.as_mut_ptr(), buffer.len() as i32, 0) };
                assert!(got > 0);
                drained.fetch_add(got as u32, SeqCst);
            }
        },
    );
    assert_eq!(sent, 32 << 20);
    common::close(client);
    common::close(server);
}

/// Datagrams have no end: it is the call that has to see that nothing will come any more.
#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket wakes the calls of other threads")]
fn closing_and_shutting_down_end_an_alertable_receive_of_datagrams() {
    start();
    let receive = |s| {
        move || {
            let mut byte = 0u8;
            // SAFETY: one byte of room.
            (unsafe { recvfrom(s, &mut byte, 1, 0, null_mut(), null_mut()) }, common::last_error())
        }
    };
    let socket = new(SOCK_DGRAM);
    bind_loopback(socket);
    let closed = runs_calls_and_goes_on(receive(socket), || common::close(socket));
    assert_eq!(closed, (SOCKET_ERROR, WSAEINTR));

    let socket = new(SOCK_DGRAM);
    let to = bind_loopback(socket);
    // SAFETY: the address is readable.
    let result = unsafe { connect(socket, (&raw const to).cast(), size_of::<SOCKADDR_IN>() as i32) };
    assert_eq!(result, 0);
    let shut = runs_calls_and_goes_on(receive(socket), || {
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { shutdown(socket, SD_RECEIVE) }, 0);
    });
    assert_eq!(shut, (SOCKET_ERROR, WSAESHUTDOWN));
    common::close(socket);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: calls of Winsock are no alertable waits")]
fn waits_for_readiness_and_for_all_of_it_are_alertable_too() {
    start();
    let send_some = |s, data: &[u8], flags| {
        // SAFETY: the data is readable.
        assert_eq!(unsafe { send(s, data.as_ptr(), data.len() as i32, flags) }, data.len() as i32);
    };
    let receive = |s, flags| {
        move || {
            let mut bytes = [0u8; 4];
            // SAFETY: four bytes of room.
            (unsafe { recv(s, bytes.as_mut_ptr(), 4, flags) }, bytes)
        }
    };
    let (client, server) = pair();
    // A socket without a peer is watched in another way.
    let idle = new(SOCK_STREAM);
    let selected = runs_calls_and_goes_on(
        move || {
            let mut set = FD_SET { fd_count: 2, ..FD_SET::default() };
            set.fd_array[..2].copy_from_slice(&[idle, client]);
            // SAFETY: the set is whole.
            (unsafe { select(0, &mut set, null_mut(), null_mut(), null()) }, set.fd_array[0] == client)
        },
        || send_some(server, b"x", 0),
    );
    assert_eq!(selected, (1, true));
    assert_eq!(receive(client, 0)().0, 1);
    let polled = runs_calls_and_goes_on(
        move || {
            let mut entry = WSAPOLLFD { fd: client, events: POLLIN, revents: 0 };
            // SAFETY: one entry is writable.
            (unsafe { WSAPoll(&mut entry, 1, -1) }, entry.revents)
        },
        || send_some(server, b"ab", 0),
    );
    assert_eq!(polled, (1, POLLRDNORM));
    let all = runs_calls_and_goes_on(receive(client, MSG_WAITALL), || send_some(server, b"cd", 0));
    assert_eq!(all, (4, *b"abcd"));
    let urgent = runs_calls_and_goes_on(receive(client, MSG_OOB), || send_some(server, b"!", MSG_OOB));
    assert_eq!(urgent, (1, *b"!\0\0\0"));
    for s in [client, server, idle] {
        common::close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: calls of Winsock are no alertable waits")]
fn a_call_that_is_queued_before_recv_runs_in_it() {
    start();
    let (client, server) = pair();
    // SAFETY: one byte is readable.
    assert_eq!(unsafe { send(server, &1, 1, 0) }, 1);
    assert!(queue(ME, note, 5));
    let mut byte = 0;
    // SAFETY: one byte of room.
    assert_eq!(unsafe { recv(client, &mut byte, 1, 0) }, 1);
    assert_eq!(ran(), [5]);
    common::close(client);
    common::close(server);
}
