//! Datagrams: clients that are gone before their echo comes harm nobody else, and an end that comes at once counts
//! everything that went back.

mod common;

use std::net::{SocketAddr, UdpSocket};

use common::*;
use rustix::process::Signal;

/// Servers that end while datagrams are under way, of each model on each engine.
const ENDS: usize = 10;

fn client() -> UdpSocket {
    client_at("127.0.0.1:0")
}

/// A client at an address where no server and nobody's client is: what goes to its port when it is gone meets nobody who
/// has just been given the port.
fn client_that_goes() -> UdpSocket {
    client_at("127.9.8.7:0")
}

fn client_at(address: &str) -> UdpSocket {
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    socket
}

fn start(engine: &str, model: &str) -> (Running, SocketAddr) {
    let mut server =
        Running::start_on(engine, &["server", "--model", model, "--udp", "--listen", "127.0.0.1:0"]);
    let address = listening_address(&server.line());
    (server, address)
}

/// Ends a server that has nothing to complain about; gives its summary.
fn end(server: Running, of: &str) -> String {
    server.signal(Signal::TERM);
    let (status, summary, log) = server.end();
    assert_eq!(status.code(), Some(0), "{of}: {log}");
    assert_eq!(log, "", "{of}");
    assert!(summary.contains("Errors          none"), "{of}: {summary}");
    summary
}

/// Each of those who are gone is news at the server's socket, which the next receive gives, whoever started it. There
/// are more of them than receives under way.
#[test]
fn clients_that_are_gone_harm_nobody() {
    for engine in engines() {
        for model in MODELS {
            println!("{engine}, {model}");
            let (server, address) = start(engine, model);
            let polite = client();
            for round in 0..10 {
                for _ in 0..50 {
                    client_that_goes().send_to(b"nobody waits for this", address).unwrap();
                }
                let message = pattern(100, round);
                polite.send_to(&message, address).unwrap();
                let mut echo = [0; 200];
                let (len, _) = receive(&polite, &mut echo);
                assert!(echo[..len] == message, "{engine}, {model}");
            }
            end(server, &format!("{engine}, {model}"));
        }
    }
}

#[test]
fn what_went_back_is_counted_though_the_end_comes_at_once() {
    const DATAGRAMS: usize = 16;
    for engine in engines() {
        for model in MODELS {
            for _ in 0..ENDS {
                let (server, address) = start(engine, model);
                let client = client();
                for number in 0..DATAGRAMS {
                    client.send_to(&pattern(100, number as u8), address).unwrap();
                }
                for _ in 0..DATAGRAMS {
                    assert_eq!(receive(&client, &mut [0; 200]).0, 100);
                }
                let of = format!("{engine}, {model}");
                let summary = end(server, &of);
                for line in
                    ["Datagrams       16 (0 dropped)", "Bytes received  1600\n", "Bytes sent      1600\n"]
                {
                    assert!(summary.contains(line), "{of}: {summary}");
                }
            }
        }
    }
}
