//! A socket and a direction in the 64 bits that the kernel gives back with a completion.
#![allow(unsafe_code, reason = "keeps a counted reference in a number")]

use crate::linux::operation::Direction;
use crate::linux::overlapped;
use crate::linux::socket::Socket;
use std::sync::Arc;

/// The bits that name the direction: sockets are aligned to more than this.
const DIRECTION: u64 = 3;
const RECEIVE: u64 = 0;
const SEND: u64 = 1;
const URGENT: u64 = 2;

/// The number of a request. It holds a reference of the socket until [`redeem`] takes it back.
pub(super) fn issue(socket: &Arc<Socket>, direction: Direction) -> u64 {
    std::mem::forget(Arc::clone(socket));
    kernel::receives();
    number(socket, direction)
}

/// The same number without a reference, to name a request that is with the kernel.
pub(super) fn number(socket: &Socket, direction: Direction) -> u64 {
    let tag = match direction {
        Direction::Receive => RECEIVE,
        Direction::Send => SEND,
        Direction::Urgent => URGENT,
    };
    std::ptr::from_ref(socket) as u64 | tag
}

/// Has the socket of a number fetched from memory.
pub(super) fn prefetch(number: u64) {
    overlapped::prefetch(std::ptr::without_provenance((number & !DIRECTION) as usize));
}

/// Has the `OVERLAPPED` fetched that the completion of a number will probably end.
///
/// # Safety
/// The number comes from `issue`, and [`redeem`] has not taken it back.
pub(super) unsafe fn prefetch_overlapped(number: u64) {
    let (socket, direction) = parts(number);
    kernel::answers();
    // SAFETY: the reference that `issue` leaked keeps it.
    overlapped::prefetch_overlapped(unsafe { &*socket }, direction);
}

fn parts(number: u64) -> (*const Socket, Direction) {
    let direction = match number & DIRECTION {
        RECEIVE => Direction::Receive,
        SEND => Direction::Send,
        URGENT => Direction::Urgent,
        _ => unreachable!("no number has this"),
    };
    ((number & !DIRECTION) as *const Socket, direction)
}

/// Takes back what [`issue`] gave.
///
/// # Safety
/// The number comes from `issue`, once.
pub(super) unsafe fn redeem(number: u64) -> (Arc<Socket>, Direction) {
    let (socket, direction) = parts(number);
    kernel::answers();
    // SAFETY: `issue` leaked this reference, and it is taken back once.
    (unsafe { Arc::from_raw(socket) }, direction)
}

/// The order between a request and its completion, which is the kernel's: in a build with `--cfg tsan` the thread sanitizer is
/// shown it.
mod kernel {
    #[cfg(tsan)]
    static ORDER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

    pub(super) fn receives() {
        #[cfg(tsan)]
        ORDER.fetch_add(1, std::sync::atomic::Ordering::AcqRel);
    }

    pub(super) fn answers() {
        #[cfg(tsan)]
        ORDER.load(std::sync::atomic::Ordering::Acquire);
    }
}
