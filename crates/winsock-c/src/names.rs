//! Names and addresses.

use crate::export;
use std::ffi::c_void;
use winsock::win32::*;

export! {
    "ws2_freeaddrinfo" fn freeaddrinfo(paddrinfo: *const ADDRINFOA);
    "FreeAddrInfoW" fn FreeAddrInfoW(paddrinfo: *const ADDRINFOW);
    "ws2_getaddrinfo" fn getaddrinfo(pnodename: PCSTR, pservicename: PCSTR, phints: *const ADDRINFOA, ppresult: *mut *mut ADDRINFOA) -> i32;
    "GetAddrInfoW" fn GetAddrInfoW(pnodename: PCWSTR, pservicename: PCWSTR, phints: *const ADDRINFOW, ppresult: *mut *mut ADDRINFOW) -> i32;
    "ws2_gethostbyaddr" fn gethostbyaddr(addr: PCSTR, len: i32, kind: i32) -> *mut HOSTENT;
    "ws2_gethostbyname" fn gethostbyname(name: PCSTR) -> *mut HOSTENT;
    "GetHostNameW" fn GetHostNameW(name: PWSTR, namelen: i32) -> i32;
    "ws2_getnameinfo" fn getnameinfo(psockaddr: *const SOCKADDR, sockaddrlength: socklen_t, pnodebuffer: PSTR, nodebuffersize: u32, pservicebuffer: PSTR, servicebuffersize: u32, flags: i32) -> i32;
    "GetNameInfoW" fn GetNameInfoW(psockaddr: *const SOCKADDR, sockaddrlength: socklen_t, pnodebuffer: PWSTR, nodebuffersize: u32, pservicebuffer: PWSTR, servicebuffersize: u32, flags: i32) -> i32;
    "ws2_getprotobyname" fn getprotobyname(name: PCSTR) -> *mut PROTOENT;
    "ws2_getprotobynumber" fn getprotobynumber(number: i32) -> *mut PROTOENT;
    "ws2_getservbyname" fn getservbyname(name: PCSTR, proto: PCSTR) -> *mut SERVENT;
    "ws2_getservbyport" fn getservbyport(port: i32, proto: PCSTR) -> *mut SERVENT;
    "ws2_inet_ntop" fn inet_ntop(family: i32, paddr: *const c_void, pstringbuf: PSTR, stringbufsize: usize) -> PCSTR;
    "ws2_inet_pton" fn inet_pton(family: i32, pszaddrstring: PCSTR, paddrbuf: *mut c_void) -> i32;
    "InetNtopW" fn InetNtopW(family: i32, paddr: *const c_void, pstringbuf: PWSTR, stringbufsize: usize) -> PCWSTR;
    "InetPtonW" fn InetPtonW(family: i32, pszaddrstring: PCWSTR, paddrbuf: *mut c_void) -> i32;
    "WSAAddressToStringA" fn WSAAddressToStringA(lpsaaddress: *const SOCKADDR, dwaddresslength: u32, lpprotocolinfo: *const WSAPROTOCOL_INFOA, lpszaddressstring: PSTR, lpdwaddressstringlength: *mut u32) -> i32;
    "WSAAddressToStringW" fn WSAAddressToStringW(lpsaaddress: *const SOCKADDR, dwaddresslength: u32, lpprotocolinfo: *const WSAPROTOCOL_INFOW, lpszaddressstring: PWSTR, lpdwaddressstringlength: *mut u32) -> i32;
    "WSAStringToAddressA" fn WSAStringToAddressA(addressstring: PCSTR, addressfamily: i32, lpprotocolinfo: *const WSAPROTOCOL_INFOA, lpaddress: *mut SOCKADDR, lpaddresslength: *mut i32) -> i32;
    "WSAStringToAddressW" fn WSAStringToAddressW(addressstring: PCWSTR, addressfamily: i32, lpprotocolinfo: *const WSAPROTOCOL_INFOW, lpaddress: *mut SOCKADDR, lpaddresslength: *mut i32) -> i32;
    "gai_strerrorA" fn gai_strerrorA(ecode: i32) -> PSTR;
    "gai_strerrorW" fn gai_strerrorW(ecode: i32) -> PWSTR;
}
