//! Mappings of memory.
#![allow(unsafe_code, reason = "calls into libc")]

use super::Errno;
use super::errno::check;
use std::ptr::{null_mut, with_exposed_provenance_mut};

/// What may be done with a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Rights {
    pub(crate) read: bool,
    pub(crate) write: bool,
    pub(crate) execute: bool,
}

const FRESH: i32 = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;

/// `mmap` of pages that nobody may touch, at an address of the kernel's choice or at this one.
///
/// # Errors
/// `EEXIST` where something is mapped there.
pub(crate) fn reserve(at: Option<usize>, len: usize) -> Result<usize, Errno> {
    let (wanted, flags) = match at {
        None => (null_mut(), FRESH),
        Some(at) => (with_exposed_provenance_mut(at), FRESH | libc::MAP_FIXED_NOREPLACE),
    };
    // SAFETY: a mapping that replaces none changes no memory.
    let got = unsafe { libc::mmap(wanted, len, libc::PROT_NONE, flags, -1, 0) };
    if got == libc::MAP_FAILED {
        return Err(Errno::last());
    }
    if at.is_some() && got != wanted {
        // A kernel that does not know the flag maps elsewhere.
        // SAFETY: the mapping is new, and nobody knows it.
        unsafe { libc::munmap(got, len) };
        return Err(Errno::EEXIST);
    }
    Ok(got.expose_provenance())
}

/// `mprotect`.
///
/// # Safety
/// Nobody uses the pages in a way that is not allowed any more.
pub(crate) unsafe fn protect(at: usize, len: usize, rights: Rights) -> Result<(), Errno> {
    let bits =
        [(rights.read, libc::PROT_READ), (rights.write, libc::PROT_WRITE), (rights.execute, libc::PROT_EXEC)];
    let bits = bits.iter().filter(|(is_set, _)| *is_set).fold(libc::PROT_NONE, |all, (_, bit)| all | bit);
    // SAFETY: the caller's promise.
    check(unsafe { libc::mprotect(with_exposed_provenance_mut(at), len, bits) }).map(drop)
}

/// `mmap` over pages, whose content is lost: as [`reserve`] left them.
///
/// # Safety
/// The pages are those of a reservation, and nobody uses their content any more.
pub(crate) unsafe fn discard(at: usize, len: usize) -> Result<(), Errno> {
    let flags = FRESH | libc::MAP_FIXED;
    // SAFETY: the caller's promise.
    let got = unsafe { libc::mmap(with_exposed_provenance_mut(at), len, libc::PROT_NONE, flags, -1, 0) };
    if got == libc::MAP_FAILED { Err(Errno::last()) } else { Ok(()) }
}

/// `munmap`.
///
/// # Safety
/// The pages are those of a reservation, and nobody uses them any more.
pub(crate) unsafe fn release(at: usize, len: usize) -> Result<(), Errno> {
    // SAFETY: the caller's promise.
    check(unsafe { libc::munmap(with_exposed_provenance_mut(at), len) }).map(drop)
}

/// A mapping of the process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Mapping {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) rights: Rights,
    /// The file that it shows.
    pub(crate) file: Option<String>,
}

/// All mappings, by their addresses, as `/proc/self/maps` lists them.
pub(crate) fn mappings() -> Vec<Mapping> {
    let list = std::fs::read("/proc/self/maps").unwrap_or_default();
    String::from_utf8_lossy(&list).lines().filter_map(mapping).collect()
}

/// `start-end rights offset device inode path`, the path behind blanks and only for what has a name.
fn mapping(line: &str) -> Option<Mapping> {
    let mut words = line.split_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let rights = words.next()?;
    let file = words.nth(3).filter(|path| path.starts_with('/'));
    let has = |letter| rights.contains(letter);
    Some(Mapping {
        start: usize::from_str_radix(start, 16).ok()?,
        end: usize::from_str_radix(end, 16).ok()?,
        rights: Rights { read: has('r'), write: has('w'), execute: has('x') },
        file: file.map(str::to_owned),
    })
}
