//! `getaddrinfo` and `GetAddrInfoW`: what Windows decides by itself, each flag, each error in its order, freeing.
//!
//! Nothing here depends on DNS: other names are below `invalid`, which never exists.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;

use common::*;
use std::ffi::{CStr, CString};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ptr::{null, null_mut};
use winsock::win32::*;

const V4: i32 = AF_INET as i32;
const V6: i32 = AF_INET6 as i32;
const LOOPBACK4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const LOOPBACK6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// One node of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    ip: IpAddr,
    port: u16,
    scope: u32,
    kind: i32,
    protocol: i32,
    name: Option<String>,
}

#[derive(Clone, Copy, Default)]
struct Hints {
    flags: u32,
    family: i32,
    kind: i32,
    protocol: i32,
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// Reads a `SOCKADDR` of a list.
fn address(family: i32, address: *const SOCKADDR, len: usize) -> (IpAddr, u16, u32) {
    match family {
        V4 => {
            assert_eq!(len, size_of::<SOCKADDR_IN>());
            assert!(address.cast::<SOCKADDR_IN>().is_aligned());
            // SAFETY: the node is of IPv4, and has that length.
            let v4 = unsafe { address.cast::<SOCKADDR_IN>().read() };
            assert_eq!(v4.sin_family, AF_INET);
            // SAFETY: every member of the union is the same four bytes.
            let bits = unsafe { v4.sin_addr.S_un.S_addr };
            (Ipv4Addr::from_bits(u32::from_be(bits)).into(), u16::from_be(v4.sin_port), 0)
        }
        V6 => {
            assert_eq!(len, size_of::<SOCKADDR_IN6>());
            assert!(address.cast::<SOCKADDR_IN6>().is_aligned());
            // SAFETY: the node is of IPv6, and has that length.
            let v6 = unsafe { address.cast::<SOCKADDR_IN6>().read() };
            assert_eq!(v6.sin6_family, AF_INET6);
            // SAFETY: every member of the union is the same sixteen bytes.
            let bytes = unsafe { v6.sin6_addr.u.Byte };
            // SAFETY: as above.
            let scope = unsafe { v6.Anonymous.sin6_scope_id };
            (Ipv6Addr::from(bytes).into(), u16::from_be(v6.sin6_port), scope)
        }
        family => panic!("family {family}"),
    }
}

/// Asks `getaddrinfo`, takes the list and frees it.
fn narrow_ask(node: Option<&str>, service: Option<&str>, hints: Hints) -> Result<Vec<Node>, i32> {
    let node = node.map(|node| CString::new(node).unwrap());
    let service = service.map(|service| CString::new(service).unwrap());
    let pointer = |text: &Option<CString>| text.as_ref().map_or(null(), |text| text.as_ptr().cast());
    let hints = ADDRINFOA {
        ai_flags: hints.flags as i32,
        ai_family: hints.family,
        ai_socktype: hints.kind,
        ai_protocol: hints.protocol,
        ..ADDRINFOA::default()
    };
    let mut list = std::ptr::dangling_mut();
    // SAFETY: C strings or NULL, hints and room for the list.
    let code = unsafe { getaddrinfo(pointer(&node), pointer(&service), &hints, &mut list) };
    if code != 0 {
        assert_eq!((code, list), (last_error(), null_mut()));
        return Err(code);
    }
    let mut nodes = Vec::new();
    let mut next: *const ADDRINFOA = list;
    // SAFETY: NULL or a node of the list.
    while let Some(node) = unsafe { next.as_ref() } {
        let (ip, port, scope) = address(node.ai_family, node.ai_addr, node.ai_addrlen);
        let name = (!node.ai_canonname.is_null()).then(|| {
            // SAFETY: a name is a C string.
            unsafe { CStr::from_ptr(node.ai_canonname.cast()) }.to_str().unwrap().to_owned()
        });
        nodes.push(Node { ip, port, scope, kind: node.ai_socktype, protocol: node.ai_protocol, name });
        next = node.ai_next;
    }
    // SAFETY: the list is freed once.
    unsafe { freeaddrinfo(list) };
    Ok(nodes)
}

/// The same with `GetAddrInfoW`.
fn wide_ask(node: Option<&[u16]>, service: Option<&[u16]>, hints: Hints) -> Result<Vec<Node>, i32> {
    let hints = ADDRINFOW {
        ai_flags: hints.flags as i32,
        ai_family: hints.family,
        ai_socktype: hints.kind,
        ai_protocol: hints.protocol,
        ..ADDRINFOW::default()
    };
    let mut list = std::ptr::dangling_mut();
    let pointer = |text: Option<&[u16]>| text.map_or(null(), <[u16]>::as_ptr);
    // SAFETY: wide strings or NULL, hints and room for the list.
    let code = unsafe { GetAddrInfoW(pointer(node), pointer(service), &hints, &mut list) };
    if code != 0 {
        assert_eq!((code, list), (last_error(), null_mut()));
        return Err(code);
    }
    let mut nodes = Vec::new();
    let mut next: *const ADDRINFOW = list;
    // SAFETY: NULL or a node of the list.
    while let Some(node) = unsafe { next.as_ref() } {
        let (ip, port, scope) = address(node.ai_family, node.ai_addr, node.ai_addrlen);
        let name = (!node.ai_canonname.is_null()).then(|| {
            // SAFETY: NUL ends the name.
            let len = (0..).take_while(|&at| unsafe { *node.ai_canonname.wrapping_add(at) } != 0).count();
            // SAFETY: as many characters were just read.
            String::from_utf16(unsafe { std::slice::from_raw_parts(node.ai_canonname, len) }).unwrap()
        });
        nodes.push(Node { ip, port, scope, kind: node.ai_socktype, protocol: node.ai_protocol, name });
        next = node.ai_next;
    }
    // SAFETY: the list is freed once.
    unsafe { FreeAddrInfoW(list) };
    Ok(nodes)
}

/// Asks both, which answer the same.
fn ask(node: Option<&str>, service: Option<&str>, hints: Hints) -> Result<Vec<Node>, i32> {
    start();
    let answer = narrow_ask(node, service, hints);
    let (wide_node, wide_service) = (node.map(wide), service.map(wide));
    assert_eq!(
        wide_ask(wide_node.as_deref(), wide_service.as_deref(), hints),
        answer,
        "{node:?} {service:?}"
    );
    answer
}

fn ips(answer: Result<Vec<Node>, i32>) -> Result<Vec<IpAddr>, i32> {
    Ok(answer?.iter().map(|node| node.ip).collect())
}

fn flags(flags: u32) -> Hints {
    Hints { flags, ..Hints::default() }
}

fn family(family: i32) -> Hints {
    Hints { family, ..Hints::default() }
}

#[test]
fn no_name_is_loopback_of_both_families_ipv6_first() {
    let nodes = ask(None, Some("27015"), Hints::default()).unwrap();
    let expected = |ip| Node { ip, port: 27015, scope: 0, kind: 0, protocol: 0, name: None };
    assert_eq!(nodes, [expected(LOOPBACK6), expected(LOOPBACK4)]);
    assert_eq!(ips(ask(None, Some("0"), family(V4))), Ok(vec![LOOPBACK4]));
    assert_eq!(ips(ask(None, Some(""), family(V6))), Ok(vec![LOOPBACK6]));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: localhost is IPv4 alone")]
fn localhost_is_loopback_of_both_families_in_any_case() {
    for name in ["localhost", "LocalHost", "localhost.", "ｌｏｃａｌｈｏｓｔ"] {
        assert_eq!(ips(ask(Some(name), None, Hints::default())), Ok(vec![LOOPBACK6, LOOPBACK4]), "{name}");
        assert_eq!(ips(ask(Some(name), None, family(V4))), Ok(vec![LOOPBACK4]), "{name}");
        assert_eq!(ips(ask(Some(name), None, family(V6))), Ok(vec![LOOPBACK6]), "{name}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: getaddrinfo: numbers of another family, flags, hints")]
fn numbers_stand_for_themselves() {
    for (text, ip, scope) in [
        ("1.2.3.4", "1.2.3.4", 0),
        ("127.1", "127.0.0.1", 0),
        ("0x7f.1", "127.0.0.1", 0),
        ("::1", "::1", 0),
        ("2001:DB8::1", "2001:db8::1", 0),
        ("fe80::1%7", "fe80::1", 7),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4", 0),
    ] {
        let nodes = ask(Some(text), Some("80"), flags(AI_NUMERICHOST)).unwrap();
        let ip = ip.parse().unwrap();
        assert_eq!(nodes, [Node { ip, port: 80, scope, kind: 0, protocol: 0, name: None }], "{text}");
    }
    assert_eq!(ask(Some("1.2.3.4"), None, family(V6)), Err(WSAHOST_NOT_FOUND));
    assert_eq!(ask(Some("::1"), None, family(V4)), Err(WSAHOST_NOT_FOUND));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: getaddrinfo: numbers of another family, flags, hints")]
fn hints_of_type_and_protocol_come_back_with_a_port_number() {
    for (kind, protocol) in [
        (0, 0),
        (SOCK_STREAM, 0),
        (SOCK_STREAM, IPPROTO_TCP),
        (SOCK_DGRAM, 0),
        (SOCK_DGRAM, IPPROTO_UDP),
        (SOCK_RAW, IPPROTO_ICMP),
        (0, IPPROTO_TCP),
    ] {
        let hints = Hints { kind, protocol, family: V4, ..Hints::default() };
        let nodes = ask(Some("127.0.0.1"), Some("65535"), hints).unwrap();
        let expected = Node { ip: LOOPBACK4, port: 65535, scope: 0, kind, protocol, name: None };
        assert_eq!(nodes, [expected]);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: getaddrinfo: numbers of another family, flags, hints")]
fn a_services_name_fills_in_what_the_hints_leave_open() {
    let services = |name, kind, protocol| {
        let hints = Hints { kind, protocol, family: V4, ..Hints::default() };
        let nodes = ask(Some("127.0.0.1"), Some(name), hints)?;
        Ok(nodes.iter().map(|node| (node.port, node.kind, node.protocol)).collect::<Vec<_>>())
    };
    let tcp = |port| (port, SOCK_STREAM, IPPROTO_TCP);
    let udp = |port| (port, SOCK_DGRAM, IPPROTO_UDP);
    assert_eq!(services("http", SOCK_STREAM, 0), Ok(vec![tcp(80)]));
    assert_eq!(services("HTTP", SOCK_STREAM, IPPROTO_TCP), Ok(vec![tcp(80)]));
    assert_eq!(services("domain", 0, 0), Ok(vec![tcp(53), udp(53)]));
    assert_eq!(services("domain", 0, IPPROTO_UDP), Ok(vec![udp(53)]));
    assert_eq!(services("domain", SOCK_DGRAM, 0), Ok(vec![udp(53)]));
    assert_eq!(services("tftp", 0, 0), Ok(vec![udp(69)]));
    assert_eq!(services("tftp", SOCK_STREAM, 0), Err(WSATYPE_NOT_FOUND));
    assert_eq!(services("http", SOCK_RAW, 0), Err(WSATYPE_NOT_FOUND));
    assert_eq!(services("http", SOCK_STREAM, IPPROTO_UDP), Err(WSATYPE_NOT_FOUND));
    for name in ["no-such-service", "65536", "99999999999999999999", "-1", "+80", " 80", "80 ", "0x50", "é"]
    {
        assert_eq!(services(name, 0, 0), Err(WSATYPE_NOT_FOUND), "{name}");
    }
    // Each address has each protocol.
    let nodes = ask(Some("localhost"), Some("domain"), Hints::default()).unwrap();
    assert_eq!(nodes.len(), 4);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: addresses of a list are not aligned")]
fn the_machines_own_name_the_empty_one_and_localmachine_are_its_addresses() {
    start();
    let mut name = [0u8; 256];
    // SAFETY: the room is the array's own.
    assert_eq!(unsafe { gethostname(name.as_mut_ptr(), 256) }, 0);
    let name = CStr::from_bytes_until_nul(&name).unwrap().to_str().unwrap().to_owned();
    let own = ask(Some(""), Some("7"), flags(AI_CANONNAME)).unwrap();
    assert_eq!(own[0].name.as_deref(), Some(&*name));
    assert!(own[1..].iter().all(|node| node.name.is_none()), "the first node alone has the name");
    assert!(own.iter().all(|node| node.port == 7));
    assert!(own.is_sorted_by_key(|node| node.ip.is_ipv4()), "IPv6 comes first");
    let loopback = own.iter().any(|node| node.ip.is_loopback());
    assert!(!loopback || ips(Ok(own.clone())) == Ok(vec![LOOPBACK6, LOOPBACK4]), "only for want of others");
    assert_eq!(ask(Some("..localmachine"), Some("7"), flags(AI_CANONNAME)), Ok(own.clone()));
    if !name.eq_ignore_ascii_case("localhost") {
        assert_eq!(ask(Some(&name.to_uppercase()), Some("7"), flags(AI_CANONNAME)), Ok(own));
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: IPv4 comes first")]
fn ai_passive_gives_the_unspecified_addresses_to_no_name_only() {
    let any: Vec<IpAddr> = vec![Ipv6Addr::UNSPECIFIED.into(), Ipv4Addr::UNSPECIFIED.into()];
    assert_eq!(ips(ask(None, Some("1"), flags(AI_PASSIVE))), Ok(any));
    assert_eq!(ips(ask(Some("127.0.0.1"), Some("1"), flags(AI_PASSIVE))), Ok(vec![LOOPBACK4]));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: addresses of a list are not aligned")]
fn ai_canonname_and_ai_fqdn_name_the_first_node() {
    for flag in [AI_CANONNAME, AI_FQDN] {
        for name in ["localhost", "127.1", "::1%3"] {
            let nodes = ask(Some(name), None, flags(flag)).unwrap();
            assert_eq!(nodes[0].name.as_deref(), Some(name));
            assert!(nodes[1..].iter().all(|node| node.name.is_none()));
        }
    }
    assert_eq!(ask(Some("localhost"), None, Hints::default()).unwrap()[0].name, None);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: getaddrinfo: numbers of another family, flags, hints")]
fn ai_numerichost_and_ai_numericserv_ask_nobody() {
    assert_eq!(ask(Some("localhost"), None, flags(AI_NUMERICHOST)), Err(WSAHOST_NOT_FOUND));
    assert_eq!(ask(Some(""), None, flags(AI_NUMERICHOST)), Err(WSAHOST_NOT_FOUND));
    assert_eq!(ask(None, Some("80"), flags(AI_NUMERICHOST)), Err(WSAHOST_NOT_FOUND));
    assert_eq!(ask(Some("[::1]"), None, flags(AI_NUMERICHOST)), Err(WSAHOST_NOT_FOUND));
    assert_eq!(ask(Some("::1"), Some("http"), flags(AI_NUMERICSERV)), Err(WSAHOST_NOT_FOUND));
    assert_eq!(ask(Some("::1"), None, flags(AI_NUMERICSERV)), Err(WSAHOST_NOT_FOUND));
    assert_eq!(ask(Some("::1"), Some("80"), flags(AI_NUMERICSERV)).unwrap()[0].port, 80);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: getaddrinfo: numbers of another family, flags, hints")]
fn ai_v4mapped_and_ai_all_bring_ipv4_into_ipv6() {
    let mapped = |ip: Ipv4Addr| IpAddr::V6(ip.to_ipv6_mapped());
    let v6 = |flags| Hints { flags, family: V6, ..Hints::default() };
    let loopback = mapped(Ipv4Addr::LOCALHOST);
    let number = Some("1.2.3.4");
    assert_eq!(ips(ask(number, None, v6(AI_V4MAPPED))), Ok(vec![mapped([1, 2, 3, 4].into())]));
    assert_eq!(ips(ask(number, None, v6(AI_V4MAPPED | AI_ALL))), Ok(vec![mapped([1, 2, 3, 4].into())]));
    assert_eq!(ips(ask(number, None, v6(AI_ALL))), Err(WSAHOST_NOT_FOUND), "AI_ALL alone maps nothing");
    let name = Some("localhost");
    assert_eq!(ips(ask(name, None, v6(AI_V4MAPPED))), Ok(vec![LOOPBACK6]), "there is one of IPv6");
    assert_eq!(ips(ask(name, None, v6(AI_V4MAPPED | AI_ALL))), Ok(vec![LOOPBACK6, loopback]));
    let nodes = ask(name, Some("80"), v6(AI_V4MAPPED | AI_ALL)).unwrap();
    assert!(nodes.iter().all(|node| node.port == 80));
    // Other families do not map.
    assert_eq!(ips(ask(number, None, flags(AI_V4MAPPED | AI_ALL))), Ok(vec![[1, 2, 3, 4].into()]));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: getaddrinfo: numbers of another family, flags, hints")]
fn ai_addrconfig_keeps_the_families_that_the_machine_has() {
    let own = ips(ask(Some(""), None, Hints::default())).unwrap();
    let has = |v4| own.iter().any(|ip| ip.is_ipv4() == v4 && !ip.is_loopback());
    let expected: Vec<IpAddr> =
        [LOOPBACK6, LOOPBACK4].into_iter().filter(|loopback| has(loopback.is_ipv4())).collect();
    let expected = if expected.is_empty() { Err(WSANO_DATA) } else { Ok(expected) };
    assert_eq!(ips(ask(Some("localhost"), None, flags(AI_ADDRCONFIG))), expected);
    // Numbers and no name ask nobody.
    assert_eq!(ips(ask(Some("::1"), None, flags(AI_ADDRCONFIG))), Ok(vec![LOOPBACK6]));
    assert_eq!(ips(ask(None, Some("1"), flags(AI_ADDRCONFIG))), Ok(vec![LOOPBACK6, LOOPBACK4]));
}

#[test]
fn flags_for_other_providers_change_nothing() {
    let plain = ask(Some("localhost"), Some("80"), Hints::default());
    for flag in
        [AI_NON_AUTHORITATIVE, AI_SECURE, AI_RETURN_PREFERRED_NAMES, AI_FILESERVER, AI_DISABLE_IDN_ENCODING]
    {
        assert_eq!(ask(Some("localhost"), Some("80"), flags(flag)), plain, "{flag:#x}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: getaddrinfo: numbers of another family, flags, hints")]
fn names_that_do_not_exist_are_not_found() {
    let long = "a".repeat(64) + ".invalid";
    for name in [
        "no-such-host.invalid",
        "invalid",
        "x.INVALID.",
        "256.1.1.1",
        "1.2.3.4.5",
        "1..2",
        ".",
        "bücher.invalid",
        &long,
    ] {
        assert_eq!(ask(Some(name), None, Hints::default()), Err(WSAHOST_NOT_FOUND), "{name}");
        assert_eq!(ask(Some(name), None, flags(AI_DISABLE_IDN_ENCODING)), Err(WSAHOST_NOT_FOUND), "{name}");
    }
    // Not a name in any encoding.
    assert_eq!(ask(Some("a\u{fffd}"), None, Hints::default()), Err(WSAHOST_NOT_FOUND));
    assert_eq!(ask(Some("xn--ä"), None, Hints::default()), Err(WSAHOST_NOT_FOUND));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: getaddrinfo: numbers of another family, flags, hints")]
fn what_is_not_text_is_no_name_and_no_service() {
    start();
    for surrogate in [0xd800, 0xdfff] {
        let text = [u16::from(b'a'), surrogate, 0];
        assert_eq!(wide_ask(Some(&text), None, Hints::default()), Err(WSAHOST_NOT_FOUND));
        let hints = flags(AI_DISABLE_IDN_ENCODING);
        assert_eq!(wide_ask(Some(&text), None, hints), Err(WSAHOST_NOT_FOUND));
        assert_eq!(wide_ask(None, Some(&text), Hints::default()), Err(WSATYPE_NOT_FOUND));
    }
    let mut list = null_mut();
    // SAFETY: C strings, and room for the list.
    let code = unsafe { getaddrinfo(c"\xff".as_ptr().cast(), null(), null(), &mut list) };
    assert_eq!((code, last_error()), (WSAHOST_NOT_FOUND, WSAHOST_NOT_FOUND));
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn faults_are_told_in_order() {
    let bad_flags = 0x8000_0000;
    let hints = |flags, family, kind| Hints { flags, family, kind, protocol: 0 };
    let table = [
        (None, None, hints(bad_flags, 99, 99), WSAHOST_NOT_FOUND),
        (None, Some("x"), hints(bad_flags, 99, 99), WSAEINVAL),
        (None, Some("x"), hints(AI_CANONNAME | AI_FQDN, 99, 99), WSAEINVAL),
        (None, Some("x"), hints(AI_CANONNAME, 99, 99), WSAEAFNOSUPPORT),
        (None, Some("x"), hints(AI_CANONNAME, AF_UNIX.into(), 99), WSAEAFNOSUPPORT),
        (None, Some("x"), hints(AI_CANONNAME, V4, SOCK_RDM), WSAESOCKTNOSUPPORT),
        (None, Some("x"), hints(AI_CANONNAME, V4, SOCK_SEQPACKET), WSAESOCKTNOSUPPORT),
        (None, Some("x"), hints(AI_CANONNAME, V4, -1), WSAESOCKTNOSUPPORT),
        (None, Some("x"), hints(AI_CANONNAME | AI_NUMERICHOST, V4, 0), WSANO_RECOVERY),
        (None, Some("x"), hints(AI_FQDN | AI_NUMERICHOST, V4, 0), WSANO_RECOVERY),
        (None, Some("x"), hints(AI_NUMERICHOST, V4, 0), WSAHOST_NOT_FOUND),
        (Some("x.invalid"), Some("no-such-service"), hints(0, V4, 0), WSATYPE_NOT_FOUND),
        (Some("x.invalid"), Some("1"), hints(0, V4, 0), WSAHOST_NOT_FOUND),
    ];
    for (row, (node, service, hints, code)) in table.into_iter().enumerate() {
        assert_eq!(ask(node, service, hints), Err(code), "row {row}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: NULL is refused, where Windows follows the pointer")]
fn a_null_result_and_hints_that_are_not_clean_are_told_first() {
    start();
    let name = c"127.0.0.1".as_ptr().cast();
    // SAFETY: NULL is told, not followed.
    assert_eq!(unsafe { getaddrinfo(null(), null(), null(), null_mut()) }, WSAEFAULT);
    // SAFETY: as above.
    assert_eq!(unsafe { GetAddrInfoW(null(), null(), null(), null_mut()) }, WSAEFAULT);
    let mut other = ADDRINFOA { ai_flags: -1, ai_family: 99, ..ADDRINFOA::default() };
    let dirty = [
        ADDRINFOA { ai_addrlen: 1, ..other },
        ADDRINFOA { ai_canonname: std::ptr::dangling_mut(), ..other },
        ADDRINFOA { ai_addr: std::ptr::dangling_mut(), ..other },
        ADDRINFOA { ai_next: &mut other, ..other },
    ];
    for hints in dirty {
        let mut list = std::ptr::dangling_mut();
        // SAFETY: C strings, readable hints and room for the list.
        assert_eq!(unsafe { getaddrinfo(null(), null(), &hints, &mut list) }, WSAHOST_NOT_FOUND);
        // SAFETY: as above.
        assert_eq!(unsafe { getaddrinfo(name, null(), &hints, &mut list) }, WSANO_RECOVERY);
        assert_eq!((last_error(), list), (WSANO_RECOVERY, null_mut()));
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: getaddrinfo: numbers of another family, flags, hints")]
fn null_hints_are_hints_of_zeros() {
    start();
    let mut list = null_mut();
    // SAFETY: C strings, and room for the list.
    assert_eq!(unsafe { getaddrinfo(c"localhost".as_ptr().cast(), null(), null(), &mut list) }, 0);
    // SAFETY: a list has a first node.
    let first = unsafe { *list };
    assert_eq!((first.ai_flags, first.ai_family, first.ai_socktype, first.ai_protocol), (0, V6, 0, 0));
    // SAFETY: freed once.
    unsafe { freeaddrinfo(list) };
}

#[test]
fn a_part_of_a_list_may_be_freed_by_itself() {
    start();
    let mut list = null_mut();
    // SAFETY: C strings, and room for the list.
    assert_eq!(unsafe { getaddrinfo(c"localhost".as_ptr().cast(), null(), null(), &mut list) }, 0);
    // SAFETY: a list of two nodes.
    let rest = unsafe { std::mem::replace(&mut (*list).ai_next, null_mut()) };
    assert!(!rest.is_null());
    // SAFETY: each node is freed once.
    unsafe { freeaddrinfo(list) };
    // SAFETY: as above.
    unsafe { freeaddrinfo(rest) };
}

// On Windows it is a function of the header.
#[cfg(target_os = "linux")]
#[test]
fn gai_strerror_explains_each_code_and_knows_when_it_does_not() {
    let message = |code| {
        // SAFETY: no memory is passed.
        let narrow = unsafe { gai_strerrorA(code) };
        // SAFETY: a C string, valid until this thread's next call.
        let narrow = unsafe { CStr::from_ptr(narrow.cast()) }.to_str().unwrap().to_owned();
        // SAFETY: no memory is passed.
        let wide = unsafe { gai_strerrorW(code) };
        for (at, unit) in narrow.encode_utf16().chain([0]).enumerate() {
            // SAFETY: NUL ends the text, and nothing before it differed.
            assert_eq!(unsafe { *wide.wrapping_add(at) }, unit);
        }
        narrow
    };
    let unknown = message(4711);
    assert!(unknown.contains("unknown"));
    for code in [
        WSATRY_AGAIN,
        WSAEINVAL,
        WSANO_RECOVERY,
        WSAEAFNOSUPPORT,
        WSA_NOT_ENOUGH_MEMORY,
        WSAHOST_NOT_FOUND,
        WSATYPE_NOT_FOUND,
        WSAESOCKTNOSUPPORT,
        WSANO_DATA,
    ] {
        assert_ne!(message(code), unknown, "{code}");
        assert_eq!(message(code), winsock::Error::from_code(code).description());
    }
}
