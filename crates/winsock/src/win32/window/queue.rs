//! Taking messages out of the calling thread's queue, and waiting for them.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use crate::error::Error;
use crate::linux::dispatcher::Mode;
use crate::linux::window::procedure;
use crate::linux::window::queue::{ALL_KINDS, Filter, Message, Of, Wanted, kinds_of_flags, milliseconds};
use crate::linux::window::{NO_WINDOW, get, own_queue, send, timer};
use crate::win32::wait::{code, timeout, waitables};
use crate::win32::{
    BOOL, FALSE, HANDLE, HWND, LRESULT, MAXIMUM_WAIT_OBJECTS, MSG, MSG_WAIT_FOR_MULTIPLE_OBJECTS_EX_FLAGS,
    MWMO_ALERTABLE, MWMO_INPUTAVAILABLE, MWMO_WAITALL, PEEK_MESSAGE_REMOVE_TYPE, PM_NOYIELD, PM_REMOVE,
    POINT, QUEUE_STATUS_FLAGS, TRUE, WAIT_EVENT, WAIT_FAILED, WM_KEYDOWN, WM_KEYUP, WM_QUIT, WM_SYSKEYDOWN,
    WM_SYSKEYUP, WM_TIMER, boundary, memory,
};
use std::ptr::without_provenance_mut;

/// `GetMessageA`: as [`GetMessageW`]. Messages carry no texts.
///
/// Microsoft's page: `winuser/nf-winuser-getmessagea`.
///
/// # Errors
/// As [`GetMessageW`].
///
/// # Safety
/// As [`GetMessageW`].
pub unsafe extern "system" fn GetMessageA(
    lpmsg: *mut MSG,
    hwnd: HWND,
    wmsgfiltermin: u32,
    wmsgfiltermax: u32,
) -> BOOL {
    // SAFETY: the caller's promise is the same.
    unsafe { GetMessageW(lpmsg, hwnd, wmsgfiltermin, wmsgfiltermax) }
}

/// `GetMessageW`: takes the next message of the calling thread, and waits for one; meanwhile it delivers what other
/// threads send. `hwnd` is NULL for all, -1 for messages without a window, or a window whose messages and whose
/// children's are wanted; two zeros ask for all numbers, and `WM_QUIT` comes whatever they ask for. Answers FALSE
/// for `WM_QUIT`, TRUE for others.
///
/// Posted messages come first, in their order; then `WM_QUIT` of [`PostQuitMessage`](super::PostQuitMessage); then
/// `WM_TIMER`.
///
/// Microsoft's page: `winuser/nf-winuser-getmessagew`.
///
/// *On Linux*: no message comes from keyboard, mouse or screen; `MSG::pt` is (0, 0), for there is no cursor.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE` for a window that is not the calling thread's, `ERROR_NOACCESS` for NULL. The answer
/// is -1.
///
/// # Safety
/// `lpmsg` is NULL or writable. The procedures of the thread's windows may be called.
pub unsafe extern "system" fn GetMessageW(
    lpmsg: *mut MSG,
    hwnd: HWND,
    wmsgfiltermin: u32,
    wmsgfiltermax: u32,
) -> BOOL {
    boundary::call_any_time(-1, || {
        let filter = filter(hwnd, wmsgfiltermin, wmsgfiltermax)?;
        if lpmsg.is_null() {
            return Err(Error::ERROR_NOACCESS);
        }
        let message = own_queue().get(&filter);
        // SAFETY: the caller's promise.
        unsafe { memory::write(lpmsg, msg(&message)) }?;
        Ok((message.number != WM_QUIT).into())
    })
}

/// `PeekMessageA`: as [`PeekMessageW`]. Messages carry no texts.
///
/// Microsoft's page: `winuser/nf-winuser-peekmessagea`.
///
/// # Errors
/// As [`PeekMessageW`].
///
/// # Safety
/// As [`GetMessageW`].
pub unsafe extern "system" fn PeekMessageA(
    lpmsg: *mut MSG,
    hwnd: HWND,
    wmsgfiltermin: u32,
    wmsgfiltermax: u32,
    wremovemsg: PEEK_MESSAGE_REMOVE_TYPE,
) -> BOOL {
    // SAFETY: the caller's promise is the same.
    unsafe { PeekMessageW(lpmsg, hwnd, wmsgfiltermin, wmsgfiltermax, wremovemsg) }
}

/// `PeekMessageW`: [`GetMessageW`] that does not wait, and leaves the message where it is without `PM_REMOVE`. The
/// `PM_QS_` flags ask for some kinds of messages alone; what was sent is delivered whatever they ask for.
///
/// Microsoft's page: `winuser/nf-winuser-peekmessagew`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for unknown flags; then as [`GetMessageW`]. The answer is FALSE, as for no message.
///
/// # Safety
/// As [`GetMessageW`].
pub unsafe extern "system" fn PeekMessageW(
    lpmsg: *mut MSG,
    hwnd: HWND,
    wmsgfiltermin: u32,
    wmsgfiltermax: u32,
    wremovemsg: PEEK_MESSAGE_REMOVE_TYPE,
) -> BOOL {
    const KNOWN: u32 = PM_REMOVE | PM_NOYIELD;
    boundary::call_any_time(FALSE, || {
        let kinds = kinds_of_flags(wremovemsg).ok_or(Error::WSA_INVALID_PARAMETER)?;
        if wremovemsg & 0xFFFF & !KNOWN != 0 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let filter = filter(hwnd, wmsgfiltermin, wmsgfiltermax)?;
        if lpmsg.is_null() {
            return Err(Error::ERROR_NOACCESS);
        }
        let message = own_queue().peek(&filter, kinds, wremovemsg & PM_REMOVE != 0);
        let Some(message) = message else { return Ok(FALSE) };
        // SAFETY: the caller's promise.
        unsafe { memory::write(lpmsg, msg(&message)) }?;
        Ok(TRUE)
    })
}

/// What a caller asks for.
fn filter(hwnd: HWND, first: u32, last: u32) -> Result<Filter, Error> {
    const THREAD: usize = -1isize as usize;
    let of = match hwnd.addr() {
        NO_WINDOW => Of::All,
        THREAD => Of::Thread,
        handle if get(handle)?.is_own() => Of::Window(handle),
        _another_thread_s => return Err(Error::ERROR_INVALID_WINDOW_HANDLE),
    };
    Ok(Filter { of, numbers: (first, last) })
}

fn msg(message: &Message) -> MSG {
    MSG {
        hwnd: without_provenance_mut(message.window),
        message: message.number,
        wParam: message.wparam,
        lParam: message.lparam,
        time: message.time,
        pt: POINT { x: 0, y: 0 },
    }
}

/// `DispatchMessageA`: as [`DispatchMessageW`].
///
/// Microsoft's page: `winuser/nf-winuser-dispatchmessagea`.
///
/// # Errors
/// As [`DispatchMessageW`].
///
/// # Safety
/// As [`DispatchMessageW`].
pub unsafe extern "system" fn DispatchMessageA(lpmsg: *const MSG) -> LRESULT {
    // SAFETY: the caller's promise is the same.
    unsafe { DispatchMessageW(lpmsg) }
}

/// `DispatchMessageW`: calls the procedure of the message's window, and answers what it does. A `WM_TIMER` whose timer
/// has a function calls that instead. A message without a window goes nowhere.
///
/// Microsoft's page: `winuser/nf-winuser-dispatchmessagew`.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL, `ERROR_INVALID_WINDOW_HANDLE`, `ERROR_WINDOW_OF_OTHER_THREAD`. The answer is 0.
///
/// # Safety
/// `lpmsg` is NULL or readable. The window's procedure may be called with the message.
pub unsafe extern "system" fn DispatchMessageW(lpmsg: *const MSG) -> LRESULT {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        let msg = unsafe { memory::read(lpmsg) }.map_err(|_| Error::ERROR_NOACCESS)?;
        let handle = msg.hwnd.addr();
        if msg.message == WM_TIMER && msg.lParam != 0 {
            // SAFETY: the caller's promise.
            unsafe { run_timer(&msg) };
            return Ok(0);
        }
        if handle == NO_WINDOW {
            return Ok(0);
        }
        let window = get(handle)?;
        if !window.is_own() {
            return Err(Error::ERROR_WINDOW_OF_OTHER_THREAD);
        }
        // SAFETY: the caller's promise.
        Ok(unsafe { send::call(&window, msg.message, msg.wParam, msg.lParam) })
    })
}

/// Calls the function of a timer, if the timer has that function: anybody may post such a number.
///
/// # Safety
/// Who set the timer promised that its function may be called.
unsafe fn run_timer(msg: &MSG) {
    let Some(function) = timer::procedure(&own_queue(), msg.hwnd.addr(), msg.wParam, msg.lParam) else {
        return;
    };
    // SAFETY: the promise of who set the timer.
    unsafe { procedure::call_timer(function, msg.hwnd.addr(), WM_TIMER, msg.wParam, milliseconds()) };
}

/// `TranslateMessage`: makes characters of the keys that a message tells of. Answers TRUE for a message about keys.
///
/// Microsoft's page: `winuser/nf-winuser-translatemessage`.
///
/// *On Linux*: there is no keyboard, and no layout that would give a key a character: no `WM_CHAR` is posted.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL.
///
/// # Safety
/// `lpmsg` is NULL or readable.
pub unsafe extern "system" fn TranslateMessage(lpmsg: *const MSG) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let msg = unsafe { memory::read(lpmsg) }.map_err(|_| Error::ERROR_NOACCESS)?;
        Ok(matches!(msg.message, WM_KEYDOWN | WM_KEYUP | WM_SYSKEYDOWN | WM_SYSKEYUP).into())
    })
}

/// `WaitMessage`: waits until something comes into the calling thread's queue that the thread has not looked at. What
/// other threads send is delivered meanwhile.
///
/// Microsoft's page: `winuser/nf-winuser-waitmessage`.
///
/// # Safety
/// The procedures of the thread's windows may be called.
pub unsafe extern "system" fn WaitMessage() -> BOOL {
    boundary::call_any_time(FALSE, || {
        own_queue().wait_for_new();
        Ok(TRUE)
    })
}

/// `GetQueueStatus`: which of these kinds of messages have come since the thread last looked (low half; from now on
/// they are not new), and which are in the queue (high half).
///
/// Microsoft's page: `winuser/nf-winuser-getqueuestatus`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for unknown kinds; the answer is 0.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetQueueStatus(flags: QUEUE_STATUS_FLAGS) -> u32 {
    boundary::call_any_time(0, || {
        if flags & !KNOWN_KINDS != 0 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let (new, there) = own_queue().status(flags);
        Ok(there << 16 | new)
    })
}

/// With touch and pointer input, which newer programs ask for.
const KNOWN_KINDS: u32 = ALL_KINDS | 0x1800;

/// `GetMessageTime`: when the message was made that the thread took last, in milliseconds since the machine was started.
///
/// Microsoft's page: `winuser/nf-winuser-getmessagetime`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetMessageTime() -> i32 {
    boundary::call_any_time(0, || Ok(own_queue().last_time() as i32))
}

/// `MsgWaitForMultipleObjects`: [`MsgWaitForMultipleObjectsEx`] that is not alertable and ends by new messages alone.
///
/// Microsoft's page: `winuser/nf-winuser-msgwaitformultipleobjects`.
///
/// # Errors
/// As [`MsgWaitForMultipleObjectsEx`].
///
/// # Safety
/// As [`MsgWaitForMultipleObjectsEx`].
pub unsafe extern "system" fn MsgWaitForMultipleObjects(
    ncount: u32,
    phandles: *const HANDLE,
    fwaitall: BOOL,
    dwmilliseconds: u32,
    dwwakemask: QUEUE_STATUS_FLAGS,
) -> WAIT_EVENT {
    let flags = if fwaitall == FALSE { 0 } else { MWMO_WAITALL };
    // SAFETY: the caller's promise is the same.
    unsafe { MsgWaitForMultipleObjectsEx(ncount, phandles, dwmilliseconds, dwwakemask, flags) }
}

/// `MsgWaitForMultipleObjectsEx`: [`WaitForMultipleObjectsEx`](crate::win32::WaitForMultipleObjectsEx) with the calling
/// thread's queue as one object more, behind the others: it is signalled while there are messages of the wanted kinds
/// that have come since the thread last looked, or, with `MWMO_INPUTAVAILABLE`, while there are any. Neither takes a
/// message or delivers one.
///
/// Microsoft's page: `winuser/nf-winuser-msgwaitformultipleobjectsex`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for more than 63 objects, unknown flags and unknown kinds; then, unless there are no objects,
/// as `WaitForMultipleObjectsEx`.
///
/// # Safety
/// `phandles` is NULL or names `ncount` readable handles.
pub unsafe extern "system" fn MsgWaitForMultipleObjectsEx(
    ncount: u32,
    phandles: *const HANDLE,
    dwmilliseconds: u32,
    dwwakemask: QUEUE_STATUS_FLAGS,
    dwflags: MSG_WAIT_FOR_MULTIPLE_OBJECTS_EX_FLAGS,
) -> WAIT_EVENT {
    const KNOWN: u32 = MWMO_WAITALL | MWMO_ALERTABLE | MWMO_INPUTAVAILABLE;
    boundary::call_any_time(WAIT_FAILED, || {
        if ncount >= MAXIMUM_WAIT_OBJECTS || dwflags & !KNOWN != 0 || dwwakemask & !KNOWN_KINDS != 0 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let mode = if dwflags & MWMO_WAITALL == 0 { Mode::Any } else { Mode::All };
        let objects = match ncount {
            0 => Vec::new(),
            // SAFETY: the caller's promise.
            _ => unsafe { waitables(ncount, phandles, mode) }?,
        };
        let wanted = if dwflags & MWMO_INPUTAVAILABLE == 0 {
            Wanted::New(dwwakemask)
        } else {
            Wanted::There(dwwakemask)
        };
        let alertable = dwflags & MWMO_ALERTABLE != 0;
        Ok(code(own_queue().wait(&objects, mode, timeout(dwmilliseconds), alertable, wanted)))
    })
}
