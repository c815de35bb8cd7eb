//! Modules: the program, and this library, which is all of Windows' libraries that it stands for.
//!
//! A module's handle is the address of its first byte. Where the library is part of the program both are one.

use super::sys::module as linux;
use crate::error::Error;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;

/// The libraries of Windows whose functions are here.
const LIBRARIES: [&str; 7] = ["kernel32", "mswsock", "ntdll", "user32", "winmm", "ws2_32", "wsock32"];

/// The handle of the program.
pub(crate) fn program() -> usize {
    linux::program()
}

/// This library: its handle and its file.
fn library() -> Option<(usize, CString)> {
    linux::containing((program as fn() -> usize as *const ()).expose_provenance())
}

/// The handle of a module by its name: folders, case and an ending `.dll` make no difference.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND`.
pub(crate) fn named(name: &str) -> Result<usize, Error> {
    let name = name.rsplit(['\\', '/']).next().unwrap_or_default().to_ascii_lowercase();
    let name = name.strip_suffix(".dll").unwrap_or(&name);
    if !LIBRARIES.contains(&name) {
        return Err(Error::ERROR_MOD_NOT_FOUND);
    }
    library().map(|(handle, _)| handle).ok_or(Error::ERROR_MOD_NOT_FOUND)
}

/// Whether this is a module's handle.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND`.
pub(crate) fn check(module: usize) -> Result<(), Error> {
    if module == program() || library().is_some_and(|(handle, _)| handle == module) {
        Ok(())
    } else {
        Err(Error::ERROR_MOD_NOT_FOUND)
    }
}

/// Where a module exports a name. Those that the C library has, too, carry a prefix in this one.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND`, `ERROR_PROC_NOT_FOUND`.
pub(crate) fn procedure(module: usize, name: &[u8]) -> Result<usize, Error> {
    check(module)?;
    let file = library().filter(|(handle, _)| *handle == module && module != program());
    let prefixed = [b"ws2_", name].concat();
    let names = [prefixed.as_slice(), name];
    let own = |name: &&[u8]| {
        let name = CString::new(*name).ok()?;
        let found = linux::symbol(file.as_ref().map(|(_, file)| file.as_c_str()), &name)?;
        linux::containing(found).filter(|(handle, _)| *handle == module).map(|_| found)
    };
    names.iter().find_map(own).ok_or(Error::ERROR_PROC_NOT_FOUND)
}

/// The file of a module.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND`.
pub(crate) fn file(module: usize) -> Result<String, Error> {
    check(module)?;
    let path = if module == program() {
        std::env::current_exe()
    } else {
        let (_, file) = library().ok_or(Error::ERROR_MOD_NOT_FOUND)?;
        std::fs::canonicalize(std::ffi::OsStr::from_bytes(file.as_bytes()))
    };
    path.map(|path| path.to_string_lossy().into_owned()).map_err(|_| Error::ERROR_MOD_NOT_FOUND)
}
