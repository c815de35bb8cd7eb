//! Controls of sockets: what `ioctlsocket` and `WSAIoctl` ask for, apart from the memory that it comes in.

use super::option;
use super::socket::{Phase, Socket};
use super::sys::{self, interface, option as names, poll, socket as linux};
use super::translate::{self, Address, Family, Kind};
use crate::error::Error;
use crate::win32;
use std::time::Duration;

/// `FIONREAD`: the bytes that can be read; of a datagram socket, those of the first datagram.
///
/// # Errors
/// `WSAEINVAL` for a listener.
pub(crate) fn readable(socket: &Socket) -> Result<u32, Error> {
    match socket.phase() {
        Phase::Listening => Err(Error::WSAEINVAL),
        Phase::Unbound | Phase::Bound | Phase::Connecting | Phase::Connected => {
            Ok(linux::ioctl_i32(socket.fd(), sys::socket::FIONREAD)? as u32)
        }
    }
}

/// `SIOCATMARK`: whether no urgent data waits to be read. (Linux's own says whether it comes next.)
///
/// # Errors
/// `WSAEINVAL` for a socket without urgent data.
pub(crate) fn is_urgent_data_read(socket: &Socket) -> Result<bool, Error> {
    match (socket.kind, socket.family) {
        (Kind::Stream, Family::V4 | Family::V6) => {}
        (Kind::Stream, Family::Unix) | (Kind::Datagram | Kind::Raw, _) => return Err(Error::WSAEINVAL),
    }
    let mut entry = [poll::entry(socket.fd(), poll::POLLPRI)];
    poll::poll(&mut entry, Some(Duration::ZERO))?;
    Ok(entry[0].revents & poll::POLLPRI == 0)
}

/// `SIO_KEEPALIVE_VALS`: switches keep-alive on with its times, or off. Linux counts in seconds: parts of one are
/// rounded up.
///
/// # Errors
/// `WSAENOPROTOOPT` for a socket that is not TCP's, `WSAEINVAL` for a time of zero.
pub(crate) fn set_keepalive(socket: &Socket, on: bool, time_ms: u32, interval_ms: u32) -> Result<(), Error> {
    let set = |level, name, value: u32| option::find(socket, level, name)?.set(socket, &value.to_ne_bytes());
    option::find(socket, win32::IPPROTO_TCP, win32::TCP_KEEPIDLE)?;
    if on {
        if time_ms == 0 || interval_ms == 0 {
            return Err(Error::WSAEINVAL);
        }
        set(win32::IPPROTO_TCP, win32::TCP_KEEPIDLE, time_ms.div_ceil(1000))?;
        set(win32::IPPROTO_TCP, win32::TCP_KEEPINTVL, interval_ms.div_ceil(1000))?;
    }
    set(win32::SOL_SOCKET, win32::SO_KEEPALIVE, on.into())
}

/// `SIO_UDP_CONNRESET`: whether a receive tells that an earlier datagram reached a closed port.
///
/// # Errors
/// `WSAEINVAL` for a socket of another type.
pub(crate) fn set_connection_resets(socket: &Socket, on: bool) -> Result<(), Error> {
    require_datagrams(socket)?;
    socket.set_reports(on);
    Ok(())
}

/// `SIO_UDP_NETRESET`: whether a receive tells that an earlier datagram's time to live ran out. It never does.
///
/// # Errors
/// `WSAEINVAL` for a socket of another type, `WSAEOPNOTSUPP` for switching it on.
pub(crate) fn set_network_resets(socket: &Socket, on: bool) -> Result<(), Error> {
    require_datagrams(socket)?;
    if on { Err(Error::WSAEOPNOTSUPP) } else { Ok(()) }
}

fn require_datagrams(socket: &Socket) -> Result<(), Error> {
    match (socket.kind, socket.family) {
        (Kind::Datagram, Family::V4 | Family::V6) => Ok(()),
        (Kind::Stream | Kind::Raw, _) | (Kind::Datagram, Family::Unix) => Err(Error::WSAEINVAL),
    }
}

/// `SIO_ADDRESS_LIST_QUERY`: the addresses of this machine that a socket of the family can be bound to, without those
/// of the loopback interface that no other machine can reach.
///
/// # Errors
/// `WSAEOPNOTSUPP` for a family without interfaces.
pub(crate) fn addresses(family: Family) -> Result<Vec<Address>, Error> {
    match family {
        Family::V4 | Family::V6 => {}
        Family::Unix => return Err(Error::WSAEOPNOTSUPP),
    }
    let addresses = interface::addresses()?.into_iter().filter_map(|one| {
        let address = Address::from_linux(&one.address)?;
        let is_inner = one.flags & interface::IFF_LOOPBACK != 0 && address.is_link_or_loopback();
        (address.family() == family && !is_inner).then_some(address)
    });
    Ok(addresses.collect())
}

/// An interface of IPv4.
pub(crate) struct Interface {
    /// Winsock's flags.
    pub(crate) flags: u32,
    pub(crate) address: Address,
    pub(crate) netmask: Address,
    pub(crate) broadcast: Address,
}

/// `SIO_GET_INTERFACE_LIST`: the interfaces of IPv4.
///
/// # Errors
/// `WSAEINVAL` for a socket of another family.
pub(crate) fn interfaces(socket: &Socket) -> Result<Vec<Interface>, Error> {
    match socket.family {
        Family::V4 => {}
        Family::V6 | Family::Unix => return Err(Error::WSAEINVAL),
    }
    let unspecified = Address::unspecified(Family::V4);
    let or_none = |address: Option<linux::SockAddr>| {
        address.and_then(|address| Address::from_linux(&address)).unwrap_or(unspecified)
    };
    let interfaces = interface::addresses()?.into_iter().filter_map(|one| {
        let address = Address::from_linux(&one.address)?;
        (address.family() == Family::V4).then(|| Interface {
            flags: translate::interface_flags(one.flags),
            address,
            netmask: or_none(one.netmask),
            broadcast: or_none(one.broadcast),
        })
    });
    Ok(interfaces.collect())
}

/// `SIO_ROUTING_INTERFACE_QUERY`: the local address from which packets to another one leave.
///
/// # Errors
/// `WSAEOPNOTSUPP` for a family without interfaces, `WSAEAFNOSUPPORT` for an address of another family, `WSAENETUNREACH`,
/// `WSAEHOSTUNREACH`.
pub(crate) fn route(socket: &Socket, to: &Address) -> Result<Address, Error> {
    match socket.family {
        Family::V4 | Family::V6 => {}
        Family::Unix => return Err(Error::WSAEOPNOTSUPP),
    }
    if to.family() != socket.family {
        return Err(Error::WSAEAFNOSUPPORT);
    }
    let mut to = to.to_linux();
    // Any port: connecting sends nothing, but Linux wants one.
    to.bytes[2..4].copy_from_slice(&9u16.to_be_bytes());
    let probe = linux::socket(socket.family.linux(), linux::SOCK_DGRAM, 0)?;
    let probe = sys::AsFd::as_fd(&probe);
    linux::set_option(probe, linux::SOL_SOCKET, names::SO_BROADCAST, 1)?;
    linux::connect(probe, &to)?;
    let local = Address::from_linux(&linux::local_address(probe)?);
    local.map(|local| local.with_port(0)).ok_or(Error::WSAENETUNREACH)
}

/// `SIO_GET_BROADCAST_ADDRESS`: where `sendto` broadcasts.
///
/// # Errors
/// `WSAENOPROTOOPT` for a socket that cannot broadcast.
pub(crate) fn broadcast_address(socket: &Socket) -> Result<Address, Error> {
    option::find(socket, win32::SOL_SOCKET, win32::SO_BROADCAST)?;
    Ok(Address::broadcast())
}

/// `SIO_AF_UNIX_GETPEERPID`: the process at the other end.
///
/// # Errors
/// `WSAEOPNOTSUPP` for a socket of another family, `WSAENOTCONN`.
pub(crate) fn peer_process(socket: &Socket) -> Result<u32, Error> {
    match (socket.family, socket.phase()) {
        (Family::Unix, Phase::Connected) => {
            let mut credentials = [0; 12];
            names::bytes(socket.fd(), linux::SOL_SOCKET, names::SO_PEERCRED, &mut credentials)?;
            let [a, b, c, d, ..] = credentials;
            Ok(u32::from_ne_bytes([a, b, c, d]))
        }
        (Family::Unix, Phase::Unbound | Phase::Bound | Phase::Listening | Phase::Connecting) => {
            Err(Error::WSAENOTCONN)
        }
        (Family::V4 | Family::V6, _) => Err(Error::WSAEOPNOTSUPP),
    }
}

/// `SIO_TCP_INFO`: the numbers of a connection. Reordered bytes, duplicate ACKs and repeated SYNs, which Linux does
/// not count, are 0.
///
/// # Errors
/// `WSAEOPNOTSUPP` for a socket that is not TCP's.
pub(crate) fn tcp_info(socket: &Socket) -> Result<win32::TCP_INFO_v0, Error> {
    const TIMESTAMPS: u8 = 1;
    match (socket.kind, socket.family) {
        (Kind::Stream, Family::V4 | Family::V6) => {}
        (Kind::Stream, Family::Unix) | (Kind::Datagram | Kind::Raw, _) => {
            return Err(Error::WSAEOPNOTSUPP);
        }
    }
    let info = names::tcp_info(socket.fd())?;
    let age = socket.connected_for().unwrap_or_default();
    Ok(win32::TCP_INFO_v0 {
        State: translate::tcp_state(info.state),
        Mss: info.snd_mss,
        ConnectionTimeMs: age.as_millis() as u64,
        TimestampsEnabled: info.options & TIMESTAMPS != 0,
        RttUs: info.rtt_us,
        MinRttUs: info.min_rtt_us,
        BytesInFlight: info.unacked.saturating_mul(info.snd_mss),
        Cwnd: info.snd_cwnd.saturating_mul(info.snd_mss),
        SndWnd: info.snd_wnd,
        RcvWnd: info.rcv_wnd,
        RcvBuf: linux::option_i32(socket.fd(), linux::SOL_SOCKET, names::SO_RCVBUF)? as u32,
        BytesOut: info.bytes_sent,
        BytesIn: info.bytes_received,
        BytesReordered: 0,
        BytesRetrans: info.bytes_retrans as u32,
        FastRetrans: info.total_retrans.saturating_sub(info.total_rto.into()),
        DupAcksIn: 0,
        TimeoutEpisodes: info.total_rto_recoveries.into(),
        SynRetrans: 0,
    })
}
