//! Runs the examples beside the test, and programs like them, on an engine, with a time limit: their lines as they come, their ends.

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// No step of a test takes as long.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// The engines that the kernel allows.
pub(crate) fn engines() -> Vec<&'static str> {
    let mut engines = vec!["epoll"];
    let probe = Running::start("echo_iocp", "io_uring", &["127.0.0.1:0", "1"]);
    match probe.line_with(&["IoUring", "the kernel refuses"]) {
        line if line.contains("refuses") => eprintln!("skipped: {line}"),
        _ => engines.push("io_uring"),
    }
    engines
}

/// A port that nobody uses at this moment.
pub(crate) fn free_port() -> String {
    let listener = TcpListener::bind("0.0.0.0:0").expect("a free port");
    listener.local_addr().expect("its address").port().to_string()
}

/// An example that runs; killed when the test ends before it does.
pub(crate) struct Running {
    name: String,
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    #[track_caller]
    pub(crate) fn start(name: &str, engine: &str, arguments: &[&str]) -> Running {
        Running::of(&example(name), engine, arguments)
    }

    #[track_caller]
    pub(crate) fn of(program: &Path, engine: &str, arguments: &[&str]) -> Running {
        // With cargo's path a library that an earlier build left would come before the one that the program names.
        let mut child = Command::new(program)
            .env_remove("LD_LIBRARY_PATH")
            .args(arguments)
            .env("WINSOCK_ENGINE", engine)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{error}: {}: `cargo build --examples`", program.display()));
        let (sender, lines) = mpsc::channel();
        forward(child.stdout.take().expect("a pipe"), sender.clone());
        forward(child.stderr.take().expect("a pipe"), sender);
        Running { name: format!("{} {} ({engine})", program.display(), arguments.join(" ")), child, lines }
    }

    /// The next line that has one of these parts.
    #[track_caller]
    pub(crate) fn line_with(&self, parts: &[&str]) -> String {
        let deadline = Instant::now() + LIMIT;
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) if parts.iter().any(|part| line.contains(part)) => return line,
                Ok(line) => seen.push(line),
                Err(error) => panic!("{}: {error}: none of {parts:?} in {seen:#?}", self.name),
            }
        }
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &kill]).status().expect("sh starts");
        assert!(status.success(), "{}", self.name);
    }

    /// How many sockets it has, and how many other descriptors.
    pub(crate) fn descriptors(&self) -> (usize, usize) {
        let folder = std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).expect("the program runs");
        let files = folder.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
        let (sockets, others): (Vec<_>, Vec<_>) =
            files.partition(|file| file.to_string_lossy().starts_with("socket:"));
        (sockets.len(), others.len())
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it is a child").is_some()
    }

    /// Connects to it as soon as it listens, and leaves again. False if it ends before.
    #[track_caller]
    pub(crate) fn answers(&mut self, port: &str) -> bool {
        let deadline = Instant::now() + LIMIT;
        let address = format!("127.0.0.1:{port}");
        while !self.has_ended() {
            if TcpStream::connect(&address).is_ok() {
                return true;
            }
            assert!(Instant::now() < deadline, "{} does not listen", self.name);
            thread::yield_now();
        }
        false
    }

    /// The lines until its end, and its exit code.
    #[track_caller]
    pub(crate) fn end(mut self) -> (Vec<String>, Option<i32>) {
        let deadline = Instant::now() + LIMIT;
        let mut lines = Vec::new();
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("{} does not end: {lines:#?}", self.name),
            }
        }
        (lines, self.child.wait().expect("it is a child").code())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn forward(output: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            if lines.send(line.expect("the program prints text")).is_err() {
                break;
            }
        }
    });
}

/// A program that runs to its end: its lines and its exit code.
#[track_caller]
pub(crate) fn run(name: &str, engine: &str, arguments: &[&str]) -> (Vec<String>, Option<i32>) {
    Running::start(name, engine, arguments).end()
}

/// Cargo builds examples beside the tests.
pub(crate) fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().expect("the test's own file");
    let folder = tests.parent().and_then(|deps| deps.parent()).expect("a target folder");
    folder.join("examples").join(name)
}

/// A server on a free port, which stands for `PORT` in the arguments. It says that it listens in a line with these words;
/// a silent one is tried instead. Between two programs a port can be lost to a third: then another one is taken.
#[track_caller]
pub(crate) fn server(name: &str, engine: &str, arguments: &[&str], listens: &str) -> (Running, String) {
    server_of(&example(name), engine, arguments, listens)
}

#[track_caller]
pub(crate) fn server_of(
    program: &Path,
    engine: &str,
    arguments: &[&str],
    listens: &str,
) -> (Running, String) {
    for _ in 0..10 {
        let port = free_port();
        let arguments: Vec<String> = arguments.iter().map(|text| text.replace("PORT", &port)).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut server = Running::of(program, engine, &arguments);
        let is_ready = match listens {
            "" => server.answers(&port),
            words => !server.line_with(&[words, "10048"]).contains("10048"),
        };
        if is_ready {
            return (server, port);
        }
    }
    panic!("{}: no port is free", program.display());
}
