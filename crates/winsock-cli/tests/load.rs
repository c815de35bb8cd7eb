//! The shapes that a load of `winsock stress` can have, as a server sees them.

mod common;

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use common::*;

/// What a server has seen of one connection.
struct Seen {
    came: Instant,
    bytes: Vec<u8>,
    reset: bool,
}

/// An echo server that tells what it has seen of each connection when that ends.
fn watch() -> (SocketAddr, Receiver<Seen>) {
    let (tell, seen) = mpsc::channel();
    let address = serve(move |mut stream: TcpStream| {
        let (came, mut bytes, mut buffer) = (Instant::now(), Vec::new(), [0; 4096]);
        let reset = loop {
            match stream.read(&mut buffer) {
                Ok(0) => break false,
                Ok(len) => {
                    bytes.extend_from_slice(&buffer[..len]);
                    // Either call tells of a reset, whichever comes first.
                    if stream.write_all(&buffer[..len]).is_err() {
                        break true;
                    }
                }
                Err(error) => break error.kind() == ErrorKind::ConnectionReset,
            }
        };
        // The test may have seen enough.
        let _ = tell.send(Seen { came, bytes, reset });
    });
    (address, seen)
}

/// What was seen of that many connections.
fn all(seen: &Receiver<Seen>, count: usize) -> Vec<Seen> {
    let next = |_| seen.recv_timeout(LIMIT).expect("a connection ends");
    let all: Vec<Seen> = (0..count).map(next).collect();
    assert!(seen.try_recv().is_err(), "more than {count} connections came");
    all
}

fn table(address: SocketAddr, more: &[&str]) -> String {
    text(&stress(address, more).assert().code(0).get_output().stdout)
}

#[test]
fn churn_replaces_each_connection_after_its_messages() {
    let (address, seen) = watch();
    let table = table(address, &["--connections", "2", "--count", "10", "--churn", "4", "--size", "100"]);
    assert_eq!(row(&table, "connections"), "6");
    assert_eq!(row(&table, "round trips"), "20");
    let mut lengths: Vec<usize> = all(&seen, 6).iter().map(|one| one.bytes.len()).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [200, 200, 400, 400, 400, 400]);
}

#[test]
fn a_half_close_leaves_nothing_out() {
    let (address, seen) = watch();
    let load = ["--connections", "3", "--count", "6", "--churn", "3", "--half-close", "1"];
    let table = table(address, &[&load[..], &["--size", "50000"]].concat());
    assert_eq!(row(&table, "half-closed"), "6 on purpose");
    assert_eq!(row(&table, "round trips"), "18");
    for one in all(&seen, 6) {
        assert!(!one.reset);
        assert_eq!(one.bytes.len(), 150_000);
    }
}

#[test]
fn what_a_server_owes_after_a_half_close_is_asked_for() {
    // It forgets what it has when the client's side has ended.
    let address = serve(|mut stream| {
        let mut message = [0; 1000];
        while stream.read_exact(&mut message[..999]).is_ok() {
            if stream.read_exact(&mut message[999..]).is_err() || stream.write_all(&message[..999]).is_err() {
                return;
            }
            // The end of the client's side is there if there is nothing more.
            let more = stream.peek(&mut [0]).is_ok_and(|len| len > 0);
            if !more || stream.write_all(&message[999..]).is_err() {
                return;
            }
        }
    });
    let load = ["--connections", "2", "--count", "1", "--size", "1000", "--half-close", "1"];
    let output = stress(address, &load).assert().code(1).get_output().clone();
    assert!(row(&text(&output.stdout), "errors").contains("WSAEDISCON (10101)"));
}

#[test]
fn a_reset_on_purpose_is_no_failure() {
    let (address, seen) = watch();
    let load = ["--connections", "3", "--count", "4", "--churn", "2", "--reset", "1", "--size", "1000"];
    let table = table(address, &load);
    assert_eq!(row(&table, "reset"), "6 on purpose");
    // The last message of each is the one that is torn.
    assert_eq!(row(&table, "round trips"), "6");
    assert_eq!(row(&table, "errors"), "none");
    for one in all(&seen, 6) {
        assert!(one.reset);
        assert!((1000..=1500).contains(&one.bytes.len()), "{}", one.bytes.len());
    }
}

#[test]
fn fractions_are_fractions_and_repeat_with_the_seed() {
    let load =
        ["--connections", "10", "--count", "40", "--churn", "2", "--half-close", "0.3", "--reset", "0.2"];
    let (address, seen) = watch();
    let counts = || {
        let table = table(address, &load);
        let number = |name| row(&table, name).split(' ').next().unwrap().parse::<u64>().unwrap();
        all(&seen, 200);
        (number("half-closed"), number("reset"))
    };
    let (half_closes, resets) = counts();
    assert!((40..=80).contains(&half_closes), "{half_closes} of 200");
    assert!((22..=60).contains(&resets), "{resets} of 200");
    assert_eq!(counts(), (half_closes, resets));
}

#[test]
fn a_pipeline_has_its_depth_of_messages_on_their_way() {
    // It answers when it has five messages, and never if only four come.
    let address = serve(|mut stream| {
        let mut five = [0; 500];
        while stream.read_exact(&mut five).is_ok() && stream.write_all(&five).is_ok() {}
    });
    let load = ["--connections", "2", "--count", "20", "--size", "100", "--timeout", "5s"];
    let table = table(address, &[&load[..], &["--pipeline", "5"]].concat());
    assert_eq!(row(&table, "round trips"), "40");

    let short = ["--pipeline", "4", "--timeout", "200ms"];
    let few = ["--connections", "2", "--count", "20", "--size", "100"];
    stress(address, &[&few[..], &short].concat()).assert().code(1);
}

#[test]
fn sizes_follow_their_distribution() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let (tell, sizes) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok((len, from)) = socket.recv_from(&mut buffer) {
            let _ = tell.send(len);
            let _ = socket.send_to(&buffer[..len], from);
        }
    });
    for (size, range) in [("10..20", 10..=20), ("exp:100", 1..=1600)] {
        table(address, &["--udp", "--connections", "4", "--count", "100", "--size", size]);
        let seen: BTreeSet<usize> = sizes.try_iter().collect();
        assert!(seen.len() > 10, "{size}: {seen:?}");
        assert!(seen.iter().all(|len| range.contains(len)), "{size}: {seen:?}");
    }
}

#[test]
fn messages_of_mixed_sizes_come_back_right_from_every_engine() {
    for engine in ["epoll", "io_uring"] {
        for more in
            [&["--pipeline", "7"][..], &["--udp", "--pipeline", "2"], &["--rate", "2000", "--churn", "5"]]
        {
            let load =
                ["stress", "--engine", engine, "--connections", "8", "--count", "30", "--size", "1..3000"];
            let output = winsock(&[&load[..], more].concat()).assert().get_output().clone();
            let (table, message) = (text(&output.stdout), text(&output.stderr));
            if engine == "io_uring" && message.contains("WSAEOPNOTSUPP") {
                eprintln!("this kernel has no io_uring for us: not tried");
                continue;
            }
            assert_eq!(output.status.code(), Some(0), "{engine} {more:?}: {message}");
            assert_eq!(row(&table, "wrong bytes"), "0");
        }
    }
}

#[test]
fn connections_take_turns_where_one_thread_has_many_and_none_is_left_out() {
    let address = serve(|mut stream| {
        let mut buffer = [0; 4096];
        while let Ok(len @ 1..) = stream.read(&mut buffer) {
            stream.write_all(&buffer[..len]).unwrap();
        }
    });
    // Asked in parts, and by the engine's own way; more of them than go on one port.
    for (engine, connections, round_trips) in
        [("epoll", "200", "4,000"), ("auto", "200", "4,000"), ("auto", "300", "6,000")]
    {
        let load = ["--engine", engine, "--connections", connections, "--threads", "1", "--count", "20"];
        let table = table(address, &[&load[..], &["--size", "1..3000", "--pipeline", "2"]].concat());
        assert_eq!(row(&table, "round trips"), round_trips, "{engine} {connections}");
        assert_eq!(row(&table, "connections"), connections);
    }
}

#[test]
fn a_ramp_spreads_the_opening() {
    let (address, seen) = watch();
    table(address, &["--connections", "10", "--ramp-up", "600ms", "--duration", "800ms"]);
    let came: Vec<Instant> = all(&seen, 10).iter().map(|one| one.came).collect();
    let (first, last) = (came.iter().min().unwrap(), came.iter().max().unwrap());
    assert!(*last - *first >= Duration::from_millis(400), "{:?}", *last - *first);
}

#[test]
fn silent_connections_are_held_and_answer_at_the_end() {
    for model in ["poll", "iocp-acceptex"] {
        let load = ["stress", "--model", model, "--idle", "500", "--connections", "4", "--duration", "300ms"];
        let output = winsock(&load).assert().code(0).get_output().clone();
        let table = text(&output.stdout);
        assert_eq!(row(&table, "connections"), "504");
        assert_eq!(row(&table, "silent ones"), "500 answered at the end");
    }
}

#[test]
fn a_silent_connection_that_the_server_ends_has_failed() {
    // It closes what says nothing for a moment.
    let address = serve(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        echo(&mut stream);
    });
    let load = ["--idle", "3", "--connections", "2", "--duration", "1500ms"];
    let output = stress(address, &load).assert().code(1).get_output().clone();
    let table = text(&output.stdout);
    assert_eq!(row(&table, "connections"), "5 (3 failed)");
    assert!(row(&table, "errors").contains("WSAEDISCON (10101)"), "{table}");
}

#[test]
fn a_load_that_the_limit_of_descriptors_forbids_is_refused_at_once() {
    let mut running =
        Running::start_with_descriptors(200, &["stress", "--connections", "10", "--idle", "100"]);
    let message = running.line();
    assert!(message.contains("needs 284 descriptors and the limit is 200"), "{message}");
    let (status, stdout, _) = running.end();
    assert_eq!((status.code(), stdout), (Some(1), String::new()));
}
