//! `getnameinfo`, `GetNameInfoW` and `gethostname`: names and numbers, each flag, each error in its order.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;

use common::*;
use std::ffi::CStr;
use std::ptr::{null, null_mut};
use winsock::win32::*;

const NUMBERS: u32 = NI_NUMERICHOST | NI_NUMERICSERV;

fn text(bytes: &[u8]) -> String {
    CStr::from_bytes_until_nul(bytes).unwrap().to_str().unwrap().into()
}

/// Asks `getnameinfo` and `GetNameInfoW`, which answer the same.
fn ask<A>(address: &A, flags: u32) -> Result<(String, String), i32> {
    start();
    let name: *const SOCKADDR = (&raw const *address).cast();
    let len = size_of::<A>() as i32;
    let (mut node, mut service) = ([0u8; NI_MAXHOST as usize], [0u8; NI_MAXSERV as usize]);
    let (mut wide_node, mut wide_service) = ([0u16; NI_MAXHOST as usize], [0u16; NI_MAXSERV as usize]);
    // SAFETY: the address is whole, and the buffers have the room that is told.
    let code = unsafe {
        getnameinfo(name, len, node.as_mut_ptr(), NI_MAXHOST, service.as_mut_ptr(), NI_MAXSERV, flags as i32)
    };
    // SAFETY: as above.
    let wide_code = unsafe {
        GetNameInfoW(
            name,
            len,
            wide_node.as_mut_ptr(),
            NI_MAXHOST,
            wide_service.as_mut_ptr(),
            NI_MAXSERV,
            flags as i32,
        )
    };
    assert_eq!(code, wide_code);
    assert_eq!(node.map(u16::from), wide_node);
    assert_eq!(service.map(u16::from), wide_service);
    if code == 0 {
        Ok((text(&node), text(&service)))
    } else {
        assert_eq!(code, last_error());
        assert_eq!((node[0], service[0]), (0, 0), "nothing is written on failure");
        Err(code)
    }
}

fn v6(ip: &str, port: u16, scope: u32) -> SOCKADDR_IN6 {
    let bytes = ip.parse::<std::net::Ipv6Addr>().unwrap().octets();
    SOCKADDR_IN6 {
        sin6_family: AF_INET6,
        sin6_port: port.to_be(),
        sin6_flowinfo: 0,
        sin6_addr: IN6_ADDR { u: IN6_ADDR_0 { Byte: bytes } },
        Anonymous: SOCKADDR_IN6_0 { sin6_scope_id: scope },
    }
}

fn pair_of(node: &str, service: &str) -> Result<(String, String), i32> {
    Ok((node.into(), service.into()))
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: getnameinfo and GetNameInfoW answer differently")]
fn numbers_are_given_as_they_are() {
    assert_eq!(ask(&loopback(27015), NUMBERS), pair_of("127.0.0.1", "27015"));
    assert_eq!(ask(&loopback(0), NUMBERS), pair_of("127.0.0.1", "0"));
    assert_eq!(ask(&v6("::1", 80, 0), NUMBERS), pair_of("::1", "80"));
    assert_eq!(ask(&v6("fe80::1", 65535, 7), NUMBERS), pair_of("fe80::1%7", "65535"));
    assert_eq!(ask(&v6("::ffff:1.2.3.4", 1, 0), NUMBERS), pair_of("::ffff:1.2.3.4", "1"));
    assert_eq!(
        ask(&loopback(80), NI_NUMERICHOST | NI_NAMEREQD),
        Err(WSAHOST_NOT_FOUND),
        "a number is no name"
    );
}

#[test]
fn services_have_names_by_their_protocol() {
    let service = |port, flags| ask(&loopback(port), NI_NUMERICHOST | flags).unwrap().1;
    assert_eq!(service(80, 0), "http");
    assert_eq!(service(80, NI_NUMERICSERV), "80");
    assert_eq!(service(69, NI_DGRAM), "tftp");
    assert_eq!(service(69, 0), "69");
    assert_eq!(service(53, 0), "domain");
    assert_eq!(service(53, NI_DGRAM), "domain");
    assert_eq!(service(0, 0), "0");
    // The lowest of the ports that never have names.
    assert_eq!(service(49152, 0), "49152");
}

/// The name that the machine's own table gives to an address first.
#[cfg(target_os = "linux")]
fn hosts_name(address: &str) -> Option<String> {
    let table = std::fs::read_to_string("/etc/hosts").ok()?;
    table.lines().find_map(|line| {
        let mut words = line.split('#').next()?.split_whitespace();
        (words.next()? == address).then(|| words.next().map(str::to_owned))?
    })
}

#[cfg(target_os = "linux")]
#[test]
fn a_host_of_the_machines_table_has_its_name() {
    let Some(name) = hosts_name("127.0.0.1") else {
        eprintln!("skipped: /etc/hosts has no 127.0.0.1");
        return;
    };
    for flags in [0, NI_NAMEREQD] {
        assert_eq!(ask(&loopback(80), flags), pair_of(&name, "http"));
    }
    let short = name.split('.').next().unwrap();
    let answer = ask(&loopback(80), NI_NOFQDN).unwrap().0;
    assert!(answer == name || answer == short, "{answer}");
}

#[test]
fn a_null_buffer_asks_for_no_name() {
    start();
    let address = loopback(80);
    let name: *const SOCKADDR = (&raw const address).cast();
    let mut room = [0xeeu8; 32];
    let out = room.as_mut_ptr();
    // SAFETY: the address is whole, and the buffer has the room that is told.
    assert_eq!(unsafe { getnameinfo(name, 16, null_mut(), 32, out, 32, NUMBERS as i32) }, 0);
    assert_eq!(&room[..4], b"80\0\xee");
    // SAFETY: as above; exactly enough room.
    assert_eq!(unsafe { getnameinfo(name, 16, out, 10, null_mut(), 0, NUMBERS as i32) }, 0);
    assert_eq!(&room[..11], b"127.0.0.1\0\xee");
}

#[test]
#[cfg_attr(windows, ignore = "Linux: NULL is refused, where Windows follows the pointer")]
fn faults_are_told_in_order() {
    start();
    let v4 = loopback(80);
    let v6 = v6("::1", 80, 0);
    let unix = SOCKADDR { sa_family: AF_UNIX, sa_data: [0; 14] };
    let other = SOCKADDR { sa_family: 99, sa_data: [0; 14] };
    let v4: *const SOCKADDR = (&raw const v4).cast();
    let v6: *const SOCKADDR = (&raw const v6).cast();
    let (mut node, mut service) = ([0xeeu8; 16], [0xeeu8; 16]);
    let (n, s) = (node.as_mut_ptr(), service.as_mut_ptr());
    let (no, numbers, bad) = (null_mut(), NUMBERS as i32, 0x20);
    let table = [
        (null(), 16, no, 0, no, 0, bad, WSAEFAULT),
        (v4, -1, n, 16, s, 16, numbers, WSAEFAULT),
        (v4, 0, n, 16, s, 16, numbers, WSAEFAULT),
        (v4, 15, n, 16, s, 16, numbers, WSAEFAULT),
        (v6, 27, n, 16, s, 16, numbers, WSAEFAULT),
        (&raw const unix, 16, no, 0, no, 0, bad, WSAEAFNOSUPPORT),
        (&raw const other, 16, no, 0, no, 0, bad, WSAEAFNOSUPPORT),
        (v4, 16, no, 0, no, 0, bad, WSAEINVAL),
        (v4, 16, n, 16, s, 16, -1, WSAEINVAL),
        (v4, 16, n, 0, s, 16, numbers, WSAEINVAL),
        (v4, 16, n, 16, s, 0, numbers, WSAEINVAL),
        (v4, 16, no, 16, no, 16, numbers, WSAHOST_NOT_FOUND),
        (v4, 16, n, 9, s, 16, numbers, WSAEFAULT),
        (v4, 16, n, 16, s, 2, numbers, WSAEFAULT),
        (v4, 16, n, 1, s, 1, numbers | NI_NAMEREQD as i32, WSAHOST_NOT_FOUND),
    ];
    for (row, (name, len, n, n_len, s, s_len, flags, code)) in table.into_iter().enumerate() {
        // SAFETY: every pointer is NULL or has as many bytes as is told.
        assert_eq!(unsafe { getnameinfo(name, len, n, n_len, s, s_len, flags) }, code, "row {row}");
        assert_eq!(last_error(), code, "row {row}");
    }
    assert_eq!((node, service), ([0xee; 16], [0xee; 16]), "nothing is written on failure");
}

#[test]
fn gethostname_gives_a_whole_name_or_none() {
    start();
    let (mut narrow, mut wide) = ([0xeeu8; 256], [0xeeeeu16; 256]);
    // SAFETY: the room is the array's own.
    assert_eq!(unsafe { gethostname(narrow.as_mut_ptr(), 256) }, 0);
    // SAFETY: as above.
    assert_eq!(unsafe { GetHostNameW(wide.as_mut_ptr(), 256) }, 0);
    let name = text(&narrow);
    assert!(!name.is_empty());
    let len = name.len();
    assert_eq!(String::from_utf16(&wide[..len]).unwrap(), name);
    assert_eq!(wide[len], 0);

    let mut room = [0xeeu8; 256];
    let table =
        [(null_mut(), 256), (null_mut(), 0), (room.as_mut_ptr(), -1), (room.as_mut_ptr(), len as i32)];
    for (out, len) in table {
        // SAFETY: NULL, or more room than is told.
        assert_eq!((unsafe { gethostname(out, len) }, last_error()), (SOCKET_ERROR, WSAEFAULT));
        // SAFETY: as above: a wide name that does not fit is not written at all.
        assert_eq!((unsafe { GetHostNameW(out.cast(), len) }, last_error()), (SOCKET_ERROR, WSAEFAULT));
    }
    assert_eq!(room, [0xee; 256]);
    // SAFETY: exactly enough room.
    assert_eq!(unsafe { gethostname(room.as_mut_ptr(), len as i32 + 1) }, 0);
    assert_eq!(room[len + 1], 0xee);
}
