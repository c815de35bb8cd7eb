//! Network events of the safe API: selected, recorded with their results, shared, and taken back.

mod safe_common;

use safe_common::*;
use std::time::Duration;
use winsock::{Error, Event, Family, NetworkEvents, Reset, Shutdown, Socket, Waitable};

fn event() -> Event {
    Event::new(Reset::Manual, false).unwrap()
}

const NOW: Option<Duration> = Some(Duration::ZERO);

#[test]
fn a_record_has_each_event_and_its_result() {
    let told = event();
    let (client, server) = pair(Family::IPV4);
    server.select_events(&told, NetworkEvents::READ | NetworkEvents::WRITE | NetworkEvents::CLOSE).unwrap();
    assert_eq!(told.wait(Some(LIMIT)), Ok(true));
    assert_eq!(server.network_events(Some(&told)).unwrap().events(), NetworkEvents::WRITE);
    assert_eq!(told.wait(NOW), Ok(false), "the event was reset with the record");

    client.send(b"last words").unwrap();
    client.shutdown(Shutdown::Send).unwrap();
    assert_eq!(told.wait(Some(LIMIT)), Ok(true));
    let happened = server.network_events(Some(&told)).unwrap();
    assert_eq!(happened.result(NetworkEvents::READ), Some(Ok(())));
    assert_eq!(happened.result(NetworkEvents::CLOSE), None, "not before the data was read");
    assert_eq!(server.recv(&mut [0; 64]), Ok(10));
    assert_eq!(told.wait(Some(LIMIT)), Ok(true));
    let happened: Vec<_> = server.network_events(None).unwrap().iter().collect();
    assert_eq!(happened, [(NetworkEvents::CLOSE, Ok(()))]);
    assert_eq!(told.wait(NOW), Ok(true), "nobody has reset the event");
    assert!(server.network_events(None).unwrap().events().is_empty());
}

#[test]
fn a_reset_is_told_as_an_error() {
    let told = event();
    let (client, server) = pair(Family::IPV4);
    server.select_events(&told, NetworkEvents::CLOSE).unwrap();
    client.set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    assert_eq!(told.wait(Some(LIMIT)), Ok(true));
    let happened = server.network_events(Some(&told)).unwrap();
    assert_eq!(happened.result(NetworkEvents::CLOSE), Some(Err(Error::WSAECONNRESET)));
}

#[test]
fn a_selection_keeps_the_socket_from_blocking_until_it_is_taken_back() {
    let told = event();
    let (client, server) = pair(Family::IPV4);
    assert_eq!(server.select_events(&told, NetworkEvents::NONE), Err(Error::WSAEINVAL));
    server.select_events(&told, NetworkEvents::READ).unwrap();
    assert_eq!(server.recv(&mut [0; 1]), Err(Error::WSAEWOULDBLOCK));
    assert_eq!(server.set_nonblocking(false), Err(Error::WSAEINVAL));
    server.deselect_events().unwrap();
    server.set_nonblocking(false).unwrap();
    client.send(b"x").unwrap();
    assert_eq!(server.recv(&mut [0; 1]), Ok(1));
    assert_eq!(told.wait(NOW), Ok(false));
    assert!(server.network_events(None).unwrap().events().is_empty());
}

#[test]
fn sockets_share_an_event_and_the_event_may_go_first() {
    let told = event();
    let pairs: Vec<(Socket, Socket)> = (0..4).map(|_| pair(Family::IPV4)).collect();
    for (_, server) in &pairs {
        server.select_events(&told, NetworkEvents::READ).unwrap();
    }
    pairs[2].0.send(b"x").unwrap();
    assert_eq!(told.wait(Some(LIMIT)), Ok(true));
    told.reset().unwrap();
    let happened = pairs.iter().map(|(_, server)| server.network_events(None).unwrap().events());
    let at: Vec<usize> =
        happened.enumerate().filter(|(_, events)| !events.is_empty()).map(|(at, _)| at).collect();
    assert_eq!(at, [2]);
    drop(told);
    pairs[1].0.send(b"x").unwrap();
    drop(pairs);
}
