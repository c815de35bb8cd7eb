//! [`engine()`]: which machinery completes overlapped operations in this process.

#[cfg(target_os = "linux")]
use crate::linux::engine::choice;
use crate::{Error, startup};

/// What completes overlapped operations.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Engine {
    /// Linux's `epoll`: an operation is tried when its socket is ready.
    Epoll,
    /// Linux's `io_uring`: the kernel works on the operations itself.
    IoUring,
    /// The scripted one of `WINSOCK_ENGINE=script:SEED`, for tests: late, short and in another order.
    Script,
    /// Windows' own.
    Windows,
}

/// Which [`Engine`] runs, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct EngineChoice {
    /// The engine.
    pub engine: Engine,
    /// Who chose it, in a few words: the program's environment, or what the kernel can do.
    pub reason: &'static str,
}

/// The engine of this process. It is chosen once: by the environment variable `WINSOCK_ENGINE` (`auto`, `epoll`,
/// `io_uring`, `script:SEED`), and if that leaves it open by what the kernel allows: then it is that of the sockets on
/// completion ports. Sockets without a port have epoll, which serves those better, and so have ports for which the kernel has
/// no ring left, for it counts their memory against what a user may lock.
///
/// ```
/// use winsock::{Engine, engine};
///
/// let choice = engine()?;
/// println!("{:?}: {}", choice.engine, choice.reason);
/// assert_eq!(choice.engine == Engine::Windows, cfg!(windows));
/// # Ok::<(), winsock::Error>(())
/// ```
///
/// # Errors
/// `WSASYSNOTREADY` if the engine that the variable names cannot be had, or it names none.
pub fn engine() -> Result<EngineChoice, Error> {
    startup::ensure()?;
    chosen()
}

#[cfg(target_os = "linux")]
fn chosen() -> Result<EngineChoice, Error> {
    let (kind, reason) = choice::explain()?;
    let engine = match kind {
        choice::Kind::Epoll => Engine::Epoll,
        choice::Kind::Uring => Engine::IoUring,
        choice::Kind::Script(_seed) => Engine::Script,
    };
    Ok(EngineChoice { engine, reason })
}

#[cfg(windows)]
fn chosen() -> Result<EngineChoice, Error> {
    Ok(EngineChoice { engine: Engine::Windows, reason: "the system's own" })
}
