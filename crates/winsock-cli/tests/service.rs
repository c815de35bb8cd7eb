//! A server as a service: restarts, sockets of a service manager, the log and the metrics. And what shells and manual
//! readers know of the program.

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use common::*;
use rustix::process::Signal;
use serde_json::Value;

#[test]
fn a_hangup_restarts_every_model_at_the_same_addresses() {
    for model in MODELS {
        let (mut server, first) = server(model, "127.0.0.1:0", &["--listen", "[::1]:0"]);
        let second = listening_address(&server.line());
        let mut before = connect(first);
        round_trip(&mut before, b"before");
        for _ in 0..2 {
            server.signal(Signal::HUP);
            assert_eq!(listening_address(&server.line()), first, "{model}");
            assert_eq!(listening_address(&server.line()), second, "{model}");
        }
        assert_eq!(before.read(&mut [0]).unwrap_or(0), 0, "{model}: the restart ends connections");
        for address in [first, second] {
            let mut after = connect(address);
            round_trip(&mut after, b"after");
            part(after);
        }
        server.signal(Signal::TERM);
        let (status, summary, log) = server.end();
        assert_eq!(status.code(), Some(0), "{model}: {log}");
        // The counters go on.
        for line in ["Restarts        2", "Bytes received  16", "Bytes sent      16", "Errors          none"]
        {
            assert!(summary.lines().any(|found| found == line), "{model}: {line:?} in:\n{summary}");
        }
        assert!(summary.contains("Connections     3 "), "{model}: {summary}");
    }
}

/// Has some clients talk, and restarts the server while they are connected.
fn talk_and_restart(server: &mut Running, address: SocketAddr) {
    let mut clients: Vec<_> = (0..20).map(|_| connect(address)).collect();
    clients.iter_mut().for_each(|client| round_trip(client, b"hello"));
    server.signal(Signal::HUP);
    assert_eq!(listening_address(&server.line()), address);
    round_trip(&mut connect(address), b"it serves again");
}

#[test]
fn restarts_leave_no_descriptors() {
    for model in MODELS {
        let (mut server, address) = server(model, "127.0.0.1:0", &[]);
        talk_and_restart(&mut server, address);
        // The last client's connection may still be open.
        let before = server.descriptors();
        for _ in 0..5 {
            talk_and_restart(&mut server, address);
            server.settle(before + 1);
        }
    }
}

#[test]
fn datagrams_are_served_after_a_restart() {
    for model in MODELS {
        let (mut server, address) = server(model, "127.0.0.1:0", &["--udp"]);
        datagram(address, b"before");
        server.signal(Signal::HUP);
        assert_eq!(listening_address(&server.line()), address, "{model}");
        datagram(address, b"after");
    }
}

/// A listener, and its address.
fn listener() -> (OwnedFd, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener.into(), address)
}

#[test]
fn sockets_of_a_service_manager_are_served() {
    for model in MODELS {
        let (listener, address) = listener();
        let of_the_manager = TcpListener::from(listener.try_clone().unwrap());
        // It comes before the server does: the system keeps it.
        let mut early = connect(address);
        let mut server = Running::start_activated(listener, "$$", &["server", "--model", model]);
        assert_eq!(listening_address(&server.line()), address, "{model}");
        round_trip(&mut early, b"early");
        // The listener is never closed, so nobody is refused during a restart.
        server.signal(Signal::HUP);
        assert_eq!(listening_address(&server.line()), address, "{model}");
        round_trip(&mut connect(address), b"late");
        server.signal(Signal::TERM);
        let (status, summary, log) = server.end();
        assert_eq!(status.code(), Some(0), "{model}: {log}");
        assert!(summary.contains("Connections     2 "), "{model}: {summary}");
        // Nor is it closed by the end: the next server has it.
        let next = connect(address);
        let (_, from) = of_the_manager.accept().unwrap();
        assert_eq!(from, next.local_addr().unwrap(), "{model}");
    }
}

#[test]
fn datagram_sockets_of_a_service_manager_are_served() {
    for model in MODELS {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let arguments = ["server", "--udp", "--model", model];
        let mut server = Running::start_activated(socket.into(), "$$", &arguments);
        assert_eq!(listening_address(&server.line()), address, "{model}");
        datagram(address, b"hello");
        server.signal(Signal::HUP);
        assert_eq!(listening_address(&server.line()), address, "{model}");
        datagram(address, b"again");
    }
}

#[test]
fn named_addresses_are_served_beside_those_of_a_service_manager() {
    let (listener, address) = listener();
    let arguments = ["server", "--listen", "127.0.0.1:0", "--engine", "epoll"];
    let mut server = Running::start_activated(listener, "$$", &arguments);
    assert_eq!(listening_address(&server.line()), address);
    let named = listening_address(&server.line());
    for address in [address, named] {
        round_trip(&mut connect(address), b"hello");
    }
}

#[test]
fn sockets_that_are_meant_for_another_process_are_left_alone() {
    let (listener, address) = listener();
    let mut server = Running::start_activated(listener, "1", &["server", "--listen", "127.0.0.1:0"]);
    let own = listening_address(&server.line());
    assert_ne!(own, address);
    round_trip(&mut connect(own), b"hello");
}

#[test]
fn a_socket_of_the_wrong_kind_is_refused() {
    let (listener, _) = listener();
    let mut server = Running::start_activated(listener, "$$", &["server", "--udp"]);
    let line = server.line();
    assert!(line.starts_with("winsock: LISTEN_FDS: "), "{line}");
    let (status, _, _) = server.end();
    assert_eq!(status.code(), Some(1));
}

#[test]
fn a_log_in_json_is_json_in_every_line() {
    let more = ["--log-format", "json", "--log", "debug"];
    let mut server =
        Running::start(&[&["server", "--model", "poll", "--listen", "127.0.0.1:0"], &more[..]].concat());
    let first: Value = serde_json::from_str(&server.line()).expect("JSON");
    assert_eq!(first["level"], "INFO");
    let address = listening_address(first["message"].as_str().expect("a message"));
    let stream = connect(address);
    let client = stream.local_addr().unwrap().to_string();
    part(stream);
    server.signal(Signal::INT);
    let (_, _, log) = server.end();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let accepted = lines.iter().find(|line| line["message"] == "accepted").expect("a line for the client");
    assert_eq!(accepted["client"], client);
    assert_eq!(accepted["level"], "DEBUG");
}

/// Asks by HTTP; gives the head and the body of the answer.
fn get(address: SocketAddr, path: &str) -> (String, String) {
    let mut stream = connect(address);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer of HTTP");
    (head.to_owned(), body.to_owned())
}

fn sample(page: &str, name: &str) -> u64 {
    let line = page.lines().find_map(|line| line.strip_prefix(&format!("winsock_{name} ")));
    line.unwrap_or_else(|| panic!("no {name} in:\n{page}")).parse().expect("a whole number")
}

/// The address in `Metrics at http://127.0.0.1:9090/metrics`.
fn metrics_address(line: &str) -> SocketAddr {
    let address = line.strip_prefix("Metrics at http://").and_then(|rest| rest.strip_suffix("/metrics\n"));
    address.and_then(|address| address.parse().ok()).unwrap_or_else(|| panic!("no address in {line:?}"))
}

#[test]
fn the_metrics_tell_what_every_model_does() {
    for model in MODELS {
        let (mut server, address) = server(model, "127.0.0.1:0", &["--metrics", "127.0.0.1:0"]);
        let metrics = metrics_address(&server.line());
        let mut client = connect(address);
        for _ in 0..3 {
            round_trip(&mut client, &[7; 100]);
        }
        // The last send has ended for the client a moment before it is counted.
        let page = loop {
            let (head, page) = get(metrics, "/metrics");
            assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{model}: {head}");
            if sample(&page, "round_trips_total") == 3 {
                break page;
            }
        };
        for (name, value) in [
            ("connections_total", 1),
            ("connections_open", 1),
            ("received_bytes_total", 300),
            ("sent_bytes_total", 300),
            ("queue_depth", 0),
        ] {
            assert_eq!(sample(&page, name), value, "{model}: {name}");
        }
        let overlapped = ["overlapped", "routine", "iocp", "iocp-acceptex"].contains(&model);
        assert_eq!(sample(&page, "completions_total") >= 6, overlapped, "{model}: {page}");
        assert!(!page.contains("errors_total{"), "{model}: {page}");
        // A reset is an error with its code.
        client.write_all(&pattern(50_000, 1)).unwrap();
        client.read_exact(&mut [0]).unwrap();
        drop(client);
        loop {
            let (_, page) = get(metrics, "/metrics");
            if sample(&page, "connections_open") == 0 {
                assert!(page.contains("winsock_errors_total{code=\"1005"), "{model}: {page}");
                break;
            }
        }
    }
}

#[test]
fn a_silent_reader_of_the_metrics_holds_up_nobody() {
    let (mut server, address) = server("poll", "127.0.0.1:0", &["--metrics", "127.0.0.1:0"]);
    let metrics = metrics_address(&server.line());
    let _silent: TcpStream = connect(metrics);
    round_trip(&mut connect(address), b"hello");
    assert!(get(metrics, "/metrics").0.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(get(metrics, "/other").0.starts_with("HTTP/1.1 404 "));
}

#[test]
fn every_shell_gets_completions_of_every_option() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = winsock(&["completions", shell]).assert().code(0).get_output().clone();
        let script = text(&output.stdout);
        for word in ["max-connections", "log-format", "completions"] {
            assert!(script.contains(word), "{word} is missing for {shell}");
        }
    }
    // What bash gets, bash understands.
    let script = winsock(&["completions", "bash"]).output().unwrap().stdout;
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().expect("there is a bash");
    bash.stdin.take().unwrap().write_all(&script).unwrap();
    assert!(bash.wait().unwrap().success());
}

#[test]
fn the_manual_has_a_page_for_the_program_and_for_each_command() {
    let page = |arguments: &[&str]| {
        let output = winsock(arguments).assert().code(0).get_output().clone();
        text(&output.stdout)
    };
    let program = page(&["man"]);
    assert!(program.contains(".TH winsock 1"), "{program}");
    for command in ["server", "client", "stress", "doctor", "completions", "man", "cc", "c++"] {
        assert!(program.contains(&format!("winsock\\-{command}(1)")), "{command} in:\n{program}");
        let own = page(&["man", command]);
        assert!(own.contains(&format!(".TH winsock-{command} 1")), "{own}");
    }
    let server = page(&["man", "server"]);
    for option in ["max\\-connections", "event\\-select", "SIGHUP"] {
        assert!(server.contains(option), "{option} is missing in:\n{server}");
    }
}
