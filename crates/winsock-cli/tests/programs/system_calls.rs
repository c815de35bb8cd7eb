//! What an echo costs a completion-port server in system calls: every call of every thread of it is counted, under a load
//! that always has all of its connections waiting. Nothing here depends on the speed of the machine.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{ChildStdin, ChildStdout, Command};
use std::time::{Duration, Instant};

use crate::build::Way;
use crate::trace::{self, Calls, Trace};

const CONNECTIONS: usize = 50;
const BYTES: usize = 64;
/// Rounds before the counting, and counted.
const WARM_UP: usize = 20;
const ROUNDS: usize = 200;
/// No echo takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the load saw.
struct Seen {
    calls: Calls,
    time: Duration,
}

/// Rounds of one message for each connection: all of them are sent before the server sees any.
fn load(trace: &Trace, input: ChildStdin, output: ChildStdout) -> Option<Seen> {
    let mut line = String::new();
    let mut output = BufReader::new(output);
    output.read_line(&mut line).expect("UTF-8");
    let port = line.trim().strip_prefix("Port: ")?.parse().expect("a number");
    let connect = |_| {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("the server listens");
        stream.set_nodelay(true).expect("an option");
        stream.set_read_timeout(Some(PATIENCE)).expect("an option");
        stream
    };
    let mut streams: Vec<TcpStream> = (0..CONNECTIONS).map(connect).collect();
    let mut round = |number: usize| {
        let message = |connection: usize| [(number * 31 + connection) as u8; BYTES];
        let held = trace.hold();
        for (connection, stream) in streams.iter_mut().enumerate() {
            stream.write_all(&message(connection)).expect("the server receives");
        }
        drop(held);
        for (connection, stream) in streams.iter_mut().enumerate() {
            let mut echo = [0; BYTES];
            stream.read_exact(&mut echo).expect("the server answers in time");
            assert_eq!(echo, message(connection));
        }
    };
    (0..WARM_UP).for_each(&mut round);
    let begin = Instant::now();
    trace.begin();
    (WARM_UP..WARM_UP + ROUNDS).for_each(&mut round);
    let calls = trace.end();
    let time = begin.elapsed();
    drop(streams);
    drop(input);
    // What the server has to say at its end.
    output.read_to_string(&mut line).expect("UTF-8");
    Some(Seen { calls, time })
}

/// Counts the calls of a server of one worker, and says them. `None` if the kernel refuses the engine.
fn count(source: &str, engine: &str) -> Option<Seen> {
    let program = Way::Wrapper.build("server", &[source]);
    let mut server = Command::new(program);
    let seen = trace::run(server.arg("1").env("WINSOCK_ENGINE", engine), load)?;
    let mut table = String::new();
    for (thread, calls) in &seen.calls {
        for (&number, &count) in calls {
            let _ = write!(table, "; {thread}: {} {:.3}", name(number), count as f64 / TRIPS);
        }
    }
    println!("{source}, {engine}: {:.3} system calls for a round trip{table}", seen.for_a_trip());
    Some(seen)
}

const TRIPS: f64 = (CONNECTIONS * ROUNDS) as f64;

/// The thread that looks after the engines.
const MONITOR: &str = "winsock-monitor";
/// What it does for a look, however much is under way: it sleeps before, and asks the kernel where nobody else has.
const LOOK: [libc::c_long; 3] = [libc::SYS_clock_nanosleep, libc::SYS_epoll_wait, libc::SYS_io_uring_enter];

impl Seen {
    fn of(&self, call: libc::c_long) -> u64 {
        self.calls.values().filter_map(|calls| calls.get(&call)).sum()
    }

    fn of_the_monitor(&self, call: libc::c_long) -> u64 {
        self.calls.get(MONITOR).and_then(|calls| calls.get(&call)).copied().unwrap_or(0)
    }

    /// Without the looks at the engines: those are a matter of time, not of the load, and [`Seen::assert_few_looks`]'s.
    fn for_a_trip(&self) -> f64 {
        let all: u64 = self.calls.values().flat_map(|calls| calls.values()).sum();
        let looks: u64 = LOOK.iter().map(|&call| self.of_the_monitor(call)).sum();
        (all - looks) as f64 / TRIPS
    }

    /// There is one in a millisecond at most, whatever the load does.
    fn assert_few_looks(&self) {
        let sleeps = self.of_the_monitor(libc::SYS_clock_nanosleep);
        assert_eq!(sleeps, self.of(libc::SYS_clock_nanosleep), "nobody else sleeps");
        assert!(u128::from(sleeps) <= self.time.as_millis() + 2, "{sleeps} looks in {:?}", self.time);
        for call in LOOK {
            let calls = self.of_the_monitor(call);
            assert!(calls <= sleeps + 1, "{calls} of {} for {sleeps} looks", name(call));
        }
    }
}

/// The call's name, of those that a server makes.
fn name(call: libc::c_long) -> String {
    let known = match call {
        libc::SYS_recvfrom => "recvfrom",
        libc::SYS_recvmsg => "recvmsg",
        libc::SYS_sendto => "sendto",
        libc::SYS_sendmsg => "sendmsg",
        libc::SYS_epoll_wait => "epoll_wait",
        libc::SYS_epoll_ctl => "epoll_ctl",
        libc::SYS_io_uring_enter => "io_uring_enter",
        libc::SYS_futex => "futex",
        libc::SYS_write => "write",
        libc::SYS_clock_nanosleep => "clock_nanosleep",
        number => return format!("call {number}"),
    };
    known.to_owned()
}

const SERVERS: [&str; 2] = ["port_accept.cpp", "port_acceptex.cpp"];

/// A receive, a send, and a wait for many of them.
#[test]
fn on_epoll_an_echo_takes_two_system_calls() {
    for source in SERVERS {
        let seen = count(source, "epoll").expect("every kernel has epoll");
        assert_eq!(seen.of(libc::SYS_epoll_ctl), 0, "a socket is registered once");
        // The counter sees both.
        let both = seen.of(libc::SYS_recvfrom).min(seen.of(libc::SYS_sendto)) as f64;
        assert!(both >= 0.99 * TRIPS, "{both} receives or sends");
        let calls = seen.for_a_trip();
        assert!(calls <= 2.1, "{calls:.3} system calls for a round trip");
        seen.assert_few_looks();
    }
}

/// One call hands over many sends and receives, and waits for many.
#[test]
fn on_io_uring_many_echoes_take_one_system_call() {
    for source in SERVERS {
        let Some(seen) = count(source, "io_uring") else {
            println!("skipped: the kernel refuses io_uring");
            return;
        };
        assert!(seen.of(libc::SYS_io_uring_enter) > 0, "the counter sees the calls");
        let calls = seen.for_a_trip();
        assert!(calls <= 0.2, "{calls:.3} system calls for a round trip");
        seen.assert_few_looks();
    }
}
