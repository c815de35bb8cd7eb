//! What `winsock stress` promises.

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::thread;

use common::*;
use rustix::process::Signal;

#[test]
fn every_model_passes_over_every_transport() {
    for model in ["threads", "select", "poll", "iocp", "overlapped", "routine"] {
        for family in ["-4", "-6"] {
            let load = ["stress", "--model", model, family, "--connections", "20", "--count", "25"];
            let output = winsock(&load).assert().code(0).get_output().clone();
            let (table, head) = (text(&output.stdout), text(&output.stderr));
            assert!(head.contains(&format!("(this process, model {model})")), "{head}");
            assert_eq!(row(&table, "connections"), "20");
            assert_eq!(row(&table, "round trips"), "500");
            assert_eq!(row(&table, "wrong bytes"), "0");
            assert_eq!(row(&table, "errors"), "none");
            for name in ["rate", "throughput", "latency min", "latency p50", "latency p99.9", "latency max"] {
                assert!(row(&table, name).starts_with(|c: char| c.is_ascii_digit()), "{name} in:\n{table}");
            }

            let output = winsock(&[&load[..], &["--udp"]].concat()).assert().code(0).get_output().clone();
            let table = text(&output.stdout);
            assert_eq!(row(&table, "sockets"), "20");
            assert_eq!(row(&table, "wrong bytes"), "0");
            assert_eq!(row(&table, "errors"), "none");
        }
    }
}

#[test]
fn messages_of_every_size_come_back_right() {
    for size in ["1", "7", "65535", "65537", "1000000"] {
        for model in ["threads", "poll"] {
            let load = ["stress", "--model", model, "--connections", "5", "--threads", "2", "--count", "4"];
            let output =
                winsock(&[&load[..], &["--size", size]].concat()).assert().code(0).get_output().clone();
            assert_eq!(row(&text(&output.stdout), "round trips"), "20", "{size} bytes, {model}");
        }
    }
}

#[test]
fn a_server_of_another_process_is_loaded() {
    let (server, address) = server("poll", "127.0.0.1:0", &[]);
    stress(address, &["--connections", "10", "--count", "10", "--size", "100"]).assert().code(0);
    server.signal(Signal::INT);
    let (_, stdout, _) = server.end();
    assert!(stdout.contains("Connections     10 "), "{stdout}");
    assert!(stdout.contains("Bytes received  10000\n"), "{stdout}");
}

#[test]
fn a_duration_ends_the_load() {
    let load = ["stress", "--connections", "4", "--duration", "300ms"];
    let output = winsock(&load).assert().code(0).get_output().clone();
    let time: f64 = row(&text(&output.stdout), "time").trim_end_matches(" s").parse().unwrap();
    assert!((0.2..10.0).contains(&time), "{time} s");
}

#[test]
fn one_wrong_byte_is_found_and_fails_the_load() {
    let address = serve(|mut stream| {
        let mut buffer = [0; 4096];
        let mut seen = 0;
        while let Ok(len @ 1..) = stream.read(&mut buffer) {
            let wrong = 2500;
            if (seen..seen + len).contains(&wrong) {
                buffer[wrong - seen] ^= 0x10;
            }
            seen += len;
            if stream.write_all(&buffer[..len]).is_err() {
                break;
            }
        }
    });
    let load = ["--connections", "3", "--count", "10", "--size", "1000"];
    let output = stress(address, &load).assert().code(1).get_output().clone();
    assert_eq!(row(&text(&output.stdout), "wrong bytes"), "3");
    let message = text(&output.stderr);
    assert!(message.contains(&format!("3 wrong bytes from {address}: connection ")), "{message}");
    assert!(message.contains("round trip 3: byte 500 is 0x"), "{message}");
}

#[test]
fn a_byte_too_many_is_found() {
    // More comes back than was sent, after all the messages.
    let address = serve(|mut stream| {
        let mut buffer = [0; 4096];
        while let Ok(len @ 1..) = stream.read(&mut buffer) {
            if stream.write_all(&buffer[..len]).is_err() {
                return;
            }
        }
        let _ = stream.write_all(b"!");
    });
    let output =
        stress(address, &["--connections", "1", "--count", "2"]).assert().code(1).get_output().clone();
    assert!(text(&output.stderr).contains("1 more than were sent"), "{}", text(&output.stderr));
}

#[test]
fn a_refused_connection_fails_the_load_and_is_named() {
    let holder = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap();
    let output = stress(address, &["--connections", "2"]).assert().code(1).get_output().clone();
    let refused = format!("connect {address}: WSAECONNREFUSED (10061): the target refused the connection");
    assert_eq!(row(&text(&output.stdout), "errors"), format!("2 x {refused}"));
    // A load that is over at once says nothing of what a round trip costs, or of the limit.
    let table = text(&output.stdout);
    assert!(!table.contains("processor"), "{table}");
    assert!(text(&output.stderr).contains(&format!("2 of 2 connections failed: {refused}\n")));
}

#[test]
fn a_connection_that_the_server_drops_fails_the_load() {
    let address = serve(|mut stream| {
        let mut buffer = [0; 1024];
        let _ = stream.read_exact(&mut buffer);
    });
    let output =
        stress(address, &["--connections", "2", "--size", "1024"]).assert().code(1).get_output().clone();
    assert!(row(&text(&output.stdout), "errors").contains("WSAEDISCON (10101)"));
}

#[test]
fn a_server_that_stalls_fails_the_load() {
    let address = serve(|mut stream| {
        let mut sink = Vec::new();
        let _ = stream.read_to_end(&mut sink);
    });
    let load = ["--connections", "2", "--count", "1", "--timeout", "200ms"];
    let output = stress(address, &load).assert().code(1).get_output().clone();
    assert!(row(&text(&output.stdout), "errors").starts_with("2 x recv "));
    assert!(row(&text(&output.stdout), "errors").contains("WSAETIMEDOUT (10060)"));
}

#[test]
fn lost_datagrams_are_counted_and_no_failure() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut buffer = [0; 2048];
        for number in 1.. {
            let Ok((len, from)) = socket.recv_from(&mut buffer) else { break };
            if number % 4 != 0 {
                let _ = socket.send_to(&buffer[..len], from);
            }
        }
    });
    let load = ["--udp", "--connections", "2", "--count", "8"];
    let output = stress(address, &load).assert().code(0).get_output().clone();
    let table = text(&output.stdout);
    let number = |name| -> u64 { row(&table, name).split(' ').next().unwrap().parse().unwrap() };
    assert_eq!(number("round trips") + number("lost datagrams"), 16);
    // A machine that is very busy may lose more.
    assert!(number("lost datagrams") >= 4, "{table}");
    assert_eq!(number("wrong bytes"), 0);
}

#[test]
fn datagrams_that_nobody_answers_fail_the_load() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let load = ["--udp", "--connections", "1", "--count", "100", "--timeout", "500ms"];
    let output = stress(silent.local_addr().unwrap(), &load).assert().code(1).get_output().clone();
    assert!(row(&text(&output.stdout), "errors").contains("WSAETIMEDOUT (10060)"));
}

#[test]
fn a_closed_port_fails_a_load_of_datagrams() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap();
    let load = ["--udp", "--connections", "2", "--timeout", "5s"];
    let output = stress(address, &load).assert().code(1).get_output().clone();
    assert!(row(&text(&output.stdout), "errors").contains("WSAECONNRESET (10054)"));
}

#[test]
fn a_seed_is_repeatable() {
    /// What a server sees of one connection.
    fn seen(seed: &str) -> Vec<u8> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut seen = Vec::new();
            let mut buffer = [0; 4096];
            while let Ok(len @ 1..) = stream.read(&mut buffer) {
                seen.extend_from_slice(&buffer[..len]);
                stream.write_all(&buffer[..len]).unwrap();
            }
            seen
        });
        stress(address, &["--connections", "1", "--count", "5", "--seed", seed]).assert().code(0);
        server.join().unwrap()
    }
    assert_eq!(seen("7").len(), 5 * 1024);
    assert_eq!(seen("7"), seen("7"));
    assert_ne!(seen("7"), seen("8"));
}

#[test]
fn ctrl_c_ends_the_load_early_with_its_table() {
    let mut running = Running::start(&["stress", "--connections", "4", "--duration", "1h"]);
    assert!(running.line().contains("1h"));
    running.signal(Signal::INT);
    let (status, stdout, stderr) = running.end();
    assert_eq!(status.code(), Some(0), "{stderr}");
    assert_eq!(row(&stdout, "connections"), "4");
}
