//! `winsock cc` and `winsock c++`: the system's compiler, set up for sources written for Windows Sockets.
//!
//! `response` and `grammar` read the command line into a `plan`, whose folders `folder` opens; `home`, `compiler`, `headers`
//! and `scan` look at what is around it; `command` makes the compiler's arguments of both. This module runs them in that order. Messages of
//! the compiler and its exit code pass through; a failure of our own is one line and exit code 1.

mod command;
mod compiler;
mod folder;
mod grammar;
mod headers;
mod home;
mod plan;
mod response;
mod scan;
#[cfg(test)]
mod tests;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{self, Path};
use std::process::{ExitCode, ExitStatus};

use tempfile::TempDir;

use command::{Library, Surroundings};
use compiler::Compiler;
use headers::{HeaderMap, MapOptions, SearchPath};
use home::Home;
use plan::{Action, Plan};
use scan::Entry;

/// The compiler to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    C,
    Cxx,
}

impl Language {
    fn command_name(self) -> &'static str {
        match self {
            Language::C => "winsock cc",
            Language::Cxx => "winsock c++",
        }
    }
}

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Arguments of gcc or clang, passed on in their order.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
    words: Vec<OsString>,
}

pub(crate) const HELP: &str = "\
Own options, anywhere among the compiler's:
  --winsock-print      Print the compiler's command line instead of running it
  --winsock-static     Link libws2_32.a instead of libws2_32.so
  --winsock-no-win32   Leave the macros _WIN32, _WIN64, __linux__ and __unix__ as the compiler has them
  --winsock-help       Print this

Environment:
  WINSOCK_CC, WINSOCK_CXX   The compiler to run, instead of gcc, cc or clang (g++, c++ or clang++) in PATH
  WINSOCK_HOME              An installation or a source tree with our headers and library, instead of the one
                            that this program lies in

What it adds to the compiler's own behaviour:
  * our headers before the system's; libws2_32 and the path to it when linking; -pthread
  * _WIN32 and _WIN64 defined, __linux__ and __unix__ (and their kin) not; __cdecl and __stdcall accepted
  * 16-bit wchar_t (-fshort-wchar), -fno-strict-aliasing, -fms-extensions
  * headers found whatever the case of their names, and with backslashes in them
  * a folder stands for the C and C++ sources in it, each by its extension
  * .Cpp, .CXX and the like taken for C++, and .C for C by winsock cc; strings taken for char *; #pragma comment without a warning
  * void main in C and C++, with exit code 0; wmain, WinMain, wWinMain, _tmain and _tWinMain
  * Windows' import libraries (-lws2_32, -lmswsock, -lkernel32, ws2_32.lib, ...), -mconsole, -mwindows and -municode
    dropped
Your own options come later on the command line than these, so -fno-short-wchar or -U_WIN32 have the last word.

Examples:
  winsock cc server.c -o server
  winsock c++ -O2 Main.Cpp Socket.Cpp -lws2_32 -o program
  winsock c++ project -o program
  make CC=\"winsock cc\" CXX=\"winsock c++\"";

/// Runs the wrapper and gives the exit code of the process.
pub(crate) fn run(language: Language, arguments: Arguments) -> ExitCode {
    match compile(language, arguments.words) {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            eprintln!("{}: {message}", language.command_name());
            ExitCode::FAILURE
        }
    }
}

fn compile(language: Language, words: Vec<OsString>) -> Result<u8, String> {
    let (words, from_file) = response::expand(words)?;
    let mut plan = Plan::parse(words, language)?;
    folder::open(&mut plan)?;
    if plan.switches.help {
        print(HELP);
        return Ok(0);
    }
    let this = env::current_exe()
        .and_then(fs::canonicalize)
        .map_err(|error| format!("own program file: {error}"))?;
    let compiler = Compiler::find(language, &this)?;
    let mut toolbox = Toolbox { language, compiler, from_file, folder: None };
    if plan.action == Action::Query {
        let nothing =
            Surroundings { include: Path::new(""), library: None, map: MapOptions::default(), entry: None };
        return toolbox.execute(&plan, nothing);
    }

    let named = env::var_os("WINSOCK_HOME").filter(|value| !value.is_empty());
    // The path to the library goes into programs, which run in any folder.
    let named = named.map(path::absolute).transpose().map_err(|error| format!("WINSOCK_HOME: {error}"))?;
    let home = Home::find(named.as_deref(), &this)?;
    // The treatment of an entry is for all sources of a command. A program has one; but where objects are made, the next
    // source may have another kind.
    let some = (1..plan.sources().count()).contains(&entries(&plan).count());
    if some && plan.action == Action::Compile && !plan.names_output() {
        let mut code = 0;
        for plan in plan.one_per_input() {
            code = code.max(toolbox.compile_here(&home, &plan)?);
        }
        return Ok(code);
    }
    toolbox.compile_here(&home, &plan)
}

/// The entries of the sources that the C library cannot start.
fn entries(plan: &Plan) -> impl Iterator<Item = Entry> {
    plan.sources().filter_map(|source| scan::entry(&fs::read(source).ok()?))
}

/// What one run of the wrapper works with.
struct Toolbox {
    language: Language,
    compiler: Compiler,
    /// The user's arguments came from a file, and may be more than a command line holds.
    from_file: bool,
    /// Made when first needed, removed at the end.
    folder: Option<TempDir>,
}

impl Toolbox {
    fn compile_here(&mut self, home: &Home, plan: &Plan) -> Result<u8, String> {
        let library = match plan.action {
            Action::Link if !plan.no_libraries => {
                Some(if plan.fully_static || plan.switches.static_library {
                    Library::Static(home.library_folder(home::STATIC_LIBRARY)?.to_path_buf())
                } else {
                    Library::Shared(home.library_folder(home::SHARED_LIBRARY)?.to_path_buf())
                })
            }
            Action::Link | Action::Compile | Action::Query => None,
        };
        let map = self.map_headers(home, plan)?;
        let entry = entries(plan).next();
        let around = Surroundings { include: &home.include, library, map, entry };
        self.execute(plan, around)
    }

    fn map_headers(&mut self, home: &Home, plan: &Plan) -> Result<MapOptions, String> {
        let language = if plan.has_cxx() { Language::Cxx } else { self.language };
        let system = || self.compiler.header_folders(language);
        let search = SearchPath {
            quote: &plan.quote_folders,
            user: &plan.folders,
            ours: &home.include,
            system: &system,
        };
        let map = HeaderMap::search(plan.sources(), &search);
        let family = self.compiler.family;
        for name in map.warnings(family) {
            eprintln!("{}: warning: several headers of this name: {name}", self.language.command_name());
        }
        if map.is_empty() {
            return Ok(MapOptions::default());
        }
        self.folder()
            .and_then(|folder| map.write(folder, family))
            .map_err(|error| format!("header names: {error}"))
    }

    fn execute(&mut self, plan: &Plan, around: Surroundings<'_>) -> Result<u8, String> {
        let arguments = command::arguments(plan, around);
        if plan.switches.print {
            let words = self.compiler.words.iter().chain(&arguments);
            print(&words.map(shell_quoted).collect::<Vec<_>>().join(" "));
            return Ok(0);
        }
        let mut command = self.compiler.command();
        if self.from_file {
            let file = self.folder().map(|folder| folder.join("arguments"));
            let written = file.and_then(|file| fs::write(&file, response::render(&arguments)).map(|()| file));
            let file = written.map_err(|error| format!("response file: {error}"))?;
            command.arg([OsString::from("@"), file.into()].into_iter().collect::<OsString>());
        } else {
            command.args(arguments);
        }
        let status =
            command.status().map_err(|error| format!("{}: {error}", self.compiler.words[0].display()))?;
        Ok(exit_code(status))
    }

    fn folder(&mut self) -> io::Result<&Path> {
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => tempfile::Builder::new().prefix("winsock-cc-").tempdir()?,
        };
        Ok(self.folder.insert(folder).path())
    }
}

/// The exit code by which a shell reports how a program ended.
fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// A line on standard output. A reader that has seen enough is no failure.
fn print(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// A word as a shell reads it back.
fn shell_quoted(word: &OsString) -> String {
    let text = word.display().to_string();
    let plain = |char: char| char.is_ascii_alphanumeric() || "_-+=./,:@%".contains(char);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
