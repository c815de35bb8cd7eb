//! `poll` and `select` of the safe API: readiness is seen, on the right socket, and a connect's outcome too.

mod safe_common;

use safe_common::*;
use std::time::{Duration, Instant};
use winsock::{Error, Family, PollEntry, PollEvents, Socket, SocketSet, poll, select};

const NOW: Option<Duration> = Some(Duration::ZERO);

#[test]
fn poll_finds_the_ready_one_of_several() {
    let pairs: Vec<(Socket, Socket)> = (0..5).map(|_| pair(Family::IPV4)).collect();
    let mut entries: Vec<PollEntry<'_>> =
        pairs.iter().map(|(_, server)| PollEntry::new(server, PollEvents::READABLE)).collect();
    assert_eq!(poll(&mut entries, NOW), Ok(0));

    pairs[3].0.send(b"x").unwrap();
    assert_eq!(poll(&mut entries, Some(LIMIT)), Ok(1));
    for (at, entry) in entries.iter().enumerate() {
        assert_eq!(entry.events().is_readable(), at == 3);
        assert_eq!(entry.is_for(&pairs[3].1), at == 3);
    }

    entries[0].ask(PollEvents::READABLE | PollEvents::WRITABLE);
    assert_eq!(poll(&mut entries, Some(LIMIT)), Ok(2));
    assert_eq!(entries[0].events(), PollEvents::WRITABLE);
}

#[test]
fn poll_sees_the_end_of_a_connection() {
    let (client, server) = pair(Family::IPV4);
    let mut entries = [PollEntry::new(&server, PollEvents::READABLE)];
    drop(client);
    assert_eq!(poll(&mut entries, Some(LIMIT)), Ok(1));
    let events = entries[0].events();
    assert!(events.is_hang_up() || events.is_readable(), "{events:?}");
    assert_eq!(server.recv(&mut [0; 8]), Ok(0));
}

#[test]
fn poll_waits_as_long_as_it_should() {
    let (socket, _) = datagram(Family::IPV4);
    let mut entries = [PollEntry::new(&socket, PollEvents::READABLE)];
    let start = Instant::now();
    assert_eq!(poll(&mut entries, Some(Duration::from_millis(30))), Ok(0));
    assert!(start.elapsed() >= Duration::from_millis(30));
    assert!(entries[0].events().is_empty());
}

#[test]
fn poll_refuses_what_cannot_be_asked() {
    let (socket, _) = datagram(Family::IPV4);
    assert_eq!(poll(&mut [], NOW), Err(Error::WSAEINVAL));
    if wine("WSAPoll: what can be asked for") {
        return;
    }
    for events in [PollEvents::ERROR, PollEvents::HANG_UP, PollEvents::INVALID] {
        assert_eq!(poll(&mut [PollEntry::new(&socket, events)], NOW), Err(Error::WSAEINVAL), "{events:?}");
    }
}

fn connecting(address: std::net::SocketAddr) -> Socket {
    let socket = Socket::stream(Family::IPV4).unwrap();
    socket.set_nonblocking(true).unwrap();
    assert_eq!(socket.connect(address), Err(Error::WSAEWOULDBLOCK));
    socket
}

#[test]
fn a_nonblocking_connect_that_succeeds_is_writable() {
    let (listener, address) = listener(Family::IPV4);
    let client = connecting(address);
    let mut entries = [PollEntry::new(&client, PollEvents::WRITABLE)];
    assert_eq!(poll(&mut entries, Some(LIMIT)), Ok(1));
    assert_eq!(entries[0].events(), PollEvents::WRITABLE);
    assert_eq!(client.take_error(), Ok(None));
    assert_eq!(client.peer_addr(), Ok(address));

    let client = connecting(address);
    let mut write = SocketSet::from_iter([&client]);
    let mut except = write.clone();
    assert_eq!(select(&mut SocketSet::new(), &mut write, &mut except, Some(LIMIT)), Ok(1));
    assert!(write.contains(&client) && except.is_empty());
    drop(listener);
}

#[test]
fn a_nonblocking_connect_that_fails_is_an_error() {
    let client = connecting(nobody(Family::IPV4));
    let mut entries = [PollEntry::new(&client, PollEvents::WRITABLE)];
    assert_eq!(poll(&mut entries, Some(LIMIT)), Ok(1));
    let events = entries[0].events();
    assert!(events.contains(PollEvents::ERROR), "{events:?}");
    if !wine("WSAPoll: ends and failures") {
        assert!(events.contains(PollEvents::HANG_UP | PollEvents::WRITABLE), "{events:?}");
    }
    assert_eq!(client.take_error(), Ok(Some(Error::WSAECONNREFUSED)));

    let client = connecting(nobody(Family::IPV4));
    let mut write = SocketSet::from_iter([&client]);
    let mut except = write.clone();
    assert_eq!(select(&mut SocketSet::new(), &mut write, &mut except, Some(LIMIT)), Ok(1));
    assert!(except.contains(&client) && write.is_empty());
    assert_eq!(client.take_error(), Ok(Some(Error::WSAECONNREFUSED)));
}

#[test]
fn select_leaves_the_ready_ones_in_each_set() {
    let (listener, address) = listener(Family::IPV4);
    let (client, server) = pair(Family::IPV4);
    let late = Socket::stream(Family::IPV4).unwrap();
    late.connect(address).unwrap();
    client.send(b"x").unwrap();

    let mut read = SocketSet::from_iter([&listener, &client, &server]);
    let mut write = SocketSet::from_iter([&client]);
    let mut both = 0;
    let start = Instant::now();
    while both < 3 {
        assert!(start.elapsed() < LIMIT);
        read = SocketSet::from_iter([&listener, &client, &server]);
        write = SocketSet::from_iter([&client]);
        both = select(&mut read, &mut write, &mut SocketSet::new(), Some(LIMIT)).unwrap();
    }
    assert!(read.contains(&listener) && read.contains(&server) && !read.contains(&client));
    assert!(write.contains(&client));
    assert_eq!((read.len(), write.len()), (2, 1));
}

#[test]
fn select_takes_sets_of_any_size() {
    let sockets: Vec<Socket> = (0..200).map(|_| datagram(Family::IPV4).0).collect();
    let mut read = SocketSet::from_iter(&sockets);
    assert_eq!(read.len(), 200);
    let last = &sockets[199];
    last.send_to(b"x", last.local_addr().unwrap()).unwrap();
    assert_eq!(select(&mut read, &mut SocketSet::new(), &mut SocketSet::new(), Some(LIMIT)), Ok(1));
    assert!(read.contains(last) && read.len() == 1);
}

#[test]
fn select_waits_as_long_as_it_should_and_empties_the_sets() {
    let (socket, _) = datagram(Family::IPV4);
    let mut read = SocketSet::from_iter([&socket, &socket]);
    assert_eq!(read.len(), 1, "a socket is in a set once");
    let start = Instant::now();
    let wait = Some(Duration::from_millis(30));
    assert_eq!(select(&mut read, &mut SocketSet::new(), &mut SocketSet::new(), wait), Ok(0));
    assert!(start.elapsed() >= Duration::from_millis(30));
    assert!(read.is_empty());
}

#[test]
fn select_of_nothing_is_refused() {
    let mut sets = [SocketSet::new(), SocketSet::new(), SocketSet::new()];
    let [read, write, except] = &mut sets;
    assert_eq!(select(read, write, except, NOW), Err(Error::WSAEINVAL));
}
