//! Processor time, of a thread and of the process.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// What the calling thread has used.
pub(crate) fn thread() -> Duration {
    read(ClockId::ThreadCPUTime)
}

/// What all threads of the process have used.
pub(crate) fn process() -> Duration {
    read(ClockId::ProcessCPUTime)
}

fn read(clock: ClockId) -> Duration {
    Duration::try_from(clock_gettime(clock)).unwrap_or_default()
}
