//! What the headers compute themselves: macros and inline functions, and the width of characters.

use crate::support::Compiler;

const PROGRAM: &str = include_str!("helpers_program.c");

#[test]
fn macros_and_inline_functions_in_c_and_cxx() {
    for options in
        [&["-std=c11"][..], &["-std=c11", "-fshort-wchar"], &["-std=c11", "-DUNICODE", "-fshort-wchar"]]
    {
        assert_eq!(Compiler::c().run("helpers", options, PROGRAM), "helpers\n");
    }
    for options in [&["-std=c++17"][..], &["-std=c++17", "-fshort-wchar"], &["-std=c++17", "-DUNICODE"]] {
        assert_eq!(Compiler::cxx().run("helpers", options, PROGRAM), "helpers\n");
    }
}

/// A word of __declspec that the table lacks is an error, not a silent change of meaning.
#[test]
fn unknown_declspec_is_refused() {
    let source = "#include <windows.h>\n__declspec(unheard_of) extern int value;\n".to_owned();
    let compile = || Compiler::c().check("declspec", &["-std=c11"], &[("unknown".into(), source.clone())]);
    assert!(std::panic::catch_unwind(compile).is_err());
}
