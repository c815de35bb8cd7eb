//! This program again, as processes of its own: servers and their loads. None is left behind, whatever goes wrong.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::error::Failure;

/// How often a process is asked whether it has ended.
pub(crate) const LOOK: Duration = Duration::from_millis(5);
/// How long a server may take to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// This program, with nothing to read.
pub(crate) fn program() -> Result<Command, Failure> {
    let path = std::env::current_exe().map_err(|error| Failure::system("the program's path", error))?;
    let mut command = Command::new(path);
    command.stdin(Stdio::null());
    Ok(command)
}

/// The last line that a failed program has said.
pub(crate) fn said(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().last().unwrap_or("it says nothing");
    line.strip_prefix("winsock: ").unwrap_or(line).to_owned()
}

/// A process that ends with this value at the latest.
pub(crate) struct Running {
    child: Child,
    /// Until it is taken.
    stderr: Option<BufReader<ChildStderr>>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Result<Running, Failure> {
        let child = command.stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| Failure::system("winsock", error))?;
        let stderr = child.stderr.take().map(BufReader::new);
        Ok(Running { child, stderr })
    }

    /// A server that listens, and its address. `name` is for whoever reads that it does not.
    pub(crate) fn server(command: &mut Command, name: &str) -> Result<(Running, String), Failure> {
        let mut server = Running::start(command)?;
        let mut line = String::new();
        if let Some(stderr) = &mut server.stderr {
            stderr.read_line(&mut line).map_err(|error| Failure::system("server", error))?;
        }
        let address = line.strip_prefix("Listening on ").and_then(|rest| rest.split(' ').next());
        match address {
            Some(address) => Ok((server, address.to_owned())),
            None => Err(Failure::Job(format!("the server {name} does not run: {}", line.trim()))),
        }
    }

    /// What it writes to standard error. There is one.
    pub(crate) fn take_stderr(&mut self) -> BufReader<ChildStderr> {
        self.stderr.take().expect("it is taken once")
    }

    /// What it writes to standard output, if that is piped.
    pub(crate) fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn try_wait(&mut self) -> Result<Option<ExitStatus>, Failure> {
        self.child.try_wait().map_err(|error| Failure::system("winsock", error))
    }

    /// Ends a server in good order.
    pub(crate) fn end(&mut self) -> Result<ExitStatus, Failure> {
        // The model for one client may have ended already.
        if let (None, Some(pid)) = (self.try_wait()?, Pid::from_raw(self.child.id().cast_signed())) {
            kill_process(pid, Signal::TERM).map_err(|error| Failure::system("server", error.into()))?;
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.try_wait()? {
                Some(status) => return Ok(status),
                None if Instant::now() > deadline => {
                    return Err(Failure::Job("a server does not end".to_owned()));
                }
                None => thread::sleep(LOOK),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // What has ended already cannot be ended, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
