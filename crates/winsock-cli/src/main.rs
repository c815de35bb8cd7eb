//! The `winsock` program: one module per subcommand, chosen in `cli`.
//!
//! Exit codes: 0 for success, 1 for a failure that a line on standard error explains, 2 for a command line that
//! does not parse. `cc` and `c++` end with the code of the compiler they run.
//!
//! It runs on Linux and on Windows. What differs is in `system`; what only Linux has are whole commands.

#![cfg_attr(target_os = "linux", forbid(unsafe_code))]
#![cfg_attr(
    windows,
    allow(dead_code, unused_imports, reason = "Linux's own commands use some of what all share")
)]

mod address;
#[cfg(target_os = "linux")]
mod cc;
#[cfg(target_os = "linux")]
mod child;
mod cli;
mod client;
#[cfg(target_os = "linux")]
mod compare;
mod doctor;
mod error;
mod faults;
mod manual;
mod server;
#[cfg(target_os = "linux")]
mod soak;
mod stop;
mod stress;
mod system;
mod units;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Server(arguments) => error::exit("server", server::run(&arguments)),
        Command::Client(arguments) => error::exit("client", client::run(&arguments)),
        Command::Stress(arguments) => error::exit("stress", stress::run(&arguments)),
        Command::Own(command) => command.run(),
        Command::Doctor(arguments) => error::exit("doctor", doctor::run(&arguments)),
        Command::Completions(arguments) => error::exit("completions", manual::completions(&arguments)),
        Command::Man(arguments) => error::exit("man", manual::man(&arguments)),
    }
}
