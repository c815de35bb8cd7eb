//! A program written for `windows-sys`: on Linux one line names another crate.
#![allow(unsafe_code, reason = "the raw API is Winsock's own, with its pointers")]

// ANCHOR: all
// On Windows: use windows_sys::Win32::Networking::WinSock::*;
use winsock::win32::*;

fn main() {
    let mut data = WSADATA::default();
    // SAFETY: `data` can be written to.
    assert_eq!(unsafe { WSAStartup(0x0202, &mut data) }, 0);
    // SAFETY: takes no pointer.
    let s = unsafe { socket(AF_INET.into(), SOCK_STREAM, IPPROTO_TCP) };
    assert_ne!(s, INVALID_SOCKET);

    let mut on = 1;
    // SAFETY: FIONBIO reads one u32.
    assert_eq!(unsafe { ioctlsocket(s, FIONBIO, &mut on) }, 0);
    // SAFETY: takes no pointer.
    assert_eq!(unsafe { closesocket(s) }, 0);
    // SAFETY: takes no pointer.
    let code = unsafe { closesocket(s) };
    // SAFETY: takes no pointer.
    println!("closed twice: {code}, {}", unsafe { WSAGetLastError() });
    // SAFETY: nothing of Winsock is in use.
    unsafe { WSACleanup() };
}
// ANCHOR_END: all
