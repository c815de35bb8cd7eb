//! News of the kernel's routing tables.

use super::socket::{SOCK_RAW, SockAddr, bind, socket};
use super::{AsFd, Errno, OwnedFd};

pub(crate) use libc::{
    RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE, RTMGRP_LINK,
};

/// `socket` and `bind` for `NETLINK_ROUTE`: what becomes readable with the first message to one of these groups.
pub(crate) fn listen(groups: i32) -> Result<OwnedFd, Errno> {
    const ANY_PORT: u32 = 0;
    let fd = socket(libc::AF_NETLINK, SOCK_RAW, libc::NETLINK_ROUTE)?;
    let mut address = SockAddr::empty();
    address.bytes[..2].copy_from_slice(&(libc::AF_NETLINK as u16).to_ne_bytes());
    address.bytes[4..8].copy_from_slice(&ANY_PORT.to_ne_bytes());
    address.bytes[8..12].copy_from_slice(&groups.to_ne_bytes());
    address.len = size_of::<libc::sockaddr_nl>() as u32;
    bind(fd.as_fd(), &address)?;
    Ok(fd)
}
