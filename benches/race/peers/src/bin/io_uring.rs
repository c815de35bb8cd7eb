//! An echo server on io_uring as one writes it by hand: one thread, SINGLE_ISSUER and DEFER_TASKRUN, a multishot accept,
//! one request for each connection at a time, and one call that submits them all and waits.
//!
//! io_uring PORT

use io_uring::types::Fd;
use io_uring::{IoUring, cqueue, opcode, squeue};
use std::collections::HashMap;
use std::io;
use std::net::TcpListener;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// MSG_NOSIGNAL: a peer that is gone is an error, no signal.
const NO_SIGNAL: i32 = 0x4000;
const ACCEPT: u64 = u64::MAX;

struct Connection {
    socket: OwnedFd,
    buffer: [u8; 4096],
    /// What is being sent of the buffer; nothing while it receives.
    rest: std::ops::Range<usize>,
}

impl Connection {
    /// The request for what comes next: the rest is sent, or else there is something to receive.
    fn next(&mut self) -> squeue::Entry {
        let fd = Fd(self.socket.as_raw_fd());
        if self.rest.is_empty() {
            opcode::Recv::new(fd, self.buffer.as_mut_ptr(), self.buffer.len() as u32).build()
        } else {
            let rest = &self.buffer[self.rest.clone()];
            opcode::Send::new(fd, rest.as_ptr(), rest.len() as u32).flags(NO_SIGNAL).build()
        }
    }
}

fn main() -> io::Result<()> {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).expect("usage: io_uring PORT");
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let mut ring =
        IoUring::builder().setup_single_issuer().setup_defer_taskrun().setup_cqsize(32768).build(4096)?;
    let accept = || opcode::AcceptMulti::new(Fd(listener.as_raw_fd())).build().user_data(ACCEPT);
    let mut connections: HashMap<i32, Box<Connection>> = HashMap::new();
    push(&mut ring, accept())?;
    let mut completions: Vec<(u64, i32, u32)> = Vec::new();
    loop {
        ring.submit_and_wait(1)?;
        completions.clear();
        completions.extend(ring.completion().map(|entry| (entry.user_data(), entry.result(), entry.flags())));
        for &(data, result, flags) in &completions {
            if data == ACCEPT {
                if result >= 0 {
                    // SAFETY: the descriptor is new, and nobody else knows it.
                    let socket = unsafe { OwnedFd::from_raw_fd(result) };
                    let connection = Box::new(Connection { socket, buffer: [0; 4096], rest: 0..0 });
                    let connection = connections.entry(result).insert_entry(connection).into_mut();
                    push(&mut ring, connection.next().user_data(result as u64))?;
                }
                if !cqueue::more(flags) {
                    push(&mut ring, accept())?;
                }
                continue;
            }
            let key = data as i32;
            let connection = connections.get_mut(&key).expect("a request is a connection's");
            if result <= 0 {
                connections.remove(&key);
                continue;
            }
            connection.rest = match connection.rest.is_empty() {
                true => 0..result as usize,
                false => connection.rest.start + result as usize..connection.rest.end,
            };
            push(&mut ring, connection.next().user_data(data))?;
        }
    }
}

fn push(ring: &mut IoUring, entry: squeue::Entry) -> io::Result<()> {
    // SAFETY: a connection's buffer stays where it is until its request has completed.
    while unsafe { ring.submission().push(&entry) }.is_err() {
        ring.submit()?;
    }
    Ok(())
}
