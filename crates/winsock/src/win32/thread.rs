//! Threads and procedure calls to them.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, CREATE_SUSPENDED, FALSE, HANDLE, LPTHREAD_START_ROUTINE, PAPCFUNC, SECURITY_ATTRIBUTES,
    STACK_SIZE_PARAM_IS_A_RESERVATION, STILL_ACTIVE, THREAD_ACCESS_RIGHTS, THREAD_CREATION_FLAGS, TRUE,
    boundary, memory,
};
use crate::error::Error;
use crate::linux::apc::{self, Apc};
use crate::linux::handles::Object;
use crate::linux::objects::{self, CURRENT_PROCESS, CURRENT_THREAD};
use crate::linux::thread::{self, Start, ThreadControl};
use std::ffi::c_void;
use std::ptr::{null_mut, without_provenance_mut};

/// `CreateThread`: makes a thread that runs `lpstartaddress(lpparameter)`; what that returns is its exit code. With
/// `CREATE_SUSPENDED` it begins with [`ResumeThread`]. Procedure calls that come before it begins are run first.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-createthread`.
///
/// *On Linux*: a stack is 2 MiB, or `dwstacksize` if that is more; with `STACK_SIZE_PARAM_IS_A_RESERVATION` it is
/// `dwstacksize`. Memory is used as the stack grows. Security attributes count for nothing.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no function and for unknown flags, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// The function may be called with the parameter in another thread. `lpthreadid` is NULL or valid for writing.
pub unsafe extern "system" fn CreateThread(
    _lpthreadattributes: *const SECURITY_ATTRIBUTES,
    dwstacksize: usize,
    lpstartaddress: LPTHREAD_START_ROUTINE,
    lpparameter: *const c_void,
    dwcreationflags: THREAD_CREATION_FLAGS,
    lpthreadid: *mut u32,
) -> HANDLE {
    const DEFAULT_STACK: usize = 2 << 20;
    boundary::call_any_time(null_mut(), || {
        let function = lpstartaddress.ok_or(Error::WSA_INVALID_PARAMETER)?;
        if dwcreationflags & !(CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION) != 0 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let stack_size = match (dwstacksize, dwcreationflags & STACK_SIZE_PARAM_IS_A_RESERVATION) {
            (0, _) => DEFAULT_STACK,
            (size, 0) => size.max(DEFAULT_STACK),
            (size, _) => size,
        };
        let control = ThreadControl::new(dwcreationflags & CREATE_SUSPENDED != 0);
        let handle = objects::publish(Object::Thread(control.clone()))?;
        if !lpthreadid.is_null() {
            // SAFETY: the caller's promise.
            unsafe { memory::write(lpthreadid, control.id) }?;
        }
        let start = Start { function, parameter: lpparameter.cast_mut() };
        // SAFETY: the caller's promise.
        if let Err(error) = unsafe { thread::spawn(control, start, stack_size) } {
            objects::close(handle)?;
            return Err(error);
        }
        Ok(without_provenance_mut(handle))
    })
}

/// `ExitThread`: ends the calling thread. Its procedure calls are lost, and its locals are destroyed; its frames are left
/// as they are: C++ destructors do not run. In a procedure call it ends the thread too.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-exitthread`.
///
/// *On Linux*: a thread that [`CreateThread`] did not make ends by `pthread_exit`, which unwinds it: C++ destructors
/// run, and a thread of Rust's, whose frames catch panics, aborts the process. Let such a thread return.
///
/// # Safety
/// Rust frames between here and the thread's function own nothing that has to be dropped.
pub unsafe extern "system-unwind" fn ExitThread(dwexitcode: u32) -> ! {
    // SAFETY: the caller's promise.
    unsafe { thread::exit(dwexitcode) }
}

/// `ResumeThread`: lets a thread begin that was made with `CREATE_SUSPENDED`. Answers how often the thread was
/// suspended before: 1 then, 0 for a thread that runs.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-resumethread`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`; the answer is 0xFFFFFFFF.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn ResumeThread(hthread: HANDLE) -> u32 {
    boundary::call_any_time(u32::MAX, || Ok(objects::thread(hthread.addr())?.resume().into()))
}

/// `GetExitCodeThread`: how a thread has ended, or `STILL_ACTIVE` while it runs.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-getexitcodethread`.
///
/// *On Linux*: a thread that [`CreateThread`] did not make ends with 0, or with the code of [`ExitThread`].
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for NULL.
///
/// # Safety
/// `lpexitcode` is NULL or valid for writing.
pub unsafe extern "system" fn GetExitCodeThread(hthread: HANDLE, lpexitcode: *mut u32) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let code = objects::thread(hthread.addr())?.exit_code().unwrap_or(STILL_ACTIVE as u32);
        // SAFETY: the caller's promise.
        unsafe { memory::write(lpexitcode, code) }.map_err(|_| Error::WSA_INVALID_PARAMETER)?;
        Ok(TRUE)
    })
}

/// `GetCurrentThread`: a pseudo handle that means the calling thread, in whichever thread it is used.
/// [`DuplicateHandle`](super::DuplicateHandle) makes a real one of it.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-getcurrentthread`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetCurrentThread() -> HANDLE {
    without_provenance_mut(CURRENT_THREAD)
}

/// `GetCurrentThreadId`: the calling thread's number. No other thread of the process has had it.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-getcurrentthreadid`.
///
/// *On Linux*: the number is this library's, not the kernel's.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetCurrentThreadId() -> u32 {
    boundary::call_any_time(0, || {
        // By its number others may find it now.
        drop(thread::current());
        Ok(thread::id())
    })
}

/// `GetThreadId`: the number of a thread.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-getthreadid`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`; the answer is 0.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetThreadId(thread: HANDLE) -> u32 {
    boundary::call_any_time(0, || Ok(objects::thread(thread.addr())?.id))
}

/// `OpenThread`: a handle to the thread of a number. The thread runs, or another handle holds it.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-openthread`.
///
/// *On Linux*: threads of this process that [`CreateThread`] made, or that have asked for their number or waited.
/// Every handle has all access rights, and no child inherits it.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for a number that no thread has, `ERROR_NOT_ENOUGH_MEMORY`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn OpenThread(
    _dwdesiredaccess: THREAD_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    dwthreadid: u32,
) -> HANDLE {
    boundary::call_any_time(null_mut(), || {
        let control = thread::find(dwthreadid).ok_or(Error::WSA_INVALID_PARAMETER)?;
        Ok(without_provenance_mut(objects::publish(Object::Thread(control))?))
    })
}

/// `GetCurrentProcess`: a pseudo handle that means this process.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-getcurrentprocess`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetCurrentProcess() -> HANDLE {
    without_provenance_mut(CURRENT_PROCESS)
}

/// `GetCurrentProcessId`: the number of this process, which is the kernel's.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-getcurrentprocessid`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetCurrentProcessId() -> u32 {
    std::process::id()
}

/// `QueueUserAPC`: asks a thread to run `pfnapc(dwdata)` in its next alertable wait: [`SleepEx`](super::SleepEx), the
/// waits whose names end in `Ex`, [`WSAWaitForMultipleEvents`](super::WSAWaitForMultipleEvents), and every Winsock call
/// that blocks, which goes on afterwards. Calls are run in the order in which they were queued, those included that
/// are queued while others run.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-queueuserapc`.
///
/// *On Linux*: a thread that blocks in a Winsock call, and had no handle when that began, runs it in its next wait.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for no function, `ERROR_INVALID_HANDLE`, `ERROR_GEN_FAILURE` for a thread that has ended.
///
/// # Safety
/// The function may be called with the value in that thread.
pub unsafe extern "system" fn QueueUserAPC(pfnapc: PAPCFUNC, hthread: HANDLE, dwdata: usize) -> u32 {
    boundary::call_any_time(0, || {
        let function = pfnapc.ok_or(Error::WSA_INVALID_PARAMETER)?;
        let thread = objects::thread(hthread.addr())?;
        let apc = Apc::User { function, parameter: dwdata };
        apc::queue(&thread, apc).map_err(|_ended| Error::ERROR_GEN_FAILURE)?;
        Ok(1)
    })
}
