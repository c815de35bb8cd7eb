//! Addresses: `std::net`'s in the API, Winsock's layout below it; and the kinds of socket that can have one.
//!
//! Owns the conversion between the two. Does not know sockets.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::{fmt, mem};

use crate::Error;
use crate::win32;

/// An address family: the first argument of `socket`.
///
/// Numbers without a name here pass through: `Family::from(i32::from(win32::AF_UNIX))`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Family(i32);

impl Family {
    /// `AF_INET`.
    #[doc(alias = "AF_INET")]
    pub const IPV4: Family = Family(win32::AF_INET as i32);
    /// `AF_INET6`.
    #[doc(alias = "AF_INET6")]
    pub const IPV6: Family = Family(win32::AF_INET6 as i32);
    /// `AF_UNSPEC`: the rest decides.
    #[doc(alias = "AF_UNSPEC")]
    pub const UNSPECIFIED: Family = Family(win32::AF_UNSPEC as i32);

    /// The family of an address.
    ///
    /// ```
    /// use winsock::Family;
    /// assert_eq!(Family::of(([127, 0, 0, 1], 80)), Family::IPV4);
    /// ```
    pub fn of(address: impl Into<SocketAddr>) -> Family {
        match address.into() {
            SocketAddr::V4(_) => Family::IPV4,
            SocketAddr::V6(_) => Family::IPV6,
        }
    }
}

/// A socket type: the second argument of `socket`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Type(i32);

impl Type {
    /// `SOCK_STREAM`: a connection that carries bytes in order. TCP.
    #[doc(alias = "SOCK_STREAM")]
    pub const STREAM: Type = Type(win32::SOCK_STREAM);
    /// `SOCK_DGRAM`: single messages. UDP.
    #[doc(alias = "SOCK_DGRAM")]
    pub const DATAGRAM: Type = Type(win32::SOCK_DGRAM);
    /// `SOCK_RAW`: packets with their headers; needs the right to it.
    #[doc(alias = "SOCK_RAW")]
    pub const RAW: Type = Type(win32::SOCK_RAW);
}

/// A protocol: the third argument of `socket`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Protocol(i32);

impl Protocol {
    /// 0: the protocol that fits family and type.
    pub const DEFAULT: Protocol = Protocol(0);
    /// `IPPROTO_TCP`.
    #[doc(alias = "IPPROTO_TCP")]
    pub const TCP: Protocol = Protocol(win32::IPPROTO_TCP);
    /// `IPPROTO_UDP`.
    #[doc(alias = "IPPROTO_UDP")]
    pub const UDP: Protocol = Protocol(win32::IPPROTO_UDP);
    /// `IPPROTO_ICMP`.
    #[doc(alias = "IPPROTO_ICMP")]
    pub const ICMPV4: Protocol = Protocol(win32::IPPROTO_ICMP);
    /// `IPPROTO_ICMPV6`.
    #[doc(alias = "IPPROTO_ICMPV6")]
    pub const ICMPV6: Protocol = Protocol(win32::IPPROTO_ICMPV6);
}

/// Number to name and back, and the text of one, for the three kinds above.
macro_rules! numbers {
    ($($kind:ident { $($name:ident),* })*) => { $(
        impl From<i32> for $kind {
            fn from(number: i32) -> $kind {
                $kind(number)
            }
        }

        impl From<$kind> for i32 {
            fn from(kind: $kind) -> i32 {
                kind.0
            }
        }

        impl fmt::Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match *self {
                    $($kind::$name => f.write_str(stringify!($name)),)*
                    $kind(number) => write!(f, concat!(stringify!($kind), "({})"), number),
                }
            }
        }
    )* };
}

numbers! {
    Family { IPV4, IPV6, UNSPECIFIED }
    Type { STREAM, DATAGRAM, RAW }
    Protocol { DEFAULT, TCP, UDP, ICMPV4, ICMPV6 }
}

/// A socket address in Winsock's layout, for programs that also call [`win32`](crate::win32) themselves.
///
/// The methods of [`Socket`](crate::Socket) take and give `std::net`'s [`SocketAddr`]; nobody needs this type for
/// them.
///
/// ```
/// use std::net::SocketAddr;
/// use winsock::{Error, SockAddr, win32};
///
/// let address: SocketAddr = "[fe80::1%3]:27015".parse()?;
/// let raw = SockAddr::from(address);
/// assert_eq!(raw.family(), win32::AF_INET6);
/// assert_eq!(SocketAddr::try_from(raw), Ok(address));
///
/// // What is no address of the internet has no form in `std::net`.
/// let unix = SockAddr::from(win32::SOCKADDR_STORAGE { ss_family: win32::AF_UNIX, ..Default::default() });
/// assert_eq!(SocketAddr::try_from(unix), Err(Error::WSAEAFNOSUPPORT));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[doc(alias = "SOCKADDR")]
#[derive(Clone, Copy)]
pub struct SockAddr {
    storage: win32::SOCKADDR_STORAGE,
    len: i32,
}

const STORAGE: usize = mem::size_of::<win32::SOCKADDR_STORAGE>();
const V4: usize = mem::size_of::<win32::SOCKADDR_IN>();
const V6: usize = mem::size_of::<win32::SOCKADDR_IN6>();

impl SockAddr {
    /// Room for an address of any family, which a call fills in.
    pub(crate) fn empty() -> SockAddr {
        SockAddr { storage: win32::SOCKADDR_STORAGE::default(), len: STORAGE as i32 }
    }

    /// The family, one of `AF_*`.
    pub fn family(&self) -> win32::ADDRESS_FAMILY {
        self.storage.ss_family
    }

    /// The address as calls take it, [`len`](SockAddr::len) bytes long.
    pub fn as_ptr(&self) -> *const win32::SOCKADDR {
        (&raw const self.storage).cast()
    }

    /// The length of the address: that of its family's structure.
    #[allow(clippy::len_without_is_empty, reason = "an address is never empty")]
    pub fn len(&self) -> i32 {
        self.len
    }

    /// Where a call writes an address and its length.
    pub(crate) fn as_out(&mut self) -> (*mut win32::SOCKADDR, *mut i32) {
        ((&raw mut self.storage).cast(), &raw mut self.len)
    }

    /// The address as a `SOCKADDR_STORAGE`.
    pub fn to_storage(self) -> win32::SOCKADDR_STORAGE {
        self.storage
    }

    /// The address as a `SOCKADDR_INET`.
    ///
    /// # Errors
    /// `WSAEAFNOSUPPORT` for an address of neither IPv4 nor IPv6.
    pub fn to_inet(self) -> Result<win32::SOCKADDR_INET, Error> {
        Ok(match SocketAddr::try_from(self)? {
            SocketAddr::V4(v4) => win32::SOCKADDR_INET {
                Ipv4: win32::SOCKADDR_IN {
                    sin_family: win32::AF_INET,
                    sin_port: v4.port().to_be(),
                    sin_addr: in_addr(*v4.ip()),
                    sin_zero: [0; 8],
                },
            },
            SocketAddr::V6(v6) => win32::SOCKADDR_INET {
                Ipv6: win32::SOCKADDR_IN6 {
                    sin6_family: win32::AF_INET6,
                    sin6_port: v6.port().to_be(),
                    sin6_flowinfo: v6.flowinfo(),
                    sin6_addr: in6_addr(*v6.ip()),
                    Anonymous: win32::SOCKADDR_IN6_0 { sin6_scope_id: v6.scope_id() },
                },
            },
        })
    }

    fn bytes(&self) -> [u8; STORAGE] {
        let mut bytes = [0; STORAGE];
        bytes[..2].copy_from_slice(&self.storage.ss_family.to_ne_bytes());
        bytes[2..8].copy_from_slice(&self.storage.__ss_pad1.map(|byte| byte as u8));
        bytes[8..16].copy_from_slice(&self.storage.__ss_align.to_ne_bytes());
        bytes[16..].copy_from_slice(&self.storage.__ss_pad2.map(|byte| byte as u8));
        bytes
    }

    fn from_bytes(bytes: &[u8; STORAGE], len: usize) -> SockAddr {
        let storage = win32::SOCKADDR_STORAGE {
            ss_family: u16::from_ne_bytes(part(bytes, 0)),
            __ss_pad1: part::<6>(bytes, 2).map(|byte| byte as i8),
            __ss_align: i64::from_ne_bytes(part(bytes, 8)),
            __ss_pad2: part::<112>(bytes, 16).map(|byte| byte as i8),
        };
        SockAddr { storage, len: len as i32 }
    }
}

/// The `N` bytes at an offset.
fn part<const N: usize>(bytes: &[u8; STORAGE], offset: usize) -> [u8; N] {
    std::array::from_fn(|index| bytes[offset + index])
}

/// `IN_ADDR` of an IPv4 address.
pub(crate) fn in_addr(ip: Ipv4Addr) -> win32::IN_ADDR {
    win32::IN_ADDR { S_un: win32::IN_ADDR_0 { S_addr: u32::from_ne_bytes(ip.octets()) } }
}

/// `IN6_ADDR` of an IPv6 address.
pub(crate) fn in6_addr(ip: Ipv6Addr) -> win32::IN6_ADDR {
    win32::IN6_ADDR { u: win32::IN6_ADDR_0 { Byte: ip.octets() } }
}

impl From<SocketAddr> for SockAddr {
    fn from(address: SocketAddr) -> SockAddr {
        let mut bytes = [0; STORAGE];
        bytes[2..4].copy_from_slice(&address.port().to_be_bytes());
        match address {
            SocketAddr::V4(v4) => {
                bytes[..2].copy_from_slice(&win32::AF_INET.to_ne_bytes());
                bytes[4..8].copy_from_slice(&v4.ip().octets());
                SockAddr::from_bytes(&bytes, V4)
            }
            SocketAddr::V6(v6) => {
                bytes[..2].copy_from_slice(&win32::AF_INET6.to_ne_bytes());
                bytes[4..8].copy_from_slice(&v6.flowinfo().to_ne_bytes());
                bytes[8..24].copy_from_slice(&v6.ip().octets());
                bytes[24..28].copy_from_slice(&v6.scope_id().to_ne_bytes());
                SockAddr::from_bytes(&bytes, V6)
            }
        }
    }
}

impl From<win32::SOCKADDR_STORAGE> for SockAddr {
    fn from(storage: win32::SOCKADDR_STORAGE) -> SockAddr {
        let len = match storage.ss_family {
            win32::AF_INET => V4,
            win32::AF_INET6 => V6,
            _ => STORAGE,
        };
        SockAddr { storage, len: len as i32 }
    }
}

impl TryFrom<SockAddr> for SocketAddr {
    type Error = Error;

    /// # Errors
    /// `WSAEAFNOSUPPORT` for an address of neither IPv4 nor IPv6.
    fn try_from(address: SockAddr) -> Result<SocketAddr, Error> {
        let bytes = address.bytes();
        let port = u16::from_be_bytes(part(&bytes, 2));
        match address.family() {
            win32::AF_INET => Ok(SocketAddrV4::new(Ipv4Addr::from_octets(part(&bytes, 4)), port).into()),
            win32::AF_INET6 => Ok(SocketAddrV6::new(
                Ipv6Addr::from_octets(part(&bytes, 8)),
                port,
                u32::from_ne_bytes(part(&bytes, 4)),
                u32::from_ne_bytes(part(&bytes, 24)),
            )
            .into()),
            _ => Err(Error::WSAEAFNOSUPPORT),
        }
    }
}

impl fmt::Debug for SockAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match SocketAddr::try_from(*self) {
            Ok(address) => write!(f, "SockAddr({address})"),
            Err(_) => write!(f, "SockAddr(family {})", self.family()),
        }
    }
}
