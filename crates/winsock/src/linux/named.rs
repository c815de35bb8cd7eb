//! The names that some objects have: one space of names for objects of every kind.
//!
//! Names are this process's own. A name lasts as long as its object.

use crate::error::Error;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Names are at most this long (`MAX_PATH`).
const MAX_NAME: usize = 260;

/// The name of an object in this process: UTF-16, without the prefix of the session's own names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Name(Box<[u16]>);

impl Name {
    /// `Local\` says what holds anyway, `Global\` begins a namespace of its own, and no other `\` may follow.
    ///
    /// # Errors
    /// `ERROR_FILENAME_EXCED_RANGE` for more than 260 characters, `ERROR_PATH_NOT_FOUND` for another namespace.
    pub(crate) fn new(name: &[u16]) -> Result<Name, Error> {
        if name.len() > MAX_NAME {
            return Err(Error::ERROR_FILENAME_EXCED_RANGE);
        }
        let after = |prefix: &str| {
            let prefix: Vec<u16> = prefix.encode_utf16().collect();
            name.strip_prefix(prefix.as_slice())
        };
        let local = after("Local\\").unwrap_or(name);
        if after("Global\\").unwrap_or(local).contains(&u16::from(b'\\')) {
            return Err(Error::ERROR_PATH_NOT_FOUND);
        }
        Ok(Name(local.into()))
    }
}

type Named = BTreeMap<Name, Weak<dyn Any + Send + Sync>>;

static NAMED: Mutex<Named> = Mutex::new(BTreeMap::new());

fn named() -> MutexGuard<'static, Named> {
    NAMED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock of the names, for a fork.
pub(super) fn hold() -> impl Any {
    named()
}

/// The entry of an object: it goes with the object.
pub(crate) struct Title(Name);

impl Drop for Title {
    fn drop(&mut self) {
        let mut named = named();
        // A new object may have the name already.
        if named.get(&self.0).is_some_and(|object| object.strong_count() == 0) {
            named.remove(&self.0);
        }
    }
}

/// The object of a name, made if there is none; and whether there was one. Without a name it is new.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` if an object of another kind has the name.
pub(crate) fn create<T: Any + Send + Sync>(
    name: Option<Name>,
    make: impl FnOnce(Option<Title>) -> T,
) -> Result<(Arc<T>, bool), Error> {
    let Some(name) = name else { return Ok((Arc::new(make(None)), false)) };
    let mut named = named();
    let Some(found) = named.get(&name).and_then(Weak::upgrade) else {
        let object = Arc::new(make(Some(Title(name.clone()))));
        let entry: Arc<dyn Any + Send + Sync> = object.clone();
        named.insert(name, Arc::downgrade(&entry));
        return Ok((object, false));
    };
    // What was found may end here, and asks for the lock then.
    drop(named);
    of_kind(found).map(|object| (object, true))
}

/// The object of a name.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` if there is none, `ERROR_INVALID_HANDLE` if it is of another kind.
pub(crate) fn open<T: Any + Send + Sync>(name: &Name) -> Result<Arc<T>, Error> {
    let found = named().get(name).and_then(Weak::upgrade);
    of_kind(found.ok_or(Error::ERROR_FILE_NOT_FOUND)?)
}

fn of_kind<T: Any + Send + Sync>(object: Arc<dyn Any + Send + Sync>) -> Result<Arc<T>, Error> {
    object.downcast().map_err(|_other| Error::WSA_INVALID_HANDLE)
}
