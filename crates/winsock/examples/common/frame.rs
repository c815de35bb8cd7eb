//! The frame of the two servers on a completion port: their options, and what the user wants of them. Ctrl-C ends them,
//! Ctrl-Break starts them anew in the same process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use winsock::{ControlEvent, ControlHandler, on_control};

use super::{Arguments, Calling, Failed};

pub(crate) struct Options {
    pub(crate) port: String,
    pub(crate) verbose: bool,
}

/// The options of the command line; without them, prints how they are used.
pub(crate) fn options(name: &str) -> Option<Options> {
    let mut options = Options { port: "5001".into(), verbose: false };
    let mut arguments = Arguments::new();
    while let Some(option) = arguments.option() {
        match (option, arguments.value()) {
            ('e', Some(port)) => options.port = port,
            ('v', None) => options.verbose = true,
            _ => {
                println!("Usage:\n  {name} [-e:port] [-v] [-?]");
                println!("  -e:port\tthe port (5001)\n  -v\t\tprint what happens\n  -?\t\tprint this");
                return None;
            }
        }
    }
    Some(options)
}

#[derive(Clone, Copy, PartialEq)]
enum Wish {
    Serve,
    Restart,
    End,
}

/// The user's last wish.
pub(crate) struct Control {
    wish: Arc<Mutex<Wish>>,
    /// Listens as long as it lives.
    _handler: ControlHandler,
}

impl Control {
    /// Listens to the console. `wake` is called after each wish, in another thread.
    pub(crate) fn new(verbose: bool, wake: impl Fn() + Send + Sync + 'static) -> Result<Control, Failed> {
        let wish = Arc::new(Mutex::new(Wish::Serve));
        let wished = Arc::clone(&wish);
        let handler = on_control(move |event| {
            *lock(&wished) = match event {
                ControlEvent::CtrlBreak => Wish::Restart,
                _ => Wish::End,
            };
            if verbose {
                println!("CtrlHandler: closing listening socket");
            }
            wake();
            true
        });
        Ok(Control { wish, _handler: handler.calling("SetConsoleCtrlHandler()")? })
    }

    /// Whether to go on serving.
    pub(crate) fn serves(&self) -> bool {
        *lock(&self.wish) == Wish::Serve
    }

    /// Serves until the end is wished for, or serving has failed.
    pub(crate) fn run(&self, name: &str, serve: impl Fn() -> Result<(), Failed>) {
        loop {
            if let Err(failed) = serve() {
                println!("{failed}");
            }
            let mut wish = lock(&self.wish);
            match *wish {
                Wish::Restart => *wish = Wish::Serve,
                Wish::Serve | Wish::End => break println!("\n{name} is exiting..."),
            }
            println!("\n{name} is restarting...");
        }
    }
}

fn lock(wish: &Mutex<Wish>) -> MutexGuard<'_, Wish> {
    wish.lock().unwrap_or_else(PoisonError::into_inner)
}
