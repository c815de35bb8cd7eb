//! What a thread sleeps on, and how others wake it.
//!
//! A thread sleeps in one of two places: on a word of its own, or in `poll` together with the descriptors that it
//! waits for. Waking a thread that does not sleep costs no system call; it makes the next sleep end at once.

use super::sync::Word;
use super::sys::Errno;
use super::sys::poll::Entries;
use super::sys::wake::{Polled, Wake};
use std::sync::OnceLock;
use std::sync::atomic::Ordering::*;
use std::time::{Duration, Instant};

/// Awake, and nobody has called.
const AWAKE: u32 = 0;
/// Somebody has called: the next sleep ends at once.
const CALLED: u32 = 1;
/// Asleep on the word.
const ASLEEP: u32 = 2;
/// Asleep in `poll`.
const POLLING: u32 = 3;

/// One thread's sleep. Only that thread calls [`Parker::park`] and [`Parker::poll`].
pub(crate) struct Parker {
    state: Word,
    /// Made when the thread polls for the first time.
    wake: OnceLock<Wake>,
}

impl Parker {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Parker {
        Parker { state: Word::new(AWAKE), wake: OnceLock::new() }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Parker {
        Parker { state: Word::new(AWAKE), wake: OnceLock::new() }
    }

    /// Sleeps until [`Parker::unpark`] or the deadline. May end early: the caller looks again.
    pub(crate) fn park(&self, deadline: Option<Instant>) {
        if self.falls_asleep(ASLEEP) {
            self.state.wait(ASLEEP, time_left(deadline));
            self.state.swap(AWAKE, Acquire);
        }
    }

    /// Sleeps until [`Parker::unpark`], until one of the descriptors has an event, or until the deadline. May end
    /// early with [`Polled::Woken`].
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE` and `ENOMEM` if this is the thread's first time; `EINTR`.
    pub(crate) fn poll(&self, entries: &mut Entries, deadline: Option<Instant>) -> Result<Polled, Errno> {
        let wake = match self.wake.get() {
            Some(wake) => wake,
            None => {
                let wake = Wake::new()?;
                self.wake.get_or_init(|| wake)
            }
        };
        if !self.falls_asleep(POLLING) {
            return Ok(Polled::Woken);
        }
        let result = wake.poll(entries, time_left(deadline));
        self.state.swap(AWAKE, Acquire);
        result
    }

    fn falls_asleep(&self, how: u32) -> bool {
        let before = self.state.replace(AWAKE, how, AcqRel);
        if before.is_err() {
            self.state.store(AWAKE, Release);
        }
        before.is_ok()
    }

    /// Wakes the thread, or makes its next sleep end at once.
    pub(crate) fn unpark(&self) {
        match self.state.swap(CALLED, AcqRel) {
            ASLEEP => self.state.wake_one(),
            POLLING => {
                if let Some(wake) = self.wake.get() {
                    wake.wake();
                }
            }
            _awake => {}
        }
    }
}

fn time_left(deadline: Option<Instant>) -> Option<Duration> {
    deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::sys::poll::{POLLIN, entry};
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_call_before_the_sleep_ends_the_sleep() {
        let parker = Parker::new();
        let begin = Instant::now();
        parker.unpark();
        parker.park(Some(begin + LONG));
        assert!(begin.elapsed() < LONG);
    }

    #[test]
    fn a_deadline_that_has_passed_does_not_sleep() {
        let begin = Instant::now();
        Parker::new().park(Some(begin));
        assert!(begin.elapsed() < LONG);
    }

    #[test]
    fn calls_from_another_thread_end_sleeps_of_both_kinds() {
        let parker = Parker::new();
        let (ours, _theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        let fd = std::os::fd::AsFd::as_fd(&ours);
        let mut entries = Entries::from_elem(entry(fd, POLLIN), 1);
        let done = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while done.load(Acquire) < 2000 {
                    parker.unpark();
                    std::thread::yield_now();
                }
            });
            for round in 0..2000 {
                if round % 2 == 0 {
                    parker.park(None);
                } else {
                    assert_eq!(parker.poll(&mut entries, None), Ok(Polled::Woken));
                }
                done.store(round + 1, Release);
            }
        });
    }
}
