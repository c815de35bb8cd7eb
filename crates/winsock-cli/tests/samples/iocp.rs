//! The servers on completion ports and their client: echoes until Ctrl-C, and the restart by Ctrl-Break in one process.

use std::fs;
use std::thread;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use crate::engines;
use crate::programs::{Maker, makers, pairs};
use crate::running::{LIMIT, Running};

const SERVERS: [&str; 2] = ["iocpserver", "iocpserverex"];

fn signal(program: &Running, signal: Signal) {
    let id = i32::try_from(program.process()).ok().and_then(Pid::from_raw).expect("the number of a process");
    kill_process(id, signal).expect("the program runs");
}

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
                    signal(&client, Signal::INT);
                    ends_well(client);
                }
                signal(&serving, Signal::INT);
                ends_well(serving);
            }
        }
    }
}

fn descriptors(program: &Running) -> usize {
    let entries = fs::read_dir(format!("/proc/{}/fd", program.process())).expect("the program runs");
    entries.count()
}

/// Every restart is under load, and leaves no descriptor: with the same clients there are never more than after the second.
#[test]
fn ctrl_break_restarts_twenty_times_under_load() {
    const THREADS: u32 = 8;
    for name in SERVERS {
        for server in makers(&[name]) {
            for engine in engines() {
                let (mut serving, port) = server.serve(name, engine, &["-e:PORT"], "");
                let mut most = 0;
                for round in 0..=20 {
                    assert!(serving.answers(&port), "{name}, {engine}: ended before restart {round}");
                    let client = client(Maker::C, engine, &port, THREADS);
                    if round <= 2 {
                        most = descriptors(&serving);
                    }
                    // The connection that only asked whether somebody answers may still be there.
                    let deadline = Instant::now() + LIMIT;
                    while descriptors(&serving) > most {
                        assert!(Instant::now() < deadline, "{name}, {engine}, {round}: descriptors are left");
                        thread::yield_now();
                    }
                    signal(&serving, if round == 20 { Signal::INT } else { Signal::QUIT });
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
}
