//! The system under the program: what Linux and Windows do not have in common. Each has a folder with the same names.
//!
//! - [`activation`]: sockets that whoever started the process has opened for it
//! - [`commands`]: those that only one of them has
//! - [`cpu`]: processor time
//! - [`engine`]: the choice of what runs overlapped operations
//! - [`facts`]: what the machine is and allows
//! - [`limits`]: how many sockets a process may have
//! - [`signals`]: the wish to end, or to begin anew, from outside

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub(crate) use self::linux::{activation, commands, cpu, engine, facts, limits, signals};
#[cfg(windows)]
pub(crate) use self::windows::{activation, commands, cpu, engine, facts, limits, signals};
