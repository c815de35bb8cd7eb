//! Thread-local and fiber-local values: one for each thread, gone with their index, told of at the end.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

#[path = "common/waiting.rs"]
mod waiting;

use std::ffi::c_void;
use std::ptr::{null_mut, without_provenance};
use std::sync::Mutex;
use std::thread::{scope, spawn};
use waiting::*;
use winsock::win32::*;

/// The two families of functions.
#[derive(Clone, Copy)]
struct Family {
    allocate: fn() -> u32,
    free: unsafe extern "system" fn(u32) -> BOOL,
    get: unsafe extern "system" fn(u32) -> *mut c_void,
    set: unsafe extern "system" fn(u32, *const c_void) -> BOOL,
    indexes: usize,
}

const FAMILIES: [Family; 2] = [
    Family {
        // SAFETY: no memory is passed.
        allocate: || unsafe { TlsAlloc() },
        free: TlsFree,
        get: TlsGetValue,
        set: TlsSetValue,
        indexes: 1088,
    },
    Family {
        // SAFETY: there is no function.
        allocate: || unsafe { FlsAlloc(None) },
        free: FlsFree,
        get: FlsGetValue,
        set: FlsSetValue,
        indexes: FLS_MAXIMUM_AVAILABLE as usize - 1,
    },
];

/// The tests of this file use up all indexes: one after the other.
static ALONE: Mutex<()> = Mutex::new(());

impl Family {
    fn get(self, index: u32) -> usize {
        // SAFETY: no memory is passed.
        unsafe {
            SetLastError(4711);
            let value = (self.get)(index).addr();
            assert_eq!(error(), ERROR_SUCCESS, "a success says so");
            value
        }
    }

    fn set(self, index: u32, value: usize) {
        // SAFETY: the value is not followed.
        unsafe {
            SetLastError(4711);
            assert_eq!((self.set)(index, without_provenance(value)), TRUE);
            assert_eq!(error(), 4711);
        }
    }

    fn free(self, index: u32) {
        // SAFETY: the tests' functions take values.
        assert_eq!(unsafe { (self.free)(index) }, TRUE);
    }
}

#[test]
fn each_thread_has_its_own_value() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    for family in FAMILIES {
        let index = (family.allocate)();
        assert_eq!(family.get(index), 0);
        family.set(index, 5);
        scope(|scope| {
            for value in 10..14 {
                scope.spawn(move || {
                    assert_eq!(family.get(index), 0);
                    family.set(index, value);
                    settle();
                    assert_eq!(family.get(index), value);
                });
            }
        });
        assert_eq!(family.get(index), 5);
        family.free(index);
    }
}

#[test]
fn an_index_that_is_given_out_again_begins_with_nothing() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    for family in FAMILIES {
        let index = (family.allocate)();
        family.set(index, 5);
        let go = auto_event();
        let done = auto_event();
        let other = spawn(move || {
            family.set(index, 6);
            done.set();
            assert_eq!(go.wait(), WAIT_OBJECT_0);
            family.get(index)
        });
        assert_eq!(done.wait(), WAIT_OBJECT_0);
        family.free(index);
        assert_eq!((family.allocate)(), index, "the first that is free");
        assert_eq!(family.get(index), 0);
        go.set();
        assert_eq!(other.join().unwrap(), 0);
        family.free(index);
        go.close();
        done.close();
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux: takes all indexes, of which the standard library needs one on Windows")]
fn indexes_run_out_and_wrong_ones_are_refused() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    for family in FAMILIES {
        let mut indexes = Vec::new();
        let out_of_them = loop {
            forget_error();
            match (family.allocate)() {
                u32::MAX => break error(),
                index => indexes.push(index),
            }
        };
        assert_eq!((out_of_them, indexes.len()), (ERROR_NO_MORE_ITEMS, family.indexes));
        let last = *indexes.last().unwrap();
        family.set(last, 7);
        assert_eq!(family.get(last), 7);
        indexes.iter().for_each(|&index| family.free(index));
        for index in [last, indexes[0], 1088, 4080, u32::MAX] {
            // SAFETY: no memory is passed.
            unsafe {
                forget_error();
                assert!((family.get)(index).is_null());
                assert_eq!(error(), ERROR_INVALID_PARAMETER, "{index}");
                forget_error();
                assert_eq!((family.set)(index, null_mut()), FALSE);
                assert_eq!(error(), ERROR_INVALID_PARAMETER);
                forget_error();
                assert_eq!((family.free)(index), FALSE);
                assert_eq!(error(), ERROR_INVALID_PARAMETER);
            }
        }
    }
}

static TOLD: Mutex<Vec<usize>> = Mutex::new(Vec::new());

unsafe extern "system" fn tell(value: *const c_void) {
    TOLD.lock().unwrap().push(value.addr());
}

fn told() -> Vec<usize> {
    let mut told = std::mem::take(&mut *TOLD.lock().unwrap());
    told.sort_unstable();
    told
}

#[test]
fn a_function_is_told_of_values_when_threads_end_and_when_the_index_is_freed() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let fls = FAMILIES[1];
    // SAFETY: the function takes values.
    let index = unsafe { FlsAlloc(Some(tell)) };
    let threads = [11, 0, 13].map(|value| {
        spawn(move || {
            fls.set(index, value);
            fls.set(index, value);
        })
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(told(), [11, 13], "0 is no value");

    unsafe extern "system" fn end(index: *mut c_void) -> u32 {
        FAMILIES[1].set(index.addr() as u32, 14);
        // SAFETY: the frames own nothing.
        unsafe { ExitThread(0) }
    }
    let ended = thread(end, index as usize);
    assert_eq!(ended.wait(), WAIT_OBJECT_0);
    ended.close();
    assert_eq!(told(), [14], "and before the thread is signalled");

    fls.set(index, 15);
    let go = auto_event();
    let ready = auto_event();
    let other = spawn(move || {
        fls.set(index, 16);
        ready.set();
        assert_eq!(go.wait(), WAIT_OBJECT_0);
    });
    assert_eq!(ready.wait(), WAIT_OBJECT_0);
    fls.free(index);
    assert_eq!(told(), [15, 16]);
    go.set();
    other.join().unwrap();
    assert_eq!(told(), [], "each value is told of once");
    go.close();
    ready.close();
}

static PLACES: Mutex<(u32, u32)> = Mutex::new((0, 0));

unsafe extern "system" fn look_at_tls(value: *const c_void) {
    let (tls, _) = *PLACES.lock().unwrap();
    TOLD.lock().unwrap().push(value.addr() + FAMILIES[0].get(tls));
}

#[test]
fn thread_local_values_are_there_while_the_function_runs() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let [tls, fls] = FAMILIES;
    // SAFETY: the function takes values.
    let indexes = ((tls.allocate)(), unsafe { FlsAlloc(Some(look_at_tls)) });
    *PLACES.lock().unwrap() = indexes;
    for tls_first in [false, true] {
        spawn(move || {
            if tls_first {
                tls.set(indexes.0, 100);
            }
            fls.set(indexes.1, 1);
            if !tls_first {
                tls.set(indexes.0, 100);
            }
        })
        .join()
        .unwrap();
        assert_eq!(told(), [101], "{tls_first}");
    }
    tls.free(indexes.0);
    fls.free(indexes.1);
}
