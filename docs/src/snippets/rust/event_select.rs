//! One thread, an event for each socket, WSAEventSelect.
mod lesson;

use lesson::{CLIENTS, Connection, Lesson, accept};
use std::io;
use winsock::{Event, NetworkEvents, Reset, Waitable, wait_any};

// ANCHOR: loop
fn main() -> io::Result<()> {
    let lesson = Lesson::begin()?;
    let mut clients: Vec<(Connection, Event)> = Vec::new();
    let (mut accepted, mut bytes) = (0, 0);

    let event = Event::new(Reset::Manual, false)?;
    lesson.listener.select_events(&event, NetworkEvents::ACCEPT)?;
    while accepted < CLIENTS || !clients.is_empty() {
        let mut events: Vec<&dyn Waitable> = vec![&event];
        events.extend(clients.iter().map(|(_, event)| event as &dyn Waitable));

        // Names the first that is set; others behind it may be set too, and come in the next rounds.
        let Some(place) = wait_any(&events, None)? else { continue };

        if place > 0 {
            let (client, event) = &mut clients[place - 1];
            client.socket.network_events(Some(event))?;
            if !client.turn(&mut bytes) {
                clients.swap_remove(place - 1);
            } // else READ, WRITE or CLOSE will come
        } else {
            lesson.listener.network_events(Some(&event))?;
            if let Some(client) = accept(&lesson.listener)? {
                let event = Event::new(Reset::Manual, false)?;
                let wanted = NetworkEvents::READ | NetworkEvents::WRITE | NetworkEvents::CLOSE;
                client.socket.select_events(&event, wanted)?;
                clients.push((client, event));
                accepted += 1;
            }
        }
    }
    lesson.finish(bytes)
}
// ANCHOR_END: loop
