//! The real compiler: which program it is, what kind of compiler, and where it looks for its own headers.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Gcc,
    Clang,
}

#[derive(Debug)]
pub(crate) struct Compiler {
    /// The program and the arguments that come before all others, as in `ccache gcc`.
    pub(crate) words: Vec<OsString>,
    pub(crate) family: Family,
}

impl Compiler {
    /// WINSOCK_CC or WINSOCK_CXX, else the first of the usual names in PATH; never `this` program.
    pub(crate) fn find(language: Language, this: &Path) -> Result<Compiler, String> {
        let (variable, names) = match language {
            Language::C => ("WINSOCK_CC", ["gcc", "cc", "clang"]),
            Language::Cxx => ("WINSOCK_CXX", ["g++", "c++", "clang++"]),
        };
        let words = match env::var_os(variable).filter(|value| !value.is_empty()) {
            Some(value) => {
                let words = words_of(value);
                let program = words.first().and_then(in_path);
                let program = program.ok_or_else(|| format!("{variable} names no program that can run"))?;
                if is_same(&program, this) {
                    return Err(format!("{variable} names this program itself; set it to a compiler"));
                }
                words
            }
            None => {
                let found = names.iter().find_map(|name| {
                    path_folders()
                        .map(|folder| folder.join(name))
                        .find(|path| is_program(path) && !is_same(path, this))
                });
                vec![found.map(PathBuf::into_os_string).ok_or_else(|| {
                    format!(
                        "no compiler found: looked for {} in PATH; install one or set {variable}",
                        names.join(", ")
                    )
                })?]
            }
        };
        let is_clang = words.iter().any(is_clang);
        Ok(Compiler { words, family: if is_clang { Family::Clang } else { Family::Gcc } })
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        command
    }

    /// The folders that the compiler searches after all that the command line names; none if it does not say.
    pub(crate) fn header_folders(&self, language: Language) -> Vec<PathBuf> {
        let name = match language {
            Language::C => "c",
            Language::Cxx => "c++",
        };
        let mut command = self.command();
        command.args(["-E", "-v", "-x", name, "/dev/null"]).env("LC_ALL", "C").stdin(Stdio::null());
        let Ok(output) = command.output() else { return Vec::new() };
        let lines = output.stderr.split(|&byte| byte == b'\n');
        lines
            .skip_while(|line| !line.starts_with(b"#include <...>"))
            .skip(1)
            .take_while(|line| line.starts_with(b" "))
            .map(|line| PathBuf::from(OsStr::from_bytes(line.trim_ascii())))
            .collect()
    }
}

/// A value of WINSOCK_CC: a program's path as it stands, or words apart by blanks.
fn words_of(value: OsString) -> Vec<OsString> {
    if Path::new(&value).is_file() {
        return vec![value];
    }
    let words = value.as_bytes().split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.map(|word| OsString::from_vec(word.to_vec())).collect()
}

fn in_path(word: &OsString) -> Option<PathBuf> {
    if word.as_bytes().contains(&b'/') {
        return Some(PathBuf::from(word)).filter(|path| is_program(path));
    }
    path_folders().map(|folder| folder.join(word)).find(|path| is_program(path))
}

fn path_folders() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).collect::<Vec<_>>().into_iter()
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn is_same(path: &Path, this: &Path) -> bool {
    fs::canonicalize(path).is_ok_and(|path| path == this)
}

/// Whether a word names clang, also behind links such as `/usr/bin/cc`.
fn is_clang(word: &OsString) -> bool {
    let program = in_path(word).and_then(|path| fs::canonicalize(path).ok());
    let names = [Path::new(word).file_name(), program.as_deref().and_then(Path::file_name)];
    names.into_iter().flatten().any(|name| name.to_string_lossy().contains("clang"))
}
