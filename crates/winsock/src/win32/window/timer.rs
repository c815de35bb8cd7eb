//! Timers that tell by messages.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use crate::error::Error;
use crate::linux::window::{NO_WINDOW, get, own_queue, timer};
use crate::win32::{BOOL, FALSE, HWND, TIMERPROC, TRUE, boundary};

/// `SetTimer`: from now on, and again after each of these times, the calling thread finds `WM_TIMER` when it has no
/// other message to take; one message, however often the time has passed. A timer of this window and number is started
/// anew. [`DispatchMessageW`](super::DispatchMessageW) calls the function, if there is one, in place of the window's
/// procedure. A timer without a window gets a number of its own. Times are 10 ms at least.
///
/// Microsoft's page: `winuser/nf-winuser-settimer`.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`, `ERROR_ACCESS_DENIED` for a window of another thread's. The answer is 0; else it is the
/// number of a timer without a window, and not 0.
///
/// # Safety
/// The function may be called.
pub unsafe extern "system" fn SetTimer(
    hwnd: HWND,
    nidevent: usize,
    uelapse: u32,
    lptimerfunc: TIMERPROC,
) -> usize {
    boundary::call_any_time(0, || {
        let window = own_or_none(hwnd)?;
        Ok(timer::set(&own_queue(), window, nidevent, uelapse, lptimerfunc).max(1))
    })
}

/// `KillTimer`: ends a timer; a message of it that nobody has taken goes with it.
///
/// Microsoft's page: `winuser/nf-winuser-killtimer`.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`, `ERROR_ACCESS_DENIED` for a window of another thread's, `ERROR_INVALID_PARAMETER` for a
/// timer that is not there.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn KillTimer(hwnd: HWND, uidevent: usize) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let window = own_or_none(hwnd)?;
        if timer::kill(&own_queue(), window, uidevent) { Ok(TRUE) } else { Err(Error::WSA_INVALID_PARAMETER) }
    })
}

/// A window of the calling thread's, or none.
fn own_or_none(hwnd: HWND) -> Result<usize, Error> {
    match hwnd.addr() {
        NO_WINDOW => Ok(NO_WINDOW),
        handle if get(handle)?.is_own() => Ok(handle),
        _another_thread_s => Err(Error::ERROR_ACCESS_DENIED),
    }
}
