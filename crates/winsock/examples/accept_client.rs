//! A client that sends many bytes and takes their echo, in five ways: `-s` says which.
//!
//! It teaches what the order of sending and receiving does to a server and to the client itself. Who sends all before it
//! receives anything fills every buffer on the way, and both sides wait; who never receives makes the server wait; the
//! fifth way, a thread for each direction, is the one to choose. All of them say that nothing more will come with a
//! shutdown, and read until the server has ended its side.
//!
//! ```text
//! $ cargo run --example accept_client -- -a 4 -n 127.0.0.1 -e 5105 -s 5 -b 1000
//! ...
//! Closed socket 4. Total Bytes Recd = 1000, Total Bytes Sent = 1000
//! ```
//!
//! Its server: `accept_server`.

#![forbid(unsafe_code)]

mod common;

use common::Arguments;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;
use winsock::{Family, Resolver, Shutdown, Socket};

struct Options {
    family: Family,
    server: String,
    port: String,
    bytes: usize,
    iterations: u32,
    delay: Duration,
    scenario: Scenario,
}

#[derive(Clone, Copy, PartialEq)]
enum Scenario {
    SendThenReceive = 1,
    SendOnly,
    SendWaitReceive,
    WaitSendReceive,
    BothAtOnce,
}

/// As much as one receive takes.
const ROOM: usize = 10_240;

fn options(arguments: &mut Arguments) -> Option<Options> {
    let mut options = Options {
        family: Family::UNSPECIFIED,
        server: "localhost".into(),
        port: "7243".into(),
        bytes: 1024,
        iterations: 1,
        delay: Duration::from_millis(5000),
        scenario: Scenario::BothAtOnce,
    };
    while let Some(option) = arguments.option() {
        match option {
            'a' => options.family = common::family(arguments.number()?)?,
            'n' => options.server = arguments.value()?,
            'e' => options.port = arguments.value()?,
            'b' => options.bytes = arguments.number()?,
            'l' => options.iterations = arguments.number().filter(|&count| count > 0)?,
            'd' => options.delay = Duration::from_millis(arguments.number()?),
            's' => options.scenario = scenario(arguments.number()?)?,
            _ => return None,
        }
    }
    Some(options)
}

fn scenario(number: u32) -> Option<Scenario> {
    use Scenario::*;
    [SendThenReceive, SendOnly, SendWaitReceive, WaitSendReceive, BothAtOnce]
        .into_iter()
        .find(|&scenario| scenario as u32 == number)
}

fn main() -> ExitCode {
    let mut arguments = Arguments::new();
    let Some(options) = options(&mut arguments) else {
        println!("ERROR: option {}\nUsage:\n   {} <options>", arguments.current, arguments.program);
        println!("   -a <0|4|6>      address family: either, IPv4, IPv6 (0)");
        println!("   -n <server>     name or address (localhost)");
        println!("   -e <endpoint>   port (7243)");
        println!("   -b <bytes>      how many to send (1024)");
        println!("   -l <count>      how many times (1)");
        println!("   -d <millisecs>  how long scenarios 3 and 4 wait (5000)");
        println!("   -s <1..5>       scenario: 1 send all, then receive; 2 send all, never receive;");
        println!("                   3 send all, wait, receive; 4 wait, send all, receive;");
        println!("                   5 send and receive at the same time (5)");
        return ExitCode::from(1);
    };
    println!("Parsed input arguments. The following values will be used : ");
    println!("\tAddress Family = {}", common::family_name(options.family));
    println!("\tServer = {}", options.server);
    println!("\tPort = {}", options.port);
    println!("\tBytes to Send = {}", options.bytes);
    println!("\tReceive buffer size = {ROOM}");
    println!("\tIterations  = {}", options.iterations);
    println!("\tDelay = {}", options.delay.as_millis());
    println!("\tScenario = {}", options.scenario as u32);

    for iteration in 1..=options.iterations {
        println!("\n\nPerforming Iteration : {iteration}\n-------------------------");
        // As in the sample, the exit code tells wrong options only.
        let Some(socket) = connect(&options) else { break };
        let (sent, received) = talk(&socket, &options);
        let handle = socket.as_raw();
        drop(socket);
        println!("Closed socket {handle}. Total Bytes Recd = {received}, Total Bytes Sent = {sent}");
    }
    ExitCode::SUCCESS
}

/// Connects to the first address of the server that answers.
fn connect(options: &Options) -> Option<Socket> {
    let addresses = Resolver::new().family(options.family).resolve(&options.server, options.port.as_str());
    let addresses = match addresses {
        Ok(addresses) => addresses,
        Err(error) => {
            println!("getaddrinfo failed. Error = {}", error.code());
            return None;
        }
    };
    println!("getaddrinfo successful.Enumerating the returned addresses ...\n");
    for (number, address) in (1..).zip(addresses) {
        println!("Processing Address {number} returned by getaddrinfo : {address}");
        let socket = match Socket::stream(Family::of(address)) {
            Ok(socket) => socket,
            Err(error) => {
                println!("WSASocket failed. Error = {}", error.code());
                continue;
            }
        };
        println!("Created client socket with handle = {}", socket.as_raw());
        match socket.connect(address) {
            Ok(()) => {
                println!("Connected successfully");
                return Some(socket);
            }
            Err(error) => println!("connect failed. Error = {}", error.code()),
        }
    }
    None
}

/// Sends and receives as the scenario says. Gives the bytes of both.
fn talk(socket: &Socket, options: &Options) -> (usize, usize) {
    match options.scenario {
        Scenario::SendThenReceive => (send_all(socket, options.bytes), receive_all(socket)),
        Scenario::SendOnly => (send_all(socket, options.bytes), 0),
        Scenario::SendWaitReceive => {
            let sent = send_all(socket, options.bytes);
            println!("Waiting before doing recv ...");
            thread::sleep(options.delay);
            (sent, receive_all(socket))
        }
        Scenario::WaitSendReceive => {
            println!("Waiting before doing initial send ...");
            thread::sleep(options.delay);
            (send_all(socket, options.bytes), receive_all(socket))
        }
        Scenario::BothAtOnce => thread::scope(|scope| {
            let receiver = scope.spawn(|| receive_all(socket));
            let sent = send_all(socket, options.bytes);
            let received = receiver.join().expect("the receiver does not panic");
            println!("Recv Thread done.");
            (sent, received)
        }),
    }
}

/// Sends that many bytes, then says that there are no more.
fn send_all(socket: &Socket, bytes: usize) -> usize {
    let data = vec![b'H'; bytes];
    let mut sent = 0;
    loop {
        match socket.send(&data[sent..]) {
            Ok(more) => {
                sent += more;
                println!("Sent {sent} bytes so far");
            }
            Err(error) => {
                println!("ERROR: send failed: Error = {}", error.code());
                break;
            }
        }
        if sent == bytes {
            println!("Send completed");
            break;
        }
    }
    match socket.shutdown(Shutdown::Send) {
        Ok(()) => println!("shutdown successful"),
        Err(error) => println!("shutdown failed. err = {}", error.code()),
    }
    sent
}

/// Receives until the server has ended its side.
fn receive_all(socket: &Socket) -> usize {
    let mut buffer = [0; ROOM];
    let mut received = 0;
    loop {
        match socket.recv(&mut buffer) {
            Ok(0) => {
                println!("Recv returned 0. Remote socket must have been gracefully closed.");
                return received;
            }
            Ok(more) => {
                received += more;
                println!("Recd {received} bytes so far");
            }
            Err(error) => {
                println!("ERROR: recv returned : {}", error.code());
                return received;
            }
        }
    }
}
