//! The databases of hosts, services and protocols: `gethostbyname` and its siblings.
//!
//! Owns the entries that the calls give: one of each kind per thread, kept until the thread's next call of the kind,
//! freed when the thread ends.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::{HOSTENT, PCSTR, PROTOENT, SERVENT, boundary, memory};
use crate::error::Error;
use crate::linux::database::{self as model, Host, Protocol, Service};
use crate::linux::translate::Family;
use std::cell::RefCell;
use std::ffi::CString;
use std::ptr::null_mut;
use std::rc::Rc;

/// An entry in Winsock's layout, and the memory that its pointers name.
struct Kept<T> {
    entry: Rc<T>,
    _strings: Vec<CString>,
    _lists: Vec<Vec<*mut i8>>,
    _addresses: Vec<Vec<u8>>,
}

impl<T> Kept<T> {
    fn as_ptr(&self) -> *mut T {
        Rc::as_ptr(&self.entry).cast_mut()
    }
}

thread_local! {
    static HOST: RefCell<Option<Kept<HOSTENT>>> = const { RefCell::new(None) };
    static SERVICE: RefCell<Option<Kept<SERVENT>>> = const { RefCell::new(None) };
    static PROTOCOL: RefCell<Option<Kept<PROTOENT>>> = const { RefCell::new(None) };
}

/// A list of C strings in Winsock's layout: a pointer to each, and NULL.
fn list(strings: &[CString]) -> Vec<*mut i8> {
    strings.iter().map(|string| string.as_ptr().cast_mut().cast()).chain([null_mut()]).collect()
}

fn keep_host(mut host: Host, family: Family) -> *mut HOSTENT {
    let mut aliases = list(&host.aliases);
    let mut addresses: Vec<*mut i8> =
        host.addresses.iter_mut().map(|address| address.as_mut_ptr().cast()).chain([null_mut()]).collect();
    let entry = HOSTENT {
        h_name: host.name.as_ptr().cast_mut().cast(),
        h_aliases: aliases.as_mut_ptr(),
        h_addrtype: family.winsock() as i16,
        h_length: host.addresses.first().map_or(0, Vec::len) as i16,
        h_addr_list: addresses.as_mut_ptr(),
    };
    let mut strings = host.aliases;
    strings.push(host.name);
    let kept = Kept {
        entry: Rc::new(entry),
        _strings: strings,
        _lists: vec![aliases, addresses],
        _addresses: host.addresses,
    };
    let pointer = kept.as_ptr();
    HOST.set(Some(kept));
    pointer
}

fn keep_service(service: Service) -> *mut SERVENT {
    let mut aliases = list(&service.aliases);
    let entry = SERVENT {
        s_name: service.name.as_ptr().cast_mut().cast(),
        s_aliases: aliases.as_mut_ptr(),
        s_port: service.port.to_be() as i16,
        s_proto: service.protocol.as_ptr().cast_mut().cast(),
    };
    let mut strings = service.aliases;
    strings.extend([service.name, service.protocol]);
    let kept =
        Kept { entry: Rc::new(entry), _strings: strings, _lists: vec![aliases], _addresses: Vec::new() };
    let pointer = kept.as_ptr();
    SERVICE.set(Some(kept));
    pointer
}

fn keep_protocol(protocol: Protocol) -> *mut PROTOENT {
    let mut aliases = list(&protocol.aliases);
    let entry = PROTOENT {
        p_name: protocol.name.as_ptr().cast_mut().cast(),
        p_aliases: aliases.as_mut_ptr(),
        p_proto: protocol.number as i16,
    };
    let mut strings = protocol.aliases;
    strings.push(protocol.name);
    let kept =
        Kept { entry: Rc::new(entry), _strings: strings, _lists: vec![aliases], _addresses: Vec::new() };
    let pointer = kept.as_ptr();
    PROTOCOL.set(Some(kept));
    pointer
}

/// `gethostbyname`: the addresses of IPv4 that a host has. NULL and the empty name are this machine; a number of IPv4 is
/// given back as it is. The entry is valid until the thread's next call of this function or [`gethostbyaddr`].
///
/// Microsoft's page: `winsock2/nf-winsock2-gethostbyname`.
///
/// *On Linux*: the same hosts as [`getaddrinfo`](super::getaddrinfo) knows.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSANO_DATA` for a number that is no address of IPv4 and for a host without one,
/// `WSAHOST_NOT_FOUND`, `WSATRY_AGAIN`, `WSANO_RECOVERY`.
///
/// # Safety
/// `name` is NULL or a C string.
pub unsafe extern "system" fn gethostbyname(name: PCSTR) -> *mut HOSTENT {
    boundary::call(null_mut(), || {
        // SAFETY: the caller's promise.
        let name = unsafe { memory::text(name) }.unwrap_or_default();
        Ok(keep_host(model::host_by_name(&name)?, Family::V4))
    })
}

/// `gethostbyaddr`: the host that has an address of IPv4 or IPv6. The entry is valid until the thread's next call of this
/// function or [`gethostbyname`].
///
/// Microsoft's page: `winsock2/nf-winsock2-gethostbyaddr`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEAFNOSUPPORT`, `WSAEFAULT` for NULL and for less than an address of IPv4, `WSAEINVAL` for a
/// length that no address of IPv6 has, `WSAHOST_NOT_FOUND`, `WSATRY_AGAIN`, `WSANO_RECOVERY`, `WSANO_DATA`.
///
/// # Safety
/// `addr` is NULL or names `len` readable bytes.
pub unsafe extern "system" fn gethostbyaddr(addr: PCSTR, len: i32, r#type: i32) -> *mut HOSTENT {
    boundary::call(null_mut(), || {
        let family = match Family::from_winsock(r#type) {
            Some(family @ (Family::V4 | Family::V6)) => family,
            Some(Family::Unix) | None => return Err(Error::WSAEAFNOSUPPORT),
        };
        let wanted = match (family, len) {
            _ if addr.is_null() => return Err(Error::WSAEFAULT),
            (Family::V6, 16) => 16,
            (Family::V6, _) => return Err(Error::WSAEINVAL),
            (_, 4..) => 4,
            _ => return Err(Error::WSAEFAULT),
        };
        // SAFETY: not NULL, and the caller promises `len` bytes, which are as many or more.
        let address = unsafe { std::slice::from_raw_parts(addr, wanted) };
        Ok(keep_host(model::host_by_address(address, family)?, family))
    })
}

/// `getservbyname`: the port and protocol of a service; with a NULL protocol, the first that matches. The entry is valid
/// until the thread's next call of this function or [`getservbyport`].
///
/// Microsoft's page: `winsock2/nf-winsock2-getservbyname`.
///
/// *On Linux*: the machine's database (`/etc/services`) first, then the entries that every Windows has.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEFAULT` for a NULL name, `WSANO_DATA`.
///
/// # Safety
/// Each pointer is NULL or a C string.
pub unsafe extern "system" fn getservbyname(name: PCSTR, proto: PCSTR) -> *mut SERVENT {
    boundary::call(null_mut(), || {
        // SAFETY: the caller's promise.
        let name = unsafe { memory::text(name) }.ok_or(Error::WSAEFAULT)?;
        // SAFETY: the caller's promise.
        let protocol = unsafe { memory::text(proto) };
        let service = model::service_by_name(&name, protocol.as_deref()).ok_or(Error::WSANO_DATA)?;
        Ok(keep_service(service))
    })
}

/// `getservbyport`: the service of a port in network order; with a NULL protocol, the first that matches. The entry is
/// valid until the thread's next call of this function or [`getservbyname`].
///
/// Microsoft's page: `winsock2/nf-winsock2-getservbyport`.
///
/// *On Linux*: as [`getservbyname`].
///
/// # Errors
/// `WSANOTINITIALISED`, `WSANO_DATA`.
///
/// # Safety
/// `proto` is NULL or a C string.
pub unsafe extern "system" fn getservbyport(port: i32, proto: PCSTR) -> *mut SERVENT {
    boundary::call(null_mut(), || {
        // SAFETY: the caller's promise.
        let protocol = unsafe { memory::text(proto) };
        // Programs pass `htons(port)`, which is negative for some as a short: the low half counts.
        let port = u16::from_be(port as u16);
        let service = model::service_by_port(port, protocol.as_deref()).ok_or(Error::WSANO_DATA)?;
        Ok(keep_service(service))
    })
}

/// `getprotobyname`: the number of a protocol. The entry is valid until the thread's next call of this function or
/// [`getprotobynumber`].
///
/// Microsoft's page: `winsock2/nf-winsock2-getprotobyname`.
///
/// *On Linux*: the machine's database (`/etc/protocols`) first, then the entries that every Windows has.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEFAULT` for NULL, `WSANO_DATA`.
///
/// # Safety
/// `name` is NULL or a C string.
pub unsafe extern "system" fn getprotobyname(name: PCSTR) -> *mut PROTOENT {
    boundary::call(null_mut(), || {
        // SAFETY: the caller's promise.
        let name = unsafe { memory::text(name) }.ok_or(Error::WSAEFAULT)?;
        Ok(keep_protocol(model::protocol_by_name(&name).ok_or(Error::WSANO_DATA)?))
    })
}

/// `getprotobynumber`: the protocol of a number. The entry is valid until the thread's next call of this function or
/// [`getprotobyname`].
///
/// Microsoft's page: `winsock2/nf-winsock2-getprotobynumber`.
///
/// *On Linux*: as [`getprotobyname`].
///
/// # Errors
/// `WSANOTINITIALISED`, `WSANO_DATA`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn getprotobynumber(number: i32) -> *mut PROTOENT {
    boundary::call(null_mut(), || {
        Ok(keep_protocol(model::protocol_by_number(number).ok_or(Error::WSANO_DATA)?))
    })
}
