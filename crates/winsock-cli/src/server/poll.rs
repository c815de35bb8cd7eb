//! One thread for all clients, which waits with WSAPoll.
//!
//! *When*: up to a few thousand clients whose requests are short, with the simplest of the calls that know no limit of
//! their own. *Cost*: every wait hands over the whole list, so each costs more the more clients there are, ready or
//! not; nothing but the list is kept per client while it is idle.

use std::time::Duration;

use winsock::{Error, PollEntry, PollEvents, Socket};

use super::Server;
use super::connection::{Calls, Interest};
use super::reactor::{self, Wait};
use crate::error::Failure;

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    reactor::serve(server, Poll)
}

struct Poll;

impl Wait for Poll {
    const CALL: &'static str = "WSAPoll";

    fn calls(&self) -> Calls {
        Calls::NonBlocking
    }

    fn wait(
        &mut self,
        sockets: &[(&Socket, Interest)],
        limit: Option<Duration>,
        ready: &mut Vec<bool>,
    ) -> Result<(), Error> {
        let mut entries: Vec<_> = sockets
            .iter()
            .map(|&(socket, interest)| match interest {
                Interest::Receive => PollEntry::new(socket, PollEvents::READABLE),
                Interest::Send => PollEntry::new(socket, PollEvents::WRITABLE),
            })
            .collect();
        winsock::poll(&mut entries, limit)?;
        ready.clear();
        ready.extend(entries.iter().map(|entry| !entry.events().is_empty()));
        Ok(())
    }
}
