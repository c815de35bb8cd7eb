//! Multicast groups and the interfaces of outgoing packets.
//!
//! Winsock names an interface of IPv4 by one of its addresses or, as 0.x.x.x, by its index; its structures name the
//! source before the interface, Linux's after it.

use super::{L_IP, L_V6, linux};
use crate::error::Error;
use crate::linux::socket::Socket;
use crate::linux::sys::socket as base;
use crate::linux::translate::{Address, Family};
use crate::win32;

/// The index that an IPv4 address of the form 0.x.x.x stands for.
fn index(address: [u8; 4]) -> Option<u32> {
    (address[0] == 0 && address != [0; 4]).then(|| u32::from_be_bytes(address))
}

fn four(bytes: &[u8]) -> [u8; 4] {
    [bytes[0], bytes[1], bytes[2], bytes[3]]
}

/// Linux's `ip_mreqn`: group, address of the interface, its index.
fn request(group: [u8; 4], interface: [u8; 4]) -> [u8; 12] {
    let (address, index) = match index(interface) {
        Some(index) => ([0; 4], index),
        None => (interface, 0),
    };
    let mut request = [0; 12];
    request[..4].copy_from_slice(&group);
    request[4..8].copy_from_slice(&address);
    request[8..].copy_from_slice(&index.to_ne_bytes());
    request
}

const INTERFACE: (i32, i32) = (win32::IPPROTO_IP, win32::IP_MULTICAST_IF);

pub(super) fn interface(socket: &Socket) -> Result<u32, Error> {
    let kept = socket.options.get(INTERFACE).unwrap_or(0);
    Ok(index(kept.to_ne_bytes()).unwrap_or(kept))
}

pub(super) fn set_interface(socket: &Socket, value: u32) -> Result<(), Error> {
    linux::set_bytes(socket.fd(), L_IP, linux::IP_MULTICAST_IF, &request([0; 4], value.to_ne_bytes()))?;
    socket.options.set(INTERFACE, value);
    Ok(())
}

pub(super) fn unicast_interface_v4(socket: &Socket) -> Result<u32, Error> {
    Ok(u32::from_be(base::option_i32(socket.fd(), L_IP, linux::IP_UNICAST_IF)? as u32))
}

/// In network order, as Linux takes it too.
pub(super) fn set_unicast_interface_v4(socket: &Socket, value: u32) -> Result<(), Error> {
    Ok(base::set_option(socket.fd(), L_IP, linux::IP_UNICAST_IF, value)?)
}

pub(super) fn unicast_interface_v6(socket: &Socket) -> Result<u32, Error> {
    Ok(u32::from_be(base::option_i32(socket.fd(), L_V6, linux::IPV6_UNICAST_IF)? as u32))
}

/// In host order; Linux takes it in network order.
pub(super) fn set_unicast_interface_v6(socket: &Socket, value: u32) -> Result<(), Error> {
    Ok(base::set_option(socket.fd(), L_V6, linux::IPV6_UNICAST_IF, value.to_be())?)
}

pub(super) fn join(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    membership(socket, linux::IP_ADD_MEMBERSHIP, value)
}

pub(super) fn leave(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    membership(socket, linux::IP_DROP_MEMBERSHIP, value)
}

fn membership(socket: &Socket, name: i32, value: &[u8]) -> Result<(), Error> {
    Ok(linux::set_bytes(socket.fd(), L_IP, name, &request(four(value), four(&value[4..])))?)
}

pub(super) fn join_source(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    source(socket, linux::IP_ADD_SOURCE_MEMBERSHIP, value)
}

pub(super) fn leave_source(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    source(socket, linux::IP_DROP_SOURCE_MEMBERSHIP, value)
}

pub(super) fn block_source(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    source(socket, linux::IP_BLOCK_SOURCE, value)
}

pub(super) fn unblock_source(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    source(socket, linux::IP_UNBLOCK_SOURCE, value)
}

/// Winsock: group, source, interface. Linux: group, interface, source.
fn source(socket: &Socket, name: i32, value: &[u8]) -> Result<(), Error> {
    let mut request = [0; 12];
    request[..4].copy_from_slice(&value[..4]);
    request[4..8].copy_from_slice(&value[8..12]);
    request[8..].copy_from_slice(&value[4..8]);
    Ok(linux::set_bytes(socket.fd(), L_IP, name, &request)?)
}

pub(super) fn join_v6(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    Ok(linux::set_bytes(socket.fd(), L_V6, linux::IPV6_ADD_MEMBERSHIP, &value[..20])?)
}

pub(super) fn leave_v6(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    Ok(linux::set_bytes(socket.fd(), L_V6, linux::IPV6_DROP_MEMBERSHIP, &value[..20])?)
}

pub(super) fn join_group(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    group(socket, linux::MCAST_JOIN_GROUP, &value[..136])
}

pub(super) fn leave_group(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    group(socket, linux::MCAST_LEAVE_GROUP, &value[..136])
}

pub(super) fn block_group_source(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    group(socket, linux::MCAST_BLOCK_SOURCE, &value[..264])
}

pub(super) fn unblock_group_source(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    group(socket, linux::MCAST_UNBLOCK_SOURCE, &value[..264])
}

pub(super) fn join_group_source(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    group(socket, linux::MCAST_JOIN_SOURCE_GROUP, &value[..264])
}

pub(super) fn leave_group_source(socket: &Socket, value: &[u8]) -> Result<(), Error> {
    group(socket, linux::MCAST_LEAVE_SOURCE_GROUP, &value[..264])
}

/// The index of the interface and one or two addresses of 128 bytes, which both worlds lay out alike but for the
/// numbers of the families.
fn group(socket: &Socket, name: i32, value: &[u8]) -> Result<(), Error> {
    const FIRST: usize = 8;
    const SIZE: usize = 128;
    let mut request = value.to_vec();
    for place in request[FIRST..].chunks_exact_mut(SIZE) {
        let address = Address::from_winsock(place).ok_or(Error::WSAEINVAL)?;
        place.copy_from_slice(&address.to_linux().bytes);
    }
    let level = match socket.family {
        Family::V4 => L_IP,
        Family::V6 => L_V6,
        Family::Unix => return Err(Error::WSAENOPROTOOPT),
    };
    Ok(linux::set_bytes(socket.fd(), level, name, &request)?)
}
