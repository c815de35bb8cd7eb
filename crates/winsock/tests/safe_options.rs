//! The typed options: what is set is read back, on the kinds of socket that have it, and refused on the others.

mod safe_common;

use safe_common::*;
use std::time::Duration;
use winsock::{Error, Family, Socket, Type};

type Get<T> = fn(&Socket) -> Result<T, Error>;
type Set<T> = fn(&Socket, T) -> Result<(), Error>;

/// Sets each value in turn and expects to read it back.
fn round_trip<T: Copy + PartialEq + std::fmt::Debug>(
    what: &str,
    socket: &Socket,
    get: Get<T>,
    set: Set<T>,
    values: &[T],
) {
    for &value in values {
        set(socket, value).unwrap_or_else(|error| panic!("{what}, set {value:?}: {error}"));
        assert_eq!(get(socket), Ok(value), "{what}");
    }
}

#[test]
fn switches_are_off_at_first_and_can_be_turned() {
    let tcp = Socket::stream(Family::IPV4).unwrap();
    let udp = Socket::datagram(Family::IPV4).unwrap();
    let table: [(&str, &Socket, Get<bool>, Set<bool>); 6] = [
        ("nodelay", &tcp, Socket::nodelay, Socket::set_nodelay),
        ("keepalive", &tcp, Socket::keepalive, Socket::set_keepalive),
        ("out_of_band_inline", &tcp, Socket::out_of_band_inline, Socket::set_out_of_band_inline),
        ("reuse_address", &tcp, Socket::reuse_address, Socket::set_reuse_address),
        ("broadcast", &udp, Socket::broadcast, Socket::set_broadcast),
        ("exclusive_address_use", &udp, Socket::exclusive_address_use, Socket::set_exclusive_address_use),
    ];
    for (what, socket, get, set) in table {
        assert_eq!(get(socket), Ok(false), "{what}");
        round_trip(what, socket, get, set, &[true, false]);
    }
}

#[test]
fn switches_that_are_on_at_first_can_be_turned() {
    let udp4 = Socket::datagram(Family::IPV4).unwrap();
    assert_eq!(udp4.multicast_loop_v4(), Ok(true));
    round_trip("loop v4", &udp4, Socket::multicast_loop_v4, Socket::set_multicast_loop_v4, &[false, true]);
    let udp6 = Socket::datagram(Family::IPV6).unwrap();
    assert_eq!(udp6.multicast_loop_v6(), Ok(true));
    round_trip("loop v6", &udp6, Socket::multicast_loop_v6, Socket::set_multicast_loop_v6, &[false, true]);
    assert_eq!(udp6.only_v6(), Ok(true));
    round_trip("only_v6", &udp6, Socket::only_v6, Socket::set_only_v6, &[false, true]);
}

#[test]
fn numbers_are_read_back() {
    let v4 = Socket::datagram(Family::IPV4).unwrap();
    round_trip("ttl", &v4, Socket::ttl, Socket::set_ttl, &[1, 64, 255]);
    round_trip("multicast ttl", &v4, Socket::multicast_ttl_v4, Socket::set_multicast_ttl_v4, &[0, 7, 255]);
    let v6 = Socket::datagram(Family::IPV6).unwrap();
    round_trip("hops", &v6, Socket::unicast_hops_v6, Socket::set_unicast_hops_v6, &[1, 64, 255]);
    round_trip("multicast hops", &v6, Socket::multicast_hops_v6, Socket::set_multicast_hops_v6, &[1, 7, 255]);
    let tcp = Socket::stream(Family::IPV4).unwrap();
    if !wine("options that Wine does not have") {
        round_trip("keepalive count", &tcp, Socket::keepalive_count, Socket::set_keepalive_count, &[1, 10]);
    }
    let sizes = &[8192, 65536];
    round_trip("send buffer", &tcp, Socket::send_buffer_size, Socket::set_send_buffer_size, sizes);
    round_trip("receive buffer", &tcp, Socket::receive_buffer_size, Socket::set_receive_buffer_size, sizes);
}

#[test]
fn times_are_read_back_in_the_unit_of_the_option() {
    let tcp = Socket::stream(Family::IPV4).unwrap();
    let (ms, s) = (Duration::from_millis, Duration::from_secs);
    let limits = &[Some(ms(1)), Some(ms(12_345)), None];
    round_trip("read_timeout", &tcp, Socket::read_timeout, Socket::set_read_timeout, limits);
    round_trip("write_timeout", &tcp, Socket::write_timeout, Socket::set_write_timeout, limits);
    if !wine("options that Wine does not have") {
        let times = &[s(1), s(7200)];
        round_trip("keepalive_time", &tcp, Socket::keepalive_time, Socket::set_keepalive_time, times);
        let intervals = &[s(1), s(75)];
        round_trip("interval", &tcp, Socket::keepalive_interval, Socket::set_keepalive_interval, intervals);
    }
    let lingers = &[Some(s(0)), Some(s(30)), Some(s(65_535)), None];
    round_trip("linger", &tcp, Socket::linger, Socket::set_linger, lingers);

    tcp.set_linger(Some(ms(1))).unwrap();
    assert_eq!(tcp.linger(), Ok(Some(s(1))), "rounded up: zero would reset the connection");
    tcp.set_read_timeout(Some(Duration::from_nanos(1))).unwrap();
    assert_eq!(tcp.read_timeout(), Ok(Some(ms(1))), "rounded up: zero would wait for ever");
}

#[test]
fn values_that_an_option_cannot_have_change_nothing() {
    let tcp = Socket::stream(Family::IPV4).unwrap();
    tcp.set_linger(Some(Duration::from_secs(3))).unwrap();
    assert_eq!(tcp.set_linger(Some(Duration::from_secs(65_536))), Err(Error::WSAEINVAL));
    assert_eq!(tcp.linger(), Ok(Some(Duration::from_secs(3))));
    assert_eq!(tcp.set_read_timeout(Some(Duration::ZERO)), Err(Error::WSAEINVAL));
    assert_eq!(tcp.set_read_timeout(Some(Duration::MAX)), Err(Error::WSAEINVAL));
    assert_eq!(tcp.read_timeout(), Ok(None));
    assert_eq!(tcp.set_send_buffer_size(usize::MAX), Err(Error::WSAEINVAL));
    assert_eq!(tcp.set_ttl(256), Err(Error::WSAEINVAL));
}

#[test]
fn options_of_another_kind_are_refused() {
    let tcp = Socket::stream(Family::IPV4).unwrap();
    let udp = Socket::datagram(Family::IPV4).unwrap();
    if wine("options of another protocol, and options that cannot be set") {
        return;
    }
    assert_eq!(tcp.only_v6(), Err(Error::WSAENOPROTOOPT));
    assert_eq!(tcp.join_multicast_v6("ff01::1".parse().unwrap(), 0), Err(Error::WSAENOPROTOOPT));
    assert_eq!(tcp.set_broadcast(true), Err(Error::WSAENOPROTOOPT));
    assert_eq!(udp.set_nodelay(true), Err(Error::WSAENOPROTOOPT));
    assert_eq!(udp.set_linger(None), Err(Error::WSAENOPROTOOPT));
}

#[test]
fn a_socket_tells_what_it_is() {
    let (listener, address) = listener(Family::IPV4);
    assert_eq!((listener.kind(), listener.is_listening()), (Ok(Type::STREAM), Ok(true)));
    let udp = Socket::datagram(Family::IPV4).unwrap();
    assert_eq!(udp.kind(), Ok(Type::DATAGRAM));
    let client = Socket::stream(Family::IPV4).unwrap();
    client.connect(address).unwrap();
    assert_eq!((client.is_listening(), client.take_error()), (Ok(false), Ok(None)));
}

#[test]
fn an_address_is_shared_only_when_both_want_it() {
    let bound = |prepare: fn(&Socket), address| {
        let socket = Socket::datagram(Family::IPV4).unwrap();
        prepare(&socket);
        socket.bind(address).map(|()| socket)
    };
    let reuse: fn(&Socket) = |socket| socket.set_reuse_address(true).unwrap();
    let exclusive: fn(&Socket) = |socket| socket.set_exclusive_address_use(true).unwrap();
    let plain: fn(&Socket) = |_| {};

    let first = bound(reuse, loopback(Family::IPV4)).unwrap();
    let address = first.local_addr().unwrap();
    assert!(bound(reuse, address).is_ok());
    assert_eq!(bound(plain, address).unwrap_err(), Error::WSAEADDRINUSE);

    let alone = bound(exclusive, loopback(Family::IPV4)).unwrap();
    assert_eq!(bound(reuse, alone.local_addr().unwrap()).unwrap_err(), Error::WSAEACCES);
}

#[test]
fn a_socket_of_ipv6_can_serve_ipv4_too() {
    if !families().contains(&Family::IPV6) {
        return;
    }
    let server = limited(Socket::datagram(Family::IPV6).unwrap());
    server.set_only_v6(false).unwrap();
    server.bind("[::]:0".parse::<std::net::SocketAddr>().unwrap()).unwrap();
    let (client, from) = datagram(Family::IPV4);
    client.send_to(b"x", ([127, 0, 0, 1], server.local_addr().unwrap().port())).unwrap();
    let (_, sender) = server.recv_from(&mut [0; 8]).unwrap();
    assert_eq!(sender, format!("[::ffff:127.0.0.1]:{}", from.port()).parse().unwrap());
}
