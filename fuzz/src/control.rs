//! Messages with control data: `WSASendMsg` with any bytes, `WSARecvMsg` with any room.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

use crate::address::Kind;
use crate::codes::check;
use crate::inside;
use crate::memory::Lent;
use crate::options::bind_inside;
use arbitrary::{Arbitrary, Unstructured};
use std::ptr::null_mut;
use winsock::win32::*;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    v6: bool,
    /// Which options that add control data are on.
    shown: u8,
    messages: Vec<Message<'a>>,
}

#[derive(Arbitrary, Debug)]
struct Message<'a> {
    data: u8,
    buffers: u8,
    flags: Option<u32>,
    /// An address; else that of the socket itself.
    name: Option<&'a [u8]>,
    items: Vec<Item<'a>>,
    raw: &'a [u8],
    room: u8,
    name_room: u8,
    control_room: u8,
    null: u8,
}

/// A control message that is nearly right.
#[derive(Arbitrary, Debug)]
struct Item<'a> {
    v6: bool,
    kind: u8,
    len: Option<u8>,
    data: &'a [u8],
}

const HEADER: usize = 16;
/// `IP_PKTINFO`, `IP_RECVTTL` and `IPV6_HOPLIMIT`, `IP_RECVTOS` and `IPV6_RECVTCLASS`, `IP_RECVECN`.
const SHOWN: [i32; 4] = [IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVECN];

/// Any bytes.
pub(crate) fn run(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let kind = if input.v6 { Kind::Udp6 } else { Kind::Udp4 };
    let s = kind.socket();
    bind_inside(s, kind);
    let level = if input.v6 { IPPROTO_IPV6 } else { IPPROTO_IP };
    for (index, name) in SHOWN.into_iter().enumerate() {
        let on = u32::from(input.shown >> index & 1);
        // SAFETY: four bytes are readable.
        check("setsockopt", unsafe { setsockopt(s, level, name, (&raw const on).cast(), 4) } == 0);
    }
    for message in input.messages.iter().take(8) {
        send(s, message);
        receive(s, message);
    }
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { closesocket(s) }, 0);
}

fn control_data(message: &Message<'_>) -> Vec<u8> {
    let mut control = Vec::new();
    for item in message.items.iter().take(6) {
        let level = if item.v6 { IPPROTO_IPV6 } else { IPPROTO_IP };
        let len = item.len.map_or(HEADER + item.data.len(), usize::from);
        control.extend_from_slice(&len.to_ne_bytes());
        control.extend_from_slice(&level.to_ne_bytes());
        control.extend_from_slice(&i32::from(item.kind).to_ne_bytes());
        control.extend_from_slice(item.data);
        control.resize(control.len().next_multiple_of(8), 0);
    }
    control.extend_from_slice(message.raw);
    control
}

fn send(s: SOCKET, message: &Message<'_>) {
    let mut data = Lent::new(&vec![7; message.data.into()]);
    let mut buffers =
        vec![WSABUF { len: data.len() as u32, buf: data.pointer() }; (message.buffers % 4).into()];
    let name = match message.name {
        Some(name) => {
            let mut name = name.to_vec();
            inside::destination(&mut name);
            name
        }
        None => own(s),
    };
    let mut name = Lent::new(&name);
    let mut control = Lent::new(&control_data(message));
    let mut lent = WSAMSG {
        name: name.pointer_unless(message.null & 1 != 0),
        namelen: name.len() as i32,
        lpBuffers: buffers.as_mut_ptr(),
        dwBufferCount: buffers.len() as u32,
        Control: WSABUF { len: control.len() as u32, buf: control.pointer_unless(message.null & 2 != 0) },
        dwFlags: message.flags.unwrap_or(0),
    };
    let mut sent = 0;
    let flags = message.flags.unwrap_or(0);
    // SAFETY: everything is as long as it says.
    let result = unsafe { WSASendMsg(s, &raw mut lent, flags, &mut sent, null_mut(), None) };
    check("WSASendMsg", result == 0);
}

fn own(s: SOCKET) -> Vec<u8> {
    let (mut name, mut len) = (Lent::room(32), 32);
    // SAFETY: there are 32 bytes.
    assert_eq!(unsafe { getsockname(s, name.pointer(), &mut len) }, 0);
    name.bytes()[..len as usize].to_vec()
}

fn receive(s: SOCKET, message: &Message<'_>) {
    let mut data = Lent::room(message.room.into());
    let mut buffer = WSABUF { len: data.len() as u32, buf: data.pointer() };
    let mut name = Lent::room(message.name_room.into());
    let mut control = Lent::room(message.control_room.into());
    let mut lent = WSAMSG {
        name: name.pointer_unless(message.null & 4 != 0),
        namelen: name.len() as i32,
        lpBuffers: &raw mut buffer,
        dwBufferCount: 1,
        Control: WSABUF { len: control.len() as u32, buf: control.pointer_unless(message.null & 8 != 0) },
        dwFlags: message.flags.unwrap_or(0) & MSG_PEEK as u32,
    };
    let mut received = 0;
    // SAFETY: everything is as long as it says.
    let result = unsafe { WSARecvMsg(s, &raw mut lent, &mut received, null_mut(), None) };
    check("WSARecvMsg", result == 0);
    if result != 0 {
        return;
    }
    assert!(received <= data.len() as u32);
    let len = lent.Control.len as usize;
    assert!(len <= control.len(), "no more than there is room for");
    if lent.Control.buf.is_null() {
        return;
    }
    let mut rest = &control.bytes()[..len];
    while rest.len() >= HEADER {
        let item = usize::from_ne_bytes(rest[..8].try_into().expect("eight bytes"));
        assert!((HEADER..=rest.len()).contains(&item), "a control message lies within the data");
        rest = rest.get(item.next_multiple_of(8)..).unwrap_or(&[]);
    }
    assert!(rest.is_empty(), "nothing is left over");
}
