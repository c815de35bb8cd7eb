//! The wishes of whoever runs the process, as signals.

use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::error::Failure;
use crate::stop::Wish;

/// Hands Ctrl-C and SIGTERM on, as the wish to end. Where `ask` answers that it was asked already, the process ends at
/// once, as if nobody had listened.
pub(crate) fn listen(ask: impl Fn(Wish) -> bool + Send + Sync + 'static) -> Result<(), Failure> {
    listen_to(&[SIGINT, SIGTERM], ask)
}

/// Hands SIGHUP on, too, as the wish to begin anew.
pub(crate) fn listen_for_restarts(ask: impl Fn(Wish) -> bool + Send + Sync + 'static) -> Result<(), Failure> {
    listen_to(&[SIGINT, SIGTERM, SIGHUP], ask)
}

fn listen_to(signals: &[i32], ask: impl Fn(Wish) -> bool + Send + 'static) -> Result<(), Failure> {
    let mut signals = Signals::new(signals).map_err(|error| Failure::system("signals", error))?;
    let listen = move || {
        for signal in signals.forever() {
            if signal == SIGHUP {
                ask(Wish::Restart);
            } else if !ask(Wish::End) {
                let _ = emulate_default_handler(signal);
            }
        }
    };
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(listen)
        .map_err(|error| Failure::system("thread", error))?;
    Ok(())
}
