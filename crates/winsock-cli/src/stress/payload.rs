//! What is sent: pseudo-random bytes of a seed, so that every run can be repeated.
//!
//! A message is a window of one table, at a place that its connection draws: two messages of one connection, or of two
//! connections, are (almost) never the same, checking one is one comparison of memory, and none is ever built or copied.

use std::ops::Range;
use std::sync::Arc;

use super::sizes::Sizes;

/// Places at which a message can start: so few that the table stays in the processor's cache.
const PLACES: usize = 1 << 13;

pub(super) struct Payload {
    table: Arc<[u8]>,
    sizes: Sizes,
}

impl Payload {
    pub(super) fn new(seed: u64, sizes: Sizes) -> Payload {
        let mut table = vec![0; PLACES + sizes.longest()];
        fastrand::Rng::with_seed(seed).fill(&mut table);
        Payload { table: table.into(), sizes }
    }

    /// Where all messages are.
    pub(super) fn table(&self) -> &Arc<[u8]> {
        &self.table
    }

    /// Which part of the table a part of a message is.
    pub(super) fn place(&self, part: &[u8]) -> Range<usize> {
        let from = part.as_ptr().addr() - self.table.as_ptr().addr();
        from..from + part.len()
    }

    /// The messages of one connection.
    pub(super) fn messages(&self, seed: u64, connection: usize) -> Messages<'_> {
        // The generator's own mixing sets neighbours apart; the constant sets the table's stream apart from theirs.
        let seed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(connection as u64 + 1);
        Messages { payload: self, random: fastrand::Rng::with_seed(seed) }
    }
}

pub(super) struct Messages<'a> {
    payload: &'a Payload,
    random: fastrand::Rng,
}

impl<'a> Messages<'a> {
    pub(super) fn next(&mut self) -> &'a [u8] {
        let place = self.random.usize(..PLACES);
        let size = self.payload.sizes.draw(&mut self.random);
        &self.payload.table[place..][..size]
    }

    /// A number from 0 to 1, for other decisions of the same connection.
    pub(super) fn chance(&mut self) -> f64 {
        self.random.f64()
    }
}

/// Where `got` differs from `expected`, which has the same length: the first place, and how many there are.
pub(super) fn difference(expected: &[u8], got: &[u8]) -> Option<(usize, u64)> {
    if expected == got {
        return None;
    }
    let mut differing = (0..got.len()).filter(|&at| expected[at] != got[at]);
    let first = differing.next()?;
    Some((first, 1 + differing.count() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_messages_and_connections_differ() {
        let payload = |seed| Payload::new(seed, Sizes::Fixed(64));
        let (one, again, other) = (payload(7), payload(7), payload(8));
        let draw = |payload: &Payload, seed, connection| -> Vec<Vec<u8>> {
            let mut messages = payload.messages(seed, connection);
            (0..8).map(|_| messages.next().to_vec()).collect()
        };
        assert_eq!(draw(&one, 7, 3), draw(&again, 7, 3));
        assert_ne!(draw(&one, 7, 3), draw(&one, 7, 4));
        assert_ne!(draw(&one, 7, 3), draw(&other, 8, 3));
        let messages = draw(&one, 7, 3);
        assert!(messages.iter().all(|message| message.len() == 64));
        assert!(messages.windows(2).all(|pair| pair[0] != pair[1]));
        let message = one.messages(7, 3).next();
        assert_eq!(one.table()[one.place(&message[10..])], message[10..]);
    }

    #[test]
    fn a_difference_is_found_and_counted() {
        assert_eq!(difference(b"abcd", b"abcd"), None);
        assert_eq!(difference(b"abcd", b"abxd"), Some((2, 1)));
        assert_eq!(difference(b"abcd", b"xbxx"), Some((0, 3)));
    }
}
