//! A file that never includes winsock2.h means libc's sockets, though it is compiled with our include folder.

use crate::support::Compiler;

const PROGRAM: &str = include_str!("libc_program.c");

#[test]
fn c_programs_keep_libcs_sockets() {
    for options in
        [&["-std=gnu11"][..], &["-std=gnu17", "-O2", "-D_FORTIFY_SOURCE=2"], &["-std=gnu11", "-D_WIN32"]]
    {
        assert_eq!(Compiler::c().run("libc", options, PROGRAM), "libc\n");
    }
}

#[test]
fn cxx_programs_keep_libcs_sockets() {
    for options in
        [&["-std=c++17"][..], &["-std=c++20", "-O2", "-D_FORTIFY_SOURCE=2"], &["-std=c++17", "-D_WIN32"]]
    {
        assert_eq!(Compiler::cxx().run("libc", options, PROGRAM), "libc\n");
    }
}
