//! Who may have an address: the rules between default, `SO_REUSEADDR` and `SO_EXCLUSIVEADDRUSE` sockets.
//!
//! Linux refuses a second bind wherever the two addresses meet, unless both sockets agreed before. That is what
//! Windows does with two sockets at the very same address; but there a wildcard and a specific address of one port
//! stand side by side, a second bind passes over what is left of old connections, and the codes differ. So Linux is
//! asked first, and when it refuses, the rules are applied to the sockets of this process, and Linux is asked to let
//! the bind through. Of sockets of other processes Linux's refusal stands.
//!
//! What the sockets agree with is, for TCP, Linux's `SO_REUSEPORT` among those that are bound, and its
//! `SO_REUSEADDR` over what is left of connections; for datagrams, its `SO_REUSEADDR`. Which of two sockets that share
//! one address gets a connection or a datagram is indeterminate on Windows, and Linux's choice here.
//!
//! Also owns the wait for addresses of sockets that are closed and not yet gone.

use super::handles::{self, Object};
use super::socket::{Phase, Socket};
use super::sys::socket::{self as linux, SOL_SOCKET};
use super::sys::{Errno, option as names};
use super::translate::{Address, Family, Kind};
use crate::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use std::time::{Duration, Instant};

/// How a socket is willing to share its address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sharing {
    /// Neither option is set.
    Default,
    /// `SO_REUSEADDR`.
    Reuse,
    /// `SO_EXCLUSIVEADDRUSE`.
    Exclusive,
}

/// How the addresses of two sockets with one port lie to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Relation {
    /// The same, or both every address.
    Same,
    /// The first is every address, the second one of them.
    FirstIsWider,
    /// The second is every address, the first one of them.
    SecondIsWider,
    /// They do not meet.
    Apart,
}

/// The table of Microsoft's page "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE" for one user.
fn verdict(first: Sharing, second: Sharing, relation: Relation) -> Result<(), Error> {
    use Sharing::{Default, Exclusive, Reuse};
    match (relation, first, second) {
        (Relation::Apart, _, _) => Ok(()),
        (Relation::Same, Reuse, Reuse) => Ok(()),
        (Relation::Same, Default | Exclusive, Reuse) => Err(Error::WSAEACCES),
        (Relation::Same, _, Default | Exclusive) => Err(Error::WSAEADDRINUSE),
        (Relation::FirstIsWider, Exclusive, _) => Err(Error::WSAEACCES),
        (Relation::FirstIsWider, Default | Reuse, _) => Ok(()),
        (Relation::SecondIsWider, _, Exclusive) => Err(Error::WSAEADDRINUSE),
        (Relation::SecondIsWider, _, Default | Reuse) => Ok(()),
    }
}

/// Gives an unbound socket its address.
///
/// # Errors
/// `WSAEADDRINUSE` or `WSAEACCES` by the table, `WSAEADDRNOTAVAIL`, `WSAEACCES` for a port that needs rights.
pub(super) fn bind(socket: &Socket, address: &Address) -> Result<(), Error> {
    let to = address.to_linux();
    let sharing = socket.sharing();
    if sharing == Sharing::Reuse {
        // What an earlier mixture of addresses made Linux agree to must not let this one in.
        neighbours(socket, address)?;
        share(socket)?;
    }
    match bind_when_left(socket, &to) {
        Ok(()) => {}
        Err(Errno::EADDRINUSE) if address.port() != 0 => {
            let neighbours = neighbours(socket, address)?;
            insist(socket, &to, &neighbours).map_err(|errno| match (errno, sharing) {
                (Errno::EADDRINUSE, Sharing::Reuse) => Error::WSAEACCES,
                (errno, _) => errno.into(),
            })?;
        }
        Err(errno) => return Err(errno.into()),
    }
    socket.set_bound_by_program();
    Ok(())
}

/// A closed socket that still has its address: the kernel, or a thread that drives an engine, has not let go of an
/// operation of its yet. On Windows the address is free when `closesocket` returns.
#[derive(Default)]
pub(super) struct Leaving(AtomicBool);

/// How many there are.
static LEAVING: AtomicUsize = AtomicUsize::new(0);

impl Leaving {
    /// The socket is closed; its descriptor will be in a moment.
    pub(super) fn begin(&self) {
        if !self.0.swap(true, Relaxed) {
            LEAVING.fetch_add(1, Relaxed);
        }
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        if *self.0.get_mut() {
            LEAVING.fetch_sub(1, Release);
        }
    }
}

/// Binds as soon as closed sockets let it, which takes the monitor a few milliseconds at most where nobody else drives.
fn bind_when_left(socket: &Socket, to: &linux::SockAddr) -> Result<(), Errno> {
    const PATIENCE: Duration = Duration::from_millis(250);
    const LOOK_AGAIN: Duration = Duration::from_micros(100);
    let mut deadline = None;
    loop {
        // Before the attempt: who leaves after it is met by the next one.
        let leaving = LEAVING.load(Acquire) > 0;
        match linux::bind(socket.fd(), to) {
            Err(Errno::EADDRINUSE) if leaving => {
                let now = Instant::now();
                if now >= *deadline.get_or_insert(now + PATIENCE) {
                    return Err(Errno::EADDRINUSE);
                }
                std::thread::sleep(LOOK_AGAIN);
            }
            result => return result,
        }
    }
}

/// Binds once more, over what is left of connections and beside sockets of ours that allow it.
fn insist(socket: &Socket, to: &linux::SockAddr, neighbours: &[Arc<Socket>]) -> Result<(), Errno> {
    if !neighbours.is_empty() {
        for neighbour in neighbours {
            share(neighbour)?;
        }
        share(socket)?;
    }
    match socket.kind {
        Kind::Datagram | Kind::Raw => linux::bind(socket.fd(), to),
        Kind::Stream => {
            linux::set_option(socket.fd(), SOL_SOCKET, names::SO_REUSEADDR, 1)?;
            let result = linux::bind(socket.fd(), to);
            linux::set_option(socket.fd(), SOL_SOCKET, names::SO_REUSEADDR, 0)?;
            result
        }
    }
}

/// Lets another socket that does so too have the same address.
fn share(socket: &Socket) -> Result<(), Errno> {
    let name = match (socket.kind, socket.family) {
        // A path belongs to one socket.
        (_, Family::Unix) => return Ok(()),
        (Kind::Stream, Family::V4 | Family::V6) => names::SO_REUSEPORT,
        (Kind::Datagram | Kind::Raw, Family::V4 | Family::V6) => names::SO_REUSEADDR,
    };
    linux::set_option(socket.fd(), SOL_SOCKET, name, 1)
}

/// The sockets of this process whose addresses meet the new one, all of which allow it.
///
/// # Errors
/// The verdict of the first that does not.
fn neighbours(socket: &Socket, address: &Address) -> Result<Vec<Arc<Socket>>, Error> {
    let mut found = Vec::new();
    let second = Place { address: *address, dual: is_dual(socket) };
    for handle in handles::live() {
        let Some(reference) = handles::get(handle) else { continue };
        let Object::Socket(other) = &*reference else { continue };
        if std::ptr::eq(&raw const **other, socket)
            || other.kind != socket.kind
            || !other.is_bound_by_program()
        {
            continue;
        }
        let Ok(local) = linux::local_address(other.fd()) else { continue };
        let Some(local) = Address::from_linux(&local) else { continue };
        let first = Place { address: local, dual: is_dual(other) };
        match relation(&first, &second) {
            Relation::Apart => {}
            relation @ (Relation::Same | Relation::FirstIsWider | Relation::SecondIsWider) => {
                verdict(other.sharing(), socket.sharing(), relation)?;
                found.push(Arc::clone(other));
            }
        }
    }
    Ok(found)
}

struct Place {
    address: Address,
    /// The socket is of IPv6 and takes IPv4 too.
    dual: bool,
}

fn is_dual(socket: &Socket) -> bool {
    use linux::{IPPROTO_IPV6, IPV6_V6ONLY, option_i32};
    match socket.family {
        Family::V6 => option_i32(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY) == Ok(0),
        Family::V4 | Family::Unix => false,
    }
}

fn relation(first: &Place, second: &Place) -> Relation {
    let families_meet = first.address.family() == second.address.family() || first.dual || second.dual;
    if first.address.port() == 0 || first.address.port() != second.address.port() || !families_meet {
        return Relation::Apart;
    }
    match (first.address.is_wildcard(), second.address.is_wildcard()) {
        (true, true) => Relation::Same,
        (true, false) => Relation::FirstIsWider,
        (false, true) => Relation::SecondIsWider,
        (false, false) if first.address.ip() == second.address.ip() => Relation::Same,
        (false, false) => Relation::Apart,
    }
}

/// Lets peers connect. A listener's connections, and what is left of them, do not keep a later bind away; an exclusive
/// one's do.
///
/// # Errors
/// `WSAEADDRINUSE` when another socket listens there.
pub(super) fn listen(socket: &Socket, backlog: i32) -> Result<(), Error> {
    // Linux looks at the address again: what the bind passed over is passed over now too.
    allow_leftovers(socket, true)?;
    linux::listen(socket.fd(), backlog)?;
    match socket.sharing() {
        Sharing::Default | Sharing::Reuse => Ok(()),
        // Its connections take after it.
        Sharing::Exclusive => allow_leftovers(socket, false),
    }
}

/// What is left of a connection from an address that the program chose keeps no later bind away.
pub(super) fn before_connect(socket: &Socket) -> Result<(), Error> {
    match (socket.phase(), socket.sharing()) {
        (Phase::Bound, Sharing::Default | Sharing::Reuse) => allow_leftovers(socket, true),
        (Phase::Bound, Sharing::Exclusive) => Ok(()),
        (Phase::Unbound | Phase::Listening | Phase::Connecting | Phase::Connected, _) => Ok(()),
    }
}

/// What is left of an exclusive socket's connection after its end keeps nobody away either.
pub(super) fn before_close(socket: &Socket) {
    if socket.sharing() == Sharing::Exclusive {
        // Where it fails the address stays taken a little longer: nothing else depends on it.
        let _ = allow_leftovers(socket, true);
    }
}

fn allow_leftovers(socket: &Socket, allow: bool) -> Result<(), Error> {
    match (socket.kind, socket.family) {
        (Kind::Stream, Family::V4 | Family::V6) => {
            Ok(linux::set_option(socket.fd(), SOL_SOCKET, names::SO_REUSEADDR, i32::from(allow))?)
        }
        (Kind::Stream, Family::Unix) | (Kind::Datagram | Kind::Raw, _) => Ok(()),
    }
}
