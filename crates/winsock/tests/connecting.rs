//! From a new socket to a connected one: what each call says in each phase.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

#[path = "common/call.rs"]
mod call;
mod common;

use call::*;
use common::*;
use std::ptr::null_mut;
use std::sync::mpsc;
use std::thread;
use winsock::win32::*;

/// An address whose port was free a moment ago.
fn nobody() -> SOCKADDR_IN {
    let s = new(SOCK_STREAM);
    let address = bind_loopback(s);
    close(s);
    address
}

/// A listener whose queue is full, and what fills it: another connect waits. The last of them does.
fn full_listener() -> (SOCKADDR_IN, Vec<SOCKET>) {
    let listener = new(SOCK_STREAM);
    let address = bind_loopback(listener);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { listen(listener, 1) }, 0);
    let mut sockets = vec![listener];
    for _ in 0..8 {
        let s = new(SOCK_STREAM);
        nonblocking(s, true);
        assert_eq!(connect_to(s, &address), Err(WSAEWOULDBLOCK));
        sockets.push(s);
    }
    (address, sockets)
}

#[test]
fn names_in_every_phase() {
    start();
    let s = new(SOCK_STREAM);
    assert_eq!((local(s), peer(s)), (Err(WSAEINVAL), Err(WSAENOTCONN)), "new");
    let address = bind_loopback(s);
    let name = (u16::from_be(address.sin_port), [127, 0, 0, 1]);
    assert_eq!((local(s), peer(s)), (Ok(name), Err(WSAENOTCONN)), "bound");
    listen_on(s).unwrap();
    assert_eq!((local(s), peer(s)), (Ok(name), Err(WSAENOTCONN)), "listening");
    let client = new(SOCK_STREAM);
    connect_to(client, &address).unwrap();
    let server = accept_on(s).unwrap();
    assert_eq!(peer(client), Ok(name));
    assert_eq!(local(server), Ok(name));
    assert_eq!(peer(server), local(client), "connected");
    close_all(&[s, client, server]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: listen on a connected socket")]
fn bind_listen_and_accept_in_the_wrong_phase() {
    start();
    let s = new(SOCK_STREAM);
    assert_eq!(listen_on(s), Err(WSAEINVAL), "no address");
    assert_eq!(accept_on(s), Err(WSAEINVAL), "not listening");
    bind_loopback(s);
    assert_eq!(bind_to(s, &loopback(0)), Err(WSAEINVAL), "bound");
    assert_eq!(accept_on(s), Err(WSAEINVAL), "not listening");
    listen_on(s).unwrap();
    assert_eq!(listen_on(s), Ok(()), "twice");
    assert_eq!(connect_to(s, &nobody()), Err(WSAEINVAL), "a listener");
    let (client, server) = pair();
    assert_eq!(listen_on(client), Err(WSAEISCONN));
    assert_eq!(accept_on(client), Err(WSAEINVAL));
    assert_eq!(bind_to(client, &loopback(0)), Err(WSAEINVAL), "bound by the connect");
    assert_eq!(connect_to(client, &nobody()), Err(WSAEISCONN));
    let datagram = new(SOCK_DGRAM);
    bind_loopback(datagram);
    assert_eq!(listen_on(datagram), Err(WSAEOPNOTSUPP));
    assert_eq!(accept_on(datagram), Err(WSAEOPNOTSUPP));
    close_all(&[s, client, server, datagram]);
}

#[test]
fn an_address_in_use_or_of_no_machine() {
    start();
    let (listener, address) = listener();
    let s = new(SOCK_STREAM);
    assert_eq!(bind_to(s, &address), Err(WSAEADDRINUSE));
    let mut far = loopback(0);
    far.sin_addr.S_un.S_addr = u32::from_ne_bytes([192, 0, 2, 1]);
    assert_eq!(bind_to(s, &far), Err(WSAEADDRNOTAVAIL));
    bind_to(s, &loopback(0)).unwrap();
    close_all(&[listener, s]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: connect again after a failure")]
fn a_refused_connect_says_so_and_the_socket_can_try_again() {
    start();
    let (listener, address) = listener();
    for bound in [false, true] {
        let s = new(SOCK_STREAM);
        if bound {
            bind_to(s, &loopback(0)).unwrap();
        }
        for _ in 0..2 {
            assert_eq!(connect_to(s, &nobody()), Err(WSAECONNREFUSED));
            assert_eq!(option(s, SOL_SOCKET, SO_ERROR), 0, "the call has told it");
        }
        connect_to(s, &address).unwrap();
        close(s);
    }
    close(listener);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: connect, sendto: addresses are checked")]
fn addresses_that_no_peer_has() {
    start();
    let s = new(SOCK_STREAM);
    assert_eq!(connect_to(s, &loopback(0)), Err(WSAEADDRNOTAVAIL), "port 0");
    let mut any = loopback(9);
    any.sin_addr.S_un.S_addr = 0;
    assert_eq!(connect_to(s, &any), Err(WSAEADDRNOTAVAIL), "INADDR_ANY");
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: connects to a full listener hang, where Windows refuses them")]
fn a_non_blocking_connect_is_seen_to_go_on_to_succeed_and_to_fail() {
    start();
    let (address, sockets) = full_listener();
    let hanging = *sockets.last().unwrap();
    assert_eq!(connect_to(hanging, &address), Err(WSAEALREADY));
    assert_eq!(peer(hanging), Err(WSAENOTCONN));
    assert_eq!(tx(hanging, b"x", 0), Err(WSAENOTCONN));
    assert_eq!(shut(hanging, SD_SEND), Err(WSAENOTCONN));
    assert_ne!(local(hanging).unwrap().0, 0);
    close_all(&sockets);

    let (listener, address) = listener();
    let s = new(SOCK_STREAM);
    nonblocking(s, true);
    let refusing = nobody();
    assert_eq!(connect_to(s, &refusing), Err(WSAEWOULDBLOCK));
    assert_eq!(select_of([&[], &[], &[s]], None).unwrap()[2], [s]);
    // After a failure the next connect starts anew.
    assert_eq!(connect_to(s, &address), Err(WSAEWOULDBLOCK));
    assert_eq!(select_of([&[], &[s], &[s]], None), Ok([vec![], vec![s], vec![]]));
    assert_eq!(connect_to(s, &address), Err(WSAEISCONN));
    assert_eq!(peer(s).unwrap().0, u16::from_be(address.sin_port));
    close_all(&[listener, s]);
}

#[test]
fn a_socket_made_blocking_after_its_connect_began_is_connected_all_the_same() {
    start();
    let (listener, address) = listener();
    let s = new(SOCK_STREAM);
    nonblocking(s, true);
    assert_eq!(connect_to(s, &address), Err(WSAEWOULDBLOCK));
    nonblocking(s, false);
    assert_eq!(select_of([&[], &[s], &[s]], None), Ok([vec![], vec![s], vec![]]));
    assert_eq!(tx(s, b"x", 0), Ok(1));
    close_all(&[listener, s]);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: connects to a full listener hang, where Windows refuses them")]
fn a_blocked_connect_goes_on_after_signals_and_wakes_for_closesocket() {
    start();
    let (address, sockets) = full_listener();
    let s = new(SOCK_STREAM);
    let (started, waiting) = mpsc::channel();
    let waiter = thread::spawn(move || {
        started.send(Thread::current()).unwrap();
        connect_to(s, &address)
    });
    waiting.recv_timeout(LIMIT).unwrap().interrupt();
    assert!(!waiter.is_finished());
    until(Err(WSAEALREADY), || connect_to(s, &address));
    close(s);
    assert_eq!(waiter.join().unwrap(), Err(WSAEINTR));
    close_all(&sockets);
}

#[test]
fn an_accepted_socket_inherits_the_mode() {
    start();
    let (listener, address) = listener();
    nonblocking(listener, true);
    assert_eq!(accept_on(listener), Err(WSAEWOULDBLOCK));
    let client = new(SOCK_STREAM);
    connect_to(client, &address).unwrap();
    until_readable(listener);
    let server = accept_on(listener).unwrap();
    assert_eq!(rx_some(server, 0), Err(WSAEWOULDBLOCK));
    nonblocking(listener, false);
    let other = new(SOCK_STREAM);
    connect_to(other, &address).unwrap();
    let blocking = accept_on(listener).unwrap();
    set_option(blocking, SOL_SOCKET, SO_RCVTIMEO, 20);
    assert_eq!(rx_some(blocking, 0), Err(WSAETIMEDOUT));
    close_all(&[listener, client, server, other, blocking]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: accept with little room for the address")]
fn accept_gives_the_peers_address_where_there_is_room_for_it() {
    start();
    let (listener, address) = listener();
    let client = new(SOCK_STREAM);
    connect_to(client, &address).unwrap();
    let mut from = SOCKADDR_IN::default();
    let mut len = 15;
    // SAFETY: the address has more room than `len` says.
    let refused = unsafe { accept(listener, (&raw mut from).cast(), &mut len) };
    assert_eq!((refused, last_error(), len), (INVALID_SOCKET, WSAEFAULT, 15), "nothing is accepted");
    len = 64;
    // SAFETY: an address of this family has 16 bytes.
    let server = unsafe { accept(listener, (&raw mut from).cast(), &mut len) };
    assert_ne!(server, INVALID_SOCKET);
    assert_eq!((len, u16::from_be(from.sin_port)), (16, local(client).unwrap().0));
    let other = new(SOCK_STREAM);
    connect_to(other, &address).unwrap();
    // SAFETY: one NULL is enough to ask for no address.
    let last = unsafe { accept(listener, (&raw mut from).cast(), null_mut()) };
    assert_ne!(last, INVALID_SOCKET);
    close_all(&[listener, client, server, other, last]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: connect, sendto: addresses are checked")]
fn ipv6_streams_and_datagrams() {
    start();
    const LEN: i32 = size_of::<SOCKADDR_IN6>() as i32;
    let mut address = SOCKADDR_IN6 { sin6_family: AF_INET6, ..SOCKADDR_IN6::default() };
    let mut ip = [0; 16];
    ip[15] = 1;
    address.sin6_addr.u.Byte = ip;
    let bound = |kind| {
        let mut address = address;
        let mut len = LEN;
        // SAFETY: no memory is passed.
        let s = unsafe { socket(AF_INET6.into(), kind, 0) };
        // SAFETY: the address is whole.
        assert_eq!(unsafe { bind(s, (&raw const address).cast(), LEN) }, 0, "{}", last_error());
        // SAFETY: the address has `len` bytes of room.
        assert_eq!(unsafe { getsockname(s, (&raw mut address).cast(), &mut len) }, 0);
        assert_eq!(len, LEN);
        (s, address)
    };
    let (listener, address) = bound(SOCK_STREAM);
    listen_on(listener).unwrap();
    // SAFETY: no memory is passed.
    let client = unsafe { socket(AF_INET6.into(), SOCK_STREAM, 0) };
    let v4 = loopback(u16::from_be(address.sin6_port));
    assert_eq!(connect_to(client, &v4), Err(WSAEAFNOSUPPORT), "an address of IPv4");
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(client, (&raw const address).cast(), LEN) }, 0, "{}", last_error());
    let server = accept_on(listener).unwrap();
    tx(client, b"six", 0).unwrap();
    assert_eq!(rx_some(server, 0), Ok(b"six".to_vec()));

    let (datagram, address) = bound(SOCK_DGRAM);
    // SAFETY: data and address are whole.
    let sent = unsafe { sendto(datagram, b"six".as_ptr(), 3, 0, (&raw const address).cast(), LEN) };
    assert_eq!(sent, 3);
    assert_eq!(rx_some(datagram, 0), Ok(b"six".to_vec()));
    close_all(&[listener, client, server, datagram]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no AF_UNIX")]
fn local_streams() {
    start();
    let path = std::env::temp_dir().join(format!("winsock-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let mut address = SOCKADDR_UN { sun_family: AF_UNIX, ..SOCKADDR_UN::default() };
    for (to, from) in address.sun_path.iter_mut().zip(path.to_str().unwrap().bytes()) {
        *to = from as i8;
    }
    let len = size_of::<SOCKADDR_UN>() as i32;
    let pointer: *const SOCKADDR = (&raw const address).cast();
    // SAFETY: no memory is passed.
    let [listener, client, late] = std::array::from_fn(|_| unsafe { socket(AF_UNIX.into(), SOCK_STREAM, 0) });
    // SAFETY: the address is whole.
    assert_eq!((unsafe { connect(client, pointer, len) }, last_error()), (SOCKET_ERROR, WSAECONNREFUSED));
    // SAFETY: the address is whole.
    assert_eq!(unsafe { bind(listener, pointer, len) }, 0, "{}", last_error());
    listen_on(listener).unwrap();
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(client, pointer, len) }, 0, "{}", last_error());
    let server = accept_on(listener).unwrap();
    tx(client, b"local", 0).unwrap();
    assert_eq!(rx_some(server, 0), Ok(b"local".to_vec()));
    assert_eq!(tx(client, b"x", MSG_OOB), Err(WSAEOPNOTSUPP));
    assert_eq!(select_of([&[server], &[client], &[]], None), Ok([vec![], vec![client], vec![]]));
    close(client);
    assert_eq!(rx_some(server, 0), Ok(vec![]));
    close_all(&[listener, server]);
    // SAFETY: the address is whole.
    assert_eq!((unsafe { connect(late, pointer, len) }, last_error()), (SOCKET_ERROR, WSAECONNREFUSED));
    close(late);
    std::fs::remove_file(&path).unwrap();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no AF_UNIX")]
fn a_local_path_that_leads_through_a_file_names_nobody() {
    start();
    let mut address = SOCKADDR_UN { sun_family: AF_UNIX, ..SOCKADDR_UN::default() };
    for (to, from) in address.sun_path.iter_mut().zip(*b"/dev/null/nobody") {
        *to = from as i8;
    }
    let (pointer, len) = ((&raw const address).cast(), size_of::<SOCKADDR_UN>() as i32);
    // SAFETY: no memory is passed.
    let s = unsafe { socket(AF_UNIX.into(), SOCK_STREAM, 0) };
    // SAFETY: the address is whole.
    assert_eq!((unsafe { connect(s, pointer, len) }, last_error()), (SOCKET_ERROR, WSAECONNREFUSED));
    // SAFETY: the address is whole.
    assert_eq!((unsafe { bind(s, pointer, len) }, last_error()), (SOCKET_ERROR, WSAEADDRNOTAVAIL));
    close(s);
}
