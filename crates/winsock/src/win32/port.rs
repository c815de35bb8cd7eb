//! Completion ports: `CreateIoCompletionPort`, `GetQueuedCompletionStatus`, `GetQueuedCompletionStatusEx`,
//! `PostQueuedCompletionStatus`.
#![allow(unsafe_code, reason = "the signatures are Windows'")]

use super::{
    BOOL, FALSE, HANDLE, INVALID_HANDLE_VALUE, OVERLAPPED, OVERLAPPED_ENTRY, TRUE, boundary, memory,
};
use crate::error::Error;
use crate::linux::handles::{self, Object};
use crate::linux::port::{self, Ended, Packet, Port, Untaken};
use crate::linux::status::Status;
use std::ptr::null_mut;
use std::sync::Arc;
use std::time::Duration;

/// Packets that one `GetQueuedCompletionStatusEx` takes at most, however much room there is.
const MAX_TAKEN: u32 = 1024;

/// `CreateIoCompletionPort`: makes a port (`INVALID_HANDLE_VALUE` as file), associates a socket with one (`key` comes
/// with each of its packets), or both (no existing port). At most `threads` threads that took packets run at a time;
/// 0 means as many as there are processors. It counts only when the port is made.
///
/// Microsoft's page: `ioapiset/nf-ioapiset-createiocompletionport`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an existing port without a file; `ERROR_INVALID_HANDLE` for a stale port or file;
/// `ERROR_INVALID_PARAMETER` for a socket that is associated already.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CreateIoCompletionPort(
    filehandle: HANDLE,
    existingcompletionport: HANDLE,
    completionkey: usize,
    numberofconcurrentthreads: u32,
) -> HANDLE {
    boundary::call_any_time(null_mut(), || {
        let existing = match (existingcompletionport.is_null(), filehandle == INVALID_HANDLE_VALUE) {
            (false, true) => return Err(Error::WSA_INVALID_PARAMETER),
            (false, false) => Some(Arc::clone(&*handles::port(existingcompletionport as usize)?)),
            (true, _) => None,
        };
        if filehandle == INVALID_HANDLE_VALUE {
            return publish(Arc::new(Port::new(numberofconcurrentthreads)));
        }
        let socket = handles::socket(filehandle as usize).map_err(|_| Error::WSA_INVALID_HANDLE)?;
        match existing {
            Some(port) => {
                socket.io.bind(port, completionkey)?;
                Ok(existingcompletionport)
            }
            None => {
                let port = Arc::new(Port::new(numberofconcurrentthreads));
                socket.io.bind(Arc::clone(&port), completionkey)?;
                publish(port)
            }
        }
    })
}

fn publish(port: Arc<Port>) -> Result<HANDLE, Error> {
    let handle = handles::insert(Object::Port(port)).ok_or(Error::WSAEMFILE)?;
    Ok(handle as HANDLE)
}

/// `PostQueuedCompletionStatus`: queues a packet of the program's own making, to be given out as it is.
///
/// Microsoft's page: `ioapiset/nf-ioapiset-postqueuedcompletionstatus`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the pointer is passed on, never followed.
pub unsafe extern "system" fn PostQueuedCompletionStatus(
    completionport: HANDLE,
    dwnumberofbytestransferred: u32,
    dwcompletionkey: usize,
    lpoverlapped: *const OVERLAPPED,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let packet = || Packet {
            key: dwcompletionkey,
            overlapped: lpoverlapped as usize,
            bytes: dwnumberofbytestransferred,
            status: 0,
        };
        port::post_to(completionport as usize, packet)?;
        Ok(TRUE)
    })
}

/// `GetQueuedCompletionStatus`: takes the next packet, waiting until there is one. The thread counts as running on
/// this port from then on, until it asks again, blocks in a call of this library, or ends.
///
/// FALSE with an `OVERLAPPED` means that a packet came whose operation failed: the last error says how, in Win32
/// codes (a peer's reset is 64, `ERROR_NETNAME_DELETED`). FALSE with NULL means that none came.
///
/// Microsoft's page: `ioapiset/nf-ioapiset-getqueuedcompletionstatus`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for a NULL pointer, `WAIT_TIMEOUT` (258),
/// `ERROR_ABANDONED_WAIT_0` (735) when the port is closed meanwhile, and what the operation of the packet met.
///
/// # Safety
/// Each pointer is NULL or valid for writing.
pub unsafe extern "system" fn GetQueuedCompletionStatus(
    completionport: HANDLE,
    lpnumberofbytestransferred: *mut u32,
    lpcompletionkey: *mut usize,
    lpoverlapped: *mut *mut OVERLAPPED,
    dwmilliseconds: u32,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // Whatever goes wrong: no packet has come.
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(lpoverlapped, null_mut()) };
        if lpnumberofbytestransferred.is_null() || lpcompletionkey.is_null() || lpoverlapped.is_null() {
            handles::port(completionport as usize)?;
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let packet =
            port::take_one_from(completionport as usize, timeout(dwmilliseconds)).map_err(untaken)?;
        // SAFETY: as above.
        unsafe { memory::write(lpnumberofbytestransferred, packet.bytes) }?;
        // SAFETY: as above.
        unsafe { memory::write(lpcompletionkey, packet.key) }?;
        // SAFETY: as above.
        unsafe { memory::write(lpoverlapped, packet.overlapped as *mut OVERLAPPED) }?;
        let status = Status(packet.status);
        match status.is_warning_or_error() {
            true => Err(Error::from_code(status.win32() as i32)),
            false => Ok(TRUE),
        }
    })
}

/// `GetQueuedCompletionStatusEx`: takes as many packets as there are, up to `count`, waiting until there is one. A
/// packet whose operation failed is no failure of this call: its `OVERLAPPED` says so. An alertable wait that finds no
/// packet runs the procedure calls that are queued to the thread, all of them, and fails with `WAIT_IO_COMPLETION`.
///
/// Microsoft's page: `ioapiset/nf-ioapiset-getqueuedcompletionstatusex`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for a NULL pointer or a count of 0, `WAIT_IO_COMPLETION` (192),
/// `WAIT_TIMEOUT` (258), `ERROR_ABANDONED_WAIT_0` (735) when the port is closed meanwhile.
///
/// # Safety
/// Each pointer is NULL or valid: `entries` for writing `count` entries, `removed` for writing.
pub unsafe extern "system" fn GetQueuedCompletionStatusEx(
    completionport: HANDLE,
    lpcompletionportentries: *mut OVERLAPPED_ENTRY,
    ulcount: u32,
    ulnumentriesremoved: *mut u32,
    dwmilliseconds: u32,
    falertable: BOOL,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        if lpcompletionportentries.is_null() || ulnumentriesremoved.is_null() || ulcount == 0 {
            handles::port(completionport as usize)?;
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise; no more than `ulcount` are asked for.
        let mut packets = unsafe { Entries::new(lpcompletionportentries) };
        let max = ulcount.min(MAX_TAKEN) as usize;
        let taken = match falertable {
            FALSE => port::take_from(completionport as usize, &mut packets, max, timeout(dwmilliseconds))
                .map_err(untaken),
            _ => handles::port(completionport as usize)?
                .take_alertably(&mut packets, max, timeout(dwmilliseconds))
                .map_err(ended),
        };
        if taken != Err(Error::WSA_INVALID_HANDLE) {
            // SAFETY: not NULL, and the caller promises that it is writable.
            unsafe { memory::write(ulnumentriesremoved, packets.count) }?;
        }
        taken.map(|()| TRUE)
    })
}

/// A caller's array, filled from its beginning.
struct Entries {
    next: *mut OVERLAPPED_ENTRY,
    count: u32,
}

impl Entries {
    /// # Safety
    /// There is room for as many entries as are put in.
    unsafe fn new(entries: *mut OVERLAPPED_ENTRY) -> Entries {
        Entries { next: entries, count: 0 }
    }
}

impl Extend<Packet> for Entries {
    fn extend<I: IntoIterator<Item = Packet>>(&mut self, packets: I) {
        for packet in packets {
            let entry = OVERLAPPED_ENTRY {
                lpCompletionKey: packet.key,
                lpOverlapped: packet.overlapped as *mut OVERLAPPED,
                Internal: packet.status as usize,
                dwNumberOfBytesTransferred: packet.bytes,
            };
            // SAFETY: there is room, by the promise made to `new`.
            unsafe { self.next.write_unaligned(entry) };
            self.next = self.next.wrapping_add(1);
            self.count += 1;
        }
    }
}

/// A time-out in milliseconds; `INFINITE` is none.
fn timeout(milliseconds: u32) -> Option<Duration> {
    (milliseconds != u32::MAX).then(|| Duration::from_millis(milliseconds.into()))
}

fn untaken(untaken: Untaken) -> Error {
    match untaken {
        Untaken::Unknown(error) => error,
        Untaken::Ended(how) => ended(how),
    }
}

fn ended(ended: Ended) -> Error {
    match ended {
        Ended::TimedOut => Error::WSA_WAIT_TIMEOUT,
        Ended::Closed => Error::ERROR_ABANDONED_WAIT_0,
        Ended::Alerted => Error::WAIT_IO_COMPLETION,
    }
}
