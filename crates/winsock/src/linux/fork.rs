//! What a child of `fork` inherits, and what it does not.
//!
//! The child has one thread: the one that forked. It keeps every handle. Sockets work as plain sockets there, and new
//! ports, operations and engines are its own. What the parent's threads and its kernel rings work on stays the
//! parent's: ports and overlapped operations made before the fork are refused with `ERROR_INVALID_HANDLE`, and closing
//! their handles ends nothing in the parent.
//!
//! Every lock of the whole process is held across the fork, so that the child finds none that a thread held which it
//! does not have. Locks of single objects are not: the child leaves those of inherited ports and operations alone.
#![allow(unsafe_code, reason = "the handlers have C's calling convention")]

use super::sys::fork;
use super::{
    address_wait, clock, console_control, dispatcher, engine, handles, lent, locals, named, network_events,
    port, thread, virtual_memory, window,
};
use std::any::Any;
use std::cell::RefCell;
use std::sync::Once;

pub(crate) use fork::generation;

thread_local! {
    /// The locks, while the thread forks.
    static HELD: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

/// Sees to it that forks are survived, from now on.
pub(crate) fn prepare() {
    static PREPARED: Once = Once::new();
    PREPARED.call_once(|| {
        // Without memory for the handlers a child is as unsafe as one of any process with threads.
        let _ = fork::on_fork(before, in_parent, in_child);
    });
}

unsafe extern "C" fn before() {
    // In the order in which they are taken where two are held.
    let locks: Vec<Box<dyn Any>> = vec![
        Box::new(address_wait::hold()),
        Box::new(engine::hold()),
        Box::new(network_events::hold()),
        Box::new(window::class::hold()),
        Box::new(dispatcher::lock()),
        Box::new(lent::hold()),
        Box::new(clock::hold()),
        Box::new(locals::hold()),
        Box::new(named::hold()),
        Box::new(console_control::hold()),
        Box::new(thread::hold()),
        Box::new(handles::hold()),
        Box::new(window::hold()),
        Box::new(virtual_memory::hold()),
    ];
    let _ = HELD.try_with(|held| held.replace(locks));
}

unsafe extern "C" fn in_parent() {
    let _ = HELD.try_with(RefCell::take);
}

unsafe extern "C" fn in_child() {
    let _ = HELD.try_with(RefCell::take);
    port::leave_inherited();
}
