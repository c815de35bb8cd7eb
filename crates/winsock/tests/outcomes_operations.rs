//! The operations beyond the four transfers, every way of being told, every course that each can take: exactly one
//! outcome, with the right code by both mappings, the right bytes and key, and final before it is seen.
//!
//! A datagram's send never waits on loopback: it has no rows for what happens meanwhile.
#![allow(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the raw API is unsafe; one block for the one call of a match or of nested calls"
)]

mod common;
#[path = "common/extension.rs"]
mod extension;
#[path = "common/file.rs"]
mod file;
#[path = "common/outcome.rs"]
mod outcome;
#[path = "common/ports.rs"]
mod ports;

use common::{bind_loopback, close, last_error, listener, loopback, new, pair, start};
#[cfg(windows)]
use extension::*;
use file::TestFile;
use outcome::*;
use ports::*;
use std::ptr::{null, null_mut};
use winsock::win32::*;

/// The calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Call {
    /// `AcceptEx` for the connection alone.
    Accept,
    /// `AcceptEx` that waits for the first data.
    AcceptData,
    /// `ConnectEx` without data: it ends with its call or a moment later.
    Connect,
    /// `ConnectEx` with data.
    ConnectData,
    /// `DisconnectEx` behind a send.
    Disconnect,
    /// `DisconnectEx` with `TF_REUSE_SOCKET`.
    Reuse,
    /// `TransmitFile` with head and tail.
    File,
    /// `TransmitPackets` of memory and a file.
    Packets,
    /// `TransmitFile` with `TF_DISCONNECT` and `TF_REUSE_SOCKET`.
    FileReuse,
    SendMessage,
    ReceiveMessage,
    Read,
    Write,
    DatagramRead,
    DatagramWrite,
}
use Call::*;

const STREAM_SENDS: &[Call] = &[ConnectData, File, Packets, Write];
const STREAM_RECEIVES: &[Call] = &[AcceptData, Read];
const DATAGRAM_RECEIVES: &[Call] = &[ReceiveMessage, DatagramRead];
const DATAGRAM_SENDS: &[Call] = &[SendMessage, DatagramWrite];

impl Call {
    fn is_datagram(self) -> bool {
        matches!(self, SendMessage | ReceiveMessage | DatagramRead | DatagramWrite)
    }

    fn accepts(self) -> bool {
        matches!(self, Accept | AcceptData)
    }

    fn connects(self) -> bool {
        matches!(self, Connect | ConnectData)
    }

    fn transmits(self) -> bool {
        matches!(self, File | Packets | FileReuse)
    }

    fn has_routine(self) -> bool {
        matches!(self, SendMessage | ReceiveMessage)
    }

    fn sends_much(self) -> bool {
        matches!(self, ConnectData | File | Packets | Write)
    }
}

/// What happens to the operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Course {
    AtOnce,
    Later,
    /// As `Later`, and its port is closed before.
    PortClosed,
    FailsAtOnce,
    /// The file is shorter than what is asked for; nobody listens.
    FailsLater,
    Reset,
    /// The peer ends its sending.
    HalfClosed,
    Unreachable,
    TooLong,
    TooLongAtOnce,
    CancelledBefore,
    CancelledDuring,
    CancelledAfter,
    SocketClosed,
    /// The socket that is to take over the connection.
    AcceptedClosed,
}
use Course::{
    AcceptedClosed, AtOnce, CancelledAfter, CancelledBefore, CancelledDuring, FailsAtOnce, FailsLater,
    HalfClosed, Later, PortClosed, SocketClosed, TooLong, TooLongAtOnce, Unreachable,
};

impl Course {
    /// Whether the operation may have ended with its call.
    fn may_end_at_once(self) -> bool {
        matches!(self, AtOnce | CancelledAfter | FailsAtOnce | TooLongAtOnce)
    }
}

type Row = (&'static [Call], &'static [Course], Result<(Codes, usize), i32>);

/// The rows: what is called, what happens, and the outcome with its bytes, or the code of a failure at once.
const ROWS: &[Row] = &[
    (&[Accept, Connect, Disconnect], &[AtOnce, CancelledAfter], Ok((SUCCESS, 0))),
    (&[Accept], &[Later, PortClosed, CancelledBefore], Ok((SUCCESS, 0))),
    (&[Disconnect], &[Later, PortClosed, HalfClosed], Ok((SUCCESS, 0))),
    (&[Accept, AcceptData], &[FailsAtOnce], Err(WSAEINVAL)),
    (&[Accept, AcceptData], &[CancelledDuring, SocketClosed, AcceptedClosed], Ok((ABORTED, 0))),
    (STREAM_RECEIVES, &[AtOnce, Later, PortClosed, CancelledBefore, CancelledAfter], Ok((SUCCESS, 5))),
    (STREAM_RECEIVES, &[HalfClosed], Ok((SUCCESS, 0))),
    (STREAM_RECEIVES, &[Course::Reset], Ok((RESET, 0))),
    (&[Read], &[CancelledDuring, SocketClosed], Ok((ABORTED, 0))),
    (&[Connect, ConnectData], &[FailsAtOnce], Err(WSAEINVAL)),
    (&[Connect, ConnectData], &[FailsLater], Ok((REFUSED, 0))),
    (STREAM_SENDS, &[AtOnce, CancelledAfter], Ok((SUCCESS, 5))),
    (STREAM_SENDS, &[Later, PortClosed, HalfClosed], Ok((SUCCESS, LARGE))),
    (STREAM_SENDS, &[CancelledDuring, SocketClosed], Ok((ABORTED, SOME))),
    (&[Write, ConnectData], &[Course::Reset], Ok((RESET, 0))),
    (&[File, Packets], &[Course::Reset], Ok((RESET, SOME))),
    (&[File, Packets], &[FailsAtOnce], Err(WSAESHUTDOWN)),
    (&[File, Packets], &[FailsLater], Ok((END_OF_FILE, LARGE))),
    (&[Disconnect, Reuse], &[FailsAtOnce], Err(WSAENOTCONN)),
    (&[Disconnect], &[CancelledDuring, SocketClosed], Ok((ABORTED, 0))),
    (&[Reuse], &[Later, PortClosed, HalfClosed, Course::Reset, CancelledBefore], Ok((SUCCESS, 0))),
    (&[FileReuse], &[Later, PortClosed, HalfClosed, Course::Reset, CancelledBefore], Ok((SUCCESS, 5))),
    (&[Reuse], &[CancelledDuring, SocketClosed], Ok((ABORTED, 0))),
    (&[FileReuse], &[CancelledDuring, SocketClosed], Ok((ABORTED, 5))),
    (DATAGRAM_RECEIVES, &[AtOnce, Later, PortClosed, CancelledBefore, CancelledAfter], Ok((SUCCESS, 5))),
    (DATAGRAM_SENDS, &[AtOnce, CancelledAfter], Ok((SUCCESS, 5))),
    (&[ReceiveMessage, SendMessage], &[FailsAtOnce], Err(WSAESHUTDOWN)),
    (&[Read, Write, DatagramRead, DatagramWrite], &[FailsAtOnce], Err(ERROR_PIPE_NOT_CONNECTED)),
    (DATAGRAM_SENDS, &[TooLong], Ok((TOO_MUCH, 0))),
    (DATAGRAM_RECEIVES, &[Unreachable], Ok((UNREACHABLE, 0))),
    (DATAGRAM_RECEIVES, &[TooLong, TooLongAtOnce], Ok((TOO_LONG, ROOM))),
    (DATAGRAM_RECEIVES, &[CancelledDuring, SocketClosed], Ok((ABORTED, 0))),
];

const ERROR_PIPE_NOT_CONNECTED: i32 = 233;
/// The room of a receive.
const ROOM: usize = 16;
/// No datagram is as long.
const BEYOND: usize = 70_000;
/// What `TransmitFile` and `TransmitPackets` send from memory, of `LARGE` bytes.
const HEAD: usize = 2;
const TAIL: usize = 1;

/// One operation with everything that it needs.
struct Case {
    call: Call,
    course: Course,
    watched: Watched,
    /// The other end, once there is one.
    peer: SOCKET,
    /// Where connections go to.
    listener: SOCKET,
    address: SOCKADDR_IN,
    /// What takes over a connection.
    accepted: SOCKET,
    buffer: Vec<u8>,
    file: Option<TestFile>,
    buffers: Box<[WSABUF; 1]>,
    name: Box<SOCKADDR_IN>,
    message: Box<WSAMSG>,
    /// The send that a disconnect comes behind.
    before: Box<Op>,
}

fn datagrams() -> (SOCKET, SOCKET, SOCKADDR_IN) {
    let (socket, peer) = (new(SOCK_DGRAM), new(SOCK_DGRAM));
    let (mine, theirs) = (bind_loopback(socket), bind_loopback(peer));
    connect_to(socket, &theirs);
    connect_to(peer, &mine);
    (socket, peer, theirs)
}

fn connect_to(s: SOCKET, address: &SOCKADDR_IN) {
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(s, std::ptr::from_ref(address).cast(), 16) }, 0, "{}", last_error());
}

fn end_sending(s: SOCKET) {
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { shutdown(s, SD_SEND) }, 0);
}

fn reset(s: SOCKET) {
    let linger = LINGER { l_onoff: 1, l_linger: 0 };
    // SAFETY: the structure is readable.
    assert_eq!(unsafe { setsockopt(s, SOL_SOCKET, SO_LINGER, (&raw const linger).cast(), 4) }, 0);
    close(s);
}

/// Whether a socket has been connected, by `AcceptEx`.
fn is_connected(s: SOCKET) -> bool {
    let (mut seconds, mut len) = (u32::MAX, 4);
    // SAFETY: the value has four bytes.
    let asked = unsafe { getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (&raw mut seconds).cast(), &mut len) };
    assert_eq!(asked, 0);
    seconds != u32::MAX
}

impl Case {
    fn new(call: Call, course: Course, way: Way) -> Case {
        let mut peer = INVALID_SOCKET;
        let mut listening = INVALID_SOCKET;
        let mut accepted = INVALID_SOCKET;
        let mut address = loopback(9);
        let socket = if call.is_datagram() {
            let socket;
            (socket, peer, address) = datagrams();
            socket
        } else if call.accepts() {
            let socket;
            (socket, address) = listener();
            accepted = new(SOCK_STREAM);
            socket
        } else if call.connects() {
            (listening, address) = listener();
            let socket = new(SOCK_STREAM);
            if course != FailsAtOnce {
                bind_loopback(socket);
            }
            if course == FailsLater {
                close(std::mem::replace(&mut listening, INVALID_SOCKET));
            }
            socket
        } else if matches!((call, course), (Disconnect | Reuse, FailsAtOnce)) {
            new(SOCK_STREAM)
        } else {
            let socket;
            (peer, socket) = pair();
            socket
        };
        let total = match (call, course) {
            (SendMessage | DatagramWrite, TooLong) => BEYOND,
            (_, AtOnce | CancelledAfter | FailsAtOnce) => 5,
            (ConnectData, FailsLater) => 5,
            (call, _) if call.sends_much() => LARGE,
            _ => 5,
        };
        let mut buffer = match call {
            Accept | AcceptData | Read | DatagramRead | ReceiveMessage => vec![0; ROOM + 64],
            Disconnect | Reuse => Vec::new(),
            Connect | ConnectData | File | Packets | FileReuse | SendMessage | Write | DatagramWrite => {
                pattern(total)
            }
        };
        let file = call.transmits().then(|| {
            let tail = if course == FailsLater { 0 } else { TAIL };
            TestFile::new(&buffer[HEAD..total - tail])
        });
        let len = if call == ReceiveMessage { ROOM } else { buffer.len() };
        let buffers = Box::new([WSABUF { len: len as u32, buf: buffer.as_mut_ptr() }]);
        let mut before = Op::new(socket, Vec::new());
        before.overlapped.hEvent = 1 as HANDLE;
        Case {
            call,
            course,
            watched: Watched::new(socket, way),
            peer,
            listener: listening,
            address,
            accepted,
            buffer,
            file,
            buffers,
            name: Box::default(),
            message: Box::default(),
            before,
        }
    }

    /// Makes the call.
    fn call(&mut self) -> Start {
        let ov = &raw mut *self.watched.overlapped;
        let told = self.watched.routine();
        let s = self.watched.socket;
        let handle = s as HANDLE;
        let data = self.buffer.as_mut_ptr();
        let len = self.buffer.len() as u32;
        let to = (&raw const self.address).cast();
        let mut bytes = 0;
        self.message.name = (&raw mut *self.name).cast();
        self.message.namelen = size_of::<SOCKADDR_IN>() as i32;
        self.message.lpBuffers = self.buffers.as_mut_ptr();
        self.message.dwBufferCount = 1;
        if self.call == SendMessage {
            (self.message.name, self.message.namelen) = (null_mut(), 0);
        }
        let message = &raw mut *self.message;
        // SAFETY: everything stays where it is until the operation has ended: the case outlives it.
        let succeeded = unsafe {
            match self.call {
                Accept | AcceptData => {
                    let room = if self.call == AcceptData { ROOM as u32 } else { 0 };
                    AcceptEx(s, self.accepted, data.cast(), room, 32, 32, &mut bytes, ov) == TRUE
                }
                Connect => ConnectEx(s, to, 16, null(), 0, null_mut(), ov) == TRUE,
                ConnectData => ConnectEx(s, to, 16, data.cast(), len, &mut bytes, ov) == TRUE,
                Disconnect => DisconnectEx(s, ov, 0, 0) == TRUE,
                Reuse => DisconnectEx(s, ov, TF_REUSE_SOCKET, 0) == TRUE,
                File | FileReuse => self.transmit_file(ov),
                Packets => self.transmit_packets(ov),
                SendMessage => WSASendMsg(s, message, 0, &mut bytes, ov, told) == 0,
                ReceiveMessage => WSARecvMsg(s, message, &mut bytes, ov, told) == 0,
                Read | DatagramRead => ReadFile(handle, data, ROOM as u32, &mut bytes, ov) == TRUE,
                Write | DatagramWrite => WriteFile(handle, data, len, &mut bytes, ov) == TRUE,
            }
        };
        let started = started(succeeded, bytes);
        if self.course == TooLongAtOnce && started != Start::Pending {
            assert_eq!(bytes as usize, ROOM, "what came is counted");
        }
        started
    }

    fn file_length(&self) -> u32 {
        let tail = if self.course == FailsLater { 0 } else { TAIL };
        let missing = if self.course == FailsLater { 1 } else { 0 };
        (self.buffer.len() - HEAD - tail + missing) as u32
    }

    /// # Safety
    /// As `TransmitFile`.
    unsafe fn transmit_file(&mut self, ov: *mut OVERLAPPED) -> bool {
        let end = self.buffer.len() - TAIL;
        let around = TRANSMIT_FILE_BUFFERS {
            Head: self.buffer.as_mut_ptr().cast(),
            HeadLength: HEAD as u32,
            Tail: self.buffer[end..].as_mut_ptr().cast(),
            TailLength: TAIL as u32,
        };
        let flags = if self.call == FileReuse { TF_DISCONNECT | TF_REUSE_SOCKET } else { 0 };
        let file = self.file.as_ref().expect("it transmits").handle();
        // SAFETY: the caller's promise.
        unsafe { TransmitFile(self.watched.socket, file, self.file_length(), 0, ov, &around, flags) == TRUE }
    }

    /// # Safety
    /// As `TransmitPackets`.
    unsafe fn transmit_packets(&mut self, ov: *mut OVERLAPPED) -> bool {
        let end = self.buffer.len() - TAIL;
        let memory = |data: &mut [u8]| TRANSMIT_PACKETS_ELEMENT {
            dwElFlags: TP_ELEMENT_MEMORY,
            cLength: data.len() as u32,
            Anonymous: TRANSMIT_PACKETS_ELEMENT_0 { pBuffer: data.as_mut_ptr().cast() },
        };
        let place = TRANSMIT_PACKETS_ELEMENT_0_0 {
            nFileOffset: 0,
            hFile: self.file.as_ref().expect("it transmits").handle(),
        };
        let file = TRANSMIT_PACKETS_ELEMENT {
            dwElFlags: TP_ELEMENT_FILE,
            cLength: self.file_length(),
            Anonymous: TRANSMIT_PACKETS_ELEMENT_0 { Anonymous: place },
        };
        let parts = [memory(&mut self.buffer[..HEAD]), file, memory(&mut self.buffer[end..])];
        // SAFETY: the caller's promise.
        unsafe { TransmitPackets(self.watched.socket, parts.as_ptr(), 3, 0, ov, 0) == TRUE }
    }

    /// A client for `AcceptEx`; the other end of a `ConnectEx`.
    fn meet(&mut self) {
        if self.call.accepts() {
            self.peer = new(SOCK_STREAM);
            connect_to(self.peer, &self.address);
        } else if self.call.connects() {
            // SAFETY: no address is asked for.
            self.peer = unsafe { accept(self.listener, null_mut(), null_mut()) };
            assert_ne!(self.peer, INVALID_SOCKET);
        }
    }

    /// What comes before the call.
    fn prepare(&mut self) {
        match (self.course, self.call) {
            (AtOnce | CancelledAfter, Accept) => self.meet(),
            (AtOnce | CancelledAfter, AcceptData | Read | ReceiveMessage | DatagramRead) => {
                self.meet();
                send_plain(self.peer, b"hello");
            }
            (TooLongAtOnce, _) => send_plain(self.peer, &[7; ROOM + 1]),
            (FailsAtOnce, Accept | AcceptData) => drop(bind_loopback(self.accepted)),
            (FailsAtOnce, Connect | ConnectData | Disconnect | Reuse) => {}
            (FailsAtOnce, _) => {
                // SAFETY: no memory is passed.
                assert_eq!(unsafe { shutdown(self.watched.socket, SD_BOTH) }, 0);
            }
            (CancelledBefore, _) => assert_eq!(self.watched.cancel(), Err(NOT_FOUND)),
            (AtOnce | CancelledAfter, Disconnect) => {}
            (_, Disconnect) => {
                self.before.buffer = pattern(LARGE);
                // SAFETY: the box outlives the operation.
                assert_eq!(unsafe { self.before.send() }, Start::Pending);
            }
            _ => {}
        }
    }

    /// What comes after it.
    fn happen(&mut self) {
        match self.course {
            AtOnce | FailsAtOnce | FailsLater if !self.call.transmits() => {}
            AtOnce | FailsAtOnce | TooLongAtOnce => {}
            Later | PortClosed | CancelledBefore | FailsLater => {
                if self.course == PortClosed && self.watched.way.has_port() {
                    self.watched.close_port();
                }
                self.meet();
                self.succeed();
            }
            HalfClosed => {
                self.meet();
                end_sending(self.peer);
                if !matches!(self.call, AcceptData | Read) {
                    self.succeed();
                }
            }
            Course::Reset => {
                self.meet();
                if self.call == ConnectData {
                    self.until_some_came();
                }
                reset(std::mem::replace(&mut self.peer, INVALID_SOCKET));
            }
            Unreachable => {
                close(std::mem::replace(&mut self.peer, INVALID_SOCKET));
                send_plain(self.watched.socket, b"to nobody");
            }
            TooLong if matches!(self.call, SendMessage | DatagramWrite) => {}
            TooLong => send_plain(self.peer, &[7; ROOM + 1]),
            CancelledDuring => {
                self.be_under_way();
                assert_eq!(self.watched.cancel(), Ok(()));
            }
            CancelledAfter => {
                self.watched.until_final();
                assert_eq!(self.watched.cancel(), Err(NOT_FOUND));
            }
            SocketClosed => {
                self.be_under_way();
                close(std::mem::replace(&mut self.watched.socket, INVALID_SOCKET));
            }
            AcceptedClosed => {
                self.be_under_way();
                close(std::mem::replace(&mut self.accepted, INVALID_SOCKET));
            }
        }
    }

    /// The other end does what lets it succeed.
    fn succeed(&mut self) {
        match self.call {
            Accept | Connect => {}
            AcceptData | Read | ReceiveMessage | DatagramRead => send_plain(self.peer, b"hello"),
            Disconnect | ConnectData | File | Packets | Write => {
                assert!(receive_plain(self.peer, LARGE) == pattern(LARGE), "every byte, in order");
            }
            Reuse | FileReuse => {
                let sent = self.buffer.len();
                assert_eq!(receive_plain(self.peer, sent), self.buffer);
                close(std::mem::replace(&mut self.peer, INVALID_SOCKET));
            }
            SendMessage | DatagramWrite => unreachable!("they do not wait"),
        }
    }

    /// What has several stages is past the first.
    fn be_under_way(&mut self) {
        match self.call {
            AcceptData => {
                self.meet();
                until("there is a connection", || is_connected(self.accepted));
            }
            ConnectData => {
                self.meet();
                self.until_some_came();
            }
            _ => {}
        }
    }

    fn until_some_came(&self) {
        let mut byte = 0;
        // SAFETY: one byte of room.
        assert_eq!(unsafe { recv(self.peer, &mut byte, 1, MSG_PEEK) }, 1);
    }

    fn run(mut self, expected: Result<(Codes, usize), i32>) {
        self.prepare();
        let started = self.call();
        match (expected, started) {
            (Err(code), Start::Failed(failed)) => assert_eq!(failed, code),
            (Ok((SUCCESS, bytes)), Start::AtOnce(_)) if self.course.may_end_at_once() => {
                assert_eq!(self.watched.overlapped.InternalHigh, bytes);
            }
            (Ok(_), Start::Pending) => {}
            // A warning: the outcome is delivered all the same.
            (Ok((TOO_LONG, _)), Start::Failed(WSAEMSGSIZE | ERROR_MORE_DATA)) => {
                assert_eq!(self.course, TooLongAtOnce);
            }
            // Engines differ in who sees it first.
            (Ok((TOO_MUCH, _)), Start::Failed(code)) => {
                let expected = if self.call == SendMessage { TOO_MUCH.1 } else { TOO_MUCH.2 as i32 };
                assert_eq!(code, expected);
            }
            // On loopback the refusal may be there at once.
            (Ok((REFUSED, _)), Start::Failed(WSAECONNREFUSED)) => {}
            _ => panic!("{started:?}"),
        }
        let delivers = !matches!(started, Start::Failed(_)) || self.course == TooLongAtOnce;
        if let (Ok((codes, bytes)), true) = (expected, delivers) {
            if !self.course.may_end_at_once() && !matches!(codes, REFUSED | TOO_MUCH) {
                self.watched.is_pending();
            }
            self.happen();
            self.watched.told(matches!(started, Start::AtOnce(_)), codes, bytes);
            self.look_at_data(codes, bytes);
        }
        if !self.before.buffer.is_empty() {
            let status = (&raw const self.before.overlapped.Internal).cast_mut();
            // SAFETY: an aligned word of ours, which the library writes atomically.
            let status = unsafe { std::sync::atomic::AtomicUsize::from_ptr(status) };
            if self.watched.socket != INVALID_SOCKET && self.course == CancelledDuring {
                reset(std::mem::replace(&mut self.peer, INVALID_SOCKET));
            }
            until("the send ends", || status.load(std::sync::atomic::Ordering::Acquire) != PENDING);
        }
        self.watched.finish();
        for s in [self.peer, self.listener, self.accepted] {
            if s != INVALID_SOCKET {
                close(s);
            }
        }
    }

    fn look_at_data(&self, codes: Codes, bytes: usize) {
        if matches!(self.call, AcceptData | Read | ReceiveMessage | DatagramRead) && bytes == 5 {
            assert!(self.buffer.starts_with(b"hello"));
        }
        if self.call == ReceiveMessage && matches!(codes, SUCCESS | TOO_LONG) {
            let flags = if codes == TOO_LONG { MSG_TRUNC } else { 0 };
            assert_eq!((self.message.dwFlags, self.name.sin_port), (flags, self.address.sin_port));
        }
    }
}

const ERROR_MORE_DATA: i32 = 234;

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket ends overlapped operations")]
fn every_operation_ends_once_and_tells_it_right() {
    start();
    let mut cases = 0;
    for &(calls, courses, expected) in ROWS {
        for &call in calls {
            for &course in courses {
                for way in WAYS {
                    let cannot_be_asked = course == SocketClosed && way.asks_the_socket();
                    if cannot_be_asked || way == Way::Routine && !call.has_routine() {
                        continue;
                    }
                    println!("{call:?} {course:?} {way:?}");
                    Case::new(call, course, way).run(expected);
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 800, "{cases}");
}
