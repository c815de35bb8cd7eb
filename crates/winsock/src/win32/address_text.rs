//! Addresses as text: `inet_addr` and its siblings, `WSAAddressToString`, `WSAStringToAddress`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::memory::{self, AddressOut, Character};
use super::{
    AF_INET, AF_INET6, IN_ADDR, INADDR_NONE, PCSTR, PCWSTR, PSTR, PWSTR, SOCKADDR, SOCKET_ERROR,
    WSAPROTOCOL_INFOA, WSAPROTOCOL_INFOW, boundary,
};
use crate::error::Error;
use crate::linux::address_text as model;
use crate::linux::translate::{Address, Family};
use std::cell::Cell;
use std::ffi::c_void;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ptr::{null, null_mut};

/// `inet_addr`: the address of IPv4 that a text stands for, in network byte order; `INADDR_NONE` for NULL and for what
/// is none.
///
/// The parts of `a.b.c.d`, `a.b.c`, `a.b` and `a` may be decimal, octal or hexadecimal. White space ends the address;
/// one space alone gives 0. Works without `WSAStartup`, and sets no error.
///
/// Microsoft's page: `winsock2/nf-winsock2-inet_addr`.
///
/// # Safety
/// `cp` is NULL or a C string.
pub unsafe extern "system" fn inet_addr(cp: PCSTR) -> u32 {
    boundary::call_any_time(INADDR_NONE, || {
        // SAFETY: the caller's promise.
        let address = unsafe { memory::text(cp) }.and_then(|text| model::inet_addr(&text));
        Ok(address.map_or(INADDR_NONE, |address| address.to_bits().to_be()))
    })
}

thread_local! {
    /// What `inet_ntoa` gave last.
    static DOTTED: Cell<[u8; 16]> = const { Cell::new([0; 16]) };
}

/// `inet_ntoa`: an address of IPv4 as `a.b.c.d`. The text is valid until the thread's next call. Works without
/// `WSAStartup`.
///
/// Microsoft's page: `winsock2/nf-winsock2-inet_ntoa`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn inet_ntoa(r#in: IN_ADDR) -> PSTR {
    boundary::call_any_time(null_mut(), || {
        // SAFETY: every member of the union is the same four bytes.
        let address = u32::from_be(unsafe { r#in.S_un.S_addr });
        let text = model::ip(IpAddr::V4(Ipv4Addr::from_bits(address)));
        let mut bytes = [0; 16];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        DOTTED.set(bytes);
        Ok(DOTTED.with(Cell::as_ptr).cast())
    })
}

/// # Safety
/// As [`inet_ntop`].
unsafe fn ntop<C: Character>(
    family: i32,
    address: *const c_void,
    out: *mut C,
    room: usize,
) -> Result<*const C, Error> {
    let family = ip_family(family)?;
    if address.is_null() {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    let address = match family {
        // SAFETY: not NULL, and the caller promises an IN_ADDR: four bytes.
        IpFamily::V4 => IpAddr::from(unsafe { address.cast::<[u8; 4]>().read_unaligned() }),
        // SAFETY: not NULL, and the caller promises an IN6_ADDR: sixteen bytes.
        IpFamily::V6 => IpAddr::from(unsafe { address.cast::<[u8; 16]>().read_unaligned() }),
    };
    // SAFETY: the caller's promise.
    match unsafe { memory::write_text(out, room, &model::ip(address)) } {
        Ok(_) => Ok(out),
        Err(_) => Err(Error::WSA_INVALID_PARAMETER),
    }
}

/// # Safety
/// As [`inet_pton`].
unsafe fn pton<C: Character>(family: i32, text: *const C, out: *mut c_void) -> Result<i32, Error> {
    let family = ip_family(family)?;
    // SAFETY: the caller's promise.
    let text = unsafe { memory::text(text) }.ok_or(Error::WSAEFAULT)?;
    if out.is_null() {
        return Err(Error::WSAEFAULT);
    }
    match family {
        IpFamily::V4 => match text.parse::<Ipv4Addr>() {
            // SAFETY: not NULL, and the caller promises room for an IN_ADDR.
            Ok(address) => unsafe { out.cast::<[u8; 4]>().write_unaligned(address.octets()) },
            Err(_) => return Ok(0),
        },
        IpFamily::V6 => match text.parse::<Ipv6Addr>() {
            // SAFETY: not NULL, and the caller promises room for an IN6_ADDR.
            Ok(address) => unsafe { out.cast::<[u8; 16]>().write_unaligned(address.octets()) },
            Err(_) => return Ok(0),
        },
    }
    Ok(1)
}

enum IpFamily {
    V4,
    V6,
}

fn ip_family(family: i32) -> Result<IpFamily, Error> {
    match Family::from_winsock(family) {
        Some(Family::V4) => Ok(IpFamily::V4),
        Some(Family::V6) => Ok(IpFamily::V6),
        Some(Family::Unix) | None => Err(Error::WSAEAFNOSUPPORT),
    }
}

/// `inet_ntop`: an address of IPv4 or IPv6 as text, which is also the result; NULL on failure. Works without
/// `WSAStartup`.
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-inetntopw`.
///
/// # Errors
/// `WSAEAFNOSUPPORT`, `ERROR_INVALID_PARAMETER` for NULL and for a buffer that is too small.
///
/// # Safety
/// Each pointer is NULL or valid: `paddr` names an `IN_ADDR` or `IN6_ADDR`, `pstringbuf` room for `stringbufsize`
/// characters.
pub unsafe extern "system" fn inet_ntop(
    family: i32,
    paddr: *const c_void,
    pstringbuf: PSTR,
    stringbufsize: usize,
) -> PCSTR {
    // SAFETY: the caller's promise is the same.
    boundary::call_any_time(null(), || unsafe { ntop(family, paddr, pstringbuf, stringbufsize) })
}

/// `InetNtopW`: [`inet_ntop`] in UTF-16.
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-inetntopw`.
///
/// # Errors
/// As [`inet_ntop`].
///
/// # Safety
/// As [`inet_ntop`].
pub unsafe extern "system" fn InetNtopW(
    family: i32,
    paddr: *const c_void,
    pstringbuf: PWSTR,
    stringbufsize: usize,
) -> PCWSTR {
    // SAFETY: the caller's promise is the same.
    boundary::call_any_time(null(), || unsafe { ntop(family, paddr, pstringbuf, stringbufsize) })
}

/// `inet_pton`: the address of IPv4 (`a.b.c.d`, decimal) or IPv6 that a text stands for. 1 for an address, 0 for a text
/// that is none, -1 on failure. Works without `WSAStartup`.
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-inetptonw`.
///
/// # Errors
/// `WSAEAFNOSUPPORT`, `WSAEFAULT` for NULL.
///
/// # Safety
/// Each pointer is NULL or valid: `pszaddrstring` is a C string, `paddrbuf` room for an `IN_ADDR` or `IN6_ADDR`.
pub unsafe extern "system" fn inet_pton(family: i32, pszaddrstring: PCSTR, paddrbuf: *mut c_void) -> i32 {
    // SAFETY: the caller's promise is the same.
    boundary::call_any_time(-1, || unsafe { pton(family, pszaddrstring, paddrbuf) })
}

/// `InetPtonW`: [`inet_pton`] in UTF-16.
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-inetptonw`.
///
/// # Errors
/// As [`inet_pton`].
///
/// # Safety
/// As [`inet_pton`].
pub unsafe extern "system" fn InetPtonW(family: i32, pszaddrstring: PCWSTR, paddrbuf: *mut c_void) -> i32 {
    // SAFETY: the caller's promise is the same.
    boundary::call_any_time(-1, || unsafe { pton(family, pszaddrstring, paddrbuf) })
}

/// # Safety
/// As [`WSAAddressToStringA`].
unsafe fn address_to_string<C: Character>(
    address: *const SOCKADDR,
    address_len: u32,
    out: *mut C,
    len: *mut u32,
) -> Result<i32, Error> {
    // SAFETY: the caller's promise.
    let address = unsafe { memory::address(address, address_len as i32, Error::WSAEINVAL) };
    let address = address.ok().and_then(|address| address.to_ip()).ok_or(Error::WSAEINVAL)?;
    // SAFETY: the caller's promise.
    let room = unsafe { memory::read(len) }.map_err(|_| Error::WSAEINVAL)?;
    // SAFETY: the caller's promise.
    let result = unsafe { memory::write_text(out, room as usize, &model::whole(&address)) };
    let (Ok(characters) | Err(characters)) = result;
    // SAFETY: it was just read, so it is not NULL, and the caller promises that it is writable.
    unsafe { memory::write(len, characters as u32) }?;
    result.map(|_| 0).map_err(|_| Error::WSAEFAULT)
}

/// `WSAAddressToStringA`: an address of IPv4 or IPv6 as text: `1.2.3.4`, `1.2.3.4:80`, `fe80::1%2`, `[fe80::1%2]:80`.
/// A port of 0 and a scope of 0 stay away. `*lpdwaddressstringlength` counts the characters with the NUL.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaaddresstostringa`.
///
/// *On Linux*: each family has one provider; `lpprotocolinfo` chooses nothing.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEINVAL` for an address or a length that is NULL, too short or of another family,
/// `WSAEFAULT` for a buffer that is NULL or too small: the length then tells what is needed.
///
/// # Safety
/// Each pointer is NULL or valid: `lpsaaddress` names `dwaddresslength` readable bytes, `lpszaddressstring` room for
/// `*lpdwaddressstringlength` characters.
pub unsafe extern "system" fn WSAAddressToStringA(
    lpsaaddress: *const SOCKADDR,
    dwaddresslength: u32,
    _lpprotocolinfo: *const WSAPROTOCOL_INFOA,
    lpszaddressstring: PSTR,
    lpdwaddressstringlength: *mut u32,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        // SAFETY: the caller's promise is the same.
        unsafe { address_to_string(lpsaaddress, dwaddresslength, lpszaddressstring, lpdwaddressstringlength) }
    })
}

/// `WSAAddressToStringW`: [`WSAAddressToStringA`] in UTF-16.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaaddresstostringw`.
///
/// # Errors
/// As [`WSAAddressToStringA`].
///
/// # Safety
/// As [`WSAAddressToStringA`].
pub unsafe extern "system" fn WSAAddressToStringW(
    lpsaaddress: *const SOCKADDR,
    dwaddresslength: u32,
    _lpprotocolinfo: *const WSAPROTOCOL_INFOW,
    lpszaddressstring: PWSTR,
    lpdwaddressstringlength: *mut u32,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        // SAFETY: the caller's promise is the same.
        unsafe { address_to_string(lpsaaddress, dwaddresslength, lpszaddressstring, lpdwaddressstringlength) }
    })
}

/// # Safety
/// As [`WSAStringToAddressA`].
unsafe fn string_to_address<C: Character>(
    text: *const C,
    family: i32,
    address: *mut SOCKADDR,
    len: *mut i32,
) -> Result<i32, Error> {
    // SAFETY: the caller's promise.
    let text = unsafe { memory::text(text) }.ok_or(Error::WSAEINVAL)?;
    let family = match u16::try_from(family) {
        Ok(AF_INET) => Family::V4,
        Ok(AF_INET6) => Family::V6,
        _ => return Err(Error::WSAEINVAL),
    };
    // SAFETY: the caller's promise.
    let out = match unsafe { AddressOut::new(address, len, family.address_len()) } {
        Ok(out) => out,
        Err(error) if len.is_null() => return Err(error),
        Err(error) => {
            // SAFETY: not NULL, and the caller promises that it is writable.
            unsafe { memory::write(len, family.address_len() as i32) }?;
            return Err(error);
        }
    };
    let parsed = model::socket_address(&text, family).ok_or(Error::WSAEINVAL)?;
    out.write(&Address::from_ip(&parsed));
    Ok(0)
}

/// `WSAStringToAddressA`: the address of IPv4 or IPv6 that a text stands for, in the forms that
/// [`WSAAddressToStringA`] writes and those of [`inet_addr`]; a missing port or scope is 0.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsastringtoaddressa`.
///
/// *On Linux*: a scope may also be the name of an interface (`fe80::1%eth0`). Each family has one provider;
/// `lpprotocolinfo` chooses nothing.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEINVAL` for a text that is NULL and for another family, `WSAEFAULT` for an address or a
/// length that is NULL or too small (the length then tells what is needed), `WSAEINVAL` for a text that is no address
/// of the family.
///
/// # Safety
/// Each pointer is NULL or valid: `addressstring` is a C string, `lpaddress` room for `*lpaddresslength` bytes.
pub unsafe extern "system" fn WSAStringToAddressA(
    addressstring: PCSTR,
    addressfamily: i32,
    _lpprotocolinfo: *const WSAPROTOCOL_INFOA,
    lpaddress: *mut SOCKADDR,
    lpaddresslength: *mut i32,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        // SAFETY: the caller's promise is the same.
        unsafe { string_to_address(addressstring, addressfamily, lpaddress, lpaddresslength) }
    })
}

/// `WSAStringToAddressW`: [`WSAStringToAddressA`] in UTF-16.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsastringtoaddressw`.
///
/// # Errors
/// As [`WSAStringToAddressA`].
///
/// # Safety
/// As [`WSAStringToAddressA`].
pub unsafe extern "system" fn WSAStringToAddressW(
    addressstring: PCWSTR,
    addressfamily: i32,
    _lpprotocolinfo: *const WSAPROTOCOL_INFOW,
    lpaddress: *mut SOCKADDR,
    lpaddresslength: *mut i32,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        // SAFETY: the caller's promise is the same.
        unsafe { string_to_address(addressstring, addressfamily, lpaddress, lpaddresslength) }
    })
}
