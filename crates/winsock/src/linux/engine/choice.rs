//! Which backend the process uses: chosen once, by `WINSOCK_ENGINE` or by what the kernel allows.

use super::epoll::Epoll;
use super::script::Script;
use super::uring::Uring;
use crate::error::Error;
use crate::linux::sys::Errno;
use std::any::Any;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A backend.
#[expect(clippy::large_enum_variant, reason = "there is one for each port, at a place of its own")]
pub(super) enum Backend {
    Epoll(Epoll),
    Uring(Uring),
    Script(Script),
}

/// The kinds of backend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Epoll,
    Uring,
    /// With the seed.
    Script(u64),
}

/// What was wished for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wish {
    Auto,
    Only(Kind),
}

/// Held while the choice is made, so that a fork never finds it half made.
static CHOOSING: Mutex<()> = Mutex::new(());

/// The lock of the choice, for a fork.
pub(super) fn hold() -> impl Any {
    CHOOSING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The kind that this process uses and why, or why the one that was wished for cannot be had.
fn chosen() -> &'static Result<(Kind, String), String> {
    static CHOSEN: OnceLock<Result<(Kind, String), String>> = OnceLock::new();
    CHOSEN.get().unwrap_or_else(|| {
        let _choosing = hold();
        CHOSEN.get_or_init(|| choose(wish()?, || Uring::new().map(drop)))
    })
}

/// Whether the engine that the program was told to use can be had: what `auto` comes to is decided when it is needed.
///
/// # Errors
/// `WSASYSNOTREADY`, and a line on standard error that says why.
pub(crate) fn check() -> Result<(), Error> {
    let refused = match wish() {
        Ok(Wish::Auto) => None,
        Ok(Wish::Only(_)) => chosen().as_ref().err().cloned(),
        Err(reason) => Some(reason),
    };
    let Some(reason) = refused else { return Ok(()) };
    eprintln!("winsock: {reason}");
    Err(Error::WSASYSNOTREADY)
}

/// The kind that this process uses, and why.
///
/// # Errors
/// `WSASYSNOTREADY` if the one that was wished for cannot be had.
pub(crate) fn explain() -> Result<(Kind, &'static str), Error> {
    let (kind, reason) = chosen().as_ref().map_err(|_| Error::WSASYSNOTREADY)?;
    Ok((*kind, reason))
}

fn wish() -> Result<Wish, String> {
    match std::env::var_os("WINSOCK_ENGINE").as_deref().and_then(|value| value.to_str()) {
        None if std::env::var_os("WINSOCK_ENGINE").is_some() => Err("WINSOCK_ENGINE is not text".into()),
        None | Some("" | "auto") => Ok(Wish::Auto),
        Some("epoll") => Ok(Wish::Only(Kind::Epoll)),
        Some("io_uring") => Ok(Wish::Only(Kind::Uring)),
        Some(other) => match other.strip_prefix("script:").map(str::parse) {
            Some(Ok(seed)) => Ok(Wish::Only(Kind::Script(seed))),
            Some(Err(_)) => Err(format!("WINSOCK_ENGINE={other}: the seed is a number from 0 to 2^64 - 1")),
            None => Err(format!("WINSOCK_ENGINE={other}: not one of auto, epoll, io_uring, script:SEED")),
        },
    }
}

/// An explicit choice never falls back; `auto` does, quietly.
fn choose(wish: Wish, try_uring: impl FnOnce() -> Result<(), Errno>) -> Result<(Kind, String), String> {
    let wished = |kind, name: &str| Ok((kind, format!("WINSOCK_ENGINE={name}")));
    let reason = |errno: Errno| std::io::Error::from_raw_os_error(errno.0);
    match wish {
        Wish::Only(Kind::Epoll) => wished(Kind::Epoll, "epoll"),
        Wish::Only(Kind::Script(seed)) => wished(Kind::Script(seed), &format!("script:{seed}")),
        Wish::Only(Kind::Uring) => match try_uring() {
            Ok(()) => wished(Kind::Uring, "io_uring"),
            Err(errno) => Err(format!("WINSOCK_ENGINE=io_uring: the kernel refuses it: {}", reason(errno))),
        },
        Wish::Auto => match try_uring() {
            Ok(()) => Ok((Kind::Uring, "the kernel allows io_uring".into())),
            Err(errno) => Ok((Kind::Epoll, format!("the kernel refuses io_uring: {}", reason(errno)))),
        },
    }
}

/// Who drives an engine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Drivers {
    /// The threads that wait on a port.
    Workers,
    /// A thread of the library's own, for the sockets without a port.
    OneOfOurs,
}

impl Backend {
    pub(super) fn new(drivers: Drivers) -> Result<Backend, Error> {
        let epoll = || Ok(Backend::Epoll(Epoll::new()?));
        match chosen() {
            Ok((Kind::Epoll, _)) => epoll(),
            Ok((Kind::Uring, _)) if wish() == Ok(Wish::Auto) => match drivers {
                // A thread of ours hands each completion to a thread of the program's. With epoll the program's thread
                // finds most of them itself when it starts the operation.
                Drivers::OneOfOurs => epoll(),
                // A user may have all the rings by now that the limit of locked memory has room for.
                Drivers::Workers => Uring::new().map(Backend::Uring).or_else(|_| epoll()),
            },
            Ok((Kind::Uring, _)) => Ok(Backend::Uring(Uring::new()?)),
            Ok((Kind::Script(seed), _)) => Ok(Backend::Script(Script::new(*seed))),
            Err(_) => Err(Error::WSASYSNOTREADY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explicit_choice_never_falls_back_and_auto_does() {
        let refused = || Err(Errno::EPERM);
        let kind = |wish| choose(wish, refused).map(|(kind, _)| kind);
        assert_eq!(kind(Wish::Only(Kind::Epoll)), Ok(Kind::Epoll));
        assert_eq!(kind(Wish::Only(Kind::Script(3))), Ok(Kind::Script(3)));
        assert_eq!(kind(Wish::Auto), Ok(Kind::Epoll));
        assert!(kind(Wish::Only(Kind::Uring)).is_err());
        let kind = |wish| choose(wish, || Ok(())).map(|(kind, _)| kind);
        assert_eq!(kind(Wish::Auto), Ok(Kind::Uring));
        assert_eq!(kind(Wish::Only(Kind::Uring)), Ok(Kind::Uring));
    }
}
