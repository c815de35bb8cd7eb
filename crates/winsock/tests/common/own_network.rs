//! A network of its own for one test: the test runs again in a child process whose network has a loopback interface in use and
//! nothing else, and may be changed. The machine's own network is never touched.
#![allow(
    unsafe_code,
    dead_code,
    unreachable_pub,
    reason = "Linux's ioctls on interfaces; each test file uses its own part of this one"
)]

use std::io::Write;
use std::net::Ipv4Addr;
use std::process::Command;

const INSIDE: &str = "WINSOCK_TEST_OWN_NETWORK";

/// Runs the rest of the test in a network of its own. `test` is its name.
pub fn in_own_network(test: &str, rest: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        set_up(true);
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
    let mut address = [0; 16];
    (address[0], address[15]) = (0xFD, number);
    let mut request = Request { address, prefix: 128, interface: LOOPBACK_INTERFACE };
    control(libc::AF_INET6, SIOCSIFADDR, (&raw mut request).cast());
}
