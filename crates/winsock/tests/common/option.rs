//! Reading and setting options in tests: the value, or the code of the failure.
#![allow(
    unsafe_code,
    dead_code,
    unreachable_pub,
    reason = "the raw API is unsafe; each test file uses its own part of this one"
)]

use winsock::win32::*;

fn code() -> i32 {
    // SAFETY: no memory is passed.
    unsafe { WSAGetLastError() }
}

/// Sets an option from bytes.
pub fn set_bytes(s: SOCKET, level: i32, name: i32, value: &[u8]) -> Result<(), i32> {
    // SAFETY: the slice is readable for its length.
    match unsafe { setsockopt(s, level, name, value.as_ptr(), value.len() as i32) } {
        0 => Ok(()),
        _ => Err(code()),
    }
}

/// Sets an option of four bytes.
pub fn set(s: SOCKET, level: i32, name: i32, value: u32) -> Result<(), i32> {
    set_bytes(s, level, name, &value.to_ne_bytes())
}

/// Reads an option into so many bytes, and gives those that were written.
pub fn get_bytes(s: SOCKET, level: i32, name: i32, room: usize) -> Result<Vec<u8>, i32> {
    let mut value = vec![0xCC; room];
    let mut len = room as i32;
    // SAFETY: the buffer is writable for its length.
    match unsafe { getsockopt(s, level, name, value.as_mut_ptr(), &mut len) } {
        0 => {
            assert!(value[len as usize..].iter().all(|&byte| byte == 0xCC), "written beyond the length");
            value.truncate(len as usize);
            Ok(value)
        }
        _ => {
            assert!(
                value.iter().all(|&byte| byte == 0xCC) && len == room as i32,
                "a failure changes nothing"
            );
            Err(code())
        }
    }
}

/// Reads an option of four bytes.
pub fn get(s: SOCKET, level: i32, name: i32) -> Result<u32, i32> {
    get_bytes(s, level, name, 4).map(|value| u32::from_ne_bytes(value.try_into().expect("four bytes")))
}
