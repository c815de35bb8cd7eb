//! Storms: thousands of operations, cancels and closes from several threads. Every operation that started has exactly
//! one packet, and afterwards nothing is left: no operation, no descriptor, no memory.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

#[path = "common/allocations.rs"]
mod allocations;
mod common;
#[path = "common/ports.rs"]
mod ports;

use common::{close, pair, start};
use ports::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::*};
use std::sync::{Arc, Mutex, RwLock};
use std::thread;
use std::time::Duration;
use winsock::win32::*;

const SLOTS: usize = 16;
const WORKERS: usize = 3;
const POSTERS: usize = 2;
/// Operations that posters and workers start, in one storm.
const OPERATIONS: usize = 3_000;
/// Storms before memory and descriptors are counted first, and after.
const WARM_UP: usize = 2;
const COUNTED: usize = 4;
/// Bytes that may come and go between storms: threads' own memory and the like.
const SLACK: isize = 16 * 1024;

const OPERATION: usize = 1;
const QUIT: usize = 2;

struct Storm {
    port: Port,
    /// The sockets of the connections, two and two.
    sockets: RwLock<Vec<SOCKET>>,
    /// What was started and has had no packet.
    outstanding: Mutex<HashMap<usize, Box<Op>>>,
    budget: AtomicUsize,
    started: AtomicUsize,
    packets: AtomicUsize,
    /// How operations ended: well, cancelled, otherwise.
    ended: [AtomicUsize; 3],
}

impl Storm {
    fn new(port: Port) -> Storm {
        let storm = Storm {
            port,
            sockets: RwLock::new(vec![0; 2 * SLOTS]),
            outstanding: Mutex::new(HashMap::with_capacity(OPERATIONS)),
            budget: AtomicUsize::new(OPERATIONS),
            started: AtomicUsize::new(0),
            packets: AtomicUsize::new(0),
            ended: Default::default(),
        };
        for slot in 0..SLOTS {
            storm.connect(slot);
        }
        storm
    }

    /// Puts a new connection into a slot, and closes the one before.
    fn connect(&self, slot: usize) {
        let (one, other) = pair();
        self.port.associate(one, OPERATION);
        self.port.associate(other, OPERATION);
        let before = {
            let mut sockets = self.sockets.write().unwrap();
            [(2 * slot, one), (2 * slot + 1, other)]
                .map(|(index, s)| std::mem::replace(&mut sockets[index], s))
        };
        before.into_iter().filter(|s| *s != 0).for_each(close);
    }

    fn socket(&self, random: &mut Random) -> SOCKET {
        self.sockets.read().unwrap()[random.below(2 * SLOTS)]
    }

    /// Starts an operation by chance. `false` when enough have been.
    fn operate(&self, random: &mut Random) -> bool {
        if self.budget.fetch_update(AcqRel, Acquire, |left| left.checked_sub(1)).is_err() {
            return false;
        }
        let bits = 1 + random.below(14);
        let len = 1 + random.below(1 << bits);
        let mut operation = Op::new(self.socket(random), vec![0; len]);
        let address = operation.address();
        let place: *mut Op = &raw mut *operation;
        // It may have its packet before its call returns.
        self.outstanding.lock().unwrap().insert(address, operation);
        self.started.fetch_add(1, Relaxed);
        // SAFETY: the box is in the map, which gives it up after its packet only. Another thread may then free it
        // while this call is on its way out: the call touches nothing of it any more.
        let started = unsafe { Op::begin(place, random.below(2) == 0) };
        match started {
            Start::AtOnce(_) | Start::Pending => {}
            Start::Failed(code) => {
                let expected = [
                    WSAENOTSOCK,
                    WSAECONNRESET,
                    WSAECONNABORTED,
                    WSAENOTCONN,
                    WSAEINTR,
                    WSA_OPERATION_ABORTED,
                ];
                assert!(expected.contains(&code), "{code}");
                self.started.fetch_sub(1, Relaxed);
                let gone = self.outstanding.lock().unwrap().remove(&address);
                assert!(gone.is_some(), "what fails at once has no packet");
            }
        }
        true
    }

    /// One packet: its operation is over.
    fn end(&self, got: &Got) {
        let operation = self.outstanding.lock().unwrap().remove(&got.overlapped);
        let operation = operation.expect("one packet each");
        self.packets.fetch_add(1, Relaxed);
        assert_eq!(operation.overlapped.InternalHigh, got.bytes as usize);
        assert!(got.bytes as usize <= operation.buffer.len());
        let kind = match (got.ok, got.error) {
            (true, _) => 0,
            (false, 995) => 1,
            // The peer was closed with data on the way; the scripted engine lets some fail.
            (false, 64 | 1450) => 2,
            (false, other) => panic!("{other}"),
        };
        self.ended[kind].fetch_add(1, Relaxed);
    }

    fn work(&self, seed: u64) {
        let mut random = Random(seed);
        loop {
            let got = self.port.take();
            match got.key {
                QUIT => return,
                OPERATION => self.end(&got),
                other => panic!("{other}"),
            }
            if random.below(3) == 0 {
                self.operate(&mut random);
            }
        }
    }

    fn cancel(&self, random: &mut Random) {
        let socket = self.socket(random);
        let one = match random.below(3) {
            0 => std::ptr::null(),
            _ => {
                let outstanding = self.outstanding.lock().unwrap();
                let mut addresses = outstanding.keys();
                addresses.next().map_or(std::ptr::null(), |address| *address as *const OVERLAPPED)
            }
        };
        // SAFETY: the pointer is compared only.
        unsafe { CancelIoEx(socket as HANDLE, one) };
    }
}

/// One storm. It ends when every operation has had its packet.
fn storm(port: Port, seed: u64) {
    let storm = Arc::new(Storm::new(port));
    let with = |seed: u64, body: fn(&Storm, u64)| {
        let storm = Arc::clone(&storm);
        thread::spawn(move || body(&storm, seed))
    };
    let workers: Vec<_> = (0..WORKERS).map(|index| with(seed + index as u64, Storm::work)).collect();
    let mut others: Vec<_> = (0..POSTERS)
        .map(|index| {
            with(seed + 100 + index as u64, |storm, seed| {
                let mut random = Random(seed);
                while storm.operate(&mut random) {}
            })
        })
        .collect();
    others.push(with(seed + 200, |storm, seed| {
        let mut random = Random(seed);
        while storm.budget.load(Acquire) > 0 {
            storm.cancel(&mut random);
            thread::yield_now();
        }
    }));
    others.push(with(seed + 300, |storm, seed| {
        let mut random = Random(seed);
        while storm.budget.load(Acquire) > 0 {
            storm.connect(random.below(SLOTS));
            thread::yield_now();
        }
    }));
    for other in others {
        other.join().unwrap();
    }
    for s in storm.sockets.read().unwrap().iter() {
        close(*s);
    }
    until("every operation has its packet", || storm.outstanding.lock().unwrap().is_empty());
    for _ in 0..WORKERS {
        port.post(0, QUIT, 0);
    }
    for worker in workers {
        worker.join().unwrap();
    }
    assert_eq!(storm.started.load(Relaxed), storm.packets.load(Relaxed));
    let [well, cancelled, failed] = [0, 1, 2].map(|kind| storm.ended[kind].load(Relaxed));
    println!("seed {seed}: {well} well, {cancelled} cancelled, {failed} failed");
    assert!(well > 0 && cancelled > 0, "a storm of both");
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket ends overlapped operations")]
fn nothing_is_left_after_storms() {
    start();
    within(Duration::from_secs(30), || {
        // The table of handles has reached the size at which values come again.
        for _ in 0..4_200 {
            close(common::new(SOCK_DGRAM));
        }
        let port = Port::new(WORKERS as u32);
        // And the queue of the port the one at which it holds every packet of a storm.
        for _ in 0..OPERATIONS {
            port.post(0, 0, 0);
        }
        thread::spawn(move || while port.get(0).ok {}).join().unwrap();
        for seed in 0..WARM_UP {
            storm(port, 1000 * seed as u64);
        }
        let (files, bytes) = (descriptors(), allocations::live());
        for seed in WARM_UP..WARM_UP + COUNTED {
            storm(port, 1000 * seed as u64);
            until("every descriptor is closed", || descriptors() <= files);
            let more = allocations::live() - bytes;
            assert!(more < SLACK, "{more} bytes more after {} storms", seed - WARM_UP + 1);
        }
        assert_eq!(port.get(0).error, WAIT_TIMEOUT, "no packet is left");
    });
}

#[test]
#[cfg_attr(windows, ignore = "Linux: the calls and engines of this library")]
fn nothing_is_left_after_storms_on_the_scripted_engine() {
    for seed in 1..=4 {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["nothing_is_left_after_storms", "--exact", "--nocapture"])
            .env("WINSOCK_ENGINE", format!("script:{seed}"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "seed {seed}: {said}{}", String::from_utf8_lossy(&output.stderr));
    }
}
