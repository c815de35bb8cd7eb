//! Files: created, opened, read and written, with the codes of Windows.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod common;
#[path = "common/file.rs"]
mod file;
#[path = "common/port.rs"]
mod port;

use common::last_error;
use file::*;
use port::{Operation, code};
use std::ptr::{null, null_mut};
use winsock::win32::*;

const ERROR_FILE_NOT_FOUND: i32 = 2;
const ERROR_PATH_NOT_FOUND: i32 = 3;
const ERROR_ACCESS_DENIED: i32 = 5;
const ERROR_HANDLE_EOF: i32 = 38;
const ERROR_NOT_SUPPORTED: i32 = 50;
const ERROR_FILE_EXISTS: i32 = 80;
const ERROR_NEGATIVE_SEEK: i32 = 131;
const EXISTED: i32 = 183;

const BOTH: u32 = GENERIC_READ | GENERIC_WRITE;

/// A path that is free, and whose file goes with the value.
struct Path(String);

impl Path {
    fn new() -> Path {
        Path(free_path().to_str().unwrap().to_owned())
    }

    fn create(&self, access: u32, disposition: u32) -> Result<(HANDLE, i32), i32> {
        let handle = create(&self.0, access, disposition, 0);
        if handle == INVALID_HANDLE_VALUE { Err(last_error()) } else { Ok((handle, last_error())) }
    }

    fn content(&self) -> Vec<u8> {
        std::fs::read(&self.0).unwrap()
    }
}

impl Drop for Path {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn read(handle: HANDLE, len: u32, operation: *mut OVERLAPPED) -> Result<Vec<u8>, i32> {
    let mut room = vec![0; len as usize];
    let mut count = 77;
    // SAFETY: the room has `len` bytes.
    match code(unsafe { ReadFile(handle, room.as_mut_ptr(), len, &mut count, operation) }) {
        0 => Ok(room[..count as usize].to_vec()),
        error => Err(error),
    }
}

fn write(handle: HANDLE, data: &[u8], operation: *mut OVERLAPPED) -> Result<u32, i32> {
    let mut count = 77;
    // SAFETY: the data is readable.
    match code(unsafe { WriteFile(handle, data.as_ptr(), data.len() as u32, &mut count, operation) }) {
        0 => Ok(count),
        error => Err(error),
    }
}

fn seek(handle: HANDLE, distance: i64, method: u32) -> Result<i64, i32> {
    let mut position = 77;
    // SAFETY: the pointer is to `position`.
    match code(unsafe { SetFilePointerEx(handle, distance, &mut position, method) }) {
        0 => Ok(position),
        error => Err(error),
    }
}

#[test]
fn each_disposition_does_what_it_says_where_there_is_a_file_and_where_there_is_none() {
    // disposition, without a file, with one, what the content becomes
    type Row = (u32, Result<i32, i32>, Result<i32, i32>, &'static [u8]);
    let rows: [Row; 5] = [
        (CREATE_NEW, Ok(0), Err(ERROR_FILE_EXISTS), b"content"),
        (CREATE_ALWAYS, Ok(0), Ok(EXISTED), b""),
        (OPEN_EXISTING, Err(ERROR_FILE_NOT_FOUND), Ok(0), b"content"),
        (OPEN_ALWAYS, Ok(0), Ok(EXISTED), b"content"),
        (TRUNCATE_EXISTING, Err(ERROR_FILE_NOT_FOUND), Ok(0), b""),
    ];
    for (disposition, without, with, content) in rows {
        let path = Path::new();
        assert_eq!(path.create(BOTH, disposition).map(|made| made.1), without, "{disposition}");
        std::fs::write(&path.0, b"content").unwrap();
        assert_eq!(path.create(BOTH, disposition).map(|made| made.1), with, "{disposition}");
        assert_eq!(path.content(), content, "{disposition}");
    }
}

#[test]
fn what_is_wrong_with_a_name_has_its_code() {
    let path = Path::new();
    let open = |name: &str| {
        let handle = create(name, GENERIC_READ, OPEN_EXISTING, 0);
        assert_eq!(handle, INVALID_HANDLE_VALUE, "{name}");
        last_error()
    };
    assert_eq!(open(""), ERROR_PATH_NOT_FOUND);
    assert_eq!(open(&path.0), ERROR_FILE_NOT_FOUND);
    assert_eq!(open(&format!("{}/inside", path.0)), ERROR_PATH_NOT_FOUND);
    std::fs::write(&path.0, b"").unwrap();
    assert_eq!(open(&format!("{}/inside", path.0)), ERROR_PATH_NOT_FOUND);
    assert_eq!(open(std::env::temp_dir().to_str().unwrap()), ERROR_ACCESS_DENIED);
    assert_eq!(open(&"x".repeat(300)), 206);
    // SAFETY: a NULL name is answered.
    let handle = unsafe { CreateFileA(null(), GENERIC_READ, 0, null(), OPEN_EXISTING, 0, null_mut()) };
    assert_eq!((handle, last_error()), (INVALID_HANDLE_VALUE, ERROR_PATH_NOT_FOUND));
}

#[test]
#[cfg_attr(windows, ignore = "Linux: what files of this library do not support is refused")]
fn arguments_that_cannot_be_are_refused() {
    let path = Path::new();
    assert_eq!(path.create(BOTH, 0).unwrap_err(), WSA_INVALID_PARAMETER);
    assert_eq!(path.create(BOTH, 6).unwrap_err(), WSA_INVALID_PARAMETER);
    assert_eq!(path.create(GENERIC_READ, TRUNCATE_EXISTING).unwrap_err(), WSA_INVALID_PARAMETER);
    for flag in [FILE_FLAG_OVERLAPPED, FILE_FLAG_DELETE_ON_CLOSE] {
        assert_eq!(create(&path.0, BOTH, CREATE_NEW, flag), INVALID_HANDLE_VALUE);
        assert_eq!(last_error(), ERROR_NOT_SUPPORTED);
    }
    assert!(std::fs::metadata(&path.0).is_err(), "nothing was created");
}

#[test]
fn wide_names_and_backslashes_name_the_same_file() {
    let path = Path::new();
    std::fs::write(&path.0, b"wide").unwrap();
    let name: Vec<u16> = path.0.replace('/', "\\").encode_utf16().chain([0]).collect();
    // SAFETY: the name ends with a zero.
    let handle = unsafe { CreateFileW(name.as_ptr(), GENERIC_READ, 0, null(), OPEN_EXISTING, 0, null_mut()) };
    assert_eq!(read(handle, 10, null_mut()).unwrap(), b"wide");
}

#[test]
#[cfg_attr(windows, ignore = "Linux: NULL is refused, where Windows follows the pointer")]
fn the_position_follows_reads_and_writes() {
    let path = Path::new();
    let (handle, _) = path.create(BOTH, CREATE_NEW).unwrap();
    assert_eq!(write(handle, b"0123456789", null_mut()), Ok(10));
    assert_eq!(seek(handle, -4, FILE_CURRENT), Ok(6));
    assert_eq!(read(handle, 2, null_mut()).unwrap(), b"67");
    assert_eq!(seek(handle, -1, FILE_END), Ok(9));
    assert_eq!(read(handle, 10, null_mut()).unwrap(), b"9");
    assert_eq!(read(handle, 10, null_mut()).unwrap(), b"", "the end is no failure");
    assert_eq!(seek(handle, -1, FILE_BEGIN), Err(ERROR_NEGATIVE_SEEK));
    assert_eq!(seek(handle, 0, 3), Err(WSA_INVALID_PARAMETER));
    let mut size = 0;
    // SAFETY: the pointer is to `size`.
    assert_ne!(unsafe { GetFileSizeEx(handle, &mut size) }, FALSE);
    assert_eq!(size, 10);
    // SAFETY: a NULL pointer is answered.
    assert_eq!(code(unsafe { GetFileSizeEx(handle, null_mut()) }), WSA_INVALID_PARAMETER);
}

#[test]
fn an_overlapped_names_the_place_and_moves_the_position() {
    let path = Path::new();
    let (handle, _) = path.create(BOTH, CREATE_NEW).unwrap();
    let mut at = Operation::at(3);
    assert_eq!(write(handle, b"abc", at.pointer()), Ok(3));
    assert!(at.is_final());
    assert_eq!(seek(handle, 0, FILE_CURRENT), Ok(6));
    assert_eq!(write(handle, b"end", Operation::at(u64::MAX).pointer()), Ok(3));
    assert_eq!(path.content(), b"\0\0\0abcend");
    assert_eq!(read(handle, 2, Operation::at(4).pointer()).unwrap(), b"bc");
    assert_eq!(read(handle, 2, Operation::at(9).pointer()), Err(ERROR_HANDLE_EOF));
}

#[test]
fn access_that_was_not_asked_for_is_denied() {
    let path = Path::new();
    let (writes, _) = path.create(GENERIC_WRITE, CREATE_NEW).unwrap();
    assert_eq!(write(writes, b"x", null_mut()), Ok(1));
    assert_eq!(read(writes, 1, null_mut()), Err(ERROR_ACCESS_DENIED));
    let (reads, _) = path.create(GENERIC_READ, OPEN_EXISTING).unwrap();
    assert_eq!(write(reads, b"x", null_mut()), Err(ERROR_ACCESS_DENIED));
    let (neither, _) = path.create(0, OPEN_EXISTING).unwrap();
    assert_eq!(read(neither, 1, null_mut()), Err(ERROR_ACCESS_DENIED));
    assert_eq!(write(neither, b"x", null_mut()), Err(ERROR_ACCESS_DENIED));
    let (appends, _) = path.create(FILE_APPEND_DATA, OPEN_EXISTING).unwrap();
    assert_eq!(seek(appends, 0, FILE_BEGIN), Ok(0));
    assert_eq!(write(appends, b"yz", null_mut()), Ok(2));
    assert_eq!(path.content(), b"xyz");
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: ReadFile and its kin have other codes for what is no file")]
fn a_handle_of_another_kind_is_none() {
    common::start();
    let s = common::new(SOCK_STREAM);
    for handle in [null_mut(), 12345usize as HANDLE, s as HANDLE] {
        assert_eq!(seek(handle, 0, FILE_BEGIN), Err(WSA_INVALID_HANDLE));
        let mut size = 0;
        // SAFETY: the pointer is to `size`.
        assert_eq!(code(unsafe { GetFileSizeEx(handle, &mut size) }), WSA_INVALID_HANDLE);
    }
    let file = TestFile::new(b"");
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { closesocket(file.handle() as SOCKET) }, SOCKET_ERROR);
    assert_eq!(last_error(), WSAENOTSOCK);
    common::close(s);
}
