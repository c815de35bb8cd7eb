//! Names to addresses and back: the rules of `getaddrinfo` and `getnameinfo`.
//!
//! What Windows decides by itself is decided here and asks nobody: numbers, no name at all, `localhost`, this
//! machine's own name, the order of the families, the mapping of IPv4 into IPv6. Only what is left goes to the
//! resolver of the C library, and so to `/etc/hosts` and DNS as the machine is set up.

use super::address_text;
use super::database;
use super::sys::interface;
use super::sys::names::{self as linux, Failure};
use super::sys::socket::{AF_INET, AF_INET6, AF_UNSPEC};
use super::translate::{Address, Family, Kind};
use crate::error::Error;
use crate::win32::{
    AI_ADDRCONFIG, AI_ALL, AI_CANONNAME, AI_DISABLE_IDN_ENCODING, AI_FILESERVER, AI_FQDN,
    AI_NON_AUTHORITATIVE, AI_NUMERICHOST, AI_NUMERICSERV, AI_PASSIVE, AI_RETURN_PREFERRED_NAMES, AI_SECURE,
    AI_V4MAPPED, IPPROTO_TCP, IPPROTO_UDP, NI_DGRAM, NI_NAMEREQD, NI_NOFQDN, NI_NUMERICHOST, NI_NUMERICSERV,
};
use std::ffi::CString;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// The flags of Microsoft's page. The four of e-mail and file sharing are hints to providers that do not exist here.
const KNOWN_FLAGS: u32 = AI_PASSIVE
    | AI_CANONNAME
    | AI_NUMERICHOST
    | AI_NUMERICSERV
    | AI_ALL
    | AI_ADDRCONFIG
    | AI_V4MAPPED
    | AI_NON_AUTHORITATIVE
    | AI_SECURE
    | AI_RETURN_PREFERRED_NAMES
    | AI_FQDN
    | AI_FILESERVER
    | AI_DISABLE_IDN_ENCODING;

/// What `getaddrinfo` is asked. Families, types and protocols in Winsock's numbers, 0 for any.
#[derive(Clone, Copy, Default)]
pub(crate) struct Query<'a> {
    pub(crate) node: Option<&'a str>,
    pub(crate) service: Option<&'a str>,
    pub(crate) flags: u32,
    pub(crate) family: i32,
    pub(crate) kind: i32,
    pub(crate) protocol: i32,
}

/// What it answers.
pub(crate) struct Answers {
    pub(crate) list: Vec<Answer>,
    /// The name that `AI_CANONNAME` or `AI_FQDN` asked for.
    pub(crate) canonical: Option<String>,
}

/// One way to reach the node.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) address: SocketAddr,
    pub(crate) kind: i32,
    pub(crate) protocol: i32,
}

/// The families that a query admits, and whether IPv4 is to come as IPv6.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Families {
    Both,
    V4,
    V6,
    /// IPv6, and IPv4 as IPv6 if there is none.
    V6ElseMapped,
    /// IPv6, and IPv4 as IPv6.
    V6AndMapped,
}

/// Resolves a name and a service.
///
/// # Errors
/// `WSAHOST_NOT_FOUND` if neither is given, `WSAEINVAL`, `WSAEAFNOSUPPORT`, `WSAESOCKTNOSUPPORT` for hints that are
/// unknown, `WSANO_RECOVERY` if a canonical name is asked of no name, `WSAHOST_NOT_FOUND` for no number where there
/// must be one, `WSATYPE_NOT_FOUND` for the service; then of the name: `WSAHOST_NOT_FOUND`, `WSANO_DATA`,
/// `WSATRY_AGAIN`, `WSANO_RECOVERY`, `WSA_NOT_ENOUGH_MEMORY`.
pub(crate) fn resolve(query: &Query<'_>) -> Result<Answers, Error> {
    let has = |flag| query.flags & flag != 0;
    if query.node.is_none() && query.service.is_none() {
        return Err(Error::WSAHOST_NOT_FOUND);
    }
    if has(!KNOWN_FLAGS) || has(AI_CANONNAME) && has(AI_FQDN) {
        return Err(Error::WSAEINVAL);
    }
    let families = families(query)?;
    if query.kind != 0 && Kind::from_winsock(query.kind).is_none() {
        return Err(Error::WSAESOCKTNOSUPPORT);
    }
    let wants_name = has(AI_CANONNAME | AI_FQDN);
    if query.node.is_none() && wants_name {
        return Err(Error::WSANO_RECOVERY);
    }
    if query.node.is_none() && has(AI_NUMERICHOST) {
        return Err(Error::WSAHOST_NOT_FOUND);
    }
    let services = services(query)?;
    let node = match query.node {
        Some(name) => node(name, query.flags, families)?,
        None => Node { addresses: select(&unnamed(has(AI_PASSIVE)), families), canonical: None },
    };
    let list = node
        .addresses
        .iter()
        .flat_map(|&(mut address)| {
            services.iter().map(move |service| {
                address.set_port(service.port);
                Answer { address, kind: service.kind, protocol: service.protocol }
            })
        })
        .collect();
    Ok(Answers { list, canonical: node.canonical.filter(|_| wants_name) })
}

fn families(query: &Query<'_>) -> Result<Families, Error> {
    let mapped = query.flags & AI_V4MAPPED != 0;
    let all = query.flags & AI_ALL != 0;
    if query.family == 0 {
        return Ok(Families::Both);
    }
    match Family::from_winsock(query.family) {
        Some(Family::V4) => Ok(Families::V4),
        Some(Family::V6) if mapped && all => Ok(Families::V6AndMapped),
        Some(Family::V6) if mapped => Ok(Families::V6ElseMapped),
        Some(Family::V6) => Ok(Families::V6),
        Some(Family::Unix) | None => Err(Error::WSAEAFNOSUPPORT),
    }
}

struct Service {
    port: u16,
    kind: i32,
    protocol: i32,
}

/// The ports of a service. A number says nothing of type and protocol: the hints come back as they are. A name
/// stands for one or both protocols, and fills in what the hints leave open.
fn services(query: &Query<'_>) -> Result<Vec<Service>, Error> {
    let numeric = query.flags & AI_NUMERICSERV != 0;
    let any = |port| Ok(vec![Service { port, kind: query.kind, protocol: query.protocol }]);
    match query.service {
        None | Some("") if numeric => return Err(Error::WSAHOST_NOT_FOUND),
        None | Some("") => return any(0),
        Some(text) if address_text::is_number(text) => {
            return address_text::port(text).map_or(Err(Error::WSATYPE_NOT_FOUND), any);
        }
        Some(_) if numeric => return Err(Error::WSAHOST_NOT_FOUND),
        Some(_) => {}
    }
    let name = query.service.unwrap_or_default();
    let admits = |hint, value| hint == 0 || hint == value;
    let found: Vec<Service> = [(Kind::Stream, IPPROTO_TCP, "tcp"), (Kind::Datagram, IPPROTO_UDP, "udp")]
        .into_iter()
        .filter(|&(kind, protocol, _)| admits(query.kind, kind.winsock()) && admits(query.protocol, protocol))
        .filter_map(|(kind, protocol, protocol_name)| {
            let port = database::service_by_name(name, Some(protocol_name))?.port;
            Some(Service { port, kind: kind.winsock(), protocol })
        })
        .collect();
    if found.is_empty() { Err(Error::WSATYPE_NOT_FOUND) } else { Ok(found) }
}

/// A node's addresses, with port 0, and its name.
struct Node {
    addresses: Vec<SocketAddr>,
    canonical: Option<String>,
}

/// What stands for no name: the addresses to bind to, or all loopback addresses, in the order of Windows: IPv6 first.
fn unnamed(passive: bool) -> [SocketAddr; 2] {
    let (v6, v4) = if passive {
        (Ipv6Addr::UNSPECIFIED, Ipv4Addr::UNSPECIFIED)
    } else {
        (Ipv6Addr::LOCALHOST, Ipv4Addr::LOCALHOST)
    };
    [SocketAddr::new(v6.into(), 0), SocketAddr::new(v4.into(), 0)]
}

fn node(name: &str, flags: u32, families: Families) -> Result<Node, Error> {
    if let Some(address) = address_text::numeric_host(name) {
        let addresses = select(&[address], families);
        if addresses.is_empty() {
            return Err(Error::WSAHOST_NOT_FOUND);
        }
        return Ok(Node { addresses, canonical: Some(name.into()) });
    }
    if flags & AI_NUMERICHOST != 0 || address_text::is_dotted(name) {
        return Err(Error::WSAHOST_NOT_FOUND);
    }
    let name = ascii(name, flags & AI_DISABLE_IDN_ENCODING == 0)?;
    let mut node = match special(&name) {
        Some(Special::Localhost) => Node { addresses: unnamed(false).into(), canonical: Some(name) },
        Some(Special::ThisMachine) => Node { addresses: local_addresses()?, canonical: Some(local_name()?) },
        Some(Special::Invalid) => return Err(Error::WSAHOST_NOT_FOUND),
        None => ask(&name, families)?,
    };
    if flags & AI_ADDRCONFIG != 0 {
        let configured = configured_addresses()?;
        node.addresses.retain(|address| configured.iter().any(|own| own.is_ipv4() == address.is_ipv4()));
    }
    node.addresses = select(&node.addresses, families);
    if node.addresses.is_empty() { Err(Error::WSANO_DATA) } else { Ok(node) }
}

/// Names that no resolver is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Special {
    /// `localhost`: the loopback addresses, whatever `/etc/hosts` says.
    Localhost,
    /// The empty name, `..localmachine`, and the name that `gethostname` gives: this machine's addresses.
    ThisMachine,
    /// A name below `invalid`, which RFC 6761 promises never to exist.
    Invalid,
}

/// Whether a name is one of the special ones.
pub(crate) fn special(name: &str) -> Option<Special> {
    if name.is_empty() || name.eq_ignore_ascii_case("..localmachine") {
        return Some(Special::ThisMachine);
    }
    let absolute = name.strip_suffix('.').unwrap_or(name);
    let last_label = absolute.rsplit('.').next().unwrap_or_default();
    if absolute.eq_ignore_ascii_case("localhost") {
        Some(Special::Localhost)
    } else if local_name().is_ok_and(|own| own.eq_ignore_ascii_case(absolute)) {
        Some(Special::ThisMachine)
    } else if last_label.eq_ignore_ascii_case("invalid") {
        Some(Special::Invalid)
    } else {
        None
    }
}

/// A name in the letters that DNS knows: `bücher.example` becomes `xn--bcher-kva.example` (IDNA), or stays UTF-8.
///
/// # Errors
/// `WSAHOST_NOT_FOUND` for one that no host can have.
pub(crate) fn ascii(name: &str, encode: bool) -> Result<String, Error> {
    if name.is_ascii() {
        return Ok(name.into());
    }
    // What was not text when it came in.
    if name.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Error::WSAHOST_NOT_FOUND);
    }
    if !encode {
        return Ok(name.into());
    }
    idna::domain_to_ascii(name).map_err(|_| Error::WSAHOST_NOT_FOUND)
}

/// Asks the resolver of the C library.
fn ask(name: &str, families: Families) -> Result<Node, Error> {
    let name = CString::new(name).map_err(|_| Error::WSAHOST_NOT_FOUND)?;
    let family = match families {
        Families::V4 => AF_INET,
        Families::V6 => AF_INET6,
        Families::Both | Families::V6ElseMapped | Families::V6AndMapped => AF_UNSPEC,
    };
    let resolved = linux::resolve(&name, family, linux::AI_CANONNAME)?;
    let addresses = resolved.addresses.iter().filter_map(Address::from_linux);
    let addresses = addresses.filter_map(|address| address.to_ip()).collect();
    Ok(Node { addresses, canonical: resolved.canonical })
}

/// What a query admits of the addresses found.
fn select(found: &[SocketAddr], families: Families) -> Vec<SocketAddr> {
    let v4 = || found.iter().filter(|address| address.is_ipv4());
    let v6 = || found.iter().filter(|address| address.is_ipv6()).copied();
    match families {
        Families::Both => found.to_vec(),
        Families::V4 => v4().copied().collect(),
        Families::V6ElseMapped if v6().next().is_none() => v4().map(mapped).collect(),
        Families::V6 | Families::V6ElseMapped => v6().collect(),
        Families::V6AndMapped => v6().chain(v4().map(mapped)).collect(),
    }
}

/// An address of IPv4 in the form of IPv6; one of IPv6 as it is.
pub(crate) fn mapped(address: &SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) => SocketAddrV6::new(v4.ip().to_ipv6_mapped(), v4.port(), 0, 0).into(),
        SocketAddr::V6(_) => *address,
    }
}

/// The name of this machine. One without a name is `localhost`, which resolves.
///
/// # Errors
/// `WSAENETDOWN` if the system does not tell.
pub(crate) fn local_name() -> Result<String, Error> {
    let name = linux::host_name().map_err(|_| Error::WSAENETDOWN)?;
    Ok(if name.is_empty() { "localhost".into() } else { name })
}

/// The addresses that other machines can know this one by; the loopback ones if there are none.
///
/// # Errors
/// `WSAENOBUFS` and the like, if the system does not tell.
pub(crate) fn local_addresses() -> Result<Vec<SocketAddr>, Error> {
    let mut addresses = configured_addresses()?;
    if addresses.is_empty() {
        return Ok(unnamed(false).into());
    }
    addresses.sort_by_key(SocketAddr::is_ipv4);
    Ok(addresses)
}

/// The addresses of IPv4 and IPv6 that this machine has on interfaces that are up, loopback excluded.
fn configured_addresses() -> Result<Vec<SocketAddr>, Error> {
    let is_up = |flags| flags & interface::IFF_UP != 0 && flags & interface::IFF_LOOPBACK == 0;
    let addresses = interface::addresses()?.into_iter().filter(|entry| is_up(entry.flags));
    Ok(addresses.filter_map(|entry| Address::from_linux(&entry.address)?.to_ip()).collect())
}

/// Whether the flags of `getnameinfo` are known.
pub(crate) fn known_name_flags(flags: u32) -> bool {
    flags & !(NI_NOFQDN | NI_NUMERICHOST | NI_NAMEREQD | NI_NUMERICSERV | NI_DGRAM) == 0
}

/// The name of an address's host, or the address as a number.
///
/// # Errors
/// With `NI_NAMEREQD`: `WSAHOST_NOT_FOUND` for a host without a name, `WSATRY_AGAIN` if nobody could be asked.
pub(crate) fn host_name(address: &SocketAddr, flags: u32) -> Result<String, Error> {
    let required = flags & NI_NAMEREQD != 0;
    if flags & NI_NUMERICHOST != 0 {
        // A number is not a name.
        return if required { Err(Error::WSAHOST_NOT_FOUND) } else { Ok(address_text::host(address)) };
    }
    let short = if flags & NI_NOFQDN != 0 { linux::NI_NOFQDN } else { 0 };
    match linux::host_name_of(&Address::from_ip(address).to_linux(), linux::NI_NAMEREQD | short) {
        Ok(name) => Ok(name),
        Err(failure) if required => Err(failure.into()),
        Err(Failure::Resolver(_) | Failure::Host(_) | Failure::System(_)) => Ok(address_text::host(address)),
    }
}

/// The name of an address's service, or the port as a number.
pub(crate) fn service_name(address: &SocketAddr, flags: u32) -> String {
    let protocol = if flags & NI_DGRAM != 0 { "udp" } else { "tcp" };
    let named = match flags & NI_NUMERICSERV {
        0 => database::service_by_port(address.port(), Some(protocol)),
        _ => None,
    };
    named.map_or_else(|| address.port().to_string(), |service| service.name.to_string_lossy().into_owned())
}
