//! The options that need more than one number handed on to Linux.

use super::{L_IP, L_TCP, L_V6, SOL, linux};
use crate::error::Error;
use crate::linux::bind;
use crate::linux::connection;
use crate::linux::control::Classes;
use crate::linux::network_events;
use crate::linux::socket::{Phase, Socket};
use crate::linux::sys::socket as base;
use crate::linux::translate::{self, Family, Kind};
use crate::win32;

type Outcome<T> = Result<T, Error>;

const fn sol(name: i32) -> (i32, i32) {
    (win32::SOL_SOCKET, name)
}

const fn tcp(name: i32) -> (i32, i32) {
    (win32::IPPROTO_TCP, name)
}

fn kept(socket: &Socket, id: (i32, i32), default: u32) -> Outcome<u32> {
    Ok(socket.options.get(id).unwrap_or(default))
}

// ---- the state of the socket

pub(super) fn is_listening(socket: &Socket) -> Outcome<u32> {
    Ok((socket.phase() == Phase::Listening).into())
}

pub(super) fn kind(socket: &Socket) -> Outcome<u32> {
    Ok(socket.kind.winsock() as u32)
}

/// Seconds, or all bits set without a connection.
pub(super) fn connect_time(socket: &Socket) -> Outcome<u32> {
    socket.settle();
    Ok(socket.connected_for().map_or(u32::MAX, |time| time.as_secs() as u32))
}

/// The longest datagram: what 16 bits of length leave beside the headers.
pub(super) fn max_message(socket: &Socket) -> Outcome<u32> {
    const IPV4_HEADER: u32 = 20;
    const UDP_HEADER: u32 = 8;
    let outer = match socket.family {
        Family::V4 => IPV4_HEADER,
        // The length of an IPv6 packet does not count its header.
        Family::V6 | Family::Unix => 0,
    };
    let inner = match socket.kind {
        Kind::Datagram => UDP_HEADER,
        Kind::Raw | Kind::Stream => 0,
    };
    Ok(65535 - outer - inner)
}

/// The error that nobody has been told of, as a Winsock code; asking takes it.
pub(super) fn take_error(socket: &Socket) -> Outcome<u32> {
    socket.settle();
    // The end of a connect is told before its error is taken.
    network_events::look_again(socket);
    let _call = network_events::Call::other(socket);
    if let Some(error) = socket.take_pending_error().or_else(|| socket.take_report()) {
        return Ok(error.code() as u32);
    }
    Ok(connection::take_linux_error(socket)?.map_or(0, |error| error.code() as u32))
}

// ---- addresses and ports

const REUSE: (i32, i32) = sol(win32::SO_REUSEADDR);
const EXCLUSIVE: (i32, i32) = sol(win32::SO_EXCLUSIVEADDRUSE);
const RANDOMIZE: (i32, i32) = sol(win32::SO_RANDOMIZE_PORT);

pub(super) fn reuses(socket: &Socket) -> Outcome<u32> {
    kept(socket, REUSE, 0)
}

pub(super) fn is_exclusive(socket: &Socket) -> Outcome<u32> {
    kept(socket, EXCLUSIVE, 0)
}

/// The two exclude each other.
pub(super) fn set_reuse(socket: &Socket, on: u32) -> Outcome<()> {
    if on != 0 && is_exclusive(socket)? != 0 {
        return Err(Error::WSAEINVAL);
    }
    socket.options.set(REUSE, on);
    Ok(())
}

/// Too late once the socket is bound.
pub(super) fn set_exclusive(socket: &Socket, on: u32) -> Outcome<()> {
    if socket.phase() != Phase::Unbound || on != 0 && reuses(socket)? != 0 {
        return Err(Error::WSAEINVAL);
    }
    socket.options.set(EXCLUSIVE, on);
    Ok(())
}

pub(super) fn randomizes_port(socket: &Socket) -> Outcome<u32> {
    kept(socket, RANDOMIZE, 0)
}

pub(super) fn set_randomize_port(socket: &Socket, on: u32) -> Outcome<()> {
    let reused = socket.kind == Kind::Stream
        && base::option_i32(socket.fd(), L_IP, linux::IP_BIND_ADDRESS_NO_PORT)? != 0;
    if socket.phase() != Phase::Unbound || reused {
        return Err(Error::WSAEINVAL);
    }
    socket.options.set(RANDOMIZE, on);
    Ok(())
}

impl Socket {
    /// What `SO_REUSEADDR` and `SO_EXCLUSIVEADDRUSE` make of the socket.
    pub(crate) fn sharing(&self) -> bind::Sharing {
        let is_set = |id| self.options.get(id).unwrap_or(0) != 0;
        match (is_set(EXCLUSIVE), is_set(REUSE)) {
            (true, _) => bind::Sharing::Exclusive,
            (false, true) => bind::Sharing::Reuse,
            (false, false) => bind::Sharing::Default,
        }
    }
}

// ---- closing

pub(super) fn linger(socket: &Socket) -> Outcome<Vec<u8>> {
    let (on, seconds) = linux::linger(socket.fd())?;
    let seconds = u16::try_from(seconds).unwrap_or(u16::MAX);
    Ok([u16::from(on).to_ne_bytes(), seconds.to_ne_bytes()].concat())
}

pub(super) fn set_linger(socket: &Socket, value: &[u8]) -> Outcome<()> {
    let on = u16::from_ne_bytes([value[0], value[1]]) != 0;
    let seconds = u16::from_ne_bytes([value[2], value[3]]);
    Ok(base::set_linger(socket.fd(), on, seconds.into())?)
}

pub(super) fn does_not_linger(socket: &Socket) -> Outcome<u32> {
    Ok((!linux::linger(socket.fd())?.0).into())
}

pub(super) fn set_dontlinger(socket: &Socket, on: u32) -> Outcome<()> {
    let (_, seconds) = linux::linger(socket.fd())?;
    Ok(base::set_linger(socket.fd(), on == 0, seconds)?)
}

const CONDITIONAL: (i32, i32) = sol(win32::SO_CONDITIONAL_ACCEPT);

pub(super) fn accepts_on_condition(socket: &Socket) -> Outcome<u32> {
    kept(socket, CONDITIONAL, 0)
}

/// Linux has finished the handshake before the condition function runs: a rejected peer sees a connection that is
/// reset, where on Windows it may see none.
pub(super) fn set_conditional_accept(socket: &Socket, on: u32) -> Outcome<()> {
    if socket.phase() == Phase::Listening {
        return Err(Error::WSAEINVAL);
    }
    socket.options.set(CONDITIONAL, on);
    Ok(())
}

// ---- buffers and times

/// What Windows gives a new socket.
const DEFAULT_BUFFER: u32 = 65536;
const SEND_BUFFER: (i32, i32) = sol(win32::SO_SNDBUF);
const RECEIVE_BUFFER: (i32, i32) = sol(win32::SO_RCVBUF);

pub(super) fn send_buffer(socket: &Socket) -> Outcome<u32> {
    kept(socket, SEND_BUFFER, DEFAULT_BUFFER)
}

/// 0 asks to send straight from the caller's memory. Linux copies all the same, and keeps the buffer it has.
pub(super) fn set_send_buffer(socket: &Socket, size: u32) -> Outcome<()> {
    set_buffer(socket, SEND_BUFFER, linux::SO_SNDBUF, size)
}

pub(super) fn receive_buffer(socket: &Socket) -> Outcome<u32> {
    kept(socket, RECEIVE_BUFFER, DEFAULT_BUFFER)
}

pub(super) fn set_receive_buffer(socket: &Socket, size: u32) -> Outcome<()> {
    set_buffer(socket, RECEIVE_BUFFER, linux::SO_RCVBUF, size)
}

/// Linux doubles what it is given, and limits it: the program hears what it set.
fn set_buffer(socket: &Socket, id: (i32, i32), name: i32, size: u32) -> Outcome<()> {
    let linux_size = i32::try_from(size).map_err(|_| Error::WSAEINVAL)?;
    if linux_size > 0 {
        base::set_option(socket.fd(), SOL, name, linux_size)?;
    }
    socket.options.set(id, size);
    Ok(())
}

const SEND_TIMEOUT: (i32, i32) = sol(win32::SO_SNDTIMEO);
const RECEIVE_TIMEOUT: (i32, i32) = sol(win32::SO_RCVTIMEO);

pub(super) fn send_timeout(socket: &Socket) -> Outcome<u32> {
    kept(socket, SEND_TIMEOUT, 0)
}

pub(super) fn set_send_timeout(socket: &Socket, timeout_ms: u32) -> Outcome<()> {
    linux::set_timeout(socket.fd(), linux::SO_SNDTIMEO, timeout_ms)?;
    socket.options.set(SEND_TIMEOUT, timeout_ms);
    Ok(())
}

pub(super) fn receive_timeout(socket: &Socket) -> Outcome<u32> {
    kept(socket, RECEIVE_TIMEOUT, 0)
}

pub(super) fn set_receive_timeout(socket: &Socket, timeout_ms: u32) -> Outcome<()> {
    linux::set_timeout(socket.fd(), linux::SO_RCVTIMEO, timeout_ms)?;
    socket.options.set(RECEIVE_TIMEOUT, timeout_ms);
    Ok(())
}

/// Linux hands most options on to an accepted socket; not the time-outs of calls.
pub(super) fn inherit(accepted: &Socket) -> Outcome<()> {
    for (id, name) in [(SEND_TIMEOUT, linux::SO_SNDTIMEO), (RECEIVE_TIMEOUT, linux::SO_RCVTIMEO)] {
        match accepted.options.get(id) {
            None | Some(0) => {}
            Some(timeout_ms) => linux::set_timeout(accepted.fd(), name, timeout_ms)?,
        }
    }
    Ok(())
}

// ---- TCP

pub(super) fn segment_size(socket: &Socket) -> Outcome<u32> {
    Ok(base::option_i32(socket.fd(), L_TCP, linux::TCP_MAXSEG)? as u32)
}

const KEEP_IDLE: (i32, i32) = tcp(win32::TCP_KEEPIDLE);
const KEEP_INTERVAL: (i32, i32) = tcp(win32::TCP_KEEPINTVL);
const KEEP_COUNT: (i32, i32) = tcp(win32::TCP_KEEPCNT);
/// Windows' own: two hours, then ten probes a second apart.
const KEEP_DEFAULTS: [((i32, i32), i32, u32); 3] = [
    (KEEP_IDLE, linux::TCP_KEEPIDLE, 7200),
    (KEEP_INTERVAL, linux::TCP_KEEPINTVL, 1),
    (KEEP_COUNT, linux::TCP_KEEPCNT, 10),
];
/// The most that Linux takes.
const LINUX_KEEP_SECONDS: u32 = 32767;
const LINUX_KEEP_COUNT: u32 = 127;

pub(super) fn keeps_alive(socket: &Socket) -> Outcome<u32> {
    Ok(base::option_i32(socket.fd(), SOL, linux::SO_KEEPALIVE)? as u32)
}

pub(super) fn set_keepalive(socket: &Socket, on: u32) -> Outcome<()> {
    if on != 0 && socket.family != Family::Unix {
        for (id, name, default) in KEEP_DEFAULTS {
            if socket.options.get(id).is_none() {
                base::set_option(socket.fd(), L_TCP, name, default)?;
            }
        }
    }
    Ok(base::set_option(socket.fd(), SOL, linux::SO_KEEPALIVE, on)?)
}

pub(super) fn keep_idle(socket: &Socket) -> Outcome<u32> {
    kept(socket, KEEP_IDLE, 7200)
}

pub(super) fn set_keep_idle(socket: &Socket, seconds: u32) -> Outcome<()> {
    set_keep(socket, KEEP_IDLE, linux::TCP_KEEPIDLE, seconds, LINUX_KEEP_SECONDS)
}

pub(super) fn keep_interval(socket: &Socket) -> Outcome<u32> {
    kept(socket, KEEP_INTERVAL, 1)
}

pub(super) fn set_keep_interval(socket: &Socket, seconds: u32) -> Outcome<()> {
    set_keep(socket, KEEP_INTERVAL, linux::TCP_KEEPINTVL, seconds, LINUX_KEEP_SECONDS)
}

pub(super) fn keep_count(socket: &Socket) -> Outcome<u32> {
    kept(socket, KEEP_COUNT, 10)
}

pub(super) fn set_keep_count(socket: &Socket, count: u32) -> Outcome<()> {
    if count > 255 {
        return Err(Error::WSAEINVAL);
    }
    set_keep(socket, KEEP_COUNT, linux::TCP_KEEPCNT, count, LINUX_KEEP_COUNT)
}

fn set_keep(socket: &Socket, id: (i32, i32), name: i32, value: u32, linux_max: u32) -> Outcome<()> {
    if value == 0 {
        return Err(Error::WSAEINVAL);
    }
    base::set_option(socket.fd(), L_TCP, name, value.min(linux_max))?;
    socket.options.set(id, value);
    Ok(())
}

const MAX_RETRANSMIT: (i32, i32) = tcp(win32::TCP_MAXRT);

pub(super) fn max_retransmit_time(socket: &Socket) -> Outcome<u32> {
    kept(socket, MAX_RETRANSMIT, 0)
}

/// Seconds; -1 is for ever, of which Linux knows 24 days.
pub(super) fn set_max_retransmit_time(socket: &Socket, seconds: u32) -> Outcome<()> {
    let timeout_ms = match seconds as i32 {
        -1 => i32::MAX,
        seconds @ 0.. => seconds.saturating_mul(1000),
        _ => return Err(Error::WSAEINVAL),
    };
    base::set_option(socket.fd(), L_TCP, linux::TCP_USER_TIMEOUT, timeout_ms)?;
    socket.options.set(MAX_RETRANSMIT, seconds);
    Ok(())
}

pub(super) fn opens_fast(socket: &Socket) -> Outcome<u32> {
    Ok(base::option_i32(socket.fd(), L_TCP, linux::TCP_FASTOPEN)? as u32)
}

/// Linux wants to know how many connections may wait for the rest of their handshake.
pub(super) fn set_fast_open(socket: &Socket, on: u32) -> Outcome<()> {
    const QUEUE: u32 = 256;
    Ok(base::set_option(socket.fd(), L_TCP, linux::TCP_FASTOPEN, on * QUEUE)?)
}

// ---- UDP and IP

pub(super) fn sends_checksum(socket: &Socket) -> Outcome<u32> {
    Ok((base::option_i32(socket.fd(), SOL, linux::SO_NO_CHECK)? == 0).into())
}

pub(super) fn set_checksum(socket: &Socket, on: u32) -> Outcome<()> {
    Ok(base::set_option(socket.fd(), SOL, linux::SO_NO_CHECK, i32::from(on == 0))?)
}

const MAX_IP_OPTIONS: usize = 40;

pub(super) fn ip_options(socket: &Socket) -> Outcome<Vec<u8>> {
    let mut value = [0; MAX_IP_OPTIONS];
    let len = linux::bytes(socket.fd(), L_IP, linux::IP_OPTIONS, &mut value)?;
    Ok(value[..len].to_vec())
}

pub(super) fn set_ip_options(socket: &Socket, value: &[u8]) -> Outcome<()> {
    Ok(linux::set_bytes(socket.fd(), L_IP, linux::IP_OPTIONS, value)?)
}

pub(super) fn mtu_v4(socket: &Socket) -> Outcome<u32> {
    Ok(base::option_i32(socket.fd(), L_IP, linux::IP_MTU)? as u32)
}

pub(super) fn mtu_v6(socket: &Socket) -> Outcome<u32> {
    socket.settle();
    match socket.phase() {
        // Linux answers with the interface's then.
        Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting => Err(Error::WSAENOTCONN),
        Phase::Connected => Ok(base::option_i32(socket.fd(), L_V6, linux::IPV6_MTU)? as u32),
    }
}

pub(super) fn mtu_discovery_v4(socket: &Socket) -> Outcome<u32> {
    Ok(translate::mtu_discovery(base::option_i32(socket.fd(), L_IP, linux::IP_MTU_DISCOVER)?) as u32)
}

pub(super) fn set_mtu_discovery_v4(socket: &Socket, state: u32) -> Outcome<()> {
    let state = translate::linux_mtu_discovery(state as i32).ok_or(Error::WSAEINVAL)?;
    Ok(base::set_option(socket.fd(), L_IP, linux::IP_MTU_DISCOVER, state)?)
}

pub(super) fn mtu_discovery_v6(socket: &Socket) -> Outcome<u32> {
    Ok(translate::mtu_discovery(base::option_i32(socket.fd(), L_V6, linux::IPV6_MTU_DISCOVER)?) as u32)
}

pub(super) fn set_mtu_discovery_v6(socket: &Socket, state: u32) -> Outcome<()> {
    let state = translate::linux_mtu_discovery(state as i32).ok_or(Error::WSAEINVAL)?;
    Ok(base::set_option(socket.fd(), L_V6, linux::IPV6_MTU_DISCOVER, state)?)
}

pub(super) fn does_not_fragment(socket: &Socket) -> Outcome<u32> {
    let state = base::option_i32(socket.fd(), L_IP, linux::IP_MTU_DISCOVER)?;
    Ok((state == linux::IP_PMTUDISC_DO || state == linux::IP_PMTUDISC_PROBE).into())
}

pub(super) fn set_dontfragment(socket: &Socket, on: u32) -> Outcome<()> {
    let state = if on != 0 { linux::IP_PMTUDISC_DO } else { linux::IP_PMTUDISC_WANT };
    Ok(base::set_option(socket.fd(), L_IP, linux::IP_MTU_DISCOVER, state)?)
}

/// Without Teredo an edge-restricted socket is like an unrestricted one; Linux does not restrict one to its link.
pub(super) fn set_protection_level(socket: &Socket, level: u32) -> Outcome<()> {
    match level {
        win32::PROTECTION_LEVEL_UNRESTRICTED | win32::PROTECTION_LEVEL_EDGERESTRICTED => {
            socket.options.set(PROTECTION, level);
            Ok(())
        }
        win32::PROTECTION_LEVEL_RESTRICTED => Err(Error::WSAENOPROTOOPT),
        _ => Err(Error::WSAEINVAL),
    }
}

const PROTECTION: (i32, i32) = (win32::IPPROTO_IPV6, win32::IPV6_PROTECTION_LEVEL);

pub(super) fn protection_level(socket: &Socket) -> Outcome<u32> {
    kept(socket, PROTECTION, win32::PROTECTION_LEVEL_EDGERESTRICTED)
}

// ---- control data: where Winsock has two options for what Linux tells at once

/// Two options of Winsock, and the one of Linux that is on while either is.
struct Pair {
    first: (i32, i32),
    second: (i32, i32),
    linux: (i32, i32),
}

impl Pair {
    fn set(&self, socket: &Socket, id: (i32, i32), on: u32) -> Outcome<()> {
        let other = if id == self.first { self.second } else { self.first };
        let either = on | socket.options.get(other).unwrap_or(0);
        base::set_option(socket.fd(), self.linux.0, self.linux.1, either)?;
        socket.options.set(id, on);
        Ok(())
    }
}

const PACKET_V4: Pair = Pair {
    first: (win32::IPPROTO_IP, win32::IP_PKTINFO),
    second: (win32::IPPROTO_IP, win32::IP_RECVIF),
    linux: (L_IP, linux::IP_PKTINFO),
};
const PACKET_V6: Pair = Pair {
    first: (win32::IPPROTO_IPV6, win32::IPV6_PKTINFO),
    second: (win32::IPPROTO_IPV6, win32::IPV6_RECVIF),
    linux: (L_V6, linux::IPV6_RECVPKTINFO),
};
const CLASS_V4: Pair = Pair {
    first: (win32::IPPROTO_IP, win32::IP_RECVTOS),
    second: (win32::IPPROTO_IP, win32::IP_RECVECN),
    linux: (L_IP, linux::IP_RECVTOS),
};
const CLASS_V6: Pair = Pair {
    first: (win32::IPPROTO_IPV6, win32::IPV6_RECVTCLASS),
    second: (win32::IPPROTO_IPV6, win32::IPV6_RECVECN),
    linux: (L_V6, linux::IPV6_RECVTCLASS),
};

/// The reading and the setting function of one half of a pair.
macro_rules! half {
    ($get:ident, $set:ident, $pair:ident . $half:ident) => {
        pub(super) fn $get(socket: &Socket) -> Outcome<u32> {
            kept(socket, $pair.$half, 0)
        }

        pub(super) fn $set(socket: &Socket, on: u32) -> Outcome<()> {
            $pair.set(socket, $pair.$half, on)
        }
    };
}

half!(packet_info_v4, set_packet_info_v4, PACKET_V4.first);
half!(receive_interface_v4, set_receive_interface_v4, PACKET_V4.second);
half!(packet_info_v6, set_packet_info_v6, PACKET_V6.first);
half!(receive_interface_v6, set_receive_interface_v6, PACKET_V6.second);
half!(receive_tos, set_receive_tos, CLASS_V4.first);
half!(receive_ecn_v4, set_receive_ecn_v4, CLASS_V4.second);
half!(receive_class, set_receive_class, CLASS_V6.first);
half!(receive_ecn_v6, set_receive_ecn_v6, CLASS_V6.second);

/// What the program wants to know of the class of traffic of a datagram: Linux tells it for both options at once.
pub(in crate::linux) fn received_classes(socket: &Socket) -> Classes {
    let pair = match socket.family {
        Family::V4 | Family::Unix => CLASS_V4,
        Family::V6 => CLASS_V6,
    };
    let asked = |id| socket.options.get(id).is_some_and(|on| on != 0);
    Classes { whole: asked(pair.first), congestion: asked(pair.second) }
}
