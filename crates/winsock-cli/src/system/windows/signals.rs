//! The wishes of whoever runs the process, as control events of the console. None of them asks for a restart.

use std::thread;

use winsock::{ControlEvent, on_control};

use crate::error::{Context, Failure};
use crate::stop::Wish;

/// Hands Ctrl-C, Ctrl-Break and the end of the session on, as the wish to end. Where `ask` answers that it was asked
/// already, the process ends at once, as if nobody had listened.
pub(crate) fn listen(ask: impl Fn(Wish) -> bool + Send + Sync + 'static) -> Result<(), Failure> {
    let handler = on_control(move |event| {
        let more = ask(Wish::End);
        if more && !matches!(event, ControlEvent::CtrlC | ControlEvent::CtrlBreak) {
            // When its handlers have returned, the system ends the process. Until then, for some seconds, it may end itself.
            loop {
                thread::park();
            }
        }
        more
    });
    // It listens as long as the process runs.
    std::mem::forget(handler.calling("SetConsoleCtrlHandler", "")?);
    Ok(())
}

/// The same.
pub(crate) fn listen_for_restarts(ask: impl Fn(Wish) -> bool + Send + Sync + 'static) -> Result<(), Failure> {
    listen(ask)
}
