//! Multicast options: groups are joined and left by address, by index and by source, and datagrams arrive accordingly.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/option.rs"]
mod option;

use common::*;
use option::*;
use winsock::win32::*;

const GROUP: [u8; 4] = [239, 77, 1, 2];
const LOOPBACK: [u8; 4] = [127, 0, 0, 1];
/// The loopback interface is the first on every Linux.
const LOOPBACK_INDEX: u32 = 1;
const IP: i32 = IPPROTO_IP;

/// A receiver on every address, a sender over the loopback interface, and where it sends to.
fn receiver_and_sender() -> (SOCKET, SOCKET, SOCKADDR_IN) {
    start();
    let receiver = new(SOCK_DGRAM);
    set(receiver, SOL_SOCKET, SO_RCVTIMEO, 200).unwrap();
    let mut address = loopback(0);
    address.sin_addr = IN_ADDR { S_un: IN_ADDR_0 { S_addr: 0 } };
    let mut len = 16;
    // SAFETY: the address is whole.
    assert_eq!(unsafe { bind(receiver, (&raw const address).cast(), 16) }, 0, "{}", last_error());
    // SAFETY: the address has room.
    assert_eq!(unsafe { getsockname(receiver, (&raw mut address).cast(), &mut len) }, 0);
    address.sin_addr.S_un.S_addr = u32::from_ne_bytes(GROUP);
    let sender = new(SOCK_DGRAM);
    set_bytes(sender, IP, IP_MULTICAST_IF, &LOOPBACK).unwrap();
    (receiver, sender, address)
}

/// Whether a datagram that is sent to the group arrives.
fn arrives(receiver: SOCKET, sender: SOCKET, to: &SOCKADDR_IN) -> bool {
    // SAFETY: data and address are readable.
    let sent = unsafe { sendto(sender, b"x".as_ptr(), 1, 0, (&raw const *to).cast(), 16) };
    assert_eq!(sent, 1, "{}", last_error());
    let mut byte = 0u8;
    // SAFETY: one byte of room.
    match unsafe { recv(receiver, &mut byte, 1, 0) } {
        1 => true,
        _ => {
            assert_eq!(last_error(), WSAETIMEDOUT);
            false
        }
    }
}

/// Address of the group and of the interface.
fn request(interface: [u8; 4]) -> Vec<u8> {
    [GROUP, interface].concat()
}

/// Group, source, interface: Winsock's order.
fn source(source: [u8; 4]) -> Vec<u8> {
    [GROUP, source, LOOPBACK].concat()
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: groups: codes, sources and the options of any family")]
fn a_group_is_joined_and_left_by_the_address_of_an_interface() {
    let (receiver, sender, to) = receiver_and_sender();
    assert!(!arrives(receiver, sender, &to));
    set_bytes(receiver, IP, IP_ADD_MEMBERSHIP, &request(LOOPBACK)).unwrap();
    assert!(arrives(receiver, sender, &to));
    set_bytes(receiver, IP, IP_DROP_MEMBERSHIP, &request(LOOPBACK)).unwrap();
    assert!(!arrives(receiver, sender, &to));
    assert_eq!(set_bytes(receiver, IP, IP_DROP_MEMBERSHIP, &request(LOOPBACK)), Err(WSAEADDRNOTAVAIL));
    assert_eq!(set_bytes(receiver, IP, IP_ADD_MEMBERSHIP, &request(LOOPBACK)[..7]), Err(WSAEFAULT));
    assert_eq!(set_bytes(receiver, IP, IP_ADD_MEMBERSHIP, &[10, 0, 0, 1, 127, 0, 0, 1]), Err(WSAEINVAL));
    close(receiver);
    close(sender);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: groups: codes, sources and the options of any family")]
fn what_others_have_joined_does_not_arrive() {
    let (receiver, sender, to) = receiver_and_sender();
    let member = new(SOCK_DGRAM);
    set_bytes(member, IP, IP_ADD_MEMBERSHIP, &request(LOOPBACK)).unwrap();
    assert!(!arrives(receiver, sender, &to));
    for s in [receiver, sender, member] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: groups: codes, sources and the options of any family")]
fn an_interface_can_be_named_by_its_index() {
    let (receiver, sender, to) = receiver_and_sender();
    let index = LOOPBACK_INDEX.to_be_bytes();
    set_bytes(receiver, IP, IP_ADD_MEMBERSHIP, &request(index)).unwrap();
    set_bytes(sender, IP, IP_MULTICAST_IF, &index).unwrap();
    assert!(arrives(receiver, sender, &to));
    assert_eq!(get(sender, IP, IP_MULTICAST_IF), Ok(LOOPBACK_INDEX), "in host order");
    set_bytes(sender, IP, IP_MULTICAST_IF, &LOOPBACK).unwrap();
    assert_eq!(get_bytes(sender, IP, IP_MULTICAST_IF, 4), Ok(LOOPBACK.to_vec()));
    assert_eq!(set_bytes(sender, IP, IP_MULTICAST_IF, &[0, 0xFF, 0xFF, 0xFE]), Err(WSAEADDRNOTAVAIL));
    set_bytes(sender, IP, IP_UNICAST_IF, &index).unwrap();
    assert_eq!(
        get(sender, IP, IP_UNICAST_IF),
        Ok(LOOPBACK_INDEX),
        "set in network order, read in host order"
    );
    close(receiver);
    close(sender);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: groups: codes, sources and the options of any family")]
fn sources_are_joined_and_blocked() {
    let (receiver, sender, to) = receiver_and_sender();
    set_bytes(receiver, IP, IP_ADD_SOURCE_MEMBERSHIP, &source([127, 0, 0, 9])).unwrap();
    assert!(!arrives(receiver, sender, &to), "another source was asked for");
    set_bytes(receiver, IP, IP_ADD_SOURCE_MEMBERSHIP, &source(LOOPBACK)).unwrap();
    assert!(arrives(receiver, sender, &to));
    set_bytes(receiver, IP, IP_DROP_SOURCE_MEMBERSHIP, &source(LOOPBACK)).unwrap();
    assert!(!arrives(receiver, sender, &to));
    set_bytes(receiver, IP, IP_DROP_SOURCE_MEMBERSHIP, &source([127, 0, 0, 9])).unwrap();
    set_bytes(receiver, IP, IP_ADD_MEMBERSHIP, &request(LOOPBACK)).unwrap();
    set_bytes(receiver, IP, IP_BLOCK_SOURCE, &source(LOOPBACK)).unwrap();
    assert!(!arrives(receiver, sender, &to));
    set_bytes(receiver, IP, IP_UNBLOCK_SOURCE, &source(LOOPBACK)).unwrap();
    assert!(arrives(receiver, sender, &to));
    close(receiver);
    close(sender);
}

/// `GROUP_REQ` and `GROUP_SOURCE_REQ`: the index, and addresses of 128 bytes.
fn group_request(addresses: &[Vec<u8>]) -> Vec<u8> {
    let mut request = LOOPBACK_INDEX.to_ne_bytes().to_vec();
    request.resize(8, 0);
    for address in addresses {
        let end = request.len() + 128;
        request.extend(address);
        request.resize(end, 0);
    }
    request
}

fn v4(ip: [u8; 4]) -> Vec<u8> {
    [&AF_INET.to_ne_bytes()[..], &[0, 0], &ip, &[0; 8]].concat()
}

fn v6(ip: [u8; 16]) -> Vec<u8> {
    [&AF_INET6.to_ne_bytes()[..], &[0; 6], &ip, &[0; 4]].concat()
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: groups: codes, sources and the options of any family")]
fn the_options_of_any_family_join_groups_of_ipv4() {
    let (receiver, sender, to) = receiver_and_sender();
    let (join, leave) = (MCAST_JOIN_GROUP as i32, MCAST_LEAVE_GROUP as i32);
    let group = group_request(&[v4(GROUP)]);
    set_bytes(receiver, IP, join, &group).unwrap();
    assert!(arrives(receiver, sender, &to));
    let with_source = group_request(&[v4(GROUP), v4(LOOPBACK)]);
    set_bytes(receiver, IP, MCAST_BLOCK_SOURCE as i32, &with_source).unwrap();
    assert!(!arrives(receiver, sender, &to));
    set_bytes(receiver, IP, MCAST_UNBLOCK_SOURCE as i32, &with_source).unwrap();
    assert!(arrives(receiver, sender, &to));
    set_bytes(receiver, IP, leave, &group).unwrap();
    assert!(!arrives(receiver, sender, &to));
    set_bytes(receiver, IP, MCAST_JOIN_SOURCE_GROUP as i32, &with_source).unwrap();
    assert!(arrives(receiver, sender, &to));
    set_bytes(receiver, IP, MCAST_LEAVE_SOURCE_GROUP as i32, &with_source).unwrap();
    assert!(!arrives(receiver, sender, &to));
    assert_eq!(set_bytes(receiver, IP, join, &group[..135]), Err(WSAEFAULT));
    let nothing = group_request(&[vec![0; 16]]);
    assert_eq!(set_bytes(receiver, IP, join, &nothing), Err(WSAEINVAL), "no family");
    close(receiver);
    close(sender);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: groups: codes, sources and the options of any family")]
fn groups_of_ipv6_are_joined_and_left() {
    start();
    // SAFETY: no memory is passed.
    let s = unsafe { socket(AF_INET6.into(), SOCK_DGRAM, 0) };
    assert_ne!(s, INVALID_SOCKET);
    let mut ip = [0; 16];
    (ip[0], ip[1], ip[15]) = (0xFF, 0x02, 0x77);
    let request = [&ip[..], &LOOPBACK_INDEX.to_ne_bytes()].concat();
    set_bytes(s, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request).unwrap();
    assert_eq!(
        set_bytes(s, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request),
        Err(WSAEADDRINUSE),
        "it is a member"
    );
    set_bytes(s, IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, &request).unwrap();
    assert_eq!(set_bytes(s, IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, &request), Err(WSAEADDRNOTAVAIL));
    assert_eq!(set_bytes(s, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request[..19]), Err(WSAEFAULT));
    let group = group_request(&[v6(ip)]);
    set_bytes(s, IPPROTO_IPV6, MCAST_JOIN_GROUP as i32, &group).unwrap();
    set_bytes(s, IPPROTO_IPV6, MCAST_LEAVE_GROUP as i32, &group).unwrap();
    assert_eq!(get(s, IPPROTO_IPV6, IPV6_MULTICAST_IF), Ok(0));
    set(s, IPPROTO_IPV6, IPV6_MULTICAST_IF, LOOPBACK_INDEX).unwrap();
    assert_eq!(get(s, IPPROTO_IPV6, IPV6_MULTICAST_IF), Ok(LOOPBACK_INDEX));
    close(s);
}

#[test]
fn two_sockets_that_reuse_an_address_both_hear_the_group() {
    let (first, sender, to) = receiver_and_sender();
    close(first);
    let receivers = [(); 2].map(|()| {
        let s = new(SOCK_DGRAM);
        set(s, SOL_SOCKET, SO_REUSEADDR, 1).unwrap();
        set(s, SOL_SOCKET, SO_RCVTIMEO, 5_000).unwrap();
        let mut any = to;
        any.sin_addr.S_un.S_addr = 0;
        // SAFETY: the address is whole.
        assert_eq!(unsafe { bind(s, (&raw const any).cast(), 16) }, 0, "{}", last_error());
        set_bytes(s, IP, IP_ADD_MEMBERSHIP, &request(LOOPBACK)).unwrap();
        s
    });
    assert!(arrives(receivers[0], sender, &to));
    let mut byte = 0u8;
    // SAFETY: one byte of room.
    assert_eq!(unsafe { recv(receivers[1], &mut byte, 1, 0) }, 1, "{}", last_error());
    for s in [receivers[0], receivers[1], sender] {
        close(s);
    }
}
