//! Options of sockets: Linux's names, and the calls that carry values of any layout.
#![allow(unsafe_code, reason = "calls into libc")]

use super::errno::check;
use super::{AsRawFd, BorrowedFd, Errno};

pub(crate) use libc::{
    IP_ADD_MEMBERSHIP, IP_ADD_SOURCE_MEMBERSHIP, IP_BIND_ADDRESS_NO_PORT, IP_BLOCK_SOURCE,
    IP_DROP_MEMBERSHIP, IP_DROP_SOURCE_MEMBERSHIP, IP_HDRINCL, IP_MTU, IP_MTU_DISCOVER, IP_MULTICAST_IF,
    IP_MULTICAST_LOOP, IP_MULTICAST_TTL, IP_OPTIONS, IP_PKTINFO, IP_PMTUDISC_DO, IP_PMTUDISC_DONT,
    IP_PMTUDISC_PROBE, IP_PMTUDISC_WANT, IP_RECVTOS, IP_RECVTTL, IP_TOS, IP_TTL, IP_UNBLOCK_SOURCE,
    IPV6_ADD_MEMBERSHIP, IPV6_DONTFRAG, IPV6_DROP_MEMBERSHIP, IPV6_HDRINCL, IPV6_MTU, IPV6_MTU_DISCOVER,
    IPV6_MULTICAST_HOPS, IPV6_MULTICAST_IF, IPV6_MULTICAST_LOOP, IPV6_RECVHOPLIMIT, IPV6_RECVPKTINFO,
    IPV6_RECVTCLASS, IPV6_TCLASS, IPV6_UNICAST_HOPS, SO_ACCEPTCONN, SO_BROADCAST, SO_COOKIE, SO_KEEPALIVE,
    SO_NO_CHECK, SO_OOBINLINE, SO_PEERCRED, SO_RCVBUF, SO_RCVTIMEO, SO_REUSEADDR, SO_REUSEPORT, SO_SNDBUF,
    SO_SNDTIMEO, SOL_UDP, TCP_FASTOPEN, TCP_KEEPCNT, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_MAXSEG, TCP_NODELAY,
    TCP_USER_TIMEOUT, UDP_SEGMENT,
};

// Linux's numbers of <linux/in.h> and <linux/in6.h> that libc does not name.
pub(crate) const IP_MULTICAST_ALL: i32 = 49;
pub(crate) const IPV6_MULTICAST_ALL: i32 = 29;
pub(crate) const IP_UNICAST_IF: i32 = 50;
pub(crate) const IPV6_UNICAST_IF: i32 = 76;
pub(crate) const MCAST_JOIN_GROUP: i32 = 42;
pub(crate) const MCAST_BLOCK_SOURCE: i32 = 43;
pub(crate) const MCAST_UNBLOCK_SOURCE: i32 = 44;
pub(crate) const MCAST_LEAVE_GROUP: i32 = 45;
pub(crate) const MCAST_JOIN_SOURCE_GROUP: i32 = 46;
pub(crate) const MCAST_LEAVE_SOURCE_GROUP: i32 = 47;

/// `setsockopt` of bytes.
pub(crate) fn set_bytes(fd: BorrowedFd<'_>, level: i32, name: i32, value: &[u8]) -> Result<(), Errno> {
    // SAFETY: the slice is readable, and its length goes with it.
    check(unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, value.as_ptr().cast(), value.len() as u32) })
        .map(drop)
}

/// `getsockopt` of bytes: how many of `value` were written.
pub(crate) fn bytes(fd: BorrowedFd<'_>, level: i32, name: i32, value: &mut [u8]) -> Result<usize, Errno> {
    let mut len = value.len() as u32;
    // SAFETY: the slice is writable for `len` bytes.
    check(unsafe { libc::getsockopt(fd.as_raw_fd(), level, name, value.as_mut_ptr().cast(), &raw mut len) })?;
    Ok(len as usize)
}

/// `SO_LINGER`: whether it is on, and its seconds.
pub(crate) fn linger(fd: BorrowedFd<'_>) -> Result<(bool, i32), Errno> {
    let mut value = [0; size_of::<libc::linger>()];
    bytes(fd, libc::SOL_SOCKET, libc::SO_LINGER, &mut value)?;
    let [a, b, c, d, e, f, g, h] = value;
    Ok((i32::from_ne_bytes([a, b, c, d]) != 0, i32::from_ne_bytes([e, f, g, h])))
}

/// Whether the peer of a TCP connection has not acknowledged all data and our end of it yet, after that was said.
pub(crate) fn awaits_acknowledgement(fd: BorrowedFd<'_>) -> bool {
    // Numbers of <net/tcp.h> that libc does not name.
    const FIN_WAIT1: u8 = 4;
    const LAST_ACK: u8 = 9;
    const CLOSING: u8 = 11;
    let mut state = [0];
    bytes(fd, libc::IPPROTO_TCP, libc::TCP_INFO, &mut state).is_ok()
        && matches!(state, [FIN_WAIT1 | LAST_ACK | CLOSING])
}

/// `SO_RCVTIMEO` or `SO_SNDTIMEO`; zero waits for ever.
pub(crate) fn set_timeout(fd: BorrowedFd<'_>, name: i32, timeout_ms: u32) -> Result<(), Errno> {
    let value =
        libc::timeval { tv_sec: (timeout_ms / 1000).into(), tv_usec: (timeout_ms % 1000 * 1000).into() };
    super::socket::set_option(fd, libc::SOL_SOCKET, name, value)
}

/// What `TCP_INFO` tells of a connection, in the kernel's layout; fields that an older kernel does not know are zero.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct TcpInfo {
    pub(crate) state: u8,
    pub(crate) ca_state: u8,
    pub(crate) retransmits: u8,
    pub(crate) probes: u8,
    pub(crate) backoff: u8,
    pub(crate) options: u8,
    pub(crate) window_scales: u8,
    pub(crate) flags: u8,
    pub(crate) rto: u32,
    pub(crate) ato: u32,
    pub(crate) snd_mss: u32,
    pub(crate) rcv_mss: u32,
    pub(crate) unacked: u32,
    pub(crate) sacked: u32,
    pub(crate) lost: u32,
    pub(crate) retrans: u32,
    pub(crate) fackets: u32,
    pub(crate) last_times: [u32; 4],
    pub(crate) pmtu: u32,
    pub(crate) rcv_ssthresh: u32,
    pub(crate) rtt_us: u32,
    pub(crate) rttvar_us: u32,
    pub(crate) snd_ssthresh: u32,
    pub(crate) snd_cwnd: u32,
    pub(crate) advmss: u32,
    pub(crate) reordering: u32,
    pub(crate) rcv_rtt: u32,
    pub(crate) rcv_space: u32,
    pub(crate) total_retrans: u32,
    pub(crate) pacing_rates: [u64; 2],
    pub(crate) bytes_acked: u64,
    pub(crate) bytes_received: u64,
    pub(crate) segs: [u32; 2],
    pub(crate) notsent_bytes: u32,
    pub(crate) min_rtt_us: u32,
    pub(crate) data_segs: [u32; 2],
    pub(crate) times: [u64; 4],
    pub(crate) delivered: [u32; 2],
    pub(crate) bytes_sent: u64,
    pub(crate) bytes_retrans: u64,
    pub(crate) dsack_dups: u32,
    pub(crate) reord_seen: u32,
    pub(crate) rcv_ooopack: u32,
    pub(crate) snd_wnd: u32,
    pub(crate) rcv_wnd: u32,
    pub(crate) rehash: u32,
    pub(crate) total_rto: u16,
    pub(crate) total_rto_recoveries: u16,
    pub(crate) total_rto_time: u32,
}

// The offsets of the kernel's header, where a mistake above would show.
const _: () = assert!(std::mem::offset_of!(TcpInfo, rtt_us) == 68);
const _: () = assert!(std::mem::offset_of!(TcpInfo, bytes_acked) == 120);
const _: () = assert!(std::mem::offset_of!(TcpInfo, min_rtt_us) == 148);
const _: () = assert!(std::mem::offset_of!(TcpInfo, bytes_sent) == 200);
const _: () = assert!(std::mem::offset_of!(TcpInfo, total_rto) == 240);

/// `TCP_INFO`.
pub(crate) fn tcp_info(fd: BorrowedFd<'_>) -> Result<TcpInfo, Errno> {
    let mut info = TcpInfo::default();
    let mut len = size_of::<TcpInfo>() as u32;
    // SAFETY: the structure is writable for `len` bytes, and any bytes are a valid one.
    check(unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            (&raw mut info).cast(),
            &raw mut len,
        )
    })?;
    Ok(info)
}
