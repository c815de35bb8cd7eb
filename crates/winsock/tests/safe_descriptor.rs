//! Linux: descriptors become sockets in whatever state they are, and sockets descriptors.
#![cfg(target_os = "linux")]

mod safe_common;

use safe_common::*;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixDatagram;
use winsock::{Error, Family, PollEntry, PollEvents, Shutdown, Socket, Type, poll};

fn adopt(plain: impl Into<OwnedFd>) -> Socket {
    limited(Socket::try_from(plain.into()).unwrap())
}

#[test]
fn each_state_is_recognised() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = TcpStream::connect(address).unwrap();
    let listener = adopt(listener);
    assert_eq!((listener.local_addr(), listener.is_listening()), (Ok(address), Ok(true)));
    let (server, _) = listener.accept().unwrap();

    let client = adopt(client);
    assert_eq!(client.peer_addr(), Ok(address));
    client.send(b"x").unwrap();
    assert_eq!(server.recv(&mut [0; 8]), Ok(1));
    assert_eq!(client.connect(address), Err(Error::WSAEISCONN));

    let unbound = OwnedFd::try_from(Socket::stream(Family::IPV4).unwrap()).unwrap();
    let unbound = adopt(unbound);
    assert_eq!(unbound.local_addr(), Err(Error::WSAEINVAL));
    unbound.bind(loopback(Family::IPV4)).unwrap();
    let bound = adopt(OwnedFd::try_from(unbound).unwrap());
    assert_eq!(bound.bind(loopback(Family::IPV4)), Err(Error::WSAEINVAL));
    bound.listen(1).unwrap();

    let datagram = adopt(UdpSocket::bind("127.0.0.1:0").unwrap());
    assert_eq!(datagram.kind(), Ok(Type::DATAGRAM));
    datagram.send_to(b"x", datagram.local_addr().unwrap()).unwrap();
    assert_eq!(datagram.recv(&mut [0; 8]), Ok(1));
}

#[test]
fn a_connect_under_way_stays_under_way() {
    let connecting = Socket::stream(Family::IPV4).unwrap();
    connecting.set_nonblocking(true).unwrap();
    let (listener, address) = listener(Family::IPV4);
    assert_eq!(connecting.connect(address), Err(Error::WSAEWOULDBLOCK));
    let adopted = Socket::try_from(OwnedFd::try_from(connecting).unwrap()).unwrap();
    let mut entries = [PollEntry::new(&adopted, PollEvents::WRITABLE)];
    assert_eq!(poll(&mut entries, Some(LIMIT)), Ok(1));
    assert_eq!(adopted.peer_addr(), Ok(address));
    drop(listener);
}

#[test]
fn the_blocking_mode_goes_along_both_ways() {
    let plain = UdpSocket::bind("127.0.0.1:0").unwrap();
    plain.set_nonblocking(true).unwrap();
    let socket = Socket::try_from(OwnedFd::from(plain)).unwrap();
    assert_eq!(socket.recv(&mut [0; 8]), Err(Error::WSAEWOULDBLOCK));
    let plain = UdpSocket::from(OwnedFd::try_from(socket).unwrap());
    assert_eq!(plain.recv(&mut [0; 8]).unwrap_err().kind(), ErrorKind::WouldBlock);

    let socket = Socket::try_from(OwnedFd::from(plain)).unwrap();
    socket.set_nonblocking(false).unwrap();
    let plain = UdpSocket::from(OwnedFd::try_from(socket).unwrap());
    plain.set_read_timeout(Some(std::time::Duration::from_millis(20))).unwrap();
    assert_eq!(plain.recv(&mut [0; 8]).unwrap_err().kind(), ErrorKind::WouldBlock, "after the time limit");

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    assert_eq!(adopt(listener).accept().unwrap_err(), Error::WSAEWOULDBLOCK);
}

#[test]
fn a_connection_survives_the_way_there_and_back() {
    let (client, server) = pair(Family::IPV4);
    client.send(b"before").unwrap();
    let mut plain = TcpStream::from(OwnedFd::try_from(server).unwrap());
    let mut buffer = [0; 6];
    plain.read_exact(&mut buffer).unwrap();
    plain.write_all(&buffer).unwrap();
    assert_eq!(client.recv(&mut buffer), Ok(6));

    // A connection with a clone goes on for both.
    let clone = client.try_clone().unwrap();
    let mut moved = TcpStream::from(OwnedFd::try_from(client).unwrap());
    moved.write_all(b"moved").unwrap();
    clone.send(b"stayed").unwrap();
    clone.shutdown(Shutdown::Send).unwrap();
    let mut text = String::new();
    plain.read_to_string(&mut text).unwrap();
    assert_eq!(text, "movedstayed");
}

#[test]
fn std_behaves_like_std_again_after_the_way_back() {
    let plain = UdpSocket::bind("127.0.0.1:0").unwrap();
    let plain = UdpSocket::from(OwnedFd::try_from(adopt(plain)).unwrap());
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    plain.send_to(b"anybody?", closed).unwrap();
    plain.send_to(b"x", plain.local_addr().unwrap()).unwrap();
    assert_eq!(plain.recv(&mut [0; 8]).unwrap(), 1, "an unconnected socket of Linux hears of no closed port");
}

#[test]
fn what_is_no_socket_of_winsock_is_refused() {
    let try_from = |fd: OwnedFd| Socket::try_from(fd).unwrap_err();
    assert_eq!(try_from(File::open("/dev/null").unwrap().into()), Error::WSAENOTSOCK);
    assert_eq!(try_from(std::io::pipe().unwrap().0.into()), Error::WSAENOTSOCK);
    let (seqpacket, _other) = seqpacket_pair();
    assert_eq!(try_from(seqpacket), Error::WSAESOCKTNOSUPPORT);
    // A datagram socket of AF_UNIX is one that Windows does not make, but nothing keeps it from working.
    let (one, other) = UnixDatagram::pair().unwrap();
    let one = Socket::try_from(OwnedFd::from(one)).unwrap();
    one.send(b"x").unwrap();
    assert_eq!(other.recv(&mut [0; 8]).unwrap(), 1);
}

#[allow(unsafe_code, reason = "std makes no socket pair of this type")]
fn seqpacket_pair() -> (OwnedFd, OwnedFd) {
    use std::os::fd::FromRawFd;
    let mut fds = [0; 2];
    // SAFETY: two descriptors fit into the array.
    let result = unsafe { libc::socketpair(libc::AF_UNIX, libc::SOCK_SEQPACKET, 0, fds.as_mut_ptr()) };
    assert_eq!(result, 0);
    // SAFETY: both are new, and nobody else owns them.
    fds.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }).into()
}

#[test]
fn the_descriptor_is_lent_and_closed_with_the_socket() {
    let (client, server) = pair(Family::IPV4);
    let lent = client.as_fd().try_clone_to_owned().unwrap();
    assert_ne!(lent.as_raw_fd(), client.as_raw_fd());
    let path = format!("/proc/self/fd/{}", client.as_raw_fd());
    assert!(std::fs::read_link(&path).unwrap().to_str().unwrap().starts_with("socket:"));
    drop(client);
    drop(lent);
    assert_eq!(server.recv(&mut [0; 8]), Ok(0));
}
