//! Names and addresses: [`resolve`], [`Resolver`], [`name_of`], [`host_name`].

use std::net::SocketAddr;

use crate::win32::{self, ADDRINFOW};
use crate::{Error, Family, Protocol, Type, raw, startup};

/// `GetAddrInfoW`: the addresses of a host, each with the port of a service. [`Resolver`] asks for less, or more.
///
/// The host is a name or an address in numbers; the service is a port or a name, such as `"http"`.
///
/// ```
/// use winsock::{Error, Socket, Family, resolve};
///
/// for address in resolve("localhost", 27015)? {
///     let client = Socket::stream(Family::of(address))?;
///     if let Err(error) = client.connect(address) {
///         println!("{address}: {error}");
///     }
/// }
///
/// assert_eq!(resolve("127.0.0.1", 80)?, [([127, 0, 0, 1], 80).into()]);
/// assert_eq!(resolve("127.0.0.1", "no-such-service"), Err(Error::WSATYPE_NOT_FOUND));
/// # Ok::<(), Error>(())
/// ```
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-getaddrinfow`.
///
/// # Errors
/// What `WSAStartup` answers if Winsock cannot start; `WSAEINVAL` for a name with a zero in it, `WSATYPE_NOT_FOUND` for a
/// service, `WSAHOST_NOT_FOUND`, `WSATRY_AGAIN`, `WSANO_RECOVERY` or `WSANO_DATA` for a host.
#[doc(alias = "getaddrinfo")]
#[doc(alias = "GetAddrInfoW")]
pub fn resolve<'a>(host: &str, service: impl Into<Service<'a>>) -> Result<Vec<SocketAddr>, Error> {
    Resolver::new().resolve(host, service)
}

/// `GetNameInfoW`: the names of an address: its host's and its port's service.
///
/// A name that is not known is given in numbers.
///
/// ```
/// use winsock::{Error, name_of};
/// let (host, service) = name_of(([127, 0, 0, 1], 80))?;
/// println!("{host}, {service}"); // localhost, http
/// # assert!(!host.is_empty() && !service.is_empty());
/// # Ok::<(), Error>(())
/// ```
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-getnameinfow`.
///
/// # Errors
/// What `WSAStartup` answers if Winsock cannot start; `WSATRY_AGAIN` or `WSANO_RECOVERY`.
#[doc(alias = "getnameinfo")]
#[doc(alias = "GetNameInfoW")]
pub fn name_of(address: impl Into<SocketAddr>) -> Result<(String, String), Error> {
    startup::ensure()?;
    raw::name_info(&address.into().into(), 0)
}

/// `GetHostNameW`: the name of this machine.
///
/// Microsoft's page: `winsock2/nf-winsock2-gethostnamew`.
///
/// # Errors
/// What `WSAStartup` answers if Winsock cannot start.
#[doc(alias = "gethostname")]
#[doc(alias = "GetHostNameW")]
pub fn host_name() -> Result<String, Error> {
    startup::ensure()?;
    raw::host_name()
}

/// What a host is asked for: a port, or the name of one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Service<'a> {
    /// A port.
    Port(u16),
    /// A name, such as `"http"`, or a port in digits.
    Name(&'a str),
}

impl From<u16> for Service<'_> {
    fn from(port: u16) -> Self {
        Service::Port(port)
    }
}

impl<'a> From<&'a str> for Service<'a> {
    fn from(name: &'a str) -> Self {
        Service::Name(name)
    }
}

/// A question for `GetAddrInfoW` with hints: which addresses are wanted.
///
/// ```
/// use winsock::{Error, Family, Resolver};
///
/// let local = Resolver::new().family(Family::IPV6).passive().resolve_local(27015)?;
/// assert_eq!(local, ["[::]:27015".parse().unwrap()]);
///
/// // A name, where only numbers are allowed.
/// let names = Resolver::new().numeric_host().resolve("localhost", 80);
/// assert_eq!(names, Err(Error::WSAHOST_NOT_FOUND));
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "ADDRINFOW")]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[must_use = "it asks nothing before `resolve`"]
pub struct Resolver {
    family: Family,
    kind: Type,
    protocol: Protocol,
    flags: u32,
}

impl Default for Resolver {
    fn default() -> Resolver {
        Resolver::new()
    }
}

impl Resolver {
    /// Asks for the addresses of both families that a stream socket can connect to.
    pub const fn new() -> Resolver {
        Resolver { family: Family::UNSPECIFIED, kind: Type::STREAM, protocol: Protocol::DEFAULT, flags: 0 }
    }

    /// Only addresses of this family.
    pub const fn family(self, family: Family) -> Resolver {
        Resolver { family, ..self }
    }

    /// Addresses for sockets of this type: the same name may be another service for datagrams.
    pub const fn kind(self, kind: Type) -> Resolver {
        Resolver { kind, ..self }
    }

    /// Addresses for sockets of this protocol.
    pub const fn protocol(self, protocol: Protocol) -> Resolver {
        Resolver { protocol, ..self }
    }

    /// `AI_PASSIVE`: [`Resolver::resolve_local`] gives addresses to bind to, instead of this machine's own.
    #[doc(alias = "AI_PASSIVE")]
    pub const fn passive(self) -> Resolver {
        self.flag(win32::AI_PASSIVE)
    }

    /// `AI_NUMERICHOST`: the host is an address in numbers; no name is looked up.
    #[doc(alias = "AI_NUMERICHOST")]
    pub const fn numeric_host(self) -> Resolver {
        self.flag(win32::AI_NUMERICHOST)
    }

    /// `AI_NUMERICSERV`: the service is a port in digits; no name is looked up.
    #[doc(alias = "AI_NUMERICSERV")]
    pub const fn numeric_service(self) -> Resolver {
        self.flag(win32::AI_NUMERICSERV)
    }

    /// `AI_ADDRCONFIG`: only addresses of families that this machine has a global address of.
    #[doc(alias = "AI_ADDRCONFIG")]
    pub const fn configured_only(self) -> Resolver {
        self.flag(win32::AI_ADDRCONFIG)
    }

    /// `AI_V4MAPPED`: with [`Family::IPV6`], a host without such an address is given by its IPv4 address, mapped.
    #[doc(alias = "AI_V4MAPPED")]
    pub const fn v4_mapped(self) -> Resolver {
        self.flag(win32::AI_V4MAPPED)
    }

    const fn flag(self, flag: u32) -> Resolver {
        Resolver { flags: self.flags | flag, ..self }
    }

    /// The addresses of a host, each with the port of a service, each once.
    ///
    /// # Errors
    /// As [`resolve`](resolve()), and `WSAEAFNOSUPPORT`, `WSAESOCKTNOSUPPORT` or `WSAEINVAL` for hints that do not fit.
    pub fn resolve<'a>(&self, host: &str, service: impl Into<Service<'a>>) -> Result<Vec<SocketAddr>, Error> {
        self.addresses(Some(host), service.into())
    }

    /// The addresses of this machine, each with the port of a service: its loopback addresses, or with
    /// [`Resolver::passive`] the ones to bind to.
    ///
    /// # Errors
    /// As [`Resolver::resolve`].
    pub fn resolve_local<'a>(&self, service: impl Into<Service<'a>>) -> Result<Vec<SocketAddr>, Error> {
        self.addresses(None, service.into())
    }

    /// `AI_CANONNAME`: the full name of a host.
    ///
    /// # Errors
    /// As [`Resolver::resolve`]; `WSANO_DATA` if there is no such name.
    #[doc(alias = "AI_CANONNAME")]
    pub fn canonical_name(&self, host: &str) -> Result<String, Error> {
        let found = self.flag(win32::AI_CANONNAME).ask(Some(host), None)?;
        found.into_iter().find_map(|found| found.canonical_name).ok_or(Error::WSANO_DATA)
    }

    fn addresses(&self, host: Option<&str>, service: Service<'_>) -> Result<Vec<SocketAddr>, Error> {
        let port;
        let service = match service {
            Service::Port(number) => {
                port = number.to_string();
                &port
            }
            Service::Name(name) => name,
        };
        let mut addresses = Vec::new();
        for found in self.ask(host, Some(service))? {
            match found.address.map(SocketAddr::try_from) {
                Some(Ok(address)) if !addresses.contains(&address) => addresses.push(address),
                Some(_) | None => {}
            }
        }
        Ok(addresses)
    }

    fn ask(&self, host: Option<&str>, service: Option<&str>) -> Result<Vec<raw::AddressInfo>, Error> {
        startup::ensure()?;
        let hints = ADDRINFOW {
            ai_flags: self.flags as i32,
            ai_family: self.family.into(),
            ai_socktype: self.kind.into(),
            ai_protocol: self.protocol.into(),
            ..ADDRINFOW::default()
        };
        raw::address_info(host, service, &hints)
    }
}
