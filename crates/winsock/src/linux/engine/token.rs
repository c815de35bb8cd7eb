//! A socket and a direction in the 64 bits that the kernel gives back with a completion.
#![allow(unsafe_code, reason = "keeps a counted reference in a number")]

use crate::linux::operation::Direction;
use crate::linux::socket::Socket;
use std::sync::Arc;

/// Set for the send direction; sockets are aligned to more than this.
const SEND: u64 = 1;

/// The number of a request. It holds a reference of the socket until [`redeem`] takes it back.
pub(super) fn issue(socket: &Arc<Socket>, direction: Direction) -> u64 {
    std::mem::forget(Arc::clone(socket));
    number(socket, direction)
}

/// The same number without a reference, to name a request that is with the kernel.
pub(super) fn number(socket: &Socket, direction: Direction) -> u64 {
    let tag = match direction {
        Direction::Receive => 0,
        Direction::Send => SEND,
    };
    std::ptr::from_ref(socket) as u64 | tag
}

/// Takes back what [`issue`] gave.
///
/// # Safety
/// The number comes from `issue`, once.
pub(super) unsafe fn redeem(number: u64) -> (Arc<Socket>, Direction) {
    let direction = if number & SEND == 0 { Direction::Receive } else { Direction::Send };
    let socket = (number & !SEND) as *const Socket;
    // SAFETY: `issue` leaked this reference, and it is taken back once.
    (unsafe { Arc::from_raw(socket) }, direction)
}
