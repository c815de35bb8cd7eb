//! How often the program has called `WSAStartup`, and what version it was given.

use super::{engine, faults, fork, handles, socket};
use crate::error::Error;
use std::sync::atomic::{AtomicU32, Ordering::*};

static STARTED: AtomicU32 = AtomicU32::new(0);

/// A version of Winsock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Version {
    pub(crate) major: u8,
    pub(crate) minor: u8,
}

/// The versions that exist, the highest last.
const VERSIONS: [Version; 5] = [
    Version { major: 1, minor: 0 },
    Version { major: 1, minor: 1 },
    Version { major: 2, minor: 0 },
    Version { major: 2, minor: 1 },
    Version { major: 2, minor: 2 },
];
pub(crate) const HIGHEST: Version = VERSIONS[VERSIONS.len() - 1];

/// The version that a caller gets who can use up to `requested`: the highest that is not above it.
///
/// # Errors
/// `WSAVERNOTSUPPORTED` for a version below 1.0.
pub(crate) fn negotiate(requested: Version) -> Result<Version, Error> {
    VERSIONS.into_iter().rev().find(|version| *version <= requested).ok_or(Error::WSAVERNOTSUPPORTED)
}

/// Counts one successful `WSAStartup`.
///
/// # Errors
/// `WSASYSNOTREADY` if `WINSOCK_ENGINE` names an engine that cannot be had, or `WINSOCK_FAULTS` what is no fault.
pub(crate) fn start() -> Result<(), Error> {
    engine::check()?;
    faults::check()?;
    fork::prepare();
    STARTED.fetch_add(1, AcqRel);
    Ok(())
}

/// Whether calls are allowed.
///
/// # Errors
/// `WSANOTINITIALISED` before the first [`start`] and after the last [`stop`].
pub(crate) fn check() -> Result<(), Error> {
    if STARTED.load(Acquire) == 0 { Err(Error::WSANOTINITIALISED) } else { Ok(()) }
}

/// Takes one `WSAStartup` back. The last one closes every socket that is still open.
///
/// # Errors
/// `WSANOTINITIALISED` if there is none to take back.
pub(crate) fn stop() -> Result<(), Error> {
    let before = STARTED
        .fetch_update(AcqRel, Acquire, |count| count.checked_sub(1))
        .map_err(|_| Error::WSANOTINITIALISED)?;
    if before == 1 {
        for handle in handles::live() {
            // One that another thread closes at the same time is closed all the same.
            let _ = socket::close(handle);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_version_not_above_the_request_is_given() {
        let v = |major, minor| Version { major, minor };
        let table = [
            (v(0, 0), Err(Error::WSAVERNOTSUPPORTED)),
            (v(0, 255), Err(Error::WSAVERNOTSUPPORTED)),
            (v(1, 0), Ok(v(1, 0))),
            (v(1, 1), Ok(v(1, 1))),
            (v(1, 9), Ok(v(1, 1))),
            (v(2, 0), Ok(v(2, 0))),
            (v(2, 1), Ok(v(2, 1))),
            (v(2, 2), Ok(v(2, 2))),
            (v(2, 3), Ok(v(2, 2))),
            (v(255, 255), Ok(v(2, 2))),
        ];
        for (requested, given) in table {
            assert_eq!(negotiate(requested), given, "{requested:?}");
        }
    }
}
