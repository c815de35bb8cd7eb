//! Options and ioctls of any number, with values of any length.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

use crate::address::Kind;
use crate::codes::check;
use crate::inside;
use crate::memory::Lent;
use arbitrary::{Arbitrary, Unstructured};
use std::ptr::null_mut;
use winsock::win32::*;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    kind: Kind,
    /// Bound, so that it has what comes with an address.
    bound: bool,
    calls: Vec<Call<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Call<'a> {
    Set { option: Id, value: &'a [u8], len: Option<i32>, null: bool },
    Get { option: Id, room: u8, len: Option<i32>, null: bool },
    Control { code: Code, input: &'a [u8], room: u8, null: [bool; 3] },
    Plain { command: Code, value: u32, null: bool },
}

/// An option: mostly one of those that there are.
#[derive(Arbitrary, Debug, Clone, Copy)]
enum Id {
    Socket(u8),
    /// `SO_SNDBUF` and its neighbours.
    Buffers(u8),
    /// Microsoft's own.
    Own(u8),
    Ip(u8),
    Ipv6(u8),
    Tcp(u8),
    Udp(u8),
    Any(i32, i32),
}

impl Id {
    fn numbers(self) -> (i32, i32) {
        match self {
            Id::Socket(name) => (SOL_SOCKET, name.into()),
            Id::Buffers(name) => (SOL_SOCKET, 0x1000 | i32::from(name)),
            Id::Own(name) => (SOL_SOCKET, if name & 1 == 0 { 0x3000 } else { 0x7000 } | i32::from(name >> 1)),
            Id::Ip(name) => (IPPROTO_IP, name.into()),
            Id::Ipv6(name) => (IPPROTO_IPV6, name.into()),
            Id::Tcp(name) => (IPPROTO_TCP, name.into()),
            Id::Udp(name) => (IPPROTO_UDP, name.into()),
            Id::Any(level, name) => (level, name),
        }
    }
}

/// An ioctl: mostly one of those that there are.
#[derive(Arbitrary, Debug, Clone, Copy)]
enum Code {
    Known(u8),
    Any(u32),
}

/// `_IOR('t', 127, ULONG)`, which windows-sys does not have.
const SIO_GET_INTERFACE_LIST: u32 = 0x4004_747F;

const KNOWN: [u32; 20] = [
    FIONBIO as u32,
    FIONREAD as u32,
    SIOCATMARK as u32,
    SIO_KEEPALIVE_VALS,
    SIO_UDP_CONNRESET,
    SIO_UDP_NETRESET,
    SIO_ADDRESS_LIST_QUERY,
    SIO_ADDRESS_LIST_CHANGE,
    SIO_ROUTING_INTERFACE_QUERY,
    SIO_ROUTING_INTERFACE_CHANGE,
    SIO_GET_INTERFACE_LIST,
    SIO_GET_BROADCAST_ADDRESS,
    SIO_MULTIPOINT_LOOPBACK,
    SIO_MULTICAST_SCOPE,
    SIO_GET_EXTENSION_FUNCTION_POINTER,
    SIO_BASE_HANDLE,
    SIO_LOOPBACK_FAST_PATH,
    SIO_TCP_INFO,
    SIO_AF_UNIX_GETPEERPID,
    SIO_BSP_HANDLE,
];

impl Code {
    fn number(self) -> u32 {
        match self {
            Code::Known(index) => KNOWN[usize::from(index) % KNOWN.len()],
            Code::Any(code) => code,
        }
    }
}

/// Any bytes.
pub(crate) fn run(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let s = input.kind.socket();
    if input.bound {
        bind_inside(s, input.kind);
    }
    for call in input.calls.iter().take(24) {
        perform(s, call);
    }
    // A close that lingers would wait.
    let linger = 0u32;
    // SAFETY: four bytes are readable.
    unsafe { setsockopt(s, SOL_SOCKET, SO_DONTLINGER, (&raw const linger).cast(), 4) };
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { closesocket(s) }, 0);
}

/// Binds to the loopback address and any port.
pub(crate) fn bind_inside(s: SOCKET, kind: Kind) {
    let mut name = [0u8; 28];
    let len = match kind {
        Kind::Tcp4 | Kind::Udp4 => {
            name[0] = AF_INET as u8;
            name[4..8].copy_from_slice(&[127, 0, 0, 1]);
            16
        }
        Kind::Tcp6 | Kind::Udp6 => {
            name[0] = AF_INET6 as u8;
            name[23] = 1;
            28
        }
        Kind::Unix => return,
    };
    // SAFETY: the address is whole.
    check("bind", unsafe { bind(s, name.as_ptr().cast(), len) } == 0);
}

/// The value of an option, if it can be read.
fn value(s: SOCKET, (level, name): (i32, i32)) -> Option<Vec<u8>> {
    let (mut out, mut len) = (Lent::room(1024), 1024);
    // SAFETY: there are so many bytes.
    let got = unsafe { getsockopt(s, level, name, out.pointer(), &mut len) } == 0;
    got.then(|| out.bytes()[..len as usize].to_vec())
}

/// Whether the value changes by itself, or by being read.
fn is_restless((level, name): (i32, i32)) -> bool {
    // Errors, times, and a structure with pointers to itself.
    level == SOL_SOCKET && matches!(name, SO_ERROR | SO_CONNECT_TIME | SO_BSP_STATE)
}

fn perform(s: SOCKET, call: &Call<'_>) {
    match *call {
        Call::Set { option, value: bytes, len, null } => {
            let option = option.numbers();
            let mut bytes = bytes.to_vec();
            if matches!(option.0, IPPROTO_IP | IPPROTO_IPV6) {
                inside::group(&mut bytes);
            }
            let mut lent = Lent::new(&bytes);
            // A length that is not the memory's may only be one that is refused.
            let len = len.filter(|&len| len < 0).unwrap_or(bytes.len() as i32);
            let before = value(s, option);
            // SAFETY: so many bytes are readable, or the length is negative.
            let set = unsafe { setsockopt(s, option.0, option.1, lent.pointer_unless(null), len) } == 0;
            check("setsockopt", set);
            let same = set || is_restless(option) || value(s, option) == before;
            assert!(same, "a failure changes nothing: {option:?}");
        }
        Call::Get { option: id, room, len, null } => {
            let (level, name) = id.numbers();
            let mut out = Lent::room(room.into());
            let given = len.filter(|&len| len < 0).unwrap_or(room.into());
            let mut len = given;
            // SAFETY: there is so much room, or the length is negative.
            let got = unsafe { getsockopt(s, level, name, out.pointer_unless(null), &mut len) } == 0;
            check("getsockopt", got);
            assert!(!got || (0..=given).contains(&len), "{len} of {given}");
        }
        Call::Control { code, input, room, null } => {
            let mut input = input.to_vec();
            let code = code.number();
            if code == FIONBIO as u32
                && let Some(low) = input.first_mut()
            {
                // A blocking socket would wait for ever.
                *low |= 1;
            }
            let input_len = input.len() as u32;
            let (mut lent, mut out, mut count) = (Lent::new(&input), Lent::room(room.into()), Lent::room(4));
            // SAFETY: so many bytes are readable, and there is so much room.
            let result = unsafe {
                WSAIoctl(
                    s,
                    code,
                    lent.pointer_unless(null[0]),
                    input_len,
                    out.pointer_unless(null[1]),
                    room.into(),
                    count.pointer_unless(null[2]),
                    null_mut(),
                    None,
                )
            };
            check("WSAIoctl", result == 0);
            let count = u32::from_ne_bytes(count.bytes().try_into().expect("four bytes"));
            assert!(result != 0 || count <= room.into(), "{count} of {room}");
        }
        Call::Plain { command, value, null } => {
            let command = command.number() as i32;
            let value = if command == FIONBIO { 1 } else { value };
            let mut argument = Lent::new(&value.to_ne_bytes());
            // SAFETY: the number is readable and writable.
            let done = unsafe { ioctlsocket(s, command, argument.pointer_unless(null)) } == 0;
            check("ioctlsocket", done);
        }
    }
}
