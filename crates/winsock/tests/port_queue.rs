//! A completion port as a queue: its errors in order, its time-outs, who is released and how many run.
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
const INVALID_PARAMETER: u32 = 87;
const TIMED_OUT: u32 = 258;
const LIMIT: Duration = Duration::from_secs(20);
/// How long nothing must happen that could happen wrongly.
const QUIET: Duration = Duration::from_millis(40);

fn code() -> u32 {
    // SAFETY: no memory is passed.
    unsafe { GetLastError() }
}

/// Sets the last error to something that no test expects.
fn forget() {
    // SAFETY: no memory is passed.
    unsafe { SetLastError(0xdead) };
}

#[test]
fn create_refuses_in_order() {
    start();
    let (client, server) = pair();
    let port = Port::new(1);
    let other = Port::new(1);
    let stale = {
        let s = common::new(SOCK_STREAM);
        close(s);
        s as HANDLE
    };
    let socket = server as HANDLE;
    let no_port = client as HANDLE;
    let table = [
        // An existing port and no file.
        (INVALID_HANDLE_VALUE, port.handle(), INVALID_PARAMETER),
        (INVALID_HANDLE_VALUE, stale, INVALID_PARAMETER),
        // No port.
        (socket, stale, INVALID_HANDLE),
        (socket, no_port, INVALID_HANDLE),
        (stale, stale, INVALID_HANDLE),
        // No file.
        (stale, port.handle(), INVALID_HANDLE),
        (stale, null_mut(), INVALID_HANDLE),
        (null_mut(), port.handle(), INVALID_HANDLE),
        (port.handle(), port.handle(), INVALID_HANDLE),
        (12345 as HANDLE, port.handle(), INVALID_HANDLE),
    ];
    for (file, existing, expected) in table {
        forget();
        // SAFETY: no memory is passed.
        let made = unsafe { CreateIoCompletionPort(file, existing, 1, 0) };
        assert_eq!((made, code()), (null_mut(), expected), "{file:?} {existing:?}");
    }
    // What failed has associated nothing.
    port.associate(server, 5);
    for again in [port.handle(), other.handle(), null_mut()] {
        forget();
        // SAFETY: no memory is passed.
        let made = unsafe { CreateIoCompletionPort(socket, again, 6, 0) };
        assert_eq!((made, code()), (null_mut(), INVALID_PARAMETER), "associated once only");
    }
    let mut receive = Op::new(server, vec![0; 4]);
    // SAFETY: the box outlives the operation.
    assert_eq!(unsafe { receive.receive() }, Start::Pending);
    send_plain(client, b"abcd");
    let got = port.take();
    assert_eq!((got.key, got.bytes, got.overlapped), (5, 4, receive.address()), "the first key");
    close(client);
    close(server);
}

#[test]
fn one_call_makes_a_port_and_associates() {
    start();
    let (client, server) = pair();
    // SAFETY: no memory is passed.
    let made = unsafe { CreateIoCompletionPort(server as HANDLE, null_mut(), 9, 1) };
    assert!(!made.is_null());
    let port = Port(made as usize);
    let mut receive = Op::new(server, vec![0; 4]);
    // SAFETY: the box outlives the operation.
    assert_eq!(unsafe { receive.receive() }, Start::Pending);
    send_plain(client, b"ab");
    let got = port.take();
    assert_eq!((got.key, got.bytes, got.overlapped), (9, 2, receive.address()));
    close(client);
    close(server);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: NULL is refused, where Windows follows the pointer")]
fn get_and_post_refuse_in_order() {
    start();
    let port = Port::new(1);
    let s = common::new(SOCK_STREAM);
    let (mut bytes, mut key, mut overlapped) = (7u32, 8usize, 9 as *mut OVERLAPPED);
    for bad in [s as HANDLE, null_mut(), INVALID_HANDLE_VALUE, 12345 as HANDLE] {
        forget();
        // SAFETY: NULL is refused, and so is the handle before it.
        let ok = unsafe { GetQueuedCompletionStatus(bad, null_mut(), null_mut(), null_mut(), 0) };
        assert_eq!((ok, code()), (FALSE, INVALID_HANDLE));
        forget();
        overlapped = 9 as *mut OVERLAPPED;
        // SAFETY: each pointer is to a variable of its type.
        let ok = unsafe { GetQueuedCompletionStatus(bad, &mut bytes, &mut key, &mut overlapped, 0) };
        assert_eq!((ok, code()), (FALSE, INVALID_HANDLE));
        assert_eq!((bytes, key, overlapped), (7, 8, null_mut()), "no packet has come");
        forget();
        // SAFETY: as above.
        let ok = unsafe { GetQueuedCompletionStatusEx(bad, null_mut(), 0, null_mut(), 0, FALSE) };
        assert_eq!((ok, code()), (FALSE, INVALID_HANDLE));
        forget();
        // SAFETY: no memory is passed.
        let ok = unsafe { PostQueuedCompletionStatus(bad, 0, 0, null_mut()) };
        assert_eq!((ok, code()), (FALSE, INVALID_HANDLE));
    }
    port.post(1, 2, 0);
    let places = [
        (null_mut(), &raw mut key, &raw mut overlapped),
        (&raw mut bytes, null_mut(), &raw mut overlapped),
        (&raw mut bytes, &raw mut key, null_mut()),
    ];
    for (bytes, key, overlapped) in places {
        forget();
        // SAFETY: each pointer is NULL or to a variable of its type.
        let ok = unsafe { GetQueuedCompletionStatus(port.handle(), bytes, key, overlapped, 0) };
        assert_eq!((ok, code()), (FALSE, INVALID_PARAMETER));
    }
    let mut entries = [OVERLAPPED_ENTRY::default(); 2];
    let mut removed = 99;
    let table = [
        (null_mut(), 2, &raw mut removed),
        (entries.as_mut_ptr(), 0, &raw mut removed),
        (entries.as_mut_ptr(), 2, null_mut()),
    ];
    for (entries, count, removed) in table {
        forget();
        // SAFETY: each pointer is NULL or has the room.
        let ok = unsafe { GetQueuedCompletionStatusEx(port.handle(), entries, count, removed, 0, FALSE) };
        assert_eq!((ok, code()), (FALSE, INVALID_PARAMETER));
    }
    assert_eq!((bytes, key, removed), (7, 8, 99), "nothing was written");
    assert!(overlapped.is_null(), "but that no packet has come");
    let got = port.get(0);
    assert_eq!((got.ok, got.bytes, got.key, got.overlapped), (true, 1, 2, 0), "and nothing was taken");
    close(s);
}

#[test]
fn a_packet_is_given_out_as_it_was_posted_first_in_first_out() {
    start();
    let port = Port::new(1);
    let packets = [(0, 0, 0), (u32::MAX, usize::MAX, usize::MAX), (1, 0, 4), (5, 6, 0)];
    for (bytes, key, overlapped) in packets {
        port.post(bytes, key, overlapped);
    }
    for (bytes, key, overlapped) in packets {
        assert_eq!(port.get(0), Got { ok: true, error: 0, bytes, key, overlapped });
    }
    assert_eq!(port.get(0).error, TIMED_OUT);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: what a wait that fails leaves in its results")]
fn a_wait_ends_by_its_time_out_and_not_before() {
    start();
    for with_engine in [false, true] {
        let port = Port::new(1);
        let (client, server) = pair();
        let mut receive = Op::new(server, vec![0; 4]);
        if with_engine {
            port.associate(server, 0);
            // SAFETY: the box outlives the operation.
            assert_eq!(unsafe { receive.receive() }, Start::Pending);
        }
        for milliseconds in [0u32, 1, 30, 120] {
            let begun = Instant::now();
            let got = port.get(milliseconds);
            let took = begun.elapsed();
            assert_eq!((got.ok, got.error, got.overlapped), (false, TIMED_OUT, 0));
            assert!(took >= Duration::from_millis(milliseconds.into()), "{milliseconds} {took:?}");
            assert!(took < Duration::from_millis(u64::from(milliseconds) + 5000), "{milliseconds} {took:?}");
        }
        let mut entries = [OVERLAPPED_ENTRY::default(); 2];
        let mut removed = 99;
        // SAFETY: there is so much room.
        let ok = unsafe {
            GetQueuedCompletionStatusEx(port.handle(), entries.as_mut_ptr(), 2, &mut removed, 5, FALSE)
        };
        assert_eq!((ok, code(), removed), (FALSE, TIMED_OUT, 0));
        // A time-out of 0 sees what the engine has.
        if with_engine {
            send_plain(client, b"x");
            until("a packet comes", || port.get(0).overlapped == receive.address());
        }
        close(client);
        close(server);
    }
}

#[test]
fn a_wait_without_a_time_out_lasts_until_a_packet_comes() {
    start();
    for with_engine in [false, true] {
        let port = Port::new(1);
        let (client, server) = pair();
        let mut receive = Op::new(server, vec![0; 4]);
        if with_engine {
            // The only worker drives the engine while it waits.
            port.associate(server, 0);
            // SAFETY: the box outlives the operation.
            assert_eq!(unsafe { receive.receive() }, Start::Pending);
        }
        let (numbers, number) = mpsc::channel();
        let (results, result) = mpsc::channel();
        let waiter = thread::spawn(move || {
            numbers.send(thread_number()).unwrap();
            for _ in 0..2 {
                results.send(port.get(u32::MAX)).unwrap();
            }
        });
        let number = number.recv_timeout(LIMIT).unwrap();
        for key in [3, 4] {
            until("it waits", || sleeps(number));
            assert!(result.recv_timeout(QUIET).is_err());
            port.post(0, key, 0);
            assert_eq!(result.recv_timeout(LIMIT).unwrap().key, key);
        }
        waiter.join().unwrap();
        close(client);
        if with_engine {
            assert_eq!(port.take().overlapped, receive.address(), "the end of the connection");
        }
        close(server);
    }
}

#[test]
fn many_are_taken_at_once_and_a_failed_one_fails_only_itself() {
    start();
    let (client, server) = pair();
    let port = Port::new(1);
    port.associate(server, 77);
    let mut receive = Op::new(server, vec![0; 4]);
    // SAFETY: the box outlives the operation.
    assert_eq!(unsafe { receive.receive() }, Start::Pending);
    port.post(1, 1, 4);
    // SAFETY: the pointer is compared only.
    assert_eq!(unsafe { CancelIoEx(server as HANDLE, null_mut()) }, TRUE);
    port.post(2, 2, 8);
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let mut entries = [OVERLAPPED_ENTRY::default(); 8];
        let mut removed = 0;
        // SAFETY: there is so much room.
        let ok = unsafe {
            GetQueuedCompletionStatusEx(port.handle(), entries.as_mut_ptr(), 8, &mut removed, LIMIT_MS, FALSE)
        };
        assert_eq!(ok, TRUE);
        seen.extend(entries[..removed as usize].iter().map(|entry| {
            (
                entry.lpCompletionKey,
                entry.lpOverlapped as usize,
                entry.Internal,
                entry.dwNumberOfBytesTransferred,
            )
        }));
    }
    seen.sort_unstable();
    let cancelled = (77, receive.address(), 0xC000_0120, 0);
    assert_eq!(seen, [(1, 4, 0, 1), (2, 8, 0, 2), cancelled]);
    // The same failure fails the call that gives it alone, with its OVERLAPPED.
    // SAFETY: the box outlives the operation.
    assert_eq!(unsafe { receive.receive() }, Start::Pending);
    // SAFETY: the pointer is compared only.
    assert_eq!(unsafe { CancelIoEx(server as HANDLE, &receive.overlapped) }, TRUE);
    let got = port.get(LIMIT_MS);
    let expected = Got { ok: false, error: 995, bytes: 0, key: 77, overlapped: receive.address() };
    assert_eq!(got, expected);
    close(client);
    close(server);
}

/// A thread that waits on the port, and tells each packet's key with its own number.
struct Worker {
    thread: thread::JoinHandle<()>,
    go_on: mpsc::Sender<Then>,
}

/// What a worker does after a packet.
enum Then {
    AskAgain,
    /// Blocks in a call of the library until told by data.
    Receive(SOCKET),
    WaitForResult(SOCKET),
    Select(SOCKET),
    Leave,
}

/// Starts workers one after the other, each when the one before it sleeps.
fn workers(port: Port, count: usize) -> (Vec<Worker>, mpsc::Receiver<(usize, usize)>) {
    let (tell, told) = mpsc::channel();
    let worker = |index| {
        let tell = tell.clone();
        let (go_on, orders) = mpsc::channel();
        let (numbers, number) = mpsc::channel();
        let thread = thread::spawn(move || {
            numbers.send(thread_number()).unwrap();
            loop {
                let got = port.get(u32::MAX);
                tell.send((index, got.key)).unwrap();
                loop {
                    match orders.recv().unwrap() {
                        Then::AskAgain => break,
                        Then::Receive(s) => assert_eq!(receive_plain(s, 1), b"!"),
                        Then::WaitForResult(s) => wait_for_result(s),
                        Then::Select(s) => select_readable(s),
                        Then::Leave => return,
                    }
                    tell.send((index, usize::MAX)).unwrap();
                }
            }
        });
        let number = number.recv_timeout(LIMIT).unwrap();
        until("it waits", || sleeps(number));
        Worker { thread, go_on }
    };
    ((0..count).map(worker).collect(), told)
}

fn wait_for_result(s: SOCKET) {
    let mut receive = Op::new(s, vec![0; 1]);
    // The low bit: no packet.
    receive.overlapped.hEvent = 1 as HANDLE;
    // SAFETY: the box outlives the operation.
    assert_eq!(unsafe { receive.receive() }, Start::Pending);
    let mut bytes = 0;
    // SAFETY: the pointers are to variables of their types.
    assert_eq!(unsafe { GetOverlappedResult(s as HANDLE, &receive.overlapped, &mut bytes, TRUE) }, TRUE);
    assert_eq!(bytes, 1);
}

fn select_readable(s: SOCKET) {
    let mut set = FD_SET { fd_count: 1, fd_array: [0; 64] };
    set.fd_array[0] = s;
    // SAFETY: the set is whole; the others are NULL.
    assert_eq!(unsafe { select(0, &mut set, null_mut(), null_mut(), std::ptr::null()) }, 1);
}

fn stop(workers: Vec<Worker>, port: Port, told: &mpsc::Receiver<(usize, usize)>, running: &[usize]) {
    let all = workers.len();
    for index in running {
        workers[*index].go_on.send(Then::Leave).unwrap();
    }
    for _ in running.len()..all {
        port.post(0, 1000, 0);
    }
    for _ in running.len()..all {
        let (index, _) = told.recv_timeout(LIMIT).unwrap();
        workers[index].go_on.send(Then::Leave).unwrap();
    }
    for worker in workers {
        worker.thread.join().unwrap();
    }
}

/// An engine, so that one thread waits in it and the others do not.
fn give_engine(port: Port) -> (SOCKET, SOCKET, Box<Op>) {
    let (client, server) = pair();
    port.associate(server, 500);
    let mut receive = Op::new(server, vec![0; 4]);
    // SAFETY: the box lives until the test has closed the socket and ended.
    assert_eq!(unsafe { receive.receive() }, Start::Pending);
    (client, server, receive)
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: ports wake the first to wait, and any number")]
fn the_last_to_wait_is_the_first_to_go_and_no_more_run_than_may() {
    start();
    for with_engine in [false, true] {
        for limit in [1, 2, 4] {
            const THREADS: usize = 6;
            let port = Port::new(limit as u32);
            let engine = with_engine.then(|| give_engine(port));
            let (workers, told) = workers(port, THREADS);
            let mut running = Vec::new();
            for key in 0..limit {
                port.post(0, key, 0);
                let (index, got) = told.recv_timeout(LIMIT).unwrap();
                running.push(index);
                // Those that wait in an engine are released by the kernel, in its own order among themselves.
                let in_engine = with_engine && limit > 1;
                assert!(in_engine || index == THREADS - 1 - key, "limit {limit}: {index} for {key}");
                assert_eq!(got, key);
            }
            for key in limit..limit + 3 {
                port.post(0, key, 0);
            }
            assert!(told.recv_timeout(QUIET).is_err(), "{limit} run, and no more may");
            // One that asks again takes the next, and nobody else is released.
            for key in limit..limit + 3 {
                let again = running[key % limit];
                workers[again].go_on.send(Then::AskAgain).unwrap();
                assert_eq!(told.recv_timeout(LIMIT).unwrap(), (again, key));
            }
            assert!(told.recv_timeout(QUIET).is_err());
            stop(workers, port, &told, &running);
            if let Some((client, server, receive)) = engine {
                close(client);
                assert_eq!(port.take().overlapped, receive.address());
                close(server);
            }
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: ports wake the first to wait, and any number")]
fn a_worker_that_blocks_in_a_call_of_ours_lets_another_run() {
    start();
    for with_engine in [false, true] {
        let port = Port::new(1);
        let engine = with_engine.then(|| give_engine(port));
        let (client, server) = pair();
        let (workers, told) = workers(port, 2);
        let mut first = {
            port.post(0, 0, 0);
            port.post(0, 1, 0);
            let (index, key) = told.recv_timeout(LIMIT).unwrap();
            assert_eq!(key, 0);
            index
        };
        let mut key = 1;
        for then in [Then::Receive(server), Then::WaitForResult(server), Then::Select(server)] {
            assert!(told.recv_timeout(QUIET).is_err(), "one runs, and no more may");
            let selects = matches!(then, Then::Select(_));
            workers[first].go_on.send(then).unwrap();
            let (second, got) = told.recv_timeout(LIMIT).unwrap();
            assert_eq!((second, got), (1 - first, key), "the other is released");
            send_plain(client, b"!");
            assert_eq!(told.recv_timeout(LIMIT).unwrap(), (first, usize::MAX), "the call came back");
            if selects {
                receive_plain(server, 1);
            }
            // Two run for a while; the first waits again and gets nothing while the other runs.
            key += 1;
            port.post(0, key, 0);
            workers[first].go_on.send(Then::AskAgain).unwrap();
            first = second;
        }
        assert!(told.recv_timeout(QUIET).is_err(), "one runs, and no more may");
        // A worker that ends makes its place free as well.
        workers[first].go_on.send(Then::Leave).unwrap();
        assert_eq!(told.recv_timeout(LIMIT).unwrap(), (1 - first, key));
        workers[1 - first].go_on.send(Then::Leave).unwrap();
        for worker in workers {
            worker.thread.join().unwrap();
        }
        close(client);
        close(server);
        if let Some((client, server, receive)) = engine {
            close(client);
            assert_eq!(port.take().overlapped, receive.address());
            close(server);
        }
    }
}

#[test]
fn many_threads_post_and_take_and_each_packet_is_taken_once() {
    start();
    const EACH: usize = 5_000;
    const POSTERS: usize = 3;
    let port = Port::new(2);
    let (client, server, receive) = give_engine(port);
    let taken: Arc<Vec<AtomicUsize>> = Arc::new((0..EACH * POSTERS).map(|_| AtomicUsize::new(0)).collect());
    let takers: Vec<_> = (0..4)
        .map(|_| {
            let taken = Arc::clone(&taken);
            thread::spawn(move || {
                let mut last = [None; POSTERS];
                loop {
                    let got = port.take();
                    if got.key == usize::MAX {
                        return;
                    }
                    taken[got.key].fetch_add(1, Relaxed);
                    let (poster, number) = (got.key / EACH, got.key % EACH);
                    assert!(last[poster].is_none_or(|last| last < number), "in the order of their posting");
                    last[poster] = Some(number);
                }
            })
        })
        .collect();
    let posters: Vec<_> = (0..POSTERS)
        .map(|poster| {
            thread::spawn(move || (0..EACH).for_each(|number| port.post(0, poster * EACH + number, 0)))
        })
        .collect();
    for poster in posters {
        poster.join().unwrap();
    }
    for _ in &takers {
        port.post(0, usize::MAX, 0);
    }
    for taker in takers {
        taker.join().unwrap();
    }
    assert!(taken.iter().all(|count| count.load(Relaxed) == 1));
    close(client);
    assert_eq!(port.take().overlapped, receive.address());
    close(server);
}
