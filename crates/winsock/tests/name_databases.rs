//! `gethostbyname`, `gethostbyaddr`, `getservbyname`, `getservbyport`, `getprotobyname`, `getprotobynumber`: entries in
//! Winsock's layout, one per thread, and each error.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;

use common::*;
use std::ffi::CStr;
use std::ptr::null;
use winsock::win32::*;

fn text(pointer: *const u8) -> String {
    assert!(!pointer.is_null());
    // SAFETY: the texts of an entry are C strings.
    unsafe { CStr::from_ptr(pointer.cast()) }.to_str().unwrap().into()
}

/// The members of a list that NULL ends.
fn list(list: *mut *mut i8) -> Vec<*const u8> {
    assert!(!list.is_null());
    let mut members = Vec::new();
    loop {
        // SAFETY: no member before this one was the NULL.
        match unsafe { *list.wrapping_add(members.len()) } {
            member if member.is_null() => return members,
            member => members.push(member.cast_const().cast()),
        }
    }
}

/// A host's name and addresses.
fn host(entry: *mut HOSTENT) -> Result<(String, Vec<Vec<u8>>), i32> {
    // SAFETY: NULL, or this thread's entry.
    let Some(entry) = (unsafe { entry.as_ref() }) else { return Err(last_error()) };
    let len = match entry.h_addrtype as u16 {
        AF_INET => 4,
        AF_INET6 => 16,
        family => panic!("family {family}"),
    };
    assert_eq!(entry.h_length as usize, len);
    list(entry.h_aliases).into_iter().for_each(|alias| assert!(!text(alias).is_empty()));
    let addresses = list(entry.h_addr_list);
    // SAFETY: each address has that length.
    let bytes = |address| unsafe { std::slice::from_raw_parts(address, len) }.to_vec();
    Ok((text(entry.h_name), addresses.into_iter().map(bytes).collect()))
}

fn by_name(name: &CStr) -> Result<(String, Vec<Vec<u8>>), i32> {
    start();
    // SAFETY: a C string.
    host(unsafe { gethostbyname(name.as_ptr().cast()) })
}

#[test]
fn a_host_of_ipv4_by_number_and_by_name() {
    assert_eq!(by_name(c"1.2.3.4"), Ok(("1.2.3.4".into(), vec![vec![1, 2, 3, 4]])));
    assert_eq!(by_name(c"127.1"), Ok(("127.1".into(), vec![vec![127, 0, 0, 1]])));
    assert_eq!(by_name(c"localhost"), Ok(("localhost".into(), vec![vec![127, 0, 0, 1]])));
    assert_eq!(by_name(c"LOCALHOST").unwrap().1, [[127, 0, 0, 1]]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: gethostbyname has another code for what looks like a number")]
fn a_number_that_is_no_address_of_ipv4_has_no_data() {
    for name in [c"::1", c"fe80::1%1", c"2001:db8::1", c"256.1.1.1", c"1.2.3.4.5", c"1..2", c"."] {
        assert_eq!(by_name(name), Err(WSANO_DATA), "{name:?}");
    }
}

#[test]
fn a_host_that_does_not_exist_is_not_found() {
    for name in [c"no-such-host.invalid", c"b\xc3\xbccher.invalid", c"\xff", c"a\xffb.invalid"] {
        assert_eq!(by_name(name), Err(WSAHOST_NOT_FOUND), "{name:?}");
    }
}

#[test]
fn null_the_empty_name_and_the_machines_own_are_this_machine() {
    start();
    let mut name = [0u8; 256];
    // SAFETY: the room is the array's own.
    assert_eq!(unsafe { gethostname(name.as_mut_ptr(), 256) }, 0);
    let name = CStr::from_bytes_until_nul(&name).unwrap();
    let own = by_name(c"").unwrap();
    assert_eq!(own.0, name.to_str().unwrap());
    assert!(!own.1.is_empty());
    // SAFETY: NULL is allowed.
    assert_eq!(host(unsafe { gethostbyname(null()) }), Ok(own.clone()));
    if name != c"localhost" {
        assert_eq!(by_name(name), Ok(own));
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: gethostbyaddr: a short address")]
fn gethostbyaddr_tells_its_faults_in_order() {
    start();
    let address = [127u8; 16];
    let bytes = address.as_ptr();
    let (v4, v6) = (AF_INET.into(), AF_INET6.into());
    let table = [
        (null(), 0, 99, WSAEAFNOSUPPORT),
        (bytes, 16, AF_UNIX.into(), WSAEAFNOSUPPORT),
        (null(), 0, v6, WSAEFAULT),
        (null(), 4, v4, WSAEFAULT),
        (bytes, 3, v4, WSAEFAULT),
        (bytes, -1, v4, WSAEFAULT),
        (bytes, 15, v6, WSAEINVAL),
        (bytes, 4, v6, WSAEINVAL),
        (bytes, -1, v6, WSAEINVAL),
    ];
    for (row, (address, len, family, code)) in table.into_iter().enumerate() {
        // SAFETY: NULL, or at least as many bytes as are told.
        assert_eq!(host(unsafe { gethostbyaddr(address, len, family) }), Err(code), "row {row}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn gethostbyaddr_finds_the_hosts_of_the_machines_table() {
    start();
    let table = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    if !table.lines().any(|line| line.split_whitespace().next() == Some("127.0.0.1")) {
        eprintln!("skipped: /etc/hosts has no 127.0.0.1");
        return;
    }
    let address = [127, 0, 0, 1];
    // SAFETY: four bytes.
    let (name, addresses) = host(unsafe { gethostbyaddr(address.as_ptr(), 4, AF_INET.into()) }).unwrap();
    assert!(table.split_whitespace().any(|word| word == name), "{name}");
    assert_eq!(addresses, [address]);
}

/// A service's name, port in host order and protocol.
fn service(entry: *mut SERVENT) -> Result<(String, u16, String), i32> {
    // SAFETY: NULL, or this thread's entry.
    let Some(entry) = (unsafe { entry.as_ref() }) else { return Err(last_error()) };
    list(entry.s_aliases).into_iter().for_each(|alias| assert!(!text(alias).is_empty()));
    Ok((text(entry.s_name), u16::from_be(entry.s_port as u16), text(entry.s_proto)))
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: takes services and protocols from the machine's files")]
fn services_are_found_by_name_and_by_port() {
    start();
    let found = |name: &str, port, protocol: &str| Ok((name.into(), port, protocol.into()));
    let by_name = |name: &CStr, protocol: Option<&CStr>| {
        // SAFETY: C strings or NULL.
        service(unsafe {
            getservbyname(name.as_ptr().cast(), protocol.map_or(null(), |p| p.as_ptr().cast()))
        })
    };
    let by_port = |port: u16, protocol: Option<&CStr>| {
        // SAFETY: a C string or NULL.
        service(unsafe { getservbyport(port.to_be().into(), protocol.map_or(null(), |p| p.as_ptr().cast())) })
    };
    assert_eq!(by_name(c"http", Some(c"tcp")), found("http", 80, "tcp"));
    assert_eq!(by_name(c"http", None), found("http", 80, "tcp"));
    assert_eq!(by_name(c"HTTP", None), found("http", 80, "tcp"));
    assert_eq!(by_name(c"domain", Some(c"udp")), found("domain", 53, "udp"));
    assert_eq!(by_name(c"tftp", None), found("tftp", 69, "udp"));
    assert_eq!(by_port(443, Some(c"tcp")), found("https", 443, "tcp"));
    assert_eq!(by_port(80, None), found("http", 80, "tcp"));
    assert_eq!(by_port(69, None), found("tftp", 69, "udp"));
    // A port whose network form is negative as a short, as programs with `short` pass it.
    let negative = i32::from(443u16.to_be() as i16);
    assert!(negative < 0);
    // SAFETY: NULL is allowed.
    assert_eq!(service(unsafe { getservbyport(negative, null()) }).unwrap().1, 443);

    assert_eq!(by_name(c"no-such-service", None), Err(WSANO_DATA));
    assert_eq!(by_name(c"http", Some(c"no-such-protocol")), Err(WSANO_DATA));
    assert_eq!(by_name(c"tftp", Some(c"tcp")), Err(WSANO_DATA));
    assert_eq!(by_name(c"\xff", Some(c"\xff")), Err(WSANO_DATA));
    assert_eq!(by_port(49152, None), Err(WSANO_DATA));
    // SAFETY: NULL is allowed.
    assert_eq!(service(unsafe { getservbyname(null(), null()) }), Err(WSAEFAULT));
}

/// A protocol's name, aliases and number.
fn protocol(entry: *mut PROTOENT) -> Result<(String, Vec<String>, i16), i32> {
    // SAFETY: NULL, or this thread's entry.
    let Some(entry) = (unsafe { entry.as_ref() }) else { return Err(last_error()) };
    Ok((text(entry.p_name), list(entry.p_aliases).into_iter().map(text).collect(), entry.p_proto))
}

#[test]
#[cfg_attr(windows, ignore = "Linux: NULL is refused, where Windows follows the pointer")]
fn protocols_are_found_by_name_and_by_number() {
    start();
    for (name, number) in [(c"tcp", 6), (c"udp", 17), (c"icmp", 1), (c"TCP", 6), (c"Udp", 17)] {
        // SAFETY: a C string.
        let by_name = protocol(unsafe { getprotobyname(name.as_ptr().cast()) }).unwrap();
        assert_eq!(by_name.2, number);
        assert!(by_name.0.eq_ignore_ascii_case(name.to_str().unwrap()));
        assert_eq!(by_name.1, [by_name.0.to_uppercase()]);
        // SAFETY: no memory is passed.
        assert_eq!(protocol(unsafe { getprotobynumber(number.into()) }), Ok(by_name));
    }
    // SAFETY: a C string.
    let unknown = protocol(unsafe { getprotobyname(c"no-such-protocol".as_ptr().cast()) });
    assert_eq!(unknown, Err(WSANO_DATA));
    for number in [-1, 255, 256, 1 << 16 | 6, i32::MAX] {
        // SAFETY: no memory is passed.
        assert_eq!(protocol(unsafe { getprotobynumber(number) }), Err(WSANO_DATA), "{number}");
    }
    // SAFETY: NULL is allowed.
    assert_eq!(protocol(unsafe { getprotobyname(null()) }), Err(WSAEFAULT));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: gethostbyname has another code for what looks like a number")]
fn each_thread_has_an_entry_of_its_own_of_each_kind() {
    start();
    // SAFETY: C strings.
    let mine = unsafe { gethostbyname(c"1.1.1.1".as_ptr().cast()) };
    // SAFETY: as above.
    let service_entry = unsafe { getservbyname(c"http".as_ptr().cast(), null()) };
    // SAFETY: as above.
    let protocol_entry = unsafe { getprotobyname(c"tcp".as_ptr().cast()) };
    std::thread::spawn(|| {
        assert_eq!(by_name(c"2.2.2.2").unwrap().0, "2.2.2.2");
        // SAFETY: no memory is passed.
        assert_eq!(protocol(unsafe { getprotobynumber(17) }).unwrap().0, "udp");
    })
    .join()
    .unwrap();
    // A call that fails leaves the entry of the one before.
    assert_eq!(by_name(c"256.1.1.1"), Err(WSANO_DATA));
    assert_eq!(host(mine).unwrap().0, "1.1.1.1");
    assert_eq!(service(service_entry).unwrap().0, "http");
    assert_eq!(protocol(protocol_entry).unwrap().0, "tcp");
}
