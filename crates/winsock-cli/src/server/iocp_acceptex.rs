//! A completion port with some workers, on which connections come too.
//!
//! *When*: thousands of clients and more, that come and go: this is the way of servers on Windows that are to be fast.
//! *Cost*: a buffer and a socket for each accept that is posted, beside a buffer per client; no thread does nothing but
//! accept, and the worker that takes a connection mostly has its first data in hand. Clients that connect and say nothing
//! keep those accepts that want data, until they are ended for being idle: a part of the accepts wants none.

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
