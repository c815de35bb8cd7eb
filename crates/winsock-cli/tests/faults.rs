//! What clients do wrong harms nobody else: every model goes on serving, recovers, and tells of each cause in one line.

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
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

#[test]
fn one_byte_after_the_other_holds_up_nobody() {
    for model in MODELS {
        let (_server, address) = server(model, "127.0.0.1:0", &[]);
        let slow = thread::spawn(move || {
            let mut slow = connect(address);
            for byte in 0..20 {
                round_trip(&mut slow, &[byte]);
                thread::sleep(Duration::from_millis(20));
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
        assert!(trips > 20, "{model}: {trips} round trips beside a client that makes 20");
    }
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
            match (&stream).read(&mut piece).unwrap() {
                0 => break,
                len => echo.extend_from_slice(&piece[..len]),
            }
            thread::yield_now();
        }
        sender.join().unwrap();
        assert!(echo == message, "{model}");
    }
}

/// Connects clients, all of which are there before the first is served to its end.
fn rush(model: &str, clients: usize) {
    assert!(
        raise_descriptors() > clients as u64 + 500,
        "the hard limit on descriptors is too low (ulimit -n)"
    );
    let (server, address) = server(model, "127.0.0.1:0", &[]);
    let mut streams: Vec<TcpStream> = (0..clients).map(|_| connect(address)).collect();
    for stream in &mut streams {
        stream.write_all(b"x").unwrap();
    }
    // Each is served and parts: a model with a limit takes the next ones then.
    for mut stream in streams {
        stream.read_exact(&mut [0]).unwrap_or_else(|error| panic!("{model}: {error}"));
        part(stream);
    }
    let (summary, log) = end(server, model);
    assert!(summary.contains(&format!("Connections     {clients} ")), "{model}: {summary}");
    assert!(log.lines().count() <= 1, "{model}: {log}");
}

#[test]
fn thousands_of_connects_at_once_are_all_served() {
    for model in MODELS {
        rush(model, 3000);
    }
}

#[test]
fn ten_thousand_connects_at_once_are_served_by_the_models_for_many() {
    for model in ["event-select", "iocp", "iocp-acceptex"] {
        rush(model, 10_000);
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
