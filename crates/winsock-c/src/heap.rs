//! Heaps, and the older functions for memory.

use crate::export;
use core::ffi::c_void;
use winsock::win32::*;

export! {
    "GetProcessHeap" fn GetProcessHeap() -> HANDLE;
    "HeapAlloc" fn HeapAlloc(hheap: HANDLE, dwflags: HEAP_FLAGS, dwbytes: usize) -> *mut c_void;
    "HeapCreate" fn HeapCreate(floptions: HEAP_FLAGS, dwinitialsize: usize, dwmaximumsize: usize) -> HANDLE;
    "HeapDestroy" fn HeapDestroy(hheap: HANDLE) -> BOOL;
    "HeapFree" fn HeapFree(hheap: HANDLE, dwflags: HEAP_FLAGS, lpmem: *const c_void) -> BOOL;
    "HeapReAlloc" fn HeapReAlloc(hheap: HANDLE, dwflags: HEAP_FLAGS, lpmem: *const c_void, dwbytes: usize) -> *mut c_void;
    "HeapSize" fn HeapSize(hheap: HANDLE, dwflags: HEAP_FLAGS, lpmem: *const c_void) -> usize;
    "HeapValidate" fn HeapValidate(hheap: HANDLE, dwflags: HEAP_FLAGS, lpmem: *const c_void) -> BOOL;
}

export! {
    "GlobalAlloc" fn GlobalAlloc(uflags: GLOBAL_ALLOC_FLAGS, dwbytes: usize) -> HGLOBAL;
    "GlobalFree" fn GlobalFree(hmem: HGLOBAL) -> HGLOBAL;
    "GlobalLock" fn GlobalLock(hmem: HGLOBAL) -> *mut c_void;
    "GlobalReAlloc" fn GlobalReAlloc(hmem: HGLOBAL, dwbytes: usize, uflags: u32) -> HGLOBAL;
    "GlobalSize" fn GlobalSize(hmem: HGLOBAL) -> usize;
    "GlobalUnlock" fn GlobalUnlock(hmem: HGLOBAL) -> BOOL;
    "LocalAlloc" fn LocalAlloc(uflags: LOCAL_ALLOC_FLAGS, ubytes: usize) -> HLOCAL;
    "LocalFree" fn LocalFree(hmem: HLOCAL) -> HLOCAL;
    "LocalLock" fn LocalLock(hmem: HLOCAL) -> *mut c_void;
    "LocalReAlloc" fn LocalReAlloc(hmem: HLOCAL, ubytes: usize, uflags: u32) -> HLOCAL;
    "LocalSize" fn LocalSize(hmem: HLOCAL) -> usize;
    "LocalUnlock" fn LocalUnlock(hmem: HLOCAL) -> BOOL;
}
