//! The compiler's arguments for a plan: what Windows sources take for granted, then the user's own, then our library.
//!
//! A pure function of the plan and of what was found around it. Ours come first wherever the last one of two counts,
//! so that the user's word is the final one.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::headers::MapOptions;
use super::plan::{Action, Item, Kind, Plan};
use super::scan::Entry;

/// What the file system and the sources say about a compilation.
pub(crate) struct Surroundings<'a> {
    pub(crate) include: &'a Path,
    /// The folder of the library; needed for [`Action::Link`] alone.
    pub(crate) library: Option<Library>,
    pub(crate) map: MapOptions,
    /// How the program starts, if not with `int main`.
    pub(crate) entry: Option<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Library {
    Shared(PathBuf),
    Static(PathBuf),
}

/// Macros that Microsoft's compilers predefine, or whose words they know as part of the language.
/// The version of Windows is not among them: there as here, it is the headers that choose `_WIN32_WINNT`.
const WIN32_MACROS: &[(&str, &str)] = &[("_WIN32", "1"), ("_WIN64", "1")];
const KEYWORDS: &[(&str, &str)] = &[
    ("__cdecl", ""),
    ("_cdecl", ""),
    ("__stdcall", ""),
    ("_stdcall", ""),
    ("__fastcall", ""),
    ("_fastcall", ""),
];

/// Macros by which portable sources know the systems that this one is not, as far as they can tell.
const UNIX_MACROS: &[&str] = &["__linux__", "__linux", "linux", "__unix__", "__unix", "unix"];

/// Calls the function of an [`Entry`] from a real main; in our include folder.
const ENTRY_HEADER: &str = "winsock_cc/entry.h";

/// What the Rust standard library in the static library needs beside what every program is linked with.
const STATIC_NEEDS: &[&str] = &["-lpthread", "-ldl", "-lm", "-lrt", "-lutil"];

pub(crate) fn arguments(plan: &Plan, around: Surroundings<'_>) -> Vec<OsString> {
    let mut arguments = Vec::new();
    if plan.action != Action::Query {
        arguments.push("-pthread".into());
    }
    if plan.compiles() {
        for_sources(plan, &around, &mut arguments);
    }
    for item in &plan.items {
        match item {
            Item::Option(words) => arguments.extend(words.iter().cloned()),
            Item::Input { path, kind: Kind::CUnderOtherName } => arguments.extend(taken_for("c", path)),
            Item::Input { path, kind: Kind::CxxUnderOtherName } => arguments.extend(taken_for("c++", path)),
            Item::Input { path, kind: Kind::C | Kind::Cxx | Kind::Header | Kind::Object } => {
                arguments.push(path.clone());
            }
        }
    }
    arguments.extend(around.map.user);
    if plan.compiles() && !plan.decides_unknown_pragmas {
        // `#pragma comment(lib, ...)`. Behind the user's -Wall, which would undo it in clang.
        arguments.push("-Wno-unknown-pragmas".into());
    }
    if plan.action == Action::Link && plan.uses_lld {
        // clang writes the names of `#pragma comment(lib, ...)` into objects, and lld would look for ws2_32.lib.
        arguments.extend(["-Xlinker", "--no-dependent-libraries"].map(OsString::from));
    }
    if plan.action == Action::Link && !plan.no_libraries {
        match around.library {
            Some(Library::Shared(folder)) => {
                arguments.extend(["-L".into(), folder.clone().into(), "-lws2_32".into()]);
                // Not -Wl,-rpath,folder: a comma in the folder's name would end it.
                arguments.extend(["-Xlinker", "-rpath", "-Xlinker"].map(OsString::from));
                arguments.push(folder.into());
            }
            Some(Library::Static(folder)) => {
                arguments.extend(["-L".into(), folder.into(), "-l:libws2_32.a".into()]);
                arguments.extend(STATIC_NEEDS.iter().map(OsString::from));
            }
            None => {}
        }
    }
    arguments
}

fn taken_for(language: &str, path: &OsStr) -> [OsString; 5] {
    ["-x".into(), language.into(), path.into(), "-x".into(), "none".into()]
}

fn for_sources(plan: &Plan, around: &Surroundings<'_>, arguments: &mut Vec<OsString>) {
    // WCHAR and L"" are 16 bits wide; Microsoft's compilers let any pointer alias any other, take unnamed members of a
    // named struct type, and a string for a `char *`.
    let words = ["-fshort-wchar", "-fno-strict-aliasing", "-fms-extensions", "-Wno-write-strings"];
    arguments.extend(words.map(OsString::from));
    let win32 = WIN32_MACROS.iter().filter(|_| !plan.switches.no_win32);
    for (name, value) in win32.chain(KEYWORDS).filter(|(name, _)| !plan.decides_macro(name)) {
        arguments.push(format!("-D{name}={value}").into());
    }
    for name in UNIX_MACROS.iter().filter(|name| !plan.switches.no_win32 && !plan.decides_macro(name)) {
        arguments.push(format!("-U{name}").into());
    }
    arguments.extend(["-isystem".into(), around.include.into()]);
    arguments.extend(around.map.system.iter().cloned());
    match around.entry {
        Some(Entry::Void) => {
            arguments.extend(["-DWINSOCK_VOID_ENTRY", "-include", ENTRY_HEADER].map(OsString::from));
        }
        Some(Entry::Int) => arguments.extend(["-include", ENTRY_HEADER].map(OsString::from)),
        None => {}
    }
}
