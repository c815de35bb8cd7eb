//! Names to addresses and back: `getaddrinfo`, `getnameinfo`, `gethostname`, their W forms, `gai_strerror`.
//!
//! Owns the memory of the address lists: one block per node, which holds the node, its address and its name.
#![allow(unsafe_code, reason = "the signatures are Winsock's; lists of the caller's are followed by pointer")]

use super::memory::{self, Character};
use super::{ADDRINFOA, ADDRINFOW, PCSTR, PCWSTR, PSTR, PWSTR, SOCKADDR, SOCKET_ERROR, boundary, socklen_t};
use crate::error::Error;
use crate::linux::names::{self as model, Answers, Query};
use crate::linux::translate::Address;
use std::cell::RefCell;
use std::ptr::null_mut;

/// `ADDRINFOA` or `ADDRINFOW`: the same but for the name's characters.
trait AddrInfo: Default + Copy {
    type Character: Character;
    fn hints(&self) -> Hints;
    fn next(&self) -> *mut Self;
    fn set_next(&mut self, next: *mut Self);
    fn fill(&mut self, address: &AddressOfNode, name: *mut Self::Character);
}

/// What hints say.
struct Hints {
    flags: u32,
    family: i32,
    kind: i32,
    protocol: i32,
    /// Whether the members that must be zero are.
    clean: bool,
}

/// What a node is filled with.
struct AddressOfNode {
    family: i32,
    kind: i32,
    protocol: i32,
    address: *mut SOCKADDR,
    address_len: usize,
}

macro_rules! addr_info {
    ($name:ident, $character:ty) => {
        impl AddrInfo for $name {
            type Character = $character;

            fn hints(&self) -> Hints {
                Hints {
                    flags: self.ai_flags as u32,
                    family: self.ai_family,
                    kind: self.ai_socktype,
                    protocol: self.ai_protocol,
                    clean: self.ai_addrlen == 0
                        && self.ai_canonname.is_null()
                        && self.ai_addr.is_null()
                        && self.ai_next.is_null(),
                }
            }

            fn next(&self) -> *mut $name {
                self.ai_next
            }

            fn set_next(&mut self, next: *mut $name) {
                self.ai_next = next;
            }

            fn fill(&mut self, node: &AddressOfNode, name: *mut $character) {
                self.ai_family = node.family;
                self.ai_socktype = node.kind;
                self.ai_protocol = node.protocol;
                self.ai_addrlen = node.address_len;
                self.ai_addr = node.address;
                self.ai_canonname = name;
            }
        }
    };
}

addr_info!(ADDRINFOA, u8);
addr_info!(ADDRINFOW, u16);

/// The block of a node. `info` comes first: the address of the one is that of the other.
#[repr(C)]
struct Node<I: AddrInfo> {
    info: I,
    address: AlignedAddress,
    name: Vec<I::Character>,
}

/// Room for a `SOCKADDR_IN6`, aligned for every member of it.
#[repr(C, align(8))]
struct AlignedAddress([u8; 28]);

/// Makes the list of an answer.
fn list<I: AddrInfo>(answers: Answers) -> *mut I {
    let mut name = answers.canonical.map(|name| memory::with_nul(&name)).unwrap_or_default();
    let mut nodes: Vec<*mut I> = Vec::with_capacity(answers.list.len());
    for answer in &answers.list {
        let address = Address::from_ip(&answer.address);
        let mut bytes = [0; 28];
        bytes[..address.as_bytes().len()].copy_from_slice(address.as_bytes());
        // The first node alone has the name.
        let mut block = Box::new(Node {
            info: I::default(),
            address: AlignedAddress(bytes),
            name: std::mem::take(&mut name),
        });
        let name = if block.name.is_empty() { null_mut() } else { block.name.as_mut_ptr() };
        let block = Box::into_raw(block);
        // SAFETY: the block was just made.
        let location = unsafe { &raw mut (*block).address };
        let node = AddressOfNode {
            family: address.family().winsock().into(),
            kind: answer.kind,
            protocol: answer.protocol,
            address: location.cast(),
            address_len: address.as_bytes().len(),
        };
        // SAFETY: as above, and nobody else knows it yet.
        unsafe { (*block).info.fill(&node, name) };
        nodes.push(block.cast());
    }
    let mut next = null_mut();
    for &node in nodes.iter().rev() {
        // SAFETY: a node begins with its info, and nobody else knows it yet.
        unsafe { (*node).set_next(next) };
        next = node;
    }
    next
}

/// Frees a list of [`list`], or the part that the caller kept of it.
///
/// # Safety
/// NULL, or nodes of [`list`] linked by `ai_next`, none of them freed.
unsafe fn free<I: AddrInfo>(list: *const I) {
    let mut next = list.cast_mut();
    while !next.is_null() {
        // SAFETY: the caller promises a node of `list`: a block that was a Box, and begins with its info.
        let block = unsafe { Box::from_raw(next.cast::<Node<I>>()) };
        next = block.info.next();
    }
}

/// # Safety
/// As [`getaddrinfo`].
unsafe fn get_addr_info<I: AddrInfo>(
    node: *const I::Character,
    service: *const I::Character,
    hints: *const I,
    result: *mut *mut I,
) -> Result<(), Error> {
    // SAFETY: the caller's promise.
    unsafe { memory::write(result, null_mut()) }?;
    // SAFETY: the caller's promise.
    let node = unsafe { memory::text(node) };
    // SAFETY: the caller's promise.
    let service = unsafe { memory::text(service) };
    if node.is_none() && service.is_none() {
        return Err(Error::WSAHOST_NOT_FOUND);
    }
    let hints = if hints.is_null() {
        I::default().hints()
    } else {
        // SAFETY: not NULL, and the caller promises that it is readable.
        unsafe { hints.read_unaligned() }.hints()
    };
    if !hints.clean {
        return Err(Error::WSANO_RECOVERY);
    }
    let answers = model::resolve(&Query {
        node: node.as_deref(),
        service: service.as_deref(),
        flags: hints.flags,
        family: hints.family,
        kind: hints.kind,
        protocol: hints.protocol,
    })?;
    // SAFETY: as above.
    unsafe { memory::write(result, list(answers)) }
}

/// `getaddrinfo`: the addresses of a name and a service, as a list that [`freeaddrinfo`] frees. The error is both the
/// result and the last error; `*ppresult` is NULL then.
///
/// A number stands for itself: every form of [`inet_addr`](super::inet_addr), and IPv6 with or without a scope. No name
/// is loopback, or the unspecified address with `AI_PASSIVE`; `localhost` is the loopback of both families; the empty
/// name, `..localmachine` and the machine's own name are its own addresses; IPv6 comes first. A port number leaves
/// `ai_socktype` and `ai_protocol` as the hints have them; a service's name fills in what they leave open, a node for
/// each of TCP and UDP that has the service.
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-getaddrinfo`.
///
/// *On Linux*: texts are UTF-8. Other names are the C library's to resolve, as the machine is set up (`/etc/hosts`, DNS);
/// names below `invalid` are never asked for. A name with letters beyond ASCII is encoded (IDNA) unless
/// `AI_DISABLE_IDN_ENCODING` is set. `AI_FQDN` gives the canonical name. `AI_NON_AUTHORITATIVE`, `AI_SECURE`,
/// `AI_RETURN_PREFERRED_NAMES` and `AI_FILESERVER` are for providers that do not exist here, and change nothing.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEFAULT` for a NULL `ppresult`, `WSAHOST_NOT_FOUND` if neither name is given,
/// `WSANO_RECOVERY` for hints whose other members are not zero, `WSAEINVAL` for unknown flags and for `AI_CANONNAME` with
/// `AI_FQDN`, `WSAEAFNOSUPPORT`, `WSAESOCKTNOSUPPORT`, `WSANO_RECOVERY` for a canonical name of no name,
/// `WSAHOST_NOT_FOUND` for no number where `AI_NUMERICHOST` or `AI_NUMERICSERV` wants one, `WSATYPE_NOT_FOUND` for a
/// service that does not exist; then of the name `WSAHOST_NOT_FOUND`, `WSANO_DATA` if it has no address of the wanted
/// kind, `WSATRY_AGAIN`, `WSANO_RECOVERY`, `WSA_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// Each pointer is NULL or valid: the names are C strings, `phints` is readable, `ppresult` is writable.
pub unsafe extern "system" fn getaddrinfo(
    pnodename: PCSTR,
    pservicename: PCSTR,
    phints: *const ADDRINFOA,
    ppresult: *mut *mut ADDRINFOA,
) -> i32 {
    // SAFETY: the caller's promise is the same.
    boundary::call_code(|| unsafe { get_addr_info(pnodename, pservicename, phints, ppresult) })
}

/// `GetAddrInfoW`: [`getaddrinfo`] in UTF-16, freed by [`FreeAddrInfoW`].
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-getaddrinfow`.
///
/// # Errors
/// As [`getaddrinfo`].
///
/// # Safety
/// As [`getaddrinfo`].
pub unsafe extern "system" fn GetAddrInfoW(
    pnodename: PCWSTR,
    pservicename: PCWSTR,
    phints: *const ADDRINFOW,
    ppresult: *mut *mut ADDRINFOW,
) -> i32 {
    // SAFETY: the caller's promise is the same.
    boundary::call_code(|| unsafe { get_addr_info(pnodename, pservicename, phints, ppresult) })
}

/// `freeaddrinfo`: frees a list of [`getaddrinfo`], or what is left of it. NULL is an empty list.
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-freeaddrinfo`.
///
/// # Safety
/// The nodes came from [`getaddrinfo`], and are freed once.
pub unsafe extern "system" fn freeaddrinfo(paddrinfo: *const ADDRINFOA) {
    // SAFETY: the caller's promise is the same.
    unsafe { free(paddrinfo) }
}

/// `FreeAddrInfoW`: frees a list of [`GetAddrInfoW`], or what is left of it. NULL is an empty list.
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-freeaddrinfow`.
///
/// # Safety
/// The nodes came from [`GetAddrInfoW`], and are freed once.
pub unsafe extern "system" fn FreeAddrInfoW(paddrinfo: *const ADDRINFOW) {
    // SAFETY: the caller's promise is the same.
    unsafe { free(paddrinfo) }
}

/// Where a name goes: a buffer, NULL for nobody wants it, and its room in characters.
type TextOut<C> = (*mut C, u32);

/// # Safety
/// As [`getnameinfo`].
unsafe fn get_name_info<C: Character>(
    address: (*const SOCKADDR, socklen_t),
    node: TextOut<C>,
    service: TextOut<C>,
    flags: i32,
) -> Result<(), Error> {
    // SAFETY: the caller's promise.
    let address = unsafe { memory::address(address.0, address.1, Error::WSAEAFNOSUPPORT) }?;
    let address = address.to_ip().ok_or(Error::WSAEAFNOSUPPORT)?;
    let flags = flags as u32;
    let empty = |out: TextOut<C>| !out.0.is_null() && out.1 == 0;
    if !model::known_name_flags(flags) || empty(node) || empty(service) {
        return Err(Error::WSAEINVAL);
    }
    if node.0.is_null() && service.0.is_null() {
        return Err(Error::WSAHOST_NOT_FOUND);
    }
    let texts = [
        (service, (!service.0.is_null()).then(|| model::service_name(&address, flags))),
        (node, if node.0.is_null() { None } else { Some(model::host_name(&address, flags)?) }),
    ];
    let fits = |(out, text): &(TextOut<C>, Option<String>)| {
        text.as_ref().is_none_or(|text| memory::with_nul::<C>(text).len() <= out.1 as usize)
    };
    if !texts.iter().all(fits) {
        return Err(Error::WSAEFAULT);
    }
    for (out, text) in texts.iter().filter_map(|(out, text)| Some((out, text.as_ref()?))) {
        // SAFETY: the caller's promise.
        unsafe { memory::write_text(out.0, out.1 as usize, text) }.map_err(|_| Error::WSAEFAULT)?;
    }
    Ok(())
}

/// `getnameinfo`: the names of an address's host and service. A host or service without a name is given as a number. A
/// NULL buffer asks for no name. The error is both the result and the last error.
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-getnameinfo`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEFAULT` for an address that is NULL or too short, `WSAEAFNOSUPPORT`, `WSAEINVAL` for unknown
/// flags and for a buffer without room, `WSAHOST_NOT_FOUND` if both buffers are NULL; with `NI_NAMEREQD`,
/// `WSAHOST_NOT_FOUND` for a host without a name (and with `NI_NUMERICHOST` always), `WSATRY_AGAIN`, `WSANO_RECOVERY`;
/// `WSAEFAULT` for a name that does not fit.
///
/// # Safety
/// Each pointer is NULL or valid: `psockaddr` names `sockaddrlength` readable bytes, the buffers have their room.
pub unsafe extern "system" fn getnameinfo(
    psockaddr: *const SOCKADDR,
    sockaddrlength: socklen_t,
    pnodebuffer: PSTR,
    nodebuffersize: u32,
    pservicebuffer: PSTR,
    servicebuffersize: u32,
    flags: i32,
) -> i32 {
    let (node, service) = ((pnodebuffer, nodebuffersize), (pservicebuffer, servicebuffersize));
    // SAFETY: the caller's promise is the same.
    boundary::call_code(|| unsafe { get_name_info((psockaddr, sockaddrlength), node, service, flags) })
}

/// `GetNameInfoW`: [`getnameinfo`] in UTF-16.
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-getnameinfow`.
///
/// # Errors
/// As [`getnameinfo`].
///
/// # Safety
/// As [`getnameinfo`].
pub unsafe extern "system" fn GetNameInfoW(
    psockaddr: *const SOCKADDR,
    sockaddrlength: socklen_t,
    pnodebuffer: PWSTR,
    nodebuffersize: u32,
    pservicebuffer: PWSTR,
    servicebuffersize: u32,
    flags: i32,
) -> i32 {
    let (node, service) = ((pnodebuffer, nodebuffersize), (pservicebuffer, servicebuffersize));
    // SAFETY: the caller's promise is the same.
    boundary::call_code(|| unsafe { get_name_info((psockaddr, sockaddrlength), node, service, flags) })
}

/// # Safety
/// As [`gethostname`].
unsafe fn get_host_name<C: Character>(name: *mut C, len: i32) -> Result<i32, Error> {
    let room = usize::try_from(len).map_err(|_| Error::WSAEFAULT)?;
    // SAFETY: the caller's promise.
    unsafe { memory::write_text(name, room, &model::local_name()?) }.map_err(|_| Error::WSAEFAULT)?;
    Ok(0)
}

/// `gethostname`: the name of this machine, which [`getaddrinfo`] resolves.
///
/// Microsoft's page: `winsock2/nf-winsock2-gethostname`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEFAULT` for a buffer that is NULL or too small, `WSAENETDOWN`.
///
/// # Safety
/// `name` is NULL or valid for writing `namelen` bytes.
pub unsafe extern "system" fn gethostname(name: PSTR, namelen: i32) -> i32 {
    // SAFETY: the caller's promise is the same.
    boundary::call(SOCKET_ERROR, || unsafe { get_host_name(name, namelen) })
}

/// `GetHostNameW`: [`gethostname`] in UTF-16.
///
/// Microsoft's page: `winsock2/nf-winsock2-gethostnamew`.
///
/// # Errors
/// As [`gethostname`].
///
/// # Safety
/// `name` is NULL or valid for writing `namelen` characters.
pub unsafe extern "system" fn GetHostNameW(name: PWSTR, namelen: i32) -> i32 {
    // SAFETY: the caller's promise is the same.
    boundary::call(SOCKET_ERROR, || unsafe { get_host_name(name, namelen) })
}

thread_local! {
    static MESSAGE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static WIDE_MESSAGE: RefCell<Vec<u16>> = const { RefCell::new(Vec::new()) };
}

/// `gai_strerrorA`: what a code of [`getaddrinfo`] means. The text is valid until the thread's next call. Works without
/// `WSAStartup`.
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-gai_strerrora`.
///
/// *On Linux*: on Windows this is a function of the header, and `windows-sys` has none.
///
/// # Safety
/// None is needed: the function is `unsafe` as its siblings are.
pub unsafe extern "system" fn gai_strerrorA(ecode: i32) -> PSTR {
    boundary::call_any_time(null_mut(), || {
        Ok(MESSAGE.with_borrow_mut(|message| {
            *message = memory::with_nul(Error::from_code(ecode).description());
            message.as_mut_ptr()
        }))
    })
}

/// `gai_strerrorW`: [`gai_strerrorA`] in UTF-16.
///
/// Microsoft's page: `ws2tcpip/nf-ws2tcpip-gai_strerrora`.
///
/// *On Linux*: as [`gai_strerrorA`].
///
/// # Safety
/// None is needed: the function is `unsafe` as its siblings are.
pub unsafe extern "system" fn gai_strerrorW(ecode: i32) -> PWSTR {
    boundary::call_any_time(null_mut(), || {
        Ok(WIDE_MESSAGE.with_borrow_mut(|message| {
            *message = memory::with_nul(Error::from_code(ecode).description());
            message.as_mut_ptr()
        }))
    })
}
