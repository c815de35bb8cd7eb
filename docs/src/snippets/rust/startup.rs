//! WSAStartup and WSACleanup, by the raw API. The safe API does without.
#![allow(unsafe_code, reason = "the raw API is Winsock's own, with its pointers")]

// ANCHOR: all
use winsock::Error;
use winsock::win32::{WSACleanup, WSADATA, WSAStartup};

fn main() -> Result<(), Error> {
    let mut data = WSADATA::default();
    // SAFETY: `data` is a WSADATA that can be written to.
    let failure = unsafe { WSAStartup(0x0202, &mut data) };
    if failure != 0 {
        return Err(Error::from_code(failure));
    }
    println!("Winsock {}.{}", data.wVersion & 0xFF, data.wVersion >> 8);
    // SAFETY: takes back the start above; nothing of Winsock is in use.
    unsafe { WSACleanup() };
    Ok(())
}
// ANCHOR_END: all
