//! What the tables of outcomes share: the ways of being told, the codes, and an operation that is watched until it has
//! ended, exactly once.
#![allow(
    unsafe_code,
    dead_code,
    unreachable_pub,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the raw API is unsafe; each test file uses its own part of this one"
)]

use crate::common::last_error;
use crate::ports::*;
use std::cell::RefCell;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering::*};
use winsock::win32::*;

pub const KEY: usize = 0x1234_5678_9abc;
pub const PENDING: usize = 0x103;
pub const NOT_FOUND: u32 = 1168;
/// More than the buffers of both ends take.
pub const LARGE: usize = 8 << 20;
/// Bytes of a send that was stopped: some, but not all.
pub const SOME: usize = usize::MAX;

/// How the program learns of the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Packet,
    /// By a packet, but for an immediate success.
    LaterPacket,
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

pub const WAYS: [Way; 10] = [
    Packet,
    LaterPacket,
    Event,
    EventAndPacket,
    EventAlone,
    Routine,
    Polling,
    WsaResult,
    Win32Result,
    SocketHandle,
];

impl Way {
    pub fn has_port(self) -> bool {
        matches!(self, Packet | LaterPacket | EventAndPacket | EventAlone)
    }

    fn has_event(self) -> bool {
        matches!(self, Event | EventAndPacket | EventAlone)
    }

    /// Whether it asks the socket's handle, which must be open.
    pub fn asks_the_socket(self) -> bool {
        matches!(self, WsaResult | Win32Result | SocketHandle)
    }
}

/// A status and its codes: by Winsock's functions and by Windows' own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Codes(pub usize, pub i32, pub u32);

pub const SUCCESS: Codes = Codes(0, 0, 0);
pub const ABORTED: Codes = Codes(0xC000_0120, 995, 995);
pub const RESET: Codes = Codes(0xC000_020D, 10054, 64);
pub const REFUSED: Codes = Codes(0xC000_0236, 10061, 1225);
pub const UNREACHABLE: Codes = Codes(0xC000_023F, 10054, 1234);
pub const TOO_LONG: Codes = Codes(0x8000_0005, 10040, 234);
/// Of a datagram that is sent.
pub const TOO_MUCH: Codes = Codes(0xC000_0206, 10040, 1784);
pub const END_OF_FILE: Codes = Codes(0xC007_0026, 38, 38);

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

/// An operation with all that tells of its end.
pub struct Watched {
    pub way: Way,
    /// The socket that it is started on; `INVALID_SOCKET` once that is closed.
    pub socket: SOCKET,
    pub port: Option<Port>,
    event: HANDLE,
    pub overlapped: Box<OVERLAPPED>,
}

impl Watched {
    /// One that is not started yet.
    pub fn new(socket: SOCKET, way: Way) -> Watched {
        let port = way.has_port().then(|| {
            let port = Port::new(1);
            port.associate(socket, KEY);
            port
        });
        if way == LaterPacket {
            const FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: u8 = 1;
            let modes = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { SetFileCompletionNotificationModes(socket as HANDLE, modes) }, TRUE);
        }
        // SAFETY: no name and no attributes are passed. A manual-reset event, set before.
        let event = unsafe { CreateEventW(null(), TRUE, TRUE, null()) };
        // SAFETY: all zero is a valid OVERLAPPED.
        let mut overlapped: Box<OVERLAPPED> = Box::new(unsafe { std::mem::zeroed() });
        overlapped.hEvent = match way {
            Packet | LaterPacket | SocketHandle | WsaResult | Win32Result => null_mut(),
            Event | EventAndPacket => event,
            EventAlone => (event as usize | 1) as HANDLE,
            // The program's own.
            Routine => 0x77 as HANDLE,
            Polling => 1 as HANDLE,
        };
        Watched { way, socket, port, event, overlapped }
    }

    pub fn routine(&self) -> LPWSAOVERLAPPED_COMPLETION_ROUTINE {
        (self.way == Routine).then_some(routine)
    }

    pub fn status(&mut self) -> usize {
        // SAFETY: an aligned word of ours, which the library writes atomically.
        unsafe { AtomicUsize::from_ptr(&raw mut self.overlapped.Internal) }.load(Acquire)
    }

    pub fn until_final(&mut self) {
        let limit = std::time::Instant::now() + std::time::Duration::from_millis(LIMIT_MS.into());
        while self.status() == PENDING {
            assert!(std::time::Instant::now() < limit, "it ends");
            std::thread::yield_now();
        }
    }

    pub fn cancel(&self) -> Result<(), u32> {
        // SAFETY: the pointer is compared only.
        match unsafe { CancelIoEx(self.socket as HANDLE, &raw const *self.overlapped) } {
            FALSE => Err(last_error() as u32),
            _ => Ok(()),
        }
    }

    /// It has been started, and waits.
    pub fn is_pending(&mut self) {
        assert_eq!(self.status(), PENDING);
        assert_eq!(self.wsa_result(FALSE).0, WSA_IO_INCOMPLETE);
        assert_eq!(self.win32_result(FALSE).0, WSA_IO_INCOMPLETE as u32);
        if self.way.has_event() {
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { WaitForSingleObject(self.event, 0) }, WAIT_TIMEOUT, "reset at the start");
        }
    }

    /// Closes the port: its packets are nobody's from now on.
    pub fn close_port(&mut self) {
        let port = self.port.take().expect("the way has one");
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { CloseHandle(port.handle()) }, TRUE);
    }

    /// Waits for the outcome by its way; one that has ended with its call may have no packet. `bytes` may be [`SOME`].
    pub fn told(&mut self, at_once: bool, codes: Codes, bytes: usize) {
        let skips = self.way == LaterPacket && at_once && codes == SUCCESS;
        match self.way {
            _ if self.way.has_port() && self.port.is_none() => self.until_final(),
            LaterPacket if skips => {}
            Packet | LaterPacket => self.packet(codes, bytes),
            Event | EventAlone | EventAndPacket => {
                // SAFETY: no memory is passed.
                assert_eq!(unsafe { WaitForSingleObject(self.event, LIMIT_MS) }, WAIT_OBJECT_0);
                if self.way == EventAndPacket {
                    assert_eq!(self.status(), codes.0, "final before the event is seen");
                    self.packet(codes, bytes);
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
                let ov = &raw const *self.overlapped as usize;
                assert_eq!((ran[0].error, ran[0].overlapped), (codes.1 as u32, ov));
                assert_eq!(ran[0].bytes as usize, self.overlapped.InternalHigh);
                assert_eq!(ran[0].flags, if codes == TOO_LONG { MSG_PARTIAL } else { 0 });
            }
            Polling => self.until_final(),
            WsaResult => assert_eq!(self.wsa_result(TRUE).0, codes.1),
            Win32Result => assert_eq!(self.win32_result(TRUE).0, codes.2),
            SocketHandle => {
                // SAFETY: no memory is passed.
                let waited = unsafe { WaitForSingleObject(self.socket as HANDLE, LIMIT_MS) };
                assert_eq!(waited, WAIT_OBJECT_0);
            }
        }
        assert_eq!(self.status(), codes.0, "final before it is seen");
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
    }

    fn packet(&mut self, codes: Codes, bytes: usize) {
        let got = self.port.expect("the way has one").take();
        assert_eq!((got.key, got.overlapped), (KEY, &raw const *self.overlapped as usize));
        // A send that was stopped has as many bytes as it has.
        let bytes = if bytes == SOME { self.overlapped.InternalHigh } else { bytes };
        assert_eq!((got.error, got.bytes), (codes.2, bytes as u32));
    }

    /// `WSAGetOverlappedResult`: code, bytes and flags.
    pub fn wsa_result(&self, wait: BOOL) -> (i32, u32, u32) {
        let (mut bytes, mut flags) = (u32::MAX, u32::MAX);
        // SAFETY: each pointer is to a variable of its type.
        let ok = unsafe {
            WSAGetOverlappedResult(self.socket, &raw const *self.overlapped, &mut bytes, wait, &mut flags)
        };
        (if ok == TRUE { 0 } else { last_error() }, bytes, flags)
    }

    /// `GetOverlappedResult`: code and bytes.
    pub fn win32_result(&self, wait: BOOL) -> (u32, u32) {
        let mut bytes = u32::MAX;
        // SAFETY: each pointer is to a variable of its type.
        let ok = unsafe {
            GetOverlappedResult(self.socket as HANDLE, &raw const *self.overlapped, &mut bytes, wait)
        };
        (if ok == TRUE { 0 } else { last_error() as u32 }, bytes)
    }

    /// Nothing is delivered, not even later.
    pub fn nothing_more(&self) {
        if let Some(port) = self.port {
            assert_eq!(port.get(0).error, WAIT_TIMEOUT, "no other packet");
        }
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { SleepEx(0, TRUE) }, 0, "no other routine");
    }

    /// The event has told once, and tells no second time.
    pub fn reset_event(&self) {
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { ResetEvent(self.event) }, TRUE);
    }

    /// Closes what is left, and looks a last time.
    pub fn finish(mut self) {
        self.nothing_more();
        self.reset_event();
        if self.socket != INVALID_SOCKET {
            crate::common::close(std::mem::replace(&mut self.socket, INVALID_SOCKET));
        }
        self.nothing_more();
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { WaitForSingleObject(self.event, 0) }, WAIT_TIMEOUT, "no other signal");
        for handle in self.port.map(Port::handle).into_iter().chain([self.event]) {
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { CloseHandle(handle) }, TRUE);
        }
    }
}

/// The result of a call that starts an operation.
pub fn started(succeeded: bool, bytes: u32) -> Start {
    match (succeeded, last_error()) {
        (true, _) => Start::AtOnce(bytes),
        (false, WSA_IO_PENDING) => Start::Pending,
        (false, code) => Start::Failed(code),
    }
}

/// Bytes of which each has its own place.
pub fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| at as u8).collect()
}
