//! The commands that build for this library, and those that measure and watch processes.

use std::process::ExitCode;

use clap::Subcommand;

use crate::{cc, compare, error, soak};

#[derive(Subcommand)]
pub(crate) enum Own {
    /// Measure the models of the server side by side, and write a report with pictures.
    #[command(after_help = compare::HELP)]
    Compare(compare::Arguments),

    /// Let connections come and go at every model of the server for a time, and see that nothing grows.
    #[command(after_help = soak::HELP)]
    Soak(soak::Arguments),

    /// Compile C sources written for Winsock; a drop-in for CC.
    #[command(after_long_help = cc::HELP, disable_help_flag = true)]
    Cc(cc::Arguments),

    /// Compile C++ sources written for Winsock; a drop-in for CXX.
    #[command(name = "c++", after_long_help = cc::HELP, disable_help_flag = true)]
    Cxx(cc::Arguments),
}

impl Own {
    pub(crate) fn run(self) -> ExitCode {
        match self {
            Own::Compare(arguments) => error::exit("compare", compare::run(&arguments)),
            Own::Soak(arguments) => error::exit("soak", soak::run(&arguments)),
            Own::Cc(arguments) => cc::run(cc::Language::C, arguments),
            Own::Cxx(arguments) => cc::run(cc::Language::Cxx, arguments),
        }
    }
}
