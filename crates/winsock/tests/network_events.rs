//! Selections of network events: made, replaced, inherited, cancelled; and what the calls say to mistakes.
#![allow(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the raw API is unsafe; what is lent to operations outlives them"
)]

#[path = "common/call.rs"]
mod call;
mod common;
#[path = "common/extension.rs"]
mod extension;
#[path = "common/network.rs"]
mod network;
#[path = "common/port.rs"]
mod port;
#[path = "common/waiting.rs"]
mod waiting;

use call::*;
use common::*;
#[cfg(windows)]
use extension::*;
use network::*;
use port::{Operation, Port};
use std::ptr::null_mut;
use waiting::{Handle, manual_event};
use winsock::win32::*;

/// `FIONBIO` 0, by both calls; the code.
fn block(s: SOCKET) -> i32 {
    let mut value = 0;
    let mut bytes = 0;
    // SAFETY: the value is readable and writable.
    let plain = unsafe { ioctlsocket(s, FIONBIO, &mut value) };
    let code = if plain == 0 { 0 } else { last_error() };
    let value = (&raw const value).cast();
    // SAFETY: the value is readable.
    let long = unsafe { WSAIoctl(s, FIONBIO as u32, value, 4, null_mut(), 0, &mut bytes, null_mut(), None) };
    assert_eq!(long, plain);
    assert!(long == 0 || last_error() == code);
    code
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Wine 8: event selections have other codes, and take calls that would not be allowed"
)]
fn mistakes_are_told_in_order_and_change_nothing() {
    start();
    let (s, peer) = pair();
    let event = manual_event();
    let stale = manual_event();
    stale.close();
    let socket = Handle(s);
    let none = Handle(0);
    event_select(s, event, READ).unwrap();
    assert!(!event.look());
    // Handle of the socket, event, events: code.
    let rows = [
        (INVALID_SOCKET, none, 0x400, WSAENOTSOCK),
        (event.0, event, READ, WSAENOTSOCK),
        (INVALID_SOCKET, event, 0, WSAENOTSOCK),
        (s, none, 0x400, WSAEINVAL),
        (s, event, 0x400, WSAEINVAL),
        (s, event, READ | 0x8000_0000, WSAEINVAL),
        (s, none, READ, WSAEINVAL),
        (s, stale, READ, WSAEINVAL),
        (s, socket, READ, WSAEINVAL),
    ];
    for (s, event, events, code) in rows {
        assert_eq!(event_select(s, event, events), Err(code), "{s:#x} {event:?} {events:#x}");
    }
    tx(peer, b"a", 0).unwrap();
    assert_eq!(event.wait(), WAIT_OBJECT_0, "the selection is as it was");
    let rows = [
        (INVALID_SOCKET, Some(stale), WSAENOTSOCK),
        (event.0, Some(event), WSAENOTSOCK),
        (s, Some(stale), WSAEINVAL),
        (s, Some(socket), WSAEINVAL),
    ];
    for (s, event, code) in rows {
        assert_eq!(enumerate(s, event), Err(code));
        let event = event.unwrap().0 as WSAEVENT;
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { WSAEnumNetworkEvents(s, event, null_mut()) }, SOCKET_ERROR);
        assert_eq!(last_error(), code);
    }
    // SAFETY: NULL is allowed.
    assert_eq!(unsafe { WSAEnumNetworkEvents(s, event.0 as WSAEVENT, null_mut()) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEFAULT);
    assert!(event.look(), "a failure resets nothing");
    assert_eq!(enumerate(s, None), Ok(vec![(READ, 0)]), "and clears nothing");
    assert!(event.look(), "without an event none is reset");
    assert_eq!(enumerate(s, Some(event)), Ok(vec![]));
    assert!(!event.look());
    close_all(&[s, peer]);
    assert_eq!(event_select(s, event, READ), Err(WSAENOTSOCK));
    assert_eq!(enumerate(s, None), Err(WSAENOTSOCK));
    event.close();
}

#[test]
fn a_socket_without_a_selection_has_no_record() {
    start();
    let (s, peer) = pair();
    let event = manual_event();
    event.set();
    tx(peer, b"a", 0).unwrap();
    until_readable(s);
    assert_eq!(enumerate(s, Some(event)), Ok(vec![]));
    assert!(!event.look(), "the event is reset all the same");
    close_all(&[s, peer]);
    event.close();
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Wine 8: event selections have other codes, and take calls that would not be allowed"
)]
fn a_selected_socket_does_not_block_until_the_selection_is_cancelled() {
    start();
    let event = manual_event();
    let s = new(SOCK_DGRAM);
    bind_loopback(s);
    assert_eq!(block(s), 0);
    event_select(s, event, READ).unwrap();
    assert_eq!(rx_some(s, 0), Err(WSAEWOULDBLOCK));
    assert_eq!(block(s), WSAEINVAL);
    nonblocking(s, true);
    event_select(s, Handle(0), 0).unwrap();
    assert_eq!(rx_some(s, 0), Err(WSAEWOULDBLOCK), "it is non-blocking still");
    assert_eq!(block(s), 0);
    event_select(s, Handle(12345), 0).unwrap();
    assert_eq!(rx_some(s, 0), Err(WSAEWOULDBLOCK), "without events too, and whatever the event");
    assert_eq!(block(s), 0);
    close_all(&[s]);
    event.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: network events: a selection looks at once")]
fn a_later_selection_replaces_the_earlier_one_and_its_record() {
    start();
    for (before, after) in MODELS.into_iter().flat_map(|one| MODELS.map(|other| (one, other))) {
        let (first, second) = (Observer::new(before), Observer::new(after));
        let (s, peer) = pair();
        first.select(s, READ | WRITE);
        first.expect_now(s, &[(WRITE, 0)], "what holds already");
        tx(peer, b"a", 0).unwrap();
        first.expect(s, &[(READ, 0)], "data");
        second.select(s, READ);
        second.expect_now(s, &[(READ, 0)], "the data is there still");
        assert_eq!(rx_some(s, 0), Ok(b"a".to_vec()));
        tx(peer, b"b", 0).unwrap();
        second.expect(s, &[(READ, 0)], "the second is told");
        assert!(!first.is_told(), "the first is not");
        second.select(s, WRITE);
        second.expect_now(s, &[(WRITE, 0)], "the same program, other events");
        second.select(s, WRITE);
        second.expect_now(s, &[(WRITE, 0)], "the same once more");
        close_all(&[s, peer]);
    }
}

#[test]
fn a_new_selection_clears_the_record_and_leaves_the_event() {
    start();
    let (first, second) = (manual_event(), manual_event());
    let (s, peer) = pair();
    event_select(s, first, WRITE).unwrap();
    event_select(s, second, READ).unwrap();
    assert_eq!(enumerate(s, Some(second)), Ok(vec![]));
    assert!(first.look() && !second.look());
    close_all(&[s, peer]);
    first.close();
    second.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: network events: a selection looks at once")]
fn a_cancelled_selection_tells_nothing() {
    start();
    let cancels: [fn(SOCKET); 2] =
        [|s| event_select(s, Handle(0), 0).unwrap(), |s| async_select(s, 0, 0, 0).unwrap()];
    for (model, cancel) in MODELS.into_iter().flat_map(|model| cancels.map(|cancel| (model, cancel))) {
        let observer = Observer::new(model);
        let (s, peer) = pair();
        observer.select(s, ALL);
        observer.expect_now(s, &[(WRITE, 0), (CONNECT, 0)], "what holds already");
        cancel(s);
        tx(peer, b"a", 0).unwrap();
        until(Ok(b"a".to_vec()), || rx_some(s, 0));
        close(peer);
        until(Ok(vec![]), || rx_some(s, 0));
        observer.expect_nothing(s, "cancelled");
        assert!(!observer.is_told());
        observer.select(s, ALL);
        observer.expect_now(s, &[(WRITE, 0), (CONNECT, 0), (CLOSE, 0)], "selected again");
        close(s);
    }
}

#[test]
fn closing_a_socket_cancels_its_selection() {
    start();
    for model in MODELS {
        let observer = Observer::new(model);
        let (s, peer) = pair();
        observer.select(s, READ | CLOSE);
        close(s);
        let _ = tx(peer, b"a", 0);
        let other = pair();
        observer.select(other.0, READ);
        observer.expect_nothing(other.0, "nobody is told of a closed socket");
        assert!(!observer.is_told());
        close_all(&[peer, other.0, other.1]);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: WSAAsyncSelect without a window")]
fn messages_have_mistakes_of_their_own() {
    start();
    let window = new_window();
    let (s, peer) = pair();
    async_select(s, window, MESSAGE, READ).unwrap();
    let event = manual_event();
    let rows = [
        (INVALID_SOCKET, 0, 0x400, WSAENOTSOCK),
        (event.0, window, READ, WSAENOTSOCK),
        (INVALID_SOCKET, window, 0, WSAENOTSOCK),
        (s, window, 0x400, WSAEINVAL),
        (s, 0, READ, WSAEINVAL),
        (s, HWND_MESSAGE.addr(), READ, WSAEINVAL),
        (s, 0x7FFF_FFFC, READ, WSAEINVAL),
    ];
    for (s, window, events, code) in rows {
        assert_eq!(async_select(s, window, MESSAGE, events), Err(code), "{s:#x} {window:#x} {events:#x}");
    }
    assert_eq!(block(s), WSAEINVAL);
    tx(peer, b"a", 0).unwrap();
    until(Some((MESSAGE, s, (READ, 0))), || next_message(window, PM_REMOVE));
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { DestroyWindow(std::ptr::without_provenance_mut(window)) }, TRUE);
    assert_eq!(rx_some(s, 0), Ok(b"a".to_vec()));
    tx(peer, b"b", 0).unwrap();
    until(Ok(b"b".to_vec()), || rx_some(s, 0));
    assert_eq!(async_select(s, window, MESSAGE, READ), Err(WSAEINVAL), "the window is gone");
    async_select(s, window, MESSAGE, 0).unwrap();
    assert_eq!(block(s), 0, "nobody is told, and the selection is cancelled");
    close_all(&[s, peer]);
    event.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: network events: a selection looks at once")]
fn a_connection_comes_before_room_and_its_end_last() {
    start();
    let window = new_window();
    let (listener, address) = listener();
    let s = new(SOCK_STREAM);
    async_select(s, window, MESSAGE, ALL).unwrap();
    assert_eq!(connect_to(s, &address), Err(WSAEWOULDBLOCK));
    let peer = accept_on(listener).unwrap();
    for event in [CONNECT, WRITE] {
        until(Some((MESSAGE, s, (event, 0))), || next_message(window, PM_REMOVE));
    }
    async_select(s, window, MESSAGE, 0).unwrap();
    close(peer);
    until(Ok(vec![]), || rx_some(s, 0));
    async_select(s, window, MESSAGE, ALL).unwrap();
    for event in [CONNECT, WRITE, CLOSE] {
        assert_eq!(next_message(window, PM_REMOVE), Some((MESSAGE, s, (event, 0))));
    }
    close_all(&[s, listener]);
}

#[test]
fn a_closed_event_is_set_for_nobody() {
    start();
    let event = manual_event();
    let (s, peer) = pair();
    event_select(s, event, READ).unwrap();
    event.close();
    tx(peer, b"a", 0).unwrap();
    until(Ok(vec![(READ, 0)]), || enumerate(s, None));
    close_all(&[s, peer]);
}

#[test]
fn an_accepted_socket_has_the_selection_of_its_listener() {
    start();
    for model in MODELS {
        let observer = Observer::new(model);
        let (listener, address) = listener();
        observer.select(listener, ALL);
        let client = new(SOCK_STREAM);
        connect_to(client, &address).unwrap();
        observer.expect(listener, &[(ACCEPT, 0)], "a connection");
        let s = accept_on(listener).unwrap();
        observer.expect_now(s, &[(WRITE, 0)], "it can be sent to; nobody has connected it");
        assert_eq!(block(s), WSAEINVAL, "it is selected");
        tx(client, b"a", 0).unwrap();
        observer.expect(s, &[(READ, 0)], "data");
        event_select(s, Handle(0), 0).unwrap();
        assert_eq!(block(s), 0, "it can be cancelled");
        assert_eq!(block(listener), WSAEINVAL, "the listener's stays");
        let second = new(SOCK_STREAM);
        connect_to(second, &address).unwrap();
        observer.expect(listener, &[(ACCEPT, 0)], "another connection");
        close_all(&[listener, client, second, s]);
    }
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Wine 8: SO_UPDATE_ACCEPT_CONTEXT gives the accepted socket nothing of the listener's"
)]
fn a_socket_of_accept_ex_has_it_when_its_context_is_updated() {
    start();
    let (listener, address) = listener();
    let (of_listener, of_its_own) = (manual_event(), manual_event());
    event_select(listener, of_listener, ALL).unwrap();
    for selected in [false, true] {
        let client = new(SOCK_STREAM);
        let s = new(SOCK_STREAM);
        if selected {
            event_select(s, of_its_own, READ | WRITE | CLOSE).unwrap();
        }
        let mut operation = Operation::new();
        let (mut room, mut bytes) = ([0u8; 64], 0);
        // SAFETY: room and operation outlive it.
        let started = unsafe {
            let room = room.as_mut_ptr().cast();
            AcceptEx(listener, s, room, 0, 32, 32, &mut bytes, operation.pointer())
        };
        assert!(port::has_started(started));
        connect_to(client, &address).unwrap();
        operation.until_final();
        assert_eq!(enumerate(listener, None), Ok(vec![]), "the operation has taken the connection");
        if selected {
            assert_eq!(of_its_own.wait(), WAIT_OBJECT_0);
            assert_eq!(enumerate(s, Some(of_its_own)), Ok(vec![(WRITE, 0)]));
        }
        let value = listener.to_ne_bytes();
        // SAFETY: the value is readable.
        let updated = unsafe { setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, value.as_ptr(), 8) };
        assert_eq!(updated, 0, "{}", last_error());
        assert_eq!(block(s), WSAEINVAL);
        let (event, holds) = if selected { (of_its_own, vec![]) } else { (of_listener, vec![(WRITE, 0)]) };
        assert_eq!(enumerate(s, Some(event)), Ok(holds), "a selection of its own stays");
        tx(client, b"a", 0).unwrap();
        assert_eq!(event.wait(), WAIT_OBJECT_0);
        assert_eq!(enumerate(s, Some(event)), Ok(vec![(READ, 0)]));
        close_all(&[client, s]);
    }
    close_all(&[listener]);
    of_listener.close();
    of_its_own.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: DisconnectEx: flags, and a socket that is used again")]
fn a_handle_that_is_connected_again_is_told_of_again() {
    start();
    let observer = Observer::new(Model::Event);
    let (listener, address) = listener();
    let port = Port::new();
    let s = new(SOCK_STREAM);
    bind_loopback(s);
    port.add(s);
    observer.select(s, ALL);
    for _ in 0..2 {
        let mut operation = Operation::new();
        let len = size_of::<SOCKADDR_IN>() as i32;
        // SAFETY: address and operation outlive it.
        let started = unsafe {
            let address = (&raw const address).cast();
            ConnectEx(s, address, len, null_mut(), 0, null_mut(), operation.pointer())
        };
        assert!(port::has_started(started));
        assert_eq!(port.take_of(s, &operation), (0, 0));
        observer.expect(s, &[(WRITE, 0), (CONNECT, 0)], "connected");
        let peer = accept_on(listener).unwrap();
        close(peer);
        observer.expect(s, &[(CLOSE, 0)], "ended");
        let mut operation = Operation::new();
        // SAFETY: the operation outlives it.
        let started = unsafe { DisconnectEx(s, operation.pointer(), TF_REUSE_SOCKET, 0) };
        assert!(port::has_started(started));
        assert_eq!(port.take_of(s, &operation), (0, 0));
        observer.expect_nothing(s, "it is new again");
    }
    close_all(&[s, listener]);
}

#[test]
fn two_handles_of_a_socket_have_one_selection() {
    start();
    let (first, second) = (manual_event(), manual_event());
    let (s, peer) = pair();
    let mut info = WSAPROTOCOL_INFOW::default();
    // SAFETY: the structure is writable.
    let other = unsafe {
        assert_eq!(WSADuplicateSocketW(s, GetCurrentProcessId(), &mut info), 0, "{}", last_error());
        WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0)
    };
    assert_ne!(other, INVALID_SOCKET, "{}", last_error());
    event_select(s, first, READ).unwrap();
    event_select(other, second, READ | CLOSE).unwrap();
    tx(peer, b"a", 0).unwrap();
    assert_eq!(second.wait(), WAIT_OBJECT_0);
    assert!(!first.look(), "the second selection has replaced the first");
    assert_eq!(enumerate(s, Some(second)), Ok(vec![(READ, 0)]), "whichever handle asks");
    close(other);
    assert_eq!(rx_some(s, 0), Ok(b"a".to_vec()));
    close(peer);
    assert_eq!(second.wait(), WAIT_OBJECT_0, "the socket is open still");
    assert_eq!(enumerate(s, Some(second)), Ok(vec![(CLOSE, 0)]));
    close(s);
    first.close();
    second.close();
}

#[test]
fn an_automatic_event_serves_as_well() {
    start();
    // SAFETY: no name is passed.
    let event = Handle::of(unsafe { CreateEventW(std::ptr::null(), FALSE, FALSE, std::ptr::null()) });
    let (s, peer) = pair();
    event_select(s, event, READ).unwrap();
    for _ in 0..3 {
        tx(peer, b"ab", 0).unwrap();
        assert_eq!(event.wait(), WAIT_OBJECT_0);
        assert_eq!(enumerate(s, None), Ok(vec![(READ, 0)]));
        assert_eq!(rx_some(s, 0), Ok(b"ab".to_vec()));
    }
    close_all(&[s, peer]);
    event.close();
}
