//! Messages with control data.
#![allow(unsafe_code, reason = "calls into libc")]

use super::errno::check_len;
use super::socket::{Buffer, SockAddr, total};
use super::{AsRawFd, BorrowedFd, Errno, faults};
use std::mem::MaybeUninit;

pub(crate) use libc::{IP_PKTINFO, IP_TOS, IP_TTL, IPV6_HOPLIMIT, IPV6_PKTINFO, IPV6_TCLASS};

/// Control data in Linux's layout: headers of 16 bytes, each message at a multiple of 8.
#[repr(C, align(8))]
pub(crate) struct Control {
    pub(crate) bytes: [u8; Control::ROOM],
    pub(crate) len: usize,
}

impl Control {
    /// More than all that is asked for here takes.
    pub(crate) const ROOM: usize = 512;

    pub(crate) const fn empty() -> Control {
        Control { bytes: [0; Control::ROOM], len: 0 }
    }
}

/// What `recvmsg` found.
pub(crate) struct Received {
    pub(crate) len: usize,
    pub(crate) flags: i32,
    pub(crate) from: SockAddr,
    pub(crate) control: Control,
}

/// `recvmsg` with control data.
pub(crate) fn receive(fd: BorrowedFd<'_>, buffers: &[Buffer], flags: i32) -> Result<Received, Errno> {
    if faults::on() {
        return faults::receive(fd, total(buffers), flags, |_| receive_now(fd, buffers, flags));
    }
    receive_now(fd, buffers, flags)
}

fn receive_now(fd: BorrowedFd<'_>, buffers: &[Buffer], flags: i32) -> Result<Received, Errno> {
    let mut received = Received { len: 0, flags: 0, from: SockAddr::empty(), control: Control::empty() };
    // SAFETY: all zero is a valid msghdr: no name, no buffers, no control data.
    let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    message.msg_name = received.from.bytes.as_mut_ptr().cast();
    message.msg_namelen = received.from.len;
    message.msg_iov = buffers.as_ptr().cast_mut().cast();
    message.msg_iovlen = buffers.len();
    message.msg_control = received.control.bytes.as_mut_ptr().cast();
    message.msg_controllen = Control::ROOM;
    // SAFETY: name, vector and control data outlive the call; the kernel checks the memory that the vector names.
    received.len = check_len(unsafe { libc::recvmsg(fd.as_raw_fd(), &raw mut message, flags) })?;
    received.from.len = message.msg_namelen;
    received.control.len = message.msg_controllen;
    received.flags = message.msg_flags;
    Ok(received)
}

/// `sendmsg` with control data.
pub(crate) fn send(
    fd: BorrowedFd<'_>,
    buffers: &[Buffer],
    to: Option<&SockAddr>,
    control: &Control,
    flags: i32,
) -> Result<usize, Errno> {
    if faults::on() {
        return faults::send(fd, total(buffers), flags, |_| send_now(fd, buffers, to, control, flags));
    }
    send_now(fd, buffers, to, control, flags)
}

fn send_now(
    fd: BorrowedFd<'_>,
    buffers: &[Buffer],
    to: Option<&SockAddr>,
    control: &Control,
    flags: i32,
) -> Result<usize, Errno> {
    // SAFETY: all zero is a valid msghdr: no name, no buffers, no control data.
    let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    if let Some(to) = to {
        message.msg_name = to.bytes.as_ptr().cast_mut().cast();
        message.msg_namelen = to.len;
    }
    message.msg_iov = buffers.as_ptr().cast_mut().cast();
    message.msg_iovlen = buffers.len();
    if control.len > 0 {
        message.msg_control = control.bytes.as_ptr().cast_mut().cast();
        message.msg_controllen = control.len;
    }
    // SAFETY: name, vector and control data outlive the call; the kernel checks the memory that the vector names.
    check_len(unsafe { libc::sendmsg(fd.as_raw_fd(), &raw const message, flags) })
}
