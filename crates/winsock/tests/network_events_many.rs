//! Network events among many: threads, sockets, processes; and how soon a wait ends.
#![cfg(target_os = "linux")]
#![allow(unsafe_code, reason = "the raw API is unsafe; a test forks")]

#[path = "common/call.rs"]
mod call;
mod common;
#[path = "common/network.rs"]
mod network;
#[path = "common/waiting.rs"]
mod waiting;

use call::*;
use common::*;
use network::*;
use std::sync::atomic::{AtomicUsize, Ordering::*};
use std::thread;
use std::time::{Duration, Instant};
use waiting::{Handle, descriptors, manual_event, settle};
use winsock::win32::*;

#[test]
fn the_record_of_one_event_is_taken_by_one_thread() {
    start();
    const ROUNDS: usize = 300;
    const THREADS: usize = 4;
    let (s, peer) = pair();
    let event = manual_event();
    event_select(s, event, READ | CLOSE).unwrap();
    let taken = AtomicUsize::new(0);
    let closed = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while closed.load(SeqCst) == 0 {
                    assert_eq!(event.wait(), WAIT_OBJECT_0);
                    for (what, error) in enumerate(s, Some(event)).unwrap() {
                        assert_eq!(error, 0);
                        if what == READ {
                            assert_eq!(rx_some(s, 0), Ok(b"x".to_vec()), "one event, one receive");
                            taken.fetch_add(1, SeqCst);
                        } else {
                            closed.fetch_add(1, SeqCst);
                            event.set();
                        }
                    }
                }
                event.set();
            });
        }
        for round in 0..ROUNDS {
            tx(peer, b"x", 0).unwrap();
            let end = Instant::now() + LIMIT;
            while taken.load(SeqCst) <= round {
                assert!(Instant::now() < end, "round {round} is told to nobody");
                thread::yield_now();
            }
        }
        close(peer);
    });
    assert_eq!((taken.load(SeqCst), closed.load(SeqCst)), (ROUNDS, 1));
    close(s);
    event.close();
}

#[test]
fn many_sockets_share_an_event() {
    start();
    const SOCKETS: usize = 200;
    let event = manual_event();
    let pairs: Vec<_> = (0..SOCKETS).map(|_| pair()).collect();
    for (s, _) in &pairs {
        event_select(*s, event, READ | CLOSE).unwrap();
    }
    let mut received = 0;
    for (_, peer) in &pairs {
        tx(*peer, b"a", 0).unwrap();
        close(*peer);
    }
    let mut open: Vec<SOCKET> = pairs.iter().map(|pair| pair.0).collect();
    while !open.is_empty() {
        assert_eq!(event.wait(), WAIT_OBJECT_0);
        event.reset();
        open.retain(|&s| {
            let news = enumerate(s, None).unwrap();
            for (what, error) in &news {
                assert_eq!(*error, 0);
                if *what == READ {
                    received += rx_some(s, 0).unwrap().len();
                }
            }
            let ends = news.contains(&(CLOSE, 0));
            if ends {
                close(s);
            }
            !ends
        });
    }
    assert_eq!(received, SOCKETS);
    event.close();
}

#[test]
fn a_wait_ends_well_within_a_millisecond() {
    start();
    let (s, peer) = pair();
    let event = manual_event();
    event_select(s, event, READ).unwrap();
    let mut best = Duration::MAX;
    // The best of many: what the machine does meanwhile counts in the others.
    for _ in 0..100 {
        let waiting = AtomicUsize::new(0);
        let elapsed = thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                waiting.store(1, SeqCst);
                assert_eq!(event.wait(), WAIT_OBJECT_0);
                Instant::now()
            });
            while waiting.load(SeqCst) == 0 {
                thread::yield_now();
            }
            settle();
            let begin = Instant::now();
            tx(peer, b"x", 0).unwrap();
            waiter.join().unwrap().duration_since(begin)
        });
        best = best.min(elapsed);
        assert_eq!(enumerate(s, Some(event)), Ok(vec![(READ, 0)]));
        rx_some(s, 0).unwrap();
        if best < Duration::from_micros(500) {
            break;
        }
    }
    assert!(best < Duration::from_micros(500), "{best:?}");
    close_all(&[s, peer]);
    event.close();
}

#[test]
fn selections_come_and_go_while_data_does() {
    start();
    let (s, peer) = pair();
    nonblocking(peer, true);
    let events = [manual_event(), manual_event()];
    event_select(s, events[0], READ).unwrap();
    let stop = AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while stop.load(SeqCst) == 0 {
                match tx(peer, b"some data", 0) {
                    Ok(_) => {}
                    Err(error) => assert_eq!(error, WSAEWOULDBLOCK),
                }
            }
        });
        scope.spawn(|| {
            while stop.load(SeqCst) == 0 {
                match rx_some(s, 0) {
                    Ok(_) => {}
                    Err(error) => assert_eq!(error, WSAEWOULDBLOCK),
                }
            }
        });
        for round in 0..2000 {
            event_select(s, events[round % 2], if round % 3 == 0 { 0 } else { READ | WRITE | CLOSE })
                .unwrap();
            enumerate(s, Some(events[round % 2])).unwrap();
        }
        stop.store(1, SeqCst);
    });
    close_all(&[s, peer]);
    events.into_iter().for_each(Handle::close);
}

#[test]
fn nothing_is_left_of_sockets_that_were_selected() {
    start();
    let event = manual_event();
    let round = || {
        let (s, peer) = pair();
        event_select(s, event, ALL).unwrap();
        tx(peer, b"a", 0).unwrap();
        assert_eq!(event.wait(), WAIT_OBJECT_0);
        close_all(&[s, peer]);
        event.reset();
    };
    round();
    // Other tests of this process open and close descriptors at the same time: a leak of one for each round is more.
    let before = descriptors();
    const ROUNDS: usize = 2000;
    (0..ROUNDS).for_each(|_| round());
    assert!(descriptors() < before + ROUNDS / 2);
    event.close();
}

/// Runs in a child of a fork, which is to end well.
fn in_child(body: impl FnOnce()) {
    // SAFETY: the child calls the library, which is what is tested, and the allocator, which survives a fork.
    match unsafe { libc::fork() } {
        -1 => panic!("{}", std::io::Error::last_os_error()),
        0 => {
            let good = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).is_ok();
            // SAFETY: no memory is passed.
            unsafe { libc::_exit(i32::from(!good)) }
        }
        child => {
            let end = Instant::now() + LIMIT;
            let mut status = 0;
            // SAFETY: the status is writable.
            while unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) } == 0 {
                assert!(Instant::now() < end, "the child hangs");
                thread::sleep(Duration::from_millis(1));
            }
            assert_eq!(status, 0, "the child ends well");
        }
    }
}

#[test]
fn a_forked_child_makes_its_own_selections_and_leaves_the_parent_s_alone() {
    start();
    let event = manual_event();
    let (s, peer) = pair();
    event_select(s, event, READ).unwrap();
    let plain = pair();
    in_child(|| {
        assert_eq!(event_select(s, event, READ), Err(WSA_INVALID_HANDLE), "that one is the parent's");
        assert_eq!(enumerate(s, None), Ok(vec![]));
        assert_eq!(rx_some(s, 0), Err(WSAEWOULDBLOCK), "the socket serves plain calls");
        let own = manual_event();
        event_select(plain.0, own, READ).unwrap();
        tx(plain.1, b"a", 0).unwrap();
        assert_eq!(own.wait(), WAIT_OBJECT_0);
        assert_eq!(enumerate(plain.0, Some(own)), Ok(vec![(READ, 0)]));
        assert_eq!(rx_some(plain.0, 0), Ok(b"a".to_vec()));
        close_all(&[s, plain.0]);
    });
    tx(peer, b"b", 0).unwrap();
    assert_eq!(event.wait(), WAIT_OBJECT_0, "the child has closed its own");
    assert_eq!(enumerate(s, Some(event)), Ok(vec![(READ, 0)]));
    close_all(&[s, peer, plain.0, plain.1]);
    event.close();
}
