//! Address space that a program reserves, and the pages of it that it commits: `VirtualAlloc` and its kin.
//!
//! A reservation is a mapping that nobody may touch; committing pages gives them rights. Which pages are committed, and
//! with which protection, is remembered here in runs; what the program has from elsewhere is asked of the kernel.
#![allow(unsafe_code, reason = "memory that the program holds by address")]

use super::sys::Errno;
use super::sys::memory::{self, Rights};
use super::system::page_size;
use super::translate::file_error;
use crate::error::Error;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the address of a reservation is a multiple of.
pub(crate) const GRANULARITY: usize = 64 << 10;

/// Behind the last address of a program.
const END: usize = (1 << 47) - GRANULARITY;

/// What may be done with pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Protection {
    NoAccess,
    ReadOnly,
    ReadWrite,
    Execute,
    ExecuteRead,
    ExecuteReadWrite,
}

/// What a page is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Page {
    Free,
    Reserved,
    Committed(Protection),
}

/// Where pages come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    Nowhere,
    /// Memory of the process alone.
    Private,
    /// A file.
    Mapped,
    /// A program or a library.
    Image,
}

/// Pages that follow each other and are alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stretch {
    pub(crate) start: usize,
    pub(crate) len: usize,
    pub(crate) page: Page,
    pub(crate) origin: Origin,
    /// Where the whole began, and its first protection.
    pub(crate) allocation: Option<(usize, Protection)>,
}

/// What one call has reserved.
struct Region {
    len: usize,
    protection: Protection,
    /// Offset and state of each run of pages; it reaches to the next one. The first begins at 0.
    runs: BTreeMap<usize, Page>,
}

impl Region {
    fn at(&self, offset: usize) -> Page {
        *self.runs.range(..=offset).next_back().expect("the first run begins at 0").1
    }

    /// Where the pages end that are as the one at the offset is.
    fn end(&self, offset: usize) -> usize {
        let page = self.at(offset);
        let other = self.runs.range(offset + 1..).find(|(_, next)| **next != page);
        other.map_or(self.len, |(&start, _)| start)
    }

    fn set(&mut self, from: usize, to: usize, page: Page) {
        let behind = (to < self.len).then(|| self.at(to));
        self.runs.retain(|start, _| !(from..to).contains(start));
        self.runs.insert(from, page);
        if let Some(behind) = behind {
            self.runs.insert(to, behind);
        }
    }

    fn is_committed(&self, from: usize, to: usize) -> bool {
        let is_committed = |page: Page| match page {
            Page::Committed(_) => true,
            Page::Reserved | Page::Free => false,
        };
        is_committed(self.at(from)) && self.runs.range(from..to).all(|(_, &page)| is_committed(page))
    }
}

type Regions = BTreeMap<usize, Region>;
static REGIONS: Mutex<Regions> = Mutex::new(BTreeMap::new());

fn regions() -> MutexGuard<'static, Regions> {
    REGIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps the list as it is, while the process forks.
pub(crate) fn hold() -> impl Sized {
    regions()
}

/// Reserves address space: at an address, rounded down, or anywhere. All of it is committed at once on demand.
///
/// # Errors
/// `WSA_INVALID_PARAMETER` for what no program can have, `ERROR_INVALID_ADDRESS` where something is already,
/// `WSA_NOT_ENOUGH_MEMORY`.
pub(crate) fn reserve(
    at: Option<usize>,
    len: usize,
    protection: Protection,
    commit: bool,
) -> Result<usize, Error> {
    let mut regions = regions();
    let (start, len) = match at {
        Some(at) => {
            let start = at - at % GRANULARITY;
            let len = pages(at, len)?.1 - start;
            if start == 0 {
                return Err(Error::WSA_INVALID_PARAMETER);
            }
            let refused = |errno| match errno {
                Errno::EEXIST => Error::ERROR_INVALID_ADDRESS,
                Errno::EPERM | Errno::EACCES | Errno::EINVAL | Errno::ENOMEM => Error::WSA_INVALID_PARAMETER,
                errno => file_error(errno),
            };
            (memory::reserve(Some(start), len).map_err(refused)?, len)
        }
        None => {
            let len = pages(0, len)?.1;
            (aligned(len)?, len)
        }
    };
    if commit {
        // SAFETY: the pages are new.
        let committed = unsafe { memory::protect(start, len, rights(protection)) };
        if let Err(errno) = committed {
            // SAFETY: nobody knows them.
            let _ = unsafe { memory::release(start, len) };
            return Err(file_error(errno));
        }
    }
    let page = if commit { Page::Committed(protection) } else { Page::Reserved };
    regions.insert(start, Region { len, protection, runs: BTreeMap::from([(0, page)]) });
    Ok(start)
}

/// Gives pages of a reservation memory, or, where they have some, another protection. Answers where they begin.
///
/// # Errors
/// `WSA_INVALID_PARAMETER`, `ERROR_INVALID_ADDRESS` for pages that are not all of one reservation,
/// `WSA_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// Nobody uses the pages in a way that is not allowed any more.
pub(crate) unsafe fn commit(at: usize, len: usize, protection: Protection) -> Result<usize, Error> {
    let mut regions = regions();
    let (from, to) = pages(at, len)?;
    let (start, region) = containing(&mut regions, from, to)?;
    // SAFETY: the pages are those of a reservation, and the caller's promise.
    unsafe { memory::protect(from, to - from, rights(protection)) }.map_err(file_error)?;
    region.set(from - start, to - start, Page::Committed(protection));
    Ok(from)
}

/// Takes the memory of pages away, which stay reserved; a length of 0 is all of the reservation that begins there.
///
/// # Errors
/// `ERROR_INVALID_ADDRESS` for pages that are not all of one reservation, `WSA_INVALID_PARAMETER`.
///
/// # Safety
/// Nobody uses their content any more.
pub(crate) unsafe fn decommit(at: usize, len: usize) -> Result<(), Error> {
    let mut regions = regions();
    let (from, to) = match len {
        0 => {
            let region = regions.get(&at).ok_or(Error::ERROR_INVALID_ADDRESS)?;
            (at, at + region.len)
        }
        len => pages(at, len)?,
    };
    let (start, region) = containing(&mut regions, from, to)?;
    // SAFETY: the pages are those of a reservation, and the caller's promise.
    unsafe { memory::discard(from, to - from) }.map_err(file_error)?;
    region.set(from - start, to - start, Page::Reserved);
    Ok(())
}

/// Ends a reservation, which begins at this address.
///
/// # Errors
/// `ERROR_INVALID_ADDRESS` if none does.
///
/// # Safety
/// Nobody uses its pages any more.
pub(crate) unsafe fn release(at: usize) -> Result<(), Error> {
    let mut regions = regions();
    let len = regions.get(&at).ok_or(Error::ERROR_INVALID_ADDRESS)?.len;
    // SAFETY: the pages are those of a reservation, and the caller's promise.
    unsafe { memory::release(at, len) }.map_err(file_error)?;
    regions.remove(&at);
    Ok(())
}

/// Changes the protection of pages, and answers that of the first one before.
///
/// # Errors
/// `ERROR_INVALID_ADDRESS` for pages that are not all committed and of one reservation, `WSA_INVALID_PARAMETER`.
///
/// # Safety
/// Nobody uses the pages in a way that is not allowed any more.
pub(crate) unsafe fn protect(at: usize, len: usize, protection: Protection) -> Result<Protection, Error> {
    let mut regions = regions();
    let (from, to) = pages(at, len)?;
    let (start, region) = containing(&mut regions, from, to)?;
    let before = match region.at(from - start) {
        Page::Committed(before) if region.is_committed(from - start, to - start) => before,
        Page::Committed(_) | Page::Reserved | Page::Free => return Err(Error::ERROR_INVALID_ADDRESS),
    };
    // SAFETY: the pages are those of a reservation, and the caller's promise.
    unsafe { memory::protect(from, to - from, rights(protection)) }.map_err(file_error)?;
    region.set(from - start, to - start, Page::Committed(protection));
    Ok(before)
}

/// What there is at an address, and how far it is alike.
///
/// # Errors
/// `WSA_INVALID_PARAMETER` for an address that no program has.
pub(crate) fn query(at: usize) -> Result<Stretch, Error> {
    if at >= END {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    let regions = regions();
    let at = at - at % page_size();
    if let Some((&start, region)) = regions.range(..=at).next_back()
        && at < start + region.len
    {
        let offset = at - start;
        return Ok(Stretch {
            start: at,
            len: region.end(offset) - offset,
            page: region.at(offset),
            origin: Origin::Private,
            allocation: Some((start, region.protection)),
        });
    }
    Ok(foreign(at))
}

/// What the program has there from elsewhere than this module.
fn foreign(at: usize) -> Stretch {
    let all = memory::mappings();
    let Some(here) = all.iter().find(|mapping| (mapping.start..mapping.end).contains(&at)) else {
        let next = all.iter().map(|mapping| mapping.start).find(|&start| start > at);
        let end = next.unwrap_or(END).min(END);
        return Stretch {
            start: at,
            len: end - at,
            page: Page::Free,
            origin: Origin::Nowhere,
            allocation: None,
        };
    };
    let runs = |file| all.iter().any(|other| other.file == file && other.rights.execute);
    let origin = match &here.file {
        None => Origin::Private,
        file @ Some(_) if runs(file.clone()) => Origin::Image,
        Some(_) => Origin::Mapped,
    };
    let Rights { read, write, execute } = here.rights;
    let protection = match (execute, write, read) {
        (false, false, false) => Protection::NoAccess,
        (false, false, true) => Protection::ReadOnly,
        (false, true, _) => Protection::ReadWrite,
        (true, false, false) => Protection::Execute,
        (true, false, true) => Protection::ExecuteRead,
        (true, true, _) => Protection::ExecuteReadWrite,
    };
    Stretch {
        start: at,
        len: here.end - at,
        page: Page::Committed(protection),
        origin,
        allocation: Some((here.start, protection)),
    }
}

/// The pages that hold these bytes: from, to.
fn pages(at: usize, len: usize) -> Result<(usize, usize), Error> {
    let to = at.checked_add(len).filter(|&to| len > 0 && to <= END).ok_or(Error::WSA_INVALID_PARAMETER)?;
    Ok((at - at % page_size(), to.next_multiple_of(page_size())))
}

fn containing(regions: &mut Regions, from: usize, to: usize) -> Result<(usize, &mut Region), Error> {
    let found = regions.range_mut(..=from).next_back();
    let (&start, region) = found.ok_or(Error::ERROR_INVALID_ADDRESS)?;
    if to <= start + region.len { Ok((start, region)) } else { Err(Error::ERROR_INVALID_ADDRESS) }
}

/// New pages at a multiple of the granularity: more than needed, and what is around them given back.
fn aligned(len: usize) -> Result<usize, Error> {
    let more = GRANULARITY - page_size().min(GRANULARITY);
    let got = memory::reserve(None, len + more).map_err(file_error)?;
    let start = got.next_multiple_of(GRANULARITY);
    for (at, len) in [(got, start - got), (start + len, got + more - start)] {
        if len > 0 {
            // SAFETY: these pages are new, and no part of what is given away.
            let _ = unsafe { memory::release(at, len) };
        }
    }
    Ok(start)
}

fn rights(protection: Protection) -> Rights {
    let (read, write, execute) = match protection {
        Protection::NoAccess => (false, false, false),
        Protection::ReadOnly => (true, false, false),
        Protection::ReadWrite => (true, true, false),
        Protection::Execute => (false, false, true),
        Protection::ExecuteRead => (true, false, true),
        Protection::ExecuteReadWrite => (true, true, true),
    };
    Rights { read, write, execute }
}
