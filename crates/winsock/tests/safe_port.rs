//! The safe API's completion ports: every operation comes back once, with its buffer, its data and its outcome, and no
//! packet of anybody else's is taken for one.
#![allow(unsafe_code, reason = "one test puts foreign packets on a port by raw calls")]

mod safe_common;

use safe_common::*;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::*};
use std::thread;
use std::time::Duration;
use winsock::{CompletionPort, Error, Family, Operation, PortSocket, Shutdown, Socket, win32};

const NOW: Option<Duration> = Some(Duration::ZERO);

/// Data that counts itself out.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// A socket on a port, and its peer.
fn on_port<T: Send>(port: &CompletionPort<T>, key: usize) -> (PortSocket<T>, Socket) {
    let (client, server) = pair(Family::IPV4);
    (port.associate(server, key).unwrap(), client)
}

/// The bytes that a connection of a number sends.
fn pattern(number: usize, len: usize) -> Vec<u8> {
    (0..len).map(|at| (number * 131 + at * 7 + (at >> 8)) as u8).collect()
}

#[test]
fn many_connections_are_echoed_by_several_workers_with_every_byte() {
    const CONNECTIONS: usize = 60;
    const LEN: usize = 40_000;
    struct Client(PortSocket<Arc<Client>>);
    for workers in [1, 2, 8] {
        let port = CompletionPort::<Arc<Client>>::new(workers).unwrap();
        let ended = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    while ended.load(SeqCst) < CONNECTIONS {
                        let completion = match port.take(Some(Duration::from_millis(100))) {
                            Err(Error::WSA_WAIT_TIMEOUT) => continue,
                            completion => completion.unwrap(),
                        };
                        let len = completion.outcome.result().unwrap();
                        let (client, mut buffer) = (completion.data, completion.buffer);
                        match completion.operation {
                            Operation::Receive if len == 0 => {
                                client.0.shutdown(Shutdown::Send).unwrap();
                                ended.fetch_add(1, SeqCst);
                            }
                            Operation::Receive => {
                                assert_eq!(buffer.len(), len);
                                client.clone().0.start_send(buffer, client).unwrap();
                            }
                            _ => {
                                assert_eq!(buffer.len(), len, "a send takes all");
                                buffer.clear();
                                client.clone().0.start_receive(buffer, client).unwrap();
                            }
                        }
                    }
                });
            }
            let clients: Vec<_> = (0..CONNECTIONS)
                .map(|number| {
                    let (server, client) = on_port(&port, number);
                    let server = Arc::new(Client(server));
                    server.clone().0.start_receive(Vec::with_capacity(1000), server).unwrap();
                    client
                })
                .collect();
            for (number, mut client) in clients.into_iter().enumerate() {
                scope.spawn(move || {
                    let sent = pattern(number, LEN);
                    let writer = client.try_clone().unwrap();
                    let copy = sent.clone();
                    let writing = thread::spawn(move || {
                        (&writer).write_all(&copy).unwrap();
                        writer.shutdown(Shutdown::Send).unwrap();
                    });
                    let mut received = Vec::new();
                    client.read_to_end(&mut received).unwrap();
                    assert!(received == sent, "connection {number}: the bytes differ");
                    writing.join().unwrap();
                });
            }
        });
    }
}

#[test]
fn operations_of_one_socket_are_done_in_order_however_many_there_are() {
    const COUNT: usize = 100;
    let port = CompletionPort::new(0).unwrap();
    let (server, client) = on_port(&port, 5);
    let receiver = port.associate(client, 6).unwrap();
    for number in 0..COUNT {
        receiver.start_receive(Vec::with_capacity(10), number).unwrap();
    }
    for number in 0..COUNT {
        server.start_send(vec![number as u8; 10], number).unwrap();
    }
    let (mut received, mut sent) = (0, 0);
    let mut stream = vec![Vec::new(); COUNT];
    let mut completions = Vec::new();
    while received < COUNT * 10 || sent < COUNT {
        let count = port.take_many(&mut completions, 32, Some(LIMIT)).unwrap();
        assert!(count <= 32 && count == completions.len());
        for completion in completions.drain(..) {
            let bytes = completion.outcome.result().unwrap();
            match completion.operation {
                Operation::Send => {
                    assert_eq!((completion.key, bytes), (5, 10));
                    sent += 1;
                }
                operation => {
                    assert_eq!((operation, completion.key), (Operation::Receive, 6));
                    received += bytes;
                    if let Some(place) = stream.get_mut(completion.data) {
                        place.clone_from(&completion.buffer);
                    }
                    // A receive may be short: another one takes its place, behind all others.
                    if bytes < 10 {
                        stream.push(Vec::new());
                        receiver.start_receive(Vec::with_capacity(10), stream.len() - 1).unwrap();
                    }
                }
            }
        }
    }
    let expected: Vec<u8> = (0..COUNT).flat_map(|number| [number as u8; 10]).collect();
    assert!(stream.concat() == expected, "the stream is broken");
}

#[test]
fn what_is_posted_comes_with_its_key_and_value() {
    let port = CompletionPort::new(1).unwrap();
    for number in 0..5 {
        port.post(number, format!("value {number}")).unwrap();
    }
    let first = port.take(NOW).unwrap();
    assert_eq!((first.key, first.operation, first.data.as_str()), (0, Operation::Post, "value 0"));
    assert_eq!(first.outcome.result(), Ok(0));
    let mut rest = Vec::new();
    assert_eq!(port.take_many(&mut rest, 3, NOW), Ok(3));
    assert_eq!(port.take_many(&mut rest, 3, NOW), Ok(1));
    assert_eq!(rest.iter().map(|packet| packet.key).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(port.take(NOW).unwrap_err(), Error::WSA_WAIT_TIMEOUT);
    assert_eq!(port.take_many(&mut rest, 3, NOW), Err(Error::WSA_WAIT_TIMEOUT));
    if !wine("completion ports: no room for entries") {
        assert_eq!(port.take_many(&mut rest, 0, NOW), Err(Error::WSA_INVALID_PARAMETER));
    }
}

#[test]
fn a_cancelled_operation_comes_back_aborted_with_its_buffer() {
    let port = CompletionPort::new(0).unwrap();
    let (server, _client) = on_port(&port, 1);
    assert!(
        wine("cancelling where there is nothing, and on what is no handle") || !server.cancel(),
        "there is none"
    );
    server.start_receive(b"kept".to_vec(), "data").unwrap();
    assert!(server.cancel());
    let completion = port.take(Some(LIMIT)).unwrap();
    assert_eq!(completion.outcome.error, Some(Error::WSA_OPERATION_ABORTED));
    assert_eq!(completion.outcome.port_error, Some(Error::WSA_OPERATION_ABORTED));
    assert_eq!((completion.buffer.as_slice(), completion.data), (&b"kept"[..], "data"));
    assert_eq!(port.take(NOW).unwrap_err(), Error::WSA_WAIT_TIMEOUT, "it comes once");
}

#[test]
fn a_dropped_socket_gives_its_operations_back_even_if_it_has_another_handle() {
    let port = CompletionPort::new(0).unwrap();
    for keep_another in [false, true] {
        let (server, mut client) = on_port(&port, 1);
        let another = keep_another.then(|| server.try_clone().unwrap());
        for number in 0..3 {
            server.start_receive(Vec::with_capacity(10), number).unwrap();
        }
        drop(server);
        for _ in 0..3 {
            let completion = port.take(Some(LIMIT)).unwrap();
            assert_eq!(completion.outcome.error, Some(Error::WSA_OPERATION_ABORTED));
        }
        assert_eq!(port.take(NOW).unwrap_err(), Error::WSA_WAIT_TIMEOUT);
        drop(another);
        assert_eq!(client.read(&mut [0; 10]).unwrap(), 0, "the last handle ends the connection");
    }
}

#[test]
fn a_dropped_port_ends_every_operation_before_its_sockets_or_after_them() {
    let dropped = Arc::new(AtomicUsize::new(0));
    for sockets_first in [false, true] {
        dropped.store(0, SeqCst);
        let port = CompletionPort::new(0).unwrap();
        let sockets: Vec<_> = (0..10).map(|key| on_port(&port, key)).collect();
        for (server, _) in &sockets {
            for _ in 0..3 {
                server.start_receive(Vec::with_capacity(100), Counted(dropped.clone())).unwrap();
            }
        }
        port.post(0, Counted(dropped.clone())).unwrap();
        assert_eq!(dropped.load(SeqCst), 0);
        if sockets_first {
            drop(sockets);
            drop(port);
        } else {
            drop(port);
            assert_eq!(dropped.load(SeqCst), 31);
            // The sockets are as good as before, apart from operations.
            let refused = sockets[0].0.start_receive(vec![1], Counted(dropped.clone())).unwrap_err();
            assert_eq!((refused.error, &refused.buffer), (Error::WSA_OPERATION_ABORTED, &vec![1]));
            sockets[0].1.send(b"x").unwrap();
            assert_eq!(sockets[0].0.recv(&mut [0; 4]), Ok(1));
            drop(refused);
            assert_eq!(dropped.load(SeqCst), 32);
            continue;
        }
        assert_eq!(dropped.load(SeqCst), 31);
    }
}

#[test]
fn a_dropped_port_ends_what_only_its_operations_keep_alive() {
    struct Client(PortSocket<Arc<Client>>, #[expect(dead_code, reason = "it counts")] Counted);
    let dropped = Arc::new(AtomicUsize::new(0));
    let port = CompletionPort::<Arc<Client>>::new(0).unwrap();
    let mut peers = Vec::new();
    for key in 0..5 {
        let (server, client) = on_port(&port, key);
        let server = Arc::new(Client(server, Counted(dropped.clone())));
        server.clone().0.start_receive(Vec::with_capacity(10), server).unwrap();
        peers.push(client);
    }
    assert_eq!(dropped.load(SeqCst), 0);
    drop(port);
    assert_eq!(dropped.load(SeqCst), 5);
    for mut peer in peers {
        assert_eq!(peer.read(&mut [0; 4]).unwrap(), 0, "the server's side is closed");
    }
}

#[test]
fn a_port_may_be_dropped_while_others_start_operations() {
    for _ in 0..20 {
        let dropped = Arc::new(AtomicUsize::new(0));
        let port = CompletionPort::new(0).unwrap();
        let sockets: Vec<_> = (0..3).map(|key| on_port(&port, key)).collect();
        let made = thread::scope(|scope| {
            let starters: Vec<_> = sockets
                .iter()
                .map(|(server, client)| {
                    let dropped = dropped.clone();
                    scope.spawn(move || {
                        for made in 1.. {
                            // Not so far ahead that the test is about memory.
                            while made > dropped.load(SeqCst) + 50 {
                                thread::yield_now();
                            }
                            client.send(b"x").unwrap();
                            let data = Counted(dropped.clone());
                            match server.start_receive(Vec::with_capacity(1), data) {
                                Ok(()) => {}
                                Err(refused) if refused.error == Error::WSA_OPERATION_ABORTED => return made,
                                Err(refused) => panic!("{refused}"),
                            }
                        }
                        unreachable!("the port goes")
                    })
                })
                .collect();
            for _ in 0..100 {
                port.take(Some(LIMIT)).unwrap();
            }
            drop(port);
            starters.into_iter().map(|starter| starter.join().unwrap()).sum::<usize>()
        });
        assert_eq!(dropped.load(SeqCst), made);
    }
}

#[test]
fn packets_of_raw_calls_are_passed_over() {
    let port = CompletionPort::new(0).unwrap();
    let (server, client) = on_port(&port, 9);
    let mut room = [0u8; 4];
    let buffer = win32::WSABUF { len: 4, buf: room.as_mut_ptr() };
    let mut overlapped = win32::OVERLAPPED::default();
    let mut flags = 0;
    // SAFETY: buffer and OVERLAPPED stay until the operation has ended, which is waited for below.
    let started = unsafe {
        win32::WSARecv(
            server.as_raw(),
            &raw const buffer,
            1,
            std::ptr::null_mut(),
            &raw mut flags,
            &raw mut overlapped,
            None,
        )
    };
    assert_eq!(started, win32::SOCKET_ERROR);
    server.start_receive(Vec::with_capacity(4), "ours").unwrap();
    client.send(b"rawsours").unwrap();
    let completion = port.take(Some(LIMIT)).unwrap();
    assert_eq!((completion.data, completion.buffer.as_slice()), ("ours", &b"ours"[..]));
    let mut rest = Vec::new();
    assert_eq!(port.take_many(&mut rest, 10, NOW), Err(Error::WSA_WAIT_TIMEOUT));
    let (mut bytes, mut flags) = (0, 0);
    let results = (&raw mut bytes, &raw mut flags);
    // SAFETY: the OVERLAPPED is of an operation that was started, and the results are ours.
    let ok = unsafe {
        win32::WSAGetOverlappedResult(server.as_raw(), &raw const overlapped, results.0, 1, results.1)
    };
    assert_eq!((ok, bytes, &room), (win32::TRUE, 4, b"raws"));
}

#[test]
fn a_socket_is_associated_once() {
    let (first, second) = (CompletionPort::<()>::new(0).unwrap(), CompletionPort::<u8>::new(0).unwrap());
    let (server, mut client) = on_port(&first, 1);
    let refused = second.associate(server.try_clone().unwrap(), 2).unwrap_err();
    assert_eq!(refused, Error::WSA_INVALID_PARAMETER);
    server.start_send(b"x".to_vec(), ()).unwrap();
    assert_eq!(first.take(Some(LIMIT)).unwrap().key, 1);
    drop(server);
    assert_eq!(client.read_to_end(&mut Vec::new()).unwrap(), 1);
}

#[test]
fn a_refused_operation_gives_everything_back_and_no_completion() {
    let port = CompletionPort::new(0).unwrap();
    let lonely = port.associate(Socket::stream(Family::IPV4).unwrap(), 1).unwrap();
    let refused = lonely.start_send(b"text".to_vec(), "data").unwrap_err();
    assert_eq!((refused.buffer.as_slice(), refused.data), (&b"text"[..], "data"));
    let error = Error::from(refused);
    assert!(wine("a socket that is not connected") || error == Error::WSAENOTCONN, "{error}");
    let (server, _client) = on_port(&port, 2);
    server.shutdown(Shutdown::Send).unwrap();
    assert_eq!(server.start_send(b"x".to_vec(), "").unwrap_err().error, Error::WSAESHUTDOWN);
    assert_eq!(port.take(NOW).unwrap_err(), Error::WSA_WAIT_TIMEOUT);
}

#[test]
fn one_message_is_sent_to_many_peers_and_each_end_gives_up_its_share() {
    const PEERS: usize = 5;
    // More than a socket takes from a peer that does not read.
    const LEN: usize = 8 << 20;
    let port = CompletionPort::new(0).unwrap();
    let message: Arc<[u8]> = pattern(3, LEN + 2).into();
    let (servers, clients): (Vec<_>, Vec<_>) = (0..PEERS).map(|number| on_port(&port, number)).unzip();
    for (number, server) in servers.iter().enumerate() {
        server.start_send_shared(message.clone(), 1..LEN + 1, number).unwrap();
    }
    assert_eq!(Arc::strong_count(&message), 1 + PEERS);
    thread::scope(|scope| {
        for mut client in &clients[1..] {
            let expected = &message[1..LEN + 1];
            scope.spawn(move || {
                let mut received = vec![0; LEN];
                client.read_exact(&mut received).unwrap();
                assert!(received == expected, "the bytes differ");
            });
        }
        for left in (1..PEERS).rev() {
            let completion = port.take(Some(LIMIT)).unwrap();
            assert_eq!((completion.operation, completion.outcome.result()), (Operation::Send, Ok(LEN)));
            assert_eq!((completion.key, completion.buffer), (completion.data, vec![]));
            assert_eq!(Arc::strong_count(&message), 1 + left);
        }
    });
    // What one peer does not read ends with the port.
    drop(port);
    assert_eq!(Arc::strong_count(&message), 1);
    assert_eq!(
        servers[1].start_send_shared(message.clone(), 0..1, 1).unwrap_err().error,
        Error::WSA_OPERATION_ABORTED
    );
    assert_eq!(Arc::strong_count(&message), 1);
}

#[test]
fn a_part_that_is_none_or_is_refused_starts_nothing() {
    let port = CompletionPort::new(0).unwrap();
    let (server, mut client) = on_port(&port, 1);
    let message: Arc<[u8]> = Arc::from(*b"abc");
    for (from, to) in [(0, 4), (4, 4), (2, 1)] {
        let send = || server.start_send_shared(message.clone(), from..to, "never");
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(send)).is_err(), "{from}..{to}");
    }
    server.start_send_shared(message.clone(), 3..3, "empty").unwrap();
    let empty = port.take(Some(LIMIT)).unwrap();
    assert_eq!((empty.data, empty.outcome.result()), ("empty", Ok(0)));
    server.shutdown(Shutdown::Send).unwrap();
    let refused = server.start_send_shared(message.clone(), 0..3, "data").unwrap_err();
    assert_eq!((refused.error, refused.buffer, refused.data), (Error::WSAESHUTDOWN, vec![], "data"));
    assert_eq!((port.take(NOW).unwrap_err(), Arc::strong_count(&message)), (Error::WSA_WAIT_TIMEOUT, 1));
    assert_eq!(client.read_to_end(&mut Vec::new()).unwrap(), 0, "nothing was sent");
}

#[test]
fn datagrams_tell_their_sender_and_when_they_had_no_room() {
    for at_once in [false, true] {
        let port = CompletionPort::new(0).unwrap();
        let (socket, address) = datagram(Family::IPV4);
        let socket = port.associate(socket, 1).unwrap();
        let (other, from) = datagram(Family::IPV4);
        if at_once {
            other.send_to(b"0123456789", address).unwrap();
            other.send_to(b"abc", address).unwrap();
        }
        socket.start_receive_from(Vec::with_capacity(4), 1).unwrap();
        socket.start_receive_from(b"> ".to_vec(), 2).unwrap();
        if !at_once {
            other.send_to(b"0123456789", address).unwrap();
            other.send_to(b"abc", address).unwrap();
        }
        let mut completions = Vec::new();
        while completions.len() < 2 {
            port.take_many(&mut completions, 2, Some(LIMIT)).unwrap();
        }
        completions.sort_by_key(|completion| completion.data);
        for completion in &completions {
            assert_eq!(completion.from, Some(from));
            assert_eq!(completion.outcome.error, Some(Error::WSAEMSGSIZE), "at once: {at_once}");
        }
        assert_eq!(completions[0].outcome.port_error, Some(Error::from_code(234)));
        assert_eq!(completions[0].buffer, b"0123");
        assert_eq!(port.take(NOW).unwrap_err(), Error::WSA_WAIT_TIMEOUT);
        socket.start_send_to(b"back".to_vec(), from, 3).unwrap();
        assert_eq!(port.take(Some(LIMIT)).unwrap().outcome.result(), Ok(4));
        assert_eq!(other.recv_from(&mut [0; 9]), Ok((4, address)));
    }
}

#[test]
fn a_closed_port_is_told_once_by_a_refusal_or_a_completion() {
    let port = CompletionPort::new(0).unwrap();
    let closed = datagram(Family::IPV4).1;
    let (socket, _) = datagram(Family::IPV4);
    let socket = port.associate(socket, 1).unwrap();
    if wine("a closed port reaches the next receive") {
        return;
    }
    let told = || {
        let completion = port.take(Some(LIMIT)).unwrap();
        assert_eq!((completion.data, completion.buffer.as_slice()), ("told", &b"> "[..]));
        assert_eq!(completion.outcome.result(), Err(Error::WSAECONNRESET));
    };
    for _ in 0..3 {
        // The news is there when the receive starts, and comes while it waits.
        socket.send_to(b"anybody?", closed).unwrap();
        match socket.start_receive_from(b"> ".to_vec(), "told") {
            Ok(()) => told(),
            Err(refused) => {
                assert_eq!((refused.error, refused.data), (Error::WSAECONNRESET, "told"));
                assert_eq!(refused.buffer, b"> ");
            }
        }
        assert_eq!(port.take(NOW).unwrap_err(), Error::WSA_WAIT_TIMEOUT);
        socket.start_receive_from(b"> ".to_vec(), "told").unwrap();
        socket.send_to(b"anybody?", closed).unwrap();
        told();
    }
}

#[test]
fn a_receive_without_room_ends_when_there_is_data_and_takes_none() {
    let port = CompletionPort::new(0).unwrap();
    let (server, client) = on_port(&port, 1);
    server.start_receive(Vec::new(), "look").unwrap();
    assert_eq!(port.take(NOW).unwrap_err(), Error::WSA_WAIT_TIMEOUT);
    client.send(b"data").unwrap();
    let completion = port.take(Some(LIMIT)).unwrap();
    assert_eq!((completion.outcome.result(), completion.buffer.capacity()), (Ok(0), 0));
    assert_eq!(server.recv(&mut [0; 10]), Ok(4));
}
