//! Every overlapped operation, every way of being told, every course that it can take: exactly one outcome, with the
//! right code by both mappings, the right bytes and key, and final before it is seen.
//!
//! A row is an operation and what happens to it; the columns are the ways of being told.
#![allow(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the raw API is unsafe; one block for the one call of a match or of nested calls"
)]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::{bind_loopback, close, last_error, new, pair, start};
use ports::*;
use std::cell::RefCell;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering::*};
use winsock::win32::*;

const KEY: usize = 0x1234_5678_9abc;
const PENDING: usize = 0x103;
const NOT_FOUND: u32 = 1168;

/// How the program learns of the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Packet,
    Event,
    EventAndPacket,
    /// The low bit of `hEvent`: the socket is associated with a port, which gets nothing.
    EventAlone,
    Routine,
    Polling,
    WsaResult,
    Win32Result,
    SocketHandle,
}
use Way::*;

const WAYS: [Way; 9] =
    [Packet, Event, EventAndPacket, EventAlone, Routine, Polling, WsaResult, Win32Result, SocketHandle];

/// The calls, on streams and on datagrams.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Call {
    Recv,
    RecvFrom,
    Send,
    SendTo,
    DatagramRecv,
    DatagramRecvFrom,
    DatagramSend,
    DatagramSendTo,
}
use Call::{DatagramRecv, DatagramRecvFrom, DatagramSend, DatagramSendTo, Recv, RecvFrom, SendTo};

impl Call {
    fn is_datagram(self) -> bool {
        matches!(self, DatagramRecv | DatagramRecvFrom | DatagramSend | DatagramSendTo)
    }
}

/// What happens to the operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Course {
    AtOnce,
    Later,
    FailsAtOnce,
    Reset,
    HalfClosed,
    Unreachable,
    TooLong,
    CancelledBefore,
    CancelledDuring,
    CancelledAfter,
    SocketClosed,
}
use Course::*;

/// A status and its codes: by Winsock's functions and by Windows' own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Codes(usize, i32, u32);

const SUCCESS: Codes = Codes(0, 0, 0);
const ABORTED: Codes = Codes(0xC000_0120, 995, 995);
const RESET: Codes = Codes(0xC000_020D, 10054, 64);
const UNREACHABLE: Codes = Codes(0xC000_023F, 10054, 1234);
const TOO_LONG: Codes = Codes(0x8000_0005, 10040, 234);

type Row = (&'static [Call], Course, Result<(Codes, usize), i32>);

/// The rows: what is called, what happens, and the outcome with its bytes, or the code of a failure at once.
const ROWS: &[Row] = &[
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], AtOnce, Ok((SUCCESS, 5))),
    (&[Call::Send, SendTo, DatagramSend, DatagramSendTo], AtOnce, Ok((SUCCESS, 5))),
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], Later, Ok((SUCCESS, 5))),
    (&[Call::Send, SendTo], Later, Ok((SUCCESS, LARGE))),
    (&[Recv, RecvFrom, Call::Send, SendTo], FailsAtOnce, Err(WSAESHUTDOWN)),
    (&[DatagramRecv, DatagramRecvFrom], FailsAtOnce, Err(WSAESHUTDOWN)),
    (&[DatagramSend, DatagramSendTo], FailsAtOnce, Err(WSAESHUTDOWN)),
    (&[Recv, RecvFrom, Call::Send, SendTo], Course::Reset, Ok((RESET, 0))),
    (&[Recv, RecvFrom], HalfClosed, Ok((SUCCESS, 0))),
    (&[DatagramRecv, DatagramRecvFrom], Unreachable, Ok((UNREACHABLE, 0))),
    (&[DatagramRecv, DatagramRecvFrom], TooLong, Ok((TOO_LONG, ROOM))),
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], CancelledBefore, Ok((SUCCESS, 5))),
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], CancelledDuring, Ok((ABORTED, 0))),
    (&[Call::Send, SendTo], CancelledDuring, Ok((ABORTED, SOME))),
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], CancelledAfter, Ok((SUCCESS, 5))),
    (&[Call::Send, SendTo, DatagramSend, DatagramSendTo], CancelledAfter, Ok((SUCCESS, 5))),
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], SocketClosed, Ok((ABORTED, 0))),
    (&[Call::Send, SendTo], SocketClosed, Ok((ABORTED, SOME))),
];

/// The room of a receive.
const ROOM: usize = 16;
/// More than the buffers of both ends take.
const LARGE: usize = 8 << 20;
/// Bytes of a send that was stopped: some, but not all.
const SOME: usize = usize::MAX;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Ran {
    error: u32,
    bytes: u32,
    overlapped: usize,
    flags: u32,
}

thread_local! {
    static RAN: RefCell<Vec<Ran>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "system" fn routine(error: u32, bytes: u32, overlapped: *mut OVERLAPPED, flags: u32) {
    // SAFETY: the operation of the test, which has ended.
    assert_ne!(unsafe { (*overlapped).Internal }, PENDING, "final before the routine runs");
    RAN.with_borrow_mut(|ran| ran.push(Ran { error, bytes, overlapped: overlapped as usize, flags }));
}

/// One operation with everything that it needs.
struct Case {
    call: Call,
    course: Course,
    way: Way,
    socket: SOCKET,
    peer: SOCKET,
    address: SOCKADDR_IN,
    port: Option<Port>,
    event: HANDLE,
    overlapped: Box<OVERLAPPED>,
    buffer: Vec<u8>,
    from: Box<(SOCKADDR_IN, i32)>,
}

fn datagrams() -> (SOCKET, SOCKET, SOCKADDR_IN) {
    let (socket, peer) = (new(SOCK_DGRAM), new(SOCK_DGRAM));
    let (mine, theirs) = (bind_loopback(socket), bind_loopback(peer));
    for (s, to) in [(socket, &theirs), (peer, &mine)] {
        // SAFETY: the address is whole.
        assert_eq!(unsafe { connect(s, std::ptr::from_ref(to).cast(), 16) }, 0);
    }
    (socket, peer, theirs)
}

impl Case {
    fn new(call: Call, course: Course, way: Way) -> Case {
        let (socket, peer, address) = if call.is_datagram() {
            datagrams()
        } else {
            let (peer, socket) = pair();
            (socket, peer, common::loopback(9))
        };
        let port = matches!(way, Packet | EventAndPacket | EventAlone).then(|| {
            let port = Port::new(1);
            port.associate(socket, KEY);
            port
        });
        // SAFETY: no name and no attributes are passed. A manual-reset event, set before.
        let event = unsafe { CreateEventW(null(), TRUE, TRUE, null()) };
        // SAFETY: all zero is a valid OVERLAPPED.
        let mut overlapped: Box<OVERLAPPED> = Box::new(unsafe { std::mem::zeroed() });
        overlapped.hEvent = match way {
            Packet | SocketHandle | WsaResult | Win32Result => null_mut(),
            Event | EventAndPacket => event,
            EventAlone => (event as usize | 1) as HANDLE,
            // The program's own.
            Routine => 0x77 as HANDLE,
            Polling => 1 as HANDLE,
        };
        let receives = matches!(call, Recv | RecvFrom | DatagramRecv | DatagramRecvFrom);
        let large = !receives && matches!(course, Later | Course::Reset | CancelledDuring | SocketClosed);
        let buffer = match (receives, large) {
            (true, _) => vec![0; ROOM],
            (false, true) => (0..LARGE).map(|at| at as u8).collect(),
            (false, false) => b"hello".to_vec(),
        };
        let from = Box::new((SOCKADDR_IN::default(), 16));
        Case { call, course, way, socket, peer, address, port, event, overlapped, buffer, from }
    }

    fn status(&mut self) -> usize {
        // SAFETY: an aligned word of ours, which the library writes atomically.
        unsafe { AtomicUsize::from_ptr(&raw mut self.overlapped.Internal) }.load(Acquire)
    }

    /// Makes the call.
    fn call(&mut self) -> Start {
        let buffer = WSABUF { len: self.buffer.len() as u32, buf: self.buffer.as_mut_ptr() };
        let ov = &raw mut *self.overlapped;
        let (mut bytes, mut flags) = (0, 0);
        let told: LPWSAOVERLAPPED_COMPLETION_ROUTINE = (self.way == Routine).then_some(routine);
        let to = (&raw const self.address).cast();
        let (from, from_len) = ((&raw mut self.from.0).cast(), &raw mut self.from.1);
        let s = self.socket;
        // SAFETY: everything stays where it is until the operation has ended: the case outlives it.
        let result = unsafe {
            match self.call {
                Recv | DatagramRecv => WSARecv(s, &buffer, 1, &mut bytes, &mut flags, ov, told),
                RecvFrom | DatagramRecvFrom => {
                    WSARecvFrom(s, &buffer, 1, &mut bytes, &mut flags, from, from_len, ov, told)
                }
                Call::Send | DatagramSend => WSASend(s, &buffer, 1, &mut bytes, 0, ov, told),
                SendTo | DatagramSendTo => WSASendTo(s, &buffer, 1, &mut bytes, 0, to, 16, ov, told),
            }
        };
        match (result, last_error()) {
            (0, _) => Start::AtOnce(bytes),
            (_, WSA_IO_PENDING) => Start::Pending,
            (_, code) => Start::Failed(code),
        }
    }

    fn cancel(&self) -> Result<(), u32> {
        // SAFETY: the pointer is compared only.
        match unsafe { CancelIoEx(self.socket as HANDLE, &raw const *self.overlapped) } {
            FALSE => Err(last_error() as u32),
            _ => Ok(()),
        }
    }

    /// What comes before the call.
    fn prepare(&self) {
        match (self.course, self.call) {
            (AtOnce | CancelledAfter, Recv | RecvFrom | DatagramRecv | DatagramRecvFrom) => {
                send_plain(self.peer, b"hello");
            }
            (FailsAtOnce, _) => {
                // SAFETY: no memory is passed.
                assert_eq!(unsafe { shutdown(self.socket, SD_BOTH) }, 0);
            }
            (CancelledBefore, _) => assert_eq!(self.cancel(), Err(NOT_FOUND)),
            _ => {}
        }
    }

    /// What comes after it.
    fn happen(&mut self) {
        match self.course {
            AtOnce | FailsAtOnce => {}
            CancelledBefore => send_plain(self.peer, b"hello"),
            Later => match self.call {
                Call::Send | SendTo => {
                    let expected: Vec<u8> = (0..LARGE).map(|at| at as u8).collect();
                    assert!(receive_plain(self.peer, LARGE) == expected, "every byte, in order");
                }
                _ => send_plain(self.peer, b"hello"),
            },
            Course::Reset => {
                let linger = LINGER { l_onoff: 1, l_linger: 0 };
                // SAFETY: the structure is readable.
                let set =
                    unsafe { setsockopt(self.peer, SOL_SOCKET, SO_LINGER, (&raw const linger).cast(), 4) };
                assert_eq!(set, 0);
                close(std::mem::replace(&mut self.peer, INVALID_SOCKET));
            }
            HalfClosed => {
                // SAFETY: no memory is passed.
                assert_eq!(unsafe { shutdown(self.peer, SD_SEND) }, 0);
            }
            Unreachable => {
                close(std::mem::replace(&mut self.peer, INVALID_SOCKET));
                send_plain(self.socket, b"to nobody");
            }
            TooLong => send_plain(self.peer, &[7; ROOM + 1]),
            CancelledDuring => assert_eq!(self.cancel(), Ok(())),
            CancelledAfter => {
                while self.status() == PENDING {
                    std::thread::yield_now();
                }
                assert_eq!(self.cancel(), Err(NOT_FOUND));
            }
            SocketClosed => close(std::mem::replace(&mut self.socket, INVALID_SOCKET)),
        }
    }

    /// Waits for the outcome the way that the case is about.
    fn told(&mut self, codes: Codes, bytes: u32) {
        let ov = &raw const *self.overlapped;
        let packet = |port: &Option<Port>| {
            let got = port.expect("the way has one").take();
            assert_eq!((got.key, got.overlapped), (KEY, ov as usize));
            // A send that was stopped has as many bytes as it has.
            (got.error, if bytes == SOME as u32 { bytes } else { got.bytes })
        };
        match self.way {
            Packet => assert_eq!(packet(&self.port), (codes.2, bytes)),
            Event | EventAlone | EventAndPacket => {
                // SAFETY: no memory is passed.
                assert_eq!(unsafe { WaitForSingleObject(self.event, LIMIT_MS) }, WAIT_OBJECT_0);
                if self.way == EventAndPacket {
                    assert_eq!(self.status(), codes.0, "final before the event is seen");
                    assert_eq!(packet(&self.port), (codes.2, bytes));
                }
            }
            Routine => {
                // A blocking call of the test may have been the alertable wait already.
                if RAN.with_borrow(Vec::is_empty) {
                    // SAFETY: no memory is passed.
                    assert_eq!(unsafe { SleepEx(LIMIT_MS, TRUE) }, WAIT_IO_COMPLETION);
                }
                let ran = RAN.take();
                assert_eq!(ran.len(), 1);
                assert_eq!((ran[0].error, ran[0].overlapped), (codes.1 as u32, ov as usize));
                assert_eq!(ran[0].bytes as usize, self.overlapped.InternalHigh);
                assert_eq!(ran[0].flags, if codes == TOO_LONG { MSG_PARTIAL } else { 0 });
            }
            Polling => {
                while self.status() == PENDING {
                    std::thread::yield_now();
                }
            }
            WsaResult => {
                assert_eq!(self.wsa_result(TRUE).0, codes.1);
            }
            Win32Result => {
                assert_eq!(self.win32_result(TRUE).0, codes.2);
            }
            SocketHandle => {
                // SAFETY: no memory is passed.
                let waited = unsafe { WaitForSingleObject(self.socket as HANDLE, LIMIT_MS) };
                assert_eq!(waited, WAIT_OBJECT_0);
            }
        }
        assert_eq!(self.status(), codes.0, "final before it is seen");
    }

    /// `WSAGetOverlappedResult`: code, bytes and flags.
    fn wsa_result(&self, wait: BOOL) -> (i32, u32, u32) {
        let (mut bytes, mut flags) = (u32::MAX, u32::MAX);
        // SAFETY: each pointer is to a variable of its type.
        let ok = unsafe {
            WSAGetOverlappedResult(self.socket, &raw const *self.overlapped, &mut bytes, wait, &mut flags)
        };
        (if ok == TRUE { 0 } else { last_error() }, bytes, flags)
    }

    /// `GetOverlappedResult`: code and bytes.
    fn win32_result(&self, wait: BOOL) -> (u32, u32) {
        let mut bytes = u32::MAX;
        // SAFETY: each pointer is to a variable of its type.
        let ok = unsafe {
            GetOverlappedResult(self.socket as HANDLE, &raw const *self.overlapped, &mut bytes, wait)
        };
        (if ok == TRUE { 0 } else { last_error() as u32 }, bytes)
    }

    /// Nothing is delivered, not even later.
    fn nothing_more(&self) {
        if let Some(port) = self.port {
            assert_eq!(port.get(0).error, WAIT_TIMEOUT, "no other packet");
        }
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { SleepEx(0, TRUE) }, 0, "no other routine");
        if matches!(self.way, Event | EventAndPacket | EventAlone) && self.course != FailsAtOnce {
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { ResetEvent(self.event) }, TRUE);
        }
    }

    fn run(mut self, expected: Result<(Codes, usize), i32>) {
        self.prepare();
        let started = self.call();
        match (expected, started) {
            (Err(code), Start::Failed(failed)) => assert_eq!(failed, code),
            (Ok((codes, _)), Start::AtOnce(_)) => {
                assert!(codes == SUCCESS && matches!(self.course, AtOnce | CancelledAfter), "{started:?}");
            }
            (Ok(_), Start::Pending) => {}
            (Ok(_), Start::Failed(_)) | (Err(_), _) => panic!("{started:?}"),
        }
        if let Ok((codes, bytes)) = expected {
            let later = !matches!(self.course, AtOnce | CancelledAfter);
            if later {
                assert_eq!(self.status(), PENDING);
                assert_eq!(self.wsa_result(FALSE).0, WSA_IO_INCOMPLETE);
                if matches!(self.way, Event | EventAndPacket | EventAlone) {
                    // SAFETY: no memory is passed.
                    let look = unsafe { WaitForSingleObject(self.event, 0) };
                    assert_eq!(look, WAIT_TIMEOUT, "reset at the start");
                }
            }
            self.happen();
            self.told(codes, bytes as u32);
            let moved = self.overlapped.InternalHigh;
            match bytes {
                SOME => assert!(0 < moved && moved < LARGE, "{moved}"),
                bytes => assert_eq!(moved, bytes),
            }
            if self.socket != INVALID_SOCKET {
                let flags = if codes == TOO_LONG { MSG_PARTIAL } else { 0 };
                assert_eq!(self.wsa_result(FALSE), (codes.1, moved as u32, flags));
                assert_eq!(self.win32_result(FALSE), (codes.2, moved as u32));
            }
            let got_hello = moved == 5 && self.buffer.len() == ROOM;
            assert!(!got_hello || self.buffer.starts_with(b"hello"));
            if self.call == DatagramRecvFrom && matches!(codes, SUCCESS | TOO_LONG) {
                assert_eq!((self.from.0.sin_port, self.from.1), (self.address.sin_port, 16));
            }
        }
        self.nothing_more();
        for s in [self.socket, self.peer] {
            if s != INVALID_SOCKET {
                close(s);
            }
        }
        self.nothing_more();
        for handle in self.port.map(Port::handle).into_iter().chain([self.event]) {
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { CloseHandle(handle) }, TRUE);
        }
    }
}

#[test]
fn every_operation_ends_once_and_tells_it_right() {
    start();
    let mut cases = 0;
    for &(calls, course, expected) in ROWS {
        for &call in calls {
            for way in WAYS {
                let asks_the_socket = matches!(way, WsaResult | Win32Result | SocketHandle);
                if course == SocketClosed && asks_the_socket {
                    // A stale handle is nobody's to ask.
                    continue;
                }
                println!("{call:?} {course:?} {way:?}");
                Case::new(call, course, way).run(expected);
                cases += 1;
            }
        }
    }
    assert!(cases > 400, "{cases}");
}

#[test]
fn a_port_that_is_closed_ends_waits_and_not_operations() {
    start();
    for call in [Recv, RecvFrom, DatagramRecv, DatagramRecvFrom] {
        let mut case = Case::new(call, Later, Packet);
        assert_eq!(case.call(), Start::Pending);
        let port = case.port.take().expect("it has one");
        let (number, numbers) = std::sync::mpsc::channel();
        let waiter = std::thread::spawn(move || {
            number.send(thread_number()).unwrap();
            port.get(LIMIT_MS)
        });
        let number = numbers.recv().unwrap();
        until("it waits", || sleeps(number));
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { CloseHandle(port.handle()) }, TRUE);
        let got = waiter.join().unwrap();
        assert_eq!((got.ok, got.error, got.overlapped), (false, 735, 0));
        assert_eq!(port.get(0).error, 6, "the handle is stale");
        send_plain(case.peer, b"hello");
        assert_eq!(case.wsa_result(TRUE), (0, 5, 0));
        close(case.socket);
        close(case.peer);
    }
}
