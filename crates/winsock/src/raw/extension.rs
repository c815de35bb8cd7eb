//! The extension functions: found once by `WSAIoctl`, as both systems give them.
#![allow(unsafe_code, reason = "the raw API is unsafe; this is the module that calls it")]

use std::ptr::null_mut;
use std::sync::OnceLock;

use super::{check, copy_address};
use crate::win32::{self, GUID, LPFN_ACCEPTEX, LPFN_CONNECTEX, LPFN_GETACCEPTEXSOCKADDRS, SOCKET};
use crate::{Error, SockAddr};

/// What an `LPFN_...` is when it is there.
macro_rules! function {
    ($optional:ty) => {
        <$optional as IntoIterator>::Item
    };
}

/// The functions that the safe API calls.
pub(crate) struct Functions {
    pub(crate) accept: function!(LPFN_ACCEPTEX),
    pub(crate) connect: function!(LPFN_CONNECTEX),
    addresses: function!(LPFN_GETACCEPTEXSOCKADDRS),
}

/// The functions of the provider of TCP and UDP: a socket of either finds them for all.
///
/// # Errors
/// `WSAENOTSOCK`, and what else `WSAIoctl` has against the socket.
pub(crate) fn functions(s: SOCKET) -> Result<&'static Functions, Error> {
    static FUNCTIONS: OnceLock<Functions> = OnceLock::new();
    if let Some(functions) = FUNCTIONS.get() {
        return Ok(functions);
    }
    // SAFETY: the identifier is that of the type.
    let accept = unsafe { find::<LPFN_ACCEPTEX>(s, &win32::WSAID_ACCEPTEX) }?;
    // SAFETY: as above.
    let connect = unsafe { find::<LPFN_CONNECTEX>(s, &win32::WSAID_CONNECTEX) }?;
    // SAFETY: as above.
    let addresses = unsafe { find::<LPFN_GETACCEPTEXSOCKADDRS>(s, &win32::WSAID_GETACCEPTEXSOCKADDRS) }?;
    Ok(FUNCTIONS.get_or_init(|| Functions { accept, connect, addresses }))
}

/// `WSAIoctl(SIO_GET_EXTENSION_FUNCTION_POINTER)`.
///
/// # Safety
/// `F` is the `LPFN_...` of the function that `id` names.
unsafe fn find<F: Default + IntoIterator>(s: SOCKET, id: &GUID) -> Result<F::Item, Error> {
    const COMMAND: u32 = win32::SIO_GET_EXTENSION_FUNCTION_POINTER;
    let (mut function, mut bytes) = (F::default(), 0);
    let (input, input_len) = (std::ptr::from_ref(id).cast(), size_of::<GUID>() as u32);
    let (output, output_len) = ((&raw mut function).cast(), size_of::<F>() as u32);
    let bytes = &raw mut bytes;
    // SAFETY: the identifier is readable, and the function's place is as long as a pointer, which is what it gets.
    check(unsafe {
        win32::WSAIoctl(s, COMMAND, input, input_len, output, output_len, bytes, null_mut(), None)
    })?;
    function.into_iter().next().ok_or(Error::WSAEOPNOTSUPP)
}

/// `GetAcceptExSockaddrs`: the local address and the peer's, copied.
///
/// # Errors
/// As [`functions`]; `WSAEFAULT` if there is none.
///
/// # Safety
/// An `AcceptEx` with the same memory, length and room for each address has succeeded.
pub(crate) unsafe fn accept_addresses(
    s: SOCKET,
    memory: *const u8,
    len: u32,
    room: u32,
) -> Result<[SockAddr; 2], Error> {
    let addresses = functions(s)?.addresses;
    let (mut local, mut local_len, mut peer, mut peer_len) = (null_mut(), 0, null_mut(), 0);
    let locals = (&raw mut local, &raw mut local_len);
    let peers = (&raw mut peer, &raw mut peer_len);
    // SAFETY: the caller's promise, and the four results are ours.
    unsafe { addresses(memory.cast(), len, room, room, locals.0, locals.1, peers.0, peers.1) };
    // SAFETY: NULL, or an address in the memory with the length beside it.
    let local = unsafe { copy_address(local, local_len as usize) };
    // SAFETY: as above.
    let peer = unsafe { copy_address(peer, peer_len as usize) };
    Ok([local.ok_or(Error::WSAEFAULT)?, peer.ok_or(Error::WSAEFAULT)?])
}
