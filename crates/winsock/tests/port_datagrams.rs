//! Datagrams through a port: each receive takes one, whole or cut with a warning, in the order of the calls.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::{bind_loopback, close, last_error, new, start};
use ports::*;
use std::collections::HashMap;
use std::time::Duration;
use winsock::win32::*;

/// Datagrams on the way at one time: a socket's buffer has room for them.
const AT_ONCE: usize = 50;
const ROUNDS: usize = 6;
/// `ERROR_MORE_DATA`: the datagram was longer than the buffer.
const MORE_DATA: u32 = 234;
/// `ERROR_PORT_UNREACHABLE`: what a port says of `WSAECONNRESET` on a datagram socket.
const PORT_UNREACHABLE: u32 = 1234;

fn datagram_pair() -> (SOCKET, SOCKET) {
    let (one, other) = (new(SOCK_DGRAM), new(SOCK_DGRAM));
    let (its, others) = (bind_loopback(one), bind_loopback(other));
    for (s, to) in [(one, others), (other, its)] {
        let len = size_of::<SOCKADDR_IN>() as i32;
        // SAFETY: the address is whole.
        assert_eq!(unsafe { connect(s, (&raw const to).cast(), len) }, 0, "{}", last_error());
    }
    (one, other)
}

fn datagram(number: usize, len: usize) -> Vec<u8> {
    (0..len).map(|place| (number * 7 + place) as u8).collect()
}

#[test]
fn each_receive_takes_one() {
    start();
    within(Duration::from_secs(20), || {
        let port = Port::new(1);
        let (from, to) = datagram_pair();
        port.associate(from, 1);
        port.associate(to, 2);
        let mut random = Random(5);
        for _ in 0..ROUNDS {
            let lens: Vec<(usize, usize)> =
                (0..AT_ONCE).map(|_| (random.below(900), 1 + random.below(900))).collect();
            let mut receives: Vec<_> = lens.iter().map(|(_, room)| Op::new(to, vec![0; *room])).collect();
            let mut sends: Vec<_> = lens
                .iter()
                .enumerate()
                .map(|(index, (len, _))| Op::new(from, datagram(index, *len)))
                .collect();
            // Half of the receives wait already, half find what has come.
            let (early, late) = receives.split_at_mut(AT_ONCE / 2);
            for receive in early {
                // SAFETY: the boxes outlive the operations, which end in this round.
                assert!(matches!(unsafe { receive.receive() }, Start::Pending));
            }
            for send in &mut sends {
                // SAFETY: as above.
                assert!(!matches!(unsafe { send.send() }, Start::Failed(_)));
            }
            for receive in late {
                // SAFETY: as above. One that is cut at once says so, and has its packet all the same.
                let started = unsafe { receive.receive() };
                let fine = matches!(started, Start::Pending | Start::AtOnce(_) | Start::Failed(WSAEMSGSIZE));
                assert!(fine, "{started:?}");
            }
            let got: HashMap<usize, Got> =
                (0..2 * AT_ONCE).map(|_| port.take()).map(|got| (got.overlapped, got)).collect();
            assert_eq!(got.len(), 2 * AT_ONCE, "one packet each");
            for (index, (len, room)) in lens.into_iter().enumerate() {
                let sent = got[&sends[index].address()];
                assert_eq!((sent.ok, sent.bytes as usize, sent.key), (true, len, 1));
                let (receive, taken) = (&receives[index], len.min(room));
                let received = got[&receive.address()];
                assert_eq!((received.bytes as usize, received.key), (taken, 2), "{index}");
                assert_eq!(received.ok, len <= room);
                assert!(received.ok || received.error == MORE_DATA, "{received:?}");
                assert_eq!(receive.buffer[..taken], datagram(index, len)[..taken], "in order");
            }
        }
        close(from);
        close(to);
    });
}

/// A receive that finds the news when it starts fails at once, and has no packet; one that waits has a packet. Whether
/// the first finds it is the engine's affair: it is told once, either way.
#[test]
#[cfg_attr(windows, ignore = "Wine 8: a closed port reaches the next receive")]
fn a_closed_port_is_told_to_the_receive_that_starts_or_waits() {
    start();
    within(Duration::from_secs(20), || {
        let (port, s, other, closed) = (Port::new(1), new(SOCK_DGRAM), new(SOCK_DGRAM), new(SOCK_DGRAM));
        let (address, nobody) = (bind_loopback(s), bind_loopback(closed));
        close(closed);
        port.associate(s, 1);
        let mut receive = Op::new(s, vec![0; 8]);
        for _ in 0..3 {
            send_to(s, nobody);
            // SAFETY: the box outlives the operation, which ends in this round.
            match unsafe { receive.receive() } {
                Start::Failed(code) => assert_eq!(code, WSAECONNRESET),
                Start::Pending => {
                    let got = port.take();
                    assert_eq!((got.ok, got.error), (false, PORT_UNREACHABLE));
                }
                started @ Start::AtOnce(_) => panic!("{started:?}"),
            }
            assert_eq!(port.get(0).error, WAIT_TIMEOUT, "no packet beside that");
            // SAFETY: as above.
            assert!(matches!(unsafe { receive.receive() }, Start::Pending), "it was told once");
            send_to(s, nobody);
            let got = port.take();
            assert_eq!((got.ok, got.error, got.overlapped), (false, PORT_UNREACHABLE, receive.address()));
            // SAFETY: as above.
            assert!(matches!(unsafe { receive.receive() }, Start::Pending));
            send_to(other, address);
            let got = port.take();
            assert_eq!((got.ok, got.bytes, got.overlapped), (true, 1, receive.address()));
        }
        close(s);
        close(other);
    });
}

fn send_to(s: SOCKET, to: SOCKADDR_IN) {
    let len = size_of::<SOCKADDR_IN>() as i32;
    // SAFETY: the byte is readable and the address whole.
    assert_eq!(unsafe { sendto(s, b"x".as_ptr(), 1, 0, (&raw const to).cast(), len) }, 1, "{}", last_error());
}

#[test]
fn the_same_on_the_scripted_engine() {
    for seed in 1..=3 {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["each_receive_takes_one", "--exact"])
            .env("WINSOCK_ENGINE", format!("script:{seed}"))
            .output()
            .unwrap();
        assert!(output.status.success(), "seed {seed}: {}", String::from_utf8_lossy(&output.stdout));
    }
}
