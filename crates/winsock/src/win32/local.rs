//! Memory of the older functions: `LocalAlloc`, `GlobalAlloc` and their kin, in the process heap.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, FALSE, GLOBAL_ALLOC_FLAGS, GMEM_ZEROINIT, HGLOBAL, HLOCAL, LMEM_ZEROINIT, LOCAL_ALLOC_FLAGS, TRUE,
    boundary,
};
use crate::error::Error;
use crate::linux::heap;
use std::ffi::c_void;
use std::ptr::null_mut;

/// `LMEM_MODIFY` and `GMEM_MODIFY`: change the attributes alone.
const MODIFY: u32 = 0x80;

fn allocate(size: usize, zeroed: bool) -> Result<*mut c_void, Error> {
    let block = heap::allocate(heap::PROCESS_HEAP, size, zeroed);
    block.map(<*mut u8>::cast).ok_or(Error::WSA_NOT_ENOUGH_MEMORY)
}

/// # Safety
/// `block` is NULL or of these functions.
unsafe fn size(block: *mut c_void) -> Result<usize, Error> {
    // SAFETY: the caller's promise.
    unsafe { heap::size_of_block(heap::PROCESS_HEAP, block.cast()) }.ok_or(Error::WSA_INVALID_HANDLE)
}

/// # Safety
/// `block` is of these functions, and nobody else uses it.
unsafe fn reallocate(block: *mut c_void, size: usize, zeroed: bool) -> Result<*mut c_void, Error> {
    // SAFETY: the caller's promise.
    let moved = unsafe { heap::reallocate(heap::PROCESS_HEAP, block.cast(), size, zeroed, false) };
    moved.map(<*mut u8>::cast).ok_or(Error::WSA_NOT_ENOUGH_MEMORY)
}

/// `LocalAlloc`: memory that stays where it is; its handle is its address. Zeros for `LMEM_ZEROINIT`.
///
/// Microsoft's page: `winbase/nf-winbase-localalloc`.
///
/// *On Linux*: `LMEM_MOVEABLE` memory does not move either.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn LocalAlloc(uflags: LOCAL_ALLOC_FLAGS, ubytes: usize) -> HLOCAL {
    boundary::call_any_time(null_mut(), || allocate(ubytes, uflags & LMEM_ZEROINIT != 0))
}

/// `LocalReAlloc`: makes memory larger or smaller; what is new is zero for `LMEM_ZEROINIT`. With `LMEM_MODIFY` nothing
/// changes.
///
/// Microsoft's page: `winbase/nf-winbase-localrealloc`.
///
/// *On Linux*: it may move without `LMEM_MOVEABLE`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_NOT_ENOUGH_MEMORY`; the memory is then as it was.
///
/// # Safety
/// `hmem` is NULL or of these functions, and nobody else uses it.
pub unsafe extern "system" fn LocalReAlloc(hmem: HLOCAL, ubytes: usize, uflags: u32) -> HLOCAL {
    boundary::call_any_time(null_mut(), || {
        // SAFETY: the caller's promise.
        unsafe { size(hmem) }?;
        if uflags & MODIFY != 0 {
            return Ok(hmem);
        }
        // SAFETY: the caller's promise.
        unsafe { reallocate(hmem, ubytes, uflags & LMEM_ZEROINIT != 0) }
    })
}

/// `LocalFree`: frees memory, and answers NULL; NULL is free already.
///
/// Microsoft's page: `winbase/nf-winbase-localfree`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`; the answer is the handle.
///
/// # Safety
/// `hmem` is NULL or of these functions, and nobody uses it any more.
pub unsafe extern "system" fn LocalFree(hmem: HLOCAL) -> HLOCAL {
    boundary::call_any_time(hmem, || {
        if !hmem.is_null() {
            // SAFETY: the caller's promise.
            unsafe { heap::free(heap::PROCESS_HEAP, hmem.cast()) }.map_err(|_| Error::WSA_INVALID_HANDLE)?;
        }
        Ok(null_mut())
    })
}

/// `LocalSize`: how much memory it is; 0 on failure.
///
/// Microsoft's page: `winbase/nf-winbase-localsize`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// `hmem` is NULL or of these functions.
pub unsafe extern "system" fn LocalSize(hmem: HLOCAL) -> usize {
    // SAFETY: the caller's promise.
    boundary::call_any_time(0, || unsafe { size(hmem) })
}

/// `LocalLock`: the address of memory.
///
/// Microsoft's page: `winbase/nf-winbase-locallock`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// `hmem` is NULL or of these functions.
pub unsafe extern "system" fn LocalLock(hmem: HLOCAL) -> *mut c_void {
    boundary::call_any_time(null_mut(), || {
        // SAFETY: the caller's promise.
        unsafe { size(hmem) }?;
        Ok(hmem)
    })
}

/// `GlobalAlloc`: memory that stays where it is; its handle is its address. Zeros for `GMEM_ZEROINIT`.
///
/// Microsoft's page: `winbase/nf-winbase-globalalloc`.
///
/// *On Linux*: `GMEM_MOVEABLE` memory does not move either.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GlobalAlloc(uflags: GLOBAL_ALLOC_FLAGS, dwbytes: usize) -> HGLOBAL {
    boundary::call_any_time(null_mut(), || allocate(dwbytes, uflags & GMEM_ZEROINIT != 0))
}

/// `GlobalReAlloc`: makes memory larger or smaller; what is new is zero for `GMEM_ZEROINIT`. With `GMEM_MODIFY` nothing
/// changes.
///
/// Microsoft's page: `winbase/nf-winbase-globalrealloc`.
///
/// *On Linux*: it may move without `GMEM_MOVEABLE`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_NOT_ENOUGH_MEMORY`; the memory is then as it was.
///
/// # Safety
/// `hmem` is NULL or of these functions, and nobody else uses it.
pub unsafe extern "system" fn GlobalReAlloc(hmem: HGLOBAL, dwbytes: usize, uflags: u32) -> HGLOBAL {
    boundary::call_any_time(null_mut(), || {
        // SAFETY: the caller's promise.
        unsafe { size(hmem) }?;
        if uflags & MODIFY != 0 {
            return Ok(hmem);
        }
        // SAFETY: the caller's promise.
        unsafe { reallocate(hmem, dwbytes, uflags & GMEM_ZEROINIT != 0) }
    })
}

/// `GlobalFree`: frees memory, and answers NULL; NULL is free already.
///
/// Microsoft's page: `winbase/nf-winbase-globalfree`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`; the answer is the handle.
///
/// # Safety
/// `hmem` is NULL or of these functions, and nobody uses it any more.
pub unsafe extern "system" fn GlobalFree(hmem: HGLOBAL) -> HGLOBAL {
    boundary::call_any_time(hmem, || {
        if !hmem.is_null() {
            // SAFETY: the caller's promise.
            unsafe { heap::free(heap::PROCESS_HEAP, hmem.cast()) }.map_err(|_| Error::WSA_INVALID_HANDLE)?;
        }
        Ok(null_mut())
    })
}

/// `GlobalSize`: how much memory it is; 0 on failure.
///
/// Microsoft's page: `winbase/nf-winbase-globalsize`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// `hmem` is NULL or of these functions.
pub unsafe extern "system" fn GlobalSize(hmem: HGLOBAL) -> usize {
    // SAFETY: the caller's promise.
    boundary::call_any_time(0, || unsafe { size(hmem) })
}

/// `GlobalLock`: the address of memory.
///
/// Microsoft's page: `winbase/nf-winbase-globallock`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// `hmem` is NULL or of these functions.
pub unsafe extern "system" fn GlobalLock(hmem: HGLOBAL) -> *mut c_void {
    boundary::call_any_time(null_mut(), || {
        // SAFETY: the caller's promise.
        unsafe { size(hmem) }?;
        Ok(hmem)
    })
}

/// `LocalUnlock`: takes [`LocalLock`] back. Memory that does not move is never locked.
///
/// Microsoft's page: `winbase/nf-winbase-localunlock`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, else `ERROR_NOT_LOCKED`.
///
/// # Safety
/// `hmem` is NULL or of these functions.
pub unsafe extern "system" fn LocalUnlock(hmem: HLOCAL) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        unsafe { size(hmem) }?;
        Err(Error::ERROR_NOT_LOCKED)
    })
}

/// `GlobalUnlock`: takes [`GlobalLock`] back: TRUE for memory that does not move.
///
/// Microsoft's page: `winbase/nf-winbase-globalunlock`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// `hmem` is NULL or of these functions.
pub unsafe extern "system" fn GlobalUnlock(hmem: HGLOBAL) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        unsafe { size(hmem) }?;
        Ok(TRUE)
    })
}
