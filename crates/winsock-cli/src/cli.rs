//! The subcommands of `winsock` and the text of `winsock --help`.

use clap::{Parser, Subcommand};

use crate::{client, doctor, manual, server, stress, system};

/// Windows Sockets 2 for Linux: run, load and build Winsock programs.
#[derive(Parser)]
#[command(name = "winsock", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Echo everything back to every client, by the model of your choice.
    #[command(after_help = server::HELP)]
    Server(server::Arguments),

    /// Send a message, end the sending side, receive until the server closes.
    #[command(after_help = client::HELP)]
    Client(client::Arguments),

    /// Load an echo server with many connections and check every byte that comes back.
    #[command(after_help = stress::HELP)]
    Stress(stress::Arguments),

    #[command(flatten)]
    Own(system::commands::Own),

    /// Tell what this machine offers to Winsock: the engine and why it runs, and the limits.
    #[command(after_help = doctor::HELP)]
    Doctor(doctor::Arguments),

    /// Write what a shell needs to complete the options.
    #[command(after_help = manual::COMPLETIONS_HELP)]
    Completions(manual::CompletionsArguments),

    /// Write a page of the manual.
    #[command(after_help = manual::MAN_HELP)]
    Man(manual::ManArguments),
}
