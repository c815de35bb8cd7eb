//! Waitable timers.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::named::{self, Text};
use super::{
    BOOL, CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, CREATE_WAITABLE_TIMER_MANUAL_RESET, ERROR_NOT_SUPPORTED,
    FALSE, HANDLE, PCSTR, PCWSTR, PTIMERAPCROUTINE, REASON_CONTEXT, SECURITY_ATTRIBUTES,
    SYNCHRONIZATION_ACCESS_RIGHTS, TRUE, boundary, memory,
};
use crate::error::Error;
use crate::linux::event::Reset;
use crate::linux::handles::Object;
use crate::linux::timer::{Routine, Timer};
use crate::linux::{clock, objects, thread};
use std::ffi::c_void;
use std::ptr::null_mut;
use std::time::Duration;

/// `CreateWaitableTimerW`: makes a timer that is not set, or opens the one of this name; then the last error is
/// `ERROR_ALREADY_EXISTS`. A new timer leaves `ERROR_SUCCESS`. A manual-reset timer stays signalled until it is set again;
/// any other until one wait takes it.
///
/// Microsoft's page: `synchapi/nf-synchapi-createwaitabletimerw`.
///
/// *On Linux*: names are as with [`CreateEventW`](super::CreateEventW). Security attributes count for nothing.
///
/// # Errors
/// As [`CreateEventW`](super::CreateEventW).
///
/// # Safety
/// `lptimername` is NULL or names UTF-16 that ends with 0.
pub unsafe extern "system" fn CreateWaitableTimerW(
    _lptimerattributes: *const SECURITY_ATTRIBUTES,
    bmanualreset: BOOL,
    lptimername: PCWSTR,
) -> HANDLE {
    // SAFETY: the caller's promise.
    boundary::create(null_mut(), || create(unsafe { named::wide(lptimername) }, bmanualreset != FALSE))
}

/// `CreateWaitableTimerA`: [`CreateWaitableTimerW`] with a name in UTF-8.
///
/// Microsoft's page: `winbase/nf-winbase-createwaitabletimera`.
///
/// # Errors
/// As [`CreateWaitableTimerW`].
///
/// # Safety
/// `lptimername` is NULL or names a text that ends with 0.
pub unsafe extern "system" fn CreateWaitableTimerA(
    _lptimerattributes: *const SECURITY_ATTRIBUTES,
    bmanualreset: BOOL,
    lptimername: PCSTR,
) -> HANDLE {
    // SAFETY: the caller's promise.
    boundary::create(null_mut(), || create(unsafe { named::narrow(lptimername) }, bmanualreset != FALSE))
}

/// `CreateWaitableTimerExW`: [`CreateWaitableTimerW`] with `CREATE_WAITABLE_TIMER_MANUAL_RESET`, and
/// `CREATE_WAITABLE_TIMER_HIGH_RESOLUTION`, which says what holds anyway.
///
/// Microsoft's page: `synchapi/nf-synchapi-createwaitabletimerexw`.
///
/// *On Linux*: as [`CreateWaitableTimerW`]; every handle has all access rights.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for unknown flags; then as [`CreateWaitableTimerW`].
///
/// # Safety
/// As [`CreateWaitableTimerW`].
pub unsafe extern "system" fn CreateWaitableTimerExW(
    _lptimerattributes: *const SECURITY_ATTRIBUTES,
    lptimername: PCWSTR,
    dwflags: u32,
    _dwdesiredaccess: u32,
) -> HANDLE {
    boundary::create(null_mut(), || {
        let manual = is_manual(dwflags)?;
        // SAFETY: the caller's promise.
        create(unsafe { named::wide(lptimername) }, manual)
    })
}

/// `CreateWaitableTimerExA`: [`CreateWaitableTimerExW`] with a name in UTF-8.
///
/// Microsoft's page: `winbase/nf-winbase-createwaitabletimerexa`.
///
/// # Errors
/// As [`CreateWaitableTimerExW`].
///
/// # Safety
/// As [`CreateWaitableTimerA`].
pub unsafe extern "system" fn CreateWaitableTimerExA(
    _lptimerattributes: *const SECURITY_ATTRIBUTES,
    lptimername: PCSTR,
    dwflags: u32,
    _dwdesiredaccess: u32,
) -> HANDLE {
    boundary::create(null_mut(), || {
        let manual = is_manual(dwflags)?;
        // SAFETY: the caller's promise.
        create(unsafe { named::narrow(lptimername) }, manual)
    })
}

fn is_manual(flags: u32) -> Result<bool, Error> {
    if flags & !(CREATE_WAITABLE_TIMER_MANUAL_RESET | CREATE_WAITABLE_TIMER_HIGH_RESOLUTION) != 0 {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    Ok(flags & CREATE_WAITABLE_TIMER_MANUAL_RESET != 0)
}

fn create(name: Text, manual: bool) -> Result<(HANDLE, bool), Error> {
    let reset = if manual { Reset::Manual } else { Reset::Automatic };
    let (handle, _timer, existed) = named::create(name, Object::Timer, |title| Timer::new(reset, title))?;
    Ok((handle, existed))
}

/// `OpenWaitableTimerW`: opens the timer of a name.
///
/// Microsoft's page: `synchapi/nf-synchapi-openwaitabletimerw`.
///
/// *On Linux*: every handle has all access rights.
///
/// # Errors
/// As [`OpenEventW`](super::OpenEventW).
///
/// # Safety
/// As [`CreateWaitableTimerW`].
pub unsafe extern "system" fn OpenWaitableTimerW(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lptimername: PCWSTR,
) -> HANDLE {
    // SAFETY: the caller's promise.
    boundary::call_any_time(null_mut(), || named::open(unsafe { named::wide(lptimername) }, Object::Timer))
}

/// `OpenWaitableTimerA`: [`OpenWaitableTimerW`] with a name in UTF-8.
///
/// Microsoft's page: `winbase/nf-winbase-openwaitabletimera`.
///
/// # Errors
/// As [`OpenWaitableTimerW`].
///
/// # Safety
/// As [`CreateWaitableTimerA`].
pub unsafe extern "system" fn OpenWaitableTimerA(
    _dwdesiredaccess: u32,
    _binherithandle: BOOL,
    lptimername: PCSTR,
) -> HANDLE {
    // SAFETY: the caller's promise.
    boundary::call_any_time(null_mut(), || named::open(unsafe { named::narrow(lptimername) }, Object::Timer))
}

/// `SetWaitableTimer`: sets a timer, anew if it is set. It is not signalled until its time comes: a `FILETIME`, or, negative,
/// so many times 100 nanoseconds from now. With a period, in milliseconds, it is signalled again and again. The routine is
/// queued to the calling thread each time, as by [`QueueUserAPC`](super::QueueUserAPC), with the argument and the time.
///
/// With `fresume` the last error is `ERROR_NOT_SUPPORTED`, and the call succeeds: the system is not woken from sleep.
///
/// Microsoft's page: `synchapi/nf-synchapi-setwaitabletimer`.
///
/// *On Linux*: setting the system's clock does not move a `FILETIME` that a timer was set to before.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL and for a negative period, `ERROR_INVALID_HANDLE`, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// `lpduetime` is NULL or readable. The routine may be called with the argument in the calling thread.
pub unsafe extern "system" fn SetWaitableTimer(
    htimer: HANDLE,
    lpduetime: *const i64,
    lperiod: i32,
    pfncompletionroutine: PTIMERAPCROUTINE,
    lpargtocompletionroutine: *const c_void,
    fresume: BOOL,
) -> BOOL {
    // SAFETY: the caller's promise is the same.
    let body = || unsafe { set(htimer, lpduetime, lperiod, pfncompletionroutine, lpargtocompletionroutine) };
    if fresume == FALSE {
        return boundary::call_any_time(FALSE, || body().map(|()| TRUE));
    }
    boundary::call_telling(FALSE, || body().map(|()| (TRUE, ERROR_NOT_SUPPORTED)))
}

/// `SetWaitableTimerEx`: [`SetWaitableTimer`] without waking the system.
///
/// Microsoft's page: `synchapi/nf-synchapi-setwaitabletimerex`.
///
/// *On Linux*: the reason and the delay that would be tolerated count for nothing.
///
/// # Errors
/// As [`SetWaitableTimer`].
///
/// # Safety
/// As [`SetWaitableTimer`].
pub unsafe extern "system" fn SetWaitableTimerEx(
    htimer: HANDLE,
    lpduetime: *const i64,
    lperiod: i32,
    pfncompletionroutine: PTIMERAPCROUTINE,
    lpargtocompletionroutine: *const c_void,
    _wakecontext: *const REASON_CONTEXT,
    _tolerabledelay: u32,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise is the same.
        unsafe { set(htimer, lpduetime, lperiod, pfncompletionroutine, lpargtocompletionroutine) }?;
        Ok(TRUE)
    })
}

/// # Safety
/// As [`SetWaitableTimer`].
unsafe fn set(
    timer: HANDLE,
    due: *const i64,
    period: i32,
    routine: PTIMERAPCROUTINE,
    argument: *const c_void,
) -> Result<(), Error> {
    // SAFETY: the caller's promise.
    let due = unsafe { memory::read(due) }.map_err(|_null| Error::WSA_INVALID_PARAMETER)?;
    let period = u64::try_from(period).map_err(|_negative| Error::WSA_INVALID_PARAMETER)?;
    let timer = objects::timer(timer.addr())?;
    let routine =
        routine.map(|function| Routine { thread: thread::current(), function, argument: argument.addr() });
    timer.set(clock::moment(due), (period != 0).then(|| Duration::from_millis(period)), routine)
}

/// `CancelWaitableTimer`: a timer that is set is set no more, and its routine that is queued is not run. Its signal stays as
/// it is.
///
/// Microsoft's page: `synchapi/nf-synchapi-cancelwaitabletimer`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CancelWaitableTimer(htimer: HANDLE) -> BOOL {
    boundary::call_any_time(FALSE, || {
        objects::timer(htimer.addr())?.cancel();
        Ok(TRUE)
    })
}
