//! The raw calls on windows and messages, and the procedure that runs closures.
//!
//! A window's closure lies behind its word for the program, from `WM_NCCREATE` to `WM_NCDESTROY`. It sees `WM_TIMER`
//! and the numbers from `WM_APP` on, which carry no pointers of the system's; the rest is the default procedure's.
#![allow(unsafe_code, reason = "the raw API is unsafe; this is the module that calls it")]

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::{null, null_mut, with_exposed_provenance};
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

use super::last_error;
use crate::Error;
use crate::win32::{self, HANDLE, HWND, LPARAM, LRESULT, MSG, WPARAM};

/// What a window runs: number and parameters of a message give the answer.
pub(crate) type Closure = Box<dyn Fn(u32, usize, isize) -> isize>;

thread_local! {
    /// A panic of a closure, on its way through frames that are not Rust's.
    static PANIC: RefCell<Option<Box<dyn Any + Send>>> = const { RefCell::new(None) };
}

/// Goes on with the panic of a closure, if there was one.
pub(crate) fn go_on_panicking() {
    if let Some(payload) = PANIC.take() {
        resume_unwind(payload);
    }
}

fn handle(window: usize) -> HWND {
    std::ptr::with_exposed_provenance_mut(window)
}

#[cfg(target_pointer_width = "64")]
use win32::{GetWindowLongPtrW as get_word, SetWindowLongPtrW as set_word};
#[cfg(target_pointer_width = "32")]
use win32::{GetWindowLongW as get_word, SetWindowLongW as set_word};

/// The class of all windows of the safe API.
fn class() -> Result<u16, Error> {
    static CLASS: OnceLock<Result<u16, Error>> = OnceLock::new();
    *CLASS.get_or_init(|| {
        let name: Vec<u16> = "winsock::Window".encode_utf16().chain([0]).collect();
        let class = win32::WNDCLASSW {
            lpfnWndProc: Some(procedure),
            lpszClassName: name.as_ptr(),
            ..win32::WNDCLASSW::default()
        };
        // SAFETY: the name ends with 0, and the procedure takes every message.
        match unsafe { win32::RegisterClassW(&raw const class) } {
            0 => Err(last_error()),
            atom => Ok(atom),
        }
    })
}

/// A message-only window of the calling thread's.
pub(crate) fn create(closure: Closure) -> Result<usize, Error> {
    let class: *const u16 = std::ptr::without_provenance(class()?.into());
    // Who makes the window takes it out of here, if it comes so far.
    let mut closure = Some(Rc::new(closure));
    let parameter = (&raw mut closure).cast();
    let (nobody, parent) = (null_mut(), win32::HWND_MESSAGE);
    // SAFETY: the class is an atom, and its procedure takes the parameter.
    let window =
        unsafe { win32::CreateWindowExW(0, class, null(), 0, 0, 0, 0, 0, parent, nobody, nobody, parameter) };
    if window.is_null() { Err(last_error()) } else { Ok(window.expose_provenance()) }
}

unsafe extern "system" fn procedure(hwnd: HWND, message: u32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    match message {
        win32::WM_NCCREATE => {
            let shown: *const win32::CREATESTRUCTW = with_exposed_provenance(lparam as usize);
            // SAFETY: the message carries this structure.
            let parameter = unsafe { (*shown).lpCreateParams }.cast::<Option<Rc<Closure>>>();
            // SAFETY: `create` passes its closure so, and waits; nobody else makes windows of the class.
            let closure = unsafe { &mut *parameter }.take();
            let word = closure.map_or(null(), Rc::into_raw).expose_provenance();
            // SAFETY: no memory is passed.
            unsafe { set_word(hwnd, win32::GWLP_USERDATA, word as _) };
        }
        win32::WM_NCDESTROY => {
            // SAFETY: no memory is passed.
            let word = unsafe { set_word(hwnd, win32::GWLP_USERDATA, 0) } as usize;
            if word != 0 {
                // SAFETY: `WM_NCCREATE` put it there, and it is there no longer.
                drop(unsafe { Rc::<Closure>::from_raw(with_exposed_provenance(word)) });
            }
        }
        win32::WM_TIMER | win32::WM_APP.. => {
            // SAFETY: the word is this procedure's own.
            if let Some(closure) = unsafe { closure(hwnd) } {
                let run = AssertUnwindSafe(|| closure(message, wparam, lparam));
                return catch_unwind(run).unwrap_or_else(|payload| {
                    PANIC.with_borrow_mut(|panic| {
                        panic.get_or_insert(payload);
                    });
                    0
                });
            }
        }
        _of_the_system => {}
    }
    // SAFETY: the message came with these values.
    unsafe { win32::DefWindowProcW(hwnd, message, wparam, lparam) }
}

/// The closure of a window, which stays until the caller drops it: it may end its own window.
///
/// # Safety
/// The window is one of [`create`]'s, and belongs to the calling thread.
unsafe fn closure(hwnd: HWND) -> Option<Rc<Closure>> {
    // SAFETY: no memory is passed.
    let word = unsafe { get_word(hwnd, win32::GWLP_USERDATA) } as usize;
    let closure: *const Closure = with_exposed_provenance(word);
    if closure.is_null() {
        return None;
    }
    // SAFETY: the word holds one reference, made by `Rc::into_raw` in this thread.
    unsafe { Rc::increment_strong_count(closure) };
    // SAFETY: the reference that was counted just now.
    Some(unsafe { Rc::from_raw(closure) })
}

fn check(result: win32::BOOL) -> Result<(), Error> {
    if result == win32::FALSE { Err(last_error()) } else { Ok(()) }
}

/// `DestroyWindow`.
pub(crate) fn destroy(window: usize) {
    // SAFETY: no memory is passed.
    unsafe { win32::DestroyWindow(handle(window)) };
}

/// `PostMessageW`, to a window of [`create`]'s: its closure takes numbers.
pub(crate) fn post(window: usize, message: u32, wparam: usize, lparam: isize) -> Result<(), Error> {
    // SAFETY: no memory is passed.
    check(unsafe { win32::PostMessageW(handle(window), message, wparam, lparam) })
}

/// `SendMessageTimeoutW`, as [`post`]; the answer.
pub(crate) fn send(
    window: usize,
    message: u32,
    wparam: usize,
    lparam: isize,
    timeout: Option<Duration>,
) -> Result<isize, Error> {
    let mut result = 0;
    let milliseconds = super::object::milliseconds(timeout);
    let (window, flags) = (handle(window), win32::SMTO_ERRORONEXIT);
    let answer = &raw mut result;
    // SAFETY: the result is ours.
    let done =
        unsafe { win32::SendMessageTimeoutW(window, message, wparam, lparam, flags, milliseconds, answer) };
    if done == 0 { Err(last_error()) } else { Ok(result as isize) }
}

/// `SetTimer`, without a function.
pub(crate) fn set_timer(window: usize, id: usize, period: Duration) -> Result<(), Error> {
    let milliseconds = super::object::milliseconds(Some(period));
    // SAFETY: no memory is passed.
    match unsafe { win32::SetTimer(handle(window), id, milliseconds, None) } {
        0 => Err(last_error()),
        _id => Ok(()),
    }
}

/// `KillTimer`.
pub(crate) fn kill_timer(window: usize, id: usize) -> Result<(), Error> {
    // SAFETY: no memory is passed.
    check(unsafe { win32::KillTimer(handle(window), id) })
}

/// `PostQuitMessage`.
pub(crate) fn quit(code: i32) {
    // SAFETY: no memory is passed.
    unsafe { win32::PostQuitMessage(code) };
}

/// What became of the next message.
pub(crate) enum Taken {
    /// It was dispatched.
    Dispatched,
    /// It was the quit message, with this code.
    Quit(i32),
    /// There is none.
    None,
}

/// `GetMessageW` or, if it is not to wait, `PeekMessageW`; then `DispatchMessageW`.
pub(crate) fn take(wait: bool) -> Result<Taken, Error> {
    let mut msg = MSG::default();
    let out = &raw mut msg;
    let taken = if wait {
        // SAFETY: the message is ours.
        unsafe { win32::GetMessageW(out, null_mut(), 0, 0) }
    } else {
        // SAFETY: as above.
        unsafe { win32::PeekMessageW(out, null_mut(), 0, 0, win32::PM_REMOVE) }
    };
    go_on_panicking();
    match taken {
        -1 => Err(last_error()),
        _ if msg.message == win32::WM_QUIT => Ok(Taken::Quit(msg.wParam as i32)),
        0 => Ok(Taken::None),
        _taken => {
            // SAFETY: who posted the message promised that it may be dispatched.
            unsafe { win32::DispatchMessageW(&raw const msg) };
            go_on_panicking();
            Ok(Taken::Dispatched)
        }
    }
}

/// `MsgWaitForMultipleObjectsEx` for any message that is there; the place of what ended the wait: messages stand behind.
pub(crate) fn wait(objects: &[HANDLE], timeout: Option<Duration>) -> Result<Option<usize>, Error> {
    let count = u32::try_from(objects.len()).unwrap_or(u32::MAX);
    let milliseconds = super::object::milliseconds(timeout);
    let (first, kinds, flags) = (objects.as_ptr(), win32::QS_ALLINPUT, win32::MWMO_INPUTAVAILABLE);
    // SAFETY: the slice has as many readable handles.
    match unsafe { win32::MsgWaitForMultipleObjectsEx(count, first, milliseconds, kinds, flags) } {
        win32::WAIT_FAILED => Err(last_error()),
        win32::WAIT_TIMEOUT => Ok(None),
        place => Ok(Some((place - win32::WAIT_OBJECT_0) as usize)),
    }
}
