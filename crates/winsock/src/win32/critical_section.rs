//! Critical sections.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{BOOL, CRITICAL_SECTION, FALSE, RTL_CRITICAL_SECTION_FLAG_NO_DEBUG_INFO, TRUE, boundary};
use crate::error::Error;
use crate::linux::critical_section::CriticalSection;

/// # Safety
/// The pointer is NULL, or names a critical section that is initialized.
unsafe fn section<'a>(section: *mut CRITICAL_SECTION) -> Option<&'a CriticalSection> {
    // SAFETY: both types have one layout, every part of ours is atomic, and the caller promises the rest.
    unsafe { section.cast::<CriticalSection>().as_ref() }
}

/// # Safety
/// The pointer is NULL, or aligned and writable.
unsafe fn initialize(section: *mut CRITICAL_SECTION, spins: u32) -> Result<BOOL, Error> {
    if section.is_null() {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    // SAFETY: not NULL, and the caller promises the rest.
    unsafe { section.cast::<CriticalSection>().write(CriticalSection::new(spins)) };
    Ok(TRUE)
}

/// `InitializeCriticalSection`: makes a critical section of whatever is in the structure, with nobody inside.
///
/// Microsoft's page: `synchapi/nf-synchapi-initializecriticalsection`.
///
/// *On Linux*: everything that a critical section is lies in its structure. NULL is left alone.
///
/// # Safety
/// `lpcriticalsection` is NULL, or aligned and writable, and nobody uses it as a critical section now.
pub unsafe extern "system" fn InitializeCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION) {
    // SAFETY: the caller's promise is the same; for NULL there is nothing to do.
    let _null = unsafe { initialize(lpcriticalsection, 0) };
}

/// `InitializeCriticalSectionAndSpinCount`: [`InitializeCriticalSection`]; who finds somebody inside looks so many times
/// before it sleeps. The high byte of the count says nothing; with one processor the count is 0.
///
/// Microsoft's page: `synchapi/nf-synchapi-initializecriticalsectionandspincount`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL.
///
/// # Safety
/// As [`InitializeCriticalSection`].
pub unsafe extern "system" fn InitializeCriticalSectionAndSpinCount(
    lpcriticalsection: *mut CRITICAL_SECTION,
    dwspincount: u32,
) -> BOOL {
    // SAFETY: the caller's promise is the same.
    boundary::call_any_time(FALSE, || unsafe { initialize(lpcriticalsection, dwspincount) })
}

/// `InitializeCriticalSectionEx`: [`InitializeCriticalSectionAndSpinCount`] with the flag
/// `CRITICAL_SECTION_NO_DEBUG_INFO`, which says what holds anyway.
///
/// Microsoft's page: `synchapi/nf-synchapi-initializecriticalsectionex`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL and for unknown flags.
///
/// # Safety
/// As [`InitializeCriticalSection`].
pub unsafe extern "system" fn InitializeCriticalSectionEx(
    lpcriticalsection: *mut CRITICAL_SECTION,
    dwspincount: u32,
    flags: u32,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        if flags & !RTL_CRITICAL_SECTION_FLAG_NO_DEBUG_INFO != 0 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise is the same.
        unsafe { initialize(lpcriticalsection, dwspincount) }
    })
}

/// `SetCriticalSectionSpinCount`: sets the count of [`InitializeCriticalSectionAndSpinCount`] and answers what it was.
///
/// Microsoft's page: `synchapi/nf-synchapi-setcriticalsectionspincount`.
///
/// # Safety
/// `lpcriticalsection` is NULL or names a critical section.
pub unsafe extern "system" fn SetCriticalSectionSpinCount(
    lpcriticalsection: *mut CRITICAL_SECTION,
    dwspincount: u32,
) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { section(lpcriticalsection) }.map_or(0, |section| section.set_spins(dwspincount))
}

/// `EnterCriticalSection`: waits until no other thread is inside, and goes in. A thread may go in again, and leaves as
/// often. While a thread waits it does not count as running on its completion port.
///
/// Microsoft's page: `synchapi/nf-synchapi-entercriticalsection`.
///
/// *On Linux*: the wait has no end; Windows gives up after 30 days.
///
/// # Safety
/// `lpcriticalsection` is NULL or names a critical section.
pub unsafe extern "system" fn EnterCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION) {
    // SAFETY: the caller's promise.
    if let Some(section) = unsafe { section(lpcriticalsection) } {
        section.enter();
    }
}

/// `TryEnterCriticalSection`: goes in unless another thread is inside. Answers whether it did.
///
/// Microsoft's page: `synchapi/nf-synchapi-tryentercriticalsection`.
///
/// # Safety
/// `lpcriticalsection` is NULL or names a critical section.
pub unsafe extern "system" fn TryEnterCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION) -> BOOL {
    // SAFETY: the caller's promise.
    unsafe { section(lpcriticalsection) }.is_some_and(CriticalSection::try_enter).into()
}

/// `LeaveCriticalSection`: leaves a critical section once.
///
/// Microsoft's page: `synchapi/nf-synchapi-leavecriticalsection`.
///
/// *On Linux*: a thread that is not inside changes nothing; on Windows it may lock others out for ever.
///
/// # Safety
/// `lpcriticalsection` is NULL or names a critical section.
pub unsafe extern "system" fn LeaveCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION) {
    // SAFETY: the caller's promise.
    if let Some(section) = unsafe { section(lpcriticalsection) } {
        section.leave();
    }
}

/// `DeleteCriticalSection`: ends the use of a critical section. It may be initialized again.
///
/// Microsoft's page: `synchapi/nf-synchapi-deletecriticalsection`.
///
/// *On Linux*: there is nothing to give back. The structure is as after [`InitializeCriticalSection`].
///
/// # Safety
/// `lpcriticalsection` is NULL or names a critical section that nobody is inside or waits for.
pub unsafe extern "system" fn DeleteCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION) {
    // SAFETY: the caller's promise is the same; for NULL there is nothing to do.
    let _null = unsafe { initialize(lpcriticalsection, 0) };
}
