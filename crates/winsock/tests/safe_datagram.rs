//! The safe API's datagram sockets: messages arrive whole, with their sender, or say why not.

mod safe_common;

use safe_common::*;
use std::io::{IoSlice, IoSliceMut};
use winsock::{Error, Family, Shutdown, Socket};

#[test]
fn a_message_comes_with_its_sender_and_goes_back() {
    for family in families() {
        let (server, address) = datagram(family);
        let (client, from) = datagram(family);
        for len in [0, 1, 1000, 8192] {
            let message: Vec<u8> = (0..len).map(|at| at as u8).collect();
            assert_eq!(client.send_to(&message, address), Ok(len));
            let mut buffer = [0; 10_000];
            assert_eq!(server.peek_from(&mut buffer), Ok((len, from)));
            assert_eq!(server.recv_from(&mut buffer), Ok((len, from)));
            assert_eq!(server.send_to(&buffer[..len], from), Ok(len));
            assert_eq!(client.recv(&mut buffer), Ok(len));
            assert_eq!(&buffer[..len], message);
        }
    }
}

#[test]
fn a_connected_socket_hears_its_peer_alone() {
    let (server, address) = datagram(Family::IPV4);
    let (client, from) = datagram(Family::IPV4);
    let (stranger, _) = datagram(Family::IPV4);
    client.connect(address).unwrap();
    assert_eq!(client.peer_addr(), Ok(address));
    stranger.send_to(b"from a stranger", from).unwrap();
    server.send_to(b"from the peer", from).unwrap();
    let mut buffer = [0; 64];
    assert_eq!(client.recv_from(&mut buffer), Ok((13, address)));
    client.send(b"answer").unwrap();
    assert_eq!(server.recv_from(&mut buffer), Ok((6, from)));
}

#[test]
fn several_buffers_make_one_message() {
    let (server, address) = datagram(Family::IPV4);
    let (client, _) = datagram(Family::IPV4);
    client.connect(address).unwrap();
    let slices = [b"one ".as_slice(), b"", b"message"].map(IoSlice::new);
    assert_eq!(client.send_vectored(&slices), Ok(11));
    let (mut head, mut body) = ([0; 4], [0; 20]);
    let mut room = [IoSliceMut::new(&mut head), IoSliceMut::new(&mut body)];
    assert_eq!(server.recv_vectored(&mut room), Ok(11));
    assert_eq!((&head, &body[..7]), (b"one ", b"message".as_slice()));
}

#[test]
fn a_message_longer_than_the_buffer_fills_it_and_says_so() {
    let (server, address) = datagram(Family::IPV4);
    let (client, _) = datagram(Family::IPV4);
    client.send_to(b"too long", address).unwrap();
    client.send_to(b"next", address).unwrap();
    let mut buffer = [0; 3];
    assert_eq!(server.recv(&mut buffer), Err(Error::WSAEMSGSIZE));
    assert_eq!(&buffer, b"too");
    let mut buffer = [0; 8];
    assert_eq!(server.recv(&mut buffer), Ok(4), "the rest of the first is lost");
    assert_eq!(client.send_to(&[0; 70_000], address), Err(Error::WSAEMSGSIZE));
}

#[test]
fn a_closed_port_is_reported_to_the_next_receive() {
    let (client, _) = datagram(Family::IPV4);
    let closed = datagram(Family::IPV4).1;
    client.send_to(b"anybody?", closed).unwrap();
    if !wine("a closed port reaches the next receive") {
        assert_eq!(client.recv(&mut [0; 8]), Err(Error::WSAECONNRESET));
    }
}

#[test]
fn calls_that_do_not_fit_have_their_codes() {
    let (client, address) = datagram(Family::IPV4);
    let buffer = &mut [0; 8];
    let table = [
        ("listen", client.listen(5), Error::WSAEOPNOTSUPP),
        ("accept", client.accept().map(drop), Error::WSAEOPNOTSUPP),
        ("send, no peer", client.send(b"x").map(drop), Error::WSAENOTCONN),
        (
            "send_to, other family",
            client.send_to(b"x", loopback(Family::IPV6)).map(drop),
            Error::WSAEAFNOSUPPORT,
        ),
        ("send_to, port 0", client.send_to(b"x", loopback(Family::IPV4)).map(drop), Error::WSAEADDRNOTAVAIL),
        ("send_to, broadcast", client.send_to(b"x", ([255, 255, 255, 255], 9)).map(drop), Error::WSAEACCES),
        ("at_mark", client.at_mark().map(drop), Error::WSAEINVAL),
        ("linger", client.linger().map(drop), Error::WSAENOPROTOOPT),
    ];
    let differs = [
        ("send, no peer", "a socket that is not connected"),
        ("send_to, other family", "connect, sendto: addresses are checked"),
        ("send_to, port 0", "connect, sendto: addresses are checked"),
    ];
    for (what, result, code) in table {
        if !differs.iter().any(|&(row, why)| row == what && wine(why)) {
            assert_eq!(result, Err(code), "{what}");
        }
    }
    if !wine("flags that a call does not know") {
        assert_eq!(client.recv_out_of_band(buffer), Err(Error::WSAEOPNOTSUPP));
    }
    if !wine("receiving on a datagram socket without an address") {
        assert_eq!(Socket::datagram(Family::IPV4).unwrap().recv(buffer), Err(Error::WSAEINVAL), "unbound");
    }
    client.shutdown(Shutdown::Both).unwrap();
    assert_eq!(client.send_to(b"x", address), Err(Error::WSAESHUTDOWN));
    assert_eq!(client.recv(&mut [0; 8]), Err(Error::WSAESHUTDOWN));
}

#[test]
fn a_group_is_heard_between_join_and_leave() {
    let interface = [127, 0, 0, 1].into();
    let group = [239, 255, 27, 15].into();
    let receiver = limited(Socket::datagram(Family::IPV4).unwrap());
    receiver.bind(([0, 0, 0, 0], 0)).unwrap();
    let port = receiver.local_addr().unwrap().port();
    receiver.join_multicast_v4(group, interface).unwrap();

    let sender = limited(Socket::datagram(Family::IPV4).unwrap());
    sender.set_multicast_interface_v4(interface).unwrap();
    assert_eq!(sender.multicast_interface_v4(), Ok(interface));
    sender.set_multicast_ttl_v4(0).unwrap(); // not beyond this machine
    sender.send_to(b"to all", (group, port)).unwrap();
    let mut buffer = [0; 8];
    assert_eq!(receiver.recv(&mut buffer), Ok(6));

    receiver.leave_multicast_v4(group, interface).unwrap();
    if wine("leaving a group a second time has the code of an argument") {
        return;
    }
    assert_eq!(receiver.leave_multicast_v4(group, interface), Err(Error::WSAEADDRNOTAVAIL));
    assert_eq!(receiver.join_multicast_v4([127, 0, 0, 1].into(), interface), Err(Error::WSAEINVAL));
}
