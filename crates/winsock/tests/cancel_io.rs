//! `CancelIo` ends the operations that the calling thread has started, and those alone.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;

use common::{close, pair, start};
use std::ptr::{null, null_mut};
use winsock::win32::*;

fn receive(socket: SOCKET, room: &mut [u8], overlapped: &mut OVERLAPPED) {
    let buffer = WSABUF { len: room.len() as u32, buf: room.as_mut_ptr() };
    let mut flags = 0;
    // SAFETY: the memory lives until the operation has ended: every test waits for that.
    let answer = unsafe { WSARecv(socket, &buffer, 1, null_mut(), &mut flags, overlapped, None) };
    // SAFETY: no memory is passed.
    assert_eq!((answer, unsafe { WSAGetLastError() }), (SOCKET_ERROR, WSA_IO_PENDING));
}

/// Waits for the end, and answers whether it was a success, the bytes and the code.
fn end(socket: SOCKET, overlapped: &OVERLAPPED) -> (BOOL, u32, i32) {
    let (mut bytes, mut flags) = (0, 0);
    // SAFETY: the memory is ours.
    let answer = unsafe { WSAGetOverlappedResult(socket, overlapped, &mut bytes, TRUE, &mut flags) };
    // SAFETY: no memory is passed.
    let code = if answer == TRUE { 0 } else { unsafe { WSAGetLastError() } };
    (answer, bytes, code)
}

#[test]
fn operations_of_other_threads_go_on() {
    start();
    let (client, server) = pair();
    let event = || {
        // SAFETY: an event without attributes and name.
        unsafe { CreateEventW(null(), TRUE, FALSE, null()) }
    };
    let (mut own, mut other) = (
        OVERLAPPED { hEvent: event(), ..Default::default() },
        OVERLAPPED { hEvent: event(), ..Default::default() },
    );
    let (mut own_room, mut other_room) = ([0u8; 8], [0u8; 8]);
    receive(server, &mut own_room, &mut own);
    std::thread::scope(|scope| {
        let (started, begin) = std::sync::mpsc::channel();
        let (cancelled, go_on) = std::sync::mpsc::channel();
        let (overlapped, room) = ((&raw mut other).expose_provenance(), &mut other_room);
        scope.spawn(move || {
            let overlapped = std::ptr::with_exposed_provenance_mut::<OVERLAPPED>(overlapped);
            // SAFETY: this thread alone uses it, as long as the scope lasts.
            let overlapped = unsafe { &mut *overlapped };
            receive(server, room, overlapped);
            started.send(()).unwrap();
            go_on.recv().unwrap();
            assert_eq!(end(server, overlapped), (TRUE, 3, 0));
        });
        begin.recv().unwrap();
        // SAFETY: the socket is open.
        assert_eq!(unsafe { CancelIo(server as HANDLE) }, TRUE);
        assert_eq!(end(server, &own), (FALSE, 0, WSA_OPERATION_ABORTED));
        // SAFETY: the data is readable.
        assert_eq!(unsafe { send(client, c"all".as_ptr().cast(), 3, 0) }, 3);
        cancelled.send(()).unwrap();
    });
    assert_eq!(&other_room[..3], b"all");
    // SAFETY: nothing is under way: that is a success too.
    assert_eq!(unsafe { CancelIo(server as HANDLE) }, TRUE);
    for event in [own.hEvent, other.hEvent] {
        // SAFETY: it is ours.
        assert_eq!(unsafe { CloseHandle(event) }, TRUE);
    }
    close(client);
    close(server);
}
