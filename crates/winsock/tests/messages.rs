//! `WSASendMsg` and `WSARecvMsg` carry datagrams; `ReadFile` and `WriteFile` work on sockets, with Win32 codes.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/extension.rs"]
mod extension;
#[path = "common/port.rs"]
mod port;

use common::*;
#[cfg(windows)]
use extension::*;
use port::*;
use std::ptr::{null, null_mut};
use winsock::win32::*;

const LEN: i32 = size_of::<SOCKADDR_IN>() as i32;
/// The length of a control message with an INT.
const ITEM: usize = 16 + 4;

/// A message and the memory that it names.
struct Message {
    message: Box<WSAMSG>,
    _buffer: Box<WSABUF>,
    data: Box<[u8]>,
    name: Box<SOCKADDR_IN>,
    control: Box<[u64; 16]>,
}

impl Message {
    fn new(data: &[u8], name: SOCKADDR_IN) -> Message {
        let mut data: Box<[u8]> = data.into();
        let mut name = Box::new(name);
        let mut buffer = Box::new(WSABUF { len: data.len() as u32, buf: data.as_mut_ptr() });
        let mut message = Box::new(WSAMSG::default());
        message.name = (&raw mut *name).cast();
        message.namelen = LEN;
        message.lpBuffers = &raw mut *buffer;
        message.dwBufferCount = 1;
        Message { message, _buffer: buffer, data, name, control: Box::new([0; 16]) }
    }

    fn room(len: usize) -> Message {
        Message::new(&vec![0; len], loopback(0))
    }

    fn with_control(mut self, level: i32, kind: i32, value: i32) -> Message {
        self.control[0] = ITEM as u64;
        self.control[1] = u64::from(level as u32) | u64::from(kind as u32) << 32;
        self.control[2] = value as u64;
        self.give_control(24);
        self
    }

    fn give_control(&mut self, len: u32) {
        self.message.Control = WSABUF { len, buf: self.control.as_mut_ptr().cast() };
    }

    fn pointer(&mut self) -> *mut WSAMSG {
        &raw mut *self.message
    }
}

/// A datagram socket of ours and its address.
fn bound() -> (SOCKET, SOCKADDR_IN) {
    let s = new(SOCK_DGRAM);
    let address = bind_loopback(s);
    (s, address)
}

fn send_message(s: SOCKET, message: &mut Message, operation: Option<&mut Operation>) -> (i32, u32) {
    let mut sent = 77;
    let overlapped = operation.map_or(null_mut(), Operation::pointer);
    // SAFETY: message and OVERLAPPED outlive the operation.
    let result = unsafe { WSASendMsg(s, message.pointer(), 0, &mut sent, overlapped, None) };
    (if result == 0 { 0 } else { last_error() }, sent)
}

fn receive_message(s: SOCKET, message: &mut Message, operation: Option<&mut Operation>) -> (i32, u32) {
    let mut received = 77;
    let overlapped = operation.map_or(null_mut(), Operation::pointer);
    // SAFETY: message and OVERLAPPED outlive the operation.
    let result = unsafe { WSARecvMsg(s, message.pointer(), &mut received, overlapped, None) };
    (if result == 0 { 0 } else { last_error() }, received)
}

#[test]
fn a_datagram_comes_with_its_senders_address() {
    start();
    let (sender, from) = bound();
    let (receiver, to) = bound();
    assert_eq!(send_message(sender, &mut Message::new(b"hello", to), None), (0, 5));
    let mut got = Message::room(100);
    assert_eq!(receive_message(receiver, &mut got, None), (0, 5));
    assert_eq!(&got.data[..5], b"hello");
    assert_eq!((got.message.namelen, got.name.sin_port), (LEN, from.sin_port));
    assert_eq!((got.message.dwFlags, got.message.Control.len), (0, 0));
    close(sender);
    close(receiver);
}

#[test]
fn one_that_is_posted_first_gets_what_comes_later() {
    start();
    let port = Port::new();
    let (sender, from) = bound();
    let (receiver, to) = bound();
    let sent = Port::new();
    port.add(receiver);
    sent.add(sender);
    let mut first = (Message::room(10), Operation::new());
    let mut second = (Message::room(10), Operation::new());
    assert_eq!(receive_message(receiver, &mut first.0, Some(&mut first.1)).0, WSA_IO_PENDING);
    assert_eq!(receive_message(receiver, &mut second.0, Some(&mut second.1)).0, WSA_IO_PENDING);
    for data in [&b"one"[..], b"three"] {
        let mut sending = Operation::new();
        assert_eq!(send_message(sender, &mut Message::new(data, to), Some(&mut sending)).0, 0);
        assert_eq!(sent.take_of(sender, &sending), (data.len() as u32, 0));
    }
    let mut bytes = [port.take_next_of(receiver), port.take_next_of(receiver)];
    bytes.sort_by_key(|taken| taken.overlapped != first.1.address());
    assert_eq!((bytes[0].bytes, bytes[1].bytes), (3, 5));
    assert_eq!((&first.0.data[..3], &second.0.data[..5]), (&b"one"[..], &b"three"[..]));
    assert_eq!(first.0.name.sin_port, from.sin_port);
    close(sender);
    close(receiver);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: WSARecvMsg: what has no room")]
fn a_datagram_too_long_fills_the_buffer_and_says_so() {
    start();
    let port = Port::new();
    let (sender, _) = bound();
    let (receiver, to) = bound();
    port.add(receiver);
    send_message(sender, &mut Message::new(b"too long", to), None);
    let mut got = Message::room(3);
    assert_eq!(receive_message(receiver, &mut got, None), (WSAEMSGSIZE, 3));
    assert_eq!((&*got.data, got.message.dwFlags), (&b"too"[..], MSG_TRUNC));
    // The overlapped form fails with a packet: ERROR_MORE_DATA.
    let mut operation = Operation::new();
    let mut got = Message::room(3);
    assert_eq!(receive_message(receiver, &mut got, Some(&mut operation)).0, WSA_IO_PENDING);
    send_message(sender, &mut Message::new(b"too long", to), None);
    assert_eq!(port.take_of(receiver, &operation), (3, 234));
    assert_eq!(got.message.dwFlags, MSG_TRUNC);
    close(sender);
    close(receiver);
}

/// `WSAEMSGSIZE` tells of the control data too: the flags say what it was.
#[test]
#[cfg_attr(windows, ignore = "Wine 8: WSARecvMsg: what has no room")]
fn control_data_without_room_says_so() {
    start();
    let (sender, _) = bound();
    let (receiver, to) = bound();
    let on = 1i32;
    // SAFETY: the value is readable.
    let set = unsafe { setsockopt(receiver, IPPROTO_IP, IP_PKTINFO, (&raw const on).cast(), 4) };
    assert_eq!(set, 0);
    for (room, expected) in [(128, (0, 5)), (8, (WSAEMSGSIZE, 5)), (0, (WSAEMSGSIZE, 5))] {
        send_message(sender, &mut Message::new(b"hello", to), None);
        let mut got = Message::room(10);
        got.give_control(room);
        assert_eq!(receive_message(receiver, &mut got, None), expected, "{room}");
        assert_eq!(got.message.dwFlags, if room == 128 { 0 } else { MSG_CTRUNC }, "{room}");
        assert_eq!(&got.data[..5], b"hello");
    }
    close(sender);
    close(receiver);
}

#[test]
fn a_look_leaves_the_datagram() {
    start();
    let (sender, _) = bound();
    let (receiver, to) = bound();
    send_message(sender, &mut Message::new(b"look", to), None);
    for flags in [MSG_PEEK as u32, 0] {
        let mut got = Message::room(10);
        got.message.dwFlags = flags;
        assert_eq!(receive_message(receiver, &mut got, None), (0, 4));
        assert_eq!(&got.data[..4], b"look");
    }
    close(sender);
    close(receiver);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: control data for sending is not checked")]
fn control_data_for_sending_is_checked() {
    start();
    let (sender, _) = bound();
    let (receiver, to) = bound();
    let send = |level, kind, value| {
        let mut message = Message::new(b"x", to).with_control(level, kind, value);
        send_message(sender, &mut message, None).0
    };
    assert_eq!(send(IPPROTO_IP, IP_ECN, 2), 0);
    assert_eq!(send(IPPROTO_IP, IP_TTL, 5), 0);
    assert_eq!(send(IPPROTO_IP, IP_TOS, 0x20), 0);
    assert_eq!(send(IPPROTO_IP, IP_ECN, 3), WSAEINVAL);
    assert_eq!(send(IPPROTO_IP, IP_TTL, 256), WSAEINVAL);
    assert_eq!(send(IPPROTO_IP, 1234, 1), WSAEINVAL);
    // Three have come, and no more.
    for _ in 0..3 {
        assert_eq!(receive_message(receiver, &mut Message::room(1), None), (0, 1));
    }
    let mut operation = Operation::new();
    let mut room = Message::room(1);
    assert_eq!(receive_message(receiver, &mut room, Some(&mut operation)).0, WSA_IO_PENDING);
    close(sender);
    close(receiver);
    operation.until_final();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a closed port reaches the next receive")]
fn the_news_of_a_closed_port_reaches_the_receive() {
    start();
    let port = Port::new();
    let nobody = {
        let (s, address) = bound();
        close(s);
        address
    };
    let (s, _) = bound();
    port.add(s);
    let mut operation = Operation::new();
    let mut room = Message::room(10);
    assert_eq!(receive_message(s, &mut room, Some(&mut operation)).0, WSA_IO_PENDING);
    assert_eq!(send_message(s, &mut Message::new(b"x", nobody), None).0, 0);
    assert_eq!(port.take_of(s, &operation), (0, 1234), "ERROR_PORT_UNREACHABLE");
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn faults_are_found_in_order() {
    start();
    let (s, to) = bound();
    let unbound = new(SOCK_DGRAM);
    let stream = new(SOCK_STREAM);
    let stale = new(SOCK_DGRAM);
    close(stale);
    let mut count = 0;
    let send = |s, message: *const WSAMSG, flags, count: *mut u32| {
        // SAFETY: each pointer is NULL or to memory that outlives the call.
        let result = unsafe { WSASendMsg(s, message, flags, count, null_mut(), None) };
        if result == 0 { 0 } else { last_error() }
    };
    let good = Message::new(b"x", to);
    let message = &raw const *good.message;
    let changed = |change: &dyn Fn(&mut WSAMSG)| {
        let mut message = *good.message;
        change(&mut message);
        message
    };
    let null_name = changed(&|m| m.name = null_mut());
    let null_control = changed(&|m| m.Control = WSABUF { len: 1, buf: null_mut() });
    let short_name = changed(&|m| m.namelen = 15);
    let null_buffers = changed(&|m| m.lpBuffers = null_mut());
    let no_name = changed(&|m| (m.name, m.namelen) = (null_mut(), 0));
    let no_peer = loopback(0);
    let bad_name = changed(&|m| m.name = (&raw const no_peer).cast_mut().cast());
    assert_eq!(send(stale, null(), 0x8000_0000, null_mut()), WSAENOTSOCK);
    assert_eq!(send(stream, null(), 0x8000_0000, null_mut()), WSAEFAULT);
    assert_eq!(send(stream, null(), 0x8000_0000, &mut count), WSAEFAULT);
    assert_eq!(send(s, message, 0x8000_0000, &mut count), WSAEOPNOTSUPP);
    assert_eq!(send(s, message, MSG_PEEK as u32, &mut count), WSAEOPNOTSUPP);
    assert_eq!(send(stream, &null_name, 0, &mut count), WSAEOPNOTSUPP);
    assert_eq!(send(unbound, &null_name, 0, &mut count), WSAEFAULT);
    assert_eq!(send(unbound, &null_control, 0, &mut count), WSAEFAULT);
    assert_eq!(send(unbound, &null_buffers, 0, &mut count), WSAEFAULT);
    assert_eq!(send(unbound, &short_name, 0, &mut count), WSAEFAULT);
    assert_eq!(send(unbound, &bad_name, 0, &mut count), WSAEADDRNOTAVAIL);
    assert_eq!(send(unbound, message, 0, &mut count), WSAEINVAL);
    assert_eq!(send(s, &no_name, 0, &mut count), WSAENOTCONN);
    let receive = |s, message: *mut WSAMSG, count: *mut u32| {
        // SAFETY: each pointer is NULL or to memory that outlives the call.
        let result = unsafe { WSARecvMsg(s, message, count, null_mut(), None) };
        if result == 0 { 0 } else { last_error() }
    };
    let mut flags = changed(&|m| m.dwFlags = MSG_OOB as u32);
    let (mut null_name, mut short_name, mut good) = (null_name, short_name, *good.message);
    assert_eq!(receive(stale, null_mut(), null_mut()), WSAENOTSOCK);
    assert_eq!(receive(stream, null_mut(), null_mut()), WSAEFAULT);
    assert_eq!(receive(stream, null_mut(), &mut count), WSAEFAULT);
    assert_eq!(receive(unbound, &mut flags, &mut count), WSAEOPNOTSUPP);
    assert_eq!(receive(stream, &mut null_name, &mut count), WSAEOPNOTSUPP);
    assert_eq!(receive(unbound, &mut null_name, &mut count), WSAEFAULT);
    assert_eq!(receive(unbound, &mut short_name, &mut count), WSAEFAULT);
    assert_eq!(receive(unbound, &mut good, &mut count), WSAEINVAL);
    for s in [s, unbound, stream] {
        close(s);
    }
}

fn read(s: SOCKET, room: &mut [u8], operation: Option<&mut Operation>) -> (i32, u32) {
    let mut count = 77;
    let overlapped = operation.map_or(null_mut(), Operation::pointer);
    // SAFETY: buffer and OVERLAPPED outlive the operation.
    let ok = unsafe { ReadFile(s as HANDLE, room.as_mut_ptr(), room.len() as u32, &mut count, overlapped) };
    (code(ok), count)
}

fn write(s: SOCKET, data: &[u8], operation: Option<&mut Operation>) -> (i32, u32) {
    let mut count = 77;
    let overlapped = operation.map_or(null_mut(), Operation::pointer);
    // SAFETY: data and OVERLAPPED outlive the operation.
    let ok = unsafe { WriteFile(s as HANDLE, data.as_ptr(), data.len() as u32, &mut count, overlapped) };
    (code(ok), count)
}

#[test]
fn read_file_and_write_file_receive_and_send() {
    start();
    let port = Port::new();
    let (client, server) = pair();
    port.add(server);
    let mut room = [0; 10];
    let mut receiving = Operation::new();
    assert_eq!(read(server, &mut room, Some(&mut receiving)), (WSA_IO_PENDING, 0));
    assert_eq!(write(client, b"plain", None), (0, 5));
    assert_eq!(port.take_of(server, &receiving), (5, 0));
    assert_eq!(&room[..5], b"plain");
    let mut sending = Operation::new();
    assert!(matches!(write(server, b"back", Some(&mut sending)), (0, 4) | (WSA_IO_PENDING, 0)));
    assert_eq!(port.take_of(server, &sending), (4, 0));
    assert_eq!(read(client, &mut room, None), (0, 4));
    assert_eq!(&room[..4], b"back");
    close(server);
    assert_eq!(read(client, &mut room, None), (0, 0));
    close(client);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: WSARecvMsg is for datagrams")]
fn their_failures_have_win32_codes() {
    start();
    let mut room = [0; 10];
    let unconnected = new(SOCK_STREAM);
    let (client, server) = pair();
    let stale = new(SOCK_STREAM);
    close(stale);
    assert_eq!(read(stale, &mut room, None).0, WSA_INVALID_HANDLE);
    assert_eq!(read(unconnected, &mut room, None).0, 1229, "ERROR_CONNECTION_INVALID");
    // SAFETY: NULL pointers are answered.
    let ok = unsafe { ReadFile(client as HANDLE, room.as_mut_ptr(), 10, null_mut(), null_mut()) };
    assert_eq!(code(ok), WSA_INVALID_PARAMETER);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { shutdown(client, SD_SEND) }, 0);
    assert_eq!(write(client, b"x", None).0, 233, "ERROR_PIPE_NOT_CONNECTED");
    assert_eq!(write(server, b"unread", None), (0, 6));
    let mut first = 0u8;
    // SAFETY: one byte of room.
    assert_eq!(unsafe { recv(client, &mut first, 1, MSG_PEEK) }, 1);
    // Closing without having read what came resets the connection.
    close(client);
    // What the client ended comes first, then the reset.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        match write(server, b"more", None).0 {
            0 => assert!(std::time::Instant::now() < deadline),
            error => break assert_eq!(error, 64, "ERROR_NETNAME_DELETED"),
        }
    }
    assert_eq!(read(server, &mut room, None).0, 64);
    let mut operation = Operation::new();
    assert_eq!(read(server, &mut room, Some(&mut operation)).0, 64);
    close(server);
    close(unconnected);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a refused operation leaves its OVERLAPPED pending")]
fn an_event_that_is_none_is_refused_whatever_the_overlapped_held() {
    start();
    let (client, server) = pair();
    for status in [0, 0x103, 0xC000_0120] {
        let mut operation = Operation::new();
        // SAFETY: the OVERLAPPED is valid, and no operation has been started with it.
        unsafe { (*operation.pointer()).Internal = status };
        // SAFETY: as above.
        unsafe { (*operation.pointer()).hEvent = client as HANDLE };
        assert_eq!(write(client, b"x", Some(&mut operation)).0, WSA_INVALID_HANDLE, "{status:#x}");
        assert!(operation.is_final());
    }
    close(client);
    close(server);
}
