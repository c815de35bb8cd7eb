//! A network of its own for one test: the test runs again in a child process whose network has a loopback interface in use and
//! nothing else, and may be changed. The machine's own network is never touched.
#![allow(
    unsafe_code,
    dead_code,
    unreachable_pub,
    reason = "Linux's ioctls on interfaces; each test file uses its own part of this one"
)]

use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::process::Command;

const INSIDE: &str = "WINSOCK_TEST_OWN_NETWORK";

/// Runs the rest of the test in a network of its own. `test` is its name.
pub fn in_own_network(test: &str, rest: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        match std::fs::read_to_string("/proc/sys/net/ipv6/conf/lo/disable_ipv6").as_deref() {
            Ok("0\n") => until_told_of(Ipv6Addr::LOCALHOST, || set_up(true)),
            _ => set_up(true),
        }
        return rest();
    }
    let apart = || {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--net"]);
        command
    };
    match apart().arg("true").output() {
        Ok(output) if output.status.success() => {}
        other => {
            // Past the harness, which keeps the output of tests that succeed.
            let _ =
                writeln!(std::io::stderr(), "SKIPPED {test}: no unprivileged network namespace: {other:?}");
            return;
        }
    }
    let this = std::env::current_exe().unwrap();
    let child = apart().arg(this).args(["--exact", test, "--nocapture"]).env(INSIDE, "1").output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(child.status.success(), "{}{}", text(&child.stdout), text(&child.stderr));
    assert!(text(&child.stdout).contains("1 passed"), "the child has run no test of that name");
}

fn control(family: i32, command: libc::Ioctl, request: *mut libc::c_void) {
    // SAFETY: no memory is passed.
    let socket = unsafe { libc::socket(family, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
    assert!(socket >= 0);
    // SAFETY: the callers pass what belongs to the command.
    let done = unsafe { libc::ioctl(socket, command, request) };
    assert_eq!(done, 0, "{}", std::io::Error::last_os_error());
    // SAFETY: the descriptor is this function's.
    unsafe { libc::close(socket) };
}

fn interface(name: &[u8]) -> libc::ifreq {
    // SAFETY: all zero is a valid request.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (place, byte) in request.ifr_name.iter_mut().zip(name) {
        *place = *byte as libc::c_char;
    }
    request
}

/// Gives the loopback interface this address besides 127.0.0.1, instead of the one that it was given before.
pub fn set_address(address: Ipv4Addr) {
    const SIOCSIFADDR: libc::Ioctl = 0x8916;
    let mut request = interface(b"lo:1");
    let address = libc::sockaddr_in {
        sin_family: libc::AF_INET as u16,
        sin_port: 0,
        sin_addr: libc::in_addr { s_addr: u32::from(address).to_be() },
        sin_zero: [0; 8],
    };
    // SAFETY: both addresses have sixteen bytes.
    request.ifr_ifru.ifru_addr = unsafe { std::mem::transmute::<libc::sockaddr_in, libc::sockaddr>(address) };
    control(libc::AF_INET, SIOCSIFADDR, (&raw mut request).cast());
}

/// Takes the loopback interface into use, or out of it.
pub fn set_up(up: bool) {
    const SIOCSIFFLAGS: libc::Ioctl = 0x8914;
    let mut request = interface(b"lo");
    request.ifr_ifru.ifru_flags = if up { libc::IFF_UP as i16 } else { 0 };
    control(libc::AF_INET, SIOCSIFFLAGS, (&raw mut request).cast());
}

/// Gives the loopback interface another address of IPv6: `fd00::` and a number.
pub fn add_address_v6(number: u8) {
    const SIOCSIFADDR: libc::Ioctl = 0x8916;
    const LOOPBACK_INTERFACE: i32 = 1;
    #[repr(C)]
    struct Request {
        address: [u8; 16],
        prefix: u32,
        interface: i32,
    }
    let address = Ipv6Addr::new(0xFD00, 0, 0, 0, 0, 0, 0, number.into());
    let mut request = Request { address: address.octets(), prefix: 128, interface: LOOPBACK_INTERFACE };
    until_told_of(address, || control(libc::AF_INET6, SIOCSIFADDR, (&raw mut request).cast()));
}

/// Makes a change that brings an address of IPv6, and waits until everybody who listens has been told the last of it: at
/// first that it is tentative, and some time later, by a worker of the kernel's, that it is nobody else's.
fn until_told_of(address: Ipv6Addr, change: impl FnOnce()) {
    const LIMIT_MS: i32 = 20_000;
    /// Of a message: after its header, the family, and the length of the prefix.
    const FLAGS: usize = 16 + 2;
    let news = listen_for_addresses_v6();
    change();
    loop {
        let mut entry = libc::pollfd { fd: news.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one writable entry.
        let ready = unsafe { libc::poll(&mut entry, 1, LIMIT_MS) };
        assert_eq!(ready, 1, "nothing is told of {address}");
        let mut message = [0_u8; 4096];
        // SAFETY: the buffer is as long as said.
        let len = unsafe { libc::recv(news.as_raw_fd(), message.as_mut_ptr().cast(), message.len(), 0) };
        let len = usize::try_from(len).expect("a message");
        let is_of_it = message[..len].windows(16).any(|bytes| bytes == address.octets());
        if is_of_it && message[FLAGS] & libc::IFA_F_TENTATIVE as u8 == 0 {
            break;
        }
    }
    // The one message goes from listener to listener. Who joins them waits for the last one to have it.
    drop(listen_for_addresses_v6());
}

fn listen_for_addresses_v6() -> OwnedFd {
    // SAFETY: no memory is passed, and the descriptor is nobody else's.
    let news = unsafe {
        OwnedFd::from_raw_fd(libc::socket(
            libc::AF_NETLINK,
            libc::SOCK_RAW | libc::SOCK_CLOEXEC,
            libc::NETLINK_ROUTE,
        ))
    };
    // SAFETY: all zero is a valid address.
    let mut address: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
    address.nl_family = libc::AF_NETLINK as u16;
    address.nl_groups = libc::RTMGRP_IPV6_IFADDR as u32;
    // SAFETY: a whole address.
    let bound =
        unsafe { libc::bind(news.as_raw_fd(), (&raw const address).cast(), size_of_val(&address) as u32) };
    assert_eq!(bound, 0, "{}", std::io::Error::last_os_error());
    news
}
