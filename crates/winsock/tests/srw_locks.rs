//! Slim reader/writer locks, condition variables, one-time initialization and waiting on an address.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

#[path = "common/waiting.rs"]
mod waiting;

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr::{null, null_mut, without_provenance_mut};
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::SeqCst};
use std::thread::scope;
use std::time::Instant;
use waiting::*;
use winsock::win32::*;

/// Something of the program's that threads share.
struct Shared<T>(UnsafeCell<T>);

// SAFETY: the tests share locks, and what locks guard.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    const fn new(value: T) -> Shared<T> {
        Shared(UnsafeCell::new(value))
    }

    fn raw(&self) -> *mut T {
        self.0.get()
    }
}

type Lock = Shared<SRWLOCK>;

fn try_exclusive(lock: &Lock) -> bool {
    // SAFETY: the lock is initialized.
    unsafe { TryAcquireSRWLockExclusive(lock.raw()) }
}

fn try_shared(lock: &Lock) -> bool {
    // SAFETY: the lock is initialized.
    unsafe { TryAcquireSRWLockShared(lock.raw()) }
}

#[test]
fn many_share_a_lock_or_one_has_it_alone() {
    let lock = Lock::new(SRWLOCK { Ptr: without_provenance_mut(77) });
    // SAFETY: the lock is writable, then initialized.
    unsafe {
        InitializeSRWLock(lock.raw());
        AcquireSRWLockShared(lock.raw());
        assert!(try_shared(&lock) && !try_exclusive(&lock));
        ReleaseSRWLockShared(lock.raw());
        assert!(!try_exclusive(&lock));
        ReleaseSRWLockShared(lock.raw());
        AcquireSRWLockExclusive(lock.raw());
        assert!(!try_shared(&lock) && !try_exclusive(&lock));
        ReleaseSRWLockExclusive(lock.raw());
        assert!((*lock.raw()).Ptr.is_null(), "a lock that nobody holds is all zero");
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: who has not locked unlocks nothing, where Windows leaves it undefined")]
fn what_a_thread_does_not_hold_it_does_not_release() {
    let lock = Lock::new(SRWLOCK_INIT);
    // SAFETY: the lock is initialized, or NULL.
    unsafe {
        ReleaseSRWLockExclusive(lock.raw());
        ReleaseSRWLockShared(lock.raw());
        assert!(try_exclusive(&lock));
        ReleaseSRWLockShared(lock.raw());
        assert!(!try_shared(&lock));
        ReleaseSRWLockExclusive(lock.raw());
        assert!(try_shared(&lock));
        ReleaseSRWLockExclusive(lock.raw());
        assert!(!try_exclusive(&lock) && try_shared(&lock));
        for of_null in
            [AcquireSRWLockShared, AcquireSRWLockExclusive, ReleaseSRWLockShared, InitializeSRWLock]
        {
            of_null(null_mut());
        }
        assert!(!TryAcquireSRWLockShared(null_mut()) && !TryAcquireSRWLockExclusive(null_mut()));
    }
}

/// Writers keep two numbers equal; readers see them so. Nobody is forgotten: all of them come to their end.
#[test]
fn readers_and_writers_do_not_meet() {
    const ROUNDS: u64 = 20_000;
    let lock = Lock::new(SRWLOCK_INIT);
    let pair = Shared::new((0u64, 0u64));
    let (lock, pair) = (&lock, &pair);
    scope(|scope| {
        for writer in 0..6 {
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    // SAFETY: the lock guards the pair.
                    unsafe {
                        if writer < 3 {
                            AcquireSRWLockExclusive(lock.raw());
                            (*pair.raw()).0 += 1;
                            (*pair.raw()).1 += 1;
                            ReleaseSRWLockExclusive(lock.raw());
                        } else {
                            AcquireSRWLockShared(lock.raw());
                            assert_eq!((*pair.raw()).0, (*pair.raw()).1);
                            ReleaseSRWLockShared(lock.raw());
                        }
                    }
                }
            });
        }
    });
    // SAFETY: no other thread is left.
    assert_eq!(unsafe { *pair.raw() }, (3 * ROUNDS, 3 * ROUNDS));
    assert!(try_exclusive(lock));
}

#[test]
fn who_waits_to_have_it_alone_is_not_passed_by() {
    let lock = Lock::new(SRWLOCK_INIT);
    assert!(try_shared(&lock));
    scope(|scope| {
        // SAFETY: the lock is initialized.
        let waits = scope.spawn(|| unsafe { AcquireSRWLockExclusive(lock.raw()) });
        let begin = Instant::now();
        while try_shared(&lock) {
            // SAFETY: the thread shares it.
            unsafe { ReleaseSRWLockShared(lock.raw()) };
            assert!(begin.elapsed() < LIMIT);
        }
        assert!(!waits.is_finished());
        // SAFETY: the thread shares it.
        unsafe { ReleaseSRWLockShared(lock.raw()) };
        waits.join().unwrap();
    });
    assert!(!try_shared(&lock), "it is held alone");
}

#[test]
fn a_queue_between_threads_with_condition_variables() {
    const ITEMS: u32 = 20_000;
    let mut section = CRITICAL_SECTION::default();
    // SAFETY: the section is writable.
    unsafe { InitializeCriticalSection(&mut section) };
    let section = Shared::new(section);
    let (not_empty, not_full) = (Shared::new(CONDITION_VARIABLE_INIT), Shared::new(CONDITION_VARIABLE_INIT));
    let queue = Shared::new(Vec::new());
    let taken = AtomicU32::new(0);
    scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for item in 0..ITEMS {
                    // SAFETY: all are initialized, and the section guards the queue.
                    unsafe {
                        EnterCriticalSection(section.raw());
                        while (*queue.raw()).len() >= 4 {
                            let slept = SleepConditionVariableCS(not_full.raw(), section.raw(), LIMIT_MS);
                            assert_eq!(slept, TRUE);
                        }
                        (*queue.raw()).push(item);
                        LeaveCriticalSection(section.raw());
                        WakeConditionVariable(not_empty.raw());
                    }
                }
            });
            scope.spawn(|| {
                for _ in 0..ITEMS {
                    // SAFETY: all are initialized, and the section guards the queue.
                    unsafe {
                        EnterCriticalSection(section.raw());
                        while (*queue.raw()).is_empty() {
                            let slept = SleepConditionVariableCS(not_empty.raw(), section.raw(), LIMIT_MS);
                            assert_eq!(slept, TRUE);
                        }
                        (*queue.raw()).pop();
                        WakeAllConditionVariable(not_full.raw());
                        LeaveCriticalSection(section.raw());
                    }
                    taken.fetch_add(1, SeqCst);
                }
            });
        }
    });
    assert_eq!(taken.load(SeqCst), 2 * ITEMS);
}

#[test]
fn all_sleepers_wake_and_hold_the_lock_as_before() {
    let lock = Lock::new(SRWLOCK_INIT);
    let variable = Shared::new(CONDITION_VARIABLE { Ptr: without_provenance_mut(77) });
    // SAFETY: the variable is writable.
    unsafe { InitializeConditionVariable(variable.raw()) };
    let (asleep, go) = (AtomicU32::new(0), AtomicU32::new(0));
    scope(|scope| {
        for _ in 0..4 {
            // SAFETY: both are initialized.
            scope.spawn(|| unsafe {
                AcquireSRWLockShared(lock.raw());
                asleep.fetch_add(1, SeqCst);
                while go.load(SeqCst) == 0 {
                    let flags = CONDITION_VARIABLE_LOCKMODE_SHARED;
                    assert_eq!(SleepConditionVariableSRW(variable.raw(), lock.raw(), LIMIT_MS, flags), TRUE);
                }
                assert!(!try_exclusive(&lock));
                ReleaseSRWLockShared(lock.raw());
            });
        }
        until(&asleep, 4);
        // SAFETY: both are initialized. Who has the lock alone knows that the others sleep.
        unsafe {
            AcquireSRWLockExclusive(lock.raw());
            go.store(1, SeqCst);
            ReleaseSRWLockExclusive(lock.raw());
            WakeAllConditionVariable(variable.raw());
        }
    });
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn a_sleep_for_a_condition_has_its_time_out_and_its_errors() {
    let lock = Lock::new(SRWLOCK_INIT);
    let variable = Shared::new(CONDITION_VARIABLE_INIT);
    let mut section = CRITICAL_SECTION::default();
    // SAFETY: everything is initialized, or NULL.
    unsafe {
        InitializeCriticalSection(&mut section);
        WakeConditionVariable(variable.raw());
        assert!(try_exclusive(&lock));
        for milliseconds in [0, 15] {
            let begin = Instant::now();
            forget_error();
            assert_eq!(SleepConditionVariableSRW(variable.raw(), lock.raw(), milliseconds, 0), FALSE);
            assert_eq!(error(), ERROR_TIMEOUT);
            assert!(begin.elapsed().as_millis() >= milliseconds.into() && !try_shared(&lock));
            EnterCriticalSection(&mut section);
            forget_error();
            assert_eq!(SleepConditionVariableCS(variable.raw(), &mut section, milliseconds), FALSE);
            assert_eq!((error(), section.RecursionCount), (ERROR_TIMEOUT, 1));
            LeaveCriticalSection(&mut section);
        }
        forget_error();
        assert_eq!(SleepConditionVariableSRW(variable.raw(), lock.raw(), 0, 2), FALSE);
        assert_eq!(error(), ERROR_INVALID_PARAMETER);
        assert!(!try_shared(&lock), "nothing was released");
        for (variable, lock) in [(null_mut(), lock.raw()), (variable.raw(), null_mut())] {
            forget_error();
            assert_eq!(SleepConditionVariableSRW(variable, lock, 0, 0), FALSE);
            assert_eq!(error(), ERROR_INVALID_PARAMETER);
        }
        forget_error();
        assert_eq!(SleepConditionVariableCS(null_mut(), null_mut(), 0), FALSE);
        assert_eq!(error(), ERROR_INVALID_PARAMETER);
        WakeConditionVariable(null_mut());
        WakeAllConditionVariable(null_mut());
        InitializeConditionVariable(null_mut());
    }
}

static RUNS: AtomicU32 = AtomicU32::new(0);

/// Fails twice, then gives its parameter as context.
unsafe extern "system" fn third_time(
    _: *mut INIT_ONCE,
    parameter: *mut c_void,
    context: *mut *mut c_void,
) -> BOOL {
    let run = RUNS.fetch_add(1, SeqCst);
    settle();
    // SAFETY: the library passes a place for it.
    unsafe { *context = parameter };
    if run < 2 {
        // SAFETY: no memory is passed.
        unsafe { SetLastError(4711) };
    }
    BOOL::from(run >= 2)
}

#[test]
fn a_function_succeeds_once_and_everybody_waits_for_it() {
    let once = Shared::new(INIT_ONCE_STATIC_INIT);
    let failures = AtomicU32::new(0);
    scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut context = null_mut();
                // SAFETY: the structure is initialized, and the context writable.
                let done = unsafe {
                    InitOnceExecuteOnce(
                        once.raw(),
                        Some(third_time),
                        without_provenance_mut(64),
                        &mut context,
                    )
                };
                if done == FALSE {
                    assert_eq!(error(), 4711);
                    failures.fetch_add(1, SeqCst);
                } else {
                    assert_eq!(context.addr(), 64);
                }
            });
        }
    });
    assert_eq!((RUNS.load(SeqCst), failures.load(SeqCst)), (3, 2));
}

struct Began(BOOL, BOOL, usize);

fn begin(once: &Shared<INIT_ONCE>, flags: u32) -> Began {
    let (mut pending, mut context) = (7, without_provenance_mut(7));
    forget_error();
    // SAFETY: everything is valid.
    let done = unsafe { InitOnceBeginInitialize(once.raw(), flags, &mut pending, &mut context) };
    Began(done, pending, context.addr())
}

fn complete(once: &Shared<INIT_ONCE>, flags: u32, context: usize) -> u32 {
    forget_error();
    // SAFETY: the structure is initialized.
    match unsafe { InitOnceComplete(once.raw(), flags, without_provenance_mut(context)) } {
        FALSE => error(),
        _ => 0,
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: InitOnceComplete has another code before it has begun")]
fn initialization_by_hand_and_its_errors() {
    let once = Shared::new(INIT_ONCE { Ptr: without_provenance_mut(usize::MAX) });
    // SAFETY: the structure is writable.
    unsafe { InitOnceInitialize(once.raw()) };
    assert_eq!(complete(&once, 0, 8), ERROR_INVALID_PARAMETER, "it has not begun");
    assert!(matches!(begin(&once, INIT_ONCE_CHECK_ONLY), Began(FALSE, TRUE, 7)));
    assert_eq!(error(), ERROR_GEN_FAILURE);
    assert!(matches!(begin(&once, 0), Began(TRUE, TRUE, 7)));
    assert!(matches!(begin(&once, INIT_ONCE_ASYNC), Began(FALSE, 7, 7)), "not both ways");
    assert_eq!(error(), ERROR_INVALID_PARAMETER);
    for (flags, context) in [(INIT_ONCE_ASYNC, 8), (1, 8), (6, 0), (INIT_ONCE_INIT_FAILED, 8), (0, 9), (0, 2)]
    {
        assert_eq!(complete(&once, flags, context), ERROR_INVALID_PARAMETER, "{flags} {context}");
    }
    assert_eq!(complete(&once, INIT_ONCE_INIT_FAILED, 0), 0);
    assert!(matches!(begin(&once, 0), Began(TRUE, TRUE, 7)), "the next one begins anew");
    scope(|scope| {
        let waits = scope.spawn(|| begin(&once, 0).2);
        settle();
        assert_eq!(complete(&once, 0, 0x7FFF_0000_0008), 0);
        assert_eq!(waits.join().unwrap(), 0x7FFF_0000_0008);
    });
    for flags in 0..4 {
        assert!(matches!(begin(&once, flags), Began(TRUE, FALSE, 0x7FFF_0000_0008)), "{flags}");
    }
    assert!(matches!(begin(&once, 4), Began(FALSE, 7, 7)));
    assert_eq!(complete(&once, 0, 8), ERROR_INVALID_PARAMETER);

    // SAFETY: the structure is writable.
    unsafe { InitOnceInitialize(once.raw()) };
    for _ in 0..2 {
        assert!(matches!(begin(&once, INIT_ONCE_ASYNC), Began(TRUE, TRUE, 7)));
    }
    assert!(matches!(begin(&once, 0), Began(FALSE, 7, 7)));
    assert_eq!(error(), ERROR_INVALID_PARAMETER);
    assert_eq!(complete(&once, 0, 8), ERROR_INVALID_PARAMETER);
    assert_eq!(complete(&once, INIT_ONCE_ASYNC, 12), 0);
    assert_eq!(complete(&once, INIT_ONCE_ASYNC, 16), ERROR_GEN_FAILURE, "another was first");
    assert_eq!(begin(&once, 0).2, 12);
    // SAFETY: NULL is refused.
    unsafe {
        let mut pending = 0;
        assert_eq!(InitOnceBeginInitialize(null_mut(), 0, &mut pending, null_mut()), FALSE);
        assert_eq!(InitOnceBeginInitialize(once.raw(), 0, null_mut(), null_mut()), FALSE);
        assert_eq!(InitOnceBeginInitialize(once.raw(), 0, &mut pending, null_mut()), TRUE);
        assert_eq!(InitOnceComplete(null_mut(), 0, null()), FALSE);
        assert_eq!(InitOnceExecuteOnce(once.raw(), None, null_mut(), null_mut()), FALSE);
        assert_eq!(error(), ERROR_INVALID_PARAMETER);
        InitOnceInitialize(null_mut());
    }
}

fn wait_on<T>(value: &T, expected: &T, milliseconds: u32) -> u32 {
    let (value, expected) = (std::ptr::from_ref(value).cast(), std::ptr::from_ref(expected).cast());
    forget_error();
    // SAFETY: both are readable.
    match unsafe { WaitOnAddress(value, expected, size_of::<T>(), milliseconds) } {
        FALSE => error(),
        _ => 0,
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: NULL is refused, where Windows follows the pointer")]
fn a_value_of_each_size_is_waited_for() {
    macro_rules! size {
        ($atomic:ty) => {{
            let value = <$atomic>::new(1);
            let address = value.as_ptr().cast_const().cast();
            assert_eq!(wait_on(&value, &<$atomic>::new(2), INFINITE), 0, "it is another already");
            assert_eq!(wait_on(&value, &<$atomic>::new(1), 5), ERROR_TIMEOUT);
            scope(|scope| {
                let waits = scope.spawn(|| {
                    while value.load(SeqCst) == 1 {
                        assert_eq!(wait_on(&value, &<$atomic>::new(1), LIMIT_MS), 0);
                    }
                });
                settle();
                value.store(2, SeqCst);
                // SAFETY: nothing is read there.
                unsafe { WakeByAddressSingle(address) };
                waits.join().unwrap();
            });
        }};
    }
    size!(AtomicU8);
    size!(AtomicU16);
    size!(AtomicU32);
    size!(AtomicU64);
    let bytes = [0u8; 16];
    let address = bytes.as_ptr().cast();
    // SAFETY: what is passed is readable, or NULL.
    unsafe {
        for (value, expected, size) in [
            (null(), address, 4),
            (address, null(), 4),
            (address, address, 0),
            (address, address, 3),
            (address, address, 16),
        ] {
            forget_error();
            assert_eq!(WaitOnAddress(value, expected, size, INFINITE), FALSE);
            assert_eq!(error(), ERROR_INVALID_PARAMETER);
        }
        WakeByAddressSingle(null());
        WakeByAddressAll(null());
    }
}

#[test]
fn calls_by_address_wake_one_or_all_and_nobody_else() {
    const SLEEPERS: u32 = 4;
    let (value, other) = (AtomicU32::new(0), AtomicU32::new(0));
    let (before, woken) = (AtomicU32::new(0), AtomicU32::new(0));
    let address = |value: &AtomicU32| value.as_ptr().cast_const().cast();
    scope(|scope| {
        for _ in 0..SLEEPERS {
            scope.spawn(|| {
                before.fetch_add(1, SeqCst);
                assert_eq!(wait_on(&value, &AtomicU32::new(0), LIMIT_MS), 0);
                woken.fetch_add(1, SeqCst);
            });
        }
        until(&before, SLEEPERS);
        settle();
        // SAFETY: nothing is read there.
        unsafe { WakeByAddressAll(address(&other)) };
        settle();
        assert_eq!(woken.load(SeqCst), 0);
        // Who has not slept yet would miss a call: each is repeated until it has been heard.
        let begin = Instant::now();
        while woken.load(SeqCst) == 0 {
            // SAFETY: nothing is read there.
            unsafe { WakeByAddressSingle(address(&value)) };
            settle();
            assert!(begin.elapsed() < LIMIT);
        }
        while woken.load(SeqCst) != SLEEPERS {
            // SAFETY: nothing is read there.
            unsafe { WakeByAddressAll(address(&value)) };
            settle();
            assert!(begin.elapsed() < LIMIT);
        }
    });
}
