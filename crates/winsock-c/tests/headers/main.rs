//! What the C and C++ headers promise: Windows' constants, layouts and prototypes as windows-sys has them, a library that
//! exports just what they declare, a place beside the system's own headers in any order, and libc's own sockets for files
//! that never ask for Winsock.

mod constants;
mod exports;
mod helpers;
mod libc_meaning;
mod orders;
mod page;
mod prototypes;
mod structs;
mod support;
