//! Waiting: for objects, for time, for procedure calls.
#![allow(unsafe_code, reason = "the signatures are Win32's and Winsock's")]

use super::{
    BOOL, FALSE, HANDLE, INFINITE, MAXIMUM_WAIT_OBJECTS, WAIT_ABANDONED_0, WAIT_EVENT, WAIT_FAILED,
    WAIT_IO_COMPLETION, WAIT_OBJECT_0, WAIT_TIMEOUT, boundary,
};
use crate::error::Error;
use crate::linux::dispatcher::{Mode, Outcome, Waitable};
use crate::linux::{objects, wait};
use std::time::Duration;

/// `WaitForSingleObject`: [`WaitForSingleObjectEx`] that is not alertable.
///
/// Microsoft's page: `synchapi/nf-synchapi-waitforsingleobject`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WaitForSingleObject(hhandle: HANDLE, dwmilliseconds: u32) -> WAIT_EVENT {
    // SAFETY: none is needed.
    unsafe { WaitForSingleObjectEx(hhandle, dwmilliseconds, FALSE) }
}

/// `WaitForSingleObjectEx`: waits until an object is signalled (`WAIT_OBJECT_0`; an auto-reset event is taken) or the
/// time runs out (`WAIT_TIMEOUT`; 0 looks, `INFINITE` never ends). An alertable wait that finds the object not
/// signalled runs the procedure calls that are queued to the thread, all of them, or those that come while it waits,
/// and ends with `WAIT_IO_COMPLETION`.
///
/// Events, mutexes, semaphores, timers, threads, sockets and the process can be waited for. A mutex whose owner ended
/// without releasing it answers `WAIT_ABANDONED`, and is the caller's. An object whose handle is closed meanwhile is waited
/// for all the same.
///
/// Microsoft's page: `synchapi/nf-synchapi-waitforsingleobjectex`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WaitForSingleObjectEx(
    hhandle: HANDLE,
    dwmilliseconds: u32,
    balertable: BOOL,
) -> WAIT_EVENT {
    boundary::call_any_time(WAIT_FAILED, || {
        let object = objects::waitable(hhandle.addr())?;
        Ok(code(wait::wait(&[object], Mode::Any, timeout(dwmilliseconds), balertable != FALSE)))
    })
}

/// `WaitForMultipleObjects`: [`WaitForMultipleObjectsEx`] that is not alertable.
///
/// Microsoft's page: `synchapi/nf-synchapi-waitformultipleobjects`.
///
/// # Errors
/// As [`WaitForMultipleObjectsEx`].
///
/// # Safety
/// As [`WaitForMultipleObjectsEx`].
pub unsafe extern "system" fn WaitForMultipleObjects(
    ncount: u32,
    lphandles: *const HANDLE,
    bwaitall: BOOL,
    dwmilliseconds: u32,
) -> WAIT_EVENT {
    // SAFETY: the caller's promise is the same.
    unsafe { WaitForMultipleObjectsEx(ncount, lphandles, bwaitall, dwmilliseconds, FALSE) }
}

/// `WaitForMultipleObjectsEx`: waits until one of up to 64 objects is signalled (`WAIT_OBJECT_0` and the place of the
/// first that is), or all at the same time; only then are they taken, in one step. If a mutex among them was abandoned the
/// answer is `WAIT_ABANDONED_0` and the place, or for all `WAIT_ABANDONED_0`. For the rest as
/// [`WaitForSingleObjectEx`].
///
/// Microsoft's page: `synchapi/nf-synchapi-waitformultipleobjectsex`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for a count of 0 or above `MAXIMUM_WAIT_OBJECTS` and for NULL, `ERROR_INVALID_HANDLE`,
/// `ERROR_INVALID_PARAMETER` for an object that stands twice in a wait for all.
///
/// # Safety
/// `lphandles` is NULL or names `ncount` readable handles.
pub unsafe extern "system" fn WaitForMultipleObjectsEx(
    ncount: u32,
    lphandles: *const HANDLE,
    bwaitall: BOOL,
    dwmilliseconds: u32,
    balertable: BOOL,
) -> WAIT_EVENT {
    boundary::call_any_time(WAIT_FAILED, || {
        // SAFETY: the caller's promise is the same.
        unsafe { wait_for_several(ncount, lphandles, bwaitall, dwmilliseconds, balertable) }
    })
}

/// `WSAWaitForMultipleEvents`: [`WaitForMultipleObjectsEx`] under Winsock's name.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsawaitformultipleevents`.
///
/// *On Linux*: needs no `WSAStartup`, as with [`WSACreateEvent`](super::WSACreateEvent).
///
/// # Errors
/// As [`WaitForMultipleObjectsEx`], under the names `WSA_INVALID_PARAMETER` and `WSA_INVALID_HANDLE`.
///
/// # Safety
/// As [`WaitForMultipleObjectsEx`].
pub unsafe extern "system" fn WSAWaitForMultipleEvents(
    cevents: u32,
    lphevents: *const HANDLE,
    fwaitall: BOOL,
    dwtimeout: u32,
    falertable: BOOL,
) -> WAIT_EVENT {
    boundary::call_any_time(WAIT_FAILED, || {
        // SAFETY: the caller's promise is the same.
        unsafe { wait_for_several(cevents, lphevents, fwaitall, dwtimeout, falertable) }
    })
}

/// # Safety
/// As [`WaitForMultipleObjectsEx`].
unsafe fn wait_for_several(
    count: u32,
    handles: *const HANDLE,
    all: BOOL,
    milliseconds: u32,
    alertable: BOOL,
) -> Result<WAIT_EVENT, Error> {
    if count == 0 || count > MAXIMUM_WAIT_OBJECTS {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    let mode = if all == FALSE { Mode::Any } else { Mode::All };
    // SAFETY: the caller's promise is the same.
    let objects = unsafe { waitables(count, handles, mode) }?;
    Ok(code(wait::wait(&objects, mode, timeout(milliseconds), alertable != FALSE)))
}

/// The objects of a caller's handles.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL, `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for an object that stands
/// twice in a wait for all.
///
/// # Safety
/// `handles` is NULL or names `count` readable handles.
pub(super) unsafe fn waitables(
    count: u32,
    handles: *const HANDLE,
    mode: Mode,
) -> Result<Vec<Waitable>, Error> {
    if handles.is_null() {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    // SAFETY: not NULL, and the caller promises as many handles.
    let handle = |place| unsafe { handles.wrapping_add(place).read_unaligned() };
    let objects = (0..count as usize)
        .map(|place| objects::waitable(handle(place).addr()))
        .collect::<Result<Vec<_>, _>>()?;
    let twice = |(place, object)| objects[..place].iter().any(|before| before.is(object));
    if mode == Mode::All && objects.iter().enumerate().any(twice) {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    Ok(objects)
}

/// `SignalObjectAndWait`: signals an event, or releases a mutex, or a semaphore by 1, and waits for an object, as
/// [`WaitForSingleObjectEx`] does. Other threads may see the signal before the wait begins.
///
/// Microsoft's page: `synchapi/nf-synchapi-signalobjectandwait`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for either object, `ERROR_NOT_OWNER`, `ERROR_TOO_MANY_POSTS`; then nothing has been signalled.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SignalObjectAndWait(
    hobjecttosignal: HANDLE,
    hobjecttowaiton: HANDLE,
    dwmilliseconds: u32,
    balertable: BOOL,
) -> WAIT_EVENT {
    boundary::call_any_time(WAIT_FAILED, || {
        let object = objects::waitable(hobjecttowaiton.addr())?;
        objects::signal(hobjecttosignal.addr())?;
        Ok(code(wait::wait(&[object], Mode::Any, timeout(dwmilliseconds), balertable != FALSE)))
    })
}

/// `Sleep`: [`SleepEx`] that is not alertable.
///
/// Microsoft's page: `synchapi/nf-synchapi-sleep`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn Sleep(dwmilliseconds: u32) {
    // SAFETY: none is needed.
    unsafe { SleepEx(dwmilliseconds, FALSE) };
}

/// `SleepEx`: sleeps for the time and answers 0; 0 gives up the rest of the time slice, `INFINITE` never ends. If it is
/// alertable, it runs the procedure calls that are queued to the thread, all of them, or those that come while it
/// sleeps, and ends with `WAIT_IO_COMPLETION`.
///
/// Microsoft's page: `synchapi/nf-synchapi-sleepex`.
///
/// *On Linux*: the sleep is never shorter than its time.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SleepEx(dwmilliseconds: u32, balertable: BOOL) -> u32 {
    boundary::call_any_time(0, || {
        Ok(match wait::wait(&[], Mode::Any, timeout(dwmilliseconds), balertable != FALSE) {
            Outcome::Alerted => WAIT_IO_COMPLETION,
            Outcome::TimedOut | Outcome::Object(_) | Outcome::Abandoned(_) => {
                if dwmilliseconds == 0 {
                    std::thread::yield_now();
                }
                0
            }
        })
    })
}

/// `SwitchToThread`: gives the processor to another thread that is ready. Answers whether there was one.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-switchtothread`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SwitchToThread() -> BOOL {
    boundary::call_any_time(FALSE, || Ok(wait::switch().into()))
}

/// What a number of milliseconds means to a wait.
pub(super) fn timeout(milliseconds: u32) -> Option<Duration> {
    (milliseconds != INFINITE).then(|| Duration::from_millis(milliseconds.into()))
}

pub(super) fn code(outcome: Outcome) -> WAIT_EVENT {
    match outcome {
        Outcome::Object(place) => WAIT_OBJECT_0 + place as u32,
        Outcome::Abandoned(place) => WAIT_ABANDONED_0 + place as u32,
        Outcome::Alerted => WAIT_IO_COMPLETION,
        Outcome::TimedOut => WAIT_TIMEOUT,
    }
}
