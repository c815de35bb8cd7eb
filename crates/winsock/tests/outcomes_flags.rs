//! Overlapped operations with flags, modes and buffers out of the ordinary: looks, all or nothing, urgent data, no
//! buffer at all, no packet for an immediate success, news of earlier datagrams; and what is refused.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/ports.rs"]
mod ports;

use common::{bind_loopback, close, last_error, new, pair, start};
use ports::*;
use std::ptr::null_mut;
use winsock::win32::*;

const PENDING: usize = 0x103;
const FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: u32 = 1;
const FILE_SKIP_SET_EVENT_ON_HANDLE: u32 = 2;
const PEEK: u32 = MSG_PEEK as u32;
const WAITALL: u32 = MSG_WAITALL as u32;
const OOB: u32 = MSG_OOB as u32;

fn receive(op: &mut Op, mut flags: u32, routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE) -> Start {
    let buffer = WSABUF { len: op.buffer.len() as u32, buf: op.buffer.as_mut_ptr() };
    let mut bytes = 0;
    // SAFETY: the tests keep their operations until they have ended.
    let result =
        unsafe { WSARecv(op.socket, &buffer, 1, &mut bytes, &mut flags, &mut op.overlapped, routine) };
    match (result, last_error()) {
        (0, _) => Start::AtOnce(bytes),
        (_, WSA_IO_PENDING) => Start::Pending,
        (_, code) => Start::Failed(code),
    }
}

/// Starts a receive that must not fail, and gives it.
fn posted(s: SOCKET, room: usize, flags: u32) -> Box<Op> {
    let mut op = Op::new(s, vec![0; room]);
    assert!(!matches!(receive(&mut op, flags, None), Start::Failed(_)), "{}", last_error());
    op
}

/// Waits for the end: the code, and the bytes.
fn result(op: &Op, wait: BOOL) -> (i32, Vec<u8>) {
    let (mut bytes, mut flags) = (0, 0);
    // SAFETY: each pointer is to a variable of its type.
    let ok = unsafe { WSAGetOverlappedResult(op.socket, &op.overlapped, &mut bytes, wait, &mut flags) };
    let code = if ok == TRUE { 0 } else { last_error() };
    (code, op.buffer[..(bytes as usize).min(op.buffer.len())].to_vec())
}

fn ended(op: &Op) -> (i32, Vec<u8>) {
    // A test that waits for ever is no answer.
    // SAFETY: an aligned word of ours, which the library writes atomically.
    let status =
        unsafe { std::sync::atomic::AtomicUsize::from_ptr((&raw const op.overlapped.Internal).cast_mut()) };
    until("it ends", || status.load(std::sync::atomic::Ordering::Acquire) != PENDING);
    result(op, FALSE)
}

fn cancel(op: &Op) -> bool {
    // SAFETY: the pointer is compared only.
    unsafe { CancelIoEx(op.socket as HANDLE, &op.overlapped) == TRUE }
}

fn urgent(s: SOCKET, byte: u8) {
    // SAFETY: the byte is readable.
    assert_eq!(unsafe { send(s, &byte, 1, MSG_OOB) }, 1);
}

fn half_close(s: SOCKET) {
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { shutdown(s, SD_SEND) }, 0);
}

fn reset(s: SOCKET) {
    let linger = LINGER { l_onoff: 1, l_linger: 0 };
    // SAFETY: the structure is readable.
    assert_eq!(unsafe { setsockopt(s, SOL_SOCKET, SO_LINGER, (&raw const linger).cast(), 4) }, 0);
    close(s);
}

#[test]
fn a_look_leaves_the_data_to_the_next_receive() {
    start();
    for room in [3, 16] {
        for first in [true, false] {
            let (peer, s) = pair();
            let mut look = None;
            if !first {
                look = Some(posted(s, room, PEEK));
            }
            send_plain(peer, b"hello");
            let look = look.unwrap_or_else(|| posted(s, room, PEEK));
            assert_eq!(ended(&look), (0, b"hello"[..room.min(5)].to_vec()));
            assert_eq!(ended(&posted(s, 16, 0)), (0, b"hello".to_vec()));
            close(s);
            close(peer);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a receive of all ends with the first part")]
fn a_receive_of_all_ends_when_its_buffer_is_full() {
    start();
    let (peer, s) = pair();
    send_plain(peer, b"abc");
    let all = posted(s, 8, WAITALL);
    let behind = posted(s, 8, 0);
    // What has come is taken: the kernel has no more of it.
    until("the first part is taken", || {
        let mut waiting = 1u32;
        // SAFETY: the number is writable.
        assert_eq!(unsafe { ioctlsocket(s, FIONREAD, &mut waiting) }, 0);
        waiting == 0
    });
    assert_eq!(result(&all, FALSE).0, WSA_IO_INCOMPLETE);
    send_plain(peer, b"defghij");
    assert_eq!(ended(&all), (0, b"abcdefgh".to_vec()));
    assert_eq!(ended(&behind), (0, b"ij".to_vec()));
    // Stopped, it says what it has; at the end of the connection that is its outcome.
    let stopped = posted(s, 8, WAITALL);
    send_plain(peer, b"klm");
    until("it is taken", || {
        let mut waiting = 1u32;
        // SAFETY: the number is writable.
        assert_eq!(unsafe { ioctlsocket(s, FIONREAD, &mut waiting) }, 0);
        waiting == 0 && stopped.buffer.starts_with(b"klm")
    });
    assert!(cancel(&stopped));
    assert_eq!(ended(&stopped), (WSA_OPERATION_ABORTED, b"klm".to_vec()));
    let last = posted(s, 8, WAITALL);
    send_plain(peer, b"no");
    half_close(peer);
    assert_eq!(ended(&last), (0, b"no".to_vec()));
    assert_eq!(ended(&posted(s, 8, WAITALL)), (0, Vec::new()));
    close(s);
    close(peer);
}

#[test]
fn urgent_data_parts_the_stream_and_stops_nothing() {
    start();
    let (peer, s) = pair();
    send_plain(peer, b"before");
    urgent(peer, b'!');
    send_plain(peer, b"behind");
    assert_eq!(ended(&posted(s, 64, 0)), (0, b"before".to_vec()));
    assert_eq!(ended(&posted(s, 64, OOB)), (0, b"!".to_vec()));
    assert_eq!(ended(&posted(s, 64, 0)), (0, b"behind".to_vec()));
    close(s);
    close(peer);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: urgent data is waited for by a blocking receive, or not refused")]
fn a_receive_of_urgent_data_waits_for_it() {
    start();
    let (peer, s) = pair();
    let came = posted(s, 4, OOB);
    assert_eq!(result(&came, FALSE).0, WSA_IO_INCOMPLETE);
    urgent(peer, b'!');
    assert_eq!(ended(&came), (0, b"!".to_vec()));
    let stopped = posted(s, 4, OOB);
    assert!(cancel(&stopped));
    assert_eq!(ended(&stopped).0, WSA_OPERATION_ABORTED);
    let nothing = posted(s, 4, OOB);
    send_plain(peer, b"ordinary");
    half_close(peer);
    assert_eq!(ended(&nothing), (0, Vec::new()));
    close(s);
    close(peer);
    let (peer, s) = pair();
    let failed = posted(s, 4, OOB);
    reset(peer);
    assert_eq!(ended(&failed).0, WSAECONNRESET);
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: urgent data is waited for by a blocking receive, or not refused")]
fn who_waits_for_urgent_data_stands_in_nobodys_way() {
    start();
    let (peer, s) = pair();
    let urgent_ones = [posted(s, 4, OOB), posted(s, 4, OOB)];
    let first = posted(s, 16, 0);
    send_plain(peer, b"first");
    assert_eq!(ended(&first), (0, b"first".to_vec()));
    urgent(peer, b'!');
    assert_eq!(ended(&urgent_ones[0]), (0, b"!".to_vec()));
    assert_eq!(result(&urgent_ones[1], FALSE).0, WSA_IO_INCOMPLETE);
    send_plain(peer, b"second");
    assert_eq!(ended(&posted(s, 16, 0)), (0, b"second".to_vec()));
    urgent(peer, b'?');
    assert_eq!(ended(&urgent_ones[1]), (0, b"?".to_vec()), "in their order");
    // All of them end with the socket.
    let (late, ordinary) = (posted(s, 4, OOB), posted(s, 4, 0));
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { CancelIoEx(s as HANDLE, std::ptr::null()) }, TRUE);
    for op in [late, ordinary] {
        assert_eq!(ended(&op).0, WSA_OPERATION_ABORTED);
    }
    let left = posted(s, 4, OOB);
    close(s);
    let status = &raw const left.overlapped.Internal;
    // SAFETY: an aligned word of ours, which the library writes atomically.
    let status = unsafe { std::sync::atomic::AtomicUsize::from_ptr(status.cast_mut()) };
    until("it ends", || status.load(std::sync::atomic::Ordering::Acquire) == 0xC000_0120);
    close(peer);
}

#[test]
fn a_receive_into_nothing_waits_for_data_the_end_or_the_failure() {
    start();
    let (peer, s) = pair();
    let data = posted(s, 0, 0);
    assert_eq!(result(&data, FALSE).0, WSA_IO_INCOMPLETE);
    send_plain(peer, b"hello");
    assert_eq!(ended(&data).0, 0);
    assert_eq!(ended(&posted(s, 0, 0)).0, 0, "it takes nothing");
    assert_eq!(ended(&posted(s, 16, 0)), (0, b"hello".to_vec()));
    let end = posted(s, 0, 0);
    half_close(peer);
    assert_eq!(ended(&end).0, 0);
    assert_eq!(ended(&posted(s, 16, 0)), (0, Vec::new()));
    close(s);
    close(peer);
    let (peer, s) = pair();
    let failed = posted(s, 0, 0);
    reset(peer);
    assert_eq!(ended(&failed).0, WSAECONNRESET);
    close(s);
}

fn modes(s: SOCKET, modes: u32) {
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { SetFileCompletionNotificationModes(s as HANDLE, modes as u8) }, TRUE);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: no packet follows where its absence was not wished")]
fn an_immediate_success_leaves_no_packet_if_that_is_wished_and_anything_else_does() {
    start();
    let (peer, s) = pair();
    let port = Port::new(1);
    port.associate(s, 1);
    modes(s, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
    // It cannot be taken back.
    modes(s, 0);
    for data in [true, false] {
        let mut op = Op::new(s, vec![0; 8]);
        if data {
            send_plain(peer, b"now");
        }
        let started = receive(&mut op, 0, None);
        if !data {
            assert_eq!(started, Start::Pending);
            send_plain(peer, b"now");
        }
        match started {
            Start::AtOnce(3) => {}
            Start::Pending => assert_eq!(port.take().overlapped, op.address()),
            Start::AtOnce(_) | Start::Failed(_) => panic!("{started:?}"),
        }
        assert_eq!(ended(&op), (0, b"now".to_vec()));
        assert_eq!(port.get(0).error, WAIT_TIMEOUT);
    }
    close(s);
    close(peer);
    // A datagram that is too long is no success: its packet comes.
    let (s, peer) = (new(SOCK_DGRAM), new(SOCK_DGRAM));
    let to = bind_loopback(s);
    port.associate(s, 2);
    modes(s, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
    // SAFETY: data and address are readable.
    assert_eq!(unsafe { sendto(peer, b"too long".as_ptr(), 8, 0, (&raw const to).cast(), 16) }, 8);
    let mut op = Op::new(s, vec![0; 3]);
    let started = receive(&mut op, 0, None);
    assert!(matches!(started, Start::Pending | Start::Failed(WSAEMSGSIZE)), "{started:?}");
    let got = port.take();
    assert_eq!((got.error, got.bytes, got.key, got.overlapped), (234, 3, 2, op.address()));
    assert_eq!(ended(&op), (WSAEMSGSIZE, b"too".to_vec()));
    close(s);
    close(peer);
}

#[test]
fn the_handle_is_not_signalled_if_that_is_wished() {
    start();
    for skip in [false, true] {
        let (peer, s) = pair();
        if skip {
            modes(s, FILE_SKIP_SET_EVENT_ON_HANDLE);
        }
        let op = posted(s, 8, 0);
        send_plain(peer, b"x");
        assert_eq!(ended(&op), (0, b"x".to_vec()));
        // SAFETY: no memory is passed.
        let signalled = unsafe { WaitForSingleObject(s as HANDLE, 0) } == WAIT_OBJECT_0;
        assert_eq!(signalled, !skip);
        close(s);
        close(peer);
    }
}

unsafe extern "system" fn never(_: u32, _: u32, _: *mut OVERLAPPED, _: u32) {
    panic!("nothing was started");
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn what_cannot_be_told_is_refused_and_starts_nothing() {
    start();
    let (peer, s) = pair();
    let port = Port::new(1);
    let unbound = new(SOCK_STREAM);
    close(unbound);
    send_plain(peer, b"data");
    for (event, code) in [(0x7777usize, 6), (0x7776, 6), (s, 6), (port.0, 6), (unbound, 6)] {
        let mut op = Op::new(s, vec![0; 8]);
        op.overlapped.hEvent = event as HANDLE;
        assert_eq!(receive(&mut op, 0, None), Start::Failed(code), "{event:#x}");
    }
    port.associate(s, 1);
    let mut op = Op::new(s, vec![0; 8]);
    assert_eq!(receive(&mut op, 0, Some(never)), Start::Failed(WSAEINVAL));
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { SleepEx(0, TRUE) }, 0);
    assert_eq!(port.get(0).error, WAIT_TIMEOUT);
    let op = posted(s, 8, 0);
    assert_eq!(port.take().overlapped, op.address());
    assert_eq!(ended(&op), (0, b"data".to_vec()), "nobody took it");
    close(s);
    close(peer);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a closed port reaches the next receive")]
fn news_of_an_earlier_datagram_end_a_receive_whoever_heard_them() {
    start();
    for plain in [true, false] {
        let (s, gone) = (new(SOCK_DGRAM), new(SOCK_DGRAM));
        bind_loopback(s);
        let nobody = bind_loopback(gone);
        close(gone);
        let pending = posted(s, 8, 0);
        // The later sends meet the news that the first has brought.
        for _ in 0..3 {
            let to = (&raw const nobody).cast();
            if plain {
                // SAFETY: data and address are readable.
                assert_eq!(unsafe { sendto(s, b"x".as_ptr(), 1, 0, to, 16) }, 1);
            } else {
                let mut op = Op::new(s, b"x".to_vec());
                let buffer = WSABUF { len: 1, buf: op.buffer.as_mut_ptr() };
                let ov = &raw mut op.overlapped;
                // SAFETY: the operation is awaited below.
                let sent = unsafe { WSASendTo(s, &buffer, 1, null_mut(), 0, to, 16, ov, None) };
                assert!(sent == 0 || last_error() == WSA_IO_PENDING);
                assert_eq!(ended(&op).0, 0);
            }
        }
        assert_eq!(ended(&pending).0, WSAECONNRESET);
        close(s);
    }
}

#[test]
fn the_first_operations_of_both_directions_may_start_at_once() {
    start();
    for _ in 0..200 {
        let (peer, s) = pair();
        let port = Port::new(2);
        port.associate(s, 1);
        let barrier = std::sync::Barrier::new(2);
        let mut ops = [Op::new(s, vec![1; 4]), Op::new(s, vec![0; 4])];
        let [send, receive] = &mut ops;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                // SAFETY: the boxes outlive the operations.
                assert!(!matches!(unsafe { send.send() }, Start::Failed(_)));
            });
            barrier.wait();
            // SAFETY: as above.
            assert!(!matches!(unsafe { receive.receive() }, Start::Failed(_)));
        });
        send_plain(peer, b"back");
        for _ in 0..2 {
            assert_eq!(port.take().bytes, 4);
        }
        close(s);
        close(peer);
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { CloseHandle(port.handle()) }, TRUE);
    }
}
