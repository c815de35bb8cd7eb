//! An echo server on a completion port: a few worker threads serve any number of clients.
//!
//! It teaches the shape of every such server:
//! - each client's socket is associated with the port, and always has one operation under way: a receive, or the send
//!   of what was received;
//! - workers take completions, whoever's they are, and start the client's next operation. What they need to know of the
//!   client comes with the completion: `Arc<Client>`, kept alive by nothing but the operation;
//! - the buffer goes with the operation, and comes back with it. No unsafe code has to promise that it stays.
//!
//! ```text
//! $ cargo run --example echo_iocp -- 127.0.0.1:7007 4
//! IoUring (the kernel allows io_uring), 4 workers, 127.0.0.1:7007
//! ```

#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::{env, io, thread};
use winsock::{
    Completion, CompletionPort, Error, Family, NotStarted, Operation, PortSocket, Shutdown, Socket,
};

/// As much as one receive takes.
const ROOM: usize = 4096;

/// A client, as long as an operation of it is under way.
struct Client {
    socket: PortSocket<Arc<Client>>,
    peer: SocketAddr,
}

type Port = CompletionPort<Arc<Client>>;
type Started = Result<(), NotStarted<Arc<Client>>>;

/// What follows on a completion.
fn next(completion: Completion<Arc<Client>>) -> Started {
    let Completion { operation, outcome, mut buffer, data: client, .. } = completion;
    match (operation, outcome.result()) {
        (_, Err(error)) => {
            eprintln!("{}: {error}", client.peer);
            Ok(())
        }
        // The client has ended its side, and has all that it sent: there is nothing to start, and it goes.
        (Operation::Receive, Ok(0)) => {
            let _ = client.socket.shutdown(Shutdown::Send);
            Ok(())
        }
        (Operation::Receive, Ok(_)) => client.clone().socket.start_send(buffer, client),
        (_, Ok(_)) => {
            buffer.clear();
            client.clone().socket.start_receive(buffer, client)
        }
    }
}

/// A worker: takes completions until the port fails.
fn work(port: &Port) -> Error {
    loop {
        let completion = match port.take(None) {
            Ok(completion) => completion,
            Err(error) => return error,
        };
        if let Err(refused) = next(completion) {
            eprintln!("{}: {refused}", refused.data.peer);
        }
    }
}

/// Makes the next client known to the port, and starts its first operation.
fn welcome(port: &Port, listener: &Socket) -> Result<(), Error> {
    let (socket, peer) = listener.accept()?;
    socket.set_nodelay(true)?;
    let client = Arc::new(Client { socket: port.associate(socket, 0)?, peer });
    Ok(client.clone().socket.start_receive(Vec::with_capacity(ROOM), client)?)
}

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let address: SocketAddr =
        arguments.next().unwrap_or("127.0.0.1:7007".into()).parse().expect("an address");
    let workers: usize = arguments.next().unwrap_or("2".into()).parse().expect("a number of workers");

    let port = Port::new(workers)?;
    let listener = Socket::stream(Family::of(address))?;
    listener.bind(address)?;
    listener.listen(i32::MAX)?;
    let engine = winsock::engine()?;
    println!("{:?} ({}), {workers} workers, {}", engine.engine, engine.reason, listener.local_addr()?);

    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| eprintln!("a worker ends: {}", work(&port)));
        }
        loop {
            if let Err(error) = welcome(&port, &listener) {
                eprintln!("no client: {error}");
            }
        }
    })
}
