//! A port by its handle, as programs ask for one: the short way of a thread to its own port.
//!
//! A thread mostly posts to the port that it takes its packets from, and finds a packet there when it asks. The handle that
//! it asked by the last time it keeps together with the port, so that neither call looks a handle up or counts a
//! reference; and one packet goes through registers, never through memory but the queue's.

use super::member::{self, Member};
use super::{Ended, Packet, Port};
use crate::error::Error;
use crate::linux::handles;
use std::time::Duration;

/// Why nothing was taken.
pub(crate) enum Untaken {
    /// The handle names no port: the error of [`handles::port`].
    Unknown(Error),
    Ended(Ended),
}

/// As [`Port::post`]. Each way makes the packet anew: one that both share would be in memory.
///
/// # Errors
/// Those of [`handles::port`].
#[inline]
pub(crate) fn post_to(handle: usize, packet: impl Fn() -> Packet) -> Result<(), Error> {
    let posted = with_own(handle, |port, _| {
        let mut queue = port.lock_unless_closed()?;
        let wake = queue.push(packet());
        drop(queue);
        port.wake(wake);
        Some(())
    });
    if posted.is_none() {
        handles::port(handle)?.post(packet());
    }
    Ok(())
}

/// As [`Port::take`].
///
/// # Errors
/// See [`Untaken`].
pub(crate) fn take_from(
    handle: usize,
    packets: &mut impl Extend<Packet>,
    max: usize,
    timeout: Option<Duration>,
) -> Result<(), Untaken> {
    let taken = with_own(handle, |port, member| {
        port.look_now_and_then(member);
        let queue = port.lock_unless_closed()?;
        Some(port.take_locked(member, queue, packets, max, timeout, None))
    });
    match taken {
        Some(taken) => taken.map_err(Untaken::Ended),
        None => take_looked_up(handle, packets, max, timeout),
    }
}

/// The same for one packet: a thread that runs finds it there mostly.
///
/// # Errors
/// See [`Untaken`].
#[inline]
pub(crate) fn take_one_from(handle: usize, timeout: Option<Duration>) -> Result<Packet, Untaken> {
    let taken = with_own(handle, |port, member| {
        port.look_now_and_then(member);
        let mut queue = port.lock_unless_closed()?;
        let packet = if member.is_running() { queue.next_for_running() } else { None };
        if let Some(packet) = packet {
            let wake = member.wake_for_rest(&mut queue);
            drop(queue);
            port.wake(wake);
            return Some(Ok(packet));
        }
        let mut room = One(None);
        let taken = port.take_locked(member, queue, &mut room, 1, timeout, None);
        Some(taken.map(|()| room.packet()))
    });
    match taken {
        Some(taken) => taken.map_err(Untaken::Ended),
        None => {
            let mut room = One(None);
            take_looked_up(handle, &mut room, 1, timeout)?;
            Ok(room.packet())
        }
    }
}

/// From now on the handle's port is the one that the thread asks all the time.
fn take_looked_up(
    handle: usize,
    packets: &mut impl Extend<Packet>,
    max: usize,
    timeout: Option<Duration>,
) -> Result<(), Untaken> {
    let port = handles::port(handle).map_err(Untaken::Unknown)?;
    port.take(packets, max, timeout).map_err(Untaken::Ended)?;
    member::me(|member| member.remember(handle));
    Ok(())
}

/// Does something with the port that the thread asks all the time, if that has this handle. `None`, from `act` too, when the
/// port is closed: perhaps long ago, and the handle is stale or another's by now.
#[inline]
fn with_own<T>(handle: usize, act: impl FnOnce(&Port, &Member) -> Option<T>) -> Option<T> {
    let acted = member::me(|member| {
        let port = member.lend(handle)?;
        let acted = act(&port, member);
        member.give_back(port);
        if acted.is_none() {
            member.leave();
        }
        acted
    });
    acted.flatten()
}

/// Room for one packet.
struct One(Option<Packet>);

impl One {
    fn packet(self) -> Packet {
        self.0.expect("a wait that succeeds has a packet")
    }
}

impl Extend<Packet> for One {
    fn extend<I: IntoIterator<Item = Packet>>(&mut self, packets: I) {
        self.0 = packets.into_iter().last().or(self.0);
    }
}
