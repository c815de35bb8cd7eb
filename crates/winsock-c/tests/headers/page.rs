//! SUPPORT.md has a row for every function that the headers declare, and declares none absent that is there. Every row, of
//! functions, options and ioctls, names tests of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::prototypes::declared;
use crate::support::windows_headers;

fn section(title: &str) -> &'static str {
    let page = include_str!("../../../../SUPPORT.md");
    page.split("\n## ").find(|part| part.starts_with(title)).expect("it has the section")
}

fn functions() -> &'static str {
    section("Functions")
}

/// The functions of the page, and whether they are there.
fn rows() -> BTreeMap<String, bool> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let is_there = match *cells.get(2)? {
            "works" | "differs" => true,
            "absent" => false,
            _ => return None,
        };
        Some((cells[1].to_owned(), is_there))
    };
    functions().lines().filter_map(row).collect()
}

#[test]
fn the_page_names_what_is_there_and_what_is_not() {
    let rows = rows();
    assert!(rows.len() > 200, "the page has its tables: {} rows", rows.len());
    let declared = declared();
    let macros = include_str!("../../include/_ws2/interlocked.h");
    let inline: String = windows_headers().into_values().collect();
    for (name, is_there) in &rows {
        // The helpers for addresses of IPv6 are inline functions, the Interlocked functions are macros.
        let found = declared.contains(name)
            || (name.starts_with("IN6") && inline.contains(name.as_str()))
            || macros.contains(&format!("#define {name}("));
        assert_eq!(*is_there, found, "{name}");
    }
    // What the headers' own inline functions call is no function of Windows.
    for name in declared.iter().filter(|name| !name.starts_with("_ws2_")) {
        assert!(rows.contains_key(name), "{name} has no row");
    }
}

/// Fails unless each of the tests is a file that has the name.
fn name_tests(name: &str, tests: &str) {
    for test in tests.split(", ") {
        let text = std::fs::read_to_string(file(test));
        let text = text.unwrap_or_else(|error| panic!("{name}: {test}: {error}"));
        let has = text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
        assert!(has, "{name} is not in {test}");
    }
}

/// What is there names the files of tests that call it.
#[test]
fn the_page_names_tests_of_each_function() {
    for line in functions().lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, name, "works" | "differs", _, tests, _] = *cells else { continue };
        name_tests(name, tests);
    }
}

/// What is served, or refused, names the files of tests that set it, get it or are refused it.
#[test]
fn the_page_names_tests_of_each_option_and_ioctl() {
    let (mut options, mut ioctls) = (0, 0);
    for line in section("Socket options").lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, _, name, _, _, "works" | "differs" | "refused", _, tests, _] = *cells else { continue };
        name_tests(name, tests);
        options += 1;
    }
    for line in section("Ioctls").lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, commands, _, "works" | "differs", _, tests, _] = *cells else { continue };
        for name in commands.trim_end_matches(" and its kin").split(", ") {
            name_tests(name, tests);
        }
        ioctls += 1;
    }
    assert!(options > 90 && ioctls > 15, "the page has its tables: {options} options, {ioctls} ioctls");
}

/// Each conformance program is about functions, and their rows say so.
#[test]
fn the_page_names_each_conformance_program() {
    let folder = file(CONFORMANCE);
    let mut programs = 0;
    for entry in std::fs::read_dir(folder).expect("the conformance programs") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        if name.ends_with(".c") {
            assert!(functions().contains(&format!("{CONFORMANCE}{name}")), "no row names {name}");
            programs += 1;
        }
    }
    assert!(programs > 30, "{programs} programs");
}

const CONFORMANCE: &str = "conformance/";

/// The conformance programs lie at the top, all other tests below `crates/`.
fn file(name: &str) -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    crates.join(if name.starts_with(CONFORMANCE) { ".." } else { "." }).join(name)
}
