//! Events work before `WSAStartup`, and outlive `WSACleanup`. Nobody else calls either in this process.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/waiting.rs"]
mod waiting;

use waiting::*;
use winsock::win32::*;

#[test]
fn events_know_nothing_of_startup() {
    // SAFETY: no memory is passed.
    let event = unsafe { WSACreateEvent() };
    assert_ne!(event, WSA_INVALID_EVENT);
    // SAFETY: one handle is readable.
    let wait = || unsafe { WSAWaitForMultipleEvents(1, &(event as HANDLE), FALSE, 0, FALSE) };
    // SAFETY: no memory is passed.
    let set = || unsafe { WSASetEvent(event) };
    // SAFETY: no memory is passed.
    let reset = || unsafe { WSAResetEvent(event) };
    assert_eq!(wait(), WSA_WAIT_TIMEOUT);
    assert_eq!((set(), wait()), (TRUE, WSA_WAIT_EVENT_0 as u32));
    assert_eq!((reset(), wait()), (TRUE, WSA_WAIT_TIMEOUT));

    common::start();
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { WSACleanup() }, 0);
    assert_eq!(
        (set(), wait()),
        (TRUE, WSA_WAIT_EVENT_0 as u32),
        "the end of Winsock closes sockets, and no event"
    );
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { WSACloseEvent(event) }, TRUE);
    forget_error();
    // SAFETY: no memory is passed.
    assert_eq!((unsafe { WSACloseEvent(event) }, error()), (FALSE, WSA_INVALID_HANDLE as u32));
}
