//! Heaps: `HeapAlloc` and its kin.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, FALSE, HANDLE, HEAP_CREATE_ENABLE_EXECUTE, HEAP_FLAGS, HEAP_GENERATE_EXCEPTIONS, HEAP_NO_SERIALIZE,
    HEAP_REALLOC_IN_PLACE_ONLY, HEAP_ZERO_MEMORY, TRUE, boundary,
};
use crate::error::Error;
use crate::linux::heap;
use std::ffi::c_void;
use std::ptr::{null_mut, without_provenance_mut};

/// `GetProcessHeap`: the heap that the process has from its start.
///
/// Microsoft's page: `heapapi/nf-heapapi-getprocessheap`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetProcessHeap() -> HANDLE {
    without_provenance_mut(heap::PROCESS_HEAP)
}

/// `HeapCreate`: makes a heap of the program's own. With a maximum size its blocks take no more than that together,
/// some bytes of book-keeping for each included; without one it grows as memory allows.
///
/// Microsoft's page: `heapapi/nf-heapapi-heapcreate`.
///
/// *On Linux*: every heap is safe to share between threads. The initial size is a hint that is not needed.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for unknown options and an initial size above the maximum, `ERROR_NOT_SUPPORTED` for
/// `HEAP_CREATE_ENABLE_EXECUTE`, `ERROR_NOT_ENOUGH_MEMORY` for too many heaps.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn HeapCreate(
    floptions: HEAP_FLAGS,
    dwinitialsize: usize,
    dwmaximumsize: usize,
) -> HANDLE {
    const KNOWN: HEAP_FLAGS = HEAP_NO_SERIALIZE | HEAP_GENERATE_EXCEPTIONS | HEAP_CREATE_ENABLE_EXECUTE;
    boundary::call_any_time(null_mut(), || {
        if floptions & !KNOWN != 0 || (dwmaximumsize != 0 && dwinitialsize > dwmaximumsize) {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        if floptions & HEAP_CREATE_ENABLE_EXECUTE != 0 {
            return Err(Error::ERROR_NOT_SUPPORTED);
        }
        let limit = (dwmaximumsize != 0).then_some(dwmaximumsize);
        Ok(without_provenance_mut(heap::create(limit)?))
    })
}

/// `HeapDestroy`: ends a heap of the program's own, and frees all its blocks.
///
/// Microsoft's page: `heapapi/nf-heapapi-heapdestroy`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, for the process heap too.
///
/// # Safety
/// Nobody uses the heap's blocks any more.
pub unsafe extern "system" fn HeapDestroy(hheap: HANDLE) -> BOOL {
    boundary::call_any_time(FALSE, || heap::destroy(hheap.addr()).map(|()| TRUE))
}

/// `HeapAlloc`: a block of memory, aligned to 16 bytes, filled with zeros for `HEAP_ZERO_MEMORY`. NULL for a size that
/// cannot be had, beyond the heap's maximum, and for what is no heap; the last error stays as it is, as documented.
///
/// Microsoft's page: `heapapi/nf-heapapi-heapalloc`.
///
/// *On Linux*: `HEAP_GENERATE_EXCEPTIONS` raises none: NULL is the answer.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn HeapAlloc(hheap: HANDLE, dwflags: HEAP_FLAGS, dwbytes: usize) -> *mut c_void {
    let block = heap::allocate(hheap.addr(), dwbytes, dwflags & HEAP_ZERO_MEMORY != 0);
    block.map_or(null_mut(), <*mut u8>::cast)
}

/// `HeapReAlloc`: makes a block larger or smaller; it keeps its content, and may move unless
/// `HEAP_REALLOC_IN_PLACE_ONLY`. With `HEAP_ZERO_MEMORY` what is new is zero. NULL when it cannot be had, and for NULL;
/// the block is then as it was, and the last error too, as documented.
///
/// Microsoft's page: `heapapi/nf-heapapi-heaprealloc`.
///
/// *On Linux*: as [`HeapAlloc`].
///
/// # Safety
/// `lpmem` is NULL or a block of a heap, which nobody else uses.
pub unsafe extern "system" fn HeapReAlloc(
    hheap: HANDLE,
    dwflags: HEAP_FLAGS,
    lpmem: *const c_void,
    dwbytes: usize,
) -> *mut c_void {
    let block = lpmem.cast_mut().cast();
    let zeroed = dwflags & HEAP_ZERO_MEMORY != 0;
    let in_place = dwflags & HEAP_REALLOC_IN_PLACE_ONLY != 0;
    // SAFETY: the caller's promise.
    let block = unsafe { heap::reallocate(hheap.addr(), block, dwbytes, zeroed, in_place) };
    block.map_or(null_mut(), <*mut u8>::cast)
}

/// `HeapFree`: frees a block. NULL is freed already.
///
/// Microsoft's page: `heapapi/nf-heapapi-heapfree`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no heap, `ERROR_INVALID_PARAMETER` for a block of another heap.
///
/// # Safety
/// `lpmem` is NULL or a block of a heap, which nobody uses any more.
pub unsafe extern "system" fn HeapFree(hheap: HANDLE, dwflags: HEAP_FLAGS, lpmem: *const c_void) -> BOOL {
    let _ = dwflags;
    boundary::call_any_time(FALSE, || {
        if !lpmem.is_null() {
            // SAFETY: the caller's promise.
            unsafe { heap::free(hheap.addr(), lpmem.cast_mut().cast()) }?;
        }
        Ok(TRUE)
    })
}

/// `HeapSize`: the size of a block, as it was asked for. All ones for NULL, for a block of another heap and for what is
/// no heap; the last error stays as it is, as documented.
///
/// Microsoft's page: `heapapi/nf-heapapi-heapsize`.
///
/// # Safety
/// `lpmem` is NULL or a block of a heap.
pub unsafe extern "system" fn HeapSize(hheap: HANDLE, dwflags: HEAP_FLAGS, lpmem: *const c_void) -> usize {
    let _ = dwflags;
    // SAFETY: the caller's promise.
    unsafe { heap::size_of_block(hheap.addr(), lpmem.cast()) }.unwrap_or(usize::MAX)
}

/// `HeapValidate`: whether a block, or for NULL all of a heap, is in order. The last error stays as it is, as
/// documented.
///
/// Microsoft's page: `heapapi/nf-heapapi-heapvalidate`.
///
/// *On Linux*: of the process heap as a whole it answers TRUE.
///
/// # Safety
/// `lpmem` is NULL or a block of a heap.
pub unsafe extern "system" fn HeapValidate(hheap: HANDLE, dwflags: HEAP_FLAGS, lpmem: *const c_void) -> BOOL {
    let _ = dwflags;
    if lpmem.is_null() {
        return heap::is_valid(hheap.addr()).into();
    }
    // SAFETY: the caller's promise.
    unsafe { heap::size_of_block(hheap.addr(), lpmem.cast()) }.is_some().into()
}
