//! One thread, a window that is told of the sockets by messages, WSAAsyncSelect.
mod lesson;

use lesson::{CLIENTS, Connection, Lesson, accept};
use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use winsock::{Error, Message, MessageLoop, NetworkEvents, NetworkMessage, Socket, Window, WindowHandle};

// ANCHOR: procedure
const SOCKET_MESSAGE: u32 = Message::FIRST;

struct Server {
    listener: Socket,
    clients: Vec<Connection>,
    accepted: usize,
    bytes: usize,
}

impl Server {
    fn on_message(&mut self, window: WindowHandle, told: NetworkMessage) -> Result<(), Error> {
        if told.event == NetworkEvents::ACCEPT {
            if let Some(client) = accept(&self.listener)? {
                let wanted = NetworkEvents::READ | NetworkEvents::WRITE | NetworkEvents::CLOSE;
                client.socket.select_messages(window, SOCKET_MESSAGE, wanted)?;
                self.clients.push(client);
                self.accepted += 1;
            }
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

    let (serving, own) = (Rc::clone(&server), Rc::new(RefCell::new(None)));
    let handle = Rc::clone(&own);
    let window = Window::new(move |message| {
        if let (Some(told), Some(window)) = (message.network_event(), *handle.borrow()) {
            serving.borrow_mut().on_message(window, told).expect("a server that goes on");
        }
        0
    })?;
    own.replace(Some(window.handle()));
    server.borrow().listener.select_messages(window.handle(), SOCKET_MESSAGE, NetworkEvents::ACCEPT)?;

    MessageLoop::run()?;
    let bytes = server.borrow().bytes;
    lesson.finish(bytes)
}
// ANCHOR_END: loop
