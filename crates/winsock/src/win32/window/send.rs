//! Posting messages, and sending them.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::procedure::translate_text;
use super::text::Letter;
use crate::error::Error;
use crate::linux::window::class;
use crate::linux::window::send::{self, ENDLESS, Patience};
use crate::linux::window::window::Family;
use crate::linux::window::{self, NO_WINDOW, find_all, get, own_queue};
use crate::win32::{
    BOOL, FALSE, HWND, HWND_BROADCAST, ISMEX_NOSEND, LPARAM, LRESULT, PCSTR, PCWSTR,
    SEND_MESSAGE_TIMEOUT_FLAGS, SMTO_ABORTIFHUNG, SMTO_BLOCK, SMTO_ERRORONEXIT, SMTO_NOTIMEOUTIFNOTHUNG,
    TRUE, WM_COPYDATA, WM_CREATE, WM_GETTEXT, WM_NCCALCSIZE, WM_NCCREATE, WM_SETTEXT, WPARAM, boundary,
    memory,
};
use std::ffi::c_void;
use std::time::Duration;

/// `PostMessageA`: as [`PostMessageW`]. A message that is posted carries no text.
///
/// Microsoft's page: `winuser/nf-winuser-postmessagea`.
///
/// # Errors
/// As [`PostMessageW`].
///
/// # Safety
/// As [`PostMessageW`].
pub unsafe extern "system" fn PostMessageA(hwnd: HWND, msg: u32, wparam: WPARAM, lparam: LPARAM) -> BOOL {
    // SAFETY: the caller's promise is the same.
    unsafe { PostMessageW(hwnd, msg, wparam, lparam) }
}

/// `PostMessageW`: puts a message into the queue of a window's thread, and does not wait. NULL posts to the calling
/// thread itself, `HWND_BROADCAST` to every window of the program that has no parent.
///
/// Microsoft's page: `winuser/nf-winuser-postmessagew`.
///
/// *On Linux*: windows of this process alone.
///
/// # Errors
/// `ERROR_MESSAGE_SYNC_ONLY` for a message of the system's with pointers, `ERROR_INVALID_WINDOW_HANDLE`,
/// `ERROR_NOT_ENOUGH_QUOTA` if the queue holds 10,000.
///
/// # Safety
/// The window's procedure may be called with the message.
pub unsafe extern "system" fn PostMessageW(hwnd: HWND, msg: u32, wparam: WPARAM, lparam: LPARAM) -> BOOL {
    boundary::call_any_time(FALSE, || {
        refuse_pointers(msg)?;
        match hwnd.addr() {
            NO_WINDOW => {
                // This thread may never have had a queue.
                let queue = own_queue();
                window::post_to_thread(queue.thread, msg, wparam, lparam)?;
            }
            handle if handle == HWND_BROADCAST.addr() => {
                for handle in broadcast() {
                    // One that is full, or has gone since, does not keep the others from it.
                    let _ = window::post(handle, msg, wparam, lparam);
                }
            }
            handle => window::post(handle, msg, wparam, lparam)?,
        }
        Ok(TRUE)
    })
}

/// The windows that a message to all reaches.
fn broadcast() -> Vec<usize> {
    let is_reached = |window: &window::Window| match window.family() {
        Family::Top { .. } => true,
        Family::Child { .. } | Family::MessageOnly => false,
    };
    find_all(is_reached).into_iter().map(|window| window.handle()).collect()
}

/// The memory behind a pointer is gone when a posted message is taken.
fn refuse_pointers(message: u32) -> Result<(), Error> {
    match message {
        WM_CREATE | WM_NCCREATE | WM_NCCALCSIZE | WM_SETTEXT | WM_GETTEXT | WM_COPYDATA => {
            Err(Error::ERROR_MESSAGE_SYNC_ONLY)
        }
        _without_pointers => Ok(()),
    }
}

/// `PostThreadMessageA`: as [`PostThreadMessageW`].
///
/// Microsoft's page: `winuser/nf-winuser-postthreadmessagea`.
///
/// # Errors
/// As [`PostThreadMessageW`].
///
/// # Safety
/// As [`PostThreadMessageW`].
pub unsafe extern "system" fn PostThreadMessageA(
    idthread: u32,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> BOOL {
    // SAFETY: the caller's promise is the same.
    unsafe { PostThreadMessageW(idthread, msg, wparam, lparam) }
}

/// `PostThreadMessageW`: puts a message without a window into the queue of a thread. A thread gets its queue when it
/// first calls a function of windows and messages.
///
/// Microsoft's page: `winuser/nf-winuser-postthreadmessagew`.
///
/// # Errors
/// `ERROR_MESSAGE_SYNC_ONLY` for a message of the system's with pointers, `ERROR_INVALID_THREAD_ID` for a thread that does
/// not run or has no queue, `ERROR_NOT_ENOUGH_QUOTA` if the queue holds 10,000.
///
/// # Safety
/// The thread takes the message for what it is.
pub unsafe extern "system" fn PostThreadMessageW(
    idthread: u32,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        refuse_pointers(msg)?;
        window::post_to_thread(idthread, msg, wparam, lparam)?;
        Ok(TRUE)
    })
}

/// `PostQuitMessage`: the calling thread takes `WM_QUIT` with this code when it has taken everything that is posted.
///
/// Microsoft's page: `winuser/nf-winuser-postquitmessage`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn PostQuitMessage(nexitcode: i32) {
    boundary::call_any_time((), || {
        own_queue().post_quit(nexitcode);
        Ok(())
    });
}

/// `SendMessageA`: as [`SendMessageW`], from a caller whose texts are UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-sendmessagea`.
///
/// # Errors
/// As [`SendMessageW`].
///
/// # Safety
/// As [`SendMessageW`].
pub unsafe extern "system" fn SendMessageA(hwnd: HWND, msg: u32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        unsafe { send_to_all::<u8>(hwnd, msg, wparam, lparam, ENDLESS) }
    })
}

/// `SendMessageW`: calls a window's procedure, and answers what it does. The procedure runs in the window's thread: if
/// that is another, the caller waits until the other looks at its queue, and itself runs procedures of its windows to
/// which messages are sent meanwhile. `HWND_BROADCAST` sends to every window of the program that has no parent.
///
/// Microsoft's page: `winuser/nf-winuser-sendmessagew`.
///
/// *On Linux*: windows of this process alone. `WM_SETTEXT`, `WM_GETTEXT` and `WM_GETTEXTLENGTH` are translated where
/// texts are of one kind for the caller and of the other for the window's procedure.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`, also when window or thread end before they answer; the answer is 0.
///
/// # Safety
/// The window's procedure may be called with the message.
pub unsafe extern "system" fn SendMessageW(hwnd: HWND, msg: u32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        unsafe { send_to_all::<u16>(hwnd, msg, wparam, lparam, ENDLESS) }
    })
}

/// # Safety
/// As [`SendMessageW`].
unsafe fn send_to_all<C: Letter>(
    hwnd: HWND,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
    patience: Patience,
) -> Result<LRESULT, Error> {
    if hwnd != HWND_BROADCAST {
        // SAFETY: the caller's promise.
        return unsafe { send_to::<C>(hwnd.addr(), msg, wparam, lparam, patience) };
    }
    for handle in broadcast() {
        // SAFETY: the caller's promise. Nothing is told about single windows.
        let _ = unsafe { send_to::<C>(handle, msg, wparam, lparam, patience) };
    }
    Ok(1)
}

/// Sends a message whose texts are made of `C`.
///
/// # Safety
/// As [`SendMessageW`].
pub(super) unsafe fn send_to<C: Letter>(
    handle: usize,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
    patience: Patience,
) -> Result<LRESULT, Error> {
    let text = get(handle)?.with(|words| words.text);
    // SAFETY: the caller's promise.
    let deliver = |wparam, lparam| unsafe { send::send(handle, msg, wparam, lparam, patience) };
    if text == C::TEXT {
        return deliver(wparam, lparam);
    }
    // SAFETY: the caller's promise: the message's texts are made of `C`.
    unsafe { translate_text::<C>(text, msg, wparam, lparam, deliver) }
}

/// `SendMessageTimeoutA`: as [`SendMessageTimeoutW`], from a caller whose texts are UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-sendmessagetimeouta`.
///
/// # Errors
/// As [`SendMessageTimeoutW`].
///
/// # Safety
/// As [`SendMessageTimeoutW`].
pub unsafe extern "system" fn SendMessageTimeoutA(
    hwnd: HWND,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
    fuflags: SEND_MESSAGE_TIMEOUT_FLAGS,
    utimeout: u32,
    lpdwresult: *mut usize,
) -> LRESULT {
    // SAFETY: the caller's promise.
    unsafe { send_with_timeout::<u8>(hwnd, msg, wparam, lparam, fuflags, utimeout, lpdwresult) }
}

/// `SendMessageTimeoutW`: [`SendMessageW`] that waits no longer than the time; then the procedure may still run, later.
/// A window of the calling thread's takes its time. Answers 1, and the procedure's answer in `lpdwresult`.
///
/// Microsoft's page: `winuser/nf-winuser-sendmessagetimeoutw`.
///
/// *On Linux*: a window or thread that ends first always fails the call, as `SMTO_ERRORONEXIT` asks for.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for unknown flags, `ERROR_INVALID_WINDOW_HANDLE`, `ERROR_TIMEOUT`. The answer is 0.
///
/// # Safety
/// As [`SendMessageW`]; `lpdwresult` is NULL or writable.
pub unsafe extern "system" fn SendMessageTimeoutW(
    hwnd: HWND,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
    fuflags: SEND_MESSAGE_TIMEOUT_FLAGS,
    utimeout: u32,
    lpdwresult: *mut usize,
) -> LRESULT {
    // SAFETY: the caller's promise.
    unsafe { send_with_timeout::<u16>(hwnd, msg, wparam, lparam, fuflags, utimeout, lpdwresult) }
}

unsafe fn send_with_timeout<C: Letter>(
    hwnd: HWND,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
    flags: u32,
    milliseconds: u32,
    result: *mut usize,
) -> LRESULT {
    const KNOWN: u32 = SMTO_BLOCK | SMTO_ABORTIFHUNG | SMTO_NOTIMEOUTIFNOTHUNG | SMTO_ERRORONEXIT;
    boundary::call_any_time(0, || {
        if flags & !KNOWN != 0 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let patience = Patience { timeout: Some(Duration::from_millis(milliseconds.into())), flags };
        // SAFETY: the caller's promise.
        let answer = unsafe { send_to_all::<C>(hwnd, msg, wparam, lparam, patience) }?;
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(result, answer as usize) };
        Ok(1)
    })
}

/// `SendNotifyMessageA`: as [`SendNotifyMessageW`].
///
/// Microsoft's page: `winuser/nf-winuser-sendnotifymessagea`.
///
/// # Errors
/// As [`SendNotifyMessageW`].
///
/// # Safety
/// As [`SendMessageW`].
pub unsafe extern "system" fn SendNotifyMessageA(
    hwnd: HWND,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> BOOL {
    // SAFETY: the caller's promise is the same.
    unsafe { SendNotifyMessageW(hwnd, msg, wparam, lparam) }
}

/// `SendNotifyMessageW`: calls the procedure of a window of the calling thread's; to a window of another thread's it sends
/// the message and does not wait. The other thread delivers it before anything posted.
///
/// Microsoft's page: `winuser/nf-winuser-sendnotifymessagew`.
///
/// # Errors
/// `ERROR_MESSAGE_SYNC_ONLY` for a message of the system's with pointers, `ERROR_INVALID_WINDOW_HANDLE`.
///
/// # Safety
/// As [`SendMessageW`].
pub unsafe extern "system" fn SendNotifyMessageW(
    hwnd: HWND,
    msg: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        refuse_pointers(msg)?;
        if hwnd != HWND_BROADCAST {
            // SAFETY: the caller's promise.
            unsafe { send::notify(hwnd.addr(), msg, wparam, lparam) }?;
            return Ok(TRUE);
        }
        for handle in broadcast() {
            // SAFETY: the caller's promise. Nothing is told about single windows.
            let _ = unsafe { send::notify(handle, msg, wparam, lparam) };
        }
        Ok(TRUE)
    })
}

/// `ReplyMessage`: answers the message of another thread whose procedure the calling thread runs, before the procedure
/// returns; the sender goes on. Answers whether there was such a message, not answered before.
///
/// Microsoft's page: `winuser/nf-winuser-replymessage`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn ReplyMessage(lresult: LRESULT) -> BOOL {
    boundary::call_any_time(FALSE, || Ok(send::reply(lresult).into()))
}

/// `InSendMessage`: whether the calling thread runs a procedure for a message that another thread has sent.
///
/// Microsoft's page: `winuser/nf-winuser-insendmessage`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn InSendMessage() -> BOOL {
    boundary::call_any_time(FALSE, || Ok((send::working_on() != ISMEX_NOSEND).into()))
}

/// `InSendMessageEx`: the same in more detail: `ISMEX_SEND` or `ISMEX_NOTIFY`, with `ISMEX_REPLIED` after
/// [`ReplyMessage`]; or `ISMEX_NOSEND`.
///
/// Microsoft's page: `winuser/nf-winuser-insendmessageex`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn InSendMessageEx(_lpreserved: *const c_void) -> u32 {
    boundary::call_any_time(ISMEX_NOSEND, || Ok(send::working_on()))
}

/// `RegisterWindowMessageA`: as [`RegisterWindowMessageW`] with a name in UTF-8.
///
/// Microsoft's page: `winuser/nf-winuser-registerwindowmessagea`.
///
/// # Errors
/// As [`RegisterWindowMessageW`].
///
/// # Safety
/// As [`RegisterWindowMessageW`].
pub unsafe extern "system" fn RegisterWindowMessageA(lpstring: PCSTR) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { register(lpstring) }
}

/// `RegisterWindowMessageW`: a number for messages of this name, from 0xC000 to 0xFFFF: the same for the same name,
/// whatever the case of its letters.
///
/// Microsoft's page: `winuser/nf-winuser-registerwindowmessagew`.
///
/// *On Linux*: the same in this process.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL, `ERROR_INVALID_NAME` for an empty name and for more than 255 characters,
/// `ERROR_NOT_ENOUGH_MEMORY` when all numbers are given away. The answer is 0.
///
/// # Safety
/// `lpstring` is NULL or names a text that ends with 0.
pub unsafe extern "system" fn RegisterWindowMessageW(lpstring: PCWSTR) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { register(lpstring) }
}

unsafe fn register<C: Letter>(name: *const C) -> u32 {
    boundary::call_any_time(0, || {
        // SAFETY: the caller's promise.
        let name = unsafe { C::read(name) }.ok_or(Error::WSA_INVALID_PARAMETER)?;
        if !(1..class::MAX_NAME).contains(&name.len()) {
            return Err(Error::ERROR_INVALID_NAME);
        }
        class::message(&name)
    })
}
