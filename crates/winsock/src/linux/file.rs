//! Files: what `CreateFile` opens, with a position of its own, and what the standard handles lead to.
//!
//! A file is read and written synchronously. What codes its failures have is `translate.rs`'s.

use super::blocking::Pause;
pub(crate) use super::sys::file::Kind;
use super::sys::file::{
    self as linux, O_APPEND, O_CREAT, O_DSYNC, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY,
};
use super::sys::poll::{self, POLLIN, POLLOUT};
use super::sys::signal::without_sigpipe;
use super::sys::socket::Buffer;
use super::sys::{AsFd, BorrowedFd, Errno, OwnedFd};
use super::translate::file_error;
use crate::error::Error;
use std::ffi::{CString, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// An open file.
pub(crate) struct File {
    fd: OwnedFd,
    access: Access,
    kind: Kind,
}

/// What a file was opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Access {
    pub(crate) read: bool,
    pub(crate) write: bool,
    /// What is written goes to the end, wherever the position is.
    pub(crate) append_only: bool,
    /// A write has reached the disk when it returns.
    pub(crate) write_through: bool,
}

/// What is to happen where there is a file, and where there is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Disposition {
    /// `CREATE_NEW`.
    CreateNew,
    /// `CREATE_ALWAYS`.
    CreateAlways,
    /// `OPEN_EXISTING`.
    OpenExisting,
    /// `OPEN_ALWAYS`.
    OpenAlways,
    /// `TRUNCATE_EXISTING`.
    TruncateExisting,
}

/// Where a seek counts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum From {
    Begin,
    Current,
    End,
}

impl File {
    /// Opens a file; the answer's second half says whether it was there before. Backslashes separate directories.
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND` without the directory, `ERROR_FILE_EXISTS`,
    /// `ERROR_ACCESS_DENIED` (for a directory too), `ERROR_TOO_MANY_OPEN_FILES` and what else the system has.
    pub(crate) fn open(
        name: &[u8],
        access: Access,
        disposition: Disposition,
        read_only: bool,
    ) -> Result<(File, bool), Error> {
        let path = CString::new(path(name).into_os_string().into_vec());
        let path = path.map_err(|_| Error::ERROR_INVALID_NAME)?;
        let mode = if read_only { 0o444 } else { 0o666 };
        let open = |more: i32| linux::open(&path, access.flags() | more, mode);
        let opened = match disposition {
            Disposition::CreateNew => open(O_CREAT | O_EXCL).map(|fd| (fd, false)),
            Disposition::OpenExisting => open(0).map(|fd| (fd, true)),
            Disposition::TruncateExisting => open(O_TRUNC).map(|fd| (fd, true)),
            Disposition::OpenAlways | Disposition::CreateAlways => match open(O_CREAT | O_EXCL) {
                Ok(fd) => Ok((fd, false)),
                Err(Errno::EEXIST) if disposition == Disposition::OpenAlways => {
                    open(O_CREAT).map(|fd| (fd, true))
                }
                Err(Errno::EEXIST) => open(O_CREAT | O_TRUNC).map(|fd| (fd, true)),
                Err(errno) => Err(errno),
            },
        };
        let (fd, existed) = opened.map_err(|errno| match errno {
            Errno::ENOENT if !has_directory(&path) => Error::ERROR_PATH_NOT_FOUND,
            errno => file_error(errno),
        })?;
        let stat = linux::stat(fd.as_fd()).map_err(file_error)?;
        if stat.is_directory {
            return Err(Error::ERROR_ACCESS_DENIED);
        }
        Ok((File { fd, access, kind: stat.kind }, existed))
    }

    /// What a descriptor of the process leads to, by a copy of the descriptor.
    ///
    /// # Errors
    /// `WSA_INVALID_HANDLE` for a number that is no open descriptor, `ERROR_TOO_MANY_OPEN_FILES`.
    pub(crate) fn of_descriptor(number: i32) -> Result<File, Error> {
        let fd = linux::duplicate(number).map_err(file_error)?;
        let (read, write) = linux::access(fd.as_fd()).map_err(file_error)?;
        let kind = linux::stat(fd.as_fd()).map_err(file_error)?.kind;
        Ok(File { fd, access: Access { read, write, append_only: false, write_through: false }, kind })
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    pub(crate) fn size(&self) -> Result<u64, Error> {
        Ok(linux::stat(self.fd()).map_err(file_error)?.size)
    }

    pub(crate) fn position(&self) -> Result<u64, Error> {
        self.seek(0, From::Current)
    }

    /// Moves the position.
    ///
    /// # Errors
    /// `ERROR_NEGATIVE_SEEK`.
    pub(crate) fn seek(&self, offset: i64, from: From) -> Result<u64, Error> {
        let whence = match from {
            From::Begin => linux::SEEK_SET,
            From::Current => linux::SEEK_CUR,
            From::End => linux::SEEK_END,
        };
        linux::seek(self.fd(), offset, whence).map_err(|errno| match errno {
            Errno::EINVAL => Error::ERROR_NEGATIVE_SEEK,
            errno => file_error(errno),
        })
    }

    /// Ends the file at the position.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`, `WSA_INVALID_HANDLE` for what has no position, `ERROR_DISK_FULL`.
    pub(crate) fn truncate(&self) -> Result<(), Error> {
        self.require_write()?;
        self.require_disk()?;
        linux::truncate(self.fd(), self.position()?).map_err(file_error)
    }

    /// Waits until all that was written is on the disk.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`, `WSA_INVALID_HANDLE` for what is on no disk, `ERROR_DISK_FULL`.
    pub(crate) fn flush(&self) -> Result<(), Error> {
        self.require_write()?;
        self.require_disk()?;
        linux::flush(self.fd()).map_err(file_error)
    }

    fn require_disk(&self) -> Result<(), Error> {
        match self.kind {
            Kind::Disk => Ok(()),
            Kind::Characters | Kind::Pipe => Err(Error::WSA_INVALID_HANDLE),
        }
    }

    /// Whether it may be read.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`.
    pub(crate) fn require_read(&self) -> Result<(), Error> {
        if self.access.read { Ok(()) } else { Err(Error::ERROR_ACCESS_DENIED) }
    }

    /// Whether it may be written.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`.
    pub(crate) fn require_write(&self) -> Result<(), Error> {
        if self.access.write { Ok(()) } else { Err(Error::ERROR_ACCESS_DENIED) }
    }

    /// Reads, from an offset or the position, which then stands behind what was read; 0 bytes at the end. Only files of a
    /// disk have a position.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`, `ERROR_BROKEN_PIPE` for a pipe that nobody writes any more, `ERROR_NOACCESS` for memory
    /// that is not the caller's, and what else the system has.
    pub(crate) fn read(&self, buffer: Buffer, offset: Option<u64>) -> Result<usize, Error> {
        self.require_read()?;
        let offset = offset.filter(|_| self.kind == Kind::Disk);
        let read = || match offset {
            None => linux::read(self.fd(), buffer),
            Some(offset) => linux::read_at(self.fd(), buffer, offset),
        };
        match (self.transfer(read, offset, POLLIN)?, self.kind) {
            (0, Kind::Pipe) if buffer.len() > 0 => Err(Error::ERROR_BROKEN_PIPE),
            (len, Kind::Disk | Kind::Characters | Kind::Pipe) => Ok(len),
        }
    }

    /// Writes, at an offset or the position, which then stands behind what was written. All of it, unless the disk is
    /// full.
    ///
    /// # Errors
    /// As [`File::read`], `ERROR_DISK_FULL`, and `ERROR_NO_DATA` for a pipe that nobody reads any more.
    pub(crate) fn write(&self, buffer: Buffer, offset: Option<u64>) -> Result<usize, Error> {
        self.require_write()?;
        let offset = offset.filter(|_| self.kind == Kind::Disk);
        // An offset of all ones is the end of the file.
        let offset = if offset == Some(u64::MAX) { Some(self.size()?) } else { offset };
        let mut written = 0;
        while written < buffer.len() || buffer.len() == 0 {
            let rest = buffer.skip(written);
            let place = offset.map(|offset| offset + written as u64);
            let write = || match (place, self.kind) {
                (None, Kind::Pipe) => without_sigpipe(|| linux::write(self.fd(), rest)),
                (None, Kind::Disk | Kind::Characters) => linux::write(self.fd(), rest),
                (Some(place), _) => linux::write_at(self.fd(), rest, place),
            };
            match self.transfer(write, place, POLLOUT) {
                Ok(0) => break,
                Ok(len) => written += len,
                Err(error) if written == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(written)
    }

    /// Makes the call again until it has an outcome; a descriptor that somebody has made non-blocking blocks all the same.
    fn transfer(
        &self,
        mut call: impl FnMut() -> Result<usize, Errno>,
        offset: Option<u64>,
        events: i16,
    ) -> Result<usize, Error> {
        let _pause = match self.kind {
            Kind::Disk => None,
            Kind::Characters | Kind::Pipe => Some(Pause::begin()),
        };
        let len = loop {
            match call() {
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => {
                    let _ = poll::poll(&mut [poll::entry(self.fd(), events)], None);
                }
                result => break result.map_err(file_error)?,
            }
        };
        if let Some(offset) = offset {
            self.seek(offset as i64 + len as i64, From::Begin)?;
        }
        Ok(len)
    }
}

impl Access {
    fn flags(self) -> i32 {
        let way = match (self.read, self.write) {
            (_, false) => O_RDONLY,
            (false, true) => O_WRONLY,
            (true, true) => O_RDWR,
        };
        let append = if self.append_only { O_APPEND } else { 0 };
        let through = if self.write_through { O_DSYNC } else { 0 };
        way | append | through
    }
}

/// The path of a name, in which a backslash separates directories as a slash does.
pub(crate) fn path(name: &[u8]) -> PathBuf {
    let bytes = name.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect();
    OsString::from_vec(bytes).into()
}

/// Removes a file.
///
/// # Errors
/// As [`File::open`].
pub(crate) fn delete(name: &[u8]) -> Result<(), Error> {
    let path = named(name)?;
    std::fs::remove_file(&path).map_err(|error| failed(&path, &error))
}

/// What a name leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Attributes {
    pub(crate) is_directory: bool,
    pub(crate) is_read_only: bool,
}

/// What a name leads to.
///
/// # Errors
/// As [`File::open`].
pub(crate) fn attributes(name: &[u8]) -> Result<Attributes, Error> {
    let path = named(name)?;
    let data = std::fs::metadata(&path).map_err(|error| failed(&path, &error))?;
    Ok(Attributes { is_directory: data.is_dir(), is_read_only: data.permissions().readonly() })
}

fn named(name: &[u8]) -> Result<PathBuf, Error> {
    if name.is_empty() { Err(Error::ERROR_PATH_NOT_FOUND) } else { Ok(path(name)) }
}

fn failed(path: &Path, error: &io::Error) -> Error {
    match error.raw_os_error().map(Errno) {
        Some(Errno::ENOENT) if path.parent().is_some_and(|parent| parent != "" && !parent.is_dir()) => {
            Error::ERROR_PATH_NOT_FOUND
        }
        Some(errno) => file_error(errno),
        None => Error::ERROR_INVALID_NAME,
    }
}

/// Whether the directory that a path names its file in is there.
fn has_directory(path: &CString) -> bool {
    let bytes = path.as_bytes();
    match bytes.iter().rposition(|&byte| byte == b'/') {
        None | Some(0) => true,
        Some(end) => {
            let directory = CString::new(&bytes[..end]).expect("part of a path");
            linux::open(&directory, O_RDONLY, 0)
                .and_then(|fd| linux::stat(fd.as_fd()))
                .is_ok_and(|stat| stat.is_directory)
        }
    }
}
