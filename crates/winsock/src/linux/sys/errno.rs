//! The error number of Linux.

use std::fmt;

/// A Linux error number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Errno(pub(crate) i32);

/// Declares the named numbers that the translation table and the model ask for.
macro_rules! errnos {
    ($($name:ident)*) => { impl Errno { $(pub(crate) const $name: Errno = Errno(libc::$name);)* } };
}

errnos! {
    E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF ECANCELED ECONNABORTED ECONNREFUSED
    ECONNRESET EDESTADDRREQ EDOM EDQUOT EEXIST EFAULT EFBIG EHOSTDOWN EHOSTUNREACH EINPROGRESS EINTR EINVAL EIO EISCONN
    EISDIR ELOOP EMFILE EMSGSIZE ENAMETOOLONG ENETDOWN ENETRESET ENETUNREACH ENFILE ENOBUFS ENODEV ENOENT ENOMEM
    ENONET ENOPROTOOPT ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTSOCK ENOTTY EOPNOTSUPP EPERM EPFNOSUPPORT EPIPE EPROTO
    EPROTONOSUPPORT EPROTOTYPE EREMOTE EROFS ESHUTDOWN ESOCKTNOSUPPORT ESTALE ETIMEDOUT ETOOMANYREFS ETXTBSY EUSERS
}

impl Errno {
    /// What the calling thread's last failed call left.
    pub(super) fn last() -> Errno {
        Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO))
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Errno({}: {})", self.0, std::io::Error::from_raw_os_error(self.0))
    }
}

/// The result of a call that answers -1 on failure.
pub(super) fn check(result: i32) -> Result<i32, Errno> {
    if result == -1 { Err(Errno::last()) } else { Ok(result) }
}

/// The same for calls that answer a count.
pub(super) fn check_len(result: isize) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| Errno::last())
}
