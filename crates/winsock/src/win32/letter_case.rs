//! Letters of the other case: `CharUpper`, `CharLower` and their kin.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::memory::{self, Character};
use super::{PSTR, PWSTR};
use std::ptr::without_provenance_mut;

/// A letter's counterpart; what has none of one character stays.
fn upper(letter: char) -> char {
    let mut all = letter.to_uppercase();
    match (all.next(), all.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

/// As [`upper`].
fn lower(letter: char) -> char {
    let mut all = letter.to_lowercase();
    match (all.next(), all.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

trait Letters: Character {
    /// Changes the letters whose counterparts take as much room.
    fn change(text: &mut [Self], counterpart: fn(char) -> char);
    fn of_address(address: usize) -> Self;
    fn to_address(self) -> usize;
}

impl Letters for u8 {
    fn change(text: &mut [u8], counterpart: fn(char) -> char) {
        let before = text.to_vec();
        let mut at = 0;
        for chunk in before.utf8_chunks() {
            for letter in chunk.valid().chars() {
                let (changed, len) = (counterpart(letter), letter.len_utf8());
                if changed.len_utf8() == len {
                    changed.encode_utf8(&mut text[at..at + len]);
                }
                at += len;
            }
            at += chunk.invalid().len();
        }
    }

    fn of_address(address: usize) -> u8 {
        address as u8
    }

    fn to_address(self) -> usize {
        self.into()
    }
}

impl Letters for u16 {
    fn change(text: &mut [u16], counterpart: fn(char) -> char) {
        for unit in text {
            let changed = char::from_u32((*unit).into()).map(counterpart);
            *unit = changed.and_then(|letter| u16::try_from(u32::from(letter)).ok()).unwrap_or(*unit);
        }
    }

    fn of_address(address: usize) -> u16 {
        address as u16
    }

    fn to_address(self) -> usize {
        self.into()
    }
}

/// A text up to its NUL, or, in place of its address, one character.
///
/// # Safety
/// The address is below 65536, or that of characters up to a NUL, which nobody else uses.
unsafe fn text_or_character<L: Letters>(text: *mut L, counterpart: fn(char) -> char) -> *mut L {
    const CHARACTERS: usize = 1 << 16;
    if text.addr() < CHARACTERS {
        let mut one = [L::of_address(text.addr())];
        L::change(&mut one, counterpart);
        return without_provenance_mut(one[0].to_address());
    }
    // SAFETY: the caller's promise.
    let len = unsafe { memory::length(text) }.unwrap_or(0);
    // SAFETY: as many have been read.
    unsafe { buffer(text, len as u32, counterpart) };
    text
}

/// # Safety
/// `text` is NULL or has as many characters, which nobody else uses.
unsafe fn buffer<L: Letters>(text: *mut L, len: u32, counterpart: fn(char) -> char) -> u32 {
    // SAFETY: the caller's promise.
    let Some(mut copy) = (unsafe { memory::counted(text, len as usize) }) else {
        return 0;
    };
    if copy.is_empty() {
        return 0;
    }
    L::change(&mut copy, counterpart);
    // SAFETY: not NULL, for it had characters, and the caller promises that they are writable.
    unsafe { memory::write_characters(text, &copy) };
    len
}

/// `CharUpperA`: turns a text in UTF-8 into capitals, in place, and answers it; or one character below 65536 in its place.
///
/// Microsoft's page: `winuser/nf-winuser-charuppera`.
///
/// *On Linux*: a letter whose counterpart takes another room stays.
///
/// # Safety
/// The address is below 65536, or that of characters up to a NUL, which nobody else uses.
pub unsafe extern "system" fn CharUpperA(lpsz: PSTR) -> PSTR {
    // SAFETY: the caller makes the same promise.
    unsafe { text_or_character(lpsz, upper) }
}

/// `CharUpperBuffA`: the same of so many characters. Answers how many they are; 0 for NULL.
///
/// Microsoft's page: `winuser/nf-winuser-charupperbuffa`.
///
/// *On Linux*: as [`CharUpperA`].
///
/// # Safety
/// `lpsz` is NULL or has as many characters, which nobody else uses.
pub unsafe extern "system" fn CharUpperBuffA(lpsz: PSTR, cchlength: u32) -> u32 {
    // SAFETY: the caller makes the same promise.
    unsafe { buffer(lpsz, cchlength, upper) }
}

/// `CharUpperW`: turns a text in UTF-16 into capitals, in place, and answers it; or one character below 65536 in its place.
///
/// Microsoft's page: `winuser/nf-winuser-charupperw`.
///
/// *On Linux*: a letter whose counterpart takes another room stays.
///
/// # Safety
/// The address is below 65536, or that of characters up to a NUL, which nobody else uses.
pub unsafe extern "system" fn CharUpperW(lpsz: PWSTR) -> PWSTR {
    // SAFETY: the caller makes the same promise.
    unsafe { text_or_character(lpsz, upper) }
}

/// `CharUpperBuffW`: the same of so many characters. Answers how many they are; 0 for NULL.
///
/// Microsoft's page: `winuser/nf-winuser-charupperbuffw`.
///
/// *On Linux*: as [`CharUpperW`].
///
/// # Safety
/// `lpsz` is NULL or has as many characters, which nobody else uses.
pub unsafe extern "system" fn CharUpperBuffW(lpsz: PWSTR, cchlength: u32) -> u32 {
    // SAFETY: the caller makes the same promise.
    unsafe { buffer(lpsz, cchlength, upper) }
}

/// `CharLowerA`: turns a text in UTF-8 into small letters, in place, and answers it; or one character below 65536 in its place.
///
/// Microsoft's page: `winuser/nf-winuser-charlowera`.
///
/// *On Linux*: a letter whose counterpart takes another room stays.
///
/// # Safety
/// The address is below 65536, or that of characters up to a NUL, which nobody else uses.
pub unsafe extern "system" fn CharLowerA(lpsz: PSTR) -> PSTR {
    // SAFETY: the caller makes the same promise.
    unsafe { text_or_character(lpsz, lower) }
}

/// `CharLowerBuffA`: the same of so many characters. Answers how many they are; 0 for NULL.
///
/// Microsoft's page: `winuser/nf-winuser-charlowerbuffa`.
///
/// *On Linux*: as [`CharLowerA`].
///
/// # Safety
/// `lpsz` is NULL or has as many characters, which nobody else uses.
pub unsafe extern "system" fn CharLowerBuffA(lpsz: PSTR, cchlength: u32) -> u32 {
    // SAFETY: the caller makes the same promise.
    unsafe { buffer(lpsz, cchlength, lower) }
}

/// `CharLowerW`: turns a text in UTF-16 into small letters, in place, and answers it; or one character below 65536 in its place.
///
/// Microsoft's page: `winuser/nf-winuser-charlowerw`.
///
/// *On Linux*: a letter whose counterpart takes another room stays.
///
/// # Safety
/// The address is below 65536, or that of characters up to a NUL, which nobody else uses.
pub unsafe extern "system" fn CharLowerW(lpsz: PWSTR) -> PWSTR {
    // SAFETY: the caller makes the same promise.
    unsafe { text_or_character(lpsz, lower) }
}

/// `CharLowerBuffW`: the same of so many characters. Answers how many they are; 0 for NULL.
///
/// Microsoft's page: `winuser/nf-winuser-charlowerbuffw`.
///
/// *On Linux*: as [`CharLowerW`].
///
/// # Safety
/// `lpsz` is NULL or has as many characters, which nobody else uses.
pub unsafe extern "system" fn CharLowerBuffW(lpsz: PWSTR, cchlength: u32) -> u32 {
    // SAFETY: the caller makes the same promise.
    unsafe { buffer(lpsz, cchlength, lower) }
}
