//! The servers on completion ports and their client: echoes until Ctrl-C, and the restart by Ctrl-Break in one process.

use std::thread;
use std::time::Instant;

use crate::engines;
use crate::programs::{Maker, pairs};
use crate::running::{LIMIT, Running};

const SERVERS: [&str; 2] = ["iocpserver", "iocpserverex"];

/// A client whose threads have all had their first echo.
#[track_caller]
fn client(maker: Maker, engine: &str, port: &str, threads: u32) -> Running {
    let (port, count) = (format!("-e:{port}"), format!("-t:{threads}"));
    let client = maker.start("iocpclient", engine, &["-n:127.0.0.1", &port, &count, "-b:4", "-v"]);
    let mut missing: Vec<String> = (0..threads).map(|number| format!("ack({number})")).collect();
    for number in 0..threads {
        client.line_with(&[&format!("connected(thread {number})")]);
    }
    while !missing.is_empty() {
        let parts: Vec<&str> = missing.iter().map(String::as_str).collect();
        let seen = client.line_with(&parts);
        missing.retain(|part| !seen.contains(part.as_str()));
    }
    client
}

/// Ends by itself or by a signal that it has got: in good order, and without a wrong byte.
#[track_caller]
fn ends_well(program: Running) {
    let (lines, code) = program.end();
    assert_eq!(code, Some(0));
    assert!(!lines.iter().any(|line| line.contains("nak(")), "{:#?}", lines.last());
}

#[test]
fn echoes_until_ctrl_c() {
    for name in SERVERS {
        for (server, clients) in pairs(name, "iocpclient") {
            for engine in engines() {
                let (serving, port) = server.serve(name, engine, &["-e:PORT", "-v"], "");
                let running: Vec<Running> = (0..3).map(|_| client(clients, engine, &port, 4)).collect();
                for client in running {
                    client.signal("INT");
                    ends_well(client);
                }
                serving.signal("INT");
                ends_well(serving);
            }
        }
    }
}

/// Every restart is under load, and leaves no descriptor. (The examples in Rust are tested so beside them.)
#[test]
fn ctrl_break_restarts_twenty_times_under_load() {
    const THREADS: u32 = 8;
    for name in SERVERS {
        for engine in engines() {
            let (mut serving, port) = Maker::C.serve(name, engine, &["-e:PORT"], "");
            let mut first = None;
            for round in 0..=20 {
                let run = format!("{name}, {engine}, {round}");
                assert!(serving.answers(&port), "{run}: it has ended");
                let client = client(Maker::C, engine, &port, THREADS);
                // The connection that only asked whether somebody answers may still be there.
                let deadline = Instant::now() + LIMIT;
                let sockets = THREADS as usize + 1 + usize::from(name == "iocpserverex");
                while serving.descriptors().0 > sockets {
                    assert!(Instant::now() < deadline, "{run}: {:?}", serving.descriptors());
                    thread::yield_now();
                }
                // What sockets without a port need is made once, whenever it is first needed.
                let (_, others) = serving.descriptors();
                let first = *first.get_or_insert(others);
                assert!(others <= first + 3, "{run}: {others} others, and {first} at first");
                serving.signal(if round == 20 { "INT" } else { "QUIT" });
                ends_well(client);
                if round < 20 {
                    serving.line_with(&["is restarting..."]);
                }
            }
            serving.line_with(&["is exiting..."]);
            ends_well(serving);
        }
    }
}
