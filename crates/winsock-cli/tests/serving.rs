//! Every model, on each engine, with few and many connections, and with datagrams: all bytes come back, the end is
//! clean, and no descriptor is left.

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, UdpSocket};

use common::*;
use rustix::process::Signal;

/// Clients at once.
const CLIENTS: [usize; 3] = [1, 64, 1000];
/// The longest message of a client.
const LONGEST: usize = 3000;

/// A message of its own for each client, of any length up to the longest.
fn message(client: usize) -> Vec<u8> {
    pattern(1 + client * 37 % LONGEST, client as u8)
}

/// How many clients a model serves at once.
fn at_once(model: &str) -> usize {
    if model == "overlapped" { 62 } else { usize::MAX }
}

/// Connects some clients, each of which sends and gets its message back before all part. Those of whom a model cannot
/// serve as many at once come one group after the other. Gives how many bytes went each way.
fn talk(address: SocketAddr, clients: usize, at_once: usize) -> usize {
    let mut bytes = 0;
    let mut left: Vec<usize> = (0..clients).collect();
    while !left.is_empty() {
        let group: Vec<usize> = left.drain(..left.len().min(at_once)).collect();
        let mut streams: Vec<_> = group.iter().map(|client| (connect(address), message(*client))).collect();
        for (stream, message) in &mut streams {
            stream.write_all(message).expect("the server reads");
        }
        for (stream, message) in &mut streams {
            let mut echo = vec![0; message.len()];
            stream.read_exact(&mut echo).expect("the server echoes");
            assert!(echo == *message, "the echo differs");
            bytes += message.len();
        }
        streams.into_iter().for_each(|(stream, _)| part(stream));
    }
    bytes
}

/// The same with datagrams: few enough are under way at once that none is lost.
fn talk_by_datagrams(address: SocketAddr, clients: usize) -> usize {
    let sockets: Vec<_> = (0..clients).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    let mut bytes = 0;
    for (first, group) in sockets.chunks(16).enumerate().map(|(index, group)| (16 * index, group)) {
        for (index, socket) in group.iter().enumerate() {
            socket.set_read_timeout(Some(LIMIT)).unwrap();
            socket.send_to(&message(first + index), address).unwrap();
        }
        for (index, socket) in group.iter().enumerate() {
            let mut echo = [0; 2 * LONGEST];
            let (len, from) = receive(socket, &mut echo);
            assert_eq!(from, address);
            assert!(echo[..len] == message(first + index), "the echo differs");
            bytes += len;
        }
    }
    bytes
}

/// The number in a line of the summary.
fn number(summary: &str, name: &str) -> usize {
    let line = summary.lines().find_map(|line| line.strip_prefix(name)).expect("a summary");
    line.split_whitespace().next().and_then(|word| word.parse().ok()).expect("a number")
}

fn check(engine: &str, model: &str) {
    raise_descriptors();
    let listen = ["server", "--model", model, "--listen", "127.0.0.1:0"];
    let mut server = Running::start_on(engine, &listen);
    let address = listening_address(&server.line());
    // What a server opens for its first client, it keeps.
    let mut bytes = talk(address, 1, 1);
    server.settle(100);
    let before = server.descriptors();
    for clients in CLIENTS {
        bytes += talk(address, clients, at_once(model));
        // The accepts that were added for clients that seemed silent stay posted, with a socket each.
        server.settle(if model == "iocp-acceptex" { before + 50 } else { before });
    }
    end(server, bytes, "Connections", 1 + CLIENTS.iter().sum::<usize>());

    let mut server = Running::start_on(engine, &[&listen[..], &["--udp"]].concat());
    let address = listening_address(&server.line());
    let mut bytes = talk_by_datagrams(address, 1);
    let before = server.descriptors();
    for clients in CLIENTS {
        bytes += talk_by_datagrams(address, clients);
        server.settle(before);
    }
    end(server, bytes, "Datagrams", 1 + CLIENTS.iter().sum::<usize>());
}

/// Ends a server that has nothing to complain about, and has served so much.
fn end(server: Running, bytes: usize, what: &str, count: usize) {
    server.signal(Signal::TERM);
    let (status, summary, log) = server.end();
    assert_eq!(status.code(), Some(0), "{log}");
    // Those that are still to part when the next group comes may fill a server.
    assert!(log.lines().all(|line| line.contains("the limit is reached")), "{log}");
    assert_eq!(number(&summary, what), count, "{summary}");
    assert_eq!(number(&summary, "Bytes received"), bytes, "{summary}");
    assert_eq!(number(&summary, "Bytes sent"), bytes, "{summary}");
    assert!(summary.contains("Errors          none"), "{summary}");
}

/// A test for each model, so that they run side by side and failures have a name.
macro_rules! models {
    ($($test:ident: $model:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            for engine in engines() {
                println!("{engine}");
                check(engine, $model);
            }
        })*

        #[test]
        fn none_is_left_out() {
            assert_eq!([$($model),*], MODELS);
        }
    };
}

models! {
    threads: "threads",
    select: "select",
    select_nonblocking: "select-nonblocking",
    async_select: "async-select",
    event_select: "event-select",
    poll: "poll",
    overlapped: "overlapped",
    routine: "routine",
    iocp: "iocp",
    iocp_acceptex: "iocp-acceptex",
}
