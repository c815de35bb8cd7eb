//! One thread, a window that is told of the sockets by messages, WSAAsyncSelect.
mod lesson;

use lesson::{CLIENTS, Connection, Lesson, accept};
use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use winsock::{Error, Message, MessageLoop, NetworkEvents, NetworkMessage, Socket, Window};

// ANCHOR: procedure
const SOCKET_MESSAGE: u32 = Message::FIRST;

struct Server {
    listener: Socket,
    clients: Vec<Connection>,
    accepted: usize,
    bytes: usize,
}

impl Server {
    fn on_message(&mut self, told: NetworkMessage) -> Result<(), Error> {
        if told.event == NetworkEvents::ACCEPT {
            // The connection has the listener's selection: it needs none of its own.
            let client = accept(&self.listener)?;
            self.accepted += usize::from(client.is_some());
            self.clients.extend(client);
            return Ok(());
        }
        // A message of a socket that is closed by now finds no connection.
        let bytes = &mut self.bytes;
        self.clients.retain_mut(|client| !told.is_of(&client.socket) || client.turn(bytes));
        if self.accepted == CLIENTS && self.clients.is_empty() {
            MessageLoop::quit(0);
        }
        Ok(())
    }
}
// ANCHOR_END: procedure

// ANCHOR: loop
fn main() -> io::Result<()> {
    let lesson = Lesson::begin()?;
    let listener = lesson.listener.try_clone()?;
    let server = Rc::new(RefCell::new(Server { listener, clients: Vec::new(), accepted: 0, bytes: 0 }));

    let serving = Rc::clone(&server);
    let window = Window::new(move |message| {
        if let (SOCKET_MESSAGE, Some(told)) = (message.number, message.network_event()) {
            serving.borrow_mut().on_message(told).expect("a server that goes on");
        }
        0
    })?;
    let wanted = NetworkEvents::ACCEPT | NetworkEvents::READ | NetworkEvents::WRITE | NetworkEvents::CLOSE;
    lesson.listener.select_messages(window.handle(), SOCKET_MESSAGE, wanted)?;

    MessageLoop::run()?;
    drop(window);
    let bytes = server.borrow().bytes;
    lesson.finish(bytes)
}
// ANCHOR_END: loop
