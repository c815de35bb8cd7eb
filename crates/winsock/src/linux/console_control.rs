//! Control events of the console, and the handlers that programs set for them.
//!
//! A control event is a signal here (which is which is `translate.rs`'s). The signals are caught from the first handler
//! on: a thread of ours waits for them, and has the handlers called in a thread of their own, as on Windows. An event
//! that no handler takes ends the process as its signal does by default.
#![allow(unsafe_code, reason = "calls functions of the program")]

use super::fork;
use super::sys::signal::{self, Caught};
use super::thread::{self, Start, ThreadControl};
use super::translate;
use crate::error::Error;
use std::any::Any;
use std::ffi::c_void;
use std::ptr::without_provenance_mut;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::Builder;

/// A handler of the program's: answers whether it has taken the event.
pub(crate) type Handler = unsafe extern "system" fn(u32) -> i32;

/// An event of the console.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Control {
    /// `CTRL_C_EVENT`.
    Interrupt,
    /// `CTRL_BREAK_EVENT`.
    Break,
    /// `CTRL_CLOSE_EVENT`: the process ends afterwards, whatever the handlers answer.
    Close,
}

struct State {
    /// The last one set is called first.
    handlers: Vec<Handler>,
    /// `SetConsoleCtrlHandler(NULL, TRUE)`.
    ignores_interrupt: bool,
    /// The fork generation whose thread waits for the signals.
    caught_in: Option<u32>,
}

static STATE: Mutex<State> =
    Mutex::new(State { handlers: Vec::new(), ignores_interrupt: false, caught_in: None });

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock of the handlers, for a fork.
pub(super) fn hold() -> impl Any {
    state()
}

/// Adds a handler in front of the others.
///
/// # Errors
/// `WSA_NOT_ENOUGH_MEMORY` when the thread that waits for events cannot be had.
pub(crate) fn add(handler: Handler) -> Result<(), Error> {
    let mut state = state();
    if state.caught_in != Some(fork::generation()) {
        catch(&state)?;
        state.caught_in = Some(fork::generation());
    }
    state.handlers.push(handler);
    Ok(())
}

/// Takes a handler back, the last one set if it was set several times.
///
/// # Errors
/// `WSA_INVALID_PARAMETER` for one that is not set.
pub(crate) fn remove(handler: Handler) -> Result<(), Error> {
    let mut state = state();
    let same = |&set: &Handler| std::ptr::fn_addr_eq(set, handler);
    let place = state.handlers.iter().rposition(same).ok_or(Error::WSA_INVALID_PARAMETER)?;
    state.handlers.remove(place);
    Ok(())
}

/// Whether Ctrl-C is ignored, by this process and those that it starts.
pub(crate) fn ignore_interrupt(ignores: bool) {
    let mut state = state();
    state.ignores_interrupt = ignores;
    let signal = translate::control_signal(Control::Interrupt);
    if ignores {
        signal::ignore(signal);
    } else if state.caught_in == Some(fork::generation()) {
        signal::catch(signal);
    } else {
        signal::restore(signal);
    }
}

/// Sends an event to a process group; `None` means this process, and its group if the process leads it: who merely runs
/// in the group of a script does not end the script.
///
/// # Errors
/// `WSA_INVALID_PARAMETER` for a group that is not there, `ERROR_ACCESS_DENIED`.
pub(crate) fn send(control: Control, group: Option<u32>) -> Result<(), Error> {
    let signal = translate::control_signal(control);
    let sent = match group {
        Some(group) => signal::send_to_group(group, signal),
        None => signal::send_to_own(signal),
    };
    sent.map_err(|errno| match translate::file_error(errno) {
        Error::ERROR_ACCESS_DENIED => Error::ERROR_ACCESS_DENIED,
        _ => Error::WSA_INVALID_PARAMETER,
    })
}

/// Catches the signals of all events, and starts the thread that waits for them.
fn catch(state: &State) -> Result<(), Error> {
    let caught = Caught::new().map_err(|_| Error::WSA_NOT_ENOUGH_MEMORY)?;
    let wait = move || {
        while let Some(signal) = caught.next() {
            if let Some(control) = translate::control_of(signal) {
                start(control);
            }
        }
    };
    Builder::new().name("console".to_owned()).spawn(wait).map_err(|_| Error::WSA_NOT_ENOUGH_MEMORY)?;
    for signal in translate::control_signals() {
        let is_interrupt = signal == translate::control_signal(Control::Interrupt);
        if !(is_interrupt && state.ignores_interrupt) {
            signal::catch(signal);
        }
    }
    Ok(())
}

/// Has the handlers called in a new thread.
fn start(control: Control) {
    const STACK: usize = 2 << 20;
    let start = Start { function: call_handlers, parameter: without_provenance_mut(control as usize) };
    // SAFETY: the function takes a control's number.
    let started = unsafe { thread::spawn(ThreadControl::new(false), start, STACK) };
    if started.is_err() {
        // Without a thread for its handlers the process cannot take the event.
        signal::die_of(translate::control_signal(control));
    }
}

unsafe extern "system" fn call_handlers(parameter: *mut c_void) -> u32 {
    let control = [Control::Interrupt, Control::Break, Control::Close]
        .into_iter()
        .find(|&control| control as usize == parameter.addr())
        .expect("`start` passes one");
    let handlers = state().handlers.clone();
    let event = translate::control_event(control);
    // SAFETY: who set the handler promised that it may be called with an event in another thread.
    let is_taken = handlers.iter().rev().any(|handler| unsafe { handler(event) } != 0);
    match (control, is_taken) {
        (Control::Interrupt | Control::Break, true) => {}
        (Control::Interrupt | Control::Break, false) | (Control::Close, _) => {
            signal::die_of(translate::control_signal(control));
        }
    }
    0
}
