//! Builds the guide's programs, and runs them with a time limit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::page::snippet;

pub(crate) fn winsock() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_winsock"));
    command.env_remove("WINSOCK_HOME").env_remove("WINSOCK_CC").env_remove("WINSOCK_CXX");
    command
}

/// A snippet's program: one in C is compiled, without a warning, and one in Rust was built by cargo beside the tests.
#[track_caller]
pub(crate) fn build(name: &str) -> PathBuf {
    let source = snippet(name);
    let stem = source.file_stem().expect("a name");
    if name.starts_with("rust/") {
        let tests = std::env::current_exe().expect("the test's own file");
        let folder = tests.parent().and_then(Path::parent).expect("a target folder");
        let program = folder.join("examples").join(format!("lesson_{}", stem.to_str().expect("UTF-8")));
        assert!(program.is_file(), "{} is not there: `cargo build --examples`", program.display());
        return program;
    }
    // Tests run side by side: no two write the same file.
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide");
    fs::create_dir_all(&folder).expect("a folder for programs");
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let program = folder.join(format!("{number}-{}", stem.to_str().expect("UTF-8")));
    let mut command = winsock();
    command.args(["cc", "-Wall", "-Wextra", "-Werror"]).arg(&source).arg("-o").arg(&program);
    let output = command.output().expect("winsock starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{name}:\n{errors}");
    program
}

/// The program with a minute to live, and no hint of cargo's where libraries are.
pub(crate) fn limited(program: &Path) -> Command {
    let mut command = Command::new("timeout");
    command.arg("60").arg(program).env_remove("LD_LIBRARY_PATH");
    command
}
