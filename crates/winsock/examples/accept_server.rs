//! An echo server of any number of clients in one thread, which learns of their events in one of two ways.
//!
//! It teaches both: `-t 1` asks `select` with all sockets again and again; `-t 2` has Winsock send a message for every
//! event of a socket to a window, beside whatever else the window's thread does (`WSAAsyncSelect`). Neither waits in a
//! receive or a send: what could not be sent is kept, and nothing more is received from that client until it has left.
//! Choose `select` for a few dozen sockets, messages for a program that has a message loop anyway.
//!
//! ```text
//! $ cargo run --example accept_server -- -a 4 -i 127.0.0.1 -e 5105 -t 1
//! ...
//! Accepted connection from client:127.0.0.1:39142
//! ...
//! Closed socket 5. Total Bytes Recd = 1000, Total Bytes Sent = 1000
//! ```
//!
//! Its client: `accept_client`.

#![forbid(unsafe_code)]

mod common;

use common::{Arguments, Calling, Failed};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;
use winsock::win32::SOCKET;
use winsock::{
    Error, Family, Message, MessageLoop, NetworkEvents, NetworkMessage, Shutdown, Socket, SocketSet, Type,
    Window, WindowHandle, select,
};

struct Options {
    family: Family,
    interface: Option<String>,
    port: String,
    way: Way,
}

#[derive(Clone, Copy)]
enum Way {
    /// `NON_BLOCKING_ACCEPT`.
    Select,
    /// `ASYNC_SELECT_ACCEPT`.
    Messages,
}

fn options(arguments: &mut Arguments) -> Option<Options> {
    let mut options =
        Options { family: Family::UNSPECIFIED, interface: None, port: "7243".into(), way: Way::Select };
    while let Some(option) = arguments.option() {
        match option {
            'a' => options.family = common::family(arguments.number()?)?,
            'i' => options.interface = Some(arguments.value()?),
            'e' => options.port = arguments.value()?,
            't' => {
                options.way = match arguments.number::<u8>()? {
                    1 => Way::Select,
                    2 => Way::Messages,
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
    Some(options)
}

fn main() -> ExitCode {
    let mut arguments = Arguments::new();
    let Some(options) = options(&mut arguments) else {
        println!("ERROR: option {}\nUsage:\n   {} <options>", arguments.current, arguments.program);
        println!("   -a <0|4|6>      address family: either, IPv4, IPv6 (0)");
        println!("   -i <interface>  address (all of this machine)");
        println!("   -e <endpoint>   port (7243)");
        println!("   -t <1|2>        events by select, or by messages (1)");
        return ExitCode::from(1);
    };
    println!("Parsed input arguments. The following values will be used : ");
    println!("\tAddress Family = {}", common::family_name(options.family));
    println!("\tInterface = {}", options.interface.as_deref().unwrap_or("(null)"));
    println!("\tPort = {}", options.port);
    println!(
        "\tType of Accept = {}",
        match options.way {
            Way::Select => "NON_BLOCKING_ACCEPT",
            Way::Messages => "ASYNC_SELECT_ACCEPT",
        }
    );
    // As in the sample, the exit code tells wrong options only.
    if let Err(failed) = run(&options) {
        println!("ERROR: {failed}");
    }
    ExitCode::SUCCESS
}

fn run(options: &Options) -> Result<(), Failed> {
    let listeners = listeners(options)?;
    match options.way {
        Way::Select => with_select(&listeners),
        Way::Messages => with_messages(listeners),
    }
}

/// A socket that does not block for each address that can be had.
fn listeners(options: &Options) -> Result<Vec<Socket>, Failed> {
    let Options { family, ref interface, ref port, .. } = *options;
    let mut listeners = Vec::new();
    let addresses = common::addresses_to_bind(interface.as_deref(), port, family, Type::STREAM)?;
    for (number, address) in (1..).zip(addresses) {
        println!("Processing Address {number} returned by getaddrinfo : {address}");
        let socket = Socket::stream(Family::of(address)).calling("WSASocket")?;
        println!("Created socket with handle = {}", socket.as_raw());
        if let Err(error) = socket.bind(address) {
            println!("bind failed. Error = {}", error.code());
            continue;
        }
        println!("Socket bound successfully");
        socket.listen(64).calling("listen")?;
        println!("Listen successful");
        socket.set_nonblocking(true).calling("ioctlsocket")?;
        listeners.push(socket);
    }
    Ok(listeners)
}

/// A client, and what it is still to get back.
struct Connection {
    socket: Socket,
    unsent: Vec<u8>,
    received: usize,
    sent: usize,
    /// Whether a message has told that the peer has ended its side.
    has_ended: bool,
}

impl Connection {
    /// Takes the next client, unless it has gone again.
    fn accept(listener: &Socket) -> Option<Connection> {
        match listener.accept() {
            Ok((socket, from)) => {
                println!("Accepted connection from client:{from}");
                println!("Added accepted socket {} to list of sockets", socket.as_raw());
                Some(Connection { socket, unsent: Vec::new(), received: 0, sent: 0, has_ended: false })
            }
            Err(error) => {
                println!("ERROR: WSAAccept failed. Error = {}", error.code());
                None
            }
        }
    }

    /// Sends what is left, and if that is all of it, receives once and sends that. Answers whether the client stays.
    fn go_on(&mut self) -> bool {
        self.send() && (!self.unsent.is_empty() || (self.receive() && self.send()))
    }

    fn receive(&mut self) -> bool {
        let mut buffer = [0; 4095];
        match self.socket.recv(&mut buffer) {
            Ok(0) => {
                println!("recv returned 0. Remote side has closed gracefully. Good.");
                false
            }
            Ok(received) => {
                let data = &buffer[..received];
                println!("Received data = {}, length = {received}", common::text(data));
                self.unsent.extend(data);
                self.received += received;
                true
            }
            Err(Error::WSAEWOULDBLOCK) => {
                println!("recv got WSAEWOULDBLOCK. Will retry recv later ...");
                true
            }
            Err(error) => {
                println!("ERROR: recv failed. error = {}", error.code());
                false
            }
        }
    }

    fn send(&mut self) -> bool {
        if self.unsent.is_empty() {
            return true;
        }
        match self.socket.send(&self.unsent) {
            Ok(sent) => {
                self.unsent.drain(..sent);
                self.sent += sent;
                println!("Sent {sent} bytes. Remaining = {} bytes.", self.unsent.len());
                true
            }
            Err(Error::WSAEWOULDBLOCK) => {
                println!("send got WSAEWOULDBLOCK. Will retry send later ...");
                true
            }
            Err(error) => {
                println!("ERROR: send failed. error = {}", error.code());
                false
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Connection { ref socket, received, sent, .. } = *self;
        let handle = socket.as_raw();
        println!("Closed socket {handle}. Total Bytes Recd = {received}, Total Bytes Sent = {sent}");
    }
}

/// Asks `select` what is to be done, and does it.
fn with_select(listeners: &[Socket]) -> Result<(), Failed> {
    const HEART_BEAT: Duration = Duration::from_secs(30);
    let mut connections: Vec<Connection> = Vec::new();
    loop {
        let (mut readable, mut writable) = (SocketSet::from_iter(listeners), SocketSet::new());
        for connection in &connections {
            // Whoever does not read what it is sent is not heard.
            if connection.unsent.is_empty() {
                readable.insert(&connection.socket);
            } else {
                writable.insert(&connection.socket);
            }
        }
        println!("Num sockets in FD_SET: {}", readable.len() + writable.len());
        println!("Waiting in select for data/connections ...");
        let ready = select(&mut readable, &mut writable, &mut SocketSet::new(), Some(HEART_BEAT));
        if ready.calling("select")? == 0 {
            println!("No connections/data in the last {} seconds. ", HEART_BEAT.as_secs());
        }
        let new = listeners.iter().filter(|listener| readable.contains(listener));
        let new: Vec<Connection> = new.filter_map(Connection::accept).collect();
        let is_ready = |socket| readable.contains(socket) || writable.contains(socket);
        let ready: Vec<bool> = connections.iter().map(|connection| is_ready(&connection.socket)).collect();
        let mut ready = ready.into_iter();
        connections.retain_mut(|connection| !ready.next().unwrap_or(false) || connection.go_on());
        connections.extend(new);
    }
}

/// Has messages sent for what happens, and does what they call for.
fn with_messages(listeners: Vec<Socket>) -> Result<(), Failed> {
    let server = Rc::new(Server { listeners, connections: RefCell::default(), window: OnceCell::new() });
    let told = Rc::clone(&server);
    let window = Window::new(move |message| {
        if let Some(event) = message.network_event() {
            told.happened(event);
        }
        0
    });
    let window = window.calling("CreateWindow")?;
    server.window.set(window.handle()).expect("it is set here only");
    for listener in &server.listeners {
        server.select(listener, NetworkEvents::ACCEPT | NetworkEvents::CLOSE)?;
    }
    MessageLoop::run().calling("GetMessage").map(drop)
}

/// What the window's messages are about.
struct Server {
    listeners: Vec<Socket>,
    connections: RefCell<HashMap<SOCKET, Connection>>,
    window: OnceCell<WindowHandle>,
}

impl Server {
    /// The number of the messages that Winsock sends.
    const MESSAGE: u32 = Message::FIRST;

    fn select(&self, socket: &Socket, events: NetworkEvents) -> Result<(), Failed> {
        let window = *self.window.get().expect("the window comes first");
        socket.select_messages(window, Server::MESSAGE, events).calling("WSAAsyncSelect")
    }

    fn happened(&self, NetworkMessage { socket, event, result, .. }: NetworkMessage) {
        let error = result.map_or_else(Error::code, |()| 0);
        println!("Network event for Sock = {socket}, Event = {event:?}, Error = {error}");
        if let Some(listener) = self.listeners.iter().find(|listener| listener.as_raw() == socket) {
            return self.welcome(listener);
        }
        let mut connections = self.connections.borrow_mut();
        let Some(connection) = connections.get_mut(&socket) else {
            return println!("Couldn't find SockInfo. Socket might have been closed.");
        };
        connection.has_ended |= event == NetworkEvents::CLOSE;
        // A receive asks for the next message, if there is more; after the peer's end none comes.
        let mut stays = result.is_ok() && connection.go_on();
        while stays && connection.has_ended && connection.unsent.is_empty() {
            stays = connection.go_on();
        }
        if !stays {
            let _ = connection.socket.shutdown(Shutdown::Send);
            connections.remove(&socket);
        }
    }

    fn welcome(&self, listener: &Socket) {
        let Some(connection) = Connection::accept(listener) else { return };
        // Until now it has the listener's selection.
        let events = NetworkEvents::READ | NetworkEvents::WRITE | NetworkEvents::CLOSE;
        match self.select(&connection.socket, events) {
            Ok(()) => drop(self.connections.borrow_mut().insert(connection.socket.as_raw(), connection)),
            Err(failed) => println!("ERROR: {failed}"),
        }
    }
}
