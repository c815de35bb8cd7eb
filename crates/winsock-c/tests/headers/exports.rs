//! The libraries define what the headers declare; the shared one nothing else, the static one nothing of the C library's.
//!
//! Cargo builds both beside the tests. `nm` reads them, which comes with every C compiler as part of binutils.

use std::collections::BTreeSet;
use std::process::Command;

use crate::prototypes::symbols;

/// The symbols that `nm` finds, of these `arguments`.
fn nm(arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new("nm").args(["--defined-only", "--format=posix"]).args(arguments).output();
    let output = output.expect("nm, of binutils, starts");
    assert!(output.status.success(), "nm {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("nm prints UTF-8");
    let lines = text.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    // Name, type, value, size. The version of a symbol of the C library belongs to its name.
    lines
        .filter(|words| words.len() > 1)
        .map(|words| words[0].split('@').next().unwrap_or_default().to_owned())
        .collect()
}

fn library(name: &str) -> String {
    let this = std::env::current_exe().expect("the test's own file");
    this.with_file_name(name).to_str().expect("a UTF-8 path").to_owned()
}

#[test]
fn the_shared_library_exports_the_declared_functions_and_nothing_else() {
    assert_eq!(nm(&["--dynamic", &library("libws2_32.so")]), symbols());
}

#[test]
fn the_static_library_defines_the_declared_functions_and_none_of_libcs() {
    let ours = nm(&["--extern-only", &library("libws2_32.a")]);
    assert!(ours.is_superset(&symbols()), "missing: {:?}", symbols().difference(&ours));

    let maps = std::fs::read_to_string("/proc/self/maps").expect("the files of this process");
    let libc = maps.split_whitespace().find(|path| path.contains("/libc.so") || path.contains("/libc-"));
    let libc = nm(&["--dynamic", libc.expect("tests run with a shared C library")]);
    assert!(libc.contains("socket") && libc.contains("getaddrinfo"));
    let captured: Vec<_> = ours.intersection(&libc).collect();
    assert!(captured.is_empty(), "{captured:?}");
}
