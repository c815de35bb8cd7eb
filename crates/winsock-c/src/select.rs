//! `select`: the one call whose C form differs from the raw one, by its `struct timeval`.
//!
//! The C headers keep glibc's, with two 64-bit fields; Windows' has two of 32 bits.

use winsock::win32::{self, FD_SET, TIMEVAL};

/// glibc's `struct timeval`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TimeVal {
    tv_sec: i64,
    tv_usec: i64,
}

impl TimeVal {
    /// The same time for Winsock; longer than it can say is as long as it can say, negative stays negative.
    fn to_winsock(self) -> TIMEVAL {
        let clamp = |value: i64| value.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
        TIMEVAL { tv_sec: clamp(self.tv_sec), tv_usec: clamp(self.tv_usec) }
    }
}

/// `select`: see `winsock::win32`.
#[unsafe(export_name = "ws2_select")]
pub unsafe extern "C" fn select(
    nfds: i32,
    readfds: *mut FD_SET,
    writefds: *mut FD_SET,
    exceptfds: *mut FD_SET,
    timeout: *const TimeVal,
) -> i32 {
    // SAFETY: the caller passes NULL or a readable time.
    let timeout = unsafe { timeout.as_ref() }.map(|timeout| timeout.to_winsock());
    let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the caller makes the same promises of the sets; the time is ours.
    unsafe { win32::select(nfds, readfds, writefds, exceptfds, timeout) }
}
