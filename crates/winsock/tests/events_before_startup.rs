//! Before `WSAStartup`, Winsock's event functions refuse everything, and Win32's work. Nobody else calls it in this process.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

mod common;
#[path = "common/waiting.rs"]
mod waiting;

use std::ptr::null;
use waiting::*;
use winsock::win32::*;

#[test]
fn winsock_refuses_events_before_startup_and_leaves_them_after_cleanup() {
    let event = auto_event();
    let handle = event.0 as WSAEVENT;
    // SAFETY: NULL is not read, and one handle is readable.
    unsafe {
        let refused = |call: &dyn Fn() -> bool| {
            forget_error();
            call() && error() == WSANOTINITIALISED as u32
        };
        assert!(refused(&|| WSACreateEvent() == WSA_INVALID_EVENT));
        for handle in [handle, 0] {
            assert!(refused(&|| WSASetEvent(handle) == FALSE));
            assert!(refused(&|| WSAResetEvent(handle) == FALSE));
            assert!(refused(&|| WSACloseEvent(handle) == FALSE));
        }
        assert!(refused(&|| WSAWaitForMultipleEvents(1, &event.raw(), FALSE, 0, FALSE) == WSA_WAIT_FAILED));
        assert!(refused(&|| WSAWaitForMultipleEvents(0, null(), FALSE, 0, FALSE) == WSA_WAIT_FAILED));
    }
    assert!(!event.look());
    event.set();
    assert!(event.look(), "the event was left alone, and Win32's functions work");

    common::start();
    // SAFETY: no memory is passed.
    let winsock = Handle(unsafe { WSACreateEvent() } as usize);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { WSACleanup() }, 0);
    winsock.set();
    event.set();
    assert!(winsock.look() && event.look(), "the end of Winsock closes sockets, and no event");
    winsock.close();
    event.close();
}
