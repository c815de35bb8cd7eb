//! Addresses and ports as text: `inet_pton` and its kin against Rust's own parsers, and every text that is read can be written
//! and read again.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

use crate::codes::{check, check_code};
use crate::memory::Lent;
use crate::process::last_error;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ptr::{null, null_mut};
use winsock::win32::*;

/// Two bytes choose; the rest is the text.
pub(crate) fn run(data: &[u8]) {
    let Some((&[choice, room], text)) = data.split_first_chunk() else { return };
    let text = text.split(|&byte| byte == 0).next().expect("there is a first part");
    let narrow = [text, &[0]].concat();
    let wide: Vec<u16> = match choice & 1 {
        0 => String::from_utf8_lossy(text).encode_utf16().chain([0]).collect(),
        // Any units, pairs or not.
        _ => text.chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]])).chain([0]).collect(),
    };
    let plain = str::from_utf8(text).ok();
    pton(&narrow, &wide, plain, choice & 1 == 0);
    inet_addr_of(&narrow, plain);
    for family in [AF_INET, AF_INET6, room.into()] {
        string_to_address(&narrow, &wide, family.into(), room.into());
    }
    names(&narrow, &wide, choice, room);
}

fn pton(narrow: &[u8], wide: &[u16], plain: Option<&str>, same: bool) {
    for (family, len) in [(AF_INET, 4), (AF_INET6, 16)] {
        let (mut one, mut other) = (Lent::room(len), Lent::room(len));
        // SAFETY: the text ends with a zero, and there is room for an address.
        let read = unsafe { inet_pton(family.into(), narrow.as_ptr(), one.pointer()) };
        let expected: Option<Vec<u8>> = plain.and_then(|text| match family {
            AF_INET => text.parse::<Ipv4Addr>().ok().map(|address| address.octets().to_vec()),
            _ => text.parse::<Ipv6Addr>().ok().map(|address| address.octets().to_vec()),
        });
        match expected {
            Some(expected) => assert_eq!((read, one.bytes()), (1, &*expected)),
            None => assert_eq!(read, 0, "{plain:?}"),
        }
        // SAFETY: as above.
        let read_wide = unsafe { InetPtonW(family.into(), wide.as_ptr(), other.pointer()) };
        if same {
            assert_eq!((read, one.bytes()), (read_wide, other.bytes()));
        }
        if read == 1 {
            let mut text = Lent::room(46);
            // SAFETY: there are four or sixteen bytes, and room for the text.
            let written = unsafe { inet_ntop(family.into(), one.pointer(), text.pointer(), 46) };
            assert!(!written.is_null());
            // SAFETY: the text ends with a zero.
            assert_eq!(unsafe { inet_pton(family.into(), written, other.pointer()) }, 1);
            assert_eq!(one.bytes(), other.bytes());
        }
    }
}

fn inet_addr_of(narrow: &[u8], plain: Option<&str>) {
    // SAFETY: the text ends with a zero.
    let address = unsafe { inet_addr(narrow.as_ptr()) };
    if let Some(strict) = plain.and_then(|text| text.parse::<Ipv4Addr>().ok()) {
        assert_eq!(address.to_ne_bytes(), strict.octets());
    }
}

fn string_to_address(narrow: &[u8], wide: &[u16], family: i32, room: usize) {
    let mut address = Lent::room(room);
    let mut len = room as i32;
    // SAFETY: the text ends with a zero, and there is as much room as the length says.
    let result = unsafe { WSAStringToAddressA(narrow.as_ptr(), family, null(), address.pointer(), &mut len) };
    check("WSAStringToAddress", result == 0);
    let mut same = Lent::room(room);
    let mut same_len = room as i32;
    // SAFETY: as above.
    let wide_result =
        unsafe { WSAStringToAddressW(wide.as_ptr(), family, null(), same.pointer(), &mut same_len) };
    check("WSAStringToAddress", wide_result == 0);
    if result != 0 {
        return;
    }
    assert!(len as usize <= room);
    let (mut text, mut text_len) = (Lent::room(128), 128u32);
    // SAFETY: the address is whole, and there is as much room as the length says.
    let written =
        unsafe { WSAAddressToStringA(address.pointer(), len as u32, null(), text.pointer(), &mut text_len) };
    assert_eq!(written, 0, "{}", last_error());
    let mut again = Lent::room(room);
    // SAFETY: the text ends with a zero.
    let read = unsafe { WSAStringToAddressA(text.pointer(), family, null(), again.pointer(), &mut len) };
    assert_eq!(read, 0, "{:?}", String::from_utf8_lossy(text.bytes()));
    assert_eq!(address.bytes()[..len as usize], again.bytes()[..len as usize]);
}

/// Numbers alone: a name would be asked of the network.
fn names(narrow: &[u8], wide: &[u16], choice: u8, room: u8) {
    let numeric = (AI_NUMERICHOST | AI_NUMERICSERV) as i32;
    let service = narrow.iter().position(|&byte| byte == b'/').map_or(narrow.len() - 1, |slash| slash + 1);
    let ai_flags = numeric | if choice & 2 == 0 { 0 } else { AI_PASSIVE as i32 };
    let (ai_family, ai_socktype) = ((choice >> 2 & 31).into(), (room & 7).into());
    // SAFETY: all zero are valid hints.
    let hints = ADDRINFOA { ai_flags, ai_family, ai_socktype, ..unsafe { std::mem::zeroed() } };
    let mut list = null_mut();
    // SAFETY: the texts end with zeros.
    let code = unsafe { getaddrinfo(narrow.as_ptr(), narrow[service..].as_ptr(), &hints, &mut list) };
    check_code("getaddrinfo", code);
    assert_eq!(code != 0, list.is_null());
    let mut entry = list;
    while !entry.is_null() {
        // SAFETY: an entry of the list.
        let one = unsafe { entry.read() };
        written(one.ai_addr, one.ai_addrlen as i32, room);
        entry = one.ai_next;
    }
    // SAFETY: the list is the library's.
    unsafe { freeaddrinfo(list) };

    // SAFETY: as above.
    let hints = ADDRINFOW { ai_flags, ai_family, ai_socktype, ..unsafe { std::mem::zeroed() } };
    let mut list = null_mut();
    // SAFETY: as above.
    let code = unsafe { GetAddrInfoW(wide.as_ptr(), null(), &hints, &mut list) };
    check_code("getaddrinfo", code);
    // SAFETY: as above.
    unsafe { FreeAddrInfoW(list) };
}

fn written(address: *const SOCKADDR, len: i32, room: u8) {
    let numeric = (NI_NUMERICHOST | NI_NUMERICSERV) as i32;
    let (mut host, mut service) = (Lent::room(64), Lent::room(room.into()));
    // SAFETY: the address is the library's, and there is as much room as the lengths say.
    let code =
        unsafe { getnameinfo(address, len, host.pointer(), 64, service.pointer(), room.into(), numeric) };
    check_code("getnameinfo", code);
}
