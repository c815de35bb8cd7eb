//! `AcceptEx` with rooms of any length, and `GetAcceptExSockaddrs` on buffers of any content.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

use crate::address::Kind;
use crate::codes::check;
use crate::memory::Lent;
use crate::options::bind_inside;
use crate::process::last_error;
use arbitrary::{Arbitrary, Unstructured};
use std::ptr::null_mut;
use winsock::win32::*;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    kind: Kind,
    accepts: Vec<Accept>,
    content: &'a [u8],
    lengths: [u8; 3],
    null: u8,
}

#[derive(Arbitrary, Debug)]
struct Accept {
    kind: Kind,
    data: u8,
    local: u8,
    remote: u8,
    null: u8,
    /// How many bytes the client sends, if there is one.
    client: Option<u8>,
    ends: bool,
}

/// Any bytes.
pub(crate) fn run(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else { return };
    addresses_in(&mut Lent::new(input.content), input.lengths.map(u32::from), input.null);
    let listener = input.kind.socket();
    bind_inside(listener, input.kind);
    // SAFETY: no memory is passed.
    check("listen", unsafe { listen(listener, 5) } == 0);
    for accept in input.accepts.iter().take(6) {
        accept_one(listener, input.kind, accept);
    }
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { closesocket(listener) }, 0);
}

/// The addresses that are found lie in the buffer.
fn addresses_in(buffer: &mut Lent, lengths: [u32; 3], null: u8) {
    let [data, local, remote] = lengths;
    // A buffer that is shorter than its lengths is no valid memory.
    if buffer.len() < lengths.iter().sum::<u32>() as usize {
        return;
    }
    let range = buffer.bytes().as_ptr_range();
    let (mut names, mut lens) = ([null_mut::<SOCKADDR>(); 2], [-1i32; 2]);
    let wants = |bit: u8| null & bit == 0;
    let [local_name, remote_name] = &mut names;
    let [local_len, remote_len] = &mut lens;
    // SAFETY: the buffer has all three lengths; the results are variables, or NULL.
    unsafe {
        GetAcceptExSockaddrs(
            buffer.pointer_unless(!wants(1)),
            data,
            local,
            remote,
            if wants(2) { local_name } else { null_mut() },
            if wants(4) { local_len } else { null_mut() },
            if wants(8) { remote_name } else { null_mut() },
            if wants(16) { remote_len } else { null_mut() },
        )
    };
    for (name, len) in names.into_iter().zip(lens) {
        if !name.is_null() {
            let start = name.cast::<u8>().cast_const();
            let end = start.wrapping_add(len.max(0) as usize);
            assert!(range.start <= start && end <= range.end, "the address lies in the buffer");
        }
    }
}

fn accept_one(listener: SOCKET, kind: Kind, accept: &Accept) {
    let s = accept.kind.socket();
    let lengths = [accept.data, accept.local, accept.remote].map(u32::from);
    let mut buffer = Lent::room(lengths.iter().sum::<u32>() as usize);
    let mut overlapped: Box<OVERLAPPED> = Box::default();
    let mut bytes = 0;
    let [data, local, remote] = lengths;
    let overlapped_or_null = if accept.null & 1 == 0 { &raw mut *overlapped } else { null_mut() };
    // SAFETY: the buffer has all three lengths, and everything stays until the operation has ended.
    let done = unsafe {
        let out = buffer.pointer_unless(accept.null & 2 != 0);
        AcceptEx(listener, s, out, data, local, remote, &mut bytes, overlapped_or_null)
    };
    check("AcceptEx", done == TRUE);
    let started = done == TRUE || last_error() == WSA_IO_PENDING;
    let client = accept.client.and_then(|len| connected(listener, kind, len));
    if let Some(client) = client.filter(|_| accept.ends) {
        // SAFETY: no memory is passed.
        check("shutdown", unsafe { shutdown(client, SD_SEND) } == 0);
    }
    if started {
        let listener = listener as HANDLE;
        // What does not end by itself is cancelled.
        let patience = if client.is_some() && (accept.data == 0 || accept.ends) { 2_000 } else { 0 };
        let (mut len, pointer) = (0, &raw const *overlapped);
        // SAFETY: the operation was started.
        if unsafe { GetOverlappedResultEx(listener, pointer, &mut len, patience, FALSE) } == FALSE {
            check("GetOverlappedResult", false);
            // SAFETY: the pointer is compared only.
            check("CancelIoEx", unsafe { CancelIoEx(listener, pointer) } == TRUE);
        }
        // SAFETY: the operation was started.
        let done = unsafe { GetOverlappedResult(listener, pointer, &mut len, TRUE) } == TRUE;
        check("GetOverlappedResult", done);
        if done {
            assert!(len <= data);
            addresses_in(&mut buffer, lengths, 0);
        }
    }
    for open in client.into_iter().chain([s]) {
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { closesocket(open) }, 0);
    }
}

/// A client of the listener, that has sent so many bytes.
fn connected(listener: SOCKET, kind: Kind, len: u8) -> Option<SOCKET> {
    let (mut name, mut name_len) = (Lent::room(128), 128);
    // SAFETY: there are 128 bytes.
    if unsafe { getsockname(listener, name.pointer(), &mut name_len) } != 0 {
        return None;
    }
    let client = kind.socket();
    let mut blocks = 0;
    // Once connected, it sends at once.
    // SAFETY: the number is readable and writable.
    assert_eq!(unsafe { ioctlsocket(client, FIONBIO, &mut blocks) }, 0);
    // SAFETY: the address is whole.
    let connected = unsafe { connect(client, name.pointer(), name_len) } == 0;
    check("connect", connected);
    if !connected {
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { closesocket(client) }, 0);
        return None;
    }
    let data = vec![7; len.into()];
    // SAFETY: so many bytes are readable.
    check("WSASend", unsafe { winsock::win32::send(client, data.as_ptr(), len.into(), 0) } >= 0);
    Some(client)
}
