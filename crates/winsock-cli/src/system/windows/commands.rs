//! Windows has no commands of its own: its compilers know Winsock already.

use std::process::ExitCode;

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum Own {}

impl Own {
    pub(crate) fn run(self) -> ExitCode {
        match self {}
    }
}
