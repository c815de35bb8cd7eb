//! An echo server on io_uring as one writes it by hand: one thread with SINGLE_ISSUER and DEFER_TASKRUN, one call that
//! submits all requests and waits, multishot accept and receives, provided buffers, registered files. Of the ways that
//! were tried (benches/race/README.md) the one that costs least.
//!
//! io_uring [BUFFER]      prints "Port: N"

use io_uring::types::{BufRingEntry, Fd, Fixed};
use io_uring::{IoUring, cqueue, opcode, squeue};
use std::collections::VecDeque;
use std::io;
use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicU16, Ordering::Release};

const CONNECTIONS: u32 = 16384;
/// For buffers: little, so that it stays in the processor's cache; a receive that finds none is asked for again.
const MEMORY: usize = 4 << 20;
/// Most buffers, a power of two as their number must be.
const BUFFERS: usize = 1024;
/// MSG_NOSIGNAL and MSG_WAITALL: all of it is sent, or an error comes.
const WHOLE: i32 = 0x4000 | 0x100;
const ENOBUFS: i32 = -105;
const ACCEPT: u64 = u64::MAX;
const SEND: u64 = 1 << 32;
const CLOSE: u64 = 1 << 33;

/// The buffers that the kernel receives into, and the ring by which they are given to it.
struct Buffers {
    data: *mut u8,
    room: usize,
    count: u16,
    ring: *mut BufRingEntry,
    tail: u16,
}

#[repr(align(4096))]
struct Page([BufRingEntry; BUFFERS]);

impl Buffers {
    fn new(room: usize) -> Self {
        // SAFETY: entries are numbers, for which zero is a value.
        let ring: Box<Page> = Box::new(unsafe { std::mem::zeroed() });
        let count = (MEMORY / room).next_power_of_two().min(BUFFERS) as u16;
        let data = vec![0u8; room * count as usize].leak().as_mut_ptr();
        let mut buffers = Self { data, room, count, ring: Box::leak(ring).0.as_mut_ptr(), tail: 0 };
        (0..count).for_each(|id| buffers.give(id));
        buffers
    }

    fn address(&self, id: u16) -> *mut u8 {
        self.data.wrapping_add(id as usize * self.room)
    }

    /// The kernel may use it again.
    fn give(&mut self, id: u16) {
        // SAFETY: the index is less than the ring's length, and the kernel reads up to the tail only.
        let entry = unsafe { &mut *self.ring.add((self.tail % self.count) as usize) };
        entry.set_addr(self.address(id) as u64);
        entry.set_len(self.room as u32);
        entry.set_bid(id);
        self.tail = self.tail.wrapping_add(1);
        // SAFETY: the tail is a field of the ring's first entry, shared with the kernel.
        let tail = unsafe { &*BufRingEntry::tail(self.ring).cast::<AtomicU16>() };
        tail.store(self.tail, Release);
    }
}

/// What was received and is not sent: buffer and length. The first is on its way.
#[derive(Default)]
struct Connection {
    queue: VecDeque<(u16, u32)>,
    ended: bool,
}

struct Server {
    ring: IoUring,
    buffers: Buffers,
    listener: TcpListener,
    connections: Vec<Connection>,
}

impl Server {
    fn push(&mut self, entry: squeue::Entry) {
        // SAFETY: buffers are never freed, and none is given back before its send has completed.
        while unsafe { self.ring.submission().push(&entry) }.is_err() {
            self.ring.submit().expect("io_uring_enter");
        }
    }

    fn accept(&mut self) {
        let listener = Fd(self.listener.as_raw_fd());
        self.push(opcode::AcceptMulti::new(listener).allocate_file_index(true).build().user_data(ACCEPT));
    }

    fn receive(&mut self, slot: u32) {
        self.push(opcode::RecvMulti::new(Fixed(slot), 0).build().user_data(slot.into()));
    }

    /// Sends the first of the queue; closes the connection if there is none, and nothing more comes.
    fn send(&mut self, slot: u32) {
        let connection = &self.connections[slot as usize];
        if let Some(&(id, length)) = connection.queue.front() {
            let send = opcode::Send::new(Fixed(slot), self.buffers.address(id), length).flags(WHOLE);
            self.push(send.build().user_data(SEND | u64::from(slot)));
        } else if connection.ended {
            self.push(opcode::Close::new(Fixed(slot)).build().user_data(CLOSE));
        }
    }

    fn received(&mut self, slot: u32, result: i32, flags: u32) {
        let connection = &mut self.connections[slot as usize];
        let idle = connection.queue.is_empty();
        if let (1.., Some(id)) = (result, cqueue::buffer_select(flags)) {
            connection.queue.push_back((id, result as u32));
        } else if result != ENOBUFS {
            connection.ended = true;
        }
        if idle {
            self.send(slot);
        }
        if !cqueue::more(flags) && !self.connections[slot as usize].ended {
            self.receive(slot);
        }
    }

    fn sent(&mut self, slot: u32) {
        let (id, _) =
            self.connections[slot as usize].queue.pop_front().expect("what is sent is in the queue");
        self.buffers.give(id);
        self.send(slot);
    }

    fn complete(&mut self, data: u64, result: i32, flags: u32) {
        if data == ACCEPT {
            if let Ok(slot) = u32::try_from(result) {
                self.connections[slot as usize] = Connection::default();
                self.receive(slot);
            }
            if !cqueue::more(flags) {
                self.accept();
            }
        } else if data & SEND != 0 {
            self.sent(data as u32);
        } else if data & CLOSE == 0 {
            self.received(data as u32, result, flags);
        }
    }
}

fn main() -> io::Result<()> {
    let room = std::env::args().nth(1).map_or(4096, |room| room.parse().expect("a size"));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("Port: {}", listener.local_addr()?.port());
    let ring =
        IoUring::builder().setup_single_issuer().setup_defer_taskrun().setup_cqsize(32768).build(4096)?;
    let buffers = Buffers::new(room);
    ring.submitter().register_files_sparse(CONNECTIONS)?;
    // SAFETY: the ring of buffers is never freed.
    unsafe { ring.submitter().register_buf_ring_with_flags(buffers.ring as u64, buffers.count, 0, 0)? };
    let connections = (0..CONNECTIONS).map(|_| Connection::default()).collect();
    let mut server = Server { ring, buffers, listener, connections };
    let mut completions: Vec<(u64, i32, u32)> = Vec::new();
    server.accept();
    loop {
        match server.ring.submit_and_wait(1) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        completions.extend(server.ring.completion().map(|one| (one.user_data(), one.result(), one.flags())));
        for (data, result, flags) in completions.drain(..) {
            server.complete(data, result, flags);
        }
    }
}
