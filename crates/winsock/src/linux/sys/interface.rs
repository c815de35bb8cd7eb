//! The addresses of the machine's interfaces.
#![allow(unsafe_code, reason = "calls into libc, and walks the list that it gives")]

use super::Errno;
use super::errno::check;
use super::socket::SockAddr;

pub(crate) use libc::{IFF_BROADCAST, IFF_LOOPBACK, IFF_MULTICAST, IFF_POINTOPOINT, IFF_UP};

/// One address of one interface.
pub(crate) struct InterfaceAddress {
    pub(crate) flags: i32,
    pub(crate) address: SockAddr,
    pub(crate) netmask: Option<SockAddr>,
    pub(crate) broadcast: Option<SockAddr>,
}

/// `getifaddrs`: every address of IPv4 and IPv6.
pub(crate) fn addresses() -> Result<Vec<InterfaceAddress>, Errno> {
    let mut first: *mut libc::ifaddrs = std::ptr::null_mut();
    // SAFETY: the pointer is writable.
    check(unsafe { libc::getifaddrs(&raw mut first) })?;
    let mut found = Vec::new();
    let mut next = first;
    while !next.is_null() {
        // SAFETY: not NULL, and so an entry of the list, which lives until `freeifaddrs`.
        let entry = unsafe { &*next };
        next = entry.ifa_next;
        // SAFETY: each address of an entry is NULL or whole.
        let Some(address) = (unsafe { copy(entry.ifa_addr) }) else { continue };
        let flags = entry.ifa_flags as i32;
        // SAFETY: as above.
        let netmask = unsafe { copy(entry.ifa_netmask) };
        // SAFETY: as above; it is the broadcast address only where the interface has one.
        let broadcast = if flags & IFF_BROADCAST != 0 { unsafe { copy(entry.ifa_ifu) } } else { None };
        found.push(InterfaceAddress { flags, address, netmask, broadcast });
    }
    // SAFETY: the list came from `getifaddrs`, and nothing points into it any more.
    unsafe { libc::freeifaddrs(first) };
    Ok(found)
}

/// Copies an address of IPv4 or IPv6; `None` for NULL and for other families.
///
/// # Safety
/// The pointer is NULL or names a whole address of its family.
unsafe fn copy(from: *const libc::sockaddr) -> Option<SockAddr> {
    if from.is_null() {
        return None;
    }
    // SAFETY: not NULL, and every address begins with its family.
    let family = unsafe { (*from).sa_family };
    let len = match i32::from(family) {
        libc::AF_INET => size_of::<libc::sockaddr_in>(),
        libc::AF_INET6 => size_of::<libc::sockaddr_in6>(),
        _ => return None,
    };
    let mut address = SockAddr { bytes: [0; 128], len: len as u32 };
    // SAFETY: an address of this family has `len` bytes, and there is room for 128.
    unsafe { std::ptr::copy_nonoverlapping(from.cast::<u8>(), address.bytes.as_mut_ptr(), len) };
    Some(address)
}
