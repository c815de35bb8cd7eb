//! `WSASocket`, `WSADuplicateSocket` and `WSAEnumProtocols`: sockets by the description of their protocol.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::memory;
use super::{
    FROM_PROTOCOL_INFO, GUID, INVALID_SOCKET, SOCKET, SOCKET_ERROR, WSA_FLAG_NO_HANDLE_INHERIT,
    WSA_FLAG_OVERLAPPED, WSA_FLAG_REGISTERED_IO, WSAPROTOCOL_INFOA, WSAPROTOCOL_INFOW, WSAPROTOCOLCHAIN,
    boundary,
};
use crate::error::Error;
use crate::linux::handles;
use crate::linux::protocol::{self, Provider};
use crate::linux::share::{self, Ticket};
use crate::linux::socket::Socket;
use crate::linux::translate::{Family, Kind};

/// Which provider all the protocols belong to.
const PROVIDER: GUID = GUID {
    data1: 0x6f70_656e,
    data2: 0x7769,
    data3: 0x4e73,
    data4: [0x8f, 0x63, 0x6b, 0x2d, 0x6c, 0x69, 0x6e, 0x78],
};

/// The two forms of `WSAPROTOCOL_INFO`, which differ in the type of one name.
pub(super) trait ProtocolInfo: Copy {
    fn from_wide(info: &WSAPROTOCOL_INFOW) -> Self;
    fn to_wide(&self) -> WSAPROTOCOL_INFOW;
}

impl ProtocolInfo for WSAPROTOCOL_INFOW {
    fn from_wide(info: &WSAPROTOCOL_INFOW) -> Self {
        *info
    }

    fn to_wide(&self) -> WSAPROTOCOL_INFOW {
        *self
    }
}

/// The other form: every member but the name, which the names of our protocols survive as they are ASCII.
macro_rules! converted {
    ($from:expr, $to:ty, $character:ty) => {{
        let from = $from;
        let mut to = <$to>::default();
        to.dwServiceFlags1 = from.dwServiceFlags1;
        to.dwServiceFlags2 = from.dwServiceFlags2;
        to.dwServiceFlags3 = from.dwServiceFlags3;
        to.dwServiceFlags4 = from.dwServiceFlags4;
        to.dwProviderFlags = from.dwProviderFlags;
        to.ProviderId = from.ProviderId;
        to.dwCatalogEntryId = from.dwCatalogEntryId;
        to.ProtocolChain = from.ProtocolChain;
        to.iVersion = from.iVersion;
        to.iAddressFamily = from.iAddressFamily;
        to.iMaxSockAddr = from.iMaxSockAddr;
        to.iMinSockAddr = from.iMinSockAddr;
        to.iSocketType = from.iSocketType;
        to.iProtocol = from.iProtocol;
        to.iProtocolMaxOffset = from.iProtocolMaxOffset;
        to.iNetworkByteOrder = from.iNetworkByteOrder;
        to.iSecurityScheme = from.iSecurityScheme;
        to.dwMessageSize = from.dwMessageSize;
        to.dwProviderReserved = from.dwProviderReserved;
        for (to, from) in to.szProtocol.iter_mut().zip(from.szProtocol) {
            *to = from as $character;
        }
        to
    }};
}

impl ProtocolInfo for WSAPROTOCOL_INFOA {
    fn from_wide(info: &WSAPROTOCOL_INFOW) -> Self {
        converted!(info, WSAPROTOCOL_INFOA, i8)
    }

    fn to_wide(&self) -> WSAPROTOCOL_INFOW {
        converted!(self, WSAPROTOCOL_INFOW, u16)
    }
}

fn describe(provider: &Provider) -> WSAPROTOCOL_INFOW {
    const VERSION: i32 = 2;
    const BASE_PROTOCOL: i32 = 1;
    let mut info = WSAPROTOCOL_INFOW {
        dwServiceFlags1: provider.services,
        dwProviderFlags: provider.flags,
        ProviderId: PROVIDER,
        dwCatalogEntryId: provider.entry,
        ProtocolChain: WSAPROTOCOLCHAIN { ChainLen: BASE_PROTOCOL, ChainEntries: [0; 7] },
        iVersion: VERSION,
        iAddressFamily: provider.family.winsock().into(),
        iMaxSockAddr: provider.family.address_len() as i32,
        iMinSockAddr: match provider.family {
            Family::V4 | Family::V6 => provider.family.address_len() as i32,
            // A family and no path.
            Family::Unix => 2,
        },
        iSocketType: provider.kind.winsock(),
        iProtocol: provider.protocol,
        iProtocolMaxOffset: provider.more_protocols,
        dwMessageSize: provider.message_size,
        ..WSAPROTOCOL_INFOW::default()
    };
    let name = format!("OpenWinsock [{}]", provider.name);
    for (to, from) in info.szProtocol.iter_mut().zip(name.encode_utf16()) {
        *to = from;
    }
    info
}

/// The description of a socket's protocol.
pub(super) fn protocol_info<T: ProtocolInfo>(socket: &Socket) -> T {
    let mut info = describe(protocol::of(socket.family, socket.kind));
    info.iProtocol = socket.protocol;
    T::from_wide(&info)
}

/// `WSASocketW`: creates a socket as [`socket`](super::socket) does, or from the description of a protocol: where
/// `af`, `type` or `protocol` is `FROM_PROTOCOL_INFO`, the description's counts. A description from
/// [`WSADuplicateSocketW`] gives another handle of that socket.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsasocketw`.
///
/// *On Linux*: every socket supports overlapped operations, and none is inherited by a new program, whatever
/// `WSA_FLAG_OVERLAPPED` and `WSA_FLAG_NO_HANDLE_INHERIT` say. The description of a duplicate is good as long as the
/// source keeps its handle open. There are no socket groups.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEINVAL` for an unknown flag, one of multipoint sockets, or a socket group, `WSAEFAULT` for
/// `FROM_PROTOCOL_INFO` without a description, `WSAEINVAL` for the description of a protocol or a socket that does not
/// exist, `WSAEACCES` for a socket of another process that this one may not take; then as [`socket`](super::socket).
///
/// # Safety
/// `lpprotocolinfo` is NULL or readable.
pub unsafe extern "system" fn WSASocketW(
    af: i32,
    r#type: i32,
    protocol: i32,
    lpprotocolinfo: *const WSAPROTOCOL_INFOW,
    g: u32,
    dwflags: u32,
) -> SOCKET {
    // SAFETY: the caller's promise.
    boundary::call(INVALID_SOCKET, || unsafe { open(af, r#type, protocol, lpprotocolinfo, g, dwflags) })
}

/// `WSASocketA`: as [`WSASocketW`].
///
/// Microsoft's page: `winsock2/nf-winsock2-wsasocketa`.
///
/// # Errors
/// As [`WSASocketW`].
///
/// # Safety
/// As [`WSASocketW`].
pub unsafe extern "system" fn WSASocketA(
    af: i32,
    r#type: i32,
    protocol: i32,
    lpprotocolinfo: *const WSAPROTOCOL_INFOA,
    g: u32,
    dwflags: u32,
) -> SOCKET {
    // SAFETY: the caller's promise.
    boundary::call(INVALID_SOCKET, || unsafe { open(af, r#type, protocol, lpprotocolinfo, g, dwflags) })
}

/// # Safety
/// `info` is NULL or readable.
unsafe fn open<T: ProtocolInfo>(
    family: i32,
    kind: i32,
    protocol: i32,
    info: *const T,
    group: u32,
    flags: u32,
) -> Result<SOCKET, Error> {
    const KNOWN: u32 = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT | WSA_FLAG_REGISTERED_IO;
    if flags & !KNOWN != 0 || group != 0 {
        return Err(Error::WSAEINVAL);
    }
    if info.is_null() {
        if [family, kind, protocol].contains(&FROM_PROTOCOL_INFO) {
            return Err(Error::WSAEFAULT);
        }
        return Socket::new(family, kind, protocol)?.publish();
    }
    // SAFETY: not NULL, and the caller promises that it is readable.
    let info = unsafe { memory::read(info) }?.to_wide();
    if let Some(ticket) = ticket(&info) {
        let family = Family::from_winsock(info.iAddressFamily).ok_or(Error::WSAEINVAL)?;
        let kind = Kind::from_winsock(info.iSocketType).ok_or(Error::WSAEINVAL)?;
        return share::redeem(ticket, family, kind, info.iProtocol);
    }
    let choose = |given: i32, described: i32| if given == FROM_PROTOCOL_INFO { described } else { given };
    let family = choose(family, info.iAddressFamily);
    let kind = choose(kind, info.iSocketType);
    Socket::new(family, kind, choose(protocol, info.iProtocol))?.publish()
}

/// `WSADuplicateSocketW`: describes a socket so that `WSASocketW` gives the process `dwprocessid` a handle of its own
/// for it. The socket ends with the last of its handles.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaduplicatesocketw`.
///
/// *On Linux*: the socket must stay open here until the other process has its handle. A process takes the socket of
/// another one with `pidfd_getfd` (Linux 5.6): it must have the right to trace it, else `WSASocketW` fails with
/// `WSAEACCES`. It sees data, connection and the options that Linux keeps; not the mode of `FIONBIO`, nor time-outs in
/// the form in which they were set.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a NULL pointer, `WSAEINVAL` for a process that does not exist.
///
/// # Safety
/// `lpprotocolinfo` is NULL or valid for writing.
pub unsafe extern "system" fn WSADuplicateSocketW(
    s: SOCKET,
    dwprocessid: u32,
    lpprotocolinfo: *mut WSAPROTOCOL_INFOW,
) -> i32 {
    // SAFETY: the caller's promise.
    boundary::call(SOCKET_ERROR, || unsafe { duplicate(s, dwprocessid, lpprotocolinfo) })
}

/// `WSADuplicateSocketA`: as [`WSADuplicateSocketW`], for [`WSASocketA`].
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaduplicatesocketa`.
///
/// # Errors
/// As [`WSADuplicateSocketW`].
///
/// # Safety
/// As [`WSADuplicateSocketW`].
pub unsafe extern "system" fn WSADuplicateSocketA(
    s: SOCKET,
    dwprocessid: u32,
    lpprotocolinfo: *mut WSAPROTOCOL_INFOA,
) -> i32 {
    // SAFETY: the caller's promise.
    boundary::call(SOCKET_ERROR, || unsafe { duplicate(s, dwprocessid, lpprotocolinfo) })
}

/// # Safety
/// `out` is NULL or valid for writing.
unsafe fn duplicate<T: ProtocolInfo>(s: SOCKET, process: u32, out: *mut T) -> Result<i32, Error> {
    let socket = handles::socket(s)?;
    if out.is_null() {
        return Err(Error::WSAEFAULT);
    }
    let ticket = share::offer(s, process)?;
    let mut info = protocol_info::<WSAPROTOCOL_INFOW>(&socket);
    info.dwServiceFlags2 = ticket.process;
    info.dwServiceFlags3 = ticket.descriptor;
    info.dwServiceFlags4 = ticket.cookie;
    info.dwProviderReserved = ticket.handle;
    // SAFETY: not NULL, and the caller promises that it is writable.
    unsafe { memory::write(out, T::from_wide(&info)) }?;
    Ok(0)
}

/// The duplicate that a description stands for: the reserved members of every other one are zero.
fn ticket(info: &WSAPROTOCOL_INFOW) -> Option<Ticket> {
    (info.dwProviderReserved != 0).then_some(Ticket {
        process: info.dwServiceFlags2,
        descriptor: info.dwServiceFlags3,
        cookie: info.dwServiceFlags4,
        handle: info.dwProviderReserved,
    })
}

/// `WSAEnumProtocolsW`: describes the transport protocols, or those whose numbers the list (closed by 0) names, and
/// answers how many.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaenumprotocolsw`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAEFAULT` for a NULL length, `WSAENOBUFS` for a length too short (`*lpdwbufferlength` is the
/// one that is needed), `WSAEFAULT` for a NULL buffer.
///
/// # Safety
/// Each pointer is NULL or valid: the list up to its 0, the length for reading and writing, the buffer for writing so
/// many bytes.
pub unsafe extern "system" fn WSAEnumProtocolsW(
    lpiprotocols: *const i32,
    lpprotocolbuffer: *mut WSAPROTOCOL_INFOW,
    lpdwbufferlength: *mut u32,
) -> i32 {
    // SAFETY: the caller's promise.
    boundary::call(SOCKET_ERROR, || unsafe { list(lpiprotocols, lpprotocolbuffer, lpdwbufferlength) })
}

/// `WSAEnumProtocolsA`: as [`WSAEnumProtocolsW`].
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaenumprotocolsa`.
///
/// # Errors
/// As [`WSAEnumProtocolsW`].
///
/// # Safety
/// As [`WSAEnumProtocolsW`].
pub unsafe extern "system" fn WSAEnumProtocolsA(
    lpiprotocols: *const i32,
    lpprotocolbuffer: *mut WSAPROTOCOL_INFOA,
    lpdwbufferlength: *mut u32,
) -> i32 {
    // SAFETY: the caller's promise.
    boundary::call(SOCKET_ERROR, || unsafe { list(lpiprotocols, lpprotocolbuffer, lpdwbufferlength) })
}

/// # Safety
/// As the functions that call it.
unsafe fn list<T: ProtocolInfo>(
    protocols: *const i32,
    buffer: *mut T,
    length: *mut u32,
) -> Result<i32, Error> {
    // SAFETY: the caller's promise.
    let room = unsafe { memory::read(length) }? as usize;
    // SAFETY: the caller's promise.
    let wanted = unsafe { memory::zero_terminated(protocols) };
    let found: Vec<T> = protocol::listed(wanted).map(|provider| T::from_wide(&describe(provider))).collect();
    let needed = found.len() * size_of::<T>();
    if room < needed {
        // SAFETY: the caller's promise.
        unsafe { memory::write(length, needed as u32) }?;
        return Err(Error::WSAENOBUFS);
    }
    if buffer.is_null() {
        return Err(Error::WSAEFAULT);
    }
    for (index, info) in found.iter().enumerate() {
        // SAFETY: not NULL, and the caller promises room for all of them.
        unsafe { memory::write(buffer.wrapping_add(index), *info) }?;
    }
    Ok(found.len() as i32)
}
