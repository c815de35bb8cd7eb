//! The socket calls of Linux.
#![allow(unsafe_code, reason = "calls into libc")]

use super::errno::{check, check_len};
use super::faults;
use super::{AsRawFd, BorrowedFd, Errno, FromRawFd, OwnedFd};
use std::mem::{MaybeUninit, size_of};
use std::time::Duration;

pub(crate) use libc::{
    AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC, FIONREAD, IP_RECVERR, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_IP,
    IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP, IPV6_RECVERR, IPV6_V6ONLY, MSG_CTRUNC, MSG_DONTROUTE,
    MSG_DONTWAIT, MSG_ERRQUEUE, MSG_MORE, MSG_NOSIGNAL, MSG_OOB, MSG_PEEK, MSG_TRUNC, MSG_WAITALL, SHUT_RD,
    SHUT_RDWR, SHUT_WR, SO_ERROR, SO_OOBINLINE, SO_RCVTIMEO, SO_SNDTIMEO, SOCK_DGRAM, SOCK_RAW, SOCK_STREAM,
    SOL_SOCKET,
};

/// A socket address in Linux's layout: the first `len` of 128 bytes.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub(crate) struct SockAddr {
    pub(crate) bytes: [u8; 128],
    pub(crate) len: u32,
}

impl SockAddr {
    /// Room for an address that a call fills in.
    pub(crate) const fn empty() -> SockAddr {
        SockAddr { bytes: [0; 128], len: 128 }
    }

    fn as_ptr(&self) -> *const libc::sockaddr {
        self.bytes.as_ptr().cast()
    }

    fn as_mut_ptr(&mut self) -> *mut libc::sockaddr {
        self.bytes.as_mut_ptr().cast()
    }
}

/// Memory that a caller lends to one call: where it begins, and how long it is. Nothing here reads or writes it;
/// the kernel does, and answers EFAULT if it is not the caller's.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Buffer(libc::iovec);

/// Buffers that one call takes at most.
pub(crate) const MAX_BUFFERS: usize = libc::UIO_MAXIOV as usize;

impl Buffer {
    pub(crate) const fn new(data: *mut u8, len: usize) -> Buffer {
        Buffer(libc::iovec { iov_base: data.cast(), iov_len: len })
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.iov_len
    }

    pub(crate) const fn data(&self) -> *mut u8 {
        self.0.iov_base.cast()
    }

    /// What is left of it after the first `done` bytes.
    pub(crate) fn skip(&self, done: usize) -> Buffer {
        Buffer::new(self.data().wrapping_add(done), self.len() - done)
    }
}

/// Bytes of all of them.
pub(super) fn total(buffers: &[Buffer]) -> usize {
    buffers.iter().map(Buffer::len).sum()
}

// SAFETY: the memory is lent to an operation, whichever thread works on it; only the kernel follows the pointer.
unsafe impl Send for Buffer {}
// SAFETY: as above.
unsafe impl Sync for Buffer {}

/// `socket`, always close-on-exec.
pub(crate) fn socket(family: i32, kind: i32, protocol: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: no memory is passed.
    let fd = check(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol) })?;
    // SAFETY: the descriptor is new, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `bind`.
pub(crate) fn bind(fd: BorrowedFd<'_>, address: &SockAddr) -> Result<(), Errno> {
    // SAFETY: the address has at least `len` readable bytes.
    check(unsafe { libc::bind(fd.as_raw_fd(), address.as_ptr(), address.len) }).map(drop)
}

/// `listen`.
pub(crate) fn listen(fd: BorrowedFd<'_>, backlog: i32) -> Result<(), Errno> {
    // SAFETY: no memory is passed.
    check(unsafe { libc::listen(fd.as_raw_fd(), backlog) }).map(drop)
}

/// `connect`.
pub(crate) fn connect(fd: BorrowedFd<'_>, address: &SockAddr) -> Result<(), Errno> {
    if faults::on() {
        return faults::connect(fd, address, || connect_now(fd, address));
    }
    connect_now(fd, address)
}

fn connect_now(fd: BorrowedFd<'_>, address: &SockAddr) -> Result<(), Errno> {
    // SAFETY: the address has at least `len` readable bytes.
    check(unsafe { libc::connect(fd.as_raw_fd(), address.as_ptr(), address.len) }).map(drop)
}

/// `connect` to nobody: takes the peer away, or an attempt to reach one.
pub(crate) fn disconnect(fd: BorrowedFd<'_>) -> Result<(), Errno> {
    let mut nobody = SockAddr::empty();
    nobody.bytes[..2].copy_from_slice(&(AF_UNSPEC as u16).to_ne_bytes());
    connect_now(fd, &nobody)
}

/// `accept4`, close-on-exec.
pub(crate) fn accept(listener: BorrowedFd<'_>) -> Result<(OwnedFd, SockAddr), Errno> {
    let mut address = SockAddr::empty();
    let mut len = address.len;
    // SAFETY: the address has `len` writable bytes.
    let fd = check(unsafe {
        libc::accept4(listener.as_raw_fd(), address.as_mut_ptr(), &raw mut len, libc::SOCK_CLOEXEC)
    })?;
    address.len = len;
    // SAFETY: the descriptor is new, and nobody else knows it.
    let connection = (unsafe { OwnedFd::from_raw_fd(fd) }, address);
    if faults::on() { faults::accepted(listener, connection) } else { Ok(connection) }
}

/// `shutdown`.
pub(crate) fn shutdown(fd: BorrowedFd<'_>, how: i32) -> Result<(), Errno> {
    // SAFETY: no memory is passed.
    check(unsafe { libc::shutdown(fd.as_raw_fd(), how) }).map(drop)
}

/// `getsockname`.
pub(crate) fn local_address(fd: BorrowedFd<'_>) -> Result<SockAddr, Errno> {
    let mut address = SockAddr::empty();
    let mut len = address.len;
    // SAFETY: the address has `len` writable bytes.
    check(unsafe { libc::getsockname(fd.as_raw_fd(), address.as_mut_ptr(), &raw mut len) })?;
    address.len = len;
    Ok(address)
}

/// `getpeername`.
pub(crate) fn peer_address(fd: BorrowedFd<'_>) -> Result<SockAddr, Errno> {
    let mut address = SockAddr::empty();
    let mut len = address.len;
    // SAFETY: the address has `len` writable bytes.
    check(unsafe { libc::getpeername(fd.as_raw_fd(), address.as_mut_ptr(), &raw mut len) })?;
    address.len = len;
    Ok(address)
}

/// Sending and receiving, the calls that a program makes most: not libc's, which are points at which a thread can be
/// cancelled. In a process with several threads that costs a few atomic operations each, and a thread that is
/// cancelled inside a function of ours could not unwind.
///
/// # Safety
/// Those of `sendto` and `recvfrom`, which take the address and its length last.
#[inline]
unsafe fn transfer<A, L>(
    call: libc::c_long,
    fd: BorrowedFd<'_>,
    buffer: Buffer,
    len: usize,
    flags: i32,
    (address, address_len): (*const A, L),
) -> Result<usize, Errno> {
    let (fd, flags) = (libc::c_long::from(fd.as_raw_fd()), libc::c_long::from(flags));
    // SAFETY: the caller's promise.
    let result = unsafe { libc::syscall(call, fd, buffer.0.iov_base, len, flags, address, address_len) };
    check_len(result as isize)
}

const NO_ADDRESS: (*const libc::sockaddr, usize) = (std::ptr::null(), 0);

/// `send`.
#[inline]
pub(crate) fn send(fd: BorrowedFd<'_>, buffer: Buffer, flags: i32) -> Result<usize, Errno> {
    let send = |len| {
        // SAFETY: the kernel checks the caller's memory itself and answers EFAULT.
        unsafe { transfer(libc::SYS_sendto, fd, buffer, len, flags, NO_ADDRESS) }
    };
    if faults::on() { faults::send(fd, buffer.len(), flags, send) } else { send(buffer.len()) }
}

/// `recv`.
#[inline]
pub(crate) fn recv(fd: BorrowedFd<'_>, buffer: Buffer, flags: i32) -> Result<usize, Errno> {
    let receive = |len| {
        // SAFETY: the caller lends the memory for writing; the kernel checks it and answers EFAULT.
        unsafe { transfer(libc::SYS_recvfrom, fd, buffer, len, flags, NO_ADDRESS) }
    };
    if faults::on() { faults::receive(fd, buffer.len(), flags, receive) } else { receive(buffer.len()) }
}

/// `sendmsg` of several buffers, to an address where one is given.
pub(crate) fn send_message(
    fd: BorrowedFd<'_>,
    buffers: &[Buffer],
    to: Option<&SockAddr>,
    flags: i32,
) -> Result<usize, Errno> {
    if faults::on() {
        let send = |len| send_message_now(fd, &faults::first(buffers, len), to, flags);
        return faults::send(fd, total(buffers), flags, send);
    }
    send_message_now(fd, buffers, to, flags)
}

fn send_message_now(
    fd: BorrowedFd<'_>,
    buffers: &[Buffer],
    to: Option<&SockAddr>,
    flags: i32,
) -> Result<usize, Errno> {
    if let [buffer] = *buffers {
        let to = to.map_or(NO_ADDRESS, |to| (to.as_ptr().cast(), to.len as usize));
        // SAFETY: the address outlives the call; the kernel checks the memory that the buffer names.
        return unsafe { transfer(libc::SYS_sendto, fd, buffer, buffer.len(), flags, to) };
    }
    // SAFETY: all zero is a valid msghdr: no name, no buffers, no control data.
    let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    if let Some(to) = to {
        message.msg_name = to.as_ptr().cast_mut().cast();
        message.msg_namelen = to.len;
    }
    message.msg_iov = buffers.as_ptr().cast_mut().cast();
    message.msg_iovlen = buffers.len();
    // SAFETY: name and vector outlive the call; the kernel checks the memory that the vector names.
    check_len(unsafe { libc::sendmsg(fd.as_raw_fd(), &raw const message, flags) })
}

/// What `recvmsg` found.
pub(crate) struct Received {
    pub(crate) len: usize,
    pub(crate) from: SockAddr,
}

/// `recvmsg` into several buffers.
pub(crate) fn recv_message(fd: BorrowedFd<'_>, buffers: &[Buffer], flags: i32) -> Result<Received, Errno> {
    if faults::on() {
        let receive = |len| recv_message_now(fd, &faults::first(buffers, len), flags);
        return faults::receive(fd, total(buffers), flags, receive);
    }
    recv_message_now(fd, buffers, flags)
}

fn recv_message_now(fd: BorrowedFd<'_>, buffers: &[Buffer], flags: i32) -> Result<Received, Errno> {
    let mut from = SockAddr::empty();
    if let [buffer] = *buffers {
        let room = (from.as_mut_ptr().cast_const(), &raw mut from.len);
        // SAFETY: the room for the address outlives the call; the kernel checks the memory that the buffer names.
        let len = unsafe { transfer(libc::SYS_recvfrom, fd, buffer, buffer.len(), flags, room) }?;
        return Ok(Received { len, from });
    }
    // SAFETY: all zero is a valid msghdr: no name, no buffers, no control data.
    let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    message.msg_name = from.as_mut_ptr().cast();
    message.msg_namelen = from.len;
    message.msg_iov = buffers.as_ptr().cast_mut().cast();
    message.msg_iovlen = buffers.len();
    // SAFETY: name and vector outlive the call; the kernel checks the memory that the vector names.
    let len = check_len(unsafe { libc::recvmsg(fd.as_raw_fd(), &raw mut message, flags) })?;
    from.len = message.msg_namelen;
    Ok(Received { len, from })
}

/// `setsockopt` of a plain value.
pub(crate) fn set_option<T: Copy>(fd: BorrowedFd<'_>, level: i32, name: i32, value: T) -> Result<(), Errno> {
    // SAFETY: the value has `size_of::<T>()` readable bytes.
    check(unsafe {
        libc::setsockopt(fd.as_raw_fd(), level, name, (&raw const value).cast(), size_of::<T>() as u32)
    })
    .map(drop)
}

/// `getsockopt` of a plain integer.
pub(crate) fn option_i32(fd: BorrowedFd<'_>, level: i32, name: i32) -> Result<i32, Errno> {
    let mut value = 0i32;
    let mut len = size_of::<i32>() as u32;
    // SAFETY: the value has `len` writable bytes.
    check(unsafe { libc::getsockopt(fd.as_raw_fd(), level, name, (&raw mut value).cast(), &raw mut len) })?;
    Ok(value)
}

/// `SO_LINGER`: whether it is on, and its seconds.
pub(crate) fn set_linger(fd: BorrowedFd<'_>, on: bool, seconds: i32) -> Result<(), Errno> {
    let value = libc::linger { l_onoff: on.into(), l_linger: seconds };
    set_option(fd, libc::SOL_SOCKET, libc::SO_LINGER, value)
}

/// Sets or clears `O_NONBLOCK`.
pub(crate) fn set_nonblocking(fd: BorrowedFd<'_>, nonblocking: bool) -> Result<(), Errno> {
    let value = i32::from(nonblocking);
    // SAFETY: the request reads one int.
    check(unsafe { libc::ioctl(fd.as_raw_fd(), libc::FIONBIO, &raw const value) }).map(drop)
}

/// `dup3`: the descriptor number names another file from now on. Calls that are under way keep the old one.
pub(crate) fn replace(old: BorrowedFd<'_>, new: OwnedFd) -> Result<(), Errno> {
    // SAFETY: no memory is passed; the number stays open, and its owner owns the new file.
    check(unsafe { libc::dup3(new.as_raw_fd(), old.as_raw_fd(), libc::O_CLOEXEC) })?;
    if faults::on() {
        faults::renew(old);
    }
    Ok(())
}

/// `ioctl` that answers one integer (`FIONREAD`, `SIOCATMARK`).
pub(crate) fn ioctl_i32(fd: BorrowedFd<'_>, request: u64) -> Result<i32, Errno> {
    let mut value = 0i32;
    // SAFETY: the requests passed here write one int.
    check(unsafe { libc::ioctl(fd.as_raw_fd(), request, &raw mut value) })?;
    Ok(value)
}

/// Throws away what the error queue of a datagram socket holds: `POLLERR` would stay as long as it does. Answers
/// whether there was anything.
pub(crate) fn drain_error_queue(fd: BorrowedFd<'_>) -> bool {
    let mut found = false;
    while recv_message(fd, &[], MSG_ERRQUEUE | MSG_DONTWAIT).is_ok() {
        found = true;
    }
    found
}

/// `SO_RCVTIMEO` or `SO_SNDTIMEO`: how long a call may block; `None` is for ever.
pub(crate) fn timeout(fd: BorrowedFd<'_>, name: i32) -> Result<Option<Duration>, Errno> {
    let mut value = libc::timeval { tv_sec: 0, tv_usec: 0 };
    let mut len = size_of::<libc::timeval>() as u32;
    // SAFETY: the value has `len` writable bytes.
    check(unsafe {
        libc::getsockopt(fd.as_raw_fd(), SOL_SOCKET, name, (&raw mut value).cast(), &raw mut len)
    })?;
    let timeout = Duration::new(value.tv_sec as u64, value.tv_usec as u32 * 1000);
    Ok((!timeout.is_zero()).then_some(timeout))
}
