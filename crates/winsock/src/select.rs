//! [`select()`]: which of three sets of sockets are ready. Sets may be of any size.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use crate::win32::{SOCKET, TIMEVAL};
use crate::{Error, Socket, raw, startup};

/// `select`: waits until a socket of the first set can be read (or accepted from), one of the second written (or its
/// non-blocking connect has succeeded), or one of the third has urgent data or a failed connect; `None` waits without
/// limit.
///
/// The sets then hold the sockets that are ready. Gives how many these are; 0 when the time has run out.
///
/// ```
/// use std::time::Duration;
/// use winsock::{Error, Family, Socket, SocketSet, select};
///
/// let socket = Socket::datagram(Family::IPV4)?;
/// socket.bind(([127, 0, 0, 1], 0))?;
/// let mut readable = SocketSet::from_iter([&socket]);
/// let mut writable = SocketSet::from_iter([&socket]);
/// let ready = select(&mut readable, &mut writable, &mut SocketSet::new(), Some(Duration::ZERO))?;
/// assert_eq!(ready, 1);
/// assert!(!readable.contains(&socket) && writable.contains(&socket));
///
/// // There is nothing to wait for.
/// let mut none = [SocketSet::new(), SocketSet::new(), SocketSet::new()];
/// let [read, write, except] = &mut none;
/// assert_eq!(select(read, write, except, None), Err(Error::WSAEINVAL));
/// # Ok::<(), Error>(())
/// ```
///
/// Microsoft's page: `winsock2/nf-winsock2-select`.
///
/// # Errors
/// What `WSAStartup` answers if Winsock cannot start; `WSAEINVAL` if all sets are empty, `WSAENOBUFS`. After an error
/// the sets are as before.
pub fn select(
    read: &mut SocketSet<'_>,
    write: &mut SocketSet<'_>,
    except: &mut SocketSet<'_>,
    timeout: Option<Duration>,
) -> Result<usize, Error> {
    startup::ensure()?;
    let sets = [&mut read.sockets, &mut write.sockets, &mut except.sockets];
    let mut raw = sets.each_ref().map(|set| raw::RawSet::new(set));
    let ready = raw::select(&mut raw, timeout.map(timeval))?;
    for (set, raw) in sets.into_iter().zip(&raw) {
        raw.sockets().clone_into(set);
    }
    Ok(ready)
}

/// Rounded up, so that nobody wakes too early and spins.
fn timeval(time: Duration) -> TIMEVAL {
    let micros = time.as_nanos().div_ceil(1000);
    match i32::try_from(micros / 1_000_000) {
        Ok(tv_sec) => TIMEVAL { tv_sec, tv_usec: (micros % 1_000_000) as i32 },
        Err(_) => TIMEVAL { tv_sec: i32::MAX, tv_usec: 0 },
    }
}

/// A set of sockets for [`select()`].
#[doc(alias = "fd_set")]
#[doc(alias = "FD_SET")]
#[derive(Clone, Default)]
pub struct SocketSet<'a> {
    sockets: Vec<SOCKET>,
    lifetime: PhantomData<&'a Socket>,
}

impl<'a> SocketSet<'a> {
    /// An empty set.
    #[doc(alias = "FD_ZERO")]
    pub fn new() -> SocketSet<'a> {
        SocketSet::default()
    }

    /// Adds a socket, once.
    #[doc(alias = "FD_SET")]
    pub fn insert(&mut self, socket: &'a Socket) {
        if !self.contains(socket) {
            self.sockets.push(socket.as_raw());
        }
    }

    /// Takes a socket out.
    #[doc(alias = "FD_CLR")]
    pub fn remove(&mut self, socket: &Socket) {
        self.sockets.retain(|&member| member != socket.as_raw());
    }

    /// Whether a socket is in the set.
    #[doc(alias = "FD_ISSET")]
    pub fn contains(&self, socket: &Socket) -> bool {
        self.sockets.contains(&socket.as_raw())
    }

    /// How many sockets are in the set.
    #[doc(alias = "fd_count")]
    pub fn len(&self) -> usize {
        self.sockets.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sockets.is_empty()
    }
}

impl<'a> Extend<&'a Socket> for SocketSet<'a> {
    fn extend<I: IntoIterator<Item = &'a Socket>>(&mut self, sockets: I) {
        for socket in sockets {
            self.insert(socket);
        }
    }
}

impl<'a> FromIterator<&'a Socket> for SocketSet<'a> {
    fn from_iter<I: IntoIterator<Item = &'a Socket>>(sockets: I) -> SocketSet<'a> {
        let mut set = SocketSet::new();
        set.extend(sockets);
        set
    }
}

impl fmt::Debug for SocketSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(&self.sockets).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_shorter_than_asked() {
        let of = |time| {
            let TIMEVAL { tv_sec, tv_usec } = timeval(time);
            (tv_sec, tv_usec)
        };
        assert_eq!(of(Duration::ZERO), (0, 0));
        assert_eq!(of(Duration::from_nanos(1)), (0, 1));
        assert_eq!(of(Duration::from_nanos(999_999_001)), (1, 0));
        assert_eq!(of(Duration::from_millis(1500)), (1, 500_000));
        assert_eq!(of(Duration::MAX), (i32::MAX, 0));
    }
}
