//! One-time initialization, and waiting on an address.
#![allow(unsafe_code, reason = "the signatures are Win32's, and functions of the program are called")]

use super::wait::timeout;
use super::{
    BOOL, FALSE, INIT_ONCE, INIT_ONCE_ASYNC, INIT_ONCE_CHECK_ONLY, INIT_ONCE_CTX_RESERVED_BITS,
    INIT_ONCE_INIT_FAILED, PINIT_ONCE_FN, TRUE, boundary, memory,
};
use crate::error::Error;
use crate::linux::init_once::{Begin, InitOnce};
use crate::linux::{address_wait, thread};
use std::ffi::c_void;
use std::ptr::{null_mut, without_provenance_mut};

/// # Safety
/// The pointer is NULL, or names a structure that is initialized.
unsafe fn once<'a>(once: *mut INIT_ONCE) -> Result<&'a InitOnce, Error> {
    // SAFETY: both types have one layout, ours is atomic, and the caller promises the rest.
    unsafe { once.cast::<InitOnce>().as_ref() }.ok_or(Error::WSA_INVALID_PARAMETER)
}

/// # Errors
/// `ERROR_INVALID_PARAMETER` if the reserved low bits are not 0.
fn context(context: *const c_void) -> Result<u64, Error> {
    let context = context.addr() as u64;
    if context & ((1 << INIT_ONCE_CTX_RESERVED_BITS) - 1) != 0 {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    Ok(context)
}

/// # Safety
/// `out` is NULL or valid for writing.
unsafe fn tell(out: *mut *mut c_void, context: u64) {
    // SAFETY: the caller's promise.
    unsafe { memory::write_optional(out, without_provenance_mut(context as usize)) };
}

/// `InitOnceInitialize`: makes a structure whose initialization has not begun, as `INIT_ONCE_STATIC_INIT` does.
///
/// Microsoft's page: `synchapi/nf-synchapi-initonceinitialize`.
///
/// # Safety
/// `lpinitonce` is NULL, or aligned and writable, and nobody uses it now.
pub unsafe extern "system" fn InitOnceInitialize(lpinitonce: *mut INIT_ONCE) {
    if !lpinitonce.is_null() {
        // SAFETY: not NULL, and the caller promises the rest.
        unsafe { lpinitonce.cast::<InitOnce>().write(InitOnce::new()) };
    }
}

/// `InitOnceBeginInitialize`: begins the initialization (`*fpending` is TRUE: the caller initializes and calls
/// [`InitOnceComplete`]), waits for the thread that has begun, or finds it done (`*fpending` is FALSE, and `*lpcontext`
/// is what was stored). With `INIT_ONCE_ASYNC` nobody waits, and the first to be done wins. `INIT_ONCE_CHECK_ONLY` looks,
/// and fails if the initialization is not done.
///
/// Microsoft's page: `synchapi/nf-synchapi-initoncebegininitialize`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL (`lpinitonce`, `fpending`), for unknown flags, and for a call with
/// `INIT_ONCE_ASYNC` after one without that is not done, or the other way round; `ERROR_GEN_FAILURE` for
/// `INIT_ONCE_CHECK_ONLY` before it is done.
///
/// # Safety
/// `lpinitonce` is NULL or initialized; the other pointers are NULL or valid for writing.
pub unsafe extern "system" fn InitOnceBeginInitialize(
    lpinitonce: *mut INIT_ONCE,
    dwflags: u32,
    fpending: *mut BOOL,
    lpcontext: *mut *mut c_void,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let once = unsafe { once(lpinitonce) }?;
        if fpending.is_null() || dwflags & !(INIT_ONCE_CHECK_ONLY | INIT_ONCE_ASYNC) != 0 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let begin = match (dwflags & INIT_ONCE_CHECK_ONLY != 0, dwflags & INIT_ONCE_ASYNC != 0) {
            (true, _) => once.context().map_or(Begin::Initialize, Begin::Done),
            (false, true) => once.begin_racing()?,
            (false, false) => once.begin()?,
        };
        let pending = begin == Begin::Initialize;
        // SAFETY: the caller's promise.
        unsafe { memory::write(fpending, pending.into()) }?;
        match begin {
            Begin::Done(context) => {
                // SAFETY: the caller's promise.
                unsafe { tell(lpcontext, context) };
            }
            Begin::Initialize if dwflags & INIT_ONCE_CHECK_ONLY != 0 => {
                return Err(Error::ERROR_GEN_FAILURE);
            }
            Begin::Initialize => {}
        }
        Ok(TRUE)
    })
}

/// `InitOnceComplete`: ends an initialization that [`InitOnceBeginInitialize`] began, and stores the context, whose two
/// low bits are 0; with `INIT_ONCE_INIT_FAILED` the next thread begins anew.
///
/// Microsoft's page: `synchapi/nf-synchapi-initoncecomplete`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL, for unknown flags or both of them, for a context with low bits or with a failure, and for
/// an initialization that has not begun or was begun in the other way; `ERROR_GEN_FAILURE` for `INIT_ONCE_ASYNC` if
/// another thread was first.
///
/// # Safety
/// `lpinitonce` is NULL or initialized. The context is stored, never followed.
pub unsafe extern "system" fn InitOnceComplete(
    lpinitonce: *mut INIT_ONCE,
    dwflags: u32,
    lpcontext: *const c_void,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let once = unsafe { once(lpinitonce) }?;
        let context = context(lpcontext)?;
        match dwflags {
            0 => once.complete(Some(context))?,
            INIT_ONCE_ASYNC => once.complete_racing(context)?,
            INIT_ONCE_INIT_FAILED if context == 0 => once.complete(None)?,
            _unknown => return Err(Error::WSA_INVALID_PARAMETER),
        }
        Ok(TRUE)
    })
}

/// What [`InitOnceExecuteOnce`] calls, and what it answered.
struct Call {
    function: unsafe extern "system" fn(*mut INIT_ONCE, *mut c_void, *mut *mut c_void) -> BOOL,
    once: *mut INIT_ONCE,
    parameter: *mut c_void,
    context: *mut c_void,
    answer: BOOL,
}

unsafe extern "C" fn call(data: *mut c_void) {
    // SAFETY: `InitOnceExecuteOnce` passes one, and waits for the return.
    let call = unsafe { &mut *data.cast::<Call>() };
    // SAFETY: the caller promised that the function may be called with these.
    call.answer = unsafe { (call.function)(call.once, call.parameter, &mut call.context) };
}

/// `InitOnceExecuteOnce`: runs a function once, whoever asks for it, and waits for the thread that runs it. If the
/// function fails, so does this, and the next thread runs it again. Its context is stored, and told everybody.
///
/// Microsoft's page: `synchapi/nf-synchapi-initonceexecuteonce`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL, for no function, for an initialization with `INIT_ONCE_ASYNC`, and for a context
/// whose low bits are not 0; then, if the function fails, whatever it set.
///
/// # Safety
/// `initonce` is NULL or initialized; the function may be called with the parameter; `context` is NULL or valid for
/// writing.
pub unsafe extern "system" fn InitOnceExecuteOnce(
    initonce: *mut INIT_ONCE,
    initfn: PINIT_ONCE_FN,
    parameter: *mut c_void,
    context: *mut *mut c_void,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let once = unsafe { once(initonce) }?;
        let function = initfn.ok_or(Error::WSA_INVALID_PARAMETER)?;
        let stored = match once.begin()? {
            Begin::Done(stored) => stored,
            Begin::Initialize => {
                let mut data =
                    Call { function, once: initonce, parameter, context: null_mut(), answer: FALSE };
                // SAFETY: `call` takes the data; its frame owns nothing.
                unsafe { thread::call_program(call, (&raw mut data).cast()) };
                let stored =
                    self::context(data.context).inspect_err(|_| once.complete(None).unwrap_or_default())?;
                if data.answer == FALSE {
                    once.complete(None)?;
                    return Ok(FALSE);
                }
                once.complete(Some(stored))?;
                stored
            }
        };
        // SAFETY: the caller's promise.
        unsafe { tell(context, stored) };
        Ok(TRUE)
    })
}

/// `WaitOnAddress`: sleeps while the value at `address` is the one at `compareaddress`, until [`WakeByAddressSingle`] or
/// [`WakeByAddressAll`]. While a thread sleeps it does not count as running on its completion port.
///
/// Microsoft's page: `synchapi/nf-synchapi-waitonaddress`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL and for a size other than 1, 2, 4 and 8; `ERROR_TIMEOUT`.
///
/// # Safety
/// Each pointer is NULL or names so many readable bytes.
pub unsafe extern "system" fn WaitOnAddress(
    address: *const c_void,
    compareaddress: *const c_void,
    addresssize: usize,
    dwmilliseconds: u32,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        if address.is_null() || compareaddress.is_null() || !matches!(addresssize, 1 | 2 | 4 | 8) {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let is_same = || unsafe { memory::is_value(address, compareaddress, addresssize) };
        if address_wait::wait(address.addr(), timeout(dwmilliseconds), is_same) {
            Ok(TRUE)
        } else {
            Err(Error::ERROR_TIMEOUT)
        }
    })
}

/// `WakeByAddressSingle`: wakes the thread that has slept longest in [`WaitOnAddress`] for the address.
///
/// Microsoft's page: `synchapi/nf-synchapi-wakebyaddresssingle`.
///
/// # Safety
/// None is needed: nothing is read at the address.
pub unsafe extern "system" fn WakeByAddressSingle(address: *const c_void) {
    boundary::call_any_time((), || {
        address_wait::wake(address.addr(), false);
        Ok(())
    });
}

/// `WakeByAddressAll`: wakes every thread that sleeps in [`WaitOnAddress`] for the address.
///
/// Microsoft's page: `synchapi/nf-synchapi-wakebyaddressall`.
///
/// # Safety
/// None is needed: nothing is read at the address.
pub unsafe extern "system" fn WakeByAddressAll(address: *const c_void) {
    boundary::call_any_time((), || {
        address_wait::wake(address.addr(), true);
        Ok(())
    });
}
