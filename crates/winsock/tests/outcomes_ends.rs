//! How operations and waits end when a thread ends, when a procedure call comes, and when handles are closed in any
//! order: nothing is lost, and nothing is left.
#![allow(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the raw API is unsafe; one block for the one call of a match or of nested calls"
)]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::{close, last_error, pair, start};
use ports::*;
use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};
use winsock::win32::*;

/// The tests here count descriptors: one at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    start();
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn result(op: &Op, wait: BOOL) -> (i32, u32) {
    let (mut bytes, mut flags) = (0, 0);
    // SAFETY: each pointer is to a variable of its type.
    let ok = unsafe { WSAGetOverlappedResult(op.socket, &op.overlapped, &mut bytes, wait, &mut flags) };
    (if ok == TRUE { 0 } else { last_error() }, bytes)
}

#[test]
fn operations_end_with_their_thread_unless_a_port_gets_them() {
    let _alone = alone();
    let (peer, s) = pair();
    let (other_peer, bound) = pair();
    let port = Port::new(1);
    port.associate(bound, 7);
    let mine = {
        let mut op = Op::new(s, vec![0; 8]);
        // SAFETY: the box outlives the operation.
        assert_eq!(unsafe { op.receive() }, Start::Pending);
        op
    };
    let (theirs, survivor) = std::thread::spawn(move || {
        let (mut theirs, mut survivor) = (Op::new(s, vec![0; 8]), Op::new(bound, vec![0; 8]));
        // SAFETY: the boxes outlive the operations.
        assert_eq!(unsafe { theirs.receive() }, Start::Pending);
        // SAFETY: as above.
        assert_eq!(unsafe { survivor.receive() }, Start::Pending);
        (theirs, survivor)
    })
    .join()
    .unwrap();
    assert_eq!(result(&theirs, TRUE), (WSA_OPERATION_ABORTED, 0));
    send_plain(peer, b"mine");
    assert_eq!(result(&mine, TRUE), (0, 4), "another thread's goes on");
    assert_eq!(port.get(0).error, WAIT_TIMEOUT);
    assert_eq!(result(&survivor, FALSE).0, WSA_IO_INCOMPLETE);
    send_plain(other_peer, b"alive");
    let got = port.take();
    assert_eq!((got.ok, got.bytes, got.key, got.overlapped), (true, 5, 7, survivor.address()));
    assert_eq!(&survivor.buffer[..5], b"alive");
    for s in [peer, s, other_peer, bound] {
        close(s);
    }
}

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

unsafe extern "system" fn call(parameter: usize) {
    CALLS.set(CALLS.get() + parameter);
}

/// Queues a call to a thread.
fn queue(thread: usize) {
    // SAFETY: the function takes any parameter.
    assert_ne!(unsafe { QueueUserAPC(Some(call), thread as HANDLE, 1) }, 0);
}

/// A handle of the calling thread, for others.
fn this_thread() -> usize {
    let mut handle = null_mut();
    // SAFETY: the handle is writable.
    let made = unsafe {
        let process = GetCurrentProcess();
        DuplicateHandle(process, GetCurrentThread(), process, &mut handle, 0, FALSE, DUPLICATE_SAME_ACCESS)
    };
    assert_eq!(made, TRUE);
    handle as usize
}

/// `GetQueuedCompletionStatusEx`, alertable: the packets' keys, or the code.
fn take_alertably(port: Port, milliseconds: u32) -> Result<Vec<usize>, u32> {
    let mut entries = [OVERLAPPED_ENTRY::default(); 4];
    let mut count = 0;
    let wait = GetQueuedCompletionStatusEx;
    // SAFETY: room for four entries.
    match unsafe { wait(port.handle(), entries.as_mut_ptr(), 4, &mut count, milliseconds, TRUE) } {
        FALSE => Err(last_error() as u32),
        _ => Ok(entries[..count as usize].iter().map(|entry| entry.lpCompletionKey).collect()),
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: waits on a port are not alertable")]
fn an_alertable_wait_on_a_port_runs_the_calls_of_its_thread() {
    let _alone = alone();
    for with_engine in [false, true] {
        // This thread takes packets too, and runs.
        let port = Port::new(2);
        let (peer, s) = pair();
        let mut op = Op::new(s, vec![0; 8]);
        if with_engine {
            port.associate(s, 5);
            // SAFETY: the box outlives the operation.
            assert_eq!(unsafe { op.receive() }, Start::Pending);
        }
        let me = this_thread();
        // A packet comes first, and leaves the call queued.
        queue(me);
        port.post(0, 1, 0);
        assert_eq!(take_alertably(port, LIMIT_MS), Ok(vec![1]));
        assert_eq!(CALLS.take(), 0);
        // Then the call, time or no time.
        assert_eq!(take_alertably(port, LIMIT_MS), Err(WAIT_IO_COMPLETION));
        assert_eq!(CALLS.take(), 1);
        queue(me);
        queue(me);
        assert_eq!(take_alertably(port, 0), Err(WAIT_IO_COMPLETION));
        assert_eq!(CALLS.take(), 2, "all of them");
        assert_eq!(take_alertably(port, 0), Err(WAIT_TIMEOUT));
        let begin = Instant::now();
        assert_eq!(take_alertably(port, 20), Err(WAIT_TIMEOUT));
        assert!(begin.elapsed() >= Duration::from_millis(20));
        // One that is not alertable leaves them alone.
        queue(me);
        assert_eq!(port.get(0).error, WAIT_TIMEOUT);
        assert_eq!(CALLS.take(), 0);
        assert_eq!(take_alertably(port, LIMIT_MS), Err(WAIT_IO_COMPLETION));
        assert_eq!(CALLS.take(), 1);

        // While it sleeps: a call, a packet, and what the engine brings.
        let (tell, told) = mpsc::channel();
        let (tell_result, results) = mpsc::channel();
        let waiter = std::thread::spawn(move || {
            tell.send((thread_number(), this_thread())).unwrap();
            loop {
                let taken = take_alertably(port, u32::MAX);
                let closed = taken == Err(735);
                tell_result.send((taken, CALLS.take())).unwrap();
                if closed {
                    return;
                }
            }
        });
        let (number, thread) = told.recv().unwrap();
        let next = || results.recv_timeout(Duration::from_secs(20)).expect("the wait ends");
        for _ in 0..20 {
            until("it waits", || sleeps(number));
            queue(thread);
            assert_eq!(next(), (Err(WAIT_IO_COMPLETION), 1));
            until("it waits", || sleeps(number));
            port.post(0, 2, 0);
            assert_eq!(next(), (Ok(vec![2]), 0));
        }
        if with_engine {
            until("it waits", || sleeps(number));
            send_plain(peer, b"data");
            assert_eq!(next(), (Ok(vec![5]), 0));
            assert_eq!(result(&op, FALSE), (0, 4));
        }
        until("it waits", || sleeps(number));
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { CloseHandle(port.handle()) }, TRUE);
        assert_eq!(next(), (Err(735), 0));
        waiter.join().unwrap();
        for handle in [me, thread] {
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { CloseHandle(handle as HANDLE) }, TRUE);
        }
        close(s);
        close(peer);
        end_of(&mut op);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: waits on a port are not alertable")]
fn calls_and_packets_race_for_alertable_waits_and_none_is_lost() {
    let _alone = alone();
    const EACH: usize = 2000;
    let port = Port::new(2);
    let (peer, s) = pair();
    port.associate(s, 0);
    let mut op = Op::new(s, vec![0; 8]);
    // SAFETY: the box outlives the operation. It makes the waits be the engine's.
    assert_eq!(unsafe { op.receive() }, Start::Pending);
    let (tell, told) = mpsc::channel();
    let taken = Arc::new(AtomicUsize::new(0));
    let served = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let (tell, taken, served) = (tell.clone(), Arc::clone(&taken), Arc::clone(&served));
            std::thread::spawn(move || {
                tell.send(this_thread()).unwrap();
                loop {
                    match take_alertably(port, u32::MAX) {
                        Ok(keys) => {
                            taken.fetch_add(keys.len(), Relaxed);
                        }
                        Err(WAIT_IO_COMPLETION) => {
                            served.fetch_add(CALLS.take(), Relaxed);
                        }
                        // The port was closed during the wait, or before it.
                        Err(735 | 6) => return,
                        Err(code) => panic!("{code}"),
                    }
                }
            })
        })
        .collect();
    let threads = [told.recv().unwrap(), told.recv().unwrap()];
    for round in 0..EACH {
        queue(threads[round % 2]);
        port.post(0, 1, 0);
    }
    until("all packets are taken", || taken.load(Relaxed) == EACH);
    for thread in threads {
        // What is queued to the worker itself runs in order: when this one has run, all have.
        queue(thread);
    }
    until("all calls have run", || served.load(Relaxed) == EACH + 2);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { CloseHandle(port.handle()) }, TRUE);
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    assert_eq!(served.load(Relaxed), EACH + 2);
    assert_eq!(taken.load(Relaxed), EACH);
    close(s);
    close(peer);
    end_of(&mut op);
}

/// `GetOverlappedResultEx`: the code.
fn result_alertably(op: &Op, milliseconds: u32) -> u32 {
    let mut bytes = 0;
    let s = op.socket as HANDLE;
    // SAFETY: each pointer is to a variable of its type.
    match unsafe { GetOverlappedResultEx(s, &op.overlapped, &mut bytes, milliseconds, TRUE) } {
        FALSE => last_error() as u32,
        _ => 0,
    }
}

#[test]
fn an_alertable_wait_for_an_outcome_runs_the_calls_of_its_thread() {
    let _alone = alone();
    let (peer, s) = pair();
    let mut op = Op::new(s, vec![0; 8]);
    // SAFETY: the box outlives the operation.
    assert_eq!(unsafe { op.receive() }, Start::Pending);
    let me = this_thread();
    queue(me);
    assert_eq!(result_alertably(&op, 0), WSA_IO_INCOMPLETE as u32);
    assert_eq!(result_alertably(&op, LIMIT_MS), WAIT_IO_COMPLETION);
    assert_eq!(CALLS.take(), 1);
    assert_eq!(result_alertably(&op, 10), WAIT_TIMEOUT);
    let number = thread_number();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            until("it waits", || sleeps(number));
            queue(me);
        });
        assert_eq!(result_alertably(&op, LIMIT_MS), WAIT_IO_COMPLETION);
        assert_eq!(CALLS.take(), 1);
        scope.spawn(|| {
            until("it waits", || sleeps(number));
            send_plain(peer, b"data");
        });
        assert_eq!(result_alertably(&op, LIMIT_MS), 0);
    });
    queue(me);
    assert_eq!(result_alertably(&op, LIMIT_MS), 0, "it has ended: there is no wait");
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { SleepEx(0, TRUE) }, WAIT_IO_COMPLETION);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { CloseHandle(me as HANDLE) }, TRUE);
    close(s);
    close(peer);
}

/// Waits until an operation has ended, after which its memory is the test's again. Gives its status.
fn end_of(op: &mut Op) -> usize {
    // SAFETY: an aligned word of ours, which the library writes atomically.
    let status = unsafe { AtomicUsize::from_ptr(&raw mut op.overlapped.Internal) };
    until("it ends", || status.load(Acquire) != 0x103);
    status.load(Acquire)
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket ends overlapped operations")]
fn handles_closed_in_any_order_leave_no_descriptor() {
    let _alone = alone();
    /// What is closed: the port and two sockets, in every order, with operations pending and without.
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let mut before = 0;
    for round in 0..5 {
        for order in ORDERS {
            for operations in 0..4usize {
                let port = Port::new(1);
                let pairs = [pair(), pair()];
                let mut ops: Vec<Box<Op>> = Vec::new();
                for (index, (_, s)) in pairs.iter().enumerate() {
                    port.associate(*s, index);
                    for _ in 0..operations {
                        let mut op = Op::new(*s, vec![0; 8]);
                        // SAFETY: the boxes stay until the operations have ended.
                        assert_eq!(unsafe { op.receive() }, Start::Pending);
                        ops.push(op);
                    }
                }
                for which in order {
                    match which {
                        // SAFETY: no memory is passed.
                        0 => assert_eq!(unsafe { CloseHandle(port.handle()) }, TRUE),
                        which => close(pairs[which - 1].1),
                    }
                }
                for op in &mut ops {
                    assert_eq!(end_of(op), 0xC000_0120);
                }
                for (peer, _) in pairs {
                    assert!(receive_all(peer).is_empty(), "the connection has ended");
                    close(peer);
                }
            }
        }
        match round {
            0 => before = descriptors(),
            _ => until("every descriptor is closed", || descriptors() <= before),
        }
    }
}

/// What comes until the peer closes.
fn receive_all(s: SOCKET) -> Vec<u8> {
    let mut data = vec![0; 16];
    // SAFETY: the room is writable.
    let count = unsafe { recv(s, data.as_mut_ptr(), 16, 0) };
    data.truncate(usize::try_from(count).unwrap_or(0));
    data
}
