//! The options of a [`Socket`] as typed methods.
//!
//! Owns which option has which type and unit. Time-outs are [`Duration`]s and `None` for no limit; what an option's
//! own unit cannot hold is rounded up, never down to 0, and fails with `WSAEINVAL` where it is too long.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use crate::address::{in_addr, in6_addr};
use crate::win32::{self, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, LINGER, SOL_SOCKET};
use crate::{Error, Socket, Type, raw};

/// The options that are one value of one type: a getter and a setter each. A row: getter, setter, type, level, name,
/// what the getter and the setter do.
macro_rules! options {
    ($($alias:literal $get:ident $set:ident: $type:ty = $level:ident $name:ident, $gives:literal, $sets:literal;)*) => {
        $(
            #[doc = concat!("`getsockopt(", stringify!($name), ")`: ", $gives)]
            ///
            /// Microsoft's page: `winsock/nf-winsock-getsockopt`.
            ///
            /// # Errors
            /// `WSAENOPROTOOPT` for a socket of a family or type that does not have the option.
            #[doc(alias = $alias)]
            #[doc(alias = "getsockopt")]
            pub fn $get(&self) -> Result<$type, Error> {
                raw::option(self.as_raw(), $level, win32::$name).map(<$type as Value>::from_raw)
            }

            #[doc = concat!("`setsockopt(", stringify!($name), ")`: ", $sets)]
            ///
            /// Microsoft's page: `winsock/nf-winsock-setsockopt`.
            ///
            /// # Errors
            /// `WSAENOPROTOOPT` for a socket of a family or type that does not have the option, `WSAEINVAL` for a
            /// value that it cannot have, or that comes too late.
            #[doc(alias = $alias)]
            #[doc(alias = "setsockopt")]
            pub fn $set(&self, value: $type) -> Result<(), Error> {
                raw::set_option(self.as_raw(), $level, win32::$name, <$type as Value>::to_raw(value)?)
            }
        )*
    };
}

/// Options of one value.
///
/// ```
/// use std::time::Duration;
/// use winsock::{Error, Family, Socket};
///
/// let socket = Socket::stream(Family::IPV4)?;
/// socket.set_nodelay(true)?;
/// assert!(socket.nodelay()?);
/// socket.set_read_timeout(Some(Duration::from_millis(250)))?;
/// assert_eq!(socket.read_timeout()?, Some(Duration::from_millis(250)));
///
/// // IPv6's own option, on a socket of IPv4.
/// assert_eq!(socket.set_only_v6(false), Err(Error::WSAENOPROTOOPT));
/// // No time at all is no time limit.
/// assert_eq!(socket.set_read_timeout(Some(Duration::ZERO)), Err(Error::WSAEINVAL));
/// # Ok::<(), Error>(())
/// ```
impl Socket {
    options! {
        "SO_BROADCAST" broadcast set_broadcast: bool = SOL_SOCKET SO_BROADCAST,
            "whether datagrams may go to broadcast addresses.",
            "lets datagrams go to broadcast addresses.";
        "SO_EXCLUSIVEADDRUSE" exclusive_address_use set_exclusive_address_use: bool = SOL_SOCKET SO_EXCLUSIVEADDRUSE,
            "whether nobody else may bind to this socket's address.",
            "keeps everybody else from this socket's address, `SO_REUSEADDR` or not. Before [`Socket::bind`].";
        "SO_KEEPALIVE" keepalive set_keepalive: bool = SOL_SOCKET SO_KEEPALIVE,
            "whether an idle connection is probed.",
            "probes an idle connection, and ends it when the peer is gone.";
        "SO_OOBINLINE" out_of_band_inline set_out_of_band_inline: bool = SOL_SOCKET SO_OOBINLINE,
            "whether urgent data comes in the stream.",
            "leaves urgent data in the stream.";
        "SO_REUSEADDR" reuse_address set_reuse_address: bool = SOL_SOCKET SO_REUSEADDR,
            "whether this socket may bind to an address in use.",
            "lets this socket bind to an address in use, as Windows means it: also one that another socket is using \
             now, if that one has the option too. A port whose last connection has just ended needs no option.";
        "SO_RCVBUF" receive_buffer_size set_receive_buffer_size: usize = SOL_SOCKET SO_RCVBUF,
            "the bytes that the system keeps for receiving.",
            "sets the bytes that the system keeps for receiving.";
        "SO_SNDBUF" send_buffer_size set_send_buffer_size: usize = SOL_SOCKET SO_SNDBUF,
            "the bytes that the system keeps for sending.",
            "sets the bytes that the system keeps for sending.";
        "SO_RCVTIMEO" read_timeout set_read_timeout: Option<Duration> = SOL_SOCKET SO_RCVTIMEO,
            "how long a receive waits.",
            "limits how long a receive waits before `WSAETIMEDOUT`; in milliseconds.";
        "SO_SNDTIMEO" write_timeout set_write_timeout: Option<Duration> = SOL_SOCKET SO_SNDTIMEO,
            "how long a send waits.",
            "limits how long a send waits before `WSAETIMEDOUT`; in milliseconds.";
        "TCP_NODELAY" nodelay set_nodelay: bool = IPPROTO_TCP TCP_NODELAY,
            "whether small sends leave at once.",
            "sends small amounts at once instead of gathering them (Nagle's algorithm).";
        "TCP_KEEPIDLE" keepalive_time set_keepalive_time: Duration = IPPROTO_TCP TCP_KEEPIDLE,
            "how long a connection is idle before it is probed.",
            "sets how long a connection is idle before it is probed, in seconds.";
        "TCP_KEEPINTVL" keepalive_interval set_keepalive_interval: Duration = IPPROTO_TCP TCP_KEEPINTVL,
            "the time between two probes.",
            "sets the time between two probes, in seconds.";
        "TCP_KEEPCNT" keepalive_count set_keepalive_count: u32 = IPPROTO_TCP TCP_KEEPCNT,
            "how many probes go unanswered before the connection ends.",
            "sets how many probes go unanswered before the connection ends.";
        "IP_TTL" ttl set_ttl: u32 = IPPROTO_IP IP_TTL,
            "the time to live of packets of IPv4.",
            "sets the time to live of packets of IPv4, 1 to 255.";
        "IP_MULTICAST_TTL" multicast_ttl_v4 set_multicast_ttl_v4: u32 = IPPROTO_IP IP_MULTICAST_TTL,
            "the time to live of multicast packets of IPv4.",
            "sets the time to live of multicast packets of IPv4: 1 stays in the local network.";
        "IP_MULTICAST_LOOP" multicast_loop_v4 set_multicast_loop_v4: bool = IPPROTO_IP IP_MULTICAST_LOOP,
            "whether multicast packets of IPv4 come back to this machine.",
            "lets multicast packets of IPv4 come back to this machine.";
        "IPV6_UNICAST_HOPS" unicast_hops_v6 set_unicast_hops_v6: u32 = IPPROTO_IPV6 IPV6_UNICAST_HOPS,
            "the hop limit of packets of IPv6.",
            "sets the hop limit of packets of IPv6.";
        "IPV6_MULTICAST_HOPS" multicast_hops_v6 set_multicast_hops_v6: u32 = IPPROTO_IPV6 IPV6_MULTICAST_HOPS,
            "the hop limit of multicast packets of IPv6.",
            "sets the hop limit of multicast packets of IPv6: 1 stays in the local network.";
        "IPV6_MULTICAST_LOOP" multicast_loop_v6 set_multicast_loop_v6: bool = IPPROTO_IPV6 IPV6_MULTICAST_LOOP,
            "whether multicast packets of IPv6 come back to this machine.",
            "lets multicast packets of IPv6 come back to this machine.";
        "IPV6_MULTICAST_IF" multicast_interface_v6 set_multicast_interface_v6: u32 = IPPROTO_IPV6 IPV6_MULTICAST_IF,
            "the index of the interface for multicast of IPv6; 0 leaves it to the system.",
            "sets the index of the interface for multicast of IPv6; 0 leaves it to the system.";
        "IPV6_V6ONLY" only_v6 set_only_v6: bool = IPPROTO_IPV6 IPV6_V6ONLY,
            "whether a socket of IPv6 keeps to it. It does, unless told otherwise.",
            "with `false`, lets a socket of IPv6 serve IPv4 too, under addresses like `::ffff:192.0.2.1`. Before \
             [`Socket::bind`].";
    }
}

/// Options with a shape of their own.
impl Socket {
    /// `ioctlsocket(FIONBIO)`: with `true`, calls that would wait fail with `WSAEWOULDBLOCK` instead.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-ioctlsocket`.
    ///
    /// # Errors
    /// `WSAEINVAL` while the socket's events are selected, which keeps it non-blocking.
    #[doc(alias = "FIONBIO")]
    #[doc(alias = "ioctlsocket")]
    pub fn set_nonblocking(&self, nonblocking: bool) -> Result<(), Error> {
        raw::ioctl(self.as_raw(), win32::FIONBIO, nonblocking.into()).map(drop)
    }

    /// `getsockopt(SO_LINGER)`: how long closing waits for data that is still to be sent; `None` does not wait.
    ///
    /// Microsoft's page: `winsock/nf-winsock-getsockopt`.
    ///
    /// # Errors
    /// `WSAENOPROTOOPT` for a socket without connections.
    #[doc(alias = "SO_LINGER")]
    pub fn linger(&self) -> Result<Option<Duration>, Error> {
        let linger: LINGER = raw::option(self.as_raw(), SOL_SOCKET, win32::SO_LINGER)?;
        Ok((linger.l_onoff != 0).then(|| Duration::from_secs(linger.l_linger.into())))
    }

    /// `setsockopt(SO_LINGER)`: sets how long closing waits for data that is still to be sent, in seconds.
    ///
    /// `None` does not wait, and the data is sent all the same. Zero does not wait and resets the connection: what is
    /// still to be sent is lost.
    ///
    /// Microsoft's page: `winsock/nf-winsock-setsockopt`.
    ///
    /// # Errors
    /// `WSAEINVAL` for more than 65,535 seconds, `WSAENOPROTOOPT` for a socket without connections.
    #[doc(alias = "SO_LINGER")]
    #[doc(alias = "SO_DONTLINGER")]
    pub fn set_linger(&self, linger: Option<Duration>) -> Result<(), Error> {
        let value = match linger {
            None => LINGER { l_onoff: 0, l_linger: 0 },
            Some(time) => {
                LINGER { l_onoff: 1, l_linger: seconds(time)?.try_into().map_err(|_| Error::WSAEINVAL)? }
            }
        };
        raw::set_option(self.as_raw(), SOL_SOCKET, win32::SO_LINGER, value)
    }

    /// `getsockopt(SO_ERROR)`: takes the error that waits on the socket, such as that of a non-blocking connect.
    ///
    /// Microsoft's page: `winsock/nf-winsock-getsockopt`.
    ///
    /// # Errors
    /// None that an open socket gives.
    #[doc(alias = "SO_ERROR")]
    pub fn take_error(&self) -> Result<Option<Error>, Error> {
        let code: i32 = raw::option(self.as_raw(), SOL_SOCKET, win32::SO_ERROR)?;
        Ok((code != 0).then(|| Error::from_code(code)))
    }

    /// `getsockopt(SO_CONNECT_TIME)`: how long a stream socket has been connected, in whole seconds; `None` if it is not.
    ///
    /// Microsoft's page: `winsock/sol-socket-socket-options`.
    ///
    /// # Errors
    /// `WSAENOPROTOOPT` for a socket without connections.
    #[doc(alias = "SO_CONNECT_TIME")]
    pub fn connect_time(&self) -> Result<Option<Duration>, Error> {
        raw::connect_time(self.as_raw())
    }

    /// `getsockopt(SO_TYPE)`: the socket's type.
    ///
    /// Microsoft's page: `winsock/nf-winsock-getsockopt`.
    ///
    /// # Errors
    /// None that an open socket gives.
    #[doc(alias = "SO_TYPE")]
    pub fn kind(&self) -> Result<Type, Error> {
        raw::option::<i32>(self.as_raw(), SOL_SOCKET, win32::SO_TYPE).map(Type::from)
    }

    /// `getsockopt(SO_ACCEPTCONN)`: whether the socket listens.
    ///
    /// Microsoft's page: `winsock/nf-winsock-getsockopt`.
    ///
    /// # Errors
    /// None that an open socket gives.
    #[doc(alias = "SO_ACCEPTCONN")]
    pub fn is_listening(&self) -> Result<bool, Error> {
        raw::option::<i32>(self.as_raw(), SOL_SOCKET, win32::SO_ACCEPTCONN).map(bool::from_raw)
    }
}

/// Multicast groups.
///
/// Microsoft's page for all of these: `winsock/nf-winsock-setsockopt`.
///
/// # Errors
/// `WSAEINVAL` for an address that is no group's, `WSAEADDRNOTAVAIL` for an interface that does not exist, or leaving a
/// group that was not joined, `WSAENOPROTOOPT` for a socket of another family, `WSAENOBUFS` for too many groups.
impl Socket {
    /// `IP_ADD_MEMBERSHIP`: receives what is sent to a group, through the interface with this address (`0.0.0.0` leaves
    /// it to the system).
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "IP_ADD_MEMBERSHIP")]
    pub fn join_multicast_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error> {
        self.set_membership_v4(win32::IP_ADD_MEMBERSHIP, group, interface)
    }

    /// `IP_DROP_MEMBERSHIP`: takes [`Socket::join_multicast_v4`] back.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "IP_DROP_MEMBERSHIP")]
    pub fn leave_multicast_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error> {
        self.set_membership_v4(win32::IP_DROP_MEMBERSHIP, group, interface)
    }

    /// `IPV6_ADD_MEMBERSHIP`: receives what is sent to a group, through the interface with this index (0 leaves it to
    /// the system).
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "IPV6_ADD_MEMBERSHIP")]
    #[doc(alias = "IPV6_JOIN_GROUP")]
    pub fn join_multicast_v6(&self, group: Ipv6Addr, interface: u32) -> Result<(), Error> {
        self.set_membership_v6(win32::IPV6_ADD_MEMBERSHIP, group, interface)
    }

    /// `IPV6_DROP_MEMBERSHIP`: takes [`Socket::join_multicast_v6`] back.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "IPV6_DROP_MEMBERSHIP")]
    #[doc(alias = "IPV6_LEAVE_GROUP")]
    pub fn leave_multicast_v6(&self, group: Ipv6Addr, interface: u32) -> Result<(), Error> {
        self.set_membership_v6(win32::IPV6_DROP_MEMBERSHIP, group, interface)
    }

    /// `IP_MULTICAST_IF`: sends multicast of IPv4 through the interface with this address; `0.0.0.0` leaves it to the
    /// system.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "IP_MULTICAST_IF")]
    pub fn set_multicast_interface_v4(&self, interface: Ipv4Addr) -> Result<(), Error> {
        let value = u32::from_ne_bytes(interface.octets());
        raw::set_option(self.as_raw(), IPPROTO_IP, win32::IP_MULTICAST_IF, value)
    }

    /// `IP_MULTICAST_IF`: the address of the interface through which multicast of IPv4 is sent.
    ///
    /// # Errors
    /// `WSAENOPROTOOPT` for a socket of another family.
    pub fn multicast_interface_v4(&self) -> Result<Ipv4Addr, Error> {
        let value: u32 = raw::option(self.as_raw(), IPPROTO_IP, win32::IP_MULTICAST_IF)?;
        Ok(value.to_ne_bytes().into())
    }

    fn set_membership_v4(&self, option: i32, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error> {
        let value = win32::IP_MREQ { imr_multiaddr: in_addr(group), imr_interface: in_addr(interface) };
        raw::set_option(self.as_raw(), IPPROTO_IP, option, value)
    }

    fn set_membership_v6(&self, option: i32, group: Ipv6Addr, interface: u32) -> Result<(), Error> {
        let value = win32::IPV6_MREQ { ipv6mr_multiaddr: in6_addr(group), ipv6mr_interface: interface };
        raw::set_option(self.as_raw(), IPPROTO_IPV6, option, value)
    }
}

/// A type of the methods, and the integer that stands for it in an option.
trait Value: Sized {
    type Raw: raw::OptionValue;
    fn from_raw(raw: Self::Raw) -> Self;
    fn to_raw(self) -> Result<Self::Raw, Error>;
}

impl Value for bool {
    type Raw = i32;

    fn from_raw(raw: i32) -> bool {
        raw != 0
    }

    fn to_raw(self) -> Result<i32, Error> {
        Ok(self.into())
    }
}

impl Value for u32 {
    type Raw = u32;

    fn from_raw(raw: u32) -> u32 {
        raw
    }

    fn to_raw(self) -> Result<u32, Error> {
        Ok(self)
    }
}

impl Value for usize {
    type Raw = i32;

    fn from_raw(raw: i32) -> usize {
        usize::try_from(raw).unwrap_or(0)
    }

    fn to_raw(self) -> Result<i32, Error> {
        self.try_into().map_err(|_| Error::WSAEINVAL)
    }
}

/// Whole seconds.
impl Value for Duration {
    type Raw = u32;

    fn from_raw(raw: u32) -> Duration {
        Duration::from_secs(raw.into())
    }

    fn to_raw(self) -> Result<u32, Error> {
        seconds(self)
    }
}

/// Milliseconds; 0 is no limit.
impl Value for Option<Duration> {
    type Raw = u32;

    fn from_raw(raw: u32) -> Option<Duration> {
        (raw != 0).then(|| Duration::from_millis(raw.into()))
    }

    fn to_raw(self) -> Result<u32, Error> {
        match self {
            None => Ok(0),
            Some(Duration::ZERO) => Err(Error::WSAEINVAL),
            Some(time) => time.as_nanos().div_ceil(1_000_000).try_into().map_err(|_| Error::WSAEINVAL),
        }
    }
}

fn seconds(time: Duration) -> Result<u32, Error> {
    time.as_nanos().div_ceil(1_000_000_000).try_into().map_err(|_| Error::WSAEINVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_up_and_refused_when_too_long() {
        assert_eq!(Some(Duration::from_nanos(1)).to_raw(), Ok(1));
        assert_eq!(Some(Duration::from_micros(1500)).to_raw(), Ok(2));
        assert_eq!(Some(Duration::from_millis(7)).to_raw(), Ok(7));
        assert_eq!(Some(Duration::from_millis(u32::MAX.into())).to_raw(), Ok(u32::MAX));
        assert_eq!(Some(Duration::from_millis(u64::from(u32::MAX) + 1)).to_raw(), Err(Error::WSAEINVAL));
        assert_eq!(Some(Duration::MAX).to_raw(), Err(Error::WSAEINVAL));
        assert_eq!(Some(Duration::ZERO).to_raw(), Err(Error::WSAEINVAL));
        assert_eq!(None.to_raw(), Ok(0));
        assert_eq!(seconds(Duration::from_millis(1)), Ok(1));
        assert_eq!(seconds(Duration::from_millis(2001)), Ok(3));
        assert_eq!(seconds(Duration::MAX), Err(Error::WSAEINVAL));
    }
}
