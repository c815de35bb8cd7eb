//! Calling a program's window procedures and timer functions, outside every lock.
#![allow(unsafe_code, reason = "calls functions of the program")]

use crate::linux::{blocking, thread};
use crate::win32::{HWND, LPARAM, LRESULT, WPARAM};
use std::ffi::c_void;
use std::ptr::without_provenance_mut;

/// A window procedure.
pub(crate) type Procedure = unsafe extern "system" fn(HWND, u32, WPARAM, LPARAM) -> LRESULT;
/// `TIMERPROC`.
pub(crate) type TimerProcedure = unsafe extern "system" fn(HWND, u32, usize, u32);

/// One call.
struct Call<F, A> {
    function: F,
    window: HWND,
    arguments: A,
    result: LRESULT,
}

/// Calls a window procedure. If it ends the thread, this unwinds.
///
/// # Safety
/// The program may be called with these values.
pub(crate) unsafe fn call(
    function: Procedure,
    window: usize,
    number: u32,
    wparam: WPARAM,
    lparam: LPARAM,
) -> LRESULT {
    unsafe extern "C" fn run(call: *mut c_void) {
        // SAFETY: `call` passes one, and waits for the return.
        let call = unsafe { &mut *call.cast::<Call<Procedure, (u32, WPARAM, LPARAM)>>() };
        let (number, wparam, lparam) = call.arguments;
        // SAFETY: the promise that `call` was given.
        call.result = unsafe { (call.function)(call.window, number, wparam, lparam) };
    }
    debug_assert!(!blocking::is_paused(), "code of the program runs: the thread is not blocked");
    let window = without_provenance_mut(window);
    let mut call = Call { function, window, arguments: (number, wparam, lparam), result: 0 };
    // SAFETY: `run` takes a call. Its frame owns nothing, and the program's frames are the program's to leave.
    unsafe { thread::call_program(run, (&raw mut call).cast()) };
    call.result
}

/// Calls the function of a timer.
///
/// # Safety
/// The program may be called with these values.
pub(crate) unsafe fn call_timer(function: TimerProcedure, window: usize, number: u32, id: usize, time: u32) {
    unsafe extern "C" fn run(call: *mut c_void) {
        // SAFETY: `call_timer` passes one, and waits for the return.
        let call = unsafe { &mut *call.cast::<Call<TimerProcedure, (u32, usize, u32)>>() };
        let (number, id, time) = call.arguments;
        // SAFETY: the promise that `call_timer` was given.
        unsafe { (call.function)(call.window, number, id, time) };
    }
    let window = without_provenance_mut(window);
    let mut call = Call { function, window, arguments: (number, id, time), result: 0 };
    // SAFETY: as above.
    unsafe { thread::call_program(run, (&raw mut call).cast()) };
}
