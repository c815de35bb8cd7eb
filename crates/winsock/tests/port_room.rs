//! A send that finds no room goes on as soon as there is some, whichever thread hears of it first.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

#[path = "common/call.rs"]
mod call;
mod common;
#[path = "common/port.rs"]
mod port;

use call::{rx, set_option};
use common::{close, last_error, pair, start};
use port::*;
use std::ptr::null_mut;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use winsock::win32::*;

const MESSAGE: usize = 16 * 1024;
const MESSAGES: usize = 1500;

#[test]
fn sends_without_room_go_on_while_others_drive_the_port() {
    start();
    let (sender, receiver) = pair();
    set_option(sender, SOL_SOCKET, SO_SNDBUF, 4096);
    let port = Port::new();
    port.add(sender);
    let (tell, told) = mpsc::channel();

    thread::scope(|scope| {
        // It waits in the engine while the next send is started.
        scope.spawn(|| {
            for _ in 0..MESSAGES {
                let taken = port.take_next_of(sender);
                assert_eq!((taken.bytes as usize, taken.error), (MESSAGE, 0));
                tell.send(taken.overlapped).unwrap();
            }
        });
        scope.spawn(|| {
            let mut room = vec![0; 3 * MESSAGE];
            let mut received = 0;
            while received < MESSAGES * MESSAGE {
                received += rx(receiver, &mut room, 0).unwrap();
            }
            assert_eq!(received, MESSAGES * MESSAGE);
        });
        let data = vec![7; MESSAGE];
        for _ in 0..MESSAGES {
            let mut operation = Operation::new();
            let buffer = WSABUF { len: MESSAGE as u32, buf: data.as_ptr().cast_mut() };
            // SAFETY: the operation and the data live until its packet has come.
            let result = unsafe { WSASend(sender, &buffer, 1, null_mut(), 0, operation.pointer(), None) };
            assert!(result == 0 || last_error() == WSA_IO_PENDING);
            let ended = told.recv_timeout(Duration::from_millis(LIMIT_MS.into())).expect("the send ends");
            assert_eq!(ended, operation.address());
        }
    });
    close(sender);
    close(receiver);
}
