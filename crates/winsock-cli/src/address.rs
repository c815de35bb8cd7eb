//! Addresses as users write them: `HOST`, `HOST:PORT`, `[V6]:PORT`, `:PORT`.

use std::net::SocketAddr;
use std::str::FromStr;

use winsock::{Family, Resolver, Socket, Type};

use crate::error::{Context, Failure};

/// The port of Microsoft's guide.
pub(crate) const DEFAULT_PORT: u16 = 27015;

/// The transport and the address family, as every command takes them.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct Transport {
    /// Datagrams (UDP) instead of connections (TCP)
    #[arg(long)]
    pub(crate) udp: bool,

    /// IPv4 only
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    pub(crate) ipv4: bool,

    /// IPv6 only
    #[arg(short = '6', long)]
    pub(crate) ipv6: bool,
}

impl Transport {
    /// Whether addresses of this family are wanted.
    pub(crate) fn takes(self, address: &SocketAddr) -> bool {
        match address {
            SocketAddr::V4(_) => !self.ipv6,
            SocketAddr::V6(_) => !self.ipv4,
        }
    }

    /// A socket for this transport, of the family of `address`.
    pub(crate) fn socket(self, address: SocketAddr) -> Result<Socket, Failure> {
        let family = Family::of(address);
        let socket = if self.udp { Socket::datagram(family) } else { Socket::stream(family) };
        socket.calling("socket", address)
    }

    pub(crate) fn name(self) -> &'static str {
        if self.udp { "UDP" } else { "TCP" }
    }
}

/// A host, by name or number, and a port. An empty host means every address of this machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Endpoint, String> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, after) = rest.split_once(']').ok_or("the closing ] is missing")?;
                match after.strip_prefix(':') {
                    Some(port) => (host, Some(port)),
                    None if after.is_empty() => (host, None),
                    None => return Err("only :PORT can follow ]".to_owned()),
                }
            }
            // More than one colon: an IPv6 address without a port.
            None => match text.split_once(':') {
                Some((host, port)) if !port.contains(':') => (host, Some(port)),
                Some(_) | None => (text, None),
            },
        };
        let port = match port {
            Some(port) => port.parse().map_err(|_| format!("{port:?} is not a port: 0 to 65535"))?,
            None => DEFAULT_PORT,
        };
        Ok(Endpoint { host: host.to_owned(), port })
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl Endpoint {
    /// The addresses behind the name, in the resolver's order, of the families that `transport` takes.
    pub(crate) fn resolve(&self, transport: Transport) -> Result<Vec<SocketAddr>, Failure> {
        let family = match (transport.ipv4, transport.ipv6) {
            (true, _) => Family::IPV4,
            (_, true) => Family::IPV6,
            (false, false) => Family::UNSPECIFIED,
        };
        let kind = if transport.udp { Type::DATAGRAM } else { Type::STREAM };
        let resolver = Resolver::new().family(family).kind(kind);
        let found = resolver.resolve(&self.host, self.port).calling("getaddrinfo", self)?;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_endpoint_is_understood() {
        for (text, host, port) in [
            ("localhost", "localhost", DEFAULT_PORT),
            ("localhost:80", "localhost", 80),
            ("127.0.0.1:0", "127.0.0.1", 0),
            ("::1", "::1", DEFAULT_PORT),
            ("[::1]", "::1", DEFAULT_PORT),
            ("[fe80::1%eth0]:65535", "fe80::1%eth0", 65535),
            (":5000", "", 5000),
        ] {
            assert_eq!(text.parse(), Ok(Endpoint { host: host.to_owned(), port }), "{text}");
        }
    }

    #[test]
    fn a_wrong_endpoint_says_what_is_wrong() {
        for (text, reason) in [
            ("localhost:http", "\"http\" is not a port: 0 to 65535"),
            ("localhost:65536", "\"65536\" is not a port: 0 to 65535"),
            ("[::1", "the closing ] is missing"),
            ("[::1]80", "only :PORT can follow ]"),
        ] {
            assert_eq!(text.parse::<Endpoint>(), Err(reason.to_owned()), "{text}");
        }
    }
}
