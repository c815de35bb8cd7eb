//! The safe API's overlapped accepts and connects, alone and on a port: each accept brings one connection, whole and with
//! its first data, or says why not; each connect ends connected, or leaves its socket free for another try.

mod safe_common;

use safe_common::*;
use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use winsock::*;

const NOW: Option<Duration> = Some(Duration::ZERO);
/// More than the connections of these tests send first.
const FIRST: usize = 1000;

fn client(to: SocketAddr) -> Socket {
    let client = limited(Socket::stream(Family::of(to)).unwrap());
    client.connect(to).unwrap();
    client
}

/// Whether the other side has ended the connection, in good order or not.
fn is_ended(socket: &Socket) -> bool {
    matches!(socket.recv(&mut [0; 16]), Ok(0) | Err(Error::WSAECONNRESET))
}

/// Waits until an accept has a connection that is silent.
fn until_silent(accept: &Pending<impl std::borrow::Borrow<Socket>>) {
    let start = Instant::now();
    while accept.connect_time().is_none() {
        assert!(start.elapsed() < LIMIT && !accept.has_ended());
        thread::yield_now();
    }
}

/// What has to hold for every accepted socket: it is like one that `accept` gave.
fn is_whole(accepted: &Accepted, client: &Socket) {
    assert_eq!(accepted.peer, client.local_addr().unwrap());
    assert_eq!(accepted.local, client.peer_addr().unwrap());
    assert_eq!(accepted.socket.peer_addr(), Ok(accepted.peer));
    assert_eq!(accepted.socket.local_addr(), Ok(accepted.local));
    accepted.socket.send(b"welcome").unwrap();
    accepted.socket.shutdown(Shutdown::Send).unwrap();
    let mut text = String::new();
    (&mut &*client).read_to_string(&mut text).unwrap();
    assert_eq!(text, "welcome");
}

#[test]
fn an_accept_brings_the_connection_and_its_first_data() {
    for family in families() {
        let (listener, address) = listener(family);
        let accept = Pending::accept(&listener, b"got: ".to_vec(), FIRST).unwrap();
        assert!(!accept.has_ended());
        assert_eq!(accept.connect_time(), None, "nobody is there");
        let client = client(address);
        let accept = accept.finish_within(Duration::from_millis(20)).unwrap_err();
        until_silent(&accept);
        assert!(accept.connect_time().unwrap() < Duration::from_secs(10));
        client.send(b"hello").unwrap();
        let finished = accept.finish_within(LIMIT).unwrap();
        assert_eq!(finished.outcome, Outcome { bytes: 5, error: None, port_error: None });
        assert_eq!((finished.buffer.as_slice(), finished.from), (&b"got: hello"[..], None));
        assert_eq!(finished.socket.as_raw(), listener.as_raw());
        is_whole(&finished.accepted.unwrap(), &client);
    }
}

#[test]
fn a_connection_that_is_there_already_is_accepted_at_once() {
    let (listener, address) = listener(Family::IPV4);
    let client = client(address);
    client.send(b"first data, and more").unwrap();
    let finished = Pending::accept(&listener, Vec::new(), 5).unwrap().finish_within(LIMIT).unwrap();
    assert_eq!((finished.outcome.result(), finished.buffer.as_slice()), (Ok(5), &b"first"[..]));
    let accepted = finished.accepted.unwrap();
    let mut rest = [0; 100];
    assert_eq!(accepted.socket.recv(&mut rest), Ok(15), "what had no room is still there");
    is_whole(&accepted, &client);
}

#[test]
fn without_first_data_the_connection_is_enough() {
    let (listener, address) = listener(Family::IPV4);
    let accept = Pending::accept(&listener, Vec::new(), 0).unwrap();
    let client = client(address);
    let finished = accept.finish_within(LIMIT).unwrap();
    assert_eq!((finished.outcome.result(), finished.buffer.len()), (Ok(0), 0));
    is_whole(&finished.accepted.unwrap(), &client);
}

#[test]
fn a_peer_that_ends_its_side_first_is_a_connection_without_data() {
    let (listener, address) = listener(Family::IPV4);
    let accept = Pending::accept(&listener, Vec::new(), FIRST).unwrap();
    let client = client(address);
    client.shutdown(Shutdown::Send).unwrap();
    let finished = accept.finish_within(LIMIT).unwrap();
    if wine("an AcceptEx that ends with its peer's end has no addresses") {
        return;
    }
    assert_eq!(finished.outcome.result(), Ok(0));
    is_whole(&finished.accepted.unwrap(), &client);
}

#[test]
fn the_accepted_socket_has_the_mode_and_the_options_of_the_listener() {
    let (listener, address) = listener(Family::IPV4);
    listener.set_nonblocking(true).unwrap();
    listener.set_keepalive(true).unwrap();
    let accept = Pending::accept(&listener, Vec::new(), 0).unwrap();
    let _client = client(address);
    let accepted = accept.finish_within(LIMIT).unwrap().accepted.unwrap();
    if !wine("SO_UPDATE_ACCEPT_CONTEXT gives the accepted socket nothing of the listener's") {
        assert_eq!(accepted.socket.recv(&mut [0; 4]), Err(Error::WSAEWOULDBLOCK));
        assert_eq!(accepted.socket.keepalive(), Ok(true));
    }
    assert!(accepted.socket.connect_time().unwrap().is_some());
    assert_eq!(listener.connect_time(), Ok(None));
}

#[test]
fn a_buffer_that_comes_back_is_used_again_as_it_is() {
    let (listener, address) = listener(Family::IPV4);
    let mut buffer = Vec::new();
    let mut capacity = None;
    for _ in 0..10 {
        let accept = Pending::accept(&listener, buffer, FIRST).unwrap();
        client(address).send(b"x").unwrap();
        buffer = accept.finish_within(LIMIT).unwrap().buffer;
        assert_eq!(buffer, b"x");
        buffer.clear();
        assert_eq!(*capacity.get_or_insert(buffer.capacity()), buffer.capacity());
    }
}

#[test]
fn a_cancelled_accept_is_aborted_and_takes_its_silent_connection_along() {
    for connected in [false, true] {
        let (listener, address) = listener(Family::IPV4);
        let accept = Pending::accept(&listener, b"kept".to_vec(), FIRST).unwrap();
        let silent = connected.then(|| client(address));
        if connected {
            until_silent(&accept);
        }
        assert!(accept.cancel());
        let finished = accept.finish_within(LIMIT).unwrap();
        assert_eq!(finished.outcome.error, Some(Error::WSA_OPERATION_ABORTED));
        assert_eq!(finished.outcome.port_error, Some(Error::WSA_OPERATION_ABORTED));
        assert!(finished.accepted.is_none());
        assert_eq!(finished.buffer, b"kept");
        assert!(silent.is_none_or(|silent| is_ended(&silent)));
        // The listener is as good as before.
        let accept = Pending::accept(&listener, Vec::new(), 0).unwrap();
        let next = client(address);
        is_whole(&accept.finish_within(LIMIT).unwrap().accepted.unwrap(), &next);
    }
}

#[test]
fn a_dropped_accept_is_gone_when_the_drop_returns() {
    let (listener, address) = listener(Family::IPV4);
    drop(Pending::accept(&listener, Vec::new(), FIRST).unwrap());
    let accept = Pending::accept(&listener, Vec::new(), FIRST).unwrap();
    let silent = client(address);
    until_silent(&accept);
    drop(accept);
    assert!(is_ended(&silent));
    let next = client(address);
    let (socket, from) = listener.accept().unwrap();
    assert_eq!(from, next.local_addr().unwrap(), "no accept is left to take it");
    drop(socket);
}

#[test]
fn the_accept_keeps_the_listener_that_it_was_given() {
    let (listener, address) = listener(Family::IPV4);
    let accept = Pending::accept(Arc::new(listener), Vec::new(), FIRST).unwrap();
    let client = client(address);
    client.send(b"x").unwrap();
    let finished = accept.finish_within(LIMIT).unwrap();
    assert!(finished.socket.is_listening().unwrap());
    is_whole(&finished.accepted.unwrap(), &client);
}

#[test]
fn a_reset_before_the_first_data_is_told() {
    let (listener, address) = listener(Family::IPV4);
    let accept = Pending::accept(&listener, Vec::new(), FIRST).unwrap();
    let rude = client(address);
    until_silent(&accept);
    rude.set_linger(Some(Duration::ZERO)).unwrap();
    drop(rude);
    let finished = accept.finish_within(LIMIT).unwrap();
    assert_eq!(finished.outcome.error, Some(Error::WSAECONNRESET));
    assert_eq!(finished.outcome.port_error, Some(Error::ERROR_NETNAME_DELETED));
    assert!(finished.accepted.is_none());
}

#[test]
fn an_accept_is_refused_for_sockets_that_do_not_listen() {
    if wine("AcceptEx: faults are found during the call") {
        return;
    }
    let stream = || Socket::stream(Family::IPV4).unwrap();
    let bound = stream();
    bound.bind(loopback(Family::IPV4)).unwrap();
    let (connected, _peer) = pair(Family::IPV4);
    let (udp, _) = datagram(Family::IPV4);
    for socket in [stream(), bound, connected, udp] {
        let handle = socket.as_raw();
        let refused = Pending::accept(socket, b"kept".to_vec(), FIRST).unwrap_err();
        assert_eq!(refused.error, Error::WSAEINVAL);
        assert_eq!((refused.buffer.as_slice(), refused.data.as_raw()), (&b"kept"[..], handle));
    }
}

#[test]
fn a_connect_binds_connects_and_sends() {
    for family in families() {
        let (listener, address) = listener(family);
        let socket = limited(Socket::stream(family).unwrap());
        let finished = Pending::connect(&socket, b"hello".to_vec(), address).unwrap().finish();
        assert_eq!((finished.outcome.result(), finished.buffer.as_slice()), (Ok(5), &b"hello"[..]));
        assert!(finished.accepted.is_none());
        let (mut server, from) = listener.accept().unwrap();
        assert_eq!(socket.local_addr(), Ok(from));
        assert_eq!(socket.peer_addr(), Ok(address), "the socket is a whole one");
        socket.shutdown(Shutdown::Send).unwrap();
        let mut text = String::new();
        server.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
    }
}

#[test]
fn a_connect_without_data_is_there_at_the_other_side() {
    let (listener, address) = listener(Family::IPV4);
    let socket = Socket::stream(Family::IPV4).unwrap();
    socket.bind(loopback(Family::IPV4)).unwrap();
    let local = socket.local_addr().unwrap();
    let finished = Pending::connect(socket, Vec::new(), address).unwrap().finish();
    assert_eq!(finished.outcome.result(), Ok(0));
    assert_eq!(listener.accept().unwrap().1, local, "the address that it had");
}

#[test]
fn a_connect_sends_more_than_fits_between() {
    if wine("ConnectEx stops when the first data does not fit at once") {
        return;
    }
    let (listener, address) = listener(Family::IPV4);
    let data: Vec<u8> = (0..8_000_000u32).map(|at| (at * 7 + (at >> 8)) as u8).collect();
    let socket = Socket::stream(Family::IPV4).unwrap();
    let connect = Pending::connect(socket, data, address).unwrap();
    let mut server = limited(listener.accept().unwrap().0);
    let mut received = vec![0; 8_000_000];
    server.read_exact(&mut received).unwrap();
    let finished = connect.finish_within(LIMIT).unwrap();
    assert_eq!(finished.outcome.result(), Ok(8_000_000));
    assert!(finished.buffer == received);
}

#[test]
fn a_refused_connect_may_be_tried_again() {
    let socket = limited(Socket::stream(Family::IPV4).unwrap());
    let connect = Pending::connect(socket, b"x".to_vec(), nobody(Family::IPV4));
    let (error, socket) = match connect {
        Ok(connect) => {
            let finished = connect.finish_within(LIMIT).unwrap();
            assert_eq!(finished.buffer, b"x");
            (finished.outcome.error.unwrap(), finished.socket)
        }
        Err(refused) => (refused.error, refused.data),
    };
    assert_eq!(error, Error::WSAECONNREFUSED);
    if wine("connect again after a failure") {
        return;
    }
    let (listener, address) = listener(Family::IPV4);
    assert_eq!(Pending::connect(&socket, b"x".to_vec(), address).unwrap().finish().outcome.result(), Ok(1));
    assert_eq!(listener.accept().unwrap().0.recv(&mut [0; 4]), Ok(1));
}

#[test]
fn a_connect_is_refused_for_what_cannot_connect_and_changes_nothing() {
    let (listening, address) = listener(Family::IPV4);
    let (connected, _peer) = pair(Family::IPV4);
    let stream = || Socket::stream(Family::IPV4).unwrap();
    let udp = || Socket::datagram(Family::IPV4).unwrap();
    let v6: SocketAddr = "[::1]:9".parse().unwrap();
    for (socket, to, error) in [
        (stream(), v6, Error::WSAEAFNOSUPPORT),
        (udp(), v6, Error::WSAEAFNOSUPPORT),
        (udp(), address, Error::WSAEOPNOTSUPP),
        (listening, address, Error::WSAEINVAL),
        (connected, address, Error::WSAEISCONN),
        (stream(), "127.0.0.1:0".parse().unwrap(), Error::WSAEADDRNOTAVAIL),
    ] {
        let before = socket.local_addr();
        let answered_by_us = error == Error::WSAEAFNOSUPPORT;
        if !answered_by_us && wine("ConnectEx: faults are found after the call, or have other codes") {
            continue;
        }
        let refused = Pending::connect(socket, b"kept".to_vec(), to).unwrap_err();
        assert_eq!((refused.error, refused.buffer.as_slice()), (error, &b"kept"[..]));
        if error != Error::WSAEADDRNOTAVAIL {
            assert_eq!(refused.data.local_addr(), before, "{error}");
        }
    }
}

/// A listener on a port, and its address.
fn on_port<T: Send>(port: &CompletionPort<T>) -> (PortSocket<T>, SocketAddr) {
    let (listener, address) = listener(Family::IPV4);
    (port.associate(listener, 7).unwrap(), address)
}

#[test]
fn accepts_and_connects_of_a_port_meet() {
    let port = CompletionPort::new(0).unwrap();
    let (listener, address) = on_port(&port);
    listener.start_accept(Vec::new(), FIRST, "accept").unwrap();
    let socket = port.associate(limited(Socket::stream(Family::IPV4).unwrap()), 8).unwrap();
    socket.start_connect(b"hello".to_vec(), address, "connect").unwrap();
    let mut completions = Vec::new();
    while completions.len() < 2 {
        port.take_many(&mut completions, 2, Some(LIMIT)).unwrap();
    }
    completions.sort_by_key(|completion| completion.key);
    let connected = completions.pop().unwrap();
    let accepted = completions.pop().unwrap();
    assert_eq!((accepted.key, accepted.operation, accepted.data), (7, Operation::Accept, "accept"));
    assert_eq!((accepted.outcome.result(), accepted.buffer.as_slice()), (Ok(5), &b"hello"[..]));
    assert_eq!((connected.key, connected.operation, connected.data), (8, Operation::Connect, "connect"));
    assert_eq!(connected.outcome.result(), Ok(5));
    assert!(connected.accepted.is_none());
    is_whole(&accepted.accepted.unwrap(), &socket);
}

#[test]
fn many_accepts_bring_every_connection_once() {
    const CLIENTS: usize = 300;
    const POSTED: usize = 64;
    let port = CompletionPort::<usize>::new(0).unwrap();
    let (listener, address) = on_port(&port);
    for number in 0..POSTED {
        listener.start_accept(Vec::new(), FIRST, number).unwrap();
    }
    let served = thread::scope(|scope| {
        let clients = scope.spawn(|| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|number| {
                    let client = client(address);
                    client.send(format!("{number:04}").as_bytes()).unwrap();
                    client
                })
                .collect();
            for (number, mut client) in clients.into_iter().enumerate() {
                let mut text = String::new();
                client.read_to_string(&mut text).unwrap();
                assert_eq!(text, format!("{number:04} of yours"));
            }
        });
        let mut served = HashSet::new();
        while served.len() < CLIENTS {
            let mut completion = port.take(Some(LIMIT)).unwrap();
            assert_eq!(completion.outcome.result(), Ok(4));
            let mut accepted = completion.accepted.unwrap().socket;
            accepted.write_all(&completion.buffer).unwrap();
            accepted.write_all(b" of yours").unwrap();
            assert!(served.insert(completion.buffer.clone()), "one connection came twice");
            completion.buffer.clear();
            listener.start_accept(completion.buffer, FIRST, completion.data).unwrap();
        }
        clients.join().unwrap();
        served
    });
    assert_eq!(served.len(), CLIENTS);
    // All that are left end together.
    assert!(listener.cancel());
    let mut left = HashSet::new();
    while left.len() < POSTED {
        let completion = port.take(Some(LIMIT)).unwrap();
        assert_eq!(completion.outcome.error, Some(Error::WSA_OPERATION_ABORTED));
        assert!(left.insert(completion.data));
    }
    assert_eq!(port.take(NOW).unwrap_err(), Error::WSA_WAIT_TIMEOUT);
}

#[test]
fn silent_connections_are_seen_and_can_be_ended() {
    let port = CompletionPort::new(0).unwrap();
    let (listener, address) = on_port(&port);
    for number in 0..5 {
        listener.start_accept(Vec::new(), FIRST, number).unwrap();
    }
    assert!(listener.connect_times().is_empty());
    let silent: Vec<_> = (0..3).map(|_| client(address)).collect();
    let start = Instant::now();
    while listener.connect_times().len() < 3 {
        assert!(start.elapsed() < LIMIT);
        // Somebody has to wait for the port's sockets to make progress.
        assert_eq!(port.take(Some(Duration::from_millis(1))).unwrap_err(), Error::WSA_WAIT_TIMEOUT);
    }
    assert_eq!(listener.cancel_silent(Duration::from_secs(3600)), 0, "none is that old");
    assert_eq!(listener.cancel_silent(Duration::ZERO), 3);
    for _ in 0..3 {
        let completion = port.take(Some(LIMIT)).unwrap();
        assert_eq!(completion.outcome.error, Some(Error::WSA_OPERATION_ABORTED));
        assert!(completion.accepted.is_none());
    }
    assert!(silent.iter().all(is_ended));
    // The two that had no connection are still there.
    let polite = client(address);
    polite.send(b"x").unwrap();
    let completion = port.take(Some(LIMIT)).unwrap();
    assert_eq!(completion.outcome.result(), Ok(1));
    is_whole(&completion.accepted.unwrap(), &polite);
}

#[test]
fn the_end_of_the_listener_ends_its_accepts() {
    let port = CompletionPort::new(0).unwrap();
    let (listener, address) = on_port(&port);
    listener.start_accept(b"kept".to_vec(), FIRST, "lonely").unwrap();
    drop(listener);
    let completion = port.take(Some(LIMIT)).unwrap();
    assert_eq!((completion.data, completion.buffer.as_slice()), ("lonely", &b"kept"[..]));
    assert_eq!(completion.outcome.error, Some(Error::WSA_OPERATION_ABORTED));
    assert!(completion.accepted.is_none());
    let late = Socket::stream(Family::IPV4).unwrap();
    assert_eq!(late.connect(address), Err(Error::WSAECONNREFUSED));
}

#[test]
fn a_connection_whose_listener_is_gone_when_it_is_taken_fails() {
    let port = CompletionPort::new(0).unwrap();
    let (listener, address) = on_port(&port);
    let client = client(address);
    client.send(b"hello").unwrap();
    // There is all that it wants: it ends in the call.
    listener.start_accept(b"kept".to_vec(), FIRST, ()).unwrap();
    drop(listener);
    let completion = port.take(Some(LIMIT)).unwrap();
    if wine("taking over a connection that is not there") {
        return;
    }
    assert_eq!(completion.outcome.error, Some(Error::WSAENOTSOCK));
    assert_eq!((completion.accepted.is_none(), completion.buffer.as_slice()), (true, &b"kept"[..]));
    assert!(is_ended(&client));
}

#[test]
fn a_dropped_port_ends_its_accepts_and_their_connections() {
    let port = CompletionPort::new(0).unwrap();
    let (listener, address) = on_port(&port);
    for _ in 0..10 {
        listener.start_accept(Vec::new(), FIRST, ()).unwrap();
    }
    let clients: Vec<_> = (0..5).map(|_| client(address)).collect();
    clients[0].send(b"x").unwrap();
    drop(port);
    let refused = listener.start_accept(Vec::new(), FIRST, ()).unwrap_err();
    assert_eq!(refused.error, Error::WSA_OPERATION_ABORTED);
    // The listener itself is as good as before, for those that no accept has taken.
    drop(listener);
    assert!(clients.iter().all(is_ended));
}
