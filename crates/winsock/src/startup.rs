//! The start-up that the safe API does for its users.
//!
//! `WSAStartup` for version 2.2 is called once, by the first function that needs it, and never taken back: a
//! program's sockets stay usable to its end, whatever `WSACleanup` its other parts call for themselves.

use std::sync::OnceLock;

use crate::{Error, raw};

/// Makes sure that Winsock has been started.
///
/// # Errors
/// What `WSAStartup` answered, each time again: `WSASYSNOTREADY`, `WSAVERNOTSUPPORTED`, `WSAEPROCLIM`.
pub(crate) fn ensure() -> Result<(), Error> {
    static STARTED: OnceLock<Result<(), Error>> = OnceLock::new();
    *STARTED.get_or_init(|| raw::startup(2, 2))
}
