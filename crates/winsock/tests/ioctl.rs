//! `ioctlsocket` and `WSAIoctl`: what each command does, and in which order the errors come.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/option.rs"]
mod option;

use common::*;
use option::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};
use winsock::win32::*;

/// Not in `windows-sys`: `_IOR('t', 127, ULONG)`.
const SIO_GET_INTERFACE_LIST: u32 = 0x4004_747F;

/// Runs a command: the output, or the code and what became of the returned length, which begins as 77.
fn control(s: SOCKET, code: u32, input: &[u8], room: usize) -> Result<Vec<u8>, (i32, u32)> {
    // Addresses in the output are pointed to: the room is aligned.
    let mut output = vec![0u64; room.div_ceil(8)];
    let mut returned = 77;
    let input_pointer = if input.is_empty() { null() } else { input.as_ptr().cast() };
    let output_pointer: *mut c_void = if room == 0 { null_mut() } else { output.as_mut_ptr().cast() };
    // SAFETY: the buffers have their lengths.
    let result = unsafe {
        WSAIoctl(
            s,
            code,
            input_pointer,
            input.len() as u32,
            output_pointer,
            room as u32,
            &mut returned,
            null_mut(),
            None,
        )
    };
    match result {
        0 => {
            let bytes: Vec<u8> = output.iter().flat_map(|word| word.to_ne_bytes()).collect();
            Ok(bytes[..returned as usize].to_vec())
        }
        _ => Err((last_error(), returned)),
    }
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_ne_bytes(bytes[..4].try_into().unwrap())
}

fn ioctl(s: SOCKET, command: i32, mut argument: u32) -> Result<u32, i32> {
    // SAFETY: the argument is writable.
    match unsafe { ioctlsocket(s, command, &mut argument) } {
        0 => Ok(argument),
        _ => Err(last_error()),
    }
}

fn send_bytes(s: SOCKET, data: &[u8], flags: i32) {
    // SAFETY: the data is readable.
    let sent = unsafe { send(s, data.as_ptr(), data.len() as i32, flags) };
    assert_eq!(sent, data.len() as i32, "{}", last_error());
}

fn receive(s: SOCKET, len: usize) -> Result<Vec<u8>, i32> {
    let mut data = vec![0; len];
    // SAFETY: the data is writable.
    match unsafe { recv(s, data.as_mut_ptr(), len as i32, 0) } {
        SOCKET_ERROR => Err(last_error()),
        got => {
            data.truncate(got as usize);
            Ok(data)
        }
    }
}

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < limit, "{what}");
        std::thread::yield_now();
    }
}

#[test]
fn fionbio_sets_the_mode_both_ways() {
    start();
    let (client, server) = pair();
    assert_eq!(ioctl(client, FIONBIO, 5), Ok(5));
    assert_eq!(receive(client, 1), Err(WSAEWOULDBLOCK));
    assert_eq!(ioctl(client, FIONBIO, 0), Ok(0));
    send_bytes(server, b"x", 0);
    assert_eq!(receive(client, 1), Ok(b"x".to_vec()));
    assert_eq!(control(client, FIONBIO as u32, &1u32.to_ne_bytes(), 0), Ok(vec![]));
    assert_eq!(receive(client, 1), Err(WSAEWOULDBLOCK));
    close(client);
    close(server);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: commands that nobody knows")]
fn fionread_counts_what_can_be_read() {
    start();
    let (client, server) = pair();
    assert_eq!(ioctl(client, FIONREAD, 9), Ok(0));
    send_bytes(server, b"hello", 0);
    wait_for("the data arrives", || ioctl(client, FIONREAD, 0) == Ok(5));
    assert_eq!(control(client, FIONREAD as u32, &[], 4), Ok(5u32.to_ne_bytes().to_vec()));
    assert_eq!(receive(client, 2), Ok(b"he".to_vec()));
    assert_eq!(ioctl(client, FIONREAD, 0), Ok(3));
    let (listener, _) = listener();
    assert_eq!(ioctl(listener, FIONREAD, 0), Err(WSAEINVAL));
    for s in [client, server, listener] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: SIOCATMARK")]
fn siocatmark_is_true_while_no_urgent_data_waits() {
    start();
    let (client, server) = pair();
    set(client, SOL_SOCKET, SO_OOBINLINE, 1).unwrap();
    assert_eq!(ioctl(client, SIOCATMARK, 9), Ok(1));
    send_bytes(server, b"ab", 0);
    assert_eq!(ioctl(client, SIOCATMARK, 9), Ok(1), "plain data is not urgent");
    send_bytes(server, b"!", MSG_OOB);
    wait_for("the urgent data arrives", || ioctl(client, SIOCATMARK, 9) == Ok(0));
    assert_eq!(control(client, SIOCATMARK as u32, &[], 4), Ok(vec![0; 4]));
    assert_eq!(receive(client, 64), Ok(b"ab".to_vec()), "what comes before it, alone");
    assert_eq!(receive(client, 64), Ok(b"!".to_vec()));
    assert_eq!(ioctl(client, SIOCATMARK, 9), Ok(1));
    let datagrams = new(SOCK_DGRAM);
    assert_eq!(ioctl(datagrams, SIOCATMARK, 0), Err(WSAEINVAL));
    for s in [client, server, datagrams] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn the_errors_of_ioctlsocket_come_in_order() {
    start();
    let s = new(SOCK_STREAM);
    let stale = new(SOCK_STREAM);
    close(stale);
    for handle in [stale, 0, 3, INVALID_SOCKET] {
        // SAFETY: NULL is allowed to be passed.
        assert_eq!(unsafe { ioctlsocket(handle, 4711, null_mut()) }, SOCKET_ERROR);
        assert_eq!(last_error(), WSAENOTSOCK);
    }
    // SAFETY: as above.
    assert_eq!(unsafe { ioctlsocket(s, 4711, null_mut()) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEFAULT);
    assert_eq!(ioctl(s, 4711, 0), Err(WSAEINVAL));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn the_errors_of_wsaioctl_come_in_order() {
    start();
    let s = new(SOCK_STREAM);
    let stale = new(SOCK_STREAM);
    close(stale);
    let raw = |s: SOCKET, code: u32, returned: *mut u32, overlapped: *mut OVERLAPPED| {
        // SAFETY: each pointer is NULL or valid, and no buffer is passed.
        let result = unsafe { WSAIoctl(s, code, null(), 0, null_mut(), 0, returned, overlapped, None) };
        assert_eq!(result, SOCKET_ERROR);
        last_error()
    };
    // SAFETY: an OVERLAPPED of zeros is a valid one.
    let mut overlapped: OVERLAPPED = unsafe { std::mem::zeroed() };
    let mut returned = 77;
    for handle in [stale, 0, 3, INVALID_SOCKET] {
        assert_eq!(raw(handle, 4711, null_mut(), &mut overlapped), WSAENOTSOCK);
    }
    assert_eq!(raw(s, 4711, null_mut(), &mut overlapped), WSAEOPNOTSUPP);
    assert_eq!(raw(s, 4711, null_mut(), null_mut()), WSAEFAULT);
    assert_eq!(raw(s, 4711, &mut returned, null_mut()), WSAEINVAL);
    for code in [
        SIO_FLUSH,
        SIO_ENABLE_CIRCULAR_QUEUEING,
        SIO_FIND_ROUTE,
        SIO_GET_QOS,
        SIO_SET_QOS,
        SIO_TRANSLATE_HANDLE,
        SIO_TCP_INITIAL_RTO,
        SIO_RCVALL,
    ] {
        assert_eq!(raw(s, code, &mut returned, null_mut()), WSAEOPNOTSUPP, "{code:#x}");
    }
    // No buffer at all is too short for each of these.
    for code in [
        FIONBIO as u32,
        FIONREAD as u32,
        SIOCATMARK as u32,
        SIO_KEEPALIVE_VALS,
        SIO_LOOPBACK_FAST_PATH,
        SIO_ROUTING_INTERFACE_QUERY,
        SIO_BASE_HANDLE,
        SIO_GET_INTERFACE_LIST,
        SIO_TCP_INFO,
    ] {
        assert_eq!(raw(s, code, &mut returned, null_mut()), WSAEFAULT, "{code:#x}");
    }
    assert_eq!(returned, 77, "a failure leaves it alone");
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options have the length of their type")]
fn keepalive_values_are_the_options_of_keepalive() {
    start();
    let s = new(SOCK_STREAM);
    let values = |on: u32, time: u32, interval: u32| {
        [on.to_ne_bytes(), time.to_ne_bytes(), interval.to_ne_bytes()].concat()
    };
    assert_eq!(control(s, SIO_KEEPALIVE_VALS, &values(1, 30_000, 1_500), 0), Ok(vec![]));
    assert_eq!(get(s, SOL_SOCKET, SO_KEEPALIVE), Ok(1));
    assert_eq!(get(s, IPPROTO_TCP, TCP_KEEPIDLE), Ok(30));
    assert_eq!(get(s, IPPROTO_TCP, TCP_KEEPINTVL), Ok(2), "rounded up");
    assert_eq!(control(s, SIO_KEEPALIVE_VALS, &values(1, 10_000, 0), 0), Err((WSAEINVAL, 77)));
    assert_eq!(get(s, IPPROTO_TCP, TCP_KEEPIDLE), Ok(30), "a bad value changes nothing");
    assert_eq!(control(s, SIO_KEEPALIVE_VALS, &values(1, 1, 1)[..11], 0), Err((WSAEFAULT, 77)));
    assert_eq!(control(s, SIO_KEEPALIVE_VALS, &values(0, 0, 0), 0), Ok(vec![]));
    assert_eq!(get(s, SOL_SOCKET, SO_KEEPALIVE), Ok(0));
    let datagrams = new(SOCK_DGRAM);
    assert_eq!(control(datagrams, SIO_KEEPALIVE_VALS, &values(1, 1, 1), 0), Err((WSAENOPROTOOPT, 77)));
    close(s);
    close(datagrams);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: a closed port reaches the next receive")]
fn connection_resets_of_datagrams_can_be_switched_off() {
    start();
    let closed = {
        let s = new(SOCK_DGRAM);
        let address = bind_loopback(s);
        close(s);
        address
    };
    let s = new(SOCK_DGRAM);
    bind_loopback(s);
    set(s, SOL_SOCKET, SO_RCVTIMEO, 100).unwrap();
    let send_one = || {
        // SAFETY: data and address are readable.
        assert_eq!(unsafe { sendto(s, b"x".as_ptr(), 1, 0, (&raw const closed).cast(), 16) }, 1);
    };
    send_one();
    assert_eq!(receive(s, 1), Err(WSAECONNRESET), "on by default");
    assert_eq!(control(s, SIO_UDP_CONNRESET, &0u32.to_ne_bytes(), 0), Ok(vec![]));
    send_one();
    assert_eq!(receive(s, 1), Err(WSAETIMEDOUT));
    assert_eq!(control(s, SIO_UDP_CONNRESET, &1u32.to_ne_bytes(), 0), Ok(vec![]));
    send_one();
    assert_eq!(receive(s, 1), Err(WSAECONNRESET));
    send_one();
    wait_for("SO_ERROR has it too", || get(s, SOL_SOCKET, SO_ERROR) == Ok(WSAECONNRESET as u32));
    assert_eq!(control(s, SIO_UDP_NETRESET, &0u32.to_ne_bytes(), 0), Ok(vec![]));
    assert_eq!(control(s, SIO_UDP_NETRESET, &1u32.to_ne_bytes(), 0), Err((WSAEOPNOTSUPP, 77)));
    let stream = new(SOCK_STREAM);
    for code in [SIO_UDP_CONNRESET, SIO_UDP_NETRESET] {
        assert_eq!(control(stream, code, &0u32.to_ne_bytes(), 0), Err((WSAEINVAL, 77)));
    }
    close(s);
    close(stream);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: the list of addresses has all families")]
fn the_list_of_addresses_tells_its_length_and_can_be_bound_to() {
    start();
    for family in [AF_INET, AF_INET6] {
        // SAFETY: no memory is passed.
        let s = unsafe { socket(family.into(), SOCK_STREAM, 0) };
        assert_ne!(s, INVALID_SOCKET);
        let Err((WSAEFAULT, needed)) = control(s, SIO_ADDRESS_LIST_QUERY, &[], 0) else {
            panic!("no room is too short");
        };
        assert!(needed as usize >= size_of::<SOCKET_ADDRESS_LIST>());
        assert_eq!(control(s, SIO_ADDRESS_LIST_QUERY, &[], needed as usize - 8), Err((WSAEFAULT, needed)));
        let mut room = vec![0u64; needed as usize / 8];
        let mut returned = 0;
        // SAFETY: the room is as long as it says.
        let result = unsafe {
            let out = room.as_mut_ptr().cast();
            WSAIoctl(s, SIO_ADDRESS_LIST_QUERY, null(), 0, out, needed, &mut returned, null_mut(), None)
        };
        assert_eq!((result, returned), (0, needed), "{}", last_error());
        let list = room.as_ptr().cast::<SOCKET_ADDRESS_LIST>();
        // SAFETY: the list was written there, aligned.
        let count = unsafe { (*list).iAddressCount };
        for index in 0..count as usize {
            let entries = list.cast::<u8>().wrapping_add(std::mem::offset_of!(SOCKET_ADDRESS_LIST, Address));
            let entry = entries.cast::<SOCKET_ADDRESS>().wrapping_add(index);
            // SAFETY: the list has so many entries, all within the room.
            let entry = unsafe { entry.read() };
            // SAFETY: the entry points into the room.
            assert_eq!(unsafe { (*entry.lpSockaddr).sa_family }, family);
            // SAFETY: no memory is passed.
            let user = unsafe { socket(family.into(), SOCK_DGRAM, 0) };
            // SAFETY: the entry points to a whole address.
            let result = unsafe { bind(user, entry.lpSockaddr, entry.iSockaddrLength) };
            assert_eq!(result, 0, "{}", last_error());
            close(user);
        }
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: buffers of commands")]
fn the_interfaces_have_the_loopback_one() {
    start();
    const ENTRY: usize = size_of::<INTERFACE_INFO>();
    let s = new(SOCK_STREAM);
    let list = control(s, SIO_GET_INTERFACE_LIST, &[], 64 * ENTRY).unwrap();
    assert!(!list.is_empty() && list.len().is_multiple_of(ENTRY));
    let loopback = list.chunks_exact(ENTRY).find(|entry| number(entry) & IFF_LOOPBACK != 0);
    let loopback = loopback.expect("there is one");
    let address = std::mem::offset_of!(INTERFACE_INFO, iiAddress);
    let netmask = std::mem::offset_of!(INTERFACE_INFO, iiNetmask);
    assert_eq!(loopback[address..address + 2], AF_INET.to_ne_bytes());
    assert_eq!(loopback[address + 4..address + 8], [127, 0, 0, 1]);
    assert_eq!(loopback[netmask + 4..netmask + 8], [255, 0, 0, 0]);
    assert_ne!(number(loopback) & IFF_UP, 0);
    assert_eq!(control(s, SIO_GET_INTERFACE_LIST, &[], ENTRY - 1), Err((WSAEFAULT, 77)));
    // SAFETY: no memory is passed.
    let six = unsafe { socket(AF_INET6.into(), SOCK_STREAM, 0) };
    assert_eq!(control(six, SIO_GET_INTERFACE_LIST, &[], 64 * ENTRY), Err((WSAEINVAL, 77)));
    close(s);
    close(six);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: the route to loopback begins elsewhere")]
fn the_route_to_loopback_begins_at_loopback() {
    start();
    let s = new(SOCK_DGRAM);
    let bytes = |address: &SOCKADDR_IN| {
        // SAFETY: the structure has no padding.
        unsafe { std::slice::from_raw_parts((&raw const *address).cast::<u8>(), 16) }.to_vec()
    };
    let to = bytes(&loopback(80));
    assert_eq!(control(s, SIO_ROUTING_INTERFACE_QUERY, &to, 64), Ok(bytes(&loopback(0))));
    assert_eq!(control(s, SIO_ROUTING_INTERFACE_QUERY, &to, 15), Err((WSAEFAULT, 16)));
    assert_eq!(control(s, SIO_ROUTING_INTERFACE_QUERY, &to[..15], 16), Err((WSAEFAULT, 77)));
    let mut other = vec![0; 28];
    other[..2].copy_from_slice(&AF_INET6.to_ne_bytes());
    assert_eq!(control(s, SIO_ROUTING_INTERFACE_QUERY, &other, 64), Err((WSAEAFNOSUPPORT, 77)));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no AF_UNIX")]
fn a_local_socket_has_no_route() {
    start();
    // SAFETY: no memory is passed.
    let s = unsafe { socket(AF_UNIX.into(), SOCK_STREAM, 0) };
    let mut path = AF_UNIX.to_ne_bytes().to_vec();
    path.extend_from_slice(b"nobody\0");
    assert_eq!(control(s, SIO_ROUTING_INTERFACE_QUERY, &path, 128), Err((WSAEOPNOTSUPP, 77)));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no SIO_GET_BROADCAST_ADDRESS")]
fn the_broadcast_address_is_for_ipv4_datagrams() {
    start();
    let s = new(SOCK_DGRAM);
    let address = control(s, SIO_GET_BROADCAST_ADDRESS, &[], 16).unwrap();
    assert_eq!(address[..2], AF_INET.to_ne_bytes());
    assert_eq!(address[4..8], [255; 4]);
    assert_eq!(control(s, SIO_GET_BROADCAST_ADDRESS, &[], 15), Err((WSAEFAULT, 77)));
    // SAFETY: no memory is passed.
    let six = unsafe { socket(AF_INET6.into(), SOCK_DGRAM, 0) };
    assert_eq!(control(six, SIO_GET_BROADCAST_ADDRESS, &[], 64), Err((WSAENOPROTOOPT, 77)));
    close(s);
    close(six);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: buffers of commands")]
fn the_base_handle_is_the_socket() {
    start();
    let s = new(SOCK_STREAM);
    let handles = [SIO_BASE_HANDLE, SIO_BSP_HANDLE, SIO_BSP_HANDLE_SELECT, SIO_BSP_HANDLE_POLL];
    for code in handles {
        assert_eq!(control(s, code, &[], 8), Ok(s.to_ne_bytes().to_vec()));
        assert_eq!(control(s, code, &[], 7), Err((WSAEFAULT, 77)));
    }
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no multipoint commands")]
fn multipoint_commands_are_options() {
    start();
    let s = new(SOCK_DGRAM);
    assert_eq!(control(s, SIO_MULTIPOINT_LOOPBACK, &0u32.to_ne_bytes(), 0), Ok(vec![]));
    assert_eq!(get(s, IPPROTO_IP, IP_MULTICAST_LOOP), Ok(0));
    assert_eq!(control(s, SIO_MULTICAST_SCOPE, &5u32.to_ne_bytes(), 0), Ok(vec![]));
    assert_eq!(get(s, IPPROTO_IP, IP_MULTICAST_TTL), Ok(5));
    assert_eq!(control(s, SIO_MULTICAST_SCOPE, &256u32.to_ne_bytes(), 0), Err((WSAEINVAL, 77)));
    assert_eq!(control(s, SIO_LOOPBACK_FAST_PATH, &1u32.to_ne_bytes(), 0), Ok(vec![]));
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no AF_UNIX")]
fn a_local_connection_tells_who_is_at_the_other_end() {
    start();
    let path = std::env::temp_dir().join(format!("winsock-peer-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let mut address = SOCKADDR_UN { sun_family: AF_UNIX, ..SOCKADDR_UN::default() };
    for (to, from) in address.sun_path.iter_mut().zip(path.to_str().unwrap().bytes()) {
        *to = from as i8;
    }
    let (pointer, len) = ((&raw const address).cast(), size_of::<SOCKADDR_UN>() as i32);
    // SAFETY: no memory is passed.
    let [listener, client] = std::array::from_fn(|_| unsafe { socket(AF_UNIX.into(), SOCK_STREAM, 0) });
    // SAFETY: the address is whole.
    assert_eq!(unsafe { bind(listener, pointer, len) }, 0, "{}", last_error());
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { listen(listener, 1) }, 0, "{}", last_error());
    for unconnected in [listener, client] {
        assert_eq!(control(unconnected, SIO_AF_UNIX_GETPEERPID, &[], 4), Err((WSAENOTCONN, 77)));
    }
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(client, pointer, len) }, 0, "{}", last_error());
    // SAFETY: no address is asked for.
    let server = unsafe { accept(listener, null_mut(), null_mut()) };
    for connected in [client, server] {
        let peer = control(connected, SIO_AF_UNIX_GETPEERPID, &[], 4);
        assert_eq!(peer, Ok(std::process::id().to_ne_bytes().to_vec()));
        assert_eq!(control(connected, SIO_AF_UNIX_GETPEERPID, &[], 3), Err((WSAEFAULT, 77)));
    }
    let other = new(SOCK_STREAM);
    assert_eq!(control(other, SIO_AF_UNIX_GETPEERPID, &[], 4), Err((WSAEOPNOTSUPP, 77)));
    for open in [listener, client, server, other] {
        close(open);
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: has no SIO_TCP_INFO")]
fn tcp_info_counts_the_bytes() {
    start();
    let (client, server) = pair();
    send_bytes(client, b"hello", 0);
    assert_eq!(receive(server, 5), Ok(b"hello".to_vec()));
    let info = |s: SOCKET| {
        // SAFETY: numbers of zero are a valid structure.
        let mut info: TCP_INFO_v0 = unsafe { std::mem::zeroed() };
        let version = 0u32;
        let mut returned = 0;
        // SAFETY: the buffers have their lengths.
        let result = unsafe {
            WSAIoctl(
                s,
                SIO_TCP_INFO,
                (&raw const version).cast(),
                4,
                (&raw mut info).cast(),
                size_of::<TCP_INFO_v0>() as u32,
                &mut returned,
                null_mut(),
                None,
            )
        };
        assert_eq!((result, returned as usize), (0, size_of::<TCP_INFO_v0>()), "{}", last_error());
        info
    };
    assert_eq!(info(client).State, TCPSTATE_ESTABLISHED);
    assert_eq!(info(client).BytesOut, 5);
    assert_eq!(info(server).BytesIn, 5);
    assert!(info(server).Mss > 0 && info(server).Cwnd > 0);
    let size = size_of::<TCP_INFO_v0>();
    assert_eq!(control(client, SIO_TCP_INFO, &7u32.to_ne_bytes(), size), Err((WSAEINVAL, 77)));
    assert_eq!(control(client, SIO_TCP_INFO, &0u32.to_ne_bytes(), size - 1), Err((WSAEFAULT, 77)));
    let datagrams = new(SOCK_DGRAM);
    assert_eq!(control(datagrams, SIO_TCP_INFO, &0u32.to_ne_bytes(), size), Err((WSAEOPNOTSUPP, 77)));
    for s in [client, server, datagrams] {
        close(s);
    }
}
