//! Tests of the system's version: `VerifyVersionInfo`.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::system::VERSION;
use super::{
    BOOL, FALSE, OSVERSIONINFOEXA, OSVERSIONINFOEXW, TRUE, VER_AND, VER_BUILDNUMBER, VER_EQUAL, VER_FLAGS,
    VER_GREATER, VER_GREATER_EQUAL, VER_LESS, VER_LESS_EQUAL, VER_MAJORVERSION, VER_MINORVERSION, VER_OR,
    VER_PLATFORMID, VER_PRODUCT_TYPE, VER_SERVICEPACKMAJOR, VER_SERVICEPACKMINOR, VER_SUITENAME, boundary,
};
use crate::error::Error;
use std::cmp::Ordering;

/// The bits of a condition in the mask.
const BITS: u32 = 3;
const CONDITION: u64 = (1 << BITS) - 1;

/// `VerSetConditionMask`: adds a condition to the mask for [`VerifyVersionInfoW`]: how a member is to be compared. Of
/// several members the condition is that of the highest bit.
///
/// Microsoft's page: `winnt/nf-winnt-versetconditionmask`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn VerSetConditionMask(
    conditionmask: u64,
    typemask: VER_FLAGS,
    condition: u8,
) -> u64 {
    match (typemask & 0xFF).checked_ilog2() {
        None => conditionmask,
        Some(place) => conditionmask | (u64::from(condition) & CONDITION) << (place * BITS),
    }
}

/// `VerifyVersionInfoA`: whether the system is of a version.
///
/// Microsoft's page: `winbase/nf-winbase-verifyversioninfoa`.
///
/// *On Linux*: the version is that of `GetVersion`.
///
/// # Errors
/// As [`VerifyVersionInfoW`].
///
/// # Safety
/// `lpversioninformation` is NULL or valid for reading.
pub unsafe extern "system" fn VerifyVersionInfoA(
    lpversioninformation: *mut OSVERSIONINFOEXA,
    dwtypemask: VER_FLAGS,
    dwlconditionmask: u64,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        if lpversioninformation.is_null() {
            return Err(Error::ERROR_NOACCESS);
        }
        // SAFETY: not NULL, and the caller promises that it is readable.
        let asked = unsafe { lpversioninformation.read_unaligned() };
        let asked = OSVERSIONINFOEXW {
            dwMajorVersion: asked.dwMajorVersion,
            dwMinorVersion: asked.dwMinorVersion,
            dwBuildNumber: asked.dwBuildNumber,
            dwPlatformId: asked.dwPlatformId,
            wServicePackMajor: asked.wServicePackMajor,
            wServicePackMinor: asked.wServicePackMinor,
            wSuiteMask: asked.wSuiteMask,
            wProductType: asked.wProductType,
            ..OSVERSIONINFOEXW::default()
        };
        verify(&asked, dwtypemask, dwlconditionmask)
    })
}

/// `VerifyVersionInfoW`: whether the members that `dwtypemask` names compare with the system's as the conditions say.
/// Major and minor version and service pack are one number: the first of them to differ decides, by the condition of the
/// first that is named.
///
/// Microsoft's page: `winbase/nf-winbase-verifyversioninfow`.
///
/// *On Linux*: the version is that of `GetVersion`.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL, `ERROR_BAD_ARGUMENTS` for no members and for a member without a condition of its kind,
/// `ERROR_OLD_WIN_VERSION` if the answer is no.
///
/// # Safety
/// `lpversioninformation` is NULL or valid for reading.
pub unsafe extern "system" fn VerifyVersionInfoW(
    lpversioninformation: *mut OSVERSIONINFOEXW,
    dwtypemask: VER_FLAGS,
    dwlconditionmask: u64,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        if lpversioninformation.is_null() {
            return Err(Error::ERROR_NOACCESS);
        }
        // SAFETY: not NULL, and the caller promises that it is readable.
        let asked = unsafe { lpversioninformation.read_unaligned() };
        verify(&asked, dwtypemask, dwlconditionmask)
    })
}

fn verify(asked: &OSVERSIONINFOEXW, members: VER_FLAGS, conditions: u64) -> Result<BOOL, Error> {
    if members & 0xFF == 0 {
        return Err(Error::ERROR_BAD_ARGUMENTS);
    }
    let condition = |member: VER_FLAGS| (conditions >> (member.trailing_zeros() * BITS) & CONDITION) as u32;
    let is_named = |member: VER_FLAGS| members & member != 0;

    let hierarchy = [
        (VER_MAJORVERSION, VERSION.dwMajorVersion, asked.dwMajorVersion),
        (VER_MINORVERSION, VERSION.dwMinorVersion, asked.dwMinorVersion),
        (VER_SERVICEPACKMAJOR, VERSION.wServicePackMajor.into(), asked.wServicePackMajor.into()),
        (VER_SERVICEPACKMINOR, VERSION.wServicePackMinor.into(), asked.wServicePackMinor.into()),
    ];
    let named = || hierarchy.iter().filter(|row| is_named(row.0));
    let mut agrees = true;
    if let Some(&(first, ..)) = named().next() {
        let order = named().map(|row| row.1.cmp(&row.2)).find(|order| order.is_ne());
        agrees &= holds(condition(first), order.unwrap_or(Ordering::Equal))?;
    }
    for (member, ours, theirs) in [
        (VER_BUILDNUMBER, VERSION.dwBuildNumber, asked.dwBuildNumber),
        (VER_PLATFORMID, VERSION.dwPlatformId, asked.dwPlatformId),
        (VER_PRODUCT_TYPE, VERSION.wProductType.into(), asked.wProductType.into()),
    ] {
        if is_named(member) {
            agrees &= holds(condition(member), ours.cmp(&theirs))?;
        }
    }
    if is_named(VER_SUITENAME) {
        let (wanted, common) = (asked.wSuiteMask, asked.wSuiteMask & VERSION.wSuiteMask);
        agrees &= match condition(VER_SUITENAME) {
            VER_AND => common == wanted,
            VER_OR => common != 0 || wanted == 0,
            _ => return Err(Error::ERROR_BAD_ARGUMENTS),
        };
    }
    if agrees { Ok(TRUE) } else { Err(Error::ERROR_OLD_WIN_VERSION) }
}

fn holds(condition: u32, order: Ordering) -> Result<bool, Error> {
    match condition {
        VER_EQUAL => Ok(order.is_eq()),
        VER_GREATER => Ok(order.is_gt()),
        VER_GREATER_EQUAL => Ok(order.is_ge()),
        VER_LESS => Ok(order.is_lt()),
        VER_LESS_EQUAL => Ok(order.is_le()),
        _ => Err(Error::ERROR_BAD_ARGUMENTS),
    }
}
