//! What `winsock client` promises.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use common::*;

/// The arguments that lead to a server.
fn to(address: std::net::SocketAddr) -> [String; 4] {
    ["client".to_owned(), address.ip().to_string(), "--port".to_owned(), address.port().to_string()]
}

fn client(address: std::net::SocketAddr, more: &[&str]) -> assert_cmd::Command {
    let to = to(address);
    let arguments: Vec<&str> = to.iter().map(String::as_str).chain(more.iter().copied()).collect();
    winsock(&arguments)
}

#[test]
fn it_is_the_client_of_the_guide() {
    for listen in ["127.0.0.1:0", "[::1]:0"] {
        let (server, address) = server("basic", listen, &[]);
        let output = client(address, &[]).assert().code(0).get_output().clone();
        assert_eq!(text(&output.stdout), "Bytes Sent: 14\nBytes received: 14\nConnection closed\n");
        assert!(output.stderr.is_empty());
        let (status, stdout, _) = server.end();
        assert_eq!(status.code(), Some(0));
        assert_eq!(stdout, "Bytes received: 14\nBytes sent: 14\nConnection closing...\n");
    }
}

#[test]
fn a_big_file_goes_through_and_comes_back_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let (from, into) = (folder.path().join("from"), folder.path().join("into"));
    let data = pattern(20_000_000, 5);
    fs::write(&from, &data).unwrap();
    for model in ["threads", "select", "poll", "iocp", "overlapped", "routine"] {
        let (_server, address) = server(model, "127.0.0.1:0", &[]);
        let files = ["--file", from.to_str().unwrap(), "--output", into.to_str().unwrap()];
        let output = client(address, &files).assert().code(0).get_output().clone();
        let report = "Bytes Sent: 20000000\nBytes received: 20000000\nConnection closed\n";
        assert_eq!(text(&output.stdout), report);
        assert!(fs::read(&into).unwrap() == data, "{model}");
    }
}

#[test]
fn standard_input_goes_to_standard_output() {
    let data = pattern(3_000_000, 6);
    let (_server, address) = server("poll", "127.0.0.1:0", &[]);
    let mut command = client(address, &["--file", "-", "--output", "-"]);
    let output = command.write_stdin(data.clone()).assert().code(0).get_output().clone();
    assert!(output.stdout == data);
    assert_eq!(text(&output.stderr), "Bytes Sent: 3000000\nBytes received: 3000000\nConnection closed\n");
}

#[test]
fn a_message_of_ones_own_may_be_empty() {
    for (message, report) in [
        ("hello", "Bytes Sent: 5\nBytes received: 5\nConnection closed\n"),
        ("", "Bytes Sent: 0\nConnection closed\n"),
    ] {
        let (_server, address) = server("threads", "127.0.0.1:0", &[]);
        let output = client(address, &["--message", message]).assert().code(0).get_output().clone();
        assert_eq!(text(&output.stdout), report);
    }
}

#[test]
fn datagrams_come_back() {
    for listen in ["127.0.0.1:0", "[::1]:0"] {
        let (_server, address) = server("poll", listen, &["--udp"]);
        let output = client(address, &["--udp"]).assert().code(0).get_output().clone();
        assert_eq!(text(&output.stdout), "Bytes Sent: 14\nBytes received: 14\n");
        // More than one datagram holds.
        let data = pattern(100_000, 8);
        let mut command = client(address, &["--udp", "--file", "-", "--output", "-"]);
        let output = command.write_stdin(data.clone()).assert().code(0).get_output().clone();
        assert!(output.stdout == data);
    }
}

#[test]
fn a_name_is_resolved_and_each_address_is_tried() {
    // The server has one of the two addresses that localhost may have.
    let (_server, address) = server("threads", "127.0.0.1:0", &[]);
    let port = address.port().to_string();
    let output = winsock(&["client", "localhost", "--port", &port]).assert().code(0).get_output().clone();
    assert!(text(&output.stdout).starts_with("Bytes Sent: 14\n"));
}

#[test]
fn the_port_may_stand_beside_the_host() {
    for listen in ["127.0.0.1:0", "[::1]:0"] {
        let (_server, address) = server("threads", listen, &[]);
        let output = winsock(&["client", &address.to_string()]).assert().code(0).get_output().clone();
        assert!(text(&output.stdout).starts_with("Bytes Sent: 14\n"), "{listen}");
    }
}

#[test]
fn a_refused_connection_is_named_with_its_error() {
    // A port that nobody listens on while this socket holds it.
    let holder = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap();
    let output = client(address, &[]).assert().code(1).get_output().clone();
    let text = text(&output.stderr);
    assert_eq!(
        text,
        format!("winsock: connect {address}: WSAECONNREFUSED (10061): the target refused the connection\n")
    );
}

#[test]
fn an_address_of_the_other_family_is_refused() {
    let output = winsock(&["client", "127.0.0.1", "-6"]).assert().code(1).get_output().clone();
    let text = text(&output.stderr);
    assert!(text.starts_with("winsock: getaddrinfo 127.0.0.1:27015: WSA"), "{text}");
}

#[test]
fn a_datagram_without_an_answer_times_out() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let output = client(address, &["--udp", "--timeout", "100ms"]).assert().code(1).get_output().clone();
    let text = text(&output.stderr);
    assert_eq!(text, format!("winsock: recv {address}: WSAETIMEDOUT (10060): the operation timed out\n"));
}

#[test]
fn a_silent_server_times_out() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let output = client(address, &["--timeout", "100ms"]).assert().code(1).get_output().clone();
    assert!(text(&output.stderr).starts_with(&format!("winsock: recv {address}: WSAETIMEDOUT (10060)")));
    assert_eq!(text(&output.stdout), "Bytes Sent: 14\n");
}

#[test]
fn a_server_that_closes_early_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || drop(listener.accept().unwrap()));
    // The input stays open: only the server's end can end the client.
    let mut running = Running::start(&[
        "client",
        "127.0.0.1",
        "--port",
        &address.port().to_string(),
        "--file",
        "/dev/zero",
    ]);
    let message = running.line();
    server.join().unwrap();
    let (status, _, _) = running.end();
    assert_eq!(status.code(), Some(1));
    let closed = message == "winsock: the server closed before the whole message was sent\n";
    let reset = message.contains("WSAECONNRESET (10054)") || message.contains("WSAECONNABORTED (10053)");
    assert!(closed || reset, "{message}");
}

#[test]
fn a_missing_file_is_named() {
    let output =
        winsock(&["client", "127.0.0.1", "--file", "/no/such/file"]).assert().code(1).get_output().clone();
    assert!(text(&output.stderr).starts_with("winsock: /no/such/file: "));
}

#[test]
fn what_comes_back_is_verified() {
    for (spoil, message) in [
        (
            &(|data: &mut Vec<u8>| data[5] ^= 1) as &(dyn Fn(&mut Vec<u8>) + Sync),
            "byte 5 of the echo is 0x68 instead of 0x69",
        ),
        (&|data: &mut Vec<u8>| data.push(b'!'), "1 bytes more came back than were sent"),
        (&|data: &mut Vec<u8>| data.truncate(10), "only 10 of 14 bytes came back"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut data = Vec::new();
                stream.read_to_end(&mut data).unwrap();
                spoil(&mut data);
                stream.write_all(&data).unwrap();
            });
            let output = client(address, &["--verify"]).assert().code(1).get_output().clone();
            assert_eq!(text(&output.stderr), format!("winsock: {message}\n"));
        });
        // Without the option everything is welcome.
        thread::scope(|scope| {
            scope.spawn(|| {
                let (mut stream, _) = listener.accept().unwrap();
                stream.read_to_end(&mut Vec::new()).unwrap();
                stream.write_all(b"something else").unwrap();
            });
            let output = client(address, &[]).assert().code(0).get_output().clone();
            assert_eq!(text(&output.stdout), "Bytes Sent: 14\nBytes received: 14\nConnection closed\n");
        });
    }
}

#[test]
fn a_file_is_verified_on_its_way() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("from");
    fs::write(&from, pattern(5_000_000, 9)).unwrap();
    let (_server, address) = server("iocp-acceptex", "127.0.0.1:0", &[]);
    let file = ["--file", from.to_str().unwrap(), "--verify", "--stats"];
    let output = client(address, &file).assert().code(0).get_output().clone();
    let report = text(&output.stdout);
    assert!(report.starts_with("Bytes Sent: 5000000\nBytes received: 5000000\nTime: "), "{report}");
    assert!(
        report.contains(" MB/s out, ") && report.ends_with(" MB/s back\nConnection closed\n"),
        "{report}"
    );
}

#[test]
fn a_wrong_datagram_is_found() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let server = thread::spawn(move || {
        let mut data = [0; 100];
        let (len, from) = socket.recv_from(&mut data).unwrap();
        data[3] = b'?';
        socket.send_to(&data[..len], from).unwrap();
    });
    let output = client(address, &["--udp", "--verify"]).assert().code(1).get_output().clone();
    assert_eq!(text(&output.stderr), "winsock: byte 3 of the echo is 0x3f instead of 0x73\n");
    server.join().unwrap();
}

#[test]
fn a_message_is_repeated_and_timed() {
    for udp in [&[][..], &["--udp"]] {
        let (_server, address) = server("poll", "127.0.0.1:0", udp);
        let again = ["--count", "5", "--verify", "--message", "0123456789"];
        let output = client(address, &[&again[..], udp].concat()).assert().code(0).get_output().clone();
        let report = text(&output.stdout);
        assert!(report.starts_with("Round trips: 5 in "), "{report}");
        assert!(
            report.contains(": least ") && report.contains(", mean ") && report.contains(", most "),
            "{report}"
        );
        assert!(report.contains("\nBytes Sent: 50\nBytes received: 50\n"), "{report}");
    }
}

#[test]
fn an_interval_lies_between_two_times_and_does_not_count_as_silence() {
    let (_server, address) = server("threads", "127.0.0.1:0", &[]);
    let again = ["--count", "3", "--interval", "300ms", "--timeout", "200ms"];
    let began = Instant::now();
    let output = client(address, &again).assert().code(0).get_output().clone();
    assert!(began.elapsed() >= Duration::from_millis(600));
    let report = text(&output.stdout);
    for number in 1..=3 {
        assert!(report.contains(&format!("{number}: 14 bytes back after ")), "{report}");
    }
}

#[test]
fn a_repeated_message_that_does_not_come_back_times_out() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let output =
        client(address, &["--count", "2", "--timeout", "100ms"]).assert().code(1).get_output().clone();
    assert!(text(&output.stderr).starts_with(&format!("winsock: recv {address}: WSAETIMEDOUT (10060)")));
}
