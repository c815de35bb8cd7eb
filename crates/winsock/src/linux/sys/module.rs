//! Programs and shared libraries as they are loaded.
#![allow(unsafe_code, reason = "calls into libc")]

use super::system::page_size;
use std::ffi::{CStr, CString, c_void};
use std::mem::MaybeUninit;
use std::ptr::{null, with_exposed_provenance};

/// The first byte of the program: its headers tell where it lies.
pub(crate) fn program() -> usize {
    // SAFETY: no memory is passed.
    let headers = unsafe { libc::getauxval(libc::AT_PHDR) } as usize;
    headers - headers % page_size()
}

/// What an address belongs to: its first byte, and the file.
pub(crate) fn containing(address: usize) -> Option<(usize, CString)> {
    let mut info = MaybeUninit::<libc::Dl_info>::zeroed();
    let address = with_exposed_provenance::<c_void>(address);
    // SAFETY: the address is only compared, and the structure is writable.
    if unsafe { libc::dladdr(address, info.as_mut_ptr()) } == 0 {
        return None;
    }
    // SAFETY: the call succeeded, and has filled it in.
    let info = unsafe { info.assume_init() };
    if info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: not NULL, and a text that stays as long as the file is loaded.
    let file = unsafe { CStr::from_ptr(info.dli_fname) };
    Some((info.dli_fbase.addr(), file.to_owned()))
}

/// Where a name is in a loaded file, or in a library that it needs; `None` for the file is the program.
pub(crate) fn symbol(file: Option<&CStr>, name: &CStr) -> Option<usize> {
    let file = file.map_or(null(), CStr::as_ptr);
    // SAFETY: a text or NULL. Nothing is loaded that is not there.
    let handle = unsafe { libc::dlopen(file, libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
    if handle.is_null() {
        return None;
    }
    // SAFETY: the handle is good, and the name a text.
    let found = unsafe { libc::dlsym(handle, name.as_ptr()) };
    // SAFETY: the handle is good, and its own.
    unsafe { libc::dlclose(handle) };
    (!found.is_null()).then(|| found.expose_provenance())
}
