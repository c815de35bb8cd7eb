//! What clients do wrong harms nobody else: every model goes on serving, recovers, and tells of each cause in one line.

mod common;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use common::*;
use rustix::process::Signal;

/// A connection whose end is a reset, in the middle of its message: it closes with something unread.
fn reset(address: SocketAddr) {
    let mut rude = connect(address);
    rude.write_all(&pattern(50_000, 3)).unwrap();
    rude.read_exact(&mut [0]).unwrap();
}

/// Ends the server, and gives its summary and the rest of its log.
fn end(server: Running, model: &str) -> (String, String) {
    server.signal(Signal::TERM);
    let (status, summary, log) = server.end();
    assert_eq!(status.code(), Some(0), "{model}: {log}");
    (summary, log)
}

#[test]
fn many_resets_are_one_line_of_the_log() {
    const RESETS: usize = 100;
    for model in MODELS {
        let (server, address) = server(model, "127.0.0.1:0", &[]);
        let mut polite = connect(address);
        for _ in 0..RESETS {
            reset(address);
            round_trip(&mut polite, b"still there");
        }
        part(polite);
        let (summary, log) = end(server, model);
        assert!(summary.contains(&format!("Connections     {} ", RESETS + 1)), "{model}: {summary}");
        // Which error a connection ends with depends on the call that meets the reset.
        assert!((1..=3).contains(&log.lines().count()), "{model}: {log}");
        assert!(log.contains("WSAECONN"), "{model}: {log}");
    }
}

/// A client that sends one byte a second, for some seconds, beside one that is quick.
fn one_byte_a_second(model: &str) {
    const BYTES: u8 = 4;
    let (_server, address) = server(model, "127.0.0.1:0", &[]);
    let slow = thread::spawn(move || {
        let mut slow = connect(address);
        for byte in 0..BYTES {
            round_trip(&mut slow, &[byte]);
            thread::sleep(Duration::from_secs(1));
        }
        part(slow);
    });
    let mut quick = connect(address);
    let mut trips = 0;
    while !slow.is_finished() {
        round_trip(&mut quick, &pattern(500, 1));
        trips += 1;
    }
    slow.join().unwrap_or_else(|_| panic!("{model}"));
    // A server that waited for the slow one's bytes would manage two for each of them.
    assert!(trips > 20 * u32::from(BYTES), "{model}: {trips} round trips beside a client that makes {BYTES}");
}

#[test]
fn one_byte_a_second_holds_up_nobody() {
    thread::scope(|scope| {
        for model in MODELS {
            scope.spawn(move || one_byte_a_second(model));
        }
    });
}

#[test]
fn a_client_that_reads_slowly_gets_everything() {
    for model in MODELS {
        let (_server, address) = server(model, "127.0.0.1:0", &["--buffer", "1000"]);
        let stream = connect(address);
        let message = pattern(300_000, 4);
        let (mut sending, sent) = (stream.try_clone().unwrap(), message.clone());
        let sender = thread::spawn(move || {
            sending.write_all(&sent).unwrap();
            sending.shutdown(Shutdown::Write).unwrap();
        });
        let mut echo = Vec::new();
        let mut piece = [0; 7001];
        loop {
            match (&stream).read(&mut piece) {
                Ok(0) => break,
                Ok(len) => echo.extend_from_slice(&piece[..len]),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}"),
            }
            thread::yield_now();
        }
        sender.join().unwrap();
        assert!(echo == message, "{model}");
    }
}

/// How many clients a model serves at once.
fn at_once(model: &str) -> usize {
    match model {
        "overlapped" => 62,
        "async-select" => 3_333,
        _ => usize::MAX,
    }
}

/// Connects clients as fast as the server's system takes them. A model without a limit has all of them at once; one with a
/// limit leaves the others waiting and takes them as those before them part. Each gets its byte back.
fn rush(model: &str, clients: usize) {
    assert!(
        raise_descriptors() > clients as u64 + 500,
        "the hard limit on descriptors is too low (ulimit -n)"
    );
    let (server, address) = server(model, "127.0.0.1:0", &[]);
    let (arrive, arrived) = mpsc::channel();
    let connecting = thread::spawn(move || {
        for _ in 0..clients {
            let mut stream = connect(address);
            stream.write_all(b"x").unwrap();
            arrive.send(stream).unwrap();
        }
    });
    let mut left = clients;
    while left > 0 {
        let mut group: Vec<TcpStream> = arrived.iter().take(left.min(at_once(model))).collect();
        assert!(!group.is_empty(), "{model}: {left} clients could not connect");
        left -= group.len();
        for stream in &mut group {
            stream.read_exact(&mut [0]).unwrap_or_else(|error| panic!("{model}: {error}"));
            stream.shutdown(Shutdown::Write).unwrap();
        }
        for mut stream in group {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).unwrap_or_else(|error| panic!("{model}: {error}"));
            assert!(rest.is_empty(), "{model}: {} bytes too many", rest.len());
        }
    }
    connecting.join().unwrap();
    let (summary, log) = end(server, model);
    assert!(summary.contains(&format!("Connections     {clients} ")), "{model}: {summary}");
    assert!(log.lines().count() <= 1, "{model}: {log}");
}

/// Every model, one after the other: those that look at all clients in each wait need some seconds.
#[test]
fn ten_thousand_connects_at_once_are_all_served() {
    for model in MODELS {
        let start = Instant::now();
        rush(model, 10_000);
        println!("{model}: {:?}", start.elapsed());
    }
}

#[test]
fn the_limit_that_is_reached_again_and_again_is_one_line() {
    for model in MODELS {
        let (server, address) = server(model, "127.0.0.1:0", &["--max-connections", "2"]);
        let mut clients: Vec<TcpStream> = (0..40).map(|_| connect(address)).collect();
        for client in &mut clients {
            client.write_all(b"x").unwrap();
        }
        for mut client in clients {
            client.read_exact(&mut [0]).unwrap();
            part(client);
        }
        let (_, log) = end(server, model);
        assert_eq!(log.lines().count(), 1, "{model}: {log}");
        assert!(log.contains("the limit is reached"), "{model}: {log}");
    }
}

#[test]
fn descriptors_that_are_exhausted_again_and_again_are_one_line() {
    for model in MODELS {
        let arguments = ["server", "--model", model, "--listen", "127.0.0.1:0"];
        let mut server = Running::start_with_descriptors(24, &arguments);
        let address = listening_address(&server.line());
        for _ in 0..3 {
            let mut clients: Vec<_> = (0..40).map(|_| connect(address)).collect();
            for client in &mut clients {
                client.write_all(b"x").unwrap();
            }
            // As some part, others are served.
            for mut client in clients {
                client.read_exact(&mut [0]).unwrap_or_else(|error| panic!("{model}: {error}"));
                part(client);
            }
        }
        let start = Instant::now();
        round_trip(&mut connect(address), b"all is well again");
        assert!(start.elapsed() < LIMIT / 2, "{model}");
        let (summary, log) = end(server, model);
        assert!(summary.contains("WSAEMFILE (10024)"), "{model}: {summary}");
        let lines = log.lines().filter(|line| line.contains("WSAEMFILE")).count();
        assert!(lines <= 2 && log.lines().count() <= 3, "{model}: {log}");
    }
}
