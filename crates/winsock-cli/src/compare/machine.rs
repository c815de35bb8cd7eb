//! Where a comparison was made, and by which command: without that, its numbers mean little.

use serde::Serialize;

use super::options::Engine;
use crate::system::facts::first_line;

#[derive(Serialize)]
pub(super) struct Machine {
    pub(super) version: &'static str,
    pub(super) processor: String,
    pub(super) processors: usize,
    pub(super) kernel: String,
    /// Those that were compared.
    pub(super) engines: Vec<&'static str>,
    /// Processes that ran or wanted to before the first run: means of 1, 5 and 15 minutes.
    pub(super) load_before: String,
    pub(super) command: String,
}

impl Machine {
    pub(super) fn new(engines: &[Engine]) -> Machine {
        let unknown = || "unknown".to_owned();
        let load =
            first_line("/proc/loadavg").map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(", "));
        Machine {
            version: env!("CARGO_PKG_VERSION"),
            processor: processor().unwrap_or_else(unknown),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: first_line("/proc/sys/kernel/osrelease")
                .map_or_else(unknown, |release| format!("Linux {release}")),
            engines: engines.iter().map(|engine| engine.name()).collect(),
            load_before: load.unwrap_or_else(unknown),
            command: command(std::env::args()),
        }
    }

    /// Names and values, for a list.
    pub(super) fn facts(&self) -> [(&'static str, String); 6] {
        [
            ("Command", self.command.clone()),
            ("Processor", format!("{} ({} to run on)", self.processor, self.processors)),
            ("Kernel", self.kernel.clone()),
            ("Engines", self.engines.join(", ")),
            ("Load before", self.load_before.clone()),
            ("winsock", self.version.to_owned()),
        ]
    }
}

/// The name of the first processor. Not every architecture tells one.
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map(|(_, name)| name.trim().to_owned())
}

/// A command line as a shell takes it, whatever path the program was started by.
fn command(arguments: impl Iterator<Item = String>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:=".contains(c);
    let quoted =
        arguments.skip(1).map(|argument| match !argument.is_empty() && argument.chars().all(plain) {
            true => argument,
            false => format!("'{}'", argument.replace('\'', r"'\''")),
        });
    std::iter::once("winsock".to_owned()).chain(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_given_to_a_shell_again() {
        let arguments =
            ["/tmp/winsock", "compare", "--output", "it's a <page>.html", "--models", "poll,iocp", ""];
        let line = command(arguments.into_iter().map(str::to_owned));
        assert_eq!(line, r"winsock compare --output 'it'\''s a <page>.html' --models poll,iocp ''");
    }
}
