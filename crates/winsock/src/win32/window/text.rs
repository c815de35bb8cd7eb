//! What the functions in A and those in W have in common: one body for both, generic over the character.
#![allow(unsafe_code, reason = "reads what the caller's pointers name")]

use crate::linux::window::class::{ClassName, Text};
use crate::win32::memory::{self, Character};

/// A character of a function in A or W.
pub(super) trait Letter: Character + 'static {
    /// What texts of these are.
    const TEXT: Text;

    /// A caller's text as UTF-16; `None` for NULL.
    ///
    /// # Safety
    /// `text` is NULL or names characters that end with 0.
    unsafe fn read(text: *const Self) -> Option<Vec<u16>>;

    /// UTF-16 as these characters.
    fn from_wide(text: &[u16]) -> Vec<Self>;
}

impl Letter for u8 {
    const TEXT: Text = Text::Narrow;

    unsafe fn read(text: *const u8) -> Option<Vec<u16>> {
        // SAFETY: the caller's promise.
        unsafe { memory::narrow_text(text) }
    }

    fn from_wide(text: &[u16]) -> Vec<u8> {
        String::from_utf16_lossy(text).into_bytes()
    }
}

impl Letter for u16 {
    const TEXT: Text = Text::Wide;

    unsafe fn read(text: *const u16) -> Option<Vec<u16>> {
        // SAFETY: the caller's promise.
        unsafe { memory::wide_text(text, usize::MAX) }
    }

    fn from_wide(text: &[u16]) -> Vec<u16> {
        text.to_vec()
    }
}

/// UTF-16 as a text that ends with 0.
pub(super) fn with_nul<C: Letter>(text: &[u16]) -> Vec<C> {
    let mut text = C::from_wide(text);
    text.push(C::default());
    text
}

/// The number that stands in place of a pointer to a text (`MAKEINTATOM`, `MAKEINTRESOURCE`).
pub(super) fn number<C>(text: *const C) -> Option<u16> {
    u16::try_from(text.addr()).ok().filter(|&number| number != 0)
}

/// A caller's name of a class, or its atom; `None` for NULL.
///
/// # Safety
/// `name` is NULL, an atom, or names characters that end with 0.
pub(super) unsafe fn class_name<C: Letter>(name: *const C) -> Option<ClassName> {
    match number(name) {
        Some(atom) => Some(ClassName::Atom(atom)),
        // SAFETY: the caller's promise: it is no atom.
        None => unsafe { C::read(name) }.map(ClassName::Name),
    }
}

/// Copies a text for the caller, with its NUL, as much as there is room for. Answers how many characters, NUL not
/// counted.
///
/// # Safety
/// `out` is NULL or valid for writing `room` characters.
pub(super) unsafe fn copy_text<C: Letter>(out: *mut C, room: usize, text: &[u16]) -> usize {
    if out.is_null() || room == 0 {
        return 0;
    }
    let mut text = C::from_wide(text);
    text.truncate(room - 1);
    let len = text.len();
    text.push(C::default());
    let bytes = text.len() * size_of::<C>();
    // SAFETY: not NULL, and the caller promises the room, which is enough; bytes need no alignment.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr().cast::<u8>(), out.cast::<u8>(), bytes) };
    len
}
