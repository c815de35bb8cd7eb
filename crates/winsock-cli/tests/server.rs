//! What `winsock server` promises, for each of its models.

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use common::*;
use rustix::process::Signal;

const FAMILIES: [&str; 2] = ["127.0.0.1:0", "[::1]:0"];

#[test]
fn every_model_echoes_every_byte_over_tcp() {
    for model in MODELS {
        for listen in FAMILIES {
            let (_server, address) = server(model, listen, &[]);
            let clients: Vec<_> = (0..8)
                .map(|seed| {
                    thread::spawn(move || {
                        let mut stream = connect(address);
                        for len in [1, 2, 511, 512, 513, 65_535, 65_536, 65_537, 200_000] {
                            round_trip(&mut stream, &pattern(len, seed));
                        }
                        part(stream);
                    })
                })
                .collect();
            for client in clients {
                client.join().unwrap_or_else(|_| panic!("{model} on {listen}"));
            }
        }
    }
}

#[test]
fn every_model_echoes_datagrams_whole() {
    for model in MODELS {
        for listen in FAMILIES {
            let (_server, address) = server(model, listen, &["--udp"]);
            for len in [0, 1, 1200, 9000, 65_507] {
                datagram(address, &pattern(len, 7));
            }
        }
    }
}

#[test]
fn basic_is_the_server_of_the_guide() {
    for listen in FAMILIES {
        let (server, address) = server("basic", listen, &[]);
        let mut stream = connect(address);
        round_trip(&mut stream, b"this is a test");
        part(stream);
        let (status, stdout, _) = server.end();
        assert_eq!(status.code(), Some(0));
        assert_eq!(stdout, "Bytes received: 14\nBytes sent: 14\nConnection closing...\n");
        assert!(TcpStream::connect(address).is_err(), "it serves one client only");
    }
}

#[test]
fn basic_sends_the_pieces_of_a_long_message_without_waiting() {
    let (_server, address) = server("basic", "127.0.0.1:0", &[]);
    let mut stream = connect(address);
    let start = Instant::now();
    for seed in 0..100 {
        round_trip(&mut stream, &pattern(1024, seed));
    }
    // Pieces that wait for an acknowledgement would take 40 ms each.
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    part(stream);
}

#[test]
fn a_client_that_ends_its_side_still_gets_everything_back() {
    for model in MODELS {
        let (_server, address) = server(model, "127.0.0.1:0", &[]);
        let stream = connect(address);
        let message = pattern(4_000_000, 1);
        let mut sending = stream.try_clone().unwrap();
        let sent = message.clone();
        let sender = thread::spawn(move || {
            sending.write_all(&sent).unwrap();
            sending.shutdown(Shutdown::Write).unwrap();
        });
        let mut echo = Vec::new();
        (&stream).read_to_end(&mut echo).unwrap();
        sender.join().unwrap();
        assert!(echo == message, "{model}");
    }
}

/// Sends without ever reading, until the server takes no more for a moment; gives how much it took.
fn flood(stream: &mut TcpStream, most: usize) -> usize {
    stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let piece = pattern(64 * 1024, 2);
    let mut taken = 0;
    while taken < most {
        match stream.write(&piece) {
            Ok(len) => taken += len,
            Err(_) => break,
        }
    }
    taken
}

#[test]
fn silent_and_never_reading_clients_do_not_harm_others() {
    const MOST: usize = 256 << 20;
    for model in MODELS {
        let (server, address) = server(model, "127.0.0.1:0", &[]);
        let silent: Vec<_> = (0..16).map(|_| connect(address)).collect();
        let mut greedy = connect(address);
        assert!(flood(&mut greedy, MOST) < MOST, "{model}: the server keeps what nobody takes back");
        let mut polite = connect(address);
        for seed in 0..100 {
            round_trip(&mut polite, &pattern(1000, seed));
        }
        part(polite);
        // Nor do they hold up the end.
        server.signal(Signal::TERM);
        let (status, _, stderr) = server.end();
        assert_eq!(status.code(), Some(0), "{model}: {stderr}");
        drop((silent, greedy));
    }
}

#[test]
fn hundreds_of_silent_clients_do_not_shut_others_out() {
    const SILENT: usize = 400;
    for engine in engines() {
        let mut server = Running::start_on(engine, &["server", "--listen", "127.0.0.1:0"]);
        let address = listening_address(&server.line());
        let own = server.descriptors();
        let silent: Vec<_> = (0..SILENT).map(|_| connect(address)).collect();
        let mut slowest = Duration::ZERO;
        for seed in 0..50 {
            let start = Instant::now();
            let mut polite = connect(address);
            round_trip(&mut polite, &pattern(1000, seed));
            slowest = slowest.max(start.elapsed());
            part(polite);
        }
        assert!(slowest < Duration::from_secs(2), "{engine}: a newcomer waited for {slowest:?}");
        // Those that speak late are served too. Each has one descriptor, also when all come at once.
        let most = own + SILENT + 40;
        server.settle(most);
        let mut late = silent;
        late.iter_mut().for_each(|late| late.write_all(b"late").unwrap());
        for late in &mut late {
            let mut echo = [0; 4];
            late.read_exact(&mut echo).unwrap();
            assert_eq!(&echo, b"late", "{engine}");
            let open = server.descriptors();
            assert!(open <= most, "{engine}: {open} descriptors instead of {most}");
        }
        late.into_iter().for_each(part);
        server.settle(own + 40);
        server.signal(Signal::TERM);
        let (status, stdout, stderr) = server.end();
        assert_eq!(status.code(), Some(0), "{engine}: {stderr}");
        assert!(stdout.contains("Connections     450 "), "{engine}: {stdout}");
        assert!(stdout.contains("Errors          none"), "{engine}: {stdout}");
    }
}

#[test]
fn silent_clients_keep_few_accepts() {
    let (server, address) = server("iocp-acceptex", "127.0.0.1:0", &[]);
    let silent: Vec<_> = (0..400).map(|_| connect(address)).collect();
    // It comes after all of them.
    let mut newcomer = connect(address);
    round_trip(&mut newcomer, b"hello");
    part(newcomer);
    server.signal(Signal::TERM);
    let (_, stdout, _) = server.end();
    // An accept has not ended, and its client is none yet, while it is kept.
    let taken = row(&stdout, "Connections");
    let taken: usize = taken.split(' ').next().and_then(|taken| taken.parse().ok()).expect("a number");
    assert!(taken > 350, "{stdout}");
    drop(silent);
}

#[test]
fn all_descriptors_come_back() {
    for model in MODELS {
        let (server, address) = server(model, "127.0.0.1:0", &[]);
        let serve = |clients: usize| {
            let mut clients: Vec<_> = (0..clients).map(|_| connect(address)).collect();
            for client in &mut clients {
                round_trip(client, b"hello");
            }
            clients.into_iter().for_each(part);
        };
        serve(1);
        // A connection has ended for its client a moment before it has for the server.
        let settle = |most: usize| {
            let start = Instant::now();
            while server.descriptors() > most {
                assert!(start.elapsed() < LIMIT, "{model}: {} instead of {most}", server.descriptors());
                thread::sleep(Duration::from_millis(5));
            }
        };
        // What a server has that nobody is connected to: not many are its own.
        settle(60);
        let before = server.descriptors();
        for _ in 0..8 {
            serve(50);
        }
        settle(before);
        server.signal(Signal::TERM);
        let (_, stdout, _) = server.end();
        assert!(stdout.contains("Connections     401 "), "{model}: {stdout}");
        assert!(stdout.contains("Errors          none"), "{model}: {stdout}");
    }
}

#[test]
fn a_broken_client_is_counted_and_the_others_stay() {
    for model in MODELS {
        let (server, address) = server(model, "127.0.0.1:0", &[]);
        let mut other = connect(address);
        round_trip(&mut other, b"before");
        // Closing with something unread resets the connection.
        let mut rude = connect(address);
        rude.write_all(&pattern(100_000, 3)).unwrap();
        let mut one = [0];
        rude.read_exact(&mut one).unwrap();
        drop(rude);
        round_trip(&mut other, b"after");
        part(other);
        server.signal(Signal::INT);
        let (status, stdout, _) = server.end();
        assert_eq!(status.code(), Some(0));
        assert!(stdout.contains("Connections     2 "), "{model}: {stdout}");
    }
}

#[test]
fn ctrl_c_and_sigterm_end_every_model_with_a_summary() {
    for (model, signal) in [
        ("threads", Signal::INT),
        ("select", Signal::INT),
        ("poll", Signal::INT),
        ("iocp", Signal::INT),
        ("iocp-acceptex", Signal::INT),
        ("overlapped", Signal::INT),
        ("routine", Signal::INT),
        ("threads", Signal::TERM),
        ("basic", Signal::TERM),
    ] {
        let (server, address) = server(model, "127.0.0.1:0", &[]);
        let mut stream = connect(address);
        round_trip(&mut stream, b"hello");
        server.signal(signal);
        let (status, stdout, _) = server.end();
        assert_eq!(status.code(), Some(0), "{model}");
        for line in [
            "Connections     1 (at most 1 at once, 0 idle)",
            "Bytes received  5",
            "Bytes sent      5",
            "Errors          none",
        ] {
            assert!(stdout.lines().any(|found| found == line), "{model}: {line:?} is missing in:\n{stdout}");
        }
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0, "{model}: the connection is closed");
    }
    let (server, address) = server("poll", "127.0.0.1:0", &["--udp"]);
    datagram(address, b"hello");
    server.signal(Signal::INT);
    let (status, stdout, _) = server.end();
    assert_eq!(status.code(), Some(0));
    assert!(stdout.contains("Datagrams       1 (0 dropped)"), "{stdout}");
}

#[test]
fn clients_beyond_the_limit_wait_for_their_turn() {
    for model in MODELS {
        let (mut server, address) = server(model, "127.0.0.1:0", &["--max-connections", "1"]);
        let mut first = connect(address);
        round_trip(&mut first, b"first");
        let mut second = connect(address);
        second.write_all(b"second").unwrap();
        assert!(server.line().contains("the limit is reached"), "{model}");
        second.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        assert!(second.read(&mut [0]).is_err(), "{model}: the second client was served beside the first");
        part(first);
        second.set_read_timeout(Some(LIMIT)).unwrap();
        let mut echo = [0; 6];
        second.read_exact(&mut echo).unwrap();
        assert_eq!(&echo, b"second", "{model}");
    }
}

#[test]
fn a_client_that_leaves_makes_room_among_silent_ones() {
    for model in ["iocp", "iocp-acceptex"] {
        let (server, address) = server(model, "127.0.0.1:0", &["--max-connections", "40"]);
        let mut first = connect(address);
        round_trip(&mut first, b"first");
        let silent: Vec<_> = (0..39).map(|_| connect(address)).collect();
        let mut newcomer = connect(address);
        newcomer.write_all(b"newcomer").unwrap();
        newcomer.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        assert!(newcomer.read(&mut [0]).is_err(), "{model}: the newcomer was served beyond the limit");
        part(first);
        newcomer.set_read_timeout(Some(LIMIT)).unwrap();
        let mut echo = [0; 8];
        newcomer.read_exact(&mut echo).unwrap();
        assert_eq!(&echo, b"newcomer", "{model}");
        drop((silent, server));
    }
}

#[test]
fn running_out_of_descriptors_is_told_once_and_survived() {
    for model in MODELS {
        let arguments = ["server", "--model", model, "--listen", "127.0.0.1:0"];
        let mut server = Running::start_with_descriptors(20, &arguments);
        let address = listening_address(&server.line());
        let mut clients: Vec<_> = (0..40).map(|_| connect(address)).collect();
        round_trip(&mut clients[0], b"first");
        assert!(server.line().contains("WSAEMFILE (10024)"), "{model}");
        round_trip(&mut clients[0], b"still there");
        // The last one is served as soon as the others have gone.
        let mut last = clients.pop().unwrap();
        drop(clients);
        round_trip(&mut last, b"last");
        part(last);
        server.signal(Signal::INT);
        let (status, stdout, stderr) = server.end();
        assert_eq!(status.code(), Some(0), "{model}: {stderr}");
        assert!(stdout.contains("WSAEMFILE (10024)"), "{model}: {stdout}");
        assert!(stderr.lines().count() < 10, "{model}: {stderr}");
    }
}

#[test]
fn an_idle_connection_is_ended() {
    for model in MODELS {
        let (server, address) = server(model, "127.0.0.1:0", &["--idle-timeout", "200ms"]);
        let mut idle = connect(address);
        round_trip(&mut idle, b"once");
        assert_eq!(idle.read(&mut [0]).unwrap_or(0), 0, "{model}");
        server.signal(Signal::INT);
        let (_, stdout, _) = server.end();
        assert!(stdout.contains("1 (at most 1 at once, 1 idle)"), "{model}: {stdout}");
    }
}

#[test]
fn a_client_that_never_sends_is_ended_too() {
    for model in MODELS {
        let (server, address) = server(model, "127.0.0.1:0", &["--idle-timeout", "200ms"]);
        let mut silent = connect(address);
        assert_eq!(silent.read(&mut [0]).unwrap_or(0), 0, "{model}");
        server.signal(Signal::INT);
        let (_, stdout, _) = server.end();
        assert!(stdout.contains("1 (at most 1 at once, 1 idle)"), "{model}: {stdout}");
    }
}

#[test]
fn all_clients_that_never_send_are_ended() {
    // More than the accepts that want first data, and those that do not.
    let (server, address) = server("iocp-acceptex", "127.0.0.1:0", &["--idle-timeout", "200ms"]);
    let silent: Vec<_> = (0..80).map(|_| connect(address)).collect();
    for mut silent in silent {
        assert_eq!(silent.read(&mut [0]).unwrap_or(0), 0);
    }
    server.signal(Signal::INT);
    let (_, stdout, _) = server.end();
    assert!(stdout.contains("Connections     80 ") && stdout.contains("80 idle)"), "{stdout}");
}

#[test]
fn the_limit_holds_for_all_addresses_together() {
    for model in MODELS {
        let more = ["--listen", "[::1]:0", "--max-connections", "1"];
        let (mut server, first) = server(model, "127.0.0.1:0", &more);
        let second = listening_address(&server.line());
        let mut one = connect(first);
        round_trip(&mut one, b"first");
        assert!(server.line().contains("the limit is reached"), "{model}");
        let mut other = connect(second);
        other.write_all(b"second").unwrap();
        other.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        assert!(other.read(&mut [0]).is_err(), "{model}: the second client was served beside the first");
        part(one);
        other.set_read_timeout(Some(LIMIT)).unwrap();
        let mut echo = [0; 6];
        other.read_exact(&mut echo).unwrap();
        part(other);
        // And the first address has its turn again.
        round_trip(&mut connect(first), b"third");
    }
}

#[test]
fn several_addresses_are_served_at_once() {
    for model in MODELS {
        let (mut server, first) = server(model, "127.0.0.1:0", &["--listen", "[::1]:0"]);
        let second = listening_address(&server.line());
        assert!(first.is_ipv4() && second.is_ipv6());
        for address in [first, second] {
            round_trip(&mut connect(address), b"hello");
        }
    }
}

#[test]
fn a_port_in_use_is_named_with_its_error() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let output = winsock(&["server", "--listen", &address]).assert().code(1).get_output().clone();
    let expected = format!("winsock: bind {address}: WSAEADDRINUSE (10048): the address is already in use\n");
    assert_eq!(text(&output.stderr), expected);
}

#[test]
fn the_log_tells_of_connections_when_asked() {
    let (server, address) = server("poll", "127.0.0.1:0", &["--log", "debug"]);
    let mut stream = connect(address);
    let client = stream.local_addr().unwrap().to_string();
    round_trip(&mut stream, b"hello");
    server.signal(Signal::INT);
    let (_, _, stderr) = server.end();
    assert!(stderr.contains("accepted") && stderr.contains(&client), "{stderr}");
}
