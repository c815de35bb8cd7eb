//! Slim reader/writer locks and condition variables.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::wait::timeout;
use super::{
    BOOL, CONDITION_VARIABLE, CONDITION_VARIABLE_LOCKMODE_SHARED, CRITICAL_SECTION, FALSE, SRWLOCK, TRUE,
    boundary,
};
use crate::error::Error;
use crate::linux::critical_section::CriticalSection;
use crate::linux::srw_lock::{ConditionVariable, SrwLock};

/// # Safety
/// The pointer is NULL, or names a lock that is initialized.
unsafe fn lock<'a>(lock: *mut SRWLOCK) -> Option<&'a SrwLock> {
    // SAFETY: both types have one layout, every part of ours that changes is atomic, and the caller promises the rest.
    unsafe { lock.cast::<SrwLock>().as_ref() }
}

/// # Safety
/// The pointer is NULL, or names a condition variable that is initialized.
unsafe fn variable<'a>(variable: *mut CONDITION_VARIABLE) -> Option<&'a ConditionVariable> {
    // SAFETY: both types have one layout, every part of ours is atomic, and the caller promises the rest.
    unsafe { variable.cast::<ConditionVariable>().as_ref() }
}

/// `InitializeSRWLock`: makes a lock that nobody holds, as `SRWLOCK_INIT` does.
///
/// Microsoft's page: `synchapi/nf-synchapi-initializesrwlock`.
///
/// # Safety
/// `srwlock` is NULL, or aligned and writable, and nobody uses it as a lock now.
pub unsafe extern "system" fn InitializeSRWLock(srwlock: *mut SRWLOCK) {
    if !srwlock.is_null() {
        // SAFETY: not NULL, and the caller promises the rest.
        unsafe { srwlock.cast::<SrwLock>().write(SrwLock::new()) };
    }
}

/// `AcquireSRWLockExclusive`: waits until nobody holds the lock, and takes it alone. While a thread waits it does not
/// count as running on its completion port. Who holds the lock waits for itself.
///
/// Microsoft's page: `synchapi/nf-synchapi-acquiresrwlockexclusive`.
///
/// # Safety
/// `srwlock` is NULL or names a lock.
pub unsafe extern "system" fn AcquireSRWLockExclusive(srwlock: *mut SRWLOCK) {
    // SAFETY: the caller's promise.
    if let Some(lock) = unsafe { lock(srwlock) } {
        lock.exclusive();
    }
}

/// `AcquireSRWLockShared`: waits until no thread has the lock alone or waits to have it, and shares it with others. For
/// the rest as [`AcquireSRWLockExclusive`].
///
/// Microsoft's page: `synchapi/nf-synchapi-acquiresrwlockshared`.
///
/// # Safety
/// `srwlock` is NULL or names a lock.
pub unsafe extern "system" fn AcquireSRWLockShared(srwlock: *mut SRWLOCK) {
    // SAFETY: the caller's promise.
    if let Some(lock) = unsafe { lock(srwlock) } {
        lock.shared();
    }
}

/// `TryAcquireSRWLockExclusive`: takes the lock alone if nobody holds it. Answers whether it did.
///
/// Microsoft's page: `synchapi/nf-synchapi-tryacquiresrwlockexclusive`.
///
/// # Safety
/// `srwlock` is NULL or names a lock.
pub unsafe extern "system" fn TryAcquireSRWLockExclusive(srwlock: *mut SRWLOCK) -> bool {
    // SAFETY: the caller's promise.
    unsafe { lock(srwlock) }.is_some_and(SrwLock::try_exclusive)
}

/// `TryAcquireSRWLockShared`: shares the lock unless a thread has it alone or waits to have it. Answers whether it did.
///
/// Microsoft's page: `synchapi/nf-synchapi-tryacquiresrwlockshared`.
///
/// # Safety
/// `srwlock` is NULL or names a lock.
pub unsafe extern "system" fn TryAcquireSRWLockShared(srwlock: *mut SRWLOCK) -> bool {
    // SAFETY: the caller's promise.
    unsafe { lock(srwlock) }.is_some_and(SrwLock::try_shared)
}

/// `ReleaseSRWLockExclusive`: gives back a lock that the thread has alone.
///
/// Microsoft's page: `synchapi/nf-synchapi-releasesrwlockexclusive`.
///
/// *On Linux*: a lock that nobody has alone is left as it is; Windows raises an exception.
///
/// # Safety
/// `srwlock` is NULL or names a lock.
pub unsafe extern "system" fn ReleaseSRWLockExclusive(srwlock: *mut SRWLOCK) {
    // SAFETY: the caller's promise.
    if let Some(lock) = unsafe { lock(srwlock) } {
        lock.release_exclusive();
    }
}

/// `ReleaseSRWLockShared`: gives back a lock that the thread shares.
///
/// Microsoft's page: `synchapi/nf-synchapi-releasesrwlockshared`.
///
/// *On Linux*: a lock that nobody shares is left as it is; Windows raises an exception.
///
/// # Safety
/// `srwlock` is NULL or names a lock.
pub unsafe extern "system" fn ReleaseSRWLockShared(srwlock: *mut SRWLOCK) {
    // SAFETY: the caller's promise.
    if let Some(lock) = unsafe { lock(srwlock) } {
        lock.release_shared();
    }
}

/// `InitializeConditionVariable`: makes a condition variable for which nobody waits, as `CONDITION_VARIABLE_INIT` does.
///
/// Microsoft's page: `synchapi/nf-synchapi-initializeconditionvariable`.
///
/// # Safety
/// `conditionvariable` is NULL, or aligned and writable, and nobody uses it as a condition variable now.
pub unsafe extern "system" fn InitializeConditionVariable(conditionvariable: *mut CONDITION_VARIABLE) {
    if !conditionvariable.is_null() {
        // SAFETY: not NULL, and the caller promises the rest.
        unsafe { conditionvariable.cast::<ConditionVariable>().write(ConditionVariable::new()) };
    }
}

/// `SleepConditionVariableCS`: leaves a critical section, sleeps until the condition variable is signalled, and goes in
/// again. It may also end without a signal: the caller looks at its condition again.
///
/// Microsoft's page: `synchapi/nf-synchapi-sleepconditionvariablecs`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL; `ERROR_TIMEOUT`, and the thread is inside again.
///
/// # Safety
/// Each pointer is NULL or names what it says. The thread is inside, once.
pub unsafe extern "system" fn SleepConditionVariableCS(
    conditionvariable: *mut CONDITION_VARIABLE,
    criticalsection: *mut CRITICAL_SECTION,
    dwmilliseconds: u32,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let variable = unsafe { variable(conditionvariable) }.ok_or(Error::WSA_INVALID_PARAMETER)?;
        // SAFETY: both types have one layout, every part of ours is atomic, and the caller promises the rest.
        let section = unsafe { criticalsection.cast::<CriticalSection>().as_ref() };
        let section = section.ok_or(Error::WSA_INVALID_PARAMETER)?;
        signalled(variable.sleep(timeout(dwmilliseconds), || section.leave(), || section.enter()))
    })
}

/// `SleepConditionVariableSRW`: the same for a lock that the thread has alone, or shares, with
/// `CONDITION_VARIABLE_LOCKMODE_SHARED`.
///
/// Microsoft's page: `synchapi/nf-synchapi-sleepconditionvariablesrw`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL and for unknown flags; `ERROR_TIMEOUT`, and the thread holds the lock again.
///
/// # Safety
/// Each pointer is NULL or names what it says. The thread holds the lock in the way that the flags say.
pub unsafe extern "system" fn SleepConditionVariableSRW(
    conditionvariable: *mut CONDITION_VARIABLE,
    srwlock: *mut SRWLOCK,
    dwmilliseconds: u32,
    flags: u32,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let variable = unsafe { variable(conditionvariable) }.ok_or(Error::WSA_INVALID_PARAMETER)?;
        // SAFETY: the caller's promise.
        let lock = unsafe { lock(srwlock) }.ok_or(Error::WSA_INVALID_PARAMETER)?;
        let timeout = timeout(dwmilliseconds);
        signalled(match flags {
            0 => variable.sleep(timeout, || lock.release_exclusive(), || lock.exclusive()),
            CONDITION_VARIABLE_LOCKMODE_SHARED => {
                variable.sleep(timeout, || lock.release_shared(), || lock.shared())
            }
            _unknown => return Err(Error::WSA_INVALID_PARAMETER),
        })
    })
}

fn signalled(signalled: bool) -> Result<BOOL, Error> {
    if signalled { Ok(TRUE) } else { Err(Error::ERROR_TIMEOUT) }
}

/// `WakeConditionVariable`: wakes one thread that sleeps for the condition variable.
///
/// Microsoft's page: `synchapi/nf-synchapi-wakeconditionvariable`.
///
/// # Safety
/// `conditionvariable` is NULL or names a condition variable.
pub unsafe extern "system" fn WakeConditionVariable(conditionvariable: *mut CONDITION_VARIABLE) {
    // SAFETY: the caller's promise.
    if let Some(variable) = unsafe { variable(conditionvariable) } {
        variable.wake_one();
    }
}

/// `WakeAllConditionVariable`: wakes every thread that sleeps for the condition variable.
///
/// Microsoft's page: `synchapi/nf-synchapi-wakeallconditionvariable`.
///
/// # Safety
/// `conditionvariable` is NULL or names a condition variable.
pub unsafe extern "system" fn WakeAllConditionVariable(conditionvariable: *mut CONDITION_VARIABLE) {
    // SAFETY: the caller's promise.
    if let Some(variable) = unsafe { variable(conditionvariable) } {
        variable.wake_all();
    }
}
