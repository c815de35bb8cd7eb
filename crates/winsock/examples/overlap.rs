//! An echo server with overlapped operations and events, in one thread.
//!
//! It teaches operations that go on while the program does something else: an accept, and for each client a receive or a
//! send, each signalled when it has ended; one wait takes them all. The operation owns its socket and its buffer until
//! then, so nothing has to promise that they stay. Choose it for a few operations that a thread waits for beside other
//! objects; a wait takes 64 at most, a completion port any number.
//!
//! ```text
//! $ cargo run --example overlap -- -e 5101 -i 127.0.0.1
//! Listening on 127.0.0.1:5101
//! Read buffer [This is a small test message [number 0]]
//! Echoing back to client
//! Wrote 40 bytes
//! Queueing read
//! ```
//!
//! Its client: `simplec`.

#![forbid(unsafe_code)]

mod common;

use common::{Arguments, Calling, Failed};
use std::mem;
use std::process::ExitCode;
use winsock::{Error, Family, Finished, NotStarted, Pending, Shutdown, Socket, Type, Waitable, wait_any};

/// As many operations as may be under way: an accept, and one for each client.
const MAX_PENDING: usize = 10;
/// As much as one receive takes.
const ROOM: usize = 128;

struct Options {
    interface: Option<String>,
    port: String,
}

fn options(arguments: &mut Arguments) -> Option<Options> {
    let mut options = Options { interface: None, port: "5001".into() };
    while let Some(option) = arguments.option() {
        match option {
            'i' => options.interface = Some(arguments.value()?),
            'e' => options.port = arguments.value()?,
            _ => return None,
        }
    }
    Some(options)
}

fn main() -> ExitCode {
    let mut arguments = Arguments::new();
    let Some(options) = options(&mut arguments) else {
        eprintln!("Usage\n{} -e [endpoint] -i [interface]", arguments.program);
        eprintln!("\t-e endpoint: the port (5001)");
        eprintln!("\t-i interface: the address, of IPv4 or IPv6 (all of this machine)");
        return ExitCode::from(1);
    };
    // As in the sample, the exit code tells wrong options only.
    if let Err(failed) = listen(&options).and_then(|listener| serve(&listener)) {
        report(&failed);
    }
    ExitCode::SUCCESS
}

fn report(failed: &Failed) {
    eprintln!("\n{} failed with error: {}", failed.call, failed.error.code());
}

fn listen(options: &Options) -> Result<Socket, Failed> {
    let Options { interface, port } = options;
    let addresses = common::addresses_to_bind(interface.as_deref(), port, Family::UNSPECIFIED, Type::STREAM)?;
    let address = *addresses.first().ok_or(Error::WSAHOST_NOT_FOUND).calling("getaddrinfo()")?;
    let listener = Socket::stream(Family::of(address)).calling("WSASocket()")?;
    listener.bind(address).calling("bind()")?;
    listener.listen(5).calling("listen()")?;
    println!("Listening on {}:{}", address.ip(), address.port());
    Ok(listener)
}

/// A client, and the operation of it that is under way.
enum Client {
    Reading(Pending<Socket>),
    Writing(Pending<Socket>),
}

impl Client {
    fn operation(&self) -> &dyn Waitable {
        match self {
            Client::Reading(operation) | Client::Writing(operation) => operation,
        }
    }
}

fn serve(listener: &Socket) -> Result<(), Failed> {
    // An accept that takes the connection alone, without waiting for data on it.
    let accept = || Pending::accept(listener, Vec::new(), 0).calling("AcceptEx()");
    let mut accepting = accept()?;
    let mut clients: Vec<Client> = Vec::new();
    loop {
        let mut waiting: Vec<&dyn Waitable> = vec![&accepting];
        waiting.extend(clients.iter().map(Client::operation));
        match wait_any(&waiting, None).calling("WSAWaitForMultipleEvents()")? {
            None => {}
            Some(0) => {
                let accepted = mem::replace(&mut accepting, accept()?).finish();
                match accepted.accepted {
                    Some(new) if 1 + clients.len() < MAX_PENDING => {
                        clients.extend(read(new.socket, Vec::new()))
                    }
                    Some(new) => {
                        eprintln!("Too many pending requests");
                        let _ = new.socket.shutdown(Shutdown::Both);
                    }
                    None => {}
                }
            }
            // The wait finds the first that has ended: whoever had a turn goes behind the others.
            Some(place) => {
                let client = clients.remove(place - 1);
                clients.extend(go_on(client));
            }
        }
    }
}

/// What follows on the end of a client's operation; none if the client goes.
fn go_on(client: Client) -> Option<Client> {
    match client {
        Client::Reading(operation) => {
            let (socket, buffer, received) = result(operation.finish())?;
            if received == 0 {
                return None;
            }
            println!("Read buffer [{}]", common::text(&buffer));
            println!("Echoing back to client");
            started("WSASend()", Pending::send(socket, buffer)).map(Client::Writing)
        }
        Client::Writing(operation) => {
            let (socket, buffer, sent) = result(operation.finish())?;
            println!("Wrote {sent} bytes");
            println!("Queueing read");
            read(socket, buffer)
        }
    }
}

fn read(socket: Socket, mut buffer: Vec<u8>) -> Option<Client> {
    buffer.clear();
    buffer.reserve_exact(ROOM);
    started("WSARecv()", Pending::receive(socket, buffer)).map(Client::Reading)
}

fn started(
    call: &'static str,
    operation: Result<Pending<Socket>, NotStarted<Socket>>,
) -> Option<Pending<Socket>> {
    operation.calling(call).inspect_err(report).ok()
}

fn result(finished: Finished<Socket>) -> Option<(Socket, Vec<u8>, usize)> {
    let Finished { socket, buffer, outcome, .. } = finished;
    let bytes = outcome.result().calling("WSAGetOverlappedResult()").inspect_err(report).ok()?;
    Some((socket, buffer, bytes))
}
