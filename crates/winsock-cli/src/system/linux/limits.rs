//! The system's limit of open descriptors: raised as far as it may be, since every socket takes one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the soft limit of open descriptors to the hard one and returns what holds now. A system that refuses
/// leaves the limit as it was: the call that needs more says so itself (`WSAEMFILE`).
pub(crate) fn raise_descriptors() -> u64 {
    let before = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: before.maximum, maximum: before.maximum };
    let now = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => raised,
        Err(_) => before,
    };
    now.current.unwrap_or(u64::MAX)
}
