//! A completion port for tests: operations on sockets, and what comes out.
#![allow(
    unsafe_code,
    dead_code,
    unreachable_pub,
    reason = "the raw API is unsafe; each test file uses its own part of this one"
)]

use crate::common::last_error;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering::Acquire};
use winsock::win32::*;

/// Within this time everything that is to come has come.
pub const LIMIT_MS: u32 = 20_000;

/// A completion port.
pub struct Port(HANDLE);

// SAFETY: a handle is a number, which every thread may use.
unsafe impl Send for Port {}
// SAFETY: as above.
unsafe impl Sync for Port {}

/// What a port gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub key: usize,
    pub overlapped: usize,
    pub bytes: u32,
    /// 0, or the last error of `GetQueuedCompletionStatus`.
    pub error: i32,
}

impl Port {
    pub fn new() -> Port {
        // SAFETY: no memory is passed.
        let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 0) };
        assert!(!port.is_null(), "{}", last_error());
        Port(port)
    }

    /// Associates a socket; its own value is the key.
    pub fn add(&self, s: SOCKET) {
        // SAFETY: no memory is passed.
        let port = unsafe { CreateIoCompletionPort(s as HANDLE, self.0, s, 0) };
        assert_eq!(port, self.0, "{}", last_error());
    }

    /// The next packet within a time.
    pub fn take_within(&self, milliseconds: u32) -> Option<Taken> {
        let (mut bytes, mut key, mut overlapped) = (0, 0, null_mut());
        // SAFETY: the pointers are to variables of ours.
        let ok =
            unsafe { GetQueuedCompletionStatus(self.0, &mut bytes, &mut key, &mut overlapped, milliseconds) };
        if ok == FALSE && overlapped.is_null() {
            assert_eq!(last_error(), WAIT_TIMEOUT as i32);
            return None;
        }
        let error = if ok == FALSE { last_error() } else { 0 };
        Some(Taken { key, overlapped: overlapped as usize, bytes, error })
    }

    /// The next packet, which is to come.
    pub fn take(&self) -> Taken {
        self.take_within(LIMIT_MS).expect("a packet comes")
    }

    /// The next packet, which is this operation's, of this socket. Answers bytes and error.
    pub fn take_of(&self, s: SOCKET, operation: &Operation) -> (u32, i32) {
        let taken = self.take();
        assert_eq!((taken.key, taken.overlapped), (s, operation.address()));
        assert!(operation.is_final());
        (taken.bytes, taken.error)
    }

    /// The next packet, which is of this socket.
    pub fn take_next_of(&self, s: SOCKET) -> Taken {
        let taken = self.take();
        assert_eq!(taken.key, s);
        taken
    }

    /// Nothing is there, and a moment later neither.
    pub fn is_empty(&self) {
        assert_eq!(self.take_within(20), None);
    }
}

/// An `OVERLAPPED` that stays where it is.
pub struct Operation(Box<OVERLAPPED>);

// SAFETY: the library may write to it from any thread, and does so atomically.
unsafe impl Send for Operation {}

impl Operation {
    pub fn new() -> Operation {
        Operation(Box::default())
    }

    /// One with an offset in a file.
    pub fn at(offset: u64) -> Operation {
        let mut operation = Operation::new();
        operation.0.Anonymous.Anonymous.Offset = offset as u32;
        operation.0.Anonymous.Anonymous.OffsetHigh = (offset >> 32) as u32;
        operation
    }

    pub fn pointer(&mut self) -> *mut OVERLAPPED {
        &raw mut *self.0
    }

    pub fn address(&self) -> usize {
        &raw const *self.0 as usize
    }

    /// Whether its status is not pending any more.
    pub fn is_final(&self) -> bool {
        let word = (&raw const self.0.Internal).cast_mut();
        // SAFETY: an aligned word of ours, which the library writes atomically.
        unsafe { AtomicUsize::from_ptr(word) }.load(Acquire) != 0x103
    }

    /// Waits until it is.
    pub fn until_final(&self) {
        let deadline = std::time::Instant::now() + std::time::Duration::from_millis(LIMIT_MS.into());
        while !self.is_final() {
            assert!(std::time::Instant::now() < deadline, "it has not ended");
            std::thread::yield_now();
        }
    }
}

impl Drop for Operation {
    /// The memory is the library's until the operation has ended, which may be a moment after its socket was closed.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.until_final();
        }
    }
}

/// The result of a call that answers a BOOL: 0, or the last error.
pub fn code(ok: BOOL) -> i32 {
    if ok == FALSE { last_error() } else { 0 }
}

/// Whether a call has started an operation, which has ended already or will end: engines differ in that.
pub fn has_started(ok: BOOL) -> bool {
    matches!(code(ok), 0 | WSA_IO_PENDING)
}

/// How many descriptors the process has open.
pub fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("the directory of descriptors").count()
}
