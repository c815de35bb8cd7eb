//! A place to compile in: an installation with a library of the test's own, and a folder of sources.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use tempfile::TempDir;

pub(crate) const WINSOCK: &str = env!("CARGO_BIN_EXE_winsock");
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(60);

/// A folder with an installation of ours and a folder of sources to work in.
pub(crate) struct Workshop {
    pub(crate) root: TempDir,
}

impl Workshop {
    pub(crate) fn new() -> Workshop {
        let shop = Workshop { root: tempfile::tempdir().unwrap() };
        let headers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../winsock-c/include");
        shop.write("../home/include/winsock/winsock2.h", "#pragma once\nint winsock_there(void);\n");
        shop.write("../home/include/winsock/windows.h", "#pragma once\n#include <winsock2.h>\n");
        let entry = fs::read_to_string(headers.join("winsock_cc/entry.h")).unwrap();
        shop.write("../home/include/winsock/winsock_cc/entry.h", &entry);
        shop.write("../home/there.c", "int winsock_there(void) { return 42; }\n");
        fs::create_dir_all(shop.home().join("lib")).unwrap();
        fs::create_dir_all(shop.temporary()).unwrap();
        for (tool, arguments) in [
            ("gcc", &["-shared", "-fPIC", "there.c", "-o", "lib/libws2_32.so"][..]),
            ("gcc", &["-c", "there.c", "-o", "there.o"]),
            ("ar", &["rcs", "lib/libws2_32.a", "there.o"]),
        ] {
            Command::new(tool)
                .args(arguments)
                .current_dir(shop.home())
                .timeout(TIME_LIMIT)
                .assert()
                .success();
        }
        shop
    }

    pub(crate) fn sources(&self) -> PathBuf {
        self.root.path().join("sources")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    pub(crate) fn temporary(&self) -> PathBuf {
        self.root.path().join("temporary")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let sources = self.sources();
        fs::create_dir_all(&sources).unwrap();
        let path = sources.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.sources().join(name)).unwrap()
    }

    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        self.write(name, text);
        let path = self.sources().join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// `winsock` with these arguments, in the folder of sources.
    pub(crate) fn winsock<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(WINSOCK);
        command.args(arguments).current_dir(self.sources()).timeout(TIME_LIMIT);
        command.env_remove("WINSOCK_CC").env_remove("WINSOCK_CXX").env("LC_ALL", "C");
        command.env("WINSOCK_HOME", self.home()).env("TMPDIR", self.temporary());
        command
    }

    /// Runs `winsock` with a line of arguments; it has to succeed.
    pub(crate) fn run(&self, line: &str) -> Output {
        self.winsock(line.split(' ')).unwrap()
    }

    /// A program made here.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.sources().join(name));
        // Cargo names the folder of the real library in it, which would come before the one linked with.
        command.env_remove("LD_LIBRARY_PATH");
        command
    }

    /// The exit code of a program made here.
    pub(crate) fn exit_code(&self, program: &str) -> i32 {
        self.program(program).timeout(TIME_LIMIT).output().unwrap().status.code().unwrap()
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn there_is(tool: &str) -> bool {
    let there = std::process::Command::new(tool).arg("--version").output().is_ok();
    if !there {
        eprintln!("{tool} is not installed: not tried");
    }
    there
}

/// The compilers to try a C program with, as values of WINSOCK_CC.
pub(crate) fn c_compilers() -> impl Iterator<Item = &'static str> {
    ["gcc", "clang"].into_iter().filter(|name| there_is(name))
}
