//! Under accepts, closes and peers that come and go in several threads, every `AcceptEx` has exactly one outcome.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/port.rs"]
mod port;

use common::*;
use port::*;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;
use winsock::win32::*;

/// Operations in one run.
const COUNT: usize = 600;
/// Posted at a time.
const POSTED: usize = 16;

struct Accept {
    /// The first to be dropped, which waits for the end of it.
    operation: Operation,
    socket: SOCKET,
    buffer: Box<[u8; 128]>,
}

fn post(listener: SOCKET, wants_data: bool) -> Accept {
    let mut accept =
        Accept { socket: new(SOCK_STREAM), buffer: Box::new([0; 128]), operation: Operation::new() };
    let mut count = 0;
    // SAFETY: buffer and OVERLAPPED live in boxes until the operation has ended.
    let ok = unsafe {
        AcceptEx(
            listener,
            accept.socket,
            accept.buffer.as_mut_ptr().cast(),
            wants_data.into(),
            32,
            32,
            &mut count,
            accept.operation.pointer(),
        )
    };
    assert!(matches!(code(ok), 0 | WSA_IO_PENDING), "{}", last_error());
    accept
}

/// A sequence that looks random, the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: accepts whose socket is closed under them do not all end")]
fn each_operation_has_one_outcome() {
    start();
    let port = Port::new();
    let (listener, address) = listener();
    port.add(listener);
    let end = AtomicBool::new(false);
    let peer_port = u16::from_be(address.sin_port);
    thread::scope(|scope| {
        for seed in 0..3 {
            let end = &end;
            scope.spawn(move || {
                let mut random = Random(seed);
                while !end.load(Relaxed) {
                    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", peer_port)) else { return };
                    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                    // It says something or nothing, and goes at once, or when the other side has gone.
                    if random.next(3) > 0 {
                        let _ = stream.write_all(b"x");
                    }
                    if random.next(2) == 0 {
                        let _ = stream.shutdown(Shutdown::Write);
                        let _ = stream.read_to_end(&mut Vec::new());
                    }
                }
            });
        }
        let mut random = Random(7);
        let mut posted: Vec<Accept> = (0..POSTED).map(|i| post(listener, i % 2 == 0)).collect();
        let mut closed = Vec::new();
        for _ in 0..COUNT {
            // Now and then the accept socket is closed under the operation.
            if random.next(4) == 0 {
                let index = random.next(posted.len() as u64) as usize;
                let socket = posted[index].socket;
                if !closed.contains(&socket) {
                    close(socket);
                    closed.push(socket);
                }
            }
            let taken = port.take();
            assert_eq!(taken.key, listener);
            let index = posted.iter().position(|accept| accept.operation.address() == taken.overlapped);
            let accept = posted.swap_remove(index.expect("no operation has two outcomes"));
            assert!(accept.operation.is_final());
            let was_closed = closed.contains(&accept.socket);
            match taken.error {
                0 | 64 => {}
                WSA_OPERATION_ABORTED => assert!(was_closed),
                other => panic!("{other}"),
            }
            if !was_closed {
                close(accept.socket);
            }
            posted.push(post(listener, random.next(2) == 0));
        }
        close(listener);
        for _ in 0..posted.len() {
            let taken = port.take();
            let index = posted.iter().position(|accept| accept.operation.address() == taken.overlapped);
            let accept = posted.swap_remove(index.expect("no operation has two outcomes"));
            if !closed.contains(&accept.socket) {
                close(accept.socket);
            }
        }
        port.is_empty();
        end.store(true, Relaxed);
    });
}
