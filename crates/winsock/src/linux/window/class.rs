//! Window classes, and the numbers of names: classes and registered messages share them, as atoms.

use super::lock;
use super::procedure::Procedure;
use crate::error::Error;
use crate::linux::dispatcher::Guarded;
use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Names are shorter than this.
pub(crate) const MAX_NAME: usize = 256;

/// The first number of a name, and the last.
const ATOMS: std::ops::RangeInclusive<u16> = 0xC000..=0xFFFF;

/// What texts in messages are for a window's procedure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Text {
    /// UTF-8: the functions whose names end in A.
    Narrow,
    /// UTF-16: those whose names end in W.
    Wide,
}

/// A class of windows.
pub(crate) struct Class {
    pub(crate) atom: u16,
    /// As it was registered.
    pub(crate) name: Vec<u16>,
    /// The procedure of new windows, and what texts are for it.
    pub(crate) procedure: Procedure,
    pub(crate) text: Text,
    pub(crate) style: u32,
    /// How many bytes of the program's a window has.
    pub(crate) window_extra: usize,
    /// The program's bytes of the class.
    pub(crate) extra: Guarded<RefCell<Box<[u8]>>>,
    /// What nobody draws with, for the program to ask for again.
    pub(crate) look: Look,
}

/// Handles that a class remembers for its program: module, icons, cursor, brush; and the menu's name.
#[derive(Clone, Default)]
pub(crate) struct Look {
    pub(crate) instance: usize,
    pub(crate) icon: usize,
    pub(crate) small_icon: usize,
    pub(crate) cursor: usize,
    pub(crate) background: usize,
    pub(crate) menu: Menu,
}

/// The name of a class's menu.
#[derive(Clone, Default)]
pub(crate) enum Menu {
    #[default]
    None,
    /// `MAKEINTRESOURCE`.
    Number(u16),
    /// With the NUL that ends it, in both widths.
    Name { narrow: Arc<[u8]>, wide: Arc<[u16]> },
}

/// How a program names a class.
pub(crate) enum ClassName {
    Atom(u16),
    Name(Vec<u16>),
}

struct Registry {
    atoms: BTreeMap<String, u16>,
    classes: BTreeMap<u16, Arc<Class>>,
}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry { atoms: BTreeMap::new(), classes: BTreeMap::new() });

fn registry() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock of the names, for a fork.
pub(crate) fn hold() -> impl Any {
    registry()
}

/// Names are one name whatever the case of their letters is.
fn folded(name: &[u16]) -> String {
    String::from_utf16_lossy(name).to_lowercase()
}

impl Registry {
    fn atom(&mut self, name: &[u16]) -> Result<u16, Error> {
        let name = folded(name);
        if let Some(&atom) = self.atoms.get(&name) {
            return Ok(atom);
        }
        let atom = u16::try_from(usize::from(*ATOMS.start()) + self.atoms.len())
            .map_err(|_full| Error::WSA_NOT_ENOUGH_MEMORY)?;
        self.atoms.insert(name, atom);
        Ok(atom)
    }

    fn find(&self, name: &ClassName) -> Option<&Arc<Class>> {
        let atom = match name {
            ClassName::Atom(atom) => atom,
            ClassName::Name(name) => self.atoms.get(&folded(name))?,
        };
        self.classes.get(atom)
    }
}

/// `RegisterWindowMessage`: the number of a name.
///
/// # Errors
/// `WSA_NOT_ENOUGH_MEMORY` when all numbers are given away.
pub(crate) fn message(name: &[u16]) -> Result<u32, Error> {
    registry().atom(name).map(u32::from)
}

/// `RegisterClass`. The class gets its number here.
///
/// # Errors
/// `ERROR_CLASS_ALREADY_EXISTS`, `WSA_NOT_ENOUGH_MEMORY`.
pub(crate) fn register(mut class: Class) -> Result<u16, Error> {
    let mut registry = registry();
    class.atom = registry.atom(&class.name)?;
    if registry.classes.contains_key(&class.atom) {
        return Err(Error::ERROR_CLASS_ALREADY_EXISTS);
    }
    let atom = class.atom;
    registry.classes.insert(atom, Arc::new(class));
    Ok(atom)
}

/// `UnregisterClass`.
///
/// # Errors
/// `ERROR_CLASS_DOES_NOT_EXIST`, `ERROR_CLASS_HAS_WINDOWS`.
pub(crate) fn unregister(name: &ClassName) -> Result<(), Error> {
    let mut registry = registry();
    let class = registry.find(name).cloned().ok_or(Error::ERROR_CLASS_DOES_NOT_EXIST)?;
    if !super::find_all(|window| Arc::ptr_eq(&window.class, &class)).is_empty() {
        return Err(Error::ERROR_CLASS_HAS_WINDOWS);
    }
    registry.classes.remove(&class.atom);
    Ok(())
}

/// The class of a name.
pub(crate) fn find(name: &ClassName) -> Option<Arc<Class>> {
    registry().find(name).cloned()
}

impl Class {
    /// The program's bytes.
    pub(crate) fn with_extra<T>(&self, use_them: impl FnOnce(&mut [u8]) -> T) -> T {
        let key = lock();
        let mut extra = self.extra.get(&key).borrow_mut();
        use_them(&mut extra)
    }
}
