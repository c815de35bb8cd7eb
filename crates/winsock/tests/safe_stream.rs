//! The safe API's stream sockets: what is sent arrives, in order and whole, and every end is seen.

mod safe_common;

use safe_common::*;
use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::thread;
use winsock::{Error, Family, Protocol, Shutdown, Socket, SocketSet, Type, select};

#[test]
fn a_stream_carries_every_byte_there_and_back() {
    const LEN: usize = 1 << 20;
    for family in families() {
        let (mut client, server) = pair(family);
        let echo = thread::spawn(move || std::io::copy(&mut &server, &mut &server).unwrap());
        let sent: Vec<u8> = (0..LEN).map(|at| ((at * 31) >> 3) as u8).collect();
        let writer = client.try_clone().unwrap();
        let copy = sent.clone();
        let writing = thread::spawn(move || {
            (&writer).write_all(&copy).unwrap();
            writer.shutdown(Shutdown::Send).unwrap();
        });
        let mut received = Vec::new();
        client.read_to_end(&mut received).unwrap();
        assert!(received == sent, "{family:?}: the bytes differ");
        writing.join().unwrap();
        assert_eq!(echo.join().unwrap(), LEN as u64);
    }
}

#[test]
fn several_buffers_go_as_one_piece() {
    let (client, server) = pair(Family::IPV4);
    let pieces: Vec<Vec<u8>> = (0..40).map(|n| vec![n; usize::from(n)]).collect();
    let slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
    assert_eq!(client.send_vectored(&slices), Ok(780));
    client.shutdown(Shutdown::Send).unwrap();

    let (mut first, mut second) = ([0; 7], [0; 1000]);
    let mut received = Vec::new();
    loop {
        let len =
            server.recv_vectored(&mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)]).unwrap();
        if len == 0 {
            break;
        }
        received.extend([&first[..], &second[..]].concat().into_iter().take(len));
    }
    assert_eq!(received, pieces.concat());
}

#[test]
fn what_is_peeked_stays_and_is_counted() {
    let (client, server) = pair(Family::IPV4);
    assert_eq!(server.available(), Ok(0));
    client.send(b"abc").unwrap();
    let mut buffer = [0; 8];
    assert_eq!(server.peek(&mut buffer), Ok(3));
    assert_eq!(server.available(), Ok(3));
    assert_eq!(server.recv(&mut buffer[..2]), Ok(2));
    assert_eq!(server.available(), Ok(1));
    assert_eq!(server.recv(&mut buffer), Ok(1));
    assert_eq!(&buffer[..1], b"c");
}

#[test]
fn a_stream_tells_its_peer_as_the_sender() {
    let (client, server) = pair(Family::IPV4);
    client.send_to(b"x", nobody(Family::IPV4)).unwrap();
    let mut buffer = [0; 8];
    assert_eq!(server.recv_from(&mut buffer), Ok((1, client.local_addr().unwrap())));
}

#[test]
fn urgent_data_comes_on_its_own_way_or_inline() {
    let (client, server) = pair(Family::IPV4);
    let mut buffer = [0; 8];
    server.set_nonblocking(true).unwrap();
    assert_eq!(server.recv_out_of_band(&mut buffer), Err(Error::WSAEWOULDBLOCK));
    assert_eq!(server.at_mark(), Ok(true), "there is none to read");
    server.set_nonblocking(false).unwrap();
    client.send(b"plain").unwrap();
    client.send_out_of_band(b"!").unwrap();
    let mut except = SocketSet::from_iter([&server]);
    assert_eq!(select(&mut SocketSet::new(), &mut SocketSet::new(), &mut except, Some(LIMIT)), Ok(1));
    if !wine("SIOCATMARK") {
        assert_eq!(server.at_mark(), Ok(false), "it is still to be read");
    }
    assert_eq!(server.recv_out_of_band(&mut buffer), Ok(1));
    assert_eq!(&buffer[..1], b"!");
    assert_eq!(server.at_mark(), Ok(true));
    assert_eq!(server.recv(&mut buffer), Ok(5), "the stream does not have it");

    let (client, server) = pair(Family::IPV4);
    server.set_out_of_band_inline(true).unwrap();
    client.send(b"ab").unwrap();
    client.send_out_of_band(b"!").unwrap();
    let mut received = Vec::new();
    while received.len() < 3 {
        let len = server.recv(&mut buffer).unwrap();
        received.extend_from_slice(&buffer[..len]);
    }
    assert_eq!(received, b"ab!");
}

#[test]
fn dropping_a_socket_ends_its_connection() {
    let (client, server) = pair(Family::IPV4);
    drop(client);
    assert_eq!(server.recv(&mut [0; 8]), Ok(0));

    let (listener, address) = listener(Family::IPV4);
    drop(listener);
    assert_eq!(Socket::stream(Family::IPV4).unwrap().connect(address), Err(Error::WSAECONNREFUSED));
}

#[test]
fn a_clone_keeps_the_connection_and_shares_its_options() {
    let (client, server) = pair(Family::IPV4);
    let clone = client.try_clone().unwrap();
    assert_ne!(clone.as_raw(), client.as_raw());
    client.set_nodelay(true).unwrap();
    assert_eq!(clone.nodelay(), Ok(true));
    drop(client);
    clone.send(b"still here").unwrap();
    assert_eq!(server.recv(&mut [0; 16]), Ok(10));
    drop(clone);
    assert_eq!(server.recv(&mut [0; 16]), Ok(0));
}

#[test]
fn a_reset_connection_says_so_to_both_apis() {
    let (client, mut server) = pair(Family::IPV4);
    client.set_linger(Some(std::time::Duration::ZERO)).unwrap();
    drop(client);
    if wine("a reset stays visible") {
        return;
    }
    let error = server.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(error.to_string(), "WSAECONNRESET (10054): the peer reset the connection");
    assert_eq!(error.downcast::<Error>().unwrap(), Error::WSAECONNRESET);
}

#[test]
fn a_receive_with_a_time_limit_ends() {
    let (client, _server) = pair(Family::IPV4);
    client.set_read_timeout(Some(std::time::Duration::from_millis(30))).unwrap();
    let start = std::time::Instant::now();
    assert_eq!(client.recv(&mut [0; 8]), Err(Error::WSAETIMEDOUT));
    let waited = start.elapsed();
    assert!(waited >= std::time::Duration::from_millis(20) && waited < LIMIT, "{waited:?}");
}

#[test]
fn a_nonblocking_socket_never_waits() {
    let (listener, address) = listener(Family::IPV4);
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err(), Error::WSAEWOULDBLOCK);
    let (client, _server) = pair(Family::IPV4);
    client.set_nonblocking(true).unwrap();
    assert_eq!(client.recv(&mut [0; 8]), Err(Error::WSAEWOULDBLOCK));
    let error = (&client).read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);

    let connecting = Socket::stream(Family::IPV4).unwrap();
    connecting.set_nonblocking(true).unwrap();
    assert_eq!(connecting.connect(address), Err(Error::WSAEWOULDBLOCK));
}

#[test]
fn calls_in_the_wrong_state_have_their_codes() {
    let fresh = || Socket::stream(Family::IPV4).unwrap();
    let (listener, address) = listener(Family::IPV4);
    let (client, _server) = pair(Family::IPV4);
    let buffer = &mut [0; 8];
    let table = [
        ("listen, unbound", fresh().listen(5), Error::WSAEINVAL),
        ("accept, unbound", fresh().accept().map(drop), Error::WSAEINVAL),
        ("send, no peer", fresh().send(b"x").map(drop), Error::WSAENOTCONN),
        ("recv, no peer", fresh().recv(buffer).map(drop), Error::WSAENOTCONN),
        ("shutdown, no peer", fresh().shutdown(Shutdown::Both), Error::WSAENOTCONN),
        ("local_addr, unbound", fresh().local_addr().map(drop), Error::WSAEINVAL),
        ("peer_addr, no peer", fresh().peer_addr().map(drop), Error::WSAENOTCONN),
        ("bind, other family", fresh().bind(loopback(Family::IPV6)), Error::WSAEFAULT),
        ("bind, twice", listener.bind(loopback(Family::IPV4)), Error::WSAEINVAL),
        ("bind, not ours", fresh().bind(([192, 0, 2, 1], 0)), Error::WSAEADDRNOTAVAIL),
        ("bind, in use", fresh().bind(address), Error::WSAEADDRINUSE),
        ("connect, other family", fresh().connect(loopback(Family::IPV6)), Error::WSAEAFNOSUPPORT),
        ("connect, port 0", fresh().connect(loopback(Family::IPV4)), Error::WSAEADDRNOTAVAIL),
        ("connect, listening", listener.connect(address), Error::WSAEINVAL),
        ("connect, connected", client.connect(address), Error::WSAEISCONN),
        ("connect, nobody there", fresh().connect(nobody(Family::IPV4)), Error::WSAECONNREFUSED),
        ("listen, connected", client.listen(5), Error::WSAEISCONN),
    ];
    let differs = [
        ("send, no peer", "a socket that is not connected"),
        ("recv, no peer", "a socket that is not connected"),
        ("bind, other family", "bind: an address of another family"),
        ("connect, other family", "connect, sendto: addresses are checked"),
        ("connect, port 0", "connect, sendto: addresses are checked"),
        ("listen, connected", "listen on a connected socket"),
    ];
    for (what, result, code) in table {
        if !differs.iter().any(|&(row, why)| row == what && wine(why)) {
            assert_eq!(result, Err(code), "{what}");
        }
    }
}

#[test]
fn kinds_that_do_not_fit_are_refused() {
    let new = |family, kind, protocol| Socket::new(family, kind, protocol).map(drop);
    let table = [
        (new(Family::from(99), Type::STREAM, Protocol::TCP), Error::WSAEAFNOSUPPORT),
        (new(Family::IPV4, Type::from(99), Protocol::TCP), Error::WSAESOCKTNOSUPPORT),
        (new(Family::IPV4, Type::STREAM, Protocol::from(999)), Error::WSAEPROTONOSUPPORT),
        (new(Family::IPV4, Type::STREAM, Protocol::UDP), Error::WSAEPROTOTYPE),
        (new(Family::IPV4, Type::DATAGRAM, Protocol::TCP), Error::WSAEPROTONOSUPPORT),
        (new(Family::UNSPECIFIED, Type::from(0), Protocol::DEFAULT), Error::WSAEINVAL),
    ];
    for (result, code) in table {
        if code == Error::WSAEPROTOTYPE && wine("protocols of another type") {
            continue;
        }
        assert_eq!(result, Err(code));
    }
}

#[test]
fn a_socket_shows_what_it_is_connected_to() {
    let (client, _server) = pair(Family::IPV4);
    let (local, peer) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
    let expected = format!("Socket {{ handle: {}, local: {local}, peer: {peer} }}", client.as_raw());
    assert_eq!(format!("{client:?}"), expected);
    let fresh = Socket::stream(Family::IPV4).unwrap();
    assert_eq!(format!("{fresh:?}"), format!("Socket {{ handle: {} }}", fresh.as_raw()));
}

#[test]
fn sockets_may_be_shared_and_sent() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Socket>();
    check::<Error>();
}

#[test]
fn many_threads_each_have_a_connection() {
    const THREADS: u32 = 64;
    const ROUNDS: u32 = 50;
    let (listener, address) = listener(Family::IPV4);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let server = limited(listener.accept().unwrap().0);
                std::io::copy(&mut &server, &mut &server).unwrap();
            });
        }
        for thread in 0..THREADS {
            scope.spawn(move || {
                let mut client = limited(Socket::stream(Family::IPV4).unwrap());
                client.connect(address).unwrap();
                for round in 0..ROUNDS {
                    let message = (thread * ROUNDS + round).to_be_bytes();
                    client.write_all(&message).unwrap();
                    let mut answer = [0; 4];
                    client.read_exact(&mut answer).unwrap();
                    assert_eq!(answer, message);
                }
            });
        }
    });
}

#[test]
fn one_socket_serves_many_threads_at_once() {
    const THREADS: usize = 64;
    let (client, server) = pair(Family::IPV4);
    let mut received = vec![0usize; 256];
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let client = &client;
            scope.spawn(move || {
                for _ in 0..100 {
                    assert_eq!(client.send(&[thread as u8]), Ok(1));
                }
            });
        }
        let mut buffer = [0; 512];
        let mut total = 0;
        while total < THREADS * 100 {
            let len = server.recv(&mut buffer).unwrap();
            total += len;
            buffer[..len].iter().for_each(|&byte| received[usize::from(byte)] += 1);
        }
    });
    assert!(received[..THREADS].iter().all(|&count| count == 100), "{received:?}");
}
