//! Socket options: one table that says of each option at which level it is, which sockets have it, what its value
//! looks like and who serves it.
//!
//! Owns the values that Linux does not keep ([`Kept`]). Options whose value is a structure with pointers
//! (`SO_BSP_STATE`, `SO_PROTOCOL_INFO`) are made above, where the caller's memory is known. An option that is not in
//! the table does not exist: `WSAENOPROTOOPT`.

mod custom;
mod multicast;

pub(super) use custom::received_classes;

use super::socket::Socket;
use super::sys::option as linux;
use super::sys::socket as base;
use super::translate::{Family, Kind};
use crate::error::Error;
use crate::win32;
use std::sync::{Mutex, PoisonError};

/// Level and name: Winsock's own numbers.
type Id = (i32, i32);

/// The values of options that Linux does not keep, or keeps otherwise. An accepted socket inherits them.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Vec<(Id, u32)>>);

impl Kept {
    pub(super) fn get(&self, id: Id) -> Option<u32> {
        let values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        values.iter().find(|row| row.0 == id).map(|row| row.1)
    }

    pub(super) fn set(&self, id: Id, value: u32) {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match values.iter_mut().find(|row| row.0 == id) {
            Some(row) => row.1 = value,
            None => values.push((id, value)),
        }
    }

    /// The socket begins anew.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Takes over what another socket's program has set.
    pub(super) fn inherit(&self, from: &Kept) {
        let values = from.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = values;
    }
}

/// What the value of an option looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// A BOOL: one byte or more are read, one or four are written, and the value is 0 or 1.
    Flag,
    /// A DWORD or an int.
    Number,
    /// The same, and one byte is enough.
    Small,
    /// A structure of so many bytes.
    Bytes(usize),
    /// Any number of bytes.
    Any,
}

impl Shape {
    /// The least room that a value needs, for setting as for getting.
    pub(crate) fn min_len(self) -> usize {
        match self {
            Shape::Flag | Shape::Small => 1,
            Shape::Number => 4,
            Shape::Bytes(len) => len,
            Shape::Any => 0,
        }
    }
}

/// The value of an option.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    /// Of the shapes `Flag`, `Number` and `Small`.
    Number(u32),
    /// Of the shapes `Bytes` and `Any`.
    Bytes(Vec<u8>),
}

type GetNumber = fn(&Socket) -> Result<u32, Error>;
type SetNumber = fn(&Socket, u32) -> Result<(), Error>;
type GetBytes = fn(&Socket) -> Result<Vec<u8>, Error>;
type SetBytes = fn(&Socket, &[u8]) -> Result<(), Error>;

/// Who serves an option.
enum Service {
    /// Linux, under its own level and name; `i32` limits are what Winsock allows.
    Linux(Id, i32, i32),
    /// [`Kept`] alone: this is its default. The behaviour is the same either way, for the stated reason.
    Kept(u32),
    /// The one value that Linux can give; another one cannot be set.
    Fixed(u32),
    /// Functions of ours, on numbers. One that is missing makes the option unknown in that direction.
    Number(Option<GetNumber>, Option<SetNumber>),
    /// The same on bytes.
    Bytes(Option<GetBytes>, Option<SetBytes>),
    /// Documented to fail with this code.
    Refused(Error),
}

/// Which sockets have an option.
#[derive(Clone, Copy)]
struct Scope {
    families: &'static [Family],
    kinds: &'static [Kind],
}

const EVERY: &[Family] = &[Family::V4, Family::V6, Family::Unix];
const INTERNET: &[Family] = &[Family::V4, Family::V6];
const ANY: Scope = Scope { families: EVERY, kinds: &[Kind::Stream, Kind::Datagram, Kind::Raw] };
const STREAM: Scope = Scope { families: EVERY, kinds: &[Kind::Stream] };
const MESSAGE: Scope = Scope { families: INTERNET, kinds: &[Kind::Datagram, Kind::Raw] };
const BROADCAST: Scope = Scope { families: &[Family::V4], kinds: &[Kind::Datagram, Kind::Raw] };
const V4: Scope = Scope { families: &[Family::V4], kinds: ANY.kinds };
const V6: Scope = Scope { families: &[Family::V6], kinds: ANY.kinds };
const PORTS_V6: Scope = Scope { families: V6.families, kinds: &[Kind::Stream, Kind::Datagram] };
const IP: Scope = Scope { families: INTERNET, kinds: ANY.kinds };
const TCP: Scope = Scope { families: INTERNET, kinds: &[Kind::Stream] };
const UDP: Scope = Scope { families: INTERNET, kinds: &[Kind::Datagram] };
const UDP_V4: Scope = Scope { families: &[Family::V4], kinds: &[Kind::Datagram] };
const RAW_V4: Scope = Scope { families: &[Family::V4], kinds: &[Kind::Raw] };
const RAW_V6: Scope = Scope { families: &[Family::V6], kinds: &[Kind::Raw] };
const MESSAGE_V6: Scope = Scope { families: &[Family::V6], kinds: &[Kind::Datagram, Kind::Raw] };

/// An option.
pub(crate) struct Row {
    id: Id,
    scope: Scope,
    pub(crate) shape: Shape,
    service: Service,
}

const fn row(level: i32, name: i32, scope: Scope, shape: Shape, service: Service) -> Row {
    Row { id: (level, name), scope, shape, service }
}

const SOL: i32 = base::SOL_SOCKET;
const L_TCP: i32 = base::IPPROTO_TCP;
const L_IP: i32 = base::IPPROTO_IP;
const L_V6: i32 = base::IPPROTO_IPV6;
const MAX: i32 = i32::MAX;

#[rustfmt::skip]
static TABLE: &[Row] = {
    use Service::{Bytes, Fixed, Linux, Number, Refused};
    use Shape::{Any, Bytes as Struct, Flag, Number as Int, Small};
    use win32::{IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP, SOL_SOCKET};
    const fn flag(level: i32, name: i32) -> Service { Linux((level, name), 0, 1) }
    &[
    // Microsoft's providers write no debug output either.
    row(SOL_SOCKET, win32::SO_DEBUG,              ANY,       Flag, Service::Kept(0)),
    row(SOL_SOCKET, win32::SO_ACCEPTCONN,         STREAM,    Flag, Number(Some(custom::is_listening), None)),
    row(SOL_SOCKET, win32::SO_REUSEADDR,          ANY,       Flag, Number(Some(custom::reuses), Some(custom::set_reuse))),
    row(SOL_SOCKET, win32::SO_EXCLUSIVEADDRUSE,   ANY,       Flag, Number(Some(custom::is_exclusive), Some(custom::set_exclusive))),
    row(SOL_SOCKET, win32::SO_KEEPALIVE,          STREAM,    Flag, Number(Some(custom::keeps_alive), Some(custom::set_keepalive))),
    // Microsoft's providers ignore it and ask the routing table; IPv6 does not have it.
    row(SOL_SOCKET, win32::SO_DONTROUTE,          V4,        Flag, Service::Kept(0)),
    row(SOL_SOCKET, win32::SO_BROADCAST,          BROADCAST, Flag, flag(SOL, linux::SO_BROADCAST)),
    row(SOL_SOCKET, win32::SO_LINGER,             STREAM,    Struct(4), Bytes(Some(custom::linger), Some(custom::set_linger))),
    row(SOL_SOCKET, win32::SO_DONTLINGER,         STREAM,    Flag, Number(Some(custom::does_not_linger), Some(custom::set_dontlinger))),
    row(SOL_SOCKET, win32::SO_OOBINLINE,          TCP,       Flag, flag(SOL, linux::SO_OOBINLINE)),
    row(SOL_SOCKET, win32::SO_SNDBUF,             ANY,       Int,  Number(Some(custom::send_buffer), Some(custom::set_send_buffer))),
    row(SOL_SOCKET, win32::SO_RCVBUF,             ANY,       Int,  Number(Some(custom::receive_buffer), Some(custom::set_receive_buffer))),
    row(SOL_SOCKET, win32::SO_SNDTIMEO,           ANY,       Int,  Number(Some(custom::send_timeout), Some(custom::set_send_timeout))),
    row(SOL_SOCKET, win32::SO_RCVTIMEO,           ANY,       Int,  Number(Some(custom::receive_timeout), Some(custom::set_receive_timeout))),
    row(SOL_SOCKET, win32::SO_ERROR,              ANY,       Int,  Number(Some(custom::take_error), None)),
    row(SOL_SOCKET, win32::SO_TYPE,               ANY,       Int,  Number(Some(custom::kind), None)),
    row(SOL_SOCKET, win32::SO_CONDITIONAL_ACCEPT, STREAM,    Flag, Number(Some(custom::accepts_on_condition), Some(custom::set_conditional_accept))),
    row(SOL_SOCKET, win32::SO_MAX_MSG_SIZE,       MESSAGE,   Int,  Number(Some(custom::max_message), None)),
    row(SOL_SOCKET, win32::SO_MAXDG,              MESSAGE,   Int,  Number(Some(custom::max_message), None)),
    row(SOL_SOCKET, win32::SO_MAXPATHDG,          MESSAGE,   Int,  Number(Some(custom::max_message), None)),
    row(SOL_SOCKET, win32::SO_CONNECT_TIME,       STREAM,    Int,  Number(Some(custom::connect_time), None)),
    // Linux chooses at random already.
    row(SOL_SOCKET, win32::SO_RANDOMIZE_PORT,     IP,        Flag, Number(Some(custom::randomizes_port), Some(custom::set_randomize_port))),
    // Linux gives a port once per local address already.
    row(SOL_SOCKET, win32::SO_PORT_SCALABILITY,   TCP,       Flag, Service::Kept(0)),
    row(SOL_SOCKET, win32::SO_REUSE_UNICASTPORT,  TCP,       Flag, flag(L_IP, linux::IP_BIND_ADDRESS_NO_PORT)),
    row(SOL_SOCKET, win32::SO_SNDLOWAT,           ANY,       Int,  Refused(Error::WSAEINVAL)),
    row(SOL_SOCKET, win32::SO_RCVLOWAT,           ANY,       Int,  Refused(Error::WSAEINVAL)),
    row(SOL_SOCKET, win32::SO_USELOOPBACK,        ANY,       Flag, Refused(Error::WSAEINVAL)),

    row(IPPROTO_TCP, win32::TCP_NODELAY,          TCP,       Flag, flag(L_TCP, linux::TCP_NODELAY)),
    row(IPPROTO_TCP, win32::TCP_MAXSEG,           TCP,       Int,  Number(Some(custom::segment_size), None)),
    row(IPPROTO_TCP, win32::TCP_KEEPIDLE,         TCP,       Int,  Number(Some(custom::keep_idle), Some(custom::set_keep_idle))),
    row(IPPROTO_TCP, win32::TCP_KEEPINTVL,        TCP,       Int,  Number(Some(custom::keep_interval), Some(custom::set_keep_interval))),
    row(IPPROTO_TCP, win32::TCP_KEEPCNT,          TCP,       Int,  Number(Some(custom::keep_count), Some(custom::set_keep_count))),
    row(IPPROTO_TCP, win32::TCP_MAXRT,            TCP,       Int,  Number(Some(custom::max_retransmit_time), Some(custom::set_max_retransmit_time))),
    row(IPPROTO_TCP, win32::TCP_FASTOPEN,         TCP,       Flag, Number(Some(custom::opens_fast), Some(custom::set_fast_open))),
    row(IPPROTO_TCP, win32::TCP_BSDURGENT,        TCP,       Flag, Fixed(1)),
    row(IPPROTO_TCP, win32::TCP_EXPEDITED_1122,   TCP,       Flag, Fixed(0)),

    row(IPPROTO_UDP, win32::UDP_NOCHECKSUM,       UDP_V4,    Flag, flag(SOL, linux::SO_NO_CHECK)),
    row(IPPROTO_UDP, win32::UDP_CHECKSUM_COVERAGE, UDP_V4,   Flag, Number(Some(custom::sends_checksum), Some(custom::set_checksum))),
    row(IPPROTO_UDP, win32::UDP_SEND_MSG_SIZE,    UDP,       Int,  Linux((linux::SOL_UDP, linux::UDP_SEGMENT), 0, 65535)),

    row(IPPROTO_IP, win32::IP_OPTIONS,            V4,        Any,  Bytes(Some(custom::ip_options), Some(custom::set_ip_options))),
    row(IPPROTO_IP, win32::IP_HDRINCL,            RAW_V4,    Flag, flag(L_IP, linux::IP_HDRINCL)),
    row(IPPROTO_IP, win32::IP_TOS,                IP,        Small, Linux((L_IP, linux::IP_TOS), 0, 255)),
    row(IPPROTO_IP, win32::IP_TTL,                IP,        Small, Linux((L_IP, linux::IP_TTL), 1, 255)),
    row(IPPROTO_IP, win32::IP_MULTICAST_IF,       MESSAGE,   Int,  Number(Some(multicast::interface), Some(multicast::set_interface))),
    row(IPPROTO_IP, win32::IP_MULTICAST_TTL,      MESSAGE,   Small, Linux((L_IP, linux::IP_MULTICAST_TTL), 0, 255)),
    row(IPPROTO_IP, win32::IP_MULTICAST_LOOP,     MESSAGE,   Flag, flag(L_IP, linux::IP_MULTICAST_LOOP)),
    row(IPPROTO_IP, win32::IP_ADD_MEMBERSHIP,     MESSAGE,   Struct(8), Bytes(None, Some(multicast::join))),
    row(IPPROTO_IP, win32::IP_DROP_MEMBERSHIP,    MESSAGE,   Struct(8), Bytes(None, Some(multicast::leave))),
    row(IPPROTO_IP, win32::IP_ADD_SOURCE_MEMBERSHIP,  MESSAGE, Struct(12), Bytes(None, Some(multicast::join_source))),
    row(IPPROTO_IP, win32::IP_DROP_SOURCE_MEMBERSHIP, MESSAGE, Struct(12), Bytes(None, Some(multicast::leave_source))),
    row(IPPROTO_IP, win32::IP_BLOCK_SOURCE,       MESSAGE,   Struct(12), Bytes(None, Some(multicast::block_source))),
    row(IPPROTO_IP, win32::IP_UNBLOCK_SOURCE,     MESSAGE,   Struct(12), Bytes(None, Some(multicast::unblock_source))),
    row(IPPROTO_IP, win32::IP_DONTFRAGMENT,       MESSAGE,   Flag, Number(Some(custom::does_not_fragment), Some(custom::set_dontfragment))),
    row(IPPROTO_IP, win32::IP_MTU,                IP,        Int,  Number(Some(custom::mtu_v4), None)),
    row(IPPROTO_IP, win32::IP_MTU_DISCOVER,       IP,        Int,  Number(Some(custom::mtu_discovery_v4), Some(custom::set_mtu_discovery_v4))),
    row(IPPROTO_IP, win32::IP_PKTINFO,            MESSAGE,   Flag, Number(Some(custom::packet_info_v4), Some(custom::set_packet_info_v4))),
    row(IPPROTO_IP, win32::IP_RECVIF,             MESSAGE,   Flag, Number(Some(custom::receive_interface_v4), Some(custom::set_receive_interface_v4))),
    row(IPPROTO_IP, win32::IP_RECVTTL,            MESSAGE,   Flag, flag(L_IP, linux::IP_RECVTTL)),
    row(IPPROTO_IP, win32::IP_RECVTOS,            UDP,       Flag, Number(Some(custom::receive_tos), Some(custom::set_receive_tos))),
    row(IPPROTO_IP, win32::IP_RECVECN,            MESSAGE,   Flag, Number(Some(custom::receive_ecn_v4), Some(custom::set_receive_ecn_v4))),
    // Linux delivers broadcasts to every socket that is bound for them.
    row(IPPROTO_IP, win32::IP_RECEIVE_BROADCAST,  BROADCAST, Flag, Fixed(1)),
    row(IPPROTO_IP, win32::IP_UNICAST_IF,         IP,        Int,  Number(Some(multicast::unicast_interface_v4), Some(multicast::set_unicast_interface_v4))),

    row(IPPROTO_IPV6, win32::IPV6_HDRINCL,        RAW_V6,    Flag, flag(L_V6, linux::IPV6_HDRINCL)),
    row(IPPROTO_IPV6, win32::IPV6_UNICAST_HOPS,   V6,        Int,  Linux((L_V6, linux::IPV6_UNICAST_HOPS), -1, 255)),
    row(IPPROTO_IPV6, win32::IPV6_MULTICAST_IF,   MESSAGE_V6, Int, Linux((L_V6, linux::IPV6_MULTICAST_IF), 0, MAX)),
    row(IPPROTO_IPV6, win32::IPV6_MULTICAST_HOPS, MESSAGE_V6, Int, Linux((L_V6, linux::IPV6_MULTICAST_HOPS), -1, 255)),
    row(IPPROTO_IPV6, win32::IPV6_MULTICAST_LOOP, MESSAGE_V6, Flag, flag(L_V6, linux::IPV6_MULTICAST_LOOP)),
    row(IPPROTO_IPV6, win32::IPV6_ADD_MEMBERSHIP, MESSAGE_V6, Struct(20), Bytes(None, Some(multicast::join_v6))),
    row(IPPROTO_IPV6, win32::IPV6_DROP_MEMBERSHIP, MESSAGE_V6, Struct(20), Bytes(None, Some(multicast::leave_v6))),
    row(IPPROTO_IPV6, win32::IPV6_DONTFRAG,       MESSAGE_V6, Flag, flag(L_V6, linux::IPV6_DONTFRAG)),
    row(IPPROTO_IPV6, win32::IPV6_MTU,            V6,        Int,  Number(Some(custom::mtu_v6), None)),
    row(IPPROTO_IPV6, win32::IPV6_MTU_DISCOVER,   V6,        Int,  Number(Some(custom::mtu_discovery_v6), Some(custom::set_mtu_discovery_v6))),
    row(IPPROTO_IPV6, win32::IPV6_PKTINFO,        MESSAGE_V6, Flag, Number(Some(custom::packet_info_v6), Some(custom::set_packet_info_v6))),
    row(IPPROTO_IPV6, win32::IPV6_RECVIF,         MESSAGE_V6, Flag, Number(Some(custom::receive_interface_v6), Some(custom::set_receive_interface_v6))),
    row(IPPROTO_IPV6, win32::IPV6_HOPLIMIT,       MESSAGE_V6, Flag, flag(L_V6, linux::IPV6_RECVHOPLIMIT)),
    row(IPPROTO_IPV6, win32::IPV6_TCLASS,         V6,        Int,  Linux((L_V6, linux::IPV6_TCLASS), 0, 255)),
    row(IPPROTO_IPV6, win32::IPV6_RECVTCLASS,     MESSAGE_V6, Flag, Number(Some(custom::receive_class), Some(custom::set_receive_class))),
    row(IPPROTO_IPV6, win32::IPV6_RECVECN,        MESSAGE_V6, Flag, Number(Some(custom::receive_ecn_v6), Some(custom::set_receive_ecn_v6))),
    row(IPPROTO_IPV6, win32::IPV6_UNICAST_IF,     V6,        Int,  Number(Some(multicast::unicast_interface_v6), Some(multicast::set_unicast_interface_v6))),
    row(IPPROTO_IPV6, win32::IPV6_PROTECTION_LEVEL, V6,      Int,  Number(Some(custom::protection_level), Some(custom::set_protection_level))),
    row(IPPROTO_IPV6, win32::IPV6_V6ONLY,         PORTS_V6,  Flag, flag(L_V6, base::IPV6_V6ONLY)),

    row(IPPROTO_IP,   win32::MCAST_JOIN_GROUP as i32,         MESSAGE,    Struct(136), Bytes(None, Some(multicast::join_group))),
    row(IPPROTO_IP,   win32::MCAST_LEAVE_GROUP as i32,        MESSAGE,    Struct(136), Bytes(None, Some(multicast::leave_group))),
    row(IPPROTO_IP,   win32::MCAST_BLOCK_SOURCE as i32,       MESSAGE,    Struct(264), Bytes(None, Some(multicast::block_group_source))),
    row(IPPROTO_IP,   win32::MCAST_UNBLOCK_SOURCE as i32,     MESSAGE,    Struct(264), Bytes(None, Some(multicast::unblock_group_source))),
    row(IPPROTO_IP,   win32::MCAST_JOIN_SOURCE_GROUP as i32,  MESSAGE,    Struct(264), Bytes(None, Some(multicast::join_group_source))),
    row(IPPROTO_IP,   win32::MCAST_LEAVE_SOURCE_GROUP as i32, MESSAGE,    Struct(264), Bytes(None, Some(multicast::leave_group_source))),
    row(IPPROTO_IPV6, win32::MCAST_JOIN_GROUP as i32,         MESSAGE_V6, Struct(136), Bytes(None, Some(multicast::join_group))),
    row(IPPROTO_IPV6, win32::MCAST_LEAVE_GROUP as i32,        MESSAGE_V6, Struct(136), Bytes(None, Some(multicast::leave_group))),
    row(IPPROTO_IPV6, win32::MCAST_BLOCK_SOURCE as i32,       MESSAGE_V6, Struct(264), Bytes(None, Some(multicast::block_group_source))),
    row(IPPROTO_IPV6, win32::MCAST_UNBLOCK_SOURCE as i32,     MESSAGE_V6, Struct(264), Bytes(None, Some(multicast::unblock_group_source))),
    row(IPPROTO_IPV6, win32::MCAST_JOIN_SOURCE_GROUP as i32,  MESSAGE_V6, Struct(264), Bytes(None, Some(multicast::join_group_source))),
    row(IPPROTO_IPV6, win32::MCAST_LEAVE_SOURCE_GROUP as i32, MESSAGE_V6, Struct(264), Bytes(None, Some(multicast::leave_group_source))),
    ]
};

/// Whether an option of this level could exist.
///
/// # Errors
/// `WSAEINVAL` for an unknown level.
pub(crate) fn check_level(level: i32) -> Result<(), Error> {
    match level {
        win32::SOL_SOCKET
        | win32::IPPROTO_TCP
        | win32::IPPROTO_UDP
        | win32::IPPROTO_IP
        | win32::IPPROTO_IPV6
        | win32::IPPROTO_ICMP
        | win32::IPPROTO_ICMPV6
        | win32::IPPROTO_RAW => Ok(()),
        _ => Err(Error::WSAEINVAL),
    }
}

/// The row of an option that a socket has.
///
/// # Errors
/// `WSAEINVAL` for an unknown level, `WSAENOPROTOOPT` for an option that is unknown or not this socket's.
pub(crate) fn find(socket: &Socket, level: i32, name: i32) -> Result<&'static Row, Error> {
    check_level(level)?;
    let has = |scope: Scope| scope.families.contains(&socket.family) && scope.kinds.contains(&socket.kind);
    TABLE.iter().find(|row| row.id == (level, name) && has(row.scope)).ok_or(Error::WSAENOPROTOOPT)
}

impl Row {
    /// Reads the option.
    ///
    /// # Errors
    /// `WSAENOPROTOOPT` for an option that can only be set, the documented code of one that is refused, and what
    /// the state of the socket does not allow (`WSAENOTCONN`).
    pub(crate) fn get(&self, socket: &Socket) -> Result<Value, Error> {
        match &self.service {
            &Service::Linux((level, name), ..) => {
                let value = base::option_i32(socket.fd(), level, name)?;
                Ok(Value::Number(self.normal(value as u32)))
            }
            Service::Kept(default) => Ok(Value::Number(socket.options.get(self.id).unwrap_or(*default))),
            Service::Fixed(value) => Ok(Value::Number(*value)),
            Service::Number(get, _) => {
                let get = get.ok_or(Error::WSAENOPROTOOPT)?;
                Ok(Value::Number(self.normal(get(socket)?)))
            }
            Service::Bytes(get, _) => Ok(Value::Bytes(get.ok_or(Error::WSAENOPROTOOPT)?(socket)?)),
            Service::Refused(error) => Err(*error),
        }
    }

    /// Sets the option from at least as many bytes as its shape needs.
    ///
    /// # Errors
    /// `WSAENOPROTOOPT` for an option, or a value of it, that cannot be set, `WSAEINVAL` for a value out of range or
    /// a socket in the wrong state.
    pub(crate) fn set(&self, socket: &Socket, value: &[u8]) -> Result<(), Error> {
        let number = self.normal(number(value));
        match &self.service {
            &Service::Linux((level, name), min, max) => {
                let number = number as i32;
                if !(min..=max).contains(&number) {
                    return Err(Error::WSAEINVAL);
                }
                Ok(base::set_option(socket.fd(), level, name, number)?)
            }
            Service::Kept(_) => {
                socket.options.set(self.id, number);
                Ok(())
            }
            Service::Fixed(fixed) if number == *fixed => Ok(()),
            Service::Fixed(_) => Err(Error::WSAENOPROTOOPT),
            Service::Number(_, set) => set.ok_or(Error::WSAENOPROTOOPT)?(socket, number),
            Service::Bytes(_, set) => set.ok_or(Error::WSAENOPROTOOPT)?(socket, value),
            Service::Refused(error) => Err(*error),
        }
    }

    fn normal(&self, value: u32) -> u32 {
        match self.shape {
            Shape::Flag => (value != 0).into(),
            Shape::Number | Shape::Small | Shape::Bytes(_) | Shape::Any => value,
        }
    }
}

/// The number in a value of one byte or more.
fn number(value: &[u8]) -> u32 {
    let mut bytes = [0; 4];
    let len = if value.len() >= 4 { 4 } else { value.len().min(1) };
    bytes[..len].copy_from_slice(&value[..len]);
    u32::from_ne_bytes(bytes)
}

/// What an accepted socket has of its listener, besides what Linux hands on itself.
///
/// # Errors
/// Those of Linux, which there is no reason to expect.
pub(super) fn inherit(accepted: &Socket, listener: &Socket) -> Result<(), Error> {
    accepted.options.inherit(&listener.options);
    custom::inherit(accepted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_stands_once_and_at_a_known_level() {
        for (index, row) in TABLE.iter().enumerate() {
            assert!(check_level(row.id.0).is_ok(), "{:?}", row.id);
            assert!(TABLE[..index].iter().all(|earlier| earlier.id != row.id), "{:?} stands twice", row.id);
        }
    }
}
