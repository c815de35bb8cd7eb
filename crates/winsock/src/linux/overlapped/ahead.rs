//! What an engine's news will touch, fetched from memory while others are told.
//!
//! With a thousand busy connections each is out of the cache when its turn comes: the socket first, then the caller's
//! `OVERLAPPED` that it leads to. Only the speed depends on any of this.

use super::{Io, Lane};
use crate::linux::lent::Overlapped;
use crate::linux::operation::Direction;
use crate::linux::socket::Socket;
use crate::linux::sys::cache;
use std::mem::offset_of;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The address of the `OVERLAPPED` that each lane got last by the short way: probably the one that its news will end.
#[derive(Default)]
pub(super) struct Guesses {
    receive: AtomicUsize,
    send: AtomicUsize,
}

impl Guesses {
    pub(super) fn note(&self, direction: Direction, overlapped: Overlapped) {
        if let Some(guess) = self.of(direction) {
            guess.store(overlapped.address(), Relaxed);
        }
    }

    /// Urgent data is rare: nothing is guessed of it.
    fn of(&self, direction: Direction) -> Option<&AtomicUsize> {
        match direction {
            Direction::Receive => Some(&self.receive),
            Direction::Send => Some(&self.send),
            Direction::Urgent => None,
        }
    }
}

/// Has a socket fetched up to the end of its lanes, with the counts that an `Arc` keeps before it. The address may be
/// anything.
pub(crate) fn prefetch(socket: *const Socket) {
    const COUNTS: usize = 2 * size_of::<usize>();
    const END: usize = offset_of!(Socket, io) + offset_of!(Io, send) + size_of::<Mutex<Lane>>();
    let begin = socket.addr().wrapping_sub(COUNTS);
    for line in (0..COUNTS + END).step_by(cache::LINE) {
        cache::prefetch(begin.wrapping_add(line));
    }
}

/// Has the `OVERLAPPED` fetched that the news of a direction will probably end, and what the program keeps behind it.
pub(crate) fn prefetch_overlapped(socket: &Socket, direction: Direction) {
    if let Some(guess) = socket.io.guesses.of(direction) {
        let address = guess.load(Relaxed);
        cache::prefetch(address);
        cache::prefetch(address.wrapping_add(cache::LINE));
    }
}
