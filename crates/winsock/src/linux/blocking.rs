//! The one place where a call of the program may sleep in the kernel on a socket of its own.

use super::socket::Socket;
use super::sys::Errno;

/// Runs a system call that may block on a socket, until it answers. A signal does not end it: Winsock has no such
/// thing. `closesocket` does; the caller asks [`Socket::is_closing`] before it believes the answer.
pub(crate) fn call<T>(socket: &Socket, mut operation: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match operation() {
            Err(Errno::EINTR) if !socket.is_closing() => {}
            result => return result,
        }
    }
}
