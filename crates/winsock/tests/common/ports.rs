//! What the tests of completion ports share: a port, an operation with its memory, one wait.
#![allow(
    unsafe_code,
    dead_code,
    unreachable_pub,
    reason = "the raw API is unsafe; each test file uses its own part of this one"
)]

use std::time::{Duration, Instant};
use winsock::win32::*;

/// No test waits longer for what must come.
pub const LIMIT_MS: u32 = 20_000;

fn last_error() -> u32 {
    // SAFETY: no memory is passed.
    unsafe { GetLastError() }
}

/// A completion port, for any thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Port(pub usize);

/// What `GetQueuedCompletionStatus` answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Got {
    pub ok: bool,
    /// The last error, of a call that failed.
    pub error: u32,
    pub bytes: u32,
    pub key: usize,
    pub overlapped: usize,
}

impl Port {
    pub fn new(threads: u32) -> Port {
        // SAFETY: no memory is passed.
        let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, std::ptr::null_mut(), 0, threads) };
        assert!(!port.is_null(), "{}", last_error());
        Port(port as usize)
    }

    pub fn handle(self) -> HANDLE {
        self.0 as HANDLE
    }

    pub fn associate(self, s: SOCKET, key: usize) {
        // SAFETY: no memory is passed.
        let port = unsafe { CreateIoCompletionPort(s as HANDLE, self.handle(), key, 0) };
        assert_eq!(port, self.handle(), "{}", last_error());
    }

    pub fn post(self, bytes: u32, key: usize, overlapped: usize) {
        // SAFETY: the pointer is passed on, never followed.
        let posted =
            unsafe { PostQueuedCompletionStatus(self.handle(), bytes, key, overlapped as *const OVERLAPPED) };
        assert_eq!(posted, TRUE, "{}", last_error());
    }

    /// One wait.
    pub fn get(self, milliseconds: u32) -> Got {
        let (mut bytes, mut key, mut overlapped) =
            (u32::MAX, usize::MAX, std::ptr::dangling_mut::<OVERLAPPED>());
        let wait = GetQueuedCompletionStatus;
        // SAFETY: each pointer is to a variable of its type.
        let ok = unsafe { wait(self.handle(), &mut bytes, &mut key, &mut overlapped, milliseconds) };
        let error = if ok == FALSE { last_error() } else { 0 };
        Got { ok: ok == TRUE, error, bytes, key, overlapped: overlapped as usize }
    }

    /// A packet that must come.
    pub fn take(self) -> Got {
        let got = self.get(LIMIT_MS);
        assert!(got.ok || got.overlapped != 0, "a packet comes: {got:?}");
        got
    }
}

/// An operation: its `OVERLAPPED` and its buffer, at one place until it has ended.
#[repr(C)]
pub struct Op {
    pub overlapped: OVERLAPPED,
    pub buffer: Vec<u8>,
    pub socket: SOCKET,
}

// SAFETY: the pointers inside are the library's, which works from any thread.
unsafe impl Send for Op {}

/// How a start went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    AtOnce(u32),
    Pending,
    Failed(i32),
}

impl Op {
    pub fn new(socket: SOCKET, buffer: Vec<u8>) -> Box<Op> {
        Box::new(Op {
            // SAFETY: all zero is a valid OVERLAPPED.
            overlapped: unsafe { std::mem::zeroed() },
            buffer,
            socket,
        })
    }

    /// The address by which its packet names it.
    pub fn address(&self) -> usize {
        (&raw const self.overlapped) as usize
    }

    /// Starts a send or a receive.
    ///
    /// # Safety
    /// The operation stays where it is until it has ended. It may have ended when this returns.
    pub unsafe fn begin(operation: *mut Op, sends: bool) -> Start {
        // SAFETY: nothing has been started: it is the caller's alone.
        let mine = unsafe { &mut *operation };
        let buffer = WSABUF { len: mine.buffer.len() as u32, buf: mine.buffer.as_mut_ptr() };
        let (socket, overlapped) = (mine.socket, &raw mut mine.overlapped);
        let (mut bytes, mut flags) = (0, 0);
        let result = if sends {
            // SAFETY: the caller's promise; all other pointers are to variables of their types.
            unsafe { WSASend(socket, &buffer, 1, &mut bytes, 0, overlapped, None) }
        } else {
            // SAFETY: as above.
            unsafe { WSARecv(socket, &buffer, 1, &mut bytes, &mut flags, overlapped, None) }
        };
        // SAFETY: no memory is passed.
        match (result, unsafe { WSAGetLastError() }) {
            (0, _) => Start::AtOnce(bytes),
            (_, WSA_IO_PENDING) => Start::Pending,
            (_, code) => Start::Failed(code),
        }
    }

    /// # Safety
    /// As [`Op::begin`].
    pub unsafe fn receive(&mut self) -> Start {
        // SAFETY: the caller's promise.
        unsafe { Op::begin(self, false) }
    }

    /// # Safety
    /// As [`Op::begin`].
    pub unsafe fn send(&mut self) -> Start {
        // SAFETY: the caller's promise.
        unsafe { Op::begin(self, true) }
    }
}

/// Sends a few bytes the plain way.
pub fn send_plain(s: SOCKET, data: &[u8]) {
    // SAFETY: the data is readable.
    assert_eq!(unsafe { send(s, data.as_ptr(), data.len() as i32, 0) }, data.len() as i32);
}

/// Receives exactly so many bytes the plain way.
pub fn receive_plain(s: SOCKET, len: usize) -> Vec<u8> {
    let mut data = vec![0; len];
    let mut done = 0;
    while done < len {
        // SAFETY: there is so much room.
        let got = unsafe { recv(s, data[done..].as_mut_ptr(), (len - done) as i32, 0) };
        assert!(got > 0, "{got} {}", last_error());
        done += got as usize;
    }
    data
}

/// Runs a body that must end in time, and fails the test process if it does not.
pub fn within(limit: Duration, body: impl FnOnce() + Send + 'static) {
    let (done, ended) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        body();
        let _ = done.send(());
    });
    match ended.recv_timeout(limit) {
        Ok(()) | Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("not done within {limit:?}"),
    }
}

/// Yields until something holds. It must, in time.
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let limit = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < limit, "{what}");
        std::thread::yield_now();
    }
}

/// Whether a thread of this process, by its number, sleeps. Windows does not tell: there it has had the time to fall asleep.
#[cfg(windows)]
pub fn sleeps(_: u32) -> bool {
    std::thread::sleep(std::time::Duration::from_millis(50));
    true
}

/// The number of the calling thread.
#[cfg(windows)]
pub fn thread_number() -> u32 {
    // SAFETY: no memory is passed.
    unsafe { GetCurrentThreadId() }
}

/// Whether a thread of this process, by its Linux number, sleeps.
#[cfg(target_os = "linux")]
pub fn sleeps(thread: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/self/task/{thread}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('S'))
}

/// The Linux number of the calling thread.
#[cfg(target_os = "linux")]
pub fn thread_number() -> i32 {
    let link = std::fs::read_link("/proc/thread-self").unwrap();
    link.file_name().unwrap().to_str().unwrap().parse().unwrap()
}

/// Numbers by chance, the same for the same seed.
pub struct Random(pub u64);

impl Random {
    /// Less than `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}
