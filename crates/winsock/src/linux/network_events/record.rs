//! The rules of recording: which network events are wanted, which may be recorded again, which were recorded.
//!
//! Each event is recorded once and then disabled, until something enables it again: a call of the program, or a new
//! connection. Does not know sockets, or who is told.

use crate::linux::change::Change;
use crate::win32::{
    FD_ACCEPT, FD_ADDRESS_LIST_CHANGE_BIT, FD_CLOSE, FD_CONNECT, FD_MAX_EVENTS, FD_OOB, FD_READ,
    FD_ROUTING_INTERFACE_CHANGE_BIT, FD_WRITE,
};
use std::ops::BitOr;

/// A set of network events, in Winsock's numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Events(u32);

impl Events {
    pub(crate) const NONE: Events = Events(0);
    pub(crate) const READ: Events = Events(FD_READ);
    pub(crate) const WRITE: Events = Events(FD_WRITE);
    pub(crate) const OUT_OF_BAND: Events = Events(FD_OOB);
    pub(crate) const ACCEPT: Events = Events(FD_ACCEPT);
    pub(crate) const CONNECT: Events = Events(FD_CONNECT);
    pub(crate) const CLOSE: Events = Events(FD_CLOSE);
    /// What a call that receives enables again.
    pub(crate) const OF_RECEIVING: Events = Events(FD_READ | FD_OOB);
    /// What a new connection enables again.
    pub(crate) const OF_CONNECTING: Events = Events(FD_CONNECT | FD_WRITE | FD_CLOSE);

    const ALL: Events = Events((1 << FD_MAX_EVENTS) - 1);

    /// The set that a program asks for. `None` if Winsock has no such event.
    pub(crate) fn from_winsock(events: i32) -> Option<Events> {
        let events = Events(events as u32);
        Events::ALL.contains(events).then_some(events)
    }

    /// The event that tells of a change of the machine's.
    pub(crate) const fn of_change(change: Change) -> Events {
        match change {
            Change::Addresses => Events(1 << FD_ADDRESS_LIST_CHANGE_BIT),
            Change::Routes => Events(1 << FD_ROUTING_INTERFACE_CHANGE_BIT),
        }
    }

    pub(crate) fn to_winsock(self) -> i32 {
        self.0 as i32
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of these are in the set.
    pub(crate) const fn contains(self, these: Events) -> bool {
        self.0 & these.0 == these.0
    }

    pub(crate) const fn and(self, other: Events) -> Events {
        Events(self.0 & other.0)
    }

    pub(crate) const fn without(self, other: Events) -> Events {
        Events(self.0 & !other.0)
    }

    /// The place of the error of one event.
    pub(crate) const fn bit(self) -> usize {
        self.0.trailing_zeros() as usize
    }
}

impl BitOr for Events {
    type Output = Events;

    fn bitor(self, other: Events) -> Events {
        Events(self.0 | other.0)
    }
}

/// As many events as there are.
const EVENTS: usize = FD_MAX_EVENTS as usize;

/// What was recorded, and the error of each event, 0 for success.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Recorded {
    pub(crate) events: Events,
    pub(crate) errors: [i32; EVENTS],
}

impl Recorded {
    pub(crate) const NOTHING: Recorded = Recorded { events: Events::NONE, errors: [0; EVENTS] };
}

/// The record of one selection.
pub(super) struct Record {
    selected: Events,
    enabled: Events,
    recorded: Recorded,
}

impl Record {
    /// A record of these events, all but `disabled` of which may happen now.
    pub(super) fn new(selected: Events, disabled: Events) -> Record {
        let enabled = Events::ALL.without(disabled);
        Record { selected, enabled, recorded: Recorded::NOTHING }
    }

    pub(super) fn selected(&self) -> Events {
        self.selected
    }

    /// The events that would be recorded if they happened.
    pub(super) fn awaited(&self) -> Events {
        self.selected.and(self.enabled)
    }

    /// Events may be recorded again.
    pub(super) fn enable(&mut self, events: Events) {
        self.enabled = self.enabled | events;
    }

    /// One event happens. Answers whether that is to be told.
    pub(super) fn happen(&mut self, event: Events, error: i32) -> bool {
        if !self.awaited().contains(event) {
            return false;
        }
        self.enabled = self.enabled.without(event);
        self.recorded.events = self.recorded.events | event;
        self.recorded.errors[event.bit()] = error;
        true
    }

    pub(super) fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// Forgets what was recorded.
    pub(super) fn clear(&mut self) {
        self.recorded = Recorded::NOTHING;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn unknown_events_are_refused() {
        assert_eq!(Events::from_winsock(0), Some(Events::NONE));
        assert_eq!(Events::from_winsock(0x3FF), Some(Events::ALL));
        for events in [0x400, 0x401, -1, i32::MIN] {
            assert_eq!(Events::from_winsock(events), None);
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Happen(u32, i32),
        Enable(u32),
        Take,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0..FD_MAX_EVENTS, 0..3).prop_map(|(bit, error)| Step::Happen(bit, error)),
            2 => (0..FD_MAX_EVENTS).prop_map(Step::Enable),
            1 => Just(Step::Take),
        ];
        vec(step, 1..60)
    }

    proptest! {
        /// Each event for itself: told at most once for each time that it was enabled, and never unasked.
        #[test]
        fn an_event_is_told_once_for_each_time_it_is_enabled(
            selected in 0u32..0x400,
            steps in steps(),
        ) {
            let mut record = Record::new(Events(selected), Events::NONE);
            let mut may_happen = [true; EVENTS];
            let mut last = [None; EVENTS];
            for step in steps {
                match step {
                    Step::Happen(bit, error) => {
                        let at = bit as usize;
                        let told = selected & (1 << bit) != 0 && may_happen[at];
                        prop_assert_eq!(record.happen(Events(1 << bit), error), told);
                        if told {
                            may_happen[at] = false;
                            last[at] = Some(error);
                        }
                    }
                    Step::Enable(bit) => {
                        record.enable(Events(1 << bit));
                        may_happen[bit as usize] = true;
                    }
                    Step::Take => {
                        let taken = *record.recorded();
                        record.clear();
                        for (bit, (last, error)) in last.iter_mut().zip(taken.errors).enumerate() {
                            let error = taken.events.contains(Events(1 << bit)).then_some(error);
                            prop_assert_eq!(error, last.take());
                        }
                    }
                }
            }
        }
    }
}
