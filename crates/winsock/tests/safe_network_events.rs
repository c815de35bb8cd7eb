//! Network events of the safe API: selected, recorded with their results or told by messages, shared, and taken back.

mod safe_common;

use safe_common::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use winsock::{
    Error, Event, Family, Message, MessageLoop, NetworkEvents, NetworkMessage, Reset, Shutdown, Socket,
    Waitable, Window, WindowHandle, Woken,
};

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
    assert!(happened.result(NetworkEvents::CLOSE).is_some());
    if !wine("FD_CLOSE tells of a reset") {
        assert_eq!(happened.result(NetworkEvents::CLOSE), Some(Err(Error::WSAECONNRESET)));
    }
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

const TOLD: u32 = Message::FIRST + 7;

/// A window, and what its messages have told.
struct Told {
    window: Window,
    list: Rc<RefCell<Vec<NetworkMessage>>>,
}

impl Told {
    fn new() -> Told {
        let list = Rc::new(RefCell::new(Vec::new()));
        let told = list.clone();
        let window = Window::new(move |message| {
            assert_eq!(message.number, TOLD);
            told.borrow_mut().push(message.network_event().unwrap());
            0
        });
        Told { window: window.unwrap(), list }
    }

    fn handle(&self) -> WindowHandle {
        self.window.handle()
    }

    /// The messages that are there, after waiting for one.
    fn next(&self) -> Vec<NetworkMessage> {
        assert_eq!(MessageLoop::wait(&[], Some(LIMIT)), Ok(Woken::Message));
        self.posted()
    }

    /// The messages that are there.
    fn posted(&self) -> Vec<NetworkMessage> {
        assert_eq!(MessageLoop::run_pending(), Ok(None));
        self.list.take()
    }
}

#[test]
fn messages_tell_socket_event_and_result() {
    let told = Told::new();
    let (listener, address) = listener(Family::IPV4);
    let events = NetworkEvents::ACCEPT | NetworkEvents::READ | NetworkEvents::CLOSE;
    listener.select_messages(told.handle(), TOLD, events).unwrap();
    let client = Socket::stream(Family::IPV4).unwrap();
    client.connect(address).unwrap();
    let [accept] = told.next()[..] else { panic!("one message") };
    assert!(accept.is_of(&listener) && !accept.is_of(&client));
    assert_eq!((accept.event, accept.result), (NetworkEvents::ACCEPT, Ok(())));

    let (server, _) = listener.accept().unwrap();
    assert_eq!(server.recv(&mut [0; 1]), Err(Error::WSAEWOULDBLOCK), "the selection is the listener's");
    client.send(b"xy").unwrap();
    let read = NetworkMessage { socket: server.as_raw(), event: NetworkEvents::READ, result: Ok(()) };
    assert_eq!(told.next(), [read]);
    client.send(b"z").unwrap();
    assert_eq!(server.recv(&mut [0; 1]), Ok(1));
    assert_eq!(told.next(), [read], "the receive has enabled it, and something is left");
    client.set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    let [close] = told.next()[..] else { panic!("one message") };
    assert!(close.is_of(&server));
    assert_eq!(close.event, NetworkEvents::CLOSE);
    if !wine("FD_CLOSE tells of a reset") {
        assert_eq!(close.result, Err(Error::WSAECONNRESET));
    }
}

#[test]
fn a_selection_of_messages_is_refused_for_what_cannot_be_told() {
    let told = Told::new();
    let (_client, server) = pair(Family::IPV4);
    let gone = Told::new().handle();
    let (read, none) = (NetworkEvents::READ, NetworkEvents::NONE);
    let refused = [
        (told.handle(), Message::TIMER, read, Error::WSA_INVALID_PARAMETER),
        (gone, Message::FIRST - 1, none, Error::WSA_INVALID_PARAMETER),
        (told.handle(), TOLD, none, Error::WSAEINVAL),
        (gone, TOLD, none, Error::WSAEINVAL),
        (gone, TOLD, read, Error::WSAEINVAL),
    ];
    for (window, number, events, error) in refused {
        if window == gone && events == read && wine("WSAAsyncSelect without a window") {
            continue;
        }
        assert_eq!(server.select_messages(window, number, events), Err(error));
    }
    server.set_nonblocking(false).unwrap();
}

#[test]
fn messages_and_events_replace_each_other() {
    let told = Told::new();
    let event = event();
    let (client, server) = pair(Family::IPV4);
    server.select_messages(told.handle(), TOLD, NetworkEvents::WRITE).unwrap();
    assert_eq!(told.posted().len(), 1, "what holds already is told at once");
    server.select_events(&event, NetworkEvents::READ).unwrap();
    client.send(b"x").unwrap();
    assert_eq!(event.wait(Some(LIMIT)), Ok(true));
    assert_eq!(told.posted(), []);

    event.reset().unwrap();
    server.select_messages(told.handle(), TOLD, NetworkEvents::READ).unwrap();
    assert_eq!(told.posted().len(), 1);
    assert!(server.network_events(None).unwrap().events().is_empty());
    server.deselect_events().unwrap();
    assert_eq!(server.recv(&mut [0; 1]), Ok(1));
    client.send(b"x").unwrap();
    server.set_nonblocking(false).unwrap();
    assert_eq!(server.recv(&mut [0; 1]), Ok(1));
    assert_eq!(told.posted(), []);
    assert_eq!(event.wait(NOW), Ok(false));
}

#[test]
fn a_message_may_outlive_its_socket_and_a_selection_its_window() {
    let told = Told::new();
    let (client, server) = pair(Family::IPV4);
    server.select_messages(told.handle(), TOLD, NetworkEvents::WRITE | NetworkEvents::READ).unwrap();
    let socket = server.as_raw();
    drop(server);
    assert_eq!(told.posted(), [NetworkMessage { socket, event: NetworkEvents::WRITE, result: Ok(()) }]);
    drop(client);

    let (client, server) = pair(Family::IPV4);
    server.select_messages(told.handle(), TOLD, NetworkEvents::READ).unwrap();
    drop(told);
    client.send(b"x").unwrap();
    let event = event();
    server.select_events(&event, NetworkEvents::READ).unwrap();
    if !wine("network events: a selection looks at once") {
        assert_eq!(event.wait(Some(LIMIT)), Ok(true));
    }
    assert_eq!(server.recv(&mut [0; 1]), Ok(1));
}
