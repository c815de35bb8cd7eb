//! Critical sections: owners, recursion, contention, and what they do to the threads of a completion port.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

#[path = "common/waiting.rs"]
mod waiting;

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread::scope;
use waiting::*;
use winsock::win32::*;

/// A critical section that threads share.
struct Section(UnsafeCell<CRITICAL_SECTION>);

// SAFETY: a critical section is there to be shared.
unsafe impl Sync for Section {}

impl Section {
    fn new() -> Section {
        // What was there before must not matter.
        let mut section = MaybeUninit::<CRITICAL_SECTION>::uninit();
        // SAFETY: the memory is the section's.
        unsafe { section.as_mut_ptr().cast::<u8>().write_bytes(0xAA, size_of::<CRITICAL_SECTION>()) };
        // SAFETY: the memory is aligned and writable.
        unsafe { InitializeCriticalSection(section.as_mut_ptr()) };
        // SAFETY: it is initialized.
        Section(UnsafeCell::new(unsafe { section.assume_init() }))
    }

    fn enter(&self) {
        // SAFETY: it is initialized.
        unsafe { EnterCriticalSection(self.0.get()) };
    }

    fn try_enter(&self) -> bool {
        // SAFETY: it is initialized.
        unsafe { TryEnterCriticalSection(self.0.get()) != FALSE }
    }

    fn leave(&self) {
        // SAFETY: it is initialized.
        unsafe { LeaveCriticalSection(self.0.get()) };
    }

    fn fields(&self) -> (i32, i32, usize) {
        // SAFETY: no other thread is at work on it.
        let section = unsafe { &*self.0.get() };
        (section.LockCount, section.RecursionCount, section.OwningThread.addr())
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: the words of this library's own objects")]
fn its_owner_goes_in_again_and_leaves_as_often() {
    let section = Section::new();
    assert_eq!(section.fields(), (-1, 0, 0));
    section.enter();
    assert!(section.try_enter());
    section.enter();
    // SAFETY: no memory is passed.
    assert_eq!(section.fields(), (-2, 3, unsafe { GetCurrentThreadId() } as usize));
    let others_get_in = || scope(|scope| scope.spawn(|| section.try_enter()).join().unwrap());
    for _ in 0..3 {
        assert!(!others_get_in());
        section.leave();
    }
    assert_eq!(section.fields(), (-1, 0, 0));
    assert!(others_get_in());
}

#[test]
#[cfg_attr(windows, ignore = "Linux: who has not locked unlocks nothing, where Windows leaves it undefined")]
fn who_is_not_inside_cannot_let_others_in() {
    let section = Section::new();
    section.enter();
    scope(|scope| {
        scope.spawn(|| section.leave());
    });
    scope(|scope| assert!(!scope.spawn(|| section.try_enter()).join().unwrap()));
    section.leave();
    section.leave();
    assert_eq!(section.fields(), (-1, 0, 0));
}

#[test]
fn a_thread_that_was_made_for_it_has_the_number_that_the_section_tells() {
    unsafe extern "system" fn enter(section: *mut std::ffi::c_void) -> u32 {
        let section = section.cast::<CRITICAL_SECTION>();
        // SAFETY: the test passes a section and waits.
        unsafe {
            EnterCriticalSection(section);
            let owner = (*section).OwningThread.addr() as u32;
            LeaveCriticalSection(section);
            u32::from(owner == GetCurrentThreadId())
        }
    }
    let section = Section::new();
    let thread = thread(enter, section.0.get().addr());
    assert_eq!(thread.wait(), WAIT_OBJECT_0);
    let mut code = 0;
    // SAFETY: the code is writable.
    assert_eq!(unsafe { GetExitCodeThread(thread.raw(), &mut code) }, TRUE);
    assert_eq!(code, 1);
    thread.close();
}

#[test]
fn one_thread_at_a_time_is_inside() {
    const THREADS: u32 = 6;
    const ROUNDS: u32 = 20_000;
    struct Count(UnsafeCell<u32>);
    // SAFETY: the section guards it.
    unsafe impl Sync for Count {}
    for spins in [0, 4000] {
        let section = Section::new();
        // SAFETY: it is initialized.
        unsafe { SetCriticalSectionSpinCount(section.0.get(), spins) };
        let count = Count(UnsafeCell::new(0));
        let (section, count) = (&section, &count);
        scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(move || {
                    for _ in 0..ROUNDS {
                        section.enter();
                        // SAFETY: the thread is inside.
                        unsafe { *count.0.get() += 1 };
                        section.leave();
                    }
                });
            }
        });
        // SAFETY: no other thread is left.
        assert_eq!(unsafe { *count.0.get() }, THREADS * ROUNDS);
        assert_eq!(section.fields(), (-1, 0, 0));
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: flags of critical sections are not checked")]
fn spin_counts_are_kept_and_flags_are_checked() {
    let mut section = CRITICAL_SECTION::default();
    let alone = std::thread::available_parallelism().unwrap().get() == 1;
    let kept = |spins| if alone { 0 } else { spins };
    // SAFETY: the section is writable, or NULL.
    unsafe {
        assert_eq!(InitializeCriticalSectionAndSpinCount(&mut section, 0x8000_0400), TRUE);
        assert_eq!(SetCriticalSectionSpinCount(&mut section, 7), kept(0x400));
        assert_eq!(SetCriticalSectionSpinCount(&mut section, 0), kept(7));
        assert_eq!(
            InitializeCriticalSectionEx(&mut section, 9, RTL_CRITICAL_SECTION_FLAG_NO_DEBUG_INFO),
            TRUE
        );
        assert_eq!(section.SpinCount, kept(9) as usize);
        forget_error();
        assert_eq!(InitializeCriticalSectionEx(&mut section, 10, 1), FALSE);
        assert_eq!((error(), section.SpinCount), (ERROR_INVALID_PARAMETER, kept(9) as usize));
        forget_error();
        assert_eq!(InitializeCriticalSectionAndSpinCount(null_mut(), 0), FALSE);
        assert_eq!(error(), ERROR_INVALID_PARAMETER);
        DeleteCriticalSection(&mut section);
        InitializeCriticalSection(&mut section);
        assert_eq!(TryEnterCriticalSection(&mut section), TRUE);
        assert_eq!(TryEnterCriticalSection(null_mut()), FALSE);
    }
}

/// A port on which one thread may run: the second gets its packet as soon as the first waits for a lock.
fn releases_another_worker(wait: impl Fn() + Sync, let_go: impl Fn()) {
    // SAFETY: no memory is passed.
    let port = Handle::of(unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 1) });
    let running = AtomicU32::new(0);
    let take = || {
        let (mut bytes, mut key, mut overlapped) = (0, 0, null_mut());
        // SAFETY: all are writable.
        let taken =
            unsafe { GetQueuedCompletionStatus(port.raw(), &mut bytes, &mut key, &mut overlapped, LIMIT_MS) };
        assert_eq!(taken, TRUE, "{}", error());
        running.fetch_add(1, SeqCst);
        key
    };
    scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                if take() == 1 {
                    wait();
                }
            });
        }
        for key in [1, 2] {
            // SAFETY: no memory is passed.
            assert_eq!(unsafe { PostQueuedCompletionStatus(port.raw(), 0, key, null_mut()) }, TRUE);
        }
        until(&running, 2);
        let_go();
    });
    port.close();
}

#[test]
fn a_thread_that_waits_for_a_section_lets_another_of_its_port_run() {
    let section = Section::new();
    section.enter();
    releases_another_worker(
        || {
            section.enter();
            section.leave();
        },
        || section.leave(),
    );
}

#[test]
fn a_thread_that_waits_for_a_lock_lets_another_of_its_port_run() {
    struct Lock(UnsafeCell<SRWLOCK>);
    // SAFETY: a lock is there to be shared.
    unsafe impl Sync for Lock {}
    let lock = Lock(UnsafeCell::new(SRWLOCK_INIT));
    let lock = &lock;
    for shared in [false, true] {
        // SAFETY: the lock is initialized.
        unsafe { AcquireSRWLockExclusive(lock.0.get()) };
        releases_another_worker(
            // SAFETY: the lock is initialized.
            || unsafe {
                if shared {
                    AcquireSRWLockShared(lock.0.get());
                    ReleaseSRWLockShared(lock.0.get());
                } else {
                    AcquireSRWLockExclusive(lock.0.get());
                    ReleaseSRWLockExclusive(lock.0.get());
                }
            },
            // SAFETY: the lock is initialized.
            || unsafe { ReleaseSRWLockExclusive(lock.0.get()) },
        );
    }
}
