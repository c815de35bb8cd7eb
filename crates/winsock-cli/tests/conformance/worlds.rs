//! Where the programs are built and run: here, and under Wine.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::facts::Facts;

/// No program takes longer, on a busy machine and under Wine.
const SECONDS: &str = "120";

const WARNINGS: [&str; 3] = ["-Wall", "-Wextra", "-Werror"];

/// Windows' other libraries are part of ours; for mingw they are two.
const LIBRARIES: [&str; 2] = ["-lws2_32", "-lmswsock"];

/// A folder of the test's own, below cargo's.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance").join(name);
    fs::create_dir_all(&folder).expect("a folder for programs");
    folder
}

fn source(program: &str) -> PathBuf {
    crate::conformance().join(program).with_extension("c")
}

/// Runs a command to its end, which succeeds, and gives what it printed.
///
/// Into a file: what Wine starts beside a program keeps a pipe open for seconds.
#[track_caller]
fn succeed(command: &mut Command) -> String {
    let [mut printed, mut errors] =
        [(); 2].map(|()| tempfile::tempfile().expect("a file for what is printed"));
    let end = |file: &File| Stdio::from(file.try_clone().expect("another descriptor"));
    command.stdin(Stdio::null()).stdout(end(&printed)).stderr(end(&errors));
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let [printed, errors] = [&mut printed, &mut errors].map(|file| {
        let mut text = Vec::new();
        file.rewind().and_then(|()| file.read_to_end(&mut text)).expect("the file can be read");
        String::from_utf8_lossy(&text).replace('\r', "")
    });
    assert!(status.success(), "{command:?}: {status}\n{printed}\n{errors}");
    printed
}

/// This system, with the library that was built beside the test.
pub(crate) struct Native<'a> {
    engine: &'a str,
}

impl Native<'_> {
    pub(crate) fn new(engine: &str) -> Native<'_> {
        Native { engine }
    }

    /// Whether the machine has an engine.
    pub(crate) fn has(engine: &str) -> bool {
        let mut doctor = Command::new(env!("CARGO_BIN_EXE_winsock"));
        doctor.args(["doctor", "--engine", engine]).stdout(Stdio::null()).stderr(Stdio::null());
        doctor.status().expect("winsock starts").success()
    }

    pub(crate) fn facts(&self, programs: &[String]) -> Facts {
        let folder = folder(&format!("native-{}-{}", self.engine.replace(':', "-"), std::process::id()));
        let mut facts = Facts::default();
        for program in programs {
            let file = folder.join(program);
            let mut compiler = Command::new(env!("CARGO_BIN_EXE_winsock"));
            compiler.env_remove("WINSOCK_HOME").env_remove("WINSOCK_CC").env_remove("LD_LIBRARY_PATH");
            succeed(
                compiler.arg("cc").args(WARNINGS).arg(source(program)).arg("-o").arg(&file).args(LIBRARIES),
            );
            let mut run = Command::new("timeout");
            run.arg(SECONDS).arg(&file).env("WINSOCK_ENGINE", self.engine).env_remove("LD_LIBRARY_PATH");
            facts.add(program, &succeed(&mut run));
        }
        fs::remove_dir_all(folder).expect("the programs have ended");
        facts
    }
}

/// Wine, with a prefix of its own below cargo's folder, and without a display.
pub(crate) struct Wine {
    prefix: PathBuf,
    version: String,
}

const MINGW: &str = "x86_64-w64-mingw32-gcc";

impl Wine {
    /// # Errors
    /// What is missing.
    pub(crate) fn find() -> Result<Wine, String> {
        for needed in [MINGW, "wine", "wineserver"] {
            let mut command = Command::new(needed);
            command.arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).env_remove("DISPLAY");
            if !command.output().is_ok_and(|output| output.status.success()) {
                return Err(format!("there is no {needed} (Debian: gcc-mingw-w64-x86-64, wine64 and wine)"));
            }
        }
        let mut wine = Wine { prefix: folder("wine"), version: String::new() };
        wine.version = succeed(wine.command("wine").arg("--version")).trim().to_owned();
        Ok(wine)
    }

    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn facts(&self, programs: &[String]) -> Facts {
        // The server stays between two programs: one that starts while the last session ends may not start at all. It
        // answers 2 when it runs already.
        drop(self.command("wineserver").arg("-p60").stdout(Stdio::null()).stderr(Stdio::null()).status());
        self.set_up();
        let folder = folder("windows");
        let mut facts = Facts::default();
        for program in programs {
            let file = folder.join(program).with_extension("exe");
            succeed(
                Command::new(MINGW).args(WARNINGS).arg(source(program)).arg("-o").arg(&file).args(LIBRARIES),
            );
            let mut run = self.command("timeout");
            facts.add(program, &succeed(run.arg(SECONDS).arg("wine").arg(&file)));
        }
        facts
    }

    /// Makes the prefix, once. Windows need a driver for graphics: the one that shows nothing.
    fn set_up(&self) {
        let done = self.prefix.join("set-up");
        if done.exists() {
            return;
        }
        succeed(self.command("wine").args(["wineboot", "-i"]));
        let driver = ["reg", "add", r"HKCU\Software\Wine\Drivers", "/v", "Graphics", "/d", "null", "/f"];
        succeed(self.command("wine").args(driver));
        fs::write(done, "").expect("the prefix can be written");
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("WINEPREFIX", &self.prefix).env("WINEDEBUG", "-all").env_remove("DISPLAY");
        // No browser and no .NET are set up, and no debugger waits for a user when a program crashes.
        command.env("WINEDLLOVERRIDES", "mscoree=;mshtml=;winedbg.exe=d");
        command.current_dir(env!("CARGO_TARGET_TMPDIR"));
        command
    }
}

impl Drop for Wine {
    /// Ends what runs in our prefix, and nothing else.
    fn drop(&mut self) {
        // Its answer says whether there was anything to end.
        drop(self.command("wineserver").arg("-k").output());
    }
}
