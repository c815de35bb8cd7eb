//! Heaps.

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
