//! Counts the system calls of a program, of all its threads, by ptrace: no other tool is needed.
//!
//! A load runs beside the program. It says from when on calls count, and it can hold the program: every thread then stops
//! where its next call begins or ends. So what is counted does not depend on who is faster.
#![allow(unsafe_code, reason = "ptrace, and what a child does before it becomes another program")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// No traced program lives longer, in seconds.
const LIFE: u32 = 60;

/// How often each system call, by its number, was begun by the threads of each name.
pub(crate) type Calls = BTreeMap<String, BTreeMap<libc::c_long, u64>>;

/// What the load and the tracer share.
#[derive(Default)]
pub(crate) struct Trace {
    /// Taken for each step of the program.
    step: Mutex<()>,
    calls: Mutex<Option<Calls>>,
}

impl Trace {
    /// Holds the program until the guard is dropped.
    pub(crate) fn hold(&self) -> MutexGuard<'_, ()> {
        self.step.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to count.
    pub(crate) fn begin(&self) {
        *self.calls() = Some(Calls::new());
    }

    /// Ends it, and gives what was counted.
    pub(crate) fn end(&self) -> Calls {
        self.calls().take().expect("counting has begun")
    }

    fn calls(&self) -> MutexGuard<'_, Option<Calls>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a program under a load, until both have ended. The program has to end well, and not later than a minute.
#[track_caller]
#[expect(clippy::zombie_processes, reason = "whoever follows it waits for it")]
pub(crate) fn run<T: Send>(
    command: &mut Command,
    load: impl FnOnce(&Trace, ChildStdin, ChildStdout) -> T + Send,
) -> T {
    let ask = || {
        // SAFETY: a system call, which is allowed between fork and exec. The alarm outlives the exec.
        unsafe { libc::alarm(LIFE) };
        // SAFETY: as above.
        match unsafe { libc::ptrace(libc::PTRACE_TRACEME, 0, null_mut::<u8>(), null_mut::<u8>()) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    };
    // SAFETY: see the calls.
    unsafe { command.pre_exec(ask) };
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    let (input, output) = child.stdin.take().zip(child.stdout.take()).expect("both are pipes");
    let trace = Trace::default();
    thread::scope(|scope| {
        let load = scope.spawn(|| load(&trace, input, output));
        let status = follow(&trace, child.id().cast_signed());
        let result = load.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        assert!(
            libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0,
            "the program ended with {status:#x}"
        );
        result
    })
}

/// Follows a program, which this thread has started and which has asked to be traced, until it has ended. Gives its
/// status.
fn follow(trace: &Trace, program: libc::pid_t) -> libc::c_int {
    let mut known = BTreeSet::new();
    let mut names = BTreeMap::new();
    let mut ended = 0;
    loop {
        let mut status = 0;
        // Other threads of this process have children of their own.
        // SAFETY: the status is writable.
        let thread = unsafe { libc::waitpid(-1, &mut status, libc::__WALL | libc::__WNOTHREAD) };
        if thread == -1 {
            let error = io::Error::last_os_error();
            assert_eq!(error.raw_os_error(), Some(libc::ECHILD), "{error}");
            return ended;
        }
        if !libc::WIFSTOPPED(status) {
            if thread == program {
                ended = status;
            }
            continue;
        }
        let is_new = known.insert(thread);
        if is_new && thread == program {
            let options = libc::PTRACE_O_TRACESYSGOOD | libc::PTRACE_O_TRACECLONE | libc::PTRACE_O_EXITKILL;
            ptrace(libc::PTRACE_SETOPTIONS, thread, options);
        }
        let signal = match libc::WSTOPSIG(status) {
            CALL => {
                if let (Some(calls), Some(number)) = (trace.calls().as_mut(), begun(thread)) {
                    let name = names.entry(thread).or_insert_with(|| name(program, thread));
                    if !calls.contains_key(name) {
                        calls.insert(name.clone(), BTreeMap::new());
                    }
                    *calls.get_mut(name).expect("it is there").entry(number).or_default() += 1;
                }
                0
            }
            // The exec, a new thread, and that thread's own first stop.
            libc::SIGTRAP => 0,
            libc::SIGSTOP if is_new => 0,
            signal => signal,
        };
        let _step = trace.hold();
        ptrace(libc::PTRACE_SYSCALL, thread, signal);
    }
}

/// The name that a thread of a program has.
fn name(program: libc::pid_t, thread: libc::pid_t) -> String {
    let name = fs::read_to_string(format!("/proc/{program}/task/{thread}/comm"));
    name.expect("it has stopped, and is there").trim_end().to_owned()
}

/// The signal of a stop at a system call.
const CALL: libc::c_int = libc::SIGTRAP | 0x80;

/// A request with a number. A thread that was killed meanwhile is no longer there.
fn ptrace(request: libc::c_uint, thread: libc::pid_t, data: libc::c_int) {
    // SAFETY: none of the requests that are made here takes memory.
    let result = unsafe { libc::ptrace(request, thread, null_mut::<u8>(), libc::c_long::from(data)) };
    let error = io::Error::last_os_error();
    assert!(result == 0 || error.raw_os_error() == Some(libc::ESRCH), "ptrace: {error}");
}

/// The number of the system call at whose beginning a thread has stopped.
fn begun(thread: libc::pid_t) -> Option<libc::c_long> {
    let mut info = MaybeUninit::<libc::ptrace_syscall_info>::zeroed();
    let size = size_of_val(&info);
    // SAFETY: so much is writable.
    let result = unsafe { libc::ptrace(libc::PTRACE_GET_SYSCALL_INFO, thread, size, info.as_mut_ptr()) };
    assert!(result > 0, "PTRACE_GET_SYSCALL_INFO: {}", io::Error::last_os_error());
    // SAFETY: all zero is a valid value too.
    let info = unsafe { info.assume_init() };
    if info.op != libc::PTRACE_SYSCALL_INFO_ENTRY {
        return None;
    }
    // SAFETY: the operation says which part of the union is there.
    Some(unsafe { info.u.entry.nr } as libc::c_long)
}
