//! Leaving a function of the program from any depth, without unwinding what lies between.
//!
//! [`run`] remembers where it stands and calls; [`escape`] ends the innermost [`run`] of the thread as if its
//! function had returned. What C's `setjmp` and `longjmp` do, which Rust cannot call: a function that returns twice
//! has no place in its rules. Here nothing returns twice; one call returns, from here or from there.
#![allow(unsafe_code, reason = "saves and restores the registers that a call preserves")]

use std::cell::{Cell, UnsafeCell};
use std::ffi::c_void;
use std::ptr;

/// What a thread needs to stand again where [`run`] called: the stack, which holds the registers.
struct Context {
    stack: UnsafeCell<*const c_void>,
    outer: *const Context,
}

thread_local! {
    static INNERMOST: Cell<*const Context> = const { Cell::new(ptr::null()) };
}

/// How [`run`] ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// The function returned.
    Returned,
    /// [`escape`] was called in it.
    Escaped,
}

/// Calls `function(data)`.
///
/// # Safety
/// `function` accepts `data`. It does not unwind; and it may be left by [`escape`], so that nothing that its frames
/// own is ever given back then.
pub(crate) unsafe fn run(function: unsafe extern "C" fn(*mut c_void), data: *mut c_void) -> End {
    let context = Context { stack: UnsafeCell::new(ptr::null()), outer: INNERMOST.get() };
    INNERMOST.set(&raw const context);
    // SAFETY: the context lives until `enter` returns, and the caller promises that the function takes the data.
    let escaped = unsafe { enter(context.stack.get(), function, data) };
    INNERMOST.set(context.outer);
    if escaped == 0 { End::Returned } else { End::Escaped }
}

/// Whether there is a [`run`] to end.
pub(crate) fn is_inside() -> bool {
    !INNERMOST.get().is_null()
}

/// Ends the innermost [`run`] of this thread.
///
/// # Safety
/// [`is_inside`], and nothing that the frames in between own has to be given back.
pub(crate) unsafe fn escape() -> ! {
    let innermost = INNERMOST.get();
    // SAFETY: `run` is still in progress, and its context with it.
    let stack = unsafe { &*innermost }.stack.get();
    // SAFETY: `enter` has written where its frame is, which stands below all frames that are left.
    let stack = unsafe { stack.read() };
    // SAFETY: as above.
    unsafe { leave(stack) }
}

/// Saves the registers that a call preserves on the stack, and the stack in `*stack`; calls; answers 0.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C" fn enter(
    stack: *mut *const c_void,
    function: unsafe extern "C" fn(*mut c_void),
    data: *mut c_void,
) -> usize {
    std::arch::naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "stmxcsr [rsp]",
        "fnstcw [rsp + 4]",
        "mov [rdi], rsp",
        "mov rdi, rdx",
        "call rsi",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "xor eax, eax",
        "ret",
    )
}

/// Stands again in the frame of [`enter`], which answers 1.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C" fn leave(stack: *const c_void) -> ! {
    std::arch::naked_asm!(
        "mov rsp, rdi",
        "cld",
        "ldmxcsr [rsp]",
        "fldcw [rsp + 4]",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "mov eax, 1",
        "ret",
    )
}

/// Saves the registers that a call preserves on the stack, and the stack in `*stack`; calls; answers 0.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C" fn enter(
    stack: *mut *const c_void,
    function: unsafe extern "C" fn(*mut c_void),
    data: *mut c_void,
) -> usize {
    std::arch::naked_asm!(
        "sub sp, sp, #160",
        "stp x29, x30, [sp]",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "mov x29, sp",
        "mov x3, sp",
        "str x3, [x0]",
        "mov x0, x2",
        "blr x1",
        "ldp x29, x30, [sp]",
        "add sp, sp, #160",
        "mov x0, #0",
        "ret",
    )
}

/// Stands again in the frame of [`enter`], which answers 1.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C" fn leave(stack: *const c_void) -> ! {
    std::arch::naked_asm!(
        "mov sp, x0",
        "ldp x29, x30, [sp]",
        "ldp x19, x20, [sp, #16]",
        "ldp x21, x22, [sp, #32]",
        "ldp x23, x24, [sp, #48]",
        "ldp x25, x26, [sp, #64]",
        "ldp x27, x28, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "add sp, sp, #160",
        "mov x0, #1",
        "ret",
    )
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!(
    "ExitThread leaves a thread's frames by hand: teach `enter` and `leave` this processor's registers"
);

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn returns(data: *mut c_void) {
        // SAFETY: the tests pass a count.
        unsafe { *data.cast::<u32>() += 1 };
    }

    unsafe extern "C" fn escapes(data: *mut c_void) {
        // SAFETY: as above.
        unsafe { returns(data) };
        deep(20);
        // SAFETY: as above; never reached.
        unsafe { returns(data) };
    }

    fn deep(levels: u32) {
        if levels > 0 {
            deep(std::hint::black_box(levels - 1));
            std::hint::black_box(levels);
        } else {
            // SAFETY: these frames own nothing.
            unsafe { escape() };
        }
    }

    unsafe extern "C" fn nests(data: *mut c_void) {
        // SAFETY: as above.
        let inner = unsafe { run(escapes, data) };
        assert_eq!(inner, End::Escaped);
        // SAFETY: as above.
        let inner = unsafe { run(returns, data) };
        assert_eq!(inner, End::Returned);
        // SAFETY: these frames own nothing.
        unsafe { escape() };
    }

    #[test]
    fn an_escape_ends_the_innermost_run_and_no_other() {
        let mut count = 0u32;
        let numbers: [f64; 6] = std::hint::black_box([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert!(!is_inside());
        // SAFETY: the data is a count.
        let end = unsafe { run(nests, (&raw mut count).cast()) };
        assert_eq!((end, count), (End::Escaped, 2));
        assert!(!is_inside());
        // SAFETY: the data is a count.
        let end = unsafe { run(returns, (&raw mut count).cast()) };
        assert_eq!((end, count), (End::Returned, 3));
        assert_eq!(numbers.iter().sum::<f64>(), 21.0);
    }
}
