//! `winsock completions` and `winsock man`: what shells and manual readers know of the program, made from the same table
//! of options as `--help`.

use std::io::Write;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::Cli;
use crate::error::Failure;

pub(crate) const COMPLETIONS_HELP: &str = "\
Examples:
  winsock completions bash > ~/.local/share/bash-completion/completions/winsock
  winsock completions fish > ~/.config/fish/completions/winsock.fish

Exit codes: 0 written, 1 failed, 2 wrong usage.";

pub(crate) const MAN_HELP: &str = "\
Examples:
  winsock man | man -l -                         the page of the program
  winsock man server > winsock-server.1          the page of a command

Exit codes: 0 written, 1 failed, 2 wrong usage.";

#[derive(clap::Args, Debug)]
pub(crate) struct CompletionsArguments {
    /// The shell that is to complete
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(clap::Args, Debug)]
pub(crate) struct ManArguments {
    /// The command to describe [default: the program, with a list of its commands]
    command: Option<String>,
}

/// Writes the completions for a shell.
pub(crate) fn completions(arguments: &CompletionsArguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "winsock", &mut script);
    write(&script)
}

/// Writes a page of the manual.
pub(crate) fn man(arguments: &ManArguments) -> Result<(), Failure> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let command = match &arguments.command {
        None => program,
        Some(name) => find(&program, name)?,
    };
    let mut page = Vec::new();
    let source = concat!("winsock ", env!("CARGO_PKG_VERSION"));
    Man::new(command).source(source).render(&mut page).map_err(|error| Failure::system("the page", error))?;
    write(&page)
}

fn find(program: &Command, name: &str) -> Result<Command, Failure> {
    match program.find_subcommand(name) {
        Some(command) => Ok(command.clone()),
        None => Err(Failure::Usage(format!("winsock has no command {name}"))),
    }
}

fn write(text: &[u8]) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text)
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::system("standard output", error))
}
