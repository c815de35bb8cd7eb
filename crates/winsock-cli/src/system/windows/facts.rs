//! What the machine is.

use serde::Serialize;
use windows_version::OsVersion;

/// What only Windows has to tell: nothing that a server of many connections meets.
#[derive(Serialize)]
pub(crate) struct Facts {}

/// The system's name, which its version follows.
pub(crate) const SYSTEM: &str = "Windows";

/// The version of the kernel.
pub(crate) fn kernel() -> Option<String> {
    let OsVersion { major, minor, build, .. } = OsVersion::current();
    Some(format!("{major}.{minor}.{build}"))
}

impl Facts {
    pub(crate) fn read() -> Facts {
        Facts {}
    }

    /// Names and values, for people.
    pub(crate) fn lines(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}
