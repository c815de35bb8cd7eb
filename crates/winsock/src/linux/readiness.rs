//! What holds of sockets now, and waiting until something does: what `select` and `WSAPoll` stand on.
//!
//! Owns the meaning: when a socket counts as readable, writable, broken. Does not know the callers' sets and flags.
//!
//! One `ppoll` serves the usual wait. Some conditions hold for long and say nothing that was asked for (Linux shows a
//! stream that was never connected as hung up): such a socket leaves the `ppoll` and is watched for changes instead.

use super::blocking;
use super::handles::SocketReference;
use super::socket::{Phase, Socket};
use super::sys::poll::{self, Changes, Entries, POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDHUP};
use super::sys::socket::{self as linux, SO_OOBINLINE, SOL_SOCKET};
use super::translate::Kind;
use crate::error::Error;
use smallvec::SmallVec;
use std::ops::{BitAnd, BitOr};
use std::time::{Duration, Instant};

/// A set of things that can hold of a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Readiness(u8);

impl Readiness {
    pub(crate) const NONE: Readiness = Readiness(0);
    /// A receive or an accept does not block: data, the end of it, an error, a report, a connection.
    pub(crate) const READABLE: Readiness = Readiness(1);
    /// A send does not block.
    pub(crate) const WRITABLE: Readiness = Readiness(2);
    /// Out-of-band data is there, apart from the rest.
    pub(crate) const OUT_OF_BAND: Readiness = Readiness(4);
    /// The peer has ended its side.
    pub(crate) const HUNG_UP: Readiness = Readiness(8);
    /// The connection broke.
    pub(crate) const BROKEN: Readiness = Readiness(16);
    /// A non-blocking connect failed.
    pub(crate) const CONNECT_FAILED: Readiness = Readiness(32);
    /// `closesocket` was called meanwhile.
    pub(crate) const CLOSED: Readiness = Readiness(64);

    /// Both sets, for constants.
    pub(crate) const fn or(self, other: Readiness) -> Readiness {
        Readiness(self.0 | other.0)
    }

    /// Whether all of these hold.
    pub(crate) const fn contains(self, these: Readiness) -> bool {
        self.0 & these.0 == these.0
    }

    /// Whether one of these holds.
    pub(crate) const fn intersects(self, these: Readiness) -> bool {
        self.0 & these.0 != 0
    }
}

impl BitOr for Readiness {
    type Output = Readiness;

    fn bitor(self, other: Readiness) -> Readiness {
        self.or(other)
    }
}

impl BitAnd for Readiness {
    type Output = Readiness;

    fn bitand(self, other: Readiness) -> Readiness {
        Readiness(self.0 & other.0)
    }
}

/// One socket of a wait.
pub(crate) struct Watch {
    pub(crate) socket: SocketReference,
    /// What ends the wait.
    pub(crate) wanted: Readiness,
    /// What holds, of what is wanted and otherwise.
    pub(crate) found: Readiness,
}

impl Watch {
    /// Waits for what is wanted; a socket that is closed meanwhile always ends the wait.
    pub(crate) fn new(socket: SocketReference, wanted: Readiness) -> Watch {
        Watch { socket, wanted: wanted | Readiness::CLOSED, found: Readiness::NONE }
    }

    fn is_ready(&self) -> bool {
        self.found.intersects(self.wanted)
    }
}

/// As many sockets as a wait takes without asking for memory.
const FEW: usize = 64;

/// The sockets of a wait.
pub(crate) type Watches = SmallVec<[Watch; FEW]>;

/// Waits until something that is wanted holds of one of the sockets at least, or the time is over. Signals do not end
/// it. What holds is then in [`Watch::found`].
///
/// # Errors
/// `WSAENOBUFS`, `WSAEMFILE` when Linux lacks what it takes to wait.
pub(crate) fn wait(watches: &mut [Watch], timeout: Option<Duration>) -> Result<(), Error> {
    let deadline = Deadline::after(timeout);
    let mut entries: Entries =
        watches.iter().map(|watch| poll::entry(watch.socket.fd(), events(watch.wanted))).collect();
    let mut changes = None;
    let at_once = timeout == Some(Duration::ZERO);
    let mut only_look = watches.iter().any(holds_already);
    loop {
        // A look is no blocking call: no procedure call runs meanwhile.
        if only_look || at_once {
            poll::poll(&mut entries, Some(Duration::ZERO))?;
        } else {
            blocking::wait(&mut entries, deadline.0)?;
        }
        for (watch, entry) in watches.iter_mut().zip(&entries) {
            watch.found = look(&watch.socket, entry.revents);
        }
        if watches.iter().any(Watch::is_ready) || at_once || (!only_look && deadline.is_over()) {
            return Ok(());
        }
        // Nothing was found: what has made the call return is not wanted, or it is a change to look at.
        only_look = match &changes {
            Some(changes) if entries[watches.len()].revents != 0 => {
                Changes::take(changes);
                for (watch, entry) in watches.iter().zip(&mut entries) {
                    *entry = poll::entry(watch.socket.fd(), entry.events);
                }
                true
            }
            Some(_) | None => false,
        };
        if !only_look {
            watch_for_changes(watches, &mut entries, &mut changes)?;
        }
    }
}

/// Takes the sockets whose conditions are not wanted out of the wait, and watches them for changes.
fn watch_for_changes(
    watches: &[Watch],
    entries: &mut Entries,
    changes: &mut Option<Changes>,
) -> Result<(), Error> {
    for (index, watch) in watches.iter().enumerate() {
        if entries[index].revents == 0 {
            continue;
        }
        let changes = match changes {
            Some(changes) => changes,
            None => {
                let new = changes.insert(Changes::new()?);
                entries.push(new.entry());
                new
            }
        };
        changes.add(watch.socket.fd())?;
        const NOBODY: i32 = -1;
        entries[index].fd = NOBODY;
    }
    Ok(())
}

/// The time until which a wait lasts.
struct Deadline(Option<Instant>);

impl Deadline {
    /// A time that no clock reaches is for ever.
    fn after(timeout: Option<Duration>) -> Deadline {
        Deadline(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    fn is_over(&self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }
}

/// What Linux is asked for. It shows errors and failed connects unasked.
fn events(wanted: Readiness) -> i16 {
    let mut events = 0;
    if wanted.intersects(Readiness::READABLE) {
        events |= POLLIN | POLLRDHUP;
    }
    if wanted.intersects(Readiness::HUNG_UP) {
        events |= POLLRDHUP;
    }
    if wanted.intersects(Readiness::WRITABLE) {
        events |= POLLOUT;
    }
    if wanted.intersects(Readiness::OUT_OF_BAND) {
        events |= POLLPRI;
    }
    events
}

/// Whether there is no need to wait: Linux knows nothing of these.
fn holds_already(watch: &Watch) -> bool {
    look(&watch.socket, 0).intersects(watch.wanted)
}

/// What holds of a socket at this moment.
pub(super) fn now(socket: &Socket) -> Readiness {
    let mut entry = [poll::entry(socket.fd(), POLLIN | POLLOUT | POLLPRI | POLLRDHUP)];
    match poll::poll(&mut entry, Some(Duration::ZERO)) {
        Ok(_) => look(socket, entry[0].revents),
        Err(_) => Readiness::NONE,
    }
}

/// What holds of a socket, when Linux shows these events.
fn look(socket: &Socket, revents: i16) -> Readiness {
    let shown = |event: i16, readiness: Readiness| {
        if revents & event != 0 { readiness } else { Readiness::NONE }
    };
    if socket.is_closing() {
        return Readiness::CLOSED;
    }
    let phase = match socket.settle() {
        // Linux shows a stream that was never connected as hung up: this one is being connected.
        Phase::Unbound | Phase::Bound if revents & POLLOUT != 0 && revents & POLLHUP == 0 => {
            socket.settle_connecting()
        }
        phase => phase,
    };
    match (socket.kind, phase) {
        (Kind::Stream, Phase::Unbound | Phase::Bound) if socket.has_pending_error() => {
            Readiness::CONNECT_FAILED
        }
        (Kind::Stream, Phase::Unbound | Phase::Bound | Phase::Connecting) => Readiness::NONE,
        (Kind::Stream, Phase::Listening) if socket.has_deferred() => Readiness::READABLE,
        (Kind::Stream, Phase::Listening) => shown(POLLIN, Readiness::READABLE),
        (Kind::Stream, Phase::Connected) => {
            let revents = if revents & POLLHUP == 0 { revents } else { still(socket, revents) };
            let shown = |event: i16, readiness: Readiness| {
                if revents & event != 0 { readiness } else { Readiness::NONE }
            };
            let either_way = Readiness::READABLE | Readiness::WRITABLE;
            if socket.broken().is_some() || revents & POLLERR != 0 {
                return either_way | Readiness::BROKEN;
            }
            let peer_ended = revents & POLLHUP != 0 || !socket.is_receive_shut();
            shown(POLLIN | POLLRDHUP | POLLHUP, Readiness::READABLE)
                | shown(POLLOUT, Readiness::WRITABLE)
                | out_of_band(socket, revents)
                | if peer_ended { shown(POLLRDHUP | POLLHUP, Readiness::HUNG_UP) } else { Readiness::NONE }
        }
        (Kind::Datagram | Kind::Raw, _) => {
            if revents & POLLERR != 0 {
                socket.collect_report();
            }
            let report = if socket.has_report() { Readiness::READABLE } else { Readiness::NONE };
            report | shown(POLLIN | POLLHUP, Readiness::READABLE) | shown(POLLOUT, Readiness::WRITABLE)
        }
    }
}

/// Which of the events still hold. Linux shows a stream that was never connected as hung up, and another thread may
/// have connected it since.
fn still(socket: &Socket, revents: i16) -> i16 {
    let mut entry = [poll::entry(socket.fd(), POLLIN | POLLOUT | POLLPRI | POLLRDHUP)];
    match poll::poll(&mut entry, Some(Duration::ZERO)) {
        Ok(_) => entry[0].revents & revents,
        Err(_) => revents,
    }
}

/// Urgent data counts apart only while it is not part of the stream; Linux shows it in both cases.
fn out_of_band(socket: &Socket, revents: i16) -> Readiness {
    if revents & POLLPRI == 0 {
        return Readiness::NONE;
    }
    match linux::option_i32(socket.fd(), SOL_SOCKET, SO_OOBINLINE) {
        Ok(0) => Readiness::OUT_OF_BAND,
        Ok(_) | Err(_) => Readiness::NONE,
    }
}
