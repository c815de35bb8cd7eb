//! Addresses of the caller's, of any family and length: bind, connect, send to, and where addresses are written.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

use crate::codes::{check, check_code};
use crate::inside;
use crate::memory::Lent;
use arbitrary::{Arbitrary, Unstructured};
use std::ptr::{null, null_mut};
use winsock::win32::*;

/// A kind of socket.
#[derive(Arbitrary, Debug, Clone, Copy)]
pub(crate) enum Kind {
    Tcp4,
    Udp4,
    Tcp6,
    Udp6,
    Unix,
}

impl Kind {
    /// A socket of the kind, which does not block.
    pub(crate) fn socket(self) -> SOCKET {
        let (family, kind) = match self {
            Kind::Tcp4 => (AF_INET, SOCK_STREAM),
            Kind::Udp4 => (AF_INET, SOCK_DGRAM),
            Kind::Tcp6 => (AF_INET6, SOCK_STREAM),
            Kind::Udp6 => (AF_INET6, SOCK_DGRAM),
            Kind::Unix => (AF_UNIX, SOCK_STREAM),
        };
        // SAFETY: no memory is passed.
        let s = unsafe { socket(family.into(), kind, 0) };
        check("socket", s != INVALID_SOCKET);
        assert_ne!(s, INVALID_SOCKET);
        let mut on = 1;
        // SAFETY: the number is readable and writable.
        assert_eq!(unsafe { ioctlsocket(s, FIONBIO, &mut on) }, 0);
        s
    }
}

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    kind: Kind,
    calls: Vec<(Call, Name<'a>)>,
}

#[derive(Arbitrary, Debug)]
enum Call {
    Bind,
    Connect,
    WsaConnect,
    SendTo,
    Listen,
    Accept { room: i8 },
    OwnName { room: i8 },
    PeerName { room: i8 },
    ReceiveFrom { room: i8 },
    Text { room: u8 },
    NameInfo { room: u8, flags: u8 },
}

/// An address: its own bytes, or those of the socket itself.
#[derive(Arbitrary, Debug)]
struct Name<'a> {
    family: Option<u8>,
    len: Option<i32>,
    null: bool,
    bytes: &'a [u8],
}

impl Name<'_> {
    fn lent(&self, leaves: bool) -> (Lent, i32) {
        let mut bytes = self.bytes.to_vec();
        if let (Some(family), Some(place)) = (self.family, bytes.get_mut(..2)) {
            place.copy_from_slice(&[family, 0]);
        }
        if leaves {
            inside::destination(&mut bytes)
        } else {
            inside::path(&mut bytes)
        }
        // A length that is not the memory's may only be one that no address has.
        let len = match self.len {
            Some(len @ (..2 | 4097..)) => len,
            Some(_) | None => bytes.len() as i32,
        };
        (Lent::new(&bytes), len)
    }
}

/// Any bytes.
pub(crate) fn run(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let s = input.kind.socket();
    for (call, name) in input.calls.iter().take(24) {
        perform(s, call, name);
    }
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { closesocket(s) }, 0);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { closesocket(s) }, SOCKET_ERROR, "the handle is stale");
}

/// The address of the socket, or why it has none.
fn own(s: SOCKET) -> Result<Vec<u8>, i32> {
    let (mut name, mut len) = (Lent::room(128), 128);
    // SAFETY: there are 128 bytes.
    match unsafe { getsockname(s, name.pointer(), &mut len) } {
        0 => Ok(name.bytes()[..len as usize].to_vec()),
        _ => Err(crate::process::last_error()),
    }
}

fn perform(s: SOCKET, call: &Call, name: &Name<'_>) {
    let (mut address, len) = name.lent(!matches!(call, Call::Bind));
    let pointer: *mut SOCKADDR = address.pointer_unless(name.null);
    match *call {
        Call::Bind => {
            let before = own(s);
            // SAFETY: so many bytes are readable, or the length is refused.
            let bound = unsafe { bind(s, pointer, len) } == 0;
            check("bind", bound);
            assert!(bound || own(s) == before, "a failure changes nothing");
        }
        Call::Connect => {
            // SAFETY: as above.
            check("connect", unsafe { connect(s, pointer, len) } == 0);
        }
        Call::WsaConnect => {
            // SAFETY: as above.
            let connected = unsafe { WSAConnect(s, pointer, len, null(), null_mut(), null(), null()) };
            check("connect", connected == 0);
        }
        Call::SendTo => {
            // SAFETY: as above.
            check("WSASend", unsafe { sendto(s, [7; 9].as_ptr(), 9, 0, pointer, len) } >= 0);
        }
        Call::Listen => {
            // SAFETY: no memory is passed.
            check("listen", unsafe { listen(s, len) } == 0);
        }
        Call::Accept { room } => {
            let (mut out, mut room_len) = (Lent::room(room.max(0) as usize), i32::from(room));
            // SAFETY: there is so much room.
            let accepted = unsafe { accept(s, out.pointer_unless(name.null), &mut room_len) };
            check("accept", accepted != INVALID_SOCKET);
            if accepted != INVALID_SOCKET {
                // SAFETY: no memory is passed.
                assert_eq!(unsafe { closesocket(accepted) }, 0);
            }
        }
        Call::OwnName { room } => {
            let (mut out, mut room_len) = (Lent::room(room.max(0) as usize), i32::from(room));
            // SAFETY: there is so much room.
            let done = unsafe { getsockname(s, out.pointer_unless(name.null), &mut room_len) } == 0;
            check("getsockname", done);
            assert!(room_len <= room.into(), "no more than there is room for");
        }
        Call::PeerName { room } => {
            let (mut out, mut room_len) = (Lent::room(room.max(0) as usize), i32::from(room));
            // SAFETY: there is so much room.
            let done = unsafe { getpeername(s, out.pointer_unless(name.null), &mut room_len) } == 0;
            check("getpeername", done);
            assert!(room_len <= room.into(), "no more than there is room for");
        }
        Call::ReceiveFrom { room } => {
            let (mut out, mut room_len) = (Lent::room(room.max(0) as usize), i32::from(room));
            let mut data = Lent::room(4);
            // SAFETY: there is so much room.
            let got =
                unsafe { recvfrom(s, data.pointer(), 4, 0, out.pointer_unless(name.null), &mut room_len) };
            check("WSARecv", got >= 0);
        }
        Call::Text { room } => {
            let (mut out, mut room_len) = (Lent::room(room.into()), u32::from(room));
            // SAFETY: so many bytes are readable, and there is so much room.
            let done = unsafe {
                WSAAddressToStringA(pointer, address.len() as u32, null(), out.pointer(), &mut room_len)
            };
            check("WSAStringToAddress", done == 0);
        }
        Call::NameInfo { room, flags } => {
            let (mut host, mut service) = (Lent::room(room.into()), Lent::room(room.into()));
            let flags = i32::from(flags) | (NI_NUMERICHOST | NI_NUMERICSERV) as i32;
            let room = room.into();
            // SAFETY: as above.
            let code =
                unsafe { getnameinfo(pointer, len, host.pointer(), room, service.pointer(), room, flags) };
            check_code("getnameinfo", code);
        }
    }
}
