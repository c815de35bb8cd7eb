//! A thread that accepts, and a completion port with some workers.
//!
//! *When*: thousands of clients and more, with code that knows accept already. *Cost*: a buffer per client and one switch
//! of threads per connection, from the one that accepts to the worker of its first bytes; the number of threads does
//! not grow with that of the clients, and a worker that blocks is replaced by another.

use super::ports::Ports;
use super::{Server, door};
use crate::error::Failure;

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    let ports = Ports::new(server, &[])?;
    if server.transport.udp {
        ports.serve_datagrams()
    } else {
        ports.run(|| {
            door::accept_all(server, |socket, seat| ports.welcome(socket, seat), || ports.search_idle())
        })
    }
}
