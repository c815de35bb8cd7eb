//! The catalogue of transport protocols: the one table behind `WSAEnumProtocols` and `SO_PROTOCOL_INFO`.

use super::translate::{Family, Kind};
use crate::win32;

/// A transport protocol.
pub(crate) struct Provider {
    /// The number of its entry in the catalogue.
    pub(crate) entry: u32,
    pub(crate) family: Family,
    pub(crate) kind: Kind,
    /// The first of the protocol numbers that it serves,
    pub(crate) protocol: i32,
    /// and how many follow.
    pub(crate) more_protocols: i32,
    /// `XP1_...`: what it can do.
    pub(crate) services: u32,
    /// `PFL_...`: how it is listed.
    pub(crate) flags: u32,
    /// The longest message; 0 for a stream.
    pub(crate) message_size: u32,
    pub(crate) name: &'static str,
}

const RELIABLE: u32 = win32::XP1_GUARANTEED_DELIVERY
    | win32::XP1_GUARANTEED_ORDER
    | win32::XP1_GRACEFUL_CLOSE
    | win32::XP1_IFS_HANDLES;
const TCP: u32 = RELIABLE | win32::XP1_EXPEDITED_DATA;
const MESSAGES: u32 = win32::XP1_CONNECTIONLESS
    | win32::XP1_MESSAGE_ORIENTED
    | win32::XP1_SUPPORT_MULTIPOINT
    | win32::XP1_IFS_HANDLES;
const BROADCAST: u32 = MESSAGES | win32::XP1_SUPPORT_BROADCAST;
const ZERO: u32 = win32::PFL_MATCHES_PROTOCOL_ZERO;

#[rustfmt::skip]
static PROVIDERS: [Provider; 7] = [
    entry(1001, Family::V4,   Kind::Stream,   win32::IPPROTO_TCP, 0,   TCP,       ZERO, 0,     "TCP/IP"),
    entry(1002, Family::V4,   Kind::Datagram, win32::IPPROTO_UDP, 0,   BROADCAST, ZERO, 65507, "UDP/IP"),
    entry(1003, Family::V4,   Kind::Raw,      0,                  255, BROADCAST, ZERO | win32::PFL_HIDDEN, 65515, "RAW/IP"),
    entry(1004, Family::V6,   Kind::Stream,   win32::IPPROTO_TCP, 0,   TCP,       ZERO, 0,     "TCP/IPv6"),
    entry(1005, Family::V6,   Kind::Datagram, win32::IPPROTO_UDP, 0,   MESSAGES,  ZERO, 65527, "UDP/IPv6"),
    entry(1006, Family::V6,   Kind::Raw,      0,                  255, MESSAGES,  ZERO | win32::PFL_HIDDEN, 65535, "RAW/IPv6"),
    entry(1007, Family::Unix, Kind::Stream,   0,                  0,   RELIABLE,  ZERO, 0,     "AF_UNIX"),
];

#[allow(clippy::too_many_arguments, reason = "the columns of the table above")]
const fn entry(
    entry: u32,
    family: Family,
    kind: Kind,
    protocol: i32,
    more_protocols: i32,
    services: u32,
    flags: u32,
    message_size: u32,
    name: &'static str,
) -> Provider {
    Provider { entry, family, kind, protocol, more_protocols, services, flags, message_size, name }
}

/// The protocols that are listed, or those of them whose number is among `wanted`.
pub(crate) fn listed(wanted: Option<&[i32]>) -> impl Iterator<Item = &'static Provider> {
    let is_wanted = move |provider: &&Provider| {
        provider.flags & win32::PFL_HIDDEN == 0
            && wanted.is_none_or(|wanted| wanted.contains(&provider.protocol))
    };
    PROVIDERS.iter().filter(is_wanted)
}

/// The protocol of a socket.
pub(crate) fn of(family: Family, kind: Kind) -> &'static Provider {
    let found = PROVIDERS.iter().find(|provider| provider.family == family && provider.kind == kind);
    found.expect("a socket is made of a family and a type that have a provider")
}
