//! Memory that a caller lends until an operation ends: the `OVERLAPPED` and the places for results.
//!
//! Winsock's contract is that all of it stays valid and untouched until the outcome has been delivered. Everything
//! that is read or written through such a pointer is in this file.
#![allow(unsafe_code, reason = "reads and writes what callers lend")]

use super::status::Status;
use super::sys::futex;
use super::thread::ThreadControl;
use super::translate::Address;
use super::wait;
use crate::win32::{OVERLAPPED, WSAMSG};
use std::any::Any;
use std::mem::offset_of;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::*, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Threads that sleep until some operation ends.
static SLEEPERS: AtomicU32 = AtomicU32::new(0);
/// Those of them that sleep alertably, which is on another word, and the addresses that they wait for.
static ALERTABLE: Mutex<Vec<(usize, Arc<ThreadControl>)>> = Mutex::new(Vec::new());

fn alertable() -> MutexGuard<'static, Vec<(usize, Arc<ThreadControl>)>> {
    ALERTABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock of those who sleep, for a fork.
pub(super) fn hold() -> impl Any {
    alertable()
}

/// A caller's `OVERLAPPED`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overlapped(*mut OVERLAPPED);

// SAFETY: the caller lends it to the operation, whichever thread ends that; writes to it are atomic.
unsafe impl Send for Overlapped {}

impl Overlapped {
    /// # Safety
    /// The pointer is valid and stays so until the operation has ended.
    pub(crate) unsafe fn new(overlapped: *mut OVERLAPPED) -> Overlapped {
        Overlapped(overlapped)
    }

    /// The program's pointer, to give back.
    pub(crate) fn as_ptr(self) -> *mut OVERLAPPED {
        self.0
    }

    /// The address, by which the program knows the operation.
    pub(crate) fn address(self) -> usize {
        self.0 as usize
    }

    /// The program's event handle, low bit and all.
    pub(crate) fn event(self) -> usize {
        // SAFETY: valid by the promise made to `new`.
        unsafe { (*self.0).hEvent as usize }
    }

    /// The operation begins: `STATUS_PENDING`, no bytes.
    pub(crate) fn begin(self) {
        self.information().store(0, Relaxed);
        self.status_word().store(Status::PENDING.0 as usize, Release);
    }

    /// The operation ends. Whoever sees the status sees the bytes; after that the memory is the program's again.
    pub(crate) fn finish(self, status: Status, bytes: usize) {
        self.information().store(bytes, Relaxed);
        // Either this sees the sleeper, or the sleeper sees the status. A swap is a cheaper barrier than a fence.
        self.status_word().swap(status.0 as usize, SeqCst);
        if SLEEPERS.load(SeqCst) > 0 {
            futex::wake_all(self.address());
            for (_, thread) in alertable().iter().filter(|(address, _)| *address == self.address()) {
                thread.parker.unpark();
            }
        }
    }

    fn has_ended(self) -> bool {
        fence(SeqCst);
        self.outcome().0 != Status::PENDING
    }

    /// Sleeps until the operation has ended, the time is over or a procedure call is queued to the thread. Answers
    /// whether one is.
    pub(crate) fn sleep_alertably(self, thread: &Arc<ThreadControl>, timeout: Option<Duration>) -> bool {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        alertable().push((self.address(), Arc::clone(thread)));
        SLEEPERS.fetch_add(1, SeqCst);
        let alerted = wait::sleep_alertably(thread, deadline, || self.has_ended());
        SLEEPERS.fetch_sub(1, SeqCst);
        let mine = |(_, other): &(usize, Arc<ThreadControl>)| Arc::ptr_eq(other, thread);
        let mut sleepers = alertable();
        let place = sleepers.iter().position(mine).expect("pushed above");
        drop(sleepers.swap_remove(place));
        alerted
    }

    /// Sleeps until the operation has ended or the time is over. Answers whether it has ended.
    pub(crate) fn sleep_until_ended(self, timeout: Option<Duration>) -> bool {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        SLEEPERS.fetch_add(1, SeqCst);
        let ended = loop {
            if self.has_ended() {
                break true;
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                break false;
            }
            futex::wait(self.status_half(), Status::PENDING.0, left);
        };
        SLEEPERS.fetch_sub(1, SeqCst);
        ended
    }

    /// The status and, if it is final, the bytes.
    pub(crate) fn outcome(self) -> (Status, usize) {
        let status = Status(self.status_word().load(Acquire) as u32);
        (status, self.information().load(Relaxed))
    }

    fn status_word(&self) -> &AtomicUsize {
        let word = self.0.wrapping_byte_add(offset_of!(OVERLAPPED, Internal)).cast();
        // SAFETY: `Internal` is an aligned word of valid memory, which this library accesses atomically only.
        unsafe { AtomicUsize::from_ptr(word) }
    }

    /// The half of the status word that changes.
    fn status_half(&self) -> &AtomicU32 {
        let half = self.0.wrapping_byte_add(offset_of!(OVERLAPPED, Internal)).cast();
        // SAFETY: `Internal` is an aligned word of valid memory, of which this is the low half: the machine is
        // little-endian. Its value is only ever compared by the kernel.
        unsafe { AtomicU32::from_ptr(half) }
    }

    fn information(&self) -> &AtomicUsize {
        let word = self.0.wrapping_byte_add(offset_of!(OVERLAPPED, InternalHigh)).cast();
        // SAFETY: as for `Internal`.
        unsafe { AtomicUsize::from_ptr(word) }
    }
}

/// Where a receive writes the address that its data came from.
pub(crate) struct AddressRoom {
    name: *mut u8,
    len: *mut i32,
}

// SAFETY: lent to the operation, whichever thread ends it; only that thread writes, and once.
unsafe impl Send for AddressRoom {}

impl AddressRoom {
    /// # Safety
    /// Both stay valid until the operation has ended: `len` for writing, `name` for an address of the socket's family.
    pub(crate) unsafe fn new(name: *mut u8, len: *mut i32) -> AddressRoom {
        AddressRoom { name, len }
    }

    /// Writes the address and its length.
    pub(crate) fn write(&self, address: &Address) {
        let bytes = address.as_bytes();
        // SAFETY: the room holds an address of the socket's family, by the promise made to `new`.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.name, bytes.len()) };
        // SAFETY: writable by the same promise.
        unsafe { self.len.write_unaligned(bytes.len() as i32) };
    }
}

/// Where an `AcceptEx` writes the two addresses: behind the data, each in a room of its own, as a length and, at
/// [`AcceptRoom::HEADER`], the `SOCKADDR`.
#[derive(Clone, Copy)]
pub(crate) struct AcceptRoom {
    local: *mut u8,
    remote: *mut u8,
}

// SAFETY: lent to the operation, whichever thread works on it; only one does at a time.
unsafe impl Send for AcceptRoom {}

impl AcceptRoom {
    /// What a room has besides the address.
    pub(crate) const HEADER: usize = 16;

    /// # Safety
    /// Both stay valid for writing [`AcceptRoom::HEADER`] bytes and an address of the listener's family until the
    /// operation has ended.
    pub(crate) unsafe fn new(local: *mut u8, remote: *mut u8) -> AcceptRoom {
        AcceptRoom { local, remote }
    }

    /// Writes both.
    pub(crate) fn write(&self, local: &Address, remote: &Address) {
        for (room, address) in [(self.local, local), (self.remote, remote)] {
            let bytes = address.as_bytes();
            // SAFETY: the room begins with the length, by the promise made to `new`.
            unsafe { room.cast::<u32>().write_unaligned(bytes.len() as u32) };
            let place = room.wrapping_add(AcceptRoom::HEADER);
            // SAFETY: an address of the family follows.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len()) };
        }
    }
}

/// Where a `WSARecvMsg` writes what comes with the data.
pub(crate) struct MessageRoom {
    message: *mut WSAMSG,
    name: *mut u8,
    control: *mut u8,
    control_len: usize,
}

// SAFETY: lent to the operation, whichever thread works on it; only one does at a time.
unsafe impl Send for MessageRoom {}

impl MessageRoom {
    /// # Safety
    /// The message stays valid for writing until the operation has ended, and so do `name`, unless it is NULL, for an
    /// address of the socket's family and `control` for `control_len` bytes.
    pub(crate) unsafe fn new(
        message: *mut WSAMSG,
        name: *mut u8,
        control: *mut u8,
        control_len: usize,
    ) -> MessageRoom {
        MessageRoom { message, name, control, control_len }
    }

    /// Writes the sender's address and the control data, whose writer answers its length and whether it was too much.
    /// Answers the latter.
    pub(crate) fn write(
        &self,
        from: Option<&Address>,
        control: impl FnOnce(&mut [u8]) -> (usize, bool),
    ) -> bool {
        if let (Some(from), false) = (from, self.name.is_null()) {
            let bytes = from.as_bytes();
            // SAFETY: the room holds an address of the family, by the promise made to `new`.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.name, bytes.len()) };
            // SAFETY: the message is valid by the same promise.
            let namelen = unsafe { &raw mut (*self.message).namelen };
            // SAFETY: and writable.
            unsafe { namelen.write_unaligned(bytes.len() as i32) };
        }
        let (len, truncated) = if self.control_len == 0 {
            control(&mut [])
        } else {
            // SAFETY: so many bytes are valid, and nobody else uses them before the operation has ended.
            control(unsafe { std::slice::from_raw_parts_mut(self.control, self.control_len) })
        };
        // SAFETY: the message is valid by the promise made to `new`.
        let control_len = unsafe { &raw mut (*self.message).Control.len };
        // SAFETY: and writable.
        unsafe { control_len.write_unaligned(len as u32) };
        truncated
    }

    /// Writes `dwFlags`.
    pub(crate) fn write_flags(&self, flags: u32) {
        // SAFETY: the message is valid by the promise made to `new`.
        let place = unsafe { &raw mut (*self.message).dwFlags };
        // SAFETY: and writable.
        unsafe { place.write_unaligned(flags) };
    }
}
