//! Thread pools: work, timers, waits and operations, their cancelling and closing, pools and cleanup groups.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

mod common;
#[path = "common/port.rs"]
mod port;
#[path = "common/waiting.rs"]
mod waiting;

use common::{close, new, pair, start};
use port::{Operation, code, has_started};
use std::collections::BTreeSet;
use std::ffi::c_void;
use std::ptr::{from_ref, null, null_mut, without_provenance_mut};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};
use waiting::*;
use winsock::win32::*;

/// What the callbacks of one test share: the context of them all.
struct Seen {
    runs: AtomicU32,
    go: Handle,
    results: Mutex<Vec<u32>>,
    threads: Mutex<BTreeSet<u32>>,
}

impl Seen {
    /// It lives as long as the process: callbacks may come late.
    fn new() -> &'static Seen {
        Box::leak(Box::new(Seen {
            runs: AtomicU32::new(0),
            go: manual_event(),
            results: Mutex::default(),
            threads: Mutex::default(),
        }))
    }

    fn of(context: *mut c_void) -> &'static Seen {
        // SAFETY: the tests pass one.
        unsafe { &*context.cast::<Seen>() }
    }

    fn context(&'static self) -> *mut c_void {
        from_ref(self).cast_mut().cast()
    }

    fn note(&self) {
        // SAFETY: no memory is passed.
        self.threads.lock().unwrap().insert(unsafe { GetCurrentThreadId() });
        self.runs.fetch_add(1, SeqCst);
    }

    fn runs(&self) -> u32 {
        self.runs.load(SeqCst)
    }
}

unsafe extern "system" fn count(_: PTP_CALLBACK_INSTANCE, context: *mut c_void, _: PTP_WORK) {
    Seen::of(context).note();
}

/// Counts, and waits until it may go on.
unsafe extern "system" fn hold(_: PTP_CALLBACK_INSTANCE, context: *mut c_void, _: PTP_WORK) {
    let seen = Seen::of(context);
    seen.note();
    assert_eq!(seen.go.wait(), WAIT_OBJECT_0);
}

unsafe extern "system" fn result(_: PTP_CALLBACK_INSTANCE, context: *mut c_void, _: PTP_WAIT, result: u32) {
    let seen = Seen::of(context);
    seen.results.lock().unwrap().push(result);
    seen.note();
}

fn environment(pool: PTP_POOL) -> TP_CALLBACK_ENVIRON_V3 {
    TP_CALLBACK_ENVIRON_V3 { Version: 3, Pool: pool, ..Default::default() }
}

fn work(
    callback: PTP_WORK_CALLBACK,
    seen: &'static Seen,
    environment: Option<&TP_CALLBACK_ENVIRON_V3>,
) -> PTP_WORK {
    // SAFETY: the callbacks take what the tests share, and the environment is valid.
    let work =
        unsafe { CreateThreadpoolWork(callback, seen.context(), environment.map_or(null(), from_ref)) };
    assert_ne!(work, 0, "{}", error());
    work
}

fn submit(work: PTP_WORK) {
    // SAFETY: no memory is passed.
    unsafe { SubmitThreadpoolWork(work) };
}

fn wait_for_work(work: PTP_WORK, cancel: bool) {
    // SAFETY: no memory is passed.
    unsafe { WaitForThreadpoolWorkCallbacks(work, cancel.into()) };
}

fn close_work(work: PTP_WORK) {
    // SAFETY: no memory is passed.
    unsafe { CloseThreadpoolWork(work) };
}

fn from_now(milliseconds: i64) -> FILETIME {
    let due = (-milliseconds * 10_000) as u64;
    FILETIME { dwLowDateTime: due as u32, dwHighDateTime: (due >> 32) as u32 }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: thread pools: it lacks some functions, and threads come late")]
fn work_runs_as_often_as_it_is_submitted_and_waiting_sees_all_of_it() {
    let seen = Seen::new();
    let work = work(Some(count), seen, None);
    for round in 1..=20 {
        (0..100).for_each(|_| submit(work));
        wait_for_work(work, false);
        assert_eq!(seen.runs(), round * 100);
    }
    // SAFETY: no memory is passed.
    assert!(!seen.threads.lock().unwrap().contains(&unsafe { GetCurrentThreadId() }));
    close_work(work);
    submit(work);
    wait_for_work(work, false);
    close_work(work);
    settle();
    assert_eq!(seen.runs(), 2000, "a closed object is left alone");
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: thread pools: it lacks some functions, and threads come late")]
fn callbacks_that_wait_for_each_other_all_get_a_thread() {
    let seen = Seen::new();
    let work = work(Some(hold), seen, None);
    (0..12).for_each(|_| submit(work));
    until(&seen.runs, 12);
    seen.go.set();
    wait_for_work(work, false);
    assert_eq!(seen.threads.lock().unwrap().len(), 12);
    close_work(work);
}

#[test]
fn a_pool_keeps_its_maximum_and_what_is_cancelled_does_not_run() {
    let seen = Seen::new();
    // SAFETY: no memory is passed.
    let pool = unsafe { CreateThreadpool(null()) };
    // SAFETY: no memory is passed.
    unsafe { SetThreadpoolThreadMaximum(pool, 2) };
    let environment = environment(pool);
    let work = work(Some(hold), seen, Some(&environment));
    (0..6).for_each(|_| submit(work));
    until(&seen.runs, 2);
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(60) {
        assert_eq!(seen.runs(), 2);
        std::thread::yield_now();
    }
    let other = Seen::new();
    let pending = self::work(Some(count), other, Some(&environment));
    (0..6).for_each(|_| submit(pending));
    wait_for_work(pending, true);
    assert_eq!(other.runs(), 0, "no thread was free for them");
    submit(pending);
    seen.go.set();
    wait_for_work(work, false);
    wait_for_work(pending, false);
    assert_eq!((seen.runs(), other.runs()), (6, 1), "what is submitted later runs");
    assert!(seen.threads.lock().unwrap().len() <= 2);
    close_work(pending);
    close_work(work);
    // SAFETY: no memory is passed.
    unsafe { CloseThreadpool(pool) };
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: thread pools: it lacks some functions, and threads come late")]
fn closed_work_runs_still_and_its_end_is_told() {
    unsafe extern "system" fn finished(_: PTP_CALLBACK_INSTANCE, context: *mut c_void) {
        Seen::of(context).results.lock().unwrap().push(1);
        Seen::of(context).runs.fetch_add(100, SeqCst);
    }
    let seen = Seen::new();
    // SAFETY: no memory is passed.
    let pool = unsafe { CreateThreadpool(null()) };
    let environment = TP_CALLBACK_ENVIRON_V3 { FinalizationCallback: Some(finished), ..environment(pool) };
    let work = work(Some(hold), seen, Some(&environment));
    (0..3).for_each(|_| submit(work));
    // SAFETY: no memory is passed.
    unsafe { CloseThreadpool(pool) };
    close_work(work);
    assert!(seen.results.lock().unwrap().is_empty());
    seen.go.set();
    until(&seen.runs, 103);
    assert_eq!(*seen.results.lock().unwrap(), [1]);
}

#[test]
fn functions_that_run_once() {
    unsafe extern "system" fn simple(_: PTP_CALLBACK_INSTANCE, context: *mut c_void) {
        Seen::of(context).note();
    }
    unsafe extern "system" fn item(context: *mut c_void) -> u32 {
        Seen::of(context).note();
        7
    }
    let seen = Seen::new();
    for _ in 0..50 {
        // SAFETY: the functions take what the tests share.
        unsafe {
            assert_eq!(TrySubmitThreadpoolCallback(Some(simple), seen.context(), null()), TRUE);
            assert_eq!(QueueUserWorkItem(Some(item), seen.context(), WT_EXECUTELONGFUNCTION), TRUE);
        }
    }
    until(&seen.runs, 100);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: thread pools: it lacks some functions, and threads come late")]
fn a_callback_that_ends_its_thread_has_run() {
    unsafe extern "system" fn end(_: PTP_CALLBACK_INSTANCE, context: *mut c_void, _: PTP_WORK) {
        Seen::of(context).note();
        // SAFETY: the frames own nothing.
        unsafe { ExitThread(1) }
    }
    let seen = Seen::new();
    let work = work(Some(end), seen, None);
    (0..10).for_each(|_| submit(work));
    wait_for_work(work, false);
    assert_eq!(seen.runs(), 10);
    close_work(work);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: thread pools: it lacks some functions, and threads come late")]
fn a_timer_runs_its_callback_once_or_again_and_again() {
    let seen = Seen::new();
    // SAFETY: the callback takes what the tests share; times are readable.
    unsafe {
        let timer = CreateThreadpoolTimer(Some(count), seen.context(), null());
        assert_eq!(IsThreadpoolTimerSet(timer), FALSE);
        let begin = Instant::now();
        SetThreadpoolTimer(timer, &from_now(15), 0, 0);
        until(&seen.runs, 1);
        assert!(begin.elapsed() >= Duration::from_millis(15));
        assert_eq!(SetThreadpoolTimerEx(timer, &from_now(3_600_000), 0, 0), FALSE);
        assert_eq!(IsThreadpoolTimerSet(timer), TRUE);
        assert_eq!(SetThreadpoolTimerEx(timer, &from_now(0), 2, 0), TRUE);
        let begin = Instant::now();
        while seen.runs() < 5 {
            assert!(begin.elapsed() < LIMIT);
            std::thread::yield_now();
        }
        assert_eq!(SetThreadpoolTimerEx(timer, null(), 0, 0), TRUE);
        assert_eq!(IsThreadpoolTimerSet(timer), FALSE);
        WaitForThreadpoolTimerCallbacks(timer, TRUE);
        let runs = seen.runs();
        Sleep(10);
        assert_eq!(seen.runs(), runs);
        CloseThreadpoolTimer(timer);
        forget_error();
        assert_eq!(SetThreadpoolTimerEx(timer, &from_now(0), 0, 0), FALSE);
        assert_eq!(error(), ERROR_INVALID_PARAMETER);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: thread pools: it lacks some functions, and threads come late")]
fn a_wait_runs_its_callback_once_for_each_time_it_is_set() {
    let seen = Seen::new();
    let event = auto_event();
    // SAFETY: the callback takes what the tests share; times are readable.
    unsafe {
        let wait = CreateThreadpoolWait(Some(result), seen.context(), null());
        SetThreadpoolWait(wait, event.raw(), null());
        settle();
        assert_eq!(seen.runs(), 0);
        event.set();
        until(&seen.runs, 1);
        assert!(!event.look(), "it has taken the event");
        event.set();
        settle();
        assert!(event.look(), "it waits no more");

        event.set();
        assert_eq!(SetThreadpoolWaitEx(wait, event.raw(), null(), null()), FALSE);
        until(&seen.runs, 2);
        SetThreadpoolWait(wait, event.raw(), &from_now(10));
        until(&seen.runs, 3);
        assert_eq!(*seen.results.lock().unwrap(), [WAIT_OBJECT_0, WAIT_OBJECT_0, WAIT_TIMEOUT]);

        SetThreadpoolWait(wait, event.raw(), null());
        assert_eq!(SetThreadpoolWaitEx(wait, null_mut(), null(), null()), TRUE);
        event.set();
        WaitForThreadpoolWaitCallbacks(wait, FALSE);
        assert!(event.look() && seen.runs() == 3);
        forget_error();
        assert_eq!(SetThreadpoolWaitEx(wait, Handle(3).raw(), null(), null()), FALSE);
        assert_eq!(error(), ERROR_INVALID_HANDLE);
        SetThreadpoolWait(wait, event.raw(), null());
        CloseThreadpoolWait(wait);
        event.set();
        settle();
        assert!(event.look() && seen.runs() == 3, "a closed object waits no more");
    }
    event.close();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: thread pools: it lacks some functions, and threads come late")]
fn waits_share_events_with_threads_in_the_order_of_coming() {
    let seen = Seen::new();
    let event = auto_event();
    // SAFETY: the callback takes what the tests share.
    let waits: Vec<PTP_WAIT> =
        (0..5).map(|_| unsafe { CreateThreadpoolWait(Some(result), seen.context(), null()) }).collect();
    for &wait in &waits {
        // SAFETY: no time is passed.
        unsafe { SetThreadpoolWait(wait, event.raw(), null()) };
    }
    let thread = std::thread::spawn(move || event.wait());
    for runs in 1..=5 {
        event.set();
        until(&seen.runs, runs);
    }
    event.set();
    assert_eq!(thread.join().unwrap(), WAIT_OBJECT_0);
    for wait in waits {
        // SAFETY: no memory is passed.
        unsafe { CloseThreadpoolWait(wait) };
    }
    event.close();
}

unsafe extern "system" fn io_done(
    _: PTP_CALLBACK_INSTANCE,
    context: *mut c_void,
    overlapped: *mut c_void,
    result: u32,
    bytes: usize,
    _: PTP_IO,
) {
    assert!(!overlapped.is_null());
    let seen = Seen::of(context);
    seen.results.lock().unwrap().extend([result, bytes as u32]);
    seen.note();
}

fn receive(s: SOCKET, room: &mut [u8], operation: &mut Operation) -> bool {
    let buffer = WSABUF { len: room.len() as u32, buf: room.as_mut_ptr() };
    let mut flags = 0;
    // SAFETY: the room and the operation outlive the operation.
    let answer = unsafe { WSARecv(s, &buffer, 1, null_mut(), &mut flags, operation.pointer(), None) };
    has_started(BOOL::from(answer == 0))
}

#[test]
fn operations_of_a_socket_run_the_callback() {
    start();
    let seen = Seen::new();
    let (client, server) = pair();
    // SAFETY: the callback takes what the tests share.
    let io = unsafe { CreateThreadpoolIo(server as HANDLE, Some(io_done), seen.context(), null()) };
    assert_ne!(io, 0, "{}", error());
    let mut room = [0u8; 16];
    for round in 1..=50 {
        let mut operation = Operation::new();
        // SAFETY: no memory is passed.
        unsafe { StartThreadpoolIo(io) };
        assert!(receive(server, &mut room, &mut operation));
        // SAFETY: the data is readable.
        assert_eq!(unsafe { send(client, c"hello".as_ptr().cast(), 5, 0) }, 5);
        // SAFETY: no memory is passed.
        unsafe { WaitForThreadpoolIoCallbacks(io, FALSE) };
        assert_eq!(seen.runs(), round);
        assert_eq!(std::mem::take(&mut *seen.results.lock().unwrap()), [0, 5]);
    }

    let mut operation = Operation::new();
    // SAFETY: no memory is passed.
    unsafe { StartThreadpoolIo(io) };
    assert!(receive(server, &mut room, &mut operation));
    // SAFETY: the socket is open.
    assert_eq!(unsafe { CancelIoEx(server as HANDLE, null()) }, TRUE);
    // SAFETY: no memory is passed.
    unsafe { WaitForThreadpoolIoCallbacks(io, FALSE) };
    assert_eq!(*seen.results.lock().unwrap(), [WSA_OPERATION_ABORTED as u32, 0]);

    // SAFETY: no memory is passed.
    unsafe {
        StartThreadpoolIo(io);
        CancelThreadpoolIo(io);
        WaitForThreadpoolIoCallbacks(io, FALSE);
        CloseThreadpoolIo(io);
    }
    assert_eq!(seen.runs(), 51);
    close(client);
    close(server);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: closesocket ends overlapped operations")]
fn what_is_cancelled_for_a_socket_does_not_run() {
    start();
    let seen = Seen::new();
    let (client, server) = pair();
    // With one thread, operations are told in the order of their ends.
    // SAFETY: no memory is passed.
    let pool = unsafe { CreateThreadpool(null()) };
    // SAFETY: no memory is passed.
    unsafe { SetThreadpoolThreadMaximum(pool, 1) };
    let environment = environment(pool);
    // SAFETY: the callback takes what the tests share.
    let io = unsafe { CreateThreadpoolIo(server as HANDLE, Some(io_done), seen.context(), &environment) };
    let mut room = [0u8; 16];
    let mut operation = Operation::new();
    // SAFETY: no memory is passed.
    unsafe { StartThreadpoolIo(io) };
    assert!(receive(server, &mut room, &mut operation));
    // SAFETY: no memory is passed.
    unsafe { WaitForThreadpoolIoCallbacks(io, TRUE) };
    // SAFETY: the data is readable.
    assert_eq!(unsafe { send(client, c"hello".as_ptr().cast(), 5, 0) }, 5);
    operation.until_final();
    let mut second = Operation::new();
    // SAFETY: no memory is passed.
    unsafe { StartThreadpoolIo(io) };
    assert!(receive(server, &mut room, &mut second));
    // SAFETY: the data is readable.
    assert_eq!(unsafe { send(client, c"bye".as_ptr().cast(), 3, 0) }, 3);
    until(&seen.runs, 1);
    assert_eq!(*seen.results.lock().unwrap(), [0, 3]);
    // SAFETY: no memory is passed.
    unsafe { CloseThreadpoolIo(io) };
    // SAFETY: the object that used it is closed.
    unsafe { CloseThreadpool(pool) };
    close(client);
    close(server);
}

static BOUND: Mutex<Vec<(u32, u32)>> = Mutex::new(Vec::new());

unsafe extern "system" fn bound(error: u32, bytes: u32, overlapped: *mut OVERLAPPED) {
    assert!(!overlapped.is_null());
    BOUND.lock().unwrap().push((error, bytes));
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: BindIoCompletionCallback takes a handle twice")]
fn a_socket_is_bound_to_a_function_once() {
    start();
    let (client, server) = pair();
    let s = server as HANDLE;
    // SAFETY: the function takes outcomes.
    unsafe {
        assert_eq!(code(BindIoCompletionCallback(s, None, 0)), ERROR_INVALID_PARAMETER as i32);
        assert_eq!(code(BindIoCompletionCallback(s, Some(bound), 1)), ERROR_INVALID_PARAMETER as i32);
        assert_eq!(code(BindIoCompletionCallback(null_mut(), Some(bound), 0)), ERROR_INVALID_HANDLE as i32);
        assert_eq!(BindIoCompletionCallback(s, Some(bound), 0), TRUE);
        assert_eq!(code(BindIoCompletionCallback(s, Some(bound), 0)), ERROR_INVALID_PARAMETER as i32);
        forget_error();
        assert_eq!(CreateThreadpoolIo(s, Some(io_done), null_mut(), null()), 0);
        assert_eq!(error(), ERROR_INVALID_PARAMETER);
    }
    let mut room = [0u8; 16];
    let mut operation = Operation::new();
    assert!(receive(server, &mut room, &mut operation));
    // SAFETY: the data is readable.
    assert_eq!(unsafe { send(client, c"hello".as_ptr().cast(), 5, 0) }, 5);
    let begin = Instant::now();
    while BOUND.lock().unwrap().is_empty() {
        assert!(begin.elapsed() < LIMIT);
        std::thread::yield_now();
    }
    assert_eq!(*BOUND.lock().unwrap(), [(0, 5)]);
    close(client);
    close(server);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: thread pools: it lacks some functions, and threads come late")]
fn a_cleanup_group_closes_its_objects() {
    unsafe extern "system" fn cancelled(context: *mut c_void, cleanup: *mut c_void) {
        Seen::of(context).results.lock().unwrap().push(cleanup.addr() as u32);
    }
    for cancel in [false, true] {
        let seen = Seen::new();
        // SAFETY: all that is passed is valid.
        unsafe {
            let pool = CreateThreadpool(null());
            SetThreadpoolThreadMaximum(pool, 1);
            let group = CreateThreadpoolCleanupGroup();
            let environment = TP_CALLBACK_ENVIRON_V3 {
                CleanupGroup: group,
                CleanupGroupCancelCallback: Some(cancelled),
                ..environment(pool)
            };
            let held = work(Some(hold), seen, Some(&environment));
            let other = work(Some(count), seen, Some(&environment));
            submit(held);
            until(&seen.runs, 1);
            (0..3).for_each(|_| submit(other));
            let timer = CreateThreadpoolTimer(Some(count), seen.context(), &environment);
            SetThreadpoolTimer(timer, &from_now(3_600_000), 0, 0);
            seen.go.set();
            CloseThreadpoolCleanupGroupMembers(group, cancel.into(), without_provenance_mut(77));
            let runs = seen.runs();
            if !cancel {
                assert_eq!((runs, seen.results.lock().unwrap().len()), (4, 0));
            }
            if runs == 1 {
                assert_eq!(*seen.results.lock().unwrap(), [77], "once for each object");
            }
            submit(other);
            assert_eq!(IsThreadpoolTimerSet(timer), FALSE);
            settle();
            assert_eq!(seen.runs(), runs, "all are closed");
            CloseThreadpoolCleanupGroup(group);
            CloseThreadpool(pool);
            forget_error();
            assert_eq!(CreateThreadpoolWork(Some(count), null_mut(), &environment), 0);
            assert_eq!(error(), ERROR_INVALID_PARAMETER, "the pool is closed");
        }
    }
}

/// Things to be done when a callback returns: event, semaphore, mutex, critical section.
static LATER: Mutex<(Vec<usize>, u32)> = Mutex::new((Vec::new(), 0));

unsafe extern "system" fn leaves_things(instance: PTP_CALLBACK_INSTANCE, context: *mut c_void, _: PTP_WORK) {
    let things = LATER.lock().unwrap().0.clone();
    let handle = |place: usize| Handle(things[place]).raw();
    // SAFETY: the things are valid.
    unsafe {
        let section = without_provenance_mut::<c_void>(things[3]).cast::<CRITICAL_SECTION>();
        assert_eq!(Handle(things[2]).wait(), WAIT_OBJECT_0);
        EnterCriticalSection(std::ptr::with_exposed_provenance_mut(section.addr()));
        SetEventWhenCallbackReturns(instance, handle(0));
        ReleaseSemaphoreWhenCallbackReturns(instance, handle(1), 2);
        ReleaseMutexWhenCallbackReturns(instance, handle(2));
        LeaveCriticalSectionWhenCallbackReturns(instance, std::ptr::with_exposed_provenance_mut(things[3]));
        SetEventWhenCallbackReturns(instance + 1, handle(4));
        assert_eq!(CallbackMayRunLong(instance), TRUE);
        assert_eq!(CallbackMayRunLong(instance + 1), FALSE);
        assert!(!Handle(things[0]).look() && !Handle(things[1]).look());
        DisassociateCurrentThreadFromCallback(instance);
        DisassociateCurrentThreadFromCallback(instance);
    }
    hold_on(context);
}

fn hold_on(context: *mut c_void) {
    let seen = Seen::of(context);
    seen.note();
    assert_eq!(seen.go.wait(), WAIT_OBJECT_0);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: thread pools: it lacks some functions, and threads come late")]
fn things_are_done_when_the_callback_returns_and_nobody_need_wait_for_it() {
    let seen = Seen::new();
    let (event, other) = (auto_event(), auto_event());
    let section = Box::leak(Box::new(CRITICAL_SECTION::default()));
    // SAFETY: the section is writable, and no names are passed.
    let (semaphore, mutex) = unsafe {
        InitializeCriticalSection(section);
        (CreateSemaphoreW(null(), 0, 5, null()), CreateMutexW(null(), FALSE, null()))
    };
    let (semaphore, mutex) = (Handle::of(semaphore), Handle::of(mutex));
    let place = std::ptr::from_mut(section).expose_provenance();
    LATER.lock().unwrap().0 = vec![event.0, semaphore.0, mutex.0, place, other.0];
    let work = work(Some(leaves_things), seen, None);
    submit(work);
    until(&seen.runs, 1);
    wait_for_work(work, false);
    assert!(!event.look() && !semaphore.look() && !mutex.look());
    seen.go.set();
    assert_eq!(event.wait(), WAIT_OBJECT_0);
    assert_eq!(
        (semaphore.wait(), semaphore.wait(), mutex.wait()),
        (WAIT_OBJECT_0, WAIT_OBJECT_0, WAIT_OBJECT_0)
    );
    // SAFETY: the section is initialized.
    unsafe { EnterCriticalSection(std::ptr::with_exposed_provenance_mut(place)) };
    assert!(!other.look() && !semaphore.look());
    close_work(work);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: NULL is refused, where Windows follows the pointer")]
fn arguments_are_checked() {
    start();
    let s = new(SOCK_STREAM);
    // SAFETY: what is wrong is refused.
    unsafe {
        let stale = CreateThreadpool(null());
        CloseThreadpool(stale);
        let environment = environment(stale);
        let made = [
            CreateThreadpoolWork(None, null_mut(), null()),
            CreateThreadpoolTimer(None, null_mut(), null()),
            CreateThreadpoolWait(None, null_mut(), null()),
            CreateThreadpoolIo(s as HANDLE, None, null_mut(), null()),
            CreateThreadpool(null::<u8>().wrapping_add(1).cast()),
            CreateThreadpoolTimer(Some(count), null_mut(), &environment),
            CreateThreadpoolWait(Some(result), null_mut(), &environment),
            CreateThreadpoolIo(null_mut(), Some(io_done), null_mut(), &environment),
        ];
        assert_eq!((made, error()), ([0; 8], ERROR_INVALID_PARAMETER));
        assert_eq!(CreateThreadpoolIo(null_mut(), Some(io_done), null_mut(), null()), 0);
        assert_eq!(error(), ERROR_INVALID_HANDLE);
        forget_error();
        assert_eq!(TrySubmitThreadpoolCallback(None, null_mut(), null()), FALSE);
        assert_eq!(QueueUserWorkItem(None, null(), WT_EXECUTEDEFAULT), FALSE);
        assert_eq!(SetThreadpoolThreadMinimum(stale, 3), FALSE);
        assert_eq!(error(), ERROR_INVALID_PARAMETER);
        for number in [0, 3, 4096, -1, isize::MIN] {
            SubmitThreadpoolWork(number);
            StartThreadpoolIo(number);
            CancelThreadpoolIo(number);
            SetThreadpoolTimer(number, null(), 0, 0);
            SetThreadpoolWait(number, null_mut(), null());
            WaitForThreadpoolWorkCallbacks(number, TRUE);
            CloseThreadpoolWork(number);
            CloseThreadpoolCleanupGroup(number);
            CloseThreadpoolCleanupGroupMembers(number, TRUE, null_mut());
            SetThreadpoolThreadMaximum(number, 1);
            CloseThreadpool(number);
            DisassociateCurrentThreadFromCallback(number);
        }
        let pool = CreateThreadpool(null());
        assert_eq!(SetThreadpoolThreadMinimum(pool, 3), TRUE);
        CloseThreadpool(pool);
    }
    close(s);
}
