//! Network events: an [`Event`] that is set when something happens to a socket, and the record of what it was.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

use crate::win32::{self, WSANETWORKEVENTS};
use crate::{Error, Event, Socket, raw};

/// Being told of what happens by an event.
impl Socket {
    /// `WSAEventSelect`: has network events of the socket recorded, and an event set when one is. The socket is
    /// non-blocking from now on.
    ///
    /// What holds already is recorded at once. Then each event is recorded once, until something enables it again: a call
    /// that receives ([`READ`](NetworkEvents::READ), [`URGENT`](NetworkEvents::URGENT)), one that accepts
    /// ([`ACCEPT`](NetworkEvents::ACCEPT)), a send that fails with `WSAEWOULDBLOCK` ([`WRITE`](NetworkEvents::WRITE)). After
    /// such a call what holds still is recorded again: one receive for each `READ` is enough. `CONNECT` and `CLOSE` come
    /// once for each connection.
    ///
    /// One socket has one selection: a second one replaces the first, and what it has recorded. Many sockets may share
    /// an event. Sockets that are accepted have the selection of their listener.
    ///
    /// ```
    /// use winsock::{Error, Event, Family, NetworkEvents, Reset, Socket, Waitable};
    ///
    /// let listener = Socket::stream(Family::IPV4)?;
    /// listener.bind(([127, 0, 0, 1], 0))?;
    /// listener.listen(5)?;
    /// let event = Event::new(Reset::Manual, false)?;
    /// listener.select_events(&event, NetworkEvents::ACCEPT)?;
    ///
    /// let client = Socket::stream(Family::IPV4)?;
    /// client.connect(listener.local_addr()?)?;
    /// event.wait(None)?;
    /// let happened = listener.network_events(Some(&event))?;
    /// assert_eq!(happened.result(NetworkEvents::ACCEPT), Some(Ok(())));
    ///
    /// let (server, _) = listener.accept()?;
    /// let data = Event::new(Reset::Manual, false)?;
    /// server.select_events(&data, NetworkEvents::READ | NetworkEvents::CLOSE)?;
    /// client.send(b"x")?;
    /// data.wait(None)?;
    /// assert_eq!(server.network_events(Some(&data))?.events(), NetworkEvents::READ);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsaeventselect`.
    ///
    /// # Errors
    /// `WSAEINVAL` for [`NetworkEvents::NONE`], `WSAEMFILE`, `WSAENOBUFS`.
    #[doc(alias = "WSAEventSelect")]
    pub fn select_events(&self, event: &Event, events: NetworkEvents) -> Result<(), Error> {
        if events == NetworkEvents::NONE {
            return Err(Error::WSAEINVAL);
        }
        raw::event_select(self.as_raw(), Some(event), events.0)
    }

    /// `WSAEventSelect` without events: nothing is recorded any more, and the record is cleared. The socket stays
    /// non-blocking, until [`Socket::set_nonblocking`].
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsaeventselect`.
    ///
    /// # Errors
    /// None that an open socket gives.
    #[doc(alias = "WSAEventSelect")]
    pub fn deselect_events(&self) -> Result<(), Error> {
        raw::event_select(self.as_raw(), None, 0)
    }

    /// `WSAEnumNetworkEvents`: takes what has been recorded since the last time, and resets an event in the same step,
    /// if one is given. Where sockets share an event, reset it before asking each of them without it.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsaenumnetworkevents`.
    ///
    /// # Errors
    /// None that an open socket gives.
    #[doc(alias = "WSAEnumNetworkEvents")]
    pub fn network_events(&self, reset: Option<&Event>) -> Result<NetworkRecord, Error> {
        raw::enum_network_events(self.as_raw(), reset).map(NetworkRecord)
    }
}

/// A set of network events, joined with `|`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct NetworkEvents(u32);

impl NetworkEvents {
    /// No event.
    pub const NONE: NetworkEvents = NetworkEvents(0);
    /// `FD_READ`: there is something to receive.
    #[doc(alias = "FD_READ")]
    pub const READ: NetworkEvents = NetworkEvents(win32::FD_READ);
    /// `FD_WRITE`: there is room to send, for the first time or after a send that failed with `WSAEWOULDBLOCK`.
    #[doc(alias = "FD_WRITE")]
    pub const WRITE: NetworkEvents = NetworkEvents(win32::FD_WRITE);
    /// `FD_OOB`: urgent data has come, apart from the rest.
    #[doc(alias = "FD_OOB")]
    pub const URGENT: NetworkEvents = NetworkEvents(win32::FD_OOB);
    /// `FD_ACCEPT`: a connection can be accepted.
    #[doc(alias = "FD_ACCEPT")]
    pub const ACCEPT: NetworkEvents = NetworkEvents(win32::FD_ACCEPT);
    /// `FD_CONNECT`: a connect has ended, well or not.
    #[doc(alias = "FD_CONNECT")]
    pub const CONNECT: NetworkEvents = NetworkEvents(win32::FD_CONNECT);
    /// `FD_CLOSE`: the peer has ended its side, and everything before that has been received; or the connection broke.
    #[doc(alias = "FD_CLOSE")]
    pub const CLOSE: NetworkEvents = NetworkEvents(win32::FD_CLOSE);

    const NAMES: [(NetworkEvents, &str); 6] = [
        (NetworkEvents::READ, "READ"),
        (NetworkEvents::WRITE, "WRITE"),
        (NetworkEvents::URGENT, "URGENT"),
        (NetworkEvents::ACCEPT, "ACCEPT"),
        (NetworkEvents::CONNECT, "CONNECT"),
        (NetworkEvents::CLOSE, "CLOSE"),
    ];

    pub(crate) const fn from_raw(events: u32) -> NetworkEvents {
        NetworkEvents(events)
    }

    pub(crate) const fn to_raw(self) -> u32 {
        self.0
    }

    /// Whether all of some events are in the set.
    pub const fn contains(self, events: NetworkEvents) -> bool {
        self.0 & events.0 == events.0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for NetworkEvents {
    type Output = NetworkEvents;

    fn bitor(self, other: NetworkEvents) -> NetworkEvents {
        NetworkEvents(self.0 | other.0)
    }
}

impl BitOrAssign for NetworkEvents {
    fn bitor_assign(&mut self, other: NetworkEvents) {
        *self = *self | other;
    }
}

impl fmt::Debug for NetworkEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> =
            Self::NAMES.iter().filter(|row| self.contains(row.0)).map(|row| row.1).collect();
        f.write_str(if names.is_empty() { "NONE" } else { "" })?;
        f.write_str(&names.join(" | "))
    }
}

/// What has happened to a socket, and how each of it went.
#[doc(alias = "WSANETWORKEVENTS")]
#[derive(Clone, Copy)]
pub struct NetworkRecord(WSANETWORKEVENTS);

impl NetworkRecord {
    /// The events that have happened.
    pub fn events(&self) -> NetworkEvents {
        let known = NetworkEvents::NAMES.iter().fold(0, |known, row| known | row.0.0);
        NetworkEvents(self.0.lNetworkEvents as u32 & known)
    }

    /// How one event went, if it has happened: why a connect failed, and whether the peer has ended its side
    /// (`Ok`) or the connection broke.
    ///
    /// ```
    /// use winsock::{Error, Event, Family, NetworkEvents, Reset, Socket, Waitable};
    ///
    /// let nobody = Socket::stream(Family::IPV4)?;
    /// nobody.bind(([127, 0, 0, 1], 0))?; // and does not listen
    /// let socket = Socket::stream(Family::IPV4)?;
    /// let event = Event::new(Reset::Manual, false)?;
    /// socket.select_events(&event, NetworkEvents::CONNECT)?;
    /// assert_eq!(socket.connect(nobody.local_addr()?), Err(Error::WSAEWOULDBLOCK));
    /// event.wait(None)?;
    /// let happened = socket.network_events(Some(&event))?;
    /// assert_eq!(happened.result(NetworkEvents::CONNECT), Some(Err(Error::WSAECONNREFUSED)));
    /// assert_eq!(happened.result(NetworkEvents::CLOSE), None);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn result(&self, event: NetworkEvents) -> Option<Result<(), Error>> {
        if event.is_empty() || !self.events().contains(event) {
            return None;
        }
        match self.0.iErrorCode[event.0.trailing_zeros() as usize] {
            0 => Some(Ok(())),
            code => Some(Err(Error::from_code(code))),
        }
    }

    /// Each event that has happened, and how it went.
    pub fn iter(&self) -> impl Iterator<Item = (NetworkEvents, Result<(), Error>)> {
        NetworkEvents::NAMES.into_iter().filter_map(|(event, _)| Some((event, self.result(event)?)))
    }
}

impl fmt::Debug for NetworkRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_records_print_names() {
        assert_eq!(format!("{:?}", NetworkEvents::READ | NetworkEvents::CLOSE), "READ | CLOSE");
        assert_eq!(format!("{:?}", NetworkEvents::NONE), "NONE");
        let mut record = WSANETWORKEVENTS { lNetworkEvents: 0x431, ..Default::default() };
        record.iErrorCode[5] = Error::WSAECONNRESET.code();
        let record = NetworkRecord(record);
        assert_eq!(record.events(), NetworkEvents::READ | NetworkEvents::CONNECT | NetworkEvents::CLOSE);
        let each: Vec<_> = record.iter().collect();
        assert_eq!(each[2], (NetworkEvents::CLOSE, Err(Error::WSAECONNRESET)));
        assert_eq!(each.len(), 3);
        assert!(format!("{record:?}").starts_with("{READ: Ok(()), CONNECT: Ok(())"));
    }
}
