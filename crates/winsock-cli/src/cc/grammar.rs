//! The parts of gcc's and clang's option grammar that the wrapper has to know: which options take the next argument
//! as their value, which libraries and flags exist only on Windows, and what a file's name says about its contents.
//! Everything else passes through without being understood.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Language;
use super::plan::Kind;

/// Options whose value is the next argument. (Joined to its value, such an option is one argument like any other.)
const VALUE_FOLLOWS: &[&str] = &[
    "-A",
    "-B",
    "-D",
    "-F",
    "-G",
    "-I",
    "-L",
    "-MF",
    "-MQ",
    "-MT",
    "-T",
    "-Tbss",
    "-Tdata",
    "-Ttext",
    "-U",
    "-Xanalyzer",
    "-Xassembler",
    "-Xclang",
    "-Xlinker",
    "-Xpreprocessor",
    "-arch",
    "-aux-info",
    "-dumpbase",
    "-dumpbase-ext",
    "-dumpdir",
    "-e",
    "-idirafter",
    "-imacros",
    "-imultilib",
    "-include",
    "-include-pch",
    "-iprefix",
    "-iquote",
    "-isysroot",
    "-isystem",
    "-iwithprefix",
    "-iwithprefixbefore",
    "-ivfsoverlay",
    "-l",
    "-mllvm",
    "-o",
    "-specs",
    "-target",
    "-u",
    "-wrapper",
    "-x",
    "-z",
    "--param",
    "--specs",
    "--sysroot",
];

pub(crate) fn value_follows(option: &OsStr) -> bool {
    option.to_str().is_some_and(|option| VALUE_FOLLOWS.contains(&option))
}

/// Options that end the work before the linker.
const STOPS_EARLY: &[&str] = &[
    "-c",
    "-S",
    "-E",
    "-M",
    "-MM",
    "-fsyntax-only",
    "--compile",
    "--assemble",
    "--preprocess",
    "--dependencies",
];

pub(crate) fn stops_early(option: &OsStr) -> bool {
    option.to_str().is_some_and(|option| STOPS_EARLY.contains(&option))
}

/// Options that ask the compiler about itself; files beside them are not compiled.
pub(crate) fn is_question(option: &OsStr) -> bool {
    let option = option.as_bytes();
    matches!(
        option,
        b"--version"
            | b"--target-help"
            | b"-dumpversion"
            | b"-dumpfullversion"
            | b"-dumpmachine"
            | b"-dumpspecs"
    ) || [&b"--help"[..], b"-print-", b"--print-"].iter().any(|start| option.starts_with(start))
}

/// Flags of gcc for Windows that choose between things Linux has only one of.
pub(crate) fn is_windows_only(option: &OsStr) -> bool {
    let option = option.as_bytes();
    matches!(option, b"-mwindows" | b"-mconsole" | b"-municode" | b"-mthreads" | b"-mwin32")
        || option.starts_with(b"-Wl,--subsystem")
        || option.starts_with(b"-Wl,-subsystem")
}

/// Import libraries of Windows. What this project has of their functions is in libws2_32, which is always linked.
const IMPORT_LIBRARIES: &[&str] = &[
    "advapi32",
    "bcrypt",
    "comctl32",
    "comdlg32",
    "crypt32",
    "dbghelp",
    "dnsapi",
    "gdi32",
    "iphlpapi",
    "kernel32",
    "mswsock",
    "ntdll",
    "ole32",
    "oleaut32",
    "psapi",
    "rpcrt4",
    "secur32",
    "shell32",
    "shlwapi",
    "strsafe",
    "synchronization",
    "user32",
    "userenv",
    "uuid",
    "version",
    "winmm",
    "ws2_32",
    "wsock32",
];

/// Whether `-l` with this name means one of the [`IMPORT_LIBRARIES`].
pub(crate) fn is_import_library(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    let name = name.to_ascii_lowercase();
    IMPORT_LIBRARIES.contains(&name.strip_suffix(".lib").unwrap_or(&name))
}

/// Whether an input file is one of the [`IMPORT_LIBRARIES`] as Microsoft's linker names them: `ws2_32.lib`.
pub(crate) fn is_import_library_file(path: &OsStr) -> bool {
    let path = Path::new(path);
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("lib"))
        && path.file_stem().is_some_and(is_import_library)
}

/// What an input file is to the compiler of `main`, given the language of an `-x` option before it.
pub(crate) fn kind_of(path: &OsStr, language: Option<&OsStr>, main: Language) -> Kind {
    match language {
        Some(language) => kind_of_language(language.as_bytes()),
        // Standard input has no name; gcc takes it with -E even when no language is given.
        None if path == "-" => Kind::C,
        None => match (extension(path), main) {
            // To gcc it is C++; to Windows, which knows no case, C.
            (b"C", Language::C) => Kind::CUnderOtherName,
            (extension, _) => kind_of_extension(extension),
        },
    }
}

/// What a file of a folder is, if it is a source: what its extension says on Windows.
pub(crate) fn kind_in_folder(path: &OsStr) -> Option<Kind> {
    match extension(path).to_ascii_lowercase().as_slice() {
        b"c" => Some(Kind::CUnderOtherName),
        b"cc" | b"cp" | b"cxx" | b"cpp" | b"c++" => Some(Kind::CxxUnderOtherName),
        _ => None,
    }
}

fn extension(path: &OsStr) -> &[u8] {
    Path::new(path).extension().unwrap_or_default().as_bytes()
}

fn kind_of_language(language: &[u8]) -> Kind {
    match language {
        b"c" | b"cpp-output" | b"assembler-with-cpp" => Kind::C,
        b"c++" | b"c++-cpp-output" => Kind::Cxx,
        b"c-header" | b"c++-header" => Kind::Header,
        _ => Kind::Object,
    }
}

fn kind_of_extension(extension: &[u8]) -> Kind {
    match extension {
        b"c" | b"i" | b"S" | b"sx" => Kind::C,
        b"C" | b"cc" | b"cp" | b"cxx" | b"cpp" | b"CPP" | b"c++" | b"ii" => Kind::Cxx,
        b"h" | b"H" | b"hh" | b"hp" | b"hxx" | b"hpp" | b"HPP" | b"h++" | b"tcc" => Kind::Header,
        _ => match extension.to_ascii_lowercase().as_slice() {
            b"cc" | b"cp" | b"cxx" | b"cpp" | b"c++" => Kind::CxxUnderOtherName,
            _ => Kind::Object,
        },
    }
}
