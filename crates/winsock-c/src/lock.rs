//! Locks and one-time initialization in the program's own memory.

use crate::export;
use std::ffi::c_void;
use winsock::win32::*;

export! {
    "AcquireSRWLockExclusive" fn AcquireSRWLockExclusive(srwlock: *mut SRWLOCK);
    "AcquireSRWLockShared" fn AcquireSRWLockShared(srwlock: *mut SRWLOCK);
    "DeleteCriticalSection" fn DeleteCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION);
    "EnterCriticalSection" fn EnterCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION);
    "InitOnceBeginInitialize" fn InitOnceBeginInitialize(lpinitonce: *mut INIT_ONCE, dwflags: u32, fpending: *mut BOOL, lpcontext: *mut *mut c_void) -> BOOL;
    "InitOnceComplete" fn InitOnceComplete(lpinitonce: *mut INIT_ONCE, dwflags: u32, lpcontext: *const c_void) -> BOOL;
    "InitOnceExecuteOnce" fn InitOnceExecuteOnce(initonce: *mut INIT_ONCE, initfn: PINIT_ONCE_FN, parameter: *mut c_void, context: *mut *mut c_void) -> BOOL;
    "InitOnceInitialize" fn InitOnceInitialize(initonce: *mut INIT_ONCE);
    "InitializeConditionVariable" fn InitializeConditionVariable(conditionvariable: *mut CONDITION_VARIABLE);
    "InitializeCriticalSection" fn InitializeCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION);
    "InitializeCriticalSectionAndSpinCount" fn InitializeCriticalSectionAndSpinCount(lpcriticalsection: *mut CRITICAL_SECTION, dwspincount: u32) -> BOOL;
    "InitializeCriticalSectionEx" fn InitializeCriticalSectionEx(lpcriticalsection: *mut CRITICAL_SECTION, dwspincount: u32, flags: u32) -> BOOL;
    "InitializeSRWLock" fn InitializeSRWLock(srwlock: *mut SRWLOCK);
    "LeaveCriticalSection" fn LeaveCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION);
    "ReleaseSRWLockExclusive" fn ReleaseSRWLockExclusive(srwlock: *mut SRWLOCK);
    "ReleaseSRWLockShared" fn ReleaseSRWLockShared(srwlock: *mut SRWLOCK);
    "SetCriticalSectionSpinCount" fn SetCriticalSectionSpinCount(lpcriticalsection: *mut CRITICAL_SECTION, dwspincount: u32) -> u32;
    "SleepConditionVariableCS" fn SleepConditionVariableCS(conditionvariable: *mut CONDITION_VARIABLE, criticalsection: *mut CRITICAL_SECTION, dwmilliseconds: u32) -> BOOL;
    "SleepConditionVariableSRW" fn SleepConditionVariableSRW(conditionvariable: *mut CONDITION_VARIABLE, srwlock: *mut SRWLOCK, dwmilliseconds: u32, flags: u32) -> BOOL;
    "TryAcquireSRWLockExclusive" fn TryAcquireSRWLockExclusive(srwlock: *mut SRWLOCK) -> bool;
    "TryAcquireSRWLockShared" fn TryAcquireSRWLockShared(srwlock: *mut SRWLOCK) -> bool;
    "TryEnterCriticalSection" fn TryEnterCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION) -> BOOL;
    "WaitOnAddress" fn WaitOnAddress(address: *const c_void, compareaddress: *const c_void, addresssize: usize, dwmilliseconds: u32) -> BOOL;
    "WakeAllConditionVariable" fn WakeAllConditionVariable(conditionvariable: *mut CONDITION_VARIABLE);
    "WakeByAddressAll" fn WakeByAddressAll(address: *const c_void);
    "WakeByAddressSingle" fn WakeByAddressSingle(address: *const c_void);
    "WakeConditionVariable" fn WakeConditionVariable(conditionvariable: *mut CONDITION_VARIABLE);
}
