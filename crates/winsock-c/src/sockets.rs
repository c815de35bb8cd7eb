//! The calls of Winsock 1.1.

use crate::export;
use winsock::win32::*;

export! {
    "__WSAFDIsSet" fn __WSAFDIsSet(fd: SOCKET, param1: *mut FD_SET) -> i32;
    "ws2_accept" fn accept(s: SOCKET, addr: *mut SOCKADDR, addrlen: *mut i32) -> SOCKET;
    "ws2_bind" fn bind(s: SOCKET, name: *const SOCKADDR, namelen: i32) -> i32;
    "closesocket" fn closesocket(s: SOCKET) -> i32;
    "ws2_connect" fn connect(s: SOCKET, name: *const SOCKADDR, namelen: i32) -> i32;
    "ws2_gethostname" fn gethostname(name: PSTR, namelen: i32) -> i32;
    "ws2_getpeername" fn getpeername(s: SOCKET, name: *mut SOCKADDR, namelen: *mut i32) -> i32;
    "ws2_getsockname" fn getsockname(s: SOCKET, name: *mut SOCKADDR, namelen: *mut i32) -> i32;
    "ws2_getsockopt" fn getsockopt(s: SOCKET, level: i32, optname: i32, optval: PSTR, optlen: *mut i32) -> i32;
    "ws2_htonl" fn htonl(hostlong: u32) -> u32;
    "ws2_htons" fn htons(hostshort: u16) -> u16;
    "ws2_inet_addr" fn inet_addr(cp: PCSTR) -> u32;
    "ws2_inet_ntoa" fn inet_ntoa(address: IN_ADDR) -> PSTR;
    "ioctlsocket" fn ioctlsocket(s: SOCKET, cmd: i32, argp: *mut u32) -> i32;
    "ws2_listen" fn listen(s: SOCKET, backlog: i32) -> i32;
    "ws2_ntohl" fn ntohl(netlong: u32) -> u32;
    "ws2_ntohs" fn ntohs(netshort: u16) -> u16;
    "ws2_recv" fn recv(s: SOCKET, buf: PSTR, len: i32, flags: SEND_RECV_FLAGS) -> i32;
    "ws2_recvfrom" fn recvfrom(s: SOCKET, buf: PSTR, len: i32, flags: i32, from: *mut SOCKADDR, fromlen: *mut i32) -> i32;
    "ws2_send" fn send(s: SOCKET, buf: PCSTR, len: i32, flags: SEND_RECV_FLAGS) -> i32;
    "ws2_sendto" fn sendto(s: SOCKET, buf: PCSTR, len: i32, flags: i32, to: *const SOCKADDR, tolen: i32) -> i32;
    "ws2_setsockopt" fn setsockopt(s: SOCKET, level: i32, optname: i32, optval: PCSTR, optlen: i32) -> i32;
    "ws2_shutdown" fn shutdown(s: SOCKET, how: WINSOCK_SHUTDOWN_HOW) -> i32;
    "ws2_socket" fn socket(af: i32, kind: WINSOCK_SOCKET_TYPE, protocol: i32) -> SOCKET;
    "WSACleanup" fn WSACleanup() -> i32;
    "WSAGetLastError" fn WSAGetLastError() -> WSA_ERROR;
    "WSASetLastError" fn WSASetLastError(ierror: i32);
    "WSAStartup" fn WSAStartup(wversionrequested: u16, lpwsadata: *mut WSADATA) -> i32;
}
