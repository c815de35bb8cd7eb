//! `WINSOCK_FAULTS`: each kind of fault shows to a program what Microsoft's pages tell it to expect, to plain calls and to
//! overlapped ones; what is not struck works; and the same seed strikes the same transfers.
//!
//! A plan holds for a whole process, so each is met by a child. The peers are the standard library's, which no plan
//! reaches. `WINSOCK_ENGINE` is the engine of the children too.
#![cfg(target_os = "linux")]

mod safe_common;

use safe_common::*;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;
use winsock::*;

const NOW: Option<Duration> = Some(Duration::ZERO);

/// Runs one of the tests below that are marked as children.
fn child(test: &str, faults: &str) -> Output {
    let mut command = Command::new("timeout");
    command.arg("60").arg(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env("WINSOCK_FAULTS", faults).output().unwrap()
}

#[track_caller]
fn passes(test: &str, faults: &str) -> String {
    let output = child(test, faults);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{test} with {faults}:\n{said}{errors}");
    said
}

/// How often a kind has struck.
fn struck(kind: &str) -> u64 {
    let faults = faults().unwrap().expect("faults are planned");
    faults.struck.iter().find(|(name, _)| *name == kind).expect("it is planned").1
}

/// What came of an operation: at once or later, that is the engine's.
fn outcome(started: Result<Pending<&Socket>, NotStarted<&Socket>>) -> Result<usize, Error> {
    started?.finish().outcome.result()
}

/// A connection: a socket that the faults reach, and a peer that they do not.
fn connection() -> (Socket, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = limited(Socket::stream(Family::IPV4).unwrap());
    socket.connect(listener.local_addr().unwrap()).unwrap();
    let (peer, _) = listener.accept().unwrap();
    peer.set_read_timeout(Some(LIMIT)).unwrap();
    (socket, peer)
}

/// A peer of a listener.
fn peer_of(listener: &Socket) -> TcpStream {
    let peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    peer.set_read_timeout(Some(LIMIT)).unwrap();
    peer
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at.wrapping_mul(31) ^ (at >> 8)) as u8).collect()
}

fn until_readable(socket: &Socket) {
    let mut readable: SocketSet<'_> = [socket].into_iter().collect();
    let some = select(&mut readable, &mut SocketSet::new(), &mut SocketSet::new(), Some(LIMIT)).unwrap();
    assert_eq!(some, 1);
}

/// Reads so many bytes in another thread.
fn read_all(mut peer: TcpStream, len: usize) -> thread::JoinHandle<(TcpStream, Vec<u8>)> {
    thread::spawn(move || {
        let mut data = vec![0; len];
        peer.read_exact(&mut data).unwrap();
        (peer, data)
    })
}

/// Receives until so many bytes have come; gives how they were parted.
fn parts(data: &[u8], mut receive: impl FnMut(usize) -> Vec<u8>) -> Vec<usize> {
    let (mut got, mut parts) = (Vec::new(), Vec::new());
    while got.len() < data.len() {
        let part = receive(data.len() - got.len());
        assert!(!part.is_empty());
        parts.push(part.len());
        got.extend(part);
    }
    assert!(got == data, "what came is what was sent");
    parts
}

fn receive_plain(socket: &Socket, most: usize) -> Vec<u8> {
    let mut room = vec![0; most];
    let len = socket.recv(&mut room).unwrap();
    room.truncate(len);
    room
}

fn receive_overlapped(socket: &Socket, most: usize) -> Vec<u8> {
    let done = Pending::receive(socket, Vec::with_capacity(most)).unwrap().finish();
    done.outcome.result().unwrap();
    done.buffer
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_short() {
    let data = pattern(100_000);
    let (socket, mut peer) = connection();
    for round in 0..4 {
        // What blocks, and what is overlapped, is sent as a whole.
        let reading = read_all(peer, data.len());
        match round % 2 {
            0 => assert_eq!(socket.send(&data), Ok(data.len())),
            _ => {
                let done = Pending::send(&socket, data.clone()).unwrap().finish();
                assert_eq!(done.outcome.result(), Ok(data.len()));
            }
        }
        let read = reading.join().unwrap();
        assert!(read.1 == data);
        peer = read.0;
        // A receive brings a part.
        let mut writing = peer.try_clone().unwrap();
        let sent = data.clone();
        let writer = thread::spawn(move || writing.write_all(&sent).unwrap());
        match round % 2 {
            0 => parts(&data, |most| receive_plain(&socket, most)),
            _ => parts(&data, |most| receive_overlapped(&socket, most)),
        };
        writer.join().unwrap();
    }
    // What does not wait sends a part, and the rest later.
    socket.set_nonblocking(true).unwrap();
    let reading = read_all(peer, 1000);
    let (mut done, mut sends) = (0, 0);
    while done < 1000 {
        done += socket.send(&data[done..1000]).unwrap();
        sends += 1;
    }
    assert!(sends > 1);
    assert!(reading.join().unwrap().1 == data[..1000]);
    // A datagram is whole.
    let (datagrams, address) = datagram(Family::IPV4);
    let other = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..20 {
        other.send_to(&data[..500], address).unwrap();
        assert_eq!(datagrams.recv_from(&mut [0; 1000]).unwrap(), (500, other.local_addr().unwrap()));
    }
    assert!(struck("short") > 10);
}

#[test]
fn short_transfers_lose_nothing() {
    passes("child_short", "short=1;seed=1");
    passes("child_short", "short=0.7;seed=2");
}

/// The socket's connection is broken, and its peer sees that.
fn is_reset(socket: &Socket, peer: &mut TcpStream) {
    assert_eq!(socket.recv(&mut [0; 10]), Err(Error::WSAECONNRESET));
    assert_eq!(socket.send(b"x"), Err(Error::WSAECONNRESET));
    let error = peer.read(&mut [0; 10]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_reset() {
    let (socket, mut peer) = connection();
    assert_eq!(socket.send(b"hello"), Err(Error::WSAECONNRESET));
    is_reset(&socket, &mut peer);
    let (socket, mut peer) = connection();
    peer.write_all(b"hello").unwrap();
    assert_eq!(socket.recv(&mut [0; 10]), Err(Error::WSAECONNRESET));
    is_reset(&socket, &mut peer);
    let (socket, mut peer) = connection();
    let received = outcome(Pending::receive(&socket, Vec::with_capacity(10)));
    assert_eq!(received, Err(Error::WSAECONNRESET));
    is_reset(&socket, &mut peer);
    // It is seen by who waits for readiness.
    let (socket, peer) = connection();
    let _ = socket.send(b"hello");
    let mut entries = [PollEntry::new(&socket, PollEvents::READABLE)];
    assert_eq!(poll(&mut entries, Some(LIMIT)), Ok(1));
    drop(peer);
    assert_eq!(struck("reset"), 4);
}

/// A transfer that pends in the one direction ends when the other is struck.
#[test]
#[ignore = "runs in a child process of other tests"]
fn child_reset_sends() {
    let (socket, mut peer) = connection();
    let waiting = thread::scope(|scope| {
        let receiver = scope.spawn(|| socket.recv(&mut [0; 10]));
        let pending = Pending::receive(&socket, Vec::with_capacity(10));
        let mut sent = Ok(1);
        while sent.is_ok() {
            sent = socket.send(b"x");
        }
        assert_eq!(sent, Err(Error::WSAECONNRESET));
        assert_eq!(outcome(pending), Err(Error::WSAECONNRESET));
        receiver.join().unwrap()
    });
    assert_eq!(waiting, Err(Error::WSAECONNRESET));
    let mut all = Vec::new();
    assert!(peer.read_to_end(&mut all).is_err());
}

#[test]
fn a_reset_breaks_the_connection_for_both_sides() {
    passes("child_reset", "reset=1");
    for seed in 0..5 {
        passes("child_reset_sends", &format!("reset=0.1;seed={seed}"));
    }
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_delay() {
    let (socket, mut peer) = connection();
    peer.write_all(b"hello").unwrap();
    until_readable(&socket);
    // What could end at once pends.
    let pending = Pending::receive(&socket, Vec::with_capacity(5)).unwrap();
    let done = pending.finish();
    assert_eq!((done.outcome.result(), &*done.buffer), (Ok(5), &b"hello"[..]));
    assert_eq!(struck("delay"), 1);
    // Nothing is lost of many that are under way.
    let port = CompletionPort::new(1).unwrap();
    let socket = port.associate(socket, 7).unwrap();
    for number in 0..50u8 {
        socket.start_receive(Vec::with_capacity(1), number).unwrap();
    }
    peer.write_all(&pattern(50)).unwrap();
    let mut got = vec![None; 50];
    for _ in 0..50 {
        let completion = port.take(Some(LIMIT)).unwrap();
        assert_eq!(completion.outcome.result(), Ok(1));
        assert!(got[usize::from(completion.data)].replace(completion.buffer[0]).is_none());
    }
    // They are filled in order, in whatever order that is told.
    assert_eq!(got.into_iter().map(Option::unwrap).collect::<Vec<_>>(), pattern(50));
    // Plain calls take their time.
    let (socket, mut peer) = connection();
    peer.write_all(b"hello").unwrap();
    assert_eq!(receive_plain(&socket, 5), b"hello");
    assert_eq!(struck("delay"), 52);
}

#[test]
fn a_delay_tells_later_and_loses_nothing() {
    passes("child_delay", "delay=1");
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_wouldblock() {
    let (socket, mut peer) = connection();
    peer.write_all(b"hello").unwrap();
    until_readable(&socket);
    // Who waits is not put off.
    assert_eq!(socket.recv(&mut [0; 2]), Ok(2));
    socket.set_nonblocking(true).unwrap();
    assert_eq!(socket.recv(&mut [0; 2]), Err(Error::WSAEWOULDBLOCK));
    assert_eq!(socket.recv(&mut [0; 2]), Ok(2));
    assert_eq!(socket.recv(&mut [0; 2]), Err(Error::WSAEWOULDBLOCK));
    assert_eq!(socket.recv(&mut [0; 2]), Ok(1));
    assert_eq!(socket.send(b"x"), Err(Error::WSAEWOULDBLOCK));
    assert_eq!(socket.send(b"x"), Ok(1));
    // Events are told again.
    let event = Event::new(Reset::Automatic, false).unwrap();
    socket.select_events(&event, NetworkEvents::READ | NetworkEvents::WRITE).unwrap();
    let told = |wanted| {
        let mut told = NetworkEvents::default();
        while !told.contains(wanted) {
            assert_eq!(wait_any(&[&event], Some(LIMIT)), Ok(Some(0)));
            told = socket.network_events(None).unwrap().events();
        }
    };
    told(NetworkEvents::WRITE);
    assert_eq!(socket.send(b"y"), Err(Error::WSAEWOULDBLOCK));
    told(NetworkEvents::WRITE);
    assert_eq!(socket.send(b"y"), Ok(1));
    peer.write_all(b"z").unwrap();
    told(NetworkEvents::READ);
    assert_eq!(socket.recv(&mut [0; 2]), Err(Error::WSAEWOULDBLOCK));
    told(NetworkEvents::READ);
    assert_eq!(socket.recv(&mut [0; 2]), Ok(1));
    // And an accept.
    let (listener, _) = listener(Family::IPV4);
    listener.set_nonblocking(true).unwrap();
    let _peer = peer_of(&listener);
    until_readable(&listener);
    assert_eq!(listener.accept().unwrap_err(), Error::WSAEWOULDBLOCK);
    listener.accept().unwrap();
}

#[test]
fn a_call_that_does_not_wait_is_put_off_once_for_each_transfer() {
    passes("child_wouldblock", "wouldblock=1");
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_refuse() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let socket = Socket::stream(Family::IPV4).unwrap();
    for _ in 0..3 {
        assert_eq!(socket.connect(address), Err(Error::WSAECONNREFUSED));
    }
    socket.bind(loopback(Family::IPV4)).unwrap();
    let refused = outcome(Pending::connect(&socket, Vec::new(), address));
    assert_eq!(refused, Err(Error::WSAECONNREFUSED));
    // Datagrams have nobody to refuse them.
    let (datagrams, address) = datagram(Family::IPV4);
    datagrams.connect(address).unwrap();
    assert_eq!(struck("refuse"), 4);
}

#[test]
fn a_connect_is_refused() {
    passes("child_refuse", "refuse=1");
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_abort() {
    let (listener, _) = listener(Family::IPV4);
    let gone = |mut peer: TcpStream| match peer.read(&mut [0; 10]) {
        Ok(read) => assert_eq!(read, 0, "the connection has ended"),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
    };
    let peer = peer_of(&listener);
    assert_eq!(listener.accept().unwrap_err(), Error::WSAECONNRESET);
    gone(peer);
    let pending = Pending::accept(&listener, Vec::new(), 0).unwrap();
    let peer = peer_of(&listener);
    assert_eq!(pending.finish().outcome.result(), Err(Error::WSAECONNRESET));
    gone(peer);
    assert_eq!(struck("abort"), 2);
}

#[test]
fn a_connection_is_given_up_before_it_is_accepted() {
    passes("child_abort", "abort=1");
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_emfile() {
    // A program gets as far as its first transfer.
    let (listener, address) = listener(Family::IPV4);
    let (socket, mut peer) = connection();
    peer.write_all(b"x").unwrap();
    assert_eq!(socket.recv(&mut [0; 1]), Ok(1));
    assert_eq!(Socket::stream(Family::IPV4).unwrap_err(), Error::WSAEMFILE);
    assert_eq!(Socket::datagram(Family::IPV4).unwrap_err(), Error::WSAEMFILE);
    // A connection for which there is no descriptor waits on.
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err(), Error::WSAEWOULDBLOCK, "nobody is there");
    let mut waits = TcpStream::connect(address).unwrap();
    until_readable(&listener);
    for _ in 0..3 {
        assert_eq!(listener.accept().unwrap_err(), Error::WSAEMFILE);
    }
    waits.set_nonblocking(true).unwrap();
    assert_eq!(waits.read(&mut [0; 1]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    assert_eq!(struck("emfile"), 5);
}

#[test]
fn descriptors_run_out() {
    passes("child_emfile", "emfile=1");
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_nobufs() {
    let (socket, mut peer) = connection();
    assert_eq!(socket.send(b"lost"), Err(Error::WSAENOBUFS));
    assert_eq!(outcome(Pending::send(&socket, b"lost".to_vec())), Err(Error::WSAENOBUFS));
    // Nothing of it was sent, and the connection lives.
    peer.write_all(b"hello").unwrap();
    assert_eq!(receive_plain(&socket, 5), b"hello");
    peer.set_nonblocking(true).unwrap();
    assert_eq!(peer.read(&mut [0; 1]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    let (datagrams, address) = datagram(Family::IPV4);
    assert_eq!(datagrams.send_to(b"lost", address), Err(Error::WSAENOBUFS));
    assert_eq!(struck("nobufs"), 3);
}

/// A call that sends all fails, or sends all, also where what the kernel takes is cut.
#[test]
#[ignore = "runs in a child process of other tests"]
fn child_nobufs_and_short() {
    let data = pattern(5000);
    let (socket, mut peer) = connection();
    let (mut sent, mut failed) = (0, 0);
    for _ in 0..100 {
        match socket.send(&data) {
            Ok(len) => {
                assert_eq!(len, data.len());
                let mut read = vec![0; data.len()];
                peer.read_exact(&mut read).unwrap();
                assert!(read == data);
                sent += 1;
            }
            Err(error) => {
                assert_eq!(error, Error::WSAENOBUFS);
                failed += 1;
            }
        }
    }
    assert!(sent > 10 && failed > 10, "{sent} {failed}");
}

#[test]
fn a_send_finds_no_memory_before_its_first_byte() {
    passes("child_nobufs", "nobufs=1");
    passes("child_nobufs_and_short", "nobufs=0.5,short=0.9");
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_loss() {
    let (datagrams, address) = datagram(Family::IPV4);
    let other = UdpSocket::bind("127.0.0.1:0").unwrap();
    datagrams.set_nonblocking(true).unwrap();
    other.send_to(b"lost", address).unwrap();
    until_readable(&datagrams);
    assert_eq!(datagrams.recv_from(&mut [0; 10]), Err(Error::WSAEWOULDBLOCK));
    datagrams.set_nonblocking(false).unwrap();
    let pending = Pending::receive_from(&datagrams, Vec::with_capacity(10)).unwrap();
    other.send_to(b"lost", address).unwrap();
    let lost = || struck("loss") == 2;
    let end = std::time::Instant::now() + LIMIT;
    while !lost() {
        assert!(std::time::Instant::now() < end);
        thread::yield_now();
    }
    assert!(!pending.has_ended());
    drop(pending);
    // What programs wake themselves with comes, and a stream is whole.
    let (own, address) = datagram(Family::IPV4);
    own.connect(address).unwrap();
    own.send(b"bell").unwrap();
    assert_eq!(own.recv(&mut [0; 10]), Ok(4));
    let (socket, mut peer) = connection();
    peer.write_all(b"hello").unwrap();
    assert_eq!(receive_plain(&socket, 5), b"hello");
}

#[test]
fn datagrams_are_lost() {
    passes("child_loss", "loss=1");
}

/// Prints how the bytes of some connections are parted, in two threads at once.
#[test]
#[ignore = "runs in a child process of other tests"]
fn child_tells_parts() {
    let data = pattern(300);
    let mut connections: Vec<_> = (0..3).map(|_| connection()).collect();
    for (_, peer) in &mut connections {
        peer.write_all(&data).unwrap();
    }
    let (mut first, second) = connections.split_at_mut(1);
    let tell = |connections: &[(Socket, TcpStream)]| {
        let of = |(socket, _): &(Socket, TcpStream)| {
            until_readable(socket);
            parts(&data, |_| receive_plain(socket, 40))
        };
        connections.iter().map(of).collect::<Vec<_>>()
    };
    let told = thread::scope(|scope| {
        let other = scope.spawn(|| tell(&*second));
        (tell(&*std::mem::take(&mut first)), other.join().unwrap())
    });
    println!("\nparts: {told:?}");
}

#[test]
fn a_seed_strikes_the_same_transfers_again_whatever_other_threads_do() {
    let told = |faults| {
        let said = passes("child_tells_parts", faults);
        said.lines().find(|line| line.starts_with("parts: ")).expect("it tells").to_owned()
    };
    let first = told("short=0.5;seed=1");
    for _ in 0..3 {
        assert_eq!(told("short=0.5;seed=1"), first);
    }
    assert_eq!(told("short=0.5,reset=0;seed=1"), first, "another kind changes nothing of this one");
    assert_ne!(told("short=0.5;seed=2"), first);
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_is_not_ready() {
    assert_eq!(Socket::stream(Family::IPV4).unwrap_err(), Error::WSASYSNOTREADY);
    assert_eq!(faults(), Err(Error::WSASYSNOTREADY));
}

#[test]
#[ignore = "runs in a child process of other tests"]
fn child_meets_none() {
    assert_eq!(faults(), Ok(None));
    let (socket, _peer) = connection();
    assert_eq!(socket.send(b"x"), Ok(1));
}

#[test]
fn what_is_no_plan_is_refused_with_a_line_and_none_is_none() {
    for (text, reason) in [
        (
            "slow",
            "slow is not one of short, reset, delay, wouldblock, refuse, abort, emfile, nobufs, loss, all, seed",
        ),
        ("short=2", "the rate of short is a number from 0 to 1"),
        ("short;seed=x", "the seed is a number from 0 to 2^64 - 1"),
    ] {
        let output = child("child_is_not_ready", text);
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(&format!("winsock: WINSOCK_FAULTS={text}: {reason}")), "{said}");
    }
    passes("child_meets_none", "");
    passes("child_meets_none", "seed=3");
}

/// All at once, on connections and datagrams: whatever becomes of a connection, what comes of it is what was sent.
#[test]
#[ignore = "runs in a child process of other tests"]
fn child_all() {
    let (listener, address) = listener(Family::IPV4);
    let serve = thread::spawn(move || {
        let mut served = 0;
        while served < 40 {
            let Ok((socket, _)) = listener.accept() else { continue };
            served += 1;
            let mut room = [0; 1000];
            while let Ok(len @ 1..) = socket.recv(&mut room) {
                if socket.send(&room[..len]).is_err() {
                    break;
                }
            }
        }
    });
    let talk = |address: SocketAddr| {
        let mut peer = TcpStream::connect(address)?;
        peer.set_read_timeout(Some(LIMIT))?;
        let data = pattern(3000);
        peer.write_all(&data)?;
        peer.shutdown(std::net::Shutdown::Write)?;
        let mut echo = Vec::new();
        let ended = peer.read_to_end(&mut echo);
        assert!(data.starts_with(&echo), "every byte is right");
        ended.map(|len| len == data.len())
    };
    let mut whole = 0;
    while !serve.is_finished() {
        whole += i32::from(talk(address).unwrap_or(false));
    }
    serve.join().unwrap();
    assert!(whole > 0, "some survive");
    assert_eq!(wait_any(&[&Event::new(Reset::Manual, true).unwrap()], NOW), Ok(Some(0)));
}

#[test]
fn whatever_comes_through_is_right() {
    for seed in 0..3 {
        passes("child_all", &format!("all;seed={seed}"));
    }
}
