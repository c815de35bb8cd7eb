//! `ioctlsocket` and `WSAIoctl`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::extension::extension;
use super::memory::{self, Room};
use super::overlapped;
use super::*;
use crate::error::Error;
use crate::linux::change::{self, Change};
use crate::linux::handles;
use crate::linux::ioctl;
use crate::linux::network_events;
use crate::linux::option;
use crate::linux::socket::Socket;
use crate::linux::translate::{Address, Family};
use std::ffi::c_void;
use std::sync::Arc;

/// `ioctlsocket`: `FIONBIO` sets the mode (0 blocking, else non-blocking), `FIONREAD` tells how many bytes can be read,
/// `SIOCATMARK` whether no out-of-band data waits.
///
/// Microsoft's page: `winsock/nf-winsock-ioctlsocket`.
///
/// *On Linux*: `FIONREAD` on a datagram socket counts the first datagram alone.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a NULL pointer, `WSAEINVAL` for another command, for the blocking
/// mode while network events are selected, and for `FIONREAD` on a listener or `SIOCATMARK` on a socket without
/// out-of-band data.
///
/// # Safety
/// `argp` is NULL or valid for reading and writing.
pub unsafe extern "system" fn ioctlsocket(s: SOCKET, cmd: i32, argp: *mut u32) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        // SAFETY: the caller's promise.
        let argument = unsafe { memory::read(argp) }?;
        let result = match cmd {
            FIONBIO => {
                network_events::set_mode(&socket, argument != 0)?;
                return Ok(0);
            }
            FIONREAD => ioctl::readable(&socket)?,
            SIOCATMARK => ioctl::is_urgent_data_read(&socket)?.into(),
            _ => return Err(Error::WSAEINVAL),
        };
        // SAFETY: the caller's promise.
        unsafe { memory::write(argp, result) }?;
        Ok(0)
    })
}

/// `WSAIoctl`: controls a socket. Served are the commands of [`ioctlsocket`]; `SIO_KEEPALIVE_VALS`,
/// `SIO_UDP_CONNRESET`, `SIO_UDP_NETRESET`, `SIO_ADDRESS_LIST_QUERY`, `SIO_ROUTING_INTERFACE_QUERY`,
/// `SIO_GET_INTERFACE_LIST`, `SIO_GET_BROADCAST_ADDRESS`, `SIO_MULTIPOINT_LOOPBACK`, `SIO_MULTICAST_SCOPE`,
/// `SIO_GET_EXTENSION_FUNCTION_POINTER`, `SIO_BASE_HANDLE` and its kin, `SIO_LOOPBACK_FAST_PATH`, `SIO_TCP_INFO`, `SIO_AF_UNIX_GETPEERPID`,
/// `SIO_ADDRESS_LIST_CHANGE`, `SIO_ROUTING_INTERFACE_CHANGE`.
///
/// The last two end with the next change from the call on: of the addresses of the socket's family, or of its routes, to
/// whatever destination. They wait, or are overlapped; on a non-blocking socket they fail with `WSAEWOULDBLOCK`, and the
/// network event `FD_ADDRESS_LIST_CHANGE` or `FD_ROUTING_INTERFACE_CHANGE` tells of the change, once.
///
/// `*lpcbbytesreturned` is the length of the output. After `WSAEFAULT` of `SIO_ADDRESS_LIST_QUERY`, and of
/// `SIO_ROUTING_INTERFACE_QUERY` with an output that is too short, it is the length that is needed; no other failure changes it.
///
/// Microsoft's pages: `winsock2/nf-winsock2-wsaioctl`, `winsock-ioctls`.
///
/// *On Linux*: every other command is finished when the call returns, and not overlapped. Loopback is always fast.
/// Keep-alive times are whole seconds. An address whose lifetime is renewed counts as a change, and what becomes of an interface
/// as one of the routes.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEOPNOTSUPP` for an overlapped call of a command that cannot be, `WSAEFAULT` for
/// a NULL `lpcbbytesreturned` and for a routine without an `OVERLAPPED`, `WSAEINVAL` for an unknown command and `WSAEOPNOTSUPP` for one that is known and not served,
/// `WSAEFAULT` for an input or output buffer that is NULL or too short; then what the command says:
/// `WSAENOPROTOOPT` (`SIO_KEEPALIVE_VALS` on a datagram socket, `SIO_GET_BROADCAST_ADDRESS` on IPv6), `WSAEINVAL` for
/// another type of socket or a bad value, or an extension function that does not exist; `WSA_IO_PENDING`,
/// `WSAEWOULDBLOCK`, `WSAEINTR`, `WSAEMFILE`, `WSAENOBUFS` of the commands that wait.
///
/// # Safety
/// Each pointer is NULL or valid: the buffers for so many bytes, `lpcbbytesreturned` for writing, `lpoverlapped` until the
/// operation has ended.
pub unsafe extern "system" fn WSAIoctl(
    s: SOCKET,
    dwiocontrolcode: u32,
    lpvinbuffer: *const c_void,
    cbinbuffer: u32,
    lpvoutbuffer: *mut c_void,
    cboutbuffer: u32,
    lpcbbytesreturned: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let change = match dwiocontrolcode {
            SIO_ADDRESS_LIST_CHANGE => Some(Change::Addresses),
            SIO_ROUTING_INTERFACE_CHANGE => Some(Change::Routes),
            _ => None,
        };
        if change.is_none() && (!lpoverlapped.is_null() || lpcompletionroutine.is_some()) {
            return Err(Error::WSAEOPNOTSUPP);
        }
        if lpcbbytesreturned.is_null() {
            return Err(Error::WSAEFAULT);
        }
        let input = Input { data: lpvinbuffer.cast(), len: cbinbuffer as usize };
        if let Some(change) = change {
            // SAFETY: the caller's promise.
            unsafe { await_change(&socket, change, &input, lpoverlapped, lpcompletionroutine) }?;
            // SAFETY: the caller's promise.
            unsafe { memory::write(lpcbbytesreturned, 0) }?;
            return Ok(0);
        }
        // SAFETY: the caller's promise.
        let output = unsafe { Room::new(lpvoutbuffer.cast(), cboutbuffer as usize) };
        let (written, result) = match control(&socket, s, dwiocontrolcode, &input, &output) {
            Ok(written) => (written, Ok(0)),
            Err(Failure::Plain(error)) => return Err(error),
            Err(Failure::TooShort { needed }) => (needed, Err(Error::WSAEFAULT)),
        };
        // SAFETY: the caller's promise.
        unsafe { memory::write(lpcbbytesreturned, written as u32) }?;
        result
    })
}

/// Waits for a change, or asks to be told of it.
///
/// # Safety
/// `overlapped` is NULL, or valid until the operation has ended.
unsafe fn await_change(
    socket: &Arc<Socket>,
    change: Change,
    input: &Input,
    overlapped: *mut OVERLAPPED,
    routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> Result<(), Error> {
    if overlapped.is_null() && routine.is_some() {
        return Err(Error::WSAEFAULT);
    }
    if change == Change::Routes && input.address()?.family() != socket.family {
        return Err(Error::WSAEAFNOSUPPORT);
    }
    if !overlapped.is_null() {
        let (lane, request) = change::operation(socket, change)?;
        // SAFETY: the caller's promise.
        return unsafe { overlapped::start(&lane, request, overlapped, routine) }.map(drop);
    }
    if socket.is_nonblocking() {
        network_events::ask_for_change(socket, change)?;
        return Err(Error::WSAEWOULDBLOCK);
    }
    change::wait(socket, change)
}

/// Why a command fails.
enum Failure {
    Plain(Error),
    /// The output needs so many bytes.
    TooShort {
        needed: usize,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Plain(error)
    }
}

/// The input buffer.
struct Input {
    data: *const u8,
    len: usize,
}

impl Input {
    /// The value at its beginning.
    fn value<T: Copy>(&self) -> Result<T, Error> {
        if self.len < size_of::<T>() {
            return Err(Error::WSAEFAULT);
        }
        // SAFETY: the caller of `WSAIoctl` promised the bytes, or NULL.
        unsafe { memory::read(self.data.cast::<T>()) }
    }

    /// The address that it is.
    fn address(&self) -> Result<Address, Error> {
        let len = i32::try_from(self.len).unwrap_or(i32::MAX);
        // SAFETY: the caller of `WSAIoctl` promised the bytes, or NULL.
        unsafe { memory::address(self.data.cast(), len, Error::WSAEAFNOSUPPORT) }
    }
}

/// Runs a command, and answers the length of its output.
fn control(socket: &Socket, s: SOCKET, code: u32, input: &Input, output: &Room) -> Result<usize, Failure> {
    const NON_BLOCKING: u32 = FIONBIO as u32;
    const READABLE: u32 = FIONREAD as u32;
    const AT_MARK: u32 = SIOCATMARK as u32;
    match code {
        NON_BLOCKING => network_events::set_mode(socket, input.value::<u32>()? != 0)?,
        SIO_KEEPALIVE_VALS => {
            let values: tcp_keepalive = input.value()?;
            ioctl::set_keepalive(socket, values.onoff != 0, values.keepalivetime, values.keepaliveinterval)?;
        }
        SIO_UDP_CONNRESET => ioctl::set_connection_resets(socket, input.value::<BOOL>()? != 0)?,
        SIO_UDP_NETRESET => ioctl::set_network_resets(socket, input.value::<BOOL>()? != 0)?,
        SIO_LOOPBACK_FAST_PATH => {
            input.value::<BOOL>()?;
        }
        SIO_MULTIPOINT_LOOPBACK => multicast(socket, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, input.value()?)?,
        SIO_MULTICAST_SCOPE => multicast(socket, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, input.value()?)?,
        READABLE => return Ok(output.put(0, ioctl::readable(socket)?)?),
        AT_MARK => return Ok(output.put(0, BOOL::from(ioctl::is_urgent_data_read(socket)?))?),
        SIO_ROUTING_INTERFACE_QUERY => {
            let to = input.address()?;
            let needed = socket.family.address_len();
            output.require(needed).map_err(|_| Failure::TooShort { needed })?;
            return Ok(output.put_bytes(0, ioctl::route(socket, &to)?.as_bytes())?);
        }
        SIO_GET_BROADCAST_ADDRESS => {
            return Ok(output.put_bytes(0, ioctl::broadcast_address(socket)?.as_bytes())?);
        }
        SIO_BASE_HANDLE
        | SIO_BSP_HANDLE
        | SIO_BSP_HANDLE_SELECT
        | SIO_BSP_HANDLE_POLL
        | SIO_QUERY_TARGET_PNP_HANDLE => return Ok(output.put(0, s)?),
        SIO_ADDRESS_LIST_QUERY => return address_list(&ioctl::addresses(socket.family)?, output),
        SIO_GET_INTERFACE_LIST_CODE => return interface_list(socket, output),
        SIO_GET_EXTENSION_FUNCTION_POINTER => {
            let function = extension(&input.value()?).ok_or(Error::WSAEINVAL)?;
            return Ok(output.put(0, function)?);
        }
        SIO_AF_UNIX_GETPEERPID => return Ok(output.put(0, ioctl::peer_process(socket)?)?),
        SIO_TCP_INFO => {
            if input.value::<u32>()? != 0 {
                return Err(Error::WSAEINVAL.into());
            }
            return Ok(output.put(0, ioctl::tcp_info(socket)?)?);
        }
        _ if is_known(code) => return Err(Error::WSAEOPNOTSUPP.into()),
        _ => return Err(Error::WSAEINVAL.into()),
    }
    Ok(0)
}

/// `SIO_GET_INTERFACE_LIST`: `_IOR('t', 127, ULONG)`.
const SIO_GET_INTERFACE_LIST_CODE: u32 = 0x4004_747F;

/// Whether Microsoft documents a command that is not served here.
fn is_known(code: u32) -> bool {
    matches!(
        code,
        SIO_ABSORB_RTRALERT
            | SIO_ACQUIRE_PORT_RESERVATION
            | SIO_ADDRESS_LIST_SORT
            | SIO_APPLY_TRANSPORT_SETTING
            | SIO_ASSOCIATE_HANDLE
            | SIO_ASSOCIATE_PORT_RESERVATION
            | SIO_CPU_AFFINITY
            | SIO_ENABLE_CIRCULAR_QUEUEING
            | SIO_FIND_ROUTE
            | SIO_FLUSH
            | SIO_GET_GROUP_QOS
            | SIO_GET_QOS
            | SIO_GET_TX_TIMESTAMP
            | SIO_INDEX_ADD_MCAST
            | SIO_INDEX_BIND
            | SIO_INDEX_DEL_MCAST
            | SIO_INDEX_MCASTIF
            | SIO_LIMIT_BROADCASTS
            | SIO_QUERY_RSS_PROCESSOR_INFO
            | SIO_QUERY_RSS_SCALABILITY_INFO
            | SIO_QUERY_SECURITY
            | SIO_QUERY_TRANSPORT_SETTING
            | SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT
            | SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS
            | SIO_RCVALL
            | SIO_RCVALL_IF
            | SIO_RCVALL_IGMPMCAST
            | SIO_RCVALL_MCAST
            | SIO_RCVALL_MCAST_IF
            | SIO_RELEASE_PORT_RESERVATION
            | SIO_SET_COMPATIBILITY_MODE
            | SIO_SET_GROUP_QOS
            | SIO_SET_QOS
            | SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS
            | SIO_TCP_INITIAL_RTO
            | SIO_TIMESTAMPING
            | SIO_TRANSLATE_HANDLE
            | SIO_UCAST_IF
    )
}

/// The two commands that are options under another name.
fn multicast(socket: &Socket, v4: i32, v6: i32, value: u32) -> Result<(), Error> {
    let (level, name) = match socket.family {
        Family::V4 | Family::Unix => (IPPROTO_IP, v4),
        Family::V6 => (IPPROTO_IPV6, v6),
    };
    option::find(socket, level, name)?.set(socket, &value.to_ne_bytes())
}

/// A `SOCKET_ADDRESS_LIST`, and behind it the addresses that it points to.
fn address_list(addresses: &[Address], output: &Room) -> Result<usize, Failure> {
    const LIST: usize = std::mem::offset_of!(SOCKET_ADDRESS_LIST, Address);
    const PLACE: usize = 32;
    let first = LIST + addresses.len() * size_of::<SOCKET_ADDRESS>();
    let needed = (first + addresses.len() * PLACE).max(size_of::<SOCKET_ADDRESS_LIST>());
    if output.len() < needed {
        return Err(Failure::TooShort { needed });
    }
    output.put(0, addresses.len() as i32)?;
    for (index, address) in addresses.iter().enumerate() {
        let place = first + index * PLACE;
        let entry = SOCKET_ADDRESS {
            lpSockaddr: output.at(place).cast(),
            iSockaddrLength: address.as_bytes().len() as i32,
        };
        output.put(LIST + index * size_of::<SOCKET_ADDRESS>(), entry)?;
        output.put_bytes(place, address.as_bytes())?;
    }
    Ok(needed)
}

/// `INTERFACE_INFO`s: the flags, and three addresses of 24 bytes.
fn interface_list(socket: &Socket, output: &Room) -> Result<usize, Failure> {
    const ENTRY: usize = size_of::<INTERFACE_INFO>();
    let interfaces = ioctl::interfaces(socket)?;
    output.require(interfaces.len() * ENTRY)?;
    for (index, interface) in interfaces.iter().enumerate() {
        let entry = index * ENTRY;
        output.put(entry, INTERFACE_INFO { iiFlags: interface.flags, ..INTERFACE_INFO::default() })?;
        for (offset, address) in [
            (std::mem::offset_of!(INTERFACE_INFO, iiAddress), &interface.address),
            (std::mem::offset_of!(INTERFACE_INFO, iiBroadcastAddress), &interface.broadcast),
            (std::mem::offset_of!(INTERFACE_INFO, iiNetmask), &interface.netmask),
        ] {
            output.put_bytes(entry + offset, address.as_bytes())?;
        }
    }
    Ok(interfaces.len() * ENTRY)
}
