//! One thread for all clients, which waits with select.
//!
//! *When*: a few hundred clients at most, in programs that must also run where there is nothing newer. *Cost*: the sets
//! are built anew for every wait and searched after it, so each wait costs more the more clients there are.

use std::time::Duration;

use winsock::{Error, Socket, SocketSet};

use super::Server;
use super::connection::Interest;
use super::reactor::{self, Wait};
use crate::error::Failure;

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    reactor::serve(server, Select)
}

struct Select;

impl Wait for Select {
    const CALL: &'static str = "select";

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
