//! Names and addresses of the safe API: numbers, `localhost`, services, and the codes of what is not known.

mod safe_common;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use winsock::{Error, Family, Resolver, Type, host_name, name_of, resolve};

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

#[test]
fn addresses_in_numbers_need_no_look_up() {
    assert_eq!(resolve("192.0.2.7", 80), Ok(vec![address("192.0.2.7:80")]));
    assert_eq!(resolve("2001:db8::1", "8080"), Ok(vec![address("[2001:db8::1]:8080")]));
    assert_eq!(resolve("fe80::1%1", 9), Ok(vec![address("[fe80::1%1]:9")]));
    let numeric = Resolver::new().numeric_host().numeric_service();
    assert_eq!(numeric.resolve("192.0.2.7", 80), Ok(vec![address("192.0.2.7:80")]));
    assert_eq!(numeric.resolve("localhost", 80), Err(Error::WSAHOST_NOT_FOUND));
    assert_eq!(numeric.resolve("192.0.2.7", "http"), Err(Error::WSAHOST_NOT_FOUND));
}

#[test]
fn localhost_is_this_machine() {
    let found = Resolver::new().family(Family::IPV4).resolve("localhost", 27015).unwrap();
    assert_eq!(found, [address("127.0.0.1:27015")]);
    for address in resolve("localhost", 1).unwrap() {
        assert!(address.ip().is_loopback(), "{address}");
    }
}

#[test]
fn services_have_their_ports() {
    let stream = Resolver::new().resolve("127.0.0.1", "http").unwrap();
    assert_eq!(stream, [address("127.0.0.1:80")]);
    let datagram = Resolver::new().kind(Type::DATAGRAM).resolve("127.0.0.1", "domain").unwrap();
    assert_eq!(datagram, [address("127.0.0.1:53")]);
}

#[test]
fn without_a_host_it_is_the_machine_itself() {
    let of = |resolver: Resolver, family| resolver.family(family).resolve_local(7);
    let resolver = Resolver::new();
    assert_eq!(of(resolver, Family::IPV4), Ok(vec![(Ipv4Addr::LOCALHOST, 7).into()]));
    assert_eq!(of(resolver, Family::IPV6), Ok(vec![(Ipv6Addr::LOCALHOST, 7).into()]));
    assert_eq!(of(resolver.passive(), Family::IPV4), Ok(vec![(Ipv4Addr::UNSPECIFIED, 7).into()]));
    assert_eq!(of(resolver.passive(), Family::IPV6), Ok(vec![(Ipv6Addr::UNSPECIFIED, 7).into()]));
}

#[test]
fn what_is_not_known_has_its_code() {
    assert_eq!(resolve("127.0.0.1", "no-such-service"), Err(Error::WSATYPE_NOT_FOUND));
    assert_eq!(resolve("zero\0inside", 80), Err(Error::WSAEINVAL));
    assert_eq!(resolve("127.0.0.1", "ht\0tp"), Err(Error::WSAEINVAL));
    let wrong = Resolver::new().family(Family::from(99)).resolve("127.0.0.1", 80);
    assert_eq!(wrong, Err(Error::WSAEAFNOSUPPORT));
    let wrong = Resolver::new().kind(Type::from(99)).resolve("127.0.0.1", 80);
    assert_eq!(wrong, Err(Error::WSAESOCKTNOSUPPORT));
}

#[test]
fn an_address_has_a_name_or_shows_its_numbers() {
    let (host, service) = name_of(([127, 0, 0, 1], 80)).unwrap();
    assert!(!host.is_empty());
    assert_eq!(service, "http");
    let (_, service) = name_of(([127, 0, 0, 1], 59999)).unwrap();
    assert_eq!(service, "59999");
}

#[test]
fn the_machine_has_a_name() {
    let name = host_name().unwrap();
    assert!(!name.is_empty() && !name.contains('\0'), "{name:?}");
}

#[test]
fn a_canonical_name_is_given_for_a_host() {
    assert_eq!(Resolver::new().canonical_name("127.0.0.1").as_deref(), Ok("127.0.0.1"));
}
