//! `select`, `__WSAFDIsSet` and `WSAPoll`: the callers' sets and arrays around one wait.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::{FD_SET, SOCKET, SOCKET_ERROR, TIMEVAL, WSAPOLLFD, boundary, memory};
use crate::error::Error;
use crate::linux::handles;
use crate::linux::readiness::{self, Readiness, Watch, Watches};
use crate::linux::translate;
use smallvec::SmallVec;
use std::mem::offset_of;
use std::time::Duration;

/// `select`: waits until a socket of a set is ready, and leaves in each set the sockets that are, in their order.
/// Answers how many that is over all sets, or 0 when the time is over.
///
/// `readfds`: data or its end, a reset, a connection to accept. `writefds`: a connect has succeeded, or data can be
/// sent. `exceptfds`: a connect has failed (`SO_ERROR` tells why), or out-of-band data (unless `SO_OOBINLINE`). A set
/// may be as long as its `fd_count` says, whatever `FD_SETSIZE` is; `nfds` is ignored. No time-out waits for ever.
///
/// Microsoft's page: `winsock2/nf-winsock2-select`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEINVAL` if there is no socket in any set, or for a negative time-out, `WSAENOTSOCK` for
/// a member that is no socket, or that another thread closes meanwhile. The sets are then as they were.
///
/// # Safety
/// Each set is NULL or valid: readable and writable, with as many entries as its `fd_count` says. `timeout` is NULL or
/// readable.
pub unsafe extern "system" fn select(
    _nfds: i32,
    readfds: *mut FD_SET,
    writefds: *mut FD_SET,
    exceptfds: *mut FD_SET,
    timeout: *const TIMEVAL,
) -> i32 {
    // SAFETY: the caller's promise.
    let timeout = unsafe { memory::read(timeout) };
    let wide = timeout
        .ok()
        .map(|timeout| TIMEVAL64 { tv_sec: timeout.tv_sec.into(), tv_usec: timeout.tv_usec.into() });
    let timeout = wide.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the caller's promise; the time-out is NULL or our own.
    unsafe { select64(readfds, writefds, exceptfds, timeout) }
}

/// A `timeval` of 64-bit members, as the C library of Linux has it.
#[doc(hidden)]
#[derive(Clone, Copy)]
#[repr(C)]
pub struct TIMEVAL64 {
    pub tv_sec: i64,
    pub tv_usec: i64,
}

/// [`select`] with the `timeval` of the C library, which C programs on Linux pass.
///
/// # Safety
/// As [`select`].
#[doc(hidden)]
pub unsafe fn select64(
    readfds: *mut FD_SET,
    writefds: *mut FD_SET,
    exceptfds: *mut FD_SET,
    timeout: *const TIMEVAL64,
) -> i32 {
    const EXCEPTIONS: Readiness = Readiness::OUT_OF_BAND.or(Readiness::CONNECT_FAILED);
    boundary::call(SOCKET_ERROR, || {
        let sets = [
            (Set(readfds), Readiness::READABLE),
            (Set(writefds), Readiness::WRITABLE),
            (Set(exceptfds), EXCEPTIONS),
        ];
        // SAFETY: the caller's promise.
        if sets.iter().all(|(set, _)| unsafe { set.len() } == 0) {
            return Err(Error::WSAEINVAL);
        }
        // SAFETY: the caller's promise.
        let timeout = match unsafe { memory::read(timeout) } {
            Ok(timeout) => Some(duration(timeout)?),
            Err(_) => None,
        };
        let mut watches = Watches::new();
        for (set, wanted) in &sets {
            // SAFETY: the caller's promise.
            for index in 0..unsafe { set.len() } {
                // SAFETY: the index is below the length.
                let member = unsafe { set.entry(index).read_unaligned() };
                watches.push(Watch::new(handles::socket(member)?, *wanted));
            }
        }
        readiness::wait(&mut watches, timeout)?;
        if watches.iter().any(|watch| watch.found.intersects(Readiness::CLOSED)) {
            return Err(Error::WSAENOTSOCK);
        }
        let mut ready = 0;
        let mut watches = watches.iter();
        for (set, wanted) in &sets {
            // SAFETY: the caller's promise.
            let len = unsafe { set.len() };
            let found = watches.by_ref().take(len).map(|watch| watch.found.intersects(*wanted));
            // SAFETY: the caller's promise; there are as many answers as members.
            ready += unsafe { set.keep(found) };
        }
        Ok(ready as i32)
    })
}

fn duration(timeout: TIMEVAL64) -> Result<Duration, Error> {
    let seconds = u64::try_from(timeout.tv_sec).map_err(|_| Error::WSAEINVAL)?;
    let microseconds = u64::try_from(timeout.tv_usec).map_err(|_| Error::WSAEINVAL)?;
    Ok(Duration::from_secs(seconds).saturating_add(Duration::from_micros(microseconds)))
}

/// A caller's set: NULL, or a count and as many sockets behind it, in whatever room the program has given it.
struct Set(*mut FD_SET);

impl Set {
    /// How many members there are; a NULL set has none.
    ///
    /// # Safety
    /// The set is NULL or readable.
    unsafe fn len(&self) -> usize {
        // SAFETY: the caller's promise; the count comes first.
        unsafe { memory::read(self.0.cast::<u32>()) }.unwrap_or(0) as usize
    }

    /// Where a member stands.
    fn entry(&self, index: usize) -> *mut SOCKET {
        self.0.wrapping_byte_add(offset_of!(FD_SET, fd_array)).cast::<SOCKET>().wrapping_add(index)
    }

    /// Keeps the members that `keep` says yes to, in their order, and answers how many.
    ///
    /// # Safety
    /// The set is NULL or writable, and `keep` has an answer for each member.
    unsafe fn keep(&self, keep: impl Iterator<Item = bool>) -> usize {
        let mut kept = 0;
        for (index, keep) in keep.enumerate() {
            if keep {
                // SAFETY: the index is below the length.
                let member = unsafe { self.entry(index).read_unaligned() };
                // SAFETY: no more are kept than there were.
                unsafe { self.entry(kept).write_unaligned(member) };
                kept += 1;
            }
        }
        if !self.0.is_null() {
            // SAFETY: not NULL, and the caller promises that it is writable; the count comes first.
            unsafe { self.0.cast::<u32>().write_unaligned(kept as u32) };
        }
        kept
    }
}

/// `__WSAFDIsSet`: whether a socket is a member of a set (`FD_ISSET`).
///
/// Microsoft's page: `winsock2/nf-winsock2-__wsafdisset`.
///
/// # Safety
/// The set is NULL or readable, with as many entries as its `fd_count` says.
pub unsafe extern "system" fn __WSAFDIsSet(fd: SOCKET, set: *mut FD_SET) -> i32 {
    let set = Set(set);
    // SAFETY: the caller's promise.
    let mut indexes = 0..unsafe { set.len() };
    // SAFETY: the index is below the length.
    indexes.any(|index| unsafe { set.entry(index).read_unaligned() } == fd).into()
}

/// `WSAPoll`: waits until a socket of an array is ready, and says in `revents` what holds of each. Answers how many
/// have something to say, or 0 when the time is over. A negative `timeout` (milliseconds) waits for ever.
///
/// Asked for with `events`: `POLLRDNORM`, `POLLRDBAND` (out-of-band data), `POLLWRNORM`. Shown unasked: `POLLHUP` when
/// the peer has ended its side, `POLLHUP | POLLERR` when the connection broke, with `POLLWRNORM` when a connect failed,
/// `POLLNVAL` for an entry that is no socket, `POLLERR | POLLNVAL` for one that another thread closes meanwhile. An
/// entry with a negative `fd` is ignored, and its `revents` become 0.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsapoll`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEINVAL` for an empty array, `WSAEFAULT` for NULL, `WSAEINVAL` for events that cannot be
/// asked for, or if no entry is a socket. The array is then as it was.
///
/// # Safety
/// `fdarray` is NULL or names `fds` readable and writable entries.
pub unsafe extern "system" fn WSAPoll(fdarray: *mut WSAPOLLFD, fds: u32, timeout: i32) -> i32 {
    const ALWAYS: Readiness = Readiness::HUNG_UP.or(Readiness::BROKEN).or(Readiness::CONNECT_FAILED);
    boundary::call(SOCKET_ERROR, || {
        if fds == 0 {
            return Err(Error::WSAEINVAL);
        }
        if fdarray.is_null() {
            return Err(Error::WSAEFAULT);
        }
        let entry = |index: usize| fdarray.wrapping_add(index);
        let mut watches = Watches::new();
        let mut answers: SmallVec<[Answer; 64]> = SmallVec::new();
        for index in 0..fds as usize {
            // SAFETY: not NULL, and the caller promises the entries.
            let WSAPOLLFD { fd, events, .. } = unsafe { entry(index).read_unaligned() };
            if (fd as isize) < 0 {
                answers.push(Answer::Ignored);
                continue;
            }
            let asked = translate::poll_request(events)?;
            answers.push(match handles::socket(fd) {
                Ok(socket) => {
                    watches.push(Watch::new(socket, asked | ALWAYS));
                    Answer::Socket(asked)
                }
                Err(_) => Answer::Invalid,
            });
        }
        if watches.is_empty() {
            return Err(Error::WSAEINVAL);
        }
        let answered = answers.iter().any(|answer| matches!(answer, Answer::Invalid));
        let timeout = if answered { 0 } else { timeout };
        readiness::wait(&mut watches, u64::try_from(timeout).ok().map(Duration::from_millis))?;
        let mut ready = 0;
        let mut watches = watches.iter();
        for (index, answer) in answers.into_iter().enumerate() {
            let revents = match answer {
                Answer::Ignored => 0,
                Answer::Invalid => super::POLLNVAL,
                Answer::Socket(asked) => {
                    watches.next().map_or(0, |watch| translate::poll_answer(watch.found, asked))
                }
            };
            // SAFETY: not NULL, and the caller promises the entries.
            let pointer = unsafe { &raw mut (*entry(index)).revents };
            // SAFETY: the caller promises that it is writable.
            unsafe { pointer.write_unaligned(revents) };
            ready += i32::from(revents != 0);
        }
        Ok(ready)
    })
}

/// What an entry of the array is.
enum Answer {
    /// Its `fd` is negative.
    Ignored,
    /// Its `fd` is no socket.
    Invalid,
    /// The next socket of the wait, and what its `events` ask for.
    Socket(Readiness),
}
