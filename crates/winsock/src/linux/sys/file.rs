//! The file calls of Linux.
#![allow(unsafe_code, reason = "calls into libc")]

use super::errno::{check, check_len};
use super::signal::without_sigpipe;
use super::socket::Buffer;
use super::{AsRawFd, BorrowedFd, Errno, FromRawFd, OwnedFd, faults};
use std::ffi::CStr;
use std::mem::MaybeUninit;

pub(crate) use libc::{
    O_APPEND, O_CREAT, O_DSYNC, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, SEEK_CUR, SEEK_END, SEEK_SET,
};

/// `open`, close-on-exec; never waits for the other end of a pipe, never takes a terminal.
pub(crate) fn open(path: &CStr, flags: i32, mode: u32) -> Result<OwnedFd, Errno> {
    let flags = flags | libc::O_CLOEXEC | libc::O_NOCTTY | libc::O_NONBLOCK;
    // SAFETY: the path ends with a zero byte.
    let fd = check(unsafe { libc::open(path.as_ptr(), flags, mode) })?;
    // SAFETY: the descriptor is new, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// A copy of a descriptor of the process, close-on-exec, above the standard ones.
pub(crate) fn duplicate(number: i32) -> Result<OwnedFd, Errno> {
    const ABOVE_STANDARD: i32 = 3;
    // SAFETY: no memory is passed.
    let fd = check(unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, ABOVE_STANDARD) })?;
    // SAFETY: the descriptor is new, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Whether a descriptor can be read, and whether it can be written.
pub(crate) fn access(fd: BorrowedFd<'_>) -> Result<(bool, bool), Errno> {
    // SAFETY: no memory is passed.
    let way = check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) })? & libc::O_ACCMODE;
    Ok((way != O_WRONLY, way != O_RDONLY))
}

/// What a descriptor leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A file of a disk, a directory too, and the disk itself.
    Disk,
    /// A device that characters come from and go to: a terminal, the null device.
    Characters,
    /// A pipe or a socket.
    Pipe,
}

/// What `fstat` tells.
pub(crate) struct Stat {
    pub(crate) size: u64,
    pub(crate) is_directory: bool,
    pub(crate) kind: Kind,
}

/// `fstat`.
pub(crate) fn stat(fd: BorrowedFd<'_>) -> Result<Stat, Errno> {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the structure is writable.
    check(unsafe { libc::fstat(fd.as_raw_fd(), stat.as_mut_ptr()) })?;
    // SAFETY: the call succeeded, and has filled it in.
    let stat = unsafe { stat.assume_init() };
    let (is_directory, kind) = match stat.st_mode & libc::S_IFMT {
        libc::S_IFDIR => (true, Kind::Disk),
        libc::S_IFCHR => (false, Kind::Characters),
        libc::S_IFIFO | libc::S_IFSOCK => (false, Kind::Pipe),
        _ => (false, Kind::Disk),
    };
    Ok(Stat { size: stat.st_size as u64, is_directory, kind })
}

/// `read`.
pub(crate) fn read(fd: BorrowedFd<'_>, buffer: Buffer) -> Result<usize, Errno> {
    // SAFETY: the caller lends the memory for writing; the kernel checks it and answers EFAULT.
    check_len(unsafe { libc::read(fd.as_raw_fd(), buffer.data().cast(), buffer.len()) })
}

/// `pread`.
pub(crate) fn read_at(fd: BorrowedFd<'_>, buffer: Buffer, offset: u64) -> Result<usize, Errno> {
    // SAFETY: as for `read`.
    check_len(unsafe { libc::pread(fd.as_raw_fd(), buffer.data().cast(), buffer.len(), offset as i64) })
}

/// `write`.
pub(crate) fn write(fd: BorrowedFd<'_>, buffer: Buffer) -> Result<usize, Errno> {
    // SAFETY: the kernel checks the caller's memory itself and answers EFAULT.
    check_len(unsafe { libc::write(fd.as_raw_fd(), buffer.data().cast(), buffer.len()) })
}

/// `pwrite`.
pub(crate) fn write_at(fd: BorrowedFd<'_>, buffer: Buffer, offset: u64) -> Result<usize, Errno> {
    // SAFETY: as for `write`.
    check_len(unsafe { libc::pwrite(fd.as_raw_fd(), buffer.data().cast(), buffer.len(), offset as i64) })
}

/// `lseek`.
pub(crate) fn seek(fd: BorrowedFd<'_>, offset: i64, whence: i32) -> Result<u64, Errno> {
    // SAFETY: no memory is passed.
    let position = unsafe { libc::lseek(fd.as_raw_fd(), offset, whence) };
    u64::try_from(position).map_err(|_| Errno::last())
}

/// `ftruncate`.
pub(crate) fn truncate(fd: BorrowedFd<'_>, len: u64) -> Result<(), Errno> {
    // SAFETY: no memory is passed.
    check(unsafe { libc::ftruncate(fd.as_raw_fd(), len as i64) }).map(drop)
}

/// `fsync`.
pub(crate) fn flush(fd: BorrowedFd<'_>) -> Result<(), Errno> {
    // SAFETY: no memory is passed.
    check(unsafe { libc::fsync(fd.as_raw_fd()) }).map(drop)
}

/// `sendfile` from an offset of a file, whose position stays. Waits unless the socket's descriptor does not.
pub(crate) fn send(
    socket: BorrowedFd<'_>,
    file: BorrowedFd<'_>,
    offset: u64,
    len: usize,
) -> Result<usize, Errno> {
    let mut offset = offset as i64;
    let mut send = |len| {
        without_sigpipe(|| {
            // SAFETY: the offset is writable.
            check_len(unsafe { libc::sendfile(socket.as_raw_fd(), file.as_raw_fd(), &raw mut offset, len) })
        })
    };
    if faults::on() { faults::send(socket, len, 0, send) } else { send(len) }
}

#[cfg(test)]
mod tests {
    use super::super::AsFd;
    use super::*;
    use std::os::unix::net::UnixStream;

    #[test]
    fn sending_a_file_to_a_peer_that_is_gone_raises_no_signal() {
        // SAFETY: the default action ends the process: Rust has set the signal aside, C programs have not.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        let file = open(c"/proc/self/exe", O_RDONLY, 0).expect("the program is there");
        let (one, other) = UnixStream::pair().expect("a pair of sockets");
        drop(other);
        for _ in 0..2 {
            assert_eq!(send(one.as_fd(), file.as_fd(), 0, 10), Err(Errno::EPIPE));
        }
    }
}
