//! What belongs to the process: Winsock started once, the last error, descriptors counted.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

use std::sync::Once;
use std::time::{Duration, Instant};
use winsock::win32::*;

/// Starts Winsock for the rest of the process.
pub(crate) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        // SAFETY: a WSADATA may hold any bytes.
        let mut data: WSADATA = unsafe { std::mem::zeroed() };
        // SAFETY: the pointer is to `data`.
        assert_eq!(unsafe { WSAStartup(0x0202, &mut data) }, 0);
    });
}

/// The calling thread's last error.
pub(crate) fn last_error() -> i32 {
    // SAFETY: no memory is passed.
    unsafe { WSAGetLastError() }
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("Linux has a folder of descriptors").count()
}

/// Runs a body, and again while it leaves more descriptors open than before. The library opens some for itself when it
/// first needs them; a leak is what every run adds to.
pub(crate) fn without_leak(body: impl Fn()) {
    const RUNS: usize = 4;
    let mut counts = vec![descriptors()];
    while counts.len() <= RUNS {
        body();
        let before = counts[counts.len() - 1];
        counts.push(settled(before));
        if counts[counts.len() - 1] <= before {
            return;
        }
    }
    panic!("every run leaves descriptors open: {counts:?}");
}

/// How many are open when no more than `wanted` are, or after a moment: what a close has begun, others may finish.
fn settled(wanted: usize) -> usize {
    let limit = Instant::now() + Duration::from_secs(1);
    loop {
        let now = descriptors();
        if now <= wanted || Instant::now() > limit {
            return now;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}
