//! What the ports of the sample programs share: their command lines, and the line that a failed call prints.

#![allow(dead_code, reason = "each example uses its own part of this one")]

pub(crate) mod frame;
pub(crate) mod peer;

use std::fmt;
use std::net::SocketAddr;
use winsock::{Error, Family, Resolver, Type};

/// The command line of the samples: options of one letter behind `-` or `/`. A value follows its option as the next
/// argument, or in the same one behind a colon: `-e 5001`, `/e:5001`.
pub(crate) struct Arguments {
    pub(crate) program: String,
    /// The argument that was looked at last.
    pub(crate) current: String,
    rest: std::iter::Peekable<std::env::Args>,
}

impl Arguments {
    pub(crate) fn new() -> Arguments {
        let mut rest = std::env::args().peekable();
        Arguments { program: rest.next().unwrap_or_default(), current: String::new(), rest }
    }

    /// The letter of the next option; `?`, which asks for help, also stands for what is no option.
    pub(crate) fn option(&mut self) -> Option<char> {
        self.current = self.rest.next()?;
        let mut letters = self.current.strip_prefix(['-', '/']).unwrap_or_default().chars();
        let letter = letters.next().unwrap_or('?').to_ascii_lowercase();
        match letters.next() {
            None | Some(':') => Some(letter),
            Some(_) => Some('?'),
        }
    }

    /// The value of this option, if it has one.
    pub(crate) fn value(&mut self) -> Option<String> {
        match self.current.split_once(':') {
            Some((_, value)) => Some(value.to_owned()).filter(|value| !value.is_empty()),
            None => self.rest.next_if(|next| !next.starts_with('-')),
        }
    }

    /// The value of this option as a number.
    pub(crate) fn number<N: std::str::FromStr>(&mut self) -> Option<N> {
        self.value()?.parse().ok()
    }
}

/// A call that failed. Prints as in the samples: `bind failed: 10048`.
pub(crate) struct Failed {
    pub(crate) call: &'static str,
    pub(crate) error: Error,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.call, self.error.code())
    }
}

/// Says which call an error is from.
pub(crate) trait Calling<T> {
    fn calling(self, call: &'static str) -> Result<T, Failed>;
}

impl<T, E: Into<Error>> Calling<T> for Result<T, E> {
    fn calling(self, call: &'static str) -> Result<T, Failed> {
        self.map_err(|error| Failed { call, error: error.into() })
    }
}

/// The type of socket of a protocol's name.
pub(crate) fn protocol(name: &str) -> Option<Type> {
    match name.to_ascii_uppercase().as_str() {
        "TCP" => Some(Type::STREAM),
        "UDP" => Some(Type::DATAGRAM),
        _ => None,
    }
}

/// The family that `-a` names: 4, 6, or 0 for either.
pub(crate) fn family(number: u8) -> Option<Family> {
    match number {
        0 => Some(Family::UNSPECIFIED),
        4 => Some(Family::IPV4),
        6 => Some(Family::IPV6),
        _ => None,
    }
}

/// The name that C has for a family.
pub(crate) fn family_name(family: Family) -> &'static str {
    match family {
        Family::IPV4 => "AF_INET",
        Family::IPV6 => "AF_INET6",
        _ => "AF_UNSPEC",
    }
}

/// Where a server is to listen: at the addresses of an interface, or at every address of the machine.
pub(crate) fn addresses_to_bind(
    interface: Option<&str>,
    port: &str,
    family: Family,
    kind: Type,
) -> Result<Vec<SocketAddr>, Failed> {
    let wanted = Resolver::new().family(family).kind(kind);
    match interface {
        Some(interface) => wanted.resolve(interface, port),
        None => wanted.passive().resolve_local(port),
    }
    .calling("getaddrinfo")
}

/// A message as C would print it: its text up to the zero that ends it.
pub(crate) fn text(message: &[u8]) -> String {
    let end = message.iter().position(|&byte| byte == 0).unwrap_or(message.len());
    String::from_utf8_lossy(&message[..end]).into_owned()
}
