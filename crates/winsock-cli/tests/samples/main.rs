//! Programs of Microsoft's guide and sample set, in their shapes and with their options, written anew: in C and C++ here,
//! in Rust as examples of the library. Every server talks to every client, on both engines, and each prints its lines.

#[path = "../programs/build.rs"]
#[allow(dead_code, reason = "the other programs use the rest")]
mod build;
mod iocp;
mod programs;
#[path = "../../../winsock/tests/ports/running.rs"]
#[allow(dead_code, reason = "the ports' tests use the rest")]
mod running;

use std::process::Command;
use std::thread;
use std::time::Instant;

use programs::{Maker, makers, pairs};
use running::{LIMIT, Running, free_port};

/// The engines that the kernel allows.
fn engines() -> Vec<&'static str> {
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_winsock"));
    let output = doctor.arg("doctor").env("WINSOCK_ENGINE", "io_uring").output().expect("the doctor starts");
    let text = String::from_utf8(output.stdout).expect("the doctor prints text");
    let engine = text.lines().find(|line| line.starts_with("engine ")).expect("a line of the engine");
    if engine.contains(" io_uring (") { vec!["epoll", "io_uring"] } else { vec!["epoll"] }
}

/// What `simplec` prints of some messages.
fn conversation(port: &str, messages: usize) -> Vec<String> {
    let first = [
        format!("Client attempting connection to: 127.0.0.1 port: {port}"),
        "Connection established...".to_owned(),
    ];
    let messages = (0..messages).flat_map(|number| {
        let message = format!("This is a small test message [number {number}]");
        ["wrote 40 bytes".to_owned(), format!("read 40 bytes, data [{message}] from server")]
    });
    first.into_iter().chain(messages).collect()
}

#[track_caller]
fn simplec(client: Maker, engine: &str, protocol: &str, port: &str, messages: usize) {
    let count = messages.to_string();
    let options = ["-p", protocol, "-n", "127.0.0.1", "-e", port, "-l", &count, "-4"];
    assert_eq!(client.run("simplec", engine, &options), conversation(port, messages), "{client:?}");
}

/// The port of the guide is fixed: whoever else uses it is waited for.
#[test]
fn guide_server_and_client() {
    for (server, client) in pairs("guide_server", "guide_client") {
        for engine in engines() {
            let deadline = Instant::now() + LIMIT;
            let (printed, sent) = loop {
                assert!(Instant::now() < deadline, "{server:?}, {client:?}: the port stays in use");
                let mut serving = start_guide("guide_server", server, engine, &[]);
                let sent = loop {
                    let (lines, code) = start_guide("guide_client", client, engine, &["127.0.0.1"]).end();
                    if code == Some(0) || serving.has_ended() {
                        break lines;
                    }
                    assert!(Instant::now() < deadline, "{server:?}, {client:?}: {lines:#?}");
                };
                let (printed, code) = serving.end();
                if code == Some(0) {
                    break (printed, sent);
                }
            };
            assert_eq!(sent, ["Bytes Sent: 14", "Bytes received: 14", "Connection closed"], "{client:?}");
            let printed: Vec<_> = printed.iter().filter(|line| !line.starts_with("Port: ")).collect();
            assert_eq!(
                printed,
                ["Bytes received: 14", "Bytes sent: 14", "Connection closing..."],
                "{server:?}"
            );
        }
    }
}

/// The programs in C take the port as their last argument.
fn start_guide(name: &str, maker: Maker, engine: &str, arguments: &[&str]) -> Running {
    let arguments = match maker {
        Maker::C => [arguments, &["27015"]].concat(),
        Maker::Rust => arguments.to_vec(),
    };
    maker.start(name, engine, &arguments)
}

#[test]
fn simples_by_tcp_and_udp() {
    for (server, client) in pairs("simples", "simplec") {
        for engine in engines() {
            for (protocol, last) in
                [("TCP", "wrote 40 bytes"), ("UDP", "sent 40 bytes to host 127.0.0.1 and port ")]
            {
                let options = ["-p", protocol, "-e", "PORT", "-i", "127.0.0.1", "-4"];
                let (simples, port) =
                    server.serve("simples", engine, &options, "bound to address 127.0.0.1 and port");
                for _ in 0..2 {
                    simplec(client, engine, protocol, &port, 3);
                    for _ in 0..3 {
                        simples.line_with(&["read 40 bytes"]);
                        simples.line_with(&[last]);
                    }
                }
            }
        }
    }
}

/// Without `-4` they listen at two addresses.
#[test]
fn both_families() {
    for (name, says) in [("simples", "bound to address"), ("simples_ioctl", "listening on")] {
        for server in makers(&[name]) {
            let (serving, port) = server.serve(name, "epoll", &["-e", "PORT"], says);
            serving.line_with(&[says]);
            for (family, address) in [("-4", "127.0.0.1"), ("-6", "::1")] {
                let lines = Maker::C.run("simplec", "epoll", &["-n", address, "-e", &port, family]);
                assert!(lines.iter().any(|line| line.starts_with("read 40 bytes")), "{name}: {lines:#?}");
            }
        }
    }
}

#[test]
fn simples_ioctl_serves_one_client_after_another() {
    for (server, client) in pairs("simples_ioctl", "simplec") {
        for engine in engines() {
            let options = ["-e", "PORT", "-i", "127.0.0.1", "-4"];
            let (serving, port) =
                server.serve("simples_ioctl", engine, &options, "listening on 127.0.0.1 and port");
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| simplec(client, engine, "TCP", &port, 5));
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
}

#[test]
fn overlap_serves_several_clients_at_once() {
    for (server, client) in pairs("overlap", "simplec") {
        for engine in engines() {
            let options = ["-e", "PORT", "-i", "127.0.0.1"];
            let (overlap, port) = server.serve("overlap", engine, &options, "Listening on 127.0.0.1:");
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| simplec(client, engine, "TCP", &port, 3));
                }
            });
            for _ in 0..12 {
                overlap.line_with(&["Read buffer [This is a small test message [number "]);
                overlap.line_with(&["Echoing back to client"]);
            }
        }
    }
}

#[test]
fn poll_exchanges_38_bytes() {
    for engine in engines() {
        let mut lines = Maker::C.run("poll", engine, &[]);
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

/// By select, and by messages.
const WAYS: [&str; 2] = ["1", "2"];

/// Each engine with each way.
fn engines_and_ways() -> impl Iterator<Item = (&'static str, &'static str)> {
    engines().into_iter().flat_map(|engine| WAYS.map(|way| (engine, way)))
}

#[track_caller]
fn accept_server(maker: Maker, engine: &str, way: &str) -> (Running, String) {
    let options = ["-a", "4", "-i", "127.0.0.1", "-e", "PORT", "-t", way];
    maker.serve("accept_server", engine, &options, "Listen successful")
}

/// What a client says at its end, of every iteration.
#[track_caller]
fn accept_client(maker: Maker, engine: &str, port: &str, options: [&str; 3]) -> Vec<String> {
    let [scenario, bytes, count] = options;
    let options =
        ["-a", "4", "-n", "127.0.0.1", "-e", port, "-d", "100", "-s", scenario, "-b", bytes, "-l", count];
    let lines = maker.run("accept_client", engine, &options);
    let totals = lines.iter().filter_map(|line| Some(line[line.find("Total Bytes Recd")?..].to_owned()));
    totals.collect()
}

#[test]
fn accept_clients_five_scenarios() {
    for (server, client) in pairs("accept_server", "accept_client") {
        for (engine, way) in engines_and_ways() {
            let (accepting, port) = accept_server(server, engine, way);
            for (scenario, bytes) in [
                ("1", "1000"),
                ("1", "100000"),
                ("2", "1000"),
                ("3", "50000"),
                ("4", "1000"),
                ("5", "3000000"),
            ] {
                let run = format!("{server:?}, {client:?}, {engine}, -t {way}, -s {scenario}, {bytes} bytes");
                let received = if scenario == "2" { "0" } else { bytes };
                let totals = accept_client(client, engine, &port, [scenario, bytes, "1"]);
                assert_eq!(
                    totals,
                    [format!("Total Bytes Recd = {received}, Total Bytes Sent = {bytes}")],
                    "{run}"
                );
                // Whoever does not receive may reset the connection before all is echoed.
                let sent =
                    if scenario == "2" { String::new() } else { format!(", Total Bytes Sent = {bytes}") };
                accepting.line_with(&[&format!("Total Bytes Recd = {bytes}{sent}")]);
            }
        }
    }
}

#[test]
fn accept_server_serves_64_clients_at_once() {
    for (server, client) in pairs("accept_server", "accept_client") {
        for (engine, way) in engines_and_ways() {
            let (accepting, port) = accept_server(server, engine, way);
            client.program("accept_client");
            thread::scope(|scope| {
                for number in 0..64 {
                    let port = &port;
                    scope.spawn(move || {
                        let bytes = (1000 + number).to_string();
                        let totals = accept_client(client, engine, port, ["5", &bytes, "2"]);
                        let expected = format!("Total Bytes Recd = {bytes}, Total Bytes Sent = {bytes}");
                        assert_eq!(
                            totals,
                            [&*expected, &expected],
                            "{server:?}, {client:?}, {engine}, -t {way}"
                        );
                    });
                }
            });
            for _ in 0..2 * 64 {
                accepting.line_with(&["Closed socket"]);
            }
        }
    }
}

/// Wrong options, and what follows when nobody is there.
#[test]
fn exit_codes() {
    for name in
        ["simplec", "simples", "simples_ioctl", "overlap", "accept_client", "accept_server", "iocpclient"]
    {
        for arguments in [&["-?"][..], &["-x"], &["word"], &["-ee", "1"]] {
            assert_eq!(Maker::C.start(name, "epoll", arguments).end().1, Some(1), "{name} {arguments:?}");
        }
    }
    let nobody = free_port();
    let lines = Maker::C.run("simplec", "epoll", &["-n", "127.0.0.1", "-e", &nobody]);
    assert_eq!(lines.last().map(String::as_str), Some("Unable to establish connection..."));
    let lines = Maker::C.run("accept_client", "epoll", &["-n", "127.0.0.1", "-e", &nobody]);
    assert_eq!(lines, ["connect failed. Error = 10061"]);
}
