//! Before `WSAStartup`: names fail with `WSANOTINITIALISED` before any other fault, plain conversions work.
//!
//! A file of its own: start-up is counted per process.
#![allow(unsafe_code, reason = "the raw API is unsafe")]
#![allow(
    clippy::multiple_unsafe_ops_per_block,
    reason = "tables of calls share one argument for their safety"
)]

use std::ptr::{null, null_mut};
use winsock::win32::*;

fn last_error() -> i32 {
    // SAFETY: no memory is passed.
    unsafe { WSAGetLastError() }
}

/// Runs a call after clearing the last error, and expects it to fail for the one reason.
fn not_initialised(name: &str, failed: impl FnOnce() -> bool) {
    // SAFETY: no memory is passed.
    unsafe { WSASetLastError(0) };
    assert!(failed(), "{name} fails");
    assert_eq!(last_error(), WSANOTINITIALISED, "{name}");
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: before WSAStartup, every call fails")]
fn names_need_wsastartup_whatever_else_is_wrong() {
    let mut list: *mut ADDRINFOA = std::ptr::dangling_mut();
    let mut wide_list: *mut ADDRINFOW = std::ptr::dangling_mut();
    // SAFETY: in each of the calls, every pointer is NULL or names a local of the right size.
    unsafe {
        not_initialised("getaddrinfo", || {
            getaddrinfo(null(), null(), null(), &mut list) == WSANOTINITIALISED
        });
        not_initialised("getaddrinfo NULL", || {
            getaddrinfo(null(), null(), null(), null_mut()) == WSANOTINITIALISED
        });
        not_initialised("GetAddrInfoW", || {
            GetAddrInfoW(null(), null(), null(), &mut wide_list) == WSANOTINITIALISED
        });
        not_initialised("getnameinfo", || {
            getnameinfo(null(), 0, null_mut(), 0, null_mut(), 0, -1) == WSANOTINITIALISED
        });
        not_initialised("GetNameInfoW", || {
            GetNameInfoW(null(), 0, null_mut(), 0, null_mut(), 0, -1) == WSANOTINITIALISED
        });
        not_initialised("gethostname", || gethostname(null_mut(), 0) == SOCKET_ERROR);
        not_initialised("GetHostNameW", || GetHostNameW(null_mut(), 0) == SOCKET_ERROR);
        not_initialised("gethostbyname", || gethostbyname(null()).is_null());
        not_initialised("gethostbyaddr", || gethostbyaddr(null(), 0, 0).is_null());
        not_initialised("getservbyname", || getservbyname(null(), null()).is_null());
        not_initialised("getservbyport", || getservbyport(-1, null()).is_null());
        not_initialised("getprotobyname", || getprotobyname(null()).is_null());
        not_initialised("getprotobynumber", || getprotobynumber(-1).is_null());
        not_initialised("WSAAddressToStringA", || {
            WSAAddressToStringA(null(), 0, null(), null_mut(), null_mut()) == SOCKET_ERROR
        });
        not_initialised("WSAAddressToStringW", || {
            WSAAddressToStringW(null(), 0, null(), null_mut(), null_mut()) == SOCKET_ERROR
        });
        not_initialised("WSAStringToAddressA", || {
            WSAStringToAddressA(null(), 0, null(), null_mut(), null_mut()) == SOCKET_ERROR
        });
        not_initialised("WSAStringToAddressW", || {
            WSAStringToAddressW(null(), 0, null(), null_mut(), null_mut()) == SOCKET_ERROR
        });
        not_initialised("WSAHtonl", || WSAHtonl(0, 0, null_mut()) == SOCKET_ERROR);
        not_initialised("WSAHtons", || WSAHtons(0, 0, null_mut()) == SOCKET_ERROR);
        not_initialised("WSANtohl", || WSANtohl(0, 0, null_mut()) == SOCKET_ERROR);
        not_initialised("WSANtohs", || WSANtohs(0, 0, null_mut()) == SOCKET_ERROR);
        let (n, w, p, l) = (null(), null(), null_mut(), null_mut());
        not_initialised("WSAConnectByNameA", || {
            WSAConnectByNameA(0, n, n, l, p, l, p, null(), null()) == FALSE
        });
        not_initialised("WSAConnectByNameW", || {
            WSAConnectByNameW(0, w, w, l, p, l, p, null(), null()) == FALSE
        });
        not_initialised("WSAConnectByList", || {
            WSAConnectByList(0, null(), l, p, l, p, null(), null()) == FALSE
        });
    }
    assert_eq!(list, std::ptr::dangling_mut(), "the result stays");
    assert_eq!(wide_list, std::ptr::dangling_mut(), "the result stays");
}

#[test]
fn conversions_work_without_wsastartup() {
    let mut address = [0u8; 4];
    let mut text = [0u8; 16];
    // SAFETY: in each of the calls, the pointers name C strings and locals of the right size.
    unsafe {
        assert_eq!(htonl(0x0102_0304).to_ne_bytes(), [1, 2, 3, 4]);
        assert_eq!(htons(0x0102).to_ne_bytes(), [1, 2]);
        assert_eq!(ntohl(u32::from_ne_bytes([1, 2, 3, 4])), 0x0102_0304);
        assert_eq!(ntohs(u16::from_ne_bytes([1, 2])), 0x0102);
        assert_eq!(inet_addr(c"1.2.3.4".as_ptr().cast()).to_ne_bytes(), [1, 2, 3, 4]);
        let dotted = inet_ntoa(IN_ADDR { S_un: IN_ADDR_0 { S_addr: u32::from_ne_bytes([1, 2, 3, 4]) } });
        assert_eq!(std::ffi::CStr::from_ptr(dotted.cast()), c"1.2.3.4");
        let family = AF_INET.into();
        assert_eq!(inet_pton(family, c"1.2.3.4".as_ptr().cast(), address.as_mut_ptr().cast()), 1);
        assert_eq!(address, [1, 2, 3, 4]);
        let result = inet_ntop(family, address.as_ptr().cast(), text.as_mut_ptr(), text.len());
        assert_eq!(result, text.as_ptr());
        assert_eq!(&text[..8], b"1.2.3.4\0");
        freeaddrinfo(null());
        FreeAddrInfoW(null());
    }
}
