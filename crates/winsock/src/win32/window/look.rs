//! The system's own cursors, icons and brushes, which classes are registered with. There is nothing to draw them on:
//! they are names, and that is what classes and `GetClassInfo` do with them.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::text::number;
use crate::error::Error;
use crate::win32::{
    BLACK_BRUSH, DKGRAY_BRUSH, GET_STOCK_OBJECT_FLAGS, GRAY_BRUSH, HCURSOR, HGDIOBJ, HICON, HINSTANCE,
    IDC_APPSTARTING, IDC_ARROW, IDC_CROSS, IDC_HAND, IDC_HELP, IDC_IBEAM, IDC_NO, IDC_SIZEALL, IDC_SIZENESW,
    IDC_SIZENS, IDC_SIZENWSE, IDC_SIZEWE, IDC_UPARROW, IDC_WAIT, IDI_APPLICATION, IDI_ASTERISK, IDI_ERROR,
    IDI_EXCLAMATION, IDI_QUESTION, IDI_SHIELD, IDI_WINLOGO, LTGRAY_BRUSH, NULL_BRUSH, PCSTR, PCWSTR,
    WHITE_BRUSH, boundary,
};
use std::ptr::{null_mut, without_provenance_mut};

/// Handles of what the system has, by kind and number. No window and no object of the program has such a value.
#[derive(Clone, Copy)]
enum Kind {
    Cursor = 0x1_0000,
    Icon = 0x2_0000,
    Brush = 0x3_0000,
}

fn handle(kind: Kind, number: usize) -> HGDIOBJ {
    /// Handles are even; these are no multiples of 4, as those of objects are.
    const SYSTEM: usize = 2;
    without_provenance_mut(kind as usize | number << 2 | SYSTEM)
}

const CURSORS: [PCWSTR; 14] = [
    IDC_APPSTARTING,
    IDC_ARROW,
    IDC_CROSS,
    IDC_HAND,
    IDC_HELP,
    IDC_IBEAM,
    IDC_NO,
    IDC_SIZEALL,
    IDC_SIZENESW,
    IDC_SIZENS,
    IDC_SIZENWSE,
    IDC_SIZEWE,
    IDC_UPARROW,
    IDC_WAIT,
];

const ICONS: [PCWSTR; 7] =
    [IDI_APPLICATION, IDI_ASTERISK, IDI_ERROR, IDI_EXCLAMATION, IDI_QUESTION, IDI_SHIELD, IDI_WINLOGO];

/// One of the system's: a program's own would be a resource, and there are none.
fn load<C>(kind: Kind, known: &[PCWSTR], instance: HINSTANCE, name: *const C) -> HGDIOBJ {
    boundary::call_any_time(null_mut(), || {
        let number = number(name).ok_or(Error::ERROR_RESOURCE_NAME_NOT_FOUND)?;
        let place = known.iter().position(|known| known.addr() == usize::from(number));
        match place {
            Some(place) if instance.is_null() => Ok(handle(kind, place + 1)),
            Some(_) | None => Err(Error::ERROR_RESOURCE_NAME_NOT_FOUND),
        }
    })
}

/// `LoadCursorA`: as [`LoadCursorW`].
///
/// Microsoft's page: `winuser/nf-winuser-loadcursora`.
///
/// # Errors
/// As [`LoadCursorW`].
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn LoadCursorA(hinstance: HINSTANCE, lpcursorname: PCSTR) -> HCURSOR {
    load(Kind::Cursor, &CURSORS, hinstance, lpcursorname)
}

/// `LoadCursorW`: one of the system's cursors, for a class.
///
/// Microsoft's page: `winuser/nf-winuser-loadcursorw`.
///
/// *On Linux*: a program has no resources: `hinstance` is NULL, and the name one of the `IDC_` numbers. Nobody sees it.
///
/// # Errors
/// `ERROR_RESOURCE_NAME_NOT_FOUND`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn LoadCursorW(hinstance: HINSTANCE, lpcursorname: PCWSTR) -> HCURSOR {
    load(Kind::Cursor, &CURSORS, hinstance, lpcursorname)
}

/// `LoadIconA`: as [`LoadIconW`].
///
/// Microsoft's page: `winuser/nf-winuser-loadicona`.
///
/// # Errors
/// As [`LoadIconW`].
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn LoadIconA(hinstance: HINSTANCE, lpiconname: PCSTR) -> HICON {
    load(Kind::Icon, &ICONS, hinstance, lpiconname)
}

/// `LoadIconW`: one of the system's icons, for a class.
///
/// Microsoft's page: `winuser/nf-winuser-loadiconw`.
///
/// *On Linux*: a program has no resources: `hinstance` is NULL, and the name one of the `IDI_` numbers. Nobody sees it.
///
/// # Errors
/// `ERROR_RESOURCE_NAME_NOT_FOUND`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn LoadIconW(hinstance: HINSTANCE, lpiconname: PCWSTR) -> HICON {
    load(Kind::Icon, &ICONS, hinstance, lpiconname)
}

/// `GetStockObject`: one of the system's brushes, for a class.
///
/// Microsoft's page: `wingdi/nf-wingdi-getstockobject`.
///
/// *On Linux*: the brushes alone, for a class to remember.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for other objects; the answer is NULL.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetStockObject(i: GET_STOCK_OBJECT_FLAGS) -> HGDIOBJ {
    boundary::call_any_time(null_mut(), || match i {
        WHITE_BRUSH | LTGRAY_BRUSH | GRAY_BRUSH | DKGRAY_BRUSH | BLACK_BRUSH | NULL_BRUSH => {
            Ok(handle(Kind::Brush, i as usize + 1))
        }
        _not_a_brush => Err(Error::WSA_INVALID_PARAMETER),
    })
}
