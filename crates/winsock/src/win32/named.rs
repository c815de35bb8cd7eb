//! What the functions share that make or open an object by its name.
#![allow(unsafe_code, reason = "names are the caller's memory")]

use super::{HANDLE, PCSTR, PCWSTR, memory};
use crate::error::Error;
use crate::linux::handles::Object;
use crate::linux::named::{self, Name, Title};
use crate::linux::objects;
use std::any::Any;
use std::ptr::without_provenance_mut;
use std::sync::Arc;

/// How much of a name is read: one character more than any may have.
const LIMIT: usize = 261;

/// A name as the caller has it.
pub(super) type Text = Option<Vec<u16>>;

/// # Safety
/// The pointer is NULL or names UTF-16 that ends with 0.
pub(super) unsafe fn wide(name: PCWSTR) -> Text {
    // SAFETY: the caller's promise.
    unsafe { memory::wide_text(name, LIMIT) }
}

/// # Safety
/// The pointer is NULL or names a text that ends with 0.
pub(super) unsafe fn narrow(name: PCSTR) -> Text {
    // SAFETY: the caller's promise.
    unsafe { memory::narrow_text(name) }
}

/// A new object, or the one of that name, and its new handle; and whether there was one. An empty name is none.
///
/// # Errors
/// `ERROR_FILENAME_EXCED_RANGE`, `ERROR_PATH_NOT_FOUND`, `ERROR_INVALID_HANDLE` if an object of another kind has the
/// name, `ERROR_NOT_ENOUGH_MEMORY`.
pub(super) fn create<T: Any + Send + Sync>(
    name: Text,
    wrap: fn(Arc<T>) -> Object,
    make: impl FnOnce(Option<Title>) -> T,
) -> Result<(HANDLE, Arc<T>, bool), Error> {
    let name = name.filter(|name| !name.is_empty()).map(|name| Name::new(&name)).transpose()?;
    let (object, existed) = named::create(name, make)?;
    let handle = objects::publish(wrap(object.clone()))?;
    Ok((without_provenance_mut(handle), object, existed))
}

/// A handle of the object of that name.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL, `ERROR_INVALID_HANDLE` for an empty name, `ERROR_FILENAME_EXCED_RANGE`,
/// `ERROR_PATH_NOT_FOUND`, `ERROR_FILE_NOT_FOUND`, `ERROR_INVALID_HANDLE` if an object of another kind has the name,
/// `ERROR_NOT_ENOUGH_MEMORY`.
pub(super) fn open<T: Any + Send + Sync>(name: Text, wrap: fn(Arc<T>) -> Object) -> Result<HANDLE, Error> {
    let name = name.ok_or(Error::WSA_INVALID_PARAMETER)?;
    if name.is_empty() {
        return Err(Error::WSA_INVALID_HANDLE);
    }
    let object = named::open(&Name::new(&name)?)?;
    Ok(without_provenance_mut(objects::publish(wrap(object))?))
}
