//! The rules of network events, as tables: what makes each event happen, which calls enable it again and which do
//! not, told by events and by messages.
#![allow(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the raw API is unsafe; what is lent to operations outlives them"
)]

#[path = "common/call.rs"]
mod call;
mod common;
#[path = "common/network.rs"]
mod network;
#[path = "common/waiting.rs"]
mod waiting;

use call::*;
use common::*;
use network::*;
use std::ptr::{null, null_mut};
use waiting::manual_event;
use winsock::win32::*;

/// What a program may do with a socket, and whether its events are told again after it.
struct Call {
    name: &'static str,
    run: fn(SOCKET),
    again: bool,
}

const fn again(name: &'static str, run: fn(SOCKET)) -> Call {
    Call { name, run, again: true }
}

const fn not_again(name: &'static str, run: fn(SOCKET)) -> Call {
    Call { name, run, again: false }
}

fn fails(result: Result<impl std::fmt::Debug, i32>, code: i32) {
    assert_eq!(result.expect_err("it fails"), code);
}

fn wsa_recv(s: SOCKET, room: &mut [u8], overlapped: *mut OVERLAPPED) -> Result<u32, i32> {
    let buffer = WSABUF { len: room.len() as u32, buf: room.as_mut_ptr() };
    let (mut bytes, mut flags) = (0, 0);
    // SAFETY: the buffer is writable; an OVERLAPPED is awaited by the caller.
    match unsafe { WSARecv(s, &buffer, 1, &mut bytes, &mut flags, overlapped, None) } {
        0 => Ok(bytes),
        _ => Err(last_error()),
    }
}

/// `FIONREAD`; a listener has none.
fn waiting_bytes(s: SOCKET) -> Option<u32> {
    let mut value = 0;
    // SAFETY: the value is writable.
    (unsafe { ioctlsocket(s, FIONREAD, &mut value) } == 0).then_some(value)
}

/// Calls that enable no event.
const LOOKS: [Call; 7] = [
    not_again("WSAEnumNetworkEvents", |s| assert_eq!(enumerate(s, None), Ok(vec![]))),
    not_again("ioctlsocket(FIONREAD)", |s| _ = waiting_bytes(s)),
    not_again("select", |s| _ = select_of([&[s], &[s], &[s]], Some(std::time::Duration::ZERO)).unwrap()),
    not_again("WSAPoll", |s| _ = poll_of(&[(s, POLLRDNORM | POLLWRNORM)], 0).unwrap()),
    not_again("getsockopt(SO_ERROR)", |s| assert_eq!(option(s, SOL_SOCKET, SO_ERROR), 0)),
    not_again("getsockname", |s| _ = local(s).unwrap()),
    not_again("ioctlsocket(FIONBIO, 1)", |s| nonblocking(s, true)),
];

/// Calls that receive one byte or datagram of several, or fail to.
const RECEIVES: [Call; 12] = [
    again("recv", |s| assert_eq!(rx(s, &mut [0; 1], 0).or_else(too_long), Ok(1))),
    again("recv(MSG_PEEK)", |s| assert_eq!(rx(s, &mut [0; 1], MSG_PEEK).or_else(too_long), Ok(1))),
    again("recv with an unknown flag", |s| fails(rx(s, &mut [0; 1], 0x4000), WSAEINVAL)),
    again("recv with MSG_WAITALL", |s| fails(rx(s, &mut [0; 1], MSG_WAITALL), WSAEOPNOTSUPP)),
    again("recv of a negative length", |s| {
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { recv(s, null_mut(), -1, 0) }, SOCKET_ERROR);
    }),
    again("recvfrom", |s| _ = rx_from(s, &mut [0; 1], 0)),
    again("recvfrom without room for the address's length", |s| {
        let mut address = SOCKADDR_IN::default();
        let mut len = 1;
        // SAFETY: the memory is writable.
        unsafe { recvfrom(s, [0u8; 1].as_mut_ptr(), 1, 0, (&raw mut address).cast(), &mut len) };
    }),
    again("WSARecv", |s| _ = wsa_recv(s, &mut [0; 1], null_mut())),
    again("WSARecv without buffers", |s| {
        let (mut bytes, mut flags) = (0, 0);
        // SAFETY: the numbers are writable.
        let result = unsafe { WSARecv(s, null(), 0, &mut bytes, &mut flags, null_mut(), None) };
        assert_eq!(result, SOCKET_ERROR);
    }),
    again("WSARecvFrom", |s| _ = wsa_recv_from(s, &mut [vec![0; 1]], 0)),
    again("WSARecvEx", |s| {
        let mut flags = 0;
        // SAFETY: the memory is writable.
        assert_eq!(unsafe { WSARecvEx(s, [0u8; 1].as_mut_ptr(), 1, &mut flags) }, 1);
    }),
    again("ReadFile", |s| {
        let mut bytes = 0;
        // SAFETY: the memory is writable.
        unsafe { ReadFile(s as HANDLE, [0u8; 1].as_mut_ptr(), 1, &mut bytes, null_mut()) };
    }),
];

/// A datagram that is longer than the room counts as received.
fn too_long(error: i32) -> Result<usize, i32> {
    if error == WSAEMSGSIZE { Ok(1) } else { Err(error) }
}

/// A connected socket whose first events have been told, and its peer.
fn connected(observer: &Observer) -> (SOCKET, SOCKET) {
    let (s, peer) = pair();
    observer.select(s, ALL);
    observer.expect_now(s, &[(WRITE, 0), (CONNECT, 0)], "what holds already is told at once");
    (s, peer)
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Wine 8: event selections have other codes, and take calls that would not be allowed"
)]
fn a_read_is_told_again_after_a_call_that_receives_and_no_other() {
    start();
    const SENDS: [Call; 2] = [
        not_again("send", |s| assert_eq!(tx(s, b"x", 0), Ok(1))),
        not_again("more data", |s| {
            let peer = peer_of(s);
            assert_eq!(tx(peer, b"more", 0), Ok(4));
        }),
    ];
    for model in MODELS {
        let observer = Observer::new(model);
        for call in RECEIVES.iter().chain(&SENDS).chain(&LOOKS) {
            let (s, peer) = connected(&observer);
            PEER.set((s, peer));
            tx(peer, b"several bytes", 0).unwrap();
            observer.expect(s, &[(READ, 0)], call.name);
            (call.run)(s);
            if call.again {
                observer.expect_now(s, &[(READ, 0)], call.name);
            }
            observer.expect_nothing(s, call.name);
            close_all(&[s, peer]);
        }
    }
}

thread_local! {
    /// The socket of the row that runs, and its peer.
    static PEER: std::cell::Cell<(SOCKET, SOCKET)> = const { std::cell::Cell::new((0, 0)) };
}

fn peer_of(s: SOCKET) -> SOCKET {
    let (of, peer) = PEER.get();
    assert_eq!(of, s);
    peer
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Wine 8: event selections have other codes, and take calls that would not be allowed"
)]
fn datagrams_are_told_like_data() {
    start();
    for model in MODELS {
        let observer = Observer::new(model);
        for call in RECEIVES.iter().chain(&LOOKS) {
            let s = new(SOCK_DGRAM);
            let address = bind_loopback(s);
            observer.select(s, ALL);
            observer.expect_now(s, &[(WRITE, 0)], "a datagram can be sent");
            let sender = new(SOCK_DGRAM);
            for _ in 0..3 {
                tx_to(sender, b"datagram", &address).unwrap();
            }
            observer.expect(s, &[(READ, 0)], call.name);
            (call.run)(s);
            if call.again {
                observer.expect_now(s, &[(READ, 0)], call.name);
            }
            observer.expect_nothing(s, call.name);
            close_all(&[s, sender]);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: network events: a selection looks at once")]
fn reading_everything_ends_it_until_more_comes() {
    start();
    for model in MODELS {
        let observer = Observer::new(model);
        let (s, peer) = connected(&observer);
        for round in 0..3 {
            tx(peer, b"data", 0).unwrap();
            observer.expect(s, &[(READ, 0)], "data");
            assert_eq!(rx_some(s, 0), Ok(b"data".to_vec()), "round {round}");
            observer.expect_nothing(s, "all was read");
            fails(rx_some(s, 0), WSAEWOULDBLOCK);
            observer.expect_nothing(s, "nothing was read");
        }
        close_all(&[s, peer]);
    }
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Wine 8: event selections have other codes, and take calls that would not be allowed"
)]
fn urgent_data_is_told_apart_unless_it_is_inline() {
    start();
    const CALLS: [Call; 5] = [
        again("recvfrom with an unknown flag", |s| fails(rx_from(s, &mut [0; 1], 0x4000), WSAEINVAL)),
        again("recv(MSG_OOB | MSG_PEEK)", |s| assert_eq!(rx_some(s, MSG_OOB | MSG_PEEK), Ok(b"!".to_vec()))),
        again("recv with an unknown flag", |s| fails(rx(s, &mut [0; 1], 0x4000), WSAEINVAL)),
        not_again("recv(MSG_OOB)", |s| assert_eq!(rx_some(s, MSG_OOB), Ok(b"!".to_vec()))),
        not_again("send", |s| assert_eq!(tx(s, b"x", 0), Ok(1))),
    ];
    for model in MODELS {
        let observer = Observer::new(model);
        for call in CALLS.iter().chain(&LOOKS) {
            let (s, peer) = connected(&observer);
            tx(peer, b"!", MSG_OOB).unwrap();
            observer.expect(s, &[(OOB, 0)], call.name);
            (call.run)(s);
            if call.again {
                observer.expect_now(s, &[(OOB, 0)], call.name);
            }
            observer.expect_nothing(s, call.name);
            close_all(&[s, peer]);
        }
        let (s, peer) = connected(&observer);
        tx(peer, b"ab", 0).unwrap();
        observer.expect(s, &[(READ, 0)], "data");
        tx(peer, b"!", MSG_OOB).unwrap();
        observer.expect(s, &[(OOB, 0)], "urgent data behind it");
        assert_eq!(rx(s, &mut [0; 1], 0), Ok(1));
        observer.expect_now(s, &[(READ, 0), (OOB, 0)], "there is more of both");
        close_all(&[s, peer]);
        let (s, peer) = connected(&observer);
        set_option(s, SOL_SOCKET, SO_OOBINLINE, 1);
        tx(peer, b"!", MSG_OOB).unwrap();
        observer.expect(s, &[(READ, 0)], "inline");
        close_all(&[s, peer]);
    }
}

unsafe extern "system" fn decide(
    _: *mut WSABUF,
    _: *mut WSABUF,
    _: *mut QOS,
    _: *mut QOS,
    _: *mut WSABUF,
    _: *mut WSABUF,
    _: *mut u32,
    decision: usize,
) -> i32 {
    decision as i32
}

fn accept_if(listener: SOCKET, decision: u32) -> Result<SOCKET, i32> {
    // SAFETY: no address is asked for, and the function is one.
    match unsafe { WSAAccept(listener, null_mut(), null_mut(), Some(decide), decision as usize) } {
        INVALID_SOCKET => Err(last_error()),
        accepted => Ok(accepted),
    }
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Wine 8: event selections have other codes, and take calls that would not be allowed"
)]
fn a_connection_is_told_again_after_an_accept_that_does_not_defer() {
    start();
    const CALLS: [Call; 7] = [
        again("accept", |s| close_all(&[accept_on(s).unwrap()])),
        again("accept without room", |s| {
            let mut address = SOCKADDR_IN::default();
            let mut len = 1;
            // SAFETY: the memory is writable.
            assert_eq!(unsafe { accept(s, (&raw mut address).cast(), &mut len) }, INVALID_SOCKET);
        }),
        again("WSAAccept", |s| close_all(&[accept_if(s, CF_ACCEPT).unwrap()])),
        again("WSAAccept that rejects", |s| fails(accept_if(s, CF_REJECT), WSAECONNREFUSED)),
        not_again("WSAAccept that defers", |s| fails(accept_if(s, CF_DEFER), WSATRY_AGAIN)),
        again("AcceptEx", |s| {
            let accepted = new(SOCK_STREAM);
            let mut overlapped = OVERLAPPED::default();
            let (mut room, mut bytes) = ([0u8; 64], 0);
            // SAFETY: everything lives until the operation has ended, which is awaited.
            unsafe {
                AcceptEx(s, accepted, room.as_mut_ptr().cast(), 0, 32, 32, &mut bytes, &mut overlapped);
                let mut flags = 0;
                let ended = WSAGetOverlappedResult(s, &overlapped, &mut bytes, TRUE, &mut flags);
                assert_eq!(ended, TRUE, "{}", last_error());
            }
            close_all(&[accepted]);
        }),
        not_again("listen", |s| listen_on(s).unwrap()),
    ];
    for model in MODELS {
        let observer = Observer::new(model);
        for call in CALLS.iter().chain(&LOOKS) {
            let (listener, address) = listener();
            observer.select(listener, ACCEPT);
            observer.expect_nothing(listener, "nobody has come");
            let clients = [new(SOCK_STREAM), new(SOCK_STREAM)];
            connect_to(clients[0], &address).unwrap();
            observer.expect(listener, &[(ACCEPT, 0)], call.name);
            connect_to(clients[1], &address).unwrap();
            observer.expect_nothing(listener, "it was told of the first");
            (call.run)(listener);
            if call.again {
                observer.expect(listener, &[(ACCEPT, 0)], call.name);
            }
            observer.expect_nothing(listener, call.name);
            close_all(&[listener, clients[0], clients[1]]);
        }
    }
}

/// Sends until nothing more is taken.
fn fill(s: SOCKET) -> usize {
    let data = vec![7; 1 << 16];
    let mut sent = 0;
    loop {
        match tx(s, &data, 0) {
            Ok(len) => sent += len,
            Err(error) => {
                assert_eq!(error, WSAEWOULDBLOCK);
                return sent;
            }
        }
    }
}

fn drain(s: SOCKET, mut len: usize) {
    let mut room = vec![0; 1 << 16];
    while len > 0 {
        len -= rx(s, &mut room, 0).unwrap();
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: network events: a selection looks at once")]
fn room_is_told_after_a_send_that_would_block_and_no_other_call() {
    start();
    const CALLS: [Call; 2] = [
        not_again("send", |s| assert_eq!(tx(s, b"x", 0), Ok(1))),
        not_again("recv", |s| fails(rx_some(s, 0), WSAEWOULDBLOCK)),
    ];
    type Send = fn(SOCKET) -> Result<usize, i32>;
    const BLOCKED: [(&str, Send); 4] = [
        ("send", |s| tx(s, b"x", 0)),
        ("sendto", |s| tx_to(s, b"x", &loopback(1))),
        ("WSASend", |s| wsa_send(s, &[b"x"], 0).map(|sent| sent as usize)),
        ("WSASendTo", |s| wsa_send_to(s, &[b"x"], &loopback(1)).map(|sent| sent as usize)),
    ];
    for model in MODELS {
        let observer = Observer::new(model);
        for call in CALLS.iter().chain(&LOOKS) {
            let (s, peer) = connected(&observer);
            (call.run)(s);
            observer.expect_nothing(s, call.name);
            close_all(&[s, peer]);
        }
        for (name, send) in BLOCKED {
            let (s, peer) = connected(&observer);
            let sent = fill(s);
            observer.expect_nothing(s, "there is no room");
            drain(peer, sent);
            observer.expect(s, &[(WRITE, 0)], "there is room again");
            let sent = fill(s);
            fails(send(s), WSAEWOULDBLOCK);
            drain(peer, sent);
            observer.expect(s, &[(WRITE, 0)], name);
            assert_eq!(tx(s, b"x", 0), Ok(1));
            observer.expect_nothing(s, "there was room");
            close_all(&[s, peer]);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: connect again after a failure")]
fn connecting_is_told_once_with_its_error() {
    start();
    for model in MODELS {
        let observer = Observer::new(model);
        let s = new(SOCK_STREAM);
        observer.select(s, ALL);
        observer.expect_nothing(s, "it is new");
        let nobody = {
            let s = new(SOCK_STREAM);
            let address = bind_loopback(s);
            close(s);
            address
        };
        for _ in 0..2 {
            fails(connect_to(s, &nobody), WSAEWOULDBLOCK);
            observer.expect(s, &[(CONNECT, WSAECONNREFUSED)], "nobody listens");
        }
        fails(connect_to(s, &loopback(0)), WSAEADDRNOTAVAIL);
        observer.expect_nothing(s, "a connect that did not begin");
        let (listener, address) = listener();
        fails(connect_to(s, &address), WSAEWOULDBLOCK);
        observer.expect(s, &[(WRITE, 0), (CONNECT, 0)], "it is connected");
        fails(connect_to(s, &address), WSAEISCONN);
        for call in &LOOKS {
            (call.run)(s);
        }
        observer.expect_nothing(s, "nothing enables it");
        close_all(&[s, listener]);
        let s = new(SOCK_DGRAM);
        observer.select(s, CONNECT);
        observer.expect_nothing(s, "it has no peer");
        connect_to(s, &address).unwrap();
        observer.expect_now(s, &[(CONNECT, 0)], "a datagram socket is connected at once");
        close_all(&[s]);
    }
}

#[test]
fn the_error_of_a_connect_is_told_even_if_the_program_asks_for_it_first() {
    start();
    let observer = Observer::new(Model::Event);
    let s = new(SOCK_STREAM);
    let nobody = bind_loopback(s);
    close(s);
    let s = new(SOCK_STREAM);
    observer.select(s, CONNECT);
    fails(connect_to(s, &nobody), WSAEWOULDBLOCK);
    until(WSAECONNREFUSED, || option(s, SOL_SOCKET, SO_ERROR));
    observer.expect(s, &[(CONNECT, WSAECONNREFUSED)], "asked first");
    close_all(&[s]);
}

/// How a connection ends, and what is told of it.
struct End {
    name: &'static str,
    /// What happens, with the socket and its peer; answers whether the peer is still open.
    run: fn(SOCKET, SOCKET) -> bool,
    error: i32,
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: network events: a selection looks at once")]
fn the_end_of_a_connection_is_told_once_with_its_error() {
    start();
    const ENDS: [End; 6] = [
        End {
            name: "the peer's shutdown",
            run: |_, peer| shut(peer, SD_SEND).map(|()| true).unwrap(),
            error: 0,
        },
        End {
            name: "the peer's close",
            run: |_, peer| {
                close(peer);
                false
            },
            error: 0,
        },
        End {
            name: "the peer's answer to a shutdown",
            run: |s, peer| {
                shut(s, SD_SEND).unwrap();
                close(peer);
                false
            },
            error: 0,
        },
        End {
            name: "the peer's answer to a shutdown of both",
            run: |s, peer| {
                shut(s, SD_BOTH).unwrap();
                close(peer);
                false
            },
            error: 0,
        },
        End {
            name: "a reset",
            run: |_, peer| {
                reset(peer);
                false
            },
            error: WSAECONNRESET,
        },
        End {
            name: "a reset with data that nobody has read",
            run: |_, peer| {
                reset(peer);
                false
            },
            error: WSAECONNRESET,
        },
    ];
    for model in MODELS {
        let observer = Observer::new(model);
        for end in ENDS {
            let (s, peer) = connected(&observer);
            if end.name.contains("data") {
                tx(peer, b"data", 0).unwrap();
                observer.expect(s, &[(READ, 0)], end.name);
            }
            let open = (end.run)(s, peer);
            observer.expect(s, &[(CLOSE, end.error)], end.name);
            let _ = rx_some(s, 0);
            let _ = rx_some(s, 0);
            let _ = wsa_recv(s, &mut [0; 1], null_mut());
            observer.expect_nothing(s, end.name);
            observer.select(s, CLOSE);
            observer.expect_now(s, &[(CLOSE, end.error)], "it has happened already");
            close_all(&[s]);
            if open {
                close_all(&[peer]);
            }
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: network events: a selection looks at once")]
fn one_s_own_shutdown_is_no_end() {
    start();
    for model in MODELS {
        let observer = Observer::new(model);
        for how in [SD_SEND, SD_RECEIVE, SD_BOTH] {
            let (s, peer) = connected(&observer);
            shut(s, how).unwrap();
            observer.expect_nothing(s, "the peer has said nothing");
            close(peer);
            observer.expect(s, &[(CLOSE, 0)], "the peer has");
            close(s);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: an event is set after what it tells was recorded")]
fn an_end_waits_until_the_data_before_it_is_read() {
    start();
    for model in MODELS {
        let observer = Observer::new(model);
        for selected in [READ | CLOSE, CLOSE] {
            let (s, peer) = pair();
            observer.select(s, selected);
            tx(peer, b"abcd", 0).unwrap();
            shut(peer, SD_SEND).unwrap();
            let read: &[News] = if selected & READ != 0 { &[(READ, 0)] } else { &[] };
            observer.expect(s, read, "data, and the end behind it");
            until(Some(4), || waiting_bytes(s));
            for _ in 0..3 {
                assert_eq!(rx(s, &mut [0; 1], 0), Ok(1));
                observer.expect_now(s, read, "there is more");
                observer.expect_nothing(s, "there is more");
            }
            assert_eq!(rx(s, &mut [0; 1], 0), Ok(1));
            observer.expect(s, &[(CLOSE, 0)], "the last byte was read");
            assert_eq!(tx(s, b"still open this way", 0), Ok(19));
            observer.expect_nothing(s, "it was told");
            close_all(&[s, peer]);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: FD_CLOSE tells of a reset")]
fn what_a_pending_operation_takes_is_not_told() {
    start();
    for model in MODELS {
        let observer = Observer::new(model);
        let (s, peer) = connected(&observer);
        let ended = manual_event();
        let mut overlapped = OVERLAPPED { hEvent: ended.raw(), ..OVERLAPPED::default() };
        let mut room = [0; 4];
        fails(wsa_recv(s, &mut room, &mut overlapped), WSA_IO_PENDING);
        tx(peer, b"1234", 0).unwrap();
        assert_eq!(ended.wait(), WAIT_OBJECT_0);
        assert_eq!(&room, b"1234");
        observer.expect_nothing(s, "the operation has taken it");
        fails(wsa_recv(s, &mut room, &mut overlapped), WSA_IO_PENDING);
        tx(peer, b"12345", 0).unwrap();
        assert_eq!(ended.wait(), WAIT_OBJECT_0);
        observer.expect(s, &[(READ, 0)], "the operation has left a byte");
        assert_eq!(rx_some(s, 0), Ok(b"5".to_vec()));
        fails(wsa_recv(s, &mut room, &mut overlapped), WSA_IO_PENDING);
        reset(peer);
        assert_eq!(ended.wait(), WAIT_OBJECT_0);
        observer.expect(s, &[(CLOSE, WSAECONNRESET)], "the operation has met the reset");
        close_all(&[s]);
        ended.close();
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a closed port reaches the next receive")]
fn the_fate_of_a_datagram_counts_as_something_to_receive() {
    start();
    for model in MODELS {
        let observer = Observer::new(model);
        let (s, closed) = (new(SOCK_DGRAM), new(SOCK_DGRAM));
        let nobody = bind_loopback(closed);
        close(closed);
        bind_loopback(s);
        observer.select(s, READ);
        tx_to(s, b"to nobody", &nobody).unwrap();
        observer.expect(s, &[(READ, 0)], "a report");
        fails(rx_some(s, 0), WSAECONNRESET);
        observer.expect_nothing(s, "the report was taken");
        close_all(&[s]);
    }
}

#[test]
fn events_that_are_not_selected_are_not_told() {
    start();
    for model in MODELS {
        let observer = Observer::new(model);
        for selected in [READ, WRITE, OOB, CLOSE, READ | CLOSE] {
            let (s, peer) = pair();
            observer.select(s, selected);
            let holds: &[News] = if selected == WRITE { &[(WRITE, 0)] } else { &[] };
            observer.expect_now(s, holds, "what holds already");
            tx(peer, b"a", 0).unwrap();
            let data: &[News] = if selected & READ != 0 { &[(READ, 0)] } else { &[] };
            observer.expect(s, data, "data");
            until(Ok(b"a".to_vec()), || rx_some(s, 0));
            tx(peer, b"!", MSG_OOB).unwrap();
            let urgent: &[News] = if selected == OOB { &[(OOB, 0)] } else { &[] };
            observer.expect(s, urgent, "urgent data");
            until(Ok(b"!".to_vec()), || rx_some(s, MSG_OOB));
            close(peer);
            let end: &[News] = if selected & CLOSE != 0 { &[(CLOSE, 0)] } else { &[] };
            observer.expect(s, end, "the end");
            close(s);
        }
    }
}
