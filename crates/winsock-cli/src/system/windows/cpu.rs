//! Processor time, of a thread and of the process.

#![allow(unsafe_code, reason = "Windows tells by pointers")]

use std::time::Duration;

use windows_sys::Win32::Foundation::{FILETIME, HANDLE};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetCurrentThread, GetProcessTimes, GetThreadTimes,
};
use windows_sys::core::BOOL;

/// When something was created and exited, and what it has used in the kernel and outside.
type Times =
    unsafe extern "system" fn(HANDLE, *mut FILETIME, *mut FILETIME, *mut FILETIME, *mut FILETIME) -> BOOL;

/// What the calling thread has used.
pub(crate) fn thread() -> Duration {
    // SAFETY: it takes nothing, and what it gives stands for the calling thread wherever it is used.
    let thread = unsafe { GetCurrentThread() };
    read(GetThreadTimes, thread)
}

/// What all threads of the process have used.
pub(crate) fn process() -> Duration {
    // SAFETY: it takes nothing, and what it gives stands for this process.
    let process = unsafe { GetCurrentProcess() };
    read(GetProcessTimes, process)
}

fn read(times: Times, of: HANDLE) -> Duration {
    let [mut created, mut exited, mut kernel, mut user] =
        [FILETIME { dwLowDateTime: 0, dwHighDateTime: 0 }; 4];
    // SAFETY: `of` is the handle of what `times` is for, and the four places are ours. A failure leaves them at zero.
    unsafe { times(of, &mut created, &mut exited, &mut kernel, &mut user) };
    duration(kernel) + duration(user)
}

/// It counts in steps of 100 nanoseconds.
fn duration(time: FILETIME) -> Duration {
    let steps = u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
    Duration::from_nanos(steps.saturating_mul(100))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn work_uses_the_time_of_its_thread_and_of_the_process() {
        let (own, all) = (thread(), process());
        let began = Instant::now();
        while thread() == own {
            assert!(began.elapsed() < Duration::from_secs(30), "the thread's time stands still");
        }
        let used = thread() - own;
        assert!(used <= began.elapsed() + Duration::from_millis(100), "{used:?} of {:?}", began.elapsed());
        assert!(process() > all);
    }
}
