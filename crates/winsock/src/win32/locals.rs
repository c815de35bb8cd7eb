//! Thread-local and fiber-local values.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, ERROR_SUCCESS, FALSE, FLS_OUT_OF_INDEXES, PFLS_CALLBACK_FUNCTION, TLS_OUT_OF_INDEXES, TRUE,
    boundary,
};
use crate::error::Error;
use crate::linux::locals;
use std::ffi::c_void;
use std::ptr::{null_mut, without_provenance_mut};

fn done(done: bool) -> Result<BOOL, Error> {
    if done { Ok(TRUE) } else { Err(Error::WSA_INVALID_PARAMETER) }
}

fn got(value: Option<usize>) -> Result<(*mut c_void, u32), Error> {
    let value = value.ok_or(Error::WSA_INVALID_PARAMETER)?;
    Ok((without_provenance_mut(value), ERROR_SUCCESS))
}

/// `TlsAlloc`: an index under which each thread keeps a value of its own, NULL at first. There are 1,088.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-tlsalloc`.
///
/// # Errors
/// `ERROR_NO_MORE_ITEMS`; the answer is `TLS_OUT_OF_INDEXES`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn TlsAlloc() -> u32 {
    boundary::call_any_time(TLS_OUT_OF_INDEXES, || {
        Ok(locals::allocate().ok_or(Error::ERROR_NO_MORE_ITEMS)? as u32)
    })
}

/// `TlsFree`: gives an index back. Every thread's value is gone; what it points to is the program's.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-tlsfree`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an index that is not given out.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn TlsFree(dwtlsindex: u32) -> BOOL {
    boundary::call_any_time(FALSE, || done(locals::free(dwtlsindex as usize)))
}

/// `TlsGetValue`: the calling thread's value. A success sets the last error to `ERROR_SUCCESS`, for NULL may be a value.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-tlsgetvalue`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an index that is not given out.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn TlsGetValue(dwtlsindex: u32) -> *mut c_void {
    boundary::call_telling(null_mut(), || got(locals::get(dwtlsindex as usize)))
}

/// `TlsSetValue`: stores the calling thread's value.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-tlssetvalue`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an index that is not given out.
///
/// # Safety
/// None is needed: the value is stored, never followed.
pub unsafe extern "system" fn TlsSetValue(dwtlsindex: u32, lptlsvalue: *const c_void) -> BOOL {
    boundary::call_any_time(FALSE, || done(locals::set(dwtlsindex as usize, lptlsvalue.addr())))
}

/// `FlsAlloc`: an index as [`TlsAlloc`]'s, with a function that is called with each value that is not NULL, by its thread
/// when that ends, and by whoever frees the index. There are 4,079.
///
/// Microsoft's page: `fibersapi/nf-fibersapi-flsalloc`.
///
/// *On Linux*: a thread is its only fiber.
///
/// # Errors
/// `ERROR_NO_MORE_ITEMS`; the answer is `FLS_OUT_OF_INDEXES`.
///
/// # Safety
/// The function may be called with the values that are stored.
pub unsafe extern "system" fn FlsAlloc(lpcallback: PFLS_CALLBACK_FUNCTION) -> u32 {
    boundary::call_any_time(FLS_OUT_OF_INDEXES, || {
        Ok(locals::allocate_fiber(lpcallback).ok_or(Error::ERROR_NO_MORE_ITEMS)? as u32)
    })
}

/// `FlsFree`: gives an index back, after its function was called with the value of every thread that has one.
///
/// Microsoft's page: `fibersapi/nf-fibersapi-flsfree`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an index that is not given out.
///
/// # Safety
/// As [`FlsAlloc`].
pub unsafe extern "system" fn FlsFree(dwflsindex: u32) -> BOOL {
    boundary::call_any_time(FALSE, || done(locals::free_fiber(dwflsindex as usize)))
}

/// `FlsGetValue`: the calling thread's value. A success sets the last error to `ERROR_SUCCESS`.
///
/// Microsoft's page: `fibersapi/nf-fibersapi-flsgetvalue`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an index that is not given out.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn FlsGetValue(dwflsindex: u32) -> *mut c_void {
    boundary::call_telling(null_mut(), || got(locals::get_fiber(dwflsindex as usize)))
}

/// `FlsSetValue`: stores the calling thread's value.
///
/// Microsoft's page: `fibersapi/nf-fibersapi-flssetvalue`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an index that is not given out.
///
/// # Safety
/// None is needed: the value is stored, and passed to the index's function.
pub unsafe extern "system" fn FlsSetValue(dwflsindex: u32, lpflsdata: *const c_void) -> BOOL {
    boundary::call_any_time(FALSE, || done(locals::set_fiber(dwflsindex as usize, lpflsdata.addr())))
}
