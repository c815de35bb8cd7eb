//! What callers may get wrong, tried by chance.
//!
//! Each target is a function of bytes: it makes calls of the raw API out of them, with valid memory of any content, and
//! asserts what the library promises whatever it is given. `cargo fuzz` feeds it; so does `tests/bounded.rs`, for a few
//! seconds and with a stable toolchain. Nothing leaves the loopback interface.

mod accept;
mod address;
mod calls;
mod codes;
mod control;
mod format;
mod inside;
mod memory;
mod options;
mod process;
mod text;

/// A body that one input is given to.
pub type Target = fn(&[u8]);

/// The targets, by the names of their folders in `corpus/`.
pub const TARGETS: [(&str, Target); 7] = [
    ("accept", accept::run),
    ("address", address::run),
    ("calls", calls::run),
    ("control", control::run),
    ("format", format::run),
    ("options", options::run),
    ("text", text::run),
];

/// Gives one input to a target, and looks whether all descriptors are given back.
///
/// # Panics
/// If a promise does not hold, and for a target that does not exist.
pub fn run(name: &str, data: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(other, _)| *other == name).expect("a target of that name");
    process::start();
    process::without_leak(|| target(data));
}
