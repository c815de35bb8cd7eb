//! Where the two worlds meet: the only file that names numbers of both Linux and Winsock.
//!
//! Error numbers, address families and socket addresses, socket types and protocols, message flags. Options,
//! ioctls and name resolution have their own tables in `option.rs`, `ioctl.rs` and `name_codes.rs`, built from the same
//! two vocabularies.

use super::console_control::Control;
use super::readiness::Readiness;
use super::status::Status;
use super::sys::Errno;
use super::sys::socket as linux;
use super::sys::{interface, option, signal};
use crate::error::Error;
use crate::win32;

/// errno -> NTSTATUS: the one table. What has no status of its own carries its WSA code.
const ERRNO: &[(Errno, Status)] = &[
    (Errno::E2BIG, Status::INVALID_PARAMETER),
    (Errno::EACCES, Status::ACCESS_DENIED),
    (Errno::EADDRINUSE, Status::ADDRESS_ALREADY_EXISTS),
    (Errno::EADDRNOTAVAIL, Status::INVALID_ADDRESS_COMPONENT),
    (Errno::EAFNOSUPPORT, Status::from_wsa(Error::WSAEAFNOSUPPORT)),
    (Errno::EAGAIN, Status::DEVICE_NOT_READY),
    (Errno::EALREADY, Status::from_wsa(Error::WSAEALREADY)),
    (Errno::EBADF, Status::INVALID_HANDLE),
    (Errno::ECANCELED, Status::CANCELLED),
    (Errno::ECONNABORTED, Status::CONNECTION_ABORTED),
    (Errno::ECONNREFUSED, Status::CONNECTION_REFUSED),
    (Errno::ECONNRESET, Status::CONNECTION_RESET),
    (Errno::EDESTADDRREQ, Status::from_wsa(Error::WSAEDESTADDRREQ)),
    (Errno::EDOM, Status::INVALID_PARAMETER),
    (Errno::EDQUOT, Status::from_wsa(Error::WSAEDQUOT)),
    (Errno::EEXIST, Status::ADDRESS_ALREADY_EXISTS),
    (Errno::EFAULT, Status::ACCESS_VIOLATION),
    (Errno::EHOSTDOWN, Status::from_wsa(Error::WSAEHOSTDOWN)),
    (Errno::EHOSTUNREACH, Status::HOST_UNREACHABLE),
    (Errno::EINPROGRESS, Status::DEVICE_NOT_READY),
    (Errno::EINTR, Status::REQUEST_ABORTED),
    (Errno::EINVAL, Status::INVALID_PARAMETER),
    (Errno::EIO, Status::from_wsa(Error::WSAENETDOWN)),
    (Errno::EISCONN, Status::CONNECTION_ACTIVE),
    (Errno::ELOOP, Status::from_wsa(Error::WSAELOOP)),
    (Errno::EMFILE, Status::TOO_MANY_OPENED_FILES),
    (Errno::EMSGSIZE, Status::INVALID_BUFFER_SIZE),
    (Errno::ENAMETOOLONG, Status::from_wsa(Error::WSAENAMETOOLONG)),
    (Errno::ENETDOWN, Status::from_wsa(Error::WSAENETDOWN)),
    (Errno::ENETRESET, Status::from_wsa(Error::WSAENETRESET)),
    (Errno::ENETUNREACH, Status::NETWORK_UNREACHABLE),
    (Errno::ENFILE, Status::TOO_MANY_OPENED_FILES),
    (Errno::ENOBUFS, Status::INSUFFICIENT_RESOURCES),
    (Errno::ENODEV, Status::INVALID_ADDRESS_COMPONENT),
    // A path of AF_UNIX that does not exist.
    (Errno::ENOENT, Status::INVALID_ADDRESS_COMPONENT),
    (Errno::ENOMEM, Status::INSUFFICIENT_RESOURCES),
    (Errno::ENONET, Status::from_wsa(Error::WSAENETDOWN)),
    (Errno::ENOPROTOOPT, Status::from_wsa(Error::WSAENOPROTOOPT)),
    (Errno::ENOSPC, Status::INSUFFICIENT_RESOURCES),
    (Errno::ENOSYS, Status::NOT_SUPPORTED),
    (Errno::ENOTCONN, Status::INVALID_CONNECTION),
    // A path of AF_UNIX that leads through a file.
    (Errno::ENOTDIR, Status::INVALID_ADDRESS_COMPONENT),
    (Errno::ENOTEMPTY, Status::from_wsa(Error::WSAENOTEMPTY)),
    (Errno::ENOTSOCK, Status::INVALID_HANDLE),
    (Errno::ENOTTY, Status::INVALID_PARAMETER),
    (Errno::EOPNOTSUPP, Status::NOT_SUPPORTED),
    (Errno::EPERM, Status::ACCESS_DENIED),
    (Errno::EPFNOSUPPORT, Status::from_wsa(Error::WSAEPFNOSUPPORT)),
    (Errno::EPIPE, Status::PIPE_DISCONNECTED),
    (Errno::EPROTO, Status::CONNECTION_ABORTED),
    (Errno::EPROTONOSUPPORT, Status::from_wsa(Error::WSAEPROTONOSUPPORT)),
    (Errno::EPROTOTYPE, Status::from_wsa(Error::WSAEPROTOTYPE)),
    (Errno::EREMOTE, Status::from_wsa(Error::WSAEREMOTE)),
    (Errno::ESHUTDOWN, Status::PIPE_DISCONNECTED),
    (Errno::ESOCKTNOSUPPORT, Status::from_wsa(Error::WSAESOCKTNOSUPPORT)),
    (Errno::ESTALE, Status::from_wsa(Error::WSAESTALE)),
    (Errno::ETIMEDOUT, Status::IO_TIMEOUT),
    (Errno::ETOOMANYREFS, Status::from_wsa(Error::WSAETOOMANYREFS)),
    (Errno::EUSERS, Status::from_wsa(Error::WSAEUSERS)),
];

/// The status of a Linux error; one that the table does not know is [`Status::UNSUCCESSFUL`].
pub(crate) fn status(errno: Errno) -> Status {
    ERRNO.iter().find(|row| row.0 == errno).map_or(Status::UNSUCCESSFUL, |row| row.1)
}

impl From<Errno> for Error {
    fn from(errno: Errno) -> Error {
        status(errno).wsa()
    }
}

/// errno -> Win32 code for the calls on files; one that the table does not know is `ERROR_IO_DEVICE`.
const FILE_ERRNO: &[(Errno, Error)] = &[
    (Errno::EACCES, Error::ERROR_ACCESS_DENIED),
    (Errno::EBADF, Error::WSA_INVALID_HANDLE),
    (Errno::EDQUOT, Error::ERROR_DISK_FULL),
    (Errno::EEXIST, Error::ERROR_FILE_EXISTS),
    (Errno::EFAULT, Error::ERROR_NOACCESS),
    (Errno::EFBIG, Error::ERROR_FILE_TOO_LARGE),
    (Errno::EINVAL, Error::WSA_INVALID_PARAMETER),
    (Errno::EISDIR, Error::ERROR_ACCESS_DENIED),
    (Errno::ELOOP, Error::ERROR_PATH_NOT_FOUND),
    (Errno::EMFILE, Error::ERROR_TOO_MANY_OPEN_FILES),
    (Errno::ENAMETOOLONG, Error::ERROR_FILENAME_EXCED_RANGE),
    (Errno::ENFILE, Error::ERROR_TOO_MANY_OPEN_FILES),
    (Errno::ENOENT, Error::ERROR_FILE_NOT_FOUND),
    (Errno::ENOMEM, Error::WSA_NOT_ENOUGH_MEMORY),
    (Errno::ENOSPC, Error::ERROR_DISK_FULL),
    (Errno::ENOTDIR, Error::ERROR_PATH_NOT_FOUND),
    (Errno::EPERM, Error::ERROR_ACCESS_DENIED),
    (Errno::EPIPE, Error::ERROR_NO_DATA),
    (Errno::EROFS, Error::ERROR_ACCESS_DENIED),
    (Errno::ETXTBSY, Error::ERROR_ACCESS_DENIED),
];

/// The code of a failed call on a file.
pub(crate) fn file_error(errno: Errno) -> Error {
    FILE_ERRNO.iter().find(|row| row.0 == errno).map_or(Error::ERROR_IO_DEVICE, |row| row.1)
}

/// The address families that sockets exist for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Family {
    /// `AF_INET`.
    V4,
    /// `AF_INET6`.
    V6,
    /// `AF_UNIX`.
    Unix,
}

impl Family {
    /// The family of a Winsock number.
    pub(crate) fn from_winsock(family: i32) -> Option<Family> {
        match u16::try_from(family).ok()? {
            win32::AF_INET => Some(Family::V4),
            win32::AF_INET6 => Some(Family::V6),
            win32::AF_UNIX => Some(Family::Unix),
            _ => None,
        }
    }

    /// The family of a Linux number.
    pub(crate) fn from_linux(family: i32) -> Option<Family> {
        match family {
            linux::AF_INET => Some(Family::V4),
            linux::AF_INET6 => Some(Family::V6),
            linux::AF_UNIX => Some(Family::Unix),
            _ => None,
        }
    }

    /// Winsock's number.
    pub(crate) const fn winsock(self) -> u16 {
        match self {
            Family::V4 => win32::AF_INET,
            Family::V6 => win32::AF_INET6,
            Family::Unix => win32::AF_UNIX,
        }
    }

    /// Linux's number.
    pub(crate) const fn linux(self) -> i32 {
        match self {
            Family::V4 => linux::AF_INET,
            Family::V6 => linux::AF_INET6,
            Family::Unix => linux::AF_UNIX,
        }
    }

    /// The length of a `SOCKADDR_IN`, `SOCKADDR_IN6` or `SOCKADDR_UN`: the same in both worlds.
    pub(crate) const fn address_len(self) -> usize {
        match self {
            Family::V4 => 16,
            Family::V6 => 28,
            Family::Unix => 110,
        }
    }
}

/// A socket address in Winsock's layout: a `SOCKADDR` of a known family, whole.
#[derive(Clone, Copy)]
pub(crate) struct Address {
    bytes: [u8; 128],
    len: usize,
}

impl Address {
    /// Reads a caller's `SOCKADDR`. `None` if it is too short for its family, or the family is unknown.
    ///
    /// Bytes beyond the family's own length are allowed and dropped, as Windows does: programs pass
    /// `sizeof(SOCKADDR_STORAGE)`. A `SOCKADDR_UN` may be as short as its path.
    pub(crate) fn from_winsock(bytes: &[u8]) -> Option<Address> {
        let family = Family::from_winsock(winsock_family(bytes)?)?;
        let len = match family {
            Family::V4 | Family::V6 if bytes.len() < family.address_len() => return None,
            Family::V4 | Family::V6 => family.address_len(),
            Family::Unix => bytes.len().min(family.address_len()),
        };
        let mut address = Address { bytes: [0; 128], len };
        address.bytes[..len].copy_from_slice(&bytes[..len]);
        Some(address)
    }

    /// The address that a Linux call gave. `None` for a family that Winsock does not have.
    pub(crate) fn from_linux(from: &linux::SockAddr) -> Option<Address> {
        let family = Family::from_linux(i32::from(u16::from_ne_bytes([from.bytes[0], from.bytes[1]])))?;
        let mut address = Address { bytes: from.bytes, len: family.address_len() };
        address.bytes[from.len.min(128) as usize..].fill(0);
        address.bytes[..2].copy_from_slice(&family.winsock().to_ne_bytes());
        Some(address)
    }

    /// The address with every byte but the family zero.
    pub(crate) fn unspecified(family: Family) -> Address {
        let mut address = Address { bytes: [0; 128], len: family.address_len() };
        address.bytes[..2].copy_from_slice(&family.winsock().to_ne_bytes());
        address
    }

    /// The same address for a Linux call.
    pub(crate) fn to_linux(self) -> linux::SockAddr {
        let mut bytes = self.bytes;
        bytes[..2].copy_from_slice(&(self.family().linux() as u16).to_ne_bytes());
        let len = match self.family() {
            Family::V4 | Family::V6 => self.len,
            // Linux takes the whole length as the path: up to the terminating zero, as Windows means it.
            Family::Unix => {
                2 + bytes[2..self.len].iter().position(|&b| b == 0).map_or(self.len - 2, |end| end + 1)
            }
        };
        linux::SockAddr { bytes, len: len as u32 }
    }

    /// The family; the constructors admit no other.
    pub(crate) fn family(&self) -> Family {
        let number = u16::from_ne_bytes([self.bytes[0], self.bytes[1]]);
        Family::from_winsock(number.into()).expect("an address is made of a known family")
    }

    /// The bytes of the `SOCKADDR`.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Whether a peer can have this address. Linux takes 0.0.0.0 and :: for this machine and tries port 0; Windows
    /// refuses all three.
    pub(crate) fn can_be_a_peer(&self) -> bool {
        match self.family() {
            Family::V4 | Family::V6 => self.port() != 0 && !self.is_wildcard(),
            Family::Unix => true,
        }
    }

    /// Whether this is every address of the machine.
    pub(crate) fn is_wildcard(&self) -> bool {
        match self.family() {
            Family::V4 => self.bytes[4..8] == [0; 4],
            Family::V6 => self.bytes[8..24] == [0; 16],
            Family::Unix => false,
        }
    }

    /// Whether only this machine, or only its link, can reach the address.
    pub(crate) fn is_link_or_loopback(&self) -> bool {
        match self.ip() {
            [127, ..] | [169, 254, _, _] => self.family() == Family::V4,
            [0xfe, second, ..] => self.family() == Family::V6 && second & 0xc0 == 0x80,
            ip => ip.split_last() == Some((&1, &[0; 15])),
        }
    }

    /// 255.255.255.255.
    pub(crate) fn broadcast() -> Address {
        let mut address = Address::unspecified(Family::V4);
        address.bytes[4..8].fill(255);
        address
    }

    /// The same address with another port; a path has none.
    pub(crate) fn with_port(mut self, port: u16) -> Address {
        match self.family() {
            Family::V4 | Family::V6 => self.bytes[2..4].copy_from_slice(&port.to_be_bytes()),
            Family::Unix => {}
        }
        self
    }

    /// The bytes of the IP address alone; none for a path.
    pub(crate) fn ip(&self) -> &[u8] {
        match self.family() {
            Family::V4 => &self.bytes[4..8],
            Family::V6 => &self.bytes[8..24],
            Family::Unix => &[],
        }
    }

    /// Whether a socket with this local address has been bound, by the program or implicitly.
    pub(crate) fn is_bound(&self) -> bool {
        match self.family() {
            Family::V4 | Family::V6 => self.port() != 0,
            Family::Unix => self.bytes[2..].iter().any(|&byte| byte != 0),
        }
    }

    /// The port, in host order; zero for a path.
    pub(crate) fn port(&self) -> u16 {
        match self.family() {
            Family::V4 | Family::V6 => u16::from_be_bytes([self.bytes[2], self.bytes[3]]),
            Family::Unix => 0,
        }
    }
}

/// The family that a caller's `SOCKADDR` names; `None` if it is too short to name one.
pub(crate) fn winsock_family(bytes: &[u8]) -> Option<i32> {
    Some(u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?).into())
}

/// The socket types that Linux can serve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// `SOCK_STREAM`.
    Stream,
    /// `SOCK_DGRAM`.
    Datagram,
    /// `SOCK_RAW`.
    Raw,
}

impl Kind {
    /// The type of a Winsock number. `SOCK_RDM` and `SOCK_SEQPACKET` have no provider here.
    pub(crate) fn from_winsock(kind: i32) -> Option<Kind> {
        match kind {
            win32::SOCK_STREAM => Some(Kind::Stream),
            win32::SOCK_DGRAM => Some(Kind::Datagram),
            win32::SOCK_RAW => Some(Kind::Raw),
            _ => None,
        }
    }

    /// The type of a Linux number.
    pub(crate) fn from_linux(kind: i32) -> Option<Kind> {
        match kind {
            linux::SOCK_STREAM => Some(Kind::Stream),
            linux::SOCK_DGRAM => Some(Kind::Datagram),
            linux::SOCK_RAW => Some(Kind::Raw),
            _ => None,
        }
    }

    /// Winsock's number.
    pub(crate) const fn winsock(self) -> i32 {
        match self {
            Kind::Stream => win32::SOCK_STREAM,
            Kind::Datagram => win32::SOCK_DGRAM,
            Kind::Raw => win32::SOCK_RAW,
        }
    }

    /// Linux's number.
    pub(crate) const fn linux(self) -> i32 {
        match self {
            Kind::Stream => linux::SOCK_STREAM,
            Kind::Datagram => linux::SOCK_DGRAM,
            Kind::Raw => linux::SOCK_RAW,
        }
    }
}

/// A receive's flags for Linux.
///
/// # Errors
/// `WSAEINVAL` for one that receiving does not know, `WSAEOPNOTSUPP` for `MSG_WAITALL` with one that contradicts it.
pub(crate) fn receive_flags(flags: i32) -> Result<i32, Error> {
    const AGAINST_WAITALL: i32 = win32::MSG_OOB | win32::MSG_PEEK | win32::MSG_PARTIAL as i32;
    const KNOWN: i32 = AGAINST_WAITALL | win32::MSG_WAITALL | win32::MSG_PUSH_IMMEDIATE;
    if flags & !KNOWN != 0 {
        return Err(Error::WSAEINVAL);
    }
    if flags & win32::MSG_WAITALL != 0 && flags & AGAINST_WAITALL != 0 {
        return Err(Error::WSAEOPNOTSUPP);
    }
    Ok(translate_flags(flags))
}

/// A send's flags for Linux.
///
/// # Errors
/// `WSAEINVAL` for one that sending does not know, `WSAEOPNOTSUPP` for `MSG_PARTIAL`, which no protocol here has.
pub(crate) fn send_flags(flags: i32) -> Result<i32, Error> {
    const KNOWN: i32 = win32::MSG_OOB | win32::MSG_DONTROUTE | win32::MSG_PARTIAL as i32;
    if flags & !KNOWN != 0 {
        return Err(Error::WSAEINVAL);
    }
    if flags & win32::MSG_PARTIAL as i32 != 0 {
        return Err(Error::WSAEOPNOTSUPP);
    }
    Ok(translate_flags(flags))
}

/// `MSG_PARTIAL` and `MSG_PUSH_IMMEDIATE` of a receive ask for nothing that Linux does not do anyway.
fn translate_flags(flags: i32) -> i32 {
    const PAIRS: [(i32, i32); 4] = [
        (win32::MSG_OOB, linux::MSG_OOB),
        (win32::MSG_PEEK, linux::MSG_PEEK),
        (win32::MSG_DONTROUTE, linux::MSG_DONTROUTE),
        (win32::MSG_WAITALL, linux::MSG_WAITALL),
    ];
    if flags == 0 {
        return 0;
    }
    PAIRS.iter().filter(|pair| flags & pair.0 != 0).fold(0, |all, pair| all | pair.1)
}

/// The `lpFlags` that a receive gives back: which data it was, and whether it is the first part of a datagram only.
pub(crate) fn received_flags(asked: i32, truncated: bool) -> u32 {
    let partial = if truncated { win32::MSG_PARTIAL } else { 0 };
    (asked & win32::MSG_OOB) as u32 | partial
}

/// What the `events` of a `WSAPOLLFD` ask for.
///
/// # Errors
/// `WSAEINVAL` for a flag that cannot be asked for: `POLLPRI`, the three that are only answers, and unknown ones.
pub(crate) fn poll_request(events: i16) -> Result<Readiness, Error> {
    const KNOWN: i16 = win32::POLLRDNORM | win32::POLLRDBAND | win32::POLLWRNORM;
    if events & !KNOWN != 0 {
        return Err(Error::WSAEINVAL);
    }
    let asked = POLL_EVENTS.iter().filter(|pair| events & pair.1 != 0);
    Ok(asked.fold(Readiness::NONE, |all, pair| all | pair.0))
}

/// The `revents` that show what holds of a socket: what was asked for, and what is shown unasked.
pub(crate) fn poll_answer(found: Readiness, asked: Readiness) -> i16 {
    let shown = POLL_EVENTS.iter().filter(|pair| (found & asked).contains(pair.0));
    let unasked = POLL_CONDITIONS.iter().filter(|pair| found.contains(pair.0));
    shown.chain(unasked).fold(0, |all, pair| all | pair.1)
}

const POLL_EVENTS: [(Readiness, i16); 3] = [
    (Readiness::READABLE, win32::POLLRDNORM),
    (Readiness::OUT_OF_BAND, win32::POLLRDBAND),
    (Readiness::WRITABLE, win32::POLLWRNORM),
];

const POLL_CONDITIONS: [(Readiness, i16); 4] = [
    (Readiness::HUNG_UP, win32::POLLHUP),
    (Readiness::BROKEN, win32::POLLHUP | win32::POLLERR),
    (Readiness::CONNECT_FAILED, win32::POLLHUP | win32::POLLERR | win32::POLLWRNORM),
    (Readiness::CLOSED, win32::POLLERR | win32::POLLNVAL),
];

/// The states of path MTU discovery: Winsock's, Linux's.
const MTU_DISCOVERY: [(i32, i32); 4] = [
    (win32::IP_PMTUDISC_NOT_SET, option::IP_PMTUDISC_WANT),
    (win32::IP_PMTUDISC_DO, option::IP_PMTUDISC_DO),
    (win32::IP_PMTUDISC_DONT, option::IP_PMTUDISC_DONT),
    (win32::IP_PMTUDISC_PROBE, option::IP_PMTUDISC_PROBE),
];

/// Winsock's state of path MTU discovery; those that only Linux has count as not set.
pub(crate) fn mtu_discovery(state: i32) -> i32 {
    MTU_DISCOVERY.iter().find(|row| row.1 == state).map_or(win32::IP_PMTUDISC_NOT_SET, |row| row.0)
}

/// Linux's state of path MTU discovery; `None` for one that Winsock does not have.
pub(crate) fn linux_mtu_discovery(state: i32) -> Option<i32> {
    MTU_DISCOVERY.iter().find(|row| row.0 == state).map(|row| row.1)
}

/// Winsock's name of a state of TCP, from Linux's number.
pub(crate) fn tcp_state(state: u8) -> win32::TCPSTATE {
    const STATES: [win32::TCPSTATE; 13] = [
        win32::TCPSTATE_CLOSED,
        win32::TCPSTATE_ESTABLISHED,
        win32::TCPSTATE_SYN_SENT,
        win32::TCPSTATE_SYN_RCVD,
        win32::TCPSTATE_FIN_WAIT_1,
        win32::TCPSTATE_FIN_WAIT_2,
        win32::TCPSTATE_TIME_WAIT,
        win32::TCPSTATE_CLOSED,
        win32::TCPSTATE_CLOSE_WAIT,
        win32::TCPSTATE_LAST_ACK,
        win32::TCPSTATE_LISTEN,
        win32::TCPSTATE_CLOSING,
        win32::TCPSTATE_SYN_RCVD,
    ];
    STATES.get(usize::from(state)).copied().unwrap_or(win32::TCPSTATE_CLOSED)
}

/// Winsock's flags of an interface.
pub(crate) fn interface_flags(flags: i32) -> u32 {
    const PAIRS: [(u32, i32); 5] = [
        (win32::IFF_UP, interface::IFF_UP),
        (win32::IFF_BROADCAST, interface::IFF_BROADCAST),
        (win32::IFF_LOOPBACK, interface::IFF_LOOPBACK),
        (win32::IFF_POINTTOPOINT, interface::IFF_POINTOPOINT),
        (win32::IFF_MULTICAST, interface::IFF_MULTICAST),
    ];
    PAIRS.iter().filter(|pair| flags & pair.1 != 0).fold(0, |all, pair| all | pair.0)
}

/// The events of the console, their signals and their numbers. `SIGHUP` is a second signal of the break.
const CONTROLS: [(i32, Control, u32); 4] = [
    (signal::SIGINT, Control::Interrupt, win32::CTRL_C_EVENT),
    (signal::SIGQUIT, Control::Break, win32::CTRL_BREAK_EVENT),
    (signal::SIGHUP, Control::Break, win32::CTRL_BREAK_EVENT),
    (signal::SIGTERM, Control::Close, win32::CTRL_CLOSE_EVENT),
];

/// The signals that are events of the console.
pub(crate) fn control_signals() -> impl Iterator<Item = i32> {
    CONTROLS.iter().map(|row| row.0)
}

/// The event of a signal.
pub(crate) fn control_of(signal: i32) -> Option<Control> {
    CONTROLS.iter().find(|row| row.0 == signal).map(|row| row.1)
}

/// The signal of an event.
pub(crate) fn control_signal(control: Control) -> i32 {
    match control {
        Control::Interrupt => signal::SIGINT,
        Control::Break => signal::SIGQUIT,
        Control::Close => signal::SIGTERM,
    }
}

/// Windows' number of an event.
pub(crate) fn control_event(control: Control) -> u32 {
    match control {
        Control::Interrupt => win32::CTRL_C_EVENT,
        Control::Break => win32::CTRL_BREAK_EVENT,
        Control::Close => win32::CTRL_CLOSE_EVENT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Linux's number and Winsock's code, each from its own headers.
    #[rustfmt::skip]
    const EXPECTED: &[(i32, i32)] = &[
        (1, 10013), (2, 10049), (4, 10004), (5, 10050), (7, 10022), (9, 10038),
        (11, 10035), (12, 10055), (13, 10013), (14, 10014), (17, 10048), (19, 10049), (20, 10049),
        (22, 10022), (23, 10024), (24, 10024), (25, 10022), (28, 10055), (32, 10058),
        (33, 10022), (36, 10063), (38, 10045), (39, 10066), (40, 10062), (64, 10050),
        (66, 10071), (71, 10053), (87, 10068), (88, 10038), (89, 10039), (90, 10040),
        (91, 10041), (92, 10042), (93, 10043), (94, 10044), (95, 10045), (96, 10046),
        (97, 10047), (98, 10048), (99, 10049), (100, 10050), (101, 10051), (102, 10052),
        (103, 10053), (104, 10054), (105, 10055), (106, 10056), (107, 10057), (108, 10058),
        (109, 10059), (110, 10060), (111, 10061), (112, 10064), (113, 10065), (114, 10037),
        (115, 10035), (116, 10070), (122, 10069), (125, 995),
    ];

    #[test]
    fn every_row_of_the_errno_table_gives_the_code_it_should() {
        for (index, &(errno, _)) in ERRNO.iter().enumerate() {
            let expected = EXPECTED.iter().find(|row| row.0 == errno.0);
            assert_eq!(expected.map(|row| row.1), Some(Error::from(errno).code()), "{errno:?}");
            assert!(ERRNO[..index].iter().all(|row| row.0 != errno), "{errno:?} stands twice");
        }
        assert_eq!(ERRNO.len(), EXPECTED.len());
    }

    #[test]
    fn every_row_of_the_file_table_has_a_plain_code_and_stands_once() {
        for (index, &(errno, error)) in FILE_ERRNO.iter().enumerate() {
            assert!(error.code() < 10_000 && error.name().is_some(), "{errno:?}");
            assert_eq!(file_error(errno), error);
            assert!(FILE_ERRNO[..index].iter().all(|row| row.0 != errno), "{errno:?} stands twice");
        }
        assert_eq!(file_error(Errno(4095)), Error::ERROR_IO_DEVICE);
    }

    #[test]
    fn an_unknown_errno_has_the_one_fallback() {
        assert_eq!(Error::from(Errno(4095)), Error::WSASYSCALLFAILURE);
    }
}
