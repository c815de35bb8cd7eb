//! What the tests of the program share: running it, and talking to its server with the standard library.

#![allow(dead_code, reason = "each test program uses its part")]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use serde_json::Value;

/// No single step of a test takes longer.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// The models that serve many clients.
pub(crate) const MODELS: [&str; 10] = [
    "threads",
    "select",
    "select-nonblocking",
    "async-select",
    "event-select",
    "poll",
    "overlapped",
    "routine",
    "iocp",
    "iocp-acceptex",
];

/// Raises the limit on the descriptors of this process as far as it may be, and gives it.
pub(crate) fn raise_descriptors() -> u64 {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).expect("the hard limit is allowed");
    maximum.unwrap_or(u64::MAX)
}

/// The program, with arguments.
pub(crate) fn winsock(arguments: &[&str]) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("winsock"));
    command.args(arguments).timeout(2 * LIMIT);
    command
}

/// What a finished program has printed.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the program prints text")
}

/// A program that runs beside the test; killed when the test ends before it does.
pub(crate) struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
}

impl Running {
    pub(crate) fn start(arguments: &[&str]) -> Running {
        Running::of(Command::new(assert_cmd::cargo::cargo_bin!("winsock")).args(arguments))
    }

    /// The program with few descriptors.
    pub(crate) fn start_with_descriptors(descriptors: u32, arguments: &[&str]) -> Running {
        let limited = format!("ulimit -n {descriptors} && exec \"$@\"");
        let program = assert_cmd::cargo::cargo_bin!("winsock");
        Running::of(Command::new("sh").args(["-c", &limited, "sh"]).arg(program).args(arguments))
    }

    /// The program as a service manager starts it, with one socket that is open already. `pid` is the shell's word for the
    /// process that the socket is meant for.
    pub(crate) fn start_activated(socket: OwnedFd, pid: &str, arguments: &[&str]) -> Running {
        let launcher = format!("exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID={pid} exec \"$@\"");
        let program = assert_cmd::cargo::cargo_bin!("winsock");
        let mut command = Command::new("sh");
        command.args(["-c", &launcher, "sh"]).arg(program).args(arguments);
        Running::with_input(&mut command, Stdio::from(socket))
    }

    /// A server on an engine.
    pub(crate) fn start_on(engine: &str, arguments: &[&str]) -> Running {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("winsock"));
        Running::of(command.args(arguments).env("WINSOCK_ENGINE", engine))
    }

    fn of(command: &mut Command) -> Running {
        Running::with_input(command, Stdio::null())
    }

    fn with_input(command: &mut Command, input: Stdio) -> Running {
        let mut child = command
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = BufReader::new(child.stderr.take().expect("standard error is piped"));
        Running { child, stderr }
    }

    /// The next line of standard error.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).expect("standard error can be read");
        line
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("the program runs");
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> usize {
        let open = std::fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        open.expect("the program runs").count()
    }

    /// Waits until it has no more than some descriptors open.
    pub(crate) fn settle(&self, most: usize) {
        let start = Instant::now();
        while self.descriptors() > most {
            assert!(start.elapsed() < LIMIT, "{} descriptors instead of {most}", self.descriptors());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the end; gives the exit status, standard output and the rest of standard error.
    pub(crate) fn end(mut self) -> (ExitStatus, String, String) {
        let deadline = Instant::now() + LIMIT;
        let status = loop {
            match self.child.try_wait().expect("the program is a child") {
                Some(status) => break status,
                None if Instant::now() > deadline => panic!("the program does not end"),
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let mut out = self.child.stdout.take().expect("standard output is piped");
        out.read_to_string(&mut stdout).expect("the program prints text");
        self.stderr.read_to_string(&mut stderr).expect("the program prints text");
        (status, stdout, stderr)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server on a free port of a loopback address, and where it listens.
pub(crate) fn server(model: &str, listen: &str, more: &[&str]) -> (Running, SocketAddr) {
    let mut running = Running::start(&[&["server", "--model", model, "--listen", listen], more].concat());
    let address = listening_address(&running.line());
    (running, address)
}

/// The address in `Listening on 127.0.0.1:5000 (TCP, poll)`.
pub(crate) fn listening_address(line: &str) -> SocketAddr {
    let address = line.strip_prefix("Listening on ").and_then(|rest| rest.split(' ').next());
    address.and_then(|address| address.parse().ok()).unwrap_or_else(|| panic!("no address in {line:?}"))
}

pub(crate) fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&server, LIMIT).expect("the server listens");
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    stream
}

/// `len` bytes in which every place can be told from its neighbours.
pub(crate) fn pattern(len: usize, seed: u8) -> Vec<u8> {
    (0..len).map(|at| (at.wrapping_mul(31) ^ (at >> 8)) as u8 ^ seed).collect()
}

/// One message there and back.
pub(crate) fn round_trip(stream: &mut TcpStream, message: &[u8]) {
    stream.write_all(message).expect("the server reads");
    let mut echo = vec![0; message.len()];
    stream.read_exact(&mut echo).expect("the server echoes");
    assert!(echo == message, "the echo differs");
}

/// Ends this side, and expects the server's end.
pub(crate) fn part(mut stream: TcpStream) {
    stream.shutdown(Shutdown::Write).expect("the connection is open");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("the server ends in good order");
    assert!(rest.is_empty(), "{} bytes too many", rest.len());
}

/// The engines that this machine has.
pub(crate) fn engines() -> Vec<&'static str> {
    let runs = |engine: &str| {
        let mut doctor = winsock(&["doctor", "--json"]);
        let output = doctor.env("WINSOCK_ENGINE", engine).output().expect("the program starts");
        let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        report["engine"]["name"] == engine
    };
    ["epoll", "io_uring"].into_iter().filter(|engine| *engine == "epoll" || runs(engine)).collect()
}

/// Waits for a datagram. Where there is a time limit, the system does not go on waiting after a signal: that of the end
/// of another test's program.
pub(crate) fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> (usize, SocketAddr) {
    loop {
        match socket.recv_from(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            received => return received.expect("the server echoes"),
        }
    }
}

/// One datagram there and back.
pub(crate) fn datagram(server: SocketAddr, message: &[u8]) {
    let local = if server.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" };
    let socket = UdpSocket::bind(local).unwrap();
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    socket.send_to(message, server).unwrap();
    let mut echo = vec![0; 65_536];
    let (len, from) = receive(&socket, &mut echo);
    assert_eq!(from, server);
    assert!(echo[..len] == *message, "the echo differs");
}

/// The value of a row of the table.
pub(crate) fn row(table: &str, name: &str) -> String {
    let row = table.lines().find_map(|line| line.trim_start().strip_prefix(name));
    row.unwrap_or_else(|| panic!("no row {name:?} in:\n{table}")).trim().to_owned()
}

/// A server of one thread per connection, for the tests' own purposes; its threads end with the test program.
pub(crate) fn serve(each: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let each = Arc::new(each);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            let each = Arc::clone(&each);
            thread::spawn(move || each(stream));
        }
    });
    address
}

/// A load of a server of another process, or of the test.
pub(crate) fn stress(address: SocketAddr, more: &[&str]) -> assert_cmd::Command {
    winsock(&[&["stress", "--connect", &address.to_string()], more].concat())
}

/// Sends everything back that comes, and gives what came. Ends with the client.
pub(crate) fn echo(stream: &mut TcpStream) -> Vec<u8> {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(len @ 1..) = stream.read(&mut buffer) {
        seen.extend_from_slice(&buffer[..len]);
        if stream.write_all(&buffer[..len]).is_err() {
            break;
        }
    }
    seen
}
