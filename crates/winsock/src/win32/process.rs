//! The process: its command line, its end, its debugger.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::memory::{self, Character};
use super::{BOOL, FALSE, PCSTR, PCWSTR, boundary};
use crate::linux::environment;
use std::io::Write;
use std::sync::OnceLock;

/// `GetCommandLineA`: the arguments as one text, quoted so that Microsoft's start-up code takes them apart again. It stays.
///
/// Microsoft's page: `processenv/nf-processenv-getcommandlinea`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so. Nobody writes to the text.
pub unsafe extern "system" fn GetCommandLineA() -> PCSTR {
    static LINE: OnceLock<Vec<u8>> = OnceLock::new();
    line(&LINE)
}

/// `GetCommandLineW`: the same in UTF-16.
///
/// Microsoft's page: `processenv/nf-processenv-getcommandlinew`.
///
/// # Safety
/// As [`GetCommandLineA`].
pub unsafe extern "system" fn GetCommandLineW() -> PCWSTR {
    static LINE: OnceLock<Vec<u16>> = OnceLock::new();
    line(&LINE)
}

fn line<C: Character>(kept: &'static OnceLock<Vec<C>>) -> *const C {
    let line = || {
        let mut line = C::of_bytes(&environment::command_line());
        line.push(C::default());
        line
    };
    kept.get_or_init(line).as_ptr()
}

/// `ExitProcess`: ends the process.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-exitprocess`.
///
/// *On Linux*: as the C library's `exit`: streams are written out, and what `atexit` was given is called. The parent sees
/// the low 8 bits of the code.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn ExitProcess(uexitcode: u32) -> ! {
    std::process::exit(uexitcode as i32)
}

/// `IsDebuggerPresent`: whether a debugger has hold of the process.
///
/// Microsoft's page: `debugapi/nf-debugapi-isdebuggerpresent`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn IsDebuggerPresent() -> BOOL {
    boundary::quiet(FALSE, || Ok(environment::is_traced().into()))
}

/// `OutputDebugStringA`: text for the debugger. NULL is no text.
///
/// Microsoft's page: `debugapi/nf-debugapi-outputdebugstringa`.
///
/// *On Linux*: written to standard error, debugger or not.
///
/// # Safety
/// The text is NULL or ends with a zero.
pub unsafe extern "system" fn OutputDebugStringA(lpoutputstring: PCSTR) {
    // SAFETY: the caller makes the same promise.
    unsafe { debug(lpoutputstring) };
}

/// `OutputDebugStringW`: the same in UTF-16.
///
/// Microsoft's page: `debugapi/nf-debugapi-outputdebugstringw`.
///
/// *On Linux*: as [`OutputDebugStringA`].
///
/// # Safety
/// As [`OutputDebugStringA`].
pub unsafe extern "system" fn OutputDebugStringW(lpoutputstring: PCWSTR) {
    // SAFETY: the caller makes the same promise.
    unsafe { debug(lpoutputstring) };
}

/// # Safety
/// The text is NULL or ends with a zero.
unsafe fn debug<C: Character>(text: *const C) {
    boundary::quiet((), || {
        // SAFETY: the caller's promise.
        if let Some(text) = unsafe { memory::text_bytes(text) } {
            // Whoever closed standard error wants no such text.
            let _ = std::io::stderr().write_all(&text);
        }
        Ok(())
    });
}
