//! Changes of addresses and routes: `SIO_ADDRESS_LIST_CHANGE` and `SIO_ROUTING_INTERFACE_CHANGE` as calls that wait, as
//! overlapped operations, and as network events.
//!
//! What changes is the network of a child process, where the system gives it one.
#![cfg(target_os = "linux")]
#![allow(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the raw API is unsafe; one block for the one call of a match or of nested calls"
)]

#[path = "common/call.rs"]
mod call;
mod common;
#[path = "common/network.rs"]
mod network;
#[path = "common/outcome.rs"]
mod outcome;
#[path = "common/own_network.rs"]
mod own_network;
#[path = "common/ports.rs"]
mod ports;
#[path = "common/waiting.rs"]
mod waiting;

use common::{bind_loopback, close, last_error, new, start};
use network::{MODELS, Observer};
use outcome::{ABORTED, SUCCESS, WAYS, Watched};
use own_network::{add_address_v6, in_own_network, set_address, set_up};
use std::ffi::c_void;
use std::net::Ipv4Addr;
use std::ptr::{null, null_mut};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use winsock::win32::*;

const ADDRESSES: u32 = 1 << FD_ADDRESS_LIST_CHANGE_BIT;
const ROUTES: u32 = 1 << FD_ROUTING_INTERFACE_CHANGE_BIT;
/// Each command, and its network event.
const COMMANDS: [(u32, u32); 2] =
    [(SIO_ADDRESS_LIST_CHANGE, ADDRESSES), (SIO_ROUTING_INTERFACE_CHANGE, ROUTES)];

const LIMIT: Duration = Duration::from_secs(20);

const FIRST: Ipv4Addr = Ipv4Addr::new(10, 1, 2, 3);
const SECOND: Ipv4Addr = Ipv4Addr::new(10, 1, 2, 4);

fn of_family(family: ADDRESS_FAMILY) -> SOCKET {
    // SAFETY: no memory is passed.
    let s = unsafe { socket(family.into(), SOCK_STREAM, 0) };
    assert_ne!(s, INVALID_SOCKET, "{}", last_error());
    s
}

/// An address of the socket's family: the one that stands for all.
fn wildcard(family: ADDRESS_FAMILY) -> Vec<u8> {
    let len = if family == AF_INET6 { 28 } else { 16 };
    let mut address = vec![0; len];
    address[..2].copy_from_slice(&family.to_ne_bytes());
    address
}

/// The call; 0, or the code.
fn control(
    s: SOCKET,
    command: u32,
    to: &[u8],
    overlapped: *mut OVERLAPPED,
    routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    let mut returned = 77;
    let (to, len): (*const c_void, u32) = (to.as_ptr().cast(), to.len() as u32);
    // SAFETY: the address is whole, and the OVERLAPPED stays until its operation has ended.
    match unsafe { WSAIoctl(s, command, to, len, null_mut(), 0, &mut returned, overlapped, routine) } {
        0 => {
            assert_eq!(returned, 0);
            0
        }
        _ => {
            let code = last_error();
            assert_eq!(returned, 77, "a failure changes nothing");
            code
        }
    }
}

/// The call without an `OVERLAPPED`, for a socket of IPv4.
fn ask(s: SOCKET, command: u32) -> i32 {
    control(s, command, &wildcard(AF_INET), null_mut(), None)
}

#[test]
fn mistakes_are_told_in_order() {
    unsafe extern "system" fn never(_: u32, _: u32, _: *mut OVERLAPPED, _: u32) {
        panic!("nothing was started");
    }
    start();
    let s = new(SOCK_STREAM);
    let local = of_family(AF_UNIX);
    let (v4, v6, unix) = (wildcard(AF_INET), wildcard(AF_INET6), wildcard(AF_UNIX));
    let mut own = OVERLAPPED { hEvent: 0x3331 as HANDLE, ..OVERLAPPED::default() };
    let overlapped = &raw mut own;
    let never: LPWSAOVERLAPPED_COMPLETION_ROUTINE = Some(never);
    for (command, _) in COMMANDS {
        let routes = command == SIO_ROUTING_INTERFACE_CHANGE;
        assert_eq!(control(INVALID_SOCKET, command, &v6[..1], null_mut(), never), WSAENOTSOCK);
        // SAFETY: an output that is NULL.
        let nowhere = unsafe { WSAIoctl(s, command, null(), 0, null_mut(), 0, null_mut(), overlapped, None) };
        assert_eq!((nowhere, last_error()), (SOCKET_ERROR, WSAEFAULT));
        assert_eq!(control(s, command, &v6, null_mut(), never), WSAEFAULT, "a routine and no OVERLAPPED");
        if routes {
            assert_eq!(control(s, command, &[], overlapped, None), WSAEFAULT);
            assert_eq!(control(s, command, &v4[..15], overlapped, None), WSAEFAULT);
            assert_eq!(control(s, command, &v6, overlapped, None), WSAEAFNOSUPPORT);
        }
        assert_eq!(control(local, command, &unix, overlapped, None), WSAEOPNOTSUPP);
        assert_eq!(control(local, command, &unix, null_mut(), None), WSAEOPNOTSUPP);
        assert_eq!(control(s, command, &v4, overlapped, None), WSA_INVALID_HANDLE, "an event that is none");
    }
    close(local);
    close(s);
}

#[test]
fn an_event_tells_of_the_first_change_after_each_request() {
    in_own_network("an_event_tells_of_the_first_change_after_each_request", || {
        start();
        for model in MODELS {
            for (command, event) in COMMANDS {
                let observer = Observer::new(model);
                set_address(FIRST);
                let s = new(SOCK_DGRAM);
                observer.select(s, ADDRESSES | ROUTES);
                set_address(SECOND);
                observer.expect_nothing(s, "nobody has asked");

                assert_eq!(ask(s, command), WSAEWOULDBLOCK);
                observer.expect_nothing(s, "what came before the request");
                set_address(FIRST);
                observer.expect(s, &[(event, 0)], "a change");
                set_address(SECOND);
                observer.expect_nothing(s, "a second change");
                observer.select(s, ADDRESSES | ROUTES);
                observer.expect_nothing(s, "a new selection");

                assert_eq!(ask(s, command), WSAEWOULDBLOCK);
                set_address(FIRST);
                observer.expect(s, &[(event, 0)], "a change after a second request");
                close(s);
            }
        }
    });
}

#[test]
fn a_change_that_nobody_awaits_is_told_with_the_selection() {
    in_own_network("a_change_that_nobody_awaits_is_told_with_the_selection", || {
        start();
        for model in MODELS {
            let observer = Observer::new(model);
            let s = new(SOCK_STREAM);
            call::nonblocking(s, true);
            for (command, _) in COMMANDS {
                assert_eq!(ask(s, command), WSAEWOULDBLOCK);
            }
            set_address(FIRST);
            observer.select(s, FD_READ);
            observer.expect_nothing(s, "it is not selected");
            observer.select(s, ADDRESSES);
            observer.expect_now(s, &[(ADDRESSES, 0)], "of the addresses");
            observer.select(s, ADDRESSES | ROUTES);
            observer.expect_now(s, &[(ROUTES, 0)], "of the routes; the other was told");
            assert_eq!(ask(s, SIO_ADDRESS_LIST_CHANGE), WSAEWOULDBLOCK);
            observer.select(s, ADDRESSES);
            set_address(SECOND);
            observer.expect(s, &[(ADDRESSES, 0)], "the selection came after the request");
            close(s);
        }
    });
}

#[test]
fn each_family_has_its_own_addresses() {
    in_own_network("each_family_has_its_own_addresses", || {
        start();
        let observer = Observer::new(network::Model::Event);
        let change = |family, number| match family {
            AF_INET => set_address(Ipv4Addr::new(10, 9, 8, number)),
            _ => add_address_v6(number),
        };
        for (family, other) in [(AF_INET, AF_INET6), (AF_INET6, AF_INET)] {
            let s = of_family(family);
            observer.select(s, ADDRESSES);
            assert_eq!(control(s, SIO_ADDRESS_LIST_CHANGE, &[], null_mut(), None), WSAEWOULDBLOCK);
            change(other, family as u8);
            observer.expect_nothing(s, "the other family");
            change(family, 100);
            observer.expect(s, &[(ADDRESSES, 0)], "its own");
            close(s);
        }
    });
}

#[test]
fn an_interface_that_goes_takes_its_routes_along() {
    in_own_network("an_interface_that_goes_takes_its_routes_along", || {
        start();
        let observer = Observer::new(network::Model::Event);
        let s = new(SOCK_STREAM);
        observer.select(s, ADDRESSES | ROUTES);
        assert_eq!(ask(s, SIO_ROUTING_INTERFACE_CHANGE), WSAEWOULDBLOCK);
        set_up(false);
        observer.wait();
        set_up(true);
        observer.expect(s, &[(ROUTES, 0)], "the interface was down");
        close(s);
    });
}

#[test]
fn a_blocking_call_waits_for_the_change() {
    in_own_network("a_blocking_call_waits_for_the_change", || {
        start();
        for (command, _) in COMMANDS {
            let s = new(SOCK_STREAM);
            let (tell, told) = mpsc::channel();
            let waiting = std::thread::spawn(move || tell.send(ask(s, command)).unwrap());
            let end = Instant::now() + LIMIT;
            let mut addresses = [FIRST, SECOND].into_iter().cycle();
            // Changes until one has come after the call has begun.
            let code = loop {
                set_address(addresses.next().unwrap());
                match told.recv_timeout(Duration::from_millis(5)) {
                    Ok(code) => break code,
                    Err(_) => assert!(Instant::now() < end, "no change ends the call"),
                }
            };
            assert_eq!(code, 0);
            waiting.join().unwrap();
            close(s);
        }
    });
}

#[test]
fn closing_the_socket_ends_a_blocking_call() {
    in_own_network("closing_the_socket_ends_a_blocking_call", || {
        start();
        for (command, _) in COMMANDS {
            let s = new(SOCK_STREAM);
            let before = netlink_sockets();
            let (tell, told) = mpsc::channel();
            let waiting = std::thread::spawn(move || tell.send(ask(s, command)).unwrap());
            // The call has its news once there is a descriptor more.
            call::until(before + 1, netlink_sockets);
            close(s);
            let code = told.recv_timeout(LIMIT).expect("the call ends");
            assert!(matches!(code, WSAEINTR | WSAENOTSOCK), "{code}");
            waiting.join().unwrap();
        }
    });
}

/// The netlink sockets of the process.
fn netlink_sockets() -> usize {
    let netlink = std::fs::read_to_string("/proc/net/netlink").unwrap();
    let inodes: Vec<&str> = netlink.lines().filter_map(|line| line.split_whitespace().last()).collect();
    std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|target| {
            let target = target.to_string_lossy();
            let inode = target.strip_prefix("socket:[").and_then(|rest| rest.strip_suffix(']'));
            inode.is_some_and(|inode| inodes.contains(&inode))
        })
        .count()
}

/// An operation that has been started.
fn begin(s: SOCKET, way: outcome::Way, command: u32) -> Watched {
    let mut operation = Watched::new(s, way);
    let (routine, overlapped) = (operation.routine(), &raw mut *operation.overlapped);
    assert_eq!(control(s, command, &wildcard(AF_INET), overlapped, routine), WSA_IO_PENDING);
    operation.is_pending();
    operation
}

#[test]
fn an_operation_ends_with_the_change_by_every_way_of_being_told() {
    in_own_network("an_operation_ends_with_the_change_by_every_way_of_being_told", || {
        start();
        for (command, _) in COMMANDS {
            for way in WAYS {
                println!("{way:?} of {command:#x}");
                set_address(FIRST);
                let mut operation = begin(new(SOCK_STREAM), way, command);
                set_address(SECOND);
                operation.told(false, SUCCESS, 0);
                operation.finish();
            }
        }
    });
}

#[test]
fn an_operation_can_be_taken_back() {
    start();
    for (command, _) in COMMANDS {
        for way in WAYS {
            let mut operation = begin(new(SOCK_STREAM), way, command);
            assert_eq!(operation.cancel(), Ok(()));
            operation.told(false, ABORTED, 0);
            assert_eq!(operation.cancel(), Err(outcome::NOT_FOUND));
            operation.finish();
        }
    }
}

#[test]
fn closing_the_socket_ends_its_operations() {
    start();
    for (command, _) in COMMANDS {
        for way in WAYS.into_iter().filter(|way| !way.asks_the_socket()) {
            let mut operation = begin(new(SOCK_STREAM), way, command);
            close(std::mem::replace(&mut operation.socket, INVALID_SOCKET));
            operation.told(false, ABORTED, 0);
            operation.finish();
        }
    }
}

#[test]
fn an_operation_ends_with_its_thread_and_stands_in_nobody_s_way() {
    start();
    let (s, peer) = common::pair();
    let mut operation = Box::<OVERLAPPED>::default();
    let address = (&raw mut *operation) as usize;
    std::thread::spawn(move || {
        let overlapped = address as *mut OVERLAPPED;
        assert_eq!(control(s, SIO_ADDRESS_LIST_CHANGE, &[], overlapped, None), WSA_IO_PENDING);
        // A receive that was started later is served.
        let mut received = Watched::new(s, outcome::Way::Event);
        let mut room = [0u8; 1];
        let buffer = WSABUF { len: 1, buf: room.as_mut_ptr() };
        let (mut bytes, mut flags) = (0, 0);
        let overlapped = &raw mut *received.overlapped;
        // SAFETY: buffer and OVERLAPPED live until the operation has ended.
        let result = unsafe { WSARecv(s, &buffer, 1, &mut bytes, &mut flags, overlapped, None) };
        assert_eq!((result, last_error()), (SOCKET_ERROR, WSA_IO_PENDING));
        assert_eq!(call::tx(peer, b"d", 0), Ok(1));
        received.told(false, SUCCESS, 1);
    })
    .join()
    .unwrap();
    let end = Instant::now() + LIMIT;
    // SAFETY: the word is valid.
    while unsafe { (&raw const operation.Internal).read_volatile() } == outcome::PENDING {
        assert!(Instant::now() < end, "the thread has ended");
        std::thread::yield_now();
    }
    assert_eq!(operation.Internal, ABORTED.0);
    call::close_all(&[s, peer]);
}

#[test]
fn nothing_is_left_of_what_has_ended() {
    in_own_network("nothing_is_left_of_what_has_ended", || {
        start();
        let before = netlink_sockets();
        for (command, _) in COMMANDS {
            let s = new(SOCK_STREAM);
            let operations: Vec<Watched> =
                (0..20).map(|_| begin(s, outcome::Way::Polling, command)).collect();
            assert!(netlink_sockets() >= before + 20);
            for mut operation in operations {
                assert_eq!(operation.cancel(), Ok(()));
                operation.told(false, ABORTED, 0);
                operation.socket = INVALID_SOCKET;
                operation.finish();
            }
            call::nonblocking(s, true);
            assert_eq!(ask(s, command), WSAEWOULDBLOCK);
            close(s);
        }
        // The kernel and the threads that watched it may let go of the last ones a moment later.
        call::until(before, netlink_sockets);
    });
}
