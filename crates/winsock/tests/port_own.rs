//! A thread that posts to the port it takes its packets from goes a short way, which differs from the long one in its cost
//! alone: order, wake-ups, the number of threads that run, and what a stale handle answers are the same.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::{close, pair, start};
use ports::*;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering::*};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use winsock::win32::*;

const INVALID_HANDLE: u32 = 6;
const TIMED_OUT: u32 = 258;
const LIMIT: Duration = Duration::from_millis(LIMIT_MS as u64);
const QUIT: usize = usize::MAX;

/// The calling thread is one of the port's from now on, and runs.
fn join(port: Port) {
    port.post(0, 0, 0);
    assert!(port.get(0).ok);
}

fn close_port(port: Port) {
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { CloseHandle(port.handle()) }, TRUE);
}

/// What posting to a port answers, and asking it for one packet, and for several.
fn codes(port: Port) -> [u32; 3] {
    let mut codes = [0; 3];
    // SAFETY: no memory is passed.
    if unsafe { PostQueuedCompletionStatus(port.handle(), 0, 0, null_mut()) } == FALSE {
        // SAFETY: as above.
        codes[0] = unsafe { GetLastError() };
    }
    codes[1] = port.get(0).error;
    let (mut entry, mut removed) = (OVERLAPPED_ENTRY::default(), 0);
    // SAFETY: there is room for one entry, and for the count.
    if unsafe { GetQueuedCompletionStatusEx(port.handle(), &mut entry, 1, &mut removed, 0, FALSE) } == FALSE {
        // SAFETY: no memory is passed.
        codes[2] = unsafe { GetLastError() };
    }
    codes
}

/// Sees to it that the port's threads wait in an engine. The receive ends when its client is closed.
fn give_engine(port: Port) -> (SOCKET, SOCKET, Box<Op>) {
    let (client, server) = pair();
    port.associate(server, QUIT - 1);
    let mut receive = Op::new(server, vec![0; 1]);
    // SAFETY: the operation is kept until its packet has come.
    assert_eq!(unsafe { receive.receive() }, Start::Pending);
    (client, server, receive)
}

#[test]
fn all_threads_post_and_take_and_none_loses_a_packet_or_its_place() {
    start();
    const EACH: usize = 100_000;
    const THREADS: usize = 4;
    for limit in [1, 2, 4] {
        let port = Port::new(limit);
        let taken: Arc<Vec<AtomicUsize>> =
            Arc::new((0..EACH * THREADS).map(|_| AtomicUsize::new(0)).collect());
        let work = |thread: usize| {
            let taken = Arc::clone(&taken);
            thread::spawn(move || {
                let mut last = [None; THREADS];
                for number in 0..EACH {
                    port.post(number as u32, thread * EACH + number, number + 1);
                    let got = port.take();
                    taken[got.key].fetch_add(1, Relaxed);
                    let (poster, number) = (got.key / EACH, got.key % EACH);
                    assert_eq!((got.bytes as usize, got.overlapped), (number, number + 1));
                    assert!(last[poster].is_none_or(|last| last < number), "in the order of their posting");
                    last[poster] = Some(number);
                }
            })
        };
        let threads: Vec<_> = (0..THREADS).map(work).collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(taken.iter().all(|count| count.load(Relaxed) == 1), "each packet once");
        assert_eq!(port.get(0).error, TIMED_OUT);
        close_port(port);
    }
}

#[test]
fn what_a_thread_posts_to_its_own_port_wakes_another() {
    start();
    const ROUNDS: usize = 20_000;
    for with_engine in [false, true] {
        let port = Port::new(2);
        let engine = with_engine.then(|| give_engine(port));
        join(port);
        let taken = Arc::new(AtomicUsize::new(0));
        let told = Arc::clone(&taken);
        let other = thread::spawn(move || {
            loop {
                match port.take().key {
                    QUIT => return,
                    round => told.store(round, Release),
                }
            }
        });
        let deadline = Instant::now() + LIMIT;
        for round in 1..=ROUNDS {
            port.post(0, round, 0);
            while taken.load(Acquire) != round {
                assert!(Instant::now() < deadline, "round {round}: nobody was woken");
                thread::yield_now();
            }
        }
        port.post(0, QUIT, 0);
        other.join().unwrap();
        if let Some((client, server, receive)) = engine {
            close(client);
            assert_eq!(port.take().overlapped, receive.address());
            close(server);
        }
        close_port(port);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: any number of threads may run")]
fn a_thread_that_came_back_from_blocking_takes_nothing_while_another_runs_in_its_place() {
    start();
    let port = Port::new(1);
    join(port);
    let (client, server) = pair();
    let (took, taken) = mpsc::channel();
    let (go_on, told) = mpsc::channel();
    let other = thread::spawn(move || {
        took.send(port.take().key).unwrap();
        told.recv_timeout(LIMIT).unwrap();
    });
    let third = thread::spawn(move || {
        assert_eq!(taken.recv_timeout(LIMIT), Ok(1));
        // SAFETY: the byte is readable.
        assert_eq!(unsafe { send(client, b"x".as_ptr(), 1, 0) }, 1);
    });
    port.post(0, 1, 0);
    let mut byte = 0;
    // SAFETY: there is room for one byte.
    assert_eq!(unsafe { recv(server, &mut byte, 1, 0) }, 1);
    port.post(0, 2, 0);
    assert_eq!(port.get(0).error, TIMED_OUT, "one thread may run, and one does");
    go_on.send(()).unwrap();
    other.join().unwrap();
    third.join().unwrap();
    assert_eq!(port.take().key, 2);
    close(client);
    close(server);
    close_port(port);
}

#[test]
fn a_closed_port_is_no_port_for_the_thread_that_asked_it() {
    start();
    for closed_by_itself in [true, false] {
        let port = Port::new(1);
        join(port);
        if closed_by_itself {
            close_port(port);
        } else {
            thread::spawn(move || close_port(port)).join().unwrap();
        }
        assert_eq!(codes(port), [INVALID_HANDLE; 3]);
    }
    let port = Port::new(1);
    join(port);
    close_port(port);
    // The thread asks first, and is no member of the port when it posts.
    assert_eq!(port.get(0).error, INVALID_HANDLE);
    assert_eq!(codes(port), [INVALID_HANDLE; 3]);
}

#[test]
fn no_handle_is_no_port_for_a_thread_of_one() {
    start();
    let port = Port::new(1);
    let (mut entry, mut removed) = (OVERLAPPED_ENTRY::default(), 0);
    // SAFETY: there is room for one entry, and for the count.
    let got = unsafe { GetQueuedCompletionStatusEx(port.handle(), &mut entry, 1, &mut removed, 0, TRUE) };
    assert_eq!(got, FALSE);
    assert_eq!(codes(Port(0)), [INVALID_HANDLE; 3]);
    join(port);
    assert_eq!(codes(Port(0)), [INVALID_HANDLE; 3]);
    close_port(port);
}

#[test]
fn each_of_two_ports_gets_its_own_packets() {
    start();
    let (one, other) = (Port::new(1), Port::new(1));
    for round in 0..100 {
        join(one);
        one.post(0, round, 0);
        other.post(0, round + 1, 0);
        assert_eq!(one.take().key, round);
        assert_eq!(other.take().key, round + 1);
        other.post(0, round + 2, 0);
        one.post(0, round + 3, 0);
        assert_eq!(other.take().key, round + 2);
        assert_eq!(one.take().key, round + 3);
    }
    close_port(one);
    close_port(other);
}
