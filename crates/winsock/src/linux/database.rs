//! The databases of hosts, services and protocols: the rules of `gethostbyname` and its siblings.
//!
//! Services and protocols are the machine's own files first. Windows always has its files; small Linux systems have
//! none, so the entries that every program counts on are kept here too.

use super::address_text;
use super::names::{self, Special};
use super::sys::names as linux;
use super::translate::Family;
use crate::error::Error;
use std::ffi::CString;
use std::net::{Ipv4Addr, SocketAddr};

pub(crate) use super::sys::names::{Host, Protocol, Service};

/// The entry of a host, IPv4 alone: a number, this machine (the empty name too), or a name.
///
/// # Errors
/// `WSANO_DATA` for a number that is no address of IPv4, and for a host without one; `WSAHOST_NOT_FOUND`,
/// `WSATRY_AGAIN`, `WSANO_RECOVERY`.
pub(crate) fn host_by_name(name: &str) -> Result<Host, Error> {
    if let Some(address) = address_text::berkeley(name) {
        return entry(name, &[address]);
    }
    if address_text::numeric_host(name).is_some() || address_text::is_dotted(name) {
        return Err(Error::WSANO_DATA);
    }
    let name = names::ascii(name, true)?;
    match names::special(&name) {
        Some(Special::Localhost) => entry(&name, &[Ipv4Addr::LOCALHOST]),
        Some(Special::ThisMachine) => {
            let addresses: Vec<Ipv4Addr> = names::local_addresses()?
                .iter()
                .filter_map(|address| match address {
                    SocketAddr::V4(v4) => Some(*v4.ip()),
                    SocketAddr::V6(_) => None,
                })
                .collect();
            // A machine without IPv4 on an interface has it on loopback.
            let own = if addresses.is_empty() { vec![Ipv4Addr::LOCALHOST] } else { addresses };
            entry(&names::local_name()?, &own)
        }
        Some(Special::Invalid) => Err(Error::WSAHOST_NOT_FOUND),
        None => Ok(linux::host_by_name(&c_string(&name)?, Family::V4.linux())?),
    }
}

fn entry(name: &str, addresses: &[Ipv4Addr]) -> Result<Host, Error> {
    Ok(Host {
        name: c_string(name)?,
        aliases: Vec::new(),
        addresses: addresses.iter().map(|address| address.octets().to_vec()).collect(),
    })
}

fn c_string(name: &str) -> Result<CString, Error> {
    CString::new(name).map_err(|_| Error::WSAHOST_NOT_FOUND)
}

/// The entry of the host that has an address, given in network order.
///
/// # Errors
/// `WSAHOST_NOT_FOUND`, `WSATRY_AGAIN`, `WSANO_RECOVERY`, `WSANO_DATA`.
pub(crate) fn host_by_address(address: &[u8], family: Family) -> Result<Host, Error> {
    Ok(linux::host_by_address(address, family.linux())?)
}

/// name, port, whether TCP and UDP have it.
const SERVICES: &[(&str, u16, bool, bool)] = &[
    ("echo", 7, true, true),
    ("discard", 9, true, true),
    ("daytime", 13, true, true),
    ("qotd", 17, true, true),
    ("chargen", 19, true, true),
    ("ftp-data", 20, true, false),
    ("ftp", 21, true, false),
    ("ssh", 22, true, false),
    ("telnet", 23, true, false),
    ("smtp", 25, true, false),
    ("time", 37, true, true),
    ("domain", 53, true, true),
    ("tftp", 69, false, true),
    ("http", 80, true, false),
    ("pop3", 110, true, false),
    ("ntp", 123, false, true),
    ("snmp", 161, true, true),
    ("ldap", 389, true, true),
    ("https", 443, true, true),
];

/// name, alias, number.
const PROTOCOLS: &[(&str, &str, i32)] = &[
    ("ip", "IP", 0),
    ("icmp", "ICMP", 1),
    ("igmp", "IGMP", 2),
    ("tcp", "TCP", 6),
    ("udp", "UDP", 17),
    ("ipv6", "IPv6", 41),
    ("ipv6-icmp", "IPv6-ICMP", 58),
];

/// The entry of a service; without a protocol, the first that matches. Letters of any case match.
pub(crate) fn service_by_name(name: &str, protocol: Option<&str>) -> Option<Service> {
    let protocol_name = protocol.map(CString::new).transpose().ok()?;
    let ask = |name: &str| linux::service_by_name(&CString::new(name).ok()?, protocol_name.as_deref());
    ask(name)
        .or_else(|| ask(&name.to_ascii_lowercase()))
        .or_else(|| built_in_service(|row| row.0.eq_ignore_ascii_case(name), protocol))
}

/// The entry of a port; without a protocol, the first that matches.
pub(crate) fn service_by_port(port: u16, protocol: Option<&str>) -> Option<Service> {
    let protocol_name = protocol.map(CString::new).transpose().ok()?;
    linux::service_by_port(port, protocol_name.as_deref())
        .or_else(|| built_in_service(|row| row.1 == port, protocol))
}

fn built_in_service(
    matches: impl Fn(&(&str, u16, bool, bool)) -> bool,
    protocol: Option<&str>,
) -> Option<Service> {
    let (row, protocol) = SERVICES.iter().filter(|row| matches(row)).find_map(|row| {
        let protocols = [("tcp", row.2), ("udp", row.3)];
        let has = |&&(name, has): &&(&str, bool)| has && protocol.is_none_or(|wanted| wanted == name);
        protocols.iter().find(has).map(|&(name, _)| (row, name))
    })?;
    Some(Service {
        name: CString::new(row.0).ok()?,
        aliases: Vec::new(),
        port: row.1,
        protocol: CString::new(protocol).ok()?,
    })
}

/// The entry of a protocol. Letters of any case match.
pub(crate) fn protocol_by_name(name: &str) -> Option<Protocol> {
    let ask = |name: &str| linux::protocol_by_name(&CString::new(name).ok()?);
    ask(name)
        .or_else(|| ask(&name.to_ascii_lowercase()))
        .or_else(|| built_in_protocol(|row| row.0.eq_ignore_ascii_case(name)))
}

/// The entry of a protocol's number.
pub(crate) fn protocol_by_number(number: i32) -> Option<Protocol> {
    linux::protocol_by_number(number).or_else(|| built_in_protocol(|row| row.2 == number))
}

fn built_in_protocol(matches: impl Fn(&(&str, &str, i32)) -> bool) -> Option<Protocol> {
    let &(name, alias, number) = PROTOCOLS.iter().find(|row| matches(row))?;
    Some(Protocol { name: CString::new(name).ok()?, aliases: vec![CString::new(alias).ok()?], number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_entries_stand_in_for_missing_files() {
        let service = |name: &str, protocol| {
            let found = built_in_service(|row| row.0 == name, protocol)?;
            Some((found.port, found.protocol.into_string().unwrap()))
        };
        assert_eq!(service("http", None), Some((80, "tcp".into())));
        assert_eq!(service("echo", Some("udp")), Some((7, "udp".into())));
        assert_eq!(service("ntp", None), Some((123, "udp".into())));
        assert_eq!(service("ntp", Some("tcp")), None);
        assert_eq!(service("no-such-service", None), None);
        assert_eq!(built_in_service(|row| row.1 == 443, Some("tcp")).unwrap().name.as_c_str(), c"https");
        assert_eq!(built_in_protocol(|row| row.0 == "udp").unwrap().number, 17);
        assert_eq!(built_in_protocol(|row| row.2 == 6).unwrap().aliases, [CString::from(c"TCP")]);
        assert!(built_in_protocol(|row| row.2 == 255).is_none());
    }
}
