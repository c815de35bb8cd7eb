//! The socket object: a descriptor and what Winsock knows of it that Linux does not.
//!
//! Owns creation and closing. The mode that `FIONBIO` sets is the socket's own, and each call asks for it with
//! `MSG_DONTWAIT`; the descriptor stays in blocking mode, so that an engine may use it its way at the same time. Only
//! where Linux has no such flag, for `accept` and `sendfile`, the descriptor goes into non-blocking mode for good,
//! and calls that block wait for it first.

use super::bind;
use super::blocking::Pause;
use super::change::Changes;
use super::dispatcher::{self, Signal, State};
use super::extension::Extension;
use super::faults;
use super::fork;
use super::handles::{self, Object};
use super::network_events::{self, NetworkEvents};
use super::option::Kept;
use super::overlapped::{self, Io};
use super::sys::socket::SockAddr;
use super::sys::{self, AsFd, BorrowedFd, Errno, OwnedFd};
use super::translate::{Family, Kind};
use crate::error::Error;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU8, AtomicU32, Ordering::*};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How far a socket has come in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Phase {
    /// New: no address yet.
    Unbound,
    /// Has a local address.
    Bound,
    /// `listen` was called.
    Listening,
    /// A `connect` is under way.
    Connecting,
    /// Has a peer.
    Connected,
}

impl Phase {
    const ALL: [Phase; 5] =
        [Phase::Unbound, Phase::Bound, Phase::Listening, Phase::Connecting, Phase::Connected];
}

/// A socket.
#[repr(C)]
pub(crate) struct Socket {
    // What every call asks comes first, in a line of the cache or two. (Aligned to one, sockets that come and go would leave
    // holes in the heap.)
    fd: OwnedFd,
    /// The process that made it: in a child of a fork the connection is the parent's too.
    generation: u32,
    /// The code of the error that ended the connection: every later receive and send gives it again.
    broken: AtomicI32,
    /// The code that came back for an earlier datagram, until the next receive.
    report: AtomicI32,
    pub(crate) family: Family,
    pub(crate) kind: Kind,
    phase: AtomicU8,
    nonblocking: AtomicBool,
    descriptor_nonblocking: AtomicBool,
    closing: AtomicBool,
    receive_shut: AtomicBool,
    send_shut: AtomicBool,
    /// `SIO_UDP_CONNRESET`: whether such codes are collected at all.
    reports: AtomicBool,
    /// The program bound it, and not an `accept` or a first datagram.
    bound_by_program: AtomicBool,
    pub(crate) network_events: NetworkEvents,
    /// Its overlapped operations.
    pub(crate) io: Io,
    pub(crate) extension: Extension,
    /// What it has asked to be told of the machine.
    pub(crate) changes: Changes,
    /// The protocol, as the program gave it or the default of its type.
    pub(crate) protocol: i32,
    /// How many handles name the socket: more than one after `WSADuplicateSocket`.
    handles: AtomicU32,
    /// The code of a failed non-blocking connect, until `SO_ERROR` is asked.
    pending_error: AtomicI32,
    /// When the connection came into being, for `SO_CONNECT_TIME`.
    connected_at: Mutex<Option<Instant>>,
    /// The connection that a condition function deferred: the next `accept` takes it.
    deferred: Mutex<Option<Box<(OwnedFd, SockAddr)>>>,
    /// Options that Linux does not keep for us.
    pub(crate) options: Kept,
    /// Serialises the calls that move the socket from one phase to the next.
    pub(crate) transition: Mutex<()>,
    /// For those who wait for the socket's handle itself.
    pub(crate) signal: Signal,
    /// Last, so that it goes when the descriptor is closed.
    leaving: bind::Leaving,
}

/// The type and protocol that `socket` was asked for, resolved.
struct Resolved {
    family: Family,
    kind: Kind,
    protocol: i32,
}

impl Socket {
    /// Creates a socket of a family, type and protocol in Winsock's numbers; 0 leaves a choice to the rest.
    ///
    /// # Errors
    /// `WSAEAFNOSUPPORT` for a family without a provider, `WSAESOCKTNOSUPPORT` for a type without one,
    /// `WSAEPROTONOSUPPORT` or `WSAEPROTOTYPE` for a protocol that does not exist or does not fit the type,
    /// `WSAEACCES` for a raw socket without the right to it, `WSAEMFILE`, `WSAENOBUFS`.
    pub(crate) fn new(family: i32, kind: i32, protocol: i32) -> Result<Socket, Error> {
        let Resolved { family, kind, protocol } = resolve(family, kind, protocol)?;
        if faults::are_on() {
            faults::before_socket()?;
        }
        let fd = sys::socket::socket(family.linux(), kind.linux(), protocol)?;
        let socket = Socket::from_fd(fd, family, kind, protocol, Phase::Unbound);
        socket.set_windows_defaults()?;
        Ok(socket)
    }

    /// Wraps a descriptor whose nature is known.
    pub(crate) fn from_fd(fd: OwnedFd, family: Family, kind: Kind, protocol: i32, phase: Phase) -> Socket {
        if faults::are_on() {
            faults::adopt(fd.as_fd(), kind);
        }
        let connected_at = (phase == Phase::Connected).then(Instant::now);
        Socket {
            fd,
            family,
            kind,
            protocol,
            phase: AtomicU8::new(phase as u8),
            nonblocking: AtomicBool::new(false),
            descriptor_nonblocking: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            generation: fork::generation(),
            io: Io::new(),
            extension: Extension::new(),
            network_events: NetworkEvents::new(),
            changes: Changes::new(),
            handles: AtomicU32::new(0),
            receive_shut: AtomicBool::new(false),
            send_shut: AtomicBool::new(false),
            broken: AtomicI32::new(0),
            pending_error: AtomicI32::new(0),
            report: AtomicI32::new(0),
            reports: AtomicBool::new(true),
            bound_by_program: AtomicBool::new(false),
            connected_at: Mutex::new(connected_at),
            deferred: Mutex::new(None),
            options: Kept::default(),
            transition: Mutex::new(()),
            signal: Signal::new(State::Stays(false)),
            leaving: bind::Leaving::default(),
        }
    }

    /// Where the defaults of Windows and of Linux differ.
    pub(crate) fn set_windows_defaults(&self) -> Result<(), Error> {
        use sys::socket::{IPPROTO_IPV6, IPV6_V6ONLY, set_option};
        match (self.family, self.kind) {
            (Family::V6, Kind::Stream | Kind::Datagram) => {
                set_option(self.fd(), IPPROTO_IPV6, IPV6_V6ONLY, 1)?;
            }
            // A raw socket of IPv6 is never anything else, and Linux does not let it be set.
            (Family::V6, Kind::Raw) | (Family::V4 | Family::Unix, _) => {}
        }
        self.treat_datagrams_as_windows(true)
    }

    /// Whether a datagram that reached a closed port is reported to the next receive, connected or not; and a group's
    /// datagrams come to its members alone, not to every socket of a machine that has a member.
    pub(crate) fn treat_datagrams_as_windows(&self, on: bool) -> Result<(), Error> {
        use sys::option::{IP_MULTICAST_ALL, IPV6_MULTICAST_ALL};
        use sys::socket::{IP_RECVERR, IPPROTO_IP, IPPROTO_IPV6, IPV6_RECVERR, set_option};
        match (self.kind, self.family) {
            (Kind::Datagram, Family::V4) => {
                set_option(self.fd(), IPPROTO_IP, IP_RECVERR, i32::from(on))?;
                set_option(self.fd(), IPPROTO_IP, IP_MULTICAST_ALL, i32::from(!on))?;
            }
            (Kind::Datagram, Family::V6) => {
                set_option(self.fd(), IPPROTO_IPV6, IPV6_RECVERR, i32::from(on))?;
                set_option(self.fd(), IPPROTO_IPV6, IPV6_MULTICAST_ALL, i32::from(!on))?;
            }
            (Kind::Datagram, Family::Unix) | (Kind::Stream | Kind::Raw, _) => {}
        }
        Ok(())
    }

    /// The descriptor, for one call.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    pub(crate) fn phase(&self) -> Phase {
        Phase::ALL[usize::from(self.phase.load(Acquire))]
    }

    pub(crate) fn set_phase(&self, phase: Phase) {
        *lock(&self.connected_at) = (phase == Phase::Connected).then(Instant::now);
        self.phase.store(phase as u8, Release);
    }

    /// How long the socket has been connected; `None` if it is not.
    pub(crate) fn connected_for(&self) -> Option<Duration> {
        lock(&self.connected_at).map(|since| since.elapsed())
    }

    /// Whether the program gave the socket its address itself.
    pub(crate) fn is_bound_by_program(&self) -> bool {
        self.bound_by_program.load(Acquire)
    }

    pub(crate) fn set_bound_by_program(&self) {
        self.bound_by_program.store(true, Release);
    }

    /// The connection that a condition function deferred, if there is one; asking takes it.
    pub(crate) fn take_deferred(&self) -> Option<(OwnedFd, SockAddr)> {
        lock(&self.deferred).take().map(|connection| *connection)
    }

    /// Gives a connection back to the next `accept`.
    pub(crate) fn defer(&self, connection: (OwnedFd, SockAddr)) {
        *lock(&self.deferred) = Some(Box::new(connection));
    }

    /// Whether a deferred connection waits: the socket is ready for `accept`, though Linux does not know it.
    pub(crate) fn has_deferred(&self) -> bool {
        self.phase() == Phase::Listening && lock(&self.deferred).is_some()
    }

    pub(crate) fn is_nonblocking(&self) -> bool {
        self.nonblocking.load(Relaxed)
    }

    /// `FIONBIO`.
    pub(crate) fn set_nonblocking(&self, nonblocking: bool) {
        self.nonblocking.store(nonblocking, Relaxed);
    }

    /// Puts the descriptor into non-blocking mode, for good.
    pub(crate) fn make_descriptor_nonblocking(&self) -> Result<(), Errno> {
        // A call that meets the mode must find the flag set.
        if self.descriptor_nonblocking.swap(true, AcqRel) {
            return Ok(());
        }
        sys::socket::set_nonblocking(self.fd(), true)
    }

    /// Whether the descriptor does not wait, whatever the socket's mode.
    pub(crate) fn is_descriptor_nonblocking(&self) -> bool {
        self.descriptor_nonblocking.load(Acquire)
    }

    /// The descriptor is another one now: what was known of the old one is forgotten.
    pub(crate) fn begin_anew(&self) {
        self.descriptor_nonblocking.store(false, Relaxed);
        self.receive_shut.store(false, Relaxed);
        self.send_shut.store(false, Relaxed);
        self.broken.store(0, Relaxed);
        self.pending_error.store(0, Relaxed);
    }

    /// From now on the kernel waits for nothing when the descriptor is closed, whichever thread does it. Answers the
    /// seconds that it would have waited.
    pub(crate) fn do_not_linger(&self) -> Result<Option<u64>, Errno> {
        match sys::option::linger(self.fd())? {
            (true, seconds @ 1..) => {
                sys::socket::set_linger(self.fd(), false, 0)?;
                Ok(u64::try_from(seconds).ok())
            }
            (true, _) | (false, _) => Ok(None),
        }
    }

    /// Whether the socket was made before a fork, in the process that this one is a child of.
    pub(crate) fn is_inherited(&self) -> bool {
        self.generation != fork::generation()
    }

    /// Whether nobody else may have its address as long as its descriptor is open.
    fn keeps_its_address(&self) -> bool {
        match self.phase() {
            Phase::Bound | Phase::Listening => true,
            Phase::Unbound => false,
            Phase::Connecting | Phase::Connected => self.kind != Kind::Stream,
        }
    }

    /// Whether `closesocket` has been called: a call that wakes up now was interrupted by it.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Acquire)
    }

    pub(crate) fn is_receive_shut(&self) -> bool {
        self.receive_shut.load(Relaxed)
    }

    pub(crate) fn is_send_shut(&self) -> bool {
        self.send_shut.load(Relaxed)
    }

    pub(crate) fn set_shut(&self, receive: bool, send: bool) {
        self.receive_shut.fetch_or(receive, Relaxed);
        self.send_shut.fetch_or(send, Relaxed);
    }

    /// The error that ended the connection, if one did.
    pub(crate) fn broken(&self) -> Option<Error> {
        code(self.broken.load(Relaxed))
    }

    pub(crate) fn set_broken(&self, error: Error) {
        self.broken.store(error.code(), Relaxed);
    }

    /// The error of a failed non-blocking connect; asking takes it.
    pub(crate) fn take_pending_error(&self) -> Option<Error> {
        code(self.pending_error.swap(0, Relaxed))
    }

    /// The error of a failed non-blocking connect, if nobody has asked for it yet.
    pub(crate) fn pending_error(&self) -> Option<Error> {
        code(self.pending_error.load(Relaxed))
    }

    /// Whether a non-blocking connect has failed, and nobody has asked why.
    pub(crate) fn has_pending_error(&self) -> bool {
        self.pending_error().is_some()
    }

    pub(crate) fn set_pending_error(&self, error: Error) {
        self.pending_error.store(error.code(), Relaxed);
    }

    /// Whether the next receive has something to say of an earlier datagram.
    pub(crate) fn has_report(&self) -> bool {
        self.report.load(Relaxed) != 0
    }

    /// What came back for an earlier datagram; asking takes it.
    pub(crate) fn take_report(&self) -> Option<Error> {
        if self.has_report() { code(self.report.swap(0, Relaxed)) } else { None }
    }

    pub(crate) fn set_report(&self, error: Error) {
        if self.reports.load(Relaxed) {
            self.report.store(error.code(), Relaxed);
        }
    }

    /// `SIO_UDP_CONNRESET`: whether the fate of earlier datagrams is reported.
    pub(crate) fn set_reports(&self, on: bool) {
        self.reports.store(on, Relaxed);
        if !on {
            self.report.store(0, Relaxed);
        }
    }

    /// A datagram left from a socket without an address: Linux gave it one.
    pub(crate) fn bound_implicitly(&self) {
        // A socket that is further on stays there; nothing else leaves `Unbound` without the lock.
        let _ = self.phase.compare_exchange(Phase::Unbound as u8, Phase::Bound as u8, AcqRel, Acquire);
    }

    /// The handle is not signalled: such an operation begins.
    pub(crate) fn unsignal(&self) {
        self.signal.reset(&dispatcher::lock());
    }

    /// Gives the socket its handle.
    ///
    /// # Errors
    /// `WSAEMFILE` when the table of handles is full.
    pub(crate) fn publish(self) -> Result<usize, Error> {
        publish(Arc::new(self))
    }
}

/// Gives a socket a handle, its first or another one.
///
/// # Errors
/// `WSAEMFILE` when the table of handles is full.
pub(crate) fn publish(socket: Arc<Socket>) -> Result<usize, Error> {
    socket.handles.fetch_add(1, AcqRel);
    let handle = handles::insert(Object::Socket(Arc::clone(&socket))).ok_or(Error::WSAEMFILE)?;
    socket.network_events.set_handle(handle);
    Ok(handle)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn code(code: i32) -> Option<Error> {
    (code != 0).then(|| Error::from_code(code))
}

fn resolve(family: i32, kind: i32, protocol: i32) -> Result<Resolved, Error> {
    use sys::socket::{IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP};
    const AF_UNSPEC: i32 = crate::win32::AF_UNSPEC as i32;
    let family = match family {
        // Type and protocol choose the first provider that has them: IPv4's.
        AF_UNSPEC if kind == 0 && protocol == 0 => return Err(Error::WSAEINVAL),
        AF_UNSPEC => Family::V4,
        _ => Family::from_winsock(family).ok_or(Error::WSAEAFNOSUPPORT)?,
    };
    let kind = match (kind, protocol) {
        (0, IPPROTO_TCP) => Kind::Stream,
        (0, IPPROTO_UDP) => Kind::Datagram,
        (0, 0) => Kind::Stream,
        (0, _) => return Err(Error::WSAEPROTONOSUPPORT),
        (kind, _) => Kind::from_winsock(kind).ok_or(Error::WSAESOCKTNOSUPPORT)?,
    };
    let protocol = match (family, kind, protocol) {
        (Family::Unix, Kind::Stream, 0) => 0,
        (Family::Unix, Kind::Datagram | Kind::Raw, _) => return Err(Error::WSAESOCKTNOSUPPORT),
        (Family::Unix, Kind::Stream, _) => return Err(Error::WSAEPROTONOSUPPORT),
        (Family::V4 | Family::V6, Kind::Stream, 0 | IPPROTO_TCP) => IPPROTO_TCP,
        (Family::V4 | Family::V6, Kind::Datagram, 0 | IPPROTO_UDP) => IPPROTO_UDP,
        (Family::V4 | Family::V6, Kind::Stream, IPPROTO_UDP)
        | (Family::V4 | Family::V6, Kind::Datagram, IPPROTO_ICMP | IPPROTO_ICMPV6) => {
            return Err(Error::WSAEPROTOTYPE);
        }
        (Family::V4 | Family::V6, Kind::Raw, protocol @ 0..=255) => protocol,
        (Family::V4 | Family::V6, Kind::Stream | Kind::Datagram | Kind::Raw, _) => {
            return Err(Error::WSAEPROTONOSUPPORT);
        }
    };
    Ok(Resolved { family, kind, protocol })
}

/// `closesocket`: the handle is stale from now on, and calls of other threads wake up with `WSAEINTR`.
///
/// The descriptor is closed by whoever holds the last reference: here, unless a call is under way.
///
/// # Errors
/// `WSAENOTSOCK`.
pub(crate) fn close(handle: usize) -> Result<(), Error> {
    drop(handles::socket(handle)?);
    let reference = handles::remove(handle).ok_or(Error::WSAENOTSOCK)?;
    match &*reference {
        Object::Socket(socket) => {
            if socket.handles.fetch_sub(1, AcqRel) > 1 {
                // Another handle names the socket: it stays open.
                return Ok(());
            }
            socket.closing.store(true, Release);
            let inherited = socket.is_inherited();
            if !inherited {
                bind::before_close(socket);
            }
            network_events::close(socket);
            overlapped::close(socket);
            let stays_open = Arc::strong_count(socket) > 1;
            if stays_open && socket.keeps_its_address() && !inherited {
                socket.leaving.begin();
            }
            let listens_on = stays_open && socket.phase() == Phase::Listening;
            if (reference.is_shared() || listens_on) && !inherited {
                // `close` alone leaves a blocked call asleep. One that is not blocked does not mind.
                let _ = sys::socket::shutdown(socket.fd(), sys::socket::SHUT_RDWR);
            }
            if socket.io.is_in_use() && !inherited {
                linger(socket);
            }
        }
        Object::Event(_)
        | Object::Thread(_)
        | Object::Process
        | Object::Port(_)
        | Object::File(_)
        | Object::Mutex(_)
        | Object::Semaphore(_)
        | Object::Timer(_) => {
            unreachable!("a value names one object as long as it lives")
        }
    }
    Ok(())
}

/// Waits, as long as `SO_LINGER` says, until the peer has everything. The kernel would do it too, but in the thread that
/// lets go of the descriptor last, and that may be one that drives an engine.
fn linger(socket: &Socket) {
    /// Linux has no way to be told.
    const LOOK_AGAIN: Duration = Duration::from_millis(1);
    let Ok(Some(seconds)) = socket.do_not_linger() else { return };
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let _ = sys::socket::shutdown(socket.fd(), sys::socket::SHUT_WR);
    let _pause = Pause::begin();
    while sys::option::awaits_acknowledgement(socket.fd()) && Instant::now() < deadline {
        std::thread::sleep(LOOK_AGAIN);
    }
}
