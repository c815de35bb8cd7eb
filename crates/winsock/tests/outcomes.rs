//! Every overlapped operation, every way of being told, every course that it can take: exactly one outcome, with the
//! right code by both mappings, the right bytes and key, and final before it is seen.
//!
//! A row is an operation and what happens to it; the columns are the ways of being told.
#![allow(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the raw API is unsafe; one block for the one call of a match or of nested calls"
)]

mod common;
#[path = "common/outcome.rs"]
mod outcome;
#[path = "common/ports.rs"]
mod ports;

use common::{bind_loopback, close, new, pair, start};
use outcome::*;
use ports::*;
use winsock::win32::*;

/// The calls, on streams and on datagrams.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Call {
    Recv,
    RecvFrom,
    Send,
    SendTo,
    DatagramRecv,
    DatagramRecvFrom,
    DatagramSend,
    DatagramSendTo,
}
use Call::{DatagramRecv, DatagramRecvFrom, DatagramSend, DatagramSendTo, Recv, RecvFrom, SendTo};

impl Call {
    fn is_datagram(self) -> bool {
        matches!(self, DatagramRecv | DatagramRecvFrom | DatagramSend | DatagramSendTo)
    }
}

/// What happens to the operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Course {
    AtOnce,
    Later,
    FailsAtOnce,
    Reset,
    HalfClosed,
    Unreachable,
    TooLong,
    TooLongAtOnce,
    CancelledBefore,
    CancelledDuring,
    CancelledAfter,
    SocketClosed,
}
use Course::*;

/// What a call leaves alone.
const STALE: u32 = 0x5A5A_5A5A;

type Row = (&'static [Call], Course, Result<(Codes, usize), i32>);

/// The rows: what is called, what happens, and the outcome with its bytes, or the code of a failure at once.
const ROWS: &[Row] = &[
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], AtOnce, Ok((SUCCESS, 5))),
    (&[Call::Send, SendTo, DatagramSend, DatagramSendTo], AtOnce, Ok((SUCCESS, 5))),
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], Later, Ok((SUCCESS, 5))),
    (&[Call::Send, SendTo], Later, Ok((SUCCESS, LARGE))),
    (&[Recv, RecvFrom, Call::Send, SendTo], FailsAtOnce, Err(WSAESHUTDOWN)),
    (&[DatagramRecv, DatagramRecvFrom], FailsAtOnce, Err(WSAESHUTDOWN)),
    (&[DatagramSend, DatagramSendTo], FailsAtOnce, Err(WSAESHUTDOWN)),
    (&[Recv, RecvFrom, Call::Send, SendTo], Course::Reset, Ok((RESET, 0))),
    (&[Recv, RecvFrom], HalfClosed, Ok((SUCCESS, 0))),
    (&[DatagramRecv, DatagramRecvFrom], Unreachable, Ok((UNREACHABLE, 0))),
    (&[DatagramRecv, DatagramRecvFrom], TooLong, Ok((TOO_LONG, ROOM))),
    (&[DatagramRecv, DatagramRecvFrom], TooLongAtOnce, Ok((TOO_LONG, ROOM))),
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], CancelledBefore, Ok((SUCCESS, 5))),
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], CancelledDuring, Ok((ABORTED, 0))),
    (&[Call::Send, SendTo], CancelledDuring, Ok((ABORTED, SOME))),
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], CancelledAfter, Ok((SUCCESS, 5))),
    (&[Call::Send, SendTo, DatagramSend, DatagramSendTo], CancelledAfter, Ok((SUCCESS, 5))),
    (&[Recv, RecvFrom, DatagramRecv, DatagramRecvFrom], SocketClosed, Ok((ABORTED, 0))),
    (&[Call::Send, SendTo], SocketClosed, Ok((ABORTED, SOME))),
];

/// The room of a receive.
const ROOM: usize = 16;

/// One operation with everything that it needs.
struct Case {
    call: Call,
    course: Course,
    watched: Watched,
    peer: SOCKET,
    address: SOCKADDR_IN,
    buffer: Vec<u8>,
    from: Box<(SOCKADDR_IN, i32)>,
}

fn datagrams() -> (SOCKET, SOCKET, SOCKADDR_IN) {
    let (socket, peer) = (new(SOCK_DGRAM), new(SOCK_DGRAM));
    let (mine, theirs) = (bind_loopback(socket), bind_loopback(peer));
    for (s, to) in [(socket, &theirs), (peer, &mine)] {
        // SAFETY: the address is whole.
        assert_eq!(unsafe { connect(s, std::ptr::from_ref(to).cast(), 16) }, 0);
    }
    (socket, peer, theirs)
}

impl Case {
    fn new(call: Call, course: Course, way: Way) -> Case {
        let (socket, peer, address) = if call.is_datagram() {
            datagrams()
        } else {
            let (peer, socket) = pair();
            (socket, peer, common::loopback(9))
        };
        let receives = matches!(call, Recv | RecvFrom | DatagramRecv | DatagramRecvFrom);
        let large = !receives && matches!(course, Later | Course::Reset | CancelledDuring | SocketClosed);
        let buffer = match (receives, large) {
            (true, _) => vec![0; ROOM],
            (false, true) => pattern(LARGE),
            (false, false) => b"hello".to_vec(),
        };
        let from = Box::new((SOCKADDR_IN::default(), 16));
        Case { call, course, watched: Watched::new(socket, way), peer, address, buffer, from }
    }

    /// Makes the call.
    fn call(&mut self) -> Start {
        let buffer = WSABUF { len: self.buffer.len() as u32, buf: self.buffer.as_mut_ptr() };
        let ov = &raw mut *self.watched.overlapped;
        let told = self.watched.routine();
        let (mut bytes, mut flags) = (STALE, 0);
        let to = (&raw const self.address).cast();
        let (from, from_len) = ((&raw mut self.from.0).cast(), &raw mut self.from.1);
        let s = self.watched.socket;
        // SAFETY: everything stays where it is until the operation has ended: the case outlives it.
        let result = unsafe {
            match self.call {
                Recv | DatagramRecv => WSARecv(s, &buffer, 1, &mut bytes, &mut flags, ov, told),
                RecvFrom | DatagramRecvFrom => {
                    WSARecvFrom(s, &buffer, 1, &mut bytes, &mut flags, from, from_len, ov, told)
                }
                Call::Send | DatagramSend => WSASend(s, &buffer, 1, &mut bytes, 0, ov, told),
                SendTo | DatagramSendTo => WSASendTo(s, &buffer, 1, &mut bytes, 0, to, 16, ov, told),
            }
        };
        let started = started(result == 0, bytes);
        match started {
            Start::Failed(WSAEMSGSIZE) => assert_eq!((bytes as usize, flags), (ROOM, MSG_PARTIAL)),
            Start::AtOnce(_) => assert_eq!(flags, 0),
            Start::Pending | Start::Failed(_) => assert_eq!((bytes, flags), (STALE, 0), "nothing is known"),
        }
        started
    }

    /// What comes before the call.
    fn prepare(&self) {
        match (self.course, self.call) {
            (AtOnce | CancelledAfter, Recv | RecvFrom | DatagramRecv | DatagramRecvFrom) => {
                send_plain(self.peer, b"hello");
            }
            (FailsAtOnce, _) => {
                // SAFETY: no memory is passed.
                assert_eq!(unsafe { shutdown(self.watched.socket, SD_BOTH) }, 0);
            }
            (TooLongAtOnce, _) => send_plain(self.peer, &[7; ROOM + 1]),
            (CancelledBefore, _) => assert_eq!(self.watched.cancel(), Err(NOT_FOUND)),
            _ => {}
        }
    }

    /// What comes after it.
    fn happen(&mut self) {
        match self.course {
            AtOnce | FailsAtOnce | TooLongAtOnce => {}
            CancelledBefore => send_plain(self.peer, b"hello"),
            Later => match self.call {
                Call::Send | SendTo => {
                    assert!(receive_plain(self.peer, LARGE) == pattern(LARGE), "every byte, in order");
                }
                _ => send_plain(self.peer, b"hello"),
            },
            Course::Reset => {
                let linger = LINGER { l_onoff: 1, l_linger: 0 };
                // SAFETY: the structure is readable.
                let set =
                    unsafe { setsockopt(self.peer, SOL_SOCKET, SO_LINGER, (&raw const linger).cast(), 4) };
                assert_eq!(set, 0);
                close(std::mem::replace(&mut self.peer, INVALID_SOCKET));
            }
            HalfClosed => {
                // SAFETY: no memory is passed.
                assert_eq!(unsafe { shutdown(self.peer, SD_SEND) }, 0);
            }
            Unreachable => {
                close(std::mem::replace(&mut self.peer, INVALID_SOCKET));
                send_plain(self.watched.socket, b"to nobody");
            }
            TooLong => send_plain(self.peer, &[7; ROOM + 1]),
            CancelledDuring => assert_eq!(self.watched.cancel(), Ok(())),
            CancelledAfter => {
                self.watched.until_final();
                assert_eq!(self.watched.cancel(), Err(NOT_FOUND));
            }
            SocketClosed => close(std::mem::replace(&mut self.watched.socket, INVALID_SOCKET)),
        }
    }

    fn run(mut self, expected: Result<(Codes, usize), i32>) {
        self.prepare();
        let started = self.call();
        match (expected, started) {
            (Err(code), Start::Failed(failed)) => assert_eq!(failed, code),
            (Ok((codes, _)), Start::AtOnce(_)) => {
                assert!(codes == SUCCESS && matches!(self.course, AtOnce | CancelledAfter), "{started:?}");
            }
            (Ok(_), Start::Pending) => {}
            // A warning: the outcome is delivered all the same.
            (Ok((TOO_LONG, _)), Start::Failed(WSAEMSGSIZE)) => assert_eq!(self.course, TooLongAtOnce),
            (Ok(_), Start::Failed(_)) | (Err(_), _) => panic!("{started:?}"),
        }
        if let Ok((codes, bytes)) = expected {
            if !matches!(self.course, AtOnce | CancelledAfter | TooLongAtOnce) {
                self.watched.is_pending();
            }
            self.happen();
            self.watched.told(matches!(started, Start::AtOnce(_)), codes, bytes);
            let moved = self.watched.overlapped.InternalHigh;
            let got_hello = moved == 5 && self.buffer.len() == ROOM;
            assert!(!got_hello || self.buffer.starts_with(b"hello"));
            if self.call == DatagramRecvFrom && matches!(codes, SUCCESS | TOO_LONG) {
                assert_eq!((self.from.0.sin_port, self.from.1), (self.address.sin_port, 16));
            }
        }
        self.watched.finish();
        if self.peer != INVALID_SOCKET {
            close(self.peer);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket ends overlapped operations")]
fn every_operation_ends_once_and_tells_it_right() {
    start();
    let mut cases = 0;
    for &(calls, course, expected) in ROWS {
        for &call in calls {
            for way in WAYS {
                if course == SocketClosed && way.asks_the_socket() {
                    // A stale handle is nobody's to ask.
                    continue;
                }
                println!("{call:?} {course:?} {way:?}");
                Case::new(call, course, way).run(expected);
                cases += 1;
            }
        }
    }
    assert!(cases > 400, "{cases}");
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: completion ports: a port that is closed under a waiter")]
fn a_port_that_is_closed_ends_waits_and_not_operations() {
    start();
    for call in [Recv, RecvFrom, DatagramRecv, DatagramRecvFrom] {
        let mut case = Case::new(call, Later, Way::Packet);
        assert_eq!(case.call(), Start::Pending);
        let port = case.watched.port.take().expect("it has one");
        let (number, numbers) = std::sync::mpsc::channel();
        let waiter = std::thread::spawn(move || {
            number.send(thread_number()).unwrap();
            port.get(LIMIT_MS)
        });
        let number = numbers.recv().unwrap();
        until("it waits", || sleeps(number));
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { CloseHandle(port.handle()) }, TRUE);
        let got = waiter.join().unwrap();
        assert_eq!((got.ok, got.error, got.overlapped), (false, 735, 0));
        assert_eq!(port.get(0).error, 6, "the handle is stale");
        send_plain(case.peer, b"hello");
        assert_eq!(case.watched.wsa_result(TRUE), (0, 5, 0));
        close(case.watched.socket);
        close(case.peer);
    }
}
