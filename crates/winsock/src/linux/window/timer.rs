//! The timers of a thread's windows, and those of the thread itself.
//!
//! A timer that falls due makes one message, however often it falls due before its thread takes that. Nobody else
//! sees a thread's timers, so they are looked at when the thread looks at its queue, and bound its sleep.

use super::NO_WINDOW;
use super::procedure::TimerProcedure;
use super::queue::{Message, Queue};
use crate::win32::{USER_TIMER_MAXIMUM, USER_TIMER_MINIMUM, WM_TIMER};
use std::time::{Duration, Instant};

/// `SetTimer`: starts a timer of the calling thread's, or starts it anew; answers its number.
pub(crate) fn set(
    queue: &Queue,
    window: usize,
    id: usize,
    milliseconds: u32,
    procedure: Option<TimerProcedure>,
) -> usize {
    queue.with_timers(|timers| timers.set(window, id, milliseconds, procedure))
}

/// `KillTimer`: answers whether there was one.
pub(crate) fn kill(queue: &Queue, window: usize, id: usize) -> bool {
    queue.with_timers(|timers| timers.kill(window, id))
}

/// The function of a timer, if this is its number.
pub(crate) fn procedure(queue: &Queue, window: usize, id: usize, value: isize) -> Option<TimerProcedure> {
    queue.with_timers(|timers| timers.procedure(window, id)).filter(|&known| number(Some(known)) == value)
}

/// A timer's function, as its message carries it.
fn number(procedure: Option<TimerProcedure>) -> isize {
    procedure.map_or(0, |procedure| procedure as usize as isize)
}

/// One timer.
struct Timer {
    window: usize,
    id: usize,
    procedure: Option<TimerProcedure>,
    period: Duration,
    state: State,
}

/// How far a timer is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It falls due then.
    Runs(Instant),
    /// It has fallen due, and its message has not been taken. It runs on behind that.
    Due(Instant),
}

/// The timers of a thread.
pub(super) struct Timers {
    timers: Vec<Timer>,
    last_id: usize,
}

impl Timers {
    pub(super) const fn new() -> Timers {
        Timers { timers: Vec::new(), last_id: 0 }
    }

    /// `SetTimer`: starts a timer, or starts it anew. One without a window that is not there gets a number of its own.
    pub(super) fn set(
        &mut self,
        window: usize,
        id: usize,
        milliseconds: u32,
        procedure: Option<TimerProcedure>,
    ) -> usize {
        let milliseconds = milliseconds.clamp(USER_TIMER_MINIMUM, USER_TIMER_MAXIMUM);
        let period = Duration::from_millis(milliseconds.into());
        let state = State::Runs(Instant::now() + period);
        if let Some(timer) = self.timers.iter_mut().find(|timer| timer.is(window, id)) {
            (timer.procedure, timer.period, timer.state) = (procedure, period, state);
            return id;
        }
        let id = if window == NO_WINDOW { self.new_id() } else { id };
        self.timers.push(Timer { window, id, procedure, period, state });
        id
    }

    fn new_id(&mut self) -> usize {
        loop {
            self.last_id = self.last_id.wrapping_add(1).max(1);
            if !self.timers.iter().any(|timer| timer.is(NO_WINDOW, self.last_id)) {
                return self.last_id;
            }
        }
    }

    /// `KillTimer`: answers whether there was one.
    pub(super) fn kill(&mut self, window: usize, id: usize) -> bool {
        let before = self.timers.len();
        self.timers.retain(|timer| !timer.is(window, id));
        self.timers.len() != before
    }

    /// Ends all of a window.
    pub(super) fn kill_all(&mut self, window: usize) {
        self.timers.retain(|timer| timer.window != window);
    }

    /// The function of a timer.
    fn procedure(&self, window: usize, id: usize) -> Option<TimerProcedure> {
        self.timers.iter().find(|timer| timer.is(window, id))?.procedure
    }

    /// Looks at the clock: answers whether one fell due that was not.
    pub(super) fn fall_due(&mut self, now: Instant) -> bool {
        let mut any = false;
        for timer in &mut self.timers {
            match timer.state {
                State::Runs(at) if at <= now => {
                    timer.state = State::Due((at + timer.period).max(now));
                    any = true;
                }
                State::Runs(_) | State::Due(_) => {}
            }
        }
        any
    }

    /// Whether one is due.
    pub(super) fn are_due(&self) -> bool {
        self.timers.iter().any(|timer| matches!(timer.state, State::Due(_)))
    }

    /// When the next one falls due that is not.
    pub(super) fn next(&self) -> Option<Instant> {
        let runs = |timer: &Timer| match timer.state {
            State::Runs(at) => Some(at),
            State::Due(_) => None,
        };
        self.timers.iter().filter_map(runs).min()
    }

    /// The message of the first one that is due and matches; it is taken if `remove` says so. The timer goes behind
    /// the others then, so that none of them starves.
    pub(super) fn take(&mut self, remove: bool, matches: impl Fn(&Message) -> bool) -> Option<Message> {
        for index in 0..self.timers.len() {
            let timer = &self.timers[index];
            let State::Due(next) = timer.state else { continue };
            let message = Message::new(timer.window, WM_TIMER, timer.id, number(timer.procedure));
            if !matches(&message) {
                continue;
            }
            if remove {
                let mut timer = self.timers.remove(index);
                timer.state = State::Runs(next);
                self.timers.push(timer);
            }
            return Some(message);
        }
        None
    }
}

impl Timer {
    fn is(&self, window: usize, id: usize) -> bool {
        self.window == window && self.id == id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: usize = 4;

    fn any(_: &Message) -> bool {
        true
    }

    #[test]
    fn a_timer_that_falls_due_many_times_makes_one_message() {
        let mut timers = Timers::new();
        let now = Instant::now();
        assert_eq!(timers.set(WINDOW, 7, 20, None), 7);
        assert!(!timers.fall_due(now));
        assert!(timers.next().is_some_and(|next| next >= now + Duration::from_millis(20)));

        let later = now + Duration::from_secs(1);
        assert!(timers.fall_due(later));
        assert!(!timers.fall_due(later), "it is due already");
        assert_eq!(timers.next(), None, "nothing more can fall due before it is taken");
        assert!(timers.take(false, any).is_some());
        assert_eq!(timers.take(true, any).map(|message| (message.window, message.wparam)), Some((WINDOW, 7)));
        assert!(timers.take(true, any).is_none());
        assert!(timers.next().is_some_and(|next| next >= later), "what was missed is not made up for");
    }

    #[test]
    fn periods_are_bounded_and_numbers_without_a_window_are_new() {
        let mut timers = Timers::new();
        let begin = Instant::now();
        timers.set(WINDOW, 1, 0, None);
        assert!(timers.next().is_some_and(|next| next >= begin + Duration::from_millis(10)));
        let first = timers.set(NO_WINDOW, 0, 100, None);
        let second = timers.set(NO_WINDOW, 99, 100, None);
        assert!(first != 0 && second != 0 && first != second && second != 99);
        assert_eq!(timers.set(NO_WINDOW, first, 100, None), first, "one that is there is started anew");
        assert!(timers.kill(NO_WINDOW, first) && !timers.kill(NO_WINDOW, first));
        timers.kill_all(WINDOW);
        assert!(!timers.kill(WINDOW, 1));
    }

    #[test]
    fn timers_that_are_due_take_turns() {
        let mut timers = Timers::new();
        timers.set(WINDOW, 1, 10, None);
        timers.set(WINDOW, 2, 10, None);
        let mut now = Instant::now();
        let mut order = Vec::new();
        for _ in 0..4 {
            now += Duration::from_secs(1);
            timers.fall_due(now);
            order.extend(timers.take(true, any).map(|message| message.wparam));
        }
        assert_eq!(order, [1, 2, 1, 2]);
    }
}
