//! `TransmitFile` and `TransmitPackets` send files and memory in order, and end the connection if asked to.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/extension.rs"]
mod extension;
#[path = "common/file.rs"]
mod file;
#[path = "common/port.rs"]
mod port;

use common::*;
#[cfg(windows)]
use extension::*;
use file::*;
use port::*;
use std::ffi::c_void;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::ptr::{null, null_mut};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use winsock::win32::*;

/// A socket of ours connected with one of the standard library.
fn connected() -> (SOCKET, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = loopback(listener.local_addr().unwrap().port());
    let s = new(SOCK_STREAM);
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(s, (&raw const address).cast(), size_of_val(&address) as i32) }, 0);
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(LIMIT_MS.into()))).unwrap();
    (s, stream)
}

fn reads_all(mut stream: TcpStream) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut got = Vec::new();
        stream.read_to_end(&mut got).unwrap();
        got
    })
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 % 251) as u8).collect()
}

fn around(head: &[u8], tail: &[u8]) -> TRANSMIT_FILE_BUFFERS {
    TRANSMIT_FILE_BUFFERS {
        Head: head.as_ptr().cast_mut().cast(),
        HeadLength: head.len() as u32,
        Tail: tail.as_ptr().cast_mut().cast(),
        TailLength: tail.len() as u32,
    }
}

fn transmit(s: SOCKET, file: HANDLE, len: u32, per_send: u32, ov: *mut OVERLAPPED, flags: u32) -> i32 {
    // SAFETY: the OVERLAPPED outlives the operation.
    code(unsafe { TransmitFile(s, file, len, per_send, ov, null(), flags) })
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: TransmitFile: what is sent, and what is refused")]
fn head_file_and_tail_arrive_in_order() {
    start();
    let port = Port::new();
    let data = pattern(3_000_000);
    let file = TestFile::new(&data);
    for per_send in [0, 1000] {
        let (s, stream) = connected();
        port.add(s);
        let reader = reads_all(stream);
        let buffers = around(b"head", b"tail");
        let mut operation = Operation::new();
        // SAFETY: buffers and OVERLAPPED outlive the operation.
        let started = code(unsafe {
            TransmitFile(s, file.handle(), 0, per_send, operation.pointer(), &buffers, TF_DISCONNECT)
        });
        assert!(matches!(started, 0 | WSA_IO_PENDING), "{started}");
        assert_eq!(port.take_of(s, &operation), (data.len() as u32 + 8, 0));
        let expected = [b"head", data.as_slice(), b"tail"].concat();
        assert!(reader.join().unwrap() == expected, "every byte in its place");
        close(s);
    }
}

#[test]
fn it_waits_while_the_peer_does_not_read() {
    start();
    let port = Port::new();
    let data = pattern(16_000_000);
    let file = TestFile::new(&data);
    let (s, stream) = connected();
    port.add(s);
    let mut operation = Operation::new();
    assert_eq!(transmit(s, file.handle(), 0, 0, operation.pointer(), TF_WRITE_BEHIND), WSA_IO_PENDING);
    port.is_empty();
    // A plain call that blocks still does: the descriptor's mode is not the socket's.
    let receiver = thread::spawn(move || {
        let mut got = 0u8;
        // SAFETY: one byte of room.
        let received = unsafe { recv(s, &mut got, 1, 0) };
        (received, got)
    });
    let reader = thread::spawn(move || {
        use std::io::Write;
        let mut stream = stream;
        let mut got = vec![0; 16_000_000];
        stream.read_exact(&mut got).unwrap();
        stream.write_all(b"!").unwrap();
        got
    });
    assert_eq!(port.take_of(s, &operation), (data.len() as u32, 0));
    assert!(reader.join().unwrap() == data, "every byte in its place");
    assert_eq!(receiver.join().unwrap(), (1, b'!'));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: whether an operation ends in its call is left to the system")]
fn a_part_begins_at_the_offset_and_has_the_length() {
    start();
    let port = Port::new();
    let data = pattern(10_000);
    let file = TestFile::new(&data);
    let (s, stream) = connected();
    port.add(s);
    let mut operation = Operation::at(4000);
    assert_eq!(transmit(s, file.handle(), 500, 0, operation.pointer(), 0), 0);
    assert_eq!(port.take_of(s, &operation), (500, 0));
    let mut rest = Operation::at(9000);
    assert_eq!(transmit(s, file.handle(), 0, 0, rest.pointer(), 0), 0);
    assert_eq!(port.take_of(s, &rest), (1000, 0));
    close(s);
    assert_eq!(reads_all(stream).join().unwrap(), [&data[4000..4500], &data[9000..]].concat());
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: TransmitFile: what is sent, and what is refused")]
fn without_overlapped_it_waits_and_begins_at_the_position() {
    start();
    let data = pattern(5_000_000);
    let file = TestFile::new(&data);
    let (s, stream) = connected();
    // SAFETY: no result is asked for.
    assert_ne!(unsafe { SetFilePointerEx(file.handle(), 1_000_000, null_mut(), FILE_BEGIN) }, FALSE);
    let reader = reads_all(stream);
    assert_eq!(transmit(s, file.handle(), 0, 0, null_mut(), TF_DISCONNECT), 0);
    assert!(reader.join().unwrap() == data[1_000_000..], "every byte in its place");
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: whether an operation ends in its call is left to the system")]
fn without_a_file_only_memory_is_sent_or_nothing() {
    start();
    let port = Port::new();
    let (s, stream) = connected();
    port.add(s);
    let buffers = around(b"only ", b"memory");
    let mut operation = Operation::new();
    // SAFETY: buffers and OVERLAPPED outlive the operation.
    let ok = unsafe { TransmitFile(s, null_mut(), 0, 0, operation.pointer(), &buffers, 0) };
    assert_eq!(code(ok), 0);
    assert_eq!(port.take_of(s, &operation), (11, 0));
    assert_eq!(transmit(s, null_mut(), 0, 0, operation.pointer(), TF_DISCONNECT), 0);
    assert_eq!(port.take_of(s, &operation), (0, 0));
    assert_eq!(reads_all(stream).join().unwrap(), b"only memory");
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: TransmitFile: what is sent, and what is refused")]
fn it_stands_in_line_with_the_sends() {
    start();
    let port = Port::new();
    let data = pattern(6_000_000);
    let file = TestFile::new(&data);
    let (s, stream) = connected();
    port.add(s);
    let mut operations: Vec<Operation> = (0..3).map(|_| Operation::new()).collect();
    assert_eq!(transmit(s, file.handle(), 0, 0, operations[0].pointer(), 0), WSA_IO_PENDING);
    let mut count = 0;
    // SAFETY: data and OVERLAPPED outlive the operation.
    let ok = unsafe { WriteFile(s as HANDLE, b"between".as_ptr(), 7, &mut count, operations[1].pointer()) };
    assert_eq!(code(ok), WSA_IO_PENDING);
    assert_eq!(transmit(s, file.handle(), 0, 0, operations[2].pointer(), TF_DISCONNECT), WSA_IO_PENDING);
    let got = reads_all(stream).join().unwrap();
    assert!(got == [data.as_slice(), b"between", &data].concat(), "every byte in its place");
    for operation in &operations {
        assert_eq!(port.take_of(s, operation).1, 0);
    }
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: TransmitFile: what is sent, and what is refused")]
fn with_reuse_the_handle_is_good_for_another_connection() {
    start();
    let port = Port::new();
    let data = pattern(100_000);
    let file = TestFile::new(&data);
    let (s, stream) = connected();
    port.add(s);
    let mut operation = Operation::new();
    let flags = TF_DISCONNECT | TF_REUSE_SOCKET;
    assert_eq!(transmit(s, file.handle(), 0, 0, operation.pointer(), flags), WSA_IO_PENDING);
    assert_eq!(reads_all(stream).join().unwrap(), data);
    assert_eq!(port.take_of(s, &operation), (data.len() as u32, 0));
    bind_loopback(s);
    close(s);
}

/// The peer is gone when what ends the connection is sent, and resets it.
#[test]
#[cfg_attr(windows, ignore = "Wine 8: a reset stays visible")]
fn a_connection_that_breaks_as_it_is_ended_is_broken_for_every_call() {
    start();
    let (s, stream) = connected();
    drop(stream);
    let buffers = around(b"late", b"");
    // SAFETY: the buffers outlive the call, which waits.
    let ok = unsafe { TransmitFile(s, null_mut(), 0, 0, null_mut(), &buffers, TF_DISCONNECT) };
    assert_eq!(code(ok), 0);
    // SAFETY: no memory is passed.
    let end = || unsafe { shutdown(s, SD_SEND) };
    let limit = Instant::now() + Duration::from_millis(LIMIT_MS.into());
    while end() == 0 {
        assert!(Instant::now() < limit, "the reset comes");
    }
    assert_eq!(last_error(), WSAECONNRESET);
    assert_eq!((end(), last_error()), (SOCKET_ERROR, WSAECONNRESET));
    let mut got = 0u8;
    // SAFETY: one byte of room.
    assert_eq!((unsafe { recv(s, &mut got, 1, 0) }, last_error()), (SOCKET_ERROR, WSAECONNRESET));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a reset stays visible")]
fn a_peer_that_is_gone_fails_it() {
    start();
    let port = Port::new();
    let data = pattern(20_000_000);
    let file = TestFile::new(&data);
    let (s, stream) = connected();
    port.add(s);
    let mut operation = Operation::new();
    assert_eq!(transmit(s, file.handle(), 0, 0, operation.pointer(), 0), WSA_IO_PENDING);
    drop(stream);
    let (_, error) = port.take_of(s, &operation);
    assert_eq!(error, 64, "ERROR_NETNAME_DELETED");
    assert_eq!(transmit(s, file.handle(), 0, 0, operation.pointer(), 0), WSAECONNRESET);
    assert_eq!(transmit(s, file.handle(), 0, 0, null_mut(), 0), WSAECONNRESET);
    close(s);
    port.is_empty();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket ends overlapped operations")]
fn closing_the_socket_ends_it() {
    start();
    let port = Port::new();
    let file = TestFile::new(&pattern(20_000_000));
    let (s, stream) = connected();
    port.add(s);
    let mut operation = Operation::new();
    assert_eq!(transmit(s, file.handle(), 0, 0, operation.pointer(), 0), WSA_IO_PENDING);
    close(s);
    let (_, error) = port.take_of(s, &operation);
    assert_eq!(error, WSA_OPERATION_ABORTED);
    // A plain form that waits wakes up.
    let (s, other) = connected();
    let handle = file.handle() as usize;
    let waits = thread::spawn(move || transmit(s, handle as HANDLE, 0, 0, null_mut(), 0));
    let mut first = [0; 1];
    assert_eq!(other.peek(&mut first).unwrap(), 1);
    close(s);
    let error = waits.join().unwrap();
    assert!(matches!(error, WSAEINTR | WSAENOTSOCK), "{error}");
    drop(stream);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: whether an operation ends in its call is left to the system")]
fn a_file_that_is_shorter_than_asked_for_ends_it() {
    start();
    let port = Port::new();
    let file = TestFile::new(b"short");
    let (s, stream) = connected();
    port.add(s);
    let mut operation = Operation::new();
    const ERROR_HANDLE_EOF: i32 = 38;
    assert_eq!(transmit(s, file.handle(), 6, 0, operation.pointer(), 0), ERROR_HANDLE_EOF);
    port.is_empty();
    close(s);
    assert_eq!(reads_all(stream).join().unwrap(), b"short");
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: TransmitFile: what is sent, and what is refused")]
fn faults_are_found_in_order() {
    start();
    let file = TestFile::new(b"content");
    let write_only = file.write_only();
    let (s, _stream) = connected();
    let (shut, _other) = connected();
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { shutdown(shut, SD_SEND) }, 0);
    let unconnected = new(SOCK_STREAM);
    let datagram = new(SOCK_DGRAM);
    let stale = new(SOCK_STREAM);
    close(stale);
    let null_head = TRANSMIT_FILE_BUFFERS { HeadLength: 1, ..Default::default() };
    let null_tail = TRANSMIT_FILE_BUFFERS { TailLength: 1, ..Default::default() };
    let (nothing, head, tail) = (null(), &raw const null_head, &raw const null_tail);
    let no_file = stale as HANDLE;
    let too_many = 2_147_483_647;
    type Case = (SOCKET, HANDLE, u32, u64, *const TRANSMIT_FILE_BUFFERS, u32, i32);
    let cases: [Case; 14] = [
        (stale, no_file, too_many, 0, head, TF_REUSE_SOCKET, WSAENOTSOCK),
        (datagram, no_file, 0, 0, nothing, 0, WSAEINVAL),
        (unconnected, no_file, 0, 0, head, TF_REUSE_SOCKET, WSAEINVAL),
        (unconnected, no_file, 0, 0, head, 0x8000, WSAEINVAL),
        (unconnected, no_file, too_many, 0, head, 0, WSAEINVAL),
        (unconnected, no_file, 0, 0, head, 0, WSAEFAULT),
        (unconnected, no_file, 0, 0, tail, 0, WSAEFAULT),
        (unconnected, no_file, 0, 0, nothing, 0, WSAENOTCONN),
        (shut, no_file, 0, 0, nothing, 0, WSAESHUTDOWN),
        (s, no_file, 0, 0, nothing, 0, WSA_INVALID_HANDLE),
        (s, s as HANDLE, 0, 0, nothing, 0, WSA_INVALID_HANDLE),
        (s, INVALID_HANDLE_VALUE, 0, 0, nothing, 0, WSA_INVALID_HANDLE),
        (s, write_only, 0, 8, nothing, 0, 5),
        (s, file.handle(), 0, 8, nothing, 0, WSAEINVAL),
    ];
    for (index, (s, file, len, offset, buffers, flags, expected)) in cases.into_iter().enumerate() {
        let mut operation = Operation::at(offset);
        // SAFETY: each pointer is NULL or to memory that outlives the operation, which does not begin.
        let ok = unsafe { TransmitFile(s, file, len, 0, operation.pointer(), buffers, flags) };
        assert_eq!(code(ok), expected, "case {index}");
    }
    for s in [s, shut, unconnected, datagram] {
        close(s);
    }
}

fn memory(data: &'static [u8], flags: u32) -> TRANSMIT_PACKETS_ELEMENT {
    TRANSMIT_PACKETS_ELEMENT {
        dwElFlags: TP_ELEMENT_MEMORY | flags,
        cLength: data.len() as u32,
        Anonymous: TRANSMIT_PACKETS_ELEMENT_0 { pBuffer: data.as_ptr().cast_mut().cast::<c_void>() },
    }
}

fn of_file(file: HANDLE, offset: i64, len: u32, flags: u32) -> TRANSMIT_PACKETS_ELEMENT {
    TRANSMIT_PACKETS_ELEMENT {
        dwElFlags: TP_ELEMENT_FILE | flags,
        cLength: len,
        Anonymous: TRANSMIT_PACKETS_ELEMENT_0 {
            Anonymous: TRANSMIT_PACKETS_ELEMENT_0_0 { nFileOffset: offset, hFile: file },
        },
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no TransmitPackets")]
fn packets_of_memory_and_files_follow_each_other_on_a_stream() {
    start();
    let port = Port::new();
    let file = TestFile::new(b"0123456789");
    let (s, stream) = connected();
    port.add(s);
    let elements = [
        memory(b"a", TP_ELEMENT_EOP),
        of_file(file.handle(), 3, 4, 0),
        memory(b"b", 0),
        of_file(file.handle(), -1, 0, 0),
    ];
    let mut operation = Operation::new();
    // SAFETY: elements and OVERLAPPED outlive the operation.
    let ok = unsafe { TransmitPackets(s, elements.as_ptr(), 4, 0, operation.pointer(), TF_DISCONNECT) };
    assert_eq!(code(ok), 0);
    assert_eq!(port.take_of(s, &operation), (16, 0));
    assert_eq!(reads_all(stream).join().unwrap(), b"a3456b0123456789");
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no TransmitPackets")]
fn packets_on_a_datagram_socket_end_where_the_elements_say() {
    start();
    let peer = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.set_read_timeout(Some(Duration::from_millis(LIMIT_MS.into()))).unwrap();
    let address = loopback(peer.local_addr().unwrap().port());
    let s = new(SOCK_DGRAM);
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(s, (&raw const address).cast(), size_of_val(&address) as i32) }, 0);
    let file = TestFile::new(b"0123456789");
    let elements = [
        memory(b"one", 0),
        of_file(file.handle(), 8, 0, TP_ELEMENT_EOP),
        memory(b"two", TP_ELEMENT_EOP),
        memory(b"three and more", 0),
    ];
    // SAFETY: elements outlive the call.
    assert_eq!(code(unsafe { TransmitPackets(s, elements.as_ptr(), 4, 10, null_mut(), 0) }), 0);
    let mut room = [0; 100];
    for expected in [&b"one89"[..], b"two", b"three and ", b"more"] {
        let len = peer.recv(&mut room).unwrap();
        assert_eq!(&room[..len], expected);
    }
    // SAFETY: elements outlive the call.
    let ok = unsafe { TransmitPackets(s, elements.as_ptr(), 4, 0, null_mut(), TF_DISCONNECT) };
    assert_eq!(code(ok), WSAEINVAL);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no TransmitPackets")]
fn faults_of_elements_are_found_in_order_and_nothing_is_sent() {
    start();
    let file = TestFile::new(b"content");
    let (s, stream) = connected();
    let unconnected = new(SOCK_STREAM);
    let null_memory =
        TRANSMIT_PACKETS_ELEMENT { dwElFlags: TP_ELEMENT_MEMORY, cLength: 1, ..Default::default() };
    let cases = [
        (unconnected, memory(b"x", 8), WSAENOTCONN),
        (s, memory(b"x", 8), WSAEINVAL),
        (s, memory(b"x", TP_ELEMENT_FILE), WSAEINVAL),
        (s, null_memory, WSAEFAULT),
        (s, of_file(null_mut(), 0, 1, 0), WSA_INVALID_HANDLE),
        (s, of_file(file.handle(), 8, 1, 0), WSAEINVAL),
        (s, of_file(file.handle(), -2, 1, 0), WSAEINVAL),
    ];
    for (s, faulty, expected) in cases {
        let elements = [memory(b"good", 0), faulty];
        // SAFETY: elements outlive the call.
        assert_eq!(code(unsafe { TransmitPackets(s, elements.as_ptr(), 2, 0, null_mut(), 0) }), expected);
    }
    // SAFETY: no memory is passed.
    assert_eq!(code(unsafe { TransmitPackets(s, null(), 1, 0, null_mut(), 0) }), WSAEFAULT);
    close(s);
    assert!(reads_all(stream).join().unwrap().is_empty());
    close(unconnected);
}

/// What faults do to a transmission is theirs alone: one that is cut goes on, one that is struck fails as documented.
#[test]
#[cfg_attr(windows, ignore = "Linux: WINSOCK_FAULTS")]
fn a_transmission_goes_on_where_a_fault_has_cut_it_and_fails_with_what_struck_it() {
    let child = |test: &str, faults: &str| {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args([test, "--exact", "--include-ignored"]).env("WINSOCK_FAULTS", faults);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{faults}: {}", String::from_utf8_lossy(&output.stdout));
    };
    for seed in 0..3 {
        child("head_file_and_tail_arrive_in_order", &format!("short=0.7,delay=0.3;seed={seed}"));
    }
    child("child_is_struck", "reset=1");
    child("child_is_struck", "nobufs=1");
}

#[test]
#[ignore = "runs in a child process of another test"]
fn child_is_struck() {
    start();
    let port = Port::new();
    let file = TestFile::new(&pattern(1000));
    let (s, stream) = connected();
    port.add(s);
    let mut operation = Operation::new();
    let expected =
        if std::env::var("WINSOCK_FAULTS").unwrap() == "reset=1" { WSAECONNRESET } else { WSAENOBUFS };
    // At once: nothing stands before it.
    assert_eq!(transmit(s, file.handle(), 0, 0, operation.pointer(), 0), expected);
    close(s);
    drop(stream);
}
