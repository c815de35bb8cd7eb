//! What the tests of events, waits, procedure calls and threads share.
#![allow(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    dead_code,
    unreachable_pub,
    reason = "the raw API is unsafe; each test file uses its own part of this one"
)]

use std::ffi::c_void;
use std::ptr::{null, null_mut, without_provenance, without_provenance_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};
use winsock::win32::*;

/// What no test takes.
pub const LIMIT: Duration = Duration::from_secs(30);
/// The same, for wait functions.
pub const LIMIT_MS: u32 = 30_000;

/// A handle that may go to other threads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handle(pub usize);

impl Handle {
    pub fn of(handle: HANDLE) -> Handle {
        assert!(!handle.is_null(), "error {}", error());
        Handle(handle.addr())
    }

    pub fn raw(self) -> HANDLE {
        without_provenance_mut(self.0)
    }

    pub fn set(self) {
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { SetEvent(self.raw()) }, TRUE, "{}", error());
    }

    pub fn reset(self) {
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { ResetEvent(self.raw()) }, TRUE, "{}", error());
    }

    pub fn pulse(self) {
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { PulseEvent(self.raw()) }, TRUE, "{}", error());
    }

    pub fn close(self) {
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { CloseHandle(self.raw()) }, TRUE, "{}", error());
    }

    /// A wait of the longest time; what it answers.
    pub fn wait(self) -> u32 {
        // SAFETY: no memory is passed.
        unsafe { WaitForSingleObject(self.raw(), LIMIT_MS) }
    }

    /// Whether a look takes the object.
    pub fn look(self) -> bool {
        // SAFETY: no memory is passed.
        match unsafe { WaitForSingleObject(self.raw(), 0) } {
            WAIT_OBJECT_0 => true,
            WAIT_TIMEOUT => false,
            other => panic!("{other:#x}, error {}", error()),
        }
    }
}

/// The calling thread's last error.
pub fn error() -> u32 {
    // SAFETY: no memory is passed.
    unsafe { GetLastError() }
}

/// Clears the last error.
pub fn forget_error() {
    // SAFETY: no memory is passed.
    unsafe { SetLastError(0) };
}

/// An auto-reset event.
pub fn auto_event() -> Handle {
    // SAFETY: no name is passed.
    Handle::of(unsafe { CreateEventW(null(), FALSE, FALSE, null()) })
}

/// A manual-reset event.
pub fn manual_event() -> Handle {
    // SAFETY: no name is passed.
    Handle::of(unsafe { CreateEventW(null(), TRUE, FALSE, null()) })
}

/// A wait for several objects.
pub fn wait_for(handles: &[Handle], all: bool, milliseconds: u32, alertable: bool) -> u32 {
    let handles: Vec<HANDLE> = handles.iter().map(|handle| handle.raw()).collect();
    let (count, alertable) = (handles.len() as u32, i32::from(alertable));
    // SAFETY: as many handles are readable.
    unsafe { WaitForMultipleObjectsEx(count, handles.as_ptr(), all.into(), milliseconds, alertable) }
}

/// A value as a thread's parameter.
pub fn value(value: usize) -> *const c_void {
    without_provenance(value)
}

/// A thread that runs the function.
pub fn thread(function: unsafe extern "system" fn(*mut c_void) -> u32, parameter: usize) -> Handle {
    // SAFETY: the tests' functions take values.
    Handle::of(unsafe { CreateThread(null(), 0, Some(function), value(parameter), 0, null_mut()) })
}

/// A real handle to the calling thread.
pub fn this_thread() -> Handle {
    duplicate(Handle(-2isize as usize))
}

/// Another handle of the same object.
pub fn duplicate(source: Handle) -> Handle {
    let mut target = null_mut();
    // SAFETY: the target is writable.
    let done = unsafe {
        let process = GetCurrentProcess();
        DuplicateHandle(process, source.raw(), process, &mut target, 0, FALSE, DUPLICATE_SAME_ACCESS)
    };
    assert_eq!(done, TRUE, "{}", error());
    Handle::of(target)
}

/// Queues a procedure call; whether it was taken.
pub fn queue(thread: Handle, function: unsafe extern "system" fn(usize), parameter: usize) -> bool {
    // SAFETY: the tests' functions take values.
    unsafe { QueueUserAPC(Some(function), thread.raw(), parameter) != 0 }
}

/// An alertable sleep.
pub fn sleep_alertably(milliseconds: u32) -> u32 {
    // SAFETY: no memory is passed.
    unsafe { SleepEx(milliseconds, TRUE) }
}

/// Waits until the counter has the value.
pub fn until(counter: &AtomicU32, value: u32) {
    let begin = Instant::now();
    while counter.load(SeqCst) != value {
        assert!(begin.elapsed() < LIMIT, "{} is not {value}", counter.load(SeqCst));
        std::thread::yield_now();
    }
}

/// Gives other threads time to block. The promises hold without it; with it most runs take the harder way.
pub fn settle() {
    let soon = Instant::now() + Duration::from_millis(5);
    while Instant::now() < soon {
        std::thread::yield_now();
    }
}

/// Descriptors of this process.
pub fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Memory of this process in use, in KiB.
pub fn resident_kib() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4
}
