//! The `winsock` program.
fn main() {}
