//! Address space and its pages: `VirtualAlloc` and its kin.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, FALSE, MEM_COMMIT, MEM_DECOMMIT, MEM_FREE, MEM_IMAGE, MEM_LARGE_PAGES, MEM_MAPPED, MEM_PHYSICAL,
    MEM_PRIVATE, MEM_RELEASE, MEM_RESERVE, MEM_RESET, MEM_RESET_UNDO, MEM_TOP_DOWN, MEM_WRITE_WATCH,
    MEMORY_BASIC_INFORMATION, PAGE_EXECUTE, PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_GUARD,
    PAGE_NOACCESS, PAGE_NOCACHE, PAGE_PROTECTION_FLAGS, PAGE_READONLY, PAGE_READWRITE, PAGE_WRITECOMBINE,
    TRUE, VIRTUAL_ALLOCATION_TYPE, VIRTUAL_FREE_TYPE, boundary,
};
use crate::error::Error;
use crate::linux::virtual_memory::{self, Origin, Page, Protection};
use std::ffi::c_void;
use std::mem::size_of;
use std::ptr::{null_mut, with_exposed_provenance_mut};

/// `VirtualAlloc`: reserves address space, commits pages of it, or both. Committed pages hold zeros. Without an address
/// the place is free to choose, and committing alone reserves, too.
///
/// Microsoft's page: `memoryapi/nf-memoryapi-virtualalloc`.
///
/// *On Linux*: `MEM_TOP_DOWN` is not looked at. A page counts against the machine's memory when it is first touched.
/// Memory that only executes can be read on most machines.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for a size of 0, an unknown type and a protection that no new page can have,
/// `ERROR_NOT_SUPPORTED` for `MEM_RESET`, `MEM_RESET_UNDO`, `MEM_WRITE_WATCH`, `MEM_PHYSICAL`, `MEM_LARGE_PAGES`,
/// `PAGE_GUARD`, `PAGE_NOCACHE` and `PAGE_WRITECOMBINE`, `ERROR_INVALID_PARAMETER` for addresses that no program has,
/// `ERROR_INVALID_ADDRESS` for reserving what is in use and for committing what is not reserved,
/// `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// Pages that are committed already may be used as the new protection says.
pub unsafe extern "system" fn VirtualAlloc(
    lpaddress: *const c_void,
    dwsize: usize,
    flallocationtype: VIRTUAL_ALLOCATION_TYPE,
    flprotect: PAGE_PROTECTION_FLAGS,
) -> *mut c_void {
    const OTHER: u32 = MEM_RESET | MEM_RESET_UNDO | MEM_WRITE_WATCH | MEM_PHYSICAL | MEM_LARGE_PAGES;
    const KNOWN: u32 = MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN | OTHER;
    boundary::call_any_time(null_mut(), || {
        let kind = flallocationtype;
        if dwsize == 0 || kind & !KNOWN != 0 || kind & (MEM_RESERVE | MEM_COMMIT | OTHER) == 0 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let protection = protection(flprotect)?;
        if kind & OTHER != 0 {
            return Err(Error::ERROR_NOT_SUPPORTED);
        }
        let at = (!lpaddress.is_null()).then_some(lpaddress.addr());
        let start = match at {
            Some(at) if kind & MEM_RESERVE == 0 => {
                // SAFETY: the caller's promise.
                unsafe { virtual_memory::commit(at, dwsize, protection) }?
            }
            at => virtual_memory::reserve(at, dwsize, protection, kind & MEM_COMMIT != 0)?,
        };
        Ok(with_exposed_provenance_mut(start))
    })
}

/// `VirtualFree`: takes the memory of pages away, or gives the whole reservation back.
///
/// Microsoft's page: `memoryapi/nf-memoryapi-virtualfree`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for anything but one of the two types, and for a size with `MEM_RELEASE`,
/// `ERROR_INVALID_ADDRESS` for what is not reserved, or not from its beginning.
///
/// # Safety
/// Nobody uses the pages any more.
pub unsafe extern "system" fn VirtualFree(
    lpaddress: *mut c_void,
    dwsize: usize,
    dwfreetype: VIRTUAL_FREE_TYPE,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        match (dwfreetype, dwsize) {
            // SAFETY: the caller's promise.
            (MEM_DECOMMIT, len) => unsafe { virtual_memory::decommit(lpaddress.addr(), len) }?,
            // SAFETY: the caller's promise.
            (MEM_RELEASE, 0) => unsafe { virtual_memory::release(lpaddress.addr()) }?,
            _ => return Err(Error::WSA_INVALID_PARAMETER),
        }
        Ok(TRUE)
    })
}

/// `VirtualProtect`: changes what may be done with committed pages, and tells what it was for the first of them.
///
/// Microsoft's page: `memoryapi/nf-memoryapi-virtualprotect`.
///
/// *On Linux*: of memory that [`VirtualAlloc`] gave.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL in place of the old protection, `ERROR_INVALID_PARAMETER` for an unknown protection,
/// `ERROR_NOT_SUPPORTED` as [`VirtualAlloc`], `ERROR_INVALID_PARAMETER` for a size of 0, `ERROR_INVALID_ADDRESS` for
/// pages that are not all committed and of one reservation.
///
/// # Safety
/// `lpfloldprotect` is NULL or valid for writing. The pages may be used as the new protection says.
pub unsafe extern "system" fn VirtualProtect(
    lpaddress: *const c_void,
    dwsize: usize,
    flnewprotect: PAGE_PROTECTION_FLAGS,
    lpfloldprotect: *mut PAGE_PROTECTION_FLAGS,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        if lpfloldprotect.is_null() {
            return Err(Error::ERROR_NOACCESS);
        }
        let new = protection(flnewprotect)?;
        // SAFETY: the caller's promise.
        let old = unsafe { virtual_memory::protect(lpaddress.addr(), dwsize, new) }?;
        // SAFETY: not NULL, and the caller promises that it is writable.
        unsafe { lpfloldprotect.write_unaligned(number(old)) };
        Ok(TRUE)
    })
}

/// `VirtualQuery`: what the pages from an address on are, as far as they are alike. Answers the bytes written.
///
/// Microsoft's page: `memoryapi/nf-memoryapi-virtualquery`.
///
/// *On Linux*: memory that [`VirtualAlloc`] did not give is told by the mappings of the process; its first protection
/// is the present one.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL, `ERROR_BAD_LENGTH` for a buffer that is too short, `ERROR_INVALID_PARAMETER` for an address
/// that no program has.
///
/// # Safety
/// `lpbuffer` is NULL or valid for writing `dwlength` bytes.
pub unsafe extern "system" fn VirtualQuery(
    lpaddress: *const c_void,
    lpbuffer: *mut MEMORY_BASIC_INFORMATION,
    dwlength: usize,
) -> usize {
    boundary::call_any_time(0, || {
        if lpbuffer.is_null() {
            return Err(Error::ERROR_NOACCESS);
        }
        if dwlength < size_of::<MEMORY_BASIC_INFORMATION>() {
            return Err(Error::ERROR_BAD_LENGTH);
        }
        let stretch = virtual_memory::query(lpaddress.addr())?;
        let (base, first) = match stretch.allocation {
            Some((base, first)) => (with_exposed_provenance_mut(base), number(first)),
            None => (null_mut(), 0),
        };
        let (state, protect) = match stretch.page {
            Page::Free => (MEM_FREE, PAGE_NOACCESS),
            Page::Reserved => (MEM_RESERVE, 0),
            Page::Committed(protection) => (MEM_COMMIT, number(protection)),
        };
        let information = MEMORY_BASIC_INFORMATION {
            BaseAddress: with_exposed_provenance_mut(stretch.start),
            AllocationBase: base,
            AllocationProtect: first,
            RegionSize: stretch.len,
            State: state,
            Protect: protect,
            Type: match stretch.origin {
                Origin::Nowhere => 0,
                Origin::Private => MEM_PRIVATE,
                Origin::Mapped => MEM_MAPPED,
                Origin::Image => MEM_IMAGE,
            },
            ..MEMORY_BASIC_INFORMATION::default()
        };
        // SAFETY: not NULL, and the caller promises the room.
        unsafe { lpbuffer.write_unaligned(information) };
        Ok(size_of::<MEMORY_BASIC_INFORMATION>())
    })
}

fn protection(flags: PAGE_PROTECTION_FLAGS) -> Result<Protection, Error> {
    const MODIFIERS: u32 = PAGE_GUARD | PAGE_NOCACHE | PAGE_WRITECOMBINE;
    let protection = match flags & !MODIFIERS {
        PAGE_NOACCESS => Protection::NoAccess,
        PAGE_READONLY => Protection::ReadOnly,
        PAGE_READWRITE => Protection::ReadWrite,
        PAGE_EXECUTE => Protection::Execute,
        PAGE_EXECUTE_READ => Protection::ExecuteRead,
        PAGE_EXECUTE_READWRITE => Protection::ExecuteReadWrite,
        _ => return Err(Error::WSA_INVALID_PARAMETER),
    };
    if flags & MODIFIERS == 0 { Ok(protection) } else { Err(Error::ERROR_NOT_SUPPORTED) }
}

fn number(protection: Protection) -> PAGE_PROTECTION_FLAGS {
    match protection {
        Protection::NoAccess => PAGE_NOACCESS,
        Protection::ReadOnly => PAGE_READONLY,
        Protection::ReadWrite => PAGE_READWRITE,
        Protection::Execute => PAGE_EXECUTE,
        Protection::ExecuteRead => PAGE_EXECUTE_READ,
        Protection::ExecuteReadWrite => PAGE_EXECUTE_READWRITE,
    }
}
