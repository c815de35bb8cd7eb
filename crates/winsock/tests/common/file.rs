//! A file for tests, by a handle of this library; it is gone with the value.
#![allow(
    unsafe_code,
    dead_code,
    unreachable_pub,
    reason = "the raw API is unsafe; each test file uses its own part of this one"
)]

use crate::common::last_error;
use std::path::PathBuf;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use winsock::win32::*;

pub struct TestFile {
    path: PathBuf,
    handle: usize,
}

/// A path that no other test has, and no file.
pub fn free_path() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("winsock-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
    let path = std::env::temp_dir().join(name);
    // A process that was killed may have left one, and its number comes again, soon on Windows.
    let _ = std::fs::remove_file(&path);
    path
}

/// `CreateFileA` with a path; INVALID_HANDLE_VALUE on failure.
pub fn create(path: &str, access: u32, disposition: u32, flags: u32) -> HANDLE {
    const WITH_ALL: u32 = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    let name = std::ffi::CString::new(path).unwrap();
    // SAFETY: the name ends with a zero.
    unsafe { CreateFileA(name.as_ptr().cast(), access, WITH_ALL, null(), disposition, flags, null_mut()) }
}

impl TestFile {
    /// A file with this content, open for reading.
    pub fn new(content: &[u8]) -> TestFile {
        let path = free_path();
        std::fs::write(&path, content).unwrap();
        let handle = create(path.to_str().unwrap(), GENERIC_READ, OPEN_EXISTING, 0);
        assert_ne!(handle, INVALID_HANDLE_VALUE, "{}", last_error());
        TestFile { path, handle: handle as usize }
    }

    pub fn handle(&self) -> HANDLE {
        self.handle as HANDLE
    }

    /// Another handle, that may only write.
    pub fn write_only(&self) -> HANDLE {
        let handle = create(self.path.to_str().unwrap(), GENERIC_WRITE, OPEN_EXISTING, 0);
        assert_ne!(handle, INVALID_HANDLE_VALUE, "{}", last_error());
        handle
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        std::fs::remove_file(&self.path).unwrap();
    }
}
