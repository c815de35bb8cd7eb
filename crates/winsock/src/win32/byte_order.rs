//! Host and network byte order: `htonl` and its siblings. The network's is big-endian for every socket there is.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::{SOCKET, SOCKET_ERROR, boundary, memory};
use crate::error::Error;
use crate::linux::handles;

/// `htonl`: 32 bits to network byte order. Works without `WSAStartup`.
///
/// Microsoft's page: `winsock2/nf-winsock2-htonl`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn htonl(hostlong: u32) -> u32 {
    hostlong.to_be()
}

/// `htons`: 16 bits to network byte order. Works without `WSAStartup`.
///
/// Microsoft's page: `winsock2/nf-winsock2-htons`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn htons(hostshort: u16) -> u16 {
    hostshort.to_be()
}

/// `ntohl`: 32 bits from network byte order. Works without `WSAStartup`.
///
/// Microsoft's page: `winsock2/nf-winsock2-ntohl`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn ntohl(netlong: u32) -> u32 {
    u32::from_be(netlong)
}

/// `ntohs`: 16 bits from network byte order. Works without `WSAStartup`.
///
/// Microsoft's page: `winsock2/nf-winsock2-ntohs`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn ntohs(netshort: u16) -> u16 {
    u16::from_be(netshort)
}

/// # Safety
/// `out` is NULL or valid for writing.
unsafe fn convert<T>(s: SOCKET, out: *mut T, converted: T) -> i32 {
    boundary::call(SOCKET_ERROR, || -> Result<i32, Error> {
        handles::socket(s)?;
        // SAFETY: the caller's promise is the same.
        unsafe { memory::write(out, converted) }?;
        Ok(0)
    })
}

/// `WSAHtonl`: 32 bits to the byte order of a socket's network.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsahtonl`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for NULL.
///
/// # Safety
/// `lpnetlong` is NULL or valid for writing.
pub unsafe extern "system" fn WSAHtonl(s: SOCKET, hostlong: u32, lpnetlong: *mut u32) -> i32 {
    // SAFETY: the caller's promise is the same.
    unsafe { convert(s, lpnetlong, hostlong.to_be()) }
}

/// `WSAHtons`: 16 bits to the byte order of a socket's network.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsahtons`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for NULL.
///
/// # Safety
/// `lpnetshort` is NULL or valid for writing.
pub unsafe extern "system" fn WSAHtons(s: SOCKET, hostshort: u16, lpnetshort: *mut u16) -> i32 {
    // SAFETY: the caller's promise is the same.
    unsafe { convert(s, lpnetshort, hostshort.to_be()) }
}

/// `WSANtohl`: 32 bits from the byte order of a socket's network.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsantohl`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for NULL.
///
/// # Safety
/// `lphostlong` is NULL or valid for writing.
pub unsafe extern "system" fn WSANtohl(s: SOCKET, netlong: u32, lphostlong: *mut u32) -> i32 {
    // SAFETY: the caller's promise is the same.
    unsafe { convert(s, lphostlong, u32::from_be(netlong)) }
}

/// `WSANtohs`: 16 bits from the byte order of a socket's network.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsantohs`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for NULL.
///
/// # Safety
/// `lphostshort` is NULL or valid for writing.
pub unsafe extern "system" fn WSANtohs(s: SOCKET, netshort: u16, lphostshort: *mut u16) -> i32 {
    // SAFETY: the caller's promise is the same.
    unsafe { convert(s, lphostshort, u16::from_be(netshort)) }
}
