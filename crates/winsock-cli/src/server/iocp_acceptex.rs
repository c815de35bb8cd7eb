//! A completion port with some workers, on which connections come too.
//!
//! *When*: thousands of clients and more, that come and go: this is the way of servers on Windows that are to be fast.
//! *Cost*: a buffer and a socket for each accept that is posted, beside a buffer per client; no thread does nothing but
//! accept, and the worker that takes a connection has its first data in hand. A client that connects and says nothing
//! costs one accept more, until it is ended for being idle.

use super::Server;
use super::ports::Ports;
use crate::error::Failure;

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    if server.transport.udp {
        let ports = Ports::new(server, &[])?;
        ports.serve_datagrams()
    } else {
        let ports = Ports::new(server, &server.sockets)?;
        ports.run(|| ports.accept_all())
    }
}
