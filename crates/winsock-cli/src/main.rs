//! The `winsock` program: one module per subcommand, chosen in `cli`.
//!
//! Exit codes: 0 for success, 1 for a failure that a line on standard error explains, 2 for a command line that
//! does not parse. `cc` and `c++` end with the code of the compiler they run.

#![forbid(unsafe_code)]

mod address;
mod cc;
mod child;
mod cli;
mod client;
mod compare;
mod doctor;
mod engine;
mod error;
mod faults;
mod limits;
mod manual;
mod server;
mod soak;
mod stop;
mod stress;
mod units;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Server(arguments) => error::exit("server", server::run(&arguments)),
        Command::Client(arguments) => error::exit("client", client::run(&arguments)),
        Command::Stress(arguments) => error::exit("stress", stress::run(&arguments)),
        Command::Compare(arguments) => error::exit("compare", compare::run(&arguments)),
        Command::Soak(arguments) => error::exit("soak", soak::run(&arguments)),
        Command::Doctor(arguments) => error::exit("doctor", doctor::run(&arguments)),
        Command::Completions(arguments) => error::exit("completions", manual::completions(&arguments)),
        Command::Man(arguments) => error::exit("man", manual::man(&arguments)),
        Command::Cc(arguments) => cc::run(cc::Language::C, arguments),
        Command::Cxx(arguments) => cc::run(cc::Language::Cxx, arguments),
    }
}
