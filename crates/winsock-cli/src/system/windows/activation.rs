//! Sockets that whoever started the process has opened for it: on Windows nobody does.

use winsock::Socket;

use crate::address::Transport;
use crate::error::Failure;

/// None.
pub(crate) struct Inherited;

impl Inherited {
    pub(crate) fn take(_transport: Transport) -> Result<Inherited, Failure> {
        Ok(Inherited)
    }

    pub(crate) fn is_empty(&self) -> bool {
        true
    }

    pub(crate) fn open(&mut self) -> Result<Vec<Socket>, Failure> {
        Ok(Vec::new())
    }
}
