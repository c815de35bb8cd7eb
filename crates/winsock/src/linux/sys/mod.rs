//! One Linux call, one function: the only place that names libc.
//!
//! Functions take and give Linux's own values, retry nothing and decide nothing. Descriptors come as
//! [`BorrowedFd`], new ones leave as [`OwnedFd`], failures as [`Errno`].

pub(crate) mod cache;
pub(crate) mod clock;
pub(crate) mod descriptor;
pub(crate) mod epoll;
pub(crate) mod errno;
pub(crate) mod escape;
pub(crate) mod faults;
pub(crate) mod file;
pub(crate) mod fork;
pub(crate) mod futex;
pub(crate) mod interface;
pub(crate) mod memory;
pub(crate) mod message;
pub(crate) mod module;
pub(crate) mod names;
pub(crate) mod netlink;
pub(crate) mod option;
pub(crate) mod poll;
pub(crate) mod process;
pub(crate) mod signal;
pub(crate) mod socket;
pub(crate) mod system;
pub(crate) mod terminal;
pub(crate) mod text;
pub(crate) mod thread;
pub(crate) mod uring;
pub(crate) mod wake;

pub(crate) use errno::Errno;
pub(crate) use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
