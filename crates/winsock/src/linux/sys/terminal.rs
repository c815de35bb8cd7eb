//! Terminals.
#![allow(unsafe_code, reason = "calls into libc")]

use super::errno::check;
use super::{AsRawFd, BorrowedFd, Errno};
use std::mem::MaybeUninit;

/// What a terminal does with what is typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Input {
    /// Whole lines are read, and can be edited before.
    pub(crate) lines: bool,
    /// What is typed is shown.
    pub(crate) echo: bool,
    /// Keys raise signals.
    pub(crate) signals: bool,
}

/// `tcgetattr`.
///
/// # Errors
/// `ENOTTY` for what is no terminal.
pub(crate) fn input(fd: BorrowedFd<'_>) -> Result<Input, Errno> {
    let flags = attributes(fd)?.c_lflag;
    Ok(Input {
        lines: flags & libc::ICANON != 0,
        echo: flags & libc::ECHO != 0,
        signals: flags & libc::ISIG != 0,
    })
}

/// `tcsetattr`, at once.
///
/// # Errors
/// As [`input`].
pub(crate) fn set_input(fd: BorrowedFd<'_>, input: Input) -> Result<(), Errno> {
    let mut attributes = attributes(fd)?;
    for (flag, on) in [(libc::ICANON, input.lines), (libc::ECHO, input.echo), (libc::ISIG, input.signals)] {
        if on {
            attributes.c_lflag |= flag;
        } else {
            attributes.c_lflag &= !flag;
        }
    }
    // SAFETY: the attributes are readable.
    check(unsafe { libc::tcsetattr(fd.as_raw_fd(), libc::TCSANOW, &raw const attributes) }).map(drop)
}

fn attributes(fd: BorrowedFd<'_>) -> Result<libc::termios, Errno> {
    let mut attributes = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: the structure is writable.
    check(unsafe { libc::tcgetattr(fd.as_raw_fd(), attributes.as_mut_ptr()) })?;
    // SAFETY: the call succeeded, and has filled it in.
    Ok(unsafe { attributes.assume_init() })
}
