//! Who may bind to an address that is taken: the table of Microsoft's page "Using SO_REUSEADDR and
//! SO_EXCLUSIVEADDRUSE" (Windows Server 2003 and later, one user), and what old connections leave behind.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/option.rs"]
mod option;

use common::*;
use option::*;
use std::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, PoisonError};
use winsock::win32::*;

/// A port that one test is done with must not be given to another while it works.
static PORTS: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    start();
    PORTS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sharing {
    Default,
    Reuse,
    Exclusive,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Wildcard,
    Specific,
}

use Place::{Specific, Wildcard};
use Sharing::{Default, Exclusive, Reuse};

const SUCCESS: i32 = 0;
const INUSE: i32 = WSAEADDRINUSE;
const ACCESS: i32 = WSAEACCES;

const COLUMNS: [(Sharing, Place); 6] = [
    (Default, Wildcard),
    (Default, Specific),
    (Reuse, Wildcard),
    (Reuse, Specific),
    (Exclusive, Wildcard),
    (Exclusive, Specific),
];

/// The first bind, and the outcome of each second one.
#[rustfmt::skip]
const TABLE: [((Sharing, Place), [i32; 6]); 6] = [
    ((Default,   Wildcard), [INUSE,   SUCCESS, ACCESS,  SUCCESS, INUSE, SUCCESS]),
    ((Default,   Specific), [SUCCESS, INUSE,   SUCCESS, ACCESS,  INUSE, INUSE]),
    ((Reuse,     Wildcard), [INUSE,   SUCCESS, SUCCESS, SUCCESS, INUSE, SUCCESS]),
    ((Reuse,     Specific), [SUCCESS, INUSE,   SUCCESS, SUCCESS, INUSE, INUSE]),
    ((Exclusive, Wildcard), [INUSE,   ACCESS,  ACCESS,  ACCESS,  INUSE, ACCESS]),
    ((Exclusive, Specific), [SUCCESS, INUSE,   SUCCESS, ACCESS,  INUSE, INUSE]),
];

fn address(place: Place, port: u16) -> SOCKADDR_IN {
    let mut address = loopback(port);
    if place == Wildcard {
        address.sin_addr = IN_ADDR { S_un: IN_ADDR_0 { S_addr: 0 } };
    }
    address
}

fn open(kind: i32, sharing: Sharing) -> SOCKET {
    let s = new(kind);
    match sharing {
        Default => {}
        Reuse => set(s, SOL_SOCKET, SO_REUSEADDR, 1).unwrap(),
        Exclusive => set(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1).unwrap(),
    }
    s
}

/// Binds, and gives 0 or the code.
fn try_bind(s: SOCKET, address: &SOCKADDR_IN) -> i32 {
    // SAFETY: the address is whole.
    match unsafe { bind(s, (&raw const *address).cast(), 16) } {
        0 => 0,
        _ => last_error(),
    }
}

fn port(s: SOCKET) -> u16 {
    let mut address = loopback(0);
    let mut len = 16;
    // SAFETY: the address has room.
    assert_eq!(unsafe { getsockname(s, (&raw mut address).cast(), &mut len) }, 0, "{}", last_error());
    u16::from_be(address.sin_port)
}

fn try_listen(s: SOCKET) -> i32 {
    // SAFETY: no memory is passed.
    match unsafe { listen(s, 5) } {
        0 => 0,
        _ => last_error(),
    }
}

fn walk(kind: i32, listening: bool) {
    let _alone = alone();
    for ((first, first_place), outcomes) in TABLE {
        for ((second, second_place), expected) in COLUMNS.into_iter().zip(outcomes) {
            let what = format!("{first:?} {first_place:?}, then {second:?} {second_place:?}");
            let a = open(kind, first);
            assert_eq!(try_bind(a, &address(first_place, 0)), 0, "{what}");
            if listening {
                assert_eq!(try_listen(a), 0, "{what}");
            }
            let b = open(kind, second);
            let outcome = try_bind(b, &address(second_place, port(a)));
            assert_eq!(outcome, expected, "{what}");
            if listening && expected == SUCCESS {
                assert_eq!(try_listen(b), 0, "{what}");
            }
            close(a);
            close(b);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: who may share an address")]
fn the_table_holds_for_bound_streams() {
    walk(SOCK_STREAM, false);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: who may share an address")]
fn the_table_holds_for_listeners() {
    walk(SOCK_STREAM, true);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: who may share an address")]
fn the_table_holds_for_datagrams() {
    walk(SOCK_DGRAM, false);
}

#[test]
fn two_specific_addresses_never_conflict() {
    let _alone = alone();
    for first in [Default, Reuse, Exclusive] {
        for second in [Default, Reuse, Exclusive] {
            let a = open(SOCK_STREAM, first);
            assert_eq!(try_bind(a, &loopback(0)), 0);
            let mut other = loopback(port(a));
            other.sin_addr.S_un.S_addr = u32::from_be_bytes([127, 0, 0, 2]).to_be();
            let b = open(SOCK_STREAM, second);
            assert_eq!(try_bind(b, &other), 0, "{first:?}, {second:?}");
            close(a);
            close(b);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: who may share an address")]
fn a_mixture_of_addresses_lets_nobody_else_in() {
    let _alone = alone();
    for kind in [SOCK_STREAM, SOCK_DGRAM] {
        let wide = open(kind, Default);
        assert_eq!(try_bind(wide, &address(Wildcard, 0)), 0);
        let port = port(wide);
        let narrow = open(kind, Default);
        assert_eq!(try_bind(narrow, &address(Specific, port)), 0);
        for place in [Wildcard, Specific] {
            for (sharing, expected) in [(Default, INUSE), (Reuse, ACCESS), (Exclusive, INUSE)] {
                let late = open(kind, sharing);
                assert_eq!(try_bind(late, &address(place, port)), expected, "{sharing:?} {place:?}");
                close(late);
            }
        }
        close(wide);
        close(narrow);
    }
}

#[test]
fn a_socket_that_was_refused_can_be_bound_elsewhere() {
    let _alone = alone();
    let a = open(SOCK_STREAM, Exclusive);
    assert_eq!(try_bind(a, &loopback(0)), 0);
    let b = open(SOCK_STREAM, Reuse);
    assert_eq!(try_bind(b, &loopback(port(a))), ACCESS);
    assert_eq!(try_bind(b, &loopback(0)), 0);
    assert_eq!(try_listen(b), 0);
    assert_eq!(try_bind(b, &loopback(0)), WSAEINVAL, "once is enough");
    close(a);
    close(b);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: who may share an address")]
fn a_dual_stack_wildcard_meets_ipv4() {
    let _alone = alone();
    // SAFETY: no memory is passed.
    let six = unsafe { socket(AF_INET6.into(), SOCK_STREAM, 0) };
    assert_ne!(six, INVALID_SOCKET, "{}", last_error());
    set(six, IPPROTO_IPV6, IPV6_V6ONLY, 0).unwrap();
    // SAFETY: an address of all zeros is the wildcard.
    let mut any: SOCKADDR_IN6 = unsafe { std::mem::zeroed() };
    any.sin6_family = AF_INET6;
    // SAFETY: the address is whole.
    assert_eq!(unsafe { bind(six, (&raw const any).cast(), 28) }, 0, "{}", last_error());
    assert_eq!(try_listen(six), 0);
    let mut len = 28;
    // SAFETY: the address has room.
    assert_eq!(unsafe { getsockname(six, (&raw mut any).cast(), &mut len) }, 0);
    let port = u16::from_be(any.sin6_port);
    let four = open(SOCK_STREAM, Default);
    assert_eq!(try_bind(four, &address(Wildcard, port)), INUSE);
    assert_eq!(try_bind(four, &address(Specific, port)), 0);
    close(six);
    close(four);
}

/// A connection over a listener of its own: client, server, listener, port.
fn connection(sharing: Sharing) -> (SOCKET, SOCKET, SOCKET, u16) {
    let listener = open(SOCK_STREAM, sharing);
    assert_eq!(try_bind(listener, &loopback(0)), 0);
    assert_eq!(try_listen(listener), 0);
    let port = port(listener);
    let client = new(SOCK_STREAM);
    let to = loopback(port);
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(client, (&raw const to).cast(), 16) }, 0, "{}", last_error());
    // SAFETY: no address is asked for.
    let server = unsafe { accept(listener, null_mut(), null_mut()) };
    assert_ne!(server, INVALID_SOCKET, "{}", last_error());
    (client, server, listener, port)
}

/// Waits for the peer's end of data.
fn end_of_data(s: SOCKET) {
    let mut byte = 0u8;
    // SAFETY: one byte of room.
    assert_eq!(unsafe { recv(s, &mut byte, 1, 0) }, 0, "{}", last_error());
}

#[test]
fn a_server_that_closed_first_starts_again_at_once() {
    let _alone = alone();
    for first in [Default, Reuse, Exclusive] {
        for second in [Default, Reuse, Exclusive] {
            let (client, server, listener, port) = connection(first);
            close(listener);
            // The server's side ends first, and rests in TIME_WAIT.
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { shutdown(server, SD_SEND) }, 0);
            end_of_data(client);
            close(client);
            end_of_data(server);
            close(server);
            let again = open(SOCK_STREAM, second);
            assert_eq!(try_bind(again, &loopback(port)), 0, "{first:?}, then {second:?}");
            assert_eq!(try_listen(again), 0, "{first:?}, then {second:?}");
            close(again);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: who may share an address")]
fn an_open_connection_of_a_closed_listener_keeps_only_exclusive_addresses() {
    let _alone = alone();
    for (first, expected) in [(Default, SUCCESS), (Reuse, SUCCESS), (Exclusive, INUSE)] {
        let (client, server, listener, port) = connection(first);
        close(listener);
        let again = open(SOCK_STREAM, Default);
        assert_eq!(try_bind(again, &loopback(port)), expected, "{first:?}");
        for s in [again, client, server] {
            close(s);
        }
    }
}

#[test]
fn a_client_that_chose_its_port_can_choose_it_again() {
    let _alone = alone();
    let (listener, address) = listener();
    let mut port_of_client = 0;
    for _ in 0..3 {
        let client = new(SOCK_STREAM);
        assert_eq!(try_bind(client, &loopback(port_of_client)), 0);
        port_of_client = port(client);
        // SAFETY: the address is whole.
        let result = unsafe { connect(client, (&raw const address).cast(), 16) };
        assert_eq!(result, 0, "{}", last_error());
        // SAFETY: no address is asked for.
        let server = unsafe { accept(listener, null_mut(), null_mut()) };
        let second = new(SOCK_STREAM);
        assert_eq!(try_bind(second, &loopback(port_of_client)), INUSE, "while it is in use");
        close(second);
        // The server resets the connection once the client has ended its side: nothing is left at the same pair.
        close(client);
        end_of_data(server);
        set_bytes(server, SOL_SOCKET, SO_LINGER, &[1, 0, 0, 0]).unwrap();
        close(server);
    }
    close(listener);
}

#[test]
fn datagrams_to_a_shared_address_reach_one_of_its_sockets() {
    let _alone = alone();
    let a = open(SOCK_DGRAM, Reuse);
    assert_eq!(try_bind(a, &loopback(0)), 0);
    let to = loopback(port(a));
    let b = open(SOCK_DGRAM, Reuse);
    assert_eq!(try_bind(b, &to), 0);
    let sender = new(SOCK_DGRAM);
    // SAFETY: data and address are readable.
    assert_eq!(unsafe { sendto(sender, b"x".as_ptr(), 1, 0, (&raw const to).cast(), 16) }, 1);
    let arrived = |s: SOCKET| {
        let mut len = 0;
        // SAFETY: the argument is writable.
        assert_eq!(unsafe { ioctlsocket(s, FIONREAD, &mut len) }, 0);
        len
    };
    assert_eq!(arrived(a) + arrived(b), 1);
    for s in [a, b, sender] {
        close(s);
    }
}
