//! One thread for all clients, which waits for events that Winsock sets when something happens to a socket.
//!
//! *When*: hundreds of clients, in a program that waits for other events too, and whose calls are to stay plain receives
//! and sends. *Cost*: one wait takes 64 events (`WSA_MAXIMUM_WAIT_EVENTS`), of which one is for the end of the server: so
//! clients share the other 63, and when one is set, each that shares it is asked what has happened. With 63 sockets that
//! is one, with 6,300 a hundred.

use std::collections::HashMap;
use std::time::Duration;

use winsock::win32::SOCKET;
use winsock::{Error, Event, NetworkEvents, Reset, Socket, Waitable, wait_any};

use super::Server;
use super::notices::{self, Find, Notices};
use crate::error::Failure;

/// Events beside that for the end.
const GROUPS: usize = 63;

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    notices::serve(server, Events { groups: Vec::new(), places: HashMap::new() })
}

/// Sockets that share an event.
struct Group {
    event: Event,
    sockets: Vec<SOCKET>,
}

struct Events {
    groups: Vec<Group>,
    /// The group of each socket.
    places: HashMap<SOCKET, usize>,
}

impl Events {
    /// A group without sockets, or the one with the fewest.
    fn place(&mut self) -> Result<usize, Error> {
        let least = self.groups.iter().enumerate().min_by_key(|(_, group)| group.sockets.len());
        match least {
            Some((place, group)) if group.sockets.is_empty() || self.groups.len() == GROUPS => Ok(place),
            Some(_) | None => {
                let event = Event::new(Reset::Automatic, false)?;
                self.groups.push(Group { event, sockets: Vec::new() });
                Ok(self.groups.len() - 1)
            }
        }
    }
}

impl Notices for Events {
    const CALL: &'static str = "WSAWaitForMultipleEvents";
    const MOST: usize = usize::MAX;

    fn select(&mut self, socket: &Socket, events: NetworkEvents) -> Result<(), Error> {
        let place = self.place()?;
        let group = &mut self.groups[place];
        socket.select_events(&group.event, events)?;
        group.sockets.push(socket.as_raw());
        self.places.insert(socket.as_raw(), place);
        Ok(())
    }

    fn forget(&mut self, socket: &Socket) {
        if let Some(place) = self.places.remove(&socket.as_raw()) {
            self.groups[place].sockets.retain(|other| *other != socket.as_raw());
        }
    }

    fn wait(
        &mut self,
        stop: Option<&Event>,
        limit: Option<Duration>,
        find: Find<'_, '_>,
        told: &mut Vec<SOCKET>,
    ) -> Result<(), Error> {
        let events = self.groups.iter().map(|group| &group.event);
        let waited: Vec<_> = events.chain(stop).map(|event| event as &dyn Waitable).collect();
        let Some(first) = wait_any(&waited, limit)? else { return Ok(()) };
        for (place, group) in self.groups.iter().enumerate().skip(first) {
            // The wait has taken the signal of the first; those behind it may be set too.
            if place > first && !group.event.wait(Some(Duration::ZERO))? {
                continue;
            }
            for socket in group.sockets.iter().filter_map(|handle| find(*handle)) {
                if !socket.network_events(None)?.events().is_empty() {
                    told.push(socket.as_raw());
                }
            }
        }
        Ok(())
    }
}
