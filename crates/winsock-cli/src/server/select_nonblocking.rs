//! One thread for all clients, whose calls never block, and which waits with select when they would have.
//!
//! *When*: a few hundred clients at most, in programs that must also run where there is nothing newer. *Cost*: an echo is
//! sent at once, without a wait before it, so there is one wait for each turn of all clients that are ready; the sets are
//! built anew for it and searched after it, and that costs more the more clients there are.

use super::Server;
use super::connection::Calls;
use super::reactor;
use super::select::Select;
use crate::error::Failure;

pub(super) fn serve(server: &Server) -> Result<(), Failure> {
    reactor::serve(server, Select(Calls::NonBlocking))
}
