//! Sockets by the description of their protocol: `WSAEnumProtocols`, `WSASocket`, `WSADuplicateSocket`, and the
//! options that describe a socket.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/option.rs"]
mod option;

use common::*;
use option::*;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::ptr::{null, null_mut};
use winsock::win32::*;

const WIDE: usize = size_of::<WSAPROTOCOL_INFOW>();
const NARROW: usize = size_of::<WSAPROTOCOL_INFOA>();

/// The listed protocols, or those of a list.
fn protocols(wanted: *const i32) -> Vec<WSAPROTOCOL_INFOW> {
    let mut needed = 0;
    // SAFETY: the list ends with 0 or is NULL, and no room is lent.
    assert_eq!(unsafe { WSAEnumProtocolsW(wanted, null_mut(), &mut needed) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAENOBUFS);
    let mut found = vec![WSAPROTOCOL_INFOW::default(); needed as usize / WIDE];
    // SAFETY: the room is as long as it says.
    let count = unsafe { WSAEnumProtocolsW(wanted, found.as_mut_ptr(), &mut needed) };
    assert_eq!(count as usize, found.len(), "{}", last_error());
    found
}

fn info_of(s: SOCKET) -> WSAPROTOCOL_INFOW {
    let mut info = WSAPROTOCOL_INFOW::default();
    let mut len = WIDE as i32;
    // SAFETY: the structure is writable for its length.
    let result = unsafe { getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (&raw mut info).cast(), &mut len) };
    assert_eq!((result, len as usize), (0, WIDE), "{}", last_error());
    info
}

fn from_info(info: *const WSAPROTOCOL_INFOW) -> Result<SOCKET, i32> {
    let any = FROM_PROTOCOL_INFO;
    // SAFETY: the description is NULL or readable.
    match unsafe { WSASocketW(any, any, any, info, 0, WSA_FLAG_OVERLAPPED) } {
        INVALID_SOCKET => Err(last_error()),
        s => Ok(s),
    }
}

fn duplicate(s: SOCKET, process: u32) -> Result<WSAPROTOCOL_INFOW, i32> {
    let mut info = WSAPROTOCOL_INFOW::default();
    // SAFETY: the structure is writable.
    match unsafe { WSADuplicateSocketW(s, process, &mut info) } {
        0 => Ok(info),
        _ => Err(last_error()),
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: the list of protocols is this library's")]
fn every_listed_protocol_makes_a_socket_that_describes_itself_so() {
    start();
    let found = protocols(null());
    let kinds: Vec<_> = found.iter().map(|it| (it.iAddressFamily, it.iSocketType, it.iProtocol)).collect();
    let (v4, v6, unix) = (i32::from(AF_INET), i32::from(AF_INET6), i32::from(AF_UNIX));
    assert_eq!(
        kinds,
        [
            (v4, SOCK_STREAM, IPPROTO_TCP),
            (v4, SOCK_DGRAM, IPPROTO_UDP),
            (v6, SOCK_STREAM, IPPROTO_TCP),
            (v6, SOCK_DGRAM, IPPROTO_UDP),
            (unix, SOCK_STREAM, 0),
        ]
    );
    for described in &found {
        assert_eq!((described.iVersion, described.ProtocolChain.ChainLen), (2, 1));
        assert_eq!(described.dwProviderFlags & PFL_HIDDEN, 0);
        assert_ne!(described.szProtocol[0], 0);
        let s = from_info(described).unwrap();
        let own = info_of(s);
        assert_eq!(own.dwCatalogEntryId, described.dwCatalogEntryId);
        assert_eq!(own.szProtocol, described.szProtocol);
        if described.iSocketType == SOCK_DGRAM {
            assert_eq!(get(s, SOL_SOCKET, SO_MAX_MSG_SIZE), Ok(described.dwMessageSize));
        }
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn a_list_of_numbers_filters() {
    start();
    assert_eq!(protocols([IPPROTO_UDP, 0].as_ptr()).len(), 2);
    assert_eq!(protocols([IPPROTO_UDP, IPPROTO_TCP, 0].as_ptr()).len(), 4);
    let mut len = 0;
    // SAFETY: the list ends with 0, and nothing is written.
    assert_eq!(unsafe { WSAEnumProtocolsW([77, 0].as_ptr(), null_mut(), &mut len) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEFAULT, "room enough for nothing, but NULL");
    let mut one = WSAPROTOCOL_INFOW::default();
    // SAFETY: the structure is writable.
    assert_eq!(unsafe { WSAEnumProtocolsW([77, 0].as_ptr(), &mut one, &mut len) }, 0);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options have the length of their type")]
fn the_narrow_form_says_the_same() {
    start();
    let wide = protocols(null());
    let mut narrow = vec![WSAPROTOCOL_INFOA::default(); wide.len()];
    let mut len = (narrow.len() * NARROW) as u32;
    // SAFETY: the room is as long as it says.
    assert_eq!(unsafe { WSAEnumProtocolsA(null(), narrow.as_mut_ptr(), &mut len) }, wide.len() as i32);
    for (wide, narrow) in wide.iter().zip(&narrow) {
        assert_eq!(wide.dwServiceFlags1, narrow.dwServiceFlags1);
        assert_eq!(wide.dwCatalogEntryId, narrow.dwCatalogEntryId);
        assert_eq!(wide.dwMessageSize, narrow.dwMessageSize);
        assert!(wide.szProtocol.iter().zip(narrow.szProtocol).all(|(w, n)| *w == n as u16));
        let any = FROM_PROTOCOL_INFO;
        // SAFETY: the description is readable.
        let s = unsafe { WSASocketA(any, any, any, narrow, 0, 0) };
        assert_ne!(s, INVALID_SOCKET, "{}", last_error());
        assert_eq!(get_bytes(s, SOL_SOCKET, SO_PROTOCOL_INFOA, NARROW).map(|it| it.len()), Ok(NARROW));
        assert_eq!(get_bytes(s, SOL_SOCKET, SO_PROTOCOL_INFOA, NARROW - 1), Err(WSAEFAULT));
        assert_eq!(get_bytes(s, SOL_SOCKET, SO_PROTOCOL_INFOW, WIDE - 1), Err(WSAEFAULT));
        assert_eq!(set_bytes(s, SOL_SOCKET, SO_PROTOCOL_INFOA, &[0; NARROW]), Err(WSAENOPROTOOPT));
        close(s);
    }
    len -= 1;
    let before = narrow[0].dwCatalogEntryId;
    // SAFETY: the room is longer than it says.
    assert_eq!(unsafe { WSAEnumProtocolsA(null(), narrow.as_mut_ptr(), &mut len) }, SOCKET_ERROR);
    assert_eq!((last_error(), len as usize), (WSAENOBUFS, narrow.len() * NARROW));
    assert_eq!(narrow[0].dwCatalogEntryId, before);
    // SAFETY: NULL is allowed to be passed.
    assert_eq!(unsafe { WSAEnumProtocolsA(null(), null_mut(), null_mut()) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEFAULT);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: no multipoint sessions")]
fn wsasocket_is_socket_with_flags() {
    start();
    let open = |family: u16, kind: i32, protocol: i32, group: u32, flags: u32| {
        // SAFETY: no description is passed.
        match unsafe { WSASocketW(family.into(), kind, protocol, null(), group, flags) } {
            INVALID_SOCKET => Err(last_error()),
            s => {
                close(s);
                Ok(())
            }
        }
    };
    for flags in [0, WSA_FLAG_OVERLAPPED, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT] {
        assert_eq!(open(AF_INET, SOCK_STREAM, IPPROTO_TCP, 0, flags), Ok(()));
    }
    // Each fault comes with all the later ones.
    for flags in [
        WSA_FLAG_MULTIPOINT_C_ROOT,
        WSA_FLAG_MULTIPOINT_C_LEAF,
        WSA_FLAG_MULTIPOINT_D_ROOT,
        WSA_FLAG_MULTIPOINT_D_LEAF,
        WSA_FLAG_ACCESS_SYSTEM_SECURITY,
        0x8000_0000,
    ] {
        assert_eq!(open(99, 99, 99, 0, flags | WSA_FLAG_OVERLAPPED), Err(WSAEINVAL), "{flags:#x}");
    }
    assert_eq!(open(99, 99, 99, 1, 0), Err(WSAEINVAL), "a group");
    assert_eq!(from_info(null()), Err(WSAEFAULT));
    assert_eq!(open(99, 99, 99, 0, 0), Err(WSAEAFNOSUPPORT));
    assert_eq!(open(AF_INET, 99, 99, 0, 0), Err(WSAESOCKTNOSUPPORT));
    assert_eq!(open(AF_INET, SOCK_STREAM, 999, 0, 0), Err(WSAEPROTONOSUPPORT));
    // The two examples of Microsoft's page of error codes.
    assert_eq!(open(AF_INET, SOCK_STREAM, IPPROTO_UDP, 0, 0), Err(WSAEPROTOTYPE));
    assert_eq!(open(AF_INET, SOCK_DGRAM, IPPROTO_TCP, 0, 0), Err(WSAEPROTONOSUPPORT));
    // What is given counts more than the description.
    let tcp = protocols([IPPROTO_TCP, 0].as_ptr())[0];
    // SAFETY: the description is readable.
    let s = unsafe { WSASocketW(AF_INET6.into(), FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &tcp, 0, 0) };
    assert_eq!(info_of(s).iAddressFamily, AF_INET6.into());
    close(s);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: options have the length of their type")]
fn a_duplicate_is_the_same_socket_until_both_are_closed() {
    start();
    let (client, server) = pair();
    let info = duplicate(client, std::process::id()).unwrap();
    let twin = from_info(&info).unwrap();
    assert_ne!(twin, client);
    set(twin, IPPROTO_TCP, TCP_NODELAY, 1).unwrap();
    set(twin, SOL_SOCKET, SO_RCVTIMEO, 4_321).unwrap();
    assert_eq!(get(client, IPPROTO_TCP, TCP_NODELAY), Ok(1));
    assert_eq!(get(client, SOL_SOCKET, SO_RCVTIMEO), Ok(4_321));
    close(client);
    assert_eq!(get(client, SOL_SOCKET, SO_TYPE), Err(WSAENOTSOCK));
    // SAFETY: the data is readable.
    assert_eq!(unsafe { send(twin, b"x".as_ptr(), 1, 0) }, 1, "{}", last_error());
    let mut byte = 0;
    // SAFETY: one byte of room.
    assert_eq!(unsafe { recv(server, &mut byte, 1, 0) }, 1);
    close(twin);
    // SAFETY: one byte of room.
    assert_eq!(unsafe { recv(server, &mut byte, 1, 0) }, 0, "the last handle ends the connection");
    close(server);
    assert_eq!(from_info(&info), Err(WSAEINVAL), "the socket is gone");
}

#[test]
fn the_narrow_duplicate_works_too() {
    start();
    let (listener, address) = listener();
    let mut info = WSAPROTOCOL_INFOA::default();
    // SAFETY: the structure is writable.
    assert_eq!(unsafe { WSADuplicateSocketA(listener, std::process::id(), &mut info) }, 0);
    let any = FROM_PROTOCOL_INFO;
    // SAFETY: the description is readable.
    let twin = unsafe { WSASocketA(any, any, any, &info, 0, 0) };
    assert_ne!(twin, INVALID_SOCKET, "{}", last_error());
    close(listener);
    let client = new(SOCK_STREAM);
    // SAFETY: the address is whole.
    assert_eq!(unsafe { connect(client, (&raw const address).cast(), 16) }, 0, "{}", last_error());
    // SAFETY: no address is asked for.
    let server = unsafe { accept(twin, null_mut(), null_mut()) };
    assert_ne!(server, INVALID_SOCKET, "{}", last_error());
    for s in [twin, client, server] {
        close(s);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn the_errors_of_wsaduplicatesocket_come_in_order() {
    start();
    const NOBODY: u32 = 0x7FFF_FFFE;
    let s = new(SOCK_STREAM);
    let stale = new(SOCK_STREAM);
    close(stale);
    for handle in [stale, 0, 3, INVALID_SOCKET] {
        // SAFETY: NULL is allowed to be passed.
        assert_eq!(unsafe { WSADuplicateSocketW(handle, NOBODY, null_mut()) }, SOCKET_ERROR);
        assert_eq!(last_error(), WSAENOTSOCK);
    }
    // SAFETY: as above.
    assert_eq!(unsafe { WSADuplicateSocketW(s, NOBODY, null_mut()) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAEFAULT);
    assert_eq!(duplicate(s, NOBODY).map(|_| ()), Err(WSAEINVAL));
    let mut forged = duplicate(s, std::process::id()).unwrap();
    forged.dwServiceFlags4 ^= 1;
    assert_eq!(from_info(&forged), Err(WSAEINVAL), "another socket than the one that was meant");
    forged.dwServiceFlags2 = NOBODY;
    assert_eq!(from_info(&forged), Err(WSAEINVAL));
    close(s);
}

/// What the test below starts as another process: it takes the socket whose description comes on standard input,
/// receives a message from it and answers.
#[test]
#[ignore = "a part of another test"]
fn child_takes_a_socket() {
    start();
    let mut bytes = vec![0; WIDE];
    std::io::stdin().read_exact(&mut bytes).unwrap();
    // SAFETY: the parent wrote the structure.
    let info = unsafe { bytes.as_ptr().cast::<WSAPROTOCOL_INFOW>().read_unaligned() };
    let other_family = WSAPROTOCOL_INFOW { iAddressFamily: AF_INET6.into(), ..info };
    let other_type = WSAPROTOCOL_INFOW { iSocketType: SOCK_DGRAM, ..info };
    for forged in [other_family, other_type] {
        let refused = from_info(&forged);
        assert!(matches!(refused, Err(WSAEINVAL | WSAEACCES)), "a socket that there is not: {refused:?}");
    }
    match from_info(&info) {
        Err(code) => std::process::exit(if code == WSAEACCES { 13 } else { 1 }),
        Ok(s) => {
            let mut byte = 0;
            // SAFETY: one byte of room.
            assert_eq!(unsafe { recv(s, &mut byte, 1, 0) }, 1, "{}", last_error());
            byte += 1;
            // SAFETY: one byte.
            assert_eq!(unsafe { send(s, &byte, 1, 0) }, 1, "{}", last_error());
            close(s);
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: a forged description of a socket is refused")]
fn another_process_can_take_a_socket() {
    start();
    let (client, server) = pair();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_takes_a_socket", "--ignored"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let info = duplicate(server, child.id()).unwrap();
    // SAFETY: the structure has no padding.
    let bytes = unsafe { std::slice::from_raw_parts((&raw const info).cast::<u8>(), WIDE) };
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    // SAFETY: one byte.
    assert_eq!(unsafe { send(client, b"a".as_ptr(), 1, 0) }, 1);
    let status = child.wait().unwrap();
    if status.code() == Some(13) {
        // Where a process may not trace its parent, this is the documented answer.
        let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
        assert_ne!(scope.trim(), "0", "the right was there");
    } else {
        assert!(status.success(), "{status}");
        set(client, SOL_SOCKET, SO_RCVTIMEO, 20_000).unwrap();
        let mut byte = 0;
        // SAFETY: one byte of room.
        assert_eq!(unsafe { recv(client, &mut byte, 1, 0) }, 1, "{}", last_error());
        assert_eq!(byte, b'b');
    }
    close(client);
    close(server);
}
