//! Sends leave in the order of their calls and receives fill in the order of theirs, however many are posted at once
//! and whichever are cancelled.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::{close, pair, start};
use ports::*;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::*};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use winsock::win32::*;

const AT_ONCE: usize = 100;
const SENDS: usize = 1;
const RECEIVES: usize = 2;
const QUIT: usize = 3;
const LIMIT: Duration = Duration::from_secs(20);

/// The byte at a place of a send: no two sends look alike.
fn byte(send: usize, place: usize) -> u8 {
    (send.wrapping_mul(0x9E37_79B1) ^ place.wrapping_mul(0x85EB_CA6B)).to_le_bytes()[1]
}

/// 1 byte to 256 KiB, small ones often.
fn size(random: &mut Random) -> usize {
    let bits = random.below(18) as u32 + 1;
    1 + random.below(1 << bits)
}

/// Operations of one direction, in the order of their calls, with what became of each.
#[derive(Default)]
struct Lane {
    #[expect(clippy::vec_box, reason = "an operation stays where it is while the list grows")]
    operations: Vec<Box<Op>>,
    places: HashMap<usize, usize>,
    ended: Vec<Option<u32>>,
    open: usize,
}

impl Lane {
    fn add(&mut self, mut operation: Box<Op>, begin: impl FnOnce(&mut Op) -> Start) {
        let place = self.operations.len();
        self.places.insert(operation.address(), place);
        assert!(!matches!(begin(&mut operation), Start::Failed(_)));
        self.operations.push(operation);
        self.ended.push(None);
        self.open += 1;
    }

    fn end(&mut self, got: &Got) {
        let place = self.places[&got.overlapped];
        // 1450: the scripted engine lets an operation fail that has done nothing yet.
        assert!(got.ok || got.error == 995 || got.error == 1450, "{got:?}");
        assert!(got.error != 1450 || got.bytes == 0);
        assert_eq!(self.ended[place].replace(got.bytes), None, "one packet each");
        self.open -= 1;
    }

    /// The bytes that went through, in the order of the calls.
    fn stream(&self) -> Vec<u8> {
        let mut stream = Vec::new();
        for (operation, ended) in self.operations.iter().zip(&self.ended) {
            stream.extend_from_slice(&operation.buffer[..ended.unwrap_or(0) as usize]);
        }
        stream
    }

    fn total(&self) -> u64 {
        self.ended.iter().flatten().map(|bytes| u64::from(*bytes)).sum()
    }
}

fn carry(seed: u64, cancels: bool) {
    let mut random = Random(seed);
    let (client, server) = pair();
    let port = Port::new(2);
    port.associate(client, SENDS);
    port.associate(server, RECEIVES);
    let (tell, told) = mpsc::channel();
    let takers: Vec<_> = (0..2)
        .map(|_| {
            let tell = tell.clone();
            thread::spawn(move || {
                loop {
                    let got = port.take();
                    if got.key == QUIT {
                        return;
                    }
                    tell.send(got).unwrap();
                }
            })
        })
        .collect();
    let (mut sends, mut receives) = (Lane::default(), Lane::default());
    for number in 0..AT_ONCE {
        let data = (0..size(&mut random)).map(|place| byte(number, place)).collect();
        // SAFETY: the lanes keep every operation until all have ended.
        sends.add(Op::new(client, data), |operation| unsafe { operation.send() });
        // SAFETY: as above.
        receives.add(Op::new(server, vec![0; size(&mut random)]), |operation| unsafe { operation.receive() });
    }
    // Another thread cancels, at the same time, whatever it likes.
    let stop = Arc::new(AtomicBool::new(false));
    let targets: Vec<(SOCKET, usize)> = [&sends, &receives]
        .iter()
        .flat_map(|lane| lane.operations.iter().map(|operation| (operation.socket, operation.address())))
        .collect();
    let canceller = cancels.then(|| {
        let stop = Arc::clone(&stop);
        let mut random = Random(seed ^ 0xC0FFEE);
        thread::spawn(move || {
            for _ in 0..60 {
                let (socket, address) = targets[random.below(targets.len())];
                // SAFETY: the pointer is compared only.
                unsafe { CancelIoEx(socket as HANDLE, address as *const OVERLAPPED) };
                if stop.load(Acquire) {
                    return;
                }
                thread::yield_now();
            }
        })
    });
    while sends.open > 0 || receives.total() < sends.total() {
        if receives.open == 0 {
            for _ in 0..AT_ONCE {
                let receive = Op::new(server, vec![0; size(&mut random)]);
                // SAFETY: as above.
                receives.add(receive, |operation| unsafe { operation.receive() });
            }
        }
        let got = told.recv_timeout(LIMIT).expect("everything goes on");
        match got.key {
            SENDS => sends.end(&got),
            RECEIVES => receives.end(&got),
            other => panic!("{other}"),
        }
        if cancels && random.below(8) == 0 && receives.open > 0 {
            let victim = &receives.operations[random.below(receives.operations.len())];
            // SAFETY: the pointer is compared only.
            unsafe { CancelIoEx(server as HANDLE, &victim.overlapped) };
        }
    }
    stop.store(true, Release);
    if let Some(canceller) = canceller {
        canceller.join().unwrap();
    }
    // What is left waits for data that will not come.
    // SAFETY: no pointer is passed.
    unsafe { CancelIoEx(server as HANDLE, std::ptr::null()) };
    while receives.open > 0 {
        receives.end(&told.recv_timeout(LIMIT).expect("a cancelled operation ends"));
    }
    let failures = std::env::var("WINSOCK_ENGINE").is_ok_and(|engine| engine.starts_with("script"));
    let (sent, received) = (sends.stream(), receives.stream());
    assert_eq!(sent.len(), received.len());
    assert!(sent == received, "seed {seed}: the stream is unbroken");
    if !cancels && !failures {
        let whole: usize = sends.operations.iter().map(|operation| operation.buffer.len()).sum();
        assert_eq!(sent.len(), whole);
    }
    for _ in &takers {
        port.post(0, QUIT, 0);
    }
    for taker in takers {
        taker.join().unwrap();
    }
    close(client);
    close(server);
}

#[test]
fn a_hundred_of_each_carry_the_stream() {
    start();
    within(LIMIT, || (1..=4).for_each(|seed| carry(seed, false)));
}

#[test]
fn a_hundred_of_each_carry_the_stream_with_cancels_thrown_in() {
    start();
    within(LIMIT, || (1..=12).for_each(|seed| carry(seed, true)));
}

#[test]
fn a_send_that_was_taken_in_part_can_be_cancelled() {
    start();
    let port = Port::new(1);
    let (client, server) = pair();
    port.associate(client, SENDS);
    let len = 64 << 20;
    let mut send = Op::new(client, vec![7; len]);
    // SAFETY: the box outlives the operation.
    assert_eq!(unsafe { send.send() }, Start::Pending);
    let first = receive_plain(server, 1000);
    // SAFETY: the pointer is compared only.
    assert_eq!(unsafe { CancelIoEx(client as HANDLE, &send.overlapped) }, TRUE);
    let got = port.get(LIMIT_MS);
    assert_eq!((got.ok, got.error, got.overlapped), (false, 995, send.address()));
    assert!((1000..len as u32).contains(&got.bytes), "it says how much was taken: {}", got.bytes);
    // What was taken arrives, and nothing else before what is sent next.
    let mut next = Op::new(client, b"next".to_vec());
    // SAFETY: as above.
    assert!(!matches!(unsafe { next.send() }, Start::Failed(_)));
    let rest = receive_plain(server, got.bytes as usize - first.len());
    assert!(rest.iter().all(|byte| *byte == 7));
    assert_eq!(receive_plain(server, 4), b"next");
    assert_eq!(port.take().overlapped, next.address());
    close(client);
    close(server);
}

#[test]
fn both_hold_on_the_scripted_engine() {
    for seed in 1..=3 {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["a_hundred", "--test-threads=1"])
            .env("WINSOCK_ENGINE", format!("script:{seed}"))
            .output()
            .unwrap();
        assert!(output.status.success(), "seed {seed}: {}", String::from_utf8_lossy(&output.stdout));
    }
}
