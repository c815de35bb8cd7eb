//! Keeps what the targets send on the loopback interface, and their files nowhere.

use winsock::win32::*;

/// Turns the address of a destination into one of this machine's, and leaves everything else of it as it is.
pub(crate) fn destination(address: &mut [u8]) {
    let Some(&[low, high]) = address.first_chunk() else { return };
    match u16::from_le_bytes([low, high]) {
        AF_INET => {
            if let Some(host) = address.get_mut(4..8)
                && *host != [0; 4]
            {
                host[0] = 127;
            }
        }
        AF_INET6 => {
            if let Some(host) = address.get_mut(8..24)
                && *host != [0; 16]
            {
                host.copy_from_slice(&std::net::Ipv6Addr::LOCALHOST.octets());
            }
        }
        _ => path(address),
    }
}

/// Turns a path of `AF_UNIX` into one where no file can be made.
pub(crate) fn path(address: &mut [u8]) {
    const NOWHERE: &[u8] = b"/dev/null/";
    let family: Option<[u8; 2]> = address.first_chunk().copied();
    if family.map(u16::from_le_bytes) == Some(AF_UNIX)
        && let Some(path) = address.get_mut(2..)
        && path.first().is_some_and(|&first| first != 0)
    {
        let len = path.len().min(NOWHERE.len());
        path[..len].copy_from_slice(&NOWHERE[..len]);
    }
}

/// Turns the interface in an option that joins a group into the loopback interface: joining is told to the network.
pub(crate) fn group(value: &mut [u8]) {
    const LOOPBACK: [u8; 4] = [127, 0, 0, 1];
    const INDEX: [u8; 4] = 1u32.to_ne_bytes();
    // By level and option: where the four bytes are, of each structure that the option may have.
    for (from, interface) in [(0, INDEX), (4, LOOPBACK), (8, LOOPBACK), (16, INDEX)] {
        if let Some(place) = value.get_mut(from..from + 4) {
            place.copy_from_slice(&interface);
        }
    }
}
