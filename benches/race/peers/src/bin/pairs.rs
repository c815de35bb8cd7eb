//! What it costs to put something into a queue and to take something out: a completion port without sockets, or a channel
//! of crossbeam. All threads do both, so that there is always something.
//!
//! pairs port|channel THREADS MILLISECONDS      prints the pairs of a second

use std::ptr::{null_mut, without_provenance_mut};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};
use winsock::win32::{
    CreateIoCompletionPort, GetQueuedCompletionStatus, INFINITE, INVALID_HANDLE_VALUE, OVERLAPPED,
    PostQueuedCompletionStatus, WSAStartup,
};

/// The pairs of a second that the threads do together.
fn rate(threads: usize, time: Duration, pair: impl Fn(usize) + Sync) -> f64 {
    let (begin, stop) = (Barrier::new(threads + 1), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    begin.wait();
                    let mut pairs = 0;
                    while !stop.load(Relaxed) {
                        (0..64).for_each(|number| pair(pairs + number));
                        pairs += 64;
                    }
                    pairs
                })
            })
            .collect();
        begin.wait();
        let begun = Instant::now();
        std::thread::sleep(time);
        stop.store(true, Relaxed);
        let pairs: usize = workers.into_iter().map(|worker| worker.join().expect("no panic")).sum();
        pairs as f64 / begun.elapsed().as_secs_f64()
    })
}

fn port(threads: usize, time: Duration) -> f64 {
    // SAFETY: the calls get what they ask for: room for their results, and no socket.
    let port = unsafe {
        assert_eq!(WSAStartup(0x0202, &mut std::mem::zeroed()), 0);
        CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, threads as u32) as usize
    };
    rate(threads, time, |number| {
        let (mut bytes, mut key) = (0, 0);
        let mut overlapped: *mut OVERLAPPED = null_mut();
        // SAFETY: what is posted as an OVERLAPPED is a number, and nobody looks behind it.
        let done = unsafe {
            let packet = without_provenance_mut(number + 1);
            PostQueuedCompletionStatus(port as _, 64, number, packet) != 0
                && GetQueuedCompletionStatus(port as _, &mut bytes, &mut key, &mut overlapped, INFINITE) != 0
        };
        assert!(done && bytes == 64 && overlapped.addr() == key + 1);
    })
}

fn channel(threads: usize, time: Duration) -> f64 {
    let (sender, receiver) = crossbeam_channel::unbounded();
    rate(threads, time, |number| {
        sender.send((64_u32, number, number + 1)).expect("the receiver lives");
        let (bytes, key, overlapped) = receiver.recv().expect("the sender lives");
        assert!(bytes == 64 && overlapped == key + 1);
    })
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |at: usize| {
        arguments.get(at).and_then(|text| text.parse().ok()).expect("pairs port|channel THREADS MILLISECONDS")
    };
    let (threads, time) = (number(2), Duration::from_millis(number(3) as u64));
    println!("{:.0}", if arguments[1] == "port" { port(threads, time) } else { channel(threads, time) });
}
