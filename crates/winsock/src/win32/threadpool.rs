//! Thread pools.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, CRITICAL_SECTION, FALSE, FILETIME, HANDLE, LPOVERLAPPED_COMPLETION_ROUTINE, LPTHREAD_START_ROUTINE,
    PTP_CALLBACK_INSTANCE, PTP_CLEANUP_GROUP, PTP_IO, PTP_POOL, PTP_SIMPLE_CALLBACK, PTP_TIMER,
    PTP_TIMER_CALLBACK, PTP_WAIT, PTP_WAIT_CALLBACK, PTP_WIN32_IO_CALLBACK, PTP_WORK, PTP_WORK_CALLBACK,
    TP_CALLBACK_ENVIRON_V3, TRUE, WORKER_THREAD_FLAGS, boundary,
};
use crate::error::Error;
use crate::linux::pool::instance::{self, After};
use crate::linux::pool::member::{self, Callback, Group, Member, Place};
use crate::linux::pool::{GROUPS, POOLS, Pool};
use crate::linux::{clock, handles, objects};
use std::ffi::c_void;
use std::ptr::null;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// The context of a callback, to be handed on.
fn context(context: *mut c_void) -> usize {
    context.expose_provenance()
}

/// Where an environment puts an object: without one, or without a pool, the pool of the process.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` if the pool or the cleanup group is closed.
///
/// # Safety
/// The pointer is NULL or names an environment.
unsafe fn place(environment: *const TP_CALLBACK_ENVIRON_V3) -> Result<Place, Error> {
    if environment.is_null() {
        return Ok(Place { pool: Pool::of_process(), group: None, finalization: None });
    }
    // SAFETY: the caller's promise. An older environment ends behind the fields that are read.
    let number = unsafe { (*environment).Pool };
    // SAFETY: as above.
    let group = unsafe { (*environment).CleanupGroup };
    // SAFETY: as above.
    let on_cancel = unsafe { (*environment).CleanupGroupCancelCallback };
    // SAFETY: as above.
    let finalization = unsafe { (*environment).FinalizationCallback };
    let pool = match number {
        0 => Pool::of_process(),
        number => Arc::clone(&*POOLS.get(number as usize).ok_or(Error::WSA_INVALID_PARAMETER)?),
    };
    let group = match group {
        0 => None,
        number => Some(Arc::clone(&*GROUPS.get(number as usize).ok_or(Error::WSA_INVALID_PARAMETER)?)),
    };
    if let (Some(group), Some(on_cancel)) = (&group, on_cancel) {
        *group.on_cancel.lock().unwrap_or_else(PoisonError::into_inner) = Some(on_cancel);
    }
    Ok(Place { pool, group, finalization })
}

/// The moment of a time that may be NULL.
///
/// # Safety
/// The pointer is NULL or readable.
unsafe fn moment(time: *const FILETIME) -> Option<Instant> {
    // SAFETY: the caller's promise.
    let time = unsafe { time.as_ref() }?;
    let due = u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
    Some(clock::moment(due.cast_signed()))
}

/// Does something with an object; one that is closed is left alone.
fn with(number: isize, act: impl FnOnce(&Arc<Member>)) {
    boundary::call_any_time((), || {
        if let Some(member) = member::find(number) {
            act(&member);
        }
        Ok(())
    });
}

/// `CreateThreadpoolWork`: makes an object whose function runs in a thread of the pool as often as [`SubmitThreadpoolWork`]
/// is called.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-createthreadpoolwork`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no function and for an environment whose pool or cleanup group is closed,
/// `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// `pcbe` is NULL or an environment. The function may be called with the context in another thread.
pub unsafe extern "system" fn CreateThreadpoolWork(
    pfnwk: PTP_WORK_CALLBACK,
    pv: *mut c_void,
    pcbe: *const TP_CALLBACK_ENVIRON_V3,
) -> PTP_WORK {
    boundary::call_any_time(0, || {
        let callback = Callback::Work(pfnwk.ok_or(Error::WSA_INVALID_PARAMETER)?);
        // SAFETY: the caller's promise.
        Ok(member::create(callback, context(pv), unsafe { place(pcbe) }?)?.number())
    })
}

/// `CreateThreadpoolTimer`: makes an object whose function runs in a thread of the pool when the time of
/// [`SetThreadpoolTimer`] has come.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-createthreadpooltimer`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no function and for an environment whose pool or cleanup group is closed,
/// `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// `pcbe` is NULL or an environment. The function may be called with the context in another thread.
pub unsafe extern "system" fn CreateThreadpoolTimer(
    pfnti: PTP_TIMER_CALLBACK,
    pv: *mut c_void,
    pcbe: *const TP_CALLBACK_ENVIRON_V3,
) -> PTP_TIMER {
    boundary::call_any_time(0, || {
        let callback = Callback::Timer(pfnti.ok_or(Error::WSA_INVALID_PARAMETER)?);
        // SAFETY: the caller's promise.
        Ok(member::create(callback, context(pv), unsafe { place(pcbe) }?)?.number())
    })
}

/// `CreateThreadpoolWait`: makes an object whose function runs in a thread of the pool when the object of
/// [`SetThreadpoolWait`] is signalled.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-createthreadpoolwait`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no function and for an environment whose pool or cleanup group is closed,
/// `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// `pcbe` is NULL or an environment. The function may be called with the context in another thread.
pub unsafe extern "system" fn CreateThreadpoolWait(
    pfnwa: PTP_WAIT_CALLBACK,
    pv: *mut c_void,
    pcbe: *const TP_CALLBACK_ENVIRON_V3,
) -> PTP_WAIT {
    boundary::call_any_time(0, || {
        let callback = Callback::Wait(pfnwa.ok_or(Error::WSA_INVALID_PARAMETER)?);
        // SAFETY: the caller's promise.
        Ok(member::create(callback, context(pv), unsafe { place(pcbe) }?)?.number())
    })
}

/// `CreateThreadpoolIo`: associates a socket with a pool: the function runs in one of its threads for each overlapped operation that
/// ends, after [`StartThreadpoolIo`] announced it. It is told the outcome as a Win32 code.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-createthreadpoolio`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no function and for an environment whose pool or cleanup group is closed,
/// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for a socket that is associated already, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// `pcbe` is NULL or an environment. The function may be called with the context in another thread.
pub unsafe extern "system" fn CreateThreadpoolIo(
    fl: HANDLE,
    pfnio: PTP_WIN32_IO_CALLBACK,
    pv: *mut c_void,
    pcbe: *const TP_CALLBACK_ENVIRON_V3,
) -> PTP_IO {
    boundary::call_any_time(0, || {
        let callback = Callback::Io(pfnio.ok_or(Error::WSA_INVALID_PARAMETER)?);
        // SAFETY: the caller's promise.
        let place = unsafe { place(pcbe) }?;
        let socket = handles::socket(fl.addr()).map_err(|_| Error::WSA_INVALID_HANDLE)?;
        let io = member::create(callback, context(pv), place)?;
        let bound = socket.io.bind(io.pool().port().clone(), io.number() as usize);
        bound.inspect_err(|_| io.close())?;
        Ok(io.number())
    })
}

/// `BindIoCompletionCallback`: associates a socket with the pool of the process: the function runs in one of its threads for each
/// overlapped operation that ends, with the outcome as a Win32 code.
///
/// Microsoft's page: `winbase/nf-winbase-bindiocompletioncallback`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no function and for flags, `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for a socket
/// that is associated already, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// The function may be called with the outcomes in another thread.
pub unsafe extern "system" fn BindIoCompletionCallback(
    filehandle: HANDLE,
    function: LPOVERLAPPED_COMPLETION_ROUTINE,
    flags: u32,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let callback = Callback::Bound(function.ok_or(Error::WSA_INVALID_PARAMETER)?);
        if flags != 0 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let socket = handles::socket(filehandle.addr()).map_err(|_| Error::WSA_INVALID_HANDLE)?;
        let place = Place { pool: Pool::of_process(), group: None, finalization: None };
        let io = member::create(callback, 0, place)?;
        let bound = socket.io.bind(io.pool().port().clone(), io.number() as usize);
        bound.inspect_err(|_| io.close())?;
        Ok(TRUE)
    })
}

/// `TrySubmitThreadpoolCallback`: runs a function once in a thread of the pool.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-trysubmitthreadpoolcallback`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no function and for an environment whose pool or cleanup group is closed,
/// `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// `pcbe` is NULL or an environment. The function may be called with the context in another thread.
pub unsafe extern "system" fn TrySubmitThreadpoolCallback(
    pfns: PTP_SIMPLE_CALLBACK,
    pv: *mut c_void,
    pcbe: *const TP_CALLBACK_ENVIRON_V3,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let callback = Callback::Simple(pfns.ok_or(Error::WSA_INVALID_PARAMETER)?);
        // SAFETY: the caller's promise.
        let once = member::create(callback, context(pv), unsafe { place(pcbe) }?)?;
        once.submit();
        once.close();
        Ok(TRUE)
    })
}

/// `QueueUserWorkItem`: runs a function once in a thread of the pool of the process. What it answers is lost.
///
/// Microsoft's page: `threadpoollegacyapiset/nf-threadpoollegacyapiset-queueuserworkitem`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no function, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// The function may be called with the context in another thread.
pub unsafe extern "system" fn QueueUserWorkItem(
    function: LPTHREAD_START_ROUTINE,
    context: *const c_void,
    _flags: WORKER_THREAD_FLAGS,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let callback = Callback::Start(function.ok_or(Error::WSA_INVALID_PARAMETER)?);
        let place = Place { pool: Pool::of_process(), group: None, finalization: None };
        let once = member::create(callback, self::context(context.cast_mut()), place)?;
        once.submit();
        once.close();
        Ok(TRUE)
    })
}

/// `SubmitThreadpoolWork`: the function of the object is to run once more.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-submitthreadpoolwork`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SubmitThreadpoolWork(pwk: PTP_WORK) {
    with(pwk, |object| object.submit());
}

/// `StartThreadpoolIo`: announces an overlapped operation on the socket of the object. If the operation fails at once, or succeeds and
/// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` is set, [`CancelThreadpoolIo`] takes it back.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-startthreadpoolio`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn StartThreadpoolIo(pio: PTP_IO) {
    with(pio, |object| object.expect());
}

/// `CancelThreadpoolIo`: takes one [`StartThreadpoolIo`] back.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-cancelthreadpoolio`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CancelThreadpoolIo(pio: PTP_IO) {
    with(pio, |object| object.expect_not());
}

/// `CloseThreadpoolWork`: closes the object. Callbacks that were submitted run; then the object is gone.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-closethreadpoolwork`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CloseThreadpoolWork(pwk: PTP_WORK) {
    with(pwk, |object| object.close());
}

/// `WaitForThreadpoolWorkCallbacks`: sleeps until no callback of the object runs or is to run; with `fcancelpendingcallbacks` those that have
/// not begun do not run. A callback that waits for its own object waits for itself.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-waitforthreadpoolworkcallbacks`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WaitForThreadpoolWorkCallbacks(pwk: PTP_WORK, fcancelpendingcallbacks: BOOL) {
    with(pwk, |object| {
        if fcancelpendingcallbacks != FALSE {
            object.cancel_pending();
        }
        object.wait();
    });
}

/// `CloseThreadpoolTimer`: closes the object. Callbacks that were submitted run; then the object is gone.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-closethreadpooltimer`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CloseThreadpoolTimer(pti: PTP_TIMER) {
    with(pti, |object| object.close());
}

/// `WaitForThreadpoolTimerCallbacks`: sleeps until no callback of the object runs or is to run; with `fcancelpendingcallbacks` those that have
/// not begun do not run. A callback that waits for its own object waits for itself.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-waitforthreadpooltimercallbacks`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WaitForThreadpoolTimerCallbacks(pti: PTP_TIMER, fcancelpendingcallbacks: BOOL) {
    with(pti, |object| {
        if fcancelpendingcallbacks != FALSE {
            object.cancel_pending();
        }
        object.wait();
    });
}

/// `CloseThreadpoolWait`: closes the object. Callbacks that were submitted run; then the object is gone.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-closethreadpoolwait`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CloseThreadpoolWait(pwa: PTP_WAIT) {
    with(pwa, |object| object.close());
}

/// `WaitForThreadpoolWaitCallbacks`: sleeps until no callback of the object runs or is to run; with `fcancelpendingcallbacks` those that have
/// not begun do not run. A callback that waits for its own object waits for itself.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-waitforthreadpoolwaitcallbacks`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WaitForThreadpoolWaitCallbacks(pwa: PTP_WAIT, fcancelpendingcallbacks: BOOL) {
    with(pwa, |object| {
        if fcancelpendingcallbacks != FALSE {
            object.cancel_pending();
        }
        object.wait();
    });
}

/// `CloseThreadpoolIo`: closes the object. Callbacks of operations that are under way run; then the object is gone. The socket
/// stays associated.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-closethreadpoolio`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CloseThreadpoolIo(pio: PTP_IO) {
    with(pio, |object| object.close());
}

/// `WaitForThreadpoolIoCallbacks`: sleeps until no callback of the object runs or is to run; with `fcancelpendingcallbacks` those that have
/// not begun do not run. A callback that waits for its own object waits for itself.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-waitforthreadpooliocallbacks`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WaitForThreadpoolIoCallbacks(pio: PTP_IO, fcancelpendingcallbacks: BOOL) {
    with(pio, |object| {
        if fcancelpendingcallbacks != FALSE {
            object.cancel_pending();
        }
        object.wait();
    });
}

/// `SetThreadpoolTimer`: [`SetThreadpoolTimerEx`] without an answer.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-setthreadpooltimer`.
///
/// # Safety
/// As [`SetThreadpoolTimerEx`].
pub unsafe extern "system" fn SetThreadpoolTimer(
    pti: PTP_TIMER,
    pftduetime: *const FILETIME,
    msperiod: u32,
    mswindowlength: u32,
) {
    // SAFETY: the caller's promise is the same.
    unsafe { SetThreadpoolTimerEx(pti, pftduetime, msperiod, mswindowlength) };
}

/// `SetThreadpoolTimerEx`: sets the time at which the function of the object is to run: a `FILETIME`, or, negative, so many times 100
/// nanoseconds from now. With a period, in milliseconds, it runs again and again. NULL: it is set no more. What it was set to
/// before counts for nothing; whether it was set is the answer.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-setthreadpooltimerex`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an object that is closed, `ERROR_NOT_ENOUGH_MEMORY`; the answer is FALSE.
///
/// # Safety
/// `pftduetime` is NULL or readable.
pub unsafe extern "system" fn SetThreadpoolTimerEx(
    pti: PTP_TIMER,
    pftduetime: *const FILETIME,
    msperiod: u32,
    _mswindowlength: u32,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let timer = member::find(pti).ok_or(Error::WSA_INVALID_PARAMETER)?;
        let period = (msperiod != 0).then(|| Duration::from_millis(msperiod.into()));
        // SAFETY: the caller's promise.
        let was_set = match unsafe { moment(pftduetime) } {
            Some(due) => timer.set_timer(due, period)?,
            None => timer.unset(),
        };
        Ok(was_set.into())
    })
}

/// `IsThreadpoolTimerSet`: whether a time is set, and has not come, or comes again.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-isthreadpooltimerset`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn IsThreadpoolTimerSet(pti: PTP_TIMER) -> BOOL {
    boundary::call_any_time(FALSE, || Ok(member::find(pti).is_some_and(|timer| timer.is_set()).into()))
}

/// `SetThreadpoolWait`: [`SetThreadpoolWaitEx`] without an answer.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-setthreadpoolwait`.
///
/// # Safety
/// As [`SetThreadpoolWaitEx`].
pub unsafe extern "system" fn SetThreadpoolWait(pwa: PTP_WAIT, h: HANDLE, pfttimeout: *const FILETIME) {
    // SAFETY: the caller's promise is the same.
    unsafe { SetThreadpoolWaitEx(pwa, h, pfttimeout, null()) };
}

/// `SetThreadpoolWaitEx`: the function of the object is to run, once, when `h` is signalled (it is told `WAIT_OBJECT_0`), or when the
/// time has come (`WAIT_TIMEOUT`), as with [`SetThreadpoolTimerEx`]; NULL for `h`: it waits no more. Whether it waited before
/// is the answer.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-setthreadpoolwaitex`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an object that is closed and for `reserved`, `ERROR_INVALID_HANDLE`,
/// `ERROR_NOT_ENOUGH_MEMORY`; the answer is FALSE.
///
/// # Safety
/// `pfttimeout` is NULL or readable.
pub unsafe extern "system" fn SetThreadpoolWaitEx(
    pwa: PTP_WAIT,
    h: HANDLE,
    pfttimeout: *const FILETIME,
    reserved: *const c_void,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let wait = member::find(pwa).filter(|_| reserved.is_null()).ok_or(Error::WSA_INVALID_PARAMETER)?;
        if h.is_null() {
            return Ok(wait.unset().into());
        }
        let object = objects::waitable(h.addr())?;
        // SAFETY: the caller's promise.
        Ok(wait.set_wait(object, unsafe { moment(pfttimeout) })?.into())
    })
}

/// `CreateThreadpool`: makes a pool of its own.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-createthreadpool`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for `reserved`, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CreateThreadpool(reserved: *const c_void) -> PTP_POOL {
    boundary::call_any_time(0, || {
        if !reserved.is_null() {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let number = POOLS.insert(Arc::new(Pool::new())).ok_or(Error::WSA_NOT_ENOUGH_MEMORY)?;
        Ok(number as PTP_POOL)
    })
}

/// `CloseThreadpool`: closes a pool. It ends with the last of its objects.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-closethreadpool`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CloseThreadpool(ptpp: PTP_POOL) {
    boundary::call_any_time((), || {
        drop(POOLS.remove(ptpp as usize));
        Ok(())
    });
}

/// `SetThreadpoolThreadMaximum`: limits how many threads a pool has. Threads that are too many stay until the pool ends.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-setthreadpoolthreadmaximum`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetThreadpoolThreadMaximum(ptpp: PTP_POOL, cthrdmost: u32) {
    boundary::call_any_time((), || {
        if let Some(pool) = POOLS.get(ptpp as usize) {
            pool.set_maximum(cthrdmost);
        }
        Ok(())
    });
}

/// `SetThreadpoolThreadMinimum`: a pool has at least so many threads from now on.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-setthreadpoolthreadminimum`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for a pool that is closed, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetThreadpoolThreadMinimum(ptpp: PTP_POOL, cthrdmic: u32) -> BOOL {
    boundary::call_any_time(FALSE, || {
        POOLS.get(ptpp as usize).ok_or(Error::WSA_INVALID_PARAMETER)?.set_minimum(cthrdmic)?;
        Ok(TRUE)
    })
}

/// `CreateThreadpoolCleanupGroup`: makes a cleanup group: objects that are closed together.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-createthreadpoolcleanupgroup`.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CreateThreadpoolCleanupGroup() -> PTP_CLEANUP_GROUP {
    boundary::call_any_time(0, || {
        let number = GROUPS.insert(Arc::new(Group::new())).ok_or(Error::WSA_NOT_ENOUGH_MEMORY)?;
        Ok(number as PTP_CLEANUP_GROUP)
    })
}

/// `CloseThreadpoolCleanupGroup`: closes a cleanup group, which has no objects any more.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-closethreadpoolcleanupgroup`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CloseThreadpoolCleanupGroup(ptpcg: PTP_CLEANUP_GROUP) {
    boundary::call_any_time((), || {
        drop(GROUPS.remove(ptpcg as usize));
        Ok(())
    });
}

/// `CloseThreadpoolCleanupGroupMembers`: closes every object of a cleanup group, after its callbacks have run. With
/// `fcancelpendingcallbacks` those that have not begun do not run, and the group's function is told of their objects.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-closethreadpoolcleanupgroupmembers`.
///
/// # Safety
/// The group's function may be called with the contexts.
pub unsafe extern "system" fn CloseThreadpoolCleanupGroupMembers(
    ptpcg: PTP_CLEANUP_GROUP,
    fcancelpendingcallbacks: BOOL,
    pvcleanupcontext: *mut c_void,
) {
    boundary::call_any_time((), || {
        let group = GROUPS.get(ptpcg as usize).map(|group| Arc::clone(&group));
        if let Some(group) = group {
            group.close_members(fcancelpendingcallbacks != FALSE, context(pvcleanupcontext));
        }
        Ok(())
    });
}

/// `SetEventWhenCallbackReturns`: an event is signalled when the callback has returned. The callback runs in the calling thread; else nothing happens.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-seteventwhencallbackreturns`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetEventWhenCallbackReturns(pci: PTP_CALLBACK_INSTANCE, evt: HANDLE) {
    instance::after(pci, After::SetEvent(evt.addr()));
}

/// `ReleaseSemaphoreWhenCallbackReturns`: a semaphore is released when the callback has returned. The callback runs in the calling thread; else nothing happens.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-releasesemaphorewhencallbackreturns`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn ReleaseSemaphoreWhenCallbackReturns(
    pci: PTP_CALLBACK_INSTANCE,
    sem: HANDLE,
    crel: u32,
) {
    instance::after(pci, After::ReleaseSemaphore(sem.addr(), crel));
}

/// `ReleaseMutexWhenCallbackReturns`: a mutex is released when the callback has returned. The callback runs in the calling thread; else nothing happens.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-releasemutexwhencallbackreturns`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn ReleaseMutexWhenCallbackReturns(pci: PTP_CALLBACK_INSTANCE, r#mut: HANDLE) {
    instance::after(pci, After::ReleaseMutex(r#mut.addr()));
}

/// `LeaveCriticalSectionWhenCallbackReturns`: a critical section is left when the callback has returned. The callback runs in the calling thread; else nothing happens.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-leavecriticalsectionwhencallbackreturns`.
///
/// # Safety
/// `pcs` is NULL or names a critical section until then.
pub unsafe extern "system" fn LeaveCriticalSectionWhenCallbackReturns(
    pci: PTP_CALLBACK_INSTANCE,
    pcs: *mut CRITICAL_SECTION,
) {
    instance::after(pci, After::Leave(pcs.expose_provenance()));
}

/// `DisassociateCurrentThreadFromCallback`: nobody waits for the callback any more, though it runs on. The callback runs in the calling thread; else nothing happens.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-disassociatecurrentthreadfromcallback`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn DisassociateCurrentThreadFromCallback(pci: PTP_CALLBACK_INSTANCE) {
    boundary::call_any_time((), || {
        instance::disassociate(pci);
        Ok(())
    });
}

/// `CallbackMayRunLong`: says that the callback may run for long. Answers whether the pool has another thread for others.
///
/// Microsoft's page: `threadpoolapiset/nf-threadpoolapiset-callbackmayrunlong`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CallbackMayRunLong(pci: PTP_CALLBACK_INSTANCE) -> BOOL {
    boundary::call_any_time(FALSE, || {
        Ok(instance::member(pci).is_some_and(|member| member.pool().make_room()).into())
    })
}
