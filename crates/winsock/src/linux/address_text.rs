//! Addresses as text, and text as addresses.
//!
//! Owns the forms: the strict ones of `inet_pton`, the Berkeley ones of `inet_addr`, the ones with a port and a scope
//! of `WSAStringToAddress`. Knows nothing of names: that is `names.rs`.

use super::sys::names::interface_index;
use super::translate::{Address, Family};
use std::ffi::CString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// The Berkeley forms `a`, `a.b`, `a.b.c` and `a.b.c.d`, each part decimal, octal (`0..`) or hexadecimal (`0x..`). The
/// last part fills the bytes that the others leave.
pub(crate) fn berkeley(text: &str) -> Option<Ipv4Addr> {
    let parts = text.split('.').map(number).collect::<Option<Vec<u32>>>()?;
    let (&last, bytes) = parts.split_last()?;
    if bytes.len() > 3 || bytes.iter().any(|&byte| byte > 255) {
        return None;
    }
    let rest = 32 - 8 * bytes.len() as u32;
    if u64::from(last) >= 1 << rest {
        return None;
    }
    let high = bytes.iter().zip([24, 16, 8]).fold(0, |address, (byte, shift)| address | byte << shift);
    Some(Ipv4Addr::from_bits(high | last))
}

fn number(text: &str) -> Option<u32> {
    let (digits, radix) = if let Some(digits) = text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        (digits, 16)
    } else if text.len() > 1 && text.starts_with('0') {
        (&text[1..], 8)
    } else {
        (text, 10)
    };
    // `from_str_radix` takes a sign, which no address has.
    if digits.starts_with('+') { None } else { u32::from_str_radix(digits, radix).ok() }
}

/// What `inet_addr` takes: a Berkeley form that white space may end, or one space, which is 0.0.0.0.
pub(crate) fn inet_addr(text: &str) -> Option<Ipv4Addr> {
    match text {
        " " => Some(Ipv4Addr::UNSPECIFIED),
        _ => berkeley(text.split(|c: char| c.is_ascii_whitespace() || c == '\x0b').next()?),
    }
}

/// An address of IPv6 and its scope: a number or an interface's name behind `%`.
fn scoped(text: &str) -> Option<(Ipv6Addr, u32)> {
    let Some((address, scope)) = text.split_once('%') else {
        return Some((text.parse().ok()?, 0));
    };
    let address = address.parse().ok()?;
    let scope = if scope.bytes().all(|byte| byte.is_ascii_digit()) {
        scope.parse().ok()?
    } else {
        interface_index(&CString::new(scope).ok()?)?
    };
    Some((address, scope))
}

/// A host given as a number: a Berkeley form, or IPv6 with a scope or without. The port is 0.
pub(crate) fn numeric_host(text: &str) -> Option<SocketAddr> {
    if let Some(address) = berkeley(text) {
        return Some(SocketAddr::new(address.into(), 0));
    }
    let (address, scope) = scoped(text)?;
    Some(SocketAddrV6::new(address, 0, 0, scope).into())
}

/// Whether a text has nothing but digits and dots: an address of IPv4 or a mistake, but no host's name.
pub(crate) fn is_dotted(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// A port in decimal.
pub(crate) fn port(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Whether a text is a number and nothing else, as a port that may be too large is.
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An address with a port or without (then 0): `1.2.3.4:80`, `[fe80::1%2]:80`, `fe80::1%2`. `None` if the text is not
/// one of the family.
pub(crate) fn socket_address(text: &str, family: Family) -> Option<SocketAddr> {
    match family {
        Family::V4 => {
            let (host, port_text) = text.split_once(':').unwrap_or((text, "0"));
            Some(SocketAddrV4::new(berkeley(host)?, port(port_text)?).into())
        }
        Family::V6 => {
            let (host, port_text) = match text.strip_prefix('[') {
                Some(inside) => match inside.split_once(']')? {
                    (host, "") => (host, "0"),
                    (host, rest) => (host, rest.strip_prefix(':')?),
                },
                None => (text, "0"),
            };
            let (address, scope) = scoped(host)?;
            Some(SocketAddrV6::new(address, port(port_text)?, 0, scope).into())
        }
        Family::Unix => None,
    }
}

/// An IP address. One of IPv6 that carries one of IPv4 (`::a.b.c.d`, `::ffff:a.b.c.d`) shows it.
pub(crate) fn ip(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => match address.segments() {
            [0, 0, 0, 0, 0, 0, high, low] if high != 0 => {
                format!("::{}", Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
            }
            _ => address.to_string(),
        },
    }
}

/// The host part of an address: the IP address, and the scope if there is one.
pub(crate) fn host(address: &SocketAddr) -> String {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", ip(address.ip()), v6.scope_id()),
        _ => ip(address.ip()),
    }
}

/// The whole address: the port stands there unless it is 0.
pub(crate) fn whole(address: &SocketAddr) -> String {
    match address {
        _ if address.port() == 0 => host(address),
        SocketAddr::V4(_) => format!("{}:{}", host(address), address.port()),
        SocketAddr::V6(_) => format!("[{}]:{}", host(address), address.port()),
    }
}

impl Address {
    /// The `SOCKADDR` of an address of IPv4 or IPv6.
    pub(crate) fn from_ip(address: &SocketAddr) -> Address {
        let mut bytes = [0; 28];
        bytes[2..4].copy_from_slice(&address.port().to_be_bytes());
        let family = match address {
            SocketAddr::V4(v4) => {
                bytes[4..8].copy_from_slice(&v4.ip().octets());
                Family::V4
            }
            SocketAddr::V6(v6) => {
                bytes[4..8].copy_from_slice(&v6.flowinfo().to_ne_bytes());
                bytes[8..24].copy_from_slice(&v6.ip().octets());
                bytes[24..28].copy_from_slice(&v6.scope_id().to_ne_bytes());
                Family::V6
            }
        };
        bytes[..2].copy_from_slice(&family.winsock().to_ne_bytes());
        Address::from_winsock(&bytes).expect("the bytes are an address of the family, whole")
    }

    /// The same address in the form of the standard library; `None` for a path.
    pub(crate) fn to_ip(self) -> Option<SocketAddr> {
        let bytes = self.as_bytes();
        match self.family() {
            Family::V4 => {
                let ip: [u8; 4] = bytes[4..8].try_into().ok()?;
                Some(SocketAddrV4::new(ip.into(), self.port()).into())
            }
            Family::V6 => {
                let ip: [u8; 16] = bytes[8..24].try_into().ok()?;
                let flow = u32::from_ne_bytes(bytes[4..8].try_into().ok()?);
                let scope = u32::from_ne_bytes(bytes[24..28].try_into().ok()?);
                Some(SocketAddrV6::new(ip.into(), self.port(), flow, scope).into())
            }
            Family::Unix => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_a_berkeley_form_fills_what_the_others_leave() {
        let table = [
            ("1", Some([0, 0, 0, 1])),
            ("4294967295", Some([255, 255, 255, 255])),
            ("4294967296", None),
            ("1.2", Some([1, 0, 0, 2])),
            ("1.16777215", Some([1, 255, 255, 255])),
            ("1.16777216", None),
            ("1.2.3", Some([1, 2, 0, 3])),
            ("1.2.65535", Some([1, 2, 255, 255])),
            ("1.2.65536", None),
            ("1.2.3.255", Some([1, 2, 3, 255])),
            ("1.2.3.256", None),
            ("256.1", None),
            ("1.2.3.4.5", None),
            ("0x7f.0X1", Some([127, 0, 0, 1])),
            ("010.011.012.013", Some([8, 9, 10, 11])),
            ("08.1.1.1", None),
            ("0x", None),
            ("0x+1", None),
            ("+1.2.3.4", None),
            ("-1", None),
            ("1..2", None),
            ("1.2.3.4.", None),
            ("", None),
            ("0", Some([0, 0, 0, 0])),
        ];
        for (text, bytes) in table {
            assert_eq!(berkeley(text), bytes.map(Ipv4Addr::from), "{text:?}");
        }
    }

    #[test]
    fn an_address_survives_the_way_through_its_sockaddr() {
        for text in ["1.2.3.4:5", "[::1]:0", "[fe80::1%7]:65535"] {
            let address: SocketAddr = text.parse().unwrap();
            assert_eq!(Address::from_ip(&address).to_ip(), Some(address));
        }
        assert_eq!(Address::unspecified(Family::Unix).to_ip(), None);
    }
}
