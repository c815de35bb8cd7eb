//! What can go wrong in a command, in the words that its user reads, and the exit code that follows.
//!
//! A failed Winsock call names the call, what it was about, the code and its meaning:
//! `bind 127.0.0.1:80: WSAEACCES (10013): access to the socket was denied`.

use std::fmt;
use std::io;
use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::Cli;

/// Why a command did not do its job.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A Winsock call failed; `subject` is an address, or empty where the call has none.
    Call { call: &'static str, subject: String, error: winsock::Error },
    /// Something of the system beside sockets failed: a file, standard input, a thread.
    System { subject: String, error: io::Error },
    /// The job itself went wrong: one sentence.
    Job(String),
    /// The options do not fit together: one sentence.
    Usage(String),
}

impl Failure {
    pub(crate) fn system(subject: impl Into<String>, error: io::Error) -> Failure {
        Failure::System { subject: subject.into(), error }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Call { call, subject, error } if subject.is_empty() => write!(f, "{call}: {error}"),
            Failure::Call { call, subject, error } => write!(f, "{call} {subject}: {error}"),
            Failure::System { subject, error } => write!(f, "{subject}: {error}"),
            Failure::Job(text) | Failure::Usage(text) => f.write_str(text),
        }
    }
}

/// Gives the result of a Winsock call its name and its subject.
pub(crate) trait Context<T> {
    fn calling(self, call: &'static str, subject: impl fmt::Display) -> Result<T, Failure>;
}

impl<T> Context<T> for Result<T, winsock::Error> {
    fn calling(self, call: &'static str, subject: impl fmt::Display) -> Result<T, Failure> {
        self.map_err(|error| Failure::Call { call, subject: subject.to_string(), error })
    }
}

/// Tells standard error about a failure of `command` and returns the exit code: 0, 1, or 2 for wrong usage.
pub(crate) fn exit(command: &str, result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(text)) => {
            let mut cli = Cli::command();
            cli.build();
            let command = cli.find_subcommand_mut(command).expect("a command names itself");
            command.error(clap::error::ErrorKind::ArgumentConflict, text).exit()
        }
        Err(failure @ (Failure::Call { .. } | Failure::System { .. } | Failure::Job(_))) => {
            eprintln!("winsock: {failure}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_call_names_itself_its_address_the_code_and_the_meaning() {
        let failed: Result<(), _> = Err(winsock::Error::WSAEACCES);
        let text = failed.calling("bind", "127.0.0.1:80").unwrap_err().to_string();
        assert_eq!(text, "bind 127.0.0.1:80: WSAEACCES (10013): access to the socket was denied");
    }
}
