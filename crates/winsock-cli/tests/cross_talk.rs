//! Our servers and clients talk across systems: every model of the server on Linux with clients under Wine, and under Wine
//! with clients on Linux, by TCP and UDP. Every byte is verified, by the clients, and here for a file.
//!
//! The test runs itself once more in the environment of `.ci/windows`, and builds the program for Windows there, in a folder
//! of its own. Where something that this needs is missing, a line says so and nothing is tested.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::{NamedTempFile, TempDir};

use common::{MODELS, listening_address, pattern, row};

/// Set in the environment of `.ci/windows`.
const INSIDE: &str = "WINSOCK_CROSS_TALK";
/// What `.ci/windows` answers where it cannot work. It has told why.
const MISSING: i32 = 77;
/// All of it takes no longer, building included.
const SECONDS: &str = "1200";
/// No single step takes longer, on a busy machine and under Wine.
const LIMIT: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(5);

/// The file that is sent.
const SENT: &str = "sent";
const BYTES: usize = 300_000;

/// The model for one connection.
const BASIC: &str = "basic";

fn models() -> impl Iterator<Item = &'static str> {
    std::iter::once(BASIC).chain(MODELS)
}

#[test]
fn every_model_talks_with_the_other_system() {
    if std::env::var_os(INSIDE).is_some() {
        return Talks::prepare().all();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.ci/windows");
    let mut command = Command::new("timeout");
    command.args(["--kill-after=10", SECONDS]).arg(script).arg(std::env::current_exe().unwrap());
    command.args(["--exact", "every_model_talks_with_the_other_system", "--nocapture", "--quiet"]);
    let status = command.env(INSIDE, "1").stdin(Stdio::null()).status().expect("coreutils are there");
    assert!(status.success() || status.code() == Some(MISSING), "{status}: see above");
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum System {
    Linux,
    Windows,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Transport {
    Tcp,
    Udp,
}

/// A server, its clients on the other system, and what came of them.
#[derive(Debug)]
struct Cell {
    system: System,
    model: &'static str,
    transport: Transport,
    /// How many datagrams the server has dropped, and told so.
    result: Result<u64, String>,
}

/// What a load has told.
struct Load {
    connections: u64,
    lost: u64,
}

impl Cell {
    fn is(&self, system: System, model: &str, transport: Transport) -> bool {
        (self.system, self.model, self.transport) == (system, model, transport)
    }
}

/// What all talks need.
struct Talks {
    for_windows: PathBuf,
    folder: TempDir,
    sent: Vec<u8>,
}

impl Talks {
    fn prepare() -> Talks {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("windows");
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--quiet", "--locked", "--package", "winsock-cli", "--bin", "winsock"]);
        let status = cargo.arg("--target-dir").arg(&target).status().expect("cargo runs this test, too");
        assert!(status.success(), "the program cannot be built for Windows");
        let folder = tempfile::tempdir().unwrap();
        let sent = pattern(BYTES, 7);
        fs::write(folder.path().join(SENT), &sent).unwrap();
        Talks { for_windows: target.join("x86_64-pc-windows-gnu/debug/winsock.exe"), folder, sent }
    }

    /// Fills the matrix, and shows it.
    fn all(&self) {
        let cells: Vec<_> = thread::scope(|scope| {
            let linux = scope.spawn(|| self.with_servers_on(System::Linux));
            let windows = self.with_servers_on(System::Windows);
            linux.join().unwrap().into_iter().chain(windows).collect()
        });
        let on_linux = format!("on Linux ({})", self.engine());
        println!("\n{:<20}{on_linux:<24}under Wine", "server");
        println!("{:<20}{:<24}on Linux", "clients", "under Wine");
        println!("{:<20}{}", "", ["TCP         UDP"; 2].join("         "));
        for model in models() {
            let word = |system, transport| {
                let cell = cells.iter().find(|cell| cell.is(system, model, transport));
                match cell.map(|cell| &cell.result) {
                    None => "-".to_owned(),
                    Some(Ok(0)) => "right".to_owned(),
                    Some(Ok(lost)) => format!("{lost} lost"),
                    Some(Err(_)) => "WRONG".to_owned(),
                }
            };
            let [there, here] = [System::Linux, System::Windows]
                .map(|system| [Transport::Tcp, Transport::Udp].map(|transport| word(system, transport)));
            println!("{model:<20}{:<12}{:<12}{:<12}{}", there[0], there[1], here[0], here[1]);
        }
        let wrong: Vec<_> = cells.into_iter().filter(|cell| cell.result.is_err()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    fn with_servers_on(&self, system: System) -> Vec<Cell> {
        let mut cells = Vec::new();
        for model in models() {
            for transport in [Transport::Tcp, Transport::Udp] {
                if (model, transport) != (BASIC, Transport::Udp) {
                    let result = self.talk(system, model, transport);
                    cells.push(Cell { system, model, transport, result });
                }
            }
        }
        cells
    }

    /// One server and its clients.
    fn talk(&self, system: System, model: &str, transport: Transport) -> Result<u64, String> {
        let client = match system {
            System::Linux => System::Windows,
            System::Windows => System::Linux,
        };
        let udp: &[&str] = match transport {
            Transport::Tcp => &[],
            Transport::Udp => &["--udp"],
        };
        let serve = ["server", "--listen", "127.0.0.1:0", "--model", model];
        let mut server = self.start(system, &[&serve, udp].concat())?;
        let line = server.first_line()?;
        let address = listening_address(&line).to_string();

        match transport {
            Transport::Tcp => self.send_file(client, &address, &format!("{model} of {system:?}"))?,
            Transport::Udp => {
                let ask = ["client", &address, "--udp", "--message", "a datagram", "--verify"];
                self.start(client, &ask)?.succeed()?;
            }
        }
        if model == BASIC {
            // It has served its one.
            return server.succeed().map(|_| 0);
        }
        let Load { connections, lost } = self.load(client, &address, udp)?;
        server.interrupt();
        let summary = server.succeed()?;
        // Datagrams may be lost, but not in silence: under Wine a send beside another thread's would block.
        let counted = match transport {
            Transport::Tcp => row(&summary, "Connections").starts_with(&format!("{} (", 1 + connections)),
            Transport::Udp => row(&summary, "Datagrams").ends_with(&format!("({lost} dropped)")),
        };
        match counted && row(&summary, "Errors") == "none" {
            true => Ok(lost),
            false => Err(format!("{connections} connections, {lost} lost datagrams, but:\n{summary}")),
        }
    }

    /// There and back, and here compared.
    fn send_file(&self, client: System, address: &str, name: &str) -> Result<(), String> {
        let name = name.replace(' ', "-");
        let ask = ["client", address, "--file", SENT, "--output", &name, "--verify", "--timeout", "30s"];
        self.start(client, &ask)?.succeed()?;
        let back = fs::read(self.folder.path().join(&name)).map_err(|error| error.to_string())?;
        match back == self.sent {
            true => Ok(()),
            false => Err(format!("{} bytes came back, and not as they were sent", back.len())),
        }
    }

    /// Many connections, which check every byte.
    fn load(&self, client: System, address: &str, udp: &[&str]) -> Result<Load, String> {
        let load = ["stress", "--json", "--connect", address, "--connections", "6", "--count", "20"];
        let short: &[&str] = if udp.is_empty() { &["--churn", "7", "--half-close", "0.3"] } else { &[] };
        let more = ["--size", "1..9000", "--timeout", "30s"];
        let text = self.start(client, &[&load, short, &more, udp].concat())?.succeed()?;
        let told: Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        let number = |value: &Value| value.as_u64().ok_or_else(|| format!("no number: {text}"));
        let lost = number(&told["lost_datagrams"])?;
        let right = number(&told["round_trips"])?;
        let clean = told["wrong_bytes"] == 0 && told["connections"]["failed"] == 0;
        if !clean || right + lost != 6 * 20 || right < lost || (udp.is_empty() && lost > 0) {
            return Err(format!("a load that is not whole: {text}"));
        }
        Ok(Load { connections: number(&told["connections"]["tried"])?, lost })
    }

    fn engine(&self) -> String {
        let told = self.start(System::Linux, &["doctor", "--json"]).and_then(Process::succeed);
        let told: Value = serde_json::from_str(&told.unwrap()).unwrap();
        told["engine"]["name"].as_str().unwrap().to_owned()
    }

    fn start(&self, system: System, arguments: &[&str]) -> Result<Process, String> {
        let mut command = match system {
            System::Linux => Command::new(assert_cmd::cargo::cargo_bin!("winsock")),
            System::Windows => Command::new("wine"),
        };
        if let System::Windows = system {
            command.arg(&self.for_windows);
        }
        command.args(arguments).current_dir(self.folder.path());
        Process::start(command)
    }
}

/// A process that ends with this value at the latest.
///
/// It prints into files: what Wine starts beside a program would keep a pipe open.
struct Process {
    child: Child,
    printed: NamedTempFile,
    errors: NamedTempFile,
}

impl Process {
    fn start(mut command: Command) -> Result<Process, String> {
        let [printed, errors] = [(); 2].map(|()| NamedTempFile::new().expect("a file for what is printed"));
        let end = |file: &NamedTempFile| Stdio::from(file.reopen().expect("it can be written"));
        command.stdin(Stdio::null()).stdout(end(&printed)).stderr(end(&errors));
        let child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        Ok(Process { child, printed, errors })
    }

    /// The first line of standard error.
    fn first_line(&mut self) -> Result<String, String> {
        self.wait_until("says nothing", |process| {
            let line = text(&process.errors).split_inclusive('\n').next()?.to_owned();
            line.ends_with('\n').then_some(line)
        })
    }

    /// Ctrl-C.
    fn interrupt(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).expect("it was not waited for");
    }

    /// Waits for a good end, and gives what was printed.
    fn succeed(mut self) -> Result<String, String> {
        let status = self.wait_until("does not end", |process| process.child.try_wait().unwrap())?;
        match status.success() {
            true => Ok(text(&self.printed)),
            false => Err(format!("{status}: {}{}", text(&self.printed), text(&self.errors))),
        }
    }

    fn wait_until<T>(&mut self, what: &str, look: impl Fn(&mut Process) -> Option<T>) -> Result<T, String> {
        let began = Instant::now();
        loop {
            // An end that is seen now is one before the look.
            let ended = self.child.try_wait().unwrap();
            match (look(self), ended) {
                (Some(seen), _) => return Ok(seen),
                (None, Some(status)) => return Err(format!("{what}, {status}: {}", text(&self.errors))),
                (None, None) if began.elapsed() > LIMIT => {
                    return Err(format!("{what}: {}", text(&self.errors)));
                }
                (None, None) => thread::sleep(LOOK),
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a file holds by now.
fn text(file: &NamedTempFile) -> String {
    let bytes = fs::read(file.path()).expect("the file can be read");
    String::from_utf8_lossy(&bytes).replace('\r', "")
}
