//! Whether packets may wait for the thread that brought them in, or another is woken for them.
//!
//! To wake a thread costs as much as to pass on a dozen packets, and takes longer: where threads pass packets on at once, one
//! of them has done it before another comes. Where they are away for longer, the others are what they are there for.
//! Knows no clock: it is told how long threads were away, and only where somebody could have been woken meanwhile.

use std::time::Duration;

/// What a thread that is woken needs to come, about: who is away with a packet for longer is missed.
const COMING: Duration = Duration::from_micros(40);
/// What is passed on sooner is not worth it: where there are more threads than processors, who is woken puts another
/// aside, for milliseconds.
const WORTH_WAKING: Duration = Duration::from_micros(100);
/// A thread that is away with a packet for no longer than this is back before anybody misses it.
const QUICK: Duration = Duration::from_micros(10);
/// The weight of what is known against what is new.
const MEMORY: u32 = 8;
/// What a thread counts that was away for longer than [`COMING`]. One says nothing, the kernel may have put it aside
/// meanwhile; two soon after each other do.
const LONG: u32 = 4;
/// As many packets as can be brought in at a time, so often in a row: that is more than one thread should have to do.
const FLOOD: u32 = 4;

pub(super) struct Patience {
    /// How long a thread is away with a packet, on average; those are left out that were away for long.
    away: Duration,
    /// How many were away for long lately: [`LONG`] for each, less one for each that was not.
    long: u32,
    /// How often in a row as many packets were brought in as can be at a time.
    full: u32,
}

impl Patience {
    /// As long as nothing is known, none.
    pub(super) fn new() -> Patience {
        Patience { away: COMING, long: 2 * LONG, full: 0 }
    }

    /// A thread was away with a packet for so long.
    pub(super) fn was_away(&mut self, time: Duration) {
        if time > COMING {
            self.long = (self.long + LONG).min(2 * LONG);
        } else {
            self.long = self.long.saturating_sub(1);
            self.away = (self.away * (MEMORY - 1) + time) / MEMORY;
        }
    }

    /// So many packets were brought in, of at most `most` at a time.
    pub(super) fn brought_in(&mut self, packets: usize, most: usize) {
        self.full = if packets < most { 0 } else { self.full.saturating_add(1) };
    }

    /// Whether so many packets may wait for the thread that has just taken one.
    pub(super) fn lasts_for(&self, packets: usize) -> bool {
        self.comes_back() && self.away * packets as u32 <= WORTH_WAKING
    }

    /// Whether one thread that waits for what happens is enough: it comes back before anybody misses it.
    pub(super) fn needs_one(&self) -> bool {
        self.comes_back() && self.away <= QUICK
    }

    fn comes_back(&self) -> bool {
        self.long <= LONG && self.full < FLOOD
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_micros(2);

    /// Of threads that were away for a short time, so often that it is believed.
    fn quick() -> Patience {
        let mut patience = Patience::new();
        for _ in 0..64 {
            patience.was_away(SHORT);
        }
        patience
    }

    #[test]
    fn there_is_none_before_threads_have_come_back() {
        let mut patience = Patience::new();
        assert!(!patience.lasts_for(1) && !patience.needs_one());
        patience.was_away(SHORT);
        assert!(!patience.lasts_for(1));
        assert!(quick().lasts_for(16) && quick().needs_one());
    }

    #[test]
    fn it_ends_with_more_packets_than_one_passes_on_in_time() {
        assert!(quick().lasts_for(32) && !quick().lasts_for(64));
    }

    #[test]
    fn one_that_was_away_for_long_says_nothing_and_two_do() {
        let mut patience = quick();
        patience.was_away(Duration::from_millis(5));
        assert!(patience.lasts_for(8) && patience.needs_one());
        patience.was_away(SHORT);
        patience.was_away(Duration::from_millis(5));
        assert!(!patience.lasts_for(1) && !patience.needs_one());
    }

    #[test]
    fn it_ends_when_packets_come_faster_than_they_are_passed_on() {
        let mut patience = quick();
        for _ in 0..FLOOD {
            assert!(patience.lasts_for(8));
            patience.brought_in(32, 32);
        }
        assert!(!patience.lasts_for(8) && !patience.needs_one());
        patience.brought_in(31, 32);
        assert!(patience.lasts_for(8));
    }
}
