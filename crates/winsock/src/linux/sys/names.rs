//! The name databases of Linux: hosts, services, protocols, names of interfaces. Every call is the reentrant one.
#![allow(unsafe_code, reason = "calls into libc")]

use super::Errno;
use super::errno::check;
use super::socket::{SOCK_STREAM, SockAddr};
use libc::{c_char, c_int};
use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

pub(crate) use libc::{
    AI_CANONNAME, EAI_AGAIN, EAI_BADFLAGS, EAI_FAIL, EAI_FAMILY, EAI_MEMORY, EAI_NODATA, EAI_NONAME,
    EAI_OVERFLOW, EAI_SERVICE, EAI_SOCKTYPE, NI_NAMEREQD, NI_NOFQDN,
};

// What `netdb.h` has and the crate `libc` has not.
pub(crate) const EAI_ADDRFAMILY: i32 = -9;
pub(crate) const HOST_NOT_FOUND: i32 = 1;
pub(crate) const TRY_AGAIN: i32 = 2;
pub(crate) const NO_RECOVERY: i32 = 3;
pub(crate) const NO_DATA: i32 = 4;
const NETDB_INTERNAL: i32 = -1;

unsafe extern "C" {
    fn gethostbyname2_r(
        name: *const c_char,
        family: c_int,
        entry: *mut libc::hostent,
        buffer: *mut c_char,
        len: usize,
        found: *mut *mut libc::hostent,
        h_errno: *mut c_int,
    ) -> c_int;
    fn gethostbyaddr_r(
        address: *const libc::c_void,
        address_len: libc::socklen_t,
        family: c_int,
        entry: *mut libc::hostent,
        buffer: *mut c_char,
        len: usize,
        found: *mut *mut libc::hostent,
        h_errno: *mut c_int,
    ) -> c_int;
    fn getservbyname_r(
        name: *const c_char,
        protocol: *const c_char,
        entry: *mut libc::servent,
        buffer: *mut c_char,
        len: usize,
        found: *mut *mut libc::servent,
    ) -> c_int;
    fn getservbyport_r(
        port: c_int,
        protocol: *const c_char,
        entry: *mut libc::servent,
        buffer: *mut c_char,
        len: usize,
        found: *mut *mut libc::servent,
    ) -> c_int;
    fn getprotobyname_r(
        name: *const c_char,
        entry: *mut libc::protoent,
        buffer: *mut c_char,
        len: usize,
        found: *mut *mut libc::protoent,
    ) -> c_int;
    fn getprotobynumber_r(
        number: c_int,
        entry: *mut libc::protoent,
        buffer: *mut c_char,
        len: usize,
        found: *mut *mut libc::protoent,
    ) -> c_int;
}

/// Why a look-up found nothing: each family of calls has its own numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failure {
    /// An `EAI_` number of `getaddrinfo` or `getnameinfo`.
    Resolver(i32),
    /// An `h_errno` of the older calls.
    Host(i32),
    /// An error number of the system.
    System(Errno),
}

fn resolver(code: c_int) -> Result<(), Failure> {
    match code {
        0 => Ok(()),
        libc::EAI_SYSTEM => Err(Failure::System(Errno::last())),
        code => Err(Failure::Resolver(code)),
    }
}

/// What `getaddrinfo` found.
pub(crate) struct Resolved {
    pub(crate) addresses: Vec<SockAddr>,
    pub(crate) canonical: Option<String>,
}

/// `getaddrinfo` of a name, each address once.
pub(crate) fn resolve(name: &CStr, family: i32, flags: i32) -> Result<Resolved, Failure> {
    // SAFETY: all zero is a valid addrinfo: NULL pointers and numbers.
    let mut hints: libc::addrinfo = unsafe { MaybeUninit::zeroed().assume_init() };
    hints.ai_flags = flags;
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    let mut list = null_mut();
    // SAFETY: name and hints outlive the call, and the list is written only on success.
    resolver(unsafe { libc::getaddrinfo(name.as_ptr(), null(), &raw const hints, &raw mut list) })?;
    let mut resolved = Resolved { addresses: Vec::new(), canonical: None };
    let mut next = list;
    // SAFETY: each node is NULL or valid until `freeaddrinfo`.
    while let Some(node) = unsafe { next.as_ref() } {
        // SAFETY: a node's address has `ai_addrlen` readable bytes.
        resolved.addresses.extend(unsafe { copy_address(node.ai_addr, node.ai_addrlen as usize) });
        if resolved.canonical.is_none() {
            // SAFETY: a canonical name is NULL or a C string.
            resolved.canonical =
                unsafe { copy_string(node.ai_canonname) }.map(|name| name.to_string_lossy().into_owned());
        }
        next = node.ai_next;
    }
    // SAFETY: the list came from `getaddrinfo`, and nothing of it is kept.
    unsafe { libc::freeaddrinfo(list) };
    Ok(resolved)
}

/// `getnameinfo` of an address: the host's name, if it has one.
pub(crate) fn host_name_of(address: &SockAddr, flags: i32) -> Result<String, Failure> {
    let mut name = [0u8; libc::NI_MAXHOST as usize];
    // SAFETY: the address has `len` readable bytes, and the name its own length of room.
    resolver(unsafe {
        libc::getnameinfo(
            address.bytes.as_ptr().cast(),
            address.len,
            name.as_mut_ptr().cast(),
            libc::NI_MAXHOST,
            null_mut(),
            0,
            flags,
        )
    })?;
    Ok(text(&name))
}

/// `gethostname`.
pub(crate) fn host_name() -> Result<String, Errno> {
    let mut name = [0u8; 256];
    // SAFETY: the room is the array's own.
    check(unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len()) })?;
    Ok(text(&name))
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// `if_nametoindex`.
pub(crate) fn interface_index(name: &CStr) -> Option<u32> {
    // SAFETY: the name is a C string.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => None,
        index => Some(index),
    }
}

/// An entry of the host database.
pub(crate) struct Host {
    pub(crate) name: CString,
    pub(crate) aliases: Vec<CString>,
    /// Addresses of the family that was asked for, in network order.
    pub(crate) addresses: Vec<Vec<u8>>,
}

/// `gethostbyname2_r`.
pub(crate) fn host_by_name(name: &CStr, family: i32) -> Result<Host, Failure> {
    host(|entry, buffer, len, found, h_errno| {
        // SAFETY: the name is a C string, the rest is `host`'s.
        unsafe { gethostbyname2_r(name.as_ptr(), family, entry, buffer, len, found, h_errno) }
    })
}

/// `gethostbyaddr_r` of an address in network order.
pub(crate) fn host_by_address(address: &[u8], family: i32) -> Result<Host, Failure> {
    host(|entry, buffer, len, found, h_errno| {
        let bytes = address.as_ptr().cast();
        // SAFETY: the address has its length of readable bytes, the rest is `host`'s.
        unsafe { gethostbyaddr_r(bytes, address.len() as u32, family, entry, buffer, len, found, h_errno) }
    })
}

fn host(
    mut call: impl FnMut(*mut libc::hostent, *mut c_char, usize, *mut *mut libc::hostent, *mut c_int) -> c_int,
) -> Result<Host, Failure> {
    let mut h_errno = 0;
    let (code, found) = entry(
        |entry, buffer, len, found| call(entry, buffer, len, found, &raw mut h_errno),
        |entry: &libc::hostent| Host {
            // SAFETY: the names of an entry are C strings.
            name: unsafe { copy_string(entry.h_name) }.unwrap_or_default(),
            // SAFETY: the aliases are a list of C strings that NULL ends.
            aliases: unsafe { copy_strings(entry.h_aliases) },
            // SAFETY: so are the addresses, of `h_length` bytes each.
            addresses: unsafe { list(entry.h_addr_list) }
                .map(|address| {
                    // SAFETY: as above.
                    unsafe { std::slice::from_raw_parts(address.cast::<u8>(), entry.h_length as usize) }
                        .to_vec()
                })
                .collect(),
        },
    );
    found.ok_or(if h_errno == NETDB_INTERNAL { Failure::System(Errno(code)) } else { Failure::Host(h_errno) })
}

/// An entry of the service database.
pub(crate) struct Service {
    pub(crate) name: CString,
    pub(crate) aliases: Vec<CString>,
    pub(crate) port: u16,
    pub(crate) protocol: CString,
}

/// `getservbyname_r`; without a protocol, the first that matches.
pub(crate) fn service_by_name(name: &CStr, protocol: Option<&CStr>) -> Option<Service> {
    let protocol = protocol.map_or(null(), CStr::as_ptr);
    service(|entry, buffer, len, found| {
        // SAFETY: the names are C strings or NULL, the rest is `entry`'s.
        unsafe { getservbyname_r(name.as_ptr(), protocol, entry, buffer, len, found) }
    })
}

/// `getservbyport_r`; without a protocol, the first that matches.
pub(crate) fn service_by_port(port: u16, protocol: Option<&CStr>) -> Option<Service> {
    let protocol = protocol.map_or(null(), CStr::as_ptr);
    service(|entry, buffer, len, found| {
        // SAFETY: the name is a C string or NULL, the rest is `entry`'s.
        unsafe { getservbyport_r(port.to_be().into(), protocol, entry, buffer, len, found) }
    })
}

fn service(
    call: impl FnMut(*mut libc::servent, *mut c_char, usize, *mut *mut libc::servent) -> c_int,
) -> Option<Service> {
    let (_, found) = entry(call, |entry: &libc::servent| Service {
        // SAFETY: the names of an entry are C strings.
        name: unsafe { copy_string(entry.s_name) }.unwrap_or_default(),
        // SAFETY: the aliases are a list of C strings that NULL ends.
        aliases: unsafe { copy_strings(entry.s_aliases) },
        port: u16::from_be(entry.s_port as u16),
        // SAFETY: as the name.
        protocol: unsafe { copy_string(entry.s_proto) }.unwrap_or_default(),
    });
    found
}

/// An entry of the protocol database.
pub(crate) struct Protocol {
    pub(crate) name: CString,
    pub(crate) aliases: Vec<CString>,
    pub(crate) number: i32,
}

/// `getprotobyname_r`.
pub(crate) fn protocol_by_name(name: &CStr) -> Option<Protocol> {
    protocol(|entry, buffer, len, found| {
        // SAFETY: the name is a C string, the rest is `entry`'s.
        unsafe { getprotobyname_r(name.as_ptr(), entry, buffer, len, found) }
    })
}

/// `getprotobynumber_r`.
pub(crate) fn protocol_by_number(number: i32) -> Option<Protocol> {
    protocol(|entry, buffer, len, found| {
        // SAFETY: all the memory is `entry`'s.
        unsafe { getprotobynumber_r(number, entry, buffer, len, found) }
    })
}

fn protocol(
    call: impl FnMut(*mut libc::protoent, *mut c_char, usize, *mut *mut libc::protoent) -> c_int,
) -> Option<Protocol> {
    let (_, found) = entry(call, |entry: &libc::protoent| Protocol {
        // SAFETY: the names of an entry are C strings.
        name: unsafe { copy_string(entry.p_name) }.unwrap_or_default(),
        // SAFETY: the aliases are a list of C strings that NULL ends.
        aliases: unsafe { copy_strings(entry.p_aliases) },
        number: entry.p_proto,
    });
    found
}

/// Runs a call of the form `_r` with room that grows until the entry fits: its code, and what `read` makes of the
/// entry if there is one.
fn entry<E, T>(
    mut call: impl FnMut(*mut E, *mut c_char, usize, *mut *mut E) -> c_int,
    read: impl FnOnce(&E) -> T,
) -> (c_int, Option<T>) {
    const MOST: usize = 1 << 20;
    let mut buffer: Vec<c_char> = vec![0; 1024];
    loop {
        let mut entry = MaybeUninit::<E>::uninit();
        let mut found = null_mut();
        let code = call(entry.as_mut_ptr(), buffer.as_mut_ptr(), buffer.len(), &raw mut found);
        if code == libc::ERANGE && buffer.len() < MOST {
            buffer.resize(buffer.len() * 2, 0);
            continue;
        }
        // SAFETY: NULL, or the entry that the call filled in.
        return (code, unsafe { found.as_ref() }.map(read));
    }
}

/// # Safety
/// NULL or a C string.
unsafe fn copy_string(string: *const c_char) -> Option<CString> {
    // SAFETY: not NULL, so the caller promises a C string.
    (!string.is_null()).then(|| unsafe { CStr::from_ptr(string) }.to_owned())
}

/// # Safety
/// NULL, or a list of C strings that NULL ends.
unsafe fn copy_strings(strings: *mut *mut c_char) -> Vec<CString> {
    // SAFETY: the caller's promise.
    let strings = unsafe { list(strings) };
    // SAFETY: the caller's promise.
    strings.filter_map(|string| unsafe { copy_string(string) }).collect()
}

/// The members of a list that NULL ends.
///
/// # Safety
/// NULL, or such a list, for as long as the iterator lives.
unsafe fn list(list: *mut *mut c_char) -> impl Iterator<Item = *mut c_char> {
    let mut next = list;
    std::iter::from_fn(move || {
        // SAFETY: the list is NULL, or `next` has not passed the NULL that ends it.
        let member = unsafe { next.as_ref() }.copied().filter(|member| !member.is_null())?;
        next = next.wrapping_add(1);
        Some(member)
    })
}

/// # Safety
/// NULL or `len` readable bytes.
unsafe fn copy_address(address: *const libc::sockaddr, len: usize) -> Option<SockAddr> {
    let mut copy = SockAddr::empty();
    if address.is_null() || len > copy.bytes.len() {
        return None;
    }
    // SAFETY: not NULL, the caller promises the bytes, and they fit.
    unsafe { std::ptr::copy_nonoverlapping(address.cast::<u8>(), copy.bytes.as_mut_ptr(), len) };
    copy.len = len as u32;
    Some(copy)
}
