//! In the steady state no operation allocates memory: not on a port, not by an event, not in a blocking call. Every thread of
//! the process is counted, those of the library among them.
//!
//! One test, for the counter is the process's: a test that begins or ends beside it would be counted too.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

#[path = "common/allocations.rs"]
mod allocations;
mod common;
#[path = "common/ports.rs"]
mod ports;

use common::{close, last_error, listener, pair, start};
use ports::*;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::ptr::null_mut;
use winsock::win32::*;

const CONNECTIONS: usize = 50;
const BYTES: usize = 64;
/// Rounds before the counting, in which queues and lists reach their size, and counted.
const WARM_UP: usize = 20;
const ROUNDS: usize = 200;

/// Runs a round again and again. In the steady state none of them allocates.
#[track_caller]
fn allocates_nothing(what: &str, mut round: impl FnMut()) {
    (0..WARM_UP).for_each(|_| round());
    let before = allocations::asked();
    (0..ROUNDS).for_each(|_| round());
    let asked = allocations::asked() - before;
    assert_eq!(asked, 0, "{what}: allocations in {ROUNDS} rounds");
}

/// An echo server on a port, and its clients: all send, the server answers all, all receive.
struct Echo {
    port: Port,
    clients: Vec<TcpStream>,
    #[expect(clippy::vec_box, reason = "an operation stays where it is while the vector grows")]
    operations: Vec<Box<Op>>,
    sends: Vec<bool>,
}

impl Echo {
    fn new() -> Echo {
        let port = Port::new(1);
        let (listening, address) = listener();
        let to = (Ipv4Addr::LOCALHOST, u16::from_be(address.sin_port));
        let mut echo = Echo { port, clients: vec![], operations: vec![], sends: vec![false; CONNECTIONS] };
        for key in 0..CONNECTIONS {
            let client = TcpStream::connect(to).unwrap();
            client.set_nodelay(true).unwrap();
            echo.clients.push(client);
            // SAFETY: no address is asked for.
            let server = unsafe { accept(listening, null_mut(), null_mut()) };
            assert_ne!(server, INVALID_SOCKET, "{}", last_error());
            port.associate(server, key);
            echo.operations.push(Op::new(server, vec![0; BYTES]));
            echo.begin(key);
        }
        close(listening);
        echo
    }

    /// Starts what is a connection's turn.
    fn begin(&mut self, key: usize) {
        let operation: *mut Op = &raw mut *self.operations[key];
        // SAFETY: the box stays until the operation has ended.
        let started = unsafe { Op::begin(operation, self.sends[key]) };
        assert!(!matches!(started, Start::Failed(_)), "{started:?}");
    }

    /// An operation has ended well, and the connection's next one begins. Answers whether an echo is complete.
    fn ended(&mut self, key: usize, bytes: u32) -> bool {
        assert_eq!(bytes as usize, BYTES, "small messages come whole");
        let was_send = self.sends[key];
        self.sends[key] = !was_send;
        self.begin(key);
        was_send
    }

    fn round(&mut self, take: fn(&mut Echo) -> usize) {
        for client in &mut self.clients {
            client.write_all(&[7; BYTES]).unwrap();
        }
        let mut echoes = 0;
        while echoes < CONNECTIONS {
            echoes += take(self);
        }
        for client in &mut self.clients {
            client.read_exact(&mut [0; BYTES]).unwrap();
        }
    }

    /// One packet. Answers how many echoes are complete.
    fn take_one(&mut self) -> usize {
        let got = self.port.take();
        assert!(got.ok, "{got:?}");
        self.ended(got.key, got.bytes).into()
    }

    /// Several packets with one call.
    fn take_many(&mut self) -> usize {
        // SAFETY: all zero is a valid entry.
        let mut entries: [OVERLAPPED_ENTRY; 16] = unsafe { std::mem::zeroed() };
        let mut count = 0;
        let (room, wait) = (entries.as_mut_ptr(), GetQueuedCompletionStatusEx);
        // SAFETY: there is room for as many entries.
        let ok = unsafe { wait(self.port.handle(), room, 16, &mut count, LIMIT_MS, FALSE) };
        assert_eq!(ok, TRUE, "{}", last_error());
        let entries = &entries[..count as usize];
        entries
            .iter()
            .filter(|entry| self.ended(entry.lpCompletionKey, entry.dwNumberOfBytesTransferred))
            .count()
    }

    fn end(self) {
        for operation in &self.operations {
            close(operation.socket);
        }
        for _ in 0..CONNECTIONS {
            self.port.take();
        }
    }
}

/// Both directions by events: a receive that waits, the send that ends it, `WSAGetOverlappedResult`.
fn by_events() {
    let (one, other) = pair();
    let mut operations = [Op::new(one, vec![0; BYTES]), Op::new(other, vec![7; BYTES])];
    for operation in &mut operations {
        // SAFETY: no memory is passed.
        operation.overlapped.hEvent = unsafe { WSACreateEvent() } as HANDLE;
    }
    allocates_nothing("operations with events", || {
        for (index, operation) in operations.iter_mut().enumerate() {
            let started = match index {
                // SAFETY: the operation stays where it is until it has ended.
                0 => unsafe { operation.receive() },
                // SAFETY: as above.
                _ => unsafe { operation.send() },
            };
            assert!(!matches!(started, Start::Failed(_)), "{started:?}");
        }
        for operation in &operations {
            let (mut bytes, mut flags) = (0, 0);
            let (socket, overlapped) = (operation.socket, &raw const operation.overlapped);
            // SAFETY: both results are writable, and the operation was started.
            let ok = unsafe { WSAGetOverlappedResult(socket, overlapped, &mut bytes, TRUE, &mut flags) };
            assert_eq!((ok, bytes as usize), (TRUE, BYTES), "{}", last_error());
        }
    });
    for operation in operations {
        close(operation.socket);
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { WSACloseEvent(operation.overlapped.hEvent as WSAEVENT) }, TRUE);
    }
}

fn by_blocking_calls() {
    let (one, other) = pair();
    allocates_nothing("blocking calls", || {
        let mut room = [0; BYTES];
        send_plain(one, &room);
        // SAFETY: there is so much room.
        assert_eq!(unsafe { recv(other, room.as_mut_ptr(), BYTES as i32, 0) }, BYTES as i32);
    });
    close(one);
    close(other);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: counts the allocations of this library")]
fn no_operation_of_the_steady_state_allocates() {
    start();
    let mut echo = Echo::new();
    allocates_nothing("packets one by one", || echo.round(Echo::take_one));
    allocates_nothing("packets by the dozen", || echo.round(Echo::take_many));
    echo.end();

    let port = Port::new(1);
    allocates_nothing("posted packets", || {
        (0..CONNECTIONS).for_each(|key| port.post(0, key, 0));
        (0..CONNECTIONS).for_each(|key| assert_eq!(port.take().key, key));
    });
    by_events();
    by_blocking_calls();
}
