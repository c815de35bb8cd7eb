//! Windows: what each remembers, who belongs to whom, and how one comes and goes.

use super::class::{Class, Text};
use super::procedure::Procedure;
use super::queue::Queue;
use super::{INVALID_WINDOW, NO_WINDOW, lock, own_queue};
use crate::error::Error;
use crate::linux::dispatcher::{Guarded, Key};
use crate::linux::table::Table;
use crate::win32::{HWND_MESSAGE, WS_CHILD};
use std::any::Any;
use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

/// A thousand each: as many as a process on Windows has.
const CHUNKS: usize = 10;

static WINDOWS: Table<Arc<Window>, CHUNKS> = Table::new();

/// A window.
pub(crate) struct Window {
    handle: OnceLock<usize>,
    /// Its thread's.
    pub(crate) queue: Arc<Queue>,
    pub(crate) class: Arc<Class>,
    words: Guarded<RefCell<Words>>,
}

/// What a window remembers.
pub(crate) struct Words {
    pub(crate) procedure: Procedure,
    /// What texts are for the procedure.
    pub(crate) text: Text,
    pub(crate) title: Vec<u16>,
    pub(crate) style: u32,
    pub(crate) ex_style: u32,
    pub(crate) instance: usize,
    /// The number of a child, or the menu.
    pub(crate) id: usize,
    pub(crate) user_data: isize,
    /// The program's bytes.
    pub(crate) extra: Box<[u8]>,
    family: Family,
    life: Life,
}

/// To whom a window belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Family {
    /// To nobody: a window of the desktop, with an owner or [`NO_WINDOW`].
    Top { owner: usize },
    /// To another window.
    Child { parent: usize },
    /// It is there for messages alone, and no search of the desktop's windows finds it.
    MessageOnly,
}

/// How far a window is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Life {
    Lives,
    /// `DestroyWindow` is at work.
    Ends,
}

/// What a new window is to be.
pub(crate) struct New {
    pub(crate) title: Vec<u16>,
    pub(crate) style: u32,
    pub(crate) ex_style: u32,
    pub(crate) parent: usize,
    pub(crate) id: usize,
    pub(crate) instance: usize,
}

/// `HWND_MESSAGE` as a parent.
fn is_message_parent(parent: usize) -> bool {
    parent == HWND_MESSAGE.addr()
}

/// Makes a window of the calling thread's, which no message has told yet.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE` for a parent that is none, `ERROR_TLW_WITH_WSCHILD` for a child without one,
/// `ERROR_ACCESS_DENIED` for a parent of another thread's, `ERROR_NO_MORE_USER_HANDLES`.
pub(crate) fn create(class: Arc<Class>, new: New) -> Result<Arc<Window>, Error> {
    let queue = own_queue();
    let family = family(&queue, &new)?;
    let words = Words {
        procedure: class.procedure,
        text: class.text,
        title: new.title,
        style: new.style,
        ex_style: new.ex_style,
        instance: new.instance,
        id: new.id,
        user_data: 0,
        extra: vec![0; class.window_extra].into(),
        family,
        life: Life::Lives,
    };
    let words = Guarded::new(RefCell::new(words));
    let window = Arc::new(Window { handle: OnceLock::new(), queue, class, words });
    let handle = WINDOWS.insert(window.clone()).ok_or(Error::ERROR_NO_MORE_USER_HANDLES)?;
    window.handle.get_or_init(|| handle);
    Ok(window)
}

fn family(queue: &Arc<Queue>, new: &New) -> Result<Family, Error> {
    let is_child = new.style & WS_CHILD != 0;
    if is_message_parent(new.parent) {
        return Ok(Family::MessageOnly);
    }
    if new.parent == NO_WINDOW {
        return if is_child {
            Err(Error::ERROR_TLW_WITH_WSCHILD)
        } else {
            Ok(Family::Top { owner: NO_WINDOW })
        };
    }
    let parent = get(new.parent)?;
    if !Arc::ptr_eq(&parent.queue, queue) {
        return Err(Error::ERROR_ACCESS_DENIED);
    }
    Ok(match parent.family() {
        _ if is_child => Family::Child { parent: new.parent },
        Family::MessageOnly => Family::MessageOnly,
        Family::Top { .. } | Family::Child { .. } => Family::Top { owner: new.parent },
    })
}

/// The window of a handle.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`.
pub(crate) fn get(handle: usize) -> Result<Arc<Window>, Error> {
    WINDOWS.get(handle).map(|window| Arc::clone(&window)).ok_or(INVALID_WINDOW)
}

/// Whether a handle names a window.
pub(crate) fn exists(handle: usize) -> bool {
    WINDOWS.get(handle).is_some()
}

/// The windows of which this is true.
pub(crate) fn find_all(is_wanted: impl Fn(&Window) -> bool) -> Vec<Arc<Window>> {
    WINDOWS
        .live()
        .into_iter()
        .filter_map(|handle| get(handle).ok())
        .filter(|window| is_wanted(window))
        .collect()
}

/// Whether one window is another, or lies below it.
pub(super) fn is_or_is_below(key: &Key, handle: usize, above: usize) -> bool {
    let mut handle = handle;
    loop {
        if handle == above {
            return true;
        }
        let Some(window) = WINDOWS.get(handle) else { return false };
        match window.words.get(key).borrow().family {
            Family::Child { parent } => handle = parent,
            Family::Top { .. } | Family::MessageOnly => return false,
        }
    }
}

/// The lock of new and freed handles, for a fork.
pub(crate) fn hold() -> impl Any {
    WINDOWS.hold()
}

impl Window {
    pub(crate) fn handle(&self) -> usize {
        self.handle.get().copied().unwrap_or(NO_WINDOW)
    }

    /// Reads or changes what the window remembers.
    pub(crate) fn with<T>(&self, use_them: impl FnOnce(&mut Words) -> T) -> T {
        let key = lock();
        let mut words = self.words.get(&key).borrow_mut();
        use_them(&mut words)
    }

    pub(crate) fn procedure(&self) -> Procedure {
        self.with(|words| words.procedure)
    }

    pub(crate) fn family(&self) -> Family {
        self.with(|words| words.family)
    }

    /// Whether it is the calling thread's.
    pub(crate) fn is_own(&self) -> bool {
        Arc::ptr_eq(&self.queue, &own_queue())
    }

    /// Gives a window another owner, or none. A child keeps its parent.
    ///
    /// # Errors
    /// `ERROR_INVALID_WINDOW_HANDLE` for an owner that is none, for itself, and for a child.
    pub(crate) fn change_owner(&self, owner: usize) -> Result<(), Error> {
        if owner != NO_WINDOW && (owner == self.handle() || !exists(owner)) {
            return Err(INVALID_WINDOW);
        }
        self.with(|words| match words.family {
            Family::Top { .. } => {
                words.family = Family::Top { owner };
                Ok(())
            }
            Family::Child { .. } | Family::MessageOnly => Err(INVALID_WINDOW),
        })
    }

    /// The windows that it owns.
    pub(crate) fn owned(&self) -> Vec<Arc<Window>> {
        find_all(|window| window.family() == Family::Top { owner: self.handle() })
    }

    /// Its children.
    pub(crate) fn children(&self) -> Vec<Arc<Window>> {
        find_all(|window| window.family() == Family::Child { parent: self.handle() })
    }

    /// Whether one lies below the other.
    pub(crate) fn is_below(&self, above: usize) -> bool {
        self.handle() != above && is_or_is_below(&lock(), self.handle(), above)
    }

    /// Begins to destroy the window. Answers whether nobody else has begun.
    pub(crate) fn begin_to_end(&self) -> bool {
        self.with(|words| std::mem::replace(&mut words.life, Life::Ends) == Life::Lives)
    }

    /// The window is no more, and with it goes what is queued for it.
    pub(crate) fn forget(&self) {
        drop(WINDOWS.remove(self.handle()));
        self.queue.forget_window(self.handle());
    }
}
