//! Control events of the console: Ctrl-C, Ctrl-Break, and the end of the session.

use std::fmt;
use std::sync::Arc;

use crate::Error;
use crate::raw::console as raw;
use crate::win32;

/// An event of the console.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ControlEvent {
    /// `CTRL_C_EVENT`. *On Linux*: SIGINT.
    CtrlC,
    /// `CTRL_BREAK_EVENT`. *On Linux*: SIGQUIT and SIGHUP.
    CtrlBreak,
    /// `CTRL_CLOSE_EVENT`: the process ends when its handlers have run. *On Linux*: SIGTERM.
    Close,
    /// `CTRL_LOGOFF_EVENT`. *On Linux* there is none.
    Logoff,
    /// `CTRL_SHUTDOWN_EVENT`. *On Linux* there is none.
    Shutdown,
}

impl ControlEvent {
    fn from_number(event: u32) -> Option<ControlEvent> {
        match event {
            win32::CTRL_C_EVENT => Some(ControlEvent::CtrlC),
            win32::CTRL_BREAK_EVENT => Some(ControlEvent::CtrlBreak),
            win32::CTRL_CLOSE_EVENT => Some(ControlEvent::Close),
            win32::CTRL_LOGOFF_EVENT => Some(ControlEvent::Logoff),
            win32::CTRL_SHUTDOWN_EVENT => Some(ControlEvent::Shutdown),
            _ => None,
        }
    }

    fn number(self) -> u32 {
        match self {
            ControlEvent::CtrlC => win32::CTRL_C_EVENT,
            ControlEvent::CtrlBreak => win32::CTRL_BREAK_EVENT,
            ControlEvent::Close => win32::CTRL_CLOSE_EVENT,
            ControlEvent::Logoff => win32::CTRL_LOGOFF_EVENT,
            ControlEvent::Shutdown => win32::CTRL_SHUTDOWN_EVENT,
        }
    }
}

/// A handler that [`on_control`] has set. It is called for as long as this lives.
#[must_use = "the handler is taken back when this is dropped"]
pub struct ControlHandler {
    number: u64,
}

/// `SetConsoleCtrlHandler`: has a handler called for control events, in a thread of its own. It answers whether it has taken
/// the event: if not, the handler that was set before it is asked, and in the end the process ends, as it would without
/// any.
///
/// Microsoft's page: `console/setconsolectrlhandler`.
///
/// *On Linux*: events are signals, which are caught from the first handler on. A panic of a handler aborts the process.
///
/// ```
/// use std::sync::mpsc;
/// use winsock::{ControlEvent, on_control, send_control};
///
/// let (sender, events) = mpsc::channel();
/// let handler = on_control(move |event| sender.send(event).is_ok())?;
///
/// send_control(ControlEvent::CtrlBreak, None)?; // as a user's keys would
/// assert_eq!(events.recv(), Ok(ControlEvent::CtrlBreak));
/// drop(handler);
/// # Ok::<(), winsock::Error>(())
/// ```
///
/// # Errors
/// `WSA_NOT_ENOUGH_MEMORY`.
#[doc(alias = "SetConsoleCtrlHandler")]
pub fn on_control(
    handler: impl Fn(ControlEvent) -> bool + Send + Sync + 'static,
) -> Result<ControlHandler, Error> {
    let handler = Arc::new(move |event| ControlEvent::from_number(event).is_some_and(&handler));
    Ok(ControlHandler { number: raw::add(handler)? })
}

/// `GenerateConsoleCtrlEvent`: sends an event to a process group, or, for `None`, to this process and those that share its
/// console. A Ctrl-C for a particular group reaches nobody.
///
/// Microsoft's page: `console/generateconsolectrlevent`.
///
/// *On Linux*: `None` is this process, and its process group if it leads it.
///
/// # Errors
/// `WSA_INVALID_PARAMETER` for other events than [`ControlEvent::CtrlC`] and [`ControlEvent::CtrlBreak`], and for a group that
/// is not there, `ERROR_ACCESS_DENIED`.
#[doc(alias = "GenerateConsoleCtrlEvent")]
pub fn send_control(event: ControlEvent, group: Option<u32>) -> Result<(), Error> {
    raw::generate(event.number(), group.unwrap_or(0))
}

impl Drop for ControlHandler {
    fn drop(&mut self) {
        raw::remove(self.number);
    }
}

impl fmt::Debug for ControlHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlHandler").finish_non_exhaustive()
    }
}
