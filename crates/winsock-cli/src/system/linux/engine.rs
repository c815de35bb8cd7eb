//! `--engine`: which engine the process runs overlapped operations with.
//!
//! The library decides once, before its first operation, by `WINSOCK_ENGINE`. So a program that is told otherwise
//! replaces itself by one with that variable, before it does anything else.

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::error::Failure;

/// The variable that the library looks at.
pub(crate) const VARIABLE: &str = "WINSOCK_ENGINE";

/// The engines by name.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Name {
    /// io_uring where the kernel lets it, else epoll
    Auto,
    /// Readiness
    Epoll,
    /// Completions; fails where the kernel refuses it
    #[value(name = "io_uring")]
    IoUring,
}

impl Name {
    fn text(self) -> &'static str {
        match self {
            Name::Auto => "auto",
            Name::Epoll => "epoll",
            Name::IoUring => "io_uring",
        }
    }
}

/// What the user has asked for by the variable.
pub(crate) fn asked() -> Option<String> {
    std::env::var_os(VARIABLE).map(|value| value.to_string_lossy().into_owned())
}

#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct Choice {
    /// What runs overlapped operations [default: the one that WINSOCK_ENGINE names, else auto]
    #[arg(long, value_enum)]
    engine: Option<Name>,
}

impl Choice {
    /// Makes the choice hold for the process. Comes before any use of sockets.
    pub(crate) fn apply(self) -> Result<(), Failure> {
        let Some(engine) = self.engine else { return Ok(()) };
        if std::env::var_os(VARIABLE).is_some_and(|value| value == engine.text()) {
            return Ok(());
        }
        let program =
            std::env::current_exe().map_err(|error| Failure::system("the program's path", error))?;
        let mut arguments = std::env::args_os();
        let mut command = Command::new(&program);
        if let Some(name) = arguments.next() {
            command.arg0(name);
        }
        let error = command.args(arguments).env(VARIABLE, engine.text()).exec();
        Err(Failure::system(program.display().to_string(), error))
    }
}
