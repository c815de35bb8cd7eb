//! Windows Sockets 2: the raw API under the names and types of `windows-sys` ([`win32`]).
//!
//! On Linux this crate is the implementation; on Windows the same names sit on the system's own Winsock.

mod address;
#[cfg(target_os = "linux")]
mod descriptor;
mod error;
#[cfg(windows)]
mod handle;
#[cfg(target_os = "linux")]
mod linux;
mod option;
mod poll;
mod raw;
mod resolve;
mod select;
mod socket;
mod startup;
#[allow(non_snake_case, non_camel_case_types, reason = "the names are Winsock's")]
pub mod win32;

pub use address::{Family, Protocol, SockAddr, Type};
pub use error::Error;
pub use poll::{PollEntry, PollEvents, poll};
pub use resolve::{Resolver, Service, host_name, name_of, resolve};
pub use select::{SocketSet, select};
pub use socket::{Shutdown, Socket};
