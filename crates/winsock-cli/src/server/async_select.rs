//! One thread for all clients, to whose window Winsock sends a message when something happens to a socket.
//!
//! *When*: a program that has a window and a message loop anyway, and some clients beside. *Cost*: every event goes
//! through the queue of the thread, which is one for all its messages and holds 10,000: whatever else the program does
//! there, the clients wait for it, and it for them. Nothing is asked that has not happened, so idle clients cost nothing.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use winsock::win32::SOCKET;
use winsock::{Error, Event, Message, MessageLoop, NetworkEvents, Socket, Waitable, Window};

use super::Server;
use super::notices::{self, Find, Notices};
use crate::error::{Context, Failure};

/// The number of the messages.
const HAPPENED: u32 = Message::FIRST;

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    let told = Rc::new(RefCell::new(Vec::new()));
    let happened = Rc::clone(&told);
    let window = Window::new(move |message| {
        happened.borrow_mut().extend(message.network_event().map(|event| event.socket));
        0
    });
    notices::serve(server, Messages { window: window.calling("CreateWindowEx", "")?, told })
}

struct Messages {
    window: Window,
    /// What the window was told of since the last wait.
    told: Rc<RefCell<Vec<SOCKET>>>,
}

impl Notices for Messages {
    const CALL: &'static str = "MsgWaitForMultipleObjectsEx";
    /// Each has three events that can be in the queue at once.
    const MOST: usize = 10_000 / 3;

    fn select(&mut self, socket: &Socket, events: NetworkEvents) -> Result<(), Error> {
        socket.select_messages(self.window.handle(), HAPPENED, events)
    }

    /// What is in the queue for it names a socket that is not there any more.
    fn forget(&mut self, _: &Socket) {}

    fn wait(
        &mut self,
        stop: Option<&Event>,
        limit: Option<Duration>,
        _: Find<'_, '_>,
        told: &mut Vec<SOCKET>,
    ) -> Result<(), Error> {
        let stop: Vec<_> = stop.iter().map(|event| *event as &dyn Waitable).collect();
        MessageLoop::wait(&stop, limit)?;
        MessageLoop::run_pending()?;
        told.append(&mut self.told.borrow_mut());
        Ok(())
    }
}
