//! SUPPORT.md's table of options says what the library does.
#![cfg(target_os = "linux")]
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;

use common::*;
use winsock::win32::*;

/// A row: level, option, number, how it is served.
fn rows() -> Vec<(i32, String, i32, String)> {
    let page = include_str!("../../../SUPPORT.md");
    let level = |name: &str| match name {
        "SOL_SOCKET" => Some(SOL_SOCKET),
        "IPPROTO_TCP" => Some(IPPROTO_TCP),
        "IPPROTO_UDP" => Some(IPPROTO_UDP),
        "IPPROTO_IP" => Some(IPPROTO_IP),
        "IPPROTO_IPV6" => Some(IPPROTO_IPV6),
        _ => None,
    };
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let number = cells.get(3)?.parse().ok()?;
        Some((level(cells.get(1)?)?, cells[2].to_owned(), number, cells[5].to_owned()))
    };
    page.lines().filter_map(row).collect()
}

/// Whether getting and setting both say that there is no such option.
fn is_unknown(s: SOCKET, level: i32, name: i32) -> bool {
    let mut room = [0u8; 1024];
    let mut len = room.len() as i32;
    // SAFETY: the room has `len` bytes.
    let got = unsafe { getsockopt(s, level, name, room.as_mut_ptr(), &mut len) };
    let get_unknown = got == SOCKET_ERROR && last_error() == WSAENOPROTOOPT;
    // Too short for every option but those of a single byte: nothing is changed by a wrong value.
    // SAFETY: one byte is readable.
    let set = unsafe { setsockopt(s, level, name, room.as_ptr(), 0) };
    let set_unknown = set == SOCKET_ERROR && last_error() == WSAENOPROTOOPT;
    get_unknown && set_unknown
}

#[test]
fn every_row_of_the_table_of_options_is_true() {
    start();
    // SAFETY: no memory is passed.
    let open = |family: u16, kind| unsafe { socket(family.into(), kind, 0) };
    let mut sockets = Vec::new();
    for family in [AF_INET, AF_INET6] {
        for kind in [SOCK_STREAM, SOCK_DGRAM] {
            match open(family, kind) {
                INVALID_SOCKET => {}
                s => sockets.push(s),
            }
        }
    }
    let rows = rows();
    assert!(rows.len() > 100, "the page has its table: {} rows", rows.len());
    for (level, name, number, state) in &rows {
        // Those of raw sockets alone need a right that a test may not have.
        if name.ends_with("HDRINCL") {
            continue;
        }
        let unknown = sockets.iter().all(|&s| is_unknown(s, *level, *number));
        assert_eq!(unknown, state == "absent", "{name} is {state}");
    }
    sockets.into_iter().for_each(close);
}
