//! What the tests of the safe API share: loopback addresses and sockets with a time limit.
#![allow(dead_code, reason = "each test file uses its own part of this one")]

#[path = "../common/wine.rs"]
mod wine;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;
#[allow(unused_imports, reason = "some test files meet no difference")]
pub(crate) use wine::wine;
use winsock::{Family, Socket};

/// Nothing here takes as long: a test that waits for it has failed.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// The families to test: IPv6 only where the machine has it.
pub(crate) fn families() -> Vec<Family> {
    if UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        vec![Family::IPV4, Family::IPV6]
    } else {
        println!("this machine has no ::1, so IPv4 alone is tested");
        vec![Family::IPV4]
    }
}

/// The loopback address of a family, port 0.
pub(crate) fn loopback(family: Family) -> SocketAddr {
    let ip: IpAddr = match family {
        Family::IPV6 => Ipv6Addr::LOCALHOST.into(),
        _ => Ipv4Addr::LOCALHOST.into(),
    };
    (ip, 0).into()
}

/// A socket whose calls end within [`LIMIT`].
pub(crate) fn limited(socket: Socket) -> Socket {
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    socket.set_write_timeout(Some(LIMIT)).unwrap();
    socket
}

/// A listening socket and its address.
pub(crate) fn listener(family: Family) -> (Socket, SocketAddr) {
    let listener = limited(Socket::stream(family).unwrap());
    listener.bind(loopback(family)).unwrap();
    listener.listen(i32::MAX).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Two stream sockets connected with each other: the client's and the server's.
pub(crate) fn pair(family: Family) -> (Socket, Socket) {
    let (listener, address) = listener(family);
    let client = limited(Socket::stream(family).unwrap());
    client.connect(address).unwrap();
    let (server, from) = listener.accept().unwrap();
    assert_eq!(from, client.local_addr().unwrap());
    (client, limited(server))
}

/// A bound datagram socket and its address.
pub(crate) fn datagram(family: Family) -> (Socket, SocketAddr) {
    let socket = limited(Socket::datagram(family).unwrap());
    socket.bind(loopback(family)).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// An address where nobody listens, not even later: a socket keeps it to the end of the process.
pub(crate) fn nobody(family: Family) -> SocketAddr {
    let socket = Socket::stream(family).unwrap();
    socket.bind(loopback(family)).unwrap();
    let address = socket.local_addr().unwrap();
    std::mem::forget(socket);
    address
}
