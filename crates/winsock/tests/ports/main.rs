//! The examples that are ports of Microsoft's guide and sample set: every pair of server and client prints what the
//! originals print and ends as they do, on each engine.
#![cfg(target_os = "linux")]

mod iocp;
mod running;

use running::{LIMIT, Running, engines, free_port, run, server};
use std::thread;
use std::time::Instant;

/// The lines of a program that has ended well.
#[track_caller]
fn well_ended((lines, code): (Vec<String>, Option<i32>)) -> Vec<String> {
    assert_eq!(code, Some(0), "{lines:#?}");
    lines
}

/// How many of the lines have this part.
fn count(lines: &[String], part: &str) -> usize {
    lines.iter().filter(|line| line.contains(part)).count()
}

/// What `simplec` prints of some messages.
fn conversation(server: &str, port: &str, messages: usize) -> Vec<String> {
    let mut lines = vec![
        format!("Client attempting connection to: {server} port: {port}"),
        "Connection established...".to_owned(),
    ];
    for number in 0..messages {
        let message = format!("This is a small test message [number {number}]");
        lines.push("wrote 40 bytes".to_owned());
        lines.push(format!("read 40 bytes, data [{message}] from server"));
    }
    lines
}

#[track_caller]
fn simplec(engine: &str, arguments: &[&str]) -> Vec<String> {
    well_ended(run("simplec", engine, arguments))
}

/// The port of the guide is fixed: whoever else runs the pair is waited for. The server says nothing before it has a
/// client, so clients are started until one finds it.
#[test]
fn the_guides_server_and_client() {
    for engine in engines() {
        let deadline = Instant::now() + LIMIT;
        let served = loop {
            let mut server = Running::start("guide_server", engine, &[]);
            let sent = loop {
                let (lines, code) = run("guide_client", engine, &["127.0.0.1"]);
                if code == Some(0) {
                    break lines;
                }
                assert_eq!(lines, ["Unable to connect to server!"]);
                assert!(Instant::now() < deadline, "nobody listens");
                if server.has_ended() {
                    break Vec::new();
                }
            };
            if sent.is_empty() {
                continue;
            }
            assert_eq!(sent, ["Bytes Sent: 14", "Bytes received: 14", "Connection closed"]);
            let (lines, code) = server.end();
            // Else it was another one's client, and this client another server's.
            if code == Some(0) {
                break lines;
            }
            assert!(lines.concat().contains("10048"), "{lines:#?}");
        };
        assert_eq!(served, ["Bytes received: 14", "Bytes sent: 14", "Connection closing..."]);
    }
}

#[test]
fn simples_and_simplec_by_tcp() {
    for engine in engines() {
        let arguments = ["-p", "TCP", "-e", "PORT", "-i", "127.0.0.1", "-4"];
        let (simples, port) = server("simples", engine, &arguments, "bound to address 127.0.0.1 and port");
        for _ in 0..2 {
            let client = ["-p", "TCP", "-n", "127.0.0.1", "-e", &port, "-l", "3", "-4"];
            assert_eq!(simplec(engine, &client), conversation("127.0.0.1", &port, 3));
            simples.line_with(&["Accepted connection from host 127.0.0.1 and port "]);
            for _ in 0..3 {
                simples.line_with(&["read 40 bytes"]);
                simples.line_with(&["wrote 40 bytes"]);
            }
        }
    }
}

#[test]
fn simples_and_simplec_by_udp() {
    for engine in engines() {
        let arguments = ["-p", "UDP", "-e", "PORT", "-i", "127.0.0.1", "-4"];
        let (simples, port) = server("simples", engine, &arguments, "bound to address 127.0.0.1 and port");
        let client = ["-p", "UDP", "-n", "127.0.0.1", "-e", &port, "-l", "3", "-4"];
        assert_eq!(simplec(engine, &client), conversation("127.0.0.1", &port, 3));
        for _ in 0..3 {
            simples.line_with(&["read 40 bytes from host 127.0.0.1 and port "]);
            simples.line_with(&["sent 40 bytes to host 127.0.0.1 and port "]);
        }
    }
}

/// Without `-4` there are two addresses to listen at, that of IPv4 last.
#[test]
fn simples_and_simples_ioctl_listen_on_both_families() {
    for (name, says) in [("simples", "bound to address 0.0.0.0"), ("simples_ioctl", "listening on 0.0.0.0")] {
        let (_serving, port) = server(name, "epoll", &["-e", "PORT"], says);
        for family in ["-4", "-6"] {
            let lines = simplec("epoll", &["-n", "localhost", "-e", &port, family]);
            assert_eq!(count(&lines, "read 40 bytes"), 1, "{name}: {lines:#?}");
        }
    }
}

#[test]
fn simples_ioctl_serves_one_client_after_another() {
    for engine in engines() {
        let arguments = ["-e", "PORT", "-i", "127.0.0.1", "-4"];
        let (serving, port) = server("simples_ioctl", engine, &arguments, "listening on 127.0.0.1 and port");
        thread::scope(|scope| {
            for _ in 0..4 {
                let port = &port;
                scope.spawn(move || {
                    let client = ["-n", "127.0.0.1", "-e", port, "-l", "5", "-4"];
                    assert_eq!(simplec(engine, &client), conversation("127.0.0.1", port, 5));
                });
            }
        });
        for _ in 0..4 {
            serving.line_with(&["Accepted client connection from 127.0.0.1 and port "]);
            for _ in 0..5 {
                serving.line_with(&["read 40 bytes"]);
                serving.line_with(&["sent 40 bytes"]);
            }
        }
    }
}

#[test]
fn overlap_serves_several_clients_at_once() {
    for engine in engines() {
        let arguments = ["-e", "PORT", "-i", "127.0.0.1"];
        let (overlap, port) = server("overlap", engine, &arguments, "Listening on 127.0.0.1:");
        thread::scope(|scope| {
            for _ in 0..4 {
                let port = &port;
                scope.spawn(move || {
                    let client = ["-p", "TCP", "-n", "127.0.0.1", "-e", port, "-l", "3", "-4"];
                    assert_eq!(simplec(engine, &client), conversation("127.0.0.1", port, 3));
                });
            }
        });
        for _ in 0..12 {
            overlap.line_with(&["Read buffer [This is a small test message [number "]);
            overlap.line_with(&["Echoing back to client"]);
        }
    }
}

/// Its port is fixed, too.
#[test]
fn poll_exchanges_38_bytes() {
    for engine in engines() {
        let deadline = Instant::now() + LIMIT;
        let mut lines = loop {
            let lines = well_ended(run("poll", engine, &[]));
            if count(&lines, "bind failed: 10048") == 0 {
                break lines;
            }
            assert!(Instant::now() < deadline, "the port stays in use");
        };
        lines.sort();
        let expected = [
            "ConnectThread: Established connection",
            "ConnectThread: recvd 38 bytes",
            "ConnectThread: sent 38 bytes",
            "Main: Connection established.",
            "Main: recvd 38 bytes",
            "Main: sent 38 bytes",
        ];
        assert_eq!(lines, expected);
    }
}

/// All bytes come back, in each of the five scenarios, with what fits any buffer and with what does not.
#[test]
fn accept_client_and_accept_server() {
    for engine in engines() {
        for way in WAYS {
            let (accepting, port) = accept_server(engine, way);
            for (scenario, bytes) in
                [(1, 1000), (1, 100_000), (2, 1000), (3, 50_000), (4, 1000), (5, 3_000_000)]
            {
                let totals = format!("Total Bytes Recd = {bytes}, Total Bytes Sent = {bytes}");
                let lines = accept_client(engine, &port, scenario, bytes, 1);
                let received = if scenario == 2 { 0 } else { bytes };
                let expected = format!("Total Bytes Recd = {received}, Total Bytes Sent = {bytes}");
                assert_eq!(count(&lines, &expected), 1, "{way}, {scenario}: {lines:#?}");
                // Whoever does not receive may reset the connection before all is echoed.
                let expected = if scenario == 2 { "Total Bytes Recd = 1000" } else { &totals };
                accepting.line_with(&[expected]);
            }
        }
    }
}

#[test]
fn accept_server_serves_64_clients_at_once() {
    for engine in engines() {
        for way in WAYS {
            let (accepting, port) = accept_server(engine, way);
            thread::scope(|scope| {
                for client in 0..64 {
                    let port = &port;
                    scope.spawn(move || {
                        let bytes = 1000 + client;
                        let lines = accept_client(engine, port, 5, bytes, 2);
                        let totals = format!("Total Bytes Recd = {bytes}, Total Bytes Sent = {bytes}");
                        assert_eq!(count(&lines, &totals), 2, "{way}: {lines:#?}");
                    });
                }
            });
            for _ in 0..2 * 64 {
                accepting.line_with(&["Closed socket"]);
            }
        }
    }
}

/// `-t`: `select`, and messages to a window.
const WAYS: [&str; 2] = ["1", "2"];

#[track_caller]
fn accept_server(engine: &str, way: &str) -> (Running, String) {
    let arguments = ["-a", "4", "-i", "127.0.0.1", "-e", "PORT", "-t", way];
    server("accept_server", engine, &arguments, "Listen successful")
}

#[track_caller]
fn accept_client(engine: &str, port: &str, scenario: u32, bytes: usize, iterations: u32) -> Vec<String> {
    let [scenario, bytes, iterations] = [scenario.to_string(), bytes.to_string(), iterations.to_string()];
    let options = ["-a", "4", "-n", "127.0.0.1", "-e", port, "-d", "100", "-s", &scenario, "-b", &bytes];
    well_ended(run("accept_client", engine, &[&options[..], &["-l", &iterations]].concat()))
}

/// Wrong options, and what follows when nobody is there.
#[test]
fn exit_codes() {
    let code = |name, arguments: &[&str]| run(name, "epoll", arguments).1;
    for name in ["simplec", "simples", "simples_ioctl", "overlap", "accept_client", "accept_server"] {
        for arguments in ["-?", "-x", "-e", "5001"] {
            assert_eq!(code(name, &[arguments]), Some(1), "{name} {arguments}");
        }
    }
    for name in ["simplec", "simples", "simples_ioctl"] {
        assert_eq!(code(name, &["-e", "0"]), Some(1), "{name}");
    }
    let (lines, code) = run("guide_client", "epoll", &[]);
    assert!(lines[0].starts_with("usage: ") && lines[0].ends_with(" server-name"), "{lines:#?}");
    assert_eq!(code, Some(1));

    let nobody = free_port();
    let lines = simplec("epoll", &["-n", "127.0.0.1", "-e", &nobody]);
    assert_eq!(lines[1], "Unable to establish connection...");
    let lines = accept_client("epoll", &nobody, 1, 1, 1);
    assert_eq!(lines.last().map(String::as_str), Some("connect failed. Error = 10061"));
}
