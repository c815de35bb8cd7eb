//! The modes of a terminal by way of its handle: set, read back, and in effect.
#![cfg(target_os = "linux")] // pseudo-terminals are Linux's
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;

use common::last_error;
use std::ffi::CStr;
use std::ptr::{null, null_mut};
use winsock::win32::*;

/// The two sides of a pseudo-terminal: the master's descriptor, and a handle of what programs see.
fn terminal() -> (i32, HANDLE) {
    // SAFETY: no memory is passed.
    let master = unsafe { libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC) };
    assert!(master >= 0, "this system has pseudo-terminals");
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { libc::unlockpt(master) }, 0);
    let mut name = [0; 64];
    // SAFETY: the buffer has as many bytes.
    assert_eq!(unsafe { libc::ptsname_r(master, name.as_mut_ptr(), name.len()) }, 0);
    // SAFETY: the call has written a zero.
    let name = unsafe { CStr::from_ptr(name.as_ptr()) };
    let access = GENERIC_READ | GENERIC_WRITE;
    // SAFETY: the name ends with a zero.
    let handle =
        unsafe { CreateFileA(name.as_ptr().cast(), access, 0, null(), OPEN_EXISTING, 0, null_mut()) };
    assert_ne!(handle, INVALID_HANDLE_VALUE, "{}", last_error());
    (master, handle)
}

fn mode(handle: HANDLE) -> u32 {
    let mut mode = 77;
    // SAFETY: the pointer is to `mode`.
    assert_ne!(unsafe { GetConsoleMode(handle, &mut mode) }, FALSE, "{}", last_error());
    mode
}

#[test]
fn what_is_set_is_read_back_and_in_effect() {
    let (master, handle) = terminal();
    let all = ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT;
    assert_eq!(mode(handle), all);
    for modes in [0, ENABLE_PROCESSED_INPUT, ENABLE_LINE_INPUT, ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT, all, 0]
    {
        // SAFETY: no memory is passed.
        assert_ne!(unsafe { SetConsoleMode(handle, modes) }, FALSE);
        assert_eq!(mode(handle), modes);
    }

    // Without lines a single character can be read.
    // SAFETY: one readable byte.
    assert_eq!(unsafe { libc::write(master, c"x".as_ptr().cast(), 1) }, 1);
    let (mut byte, mut count) = (0, 0);
    // SAFETY: one writable byte.
    assert_ne!(unsafe { ReadFile(handle, &mut byte, 1, &mut count, null_mut()) }, FALSE);
    assert_eq!((byte, count), (b'x', 1));
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { GetFileType(handle) }, FILE_TYPE_CHAR);
}

#[test]
fn what_is_wrong_changes_nothing() {
    let (_, handle) = terminal();
    let before = mode(handle);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { SetConsoleMode(handle, ENABLE_ECHO_INPUT) }, FALSE);
    assert_eq!(last_error(), WSA_INVALID_PARAMETER);
    // SAFETY: NULL is answered.
    assert_eq!(unsafe { GetConsoleMode(handle, null_mut()) }, FALSE);
    assert_eq!(last_error(), ERROR_NOACCESS as i32);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { SetConsoleMode(null_mut(), 0) }, FALSE);
    assert_eq!(last_error(), WSA_INVALID_HANDLE);
    assert_eq!(mode(handle), before);
}
