//! Facts that Wine 8 answers otherwise than Microsoft documents: not asserted under Wine, on Windows and on Linux they are.
#![allow(
    unsafe_code,
    dead_code,
    unreachable_pub,
    reason = "looks for a function; each test file uses its own part"
)]

/// Whether the test runs under Wine, which differs here; the output of the test says in what. The difference stands under
/// such a heading in `conformance/DIFFERENCES.md`, with Microsoft's page, or is described by the text itself.
pub fn wine(difference: &str) -> bool {
    let is_wine = runs_here();
    if is_wine {
        println!("not asserted under Wine: {difference}");
    }
    is_wine
}

#[cfg(windows)]
fn runs_here() -> bool {
    use winsock::win32::{GetModuleHandleA, GetProcAddress};
    // SAFETY: the name ends with a zero.
    let library = unsafe { GetModuleHandleA(c"ntdll.dll".as_ptr().cast()) };
    // SAFETY: the library is part of every process, and the name ends with a zero.
    unsafe { GetProcAddress(library, c"wine_get_version".as_ptr().cast()) }.is_some()
}

#[cfg(not(windows))]
fn runs_here() -> bool {
    false
}
