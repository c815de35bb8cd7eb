//! Closing against everything: a handle is closed while another thread uses it, at every moment of that call. The call ends, with
//! its own outcome or with the documented code; an operation that was accepted ends once and is told once; nothing leaks.
#![cfg(target_os = "linux")] // counts descriptors, and the turns of this library's calls
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::*;
use ports::*;
use std::cell::Cell;
use std::ffi::c_void;
use std::hint::spin_loop;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering::Acquire};
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use winsock::win32::*;

/// One test at a time: descriptors are counted by process.
static ALONE: Mutex<()> = Mutex::new(());
const LIMIT: Duration = Duration::from_secs(120);
/// Rounds of each pair of an operation and a way to close; in each the close comes at another moment.
const ROUNDS: usize = 12;
/// Turns of a loop that a close waits at most: as long as a call takes.
const LATEST: usize = 4_000;
const KEY: usize = 9;
const ROOM: u32 = 32;

const OPERATIONS: [Operation; 13] = [
    Operation::Receive,
    Operation::Send,
    Operation::ReceiveFrom,
    Operation::SendTo,
    Operation::ReceiveMessage,
    Operation::SendMessage,
    Operation::Read,
    Operation::Write,
    Operation::Accept,
    Operation::Connect,
    Operation::Disconnect,
    Operation::Transmit,
    Operation::AwaitChange,
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Operation {
    Receive,
    Send,
    ReceiveFrom,
    SendTo,
    ReceiveMessage,
    SendMessage,
    Read,
    Write,
    Accept,
    Connect,
    Disconnect,
    Transmit,
    AwaitChange,
}

const CLOSES: [Close; 5] = [Close::Socket, Close::Handle, Close::Cancel, Close::Port, Close::Peer];

/// What comes in between.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Close {
    Socket,
    /// `CloseHandle` of the socket.
    Handle,
    /// `CancelIoEx`, and `closesocket` at once.
    Cancel,
    /// The port is closed; then the socket.
    Port,
    /// The other end, or the socket that is to be connected; then the socket.
    Peer,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Told {
    Packet,
    Event,
    Routine,
}

thread_local! {
    static ROUTINES: Cell<u32> = const { Cell::new(0) };
}

unsafe extern "system" fn routine(_error: u32, _bytes: u32, _overlapped: *mut OVERLAPPED, _flags: u32) {
    ROUTINES.set(ROUTINES.get() + 1);
}

/// What an operation works with, at one place until it has ended.
struct Memory {
    overlapped: OVERLAPPED,
    data: [u8; 256],
    buffer: WSABUF,
    message: WSAMSG,
    name: SOCKADDR_IN,
    name_len: i32,
    around: TRANSMIT_FILE_BUFFERS,
    bytes: u32,
    flags: u32,
}

struct Case {
    s: SOCKET,
    /// The other end, or what is to be accepted.
    peer: SOCKET,
    memory: Box<Memory>,
}

impl Case {
    fn new(operation: Operation, event: HANDLE) -> Case {
        let (s, peer, name) = match operation {
            Operation::Receive
            | Operation::Send
            | Operation::Read
            | Operation::Write
            | Operation::Disconnect
            | Operation::Transmit => {
                let (s, peer) = pair();
                (s, peer, loopback(0))
            }
            Operation::ReceiveFrom
            | Operation::SendTo
            | Operation::ReceiveMessage
            | Operation::SendMessage
            | Operation::AwaitChange => {
                let (s, peer) = (new(SOCK_DGRAM), new(SOCK_DGRAM));
                bind_loopback(s);
                (s, peer, bind_loopback(peer))
            }
            Operation::Accept => {
                let (listener, address) = listener();
                (listener, new(SOCK_STREAM), address)
            }
            Operation::Connect => {
                let (listener, address) = listener();
                let s = new(SOCK_STREAM);
                bind_loopback(s);
                (s, listener, address)
            }
        };
        let overlapped = OVERLAPPED { hEvent: event, ..OVERLAPPED::default() };
        let mut memory = Box::new(Memory {
            overlapped,
            data: [7; 256],
            buffer: WSABUF { len: 64, buf: null_mut() },
            message: WSAMSG::default(),
            name,
            name_len: size_of::<SOCKADDR_IN>() as i32,
            around: TRANSMIT_FILE_BUFFERS::default(),
            bytes: 0,
            flags: 0,
        });
        memory.buffer.buf = memory.data.as_mut_ptr();
        memory.message = WSAMSG {
            name: (&raw mut memory.name).cast(),
            namelen: memory.name_len,
            lpBuffers: &raw mut memory.buffer,
            dwBufferCount: 1,
            ..WSAMSG::default()
        };
        memory.around = TRANSMIT_FILE_BUFFERS {
            Head: memory.data.as_mut_ptr().cast(),
            HeadLength: 64,
            ..TRANSMIT_FILE_BUFFERS::default()
        };
        Case { s, peer, memory }
    }

    fn status(&self) -> usize {
        let word = (&raw const self.memory.overlapped.Internal).cast_mut();
        // SAFETY: an aligned word of ours, which the library writes atomically.
        unsafe { AtomicUsize::from_ptr(word) }.load(Acquire)
    }

    fn begin(&mut self, operation: Operation, told: Told) -> Start {
        let Memory { overlapped, data, buffer, message, name, name_len, around, bytes, flags } =
            &mut *self.memory;
        let routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE = (told == Told::Routine).then_some(routine);
        let (s, handle, other) = (self.s, self.s as HANDLE, self.peer);
        let (name, len): (*mut SOCKADDR, i32) = ((&raw mut *name).cast(), *name_len);
        let data: *mut u8 = data.as_mut_ptr();
        // SAFETY: everything is as long as it says, and stays until the operation has ended.
        let started = unsafe {
            match operation {
                Operation::Receive => WSARecv(s, buffer, 1, bytes, flags, overlapped, routine) == 0,
                Operation::Send => WSASend(s, buffer, 1, bytes, 0, overlapped, routine) == 0,
                Operation::ReceiveFrom => {
                    WSARecvFrom(s, buffer, 1, bytes, flags, name, name_len, overlapped, routine) == 0
                }
                Operation::SendTo => WSASendTo(s, buffer, 1, bytes, 0, name, len, overlapped, routine) == 0,
                Operation::ReceiveMessage => WSARecvMsg(s, message, bytes, overlapped, routine) == 0,
                Operation::SendMessage => WSASendMsg(s, message, 0, bytes, overlapped, routine) == 0,
                Operation::Read => ReadFile(handle, data, 64, bytes, overlapped) == TRUE,
                Operation::Write => WriteFile(handle, data, 64, bytes, overlapped) == TRUE,
                Operation::Accept => {
                    AcceptEx(s, other, data.cast(), 0, ROOM, ROOM, bytes, overlapped) == TRUE
                }
                Operation::Connect => ConnectEx(s, name, len, null(), 0, bytes, overlapped) == TRUE,
                Operation::Disconnect => DisconnectEx(s, overlapped, TF_REUSE_SOCKET, 0) == TRUE,
                Operation::Transmit => TransmitFile(s, null_mut(), 0, 0, overlapped, around, 0) == TRUE,
                Operation::AwaitChange => {
                    let (code, nothing) = (SIO_ADDRESS_LIST_CHANGE, null_mut::<c_void>());
                    WSAIoctl(s, code, nothing, 0, nothing, 0, bytes, overlapped, routine) == 0
                }
            }
        };
        match (started, last_error()) {
            (true, _) => Start::AtOnce(0),
            (false, WSA_IO_PENDING) => Start::Pending,
            (false, code) => Start::Failed(code),
        }
    }
}

impl Operation {
    fn has_routine(self) -> bool {
        match self {
            Operation::Receive
            | Operation::Send
            | Operation::ReceiveFrom
            | Operation::SendTo
            | Operation::ReceiveMessage
            | Operation::SendMessage
            | Operation::AwaitChange => true,
            Operation::Read
            | Operation::Write
            | Operation::Accept
            | Operation::Connect
            | Operation::Disconnect
            | Operation::Transmit => false,
        }
    }

    /// Codes of an operation that came too late.
    fn may_fail_with(self, code: i32, close: Close) -> bool {
        /// The other end is gone, as `ReadFile` and `WriteFile` tell it.
        const NETNAME_DELETED: i32 = 64;
        let of_peer = matches!(code, WSAECONNRESET | WSAECONNREFUSED | WSAENOTCONN | NETNAME_DELETED);
        matches!(code, WSAENOTSOCK | WSA_INVALID_HANDLE | WSA_OPERATION_ABORTED)
            || close == Close::Peer && (of_peer || self == Operation::Accept && code == WSAEINVAL)
    }
}

fn close_if_open(s: SOCKET) {
    // SAFETY: no memory is passed.
    if unsafe { closesocket(s) } != 0 {
        assert_eq!(last_error(), WSAENOTSOCK);
    }
}

fn perform(close: Close, s: SOCKET, peer: SOCKET, port: HANDLE) {
    // SAFETY: no memory is passed.
    unsafe {
        match close {
            Close::Socket => assert_eq!(closesocket(s), 0, "{}", last_error()),
            Close::Handle => assert_eq!(CloseHandle(s as HANDLE), TRUE, "{}", last_error()),
            Close::Cancel => {
                if CancelIoEx(s as HANDLE, null()) == FALSE {
                    assert_eq!(last_error(), 1168, "ERROR_NOT_FOUND");
                }
                assert_eq!(closesocket(s), 0, "{}", last_error());
            }
            Close::Port => {
                assert_eq!(CloseHandle(port), TRUE, "{}", last_error());
                assert_eq!(closesocket(s), 0, "{}", last_error());
            }
            Close::Peer => {
                assert_eq!(closesocket(peer), 0, "{}", last_error());
                assert_eq!(closesocket(s), 0, "{}", last_error());
            }
        }
    }
}

fn round(operation: Operation, close: Close, told: Told, delay: usize) {
    // SAFETY: no name and no attributes are passed.
    let event = unsafe { CreateEventW(null(), TRUE, FALSE, null()) };
    let mut case = Case::new(operation, if told == Told::Event { event } else { null_mut() });
    let port = Port::new(0);
    if told == Told::Packet {
        port.associate(case.s, KEY);
    }
    let (s, peer) = (case.s, case.peer);
    let together = Barrier::new(2);
    let start = thread::scope(|scope| {
        scope.spawn(|| {
            together.wait();
            (0..delay).for_each(|_| spin_loop());
            perform(close, s, peer, port.handle());
        });
        together.wait();
        case.begin(operation, told)
    });
    let context = format!("{operation:?}, {close:?}, {told:?}, {delay}: {start:?}");
    let has_started = match start {
        Start::AtOnce(_) | Start::Pending => true,
        Start::Failed(code) => {
            assert!(operation.may_fail_with(code, close), "{context}");
            false
        }
    };
    if has_started {
        until(&context, || case.status() != 0x103);
    }
    match told {
        Told::Packet if close != Close::Port => {
            if has_started {
                let got = port.take();
                assert_eq!((got.key, got.overlapped), (KEY, &raw const case.memory.overlapped as usize));
            }
            assert_eq!(port.get(0).overlapped, 0, "nothing more: {context}");
        }
        Told::Packet => {}
        Told::Event => {
            let wait = if has_started { LIMIT_MS } else { 0 };
            let expected = if has_started { WAIT_OBJECT_0 } else { WAIT_TIMEOUT };
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { WaitForSingleObject(event, wait) }, expected, "{context}");
        }
        Told::Routine => {
            if has_started {
                // SAFETY: no memory is passed.
                assert_eq!(unsafe { SleepEx(LIMIT_MS, TRUE) }, WAIT_IO_COMPLETION, "{context}");
            }
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { SleepEx(0, TRUE) }, 0, "nothing more: {context}");
            assert_eq!(ROUTINES.replace(0), u32::from(has_started), "{context}");
        }
    }
    close_if_open(peer);
    close_if_open(s);
    // SAFETY: no memory is passed.
    unsafe {
        assert_eq!(CloseHandle(event), TRUE);
        assert_eq!(CloseHandle(port.handle()) == TRUE, close != Close::Port);
    }
}

/// Uses what the library opens for itself and keeps: the engine of sockets without a port, and the watcher of events.
fn warm_up() {
    const AFTERWARDS: usize = 1 << 20;
    round(Operation::Receive, Close::Socket, Told::Event, AFTERWARDS);
    let (s, peer) = pair();
    let (_, select) = ON_A_STREAM.into_iter().find(|(name, _)| *name == "WSAEventSelect").unwrap();
    assert_eq!(select(s), 0);
    close(s);
    close(peer);
}

/// What descriptors of the process lead to.
fn descriptors() -> Vec<String> {
    let links = std::fs::read_dir("/proc/self/fd").unwrap();
    let mut all: Vec<String> = links
        .filter_map(|link| Some(format!("{:?}", std::fs::read_link(link.unwrap().path()).ok()?)))
        .collect();
    all.sort();
    all
}

/// Runs both, each in a thread of its own, for a thread keeps the last port that it waited on. The second one leaves no more
/// descriptors open than the first one.
fn leaves_nothing(first: impl FnOnce() + Send, second: impl FnOnce() + Send) {
    warm_up();
    thread::scope(|scope| scope.spawn(first).join().unwrap());
    let before = descriptors();
    thread::scope(|scope| scope.spawn(second).join().unwrap());
    let limit = Instant::now() + Duration::from_secs(10);
    while descriptors().len() > before.len() {
        assert!(Instant::now() < limit, "before {before:#?}, afterwards {:#?}", descriptors());
        thread::yield_now();
    }
}

#[test]
fn every_operation_ends_once_whatever_is_closed_meanwhile() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    within(LIMIT, || {
        start();
        let all = |rounds, seed| {
            let mut random = Random(seed);
            for operation in OPERATIONS {
                for close in CLOSES {
                    for told in [Told::Packet, Told::Event, Told::Routine] {
                        if told == Told::Routine && !operation.has_routine() {
                            continue;
                        }
                        (0..rounds).for_each(|_| round(operation, close, told, random.below(LATEST)));
                    }
                }
            }
        };
        leaves_nothing(|| all(1, 1), || all(ROUNDS, 2));
    });
}

/// A call that is under way when its handle is closed. Answers its code, 0 for a success.
type Call = fn(SOCKET) -> i32;

fn code(succeeded: bool) -> i32 {
    if succeeded { 0 } else { last_error() }
}

const ON_A_STREAM: [(&str, Call); 12] = [
    ("recv", |s| {
        let mut byte = 0u8;
        // SAFETY: one byte of room.
        code(unsafe { recv(s, &mut byte, 1, 0) } >= 0)
    }),
    ("WSARecv", |s| {
        let mut byte = 0u8;
        let buffer = WSABUF { len: 1, buf: &mut byte };
        let (mut bytes, mut flags) = (0, 0);
        // SAFETY: one byte of room.
        code(unsafe { WSARecv(s, &buffer, 1, &mut bytes, &mut flags, null_mut(), None) } == 0)
    }),
    ("send", |s| {
        // SAFETY: one byte is readable.
        code(unsafe { send(s, b"x".as_ptr(), 1, 0) } >= 0)
    }),
    ("select", |s| {
        let mut set = FD_SET { fd_count: 1, ..FD_SET::default() };
        set.fd_array[0] = s;
        // SAFETY: the set is whole. It waits for ever.
        code(unsafe { select(0, &mut set, null_mut(), null_mut(), null()) } >= 0)
    }),
    ("WSAPoll", |s| {
        let mut entry = WSAPOLLFD { fd: s, events: POLLRDNORM, revents: 0 };
        // SAFETY: there is one entry. It waits for ever.
        let ready = unsafe { WSAPoll(&mut entry, 1, -1) };
        assert!(ready < 0 || entry.revents != 0);
        match code(ready >= 0) {
            // No entry is a socket.
            WSAEINVAL => WSAENOTSOCK,
            other => other,
        }
    }),
    ("shutdown", |s| {
        // SAFETY: no memory is passed.
        code(unsafe { shutdown(s, SD_SEND) } == 0)
    }),
    ("getsockname", |s| {
        let (mut name, mut len) = (loopback(0), 16);
        // SAFETY: there are 16 bytes.
        code(unsafe { getsockname(s, (&raw mut name).cast(), &mut len) } == 0)
    }),
    ("setsockopt", |s| {
        let on = 1u32;
        // SAFETY: four bytes are readable.
        code(unsafe { setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (&raw const on).cast(), 4) } == 0)
    }),
    ("ioctlsocket", |s| {
        let mut count = 0;
        // SAFETY: the number is writable.
        code(unsafe { ioctlsocket(s, FIONREAD, &mut count) } == 0)
    }),
    ("CancelIoEx", |s| {
        // SAFETY: no memory is passed.
        match code(unsafe { CancelIoEx(s as HANDLE, null()) } == TRUE) {
            // ERROR_NOT_FOUND: there is none.
            1168 => 0,
            other => other,
        }
    }),
    ("WSAEventSelect", |s| {
        // SAFETY: no memory is passed.
        unsafe {
            let event = WSACreateEvent();
            let selected = code(WSAEventSelect(s, event, (FD_READ | FD_CLOSE) as i32) == 0);
            let mut recorded = WSANETWORKEVENTS::default();
            let read = code(WSAEnumNetworkEvents(s, event, &mut recorded) == 0);
            assert_eq!(WSACloseEvent(event), TRUE);
            if selected == 0 { read } else { selected }
        }
    }),
    ("DisconnectEx", |s| {
        // SAFETY: no memory is passed. It waits for the end.
        code(unsafe { DisconnectEx(s, null_mut(), 0, 0) } == TRUE)
    }),
];

#[test]
fn every_call_ends_whose_socket_is_closed_meanwhile() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    within(LIMIT, || {
        start();
        let all = |rounds, seed| {
            let mut random = Random(seed);
            for (name, call) in ON_A_STREAM {
                for _ in 0..rounds {
                    let (s, peer) = pair();
                    let (together, delay) = (Barrier::new(2), random.below(LATEST));
                    let code = thread::scope(|scope| {
                        scope.spawn(|| {
                            together.wait();
                            (0..delay).for_each(|_| spin_loop());
                            close(s);
                        });
                        together.wait();
                        call(s)
                    });
                    let ended = matches!(code, 0 | WSAENOTSOCK | WSAEINTR | WSA_INVALID_HANDLE);
                    assert!(ended, "{name} after {delay}: {code}");
                    close(peer);
                }
            }
        };
        leaves_nothing(|| all(1, 3), || all(5 * ROUNDS, 4));
    });
}

#[test]
fn an_accept_or_a_connect_ends_whose_socket_is_closed_meanwhile() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    within(LIMIT, || {
        start();
        let mut random = Random(3);
        for index in 0..20 * ROUNDS {
            let (listener, address) = listener();
            let client = new(SOCK_STREAM);
            let (together, delay) = (Barrier::new(2), random.below(LATEST));
            let accepts = index % 2 == 0;
            let victim = if accepts { listener } else { client };
            thread::scope(|scope| {
                scope.spawn(|| {
                    together.wait();
                    (0..delay).for_each(|_| spin_loop());
                    close(victim);
                });
                together.wait();
                if accepts {
                    // SAFETY: no address is asked for.
                    let s = unsafe { accept(listener, null_mut(), null_mut()) };
                    assert_eq!(s, INVALID_SOCKET, "nobody connects");
                    assert!(matches!(last_error(), WSAENOTSOCK | WSAEINTR), "{}", last_error());
                } else {
                    // SAFETY: the address is whole.
                    let code = code(unsafe { connect(client, (&raw const address).cast(), 16) } == 0);
                    assert!(matches!(code, 0 | WSAENOTSOCK | WSAEINTR), "{code}");
                }
            });
            close_if_open(listener);
            close_if_open(client);
        }
    });
}

#[test]
fn a_port_lets_everybody_go_when_it_is_closed() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    const ABANDONED: u32 = 735;
    within(LIMIT, || {
        start();
        let mut random = Random(4);
        for _ in 0..10 * ROUNDS {
            let (port, delay) = (Port::new(2), random.below(LATEST));
            let together = Barrier::new(4);
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        together.wait();
                        // Packets that came before the end are given out.
                        let last = std::iter::repeat_with(|| port.get(INFINITE)).find(|got| !got.ok);
                        assert!(matches!(last.unwrap().error, ABANDONED | ERROR_INVALID_HANDLE));
                    });
                }
                together.wait();
                port.post(1, KEY, 0);
                (0..delay).for_each(|_| spin_loop());
                // SAFETY: no memory is passed.
                assert_eq!(unsafe { CloseHandle(port.handle()) }, TRUE);
            });
        }
    });
}

#[test]
fn a_wait_keeps_the_event_whose_handle_is_closed() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    within(LIMIT, || {
        let mut random = Random(5);
        for _ in 0..20 * ROUNDS {
            // SAFETY: no name and no attributes are passed; the copy is a variable of ours.
            let (event, copy) = unsafe {
                let (event, mut copy) = (CreateEventW(null(), FALSE, FALSE, null()), null_mut());
                let process = GetCurrentProcess();
                let options = DUPLICATE_SAME_ACCESS;
                assert_eq!(DuplicateHandle(process, event, process, &mut copy, 0, FALSE, options), TRUE);
                (event as usize, copy as usize)
            };
            let (together, delay) = (Barrier::new(2), random.below(LATEST));
            thread::scope(|scope| {
                scope.spawn(|| {
                    together.wait();
                    (0..delay).for_each(|_| spin_loop());
                    // SAFETY: no memory is passed.
                    unsafe {
                        assert_eq!(CloseHandle(event as HANDLE), TRUE);
                        assert_eq!(SetEvent(copy as HANDLE), TRUE);
                    }
                });
                together.wait();
                // SAFETY: no memory is passed.
                let reason = unsafe { WaitForSingleObject(event as HANDLE, LIMIT_MS) };
                let was_late = reason == WAIT_FAILED && last_error() == WSA_INVALID_HANDLE;
                assert!(reason == WAIT_OBJECT_0 || was_late, "{reason}");
            });
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { CloseHandle(copy as HANDLE) }, TRUE);
        }
    });
}
