//! The servers on a completion port and their client: what they print, and what Ctrl-C and Ctrl-Break do.

use std::thread;
use std::time::Instant;

use crate::running::{LIMIT, Running, engines, free_port, run, server};
use crate::{count, well_ended};

const SERVERS: [&str; 2] = ["iocpserver", "iocpserverex"];

#[track_caller]
fn iocp_server(name: &str, engine: &str) -> (Running, String) {
    server(name, engine, &["-e:PORT", "-v"], "")
}

/// The client: busy until it is told to end, or the server goes.
#[track_caller]
fn iocp_client(engine: &str, port: &str) -> Running {
    let port = format!("-e:{port}");
    let client = Running::start("iocpclient", engine, &["-n:127.0.0.1", &port, "-t:4", "-b:4", "-v"]);
    for thread in 0..4 {
        client.line_with(&[&format!("connected(thread {thread})")]);
    }
    for thread in 0..4 {
        client.line_with(&[&format!("ack({thread})")]);
    }
    client
}

#[test]
fn iocpclient_ends_on_ctrl_c_and_so_do_the_servers() {
    for engine in engines() {
        for name in SERVERS {
            let (serving, port) = iocp_server(name, engine);
            let client = iocp_client(engine, &port);
            client.signal("INT");
            let lines = well_ended(client.end());
            assert_eq!(count(&lines, "Closing handles and sockets"), 1, "{lines:#?}");
            assert_eq!(count(&lines, "nak("), 0, "{lines:#?}");
            for part in [
                "added to IOCP",
                "completed (4096 bytes), Send posted",
                "completed (4096 bytes), Recv posted",
            ] {
                serving.line_with(&[part]);
            }
            serving.signal("INT");
            let lines = well_ended(serving.end());
            assert_eq!(lines.last(), Some(&format!("{name} is exiting...")));
        }
    }
}

#[test]
fn ctrl_break_restarts_the_servers_twenty_times_under_load() {
    for engine in engines() {
        for name in SERVERS {
            // What a server has open that was restarted once: it comes to rest while the other one is not at rest.
            let (mut once, its_port) = iocp_server(name, engine);
            restart(&mut once, name, engine, &its_port);

            let (mut serving, port) = iocp_server(name, engine);
            for _ in 0..20 {
                restart(&mut serving, name, engine, &port);
            }
            let deadline = Instant::now() + LIMIT;
            loop {
                let ((sockets, others), (expected, before)) = (serving.descriptors(), once.descriptors());
                // The engine of sockets without a port comes when it is needed first, with up to three.
                if sockets == expected && others <= before + 3 {
                    break;
                }
                assert!(
                    Instant::now() < deadline,
                    "{name}, {engine}: {sockets}, {others}, not {expected}, {before}"
                );
                thread::yield_now();
            }
            serving.signal("INT");
            let lines = well_ended(serving.end());
            assert_eq!(lines.last(), Some(&format!("{name} is exiting...")));
        }
    }
}

/// Ctrl-Break while a client is busy, which then ends by itself; the server is there again.
#[track_caller]
fn restart(serving: &mut Running, name: &str, engine: &str, port: &str) {
    let client = iocp_client(engine, port);
    serving.signal("QUIT");
    serving.line_with(&[&format!("{name} is restarting...")]);
    let lines = well_ended(client.end());
    assert_eq!(count(&lines, "Closing handles and sockets"), 1, "{lines:#?}");
    assert!(serving.answers(port), "{name} has ended");
}

#[test]
fn exit_codes() {
    for arguments in ["-?", "-x", "-e", "5001"] {
        assert_eq!(run("iocpclient", "epoll", &[arguments]).1, Some(1), "{arguments}");
        for name in SERVERS {
            let lines = well_ended(run(name, "epoll", &[arguments]));
            assert_eq!(lines[1], format!("  {name} [-e:port] [-v] [-?]"));
        }
    }
    let nobody = format!("-e:{}", free_port());
    let lines = well_ended(run("iocpclient", "epoll", &["-n:127.0.0.1", &nobody]));
    assert_eq!(lines, ["connect(thread 0) failed: 10061", "Closing handles and sockets"]);
}
