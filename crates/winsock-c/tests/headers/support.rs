//! The C and C++ compilers, and the headers as text.
//!
//! The compilers are those of `CC` and `CXX`, else `cc` and `c++`. Every program is compiled against the headers of this
//! crate; none is linked with the library.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A language and its compiler, with the warnings that the headers must not cause.
#[derive(Clone)]
pub(crate) struct Compiler {
    words: Vec<String>,
    extension: &'static str,
}

const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-pedantic", "-Werror"];

impl Compiler {
    pub(crate) fn c() -> Self {
        Self::new(&std::env::var("CC").unwrap_or_else(|_| "cc".into()), "c")
    }

    pub(crate) fn cxx() -> Self {
        Self::new(&std::env::var("CXX").unwrap_or_else(|_| "c++".into()), "cpp")
    }

    /// clang and clang++, when this machine has them.
    pub(crate) fn clang() -> Option<(Self, Self)> {
        Command::new("clang++").arg("--version").output().ok()?;
        Some((Self::new("clang", "c"), Self::new("clang++", "cpp")))
    }

    fn new(command: &str, extension: &'static str) -> Self {
        Compiler { words: command.split_whitespace().map(str::to_owned).collect(), extension }
    }

    fn call(&self, arguments: &[&str], files: &[PathBuf]) -> Output {
        Command::new(&self.words[0])
            .args(&self.words[1..])
            .args(arguments)
            .arg("-I")
            .arg(include_dir())
            .args(files)
            .output()
            .unwrap_or_else(|error| {
                panic!("{}: {error}: these tests need a C and a C++ compiler", self.words[0])
            })
    }

    /// Compiles each named source for its errors alone, all in one call.
    pub(crate) fn check(&self, directory: &str, arguments: &[&str], sources: &[(String, String)]) {
        let files: Vec<_> = sources.iter().map(|(name, text)| self.write(directory, name, text)).collect();
        let arguments = [&["-fsyntax-only"], &WARNINGS[..], arguments].concat();
        let output = self.call(&arguments, &files);
        assert!(output.status.success(), "{arguments:?}:\n{}", errors(&output));
    }

    /// Compiles the source with further arguments that say what to print on standard output.
    pub(crate) fn print(&self, name: &str, arguments: &[&str], source: &str) -> String {
        let file = self.write("print", name, source);
        let output = self.call(arguments, &[file]);
        assert!(output.status.success(), "{name}:\n{}", errors(&output));
        String::from_utf8(output.stdout).expect("the compiler prints UTF-8")
    }

    /// Compiles and links the source, runs the program, and gives what it printed.
    pub(crate) fn run(&self, name: &str, arguments: &[&str], source: &str) -> String {
        let file = self.write("run", name, source);
        let program = file.with_extension(format!("{}.program", self.extension));
        let target = ["-o", program.to_str().expect("a UTF-8 path")];
        let output = self.call(&[&target, &WARNINGS[..], arguments].concat(), &[file]);
        assert!(output.status.success(), "{name}:\n{}", errors(&output));
        let output = Command::new(&program).output().expect("the program starts");
        assert!(output.status.success(), "{name}: {}: {output:?}", output.status);
        String::from_utf8(output.stdout).expect("the program prints UTF-8")
    }

    fn write(&self, directory: &str, name: &str, text: &str) -> PathBuf {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("headers").join(directory);
        fs::create_dir_all(&directory).expect("a directory for the test's sources");
        let file = directory.join(format!("{name}.{}", self.extension));
        fs::write(&file, text).expect("a source for the test");
        file
    }
}

/// The beginning of what the compiler complained about.
fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).lines().take(30).map(|line| format!("{line}\n")).collect()
}

pub(crate) fn include_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include")
}

/// The headers that bring all others along.
pub(crate) const ALL: [&str; 7] =
    ["windows.h", "winsock2.h", "ws2tcpip.h", "mstcpip.h", "mswsock.h", "afunix.h", "strsafe.h"];

pub(crate) fn includes(headers: &[&str]) -> String {
    headers.iter().map(|header| format!("#include <{header}>\n")).collect()
}

/// Every macro without parameters that a C file sees after these headers, with its expansion.
pub(crate) fn macros(name: &str, headers: &[&str], arguments: &[&str]) -> BTreeMap<String, String> {
    let text = Compiler::c().print(name, &[&["-E", "-dM"], arguments].concat(), &includes(headers));
    let definitions = text.lines().filter_map(|line| line.strip_prefix("#define "));
    definitions
        .map(|line| line.split_once(' ').unwrap_or((line, "")))
        .filter(|(name, _)| !name.contains('('))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Windows' headers of the include folder with their text: not libc's, which are in its subfolders or shadowed.
pub(crate) fn windows_headers() -> BTreeMap<String, String> {
    let entries = fs::read_dir(include_dir()).expect("the include folder");
    let files = entries.map(|entry| entry.expect("an entry of the include folder").path());
    files
        .filter(|path| path.is_file())
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
        })
        .filter(|(_, text)| !text.contains("#include_next"))
        .collect()
}

/// The headers that ours are made of, which no program includes by itself.
pub(crate) fn private_headers() -> Vec<String> {
    let entries = fs::read_dir(include_dir().join("_ws2")).expect("the folder of private headers");
    entries.map(|entry| fs::read_to_string(entry.expect("an entry of the folder").path()).unwrap()).collect()
}

/// Whether this header only leads to another, as the other spellings of a name do.
pub(crate) fn is_alias(text: &str) -> bool {
    text.lines().count() == 1 && text.starts_with("#include <")
}
