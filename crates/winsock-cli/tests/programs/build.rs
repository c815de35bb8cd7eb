//! How a test program is built, and how it is run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// The compiler and the library of a program.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// `winsock cc` or `winsock c++`, as it is.
    Wrapper,
    /// The same with `--winsock-static`.
    WrapperStatic,
    /// The compiler that `CC` or `CXX` names, else `cc` or `c++`, with no more than the README says.
    Plain,
}

const WARNINGS: [&str; 4] = ["-g", "-Wall", "-Wextra", "-Werror"];

impl Way {
    /// Builds a program of sources of this folder, in C++ if the first one is, or a folder, and gives its file.
    #[track_caller]
    pub(crate) fn build(self, name: &str, sources: &[&str]) -> PathBuf {
        let cxx = sources[0].ends_with(".cpp") || source(sources[0]).is_dir();
        let file = folder().join(unique(name));
        let mut objects = Vec::new();
        // This one is not to know of our headers, so it is always compiled the plain way.
        let (plain, ours): (Vec<_>, Vec<_>) = sources.iter().partition(|source| **source == "libc.c");
        for name in plain {
            let object = file.with_extension("libc.o");
            let mut command = compiler("CC", "cc");
            command.args(WARNINGS).arg("-c").arg(source(name)).arg("-o").arg(&object);
            run(&mut command);
            objects.push(object);
        }
        let mut command = match self {
            Way::Wrapper | Way::WrapperStatic => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_winsock"));
                command.arg(if cxx { "c++" } else { "cc" });
                command.env_remove("WINSOCK_HOME").env_remove("WINSOCK_CC").env_remove("WINSOCK_CXX");
                command
            }
            Way::Plain if cxx => compiler("CXX", "c++"),
            Way::Plain => compiler("CC", "cc"),
        };
        command.args(WARNINGS).arg("-o").arg(&file).args(ours.iter().map(|name| source(name))).args(objects);
        // The folder of a generated source is not that of check.h.
        command.arg("-iquote").arg(source(""));
        match self {
            Way::Wrapper => command.args(["-lws2_32", "-lmswsock"]),
            Way::WrapperStatic => command.arg("--winsock-static"),
            Way::Plain => plain_arguments(&mut command),
        };
        run(&mut command);
        file
    }
}

/// A program that knows nothing of ours: the C compiler and one source.
#[track_caller]
pub(crate) fn on_libc(name: &str) -> PathBuf {
    let file = folder().join(unique(name)).with_extension("libc");
    run(compiler("CC", "cc").args(WARNINGS).arg(source(name)).arg("-o").arg(&file));
    file
}

/// The headers and the library, and what Windows' compilers have as a matter of course: L"" of 16 bits, `__cdecl`.
fn plain_arguments(command: &mut Command) -> &mut Command {
    let library = library("libws2_32.so");
    let folder = library.parent().expect("a folder");
    command.arg("-isystem").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../winsock-c/include"));
    command.args(["-fshort-wchar", "-D__cdecl=", "-Wno-unknown-pragmas", "-pthread"]);
    command.arg("-L").arg(folder).arg("-lws2_32").arg(format!("-Wl,-rpath,{}", folder.display()))
}

fn compiler(variable: &str, default: &str) -> Command {
    let named = std::env::var(variable).unwrap_or_else(|_| default.to_owned());
    let mut words = named.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(default));
    command.args(words);
    command
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().expect("a C and a C++ compiler are needed");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{command:?}:\n{errors}");
}

/// A library that cargo built beside the tests.
pub(crate) fn library(name: &str) -> PathBuf {
    std::env::current_exe().expect("the test's own file").with_file_name(name)
}

pub(crate) fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(name)
}

/// The source under a name of C++: its path.
pub(crate) fn as_cxx(name: &str) -> String {
    let copy = folder().join(unique(name)).with_extension("cpp");
    fs::copy(source(name), &copy).expect("a copy of a source");
    copy.to_str().expect("a UTF-8 path").to_owned()
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    fs::create_dir_all(&folder).expect("a folder for programs");
    folder
}

/// Tests run side by side: no two write the same file.
fn unique(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}-{name}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The program with a minute to live, room for its descriptors, and no hint of cargo's where libraries are.
pub(crate) fn limited(program: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", r#"ulimit -n 4096 && exec timeout 60 "$0" "$@""#]).arg(program);
    command.env_remove("LD_LIBRARY_PATH");
    command
}
