//! What goes wrong, counted for each cause, and told in one line of the log for each: the first event at once, those
//! after it together, at most once in a while.

use std::time::{Duration, Instant};

/// The shortest time between two lines of the same cause.
const QUIET: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(super) struct Cause {
    events: u64,
    /// When a line was told, and how many events there were then.
    told: Option<(Instant, u64)>,
}

impl Cause {
    /// One more event. Answers how many a line is to tell of now, if there is to be one.
    pub(super) fn happen(&mut self, now: Instant) -> Option<u64> {
        self.events += 1;
        let told = match self.told {
            Some((at, _)) if now.saturating_duration_since(at) < QUIET => return None,
            Some((_, events)) => events,
            None => 0,
        };
        self.told = Some((now, self.events));
        Some(self.events - told)
    }

    pub(super) fn events(&self) -> u64 {
        self.events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_is_told_and_the_others_together_later() {
        let start = Instant::now();
        let mut cause = Cause::default();
        assert_eq!(cause.happen(start), Some(1));
        for second in 1..60 {
            assert_eq!(cause.happen(start + Duration::from_secs(second)), None);
        }
        assert_eq!(cause.happen(start + QUIET), Some(60));
        assert_eq!(cause.happen(start + QUIET), None);
        assert_eq!(cause.events(), 62);
    }
}
