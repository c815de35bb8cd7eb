//! Messages that are sent: the window's thread runs the procedure, and the sender waits for the answer.
//!
//! The thread of the window runs it when it looks at its queue, or while it waits for an answer itself: two threads
//! that send to each other do not block each other. Every message that is waited for is answered once: by its
//! procedure, early by `ReplyMessage`, or, when window or thread end first, with the news that nobody will.
#![allow(unsafe_code, reason = "calls functions of the program")]

use super::queue::{Message, Wanted};
use super::{Window, get, lock, own_queue, procedure};
use crate::error::Error;
use crate::linux::dispatcher::{Guarded, Mode, Outcome, Waitable};
use crate::linux::event::{Event, Reset};
use crate::linux::wait;
use crate::win32::{
    ISMEX_NOSEND, ISMEX_NOTIFY, ISMEX_REPLIED, ISMEX_SEND, QS_SENDMESSAGE, SMTO_ABORTIFHUNG, SMTO_BLOCK,
    SMTO_NOTIMEOUTIFNOTHUNG,
};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A message on its way to the procedure of another thread's window.
pub(crate) struct Sent {
    pub(super) message: Message,
    answer: Guarded<Cell<Answer>>,
    /// Signalled with the answer; `None` if nobody waits for it.
    answered: Option<Arc<Event>>,
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    /// Nothing yet.
    Open,
    /// Its procedure, or `ReplyMessage`, gave this.
    Given(isize),
    /// Its window or its thread ended first.
    Lost,
}

impl Sent {
    fn new(message: Message, is_waited_for: bool) -> Arc<Sent> {
        let answered = is_waited_for.then(|| Event::new(Reset::Manual, false));
        Arc::new(Sent { message, answer: Guarded::new(Cell::new(Answer::Open)), answered })
    }

    /// The first answer counts. Tells whether this is it.
    fn answer(&self, answer: Answer) -> bool {
        let is_first = {
            let key = lock();
            let place = self.answer.get(&key);
            let is_first = place.get() == Answer::Open;
            if is_first {
                place.set(answer);
            }
            is_first
        };
        if is_first && let Some(answered) = &self.answered {
            answered.set();
        }
        is_first
    }

    /// Nobody will answer.
    pub(super) fn lose(&self) {
        self.answer(Answer::Lost);
    }

    fn state(&self) -> Answer {
        self.answer.get(&lock()).get()
    }
}

thread_local! {
    /// The message of another thread that this thread is working on: the innermost.
    static WORKING_ON: RefCell<Option<Arc<Sent>>> = const { RefCell::new(None) };
}

/// The thread works on a message. Whatever ends that, the message is answered.
struct Work<'a> {
    sent: &'a Sent,
    outer: Option<Arc<Sent>>,
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.sent.lose();
        let _ = WORKING_ON.try_with(|working_on| working_on.replace(self.outer.take()));
    }
}

/// Runs the procedure of the window that a message was sent to.
pub(super) fn deliver(sent: &Arc<Sent>) {
    let outer = WORKING_ON.try_with(|working_on| working_on.replace(Some(sent.clone()))).ok().flatten();
    let _work = Work { sent, outer };
    let Message { window, number, wparam, lparam, .. } = sent.message;
    let Ok(window) = get(window) else { return };
    // SAFETY: who sent the message promised that the procedure may be called with it.
    sent.answer(Answer::Given(unsafe { call(&window, number, wparam, lparam) }));
}

/// Calls the procedure of a window of the calling thread's.
///
/// # Safety
/// The program may be called with these values.
pub(crate) unsafe fn call(window: &Window, number: u32, wparam: usize, lparam: isize) -> isize {
    // SAFETY: the caller's promise.
    unsafe { procedure::call(window.procedure(), window.handle(), number, wparam, lparam) }
}

/// How long and how a sender waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Patience {
    /// `None`: without end.
    pub(crate) timeout: Option<Duration>,
    /// `SMTO_...`.
    pub(crate) flags: u32,
}

/// As long as it takes.
pub(crate) const ENDLESS: Patience = Patience { timeout: None, flags: 0 };

/// `SendMessage`, `SendMessageTimeout`: the answer of the window's procedure, which runs in the window's thread.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`, also when the window or its thread end before they answer; `ERROR_TIMEOUT`.
///
/// # Safety
/// The program may be called with these values.
pub(crate) unsafe fn send(
    window: usize,
    number: u32,
    wparam: usize,
    lparam: isize,
    patience: Patience,
) -> Result<isize, Error> {
    let window = get(window)?;
    if Arc::ptr_eq(&window.queue, &own_queue()) {
        // SAFETY: the caller's promise.
        return Ok(unsafe { call(&window, number, wparam, lparam) });
    }
    if patience.flags & SMTO_ABORTIFHUNG != 0 && window.queue.is_hung() {
        return Err(Error::ERROR_TIMEOUT);
    }
    let sent = Sent::new(Message::new(window.handle(), number, wparam, lparam), true);
    window.queue.send(sent.clone()).map_err(|_ended| Error::ERROR_INVALID_WINDOW_HANDLE)?;
    wait_for_answer(&window, &sent, patience)
}

fn wait_for_answer(window: &Window, sent: &Sent, patience: Patience) -> Result<isize, Error> {
    let own = own_queue();
    let answered: Vec<_> = sent.answered.iter().cloned().map(Waitable::Event).collect();
    let mut deadline = patience.timeout.map(|timeout| Instant::now() + timeout);
    loop {
        match sent.state() {
            Answer::Open => {}
            Answer::Given(result) => return Ok(result),
            Answer::Lost => return Err(Error::ERROR_INVALID_WINDOW_HANDLE),
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let outcome = if patience.flags & SMTO_BLOCK == 0 {
            if let Some(other) = own.take_sent() {
                deliver(&other);
                continue;
            }
            own.wait(&answered, Mode::Any, left, false, Wanted::There(QS_SENDMESSAGE))
        } else {
            wait::wait(&answered, Mode::Any, left, false)
        };
        match outcome {
            Outcome::TimedOut if patience.flags & SMTO_NOTIMEOUTIFNOTHUNG != 0 && !window.queue.is_hung() => {
                deadline = patience.timeout.map(|timeout| Instant::now() + timeout);
            }
            Outcome::TimedOut => return Err(Error::ERROR_TIMEOUT),
            Outcome::Object(_) | Outcome::Abandoned(_) | Outcome::Alerted => {}
        }
    }
}

/// `SendNotifyMessage`: as [`send`] for a window of the calling thread's; for another it does not wait.
///
/// # Errors
/// `ERROR_INVALID_WINDOW_HANDLE`.
///
/// # Safety
/// As [`send`].
pub(crate) unsafe fn notify(window: usize, number: u32, wparam: usize, lparam: isize) -> Result<(), Error> {
    let window = get(window)?;
    if Arc::ptr_eq(&window.queue, &own_queue()) {
        // SAFETY: the caller's promise.
        unsafe { call(&window, number, wparam, lparam) };
        return Ok(());
    }
    let sent = Sent::new(Message::new(window.handle(), number, wparam, lparam), false);
    window.queue.send(sent).map_err(|_ended| Error::ERROR_INVALID_WINDOW_HANDLE)
}

/// `ReplyMessage`: answers the message of another thread that the calling thread works on. Tells whether there is one
/// that was not answered.
pub(crate) fn reply(result: isize) -> bool {
    WORKING_ON
        .with_borrow(|working_on| working_on.as_ref().is_some_and(|sent| sent.answer(Answer::Given(result))))
}

/// `InSendMessageEx`: what the calling thread works on.
pub(crate) fn working_on() -> u32 {
    WORKING_ON.with_borrow(|working_on| {
        let Some(sent) = working_on else { return ISMEX_NOSEND };
        let kind = if sent.answered.is_some() { ISMEX_SEND } else { ISMEX_NOTIFY };
        match sent.state() {
            Answer::Open => kind,
            Answer::Given(_) | Answer::Lost => kind | ISMEX_REPLIED,
        }
    })
}
