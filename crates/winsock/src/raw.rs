//! The raw calls of the safe API, one safe function for each, and the two ends of a handle's way through other hands.
//!
//! Slices become pointer and length here, failures become [`Error`]. Nothing is decided here; lengths above what a
//! call can take are cut, as a short transfer is allowed to be. A stale or invented `SOCKET` is answered with
//! `WSAENOTSOCK` by the calls themselves, so the functions are safe for any value.
//! Handles of other objects are `raw/object.rs`'s, the extension functions `raw/extension.rs`'s,
//! memory that outlives a call is `loan.rs`'s.
#![allow(unsafe_code, reason = "the raw API is unsafe; this is the module that calls it")]

pub(crate) mod extension;
pub(crate) mod object;
pub(crate) mod window;

use std::io::{IoSlice, IoSliceMut};
use std::ptr::{null, null_mut};
use std::time::Duration;

use crate::poll::PollEntry;
use crate::win32::{self, HANDLE, SOCKET, WSABUF, WSANETWORKEVENTS};
use crate::{Error, Event, SockAddr, Socket};

/// `WSAStartup`, which answers its error instead of leaving it.
pub(crate) fn startup(major: u8, minor: u8) -> Result<(), Error> {
    let mut data = win32::WSADATA::default();
    // SAFETY: the structure is ours and writable.
    match unsafe { win32::WSAStartup(u16::from_le_bytes([major, minor]), &raw mut data) } {
        0 => Ok(()),
        code => Err(Error::from_code(code)),
    }
}

/// The calling thread's last error, after a call that failed.
pub(crate) fn last_error() -> Error {
    // SAFETY: no memory is passed.
    Error::from_code(unsafe { win32::WSAGetLastError() })
}

/// The result of a call that answers `SOCKET_ERROR` on failure.
fn check(result: i32) -> Result<usize, Error> {
    usize::try_from(result).map_err(|_| last_error())
}

fn check_socket(socket: SOCKET) -> Result<SOCKET, Error> {
    if socket == win32::INVALID_SOCKET { Err(last_error()) } else { Ok(socket) }
}

/// The length of a buffer as a call takes it.
fn length(len: usize) -> i32 {
    i32::try_from(len).unwrap_or(i32::MAX)
}

/// `WSASocketW`, as `socket` does it but not inherited by child processes.
pub(crate) fn socket(family: i32, kind: i32, protocol: i32) -> Result<SOCKET, Error> {
    const FLAGS: u32 = win32::WSA_FLAG_OVERLAPPED | win32::WSA_FLAG_NO_HANDLE_INHERIT;
    // SAFETY: no protocol information is passed.
    check_socket(unsafe { win32::WSASocketW(family, kind, protocol, null(), 0, FLAGS) })
}

/// A second handle for the same socket: `WSADuplicateSocketW` for this process, and `WSASocketW`.
pub(crate) fn duplicate(s: SOCKET) -> Result<SOCKET, Error> {
    const FLAGS: u32 = win32::WSA_FLAG_OVERLAPPED | win32::WSA_FLAG_NO_HANDLE_INHERIT;
    const FROM: i32 = win32::FROM_PROTOCOL_INFO;
    let mut info = win32::WSAPROTOCOL_INFOW::default();
    // SAFETY: the structure is ours and writable.
    check(unsafe { win32::WSADuplicateSocketW(s, std::process::id(), &raw mut info) })?;
    // SAFETY: the structure is the one that the call before filled in.
    check_socket(unsafe { win32::WSASocketW(FROM, FROM, FROM, &raw const info, 0, FLAGS) })
}

/// `closesocket`.
pub(crate) fn close(s: SOCKET) -> Result<(), Error> {
    // SAFETY: no memory is passed.
    check(unsafe { win32::closesocket(s) }).map(drop)
}

/// `WSAEventSelect`; without an event, for no events.
pub(crate) fn event_select(s: SOCKET, event: Option<&Event>, events: u32) -> Result<(), Error> {
    // SAFETY: no memory is passed.
    check(unsafe { win32::WSAEventSelect(s, object::wsa_event(event), events as i32) }).map(drop)
}

/// `WSAAsyncSelect`.
pub(crate) fn async_select(s: SOCKET, window: HANDLE, message: u32, events: u32) -> Result<(), Error> {
    // SAFETY: no memory is passed.
    check(unsafe { win32::WSAAsyncSelect(s, window, message, events as i32) }).map(drop)
}

/// `WSAEnumNetworkEvents`.
pub(crate) fn enum_network_events(s: SOCKET, reset: Option<&Event>) -> Result<WSANETWORKEVENTS, Error> {
    let mut record = WSANETWORKEVENTS::default();
    // SAFETY: the record is ours and writable.
    check(unsafe { win32::WSAEnumNetworkEvents(s, object::wsa_event(reset), &raw mut record) })?;
    Ok(record)
}

/// `bind`.
pub(crate) fn bind(s: SOCKET, address: &SockAddr) -> Result<(), Error> {
    // SAFETY: the address has `len` readable bytes.
    check(unsafe { win32::bind(s, address.as_ptr(), address.len()) }).map(drop)
}

/// `listen`.
pub(crate) fn listen(s: SOCKET, backlog: i32) -> Result<(), Error> {
    // SAFETY: no memory is passed.
    check(unsafe { win32::listen(s, backlog) }).map(drop)
}

/// `accept`.
pub(crate) fn accept(s: SOCKET) -> Result<(SOCKET, SockAddr), Error> {
    let mut from = SockAddr::empty();
    let (name, len) = from.as_out();
    // SAFETY: the address has `*len` writable bytes.
    let accepted = check_socket(unsafe { win32::accept(s, name, len) })?;
    Ok((accepted, from))
}

/// `connect`.
pub(crate) fn connect(s: SOCKET, address: &SockAddr) -> Result<(), Error> {
    // SAFETY: the address has `len` readable bytes.
    check(unsafe { win32::connect(s, address.as_ptr(), address.len()) }).map(drop)
}

/// `shutdown`.
pub(crate) fn shutdown(s: SOCKET, how: i32) -> Result<(), Error> {
    // SAFETY: no memory is passed.
    check(unsafe { win32::shutdown(s, how) }).map(drop)
}

/// `getsockname`.
pub(crate) fn local_address(s: SOCKET) -> Result<SockAddr, Error> {
    let mut address = SockAddr::empty();
    let (name, len) = address.as_out();
    // SAFETY: the address has `*len` writable bytes.
    check(unsafe { win32::getsockname(s, name, len) })?;
    Ok(address)
}

/// `getpeername`.
pub(crate) fn peer_address(s: SOCKET) -> Result<SockAddr, Error> {
    let mut address = SockAddr::empty();
    let (name, len) = address.as_out();
    // SAFETY: the address has `*len` writable bytes.
    check(unsafe { win32::getpeername(s, name, len) })?;
    Ok(address)
}

/// `send`.
pub(crate) fn send(s: SOCKET, data: &[u8], flags: i32) -> Result<usize, Error> {
    // SAFETY: the slice has at least that many readable bytes.
    check(unsafe { win32::send(s, data.as_ptr(), length(data.len()), flags) })
}

/// `sendto`.
pub(crate) fn send_to(s: SOCKET, data: &[u8], flags: i32, to: &SockAddr) -> Result<usize, Error> {
    // SAFETY: slice and address have at least the lengths that go with them.
    check(unsafe { win32::sendto(s, data.as_ptr(), length(data.len()), flags, to.as_ptr(), to.len()) })
}

/// `recv`.
pub(crate) fn recv(s: SOCKET, buffer: &mut [u8], flags: i32) -> Result<usize, Error> {
    // SAFETY: the slice has at least that many writable bytes.
    check(unsafe { win32::recv(s, buffer.as_mut_ptr(), length(buffer.len()), flags) })
}

/// `recvfrom`.
pub(crate) fn recv_from(s: SOCKET, buffer: &mut [u8], flags: i32) -> Result<(usize, SockAddr), Error> {
    let mut from = SockAddr::empty();
    let (name, name_len) = from.as_out();
    let (data, len) = (buffer.as_mut_ptr(), length(buffer.len()));
    // SAFETY: slice and address have at least the lengths that go with them.
    let received = check(unsafe { win32::recvfrom(s, data, len, flags, name, name_len) })?;
    Ok((received, from))
}

/// `WSASend` of several buffers, synchronous.
pub(crate) fn send_vectored(s: SOCKET, data: &[IoSlice<'_>]) -> Result<usize, Error> {
    let buffers = buffers(data.iter().map(|data| (data.as_ptr().cast_mut(), data.len())));
    let mut sent = 0;
    let (first, count, bytes) = (buffers.as_ptr(), buffers.len() as u32, &raw mut sent);
    // SAFETY: each buffer names a slice that is borrowed for the call, which only reads it.
    check(unsafe { win32::WSASend(s, first, count, bytes, 0, null_mut(), None) })?;
    Ok(sent as usize)
}

/// `WSARecv` into several buffers, synchronous.
pub(crate) fn recv_vectored(s: SOCKET, room: &mut [IoSliceMut<'_>]) -> Result<usize, Error> {
    let buffers = buffers(room.iter_mut().map(|room| (room.as_mut_ptr(), room.len())));
    let (mut received, mut flags) = (0, 0);
    let (first, count) = (buffers.as_ptr(), buffers.len() as u32);
    let (bytes, flags) = (&raw mut received, &raw mut flags);
    // SAFETY: each buffer names a slice that is borrowed mutably for the call.
    check(unsafe { win32::WSARecv(s, first, count, bytes, flags, null_mut(), None) })?;
    Ok(received as usize)
}

/// The buffers as a call takes them. One too long for it is cut and ends the list: the transfer is short.
fn buffers(from: impl Iterator<Item = (*mut u8, usize)>) -> Vec<WSABUF> {
    let mut buffers = Vec::new();
    for (buf, len) in from {
        let len = u32::try_from(len);
        buffers.push(WSABUF { len: len.unwrap_or(u32::MAX), buf });
        if len.is_err() {
            break;
        }
    }
    buffers
}

/// A type of option values.
///
/// # Safety
/// All bits are in use, and every pattern of them is a value.
pub(crate) unsafe trait OptionValue: Copy + Default {}

// SAFETY: an integer.
unsafe impl OptionValue for i32 {}
// SAFETY: an integer.
unsafe impl OptionValue for u32 {}
// SAFETY: an integer.
unsafe impl OptionValue for usize {}
// SAFETY: nothing.
unsafe impl OptionValue for [u8; 0] {}
// SAFETY: two integers of one size.
unsafe impl OptionValue for win32::LINGER {}
// SAFETY: integers and arrays of integers, between which nothing is left out.
unsafe impl OptionValue for win32::WSAPROTOCOL_INFOW {}
// SAFETY: two addresses of four bytes.
unsafe impl OptionValue for win32::IP_MREQ {}
// SAFETY: sixteen bytes and an integer, which stands aligned.
unsafe impl OptionValue for win32::IPV6_MREQ {}

/// `getsockopt`.
pub(crate) fn option<T: OptionValue>(s: SOCKET, level: i32, name: i32) -> Result<T, Error> {
    let mut value = T::default();
    let mut len = size_of::<T>() as i32;
    // SAFETY: the value has `len` writable bytes, and is one whatever they become.
    check(unsafe { win32::getsockopt(s, level, name, (&raw mut value).cast(), &raw mut len) })?;
    Ok(value)
}

/// `setsockopt`.
pub(crate) fn set_option<T: OptionValue>(s: SOCKET, level: i32, name: i32, value: T) -> Result<(), Error> {
    let len = size_of::<T>() as i32;
    // SAFETY: the value has `len` readable bytes.
    check(unsafe { win32::setsockopt(s, level, name, (&raw const value).cast(), len) }).map(drop)
}

/// `getsockopt(SO_PROTOCOL_INFOW)`: the family, type and protocol of a socket.
pub(crate) fn protocol_info(s: SOCKET) -> Result<win32::WSAPROTOCOL_INFOW, Error> {
    option(s, win32::SOL_SOCKET, win32::SO_PROTOCOL_INFOW)
}

/// `getsockopt(SO_CONNECT_TIME)`: how long a socket has been connected, in whole seconds; `None` if it is not.
pub(crate) fn connect_time(s: SOCKET) -> Result<Option<Duration>, Error> {
    const NOT_CONNECTED: u32 = u32::MAX;
    Ok(match option(s, win32::SOL_SOCKET, win32::SO_CONNECT_TIME)? {
        NOT_CONNECTED => None,
        seconds => Some(Duration::from_secs(seconds.into())),
    })
}

/// `ioctlsocket`: the argument goes in and comes out.
pub(crate) fn ioctl(s: SOCKET, command: i32, mut argument: u32) -> Result<u32, Error> {
    // SAFETY: the argument is ours and writable.
    check(unsafe { win32::ioctlsocket(s, command, &raw mut argument) })?;
    Ok(argument)
}

/// `WSAPoll`.
pub(crate) fn poll(entries: &mut [PollEntry<'_>], timeout_ms: i32) -> Result<usize, Error> {
    let count = u32::try_from(entries.len()).map_err(|_| Error::WSAEINVAL)?;
    // SAFETY: a `PollEntry` is a `WSAPOLLFD` by its layout, and the slice is writable.
    check(unsafe { win32::WSAPoll(entries.as_mut_ptr().cast(), count, timeout_ms) })
}

/// A set for `select` of any size: the count, and from the second word on the sockets, as an `FD_SET` has them.
pub(crate) struct RawSet(Vec<SOCKET>);

impl RawSet {
    /// The set of some sockets.
    pub(crate) fn new(sockets: &[SOCKET]) -> RawSet {
        let mut set = Vec::with_capacity(sockets.len() + 1);
        set.push(0);
        set.extend_from_slice(sockets);
        let mut set = RawSet(set);
        // SAFETY: the first word has room for the count, and is ours.
        unsafe { set.0.as_mut_ptr().cast::<u32>().write(sockets.len() as u32) };
        set
    }

    /// The sockets that a call has left in it.
    pub(crate) fn sockets(&self) -> &[SOCKET] {
        // SAFETY: the first word holds the count, written by `new` or the call.
        let count = unsafe { self.0.as_ptr().cast::<u32>().read() } as usize;
        &self.0[1..][..count]
    }

    /// The set for a call; NULL if it is empty.
    fn as_mut_ptr(&mut self) -> *mut win32::FD_SET {
        if self.0.len() == 1 { null_mut() } else { self.0.as_mut_ptr().cast() }
    }
}

const _: () = {
    assert!(std::mem::offset_of!(win32::FD_SET, fd_array) == size_of::<SOCKET>());
    assert!(size_of::<PollEntry<'_>>() == size_of::<win32::WSAPOLLFD>());
};

/// `select`.
pub(crate) fn select(sets: &mut [RawSet; 3], timeout: Option<win32::TIMEVAL>) -> Result<usize, Error> {
    let [read, write, except] = sets.each_mut().map(RawSet::as_mut_ptr);
    let timeout = timeout.as_ref().map_or(null(), std::ptr::from_ref);
    // SAFETY: each set is NULL or as long as its count says, and writable; the call reads the count, never the size.
    check(unsafe { win32::select(0, read, write, except, timeout) })
}

/// One answer of `GetAddrInfoW`.
pub(crate) struct AddressInfo {
    pub(crate) address: Option<SockAddr>,
    pub(crate) canonical_name: Option<String>,
}

/// `GetAddrInfoW`, its list copied.
pub(crate) fn address_info(
    host: Option<&str>,
    service: Option<&str>,
    hints: &win32::ADDRINFOW,
) -> Result<Vec<AddressInfo>, Error> {
    let host = host.map(wide).transpose()?;
    let service = service.map(wide).transpose()?;
    let pointer = |text: &Option<Vec<u16>>| text.as_ref().map_or(null(), |text| text.as_ptr());
    let mut list = null_mut();
    let (node, service) = (pointer(&host), pointer(&service));
    // SAFETY: both texts are NULL or end with a zero; the hints have only the four fields that count.
    match unsafe { win32::GetAddrInfoW(node, service, hints, &raw mut list) } {
        0 => {}
        code => return Err(Error::from_code(code)),
    }
    let mut found = Vec::new();
    let mut next = list;
    // SAFETY: NULL, or an entry of the list, which lives until it is freed below.
    while let Some(entry) = unsafe { next.as_ref() } {
        found.push(AddressInfo {
            // SAFETY: the entry's address has the length that stands beside it.
            address: unsafe { copy_address(entry.ai_addr, entry.ai_addrlen) },
            // SAFETY: the entry's name is NULL or ends with a zero.
            canonical_name: unsafe { copy_text(entry.ai_canonname) },
        });
        next = entry.ai_next;
    }
    // SAFETY: the list came from `GetAddrInfoW`, and nothing of it is used any more.
    unsafe { win32::FreeAddrInfoW(list) };
    Ok(found)
}

/// # Safety
/// `name` is NULL or names `len` readable bytes.
unsafe fn copy_address(name: *const win32::SOCKADDR, len: usize) -> Option<SockAddr> {
    let mut storage = win32::SOCKADDR_STORAGE::default();
    if name.is_null() || len > size_of_val(&storage) {
        return None;
    }
    // SAFETY: the caller promises the bytes, and the storage has room for them.
    unsafe { name.cast::<u8>().copy_to_nonoverlapping((&raw mut storage).cast(), len) };
    Some(SockAddr::from(storage))
}

/// # Safety
/// `text` is NULL or ends with a zero.
unsafe fn copy_text(text: *const u16) -> Option<String> {
    if text.is_null() {
        return None;
    }
    let mut len = 0;
    // SAFETY: not behind the zero, where the caller promises the text to end.
    while unsafe { text.wrapping_add(len).read() } != 0 {
        len += 1;
    }
    // SAFETY: as many units were just read.
    Some(String::from_utf16_lossy(unsafe { std::slice::from_raw_parts(text, len) }))
}

/// `GetNameInfoW`: the names of host and service.
pub(crate) fn name_info(address: &SockAddr, flags: u32) -> Result<(String, String), Error> {
    let mut host = [0u16; win32::NI_MAXHOST as usize];
    let mut service = [0u16; win32::NI_MAXSERV as usize];
    // SAFETY: the address and both buffers have the lengths that go with them.
    let result = unsafe {
        win32::GetNameInfoW(
            address.as_ptr(),
            address.len(),
            host.as_mut_ptr(),
            host.len() as u32,
            service.as_mut_ptr(),
            service.len() as u32,
            flags as i32,
        )
    };
    match result {
        0 => Ok((text(&host), text(&service))),
        code => Err(Error::from_code(code)),
    }
}

/// `GetHostNameW`.
pub(crate) fn host_name() -> Result<String, Error> {
    let mut name = [0u16; 256];
    // SAFETY: the buffer has the length that goes with it.
    check(unsafe { win32::GetHostNameW(name.as_mut_ptr(), name.len() as i32) })?;
    Ok(text(&name))
}

/// UTF-16 with a zero at its end. One inside would cut the text: `WSAEINVAL`.
fn wide(text: &str) -> Result<Vec<u16>, Error> {
    if text.contains('\0') {
        return Err(Error::WSAEINVAL);
    }
    Ok(text.encode_utf16().chain([0]).collect())
}

/// The text before the zero.
fn text(wide: &[u16]) -> String {
    String::from_utf16_lossy(wide.split(|&unit| unit == 0).next().unwrap_or_default())
}

impl Socket {
    /// Takes over a `SOCKET` of the raw API; dropping the result closes it.
    ///
    /// # Safety
    /// The handle is open, and nobody else closes it. `WSAStartup` was called for it.
    pub unsafe fn from_raw(socket: SOCKET) -> Socket {
        Socket::owning(socket)
    }
}
