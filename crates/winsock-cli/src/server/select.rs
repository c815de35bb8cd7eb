//! One thread for all clients, which asks select before every call.
//!
//! *When*: code whose calls block, as most that is old does, is to serve some hundreds of clients in one thread. *Cost*: a
//! wait before each receive and each send, for only what select has promised does not block; the sets are built anew for
//! every wait and searched after it, so each costs more the more clients there are; a long echo goes in small pieces.

use std::time::Duration;

use winsock::{Error, Socket, SocketSet};

use super::Server;
use super::connection::{Calls, Interest};
use super::reactor::{self, Wait};
use crate::error::Failure;

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    reactor::serve(server, Select(Calls::Blocking))
}

/// Waiting with select, for sockets of either mode.
pub(super) struct Select(pub(super) Calls);

impl Wait for Select {
    const CALL: &'static str = "select";

    fn calls(&self) -> Calls {
        self.0
    }

    fn wait(
        &mut self,
        sockets: &[(&Socket, Interest)],
        limit: Option<Duration>,
        ready: &mut Vec<bool>,
    ) -> Result<(), Error> {
        let having = |wanted| {
            sockets.iter().filter(move |(_, interest)| *interest == wanted).map(|(socket, _)| *socket)
        };
        let mut readable: SocketSet<'_> = having(Interest::Receive).collect();
        let mut writable: SocketSet<'_> = having(Interest::Send).collect();
        winsock::select(&mut readable, &mut writable, &mut SocketSet::new(), limit)?;
        ready.clear();
        ready.extend(sockets.iter().map(|(socket, interest)| match interest {
            Interest::Receive => readable.contains(socket),
            Interest::Send => writable.contains(socket),
        }));
        Ok(())
    }
}
