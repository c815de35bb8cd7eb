//! An operation is under way when the call that started it returns, whatever its thread does next: the peer gets the
//! data, and another worker the next packet, though the thread computes, blocks in a call that is not the library's,
//! or ends.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::{close, pair, start};
use ports::*;
use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use winsock::win32::*;

const LIMIT: Duration = Duration::from_secs(20);
/// Within this everything has to go on, on the slowest machine; the median is a few milliseconds.
const BOUND: Duration = Duration::from_millis(500);
const MEDIAN_BOUND: Duration = Duration::from_millis(50);
const ROUNDS: usize = 9;

/// What a worker does after it has started a send and a receive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    Computes,
    BlocksElsewhere,
    Ends,
    AsksAgain,
}

/// What workers tell: when, and what.
enum Told {
    Started(Instant),
    Packet(Instant, usize),
}

/// One connection, a send and a receive to be started on it, and what the worker does then.
struct Job {
    send: Box<Op>,
    receive: Box<Op>,
    then: Then,
    stop: Arc<AtomicBool>,
    block: Option<std::io::PipeReader>,
}

const JOB: usize = 1;
const QUIT: usize = 2;
const OPERATION: usize = 3;

/// A thread that takes packets. A packet of ours carries a job; it stays at its place until the test has ended.
fn worker(port: Port, told: mpsc::Sender<Told>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        loop {
            let got = port.take();
            let now = Instant::now();
            match got.key {
                QUIT => return,
                JOB => {
                    // SAFETY: the test posted the address of a job that it keeps, and waits for this thread.
                    let job = unsafe { &mut *(got.overlapped as *mut Job) };
                    // SAFETY: the boxes stay in the job.
                    assert!(!matches!(unsafe { job.receive.receive() }, Start::Failed(_)));
                    // SAFETY: as above.
                    assert!(!matches!(unsafe { job.send.send() }, Start::Failed(_)));
                    told.send(Told::Started(Instant::now())).unwrap();
                    match job.then {
                        Then::Computes => {
                            while !job.stop.load(Acquire) {
                                std::hint::spin_loop();
                            }
                        }
                        Then::BlocksElsewhere => {
                            let mut byte = [0];
                            assert_eq!(job.block.take().unwrap().read(&mut byte).unwrap(), 0);
                        }
                        Then::Ends => return,
                        Then::AsksAgain => {}
                    }
                }
                OPERATION => told.send(Told::Packet(now, got.overlapped)).unwrap(),
                other => panic!("{other}"),
            }
        }
    })
}

/// When the next job was started. Packets that come before are kept.
fn started(told: &mpsc::Receiver<Told>, packets: &mut Vec<(Instant, usize)>) -> Instant {
    loop {
        match told.recv_timeout(LIMIT).expect("a worker takes the job") {
            Told::Started(at) => return at,
            Told::Packet(at, address) => packets.push((at, address)),
        }
    }
}

/// When the packet of an operation came.
fn packet(told: &mpsc::Receiver<Told>, packets: &mut Vec<(Instant, usize)>, wanted: usize) -> Instant {
    loop {
        if let Some((at, _)) = packets.iter().find(|(_, address)| *address == wanted) {
            return *at;
        }
        match told.recv_timeout(LIMIT).expect("no packet is lost") {
            Told::Packet(at, address) => packets.push((at, address)),
            Told::Started(_) => panic!("started twice"),
        }
    }
}

/// The times from a send to its arrival, and from the peer's answer to the packet at another worker.
#[derive(Default)]
struct Times {
    arrival: Vec<Duration>,
    packet: Vec<Duration>,
}

/// Runs one round: of `workers` threads one gets the job, and `busy` others compute.
fn round(port: Port, workers: usize, then: Then, busy: usize, times: &mut Times) {
    let (tell, told) = mpsc::channel();
    let threads: Vec<_> = (0..workers).map(|_| worker(port, tell.clone())).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let mut connections = Vec::new();
    let mut jobs = Vec::new();
    let mut unblock = Vec::new();
    let mut packets = Vec::new();
    for index in 0..=busy {
        let (client, server) = pair();
        port.associate(server, OPERATION);
        let (block, writer) = std::io::pipe().unwrap();
        unblock.push(writer);
        connections.push((client, server));
        jobs.push(Box::new(Job {
            send: Op::new(server, b"question".to_vec()),
            receive: Op::new(server, vec![0; 32]),
            then: if index == 0 { then } else { Then::Computes },
            stop: Arc::clone(&stop),
            block: Some(block),
        }));
    }
    // The busy ones first; each has taken its job when it tells so.
    for job in jobs.iter().skip(1) {
        port.post(0, JOB, (&raw const **job) as usize);
        started(&told, &mut packets);
    }
    let client = connections[0].0;
    port.post(0, JOB, (&raw const *jobs[0]) as usize);
    assert_eq!(receive_plain(client, 8), b"question");
    let arrived = Instant::now();
    let begun = started(&told, &mut packets);
    times.arrival.push(arrived.saturating_duration_since(begun));
    let idle = workers > busy + usize::from(then != Then::AsksAgain);
    let answered = Instant::now();
    send_plain(client, b"answer");
    if idle {
        let received = packet(&told, &mut packets, jobs[0].receive.address());
        times.packet.push(received.saturating_duration_since(answered));
        assert_eq!(jobs[0].receive.overlapped.InternalHigh, 6);
    }
    stop.store(true, Release);
    drop(unblock);
    for (client, _) in connections.iter().skip(1) {
        send_plain(*client, b"answer");
    }
    for job in &jobs {
        packet(&told, &mut packets, job.send.address());
        packet(&told, &mut packets, job.receive.address());
    }
    assert_eq!(packets.len(), 2 * jobs.len(), "one packet of each");
    // A thread that asks counts as running afterwards, also this one: it does not ask.
    for _ in usize::from(then == Then::Ends)..workers {
        port.post(0, QUIT, 0);
    }
    for thread in threads {
        thread.join().unwrap();
    }
    for (client, server) in connections {
        close(client);
        close(server);
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn check(what: &str, times: &mut [Duration]) {
    if times.is_empty() {
        return;
    }
    let (middle, worst) = (median(times), *times.last().unwrap());
    println!("{what}: median {middle:?}, worst {worst:?}");
    assert!(worst < BOUND, "{what}: {worst:?}");
    assert!(middle < MEDIAN_BOUND, "{what}: {middle:?}");
}

fn scenario(what: &str, threads_that_run: u32, workers: usize, then: Then, busy: usize) {
    start();
    let port = Port::new(threads_that_run);
    let mut times = Times::default();
    for _ in 0..ROUNDS {
        round(port, workers, then, busy, &mut times);
    }
    check(&format!("{what}: data at the peer"), &mut times.arrival);
    check(&format!("{what}: packet at another worker"), &mut times.packet);
}

#[test]
fn a_worker_that_computes() {
    scenario("computes", 2, 2, Then::Computes, 0);
}

#[test]
fn a_worker_that_blocks_in_a_foreign_call() {
    scenario("blocks elsewhere", 2, 2, Then::BlocksElsewhere, 0);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: the end of a thread ends its operations on ports too")]
fn a_worker_that_ends() {
    scenario("ends", 1, 2, Then::Ends, 0);
}

#[test]
fn one_worker_alone() {
    scenario("alone, computes", 1, 1, Then::Computes, 0);
    scenario("alone, asks again", 1, 1, Then::AsksAgain, 0);
}

#[test]
fn all_workers_busy() {
    scenario("all busy", 2, 2, Then::Computes, 1);
    scenario("all blocked", 2, 2, Then::BlocksElsewhere, 1);
}

#[test]
fn a_driver_that_blocks_in_its_handler_hands_the_engine_on() {
    start();
    let port = Port::new(2);
    let (client, server) = pair();
    let (other_client, other_server) = pair();
    port.associate(server, 1);
    port.associate(other_server, 2);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let mut receive = Op::new(server, vec![0; 8]);
        let mut other = Op::new(other_server, vec![0; 8]);
        // SAFETY: the boxes outlive the operations, which end in this round.
        assert_eq!(unsafe { receive.receive() }, Start::Pending);
        // SAFETY: as above.
        assert_eq!(unsafe { other.receive() }, Start::Pending);
        let (tell, told) = mpsc::channel();
        let (block, unblock) = std::io::pipe().unwrap();
        let block = Arc::new(block);
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (tell, block) = (tell.clone(), Arc::clone(&block));
                thread::spawn(move || {
                    let got = port.take();
                    tell.send((got.key, Instant::now())).unwrap();
                    if got.key == 1 {
                        // The handler of the first connection blocks.
                        assert_eq!((&*block).read(&mut [0]).unwrap(), 0);
                    }
                })
            })
            .collect();
        send_plain(client, b"a");
        assert_eq!(told.recv_timeout(LIMIT).unwrap().0, 1);
        let sent = Instant::now();
        send_plain(other_client, b"b");
        let (key, at) = told.recv_timeout(LIMIT).unwrap();
        assert_eq!(key, 2);
        times.push(at.saturating_duration_since(sent));
        drop(unblock);
        for thread in threads {
            thread.join().unwrap();
        }
    }
    check("the driver blocks: packet at another worker", &mut times);
    for s in [client, server, other_client, other_server] {
        close(s);
    }
}

/// Receives on all connections, whose packets come to workers that tell of each. Answers how long that took.
fn exchange(connections: &[(SOCKET, SOCKET)], told: &mpsc::Receiver<()>) -> Duration {
    let mut receives: Vec<_> = connections.iter().map(|(_, server)| Op::new(*server, vec![0; 8])).collect();
    for receive in &mut receives {
        // SAFETY: the boxes outlive the operations, which have ended when their packets have been taken.
        assert_eq!(unsafe { receive.receive() }, Start::Pending);
    }
    let sent = Instant::now();
    for (client, _) in connections {
        send_plain(*client, b"a");
    }
    for _ in connections {
        told.recv_timeout(LIMIT).expect("no packet is lost");
    }
    sent.elapsed()
}

#[test]
fn a_worker_that_has_always_come_back_at_once() {
    start();
    let port = Port::new(2);
    let connections: Vec<_> = (0..6).map(|_| pair()).collect();
    for (_, server) in &connections {
        port.associate(*server, OPERATION);
    }
    let (tell, told) = mpsc::channel();
    let (stays, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let worker = || {
        let (tell, stays, stop) = (tell.clone(), Arc::clone(&stays), Arc::clone(&stop));
        thread::spawn(move || {
            while port.take().key == OPERATION {
                tell.send(()).unwrap();
                // The first that comes here computes; the other has to do the rest.
                if stays.swap(false, AcqRel) {
                    while !stop.load(Acquire) {
                        std::hint::spin_loop();
                    }
                    stop.store(false, Release);
                }
            }
        })
    };
    let workers = [worker(), worker()];
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        for _ in 0..100 {
            exchange(&connections, &told);
        }
        stays.store(true, Release);
        times.push(exchange(&connections, &told));
        stop.store(true, Release);
        until("it comes back", || !stop.load(Acquire));
    }
    check("was quick, computes: packets at another worker", &mut times);
    // Whichever takes it.
    for _ in &workers {
        port.post(0, QUIT, 0);
    }
    for worker in workers {
        worker.join().unwrap();
    }
    for (client, server) in connections {
        close(client);
        close(server);
    }
}

#[test]
fn no_worker_at_all_and_the_program_polls() {
    start();
    let port = Port::new(1);
    let (client, server) = pair();
    port.associate(server, 1);
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let mut receive = Op::new(server, vec![0; 8]);
        // SAFETY: the box outlives the operation, which ends in this round.
        assert_eq!(unsafe { receive.receive() }, Start::Pending);
        let mut send = Op::new(server, vec![round as u8; 3]);
        // SAFETY: as above.
        assert!(!matches!(unsafe { send.send() }, Start::Failed(_)));
        assert_eq!(receive_plain(client, 3), [round as u8; 3]);
        let sent = Instant::now();
        send_plain(client, b"answer");
        for operation in [&mut receive, &mut send] {
            // SAFETY: an aligned word of a box of ours, which the library writes atomically.
            let status = unsafe { AtomicUsize::from_ptr(&raw mut operation.overlapped.Internal) };
            until("the operation ends", || status.load(Acquire) != 0x103);
            assert_eq!(status.load(Acquire), 0);
        }
        times.push(sent.elapsed());
        assert_eq!((receive.overlapped.InternalHigh, &receive.buffer[..6]), (6, &b"answer"[..]));
    }
    check("no worker: the outcome in the OVERLAPPED", &mut times);
    // The packets wait for whoever asks.
    for _ in 0..2 * ROUNDS {
        assert!(port.get(0).ok);
    }
    assert_eq!(port.get(0).error, WAIT_TIMEOUT);
    close(client);
    close(server);
}
