//! [`poll()`]: which of several sockets are ready, in one slice of entries.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitOr, BitOrAssign};
use std::time::Duration;

use crate::win32::{self, WSAPOLLFD};
use crate::{Error, Socket, raw, startup};

/// `WSAPoll`: waits until a socket of the entries has one of the events that its entry asks for, or an error or its end;
/// `None` waits without limit. Gives how many entries have events; 0 when the time has run out.
///
/// ```
/// use std::time::Duration;
/// use winsock::{Error, Family, PollEntry, PollEvents, Socket, poll};
///
/// let socket = Socket::datagram(Family::IPV4)?;
/// socket.bind(([127, 0, 0, 1], 0))?;
/// let mut entries = [PollEntry::new(&socket, PollEvents::READABLE)];
/// assert_eq!(poll(&mut entries, Some(Duration::ZERO))?, 0);
///
/// socket.send_to(b"to myself", socket.local_addr()?)?;
/// assert_eq!(poll(&mut entries, Some(Duration::from_secs(10)))?, 1);
/// assert!(entries[0].events().is_readable());
///
/// // Errors and ends come unasked; to ask for them is a mistake.
/// let mut wrong = [PollEntry::new(&socket, PollEvents::ERROR)];
/// assert_eq!(poll(&mut wrong, None), Err(Error::WSAEINVAL));
/// # Ok::<(), Error>(())
/// ```
///
/// Microsoft's page: `winsock2/nf-winsock2-wsapoll`.
///
/// # Errors
/// What `WSAStartup` answers if Winsock cannot start; `WSAEINVAL` without an entry, or for an event that cannot be asked
/// for, `WSAENOBUFS`.
#[doc(alias = "WSAPoll")]
pub fn poll(entries: &mut [PollEntry<'_>], timeout: Option<Duration>) -> Result<usize, Error> {
    startup::ensure()?;
    raw::poll(entries, timeout.map_or(-1, milliseconds))
}

/// Rounded up, so that nobody wakes too early and spins.
fn milliseconds(time: Duration) -> i32 {
    i32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX)
}

/// A socket, the events that are asked for, and those that it has.
#[doc(alias = "WSAPOLLFD")]
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct PollEntry<'a> {
    entry: WSAPOLLFD,
    socket: PhantomData<&'a Socket>,
}

impl<'a> PollEntry<'a> {
    /// Asks for events of a socket.
    pub fn new(socket: &'a Socket, events: PollEvents) -> PollEntry<'a> {
        PollEntry {
            entry: WSAPOLLFD { fd: socket.as_raw(), events: events.0, revents: 0 },
            socket: PhantomData,
        }
    }

    /// The events that the last [`poll()`] found.
    pub fn events(&self) -> PollEvents {
        PollEvents(self.entry.revents)
    }

    /// Asks for other events from now on.
    pub fn ask(&mut self, events: PollEvents) {
        self.entry.events = events.0;
    }

    /// Whether this is the entry of a socket.
    pub fn is_for(&self, socket: &Socket) -> bool {
        self.entry.fd == socket.as_raw()
    }
}

impl fmt::Debug for PollEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollEntry")
            .field("handle", &self.entry.fd)
            .field("asked", &PollEvents(self.entry.events))
            .field("events", &self.events())
            .finish()
    }
}

/// A set of events, joined with `|`.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct PollEvents(i16);

impl PollEvents {
    /// No event.
    pub const NONE: PollEvents = PollEvents(0);
    /// `POLLRDNORM`: a receive, or an accept, would not wait.
    #[doc(alias = "POLLIN")]
    #[doc(alias = "POLLRDNORM")]
    pub const READABLE: PollEvents = PollEvents(win32::POLLRDNORM);
    /// `POLLRDBAND`: urgent data has come.
    #[doc(alias = "POLLRDBAND")]
    pub const URGENT: PollEvents = PollEvents(win32::POLLRDBAND);
    /// `POLLWRNORM`: a send would not wait; a non-blocking connect is done.
    #[doc(alias = "POLLOUT")]
    #[doc(alias = "POLLWRNORM")]
    pub const WRITABLE: PollEvents = PollEvents(win32::POLLWRNORM);
    /// `POLLERR`: the socket has an error. Comes unasked.
    #[doc(alias = "POLLERR")]
    pub const ERROR: PollEvents = PollEvents(win32::POLLERR);
    /// `POLLHUP`: the connection has ended. Comes unasked.
    #[doc(alias = "POLLHUP")]
    pub const HANG_UP: PollEvents = PollEvents(win32::POLLHUP);
    /// `POLLNVAL`: the handle is not a socket. Comes unasked.
    #[doc(alias = "POLLNVAL")]
    pub const INVALID: PollEvents = PollEvents(win32::POLLNVAL);

    const NAMES: [(PollEvents, &str); 6] = [
        (PollEvents::READABLE, "READABLE"),
        (PollEvents::URGENT, "URGENT"),
        (PollEvents::WRITABLE, "WRITABLE"),
        (PollEvents::ERROR, "ERROR"),
        (PollEvents::HANG_UP, "HANG_UP"),
        (PollEvents::INVALID, "INVALID"),
    ];

    /// Whether all of some events are in the set.
    pub const fn contains(self, events: PollEvents) -> bool {
        self.0 & events.0 == events.0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether [`PollEvents::READABLE`] is in the set.
    pub const fn is_readable(self) -> bool {
        self.contains(PollEvents::READABLE)
    }

    /// Whether [`PollEvents::WRITABLE`] is in the set.
    pub const fn is_writable(self) -> bool {
        self.contains(PollEvents::WRITABLE)
    }

    /// Whether [`PollEvents::ERROR`] is in the set.
    pub const fn is_error(self) -> bool {
        self.contains(PollEvents::ERROR)
    }

    /// Whether [`PollEvents::HANG_UP`] is in the set.
    pub const fn is_hang_up(self) -> bool {
        self.contains(PollEvents::HANG_UP)
    }
}

impl BitOr for PollEvents {
    type Output = PollEvents;

    fn bitor(self, other: PollEvents) -> PollEvents {
        PollEvents(self.0 | other.0)
    }
}

impl BitOrAssign for PollEvents {
    fn bitor_assign(&mut self, other: PollEvents) {
        self.0 |= other.0;
    }
}

impl fmt::Debug for PollEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Self::NAMES.iter().filter(|row| self.contains(row.0));
        let mut names: Vec<String> = known.clone().map(|row| row.1.to_owned()).collect();
        let rest = known.fold(self.0, |rest, row| rest & !row.0.0);
        if rest != 0 || names.is_empty() {
            names.push(format!("{rest:#x}"));
        }
        f.write_str(&names.join(" | "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_shorter_than_asked() {
        assert_eq!(milliseconds(Duration::ZERO), 0);
        assert_eq!(milliseconds(Duration::from_nanos(1)), 1);
        assert_eq!(milliseconds(Duration::from_micros(1001)), 2);
        assert_eq!(milliseconds(Duration::MAX), i32::MAX);
    }

    #[test]
    fn events_print_their_names() {
        assert_eq!(format!("{:?}", PollEvents::READABLE | PollEvents::HANG_UP), "READABLE | HANG_UP");
        assert_eq!(format!("{:?}", PollEvents::NONE), "0x0");
        assert_eq!(format!("{:?}", PollEvents(0x401)), "ERROR | 0x400");
    }
}
